/* Two float ops in one pass.  Inputs 0 and 1 are the first op's, input 2 is the second's other operand; any may be a scalar. */
#include "kernels/pair.h"

#include "kernels/simd.h"

typedef VecF Apply(VecF x, VecF y);

static inline VecF apply_add(VecF x, VecF y) { return x + y; }
static inline VecF apply_sub(VecF x, VecF y) { return x - y; }
static inline VecF apply_sub_from(VecF x, VecF y) { return y - x; }
static inline VecF apply_mul(VecF x, VecF y) { return x * y; }
static inline VecF apply_maximum(VecF x, VecF y) { return vecf_larger(x, y); }
static inline VecF apply_maximum_of(VecF x, VecF y) { return vecf_larger(y, x); }
static inline VecF apply_minimum(VecF x, VecF y) { return vecf_smaller(x, y); }
static inline VecF apply_minimum_of(VecF x, VecF y) { return vecf_smaller(y, x); }
static inline VecF apply_square(VecF x, VecF y) { return (void)y, x * x; }
static inline VecF apply_relu(VecF x, VecF y) { return (void)y, vecf_larger(x, (VecF){0}); }

/* What is constant in a call decides which loads stand in the loop: both ops and the scalar flags are. */
#define INLINE static inline __attribute__((always_inline))

INLINE void load(VecF *to, const float *from, int64_t i, bool scalar)
{
    if (!scalar)
        memcpy(to, from + i, sizeof *to);
}

INLINE void load_part(VecF *to, const float *from, int64_t i, bool scalar, size_t bytes)
{
    if (!scalar) {
        *to = (VecF){0};
        memcpy(to, from + i, bytes);
    }
}

INLINE void loop(const TfgBlock *b, Apply *first, Apply *second, bool other, uint32_t scalar)
{
    const float *p = b->in[0], *q = b->in[1], *r = other ? b->in[2] : p;
    float *out = b->out;
    int64_t n = b->n, i = 0;
    bool sx = scalar & 1, sy = scalar & 2, sz = (scalar & 4) || !other;
    VecF x = vecf_all(*p), y = vecf_all(*q), z = vecf_all(*r);
    for (; i + VECF_N <= n; i += VECF_N) {
        load(&x, p, i, sx);
        load(&y, q, i, sy);
        load(&z, r, i, sz);
        VecF v = second(first(x, y), z);
        memcpy(out + i, &v, sizeof v);
    }
    if (i < n) {
        size_t bytes = (size_t)(n - i) * sizeof(float);
        load_part(&x, p, i, sx, bytes);
        load_part(&y, q, i, sy, bytes);
        load_part(&z, r, i, sz, bytes);
        VecF v = second(first(x, y), z);
        memcpy(out + i, &v, bytes);
    }
}

INLINE void run(const TfgBlock *b, Apply *first, Apply *second, bool other)
{
    switch (b->scalar & (other ? 7u : 3u)) {
    case 0: loop(b, first, second, other, 0); break;
    case 1: loop(b, first, second, other, 1); break;
    case 2: loop(b, first, second, other, 2); break;
    case 4: loop(b, first, second, other, 4); break;
    case 5: loop(b, first, second, other, 5); break;
    case 6: loop(b, first, second, other, 6); break;
    default: loop(b, first, second, other, b->scalar);
    }
}

#define FIRSTS(X, second, other) \
    X(add, second, other) X(sub, second, other) X(mul, second, other) X(maximum, second, other) X(minimum, second, other)
#define SECONDS(X)                                                                            \
    X(add, true) X(sub, true) X(sub_from, true) X(mul, true) X(maximum, true) X(maximum_of, true)     \
    X(minimum, true) X(minimum_of, true) X(square, false) X(relu, false)
#define PAIR(first, second, other) \
    static void pair_##first##_##second(const TfgBlock *b) { run(b, apply_##first, apply_##second, other); }
#define PAIRS(second, other) FIRSTS(PAIR, second, other)
SECONDS(PAIRS)

/* Rows of a second op that takes the first's result as operand `at`. */
#define ROWS(at, second)                                                                              \
    {"Add", at, pair_add_##second}, {"AddV2", at, pair_add_##second}, {"BiasAdd", at, pair_add_##second},     \
    {"Sub", at, pair_sub_##second}, {"Mul", at, pair_mul_##second},                                   \
    {"Maximum", at, pair_maximum_##second}, {"Minimum", at, pair_minimum_##second}
#define TABLE(name, of_left, of_right) const TfgBlockPair TFG_PAIRS_OF(name)[] = {ROWS(0, of_left), ROWS(1, of_right), {NULL, 0, NULL}};

TABLE(add, add, add)
TABLE(sub, sub, sub_from)
TABLE(mul, mul, mul)
TABLE(maximum, maximum, maximum_of)
TABLE(minimum, minimum, minimum_of)
const TfgBlockPair TFG_PAIRS_OF(square)[] = {ROWS(0, square), {NULL, 0, NULL}};
const TfgBlockPair TFG_PAIRS_OF(relu)[] = {ROWS(0, relu), {NULL, 0, NULL}};
