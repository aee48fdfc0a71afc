/* Conversions of the 16-bit floating types: IEEE binary16 and bfloat16, rounding to nearest even, NaN kept. */
#ifndef TFG_TENSOR_HALF_H
#define TFG_TENSOR_HALF_H

#include <stdint.h>
#include <string.h>

static inline float tfg_half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000u) << 16, magnitude = h & 0x7fffu, bits;
    if (magnitude >= 0x7c00u)
        bits = 0x7f800000u | (magnitude & 0x3ffu) << 13;
    else if (magnitude >= 0x400u)
        bits = (magnitude + (112u << 10)) << 13;
    else {                      /* zero and subnormal: value = magnitude * 2^-24, exact in binary32 */
        float v = (float)magnitude * 5.9604644775390625e-8f;
        memcpy(&bits, &v, 4);
    }
    bits |= sign;
    float out;
    memcpy(&out, &bits, 4);
    return out;
}

static inline uint16_t tfg_float_to_half(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, 4);
    uint32_t sign = bits >> 16 & 0x8000u, a = bits & 0x7fffffffu;
    if (a > 0x7f800000u)
        return (uint16_t)(sign | 0x7e00u | (a >> 13 & 0x3ffu));
    if (a >= 0x477ff000u)       /* rounds to 2^16 or above */
        return (uint16_t)(sign | 0x7c00u);
    if (a < 0x38800000u) {      /* below 2^-14: adding 0.5 leaves the subnormal's bits at the end of the sum, rounded to even */
        float v, magic = 0.5f;
        memcpy(&v, &a, 4);
        v += magic;
        memcpy(&a, &v, 4);
        return (uint16_t)(sign | (a - 0x3f000000u));
    }
    a += 0xfffu + (a >> 13 & 1u) - (112u << 23);
    return (uint16_t)(sign | a >> 13);
}

static inline float tfg_bfloat16_to_float(uint16_t h)
{
    uint32_t bits = (uint32_t)h << 16;
    float out;
    memcpy(&out, &bits, 4);
    return out;
}

static inline uint16_t tfg_float_to_bfloat16(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, 4);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return (uint16_t)(bits >> 16 | 0x40u);
    return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

#endif
