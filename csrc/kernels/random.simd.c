#include "kernels/random_simd.h"

#include <math.h>
#include <string.h>

#include "kernels/simd.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- Philox -------------------------------------------------------------------------------------------------------------------------- */

/* Words sit in the lower halves of 64-bit lanes; what is in the upper halves does not matter. */
typedef uint64_t Lanes __attribute__((vector_size(VEC_BYTES)));
#define N_LANES ((int)(VEC_BYTES / 8))
#define SETS (TFG_RANDOM_LANES / N_LANES)       /* run together, since each round waits for its products */

/* The product of the lower halves. */
static inline Lanes multiply(Lanes a, Lanes b)
{
#if VEC_BYTES == 64 && defined(__x86_64__)
    return (Lanes)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif VEC_BYTES == 32 && defined(__x86_64__)
    return (Lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
    return (Lanes)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

static inline Lanes all_lanes(uint64_t x) { return (Lanes){0} + x; }

static inline __attribute__((always_inline)) void some_blocks(const TfgPhilox *p, uint64_t low, uint64_t stride, uint32_t *out)
{
    enum { S = SETS < 4 ? SETS : 4 };
    Lanes c0[S], c1[S], c2[S], c3[S], m0 = all_lanes(0xd2511f53u), m1 = all_lanes(0xcd9e8d57u);
    static const uint64_t numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    Lanes number;
    memcpy(&number, numbers, sizeof number);
    for (int s = 0; s < S; s++) {
        c0[s] = low + (number + (uint64_t)(s * N_LANES)) * stride;
        c1[s] = c0[s] >> 32;
        c2[s] = all_lanes(p->counter[2]);
        c3[s] = all_lanes(p->counter[3]);
    }
    uint32_t k0 = p->key[0], k1 = p->key[1];
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        Lanes l0 = all_lanes(k0), l1 = all_lanes(k1);
        for (int s = 0; s < S; s++) {
            Lanes a = multiply(c0[s], m0), b = multiply(c2[s], m1);
            c0[s] = (b >> 32) ^ c1[s] ^ l0;
            c1[s] = b;
            c2[s] = (a >> 32) ^ c3[s] ^ l1;
            c3[s] = a;
        }
    }
    for (int s = 0; s < S; s++) {
        Lanes first = (c0[s] & 0xffffffffu) | c1[s] << 32, second = (c2[s] & 0xffffffffu) | c3[s] << 32;
        for (int l = 0; l < N_LANES; l++, out += 4) {
            uint64_t pair[2] = {first[l], second[l]};
            memcpy(out, pair, sizeof pair);
        }
    }
}

static void blocks(const TfgPhilox *p, uint64_t stride, uint32_t *out)
{
    uint64_t low = (uint64_t)p->counter[1] << 32 | p->counter[0];
    int at_once = (SETS < 4 ? SETS : 4) * N_LANES;
    for (int i = 0; i < TFG_RANDOM_LANES; i += at_once)
        some_blocks(p, low + (uint64_t)i * stride, stride, out + 4 * i);
}

/* ---- Normal numbers -------------------------------------------------------------------------------------------------------------------- */

/* TensorFlow's normal numbers are made by the C library's logf, sinf and cosf.  Those are polynomials in double precision, written
 * down here with the same coefficients (glibc 2.28 and newer; from Arm's Optimized Routines), because calls cannot be vectors.  Only
 * 2^23 different arguments exist, and a test compares them all. */

static const double log_inverse[16] = {
    0x1.661ec79f8f3bep+0, 0x1.571ed4aaf883dp+0, 0x1.49539f0f010bp+0, 0x1.3c995b0b80385p+0, 0x1.30d190c8864a5p+0,
    0x1.25e227b0b8eap+0, 0x1.1bb4a4a1a343fp+0, 0x1.12358f08ae5bap+0, 0x1.0953f419900a7p+0, 0x1p+0, 0x1.e608cfd9a47acp-1,
    0x1.ca4b31f026aap-1, 0x1.b2036576afce6p-1, 0x1.9c2d163a1aa2dp-1, 0x1.886e6037841edp-1, 0x1.767dcf5534862p-1};
static const double log_value[16] = {
    -0x1.57bf7808caadep-2, -0x1.2bef0a7c06ddbp-2, -0x1.01eae7f513a67p-2, -0x1.b31d8a68224e9p-3, -0x1.6574f0ac07758p-3,
    -0x1.1aa2bc79c81p-3, -0x1.a4e76ce8c0e5ep-4, -0x1.1973c5a611cccp-4, -0x1.252f438e10c1ep-5, 0x0p+0, 0x1.aa5aa5df25984p-5,
    0x1.c5e53aa362eb4p-4, 0x1.526e57720db08p-3, 0x1.bc2860d22477p-3, 0x1.1058bc8a07ee1p-2, 0x1.4043057b6ee09p-2};

static inline float bits_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* log x for x in (0, 1]: x = 2^k z with 1/z near a table's value. */
static inline float log_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t t = bits - 0x3f330000u;
    int i = (int)(t >> 19 & 15);
    double k = (double)((int32_t)t >> 23), z = (double)bits_float(bits - (t & 0xff800000u));
    double r = z * log_inverse[i] - 1, y0 = log_value[i] + k * 0x1.62e42fefa39efp-1, r2 = r * r;
    double y = 0x1.5575b0be00b6ap-2 * r - 0x1.ffffef20a4123p-2;
    y = -0x1.00ea348b88334p-2 * r2 + y;
    return (float)(y * r2 + (y0 + r));
}

/* Sine and cosine for x in [0, 2 pi): the remainder of a quarter turn, whose number says which polynomial and sign. */
static inline void sin_cos_of(float x, float *sine, float *cosine)
{
    double v = (double)x, q = v * 0x1.45f306dc9c883p+23;
    int32_t n = ((int32_t)q + 0x800000) >> 24;
    double r = v - (double)n * 0x1.921fb54442d18p0, w = r * r;
    double r3 = r * w, s1 = 0x1.1107605230bc4p-7 + w * -0x1.994eb3774cf24p-13, r5 = r3 * w;
    double s = r + r3 * -0x1.555545995a603p-3;
    s = s + r5 * s1;
    double w2 = w * w, c2 = -0x1.6c087e89a359dp-10 + w * 0x1.99343027bf8c3p-16, c1 = 1 + w * -0x1.ffffffd0c621cp-2, w3 = w2 * w;
    double c = c1 + w2 * 0x1.55553e1068f19p-5;
    c = c + w3 * c2;
    float fs = (float)s, fc = (float)c, a = n & 1 ? fc : fs, b = n & 1 ? fs : fc;
    *sine = n & 2 ? -a : a;
    *cosine = (n + 1) & 2 ? -b : b;
}

#define PIECE 64

static void normals(const uint32_t *x, float *out, int64_t pairs)
{
    float radius[PIECE], angle[PIECE], s[PIECE], c[PIECE];
    for (int64_t begin = 0; begin < pairs; begin += PIECE, x += 2 * PIECE, out += 2 * PIECE) {
        int n = pairs - begin < PIECE ? (int)(pairs - begin) : PIECE;
        for (int i = 0; i < n; i++) {
            float u = bits_float((x[2 * i] & 0x7fffffu) | 0x3f800000u) - 1.0f;
            radius[i] = u < 1e-7f ? 1e-7f : u;
            angle[i] = (float)(2.0 * M_PI * (double)(bits_float((x[2 * i + 1] & 0x7fffffu) | 0x3f800000u) - 1.0f));
        }
        for (int i = n; i < PIECE; i++)
            radius[i] = angle[i] = 1;
        for (int i = 0; i < PIECE; i++)
            radius[i] = sqrtf(-2.0f * log_of(radius[i]));
        for (int i = 0; i < PIECE; i++)
            sin_cos_of(angle[i], &s[i], &c[i]);
        for (int i = 0; i < n; i++) {
            out[2 * i] = s[i] * radius[i];
            out[2 * i + 1] = c[i] * radius[i];
        }
    }
}

const TfgRandomLoops TFG_SIMD(tfg_random_loops) = {blocks, normals};
