/* Ragged: the files that its kernels are cut into. */
#ifndef TFG_KERNELS_RAGGED_H
#define TFG_KERNELS_RAGGED_H

#include "kernels/isa.h"

const TfgKernelRow *tfg_kernels_ragged_dense(int *n);

#endif
