/* Writing jpeg files. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/image.h"
#include "io/image_jpeg.h"

static const char XMP_NAMESPACE[] = "http://ns.adobe.com/xap/1.0/";      /* with its NUL, before the metadata */

typedef struct Writer {
    TfgJpegError error;         /* first: the library's handle on it */
    struct jpeg_destination_mgr destination;
    struct jpeg_compress_struct c;
    const TfgJpegLibrary *lib;
    TfgStr *out;
    TfgStr marker;
    JOCTET buffer[8192];
} Writer;

static void rewind_buffer(Writer *w)
{
    w->destination.next_output_byte = w->buffer;
    w->destination.free_in_buffer = sizeof w->buffer;
}

static void init_destination(j_compress_ptr c) { rewind_buffer(c->client_data); }

static boolean empty_buffer(j_compress_ptr c)
{
    Writer *w = c->client_data;
    tfg_str_append(w->out, w->buffer, sizeof w->buffer);
    rewind_buffer(w);
    return TRUE;
}

static void term_destination(j_compress_ptr c)
{
    Writer *w = c->client_data;
    tfg_str_append(w->out, w->buffer, sizeof w->buffer - w->destination.free_in_buffer);
}

static void set_parameters(Writer *w, const TfgJpegEncode *how)
{
    w->lib->jpeg_set_defaults(&w->c);
    w->c.optimize_coding = how->optimize_size;
    w->c.density_unit = how->inches ? 1 : 2;
    w->c.X_density = (UINT16)how->x_density;
    w->c.Y_density = (UINT16)how->y_density;
    w->lib->jpeg_set_quality(&w->c, how->quality, TRUE);
    if (how->progressive)
        w->lib->jpeg_simple_progression(&w->c);
    for (int i = 0; i < w->c.num_components && !how->chroma_downsampling; i++)
        w->c.comp_info[i].h_samp_factor = w->c.comp_info[i].v_samp_factor = 1;
}

static void write_xmp(Writer *w, const TfgJpegEncode *how)
{
    if (how->n_xmp == 0)
        return;
    tfg_str_append(&w->marker, XMP_NAMESPACE, sizeof XMP_NAMESPACE);
    tfg_str_append(&w->marker, how->xmp, how->n_xmp);
    if (w->marker.failed)
        w->out->failed = true;
    else
        w->lib->jpeg_write_marker(&w->c, JPEG_APP0 + 1, (const JOCTET *)w->marker.data, (unsigned)w->marker.n);
}

static int encode(Writer *w, const uint8_t *pixels, int64_t height, int64_t width, const TfgJpegEncode *how, TfgStatus *s)
{
    if (setjmp(w->error.jump))
        return tfg_jpeg_no_memory(&w->error) ? tfg_fail_memory(s) : 1;
    w->lib->jpeg_CreateCompress(&w->c, JPEG_LIB_VERSION, sizeof w->c);
    w->c.client_data = w;
    w->destination = (struct jpeg_destination_mgr){.init_destination = init_destination, .empty_output_buffer = empty_buffer,
                                                   .term_destination = term_destination};
    w->c.dest = &w->destination;
    w->c.image_width = (JDIMENSION)width;
    w->c.image_height = (JDIMENSION)height;
    w->c.input_components = how->channels;
    w->c.in_color_space = how->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    set_parameters(w, how);
    w->lib->jpeg_start_compress(&w->c, TRUE);
    write_xmp(w, how);
    for (int64_t i = 0; i < height; i++) {
        /* The library's rows are not const; it only reads them. */
        union { const uint8_t *from; JSAMPROW row; } line = {.from = pixels + i * width * how->channels};
        w->lib->jpeg_write_scanlines(&w->c, &line.row, 1);
    }
    w->lib->jpeg_finish_compress(&w->c);
    return w->out->failed ? tfg_fail_memory(s) : 0;
}

int tfg_jpeg_encode(const uint8_t *pixels, int64_t height, int64_t width, const TfgJpegEncode *how, TfgStr *out, TfgStatus *s)
{
    if (height <= 0 || width <= 0 || height > JPEG_MAX_DIMENSION || width > JPEG_MAX_DIMENSION || how->n_xmp > 65533)
        return 1;
    const TfgJpegLibrary *lib = tfg_jpeg_library(s);
    Writer *w = lib ? tfg_calloc(1, sizeof *w) : NULL;
    if (!w)
        return lib ? tfg_fail_memory(s) : -1;
    w->lib = lib;
    w->out = out;
    tfg_jpeg_catch(lib, &w->error);
    w->c.err = &w->error.base;
    int rc = encode(w, pixels, height, width, how, s);
    lib->jpeg_destroy_compress(&w->c);
    tfg_str_fini(&w->marker);
    tfg_free(w);
    return rc;
}
