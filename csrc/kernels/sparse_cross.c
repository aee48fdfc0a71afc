/* SparseCross: each row of the result holds every choice of one feature per column, joined as text or as one hash. */
#include <inttypes.h>

#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"

typedef struct Column {
    const TfgTensor *values;
    const TfgTensor *indices;   /* of sparse columns; NULL: `width` features in each row */
    int64_t width;
    int64_t first, n;           /* features of the present row */
} Column;

typedef struct Cross {
    Column *columns;
    int64_t n, rows;
    uint64_t buckets, key;
} Cross;

/* The column's features in `row`; rows are asked for in ascending order. */
static void seek(Column *c, int64_t row)
{
    if (!c->indices) {
        c->first = row * c->width;
        c->n = c->width;
        return;
    }
    int64_t i = c->first, end = c->values->count;
    while (i < end && tfg_index_row(c->indices, i)[0] < row)
        i++;
    c->first = i;
    while (i < end && tfg_index_row(c->indices, i)[0] == row)
        i++;
    c->n = i - c->first;
}

/* The next row behind `row` (-1: from the beginning) that may hold anything, or the number of rows: not every row is looked at where a
 * sparse column has few. */
static int64_t next_row(const Cross *x, int64_t row)
{
    for (int64_t i = 0; i < x->n && row < 0; i++)
        x->columns[i].first = x->columns[i].n = 0;
    const Column *c = &x->columns[0];
    if (!c->indices)
        return row + 1;
    int64_t i = c->first + c->n;
    return i < c->values->count ? tfg_index_row(c->indices, i)[0] : x->rows;
}

/* How many choices there are in a row, which it seeks; -1 where nobody could count them. */
static int64_t choices(const Cross *x, int64_t row)
{
    int64_t total = 1;
    bool none = false, many = false;
    for (int64_t i = 0; i < x->n; i++) {
        seek(&x->columns[i], row);
        none = none || x->columns[i].n == 0;
        many = many || __builtin_mul_overflow(total, x->columns[i].n, &total);
    }
    return none ? 0 : many ? -1 : total;
}

static uint64_t mixed(uint64_t x) { return x ^ (x >> 47); }

static uint64_t joined(uint64_t a, uint64_t b)
{
    const uint64_t mul = 0xc6a4a7935bd1e995ull;
    uint64_t r = (a ^ mul) ^ (mixed(b * mul) * mul);
    r *= mul;
    return mixed(mixed(r) * mul);
}

static uint64_t feature_hash(const TfgTensor *values, int64_t i)
{
    if (values->dtype != TFG_STRING)
        return (uint64_t)((const int64_t *)values->data)[i];
    const TfgString *s = (const TfgString *)values->data + i;
    return tfg_fingerprint64(s->data, s->n);
}

static void feature_text(const TfgTensor *values, int64_t i, TfgStr *out)
{
    if (values->dtype != TFG_STRING)
        tfg_str_printf(out, "%" PRId64, ((const int64_t *)values->data)[i]);
    else
        tfg_str_append(out, ((const TfgString *)values->data)[i].data, ((const TfgString *)values->data)[i].n);
}

/* The place in column i of choice k of the present row: the last column goes fastest. */
static void places(const Cross *x, int64_t k, int64_t *at)
{
    for (int64_t i = x->n - 1; i >= 0; i--) {
        at[i] = x->columns[i].first + k % x->columns[i].n;
        k /= x->columns[i].n;
    }
}

static int put(const Cross *x, const int64_t *at, TfgTensor *values, int64_t to, TfgStatus *s)
{
    if (values->dtype == TFG_INT64) {
        uint64_t hash = x->key;
        for (int64_t i = 0; i < x->n; i++)
            hash = joined(hash, feature_hash(x->columns[i].values, at[i]));
        ((int64_t *)values->data)[to] = (int64_t)(hash % (x->buckets ? x->buckets : (uint64_t)INT64_MAX));
        return 0;
    }
    TfgStr text = TFG_STR_INIT;
    for (int64_t i = 0; i < x->n; i++) {
        if (i > 0)
            tfg_str_puts(&text, "_X_");
        feature_text(x->columns[i].values, at[i], &text);
    }
    const char *whole = tfg_str_text(&text);
    int rc = whole && !text.failed ? tfg_string_set((TfgString *)values->data + to, whole, text.n) : -1;
    tfg_str_fini(&text);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

static int read_sparse(const TfgTensor *indices, const TfgTensor *values, int64_t rows, Column *out, TfgStatus *s)
{
    for (int64_t i = 0, before = 0; i < values->count; i++) {
        int64_t row = tfg_index_row(indices, i)[0];
        if (row < before || row >= rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Row %lld of the indices is out of order, or out of range [0, %lld)", (long long)row,
                            (long long)rows);
        before = row;
    }
    *out = (Column){.values = values, .indices = indices};
    return 0;
}

static int read_dense(const TfgTensor *t, int64_t rows, int position, Column *out, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dense inputs should be a matrix but received shape %s at position %d", tfg_shape_text(t, &text),
                        position);
    if (t->dims[0] != rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected batch size %lld got %lld at dense tensor %d", (long long)rows, (long long)t->dims[0],
                        position);
    *out = (Column){.values = t, .width = t->dims[1]};
    return 0;
}

/* "... should be a vector but received shape [2,2] at position 0" */
static int want_rank(const TfgTensor *t, int rank, const char *what, int position, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == rank ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s should be a %s but received shape %s at position %d", what,
                                          rank == 2 ? "matrix" : "std::vector", tfg_shape_text(t, &text), position);
}

static int check_sparse(TfgTensor *const *in, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (want_rank(in[i], 2, "indices", i, s) < 0)
            return -1;
    for (int i = 0; i < n; i++)
        if (in[i]->dims[1] != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected D2 of index to be 2 got %lld at position %d", (long long)in[i]->dims[1], i);
    for (int i = 0; i < n; i++) {
        if (want_rank(in[n + i], 1, "values", i, s) < 0)
            return -1;
        if (in[i]->dims[0] != in[n + i]->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected size of values to be %lld got %lld at position %d", (long long)in[i]->dims[0],
                            (long long)in[n + i]->dims[0], i);
    }
    for (int i = 0; i < n; i++) {
        if (want_rank(in[2 * n + i], 1, "shapes", i, s) < 0)
            return -1;
        if (in[2 * n + i]->count != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape should imply a 2D tensor, but got [%lld] at position %d",
                            (long long)in[2 * n + i]->count, i);
    }
    return 0;
}

static int read_columns(TfgKernelCall *c, int n_sparse, Cross *x, TfgStatus *s)
{
    if (check_sparse(c->in, n_sparse, s) < 0)
        return -1;
    TfgTensor *const *values = c->in + n_sparse, *const *shapes = values + n_sparse, *const *dense = shapes + n_sparse;
    x->rows = n_sparse ? tfg_tensor_int(shapes[0], 0) : x->n && dense[0]->rank > 0 ? dense[0]->dims[0] : 0;
    for (int i = 0; i < n_sparse; i++)
        if (tfg_tensor_int(shapes[i], 0) != x->rows)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected batch size %lld got %lld at position %d", (long long)x->rows,
                            (long long)tfg_tensor_int(shapes[i], 0), i);
    for (int i = 0; i < n_sparse; i++)
        if (read_sparse(c->in[i], values[i], x->rows, &x->columns[i], s) < 0)
            return -1;
    for (int i = 0; i < x->n - n_sparse; i++)
        if (read_dense(dense[i], x->rows, i, &x->columns[n_sparse + i], s) < 0)
            return -1;
    return 0;
}

static int count_all(const Cross *x, int64_t *total, int64_t *widest, TfgStatus *s)
{
    *total = *widest = 0;
    for (int64_t row = next_row(x, -1); row < x->rows; row = next_row(x, row)) {
        int64_t n = choices(x, row);
        if (n < 0 || __builtin_add_overflow(*total, n, total) || *total > INT64_MAX / 32)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Row %lld has too many crosses", (long long)row);
        *widest = n > *widest ? n : *widest;
    }
    return 0;
}

static int write_crosses(const Cross *x, int64_t *at, int64_t *indices, TfgTensor *values, TfgStatus *s)
{
    int64_t to = 0;
    for (int64_t row = next_row(x, -1); row < x->rows; row = next_row(x, row)) {
        int64_t n = choices(x, row);
        for (int64_t k = 0; k < n; k++, to++) {
            indices[2 * to] = row;
            indices[2 * to + 1] = k;
            places(x, k, at);
            if (put(x, at, values, to, s) < 0)
                return -1;
        }
    }
    return 0;
}

static int run_cross(TfgKernelCall *c, TfgStatus *s)
{
    int n_sparse = (int)tfg_attrs_int(c->attrs, "N");
    Cross x = {.n = c->n_in - 2 * n_sparse, .buckets = (uint64_t)tfg_attrs_int(c->attrs, "num_buckets"),
               .key = (uint64_t)tfg_attrs_int(c->attrs, "hash_key")};
    int64_t total, widest, two = 2;
    x.columns = tfg_kernel_scratch(c, (size_t)(x.n + 1) * sizeof *x.columns, s);
    int64_t *at = tfg_kernel_scratch(c, (size_t)(x.n + 1) * sizeof *at, s);
    if (!x.columns || !at)
        return -1;
    x.columns[0] = (Column){0};
    if (read_columns(c, n_sparse, &x, s) < 0 || count_all(&x, &total, &widest, s) < 0)
        return -1;
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){total, 2}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &total, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, &two, s) : NULL;
    if (!shape)
        return -1;
    ((int64_t *)shape->data)[0] = x.rows;
    ((int64_t *)shape->data)[1] = widest;
    return write_crosses(&x, at, indices->data, values, s);
}

#define BOTH (TFG_B(INT64) | TFG_B(STRING))
static const TfgKernelRow rows[] = {
    {.op = "SparseCross", .types = {{"out_type", BOTH}, {"internal_type", BOTH}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_cross},
};

const TfgKernelRow *tfg_kernels_sparse_cross(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
