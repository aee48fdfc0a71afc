/* Images: files, resizing, cropping. */
#include "ops/common.h"

#define IMAGE_TYPES "{int8, uint8, int16, uint16, int32, int64, half, float, double}"
#define IMAGE_TYPES_B "{int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}"
#define CORNERS "align_corners: bool = false"

/* ---- files ---- */

/* The attribute "channels" as a dimension; 0 says that the file decides. */
static int channels_dim(const TfgShapeCall *c, int64_t *channels, TfgStatus *s)
{
    *channels = tfg_attrs_int(c->attrs, "channels");
    if (*channels < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels must be non-negative, got %lld", (long long)*channels);
    if (*channels == 0)
        *channels = -1;
    return 0;
}

static int shape_decode_image(TfgShapeCall *c, TfgStatus *s)
{
    int64_t channels;
    if (tfg_want_scalar(c, 0, s) < 0 || channels_dim(c, &channels, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 3, (int64_t[]){-1, -1, channels});
    return 0;
}

static int shape_decode_and_crop(TfgShapeCall *c, TfgStatus *s)
{
    int64_t channels;
    TfgShape window;
    if (tfg_want_scalar(c, 0, s) < 0 || channels_dim(c, &channels, s) < 0 || tfg_want_rank(&c->in[1], 1, &window, s) < 0 ||
        tfg_want_dim(window.dims[0], 4, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 1);
    int64_t height = t ? tfg_tensor_int(t, 2) : -1, width = t ? tfg_tensor_int(t, 3) : -1;
    tfg_shape_set(&c->out[0], 3, (int64_t[]){height < 0 ? -1 : height, width < 0 ? -1 : width, channels});
    return 0;
}

static int shape_decode_gif(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 4, (int64_t[]){-1, -1, -1, 3});
    return 0;
}

static int shape_encode_image(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 3, NULL, s) < 0 ? -1 : tfg_shape_scalar(c, s);
}

static int shape_jpeg_shape(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){3});
    return 0;
}

/* ---- sizes ---- */

/* [batch, height, width, channels] with height and width from input i. */
static int sized_image(TfgShapeCall *c, int64_t batch, int i, int64_t channels, TfgStatus *s)
{
    TfgShape size;
    int64_t dims[4] = {batch, -1, -1, channels};
    if (tfg_want_rank(&c->in[i], 1, &size, s) < 0 || tfg_want_dim(size.dims[0], 2, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, i);
    for (int k = 0; t && k < 2; k++) {
        dims[1 + k] = tfg_tensor_int(t, k);
        if (dims[1 + k] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[1 + k]);
    }
    tfg_shape_set(&c->out[0], 4, dims);
    return 0;
}

int tfg_shape_resize(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0)
        return -1;
    return sized_image(c, in.dims[0], 1, in.dims[3], s);
}

static int shape_second(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

/* Images of the size that input 2 gives, or else as they were. */
static int shape_projective(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (c->n_in == 2)
        return tfg_shape_unchanged(c, s);
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0 || (c->n_in == 4 && tfg_want_scalar(c, 3, s) < 0))
        return -1;
    return sized_image(c, in.dims[0], 2, in.dims[3], s);
}

/* ---- colors ---- */

static int shape_colors(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    int64_t last;
    if (tfg_want_rank_at_least(in, 1, s) < 0)
        return -1;
    last = tfg_dim(in, -1);
    if (last >= 0 && tfg_want_dim(last, 3, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], in);
    if (in->rank > 0)
        c->out[0].dims[in->rank - 1] = 3;
    return 0;
}

static int shape_at_least_3(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank_at_least(&c->in[0], 3, s) < 0 ? -1 : tfg_shape_unchanged(c, s);
}

static int shape_contrast(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 1, s) < 0 ? -1 : shape_at_least_3(c, s);
}

/* ---- boxes ---- */

static int shape_draw(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, boxes;
    int64_t channels;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0)
        return -1;
    channels = in.dims[3];
    if (channels >= 0 && channels != 1 && channels != 3 && channels != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)");
    if (tfg_want_rank(&c->in[1], 3, &boxes, s) < 0 || tfg_want_dim(boxes.dims[2], 4, s) < 0)
        return -1;
    return tfg_shape_unchanged(c, s);
}

static int shape_crop(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape image, boxes, image_of;
    int64_t n;
    if (tfg_want_rank(&c->in[0], 4, &image, s) < 0 || tfg_want_rank(&c->in[1], 2, &boxes, s) < 0 ||
        tfg_want_rank(&c->in[2], 1, &image_of, s) < 0 || tfg_merge_dim(boxes.dims[0], image_of.dims[0], &n, s) < 0 ||
        tfg_want_dim(boxes.dims[1], 4, s) < 0)
        return -1;
    return sized_image(c, n, 3, image.dims[3], s);
}

static int shape_crop_grad_image(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape out;
    if (c->constant_shape(c, 3, &out, s) < 0)
        return -1;
    return tfg_want_rank(&out, 4, &c->out[0], s);
}

static int shape_third(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[2]);
    return 0;
}

static int shape_suppress(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape boxes, scores;
    int64_t n;
    if (tfg_want_rank(&c->in[0], 2, &boxes, s) < 0 || tfg_want_rank(&c->in[1], 1, &scores, s) < 0)
        return -1;
    for (int i = 2; i < c->n_in; i++)
        if (tfg_want_scalar(c, i, s) < 0)
            return -1;
    if (tfg_merge_dim(boxes.dims[0], scores.dims[0], &n, s) < 0 || tfg_want_dim(boxes.dims[1], 4, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){-1});
    if (c->n_out == 2)
        tfg_shape_set_scalar(&c->out[1]);
    return 0;
}

static int shape_suppress_padded(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n = -1;
    if (shape_suppress(c, s) < 0)
        return -1;
    if (tfg_attrs_bool(c->attrs, "pad_to_max_output_size") && tfg_scalar_dim(c, 2, &n, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &n);
    return 0;
}

static int shape_suppress_soft(TfgShapeCall *c, TfgStatus *s)
{
    if (shape_suppress_padded(c, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[1], &c->out[0]);
    tfg_shape_set_scalar(&c->out[2]);
    return 0;
}

static int shape_suppress_overlaps(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape overlaps, scores;
    int64_t n;
    if (tfg_want_rank(&c->in[0], 2, &overlaps, s) < 0 || tfg_want_rank(&c->in[1], 1, &scores, s) < 0)
        return -1;
    for (int i = 2; i < c->n_in; i++)
        if (tfg_want_scalar(c, i, s) < 0)
            return -1;
    if (tfg_merge_dim(overlaps.dims[0], scores.dims[0], &n, s) < 0 || tfg_merge_dim(overlaps.dims[1], n, &n, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){-1});
    return 0;
}

static int shape_sample(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape size, boxes;
    if (tfg_want_rank(&c->in[0], 1, &size, s) < 0 || tfg_want_dim(size.dims[0], 3, s) < 0 || tfg_want_rank(&c->in[1], 3, &boxes, s) < 0 ||
        tfg_want_dim(boxes.dims[2], 4, s) < 0)
        return -1;
    if (c->n_in == 3 && tfg_want_scalar(c, 2, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){3});
    tfg_shape_set(&c->out[1], 1, (int64_t[]){3});
    tfg_shape_set(&c->out[2], 3, (int64_t[]){1, 1, 4});
    return 0;
}

static int shape_glimpse(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, offsets;
    int64_t batch;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0 || tfg_want_rank(&c->in[2], 2, &offsets, s) < 0 ||
        tfg_merge_dim(in.dims[0], offsets.dims[0], &batch, s) < 0 || tfg_want_dim(offsets.dims[1], 2, s) < 0)
        return -1;
    return sized_image(c, batch, 1, in.dims[3], s);
}

static int shape_random_crop(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape image, size;
    int64_t dims[3] = {-1, -1, -1};
    if (tfg_want_rank(&c->in[0], 3, &image, s) < 0 || tfg_want_rank(&c->in[1], 1, &size, s) < 0 || tfg_want_dim(size.dims[0], 2, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 1);
    for (int i = 0; t && i < 2; i++)
        dims[i] = tfg_tensor_int(t, i) < 0 ? -1 : tfg_tensor_int(t, i);
    dims[2] = image.dims[2];
    tfg_shape_set(&c->out[0], 3, dims);
    return 0;
}

#define SAMPLE_ATTRS "aspect_ratio_range: list(float) = [0.75, 1.33]", "area_range: list(float) = [0.05, 1.0]", "max_attempts: int = 100", \
    "use_image_if_no_bounding_boxes: bool = false"
#define SIZE_TYPES "T: {uint8, int8, int16, int32, int64}"
#define CROP_TYPES "T: {uint8, uint16, int8, int16, int32, int64, half, float, double}"
#define SUPPRESS_TYPES "T: {half, float} = DT_FLOAT"

#define HALF_PIXELS {"half_pixel_centers: bool = false"}
/* How many boxes each image keeps, as far as it is known. */
static int combined_size(TfgShapeCall *c, int64_t classes, int64_t *out, TfgStatus *s)
{
    int64_t per_class;
    if (tfg_scalar_dim(c, 3, out, s) < 0)
        return -1;
    if (*out == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_total_size should be > 0 ");
    if (tfg_scalar_dim(c, 2, &per_class, s) < 0)
        return -1;
    if (!tfg_attrs_bool(c->attrs, "pad_per_class"))
        return 0;
    if (per_class == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max_output_size_per_class must be > 0 if pad_per_class is set to true ");
    const int64_t of_classes = tfg_multiply_dim(per_class, classes);
    *out = *out < 0 || of_classes < 0 ? -1 : *out < of_classes ? *out : of_classes;
    return 0;
}

static int shape_combined(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape boxes, scores;
    int64_t batch, n, size;
    if (tfg_want_rank(&c->in[0], 4, &boxes, s) < 0 || tfg_want_rank(&c->in[1], 3, &scores, s) < 0)
        return -1;
    for (int i = 2; i < 6; i++)
        if (tfg_want_scalar(c, i, s) < 0)
            return -1;
    if (tfg_merge_dim(boxes.dims[0], scores.dims[0], &batch, s) < 0 || tfg_merge_dim(boxes.dims[1], scores.dims[1], &n, s) < 0
        || (boxes.dims[3] >= 0 && tfg_want_dim(boxes.dims[3], 4, s) < 0))
        return -1;
    if (boxes.dims[2] >= 0 && scores.dims[2] >= 0 && boxes.dims[2] != 1 && boxes.dims[2] != scores.dims[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "third dimension of boxes must be either 1 or equal to the third dimension of scores");
    if (combined_size(c, scores.dims[2], &size, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 3, (int64_t[]){boxes.dims[0], size, 4});
    tfg_shape_set(&c->out[1], 2, (int64_t[]){boxes.dims[0], size});
    tfg_shape_set(&c->out[2], 2, (int64_t[]){boxes.dims[0], size});
    tfg_shape_set(&c->out[3], 1, &boxes.dims[0]);
    return 0;
}

const TfgOpRow tfg_ops_image[] = {
    { .name = "CombinedNonMaxSuppression", .in = {"boxes: float", "scores: float", "max_output_size_per_class: int32", "max_total_size: int32",
      "iou_threshold: float", "score_threshold: float"}, .out = {"nmsed_boxes: float", "nmsed_scores: float", "nmsed_classes: float", "valid_detections: int32"},
      .attr = {"pad_per_class: bool = false", "clip_boxes: bool = true"}, .shape = shape_combined },
    { .name = "AdjustContrast", .in = {"images: T", "contrast_factor: float", "min_value: float", "max_value: float"}, .out = {"output: float"},
      .attr = {"T: {uint8, int8, int16, int32, int64, float, double}"}, .shape = shape_at_least_3, .deprecated_since = 2,
      .deprecation = "Use AdjustContrastv2 instead" },
    { .name = "AdjustContrastv2", .in = {"images: float", "contrast_factor: float"}, .out = {"output: float"}, .shape = shape_contrast },
    { .name = "AdjustHue", .in = {"images: float", "delta: float"}, .out = {"output: float"}, .shape = shape_at_least_3 },
    { .name = "AdjustSaturation", .in = {"images: float", "scale: float"}, .out = {"output: float"}, .shape = shape_at_least_3 },
    { .name = "CropAndResize", .in = {"image: T", "boxes: float", "box_ind: int32", "crop_size: int32"}, .out = {"crops: float"},
      .attr = {CROP_TYPES, "method: {'bilinear', 'nearest'} = 'bilinear'", "extrapolation_value: float = 0"}, .shape = shape_crop },
    { .name = "CropAndResizeGradBoxes", .in = {"grads: float", "image: T", "boxes: float", "box_ind: int32"}, .out = {"output: float"},
      .attr = {CROP_TYPES, "method: {'bilinear'} = 'bilinear'"}, .shape = shape_third },
    { .name = "CropAndResizeGradImage", .in = {"grads: float", "boxes: float", "box_ind: int32", "image_size: int32"}, .out = {"output: T"},
      .attr = {"T: {float, half, double}", "method: {'bilinear', 'nearest'} = 'bilinear'"}, .shape = shape_crop_grad_image },
    { .name = "DecodeBmp", .in = {"contents: string"}, .out = {"image: uint8"}, .attr = {"channels: int = 0"}, .shape = shape_decode_image },
    { .name = "DrawBoundingBoxes", .in = {"images: T", "boxes: float"}, .out = {"output: T"}, .attr = {"T: {float, half} = DT_FLOAT"},
      .shape = shape_draw },
    { .name = "ExtractGlimpse", .in = {"input: float", "size: int32", "offsets: float"}, .out = {"glimpse: float"},
      .attr = {"centered: bool = true", "normalized: bool = true", "uniform_noise: bool = true"}, .shape = shape_glimpse },
    { .name = "HSVToRGB", .in = {"images: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS " = DT_FLOAT"}, .shape = shape_colors },
    { .name = "NonMaxSuppression", .in = {"boxes: float", "scores: float", "max_output_size: int32"}, .out = {"selected_indices: int32"},
      .attr = {"iou_threshold: float = 0.5"}, .shape = shape_suppress },
    { .name = "NonMaxSuppressionV2", .in = {"boxes: T", "scores: T", "max_output_size: int32", "iou_threshold: float"},
      .out = {"selected_indices: int32"}, .attr = {SUPPRESS_TYPES}, .shape = shape_suppress },
    { .name = "NonMaxSuppressionV3", .in = {"boxes: T", "scores: T", "max_output_size: int32", "iou_threshold: float",
      "score_threshold: float"}, .out = {"selected_indices: int32"}, .attr = {SUPPRESS_TYPES}, .shape = shape_suppress },
    { .name = "NonMaxSuppressionV4", .in = {"boxes: T", "scores: T", "max_output_size: int32", "iou_threshold: float",
      "score_threshold: float"}, .out = {"selected_indices: int32", "valid_outputs: int32"},
      .attr = {SUPPRESS_TYPES, "pad_to_max_output_size: bool = false"}, .shape = shape_suppress_padded },
    { .name = "NonMaxSuppressionV5", .in = {"boxes: T", "scores: T", "max_output_size: int32", "iou_threshold: T", "score_threshold: T",
      "soft_nms_sigma: T"}, .out = {"selected_indices: int32", "selected_scores: T", "valid_outputs: int32"},
      .attr = {SUPPRESS_TYPES, "pad_to_max_output_size: bool = false"}, .shape = shape_suppress_soft },
    { .name = "NonMaxSuppressionWithOverlaps", .in = {"overlaps: float", "scores: float", "max_output_size: int32",
      "overlap_threshold: float", "score_threshold: float"}, .out = {"selected_indices: int32"}, .shape = shape_suppress_overlaps },
    { .name = "RGBToHSV", .in = {"images: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS " = DT_FLOAT"}, .shape = shape_colors },
    { .name = "RandomCrop", .in = {"image: T", "size: int64"}, .out = {"output: T"},
      .attr = {"T: {uint8, int8, int16, int32, int64, float, double}", "seed: int = 0", "seed2: int = 0"}, .shape = shape_random_crop,
      .flags = TFG_OP_STATEFUL, .deprecated_since = 8, .deprecation = "Random crop is now pure Python" },
    { .name = "ResizeArea", .in = {"images: T", "size: int32"}, .out = {"resized_images: float"}, .attr = {"T: " IMAGE_TYPES, CORNERS},
      .shape = tfg_shape_resize },
    { .name = "ResizeBicubic", .later = HALF_PIXELS, .in = {"images: T", "size: int32"}, .out = {"resized_images: float"}, .attr = {"T: " IMAGE_TYPES, CORNERS},
      .shape = tfg_shape_resize },
    { .name = "ResizeBicubicGrad", .later = HALF_PIXELS, .in = {"grads: float", "original_image: T"}, .out = {"output: T"}, .attr = {"T: {float, double}", CORNERS},
      .shape = shape_second },
    { .name = "ImageProjectiveTransform", .in = {"images: dtype", "transforms: float"}, .out = {"transformed_images: dtype"},
      .attr = {"dtype: {uint8, int32, int64, half, float, double}", "interpolation: string"}, .shape = shape_projective },
    { .name = "ImageProjectiveTransformV2", .in = {"images: dtype", "transforms: float", "output_shape: int32"}, .out = {"transformed_images: dtype"},
      .attr = {"dtype: {uint8, int32, int64, half, float, double}", "interpolation: string"},
      .later = {"fill_mode: string = 'CONSTANT'"}, .shape = shape_projective },
    { .name = "ImageProjectiveTransformV3", .in = {"images: dtype", "transforms: float", "output_shape: int32", "fill_value: float"},
      .out = {"transformed_images: dtype"}, .attr = {"dtype: {uint8, int32, int64, half, bfloat16, float, double}", "interpolation: string",
      "fill_mode: string = 'CONSTANT'"}, .shape = shape_projective },
    { .name = "ScaleAndTranslate", .in = {"images: T", "size: int32", "scale: float", "translation: float"}, .out = {"resized_images: float"},
      .attr = {"T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}", "kernel_type: string = 'lanczos3'", "antialias: bool = true"},
      .shape = tfg_shape_resize },
    { .name = "ScaleAndTranslateGrad", .in = {"grads: T", "original_image: T", "scale: float", "translation: float"}, .out = {"output: T"},
      .attr = {"T: {float}", "kernel_type: string = 'lanczos3'", "antialias: bool = true"}, .shape = shape_second },
    { .name = "SampleDistortedBoundingBox", .in = {"image_size: T", "bounding_boxes: float"}, .out = {"begin: T", "size: T", "bboxes: float"},
      .attr = {SIZE_TYPES, "seed: int = 0", "seed2: int = 0", "min_object_covered: float = 0.1", SAMPLE_ATTRS}, .shape = shape_sample,
      .flags = TFG_OP_STATEFUL },
    { .name = "SampleDistortedBoundingBoxV2", .in = {"image_size: T", "bounding_boxes: float", "min_object_covered: float"},
      .out = {"begin: T", "size: T", "bboxes: float"}, .attr = {SIZE_TYPES, "seed: int = 0", "seed2: int = 0", SAMPLE_ATTRS},
      .shape = shape_sample, .flags = TFG_OP_STATEFUL },
    { .name = "DecodeAndCropJpeg", .in = {"contents: string", "crop_window: int32"}, .out = {"image: uint8"},
      .attr = {"channels: int = 0", "ratio: int = 1", "fancy_upscaling: bool = true", "try_recover_truncated: bool = false",
               "acceptable_fraction: float = 1.0", "dct_method: string = ''"}, .shape = shape_decode_and_crop },
    { .name = "DecodeGif", .in = {"contents: string"}, .out = {"image: uint8"}, .shape = shape_decode_gif },
    { .name = "DecodeJpeg", .in = {"contents: string"}, .out = {"image: uint8"},
      .attr = {"channels: int = 0", "ratio: int = 1", "fancy_upscaling: bool = true", "try_recover_truncated: bool = false",
               "acceptable_fraction: float = 1.0", "dct_method: string = ''"}, .shape = shape_decode_image },
    { .name = "DecodePng", .in = {"contents: string"}, .out = {"image: dtype"},
      .attr = {"channels: int = 0", "dtype: {uint8, uint16} = DT_UINT8"}, .shape = shape_decode_image },
    { .name = "EncodeJpeg", .in = {"image: uint8"}, .out = {"contents: string"},
      .attr = {"format: {'', 'grayscale', 'rgb'} = ''", "quality: int = 95", "progressive: bool = false", "optimize_size: bool = false",
               "chroma_downsampling: bool = true", "density_unit: {'in', 'cm'} = 'in'", "x_density: int = 300", "y_density: int = 300",
               "xmp_metadata: string = ''"}, .shape = shape_encode_image },
    { .name = "EncodePng", .in = {"image: T"}, .out = {"contents: string"},
      .attr = {"compression: int = -1", "T: {uint8, uint16} = DT_UINT8"}, .shape = shape_encode_image },
    { .name = "ExtractJpegShape", .in = {"contents: string"}, .out = {"image_shape: output_type"},
      .attr = {"output_type: " INDEX " = DT_INT32"}, .shape = shape_jpeg_shape },
    { .name = "ResizeBilinear", .later = HALF_PIXELS, .in = {"images: T", "size: int32"}, .out = {"resized_images: float"},
      .attr = {"T: " IMAGE_TYPES_B, CORNERS}, .shape = tfg_shape_resize },
    { .name = "ResizeBilinearGrad", .later = HALF_PIXELS, .in = {"grads: float", "original_image: T"}, .out = {"output: T"},
      .attr = {"T: {float, bfloat16, half, double}", CORNERS}, .shape = shape_second },
    { .name = "ResizeNearestNeighbor", .later = HALF_PIXELS, .in = {"images: T", "size: int32"}, .out = {"resized_images: T"},
      .attr = {"T: " IMAGE_TYPES, CORNERS}, .shape = tfg_shape_resize },
    { .name = "ResizeNearestNeighborGrad", .later = HALF_PIXELS, .in = {"grads: T", "size: int32"}, .out = {"output: T"},
      .attr = {"T: {uint8, int8, int32, half, float, double}", CORNERS}, .shape = tfg_shape_resize },
};
const int tfg_n_ops_image = sizeof tfg_ops_image / sizeof *tfg_ops_image;
