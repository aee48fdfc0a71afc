/* Gradients of linear algebra. */
#include "base/status.h"
#include "gradients/rows.h"

/* tf.matmul of two matrices, or two batches of matrices, of known rank; one may be taken as its adjoint. */
static TfgValue matmul(TfgBuild *b, TfgValue x, TfgValue y, bool ax, bool ay)
{
    TfgShape sx, sy;
    tfg_b_static_shape(b, x, &sx);
    tfg_b_static_shape(b, y, &sy);
    if ((sx.rank < 0 || sx.rank > 2) && (sy.rank < 0 || sy.rank > 2))
        return tfg_b_op(b, "BatchMatMul", "MatMul", B_LIST(x, y), B_ATTRS({"adj_x", TFG_A_BOOL(ax)}, {"adj_y", TFG_A_BOOL(ay)}));
    bool in = tfg_b_enter(b, "MatMul");
    x = ax ? tfg_b_conj(b, x) : x;
    y = ay ? tfg_b_conj(b, y) : y;
    TfgValue out = tfg_b_op(b, "MatMul", "/", B_LIST(x, y), B_ATTRS({"transpose_a", TFG_A_BOOL(ax)}, {"transpose_b", TFG_A_BOOL(ay)}));
    tfg_b_leave(b, in);
    return out;
}

/* [0 .. rank - 2, rank - 1, rank - 2] of matrices of unknown rank. */
static TfgValue exchanged_axes(TfgBuild *b, TfgValue x)
{
    TfgValue rank = tfg_b_rank(b, x), outer = tfg_b_op_const(b, "Sub", "sub", rank, 2), zero = TFG_NO_VALUE;
    TfgValue range = tfg_b_range(b, zero, outer, zero);
    TfgValue last = tfg_b_op_const(b, "Sub", "sub", rank, 1), before = tfg_b_op_const(b, "Sub", "sub", rank, 2);
    bool in = tfg_b_enter(b, "concat");
    TfgValue pair = B_NAMED(b, "Pack", "values_1", last, before), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue out = B_NAMED(b, "ConcatV2", "/", range, pair, axis);
    tfg_b_leave(b, in);
    return out;
}

/* array_ops.matrix_transpose. */
static TfgValue exchange(TfgBuild *b, TfgValue x, bool conjugate)
{
    TfgShape shape;
    int64_t perm[TFG_MAX_RANK];
    tfg_b_static_shape(b, x, &shape);
    for (int d = 0; d < shape.rank; d++)
        perm[d] = d < shape.rank - 2 ? d : 2 * shape.rank - 3 - d;
    bool outer = tfg_b_enter(b, "matrix_transpose");
    TfgValue order = shape.rank < 0 ? exchanged_axes(b, x) : TFG_NO_VALUE;
    bool inner = tfg_b_enter(b, "transpose");
    if (shape.rank >= 0)
        order = tfg_b_ints(b, "perm", perm, shape.rank);
    TfgValue out = B_NAMED(b, conjugate && tfg_b_is_complex(b, x) ? "ConjugateTranspose" : "Transpose", "/", x, order);
    tfg_b_leave(b, inner);
    tfg_b_leave(b, outer);
    return out;
}

static TfgValue adjoint(TfgBuild *b, TfgValue x)
{
    bool in = tfg_b_enter(b, "adjoint");
    TfgValue out = exchange(b, x, true);
    tfg_b_leave(b, in);
    return out;
}

static TfgValue band_part(TfgBuild *b, TfgValue x, double lower, double upper)
{
    bool in = tfg_b_enter(b, "MatrixBandPart");
    TfgValue num_lower = tfg_b_const(b, "num_lower", TFG_INT64, lower), num_upper = tfg_b_const(b, "num_upper", TFG_INT64, upper);
    TfgValue out = B_NAMED(b, "MatrixBandPart", "/", x, num_lower, num_upper);
    tfg_b_leave(b, in);
    return out;
}

static TfgValue solve(TfgBuild *b, TfgValue matrix, TfgValue rhs, bool lower, bool on_adjoint)
{
    return tfg_b_op(b, "MatrixTriangularSolve", NULL, B_LIST(matrix, rhs),
                    B_ATTRS({"lower", TFG_A_BOOL(lower)}, {"adjoint", TFG_A_BOOL(on_adjoint)}));
}

/* x r^-H for upper triangular r. */
static TfgValue solve_right(TfgBuild *b, TfgValue x, TfgValue r)
{
    return adjoint(b, solve(b, r, adjoint(b, x), false, false));
}

static int check_qr(TfgBuild *b, TfgValue q, TfgValue r)
{
    TfgShape shape;
    TfgDType dtype = tfg_b_dtype(b, q);
    tfg_b_static_shape(b, r, &shape);
    if (tfg_b_is_complex(b, q))
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "QrGrad not implemented for dtype: <dtype: '%s'>", dtype == TFG_COMPLEX64 ? "complex64" : "complex128");
    if (shape.rank < 0 || shape.dims[shape.rank - 1] < 0 || shape.dims[shape.rank - 2] < 0)
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "QrGrad not implemented with dynamic shapes.");
    if (shape.dims[shape.rank - 1] != shape.dims[shape.rank - 2])
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows.");
    return 0;
}

static int grad_qr(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue q = tfg_b_y(b, 0), r = tfg_b_y(b, 1);
    if (check_qr(b, q, r) < 0)
        return tfg_b_done(b);
    TfgValue dq = tfg_b_dy_of(b, 0), dr = tfg_b_dy_of(b, 1);
    TfgValue qdq = matmul(b, q, dq, true, false), q_skew = tfg_b_sub(b, qdq, adjoint(b, qdq));
    TfgValue rdr = matmul(b, r, dr, false, true), r_skew = tfg_b_sub(b, rdr, adjoint(b, rdr));
    TfgValue lower = band_part(b, tfg_b_add(b, q_skew, r_skew), -1, 0);
    TfgValue inside = matmul(b, q, tfg_b_add(b, dr, solve_right(b, lower, r)), false, false);
    TfgValue across = solve_right(b, tfg_b_sub(b, dq, matmul(b, q, qdq, false, false)), r);
    tfg_b_dx(b, 0, tfg_b_add(b, inside, across));
    return tfg_b_done(b);
}

static int grad_triangular_solve(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool lower = tfg_attrs_bool(g->attrs, "lower"), on_adjoint = tfg_attrs_bool(g->attrs, "adjoint");
    TfgValue x = tfg_b_y(b, 0), d_rhs = solve(b, tfg_b_x(b, 0), tfg_b_dy(b), lower, !on_adjoint);
    TfgValue product = on_adjoint ? matmul(b, x, d_rhs, false, true) : matmul(b, d_rhs, x, false, true);
    TfgValue whole = tfg_b_neg(b, product);
    tfg_b_dx(b, 0, lower ? band_part(b, whole, -1, 0) : band_part(b, whole, 0, -1));
    tfg_b_dx(b, 1, d_rhs);
    return tfg_b_done(b);
}

/* ---- Inverses and determinants ---- */

static int grad_inverse(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue inverse = tfg_b_y(b, 0);
    tfg_b_dx(b, 0, tfg_b_neg(b, matmul(b, inverse, matmul(b, tfg_b_dy(b), inverse, false, true), true, false)));
    return tfg_b_done(b);
}

/* v, one number for each matrix of `inverse`, times that matrix; c has v's shape. */
static TfgValue scale_matrices(TfgBuild *b, TfgValue v, TfgValue c, TfgValue inverse)
{
    int64_t ones[2] = {1, 1};
    TfgValue shape = tfg_b_shape(b, c);
    bool in = tfg_b_enter(b, "concat");
    TfgValue last = tfg_b_ints(b, "values_1", ones, 2), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue whole = B_NAMED(b, "ConcatV2", "/", shape, last, axis);
    tfg_b_leave(b, in);
    return tfg_b_mul(b, tfg_b_reshape(b, v, whole), inverse);
}

static TfgValue adjoint_inverse(TfgBuild *b, TfgValue a)
{
    return tfg_b_op(b, "MatrixInverse", NULL, B_LIST(a), B_ATTRS({"adjoint", TFG_A_BOOL(true)}));
}

static int grad_determinant(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue c = tfg_b_y(b, 0), inverse = adjoint_inverse(b, tfg_b_x(b, 0)), v = tfg_b_mul(b, tfg_b_dy(b), c);
    tfg_b_dx(b, 0, scale_matrices(b, v, c, inverse));
    return tfg_b_done(b);
}

static int grad_log_determinant(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue inverse = adjoint_inverse(b, tfg_b_x(b, 0));
    tfg_b_dx(b, 0, scale_matrices(b, tfg_b_dy_of(b, 1), tfg_b_y(b, 1), inverse));
    return tfg_b_done(b);
}

/* ---- Factorisations ---- */

/* linalg_ops.eye(rows, batch_shape=batch) of a scalar and a vector. */
static TfgValue eye(TfgBuild *b, TfgValue rows, TfgValue batch, TfgDType dtype)
{
    bool in = tfg_b_enter(b, "eye");
    TfgValue n = B_OP(b, "Minimum", rows, rows);
    bool inner = tfg_b_enter(b, "concat");
    TfgValue last = B_NAMED(b, "Pack", "values_1", n), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue shape = B_NAMED(b, "ConcatV2", "/", batch, last, axis);
    tfg_b_leave(b, inner);
    inner = tfg_b_enter(b, "ones");
    TfgValue one = tfg_b_const(b, "Const", dtype, 1), ones = B_NAMED(b, "Fill", "/", shape, one);
    tfg_b_leave(b, inner);
    TfgValue out = B_OP(b, "MatrixDiag", ones);
    tfg_b_leave(b, in);
    return out;
}

static int grad_cholesky(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue l = tfg_b_y(b, 0), rows = tfg_b_item(b, tfg_b_shape(b, l), -1);
    TfgValue batch = tfg_b_slice(b, tfg_b_shape(b, l), B_OPEN, B_AT(-2));
    TfgValue inverse = solve(b, l, eye(b, rows, batch, tfg_b_dtype(b, l)), true, false);
    TfgValue middle = matmul(b, l, tfg_b_dy(b), true, false);
    TfgValue half = tfg_b_const_op(b, "Mul", "mul", 0.5, B_OP(b, "MatrixDiagPart", middle));
    middle = band_part(b, B_OP(b, "MatrixSetDiag", middle, half), -1, 0);
    TfgValue da = matmul(b, matmul(b, inverse, middle, true, false), inverse, false, false);
    tfg_b_dx(b, 0, tfg_b_op_const(b, "Mul", "mul", tfg_b_add(b, da, adjoint(b, da)), 0.5));
    return tfg_b_done(b);
}

/* 1 / (e[j] - e[i]), and 0 on the diagonal. */
static TfgValue inverse_gaps(TfgBuild *b, TfgValue e, TfgValue like)
{
    TfgValue across = tfg_b_expand_dims(b, e, -2), down = tfg_b_expand_dims(b, e, -1);
    TfgValue gaps = B_OP(b, "Reciprocal", tfg_b_sub(b, across, down));
    return B_OP(b, "MatrixSetDiag", gaps, tfg_b_zeros_like(b, like, true));
}

static TfgValue eigen_gradient(TfgBuild *b, TfgValue de, TfgValue dv)
{
    TfgValue e = tfg_b_y(b, 0), v, inside;
    if (tfg_attrs_bool(b->g->attrs, "compute_v")) {
        v = tfg_b_y(b, 1);
        TfgValue f = inverse_gaps(b, e, e), diagonal = B_OP(b, "MatrixDiag", de);
        inside = tfg_b_add(b, diagonal, tfg_b_mul(b, f, matmul(b, v, dv, true, false)));
    } else {
        TfgValue both[2];
        tfg_b_op_n(b, "SelfAdjointEigV2", NULL, B_LIST(tfg_b_x(b, 0)), B_ATTRS({"compute_v", TFG_A_BOOL(true)}), both, 2);
        v = both[1];
        inside = B_OP(b, "MatrixDiag", de);
    }
    TfgValue da = matmul(b, v, matmul(b, inside, v, false, true), false, false);
    /* Only the lower triangle was read. */
    da = band_part(b, tfg_b_add(b, da, adjoint(b, da)), -1, 0);
    return B_OP(b, "MatrixSetDiag", da, tfg_b_const_op(b, "Mul", "mul", 0.5, B_OP(b, "MatrixDiagPart", da)));
}

static int grad_eigen(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue de = tfg_b_dy_of(b, 0), dv = tfg_b_dy_of(b, 1);
    bool after_e = tfg_b_after(b, de), after_v = tfg_b_after(b, dv);
    tfg_b_dx(b, 0, eigen_gradient(b, de, dv));
    tfg_b_leave_after(b, after_v);
    tfg_b_leave_after(b, after_e);
    return tfg_b_done(b);
}

/* batch + [rows, columns], of scalars. */
static TfgValue sizes_of(TfgBuild *b, TfgValue batch, TfgValue rows, TfgValue columns)
{
    bool in = tfg_b_enter(b, "concat");
    TfgValue last = B_NAMED(b, "Pack", "values_1", rows, columns), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue out = B_NAMED(b, "ConcatV2", "/", batch, last, axis);
    tfg_b_leave(b, in);
    return out;
}

/* For r r = a the gradient x solves r^H x + x r^H = dr, which is linear in x's elements: (r^H * 1 + 1 * conj(r)) x = dr, * being
 * Kronecker's product. */
static int grad_square_root(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue r = tfg_b_y(b, 0), sizes = tfg_b_shape(b, r), n = tfg_b_item(b, sizes, -1);
    TfgValue batch = tfg_b_slice(b, sizes, B_OPEN, B_AT(-2)), square = tfg_b_mul(b, n, n), one = tfg_b_const(b, NULL, TFG_INT32, 1);
    TfgValue identity = eye(b, n, tfg_b_ints(b, NULL, NULL, 0), tfg_b_dtype(b, r));
    TfgValue left = tfg_b_mul(b, tfg_b_expand_dims(b, tfg_b_expand_dims(b, adjoint(b, r), -2), -1), tfg_b_expand_dims(b, identity, -2));
    TfgValue right = tfg_b_expand_dims(b, tfg_b_expand_dims(b, tfg_b_conj(b, r), -2), -4);
    right = tfg_b_mul(b, tfg_b_expand_dims(b, tfg_b_expand_dims(b, identity, -2), -1), right);
    TfgValue whole = tfg_b_reshape(b, tfg_b_add(b, left, right), sizes_of(b, batch, square, square));
    TfgValue x = B_OP(b, "MatrixSolve", whole, tfg_b_reshape(b, tfg_b_dy(b), sizes_of(b, batch, square, one)));
    tfg_b_dx(b, 0, tfg_b_reshape(b, x, sizes));
    return tfg_b_done(b);
}

/* ---- Singular values ---- */

/* x[..., :, from:to]; from 0 is left open. */
static TfgValue columns(TfgBuild *b, TfgValue x, int64_t from, int64_t to)
{
    bool in = tfg_b_enter(b, "strided_slice");
    TfgValue begin = tfg_b_ints(b, "stack", (int64_t[]){0, 0, from}, 3), end = tfg_b_ints(b, "stack_1", (int64_t[]){0, 0, to}, 3);
    TfgValue step = tfg_b_ints(b, "stack_2", (int64_t[]){1, 1, 1}, 3);
    TfgValue out = tfg_b_op(b, "StridedSlice", "/", B_LIST(x, begin, end, step),
                            B_ATTRS({"begin_mask", TFG_A_INT(from == 0 ? 6 : 2)}, {"end_mask", TFG_A_INT(2)}, {"ellipsis_mask", TFG_A_INT(1)},
                                    {"new_axis_mask", TFG_A_INT(0)}, {"shrink_axis_mask", TFG_A_INT(0)}));
    tfg_b_leave(b, in);
    return out;
}

static void set_shape(TfgBuild *b, TfgValue v, const TfgShape *shape)
{
    if (!b->failed && b->g->backend->set_shape && b->g->backend->set_shape(b->g, v, shape, b->s) < 0)
        b->failed = true;
}

/* a with m <= n: what is known of a wide matrix, or of the adjoint of a tall one. */
typedef struct SvdGrad {
    int64_t m, n;
    bool full;
    TfgValue s, u, v, ds, du, dv;
} SvdGrad;

/* What v's directions beside the first m add. */
static TfgValue outside(TfgBuild *b, const SvdGrad *d, TfgValue v1, TfgValue dv1, TfgValue inverse)
{
    TfgValue dv1t = exchange(b, dv1, false);
    TfgValue inside = matmul(b, dv1t, v1, false, false);
    TfgValue sum = tfg_b_sub(b, dv1t, matmul(b, inside, v1, false, true));
    if (d->full) {
        TfgValue v2 = columns(b, d->v, d->m, d->n), dv2 = columns(b, d->dv, d->m, d->n);
        TfgValue across = matmul(b, v1, dv2, true, false);
        sum = tfg_b_sub(b, sum, matmul(b, across, v2, false, true));
    }
    TfgValue scaled = matmul(b, d->u, inverse, false, false);
    return matmul(b, scaled, sum, false, false);
}

static TfgValue svd_gradient(TfgBuild *b, const SvdGrad *d)
{
    TfgValue diagonal = B_OP(b, "MatrixDiag", d->s), f = inverse_gaps(b, B_OP(b, "Square", d->s), d->s);
    TfgValue inverse = B_OP(b, "MatrixDiag", B_OP(b, "Reciprocal", d->s));
    TfgValue v1 = columns(b, d->v, 0, d->m), dv1 = columns(b, d->dv, 0, d->m);
    TfgValue udu = matmul(b, d->u, d->du, true, false), vdv = matmul(b, v1, dv1, true, false);
    TfgValue fu = tfg_b_mul(b, f, udu), fv = tfg_b_mul(b, f, vdv);
    TfgValue left = tfg_b_add(b, d->ds, matmul(b, tfg_b_add(b, fu, adjoint(b, fu)), diagonal, false, false));
    TfgValue right = matmul(b, diagonal, tfg_b_add(b, fv, adjoint(b, fv)), false, false);
    TfgValue da = matmul(b, d->u, matmul(b, tfg_b_add(b, left, right), v1, false, true), false, false);
    return d->m == d->n ? da : tfg_b_add(b, da, outside(b, d, v1, dv1, inverse));
}

/* What a's gradient must have the shape of: a's, with what the gradients of u and v add. */
static void svd_shape(TfgBuild *b, TfgShape *out)
{
    tfg_b_static_shape(b, tfg_b_x(b, 0), out);
    for (int i = 1; i < 3 && out->rank >= 2; i++) {
        TfgShape d;
        tfg_b_static_shape(b, tfg_b_dy_of(b, i), &d);
        for (int k = 0; k < out->rank - 1 && d.rank == out->rank; k++) {
            int at = k == out->rank - 2 && i == 2 ? out->rank - 1 : k;
            if (out->dims[at] < 0)
                out->dims[at] = d.dims[k];
        }
    }
}

static int grad_svd(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape shape;
    TfgValue ds = tfg_b_dy_of(b, 0), values = B_OP(b, "MatrixDiag", ds), da;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &shape);
    if (!tfg_attrs_bool(g->attrs, "compute_uv")) {
        TfgValue parts[3];
        tfg_b_op_n(b, "Svd", NULL, B_LIST(tfg_b_x(b, 0)), B_ATTRS({"compute_uv", TFG_A_BOOL(true)}, {"full_matrices", TFG_A_BOOL(false)}), parts, 3);
        if (tfg_b_is_complex(b, parts[0]))      /* as tf.svd gives them */
            tfg_b_op(b, "Real", NULL, B_LIST(parts[0]), B_ATTRS({"Tout", TFG_A_TYPE(tfg_b_dtype(b, parts[0]) == TFG_COMPLEX64 ? TFG_FLOAT : TFG_DOUBLE)}));
        da = matmul(b, parts[1], matmul(b, values, parts[2], false, true), false, false);
        set_shape(b, da, &shape);
        tfg_b_dx(b, 0, da);
        return tfg_b_done(b);
    }
    if (tfg_b_is_complex(b, tfg_b_x(b, 0)))
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "SVD gradient is not implemented for complex types and compute_uv=True.");
    svd_shape(b, &shape);
    if (shape.rank < 2 || shape.dims[shape.rank - 2] < 0 || shape.dims[shape.rank - 1] < 0)
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "SVD gradient has not been implemented for input with unknown inner matrix shape.");
    int64_t m = shape.dims[shape.rank - 2], n = shape.dims[shape.rank - 1];
    bool tall = m > n;
    SvdGrad d = {.m = tall ? n : m, .n = tall ? m : n, .full = tfg_attrs_bool(g->attrs, "full_matrices"), .s = tfg_b_y(b, 0), .u = tfg_b_y(b, 1 + tall),
                 .v = tfg_b_y(b, 2 - tall), .ds = values, .du = tfg_b_dy_of(b, 1 + tall), .dv = tfg_b_dy_of(b, 2 - tall)};
    if (d.full && d.n - d.m > 1)
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True");
    bool after_s = tfg_b_after(b, ds), after_u = tfg_b_after(b, tfg_b_dy_of(b, 1)), after_v = tfg_b_after(b, tfg_b_dy_of(b, 2));
    da = svd_gradient(b, &d);
    if (tall)
        da = exchange(b, da, false);
    set_shape(b, da, &shape);
    tfg_b_leave_after(b, after_v);
    tfg_b_leave_after(b, after_u);
    tfg_b_leave_after(b, after_s);
    tfg_b_dx(b, 0, da);
    return tfg_b_done(b);
}

/* ---- Solutions ---- */

static int grad_solve(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool on_adjoint = tfg_attrs_bool(g->attrs, "adjoint");
    TfgValue x = tfg_b_y(b, 0);
    TfgValue d_rhs = tfg_b_op(b, "MatrixSolve", NULL, B_LIST(tfg_b_x(b, 0), tfg_b_dy(b)), B_ATTRS({"adjoint", TFG_A_BOOL(!on_adjoint)}));
    TfgValue product = on_adjoint ? matmul(b, x, d_rhs, false, true) : matmul(b, d_rhs, x, false, true);
    tfg_b_dx(b, 0, tfg_b_neg(b, product));
    tfg_b_dx(b, 1, d_rhs);
    return tfg_b_done(b);
}

/* The call of MatrixSolveLs, whole or as one arm of a choice sees it. */
typedef struct LeastSquares { TfgValue a, rhs, x, dy, l2, da, d_rhs; } LeastSquares;

/* The triangle of a^H a + l2, or of a a^H + l2. */
static TfgValue gramian_cholesky(TfgBuild *b, const LeastSquares *p, bool first)
{
    TfgShape shape;
    tfg_b_static_shape(b, p->a, &shape);
    TfgValue product = matmul(b, p->a, p->a, first, !first), sizes = tfg_b_shape(b, p->a);
    TfgValue batch = tfg_b_slice(b, sizes, B_OPEN, B_AT(-2)), n = tfg_b_item(b, sizes, first ? -1 : -2);
    TfgValue one = eye(b, n, batch, tfg_b_dtype(b, p->a));
    if (shape.rank >= 2) {
        shape.dims[shape.rank - (first ? 2 : 1)] = shape.dims[shape.rank - (first ? 1 : 2)];
        set_shape(b, one, &shape);
    }
    return B_OP(b, "Cholesky", tfg_b_add(b, product, tfg_b_mul(b, p->l2, one)));
}

static TfgValue cholesky_solve(TfgBuild *b, TfgValue l, TfgValue rhs)
{
    bool in = tfg_b_enter(b, "cholesky_solve");
    TfgValue out = solve(b, l, solve(b, l, rhs, true, false), true, true);
    tfg_b_leave(b, in);
    return out;
}

/* x = (a^H a + l2)^-1 a^H rhs. */
static void overdetermined(TfgBuild *b, LeastSquares *p)
{
    TfgValue z = cholesky_solve(b, gramian_cholesky(b, p, true), p->dy), xz = matmul(b, p->x, z, false, true);
    TfgValue both = tfg_b_add(b, xz, exchange(b, xz, false));
    TfgValue minus = tfg_b_neg(b, matmul(b, p->a, both, false, false));
    p->da = tfg_b_add(b, minus, matmul(b, p->rhs, z, false, true));
    p->d_rhs = matmul(b, p->a, z, false, false);
}

/* x = a^H (a a^H + l2)^-1 rhs. */
static void underdetermined(TfgBuild *b, LeastSquares *p)
{
    TfgValue l = gramian_cholesky(b, p, false);
    p->d_rhs = cholesky_solve(b, l, matmul(b, p->a, p->dy, false, false));
    TfgValue y = cholesky_solve(b, l, p->rhs), first = matmul(b, y, p->a, true, false);
    first = tfg_b_neg(b, matmul(b, p->d_rhs, first, false, false));
    TfgValue second = tfg_b_sub(b, p->dy, matmul(b, p->a, p->d_rhs, true, false));
    p->da = tfg_b_add(b, first, matmul(b, y, second, false, true));
}

/* Which of the two it is turns out when the step runs. */
static void determined_later(TfgBuild *b, LeastSquares *p)
{
    TfgValue sizes = tfg_b_slice(b, tfg_b_shape(b, p->a), B_AT(-2), B_OPEN), out[2];
    TfgValue is_tall = B_OP(b, "GreaterEqual", tfg_b_item(b, sizes, -2), tfg_b_item(b, sizes, -1));
    TfgValue *const whole[] = {&p->a, &p->rhs, &p->x, &p->dy, &p->l2};
    LeastSquares arms[2];
    for (int i = 0; i < 5; i++) {
        tfg_b_op_n(b, "Switch", NULL, B_LIST(*whole[i], is_tall), NULL, 0, out, 2);
        for (int arm = 0; arm < 2; arm++)
            *(TfgValue *)((char *)&arms[arm] + ((char *)whole[i] - (char *)p)) = out[arm];
    }
    overdetermined(b, &arms[1]);
    underdetermined(b, &arms[0]);
    tfg_b_op_n(b, "Merge", NULL, B_LIST(arms[0].da, arms[1].da), NULL, 0, out, 2);
    p->da = out[0];
    tfg_b_op_n(b, "Merge", NULL, B_LIST(arms[0].d_rhs, arms[1].d_rhs), NULL, 0, out, 2);
    p->d_rhs = out[0];
}

static int grad_least_squares(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape shape;
    if (!tfg_attrs_bool(g->attrs, "fast"))
        return tfg_b_fail(b, TFG_INVALID_ARGUMENT, "Gradient not defined for fast=False");
    LeastSquares p = {.a = tfg_b_x(b, 0), .rhs = tfg_b_x(b, 1), .x = tfg_b_y(b, 0), .dy = tfg_b_dy(b)};
    tfg_b_static_shape(b, p.a, &shape);
    int64_t m = shape.rank < 2 ? -1 : shape.dims[shape.rank - 2], n = shape.rank < 2 ? -1 : shape.dims[shape.rank - 1];
    p.l2 = tfg_b_cast(b, tfg_b_x(b, 2), tfg_b_dtype(b, p.a), "Cast");
    if (m < 0 || n < 0)
        determined_later(b, &p);
    else if (m >= n)
        overdetermined(b, &p);
    else
        underdetermined(b, &p);
    tfg_b_dx(b, 0, p.da);
    tfg_b_dx(b, 1, p.d_rhs);
    return tfg_b_done(b);
}

/* ---- three diagonals ---- */

enum { OPEN_BEGIN = 2, OPEN_END = 2, WHOLE = 4 };

/* x[..., from:to, :], where the masks leave a bound open; shrink: x[..., from, :]. */
static TfgValue rows_of(TfgBuild *b, TfgValue x, int64_t from, int64_t to, int open_begin, int open_end, bool shrink)
{
    TfgValue first = tfg_b_ints(b, NULL, (int64_t[]){0, from, 0}, 3), last = tfg_b_ints(b, NULL, (int64_t[]){0, to, 0}, 3);
    TfgValue step = tfg_b_ints(b, NULL, (int64_t[]){1, 1, 1}, 3);
    return tfg_b_op(b, "StridedSlice", NULL, B_LIST(x, first, last, step),
                    B_ATTRS({"ellipsis_mask", TFG_A_INT(1)}, {"begin_mask", TFG_A_INT(WHOLE | open_begin)}, {"end_mask", TFG_A_INT(WHOLE | open_end)},
                            {"shrink_axis_mask", TFG_A_INT(shrink ? 2 : 0)}));
}

/* Each row takes the place of the one before it (or behind it), and zeros come in at the end. */
static TfgValue moved_rows(TfgBuild *b, TfgValue x, bool up)
{
    TfgValue kept = up ? rows_of(b, x, 1, 0, 0, OPEN_END, false) : rows_of(b, x, 0, -1, OPEN_BEGIN, 0, false);
    TfgValue zeros = tfg_b_zeros_like(b, rows_of(b, x, 0, 1, OPEN_BEGIN, 0, false), false);
    TfgValue parts[] = {up ? kept : zeros, up ? zeros : kept};
    return tfg_b_concat(b, parts, 2, -2);
}

/* A vector turned by one; what comes in from the other end is of the diagonal's part that nobody reads. */
static TfgValue turned(TfgBuild *b, TfgValue x, int64_t by)
{
    TfgValue shift = tfg_b_const(b, NULL, TFG_INT32, (double)by), axis = tfg_b_const(b, NULL, TFG_INT32, -1);
    return B_OP(b, "Roll", x, shift, axis);
}

/* What a change of each diagonal of a matrix does to the sum of dy * (matrix x): above, on and below the diagonal. */
static void diagonal_changes(TfgBuild *b, TfgValue dy, TfgValue x, TfgValue out[3])
{
    out[0] = tfg_b_sum_last(b, tfg_b_mul(b, moved_rows(b, x, true), dy), false);
    out[1] = tfg_b_sum_last(b, tfg_b_mul(b, x, dy), false);
    out[2] = tfg_b_sum_last(b, tfg_b_mul(b, moved_rows(b, x, false), dy), false);
}

static int grad_tridiagonal_solve(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue a = tfg_b_conj(b, tfg_b_x(b, 0)), changes[3], dy = tfg_b_dy_of(b, 0);
    TfgValue above = turned(b, rows_of(b, a, 2, 3, 0, 0, true), -1), diag = rows_of(b, a, 1, 2, 0, 0, true);
    TfgValue below = turned(b, rows_of(b, a, 0, 1, 0, 0, true), 1);
    TfgValue transposed = tfg_b_op(b, "Pack", "stack", B_LIST(above, diag, below), B_ATTRS({"axis", TFG_A_INT(-2)}));
    TfgValue db = tfg_b_op(b, "TridiagonalSolve", NULL, B_LIST(transposed, dy),
                           B_ATTRS({"partial_pivoting", TFG_A_BOOL(tfg_attrs_bool(g->attrs, "partial_pivoting"))}));
    diagonal_changes(b, db, tfg_b_conj(b, tfg_b_y(b, 0)), changes);
    tfg_b_dx(b, 0, tfg_b_neg(b, tfg_b_op(b, "Pack", "stack", changes, 3, B_ATTRS({"axis", TFG_A_INT(-2)}))));
    tfg_b_dx(b, 1, db);
    return tfg_b_done(b);
}

/* Diagonal i, [..., 1, n], as a column, times dy. */
static TfgValue times_diagonal(TfgBuild *b, int i, TfgValue dy)
{
    TfgValue row = rows_of(b, tfg_b_conj(b, tfg_b_x(b, i)), 0, 1, 0, 0, true);
    return tfg_b_mul(b, tfg_b_expand_dims(b, row, -1), dy);
}

static int grad_tridiagonal_matmul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy_of(b, 0), changes[3];
    diagonal_changes(b, dy, tfg_b_conj(b, tfg_b_x(b, 3)), changes);
    for (int i = 0; i < 3; i++)
        tfg_b_dx(b, i, tfg_b_expand_dims(b, changes[i], -2));
    TfgValue of_above = moved_rows(b, times_diagonal(b, 0, dy), false), of_diag = times_diagonal(b, 1, dy);
    TfgValue of_below = moved_rows(b, times_diagonal(b, 2, dy), true);
    of_above = tfg_b_add(b, of_above, of_diag);
    tfg_b_dx(b, 3, tfg_b_add(b, of_above, of_below));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_linalg[] = {
    GRAD("TridiagonalMatMul", grad_tridiagonal_matmul, TFG_USES_X), GRAD("TridiagonalSolve", grad_tridiagonal_solve, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("Cholesky", grad_cholesky, TFG_USES_Y0),
    GRAD("LogMatrixDeterminant", grad_log_determinant, TFG_USES_X0 | TFG_USES_Y),
    GRAD("MatrixDeterminant", grad_determinant, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MatrixInverse", grad_inverse, TFG_USES_Y0),
    GRAD("MatrixSolve", grad_solve, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MatrixSolveLs", grad_least_squares, TFG_USES_X | TFG_USES_Y0),
    GRAD("MatrixSquareRoot", grad_square_root, TFG_USES_Y0),
    GRAD("MatrixTriangularSolve", grad_triangular_solve, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("Qr", grad_qr, TFG_USES_Y),
    GRAD("SelfAdjointEigV2", grad_eigen, TFG_USES_X0 | TFG_USES_Y),
    GRAD("Svd", grad_svd, TFG_USES_X0 | TFG_USES_Y),
};
const int tfg_n_gradients_linalg = sizeof tfg_gradients_linalg / sizeof *tfg_gradients_linalg;
