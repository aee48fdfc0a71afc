/* Sets have no gradients. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_set[] = {
    NONE("DenseToDenseSetOperation"),
    NONE("DenseToSparseSetOperation"),
    NONE("SetSize"),
    NONE("SparseToSparseSetOperation"),
};
const int tfg_n_gradients_set = sizeof tfg_gradients_set / sizeof *tfg_gradients_set;
