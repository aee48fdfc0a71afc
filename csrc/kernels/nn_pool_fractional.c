/* FractionalMaxPool and FractionalAvgPool: windows whose borders are drawn by chance, so that any ratio of sizes can be had. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/numeric.h"
#include "kernels/random.h"

typedef struct State {
    float ratio[4];
    bool pseudo_random, overlapping;
    uint64_t seed, seed2;       /* both 0: drawn anew at each call */
} State;

static void release(void *state) { tfg_free(state); }

static int check_ratio(const TfgAttr *ratio, State *st, TfgStatus *s)
{
    if (!ratio || ratio->n != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "pooling_ratio field must specify 4 dimensions");
    for (int i = 0; i < 4; i++) {
        st->ratio[i] = ratio->list_f[i];
        if (!(st->ratio[i] > 0))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "pooling_ratio must be above zero, but is %g", (double)st->ratio[i]);
    }
    if (!(st->ratio[0] >= 1 && st->ratio[0] <= 1))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Fractional pooling is not yet supported on the batch nor channel dimension.");
    return 0;
}

static int prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    State *st = tfg_calloc(1, sizeof *st);
    if (!st)
        return tfg_fail_memory(s);
    *st = (State){.pseudo_random = tfg_attrs_bool(p->attrs, "pseudo_random"), .overlapping = tfg_attrs_bool(p->attrs, "overlapping"),
                  .seed = (uint64_t)tfg_attrs_int(p->attrs, "seed"), .seed2 = (uint64_t)tfg_attrs_int(p->attrs, "seed2")};
    int rc = check_ratio(tfg_attrs_find(p->attrs, "pooling_ratio"), st, s);
    if (rc == 0 && !tfg_attrs_bool(p->attrs, "deterministic") && (st->seed || st->seed2))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Both seed and seed2 should be 0 if deterministic is false.");
    if (rc == 0 && tfg_attrs_bool(p->attrs, "deterministic") && !st->seed && !st->seed2) {
        st->seed = tfg_random_device();
        st->seed2 = tfg_random_device();
    }
    if (rc < 0) {
        release(st);
        return -1;
    }
    *state = st;
    return 0;
}

/* ---- Borders ---- */

/* Takes whole blocks of the stream at a time, as TensorFlow reserves them. */
typedef struct Samples {
    TfgPhilox stream;
    uint32_t block[4];
    int used;
} Samples;

static uint32_t next_sample(Samples *r)
{
    if (r->used == 4) {
        tfg_philox_next(&r->stream, r->block);
        r->used = 0;
    }
    return r->block[r->used++];
}

static double next_double(Samples *r)
{
    uint32_t high = next_sample(r), low = next_sample(r);
    uint64_t bits = (uint64_t)1023 << 52 | (uint64_t)(high & 0xfffffu) << 32 | low;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x - 1;
}

/* Borders at ceil(alpha (u + i)) for one u (Graham, "Fractional max-pooling", 2014), as lengths.  u is small enough for every length to be
 * that of alpha, rounded down or up. */
static void pseudo_random_lengths(int64_t in, int64_t out, Samples *r, int64_t *lengths)
{
    double alpha = (double)in / (double)out;
    int64_t k = in / out;
    double u1 = (double)(k + 2) / alpha - 1, u2 = (double)(in + 1 - k) / alpha - (double)(out - 1);
    double u = next_double(r) * (u1 < u2 ? u1 : u2);
    int64_t last = 1;
    for (int64_t i = 1; i <= out; i++) {
        int64_t at = i == out ? in + 1 : (int64_t)(int)ceil(alpha * ((double)i + u));
        lengths[i - 1] = at - last;
        last = at;
    }
}

/* Lengths of both kinds, shuffled. */
static void random_lengths(int64_t in, int64_t out, Samples *r, int64_t *lengths)
{
    for (int64_t i = 0; i < out; i++)
        lengths[i] = in / out + (i < in % out);
    for (int64_t i = 0; i + 1 < out; i++) {
        int64_t j = i + next_sample(r) % (uint32_t)(out - i), one = lengths[i];
        lengths[i] = lengths[j];
        lengths[j] = one;
    }
}

/* at[0 ... out]: where each window begins, and the end. */
static void draw_borders(int64_t in, int64_t out, bool pseudo_random, TfgPhilox *stream, int64_t *at)
{
    Samples r = {*stream, {0}, 4};
    tfg_philox_skip(stream, pseudo_random ? 1 : (uint64_t)(out + 3) / 4);
    (pseudo_random ? pseudo_random_lengths : random_lengths)(in, out, &r, at + 1);
    at[0] = 0;
    for (int64_t i = 1; i <= out; i++)
        at[i] += at[i - 1];
}

/* ---- Pooling ---- */

/* Windows of rows and columns; [*from, *to) of one, inside. */
typedef struct Job {
    int64_t batch, in[2], out[2], channels, out_channels;
    const int64_t *at[2];
    bool overlapping;
    const void *x, *dy;
    void *to;
} Job;

static inline void window(const Job *j, int d, int64_t i, int64_t *from, int64_t *to)
{
    *from = j->at[d][i];
    *to = j->at[d][i + 1] + (j->overlapping ? 1 : 0);
    *to = *to < j->in[d] ? *to : j->in[d];
}

/* Runs its body with `point` for each point of window i of all. */
#define FOR_WINDOW(j, i, ...)                                                                               \
    int64_t top, bottom, left, right, image = (i) / ((j)->out[0] * (j)->out[1]);                            \
    window(j, 0, (i) / (j)->out[1] % (j)->out[0], &top, &bottom);                                           \
    window(j, 1, (i) % (j)->out[1], &left, &right);                                                         \
    for (int64_t y = top; y < bottom; y++)                                                                  \
        for (int64_t x = left; x < right; x++) {                                                            \
            int64_t point = (image * (j)->in[0] + y) * (j)->in[1] + x;                                      \
            __VA_ARGS__                                                                                     \
        }

#define TYPES(X) X(FLOAT, float) X(DOUBLE, double) X(INT32, int32_t) X(INT64, int64_t)
#define LOWEST_FLOAT (-3.402823466e+38f)
#define LOWEST_DOUBLE (-1.7976931348623157e308)
#define LOWEST_INT32 INT32_MIN
#define LOWEST_INT64 INT64_MIN
#define DIVIDE_FLOAT(a, n) ((a) / (float)(n))
#define DIVIDE_DOUBLE(a, n) ((a) / (double)(n))
#define DIVIDE_INT32(a, n) ((n) ? (a) / (int32_t)(n) : 0)
#define DIVIDE_INT64(a, n) ((n) ? (a) / (n) : 0)

#define POOLS(D, S)                                                                                         \
    static void max_##D(void *context, int64_t begin, int64_t end)                                          \
    {                                                                                                       \
        const Job *j = context;                                                                             \
        for (int64_t i = begin; i < end; i++) {                                                             \
            S *out = (S *)j->to + i * j->out_channels;                                                      \
            for (int64_t k = 0; k < j->out_channels; k++)                                                   \
                out[k] = LOWEST_##D;                                                                        \
            FOR_WINDOW(j, i, {                                                                              \
                const S *in = (const S *)j->x + point * j->channels;                                        \
                for (int64_t k = 0; k < j->out_channels; k++)                                               \
                    out[k] = out[k] < in[k] ? in[k] : out[k];                                               \
            })                                                                                              \
        }                                                                                                   \
    }                                                                                                       \
    static void avg_##D(void *context, int64_t begin, int64_t end)                                          \
    {                                                                                                       \
        const Job *j = context;                                                                             \
        for (int64_t i = begin; i < end; i++) {                                                             \
            S *out = (S *)j->to + i * j->out_channels;                                                      \
            int64_t count = 0;                                                                              \
            for (int64_t k = 0; k < j->out_channels; k++)                                                   \
                out[k] = 0;                                                                                 \
            FOR_WINDOW(j, i, {                                                                              \
                const S *in = (const S *)j->x + point * j->channels;                                        \
                for (int64_t k = 0; k < j->out_channels; k++)                                               \
                    out[k] = ADD_##D(out[k], in[k]);                                                        \
                count++;                                                                                    \
            })                                                                                              \
            for (int64_t k = 0; k < j->out_channels; k++)                                                   \
                out[k] = DIVIDE_##D(out[k], count);                                                         \
        }                                                                                                   \
    }                                                                                                       \
    /* dx gets each dy where its window's first largest element stands; an image is one task's. */          \
    static void max_grad_##D(void *context, int64_t begin, int64_t end)                                     \
    {                                                                                                       \
        const Job *j = context;                                                                             \
        int64_t windows = j->out[0] * j->out[1], n = j->channels;                                           \
        for (int64_t i = begin * windows; i < end * windows; i++)                                           \
            for (int64_t k = 0; k < n; k++) {                                                               \
                int64_t best = -1;                                                                          \
                const S *in = (const S *)j->x + k;                                                          \
                FOR_WINDOW(j, i, {                                                                          \
                    if (best < 0 || in[best * n] < in[point * n])                                           \
                        best = point;                                                                       \
                })                                                                                          \
                if (best >= 0) {                                                                            \
                    S *to = (S *)j->to + best * n + k;                                                      \
                    *to = ADD_##D(*to, ((const S *)j->dy)[i * n + k]);                                      \
                }                                                                                           \
            }                                                                                               \
    }                                                                                                       \
    /* Sums in double, also of integers. */                                                                 \
    static void avg_grad_##D(const Job *j, double *sums)                                                    \
    {                                                                                                       \
        int64_t n = j->channels;                                                                            \
        for (int64_t i = 0; i < j->batch * j->out[0] * j->out[1]; i++) {                                    \
            const S *dy = (const S *)j->dy + i * n;                                                         \
            FOR_WINDOW(j, i, {                                                                              \
                double count = (double)((bottom - top) * (right - left));                                   \
                for (int64_t k = 0; k < n; k++)                                                             \
                    sums[point * n + k] += (double)dy[k] / count;                                           \
            })                                                                                              \
        }                                                                                                   \
        for (int64_t i = 0; i < j->batch * j->in[0] * j->in[1] * n; i++)                                    \
            ((S *)j->to)[i] = (S)sums[i];                                                                   \
    }
TYPES(POOLS)

static int64_t grain(const Job *j)
{
    return 32768 / (j->channels + 1) + 1;
}

static int run_pool(TfgKernelCall *c, TfgStatus *s)
{
    const State *st = c->state;
    const TfgTensor *x = c->in[0];
    int64_t dims[4];
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor_in must be 4-dimensional");
    for (int i = 0; i < 4; i++) {
        double size = floor((double)((float)x->dims[i] / st->ratio[i]));
        if (x->dims[i] > INT32_MAX || size > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input dimension %d is too large: %lld", i, (long long)x->dims[i]);
        dims[i] = (int64_t)size;
        if (i > 0 && dims[i] < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "pooling_ratio leaves nothing of dimension %d, which is %lld", i, (long long)x->dims[i]);
    }
    if (dims[3] > x->dims[3])
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Fractional pooling is not yet supported on the batch nor channel dimension.");
    TfgTensor *out = tfg_kernel_output(c, 0, 4, dims, s);
    TfgTensor *rows = out ? tfg_kernel_output(c, 1, 1, (int64_t[]){dims[1] + 1}, s) : NULL;
    TfgTensor *columns = rows ? tfg_kernel_output(c, 2, 1, (int64_t[]){dims[2] + 1}, s) : NULL;
    if (!columns)
        return -1;
    TfgPhilox stream;
    bool drawn = !st->seed && !st->seed2;
    tfg_philox_init(&stream, drawn ? tfg_random_device() : st->seed, drawn ? tfg_random_device() : st->seed2);
    draw_borders(x->dims[1], dims[1], st->pseudo_random, &stream, rows->data);
    draw_borders(x->dims[2], dims[2], st->pseudo_random, &stream, columns->data);
    Job j = {x->dims[0], {x->dims[1], x->dims[2]}, {dims[1], dims[2]}, x->dims[3], dims[3], {rows->data, columns->data}, st->overlapping, x->data, NULL,
             out->data};
    tfg_for_ranges(dims[0] * dims[1] * dims[2], grain(&j), *(const TfgRangeFn *)c->row->loops, &j);
    return 0;
}

/* ---- Gradients ---- */

static int prepare_gradient(const TfgPrepare *p, void **state, TfgStatus *s)
{
    State *st = tfg_calloc(1, sizeof *st);
    if (!st)
        return tfg_fail_memory(s);
    st->overlapping = tfg_attrs_bool(p->attrs, "overlapping");
    *state = st;
    return 0;
}

/* Borders as an input: they must lie inside and must not go back. */
static int check_borders(const TfgTensor *t, const char *name, int64_t in, int64_t out, TfgStatus *s)
{
    const int64_t *at = t->data;
    if (t->rank != 1 || t->count != out + 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a vector of %lld elements", name, (long long)out + 1);
    for (int64_t i = 0; i <= out; i++)
        if (at[i] < 0 || at[i] > in || (i > 0 && at[i] < at[i - 1]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must rise from 0 to %lld, but has %lld", name, (long long)in, (long long)at[i]);
    return 0;
}

static int fill_gradient(TfgKernelCall *c, Job *j, const int64_t *x, const TfgTensor *dy, const TfgTensor *rows, const TfgTensor *columns, TfgStatus *s)
{
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "out_backprop must be 4-dimensional");
    if (dy->dims[0] != x[0] || dy->dims[3] != x[3])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "out_backprop must have the batch and the channels of the input");
    if (check_borders(rows, "row_pooling_sequence", x[1], dy->dims[1], s) < 0 || check_borders(columns, "col_pooling_sequence", x[2], dy->dims[2], s) < 0)
        return -1;
    *j = (Job){x[0], {x[1], x[2]}, {dy->dims[1], dy->dims[2]}, x[3], x[3], {rows->data, columns->data}, ((const State *)c->state)->overlapping, NULL,
               dy->data, NULL};
    return 0;
}

static int run_max_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *y = c->in[1], *dy = c->in[2];
    Job j;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "orig_input must be 4-dimensional");
    if (!tfg_tensor_same_shape(y, dy))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "orig_output and out_backprop must have the same shape");
    if (fill_gradient(c, &j, x->dims, dy, c->in[3], c->in[4], s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output_like(c, 0, x, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    j.x = x->data;
    j.to = out->data;
    if (out->count && dy->count)
        tfg_for_ranges(j.batch, dy->count / j.batch > 8192 ? 1 : 8, *(const TfgRangeFn *)c->row->loops, &j);
    return 0;
}

typedef void AvgGradFn(const Job *j, double *sums);

static int run_avg_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *sizes = c->in[0], *dy = c->in[1];
    int64_t dims[4];
    Job j;
    if (sizes->rank != 1 || sizes->count != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "original input tensor shape must be1-dimensional and 4 elements");
    for (int i = 0; i < 4; i++)
        if ((dims[i] = tfg_tensor_int(sizes, i)) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[i]);
    if (fill_gradient(c, &j, dims, dy, c->in[2], c->in[3], s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 4, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    double *sums = tfg_kernel_scratch(c, (size_t)out->count * sizeof *sums, s);
    if (!sums)
        return -1;
    memset(sums, 0, (size_t)out->count * sizeof *sums);
    j.to = out->data;
    (*(AvgGradFn *const *)c->row->loops)(&j, sums);
    return 0;
}

#define ROWS(D, S)                                                                                                                       \
    {.op = "FractionalMaxPool", TFG_FOR(TFG_##D), .prepare = prepare, .release = release, .run = run_pool,                               \
     .loops = &(const TfgRangeFn){max_##D}},                                                                                             \
    {.op = "FractionalAvgPool", TFG_FOR(TFG_##D), .prepare = prepare, .release = release, .run = run_pool,                               \
     .loops = &(const TfgRangeFn){avg_##D}},                                                                                             \
    {.op = "FractionalMaxPoolGrad", TFG_FOR(TFG_##D), .prepare = prepare_gradient, .release = release, .run = run_max_grad,              \
     .loops = &(const TfgRangeFn){max_grad_##D}},                                                                                        \
    {.op = "FractionalAvgPoolGrad", TFG_FOR(TFG_##D), .host_in = 1, .prepare = prepare_gradient, .release = release, .run = run_avg_grad,\
     .loops = &(AvgGradFn *const){avg_grad_##D}},

static const TfgKernelRow rows[] = {TYPES(ROWS)};

const TfgKernelRow *tfg_kernels_nn_pool_fractional(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
