/* The exponential of a matrix, and singular values and least squares without LAPACK.  Everything is computed in complex128. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/linalg.h"

/* ---- Exponential ------------------------------------------------------------------------------------------------------------------- */

static double norm_1(int64_t n, const double complex *a)
{
    double most = 0;
    for (int64_t j = 0; j < n; j++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += cabs(a[i * n + j]);
        if (!(sum <= most))
            most = sum;
    }
    return most;
}

/* out := c0 x0 + c1 x1 + c2 x2 + c3 1. */
static void combine(int64_t n, double complex *out, const double complex *const x[3], const double c[4])
{
    for (int64_t i = 0; i < n * n; i++)
        out[i] = c[0] * x[0][i] + c[1] * x[1][i] + c[2] * x[2][i] + (i % (n + 1) == 0 ? c[3] : 0);
}

/* Higham's method: the Pade approximant of degree 13 of a halved until it is small, squared as often. */
typedef struct Exponential {
    int64_t n;
    double complex *a, *a2, *a4, *a6, *u, *v, *t;
    int32_t *swaps;
} Exponential;

static void approximate(Exponential *e)
{
    static const double b[14] = {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
                                 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1};
    int64_t n = e->n;
    const double complex *const powers[3] = {e->a6, e->a4, e->a2};
    tfg_linalg_multiply(n, e->a, e->a, e->a2);
    tfg_linalg_multiply(n, e->a2, e->a2, e->a4);
    tfg_linalg_multiply(n, e->a4, e->a2, e->a6);
    /* Odd terms into u, even ones into v. */
    combine(n, e->t, powers, (double[]){b[13], b[11], b[9], 0});
    tfg_linalg_multiply(n, e->a6, e->t, e->u);
    combine(n, e->t, powers, (double[]){b[7], b[5], b[3], b[1]});
    for (int64_t i = 0; i < n * n; i++)
        e->t[i] += e->u[i];
    tfg_linalg_multiply(n, e->a, e->t, e->u);
    combine(n, e->t, powers, (double[]){b[12], b[10], b[8], 0});
    tfg_linalg_multiply(n, e->a6, e->t, e->v);
    combine(n, e->t, powers, (double[]){b[6], b[4], b[2], b[0]});
    for (int64_t i = 0; i < n * n; i++) {
        double complex even = e->v[i] + e->t[i], odd = e->u[i];
        e->v[i] = even - odd;
        e->u[i] = even + odd;
    }
}

static void exponentiate(Exponential *e)
{
    int64_t n = e->n;
    int squarings = 0;
    double norm = norm_1(n, e->a);
    if (norm > 5.371920351148152)
        squarings = (int)ceil(log2(norm / 5.371920351148152));
    for (int64_t i = 0; i < n * n; i++)
        e->a[i] = CMPLX(ldexp(creal(e->a[i]), -squarings), ldexp(cimag(e->a[i]), -squarings));
    approximate(e);
    tfg_lu_plain(TFG_COMPLEX128, n, e->v, e->swaps);
    tfg_lu_solve(TFG_COMPLEX128, n, n, e->v, e->swaps, e->u);
    for (; squarings > 0; squarings--) {
        tfg_linalg_multiply(n, e->u, e->u, e->t);
        memcpy(e->u, e->t, (size_t)(n * n) * sizeof *e->u);
    }
}

int tfg_matrix_exponential(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s)
{
    size_t count = (size_t)(n * n);
    if (tfg_linalg_parts(dtype, a, n * n) != TFG_FINITE) {
        tfg_linalg_fill(dtype, out, n * n, (double)NAN);
        return 0;
    }
    double complex *all = tfg_alloc((7 * count + 1) * sizeof *all + (size_t)n * sizeof(int32_t));
    if (!all)
        return tfg_fail_memory(s);
    Exponential e = {.n = n, .a = all, .a2 = all + count, .a4 = all + 2 * count, .a6 = all + 3 * count, .u = all + 4 * count,
                     .v = all + 5 * count, .t = all + 6 * count, .swaps = (int32_t *)(void *)(all + 7 * count)};
    tfg_linalg_load(dtype, e.a, a, n * n);
    exponentiate(&e);
    tfg_linalg_store(dtype, out, e.u, n * n);
    tfg_free(all);
    return 0;
}

/* ---- Singular values ------------------------------------------------------------------------------------------------------------------ */

/* A tall matrix, `rows` x `columns`, kept as its columns, one after another, and the turns made to them. */
typedef struct Columns {
    int64_t rows, columns;
    double complex *a, *turns;  /* turns: columns x columns, also as columns */
    double *norms;
} Columns;

static double complex dot(int64_t n, const double complex *x, const double complex *y)
{
    double complex sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += tfg_linalg_times(conj(x[i]), y[i]);
    return sum;
}

static void turn(int64_t n, double complex *x, double complex *y, double c, double complex s)
{
    for (int64_t i = 0; i < n; i++) {
        double complex p = x[i], q = y[i];
        x[i] = c * p - tfg_linalg_times(conj(s), q);
        y[i] = tfg_linalg_times(s, p) + c * q;
    }
}

/* Makes two columns orthogonal; whether they were not. */
static bool orthogonalise(Columns *w, int64_t p, int64_t q)
{
    double complex *x = w->a + p * w->rows, *y = w->a + q * w->rows, both = dot(w->rows, x, y);
    double a = creal(dot(w->rows, x, x)), b = creal(dot(w->rows, y, y)), size = cabs(both);
    if (!(size > DBL_EPSILON * sqrt(a) * sqrt(b)) || size < DBL_MIN)
        return false;
    double zeta = (b - a) / (2 * size), t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + hypot(1, zeta)), c = 1 / hypot(1, t);
    double complex s = both / size * (c * t);
    turn(w->rows, x, y, c, s);
    turn(w->columns, w->turns + p * w->columns, w->turns + q * w->columns, c, s);
    return true;
}

/* One-sided Jacobi: columns are turned pair by pair until all are orthogonal; then those of largest norm come first. */
static void jacobi(Columns *w)
{
    bool moved = true;
    for (int sweep = 0; sweep < 60 && moved; sweep++) {
        moved = false;
        for (int64_t p = 0; p < w->columns; p++)
            for (int64_t q = p + 1; q < w->columns; q++)
                moved = orthogonalise(w, p, q) || moved;
    }
    for (int64_t j = 0; j < w->columns; j++)
        w->norms[j] = sqrt(creal(dot(w->rows, w->a + j * w->rows, w->a + j * w->rows)));
}

static void swap_columns(int64_t n, double complex *x, double complex *y)
{
    for (int64_t i = 0; i < n; i++) {
        double complex kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

static void sort_columns(Columns *w)
{
    for (int64_t i = 0; i < w->columns; i++) {
        int64_t most = i;
        for (int64_t j = i + 1; j < w->columns; j++)
            if (w->norms[j] > w->norms[most])
                most = j;
        if (most == i)
            continue;
        double kept = w->norms[i];
        w->norms[i] = w->norms[most];
        w->norms[most] = kept;
        swap_columns(w->rows, w->a + i * w->rows, w->a + most * w->rows);
        swap_columns(w->columns, w->turns + i * w->columns, w->turns + most * w->columns);
    }
}

/* The columns divided by their norms, and as many more as make `wanted` orthonormal ones of `rows`; out is rows x wanted. */
static void complete(const Columns *w, int64_t wanted, double complex *basis, double complex *out)
{
    int64_t rows = w->rows, unit = 0;
    for (int64_t j = 0; j < wanted; j++) {
        double complex *x = basis + j * rows;
        double floor = w->columns > 0 ? w->norms[0] * DBL_EPSILON * (double)rows : 0;
        if (j < w->columns && w->norms[j] > floor) {
            for (int64_t i = 0; i < rows; i++)
                x[i] = w->a[j * rows + i] / w->norms[j];
            continue;
        }
        /* What is left of a unit vector, when the columns so far are taken out of it twice, serves if it is not small. */
        for (double left = 0; left < 0.5 / sqrt((double)rows) && unit < 2 * rows; unit++) {
            for (int64_t i = 0; i < rows; i++)
                x[i] = i == unit % rows;
            for (int64_t k = 0; k < 2 * j; k++) {
                const double complex *y = basis + k % j * rows;
                double complex common = dot(rows, y, x);
                for (int64_t i = 0; i < rows; i++)
                    x[i] -= tfg_linalg_times(common, y[i]);
            }
            left = sqrt(creal(dot(rows, x, x)));
            for (int64_t i = 0; i < rows && left > 0; i++)
                x[i] /= left;
        }
    }
    tfg_linalg_transpose(TFG_COMPLEX128, wanted, rows, out, basis, false);
}

int tfg_svd_plain(const TfgSvd *p, TfgStatus *s)
{
    bool wide = p->m < p->n;
    int64_t rows = wide ? p->n : p->m, columns = wide ? p->m : p->n, wanted = p->full ? rows : columns;
    double complex *all = tfg_alloc((size_t)(rows * columns + columns * columns + 2 * rows * wanted + columns + 1) * sizeof *all);
    if (!all)
        return tfg_fail_memory(s);
    Columns w = {.rows = rows, .columns = columns, .a = all, .turns = all + rows * columns};
    double complex *basis = w.turns + columns * columns, *out = basis + rows * wanted;
    w.norms = (double *)(void *)(out + rows * wanted);
    tfg_linalg_load(p->dtype, wide ? w.a : out, p->a, rows * columns);
    if (wide)                                   /* the columns of a^H */
        for (int64_t i = 0; i < rows * columns; i++)
            w.a[i] = conj(w.a[i]);
    else
        tfg_linalg_transpose(TFG_COMPLEX128, rows, columns, w.a, out, false);
    tfg_linalg_identity(TFG_COMPLEX128, w.turns, columns, columns);
    jacobi(&w);
    sort_columns(&w);
    for (int64_t j = 0; j < columns; j++)
        tfg_linalg_store(p->dtype, (char *)p->s + (size_t)j * tfg_dtype_size(p->dtype), &(double complex){w.norms[j]}, 1);
    if (p->u) {
        complete(&w, wanted, basis, out);
        tfg_linalg_store(p->dtype, wide ? p->v : p->u, out, rows * wanted);
        tfg_linalg_transpose(TFG_COMPLEX128, columns, columns, basis, w.turns, false);
        tfg_linalg_store(p->dtype, wide ? p->u : p->v, basis, columns * columns);
    }
    tfg_free(all);
    return 0;
}

/* ---- Least squares ------------------------------------------------------------------------------------------------------------------- */

/* x = v s^-1 u^H b, without the singular values that count as zero. */
static void solve_by_svd(const TfgLeastSquares *p, const double complex *s, const double complex *u, const double complex *v,
                         const double complex *b, double complex *x)
{
    int64_t least = p->m < p->n ? p->m : p->n;
    double epsilon = p->dtype == TFG_FLOAT || p->dtype == TFG_COMPLEX64 ? 0x1p-23 : DBL_EPSILON;
    memset(x, 0, (size_t)(p->n * p->columns) * sizeof *x);
    for (int64_t k = 0; k < least && creal(s[k]) > creal(s[0]) * epsilon * (double)least; k++)
        for (int64_t j = 0; j < p->columns; j++) {
            double complex sum = 0;
            for (int64_t i = 0; i < p->m; i++)
                sum += tfg_linalg_times(conj(u[i * least + k]), b[i * p->columns + j]);
            sum /= creal(s[k]);
            for (int64_t i = 0; i < p->n; i++)
                x[i * p->columns + j] += tfg_linalg_times(v[i * least + k], sum);
        }
}

int tfg_least_squares_plain(const TfgLeastSquares *p, TfgStatus *s)
{
    int64_t m = p->m, n = p->n, least = m < n ? m : n;
    double complex *a = tfg_alloc((size_t)(m * n + least + (m + n) * (least + p->columns) + 1) * sizeof *a);
    if (!a)
        return tfg_fail_memory(s);
    double complex *values = a + m * n, *u = values + least, *v = u + m * least, *b = v + n * least, *x = b + m * p->columns;
    tfg_linalg_load(p->dtype, a, p->a, m * n);
    tfg_linalg_load(p->dtype, b, p->b, m * p->columns);
    TfgSvd svd = {.dtype = TFG_COMPLEX128, .m = m, .n = n, .a = a, .s = values, .u = u, .v = v};
    int rc = tfg_svd_plain(&svd, s);
    if (rc == 0) {
        solve_by_svd(p, values, u, v, b, x);
        tfg_linalg_store(p->dtype, p->x, x, n * p->columns);
    }
    tfg_free(a);
    return rc;
}
