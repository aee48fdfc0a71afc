/* A product of sums may be contracted here: one rounding less, and half the instructions. */
#pragma GCC optimize("fp-contract=fast")

#include "base/memory.h"
#include "kernels/gemm_simd.h"
#include "kernels/simd.h"

/* Rows of a block: the accumulators, two columns of b and an element of a fill the registers. */
#if VEC_BYTES == 64
#define MR 12
#else
#define MR 6
#endif
#define KC 256
#define MC 96
#define NC 1536

#define T float
#define VEC VecF
#define VEC_N VECF_N
#define NAME(f) f##_float
#include "kernels/gemm_simd.inc"

#define T double
#define VEC VecD
#define VEC_N VECD_N
#define NAME(f) f##_double
#include "kernels/gemm_simd.inc"

int TFG_SIMD(tfg_product)(const TfgProduct *p)
{
    switch (p->dtype) {
    case TFG_FLOAT: return real_product_float(p);
    case TFG_DOUBLE: return real_product_double(p);
    case TFG_COMPLEX64: return complex_product_float(p);
    default: return complex_product_double(p);
    }
}
