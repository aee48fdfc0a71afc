/* What all kernels of quantised integers share. */
#include <math.h>

#include "base/status.h"
#include "kernels/quantized.h"

TfgQuantized tfg_quantized_type(TfgDType d)
{
    switch (d) {
    case TFG_QINT8: return (TfgQuantized){INT8_MIN, INT8_MAX, 256};
    case TFG_QUINT8: return (TfgQuantized){0, UINT8_MAX, 256};
    case TFG_QINT16: return (TfgQuantized){INT16_MIN, INT16_MAX, 65536};
    case TFG_QUINT16: return (TfgQuantized){0, UINT16_MAX, 65536};
    default: return (TfgQuantized){INT32_MIN, INT32_MAX, 4294967296.0};
    }
}

int32_t tfg_quantized_load(const TfgTensor *t, int64_t i)
{
    switch (t->dtype) {
    case TFG_QINT8: return ((const int8_t *)t->data)[i];
    case TFG_QUINT8: return ((const uint8_t *)t->data)[i];
    case TFG_QINT16: return ((const int16_t *)t->data)[i];
    case TFG_QUINT16: return ((const uint16_t *)t->data)[i];
    default: return ((const int32_t *)t->data)[i];
    }
}

void tfg_quantized_store(TfgTensor *t, int64_t i, int64_t x)
{
    switch (t->dtype) {
    case TFG_QINT8: ((int8_t *)t->data)[i] = (int8_t)x; break;
    case TFG_QUINT8: ((uint8_t *)t->data)[i] = (uint8_t)x; break;
    case TFG_QINT16: ((int16_t *)t->data)[i] = (int16_t)x; break;
    case TFG_QUINT16: ((uint16_t *)t->data)[i] = (uint16_t)x; break;
    default: ((int32_t *)t->data)[i] = (int32_t)x; break;
    }
}

/* To a whole number; what is none, or too large for one, goes to the end. */
static int64_t whole(double x)
{
    return x >= 0x1p62 ? INT64_MAX / 2 : x > -0x1p62 ? (int64_t)x : INT64_MIN / 2;
}

int64_t tfg_quantize_unclamped(float x, float min, float max, const TfgQuantized *q)
{
    if (min == max)
        return q->low;
    double range = (double)(max - min) * (q->steps / (q->steps - 1)), scale = q->steps / range;
    return whole(round((double)x * scale) - round((double)min * scale)) + q->low;
}

int64_t tfg_quantize_one(float x, float min, float max, const TfgQuantized *q)
{
    int64_t n = tfg_quantize_unclamped(x, min, max, q);
    return n < q->low ? q->low : n > q->high ? q->high : n;
}

float tfg_dequantize_one(int64_t x, float min, float max, const TfgQuantized *q)
{
    if (min == max)
        return min;
    double range = (double)(max - min) * (q->steps / (q->steps - 1)), scale = range / q->steps;
    float rounded = roundf(min / (float)scale) * (float)scale;
    return (float)((double)rounded + (double)(x - q->low) * scale);
}

TfgQuantizer tfg_quantizer(float min, float max, const TfgQuantized *q)
{
    float scale = min == max ? 0 : (float)((q->steps - 1) / (double)(max - min));
    return (TfgQuantizer){scale, roundf(min * scale), *q};
}

int64_t tfg_quantized_by(const TfgQuantizer *q, float x)
{
    float v = roundf(x * q->scale) - (q->low_scaled - (float)q->type.low);
    float most = q->type.high == INT32_MAX ? 2147483520.0f : (float)q->type.high;
    return v >= most ? (int64_t)most : v > (float)q->type.low ? (int64_t)v : q->type.low;
}

TfgDequantizer tfg_dequantizer(float min, float max, const TfgQuantized *q)
{
    float scale = (float)((double)(max - min) / (q->steps - 1)), rounded = min == max ? min : roundf(min / scale) * scale;
    return (TfgDequantizer){scale, rounded - (float)q->low * scale};
}

static float level(TfgDType d, float min, float max)
{
    TfgQuantized q = tfg_quantized_type(d);
    return (max - min) / (float)(q.high - q.low);
}

void tfg_quantized_product_range(TfgDType a, float min_a, float max_a, TfgDType b, float min_b, float max_b, TfgDType c, float *min_c, float *max_c)
{
    float one = level(a, min_a, max_a) * level(b, min_b, max_b);
    TfgQuantized q = tfg_quantized_type(c);
    *min_c = one * (float)q.low;
    *max_c = one * (float)q.high;
}

int tfg_quantized_ends(const TfgKernelCall *c, int first, int n, float *out, TfgStatus *s)
{
    for (int i = 0; i < n; i++) {
        if (c->in[first + i]->count < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ends of ranges must be scalars");
        out[i] = *(const float *)c->in[first + i]->data;
    }
    return 0;
}

int tfg_quantized_set_ends(TfgKernelCall *c, int first, float min, float max, TfgStatus *s)
{
    TfgTensor *low = tfg_kernel_output(c, first, 0, NULL, s), *high = low ? tfg_kernel_output(c, first + 1, 0, NULL, s) : NULL;
    if (!high)
        return -1;
    *(float *)low->data = min;
    *(float *)high->data = max;
    return 0;
}
