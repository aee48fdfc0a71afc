/* A tensor that holds a shape, as far as it is known: as TensorFlow 1.12's ShapeRefiner finds it: a Cast ends
 * the search there. */
#include <string.h>

#include "base/status.h"
#include "graph/const_value.h"

#define MAX_DEPTH 100

static void unknown_of_rank(TfgShape *out, int64_t rank)
{
    if (rank < 0 || rank > TFG_MAX_RANK) {
        tfg_shape_set_unknown(out);
        return;
    }
    out->rank = (int32_t)rank;
    for (int i = 0; i < out->rank; i++)
        out->dims[i] = -1;
}

int tfg_shape_from_tensor(const TfgTensor *t, const TfgShape *shape, TfgShape *out, TfgStatus *s)
{
    if (!t) {
        unknown_of_rank(out, tfg_dim(shape, 0));
        return 0;
    }
    if (t->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must be rank 1, but was rank %d.", (int)t->rank);
    if (t->dtype != TFG_INT32 && t->dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must be int32 or int64, but was %s",
                        tfg_dtype_signature_name(t->dtype));
    if (t->count > TFG_MAX_RANK) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    TfgShape result = {.rank = (int32_t)t->count};
    for (int i = 0; i < result.rank; i++) {
        result.dims[i] = tfg_tensor_int(t, i);
        if (result.dims[i] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid value in tensor used for shape: %lld", (long long)result.dims[i]);
    }
    tfg_shape_copy(out, &result);
    return 0;
}

/* A scalar stands for a shape when it is -1: of unknown rank. */
static int from_scalar(TfgGraph *g, TfgOutput o, TfgShape *out, TfgStatus *s)
{
    TfgTensor *t = tfg_value_for_shapes(g, o);
    int rc = 0;
    tfg_shape_set_unknown(out);
    if (!t) {
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Received a shape scalar with unknown static value.  A static value of '-1' is "
                      "required to represent an unknown shape.");
    } else if (t->rank != 0 || (t->dtype != TFG_INT32 && t->dtype != TFG_INT64) || tfg_tensor_int(t, 0) != -1) {
        TfgStr text = TFG_STR_INIT;
        TfgAttr a = TFG_A_TENSOR(t);
        tfg_attr_format(&a, &text);
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Received an invalid shape scalar with a static value that is not '-1': %s",
                      tfg_str_text(&text));
        tfg_str_fini(&text);
    }
    tfg_tensor_unref(t);
    return rc;
}

static int from_value(TfgGraph *g, TfgOutput o, const TfgShape *shape, TfgShape *out, TfgStatus *s)
{
    TfgTensor *t = tfg_value_for_shapes(g, o);
    int rc = tfg_shape_from_tensor(t, shape, out, s);
    tfg_tensor_unref(t);
    return rc;
}

/* The value of a scalar; *known is false where it is not. */
static int scalar_value(TfgGraph *g, TfgOutput o, bool *known, int64_t *value, TfgStatus *s)
{
    TfgTensor *t = tfg_value_for_shapes(g, o);
    int rc = 0;
    *known = t != NULL;
    *value = -1;
    if (t && t->count != 1)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "EvaluateConstantIntScalarEdge called on non-scalar edge: %lld", (long long)t->count);
    else if (t && t->dtype != TFG_INT32 && t->dtype != TFG_INT64)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "EvaluateConstantIntScalarEdge called on non-integer edge: %d", (int)t->dtype);
    else if (t)
        *value = tfg_tensor_int(t, 0);
    tfg_tensor_unref(t);
    return rc;
}

static int from_pack(TfgGraph *g, const TfgOp *op, TfgShape *out, TfgStatus *s)
{
    if (op->n_inputs > TFG_MAX_RANK) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    TfgShape result = {.rank = op->n_inputs};
    for (int i = 0; i < op->n_inputs; i++) {
        bool known;
        int64_t size;
        if (scalar_value(g, op->inputs[i], &known, &size, s) < 0)
            return -1;
        result.dims[i] = known && size >= 0 ? size : -1;
    }
    tfg_shape_copy(out, &result);
    return 0;
}

static int from_concat(TfgGraph *g, const TfgOp *op, int axis, int depth, TfgShape *out, TfgStatus *s)
{
    TfgShape result = {.rank = 0}, part;
    for (int i = 0; i < op->n_inputs && result.rank >= 0; i++) {
        if (i == axis)
            continue;
        if (tfg_constant_partial_shape(g, op->inputs[i], depth + 1, &part, s) < 0)
            return -1;
        tfg_concat_shape(&result, &part, &result);
    }
    tfg_shape_copy(out, &result);
    return 0;
}

static bool is_vector_of_one(TfgOutput o)
{
    TfgShape shape;
    tfg_output_shape(o, &shape);
    return tfg_dim(&shape, 0) == 1;
}

static int mask(const TfgOp *op, const char *name)
{
    return (int)tfg_attrs_int(&op->attrs, name);
}

static bool is_plain_slice(const TfgOp *op)
{
    for (int i = 1; i <= 3; i++)
        if (!is_vector_of_one(op->inputs[i]))
            return false;
    return !(mask(op, "begin_mask") & ~1) && !(mask(op, "end_mask") & ~1) && !mask(op, "ellipsis_mask") &&
           !mask(op, "new_axis_mask") && !mask(op, "shrink_axis_mask");
}

static int64_t wrap(int64_t i, int rank)
{
    return i < 0 ? i + rank : i > rank ? rank : i;
}

static int fail_slice(const TfgShape *in, int64_t from, int64_t to, int64_t begin, int64_t end, int64_t stride, TfgStatus *s)
{
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Subshape must have computed start %s, but is %lld and %lld (computed from start %lld and end %lld "
             "over shape with rank %d", stride > 0 ? "<= end" : ">= end since stride is negative", (long long)from, (long long)to,
             (long long)begin, (long long)end, (int)in->rank);
    return stride > 0 ? tfg_status_append(s, ")") : tfg_status_append(s, " and stride%lld)", (long long)stride);
}

static int slice_shape(const TfgShape *in, int64_t begin, int64_t end, int64_t stride, TfgShape *out, TfgStatus *s)
{
    if (in->rank < 0 || stride == 0) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    int64_t from = wrap(begin, in->rank), to = wrap(end, in->rank);
    if (stride < 0 && from == in->rank)
        from--;
    if (from < 0 || to < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Subshape %s out of bounds: %lld, for shape with rank %d",
                        from < 0 ? "start" : "end", (long long)(from < 0 ? begin : end), (int)in->rank);
    if (stride > 0 ? from > to : from < to)
        return fail_slice(in, from, to, begin, end, stride, s);
    TfgShape result = {.rank = 0};
    for (int64_t i = from; (stride > 0 ? i < to : i > to) && i >= 0 && i < in->rank; i += stride)
        result.dims[result.rank++] = in->dims[i];
    tfg_shape_copy(out, &result);
    return 0;
}

static int from_slice(TfgGraph *g, const TfgOp *op, int depth, TfgShape *out, TfgStatus *s)
{
    int64_t bounds[3] = {0, INT64_MAX, 1};
    TfgShape in;
    tfg_shape_set_unknown(out);
    if (!is_plain_slice(op))
        return 0;
    for (int i = 0; i < 3; i++) {
        bool known = true;
        if ((i == 0 && mask(op, "begin_mask")) || (i == 1 && mask(op, "end_mask")))
            continue;
        if (scalar_value(g, op->inputs[i + 1], &known, &bounds[i], s) < 0)
            return -1;
        if (!known)
            return 0;
    }
    if (tfg_constant_partial_shape(g, op->inputs[0], depth + 1, &in, s) < 0)
        return -1;
    return slice_shape(&in, bounds[0], bounds[1], bounds[2], out, s);
}

int tfg_constant_partial_shape(TfgGraph *g, TfgOutput o, int depth, TfgShape *out, TfgStatus *s)
{
    TfgShape shape;
    tfg_output_shape(o, &shape);
    if (shape.rank == 0)
        return from_scalar(g, o, out, s);
    if (tfg_want_rank(&shape, 1, &shape, s) < 0)
        return -1;
    if (shape.dims[0] == 0) {
        tfg_shape_set_scalar(out);
        return 0;
    }
    if (depth > MAX_DEPTH) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    if (tfg_op_is(o.op, "Shape") || tfg_op_is(o.op, "ShapeN")) {
        tfg_output_shape(o.op->inputs[o.index], out);
        return 0;
    }
    if (tfg_op_is(o.op, "Pack"))
        return from_pack(g, o.op, out, s);
    if (tfg_op_is(o.op, "Concat") || tfg_op_is(o.op, "ConcatV2"))
        return from_concat(g, o.op, tfg_op_is(o.op, "Concat") ? 0 : o.op->n_inputs - 1, depth, out, s);
    if (tfg_op_is(o.op, "StridedSlice"))
        return from_slice(g, o.op, depth, out, s);
    return from_value(g, o, &shape, out, s);
}
