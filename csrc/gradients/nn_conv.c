/* Gradients of convolutions: each of y, dx and dw is a product of two of x, w and dy, so their gradients are one another. */
#include "gradients/rows.h"

/* An op with the attributes that it shares with the differentiated one. */
static TfgValue like(TfgBuild *b, const char *type, const TfgValue *in, int n_in, const char *const *names)
{
    TfgNamedAttr attrs[8];
    int n = 0;
    for (; *names; names++) {
        const TfgAttr *a = tfg_attrs_find(b->g->attrs, *names);
        if (a)
            attrs[n++] = (TfgNamedAttr){*names, *a};
    }
    return tfg_b_op(b, type, NULL, in, n_in, attrs, n);
}

static const char *const SHARED[] = {"strides", "padding", "use_cudnn_on_gpu", "data_format", "dilations", "explicit_paddings", NULL};
#define LIKE(b, type, ...) like(b, type, B_LIST(__VA_ARGS__), SHARED)

static int grad_conv2d(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), w = tfg_b_x(b, 1), dy = tfg_b_dy(b), shapes[2];
    tfg_b_op_n(b, "ShapeN", NULL, B_LIST(x, w), NULL, 0, shapes, 2);
    tfg_b_dx(b, 0, LIKE(b, "Conv2DBackpropInput", shapes[0], w, dy));
    tfg_b_dx(b, 1, LIKE(b, "Conv2DBackpropFilter", x, shapes[1], dy));
    return tfg_b_done(b);
}

/* y = conv(sizes, w, dy'): of w as the gradient of a filter, of dy' as the forward op. */
static int grad_of_input(TfgGradCall *g, const char *forward, const char *filter, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue w = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    tfg_b_dx(b, 1, LIKE(b, filter, dy, tfg_b_shape(b, w), tfg_b_x(b, 2)));
    tfg_b_dx(b, 2, LIKE(b, forward, dy, w));
    return tfg_b_done(b);
}

static int grad_of_filter(TfgGradCall *g, const char *forward, const char *input, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, LIKE(b, input, tfg_b_shape(b, x), dy, tfg_b_x(b, 2)));
    tfg_b_dx(b, 2, LIKE(b, forward, x, dy));
    return tfg_b_done(b);
}

static int grad_conv2d_input(TfgGradCall *g, TfgStatus *s) { return grad_of_input(g, "Conv2D", "Conv2DBackpropFilter", s); }
static int grad_conv2d_filter(TfgGradCall *g, TfgStatus *s) { return grad_of_filter(g, "Conv2D", "Conv2DBackpropInput", s); }

static int grad_conv3d_input(TfgGradCall *g, TfgStatus *s) { return grad_of_input(g, "Conv3D", "Conv3DBackpropFilterV2", s); }
static int grad_conv3d_filter(TfgGradCall *g, TfgStatus *s) { return grad_of_filter(g, "Conv3D", "Conv3DBackpropInputV2", s); }

static int grad_both(TfgGradCall *g, const char *input, const char *filter, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), w = tfg_b_x(b, 1), dy = tfg_b_dy(b), shape = tfg_b_shape(b, x);
    tfg_b_dx(b, 0, LIKE(b, input, shape, w, dy));
    shape = tfg_b_shape(b, w);
    tfg_b_dx(b, 1, LIKE(b, filter, x, shape, dy));
    return tfg_b_done(b);
}

static int grad_conv3d(TfgGradCall *g, TfgStatus *s) { return grad_both(g, "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2", s); }

static int grad_depthwise(TfgGradCall *g, TfgStatus *s)
{
    return grad_both(g, "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter", s);
}

const TfgGradRow tfg_gradients_nn_conv[] = {
    GRAD("Conv2D", grad_conv2d, TFG_USES_X),
    GRAD("Conv2DBackpropFilter", grad_conv2d_filter, TFG_USES_X),
    GRAD("Conv2DBackpropInput", grad_conv2d_input, TFG_USES_X),
    GRAD("Conv3D", grad_conv3d, TFG_USES_X),
    GRAD("Conv3DBackpropFilterV2", grad_conv3d_filter, TFG_USES_X),
    GRAD("Conv3DBackpropInputV2", grad_conv3d_input, TFG_USES_X),
    GRAD("DepthwiseConv2dNative", grad_depthwise, TFG_USES_X),
};
const int tfg_n_gradients_nn_conv = sizeof tfg_gradients_nn_conv / sizeof *tfg_gradients_nn_conv;
