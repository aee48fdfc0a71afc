/* Simd: vectors of the instruction set a *.simd.c file is compiled for, and SLEEF's functions on them.  A tail is a full vector
 * padded with zeros, so an element's result does not depend on where it stands. */
#ifndef TFG_KERNELS_SIMD_H
#define TFG_KERNELS_SIMD_H

#include <sleef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/isa.h"
#include "kernels/util.h"

#if defined(__AVX512F__)
#define VEC_BYTES 64
#define SLEEF_F(name, ulp) Sleef_##name##f16_##ulp##avx512f
#define SLEEF_D(name, ulp) Sleef_##name##d8_##ulp##avx512f
#elif defined(__AVX2__)
#define VEC_BYTES 32
#define SLEEF_F(name, ulp) Sleef_##name##f8_##ulp##avx2
#define SLEEF_D(name, ulp) Sleef_##name##d4_##ulp##avx2
#elif defined(__SSE4_1__)
#define VEC_BYTES 16
#define SLEEF_F(name, ulp) Sleef_##name##f4_##ulp##sse4
#define SLEEF_D(name, ulp) Sleef_##name##d2_##ulp##sse4
#else
#define VEC_BYTES 16
#define SLEEF_F(name, ulp) Sleef_##name##f4_##ulp##advsimd
#define SLEEF_D(name, ulp) Sleef_##name##d2_##ulp##advsimd
#endif

typedef float VecF __attribute__((vector_size(VEC_BYTES)));
typedef double VecD __attribute__((vector_size(VEC_BYTES)));
typedef int32_t VecI __attribute__((vector_size(VEC_BYTES)));
typedef int64_t VecL __attribute__((vector_size(VEC_BYTES)));
#define VECF_N (VEC_BYTES / 4)
#define VECD_N (VEC_BYTES / 8)

/* Every lane x, the sign of zero included. */
static inline VecF vecf_all(float x)
{
    VecF v;
    for (int i = 0; i < VECF_N; i++)
        v[i] = x;
    return v;
}
static inline VecD vecd_all(double x)
{
    VecD v;
    for (int i = 0; i < VECD_N; i++)
        v[i] = x;
    return v;
}
/* mask ? a : b, lane by lane; masks are all ones or all zeros, as comparisons give them. */
static inline VecF vecf_pick(VecI mask, VecF a, VecF b) { return (VecF)((mask & (VecI)a) | (~mask & (VecI)b)); }
static inline VecD vecd_pick(VecL mask, VecD a, VecD b) { return (VecD)((mask & (VecL)a) | (~mask & (VecL)b)); }
/* x where neither is larger (smaller), NaN included. */
static inline VecF vecf_larger(VecF x, VecF y)
{
#if defined(__AVX512F__)
    return (VecF)_mm512_max_ps((__m512)y, (__m512)x);
#elif defined(__AVX2__)
    return (VecF)_mm256_max_ps((__m256)y, (__m256)x);
#elif defined(__SSE4_1__)
    return (VecF)_mm_max_ps((__m128)y, (__m128)x);
#else
    return vecf_pick(x < y, y, x);
#endif
}
static inline VecF vecf_smaller(VecF x, VecF y)
{
#if defined(__AVX512F__)
    return (VecF)_mm512_min_ps((__m512)y, (__m512)x);
#elif defined(__AVX2__)
    return (VecF)_mm256_min_ps((__m256)y, (__m256)x);
#elif defined(__SSE4_1__)
    return (VecF)_mm_min_ps((__m128)y, (__m128)x);
#else
    return vecf_pick(y < x, y, x);
#endif
}
static inline VecF vecf_abs(VecF x) { return (VecF)((VecI)x & 0x7fffffff); }
static inline VecD vecd_abs(VecD x) { return (VecD)((VecL)x & INT64_C(0x7fffffffffffffff)); }
static inline bool veci_any(VecI m)
{
    int32_t any = 0;
    for (int i = 0; i < VECF_N; i++)
        any |= m[i];
    return any != 0;
}
static inline bool vecl_any(VecL m)
{
    int64_t any = 0;
    for (int i = 0; i < VECD_N; i++)
        any |= m[i];
    return any != 0;
}

/* Blocks of 16-bit floats run through float: converted in pieces that stay in L1. */
#define HALF_PIECE 512
static inline void halves_to_floats(TfgDType d, const uint16_t *from, float *to, int64_t n)
{
    if (d == TFG_BFLOAT16) {
        for (int64_t i = 0; i < n; i++)
            to[i] = tfg_bfloat16_to_float(from[i]);
        return;
    }
#if defined(__F16C__)
    int64_t i = 0;
    typedef short Short8 __attribute__((vector_size(16)));
    typedef float Float8 __attribute__((vector_size(32)));
    for (; i + 8 <= n; i += 8) {
        Short8 h;
        memcpy(&h, from + i, 16);
        Float8 f = __builtin_ia32_vcvtph2ps256(h);
        memcpy(to + i, &f, 32);
    }
    for (; i < n; i++)
        to[i] = tfg_half_to_float(from[i]);
#else
    for (int64_t i = 0; i < n; i++)
        to[i] = tfg_half_to_float(from[i]);
#endif
}
static inline void floats_to_halves(TfgDType d, const float *from, uint16_t *to, int64_t n)
{
    if (d == TFG_BFLOAT16) {
        for (int64_t i = 0; i < n; i++)
            to[i] = tfg_float_to_bfloat16(from[i]);
        return;
    }
#if defined(__F16C__)
    int64_t i = 0;
    typedef short Short8 __attribute__((vector_size(16)));
    typedef float Float8 __attribute__((vector_size(32)));
    for (; i + 8 <= n; i += 8) {
        Float8 f;
        memcpy(&f, from + i, 32);
        Short8 h = __builtin_ia32_vcvtps2ph256(f, 0);
        memcpy(to + i, &h, 16);
    }
    for (; i < n; i++)
        to[i] = tfg_float_to_half(from[i]);
#else
    for (int64_t i = 0; i < n; i++)
        to[i] = tfg_float_to_half(from[i]);
#endif
}
/* Runs the float block function of an op over halves; `out_size` 2: halves, else fn writes its own type (bool: 1). */
static inline void half_block(const TfgBlock *b, TfgDType d, int n_in, TfgBlockFn fn, size_t out_size)
{
    float in[4][HALF_PIECE], out[HALF_PIECE];
    for (int j = 0; j < n_in; j++)
        if (b->scalar >> j & 1)
            in[j][0] = tfg_load_half(d, *(const uint16_t *)b->in[j]);
    for (int64_t i = 0; i < b->n; i += HALF_PIECE) {
        int64_t n = b->n - i < HALF_PIECE ? b->n - i : HALF_PIECE;
        char *to = (char *)b->out + (size_t)i * out_size;
        TfgBlock piece = {.n = n, .out = out_size == 2 ? (void *)out : to, .scalar = b->scalar, .state = b->state};
        for (int j = 0; j < n_in; j++) {
            piece.in[j] = in[j];
            if (!(b->scalar >> j & 1))
                halves_to_floats(d, (const uint16_t *)b->in[j] + i, in[j], n);
        }
        fn(&piece);
        if (out_size == 2)
            floats_to_halves(d, out, (uint16_t *)to, n);
    }
}

#endif
