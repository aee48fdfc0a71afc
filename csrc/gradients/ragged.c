/* Gradients of ragged tensors' operations: splits and indices have none. */
#include "gradients/rows.h"

/* Slices: which rows of the values each index took, from its row's first split to its last. */
static int grad_ragged_gather(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    int n = g->n_in - 2;
    TfgValue splits = tfg_b_x(b, 0), ranges[2];
    for (int i = 1; i < n; i++)
        splits = tfg_b_gather(b, tfg_b_x(b, i), splits);
    TfgValue at = tfg_b_flatten(b, tfg_b_x(b, n + 1));
    TfgValue starts = tfg_b_gather(b, splits, at), limits = tfg_b_gather(b, tfg_b_slice(b, splits, B_AT(1), B_OPEN), at);
    bool in = tfg_b_enter(b, "RaggedRange");
    TfgValue deltas = tfg_b_const(b, "deltas", tfg_b_dtype(b, splits), 1);
    tfg_b_op_n(b, "RaggedRange", "/", B_LIST(starts, limits, deltas), NULL, 0, ranges, 2);
    tfg_b_leave(b, in);
    tfg_b_dx_slices(b, n, tfg_b_dy_of(b, g->n_out - 1), ranges[1], tfg_b_shape(b, tfg_b_x(b, n)));
    return tfg_b_done(b);
}

static int grad_ragged_to_sparse(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    int n = g->n_in - 1;
    TfgValue shape = tfg_b_shape(b, tfg_b_x(b, n));
    tfg_b_dx(b, n, tfg_b_reshape(b, tfg_b_dy_of(b, 1), shape));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_ragged[] = {
    GRAD("RaggedGather", grad_ragged_gather, TFG_USES_X),
    NONE("RaggedRange"),
    GRAD("RaggedTensorToSparse", grad_ragged_to_sparse, TFG_USES_X),
};
const int tfg_n_gradients_ragged = sizeof tfg_gradients_ragged / sizeof *tfg_gradients_ragged;
