/* Sparse tensors checked, and put in order. */
#include "kernels/sparse.h"

#include "base/status.h"
#include "base/str.h"

int tfg_sparse_check_sizes(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    if (indices->dims[0] != values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices and values rows (indexing dimension) must match. (indices = %lld, values = %lld)",
                        (long long)indices->dims[0], (long long)values->count);
    if (indices->dims[1] != shape->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Order length must be SparseTensor rank.");
    for (int64_t d = 0; d < shape->count; d++)      /* 1.12.3 ends the process here */
        if (tfg_tensor_int(shape, d) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)tfg_tensor_int(shape, d));
    return 0;
}

int tfg_sparse_check(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    TfgShapeText text;
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices should be a matrix but received shape %s", tfg_shape_text(indices, &text));
    if (values->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input values should be a vector but received shape %s", tfg_shape_text(values, &text));
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shape should be a vector but received shape %s", tfg_shape_text(shape, &text));
    return tfg_sparse_check_sizes(indices, values, shape, s);
}

static void write_numbers(TfgStr *text, const char *before, const int64_t *numbers, int64_t n)
{
    tfg_str_puts(text, before);
    for (int64_t d = 0; d < n && d < 16; d++)
        tfg_str_printf(text, "%s%lld", d ? "," : "", (long long)numbers[d]);
    tfg_str_puts(text, n > 16 ? ",...]" : "]");
}

static int fail_row(const TfgTensor *indices, int64_t i, const TfgTensor *shape, const char *what, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "indices[%lld] = ", (long long)i);
    write_numbers(&text, "[", tfg_index_row(indices, i), indices->dims[1]);
    if (!what)
        write_numbers(&text, " is out of bounds: need 0 <= index < [", shape->data, shape->count);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s", tfg_str_text(&text), what ? what : "");
    tfg_str_fini(&text);
    return -1;
}

int tfg_sparse_check_order(const TfgTensor *indices, const TfgTensor *shape, TfgStatus *s)
{
    const int64_t *sizes = shape->data;
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        const int64_t *row = tfg_index_row(indices, i);
        for (int64_t d = 0; d < indices->dims[1]; d++)
            if (row[d] < 0 || row[d] >= sizes[d])
                return fail_row(indices, i, shape, NULL, s);
        int order = i == 0 ? -1 : tfg_compare_rows(row - indices->dims[1], row, indices->dims[1]);
        if (order >= 0)
            return fail_row(indices, i, shape, order > 0 ? " is out of order" : " is repeated", s);
    }
    return 0;
}

/* Merges the sorted runs [a, b) and [b, e) of `from` into `to`. */
static void merge_runs(TfgCompareFn compare, const void *context, const int64_t *from, int64_t *to, int64_t a, int64_t b, int64_t e)
{
    for (int64_t i = a, j = b, k = a; k < e; k++) {
        bool left = j == e || (i < b && compare(context, from[i], from[j]) <= 0);
        to[k] = left ? from[i++] : from[j++];
    }
}

int64_t *tfg_sort_order(TfgKernelCall *c, int64_t n, TfgCompareFn compare, const void *context, TfgStatus *s)
{
    int64_t *from = tfg_kernel_scratch(c, ((size_t)n + 1) * sizeof *from, s), *to;
    bool sorted = true;
    if (!from)
        return NULL;
    for (int64_t i = 0; i < n; i++) {
        from[i] = i;
        sorted = sorted && (i == 0 || compare(context, i - 1, i) <= 0);
    }
    if (sorted)
        return from;
    if (!(to = tfg_kernel_scratch(c, ((size_t)n + 1) * sizeof *to, s)))
        return NULL;
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t a = 0; a < n; a += 2 * width)
            merge_runs(compare, context, from, to, a, a + width < n ? a + width : n, a + 2 * width < n ? a + 2 * width : n);
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

typedef struct Rows { const int64_t *rows; int64_t rank; } Rows;

static int compare_rows(const void *context, int64_t i, int64_t j)
{
    const Rows *r = context;
    return tfg_compare_rows(r->rows + i * r->rank, r->rows + j * r->rank, r->rank);
}

int64_t *tfg_sparse_sort(TfgKernelCall *c, const int64_t *rows, int64_t n, int64_t rank, TfgStatus *s)
{
    Rows r = {rows, rank};
    return tfg_sort_order(c, n, compare_rows, &r, s);
}

/* ---- Tensors joined, and taken apart --------------------------------------------------------------------------------------------- */

int tfg_sparse_write_joined(TfgKernelCall *c, int front, const int64_t *dims, const TfgSparseParts *p, TfgStatus *s)
{
    int64_t rank = front + p->rank, at = 0;
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){p->total, rank}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &p->total, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, &rank, s) : NULL;
    if (!shape)
        return -1;
    int64_t *sizes = shape->data;
    memcpy(sizes, dims, (size_t)front * sizeof *sizes);
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor *const *t = p->t + 3 * i;
        for (int64_t d = 0; d < p->rank; d++)
            sizes[front + d] = i == 0 || tfg_tensor_int(t[2], d) > sizes[front + d] ? tfg_tensor_int(t[2], d) : sizes[front + d];
        for (int64_t k = 0; k < t[1]->count; k++) {
            int64_t *to = (int64_t *)indices->data + (at + k) * rank, left = i;
            for (int64_t d = front - 1; d >= 0; d--) {
                to[d] = left % dims[d];
                left /= dims[d];
            }
            if (p->rank)
                memcpy(to + front, tfg_index_row(t[0], k), (size_t)p->rank * sizeof *to);
        }
        if (tfg_copy_elements(values->dtype, tfg_at_mut(values, at), t[1]->data, t[1]->count, s) < 0)
            return -1;
        at += t[1]->count;
    }
    return 0;
}

int tfg_sparse_check_rows(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    if (tfg_sparse_check(indices, values, shape, s) < 0)
        return -1;
    if (shape->count < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Rank of input SparseTensor should be > 1, but saw rank: %lld", (long long)shape->count);
    return tfg_sparse_check_order(indices, shape, s);
}

/* Elements `begin` to `end`, without their first index. */
static int cut_row(const TfgTensor *indices, const TfgTensor *values, int64_t begin, int64_t end, TfgTensor *parts[2], TfgStatus *s)
{
    int64_t n = end - begin, rank = indices->dims[1] - 1;
    parts[0] = tfg_tensor_new(TFG_INT64, 2, (int64_t[]){n, rank}, s);
    parts[1] = parts[0] ? tfg_tensor_new(values->dtype, 1, &n, s) : NULL;
    if (!parts[1])
        return -1;
    for (int64_t i = 0; i < n; i++)
        memcpy((int64_t *)parts[0]->data + i * rank, tfg_index_row(indices, begin + i) + 1, (size_t)rank * sizeof(int64_t));
    return n ? tfg_copy_elements(values->dtype, parts[1]->data, tfg_at(values, begin), n, s) : 0;
}

int tfg_sparse_each_row(const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgSparseRowFn each, void *context,
                        TfgStatus *s)
{
    int64_t n = tfg_tensor_int(shape, 0), rank = shape->count - 1;
    TfgTensor *rest = tfg_tensor_new(TFG_INT64, 1, &rank, s);
    int rc = rest ? 0 : -1;
    if (rest)
        memcpy(rest->data, (const int64_t *)shape->data + 1, tfg_tensor_nbytes(rest));
    for (int64_t row = 0, begin = 0, end; rc == 0 && row < n; row++, begin = end) {
        TfgTensor *parts[3] = {NULL, NULL, rest};
        for (end = begin; end < indices->dims[0] && tfg_index_row(indices, end)[0] == row; end++)
            ;
        rc = cut_row(indices, values, begin, end, parts, s) < 0 ? -1 : each(context, row, parts, s);
        tfg_tensor_unref(parts[0]);
        tfg_tensor_unref(parts[1]);
    }
    tfg_tensor_unref(rest);
    return rc;
}
