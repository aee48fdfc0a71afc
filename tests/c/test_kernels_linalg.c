/* LAPACK against our plain loops: what either gives solves the problem, and what is unique agrees to rounding. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernels/blas.h"
#include "kernels/linalg.h"
#include "test.h"

static const TfgDType dtypes[] = {TFG_FLOAT, TFG_DOUBLE, TFG_COMPLEX64, TFG_COMPLEX128};

static int parts_of(TfgDType d)
{
    return d == TFG_COMPLEX64 || d == TFG_COMPLEX128 ? 2 : 1;
}

static bool is_single(TfgDType d)
{
    return d == TFG_FLOAT || d == TFG_COMPLEX64;
}

static double part(TfgDType d, const void *p, int64_t i)
{
    return is_single(d) ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void *random_matrix(TfgDType d, int64_t n, uint64_t seed, double extra, int64_t step)
{
    int64_t parts = n * parts_of(d);
    void *p = malloc((size_t)(parts + 1) * 8);
    for (int64_t i = 0; i < parts; i++) {
        double v = (double)(tfg_hash_mix(seed, (uint64_t)i) % 2001) / 1000 - 1;
        if (step && i % (step * parts_of(d)) == 0)
            v += extra;
        if (is_single(d))
            ((float *)p)[i] = (float)v;
        else
            ((double *)p)[i] = v;
    }
    return p;
}

static double distance(TfgDType d, const void *a, const void *b, int64_t n)
{
    double worst = 0;
    for (int64_t i = 0; i < n * parts_of(d); i++)
        worst = fmax(worst, fabs(part(d, a, i) - part(d, b, i)));
    return worst;
}

static double tolerance(TfgDType d, int64_t n)
{
    return (is_single(d) ? 1e-5 : 1e-13) * (double)(n + 1);
}

TEST(lapack_is_found_where_openblas_is)
{
    if (tfg_blas())
        CHECK(tfg_lapack("sgeqrf_") && tfg_lapack("zungqr_") && tfg_lapack("ctrsm_"));
}

TEST(qr_is_that_of_plain_loops)
{
    static const int64_t sizes[][2] = {{1, 1}, {1, 4}, {4, 1}, {5, 5}, {7, 3}, {3, 7}, {65, 40}, {40, 65}};
    for (size_t t = 0; t < 4; t++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int full = 0; full < 2; full++) {
                TfgStatus s = TFG_STATUS_INIT;
                TfgDType d = dtypes[t];
                int64_t m = sizes[i][0], n = sizes[i][1], k = full || m < n ? m : n;
                void *a = random_matrix(d, m * n, 1, 0, 0), *q = malloc((size_t)(m * k) * 16), *r = malloc((size_t)(k * n) * 16);
                void *q2 = malloc((size_t)(m * k) * 16), *r2 = malloc((size_t)(k * n) * 16);
                TfgQr p = {d, m, n, full, a, q, r}, plain = {d, m, n, full, a, q2, r2};
                CHECK_OK(tfg_qr(&p, &s) == 0, s);
                CHECK_OK(tfg_qr_plain(&plain, &s) == 0, s);
                CHECK(distance(d, q, q2, m * k) < tolerance(d, m + n));
                CHECK(distance(d, r, r2, k * n) < tolerance(d, m + n));
                free(a), free(q), free(r), free(q2), free(r2);
            }
}

TEST(solutions_are_those_of_plain_loops)
{
    for (size_t t = 0; t < 4; t++)
        for (int64_t n = 1; n < 40; n += 6)
            for (int flags = 0; flags < 4; flags++) {
                TfgDType d = dtypes[t];
                int64_t columns = n % 4 + 1;
                void *a = random_matrix(d, n * n, 2, (double)n, n + 1), *x = random_matrix(d, n * columns, 3, 0, 0);
                void *y = random_matrix(d, n * columns, 3, 0, 0);
                TfgSolve p = {d, n, columns, flags & 1, flags & 2, a, x}, plain = {d, n, columns, flags & 1, flags & 2, a, y};
                tfg_triangular_solve(&p);
                tfg_triangular_solve_plain(&plain);
                CHECK(distance(d, x, y, n * columns) < tolerance(d, n));
                free(a), free(x), free(y);
            }
}


/* Where |a - b| of n elements is as large as rounding explains. */
#define NEAR(d, a, b, n, size) CHECK(distance(d, a, b, n) < tolerance(d, size) * (double)(size))

/* A Hermitian definite matrix. */
static void *definite_matrix(TfgDType d, int64_t n)
{
    void *a = random_matrix(d, n * n, 5, 0, 0);
    double complex *x = malloc((size_t)(3 * n * n) * sizeof *x), *y = x + n * n, *z = y + n * n;
    tfg_linalg_load(d, x, a, n * n);
    tfg_linalg_transpose(TFG_COMPLEX128, n, n, y, x, true);
    tfg_linalg_multiply(n, x, y, z);
    for (int64_t i = 0; i < n; i++)
        z[i * n + i] += 1;
    tfg_linalg_store(d, a, z, n * n);
    free(x);
    return a;
}

TEST(factors_are_those_of_plain_loops)
{
    for (size_t t = 0; t < 4; t++)
        for (int64_t n = 1; n < 60; n += 19) {
            TfgStatus s = TFG_STATUS_INIT;
            TfgDType d = dtypes[t];
            void *a = definite_matrix(d, n), *b = definite_matrix(d, n);
            CHECK(tfg_cholesky(d, n, a) && tfg_cholesky_plain(d, n, b));
            NEAR(d, a, b, n * n, n);
            free(a), free(b);
            int32_t swaps[60], others[60];
            a = random_matrix(d, n * n, 9, 0, 0), b = random_matrix(d, n * n, 9, 0, 0);
            CHECK_OK(tfg_lu(d, n, a, swaps, &s) == 0, s);
            tfg_lu_plain(d, n, b, others);
            CHECK(is_single(d) || parts_of(d) == 2 || memcmp(swaps, others, (size_t)n * sizeof *swaps) == 0);
            if (parts_of(d) == 1)
                NEAR(d, a, b, n * n, n * n);
            free(a), free(b);
        }
}

/* Large enough to be done by bands, the last of which is narrower.  A strong diagonal, in another row, leaves no doubt about pivots. */
TEST(bands_are_what_plain_loops_give)
{
    enum { N = TFG_LU_BANDED + 45, COLUMNS = 37 };
    static int32_t swaps[N], others[N];
    for (size_t t = 0; t < 4; t++) {
        TfgStatus s = TFG_STATUS_INIT;
        TfgDType d = dtypes[t];
        size_t row = N * tfg_dtype_size(d);
        char *a = random_matrix(d, N * N, 7, N, N + 1), *b = malloc(N * row);
        for (int i = 0; i < N; i++)
            memcpy(b + (size_t)i * row, a + (size_t)((i + 100) % N) * row, row);
        memcpy(a, b, N * row);
        for (int flags = 0; flags < 4; flags++) {
            void *m = random_matrix(d, N * N, 2, N, N + 1), *x = random_matrix(d, N * COLUMNS, 3, 0, 0), *y = random_matrix(d, N * COLUMNS, 3, 0, 0);
            TfgSolve p = {d, N, COLUMNS, flags & 1, flags & 2, m, x, false}, plain = {d, N, COLUMNS, flags & 1, flags & 2, m, y, false};
            CHECK(tfg_triangular_solve_banded(&p));
            tfg_triangular_solve_plain(&plain);
            CHECK(distance(d, x, y, N * COLUMNS) < tolerance(d, N));
            free(m), free(x), free(y);
        }
        CHECK_OK(tfg_lu(d, N, a, swaps, &s) == 0, s);
        tfg_lu_plain(d, N, b, others);
        CHECK(memcmp(swaps, others, sizeof swaps) == 0);
        NEAR(d, a, b, N * N, N);
        free(a), free(b);
    }
}

TEST(eigenvalues_are_those_of_plain_loops)
{
    for (size_t t = 0; t < 4; t++)
        for (int64_t n = 1; n < 50; n += 12) {
            TfgStatus s = TFG_STATUS_INIT;
            TfgDType d = dtypes[t];
            void *a = definite_matrix(d, n), *e = malloc((size_t)n * 16), *e2 = malloc((size_t)n * 16), *v = malloc((size_t)(n * n) * 16);
            TfgEigen p = {d, n, a, e, v}, plain = {d, n, a, e2, v};
            CHECK_OK(tfg_eigen(&p, &s) == 0, s);
            CHECK_OK(tfg_eigen_plain(&plain, &s) == 0, s);
            NEAR(d, e, e2, n, n * n);
            /* a v = v e */
            double complex *x = malloc((size_t)(3 * n * n) * sizeof *x), *y = x + n * n, *z = y + n * n;
            tfg_linalg_load(d, x, a, n * n);
            tfg_linalg_load(d, y, v, n * n);
            tfg_linalg_multiply(n, x, y, z);
            for (int64_t i = 0; i < n * n; i++)
                y[i] *= part(d, e2, i % n * parts_of(d));
            CHECK(distance(TFG_COMPLEX128, y, z, n * n) < tolerance(d, n) * (double)n);
            free(x), free(a), free(e), free(e2), free(v);
        }
}

TEST(singular_values_are_those_of_plain_loops)
{
    static const int64_t sizes[][2] = {{1, 1}, {1, 4}, {4, 1}, {5, 5}, {17, 8}, {8, 17}, {40, 20}};
    for (size_t t = 0; t < 4; t++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int full = 0; full < 2; full++) {
                TfgStatus s = TFG_STATUS_INIT;
                TfgDType d = dtypes[t];
                int64_t m = sizes[i][0], n = sizes[i][1], least = m < n ? m : n, most = m < n ? n : m;
                void *a = random_matrix(d, m * n, 4, 0, 0), *one = malloc((size_t)least * 16), *other = malloc((size_t)least * 16);
                void *u = malloc((size_t)(most * most) * 16), *v = malloc((size_t)(most * most) * 16);
                TfgSvd p = {d, m, n, full, a, one, u, v}, plain = {d, m, n, full, a, other, u, v};
                CHECK_OK(tfg_svd(&p, &s) == 0, s);
                CHECK_OK(tfg_svd_plain(&plain, &s) == 0, s);
                NEAR(d, one, other, least, most);
                /* Least squares by either way. */
                void *x = malloc((size_t)n * 32), *y = malloc((size_t)n * 32), *b = random_matrix(d, 2 * m, 6, 0, 0);
                TfgLeastSquares l = {d, m, n, 2, a, b, x}, l2 = {d, m, n, 2, a, b, y};
                CHECK_OK(tfg_least_squares(&l, &s) == 0, s);
                CHECK_OK(tfg_least_squares_plain(&l2, &s) == 0, s);
                CHECK(distance(d, x, y, 2 * n) < 100 * tolerance(d, most));
                free(a), free(one), free(other), free(u), free(v), free(x), free(y), free(b);
            }
}
