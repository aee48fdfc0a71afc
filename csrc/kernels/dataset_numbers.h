/* Single 32-bit numbers of a Philox stream, which comes in blocks of four: what shuffled and random datasets draw. */
#ifndef TFG_KERNELS_DATASET_NUMBERS_H
#define TFG_KERNELS_DATASET_NUMBERS_H

#include "base/philox.h"

typedef struct TfgNumbers {
    TfgPhilox philox;
    uint32_t block[4];
    int used;
    uint64_t drawn;             /* numbers, in all */
} TfgNumbers;

static inline void tfg_numbers_init(TfgNumbers *r, uint64_t seed, uint64_t seed2)
{
    tfg_philox_init(&r->philox, seed, seed2);
    r->used = 4;
    r->drawn = 0;
}

static inline uint32_t tfg_numbers_next(TfgNumbers *r)
{
    if (r->used == 4) {
        tfg_philox_next(&r->philox, r->block);
        r->used = 0;
    }
    r->drawn++;
    return r->block[r->used++];
}

/* From the beginning to where `drawn` numbers were drawn. */
static inline void tfg_numbers_move_to(TfgNumbers *r, uint64_t drawn)
{
    tfg_philox_skip(&r->philox, drawn / 4);
    r->used = 4;
    if (drawn % 4) {
        tfg_philox_next(&r->philox, r->block);
        r->used = (int)(drawn % 4);
    }
    r->drawn = drawn;
}

#endif
