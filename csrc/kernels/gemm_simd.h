/* Gemm, our own: packed panels and a register block, for what the libraries serve badly or not at all (double and complex where
 * OpenBLAS does not know the processor, float without oneDNN). */
#ifndef TFG_KERNELS_GEMM_SIMD_H
#define TFG_KERNELS_GEMM_SIMD_H

#include "kernels/isa.h"

/* One product on one thread.  Strides are in elements: op(a)[i][l] stands at a[i*a_row + l*a_column]. */
typedef struct TfgProduct {
    TfgDType dtype;             /* float, double, complex64, complex128 */
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t a_row, a_column, b_row, b_column, c_row;
    bool conjugate_a, conjugate_b;
} TfgProduct;

/* -1 without memory for the panels; c is then in pieces. */
int tfg_product(const TfgProduct *p);

typedef int TfgProductFn(const TfgProduct *p);
#if defined(__x86_64__)
TfgProductFn tfg_product_v2, tfg_product_v3, tfg_product_v4;
#else
TfgProductFn tfg_product_base;
#endif

#endif
