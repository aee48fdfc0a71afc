/* Gif files.  Layout (GIF89a specification): header and screen descriptor (13 bytes, then its color map), then blocks: '!' extension
 * (label, then sub-blocks), ',' image (descriptor of 9 bytes, its color map, the size of its first codes, then sub-blocks of LZW codes),
 * ';' end.  A sub-block is a length byte and as many bytes; length 0 ends them.  The words of errors are giflib's, as TensorFlow shows them. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"

#define MAX_CODES 4096
#define MAX_BYTES INT64_C(0x7fffffff)   /* of all frames; many small frames of a large picture could ask for anything */

typedef struct Map { const uint8_t *colors; int n; } Map;

typedef struct Gif {
    const uint8_t *data;
    size_t n, at;
    int64_t height, width;      /* of the screen, which all frames share */
    Map map;
    const char *reason;         /* of the failure, once there is one */
} Gif;

typedef struct Frame {
    int64_t left, top, width, height;
    bool interlaced;
    Map map;
    int code_size;
    size_t codes, n_codes;      /* where its sub-blocks begin; their bytes */
} Frame;

static bool fail(Gif *g, const char *reason)
{
    if (!g->reason)
        g->reason = reason;
    return false;
}

static const uint8_t *take(Gif *g, size_t n)
{
    if (n > g->n - g->at) {
        fail(g, "Failed to read from given file");
        return NULL;
    }
    g->at += n;
    return g->data + g->at - n;
}

static int64_t word(const uint8_t *b) { return b[0] | b[1] << 8; }

static bool read_map(Gif *g, int packed, Map *map)
{
    *map = (Map){NULL, 0};
    if (!(packed & 0x80))
        return true;
    map->n = 2 << (packed & 7);
    map->colors = take(g, (size_t)map->n * 3);
    return map->colors != NULL;
}

static bool read_screen(Gif *g)
{
    const uint8_t *b = take(g, 6);
    if (!b)
        return false;
    if (memcmp(b, "GIF", 3) != 0)
        return fail(g, "Data is not in GIF format");
    b = take(g, 7);
    if (b && read_map(g, b[4], &g->map)) {
        g->width = word(b);
        g->height = word(b + 2);
        return true;
    }
    g->reason = "No screen descriptor detected";
    return false;
}

static bool skip_sub_blocks(Gif *g)
{
    for (;;) {
        const uint8_t *length = take(g, 1);
        if (!length || !take(g, *length))
            return false;
        if (*length == 0)
            return true;
    }
}

static bool read_frame(Gif *g, Frame *f)
{
    const uint8_t *b = take(g, 9), *size;
    if (!b)
        return false;
    *f = (Frame){.left = word(b), .top = word(b + 2), .width = word(b + 4), .height = word(b + 6), .interlaced = b[8] & 0x40};
    if (!read_map(g, b[8], &f->map) || !(size = take(g, 1)))
        return false;
    if (*size > 8)
        return fail(g, "Image is defective, decoding aborted");
    f->code_size = *size;
    f->codes = g->at;
    if (!skip_sub_blocks(g))
        return false;
    f->n_codes = g->at - f->codes;
    return true;
}

/* The next image; false at the end of the file and on a failure. */
static bool next_frame(Gif *g, Frame *f)
{
    for (;;) {
        const uint8_t *kind = take(g, 1);
        if (!kind || *kind == ';')
            return false;
        if (*kind == ',')
            return read_frame(g, f);
        if (*kind != '!')
            return fail(g, "Wrong record type detected");
        if (!take(g, 1) || !skip_sub_blocks(g))
            return false;
    }
}

/* ---- LZW -------------------------------------------------------------------------------------------------------------------- */

typedef struct Decoder {
    Gif *g;                     /* at the codes */
    int64_t width, height, x, y;
    int step, pass;             /* of interlaced rows */
    uint8_t *raster;            /* NULL: nothing is kept */
    const uint8_t *block;       /* what is left of the sub-block */
    int left;
    uint32_t bits;
    int n_bits;
    uint16_t prefix[MAX_CODES];
    uint8_t suffix[MAX_CODES], stack[MAX_CODES + 1];
} Decoder;

static int next_code(Decoder *d, int size)
{
    while (d->n_bits < size) {
        if (d->left == 0) {
            const uint8_t *length = take(d->g, 1);
            if (!length)
                return -1;
            if (*length == 0) {
                fail(d->g, "Image is defective, decoding aborted");
                return -1;
            }
            d->left = *length;
            d->block = take(d->g, *length);
            if (!d->block)
                return -1;
        }
        d->bits |= (uint32_t)*d->block++ << d->n_bits;
        d->n_bits += 8;
        d->left--;
    }
    int code = (int)(d->bits & ((1u << size) - 1));
    d->bits >>= size;
    d->n_bits -= size;
    return code;
}

static void next_row(Decoder *d)
{
    static const int first[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    d->x = 0;
    d->y += d->step;
    while (d->pass >= 0 && d->y >= d->height && d->pass < 3) {
        d->pass++;
        d->y = first[d->pass];
        d->step = steps[d->pass];
    }
}

/* True while there is room for more. */
static bool put_pixel(Decoder *d, uint8_t pixel)
{
    if (d->raster)
        d->raster[d->y * d->width + d->x] = pixel;
    if (++d->x == d->width)
        next_row(d);
    return d->y < d->height;
}

/* Puts the pixels that `code` stands for; *first is the first of them.  -1: the code makes no sense, 0: the image is full. */
static int put_code(Decoder *d, int code, int clear, int *first)
{
    int n = 0;
    while (code >= clear) {
        if (n > MAX_CODES - 1 || code < clear + 2)
            return -1;
        d->stack[n++] = d->suffix[code];
        code = d->prefix[code];
    }
    *first = code;
    d->stack[n++] = (uint8_t)code;
    while (n > 0)
        if (!put_pixel(d, d->stack[--n]))
            return 0;
    return 1;
}

static bool decode_pixels(Decoder *d, int code_size)
{
    const int clear = 1 << code_size;
    int size = code_size + 1, next = clear + 2, last = -1, first = 0;
    for (;;) {
        int code = next_code(d, size);
        if (code < 0)
            return false;
        if (code == clear) {
            size = code_size + 1;
            next = clear + 2;
            last = -1;
            continue;
        }
        if (code == clear + 1)
            return fail(d->g, "Image EOF detected before image complete");
        int known = code, old_first = first;
        if (code > next || (code == next && (last < 0 || next >= MAX_CODES)))
            return fail(d->g, "Image is defective, decoding aborted");
        if (last >= 0 && next < MAX_CODES)
            d->prefix[next] = (uint16_t)last;
        if (code == next)
            d->suffix[next] = (uint8_t)old_first;
        int more = put_code(d, known, clear, &first);
        if (more <= 0)
            return more == 0 || fail(d->g, "Image is defective, decoding aborted");
        if (last >= 0 && next < MAX_CODES) {
            d->suffix[next++] = (uint8_t)first;
            if (next == 1 << size && size < 12)
                size++;
        }
        last = code;
    }
}

static bool decode_frame(Gif *g, const Frame *f, Decoder *d)
{
    Gif at = *g;
    at.at = f->codes;
    d->g = &at;
    d->width = f->width;
    d->height = f->height;
    d->x = d->y = 0;
    d->left = d->n_bits = 0;
    d->bits = 0;
    d->pass = f->interlaced ? 0 : -1;
    d->step = f->interlaced ? 8 : 1;
    bool ok = decode_pixels(d, f->code_size);
    g->reason = at.reason;
    return ok;
}

/* ---- Frames ----------------------------------------------------------------------------------------------------------------- */

static int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

static bool fills_screen(const Gif *g, const Frame *f)
{
    return f->left == 0 && f->top == 0 && f->width == g->width && f->height == g->height;
}

static int fail_first(const Gif *g, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid GIF data (size %zu), the first frame does not fill the canvas", g->n);
}

/* Frame number k, over the one before it where it does not fill the screen (the first does). */
static int draw(const Gif *g, const Frame *f, const uint8_t *raster, int64_t k, uint8_t *out, TfgStatus *s)
{
    const int64_t height = g->height, width = g->width;
    const size_t nbytes = (size_t)(width * height * 3);
    const Map *map = f->map.colors ? &f->map : &g->map;
    if (!fills_screen(g, f))
        memcpy(out, out - nbytes, nbytes);
    if (!map->colors)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid GIF data (size %zu), missing color map for frame %lld", g->n, (long long)k);
    for (int64_t y = f->top; y < min(f->top + f->height, height); y++)
        for (int64_t x = f->left; x < min(f->left + f->width, width); x++) {
            int color = raster[(y - f->top) * f->width + x - f->left];
            if (color >= map->n)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid GIF data (size %zu), found color index %d outside of color map range %d", g->n,
                                color, map->n);
            memcpy(out + (y * width + x) * 3, map->colors + color * 3, 3);
        }
    return 0;
}

static int fail_with(const Gif *g, const char *what, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid GIF data (size %zu), failed to %s gif file: %s", g->n, what, g->reason);
}

/* A code has a bit or more, and stands for MAX_CODES pixels at most. */
static bool enough_codes(const Frame *f)
{
    return f->height * f->width / MAX_CODES <= (int64_t)f->n_codes * 8;
}

/* The first walk over the file: how many frames, and how large.  One with fewer codes than pixels need is not worth its memory: it is
 * read for the failure it ends in. */
static int count_frames(Gif *g, Decoder *d, int64_t *n, int64_t *pixels, TfgStatus *s)
{
    Frame f;
    const size_t start = g->at;
    for (*n = *pixels = 0; next_frame(g, &f); ++*n) {
        if (*n == 0 && !fills_screen(g, &f))
            return fail_first(g, s);
        if (!enough_codes(&f) && !decode_frame(g, &f, d))
            break;
        *pixels = max(*pixels, f.height * f.width);
    }
    if (*n == 0)
        fail(g, "No Image Descriptor detected");
    if (g->reason)
        return fail_with(g, "slurp", s);
    if (g->height * g->width * 3 > MAX_BYTES / *n || *pixels > MAX_BYTES)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid GIF data (size %zu), %lld frames of %lld by %lld pixels are too large", g->n,
                        (long long)*n, (long long)g->width, (long long)g->height);
    g->at = start;
    return 0;
}

static int draw_frames(Gif *g, Decoder *d, uint8_t *out, TfgStatus *s)
{
    Frame f;
    for (int64_t k = 0; next_frame(g, &f); k++, out += g->height * g->width * 3) {
        if (f.width > 0 && f.height > 0 && !decode_frame(g, &f, d))
            break;
        if (draw(g, &f, d->raster, k, out, s) < 0)
            return -1;
    }
    return g->reason ? fail_with(g, "slurp", s) : 0;
}

static int decode_all(Gif *g, Decoder *d, int64_t frames, int64_t pixels, const TfgImageSink *sink, TfgStatus *s)
{
    d->raster = tfg_alloc((size_t)pixels);
    if (!d->raster)
        return tfg_fail_memory(s);
    uint8_t *out = sink->allocate(sink->context, frames, g->height, g->width, 3, s);
    int rc = out ? draw_frames(g, d, out, s) : -1;
    tfg_free(d->raster);
    return rc;
}

int tfg_gif_decode(const void *data, size_t n, const TfgImageSink *sink, TfgStatus *s)
{
    Gif g = {.data = data, .n = n};
    int64_t frames, pixels;
    if (!read_screen(&g))
        return fail_with(&g, "open", s);
    Decoder *d = tfg_calloc(1, sizeof *d);
    if (!d)
        return tfg_fail_memory(s);
    int rc = count_frames(&g, d, &frames, &pixels, s);
    if (rc == 0)
        rc = decode_all(&g, d, frames, pixels, sink, s);
    tfg_free(d);
    return rc;
}
