/* Sparse tensors beside dense ones: made dense, combined with a dense tensor, multiplied by a matrix. */
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"
#include "kernels/sparse.h"

/* ---- SparseToDense ---------------------------------------------------------------------------------------------------------------- */

static int check_to_dense(TfgTensor *const *in, int64_t n, int64_t rank, TfgStatus *s)
{
    const TfgTensor *shape = in[1], *values = in[2];
    TfgShapeText text;
    if (in[0]->rank > 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sparse_indices should be a scalar, vector, or matrix, got shape %s", tfg_shape_text(in[0], &text));
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output_shape should be a vector, got shape %s", tfg_shape_text(shape, &text));
    if (shape->count != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output_shape has incorrect number of elements: %lld should be: %lld", (long long)shape->count,
                        (long long)rank);
    if (values->rank != 0 && (values->rank != 1 || values->count != n))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sparse_values has incorrect shape %s, should be [] or [%lld]", tfg_shape_text(values, &text),
                        (long long)n);
    return in[3]->rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "default_value should be a scalar.");
}

static int dense_shape(const TfgTensor *shape, int64_t *dims, TfgStatus *s)
{
    TfgShapeText text;
    if (shape->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    for (int64_t d = 0; d < shape->count; d++)
        if ((dims[d] = tfg_tensor_int(shape, d)) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[d]);
    if (tfg_dims_count((int)shape->count, dims) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s would have more than 2**63 - 1 elements", tfg_dims_text((int)shape->count, dims, &text));
    return 0;
}

/* The indices as an int64 matrix; scratch of the call. */
static const int64_t *wide_indices(TfgKernelCall *c, const TfgTensor *indices, TfgStatus *s)
{
    if (indices->dtype == TFG_INT64)
        return indices->data;
    int64_t *wide = tfg_kernel_scratch(c, ((size_t)indices->count + 1) * sizeof *wide, s);
    for (int64_t i = 0; wide && i < indices->count; i++)
        wide[i] = tfg_tensor_int(indices, i);
    return wide;
}

/* tfg_sparse_check_order over rows that are no matrix, or of another type. */
static int check_valid(const int64_t *rows, int64_t n, int64_t rank, const int64_t *sizes, TfgStatus *s)
{
    TfgTensor *indices = tfg_tensor_wrap_steal(TFG_INT64, 2, (int64_t[]){n, rank}, (void *)(uintptr_t)rows, NULL, s);
    TfgTensor *shape = indices ? tfg_tensor_wrap_steal(TFG_INT64, 1, &rank, (void *)(uintptr_t)sizes, NULL, s) : NULL;
    int rc = shape ? tfg_sparse_check_order(indices, shape, s) : -1;
    tfg_tensor_unref(indices);
    tfg_tensor_unref(shape);
    return rc;
}

static int64_t place_of(const int64_t *row, int rank, const int64_t *dims)
{
    int64_t at = 0;
    for (int d = 0; d < rank; d++) {
        if (row[d] < 0 || row[d] >= dims[d])
            return -1;
        at = at * dims[d] + row[d];
    }
    return at;
}

static int run_to_dense(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[2];
    int64_t n = indices->rank > 0 ? indices->dims[0] : 1, rank = indices->rank > 1 ? indices->dims[1] : 1, dims[TFG_MAX_RANK];
    TfgShapeText text;
    if (check_to_dense(c->in, n, rank, s) < 0 || dense_shape(c->in[1], dims, s) < 0)
        return -1;
    const int64_t *rows = wide_indices(c, indices, s);
    if (!rows || (tfg_attrs_bool(c->attrs, "validate_indices") && check_valid(rows, n, rank, dims, s) < 0))
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, (int)rank, dims, s);
    if (!out || tfg_fill_elements(out->dtype, out->data, c->in[3]->data, out->count, s) < 0)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = place_of(rows + i * rank, (int)rank, dims);
        if (at < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices are not valid (out of bounds).  Shape: %s", tfg_shape_text(out, &text));
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, at), tfg_at(values, values->rank ? i : 0), 1, s) < 0)
            return -1;
    }
    return 0;
}

/* ---- SparseDenseCwise ------------------------------------------------------------------------------------------------------------- */

typedef struct PairLoop { bool (*pair)(void *out, const void *a, const void *b); } PairLoop;    /* false: division by zero */

#define DIV_FLOAT(a, b) ((a) / (b))
#define DIV_DOUBLE DIV_FLOAT
#define DIV_HALF DIV_FLOAT
#define DIV_BFLOAT16 DIV_FLOAT
#define DIV_WRAPPING(a, b) ((b) == (__typeof__(b))-1 && (__typeof__(b))-1 < 0 ? (__typeof__(a))(0 - (uint64_t)(a)) : (__typeof__(a))((a) / (b)))
#define DIV_INT8 DIV_WRAPPING
#define DIV_INT16 DIV_WRAPPING
#define DIV_INT32 DIV_WRAPPING
#define DIV_INT64 DIV_WRAPPING
#define DIV_UINT8(a, b) ((__typeof__(a))((a) / (b)))
#define DIV_UINT16 DIV_UINT8
#define IS_ZERO_FLOAT(b) false
#define IS_ZERO_DOUBLE(b) false
#define IS_ZERO_HALF(b) false
#define IS_ZERO_BFLOAT16(b) false
#define IS_ZERO_INT8(b) ((b) == 0)
#define IS_ZERO_INT16 IS_ZERO_INT8
#define IS_ZERO_INT32 IS_ZERO_INT8
#define IS_ZERO_INT64 IS_ZERO_INT8
#define IS_ZERO_UINT8 IS_ZERO_INT8
#define IS_ZERO_UINT16 IS_ZERO_INT8
#define CWISE_TYPES(X)                                                                                     \
    X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float) \
    X(INT8, int8_t, int8_t) X(INT16, int16_t, int16_t) X(INT32, int32_t, int32_t) X(INT64, int64_t, int64_t) \
    X(UINT8, uint8_t, uint8_t) X(UINT16, uint16_t, uint16_t)
#define PAIR(id, D, S, T, OP, FAILS)                                                                       \
    static bool id##_##D(void *out, const void *a, const void *b)                                          \
    {                                                                                                      \
        T x = LOAD_##D(*(const S *)a), y = LOAD_##D(*(const S *)b);                                        \
        if (FAILS(y))                                                                                      \
            return false;                                                                                  \
        T z = OP(x, y);                                                                                    \
        *(S *)out = STORE_##D(z);                                                                          \
        return true;                                                                                       \
    }                                                                                                      \
    static const PairLoop id##_loop_##D = {id##_##D};
#define NEVER(y) false
#define PAIRS(D, S, T) PAIR(add, D, S, T, ADD_##D, NEVER) PAIR(times, D, S, T, MUL_##D, NEVER) PAIR(div, D, S, T, DIV_##D, IS_ZERO_##D)
CWISE_TYPES(PAIRS)

static int check_cwise(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    TfgShapeText x, y;
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input sp_indices should be a matrix but received shape: %s", tfg_shape_text(indices, &x));
    if (values->rank != 1 || shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs sp_values and sp_shape should be vectors but received shapes: %s and %s",
                        tfg_shape_text(values, &x), tfg_shape_text(shape, &y));
    return 0;
}

/* The dense side may be broadcast to the sparse one, not the other way round. */
static bool broadcasts(const TfgTensor *shape, const TfgTensor *dense)
{
    if (dense->rank > shape->count)
        return false;
    for (int d = 0; d < dense->rank; d++)
        if (dense->dims[d] != 1 && dense->dims[d] != tfg_tensor_int(shape, shape->count - dense->rank + d))
            return false;
    return true;
}

/* Where in `dense` the element for an index is; -1 for an index outside the shape. */
static int64_t place_in(const TfgTensor *dense, const int64_t *row, const TfgTensor *shape)
{
    int64_t at = 0, ahead = shape->count - dense->rank;
    for (int64_t d = 0; d < shape->count; d++) {
        if (row[d] < 0 || row[d] >= tfg_tensor_int(shape, d))
            return -1;
        if (d >= ahead)
            at = at * dense->dims[d - ahead] + (dense->dims[d - ahead] == 1 ? 0 : row[d]);
    }
    return at;
}

static int run_cwise(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[1], *shape = c->in[2], *dense = c->in[3];
    const PairLoop *loop = c->row->loops;
    TfgShapeText x, y;
    if (check_cwise(indices, values, shape, s) < 0 || tfg_sparse_check_sizes(indices, values, shape, s) < 0)
        return -1;
    if (!broadcasts(shape, dense))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: %s vs. %s",
                        shape->count <= TFG_MAX_RANK ? tfg_dims_text((int)shape->count, shape->data, &x) : "[...]", tfg_shape_text(dense, &y));
    TfgTensor *out = tfg_kernel_output_like(c, 0, values, s);
    for (int64_t i = 0; out && i < values->count; i++) {
        int64_t at = place_in(dense, tfg_index_row(indices, i), shape);
        if (at < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape");
        if (!loop->pair(tfg_at_mut(out, i), tfg_at(values, i), tfg_at(dense, at)))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Integer division by zero");   /* 1.12.3 ends the process here */
    }
    return out ? 0 : -1;
}

/* ---- SparseTensorDenseMatMul ------------------------------------------------------------------------------------------------------ */

/* The adjoint of a is its transpose: 1.12.3 conjugates b alone. */
typedef struct Product {
    const int64_t *rows;        /* pairs of indices */
    const void *values, *b;
    void *out;
    int64_t n, columns, step_k, step_j;     /* b[k, j] is at k*step_k + j*step_j */
    bool adjoint_a, adjoint_b;
} Product;

typedef struct MulLoop { TfgRangeFn multiply; } MulLoop;

#define CONJ_SAME(x, is) (x)
#define CONJ_COMPLEX(x, is) ((is) ? (__typeof__(x)){(x)[0], -(x)[1]} : (x))
#define MUL_TYPES(X) \
    X(FLOAT, float, SAME) X(DOUBLE, double, SAME) X(INT32, int32_t, SAME) X(COMPLEX64, TfgC64V, COMPLEX) X(COMPLEX128, TfgC128V, COMPLEX)
#define MULTIPLY(D, T, CONJ)                                                                               \
    TFG_WIDE static void add_row_##D(T *restrict out, const T *restrict b, int64_t n, T a)                 \
    {                                                                                                      \
        for (int64_t j = 0; j < n; j++)                                                                    \
            out[j] = ADD_##D(out[j], MUL_##D(a, b[j]));                                                    \
    }                                                                                                      \
    static void multiply_##D(void *context, int64_t begin, int64_t end)                                    \
    {                                                                                                      \
        const Product *p = context;                                                                        \
        for (int64_t i = 0; i < p->n; i++) {                                                               \
            int64_t m = p->rows[2 * i + p->adjoint_a], k = p->rows[2 * i + !p->adjoint_a];                 \
            T a = ((const T *)p->values)[i], *out = (T *)p->out + m * p->columns;                          \
            const T *b = (const T *)p->b + k * p->step_k;                                                  \
            if (p->step_j == 1 && !p->adjoint_b) {                                                         \
                add_row_##D(out + begin, b + begin, end - begin, a);                                       \
                continue;                                                                                  \
            }                                                                                              \
            for (int64_t j = begin; j < end; j++) {                                                        \
                T x = b[j * p->step_j];                                                                    \
                x = CONJ_##CONJ(x, p->adjoint_b);                                                          \
                out[j] = ADD_##D(out[j], MUL_##D(a, x));                                                   \
            }                                                                                              \
        }                                                                                                  \
    }                                                                                                      \
    static const MulLoop mul_loop_##D = {multiply_##D};
MUL_TYPES(MULTIPLY)

static int check_mat_mul(TfgTensor *const *in, TfgStatus *s)
{
    const TfgTensor *indices = in[0], *values = in[1], *shape = in[2];
    if (in[3]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor 'b' is not a matrix");
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor 'a_shape' is not a vector");
    if (shape->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor 'a_shape' must have 2 elements");
    if (values->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor 'a_values' is not a vector");
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor 'a_indices' is not a matrix");
    if (indices->dims[0] != values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of rows of a_indices does not match number of entries in a_values");
    if (indices->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of columns of a_indices does not match number of entries in a_shape");
    return 0;
}

static int check_places(const Product *p, int64_t rows, int64_t inner, TfgStatus *s)
{
    for (int64_t i = 0; i < p->n; i++) {
        int64_t m = p->rows[2 * i + p->adjoint_a], k = p->rows[2 * i + !p->adjoint_a];
        if (k < 0 || k >= inner)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "k (%lld) from index[%lld,%d] out of bounds (>=%lld)", (long long)k, (long long)i,
                            !p->adjoint_a, (long long)inner);
        if (m < 0 || m >= rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "m (%lld) from index[%lld,%d] out of bounds (>=%lld)", (long long)m, (long long)i,
                            p->adjoint_a, (long long)rows);
    }
    return 0;
}

static int run_mat_mul(TfgKernelCall *c, TfgStatus *s)
{
    if (check_mat_mul(c->in, s) < 0)
        return -1;
    const TfgTensor *b = c->in[3];
    Product p = {.values = c->in[1]->data, .b = b->data, .n = c->in[1]->count, .adjoint_a = tfg_attrs_bool(c->attrs, "adjoint_a"),
                 .adjoint_b = tfg_attrs_bool(c->attrs, "adjoint_b")};
    int64_t rows = tfg_tensor_int(c->in[2], p.adjoint_a), inner = tfg_tensor_int(c->in[2], !p.adjoint_a), inner_b = b->dims[p.adjoint_b];
    TfgShapeText text;
    p.columns = b->dims[!p.adjoint_b];
    p.step_k = p.adjoint_b ? 1 : b->dims[1];
    p.step_j = p.adjoint_b ? b->dims[1] : 1;
    if (inner != inner_b)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot multiply A and B because inner dimension does not match: %lld vs. %lld.  Did you forget a "
                        "transpose?  Dimensions of A: [%lld, %lld).  Dimensions of B: %s", (long long)inner, (long long)inner_b,
                        (long long)tfg_tensor_int(c->in[2], 0), (long long)tfg_tensor_int(c->in[2], 1), tfg_shape_text(b, &text));
    if (rows < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)rows);
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){rows, p.columns}, s);
    p.rows = out ? wide_indices(c, c->in[0], s) : NULL;
    if (!p.rows)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    p.out = out->data;
    if (out->count == 0 || b->count == 0)
        return 0;
    if (check_places(&p, rows, inner, s) < 0)
        return -1;
    tfg_for_ranges(p.columns, 256, ((const MulLoop *)c->row->loops)->multiply, &p);
    return 0;
}

/* ---- SparseMatMul: dense, with hints that many elements are 0 ---------------------------------------------------------------------- */

static const void *as_floats(TfgKernelCall *c, const TfgTensor *t, TfgStatus *s)
{
    if (t->dtype == TFG_FLOAT)
        return t->data;
    float *out = tfg_kernel_scratch(c, ((size_t)t->count + 1) * sizeof *out, s);
    for (int64_t i = 0; out && i < t->count; i++)
        out[i] = tfg_bfloat16_to_float(((const uint16_t *)t->data)[i]);
    return out;
}

static int run_dense_product(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    bool ta = tfg_attrs_bool(c->attrs, "transpose_a"), tb = tfg_attrs_bool(c->attrs, "transpose_b");
    TfgShapeText x, y;
    if (a->rank != 2 || b->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is not a matrix", a->rank != 2 ? "a" : "b");
    if (a->dims[!ta] != b->dims[tb])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Matrix size incompatible: a: %s, b: %s", tfg_shape_text(a, &x), tfg_shape_text(b, &y));
    TfgGemm g = {.dtype = TFG_FLOAT, .ta = ta ? TFG_TRANSPOSED : TFG_PLAIN, .tb = tb ? TFG_TRANSPOSED : TFG_PLAIN, .m = a->dims[ta],
                 .n = b->dims[!tb], .k = a->dims[!ta]};
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){g.m, g.n}, s);
    g.a = out ? as_floats(c, a, s) : NULL;
    g.b = g.a ? as_floats(c, b, s) : NULL;
    if (!g.b)
        return -1;
    g.c = out->data;
    if (g.m == 0 || g.n == 0 || g.k == 0) {
        memset(out->data, 0, tfg_tensor_nbytes(out));
        return 0;
    }
    return tfg_gemm(&g, s);
}

#define CWISE_ROW(D, S, T)                                                                     \
    {.op = "SparseDenseCwiseAdd", TFG_FOR(TFG_##D), .loops = &add_loop_##D, .run = run_cwise}, \
    {.op = "SparseDenseCwiseMul", TFG_FOR(TFG_##D), .loops = &times_loop_##D, .run = run_cwise}, \
    {.op = "SparseDenseCwiseDiv", TFG_FOR(TFG_##D), .loops = &div_loop_##D, .run = run_cwise},
#define MUL_ROW(D, T, CONJ)                                                                                           \
    {.op = "SparseTensorDenseMatMul", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_EXPENSIVE, .host_in = 4, .loops = &mul_loop_##D, \
     .run = run_mat_mul},
static const TfgKernelRow rows[] = {
    {.op = "SparseToDense", .host_in = 2, .run = run_to_dense},
    {.op = "SparseMatMul", .flags = TFG_KERNEL_EXPENSIVE, .run = run_dense_product},
    CWISE_TYPES(CWISE_ROW)
    MUL_TYPES(MUL_ROW)
};

const TfgKernelRow *tfg_kernels_sparse_dense(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
