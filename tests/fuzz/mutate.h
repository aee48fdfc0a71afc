/* A byte mutator: from a seed and a number, always the same broken bytes.  Needs nothing but C. */
#ifndef TFG_FUZZ_MUTATE_H
#define TFG_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t fuzz_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Changes `n` bytes in `data` (room for `room`) in a few places; returns the new length. */
static size_t fuzz_mutate(uint8_t *data, size_t n, size_t room, uint64_t number)
{
    static const uint8_t telling[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x1a, 0x22, 0x0b, 0x0c};
    uint64_t state = number;
    int changes = 1 + (int)(fuzz_next(&state) % 6);
    while (changes-- > 0) {
        uint64_t r = fuzz_next(&state);
        size_t at = n ? (size_t)(fuzz_next(&state) % n) : 0, from = n ? (size_t)(fuzz_next(&state) % n) : 0;
        size_t length = 1 + (size_t)(fuzz_next(&state) % 16);
        switch (r % 8) {
        case 0: if (n) data[at] ^= (uint8_t)(1u << (fuzz_next(&state) % 8)); break;
        case 1: if (n) data[at] = telling[fuzz_next(&state) % sizeof telling]; break;
        case 2: if (n) data[at] = (uint8_t)fuzz_next(&state); break;
        case 3: n = at; break;                                          /* cut */
        case 4:                                                         /* take out */
            if (at + length <= n) {
                memmove(data + at, data + at + length, n - at - length);
                n -= length;
            }
            break;
        case 5:                                                         /* double a piece */
            if (n + length <= room && from + length <= n) {
                memmove(data + at + length, data + at, n - at);
                memmove(data + at, data + from + (from >= at ? length : 0) * (from + 2 * length <= n + length), length);
                n += length;
            }
            break;
        case 6:                                                         /* put something in */
            if (n + 1 <= room) {
                memmove(data + at + 1, data + at, n - at);
                data[at] = telling[fuzz_next(&state) % sizeof telling];
                n++;
            }
            break;
        default:                                                        /* a long varint */
            for (size_t i = 0; i < length && at + i < n && i < 9; i++)
                data[at + i] = (uint8_t)(fuzz_next(&state) | 0x80);
        }
    }
    return n;
}

#endif
