/* Gradients of ragged tensors' operations: splits and indices have none. */
#include <string.h>

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

/* The same operation over the values' row numbers tells where each element came from; -1: from the default, which may have been
 * broadcast. */
static int grad_ragged_to_tensor(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    const TfgAttr *types = tfg_attrs_find(g->attrs, "row_partition_types");
    int n = g->n_in - 3, ragged = n;
    if (types && types->n > 0 && types->list_s[0].n == strlen("FIRST_DIM_SIZE") && memcmp(types->list_s[0].data, "FIRST_DIM_SIZE", types->list_s[0].n) == 0)
        ragged--;
    TfgValue dy = tfg_b_dy_of(b, 0), shape = tfg_b_shape(b, tfg_b_x(b, 1)), in[3 + TFG_MAX_RANK + 1];
    if (!types || n > TFG_MAX_RANK + 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    in[0] = tfg_b_slice(b, tfg_b_shape(b, dy), B_OPEN, B_AT(1 + ragged));
    in[1] = tfg_b_range(b, TFG_NO_VALUE, tfg_b_item(b, shape, 0), TFG_NO_VALUE);
    in[2] = tfg_b_const(b, "default_value", TFG_INT32, -1);
    for (int i = 0; i < n; i++)
        in[3 + i] = tfg_b_x(b, 3 + i);
    TfgValue from = tfg_b_op(b, "RaggedTensorToTensor", NULL, in, 3 + n, B_ATTRS({"row_partition_types", *types}));
    TfgValue given = B_OP(b, "NotEqual", from, tfg_b_const(b, NULL, TFG_INT32, -1));
    TfgValue at = B_OP(b, "Where", given), others = B_OP(b, "GatherNd", dy, B_OP(b, "Where", B_OP(b, "LogicalNot", given)));
    tfg_b_dx_slices(b, 1, B_OP(b, "GatherNd", dy, at), B_OP(b, "GatherNd", from, at), shape);
    TfgBroadcast axes = tfg_b_broadcast(b, others, tfg_b_x(b, 2));
    tfg_b_dx(b, 2, tfg_b_sum_to(b, others, axes.ry, axes.sy));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_ragged[] = {
    GRAD("RaggedGather", grad_ragged_gather, TFG_USES_X),
    NONE("RaggedRange"),
    GRAD("RaggedTensorToSparse", grad_ragged_to_sparse, TFG_USES_X),
    GRAD("RaggedTensorToTensor", grad_ragged_to_tensor, TFG_USES_X),
};
const int tfg_n_gradients_ragged = sizeof tfg_gradients_ragged / sizeof *tfg_gradients_ragged;
