#include "base/fingerprint.h"

#include <string.h>

static uint64_t load64(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static uint32_t load32(const uint8_t *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static uint64_t rotate_right(uint64_t x, int n) { return x >> n | x << (64 - n); }
static uint64_t rotate_left(uint64_t x, int n) { return x << n | x >> (64 - n); }

/* ---- farmhashna ---------------------------------------------------------------------------------------------------------------------- */

#define K0 0xc3a5c85c97cb3127u
#define K1 0xb492b66fbe98f273u
#define K2 0x9ae16a3b2f90404fu

static uint64_t shift_mix(uint64_t x) { return x ^ x >> 47; }

static uint64_t mix_two(uint64_t u, uint64_t v, uint64_t mul)
{
    uint64_t a = shift_mix((u ^ v) * mul);
    return shift_mix((v ^ a) * mul) * mul;
}

static uint64_t up_to_16(const uint8_t *p, size_t n)
{
    uint64_t mul = K2 + n * 2;
    if (n >= 8) {
        uint64_t a = load64(p) + K2, b = load64(p + n - 8);
        return mix_two(rotate_right(b, 37) * mul + a, (rotate_right(a, 25) + b) * mul, mul);
    }
    if (n >= 4)
        return mix_two(n + ((uint64_t)load32(p) << 3), load32(p + n - 4), mul);
    if (n == 0)
        return K2;
    uint32_t y = p[0] + ((uint32_t)p[n >> 1] << 8), z = (uint32_t)n + ((uint32_t)p[n - 1] << 2);
    return shift_mix(y * K2 ^ z * K0) * K2;
}

static uint64_t up_to_32(const uint8_t *p, size_t n)
{
    uint64_t mul = K2 + n * 2, a = load64(p) * K1, b = load64(p + 8), c = load64(p + n - 8) * mul, d = load64(p + n - 16) * K2;
    return mix_two(rotate_right(a + b, 43) + rotate_right(c, 30) + d, a + rotate_right(b + K2, 18) + c, mul);
}

static uint64_t up_to_64(const uint8_t *p, size_t n)
{
    uint64_t mul = K2 + n * 2, a = load64(p) * K2, b = load64(p + 8), c = load64(p + n - 8) * mul, d = load64(p + n - 16) * K2;
    uint64_t y = rotate_right(a + b, 43) + rotate_right(c, 30) + d, z = mix_two(y, a + rotate_right(b + K2, 18) + c, mul);
    uint64_t e = load64(p + 16) * mul, f = load64(p + 24), g = (y + load64(p + n - 32)) * mul, h = (z + load64(p + n - 24)) * mul;
    return mix_two(rotate_right(e + f, 43) + rotate_right(g, 30) + h, e + rotate_right(f + a, 18) + g, mul);
}

typedef struct Pair { uint64_t a, b; } Pair;

static Pair weak(const uint8_t *p, uint64_t a, uint64_t b)
{
    uint64_t w = load64(p), x = load64(p + 8), y = load64(p + 16), z = load64(p + 24);
    a += w;
    b = rotate_right(b + a + z, 21);
    uint64_t c = a;
    a += x + y;
    b += rotate_right(a, 44);
    return (Pair){a + z, b + c};
}

typedef struct Farm { uint64_t x, y, z; Pair v, w; } Farm;

/* One block of 64 bytes; the last one weighs some words by 9. */
static void farm_block(Farm *h, const uint8_t *p, uint64_t mul, uint64_t nine)
{
    h->x = rotate_right(h->x + h->y + h->v.a + load64(p + 8), 37) * mul;
    h->y = rotate_right(h->y + h->v.b + load64(p + 48), 42) * mul;
    h->x ^= h->w.b * nine;
    h->y += h->v.a * nine + load64(p + 40);
    h->z = rotate_right(h->z + h->w.a, 33) * mul;
    h->v = weak(p, h->v.b * mul, h->x + h->w.a);
    h->w = weak(p + 32, h->z + h->w.b, h->y + load64(p + 16));
    uint64_t x = h->x;
    h->x = h->z;
    h->z = x;
}

static uint64_t longer(const uint8_t *p, size_t n)
{
    const uint64_t seed = 81;
    Farm h = {seed, seed * K1 + 113, 0, {0, 0}, {0, 0}};
    h.z = shift_mix(h.y * K2 + 113) * K2;
    h.x = seed * K2 + load64(p);
    const uint8_t *end = p + (n - 1) / 64 * 64, *last = end + ((n - 1) & 63) - 63;
    for (; p != end; p += 64)
        farm_block(&h, p, K1, 1);
    uint64_t mul = K1 + ((h.z & 0xff) << 1);
    h.w.a += (n - 1) & 63;
    h.v.a += h.w.a;
    h.w.a += h.v.a;
    farm_block(&h, last, mul, 9);
    return mix_two(mix_two(h.v.a, h.w.a, mul) + shift_mix(h.y) * K0 + h.z, mix_two(h.v.b, h.w.b, mul) + h.x, mul);
}

uint64_t tfg_fingerprint64(const void *data, size_t n)
{
    return n <= 16 ? up_to_16(data, n) : n <= 32 ? up_to_32(data, n) : n <= 64 ? up_to_64(data, n) : longer(data, n);
}

/* ---- the 128 bits of farmhashcc ------------------------------------------------------------------------------------------------------------ */

static uint64_t mix_pair(uint64_t u, uint64_t v) { return mix_two(u, v, 0x9ddfea08eb382d69u); }

static Pair short_128(const uint8_t *p, size_t n, Pair seed)
{
    uint64_t a = seed.a, b = seed.b, c, d;
    if (n <= 16) {
        a = shift_mix(a * K1) * K1;
        c = b * K1 + up_to_16(p, n);
        d = shift_mix(a + (n >= 8 ? load64(p) : c));
    } else {
        c = mix_pair(load64(p + n - 8) + K1, a);
        d = mix_pair(b + n, c + load64(p + n - 16));
        a += d;
        for (size_t at = 0; at + 16 < n; at += 16) {
            a = (a ^ shift_mix(load64(p + at) * K1) * K1) * K1;
            b ^= a;
            c = (c ^ shift_mix(load64(p + at + 8) * K1) * K1) * K1;
            d ^= c;
        }
    }
    a = mix_pair(a, c);
    b = mix_pair(d, b);
    return (Pair){a ^ b, mix_pair(b, a)};
}

static Pair long_128(const uint8_t *p, size_t n, Pair seed)
{
    Farm h = {seed.a, seed.b, n * K1, {0, 0}, {0, 0}};
    h.v.a = rotate_right(h.y ^ K1, 49) * K1 + load64(p);
    h.v.b = rotate_right(h.v.a, 42) * K1 + load64(p + 8);
    h.w.a = rotate_right(h.y + h.z, 35) * K1 + h.x;
    h.w.b = rotate_right(h.x + load64(p + 88), 53) * K1;
    for (; n >= 128; n -= 128, p += 128) {
        farm_block(&h, p, K1, 1);
        farm_block(&h, p + 64, K1, 1);
    }
    h.x += rotate_right(h.v.a + h.z, 49) * K0;
    h.y = h.y * K0 + rotate_right(h.w.b, 37);
    h.z = h.z * K0 + rotate_right(h.w.a, 27);
    h.w.a *= 9;
    h.v.a *= K0;
    /* The rest by pieces of 32 from its end; the last piece may begin in what was taken already. */
    for (size_t done = 0; done < n;) {
        done += 32;
        const uint8_t *piece = p + n - done;
        h.y = rotate_right(h.x + h.y, 42) * K0 + h.v.b;
        h.w.a += load64(piece + 16);
        h.x = h.x * K0 + h.w.a;
        h.z += h.w.b + load64(piece);
        h.w.b += h.v.a;
        h.v = weak(piece, h.v.a + h.z, h.v.b);
        h.v.a *= K0;
    }
    h.x = mix_pair(h.x, h.v.a);
    h.y = mix_pair(h.y + h.z, h.w.a);
    return (Pair){mix_pair(h.x + h.v.b, h.w.b) + h.y, mix_pair(h.x + h.w.b, h.y + h.v.b)};
}

void tfg_fingerprint128(const void *data, size_t n, uint64_t out[2])
{
    const uint8_t *p = data;
    Pair seed = {K0, K1};
    if (n >= 16) {
        seed = (Pair){load64(p), load64(p + 8) + K0};
        p += 16;
        n -= 16;
    }
    Pair print = n < 128 ? short_128(p, n, seed) : long_128(p, n, seed);
    out[0] = print.a;
    out[1] = print.b;
}

/* ---- MurmurHash64A ------------------------------------------------------------------------------------------------------------------ */

/* The last bytes, fewer than eight, lowest first. */
static uint64_t load_rest(const uint8_t *p, size_t n)
{
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)p[i] << (8 * i);
    return x;
}

uint64_t tfg_murmur64(const void *data, size_t n, uint64_t seed)
{
    const uint64_t m = 0xc6a4a7935bd1e995u;
    const uint8_t *p = data;
    uint64_t h = seed ^ (n * m);
    size_t left = n;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t k = load64(p) * m;
        h = (h ^ (k ^ k >> 47) * m) * m;
    }
    if (left)
        h = (h ^ load_rest(p, left)) * m;
    h = (h ^ h >> 47) * m;
    return h ^ h >> 47;
}

uint64_t tfg_hash64(const void *data, size_t n) { return tfg_murmur64(data, n, 0xDECAFCAFFEu); }

/* ---- SipHash-2-4 ---------------------------------------------------------------------------------------------------------------------- */

static void sip_rounds(uint64_t v[4], int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate_left(v[1], 13) ^ v[0];
        v[3] = rotate_left(v[3], 16) ^ v[2];
        v[0] = rotate_left(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate_left(v[1], 17) ^ v[2];
        v[3] = rotate_left(v[3], 21) ^ v[0];
        v[2] = rotate_left(v[2], 32);
    }
}

uint64_t tfg_siphash(const uint64_t key[2], const void *data, size_t n)
{
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    const uint8_t *p = data;
    for (size_t left = n;; left -= 8, p += 8) {
        uint64_t word = left >= 8 ? load64(p) : load_rest(p, left) | (uint64_t)n << 56;
        v[3] ^= word;
        sip_rounds(v, 2);
        v[0] ^= word;
        if (left < 8)
            break;
    }
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
