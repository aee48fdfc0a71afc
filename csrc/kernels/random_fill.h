/* Random fill: samples of the plain distributions from a Philox stream, in TensorFlow's order.  Sample i depends on the stream's
 * start and on i alone, so pieces are filled by any thread. */
#ifndef TFG_KERNELS_RANDOM_FILL_H
#define TFG_KERNELS_RANDOM_FILL_H

#include "base/philox.h"
#include "tensor/tensor.h"

/* Blocks that a run of n outputs takes from a node's generator, whatever it used. */
#define TFG_RANDOM_RESERVED 256

void tfg_random_uniform(TfgDType dtype, TfgPhilox start, void *out, int64_t n);             /* [0, 1): float double half bfloat16 */
void tfg_random_normal(TfgDType dtype, TfgPhilox start, void *out, int64_t n);
void tfg_random_truncated_normal(TfgDType dtype, TfgPhilox start, void *out, int64_t n);    /* |x| < 2 */
/* low + x mod range for int32 and int64; range as unsigned, > 0. */
void tfg_random_integers(TfgDType dtype, TfgPhilox start, int64_t low, uint64_t range, void *out, int64_t n);
/* n consecutive words of the stream. */
void tfg_random_words(TfgPhilox start, uint32_t *out, int64_t n);

/* Single values made of words. */
float tfg_random_float(uint32_t x);                             /* [0, 1) */
double tfg_random_double(uint32_t x0, uint32_t x1);
void tfg_random_box_muller(uint32_t x0, uint32_t x1, float out[2]);
void tfg_random_box_muller_double(const uint32_t x[4], double out[2]);

#endif
