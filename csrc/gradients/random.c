/* Gradients of the random family: samples do not depend on what they are drawn with. */
#include "gradients/gradient.h"

const TfgGradRow tfg_gradients_random[] = {
    {"Multinomial", TFG_NO_GRADIENT},
    {"ParameterizedTruncatedNormal", TFG_NO_GRADIENT},
    {"RandomStandardNormal", TFG_NO_GRADIENT},
    {"RandomUniform", TFG_NO_GRADIENT},
    {"TruncatedNormal", TFG_NO_GRADIENT},
};
const int tfg_n_gradients_random = sizeof tfg_gradients_random / sizeof *tfg_gradients_random;
