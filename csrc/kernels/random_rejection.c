/* Random ops that try until a value is accepted: gamma, Poisson, and the normal distribution between two bounds.  Every output has
 * a stretch of the stream for itself, so outputs are independent of each other and of threads; the order in which numbers are drawn
 * and the precision of every step are TensorFlow's. */
#include <math.h>

#include "base/status.h"
#include "kernels/random.h"
#include "kernels/random_fill.h"
#include "kernels/util.h"

/* Numbers of one stream: those of a block are handed out from the last to the first, uniform and normal ones of blocks of their
 * own. */
typedef struct Source {
    TfgPhilox stream;
    int n_uniform, n_normal;
    double uniform[2], normal[2];
} Source;

static double next_uniform(Source *s)
{
    if (s->n_uniform == 0) {
        uint32_t x[4];
        tfg_philox_next(&s->stream, x);
        s->uniform[0] = tfg_random_double(x[0], x[1]);
        s->uniform[1] = tfg_random_double(x[2], x[3]);
        s->n_uniform = 2;
    }
    return s->uniform[--s->n_uniform];
}

static double next_normal(Source *s)
{
    if (s->n_normal == 0) {
        uint32_t x[4];
        tfg_philox_next(&s->stream, x);
        tfg_random_box_muller_double(x, s->normal);
        s->n_normal = 2;
    }
    return s->normal[--s->n_normal];
}

/* Integers of what no integer is near are 0. */
static void put_number(TfgTensor *t, int64_t i, double v)
{
    switch (t->dtype) {
    case TFG_DOUBLE: ((double *)t->data)[i] = v; break;
    case TFG_FLOAT: ((float *)t->data)[i] = (float)v; break;
    case TFG_HALF: ((uint16_t *)t->data)[i] = tfg_float_to_half((float)v); break;
    case TFG_INT32: ((int32_t *)t->data)[i] = fabs(v) < 0x1p31 ? (int32_t)v : 0; break;
    default: ((int64_t *)t->data)[i] = fabs(v) < 0x1p63 ? (int64_t)v : 0;
    }
}

/* ---- Gamma and Poisson --------------------------------------------------------------------------------------------------------------- */

/* Marsaglia and Tsang, "A simple method for generating gamma variables" (2000): d*v for v = (1 + c*x)^3, x normal, accepted by a
 * cheap bound or by logarithms.  Below alpha 1 the sample of alpha + 1 is scaled by u^(1/alpha). */
static double gamma_sample(Source *s, double alpha)
{
    if (alpha == 1)             /* exponential */
        return -log(1 - next_uniform(s));
    bool small = alpha < 1;
    double d = alpha + (small ? 2.0 / 3 : -1.0 / 3), c = 1.0 / 3 / sqrt(d);
    for (;;) {
        double x = next_normal(s), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = next_uniform(s);
        if (u < 1 - 0.0331 * (x * x) * (x * x) || log(u) < 0.5 * x * x + d * (1 - v + log(v)))
            return small ? d * v * pow(next_uniform(s), 1 / alpha) : d * v;
    }
}

/* Below rate 10 Knuth's way: uniform numbers are multiplied until the product falls to e^-rate. */
static double poisson_small(Source *s, double rate)
{
    double limit = exp(-rate), product = 1, n = 0;
    for (;;) {
        product *= next_uniform(s);
        if (product <= limit)
            return n;
        n += 1;
    }
}

/* Above it Hormann's transformed rejection, "The transformed rejection method for generating Poisson random variables" (1993). */
static double poisson_large(Source *s, double rate)
{
    double log_rate = log(rate), b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    for (;;) {
        int sign;
        double u = next_uniform(s) - 0.5, v = next_uniform(s), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + rate + 0.43);
        if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2))
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v * inverse_alpha / (a / (us * us) + b)) <= -rate + k * log_rate - lgamma_r(k + 1, &sign))
            return k;
    }
}

static double poisson_sample(Source *s, double rate)
{
    return rate < 10 ? poisson_small(s, rate) : isfinite(rate) ? poisson_large(s, rate) : (double)NAN;
}

/* `samples` numbers for each of `n` parameters; output is [samples, n] in memory, numbered parameter by parameter in the stream. */
typedef struct Draw {
    const TfgTensor *parameter;
    TfgTensor *out;
    TfgPhilox stream;
    int64_t n, samples;
} Draw;

typedef double (*SampleFn)(Source *s, double parameter);

static void draw_range(const Draw *d, int64_t begin, int64_t end, SampleFn sample)
{
    for (int64_t i = begin; i < end; i++) {
        int64_t p = i / d->samples;
        Source source = {.stream = d->stream};
        tfg_philox_skip(&source.stream, (uint64_t)i * TFG_RANDOM_RESERVED);
        put_number(d->out, i % d->samples * d->n + p, sample(&source, tfg_tensor_double(d->parameter, p)));
    }
}

static void gamma_range(void *context, int64_t begin, int64_t end) { draw_range(context, begin, end, gamma_sample); }
static void poisson_range(void *context, int64_t begin, int64_t end) { draw_range(context, begin, end, poisson_sample); }

/* The output [shape + parameter's shape]. */
static TfgTensor *appended_output(TfgKernelCall *c, int64_t *samples, TfgStatus *s)
{
    TfgShape shape;
    const TfgTensor *p = c->in[1];
    if (tfg_read_shape(c->in[0], &shape, s) < 0)
        return NULL;
    *samples = tfg_dims_count(shape.rank, shape.dims);
    if (shape.rank + p->rank > TFG_MAX_RANK) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions");
        return NULL;
    }
    for (int i = 0; i < p->rank; i++)
        shape.dims[shape.rank++] = p->dims[i];
    return tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
}

static int run_draw(TfgKernelCall *c, bool wants_some, TfgRangeFn fn, TfgStatus *s)
{
    int64_t samples;
    TfgTensor *out = appended_output(c, &samples, s);
    if (!out || samples == 0)
        return out ? 0 : -1;
    if (c->in[1]->count == 0)
        return wants_some ? tfg_fail(s, TFG_INVALID_ARGUMENT, "Input alpha should have non-zero element count, got: 0") : 0;
    Draw d = {c->in[1], out, tfg_generator_take(c->state, (uint64_t)out->count * TFG_RANDOM_RESERVED), c->in[1]->count, samples};
    tfg_for_ranges(out->count, 1024, fn, &d);
    return 0;
}

static int run_gamma(TfgKernelCall *c, TfgStatus *s) { return run_draw(c, true, gamma_range, s); }
static int run_poisson(TfgKernelCall *c, TfgStatus *s) { return run_draw(c, false, poisson_range, s); }

/* ---- Normal between bounds ------------------------------------------------------------------------------------------------------------ */

#define MAX_TRIES 1000

/* The uniform numbers of the next block, in order; returns how many. */
static int draw_uniform(TfgPhilox *stream, TfgDType dtype, double out[4])
{
    uint32_t x[4];
    tfg_philox_next(stream, x);
    if (dtype == TFG_DOUBLE) {
        out[0] = tfg_random_double(x[0], x[1]);
        out[1] = tfg_random_double(x[2], x[3]);
        return 2;
    }
    for (int i = 0; i < 4; i++)
        out[i] = dtype == TFG_HALF ? (double)(x[i] & 0x3ffu) / 1024 : (double)tfg_random_float(x[i]);
    return 4;
}

/* The samplers are written once: for float, for double, and for half, where every result is rounded. */
#define T float
#define F(name) name##f
#define R(x) (x)
#define NAME(name) name##_float
#include "kernels/random_rejection.inc"
#undef R
#undef NAME
#define R(x) tfg_half_to_float(tfg_float_to_half(x))
#define NAME(name) name##_half
#include "kernels/random_rejection.inc"
#undef T
#undef F
#undef R
#undef NAME
#define T double
#define F(name) name
#define R(x) (x)
#define NAME(name) name##_double
#include "kernels/random_rejection.inc"

static const char *const parameter_names[] = {"means", "stddevs", "minvals", "maxvals"};

/* Parameters are scalars, or vectors with one number for each row of the output. */
static int check_parameters(const TfgKernelCall *c, int64_t n, bool *one_batch, TfgStatus *s)
{
    TfgShapeText text;
    for (int i = 1; i <= 4; i++)
        if (c->in[i]->rank > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s should be a scalar or vector, got shape: %s", parameter_names[i - 1],
                            tfg_shape_text(c->in[i], &text));
    *one_batch = c->in[1]->count == 1 && c->in[2]->count == 1 && c->in[3]->rank == 0 && c->in[4]->rank == 0;
    for (int i = 1; i <= 4 && !*one_batch; i++)
        if (c->in[i]->count != 1 && c->in[i]->dims[0] != n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s should have length 1 or shape[0], got shape: %s",
                            parameter_names[i - 1], tfg_shape_text(c->in[i], &text));
    return 0;
}

static int run_parameterized(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText text;
    TfgShape shape;
    bool one_batch = false;
    if (c->in[0]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shape should be a vector, got shape: %s", tfg_shape_text(c->in[0], &text));
    if (c->in[0]->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape tensor must not be empty, got %s", tfg_shape_text(c->in[0], &text));
    if (tfg_read_shape(c->in[0], &shape, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
    if (!out || check_parameters(c, shape.dims[0], &one_batch, s) < 0)
        return -1;
    /* With one set of parameters batches are 100 outputs; they only decide how far the generator moves. */
    int64_t batches = one_batch ? (out->count + 99) / 100 : shape.dims[0];
    int64_t samples = one_batch ? 100 : shape.dims[0] ? out->count / shape.dims[0] : 0;
    TfgPhilox stream = tfg_generator_take(c->state, (uint64_t)(batches * 2 * MAX_TRIES * (samples + 3) / 4));
    for (int64_t b = 0; b < batches; b++) {
        double p[4];
        for (int i = 0; i < 4; i++)
            p[i] = tfg_tensor_double(c->in[i + 1], c->in[i + 1]->count == 1 ? 0 : b);
        int64_t begin = b * samples, end = begin + samples < out->count ? begin + samples : out->count;
        bool ok = out->dtype == TFG_DOUBLE ? bounded_double(&stream, p, out, begin, end)
                  : out->dtype == TFG_HALF ? bounded_half(&stream, p, out, begin, end)
                                           : bounded_float(&stream, p, out, begin, end);
        if (!ok)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid parameters");
    }
    return 0;
}

/* ---- Rows ------------------------------------------------------------------------------------------------------------------------------- */

#define FLOATS (TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_B(HALF))
#define NUMBERS (FLOATS | TFG_B(INT32) | TFG_B(INT64))
#define GENERATOR .prepare = tfg_generator_prepare, .release = tfg_generator_release
#define STATEFUL TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_VALUE_SHAPE | TFG_KERNEL_EXPENSIVE

static const TfgKernelRow rows[] = {
    {.op = "RandomGamma", .types = {{"T", FLOATS}}, .flags = STATEFUL, .host_in = 1, GENERATOR, .run = run_gamma},
    {.op = "RandomPoisson", .types = {{"dtype", FLOATS}}, .flags = STATEFUL, .host_in = 1, GENERATOR, .run = run_poisson},
    {.op = "RandomPoissonV2", .types = {{"R", NUMBERS}, {"dtype", NUMBERS}}, .flags = STATEFUL, .host_in = 1, GENERATOR,
     .run = run_poisson},
    {.op = "ParameterizedTruncatedNormal", .types = {{"dtype", FLOATS}}, .flags = STATEFUL, .host_in = 1, GENERATOR,
     .run = run_parameterized},
};

int tfg_register_random_rejection(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
