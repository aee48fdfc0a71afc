/* Gradients of sparse tensors' operations. */
#include "gradients/rows.h"

/* Of the values alone; what the threshold left out of the sum has 0. */
static int grad_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue out[2];
    tfg_b_op_n(b, "SparseAddGrad", NULL, B_LIST(tfg_b_dy_of(b, 1), tfg_b_x(b, 0), tfg_b_x(b, 3), tfg_b_y(b, 0)), NULL, 0, out, 2);
    for (int i = 0; i < 2; i++)
        tfg_b_dx(b, 1 + 3 * i, out[i]);
    return tfg_b_done(b);
}

/* The indices and the shape have none; the values take theirs from where they were added. */
static int grad_dense_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 1, B_OP(b, "GatherNd", dy, tfg_b_x(b, 0)));
    tfg_b_dx(b, 3, dy);
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_sparse[] = {
    GRAD("SparseAdd", grad_add, TFG_USES_X | TFG_USES_Y0),
    NONE("SparseAddGrad"),
    GRAD("SparseTensorDenseAdd", grad_dense_add, TFG_USES_X),
};
const int tfg_n_gradients_sparse = sizeof tfg_gradients_sparse / sizeof *tfg_gradients_sparse;
