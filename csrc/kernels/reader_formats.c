/* What a record of each kind of reader is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/file.h"
#include "kernels/reader.h"

#define CHUNK 65536

void tfg_reader_file_fini(TfgReaderFile *file)
{
    if (file->has_records)
        tfg_record_reader_fini(&file->records);
    tfg_source_free(file->in);
    tfg_str_fini(&file->ahead);
    *file = (TfgReaderFile){0};
}

static int set_numbered_key(TfgStr *key, const TfgStr *work, int64_t number)
{
    tfg_str_append(key, tfg_str_text(work), work->n);
    tfg_str_printf(key, ":%" PRId64, number);
    return key->failed ? -1 : 0;
}

/* ---- Bytes ahead ------------------------------------------------------------------------------------------------------------------ */

/* Reads one piece more; file->ended tells that there is none. */
static int read_ahead(TfgReaderFile *file, TfgStatus *s)
{
    char piece[CHUNK / 16];
    size_t got = 0;
    if (file->used == file->ahead.n) {
        tfg_str_clear(&file->ahead);
        file->used = 0;
    }
    if (tfg_source_read(file->in, piece, sizeof piece, &got, s) < 0)
        return -1;
    file->ended = got == 0;
    tfg_str_append(&file->ahead, piece, got);
    return file->ahead.failed ? tfg_fail_memory(s) : 0;
}

/* Whether n bytes are there to be used; read as far as needed. */
static int want_bytes(TfgReaderFile *file, uint64_t n, TfgStatus *s)
{
    while (file->ahead.n - file->used < n && !file->ended)
        if (read_ahead(file, s) < 0)
            return -1;
    return file->ahead.n - file->used >= n;
}

static void use_bytes(TfgReaderFile *file, size_t n)
{
    file->used += n;
    if (file->used < CHUNK || file->used < file->ahead.n / 2)
        return;
    memmove(file->ahead.data, file->ahead.data + file->used, file->ahead.n - file->used);
    file->ahead.n -= file->used;
    file->used = 0;
}

/* 1, or 0 where the file ends before. */
static int skip_bytes(TfgReaderFile *file, int64_t n, TfgStatus *s)
{
    while (n > 0) {
        int there = want_bytes(file, 1, s);
        if (there <= 0)
            return there;
        size_t have = file->ahead.n - file->used, step = (uint64_t)n < have ? (size_t)n : have;
        use_bytes(file, step);
        n -= (int64_t)step;
    }
    return 1;
}

/* ---- The name itself, the whole file ------------------------------------------------------------------------------------------------ */

static int open_nothing(const TfgReaderFormat *f, TfgReaderFile *file, const char *work, TfgStatus *s)
{
    (void)f, (void)file, (void)work, (void)s;
    return 0;
}

static int next_name(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    (void)f, (void)file;
    tfg_str_append(key, tfg_str_text(work), work->n);
    tfg_str_append(value, tfg_str_text(work), work->n);
    return key->failed || value->failed ? tfg_fail_memory(s) : 1;
}

static int next_file(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    (void)f, (void)file;
    tfg_str_append(key, tfg_str_text(work), work->n);
    if (key->failed)
        return tfg_fail_memory(s);
    return tfg_file_read(tfg_str_text(work), INT64_MAX, value, s) < 0 ? -1 : 1;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------------------------- */

/* A line without its end; a carriage return before it goes too.  What is left empty at the end of the file is no line. */
static int next_text(TfgReaderFile *file, TfgStr *line, TfgStatus *s)
{
    size_t from = 0;
    for (;;) {
        const char *begin = tfg_str_text(&file->ahead) + file->used;
        size_t have = file->ahead.n - file->used;
        const char *end = have > from ? memchr(begin + from, '\n', have - from) : NULL;
        if (!end && !file->ended) {
            from = have;
            if (read_ahead(file, s) < 0)
                return -1;
            continue;
        }
        size_t n = end ? (size_t)(end - begin) : have;
        size_t keep = n > 0 && begin[n - 1] == '\r' ? n - 1 : n;
        if (line)
            tfg_str_append(line, begin, keep);
        use_bytes(file, n + (end ? 1 : 0));
        return line && line->failed ? tfg_fail_memory(s) : end || keep > 0;
    }
}

static int open_text(const TfgReaderFormat *f, TfgReaderFile *file, const char *work, TfgStatus *s)
{
    file->in = tfg_file_source_new(work, s);
    if (!file->in)
        return -1;
    for (int there = 1; file->number < f->skip && there; file->number += there)
        if ((there = next_text(file, NULL, s)) < 0)
            return -1;
    return 0;
}

static int next_line(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    (void)f;
    int there = next_text(file, value, s);
    if (there <= 0)
        return there;
    return set_numbered_key(key, work, ++file->number) < 0 ? tfg_fail_memory(s) : 1;
}

/* ---- Records of a fixed length: header | record footer | hop ... ---------------------------------------------------------------------- */

static int open_fixed(const TfgReaderFormat *f, TfgReaderFile *file, const char *work, TfgStatus *s)
{
    file->in = tfg_record_source_new(work, f->compression, s);
    int there = file->in ? skip_bytes(file, f->header, s) : -1;
    return there == 0 ? tfg_fail(s, TFG_OUT_OF_RANGE, "reached end of file") : there < 0 ? -1 : 0;
}

static int next_fixed(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    int there = file->number ? skip_bytes(file, f->hop, s) : 1;
    if (there > 0)
        there = want_bytes(file, (uint64_t)f->record + (uint64_t)f->footer, s);
    if (there <= 0)
        return there;
    tfg_str_append(value, tfg_str_text(&file->ahead) + file->used, (size_t)f->record);
    return set_numbered_key(key, work, file->number++) < 0 || value->failed ? tfg_fail_memory(s) : 1;
}

/* ---- TFRecords -------------------------------------------------------------------------------------------------------------------------- */

static int open_records(const TfgReaderFormat *f, TfgReaderFile *file, const char *work, TfgStatus *s)
{
    TfgSource *in = tfg_record_source_new(work, f->compression, s);
    if (!in || tfg_record_reader_init_steal(&file->records, in, 0, s) < 0)
        return -1;
    file->has_records = true;
    return 0;
}

static int next_record(const TfgReaderFormat *f, TfgReaderFile *file, const TfgStr *work, TfgStr *key, TfgStr *value, TfgStatus *s)
{
    (void)f;
    int64_t offset = (int64_t)file->records.offset;
    int there = tfg_record_read(&file->records, s);
    if (there <= 0)
        return there;
    tfg_str_append(value, tfg_str_text(&file->records.record), file->records.record.n);
    return set_numbered_key(key, work, offset) < 0 || value->failed ? tfg_fail_memory(s) : 1;
}

/* ---- From nodes ----------------------------------------------------------------------------------------------------------------------------- */

static const TfgReaderFormat formats[] = {
    {.name = "IdentityReader", .saves = true, .open = open_nothing, .next = next_name, .single = true},
    {.name = "WholeFileReader", .saves = true, .open = open_nothing, .next = next_file, .single = true},
    {.name = "TextLineReader", .open = open_text, .next = next_line},
    {.name = "FixedLengthRecordReader", .open = open_fixed, .next = next_fixed},
    {.name = "TFRecordReader", .open = open_records, .next = next_record},
};

static int want_size(const TfgPrepare *p, const char *name, int64_t *out, TfgStatus *s)
{
    *out = tfg_attrs_int(p->attrs, name);
    return *out >= 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be >= 0 not %lld", name, (long long)*out);
}

int tfg_reader_format(const TfgPrepare *p, TfgReaderFormat *format, TfgStatus *s)
{
    size_t n = sizeof formats / sizeof *formats, i = 0;
    while (i < n - 1 && strncmp(p->type, formats[i].name, strlen(formats[i].name)) != 0)
        i++;
    *format = formats[i];
    if (tfg_attrs_find(p->attrs, "skip_header_lines"))
        format->skip = tfg_attrs_int(p->attrs, "skip_header_lines");
    TfgBytes compression = tfg_attrs_string(p->attrs, "compression_type");
    if ((compression.n == 4 && memcmp(compression.data, "ZLIB", 4) == 0) || (compression.n == 4 && memcmp(compression.data, "GZIP", 4) == 0))
        memcpy(format->compression, compression.data, 4);
    TfgBytes encoding = tfg_attrs_string(p->attrs, "encoding");
    if (encoding.n == 4 && (memcmp(encoding.data, "ZLIB", 4) == 0 || memcmp(encoding.data, "GZIP", 4) == 0))
        memcpy(format->compression, encoding.data, 4);
    if (!tfg_attrs_find(p->attrs, "record_bytes"))
        return 0;
    if (want_size(p, "header_bytes", &format->header, s) < 0 || want_size(p, "record_bytes", &format->record, s) < 0 ||
        want_size(p, "footer_bytes", &format->footer, s) < 0 || want_size(p, "hop_bytes", &format->hop, s) < 0)
        return -1;
    if (format->hop == 0)
        format->hop = format->record;
    return 0;
}
