/* Reading jpeg files.  A file that ends early is either refused, accepted as far as it goes (the rest black), or, where recovery is
 * wanted, decoded as if its image data were complete. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"
#include "io/image_jpeg.h"

#define MAX_AGAIN 100000        /* more than any block needs; bytes that are no block could go round for ever */
#define MAX_SCANS 1000          /* a progressive file of many empty scans would take hours for nothing */

typedef struct Reader {
    TfgJpegError error;         /* first: the library's handle on it */
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct c;
    const TfgJpegLibrary *lib;
    const uint8_t *data;
    size_t n;
    bool recovers;              /* goes on where the data ends */
    bool ended;
    const JOCTET *again;        /* what was read once more, and how often */
    int n_again;
    uint8_t *row;               /* one row as the library gives it, where that is not the result; owned */
    uint8_t *out;
    int64_t width, height, channels;
    int64_t first;              /* column of the result in the library's rows */
    int64_t rows_read;
} Reader;

static void init_source(j_decompress_ptr c) { (void)c; }
static void term_source(j_decompress_ptr c) { (void)c; }

/* Where the data ends.  Without recovery this suspends: the row that was asked for does not come.  With it, what has not been settled
 * yet - the bytes of the block that is being read - is read once more, as TensorFlow does, which decides how the last blocks look; then
 * comes an end of image, once. */
static boolean fill_input(j_decompress_ptr c)
{
    static const JOCTET end[2] = {0xff, JPEG_EOI};
    Reader *r = c->client_data;
    if (!r->recovers)
        return FALSE;
    if (c->src->bytes_in_buffer > 0) {
        r->n_again = c->src->next_input_byte == r->again ? r->n_again + 1 : 0;
        r->again = c->src->next_input_byte;
        if (r->n_again > MAX_AGAIN)
            c->err->error_exit((j_common_ptr)(void *)c);
        return TRUE;
    }
    if (r->ended)
        c->err->error_exit((j_common_ptr)(void *)c);
    r->ended = true;
    c->src->next_input_byte = end;
    c->src->bytes_in_buffer = sizeof end;
    return TRUE;
}

static void skip_input(j_decompress_ptr c, long n)
{
    if (n <= 0)
        return;
    size_t step = (size_t)n < c->src->bytes_in_buffer ? (size_t)n : c->src->bytes_in_buffer;
    c->src->next_input_byte += step;
    c->src->bytes_in_buffer -= step;
}

static void watch_scans(j_common_ptr common)
{
    j_decompress_ptr c = (j_decompress_ptr)(void *)common;
    if (c->input_scan_number > MAX_SCANS)
        common->err->error_exit(common);
}

/* Everything up to the header, inside the caller's setjmp. */
static bool read_header(Reader *r)
{
    r->lib->jpeg_CreateDecompress(&r->c, JPEG_LIB_VERSION, sizeof r->c);
    r->c.client_data = r;
    r->source = (struct jpeg_source_mgr){.next_input_byte = r->data, .bytes_in_buffer = r->n, .init_source = init_source,
        .fill_input_buffer = fill_input, .skip_input_data = skip_input, .resync_to_restart = r->lib->jpeg_resync_to_restart,
        .term_source = term_source};
    r->c.src = &r->source;
    r->progress.progress_monitor = watch_scans;
    r->c.progress = &r->progress;
    return r->lib->jpeg_read_header(&r->c, TRUE) == JPEG_HEADER_OK;
}

static bool choose_colors(Reader *r, int channels)
{
    if (channels == 0)
        channels = r->c.num_components < 3 ? r->c.num_components : 3;
    r->channels = channels;
    if (channels == 1) {
        r->c.out_color_space = JCS_GRAYSCALE;
        return true;
    }
    bool cmyk = r->c.jpeg_color_space == JCS_CMYK || r->c.jpeg_color_space == JCS_YCCK;
    r->c.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    return channels == 3;
}

/* A Huffman-coded block of 64 pixels takes a bit at least, so a short file cannot be a large picture, and no memory is asked for it. */
static bool fits_data(const Reader *r, const TfgJpegDecode *how)
{
    int64_t pixels = (int64_t)r->c.image_width * r->c.image_height;
    if (pixels / how->ratio / how->ratio * r->channels >= TFG_IMAGE_MAX_PIXELS)
        return false;
    if (r->c.arith_code || how->try_recover_truncated || how->crops)
        return true;
    return (double)pixels * (double)how->acceptable_fraction <= (double)r->n * 8 * 64;
}

static bool set_window(Reader *r, const TfgJpegDecode *how)
{
    int64_t width = r->c.output_width, height = r->c.output_height;
    r->width = width;
    r->height = height;
    if (!how->crops)
        return true;
    if (how->crop_x < 0 || how->crop_y < 0 || how->crop_width <= 0 || how->crop_height <= 0 || how->crop_width > width - how->crop_x ||
        how->crop_height > height - how->crop_y)
        return false;
    JDIMENSION x = (JDIMENSION)how->crop_x, w = (JDIMENSION)how->crop_width;
    r->width = how->crop_width;
    r->height = how->crop_height;
    r->lib->jpeg_crop_scanline(&r->c, &x, &w);
    r->first = how->crop_x - (int64_t)x;
    return true;
}

/* Skips to the window: 0 where the data ends before it. */
static bool skip_rows(Reader *r, int64_t n)
{
    return n == 0 || r->lib->jpeg_skip_scanlines(&r->c, (JDIMENSION)n) == (JDIMENSION)n;
}

static void cmyk_to_rgb(const Reader *r, const uint8_t *from, uint8_t *to)
{
    bool inverted = r->c.saw_Adobe_marker;
    for (int64_t i = 0; i < r->width; i++, from += 4, to += 3)
        for (int k = 0; k < 3; k++)
            to[k] = (uint8_t)(inverted ? from[3] * from[k] / 255 : (255 - from[k]) * (255 - from[3]) / 255);
}

static void read_rows(Reader *r)
{
    int64_t stride = r->width * r->channels;
    bool cmyk = r->c.out_color_space == JCS_CMYK;
    for (; r->rows_read < r->height; r->rows_read++) {
        uint8_t *out = r->out + r->rows_read * stride;
        JSAMPROW row = r->row ? r->row : out;
        if (r->lib->jpeg_read_scanlines(&r->c, &row, 1) != 1)
            return;
        if (cmyk)
            cmyk_to_rgb(r, r->row + r->first * 4, out);
        else if (r->row)
            memcpy(out, r->row + r->first * r->channels, (size_t)stride);
    }
}

static void fill_missing(Reader *r, bool recovers)
{
    size_t stride = (size_t)(r->width * r->channels);
    for (int64_t i = r->rows_read; i < r->height; i++) {
        uint8_t *out = r->out + (size_t)i * stride;
        if (recovers && i > 0)
            memcpy(out, out - stride, stride);
        else
            memset(out, 0, stride);
    }
    if (recovers)
        r->rows_read = r->height;
}

static int decode(Reader *r, const TfgJpegDecode *how, const TfgImageSink *sink, TfgStatus *s)
{
    if (setjmp(r->error.jump))
        return tfg_jpeg_no_memory(&r->error) ? tfg_fail_memory(s) : 1;
    if (!read_header(r) || !choose_colors(r, how->channels))
        return 1;
    r->c.do_fancy_upsampling = how->fancy_upscaling;
    r->c.scale_num = 1;
    r->c.scale_denom = (unsigned)how->ratio;
    r->c.dct_method = how->fast_dct ? JDCT_IFAST : JDCT_ISLOW;
    if (!fits_data(r, how))
        return 1;
    if (!r->lib->jpeg_start_decompress(&r->c) || !set_window(r, how))
        return 1;
    bool cmyk = r->c.out_color_space == JCS_CMYK;
    if (cmyk || how->crops) {
        r->row = tfg_alloc((size_t)r->c.output_width * (size_t)r->c.output_components);
        if (!r->row)
            return tfg_fail_memory(s);
    }
    r->out = sink->allocate(sink->context, 1, r->height, r->width, r->channels, s);
    if (!r->out)
        return -1;
    if (skip_rows(r, how->crops ? how->crop_y : 0))
        read_rows(r);
    if (r->rows_read < r->height) {
        if (!how->try_recover_truncated && (float)r->rows_read / (float)r->height < how->acceptable_fraction)
            return 1;
        fill_missing(r, how->try_recover_truncated);
    } else if (!how->crops) {
        r->lib->jpeg_finish_decompress(&r->c);      /* reads to the end of the file, and may find something wrong there */
    }
    return 0;
}

static Reader *reader_new(const void *data, size_t n, TfgStatus *s)
{
    const TfgJpegLibrary *lib = tfg_jpeg_library(s);
    Reader *r = lib ? tfg_calloc(1, sizeof *r) : NULL;
    if (!r) {
        if (lib)
            tfg_fail_memory(s);
        return NULL;
    }
    r->lib = lib;
    r->data = data;
    r->n = n;
    tfg_jpeg_catch(lib, &r->error);
    r->c.err = &r->error.base;
    return r;
}

static void reader_free(Reader *r)
{
    r->lib->jpeg_destroy_decompress(&r->c);     /* also of one that never was created: its memory manager is NULL then */
    tfg_free(r->row);
    tfg_free(r);
}

int tfg_jpeg_decode(const void *data, size_t n, const TfgJpegDecode *how, const TfgImageSink *sink, TfgStatus *s)
{
    Reader *r = reader_new(data, n, s);
    if (!r)
        return -1;
    r->recovers = how->try_recover_truncated;
    int rc = decode(r, how, sink, s);
    reader_free(r);
    return rc;
}

static int measure(Reader *r, int64_t shape[3], TfgStatus *s)
{
    if (setjmp(r->error.jump))
        return tfg_jpeg_no_memory(&r->error) ? tfg_fail_memory(s) : 1;
    if (!read_header(r) || r->c.image_width == 0 || r->c.image_height == 0)
        return 1;
    shape[0] = r->c.image_height;
    shape[1] = r->c.image_width;
    shape[2] = r->c.num_components;
    return 0;
}

int tfg_jpeg_shape(const void *data, size_t n, int64_t shape[3], TfgStatus *s)
{
    Reader *r = reader_new(data, n, s);
    if (!r)
        return -1;
    int rc = measure(r, shape, s);
    reader_free(r);
    return rc;
}
