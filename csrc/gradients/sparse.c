/* Gradients of sparse tensors' operations. */
#include "gradients/rows.h"

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
    GRAD("SparseTensorDenseAdd", grad_dense_add, TFG_USES_X),
};
const int tfg_n_gradients_sparse = sizeof tfg_gradients_sparse / sizeof *tfg_gradients_sparse;
