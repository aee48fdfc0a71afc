/* Gemm: products of matrices, cut into tiles over the thread pool.  The cut depends on the sizes alone. */
#ifndef TFG_KERNELS_GEMM_H
#define TFG_KERNELS_GEMM_H

#include "tensor/tensor.h"

typedef enum TfgTrans { TFG_PLAIN, TFG_TRANSPOSED, TFG_ADJOINT } TfgTrans;

/* What happens to a finished piece of c, rows x columns at row0, column0, while it is still in the cache: bias, activation. */
typedef void (*TfgGemmEpilogue)(void *context, void *c, int64_t ldc, int64_t row0, int64_t column0, int64_t rows, int64_t columns);

/* c[i] = op(a[i]) * op(b[i]) for `batch` matrices, row-major; op(a) is m x k, op(b) k x n.  c is overwritten and overlaps neither. */
typedef struct TfgGemm {
    TfgDType dtype;             /* float double half bfloat16 int32 int64 complex64 complex128 (and the other integers) */
    TfgTrans ta, tb;
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t lda, ldb, ldc;      /* elements from one row to the next; 0: rows follow each other */
    int64_t batch;              /* 0 counts as 1 */
    int64_t step_a, step_b, step_c;     /* elements from one matrix to the next */
    const int64_t *offset_a, *offset_b; /* instead of steps: where each matrix begins, in elements; or NULL */
    TfgGemmEpilogue epilogue;   /* may be NULL */
    void *context;
} TfgGemm;

/* -1 when scratch memory (half types) ran out. */
int tfg_gemm(const TfgGemm *g, TfgStatus *s);
/* The same by plain loops on one thread, as the reference of tests. */
int tfg_gemm_plain(const TfgGemm *g, TfgStatus *s);

#endif
