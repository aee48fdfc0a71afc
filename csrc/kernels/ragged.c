/* Ragged tensors: rows of numbers, gathers of rows, and the same values as a sparse tensor. */
#include <math.h>

#include "base/status.h"
#include "kernels/numeric.h"
#include "kernels/ragged.h"

static void store_int(TfgTensor *t, int64_t i, int64_t value)
{
    if (t->dtype == TFG_INT32)
        ((int32_t *)t->data)[i] = (int32_t)value;
    else
        ((int64_t *)t->data)[i] = value;
}

/* *at += n, within what splits of that dtype can say. */
static int advance(int64_t *at, int64_t n, TfgDType splits, TfgStatus *s)
{
    if (__builtin_add_overflow(*at, n, at) || (splits == TFG_INT32 && *at > INT32_MAX))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits do not fit %s", splits == TFG_INT32 ? "int32" : "int64");
    return 0;
}

static int want_vectors(TfgTensor *const *splits, int n, TfgStatus *s)
{
    TfgShapeText text;
    for (int i = 0; i < n; i++)
        if (splits[i]->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits must be vectors, got shape %s", tfg_shape_text(splits[i], &text));
    return 0;
}

/* ---- RaggedRange ------------------------------------------------------------------------------------------------------------------ */

typedef struct RangeLoop {
    int (*size)(const void *start, const void *limit, const void *delta, int64_t *n, TfgStatus *s);
    void (*fill)(void *out, const void *start, const void *delta, int64_t n);
} RangeLoop;

static int fail_zero(TfgStatus *s) { return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires delta != 0"); }

static int float_size(double quotient, int64_t *n, TfgStatus *s)
{
    double size = ceil(fabs(quotient));
    if (!(size < 9223372036854775808.0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires ((limit - start) / delta) <= 9223372036854775807");
    *n = (int64_t)size;
    return 0;
}

/* The distance of two integers may need all of 64 bits. */
static int int_size(int64_t start, int64_t limit, int64_t delta, int64_t *n, TfgStatus *s)
{
    uint64_t distance = limit > start ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
    uint64_t step = delta > 0 ? (uint64_t)delta : 0 - (uint64_t)delta, size = distance / step + (distance % step != 0);
    if (size > INT64_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires ((limit - start) / delta) <= 9223372036854775807");
    *n = (int64_t)size;
    return 0;
}

#define SIZE_FLOAT(a, b, d, n, s) float_size(((b) - (a)) / (d), n, s)
#define SIZE_DOUBLE SIZE_FLOAT
#define SIZE_BFLOAT16 SIZE_FLOAT
#define SIZE_INT32 int_size
#define SIZE_INT64 int_size
#define RANGE(D, S, T)                                                                                                            \
    static int range_size_##D(const void *start, const void *limit, const void *delta, int64_t *n, TfgStatus *s)                  \
    {                                                                                                                             \
        T a = LOAD_##D(*(const S *)start), b = LOAD_##D(*(const S *)limit), d = LOAD_##D(*(const S *)delta);                      \
        *n = 0;                                                                                                                   \
        if (d == 0)                                                                                                               \
            return fail_zero(s);                                                                                                  \
        return (d > 0 && b < a) || (d < 0 && b > a) ? 0 : SIZE_##D(a, b, d, n, s);                                                \
    }                                                                                                                             \
    static void range_fill_##D(void *to, const void *start, const void *delta, int64_t n)                                         \
    {                                                                                                                             \
        S *out = to, at = *(const S *)start;                                                                                      \
        T d = LOAD_##D(*(const S *)delta);                                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                                                         \
            out[i] = at;                                                                                                          \
            T next = ADD_##D(LOAD_##D(at), d);                                                                                    \
            at = STORE_##D(next);                                                                                                 \
        }                                                                                                                         \
    }                                                                                                                             \
    static const RangeLoop range_loop_##D = {range_size_##D, range_fill_##D};
#define RANGE_TYPES(X) X(FLOAT, float, float) X(DOUBLE, double, double) X(BFLOAT16, uint16_t, float) X(INT32, int32_t, int32_t) X(INT64, int64_t, int64_t)
RANGE_TYPES(RANGE)

/* How many rows the vectors among the three have; one where all are scalars. */
static int count_rows(const TfgKernelCall *c, int64_t *rows, TfgStatus *s)
{
    static const char *const names[] = {"starts", "limits", "deltas"};
    *rows = -1;
    for (int i = 0; i < 3; i++)
        if (c->in[i]->rank > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar or vector", names[i]);
    for (int i = 0; i < 3; i++) {
        if (c->in[i]->rank == 1 && *rows >= 0 && c->in[i]->count != *rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "starts, limits, and deltas must have the same shape");
        if (c->in[i]->rank == 1)
            *rows = c->in[i]->count;
    }
    *rows = *rows < 0 ? 1 : *rows;
    return 0;
}

static int run_ragged_range(TfgKernelCall *c, TfgStatus *s)
{
    const RangeLoop *loop = c->row->loops;
    const TfgTensor *starts = c->in[0], *limits = c->in[1], *deltas = c->in[2];
    int64_t rows, n, end = 0, at = 0;
    if (count_rows(c, &rows, s) < 0)
        return -1;
    int64_t n_splits = rows + 1;
    TfgTensor *splits = tfg_kernel_output(c, 0, 1, &n_splits, s);
    if (!splits)
        return -1;
    store_int(splits, 0, 0);
    for (int64_t row = 0; row < rows; row++) {
        if (loop->size(tfg_at(starts, starts->rank ? row : 0), tfg_at(limits, limits->rank ? row : 0), tfg_at(deltas, deltas->rank ? row : 0), &n, s) < 0 ||
            advance(&end, n, splits->dtype, s) < 0)
            return -1;
        store_int(splits, row + 1, end);
    }
    TfgTensor *values = tfg_kernel_output(c, 1, 1, &end, s);
    if (!values)
        return -1;
    for (int64_t row = 0; row < rows; row++, at += n) {
        n = tfg_tensor_int(splits, row + 1) - at;
        loop->fill(tfg_at_mut(values, at), tfg_at(starts, starts->rank ? row : 0), tfg_at(deltas, deltas->rank ? row : 0), n);
    }
    return 0;
}

/* ---- RaggedGather ----------------------------------------------------------------------------------------------------------------- */

static int fail_index(const TfgTensor *indices, int64_t i, int64_t limit, TfgStatus *s)
{
    int64_t at[TFG_MAX_RANK], index = tfg_tensor_int(indices, i);
    TfgShapeText text;
    for (int d = indices->rank - 1; d >= 0; d--) {
        at[d] = i % indices->dims[d];
        i /= indices->dims[d];
    }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices%s = %lld is not in [0, %lld)", indices->rank ? tfg_dims_text(indices->rank, at, &text) : "",
                    (long long)index, (long long)limit);
}

/* Sorted, and each within the rows of the next: what follows reads them without looking. */
static int check_gather_splits(TfgTensor *const *splits, int n, const TfgTensor *values, TfgStatus *s)
{
    for (int d = 0; d < n; d++) {
        int64_t count = splits[d]->count, limit = d == n - 1 ? values->dims[0] : splits[d + 1]->count ? splits[d + 1]->count - 1 : 0;
        if (count == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits may not be empty");
        if (tfg_tensor_int(splits[d], 0) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits must be non-negative");
        if (tfg_tensor_int(splits[d], count - 1) > limit)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits must not point past values");
        for (int64_t i = 1; i < count; i++)
            if (tfg_tensor_int(splits[d], i - 1) > tfg_tensor_int(splits[d], i))
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits must be sorted");
    }
    return 0;
}

static int check_gather(const TfgKernelCall *c, int n, TfgStatus *s)
{
    const TfgTensor *values = c->in[n], *indices = c->in[n + 1];
    if (want_vectors(c->in, n, s) < 0)
        return -1;
    if (indices->rank - 1 + n != c->n_out - 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank %d but is rank %d", c->n_out - n, indices->rank);
    for (int64_t i = 0, rows = c->in[0]->count - 1; i < indices->count; i++)
        if (tfg_tensor_int(indices, i) < 0 || tfg_tensor_int(indices, i) >= rows)
            return fail_index(indices, i, rows, s);
    if (values->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "params.rank must be nonzero");
    return check_gather_splits(c->in, n, values, s);
}

/* Splits of the indices' own dimensions but the last: all rows of one are equally long. */
static int regular_splits(TfgKernelCall *c, const TfgTensor *indices, TfgStatus *s)
{
    int64_t rows = 1;
    for (int d = 0; d < indices->rank - 1; d++) {
        rows *= indices->dims[d];
        int64_t n = rows + 1, at = 0;
        TfgTensor *out = tfg_kernel_output(c, d, 1, &n, s);
        if (!out)
            return -1;
        store_int(out, 0, 0);
        for (int64_t i = 1; i < n; i++) {
            if (advance(&at, indices->dims[d + 1], out->dtype, s) < 0)
                return -1;
            store_int(out, i, at);
        }
    }
    return 0;
}

/* Rows [*start, *limit) of splits d, as rows of what lies below it. */
static void descend(const TfgTensor *splits, int64_t *start, int64_t *limit)
{
    *start = tfg_tensor_int(splits, *start);
    *limit = tfg_tensor_int(splits, *limit);
}

/* The lengths of dimension d's gathered rows, added up. */
static int ragged_splits(TfgKernelCall *c, int n, int d, TfgStatus *s)
{
    const TfgTensor *indices = c->in[n + 1], *splits = c->in[d];
    int64_t total = 1, at = 0, to = 0;
    int place = indices->rank - 1 + d;
    if (place < 0)
        return 0;
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t start = tfg_tensor_int(indices, i), limit = start + 1;
        for (int k = 0; k < d; k++)
            descend(c->in[k], &start, &limit);
        if (advance(&total, limit - start, TFG_INT64, s) < 0)
            return -1;
    }
    TfgTensor *out = tfg_kernel_output(c, place, 1, &total, s);
    if (!out)
        return -1;
    store_int(out, to++, 0);
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t start = tfg_tensor_int(indices, i), limit = start + 1;
        for (int k = 0; k < d; k++)
            descend(c->in[k], &start, &limit);
        for (int64_t j = start; j < limit; j++) {
            if (advance(&at, tfg_tensor_int(splits, j + 1) - tfg_tensor_int(splits, j), out->dtype, s) < 0)
                return -1;
            store_int(out, to++, at);
        }
    }
    return 0;
}

static int gather_values(TfgKernelCall *c, int n, TfgStatus *s)
{
    const TfgTensor *values = c->in[n], *indices = c->in[n + 1];
    int64_t dims[TFG_MAX_RANK], inner = tfg_dims_product(values->rank - 1, values->dims + 1), at = 0;
    memcpy(dims, values->dims, (size_t)values->rank * sizeof *dims);
    dims[0] = 0;
    for (int pass = 0; pass < 2; pass++) {
        TfgTensor *out = pass ? tfg_kernel_output(c, c->n_out - 1, values->rank, dims, s) : NULL;
        if (pass && !out)
            return -1;
        for (int64_t i = 0; i < indices->count; i++) {
            int64_t start = tfg_tensor_int(indices, i), limit = start + 1;
            for (int k = 0; k < n; k++)
                descend(c->in[k], &start, &limit);
            if (!pass && advance(&dims[0], limit - start, TFG_INT64, s) < 0)
                return -1;
            if (pass && tfg_copy_elements(out->dtype, tfg_at_mut(out, at * inner), tfg_at(values, start * inner), (limit - start) * inner, s) < 0)
                return -1;
            at += pass ? limit - start : 0;
        }
    }
    return 0;
}

static int run_ragged_gather(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_in - 2;
    if (check_gather(c, n, s) < 0 || regular_splits(c, c->in[n + 1], s) < 0)
        return -1;
    for (int d = 0; d < n; d++)
        if (ragged_splits(c, n, d, s) < 0)
            return -1;
    return gather_values(c, n, s);
}

/* ---- RaggedTensorToSparse --------------------------------------------------------------------------------------------------------- */

static int check_sparse_splits(TfgTensor *const *splits, int n, const TfgTensor *values, TfgStatus *s)
{
    if (want_vectors(splits, n, s) < 0)
        return -1;
    if (values->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be at least rank 1 but is rank 0");
    for (int d = 0; d < n; d++) {
        int64_t count = splits[d]->count;
        if (count == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "ragged splits may not be empty.");
        if (tfg_tensor_int(splits[d], 0) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "First value of ragged splits must be 0.");
        for (int64_t i = 1; i < count; i++) {
            int64_t before = tfg_tensor_int(splits[d], i - 1), now = tfg_tensor_int(splits[d], i);
            if (now < before)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ragged splits should be non decreasing, but we got %lld followed by %lld",
                                (long long)before, (long long)now);
        }
        if (d > 0 && count - 1 != tfg_tensor_int(splits[d - 1], splits[d - 1]->count - 1))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Final value of ragged splits must match the length the corresponding ragged values.");
    }
    if (values->dims[0] != tfg_tensor_int(splits[n - 1], splits[n - 1]->count - 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Final value of ragged splits must match the length the corresponding ragged values.");
    return 0;
}

/* at[d]: the row of dimension d that holds the present value; it moves on while the row is past, or empty. */
static void write_indices(TfgTensor *const *splits, int n, const TfgTensor *values, int64_t *at, int64_t *out)
{
    int64_t inner = tfg_dims_product(values->rank - 1, values->dims + 1);
    memset(at, 0, (size_t)n * sizeof *at);
    for (int64_t i = 0; i < values->dims[0]; i++) {
        for (int d = n - 1; d >= 0; d--)
            while (tfg_tensor_int(splits[d], at[d] + 1) <= (d == n - 1 ? i : at[d + 1]))
                at[d]++;
        for (int64_t k = 0; k < inner; k++, out += n + values->rank) {
            int64_t rest = k;
            out[0] = at[0];
            for (int d = 0; d < n; d++)
                out[d + 1] = (d == n - 1 ? i : at[d + 1]) - tfg_tensor_int(splits[d], at[d]);
            for (int d = values->rank - 1; d > 0; d--) {
                out[n + d] = rest % values->dims[d];
                rest /= values->dims[d];
            }
        }
    }
}

static void write_dense_shape(TfgTensor *const *splits, int n, const TfgTensor *values, int64_t *out)
{
    out[0] = splits[0]->count - 1;
    for (int d = 0; d < n; d++) {
        out[d + 1] = 0;
        for (int64_t i = 1; i < splits[d]->count; i++) {
            int64_t width = tfg_tensor_int(splits[d], i) - tfg_tensor_int(splits[d], i - 1);
            out[d + 1] = width > out[d + 1] ? width : out[d + 1];
        }
    }
    for (int d = 1; d < values->rank; d++)
        out[n + d] = values->dims[d];
}

static int run_ragged_to_sparse(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_in - 1;
    const TfgTensor *values = c->in[n];
    if (check_sparse_splits(c->in, n, values, s) < 0)
        return -1;
    int64_t dims[] = {values->count, n + values->rank};
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, dims, s), *shape = indices ? tfg_kernel_output(c, 2, 1, &dims[1], s) : NULL;
    int64_t *at = shape ? tfg_kernel_scratch(c, (size_t)n * sizeof *at, s) : NULL;
    if (!at)
        return -1;
    if (values->count)
        write_indices(c->in, n, values, at, indices->data);
    write_dense_shape(c->in, n, values, shape->data);
    return tfg_kernel_forward_as(c, n, 1, 1, &dims[0], s);
}

#define RANGE_ROW(D, S, T) {.op = "RaggedRange", TFG_FOR(TFG_##D), .flags = TFG_KERNEL_VALUE_SHAPE, .loops = &range_loop_##D, .run = run_ragged_range},
static const TfgKernelRow rows[] = {
    RANGE_TYPES(RANGE_ROW)
    {.op = "RaggedGather", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_ragged_gather},
    {.op = "RaggedTensorToSparse", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_ragged_to_sparse},
};

int tfg_register_kernels_ragged(TfgStatus *s);
int tfg_register_kernels_ragged(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s) < 0 ? -1 : tfg_register_plain(tfg_kernels_ragged_dense, s);
}
