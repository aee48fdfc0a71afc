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

static int shape_resize(TfgShapeCall *c, TfgStatus *s)
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

const TfgOpRow tfg_ops_image[] = {
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
    { .name = "ResizeBilinear", .in = {"images: T", "size: int32"}, .out = {"resized_images: float"},
      .attr = {"T: " IMAGE_TYPES_B, CORNERS}, .shape = shape_resize },
    { .name = "ResizeBilinearGrad", .in = {"grads: float", "original_image: T"}, .out = {"output: T"},
      .attr = {"T: {float, bfloat16, half, double}", CORNERS}, .shape = shape_second },
    { .name = "ResizeNearestNeighbor", .in = {"images: T", "size: int32"}, .out = {"resized_images: T"},
      .attr = {"T: " IMAGE_TYPES, CORNERS}, .shape = shape_resize },
    { .name = "ResizeNearestNeighborGrad", .in = {"grads: T", "size: int32"}, .out = {"output: T"},
      .attr = {"T: {uint8, int8, int32, half, float, double}", CORNERS}, .shape = shape_resize },
};
const int tfg_n_ops_image = sizeof tfg_ops_image / sizeof *tfg_ops_image;
