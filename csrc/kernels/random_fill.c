#include "kernels/random_fill.h"

#include <math.h>
#include <string.h>

#include "kernels/random_simd.h"
#include "kernels/util.h"

/* ---- Many blocks at once -------------------------------------------------------------------------------------------------------- */

const TfgRandomLoops *tfg_random_loops(void)
{
#if defined(__x86_64__)
    static const TfgRandomLoops *const levels[] = {&tfg_random_loops_v2, &tfg_random_loops_v3, &tfg_random_loops_v4};
    return levels[tfg_isa_level()];
#else
    return &tfg_random_loops_base;
#endif
}

#define LANES TFG_RANDOM_LANES

/* n blocks, `stride` apart. */
static void fill_blocks(const TfgRandomLoops *loops, TfgPhilox p, uint64_t stride, uint32_t *out, int64_t n)
{
    for (; n >= LANES; n -= LANES, out += 4 * LANES) {
        uint64_t low = (uint64_t)p.counter[1] << 32 | p.counter[0];
        if (low + LANES * stride < low)
            break;              /* the carry, once in 2^64 blocks */
        loops->blocks(&p, stride, out);
        tfg_philox_skip(&p, LANES * stride);
    }
    for (; n > 0; n--, out += 4) {
        TfgPhilox one = p;
        tfg_philox_next(&one, out);
        tfg_philox_skip(&p, stride);
    }
}

/* ---- Values ---------------------------------------------------------------------------------------------------------------------- */

static inline float as_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline double as_double(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

float tfg_random_float(uint32_t x) { return as_float((x & 0x7fffffu) | 0x3f800000u) - 1.0f; }

double tfg_random_double(uint32_t x0, uint32_t x1)
{
    return as_double((uint64_t)(x0 & 0xfffffu) << 32 | x1 | UINT64_C(0x3ff0000000000000)) - 1.0;
}

/* The order and precision of every step are TensorFlow's, so that the last bit agrees. */
void tfg_random_box_muller(uint32_t x0, uint32_t x1, float out[2])
{
    float u1 = tfg_random_float(x0);
    if (u1 < 1e-7f)
        u1 = 1e-7f;
    float v1 = (float)(2.0 * M_PI * (double)tfg_random_float(x1)), r = sqrtf(-2.0f * logf(u1));
    out[0] = sinf(v1) * r;
    out[1] = cosf(v1) * r;
}

void tfg_random_box_muller_double(const uint32_t x[4], double out[2])
{
    double u1 = tfg_random_double(x[0], x[1]);
    if (u1 < 1e-7)
        u1 = 1e-7;
    double v1 = 2.0 * M_PI * tfg_random_double(x[2], x[3]), r = sqrt(-2.0 * log(u1));
    out[0] = sin(v1) * r;
    out[1] = cos(v1) * r;
}

/* ---- From words to samples ------------------------------------------------------------------------------------------------------- */

#define CHUNK 256               /* blocks made at a time: 4 KiB of words */

/* n samples, at most 4 * CHUNK, from enough words. */
typedef void (*ConvertFn)(const uint32_t *x, void *out, int64_t n);

static void uniform_float(const uint32_t *x, void *out, int64_t n)
{
    float *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = tfg_random_float(x[i]);
}

static void uniform_double(const uint32_t *x, void *out, int64_t n)
{
    double *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = tfg_random_double(x[2 * i], x[2 * i + 1]);
}

static void uniform_half(const uint32_t *x, void *out, int64_t n)
{
    uint16_t *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = tfg_float_to_half(tfg_half_to_float((uint16_t)((x[i] & 0x3ffu) | 0x3c00u)) - 1.0f);
}

static void uniform_bfloat16(const uint32_t *x, void *out, int64_t n)
{
    uint16_t *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = tfg_float_to_bfloat16(tfg_bfloat16_to_float((uint16_t)((x[i] & 0x7fu) | 0x3f80u)) - 1.0f);
}

static void normal_float(const uint32_t *x, void *out, int64_t n)
{
    float *y = out, last[2];
    tfg_random_loops()->normals(x, y, n / 2);
    if (n % 2) {
        tfg_random_box_muller(x[n - 1], x[n], last);
        y[n - 1] = last[0];
    }
}

static void normal_double(const uint32_t *x, void *out, int64_t n)
{
    double *y = out, last[2];
    int64_t i = 0;
    for (; i + 2 <= n; i += 2)
        tfg_random_box_muller_double(x + 2 * i, y + i);
    if (i < n) {
        tfg_random_box_muller_double(x + 2 * i, last);
        y[i] = last[0];
    }
}

#define NORMAL_HALVES(name, convert)                                    \
    static void name(const uint32_t *x, void *out, int64_t n)           \
    {                                                                   \
        uint16_t *y = out;                                              \
        float f[4 * CHUNK];                                             \
        tfg_random_loops()->normals(x, f, (n + 1) / 2);                 \
        for (int64_t i = 0; i < n; i++)                                 \
            y[i] = convert(f[i]);                                       \
    }
NORMAL_HALVES(normal_half, tfg_float_to_half)
NORMAL_HALVES(normal_bfloat16, tfg_float_to_bfloat16)

/* ---- Pieces over the pool -------------------------------------------------------------------------------------------------------- */

typedef struct Fill {
    TfgPhilox start;
    const TfgRandomLoops *loops;
    ConvertFn convert;
    int64_t per_block;          /* samples from one block: 4 or 2 */
    size_t size;                /* of a sample */
    int64_t n;
    void *out;
    int64_t low;                /* integers */
    uint64_t range;
    bool is_double;             /* truncated normal */
    TfgDType dtype;
} Fill;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static TfgPhilox at_block(const Fill *f, int64_t block)
{
    TfgPhilox p = f->start;
    tfg_philox_skip(&p, (uint64_t)block);
    return p;
}

static void fill_range(void *context, int64_t begin, int64_t end)
{
    const Fill *f = context;
    uint32_t words[4 * CHUNK];
    for (int64_t block = begin; block < end; block += CHUNK) {
        int64_t blocks = least(CHUNK, end - block), first = block * f->per_block;
        fill_blocks(f->loops, at_block(f, block), 1, words, blocks);
        f->convert(words, (char *)f->out + (size_t)first * f->size, least(blocks * f->per_block, f->n - first));
    }
}

static void run_fill(Fill *f, TfgRangeFn fn, int64_t grain)
{
    f->loops = tfg_random_loops();
    tfg_for_ranges((f->n + f->per_block - 1) / f->per_block, grain, fn, f);
}

/* Samples cost from half a nanosecond to ten. */
#define CHEAP_GRAIN 16384
#define DEAR_GRAIN 1024

void tfg_random_uniform(TfgDType dtype, TfgPhilox start, void *out, int64_t n)
{
    Fill f = {.start = start, .per_block = dtype == TFG_DOUBLE ? 2 : 4, .size = tfg_dtype_size(dtype), .n = n, .out = out};
    f.convert = dtype == TFG_DOUBLE ? uniform_double : dtype == TFG_HALF ? uniform_half : dtype == TFG_BFLOAT16 ? uniform_bfloat16
                                                                                                            : uniform_float;
    run_fill(&f, fill_range, CHEAP_GRAIN);
}

void tfg_random_normal(TfgDType dtype, TfgPhilox start, void *out, int64_t n)
{
    Fill f = {.start = start, .per_block = dtype == TFG_DOUBLE ? 2 : 4, .size = tfg_dtype_size(dtype), .n = n, .out = out};
    f.convert = dtype == TFG_DOUBLE ? normal_double : dtype == TFG_HALF ? normal_half : dtype == TFG_BFLOAT16 ? normal_bfloat16
                                                                                                          : normal_float;
    run_fill(&f, fill_range, DEAR_GRAIN);
}

static void integers_range(void *context, int64_t begin, int64_t end)
{
    const Fill *f = context;
    uint32_t words[4 * CHUNK];
    for (int64_t block = begin; block < end; block += CHUNK) {
        int64_t blocks = least(CHUNK, end - block), first = block * f->per_block, n = least(blocks * f->per_block, f->n - first);
        fill_blocks(f->loops, at_block(f, block), 1, words, blocks);
        if (f->size == 4)
            for (int64_t i = 0; i < n; i++)
                ((uint32_t *)f->out)[first + i] = (uint32_t)f->low + words[i] % (uint32_t)f->range;
        else
            for (int64_t i = 0; i < n; i++)
                ((uint64_t *)f->out)[first + i] =
                    (uint64_t)f->low + ((uint64_t)words[2 * i + 1] << 32 | words[2 * i]) % f->range;
    }
}

void tfg_random_integers(TfgDType dtype, TfgPhilox start, int64_t low, uint64_t range, void *out, int64_t n)
{
    Fill f = {.start = start, .per_block = dtype == TFG_INT64 ? 2 : 4, .size = tfg_dtype_size(dtype), .n = n, .out = out, .low = low,
              .range = range};
    run_fill(&f, integers_range, CHEAP_GRAIN / 4);
}

typedef struct Words {
    TfgPhilox start;
    const TfgRandomLoops *loops;
    uint32_t *out;
} Words;

static void words_range(void *context, int64_t begin, int64_t end)
{
    const Words *w = context;
    TfgPhilox p = w->start;
    tfg_philox_skip(&p, (uint64_t)begin);
    fill_blocks(w->loops, p, 1, w->out + 4 * begin, end - begin);
}

void tfg_random_words(TfgPhilox start, uint32_t *out, int64_t n)
{
    Words w = {start, tfg_random_loops(), out};
    tfg_for_ranges(n / 4, CHEAP_GRAIN, words_range, &w);
    if (n % 4) {
        uint32_t last[4];
        tfg_philox_skip(&start, (uint64_t)(n / 4));
        tfg_philox_next(&start, last);
        memcpy(out + n / 4 * 4, last, (size_t)(n % 4) * sizeof *out);
    }
}

/* ---- Truncated normal ------------------------------------------------------------------------------------------------------------ */

/* Outputs come in groups of 4 (double: 2).  A group has 256 words per output for itself, and keeps what lies inside (-2, 2), in
 * order, until it is full.  first[] is what its first block gives; p stands behind that. */
static void group_of_floats(TfgPhilox p, const float first[4], double kept[4])
{
    float v[4];
    uint32_t x[4];
    memcpy(v, first, sizeof v);
    for (int n = 0;;) {
        for (int i = 0; i < 4 && n < 4; i++)
            if (fabsf(v[i]) < 2)
                kept[n++] = (double)v[i];
        if (n == 4)
            return;
        tfg_philox_next(&p, x);
        tfg_random_box_muller(x[0], x[1], v);
        tfg_random_box_muller(x[2], x[3], v + 2);
    }
}

static void group_of_doubles(TfgPhilox p, const uint32_t first[4], double kept[4])
{
    double v[2];
    uint32_t x[4];
    memcpy(x, first, sizeof x);
    for (int n = 0;;) {
        tfg_random_box_muller_double(x, v);
        for (int i = 0; i < 2 && n < 2; i++)
            if (fabs(v[i]) < 2)
                kept[n++] = v[i];
        if (n == 2)
            return;
        tfg_philox_next(&p, x);
    }
}

static void store(const Fill *f, int64_t i, double v)
{
    switch (f->dtype) {
    case TFG_DOUBLE: ((double *)f->out)[i] = v; break;
    case TFG_HALF: ((uint16_t *)f->out)[i] = tfg_float_to_half((float)v); break;
    case TFG_BFLOAT16: ((uint16_t *)f->out)[i] = tfg_float_to_bfloat16((float)v); break;
    default: ((float *)f->out)[i] = (float)v;
    }
}

static void truncated_range(void *context, int64_t begin, int64_t end)
{
    const Fill *f = context;
    uint32_t words[4 * CHUNK];
    float values[4 * CHUNK];
    int64_t skip = f->per_block * TFG_RANDOM_RESERVED / 4;      /* blocks of a group */
    for (int64_t group = begin; group < end; group += CHUNK) {
        int64_t groups = least(CHUNK, end - group);
        fill_blocks(f->loops, at_block(f, group * skip), (uint64_t)skip, words, groups);
        if (!f->is_double)
            f->loops->normals(words, values, 2 * groups);
        for (int64_t j = 0; j < groups; j++) {
            double kept[4];
            int64_t first = (group + j) * f->per_block;
            TfgPhilox rest = at_block(f, (group + j) * skip + 1);
            if (f->is_double)
                group_of_doubles(rest, words + 4 * j, kept);
            else
                group_of_floats(rest, values + 4 * j, kept);
            for (int64_t i = 0; i < least(f->per_block, f->n - first); i++)
                store(f, first + i, kept[i]);
        }
    }
}

void tfg_random_truncated_normal(TfgDType dtype, TfgPhilox start, void *out, int64_t n)
{
    Fill f = {.start = start, .per_block = dtype == TFG_DOUBLE ? 2 : 4, .size = tfg_dtype_size(dtype), .n = n, .out = out,
              .is_double = dtype == TFG_DOUBLE, .dtype = dtype};
    run_fill(&f, truncated_range, DEAR_GRAIN);
}
