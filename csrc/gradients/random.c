/* Gradients of the random family: samples do not depend on what they are drawn with, but for gamma, whose sample is differentiated
 * through its distribution function. */
#include "gradients/build.h"

/* ones([n]) */
static TfgValue ones(TfgBuild *b, TfgValue n)
{
    bool entered = tfg_b_enter(b, "ones");
    tfg_b_op_const(b, "Less", "Less", n, 1000);         /* nobody reads it */
    TfgValue dims = tfg_b_op(b, "Pack", "packed", &n, 1, NULL, 0);
    TfgValue one = tfg_b_const(b, NULL, TFG_INT32, 1);
    TfgValue out = B_NAMED(b, "Fill", "/", dims, one);
    tfg_b_leave(b, entered);
    return out;
}

/* Alpha gets a leading 1 for each dimension of samples, which are then summed over. */
static int grad_gamma(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgValue dy = tfg_b_dy(&b), alpha = tfg_b_x(&b, 1);
    bool after = tfg_b_after(&b, dy);
    TfgValue n = tfg_b_item(&b, tfg_b_shape(&b, tfg_b_x(&b, 0)), 0);
    TfgValue leading = ones(&b, n), parts[] = {leading, tfg_b_shape(&b, alpha)};
    TfgValue broadcastable = tfg_b_reshape(&b, alpha, tfg_b_concat(&b, parts, 2, 0));
    TfgValue partial = B_OP(&b, "RandomGammaGrad", broadcastable, tfg_b_y(&b, 0));
    TfgValue product = tfg_b_mul(&b, dy, partial);
    tfg_b_dx(&b, 1, tfg_b_sum(&b, product, tfg_b_range(&b, TFG_NO_VALUE, n, TFG_NO_VALUE)));
    tfg_b_leave_after(&b, after);
    return tfg_b_done(&b);
}

const TfgGradRow tfg_gradients_random[] = {
    {.op = "Multinomial", .fn = TFG_NO_GRADIENT},
    {.op = "ParameterizedTruncatedNormal", .fn = TFG_NO_GRADIENT},
    {.op = "RandomGamma", .fn = grad_gamma, .uses = TFG_USES_X | TFG_USES_Y0},
    {.op = "RandomStandardNormal", .fn = TFG_NO_GRADIENT},
    {.op = "RandomUniform", .fn = TFG_NO_GRADIENT},
    {.op = "TruncatedNormal", .fn = TFG_NO_GRADIENT},
};
const int tfg_n_gradients_random = sizeof tfg_gradients_random / sizeof *tfg_gradients_random;
