/* Gradients of the random family: samples do not depend on what they are drawn with. */
#include "gradients/gradient.h"

const TfgGradRow tfg_gradients_random[] = {
    {.op = "Multinomial", .fn = TFG_NO_GRADIENT},
    {.op = "ParameterizedTruncatedNormal", .fn = TFG_NO_GRADIENT},
    {.op = "RandomStandardNormal", .fn = TFG_NO_GRADIENT},
    {.op = "RandomUniform", .fn = TFG_NO_GRADIENT},
    {.op = "TruncatedNormal", .fn = TFG_NO_GRADIENT},
};
const int tfg_n_gradients_random = sizeof tfg_gradients_random / sizeof *tfg_gradients_random;
