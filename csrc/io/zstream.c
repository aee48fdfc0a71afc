/* What zlib makes of a stream: zlib and gzip files, read and written. */
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/stream.h"

#define USUAL_BUFFER (256 * 1024)
#define LARGEST_BUFFER ((size_t)1 << 30)

TfgZlibOptions tfg_zlib_usual(int window_bits)
{
    return (TfgZlibOptions){Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY, Z_NO_FLUSH, USUAL_BUFFER, USUAL_BUFFER};
}

static voidpf z_alloc(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return tfg_calloc(items, size);
}

static void z_free(voidpf opaque, voidpf p)
{
    (void)opaque;
    tfg_free(p);
}

static int z_fail(const char *call, int error, const z_stream *z, TfgStatus *s)
{
    return tfg_fail(s, error == Z_MEM_ERROR ? TFG_RESOURCE_EXHAUSTED : TFG_DATA_LOSS, "%s() failed with error %d%s%s", call, error,
                    z->msg ? ": " : "", z->msg ? z->msg : "");
}

static bool options_fit(const TfgZlibOptions *o, TfgStatus *s)
{
    if (o->input_buffer >= 1 && o->input_buffer <= LARGEST_BUFFER && o->output_buffer >= 1 && o->output_buffer <= LARGEST_BUFFER)
        return true;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Buffers of %zu and %zu bytes are not between 1 and %zu", o->input_buffer, o->output_buffer, LARGEST_BUFFER);
    return false;
}

/* ---- reading ---- */

typedef struct ZSource {
    TfgSource base;
    TfgSource *in;
    z_stream z;
    bool begun, ended, gzip;
    size_t room, out_room, at, n;   /* out holds n bytes, of which `at` are read */
    uint8_t *out;
    uint8_t buffer[];
} ZSource;

/* 1 where there are bytes to inflate, 0 at the end of the file. */
static int refill(ZSource *f, TfgStatus *s)
{
    size_t got = 0;
    if (f->z.avail_in)
        return 1;
    if (f->in->read(f->in, f->buffer, f->room, &got, s) < 0)
        return -1;
    f->z.next_in = f->buffer;
    f->z.avail_in = (uInt)got;
    return got > 0;
}

/* A gzip file may be several, one behind the other; what follows a zlib stream is not read. */
static int next_member(ZSource *f, TfgStatus *s)
{
    int more = f->gzip ? refill(f, s) : 0;
    f->ended = more <= 0;
    if (more <= 0)
        return more;
    int error = inflateReset(&f->z);
    return error == Z_OK ? 0 : z_fail("inflate", error, &f->z, s);
}

/* Inflates until the buffer is full, so that what is wrong is told before any of it is read, as in TensorFlow.  A stream that is cut
 * ends where it is cut: the records tell. */
static int inflate_some(ZSource *f, TfgStatus *s)
{
    f->z.next_out = f->out;
    f->z.avail_out = (uInt)f->out_room;
    while (f->z.avail_out && !f->ended) {
        int more = refill(f, s);
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        int error = inflate(&f->z, Z_NO_FLUSH);
        if (error == Z_STREAM_END) {
            if (next_member(f, s) < 0)
                return -1;
        } else if (error != Z_OK && error != Z_BUF_ERROR) {
            return z_fail("inflate", error, &f->z, s);
        }
    }
    f->at = 0;
    f->n = f->out_room - f->z.avail_out;
    return 0;
}

static int z_read(TfgSource *in, void *to, size_t n, size_t *got, TfgStatus *s)
{
    ZSource *f = (ZSource *)in;
    if (f->at == f->n && inflate_some(f, s) < 0)
        return -1;
    *got = f->n - f->at < n ? f->n - f->at : n;
    if (*got)
        memcpy(to, f->out + f->at, *got);
    f->at += *got;
    return 0;
}

static void z_source_free(TfgSource *in)
{
    ZSource *f = (ZSource *)in;
    if (f->begun)
        inflateEnd(&f->z);
    tfg_source_free(f->in);
    tfg_free(f);
}

TfgSource *tfg_zlib_source_new_steal(TfgSource *in, const TfgZlibOptions *o, TfgStatus *s)
{
    ZSource *f = options_fit(o, s) ? tfg_alloc(sizeof *f + o->input_buffer + o->output_buffer) : NULL;
    if (!f) {
        if (s->code == TFG_OK)
            tfg_fail_memory(s);
        tfg_source_free(in);
        return NULL;
    }
    memset(f, 0, sizeof *f);
    f->base = (TfgSource){z_read, z_source_free};
    f->in = in;
    f->room = o->input_buffer;
    f->out_room = o->output_buffer;
    f->out = f->buffer + f->room;
    f->gzip = o->window_bits > TFG_ZLIB_WINDOW;
    f->z.zalloc = z_alloc;
    f->z.zfree = z_free;
    int error = inflateInit2(&f->z, o->window_bits);
    f->begun = error == Z_OK;
    if (!f->begun) {
        tfg_fail(s, error == Z_MEM_ERROR ? TFG_RESOURCE_EXHAUSTED : TFG_INVALID_ARGUMENT, "inflateInit failed with status %d", error);
        z_source_free(&f->base);
        return NULL;
    }
    return &f->base;
}

/* ---- writing ---- */

typedef struct ZSink {
    TfgSink base;
    TfgSink *out;
    z_stream z;
    bool begun, closed;
    int flush_mode;
    size_t room;
    uint8_t buffer[];
} ZSink;

/* Feeds `n` bytes, writing what comes out; with Z_FINISH until the stream is ended. */
static int deflate_all(ZSink *f, const void *data, size_t n, int mode, TfgStatus *s)
{
    const uint8_t *p = data;
    do {
        uInt part = n > LARGEST_BUFFER ? (uInt)LARGEST_BUFFER : (uInt)n;
        f->z.next_in = (Bytef *)(uintptr_t)p;
        f->z.avail_in = part;
        int error;
        do {
            f->z.next_out = f->buffer;
            f->z.avail_out = (uInt)f->room;
            error = deflate(&f->z, mode);
            if (error != Z_OK && error != Z_STREAM_END && error != Z_BUF_ERROR)
                return z_fail("deflate", error, &f->z, s);
            if (f->out->write(f->out, f->buffer, f->room - f->z.avail_out, s) < 0)
                return -1;
        } while (f->z.avail_out == 0 && error != Z_STREAM_END);
        p += part;
        n -= part;
    } while (n);
    return 0;
}

static int z_write(TfgSink *out, const void *data, size_t n, TfgStatus *s)
{
    ZSink *f = (ZSink *)out;
    if (f->closed)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "The stream is closed");
    return n ? deflate_all(f, data, n, f->flush_mode == Z_FINISH ? Z_NO_FLUSH : f->flush_mode, s) : 0;
}

static int z_flush(TfgSink *out, TfgStatus *s)
{
    ZSink *f = (ZSink *)out;
    if (f->closed)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "The stream is closed");
    if (deflate_all(f, NULL, 0, Z_PARTIAL_FLUSH, s) < 0)
        return -1;
    return f->out->flush(f->out, s);
}

static int z_close(TfgSink *out, TfgStatus *s)
{
    ZSink *f = (ZSink *)out;
    if (f->closed)
        return 0;
    int rc = deflate_all(f, NULL, 0, Z_FINISH, s);
    f->closed = true;
    TfgStatus second = TFG_STATUS_INIT;
    if (f->out->close(f->out, rc < 0 ? &second : s) < 0)
        rc = -1;
    tfg_status_fini(&second);
    return rc;
}

static void z_sink_free(TfgSink *out)
{
    ZSink *f = (ZSink *)out;
    if (f->begun) {
        TfgStatus ignored = TFG_STATUS_INIT;
        z_close(out, &ignored);
        tfg_status_fini(&ignored);
        deflateEnd(&f->z);
    }
    tfg_sink_free(f->out);
    tfg_free(f);
}

/* A flush into a few bytes would flush again and again: zlib wants more than six. */
static size_t output_room(const TfgZlibOptions *o)
{
    return o->output_buffer < 64 ? 64 : o->output_buffer;
}

TfgSink *tfg_zlib_sink_new_steal(TfgSink *out, const TfgZlibOptions *o, TfgStatus *s)
{
    ZSink *f = options_fit(o, s) ? tfg_alloc(sizeof *f + output_room(o)) : NULL;
    if (!f) {
        if (s->code == TFG_OK)
            tfg_fail_memory(s);
        tfg_sink_free(out);
        return NULL;
    }
    memset(f, 0, sizeof *f);
    f->base = (TfgSink){z_write, z_flush, z_close, z_sink_free};
    f->out = out;
    f->room = output_room(o);
    f->flush_mode = o->flush_mode;
    f->z.zalloc = z_alloc;
    f->z.zfree = z_free;
    int error = deflateInit2(&f->z, o->level, o->method, o->window_bits, o->mem_level, o->strategy);
    f->begun = error == Z_OK;
    if (!f->begun) {
        tfg_fail(s, error == Z_MEM_ERROR ? TFG_RESOURCE_EXHAUSTED : TFG_INVALID_ARGUMENT, "deflateInit failed with status %d", error);
        z_sink_free(&f->base);
        return NULL;
    }
    return &f->base;
}
