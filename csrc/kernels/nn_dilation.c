/* Morphological dilation, y = max over a window of x + filter, and its gradients. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/numeric.h"
#include "kernels/window.h"

static int read_list(const TfgPrepare *p, const char *name, const char *kind, const char *label, int64_t *out, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_attrs_ints(p->attrs, name, &n);
    if (n != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sliding window %s field must specify 4 dimensions", label);
    for (int i = 0; i < 4; i++)
        if (values[i] < INT32_MIN || values[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr %s has value %lld out of range for an int32", name, (long long)values[i]);
    if (values[0] != 1 || values[3] != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s is only supported across spatial dimensions.", kind);
    memcpy(out, values, 4 * sizeof *out);
    return 0;
}

/* A rate of zero looks at one element again and again, as in TensorFlow; one below it would look outside. */
static int prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_calloc(1, sizeof *a);
    if (!a)
        return tfg_fail_memory(s);
    *a = (TfgWindowAttrs){.rank = 4, .channel = 3, .space = 1};
    a->padding = tfg_attrs_string_is(p->attrs, "padding", "SAME") ? TFG_PAD_SAME : TFG_PAD_VALID;
    int rc = read_list(p, "strides", "Stride", "stride", a->strides, s) < 0 ? -1 : read_list(p, "rates", "Rate", "rates", a->dilations, s);
    for (int i = 1; rc == 0 && i < 3; i++)
        if (a->strides[i] < 1)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Stride must be > 0, but got %lld", (long long)a->strides[i]);
        else if (a->dilations[i] < 0)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Dilated rates should be larger than 0.");
    if (rc < 0) {
        tfg_free(a);
        return -1;
    }
    *state = a;
    return 0;
}

typedef struct Job {
    TfgWindow at[2];
    int64_t batch, depth;
    const void *x, *w, *dy;
    void *out;
} Job;

#define LOWEST_FLOAT (-3.402823466e+38f)
#define LOWEST_DOUBLE (-1.7976931348623157e308)
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

/* best_: the maximum of window (row, column) of an image in channel d, and where it stands in the image and in the filter: where
 * nothing is above the lowest number, at the window's first element inside and at the filter's first.
 * y_ takes rows of windows; dx_ images, dw_ channels, since the windows of one overlap. */
#define LOOPS(D, S, C)                                                                                                        \
    static S best_##D(const Job *j, int64_t image, int64_t row, int64_t column, int64_t d, int64_t *from, int64_t *tap)       \
    {                                                                                                                         \
        const TfgWindow *r = &j->at[0], *c = &j->at[1];                                                                       \
        int64_t top = row * r->stride - r->before, left = column * c->stride - c->before;                                     \
        S best = STORE_##D((C)LOWEST_##D);                                                                                    \
        *from = (image * r->in + (top < 0 ? 0 : top)) * c->in + (left < 0 ? 0 : left);                                        \
        *tap = 0;                                                                                                             \
        for (int64_t h = 0; h < r->size; h++) {                                                                               \
            int64_t y = top + h * r->dilation;                                                                                \
            if (y < 0 || y >= r->in)                                                                                          \
                continue;                                                                                                     \
            for (int64_t v = 0; v < c->size; v++) {                                                                           \
                int64_t x = left + v * c->dilation;                                                                           \
                if (x < 0 || x >= c->in)                                                                                      \
                    continue;                                                                                                 \
                int64_t at = (image * r->in + y) * c->in + x, t = h * c->size + v;                                            \
                S sum = STORE_##D((C)ADD_##D(LOAD_##D(((const S *)j->x)[at * j->depth + d]), LOAD_##D(((const S *)j->w)[t * j->depth + d])));  \
                if (LOAD_##D(sum) > LOAD_##D(best)) {                                                                         \
                    best = sum;                                                                                               \
                    *from = at;                                                                                               \
                    *tap = t;                                                                                                 \
                }                                                                                                             \
            }                                                                                                                 \
        }                                                                                                                     \
        return best;                                                                                                          \
    }                                                                                                                         \
    static void y_##D(void *context, int64_t begin, int64_t end)                                                              \
    {                                                                                                                         \
        const Job *j = context;                                                                                               \
        S *out = (S *)j->out + begin * j->at[1].out * j->depth;                                                               \
        int64_t from, tap;                                                                                                    \
        for (int64_t i = begin; i < end; i++)                                                                                 \
            for (int64_t c = 0; c < j->at[1].out; c++)                                                                        \
                for (int64_t d = 0; d < j->depth; d++)                                                                        \
                    *out++ = best_##D(j, i / j->at[0].out, i % j->at[0].out, c, d, &from, &tap);                              \
    }                                                                                                                         \
    static void add_##D(const Job *j, int64_t image, int64_t d, bool to_filter)                                               \
    {                                                                                                                         \
        int64_t from, tap;                                                                                                    \
        for (int64_t r = 0; r < j->at[0].out; r++)                                                                            \
            for (int64_t c = 0; c < j->at[1].out; c++) {                                                                      \
                best_##D(j, image, r, c, d, &from, &tap);                                                                     \
                S *to = (S *)j->out + (to_filter ? tap : from) * j->depth + d;                                                \
                S dy = ((const S *)j->dy)[((image * j->at[0].out + r) * j->at[1].out + c) * j->depth + d];                    \
                *to = STORE_##D((C)ADD_##D(LOAD_##D(*to), LOAD_##D(dy)));                                                     \
            }                                                                                                                 \
    }                                                                                                                         \
    static void dx_##D(void *context, int64_t begin, int64_t end)                                                             \
    {                                                                                                                         \
        const Job *j = context;                                                                                               \
        for (int64_t i = begin; i < end; i++)                                                                                 \
            add_##D(j, i / j->depth, i % j->depth, false);                                                                    \
    }                                                                                                                         \
    static void dw_##D(void *context, int64_t begin, int64_t end)                                                             \
    {                                                                                                                         \
        const Job *j = context;                                                                                               \
        for (int64_t d = begin; d < end; d++)                                                                                 \
            for (int64_t image = 0; image < j->batch; image++)                                                                \
                add_##D(j, image, d, true);                                                                                   \
    }
TFG_REALS(LOOPS)

typedef struct Loops {
    TfgRangeFn y, dx, dw;
} Loops;

static int fill(Job *j, const TfgKernelCall *c, TfgStatus *s)
{
    const TfgWindowAttrs *a = c->state;
    const TfgTensor *x = c->in[0], *w = c->in[1];
    TfgShapeText text;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    if (w->rank != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must be 3-dimensional: %s", tfg_shape_text(w, &text));
    if (x->dims[3] != w->dims[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input and filter must have the same depth: %lld vs %lld", (long long)x->dims[3], (long long)w->dims[2]);
    if (w->dims[0] < 1 || w->dims[1] < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must have windows of at least one element: %s", tfg_shape_text(w, &text));
    *j = (Job){.batch = x->dims[0], .depth = x->dims[3], .x = x->data, .w = w->data};
    for (int i = 0; i < 2; i++) {
        if (x->dims[i + 1] > INT32_MAX || w->dims[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "input or filter is too large");
        j->at[i] = (TfgWindow){x->dims[i + 1], 1, w->dims[i], a->strides[i + 1], a->dilations[i + 1], 0};
        if (tfg_window_fit(&j->at[i], a->padding, s) < 0)
            return -1;
    }
    return 0;
}

static int64_t grain(const Job *j, int64_t windows)
{
    double work = (double)windows * (double)(j->at[0].size * j->at[1].size);
    return (int64_t)(32768 / (work + 1)) + 1;
}

static int run(TfgKernelCall *c, TfgStatus *s)
{
    Job j;
    if (fill(&j, c, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 4, (int64_t[]){j.batch, j.at[0].out, j.at[1].out, j.depth}, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    j.out = out->data;
    tfg_for_ranges(j.batch * j.at[0].out, grain(&j, j.at[1].out * j.depth), ((const Loops *)c->row->loops)->y, &j);
    return 0;
}

static int run_gradient(TfgKernelCall *c, bool of_filter, TfgStatus *s)
{
    const TfgTensor *dy = c->in[2];
    Job j;
    if (fill(&j, c, s) < 0)
        return -1;
    if (dy->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "out_backprop must be 4-dimensional");
    const int64_t want[4] = {j.batch, j.at[0].out, j.at[1].out, j.depth};
    if (memcmp(dy->dims, want, sizeof want) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "out_backprop has incompatible size.");
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[of_filter ? 1 : 0], s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    if (out->count == 0 || dy->count == 0)
        return 0;
    j.dy = dy->data;
    j.out = out->data;
    const Loops *loops = c->row->loops;
    int64_t windows = j.at[0].out * j.at[1].out;
    if (of_filter)
        tfg_for_ranges(j.depth, grain(&j, windows * j.batch), loops->dw, &j);
    else
        tfg_for_ranges(j.batch * j.depth, grain(&j, windows), loops->dx, &j);
    return 0;
}

static int run_input_gradient(TfgKernelCall *c, TfgStatus *s) { return run_gradient(c, false, s); }
static int run_filter_gradient(TfgKernelCall *c, TfgStatus *s) { return run_gradient(c, true, s); }

#define ROW(op_, D, run_)                                                                                                     \
    {.op = op_, TFG_FOR(TFG_##D), .prepare = prepare, .release = tfg_window_attrs_free, .run = run_, .loops = &(const Loops){y_##D, dx_##D, dw_##D}},
#define ROWS(D, S, C)                                                                                                         \
    ROW("Dilation2D", D, run) ROW("Dilation2DBackpropInput", D, run_input_gradient) ROW("Dilation2DBackpropFilter", D, run_filter_gradient)

static const TfgKernelRow rows[] = {TFG_REALS(ROWS)};

const TfgKernelRow *tfg_kernels_nn_dilation(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
