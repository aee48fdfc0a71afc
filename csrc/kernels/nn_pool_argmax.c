/* MaxPoolWithArgmax and its gradient.  Indices are those of elements of the whole input. */
#include <string.h>

#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/nn_pool.h"
#include "kernels/numeric.h"

typedef struct Job {
    const TfgPool *p;
    const void *in;
    void *out;
    int64_t *at;
} Job;

#define MAX_LOOPS(D, S, C)                                                                      \
    static void max_##D(void *context, int64_t begin, int64_t end)                              \
    {                                                                                           \
        const Job *j = context;                                                                 \
        const TfgPool *p = j->p;                                                                \
        int64_t n = p->channels;                                                                \
        for (int64_t o = begin; o < end; o++) {                                                 \
            TfgPoolWindow w = tfg_pool_window(p, o);                                            \
            S *out = (S *)j->out + o * n;                                                       \
            int64_t *at = j->at + o * n;                                                        \
            for (int64_t k = 0; k < n; k++) {                                                   \
                out[k] = STORE_##D((C)0);                                                       \
                at[k] = -1;                                                                     \
            }                                                                                   \
            TFG_FOR_POINTS(p, &w, {                                                             \
                const S *in = (const S *)j->in + point * n;                                     \
                for (int64_t k = 0; k < n; k++)                                                 \
                    if (at[k] < 0 || LOAD_##D(out[k]) < LOAD_##D(in[k])) {                      \
                        out[k] = in[k];                                                         \
                        at[k] = point * n + k;                                                  \
                    }                                                                           \
            })                                                                                  \
        }                                                                                       \
    }                                                                                           \
    static int spread_##D(const TfgTensor *dy, const int64_t *at, void *to, int64_t count, TfgStatus *s)  \
    {                                                                                           \
        for (int64_t i = 0; i < dy->count; i++) {                                               \
            if (at[i] < 0 || at[i] >= count)                                                    \
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid input backprop index: %lld, %lld", (long long)at[i], (long long)count); \
            S *x = (S *)to + at[i];                                                             \
            *x = STORE_##D(ADD_##D(LOAD_##D(*x), LOAD_##D(((const S *)dy->data)[i])));          \
        }                                                                                       \
        return 0;                                                                               \
    }
TFG_REALS(MAX_LOOPS)

typedef struct Loops {
    TfgRangeFn max;
    int (*spread)(const TfgTensor *dy, const int64_t *at, void *to, int64_t count, TfgStatus *s);
} Loops;

static int prepare(const TfgPrepare *p, void **state, TfgStatus *s) { return tfg_pool_prepare(p, 4, state, s); }

static int fill(TfgPool *p, const TfgWindowAttrs *a, const TfgTensor *x, TfgStatus *s)
{
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_in_shape must have 2 spatial dimensions. %d 0", (int)x->rank);
    if (a->size[3] != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "MaxPoolingWithArgmax is not yet supported on the depth dimension.");
    return tfg_pool_fill(p, a, x->dims, s);
}

static int run_max(TfgKernelCall *c, TfgStatus *s)
{
    const TfgWindowAttrs *a = c->state;
    TfgPool p;
    if (fill(&p, a, c->in[0], s) < 0)
        return -1;
    int64_t dims[4];
    tfg_space_dims(a, &p.out, dims);
    TfgTensor *out = tfg_kernel_output(c, 0, 4, dims, s), *at = out ? tfg_kernel_output(c, 1, 4, dims, s) : NULL;
    if (!at || out->count == 0)
        return at ? 0 : -1;
    Job j = {&p, c->in[0]->data, out->data, at->data};
    tfg_for_ranges(tfg_pool_windows(&p), tfg_pool_grain(&p), ((const Loops *)c->row->loops)->max, &j);
    return 0;
}

static int run_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *dy = c->in[1], *at = c->in[2];
    TfgPool p;
    if (fill(&p, c->state, x, s) < 0)
        return -1;
    if (!tfg_tensor_same_shape(dy, at))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "grad and argmax must have the same shape");
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    return ((const Loops *)c->row->loops)->spread(dy, at->data, out->data, out->count, s);
}

#define ROWS(D, S, C)                                                                                                                     \
    {.op = "MaxPoolWithArgmax", .types = {{"T", TFG_B(D)}, {"Targmax", TFG_B(INT64)}}, .prepare = prepare,                                \
     .release = tfg_window_attrs_free, .run = run_max, .loops = &(const Loops){max_##D, spread_##D}},                                     \
    {.op = "MaxPoolGradWithArgmax", .types = {{"T", TFG_B(D)}, {"Targmax", TFG_B(INT64)}}, .prepare = prepare,                            \
     .release = tfg_window_attrs_free, .run = run_grad, .loops = &(const Loops){max_##D, spread_##D}},

static const TfgKernelRow rows[] = {TFG_REALS(ROWS)};

const TfgKernelRow *tfg_kernels_nn_pool_argmax(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
