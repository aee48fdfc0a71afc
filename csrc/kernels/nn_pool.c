/* MaxPool and AvgPool. */
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/nn_pool_simd.h"
#include "kernels/numeric.h"

typedef struct Job {
    const TfgPool *p;
    const void *in;
    void *out;
} Job;

#define LOWEST_HALF (-65504.0f)
#define LOWEST_BFLOAT16 (-3.38953139e38f)
#define LOWEST_INT8 INT8_MIN
#define LOWEST_INT16 INT16_MIN
#define LOWEST_INT32 INT32_MIN
#define LOWEST_INT64 INT64_MIN
#define LOWEST_UINT8 0
#define LOWEST_UINT16 0
#define LOWEST_UINT32 0
#define LOWEST_UINT64 0

/* Begins at the lowest number, so NaN and -infinity never win, as in TensorFlow. */
#define MAX_LOOPS(D, S, C)                                                                              \
    static void max_##D(void *context, int64_t begin, int64_t end)                                      \
    {                                                                                                   \
        const Job *j = context;                                                                         \
        const TfgPool *p = j->p;                                                                        \
        int64_t n = p->channels;                                                                        \
        for (int64_t i = begin; i < end; i++) {                                                         \
            TfgPoolWindow w = tfg_pool_window(p, i);                                                    \
            S *restrict out = (S *)j->out + i * n;                                                      \
            for (int64_t k = 0; k < n; k++)                                                             \
                out[k] = STORE_##D((C)LOWEST_##D);                                                      \
            TFG_FOR_POINTS(p, &w, {                                                                     \
                const S *restrict in = (const S *)j->in + point * n;                                    \
                for (int64_t k = 0; k < n; k++) {                                                       \
                    C a = LOAD_##D(out[k]), b = LOAD_##D(in[k]);                                        \
                    out[k] = a < b ? in[k] : out[k];                                                    \
                }                                                                                       \
            })                                                                                          \
        }                                                                                               \
    }
#define MAX_DEPTH(D, S, C)                                                                              \
    static void max_depth_##D(void *context, int64_t begin, int64_t end)                                \
    {                                                                                                   \
        const Job *j = context;                                                                         \
        for (int64_t i = begin; i < end; i++) {                                                         \
            const S *in = (const S *)j->in + i * j->p->depth;                                           \
            S best = in[0];                                                                             \
            for (int64_t k = 1; k < j->p->depth; k++)                                                   \
                best = LOAD_##D(best) < LOAD_##D(in[k]) ? in[k] : best;                                 \
            ((S *)j->out)[i] = best;                                                                    \
        }                                                                                               \
    }
#define OTHERS(X)                                                                                       \
    X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float) X(INT8, int8_t, int8_t) X(INT16, int16_t, int16_t) X(INT32, int32_t, int32_t) \
    X(INT64, int64_t, int64_t) X(UINT8, uint8_t, uint8_t) X(UINT16, uint16_t, uint16_t) X(UINT32, uint32_t, uint32_t)                   \
    X(UINT64, uint64_t, uint64_t)
OTHERS(MAX_LOOPS)
TFG_REALS(MAX_DEPTH)

/* float and double have loops for each instruction set. */
#define FAST_LOOPS(D)                                                                                                   \
    static void max_##D(void *context, int64_t begin, int64_t end)                                                      \
    {                                                                                                                   \
        const Job *j = context;                                                                                         \
        tfg_pool_loops(TFG_##D)->max(j->p, j->in, j->out, begin, end);                                                  \
    }                                                                                                                   \
    static void avg_##D(void *context, int64_t begin, int64_t end)                                                      \
    {                                                                                                                   \
        const Job *j = context;                                                                                         \
        tfg_pool_loops(TFG_##D)->avg(j->p, j->in, j->out, begin, end);                                                  \
    }
FAST_LOOPS(FLOAT)
FAST_LOOPS(DOUBLE)

#define AVERAGES(X) X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float)
#define LANES 64                /* channels whose sums are kept at a time */

#define AVG_LOOPS(D, S, C)                                                                              \
    static void avg_##D(void *context, int64_t begin, int64_t end)                                      \
    {                                                                                                   \
        const Job *j = context;                                                                         \
        const TfgPool *p = j->p;                                                                        \
        for (int64_t i = begin; i < end; i++) {                                                         \
            TfgPoolWindow w = tfg_pool_window(p, i);                                                    \
            C size = (C)tfg_pool_size(&w);                                                              \
            for (int64_t first = 0; first < p->channels; first += LANES) {                              \
                int64_t n = p->channels - first < LANES ? p->channels - first : LANES;                  \
                S *out = (S *)j->out + i * p->channels + first;                                         \
                C sum[LANES] = {0};                                                                     \
                TFG_FOR_POINTS(p, &w, {                                                                 \
                    const S *in = (const S *)j->in + point * p->channels + first;                       \
                    for (int64_t k = 0; k < n; k++)                                                     \
                        sum[k] += LOAD_##D(in[k]);                                                      \
                })                                                                                      \
                for (int64_t k = 0; k < n; k++)                                                         \
                    out[k] = STORE_##D(sum[k] / size);                                                  \
            }                                                                                           \
        }                                                                                               \
    }
AVG_LOOPS(HALF, uint16_t, float)
AVG_LOOPS(BFLOAT16, uint16_t, float)

static int prepare_2d(const TfgPrepare *p, void **state, TfgStatus *s) { return tfg_pool_prepare(p, 4, state, s); }
static int prepare_3d(const TfgPrepare *p, void **state, TfgStatus *s) { return tfg_pool_prepare(p, 5, state, s); }

static int run_pool(TfgKernelCall *c, const TfgWindowAttrs *a, TfgRangeFn over_space, TfgRangeFn over_depth, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgPool p;
    if (in->rank != a->rank && a->rank == 5)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_in must be 5-dimensional");
    if (in->rank != a->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_in_shape must have %d spatial dimensions. %d %d", a->rank - 2, (int)in->rank,
                        tfg_channels_first(a) ? 1 : 0);
    if (tfg_pool_fill(&p, a, in->dims, s) < 0)
        return -1;
    if (p.depth != 1 && !over_depth)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Non-spatial pooling is not yet supported. Volunteers? :)");
    Job j = {.p = &p};
    TfgTensor *out = tfg_pool_begin(c, a, 0, &p.out, &j.out, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    j.in = tfg_channels_last(c, a, in, s);
    if (!j.in)
        return -1;
    if (p.depth != 1)
        tfg_for_ranges(out->count, 32768, over_depth, &j);
    else
        tfg_for_ranges(tfg_pool_windows(&p), tfg_pool_grain(&p), over_space, &j);
    tfg_pool_end(a, &p.out, out, j.out);
    return 0;
}

typedef struct Loops {
    TfgRangeFn space, depth;
} Loops;

static int run(TfgKernelCall *c, TfgStatus *s)
{
    const Loops *loops = c->row->loops;
    return run_pool(c, c->state, loops->space, loops->depth, s);
}

static int run_sized(TfgKernelCall *c, TfgStatus *s)
{
    const Loops *loops = c->row->loops;
    TfgWindowAttrs a;
    return tfg_pool_read_sizes(c, 1, "stride", &a, s) < 0 ? -1 : run_pool(c, &a, loops->space, loops->depth, s);
}

#define MAX_POOL_SIZED(D, S, C)                                                                                                   \
    {.op = "MaxPoolV2", TFG_FOR(TFG_##D), .host_in = 6, .prepare = prepare_2d, .release = tfg_window_attrs_free, .run = run_sized,\
     .loops = &(const Loops){max_##D, max_depth_##D}},
#define MAX_POOL(D, S, C)                                                                                                         \
    {.op = "MaxPool", TFG_FOR(TFG_##D), .prepare = prepare_2d, .release = tfg_window_attrs_free, .run = run,                  \
     .loops = &(const Loops){max_##D, max_depth_##D}},
#define POOL_3D(op_, D, loop_)                                                                                                    \
    {.op = op_, TFG_FOR(TFG_##D), .prepare = prepare_3d, .release = tfg_window_attrs_free, .run = run, .loops = &(const Loops){loop_##D, NULL}},
#define AVG_POOL_3D(D, S, C) POOL_3D("AvgPool3D", D, avg_)
#define AVG_POOL(D, S, C)                                                                                                         \
    {.op = "AvgPool", TFG_FOR(TFG_##D), .prepare = prepare_2d, .release = tfg_window_attrs_free, .run = run,                  \
     .loops = &(const Loops){avg_##D, NULL}},

static const TfgKernelRow rows[] = {
    TFG_REALS(MAX_POOL)
    TFG_REALS(MAX_POOL_SIZED)
    AVERAGES(AVG_POOL)
    AVERAGES(AVG_POOL_3D)
    POOL_3D("MaxPool3D", FLOAT, max_)
    POOL_3D("MaxPool3D", HALF, max_)
    POOL_3D("MaxPool3D", BFLOAT16, max_)
};

const TfgKernelRow *tfg_kernels_nn_pool(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
