/* Local response normalisation over channels, batch normalisation as graphs of the beginning have it, and leaky rectifiers. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/numeric.h"

typedef struct Lrn {
    int64_t radius, depth;
    float bias, alpha, beta;
    TfgDType dtype;
    const void *x, *y, *dy;
    void *out;
} Lrn;

static int prepare_lrn(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Lrn *t = tfg_calloc(1, sizeof *t);
    if (!t)
        return tfg_fail_memory(s);
    t->radius = tfg_attrs_int(p->attrs, "depth_radius");
    t->bias = tfg_attrs_float(p->attrs, "bias");
    t->alpha = tfg_attrs_float(p->attrs, "alpha");
    t->beta = tfg_attrs_float(p->attrs, "beta");
    if (t->radius < 0 || t->radius >= INT32_MAX) {
        int64_t radius = t->radius;
        tfg_free(t);
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "depth_radius = %lld larger than int max", (long long)radius);
    }
    *state = t;
    return 0;
}

static void load(const Lrn *t, const void *from, int64_t row, float *to)
{
    if (t->dtype == TFG_FLOAT)
        memcpy(to, (const float *)from + row * t->depth, (size_t)t->depth * sizeof *to);
    else
        for (int64_t i = 0; i < t->depth; i++)
            to[i] = tfg_load_half(t->dtype, ((const uint16_t *)from)[row * t->depth + i]);
}

static void store(const Lrn *t, const float *from, int64_t row)
{
    if (t->dtype == TFG_FLOAT)
        memcpy((float *)t->out + row * t->depth, from, (size_t)t->depth * sizeof *from);
    else
        for (int64_t i = 0; i < t->depth; i++)
            ((uint16_t *)t->out)[row * t->depth + i] = tfg_store_half(t->dtype, from[i]);
}

/* The window of channel i. */
static inline int64_t first_of(const Lrn *t, int64_t i) { return i > t->radius ? i - t->radius : 0; }
static inline int64_t end_of(const Lrn *t, int64_t i) { return t->depth - i - 1 > t->radius ? i + t->radius + 1 : t->depth; }

/* norm[i] = bias + alpha * the sum of squares around i. */
static void norms(const Lrn *t, const float *x, float *norm)
{
    for (int64_t i = 0; i < t->depth; i++) {
        float sum = 0;
        for (int64_t k = first_of(t, i); k < end_of(t, i); k++)
            sum += x[k] * x[k];
        norm[i] = t->bias + t->alpha * sum;
    }
}

static float power(float x, float beta)
{
    return beta == 1.0f ? 1 / x : beta == 0.5f ? 1 / sqrtf(x) : powf(x, -beta);
}

static int lrn_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Lrn *t = context;
    float *x = tfg_alloc((size_t)(2 * t->depth) * sizeof *x), *norm = x + t->depth;
    if (!x)
        return tfg_fail_memory(s);
    for (int64_t row = begin; row < end; row++) {
        load(t, t->x, row, x);
        norms(t, x, norm);
        for (int64_t i = 0; i < t->depth; i++)
            x[i] *= power(norm[i], t->beta);
        store(t, x, row);
    }
    tfg_free(x);
    return 0;
}

/* dx[k] = sum over windows i that k is in:  dy[i] * ([i = k] norm[i]^-beta - 2 alpha beta x[k] y[i] / norm[i]) */
static int lrn_grad_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Lrn *t = context;
    int64_t n = t->depth;
    float *x = tfg_alloc((size_t)(5 * n) * sizeof *x), *y = x + n, *dy = y + n, *norm = dy + n, *dx = norm + n;
    if (!x)
        return tfg_fail_memory(s);
    for (int64_t row = begin; row < end; row++) {
        load(t, t->x, row, x);
        load(t, t->y, row, y);
        load(t, t->dy, row, dy);
        norms(t, x, norm);
        for (int64_t i = 0; i < n; i++)
            y[i] = -2 * t->alpha * t->beta * dy[i] * y[i] / norm[i];
        for (int64_t k = 0; k < n; k++) {
            float sum = 0;
            for (int64_t i = first_of(t, k); i < end_of(t, k); i++)
                sum += y[i];
            dx[k] = dy[k] * power(norm[k], t->beta) + x[k] * sum;
        }
        store(t, dx, row);
    }
    tfg_free(x);
    return 0;
}

static int run_rows(TfgKernelCall *c, Lrn *t, const TfgTensor *like, TfgTryRangeFn fn, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(c, 0, like, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    t->depth = like->dims[3];
    t->dtype = like->dtype;
    t->out = out->data;
    int64_t wide = t->radius < t->depth ? 2 * t->radius + 1 : t->depth;
    return tfg_try_ranges(like->count / t->depth, 65536 / (wide * t->depth) + 1, fn, t, s);
}

static int run_lrn(TfgKernelCall *c, TfgStatus *s)
{
    Lrn t = *(const Lrn *)c->state;
    if (c->in[0]->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "in must be 4-dimensional");
    t.x = c->in[0]->data;
    return run_rows(c, &t, c->in[0], lrn_rows, s);
}

static int run_lrn_grad(TfgKernelCall *c, TfgStatus *s)
{
    Lrn t = *(const Lrn *)c->state;
    for (int i = 0; i < 2; i++)
        if (c->in[i]->rank != 4)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "inputs must be 4-dimensional");
    if (!tfg_tensor_same_shape(c->in[0], c->in[1]) || !tfg_tensor_same_shape(c->in[0], c->in[2]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input_grads, input_image, and out_image should have the same shape");
    t.dy = c->in[0]->data;
    t.x = c->in[1]->data;
    t.y = c->in[2]->data;
    return run_rows(c, &t, c->in[0], lrn_grad_rows, s);
}

/* ---- Leaky rectifiers ---- */

static int prepare_leaky(const TfgPrepare *p, void **state, TfgStatus *s)
{
    float *alpha = tfg_alloc(sizeof *alpha);
    if (!alpha)
        return tfg_fail_memory(s);
    *alpha = tfg_attrs_float(p->attrs, "alpha");
    *state = alpha;
    return 0;
}

#define FLOATING(X) X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float)
#define LEAKY(D, S, C)                                                                                   \
    static void leaky_##D(const TfgBlock *b)                                                             \
    {                                                                                                    \
        const S *x = b->in[0];                                                                           \
        S *out = b->out;                                                                                 \
        C alpha = (C)*(const float *)b->state;                                                           \
        int64_t step = b->scalar & 1 ? 0 : 1;                                                            \
        for (int64_t i = 0; i < b->n; i++) {                                                             \
            C v = LOAD_##D(x[i * step]);                                                                 \
            out[i] = STORE_##D(v > 0 ? v : v * alpha);                                                   \
        }                                                                                                \
    }                                                                                                    \
    static void leaky_grad_##D(const TfgBlock *b)                                                        \
    {                                                                                                    \
        const S *dy = b->in[0], *x = b->in[1];                                                           \
        S *out = b->out;                                                                                 \
        C alpha = (C)*(const float *)b->state;                                                           \
        int64_t step_dy = b->scalar & 1 ? 0 : 1, step_x = b->scalar & 2 ? 0 : 1;                         \
        for (int64_t i = 0; i < b->n; i++) {                                                             \
            C g = LOAD_##D(dy[i * step_dy]);                                                             \
            out[i] = STORE_##D(LOAD_##D(x[i * step_x]) > 0 ? g : g * alpha);                             \
        }                                                                                                \
    }
FLOATING(LEAKY)

#define LRN_TYPES .types = {{"T", TFG_B(FLOAT) | TFG_TYPES_HALVES}}
#define LEAKY_ROWS(D, S, C)                                                                                                                       \
    {.op = "LeakyRelu", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .prepare = prepare_leaky, .release = tfg_free, .block = leaky_##D},                \
    {.op = "LeakyReluGrad", TFG_FOR(TFG_##D), .inplace = {{1, 1}, {2, 1}}, .prepare = prepare_leaky, .release = tfg_free, .block = leaky_grad_##D},

static const TfgKernelRow rows[] = {
    {.op = "LRN", LRN_TYPES, .prepare = prepare_lrn, .release = tfg_free, .run = run_lrn},
    {.op = "LRNGrad", LRN_TYPES, .prepare = prepare_lrn, .release = tfg_free, .run = run_lrn_grad},
    FLOATING(LEAKY_ROWS)
};

const TfgKernelRow *tfg_kernels_nn_lrn(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
