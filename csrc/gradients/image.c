/* Gradients of resizing and cropping. */
#include "gradients/rows.h"
#include "tensor/shape.h"

static TfgValue resize_grad(TfgBuild *b, const char *type, TfgValue second)
{
    TfgValue in[] = {tfg_b_dy(b), second};
    TfgNamedAttr attrs[] = {{"align_corners", TFG_A_BOOL(tfg_attrs_bool(b->g->attrs, "align_corners"))}, {"half_pixel_centers", TFG_A_BOOL(true)}};
    return tfg_b_op(b, type, NULL, in, 2, attrs, tfg_attrs_bool(b->g->attrs, "half_pixel_centers") ? 2 : 1);
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

static int grad_resize_bicubic(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgDType dtype = tfg_b_dtype(b, tfg_b_x(b, 0));
    if (dtype == TFG_FLOAT || dtype == TFG_DOUBLE)
        tfg_b_dx(b, 0, resize_grad(b, "ResizeBicubicGrad", tfg_b_x(b, 0)));
    return tfg_b_done(b);
}

/* To the image where it is floating, and always to the boxes, as if sampled linearly. */
static int grad_crop(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue image = tfg_b_x(b, 0), boxes = tfg_b_x(b, 1), image_of = tfg_b_x(b, 2), size;
    TfgDType dtype = tfg_b_dtype(b, image);
    TfgBytes method = tfg_attrs_string(g->attrs, "method");
    TfgShape shape;
    bool floating = dtype == TFG_HALF || dtype == TFG_FLOAT || dtype == TFG_DOUBLE;
    tfg_b_static_shape(b, image, &shape);
    bool known = tfg_shape_is_full(&shape);
    size = known ? TFG_NO_VALUE : B_OP(b, "Shape", image);
    if (floating) {
        if (known)
            size = tfg_b_ints(b, "CropAndResizeGradImage/image_size", shape.dims, shape.rank);
        TfgValue in[] = {tfg_b_dy(b), boxes, image_of, size};
        tfg_b_dx(b, 0, tfg_b_op(b, "CropAndResizeGradImage", NULL, in, 4,
                                B_ATTRS({"T", TFG_A_TYPE(dtype)}, {"method", {.kind = TFG_ATTR_STRING, .s = method}})));
    }
    tfg_b_dx(b, 1, B_OP(b, "CropAndResizeGradBoxes", tfg_b_dy(b), image, boxes, image_of));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_image[] = {
    NONE("DrawBoundingBoxes"), NONE("ExtractGlimpse"), NONE("HSVToRGB"),
    NONE("NonMaxSuppression"), NONE("NonMaxSuppressionV2"), NONE("NonMaxSuppressionWithOverlaps"), NONE("RandomCrop"), NONE("RGBToHSV"),
    NONE("SampleDistortedBoundingBox"), NONE("SampleDistortedBoundingBoxV2"),
    GRAD("CropAndResize", grad_crop, TFG_USES_X),
    GRAD("ResizeBicubic", grad_resize_bicubic, TFG_USES_X0),
    GRAD("ResizeBilinear", grad_resize_bilinear, TFG_USES_X0),
    GRAD("ResizeNearestNeighbor", grad_resize_nearest, TFG_USES_X0),
};
const int tfg_n_gradients_image = sizeof tfg_gradients_image / sizeof *tfg_gradients_image;
