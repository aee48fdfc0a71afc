/* Picking and placing parts of tensors: gathers, slices, scatters, reversals: signatures and shapes. */
#include "graph/slice.h"
#include "ops/common.h"

static int shape_gather(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape rest;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 1, TFG_TO_END, &rest);
    tfg_join_shapes(&c->in[1], NULL, &rest, &c->out[0]);
    return 0;
}

/* Leading dimensions that params and indices have in common come once. */
static int shape_gather_batches(TfgShapeCall *c, int64_t batch_dims, TfgStatus *s)
{
    const TfgShape *params = &c->in[0], *indices = &c->in[1];
    const TfgTensor *t = c->constant(c, 2);
    if (tfg_want_rank_at_least(params, 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    if (params->rank < 0 || indices->rank < 0)
        return 0;
    int64_t b = batch_dims < 0 ? batch_dims + indices->rank : batch_dims, axis = t ? tfg_tensor_int(t, 0) : b;
    axis = axis < 0 ? axis + params->rank : axis;
    int64_t rank = params->rank + indices->rank - 1 - b;
    if (b < 0 || b > indices->rank || axis < b || axis >= params->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dims (%lld) fits neither the axis %lld nor shapes of rank %d and %d", (long long)batch_dims,
                        (long long)axis, params->rank, indices->rank);
    if (!t || rank > TFG_MAX_RANK) {
        if (rank <= TFG_MAX_RANK)
            tfg_shape_set_rank(&c->out[0], (int)rank);
        return 0;
    }
    TfgShape before, own, after, front;
    tfg_sub_shape(params, 0, (int)axis, &before);
    tfg_sub_shape(indices, (int)b, TFG_TO_END, &own);
    tfg_sub_shape(params, (int)axis + 1, TFG_TO_END, &after);
    tfg_join_shapes(&before, NULL, &own, &front);
    tfg_join_shapes(&front, NULL, &after, &c->out[0]);
    return 0;
}

static int shape_gather_v2(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *params = &c->in[0], *indices = &c->in[1];
    const TfgAttr *attr = tfg_attrs_find(c->attrs, "batch_dims");
    if (attr && attr->i != 0)
        return shape_gather_batches(c, attr->i, s);
    if (tfg_want_rank_at_least(params, 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 2);
    if (!t) {
        int rank = params->rank + indices->rank - 1;
        if (params->rank >= 0 && indices->rank >= 0 && rank <= TFG_MAX_RANK)
            tfg_shape_set_rank(&c->out[0], rank);
        return 0;
    }
    int64_t axis = tfg_tensor_int(t, 0);
    if (tfg_want_rank_at_least(params, tfg_rank_for_axis(axis), s) < 0)
        return -1;
    TfgShape before, after, front;
    tfg_sub_shape(params, 0, (int)axis, &before);
    tfg_join_shapes(&before, NULL, indices, &front);
    if (axis == -1) {
        tfg_shape_copy(&c->out[0], &front);
        return 0;
    }
    tfg_sub_shape(params, (int)axis + 1, TFG_TO_END, &after);
    tfg_join_shapes(&front, NULL, &after, &c->out[0]);
    return 0;
}

static int shape_gather_nd(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *params = &c->in[0], *indices = &c->in[1];
    if (tfg_want_rank_at_least(indices, 1, s) < 0)
        return -1;
    int64_t depth = tfg_dim(indices, -1);
    if (params->rank < 0 || depth < 0)
        return 0;
    if (depth > params->rank) {
        TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
        tfg_shape_format(indices, &a);
        tfg_shape_format(params, &b);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "indices.shape[-1] must be <= params.rank, but saw indices shape: %s and params shape: %s",
                 tfg_str_text(&a), tfg_str_text(&b));
        tfg_str_fini(&a);
        tfg_str_fini(&b);
        return -1;
    }
    TfgShape outer, inner;
    tfg_sub_shape(indices, 0, -1, &outer);
    tfg_sub_shape(params, (int)depth, TFG_TO_END, &inner);
    tfg_join_shapes(&outer, NULL, &inner, &c->out[0]);
    return 0;
}

static int64_t subtract_dim(int64_t a, int64_t b, TfgStatus *s)
{
    if (b == 0)
        return a;
    if (a < 0 || b < 0)
        return -1;
    if (a < b) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Negative dimension size caused by subtracting %lld from %lld", (long long)b, (long long)a);
        return -2;
    }
    return a - b;
}

static int slice_by_sizes(TfgShapeCall *c, const TfgShape *in, const TfgShape *begin, const TfgTensor *sizes, TfgStatus *s)
{
    TfgShape *out = &c->out[0];
    TfgShape from;
    if (sizes->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank %lld but is rank %d", (long long)sizes->count, (int)in->rank);
    if (tfg_want_rank(begin, (int)sizes->count, &from, s) < 0)
        return -1;
    tfg_shape_set_rank(out, (int)sizes->count);
    for (int i = 0; i < out->rank; i++) {
        int64_t dim = in->rank < 0 ? -1 : tfg_dim(in, i), size = tfg_tensor_int(sizes, i);
        if (size < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Out of bounds slicing on dimension %d of length %lld: sizes vector cannot be < -1, "
                            "but was %lld", i, (long long)dim, (long long)size);
        out->dims[i] = size >= 0 ? size : subtract_dim(dim, from.dims[i], s);
        if (out->dims[i] == -2)
            return -1;
    }
    return 0;
}

static int shape_slice(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, begin, merged;
    if (tfg_want_rank(&c->in[1], 1, &begin, s) < 0 || tfg_want_rank(&c->in[2], 1, &merged, s) < 0)
        return -1;
    int64_t n;
    if (tfg_merge_shape(&begin, &merged, &in, s) < 0)
        return -1;
    n = in.dims[0];
    tfg_shape_copy(&in, &c->in[0]);
    if (n >= 0 && (n > TFG_MAX_RANK || tfg_want_rank(&c->in[0], (int)n, &in, s) < 0))
        return s->code ? -1 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank %lld but is rank %d", (long long)n, (int)in.rank);
    if (c->constant_shape(c, 1, &begin, s) < 0)
        return -1;
    const TfgTensor *sizes = c->constant(c, 2);
    if (sizes)
        return slice_by_sizes(c, &in, &begin, sizes, s);
    TfgShape partial;
    if (c->constant_shape(c, 2, &partial, s) < 0)
        return -1;
    if (partial.rank >= 0)
        tfg_shape_copy(&c->out[0], &partial);
    else if (in.rank >= 0)
        tfg_shape_set_rank(&c->out[0], in.rank);
    return 0;
}

static int shape_strided_slice(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape begin, end, strides, merged;
    if (tfg_want_rank(&c->in[1], 1, &begin, s) < 0 || tfg_want_rank(&c->in[2], 1, &end, s) < 0 ||
        tfg_want_rank(&c->in[3], 1, &strides, s) < 0 || tfg_merge_shape(&begin, &end, &merged, s) < 0 ||
        tfg_merge_shape(&merged, &strides, &begin, s) < 0)
        return -1;
    const TfgTensor *stride_values = c->constant(c, 3);
    if (c->in[0].rank < 0 || begin.dims[0] < 0 || !stride_values)
        return 0;
    TfgSliceSpec spec = {
        .begin = c->constant(c, 1), .end = c->constant(c, 2), .strides = stride_values,
        .begin_mask = tfg_attrs_int(c->attrs, "begin_mask"), .end_mask = tfg_attrs_int(c->attrs, "end_mask"),
        .ellipsis_mask = tfg_attrs_int(c->attrs, "ellipsis_mask"), .new_axis_mask = tfg_attrs_int(c->attrs, "new_axis_mask"),
        .shrink_axis_mask = tfg_attrs_int(c->attrs, "shrink_axis_mask"),
    };
    TfgSlice slice;
    if (tfg_slice_resolve(&spec, &c->in[0], &slice, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &slice.final);
    return 0;
}

static int shape_strided_slice_grad(TfgShapeCall *c, TfgStatus *s)
{
    return c->constant_shape(c, 0, &c->out[0], s);
}

static int shape_scatter_nd(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape target;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_rank_at_least(&c->in[1], 1, s) < 0 ||
        c->constant_shape(c, 2, &target, s) < 0 || tfg_check_scatter_nd(&c->in[0], &c->in[1], &target, "output", s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &target);
    return 0;
}

static int shape_one_hot(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *indices = &c->in[0];
    int64_t axis = tfg_attrs_int(c->attrs, "axis"), depth;
    if (axis < -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis must be >= -1");
    if (tfg_scalar_dim(c, 1, &depth, s) < 0)
        return -1;
    if (indices->rank < 0)
        return 0;
    /* An axis that the kernel will refuse begins again at the front, as in TensorFlow's shape function. */
    int64_t at = axis == -1 ? indices->rank : axis % (indices->rank + 1);
    TfgShape before, after;
    tfg_sub_shape(indices, 0, (int)at, &before);
    tfg_sub_shape(indices, (int)at, indices->rank, &after);
    tfg_join_shapes(&before, &depth, &after, &c->out[0]);
    return 0;
}

static int shape_reverse(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape dims;
    if (tfg_want_rank(&c->in[1], 1, &dims, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &c->in[0]);
    if (dims.dims[0] >= 0 && dims.dims[0] <= TFG_MAX_RANK && tfg_want_rank(&c->in[0], (int)dims.dims[0], &c->out[0], s) < 0)
        return -1;
    if (c->out[0].rank > 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "reverse does not work on tensors with more than 8 dimensions");
    return 0;
}

static int shape_reverse_v2(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (tfg_want_rank(&c->in[1], 1, NULL, s) < 0)
        return -1;
    if (in->rank > 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "reverse does not work on tensors with more than 8 dimensions");
    const TfgTensor *axes = c->constant(c, 1);
    uint64_t seen = 0;
    for (int64_t i = 0; axes && in->rank >= 0 && i < axes->count; i++) {
        int64_t value = tfg_tensor_int(axes, i), axis = value < 0 ? value + in->rank : value;
        if (axis < 0 || axis >= in->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "'axis'[%lld] = %lld is out of valid range [0, %d", (long long)i, (long long)value,
                            in->rank - 1);
        if (seen & 1ull << axis)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis %lld specified more than once.", (long long)axis);
        seen |= 1ull << axis;
    }
    return tfg_shape_unchanged(c, s);
}

static int shape_reverse_sequence(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    TfgShape lengths;
    if (tfg_want_rank(&c->in[1], 1, &lengths, s) < 0)
        return -1;
    if (in->rank < 0)
        return 0;
    int64_t batch = tfg_attrs_int(c->attrs, "batch_dim"), seq = tfg_attrs_int(c->attrs, "seq_dim"), n;
    if (batch >= in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dim must be < input rank: %lld vs. %d", (long long)batch, (int)in->rank);
    if (seq >= in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_dim must be < input rank: %lld vs. %d", (long long)seq, (int)in->rank);
    int at = (int)(batch < 0 ? batch + in->rank : batch);
    if (at < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_dim must be >= 0, got %lld", (long long)batch);
    if (tfg_merge_dim(in->dims[at], lengths.dims[0], &n, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], in);
    c->out[0].dims[at] = n;
    return 0;
}

static int shape_bound(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 2, NULL, s) < 0 || tfg_want_rank(&c->in[1], 2, NULL, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

static int shape_unravel_index(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape dims;
    if (tfg_want_rank(&c->in[1], 1, &dims, s) < 0)
        return -1;
    if (c->in[0].rank == 0)
        tfg_shape_set(&c->out[0], 1, dims.dims);
    else if (c->in[0].rank > 0)
        tfg_shape_set(&c->out[0], 2, (int64_t[]){dims.dims[0], tfg_shape_count(&c->in[0])});
    return 0;
}

static int shape_tensor_scatter(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0)
        return -1;
    return tfg_shape_scatter_nd_update(c, s);
}

const TfgOpRow tfg_ops_array_index[] = {
    { .name = "Gather", .in = {"params: Tparams", "indices: Tindices"}, .out = {"output: Tparams"},
      .attr = {"validate_indices: bool = true", "Tparams: type", "Tindices: " INDEX}, .shape = shape_gather },
    { .name = "GatherNd", .in = {"params: Tparams", "indices: Tindices"}, .out = {"output: Tparams"}, .attr = {"Tparams: type",
      "Tindices: " INDEX}, .shape = shape_gather_nd },
    { .name = "GatherV2", .in = {"params: Tparams", "indices: Tindices", "axis: Taxis"}, .out = {"output: Tparams"},
      .attr = {"Tparams: type", "Tindices: " INDEX, "Taxis: " INDEX}, .later = {"batch_dims: int = 0"}, .shape = shape_gather_v2 },
    { .name = "LowerBound", .in = {"sorted_inputs: T", "values: T"}, .out = {"output: out_type"}, .attr = {"T: type",
      "out_type: " INDEX " = DT_INT32"}, .shape = shape_bound },
    { .name = "OneHot", .in = {"indices: TI", "depth: int32", "on_value: T", "off_value: T"}, .out = {"output: T"},
      .attr = {"axis: int = -1", "T: type", "TI: {uint8, int32, int64} = DT_INT64"}, .shape = shape_one_hot },
    { .name = "ResourceStridedSliceAssign", .in = {"ref: resource", "begin: Index", "end: Index", "strides: Index", "value: T"},
      .attr = {"T: type", "Index: " INDEX, "begin_mask: int = 0", "end_mask: int = 0", "ellipsis_mask: int = 0",
      "new_axis_mask: int = 0", "shrink_axis_mask: int = 0"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "Reverse", .in = {"tensor: T", "dims: bool"}, .out = {"output: T"},
      .attr = {"T: {uint8, int8, uint16, int16, int32, int64, bool, half, float, double, complex64, complex128, string}"},
      .shape = shape_reverse },
    { .name = "ReverseSequence", .in = {"input: T", "seq_lengths: Tlen"}, .out = {"output: T"}, .attr = {"seq_dim: int",
      "batch_dim: int = 0", "T: type", "Tlen: " INDEX " = DT_INT64"}, .shape = shape_reverse_sequence },
    { .name = "ReverseV2", .in = {"tensor: T", "axis: Tidx"}, .out = {"output: T"}, .attr = {"Tidx: " INDEX " = DT_INT32",
      "T: {uint8, int8, uint16, int16, int32, int64, bool, bfloat16, half, float, double, complex64, complex128, string}"},
      .shape = shape_reverse_v2 },
    { .name = "ScatterNd", .in = {"indices: Tindices", "updates: T", "shape: Tindices"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: " INDEX}, .shape = shape_scatter_nd },
    { .name = "ScatterNdNonAliasingAdd", .in = {"input: T", "indices: Tindices", "updates: T"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS_AND("bool"), "Tindices: " INDEX}, .shape = tfg_shape_scatter_nd_update },
    { .name = "Slice", .in = {"input: T", "begin: Index", "size: Index"}, .out = {"output: T"}, .attr = {"T: type",
      "Index: " INDEX}, .shape = shape_slice },
    { .name = "StridedSlice", .in = {"input: T", "begin: Index", "end: Index", "strides: Index"}, .out = {"output: T"},
      .attr = {"T: type", "Index: " INDEX, "begin_mask: int = 0", "end_mask: int = 0", "ellipsis_mask: int = 0",
      "new_axis_mask: int = 0", "shrink_axis_mask: int = 0"}, .shape = shape_strided_slice },
    { .name = "StridedSliceAssign", .in = {"ref: Ref(T)", "begin: Index", "end: Index", "strides: Index", "value: T"},
      .out = {"output_ref: Ref(T)"}, .attr = {"T: type", "Index: " INDEX, "begin_mask: int = 0", "end_mask: int = 0",
      "ellipsis_mask: int = 0", "new_axis_mask: int = 0", "shrink_axis_mask: int = 0"}, .shape = tfg_shape_unchanged },
    { .name = "StridedSliceGrad", .in = {"shape: Index", "begin: Index", "end: Index", "strides: Index", "dy: T"},
      .out = {"output: T"}, .attr = {"T: type", "Index: " INDEX, "begin_mask: int = 0", "end_mask: int = 0",
      "ellipsis_mask: int = 0", "new_axis_mask: int = 0", "shrink_axis_mask: int = 0"}, .shape = shape_strided_slice_grad },
    { .name = "UnravelIndex", .in = {"indices: Tidx", "dims: Tidx"}, .out = {"output: Tidx"},
      .attr = {"Tidx: " INDEX " = DT_INT32"}, .shape = shape_unravel_index },
    { .name = "TensorScatterUpdate", .in = {"tensor: T", "indices: Tindices", "updates: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: {int16, int32, int64, uint16}", "bad_indices_policy: string = ''"}, .shape = shape_tensor_scatter },
    { .name = "TensorScatterAdd", .in = {"tensor: T", "indices: Tindices", "updates: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "bad_indices_policy: string = ''"}, .shape = shape_tensor_scatter },
    { .name = "TensorScatterSub", .in = {"tensor: T", "indices: Tindices", "updates: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "bad_indices_policy: string = ''"}, .shape = shape_tensor_scatter },
    { .name = "TensorScatterMin", .in = {"tensor: T", "indices: Tindices", "updates: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "bad_indices_policy: string = ''"}, .shape = shape_tensor_scatter },
    { .name = "TensorScatterMax", .in = {"tensor: T", "indices: Tindices", "updates: T"}, .out = {"output: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "bad_indices_policy: string = ''"}, .shape = shape_tensor_scatter },
    { .name = "UpperBound", .in = {"sorted_inputs: T", "values: T"}, .out = {"output: out_type"}, .attr = {"T: type",
      "out_type: " INDEX " = DT_INT32"}, .shape = shape_bound },
};
const int tfg_n_ops_array_index = sizeof tfg_ops_array_index / sizeof *tfg_ops_array_index;
