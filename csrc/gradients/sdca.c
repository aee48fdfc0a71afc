/* Training steps have no gradients. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_sdca[] = {NONE("SdcaFprint"), NONE("SdcaOptimizer"), NONE("SdcaShrinkL1")};
const int tfg_n_gradients_sdca = sizeof tfg_gradients_sdca / sizeof *tfg_gradients_sdca;
