/* What other kernels do with lists of tensors. */
#ifndef TFG_KERNELS_LIST_H
#define TFG_KERNELS_LIST_H

#include "runtime/kernel.h"

/* ZerosLike of a tensor of lists: lists of zeros. */
int tfg_lists_zeros_like(TfgKernelCall *c, TfgStatus *s);

#endif
