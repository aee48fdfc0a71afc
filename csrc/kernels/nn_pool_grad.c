/* Gradients of MaxPool and AvgPool.  Windows may overlap, so an image is one task's alone. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/nn_pool_simd.h"
#include "kernels/numeric.h"

typedef struct Job {
    const TfgPool *p;
    const void *x, *y, *dy;
    void *out;
    size_t size;                /* of an element */
    int64_t group;              /* channels that one task takes */
    int64_t groups;
} Job;

/* Tasks are (image, group of channels): whole images where there are many, else groups of channels, which never meet. */
static void cut(Job *j)
{
    int64_t channels = j->p->channels;
    j->group = j->p->batch >= 16 || channels < 32 ? channels : 16;
    j->groups = (channels + j->group - 1) / j->group;
}

static inline int64_t windows_of_image(const TfgPool *p) { return p->at[0].out * p->at[1].out * p->at[2].out; }

/* A task's image and channels [first, first + n), its output zeroed. */
typedef struct Part {
    int64_t image, first, n;
} Part;

static Part part(const Job *j, int64_t task)
{
    Part t = {task / j->groups, task % j->groups * j->group, j->group};
    if (t.n > j->p->channels - t.first)
        t.n = j->p->channels - t.first;
    int64_t points = tfg_space_points(&j->p->in);
    for (int64_t i = 0; i < points; i++)
        memset((char *)j->out + (size_t)((t.image * points + i) * j->p->channels + t.first) * j->size, 0, (size_t)t.n * j->size);
    return t;
}

/* dx gets each dy where its window's first largest element stands. */
#define MAX_GRAD(D, S, C)                                                                                       \
    static int max_grad_##D(void *context, int64_t begin, int64_t end, TfgStatus *s)                            \
    {                                                                                                           \
        const Job *j = context;                                                                                 \
        const TfgPool *p = j->p;                                                                                \
        int64_t *at = tfg_alloc((size_t)j->group * sizeof *at);                                                 \
        S *best = tfg_alloc((size_t)j->group * sizeof *best);                                                   \
        if (!at || !best) {                                                                                     \
            tfg_free(at);                                                                                       \
            tfg_free(best);                                                                                     \
            return tfg_fail_memory(s);                                                                          \
        }                                                                                                       \
        for (int64_t task = begin; task < end; task++) {                                                        \
            Part t = part(j, task);                                                                             \
            for (int64_t o = t.image * windows_of_image(p); o < (t.image + 1) * windows_of_image(p); o++) {     \
                TfgPoolWindow w = tfg_pool_window(p, o);                                                        \
                for (int64_t k = 0; k < t.n; k++)                                                               \
                    at[k] = -1;                                                                                 \
                TFG_FOR_POINTS(p, &w, {                                                                         \
                    const S *x = (const S *)j->x + point * p->channels + t.first;                               \
                    for (int64_t k = 0; k < t.n; k++)                                                           \
                        if (at[k] < 0 || LOAD_##D(best[k]) < LOAD_##D(x[k])) {                                  \
                            best[k] = x[k];                                                                     \
                            at[k] = point;                                                                      \
                        }                                                                                       \
                })                                                                                              \
                const S *dy = (const S *)j->dy + o * p->channels + t.first;                                     \
                for (int64_t k = 0; k < t.n; k++)                                                               \
                    if (at[k] >= 0) {                                                                           \
                        S *to = (S *)j->out + at[k] * p->channels + t.first + k;                                \
                        *to = STORE_##D(ADD_##D(LOAD_##D(*to), LOAD_##D(dy[k])));                               \
                    }                                                                                           \
            }                                                                                                   \
        }                                                                                                       \
        tfg_free(at);                                                                                           \
        tfg_free(best);                                                                                         \
        return 0;                                                                                               \
    }
TFG_REALS(MAX_GRAD)

/* In three dimensions every element that equals its window's maximum gets the gradient, as in TensorFlow. */
#define MAX_TIED(D, S, C)                                                                                       \
    static int max_tied_##D(void *context, int64_t begin, int64_t end, TfgStatus *s)                            \
    {                                                                                                           \
        const Job *j = context;                                                                                 \
        const TfgPool *p = j->p;                                                                                \
        (void)s;                                                                                                \
        for (int64_t task = begin; task < end; task++) {                                                        \
            Part t = part(j, task);                                                                             \
            for (int64_t o = t.image * windows_of_image(p); o < (t.image + 1) * windows_of_image(p); o++) {     \
                TfgPoolWindow w = tfg_pool_window(p, o);                                                        \
                int64_t from = o * p->channels + t.first;                                                       \
                const S *y = (const S *)j->y + from, *dy = (const S *)j->dy + from;                             \
                TFG_FOR_POINTS(p, &w, {                                                                         \
                    const S *x = (const S *)j->x + point * p->channels + t.first;                               \
                    S *to = (S *)j->out + point * p->channels + t.first;                                        \
                    for (int64_t k = 0; k < t.n; k++) {                                                         \
                        C a = LOAD_##D(x[k]), b = LOAD_##D(y[k]);                                               \
                        if (a >= b && a <= b)                                                                   \
                            to[k] = STORE_##D(LOAD_##D(to[k]) + LOAD_##D(dy[k]));                               \
                    }                                                                                           \
                })                                                                                              \
            }                                                                                                   \
        }                                                                                                       \
        return 0;                                                                                               \
    }
MAX_TIED(FLOAT, float, float)
MAX_TIED(HALF, uint16_t, float)
MAX_TIED(BFLOAT16, uint16_t, float)

/* float and double have loops for each instruction set.  A task is a band of an image's rows, with all the windows that reach into it:
 * those at its ends are looked at twice, so a band is several windows high. */
#define BAND_WORK 65536         /* numbers of a band, at least */

typedef struct Bands {
    Job j;
    int64_t rows, of_image;     /* rows of a band; bands of an image */
} Bands;

static Bands cut_bands(const Job *j)
{
    const TfgWindow *w = &j->p->at[1];
    int64_t row = j->p->at[2].in * j->p->channels, rows = BAND_WORK / (row > 0 ? row : 1) + 1, least = 4 * (w->size < w->in ? w->size : w->in);
    rows = rows > least ? rows : least;
    rows = rows < w->in ? rows : w->in;
    return (Bands){*j, rows, (w->in + rows - 1) / rows};
}

/* Rows of windows that reach into rows [from, to). */
static void windows_of_band(const TfgWindow *w, int64_t from, int64_t to, int64_t *begin, int64_t *end)
{
    int64_t lo, hi;
    *begin = 0;
    while (*begin < w->out && (tfg_window_range(w, *begin, &lo, &hi), hi <= from))
        ++*begin;
    *end = *begin;
    while (*end < w->out && (tfg_window_range(w, *end, &lo, &hi), lo < to))
        ++*end;
}

static void max_grad_bands(void *context, int64_t begin, int64_t end)
{
    const Bands *b = context;
    const TfgPool *p = b->j.p;
    const TfgPoolLoops *loops = tfg_pool_loops(b->j.size == sizeof(double) ? TFG_DOUBLE : TFG_FLOAT);
    int64_t row = p->at[2].in * p->channels;
    for (int64_t task = begin; task < end; task++) {
        int64_t image = task / b->of_image, from = task % b->of_image * b->rows, first, last;
        int64_t to = from + b->rows < p->at[1].in ? from + b->rows : p->at[1].in;
        memset((char *)b->j.out + (size_t)((image * p->at[1].in + from) * row) * b->j.size, 0, (size_t)((to - from) * row) * b->j.size);
        windows_of_band(&p->at[1], from, to, &first, &last);
        int64_t all = image * windows_of_image(p);
        loops->max_grad(p, b->j.x, b->j.dy, b->j.out, all + first * p->at[2].out, all + last * p->at[2].out, from, to);
    }
}

/* Each output gets the gradient of the first element that equals its window's maximum. */
#define MAX_AGAIN(D, S, C)                                                                                      \
    static void max_again_##D(void *context, int64_t begin, int64_t end)                                        \
    {                                                                                                           \
        const Job *j = context;                                                                                 \
        const TfgPool *p = j->p;                                                                                \
        int64_t n = p->channels;                                                                                \
        for (int64_t o = begin; o < end; o++) {                                                                 \
            TfgPoolWindow w = tfg_pool_window(p, o);                                                            \
            const S *y = (const S *)j->y + o * n;                                                               \
            S *out = (S *)j->out + o * n;                                                                       \
            for (int64_t k = 0; k < n; k++) {                                                                   \
                bool found = false;                                                                             \
                out[k] = STORE_##D((C)0);                                                                       \
                TFG_FOR_POINTS(p, &w, {                                                                         \
                    C a = LOAD_##D(((const S *)j->x)[point * n + k]), b = LOAD_##D(y[k]);                       \
                    if (!found && a >= b && a <= b) {                                                           \
                        out[k] = ((const S *)j->dy)[point * n + k];                                             \
                        found = true;                                                                           \
                    }                                                                                           \
                })                                                                                              \
            }                                                                                                   \
        }                                                                                                       \
    }
TFG_REALS(MAX_AGAIN)

#define AVERAGES(X) X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float) X(BFLOAT16, uint16_t, float)

#define AVG_GRAD(D, S, C)                                                                                       \
    static int avg_grad_##D(void *context, int64_t begin, int64_t end, TfgStatus *s)                            \
    {                                                                                                           \
        const Job *j = context;                                                                                 \
        const TfgPool *p = j->p;                                                                                \
        (void)s;                                                                                                \
        for (int64_t task = begin; task < end; task++) {                                                        \
            Part t = part(j, task);                                                                             \
            for (int64_t o = t.image * windows_of_image(p); o < (t.image + 1) * windows_of_image(p); o++) {     \
                TfgPoolWindow w = tfg_pool_window(p, o);                                                        \
                C size = (C)tfg_pool_size(&w);                                                                  \
                const S *dy = (const S *)j->dy + o * p->channels + t.first;                                     \
                TFG_FOR_POINTS(p, &w, {                                                                         \
                    S *to = (S *)j->out + point * p->channels + t.first;                                        \
                    for (int64_t k = 0; k < t.n; k++)                                                           \
                        to[k] = STORE_##D(LOAD_##D(to[k]) + LOAD_##D(dy[k]) / size);                            \
                })                                                                                              \
            }                                                                                                   \
        }                                                                                                       \
        return 0;                                                                                               \
    }
AVERAGES(AVG_GRAD)

typedef struct Loops {
    TfgTryRangeFn grad;
    TfgRangeFn again;
} Loops;

static int prepare_2d(const TfgPrepare *p, void **state, TfgStatus *s) { return tfg_pool_prepare(p, 4, state, s); }
static int prepare_3d(const TfgPrepare *p, void **state, TfgStatus *s) { return tfg_pool_prepare(p, 5, state, s); }

/* Images by groups of channels, unless there is little to do. */
static int run_images(Job *j, TfgTryRangeFn fn, TfgStatus *s)
{
    cut(j);
    double work = (double)tfg_pool_windows(j->p) * (double)j->p->channels;
    int64_t tasks = j->p->batch * j->groups, grain = (int64_t)(16384 / (work / (double)tasks + 1)) + 1;
    return tfg_try_ranges(tasks, grain, fn, j, s);
}

static int check_max(const TfgKernelCall *c, const TfgPool *p, const TfgWindowAttrs *a, const char *what, const TfgTensor *dy, const TfgSpace *dy_space,
                     TfgStatus *s)
{
    TfgShapeText text, want;
    int64_t dims[TFG_WINDOW_RANK], y_dims[TFG_WINDOW_RANK];
    if (p->depth != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s is not yet supported on the depth dimension.", what);
    tfg_space_dims(a, &p->out, y_dims);
    if (memcmp(c->in[1]->dims, y_dims, (size_t)a->rank * sizeof *y_dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected orig_output shape to be %s, but got %s", tfg_dims_text(a->rank, y_dims, &want),
                        tfg_shape_text(c->in[1], &text));
    tfg_space_dims(a, dy_space, dims);
    if (memcmp(dy->dims, dims, (size_t)a->rank * sizeof *dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected grad shape to be %s, but got %s", tfg_dims_text(a->rank, dims, &want), tfg_shape_text(dy, &text));
    return 0;
}

static int check_ranks(const TfgKernelCall *c, int rank, TfgStatus *s)
{
    static const char *const names[3] = {"tensor_in", "tensor_out", "out_backprop"};
    for (int i = 0; i < 3; i++)
        if (c->in[i]->rank != rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be %d-dimensional", names[i], rank);
    return 0;
}

static bool is_fast(const TfgPool *p, TfgDType dtype)
{
    return (dtype == TFG_FLOAT || dtype == TFG_DOUBLE) && tfg_space_points(&p->in) < INT32_MAX;
}

static int run_max_grad_loops(Job *j, bool fast, TfgTryRangeFn plain, TfgStatus *s)
{
    if (!fast)
        return run_images(j, plain, s);
    Bands b = cut_bands(j);
    tfg_for_ranges(j->p->batch * b.of_image, BAND_WORK / (b.rows * j->p->at[2].in * j->p->channels + 1) + 1, max_grad_bands, &b);
    return 0;
}

static int max_grad(TfgKernelCall *c, const TfgWindowAttrs *a, TfgStatus *s)
{
    TfgPool p;
    if (check_ranks(c, a->rank, s) < 0 || tfg_pool_fill(&p, a, c->in[0]->dims, s) < 0 ||
        check_max(c, &p, a, "MaxPoolingGrad", c->in[2], &p.out, s) < 0)
        return -1;
    Job j = {.p = &p, .size = tfg_dtype_size(c->in[0]->dtype)};
    TfgTensor *out = tfg_pool_begin(c, a, 0, &p.in, &j.out, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    if (!(j.x = tfg_channels_last(c, a, c->in[0], s)) || !(j.y = tfg_channels_last(c, a, c->in[1], s)) ||
        !(j.dy = tfg_channels_last(c, a, c->in[2], s)) ||
        run_max_grad_loops(&j, a->rank == 4 && is_fast(&p, out->dtype), ((const Loops *)c->row->loops)->grad, s) < 0)
        return -1;
    tfg_pool_end(a, &p.in, out, j.out);
    return 0;
}

static int run_max_grad(TfgKernelCall *c, TfgStatus *s) { return max_grad(c, c->state, s); }

static int max_again(TfgKernelCall *c, const TfgWindowAttrs *a, const char *label, TfgStatus *s)
{
    TfgPool p;
    if (check_ranks(c, a->rank, s) < 0 || tfg_pool_fill(&p, a, c->in[0]->dims, s) < 0 ||
        check_max(c, &p, a, label, c->in[2], &p.in, s) < 0)
        return -1;
    Job j = {.p = &p};
    TfgTensor *out = tfg_pool_begin(c, a, 0, &p.out, &j.out, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    if (!(j.x = tfg_channels_last(c, a, c->in[0], s)) || !(j.y = tfg_channels_last(c, a, c->in[1], s)) ||
        !(j.dy = tfg_channels_last(c, a, c->in[2], s)))
        return -1;
    tfg_for_ranges(tfg_pool_windows(&p), tfg_pool_grain(&p), ((const Loops *)c->row->loops)->again, &j);
    tfg_pool_end(a, &p.out, out, j.out);
    return 0;
}

static int run_max_again(TfgKernelCall *c, TfgStatus *s) { return max_again(c, c->state, "MaxPoolingGradGrad", s); }

static int run_max_grad_sized(TfgKernelCall *c, TfgStatus *s)
{
    TfgWindowAttrs a;
    return tfg_pool_read_sizes(c, 3, "strides", &a, s) < 0 ? -1 : max_grad(c, &a, s);
}

static int run_max_again_sized(TfgKernelCall *c, TfgStatus *s)
{
    TfgWindowAttrs a;
    return tfg_pool_read_sizes(c, 3, "strides", &a, s) < 0 ? -1 : max_again(c, &a, "MaxPoolingGrad", s);
}

/* TensorFlow takes as many windows as dy has, if they begin inside. */
static int fit_avg(TfgPool *p, const TfgSpace *dy, TfgStatus *s)
{
    if (dy->batch != p->batch || dy->channels != p->channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected grad to have batch %lld and %lld channels, but got %lld and %lld", (long long)p->batch,
                        (long long)p->channels, (long long)dy->batch, (long long)dy->channels);
    for (int i = 0; i < 3; i++) {
        if (dy->at[i] > 0 && (dy->at[i] - 1) * p->at[i].stride > p->at[i].in)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "index * stride must be less than or equal to input size");
        p->at[i].out = dy->at[i];
    }
    p->out = *dy;
    return 0;
}

static int run_avg_grad(TfgKernelCall *c, TfgStatus *s)
{
    const TfgWindowAttrs *a = c->state;
    const TfgTensor *sizes = c->in[0], *dy = c->in[1];
    TfgPool p;
    int64_t dims[TFG_WINDOW_RANK];
    if (sizes->rank != 1 || sizes->count != a->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be 1-dimensional and %d elements", a->rank == 5 ? "tensor_in" : "out_backprop", a->rank);
    if (dy->rank != a->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "out_backprop must be %d-dimensional", a->rank);
    for (int i = 0; i < a->rank; i++) {
        dims[i] = tfg_tensor_int(sizes, i);
        if (dims[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)dims[i]);
    }
    if (a->size[a->channel] != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Non-spatial pooling is not yet supported. Volunteers? :)");
    TfgSpace dy_space = tfg_space(a, dy->dims);
    if (tfg_pool_fill(&p, a, dims, s) < 0 || fit_avg(&p, &dy_space, s) < 0)
        return -1;
    Job j = {.p = &p, .size = tfg_dtype_size(dy->dtype)};
    TfgTensor *out = tfg_pool_begin(c, a, 0, &p.in, &j.out, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    if (!(j.dy = tfg_channels_last(c, a, dy, s)) || run_images(&j, ((const Loops *)c->row->loops)->grad, s) < 0)
        return -1;
    tfg_pool_end(a, &p.in, out, j.out);
    return 0;
}

#define ROW(op_, D, run_, loops_, ...) ROW_OF(op_, D, prepare_2d, run_, loops_, __VA_ARGS__)
#define ROW_OF(op_, D, prepare_, run_, loops_, ...) \
    {.op = op_, TFG_FOR(TFG_##D), .prepare = prepare_, .release = tfg_window_attrs_free, .run = run_, .loops = &(const Loops)loops_, __VA_ARGS__},
#define LIST(...) {__VA_ARGS__}
#define MAX_GRAD_ROW(D, S, C) ROW("MaxPoolGrad", D, run_max_grad, LIST(.grad = max_grad_##D), .host_in = 0)
#define MAX_AGAIN_ROW(D, S, C) ROW("MaxPoolGradGrad", D, run_max_again, LIST(.again = max_again_##D), .host_in = 0)
#define MAX_GRAD_SIZED(D, S, C) ROW("MaxPoolGradV2", D, run_max_grad_sized, LIST(.grad = max_grad_##D), .host_in = 24)
#define MAX_AGAIN_SIZED(D, S, C) ROW("MaxPoolGradGradV2", D, run_max_again_sized, LIST(.again = max_again_##D), .host_in = 24)
#define AVG_GRAD_ROW(D, S, C) ROW("AvgPoolGrad", D, run_avg_grad, LIST(.grad = avg_grad_##D), .host_in = 1)
#define AVG_GRAD_3D(D, S, C) ROW_OF("AvgPool3DGrad", D, prepare_3d, run_avg_grad, LIST(.grad = avg_grad_##D), .host_in = 1)
#define MAX_3D(D, S, C)                                                                                                  \
    ROW_OF("MaxPool3DGrad", D, prepare_3d, run_max_grad, LIST(.grad = max_tied_##D), .host_in = 0)                       \
    ROW_OF("MaxPool3DGradGrad", D, prepare_3d, run_max_again, LIST(.again = max_again_##D), .host_in = 0)

static const TfgKernelRow rows[] = {
    AVERAGES(AVG_GRAD_3D)
    MAX_3D(FLOAT, float, float)
    MAX_3D(HALF, uint16_t, float)
    MAX_3D(BFLOAT16, uint16_t, float)
    TFG_REALS(MAX_GRAD_ROW)
    TFG_REALS(MAX_AGAIN_ROW)
    TFG_REALS(MAX_GRAD_SIZED)
    TFG_REALS(MAX_AGAIN_SIZED)
    AVERAGES(AVG_GRAD_ROW)
};

const TfgKernelRow *tfg_kernels_nn_pool_grad(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
