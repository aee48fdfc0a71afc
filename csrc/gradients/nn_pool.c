/* Gradients of pooling. */
#include "gradients/rows.h"

/* An op with the attributes that it shares with the differentiated one. */
static TfgValue like(TfgBuild *b, const char *type, const TfgValue *in, int n_in)
{
    static const char *const names[] = {"ksize", "strides", "padding", "data_format", "explicit_paddings", NULL};
    TfgNamedAttr attrs[5];
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

/* ---- Sizes as inputs: the gradient's op takes them last. ---- */

static int grad_sized(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, LIKE(b, "MaxPoolGradV2", tfg_b_x(b, 0), tfg_b_y(b, 0), tfg_b_dy(b), tfg_b_x(b, 1), tfg_b_x(b, 2)));
    return tfg_b_done(b);
}

static int of_sized_grad(TfgGradCall *g, const char *again, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    for (int i = 0; i < 2; i++) {
        TfgValue x = tfg_b_x(b, i), shape = tfg_b_shape(b, x);
        tfg_b_dx(b, i, tfg_b_zeros(b, shape, tfg_b_dtype(b, x)));
    }
    tfg_b_dx(b, 2, LIKE(b, again, tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_dy(b), tfg_b_x(b, 3), tfg_b_x(b, 4)));
    return tfg_b_done(b);
}

OF(sized_grad, of_sized_grad, "MaxPoolGradGradV2")
OF(sized_grad_grad, of_sized_grad, "MaxPoolGradV2")

/* ---- Fractional sizes: the borders that the forward op drew are outputs of it. ---- */

static int grad_fractional_max(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool overlapping = tfg_attrs_bool(g->attrs, "overlapping");
    tfg_b_dx(b, 0, tfg_b_op(b, "FractionalMaxPoolGrad", NULL, B_LIST(tfg_b_x(b, 0), tfg_b_y(b, 0), tfg_b_dy(b), tfg_b_y(b, 1), tfg_b_y(b, 2)),
                            B_ATTRS({"overlapping", TFG_A_BOOL(overlapping)})));
    return tfg_b_done(b);
}

static int grad_fractional_avg(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool overlapping = tfg_attrs_bool(g->attrs, "overlapping");
    TfgShape shape;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &shape);
    if (!b->failed && !tfg_shape_is_full(&shape))
        return tfg_b_fail(b, TFG_INVALID_ARGUMENT, "Cannot convert a partially known TensorShape to a Tensor: the input of %s", g->op_name);
    bool in = tfg_b_enter(b, "FractionalAvgPoolGrad");
    TfgValue sizes = tfg_b_dims(b, "orig_input_tensor_shape", &shape, TFG_INT64), dy = tfg_b_converted(b, tfg_b_dy(b), "out_backprop");
    tfg_b_dx(b, 0, tfg_b_op(b, "FractionalAvgPoolGrad", "/", B_LIST(sizes, dy, tfg_b_y(b, 1), tfg_b_y(b, 2)),
                            B_ATTRS({"overlapping", TFG_A_BOOL(overlapping)})));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_nn_pool[] = {
    GRAD("AvgPool", grad_avg_pool, TFG_USES_X0),
    GRAD("AvgPool3D", grad_avg_pool3d, TFG_USES_X0),
    GRAD("AvgPool3DGrad", grad_avg_pool3d_grad, TFG_USES_X0),
    GRAD("AvgPoolGrad", grad_avg_pool_grad, TFG_USES_X0),
    GRAD("FractionalAvgPool", grad_fractional_avg, TFG_USES_X0 | TFG_USES_Y),
    GRAD("FractionalMaxPool", grad_fractional_max, TFG_USES_X0 | TFG_USES_Y),
    GRAD("MaxPool", grad_max_pool, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MaxPool3D", grad_max_pool3d, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("MaxPool3DGrad", grad_max_pool3d_grad, TFG_USES_X),
    GRAD("MaxPool3DGradGrad", grad_max_pool3d_grad_grad, TFG_USES_X),
    GRAD("MaxPoolGrad", grad_max_pool_grad, TFG_USES_X),
    GRAD("MaxPoolGradGrad", grad_max_pool_grad_grad, TFG_USES_X),
    GRAD("MaxPoolGradGradV2", grad_sized_grad_grad, TFG_USES_X),
    GRAD("MaxPoolGradV2", grad_sized_grad, TFG_USES_X),
    GRAD("MaxPoolV2", grad_sized, TFG_USES_X | TFG_USES_Y0),
    GRAD("MaxPoolWithArgmax", grad_argmax, TFG_USES_X0 | TFG_USES_Y),
};
const int tfg_n_gradients_nn_pool = sizeof tfg_gradients_nn_pool / sizeof *tfg_gradients_nn_pool;
