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

/* ---- projective maps ---- */

/* x[:, begin:end] of a matrix; begin 0 is left out. */
static TfgValue columns(TfgBuild *b, TfgValue x, int64_t begin, int64_t end)
{
    bool in = tfg_b_enter(b, "strided_slice");
    TfgValue first = tfg_b_ints(b, "stack", (int64_t[]){0, begin}, 2), last = tfg_b_ints(b, "stack_1", (int64_t[]){0, end}, 2);
    TfgValue step = tfg_b_ints(b, "stack_2", (int64_t[]){1, 1}, 2);
    TfgValue out = tfg_b_op(b, "StridedSlice", "/", B_LIST(x, first, last, step),
                            B_ATTRS({"begin_mask", TFG_A_INT(begin ? 1 : 3)}, {"end_mask", TFG_A_INT(1)}));
    tfg_b_leave(b, in);
    return out;
}

/* [n, 1] of ones; the constant is never written out, since n is a tensor. */
static TfgValue column_of_ones(TfgBuild *b, TfgValue n)
{
    bool in = tfg_b_enter(b, "ones");
    tfg_b_op_const(b, "Less", "Less", tfg_b_op_const(b, "Mul", "mul", n, 1), 1000);
    TfgValue shape = tfg_b_stack_const(b, "packed", n, 1, false);
    TfgValue out = B_NAMED(b, "Fill", "/", shape, tfg_b_const(b, "Const", TFG_FLOAT, 1));
    tfg_b_leave(b, in);
    return out;
}

/* [n, 8] to [n, 3, 3], the last element 1. */
static TfgValue matrices_of(TfgBuild *b, TfgValue maps)
{
    bool in = tfg_b_enter(b, "flat_transforms_to_matrices");
    TfgValue rows = tfg_b_ints(b, NULL, (int64_t[]){-1, 8}, 2);
    maps = tfg_b_reshape(b, maps, rows);
    TfgValue n = tfg_b_item(b, tfg_b_shape(b, maps), 0), parts[] = {maps, column_of_ones(b, n)};
    TfgValue full = tfg_b_concat(b, parts, 2, 1), square = tfg_b_ints(b, NULL, (int64_t[]){-1, 3, 3}, 3);
    TfgValue out = tfg_b_reshape(b, full, square);
    tfg_b_leave(b, in);
    return out;
}

static TfgValue maps_of(TfgBuild *b, TfgValue matrices)
{
    bool in = tfg_b_enter(b, "matrices_to_flat_transforms");
    TfgValue rows = tfg_b_ints(b, NULL, (int64_t[]){-1, 9}, 2), flat = tfg_b_reshape(b, matrices, rows);
    flat = tfg_b_quotient(b, flat, columns(b, flat, 8, 9));
    TfgValue out = columns(b, flat, 0, 8);
    tfg_b_leave(b, in);
    return out;
}

/* What came back, seen through the inverse map. */
static int grad_projective(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue maps = tfg_b_x(b, 1);
    TfgShape shape;
    tfg_b_static_shape(b, maps, &shape);
    if (shape.rank >= 0 && shape.rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Transforms should have rank 1 or 2.");
    maps = maps_of(b, B_OP(b, "MatrixInverse", matrices_of(b, maps)));
    TfgValue size = tfg_b_slice(b, tfg_b_shape(b, tfg_b_x(b, 0)), B_AT(1), B_AT(3));
    bool has_mode = tfg_attrs_find(g->attrs, "fill_mode") != NULL, fills = g->n_in == 4;
    TfgNamedAttr attrs[] = {{"interpolation", {.kind = TFG_ATTR_STRING, .s = tfg_attrs_string(g->attrs, "interpolation")}},
                            {"fill_mode", {.kind = TFG_ATTR_STRING}}};
    if (has_mode)
        attrs[1].value.s = tfg_attrs_string(g->attrs, "fill_mode");
    TfgValue in[4] = {tfg_b_dy(b), maps, size};
    if (fills)
        in[3] = tfg_b_const(b, "ImageProjectiveTransformV3/fill_value", TFG_FLOAT, 0);
    tfg_b_dx(b, 0, tfg_b_op(b, fills ? "ImageProjectiveTransformV3" : "ImageProjectiveTransformV2", NULL, in, fills ? 4 : 3, attrs, has_mode ? 2 : 1));
    return tfg_b_done(b);
}

static int grad_scale(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgNamedAttr attrs[] = {{"kernel_type", {.kind = TFG_ATTR_STRING, .s = tfg_attrs_string(g->attrs, "kernel_type")}},
                            {"antialias", TFG_A_BOOL(tfg_attrs_bool(g->attrs, "antialias"))}};
    TfgValue in[] = {tfg_b_dy(b), tfg_b_x(b, 0), tfg_b_x(b, 2), tfg_b_x(b, 3)};
    tfg_b_dx(b, 0, tfg_b_op(b, "ScaleAndTranslateGrad", NULL, in, 4, attrs, 2));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_image[] = {
    NONE("DrawBoundingBoxes"), NONE("ExtractGlimpse"), NONE("HSVToRGB"),
    NONE("NonMaxSuppression"), NONE("NonMaxSuppressionV2"), NONE("NonMaxSuppressionWithOverlaps"), NONE("RandomCrop"), NONE("RGBToHSV"),
    NONE("SampleDistortedBoundingBox"), NONE("SampleDistortedBoundingBoxV2"),
    GRAD("CropAndResize", grad_crop, TFG_USES_X),
    GRAD("ImageProjectiveTransformV2", grad_projective, TFG_USES_X),
    GRAD("ImageProjectiveTransformV3", grad_projective, TFG_USES_X),
    GRAD("ScaleAndTranslate", grad_scale, TFG_USES_X),
    GRAD("ResizeBicubic", grad_resize_bicubic, TFG_USES_X0),
    GRAD("ResizeBilinear", grad_resize_bilinear, TFG_USES_X0),
    GRAD("ResizeNearestNeighbor", grad_resize_nearest, TFG_USES_X0),
};
const int tfg_n_gradients_image = sizeof tfg_gradients_image / sizeof *tfg_gradients_image;
