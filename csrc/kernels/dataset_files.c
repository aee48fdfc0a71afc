/* Datasets of what stands in files: lines of text, records of TFRecord files, records of a fixed length. */
#include "base/memory.h"
#include "base/status.h"
#include "io/file.h"
#include "io/records.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

#define CHUNK 65536

typedef struct Files {
    TfgDataset base;
    TfgTensor *names;           /* text, counted */
    char compression[8];        /* "", "ZLIB" or "GZIP" */
    uint64_t header, record, footer;
} Files;

typedef struct FilesWalk {
    TfgWalk base;
    int64_t at;                 /* the file at hand */
    bool open;
    TfgSource *in;              /* of lines */
    char *ahead;                /* CHUNK bytes that were read, of which [used, n) were not looked at; a record of a fixed length */
    size_t used, n;
    uint64_t passed;            /* bytes of the lines' file */
    TfgRecordReader records;
    uint64_t start;             /* where the next file of records is read from */
    TfgBlob *blob;              /* of records of a fixed length, [offset, limit) */
    uint64_t offset, limit;
    TfgStr line;
} FilesWalk;

static void files_fini(TfgDataset *d) { tfg_tensor_unref(((Files *)d)->names); }

static void close_file(FilesWalk *w)
{
    if (w->open && w->base.dataset->kind->name[0] == 'T' && w->base.dataset->kind->name[1] == 'F')
        tfg_record_reader_fini(&w->records);
    tfg_source_free(w->in);
    tfg_blob_close(w->blob);
    w->in = NULL;
    w->blob = NULL;
    w->used = w->n = 0;
    w->passed = 0;
    w->open = false;
}

static void files_end(TfgWalk *walk)
{
    FilesWalk *w = (FilesWalk *)walk;
    close_file(w);
    tfg_free(w->ahead);
    tfg_str_fini(&w->line);
}

/* What a kind of file does: opens the file, or gives its next element (1, 0 at its end, -1). */
typedef int (*OpenFn)(FilesWalk *w, const char *path, TfgStatus *s);
typedef int (*ReadFn)(FilesWalk *w, TfgTensor **out, TfgStatus *s);

static int open_next(FilesWalk *w, OpenFn open, TfgStatus *s)
{
    const Files *d = (const Files *)w->base.dataset;
    const TfgString *name = (const TfgString *)d->names->data + w->at;
    char *path = tfg_strndup(name->data ? name->data : "", name->n);
    if (!path)
        return tfg_fail_memory(s);
    int rc = open(w, path, s);
    tfg_free(path);
    w->open = rc == 0;
    if (rc < 0)
        close_file(w);
    return rc;
}

/* Past the end of a file comes the next one.  One that cannot be opened, or has a broken record, fails again each time. */
static int next_of_files(FilesWalk *w, OpenFn open, ReadFn read, TfgTensor **out, TfgStatus *s)
{
    while (w->at < ((const Files *)w->base.dataset)->names->count) {
        if (!w->open && open_next(w, open, s) < 0)
            return -1;
        int rc = read(w, out, s);
        if (rc != 0)
            return rc;
        close_file(w);
        w->at++;
    }
    return 0;
}

static int give_text(TfgTensor **out, const char *text, size_t n, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 0, NULL, s);
    if (t && tfg_string_set(t->data, text ? text : "", n) < 0) {
        tfg_tensor_unref(t);
        t = NULL;
        tfg_fail_memory(s);
    }
    *out = t;
    return t ? 1 : -1;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------------------- */

static int open_lines(FilesWalk *w, const char *path, TfgStatus *s)
{
    if (!w->ahead && !(w->ahead = tfg_alloc(CHUNK)))
        return tfg_fail_memory(s);
    w->in = tfg_record_source_new(path, ((const Files *)w->base.dataset)->compression, s);
    return w->in ? 0 : -1;
}

/* A piece of a line joins it without its carriage returns, wherever they are. */
static int add_to_line(FilesWalk *w, const char *piece, size_t n, TfgStatus *s)
{
    while (n > 0) {
        const char *cr = memchr(piece, '\r', n);
        size_t k = cr ? (size_t)(cr - piece) : n;
        tfg_str_append(&w->line, piece, k);
        piece += k + (cr ? 1 : 0);
        n -= k + (cr ? 1 : 0);
    }
    return w->line.failed ? tfg_fail_memory(s) : 0;
}

/* What is left empty at the end of the file is no line. */
static int read_line(FilesWalk *w, TfgTensor **out, TfgStatus *s)
{
    tfg_str_clear(&w->line);
    for (;;) {
        if (w->used == w->n) {
            w->used = w->n = 0;
            if (w->in->read(w->in, w->ahead, CHUNK, &w->n, s) < 0)
                return -1;
            if (w->n == 0)
                return w->line.n ? give_text(out, w->line.data, w->line.n, s) : 0;
        }
        const char *begin = w->ahead + w->used, *end = memchr(begin, '\n', w->n - w->used);
        size_t n = end ? (size_t)(end - begin) : w->n - w->used;
        w->used += n + (end ? 1 : 0);
        w->passed += n + (end ? 1 : 0);
        if (add_to_line(w, begin, n, s) < 0)
            return -1;
        if (end)
            return give_text(out, w->line.data, w->line.n, s);
    }
}

static int lines_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    return next_of_files((FilesWalk *)w, open_lines, read_line, out, s);
}

/* ---- TFRecord ------------------------------------------------------------------------------------------------------------------ */

static int open_records(FilesWalk *w, const char *path, TfgStatus *s)
{
    TfgSource *in = tfg_record_source_new(path, ((const Files *)w->base.dataset)->compression, s);
    uint64_t start = w->start;
    w->start = 0;
    if (!in)
        return -1;
    int rc = tfg_record_reader_init_steal(&w->records, in, start, s);
    if (rc < 0)
        tfg_record_reader_fini(&w->records);
    return rc;
}

static int read_record(FilesWalk *w, TfgTensor **out, TfgStatus *s)
{
    int rc = tfg_record_read(&w->records, s);
    return rc == 1 ? give_text(out, w->records.record.data, w->records.record.n, s) : rc;
}

static int records_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    return next_of_files((FilesWalk *)w, open_records, read_record, out, s);
}

/* ---- Records of a fixed length -------------------------------------------------------------------------------------------------- */

static int open_fixed(FilesWalk *w, const char *path, TfgStatus *s)
{
    const Files *d = (const Files *)w->base.dataset;
    w->blob = tfg_blob_open(path, s);
    if (!w->blob)
        return -1;
    uint64_t body = w->blob->size - (d->header + d->footer);        /* wraps where the file is too short, as TensorFlow's does */
    if (body % d->record != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Excluding the header (%llu bytes) and footer (%llu bytes), input file \"%s\" has body length "
                        "%llu bytes, which is not an exact multiple of the record length (%llu bytes).", (unsigned long long)d->header,
                        (unsigned long long)d->footer, path, (unsigned long long)body, (unsigned long long)d->record);
    w->offset = d->header;
    w->limit = d->footer <= w->blob->size ? w->blob->size - d->footer : 0;
    return 0;
}

static int read_fixed(FilesWalk *w, TfgTensor **out, TfgStatus *s)
{
    const Files *d = (const Files *)w->base.dataset;
    if (d->header > w->blob->size)
        return tfg_fail(s, TFG_INTERNAL, "Iterator \"Iterator::FixedLengthRecord\" returned OutOfRange without setting `*end_of_sequence`. This "
                        "indicates that an error may have occurred. Original message: Read less bytes than requested");
    if (w->offset >= w->limit)
        return 0;
    if (!w->ahead && !(w->ahead = tfg_alloc((size_t)d->record)))
        return tfg_fail_memory(s);
    if (tfg_blob_read(w->blob, w->offset, w->ahead, (size_t)d->record, s) < 0)
        return -1;
    w->offset += d->record;
    return give_text(out, w->ahead, (size_t)d->record, s);
}

static int fixed_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    bool short_file = ((FilesWalk *)w)->blob && ((const Files *)w->dataset)->header > ((FilesWalk *)w)->blob->size;
    if (short_file) {           /* it has failed once */
        close_file((FilesWalk *)w);
        ((FilesWalk *)w)->at++;
    }
    return next_of_files((FilesWalk *)w, open_fixed, read_fixed, out, s);
}

/* ---- Where they stand ------------------------------------------------------------------------------------------------------------- */

/* The file at hand, and whether it is open at `pos`; *open is false when there is no position to read. */
static int files_state(FilesWalk *w, const char *name, int64_t *pos, bool *open, TfgWalkState *t, TfgStatus *s)
{
    int64_t n = ((const Files *)w->base.dataset)->names->count;
    *open = w->open;
    if (tfg_state_count(t, "current_file_index", &w->at, 0, n, s) < 0 || tfg_state_flag(t, "open", open, s) < 0)
        return -1;
    *open = *open && w->at < n;
    return *open ? tfg_state_count(t, name, pos, 0, INT64_MAX, s) : 0;
}

static int lines_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    FilesWalk *w = (FilesWalk *)walk;
    int64_t pos = (int64_t)w->passed;
    bool open;
    if (files_state(w, "current_pos", &pos, &open, t, s) < 0)
        return -1;
    if (!t->reads || !open)
        return 0;
    if (open_next(w, open_lines, s) < 0)
        return -1;
    for (int64_t left = pos; left > 0; left -= (int64_t)w->n) {
        if (w->in->read(w->in, w->ahead, left < CHUNK ? (size_t)left : CHUNK, &w->n, s) < 0)
            return -1;
        if (w->n == 0)
            break;
    }
    w->used = w->n = 0;
    w->passed = (uint64_t)pos;
    return 0;
}

static int records_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    FilesWalk *w = (FilesWalk *)walk;
    int64_t pos = w->open ? (int64_t)w->records.offset : 0;
    bool open;
    if (files_state(w, "offset", &pos, &open, t, s) < 0)
        return -1;
    w->start = t->reads && open ? (uint64_t)pos : 0;
    return t->reads && open ? open_next(w, open_records, s) : 0;
}

static int fixed_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    FilesWalk *w = (FilesWalk *)walk;
    int64_t pos = (int64_t)w->offset;
    bool open;
    if (files_state(w, "current_pos", &pos, &open, t, s) < 0)
        return -1;
    if (!t->reads || !open)
        return 0;
    if (open_next(w, open_fixed, s) < 0)
        return -1;
    w->offset = (uint64_t)pos;
    return 0;
}

/* ---- Kernels ------------------------------------------------------------------------------------------------------------------- */

static const TfgDatasetKind lines_kind = {"TextLine", sizeof(Files), sizeof(FilesWalk), files_fini, NULL, lines_next, files_end, lines_state};
static const TfgDatasetKind records_kind = {"TFRecord", sizeof(Files), sizeof(FilesWalk), files_fini, NULL, records_next, files_end, records_state};
static const TfgDatasetKind fixed_kind = {"FixedLengthRecord", sizeof(Files), sizeof(FilesWalk), files_fini, NULL, fixed_next, files_end, fixed_state};

static Files *files_new(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    static const TfgDType dtype = TFG_STRING;
    if (c->in[0]->rank > 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "`filenames` must be a scalar or a vector.");
        return NULL;
    }
    Files *d = tfg_dataset_new(kind, NULL, s);
    if (d && tfg_dataset_declare(&d->base, 1, &dtype, s) == 0 &&
        (d->names = tfg_kernel_keep(c, 0, s)))
        return d;
    tfg_dataset_unref(d);
    return NULL;
}

/* "", "ZLIB" or "GZIP"; others are left aside, or a failure. */
static int read_compression(TfgKernelCall *c, int i, char *to, bool strict, TfgStatus *s)
{
    if (c->in[i]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "compression_type must be a scalar");
    const TfgString *text = c->in[i]->data;
    bool zlib = text->n == 4 && memcmp(text->data, "ZLIB", 4) == 0, gzip = text->n == 4 && memcmp(text->data, "GZIP", 4) == 0;
    if (strict && text->n && !zlib && !gzip)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported compression_type.");
    const char *known = zlib ? "ZLIB" : gzip ? "GZIP" : "";
    memcpy(to, known, strlen(known) + 1);
    return 0;
}

static int run_streamed(TfgKernelCall *c, const TfgDatasetKind *kind, bool strict, const char *buffer_words, TfgStatus *s)
{
    char compression[8] = "";
    int64_t buffer;
    if (c->in[0]->rank <= 1 && read_compression(c, 1, compression, strict, s) < 0)
        return -1;
    if (tfg_scalar_argument(c, 2, "buffer_size", &buffer, s) < 0)
        return -1;
    if (buffer < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`buffer_size` must be >= 0 (0 == %s)", buffer_words);
    Files *d = files_new(c, kind, s);
    if (!d)
        return -1;
    memcpy(d->compression, compression, sizeof compression);
    return tfg_dataset_give_steal(c, d, s);
}

static int run_lines(TfgKernelCall *c, TfgStatus *s) { return run_streamed(c, &lines_kind, true, "default", s); }
static int run_records(TfgKernelCall *c, TfgStatus *s) { return run_streamed(c, &records_kind, false, "no buffering", s); }

static int run_fixed(TfgKernelCall *c, TfgStatus *s)
{
    int64_t header, record, footer, buffer;
    if (tfg_scalar_argument(c, 1, "header_bytes", &header, s) < 0)
        return -1;
    if (header < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`header_bytes` must be >= 0");
    if (tfg_scalar_argument(c, 2, "record_bytes", &record, s) < 0)
        return -1;
    if (record <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`record_bytes` must be > 0");
    if (tfg_scalar_argument(c, 3, "footer_bytes", &footer, s) < 0)
        return -1;
    if (footer < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`footer_bytes` must be >= 0");
    if (tfg_scalar_argument(c, 4, "buffer_size", &buffer, s) < 0)
        return -1;
    if (buffer < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`buffer_size` must be >= 0");
    Files *d = files_new(c, &fixed_kind, s);
    if (!d)
        return -1;
    d->header = (uint64_t)header;
    d->record = (uint64_t)record;
    d->footer = (uint64_t)footer;
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- Into a file --------------------------------------------------------------------------------------------------------------- */

static int write_elements(TfgWalk *walk, TfgSink *out, TfgCancel *cancel, TfgStatus *s)
{
    TfgTensor *t = NULL;
    int rc;
    while ((rc = tfg_walk_next(walk, &t, cancel, s)) == 1) {
        const TfgString *text = t->data;
        rc = t->rank != 0 ? tfg_fail(s, TFG_INVALID_ARGUMENT, "A record must be a scalar") :
             tfg_record_write(out, text->data ? text->data : "", text->n, s);
        tfg_tensors_drop(&t, 1);
        if (rc < 0)
            return -1;
    }
    return rc;
}

static int run_write_records(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *d = tfg_dataset_of(c->in[0], s);
    char compression[8];
    if (!d)
        return -1;
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filename must be a scalar");
    if (read_compression(c, 2, compression, false, s) < 0)
        return -1;
    if (d->n != 1 || d->dtypes[0] != TFG_STRING)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The dataset must have elements of one string");
    const TfgString *name = c->in[1]->data;
    char *path = tfg_strndup(name->data ? name->data : "", name->n);
    if (!path)
        return tfg_fail_memory(s);
    TfgSink *out = tfg_record_sink_new(path, compression, NULL, s);
    TfgWalk *walk = out ? tfg_walk_new(d, s) : NULL;
    int rc = walk ? write_elements(walk, out, c->cancel, s) : -1;
    if (rc == 0)
        rc = out->close(out, s);
    tfg_walk_free(walk);
    tfg_sink_free(out);
    tfg_free(path);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "TextLineDataset", .run = run_lines}, {.op = "TFRecordDataset", .run = run_records},
    {.op = "FixedLengthRecordDataset", .run = run_fixed},
    {.op = "DatasetToTFRecord", .run = run_write_records, .flags = TFG_KERNEL_EXPENSIVE},
};

int tfg_register_datasets_files(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
