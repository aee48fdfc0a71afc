/* Patches, morphological dilation, names of data formats, and convolutions that pad first: signatures and shapes. */
#include "ops/window.h"

#define PADDING "padding: {'SAME', 'VALID'}"
#define PAD_MODE "mode: {'REFLECT', 'SYMMETRIC'}"
#define PAD_TYPES "T: {half, float, double}"

/* A list attribute of `want` numbers. */
static const int64_t *want_list(TfgShapeCall *c, const char *op, const char *attr, const char *what, int want, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_window_ints(c, attr, &n, s);
    if (values && n != want) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "%s requires the %s attribute to contain %d values, but got: %d", op, what, want, n);
        return NULL;
    }
    return values;
}

/* Windows over a known size, in the words of the op's kernel. */
static int windows(int64_t in, int64_t size, int64_t rate, int64_t stride, bool same, int64_t *out, TfgStatus *s)
{
    int64_t reach, room;
    if (stride <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Stride must be > 0, but got %lld", (long long)stride);
    if (__builtin_mul_overflow(size - 1, rate, &reach) || __builtin_add_overflow(reach, 1, &reach) ||
        __builtin_sub_overflow(in, reach, &room) || __builtin_add_overflow(room, stride, &room))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Windows of %lld elements, %lld apart, are too large", (long long)size, (long long)rate);
    *out = same ? in / stride + (in % stride != 0) : room / stride;
    if (room < 0 && !same)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Computed output size would be negative: %lld [input_size: %lld, effective_filter_size: %lld, "
                        "stride: %lld]", (long long)*out, (long long)in, (long long)reach, (long long)stride);
    return 0;
}

static int shape_dilation(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, filter;
    int64_t depth;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0 || tfg_want_rank(&c->in[1], 3, &filter, s) < 0)
        return -1;
    const int64_t *strides = want_list(c, "Dilation2D", "strides", "stride", 4, s);
    const int64_t *rates = strides ? want_list(c, "Dilation2D", "rates", "rates", 4, s) : NULL;
    if (!rates || tfg_merge_dim(in.dims[3], filter.dims[2], &depth, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &in);
    int64_t *out = c->out[0].dims;
    out[1] = out[2] = -1;
    out[3] = depth;
    if (in.dims[1] < 0 || in.dims[2] < 0 || filter.dims[0] < 0 || filter.dims[1] < 0)
        return 0;
    bool same = tfg_pad_of_name(c).same;
    for (int i = 1; i < 3; i++)
        if (windows(in.dims[i], filter.dims[i - 1], rates[i], strides[i], same, &out[i], s) < 0)
            return -1;
    return 0;
}

static int shape_as_0(TfgShapeCall *c, TfgStatus *s) { return tfg_shape_unchanged(c, s); }
static int shape_as_1(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

/* [batch, space, window * depth]; nothing is known of space unless all of it is. */
static int patches(TfgShapeCall *c, const char *op, int rank, bool has_rates, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], rank, &in, s) < 0)
        return -1;
    const int64_t *sizes = want_list(c, op, "ksizes", "ksizes", rank, s);
    const int64_t *strides = sizes ? want_list(c, op, "strides", "stride", rank, s) : NULL;
    const int64_t *rates = strides && has_rates ? want_list(c, op, "rates", "rates", rank, s) : NULL;
    if (!strides || (has_rates && !rates))
        return -1;
    tfg_shape_copy(&c->out[0], &in);
    int64_t *out = c->out[0].dims;
    bool known = true;
    for (int i = 1; i < rank - 1; i++) {
        int64_t wider;
        if (out[rank - 1] >= 0) {
            if (__builtin_mul_overflow(out[rank - 1], sizes[i], &wider) || wider < 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s: windows of %lld elements do not fit", op, (long long)sizes[i]);
            out[rank - 1] = wider;
        }
        known = known && in.dims[i] >= 0;
        out[i] = -1;
    }
    for (int i = 1; known && i < rank - 1; i++)
        if (windows(in.dims[i], sizes[i], rates ? rates[i] : 1, strides[i], tfg_pad_of_name(c).same, &out[i], s) < 0)
            return -1;
    return 0;
}

static int shape_image_patches(TfgShapeCall *c, TfgStatus *s) { return patches(c, "ExtractImagePatches", 4, true, s); }
static int shape_volume_patches(TfgShapeCall *c, TfgStatus *s) { return patches(c, "ExtractVolumePatches", 5, false, s); }

/* in plus the paddings that input i holds, as far as they are known. */
static int pad_shape(TfgShapeCall *c, int i, TfgShape *in, TfgStatus *s)
{
    TfgShape paddings;
    if (tfg_want_rank(in, 4, in, s) < 0 || tfg_want_rank(&c->in[i], 2, &paddings, s) < 0 || tfg_want_dim(paddings.dims[1], 2, s) < 0)
        return -1;
    if (paddings.dims[0] != 4)      /* TensorFlow wants as many rows as it knows of, -1 where it knows nothing */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank %lld but is rank 4", (long long)paddings.dims[0]);
    const TfgTensor *values = c->constant(c, i);
    if (!values) {
        tfg_shape_set_rank(in, 4);
        return 0;
    }
    if (values->count != 8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "paddings must be of 4 rows and 2 columns");
    for (int k = 0; k < 8; k++)
        if (tfg_tensor_int(values, k) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Paddings must be non-negative");
    for (int k = 0; k < 4; k++)
        in->dims[k] = tfg_add_dim(in->dims[k], tfg_tensor_int(values, 2 * k) + tfg_tensor_int(values, 2 * k + 1));
    return 0;
}

static int padded_conv(TfgShapeCall *c, TfgShape *in, int paddings, TfgStatus *s)
{
    TfgShape filter;
    int64_t depth;
    if (pad_shape(c, paddings, in, s) < 0)
        return -1;
    const int64_t *strides = want_list(c, "Operation", "strides", "stride", 4, s);
    if (!strides || tfg_want_rank(&c->in[paddings + 1], 4, &filter, s) < 0 || tfg_merge_dim(in->dims[3], filter.dims[2], &depth, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], in);
    int64_t *out = c->out[0].dims;
    for (int i = 1; i < 3; i++)
        if (tfg_window_dim(in->dims[i], filter.dims[i - 1], 1, strides[i], tfg_pad_of_name(c), i, &out[i], s) < 0)
            return -1;
    out[3] = filter.dims[3];
    return 0;
}

static int shape_pad_conv(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    tfg_shape_copy(&in, &c->in[0]);
    return padded_conv(c, &in, 1, s);
}

static int shape_resize_pad_conv(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, two, unused;
    tfg_shape_set_rank(&two, 1);
    two.dims[0] = 2;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0 || tfg_merge_shape(&c->in[1], &two, &unused, s) < 0)
        return -1;
    const TfgTensor *size = c->constant(c, 1);
    for (int i = 0; i < 2; i++) {
        in.dims[i + 1] = size && size->count == 2 ? tfg_tensor_int(size, i) : -1;
        if (size && in.dims[i + 1] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size, given by tensor 1, must be non-negative but is %lld", (long long)in.dims[i + 1]);
    }
    return padded_conv(c, &in, 2, s);
}

const TfgOpRow tfg_ops_nn_patch[] = {
    { .name = "DataFormatDimMap", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " INDEX " = DT_INT32", "src_format: string = 'NHWC'",
      "dst_format: string = 'NCHW'"}, .shape = tfg_shape_unchanged },
    { .name = "DataFormatVecPermute", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " INDEX " = DT_INT32", "src_format: string = 'NHWC'",
      "dst_format: string = 'NCHW'"}, .shape = tfg_shape_unchanged },
    { .name = "Dilation2D", .in = {"input: T", "filter: T"}, .out = {"output: T"}, .attr = {"T: " REALS, "strides: list(int) >= 4",
      "rates: list(int) >= 4", PADDING}, .shape = shape_dilation },
    { .name = "Dilation2DBackpropFilter", .in = {"input: T", "filter: T", "out_backprop: T"}, .out = {"filter_backprop: T"}, .attr = {"T: " REALS,
      "strides: list(int) >= 4", "rates: list(int) >= 4", PADDING}, .shape = shape_as_1 },
    { .name = "Dilation2DBackpropInput", .in = {"input: T", "filter: T", "out_backprop: T"}, .out = {"in_backprop: T"}, .attr = {"T: " REALS,
      "strides: list(int) >= 4", "rates: list(int) >= 4", PADDING}, .shape = shape_as_0 },
    { .name = "ExtractImagePatches", .in = {"images: T"}, .out = {"patches: T"}, .attr = {"ksizes: list(int) >= 4", "strides: list(int) >= 4",
      "rates: list(int) >= 4", "T: " REALS, PADDING}, .shape = shape_image_patches },
    { .name = "ExtractVolumePatches", .in = {"input: T"}, .out = {"patches: T"}, .attr = {"ksizes: list(int) >= 5", "strides: list(int) >= 5",
      "T: " REALS, PADDING}, .shape = shape_volume_patches },
    { .name = "FusedPadConv2D", .in = {"input: T", "paddings: int32", "filter: T"}, .out = {"output: T"}, .attr = {PAD_TYPES, PAD_MODE,
      "strides: list(int)", PADDING}, .shape = shape_pad_conv },
    { .name = "FusedResizeAndPadConv2D", .in = {"input: T", "size: int32", "paddings: int32", "filter: T"}, .out = {"output: T"},
      .attr = {PAD_TYPES, "resize_align_corners: bool = false", PAD_MODE, "strides: list(int)", PADDING}, .shape = shape_resize_pad_conv },
};
const int tfg_n_ops_nn_patch = sizeof tfg_ops_nn_patch / sizeof *tfg_ops_nn_patch;
