/* FFT: discrete Fourier transforms of any length, in double.  A length of small primes goes through Stockham's passes (radix 4, 2, 3, 5
 * and general); any other is a convolution of a length that does (Bluestein, 1970). */
#ifndef TFG_KERNELS_FFT_H
#define TFG_KERNELS_FFT_H

#include "tensor/tensor.h"

typedef struct TfgFft TfgFft;

TfgFft *tfg_fft_new(int64_t n, TfgStatus *s);           /* n >= 1 */
void tfg_fft_free(TfgFft *f);
int64_t tfg_fft_scratch(const TfgFft *f);               /* elements of scratch that a transform needs */
/* x[k] = sum_j x[j] exp(-2 pi i jk/n), in place; inverse: with +, not divided by n. */
void tfg_fft_run(const TfgFft *f, TfgComplex128 *x, TfgComplex128 *scratch, bool inverse);

#endif
