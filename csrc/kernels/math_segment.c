/* Segment reductions: sorted ids, unsorted ids, and rows picked by index first. */
#include <float.h>
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* What is done to a row of n elements.  `start` gives the first row of a segment, `take` joins another, `empty` fills a row of no
 * elements; the mean is divided at the end. */
typedef struct RowLoops {
    void (*start)(void *out, const void *in, int64_t n);
    void (*take)(void *out, const void *in, int64_t n);
    void (*divide)(void *out, int64_t n, int64_t count);
    void (*empty)(void *out, int64_t n, bool unsorted);
} RowLoops;

#define LARGER(a, b) ((b) > (a) ? (b) : (a))
#define SMALLER(a, b) ((b) < (a) ? (b) : (a))
#define LOWEST_FLOAT (-FLT_MAX)
#define LOWEST_DOUBLE (-DBL_MAX)
#define LOWEST_HALF (-65504.0f)
#define LOWEST_BFLOAT16 (-3.3895313892515355e38f)
#define LOWEST_INT8 INT8_MIN
#define LOWEST_INT16 INT16_MIN
#define LOWEST_INT32 INT32_MIN
#define LOWEST_INT64 INT64_MIN
#define LOWEST_UINT8 0
#define LOWEST_UINT16 0
#define LOWEST_UINT32 0
#define LOWEST_UINT64 0
#define HIGHEST_FLOAT FLT_MAX
#define HIGHEST_DOUBLE DBL_MAX
#define HIGHEST_HALF 65504.0f
#define HIGHEST_BFLOAT16 3.3895313892515355e38f
#define HIGHEST_INT8 INT8_MAX
#define HIGHEST_INT16 INT16_MAX
#define HIGHEST_INT32 INT32_MAX
#define HIGHEST_INT64 INT64_MAX
#define HIGHEST_UINT8 UINT8_MAX
#define HIGHEST_UINT16 UINT16_MAX
#define HIGHEST_UINT32 UINT32_MAX
#define HIGHEST_UINT64 UINT64_MAX

#define START(D, S, T)                                                                         \
    static void start_##D(void *out, const void *in, int64_t n) { memcpy(out, in, (size_t)n * sizeof(S)); }
#define TAKE(id, D, S, T, OP)                                                                  \
    TFG_WIDE static void id##_##D(void *to, const void *in, int64_t n)                         \
    {                                                                                          \
        S *out = to;                                                                           \
        const S *x = in;                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                      \
            T a = LOAD_##D(out[i]), b = LOAD_##D(x[i]);                                        \
            out[i] = STORE_##D(OP(a, b));                                                      \
        }                                                                                      \
    }
#define EMPTY(id, D, S, T, SORTED, UNSORTED)                                                   \
    static void empty_##id##_##D(void *to, int64_t n, bool unsorted)                           \
    {                                                                                          \
        S *out = to;                                                                           \
        T v = unsorted ? (T)UNSORTED : (T)SORTED;                                              \
        for (int64_t i = 0; i < n; i++)                                                        \
            out[i] = STORE_##D(v);                                                             \
    }
#define DIVIDE(D, S, T, BY)                                                                    \
    static void divide_##D(void *to, int64_t n, int64_t count)                                 \
    {                                                                                          \
        S *out = to;                                                                           \
        for (int64_t i = 0; i < n; i++)                                                        \
            out[i] = STORE_##D((T)(LOAD_##D(out[i]) / (BY)count));                             \
    }
#define NUMBER_LOOPS(D, S, T) START(D, S, T) TAKE(sum, D, S, T, ADD_##D) TAKE(prod, D, S, T, MUL_##D)
#define REAL_LOOPS(D, S, T)                                                                    \
    TAKE(max, D, S, T, LARGER) TAKE(min, D, S, T, SMALLER)                                     \
    EMPTY(sum, D, S, T, 0, 0) EMPTY(prod, D, S, T, 1, 1) EMPTY(max, D, S, T, 0, LOWEST_##D) EMPTY(min, D, S, T, 0, HIGHEST_##D)
TFG_NUMBERS(NUMBER_LOOPS)
TFG_REALS(REAL_LOOPS)
DIVIDE(FLOAT, float, float, float)
DIVIDE(DOUBLE, double, double, double)
DIVIDE(HALF, uint16_t, float, float)
DIVIDE(BFLOAT16, uint16_t, float, float)
DIVIDE(INT8, int8_t, int8_t, int64_t)
DIVIDE(INT16, int16_t, int16_t, int64_t)
DIVIDE(INT32, int32_t, int32_t, int64_t)
DIVIDE(INT64, int64_t, int64_t, int64_t)
DIVIDE(UINT8, uint8_t, uint8_t, int64_t)
DIVIDE(UINT16, uint16_t, uint16_t, int64_t)
DIVIDE(UINT32, uint32_t, uint32_t, int64_t)
DIVIDE(UINT64, uint64_t, uint64_t, uint64_t)
DIVIDE(COMPLEX64, TfgC64V, TfgC64V, float)
DIVIDE(COMPLEX128, TfgC128V, TfgC128V, double)
/* Sums over the root of their number. */
static void root_FLOAT(void *to, int64_t n, int64_t count)
{
    for (int64_t i = 0; i < n; i++)
        ((float *)to)[i] /= sqrtf((float)count);
}
static void root_DOUBLE(void *to, int64_t n, int64_t count)
{
    for (int64_t i = 0; i < n; i++)
        ((double *)to)[i] /= sqrt((double)count);
}
#define EMPTY_COMPLEX(id, D, V, x)                                                             \
    static void empty_##id##_##D(void *to, int64_t n, bool unsorted)                           \
    {                                                                                          \
        V *out = to;                                                                           \
        (void)unsorted;                                                                        \
        for (int64_t i = 0; i < n; i++)                                                        \
            out[i] = (V){x};                                                                   \
    }
EMPTY_COMPLEX(sum, COMPLEX64, TfgC64V, 0)
EMPTY_COMPLEX(prod, COMPLEX64, TfgC64V, 1)
EMPTY_COMPLEX(sum, COMPLEX128, TfgC128V, 0)
EMPTY_COMPLEX(prod, COMPLEX128, TfgC128V, 1)

#define NUMBER_TABLES(D, S, T)                                                                 \
    static const RowLoops sum_loops_##D = {start_##D, sum_##D, NULL, empty_sum_##D};           \
    static const RowLoops mean_loops_##D = {start_##D, sum_##D, divide_##D, empty_sum_##D};    \
    static const RowLoops prod_loops_##D = {start_##D, prod_##D, NULL, empty_prod_##D};
#define REAL_TABLES(D, S, T)                                                                   \
    static const RowLoops max_loops_##D = {start_##D, max_##D, NULL, empty_max_##D};           \
    static const RowLoops min_loops_##D = {start_##D, min_##D, NULL, empty_min_##D};
TFG_NUMBERS(NUMBER_TABLES)
TFG_REALS(REAL_TABLES)
static const RowLoops root_loops_FLOAT = {start_FLOAT, sum_FLOAT, root_FLOAT, empty_sum_FLOAT};
static const RowLoops root_loops_DOUBLE = {start_DOUBLE, sum_DOUBLE, root_DOUBLE, empty_sum_DOUBLE};

/* ---- Sorted ids ------------------------------------------------------------------------------------------------------------------ */

static inline int64_t id_at(const TfgTensor *ids, int64_t i)
{
    return ids->dtype == TFG_INT32 ? ((const int32_t *)ids->data)[i] : ((const int64_t *)ids->data)[i];
}

typedef struct Sorted {
    const RowLoops *loops;
    const TfgTensor *data, *indices, *ids;      /* indices: which rows of data; NULL: all, in order */
    TfgTensor *out;
    int64_t inner;
    size_t bytes;               /* of a row */
} Sorted;

static const void *row_at(const Sorted *t, int64_t at)
{
    return (const char *)t->data->data + (size_t)(t->indices ? id_at(t->indices, at) : at) * t->bytes;
}

/* Segments that begin in [begin, end), and what is empty before them. */
static void reduce_range(void *context, int64_t begin, int64_t end)
{
    const Sorted *t = context;
    int64_t n = t->ids->count, i = begin;
    while (i > 0 && i < end && id_at(t->ids, i) == id_at(t->ids, i - 1))
        i++;
    for (int64_t next; i < end; i = next) {
        int64_t id = id_at(t->ids, i), before = i > 0 ? id_at(t->ids, i - 1) + 1 : 0;
        char *to = (char *)t->out->data + (size_t)id * t->bytes;
        if (id > before)
            t->loops->empty((char *)t->out->data + (size_t)before * t->bytes, (id - before) * t->inner, false);
        t->loops->start(to, row_at(t, i), t->inner);
        for (next = i + 1; next < n && id_at(t->ids, next) == id; next++)
            t->loops->take(to, row_at(t, next), t->inner);
        if (t->loops->divide && next - i > 1)
            t->loops->divide(to, t->inner, next - i);
    }
}

static int reduce_sorted(const RowLoops *loops, const TfgTensor *data, const TfgTensor *indices, const TfgTensor *ids, TfgTensor *out,
                         TfgStatus *s)
{
    int64_t n = ids->count, rows = out->dims[0], inner = tfg_dims_product(out->rank - 1, out->dims + 1), last = -1;
    for (int64_t i = 0; i < n; i++) {
        int64_t id = id_at(ids, i);
        if (i + 1 < n && id_at(ids, i + 1) < id)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment ids are not increasing");
        if (id < 0 || id >= rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Segment id %lld out of range [0, %lld), possibly because 'segment_ids' input is not "
                            "sorted.", (long long)id, (long long)rows);
        last = id;
    }
    Sorted t = {loops, data, indices, ids, out, inner, tfg_dtype_size(out->dtype) * (size_t)inner};
    tfg_for_ranges(n, 32768 / (inner + 1) + 16, reduce_range, &t);
    if (last + 1 < rows)
        loops->empty(tfg_at_mut(out, (last + 1) * inner), (rows - last - 1) * inner, false);
    return 0;
}

/* Rows of the output: one more than the last id. */
static int sorted_rows(const TfgTensor *ids, int64_t *rows, TfgStatus *s)
{
    *rows = 0;
    if (ids->count == 0)
        return 0;
    int64_t last = tfg_tensor_int(ids, ids->count - 1);
    if (last < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment ids must be >= 0");
    if (last == INT64_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment ids are too large");
    *rows = last + 1;
    return 0;
}

static TfgTensor *segment_output(TfgKernelCall *c, const TfgTensor *data, int64_t rows, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    memcpy(dims, data->dims, (size_t)data->rank * sizeof *dims);
    dims[0] = rows;
    return tfg_kernel_output(c, 0, data->rank, dims, s);
}

static int run_segment(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *data = c->in[0], *ids = c->in[1];
    int64_t rows;
    if (ids->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment_ids should be a vector.");
    if (data->rank < 1 || ids->count != data->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment_ids should be the same size as dimension 0 of input.");
    if (sorted_rows(ids, &rows, s) < 0)
        return -1;
    TfgTensor *out = segment_output(c, data, rows, s);
    return out ? reduce_sorted(c->row->loops, data, NULL, ids, out, s) : -1;
}

/* ---- Rows picked by index --------------------------------------------------------------------------------------------------------- */

static int check_indices(const TfgTensor *indices, const TfgTensor *ids, TfgStatus *s)
{
    if (indices->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices should be a vector.");
    if (ids->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment_ids should be a vector.");
    if (indices->count != ids->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment_ids and indices should have same size.");
    return 0;
}

static int given_rows(const TfgTensor *n, const TfgTensor *ids, int64_t *rows, TfgStatus *s)
{
    TfgShapeText text;
    if (n->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_segments should be a scalar, not shape %s", tfg_shape_text(n, &text));
    *rows = tfg_tensor_int(n, 0);
    if (*rows < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment ids must be >= 0");
    if (ids->count > 0 && tfg_tensor_int(ids, ids->count - 1) >= *rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment ids must be < num_segments");
    return 0;
}

static int run_sparse_segment(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *data = c->in[0], *indices = c->in[1], *ids = c->in[2];
    int64_t rows;
    if (check_indices(indices, ids, s) < 0)
        return -1;
    if (data->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "data must be at least a vector");
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t index = tfg_tensor_int(indices, i);
        if (index < 0 || index >= data->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bad: indices[%lld] == %lld out of range [0, %lld)", (long long)i, (long long)index,
                            (long long)data->dims[0]);
    }
    if (c->n_in == 4 ? given_rows(c->in[3], ids, &rows, s) < 0 : sorted_rows(ids, &rows, s) < 0)
        return -1;
    TfgTensor *out = segment_output(c, data, rows, s);
    return out ? reduce_sorted(c->row->loops, data, indices, ids, out, s) : -1;
}

/* Each row of grad, divided by the size of its segment (or that size's root), is added to the rows that went into it. */
static int run_sparse_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *grad = c->in[0], *indices = c->in[1], *ids = c->in[2], *rows_in = c->in[3];
    const RowLoops *loops = c->row->loops;
    if (check_indices(indices, ids, s) < 0)
        return -1;
    if (rows_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output_dim0 should be a scalar.");
    if (grad->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grad must be at least a vector");
    int64_t rows = tfg_tensor_int(rows_in, 0), segments = grad->dims[0];
    if (rows < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)rows);
    TfgTensor *out = segment_output(c, grad, rows, s);
    int64_t *size = tfg_kernel_scratch(c, (size_t)(segments + 1) * sizeof *size, s);
    int64_t inner = tfg_dims_product(grad->rank - 1, grad->dims + 1);
    char *row = tfg_kernel_scratch(c, tfg_tensor_size(grad->dtype, inner) + 16, s);
    if (!out || !size || !row)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    memset(size, 0, (size_t)segments * sizeof *size);
    if (ids->count > 0 && tfg_tensor_int(ids, ids->count - 1) >= segments)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid number of segments");
    for (int64_t i = 0; i < ids->count; i++) {
        int64_t id = tfg_tensor_int(ids, i), index = tfg_tensor_int(indices, i);
        if (id < 0 || id >= segments)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Segment id %lld out of range [0, %lld).", (long long)id, (long long)segments);
        if (index < 0 || index >= rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index %lld out of range [0, %lld).", (long long)index, (long long)rows);
        size[id]++;
    }
    for (int64_t i = 0; i < ids->count; i++) {
        int64_t id = tfg_tensor_int(ids, i);
        loops->start(row, tfg_at(grad, id * inner), inner);
        if (loops->divide)
            loops->divide(row, inner, size[id]);
        loops->take(tfg_at_mut(out, tfg_tensor_int(indices, i) * inner), row, inner);
    }
    return 0;
}

/* ---- Unsorted ids ------------------------------------------------------------------------------------------------------------------ */

static int fail_id(const TfgTensor *ids, int64_t i, int64_t limit, TfgStatus *s)
{
    int64_t at[TFG_MAX_RANK], id = tfg_tensor_int(ids, i);
    TfgShapeText text;
    for (int d = ids->rank - 1; d >= 0; d--) {
        at[d] = i % ids->dims[d];
        i /= ids->dims[d];
    }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "segment_ids%s = %lld is out of range [0, %lld)", tfg_dims_text(ids->rank, at, &text),
                    (long long)id, (long long)limit);
}

static int run_unsorted_segment(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *data = c->in[0], *ids = c->in[1], *n_in = c->in[2];
    const RowLoops *loops = c->row->loops;
    TfgShapeText a, b;
    int64_t dims[TFG_MAX_RANK + 1];
    if (n_in->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_segments should be a scalar, not shape %s", tfg_shape_text(n_in, &a));
    if (ids->rank > data->rank || memcmp(ids->dims, data->dims, (size_t)ids->rank * sizeof *ids->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "data.shape = %s does not start with segment_ids.shape = %s", tfg_shape_text(data, &a),
                        tfg_shape_text(ids, &b));
    int64_t n = tfg_tensor_int(n_in, 0);
    if (n < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input num_segments == %lld must not be negative.", (long long)n);
    if (data->rank - ids->rank + 1 > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    dims[0] = n;
    memcpy(dims + 1, data->dims + ids->rank, (size_t)(data->rank - ids->rank) * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, data->rank - ids->rank + 1, dims, s);
    if (!out)
        return -1;
    int64_t inner = tfg_dims_product(data->rank - ids->rank, dims + 1);
    size_t bytes = tfg_dtype_size(out->dtype) * (size_t)inner;
    loops->empty(out->data, out->count, true);
    for (int64_t i = 0; i < ids->count; i++) {
        int64_t id = id_at(ids, i);
        if (id >= n)
            return fail_id(ids, i, n, s);
        if (id >= 0)
            loops->take((char *)out->data + (size_t)id * bytes, (const char *)data->data + (size_t)i * bytes, inner);
    }
    return 0;
}

#define SPARSE_ROWS(D, S, T)                                                                                    \
    {.op = "SparseSegmentSum", TFG_FOR(TFG_##D), .loops = &sum_loops_##D, .run = run_sparse_segment},           \
    {.op = "SparseSegmentSumWithNumSegments", TFG_FOR(TFG_##D), .host_in = 8, .loops = &sum_loops_##D, .run = run_sparse_segment}, \
    {.op = "SparseSegmentMean", TFG_FOR(TFG_##D), .loops = &mean_loops_##D, .run = run_sparse_segment},         \
    {.op = "SparseSegmentMeanWithNumSegments", TFG_FOR(TFG_##D), .host_in = 8, .loops = &mean_loops_##D, .run = run_sparse_segment}, \
    {.op = "SparseSegmentMeanGrad", TFG_FOR(TFG_##D), .host_in = 8, .loops = &mean_loops_##D, .run = run_sparse_grad},
#define ROW(op_name, D, table) {.op = op_name, TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .loops = &table##_##D, .run = run_segment},
#define UNSORTED_ROW(op_name, D, table) {.op = op_name, TFG_FOR(TFG_##D), .host_in = 4, .loops = &table##_##D, .run = run_unsorted_segment},
#define NUMBER_ROWS(D, S, T)                                                                                    \
    ROW("SegmentSum", D, sum_loops) ROW("SegmentMean", D, mean_loops) ROW("SegmentProd", D, prod_loops)         \
    UNSORTED_ROW("UnsortedSegmentSum", D, sum_loops) UNSORTED_ROW("UnsortedSegmentProd", D, prod_loops)
#define REAL_ROWS(D, S, T)                                                                                      \
    ROW("SegmentMax", D, max_loops) ROW("SegmentMin", D, min_loops)                                             \
    UNSORTED_ROW("UnsortedSegmentMax", D, max_loops) UNSORTED_ROW("UnsortedSegmentMin", D, min_loops)           \
    SPARSE_ROWS(D, S, T)

#define SUM_GRAD_ROW(D) {.op = "SparseSegmentSumGrad", TFG_FOR(TFG_##D), .host_in = 8, .loops = &sum_loops_##D, .run = run_sparse_grad},
#define ROOT_ROWS(D)                                                                                            \
    {.op = "SparseSegmentSqrtN", TFG_FOR(TFG_##D), .loops = &root_loops_##D, .run = run_sparse_segment},        \
    {.op = "SparseSegmentSqrtNWithNumSegments", TFG_FOR(TFG_##D), .host_in = 8, .loops = &root_loops_##D, .run = run_sparse_segment}, \
    {.op = "SparseSegmentSqrtNGrad", TFG_FOR(TFG_##D), .host_in = 8, .loops = &root_loops_##D, .run = run_sparse_grad},

static const TfgKernelRow rows[] = { TFG_NUMBERS(NUMBER_ROWS) TFG_REALS(REAL_ROWS) ROOT_ROWS(FLOAT) ROOT_ROWS(DOUBLE)
    SUM_GRAD_ROW(FLOAT) SUM_GRAD_ROW(DOUBLE) SUM_GRAD_ROW(HALF) SUM_GRAD_ROW(BFLOAT16) };

const TfgKernelRow *tfg_kernels_math_segment(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
