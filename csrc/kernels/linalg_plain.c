/* Factorisations and solutions by plain loops: what runs without LAPACK, and what LAPACK is tested against. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/linalg.h"
#include "kernels/numeric.h"

#define T float
#define REAL float
#define SQRT sqrtf
#define HYPOT hypotf
#define RE(x) (x)
#define IM(x) ((void)(x), 0.0f)
#define MAKE(re, im) ((void)(im), (float)(re))
#define MULTIPLY(x, y) ((x) * (y))
#define SUFFIX float
#include "kernels/linalg_plain.inc"

#define T double
#define REAL double
#define SQRT sqrt
#define HYPOT hypot
#define RE(x) (x)
#define IM(x) ((void)(x), 0.0)
#define MAKE(re, im) ((void)(im), (double)(re))
#define MULTIPLY(x, y) ((x) * (y))
#define SUFFIX double
#include "kernels/linalg_plain.inc"

#define T TfgC64V
#define REAL float
#define SQRT sqrtf
#define HYPOT hypotf
#define RE(x) ((x)[0])
#define IM(x) ((x)[1])
#define MAKE(re, im) ((TfgC64V){(float)(re), (float)(im)})
#define MULTIPLY(x, y) tfg_mul_c64(x, y)
#define SUFFIX complex64
#include "kernels/linalg_plain.inc"

#define T TfgC128V
#define REAL double
#define SQRT sqrt
#define HYPOT hypot
#define RE(x) ((x)[0])
#define IM(x) ((x)[1])
#define MAKE(re, im) ((TfgC128V){(double)(re), (double)(im)})
#define MULTIPLY(x, y) tfg_mul_c128(x, y)
#define SUFFIX complex128
#include "kernels/linalg_plain.inc"

int tfg_qr_plain(const TfgQr *p, TfgStatus *s)
{
    int64_t least = p->m < p->n ? p->m : p->n, most = p->m < p->n ? p->n : p->m;
    void *work = tfg_alloc((size_t)(p->m * p->n + least + most + 1) * tfg_dtype_size(p->dtype));
    if (!work)
        return tfg_fail_memory(s);
    switch (p->dtype) {
    case TFG_FLOAT: qr_float(p, work); break;
    case TFG_DOUBLE: qr_double(p, work); break;
    case TFG_COMPLEX64: qr_complex64(p, work); break;
    default: qr_complex128(p, work);
    }
    tfg_free(work);
    return 0;
}

void tfg_triangular_solve_plain(const TfgSolve *p)
{
    switch (p->dtype) {
    case TFG_FLOAT: solve_float(p); break;
    case TFG_DOUBLE: solve_double(p); break;
    case TFG_COMPLEX64: solve_complex64(p); break;
    default: solve_complex128(p);
    }
}

bool tfg_cholesky_plain(TfgDType dtype, int64_t n, void *a)
{
    switch (dtype) {
    case TFG_FLOAT: return cholesky_float(n, a);
    case TFG_DOUBLE: return cholesky_double(n, a);
    case TFG_COMPLEX64: return cholesky_complex64(n, a);
    default: return cholesky_complex128(n, a);
    }
}

void tfg_lu_plain(TfgDType dtype, int64_t n, void *a, int32_t *swaps)
{
    switch (dtype) {
    case TFG_FLOAT: lu_float(n, a, swaps); break;
    case TFG_DOUBLE: lu_double(n, a, swaps); break;
    case TFG_COMPLEX64: lu_complex64(n, a, swaps); break;
    default: lu_complex128(n, a, swaps);
    }
}
