/* Gradients of strings: there are none. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_string[] = {
    NONE("StringJoin"),
};
const int tfg_n_gradients_string = sizeof tfg_gradients_string / sizeof *tfg_gradients_string;
