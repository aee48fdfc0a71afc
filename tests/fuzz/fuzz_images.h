/* Fuzz targets: every reader of image files, over any bytes.  With FUZZ_MAIN defined this is a libFuzzer program, as fuzz_messages.h. */
#ifndef TFG_FUZZ_IMAGES_H
#define TFG_FUZZ_IMAGES_H

#include "../fuzz/fuzz_messages.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"

#define FUZZ_MOST_PIXELS (1 << 22)     /* what is larger is refused, so that a run stays quick */

typedef struct FuzzPixels { uint8_t *data; size_t n; } FuzzPixels;

static void *fuzz_allocate(void *context, int64_t frames, int64_t height, int64_t width, int64_t channels, TfgStatus *s)
{
    FuzzPixels *p = context;
    FUZZ_REQUIRE(frames > 0 && height >= 0 && width >= 0 && channels > 0 && channels <= 4 && !p->data);
    if (height > 0 && (width > FUZZ_MOST_PIXELS / height || frames > FUZZ_MOST_PIXELS / (width * height + 1))) {
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "large");
        return NULL;
    }
    p->n = (size_t)(frames * height * width * channels);
    p->data = tfg_alloc(2 * p->n);     /* two bytes for each value of 16 bits */
    if (!p->data)
        tfg_fail_memory(s);
    return p->data;
}

static void fuzz_check_image(int rc, FuzzPixels *p, TfgStatus *s)
{
    FUZZ_REQUIRE(rc != 0 || p->data);
    if (rc > 0)
        FUZZ_REQUIRE(s->code == TFG_OK);
    else
        fuzz_check_status(rc, s);
    tfg_free(p->data);
}

FUZZ_TARGET int fuzz_jpeg(const uint8_t *data, size_t n)
{
    for (int k = 0; k < 8; k++) {
        TfgStatus s = TFG_STATUS_INIT;
        FuzzPixels p = {NULL, 0};
        TfgJpegDecode how = {.ratio = 1 << k % 4, .channels = k % 3 == 0 ? 3 : k % 3 == 1 ? 0 : 1, .fancy_upscaling = k % 2, .try_recover_truncated = k >= 4,
                             .acceptable_fraction = k == 2 ? 0.3f : 1, .fast_dct = k % 2, .crops = k == 3 || k == 6, .crop_y = 1, .crop_x = 2, .crop_height = 1,
                             .crop_width = 2};
        fuzz_check_image(tfg_jpeg_decode(data, n, &how, &(TfgImageSink){fuzz_allocate, &p}, &s), &p, &s);
    }
    TfgStatus s = TFG_STATUS_INIT;
    int64_t shape[3];
    int rc = tfg_jpeg_shape(data, n, shape, &s);
    FUZZ_REQUIRE(rc >= 0 || s.code != TFG_OK);
    tfg_status_fini(&s);
    return 0;
}

FUZZ_TARGET int fuzz_png(const uint8_t *data, size_t n)
{
    for (int k = 0; k < 10; k++) {
        TfgStatus s = TFG_STATUS_INIT;
        FuzzPixels p = {NULL, 0};
        fuzz_check_image(tfg_png_decode(data, n, k / 2, k % 2 ? 16 : 8, &(TfgImageSink){fuzz_allocate, &p}, &s), &p, &s);
    }
    return 0;
}

FUZZ_TARGET int fuzz_gif(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    FuzzPixels p = {NULL, 0};
    fuzz_check_image(tfg_gif_decode(data, n, &(TfgImageSink){fuzz_allocate, &p}, &s), &p, &s);
    return 0;
}

FUZZ_TARGET int fuzz_bmp(const uint8_t *data, size_t n)
{
    for (int channels = 0; channels <= 4; channels++) {
        TfgStatus s = TFG_STATUS_INIT;
        FuzzPixels p = {NULL, 0};
        fuzz_check_image(tfg_bmp_decode(data, n, channels, &(TfgImageSink){fuzz_allocate, &p}, &s), &p, &s);
    }
    return 0;
}

#endif
