/* Broadcast: kernels with a run of their own that are elementwise all the same.  (Rows that broadcast freely have only a block
 * function: the runtime knows what to do.) */
#ifndef TFG_KERNELS_BROADCAST_H
#define TFG_KERNELS_BROADCAST_H

#include "runtime/kernel.h"

/* fn over the first n_in inputs, broadcast; `state` goes to the blocks. */
int tfg_broadcast_run(TfgKernelCall *c, TfgBlockFn fn, int n_in, const void *state, TfgStatus *s);
/* The run of a row with a block function whose inputs must have one shape: anything else is INVALID_ARGUMENT. */
int tfg_same_shape_run(TfgKernelCall *c, TfgStatus *s);
/* Common shape of two shapes; -1 and "Incompatible shapes: [2,3] vs. [4,5]". */
int tfg_broadcast_tensors(const TfgTensor *a, const TfgTensor *b, TfgShape *out, TfgStatus *s);
/* Which element of t stands at the flat index i of a tensor of the common shape. */
int64_t tfg_broadcast_index(int64_t i, const TfgShape *shape, const TfgTensor *t);

#endif
