/* Linalg: factorisations and solutions of one matrix, through LAPACK where OpenBLAS is there, else by plain loops.  Matrices are
 * row-major, of float, double, complex64 or complex128. */
#ifndef TFG_KERNELS_LINALG_H
#define TFG_KERNELS_LINALG_H

#include "tensor/tensor.h"

/* a = q r for an m x n matrix, by Householder reflections with LAPACK's signs: r's diagonal is real, and the opposite in sign of
 * what each column began with.  With k = full ? m : min(m, n), q is m x k and r k x n.  -1 only without memory. */
typedef struct TfgQr {
    TfgDType dtype;
    int64_t m, n;
    bool full;
    const void *a;
    void *q, *r;
} TfgQr;
int tfg_qr(const TfgQr *p, TfgStatus *s);
int tfg_qr_plain(const TfgQr *p, TfgStatus *s);

/* Solves op(a) x = b in place, a n x n of which one triangle is read, x holding b, n x columns.  The diagonal has no zeros. */
typedef struct TfgSolve {
    TfgDType dtype;
    int64_t n, columns;
    bool lower, adjoint;        /* which triangle; whether op is the adjoint */
    const void *a;
    void *x;
} TfgSolve;
void tfg_triangular_solve(const TfgSolve *p);
void tfg_triangular_solve_plain(const TfgSolve *p);

#endif
