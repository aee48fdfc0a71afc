/* Text and elements: string elements, and tensors written as text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/half.h"
#include "tensor/tensor.h"

void tfg_string_clear(TfgString *e)
{
    tfg_free(e->data);
    e->data = NULL;
    e->n = 0;
}

int tfg_string_set(TfgString *e, const char *data, size_t n)
{
    char *copy = NULL;
    if (n) {
        copy = tfg_strndup(data, n);
        if (!copy)
            return -1;
    }
    tfg_free(e->data);
    e->data = copy;
    e->n = n;
    return 0;
}

/* ---- Numbers as TensorFlow's C++ prints them ----------------------------------------------------------------------------------- */

/* Six digits where they give the number back, else nine. */
static void put_float(TfgStr *out, float v)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", (double)v);
    float back = strtof(text, NULL);
    if (memcmp(&back, &v, sizeof v) != 0 && v == v)
        snprintf(text, sizeof text, "%.9g", (double)v);
    tfg_str_puts(out, v == v ? text : "nan");
}

/* Fifteen digits where they give the number back, else seventeen. */
static void put_double(TfgStr *out, double v)
{
    char text[40];
    snprintf(text, sizeof text, "%.15g", v);
    double back = strtod(text, NULL);
    if (memcmp(&back, &v, sizeof v) != 0 && v == v)
        snprintf(text, sizeof text, "%.17g", v);
    tfg_str_puts(out, v == v ? text : "nan");
}

static void put_escaped(TfgStr *out, const TfgString *e)
{
    for (size_t i = 0; i < e->n; i++) {
        unsigned char c = (unsigned char)e->data[i];
        switch (c) {
        case '\n': tfg_str_puts(out, "\\n"); break;
        case '\r': tfg_str_puts(out, "\\r"); break;
        case '\t': tfg_str_puts(out, "\\t"); break;
        case '"': tfg_str_puts(out, "\\\""); break;
        case '\'': tfg_str_puts(out, "\\'"); break;
        case '\\': tfg_str_puts(out, "\\\\"); break;
        default:
            if (c >= 0x20 && c < 0x7f)
                tfg_str_putc(out, (char)c);
            else
                tfg_str_printf(out, "\\%03o", c);
        }
    }
}

/* What TensorFlow has no text for (complex, bfloat16, 32-bit quantized, handles) is "?". */
void tfg_tensor_format_element(const TfgTensor *t, int64_t i, TfgStr *out)
{
    switch (t->dtype) {
    case TFG_FLOAT: put_float(out, ((const float *)t->data)[i]); break;
    case TFG_HALF: put_float(out, tfg_half_to_float(((const uint16_t *)t->data)[i])); break;
    case TFG_DOUBLE: put_double(out, ((const double *)t->data)[i]); break;
    case TFG_UINT64: tfg_str_printf(out, "%" PRIu64, ((const uint64_t *)t->data)[i]); break;
    case TFG_STRING: put_escaped(out, &((const TfgString *)t->data)[i]); break;
    case TFG_COMPLEX64: case TFG_COMPLEX128: case TFG_BFLOAT16: case TFG_QINT32: case TFG_RESOURCE: case TFG_VARIANT: case TFG_INVALID:
        tfg_str_putc(out, '?');
        break;
    default: tfg_str_printf(out, "%" PRId64, tfg_tensor_int(t, i));
    }
}

/* ---- Summaries --------------------------------------------------------------------------------------------------------------- */

/* Types without a text of their own, and strings, are written without brackets. */
static bool is_nested(TfgDType d)
{
    switch (d) {
    case TFG_STRING: case TFG_COMPLEX64: case TFG_COMPLEX128: case TFG_BFLOAT16: case TFG_QINT32: case TFG_RESOURCE: case TFG_VARIANT:
        return false;
    default: return true;
    }
}

static void put_flat(const TfgTensor *t, int64_t limit, TfgStr *out)
{
    for (int64_t i = 0; i < limit; i++) {
        if (i)
            tfg_str_putc(out, ' ');
        tfg_tensor_format_element(t, i, out);
    }
}

/* Elements of dimension `d` from *next on; the last, broken row of an inner dimension says so itself. */
static void put_nested(const TfgTensor *t, int d, int64_t limit, int64_t *next, TfgStr *out)
{
    for (int64_t i = 0; i < t->dims[d]; i++) {
        if (d == t->rank - 1) {
            if (*next >= limit) {
                if (d > 0)
                    tfg_str_puts(out, "...");
                return;
            }
            if (i)
                tfg_str_putc(out, ' ');
            tfg_tensor_format_element(t, (*next)++, out);
        } else {
            if (*next >= limit)
                return;
            tfg_str_putc(out, '[');
            put_nested(t, d + 1, limit, next, out);
            tfg_str_putc(out, ']');
        }
    }
}

void tfg_tensor_summarize(const TfgTensor *t, int64_t max, TfgStr *out)
{
    int64_t limit = max < 0 || max > t->count ? t->count : max, next = 0;
    if (t->rank < 2 || !is_nested(t->dtype))
        put_flat(t, limit, out);
    else if (limit > 0)
        put_nested(t, 0, limit, &next, out);
    if (t->count > limit)
        tfg_str_puts(out, "...");
}
