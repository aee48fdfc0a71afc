/* Image files: every cut and every broken byte is answered with a status, nothing leaks, and memory that is not there is an error. */
#include <stdlib.h>

#include "../fuzz/fuzz_images.h"
#include "../fuzz/mutate.h"
#include "test.h"

#define HEIGHT 9
#define WIDTH 13

static const uint8_t gif[] = "GIF89a\5\0\4\0\x81\0\0\1\2\3\x20\x30\x40\x50\x60\x70\xf0\xf1\xf2!\xf9\4\1\0\0\2\0,\0\0\0\0\5\0\4\0\0\2\x06\x84\x8f\xa9\xcb\xed\x5f\0"
                             ",\1\0\1\0\2\0\2\0\x40\2\3\x84\x12\x05\0;";
static const uint8_t bmp[] = "BM\x4e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\3\0\0\0\2\0\0\0\1\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                             "\0\0abcdefghi\0\0\0jklmnopqr\0\0\0";

static void fill(uint8_t *pixels, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pixels[i] = (uint8_t)(i * 7 + i / 11 * 29);
}

static void write_jpeg(TfgStr *out, int channels, bool progressive)
{
    uint8_t pixels[HEIGHT * WIDTH * 3];
    TfgStatus s = TFG_STATUS_INIT;
    TfgJpegEncode how = {.channels = channels, .quality = 60, .progressive = progressive, .chroma_downsampling = true, .inches = true, .x_density = 300,
                         .y_density = 300, .xmp = "some", .n_xmp = 4};
    fill(pixels, sizeof pixels);
    FUZZ_REQUIRE(tfg_jpeg_encode(pixels, HEIGHT, WIDTH, &how, out, &s) == 0);
}

static void write_png(TfgStr *out, int channels, int bits)
{
    uint8_t pixels[HEIGHT * WIDTH * 4 * 2];
    TfgStatus s = TFG_STATUS_INIT;
    fill(pixels, sizeof pixels);
    FUZZ_REQUIRE(tfg_png_encode(pixels, HEIGHT, WIDTH, channels, bits, 6, out, &s) == 0);
}

/* The seed as it is, cut at every byte, and broken `rounds` times. */
static bool survives(int (*target)(const uint8_t *, size_t), const void *seed, size_t n_seed, uint64_t rounds)
{
    static uint8_t room[8192];
    int64_t live = tfg_alloc_live();
    FUZZ_REQUIRE(n_seed <= sizeof room);
    for (uint64_t k = 0; k < rounds + n_seed; k++) {
        memcpy(room, seed, n_seed);
        size_t n = k < n_seed ? n_seed - k : fuzz_mutate(room, n_seed, sizeof room, k);
        uint8_t *exact = malloc(n ? n : 1);         /* so that a sanitizer sees the last byte's end */
        if (!exact)
            return false;
        memcpy(exact, room, n);
        target(exact, n);
        free(exact);
        if (tfg_alloc_live() != live) {
            fprintf(stderr, "round %llu leaks\n", (unsigned long long)k);
            return false;
        }
    }
    return true;
}

TEST(jpeg)
{
    for (int k = 0; k < 4; k++) {
        TfgStr file = TFG_STR_INIT;
        write_jpeg(&file, k % 2 ? 1 : 3, k / 2);
        CHECK(survives(fuzz_jpeg, file.data, file.n, 200));
        tfg_str_fini(&file);
    }
}

TEST(png)
{
    for (int k = 0; k < 8; k++) {
        TfgStr file = TFG_STR_INIT;
        write_png(&file, k % 4 + 1, k / 4 ? 16 : 8);
        CHECK(survives(fuzz_png, file.data, file.n, 150));
        tfg_str_fini(&file);
    }
}

TEST(gif) { CHECK(survives(fuzz_gif, gif, sizeof gif - 1, 20000)); }

/* A frame of 65535 x 65535 pixels with codes for one: no memory is taken for it, first or second. */
TEST(gif_without_its_codes)
{
    static const uint8_t first[] = "GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1\0;";
    static const uint8_t second[] = "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0,\0\0\0\0\xff\xff\xff\xff\x40\2\2\x44\1\0;";
    const struct { const uint8_t *data; size_t n; } files[] = {{first, sizeof first - 1}, {second, sizeof second - 1}};
    for (int i = 0; i < 2; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        FuzzPixels p = {NULL, 0};
        CHECK(tfg_gif_decode(files[i].data, files[i].n, &(TfgImageSink){fuzz_allocate, &p}, &s) < 0);
        CHECK_EQ_INT(s.code, TFG_INVALID_ARGUMENT);
        CHECK(strstr(s.message, "Image is defective, decoding aborted") || strstr(s.message, "Image EOF detected"));
        CHECK(!p.data);
        tfg_status_fini(&s);
    }
}
TEST(bmp) { CHECK(survives(fuzz_bmp, bmp, sizeof bmp - 1, 20000)); }

/* ---- Memory that is not there ---------------------------------------------------------------------------------------------------- */

static int decode_one(int kind, const TfgStr *file, FuzzPixels *p, TfgStatus *s)
{
    const TfgJpegDecode how = {.ratio = 1, .fancy_upscaling = true, .acceptable_fraction = 1, .crops = kind == 1, .crop_height = 2, .crop_width = 3};
    TfgImageSink sink = {fuzz_allocate, p};
    switch (kind) {
    case 0: case 1: return tfg_jpeg_decode(file->data, file->n, &how, &sink, s);
    case 2: return tfg_png_decode(file->data, file->n, 0, 8, &sink, s);
    case 3: return tfg_gif_decode(gif, sizeof gif - 1, &sink, s);
    default: return tfg_bmp_decode(bmp, sizeof bmp - 1, 0, &sink, s);
    }
}

TEST(failing_allocations)
{
    for (int kind = 0; kind < 5; kind++) {
        TfgStr file = TFG_STR_INIT;
        if (kind < 2)
            write_jpeg(&file, 3, false);
        else if (kind == 2)
            write_png(&file, 3, 8);
        int64_t live = tfg_alloc_live();
        for (int64_t i = 1;; i++) {
            TfgStatus s = TFG_STATUS_INIT;
            FuzzPixels p = {NULL, 0};
            tfg_alloc_fail_at(i);
            int rc = decode_one(kind, &file, &p, &s);
            bool fired = tfg_alloc_failed();
            tfg_alloc_fail_at(0);
            CHECK(rc <= 0);
            CHECK(rc == 0 || s.code == TFG_RESOURCE_EXHAUSTED || (kind == 3 && !fired));
            CHECK(fired || rc == 0 || kind == 3);
            tfg_free(p.data);
            tfg_status_fini(&s);
            CHECK_EQ_INT(tfg_alloc_live(), live);
            if (!fired)
                break;
            CHECK(i < 1000);
        }
        tfg_str_fini(&file);
    }
}
