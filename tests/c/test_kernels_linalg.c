/* LAPACK against our plain loops: what either gives solves the problem, and R and X agree to rounding. */
#include <math.h>
#include <stdlib.h>

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

