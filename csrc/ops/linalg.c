/* Linear algebra: signatures and shapes. */
#include "ops/common.h"

/* batch + [rows, columns]. */
static void set_matrix(TfgShape *out, const TfgShape *batch, int64_t rows, int64_t columns)
{
    TfgShape last;
    tfg_shape_set(&last, 1, &columns);
    tfg_join_shapes(batch, &rows, &last, out);
}

/* The lesser of two sizes; 0 is the least also beside an unknown one. */
static int64_t least_dim(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    return a < 0 || b < 0 ? -1 : a < b ? a : b;
}

static int shape_qr(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    int64_t m = tfg_dim(&c->in[0], -2), n = tfg_dim(&c->in[0], -1), k = tfg_attrs_bool(c->attrs, "full_matrices") ? m : least_dim(m, n);
    set_matrix(&c->out[0], &batch, m, k);
    set_matrix(&c->out[1], &batch, k, n);
    return 0;
}

/* Square matrices stay as they are. */
static int shape_square(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    int64_t n;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0 || tfg_merge_dim(tfg_dim(&c->in[0], -2), tfg_dim(&c->in[0], -1), &n, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    set_matrix(&c->out[0], &batch, n, n);
    return 0;
}

/* A scalar for each square matrix.  The two sizes are named in the other order. */
static int shape_determinant(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0 || tfg_merge_dim(tfg_dim(&c->in[0], -1), tfg_dim(&c->in[0], -2), &n, s) < 0)
        return -1;
    for (int i = 0; i < c->n_out; i++)
        tfg_sub_shape(&c->in[0], 0, -2, &c->out[i]);
    return 0;
}

static int solve_shape(TfgShapeCall *c, bool square, TfgStatus *s)
{
    TfgShape left, right, batch;
    const TfgShape *a = &c->in[0], *b = &c->in[1];
    int64_t rows = tfg_dim(a, -2), columns = tfg_dim(a, -1);
    if (tfg_want_rank_at_least(a, 2, s) < 0)
        return -1;
    if (square) {
        if (tfg_merge_dim(rows, columns, &rows, s) < 0)
            return -1;
        columns = rows;
    }
    if (tfg_want_rank_at_least(b, 2, s) < 0)
        return -1;
    tfg_sub_shape(a, 0, -2, &left);
    tfg_sub_shape(b, 0, -2, &right);
    if (tfg_merge_shape(&left, &right, &batch, s) < 0 || tfg_merge_dim(rows, tfg_dim(b, -2), &rows, s) < 0)
        return -1;
    set_matrix(&c->out[0], &batch, square ? rows : columns, tfg_dim(b, -1));
    return 0;
}

static int shape_solve(TfgShapeCall *c, TfgStatus *s)
{
    return solve_shape(c, true, s);
}

static int shape_least_squares(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[2], 0, NULL, s) < 0 ? -1 : solve_shape(c, false, s);
}

static void set_vector(TfgShape *out, const TfgShape *batch, int64_t n)
{
    tfg_join_shapes(batch, &n, NULL, out);
}

static void set_left_out(TfgShape *out)
{
    int64_t none = 0;
    tfg_shape_set(out, 1, &none);
}

static int shape_eigen(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    if (shape_square(c, s) < 0)
        return -1;
    TfgShape matrix = c->out[0];
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    set_vector(&c->out[0], &batch, tfg_dim(&matrix, -1));
    if (tfg_attrs_bool(c->attrs, "compute_v"))
        c->out[1] = matrix;
    else
        set_left_out(&c->out[1]);
    return 0;
}

/* The values as a row above the vectors. */
static int shape_eigen_stacked(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    if (shape_square(c, s) < 0)
        return -1;
    int64_t n = tfg_dim(&c->out[0], -1);
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    set_matrix(&c->out[0], &batch, tfg_add_dim(n, 1), n);
    return 0;
}

static int shape_svd(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0)
        return -1;
    int64_t m = tfg_dim(&c->in[0], -2), n = tfg_dim(&c->in[0], -1), least = least_dim(m, n);
    bool full = tfg_attrs_bool(c->attrs, "full_matrices");
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    set_vector(&c->out[0], &batch, least);
    if (tfg_attrs_bool(c->attrs, "compute_uv")) {
        set_matrix(&c->out[1], &batch, m, full ? m : least);
        set_matrix(&c->out[2], &batch, n, full ? n : least);
    } else {
        set_left_out(&c->out[1]);
        set_left_out(&c->out[2]);
    }
    return 0;
}

#define TYPES "{double, float, complex64, complex128}"
#define TYPES_B "{float, double, complex64, complex128}"
#define REALS_D "{double, float}"
#define REPLACED(version, by) .deprecated_since = version, .deprecation = "Use " by " instead."

static int shape_lu(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape batch;
    int64_t n;
    if (shape_square(c, s) < 0)
        return -1;
    n = tfg_dim(&c->out[0], -1);
    tfg_sub_shape(&c->in[0], 0, -2, &batch);
    tfg_join_shapes(&batch, &n, NULL, &c->out[1]);
    return 0;
}

/* Diagonals [..., rows, n] of matrices that go with b, [..., n, k]. */
static int check_diagonals(const TfgShape *a, const TfgShape *b, int64_t rows, TfgStatus *s)
{
    TfgShape batch_a, batch_b, merged;
    int64_t n;
    tfg_sub_shape(a, 0, -2, &batch_a);
    tfg_sub_shape(b, 0, -2, &batch_b);
    if (tfg_merge_shape(&batch_a, &batch_b, &merged, s) < 0 || tfg_merge_dim(tfg_dim(a, -1), tfg_dim(b, -2), &n, s) < 0)
        return -1;
    return tfg_dim(a, -2) < 0 ? 0 : tfg_want_dim(tfg_dim(a, -2), rows, s);
}

/* The last input is what the matrices meet, and gives the shape. */
static int shape_tridiagonal(TfgShapeCall *c, TfgStatus *s)
{
    const int last = c->n_in - 1;
    TfgShape merged;
    for (int i = 0; i < c->n_in; i++)
        if (tfg_want_rank_at_least(&c->in[i], 2, s) < 0)
            return -1;
    for (int i = 1; i < last; i++)
        if (tfg_merge_shape(&c->in[0], &c->in[i], &merged, s) < 0)
            return -1;
    for (int i = 0; i < last; i++)
        if (check_diagonals(&c->in[i], &c->in[last], last == 1 ? 3 : 1, s) < 0)
            return -1;
    tfg_shape_copy(&c->out[0], &c->in[last]);
    return 0;
}

const TfgOpRow tfg_ops_linalg[] = {
    { .name = "Lu", .in = {"input: T"}, .out = {"lu: T", "p: output_idx_type"},
      .attr = {"T: {double, float, half, complex64, complex128}", "output_idx_type: " INDEX " = DT_INT32"}, .shape = shape_lu },
    { .name = "TridiagonalMatMul", .in = {"superdiag: T", "maindiag: T", "subdiag: T", "rhs: T"}, .out = {"output: T"},
      .attr = {"T: {double, float, complex64, complex128}"}, .shape = shape_tridiagonal },
    { .name = "TridiagonalSolve", .in = {"diagonals: T", "rhs: T"}, .out = {"output: T"},
      .attr = {"partial_pivoting: bool = true", "perturb_singular: bool = false", "T: {double, float, complex64, complex128}"},
      .shape = shape_tridiagonal },
    { .name = "BatchCholesky", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " REALS_D}, .shape = shape_square,
      REPLACED(13, "Cholesky") },
    { .name = "BatchCholeskyGrad", .in = {"l: T", "grad: T"}, .out = {"output: T"}, .attr = {"T: {float, double}"}, .shape = shape_square,
      REPLACED(13, "CholeskyGrad") },
    { .name = "BatchMatrixDeterminant", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " TYPES_B}, .shape = shape_determinant,
      REPLACED(13, "MatrixDeterminant") },
    { .name = "BatchMatrixInverse", .in = {"input: T"}, .out = {"output: T"}, .attr = {"adjoint: bool = false", "T: " REALS_D},
      .shape = shape_square, REPLACED(13, "MatrixInverse") },
    { .name = "BatchMatrixSolve", .in = {"matrix: T", "rhs: T"}, .out = {"output: T"}, .attr = {"adjoint: bool = false", "T: " REALS_D},
      .shape = shape_solve, REPLACED(13, "MatrixSolve") },
    { .name = "BatchMatrixSolveLs", .in = {"matrix: T", "rhs: T", "l2_regularizer: double"}, .out = {"output: T"},
      .attr = {"T: " REALS_D, "fast: bool = true"}, .shape = shape_least_squares, REPLACED(13, "MatrixSolveLs") },
    { .name = "BatchMatrixTriangularSolve", .in = {"matrix: T", "rhs: T"}, .out = {"output: T"}, .attr = {"lower: bool = true",
      "adjoint: bool = false", "T: " REALS_D}, .shape = shape_solve, REPLACED(13, "MatrixTriangularSolve") },
    { .name = "BatchSelfAdjointEig", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " REALS_D}, .shape = shape_eigen_stacked,
      REPLACED(11, "SelfAdjointEigV2") },
    { .name = "BatchSelfAdjointEigV2", .in = {"input: T"}, .out = {"e: T", "v: T"}, .attr = {"compute_v: bool = true", "T: " REALS_D},
      .shape = shape_eigen, REPLACED(13, "SelfAdjointEigV2") },
    { .name = "BatchSvd", .in = {"input: T"}, .out = {"s: T", "u: T", "v: T"}, .attr = {"compute_uv: bool = true",
      "full_matrices: bool = false", "T: " TYPES}, .shape = shape_svd, REPLACED(13, "Svd") },
    { .name = "Cholesky", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " TYPES}, .shape = shape_square },
    { .name = "CholeskyGrad", .in = {"l: T", "grad: T"}, .out = {"output: T"}, .attr = {"T: {float, double}"}, .shape = shape_square },
    { .name = "LogMatrixDeterminant", .in = {"input: T"}, .out = {"sign: T", "log_abs_determinant: T"}, .attr = {"T: " TYPES_B},
      .shape = shape_determinant },
    { .name = "MatrixDeterminant", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " TYPES_B}, .shape = shape_determinant },
    { .name = "MatrixExponential", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " TYPES}, .shape = shape_square,
      REPLACED(27, "Python implementation tf.linalg.matrix_exponential") },
    { .name = "MatrixInverse", .in = {"input: T"}, .out = {"output: T"}, .attr = {"adjoint: bool = false", "T: " TYPES},
      .shape = shape_square },
    { .name = "MatrixLogarithm", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: {complex64, complex128}"}, .shape = shape_square },
    { .name = "MatrixSolve", .in = {"matrix: T", "rhs: T"}, .out = {"output: T"}, .attr = {"adjoint: bool = false", "T: " TYPES},
      .shape = shape_solve },
    { .name = "MatrixSolveLs", .in = {"matrix: T", "rhs: T", "l2_regularizer: double"}, .out = {"output: T"},
      .attr = {"T: " TYPES, "fast: bool = true"}, .shape = shape_least_squares },
    { .name = "MatrixSquareRoot", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: {double, float, half, complex64, complex128}"}, .shape = shape_square },
    { .name = "MatrixTriangularSolve", .in = {"matrix: T", "rhs: T"}, .out = {"output: T"}, .attr = {"lower: bool = true",
      "adjoint: bool = false", "T: " TYPES}, .shape = shape_solve },
    { .name = "Qr", .in = {"input: T"}, .out = {"q: T", "r: T"}, .attr = {"full_matrices: bool = false", "T: " TYPES},
      .shape = shape_qr },
    { .name = "SelfAdjointEig", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " REALS_D}, .shape = shape_eigen_stacked,
      REPLACED(11, "SelfAdjointEigV2") },
    { .name = "SelfAdjointEigV2", .in = {"input: T"}, .out = {"e: T", "v: T"}, .attr = {"compute_v: bool = true", "T: " TYPES},
      .shape = shape_eigen },
    { .name = "Svd", .in = {"input: T"}, .out = {"s: T", "u: T", "v: T"}, .attr = {"compute_uv: bool = true",
      "full_matrices: bool = false", "T: " TYPES}, .shape = shape_svd },
};
const int tfg_n_ops_linalg = sizeof tfg_ops_linalg / sizeof *tfg_ops_linalg;
