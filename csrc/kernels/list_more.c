/* Kernels of lists of tensors that versions after 1.12 brought: resizing, scattering by position, and elements one behind the other in
 * one tensor, whose sizes may differ. */
#include "kernels/list_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

static int give_or_drop(TfgKernelCall *c, TfgList *l, int rc, TfgStatus *s)
{
    if (rc == 0)
        return tfg_list_give_steal(c, 0, l, s);
    if (l)
        tfg_handle_unref(&l->base);
    return -1;
}

/* Cuts, or appends elements that are not set. */
static int set_length(TfgList *l, int64_t n, TfgStatus *s)
{
    if (tfg_list_fill_reserved(l, s) < 0)
        return -1;
    while (l->n > n)
        tfg_tensor_unref(l->items[--l->n]);
    while (l->n < n)
        if (tfg_list_append(l, NULL, s) < 0)
            return -1;
    return 0;
}

static int run_resize(TfgKernelCall *c, TfgStatus *s)
{
    int64_t n = c->in[1]->count == 1 ? tfg_tensor_int(c->in[1], 0) : -1;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l)
        return -1;
    if (n < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorListSlice expects size to be non-negative. Got: %lld", (long long)n);
    TfgList *own = tfg_list_own(c, l, s);
    return own ? give_or_drop(c, own, set_length(own, n, s), s) : -1;
}

/* ---- by position ---- */

/* How long a list has to be for the indices, and that there is a row for each of them. */
static int check_indices(const TfgTensor *rows, const TfgTensor *indices, int64_t *need, TfgStatus *s)
{
    *need = 0;
    if (rows->rank < 1 || indices->rank != 1 || indices->count != rows->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid number of rows in input tensor. Expected: %lld Actual: %lld", (long long)indices->count,
                        rows->rank < 1 ? 0LL : (long long)rows->dims[0]);
    for (int64_t k = 0; k < indices->count; k++) {
        int64_t i = tfg_tensor_int(indices, k);
        if (i < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices in TensorListScatter must all be non-negative.");
        *need = i + 1 > *need ? i + 1 : *need;
    }
    return 0;
}

static int set_rows(TfgList *l, const TfgTensor *rows, const TfgTensor *indices, TfgStatus *s)
{
    TfgShape shape;
    tfg_list_row_shape(rows, &shape);
    if (!tfg_shape_compatible(&l->shape, &shape))
        return tfg_list_fail_shapes("Specified a list with shape ", &l->shape, " from a tensor with shape ", &shape, s);
    for (int64_t k = 0; k < indices->count; k++) {
        int64_t i = tfg_tensor_int(indices, k);
        TfgTensor *row = tfg_list_row(rows, k, s);
        if (!row || tfg_list_note_depth(l, row, s) < 0) {
            tfg_tensor_unref(row);
            return -1;
        }
        tfg_tensor_unref(l->items[i]);
        l->items[i] = row;
    }
    return 0;
}

static int run_scatter_into(TfgKernelCall *c, TfgStatus *s)
{
    int64_t need;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0 || check_indices(c->in[1], c->in[2], &need, s) < 0)
        return -1;
    int64_t have = l->reserved > l->n ? l->reserved : l->n;
    TfgList *own = tfg_list_own(c, l, s);
    if (!own)
        return -1;
    int rc = set_length(own, need > have ? need : have, s);
    return give_or_drop(c, own, rc < 0 ? rc : set_rows(own, c->in[1], c->in[2], s), s);
}

static int run_scatter(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    int64_t need, n = c->in[3]->count == 1 ? tfg_tensor_int(c->in[3], 0) : -2;
    if (tfg_list_read_shape(c->in[2], &shape, s) < 0 || check_indices(c->in[0], c->in[1], &need, s) < 0)
        return -1;
    if (n < -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorListScatter expects num_elements >= -1, found: %lld", (long long)n);
    if (n >= 0 && need > n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorListScatter: Trying to scatter at index %lld in list with size %lld", (long long)(need - 1),
                        (long long)n);
    TfgList *l = tfg_list_new(tfg_list_element_dtype(c), &shape, s);
    if (!l)
        return -1;
    int rc = set_length(l, n >= 0 ? n : need, s);
    return give_or_drop(c, l, rc < 0 ? rc : set_rows(l, c->in[0], c->in[1], s), s);
}

/* ---- one behind the other ---- */

static int fail_scalars(TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat requires elements to be at least vectors, found scalars instead.");
}

static int merge_rest(TfgShape *element, const TfgShape *other, TfgStatus *s)
{
    TfgShape more;
    if (other->rank == 0)
        return fail_scalars(s);
    tfg_shape_copy(&more, other);
    if (more.rank > 0)
        more.dims[0] = -1;
    if (tfg_shape_merge(element, &more) == 0)
        return 0;
    return tfg_list_fail_shapes("Incompatible element shapes: ", element, " and ", &more, s);
}

/* The elements' shape but for its first size, which is *first where it is known for all of them, else -1. */
static int shape_of_all(const TfgKernelCall *c, const TfgList *l, TfgShape *element, int64_t *first, TfgStatus *s)
{
    TfgShape given;
    const TfgAttr *attr = tfg_attrs_find(c->attrs, "element_shape");
    if (attr)
        tfg_shape_from_dims(&given, attr->shape);
    else if (tfg_list_read_shape(c->in[1], &given, s) < 0)
        return -1;
    *first = given.rank > 0 ? given.dims[0] : -1;
    tfg_shape_set_unknown(element);
    if (merge_rest(element, &given, s) < 0 || merge_rest(element, &l->shape, s) < 0)
        return -1;
    if (*first < 0 && l->shape.rank > 0)
        *first = l->shape.dims[0];
    for (int64_t i = 0; i < l->n; i++) {
        TfgShape shape;
        if (!l->items[i])
            continue;
        tfg_tensor_shape(l->items[i], &shape);
        if (merge_rest(element, &shape, s) < 0)
            return -1;
    }
    for (int i = 1; i < element->rank; i++)
        if (element->dims[i] < 0)
            element->rank = -1;
    return element->rank > 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "All except the first dimension must be fully defined when concating an "
                                            "empty tensor list.");
}

/* Rows of element i; of one that is not set, what is known of all, or what `leading` says. */
static int64_t rows_of(const TfgList *l, int64_t i, int64_t first, const TfgTensor *leading)
{
    if (i < l->n && l->items[i])
        return l->items[i]->dims[0];
    return first >= 0 ? first : leading && i < leading->count ? tfg_tensor_int(leading, i) : -1;
}

static int read_lengths(TfgKernelCall *c, const TfgList *l, int64_t n, int64_t first, int64_t *total, TfgStatus *s)
{
    const TfgTensor *leading = c->n_in > 2 ? c->in[2] : NULL;
    TfgTensor *lengths = tfg_kernel_output(c, 1, 1, &n, s);
    *total = 0;
    for (int64_t i = 0; lengths && i < n; i++) {
        int64_t rows = rows_of(l, i, first, leading);
        if (rows < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "List contains uninitialized element at index %lld but leading_dims has only %lld elements.",
                            (long long)i, leading ? (long long)leading->count : 0LL);
        if (first >= 0 && rows != first)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concatenated elements must have %lld rows, and element %lld has %lld", (long long)first,
                            (long long)i, (long long)rows);
        if (__builtin_add_overflow(*total, rows, total))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements are too large to be concatenated");
        ((int64_t *)lengths->data)[i] = rows;
    }
    return lengths ? 0 : -1;
}

static int run_concat(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape element;
    int64_t first, total, at = 0;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0 || shape_of_all(c, l, &element, &first, s) < 0)
        return -1;
    int64_t n = l->reserved > l->n ? l->reserved : l->n, each = 1;
    if (read_lengths(c, l, n, first, &total, s) < 0)
        return -1;
    for (int i = 1; i < element.rank; i++)
        if (__builtin_mul_overflow(each, element.dims[i], &each))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements are too large to be concatenated");
    element.dims[0] = total;
    TfgTensor *out = tfg_kernel_output(c, 0, element.rank, element.dims, s);
    for (int64_t i = 0; out && i < n; i++) {
        const TfgTensor *item = i < l->n ? l->items[i] : NULL;
        int64_t count = ((const int64_t *)c->out[1]->data)[i] * each;
        if (item && item->dtype != out->dtype)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Element %lld of the list is of another type", (long long)i);
        if (!item)
            tfg_list_zero_elements(out, at, count);
        else if (tfg_copy_elements(out->dtype, tfg_at_mut(out, at), item->data, count, s) < 0)
            return -1;
        at += count;
    }
    return out ? 0 : -1;
}

static int check_split(const TfgTensor *t, const TfgTensor *lengths, TfgStatus *s)
{
    int64_t total = 0;
    TfgShapeText text;
    if (t->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor must be at least a vector, but saw shape: %s", tfg_shape_text(t, &text));
    if (lengths->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected lengths to be a vector, received shape: %s", tfg_shape_text(lengths, &text));
    for (int64_t i = 0; i < lengths->count; i++) {
        int64_t n = tfg_tensor_int(lengths, i);
        if (n < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid value in lengths: %lld", (long long)n);
        if (n > t->dims[0] - total)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attempting to slice [%lld, %lld] from tensor with length %lld", (long long)total,
                            (long long)n, (long long)t->dims[0]);
        total += n;
    }
    return total == t->dims[0] ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Unused values in tensor. Length of tensor: %lld Values used: %lld",
                                              (long long)t->dims[0], (long long)total);
}

static int append_pieces(TfgList *l, const TfgTensor *t, const TfgTensor *lengths, TfgStatus *s)
{
    int64_t at = 0, each = t->dims[0] ? t->count / t->dims[0] : 0, dims[TFG_MAX_RANK];
    memcpy(dims, t->dims, (size_t)t->rank * sizeof *dims);
    for (int64_t i = 0; i < lengths->count; i++) {
        dims[0] = tfg_tensor_int(lengths, i);
        TfgTensor *piece = tfg_tensor_new(t->dtype, t->rank, dims, s);
        if (piece && tfg_copy_elements(t->dtype, piece->data, tfg_at(t, at), dims[0] * each, s) < 0) {
            tfg_tensor_unref(piece);
            return -1;
        }
        if (tfg_list_append_steal(l, piece, s) < 0)
            return -1;
        at += dims[0] * each;
    }
    return 0;
}

static int run_split(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape, whole;
    if (tfg_list_read_shape(c->in[1], &shape, s) < 0 || check_split(c->in[0], c->in[2], s) < 0)
        return -1;
    tfg_tensor_shape(c->in[0], &whole);
    whole.dims[0] = -1;
    if (!tfg_shape_compatible(&shape, &whole))
        return tfg_list_fail_shapes("Specified a list with shape ", &shape, " from a tensor with shape ", &whole, s);
    TfgList *l = tfg_list_new(tfg_list_element_dtype(c), &shape, s);
    return l ? give_or_drop(c, l, append_pieces(l, c->in[0], c->in[2], s), s) : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "TensorListResize", .run = run_resize, .host_in = 2}, {.op = "TensorListScatterIntoExistingList", .run = run_scatter_into, .host_in = 4},
    {.op = "TensorListScatterV2", .run = run_scatter, .host_in = 14}, {.op = "TensorListSplit", .run = run_split, .host_in = 6},
    {.op = "TensorListConcat", .run = run_concat, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "TensorListConcatV2", .run = run_concat, .host_in = 6, .flags = TFG_KERNEL_VALUE_SHAPE},
};

int tfg_register_list_more(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
