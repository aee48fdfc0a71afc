/* Reduce: the typed loops of a reduction, and the driver that runs them over any axes.  Elements are summed (or multiplied,
 * compared ...) in many lanes and joined as a tree, in tiles fixed by the problem's size. */
#ifndef TFG_KERNELS_REDUCE_H
#define TFG_KERNELS_REDUCE_H

#include "runtime/kernel.h"

typedef struct TfgReducer TfgReducer;
struct TfgReducer {
    TfgReduceFns fns;           /* first, so that a row's `reduce` leads here */
    size_t in_size, acc_size;
    bool direct;                /* accumulators are the output: nothing to finish */
    const TfgReducer *again;    /* the same operation over accumulators */
    /* out[r] = reduction of n elements, for short rows one after another. */
    void (*short_rows)(const void *in, int64_t rows, int64_t n, void *out);
    void (*clear)(void *acc, int64_t n);
    /* acc[k] takes in[r * stride + k] for all r < rows, k < n. */
    void (*columns)(void *acc, const void *in, int64_t rows, int64_t stride, int64_t n);
    void (*store)(const void *acc, int64_t n, int64_t count, void *out);    /* finish, n times */
};

int tfg_reduce_run(TfgKernelCall *c, TfgStatus *s);         /* inputs: tensor, axes; attribute keep_dims */
int tfg_reduce_all_run(TfgKernelCall *c, TfgStatus *s);     /* one input, a scalar output (L2Loss) */
/* The same for a run that knows its dimensions: `out` has those not reduced. */
int tfg_reduce_into(const TfgReducer *r, TfgKernelCall *c, const TfgTensor *in, const bool *reduced, TfgTensor *out, TfgStatus *s);
/* Reads an axes argument into flags per dimension. */
int tfg_reduce_axes(const TfgTensor *data, const TfgTensor *axes, bool *reduced, TfgStatus *s);

#endif
