/* Gradients of resizing and cropping. */
#include "gradients/rows.h"

static TfgValue resize_grad(TfgBuild *b, const char *type, TfgValue second)
{
    TfgValue in[] = {tfg_b_dy(b), second};
    return tfg_b_op(b, type, NULL, in, 2, B_ATTRS({"align_corners", TFG_A_BOOL(tfg_attrs_bool(b->g->attrs, "align_corners"))}));
}

static int grad_resize_bilinear(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, resize_grad(b, "ResizeBilinearGrad", tfg_b_x(b, 0)));
    return tfg_b_done(b);
}

static int grad_resize_nearest(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape shape;
    TfgValue size, image = tfg_b_x(b, 0);
    tfg_b_static_shape(b, image, &shape);
    if (shape.rank >= 3 && shape.dims[1] >= 0 && shape.dims[2] >= 0)
        size = tfg_b_ints(b, "ResizeNearestNeighborGrad/size", shape.dims + 1, 2);
    else
        size = tfg_b_slice(b, B_OP(b, "Shape", image), B_AT(1), B_AT(3));
    tfg_b_dx(b, 0, resize_grad(b, "ResizeNearestNeighborGrad", size));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_image[] = {
    GRAD("ResizeBilinear", grad_resize_bilinear, TFG_USES_X0),
    GRAD("ResizeNearestNeighbor", grad_resize_nearest, TFG_USES_X0),
};
const int tfg_n_gradients_image = sizeof tfg_gradients_image / sizeof *tfg_gradients_image;
