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

static int shape_triangular_solve(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape left, right, batch;
    int64_t n;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0 || tfg_merge_dim(tfg_dim(&c->in[0], -2), tfg_dim(&c->in[0], -1), &n, s) < 0 ||
        tfg_want_rank_at_least(&c->in[1], 2, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 0, -2, &left);
    tfg_sub_shape(&c->in[1], 0, -2, &right);
    if (tfg_merge_shape(&left, &right, &batch, s) < 0 || tfg_merge_dim(n, tfg_dim(&c->in[1], -2), &n, s) < 0)
        return -1;
    set_matrix(&c->out[0], &batch, n, tfg_dim(&c->in[1], -1));
    return 0;
}

#define TYPES "{double, float, complex64, complex128}"

const TfgOpRow tfg_ops_linalg[] = {
    { .name = "MatrixTriangularSolve", .in = {"matrix: T", "rhs: T"}, .out = {"output: T"}, .attr = {"lower: bool = true",
      "adjoint: bool = false", "T: " TYPES}, .shape = shape_triangular_solve },
    { .name = "Qr", .in = {"input: T"}, .out = {"q: T", "r: T"}, .attr = {"full_matrices: bool = false", "T: " TYPES},
      .shape = shape_qr },
};
const int tfg_n_ops_linalg = sizeof tfg_ops_linalg / sizeof *tfg_ops_linalg;
