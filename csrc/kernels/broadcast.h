/* Broadcast: runs a block function over whole tensors, NumPy's rules for shapes, block by block on the pool. */
#ifndef TFG_KERNELS_BROADCAST_H
#define TFG_KERNELS_BROADCAST_H

#include "runtime/kernel.h"

/* The run of a row with a block function whose inputs must have one shape: anything else is INVALID_ARGUMENT.  (Rows that broadcast
 * freely have no run: the runtime knows what to do.) */
int tfg_same_shape_run(TfgKernelCall *c, TfgStatus *s);
/* fn over the first n_in inputs; `state` goes to the blocks. */
int tfg_broadcast_run(TfgKernelCall *c, TfgBlockFn fn, int n_in, const void *state, TfgStatus *s);
/* Common shape of two shapes; -1 and "Incompatible shapes: [2,3] vs. [4,5]". */
int tfg_broadcast_tensors(const TfgTensor *a, const TfgTensor *b, TfgShape *out, TfgStatus *s);
/* Which element of t stands at the flat index i of a tensor of the common shape. */
int64_t tfg_broadcast_index(int64_t i, const TfgShape *shape, const TfgTensor *t);
/* Any operands, any destination of shape `out`. */
void tfg_broadcast_apply(TfgBlockFn fn, const void *state, const TfgShape *out, TfgDType out_dtype, void *to,
                         const TfgTensor *const *in, int n_in, bool expensive);

#endif
