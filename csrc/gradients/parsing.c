/* What is read from strings has no gradient. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_parsing[] = { NONE("DecodeRaw"), NONE("ParseTensor"), NONE("SerializeTensor") };
const int tfg_n_gradients_parsing = sizeof tfg_gradients_parsing / sizeof *tfg_gradients_parsing;
