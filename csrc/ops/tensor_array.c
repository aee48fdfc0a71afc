/* TensorArrays: what a loop writes in one iteration and reads in another, or after.  Signatures and shapes. */
#include "ops/common.h"

/* Handles are vectors of two to a shape function, whatever they are to a kernel. */
static int shape_handle(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

static int want_handle(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 1, NULL, s) < 0 ? -1 : tfg_want_dim(tfg_dim(&c->in[0], 0), 2, s);
}

static int shape_close(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s); }

/* ---- TensorArrays: the handle knows the shape of the elements, where they are all alike ---- */

static const TfgHandleInfo *one_handle(TfgShapeCall *c, const TfgShape *shape, TfgDType dtype, TfgStatus *s)
{
    TfgHandleInfo *info = tfg_arena_alloc(c->arena, sizeof *info);
    const TfgDims **shapes = tfg_arena_alloc(c->arena, sizeof *shapes);
    TfgDType *dtypes = tfg_arena_alloc(c->arena, sizeof *dtypes);
    if (!info || !shapes || !dtypes) {
        tfg_fail_memory(s);
        return NULL;
    }
    dtypes[0] = dtype;
    shapes[0] = tfg_dims_new(c->arena, shape);
    if (!shapes[0] && shape->rank >= 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    *info = (TfgHandleInfo){1, shapes, dtypes};
    return info;
}

static bool element_shape(const TfgShapeCall *c, TfgShape *shape)
{
    const TfgHandleInfo *info = c->in_handle ? c->in_handle[0] : NULL;
    tfg_shape_set_unknown(shape);
    if (!info || info->n < 1)
        return false;
    tfg_shape_from_dims(shape, info->shapes[0]);
    return true;
}

static void set_flow(TfgShapeCall *c)
{
    if (c->n_out > 1)
        tfg_shape_set_scalar(&c->out[1]);
}

static int shape_tensor_array(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    const TfgAttr *given = tfg_attrs_find(c->attrs, "element_shape");
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    shape_handle(c, s);
    set_flow(c);
    if (c->n_out < 2 || !given || given->kind != TFG_ATTR_SHAPE)
        return 0;
    tfg_shape_from_dims(&shape, given->shape);
    if (!tfg_shape_is_full(&shape) && !tfg_attrs_bool(c->attrs, "identical_element_shapes"))
        return 0;
    c->out_handle[0] = one_handle(c, &shape, tfg_attrs_type(c->attrs, "dtype"), s);
    return c->out_handle[0] ? 0 : -1;
}

static int shape_grad(TfgShapeCall *c, TfgStatus *s)
{
    if (want_handle(c, s) < 0)
        return -1;
    shape_handle(c, s);
    set_flow(c);
    if (c->in_handle && c->in_handle[0])
        c->out_handle[0] = c->in_handle[0];
    return 0;
}

static int shape_grad_with_shape(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element, prepended;
    int64_t n = c->in[2].rank == 1 ? c->in[2].dims[0] : -1;
    if (want_handle(c, s) < 0)
        return -1;
    shape_handle(c, s);
    set_flow(c);
    if (!element_shape(c, &element))
        return 0;
    if (n < 0 || element.rank < 0 || n + element.rank > TFG_MAX_RANK) {
        tfg_shape_set_unknown(&prepended);
    } else {
        tfg_shape_set_rank(&prepended, (int)n + element.rank);
        for (int i = 0; i < element.rank; i++)
            prepended.dims[n + i] = element.dims[i];
    }
    c->out_handle[0] = one_handle(c, &prepended, c->in_handle[0]->dtypes[0], s);
    return c->out_handle[0] ? 0 : -1;
}

static int shape_write(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape element, merged;
    if (want_handle(c, s) < 0 || tfg_want_scalar(c, 1, s) < 0 || tfg_want_scalar(c, 3, s) < 0)
        return -1;
    if (element_shape(c, &element) && tfg_merge_shape(&element, &c->in[2], &merged, s) < 0)
        return -1;
    return tfg_shape_scalar(c, s);
}

static int shape_read(TfgShapeCall *c, TfgStatus *s)
{
    if (want_handle(c, s) < 0 || tfg_want_scalar(c, 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    element_shape(c, &c->out[0]);
    return 0;
}

static int shape_gather(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape indices, element;
    const TfgAttr *given = tfg_attrs_find(c->attrs, "element_shape");
    if (want_handle(c, s) < 0 || tfg_want_rank(&c->in[1], 1, &indices, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    if (!element_shape(c, &element) && given && given->kind == TFG_ATTR_SHAPE)
        tfg_shape_from_dims(&element, given->shape);
    tfg_concat_shape(&indices, &element, &c->out[0]);
    return 0;
}

static int shape_scatter(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape indices, element, each, merged;
    int64_t n;
    if (want_handle(c, s) < 0 || tfg_want_rank(&c->in[1], 1, &indices, s) < 0 || tfg_want_scalar(c, 3, s) < 0)
        return -1;
    const TfgShape *value = &c->in[2];
    if (value->rank > 0) {
        if (tfg_merge_dim(value->dims[0], indices.dims[0], &n, s) < 0)
            return -1;
        tfg_sub_shape(value, 1, TFG_TO_END, &each);
        if (element_shape(c, &element) && tfg_merge_shape(&element, &each, &merged, s) < 0)
            return -1;
    }
    return tfg_shape_scalar(c, s);
}

static int shape_concat(TfgShapeCall *c, TfgStatus *s)
{
    if (want_handle(c, s) < 0 || tfg_want_scalar(c, 1, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[1], 1);
    return 0;
}

static int shape_split(TfgShapeCall *c, TfgStatus *s)
{
    if (want_handle(c, s) < 0 || tfg_want_rank(&c->in[2], 1, NULL, s) < 0 || tfg_want_scalar(c, 3, s) < 0)
        return -1;
    return tfg_shape_scalar(c, s);
}

static int shape_size(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s) < 0 ? -1 : tfg_shape_scalar(c, s); }

#define DEPRECATED(version, text) .deprecated_since = version, .deprecation = text

const TfgOpRow tfg_ops_tensor_array[] = {
    { .name = "TensorArray", .in = {"size: int32"}, .out = {"handle: Ref(string)"}, .attr = {"dtype: type",
      "dynamic_size: bool = false", "clear_after_read: bool = true", "tensor_array_name: string = ''",
      "element_shape: shape = { unknown_rank: true }"}, .shape = tfg_shape_unknown, .flags = TFG_OP_STATEFUL, DEPRECATED(16,
      "Use TensorArrayV3") },
    { .name = "TensorArrayClose", .in = {"handle: Ref(string)"}, .shape = tfg_shape_none, DEPRECATED(16,
      "Use TensorArrayCloseV3") },
    { .name = "TensorArrayCloseV2", .in = {"handle: string"}, .shape = shape_close, DEPRECATED(26, "Use TensorArrayCloseV3") },
    { .name = "TensorArrayCloseV3", .in = {"handle: resource"}, .shape = shape_close, .flags = TFG_OP_STATEFUL },
    { .name = "TensorArrayConcat", .in = {"handle: Ref(string)", "flow_in: float"}, .out = {"value: dtype", "lengths: int64"},
      .attr = {"dtype: type", "element_shape_except0: shape = { unknown_rank: true }"}, .shape = tfg_shape_unknown,
      DEPRECATED(16, "Use TensorArrayGradV3") },
    { .name = "TensorArrayConcatV2", .in = {"handle: string", "flow_in: float"}, .out = {"value: dtype", "lengths: int64"},
      .attr = {"dtype: type", "element_shape_except0: shape = { unknown_rank: true }"}, .shape = shape_concat },
    { .name = "TensorArrayConcatV3", .in = {"handle: resource", "flow_in: float"}, .out = {"value: dtype", "lengths: int64"},
      .attr = {"dtype: type", "element_shape_except0: shape = { unknown_rank: true }"}, .shape = shape_concat, .flags =
      TFG_OP_STATEFUL },
    { .name = "TensorArrayGather", .in = {"handle: Ref(string)", "indices: int32", "flow_in: float"}, .out = {"value: dtype"},
      .attr = {"dtype: type", "element_shape: shape = { unknown_rank: true }"}, .shape = tfg_shape_unknown, DEPRECATED(16,
      "Use TensorArrayGatherV3") },
    { .name = "TensorArrayGatherV2", .in = {"handle: string", "indices: int32", "flow_in: float"}, .out = {"value: dtype"},
      .attr = {"dtype: type", "element_shape: shape = { unknown_rank: true }"}, .shape = shape_gather, DEPRECATED(26,
      "Use TensorArrayGatherV3") },
    { .name = "TensorArrayGatherV3", .in = {"handle: resource", "indices: int32", "flow_in: float"}, .out = {"value: dtype"},
      .attr = {"dtype: type", "element_shape: shape = { unknown_rank: true }"}, .shape = shape_gather, .flags = TFG_OP_STATEFUL
      },
    { .name = "TensorArrayGrad", .in = {"handle: string", "flow_in: float"}, .out = {"grad_handle: Ref(string)"}, .attr =
      {"source: string"}, .shape = tfg_shape_unknown, .flags = TFG_OP_STATEFUL, DEPRECATED(16, "Use TensorArrayGradV3") },
    { .name = "TensorArrayGradV2", .in = {"handle: string", "flow_in: float"}, .out = {"grad_handle: string"}, .attr =
      {"source: string"}, .shape = shape_grad, .flags = TFG_OP_STATEFUL, DEPRECATED(26, "Use TensorArrayGradV3") },
    { .name = "TensorArrayGradV3", .in = {"handle: resource", "flow_in: float"}, .out = {"grad_handle: resource",
      "flow_out: float"}, .attr = {"source: string"}, .shape = shape_grad, .flags = TFG_OP_STATEFUL },
    { .name = "TensorArrayGradWithShape", .in = {"handle: resource", "flow_in: float", "shape_to_prepend: int32"}, .out =
      {"grad_handle: resource", "flow_out: float"}, .attr = {"source: string"}, .shape = shape_grad_with_shape, .flags =
      TFG_OP_STATEFUL },
    { .name = "TensorArrayPack", .in = {"handle: Ref(string)", "flow_in: float"}, .out = {"value: dtype"}, .attr =
      {"dtype: type", "element_shape: shape = { unknown_rank: true }"}, .shape = tfg_shape_unknown, DEPRECATED(16,
      "Use TensorArrayGatherV3 with RangeOp") },
    { .name = "TensorArrayRead", .in = {"handle: Ref(string)", "index: int32", "flow_in: float"}, .out = {"value: dtype"}, .attr
      = {"dtype: type"}, .shape = tfg_shape_unknown, DEPRECATED(16, "Use TensorArrayReadV3") },
    { .name = "TensorArrayReadV2", .in = {"handle: string", "index: int32", "flow_in: float"}, .out = {"value: dtype"}, .attr =
      {"dtype: type"}, .shape = shape_read, DEPRECATED(26, "Use TensorArrayReadV3") },
    { .name = "TensorArrayReadV3", .in = {"handle: resource", "index: int32", "flow_in: float"}, .out = {"value: dtype"}, .attr
      = {"dtype: type"}, .shape = shape_read, .flags = TFG_OP_STATEFUL },
    { .name = "TensorArrayScatter", .in = {"handle: Ref(string)", "indices: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = tfg_shape_unknown, DEPRECATED(19, "Use TensorArrayGradV3") },
    { .name = "TensorArrayScatterV2", .in = {"handle: string", "indices: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_scatter, DEPRECATED(26, "Use TensorArrayScatterV3") },
    { .name = "TensorArrayScatterV3", .in = {"handle: resource", "indices: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "TensorArraySize", .in = {"handle: Ref(string)", "flow_in: float"}, .out = {"size: int32"}, .shape =
      tfg_shape_unknown, DEPRECATED(16, "Use TensorArraySizeV3") },
    { .name = "TensorArraySizeV2", .in = {"handle: string", "flow_in: float"}, .out = {"size: int32"}, .shape = shape_size,
      DEPRECATED(26, "Use TensorArraySizeV3") },
    { .name = "TensorArraySizeV3", .in = {"handle: resource", "flow_in: float"}, .out = {"size: int32"}, .shape = shape_size,
      .flags = TFG_OP_STATEFUL },
    { .name = "TensorArraySplit", .in = {"handle: Ref(string)", "value: T", "lengths: int64", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = tfg_shape_unknown, DEPRECATED(16, "Use TensorArraySplitV3") },
    { .name = "TensorArraySplitV2", .in = {"handle: string", "value: T", "lengths: int64", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_split, DEPRECATED(26, "Use TensorArraySplitV3") },
    { .name = "TensorArraySplitV3", .in = {"handle: resource", "value: T", "lengths: int64", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_split, .flags = TFG_OP_STATEFUL },
    { .name = "TensorArrayUnpack", .in = {"handle: Ref(string)", "value: T", "flow_in: float"}, .out = {"flow_out: float"},
      .attr = {"T: type"}, .shape = tfg_shape_unknown, DEPRECATED(20, "Use TensorArrayScatterV3 with RangeOp") },
    { .name = "TensorArrayV2", .in = {"size: int32"}, .out = {"handle: string"}, .attr = {"dtype: type",
      "element_shape: shape = { unknown_rank: true }", "dynamic_size: bool = false", "clear_after_read: bool = true",
      "tensor_array_name: string = ''"}, .shape = shape_tensor_array, .flags = TFG_OP_STATEFUL, DEPRECATED(26,
      "Use TensorArrayV3") },
    { .name = "TensorArrayV3", .in = {"size: int32"}, .out = {"handle: resource", "flow: float"}, .attr = {"dtype: type",
      "element_shape: shape = { unknown_rank: true }", "dynamic_size: bool = false", "clear_after_read: bool = true",
      "identical_element_shapes: bool = false", "tensor_array_name: string = ''"}, .shape = shape_tensor_array, .flags =
      TFG_OP_STATEFUL },
    { .name = "TensorArrayWrite", .in = {"handle: Ref(string)", "index: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = tfg_shape_unknown, DEPRECATED(16, "Use TensorArrayWriteV3") },
    { .name = "TensorArrayWriteV2", .in = {"handle: string", "index: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_write, DEPRECATED(26, "Use TensorArrayWriteV3") },
    { .name = "TensorArrayWriteV3", .in = {"handle: resource", "index: int32", "value: T", "flow_in: float"}, .out =
      {"flow_out: float"}, .attr = {"T: type"}, .shape = shape_write, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_tensor_array = sizeof tfg_ops_tensor_array / sizeof *tfg_ops_tensor_array;
