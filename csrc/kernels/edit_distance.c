/* EditDistance: Levenshtein's, between the sequences that the last dimensions of two sparse tensors hold. */
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"

static bool equal(const TfgTensor *a, int64_t i, const TfgTensor *b, int64_t j)
{
    const void *p = tfg_at(a, i), *q = tfg_at(b, j);
    switch (a->dtype) {
    case TFG_STRING: {
        const TfgString *x = p, *y = q;
        return x->n == y->n && (x->n == 0 || memcmp(x->data, y->data, x->n) == 0);
    }
    case TFG_FLOAT: return *(const float *)p == *(const float *)q;
    case TFG_DOUBLE: return *(const double *)p == *(const double *)q;
    case TFG_HALF: case TFG_BFLOAT16: return tfg_load_half(a->dtype, *(const uint16_t *)p) == tfg_load_half(a->dtype, *(const uint16_t *)q);
    case TFG_COMPLEX64: return ((const float *)p)[0] == ((const float *)q)[0] && ((const float *)p)[1] == ((const float *)q)[1];
    case TFG_COMPLEX128: return ((const double *)p)[0] == ((const double *)q)[0] && ((const double *)p)[1] == ((const double *)q)[1];
    default: return memcmp(p, q, tfg_dtype_size(a->dtype)) == 0;
    }
}

static int check_part(TfgTensor *const *in, const char *what, TfgStatus *s)
{
    TfgShapeText a, b;
    if (in[0]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s_indices should be a matrix, but got shape: %s", what, tfg_shape_text(in[0], &a));
    if (in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s_values should be a vector, but got shape: %s", what, tfg_shape_text(in[1], &a));
    if (in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s_shape should be a vector, but got shape: %s", what, tfg_shape_text(in[2], &a));
    if (in[2]->count != in[0]->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %s_shape.NumElements == #cols(%s_indices), their shapes are: %s and %s", what, what,
                        tfg_shape_text(in[2], &a), tfg_shape_text(in[0], &b));
    return 0;
}

static int check(TfgTensor *const *in, TfgStatus *s)
{
    static const char *const names[] = {"hypothesis", "truth"};
    for (int k = 0; k < 6; k++)         /* ranks of both before sizes of either */
        if (in[k]->rank != (k % 3 == 0 ? 2 : 1))
            return check_part(in + k / 3 * 3, names[k / 3], s);
    for (int k = 0; k < 2; k++)
        if (check_part(in + 3 * k, names[k], s) < 0)
            return -1;
    if (in[5]->count < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input SparseTensors must have rank at least 2, but truth_shape rank is: %lld",
                        (long long)in[5]->count);
    if (in[2]->count != in[5]->count || in[2]->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected hypothesis and truth to have matching ranks, but got: %lld and %lld",
                        (long long)in[2]->count, (long long)in[5]->count);
    return tfg_sparse_check_sizes(in[0], in[1], in[2], s) < 0 ? -1 : tfg_sparse_check_sizes(in[3], in[4], in[5], s);
}

typedef struct Sequences {
    const TfgTensor *indices, *values;
    const int64_t *order;
    const uint64_t *codes;      /* in the order, where equal values have equal bits; or NULL */
    int64_t begin, end;         /* of the present sequence, in the order */
} Sequences;

static const int64_t *key(const Sequences *q) { return tfg_index_row(q->indices, q->order[q->begin]); }

static void find_end(Sequences *q)
{
    int64_t rank = q->indices->dims[1] - 1;
    for (q->end = q->begin; q->end < q->values->count; q->end++)
        if (tfg_compare_rows(key(q), tfg_index_row(q->indices, q->order[q->end]), rank) != 0)
            break;
}

static bool has_codes(TfgDType d)
{
    return d != TFG_STRING && d != TFG_FLOAT && d != TFG_DOUBLE && d != TFG_HALF && d != TFG_BFLOAT16 && tfg_dtype_size(d) <= 8 && d != TFG_COMPLEX64;
}

static void fill_codes(const Sequences *q, uint64_t *codes)
{
    size_t size = tfg_dtype_size(q->values->dtype);
    for (int64_t i = 0; i < q->values->count; i++) {
        codes[i] = 0;
        memcpy(&codes[i], tfg_at(q->values, q->order[i]), size);
    }
}

/* The same of codes. */
static int64_t distance_of_codes(const uint64_t *x, int64_t m, const uint64_t *y, int64_t n, int64_t *row)
{
    for (int64_t i = 0; i < m; i++) {
        int64_t before = row[0]++, left = row[0];
        uint64_t code = x[i];
        for (int64_t j = 0; j < n; j++) {
            int64_t replaced = before + (code != y[j]);
            before = row[j + 1];
            int64_t shorter = (left < before ? left : before) + 1;
            row[j + 1] = left = replaced < shorter ? replaced : shorter;
        }
    }
    return row[n];
}

/* row[j]: distance between what of x has been looked at and the first j elements of y. */
static int64_t distance(const Sequences *x, const Sequences *y, int64_t *row)
{
    int64_t n = y->end - y->begin;
    for (int64_t j = 0; j <= n; j++)
        row[j] = j;
    if (x->codes && y->codes)
        return distance_of_codes(x->codes + x->begin, x->end - x->begin, y->codes + y->begin, n, row);
    for (int64_t i = x->begin; i < x->end; i++) {
        int64_t before = row[0]++;
        for (int64_t j = 0; j < n; j++) {
            int64_t replaced = before + !equal(x->values, x->order[i], y->values, y->order[y->begin + j]);
            int64_t shorter = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            before = row[j + 1];
            row[j + 1] = replaced < shorter ? replaced : shorter;
        }
    }
    return row[n];
}

static int64_t place(const TfgTensor *out, const int64_t *at)
{
    int64_t i = 0;
    for (int d = 0; d < out->rank; d++) {
        if (at[d] < 0 || at[d] >= out->dims[d])
            return -1;
        i = i * out->dims[d] + at[d];
    }
    return i;
}

static int compare_all(Sequences *x, Sequences *y, bool normalize, int64_t *row, TfgTensor *out, TfgStatus *s)
{
    while (x->begin < x->values->count || y->begin < y->values->count) {
        int order = x->begin == x->values->count ? 1 : y->begin == y->values->count ? -1 : tfg_compare_rows(key(x), key(y), out->rank);
        int64_t at = place(out, key(order <= 0 ? x : y));
        if (at < 0)                     /* 1.12.3 writes outside the output here */
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "An index is out of the bounds of its shape");
        find_end(x);
        find_end(y);
        float result;
        if (order < 0)
            result = normalize ? INFINITY : (float)(x->end - x->begin);
        else if (order > 0)
            result = normalize ? 1 : (float)(y->end - y->begin);
        else
            result = normalize ? (float)distance(x, y, row) / (float)(y->end - y->begin) : (float)distance(x, y, row);
        ((float *)out->data)[at] = result;
        if (order <= 0)
            x->begin = x->end;
        if (order >= 0)
            y->begin = y->end;
    }
    return 0;
}

static int run_edit_distance(TfgKernelCall *c, TfgStatus *s)
{
    if (check(c->in, s) < 0)
        return -1;
    int rank = (int)c->in[2]->count - 1;
    int64_t dims[TFG_MAX_RANK];
    for (int d = 0; d < rank; d++) {
        int64_t a = tfg_tensor_int(c->in[2], d), b = tfg_tensor_int(c->in[5], d);
        dims[d] = a > b ? a : b;
    }
    Sequences x = {.indices = c->in[0], .values = c->in[1]}, y = {.indices = c->in[3], .values = c->in[4]};
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    int64_t *row = out ? tfg_kernel_scratch(c, ((size_t)y.values->count + 2) * sizeof *row, s) : NULL;
    x.order = row ? tfg_sparse_sort(c, x.indices->data, x.values->count, rank + 1, s) : NULL;
    y.order = x.order ? tfg_sparse_sort(c, y.indices->data, y.values->count, rank + 1, s) : NULL;
    if (!y.order)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    if (has_codes(x.values->dtype)) {
        uint64_t *codes = tfg_kernel_scratch(c, ((size_t)x.values->count + (size_t)y.values->count + 1) * sizeof *codes, s);
        if (!codes)
            return -1;
        fill_codes(&x, codes);
        fill_codes(&y, codes + x.values->count);
        x.codes = codes;
        y.codes = codes + x.values->count;
    }
    return compare_all(&x, &y, tfg_attrs_bool(c->attrs, "normalize"), row, out, s);
}

static const TfgKernelRow rows[] = {
    {.op = "EditDistance", .flags = TFG_KERNEL_VALUE_SHAPE, .host_in = 4 | 32, .run = run_edit_distance},
};

const TfgKernelRow *tfg_kernels_edit_distance(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
