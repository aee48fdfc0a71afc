/* Random, the loops that are worth vectors. */
#ifndef TFG_KERNELS_RANDOM_SIMD_H
#define TFG_KERNELS_RANDOM_SIMD_H

#include "base/philox.h"
#include "kernels/isa.h"

#define TFG_RANDOM_LANES 32

typedef struct TfgRandomLoops {
    /* TFG_RANDOM_LANES blocks whose counters stand `stride` apart, as 4 words each.  The lower 64 bits of the counter must not
     * overflow on the way. */
    void (*blocks)(const TfgPhilox *p, uint64_t stride, uint32_t *out);
    /* Normal numbers from pairs of words (Box and Muller): out[2i], out[2i+1] from x[2i], x[2i+1]. */
    void (*normals)(const uint32_t *x, float *out, int64_t pairs);
} TfgRandomLoops;

const TfgRandomLoops *tfg_random_loops(void);

#if defined(__x86_64__)
extern const TfgRandomLoops tfg_random_loops_v2, tfg_random_loops_v3, tfg_random_loops_v4;
#else
extern const TfgRandomLoops tfg_random_loops_base;
#endif

#endif
