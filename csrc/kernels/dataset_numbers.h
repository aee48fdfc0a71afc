/* Single 32-bit numbers of a Philox stream, which comes in blocks of four: what shuffled and random datasets draw. */
#ifndef TFG_KERNELS_DATASET_NUMBERS_H
#define TFG_KERNELS_DATASET_NUMBERS_H

#include "base/philox.h"

typedef struct TfgNumbers {
    TfgPhilox philox;
    uint32_t block[4];
    int used;
} TfgNumbers;

static inline void tfg_numbers_init(TfgNumbers *r, uint64_t seed, uint64_t seed2)
{
    tfg_philox_init(&r->philox, seed, seed2);
    r->used = 4;
}

static inline uint32_t tfg_numbers_next(TfgNumbers *r)
{
    if (r->used == 4) {
        tfg_philox_next(&r->philox, r->block);
        r->used = 0;
    }
    return r->block[r->used++];
}

#endif
