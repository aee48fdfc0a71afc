/* Nn: runs of the nn family that rows of several files share. */
#ifndef TFG_KERNELS_NN_H
#define TFG_KERNELS_NN_H

#include "runtime/kernel.h"

int tfg_bias_add_run(TfgKernelCall *c, TfgStatus *s);           /* loops: the block function that adds */
int tfg_bias_add_grad_run(TfgKernelCall *c, TfgStatus *s);      /* loops: the reducer that sums */

#endif
