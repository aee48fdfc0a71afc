/* Lists of tensors as values: variants.  Signatures and shapes; the handle knows the elements' dtype and shape. */
#include "ops/common.h"

static const TfgHandleInfo *handle_of(const TfgShapeCall *c, int i) { return c->in_handle && c->in_handle[i] && c->in_handle[i]->n == 1 ? c->in_handle[i] : NULL; }

static int give_handle(TfgShapeCall *c, int out, const TfgShape *shape, TfgDType dtype, TfgStatus *s)
{
    TfgHandleInfo *info = tfg_arena_alloc(c->arena, sizeof *info);
    const TfgDims **shapes = tfg_arena_alloc(c->arena, sizeof *shapes);
    TfgDType *dtypes = tfg_arena_alloc(c->arena, sizeof *dtypes);
    if (!info || !shapes || !dtypes)
        return tfg_fail_memory(s);
    dtypes[0] = dtype;
    shapes[0] = tfg_dims_new(c->arena, shape);
    if (!shapes[0] && shape->rank >= 0)
        return tfg_fail_memory(s);
    *info = (TfgHandleInfo){1, shapes, dtypes};
    c->out_handle[out] = info;
    return 0;
}

static TfgDType element_dtype(const TfgShapeCall *c) { return tfg_attrs_type(c->attrs, "element_dtype"); }

/* The shape of the elements of list i, unknown where nobody knows; `format` words that they are of another dtype than the op's. */
static int element_shape(TfgShapeCall *c, int i, TfgShape *out, int (*fail)(TfgDType list, TfgDType op, TfgStatus *s), TfgStatus *s)
{
    const TfgHandleInfo *info = handle_of(c, i);
    tfg_shape_set_unknown(out);
    if (!info)
        return 0;
    if (info->dtypes[0] != element_dtype(c))
        return fail(info->dtypes[0], element_dtype(c), s);
    tfg_shape_from_dims(out, info->shapes[0]);
    return 0;
}

/* In nodes of later versions input i says what is known of the elements' shape. */
static int merge_given(TfgShapeCall *c, int i, TfgShape *element, TfgStatus *s)
{
    TfgShape given, merged;
    if (c->n_in <= i)
        return 0;
    if (c->constant_shape_or_any(c, i, &given, s) < 0 || tfg_merge_shape(element, &given, &merged, s) < 0)
        return -1;
    tfg_shape_copy(element, &merged);
    return 0;
}

static int fail_push(TfgDType list, TfgDType op, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to push to list with wrong element dtype. List has type %s but trying to push element with "
                    "type %s", tfg_dtype_signature_name(list), tfg_dtype_signature_name(op));
}

static int fail_read(TfgDType list, TfgDType op, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to read from list with wrong element dtype. List has type %s but expectec type %s",
                    tfg_dtype_signature_name(list), tfg_dtype_signature_name(op));
}

static int fail_item(TfgDType list, TfgDType op, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected list with element dtype %s but got list with element dtype %s",
                    tfg_dtype_signature_name(op), tfg_dtype_signature_name(list));
}

static int shape_empty(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    tfg_shape_set_scalar(&c->out[0]);
    return c->constant_shape_or_any(c, 0, &element, s) < 0 ? -1 : give_handle(c, 0, &element, element_dtype(c), s);
}

static int shape_push_back(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    tfg_shape_set_scalar(&c->out[0]);
    return element_shape(c, 0, &element, fail_push, s) < 0 ? -1 : give_handle(c, 0, &element, element_dtype(c), s);
}

static int shape_pop_back(TfgShapeCall *c, TfgStatus *s)
{
    tfg_shape_set_scalar(&c->out[0]);
    if (element_shape(c, 0, &c->out[1], fail_read, s) < 0 || merge_given(c, 1, &c->out[1], s) < 0)
        return -1;
    return give_handle(c, 0, &c->out[1], element_dtype(c), s);
}

static int shape_stack(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    int64_t n = tfg_attrs_int(c->attrs, "num_elements");
    if (element_shape(c, 0, &element, fail_read, s) < 0 || merge_given(c, 1, &element, s) < 0)
        return -1;
    n = n < 0 ? -1 : n;
    tfg_join_shapes(NULL, &n, &element, &c->out[0]);
    return 0;
}

static int shape_from_tensor(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape given, rows, element;
    tfg_shape_set_scalar(&c->out[0]);
    if (c->constant_shape_or_any(c, 1, &given, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 1, TFG_TO_END, &rows);
    return tfg_merge_shape(&rows, &given, &element, s) < 0 ? -1 : give_handle(c, 0, &element, element_dtype(c), s);
}

static int shape_element_shape(TfgShapeCall *c, TfgStatus *s)
{
    const TfgHandleInfo *info = handle_of(c, 0);
    (void)s;
    if (info && info->shapes[0])
        tfg_shape_set(&c->out[0], 1, (int64_t[]){info->shapes[0]->rank});
    return 0;
}

static int shape_get_item(TfgShapeCall *c, TfgStatus *s)
{
    return element_shape(c, 0, &c->out[0], fail_item, s) < 0 ? -1 : merge_given(c, 2, &c->out[0], s);
}

static int shape_set_item(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element, merged;
    const TfgHandleInfo *info = handle_of(c, 0);
    tfg_shape_set_scalar(&c->out[0]);
    tfg_shape_set_unknown(&element);
    if (info)
        tfg_shape_from_dims(&element, info->shapes[0]);
    if (info && tfg_merge_shape(&c->in[2], &element, &merged, s) < 0)
        return -1;
    c->out_handle[0] = info;
    return 0;
}

static int shape_gather(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    if (element_shape(c, 0, &element, fail_item, s) < 0 || merge_given(c, 2, &element, s) < 0)
        return -1;
    tfg_concat_shape(&c->in[1], &element, &c->out[0]);
    return 0;
}

static int shape_scatter(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    tfg_shape_set_scalar(&c->out[0]);
    return c->constant_shape_or_any(c, 2, &element, s) < 0 ? -1 : give_handle(c, 0, &element, element_dtype(c), s);
}

static int check_dtype(const TfgHandleInfo *info, const char *name, TfgDType dtype, TfgStatus *s)
{
    if (info->dtypes[0] == dtype)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s.type != element_dtype: %s vs. %s", name, tfg_dtype_signature_name(info->dtypes[0]),
                    tfg_dtype_signature_name(dtype));
}

static int shape_concat_lists(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b, merged;
    const TfgHandleInfo *ia = handle_of(c, 0), *ib = handle_of(c, 1);
    if (tfg_merge_shape(&c->in[0], &c->in[1], &c->out[0], s) < 0)
        return -1;
    if (!ia && !ib)
        return 0;
    ia = ia ? ia : ib;
    ib = ib ? ib : ia;
    if (check_dtype(ia, "input_a", element_dtype(c), s) < 0 || check_dtype(ib, "input_b", element_dtype(c), s) < 0)
        return -1;
    tfg_shape_from_dims(&a, ia->shapes[0]);
    tfg_shape_from_dims(&b, ib->shapes[0]);
    return tfg_merge_shape(&a, &b, &merged, s) < 0 ? -1 : give_handle(c, 0, &merged, element_dtype(c), s);
}

static int shape_push_back_batch(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape handles;
    int64_t n;
    if (tfg_want_rank(&c->in[0], 1, &handles, s) < 0 || tfg_want_rank_at_least(&c->in[1], 1, s) < 0 ||
        tfg_merge_dim(tfg_dim(&c->in[1], 0), handles.dims[0], &n, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &n);
    return 0;
}

/* ---- of later versions ---- */

/* A list whose elements are as those of input 0. */
static int shape_same_elements(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set_scalar(&c->out[0]);
    c->out_handle[0] = handle_of(c, 0);
    return 0;
}

static int shape_split(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element;
    tfg_shape_set_scalar(&c->out[0]);
    return c->constant_shape_or_any(c, 1, &element, s) < 0 ? -1 : give_handle(c, 0, &element, element_dtype(c), s);
}

/* The elements one behind the other: of their shape only the first size is lost. */
static int shape_concat(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element, rest;
    int64_t any = -1;
    const TfgAttr *given = tfg_attrs_find(c->attrs, "element_shape");
    tfg_shape_set(&c->out[1], 1, &any);
    if (element_shape(c, 0, &element, fail_read, s) < 0)
        return -1;
    if (given) {
        TfgShape attr, merged;
        tfg_shape_from_dims(&attr, given->shape);
        if (tfg_merge_shape(&element, &attr, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&element, &merged);
    } else if (merge_given(c, 1, &element, s) < 0) {
        return -1;
    }
    if (element.rank < 0)
        return 0;
    if (tfg_want_rank_at_least(&element, 1, s) < 0)
        return -1;
    tfg_sub_shape(&element, 1, TFG_TO_END, &rest);
    tfg_join_shapes(NULL, &any, &rest, &c->out[0]);
    return 0;
}

const TfgOpRow tfg_ops_list[] = {
    { .name = "EmptyTensorList", .in = {"element_shape: shape_type"}, .out = {"handle: variant"}, .attr =
      {"element_dtype: type", "shape_type: {int32, int64}"}, .later_in = {"max_num_elements: int32"}, .shape = shape_empty },
    { .name = "TensorListConcat", .in = {"input_handle: variant"}, .out = {"tensor: element_dtype", "lengths: int64"}, .attr =
      {"element_dtype: type", "element_shape: shape = { unknown_rank: true }"}, .shape = shape_concat },
    { .name = "TensorListConcatV2", .in = {"input_handle: variant", "element_shape: shape_type", "leading_dims: int64"}, .out =
      {"tensor: element_dtype", "lengths: int64"}, .attr = {"element_dtype: type", "shape_type: {int32, int64}"}, .shape = shape_concat },
    { .name = "TensorListConcatLists", .in = {"input_a: variant", "input_b: variant"}, .out = {"output: variant"}, .attr =
      {"element_dtype: type"}, .shape = shape_concat_lists },
    { .name = "TensorListElementShape", .in = {"input_handle: variant"}, .out = {"element_shape: shape_type"}, .attr =
      {"shape_type: {int32, int64}"}, .shape = shape_element_shape },
    { .name = "TensorListFromTensor", .in = {"tensor: element_dtype", "element_shape: shape_type"}, .out =
      {"output_handle: variant"}, .attr = {"element_dtype: type", "shape_type: {int32, int64}"}, .shape = shape_from_tensor },
    { .name = "TensorListGather", .in = {"input_handle: variant", "indices: int32"}, .out = {"values: element_dtype"}, .attr =
      {"element_dtype: type"}, .later_in = {"element_shape: int32"}, .shape = shape_gather },
    { .name = "TensorListGetItem", .in = {"input_handle: variant", "index: int32"}, .out = {"item: element_dtype"}, .attr =
      {"element_dtype: type"}, .later_in = {"element_shape: int32"}, .shape = shape_get_item },
    { .name = "TensorListLength", .in = {"input_handle: variant"}, .out = {"length: int32"}, .shape = tfg_shape_scalar },
    { .name = "TensorListPopBack", .in = {"input_handle: variant"}, .out = {"output_handle: variant", "tensor: element_dtype"},
      .attr = {"element_dtype: type"}, .later_in = {"element_shape: int32"}, .shape = shape_pop_back },
    { .name = "TensorListPushBack", .in = {"input_handle: variant", "tensor: element_dtype"}, .out = {"output_handle: variant"},
      .attr = {"element_dtype: type"}, .shape = shape_push_back },
    { .name = "TensorListPushBackBatch", .in = {"input_handles: variant", "tensor: element_dtype"}, .out =
      {"output_handles: variant"}, .attr = {"element_dtype: type"}, .shape = shape_push_back_batch },
    { .name = "TensorListReserve", .in = {"element_shape: shape_type", "num_elements: int32"}, .out = {"handle: variant"}, .attr
      = {"element_dtype: type", "shape_type: {int32, int64}"}, .shape = shape_empty },
    { .name = "TensorListResize", .in = {"input_handle: variant", "size: int32"}, .out = {"output_handle: variant"}, .shape =
      shape_same_elements },
    { .name = "TensorListScatterIntoExistingList", .in = {"input_handle: variant", "tensor: element_dtype", "indices: int32"}, .out =
      {"output_handle: variant"}, .attr = {"element_dtype: type"}, .shape = shape_same_elements },
    { .name = "TensorListScatterV2", .in = {"tensor: element_dtype", "indices: int32", "element_shape: shape_type",
      "num_elements: int32"}, .out = {"output_handle: variant"}, .attr = {"element_dtype: type", "shape_type: {int32, int64}"},
      .shape = shape_scatter },
    { .name = "TensorListSplit", .in = {"tensor: element_dtype", "element_shape: shape_type", "lengths: int64"}, .out =
      {"output_handle: variant"}, .attr = {"element_dtype: type", "shape_type: {int32, int64}"}, .shape = shape_split },
    { .name = "TensorListScatter", .in = {"tensor: element_dtype", "indices: int32", "element_shape: shape_type"}, .out =
      {"output_handle: variant"}, .attr = {"element_dtype: type", "shape_type: {int32, int64}"}, .shape = shape_scatter },
    { .name = "TensorListSetItem", .in = {"input_handle: variant", "index: int32", "item: element_dtype"}, .out =
      {"output_handle: variant"}, .attr = {"element_dtype: type"}, .later = {"resize_if_index_out_of_bounds: bool = false"},
      .shape = shape_set_item },
    { .name = "TensorListStack", .in = {"input_handle: variant"}, .out = {"tensor: element_dtype"}, .attr =
      {"element_dtype: type", "num_elements: int = -1"}, .later_in = {"element_shape: int32"}, .shape = shape_stack },
};
const int tfg_n_ops_list = sizeof tfg_ops_list / sizeof *tfg_ops_list;
