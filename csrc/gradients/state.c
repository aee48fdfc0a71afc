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

const TfgGradRow tfg_gradients_state[] = {
    NONE("Assign"),
    NONE("AssignAdd"),
    NONE("AssignSub"),
    GRAD("ReadVariableOp", tfg_grad_pass, 0),
    GRAD("ResourceGather", grad_resource_gather, TFG_USES_X),
    NONE("ScatterAdd"),
    NONE("ScatterDiv"),
    NONE("ScatterMul"),
    NONE("ScatterNdAdd"),
    NONE("ScatterNdSub"),
    NONE("ScatterNdUpdate"),
    NONE("ScatterSub"),
};
const int tfg_n_gradients_state = sizeof tfg_gradients_state / sizeof *tfg_gradients_state;
