/* Local response normalisation over channels, batch normalisation as graphs of the beginning have it, and leaky rectifiers. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/nn_lrn_simd.h"
#include "kernels/numeric.h"

typedef struct Lrn {
    TfgLrn with;
    TfgDType dtype;
    const void *x, *y, *dy;
    void *out;
} Lrn;

static int prepare_lrn(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Lrn *t = tfg_calloc(1, sizeof *t);
    if (!t)
        return tfg_fail_memory(s);
    int64_t radius = tfg_attrs_int(p->attrs, "depth_radius");
    t->with = (TfgLrn){.radius = radius, .bias = tfg_attrs_float(p->attrs, "bias"), .alpha = tfg_attrs_float(p->attrs, "alpha"),
                       .beta = tfg_attrs_float(p->attrs, "beta")};
    if (radius < 0 || radius >= INT32_MAX) {
        tfg_free(t);
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "depth_radius = %lld larger than int max", (long long)radius);
    }
    *state = t;
    return 0;
}

static void load(const Lrn *t, const void *from, int64_t row, float *to)
{
    int64_t n = t->with.depth;
    if (t->dtype == TFG_FLOAT)
        memcpy(to, (const float *)from + row * n, (size_t)n * sizeof *to);
    else
        for (int64_t i = 0; i < n; i++)
            to[i] = tfg_load_half(t->dtype, ((const uint16_t *)from)[row * n + i]);
}

static void store(const Lrn *t, const float *from, int64_t row)
{
    int64_t n = t->with.depth;
    if (t->dtype == TFG_FLOAT)
        memcpy((float *)t->out + row * n, from, (size_t)n * sizeof *from);
    else
        for (int64_t i = 0; i < n; i++)
            ((uint16_t *)t->out)[row * n + i] = tfg_store_half(t->dtype, from[i]);
}

const TfgLrnLoops *tfg_lrn_loops(void)
{
#if defined(__x86_64__)
    static TfgLrnLoopsFn *const levels[TFG_SIMD_LEVELS] = {tfg_lrn_loops_v2, tfg_lrn_loops_v3, tfg_lrn_loops_v4};
    return levels[tfg_isa_level()]();
#else
    return tfg_lrn_loops_base();
#endif
}

static int lrn_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Lrn *t = context;
    const TfgLrnLoops *loops = tfg_lrn_loops();
    TfgLrn w = t->with;
    float *x = tfg_alloc(((size_t)w.depth + tfg_lrn_scratch(&w)) * sizeof *x);
    if (!x)
        return tfg_fail_memory(s);
    w.scratch = x + w.depth;
    for (int64_t row = begin; row < end; row++) {
        load(t, t->x, row, x);
        loops->forward(&w, x);
        store(t, x, row);
    }
    tfg_free(x);
    return 0;
}

static int lrn_grad_rows(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Lrn *t = context;
    const TfgLrnLoops *loops = tfg_lrn_loops();
    TfgLrn w = t->with;
    float *x = tfg_alloc((3 * (size_t)w.depth + tfg_lrn_scratch(&w)) * sizeof *x), *y = x + w.depth, *dy = y + w.depth;
    if (!x)
        return tfg_fail_memory(s);
    w.scratch = dy + w.depth;
    for (int64_t row = begin; row < end; row++) {
        load(t, t->x, row, x);
        load(t, t->y, row, y);
        load(t, t->dy, row, dy);
        loops->backward(&w, dy, x, y);
        store(t, dy, row);
    }
    tfg_free(x);
    return 0;
}

static int run_rows(TfgKernelCall *c, Lrn *t, const TfgTensor *like, TfgTryRangeFn fn, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output_like(c, 0, like, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    TfgLrn *w = &t->with;
    w->depth = like->dims[3];
    w->radius = w->radius < w->depth ? w->radius : w->depth - 1;
    t->dtype = like->dtype;
    t->out = out->data;
    return tfg_try_ranges(like->count / w->depth, 65536 / ((w->radius / 4 + 4) * w->depth) + 1, fn, t, s);
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
