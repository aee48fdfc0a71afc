/* The family of strings; here what looks at one string at a time: parts, ends, cases, lengths, base 64. */
#include "kernels/string.h"

#include "kernels/broadcast.h"

int tfg_string_map(TfgKernelCall *c, TfgTryRangeFn fn, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, c->in[0]->rank, c->in[0]->dims, s);
    return out ? tfg_try_ranges(out->count, TFG_STRING_GRAIN, fn, c, s) : -1;
}

/* ---- StringStrip, StringLower, StringUpper ------------------------------------------------------------------------------------------ */

static int strip(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = tfg_strings(c->in[0]) + i;
        size_t first, n = tfg_string_trim(e, &first);
        if (tfg_string_put(tfg_strings_mut(c->out[0]) + i, n ? e->data + first : NULL, n, s) < 0)
            return -1;
    }
    return 0;
}

static int run_strip(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, strip, s); }

/* ASCII letters; the others stay. */
static int change_case(TfgKernelCall *c, int64_t begin, int64_t end, char first, TfgStatus *s)
{
    for (int64_t i = begin; i < end; i++) {
        TfgString *e = tfg_strings_mut(c->out[0]) + i;
        const TfgString *from = tfg_strings(c->in[0]) + i;
        if (tfg_string_put(e, from->data, from->n, s) < 0)
            return -1;
        for (size_t k = 0; k < e->n; k++)
            if (e->data[k] >= first && e->data[k] < first + 26)
                e->data[k] ^= 0x20;
    }
    return 0;
}

static int lower(void *context, int64_t begin, int64_t end, TfgStatus *s) { return change_case(context, begin, end, 'A', s); }
static int upper(void *context, int64_t begin, int64_t end, TfgStatus *s) { return change_case(context, begin, end, 'a', s); }
static int run_lower(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, lower, s); }
static int run_upper(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, upper, s); }

/* ---- StringLength ------------------------------------------------------------------------------------------------------------------- */

/* Characters are counted by the bytes that do not go on with one. */
static int length(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    (void)s;
    TfgKernelCall *c = context;
    bool bytes = tfg_attrs_string_is(c->attrs, "unit", "BYTE");
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = tfg_strings(c->in[0]) + i;
        size_t n = bytes ? e->n : 0;
        for (size_t k = 0; !bytes && k < e->n; k++)
            n += ((unsigned char)e->data[k] & 0xc0) != 0x80;
        ((int32_t *)c->out[0]->data)[i] = (int32_t)n;
    }
    return 0;
}

static int run_length(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, length, s); }

/* ---- Substr --------------------------------------------------------------------------------------------------------------------------- */

static int part(const TfgString *e, int64_t pos, int64_t len, int64_t i, TfgString *out, TfgStatus *s)
{
    int64_t n = (int64_t)e->n, from = pos < 0 ? pos + n : pos;
    if (pos > n || from < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "pos %lld out of range for stringb'%.*s' at index %lld", (long long)pos, (int)(n > 200 ? 200 : n),
                        n ? e->data : "", (long long)i);
    int64_t most = n - from, take = len < 0 || len > most ? most : len;
    return tfg_string_put(out, take ? e->data + from : NULL, (size_t)take, s);
}

typedef struct Parts {
    const TfgTensor *in, *pos, *len;
    TfgTensor *out;
    TfgShape shape;
} Parts;

static int parts(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Parts *p = context;
    bool plain = p->in->count == p->out->count, single = p->pos->count == 1;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = single ? 0 : tfg_broadcast_index(i, &p->shape, p->pos), from = plain ? i : tfg_broadcast_index(i, &p->shape, p->in);
        if (part(tfg_strings(p->in) + from, tfg_tensor_int(p->pos, at), tfg_tensor_int(p->len, at), i, tfg_strings_mut(p->out) + i, s) < 0)
            return -1;
    }
    return 0;
}

static int run_substr(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *pos = c->in[1], *len = c->in[2];
    TfgShapeText a, b;
    if (!tfg_tensor_same_shape(pos, len))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "pos and len should have the same shape, got: %s vs. %s", tfg_shape_text(pos, &a),
                        tfg_shape_text(len, &b));
    Parts p = {.in = in, .pos = pos, .len = len};
    if (tfg_broadcast_tensors(in, pos, &p.shape, s) < 0)
        return -1;
    p.out = tfg_kernel_output(c, 0, p.shape.rank, p.shape.dims, s);
    return p.out ? tfg_try_ranges(p.out->count, 4 * TFG_STRING_GRAIN, parts, &p, s) : -1;
}

/* ---- base 64, with '-' and '_' ---------------------------------------------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int encode(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    bool pad = tfg_attrs_bool(c->attrs, "pad");
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        const TfgString *e = tfg_strings(c->in[0]) + i;
        const unsigned char *x = (const unsigned char *)e->data;
        size_t whole = e->n / 3 * 3;
        for (size_t k = 0; k < whole;) {        /* groups of three, some at a time */
            char some[256];
            size_t n = 0;
            for (; k < whole && n < sizeof some; k += 3) {
                unsigned bits = (unsigned)x[k] << 16 | (unsigned)x[k + 1] << 8 | x[k + 2];
                for (int d = 0; d < 4; d++)
                    some[n++] = digits[bits >> (18 - 6 * d) & 63];
            }
            tfg_str_append(&text, some, n);
        }
        for (size_t k = whole; k < e->n; k += 3) {
            size_t n = e->n - k < 3 ? e->n - k : 3;
            unsigned bits = (unsigned)x[k] << 16 | (n > 1 ? (unsigned)x[k + 1] << 8 : 0) | (n > 2 ? x[k + 2] : 0u);
            for (size_t d = 0; d < 4; d++)
                if (d <= n)
                    tfg_str_putc(&text, digits[bits >> (18 - 6 * d) & 63]);
                else if (pad)
                    tfg_str_putc(&text, '=');
        }
        rc = tfg_string_take(tfg_strings_mut(c->out[0]) + i, &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int digit(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static int decode_one(const TfgString *e, TfgStr *text, TfgStatus *s)
{
    size_t n = e->n;
    if (n % 4 == 0)             /* padding fills up the last four */
        for (int k = 0; k < 2 && n > 0 && e->data[n - 1] == '='; k++)
            n--;
    if (n % 4 == 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Base64 string length cannot be 1 modulo 4.");
    unsigned bits = 0;
    for (size_t k = 0; k < n; k++) {
        int d = digit(e->data[k]);
        if (d < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid character found in base64.");
        bits = bits << 6 | (unsigned)d;
        size_t in_group = k % 4;
        if (in_group > 0)
            tfg_str_putc(text, (char)(bits >> (6 - 2 * in_group)));
    }
    return 0;
}

static int decode(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        rc = decode_one(tfg_strings(c->in[0]) + i, &text, s);
        if (rc == 0)
            rc = tfg_string_take(tfg_strings_mut(c->out[0]) + i, &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int run_encode(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, encode, s); }
static int run_decode(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, decode, s); }

static const TfgKernelRow rows[] = {
    {.op = "StringStrip", .run = run_strip}, {.op = "StringLower", .run = run_lower}, {.op = "StringUpper", .run = run_upper},
    {.op = "StringLength", .run = run_length}, {.op = "EncodeBase64", .run = run_encode}, {.op = "DecodeBase64", .run = run_decode},
    {.op = "Substr", .types = {{"T", TFG_TYPES_INDEX}}, .run = run_substr},
};

int tfg_register_kernels_string(TfgStatus *s)
{
    if (tfg_register_string_convert(s) < 0 || tfg_register_string_format(s) < 0 || tfg_register_string_hash(s) < 0 || tfg_register_string_join(s) < 0 ||
        tfg_register_string_encoding(s) < 0 || tfg_register_string_regex(s) < 0 || tfg_register_string_split(s) < 0 ||
        tfg_register_string_unicode(s) < 0)
        return -1;
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
