#include "io/records.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "base/status.h"

#define FIRST_PART (64 * 1024)      /* a length that lies costs no more memory than the file is long */

static uint64_t load_le(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static void store_le(uint8_t *p, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static int skip(TfgSource *in, uint64_t n, TfgStatus *s)
{
    char waste[4096];
    size_t got = 1;
    for (; n && got; n -= got)
        if (in->read(in, waste, n < sizeof waste ? (size_t)n : sizeof waste, &got, s) < 0)
            return -1;
    return 0;
}

int tfg_record_reader_init_steal(TfgRecordReader *r, TfgSource *in, uint64_t offset, TfgStatus *s)
{
    *r = (TfgRecordReader){.in = in, .offset = offset, .record = TFG_STR_INIT};
    return offset ? skip(in, offset, s) : 0;
}

void tfg_record_reader_fini(TfgRecordReader *r)
{
    tfg_source_free(r->in);
    tfg_str_fini(&r->record);
    tfg_free(r->lost_message);
    *r = (TfgRecordReader){0};
}

/* Reads `n` bytes and their crc into r->record.  1, 0 where the file ends before, -1. */
static int read_checked(TfgRecordReader *r, uint64_t offset, uint64_t n, TfgStatus *s)
{
    if (n >= SIZE_MAX - TFG_RECORD_FOOTER)
        return tfg_fail(s, TFG_DATA_LOSS, "record size too large");
    size_t want = (size_t)n + TFG_RECORD_FOOTER, part = want < FIRST_PART ? want : FIRST_PART;
    TfgStr *t = &r->record;
    tfg_str_clear(t);
    while (t->n < want) {
        if (part > want - t->n)
            part = want - t->n;
        if (tfg_grow((void **)&t->data, &t->capacity, t->n + part + 1, 1) < 0)
            return tfg_fail_memory(s);
        size_t got;
        if (tfg_source_read(r->in, t->data + t->n, part, &got, s) < 0)
            return -1;
        t->n += got;
        if (got < part)
            break;
        part = t->n;
    }
    if (t->n < want)
        return 0;
    t->n = (size_t)n;
    uint32_t crc = (uint32_t)load_le((uint8_t *)t->data + n, TFG_RECORD_FOOTER);
    if (tfg_crc32c_mask(tfg_crc32c(t->data, t->n)) != crc)
        return tfg_fail(s, TFG_DATA_LOSS, "corrupted record at %llu", (unsigned long long)offset);
    t->data[t->n] = 0;
    return 1;
}

/* A file that is cut inside a header ends there, as in TensorFlow: its writer may still be at it. */
static int read_record(TfgRecordReader *r, TfgStatus *s)
{
    int rc = read_checked(r, r->offset, 8, s);
    if (rc <= 0)
        return rc;
    uint64_t n = load_le((const uint8_t *)r->record.data, 8);
    rc = read_checked(r, r->offset + TFG_RECORD_HEADER, n, s);
    if (rc == 0)
        return tfg_fail(s, TFG_DATA_LOSS, "truncated record at %llu", (unsigned long long)r->offset);
    if (rc > 0)
        r->offset += TFG_RECORD_HEADER + n + TFG_RECORD_FOOTER;
    return rc;
}

int tfg_record_read(TfgRecordReader *r, TfgStatus *s)
{
    if (r->lost)
        return tfg_fail(s, r->lost_code, "%s", r->lost_message ? r->lost_message : "broken record");
    int rc = read_record(r, s);
    if (rc < 0) {
        r->lost = true;
        r->lost_code = s->code;
        r->lost_message = tfg_strdup(s->message);
    }
    return rc;
}

static void make_header(uint8_t *header, uint64_t n)
{
    store_le(header, n, 8);
    store_le(header + 8, tfg_crc32c_mask(tfg_crc32c(header, 8)), 4);
}

void tfg_record_frame(TfgStr *out, const void *data, size_t n)
{
    uint8_t header[TFG_RECORD_HEADER], footer[TFG_RECORD_FOOTER];
    make_header(header, n);
    store_le(footer, tfg_crc32c_mask(tfg_crc32c(data, n)), TFG_RECORD_FOOTER);
    tfg_str_append(out, header, sizeof header);
    tfg_str_append(out, data, n);
    tfg_str_append(out, footer, sizeof footer);
}

int tfg_record_write(TfgSink *out, const void *data, size_t n, TfgStatus *s)
{
    uint8_t header[TFG_RECORD_HEADER], footer[TFG_RECORD_FOOTER];
    make_header(header, n);
    store_le(footer, tfg_crc32c_mask(tfg_crc32c(data, n)), TFG_RECORD_FOOTER);
    return out->write(out, header, sizeof header, s) < 0 || out->write(out, data, n, s) < 0 || out->write(out, footer, sizeof footer, s) < 0 ? -1 : 0;
}

/* 0: none, else zlib's window; -1 for a name that is none. */
static int window_of(const char *compression)
{
    return !compression || !*compression ? 0 : strcmp(compression, "ZLIB") == 0 ? TFG_ZLIB_WINDOW : strcmp(compression, "GZIP") == 0 ? TFG_GZIP_WINDOW : -1;
}

static int check_compression(const char *compression, TfgStatus *s)
{
    int window = window_of(compression);
    return window >= 0 ? window : tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported compression_type: %s", compression);
}

TfgSource *tfg_record_source_new(const char *path, const char *compression, TfgStatus *s)
{
    int window = check_compression(compression, s);
    TfgSource *file = window < 0 ? NULL : tfg_file_source_new(path, s);
    if (!file || !window)
        return file;
    TfgZlibOptions options = tfg_zlib_usual(window);
    return tfg_zlib_source_new_steal(file, &options, s);
}

TfgSink *tfg_record_sink_new(const char *path, const char *compression, const TfgZlibOptions *options, TfgStatus *s)
{
    int window = check_compression(compression, s);
    TfgSink *file = window < 0 ? NULL : tfg_file_sink_new(path, false, s);
    if (!file || !window)
        return file;
    TfgZlibOptions usual = tfg_zlib_usual(window);
    return tfg_zlib_sink_new_steal(file, options ? options : &usual, s);
}
