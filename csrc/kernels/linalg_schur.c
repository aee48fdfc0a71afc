/* The Schur form of one matrix, and what follows from it: eigenvalues of Hermitian matrices without LAPACK, logarithms, roots.
 * Everything is computed in complex128. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/linalg.h"

#define AT(a, i, j) (a)[(i) * n + (j)]

/* Rows i >= first of column k - 1 are reflected onto their first, from both sides: a := h a h, q := q h. */
static void reflect(int64_t n, double complex *a, double complex *q, double complex *v, int64_t first)
{
    double square = 0;
    for (int64_t i = first; i < n; i++) {
        v[i] = AT(a, i, first - 1);
        square += creal(v[i]) * creal(v[i]) + cimag(v[i]) * cimag(v[i]);
    }
    double head = cabs(v[first]), norm = sqrt(square), below = square - head * head;
    if (!(below > 0) || !isfinite(norm))
        return;
    v[first] += head == 0 ? CMPLX(norm, 0) : v[first] / head * norm;
    double scale = 1 / (norm * (norm + head));
    for (int64_t j = 0; j < n; j++) {
        double complex sum = 0;
        for (int64_t i = first; i < n; i++)
            sum += tfg_linalg_times(conj(v[i]), AT(a, i, j));
        for (int64_t i = first; i < n; i++)
            AT(a, i, j) -= tfg_linalg_times(v[i], sum) * scale;
    }
    for (int both = 0; both < 2; both++) {
        double complex *c = both ? q : a;
        for (int64_t i = 0; i < n; i++) {
            double complex sum = 0;
            for (int64_t j = first; j < n; j++)
                sum += tfg_linalg_times(AT(c, i, j), v[j]);
            for (int64_t j = first; j < n; j++)
                AT(c, i, j) -= tfg_linalg_times(sum, conj(v[j])) * scale;
        }
    }
    for (int64_t i = first + 1; i < n; i++)
        AT(a, i, first - 1) = 0;
}

static double size(double complex x)
{
    return fabs(creal(x)) + fabs(cimag(x));
}

/* The eigenvalue of the last 2 x 2 block that is nearer to its last element. */
static double complex shift_of(int64_t n, const double complex *a, int64_t last)
{
    double complex x = AT(a, last - 1, last - 1), y = AT(a, last - 1, last), z = AT(a, last, last - 1), w = AT(a, last, last);
    double complex half = (x - w) / 2, root = csqrt(tfg_linalg_times(half, half) + tfg_linalg_times(y, z));
    if (creal(half) * creal(root) + cimag(half) * cimag(root) < 0)
        root = -root;
    double complex sum = half + root;
    return sum == 0 ? w : w - tfg_linalg_times(y, z) / sum;
}

/* Rows (or columns) i and i + 1 are turned by [c s; -s^H c]. */
static void turn_rows(int64_t n, double complex *a, int64_t i, double c, double complex s, int64_t from)
{
    for (int64_t j = from; j < n; j++) {
        double complex x = AT(a, i, j), y = AT(a, i + 1, j);
        AT(a, i, j) = c * x + tfg_linalg_times(s, y);
        AT(a, i + 1, j) = c * y - tfg_linalg_times(conj(s), x);
    }
}

static void turn_columns(int64_t n, double complex *a, int64_t j, double c, double complex s, int64_t to)
{
    for (int64_t i = 0; i < to; i++) {
        double complex x = AT(a, i, j), y = AT(a, i, j + 1);
        AT(a, i, j) = c * x + tfg_linalg_times(conj(s), y);
        AT(a, i, j + 1) = c * y - tfg_linalg_times(s, x);
    }
}

/* One QR step with `shift` on rows first .. last; the rotations chase the element below the diagonal out. */
static void step(int64_t n, double complex *a, double complex *q, int64_t first, int64_t last, double complex shift)
{
    double complex x = AT(a, first, first) - shift, y = AT(a, first + 1, first);
    for (int64_t k = first; k < last; k++) {
        double r = hypot(cabs(x), cabs(y)), c = 1;
        double complex s = 0;
        if (r > 0) {
            double complex phase = x == 0 ? 1 : x / cabs(x);
            c = cabs(x) / r;
            s = tfg_linalg_times(phase, conj(y)) / r;
        }
        turn_rows(n, a, k, c, s, k > first ? k - 1 : k);
        turn_columns(n, a, k, c, s, (k + 3 <= last + 1 ? k + 3 : last + 1));
        turn_columns(n, q, k, c, s, n);
        if (k > first)
            AT(a, k + 1, k - 1) = 0;
        if (k + 1 < last) {
            x = AT(a, k + 1, k);
            y = AT(a, k + 2, k);
        }
    }
}

/* Where the block that ends at `last` begins: behind the nearest element below the diagonal that counts as zero. */
static int64_t block_start(int64_t n, double complex *a, int64_t last)
{
    int64_t i = last;
    for (; i > 0; i--) {
        double near = size(AT(a, i, i)) + size(AT(a, i - 1, i - 1));
        if (size(AT(a, i, i - 1)) <= DBL_EPSILON * near || size(AT(a, i, i - 1)) < DBL_MIN) {
            AT(a, i, i - 1) = 0;
            break;
        }
    }
    return i;
}

bool tfg_linalg_schur(int64_t n, double complex *a, double complex *q)
{
    tfg_linalg_identity(TFG_COMPLEX128, q, n, n);
    double complex *v = tfg_alloc((size_t)(n + 1) * sizeof *v);
    if (!v)
        return false;
    for (int64_t k = 1; k + 1 < n; k++)
        reflect(n, a, q, v, k);
    tfg_free(v);
    int64_t last = n - 1, tries = 0;
    while (last > 0) {
        int64_t first = block_start(n, a, last);
        if (first == last) {
            last--;
            tries = 0;
            continue;
        }
        if (++tries > 60)
            return false;
        /* Now and then another shift, so that no cycle can hold it up. */
        double complex shift = tries % 10 ? shift_of(n, a, last) : CMPLX(size(AT(a, last, last - 1)) + creal(AT(a, last, last)), 0);
        step(n, a, q, first, last, shift);
    }
    return true;
}

/* ---- Eigenvalues ------------------------------------------------------------------------------------------------------------------ */

/* The Hermitian matrix of a's lower triangle. */
static void load_lower(const TfgEigen *p, double complex *a)
{
    int64_t n = p->n;
    tfg_linalg_load(p->dtype, a, p->a, n * n);
    for (int64_t i = 0; i < n; i++) {
        AT(a, i, i) = creal(AT(a, i, i));
        for (int64_t j = i + 1; j < n; j++)
            AT(a, i, j) = conj(AT(a, j, i));
    }
}

/* Sorts the diagonal of a, and the columns of q with it. */
static void sort_diagonal(int64_t n, double complex *a, double complex *q)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t least = i;
        for (int64_t j = i + 1; j < n; j++)
            if (creal(AT(a, j, j)) < creal(AT(a, least, least)))
                least = j;
        double complex kept = AT(a, i, i);
        AT(a, i, i) = AT(a, least, least);
        AT(a, least, least) = kept;
        for (int64_t row = 0; row < n && least != i; row++) {
            kept = AT(q, row, i);
            AT(q, row, i) = AT(q, row, least);
            AT(q, row, least) = kept;
        }
    }
}

int tfg_eigen_plain(const TfgEigen *p, TfgStatus *s)
{
    int64_t n = p->n;
    double complex *a = tfg_alloc((size_t)(2 * n * n + 1) * sizeof *a), *q = a ? a + n * n : NULL;
    if (!a)
        return tfg_fail_memory(s);
    load_lower(p, a);
    bool found = tfg_linalg_schur(n, a, q);
    if (found) {
        sort_diagonal(n, a, q);
        for (int64_t i = 0; i < n; i++)
            tfg_linalg_store(p->dtype, (char *)p->e + (size_t)i * tfg_dtype_size(p->dtype), &(double complex){creal(AT(a, i, i))}, 1);
        if (p->v)
            tfg_linalg_store(p->dtype, p->v, q, n * n);
    }
    tfg_free(a);
    return found ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Self-adjoint eigen decomposition was not successful. The input might not be valid.");
}

/* ---- Logarithm and square root ------------------------------------------------------------------------------------------------------ */

/* The principal root of an upper triangular matrix, column by column. */
static void root_of_triangle(int64_t n, const double complex *t, double complex *r)
{
    memset(r, 0, (size_t)(n * n) * sizeof *r);
    for (int64_t j = 0; j < n; j++) {
        AT(r, j, j) = csqrt(AT(t, j, j));
        for (int64_t i = j - 1; i >= 0; i--) {
            double complex sum = AT(t, i, j);
            for (int64_t k = i + 1; k < j; k++)
                sum -= tfg_linalg_times(AT(r, i, k), AT(r, k, j));
            AT(r, i, j) = sum == 0 ? 0 : sum / (AT(r, i, i) + AT(r, j, j));
        }
    }
}

/* The 1-norm of t - 1. */
static double distance_from_one(int64_t n, const double complex *t)
{
    double most = 0;
    for (int64_t j = 0; j < n; j++) {
        double sum = 0;
        for (int64_t i = 0; i <= j; i++)
            sum += cabs(AT(t, i, j) - (i == j));
        if (!(sum <= most))
            most = sum;
    }
    return most;
}

/* out += weight * x (1 + node x)^-1 above the diagonal, for upper triangular x; y is scratch. */
static void add_fraction(int64_t n, const double complex *x, double node, double weight, double complex *y, double complex *out)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i; j < n; j++) {
            double complex sum = AT(x, i, j);
            for (int64_t k = i; k < j; k++)
                sum -= tfg_linalg_times(AT(y, i, k), AT(x, k, j)) * node;
            AT(y, i, j) = sum / (1 + node * AT(x, j, j));
            if (i < j)
                AT(out, i, j) += weight * AT(y, i, j);
        }
}

/* log t: roots are taken until t is near 1; then log(1 + x) is Gauss's quadrature of x (1 + s x)^-1 over s in [0, 1], which is its
 * Pade approximant.  t is overwritten; r is scratch. */
static bool log_of_triangle(int64_t n, double complex *t, double complex *r, double complex *out)
{
    static const double nodes[7] = {0.025446043828620738, 0.12923440720030278, 0.29707742431130142, 0.5, 0.70292257568869858,
                                    0.87076559279969722, 0.97455395617137926};
    static const double weights[7] = {0.064742483084434847, 0.13985269574463833, 0.19091502525255947, 0.20897959183673469,
                                      0.19091502525255947, 0.13985269574463833, 0.064742483084434847};
    double scale = 1;
    memset(out, 0, (size_t)(n * n) * sizeof *out);
    for (int64_t i = 0; i < n; i++) {
        AT(out, i, i) = clog(AT(t, i, i));
        if (AT(t, i, i) == 0)
            return false;
    }
    for (int roots = 0; !(distance_from_one(n, t) < 0.25); roots++) {
        if (roots == 100)
            return false;
        root_of_triangle(n, t, r);
        memcpy(t, r, (size_t)(n * n) * sizeof *t);
        scale *= 2;
    }
    for (int64_t i = 0; i < n; i++)
        AT(t, i, i) -= 1;
    for (int k = 0; k < 7; k++)
        add_fraction(n, t, nodes[k], scale * weights[k], r, out);
    return true;
}

typedef bool TriangleFn(int64_t n, double complex *t, double complex *scratch, double complex *out);

static bool sqrt_of_triangle(int64_t n, double complex *t, double complex *scratch, double complex *out)
{
    (void)scratch;
    root_of_triangle(n, t, out);
    return true;
}

/* f(a) = q f(t) q^H. */
static int apply(TfgDType dtype, int64_t n, const void *from, void *to, TriangleFn *fn, TfgStatus *s)
{
    size_t count = (size_t)(n * n);
    double complex *a = tfg_alloc((5 * count + 1) * sizeof *a);
    if (!a)
        return tfg_fail_memory(s);
    double complex *q = a + count, *out = q + count, *left = out + count, *scratch = left + count;
    tfg_linalg_load(dtype, a, from, n * n);
    if (tfg_linalg_parts(dtype, from, n * n) == TFG_FINITE && tfg_linalg_schur(n, a, q) && fn(n, a, scratch, out)) {
        tfg_linalg_multiply(n, q, out, left);
        tfg_linalg_transpose(TFG_COMPLEX128, n, n, scratch, q, true);
        tfg_linalg_multiply(n, left, scratch, out);
        tfg_linalg_store(dtype, to, out, n * n);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] = CMPLX((double)NAN, (double)NAN);
        tfg_linalg_store(dtype, to, out, n * n);
    }
    tfg_free(a);
    return 0;
}

int tfg_matrix_logarithm(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s)
{
    return apply(dtype, n, a, out, log_of_triangle, s);
}

int tfg_matrix_square_root(TfgDType dtype, int64_t n, const void *a, void *out, TfgStatus *s)
{
    return apply(dtype, n, a, out, sqrt_of_triangle, s);
}
