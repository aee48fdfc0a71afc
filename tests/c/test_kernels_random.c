/* Samples against what TensorFlow 1.12.3 gave for seeds 5 and -7: checksums of the first 40001 values of each distribution. */
#include <stdlib.h>

#include "base/crc32c.h"
#include "base/parallel.h"
#include "kernels/random_fill.h"
#include "kernels/random_simd.h"
#include "test.h"

#define N 40001

typedef struct Case {
    void (*fill)(TfgDType dtype, TfgPhilox start, void *out, int64_t n);
    TfgDType dtype;
    uint32_t crc;
} Case;

static const Case cases[] = {
    {tfg_random_uniform, TFG_FLOAT, 0xc825cfe9u},
    {tfg_random_uniform, TFG_DOUBLE, 0xe0586690u},
    {tfg_random_uniform, TFG_HALF, 0x51d09255u},
    {tfg_random_uniform, TFG_BFLOAT16, 0x3bef774au},
    {tfg_random_normal, TFG_FLOAT, 0x353b3c84u},
    {tfg_random_normal, TFG_DOUBLE, 0xa1b6477cu},
    {tfg_random_normal, TFG_HALF, 0xc68997eeu},
    {tfg_random_normal, TFG_BFLOAT16, 0xb5c3a81du},
    {tfg_random_truncated_normal, TFG_FLOAT, 0xd32ab690u},
    {tfg_random_truncated_normal, TFG_DOUBLE, 0xcb8cd3b9u},
    {tfg_random_truncated_normal, TFG_HALF, 0x5a9d8b14u},
    {tfg_random_truncated_normal, TFG_BFLOAT16, 0x1025c55du},
};
#define N_CASES (sizeof cases / sizeof *cases)

static TfgPhilox start(void)
{
    TfgPhilox p;
    tfg_philox_init(&p, 5, (uint64_t)-7);
    return p;
}

TEST(distributions)
{
    static double out[N];
    for (int threads = 1; threads <= 3; threads++) {
        tfg_parallel_set_size(threads);
        for (size_t i = 0; i < N_CASES; i++) {
            cases[i].fill(cases[i].dtype, start(), out, N);
            if (tfg_crc32c(out, N * tfg_dtype_size(cases[i].dtype)) != cases[i].crc)
                TEST_FAIL("case %zu on %d threads", i, threads);
        }
    }
    tfg_parallel_set_size(0);
}

/* A shorter run gives the beginning of a longer one, and writes nothing behind it. */
TEST(prefixes)
{
    static double whole[300], part[301];
    for (size_t i = 0; i < N_CASES; i++) {
        size_t size = tfg_dtype_size(cases[i].dtype);
        cases[i].fill(cases[i].dtype, start(), whole, 300);
        for (int64_t n = 0; n < 300; n += 1 + n / 9) {
            memset(part, 0x5a, sizeof part);
            cases[i].fill(cases[i].dtype, start(), part, n);
            CHECK(memcmp(whole, part, (size_t)n * size) == 0);
            CHECK(((unsigned char *)part)[(size_t)n * size] == 0x5a);
        }
    }
}

TEST(integers)
{
    static int32_t a[N];
    static int64_t b[N];
    tfg_random_integers(TFG_INT32, start(), 0, 10, a, N);
    CHECK_EQ_INT(tfg_crc32c(a, sizeof a), 0x811f71d5u);
    tfg_random_integers(TFG_INT32, start(), -5, 12, a, N);
    CHECK_EQ_INT(tfg_crc32c(a, sizeof a), 0xe7167c99u);
    tfg_random_integers(TFG_INT32, start(), INT32_MIN, UINT32_MAX, a, N);
    CHECK_EQ_INT(tfg_crc32c(a, sizeof a), 0x78a4e2d4u);
    tfg_random_integers(TFG_INT64, start(), 0, 10, b, N);
    CHECK_EQ_INT(tfg_crc32c(b, sizeof b), 0xb4c703f5u);
    tfg_random_integers(TFG_INT64, start(), INT64_MIN, UINT64_MAX, b, N);
    CHECK_EQ_INT(tfg_crc32c(b, sizeof b), 0x9ea70687u);
    tfg_random_integers(TFG_INT64, start(), 3, (UINT64_C(1) << 40) - 3, b, N);
    CHECK_EQ_INT(tfg_crc32c(b, sizeof b), 0x22b6b550u);
}

/* Words made many at a time are those made one after the other, also where the counter carries. */
TEST(words_are_the_stream)
{
    static uint32_t words[1000];
    for (int carry = 0; carry < 3; carry++) {
        TfgPhilox p = start();
        if (carry)
            p.counter[0] = p.counter[1] = 0xffffffffu - (carry == 2 ? 20 : 0);
        if (carry == 2)
            p.counter[1] = 0xffffffffu;
        for (int64_t n = 1; n < 1000; n += n) {
            tfg_random_words(p, words, n);
            TfgPhilox one = p;
            uint32_t x[4];
            for (int64_t i = 0; i < n; i++) {
                if (i % 4 == 0)
                    tfg_philox_next(&one, x);
                CHECK_EQ_INT(words[i], x[i % 4]);
            }
        }
    }
}

/* Every float that a word can become, through the vector loops and through the C library's functions. */
TEST(normals_are_the_c_librarys)
{
    enum { ALL = 1 << 23, PIECE = 4096 };
    static uint32_t x[2 * PIECE];
    static float got[2 * PIECE];
    const TfgRandomLoops *loops = tfg_random_loops();
    for (uint32_t first = 0; first < ALL; first += PIECE) {
        for (uint32_t i = 0; i < PIECE; i++)
            x[2 * i] = x[2 * i + 1] = first + i;
        loops->normals(x, got, PIECE);
        for (uint32_t i = 0; i < PIECE; i++) {
            float want[2];
            tfg_random_box_muller(first + i, first + i, want);
            CHECK(memcmp(want, got + 2 * i, sizeof want) == 0);
        }
    }
}
