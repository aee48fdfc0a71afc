/* Loops of pooling, compiled per instruction set, for float and double. */
#ifndef TFG_KERNELS_NN_POOL_SIMD_H
#define TFG_KERNELS_NN_POOL_SIMD_H

#include "kernels/isa.h"
#include "kernels/nn_pool.h"

typedef struct TfgPoolLoops {
    /* Windows [begin, end): the largest, or the average, of x's channels. */
    void (*max)(const TfgPool *p, const void *x, void *out, int64_t begin, int64_t end);
    void (*avg)(const TfgPool *p, const void *x, void *out, int64_t begin, int64_t end);
    /* Adds dy of windows [begin, end) to where the window's first largest element stands, if that is in one of these rows. */
    void (*max_grad)(const TfgPool *p, const void *x, const void *dy, void *dx, int64_t begin, int64_t end, int64_t from_row, int64_t to_row);
} TfgPoolLoops;

const TfgPoolLoops *tfg_pool_loops(TfgDType dtype);

typedef const TfgPoolLoops *TfgPoolLoopsFn(TfgDType dtype);
#if defined(__x86_64__)
TfgPoolLoopsFn tfg_pool_loops_v2, tfg_pool_loops_v3, tfg_pool_loops_v4;
#else
TfgPoolLoopsFn tfg_pool_loops_base;
#endif

#endif
