/* Png files, through libpng: its memory is ours, its errors jump, and it prints nothing. */
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"

/* X(result, name, arguments) */
#define PNG_FUNCTIONS(X)                                                                                                        \
    X(png_structp, png_create_read_struct_2,                                                                                    \
      (const char *, void *, png_error_ptr, png_error_ptr, void *, png_malloc_ptr, png_free_ptr))                               \
    X(png_structp, png_create_write_struct_2,                                                                                   \
      (const char *, void *, png_error_ptr, png_error_ptr, void *, png_malloc_ptr, png_free_ptr))                               \
    X(png_infop, png_create_info_struct, (png_const_structrp))                                                                  \
    X(void, png_destroy_read_struct, (png_structpp, png_infopp, png_infopp))                                                    \
    X(void, png_destroy_write_struct, (png_structpp, png_infopp))                                                               \
    X(png_voidp, png_get_error_ptr, (png_const_structrp))                                                                       \
    X(png_voidp, png_get_io_ptr, (png_const_structrp))                                                                          \
    X(void, png_set_read_fn, (png_structrp, void *, png_rw_ptr))                                                                \
    X(void, png_set_write_fn, (png_structrp, void *, png_rw_ptr, png_flush_ptr))                                                \
    X(void, png_set_user_limits, (png_structrp, png_uint_32, png_uint_32))                                                      \
    X(void, png_set_chunk_cache_max, (png_structrp, png_uint_32))                                                               \
    X(void, png_set_chunk_malloc_max, (png_structrp, png_alloc_size_t))                                                         \
    X(void, png_read_info, (png_structrp, png_inforp))                                                                          \
    X(png_uint_32, png_get_IHDR,                                                                                                \
      (png_const_structrp, png_const_inforp, png_uint_32 *, png_uint_32 *, int *, int *, int *, int *, int *))                  \
    X(png_uint_32, png_get_valid, (png_const_structrp, png_const_inforp, png_uint_32))                                          \
    X(png_byte, png_get_channels, (png_const_structrp, png_const_inforp))                                                       \
    X(size_t, png_get_rowbytes, (png_const_structrp, png_const_inforp))                                                         \
    X(void, png_set_tRNS_to_alpha, (png_structrp))                                                                              \
    X(void, png_set_add_alpha, (png_structrp, png_uint_32, int))                                                                \
    X(void, png_set_strip_alpha, (png_structrp))                                                                                \
    X(void, png_set_strip_16, (png_structrp))                                                                                   \
    X(void, png_set_packing, (png_structrp))                                                                                    \
    X(void, png_set_swap, (png_structrp))                                                                                       \
    X(void, png_set_palette_to_rgb, (png_structrp))                                                                             \
    X(void, png_set_expand_gray_1_2_4_to_8, (png_structrp))                                                                     \
    X(void, png_set_rgb_to_gray, (png_structrp, int, double, double))                                                           \
    X(void, png_set_gray_to_rgb, (png_structrp))                                                                                \
    X(int, png_set_interlace_handling, (png_structrp))                                                                          \
    X(void, png_read_update_info, (png_structrp, png_inforp))                                                                   \
    X(void, png_read_row, (png_structrp, png_bytep, png_bytep))                                                                 \
    X(void, png_read_end, (png_structrp, png_inforp))                                                                           \
    X(void, png_set_compression_level, (png_structrp, int))                                                                     \
    X(void, png_set_compression_mem_level, (png_structrp, int))                                                                 \
    X(void, png_set_IHDR, (png_const_structrp, png_inforp, png_uint_32, png_uint_32, int, int, int, int, int))                  \
    X(void, png_write_info, (png_structrp, png_inforp))                                                                         \
    X(void, png_write_row, (png_structrp, png_const_bytep))                                                                     \
    X(void, png_write_end, (png_structrp, png_inforp))

typedef struct Library {
#define FIELD(result, name, arguments) result (*name) arguments;
    PNG_FUNCTIONS(FIELD)
#undef FIELD
} Library;

static struct {
    pthread_once_t once;
    Library table;
    bool complete;
} png = {.once = PTHREAD_ONCE_INIT};

static void open_png(void)
{
    void *library = dlopen("libpng16.so.16", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    png.complete = true;
#define LOAD(result, name, arguments)                       \
    *(void **)&png.table.name = dlsym(library, #name);      \
    png.complete = png.complete && png.table.name;
    PNG_FUNCTIONS(LOAD)
#undef LOAD
}

static const Library *find_library(TfgStatus *s)
{
    pthread_once(&png.once, open_png);
    if (png.complete)
        return &png.table;
    tfg_fail(s, TFG_UNIMPLEMENTED, "PNG files need libpng16.so.16, which is not installed");
    return NULL;
}

typedef struct Codec {
    const Library *lib;
    jmp_buf jump;
    png_structp png;
    png_infop info;
    bool no_memory;
    const uint8_t *data;        /* reading: what is left */
    size_t n;
    TfgStr *out;                /* writing */
} Codec;

static png_voidp allocate(png_structp p, png_alloc_size_t n)
{
    (void)p;
    return tfg_alloc(n);
}

static void release(png_structp p, png_voidp memory)
{
    (void)p;
    tfg_free(memory);
}

static void fail_by_jump(png_structp p, png_const_charp message)
{
    Codec *codec = png.table.png_get_error_ptr(p);
    codec->no_memory = strstr(message, "memory") != NULL;
    longjmp(codec->jump, 1);
}

static void say_nothing(png_structp p, png_const_charp message)
{
    (void)p;
    (void)message;
}

/* ---- Reading ---------------------------------------------------------------------------------------------------------------- */

static void read_bytes(png_structp p, png_bytep to, size_t n)
{
    Codec *codec = png.table.png_get_io_ptr(p);
    if (n > codec->n)
        fail_by_jump(p, "the file ends early");
    memcpy(to, codec->data, n);
    codec->data += n;
    codec->n -= n;
}

typedef struct Header { png_uint_32 width, height; int depth, color, channels; } Header;

/* Chooses the conversions that give `channels` (0: as many as the file has) of `bits`. */
static void set_conversions(const Codec *k, Header *h, int channels, int bits)
{
    const Library *lib = k->lib;
    bool transparent = lib->png_get_valid(k->png, k->info, PNG_INFO_tRNS) != 0, alpha = h->color & PNG_COLOR_MASK_ALPHA;
    bool palette = h->color == PNG_COLOR_TYPE_PALETTE, gray = !(h->color & PNG_COLOR_MASK_COLOR);
    h->channels = channels ? channels : palette ? transparent ? 4 : 3 : lib->png_get_channels(k->png, k->info);
    if (h->channels % 2 == 1) {
        if (alpha || transparent)
            lib->png_set_strip_alpha(k->png);
    } else if (!alpha) {
        if (transparent)
            lib->png_set_tRNS_to_alpha(k->png);
        else
            lib->png_set_add_alpha(k->png, (1u << h->depth) - 1, PNG_FILLER_AFTER);
    }
    if (h->depth > 8 && bits <= 8)
        lib->png_set_strip_16(k->png);
    lib->png_set_packing(k->png);
    lib->png_set_interlace_handling(k->png);
    if (bits > 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        lib->png_set_swap(k->png);
    if (palette)
        lib->png_set_palette_to_rgb(k->png);
    if (gray && h->depth < 8)
        lib->png_set_expand_gray_1_2_4_to_8(k->png);
    if (h->channels < 3 && !gray)
        lib->png_set_rgb_to_gray(k->png, 1, 0.299, 0.587);
    if (h->channels >= 3 && gray)
        lib->png_set_gray_to_rgb(k->png);
    lib->png_read_update_info(k->png, k->info);
}

/* 8 bits made 16, in place, from the end: v * 257 puts 255 at 65535. */
static void widen_row(uint8_t *row, int64_t n)
{
    for (int64_t i = n - 1; i >= 0; i--) {
        uint16_t wide = (uint16_t)(row[i] * 257);
        memcpy(row + 2 * i, &wide, sizeof wide);
    }
}

static int fail_reading(const Codec *k, size_t n, const char *what, TfgStatus *s)
{
    return k->no_memory ? tfg_fail_memory(s) : tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid PNG %s size %zu", what, n);
}

static int read_header(Codec *k, Header *h, int channels, int bits, TfgStatus *s)
{
    size_t n = k->n;
    if (setjmp(k->jump))
        return fail_reading(k, n, "header, data", s);
    k->info = k->lib->png_create_info_struct(k->png);
    if (!k->info)
        return tfg_fail_memory(s);
    k->lib->png_set_read_fn(k->png, k, read_bytes);
    k->lib->png_set_chunk_malloc_max(k->png, 8u << 20);
    k->lib->png_read_info(k->png, k->info);
    k->lib->png_get_IHDR(k->png, k->info, &h->width, &h->height, &h->depth, &h->color, NULL, NULL, NULL);
    set_conversions(k, h, channels, bits);
    return 0;
}

/* Deflate packs at most 1032 bytes into one (RFC 1951: a bit for 258 of them), so a file is too short for a picture before any memory is
 * asked for it. */
static int check_size(const Header *h, size_t n, TfgStatus *s)
{
    static const int samples[] = {1, 1, 3, 1, 2, 1, 4, 1};      /* of a pixel, by color type */
    if ((int64_t)h->width * h->height >= TFG_IMAGE_MAX_PIXELS)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "PNG size too large for int: %u by %u", h->width, h->height);
    if ((int64_t)h->width * h->depth * samples[h->color & 7] / 8 * h->height / 1032 > (int64_t)n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid PNG data, size %zu", n);
    return 0;
}

static int read_pixels(Codec *k, const Header *h, int bits, uint8_t *out, size_t n, TfgStatus *s)
{
    const bool widen = bits == 16 && h->depth <= 8;
    const size_t stride = (size_t)h->width * (size_t)h->channels * (size_t)(bits / 8), got = k->lib->png_get_rowbytes(k->png, k->info);
    if (got != (widen ? stride / 2 : stride))
        return fail_reading(k, n, "data,", s);
    if (setjmp(k->jump))
        return fail_reading(k, n, "data,", s);
    int passes = k->lib->png_set_interlace_handling(k->png);
    memset(out, 0, passes > 1 ? stride * h->height : 0);        /* rows of an interlaced file are filled little by little */
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < h->height; y++)
            k->lib->png_read_row(k->png, out + y * stride, NULL);
    k->lib->png_read_end(k->png, k->info);
    for (size_t y = 0; widen && y < h->height; y++)
        widen_row(out + y * stride, (int64_t)h->width * h->channels);
    return 0;
}

int tfg_png_decode(const void *data, size_t n, int channels, int bits, const TfgImageSink *sink, TfgStatus *s)
{
    const Library *lib = find_library(s);
    if (!lib)
        return -1;
    Codec k = {.lib = lib, .data = data, .n = n};
    if (setjmp(k.jump))
        return tfg_fail_memory(s);
    k.png = lib->png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &k, fail_by_jump, say_nothing, NULL, allocate, release);
    if (!k.png)
        return tfg_fail_memory(s);
    Header h = {0, 0, 0, 0, 0};
    uint8_t *out = NULL;
    int rc = read_header(&k, &h, channels, bits, s);
    if (rc == 0)
        rc = check_size(&h, n, s);
    if (rc == 0 && !(out = sink->allocate(sink->context, 1, h.height, h.width, h.channels, s)))
        rc = -1;
    if (rc == 0)
        rc = read_pixels(&k, &h, bits, out, n, s);
    lib->png_destroy_read_struct(&k.png, &k.info, NULL);
    return rc;
}

/* ---- Writing ---------------------------------------------------------------------------------------------------------------- */

static void write_bytes(png_structp p, png_bytep from, size_t n)
{
    Codec *codec = png.table.png_get_io_ptr(p);
    tfg_str_append(codec->out, from, n);
    if (codec->out->failed)
        fail_by_jump(p, "out of memory");
}

static void flush_nothing(png_structp p) { (void)p; }

static int write_image(Codec *k, const uint8_t *pixels, int64_t height, int64_t width, int channels, int bits, int compression, TfgStatus *s)
{
    static const int colors[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (setjmp(k->jump))
        return k->no_memory ? tfg_fail_memory(s) : tfg_fail(s, TFG_INTERNAL, "PNG encoding failed");
    k->info = k->lib->png_create_info_struct(k->png);
    if (!k->info)
        return tfg_fail_memory(s);
    k->lib->png_set_write_fn(k->png, k, write_bytes, flush_nothing);
    k->lib->png_set_compression_level(k->png, compression);
    k->lib->png_set_compression_mem_level(k->png, 9);
    k->lib->png_set_user_limits(k->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    k->lib->png_set_IHDR(k->png, k->info, (png_uint_32)width, (png_uint_32)height, bits, colors[channels], PNG_INTERLACE_NONE,
                         PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    k->lib->png_write_info(k->png, k->info);
    if (bits > 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        k->lib->png_set_swap(k->png);
    for (int64_t y = 0; y < height; y++)
        k->lib->png_write_row(k->png, pixels + y * width * channels * (bits / 8));
    k->lib->png_write_end(k->png, NULL);
    return 0;
}

int tfg_png_encode(const void *pixels, int64_t height, int64_t width, int channels, int bits, int compression, TfgStr *out, TfgStatus *s)
{
    if (height <= 0 || width <= 0 || height > PNG_UINT_31_MAX || width > PNG_UINT_31_MAX)
        return tfg_fail(s, TFG_INTERNAL, "PNG encoding failed");
    const Library *lib = find_library(s);
    if (!lib)
        return -1;
    Codec k = {.lib = lib, .out = out};
    if (setjmp(k.jump))
        return tfg_fail_memory(s);
    k.png = lib->png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &k, fail_by_jump, say_nothing, NULL, allocate, release);
    if (!k.png)
        return tfg_fail_memory(s);
    int rc = write_image(&k, pixels, height, width, channels, bits, compression, s);
    lib->png_destroy_write_struct(&k.png, &k.info);
    return rc;
}
