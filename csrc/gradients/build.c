#include "gradients/build.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "graph/opdef.h"

int tfg_b_done(const TfgBuild *b) { return b->failed ? -1 : 0; }

int tfg_b_fail(TfgBuild *b, TfgCode code, const char *format, ...)
{
    if (!b->failed) {
        va_list args;
        va_start(args, format);
        tfg_failv(b->s, code, format, args);
        va_end(args);
    }
    b->failed = true;
    return -1;
}

/* The value that stands for slices is the builder's own address. */
static bool is_slices(const TfgBuild *b, TfgValue v) { return v.a == (const void *)b; }

TfgValue tfg_b_dy(TfgBuild *b) { return tfg_has_value(b->g->dy[0].indices) ? (TfgValue){b, 0} : b->g->dy[0].value; }

/* What v is, or the values of the slices that it stands for. */
static TfgValue values_of(const TfgBuild *b, TfgValue v) { return is_slices(b, v) ? b->g->dy[0].value : v; }

TfgValue tfg_b_converted(TfgBuild *b, TfgValue v, const char *name)
{
    if (!is_slices(b, v))
        return v;
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_dense_named(b->g, 0, name, &out, b->s) < 0)
        b->failed = true;
    return out;
}

TfgValue tfg_b_dy_of(TfgBuild *b, int i)
{
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_dense(b->g, i, &out, b->s) < 0)
        b->failed = true;
    return out;
}

void tfg_b_dx_slices(TfgBuild *b, int i, TfgValue values, TfgValue indices, TfgValue dense_shape)
{
    if (!b->failed)
        b->g->dx[i] = (TfgGrad){values, indices, dense_shape};
}

void tfg_b_dx(TfgBuild *b, int i, TfgValue v)
{
    if (!b->failed)
        b->g->dx[i] = is_slices(b, v) ? b->g->dy[0] : (TfgGrad){v, TFG_NO_VALUE, TFG_NO_VALUE};
}

TfgDType tfg_b_dtype(const TfgBuild *b, TfgValue v) { return b->failed ? TFG_INVALID : tfg_grad_dtype(b->g, values_of(b, v)); }

bool tfg_b_is_complex(const TfgBuild *b, TfgValue v)
{
    TfgDType d = tfg_b_dtype(b, v);
    return d == TFG_COMPLEX64 || d == TFG_COMPLEX128;
}

void tfg_b_static_shape(const TfgBuild *b, TfgValue v, TfgShape *out)
{
    if (b->failed || !tfg_has_value(v) || is_slices(b, v))
        tfg_shape_set_unknown(out);
    else
        tfg_grad_shape(b->g, v, out);
}

/* ---- scopes ---- */

static bool entered(TfgBuild *b, int rc)
{
    if (rc < 0)
        b->failed = true;
    return rc == 0;
}

bool tfg_b_enter(TfgBuild *b, const char *name) { return !b->failed && entered(b, b->g->backend->enter_scope(b->g, name, b->s)); }

bool tfg_b_after(TfgBuild *b, TfgValue v)
{
    v = values_of(b, v);
    return !b->failed && entered(b, b->g->backend->enter_controls(b->g, &v, 1, b->s));
}

bool tfg_b_beside(TfgBuild *b, TfgValue v, bool alone)
{
    return !b->failed && entered(b, b->g->backend->enter_colocation(b->g, values_of(b, v), alone, b->s));
}

void tfg_b_leave(TfgBuild *b, bool was_entered)
{
    if (was_entered)
        b->g->backend->leave_scope(b->g);
}

void tfg_b_leave_after(TfgBuild *b, bool was_entered)
{
    if (was_entered)
        b->g->backend->leave_controls(b->g);
}

void tfg_b_leave_beside(TfgBuild *b, bool was_entered)
{
    if (was_entered)
        b->g->backend->leave_colocation(b->g);
}

/* ---- ops ---- */

/* The op with slices among its inputs: they become dense inside its name, each named for its argument. */
static void op_of_slices(TfgBuild *b, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs,
                         int n_attrs, TfgValue *out, int n_out)
{
    TfgValue few[8];
    const TfgOpDef *def = tfg_find_op_def(type);
    bool in_scope = name && strcmp(name, "/") == 0, entered_here = !in_scope && tfg_b_enter(b, name ? name : type);
    if (n_in > 8)
        tfg_b_fail(b, TFG_INTERNAL, "Gradient of %s: slices among %d inputs", b->g->op_type, n_in);
    for (int i = 0; i < n_in && !b->failed; i++)
        few[i] = tfg_b_converted(b, in[i], def && i < def->n_in ? def->in[i].name : NULL);
    if (!b->failed && tfg_grad_call_n(b->g, type, "/", few, n_in, attrs, n_attrs, out, n_out, b->s) < 0)
        b->failed = true;
    tfg_b_leave(b, entered_here);
}

void tfg_b_op_n(TfgBuild *b, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs, int n_attrs,
                TfgValue *out, int n_out)
{
    bool slices = false;
    for (int i = 0; i < n_out; i++)
        out[i] = TFG_NO_VALUE;
    for (int i = 0; i < n_in && !slices; i++)
        slices = is_slices(b, in[i]);
    if (b->failed)
        return;
    if (slices)
        op_of_slices(b, type, name, in, n_in, attrs, n_attrs, out, n_out);
    else if (tfg_grad_call_n(b->g, type, name, in, n_in, attrs, n_attrs, out, n_out, b->s) < 0)
        b->failed = true;
}

TfgValue tfg_b_op(TfgBuild *b, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs, int n_attrs)
{
    TfgValue out;
    tfg_b_op_n(b, type, name, in, n_in, attrs, n_attrs, &out, 1);
    return out;
}

static TfgValue with_const(TfgBuild *b, const char *type, const char *name, TfgValue x, double c, bool first)
{
    TfgValue out = TFG_NO_VALUE;
    x = tfg_b_converted(b, x, NULL);
    if (!b->failed && tfg_grad_binary_const(b->g, type, name, x, c, first, &out, b->s) < 0)
        b->failed = true;
    return out;
}

TfgValue tfg_b_op_const(TfgBuild *b, const char *type, const char *name, TfgValue x, double c)
{
    return with_const(b, type, name, x, c, false);
}

TfgValue tfg_b_const_op(TfgBuild *b, const char *type, const char *name, double c, TfgValue x)
{
    return with_const(b, type, name, x, c, true);
}

TfgValue tfg_b_const(TfgBuild *b, const char *name, TfgDType dtype, double value)
{
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_const_float(b->g, name, dtype, value, &out, b->s) < 0)
        b->failed = true;
    return out;
}

static TfgValue int_vector(TfgBuild *b, const char *name, TfgDType dtype, const int64_t *values, int n)
{
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_const_ints(b->g, name, dtype, values, n, &out, b->s) < 0)
        b->failed = true;
    return out;
}

TfgValue tfg_b_ints(TfgBuild *b, const char *name, const int64_t *values, int n) { return int_vector(b, name, TFG_INT32, values, n); }

TfgValue tfg_b_dims(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype)
{
    return int_vector(b, name, dtype, shape->dims, shape->rank);
}

TfgValue tfg_b_conj(TfgBuild *b, TfgValue x) { return tfg_b_is_complex(b, x) ? B_OP(b, "Conj", x) : x; }

TfgValue tfg_b_cast(TfgBuild *b, TfgValue x, TfgDType dtype, const char *name)
{
    if (b->failed || tfg_b_dtype(b, x) == dtype)
        return x;
    x = tfg_b_converted(b, x, NULL);
    return tfg_b_op(b, "Cast", name, &x, 1, B_ATTRS({"DstT", TFG_A_TYPE(dtype)}));
}

/* ---- shapes ---- */

TfgValue tfg_b_shape_as(TfgBuild *b, TfgValue x, TfgDType dtype)
{
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    if (tfg_shape_is_full(&shape))
        return tfg_b_dims(b, "Shape", &shape, dtype);
    return tfg_b_op(b, "Shape", NULL, &x, 1, B_ATTRS({"out_type", TFG_A_TYPE(dtype)}));
}

TfgValue tfg_b_shape(TfgBuild *b, TfgValue x) { return tfg_b_shape_as(b, x, TFG_INT32); }

TfgValue tfg_b_size(TfgBuild *b, TfgValue x)
{
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    int64_t n = tfg_shape_count(&shape);
    return n >= 0 && n <= INT32_MAX ? tfg_b_const(b, "Size", TFG_INT32, (double)n) : B_OP(b, "Size", x);
}

TfgValue tfg_b_rank(TfgBuild *b, TfgValue x)
{
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    return shape.rank >= 0 ? tfg_b_const(b, "Rank", TFG_INT32, shape.rank) : B_OP(b, "Rank", x);
}

TfgValue tfg_b_reshape(TfgBuild *b, TfgValue x, TfgValue shape) { return B_OP(b, "Reshape", x, shape); }

TfgValue tfg_b_flatten(TfgBuild *b, TfgValue x)
{
    bool in = tfg_b_enter(b, "Reshape");
    x = tfg_b_converted(b, x, "tensor");
    TfgValue out = B_NAMED(b, "Reshape", "/", x, tfg_b_ints(b, "shape", (int64_t[]){-1}, 1));
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_reshape_like(TfgBuild *b, TfgValue x, TfgValue like)
{
    TfgValue shape = tfg_b_shape(b, like);
    return tfg_b_reshape(b, x, shape);
}

/* Fill at the current scope's own name; its value is the scope's "Const". */
static TfgValue fill_scope(TfgBuild *b, TfgValue shape, TfgDType dtype, double value)
{
    TfgValue v = tfg_b_const(b, "Const", dtype, value);
    return B_NAMED(b, "Fill", "/", shape, v);
}

TfgValue tfg_b_zeros(TfgBuild *b, TfgValue shape, TfgDType dtype)
{
    TfgShape of_shape;
    bool in = tfg_b_enter(b, "zeros");
    tfg_b_static_shape(b, shape, &of_shape);
    if (of_shape.rank <= 0)
        shape = tfg_b_flatten(b, shape);
    TfgValue out = fill_scope(b, shape, dtype, 0);
    tfg_b_leave(b, in);
    return out;
}

enum { SMALL = 1000 };          /* elements of a constant that is written out rather than filled */

TfgValue tfg_b_filled_of(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype, int value)
{
    TfgValue out = TFG_NO_VALUE;
    if (b->failed)
        return out;
    int64_t n = tfg_shape_count(shape);
    if (n >= 0 && n < SMALL) {
        if (tfg_grad_const(b->g, name, tfg_tensor_filled(dtype, shape->rank, shape->dims, value, b->s), &out, b->s) < 0)
            b->failed = true;
        return out;
    }
    bool in = tfg_b_enter(b, name);
    out = fill_scope(b, tfg_b_dims(b, "shape_as_tensor", shape, TFG_INT32), dtype, value);
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_zeros_of(TfgBuild *b, const char *name, const TfgShape *shape, TfgDType dtype)
{
    return tfg_b_filled_of(b, name, shape, dtype, 0);
}

TfgValue tfg_b_zeros_like(TfgBuild *b, TfgValue x, bool optimize)
{
    TfgShape shape;
    TfgDType dtype = tfg_b_dtype(b, x);
    tfg_b_static_shape(b, x, &shape);
    if (b->failed || !optimize || !tfg_shape_is_full(&shape) || dtype == TFG_VARIANT)
        return B_NAMED(b, "ZerosLike", "zeros_like", x);
    return tfg_b_zeros_of(b, "zeros_like", &shape, dtype);
}

TfgValue tfg_b_ones_like(TfgBuild *b, TfgValue x, TfgDType dtype)
{
    bool in = tfg_b_enter(b, "ones_like");
    TfgValue out = fill_scope(b, tfg_b_shape(b, x), dtype, 1);
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_fill(TfgBuild *b, TfgValue dims, int64_t value)
{
    bool in = tfg_b_enter(b, "Fill");
    TfgValue out = B_NAMED(b, "Fill", "/", dims, tfg_b_const(b, "value", TFG_INT32, (double)value));
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_where(TfgBuild *b, TfgValue c, TfgValue x, TfgValue y) { return B_OP(b, "Select", c, x, y); }

TfgValue tfg_b_expand_dims(TfgBuild *b, TfgValue x, int axis)
{
    bool in = tfg_b_enter(b, "ExpandDims");
    x = tfg_b_converted(b, x, "input");
    TfgValue out = B_NAMED(b, "ExpandDims", "/", x, tfg_b_const(b, "dim", TFG_INT32, axis));
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_gather(TfgBuild *b, TfgValue params, TfgValue indices)
{
    bool in = tfg_b_enter(b, "GatherV2");
    params = tfg_b_converted(b, params, "params");
    TfgValue out = B_NAMED(b, "GatherV2", "/", params, indices, tfg_b_const(b, "axis", TFG_INT32, 0));
    tfg_b_leave(b, in);
    return out;
}

enum { MAX_CONCAT = 8 };        /* parts of the small vectors put together here; long lists go through tfg_b_op */

TfgValue tfg_b_concat_with(TfgBuild *b, const TfgValue *values, int n, int64_t c, int axis)
{
    TfgValue all[MAX_CONCAT + 1];
    if (n > MAX_CONCAT)
        tfg_b_fail(b, TFG_INTERNAL, "A gradient joins %d parts", n);
    bool in = tfg_b_enter(b, "concat");
    for (int i = 0; i < n && !b->failed; i++) {
        char name[16];
        snprintf(name, sizeof name, "values_%d", i);
        all[i] = tfg_has_value(values[i]) ? values[i] : tfg_b_ints(b, name, &c, 1);
    }
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed) {
        all[n] = tfg_b_const(b, "axis", TFG_INT32, axis);
        out = tfg_b_op(b, "ConcatV2", "/", all, n + 1, NULL, 0);
    }
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_concat(TfgBuild *b, const TfgValue *values, int n, int axis) { return tfg_b_concat_with(b, values, n, 0, axis); }

TfgValue tfg_b_stack_const(TfgBuild *b, const char *name, TfgValue v, int64_t c, bool const_first)
{
    bool in = tfg_b_enter(b, name);
    TfgValue k = tfg_b_const(b, const_first ? "0" : "1", tfg_b_dtype(b, v), (double)c);
    TfgValue out = const_first ? B_NAMED(b, "Pack", "/", k, v) : B_NAMED(b, "Pack", "/", v, k);
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_cut(TfgBuild *b, TfgValue x, TfgValue begin, TfgValue size) { return B_OP(b, "Slice", x, begin, size); }

TfgValue tfg_b_range(TfgBuild *b, TfgValue start, TfgValue limit, TfgValue delta)
{
    bool in = tfg_b_enter(b, "range");
    if (!tfg_has_value(start))
        start = tfg_b_const(b, "start", TFG_INT32, 0);
    if (!tfg_has_value(delta))
        delta = tfg_b_const(b, "delta", TFG_INT32, 1);
    TfgValue out = B_NAMED(b, "Range", "/", start, limit, delta);
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_transpose(TfgBuild *b, TfgValue x, TfgValue perm) { return B_NAMED(b, "Transpose", "transpose", x, perm); }
TfgValue tfg_b_sum(TfgBuild *b, TfgValue x, TfgValue axes) { return B_OP(b, "Sum", x, axes); }

TfgValue tfg_b_sum_last(TfgBuild *b, TfgValue x, bool keep_dims)
{
    bool in = tfg_b_enter(b, "Sum");
    x = tfg_b_converted(b, x, "input");
    TfgValue out = tfg_b_op(b, "Sum", "/", B_LIST(x, tfg_b_const(b, "reduction_indices", TFG_INT32, -1)),
                            B_ATTRS({"keep_dims", TFG_A_BOOL(keep_dims)}));
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_reduce_all(TfgBuild *b, const char *type, TfgValue x)
{
    TfgShape shape;
    TfgValue axes;
    x = tfg_b_converted(b, x, NULL);
    tfg_b_static_shape(b, x, &shape);
    if (shape.rank >= 0) {
        int64_t all[TFG_MAX_RANK];
        for (int i = 0; i < shape.rank; i++)
            all[i] = i;
        axes = tfg_b_ints(b, "Const", all, shape.rank);
    } else {
        TfgValue rank = B_OP(b, "Rank", x);
        axes = tfg_b_range(b, TFG_NO_VALUE, rank, TFG_NO_VALUE);
    }
    TfgValue out = B_OP(b, type, x, axes);
    tfg_shape_set_scalar(&shape);
    if (!b->failed && b->g->backend->set_shape && b->g->backend->set_shape(b->g, out, &shape, b->s) < 0)
        b->failed = true;
    return out;
}

static TfgValue bound(TfgBuild *b, const char *name, TfgBound at)
{
    if (tfg_has_value(at.v))
        return B_NAMED(b, "Pack", name, at.v);
    return tfg_b_ints(b, name, &(int64_t){at.open ? 0 : at.c}, 1);
}

static TfgValue strided_slice(TfgBuild *b, TfgValue x, TfgBound begin, TfgBound end, bool shrink)
{
    bool in = tfg_b_enter(b, "strided_slice");
    TfgValue first = bound(b, "stack", begin), last = bound(b, "stack_1", end), step = tfg_b_ints(b, "stack_2", (int64_t[]){1}, 1);
    TfgValue out = tfg_b_op(b, "StridedSlice", "/", B_LIST(x, first, last, step),
                            B_ATTRS({"begin_mask", TFG_A_INT(begin.open)}, {"end_mask", TFG_A_INT(end.open)},
                                    {"shrink_axis_mask", TFG_A_INT(shrink)}));
    tfg_b_leave(b, in);
    return out;
}

TfgValue tfg_b_item(TfgBuild *b, TfgValue x, int64_t i) { return strided_slice(b, x, B_AT(i), B_AT(i + 1), true); }
TfgValue tfg_b_slice(TfgBuild *b, TfgValue x, TfgBound begin, TfgBound end) { return strided_slice(b, x, begin, end, false); }

TfgValue tfg_b_item_at(TfgBuild *b, TfgValue x, TfgValue i)
{
    TfgValue next = tfg_b_op_const(b, "Add", "add", i, 1);
    return strided_slice(b, x, B_AT_VALUE(i), B_AT_VALUE(next), true);
}

/* ---- broadcasting ---- */

TfgBroadcast tfg_b_broadcast(TfgBuild *b, TfgValue x, TfgValue y)
{
    TfgValue sx = tfg_b_shape(b, x), sy = tfg_b_shape(b, y), r[2];
    tfg_b_op_n(b, "BroadcastGradientArgs", NULL, B_LIST(sx, sy), NULL, 0, r, 2);
    return (TfgBroadcast){sx, sy, r[0], r[1]};
}

TfgValue tfg_b_sum_to(TfgBuild *b, TfgValue v, TfgValue axes, TfgValue shape)
{
    TfgValue sum = tfg_b_sum(b, v, axes);
    return tfg_b_reshape(b, sum, shape);
}

bool tfg_b_same_shapes(const TfgBuild *b, TfgValue x, TfgValue y, TfgValue z)
{
    TfgShape sx, sy, sz;
    tfg_b_static_shape(b, x, &sx);
    tfg_b_static_shape(b, y, &sy);
    tfg_b_static_shape(b, z, &sz);
    return tfg_shape_is_full(&sx) && tfg_shape_equal(&sx, &sy) && tfg_shape_equal(&sx, &sz);
}
