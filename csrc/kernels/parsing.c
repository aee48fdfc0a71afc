/* Strings turned into tensors: raw bytes, compressed bytes, CSV records, serialised tensors. */

#include "base/memory.h"
#include "base/status.h"
#include "io/json_example.h"
#include "io/records.h"
#include "io/summary.h"
#include "io/tensor_proto.h"
#include "kernels/isa.h"
#include "kernels/string.h"

/* ---- DecodeRaw ---- */

static void swap_bytes(char *p, int64_t n, size_t size)
{
    for (int64_t i = 0; i < n; i++, p += size)
        for (size_t k = 0; k < size / 2; k++) {
            char kept = p[k];
            p[k] = p[size - 1 - k];
            p[size - 1 - k] = kept;
        }
}

static int run_raw(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    const TfgString *e = in->data;
    TfgDType d = c->out_dtype[0];
    size_t bytes = in->count ? e[0].n : 0, size = tfg_dtype_size(d);
    int64_t dims[TFG_MAX_RANK];
    for (int64_t i = 1; i < in->count; i++)
        if (e[i].n != bytes)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "DecodeRaw requires input strings to all be the same size, but element %lld has size %zu != %zu",
                            (long long)i, bytes, e[i].n);
    if (bytes % size)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to DecodeRaw has length %zu that is not a multiple of %zu, the size of %s", bytes, size,
                        tfg_dtype_signature_name(d));
    if (in->rank >= TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions: %d", in->rank + 1);
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    dims[in->rank] = (int64_t)(bytes / size);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank + 1, dims, s);
    if (!out)
        return -1;
    for (int64_t i = 0; bytes && i < in->count; i++)
        memcpy((char *)out->data + (size_t)i * bytes, e[i].data, bytes);
    if (!tfg_attrs_bool(c->attrs, "little_endian"))
        swap_bytes(out->data, out->count, size);
    return 0;
}

/* ---- DecodeCompressed ---- */

static int inflate_one(const TfgString *in, int window, TfgString *out, TfgStatus *s)
{
    TfgZlibOptions options = tfg_zlib_usual(window);
    TfgSource *source = tfg_memory_source_new(in->data ? in->data : "", in->n, s);
    TfgStr text = TFG_STR_INIT;
    char piece[16384];
    size_t got = 1;
    int rc = source && (source = tfg_zlib_source_new_steal(source, &options, s)) ? 0 : -1;
    while (rc == 0 && got && (rc = source->read(source, piece, sizeof piece, &got, s)) == 0)
        tfg_str_append(&text, piece, got);
    if (rc == 0 && (text.failed || tfg_string_set(out, tfg_str_text(&text), text.n) < 0))
        rc = tfg_fail_memory(s);
    tfg_str_fini(&text);
    tfg_source_free(source);
    return rc;
}

static int prepare_compressed(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    if (tfg_attrs_string_is(p->attrs, "compression_type", "") || tfg_attrs_string_is(p->attrs, "compression_type", "ZLIB") ||
        tfg_attrs_string_is(p->attrs, "compression_type", "GZIP"))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Only ZLIB, GZIP or NONE are supported compressions");
}

static int run_compressed(TfgKernelCall *c, TfgStatus *s)
{
    if (tfg_attrs_string_is(c->attrs, "compression_type", ""))
        return tfg_kernel_forward(c, 0, 0, s);
    int window = tfg_attrs_string_is(c->attrs, "compression_type", "ZLIB") ? TFG_ZLIB_WINDOW : TFG_GZIP_WINDOW;
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    for (int64_t i = 0; out && i < out->count; i++)
        if (inflate_one((const TfgString *)c->in[0]->data + i, window, (TfgString *)out->data + i, s) < 0)
            return -1;
    return out ? 0 : -1;
}

/* ---- Tensors as messages ---- */

static int run_parse_tensor(TfgKernelCall *c, TfgStatus *s)
{
    const TfgString *e = c->in[0]->data;
    TfgProtoReader r = TFG_PROTO_READER(NULL);
    TfgShapeText x;
    TfgTensor *t = NULL;
    TfgWire w;
    TfgStatus bad = TFG_STATUS_INIT;
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected `serialized` to be a scalar, got shape: %s", tfg_shape_text(c->in[0], &x));
    tfg_wire_init(&w, e->data ? e->data : "", e->n);
    int rc = tfg_tensor_proto_read(&r, w, &t, NULL, &bad);
    if (rc < 0)
        tfg_fail(s, bad.code == TFG_RESOURCE_EXHAUSTED ? TFG_RESOURCE_EXHAUSTED : TFG_INVALID_ARGUMENT, "Could not parse `serialized` as TensorProto: '%.*s'",
                 (int)(e->n > 4096 ? 4096 : e->n), e->data ? e->data : "");
    else if (t->dtype != c->out_dtype[0])
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Type mismatch between parsed tensor (%s) and dtype (%s)", tfg_dtype_signature_name(t->dtype),
                      tfg_dtype_signature_name(c->out_dtype[0]));
    tfg_status_fini(&bad);
    if (rc < 0)
        tfg_tensor_unref(t);
    else
        c->out[0] = t;
    return rc;
}

static int run_serialize_tensor(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    int rc = out ? tfg_tensor_proto_write_content(c->in[0], &text, s) : -1;
    if (rc == 0 && (text.failed || tfg_string_set(out->data, tfg_str_text(&text), text.n) < 0))
        rc = tfg_fail_memory(s);
    tfg_str_fini(&text);
    return rc;
}

/* ---- DecodeCSV ---- */

typedef struct Csv { char delim; bool quotes; TfgBytes na; const int64_t *select; int n_select, n_out; } Csv;

static int prepare_csv(const TfgPrepare *p, void **state, TfgStatus *s)
{
    int n;
    const int64_t *select = tfg_attrs_ints(p->attrs, "select_cols", &n);
    if (tfg_attrs_string(p->attrs, "field_delim").n != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "field_delim should be only 1 char");
    if (n != 0 && n != p->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should match output size");
    for (int i = 0; i < n; i++)
        if (select[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should be non-negative indices");
    for (int i = 1; i < n; i++)
        if (select[i - 1] >= select[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "select_cols should be strictly increasing indices");
    *state = tfg_calloc(1, sizeof(Csv));
    if (!*state)
        return tfg_fail_memory(s);
    *(Csv *)*state = (Csv){tfg_attrs_string(p->attrs, "field_delim").data[0], tfg_attrs_bool(p->attrs, "use_quote_delim"),
                           tfg_attrs_string(p->attrs, "na_value"), select, n, p->n_out};
    return 0;
}

/* One field from *at on into `text`, or nowhere; *at is then behind the delimiter. */
static int scan_plain(const Csv *v, const TfgString *in, size_t *at, TfgStr *text, TfgStatus *s)
{
    for (; *at < in->n && in->data[*at] != v->delim; ++*at) {
        char ch = in->data[*at];
        if ((v->quotes && ch == '"') || ch == '\n' || ch == '\r')
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unquoted fields cannot have quotes/CRLFs inside");
        if (text)
            tfg_str_putc(text, ch);
    }
    ++*at;
    return 0;
}

static int scan_quoted(const Csv *v, const TfgString *in, size_t *at, TfgStr *text, TfgStatus *s)
{
    const char *p = in->data;
    while (*at + 1 < in->n && (p[*at] != '"' || p[*at + 1] != v->delim)) {
        bool quote = p[*at] == '"';
        if (quote && p[*at + 1] != '"')
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Quote inside a string has to be escaped by another quote");
        if (text)
            tfg_str_putc(text, p[*at]);
        *at += quote ? 2 : 1;
    }
    if (!(*at < in->n && p[*at] == '"' && (*at + 1 == in->n || p[*at + 1] == v->delim)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Quoted field has to end with quote followed by delim or end");
    *at += 2;
    return 0;
}

/* The wanted fields of a record into fields[0..n_out); *n is how many there are, also those that are too many. */
static int scan_record(const Csv *v, const TfgString *in, TfgStr *fields, int64_t *n, TfgStatus *s)
{
    int64_t column = 0;
    size_t at = 0;
    *n = 0;
    while (at < in->n) {
        if (in->data[at] == '\n' || in->data[at] == '\r') {
            at++;
            continue;
        }
        bool wanted = !v->n_select || v->select[*n] == column, quoted = v->quotes && in->data[at] == '"';
        TfgStr *text = wanted && *n < v->n_out ? &fields[*n] : NULL;
        at += quoted;
        if ((quoted ? scan_quoted : scan_plain)(v, in, &at, text, s) < 0)
            return -1;
        column++;
        *n += wanted;
        if (v->n_select && *n == v->n_select)
            return 0;
    }
    if (in->n && in->data[in->n - 1] == v->delim && (!v->n_select || v->select[*n] == column))
        ++*n;                   /* the last field is empty */
    return 0;
}

static int store_field(const Csv *v, const TfgStr *t, const TfgTensor *preset, TfgTensor *out, int64_t record, int f, TfgStatus *s)
{
    int64_t number = 0;
    double real = 0;
    void *to = tfg_at_mut(out, record);
    bool absent = t->n == 0 || (t->n == v->na.n && memcmp(t->data, v->na.data, t->n) == 0), fits = true;
    if (absent) {
        if (preset->count != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Field %d is required but missing in record %lld!", f, (long long)record);
        return tfg_copy_elements(out->dtype, to, preset->data, 1, s);
    }
    switch (out->dtype) {
    case TFG_INT32:
        fits = tfg_parse_integer(t->data, t->n, INT32_MIN, INT32_MAX, &number);
        *(int32_t *)to = fits ? (int32_t)number : 0;
        break;
    case TFG_INT64:
        fits = tfg_parse_integer(t->data, t->n, INT64_MIN, INT64_MAX, &number);
        *(int64_t *)to = fits ? number : 0;
        break;
    case TFG_STRING: return tfg_string_set(to, t->data, t->n) < 0 ? tfg_fail_memory(s) : 0;
    case TFG_FLOAT:
        fits = tfg_parse_real(t->data, t->n, true, &real);
        *(float *)to = (float)real;
        break;
    default:
        fits = tfg_parse_real(t->data, t->n, false, &real);
        *(double *)to = real;
    }
    return fits ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Field %d in record %lld is not a valid %s: %s", f, (long long)record,
                               tfg_dtype_signature_name(out->dtype), tfg_str_text(t));
}

static int decode_records(TfgKernelCall *c, TfgStr *fields, TfgStatus *s)
{
    const Csv *v = c->state;
    for (int64_t i = 0; i < c->in[0]->count; i++) {
        int64_t n;
        for (int f = 0; f < v->n_out; f++)
            tfg_str_clear(&fields[f]);
        if (scan_record(v, (const TfgString *)c->in[0]->data + i, fields, &n, s) < 0)
            return -1;
        if (n != v->n_out)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expect %d fields but have %lld in record %lld", v->n_out, (long long)n, (long long)i);
        for (int f = 0; f < v->n_out; f++)
            if (fields[f].failed ? tfg_fail_memory(s) < 0 : store_field(v, &fields[f], c->in[f + 1], c->out[f], i, f, s) < 0)
                return -1;
    }
    return 0;
}

static int run_csv(TfgKernelCall *c, TfgStatus *s)
{
    for (int f = 0; f < c->n_out; f++)
        if (c->in[f + 1]->count > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "There should only be 1 default per field but field %d has %lld", f, (long long)c->in[f + 1]->count);
    TfgStr *fields = tfg_calloc((size_t)c->n_out, sizeof *fields);
    if (!fields)
        return tfg_fail_memory(s);
    int rc = 0;
    for (int f = 0; f < c->n_out && rc == 0; f++)
        rc = tfg_kernel_output_like(c, f, c->in[0], s) ? 0 : -1;
    if (rc == 0)
        rc = decode_records(c, fields, s);
    for (int f = 0; f < c->n_out; f++)
        tfg_str_fini(&fields[f]);
    tfg_free(fields);
    return rc;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------------------ */

static int run_json(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    TfgStr bytes = TFG_STR_INIT;
    int rc = out ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i < in->count; i++) {
        const TfgString *e = (const TfgString *)in->data + i;
        tfg_str_clear(&bytes);
        rc = tfg_example_from_json(e->data, e->n, &bytes, s);
        if (rc < 0 && s->code == TFG_INVALID_ARGUMENT)
            tfg_status_prepend(s, "Error while parsing JSON: ");
        else if (rc == 0 && tfg_string_set((TfgString *)out->data + i, tfg_str_text(&bytes), bytes.n) < 0)
            rc = tfg_fail_memory(s);
    }
    tfg_str_fini(&bytes);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "DecodeCSV", .prepare = prepare_csv, .release = tfg_free, .run = run_csv},
    {.op = "DecodeCompressed", .prepare = prepare_compressed, .run = run_compressed},
    {.op = "DecodeJSONExample", .run = run_json},
    {.op = "DecodeRaw", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_raw},
    {.op = "ParseTensor", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_parse_tensor},
    {.op = "SerializeTensor", .types = {{"T", TFG_TYPES_NUMBERS | TFG_B(BOOL) | TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT)}},
     .run = run_serialize_tensor},
};

int tfg_register_kernels_parsing(TfgStatus *s);
int tfg_register_kernels_parsing(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s) < 0 || tfg_register_plain(tfg_kernels_parsing_example, s) < 0 ||
           tfg_register_plain(tfg_kernels_parsing_sequence, s) < 0 ? -1 : 0;
}
