/* What the kernels of linear algebra share: elements of their four dtypes. */
#include <math.h>
#include <string.h>

#include "kernels/linalg.h"

TfgParts tfg_linalg_parts(TfgDType dtype, const void *a, int64_t n)
{
    bool wide = dtype == TFG_DOUBLE || dtype == TFG_COMPLEX128;
    int64_t parts = dtype == TFG_COMPLEX64 || dtype == TFG_COMPLEX128 ? 2 * n : n;
    TfgParts worst = TFG_FINITE;
    for (int64_t i = 0; i < parts; i++) {
        double x = wide ? ((const double *)a)[i] : (double)((const float *)a)[i];
        if (isnan(x))
            return TFG_NAN;
        if (isinf(x))
            worst = TFG_INFINITE;
    }
    return worst;
}

#define TRANSPOSE(type, CONJUGATE)                                      \
    for (int64_t i = 0; i < rows; i++)                                  \
        for (int64_t j = 0; j < columns; j++) {                         \
            type x = ((const type *)from)[i * columns + j];             \
            ((type *)to)[j * rows + i] = CONJUGATE;                     \
        }

void tfg_linalg_transpose(TfgDType dtype, int64_t rows, int64_t columns, void *to, const void *from, bool conjugate)
{
    switch (dtype) {
    case TFG_FLOAT: TRANSPOSE(float, x) break;
    case TFG_DOUBLE: TRANSPOSE(double, x) break;
    case TFG_COMPLEX64: TRANSPOSE(float complex, conjugate ? conjf(x) : x) break;
    default: TRANSPOSE(double complex, conjugate ? conj(x) : x)
    }
}

void tfg_linalg_fill(TfgDType dtype, void *to, int64_t n, double value)
{
    for (int64_t i = 0; i < n; i++)
        switch (dtype) {
        case TFG_FLOAT: ((float *)to)[i] = (float)value; break;
        case TFG_DOUBLE: ((double *)to)[i] = value; break;
        case TFG_COMPLEX64: ((float complex *)to)[i] = CMPLXF((float)value, 0); break;
        default: ((double complex *)to)[i] = CMPLX(value, 0);
        }
}

void tfg_linalg_identity(TfgDType dtype, void *to, int64_t rows, int64_t columns)
{
    size_t size = tfg_dtype_size(dtype);
    if (rows > 0 && columns > 0)
        memset(to, 0, (size_t)(rows * columns) * size);
    for (int64_t i = 0; i < rows && i < columns; i++)
        tfg_linalg_fill(dtype, (char *)to + (size_t)(i * columns + i) * size, 1, 1);
}

void tfg_linalg_load(TfgDType dtype, double complex *to, const void *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        switch (dtype) {
        case TFG_FLOAT: to[i] = CMPLX((double)((const float *)from)[i], 0); break;
        case TFG_DOUBLE: to[i] = CMPLX(((const double *)from)[i], 0); break;
        case TFG_COMPLEX64: to[i] = (double complex)((const float complex *)from)[i]; break;
        default: to[i] = ((const double complex *)from)[i];
        }
}

void tfg_linalg_store(TfgDType dtype, void *to, const double complex *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        switch (dtype) {
        case TFG_FLOAT: ((float *)to)[i] = (float)creal(from[i]); break;
        case TFG_DOUBLE: ((double *)to)[i] = creal(from[i]); break;
        case TFG_COMPLEX64: ((float complex *)to)[i] = CMPLXF((float)creal(from[i]), (float)cimag(from[i])); break;
        default: ((double complex *)to)[i] = from[i];
        }
}

void tfg_linalg_multiply(int64_t n, const double complex *a, const double complex *b, double complex *c)
{
    for (int64_t i = 0; i < n * n; i++)
        c[i] = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n; k++) {
            double complex w = a[i * n + k];
            if (w != 0)
                for (int64_t j = 0; j < n; j++)
                    c[i * n + j] += tfg_linalg_times(w, b[k * n + j]);
        }
}
