/* Between floats and quantised integers, and from wide quantised integers to narrow ones. */
#include <float.h>
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* What a quantised type holds. */
typedef struct Type { double low, high; int bits; } Type;

static Type type_of(TfgDType d)
{
    switch (d) {
    case TFG_QINT8: return (Type){INT8_MIN, INT8_MAX, 8};
    case TFG_QUINT8: return (Type){0, UINT8_MAX, 8};
    case TFG_QINT16: return (Type){INT16_MIN, INT16_MAX, 16};
    case TFG_QUINT16: return (Type){0, UINT16_MAX, 16};
    default: return (Type){INT32_MIN, INT32_MAX, 32};
    }
}

static int32_t load(const TfgTensor *t, int64_t i)
{
    switch (t->dtype) {
    case TFG_QINT8: return ((const int8_t *)t->data)[i];
    case TFG_QUINT8: return ((const uint8_t *)t->data)[i];
    case TFG_QINT16: return ((const int16_t *)t->data)[i];
    case TFG_QUINT16: return ((const uint16_t *)t->data)[i];
    default: return ((const int32_t *)t->data)[i];
    }
}

/* Numbers outside the type go to its ends; NaN to the lower. */
static void store(TfgTensor *t, int64_t i, double x, const Type *type)
{
    double v = x >= type->high ? type->high : x > type->low ? x : type->low;
    int32_t n = (int32_t)v;
    switch (t->dtype) {
    case TFG_QINT8: ((int8_t *)t->data)[i] = (int8_t)n; break;
    case TFG_QUINT8: ((uint8_t *)t->data)[i] = (uint8_t)n; break;
    case TFG_QINT16: ((int16_t *)t->data)[i] = (int16_t)n; break;
    case TFG_QUINT16: ((uint16_t *)t->data)[i] = (uint16_t)n; break;
    default: ((int32_t *)t->data)[i] = n; break;
    }
}

/* The largest float that the type holds. */
static float largest_float(const Type *type) { return type->bits == 32 ? 2147483520.0f : (float)type->high; }

static int check_scalars(const TfgKernelCall *c, TfgStatus *s)
{
    for (int i = 1; i < c->n_in; i++)
        if (c->in[i]->count != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ends of ranges must be scalars");
    return 0;
}
static float scalar(const TfgKernelCall *c, int i) { return *(const float *)c->in[i]->data; }

static int set_scalar(TfgKernelCall *c, int i, float x, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, i, 0, NULL, s);
    if (out)
        *(float *)out->data = x;
    return out ? 0 : -1;
}

/* MIN_FIRST: the lowest number stands for the range's lower end, which is rounded to a step.  In single precision, as TensorFlow
 * computes it. */
typedef struct Steps { float scale, low_scaled; } Steps;

static Steps steps_of(float low, float high, const Type *type)
{
    Steps steps = {.scale = low == high ? 0 : (float)((ldexp(1, type->bits) - 1) / (double)(high - low))};
    steps.low_scaled = roundf(low * steps.scale);
    return steps;
}

/* Halves away from zero, as roundf, but as instructions that work on vectors. */
static inline float rounded(float x)
{
    float whole = truncf(x);
    return fabsf(x - whole) >= 0.5f ? whole + copysignf(1.0f, x) : whole;
}

/* ---- QuantizeV2 -------------------------------------------------------------------------------------------------------------------- */

static float limited(float x, float low, float high)
{
    x = x < high ? x : high;
    return x < low ? low : x;
}

typedef enum Mode { COMBINED, FIRST, SCALED } Mode;

typedef struct Quantize {
    Mode mode;
    bool even;                  /* SCALED: halves go to the even number */
    const float *x;
    TfgTensor *out;
    Type type;
    float low, high, scale, half;
    Steps steps;
} Quantize;

/* Numbers of the type, or beyond its ends. */
TFG_WIDE static void find_numbers(const Quantize *q, const float *x, float *v, int64_t n)
{
    float low = q->low, high = q->high, scale = q->scale, half = q->half, most = largest_float(&q->type);
    float least = (float)q->type.low, first = q->steps.low_scaled - least;
    if (q->mode == FIRST)
        for (int64_t i = 0; i < n; i++) {
            float at = rounded(x[i] * q->steps.scale) - first;
            v[i] = at < most ? at : most;
        }
    else if (q->mode == SCALED && q->even)
        for (int64_t i = 0; i < n; i++)
            v[i] = rintf(limited(x[i], low, high) * scale);
    else if (q->mode == SCALED)
        for (int64_t i = 0; i < n; i++)
            v[i] = rounded(limited(x[i], low, high) * scale);
    else if (q->type.low < 0)
        for (int64_t i = 0; i < n; i++)
            v[i] = rounded((limited(x[i], low, high) - low) * scale - half);
    else
        for (int64_t i = 0; i < n; i++)
            v[i] = (limited(x[i], low, high) - low) * scale + 0.5f;
    if (q->mode == COMBINED && q->type.bits == 32)          /* 1.12.3 lets 32 bits wrap */
        for (int64_t i = 0; i < n; i++)
            v[i] = v[i] > most ? least : v[i];
}

/* Numbers outside the type go to its ends; NaN to the lower. */
#define STORE(T, F)                                                                             \
    for (int64_t i = 0; i < n; i++) {                                                           \
        F x = (F)v[i], high = (F)type->high, low = (F)type->low;                                \
        ((T *)t->data)[at + i] = (T)(int32_t)(x >= high ? high : x > low ? x : low);            \
    }
TFG_WIDE static void store_numbers(TfgTensor *t, int64_t at, const float *v, int64_t n, const Type *type)
{
    switch (t->dtype) {
    case TFG_QINT8: STORE(int8_t, float) break;
    case TFG_QUINT8: STORE(uint8_t, float) break;
    case TFG_QINT16: STORE(int16_t, float) break;
    case TFG_QUINT16: STORE(uint16_t, float) break;
    default: STORE(int32_t, double)
    }
}

static void quantize_range(void *context, int64_t begin, int64_t end)
{
    enum { PIECE = 1024 };
    const Quantize *q = context;
    float v[PIECE];
    for (int64_t i = begin; i < end; i += PIECE) {
        int64_t n = end - i < PIECE ? end - i : PIECE;
        find_numbers(q, q->x + i, v, n);
        store_numbers(q->out, i, v, n, &q->type);
    }
}

static void set_scale(Quantize *q)
{
    const Type *type = &q->type;
    if (q->mode == FIRST) {
        q->steps = steps_of(q->low, q->high, type);
    } else if (q->mode == COMBINED) {
        q->scale = (float)((type->high - type->low) / (double)(q->high - q->low));
        q->half = type->low < 0 ? (float)((type->high - type->low + 1) / 2) : 0;
    } else {
        float least = (float)type->low, most = (float)type->high;
        float from_low = least * q->low > 0 ? least / q->low : FLT_MAX, from_high = most * q->high > 0 ? most / q->high : FLT_MAX;
        q->scale = from_low < from_high ? from_low : from_high;
        q->low = least / q->scale;
        q->high = most / q->scale;
    }
}

static int run_quantize(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalars(c, s) < 0)
        return -1;
    float given = scalar(c, 1), end = scalar(c, 2), low = given < 0 ? given : 0;
    if (end < given)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_max_range must be larger than input_min_range.");
    float largest = fmaxf(1.0f, fmaxf(fabsf(given), fabsf(end))), apart = low + largest / 100.0f, high = fmaxf(0.0f, end > apart ? end : apart);
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out)
        return -1;
    Quantize q = {.mode = tfg_attrs_string_is(c->attrs, "mode", "MIN_COMBINED") ? COMBINED : tfg_attrs_string_is(c->attrs, "mode", "MIN_FIRST") ? FIRST : SCALED,
                  .even = tfg_attrs_string_is(c->attrs, "round_mode", "HALF_TO_EVEN"), .x = c->in[0]->data, .out = out,
                  .type = type_of(out->dtype), .low = low, .high = high};
    set_scale(&q);
    tfg_for_ranges(out->count, 16384, quantize_range, &q);
    return set_scalar(c, 1, q.low, s) < 0 ? -1 : set_scalar(c, 2, q.high, s);
}

/* ---- Dequantize -------------------------------------------------------------------------------------------------------------------- */

/* What the number x stands for in MIN_FIRST; how many steps the range's lower end is from 0, and for
 * ranges (`single`) what that comes to, is told in single precision. */
static double meaning(int32_t x, float low, float high, const Type *type, bool single)
{
    double n = ldexp(1, type->bits), scale = (double)(high - low) * (n / (n - 1)) / n;
    float step = (float)scale;
    if (low == high)
        return (double)low;
    double start = single ? (double)(roundf(low / step) * step) : (double)roundf(low / step) * scale;
    return start + ((double)x - type->low) * scale;
}

static int run_dequantize(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalars(c, s) < 0)
        return -1;
    const TfgTensor *x = c->in[0];
    float low = scalar(c, 1), high = scalar(c, 2);
    Type type = type_of(x->dtype);
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    float *y = out->data;
    if (tfg_attrs_string_is(c->attrs, "mode", "MIN_COMBINED")) {
        float scale = (high - low) / ((float)type.high - (float)type.low), half = type.low < 0 ? (float)((type.high - type.low + 1) / 2) : 0;
        for (int64_t i = 0; i < x->count; i++)
            y[i] = ((float)load(x, i) + half) * scale + low;
    } else if (tfg_attrs_string_is(c->attrs, "mode", "MIN_FIRST")) {
        for (int64_t i = 0; i < x->count; i++)
            y[i] = (float)meaning(load(x, i), low, high, &type, false);
    } else {
        float from_low = type.low < 0 ? low / (float)type.low : 0, from_high = high / (float)type.high;
        float scale = type.low < 0 && from_low > from_high ? from_low : from_high;
        for (int64_t i = 0; i < x->count; i++)
            y[i] = (float)load(x, i) * scale;
    }
    return 0;
}

/* ---- From wide to narrow ------------------------------------------------------------------------------------------------------------ */

static void used_range(const TfgTensor *x, float low, float high, float *from, float *to)
{
    Type type = type_of(x->dtype);
    int32_t least = x->count ? load(x, 0) : 0, most = least;
    for (int64_t i = 1; i < x->count; i++) {
        int32_t v = load(x, i);
        least = v < least ? v : least;
        most = v > most ? v : most;
    }
    *from = fminf(0.0f, (float)meaning(least, low, high, &type, true));
    *to = (float)meaning(most, low, high, &type, true);
}

static int run_range(TfgKernelCall *c, TfgStatus *s)
{
    float from, to;
    if (check_scalars(c, s) < 0)
        return -1;
    used_range(c->in[0], scalar(c, 1), scalar(c, 2), &from, &to);
    return set_scalar(c, 0, from, s) < 0 ? -1 : set_scalar(c, 1, to, s);
}

/* 32 bits to 8 in fixed point with 16 bits behind the point, whose bits are TensorFlow's also where it wraps. */
typedef struct Fixed { int64_t scale, input_offset, output_offset; } Fixed;

static int64_t to_fixed(double x) { return x > -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }

static Fixed fixed_of(float low, float high, float from, float to, double steps)
{
    float input = high - low, output = to - from, middle = (float)((double)(low + high) / 2.0);
    if (output == 0)
        return (Fixed){0, 0, 0};
    float reciprocal = (float)(steps / (double)output);
    return (Fixed){to_fixed(steps * 65536 * (double)input / (double)output), to_fixed((double)(middle * reciprocal * 65536.0f)),
                   to_fixed((double)from * steps * 65536 / (double)output)};
}

static int64_t fixed_value(const Fixed *f, int32_t x)
{
    int64_t scaled = (int64_t)((uint64_t)(int64_t)x * (uint64_t)f->scale) >> 32;
    return (int64_t)((uint64_t)scaled + (uint64_t)f->input_offset - (uint64_t)f->output_offset + (1 << 15)) >> 16;
}

static int narrow(TfgKernelCall *c, float from, float to, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    float low = scalar(c, 1), high = scalar(c, 2);
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    Type type = type_of(out->dtype);
    Fixed f = fixed_of(low, high, from, to, type.high - type.low);
    for (int64_t i = 0; i < x->count; i++)
        store(out, i, (double)fixed_value(&f, load(x, i)), &type);
    return set_scalar(c, 1, from, s) < 0 ? -1 : set_scalar(c, 2, to, s);
}

static int run_shrink(TfgKernelCall *c, TfgStatus *s)
{
    float from, to;
    if (check_scalars(c, s) < 0)
        return -1;
    used_range(c->in[0], scalar(c, 1), scalar(c, 2), &from, &to);
    return narrow(c, from, to, s);
}

static int run_requantize(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalars(c, s) < 0)
        return -1;
    float from = scalar(c, 3), to = scalar(c, 4);
    if (from > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "requested_output_min must be <= 0, but got %g", (double)from);
    if (!(to >= from))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "requested_output_max must be >= requested_output_min, but got %g and %g", (double)to, (double)from);
    return narrow(c, from, to, s);
}

static const TfgKernelRow rows[] = {
    {.op = "QuantizeV2", .run = run_quantize},
    {.op = "Dequantize", .run = run_dequantize},
    {.op = "RequantizationRange", .run = run_range},
    {.op = "QuantizeDownAndShrinkRange", .run = run_shrink},
    {.op = "Requantize", .run = run_requantize},
};

const TfgKernelRow *tfg_kernels_quantize_convert(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
