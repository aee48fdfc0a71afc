#include "base/philox.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

/* The counter starts at [0, 0, seed2], the key is the seed. */
void tfg_philox_init(TfgPhilox *p, uint64_t seed, uint64_t seed2)
{
    p->key[0] = (uint32_t)seed;
    p->key[1] = (uint32_t)(seed >> 32);
    p->counter[0] = p->counter[1] = 0;
    p->counter[2] = (uint32_t)seed2;
    p->counter[3] = (uint32_t)(seed2 >> 32);
}

void tfg_philox_skip(TfgPhilox *p, uint64_t blocks)
{
    uint64_t low = (uint64_t)p->counter[1] << 32 | p->counter[0], high = (uint64_t)p->counter[3] << 32 | p->counter[2];
    uint64_t sum = low + blocks;
    high += sum < low;
    p->counter[0] = (uint32_t)sum;
    p->counter[1] = (uint32_t)(sum >> 32);
    p->counter[2] = (uint32_t)high;
    p->counter[3] = (uint32_t)(high >> 32);
}

void tfg_philox_next(TfgPhilox *p, uint32_t out[4])
{
    uint32_t c0 = p->counter[0], c1 = p->counter[1], c2 = p->counter[2], c3 = p->counter[3], k0 = p->key[0], k1 = p->key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xd2511f53u * c0, b = (uint64_t)0xcd9e8d57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
    if (++p->counter[0] == 0 && ++p->counter[1] == 0 && ++p->counter[2] == 0)
        ++p->counter[3];
}

uint64_t tfg_random_device(void)
{
    uint64_t v;
    ssize_t n;
    do
        n = getrandom(&v, sizeof v, 0);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof v)
        return v;
    /* No system source: the clock and an address are all there is. */
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    v = (uint64_t)t.tv_sec * 1000000007u ^ (uint64_t)t.tv_nsec << 20 ^ (uint64_t)(uintptr_t)&v;
    return v * UINT64_C(0x9e3779b97f4a7c15);
}
