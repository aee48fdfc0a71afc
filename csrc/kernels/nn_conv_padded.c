/* FusedPadConv2D and FusedResizeAndPadConv2D: images are resized (bilinear) and mirrored at their edges on the way to a convolution. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/image_resize.h"
#include "kernels/nn.h"
#include "kernels/nn_conv.h"
#include "kernels/util.h"

typedef struct State {
    TfgWindowAttrs *window;
    bool reflect, align_corners;
} State;

static void release(void *state)
{
    State *st = state;
    if (st)
        tfg_window_attrs_free(st->window);
    tfg_free(st);
}

static int prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    State *st = tfg_calloc(1, sizeof *st);
    if (!st)
        return tfg_fail_memory(s);
    *st = (State){.reflect = tfg_attrs_string_is(p->attrs, "mode", "REFLECT"), .align_corners = tfg_attrs_bool(p->attrs, "resize_align_corners")};
    st->window = tfg_window_attrs_new(p, 4, s);
    if (st->window && (st->window->strides[0] != 1 || st->window->strides[3] != 1)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation does not yet support strides in the batch and depth dimensions.");
        tfg_window_attrs_free(st->window);
        st->window = NULL;
    }
    if (!st->window) {
        release(st);
        return -1;
    }
    *state = st;
    return 0;
}

/* Two neighbours and the way between them, for each row (or column) of the padded image. */
typedef struct Place {
    int64_t low, high;
    float lerp;
} Place;

typedef struct Image {
    int64_t batch, in[2], size[2], padded[2], channels;     /* size: once resized */
    int64_t before[2];
    const Place *rows, *columns;
    const void *from;
    void *to;
    bool resized;
} Image;

#define FILL(D, S, C, LOAD, STORE)                                                                                  \
    static C between_##D(C a, C b, C lerp)                                                                          \
    {                                                                                                               \
        return a + (b - a) * lerp;                                                                                  \
    }                                                                                                               \
    static void fill_##D(void *context, int64_t begin, int64_t end)                                                 \
    {                                                                                                               \
        const Image *m = context;                                                                                   \
        int64_t n = m->channels, width = m->in[1];                                                                  \
        for (int64_t i = begin; i < end; i++) {                                                                     \
            const Place *r = &m->rows[i % m->padded[0]];                                                            \
            const S *image = (const S *)m->from + i / m->padded[0] * m->in[0] * width * n;                          \
            S *to = (S *)m->to + i * m->padded[1] * n;                                                              \
            C down = (C)r->lerp;                                                                                    \
            for (int64_t x = 0; x < m->padded[1]; x++, to += n) {                                                   \
                const Place *c = &m->columns[x];                                                                    \
                const S *a = image + (r->low * width + c->low) * n, *b = image + (r->low * width + c->high) * n;    \
                const S *d = image + (r->high * width + c->low) * n, *e = image + (r->high * width + c->high) * n;  \
                if (!m->resized) {                                                                                  \
                    memcpy(to, a, (size_t)n * sizeof *to);                                                          \
                    continue;                                                                                       \
                }                                                                                                   \
                C right = (C)c->lerp;                                                                               \
                for (int64_t k = 0; k < n; k++) {                                                                   \
                    C top = between_##D(LOAD(a[k]), LOAD(b[k]), right), bottom = between_##D(LOAD(d[k]), LOAD(e[k]), right);   \
                    to[k] = STORE(between_##D(top, bottom, down));                                                  \
                }                                                                                                   \
            }                                                                                                       \
        }                                                                                                           \
    }
#define SAME_VALUE(x) (x)
FILL(FLOAT, float, float, SAME_VALUE, SAME_VALUE)
FILL(DOUBLE, double, double, SAME_VALUE, SAME_VALUE)
FILL(HALF, uint16_t, float, tfg_half_to_float, tfg_float_to_half)

static int read_paddings(const TfgTensor *paddings, bool reflect, Image *m, TfgStatus *s)
{
    TfgShapeText text;
    if (paddings->rank != 2 || paddings->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "paddings must be a matrix with 2 columns: %s", tfg_shape_text(paddings, &text));
    if (paddings->dims[0] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The first dimension of paddings must be the rank of inputs%s", tfg_shape_text(paddings, &text));
    const int64_t dims[4] = {m->batch, m->size[0], m->size[1], m->channels};
    for (int d = 0; d < 4; d++) {
        int64_t before = tfg_tensor_int(paddings, 2 * d), after = tfg_tensor_int(paddings, 2 * d + 1), most = dims[d] - (reflect ? 1 : 0);
        if (before < 0 || after < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "paddings must be non-negative: %lld %lld", (long long)before, (long long)after);
        if ((d == 0 || d == 3) && (before || after))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Fused mirror padding only support spatial padding, not %s: Tensor<type: int32 shape: [4,2] "
                            "values: [%lld %lld][%lld...]...>", d ? "channels" : "batches", (long long)tfg_tensor_int(paddings, 0),
                            (long long)tfg_tensor_int(paddings, 1), (long long)tfg_tensor_int(paddings, 2));
        if (d > 0 && d < 3 && (before > most || after > most))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, reflect ? "paddings must be less than the dimension size: %lld, %lld not less than %lld"
                                                             : "paddings must be no greater than the dimension size: %lld, %lld greater than %lld",
                            (long long)before, (long long)after, (long long)dims[d]);
        if (d > 0 && d < 3) {
            m->before[d - 1] = before;
            m->padded[d - 1] = dims[d] + before + after;
        }
    }
    return 0;
}

static Place *find_places(TfgKernelCall *c, const Image *m, int d, bool reflect, bool align, TfgStatus *s)
{
    Place *p = tfg_kernel_scratch(c, (size_t)(m->padded[d] > 0 ? m->padded[d] : 1) * sizeof *p, s);
    float scale = m->resized ? tfg_resize_scale(m->in[d], m->size[d], align) : 1;
    int64_t n = m->size[d], skip = reflect ? 1 : 0;
    for (int64_t i = 0; p && i < m->padded[d]; i++) {
        int64_t at = i - m->before[d];
        if (at < 0)
            at = -at - 1 + skip;
        if (at >= n)
            at = 2 * n - 1 - skip - at;
        float exact = (float)at * scale;
        int64_t low = m->resized ? (int64_t)exact : at, last = m->in[d] - 1;
        low = low < last ? low : last;
        p[i] = (Place){low, low < last ? low + 1 : last, exact - (float)low};
    }
    return p;
}

static int read_size(const TfgTensor *size, const TfgTensor *x, Image *m, TfgStatus *s)
{
    TfgShapeText text;
    if (size->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_t must be 1-dimensional%s", tfg_shape_text(size, &text));
    if (size->count != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_t must have two elements%s", tfg_shape_text(size, &text));
    m->size[0] = tfg_tensor_int(size, 0);
    m->size[1] = tfg_tensor_int(size, 1);
    if (m->size[0] <= 0 || m->size[1] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output dimensions must be positive");
    if (x->dims[1] <= 0 || x->dims[2] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input image must be of non-zero size");
    if (x->dims[3] <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "image must have at least one channel");
    return 0;
}

static int fill_conv(TfgConv *c, const Image *m, TfgDType dtype, const TfgTensor *filter, const TfgWindowAttrs *a, TfgStatus *s)
{
    TfgShapeText text;
    if (filter->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must be 4-dimensional: %s", tfg_shape_text(filter, &text));
    if (m->channels != filter->dims[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input and filter must have the same depth: %lld vs %lld", (long long)m->channels,
                        (long long)filter->dims[2]);
    *c = (TfgConv){.dtype = dtype, .batch = m->batch, .in_channels = m->channels, .out_channels = filter->dims[3], .groups = 1};
    c->at[0] = (TfgWindow){1, 1, 1, 1, 1, 0};
    for (int i = 0; i < 2; i++) {
        if (filter->dims[i] > INT32_MAX || filter->dims[3] > INT32_MAX || m->padded[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter too large");
        if (filter->dims[i] < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must not have zero elements (or windows of none): %s", tfg_shape_text(filter, &text));
        c->at[i + 1] = (TfgWindow){m->padded[i], 1, filter->dims[i], a->strides[i + 1], 1, 0};
        if (tfg_window_fit(&c->at[i + 1], a->padding, s) < 0)
            return -1;
    }
    if (tfg_conv_y_count(c) == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output tensor can't be empty");
    return 0;
}

static int run(TfgKernelCall *c, TfgStatus *s)
{
    const State *st = c->state;
    const TfgTensor *x = c->in[0], *filter = c->in[c->n_in - 1];
    TfgShapeText text;
    TfgConv conv;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    Image m = {.batch = x->dims[0], .in = {x->dims[1], x->dims[2]}, .size = {x->dims[1], x->dims[2]}, .channels = x->dims[3], .from = x->data,
               .resized = c->n_in == 4};
    if (x->dims[1] >= INT32_MAX || x->dims[2] >= INT32_MAX || x->dims[3] >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input sizes must be between 0 and max int32");
    if ((m.resized && read_size(c->in[1], x, &m, s) < 0) || read_paddings(c->in[c->n_in - 2], st->reflect, &m, s) < 0 ||
        fill_conv(&conv, &m, x->dtype, filter, st->window, s) < 0)
        return -1;
    int64_t dims[4] = {m.batch, conv.at[1].out, conv.at[2].out, filter->dims[3]};
    int64_t count = tfg_dims_count(4, (int64_t[]){m.batch, m.padded[0], m.padded[1], m.channels});
    if (count < 0 || count > INT64_MAX / 16)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The padded image is too large");
    TfgTensor *out = tfg_kernel_output(c, 0, 4, dims, s);
    if (!out || !(m.rows = find_places(c, &m, 0, st->reflect, st->align_corners, s)) ||
        !(m.columns = find_places(c, &m, 1, st->reflect, st->align_corners, s)) ||
        !(m.to = tfg_kernel_scratch(c, tfg_tensor_size(x->dtype, count > 0 ? count : 1), s)))
        return -1;
    tfg_for_ranges(m.batch * m.padded[0], 16384 / (m.padded[1] * m.channels + 1) + 1, *(const TfgRangeFn *)c->row->loops, &m);
    TfgConvData d = {.x = m.to, .w = filter->data, .out = out->data};
    return tfg_conv(&conv, TFG_CONV_FORWARD, &d, s);
}

#define ROWS(D)                                                                                                                                       \
    {.op = "FusedPadConv2D", TFG_FOR(TFG_##D), .host_in = 2, .prepare = prepare, .release = release, .run = run, .loops = &(const TfgRangeFn){fill_##D}},   \
    {.op = "FusedResizeAndPadConv2D", TFG_FOR(TFG_##D), .host_in = 6, .prepare = prepare, .release = release, .run = run,                             \
     .loops = &(const TfgRangeFn){fill_##D}},

static const TfgKernelRow rows[] = {ROWS(FLOAT) ROWS(DOUBLE) ROWS(HALF)};

const TfgKernelRow *tfg_kernels_nn_conv_padded(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
