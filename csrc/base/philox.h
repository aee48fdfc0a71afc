/* Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), seeded as TensorFlow seeds it. */
#ifndef TFG_BASE_PHILOX_H
#define TFG_BASE_PHILOX_H

#include <stdint.h>

typedef struct TfgPhilox {
    uint32_t counter[4];        /* 128 bits, counts up from word 0 */
    uint32_t key[2];
} TfgPhilox;

void tfg_philox_init(TfgPhilox *p, uint64_t seed, uint64_t seed2);
void tfg_philox_skip(TfgPhilox *p, uint64_t blocks);
void tfg_philox_next(TfgPhilox *p, uint32_t out[4]);            /* one block; the counter moves on */
uint64_t tfg_random_device(void);                               /* 64 bits from the system, for seeds (0, 0) */

#endif
