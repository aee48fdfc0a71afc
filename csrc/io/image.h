/* Image: the codecs for png, jpeg, gif and bmp over bytes in memory.  libpng and libjpeg are opened when first used.  Files are hostile:
 * sizes are checked before anything is allocated for them, and a library that gives up by longjmp leaks nothing. */
#ifndef TFG_IO_IMAGE_H
#define TFG_IO_IMAGE_H

#include "base/str.h"
#include "tfgraph.h"

/* Where a decoder's pixels go: called once, when the size is known.  Rows follow each other without gaps.  NULL, with a status: the
 * decoder stops and passes it on. */
typedef struct TfgImageSink {
    void *(*allocate)(void *context, int64_t frames, int64_t height, int64_t width, int64_t channels, TfgStatus *s);
    void *context;
} TfgImageSink;

/* What is larger is refused, as TensorFlow refuses it. */
#define TFG_IMAGE_MAX_PIXELS (INT64_C(1) << 29)

typedef enum TfgImageFormat { TFG_IMAGE_UNKNOWN, TFG_IMAGE_JPEG, TFG_IMAGE_PNG, TFG_IMAGE_GIF } TfgImageFormat;
TfgImageFormat tfg_image_format(const void *data, size_t n);

/* ---- jpeg ---- */
typedef struct TfgJpegDecode {
    int ratio;                  /* 1, 2, 4 or 8 */
    int channels;               /* 1, 3, or 0: the file's */
    bool fancy_upscaling, try_recover_truncated;
    float acceptable_fraction;  /* of the rows, of a file that ends early */
    bool fast_dct;
    bool crops;
    int64_t crop_y, crop_x, crop_height, crop_width;
} TfgJpegDecode;
/* 1, without a status: the data is not a whole JPEG file, or the window lies outside. */
int tfg_jpeg_decode(const void *data, size_t n, const TfgJpegDecode *how, const TfgImageSink *sink, TfgStatus *s);
/* Height, width and channels from the header; 1, without a status, where there is none. */
int tfg_jpeg_shape(const void *data, size_t n, int64_t shape[3], TfgStatus *s);

typedef struct TfgJpegEncode {
    int channels;               /* 1 or 3 */
    int quality;
    bool progressive, optimize_size, chroma_downsampling;
    bool inches;                /* unit of the densities: inches, or centimetres */
    int x_density, y_density;
    const char *xmp;
    size_t n_xmp;
} TfgJpegEncode;
/* 1, without a status: the image cannot be a JPEG file. */
int tfg_jpeg_encode(const uint8_t *pixels, int64_t height, int64_t width, const TfgJpegEncode *how, TfgStr *out, TfgStatus *s);

/* ---- png ---- */
/* channels: 1 to 4, or 0: the file's.  bits: 8, or 16 in the machine's byte order. */
int tfg_png_decode(const void *data, size_t n, int channels, int bits, const TfgImageSink *sink, TfgStatus *s);
int tfg_png_encode(const void *pixels, int64_t height, int64_t width, int channels, int bits, int compression, TfgStr *out, TfgStatus *s);

/* ---- bmp ---- */
int tfg_bmp_decode(const void *data, size_t n, int channels, const TfgImageSink *sink, TfgStatus *s);

/* ---- gif: every frame, drawn over the ones before it; 3 channels ---- */
int tfg_gif_decode(const void *data, size_t n, const TfgImageSink *sink, TfgStatus *s);

#endif
