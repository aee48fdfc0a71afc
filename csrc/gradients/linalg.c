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

/* The adjoint of matrices of known rank. */
static TfgValue adjoint(TfgBuild *b, TfgValue x)
{
    TfgShape shape;
    int64_t perm[TFG_MAX_RANK];
    tfg_b_static_shape(b, x, &shape);
    for (int d = 0; d < shape.rank; d++)
        perm[d] = d < shape.rank - 2 ? d : 2 * shape.rank - 3 - d;
    bool outer = tfg_b_enter(b, "adjoint"), inner = tfg_b_enter(b, "matrix_transpose"), own = tfg_b_enter(b, "transpose");
    TfgValue order = tfg_b_ints(b, "perm", perm, shape.rank);
    TfgValue out = B_NAMED(b, tfg_b_is_complex(b, x) ? "ConjugateTranspose" : "Transpose", "/", x, order);
    tfg_b_leave(b, own);
    tfg_b_leave(b, inner);
    tfg_b_leave(b, outer);
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

const TfgGradRow tfg_gradients_linalg[] = {
    GRAD("MatrixTriangularSolve", grad_triangular_solve, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("Qr", grad_qr, TFG_USES_Y),
};
const int tfg_n_gradients_linalg = sizeof tfg_gradients_linalg / sizeof *tfg_gradients_linalg;
