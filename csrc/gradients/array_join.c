/* Gradients of joining, splitting, padding and rearranging. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/rows.h"

/* ---- concatenation ---- */

typedef struct Concat {         /* the inputs that are joined, and the axis */
    int first, n, dim;
    TfgValue axis;              /* not negative */
    TfgValue *shapes;           /* n of them */
} Concat;

/* An axis constant inside an arm of a conditional is of no use outside it: another one is made. */
static TfgValue axis_out_here(TfgBuild *b, TfgValue axis)
{
    const TfgGradBackend *backend = b->g->backend;
    const char *type = backend->producer ? backend->producer(b->g, axis) : NULL;
    if (!type || strcmp(type, "Const") != 0 || !backend->same_context || backend->same_context(b->g, axis, b->g->dy[0].value))
        return axis;
    TfgTensor *t = tfg_grad_constant_value(b->g, axis);
    TfgValue out = TFG_NO_VALUE;
    if (!t || tfg_grad_const(b->g, NULL, t, &out, b->s) < 0)
        b->failed = true;
    return out;
}

/* All as constants where all are known, else in one ShapeN. */
static void input_shapes(TfgBuild *b, const Concat *c)
{
    for (int i = 0; i < c->n && !b->failed; i++) {
        TfgShape shape;
        tfg_b_static_shape(b, tfg_b_x(b, c->first + i), &shape);
        c->shapes[i] = tfg_b_shape(b, tfg_b_x(b, c->first + i));
        if (!tfg_shape_is_full(&shape)) {
            tfg_b_op_n(b, "ShapeN", NULL, b->g->x + c->first, c->n, NULL, 0, c->shapes, c->n);
            return;
        }
    }
}

/* More than 16 inputs: one SplitV by the sizes along the axis. */
static void split_many(TfgBuild *b, const Concat *c, TfgValue dy)
{
    TfgValue stacked = tfg_b_op(b, "Pack", "stack", c->shapes, c->n, B_ATTRS({"axis", TFG_A_INT(1)}));
    bool in = tfg_b_enter(b, "Slice");
    TfgValue begin = tfg_b_stack_const(b, "begin", c->axis, 0, false), size = tfg_b_ints(b, "size", (int64_t[]){1, -1}, 2);
    TfgValue row = B_NAMED(b, "Slice", "/", stacked, begin, size);
    tfg_b_leave(b, in);
    TfgValue sizes = B_OP(b, "Squeeze", row), *parts = tfg_calloc((size_t)c->n, sizeof *parts);
    if (!parts) {
        b->failed = true;
        tfg_fail_memory(b->s);
        return;
    }
    tfg_b_op_n(b, "SplitV", "split", B_LIST(dy, sizes, c->axis), B_ATTRS({"num_split", TFG_A_INT(c->n)}), parts, c->n);
    for (int i = 0; i < c->n; i++)
        tfg_b_dx(b, c->first + i, parts[i]);
    tfg_free(parts);
}

static void slice_each(TfgBuild *b, const Concat *c, TfgValue dy)
{
    TfgValue in[17], offsets[16];
    in[0] = c->axis;
    for (int i = 0; i < c->n; i++)
        in[i + 1] = c->shapes[i];
    tfg_b_op_n(b, "ConcatOffset", NULL, in, c->n + 1, NULL, 0, offsets, c->n);
    for (int i = 0; i < c->n; i++)
        tfg_b_dx(b, c->first + i, tfg_b_cut(b, dy, offsets[i], c->shapes[i]));
}

/* Slices joined along their rows: each input takes those indices that fall into its range. */
static void slices_by_rows(TfgBuild *b, const Concat *c)
{
    const TfgGrad *dy = &b->g->dy[0];
    TfgDType dtype = tfg_b_dtype(b, dy->indices);
    TfgValue start = tfg_b_const(b, NULL, dtype, 0);
    for (int i = 0; i < c->n && !b->failed; i++) {
        TfgValue rows = tfg_b_cast(b, tfg_b_gather(b, c->shapes[i], c->axis), dtype, NULL), end = tfg_b_add(b, start, rows);
        TfgValue from = B_OP(b, "GreaterEqual", dy->indices, start), to = B_OP(b, "Less", dy->indices, end);
        TfgValue found = B_OP(b, "Where", B_OP(b, "LogicalAnd", from, to));
        TfgAttr second = {.kind = TFG_ATTR_INT, .is_list = true, .n = 1, .list_i = (const int64_t[]){1}};
        TfgValue chosen = tfg_b_op(b, "Squeeze", NULL, &found, 1, B_ATTRS({"squeeze_dims", second}));
        TfgValue indices = tfg_b_sub(b, tfg_b_gather(b, dy->indices, chosen), start);
        TfgValue values = tfg_b_gather(b, dy->value, chosen);
        tfg_b_dx_slices(b, c->first + i, values, indices, c->shapes[i]);
        start = end;
    }
}

/* Slices joined along another axis: each input takes its columns of every row. */
static void slices_by_columns(TfgBuild *b, const Concat *c)
{
    const TfgGrad *dy = &b->g->dy[0];
    TfgValue n_dims = tfg_b_shape(b, c->shapes[0]);
    TfgValue parts[3] = {tfg_b_fill(b, tfg_b_expand_dims(b, c->axis, 0), 0)};
    TfgValue rest = tfg_b_sub(b, n_dims, c->axis);
    parts[2] = tfg_b_fill(b, tfg_b_op_const(b, "Sub", "sub", rest, 1), 0);
    TfgValue mask = tfg_b_concat_with(b, parts, 3, 1, 0), begin = tfg_b_fill(b, n_dims, 0);
    for (int i = 0; i < c->n && !b->failed; i++) {
        bool in = tfg_b_enter(b, "Slice");
        TfgValue one = tfg_b_ints(b, "begin", (int64_t[]){1}, 1), all = tfg_b_ints(b, "size", (int64_t[]){-1}, 1);
        TfgValue tail = B_NAMED(b, "Slice", "/", c->shapes[i], one, all);
        tfg_b_leave(b, in);
        TfgValue size = tfg_b_concat_with(b, (TfgValue[]){TFG_NO_VALUE, tail}, 2, -1, 0);
        tfg_b_dx_slices(b, c->first + i, tfg_b_cut(b, dy->value, begin, size), dy->indices, c->shapes[i]);
        begin = B_OP(b, "Add", begin, tfg_b_mul(b, c->shapes[i], mask));
    }
}

static void concat_of_slices(TfgBuild *b, Concat *c)
{
    TfgValue rank = tfg_b_rank(b, tfg_b_x(b, c->first));
    TfgTensor *t = b->failed ? NULL : tfg_grad_constant_value(b->g, tfg_b_x(b, c->dim));
    TfgShape shape;
    tfg_b_static_shape(b, tfg_b_x(b, c->first), &shape);
    c->axis = tfg_b_mod(b, tfg_b_x(b, c->dim), rank);
    int64_t axis = t ? tfg_tensor_int(t, 0) : 0;
    tfg_tensor_unref(t);
    if (!t)
        tfg_b_fail(b, TFG_VALUE_ERROR, "Can only compute IndexedSlices gradient with statically-known concat_dim");
    else if (axis < 0 && shape.rank < 0)
        tfg_b_fail(b, TFG_VALUE_ERROR, "Can only compute IndexedSlices gradient with negative concat_dim when first value rank is "
                   "statically-known.");
    for (int i = 0; i < c->n; i++)
        c->shapes[i] = tfg_b_shape(b, tfg_b_x(b, c->first + i));
    if (axis == 0 || (axis < 0 && axis + shape.rank == 0))
        slices_by_rows(b, c);
    else
        slices_by_columns(b, c);
}

static int concat(TfgGradCall *g, int first, int dim, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    Concat c = {.first = first, .n = g->n_in - 1, .dim = dim};
    if (c.n == 1) {
        g->dx[first] = g->dy[0];
        return 0;
    }
    c.shapes = tfg_calloc((size_t)c.n, sizeof *c.shapes);
    if (!c.shapes)
        return tfg_fail_memory(s);
    if (tfg_has_value(g->dy[0].indices)) {
        concat_of_slices(b, &c);
    } else {
        TfgValue axis = axis_out_here(b, tfg_b_x(b, dim)), rank = tfg_b_rank(b, tfg_b_x(b, first));
        c.axis = tfg_b_mod(b, axis, rank);
        input_shapes(b, &c);
        if (c.n > 16)
            split_many(b, &c, g->dy[0].value);
        else
            slice_each(b, &c, g->dy[0].value);
    }
    tfg_free(c.shapes);
    return tfg_b_done(b);
}

static int grad_concat(TfgGradCall *g, TfgStatus *s) { return concat(g, 1, 0, s); }
static int grad_concat_v2(TfgGradCall *g, TfgStatus *s) { return concat(g, 0, g->n_in - 1, s); }

/* All dy joined along `axis`. */
static TfgValue join_all(TfgBuild *b, TfgValue axis)
{
    int n = b->g->n_out;
    if (n == 1)
        return B_NAMED(b, "Identity", "concat", tfg_b_dy_of(b, 0));
    TfgValue *all = tfg_alloc((size_t)(n + 1) * sizeof *all), out = TFG_NO_VALUE;
    if (!all) {
        b->failed = true;
        tfg_fail_memory(b->s);
        return out;
    }
    for (int i = 0; i < n; i++)
        all[i] = tfg_b_dy_of(b, i);
    all[n] = axis;
    out = tfg_b_op(b, "ConcatV2", "concat", all, n + 1, NULL, 0);
    tfg_free(all);
    return out;
}

static int grad_split(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 1, join_all(b, tfg_b_x(b, 0)));
    return tfg_b_done(b);
}

static int grad_split_v(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, join_all(b, tfg_b_x(b, 2)));
    return tfg_b_done(b);
}

static int grad_pack(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), *parts = tfg_calloc((size_t)g->n_in, sizeof *parts);
    if (!parts)
        return tfg_fail_memory(s);
    tfg_b_op_n(b, "Unpack", "unstack", &dy, 1,
               B_ATTRS({"num", TFG_A_INT(g->n_in)}, {"axis", TFG_A_INT(tfg_attrs_int(g->attrs, "axis"))}), parts, g->n_in);
    for (int i = 0; i < g->n_in; i++)
        tfg_b_dx(b, i, parts[i]);
    tfg_free(parts);
    return tfg_b_done(b);
}

static int grad_unpack(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue *all = tfg_alloc((size_t)g->n_out * sizeof *all);
    if (!all)
        return tfg_fail_memory(s);
    for (int i = 0; i < g->n_out; i++)
        all[i] = tfg_b_dy_of(b, i);
    tfg_b_dx(b, 0, tfg_b_op(b, "Pack", "stack", all, g->n_out, B_ATTRS({"axis", TFG_A_INT(tfg_attrs_int(g->attrs, "axis"))})));
    tfg_free(all);
    return tfg_b_done(b);
}

/* ---- repeating and padding ---- */

/* perm = (rank - 1) - range(rank), as tf.transpose makes it. */
static TfgValue transpose_reversed(TfgBuild *b, TfgValue x)
{
    bool in = tfg_b_enter(b, "transpose");
    TfgValue rank = B_OP(b, "Rank", x), last = tfg_b_op_const(b, "Sub", "sub", rank, 1);
    bool in_range = tfg_b_enter(b, "Range");
    TfgValue start = tfg_b_const(b, "start", TFG_INT32, 0), delta = tfg_b_const(b, "delta", TFG_INT32, 1);
    TfgValue range = B_NAMED(b, "Range", "/", start, rank, delta);
    tfg_b_leave(b, in_range);
    TfgValue out = B_NAMED(b, "Transpose", "/", x, tfg_b_sub(b, last, range));
    tfg_b_leave(b, in);
    return out;
}

static int grad_tile(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = tfg_b_shape(b, tfg_b_x(b, 0)), pairs = B_NAMED(b, "Pack", "stack", tfg_b_x(b, 1), shape);
    TfgValue split = tfg_b_flatten(b, transpose_reversed(b, pairs)), n = tfg_b_size(b, split);
    bool in = tfg_b_enter(b, "range");
    TfgValue start = tfg_b_const(b, "start", TFG_INT32, 0), delta = tfg_b_const(b, "delta", TFG_INT32, 2);
    TfgValue axes = B_NAMED(b, "Range", "/", start, n, delta), dy = g->dy[0].value;
    tfg_b_leave(b, in);
    if (tfg_has_value(g->dy[0].indices)) {      /* rows of all repetitions fall on the same rows of x */
        TfgValue rows = tfg_b_item(b, shape, 0), ids = B_OP(b, "FloorMod", g->dy[0].indices, rows), again = tfg_b_item(b, shape, 0);
        dy = B_OP(b, "UnsortedSegmentSum", dy, ids, again);
        TfgValue tail = tfg_b_slice(b, split, B_AT(1), B_OPEN);
        split = tfg_b_concat_with(b, (TfgValue[]){TFG_NO_VALUE, tail}, 2, 1, 0);
    }
    tfg_b_dx(b, 0, tfg_b_sum(b, tfg_b_reshape(b, dy, split), axes));
    return tfg_b_done(b);
}

static int grad_pad(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), rank = tfg_b_rank(b, x), column = tfg_b_stack_const(b, "stack", rank, 1, false);
    bool in = tfg_b_enter(b, "Slice");
    TfgValue before = B_NAMED(b, "Slice", "/", tfg_b_x(b, 1), tfg_b_ints(b, "begin", (int64_t[]){0, 0}, 2), column);
    tfg_b_leave(b, in);
    TfgValue begin = tfg_b_flatten(b, before), size = tfg_b_shape(b, x);
    tfg_b_dx(b, 0, tfg_b_cut(b, tfg_b_dy(b), begin, size));
    return tfg_b_done(b);
}

static int mirror(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgBytes mode = tfg_attrs_string(g->attrs, "mode");
    tfg_b_dx(b, 0, tfg_b_op(b, type, NULL, B_LIST(tfg_b_dy(b), tfg_b_x(b, 1)),
                            B_ATTRS({"mode", {.kind = TFG_ATTR_STRING, .s = mode}})));
    return tfg_b_done(b);
}

static int grad_mirror_pad(TfgGradCall *g, TfgStatus *s) { return mirror(g, "MirrorPadGrad", s); }
static int grad_mirror_pad_grad(TfgGradCall *g, TfgStatus *s) { return mirror(g, "MirrorPad", s); }

/* ---- rearranging ---- */

static int grad_transpose(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue back = B_OP(b, "InvertPermutation", tfg_b_x(b, 1));
    tfg_b_dx(b, 0, tfg_b_transpose(b, tfg_b_dy(b), back));
    return tfg_b_done(b);
}

static int grad_conjugate_transpose(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue back = B_OP(b, "InvertPermutation", tfg_b_x(b, 1)), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, B_NAMED(b, tfg_b_is_complex(b, dy) ? "ConjugateTranspose" : "Transpose", "transpose", dy, back));
    return tfg_b_done(b);
}

static int other_way(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, type, tfg_b_dy(b), tfg_b_x(b, 1), tfg_b_x(b, 2)));
    return tfg_b_done(b);
}

static int grad_space_to_batch_nd(TfgGradCall *g, TfgStatus *s) { return other_way(g, "BatchToSpaceND", s); }
static int grad_batch_to_space_nd(TfgGradCall *g, TfgStatus *s) { return other_way(g, "SpaceToBatchND", s); }

/* Of the old ops: tf.batch_to_space and tf.space_to_batch of images. */
static int other_way_of_images(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    int64_t size = tfg_attrs_int(g->attrs, "block_size");
    TfgShape block;
    tfg_shape_set(&block, 2, (int64_t[]){size, size});
    bool in = tfg_b_enter(b, type);
    TfgValue dy = tfg_b_dy(b), sizes = tfg_b_dims(b, "block_shape", &block, TFG_INT64);
    tfg_b_dx(b, 0, B_NAMED(b, type, "/", dy, sizes, tfg_b_x(b, 1)));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

static int grad_space_to_batch(TfgGradCall *g, TfgStatus *s) { return other_way_of_images(g, "BatchToSpaceND", s); }
static int grad_batch_to_space(TfgGradCall *g, TfgStatus *s) { return other_way_of_images(g, "SpaceToBatchND", s); }

static int depth_and_space(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgBytes format = tfg_attrs_string(g->attrs, "data_format");
    if (tfg_attrs_string_is(g->attrs, "data_format", "NCHW_VECT_C"))
        return tfg_fail(s, TFG_VALUE_ERROR, "Cannot compute %s gradient with NCHW_VECT_C. NCHW_VECT_C requires qint8 data type.", g->op_type);
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, tfg_b_op(b, type, NULL, &dy, 1, B_ATTRS({"block_size", TFG_A_INT(tfg_attrs_int(g->attrs, "block_size"))},
                            {"data_format", {.kind = TFG_ATTR_STRING, .s = format}})));
    return tfg_b_done(b);
}

static int grad_space_to_depth(TfgGradCall *g, TfgStatus *s) { return depth_and_space(g, "DepthToSpace", s); }
static int grad_depth_to_space(TfgGradCall *g, TfgStatus *s) { return depth_and_space(g, "SpaceToDepth", s); }

const TfgGradRow tfg_gradients_array_join[] = {
    GRAD("BatchToSpace", grad_batch_to_space, TFG_USES_X1),
    GRAD("BatchToSpaceND", grad_batch_to_space_nd, TFG_USES_X1 | TFG_USES_X2),
    GRAD("Concat", grad_concat, TFG_USES_X),
    NONE("ConcatOffset"),
    GRAD("ConcatV2", grad_concat_v2, TFG_USES_X),
    GRAD("ConjugateTranspose", grad_conjugate_transpose, TFG_USES_X1),
    GRAD("DepthToSpace", grad_depth_to_space, 0),
    GRAD("MirrorPad", grad_mirror_pad, TFG_USES_X1),
    GRAD("MirrorPadGrad", grad_mirror_pad_grad, TFG_USES_X1),
    GRAD("Pack", grad_pack, 0),
    GRAD("Pad", grad_pad, TFG_USES_X0 | TFG_USES_X1),
    GRAD("PadV2", grad_pad, TFG_USES_X0 | TFG_USES_X1),
    GRAD("SpaceToBatch", grad_space_to_batch, TFG_USES_X1),
    GRAD("SpaceToBatchND", grad_space_to_batch_nd, TFG_USES_X1 | TFG_USES_X2),
    GRAD("SpaceToDepth", grad_space_to_depth, 0),
    GRAD("Split", grad_split, TFG_USES_X0),
    GRAD("SplitV", grad_split_v, TFG_USES_X2),
    GRAD("Tile", grad_tile, TFG_USES_X),
    GRAD("Transpose", grad_transpose, TFG_USES_X1),
    GRAD("Unpack", grad_unpack, 0),
};
const int tfg_n_gradients_array_join = sizeof tfg_gradients_array_join / sizeof *tfg_gradients_array_join;
