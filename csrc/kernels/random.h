/* Random: the generators of stateful random ops, shared by the files of the family. */
#ifndef TFG_KERNELS_RANDOM_H
#define TFG_KERNELS_RANDOM_H

#include "base/philox.h"
#include "runtime/kernel.h"

/* prepare and release of a row with attributes seed and seed2, whose state is the node's generator (TFG_KERNEL_KEEPS_STATE). */
int tfg_generator_prepare(const TfgPrepare *p, void **state, TfgStatus *s);
void tfg_generator_release(void *state);
/* The stream as it stands; the generator moves `blocks` on.  Several threads may ask at once. */
TfgPhilox tfg_generator_take(void *state, uint64_t blocks);

/* A shape argument, as random ops check it ("shape must be a vector of {int32,int64}, got shape []"). */
int tfg_read_shape(const TfgTensor *t, TfgShape *out, TfgStatus *s);

/* The family's other files. */
int tfg_register_random_rejection(TfgStatus *s);
int tfg_register_random_gamma_grad(TfgStatus *s);

#endif
