/* Qr and MatrixTriangularSolve.  LAPACK's matrices are column-major: what it calls a matrix is our transpose. */
#include <limits.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/blas.h"
#include "kernels/linalg.h"
#include "kernels/util.h"

/* ---- LAPACK ----------------------------------------------------------------------------------------------------------------------- */

typedef void Geqrf(const int *m, const int *n, void *a, const int *lda, void *tau, void *work, const int *lwork, int *info);
typedef void Orgqr(const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau, void *work, const int *lwork, int *info);
typedef void Trsm(const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n, const void *alpha,
                  const void *a, const int *lda, void *b, const int *ldb);

/* A routine by the letter of its dtype and its name; complex matrices have unitary ones where real ones have orthogonal ones. */
static void *routine(TfgDType dtype, const char *real_name, const char *complex_name)
{
    bool is_complex = dtype == TFG_COMPLEX64 || dtype == TFG_COMPLEX128;
    char symbol[16] = {dtype == TFG_FLOAT ? 's' : dtype == TFG_DOUBLE ? 'd' : dtype == TFG_COMPLEX64 ? 'c' : 'z'};
    const char *name = is_complex ? complex_name : real_name;
    memcpy(symbol + 1, name, strlen(name) + 1);
    return tfg_lapack(symbol);
}

/* to[i][j] = from[j][i] for i < rows, j < columns; rows of `from` are `ld` elements apart. */
static void transpose(size_t size, int64_t rows, int64_t columns, char *to, const char *from, int64_t ld)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            memcpy(to + (size_t)(i * columns + j) * size, from + (size_t)(j * ld + i) * size, size);
}

/* The upper triangle of the factored matrix `a` (column-major, m rows) into r, k x n. */
static void take_r(const TfgQr *p, int64_t k, size_t size, const char *a)
{
    transpose(size, k, p->n, p->r, a, p->m);
    for (int64_t i = 1; i < k; i++)
        memset((char *)p->r + (size_t)(i * p->n) * size, 0, (size_t)(i < p->n ? i : p->n) * size);
}

int tfg_qr(const TfgQr *p, TfgStatus *s)
{
    enum { BLOCK = 64 };        /* at least the block size that LAPACK chooses for these routines */
    int64_t least = p->m < p->n ? p->m : p->n, k = p->full ? p->m : least, columns = k > p->n ? k : p->n;
    Geqrf *geqrf = NULL;
    Orgqr *orgqr = NULL;
    if (least > 0 && p->m < INT_MAX / BLOCK && columns < INT_MAX / BLOCK) {
        *(void **)&geqrf = routine(p->dtype, "geqrf_", "geqrf_");
        *(void **)&orgqr = routine(p->dtype, "orgqr_", "ungqr_");
    }
    if (!geqrf || !orgqr)
        return tfg_qr_plain(p, s);
    int m = (int)p->m, n = (int)p->n, reflections = (int)least, q_columns = (int)k, lwork = (int)columns * BLOCK, info = 0;
    size_t size = tfg_dtype_size(p->dtype);
    char *a = tfg_alloc((size_t)(p->m * columns + least + lwork) * size);
    if (!a)
        return tfg_fail_memory(s);
    char *tau = a + (size_t)(p->m * columns) * size, *work = tau + (size_t)least * size;
    transpose(size, p->n, p->m, a, p->a, p->n);
    geqrf(&m, &n, a, &m, tau, work, &lwork, &info);
    take_r(p, k, size, a);
    if (info == 0)
        orgqr(&m, &q_columns, &reflections, a, &m, tau, work, &lwork, &info);
    transpose(size, p->m, k, p->q, a, p->m);
    tfg_free(a);
    return info == 0 ? 0 : tfg_fail(s, TFG_INTERNAL, "LAPACK's QR factorization refuses its argument %d", -info);
}

void tfg_triangular_solve(const TfgSolve *p)
{
    Trsm *trsm = NULL;
    if (p->n < INT_MAX && p->columns < INT_MAX)
        *(void **)&trsm = routine(p->dtype, "trsm_", "trsm_");
    if (!trsm) {
        tfg_triangular_solve_plain(p);
        return;
    }
    static const double one[2] = {1, 0};
    static const float one_float[2] = {1, 0};
    const void *alpha = p->dtype == TFG_FLOAT || p->dtype == TFG_COMPLEX64 ? (const void *)one_float : (const void *)one;
    int n = (int)p->n, columns = (int)p->columns;
    trsm("R", p->lower ? "U" : "L", p->adjoint ? "C" : "N", "N", &columns, &n, alpha, p->a, &n, p->x, &columns);
}

/* ---- Kernels ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Batch {
    const TfgTensor *a;
    TfgTensor *first, *second;  /* outputs */
    int64_t a_size, first_size, second_size;    /* elements of one matrix */
    TfgQr qr;
    TfgSolve solve;
} Batch;

static int64_t count_matrices(const TfgTensor *t)
{
    return tfg_dims_product(t->rank - 2, t->dims);
}

static int check_rank(const TfgTensor *t, int i, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank >= 2 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor %d must have rank >= 2, got shape %s", i, tfg_shape_text(t, &text));
}

static int qr_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Batch *b = context;
    for (int64_t i = begin; i < end; i++) {
        TfgQr one = b->qr;
        one.a = tfg_at(b->a, i * b->a_size);
        one.q = tfg_at_mut(b->first, i * b->first_size);
        one.r = tfg_at_mut(b->second, i * b->second_size);
        if (tfg_qr(&one, s) < 0)
            return -1;
    }
    return 0;
}

static int run_qr(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0];
    int64_t dims[TFG_MAX_RANK];
    if (check_rank(a, 0, s) < 0)
        return -1;
    int64_t m = a->dims[a->rank - 2], n = a->dims[a->rank - 1], least = m < n ? m : n;
    bool full = tfg_attrs_bool(c->attrs, "full_matrices");
    int64_t k = full ? m : least;
    memcpy(dims, a->dims, (size_t)a->rank * sizeof *dims);
    dims[a->rank - 1] = k;
    Batch b = {.a = a, .a_size = m * n, .first_size = m * k, .second_size = k * n, .qr = {.dtype = a->dtype, .m = m, .n = n, .full = full}};
    if (!(b.first = tfg_kernel_output(c, 0, a->rank, dims, s)))
        return -1;
    dims[a->rank - 2] = k;
    dims[a->rank - 1] = n;
    if (!(b.second = tfg_kernel_output(c, 1, a->rank, dims, s)))
        return -1;
    return m > 0 ? tfg_try_ranges(count_matrices(a), 4096 / (m * n * least + 1) + 1, qr_range, &b, s) : 0;
}

static bool is_zero(const TfgTensor *a, int64_t i)
{
    const void *x = tfg_at(a, i);
    switch (a->dtype) {
    case TFG_FLOAT: return *(const float *)x == 0;
    case TFG_DOUBLE: return *(const double *)x == 0;
    case TFG_COMPLEX64: return ((const float *)x)[0] == 0 && ((const float *)x)[1] == 0;
    default: return ((const double *)x)[0] == 0 && ((const double *)x)[1] == 0;
    }
}

static int solve_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Batch *b = context;
    for (int64_t i = begin; i < end; i++) {
        TfgSolve one = b->solve;
        one.a = tfg_at(b->a, i * b->a_size);
        one.x = tfg_at_mut(b->first, i * b->first_size);
        for (int64_t d = 0; d < one.n; d++)
            if (is_zero(b->a, i * b->a_size + d * (one.n + 1)))
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix is not invertible.");
        tfg_triangular_solve(&one);
    }
    return 0;
}

static int check_solve(const TfgTensor *a, const TfgTensor *b, TfgStatus *s)
{
    if (check_rank(a, 0, s) < 0)
        return -1;
    if (a->rank != b->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same rank.");
    if (memcmp(a->dims, b->dims, (size_t)(a->rank - 2) * sizeof *a->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same outer dimensions.");
    if (a->dims[a->rank - 2] != a->dims[a->rank - 1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "First input (lhs) must be a square matrix.");
    if (a->dims[a->rank - 2] != b->dims[b->rank - 2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix and rhs are incompatible.");
    return 0;
}

static int run_triangular_solve(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *rhs = c->in[1];
    if (check_solve(a, rhs, s) < 0)
        return -1;
    int64_t n = rhs->dims[rhs->rank - 2], columns = rhs->dims[rhs->rank - 1];
    Batch b = {.a = a, .first = tfg_kernel_output_like(c, 0, rhs, s), .a_size = n * n, .first_size = n * columns};
    b.solve = (TfgSolve){.dtype = a->dtype, .n = n, .columns = columns, .lower = tfg_attrs_bool(c->attrs, "lower"),
                         .adjoint = tfg_attrs_bool(c->attrs, "adjoint")};
    if (!b.first || (b.first->data != rhs->data && tfg_copy_elements(rhs->dtype, b.first->data, rhs->data, rhs->count, s) < 0))
        return -1;
    return rhs->count > 0 ? tfg_try_ranges(count_matrices(rhs), 4096 / (n * n * columns + 1) + 1, solve_range, &b, s) : 0;
}

#define TYPES .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_COMPLEX}}
static const TfgKernelRow rows[] = {
    {.op = "Qr", TYPES, .flags = TFG_KERNEL_EXPENSIVE, .run = run_qr},
    {.op = "MatrixTriangularSolve", TYPES, .flags = TFG_KERNEL_EXPENSIVE, .inplace = {{2, 1}}, .run = run_triangular_solve},
};

int tfg_register_kernels_linalg(TfgStatus *s);
int tfg_register_kernels_linalg(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
