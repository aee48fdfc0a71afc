/* One loop per dtype, and within it the kind of change: rows are short, so the choice is made once for each. */
#include "kernels/scatter.h"

#include <complex.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

enum { SET = TFG_SCATTER_SET, ADD = TFG_SCATTER_ADD, SUB = TFG_SCATTER_SUB, MUL = TFG_SCATTER_MUL, DIV = TFG_SCATTER_DIV,
       MIN = TFG_SCATTER_MIN, MAX = TFG_SCATTER_MAX };

TfgScatterKind tfg_scatter_kind(const char *type)
{
    static const struct { const char *end; TfgScatterKind kind; } kinds[] = {
        {"Update", TFG_SCATTER_SET}, {"Add", TFG_SCATTER_ADD}, {"Sub", TFG_SCATTER_SUB}, {"Mul", TFG_SCATTER_MUL}, {"Div", TFG_SCATTER_DIV},
        {"Min", TFG_SCATTER_MIN}, {"Max", TFG_SCATTER_MAX}};
    size_t n = strlen(type);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (n >= strlen(kinds[i].end) && strcmp(type + n - strlen(kinds[i].end), kinds[i].end) == 0)
            return kinds[i].kind;
    return TFG_SCATTER_SET;
}

#define EACH(T, expression)                                     \
    for (int64_t i = 0; i < n; i++) {                           \
        T x = ((const T *)to)[i], y = ((const T *)from)[step * i]; \
        ((T *)to)[i] = (T)(expression);                         \
    }                                                           \
    return
#define LEAST (y < x ? y : x)
#define MOST (x < y ? y : x)

#define FLOAT_LOOPS(name, T)                                                                                   \
    static void name(TfgScatterKind kind, void *to, const void *from, int64_t step, int64_t n)                 \
    {                                                                                                          \
        switch ((int)kind) {                                                                                   \
        case ADD: EACH(T, x + y);                                                                              \
        case SUB: EACH(T, x - y);                                                                              \
        case MUL: EACH(T, x * y);                                                                              \
        case DIV: EACH(T, x / y);                                                                              \
        case MIN: EACH(T, LEAST);                                                                              \
        case MAX: EACH(T, MOST);                                                                               \
        }                                                                                                      \
    }
/* Division by -1 is a subtraction: the smallest integer has no opposite. */
#define WHOLE_LOOPS(name, T)                                                                                   \
    static void name(TfgScatterKind kind, void *to, const void *from, int64_t step, int64_t n)                 \
    {                                                                                                          \
        switch ((int)kind) {                                                                                   \
        case ADD: EACH(T, (uint64_t)x + (uint64_t)y);                                                          \
        case SUB: EACH(T, (uint64_t)x - (uint64_t)y);                                                          \
        case MUL: EACH(T, (uint64_t)x * (uint64_t)y);                                                          \
        case DIV: EACH(T, y == 0 ? 0 : (T)-1 < (T)1 && y == (T)-1 ? 0 - (uint64_t)x : (uint64_t)(x / y));      \
        case MIN: EACH(T, LEAST);                                                                              \
        case MAX: EACH(T, MOST);                                                                               \
        }                                                                                                      \
    }
#define COMPLEX_LOOPS(name, T)                                                                                 \
    static void name(TfgScatterKind kind, void *to, const void *from, int64_t step, int64_t n)                 \
    {                                                                                                          \
        switch ((int)kind) {                                                                                   \
        case ADD: EACH(T, x + y);                                                                              \
        case SUB: EACH(T, x - y);                                                                              \
        case MUL: EACH(T, x * y);                                                                              \
        case DIV: EACH(T, x / y);                                                                              \
        }                                                                                                      \
    }
FLOAT_LOOPS(apply_float, float)
FLOAT_LOOPS(apply_double, double)
WHOLE_LOOPS(apply_int8, int8_t)
WHOLE_LOOPS(apply_int16, int16_t)
WHOLE_LOOPS(apply_int32, int32_t)
WHOLE_LOOPS(apply_int64, int64_t)
WHOLE_LOOPS(apply_uint8, uint8_t)
WHOLE_LOOPS(apply_uint16, uint16_t)
WHOLE_LOOPS(apply_uint32, uint32_t)
WHOLE_LOOPS(apply_uint64, uint64_t)
COMPLEX_LOOPS(apply_complex64, float complex)
COMPLEX_LOOPS(apply_complex128, double complex)

static void apply_half(TfgScatterKind kind, TfgDType d, uint16_t *to, const uint16_t *from, int64_t step, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float x = tfg_load_half(d, to[i]), y = tfg_load_half(d, from[step * i]);
        apply_float(kind, &x, &y, 1, 1);
        to[i] = tfg_store_half(d, x);
    }
}

/* Sums and differences of truth values are true where not zero. */
static void apply_bool(TfgScatterKind kind, uint8_t *to, const uint8_t *from, int64_t step, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = kind == TFG_SCATTER_SUB ? to[i] ^ from[step * i] : to[i] | from[step * i];
}

static int append_strings(TfgString *to, const TfgString *from, int64_t step, int64_t n, TfgStatus *s)
{
    for (int64_t i = 0; i < n; i++) {
        const TfgString *more = &from[step * i];
        if (more->n == 0)
            continue;
        char *text = tfg_realloc(to[i].data, to[i].n + more->n);
        if (!text)
            return tfg_fail_memory(s);
        memcpy(text + to[i].n, more->data, more->n);
        to[i].data = text;
        to[i].n += more->n;
    }
    return 0;
}

int tfg_scatter_apply(TfgScatterKind kind, TfgDType d, void *to, const void *from, int64_t step, int64_t n, TfgStatus *s)
{
    if (kind == TFG_SCATTER_SET)
        return step ? tfg_copy_elements(d, to, from, n, s) : tfg_fill_elements(d, to, from, n, s);
    switch (d) {
    case TFG_HALF: case TFG_BFLOAT16: apply_half(kind, d, to, from, step, n); return 0;
    case TFG_FLOAT: apply_float(kind, to, from, step, n); return 0;
    case TFG_DOUBLE: apply_double(kind, to, from, step, n); return 0;
    case TFG_INT8: apply_int8(kind, to, from, step, n); return 0;
    case TFG_INT16: apply_int16(kind, to, from, step, n); return 0;
    case TFG_INT32: apply_int32(kind, to, from, step, n); return 0;
    case TFG_INT64: apply_int64(kind, to, from, step, n); return 0;
    case TFG_UINT8: apply_uint8(kind, to, from, step, n); return 0;
    case TFG_UINT16: apply_uint16(kind, to, from, step, n); return 0;
    case TFG_UINT32: apply_uint32(kind, to, from, step, n); return 0;
    case TFG_UINT64: apply_uint64(kind, to, from, step, n); return 0;
    case TFG_COMPLEX64: apply_complex64(kind, to, from, step, n); return 0;
    case TFG_COMPLEX128: apply_complex128(kind, to, from, step, n); return 0;
    case TFG_BOOL: apply_bool(kind, to, from, step, n); return 0;
    case TFG_STRING: return append_strings(to, from, step, n, s);
    default: return tfg_fail(s, TFG_UNIMPLEMENTED, "Scatter does not serve %s", tfg_dtype_signature_name(d));
    }
}

int tfg_scatter_ignores(const TfgKernelCall *c, bool *ignore, TfgStatus *s)
{
    static const char name[] = "bad_indices_policy";
    *ignore = false;
    if (!tfg_attrs_find(c->attrs, name))
        return 0;
    TfgBytes policy = tfg_attrs_string(c->attrs, name);
    *ignore = tfg_attrs_string_is(c->attrs, name, "IGNORE");
    if (policy.n == 0 || *ignore || tfg_attrs_string_is(c->attrs, name, "ERROR") || tfg_attrs_string_is(c->attrs, name, "DEFAULT"))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unknown bad indices handling attribute: %.*s", (int)policy.n, policy.data);
}
