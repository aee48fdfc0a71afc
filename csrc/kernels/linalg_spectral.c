/* Kernels over batches of matrices: eigenvalues, singular values, exponentials and logarithms; and how batches are run. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/linalg.h"
#include "kernels/linalg_batch.h"
#include "kernels/util.h"

/* ---- Batches ------------------------------------------------------------------------------------------------------------------------- */

int tfg_batch_init(TfgBatch *b, TfgKernelCall *c, int inputs, TfgStatus *s)
{
    *b = (TfgBatch){.call = c};
    for (int i = 0; i < inputs; i++) {
        TfgShapeText text;
        const TfgTensor *t = b->in[i] = c->in[i];
        if (t->rank < 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor %d must have rank >= 2, got shape %s", i, tfg_shape_text(t, &text));
        if (t->rank != c->in[0]->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same rank.");
        if (memcmp(t->dims, c->in[0]->dims, (size_t)(t->rank - 2) * sizeof *t->dims) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All input tensors must have the same outer dimensions.");
        b->in_size[i] = tfg_dims_product(2, t->dims + t->rank - 2);
    }
    const TfgTensor *a = b->in[0], *other = inputs > 1 ? b->in[1] : a;
    b->count = tfg_dims_count(a->rank - 2, a->dims);
    b->m = a->dims[a->rank - 2];
    b->n = a->dims[a->rank - 1];
    b->rows = other->dims[a->rank - 2];
    b->columns = other->dims[a->rank - 1];
    if (b->count < 0)           /* of matrices without elements, in numbers beyond counting */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The batch is too large");
    return 0;
}

int tfg_batch_check_square(const TfgBatch *b, TfgStatus *s)
{
    return b->m == b->n ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input matrix must be square.");
}

int tfg_batch_output(TfgBatch *b, int i, int rank, int64_t first, int64_t second, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    int outer = b->in[0]->rank - 2;
    memcpy(dims, b->in[0]->dims, (size_t)outer * sizeof *dims);
    dims[outer] = first;
    dims[outer + 1] = second;
    b->out_size[i] = rank == 0 ? 1 : rank == 1 ? first : first * second;
    return (b->out[i] = tfg_kernel_output(b->call, i, outer + rank, dims, s)) ? 0 : -1;
}

const void *tfg_batch_in(const TfgBatch *b, int input, int64_t i)
{
    return tfg_at(b->in[input], i * b->in_size[input]);
}

void *tfg_batch_out(const TfgBatch *b, int output, int64_t i)
{
    return b->out[output] ? tfg_at_mut(b->out[output], i * b->out_size[output]) : NULL;
}

typedef struct BatchRun {
    const TfgBatch *batch;
    TfgBatchFn fn;
} BatchRun;

static int run_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const BatchRun *r = context;
    for (int64_t i = begin; i < end; i++)
        if (r->fn(r->batch, i, s) < 0)
            return -1;
    return 0;
}

int tfg_batch_run(const TfgBatch *b, int64_t cost, TfgBatchFn fn, TfgStatus *s)
{
    bool nothing = true;
    for (int i = 0; i < 3; i++)
        nothing = nothing && (!b->out[i] || b->out[i]->count == 0);
    BatchRun r = {.batch = b, .fn = fn};
    return nothing ? 0 : tfg_try_ranges(b->count, 8192 / ((cost < 0 ? 0 : cost) + 64) + 1, run_range, &r, s);
}

/* An output that nobody asked for, empty as the graph says. */
static int leave_out(TfgKernelCall *c, int i, TfgStatus *s)
{
    return tfg_kernel_output(c, i, 1, (int64_t[]){0}, s) ? 0 : -1;
}

/* ---- Eigenvalues ---------------------------------------------------------------------------------------------------------------------- */

/* What is not finite in the lower triangle. */
static TfgParts lower_parts(TfgDType dtype, const char *a, int64_t n)
{
    TfgParts worst = TFG_FINITE;
    for (int64_t i = 0; i < n && worst != TFG_NAN; i++) {
        TfgParts row = tfg_linalg_parts(dtype, a + tfg_tensor_size(dtype, i * n), i + 1);
        worst = row > worst ? row : worst;
    }
    return worst;
}

static int find_eigen(const TfgEigen *p, TfgStatus *s)
{
    TfgParts parts = lower_parts(p->dtype, p->a, p->n);
    if (parts == TFG_NAN)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Self-adjoint eigen decomposition was not successful. The input might not be valid.");
    if (parts == TFG_FINITE)
        return tfg_eigen(p, s);
    tfg_linalg_fill(p->dtype, p->e, p->n, (double)NAN);
    if (p->v)
        tfg_linalg_identity(p->dtype, p->v, p->n, p->n);
    return 0;
}

static int eigen_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgEigen one = {.dtype = b->in[0]->dtype, .n = b->n, .a = tfg_batch_in(b, 0, i), .e = tfg_batch_out(b, 0, i), .v = tfg_batch_out(b, 1, i)};
    return find_eigen(&one, s);
}

/* The old form: one matrix whose first row holds the values, and the others the vectors. */
static int eigen_stacked(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgEigen one = {.dtype = b->in[0]->dtype, .n = b->n, .a = tfg_batch_in(b, 0, i), .e = tfg_batch_out(b, 0, i)};
    one.v = (char *)one.e + tfg_tensor_size(one.dtype, b->n);
    return find_eigen(&one, s);
}

static int run_eigen(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 1, b.n, 0, s) < 0)
        return -1;
    if (tfg_attrs_bool(c->attrs, "compute_v") ? tfg_batch_output(&b, 1, 2, b.n, b.n, s) < 0 : leave_out(c, 1, s) < 0)
        return -1;
    return tfg_batch_run(&b, 9 * b.n * b.n * b.n, eigen_one, s);
}

static int run_eigen_stacked(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.n + 1, b.n, s) < 0)
        return -1;
    return tfg_batch_run(&b, 9 * b.n * b.n * b.n, eigen_stacked, s);
}

/* ---- Singular values ------------------------------------------------------------------------------------------------------------------ */

/* Without elements there are no singular values, and any orthonormal vectors will do. */
static void fill_svd(const TfgSvd *p, TfgParts parts)
{
    int64_t least = p->m < p->n ? p->m : p->n;
    tfg_linalg_fill(p->dtype, p->s, least, (double)NAN);
    if (!p->u)
        return;
    int64_t u = p->full ? p->m : least, v = p->full ? p->n : least;
    tfg_linalg_identity(p->dtype, p->u, p->m, u);
    tfg_linalg_identity(p->dtype, p->v, p->n, v);
    if (parts == TFG_NAN) {
        tfg_linalg_fill(p->dtype, p->u, p->m * u, (double)NAN);
        tfg_linalg_fill(p->dtype, p->v, p->n * v, (double)NAN);
    }
}

static int svd_one(const TfgBatch *b, int64_t i, TfgStatus *s)
{
    TfgSvd one = {.dtype = b->in[0]->dtype, .m = b->m, .n = b->n, .full = b->flag, .a = tfg_batch_in(b, 0, i), .s = tfg_batch_out(b, 0, i),
                  .u = tfg_batch_out(b, 1, i), .v = tfg_batch_out(b, 2, i)};
    TfgParts parts = tfg_linalg_parts(one.dtype, one.a, b->m * b->n);
    if (b->m > 0 && b->n > 0 && parts == TFG_FINITE)
        return tfg_svd(&one, s);
    fill_svd(&one, parts);
    return 0;
}

static int run_svd(TfgKernelCall *c, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0)
        return -1;
    int64_t least = b.m < b.n ? b.m : b.n;
    b.flag = tfg_attrs_bool(c->attrs, "full_matrices");
    if (tfg_batch_output(&b, 0, 1, least, 0, s) < 0)
        return -1;
    if (!tfg_attrs_bool(c->attrs, "compute_uv")) {
        if (leave_out(c, 1, s) < 0 || leave_out(c, 2, s) < 0)
            return -1;
    } else if (tfg_batch_output(&b, 1, 2, b.m, b.flag ? b.m : least, s) < 0 || tfg_batch_output(&b, 2, 2, b.n, b.flag ? b.n : least, s) < 0) {
        return -1;
    }
    return tfg_batch_run(&b, 20 * b.m * b.n * least, svd_one, s);
}

/* ---- Functions of matrices -------------------------------------------------------------------------------------------------------------- */

#define FUNCTION(name)                                                                                                  \
    static int name##_one(const TfgBatch *b, int64_t i, TfgStatus *s)                                                   \
    {                                                                                                                   \
        return tfg_matrix_##name(b->in[0]->dtype, b->n, tfg_batch_in(b, 0, i), tfg_batch_out(b, 0, i), s);              \
    }                                                                                                                   \
    static int run_##name(TfgKernelCall *c, TfgStatus *s)                                                               \
    {                                                                                                                   \
        return run_function(c, name##_one, s);                                                                          \
    }

static int run_function(TfgKernelCall *c, TfgBatchFn fn, TfgStatus *s)
{
    TfgBatch b;
    if (tfg_batch_init(&b, c, 1, s) < 0 || tfg_batch_check_square(&b, s) < 0 || tfg_batch_output(&b, 0, 2, b.n, b.n, s) < 0)
        return -1;
    return tfg_batch_run(&b, 50 * b.n * b.n * b.n, fn, s);
}

FUNCTION(exponential)
FUNCTION(logarithm)
FUNCTION(square_root)

#define TYPES .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_COMPLEX}}, .flags = TFG_KERNEL_EXPENSIVE
static const TfgKernelRow rows[] = {
    {.op = "SelfAdjointEig", TYPES, .run = run_eigen_stacked},
    {.op = "BatchSelfAdjointEig", TYPES, .run = run_eigen_stacked},
    {.op = "SelfAdjointEigV2", TYPES, .run = run_eigen},
    {.op = "BatchSelfAdjointEigV2", TYPES, .run = run_eigen},
    {.op = "Svd", TYPES, .run = run_svd},
    {.op = "BatchSvd", TYPES, .run = run_svd},
    {.op = "MatrixExponential", TYPES, .run = run_exponential},
    {.op = "MatrixLogarithm", TYPES, .run = run_logarithm},
    {.op = "MatrixSquareRoot", TYPES, .run = run_square_root},
};

int tfg_register_kernels_linalg_spectral(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
