/* Strings have no gradients, and most operations say so. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_string[] = {
    NONE("AsString"), NONE("DecodeBase64"), NONE("EncodeBase64"), NONE("ReduceJoin"), NONE("RegexReplace"), NONE("StringJoin"),
    NONE("StringSplit"), NONE("StringToHashBucket"), NONE("StringToHashBucketFast"), NONE("StringToHashBucketStrong"), NONE("StringToNumber"),
};
const int tfg_n_gradients_string = (int)(sizeof tfg_gradients_string / sizeof *tfg_gradients_string);
