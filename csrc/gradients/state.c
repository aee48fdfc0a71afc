/* Gradients of reading variables; writing them has none. */
#include "gradients/rows.h"

static int grad_resource_gather(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 1), shape = B_OP(b, "VariableShape", tfg_b_x(b, 0));
    TfgValue n = tfg_b_expand_dims(b, tfg_b_size(b, indices), 0), tail = tfg_b_slice(b, shape, B_AT(1), B_OPEN);
    TfgValue values_shape = tfg_b_concat(b, (TfgValue[]){n, tail}, 2, 0), values = tfg_b_reshape(b, tfg_b_dy(b), values_shape);
    indices = tfg_b_reshape(b, indices, n);
    tfg_b_dx_slices(b, 0, values, indices, shape);
    return tfg_b_done(b);
}

static int grad_resource_gather_nd(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue handle = tfg_b_x(b, 0), indices = tfg_b_x(b, 1);
    TfgValue shape = tfg_b_op(b, "VariableShape", NULL, &handle, 1, B_ATTRS({"out_type", {.kind = TFG_ATTR_TYPE, .type = tfg_b_dtype(b, indices)}}));
    TfgShape of_indices;
    tfg_b_static_shape(b, indices, &of_indices);
    if (of_indices.rank == 2 && of_indices.dims[1] == 1) {
        TfgAttr last = {.kind = TFG_ATTR_INT, .is_list = true, .n = 1, .list_i = (const int64_t[]){-1}};
        TfgValue rows = tfg_b_op(b, "Squeeze", NULL, &indices, 1, B_ATTRS({"squeeze_dims", last}));
        tfg_b_dx_slices(b, 0, tfg_b_converted(b, tfg_b_dy(b), NULL), rows, shape);
    } else {
        tfg_b_dx(b, 0, B_OP(b, "ScatterNd", indices, tfg_b_dy(b), shape));
    }
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_state[] = {
    NONE("Assign"),
    NONE("AssignAdd"),
    NONE("AssignSub"),
    GRAD("ReadVariableOp", tfg_grad_pass, 0),
    GRAD("ResourceGather", grad_resource_gather, TFG_USES_X),
    GRAD("ResourceGatherNd", grad_resource_gather_nd, TFG_USES_X),
    NONE("ScatterAdd"),
    NONE("ScatterDiv"),
    NONE("ScatterMul"),
    NONE("ScatterNdAdd"),
    NONE("ScatterNdSub"),
    NONE("ScatterNdUpdate"),
    NONE("ScatterSub"),
};
const int tfg_n_gradients_state = sizeof tfg_gradients_state / sizeof *tfg_gradients_state;
