/* Tables from text files: a pair a line, taken from the line, its number or its columns. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/stream.h"
#include "kernels/lookup.h"
#include "kernels/string.h"

enum { LINE_NUMBER = -1, WHOLE_LINE = -2 };
#define PIECE 65536

typedef union Element { int32_t i32; int64_t i64; float f; double d; TfgString text; } Element;

typedef struct Column {
    int32_t index;              /* a column, or one of the two above */
    TfgDType dtype;
    TfgStr text;
    Element element;
} Column;

typedef struct Lines {
    TfgTableFeed base;
    const char *path;
    TfgSource *in;
    char *piece;
    size_t used, got;           /* of the piece */
    int64_t position;           /* bytes of the file that were taken */
    int64_t number, most;       /* lines given; how many there must be, -1: any */
    char delimiter;
    Column key, value;
    TfgStr line;
} Lines;

/* ---- Lines ----------------------------------------------------------------------------------------------------------------------------- */

/* The next line without its end and without a carriage return before it.  1; 0 at the end of the file, where nothing is no line. */
static int read_line(Lines *l, TfgStatus *s)
{
    const char *end = NULL;
    tfg_str_clear(&l->line);
    while (!end) {
        if (l->used == l->got) {
            l->used = 0;
            if (tfg_source_read(l->in, l->piece, PIECE, &l->got, s) < 0)
                return -1;
            if (l->got == 0)
                break;
        }
        const char *from = l->piece + l->used;
        end = memchr(from, '\n', l->got - l->used);
        size_t n = end ? (size_t)(end - from) : l->got - l->used, taken = n + (end != NULL);
        tfg_str_append(&l->line, from, n);
        l->used += taken;
        l->position += (int64_t)taken;
    }
    if (l->line.failed)
        return tfg_fail_memory(s);
    if (l->line.n && l->line.data[l->line.n - 1] == '\r')
        l->line.data[--l->line.n] = 0;
    return end || l->line.n;
}

/* The bytes of a column, -1 where the line has no such column. */
static int find_column(const Lines *l, int32_t index, const char **text, size_t *n)
{
    const char *at = tfg_str_text(&l->line), *end = at + l->line.n;
    for (int32_t i = 0;; i++) {
        const char *stop = memchr(at, l->delimiter, (size_t)(end - at));
        if (i == index) {
            *text = at;
            *n = (size_t)((stop ? stop : end) - at);
            return 0;
        }
        if (!stop)
            return -1;
        at = stop + 1;
    }
}

static int fail_columns(const Lines *l, int32_t wanted, TfgStatus *s)
{
    size_t columns = 1;
    for (size_t i = 0; i < l->line.n; i++)
        columns += l->line.data[i] == l->delimiter;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid number of columns in %s line %" PRId64 " (%s) : expected %d got %zu", l->path, l->number,
                    tfg_str_text(&l->line), (int)wanted, columns);
}

/* ---- Elements -------------------------------------------------------------------------------------------------------------------------- */

static int refuse_field(const Lines *l, const Column *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Field %s in line %" PRId64 " is not a valid %s.", tfg_str_text(&c->text), l->number,
                    tfg_dtype_signature_name(c->dtype));
}

static int set_element(const Lines *l, Column *c, TfgStatus *s)
{
    const char *text = tfg_str_text(&l->line);
    size_t n = l->line.n;
    int64_t whole = 0;
    double real = 0;
    bool ok = true;
    if (c->index == LINE_NUMBER) {
        c->element.i64 = l->number;
        return 0;
    }
    if (c->index >= 0 && find_column(l, c->index, &text, &n) < 0)
        return fail_columns(l, c->index, s);
    tfg_str_clear(&c->text);
    tfg_str_append(&c->text, text, n);
    if (c->text.failed)
        return tfg_fail_memory(s);
    text = tfg_str_text(&c->text);
    n = strnlen(text, c->text.n);       /* a zero byte ends a number, as in C */
    switch (c->dtype) {
    case TFG_STRING: c->element.text = (TfgString){c->text.data, c->text.n}; break;
    case TFG_INT32: ok = tfg_parse_integer(text, n, INT32_MIN, INT32_MAX, &whole); c->element.i32 = (int32_t)whole; break;
    case TFG_INT64: ok = tfg_parse_integer(text, n, INT64_MIN, INT64_MAX, &c->element.i64); break;
    case TFG_FLOAT: ok = tfg_parse_real(text, n, true, &real); c->element.f = (float)real; break;
    case TFG_DOUBLE: ok = tfg_parse_real(text, n, false, &c->element.d); break;
    default: return tfg_fail(s, TFG_INVALID_ARGUMENT, "Data type %s not supported.", tfg_dtype_signature_name(c->dtype));
    }
    return ok ? 0 : refuse_field(l, c, s);
}

/* A table of no pairs is none. */
static int fail_nothing(const Lines *l, bool more, TfgStatus *s)
{
    return more ? tfg_fail(s, TFG_OUT_OF_RANGE, "Finished reading %" PRId64 " of lines from %s", l->most, l->path)
                : tfg_fail(s, TFG_OUT_OF_RANGE, "Read less bytes than requested");
}

static int next_pair(TfgTableFeed *f, const void **key, const void **value, TfgStatus *s)
{
    Lines *l = (Lines *)f;
    int there = read_line(l, s);
    if (there < 0)
        return -1;
    if (!there && l->most >= 0 && l->number != l->most)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid vocab_size in %s: expected %" PRId64 " but got %" PRId64, l->path, l->most, l->number);
    if (!there || (l->most >= 0 && l->number >= l->most))
        return l->number > 0 ? 0 : fail_nothing(l, there, s);
    if (l->line.n == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid content in %s: empty line found at position %" PRId64 ".", l->path, l->position);
    int32_t last = l->key.index > l->value.index ? l->key.index : l->value.index;
    const char *text;
    size_t n;
    if (last >= 0 && find_column(l, last, &text, &n) < 0)
        return fail_columns(l, last, s);
    if (set_element(l, &l->key, s) < 0 || set_element(l, &l->value, s) < 0)
        return -1;
    l->number++;
    *key = &l->key.element;
    *value = &l->value.element;
    return 1;
}

/* ---- The whole file -------------------------------------------------------------------------------------------------------------------- */

static int check_dtypes(const Lines *l, TfgStatus *s)
{
    const char *key = tfg_dtype_signature_name(l->key.dtype), *value = tfg_dtype_signature_name(l->value.dtype);
    if (l->key.index == LINE_NUMBER && l->key.dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Key index for line number requires table key dtype of int64, got %s", key);
    if (l->value.index == LINE_NUMBER && l->value.dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Value index for line number requires table value dtype of int64, got %s", value);
    if (l->value.index == WHOLE_LINE && l->value.dtype != TFG_STRING)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Value index for whole line requires table value dtype of string, got %s", value);
    if (l->key.index < WHOLE_LINE || l->value.index < WHOLE_LINE)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices of columns must be below 2^31");
    return 0;
}

static void lines_fini(Lines *l)
{
    tfg_source_free(l->in);
    tfg_free(l->piece);
    tfg_str_fini(&l->line);
    tfg_str_fini(&l->key.text);
    tfg_str_fini(&l->value.text);
}

static bool has_been_initialized(TfgTable *t)
{
    pthread_rwlock_rdlock(&t->lock);
    bool is = t->kind->is_initialized(t);
    pthread_rwlock_unlock(&t->lock);
    return is;
}

/* A table by the file's name is shared, and whoever comes second finds it initialised, perhaps from another file: that is no failure. */
static int forgive(TfgStatus *s)
{
    tfg_status_fini(s);
    return 0;
}

int tfg_table_read_text(TfgTable *t, const char *path, const TfgAttrs *attrs, TfgStatus *s)
{
    Lines l = {
        .base = {next_pair}, .path = path, .most = tfg_attrs_int(attrs, "vocab_size"), .delimiter = tfg_attrs_string(attrs, "delimiter").data[0],
        .key = {.index = (int32_t)tfg_attrs_int(attrs, "key_index"), .dtype = t->key},
        .value = {.index = (int32_t)tfg_attrs_int(attrs, "value_index"), .dtype = t->value}};
    if (check_dtypes(&l, s) < 0)
        return -1;
    int rc = -1;
    if (!(l.piece = tfg_alloc(PIECE)))
        tfg_fail_memory(s);
    else if ((l.in = tfg_file_source_new(path, s)))
        rc = tfg_table_initialize(t, &l.base, s);
    lines_fini(&l);
    return rc < 0 && s->code == TFG_FAILED_PRECONDITION && has_been_initialized(t) ? forgive(s) : rc;
}
