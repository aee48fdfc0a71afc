/* Tensors that stay in their session: signatures and shapes. */
#include "ops/common.h"

static int shape_delete(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s);
}

static int shape_tensor(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 0, s);
}

const TfgOpRow tfg_ops_session_tensor[] = {
    { .name = "DeleteSessionTensor", .in = {"handle: string"}, .shape = shape_delete, .flags = TFG_OP_STATEFUL },
    { .name = "GetSessionHandle", .in = {"value: T"}, .out = {"handle: string"}, .attr = {"T: type"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "GetSessionHandleV2", .in = {"value: T"}, .out = {"handle: resource"}, .attr = {"T: type"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "GetSessionTensor", .in = {"handle: string"}, .out = {"value: dtype"}, .attr = {"dtype: type"}, .shape = shape_tensor,
      .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_session_tensor = sizeof tfg_ops_session_tensor / sizeof *tfg_ops_session_tensor;
