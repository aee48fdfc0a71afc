/* Gradients of ops on tensors as such: shapes, gathers, slices, diagonals. */
#include <string.h>

#include "gradients/rows.h"

static int grad_reshape(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = tfg_b_shape(b, tfg_b_x(b, 0));
    tfg_b_dx(b, 0, tfg_b_reshape(b, tfg_b_dy(b), shape));
    return tfg_b_done(b);
}

static int grad_identity_n(TfgGradCall *g, TfgStatus *s)
{
    (void)s;
    for (int i = 0; i < g->n_in; i++)
        g->dx[i] = g->dy[i];
    return 0;
}

static int grad_prevent_gradient(TfgGradCall *g, TfgStatus *s)
{
    TfgBytes message = tfg_attrs_string(g->attrs, "message");      /* shown as Python shows bytes */
    char quote = message.n && memchr(message.data, '\'', message.n) && !memchr(message.data, '"', message.n) ? '"' : '\'';
    return tfg_fail(s, TFG_LOOKUP_ERROR, "Gradient explicitly disabled. Reason: b%c%.*s%c", quote, (int)message.n,
                    message.n ? message.data : "", quote);
}

static int grad_check_numerics(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, tfg_b_op(b, "CheckNumerics", NULL, &dy, 1, B_ATTRS({"message", TFG_A_STRING(
             "Not a number (NaN) or infinity (Inf) values detected in gradient.")})));
    return tfg_b_done(b);
}

static int grad_fill(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 1, tfg_b_reduce_all(b, "Sum", tfg_b_dy(b)));
    return tfg_b_done(b);
}

/* ---- gathers ---- */

/* The gradient of gathering rows: dy's rows, at the indices.  `shape` is the gathered tensor's. */
static void rows_at(TfgBuild *b, TfgValue shape, TfgValue n, TfgValue indices)
{
    TfgValue parts[] = {n, tfg_b_slice(b, shape, B_AT(1), B_OPEN)}, values_shape = tfg_b_concat(b, parts, 2, 0);
    TfgValue values = tfg_b_reshape(b, tfg_b_dy(b), values_shape);
    indices = tfg_b_reshape(b, indices, n);
    tfg_b_dx_slices(b, 0, values, indices, shape);
}

static TfgValue params_shape(TfgBuild *b)
{
    TfgValue params = tfg_b_x(b, 0);
    bool beside = tfg_b_beside(b, params, false);
    TfgValue shape = tfg_b_cast(b, tfg_b_shape_as(b, params, TFG_INT64), TFG_INT32, "ToInt32");
    tfg_b_leave_beside(b, beside);
    return shape;
}

static int grad_gather(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = params_shape(b), indices = tfg_b_x(b, 1), n = tfg_b_expand_dims(b, tfg_b_size(b, indices), 0);
    rows_at(b, shape, n, indices);
    return tfg_b_done(b);
}

/* Along an axis that is not the first: dy with that axis in front, summed by index, and put back. */
static void gather_along(TfgBuild *b, TfgValue shape, TfgValue n, TfgValue indices, TfgValue axis)
{
    TfgValue outer = tfg_b_slice(b, shape, B_OPEN, B_AT_VALUE(axis)), n_outer = tfg_b_size(b, outer);
    TfgValue inner = tfg_b_slice(b, shape, B_AT_VALUE(axis), B_OPEN);
    inner = tfg_b_slice(b, inner, B_AT(1), B_OPEN);
    TfgValue n_inner = tfg_b_size(b, inner), outer_axes = tfg_b_range(b, TFG_NO_VALUE, n_outer, TFG_NO_VALUE);
    TfgValue first = tfg_b_op_const(b, "Add", "add", n_outer, 1), last = tfg_b_op_const(b, "Add", "add", n_outer, 1);
    last = tfg_b_add(b, last, n_inner);
    TfgValue inner_axes = tfg_b_range(b, first, last, TFG_NO_VALUE);
    TfgValue values_shape = tfg_b_concat(b, (TfgValue[]){outer, n, inner}, 3, 0);
    TfgValue values = tfg_b_reshape(b, tfg_b_dy(b), values_shape);
    indices = tfg_b_reshape(b, indices, n);

    bool in = tfg_b_enter(b, "concat");
    TfgValue front = B_NAMED(b, "Pack", "values_0", n_outer), zero = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue to_front = B_NAMED(b, "ConcatV2", "/", front, outer_axes, inner_axes, zero);
    tfg_b_leave(b, in);
    values = tfg_b_transpose(b, values, to_front);
    TfgValue size = tfg_b_item_at(b, shape, axis), sums = B_OP(b, "UnsortedSegmentSum", values, indices, size);
    TfgValue back[] = {tfg_b_op_const(b, "Add", "add", outer_axes, 1), TFG_NO_VALUE, inner_axes};
    tfg_b_dx(b, 0, tfg_b_transpose(b, sums, tfg_b_concat_with(b, back, 3, 0, 0)));
}

/* With batch_dims: the element of params that each element of the result came from, and what came from each summed up. */
static int grad_gather_batches(TfgGradCall *g, const TfgAttr *batch_dims, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), shape = tfg_b_shape(b, x), n = tfg_b_size(b, x), dy = tfg_b_flatten(b, tfg_b_dy(b));
    TfgValue in[3] = {tfg_b_reshape(b, tfg_b_range(b, TFG_NO_VALUE, n, TFG_NO_VALUE), shape), tfg_b_x(b, 1), tfg_b_x(b, 2)};
    TfgValue ids = tfg_b_flatten(b, tfg_b_op(b, "GatherV2", NULL, in, 3, B_ATTRS({"batch_dims", *batch_dims})));
    tfg_b_dx(b, 0, tfg_b_reshape(b, B_OP(b, "UnsortedSegmentSum", dy, ids, n), shape));
    return tfg_b_done(b);
}

static int grad_gather_v2(TfgGradCall *g, TfgStatus *s)
{
    const TfgAttr *batch_dims = tfg_attrs_find(g->attrs, "batch_dims");
    if (batch_dims && batch_dims->i != 0)
        return grad_gather_batches(g, batch_dims, s);
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = params_shape(b), indices = tfg_b_x(b, 1), n = tfg_b_expand_dims(b, tfg_b_size(b, indices), 0), axis = tfg_b_x(b, 2);
    TfgTensor *t = b->failed ? NULL : tfg_grad_constant_value(g, axis);
    bool first = t && t->count == 1 && tfg_tensor_int(t, 0) == 0;
    tfg_tensor_unref(t);
    if (first)
        rows_at(b, shape, n, indices);
    else
        gather_along(b, shape, n, indices, axis);
    return tfg_b_done(b);
}

static int grad_gather_nd(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 1), shape = tfg_b_shape_as(b, tfg_b_x(b, 0), tfg_b_dtype(b, indices));
    TfgShape of_indices;
    tfg_b_static_shape(b, indices, &of_indices);
    if (of_indices.rank == 2 && of_indices.dims[1] == 1) {
        TfgAttr last = {.kind = TFG_ATTR_INT, .is_list = true, .n = 1, .list_i = (const int64_t[]){-1}};
        TfgValue rows = tfg_b_op(b, "Squeeze", NULL, &indices, 1, B_ATTRS({"squeeze_dims", last}));
        tfg_b_dx_slices(b, 0, tfg_b_converted(b, tfg_b_dy(b), NULL), rows, shape);
    } else {
        tfg_b_dx(b, 0, B_OP(b, "ScatterNd", indices, tfg_b_dy(b), shape));
    }
    return tfg_b_done(b);
}

static int grad_scatter_nd(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 1, B_OP(b, "GatherNd", tfg_b_dy(b), tfg_b_x(b, 0)));
    return tfg_b_done(b);
}

static int grad_scatter_nd_non_aliasing_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 2, B_OP(b, "GatherNd", tfg_b_dy(b), tfg_b_x(b, 1)));
    tfg_b_dx(b, 0, tfg_b_dy(b));
    return tfg_b_done(b);
}

/* TensorScatter*: what was replaced has no part in the result; what was taken as the least or greatest has its share, which it
 * divides with all that equal it. */
static int grad_tensor_scatter_update(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 1), dy = tfg_b_converted(b, tfg_b_dy(b), NULL);
    tfg_b_dx(b, 2, B_OP(b, "GatherNd", dy, indices));
    tfg_b_dx(b, 0, B_OP(b, "TensorScatterUpdate", dy, indices, tfg_b_zeros_like(b, tfg_b_x(b, 2), true)));
    return tfg_b_done(b);
}

static int grad_tensor_scatter_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 2, B_OP(b, "GatherNd", tfg_b_dy(b), tfg_b_x(b, 1)));
    tfg_b_dx(b, 0, tfg_b_dy(b));
    return tfg_b_done(b);
}

static int grad_tensor_scatter_sub(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 2, tfg_b_neg(b, B_OP(b, "GatherNd", tfg_b_dy(b), tfg_b_x(b, 1))));
    tfg_b_dx(b, 0, tfg_b_dy(b));
    return tfg_b_done(b);
}

static int grad_tensor_scatter_extreme(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), indices = tfg_b_x(b, 1), updates = tfg_b_x(b, 2), y = tfg_b_y(b, 0), dy = tfg_b_converted(b, tfg_b_dy(b), NULL);
    TfgDType d = tfg_b_dtype(b, x);
    TfgValue is_x = tfg_b_cast(b, B_OP(b, "Equal", x, y), d, NULL), at = B_OP(b, "GatherNd", y, indices);
    TfgValue is_update = tfg_b_cast(b, B_OP(b, "Equal", updates, at), d, NULL);
    TfgValue many = B_OP(b, "TensorScatterAdd", is_x, indices, is_update);
    TfgValue share = B_OP(b, "GatherNd", tfg_b_div(b, dy, many), indices);
    tfg_b_dx(b, 0, tfg_b_div(b, tfg_b_mul(b, dy, is_x), many));
    tfg_b_dx(b, 2, tfg_b_mul(b, share, is_update));
    return tfg_b_done(b);
}

/* ---- slices ---- */

static int grad_slice(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), begin = tfg_b_x(b, 1), rank = tfg_b_rank(b, x), size = tfg_b_shape(b, tfg_b_y(b, 0));
    TfgValue column = tfg_b_stack_const(b, "stack", rank, 1, false), before = tfg_b_reshape(b, begin, column);
    TfgValue left = tfg_b_sub(b, tfg_b_shape(b, x), size);
    left = tfg_b_sub(b, left, begin);
    TfgValue parts[] = {before, tfg_b_reshape(b, left, column)}, paddings = tfg_b_concat(b, parts, 2, 1);
    tfg_b_dx(b, 0, B_OP(b, "Pad", tfg_b_dy(b), paddings));
    return tfg_b_done(b);
}

static TfgValue strided(TfgBuild *b, const char *type, const TfgValue *in, int n)
{
    const TfgAttrs *a = b->g->attrs;
    return tfg_b_op(b, type, NULL, in, n, B_ATTRS(
        {"begin_mask", TFG_A_INT(tfg_attrs_int(a, "begin_mask"))}, {"end_mask", TFG_A_INT(tfg_attrs_int(a, "end_mask"))},
        {"ellipsis_mask", TFG_A_INT(tfg_attrs_int(a, "ellipsis_mask"))}, {"new_axis_mask", TFG_A_INT(tfg_attrs_int(a, "new_axis_mask"))},
        {"shrink_axis_mask", TFG_A_INT(tfg_attrs_int(a, "shrink_axis_mask"))}));
}

static int grad_strided_slice(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue begin = tfg_b_x(b, 1), shape = tfg_b_shape_as(b, tfg_b_x(b, 0), tfg_b_dtype(b, begin)), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, strided(b, "StridedSliceGrad", B_LIST(shape, begin, tfg_b_x(b, 2), tfg_b_x(b, 3), dy)));
    return tfg_b_done(b);
}

static int grad_strided_slice_grad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 4, strided(b, "StridedSlice", B_LIST(dy, tfg_b_x(b, 1), tfg_b_x(b, 2), tfg_b_x(b, 3))));
    return tfg_b_done(b);
}

static int grad_reverse_sequence(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue in[] = {tfg_b_dy(b), tfg_b_x(b, 1)};
    tfg_b_dx(b, 0, tfg_b_op(b, "ReverseSequence", NULL, in, 2,
                            B_ATTRS({"seq_dim", TFG_A_INT(tfg_attrs_int(g->attrs, "seq_dim"))},
                                    {"batch_dim", TFG_A_INT(tfg_attrs_int(g->attrs, "batch_dim"))})));
    return tfg_b_done(b);
}

static int grad_reverse(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "Reverse", tfg_b_dy(b), tfg_b_x(b, 1)));
    return tfg_b_done(b);
}

static int grad_reverse_v2(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "ReverseV2", tfg_b_dy(b), tfg_b_x(b, 1)));
    return tfg_b_done(b);
}

/* ---- diagonals ---- */

static int grad_diag(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "DiagPart", tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int grad_diag_part(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "Diag", tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int grad_matrix_diag(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "MatrixDiagPart", tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int grad_matrix_diag_part(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape x;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &x);
    if (x.rank >= 2 && x.dims[x.rank - 1] >= 0 && x.dims[x.rank - 1] == x.dims[x.rank - 2]) {
        tfg_b_dx(b, 0, B_OP(b, "MatrixDiag", tfg_b_dy(b)));
    } else {
        TfgValue zeros = tfg_b_zeros_like(b, tfg_b_x(b, 0), true);
        tfg_b_dx(b, 0, B_OP(b, "MatrixSetDiag", zeros, tfg_b_dy(b)));
    }
    return tfg_b_done(b);
}

/* The diagonal's shape, where matrix and diagonal together tell it. */
static bool diagonal_shape(TfgBuild *b, TfgValue dy, TfgShape *out)
{
    TfgShape x, d, diag;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &x);
    tfg_b_static_shape(b, dy, &d);
    tfg_b_static_shape(b, tfg_b_x(b, 1), &diag);
    if (tfg_shape_merge(&x, &d) < 0 || x.rank < 2)
        return false;
    int64_t rows = x.dims[x.rank - 2], columns = x.dims[x.rank - 1];
    x.rank -= 2;
    if (diag.rank > 0) {
        diag.rank -= 1;
        if (tfg_shape_merge(&x, &diag) < 0)
            return false;
    }
    if (!tfg_shape_is_full(&x) || rows < 0 || columns < 0)
        return false;
    x.dims[x.rank++] = rows < columns ? rows : columns;
    tfg_shape_copy(out, &x);
    return true;
}

/* slice(shape, [begin], [size]) where one of the two is a tensor. */
static TfgValue cut_vector(TfgBuild *b, TfgValue shape, TfgValue begin, TfgValue size, int64_t c)
{
    bool in = tfg_b_enter(b, "Slice");
    TfgValue first = tfg_has_value(begin) ? B_NAMED(b, "Pack", "begin", begin) : tfg_b_ints(b, "begin", &c, 1);
    TfgValue n = tfg_has_value(size) ? B_NAMED(b, "Pack", "size", size) : tfg_b_ints(b, "size", &c, 1);
    TfgValue out = B_NAMED(b, "Slice", "/", shape, first, n);
    tfg_b_leave(b, in);
    return out;
}

static TfgValue dynamic_diagonal_shape(TfgBuild *b, TfgValue dy)
{
    bool beside = tfg_b_beside(b, dy, false);
    TfgValue shape = tfg_b_shape(b, dy), rank = tfg_b_rank(b, dy);
    TfgValue batch = cut_vector(b, shape, TFG_NO_VALUE, tfg_b_op_const(b, "Sub", "sub", rank, 2), 0);
    TfgValue matrix = cut_vector(b, shape, tfg_b_op_const(b, "Sub", "sub", rank, 2), TFG_NO_VALUE, 2);
    TfgValue least = tfg_b_reduce_all(b, "Min", matrix);
    bool in = tfg_b_enter(b, "concat");
    TfgValue last = B_NAMED(b, "Pack", "values_1", least), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue out = B_NAMED(b, "ConcatV2", "/", batch, last, axis);
    tfg_b_leave(b, in);
    tfg_b_leave_beside(b, beside);
    return out;
}

static int grad_matrix_set_diag(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    TfgShape shape;
    TfgDType dtype = tfg_b_dtype(b, dy);
    TfgValue zeros = diagonal_shape(b, dy, &shape) ? tfg_b_zeros_of(b, "zeros", &shape, dtype) :
                     tfg_b_zeros(b, dynamic_diagonal_shape(b, dy), dtype);
    tfg_b_dx(b, 0, B_OP(b, "MatrixSetDiag", dy, zeros));
    tfg_b_dx(b, 1, B_OP(b, "MatrixDiagPart", dy));
    return tfg_b_done(b);
}

static int grad_matrix_band_part(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "MatrixBandPart", tfg_b_dy(b), tfg_b_x(b, 1), tfg_b_x(b, 2)));
    return tfg_b_done(b);
}

/* Which element of x each element of the result came from, summed up. */
static int grad_broadcast_to(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), shape = tfg_b_shape(b, x), n = tfg_b_size(b, x);
    TfgValue ids = tfg_b_reshape(b, tfg_b_range(b, TFG_NO_VALUE, n, TFG_NO_VALUE), shape);
    ids = B_OP(b, "BroadcastTo", ids, tfg_b_x(b, 1));
    TfgValue dy = tfg_b_flatten(b, tfg_b_dy(b));
    ids = tfg_b_flatten(b, ids);
    tfg_b_dx(b, 0, tfg_b_reshape(b, B_OP(b, "UnsortedSegmentSum", dy, ids, n), shape));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_array[] = {
    NONE("BroadcastGradientArgs"),
    GRAD("BroadcastTo", grad_broadcast_to, TFG_USES_X),
    GRAD("CheckNumerics", grad_check_numerics, 0),
    NONE("Const"),
    GRAD("Diag", grad_diag, 0),
    GRAD("DiagPart", grad_diag_part, 0),
    GRAD("ExpandDims", grad_reshape, TFG_USES_X0),
    GRAD("Fill", grad_fill, 0),
    GRAD("Gather", grad_gather, TFG_USES_X),
    GRAD("GatherNd", grad_gather_nd, TFG_USES_X),
    GRAD("GatherV2", grad_gather_v2, TFG_USES_X),
    GRAD("Identity", tfg_grad_pass, 0),
    GRAD("IdentityN", grad_identity_n, 0),
    NONE("InvertPermutation"),
    GRAD("MatrixBandPart", grad_matrix_band_part, TFG_USES_X1 | TFG_USES_X2),
    GRAD("MatrixDiag", grad_matrix_diag, 0),
    GRAD("MatrixDiagPart", grad_matrix_diag_part, TFG_USES_X0),
    GRAD("MatrixSetDiag", grad_matrix_set_diag, TFG_USES_X),
    NONE("OneHot"),
    NONE("OnesLike"),
    GRAD("PlaceholderWithDefault", tfg_grad_pass, 0),
    GRAD("PreventGradient", grad_prevent_gradient, 0),
    NONE("Rank"),
    GRAD("Reshape", grad_reshape, TFG_USES_X0),
    GRAD("Reverse", grad_reverse, TFG_USES_X1),
    GRAD("ReverseSequence", grad_reverse_sequence, TFG_USES_X1),
    GRAD("ReverseV2", grad_reverse_v2, TFG_USES_X1),
    GRAD("ScatterNd", grad_scatter_nd, TFG_USES_X0),
    GRAD("ScatterNdNonAliasingAdd", grad_scatter_nd_non_aliasing_add, TFG_USES_X1),
    NONE("Shape"),
    NONE("ShapeN"),
    NONE("Size"),
    GRAD("Slice", grad_slice, TFG_USES_X0 | TFG_USES_X1 | TFG_USES_Y0),
    GRAD("Squeeze", grad_reshape, TFG_USES_X0),
    NONE("StopGradient"),
    GRAD("StridedSlice", grad_strided_slice, TFG_USES_X),
    GRAD("StridedSliceGrad", grad_strided_slice_grad, TFG_USES_X),
    GRAD("TensorScatterAdd", grad_tensor_scatter_add, TFG_USES_X1),
    GRAD("TensorScatterMax", grad_tensor_scatter_extreme, TFG_USES_X | TFG_USES_Y0),
    GRAD("TensorScatterMin", grad_tensor_scatter_extreme, TFG_USES_X | TFG_USES_Y0),
    GRAD("TensorScatterSub", grad_tensor_scatter_sub, TFG_USES_X1),
    GRAD("TensorScatterUpdate", grad_tensor_scatter_update, TFG_USES_X1 | TFG_USES_X2),
    NONE("ZerosLike"),
};
const int tfg_n_gradients_array = sizeof tfg_gradients_array / sizeof *tfg_gradients_array;
