/* Gradients of rolled and checked tensors. */
#include "gradients/rows.h"

static int grad_roll(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), back = tfg_b_neg(b, tfg_b_x(b, 1));
    tfg_b_dx(b, 0, B_OP(b, "Roll", dy, back, tfg_b_x(b, 2)));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_manip[] = {
    NONE("EditDistance"),
    GRAD("EnsureShape", tfg_grad_pass, 0),
    NONE("PopulationCount"),
    GRAD("Roll", grad_roll, TFG_USES_X1 | TFG_USES_X2),
};
const int tfg_n_gradients_manip = sizeof tfg_gradients_manip / sizeof *tfg_gradients_manip;
