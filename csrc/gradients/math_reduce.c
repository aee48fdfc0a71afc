/* Gradients of reductions, products of matrices, cumulations and segments. */
#include <string.h>

#include "gradients/rows.h"

/* x // max(y, 1), of shapes. */
static TfgValue safe_shape_div(TfgBuild *b, TfgValue x, TfgValue y)
{
    return B_NAMED(b, "FloorDiv", "floordiv", x, tfg_b_op_const(b, "Maximum", "Maximum", y, 1));
}

/* The shape of a reduction's result with the reduced axes kept as 1. */
TfgValue tfg_b_reduced_shape(TfgBuild *b, TfgValue shape, TfgValue axes)
{
    axes = tfg_b_cast(b, axes, TFG_INT32, "ToInt32");
    TfgValue rank = tfg_b_size(b, shape);
    axes = tfg_b_add(b, axes, rank);
    axes = tfg_b_mod(b, axes, rank);
    TfgValue axes_shape = tfg_b_shape(b, axes), all = tfg_b_range(b, TFG_NO_VALUE, rank, TFG_NO_VALUE);
    TfgValue ones = tfg_b_fill(b, axes_shape, 1);
    return tfg_b_op(b, "DynamicStitch", NULL, B_LIST(all, axes, shape, ones), NULL, 0);
}

/* The axes are known, and all of them in order. */
static bool reduces_all(TfgBuild *b, const TfgShape *x, TfgValue axes)
{
    TfgTensor *t = x->rank < 0 || b->failed ? NULL : tfg_grad_constant_value(b->g, axes);
    bool all = t && t->rank == 1 && t->count == x->rank;
    for (int i = 0; all && i < x->rank; i++)
        all = tfg_tensor_int(t, i) == i;
    tfg_tensor_unref(t);
    return all;
}

static TfgValue reshape_to_ones(TfgBuild *b, TfgValue v, int rank)
{
    int64_t ones[TFG_MAX_RANK];
    for (int i = 0; i < rank; i++)
        ones[i] = 1;
    bool in = tfg_b_enter(b, "Reshape");
    v = tfg_b_converted(b, v, "tensor");
    TfgValue out = B_NAMED(b, "Reshape", "/", v, tfg_b_ints(b, "shape", ones, rank));
    tfg_b_leave(b, in);
    return out;
}

static TfgValue spread_sum(TfgBuild *b)
{
    TfgValue x = tfg_b_x(b, 0), axes = tfg_b_x(b, 1);
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    if (reduces_all(b, &shape, axes)) {
        TfgValue dy = reshape_to_ones(b, tfg_b_dy(b), shape.rank);
        TfgValue multiples = tfg_shape_is_full(&shape) ? tfg_b_dims(b, NULL, &shape, TFG_INT32) : tfg_b_shape(b, x);
        return B_OP(b, "Tile", dy, multiples);
    }
    TfgValue x_shape = tfg_b_shape(b, x);
    bool beside = tfg_b_beside(b, x_shape, false);
    TfgValue kept = tfg_b_reduced_shape(b, x_shape, axes), multiples = safe_shape_div(b, x_shape, kept);
    tfg_b_leave_beside(b, beside);
    return B_OP(b, "Tile", tfg_b_reshape(b, tfg_b_dy(b), kept), multiples);
}

static int grad_sum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, spread_sum(b));
    return tfg_b_done(b);
}

static int grad_mean(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue sum = spread_sum(b), factor;
    TfgDType dtype = tfg_b_dtype(b, sum);
    TfgShape x, y;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &x);
    tfg_b_static_shape(b, tfg_b_y(b, 0), &y);
    int64_t n = tfg_shape_count(&x), m = tfg_shape_count(&y);
    if (n >= 0 && m >= 0) {
        factor = tfg_b_const(b, NULL, dtype, (double)(n / (m > 1 ? m : 1)));
    } else {
        TfgValue sx = tfg_b_shape(b, tfg_b_x(b, 0)), sy = tfg_b_shape(b, tfg_b_y(b, 0));
        TfgValue n_x = tfg_b_reduce_all(b, "Prod", sx), n_y = tfg_b_reduce_all(b, "Prod", sy);
        factor = tfg_b_cast(b, safe_shape_div(b, n_x, n_y), dtype, NULL);
    }
    tfg_b_dx(b, 0, tfg_b_quotient(b, sum, factor));
    return tfg_b_done(b);
}

static TfgValue div_as_python2(TfgBuild *b, TfgValue x, TfgValue y)
{
    TfgKind kind = tfg_dtype_kind(tfg_b_dtype(b, x));
    return B_NAMED(b, kind == TFG_KIND_FLOAT || kind == TFG_KIND_COMPLEX || b->failed ? "RealDiv" : "FloorDiv", "div", x, y);
}

/* Max and Min: shared by all elements that reach the extremum. */
static int grad_extremum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), axes = tfg_b_x(b, 1), shape = tfg_b_shape(b, x), kept = tfg_b_reduced_shape(b, shape, axes);
    TfgValue y = tfg_b_reshape(b, tfg_b_y(b, 0), kept), dy = tfg_b_reshape(b, tfg_b_dy(b), kept);
    TfgValue hits = tfg_b_cast(b, B_OP(b, "Equal", y, x), tfg_b_dtype(b, dy), NULL);
    TfgValue n = tfg_b_reshape(b, tfg_b_sum(b, hits, axes), kept);
    tfg_b_dx(b, 0, tfg_b_mul(b, div_as_python2(b, hits, n), dy));
    return tfg_b_done(b);
}

static int grad_euclidean_norm(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_y(b, 0), dy = tfg_b_dy(b);
    if (!tfg_attrs_bool(g->attrs, "keep_dims")) {
        TfgValue kept = tfg_b_reduced_shape(b, tfg_b_shape(b, x), tfg_b_x(b, 1));
        y = tfg_b_reshape(b, y, kept);
        dy = tfg_b_reshape(b, dy, kept);
    }
    TfgValue scale = B_NAMED(b, "RealDiv", "truediv", y, dy);
    tfg_b_dx(b, 0, B_NAMED(b, "RealDiv", "truediv", x, scale));
    return tfg_b_done(b);
}

static TfgValue cumulate(TfgBuild *b, const char *type, TfgValue x, TfgValue axis, bool exclusive, bool reverse)
{
    return tfg_b_op(b, type, NULL, B_LIST(x, axis),
                    B_ATTRS({"exclusive", TFG_A_BOOL(exclusive)}, {"reverse", TFG_A_BOOL(reverse)}));
}

static TfgValue cumulate_rows(TfgBuild *b, TfgValue x, bool reverse)
{
    bool in = tfg_b_enter(b, "Cumprod");
    TfgValue out = tfg_b_op(b, "Cumprod", "/", B_LIST(x, tfg_b_const(b, "axis", TFG_INT32, 0)),
                            B_ATTRS({"exclusive", TFG_A_BOOL(true)}, {"reverse", TFG_A_BOOL(reverse)}));
    tfg_b_leave(b, in);
    return out;
}

/* The product of the others, without dividing: products of what is before times products of what is behind. */
static int grad_prod(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), shape = tfg_b_shape(b, x), axes = tfg_b_flatten(b, tfg_b_x(b, 1));
    TfgValue kept = tfg_b_reduced_shape(b, shape, tfg_b_x(b, 1)), multiples = safe_shape_div(b, shape, kept);
    TfgValue dy = B_OP(b, "Tile", tfg_b_reshape(b, tfg_b_dy(b), kept), multiples);

    bool on_cpu = !b->failed && (g->backend->enter_device(g, "/cpu:0", s) == 0 || (b->failed = true, false));
    TfgValue rank = tfg_b_rank(b, x);
    axes = tfg_b_add(b, axes, rank);
    axes = tfg_b_mod(b, axes, rank);
    TfgValue reduced = tfg_b_cast(b, axes, TFG_INT32, NULL), all = tfg_b_range(b, TFG_NO_VALUE, rank, TFG_NO_VALUE), parts[2];
    tfg_b_op_n(b, "ListDiff", NULL, B_LIST(all, reduced), B_ATTRS({"out_idx", TFG_A_TYPE(TFG_INT32)}), parts, 2);
    TfgValue other = parts[0], perm = tfg_b_concat(b, (TfgValue[]){reduced, other}, 2, 0);
    TfgValue n_reduced = tfg_b_reduce_all(b, "Prod", tfg_b_gather(b, shape, reduced));
    TfgValue n_other = tfg_b_reduce_all(b, "Prod", tfg_b_gather(b, shape, other));
    if (on_cpu)
        g->backend->leave_device(g);

    TfgValue permuted = tfg_b_transpose(b, x, perm), permuted_shape = tfg_b_shape(b, permuted);
    bool in = tfg_b_enter(b, "Reshape");
    TfgValue rows = B_NAMED(b, "Reshape", "/", permuted, B_NAMED(b, "Pack", "shape", n_reduced, n_other));
    tfg_b_leave(b, in);
    TfgValue left = cumulate_rows(b, rows, false), right = cumulate_rows(b, rows, true);
    left = tfg_b_conj(b, left);
    right = tfg_b_conj(b, right);
    TfgValue y = tfg_b_reshape(b, tfg_b_mul(b, left, right), permuted_shape), back = B_OP(b, "InvertPermutation", perm);
    TfgValue out = tfg_b_mul(b, dy, tfg_b_transpose(b, y, back));
    tfg_b_dx(b, 0, tfg_b_reshape(b, out, shape));
    return tfg_b_done(b);
}

static int grad_cumsum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool exclusive = tfg_attrs_bool(g->attrs, "exclusive"), reverse = tfg_attrs_bool(g->attrs, "reverse");
    tfg_b_dx(b, 0, cumulate(b, "Cumsum", tfg_b_dy(b), tfg_b_x(b, 1), exclusive, !reverse));
    return tfg_b_done(b);
}

static int grad_cumprod(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool exclusive = tfg_attrs_bool(g->attrs, "exclusive"), reverse = tfg_attrs_bool(g->attrs, "reverse");
    TfgValue x = tfg_b_x(b, 0), axis = tfg_b_x(b, 1), product = cumulate(b, "Cumprod", x, axis, exclusive, reverse);
    TfgValue weighted = tfg_b_mul(b, product, tfg_b_dy(b));
    tfg_b_dx(b, 0, tfg_b_quotient(b, cumulate(b, "Cumsum", weighted, axis, exclusive, !reverse), x));
    return tfg_b_done(b);
}

static int grad_cross(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue u = tfg_b_x(b, 0), v = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, B_OP(b, "Cross", v, dy));
    tfg_b_dx(b, 1, B_OP(b, "Cross", dy, u));
    return tfg_b_done(b);
}

/* ---- products of matrices ---- */

static TfgValue matmul(TfgBuild *b, TfgValue x, TfgValue y, bool tx, bool ty)
{
    return tfg_b_op(b, "MatMul", NULL, B_LIST(x, y), B_ATTRS({"transpose_a", TFG_A_BOOL(tx)}, {"transpose_b", TFG_A_BOOL(ty)}));
}

static int grad_matmul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool ta = tfg_attrs_bool(g->attrs, "transpose_a"), tb = tfg_attrs_bool(g->attrs, "transpose_b");
    TfgValue x = tfg_b_conj(b, tfg_b_x(b, 0)), y = tfg_b_conj(b, tfg_b_x(b, 1)), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, ta ? matmul(b, y, dy, tb, true) : matmul(b, dy, y, false, !tb));
    tfg_b_dx(b, 1, tb ? matmul(b, dy, x, true, ta) : matmul(b, x, dy, !ta, false));
    return tfg_b_done(b);
}

/* tf.matmul with adjoints: batches where both have more than two dimensions, or may have; where one may, if batches broadcast. */
static TfgValue adjoint_matmul(TfgBuild *b, const char *type, TfgValue x, TfgValue y, bool ax, bool ay)
{
    TfgShape sx, sy;
    tfg_b_static_shape(b, x, &sx);
    tfg_b_static_shape(b, y, &sy);
    bool batch_x = sx.rank < 0 || sx.rank > 2, batch_y = sy.rank < 0 || sy.rank > 2, broadcasts = strcmp(type, "BatchMatMulV2") == 0;
    if (broadcasts ? batch_x || batch_y : batch_x && batch_y)
        return tfg_b_op(b, type, "MatMul", B_LIST(x, y), B_ATTRS({"adj_x", TFG_A_BOOL(ax)}, {"adj_y", TFG_A_BOOL(ay)}));
    bool in = tfg_b_enter(b, "MatMul");
    if (ax)
        x = tfg_b_conj(b, x);
    if (ay)
        y = tfg_b_conj(b, y);
    TfgValue out = tfg_b_op(b, "MatMul", "/", B_LIST(x, y), B_ATTRS({"transpose_a", TFG_A_BOOL(ax)}, {"transpose_b", TFG_A_BOOL(ay)}));
    tfg_b_leave(b, in);
    return out;
}

static void batch_matmul(TfgBuild *b, const char *type, TfgValue *dx, TfgValue *dy_out)
{
    bool ax = tfg_attrs_bool(b->g->attrs, "adj_x"), ay = tfg_attrs_bool(b->g->attrs, "adj_y");
    TfgValue x = tfg_b_x(b, 0), y = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    *dx = ax ? adjoint_matmul(b, type, y, dy, ay, true) : adjoint_matmul(b, type, dy, y, false, !ay);
    *dy_out = ay ? adjoint_matmul(b, type, dy, x, true, ax) : adjoint_matmul(b, type, x, dy, !ax, false);
}

static int grad_batch_matmul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx, dy;
    batch_matmul(b, "BatchMatMul", &dx, &dy);
    tfg_b_dx(b, 0, dx);
    tfg_b_dx(b, 1, dy);
    return tfg_b_done(b);
}

/* Batches broadcast, so what was repeated is added up. */
static int grad_batch_matmul_v2(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dx, dy, r[2];
    batch_matmul(b, "BatchMatMulV2", &dx, &dy);
    TfgValue sx = tfg_b_shape(b, tfg_b_x(b, 0)), sy = tfg_b_shape(b, tfg_b_x(b, 1));
    TfgValue batch_x = tfg_b_slice(b, sx, B_OPEN, B_AT(-2)), batch_y = tfg_b_slice(b, sy, B_OPEN, B_AT(-2));
    tfg_b_op_n(b, "BroadcastGradientArgs", NULL, B_LIST(batch_x, batch_y), NULL, 0, r, 2);
    tfg_b_dx(b, 0, tfg_b_sum_to(b, dx, r[0], sx));
    tfg_b_dx(b, 1, tfg_b_sum_to(b, dy, r[1], sy));
    return tfg_b_done(b);
}

/* ---- segments ---- */

static int grad_segment_sum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, tfg_b_gather(b, tfg_b_dy(b), tfg_b_x(b, 1)));
    return tfg_b_done(b);
}

static int grad_segment_mean(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue ids = tfg_b_x(b, 1), dy = tfg_b_dy(b), rank = tfg_b_rank(b, tfg_b_x(b, 0)), parts[2];
    parts[0] = tfg_b_shape(b, ids);
    parts[1] = tfg_b_fill(b, tfg_b_expand_dims(b, tfg_b_op_const(b, "Sub", "sub", rank, 1), 0), 1);
    TfgValue shape = tfg_b_concat(b, parts, 2, 0), one = tfg_b_const(b, NULL, tfg_b_dtype(b, dy), 1);
    TfgValue ones = B_OP(b, "Fill", shape, one), n = B_OP(b, "SegmentSum", ones, ids);
    tfg_b_dx(b, 0, tfg_b_gather(b, div_as_python2(b, dy, n), ids));
    return tfg_b_done(b);
}

static int grad_segment_extremum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), ids = tfg_b_x(b, 1), dy = tfg_b_dy(b), zeros = tfg_b_zeros_like(b, x, true);
    TfgValue chosen = B_OP(b, "Equal", x, tfg_b_gather(b, tfg_b_y(b, 0), ids));
    TfgValue n = B_OP(b, "SegmentSum", tfg_b_cast(b, chosen, tfg_b_dtype(b, dy), NULL), ids);
    TfgValue spread = tfg_b_gather(b, div_as_python2(b, dy, n), ids);
    tfg_b_dx(b, 0, tfg_b_where(b, chosen, spread, zeros));
    return tfg_b_done(b);
}

static int grad_sparse_segment_sum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue rows = tfg_b_item(b, tfg_b_shape(b, tfg_b_x(b, 0)), 0), spread = tfg_b_gather(b, tfg_b_dy(b), tfg_b_x(b, 2));
    tfg_b_dx(b, 0, B_OP(b, "UnsortedSegmentSum", spread, tfg_b_x(b, 1), rows));
    return tfg_b_done(b);
}

static int sparse_segment(TfgGradCall *g, const char *grad, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue rows = tfg_b_item(b, tfg_b_shape(b, tfg_b_x(b, 0)), 0), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, B_OP(b, grad, dy, tfg_b_x(b, 1), tfg_b_x(b, 2), rows));
    return tfg_b_done(b);
}
static int grad_sparse_segment_mean(TfgGradCall *g, TfgStatus *s) { return sparse_segment(g, "SparseSegmentMeanGrad", s); }
static int grad_sparse_segment_sqrt_n(TfgGradCall *g, TfgStatus *s) { return sparse_segment(g, "SparseSegmentSqrtNGrad", s); }

/* Rows of params by ids, zeros for negative ids.  *clipped and *positive are made where they have no value yet. */
static TfgValue gather_dropping_negatives(TfgBuild *b, TfgValue params, TfgValue ids, TfgValue *clipped, TfgValue *positive)
{
    if (!tfg_has_value(*clipped))
        *clipped = B_OP(b, "Maximum", ids, tfg_b_zeros_like(b, ids, true));
    TfgValue rows = tfg_b_gather(b, params, *clipped);
    if (!tfg_has_value(*positive)) {
        TfgShape of_rows, of_positive;
        *positive = tfg_b_op_const(b, "GreaterEqual", "GreaterEqual", ids, 0);
        tfg_b_static_shape(b, rows, &of_rows);
        tfg_b_static_shape(b, *positive, &of_positive);
        if (of_rows.rank < 0 || of_positive.rank < 0)
            tfg_b_fail(b, TFG_TYPE_ERROR, "The gradient of %s needs to know how many dimensions data and segment_ids have", b->g->op_type);
        for (int i = of_positive.rank; i < of_rows.rank; i++)
            *positive = tfg_b_expand_dims(b, *positive, -1);
        *positive = B_NAMED(b, "LogicalAnd", "and", *positive, tfg_b_ones_like(b, rows, TFG_BOOL));
    }
    return tfg_b_where(b, *positive, rows, tfg_b_zeros_like(b, rows, true));
}

static int grad_unsorted_segment_sum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue clipped = TFG_NO_VALUE, positive = TFG_NO_VALUE;
    tfg_b_dx(b, 0, gather_dropping_negatives(b, tfg_b_dy(b), tfg_b_x(b, 1), &clipped, &positive));
    return tfg_b_done(b);
}

static int grad_unsorted_segment_extremum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue clipped = TFG_NO_VALUE, positive = TFG_NO_VALUE, ids = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgValue found = gather_dropping_negatives(b, tfg_b_y(b, 0), ids, &clipped, &positive);
    TfgValue chosen = B_OP(b, "Equal", tfg_b_x(b, 0), found);
    chosen = B_OP(b, "LogicalAnd", chosen, positive);
    TfgValue n = B_OP(b, "UnsortedSegmentSum", tfg_b_cast(b, chosen, tfg_b_dtype(b, dy), NULL), ids, tfg_b_x(b, 2));
    TfgValue weighted = div_as_python2(b, dy, n), spread = gather_dropping_negatives(b, weighted, ids, &clipped, &positive);
    TfgValue zeros = tfg_b_zeros_like(b, spread, true);
    tfg_b_dx(b, 0, tfg_b_where(b, chosen, spread, zeros));
    return tfg_b_done(b);
}

/* Where one zero is in a segment, it alone has a gradient; with two there is none. */
static int grad_unsorted_segment_prod(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), ids = tfg_b_x(b, 1), n = tfg_b_x(b, 2), dy = tfg_b_dy(b);
    TfgValue is_zero = tfg_b_op_const(b, "Equal", "Equal", x, 0);
    TfgValue n_zeros = B_OP(b, "UnsortedSegmentSum", tfg_b_cast(b, is_zero, TFG_INT32, NULL), ids, n);
    TfgValue several = tfg_b_op_const(b, "Greater", "Greater", n_zeros, 1);
    dy = tfg_b_where(b, several, tfg_b_zeros_like(b, dy, true), dy);
    TfgValue non_zero = tfg_b_where(b, is_zero, tfg_b_ones_like(b, x, tfg_b_dtype(b, x)), x);
    TfgValue non_zero_product = B_OP(b, "UnsortedSegmentProd", non_zero, ids, n);
    TfgValue clipped = B_OP(b, "Maximum", ids, tfg_b_zeros_like(b, ids, true)), positive = TFG_NO_VALUE;
    TfgValue product = tfg_b_gather(b, tfg_b_y(b, 0), clipped), others = tfg_b_gather(b, non_zero_product, clipped);
    TfgValue quotient = tfg_b_quotient(b, product, x), partial = tfg_b_where(b, is_zero, others, quotient);
    TfgValue spread = gather_dropping_negatives(b, dy, ids, &clipped, &positive);
    tfg_b_dx(b, 0, tfg_b_mul(b, spread, partial));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_math_reduce[] = {
    GRAD("ArgMax", tfg_grad_none, 0),
    GRAD("ArgMin", tfg_grad_none, 0),
    GRAD("BatchMatMul", grad_batch_matmul, TFG_USES_X),
    GRAD("BatchMatMulV2", grad_batch_matmul_v2, TFG_USES_X), GRAD("BatchMatMulV3", grad_batch_matmul_v2, TFG_USES_X),
    GRAD("Cross", grad_cross, TFG_USES_X),
    GRAD("Cumprod", grad_cumprod, TFG_USES_X),
    GRAD("Cumsum", grad_cumsum, TFG_USES_X1),
    NONE("LinSpace"),
    GRAD("MatMul", grad_matmul, TFG_USES_X),
    GRAD("Max", grad_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("EuclideanNorm", grad_euclidean_norm, TFG_USES_X | TFG_USES_Y0),
    GRAD("Mean", grad_mean, TFG_USES_X | TFG_USES_Y0),
    GRAD("Min", grad_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("Prod", grad_prod, TFG_USES_X),
    NONE("Range"),
    GRAD("SegmentMax", grad_segment_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("SegmentMean", grad_segment_mean, TFG_USES_X),
    GRAD("SegmentMin", grad_segment_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("SegmentSum", grad_segment_sum, TFG_USES_X1),
    GRAD("SparseSegmentMean", grad_sparse_segment_mean, TFG_USES_X),
    GRAD("SparseSegmentMeanWithNumSegments", grad_sparse_segment_mean, TFG_USES_X),
    GRAD("SparseSegmentSqrtN", grad_sparse_segment_sqrt_n, TFG_USES_X),
    GRAD("SparseSegmentSqrtNWithNumSegments", grad_sparse_segment_sqrt_n, TFG_USES_X),
    GRAD("SparseSegmentSum", grad_sparse_segment_sum, TFG_USES_X),
    GRAD("SparseSegmentSumWithNumSegments", grad_sparse_segment_sum, TFG_USES_X),
    GRAD("Sum", grad_sum, TFG_USES_X),
    GRAD("UnsortedSegmentMax", grad_unsorted_segment_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("UnsortedSegmentMin", grad_unsorted_segment_extremum, TFG_USES_X | TFG_USES_Y0),
    GRAD("UnsortedSegmentProd", grad_unsorted_segment_prod, TFG_USES_X | TFG_USES_Y0),
    GRAD("UnsortedSegmentSum", grad_unsorted_segment_sum, TFG_USES_X1),
};
const int tfg_n_gradients_math_reduce = sizeof tfg_gradients_math_reduce / sizeof *tfg_gradients_math_reduce;
