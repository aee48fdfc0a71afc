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

static float quantized(float x, const Steps *steps, const Type *type)
{
    return roundf(x * steps->scale) - (steps->low_scaled - (float)type->low);
}

/* ---- QuantizeV2 -------------------------------------------------------------------------------------------------------------------- */

static float limited(float x, float low, float high)
{
    x = x < high ? x : high;
    return x < low ? low : x;
}

static void quantize_combined(const float *x, TfgTensor *out, float low, float high, const Type *type)
{
    float scale = (float)((type->high - type->low) / (double)(high - low)), half = type->low < 0 ? (float)((type->high - type->low + 1) / 2) : 0;
    for (int64_t i = 0; i < out->count; i++) {
        float v = (limited(x[i], low, high) - low) * scale;
        v = type->low < 0 ? roundf(v - half) : v + 0.5f;
        store(out, i, type->bits == 32 && v > 2147483520.0f ? type->low : (double)v, type);     /* 1.12.3 lets 32 bits wrap */
    }
}

static void quantize_scaled(const TfgKernelCall *c, TfgTensor *out, float *low, float *high, const Type *type)
{
    const float *x = c->in[0]->data;
    float least = (float)type->low, most = (float)type->high;
    float from_low = least * *low > 0 ? least / *low : FLT_MAX, from_high = most * *high > 0 ? most / *high : FLT_MAX;
    float scale = from_low < from_high ? from_low : from_high;
    bool even = tfg_attrs_string_is(c->attrs, "round_mode", "HALF_TO_EVEN");
    *low = least / scale;
    *high = most / scale;
    for (int64_t i = 0; i < out->count; i++) {
        float v = limited(x[i], *low, *high) * scale;
        store(out, i, (double)(even ? rintf(v) : roundf(v)), type);
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
    Type type = type_of(out->dtype);
    if (tfg_attrs_string_is(c->attrs, "mode", "MIN_COMBINED")) {
        quantize_combined(c->in[0]->data, out, low, high, &type);
    } else if (tfg_attrs_string_is(c->attrs, "mode", "MIN_FIRST")) {
        Steps steps = steps_of(low, high, &type);
        for (int64_t i = 0; i < out->count; i++)
            store(out, i, (double)fminf(quantized(((const float *)c->in[0]->data)[i], &steps, &type), largest_float(&type)), &type);
    } else {
        quantize_scaled(c, out, &low, &high, &type);
    }
    return set_scalar(c, 1, low, s) < 0 ? -1 : set_scalar(c, 2, high, s);
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
