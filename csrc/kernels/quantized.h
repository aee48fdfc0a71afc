/* Quantized: numbers of a range as integers, one by one, in the precisions that TensorFlow computes them in. */
#ifndef TFG_KERNELS_QUANTIZED_H
#define TFG_KERNELS_QUANTIZED_H

#include "kernels/util.h"

typedef struct TfgQuantized {   /* a type: what it holds, and how many steps that is */
    int64_t low, high;
    double steps;
} TfgQuantized;
TfgQuantized tfg_quantized_type(TfgDType d);
int32_t tfg_quantized_load(const TfgTensor *t, int64_t i);
void tfg_quantized_store(TfgTensor *t, int64_t i, int64_t x);          /* x is inside the type */

/* x in steps of [min, max], which may lie outside the type; and cut to it. */
int64_t tfg_quantize_unclamped(float x, float min, float max, const TfgQuantized *q);
int64_t tfg_quantize_one(float x, float min, float max, const TfgQuantized *q);
float tfg_dequantize_one(int64_t x, float min, float max, const TfgQuantized *q);

/* The same for many, in single precision. */
typedef struct TfgQuantizer { float scale, low_scaled; TfgQuantized type; } TfgQuantizer;
typedef struct TfgDequantizer { float scale, shift; } TfgDequantizer;
TfgQuantizer tfg_quantizer(float min, float max, const TfgQuantized *q);
TfgDequantizer tfg_dequantizer(float min, float max, const TfgQuantized *q);
static inline float tfg_dequantized(const TfgDequantizer *d, int32_t x) { return d->shift + (float)x * d->scale; }
int64_t tfg_quantized_by(const TfgQuantizer *q, float x);

/* The range of products of a and b in dtype c. */
void tfg_quantized_product_range(TfgDType a, float min_a, float max_a, TfgDType b, float min_b, float max_b, TfgDType c, float *min_c, float *max_c);

/* Ends of ranges are inputs of one element. */
int tfg_quantized_ends(const TfgKernelCall *c, int first, int n, float *out, TfgStatus *s);
int tfg_quantized_set_ends(TfgKernelCall *c, int first, float min, float max, TfgStatus *s);

#endif
