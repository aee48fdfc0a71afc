/* RaggedTensorToTensor: ragged rows cut or filled up to a dense tensor. */
#include "base/status.h"
#include "graph/infer_ragged.h"
#include "kernels/ragged.h"
#include "kernels/util.h"

typedef struct Dense {
    const TfgTensor *partitions[TFG_MAX_RANK];      /* of dimensions 0 and 1, 1 and 2, ... */
    bool rowids[TFG_MAX_RANK];
    const int64_t *columns[TFG_MAX_RANK];           /* by rowids: the place of each within its row */
    int ragged;
    int64_t first, dims[TFG_MAX_RANK], count;       /* count: how many values there must be, at least */
} Dense;

static int read_shape(const TfgTensor *t, TfgShape *out, TfgStatus *s)
{
    tfg_shape_set_unknown(out);
    if (t->rank == 0)
        return tfg_tensor_int(t, 0) == -1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT,
               "The only valid scalar shape tensor is the fully unknown shape specified as -1.");
    if (t->rank != 1 || t->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be a vector of at most %d elements", TFG_MAX_RANK);
    out->rank = (int32_t)t->count;
    for (int d = 0; d < out->rank; d++)
        if ((out->dims[d] = tfg_tensor_int(t, d)) < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)out->dims[d]);
    return 0;
}

/* Checks splits of at most `rows` rows; how many elements they hold, and the longest row. */
static int check_splits(const TfgTensor *t, int64_t rows, int64_t *count, int64_t *width, TfgStatus *s)
{
    *count = *width = 0;
    if (t->count - 1 > rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Row partition size is greater than output size: %lld > %lld", (long long)t->count - 1, (long long)rows);
    if (t->count && tfg_tensor_int(t, 0) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid row split size.");
    for (int64_t i = 1; i < t->count; i++) {
        int64_t end = tfg_tensor_int(t, i);
        if (end < *count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid row split size.");
        *width = end - *count > *width ? end - *count : *width;
        *count = end;
    }
    return 0;
}

static int check_rowids(const TfgTensor *t, int64_t rows, int64_t *columns, int64_t *width, TfgStatus *s)
{
    *width = 0;
    for (int64_t i = 0; i < t->count; i++) {
        int64_t row = tfg_tensor_int(t, i), before = i ? tfg_tensor_int(t, i - 1) : 0;
        if (row >= rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Got %s_value_rowid=%lld which is not less than %lld", i ? "next" : "current", (long long)row,
                            (long long)rows);
        if (row < before)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid row ids.");
        columns[i] = i && row == before ? columns[i - 1] + 1 : 0;
        *width = columns[i] + 1 > *width ? columns[i] + 1 : *width;
    }
    return 0;
}

static int read_partitions(TfgKernelCall *c, Dense *p, TfgStatus *s)
{
    bool sized = tfg_row_partition(c->attrs, 0) == TFG_FIRST_DIM_SIZE;
    if (c->in[3]->count < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid first partition input. Tensor requires at least one element.");
    p->first = p->count = sized ? tfg_tensor_int(c->in[3], 0) : c->in[3]->count - 1;
    if (p->first < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid dimension size: %lld", (long long)p->first);
    p->dims[0] = p->dims[0] < 0 ? p->first : p->dims[0];
    for (int d = 0; d < p->ragged; d++) {
        const TfgTensor *t = p->partitions[d] = c->in[3 + d + sized];
        int64_t width;
        p->rowids[d] = tfg_row_partition(c->attrs, d + sized) == TFG_VALUE_ROWIDS;
        if (p->rowids[d]) {
            int64_t *columns = tfg_kernel_scratch(c, ((size_t)t->count + 1) * sizeof *columns, s);
            if (!columns || check_rowids(t, p->count, columns, &width, s) < 0)
                return -1;
            p->columns[d] = columns;
            p->count = t->count;
        } else if (check_splits(t, p->count, &p->count, &width, s) < 0) {
            return -1;
        }
        p->dims[d + 1] = p->dims[d + 1] < 0 ? width : p->dims[d + 1];
    }
    if (p->count > c->in[1]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Row partitions hold %lld values, but there are %lld", (long long)p->count, (long long)c->in[1]->dims[0]);
    return 0;
}

/* The row whose splits enclose i, which is below the last of them. */
static int64_t row_of(const TfgTensor *splits, int64_t i)
{
    int64_t low = 0, high = splits->count - 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        *(tfg_tensor_int(splits, middle) <= i ? &low : &high) = middle;
    }
    return low;
}

/* Where value i stands among the output's slices; -1: cut off. */
static int64_t place_of(const Dense *p, int64_t i)
{
    int64_t place = 0, step = 1;
    for (int d = p->ragged - 1; d >= 0; d--) {
        int64_t row = p->rowids[d] ? tfg_tensor_int(p->partitions[d], i) : row_of(p->partitions[d], i);
        int64_t column = p->rowids[d] ? p->columns[d][i] : i - tfg_tensor_int(p->partitions[d], row);
        if (column >= p->dims[d + 1])
            return -1;
        place += column * step;
        step *= p->dims[d + 1];
        i = row;
    }
    return i < p->dims[0] ? place + i * step : -1;
}

/* Every slice of `inner` elements is the default value, broadcast. */
static int fill(TfgTensor *out, const TfgTensor *value, int rank, const int64_t *dims, int64_t inner, TfgStatus *s)
{
    if (value->count == 1)
        return tfg_fill_elements(out->dtype, out->data, value->data, out->count, s);
    for (int d = 0; d < value->rank; d++)
        if (value->dims[d] != 1 && value->dims[d] != dims[rank - value->rank + d])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Error broadcasting default_value");
    for (int64_t k = 0; k < inner; k++) {
        int64_t at = 0, step = 1, rest = k;
        for (int d = rank - 1, v = value->rank - 1; v >= 0; d--, v--) {
            at += value->dims[v] == 1 ? 0 : rest % dims[d] * step;
            rest /= dims[d];
            step *= value->dims[v];
        }
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, k), tfg_at(value, at), 1, s) < 0)
            return -1;
    }
    for (int64_t k = inner; k < out->count; k += inner)
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, k), out->data, inner, s) < 0)
            return -1;
    return 0;
}

static int run_ragged_to_tensor(TfgKernelCall *c, TfgStatus *s)
{
    Dense p = {0};
    const TfgTensor *values = c->in[1];
    TfgShape shape, full, *in = tfg_kernel_scratch(c, (size_t)c->n_in * sizeof *in, s);
    if (!in || read_shape(c->in[0], &shape, s) < 0)
        return -1;
    for (int i = 0; i < c->n_in; i++)
        tfg_tensor_shape(c->in[i], &in[i]);
    if (tfg_ragged_dense_shape(c->attrs, &shape, in, c->n_in, &full, s) < 0)
        return -1;
    p.ragged = full.rank - values->rank;
    memcpy(p.dims, full.dims, (size_t)full.rank * sizeof *p.dims);
    if (read_partitions(c, &p, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, full.rank, p.dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    int64_t inner = tfg_dims_product(values->rank - 1, values->dims + 1);
    if (fill(out, c->in[2], values->rank - 1, values->dims + 1, inner, s) < 0)
        return -1;
    for (int64_t i = 0; i < p.count; i++) {
        int64_t place = place_of(&p, i);
        if (place >= 0 && tfg_copy_elements(out->dtype, tfg_at_mut(out, place * inner), tfg_at(values, i * inner), inner, s) < 0)
            return -1;
    }
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "RaggedTensorToTensor", .host_in = 1, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_ragged_to_tensor},
};

const TfgKernelRow *tfg_kernels_ragged_dense(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
