/* The text is read as protobuf's reader of JSON does: trailing commas, single quotes and keys without quotes pass.  Broken syntax is what
 * is told first; otherwise, the last of what does not fit an Example. */
#include "io/json_example.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/wire.h"

#define MAX_DEPTH 1000          /* of lists and objects in each other */

/* What a value of the text is to become. */
typedef enum Slot { IGNORED, EXAMPLE, FEATURES, FEATURE_MAP, FEATURE, BYTES_LIST, FLOAT_LIST, INT64_LIST, BYTES, FLOAT, INT64 } Slot;
static const char *const slot_type[] = {
    "", "tensorflow.Example", "tensorflow.Features", "tensorflow.Features.FeatureEntry", "tensorflow.Feature", "tensorflow.BytesList",
    "tensorflow.FloatList", "tensorflow.Int64List", "TYPE_BYTES", "TYPE_FLOAT", "TYPE_INT64"};

typedef enum Kind { NONE, BOOLEAN, SIGNED, UNSIGNED, REAL, TEXT } Kind;
typedef struct Scalar {
    Kind kind;
    bool truth;
    int64_t i;
    uint64_t u;
    double d;
    TfgStr text;
} Scalar;

typedef struct Reader {
    const char *p, *end;
    int depth;
    TfgStr path;                /* "features.feature[0].value" */
    TfgStr misfit;              /* the last thing that does not fit; empty: none */
    TfgStr *out;
} Reader;

static int read_value(Reader *r, Slot slot, uint32_t number, const char *expected, TfgStatus *s);

/* ---- Syntax ---------------------------------------------------------------------------------------------------------------------------- */

static bool is_letter(char c) { return isalpha((unsigned char)c) || c == '_' || c == '$'; }

static char peek(Reader *r)
{
    while (r->p < r->end && (isspace((unsigned char)*r->p)))
        r->p++;
    return r->p < r->end ? *r->p : '\0';
}

/* "Expected a value.", and that the text ended where it did. */
static int fail_expected(const Reader *r, const char *expected, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s", r->p == r->end ? "Unexpected end of string. " : "", expected);
}

static bool take_word(Reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return false;
    r->p += n;
    return true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int read_hex(Reader *r, uint32_t *out, TfgStatus *s)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int digit = r->p < r->end ? hex_value(*r->p) : -1;
        if (digit < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid escape sequence.");
        *out = *out * 16 + (uint32_t)digit;
        r->p++;
    }
    return 0;
}

static void put_utf8(TfgStr *out, uint32_t c)
{
    if (c < 0x80) {
        tfg_str_putc(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    tfg_str_putc(out, (char)((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | c >> 6 * more));
    while (more-- > 0)
        tfg_str_putc(out, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

/* Behind "\u". */
static int read_code_point(Reader *r, TfgStr *out, TfgStatus *s)
{
    uint32_t c, low;
    if (read_hex(r, &c, s) < 0)
        return -1;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (!take_word(r, "\\u"))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Missing low surrogate.");
        if (read_hex(r, &low, s) < 0)
            return -1;
        if (low < 0xdc00 || low > 0xdfff)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid low surrogate.");
        c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
    } else if (c >= 0xdc00 && c <= 0xdfff) {
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid unicode code point.");
    }
    put_utf8(out, c);
    return 0;
}

/* A quoted string; stands on its quote. */
static int read_string(Reader *r, TfgStr *out, TfgStatus *s)
{
    char quote = *r->p++;
    while (r->p < r->end && *r->p != quote) {
        char c = *r->p++;
        if (c != '\\') {
            tfg_str_putc(out, c);
            continue;
        }
        if (r->p == r->end)
            break;
        c = *r->p++;
        static const char letters[] = "bfnrtv", escapes[] = "\b\f\n\r\t\v";
        const char *known = memchr(letters, c, 6);
        if (c == 'u' && read_code_point(r, out, s) < 0)
            return -1;
        if (c != 'u')
            tfg_str_putc(out, known ? escapes[known - letters] : c);
    }
    if (r->p == r->end)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Closing quote expected in string.");
    r->p++;
    return out->failed ? tfg_fail_memory(s) : 0;
}

static int read_real(const char *text, Scalar *v, TfgStatus *s)
{
    char *stop;
    v->kind = REAL;
    v->d = strtod(text, &stop);
    if (*stop)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unable to parse number.");
    return isfinite(v->d) ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Number exceeds the range of double.");
}

static int read_number(Reader *r, Scalar *v, TfgStatus *s)
{
    const char *start = r->p;
    bool negative = *r->p == '-', real = false;
    for (r->p += negative; r->p < r->end && memchr("0123456789.eE+-", *r->p, 15); r->p++)
        real = real || !isdigit((unsigned char)*r->p);
    const char *digits = start + negative;
    if (!real && digits < r->end && digits[0] == '0' && digits + 1 < r->end && (isdigit((unsigned char)digits[1]) || (digits[1] | 32) == 'x'))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Octal/hex numbers are not valid JSON values.");
    if (r->p == digits)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unable to parse number.");
    char *text = tfg_strndup(start, (size_t)(r->p - start));
    if (!text)
        return tfg_fail_memory(s);
    errno = 0;
    v->kind = negative ? SIGNED : UNSIGNED;
    if (!real && negative)
        v->i = strtoll(text, NULL, 10);
    else if (!real)
        v->u = strtoull(text, NULL, 10);
    int rc = real || errno == ERANGE ? read_real(text, v, s) : 0;
    tfg_free(text);
    return rc;
}

static int read_scalar(Reader *r, Scalar *v, TfgStatus *s)
{
    if (*r->p == '"' || *r->p == '\'') {
        v->kind = TEXT;
        return read_string(r, &v->text, s);
    }
    if (*r->p == '-' || isdigit((unsigned char)*r->p))
        return read_number(r, v, s);
    v->truth = take_word(r, "true");
    v->kind = v->truth || take_word(r, "false") ? BOOLEAN : NONE;
    return v->kind == BOOLEAN || take_word(r, "null") ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Unexpected token.");
}

/* ---- What fits ------------------------------------------------------------------------------------------------------------------------- */

static void note_misfit(Reader *r, const char *what)
{
    tfg_str_clear(&r->misfit);
    tfg_str_puts(&r->misfit, tfg_str_text(&r->path));
    tfg_str_puts(&r->misfit, what);
}

static void put_real(TfgStr *out, double d)
{
    char text[32];
    snprintf(text, sizeof text, "%.15g", d);
    if (strtod(text, NULL) != d)
        snprintf(text, sizeof text, "%.17g", d);
    tfg_str_puts(out, text);
}

/* "features: invalid value 1 for type type.googleapis.com/tensorflow.Features" */
static void note_value(Reader *r, const Scalar *v, Slot slot)
{
    note_misfit(r, ": invalid value ");
    if (v->kind == TEXT)
        tfg_str_printf(&r->misfit, "\"%s\"", tfg_str_text(&v->text));
    else if (v->kind == REAL)
        put_real(&r->misfit, v->d);
    else if (v->kind == BOOLEAN)
        tfg_str_puts(&r->misfit, v->truth ? "true" : "false");
    else if (v->kind == SIGNED)
        tfg_str_printf(&r->misfit, "%" PRId64, v->i);
    else
        tfg_str_printf(&r->misfit, "%" PRIu64, v->u);
    tfg_str_printf(&r->misfit, " for type %s%s", slot < BYTES ? "type.googleapis.com/" : "", slot_type[slot]);
}

static size_t enter(Reader *r, const char *name)
{
    size_t before = r->path.n;
    tfg_str_printf(&r->path, "%s%s", before && name[0] != '[' ? "." : "", name);
    return before;
}

static void leave(Reader *r, size_t before)
{
    if (r->path.failed || !r->path.data)
        return;
    r->path.n = before;
    r->path.data[before] = '\0';
}

/* ---- Values ---------------------------------------------------------------------------------------------------------------------------- */

/* Text in either alphabet of base 64, with all of its padding or none; unused bits are 0. */
static bool put_base64(TfgStr *out, const char *text, size_t n)
{
    bool plain = false, web = false;
    if (n && n % 4 == 0 && text[n - 1] == '=')
        n -= text[n - 2] == '=' ? 2 : 1;
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
        plain = plain || c == '+' || c == '/';
        web = web || c == '-' || c == '_';
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 0)
            tfg_str_putc(out, (char)(bits >> (i % 4 == 1 ? 4 : i % 4 == 2 ? 2 : 0)));
    }
    uint32_t unused = n % 4 == 2 ? bits & 15 : n % 4 == 3 ? bits & 3 : 0;
    return n % 4 != 1 && !unused && !(plain && web);
}

static bool has_space(const TfgStr *t) { return t->n == 0 || isspace((unsigned char)t->data[0]) || strlen(t->data) != t->n; }

static bool as_int64(const Scalar *v, int64_t *out)
{
    char *stop;
    if (v->kind == SIGNED)
        *out = v->i;
    else if (v->kind == UNSIGNED && v->u <= INT64_MAX)
        *out = (int64_t)v->u;
    else if (v->kind == REAL && v->d >= -0x1p63 && v->d < 0x1p63 && v->d == trunc(v->d))
        *out = (int64_t)v->d;
    else if (v->kind == TEXT && !has_space(&v->text)) {
        errno = 0;
        *out = strtoll(v->text.data, &stop, 10);
        return *stop == '\0' && errno == 0;
    } else {
        return false;
    }
    return true;
}

static bool as_float(const Scalar *v, float *out)
{
    double d = v->kind == SIGNED ? (double)v->i : v->kind == UNSIGNED ? (double)v->u : v->d;
    char *stop;
    if (v->kind == TEXT) {
        const char *text = tfg_str_text(&v->text);
        bool minus = text[0] == '-';
        if (strcmp(text, "NaN") == 0 || strcmp(text + minus, "Infinity") == 0) {
            *out = text[0] == 'N' ? (float)NAN : minus ? -(float)INFINITY : (float)INFINITY;
            return true;
        }
        if (has_space(&v->text))
            return false;
        d = strtod(text, &stop);
        if (*stop || !isfinite(d))
            return false;
    } else if (v->kind == BOOLEAN) {
        return false;
    }
    *out = (float)d;
    return fabs(d) <= (double)FLT_MAX;
}

static void put_scalar(Reader *r, Slot slot, const Scalar *v)
{
    TfgStr bytes = TFG_STR_INIT;
    int64_t i;
    float f;
    if (v->kind == NONE)
        ;
    else if (slot == INT64 && as_int64(v, &i))
        tfg_put_int(r->out, 1, i);
    else if (slot == FLOAT && as_float(v, &f))
        tfg_put_float(r->out, 1, f);
    else if (slot == BYTES && v->kind == TEXT && put_base64(&bytes, tfg_str_text(&v->text), v->text.n))
        tfg_put_bytes(r->out, 1, bytes.data, bytes.n);
    else if (slot == EXAMPLE)
        note_misfit(r, ": Root element must be a message.");
    else if (slot != IGNORED)
        note_value(r, v, slot);
    r->out->failed = r->out->failed || bytes.failed;
    tfg_str_fini(&bytes);
}

/* ---- Lists and objects --------------------------------------------------------------------------------------------------------------- */

static int read_list(Reader *r, Slot slot, TfgStatus *s)
{
    Slot inner = slot >= BYTES ? slot : IGNORED;
    r->p++;
    for (int64_t i = 0;; i++) {
        if (peek(r) == ']')
            break;
        char index[32];
        snprintf(index, sizeof index, "[%" PRId64 "]", i);
        size_t before = enter(r, index);
        if (read_value(r, inner, 0, "Expected a value or ] within an array.", s) < 0)
            return -1;
        leave(r, before);
        char c = peek(r);
        if (c != ',' && c != ']')
            return fail_expected(r, "Expected , or ] after array value.", s);
        r->p += c == ',';
    }
    r->p++;
    return 0;
}

/* A list where one may not stand; the path stands at the value. */
static void note_list(Reader *r, Slot slot, const char *key, size_t container)
{
    if (slot == FEATURE) {
        note_misfit(r, ": invalid value Cannot have repeated items ('");
        tfg_str_printf(&r->misfit, "%s') within a map. for type Map", key);
        return;
    }
    const char *what = slot == FEATURE_MAP ? ": invalid value Cannot bind a list to map for field 'feature'. for type Map"
                       : ": Proto field is not repeating, cannot start list.";
    if (r->path.failed)
        return;
    char kept = r->path.data[container];        /* told of what the value stands in */
    r->path.data[container] = '\0';
    note_misfit(r, what);
    r->path.data[container] = kept;
}

static bool is_key(const TfgStr *key, const char *name, const char *other)
{
    return strcmp(tfg_str_text(key), name) == 0 || (other && strcmp(tfg_str_text(key), other) == 0);
}

/* Which field of a message `key` is, by either of its names. */
static Slot field_of(Slot message, const TfgStr *key, uint32_t *number, const char **name)
{
    static const struct { Slot in, slot; uint32_t number; const char *name, *other; } fields[] = {
        {EXAMPLE, FEATURES, 1, "features", NULL}, {FEATURES, FEATURE_MAP, 1, "feature", NULL}, {FEATURE, BYTES_LIST, 1, "bytes_list", "bytesList"},
        {FEATURE, FLOAT_LIST, 2, "float_list", "floatList"}, {FEATURE, INT64_LIST, 3, "int64_list", "int64List"},
        {BYTES_LIST, BYTES, 1, "value", NULL}, {FLOAT_LIST, FLOAT, 1, "value", NULL}, {INT64_LIST, INT64, 1, "value", NULL}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].in == message && key->n == strlen(tfg_str_text(key)) && is_key(key, fields[i].name, fields[i].other)) {
            *number = fields[i].number;
            *name = fields[i].name;
            return fields[i].slot;
        }
    return IGNORED;
}

typedef struct Object {
    Slot slot;                  /* what it is */
    TfgStr key;                 /* of the present entry */
    TfgMap seen;                /* keys of a map; they are its own copies */
    int64_t n;                  /* entries of the map */
    bool has_kind;              /* of a Feature */
} Object;

static int read_field(Reader *r, Object *o, TfgStatus *s)
{
    uint32_t number = 0;
    const char *name = "";
    Slot slot = field_of(o->slot, &o->key, &number, &name);
    bool null = r->end - r->p >= 4 && memcmp(r->p, "null", 4) == 0;
    if (slot == IGNORED && o->slot != IGNORED)
        note_misfit(r, ": Cannot find field.");
    if (o->slot == FEATURE && slot != IGNORED && !null) {
        if (o->has_kind) {
            note_misfit(r, ": invalid value oneof field 'kind' is already set. Cannot set '");
            tfg_str_printf(&r->misfit, "%s' for type oneof", tfg_str_text(&o->key));
            slot = IGNORED;
        }
        o->has_kind = true;
    }
    size_t before = enter(r, name);
    if (*r->p == '[' && slot != IGNORED && slot < BYTES) {
        note_list(r, slot, name, before);
        slot = IGNORED;
    }
    int rc = read_value(r, slot, number, "Expected a value.", s);
    leave(r, before);
    return rc;
}

static int note_key(Object *o, TfgStatus *s)
{
    char *copy = tfg_alloc(o->key.n + 1);
    if (copy)
        memcpy(copy, tfg_str_text(&o->key), o->key.n + 1);
    if (copy && tfg_map_put(&o->seen, copy, o->key.n, copy) == 0)
        return 0;
    tfg_free(copy);
    return tfg_fail_memory(s);
}

static int read_map_entry(Reader *r, Object *o, TfgStatus *s)
{
    char index[48];
    bool again = tfg_map_has(&o->seen, tfg_str_text(&o->key), o->key.n);
    if (!again && note_key(o, s) < 0)
        return -1;
    snprintf(index, sizeof index, "[%" PRId64 "]", o->n - again);
    size_t before = enter(r, index);
    int rc;
    if (again) {
        note_misfit(r, ": Repeated map key: '");
        tfg_str_printf(&r->misfit, "%s' is already set.", tfg_str_text(&o->key));
        rc = read_value(r, IGNORED, 0, "Expected a value.", s);
    } else {
        o->n++;
        size_t mark = tfg_put_begin(r->out, 1, 0);
        tfg_put_bytes(r->out, 1, tfg_str_text(&o->key), o->key.n);
        enter(r, "value");
        bool list = *r->p == '[';
        if (list)
            note_list(r, FEATURE, tfg_str_text(&o->key), before);
        rc = read_value(r, list ? IGNORED : FEATURE, 2, "Expected a value.", s);
        tfg_put_end(r->out, mark);
    }
    leave(r, before);
    return rc;
}

static int read_key(Reader *r, TfgStr *key, TfgStatus *s)
{
    static const char *const words[] = {"true", "false", "null"};
    char c = peek(r);
    tfg_str_clear(key);
    if (r->p < r->end && (c == '"' || c == '\''))
        return read_string(r, key, s);
    for (int i = 0; i < 3; i++)
        if ((size_t)(r->end - r->p) >= strlen(words[i]) && memcmp(r->p, words[i], strlen(words[i])) == 0)
            c = '\0';
    if (r->p == r->end || !is_letter(c))
        return fail_expected(r, "Expected an object key or }.", s);
    while (r->p < r->end && (is_letter(*r->p) || isdigit((unsigned char)*r->p)))
        tfg_str_putc(key, *r->p++);
    return key->failed ? tfg_fail_memory(s) : 0;
}

static int read_entries(Reader *r, Object *o, TfgStatus *s)
{
    for (r->p++; peek(r) != '}';) {
        if (read_key(r, &o->key, s) < 0)
            return -1;
        if (peek(r) != ':')
            return fail_expected(r, "Expected : between key:value pair.", s);
        r->p++;
        if (peek(r), r->p == r->end)
            return fail_expected(r, "Expected a value.", s);
        if ((o->slot == FEATURE_MAP ? read_map_entry : read_field)(r, o, s) < 0)
            return -1;
        char c = peek(r);
        if (c != ',' && c != '}')
            return fail_expected(r, "Expected , or } after key:value pair.", s);
        r->p += c == ',';
    }
    r->p++;
    return 0;
}

static int read_object(Reader *r, Slot slot, uint32_t number, TfgStatus *s)
{
    if (slot >= BYTES) {
        note_misfit(r, ": Cannot find field.");
        slot = IGNORED;
    }
    Object o = {.slot = slot, .key = TFG_STR_INIT};
    bool message = slot != IGNORED && slot != EXAMPLE && slot != FEATURE_MAP;
    size_t mark = message ? tfg_put_begin(r->out, number, 0) : 0;
    int rc = read_entries(r, &o, s);
    if (message)
        tfg_put_end(r->out, mark);
    size_t i = 0, n;
    const char *key;
    void *copy;
    while (tfg_map_next(&o.seen, &i, &key, &n, &copy))
        tfg_free(copy);
    tfg_map_fini(&o.seen);
    tfg_str_fini(&o.key);
    return rc;
}

static int read_value(Reader *r, Slot slot, uint32_t number, const char *expected, TfgStatus *s)
{
    char c = peek(r);
    if (r->p == r->end || (!is_letter(c) && !isdigit((unsigned char)c) && !memchr("\"'-{}[]:,", c, 10)))
        return fail_expected(r, expected, s);
    if (c == '{' || c == '[') {
        if (++r->depth > MAX_DEPTH)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Message too deep. Max recursion depth reached.");
        if (c == '[' && slot == EXAMPLE)
            note_misfit(r, ": Root element must be a message.");
        int rc = c == '{' ? read_object(r, slot, number, s) : read_list(r, slot, s);
        r->depth--;
        return rc;
    }
    Scalar v = {.kind = NONE, .text = TFG_STR_INIT};
    int rc = read_scalar(r, &v, s);
    if (rc == 0 && slot == EXAMPLE)
        note_misfit(r, ": Root element must be a message.");
    else if (rc == 0)
        put_scalar(r, slot, &v);
    tfg_str_fini(&v.text);
    return rc;
}

static bool is_utf8(const unsigned char *p, const unsigned char *end)
{
    while (p < end) {
        int more = *p < 0x80 ? 0 : *p >= 0xc2 && *p < 0xe0 ? 1 : *p >= 0xe0 && *p < 0xf0 ? 2 : *p >= 0xf0 && *p < 0xf5 ? 3 : -1;
        if (more < 0 || end - p <= more)
            return false;
        uint32_t c = more == 0 ? *p : *p & (0x3fu >> more);
        for (int i = 1; i <= more; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return false;
            c = c << 6 | (p[i] & 0x3fu);
        }
        if ((more == 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (more == 3 && (c < 0x10000 || c > 0x10ffff)))
            return false;
        p += more + 1;
    }
    return true;
}

int tfg_example_from_json(const char *text, size_t n, TfgStr *out, TfgStatus *s)
{
    const char *start = n ? text : "";
    Reader r = {.p = start, .end = start + n, .path = TFG_STR_INIT, .misfit = TFG_STR_INIT, .out = out};
    int rc = is_utf8((const unsigned char *)r.p, (const unsigned char *)r.end) ? read_value(&r, EXAMPLE, 0, "Expected a value.", s)
             : tfg_fail(s, TFG_INVALID_ARGUMENT, "Encountered non UTF-8 code points.");
    peek(&r);
    if (rc == 0 && r.p < r.end)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Parsing terminated before end of input.");
    if (rc == 0 && (out->failed || r.path.failed || r.misfit.failed))
        rc = tfg_fail_memory(s);
    else if (rc == 0 && r.misfit.n)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", tfg_str_text(&r.misfit));
    tfg_str_fini(&r.path);
    tfg_str_fini(&r.misfit);
    return rc;
}
