/* The gradient of CTCLoss, which the op computes beside the loss. */
#include "gradients/rows.h"

static int grad_loss(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue y = tfg_b_y(b, 1);
    TfgValue once = tfg_b_op(b, "PreventGradient", NULL, &y, 1, B_ATTRS({"message", TFG_A_STRING(
        "Currently there is no way to take the second  derivative of ctc_loss due to the fused implementation's interaction  with "
        "tf.gradients()")}));
    TfgValue dy = tfg_b_expand_dims(b, tfg_b_dy(b), -1);
    tfg_b_dx(b, 0, tfg_b_mul(b, dy, once));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_ctc[] = {
    GRAD("CTCLoss", grad_loss, TFG_USES_Y),
    NONE("CTCBeamSearchDecoder"),
    NONE("CTCGreedyDecoder"),
};
const int tfg_n_gradients_ctc = sizeof tfg_gradients_ctc / sizeof *tfg_gradients_ctc;
