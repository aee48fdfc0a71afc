/* BLAS and LAPACK: OpenBLAS, opened when first needed and kept to ourselves (RTLD_LOCAL), always on one thread: our own tiles are
 * the parallelism.  Without it callers use their plain loops. */
#ifndef TFG_KERNELS_BLAS_H
#define TFG_KERNELS_BLAS_H

#include <stdbool.h>

enum { TFG_BLAS_ROW_MAJOR = 101, TFG_BLAS_COLUMN_MAJOR = 102 };
typedef enum TfgBlasTrans { TFG_BLAS_PLAIN = 111, TFG_BLAS_TRANSPOSED = 112, TFG_BLAS_ADJOINT = 113 } TfgBlasTrans;

typedef struct TfgBlas {
    void (*sgemm)(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                  float beta, float *c, int ldc);
    void (*dgemm)(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda, const double *b, int ldb,
                  double beta, double *c, int ldc);
    /* Complex: alpha and beta by address. */
    void (*cgemm)(int order, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int lda, const void *b, int ldb,
                  const void *beta, void *c, int ldc);
    void (*zgemm)(int order, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int lda, const void *b, int ldb,
                  const void *beta, void *c, int ldc);
    const char *core;           /* which kernels it chose: "Haswell", "SkylakeX" ...; "" when it does not say */
    bool is_fast;               /* those kernels use the vectors this processor has: an unknown processor gets old ones */
} TfgBlas;

const TfgBlas *tfg_blas(void);                  /* NULL where no OpenBLAS can be opened */
void *tfg_lapack(const char *name);             /* Fortran symbol, "dgetrf_"; NULL where absent */

#endif
