/* Random ops that try until a value is accepted: gamma, Poisson, and the normal distribution between two bounds.  Every output has
 * a stretch of the stream for itself, so outputs are independent of each other and of threads; the order in which numbers are drawn
 * and the precision of every step are TensorFlow's. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "kernels/random.h"
#include "kernels/random_fill.h"
#include "kernels/util.h"

/* Numbers of one stream: samples of a block are handed out from the last to the first, uniform and normal ones of their own
 * blocks.  `wide` is double; else the arithmetic is float's. */
typedef struct Source {
    TfgPhilox stream;
    bool wide, half;            /* half: normal and uniform numbers have the precision of half */
    int n_uniform, n_normal;
    double uniform[4], normal[4];
} Source;

static Source source_at(TfgPhilox stream, int64_t output, TfgDType dtype)
{
    tfg_philox_skip(&stream, (uint64_t)output * TFG_RANDOM_RESERVED);
    return (Source){.stream = stream, .wide = dtype == TFG_DOUBLE, .half = dtype == TFG_HALF};
}

/* The numbers of the next block, in order; returns how many. */
static int draw_uniform(Source *s, double out[4])
{
    uint32_t x[4];
    tfg_philox_next(&s->stream, x);
    if (s->wide) {
        out[0] = tfg_random_double(x[0], x[1]);
        out[1] = tfg_random_double(x[2], x[3]);
        return 2;
    }
    for (int i = 0; i < 4; i++)
        out[i] = s->half ? (double)(x[i] & 0x3ffu) / 1024 : (double)tfg_random_float(x[i]);
    return 4;
}

static int draw_normal(Source *s, double out[4])
{
    uint32_t x[4];
    float f[4];
    tfg_philox_next(&s->stream, x);
    if (s->wide) {
        tfg_random_box_muller_double(x, out);
        return 2;
    }
    tfg_random_box_muller(x[0], x[1], f);
    tfg_random_box_muller(x[2], x[3], f + 2);
    for (int i = 0; i < 4; i++)
        out[i] = (double)(s->half ? tfg_half_to_float(tfg_float_to_half(f[i])) : f[i]);
    return 4;
}

static double next_uniform(Source *s)
{
    if (s->n_uniform == 0)
        s->n_uniform = draw_uniform(s, s->uniform);
    return s->uniform[--s->n_uniform];
}

static double next_normal(Source *s)
{
    if (s->n_normal == 0)
        s->n_normal = draw_normal(s, s->normal);
    return s->normal[--s->n_normal];
}

static void put_number(TfgTensor *t, int64_t i, double v)
{
    switch (t->dtype) {
    case TFG_DOUBLE: ((double *)t->data)[i] = v; break;
    case TFG_FLOAT: ((float *)t->data)[i] = (float)v; break;
    case TFG_HALF: ((uint16_t *)t->data)[i] = tfg_float_to_half((float)v); break;
    case TFG_INT32: ((int32_t *)t->data)[i] = (int32_t)v; break;
    default: ((int64_t *)t->data)[i] = (int64_t)v;
    }
}

#define MAX_TRIES 1000

/* ---- Arithmetic of one precision -------------------------------------------------------------------------------------------------- */

/* The samplers are written once; T and the functions' suffix make the float and the double form.  Half computes in float. */
#define T float
#define F(name) name##f
#define NAME(name) name##_float
#include "kernels/random_rejection.inc"
#undef T
#undef F
#undef NAME

#define T double
#define F(name) name
#define NAME(name) name##_double
#include "kernels/random_rejection.inc"
#undef T
#undef F
#undef NAME

/* ---- Gamma and Poisson --------------------------------------------------------------------------------------------------------------- */

/* `samples` numbers for each of `n` parameters; output is [samples, n] in memory, numbered parameter by parameter in the stream. */
typedef struct Draw {
    const TfgTensor *parameter;
    TfgTensor *out;
    TfgPhilox stream;
    int64_t n, samples;
} Draw;

static void gamma_range(void *context, int64_t begin, int64_t end)
{
    const Draw *d = context;
    TfgDType dtype = d->parameter->dtype;
    for (int64_t i = begin; i < end; i++) {
        int64_t p = i / d->samples;
        Source source = source_at(d->stream, i, dtype);
        double alpha = tfg_tensor_double(d->parameter, p);
        put_number(d->out, i % d->samples * d->n + p,
                   dtype == TFG_DOUBLE ? gamma_double(&source, alpha) : (double)gamma_float(&source, (float)alpha));
    }
}

/* Integer rates compute in double, half ones in float. */
static void poisson_range(void *context, int64_t begin, int64_t end)
{
    const Draw *d = context;
    bool single = d->parameter->dtype == TFG_FLOAT || d->parameter->dtype == TFG_HALF;
    for (int64_t i = begin; i < end; i++) {
        int64_t p = i / d->samples;
        double rate = tfg_tensor_double(d->parameter, p);
        Source source = source_at(d->stream, i, single ? TFG_FLOAT : TFG_DOUBLE);
        put_number(d->out, i % d->samples * d->n + p,
                   single ? (double)poisson_float(&source, (float)rate) : poisson_double(&source, rate));
    }
}

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
    bool one_batch;
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
    Source source = source_at(stream, 0, out->dtype);
    for (int64_t b = 0; b < batches; b++) {
        double p[4];
        for (int i = 0; i < 4; i++)
            p[i] = tfg_tensor_double(c->in[i + 1], c->in[i + 1]->count == 1 ? 0 : b);
        int64_t begin = b * samples, end = begin + samples < out->count ? begin + samples : out->count;
        const char *error = out->dtype == TFG_DOUBLE ? bounded_double(&source, p, out, begin, end)
                                                     : bounded_float(&source, p, out, begin, end);
        if (error)
            return tfg_fail(s, strcmp(error, "Invalid parameters") == 0 ? TFG_INVALID_ARGUMENT : TFG_INTERNAL, "%s", error);
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
