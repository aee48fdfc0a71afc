/* Linalg: factorisations and solutions of one matrix, through LAPACK where OpenBLAS is there, else by plain loops.  Matrices are
 * row-major, of float, double, complex64 or complex128. */
#ifndef TFG_KERNELS_LINALG_H
#define TFG_KERNELS_LINALG_H

#include <complex.h>

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
    bool unit;                  /* the diagonal is not read, and counts as ones */
} TfgSolve;
void tfg_triangular_solve(const TfgSolve *p);
void tfg_triangular_solve_plain(const TfgSolve *p);
/* The same by bands of rows; false where it is too small to pay, or memory is short. */
bool tfg_triangular_solve_banded(const TfgSolve *p);

/* a := l with a = l l^H, in place, n x n, of which the lower triangle is read; what is above the diagonal becomes zero.  Not
 * definite: false, and a holds something.  A NaN counts as definite, as Eigen has it. */
bool tfg_cholesky(TfgDType dtype, int64_t n, void *a);
bool tfg_cholesky_plain(TfgDType dtype, int64_t n, void *a);
/* Solves a x = b in place, given a's l. */
void tfg_cholesky_solve(TfgDType dtype, int64_t n, int64_t columns, const void *l, void *x);

/* a := l and u of p a = l u, in place; step i exchanged rows i and swaps[i].  Goes on where a pivot is zero. */
int tfg_lu(TfgDType dtype, int64_t n, void *a, int32_t *swaps, TfgStatus *s);
void tfg_lu_plain(TfgDType dtype, int64_t n, void *a, int32_t *swaps);
#define TFG_LU_BANDED 256       /* from this size on it is done by bands of columns */
int tfg_lu_banded(TfgDType dtype, int64_t n, void *a, int32_t *swaps, TfgStatus *s);
/* The factors of rows x columns elements, whose rows are `ld` apart, with LAPACK, which must be there; room for as many more. */
int tfg_lu_panel(TfgDType dtype, int64_t rows, int64_t columns, void *a, int64_t ld, int32_t *swaps, void *room, TfgStatus *s);
/* Solves a x = b in place, given a's factors, none of whose pivots is zero. */
void tfg_lu_solve(TfgDType dtype, int64_t n, int64_t columns, const void *lu, const int32_t *swaps, void *x);

/* Eigenvalues of a Hermitian matrix, of which the lower triangle is read, in rising order, and vectors as columns.  The values
 * have a's dtype.  v NULL: not wanted. */
typedef struct TfgEigen {
    TfgDType dtype;
    int64_t n;
    const void *a;
    void *e, *v;
} TfgEigen;
int tfg_eigen(const TfgEigen *p, TfgStatus *s);
int tfg_eigen_plain(const TfgEigen *p, TfgStatus *s);

/* a = u diag(s) v^H, m x n, s falling and of a's dtype.  With k = full ? all : min(m, n): u is m x k, v n x k.  u NULL: only s. */
typedef struct TfgSvd {
    TfgDType dtype;
    int64_t m, n;
    bool full;
    const void *a;
    void *s, *u, *v;
} TfgSvd;
int tfg_svd(const TfgSvd *p, TfgStatus *s);
int tfg_svd_plain(const TfgSvd *p, TfgStatus *s);

/* The x of least norm among those that bring a x nearest to b; a m x n, x n x columns.  Singular values below
 * epsilon * min(m, n) of the largest count as zero. */
typedef struct TfgLeastSquares {
    TfgDType dtype;
    int64_t m, n, columns;
    const void *a, *b;
    void *x;
} TfgLeastSquares;
int tfg_least_squares(const TfgLeastSquares *p, TfgStatus *s);
int tfg_least_squares_plain(const TfgLeastSquares *p, TfgStatus *s);

/* Functions of one n x n matrix: out may not be a. */
int tfg_matrix_exponential(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s);
int tfg_matrix_logarithm(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s);    /* NaN where there is none */
int tfg_matrix_square_root(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s);

/* Every matrix as one of complex128, for what is written once for all dtypes: n elements there and back. */
void tfg_linalg_load(TfgDType dtype, double complex *to, const void *from, int64_t n);
void tfg_linalg_store(TfgDType dtype, void *to, const double complex *from, int64_t n);
/* c := a b, n x n; c is neither. */
void tfg_linalg_multiply(int64_t n, const double complex *a, const double complex *b, double complex *c);
/* a = q t q^H with t upper triangular; a becomes t.  false: it does not converge. */
bool tfg_linalg_schur(int64_t n, double complex *a, double complex *q);
/* Products without the repairs that C makes for infinities. */
static inline double complex tfg_linalg_times(double complex a, double complex b)
{
    return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b), creal(a) * cimag(b) + cimag(a) * creal(b));
}

/* Small things over elements.  The transposed is `columns` x `rows`, conjugated where wanted. */
typedef enum TfgParts { TFG_FINITE, TFG_INFINITE, TFG_NAN } TfgParts;
TfgParts tfg_linalg_parts(TfgDType dtype, const void *a, int64_t n);       /* the worst of n elements */
void tfg_linalg_transpose(TfgDType dtype, int64_t rows, int64_t columns, void *to, const void *from, bool conjugate);
void tfg_linalg_fill(TfgDType dtype, void *to, int64_t n, double value);
void tfg_linalg_identity(TfgDType dtype, void *to, int64_t rows, int64_t columns);

#endif
