/* Lu, TridiagonalSolve and TridiagonalMatMul. */
#include <complex.h>
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/linalg.h"
#include "kernels/linalg_batch.h"
#include "kernels/util.h"

/* ---- Lu ------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_zero(TfgDType dtype, const void *a, int64_t i)
{
    switch (dtype) {
    case TFG_FLOAT: return !(fabsf(((const float *)a)[i]) > 0);
    case TFG_DOUBLE: return !(fabs(((const double *)a)[i]) > 0);
    case TFG_COMPLEX64: return !(cabsf(((const float complex *)a)[i]) > 0);
    default: return !(cabs(((const double complex *)a)[i]) > 0);
    }
}

/* The order of the rows: what is row i of the factors was row p[i]. */
static void write_order(TfgTensor *out, int64_t at, int64_t n, const int32_t *swaps)
{
    const bool narrow = out->dtype == TFG_INT32;
    int32_t *p32 = (int32_t *)out->data + (narrow ? at : 0);
    int64_t *p64 = (int64_t *)out->data + (narrow ? 0 : at);
    for (int64_t i = 0; i < n; i++)
        if (narrow)
            p32[i] = (int32_t)i;
        else
            p64[i] = i;
    for (int64_t i = 0; i < n; i++)
        if (narrow) {
            const int32_t t = p32[i];
            p32[i] = p32[swaps[i]];
            p32[swaps[i]] = t;
        } else {
            const int64_t t = p64[i];
            p64[i] = p64[swaps[i]];
            p64[swaps[i]] = t;
        }
}

/* Complex pivots are compared by their modulus: LAPACK compares the sum of their parts, and would exchange other rows. */
#define FACTOR(D, T, ABS)                                                                   \
    static void factor_##D(T *a, int64_t n, int32_t *swaps)                                 \
    {                                                                                       \
        for (int64_t k = 0; k < n; k++) {                                                   \
            int64_t best = k;                                                               \
            for (int64_t i = k + 1; i < n; i++)                                             \
                if (ABS(a[i * n + k]) > ABS(a[best * n + k]))                               \
                    best = i;                                                               \
            swaps[k] = (int32_t)best;                                                       \
            for (int64_t j = 0; j < n && best != k; j++) {                                  \
                const T kept = a[k * n + j];                                                \
                a[k * n + j] = a[best * n + j];                                             \
                a[best * n + j] = kept;                                                     \
            }                                                                               \
            for (int64_t i = k + 1; i < n && a[k * n + k] != 0; i++) {                      \
                const T factor = a[i * n + k] / a[k * n + k];                               \
                a[i * n + k] = factor;                                                      \
                for (int64_t j = k + 1; j < n; j++)                                         \
                    a[i * n + j] -= factor * a[k * n + j];                                  \
            }                                                                               \
        }                                                                                   \
    }
FACTOR(COMPLEX64, float complex, cabsf)
FACTOR(COMPLEX128, double complex, cabs)

static int factor(TfgDType dtype, int64_t n, void *a, int32_t *swaps, TfgStatus *s)
{
    if (dtype == TFG_COMPLEX64)
        factor_COMPLEX64(a, n, swaps);
    else if (dtype == TFG_COMPLEX128)
        factor_COMPLEX128(a, n, swaps);
    else
        return tfg_lu(dtype, n, a, swaps, s);
    return 0;
}

static int run_lu_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    const TfgDType dtype = b->in[0]->dtype;
    void *a = tfg_batch_out(b, 0, i);
    int32_t *swaps = tfg_alloc((size_t)b->n * sizeof *swaps);
    if (!swaps)
        return tfg_fail_memory(s);
    if (a != tfg_batch_in(b, 0, i))
        memcpy(a, tfg_batch_in(b, 0, i), tfg_tensor_size(dtype, b->in_size[0]));
    int rc = factor(dtype, b->n, a, swaps, s);
    for (int64_t d = 0; rc == 0 && d < b->n; d++)
        if (is_zero(dtype, a, d * (b->n + 1)))
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Input is not invertible.");
    if (rc == 0)
        write_order(b->out[1], i * b->n, b->n, swaps);
    tfg_free(swaps);
    return rc;
}

static int run_lu(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (c->in[0]->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must have rank >= 2, got %d", c->in[0]->rank);
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.n, b.n, s) < 0
        || tfg_batch_output(&b, 1, 1, b.n, 0, s) < 0)
        return -1;
    return b.n > 0 ? tfg_batch_run(&b, b.n * b.n * b.n, run_lu_one, s) : 0;
}

/* ---- three diagonals ---------------------------------------------------------------------------------------------------------------------------- */

/* Superdiagonal, diagonal and subdiagonal are rows of n each, the first one's last and the last one's first element unused; b and x are
 * n x k.  u holds the three diagonals that elimination with row exchanges leaves.  False: there is no solution that it finds. */
#define BAND(D, T, ABS)                                                                                         \
    static bool eliminate_##D(const T *a, const T *b, T *x, int64_t n, int64_t k, T *u)                  \
    {                                                                                                           \
        const T *above = a, *diag = a + n, *below = a + 2 * n;                                                  \
        u[0] = diag[0];                                                                                         \
        u[1] = above[0];                                                                                        \
        memcpy(x, b, (size_t)k * sizeof *x);                                                                    \
        for (int64_t i = 0; i + 1 < n; i++) {                                                                   \
            T *row = u + 3 * i, *next = row + 3, *xi = x + i * k, *xn = xi + k;                                 \
            const T *bn = b + (i + 1) * k;                                                                      \
            const bool more = i + 2 < n;                                                                        \
            if (ABS(row[0]) >= ABS(below[i + 1])) {                                                             \
                if (row[0] == 0)                                                                                \
                    return false;                                                                               \
                const T factor = below[i + 1] / row[0];                                                         \
                next[0] = diag[i + 1] - factor * row[1];                                                        \
                for (int64_t j = 0; j < k; j++)                                                                 \
                    xn[j] = bn[j] - factor * xi[j];                                                             \
                next[1] = more ? above[i + 1] : 0;                                                              \
                row[2] = 0;                                                                                     \
            } else {                                                                                            \
                const T factor = row[0] / below[i + 1];                                                         \
                row[0] = below[i + 1];                                                                          \
                next[0] = row[1] - factor * diag[i + 1];                                                        \
                row[1] = diag[i + 1];                                                                           \
                for (int64_t j = 0; j < k; j++) {                                                               \
                    xn[j] = xi[j] - factor * bn[j];                                                             \
                    xi[j] = bn[j];                                                                              \
                }                                                                                               \
                row[2] = more ? above[i + 1] : 0;                                                               \
                next[1] = more ? -factor * above[i + 1] : 0;                                                    \
            }                                                                                                   \
        }                                                                                                       \
        if (u[3 * (n - 1)] == 0)                                                                                \
            return false;                                                                                       \
        for (int64_t i = n - 1; i >= 0; i--)                                                                    \
            for (int64_t j = 0; j < k; j++) {                                                                   \
                T v = x[i * k + j];                                                                             \
                if (i + 1 < n)                                                                                  \
                    v -= u[3 * i + 1] * x[(i + 1) * k + j];                                                     \
                if (i + 2 < n)                                                                                  \
                    v -= u[3 * i + 2] * x[(i + 2) * k + j];                                                     \
                x[i * k + j] = v / u[3 * i];                                                                    \
            }                                                                                                   \
        return true;                                                                                            \
    }                                                                                                           \
                                                                                                                \
    static bool sweep_##D(const T *a, const T *b, T *x, int64_t n, int64_t k, T *u)                      \
    {                                                                                                           \
        const T *above = a, *diag = a + n, *below = a + 2 * n;                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                       \
            const T pivot = i ? diag[i] - below[i] * u[i - 1] : diag[0];                                        \
            if (pivot == 0)                                                                                     \
                return false;                                                                                   \
            u[i] = above[i] / pivot;                                                                            \
            for (int64_t j = 0; j < k; j++)                                                                     \
                x[i * k + j] = (i ? b[i * k + j] - below[i] * x[(i - 1) * k + j] : b[j]) / pivot;               \
        }                                                                                                       \
        for (int64_t i = n - 2; i >= 0; i--)                                                                    \
            for (int64_t j = 0; j < k; j++)                                                                     \
                x[i * k + j] -= u[i] * x[(i + 1) * k + j];                                                      \
        return true;                                                                                            \
    }                                                                                                           \
                                                                                                                \
    static bool solve_##D(const void *a, const void *b, void *x, int64_t n, int64_t k, void *u, bool pivots) \
    {                                                                                                           \
        return pivots || n == 1 ? eliminate_##D(a, b, x, n, k, u) : sweep_##D(a, b, x, n, k, u);                \
    }                                                                                                           \
                                                                                                                \
    static void multiply_##D(const void *above, const void *diag, const void *below, const void *b, void *out, int64_t n, int64_t k) \
    {                                                                                                           \
        const T *u = above, *d = diag, *l = below, *x = b;                                                      \
        T *to = out;                                                                                            \
        for (int64_t i = 0; i < n; i++)                                                                         \
            for (int64_t j = 0; j < k; j++) {                                                                   \
                T sum = x[i * k + j] * d[i];                                                                    \
                if (i > 0)                                                                                      \
                    sum += x[(i - 1) * k + j] * l[i];                                                           \
                if (i + 1 < n)                                                                                  \
                    sum += x[(i + 1) * k + j] * u[i];                                                           \
                to[i * k + j] = sum;                                                                            \
            }                                                                                                   \
    }                                                                                                           \
    static const BandFns band_##D = {solve_##D, multiply_##D};

typedef struct BandFns {
    bool (*solve)(const void *a, const void *b, void *x, int64_t n, int64_t k, void *u, bool pivots);
    void (*multiply)(const void *above, const void *diag, const void *below, const void *b, void *out, int64_t n, int64_t k);
} BandFns;
BAND(FLOAT, float, fabsf)
BAND(DOUBLE, double, fabs)
BAND(COMPLEX64, float complex, cabsf)
BAND(COMPLEX128, double complex, cabs)

static const BandFns *band_of(TfgDType d)
{
    return d == TFG_FLOAT ? &band_FLOAT : d == TFG_DOUBLE ? &band_DOUBLE : d == TFG_COMPLEX64 ? &band_COMPLEX64 : &band_COMPLEX128;
}

static int solve_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    void *u = tfg_alloc(tfg_tensor_size(b->in[0]->dtype, 3 * b->n));
    if (!u)
        return tfg_fail_memory(s);
    if (!band_of(b->in[0]->dtype)->solve(tfg_batch_in(b, 0, i), tfg_batch_in(b, 1, i), tfg_batch_out(b, 0, i), b->n, b->columns, u, b->flag))
        tfg_linalg_fill(b->in[0]->dtype, tfg_batch_out(b, 0, i), b->n * b->columns, (double)NAN);
    tfg_free(u);
    return 0;
}

static int prepare_solve(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    return tfg_attrs_bool(p->attrs, "perturb_singular") ? tfg_fail(s, TFG_INVALID_ARGUMENT, "perturb_singular is not supported on CPU.") : 0;
}

static int run_solve(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 2, s) < 0)
        return -1;
    if (b.m != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected diagonals to be provided as a matrix with 3 rows, got %lld rows.", (long long)b.m);
    if (b.n != b.rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected the same number of left-hand sides and right-hand sides, got %lld and %lld.", (long long)b.n,
                        (long long)b.rows);
    b.flag = tfg_attrs_bool(c->attrs, "partial_pivoting");
    if (tfg_batch_output(&b, 0, 2, b.rows, b.columns, s) < 0)
        return -1;
    return b.n > 0 && b.columns >= 0 ? tfg_batch_run(&b, 8 * b.n * (b.columns + 1), solve_one, s) : 0;
}

/* The diagonals are [..., 1, n] each. */
static int check_diagonal(const TfgTensor *t, const TfgTensor *rhs, const char *name, TfgStatus *s)
{
    if (t->rank != rhs->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same rank.");
    if (memcmp(t->dims, rhs->dims, (size_t)(t->rank - 2) * sizeof *t->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same outer dimensions.");
    if (t->dims[t->rank - 2] != 1 || t->dims[t->rank - 1] != rhs->dims[rhs->rank - 2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid %s shape.", name);
    return 0;
}

static int run_multiply(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"superdiagonal", "main diagonal", "subdiagonal"};
    const TfgTensor *rhs = c->in[3];
    if (c->in[0]->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor 0 must have rank >= 2, got %d", c->in[0]->rank);
    if (rhs->rank != c->in[0]->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same rank.");
    for (int i = 0; i < 3; i++)
        if (check_diagonal(c->in[i], rhs, names[i], s) < 0)
            return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, rhs, s);
    const int64_t n = rhs->dims[rhs->rank - 2], k = rhs->dims[rhs->rank - 1];
    for (int64_t i = 0; out && out->count > 0 && i < out->count / (n * k); i++)
        band_of(rhs->dtype)->multiply(tfg_at(c->in[0], i * n), tfg_at(c->in[1], i * n), tfg_at(c->in[2], i * n), tfg_at(rhs, i * n * k),
                                      tfg_at_mut(out, i * n * k), n, k);
    return out ? 0 : -1;
}

#define TYPES .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_COMPLEX}}
static const TfgKernelRow rows[] = {
    {.op = "Lu", .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_COMPLEX}, {"output_idx_type", TFG_TYPES_INDEX}},
     .flags = TFG_KERNEL_EXPENSIVE, .run = run_lu},
    {.op = "TridiagonalMatMul", TYPES, .run = run_multiply},
    {.op = "TridiagonalSolve", TYPES, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_solve, .run = run_solve},
};

int tfg_register_kernels_linalg_band(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
