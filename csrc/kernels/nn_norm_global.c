/* BatchNormWithGlobalNormalization and its gradient, for graphs that are older than its removal. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/util.h"

typedef struct State {
    double epsilon;
    bool scale;
} State;

static int prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    State *t = tfg_alloc(sizeof *t);
    if (!t)
        return tfg_fail_memory(s);
    t->epsilon = (double)tfg_attrs_float(p->attrs, "variance_epsilon");
    t->scale = tfg_attrs_bool(p->attrs, "scale_after_normalization");
    *state = t;
    return 0;
}

static double load(const TfgTensor *t, int64_t i)
{
    if (t->dtype == TFG_FLOAT)
        return (double)((const float *)t->data)[i];
    return t->dtype == TFG_DOUBLE ? ((const double *)t->data)[i] : (double)tfg_load_half(t->dtype, ((const uint16_t *)t->data)[i]);
}

static void store(TfgTensor *t, int64_t i, double v)
{
    if (t->dtype == TFG_FLOAT)
        ((float *)t->data)[i] = (float)v;
    else if (t->dtype == TFG_DOUBLE)
        ((double *)t->data)[i] = v;
    else
        ((uint16_t *)t->data)[i] = tfg_store_half(t->dtype, (float)v);
}

/* Input 0 has four dims, vectors [1, n_vectors] as many elements as it has channels. */
static int check(const TfgKernelCall *c, int n_vectors, TfgStatus *s)
{
    static const char *const forward[5] = {"input", "mean", "var", "beta", "gamma"}, *const back[4] = {"input", "mean", "var", "gamma"};
    const TfgTensor *x = c->in[0];
    TfgShapeText text;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    for (int i = 1; i <= n_vectors; i++) {
        const char *name = n_vectors == 4 ? forward[i] : back[i];
        if (c->in[i]->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 1-dimensional%s", name, tfg_shape_text(c->in[i], &text));
        if (c->in[i]->count != x->dims[3])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must have as many elements as the input has channels: %lld vs %lld", name,
                            (long long)c->in[i]->count, (long long)x->dims[3]);
    }
    return 0;
}

static int run_forward(TfgKernelCall *c, TfgStatus *s)
{
    const State *t = c->state;
    TfgTensor *out = check(c, 4, s) < 0 ? NULL : tfg_kernel_output_like(c, 0, c->in[0], s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    int64_t n = out->dims[3], rows = out->count / n;
    for (int64_t k = 0; k < n; k++) {
        double factor = 1 / sqrt(load(c->in[2], k) + t->epsilon) * (t->scale ? load(c->in[4], k) : 1), mean = load(c->in[1], k);
        double beta = load(c->in[3], k);
        for (int64_t i = 0; i < rows; i++)
            store(out, i * n + k, (load(c->in[0], i * n + k) - mean) * factor + beta);
    }
    return 0;
}

/* With r = 1/sqrt(v + epsilon) and g = gamma or 1:  dx = dy g r,  dm = -sum(dy) g r,  dv = -sum(dy (x - m)) g r^3 / 2,
 * db = sum(dy),  dg = sum(dy (x - m)) r where it scales. */
static int run_gradient(TfgKernelCall *c, TfgStatus *s)
{
    const State *t = c->state;
    const TfgTensor *x = c->in[0], *dy = c->in[4];
    TfgShapeText a, b;
    if (check(c, 3, s) < 0)
        return -1;
    if (!tfg_tensor_same_shape(x, dy))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "backprop must have the input's shape: %s vs. %s", tfg_shape_text(dy, &a), tfg_shape_text(x, &b));
    TfgTensor *out[5] = {tfg_kernel_output_like(c, 0, x, s)};
    for (int i = 1; i < 5 && out[0]; i++)
        if (!(out[i] = tfg_kernel_output(c, i, 1, &x->dims[3], s)))
            return -1;
    if (!out[0])
        return -1;
    int64_t n = x->dims[3], rows = n > 0 ? x->count / n : 0;
    for (int64_t k = 0; k < n; k++) {
        double r = 1 / sqrt(load(c->in[2], k) + t->epsilon), g = t->scale ? load(c->in[3], k) : 1, mean = load(c->in[1], k), sum = 0, product = 0;
        for (int64_t i = 0; i < rows; i++) {
            double d = load(dy, i * n + k);
            sum += d;
            product += d * (load(x, i * n + k) - mean);
            store(out[0], i * n + k, d * g * r);
        }
        store(out[1], k, -sum * g * r);
        store(out[2], k, -product * g * r * r * r / 2);
        store(out[3], k, sum);
        store(out[4], k, t->scale ? product * r : 0);
    }
    return 0;
}

#define TYPES .types = {{"T", TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_HALVES}}

static const TfgKernelRow rows[] = {
    {.op = "BatchNormWithGlobalNormalization", TYPES, .prepare = prepare, .release = tfg_free, .run = run_forward},
    {.op = "BatchNormWithGlobalNormalizationGrad", TYPES, .prepare = prepare, .release = tfg_free, .run = run_gradient},
};

const TfgKernelRow *tfg_kernels_nn_norm_global(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
