/* Quantisation simulated in floating point: FakeQuant*, QuantizeAndDequantize*. */
#include <float.h>
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* ---- FakeQuant: a range nudged so that 0 is one of its steps ----------------------------------------------------------------------- */

typedef struct Range { float low, high, scale; bool none; } Range;

static int read_steps(const TfgAttrs *attrs, float *first, float *last, TfgStatus *s)
{
    int64_t bits = tfg_attrs_int(attrs, "num_bits");
    if (bits < 2 || bits > 16)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_bits must be between 2 and 16, inclusive");
    *first = tfg_attrs_bool(attrs, "narrow_range") ? 1 : 0;
    *last = (float)((1 << bits) - 1);
    return 0;
}

static Range nudge(float low, float high, float first, float last)
{
    Range r = {.scale = (high - low) / (last - first)};
    float zero = first - low / r.scale;
    float nudged = zero < first ? first : zero > last ? last : zero == zero ? roundf(zero) : 0;
    r.low = (first - nudged) * r.scale;
    r.high = (last - nudged) * r.scale;
    return r;
}

static inline float clamp(float x, const Range *r)
{
    x = x > r->high ? r->high : x;
    return x < r->low ? r->low : x;
}

static int prepare_args(const TfgPrepare *p, void **state, TfgStatus *s)
{
    float low = tfg_attrs_float(p->attrs, "min"), high = tfg_attrs_float(p->attrs, "max"), first, last;
    (void)state;
    if (!(low < high))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "min has to be smaller than max, was: %g >= %g", (double)low, (double)high);
    return read_steps(p->attrs, &first, &last, s);
}

static Range range_of_attrs(const TfgKernelCall *c, TfgStatus *s)
{
    float first = 0, last = 1;
    read_steps(c->attrs, &first, &last, s);
    return nudge(tfg_attrs_float(c->attrs, "min"), tfg_attrs_float(c->attrs, "max"), first, last);
}

/* To the nearest step; the number of steps is divided by the scale, or multiplied by its inverse. */
typedef struct Fake {
    const float *x;
    float *out;
    const Range *ranges;        /* one for each of n channels; `none`: zeros come out */
    int64_t n;
    float inverse;              /* 0: divide */
} Fake;

TFG_WIDE static void fake_one(const float *x, float *out, int64_t n, Range r, float inverse)
{
    if (inverse != 0)
        for (int64_t i = 0; i < n; i++)
            out[i] = floorf((clamp(x[i], &r) - r.low) * inverse + 0.5f) * r.scale + r.low;
    else
        for (int64_t i = 0; i < n; i++)
            out[i] = floorf((clamp(x[i], &r) - r.low) / r.scale + 0.5f) * r.scale + r.low;
}

TFG_WIDE static void fake_row(const float *x, float *out, int64_t n, const Range *ranges)
{
    for (int64_t k = 0; k < n; k++) {
        Range r = ranges[k];
        float v = floorf((clamp(x[k], &r) - r.low) / r.scale + 0.5f) * r.scale + r.low;
        out[k] = r.none ? 0 : v;
    }
}

static void fake_range(void *context, int64_t begin, int64_t end)
{
    const Fake *f = context;
    if (f->n == 1 && f->ranges->none)
        memset(f->out + begin, 0, (size_t)(end - begin) * sizeof(float));
    else if (f->n == 1)
        fake_one(f->x + begin, f->out + begin, end - begin, *f->ranges, f->inverse);
    else
        for (int64_t i = begin; i < end; i++)
            fake_row(f->x + i * f->n, f->out + i * f->n, f->n, f->ranges);
}

static int fake(TfgKernelCall *c, const Range *ranges, int64_t n, float inverse, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    Fake f = {c->in[0]->data, out->data, ranges, n, inverse};
    tfg_for_ranges(out->count / n, 16384 / n + 1, fake_range, &f);
    return 0;
}

static int run_args(TfgKernelCall *c, TfgStatus *s)
{
    Range r = range_of_attrs(c, s);
    return fake(c, &r, 1, 1.0f / r.scale, s);
}

static int run_args_grad(TfgKernelCall *c, TfgStatus *s)
{
    Range r = range_of_attrs(c, s);
    const float *dy = c->in[0]->data, *x = c->in[1]->data;
    TfgShapeText a, b;
    if (!tfg_tensor_same_shape(c->in[0], c->in[1]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input 1: %s",
                        c->name, c->type, tfg_shape_text(c->in[0], &a), tfg_shape_text(c->in[1], &b));
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[1], s);
    for (int64_t i = 0; out && i < out->count; i++)
        ((float *)out->data)[i] = dy[i] * (x[i] >= r.low && x[i] <= r.high ? 1.0f : 0.0f);
    return out ? 0 : -1;
}

static int prepare_range(const TfgPrepare *p, void **state, TfgStatus *s)
{
    float first, last;
    (void)state;
    return read_steps(p->attrs, &first, &last, s);
}

/* Both ends of the range: scalars, or one for each channel (the last dimension). */
static int check_ends(const TfgTensor *x, const TfgTensor *low, const TfgTensor *high, bool channels, int64_t *n, TfgStatus *s)
{
    *n = 1;
    if (!channels)
        return low->count == 1 && high->count == 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "min and max must be scalars");
    if (x->rank < 1 || low->rank != 1 || high->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "inputs must have channels, min and max be vectors");
    *n = x->dims[x->rank - 1];
    if (low->count != *n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "min has incorrect size, expected %lld was %lld", (long long)*n, (long long)low->count);
    if (high->count != *n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "max has incorrect size, expected %lld was %lld", (long long)*n, (long long)high->count);
    return 0;
}

static bool is_channelled(const TfgKernelCall *c) { return strstr(c->row->op, "PerChannel") != NULL; }

static int run_vars(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    const float *low = c->in[1]->data, *high = c->in[2]->data;
    float first = 0, last = 1;
    int64_t n;
    if (check_ends(x, c->in[1], c->in[2], is_channelled(c), &n, s) < 0 || read_steps(c->attrs, &first, &last, s) < 0)
        return -1;
    Range *ranges = tfg_kernel_scratch(c, (size_t)(n + 1) * sizeof *ranges, s);
    for (int64_t k = 0; ranges && k < n; k++) {
        ranges[k] = nudge(low[k], high[k], first, last);
        ranges[k].none = low[k] == 0 && high[k] == 0;
    }
    return ranges ? fake(c, ranges, n, 0, s) : -1;
}

static int run_vars_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[1];
    const float *dy = c->in[0]->data, *values = x->data, *low = c->in[2]->data, *high = c->in[3]->data;
    float first = 0, last = 1;
    int64_t n;
    if (!tfg_tensor_same_shape(c->in[0], x))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "gradient and input must be the same size");
    if (check_ends(x, c->in[2], c->in[3], is_channelled(c), &n, s) < 0 || read_steps(c->attrs, &first, &last, s) < 0)
        return -1;
    int rank = is_channelled(c) ? 1 : 0;
    TfgTensor *dx = tfg_kernel_output_like(c, 0, x, s), *d_low = dx ? tfg_kernel_output(c, 1, rank, &n, s) : NULL;
    TfgTensor *d_high = d_low ? tfg_kernel_output(c, 2, rank, &n, s) : NULL;
    for (int64_t k = 0; d_high && k < n; k++) {
        Range r = nudge(low[k], high[k], first, last);
        bool none = low[k] == 0 && high[k] == 0;
        float below = 0, above = 0;
        for (int64_t i = k; i < x->count; i += n) {
            ((float *)dx->data)[i] = none ? dy[i] : dy[i] * (values[i] >= r.low && values[i] <= r.high ? 1.0f : 0.0f);
            below += !none && values[i] < r.low ? dy[i] : 0;
            above += !none && values[i] > r.high ? dy[i] : 0;
        }
        ((float *)d_low->data)[k] = below;
        ((float *)d_high->data)[k] = above;
    }
    return d_high ? 0 : -1;
}

/* ---- QuantizeAndDequantize --------------------------------------------------------------------------------------------------------- */

typedef struct Simulation {
    bool is_signed, given;
    int64_t bits;
    double low, high;
} Simulation;
typedef struct SimulateLoop { void (*simulate)(const Simulation *m, const void *in, void *out, int64_t n); } SimulateLoop;

/* The scale is set by the side of the range that reaches further, 0 staying 0; halves go to the even number. */
#define SIMULATE(D, T, MAX, ROUND)                                                                                       \
    static void simulate_##D(const Simulation *m, const void *in, void *to, int64_t n)                                   \
    {                                                                                                                    \
        const T *x = in;                                                                                                 \
        T *out = to, low = (T)m->low, high = (T)m->high;                                                                 \
        if (!m->given && n > 0) {                                                                                        \
            low = high = x[0];                                                                                           \
            for (int64_t i = 1; i < n; i++) {                                                                            \
                low = x[i] < low ? x[i] : low;                                                                           \
                high = x[i] > high ? x[i] : high;                                                                        \
            }                                                                                                            \
        }                                                                                                                \
        T least = m->is_signed ? -(T)((uint64_t)1 << (m->bits - 1)) : 0;                                                 \
        T most = m->is_signed ? (T)(((uint64_t)1 << (m->bits - 1)) - 1) : (T)(((uint64_t)1 << m->bits) - 1);             \
        T from_low = least * low > 0 ? least / low : MAX, from_high = most * high > 0 ? most / high : MAX, scale, back;  \
        if (from_low < from_high) {                                                                                      \
            scale = from_low;                                                                                            \
            back = low / least;                                                                                          \
            high = most * back;                                                                                          \
        } else {                                                                                                         \
            scale = from_high;                                                                                           \
            back = high / most;                                                                                          \
            low = least * back;                                                                                          \
        }                                                                                                                \
        for (int64_t i = 0; i < n; i++) {                                                                                \
            T v = x[i];                                                                                                  \
            if (m->given) {                                                                                              \
                v = v < high ? v : high;                                                                                 \
                v = v < low ? low : v;                                                                                   \
            }                                                                                                            \
            out[i] = ROUND(v * scale) * back;                                                                            \
        }                                                                                                                \
    }                                                                                                                    \
    static const SimulateLoop simulate_loop_##D = {simulate_##D};
SIMULATE(FLOAT, float, FLT_MAX, rintf)
SIMULATE(DOUBLE, double, DBL_MAX, rint)

static int run_simulate(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    Simulation m = {.is_signed = tfg_attrs_bool(c->attrs, "signed_input"), .given = tfg_attrs_bool(c->attrs, "range_given")};
    if (c->n_in == 1) {
        m.low = (double)tfg_attrs_float(c->attrs, "input_min");
        m.high = (double)tfg_attrs_float(c->attrs, "input_max");
    } else {
        for (int i = 1; i < c->n_in; i++)
            if (c->in[i]->count != 1)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_min, input_max and num_bits must be scalars");
        m.low = tfg_tensor_double(c->in[1], 0);
        m.high = tfg_tensor_double(c->in[2], 0);
    }
    m.bits = c->n_in == 4 ? tfg_tensor_int(c->in[3], 0) : tfg_attrs_int(c->attrs, "num_bits");
    if (m.bits <= 0 || m.bits >= (m.is_signed ? 62 : 63))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_bits is out of range: %lld with signed_input_ %d", (long long)m.bits, m.is_signed);
    if (m.given && m.low > m.high)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid range: input_min %g > input_max %g", m.low, m.high);
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (out)
        ((const SimulateLoop *)c->row->loops)->simulate(&m, x->data, out->data, x->count);
    return out ? 0 : -1;
}

#define SIMULATE_ROWS(D)                                                                                       \
    {.op = "QuantizeAndDequantize", TFG_FOR(TFG_##D), .loops = &simulate_loop_##D, .run = run_simulate},      \
    {.op = "QuantizeAndDequantizeV2", TFG_FOR(TFG_##D), .loops = &simulate_loop_##D, .run = run_simulate},    \
    {.op = "QuantizeAndDequantizeV3", TFG_FOR(TFG_##D), .loops = &simulate_loop_##D, .run = run_simulate},
static const TfgKernelRow rows[] = {
    {.op = "FakeQuantWithMinMaxArgs", .prepare = prepare_args, .run = run_args},
    {.op = "FakeQuantWithMinMaxArgsGradient", .prepare = prepare_args, .run = run_args_grad},
    {.op = "FakeQuantWithMinMaxVars", .prepare = prepare_range, .run = run_vars},
    {.op = "FakeQuantWithMinMaxVarsGradient", .prepare = prepare_range, .run = run_vars_grad},
    {.op = "FakeQuantWithMinMaxVarsPerChannel", .prepare = prepare_range, .run = run_vars},
    {.op = "FakeQuantWithMinMaxVarsPerChannelGradient", .prepare = prepare_range, .run = run_vars_grad},
    SIMULATE_ROWS(FLOAT) SIMULATE_ROWS(DOUBLE)
};

int tfg_register_kernels_quantize(TfgStatus *s);
int tfg_register_kernels_quantize(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s) < 0 ? -1 : tfg_register_plain(tfg_kernels_quantize_convert, s);
}
