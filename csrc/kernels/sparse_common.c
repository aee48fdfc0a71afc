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
