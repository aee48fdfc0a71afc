/* Gradients of files: there are none. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_io[] = {
    NONE("GenerateVocabRemapping"),
    NONE("LoadAndRemapMatrix"),
};
const int tfg_n_gradients_io = sizeof tfg_gradients_io / sizeof *tfg_gradients_io;
