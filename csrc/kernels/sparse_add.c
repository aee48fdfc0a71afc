/* SparseAdd, SparseAddGrad, SparseSparseMaximum and Minimum: two lists of values in the order of their indices, merged. */
#include <math.h>
#include <stdio.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* *out = a + b; whether its magnitude reaches the threshold, which NaN does not. */
typedef struct SumLoop { bool (*sum)(const void *a, const void *b, const void *threshold, void *out); } SumLoop;

#define REACHES_FLOAT(x, t) (t <= fabsf(x))
#define REACHES_DOUBLE(x, t) (t <= fabs(x))
#define REACHES_INT(x, t) (t < 0 || (uint64_t)t <= (x < 0 ? 0 - (uint64_t)x : (uint64_t)x))
#define REACHES_COMPLEX64(x, t) (t <= hypotf(x[0], x[1]))
#define REACHES_COMPLEX128(x, t) (t <= hypot(x[0], x[1]))
#define TYPES(X)                                                                                                              \
    X(FLOAT, float, FLOAT, float, FLOAT) X(DOUBLE, double, DOUBLE, double, DOUBLE) X(INT8, int8_t, INT8, int8_t, INT)         \
    X(INT16, int16_t, INT16, int16_t, INT) X(INT32, int32_t, INT32, int32_t, INT) X(INT64, int64_t, INT64, int64_t, INT)      \
    X(COMPLEX64, TfgC64V, FLOAT, float, COMPLEX64) X(COMPLEX128, TfgC128V, DOUBLE, double, COMPLEX128)

#define SUM_ROW(D, T, DREAL, REAL, REACHES)                                                  \
    static bool sum_##D(const void *a, const void *b, const void *threshold, void *out)      \
    {                                                                                        \
        T x = ADD_##D(*(const T *)a, *(const T *)b);                                         \
        REAL t = *(const REAL *)threshold;                                                   \
        *(T *)out = x;                                                                       \
        return REACHES_##REACHES(x, t);                                                      \
    }                                                                                        \
    static const SumLoop loop_##D = {sum_##D};
TYPES(SUM_ROW)

/* Rows of indices: negative where a's comes first, 0 where they are equal. */
static int compare(const TfgTensor *a, int64_t i, const TfgTensor *b, int64_t j)
{
    int64_t n = a->dims[1];
    const int64_t *x = (const int64_t *)a->data + i * n, *y = (const int64_t *)b->data + j * n;
    for (int64_t d = 0; d < n; d++)
        if (x[d] != y[d])
            return x[d] < y[d] ? -1 : 1;
    return 0;
}

/* ---- SparseAdd -------------------------------------------------------------------------------------------------------------------- */

/* Merges c's operands into `indices` and `values`, or only counts where they are NULL.  What only one operand has is kept whatever
 * its magnitude. */
static int64_t merge(const TfgKernelCall *c, TfgTensor *indices, TfgTensor *values)
{
    const TfgTensor *ai = c->in[0], *av = c->in[1], *bi = c->in[3], *bv = c->in[4];
    const SumLoop *loop = c->row->loops;
    size_t row = (size_t)ai->dims[1] * sizeof(int64_t);
    int64_t n = 0;
    for (int64_t i = 0, j = 0; i < ai->dims[0] || j < bi->dims[0];) {
        int order = i == ai->dims[0] ? 1 : j == bi->dims[0] ? -1 : compare(ai, i, bi, j);
        _Alignas(16) char sum[16];
        const TfgTensor *from = order <= 0 ? ai : bi;
        int64_t at = order <= 0 ? i : j;
        const void *value = order < 0 ? tfg_at(av, i) : order > 0 ? tfg_at(bv, j) : sum;
        bool kept = order != 0 || loop->sum(tfg_at(av, i), tfg_at(bv, j), c->in[6]->data, sum);
        if (kept && indices) {
            if (row)
                memcpy((char *)indices->data + (size_t)n * row, (const char *)from->data + (size_t)at * row, row);
            memcpy(tfg_at_mut(values, n), value, tfg_dtype_size(values->dtype));
        }
        n += kept;
        i += order <= 0;
        j += order >= 0;
    }
    return n;
}

/* "2 3" of a vector of sizes. */
static void write_sizes(const TfgTensor *shape, size_t room, char *text)
{
    size_t at = 0;
    text[0] = '\0';
    for (int64_t d = 0; d < shape->count && at + 24 < room; d++)
        at += (size_t)snprintf(text + at, room - at, "%s%lld", d ? " " : "", (long long)tfg_tensor_int(shape, d));
}

static int check_shapes(const TfgTensor *a, const TfgTensor *b, TfgStatus *s)
{
    TfgShapeText x, y;
    char sizes[2][128];
    if (a->rank != 1 || b->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shapes should be a vector but received shapes %s and %s", tfg_shape_text(a, &x),
                        tfg_shape_text(b, &y));
    if (a->count != b->count) {
        write_sizes(a, sizeof sizes[0], sizes[0]);
        write_sizes(b, sizeof sizes[1], sizes[1]);
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Operands do not have the same ranks; got shapes: %s and %s", sizes[0], sizes[1]);
    }
    for (int64_t d = 0; d < a->count; d++)
        if (tfg_tensor_int(a, d) != tfg_tensor_int(b, d))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Operands' shapes do not match: got %lld and %lld for dimension %lld",
                            (long long)tfg_tensor_int(a, d), (long long)tfg_tensor_int(b, d), (long long)d);
    return 0;
}

/* Two sparse tensors whose indices are matrices and whose values are vectors: sizes that belong together. */
static int check_sizes(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText x;
    if (in[1]->count != in[0]->dims[0] || in[4]->count != in[3]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %lld and %lld non-empty input values, got %lld and %lld", (long long)in[0]->dims[0],
                        (long long)in[3]->dims[0], (long long)in[1]->count, (long long)in[4]->count);
    if (check_shapes(in[2], in[5], s) < 0)
        return -1;
    for (int i = 0; i < 6; i += 3)      /* 1.12.3 reads past the end here */
        if (in[i]->dims[1] != in[2]->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices of shape %s do not fit shapes of %lld dimensions", tfg_shape_text(in[i], &x),
                            (long long)in[2]->count);
    return 0;
}

static int check_add(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText x, y;
    if (in[0]->rank != 2 || in[3]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices should be matrices but received shapes: %s and %s",
                        tfg_shape_text(in[0], &x), tfg_shape_text(in[3], &y));
    if (in[1]->rank != 1 || in[4]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input values should be vectors but received shapes: %s and %s",
                        tfg_shape_text(in[1], &x), tfg_shape_text(in[4], &y));
    if (check_sizes(in, s) < 0)
        return -1;
    if (in[6]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The magnitude threshold must be a scalar: got shape %s", tfg_shape_text(in[6], &x));
    return 0;
}

static int run_add(TfgKernelCall *c, TfgStatus *s)
{
    if (check_add(c->in, s) < 0)
        return -1;
    int64_t n = merge(c, NULL, NULL);
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){n, c->in[0]->dims[1]}, s);
    TfgTensor *values = indices ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    if (!values)
        return -1;
    merge(c, indices, values);
    return tfg_kernel_forward(c, 2, 2, s);
}

/* ---- SparseAddGrad ---------------------------------------------------------------------------------------------------------------- */

static int check_grad(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText x, y, z;
    if (in[0]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input backprop_val_grad should be a vector but received shape: %s", tfg_shape_text(in[0], &x));
    if (in[1]->rank != 2 || in[2]->rank != 2 || in[3]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices should be matrices but received shapes: %s and %s and %s",
                        tfg_shape_text(in[1], &x), tfg_shape_text(in[2], &y), tfg_shape_text(in[3], &z));
    if (in[1]->dims[1] != in[2]->dims[1] || in[1]->dims[1] != in[3]->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The densified operands should have the same ndims; for A, B, sum got: %lld%lld%lld",
                        (long long)in[1]->dims[1], (long long)in[2]->dims[1], (long long)in[3]->dims[1]);
    if (in[0]->count != in[3]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "# elements of backprop_val_grad and # rows of sum_indices should match (#nnz of sum): got "
                        "%lld and %lld", (long long)in[0]->count, (long long)in[3]->dims[0]);
    return 0;
}

/* What the sum's gradient is where the operand's indices are; 0 where the sum left them out. */
static void take(const TfgTensor *dy, const TfgTensor *total, const TfgTensor *indices, TfgTensor *out)
{
    size_t size = tfg_dtype_size(dy->dtype);
    memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int64_t i = 0, k = 0; k < total->dims[0]; k++) {
        while (i < indices->dims[0] && compare(indices, i, total, k) < 0)
            i++;
        if (i < indices->dims[0] && compare(indices, i, total, k) == 0)
            memcpy(tfg_at_mut(out, i++), tfg_at(dy, k), size);
    }
}

static int run_grad(TfgKernelCall *c, TfgStatus *s)
{
    if (check_grad(c->in, s) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        TfgTensor *out = tfg_kernel_output(c, i, 1, c->in[i + 1]->dims, s);
        if (!out)
            return -1;
        take(c->in[0], c->in[3], c->in[i + 1], out);
    }
    return 0;
}

/* ---- SparseSparseMaximum and Minimum ----------------------------------------------------------------------------------------------- */

typedef struct PickLoop { void (*pick)(const void *a, const void *b, void *out); } PickLoop;

#define LARGER(x, y) ((x) < (y) ? (y) : (x))
#define SMALLER(x, y) ((y) < (x) ? (y) : (x))
#define PICK(id, D, S, T, OP)                                                                                   \
    static void id##_##D(const void *a, const void *b, void *out)                                               \
    {                                                                                                           \
        T x = LOAD_##D(*(const S *)a), y = LOAD_##D(*(const S *)b);                                             \
        T z = OP(x, y);                                                                                         \
        *(S *)out = STORE_##D(z);                                                                               \
    }                                                                                                           \
    static const PickLoop id##_loop_##D = {id##_##D};
#define PICKS(D, S, T) PICK(larger, D, S, T, LARGER) PICK(smaller, D, S, T, SMALLER)
TFG_REALS(PICKS)

static int check_pick(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText x, y;
    if (in[0]->rank != 2 || in[3]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs a_indices and b_indices should be matrices but received shapes: %s, %s",
                        tfg_shape_text(in[0], &x), tfg_shape_text(in[3], &y));
    if (in[1]->rank != 1 || in[4]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs a_values and b_values should be vectors but received shapes: %s and %s",
                        tfg_shape_text(in[1], &x), tfg_shape_text(in[4], &y));
    return check_sizes(in, s);
}

/* What is in either operand, the other being 0 there. */
static int run_pick(TfgKernelCall *c, TfgStatus *s)
{
    static const char zero[16];
    const TfgTensor *ai = c->in[0], *av = c->in[1], *bi = c->in[3], *bv = c->in[4];
    const PickLoop *loop = c->row->loops;
    if (check_pick(c->in, s) < 0)
        return -1;
    int64_t n = 0, rank = ai->dims[1];
    for (int64_t i = 0, j = 0, order; i < ai->dims[0] || j < bi->dims[0]; n++, i += order <= 0, j += order >= 0)
        order = i == ai->dims[0] ? 1 : j == bi->dims[0] ? -1 : compare(ai, i, bi, j);
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){n, rank}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    if (!values)
        return -1;
    for (int64_t i = 0, j = 0, k = 0, order; k < n; k++, i += order <= 0, j += order >= 0) {
        order = i == ai->dims[0] ? 1 : j == bi->dims[0] ? -1 : compare(ai, i, bi, j);
        if (rank)
            memcpy((int64_t *)indices->data + k * rank, (const int64_t *)(order <= 0 ? ai : bi)->data + (order <= 0 ? i : j) * rank,
                   (size_t)rank * sizeof(int64_t));
        loop->pick(order <= 0 ? tfg_at(av, i) : zero, order >= 0 ? tfg_at(bv, j) : zero, tfg_at_mut(values, k));
    }
    return 0;
}

#define PICK_ROW(D, S, T)                                                                                                               \
    {.op = "SparseSparseMaximum", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .loops = &larger_loop_##D, .run = run_pick},      \
    {.op = "SparseSparseMinimum", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .loops = &smaller_loop_##D, .run = run_pick},
#define ROW(D, T, DREAL, REAL, REACHES)                                                                                                  \
    {.op = "SparseAdd", .types = {{"T", TFG_B(D)}, {"Treal", TFG_B(DREAL)}}, .flags = TFG_KERNEL_VALUE_SHAPE, .loops = &loop_##D,      \
     .run = run_add},                                                                                                                  \
    {.op = "SparseAddGrad", TFG_FOR(TFG_##D), .run = run_grad},
static const TfgKernelRow rows[] = { TYPES(ROW) TFG_REALS(PICK_ROW) };

const TfgKernelRow *tfg_kernels_sparse_add(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
