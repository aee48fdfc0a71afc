/* Sums, maxima and softmax over the elements that a sparse tensor has. */
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"
#include "kernels/sparse.h"

/* A total is of the type that elements are computed in; 16 bytes hold any. */
typedef struct Loops {
    void (*start)(void *total, const void *values, int64_t i);
    void (*take)(void *total, const void *values, int64_t i);
    void (*end)(const void *total, void *out, int64_t i);
} Loops;

#define LARGER(a, b) ((a) < (b) ? (b) : (a))
/* The greatest element begins as -inf, which NaN is not above. */
#define FIRST_MAX(x) ((x) == (x) ? (x) : (__typeof__(x))-INFINITY)
#define FIRST_INT(x) (x)
#define FIRST_FLOAT FIRST_MAX
#define FIRST_DOUBLE FIRST_MAX
#define FIRST_HALF FIRST_MAX
#define FIRST_BFLOAT16 FIRST_MAX
#define FIRST_INT8 FIRST_INT
#define FIRST_INT16 FIRST_INT
#define FIRST_INT32 FIRST_INT
#define FIRST_INT64 FIRST_INT
#define FIRST_UINT8 FIRST_INT
#define FIRST_UINT16 FIRST_INT
#define FIRST_UINT32 FIRST_INT
#define FIRST_UINT64 FIRST_INT
#define START(D, S, T)                                                                                                  \
    static void start_##D(void *total, const void *values, int64_t i) { *(T *)total = LOAD_##D(((const S *)values)[i]); } \
    static void end_##D(const void *total, void *out, int64_t i) { ((S *)out)[i] = STORE_##D(*(const T *)total); }
#define START_MAX(D, S, T)                                                                                              \
    static void first_##D(void *total, const void *values, int64_t i)                                                   \
    {                                                                                                                   \
        T x = LOAD_##D(((const S *)values)[i]);                                                                         \
        *(T *)total = FIRST_##D(x);                                                                                     \
    }
#define TAKE(id, D, S, T, OP, BEGIN)                                                                                           \
    static void id##_##D(void *total, const void *values, int64_t i)                                                    \
    {                                                                                                                   \
        T x = LOAD_##D(((const S *)values)[i]);                                                                         \
        *(T *)total = OP(*(T *)total, x);                                                                               \
    }                                                                                                                   \
    static const Loops id##_loops_##D = {BEGIN##_##D, id##_##D, end_##D};
#define SUM(D, S, T) START(D, S, T) TAKE(sum, D, S, T, ADD_##D, start)
#define MAX(D, S, T) START_MAX(D, S, T) TAKE(max, D, S, T, LARGER, first)
TFG_NUMBERS(SUM)
TFG_REALS(MAX)

/* The dimensions that stay come first in `dims`, ascending, then those that are reduced. */
typedef struct Plan {
    int64_t rank, n_kept;
    int64_t *dims;
    bool *reduced;
    bool keep_dims;
} Plan;

static int check_reduce(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText text;
    if (in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected input_shape to be a vector; got shape: %s", tfg_shape_text(in[2], &text));
    if (in[3]->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected reduction_axes to be a scalar or a vector; got shape: %s", tfg_shape_text(in[3], &text));
    int64_t rank = in[2]->count;
    for (int64_t i = 0; i < in[3]->count; i++)
        if (tfg_tensor_int(in[3], i) < -rank || tfg_tensor_int(in[3], i) >= rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid reduction dimension %lld, for input with %lld dimensions.",
                            (long long)tfg_tensor_int(in[3], i), (long long)rank);
    if (in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "vals must be a vec, but got: %s", tfg_shape_text(in[1], &text));
    int64_t rows = in[0]->rank > 0 ? in[0]->dims[0] : 1;
    if (rows != in[1]->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices and values rows (indexing dimension) must match. (indices = %lld, values = %lld)",
                        (long long)rows, (long long)in[1]->count);
    if (in[0]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices must be a matrix, but got: %s", tfg_shape_text(in[0], &text));
    return tfg_sparse_check_sizes(in[0], in[1], in[2], s);
}

static int make_plan(TfgKernelCall *c, Plan *p, TfgStatus *s)
{
    p->rank = c->in[2]->count;
    p->n_kept = 0;
    p->keep_dims = tfg_attrs_bool(c->attrs, "keep_dims");
    p->dims = tfg_kernel_scratch(c, ((size_t)p->rank + 1) * sizeof *p->dims, s);
    p->reduced = p->dims ? tfg_kernel_scratch(c, (size_t)p->rank + 1, s) : NULL;
    if (!p->reduced)
        return -1;
    memset(p->reduced, 0, (size_t)p->rank);
    for (int64_t i = 0; i < c->in[3]->count; i++) {
        int64_t axis = tfg_tensor_int(c->in[3], i);
        p->reduced[axis < 0 ? axis + p->rank : axis] = true;
    }
    for (int64_t d = 0; d < p->rank; d++)
        if (!p->reduced[d])
            p->dims[p->n_kept++] = d;
    for (int64_t d = 0, at = p->n_kept; d < p->rank; d++)
        if (p->reduced[d])
            p->dims[at++] = d;
    return 0;
}

/* The output's sizes, at most as many as the input has; their number. */
static int64_t output_sizes(const Plan *p, const TfgTensor *shape, int64_t *sizes)
{
    int64_t n = 0;
    for (int64_t d = 0; d < p->rank; d++)
        if (p->keep_dims || !p->reduced[d])
            sizes[n++] = p->reduced[d] ? 1 : tfg_tensor_int(shape, d);
    return n;
}

/* Rows with their dimensions in the plan's order, and the order in which they are then sorted. */
static int64_t *group_rows(TfgKernelCall *c, const Plan *p, int64_t **rows, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0];
    *rows = tfg_kernel_scratch(c, ((size_t)indices->count + 1) * sizeof **rows, s);
    if (!*rows)
        return NULL;
    for (int64_t i = 0; i < indices->dims[0]; i++)
        for (int64_t k = 0; k < p->rank; k++)
            (*rows)[i * p->rank + k] = tfg_index_row(indices, i)[p->dims[k]];
    return tfg_sparse_sort(c, *rows, indices->dims[0], p->rank, s);
}

/* End of the group that begins at position `begin` of the order: rows that agree in what is kept. */
static int64_t group_end(const Plan *p, const int64_t *rows, const int64_t *order, int64_t begin, int64_t n)
{
    int64_t end = begin + 1;
    while (end < n && tfg_compare_rows(rows + order[begin] * p->rank, rows + order[end] * p->rank, p->n_kept) == 0)
        end++;
    return end;
}

static void reduce_group(const Loops *loops, const TfgTensor *values, const int64_t *order, int64_t begin, int64_t end, TfgTensor *out, int64_t at)
{
    _Alignas(16) char total[16];
    loops->start(total, values->data, order[begin]);
    for (int64_t i = begin + 1; i < end; i++)
        loops->take(total, values->data, order[i]);
    loops->end(total, out->data, at);
}

static int run_reduce(TfgKernelCall *c, TfgStatus *s)
{
    Plan p;
    TfgShapeText text;
    int64_t *rows, sizes[TFG_MAX_RANK], n = c->in[1]->count;
    if (check_reduce(c->in, s) < 0)
        return -1;
    if (c->in[2]->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    if (make_plan(c, &p, s) < 0)
        return -1;
    int rank = (int)output_sizes(&p, c->in[2], sizes);
    if (tfg_dims_count(rank, sizes) < 0)            /* 1.12.3 ends the process here */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s would have more than 2**63 - 1 elements", tfg_dims_text(rank, sizes, &text));
    TfgTensor *out = tfg_kernel_output(c, 0, rank, sizes, s);
    int64_t *order = out ? group_rows(c, &p, &rows, s) : NULL;
    if (!order)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int64_t begin = 0, end; begin < n; begin = end) {
        const int64_t *row = rows + order[begin] * p.rank;
        int64_t at = 0;
        end = group_end(&p, rows, order, begin, n);
        for (int64_t k = 0; k < p.n_kept; k++) {
            int64_t size = tfg_tensor_int(c->in[2], p.dims[k]);
            if (row[k] < 0 || row[k] >= size)       /* 1.12.3 writes outside the output here */
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index %lld on dimension %lld is out of range [0, %lld)", (long long)row[k],
                                (long long)p.dims[k], (long long)size);
            at = at * size + row[k];
        }
        reduce_group(c->row->loops, c->in[1], order, begin, end, out, at);
    }
    return 0;
}

/* The indices of a group: what is kept, and 0 where keep_dims leaves a dimension of size 1. */
static void write_index(const Plan *p, const int64_t *row, int64_t *to)
{
    for (int64_t d = 0, at = 0, kept = 0; d < p->rank; d++)
        if (p->keep_dims || !p->reduced[d])
            to[at++] = p->reduced[d] ? 0 : row[kept++];
}

static int run_reduce_sparse(TfgKernelCall *c, TfgStatus *s)
{
    Plan p;
    int64_t *rows, n = c->in[1]->count, groups = 0;
    if (check_reduce(c->in, s) < 0 || make_plan(c, &p, s) < 0)
        return -1;
    int64_t rank = p.keep_dims ? p.rank : p.n_kept, *order = group_rows(c, &p, &rows, s);
    if (!order)
        return -1;
    for (int64_t begin = 0; begin < n; groups++)
        begin = group_end(&p, rows, order, begin, n);
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){groups, rank}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &groups, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, &rank, s) : NULL;
    if (!shape)
        return -1;
    for (int64_t begin = 0, end, i = 0; begin < n; begin = end, i++) {
        end = group_end(&p, rows, order, begin, n);
        write_index(&p, rows + order[begin] * p.rank, (int64_t *)indices->data + i * rank);
        reduce_group(c->row->loops, c->in[1], order, begin, end, values, i);
    }
    output_sizes(&p, c->in[2], shape->data);
    return 0;
}

/* ---- SparseSoftmax ---------------------------------------------------------------------------------------------------------------- */

#define SOFTMAX(D, T)                                                                                       \
    static void softmax_##D(const void *in, void *out, int64_t begin, int64_t end)                          \
    {                                                                                                       \
        const T *x = in;                                                                                    \
        T *y = out, top = x[begin], sum = 0;                                                                \
        for (int64_t i = begin + 1; i < end; i++)                                                           \
            top = LARGER(top, x[i]);                                                                        \
        for (int64_t i = begin; i < end; i++)                                                               \
            sum += y[i] = EXP_##D(x[i] - top);                                                              \
        for (int64_t i = begin; i < end; i++)                                                               \
            y[i] /= sum;                                                                                    \
    }                                                                                                       \
    static const SoftmaxLoop softmax_loop_##D = {softmax_##D};
#define EXP_FLOAT expf
#define EXP_DOUBLE exp
typedef struct SoftmaxLoop { void (*softmax)(const void *in, void *out, int64_t begin, int64_t end); } SoftmaxLoop;
SOFTMAX(FLOAT, float)
SOFTMAX(DOUBLE, double)

static int run_softmax(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[1], *shape = c->in[2];
    TfgShapeText x, y;
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input sp_indices should be a matrix but received shape: %s", tfg_shape_text(indices, &x));
    if (values->rank != 1 || shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs sp_values and sp_shape should be vectors but received shapes: %s and %s",
                        tfg_shape_text(values, &x), tfg_shape_text(shape, &y));
    if (shape->count < 2) {
        if (shape->count == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input should have rank >= 2, but received shape: ");
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input should have rank >= 2, but received shape: %lld", (long long)tfg_tensor_int(shape, 0));
    }
    if (tfg_sparse_check_sizes(indices, values, shape, s) < 0)
        return -1;
    /* The output is in the order of sorted indices, whatever the order of the input's. */
    int64_t n = values->count, *order = tfg_sparse_sort(c, indices->data, n, indices->dims[1], s);
    void *sorted = order ? tfg_kernel_scratch(c, tfg_tensor_nbytes(values) + 1, s) : NULL;
    TfgTensor *out = sorted ? tfg_kernel_output_like(c, 0, values, s) : NULL;
    size_t size = tfg_dtype_size(values->dtype);
    for (int64_t i = 0; out && i < n; i++)
        memcpy((char *)sorted + (size_t)i * size, tfg_at(values, order[i]), size);
    for (int64_t begin = 0, end; out && begin < n; begin = end) {
        for (end = begin + 1; end < n; end++)
            if (tfg_compare_rows(tfg_index_row(indices, order[begin]), tfg_index_row(indices, order[end]), indices->dims[1] - 1) != 0)
                break;
        ((const SoftmaxLoop *)c->row->loops)->softmax(sorted, out->data, begin, end);
    }
    return out ? 0 : -1;
}

#define ROWS(id, name, D)                                                                                                              \
    {.op = name, TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .host_in = 8, .loops = &id##_loops_##D, .run = run_reduce},         \
    {.op = name "Sparse", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .host_in = 8, .loops = &id##_loops_##D, .run = run_reduce_sparse},
#define SUM_ROWS(D, S, T) ROWS(sum, "SparseReduceSum", D)
#define MAX_ROWS(D, S, T) ROWS(max, "SparseReduceMax", D)
static const TfgKernelRow rows[] = {
    TFG_NUMBERS(SUM_ROWS)
    TFG_REALS(MAX_ROWS)
    {.op = "SparseSoftmax", TFG_FOR(TFG_FLOAT), .loops = &softmax_loop_FLOAT, .run = run_softmax},
    {.op = "SparseSoftmax", TFG_FOR(TFG_DOUBLE), .loops = &softmax_loop_DOUBLE, .run = run_softmax},
};

const TfgKernelRow *tfg_kernels_sparse_reduce(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
