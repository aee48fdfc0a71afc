/* Gather: slices by index vectors, of tensors and of what variables hold. */
#ifndef TFG_KERNELS_GATHER_H
#define TFG_KERNELS_GATHER_H

#include "runtime/kernel.h"

/* Output 0 of the call: for each row of indices the element, or slice, of params that it names. */
int tfg_gather_nd(TfgKernelCall *c, const TfgTensor *params, const TfgTensor *indices, TfgStatus *s);

#endif
