/* Softmax: the typed row loops of the softmax family, and the runs over them. */
#ifndef TFG_KERNELS_NN_SOFTMAX_H
#define TFG_KERNELS_NN_SOFTMAX_H

#include "runtime/kernel.h"

/* Rows of n classes, of the compute type (float, also for halves; or double).  `out` and `backprop` may be `x`. */
typedef struct TfgSoftmaxLoops {
    void (*softmax)(const void *x, void *out, int64_t rows, int64_t n);
    void (*log_softmax)(const void *x, void *out, int64_t rows, int64_t n);
    /* loss = sum labels * (log sum exp - x); backprop = softmax - labels. */
    void (*cross_entropy)(const void *x, const void *labels, void *loss, void *backprop, int64_t rows, int64_t n);
    void (*sparse_cross_entropy)(const void *x, const int64_t *label, void *loss, void *backprop, int64_t rows, int64_t n);
} TfgSoftmaxLoops;

int tfg_softmax_run(TfgKernelCall *c, TfgStatus *s);
int tfg_log_softmax_run(TfgKernelCall *c, TfgStatus *s);
int tfg_cross_entropy_run(TfgKernelCall *c, TfgStatus *s);
int tfg_sparse_cross_entropy_run(TfgKernelCall *c, TfgStatus *s);

#endif
