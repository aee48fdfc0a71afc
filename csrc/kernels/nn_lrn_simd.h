/* Loops of local response normalisation, compiled per instruction set. */
#ifndef TFG_KERNELS_NN_LRN_SIMD_H
#define TFG_KERNELS_NN_LRN_SIMD_H

#include "kernels/isa.h"

typedef struct TfgLrn {
    int64_t radius, depth;      /* radius below depth: more would find nothing */
    float bias, alpha, beta;
    float *scratch;             /* tfg_lrn_scratch numbers, one thread's */
} TfgLrn;

typedef struct TfgLrnLoops {
    void (*forward)(const TfgLrn *t, float *x);                                     /* x of one point becomes y */
    void (*backward)(const TfgLrn *t, float *dy, const float *x, const float *y);   /* dy becomes dx */
} TfgLrnLoops;

/* Room of the longest vector behind each of three rows, of which one is padded on both sides. */
static inline size_t tfg_lrn_scratch(const TfgLrn *t) { return (size_t)(3 * t->depth + 2 * t->radius + 3 * 64); }

const TfgLrnLoops *tfg_lrn_loops(void);

typedef const TfgLrnLoops *TfgLrnLoopsFn(void);
#if defined(__x86_64__)
TfgLrnLoopsFn tfg_lrn_loops_v2, tfg_lrn_loops_v3, tfg_lrn_loops_v4;
#else
TfgLrnLoopsFn tfg_lrn_loops_base;
#endif

#endif
