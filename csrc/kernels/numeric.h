/* Numeric: lists of types for kernels that are one text over every number type, with load, store and arithmetic for the halves. */
#ifndef TFG_KERNELS_NUMERIC_H
#define TFG_KERNELS_NUMERIC_H

#include "kernels/util.h"

/* X(dtype, storage, compute): LOAD_<dtype> and STORE_<dtype> go between them.  Integers are computed in a type of their own sign
 * that does not overflow where the result wraps. */
#define TFG_REALS(X)                                                                                           \
    X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float)     \
    X(INT8, int8_t, int8_t) X(INT16, int16_t, int16_t) X(INT32, int32_t, int32_t) X(INT64, int64_t, int64_t)   \
    X(UINT8, uint8_t, uint8_t) X(UINT16, uint16_t, uint16_t) X(UINT32, uint32_t, uint32_t) X(UINT64, uint64_t, uint64_t)

#define LOAD_FLOAT(x) (x)
#define LOAD_DOUBLE(x) (x)
#define LOAD_HALF(x) tfg_half_to_float(x)
#define LOAD_BFLOAT16(x) tfg_bfloat16_to_float(x)
#define LOAD_INT8(x) (x)
#define LOAD_INT16(x) (x)
#define LOAD_INT32(x) (x)
#define LOAD_INT64(x) (x)
#define LOAD_UINT8(x) (x)
#define LOAD_UINT16(x) (x)
#define LOAD_UINT32(x) (x)
#define LOAD_UINT64(x) (x)
#define STORE_FLOAT(x) (x)
#define STORE_DOUBLE(x) (x)
#define STORE_HALF(x) tfg_float_to_half(x)
#define STORE_BFLOAT16(x) tfg_float_to_bfloat16(x)
#define STORE_INT8(x) (x)
#define STORE_INT16(x) (x)
#define STORE_INT32(x) (x)
#define STORE_INT64(x) (x)
#define STORE_UINT8(x) (x)
#define STORE_UINT16(x) (x)
#define STORE_UINT32(x) (x)
#define STORE_UINT64(x) (x)

/* a + b and a * b that wrap for integers. */
#define ADD_FLOAT(a, b) ((a) + (b))
#define ADD_DOUBLE(a, b) ((a) + (b))
#define ADD_HALF(a, b) ((a) + (b))
#define ADD_BFLOAT16(a, b) ((a) + (b))
#define WRAP_ADD(a, b) ((__typeof__(a))((uint64_t)(a) + (uint64_t)(b)))
#define ADD_INT8 WRAP_ADD
#define ADD_INT16 WRAP_ADD
#define ADD_INT32 WRAP_ADD
#define ADD_INT64 WRAP_ADD
#define ADD_UINT8 WRAP_ADD
#define ADD_UINT16 WRAP_ADD
#define ADD_UINT32 WRAP_ADD
#define ADD_UINT64 WRAP_ADD
#define MUL_FLOAT(a, b) ((a) * (b))
#define MUL_DOUBLE(a, b) ((a) * (b))
#define MUL_HALF(a, b) ((a) * (b))
#define MUL_BFLOAT16(a, b) ((a) * (b))
#define WRAP_MUL(a, b) ((__typeof__(a))((uint64_t)(a) * (uint64_t)(b)))
#define MUL_INT8 WRAP_MUL
#define MUL_INT16 WRAP_MUL
#define MUL_INT32 WRAP_MUL
#define MUL_INT64 WRAP_MUL
#define MUL_UINT8 WRAP_MUL
#define MUL_UINT16 WRAP_MUL
#define MUL_UINT32 WRAP_MUL
#define MUL_UINT64 WRAP_MUL

/* The complex types as GCC vectors of two: + is theirs, * is not. */
typedef float TfgC64V __attribute__((vector_size(8), aligned(4), may_alias));
typedef double TfgC128V __attribute__((vector_size(16), aligned(8), may_alias));
static inline TfgC64V tfg_mul_c64(TfgC64V a, TfgC64V b)
{
    return (TfgC64V){a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
}
static inline TfgC128V tfg_mul_c128(TfgC128V a, TfgC128V b)
{
    return (TfgC128V){a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
}
#define TFG_COMPLEXES(X) X(COMPLEX64, TfgC64V, TfgC64V) X(COMPLEX128, TfgC128V, TfgC128V)
#define LOAD_COMPLEX64(x) (x)
#define LOAD_COMPLEX128(x) (x)
#define STORE_COMPLEX64(x) (x)
#define STORE_COMPLEX128(x) (x)
#define ADD_COMPLEX64(a, b) ((a) + (b))
#define ADD_COMPLEX128(a, b) ((a) + (b))
#define MUL_COMPLEX64 tfg_mul_c64
#define MUL_COMPLEX128 tfg_mul_c128
#define TFG_NUMBERS(X) TFG_REALS(X) TFG_COMPLEXES(X)

#endif
