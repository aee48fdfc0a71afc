/* Linalg_batch: a call over batches of matrices, cut into single ones over the thread pool. */
#ifndef TFG_KERNELS_LINALG_BATCH_H
#define TFG_KERNELS_LINALG_BATCH_H

#include "runtime/kernel.h"

typedef struct TfgBatch {
    TfgKernelCall *call;
    const TfgTensor *in[2];     /* [1]: NULL where there is one input of matrices */
    TfgTensor *out[3];          /* as tfg_batch_output made them */
    int64_t in_size[2], out_size[3];    /* elements of one matrix */
    int64_t count;              /* matrices */
    int64_t m, n, rows, columns;        /* input 0 is m x n, input 1 rows x columns */
    bool flag, adjoint;         /* for the kernel's own attributes */
    double l2;
} TfgBatch;

/* Takes the first `inputs` inputs; their ranks and batch dimensions must fit. */
int tfg_batch_init(TfgBatch *b, TfgKernelCall *c, int inputs, TfgStatus *s);
int tfg_batch_check_square(const TfgBatch *b, TfgStatus *s);
/* Makes output i: batch + [first, second], or as many of them as `rank` says. */
int tfg_batch_output(TfgBatch *b, int i, int rank, int64_t first, int64_t second, TfgStatus *s);
const void *tfg_batch_in(const TfgBatch *b, int input, int64_t i);
void *tfg_batch_out(const TfgBatch *b, int output, int64_t i);
/* Calls fn for every matrix; `cost` is about how many multiplications one takes. */
typedef int (*TfgBatchFn)(const TfgBatch *b, int64_t i, TfgStatus *s);
int tfg_batch_run(const TfgBatch *b, int64_t cost, TfgBatchFn fn, TfgStatus *s);

int tfg_register_kernels_linalg_band(TfgStatus *s);
int tfg_register_kernels_linalg_spectral(TfgStatus *s);

#endif
