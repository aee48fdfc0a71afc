/* Records of CSV files as elements, a component for each column.  A record that is wrong is an error, and the next one is read after it. */
#include "base/memory.h"
#include "base/status.h"
#include "io/records.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"
#include "kernels/string.h"

#define CHUNK 65536
#define END (-1)
#define BROKEN (-2)

typedef struct Csv {
    TfgDataset base;
    TfgTensor *names;
    TfgTensor **defaults;       /* empty where a value is required */
    char compression[8];
    bool header, quotes;
    char delim;
    char *na;
    size_t na_n;
    int64_t *columns;           /* that are wanted, ascending; NULL: all */
} Csv;

typedef struct CsvWalk {
    TfgWalk base;
    int64_t at;                 /* the file at hand */
    TfgSource *in;
    unsigned char *ahead;
    size_t used, n;
    uint64_t passed;            /* bytes of the file */
    TfgStr field;
} CsvWalk;

static void csv_fini(TfgDataset *d)
{
    Csv *v = (Csv *)d;
    tfg_tensor_unref(v->names);
    if (v->defaults)
        tfg_tensors_drop(v->defaults, d->n);
    tfg_free(v->na);
}

static int csv_begin(TfgWalk *w, TfgStatus *s)
{
    ((CsvWalk *)w)->ahead = tfg_alloc(CHUNK);
    return ((CsvWalk *)w)->ahead ? 0 : tfg_fail_memory(s);
}

static void close_file(CsvWalk *w)
{
    tfg_source_free(w->in);
    w->in = NULL;
    w->used = w->n = 0;
    w->passed = 0;
}

static void csv_end(TfgWalk *walk)
{
    CsvWalk *w = (CsvWalk *)walk;
    close_file(w);
    tfg_free(w->ahead);
    tfg_str_fini(&w->field);
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------------------------------- */

/* The next byte, which stays; END or BROKEN. */
static int peek(CsvWalk *w, TfgStatus *s)
{
    if (w->used == w->n) {
        w->used = w->n = 0;
        if (w->in->read(w->in, w->ahead, CHUNK, &w->n, s) < 0)
            return BROKEN;
        if (w->n == 0)
            return END;
    }
    return w->ahead[w->used];
}

static int take(CsvWalk *w, TfgStatus *s)
{
    int c = peek(w, s);
    w->used += c >= 0;
    w->passed += c >= 0;
    return c;
}

static bool ends_field(const Csv *d, int c) { return c == END || c == '\n' || c == '\r' || c == (unsigned char)d->delim; }

/* ---- Fields --------------------------------------------------------------------------------------------------------------------------- */

/* 0; a failure of the record keeps its first words. */
static void note(TfgStatus *first, const char *words)
{
    if (first->code == TFG_OK)
        tfg_fail(first, TFG_INVALID_ARGUMENT, "%s", words);
}

static int put(CsvWalk *w, int c, TfgStatus *s)
{
    char byte = (char)c;
    tfg_str_append(&w->field, &byte, 1);
    return w->field.failed ? tfg_fail_memory(s) : 0;
}

static int scan_quoted(CsvWalk *w, TfgStatus *first, TfgStatus *s)
{
    const Csv *d = (const Csv *)w->base.dataset;
    TfgStatus mine = TFG_STATUS_INIT;
    int c;
    while ((c = take(w, s)) >= 0) {
        if (c == '"') {
            int next = peek(w, s);
            if (next == BROKEN || ends_field(d, next)) {
                c = next == BROKEN ? BROKEN : 0;
                break;
            }
            if (next == '"')
                take(w, s);
            else
                note(&mine, "Quote inside a string has to be escaped by another quote");
        }
        if (put(w, c, s) < 0) {
            c = BROKEN;
            break;
        }
    }
    if (c == END) {
        tfg_status_fini(&mine);
        note(first, "Reached end of file without closing quoted field in record");
    } else if (mine.code != TFG_OK && first->code == TFG_OK) {
        tfg_status_move(first, &mine);
    }
    tfg_status_fini(&mine);
    return c == BROKEN ? -1 : 0;
}

static int scan_plain(CsvWalk *w, TfgStatus *first, TfgStatus *s)
{
    const Csv *d = (const Csv *)w->base.dataset;
    int c;
    while ((c = peek(w, s)) != BROKEN && !ends_field(d, c)) {
        if (c == '"' && d->quotes)
            note(first, "Unquoted fields cannot have quotes inside");
        if (put(w, take(w, s), s) < 0)
            return -1;
    }
    return c == BROKEN ? -1 : 0;
}

/* The delimiter goes, or the end of the line: 1 where the record goes on, 0, -1. */
static int end_field(CsvWalk *w, TfgStatus *s)
{
    int c = take(w, s);
    if (c == '\r' && peek(w, s) == '\n')
        take(w, s);
    return s->code != TFG_OK || c == BROKEN ? -1 : c == (unsigned char)((const Csv *)w->base.dataset)->delim;
}

static const char *type_words(TfgDType d)
{
    return d == TFG_INT32 ? "int32" : d == TFG_INT64 ? "int64" : d == TFG_FLOAT ? "float" : "double";
}

/* What the field says as component k; `first` where it says nothing. */
static int store(CsvWalk *w, int k, TfgTensor **out, TfgStatus *first, TfgStatus *s)
{
    const Csv *d = (const Csv *)w->base.dataset;
    TfgDType dtype = d->base.dtypes[k];
    const TfgStr *field = &w->field;
    TfgTensor *t = *out = tfg_tensor_new(dtype, 0, NULL, s);
    int64_t number = 0;
    double real = 0;
    if (!t)
        return -1;
    if (field->n == 0 || (field->n == d->na_n && memcmp(field->data, d->na, d->na_n) == 0)) {
        if (d->defaults[k]->count)
            return tfg_copy_elements(dtype, t->data, d->defaults[k]->data, 1, s);
        if (first->code == TFG_OK)
            tfg_fail(first, TFG_INVALID_ARGUMENT, "Field %d is required but missing in record!", k);
        return 0;
    }
    if (dtype == TFG_STRING)
        return tfg_string_set(t->data, field->data, field->n) < 0 ? tfg_fail_memory(s) : 0;
    bool whole = dtype == TFG_INT32 || dtype == TFG_INT64, narrow = dtype == TFG_INT32;
    bool fits = whole ? tfg_parse_integer(field->data, field->n, narrow ? INT32_MIN : INT64_MIN, narrow ? INT32_MAX : INT64_MAX, &number) :
                tfg_parse_real(field->data, field->n, dtype == TFG_FLOAT, &real);
    if (!fits && first->code == TFG_OK)
        tfg_fail(first, TFG_INVALID_ARGUMENT, "Field %d in record is not a valid %s: %.*s", k, type_words(dtype),
                 (int)(field->n < 4096 ? field->n : 4096), field->data);
    if (fits && dtype == TFG_INT32)
        *(int32_t *)t->data = (int32_t)number;
    else if (fits && dtype == TFG_INT64)
        *(int64_t *)t->data = number;
    else if (fits && dtype == TFG_FLOAT)
        *(float *)t->data = (float)real;
    else if (fits)
        *(double *)t->data = real;
    return 0;
}

/* ---- Records -------------------------------------------------------------------------------------------------------------------------- */

/* 1, 0 at the file's end, -1; `first` says what is wrong with the record. */
static int read_record(CsvWalk *w, TfgTensor **out, TfgStatus *first, TfgStatus *s)
{
    const Csv *d = (const Csv *)w->base.dataset;
    int n = d->base.n, k = 0, more = 1, c = peek(w, s);
    if (c < 0)
        return c == END ? 0 : -1;
    for (int64_t column = 0; more == 1; column++) {
        tfg_str_clear(&w->field);
        c = peek(w, s);
        if (c == BROKEN)
            return -1;
        if (c == '"' && d->quotes) {
            take(w, s);
            if (scan_quoted(w, first, s) < 0)
                return -1;
        } else if (scan_plain(w, first, s) < 0) {
            return -1;
        }
        bool wanted = k < n && (!d->columns || d->columns[k] == column);
        if (wanted && first->code == TFG_OK && store(w, k, &out[k], first, s) < 0)
            return -1;
        k += wanted;
        if (!wanted && !d->columns && first->code == TFG_OK)
            tfg_fail(first, TFG_INVALID_ARGUMENT, "Expect %d fields but have more in record", n);
        more = end_field(w, s);
    }
    if (more == 0 && k < n && first->code == TFG_OK)
        tfg_fail(first, TFG_INVALID_ARGUMENT, "Expect %d fields but have %d in record", n, k);
    return more < 0 ? -1 : 1;
}

static int open_file(CsvWalk *w, TfgStatus *s)
{
    const Csv *d = (const Csv *)w->base.dataset;
    const TfgString *name = (const TfgString *)d->names->data + w->at;
    char *path = tfg_strndup(name->data ? name->data : "", name->n);
    if (!path)
        return tfg_fail_memory(s);
    w->in = tfg_record_source_new(path, d->compression, s);
    tfg_free(path);
    if (!w->in)
        return -1;
    int c = d->header ? peek(w, s) : 0;
    if (c == END) {
        close_file(w);
        w->at++;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Can't read header of file");
    }
    while (d->header && c >= 0 && c != '\n')
        c = take(w, s);
    return c == BROKEN ? -1 : 0;
}

static int csv_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    CsvWalk *w = (CsvWalk *)walk;
    while (w->at < ((const Csv *)walk->dataset)->names->count) {
        TfgStatus first = TFG_STATUS_INIT;
        int rc = !w->in && open_file(w, s) < 0 ? -1 : read_record(w, out, &first, s);
        if (rc == 1 && first.code != TFG_OK) {
            tfg_status_move(s, &first);
            rc = -1;
        }
        tfg_status_fini(&first);
        if (rc != 0)
            return rc;
        close_file(w);
        w->at++;
    }
    return 0;
}

static int csv_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    CsvWalk *w = (CsvWalk *)walk;
    bool open = w->in != NULL;
    int64_t passed = (int64_t)w->passed;
    if (tfg_state_count(t, "current_file_index", &w->at, 0, ((const Csv *)walk->dataset)->names->count, s) < 0 || tfg_state_flag(t, "open", &open, s) < 0)
        return -1;
    if (!open || w->at == ((const Csv *)walk->dataset)->names->count)
        return 0;
    if (tfg_state_count(t, "pos", &passed, 0, INT64_MAX, s) < 0)
        return -1;
    if (!t->reads)
        return 0;
    int c = open_file(w, s) < 0 ? BROKEN : 0;
    while (c >= 0 && w->passed < (uint64_t)passed)
        c = take(w, s);
    return c == BROKEN ? -1 : 0;
}

static const TfgDatasetKind csv_kind = {"CSV", sizeof(Csv), sizeof(CsvWalk), csv_fini, csv_begin, csv_next, csv_end, csv_state};

/* ---- Kernel --------------------------------------------------------------------------------------------------------------------------- */

static const TfgString *text_argument(const TfgKernelCall *c, int i, const char *name, TfgStatus *s)
{
    if (c->in[i]->rank == 0)
        return c->in[i]->data;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", name);
    return NULL;
}

static int read_columns(Csv *d, const TfgTensor *t, int n, TfgStatus *s)
{
    if (t->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`select_cols` must be a vector.");
    if (t->count == 0)
        return 0;
    if (t->count != n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should match output size");
    d->columns = tfg_arena_alloc(&d->base.arena, (size_t)n * sizeof *d->columns);
    if (!d->columns)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++) {
        d->columns[i] = tfg_tensor_int(t, i);
        if (i > 0 && d->columns[i] <= d->columns[i - 1])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should be strictly increasing indices");
    }
    return d->columns[0] >= 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should be non-negative indices");
}

static int read_defaults(Csv *d, TfgKernelCall *c, int n, TfgStatus *s)
{
    d->defaults = tfg_arena_alloc(&d->base.arena, (size_t)n * sizeof(TfgTensor *));
    if (!d->defaults)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++) {
        if (c->in[8 + i]->rank > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Each record default should be at most rank 1");
        if (c->in[8 + i]->count > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "There should only be 1 default per field but field %d has %lld", i,
                            (long long)c->in[8 + i]->count);
        if (!(d->defaults[i] = tfg_kernel_keep(c, 8 + i, s)))
            return -1;
    }
    return 0;
}

static int read_csv(Csv *d, TfgKernelCall *c, TfgStatus *s)
{
    int64_t buffer, header, quotes;
    int n = c->n_in - 8;
    const TfgString *compression = text_argument(c, 1, "compression_type", s), *delim, *na;
    if (!compression)
        return -1;
    bool zlib = compression->n == 4 && memcmp(compression->data, "ZLIB", 4) == 0, gzip = compression->n == 4 && memcmp(compression->data, "GZIP", 4) == 0;
    if (compression->n && !zlib && !gzip)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported compression_type: %.*s.", (int)(compression->n < 256 ? compression->n : 256),
                        compression->data);
    memcpy(d->compression, zlib ? "ZLIB" : gzip ? "GZIP" : "", zlib || gzip ? 5 : 1);
    if (tfg_scalar_argument(c, 2, "buffer_size", &buffer, s) < 0)
        return -1;
    if (buffer <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "buffer_size should be positive");
    if (tfg_scalar_argument(c, 3, "header", &header, s) < 0 || !(delim = text_argument(c, 4, "field_delim", s)))
        return -1;
    if (delim->n != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "field_delim should be only 1 char");
    if (tfg_scalar_argument(c, 5, "use_quote_delim", &quotes, s) < 0 || !(na = text_argument(c, 6, "na_value", s)))
        return -1;
    d->header = header != 0;
    d->quotes = quotes != 0;
    d->delim = delim->data[0];
    d->na = tfg_strndup(na->data ? na->data : "", na->n);
    d->na_n = na->n;
    if (!d->na)
        return tfg_fail_memory(s);
    if (read_columns(d, c->in[7], n, s) < 0 || tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0)
        return -1;
    return read_defaults(d, c, n, s);
}

static int run_csv(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`filenames` must be a scalar or a vector.");
    Csv *d = tfg_dataset_new(&csv_kind, NULL, s);
    if (!d || !(d->names = tfg_kernel_keep(c, 0, s)) || read_csv(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {{.op = "ExperimentalCSVDataset", .run = run_csv}};

int tfg_register_datasets_csv(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
