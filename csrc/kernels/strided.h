/* Strided: copies an N-dimensional block between two layouts.  Slices, transposes, concatenations, pads, tiles and the like are
 * all this with other strides. */
#ifndef TFG_KERNELS_STRIDED_H
#define TFG_KERNELS_STRIDED_H

#include "tensor/tensor.h"

/* Copies dims[0] x ... elements; `to` and `from` point at element (0, ..., 0), strides are in elements and may be negative (or
 * 0 in `from`).  On the pool when big.  -1 only without memory (strings). */
int tfg_strided_copy(TfgDType dtype, int rank, const int64_t *dims, void *to, const int64_t *to_strides, const void *from,
                     const int64_t *from_strides, TfgStatus *s);

#endif
