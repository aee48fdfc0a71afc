/* Kernels of lists of tensors.  A list is a value: an op that changes one makes another, in place where nobody else has the first.
 *
 * Nodes of versions after 1.12 have one more input, the elements' shape, and there a list that was reserved has as many elements from
 * the start: zeros, until they are set.  In 1.12 it is empty, and setting an element of it an error. */
#include "kernels/list.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/list_parts.h"
#include "kernels/util.h"

#define LIST_TYPE "TensorList"

static void list_free(TfgHandle *h)
{
    TfgList *l = (TfgList *)h;
    for (int64_t i = 0; i < l->n; i++)
        tfg_tensor_unref(l->items[i]);
    tfg_free(l->items);
    tfg_free(l);
}

TfgList *tfg_list_new(TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    TfgList *l = tfg_calloc(1, sizeof *l);
    if (!l) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&l->base.refs, 1);
    l->base.free = list_free;
    l->base.type_name = LIST_TYPE;
    l->dtype = dtype;
    l->most = -1;
    tfg_shape_copy(&l->shape, shape);
    return l;
}

enum { MAX_NESTING = 1000 };

int tfg_list_note_depth(TfgList *l, const TfgTensor *t, TfgStatus *s)
{
    for (int64_t i = 0; t && t->dtype == TFG_VARIANT && i < t->count; i++) {
        const TfgHandle *h = ((TfgHandle **)t->data)[i];
        if (h && strcmp(h->type_name, LIST_TYPE) == 0 && ((const TfgList *)h)->depth >= l->depth)
            l->depth = ((const TfgList *)h)->depth + 1;
    }
    return l->depth <= MAX_NESTING ? 0 : tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "Lists are nested more than %d deep", MAX_NESTING);
}

int tfg_list_append(TfgList *l, TfgTensor *t, TfgStatus *s)
{
    if (tfg_list_note_depth(l, t, s) < 0)
        return -1;
    if (tfg_grow((void **)&l->items, &l->capacity, (size_t)l->n + 1, sizeof t) < 0)
        return tfg_fail_memory(s);
    l->items[l->n++] = t ? tfg_tensor_ref(t) : NULL;
    return 0;
}

int tfg_list_append_steal(TfgList *l, TfgTensor *t, TfgStatus *s)
{
    if (t && tfg_list_note_depth(l, t, s) == 0 && tfg_grow((void **)&l->items, &l->capacity, (size_t)l->n + 1, sizeof t) == 0) {
        l->items[l->n++] = t;
        return 0;
    }
    tfg_tensor_unref(t);
    return s->code ? -1 : tfg_fail_memory(s);
}

static int append_all(TfgList *l, const TfgList *from, TfgStatus *s)
{
    for (int64_t i = 0; i < from->n; i++)
        if (tfg_list_append(l, from->items[i], s) < 0)
            return -1;
    return 0;
}

static TfgList *list_copy(const TfgList *l, TfgStatus *s)
{
    TfgList *copy = tfg_list_new(l->dtype, &l->shape, s);
    if (copy) {
        copy->reserved = l->reserved;
        copy->most = l->most;
    }
    if (copy && append_all(copy, l, s) == 0)
        return copy;
    if (copy)
        tfg_handle_unref(&copy->base);
    return NULL;
}

/* ---- in and out of tensors ---- */

static TfgList *list_at(const TfgTensor *t, int64_t i, TfgStatus *s)
{
    TfgHandle *h = t->dtype == TFG_VARIANT && i < t->count ? ((TfgHandle **)t->data)[i] : NULL;
    if (h && strcmp(h->type_name, LIST_TYPE) == 0)
        return (TfgList *)h;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Input handle is not a list. Saw: '%s'", h ? h->type_name : "<unknown type>");
    return NULL;
}

TfgList *tfg_list_take(TfgKernelCall *c, int i, TfgStatus *s)
{
    if (c->in[i]->count == 1)
        return list_at(c->in[i], 0, s);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "A list is a scalar, and the tensor has %lld elements", (long long)c->in[i]->count);
    return NULL;
}

int tfg_list_give_steal(TfgKernelCall *c, int i, TfgList *l, TfgStatus *s)
{
    TfgTensor *t = l ? tfg_tensor_new(TFG_VARIANT, 0, NULL, s) : NULL;
    if (!t) {
        if (l)
            tfg_handle_unref(&l->base);
        return -1;
    }
    *(TfgHandle **)t->data = &l->base;
    c->out[i] = t;
    return 0;
}

/* Input 0's list, to be changed: itself where it dies with this call, else a copy.  A new reference. */
TfgList *tfg_list_own(TfgKernelCall *c, TfgList *l, TfgStatus *s)
{
    bool only = tfg_kernel_input_dies(c, 0) && atomic_load_explicit(&l->base.refs, memory_order_acquire) == 1;
    return only ? (TfgList *)tfg_handle_ref(&l->base) : list_copy(l, s);
}

TfgDType tfg_list_element_dtype(const TfgKernelCall *c) { return tfg_attrs_type(c->attrs, "element_dtype"); }

int tfg_list_check_dtype(const TfgKernelCall *c, const TfgList *l, TfgStatus *s)
{
    if (l->dtype == tfg_list_element_dtype(c))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid data types; op elements %s but list elements %s", tfg_dtype_signature_name(tfg_list_element_dtype(c)),
                    tfg_dtype_signature_name(l->dtype));
}

/* A shape given as a tensor: -1 as a scalar is any. */
int tfg_list_read_shape(const TfgTensor *t, TfgShape *shape, TfgStatus *s)
{
    if (t->rank == 0) {
        tfg_shape_set_unknown(shape);
        return tfg_tensor_int(t, 0) == -1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "The only valid scalar shape tensor is the fully unknown shape "
                                                         "specified as -1.");
    }
    if (t->rank != 1 || t->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "An element shape must be a vector of at most %d sizes", TFG_MAX_RANK);
    tfg_shape_set_scalar(shape);
    for (int64_t i = 0; i < t->count; i++) {
        int64_t n = tfg_tensor_int(t, i);
        if (n < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)n);
        shape->dims[shape->rank++] = n;
    }
    return 0;
}

int tfg_list_fail_shapes(const char *before, const TfgShape *a, const char *between, const TfgShape *b, TfgStatus *s)
{
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
    tfg_shape_format(a, &x);
    if (b)
        tfg_shape_format(b, &y);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s%s%s", before, tfg_str_text(&x), between, tfg_str_text(&y));
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    return -1;
}

/* What the list and, in nodes of later versions, input `given` say of the elements' shape. */
static int known_shape(const TfgKernelCall *c, const TfgList *l, int given, TfgShape *shape, TfgStatus *s)
{
    TfgShape more;
    tfg_shape_copy(shape, &l->shape);
    if (c->n_in <= given)
        return 0;
    if (tfg_list_read_shape(c->in[given], &more, s) < 0)
        return -1;
    if (tfg_shape_merge(shape, &more) == 0)
        return 0;
    return tfg_list_fail_shapes("Incompatible shapes of elements, of a list and as asked for: ", &l->shape, " and ", &more, s);
}

/* The shape that all elements have; of a list of which not enough was said, the first one's. */
static int find_element_shape(const TfgKernelCall *c, const TfgList *l, int given, TfgShape *shape, TfgStatus *s)
{
    if (known_shape(c, l, given, shape, s) < 0)
        return -1;
    for (int64_t i = 0; i < l->n && !tfg_shape_is_full(shape) && (shape->rank < 0 || c->n_in > given); i++) {
        TfgShape first;
        if (!l->items[i])
            continue;
        tfg_tensor_shape(l->items[i], &first);
        if (tfg_shape_merge(shape, &first) == 0)
            break;
    }
    return tfg_shape_is_full(shape) ? 0 : tfg_list_fail_shapes("Tried to stack elements from a list with non-fully-defined shape: ", shape, "", NULL, s);
}

/* How many elements there are for a node: nodes of later versions, which have an input `given`, count those that were reserved. */
static int64_t length_for(const TfgKernelCall *c, const TfgList *l, int given) { return c->n_in > given && l->reserved > l->n ? l->reserved : l->n; }

/* Element i, a new reference; zeros where it was not set. */
static TfgTensor *item_at(const TfgKernelCall *c, const TfgList *l, int64_t i, int given, TfgStatus *s)
{
    TfgShape shape;
    if (i < l->n && l->items[i])
        return tfg_tensor_ref(l->items[i]);
    if (known_shape(c, l, given, &shape, s) < 0)
        return NULL;
    if (tfg_shape_is_full(&shape))
        return tfg_tensor_new_zeros(l->dtype, shape.rank, shape.dims, s);
    tfg_list_fail_shapes("Trying to read an uninitialized element, and its shape is not fully known: ", &shape, "", NULL, s);
    return NULL;
}

/* Makes what was reserved elements that are not set. */
int tfg_list_fill_reserved(TfgList *l, TfgStatus *s)
{
    while (l->n < l->reserved)
        if (tfg_list_append(l, NULL, s) < 0)
            return -1;
    l->reserved = 0;
    return 0;
}

/* ---- making and asking ---- */

static int run_empty(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    if (tfg_list_read_shape(c->in[0], &shape, s) < 0)
        return -1;
    if (c->n_in > 1 && c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_num_elements must be a scalar");
    TfgList *l = tfg_list_new(tfg_list_element_dtype(c), &shape, s);
    if (l && c->n_in > 1)
        l->most = tfg_tensor_int(c->in[1], 0);
    return l ? tfg_list_give_steal(c, 0, l, s) : -1;
}

static int run_reserve(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    if (tfg_list_read_shape(c->in[0], &shape, s) < 0)
        return -1;
    if (c->in[1]->rank != 0 || tfg_tensor_int(c->in[1], 0) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The num_elements to reserve must be a non negative scalar");
    TfgList *l = tfg_list_new(tfg_list_element_dtype(c), &shape, s);
    if (l)
        l->reserved = tfg_tensor_int(c->in[1], 0);
    return l ? tfg_list_give_steal(c, 0, l, s) : -1;
}

static int run_length(TfgKernelCall *c, TfgStatus *s)
{
    TfgList *l = tfg_list_take(c, 0, s);
    TfgTensor *out = l ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out)
        *(int32_t *)out->data = l->n > INT32_MAX ? INT32_MAX : (int32_t)l->n;
    return out ? 0 : -1;
}

static int run_element_shape(TfgKernelCall *c, TfgStatus *s)
{
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l)
        return -1;
    int64_t rank = l->shape.rank;
    TfgTensor *out = tfg_kernel_output(c, 0, rank < 0 ? 0 : 1, &rank, s);
    for (int64_t i = 0; out && i < out->count; i++) {
        int64_t n = rank < 0 ? -1 : l->shape.dims[i];
        if (out->dtype == TFG_INT64)
            ((int64_t *)out->data)[i] = n;
        else
            ((int32_t *)out->data)[i] = (int32_t)n;
    }
    return out ? 0 : -1;
}

/* ---- at the end ---- */

static int check_push(const TfgList *l, const TfgShape *shape, const char *where, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    if (tfg_shape_compatible(&l->shape, shape))
        return 0;
    tfg_str_printf(&text, "Tried to append a tensor with incompatible shape to a list%s. Op element shape: ", where);
    tfg_list_fail_shapes(tfg_str_text(&text), shape, " list shape: ", &l->shape, s);
    tfg_str_fini(&text);
    return -1;
}

static int run_push_back(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0)
        return -1;
    tfg_tensor_shape(c->in[1], &shape);
    if (check_push(l, &shape, "", s) < 0)
        return -1;
    if (l->most >= 0 && l->n >= l->most)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tried to push item into a full list list size: %lld max_num_elements: %lld", (long long)l->n,
                        (long long)l->most);
    TfgList *own = tfg_list_own(c, l, s);
    if (own)
        own->reserved = 0;
    if (own && tfg_list_append_steal(own, tfg_kernel_keep(c, 1, s), s) == 0)
        return tfg_list_give_steal(c, 0, own, s);
    if (own)
        tfg_handle_unref(&own->base);
    return -1;
}

static int run_pop_back(TfgKernelCall *c, TfgStatus *s)
{
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0)
        return -1;
    int64_t n = length_for(c, l, 1);
    if (n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to pop from an empty list.");
    TfgTensor *item = item_at(c, l, n - 1, 1, s);
    TfgList *own = item ? tfg_list_own(c, l, s) : NULL;
    if (!own || (n > own->n && tfg_list_fill_reserved(own, s) < 0)) {
        tfg_tensor_unref(item);
        if (own)
            tfg_handle_unref(&own->base);
        return -1;
    }
    tfg_tensor_unref(own->items[--own->n]);
    c->out[1] = item;
    return tfg_list_give_steal(c, 0, own, s);
}

TfgTensor *tfg_list_row(const TfgTensor *t, int64_t i, TfgStatus *s)
{
    int64_t each = t->dims[0] ? t->count / t->dims[0] : 0;
    TfgTensor *row = tfg_tensor_new(t->dtype, t->rank - 1, t->dims + 1, s);
    if (row && tfg_copy_elements(t->dtype, row->data, tfg_at(t, i * each), each, s) < 0) {
        tfg_tensor_unref(row);
        row = NULL;
    }
    return row;
}

void tfg_list_row_shape(const TfgTensor *t, TfgShape *shape)
{
    tfg_tensor_shape(t, shape);
    shape->rank--;
    for (int i = 0; i < shape->rank; i++)
        shape->dims[i] = shape->dims[i + 1];
}

static TfgList *pushed(TfgKernelCall *c, int64_t i, TfgStatus *s)
{
    TfgShape shape;
    char where[48];
    TfgList *l = list_at(c->in[0], i, s), *copy;
    if (!l)
        return NULL;
    if (l->dtype != tfg_list_element_dtype(c)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid data type at index %lld; op elements %s but list elements %s", (long long)i,
                 tfg_dtype_signature_name(tfg_list_element_dtype(c)), tfg_dtype_signature_name(l->dtype));
        return NULL;
    }
    tfg_list_row_shape(c->in[1], &shape);
    snprintf(where, sizeof where, " at index %lld", (long long)i);
    if (check_push(l, &shape, where, s) < 0 || !(copy = list_copy(l, s)))
        return NULL;
    if (tfg_list_append_steal(copy, tfg_list_row(c->in[1], i, s), s) == 0)
        return copy;
    tfg_handle_unref(&copy->base);
    return NULL;
}

/* Row i of the tensor to list i. */
static int run_push_back_batch(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *lists = c->in[0], *rows = c->in[1];
    if (rows->rank < 1 || rows->dims[0] != lists->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "There must be as many rows as lists: %lld and %lld", rows->rank < 1 ? 0LL : (long long)rows->dims[0],
                        (long long)lists->count);
    TfgTensor *out = tfg_tensor_new(TFG_VARIANT, lists->rank, lists->dims, s);
    for (int64_t i = 0; out && i < lists->count; i++) {
        TfgList *l = pushed(c, i, s);
        if (!l) {
            tfg_tensor_unref(out);
            return -1;
        }
        ((TfgHandle **)out->data)[i] = &l->base;
    }
    c->out[0] = out;
    return out ? 0 : -1;
}

/* ---- by index ---- */

static int read_index(const TfgKernelCall *c, int64_t n, const char *doing, int64_t *i, TfgStatus *s)
{
    if (c->in[1]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "An index must be a scalar");
    *i = tfg_tensor_int(c->in[1], 0);
    if (*i >= 0 && *i < n)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to %s element %lld in a list with %lld elements.", doing, (long long)*i, (long long)n);
}

static int run_get_item(TfgKernelCall *c, TfgStatus *s)
{
    int64_t i = 0;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0 || read_index(c, length_for(c, l, 2), "access", &i, s) < 0)
        return -1;
    c->out[0] = item_at(c, l, i, 2, s);
    return c->out[0] ? 0 : -1;
}

static int run_set_item(TfgKernelCall *c, TfgStatus *s)
{
    int64_t i = 0;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0)
        return -1;
    const TfgAttr *grows = tfg_attrs_find(c->attrs, "resize_if_index_out_of_bounds");
    int64_t n = l->reserved > l->n ? l->reserved : l->n;
    if (read_index(c, grows && grows->b ? INT32_MAX : n, "modify", &i, s) < 0)
        return -1;
    TfgList *own = tfg_list_own(c, l, s);
    if (own && i >= n)
        own->reserved = i + 1;
    TfgTensor *item = own && tfg_list_fill_reserved(own, s) == 0 ? tfg_kernel_keep(c, 2, s) : NULL;
    if (!item || tfg_list_note_depth(own, item, s) < 0) {
        tfg_tensor_unref(item);
        if (own)
            tfg_handle_unref(&own->base);
        return -1;
    }
    tfg_tensor_unref(own->items[i]);
    own->items[i] = item;
    return tfg_list_give_steal(c, 0, own, s);
}

/* ---- tensors of elements ---- */

/* Strings and handles are empty from the start. */
void tfg_list_zero_elements(TfgTensor *out, int64_t first, int64_t n)
{
    if (n > 0 && out->dtype != TFG_STRING && out->dtype != TFG_VARIANT && out->dtype != TFG_RESOURCE)
        memset(tfg_at_mut(out, first), 0, (size_t)n * tfg_dtype_size(out->dtype));
}

static int stack_items(TfgKernelCall *c, const TfgList *l, const TfgShape *element, const TfgTensor *indices, int64_t n, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK + 1] = {n}, each = tfg_shape_count(element);
    if (each < 0 || element->rank >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements are too large to be stacked");
    for (int i = 0; i < element->rank; i++)
        dims[i + 1] = element->dims[i];
    TfgTensor *out = tfg_kernel_output(c, 0, element->rank + 1, dims, s);
    for (int64_t k = 0; out && k < n; k++) {
        int64_t i = indices ? tfg_tensor_int(indices, k) : k;
        const TfgTensor *item = i < l->n ? l->items[i] : NULL;
        TfgShape shape;
        if (!item) {
            tfg_list_zero_elements(out, k * each, each);
            continue;
        }
        tfg_tensor_shape(item, &shape);
        if (!tfg_shape_equal(&shape, element) || item->dtype != out->dtype)         /* SetItem does not look at shapes */
            return tfg_list_fail_shapes("Tensor with invalid shape in list. List element shape shape: ", element, " and tensor shape: ", &shape, s);
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, k * each), item->data, each, s) < 0)
            return -1;
    }
    return out ? 0 : -1;
}

static int run_stack(TfgKernelCall *c, TfgStatus *s)
{
    int64_t n = tfg_attrs_int(c->attrs, "num_elements");
    TfgShape element;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0 || find_element_shape(c, l, 1, &element, s) < 0)
        return -1;
    int64_t have = length_for(c, l, 1);
    if (n >= 0 && n != have)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Operation expected a list with %lld elements but got a list with %lld elements.", (long long)n,
                        (long long)have);
    return stack_items(c, l, &element, NULL, have, s);
}

static int run_gather(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape element;
    TfgList *l = tfg_list_take(c, 0, s);
    if (!l || tfg_list_check_dtype(c, l, s) < 0 || find_element_shape(c, l, 2, &element, s) < 0)
        return -1;
    int64_t n = length_for(c, l, 2);
    for (int64_t k = 0; k < c->in[1]->count; k++) {
        int64_t i = tfg_tensor_int(c->in[1], k);
        if (i < 0 || i >= n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index %lld out o range; list only has %lld elements.", (long long)i, (long long)n);
    }
    return stack_items(c, l, &element, c->in[1], c->in[1]->count, s);
}

/* A list with rows of a tensor: all of them, or those of the indices. */
static int from_rows(TfgKernelCall *c, const TfgTensor *indices, const TfgTensor *given, TfgStatus *s)
{
    const TfgTensor *t = c->in[0];
    TfgShape shape, rows;
    TfgShapeText text;
    if (t->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor must be at least a vector, but saw shape: %s", tfg_shape_text(t, &text));
    if (tfg_list_read_shape(given, &shape, s) < 0)
        return -1;
    tfg_list_row_shape(t, &rows);
    if (!tfg_shape_compatible(&shape, &rows))
        return tfg_list_fail_shapes("Specified a list with shape ", &shape, " from a tensor with shape ", &rows, s);
    TfgList *l = tfg_list_new(tfg_list_element_dtype(c), &shape, s);
    int64_t n = indices ? indices->count : t->dims[0];
    for (int64_t k = 0; l && k < n; k++) {
        int64_t i = indices ? tfg_tensor_int(indices, k) : k;
        if (i < 0 || i >= t->dims[0])
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to scatter index %lld from tensor with %lld rows.", (long long)i, (long long)t->dims[0]);
        if (s->code || tfg_list_append_steal(l, tfg_list_row(t, i, s), s) < 0) {
            tfg_handle_unref(&l->base);
            return -1;
        }
    }
    return l ? tfg_list_give_steal(c, 0, l, s) : -1;
}

static int run_from_tensor(TfgKernelCall *c, TfgStatus *s) { return from_rows(c, NULL, c->in[1], s); }
static int run_scatter(TfgKernelCall *c, TfgStatus *s) { return from_rows(c, c->in[1], c->in[2], s); }

/* ---- two lists ---- */

static TfgList *joined(TfgKernelCall *c, int64_t i, TfgStatus *s)
{
    const TfgList *a = list_at(c->in[0], i, s), *b = a ? list_at(c->in[1], i, s) : NULL;
    if (!b)
        return NULL;
    if (a->dtype != tfg_list_element_dtype(c) || b->dtype != tfg_list_element_dtype(c)) {
        bool second = a->dtype == tfg_list_element_dtype(c);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "input_%c[%lld].dtype != element_dtype.  Saw: %s vs. %s", second ? 'b' : 'a', (long long)i,
                 tfg_dtype_signature_name((second ? b : a)->dtype), tfg_dtype_signature_name(tfg_list_element_dtype(c)));
        return NULL;
    }
    if (!tfg_shape_equal(&a->shape, &b->shape)) {
        char what[112];
        snprintf(what, sizeof what, "input_a and input_b TensorList element shapes are not identical at index %lld.  Saw ", (long long)i);
        tfg_list_fail_shapes(what, &a->shape, " vs. ", &b->shape, s);
        return NULL;
    }
    TfgList *l = list_copy(a, s);
    if (!l || append_all(l, b, s) == 0)
        return l;
    tfg_handle_unref(&l->base);
    return NULL;
}

static int run_concat_lists(TfgKernelCall *c, TfgStatus *s)
{
    if (!tfg_tensor_same_shape(c->in[0], c->in[1]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Lists to be joined must be of the same shape");
    TfgTensor *out = tfg_tensor_new(TFG_VARIANT, c->in[0]->rank, c->in[0]->dims, s);
    for (int64_t i = 0; out && i < c->in[0]->count; i++) {
        TfgList *l = joined(c, i, s);
        if (!l) {
            tfg_tensor_unref(out);
            return -1;
        }
        ((TfgHandle **)out->data)[i] = &l->base;
    }
    c->out[0] = out;
    return out ? 0 : -1;
}

/* ---- as numbers: zeros and sums, element by element ---- */

static TfgTensor *zeros_of_lists(const TfgTensor *t, TfgStatus *s);

static TfgList *zeros_of(const TfgList *l, TfgStatus *s)
{
    TfgList *zeros = tfg_list_new(l->dtype, &l->shape, s);
    if (zeros)
        zeros->reserved = l->reserved;
    for (int64_t i = 0; zeros && i < l->n; i++) {
        const TfgTensor *t = l->items[i];
        TfgTensor *item = !t ? NULL : t->dtype == TFG_VARIANT ? zeros_of_lists(t, s)
                                                              : tfg_tensor_new_zeros(l->dtype, t->rank, t->dims, s);
        if ((t ? tfg_list_append_steal(zeros, item, s) : tfg_list_append(zeros, NULL, s)) < 0) {
            tfg_handle_unref(&zeros->base);
            return NULL;
        }
    }
    return zeros;
}

static TfgTensor *zeros_of_lists(const TfgTensor *t, TfgStatus *s)
{
    TfgTensor *out = tfg_tensor_new(TFG_VARIANT, t->rank, t->dims, s);
    for (int64_t i = 0; out && i < out->count; i++) {
        const TfgList *l = list_at(t, i, s);
        TfgList *zeros = l ? zeros_of(l, s) : NULL;
        if (!zeros) {
            tfg_tensor_unref(out);
            return NULL;
        }
        ((TfgHandle **)out->data)[i] = &zeros->base;
    }
    return out;
}

int tfg_lists_zeros_like(TfgKernelCall *c, TfgStatus *s)
{
    c->out[0] = zeros_of_lists(c->in[0], s);
    return c->out[0] ? 0 : -1;
}

static int add_into(TfgList *sum, const TfgList *l, TfgStatus *s)
{
    TfgNamedAttr items[] = {{"N", TFG_A_INT(2)}, {"T", TFG_A_TYPE(sum->dtype)}};
    TfgAttrs attrs = {.items = items, .n = 2};
    const TfgOpDef *def = tfg_load_op_def("AddN", s);
    if (!def)
        return -1;
    if (sum->dtype != l->dtype)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to add two lists of tensors of different dtypes. One is %s and the other is %s",
                        tfg_dtype_signature_name(sum->dtype), tfg_dtype_signature_name(l->dtype));
    if (sum->n != l->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to add two lists of tensors with different lengths. One is %lld and the other is %lld",
                        (long long)sum->n, (long long)l->n);
    if (!tfg_shape_compatible(&sum->shape, &l->shape))
        return tfg_list_fail_shapes("Trying to add two lists of tensors with incompatible element shapes. One is ", &sum->shape, " and the other is ",
                        &l->shape, s);
    if (l->depth > sum->depth)
        sum->depth = l->depth;
    for (int64_t i = 0; i < l->n; i++) {
        TfgTensor *in[2] = {sum->items[i], l->items[i]}, *out = NULL;
        if (!in[0] && in[1])
            sum->items[i] = tfg_tensor_ref(in[1]);
        if (!in[0] || !in[1])
            continue;
        if (tfg_kernel_run_once(def, "AddN", &attrs, in, 2, &out, 1, s) < 0)
            return -1;
        tfg_tensor_unref(sum->items[i]);
        sum->items[i] = out;
    }
    return 0;
}

static int run_add_lists(TfgKernelCall *c, TfgStatus *s)
{
    TfgList *first = tfg_list_take(c, 0, s), *sum = first ? list_copy(first, s) : NULL;
    for (int k = 1; sum && k < c->n_in; k++) {
        const TfgList *l = tfg_list_take(c, k, s);
        if (!l || add_into(sum, l, s) < 0) {
            tfg_handle_unref(&sum->base);
            return -1;
        }
    }
    return sum ? tfg_list_give_steal(c, 0, sum, s) : -1;
}

#define BY_VALUE .flags = TFG_KERNEL_VALUE_SHAPE

static const TfgKernelRow rows[] = {
    {.op = "AddN", TFG_FOR(TFG_VARIANT), .run = run_add_lists},
    {.op = "EmptyTensorList", .run = run_empty, .host_in = 3}, {.op = "TensorListReserve", .run = run_reserve, .host_in = 3},
    {.op = "TensorListLength", .run = run_length}, {.op = "TensorListElementShape", .run = run_element_shape, BY_VALUE},
    {.op = "TensorListPushBack", .run = run_push_back}, {.op = "TensorListPopBack", .run = run_pop_back, .host_in = 2, BY_VALUE},
    {.op = "TensorListPushBackBatch", .run = run_push_back_batch}, {.op = "TensorListGetItem", .run = run_get_item, .host_in = 6, BY_VALUE},
    {.op = "TensorListSetItem", .run = run_set_item, .host_in = 2}, {.op = "TensorListStack", .run = run_stack, .host_in = 2, BY_VALUE},
    {.op = "TensorListGather", .run = run_gather, .host_in = 6, BY_VALUE}, {.op = "TensorListFromTensor", .run = run_from_tensor, .host_in = 2},
    {.op = "TensorListScatter", .run = run_scatter, .host_in = 6}, {.op = "TensorListConcatLists", .run = run_concat_lists},
};

int tfg_register_kernels_list(TfgStatus *s);
int tfg_register_kernels_list(TfgStatus *s)
{
    return tfg_register_list_more(s) < 0 ? -1 : tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
