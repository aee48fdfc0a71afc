/* Numbers as text and back: AsString, StringToNumber. */
#include <stdio.h>

#include "kernels/string.h"

/* ---- AsString ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Format { char number[48]; } Format;      /* printf's, of a long long or a double */

static int refuse(const char *what, TfgDType d, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s not supported for datatype %s", what, tfg_dtype_name(d));
}

static int prepare_as_string(const TfgPrepare *p, void **state, TfgStatus *s)
{
    int64_t precision = tfg_attrs_int(p->attrs, "precision"), width = tfg_attrs_int(p->attrs, "width");
    bool scientific = tfg_attrs_bool(p->attrs, "scientific"), shortest = tfg_attrs_bool(p->attrs, "shortest");
    TfgBytes fill = tfg_attrs_string(p->attrs, "fill");
    TfgDType d = p->in_dtype[0];
    TfgKind kind = tfg_dtype_kind(d);
    bool has_point = kind == TFG_KIND_FLOAT || kind == TFG_KIND_COMPLEX;
    if (fill.n > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Fill string must be one or fewer characters");
    if (fill.n == 1 && !strchr(" +-0#", fill.data[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Fill argument not supported: %.1s", fill.data);
    if (!has_point && (scientific || shortest))
        return refuse("scientific and shortest format", d, s);
    if (scientific && shortest)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot select both scientific and shortest notation");
    if (!has_point && precision > -1)
        return refuse("precision", d, s);
    if (precision > INT32_MAX || width > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "width and precision must be below 2^31, got %lld and %lld", (long long)width, (long long)precision);
    Format *f = tfg_alloc(sizeof *f);
    if (!f)
        return tfg_fail_memory(s);
    int n = snprintf(f->number, sizeof f->number, "%%");
    if (width > -1)             /* without one, nothing is filled */
        n += snprintf(f->number + n, sizeof f->number - (size_t)n, "%.*s%lld", (int)fill.n, fill.n ? fill.data : "", (long long)width);
    if (precision > -1)
        n += snprintf(f->number + n, sizeof f->number - (size_t)n, ".%lld", (long long)precision);
    snprintf(f->number + n, sizeof f->number - (size_t)n, "%s", !has_point ? "lld" : shortest ? "g" : scientific ? "e" : "f");
    *state = f;
    return 0;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void print_real(const Format *f, double x, TfgStr *out) { tfg_str_printf(out, f->number, x); }
static void print_integer(const Format *f, int64_t x, TfgStr *out) { tfg_str_printf(out, f->number, (long long)x); }
#pragma GCC diagnostic pop

static void print_pair(const Format *f, double re, double im, TfgStr *out)
{
    tfg_str_putc(out, '(');
    print_real(f, re, out);
    tfg_str_putc(out, ',');
    print_real(f, im, out);
    tfg_str_putc(out, ')');
}

static int as_string(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    const TfgTensor *in = c->in[0];
    TfgStr text = TFG_STR_INIT;
    int rc = 0;
    for (int64_t i = begin; i < end && rc == 0; i++) {
        switch (in->dtype) {
        case TFG_BOOL: tfg_str_puts(&text, ((const bool *)in->data)[i] ? "true" : "false"); break;
        case TFG_FLOAT: case TFG_DOUBLE: print_real(c->state, tfg_tensor_double(in, i), &text); break;
        case TFG_COMPLEX64: {
            TfgComplex64 z = ((const TfgComplex64 *)in->data)[i];
            print_pair(c->state, (double)z.re, (double)z.im, &text);
            break;
        }
        case TFG_COMPLEX128: {
            TfgComplex128 z = ((const TfgComplex128 *)in->data)[i];
            print_pair(c->state, z.re, z.im, &text);
            break;
        }
        default: print_integer(c->state, tfg_tensor_int(in, i), &text);
        }
        rc = tfg_string_take(tfg_strings_mut(c->out[0]) + i, &text, s);
    }
    tfg_str_fini(&text);
    return rc;
}

static int run_as_string(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, as_string, s); }

/* ---- StringToNumber --------------------------------------------------------------------------------------------------------------------- */

static int refuse_number(const TfgString *e, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "StringToNumberOp could not correctly convert string: %.*s", (int)(e->n > 1000 ? 1000 : e->n),
                    e->n ? e->data : "");
}

static int to_number(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    TfgKernelCall *c = context;
    TfgTensor *out = c->out[0];
    for (int64_t i = begin; i < end; i++) {
        const TfgString *e = tfg_strings(c->in[0]) + i;
        int64_t whole = 0;
        double real = 0;
        bool ok = false;
        const char *text = e->n ? e->data : "";
        size_t n = strnlen(text, e->n);         /* as in C, a zero byte ends the text */
        switch (out->dtype) {
        case TFG_FLOAT: ok = tfg_parse_real(text, n, true, &real); ((float *)out->data)[i] = (float)real; break;
        case TFG_DOUBLE: ok = tfg_parse_real(text, n, false, &real); ((double *)out->data)[i] = real; break;
        case TFG_INT32: ok = tfg_parse_integer(text, n, INT32_MIN, INT32_MAX, &whole); ((int32_t *)out->data)[i] = (int32_t)whole; break;
        default: ok = tfg_parse_integer(text, n, INT64_MIN, INT64_MAX, &whole); ((int64_t *)out->data)[i] = whole;
        }
        if (!ok)
            return refuse_number(e, s);
    }
    return 0;
}

static int run_to_number(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, to_number, s); }

static const TfgKernelRow rows[] = {
    {.op = "AsString", .prepare = prepare_as_string, .release = tfg_free, .run = run_as_string},
    {.op = "StringToNumber", .types = {{"out_type", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_INDEX}}, .run = run_to_number},
};

int tfg_register_string_convert(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
