/* UnicodeDecode, UnicodeDecodeWithOffsets, UnicodeEncode, UnicodeTranscode: text in the Unicode encodings, and in those of one byte for
 * each character. */
#include <ctype.h>

#include "kernels/string.h"

enum { REPLACEMENT = 0xFFFD, LAST = 0x10FFFF, NOTHING = 0xFFFF };

typedef struct Table { const char *names; uint16_t upper[128]; } Table;
static const Table tables[] = {
#include "kernels/string_encodings.inc"
};

typedef enum Form { BYTES, UTF8, UTF16, UTF32 } Form;
typedef struct Encoding {
    Form form;
    bool little, marked;        /* marked: a byte order mark says which end comes first, big where there is none */
    const uint16_t *upper;      /* BYTES: characters 128 to 255 */
} Encoding;

/* Letters and digits alone count in a name.  False where there is no such encoding. */
static bool find_encoding(TfgBytes name, Encoding *out)
{
    static const struct { const char *name; Encoding e; } wide[] = {
        {" utf8 ", {.form = UTF8}}, {" utf16 ", {.form = UTF16, .marked = true}}, {" utf16be ", {.form = UTF16}},
        {" utf16le ", {.form = UTF16, .little = true}}, {" utf32 ", {.form = UTF32, .marked = true}}, {" utf32be ", {.form = UTF32}},
        {" utf32le ", {.form = UTF32, .little = true}}};
    char key[32] = " ";
    size_t n = 1;
    for (size_t i = 0; i < name.n; i++)
        if (isalnum((unsigned char)name.data[i])) {
            if (n + 2 >= sizeof key)
                return false;
            key[n++] = (char)tolower((unsigned char)name.data[i]);
        }
    if (n == 1)
        return false;
    key[n++] = ' ';
    key[n] = 0;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strcmp(key, wide[i].name) == 0) {
            *out = wide[i].e;
            return true;
        }
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strstr(tables[i].names, key)) {
            *out = (Encoding){.form = BYTES, .upper = tables[i].upper};
            return true;
        }
    return false;
}

/* ---- reading: each returns how many of n > 0 bytes make a character, or how many are none: then *c is -1 ------------------------------------- */

static size_t read_byte(const Encoding *e, const uint8_t *p, int32_t *c)
{
    *c = *p < 128 ? *p : e->upper[*p - 128];
    if (*c == REPLACEMENT)
        *c = -1;
    return 1;
}

/* Of a broken sequence the longest part that could begin one counts as one error. */
static size_t read_utf8(const uint8_t *p, size_t n, int32_t *c)
{
    size_t length = *p < 0x80 ? 1 : *p < 0xC2 ? 0 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : *p < 0xF5 ? 4 : 0;
    *c = -1;
    if (length == 0)
        return 1;
    if (length == 1) {
        *c = *p;
        return 1;
    }
    /* The second byte has narrower bounds where others would make too long a form, a surrogate, or more than there is. */
    uint8_t low = *p == 0xE0 ? 0xA0 : *p == 0xF0 ? 0x90 : 0x80, high = *p == 0xED ? 0x9F : *p == 0xF4 ? 0x8F : 0xBF;
    int32_t value = *p & (0x7F >> length);
    for (size_t i = 1; i < length; i++) {
        if (i >= n || p[i] < low || p[i] > high)
            return i;
        value = value << 6 | (p[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *c = value;
    return length;
}

static uint32_t unit(const uint8_t *p, int bytes, bool little)
{
    uint32_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint32_t)p[i] << 8 * (little ? i : bytes - 1 - i);
    return v;
}

static size_t read_utf16(const uint8_t *p, size_t n, bool little, int32_t *c)
{
    *c = -1;
    if (n < 2)
        return n;
    uint32_t first = unit(p, 2, little);
    if (first < 0xD800 || first > 0xDFFF) {
        *c = (int32_t)first;
        return 2;
    }
    if (first > 0xDBFF)
        return 2;
    if (n < 4)
        return n;
    uint32_t second = unit(p + 2, 2, little);
    if (second < 0xDC00 || second > 0xDFFF)
        return 2;
    *c = (int32_t)(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    return 4;
}

static bool is_character(int64_t c) { return c >= 0 && c <= LAST && (c < 0xD800 || c > 0xDFFF); }

static size_t read_utf32(const uint8_t *p, size_t n, bool little, int32_t *c)
{
    *c = -1;
    if (n < 4)
        return n;
    uint32_t v = unit(p, 4, little);
    if (is_character(v))
        *c = (int32_t)v;
    return 4;
}

static size_t read_next(const Encoding *e, const uint8_t *p, size_t n, int32_t *c)
{
    switch (e->form) {
    case BYTES: return read_byte(e, p, c);
    case UTF8: return read_utf8(p, n, c);
    case UTF16: return read_utf16(p, n, e->little, c);
    default: return read_utf32(p, n, e->little, c);
    }
}

/* Bytes of the mark that the text begins with, which sets what end comes first. */
static size_t read_mark(Encoding *e, const uint8_t *p, size_t n)
{
    const int bytes = e->form == UTF16 ? 2 : 4;
    if (!e->marked || n < (size_t)bytes)
        return 0;
    for (int little = 0; little < 2; little++)
        if (unit(p, bytes, little) == 0xFEFF) {
            e->little = little;
            return (size_t)bytes;
        }
    return 0;
}

/* ---- what becomes of errors ----------------------------------------------------------------------------------------------------------------- */

typedef struct Errors {
    bool strict, ignore, controls;      /* controls: control characters are errors, too */
    int32_t replacement;
} Errors;
typedef struct Unicode { Encoding from, to; Errors errors; } Unicode;

static int read_errors(const TfgAttrs *a, Errors *out, TfgStatus *s)
{
    int64_t replacement = tfg_attrs_int(a, "replacement_char");
    if (replacement < 0 || replacement > LAST)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "replacement_char out of unicode codepoint range");
    out->replacement = (int32_t)replacement;
    out->strict = tfg_attrs_string_is(a, "errors", "strict");
    out->ignore = tfg_attrs_string_is(a, "errors", "ignore");
    out->controls = tfg_attrs_find(a, "replace_control_characters") && tfg_attrs_bool(a, "replace_control_characters");
    return 0;
}

static int read_attrs(const TfgAttrs *a, Unicode *u, TfgStatus *s)
{
    if (read_errors(a, &u->errors, s) < 0)
        return -1;
    if (tfg_attrs_find(a, "input_encoding")) {
        TfgBytes name = tfg_attrs_string(a, "input_encoding");
        if (!find_encoding(name, &u->from))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not create converter for input encoding: %.*s", (int)name.n, name.data);
    }
    if (tfg_attrs_find(a, "output_encoding") && !find_encoding(tfg_attrs_string(a, "output_encoding"), &u->to))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported output_encoding");
    return 0;
}

static int prepare_unicode(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Unicode u = {.errors = {.strict = false}};
    (void)state;
    return read_attrs(p->attrs, &u, s);
}

/* A place in a text. */
typedef struct Reader { Encoding e; const uint8_t *p; size_t n, at; } Reader;

static Reader begin(const Encoding *e, const TfgString *text)
{
    return (Reader){.e = *e, .p = (const uint8_t *)text->data, .n = text->n};
}

/* The next character, -1 for an error; false at the end.  A mark at the front belongs to the first character; alone it is NOTHING. */
static bool next(Reader *r, int32_t *c)
{
    if (r->at >= r->n)
        return false;
    if (r->at == 0)
        r->at = read_mark(&r->e, r->p, r->n);
    if (r->at >= r->n)
        *c = NOTHING;
    else
        r->at += read_next(&r->e, r->p + r->at, r->n - r->at, c);
    return true;
}

/* What stands for a character; -1 for nothing.  *bad is set by one that is an error. */
static int32_t settle(const Errors *errors, int32_t c, bool *bad)
{
    if (c >= 0 && !(errors->controls && c <= 0x1F))
        return c;
    *bad = true;
    return errors->ignore ? -1 : errors->replacement;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------------------- */

static void put_bytes(TfgStr *out, uint32_t v, int n)
{
    for (int i = n - 1; i >= 0; i--)
        tfg_str_putc(out, (char)(v >> 8 * i & 0xFF));
}

static void put_utf8(TfgStr *out, uint32_t c)
{
    if (c < 0x80)
        put_bytes(out, c, 1);
    else if (c < 0x800)
        put_bytes(out, 0xC080 | (c >> 6) << 8 | (c & 0x3F), 2);
    else if (c < 0x10000)
        put_bytes(out, 0xE08080 | (c >> 12) << 16 | (c >> 6 & 0x3F) << 8 | (c & 0x3F), 3);
    else
        put_bytes(out, 0xF0808080 | (c >> 18) << 24 | (c >> 12 & 0x3F) << 16 | (c >> 6 & 0x3F) << 8 | (c & 0x3F), 4);
}

/* A replacement may be half of a pair: UTF-8 has no such thing. */
static void put(TfgStr *out, Form form, int32_t c)
{
    uint32_t v = (uint32_t)c;
    if (form == UTF8)
        put_utf8(out, is_character(c) ? v : REPLACEMENT);
    else if (form == UTF32)
        put_bytes(out, v, 4);
    else if (v < 0x10000)
        put_bytes(out, v, 2);
    else
        put_bytes(out, (0xD800 + ((v - 0x10000) >> 10)) << 16 | (0xDC00 + ((v - 0x10000) & 0x3FF)), 4);
}

/* ---- kernels -------------------------------------------------------------------------------------------------------------------------------- */

static int transcode(void *context, int64_t from, int64_t to, TfgStatus *s)
{
    TfgKernelCall *c = context;
    Unicode u;
    TfgStr text = TFG_STR_INIT;
    int rc = read_attrs(c->attrs, &u, s);
    for (int64_t i = from; rc == 0 && i < to; i++) {
        Reader r = begin(&u.from, &tfg_strings(c->in[0])[i]);
        bool bad = false;
        for (int32_t ch; next(&r, &ch);)
            if ((ch = settle(&u.errors, ch, &bad)) >= 0)
                put(&text, u.to.form, ch);
        if (bad && u.errors.strict)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid formatting on input string");
        else
            rc = tfg_string_take(&tfg_strings_mut(c->out[0])[i], &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int run_transcode(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, transcode, s); }

static void set_index(TfgTensor *t, int64_t i, int64_t v)
{
    if (t->dtype == TFG_INT32)
        ((int32_t *)t->data)[i] = (int32_t)v;
    else
        ((int64_t *)t->data)[i] = v;
}

/* Goes through all texts: counts characters, and writes those and their places where there are tensors to.  The count, or -1. */
static int64_t decode(const Unicode *u, const TfgTensor *in, TfgTensor *splits, int32_t *chars, int64_t *places, TfgStatus *s)
{
    int64_t n = 0;
    for (int64_t i = 0; i < in->count; i++) {
        Reader r = begin(&u->from, &tfg_strings(in)[i]);
        int64_t at = 0;
        set_index(splits, i, n);
        for (int32_t ch; next(&r, &ch); at = (int64_t)r.at) {
            bool bad = false;
            if (ch < 0 && u->errors.strict)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid formatting on input string");
            if ((ch = settle(&u->errors, ch, &bad)) < 0)
                continue;
            if (chars)
                chars[n] = ch;
            if (places)
                places[n] = at;
            n++;
        }
    }
    set_index(splits, in->count, n);
    return n;
}

static int run_decode(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    Unicode u;
    if (read_attrs(c->attrs, &u, s) < 0)
        return -1;
    TfgTensor *splits = tfg_kernel_output(c, 0, 1, &(int64_t){in->count + 1}, s);
    int64_t n = splits ? decode(&u, in, splits, NULL, NULL, s) : -1;
    if (n < 0)
        return -1;
    if (splits->dtype == TFG_INT32 && n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%lld characters are more than int32 splits can count", (long long)n);
    TfgTensor *chars = tfg_kernel_output(c, 1, 1, &n, s), *places = chars && c->n_out > 2 ? tfg_kernel_output(c, 2, 1, &n, s) : NULL;
    if (!chars || (c->n_out > 2 && !places))
        return -1;
    return decode(&u, in, splits, chars->data, places ? places->data : NULL, s) < 0 ? -1 : 0;
}

/* Splits go from 0 to the number of values, never back. */
static int check_splits(const TfgTensor *values, const TfgTensor *splits, TfgStatus *s)
{
    const int64_t last = splits->count - 1;
    if (values->rank != 1 || splits->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Both the input_tensor and input_splits should be of rank 1.");
    if (last < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input_splits should contain elements, but given input_values has 0 elements");
    if (tfg_tensor_int(splits, 0) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "First value in input_splits must be zero.");
    if (tfg_tensor_int(splits, last) != values->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Last value in input_splits must be equal to length of input_tensor.");
    for (int64_t i = 1; i <= last; i++) {
        if (tfg_tensor_int(splits, i - 1) > tfg_tensor_int(splits, i))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Values in input_splits must be equal or in ascending order.");
        if (tfg_tensor_int(splits, i) > values->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Values in input_splits must be less than or equal to input_tensor length.");
    }
    return 0;
}

static int run_encode(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *values = c->in[0], *splits = c->in[1];
    Unicode u;
    if (read_attrs(c->attrs, &u, s) < 0 || check_splits(values, splits, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &(int64_t){splits->count - 1}, s);
    TfgStr text = TFG_STR_INIT;
    int rc = out ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i + 1 < splits->count; i++) {
        bool bad = false;
        for (int64_t j = tfg_tensor_int(splits, i); j < tfg_tensor_int(splits, i + 1); j++) {
            int32_t ch = ((const int32_t *)values->data)[j];
            if ((ch = settle(&u.errors, is_character(ch) ? ch : -1, &bad)) >= 0)
                put(&text, u.to.form, ch);
        }
        if (bad && u.errors.strict)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Code point is out of range for Unicode, or is a surrogate.");
        else
            rc = tfg_string_take(&tfg_strings_mut(out)[i], &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "UnicodeDecode", .flags = TFG_KERNEL_VALUE_SHAPE, .prepare = prepare_unicode, .run = run_decode},
    {.op = "UnicodeDecodeWithOffsets", .flags = TFG_KERNEL_VALUE_SHAPE, .prepare = prepare_unicode, .run = run_decode},
    {.op = "UnicodeEncode", .prepare = prepare_unicode, .run = run_encode},
    {.op = "UnicodeTranscode", .prepare = prepare_unicode, .run = run_transcode},
};

int tfg_register_string_encoding(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
