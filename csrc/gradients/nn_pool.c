/* Gradients of pooling. */
#include "gradients/rows.h"

/* An op with the attributes that it shares with the differentiated one. */
static TfgValue like(TfgBuild *b, const char *type, const TfgValue *in, int n_in)
{
    static const char *const names[] = {"ksize", "strides", "padding", "data_format", NULL};
    TfgNamedAttr attrs[4];
    int n = 0;
    for (int i = 0; names[i]; i++) {
        const TfgAttr *a = tfg_attrs_find(b->g->attrs, names[i]);
        if (a)
            attrs[n++] = (TfgNamedAttr){names[i], *a};
    }
    return tfg_b_op(b, type, NULL, in, n_in, attrs, n);
}
#define LIKE(b, type, ...) like(b, type, B_LIST(__VA_ARGS__))

static int of_avg(TfgGradCall *g, const char *grad, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, LIKE(b, grad, tfg_b_shape(b, tfg_b_x(b, 0)), tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int of_avg_grad(TfgGradCall *g, const char *forward, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, B_OP(b, "StopGradient", tfg_b_x(b, 0)));
    tfg_b_dx(b, 1, LIKE(b, forward, tfg_b_dy(b)));
    return tfg_b_done(b);
}

static int of_max(TfgGradCall *g, const char *grad, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, LIKE(b, grad, tfg_b_x(b, 0), tfg_b_y(b, 0), tfg_b_dy(b)));
    return tfg_b_done(b);
}

/* Which element is the largest does not change with the elements, so nothing flows into the first two. */
static int of_max_grad(TfgGradCall *g, const char *again, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    for (int i = 0; i < 2; i++) {
        TfgValue x = tfg_b_x(b, i), shape = tfg_b_shape(b, x);
        tfg_b_dx(b, i, tfg_b_zeros(b, shape, tfg_b_dtype(b, x)));
    }
    tfg_b_dx(b, 2, LIKE(b, again, tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_dy(b)));
    return tfg_b_done(b);
}

#define OF(name, kind, type) static int grad_##name(TfgGradCall *g, TfgStatus *s) { return kind(g, type, s); }
OF(avg_pool, of_avg, "AvgPoolGrad")
OF(avg_pool_grad, of_avg_grad, "AvgPool")
OF(max_pool, of_max, "MaxPoolGrad")
OF(max_pool_grad, of_max_grad, "MaxPoolGradGrad")
OF(max_pool_grad_grad, of_max_grad, "MaxPoolGrad")

OF(avg_pool3d, of_avg, "AvgPool3DGrad")
OF(avg_pool3d_grad, of_avg_grad, "AvgPool3D")
OF(max_pool3d, of_max, "MaxPool3DGrad")
OF(max_pool3d_grad, of_max_grad, "MaxPool3DGradGrad")
OF(max_pool3d_grad_grad, of_max_grad, "MaxPool3DGrad")

static int grad_argmax(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, LIKE(b, "MaxPoolGradWithArgmax", tfg_b_x(b, 0), tfg_b_dy(b), tfg_b_y(b, 1)));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_nn_pool[] = {
    GRAD("AvgPool", grad_avg_pool, TFG_USES_X0),
    GRAD("AvgPool3D", grad_avg_pool3d, TFG_USES_X0),
    GRAD("AvgPool3DGrad", grad_avg_pool3d_grad, TFG_USES_X0),
    GRAD("AvgPoolGrad", grad_avg_pool_grad, TFG_USES_X0),
    GRAD("MaxPool", grad_max_pool, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MaxPool3D", grad_max_pool3d, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MaxPool3DGrad", grad_max_pool3d_grad, TFG_USES_X),
    GRAD("MaxPool3DGradGrad", grad_max_pool3d_grad_grad, TFG_USES_X),
    GRAD("MaxPoolGrad", grad_max_pool_grad, TFG_USES_X),
    GRAD("MaxPoolGradGrad", grad_max_pool_grad_grad, TFG_USES_X),
    GRAD("MaxPoolWithArgmax", grad_argmax, TFG_USES_X0 | TFG_USES_Y),
};
const int tfg_n_gradients_nn_pool = sizeof tfg_gradients_nn_pool / sizeof *tfg_gradients_nn_pool;
