/* Image files: decoding and encoding ops over the codecs of io/image.h. */
#include <inttypes.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- Decoding --------------------------------------------------------------------------------------------------------------- */

static int check_jpeg_attrs(const TfgPrepare *p, TfgStatus *s)
{
    int64_t ratio = tfg_attrs_int(p->attrs, "ratio");
    if (ratio != 1 && ratio != 2 && ratio != 4 && ratio != 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ratio must be 1, 2, 4, or 8, got %" PRId64, ratio);
    TfgBytes dct = tfg_attrs_string(p->attrs, "dct_method");
    if (dct.n && !tfg_attrs_string_is(p->attrs, "dct_method", "INTEGER_FAST") &&
        !tfg_attrs_string_is(p->attrs, "dct_method", "INTEGER_ACCURATE"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}");
    return 0;
}

static int prepare_decode(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    int64_t channels = tfg_attrs_int(p->attrs, "channels");
    if (channels != 0 && channels != 1 && channels != 3 && channels != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels must be 0, 1, 3, or 4, got %" PRId64, channels);
    return tfg_attrs_find(p->attrs, "ratio") ? check_jpeg_attrs(p, s) : 0;
}

/* Where the pixels go: output 0, with a dimension of frames for DecodeGif. */
typedef struct Sink {
    TfgKernelCall *c;
    bool keeps_frames;
} Sink;

static void *allocate_output(void *context, int64_t frames, int64_t height, int64_t width, int64_t channels, TfgStatus *s)
{
    const Sink *sink = context;
    const int64_t dims[] = {frames, height, width, channels};
    if (!sink->keeps_frames && frames != 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Got %" PRId64 " frames, but animated gifs can only be decoded by tf.image.decode_gif or "
                 "tf.image.decode_image", frames);
        return NULL;
    }
    TfgTensor *out = tfg_kernel_output(sink->c, 0, sink->keeps_frames ? 4 : 3, sink->keeps_frames ? dims : dims + 1, s);
    return out ? out->data : NULL;
}

static int read_contents(const TfgTensor *t, TfgString *contents, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "contents must be scalar, got shape %s", tfg_shape_text(t, &text));
    *contents = *(const TfgString *)t->data;
    return 0;
}

static int read_window(const TfgTensor *t, TfgJpegDecode *how, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "crop_window must be 1-D, got shape %s", tfg_shape_text(t, &text));
    if (t->dims[0] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "crop_size must have four elements %s", tfg_shape_text(t, &text));
    how->crops = true;
    how->crop_y = tfg_tensor_int(t, 0);
    how->crop_x = tfg_tensor_int(t, 1);
    how->crop_height = tfg_tensor_int(t, 2);
    how->crop_width = tfg_tensor_int(t, 3);
    return 0;
}

static int decode_jpeg(TfgKernelCall *c, TfgString contents, int channels, Sink *sink, TfgStatus *s)
{
    /* What the ops for other formats, which have no attributes for it, do. */
    TfgJpegDecode how = {.ratio = 1, .channels = channels, .fancy_upscaling = true, .acceptable_fraction = 1, .fast_dct = true};
    if (channels != 0 && channels != 1 && channels != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels must be 0, 1, or 3 for JPEG, got %d", channels);
    if (tfg_attrs_find(c->attrs, "ratio")) {
        how.ratio = (int)tfg_attrs_int(c->attrs, "ratio");
        how.fancy_upscaling = tfg_attrs_bool(c->attrs, "fancy_upscaling");
        how.try_recover_truncated = tfg_attrs_bool(c->attrs, "try_recover_truncated");
        how.acceptable_fraction = tfg_attrs_float(c->attrs, "acceptable_fraction");
        how.fast_dct = !tfg_attrs_string_is(c->attrs, "dct_method", "INTEGER_ACCURATE");
    }
    if (c->n_in == 2 && read_window(c->in[1], &how, s) < 0)
        return -1;
    int rc = tfg_jpeg_decode(contents.data, contents.n, &how, &(TfgImageSink){allocate_output, sink}, s);
    if (rc > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid JPEG data or crop window, data size %zu", contents.n);
    return rc;
}

static int decode_gif(TfgString contents, int channels, Sink *sink, TfgStatus *s)
{
    if (channels != 0 && channels != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels must be 0 or 3 for GIF, got %d", channels);
    return tfg_gif_decode(contents.data, contents.n, &(TfgImageSink){allocate_output, sink}, s);
}

/* Of bytes that are no image: the first of them, as in C's string literals. */
static int fail_unknown(TfgString contents, TfgStatus *s)
{
    static const char SPECIAL[] = "\n\r\t\"'\\", plain[] = "Expected image (JPEG, PNG, or GIF), got ";
    if (contents.n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%sempty file", plain);
    TfgStr text = TFG_STR_INIT;
    for (size_t i = 0; i < contents.n && i < 16; i++) {
        unsigned char b = (unsigned char)contents.data[i];
        const char *special = memchr(SPECIAL, b, 6);
        if (special)
            tfg_str_printf(&text, "\\%c", "nrt\"'\\"[special - SPECIAL]);
        else if (b < ' ' || b >= 127)
            tfg_str_printf(&text, "\\%03o", b);
        else
            tfg_str_putc(&text, (char)b);
    }
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%sunknown format starting with '%s'", plain, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

/* Each of the ops reads each of the formats. */
static int run_decode(TfgKernelCall *c, TfgStatus *s)
{
    TfgString contents = {NULL, 0};
    bool is_gif_op = strcmp(c->row->op, "DecodeGif") == 0, wide = c->out_dtype[0] == TFG_UINT16;
    int channels = is_gif_op ? 3 : (int)tfg_attrs_int(c->attrs, "channels");
    Sink sink = {c, is_gif_op};
    if (read_contents(c->in[0], &contents, s) < 0)
        return -1;
    TfgImageFormat format = tfg_image_format(contents.data, contents.n);
    if (wide && (format == TFG_IMAGE_JPEG || format == TFG_IMAGE_GIF))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s does not support uint16 output", format == TFG_IMAGE_JPEG ? "JPEG" : "GIF");
    switch (format) {
    case TFG_IMAGE_JPEG: return decode_jpeg(c, contents, channels, &sink, s);
    case TFG_IMAGE_PNG:
        return tfg_png_decode(contents.data, contents.n, channels, wide ? 16 : 8, &(TfgImageSink){allocate_output, &sink}, s);
    case TFG_IMAGE_GIF: return decode_gif(contents, channels, &sink, s);
    case TFG_IMAGE_UNKNOWN:
    default: return fail_unknown(contents, s);
    }
}

static int prepare_decode_bmp(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    int64_t channels = tfg_attrs_int(p->attrs, "channels");
    if (channels != 0 && channels != 1 && channels != 3 && channels != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "channels must be 0, 1, 3 or 4, got %" PRId64, channels);
    return 0;
}

static int run_decode_bmp(TfgKernelCall *c, TfgStatus *s)
{
    TfgString contents = {NULL, 0};
    Sink sink = {c, false};
    if (read_contents(c->in[0], &contents, s) < 0)
        return -1;
    return tfg_bmp_decode(contents.data, contents.n, (int)tfg_attrs_int(c->attrs, "channels"), &(TfgImageSink){allocate_output, &sink}, s);
}

static int run_jpeg_shape(TfgKernelCall *c, TfgStatus *s)
{
    TfgString contents = {NULL, 0};
    int64_t shape[3], three = 3;
    if (read_contents(c->in[0], &contents, s) < 0)
        return -1;
    int rc = tfg_jpeg_shape(contents.data, contents.n, shape, s);
    if (rc)
        return rc < 0 ? -1 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid JPEG data, size %zu", contents.n);
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &three, s);
    for (int i = 0; out && i < 3; i++) {
        if (out->dtype == TFG_INT32)
            ((int32_t *)out->data)[i] = (int32_t)shape[i];
        else
            ((int64_t *)out->data)[i] = shape[i];
    }
    return out ? 0 : -1;
}

/* ---- Encoding --------------------------------------------------------------------------------------------------------------- */

static int check_image(const TfgTensor *t, TfgStatus *s)
{
    TfgShapeText text;
    if (t->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must be 3-dimensional%s", tfg_shape_text(t, &text));
    if (t->count >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot encode images with >= max int32 elements");
    return 0;
}

/* Takes what was written over into a scalar output. */
static int output_bytes(TfgKernelCall *c, TfgStr *bytes, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    if (bytes->failed || tfg_string_set(out->data, bytes->data, bytes->n) < 0)
        return tfg_fail_memory(s);
    return 0;
}

static int prepare_encode_jpeg(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    int64_t quality = tfg_attrs_int(p->attrs, "quality");
    if (quality < 0 || quality > 100)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "quality must be in [0,100], got %" PRId64, quality);
    return 0;
}

static int prepare_encode_png(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    int64_t compression = tfg_attrs_int(p->attrs, "compression");
    if (compression < -1 || compression > 9)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "compression should be in [-1,9], got %" PRId64, compression);
    return 0;
}

static int read_encoding(const TfgKernelCall *c, TfgJpegEncode *how, TfgStatus *s)
{
    const TfgTensor *image = c->in[0];
    const TfgAttrs *a = c->attrs;
    TfgShapeText text;
    TfgBytes xmp = tfg_attrs_string(a, "xmp_metadata");
    int64_t channels = image->dims[2];
    if (tfg_attrs_string(a, "format").n == 0) {
        if (channels != 1 && channels != 3)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must have 1 or 3 channels, got %s", tfg_shape_text(image, &text));
    } else {
        bool gray = tfg_attrs_string_is(a, "format", "grayscale");
        if (channels != (gray ? 1 : 3))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "format %s expects %d channels, got %s", gray ? "grayscale" : "rgb", gray ? 1 : 3,
                            tfg_shape_text(image, &text));
    }
    *how = (TfgJpegEncode){.channels = (int)channels, .quality = (int)tfg_attrs_int(a, "quality"),
        .progressive = tfg_attrs_bool(a, "progressive"), .optimize_size = tfg_attrs_bool(a, "optimize_size"),
        .chroma_downsampling = tfg_attrs_bool(a, "chroma_downsampling"), .inches = tfg_attrs_string_is(a, "density_unit", "in"),
        .x_density = (int)tfg_attrs_int(a, "x_density"), .y_density = (int)tfg_attrs_int(a, "y_density"), .xmp = xmp.data, .n_xmp = xmp.n};
    return 0;
}

static int run_encode_jpeg(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *image = c->in[0];
    TfgJpegEncode how;
    TfgStr bytes = TFG_STR_INIT;
    if (check_image(image, s) < 0 || read_encoding(c, &how, s) < 0)
        return -1;
    int rc = tfg_jpeg_encode(image->data, image->dims[0], image->dims[1], &how, &bytes, s);
    if (rc > 0)
        rc = tfg_fail(s, TFG_INTERNAL, "JPEG encoding failed");
    if (rc == 0)
        rc = output_bytes(c, &bytes, s);
    tfg_str_fini(&bytes);
    return rc;
}

static int run_encode_png(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *image = c->in[0];
    TfgStr bytes = TFG_STR_INIT;
    if (check_image(image, s) < 0)
        return -1;
    int64_t channels = image->dims[2];
    if (channels < 1 || channels > 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must have 1, 2, 3, or 4 channels, got %" PRId64, channels);
    int rc = tfg_png_encode(image->data, image->dims[0], image->dims[1], (int)channels, image->dtype == TFG_UINT16 ? 16 : 8,
                            (int)tfg_attrs_int(c->attrs, "compression"), &bytes, s);
    if (rc == 0)
        rc = output_bytes(c, &bytes, s);
    tfg_str_fini(&bytes);
    return rc;
}

#define DECODE .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_decode
static const TfgKernelRow rows[] = {
    {.op = "DecodeAndCropJpeg", .host_in = 2, .prepare = prepare_decode, DECODE},
    {.op = "DecodeBmp", .flags = TFG_KERNEL_VALUE_SHAPE, .prepare = prepare_decode_bmp, .run = run_decode_bmp},
    {.op = "DecodeGif", DECODE},
    {.op = "DecodeJpeg", .prepare = prepare_decode, DECODE},
    {.op = "DecodePng", .types = {{"dtype", TFG_B(UINT8) | TFG_B(UINT16)}}, .prepare = prepare_decode, DECODE},
    {.op = "EncodeJpeg", .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_encode_jpeg, .run = run_encode_jpeg},
    {.op = "EncodePng", .types = {{"T", TFG_B(UINT8) | TFG_B(UINT16)}}, .flags = TFG_KERNEL_EXPENSIVE,
     .prepare = prepare_encode_png, .run = run_encode_png},
    {.op = "ExtractJpegShape", .types = {{"output_type", TFG_TYPES_INDEX}}, .run = run_jpeg_shape},
};

const TfgKernelRow *tfg_kernels_image_codec(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
