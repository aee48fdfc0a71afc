/* Kernels over batches of matrices: factorisations, determinants, inverses and solutions.  Each matrix is one thread's. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/linalg.h"
#include "kernels/linalg_batch.h"
#include "kernels/util.h"

static int run_qr_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgQr one = {.dtype = b->in[0]->dtype, .m = b->m, .n = b->n, .full = b->flag};
    one.a = tfg_batch_in(b, 0, i);
    one.q = tfg_batch_out(b, 0, i);
    one.r = tfg_batch_out(b, 1, i);
    return tfg_qr(&one, s);
}

static int run_qr(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0)
        return -1;
    b.flag = tfg_attrs_bool(c->attrs, "full_matrices");
    int64_t least = b.m < b.n ? b.m : b.n, k = b.flag ? b.m : least;
    if (tfg_batch_output(&b, 0, 2, b.m, k, s) < 0 || tfg_batch_output(&b, 1, 2, k, b.n, s) < 0)
        return -1;
    return b.m > 0 ? tfg_batch_run(&b, b.m * b.n * least, run_qr_one, s) : 0;
}

/* ---- Triangles -------------------------------------------------------------------------------------------------------------------- */

static bool is_zero(TfgDType dtype, const void *a, int64_t i)
{
    switch (dtype) {
    case TFG_FLOAT: return ((const float *)a)[i] == 0;
    case TFG_DOUBLE: return ((const double *)a)[i] == 0;
    case TFG_COMPLEX64: return ((const float complex *)a)[i] == 0;
    default: return ((const double complex *)a)[i] == 0;
    }
}

static int check_solve(const TfgBatch *b, TfgStatus *s)
{
    if (b->m != b->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "First input (lhs) must be a square matrix.");
    if (b->m != b->rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix and rhs are incompatible.");
    return 0;
}

/* The right-hand side as it will be solved in place. */
static void copy_in(const TfgBatch *b, int input, int64_t i)
{
    void *to = tfg_batch_out(b, 0, i);
    const void *from = tfg_batch_in(b, input, i);
    if (to != from)
        memcpy(to, from, tfg_tensor_size(b->in[input]->dtype, b->in_size[input]));
}

static int triangular_solve_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    const void *a = tfg_batch_in(b, 0, i);
    for (int64_t d = 0; d < b->n; d++)
        if (is_zero(dtype, a, d * (b->n + 1)))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix is not invertible.");
    copy_in(b, 1, i);
    TfgSolve one = {.dtype = dtype, .n = b->n, .columns = b->columns, .lower = b->flag, .adjoint = b->adjoint, .a = a,
                    .x = tfg_batch_out(b, 0, i)};
    tfg_triangular_solve(&one);
    return 0;
}

static int run_triangular_solve(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 2, s) < 0 || check_solve(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.rows, b.columns, s) < 0)
        return -1;
    b.flag = tfg_attrs_bool(c->attrs, "lower");
    b.adjoint = tfg_attrs_bool(c->attrs, "adjoint");
    return b.rows * b.columns > 0 ? tfg_batch_run(&b, b.n * b.n * b.columns, triangular_solve_one, s) : 0;
}

static int cholesky_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    copy_in(b, 0, i);
    if (!tfg_cholesky(b->in[0]->dtype, b->n, tfg_batch_out(b, 0, i)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cholesky decomposition was not successful. The input might not be valid.");
    return 0;
}

static int run_cholesky(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.n, b.n, s) < 0)
        return -1;
    return tfg_batch_run(&b, b.n * b.n * b.n / 3, cholesky_one, s);
}

/* Back through the factorisation, last row first (Murray, Differentiation of the Cholesky decomposition, 2016).  g holds the lower
 * triangle of the gradient with respect to l, and becomes that with respect to the matrix, half of it on either side. */
#define CHOLESKY_GRAD(T)                                                                        \
    static void cholesky_grad_##T(int64_t n, const T *l, T *g)                                  \
    {                                                                                           \
        for (int64_t j = n - 1; j >= 0; j--) {                                                  \
            const T *row = l + j * n;                                                           \
            T *d = g + j * n;                                                                   \
            T diagonal = row[j];                                                                \
            for (int64_t i = j + 1; i < n; i++)                                                 \
                d[j] -= l[i * n + j] * g[i * n + j] / diagonal;                                 \
            d[j] /= diagonal;                                                                   \
            for (int64_t i = j + 1; i < n; i++) {                                               \
                T w = g[i * n + j] /= diagonal;                                                 \
                for (int64_t k = 0; k < j; k++) {                                               \
                    d[k] -= w * l[i * n + k];                                                   \
                    g[i * n + k] -= w * row[k];                                                 \
                }                                                                               \
            }                                                                                   \
            for (int64_t k = 0; k < j; k++)                                                     \
                d[k] -= d[j] * row[k];                                                          \
            d[j] /= 2;                                                                          \
        }                                                                                       \
        for (int64_t i = 0; i < n; i++)                                                         \
            for (int64_t j = 0; j < i; j++)                                                     \
                g[i * n + j] = g[j * n + i] = g[i * n + j] / 2;                                 \
    }
CHOLESKY_GRAD(float)
CHOLESKY_GRAD(double)

static int cholesky_grad_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    (void)s;
    copy_in(b, 1, i);
    if (b->in[0]->dtype == TFG_FLOAT)
        cholesky_grad_float(b->n, tfg_batch_in(b, 0, i), tfg_batch_out(b, 0, i));
    else
        cholesky_grad_double(b->n, tfg_batch_in(b, 0, i), tfg_batch_out(b, 0, i));
    return 0;
}

static int run_cholesky_grad(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 2, s) < 0)
        return -1;
    if (b.m != b.rows || b.n != b.columns)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs (L and grad) must have the same shape.");
    if (b.m != b.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs must be a square matrices.");
    return tfg_batch_output(&b, 0, 2, b.n, b.n, s) < 0 ? -1 : tfg_batch_run(&b, b.n * b.n * b.n, cholesky_grad_one, s);
}

/* ---- LU ------------------------------------------------------------------------------------------------------------------------------ */

/* The factors of matrix i of input 0, or of its adjoint. */
typedef struct Factors {
    void *lu;
    int32_t *swaps;
} Factors;

static int factor(const TfgBatch *b, int64_t i, Factors *f, TfgStatus *s)
{
    size_t n = tfg_tensor_size(b->in[0]->dtype, b->in_size[0]);
    f->lu = tfg_alloc(n + ((size_t)b->n + 1) * sizeof *f->swaps);
    if (!f->lu)
        return tfg_fail_memory(s);
    f->swaps = (int32_t *)(void *)((char *)f->lu + n);
    if (b->adjoint)
        tfg_linalg_transpose(b->in[0]->dtype, b->n, b->n, f->lu, tfg_batch_in(b, 0, i), true);
    else
        memcpy(f->lu, tfg_batch_in(b, 0, i), n);
    if (tfg_lu(b->in[0]->dtype, b->n, f->lu, f->swaps, s) == 0)
        return 0;
    tfg_free(f->lu);
    return -1;
}

static double complex pivot(TfgDType dtype, const Factors *f, int64_t n, int64_t i)
{
    double complex x;
    tfg_linalg_load(dtype, &x, (const char *)f->lu + tfg_tensor_size(dtype, i * (n + 1)), 1);
    return x;
}

/* No pivot is zero; a NaN counts as zero in the first place alone, as Eigen compares. */
static bool is_invertible(TfgDType dtype, const Factors *f, int64_t n)
{
    double least = n > 0 ? cabs(pivot(dtype, f, n, 0)) : 1;
    for (int64_t i = 1; i < n; i++) {
        double size = cabs(pivot(dtype, f, n, i));
        if (size < least)
            least = size;
    }
    return least > 0;
}

static int solve_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    Factors f;
    if (factor(b, i, &f, s) < 0)
        return -1;
    bool invertible = is_invertible(dtype, &f, b->n);
    if (invertible) {
        if (b->in[1])
            copy_in(b, 1, i);
        else
            tfg_linalg_identity(dtype, tfg_batch_out(b, 0, i), b->n, b->n);
        tfg_lu_solve(dtype, b->n, b->columns, f.lu, f.swaps, tfg_batch_out(b, 0, i));
    }
    tfg_free(f.lu);
    return invertible ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, b->in[1] ? "Input matrix is not invertible." : "Input is not invertible.");
}

static int run_solve(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 2, s) < 0 || check_solve(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.rows, b.columns, s) < 0)
        return -1;
    b.adjoint = tfg_attrs_bool(c->attrs, "adjoint");
    return b.rows * b.columns > 0 ? tfg_batch_run(&b, b.n * b.n * (b.n + b.columns), solve_one, s) : 0;
}

static int run_inverse(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.n, b.n, s) < 0)
        return -1;
    b.columns = b.n;
    b.adjoint = tfg_attrs_bool(c->attrs, "adjoint");
    return b.n > 0 ? tfg_batch_run(&b, 2 * b.n * b.n * b.n, solve_one, s) : 0;
}

/* The sign (or phase) and the logarithm of the size of a determinant; 0 and -inf of a singular matrix. */
static int find_determinant(const TfgBatch *b, int64_t i, double complex *sign, double *log_size, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    Factors f;
    if (factor(b, i, &f, s) < 0)
        return -1;
    *sign = 1;
    *log_size = 0;
    for (int64_t k = 0; k < b->n; k++) {
        double complex x = pivot(dtype, &f, b->n, k);
        double size = cabs(x);
        *log_size += log(size);
        *sign = tfg_linalg_times(*sign, f.swaps[k] == k ? x / size : -x / size);
    }
    if (!isfinite(*log_size)) {
        *sign = 0;
        *log_size = *log_size > 0 ? (double)INFINITY : -(double)INFINITY;
    }
    tfg_free(f.lu);
    return 0;
}

static int determinant_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    double complex sign;
    double log_size;
    if (find_determinant(b, i, &sign, &log_size, s) < 0)
        return -1;
    double size = exp(log_size);
    tfg_linalg_store(b->in[0]->dtype, tfg_batch_out(b, 0, i), &(double complex){CMPLX(creal(sign) * size, cimag(sign) * size)}, 1);
    return 0;
}

static int log_determinant_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    double complex sign;
    double log_size;
    if (find_determinant(b, i, &sign, &log_size, s) < 0)
        return -1;
    tfg_linalg_store(b->in[0]->dtype, tfg_batch_out(b, 0, i), &sign, 1);
    tfg_linalg_fill(b->in[0]->dtype, tfg_batch_out(b, 1, i), 1, log_size);
    return 0;
}

static int run_determinant(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0)
        return -1;
    for (int i = 0; i < c->n_out; i++)
        if (tfg_batch_output(&b, i, 0, 0, 0, s) < 0)
            return -1;
    return tfg_batch_run(&b, b.n * b.n * b.n, c->n_out == 1 ? determinant_one : log_determinant_one, s);
}

/* ---- Least squares ------------------------------------------------------------------------------------------------------------------ */

/* g := a^H a, or a a^H where a is wide, with l2 added to its diagonal. */
static int fill_gramian(const TfgBatch *b, int64_t i, void *g, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    bool tall = b->m >= b->n;
    int64_t k = tall ? b->n : b->m;
    const void *a = tfg_batch_in(b, 0, i);
    TfgGemm gemm = {.dtype = dtype, .ta = tall ? TFG_ADJOINT : TFG_PLAIN, .tb = tall ? TFG_PLAIN : TFG_ADJOINT, .m = k, .n = k,
                    .k = tall ? b->m : b->n, .a = a, .b = a, .c = g};
    if (k > 0 && tfg_gemm(&gemm, s) < 0)
        return -1;
    for (int64_t d = 0; d < k; d++) {
        char *at = (char *)g + tfg_tensor_size(dtype, d * (k + 1));
        double complex x;
        tfg_linalg_load(dtype, &x, at, 1);
        x += b->l2;
        tfg_linalg_store(dtype, at, &x, 1);
    }
    return 0;
}

/* to := op(a) from, for op(a) of `rows` rows. */
static int multiply(const TfgBatch *b, int64_t i, const void *from, void *to, TfgStatus *s)
{
    TfgGemm gemm = {.dtype = b->in[0]->dtype, .ta = TFG_ADJOINT, .m = b->n, .n = b->columns, .k = b->m, .a = tfg_batch_in(b, 0, i), .b = from, .c = to};
    if (b->m > 0)
        return b->n * b->columns > 0 ? tfg_gemm(&gemm, s) : 0;
    tfg_linalg_fill(gemm.dtype, to, b->n * b->columns, 0);
    return 0;
}

/* Through the normal equations: (a^H a)^-1 a^H b of a tall matrix, a^H (a a^H)^-1 b of a wide one. */
static int normal_equations(const TfgBatch *b, int64_t i, void *g, void *y, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    bool tall = b->m >= b->n;
    int64_t k = tall ? b->n : b->m;
    void *x = tfg_batch_out(b, 0, i);
    if (fill_gramian(b, i, g, s) < 0)
        return -1;
    if (!tfg_cholesky(dtype, k, g))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix was rank deficient or ill-conditioned. Try setting fast=False or provide a "
                                                 "larger l2_regularizer > 0.");
    if (tall) {
        if (multiply(b, i, tfg_batch_in(b, 1, i), x, s) < 0)
            return -1;
        tfg_cholesky_solve(dtype, k, b->columns, g, x);
        return 0;
    }
    if (b->in_size[1] > 0)
        memcpy(y, tfg_batch_in(b, 1, i), tfg_tensor_size(dtype, b->in_size[1]));
    tfg_cholesky_solve(dtype, k, b->columns, g, y);
    return multiply(b, i, y, x, s);
}

static int least_squares_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgDType dtype = b->in[0]->dtype;
    int64_t k = b->m < b->n ? b->m : b->n;
    if (!b->flag) {
        TfgLeastSquares one = {.dtype = dtype, .m = b->m, .n = b->n, .columns = b->columns, .a = tfg_batch_in(b, 0, i),
                               .b = tfg_batch_in(b, 1, i), .x = tfg_batch_out(b, 0, i)};
        /* Nothing is known of what is not finite; a matrix of rank 0 has the answer 0. */
        if (k > 0 && tfg_linalg_parts(dtype, one.a, b->in_size[0]) == TFG_FINITE)
            return tfg_least_squares(&one, s);
        tfg_linalg_fill(dtype, one.x, b->n * b->columns, 0);
        return 0;
    }
    void *g = tfg_alloc(tfg_tensor_size(dtype, k * k + b->in_size[1] + 1));
    if (!g)
        return tfg_fail_memory(s);
    int rc = normal_equations(b, i, g, (char *)g + tfg_tensor_size(dtype, k * k), s);
    tfg_free(g);
    return rc;
}

static int run_least_squares(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    TfgShapeText text;
    const TfgTensor *l2 = c->in[2];
    if (tfg_batch_init(&b, c, 2, s) < 0)
        return -1;
    if (l2->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "l2_regularizer must be scalar, got shape %s", tfg_shape_text(l2, &text));
    b.l2 = *(const double *)l2->data;
    if (!(b.l2 >= 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "l2_regularizer must be >= 0.");
    if (b.m != b.rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix and rhs are incompatible.");
    b.flag = tfg_attrs_bool(c->attrs, "fast");
    if (tfg_batch_output(&b, 0, 2, b.n, b.columns, s) < 0)
        return -1;
    return b.n * b.columns > 0 ? tfg_batch_run(&b, b.m * b.n * (b.m + b.n), least_squares_one, s) : 0;
}

#define TYPES .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_COMPLEX}}, .flags = TFG_KERNEL_EXPENSIVE
#define REALS .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE)}}, .flags = TFG_KERNEL_EXPENSIVE
static const TfgKernelRow rows[] = {
    {.op = "Qr", TYPES, .run = run_qr},
    {.op = "MatrixTriangularSolve", TYPES, .inplace = {{2, 1}}, .run = run_triangular_solve},
    {.op = "BatchMatrixTriangularSolve", TYPES, .inplace = {{2, 1}}, .run = run_triangular_solve},
    {.op = "Cholesky", TYPES, .inplace = {{1, 1}}, .run = run_cholesky},
    {.op = "BatchCholesky", TYPES, .inplace = {{1, 1}}, .run = run_cholesky},
    {.op = "CholeskyGrad", REALS, .inplace = {{2, 1}}, .run = run_cholesky_grad},
    {.op = "BatchCholeskyGrad", REALS, .inplace = {{2, 1}}, .run = run_cholesky_grad},
    {.op = "MatrixSolve", TYPES, .inplace = {{2, 1}}, .run = run_solve},
    {.op = "BatchMatrixSolve", TYPES, .inplace = {{2, 1}}, .run = run_solve},
    {.op = "MatrixInverse", TYPES, .run = run_inverse},
    {.op = "BatchMatrixInverse", TYPES, .run = run_inverse},
    {.op = "MatrixDeterminant", TYPES, .run = run_determinant},
    {.op = "BatchMatrixDeterminant", TYPES, .run = run_determinant},
    {.op = "LogMatrixDeterminant", TYPES, .run = run_determinant},
    {.op = "MatrixSolveLs", TYPES, .run = run_least_squares},
    {.op = "BatchMatrixSolveLs", TYPES, .run = run_least_squares},
};

int tfg_register_kernels_linalg(TfgStatus *s);
int tfg_register_kernels_linalg(TfgStatus *s)
{
    if (tfg_register_kernels_linalg_band(s) < 0 || tfg_register_kernels_linalg_spectral(s) < 0)
        return -1;
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
