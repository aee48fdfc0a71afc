/* Gradients through simulated quantisation: what is inside the range passes. */
#include "gradients/rows.h"

static TfgNamedAttr copied(const TfgGradCall *g, const char *name)
{
    const TfgAttr *a = tfg_attrs_find(g->attrs, name);
    TfgNamedAttr out = {.name = name};
    if (a)
        out.value = *a;
    return out;
}

static int grad_args(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgNamedAttr attrs[] = {copied(g, "min"), copied(g, "max"), copied(g, "num_bits"), copied(g, "narrow_range")};
    tfg_b_dx(b, 0, tfg_b_op(b, "FakeQuantWithMinMaxArgsGradient", NULL, B_LIST(tfg_b_dy(b), tfg_b_x(b, 0)), attrs, 4));
    return tfg_b_done(b);
}

static int of_range(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgNamedAttr attrs[] = {copied(g, "num_bits"), copied(g, "narrow_range")};
    TfgValue out[3];
    tfg_b_op_n(b, type, NULL, B_LIST(tfg_b_dy(b), tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_x(b, 2)), attrs, 2, out, 3);
    for (int i = 0; i < 3; i++)
        tfg_b_dx(b, i, out[i]);
    return tfg_b_done(b);
}
static int grad_vars(TfgGradCall *g, TfgStatus *s) { return of_range(g, "FakeQuantWithMinMaxVarsGradient", s); }
static int grad_channels(TfgGradCall *g, TfgStatus *s) { return of_range(g, "FakeQuantWithMinMaxVarsPerChannelGradient", s); }

const TfgGradRow tfg_gradients_quantize[] = {
    GRAD("FakeQuantWithMinMaxArgs", grad_args, TFG_USES_X0),
    GRAD("FakeQuantWithMinMaxVars", grad_vars, TFG_USES_X),
    GRAD("FakeQuantWithMinMaxVarsPerChannel", grad_channels, TFG_USES_X),
    GRAD("QuantizeAndDequantize", tfg_grad_pass, 0),
    GRAD("QuantizeAndDequantizeV2", tfg_grad_pass, 0),
    GRAD("QuantizeAndDequantizeV3", tfg_grad_pass, 0),
};
const int tfg_n_gradients_quantize = sizeof tfg_gradients_quantize / sizeof *tfg_gradients_quantize;
