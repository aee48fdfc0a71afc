/* Conv2D and its gradients: arguments checked, layouts turned, the work done by nn_conv_engine.c. */
#include "kernels/nn_conv.h"

#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/util.h"

static int prepare_rank(const TfgPrepare *p, int rank, void **state, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_window_attrs_new(p, rank, s);
    if (!a)
        return -1;
    const char *what = a->strides[0] != 1 || a->strides[a->channel] != 1 ? "strides" :
        a->dilations[0] != 1 || a->dilations[a->channel] != 1 ? rank == 5 ? "dilation rates" : "dilations" : NULL;
    if (what) {
        tfg_window_attrs_free(a);
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation does not yet support %s in the batch and depth dimensions.", what);
    }
    *state = a;
    return 0;
}

static int prepare_2d(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_rank(p, 4, state, s); }
static int prepare_3d(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_rank(p, 5, state, s); }

static int prepare_depthwise(const TfgPrepare *p, void **state, TfgStatus *s)
{
    if (prepare_rank(p, 4, state, s) < 0)
        return -1;
    TfgWindowAttrs *a = *state;
    if (a->strides[a->space] == a->strides[a->space + 1])
        return 0;
    *state = NULL;
    tfg_window_attrs_free(a);
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Current implementation only supports equal length strides in the row and column dimensions.");
}

/* Sizes of 32 bits: what windows compute with cannot overflow then. */
static int check_small(const TfgTensor *t, const char *name, TfgStatus *s)
{
    for (int i = 0; i < t->rank; i++)
        if (t->dims[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s too large", name);
    return 0;
}

/* The geometry of an input of `space` and a filter of `filter` dims.  *out: of the result. */
static int fill_conv(TfgConv *c, TfgDType dtype, const TfgWindowAttrs *a, const TfgSpace *in, const int64_t *filter, TfgSpace *out, TfgStatus *s)
{
    int n = a->rank - 2;
    *c = (TfgConv){.dtype = dtype, .batch = in->batch, .in_channels = in->channels, .out_channels = filter[n + 1], .groups = 1};
    if (filter[n] > 0 && in->channels > 0)
        c->groups = in->channels / filter[n];
    *out = (TfgSpace){.batch = in->batch, .at = {1, 1, 1}, .channels = filter[n + 1]};
    for (int i = 0; i < 3; i++) {
        TfgWindow *w = &c->at[i];
        int own = i - (3 - n);
        *w = (TfgWindow){in->at[i], 1, 1, 1, 1, 0};
        if (own >= 0) {
            w->size = filter[own];
            w->stride = a->strides[a->space + own];
            w->dilation = a->dilations[a->space + own];
        }
        if ((own >= 0 ? tfg_window_fit_dim(w, a, a->space + own, s) : tfg_window_fit(w, TFG_PAD_VALID, s)) < 0)
            return -1;
        out->at[i] = w->out;
    }
    return 0;
}

static int check_conv(const TfgTensor *x, const TfgTensor *filter, const TfgWindowAttrs *a, TfgStatus *s)
{
    TfgShapeText text;
    int rank = a->rank;
    if (x->rank != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, rank == 4 ? "input must be %d-dimensional%s" : "input must be %d-dimensional", rank,
                        tfg_shape_text(x, &text));
    if (filter->rank != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, rank == 4 ? "filter must be %d-dimensional: %s" : "filter must be %d-dimensional", rank,
                        tfg_shape_text(filter, &text));
    if (check_small(filter, "filter", s) < 0 || check_small(x, "Input dimensions", s) < 0)
        return -1;
    int64_t channels = x->dims[a->channel], depth = filter->dims[rank - 2];
    if (rank == 5 && channels != depth)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input and filter must have the same depth");
    if (depth > 0 ? channels % depth : channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input depth must be evenly divisible by filter depth: %lld vs %lld", (long long)channels,
                        (long long)depth);
    if (depth > 0 && channels > 0 && filter->dims[rank - 1] % (channels / depth))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter's last dimension %lld does not divide into %lld groups", (long long)filter->dims[rank - 1],
                        (long long)(channels / depth));
    for (int i = 0; i < rank - 2; i++)
        if (filter->dims[i] < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must not have zero elements (or windows of none): %s", tfg_shape_text(filter, &text));
    return 0;
}

/* Output 0, of channels as the format has them; *to: where the kernel writes, channels last. */
static TfgTensor *begin_output(TfgKernelCall *call, const TfgWindowAttrs *a, const TfgSpace *space, void **to, TfgStatus *s)
{
    int64_t dims[TFG_WINDOW_RANK];
    tfg_space_dims(a, space, dims);
    TfgTensor *out = tfg_kernel_output(call, 0, a->rank, dims, s);
    if (!out)
        return NULL;
    *to = tfg_channels_first(a) ? tfg_kernel_scratch(call, tfg_tensor_size(out->dtype, out->count), s) : out->data;
    return *to ? out : NULL;
}

static void end_output(const TfgWindowAttrs *a, const TfgSpace *space, TfgTensor *out, const void *from)
{
    if (tfg_channels_first(a))
        tfg_turn_channels(tfg_dtype_size(out->dtype), from, out->data, space->batch, tfg_space_points(space), space->channels);
}

static int run_conv(TfgKernelCall *call, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const TfgTensor *x = call->in[0], *filter = call->in[1];
    TfgConv c;
    if (check_conv(x, filter, a, s) < 0)
        return -1;
    TfgSpace in = tfg_space(a, x->dims), space;
    if (fill_conv(&c, x->dtype, a, &in, filter->dims, &space, s) < 0)
        return -1;
    TfgConvData d = {.w = filter->data};
    TfgTensor *out = begin_output(call, a, &space, &d.out, s);
    if (!out || !(d.x = tfg_channels_last(call, a, x, s)) || tfg_conv(&c, TFG_CONV_FORWARD, &d, s) < 0)
        return -1;
    end_output(a, &space, out, d.out);
    return 0;
}

/* ---- Gradients ---- */

/* A gradient's arguments: shapes as dims, whichever tensor has them. */
typedef struct Shapes {
    const char *label;          /* that messages begin with */
    int x_rank, filter_rank;
    const int64_t *x, *filter;
    const TfgTensor *dy;
} Shapes;

static int check_ranks(const Shapes *h, int rank, TfgStatus *s)
{
    const char *which = h->x_rank != rank ? "input" : h->filter_rank != rank ? "filter" : h->dy->rank != rank ? "out_backprop" : NULL;
    return which ? tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: %s must be %d-dimensional", h->label, which, rank) : 0;
}

static int check_depths(const Shapes *h, const TfgWindowAttrs *a, TfgStatus *s)
{
    int rank = a->rank;
    int64_t channels = h->x[a->channel], depth = h->filter[rank - 2];
    if (h->x[0] != h->dy->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: input and out_backprop must have the same batch sizeinput batch: %lldoutbackprop batch: %lld "
                        "batch_dim: 0", h->label, (long long)h->x[0], (long long)h->dy->dims[0]);
    if (depth > 0 ? channels % depth : channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: input depth must be evenly divisible by filter depth", h->label);
    if (h->filter[rank - 1] != h->dy->dims[a->channel])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: filter and out_backprop must have the same out_depth", h->label);
    if (depth > 0 && channels > 0 && h->filter[rank - 1] % (channels / depth))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: out_depth %lld does not divide into %lld groups", h->label, (long long)h->filter[rank - 1],
                        (long long)(channels / depth));
    for (int i = 0; i < rank; i++)
        if (h->x[i] > INT32_MAX || h->filter[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: dimension %d is too large", h->label, i);
    return 0;
}

static int fill_gradient(TfgConv *c, const Shapes *h, const TfgWindowAttrs *a, TfgStatus *s)
{
    if (check_ranks(h, a->rank, s) < 0 || check_depths(h, a, s) < 0)
        return -1;
    TfgSpace x = tfg_space(a, h->x), dy = tfg_space(a, h->dy->dims), y;
    if (fill_conv(c, h->dy->dtype, a, &x, h->filter, &y, s) < 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        const TfgWindow *w = &c->at[i];
        if (dy.at[i] != w->out)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: Size of out_backprop doesn't match computed: actual = %lld, computed = %lld spatial_dim: %d "
                            "input: %lld filter: %lld output: %lld stride: %lld dilation: %lld", h->label, (long long)dy.at[i], (long long)w->out,
                            a->space + i - (3 - (a->rank - 2)), (long long)w->in, (long long)w->size, (long long)dy.at[i], (long long)w->stride,
                            (long long)w->dilation);
    }
    return 0;
}

/* A vector of sizes, none below zero, at most TFG_WINDOW_RANK + 1 of them read.  Its length, or -1. */
static int read_sizes(const TfgTensor *t, const char *label, const char *name, int64_t *dims, TfgStatus *s)
{
    if (t->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: %s input must be 1-dim, not %d", label, name, (int)t->rank);
    int n = t->count > TFG_WINDOW_RANK ? TFG_WINDOW_RANK + 1 : (int)t->count;
    for (int i = 0; i < n; i++) {
        int64_t d = tfg_tensor_int(t, i);
        if (d < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)d);
        if (i < TFG_WINDOW_RANK)
            dims[i] = d;
    }
    return n;
}

typedef struct Labels {         /* what messages call an op's forms */
    const char *sizes, *shapes;
} Labels;

/* dx of the shape that input 0 names, or has. */
static int input_gradient(TfgKernelCall *call, const int64_t *dims, int rank, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const Labels *labels = call->row->loops;
    const TfgTensor *filter = call->in[1], *dy = call->in[2];
    TfgConv c;
    Shapes h = {labels->shapes, rank, filter->rank, dims, filter->dims, dy};
    if (fill_gradient(&c, &h, a, s) < 0)
        return -1;
    TfgConvData d = {.w = filter->data};
    TfgSpace space = tfg_space(a, dims);
    TfgTensor *out = begin_output(call, a, &space, &d.out, s);
    if (!out || !(d.y = tfg_channels_last(call, a, dy, s)) || tfg_conv(&c, TFG_CONV_INPUT, &d, s) < 0)
        return -1;
    end_output(a, &space, out, d.out);
    return 0;
}

static int run_input_gradient(TfgKernelCall *call, TfgStatus *s)
{
    const Labels *labels = call->row->loops;
    int64_t dims[TFG_WINDOW_RANK];
    int rank = read_sizes(call->in[0], labels->sizes, "input_sizes", dims, s);
    return rank < 0 ? -1 : input_gradient(call, dims, rank, s);
}

/* dw of the shape that input 1 names, or has. */
static int filter_gradient(TfgKernelCall *call, const int64_t *dims, int rank, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const Labels *labels = call->row->loops;
    const TfgTensor *x = call->in[0], *dy = call->in[2];
    TfgConv c;
    Shapes h = {labels->shapes, x->rank, rank, x->dims, dims, dy};
    if (fill_gradient(&c, &h, a, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(call, 0, rank, dims, s);
    if (!out)
        return -1;
    TfgConvData d = {.out = out->data};
    if (!(d.x = tfg_channels_last(call, a, x, s)) || !(d.y = tfg_channels_last(call, a, dy, s)))
        return -1;
    return tfg_conv(&c, TFG_CONV_FILTER, &d, s);
}

static int run_filter_gradient(TfgKernelCall *call, TfgStatus *s)
{
    const Labels *labels = call->row->loops;
    int64_t dims[TFG_WINDOW_RANK];
    int rank = read_sizes(call->in[1], labels->shapes, "filter_sizes", dims, s);
    return rank < 0 ? -1 : filter_gradient(call, dims, rank, s);
}

/* As graphs before 0.6 have them: the shape is that of an input. */
static int run_input_gradient_v1(TfgKernelCall *call, TfgStatus *s) { return input_gradient(call, call->in[0]->dims, call->in[0]->rank, s); }
static int run_filter_gradient_v1(TfgKernelCall *call, TfgStatus *s) { return filter_gradient(call, call->in[1]->dims, call->in[1]->rank, s); }

/* ---- Depthwise: filters [rows, columns, channels, multiplier] are groups of one channel. ---- */

/* The filter's dims as a convolution in groups has them. */
static void in_groups(const int64_t *filter, int64_t *dims)
{
    dims[0] = filter[0];
    dims[1] = filter[1];
    dims[2] = 1;
    dims[3] = filter[2] * filter[3];
}

static int fill_depthwise(TfgConv *c, TfgDType dtype, const TfgWindowAttrs *a, const int64_t *x, const int64_t *filter, TfgSpace *out, TfgStatus *s)
{
    for (int i = 0; i < 4; i++)
        if (x[i] > INT32_MAX || filter[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "dimension %d is too large", i);
    if (filter[0] < 1 || filter[1] < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must not have windows of none");
    int64_t dims[4];
    in_groups(filter, dims);
    TfgSpace in = tfg_space(a, x);
    return fill_conv(c, dtype, a, &in, dims, out, s);
}

static int run_depthwise(TfgKernelCall *call, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const TfgTensor *x = call->in[0], *filter = call->in[1];
    TfgShapeText text;
    TfgConv c;
    TfgSpace space;
    if (x->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be 4-dimensional%s", tfg_shape_text(x, &text));
    if (filter->rank != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "filter must be 4-dimensional: %s", tfg_shape_text(filter, &text));
    if (x->dims[a->channel] != filter->dims[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input and filter must have the same depth: %lld vs %lld", (long long)x->dims[a->channel],
                        (long long)filter->dims[2]);
    if (fill_depthwise(&c, x->dtype, a, x->dims, filter->dims, &space, s) < 0)
        return -1;
    TfgConvData d = {.w = filter->data};
    TfgTensor *out = begin_output(call, a, &space, &d.out, s);
    if (!out || !(d.x = tfg_channels_last(call, a, x, s)) || tfg_conv(&c, TFG_CONV_FORWARD, &d, s) < 0)
        return -1;
    end_output(a, &space, out, d.out);
    return 0;
}

static int fill_depthwise_gradient(TfgConv *c, const Shapes *h, const TfgWindowAttrs *a, TfgStatus *s)
{
    static const char *const names[2] = {"rows", "columns"};
    if (check_ranks(h, 4, s) < 0)
        return -1;
    if (h->x[0] != h->dy->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: input and out_backprop must have the same batch size", h->label);
    if (h->x[a->channel] != h->filter[2])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: input and filter must have the same in_depth", h->label);
    TfgSpace space, dy = tfg_space(a, h->dy->dims);
    if (fill_depthwise(c, h->dy->dtype, a, h->x, h->filter, &space, s) < 0)
        return -1;
    if (dy.channels != c->out_channels)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: depth_multiplier * in_depth not equal to out_depth", h->label);
    for (int i = 1; i < 3; i++)
        if (dy.at[i] != space.at[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: Number of %s of out_backprop doesn't match computed: actual = %lld, computed = %lld", h->label,
                            names[i - 1], (long long)dy.at[i], (long long)space.at[i]);
    return 0;
}

static int run_depthwise_input(TfgKernelCall *call, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const Labels *labels = call->row->loops;
    int64_t dims[TFG_WINDOW_RANK];
    int rank = read_sizes(call->in[0], labels->sizes, "input_sizes", dims, s);
    TfgConv c;
    Shapes h = {labels->shapes, rank, call->in[1]->rank, dims, call->in[1]->dims, call->in[2]};
    if (rank < 0 || fill_depthwise_gradient(&c, &h, a, s) < 0)
        return -1;
    TfgConvData d = {.w = call->in[1]->data};
    TfgSpace space = tfg_space(a, dims);
    TfgTensor *out = begin_output(call, a, &space, &d.out, s);
    if (!out || !(d.y = tfg_channels_last(call, a, call->in[2], s)) || tfg_conv(&c, TFG_CONV_INPUT, &d, s) < 0)
        return -1;
    end_output(a, &space, out, d.out);
    return 0;
}

static int run_depthwise_filter(TfgKernelCall *call, TfgStatus *s)
{
    const TfgWindowAttrs *a = call->state;
    const Labels *labels = call->row->loops;
    int64_t dims[TFG_WINDOW_RANK];
    int rank = read_sizes(call->in[1], labels->sizes, "filter_sizes", dims, s);
    TfgConv c;
    Shapes h = {labels->shapes, call->in[0]->rank, rank, call->in[0]->dims, dims, call->in[2]};
    if (rank < 0 || fill_depthwise_gradient(&c, &h, a, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(call, 0, 4, dims, s);
    if (!out)
        return -1;
    TfgConvData d = {.out = out->data};
    if (!(d.x = tfg_channels_last(call, a, call->in[0], s)) || !(d.y = tfg_channels_last(call, a, call->in[2], s)))
        return -1;
    return tfg_conv(&c, TFG_CONV_FILTER, &d, s);
}

#define TYPES (TFG_TYPES_HALVES | TFG_B(FLOAT) | TFG_B(DOUBLE))
#define CONV(op_, prepare_, run_, ...) \
    {.op = op_, .types = {{"T", TYPES}}, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_, .release = tfg_window_attrs_free, .run = run_, __VA_ARGS__}
#define LABELS(sizes_, shapes_) .loops = &(const Labels){sizes_, shapes_}

static const TfgKernelRow rows[] = {
    CONV("Conv2D", prepare_2d, run_conv, .host_in = 0),
    CONV("Conv2DBackpropFilter", prepare_2d, run_filter_gradient, .host_in = 2, LABELS(NULL, "Conv2DCustomBackpropFilter")),
    CONV("Conv2DBackpropInput", prepare_2d, run_input_gradient, .host_in = 1, LABELS("Conv2DBackpropInput", "Conv2DCustomBackpropInput")),
    CONV("Conv3D", prepare_3d, run_conv, .host_in = 0),
    CONV("Conv3DBackpropFilter", prepare_3d, run_filter_gradient_v1, LABELS(NULL, "Conv3DBackpropFilterOp")),
    CONV("Conv3DBackpropFilterV2", prepare_3d, run_filter_gradient, .host_in = 2, LABELS(NULL, "Conv3DBackpropFilterOp")),
    CONV("Conv3DBackpropInput", prepare_3d, run_input_gradient_v1, LABELS("Conv3DBackpropInputOp", "Conv3DBackpropInputOp")),
    CONV("Conv3DBackpropInputV2", prepare_3d, run_input_gradient, .host_in = 1, LABELS("Conv3DBackpropInputOp", "Conv3DBackpropInputOp")),
    CONV("DepthwiseConv2dNative", prepare_depthwise, run_depthwise, .host_in = 0),
    CONV("DepthwiseConv2dNativeBackpropFilter", prepare_depthwise, run_depthwise_filter, .host_in = 2,
         LABELS("Conv2DBackpropFilter", "DepthwiseConv2DBackpropFilter")),
    CONV("DepthwiseConv2dNativeBackpropInput", prepare_depthwise, run_depthwise_input, .host_in = 1,
         LABELS("Conv2DBackpropInput", "DepthwiseConv2DBackpropInput")),
};

const TfgKernelRow *tfg_kernels_nn_conv(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
