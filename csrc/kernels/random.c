/* Random ops of plain distributions, shuffling, picking classes; with a generator in the session and stateless. */
#include "kernels/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/random_fill.h"
#include "kernels/util.h"

/* ---- Generators -------------------------------------------------------------------------------------------------------------------- */

typedef struct Generator {
    TfgPhilox start;
    _Atomic uint64_t used;      /* blocks given out */
} Generator;

int tfg_generator_prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Generator *g = tfg_alloc(sizeof *g);
    if (!g)
        return tfg_fail_memory(s);
    uint64_t seed = (uint64_t)tfg_attrs_int(p->attrs, "seed"), seed2 = (uint64_t)tfg_attrs_int(p->attrs, "seed2");
    if (seed == 0 && seed2 == 0) {
        seed = tfg_random_device();
        seed2 = tfg_random_device();
    }
    tfg_philox_init(&g->start, seed, seed2);
    atomic_init(&g->used, 0);
    *state = g;
    return 0;
}

void tfg_generator_release(void *state)
{
    tfg_free(state);
}

TfgPhilox tfg_generator_take(void *state, uint64_t blocks)
{
    Generator *g = state;
    TfgPhilox p = g->start;
    tfg_philox_skip(&p, atomic_fetch_add_explicit(&g->used, blocks, memory_order_relaxed));
    return p;
}

/* The stream of a stateless op: the seed scrambled by one block of a fixed key. */
static int stateless_stream(const TfgTensor *seed, TfgPhilox *out, TfgStatus *s)
{
    if (seed->rank != 1 || seed->dims[0] != 2) {
        TfgShapeText text;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seed must have shape [2], not %s", tfg_shape_text(seed, &text));
    }
    uint64_t s0 = (uint64_t)tfg_tensor_int(seed, 0), s1 = (uint64_t)tfg_tensor_int(seed, 1);
    TfgPhilox scramble = {{(uint32_t)s0, (uint32_t)(s0 >> 32), (uint32_t)s1, (uint32_t)(s1 >> 32)}, {0x3ec8f720u, 0x02461e29u}};
    uint32_t m[4];
    tfg_philox_next(&scramble, m);
    *out = (TfgPhilox){{0, 0, m[2], m[3]}, {m[0], m[1]}};
    return 0;
}

int tfg_read_shape(const TfgTensor *t, TfgShape *out, TfgStatus *s)
{
    if (t->rank != 1) {
        TfgShapeText text;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape must be a vector of {int32,int64}, got shape %s", tfg_shape_text(t, &text));
    }
    if (t->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions: %" PRId64 ", at most %d are possible", t->count,
                        TFG_MAX_RANK);
    out->rank = (int32_t)t->count;
    for (int i = 0; i < out->rank; i++) {
        out->dims[i] = tfg_tensor_int(t, i);
        if (out->dims[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= 0", out->dims[i]);
    }
    return 0;
}

static TfgTensor *shaped_output(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    return tfg_read_shape(c->in[0], &shape, s) < 0 ? NULL : tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
}

/* ---- Plain distributions ------------------------------------------------------------------------------------------------------------- */

typedef void (*FillFn)(TfgDType dtype, TfgPhilox start, void *out, int64_t n);

static int run_stateful(TfgKernelCall *c, FillFn fill, TfgStatus *s)
{
    TfgTensor *out = shaped_output(c, s);
    if (!out)
        return -1;
    fill(out->dtype, tfg_generator_take(c->state, (uint64_t)out->count * TFG_RANDOM_RESERVED), out->data, out->count);
    return 0;
}

static int run_stateless(TfgKernelCall *c, FillFn fill, TfgStatus *s)
{
    TfgPhilox stream;
    if (stateless_stream(c->in[1], &stream, s) < 0)
        return -1;
    TfgTensor *out = shaped_output(c, s);
    if (!out)
        return -1;
    fill(out->dtype, stream, out->data, out->count);
    return 0;
}

#define DISTRIBUTION(name, fill)                                                                                     \
    static int run_##name(TfgKernelCall *c, TfgStatus *s) { return run_stateful(c, fill, s); }                       \
    static int run_stateless_##name(TfgKernelCall *c, TfgStatus *s) { return run_stateless(c, fill, s); }
DISTRIBUTION(uniform, tfg_random_uniform)
DISTRIBUTION(normal, tfg_random_normal)
DISTRIBUTION(truncated_normal, tfg_random_truncated_normal)

static int want_scalar_argument(const TfgTensor *t, const char *name, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 0-D, got shape %s", name, tfg_shape_text(t, &text));
}

static int run_uniform_int(TfgKernelCall *c, TfgStatus *s)
{
    if (want_scalar_argument(c->in[1], "minval", s) < 0 || want_scalar_argument(c->in[2], "maxval", s) < 0)
        return -1;
    TfgTensor *out = shaped_output(c, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    int64_t low = tfg_tensor_int(c->in[1], 0), high = tfg_tensor_int(c->in[2], 0);
    if (low >= high)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Need minval < maxval, got %" PRId64 " >= %" PRId64, low, high);
    TfgPhilox stream = tfg_generator_take(c->state, (uint64_t)out->count * TFG_RANDOM_RESERVED);
    tfg_random_integers(out->dtype, stream, low, (uint64_t)high - (uint64_t)low, out->data, out->count);
    return 0;
}

/* ---- Shuffling ----------------------------------------------------------------------------------------------------------------------- */

/* perm[i]: the row that comes to place i.  Each place in turn swaps with one at or behind it. */
static void permute(TfgPhilox stream, int64_t *perm, int64_t n)
{
    uint32_t words[4];
    for (int64_t i = 0; i < n; i++)
        perm[i] = i;
    for (int64_t i = 0; i + 1 < n; i++) {
        if (i % 4 == 0)
            tfg_philox_next(&stream, words);
        int64_t j = i + (int64_t)(words[i % 4] % (uint32_t)(n - i)), row = perm[i];
        perm[i] = perm[j];
        perm[j] = row;
    }
}

typedef struct CopyRows {
    const TfgTensor *from;
    TfgTensor *to;
    const int64_t *perm;
    int64_t row;                /* elements */
} CopyRows;

static int copy_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const CopyRows *r = context;
    for (int64_t i = begin; i < end; i++)
        if (tfg_copy_elements(r->from->dtype, tfg_at_mut(r->to, i * r->row), tfg_at(r->from, r->perm[i] * r->row), r->row, s) < 0)
            return -1;
    return 0;
}

static int run_shuffle(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    if (in->count <= 1 || in->rank == 0 || in->dims[0] <= 1)
        return tfg_kernel_forward(c, 0, 0, s);
    int64_t n = in->dims[0];
    if (n > UINT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot shuffle %" PRId64 " rows", n);
    TfgPhilox stream = tfg_generator_take(c->state, (uint64_t)(n - 1 + 3) / 4);
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    int64_t *perm = out ? tfg_kernel_scratch(c, (size_t)n * sizeof *perm, s) : NULL;
    if (!perm)
        return -1;
    permute(stream, perm, n);
    CopyRows r = {in, out, perm, in->count / n};
    return tfg_try_ranges(n, 65536 / r.row + 1, copy_rows, &r, s);
}

/* ---- Classes --------------------------------------------------------------------------------------------------------------------------- */

typedef struct Pick {
    const TfgTensor *logits;
    TfgTensor *out;
    TfgPhilox stream;
    int64_t samples, classes;
} Pick;

/* cdf[j]: sum of exp(logit - max) up to class j; what is not finite adds nothing.  Returns the whole. */
static double accumulate(const TfgTensor *logits, int64_t first, int64_t n, double *cdf)
{
    double max = -INFINITY, total = 0;
    for (int64_t j = 0; j < n; j++) {
        cdf[j] = tfg_tensor_double(logits, first + j);
        if (isfinite(cdf[j]) && cdf[j] > max)
            max = cdf[j];
    }
    for (int64_t j = 0; j < n; j++) {
        if (isfinite(cdf[j]))
            total += exp(cdf[j] - max);
        cdf[j] = total;
    }
    return total;
}

/* The first class whose cdf is above x; `n` when there is none. */
static int64_t first_above(const double *cdf, int64_t n, double x)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (x < cdf[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Sample i of all takes words 2i and 2i + 1 of the stream, row after row without gaps. */
static int pick_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Pick *p = context;
    double *cdf = tfg_alloc((size_t)p->classes * sizeof *cdf);
    if (!cdf)
        return tfg_fail_memory(s);
    TfgPhilox stream = p->stream;
    int64_t first = begin * p->samples;
    uint32_t words[4];
    tfg_philox_skip(&stream, (uint64_t)first / 2);
    if (first % 2)
        tfg_philox_next(&stream, words);
    for (int64_t row = begin, i = first; row < end; row++) {
        double total = accumulate(p->logits, row * p->classes, p->classes, cdf);
        for (int64_t j = 0; j < p->samples; j++, i++) {
            if (i % 2 == 0)
                tfg_philox_next(&stream, words);
            int64_t picked = first_above(cdf, p->classes, tfg_random_double(words[i % 2 * 2], words[i % 2 * 2 + 1]) * total);
            if (p->out->dtype == TFG_INT64)
                ((int64_t *)p->out->data)[i] = picked;
            else
                ((int32_t *)p->out->data)[i] = (int32_t)picked;
        }
    }
    tfg_free(cdf);
    return 0;
}

static int check_multinomial(const TfgTensor *logits, const TfgTensor *count, TfgStatus *s)
{
    TfgShapeText text;
    if (logits->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "logits should be a matrix, got shape %s", tfg_shape_text(logits, &text));
    if (count->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_samples should be a scalar, got shape %s", tfg_shape_text(count, &text));
    int64_t n = tfg_tensor_int(count, 0);
    if (n < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_samples should be nonnegative, got %" PRId64, n);
    if (logits->dims[0] > 0 && logits->dims[1] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_classes should be positive, got %" PRId64, logits->dims[1]);
    return 0;
}

static TfgTensor *multinomial_output(TfgKernelCall *c, TfgStatus *s)
{
    if (check_multinomial(c->in[0], c->in[1], s) < 0)
        return NULL;
    return tfg_kernel_output(c, 0, 2, (int64_t[]){c->in[0]->dims[0], tfg_tensor_int(c->in[1], 0)}, s);
}

static int pick_classes(const TfgKernelCall *c, TfgTensor *out, TfgPhilox stream, TfgStatus *s)
{
    Pick p = {c->in[0], out, stream, out->dims[1], c->in[0]->dims[1]};
    return tfg_try_ranges(out->dims[0], 8192 / (p.classes + p.samples) + 1, pick_rows, &p, s);
}

static int run_multinomial(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = multinomial_output(c, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    uint64_t reserved = (uint64_t)out->dims[0] * (uint64_t)((out->dims[1] + 3) / 4 * 4) * 2 * TFG_RANDOM_RESERVED;
    return pick_classes(c, out, tfg_generator_take(c->state, reserved), s);
}

static int run_stateless_multinomial(TfgKernelCall *c, TfgStatus *s)
{
    TfgPhilox stream;
    if (stateless_stream(c->in[2], &stream, s) < 0)
        return -1;
    TfgTensor *out = multinomial_output(c, s);
    return !out ? -1 : out->count == 0 ? 0 : pick_classes(c, out, stream, s);
}

/* ---- Rows ---------------------------------------------------------------------------------------------------------------------------- */

#define FLOATS (TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_B(HALF))
#define GENERATOR .prepare = tfg_generator_prepare, .release = tfg_generator_release
#define STATEFUL TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_VALUE_SHAPE | TFG_KERNEL_EXPENSIVE
#define STATELESS TFG_KERNEL_VALUE_SHAPE | TFG_KERNEL_EXPENSIVE

static const TfgKernelRow rows[] = {
    {.op = "RandomUniform", .types = {{"dtype", FLOATS | TFG_B(BFLOAT16)}}, .flags = STATEFUL, .host_in = 1, GENERATOR,
     .run = run_uniform},
    {.op = "RandomStandardNormal", .types = {{"dtype", FLOATS | TFG_B(BFLOAT16)}}, .flags = STATEFUL, .host_in = 1, GENERATOR,
     .run = run_normal},
    {.op = "TruncatedNormal", .types = {{"dtype", FLOATS | TFG_B(BFLOAT16)}}, .flags = STATEFUL, .host_in = 1, GENERATOR,
     .run = run_truncated_normal},
    {.op = "RandomUniformInt", .types = {{"Tout", TFG_B(INT32) | TFG_B(INT64)}}, .flags = STATEFUL, .host_in = 7, GENERATOR,
     .run = run_uniform_int},
    {.op = "RandomShuffle", .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_EXPENSIVE, GENERATOR, .run = run_shuffle},
    {.op = "Multinomial", .types = {{"T", FLOATS}}, .flags = STATEFUL, .host_in = 2, GENERATOR, .run = run_multinomial},
    {.op = "StatelessRandomUniform", .types = {{"dtype", FLOATS}}, .flags = STATELESS, .host_in = 3, .run = run_stateless_uniform},
    {.op = "StatelessRandomNormal", .types = {{"dtype", FLOATS}}, .flags = STATELESS, .host_in = 3, .run = run_stateless_normal},
    {.op = "StatelessTruncatedNormal", .types = {{"dtype", FLOATS}}, .flags = STATELESS, .host_in = 3,
     .run = run_stateless_truncated_normal},
    {.op = "StatelessMultinomial", .types = {{"T", FLOATS}}, .flags = STATELESS, .host_in = 6, .run = run_stateless_multinomial},
};

int tfg_register_kernels_random(TfgStatus *s);
int tfg_register_kernels_random(TfgStatus *s)
{
    if (tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s) < 0 || tfg_register_random_rejection(s) < 0)
        return -1;
    return tfg_register_random_gamma_grad(s);
}
