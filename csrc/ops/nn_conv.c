/* Convolutions: signatures and shapes. */
#include "ops/window.h"

#define PADDING "padding: {'SAME', 'VALID'}"
#define FORMAT_2D "data_format: {'NHWC', 'NCHW'} = 'NHWC'"
#define FORMAT_3D "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'"
#define DILATIONS_2D "dilations: list(int) = [1, 1, 1, 1]"
#define DILATIONS_3D "dilations: list(int) = [1, 1, 1, 1, 1]"

static int fail_count(const char *op, const char *what, int want, int n, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s requires the %s attribute to contain %d values, but got: %d", op, what, want, n);
}

/* An input of N, space, C and a filter of space, C, M.  depth: of the output. */
static int window_shape(TfgShapeCall *c, const TfgFormat *f, const int64_t *dilations, const int64_t *strides, const TfgShape *in,
                        const TfgShape *filter, int64_t depth, TfgStatus *s)
{
    TfgShape *out = &c->out[0];
    TfgPad pad;
    if (tfg_window_pad(c, f->rank, &pad, s) < 0)
        return -1;
    tfg_shape_copy(out, in);
    out->dims[f->channel] = depth;
    for (int i = 0; i < f->rank - 2; i++) {
        int at = f->space + i;
        if (tfg_window_dim(in->dims[at], filter->dims[i], dilations ? dilations[at] : 1, strides[at], pad, at, &out->dims[at], s) < 0)
            return -1;
    }
    return 0;
}

static int shape_conv(TfgShapeCall *c, int rank, const char *op, TfgStatus *s)
{
    TfgShape in, filter;
    TfgFormat f = tfg_format(c, rank);
    int n_strides, n_dilations;
    int64_t merged;
    if (tfg_want_rank(&c->in[0], rank, &in, s) < 0 || tfg_want_rank(&c->in[1], rank, &filter, s) < 0)
        return -1;
    const int64_t *dilations = tfg_window_ints(c, "dilations", &n_dilations, s);
    if (!dilations)
        return -1;
    if (n_dilations != rank)
        return fail_count(op, "dilation", rank, n_dilations, s);
    const int64_t *strides = tfg_window_ints(c, "strides", &n_strides, s);
    if (!strides)
        return -1;
    if (n_strides != rank && rank == 4)
        return fail_count(f.channel == 1 ? "Conv2D on data format NCHW" : "Conv2D on data format NHWC", "stride", rank, n_strides, s);
    if (n_strides != rank)
        return fail_count(op, "stride", rank, n_strides, s);
    if (tfg_merge_dim(in.dims[f.channel], filter.dims[rank - 2], &merged, s) < 0)
        return -1;
    return window_shape(c, &f, dilations, strides, &in, &filter, filter.dims[rank - 1], s);
}

int tfg_shape_conv2d(TfgShapeCall *c, TfgStatus *s) { return shape_conv(c, 4, "Conv2D", s); }

/* The shape that input i holds. */
static int shape_from(TfgShapeCall *c, int i, int rank, TfgStatus *s)
{
    TfgShape shape;
    tfg_shape_set_unknown(&shape);
    return c->constant_shape(c, i, &shape, s) < 0 ? -1 : tfg_want_rank(&shape, rank, &c->out[0], s);
}

static int shape_from_0_2d(TfgShapeCall *c, TfgStatus *s) { return shape_from(c, 0, 4, s); }
static int shape_from_1_2d(TfgShapeCall *c, TfgStatus *s) { return shape_from(c, 1, 4, s); }
static int shape_from_0_3d(TfgShapeCall *c, TfgStatus *s) { return shape_from(c, 0, 5, s); }
static int shape_from_1_3d(TfgShapeCall *c, TfgStatus *s) { return shape_from(c, 1, 5, s); }
static int shape_as_0_3d(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 5, &c->out[0], s); }
static int shape_as_1_3d(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[1], 5, &c->out[0], s); }
static int shape_conv3d(TfgShapeCall *c, TfgStatus *s) { return shape_conv(c, 5, "Conv3D", s); }

static int shape_depthwise(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, filter;
    TfgFormat f = tfg_format(c, 4);
    int n_strides, n_dilations;
    int64_t merged;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0 || tfg_want_rank(&c->in[1], 4, &filter, s) < 0)
        return -1;
    const int64_t *strides = tfg_window_ints(c, "strides", &n_strides, s);
    if (strides && n_strides != 4)
        return fail_count("DepthwiseConv2D", "stride", 4, n_strides, s);
    const int64_t *dilations = strides ? tfg_window_ints(c, "dilations", &n_dilations, s) : NULL;
    if (!dilations || tfg_merge_dim(in.dims[f.channel], filter.dims[2], &merged, s) < 0)
        return -1;
    return window_shape(c, &f, n_dilations == 4 ? dilations : NULL, strides, &in, &filter, tfg_multiply_dim(merged, filter.dims[3]), s);
}

const TfgOpRow tfg_ops_nn_conv[] = {
    { .name = "Conv2D", .in = {"input: T", "filter: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS, "strides: list(int)",
      "use_cudnn_on_gpu: bool = true", PADDING, FORMAT_2D, DILATIONS_2D}, .shape = tfg_shape_conv2d,
      .later = EXPLICIT_PADDING },
    { .name = "Conv2DBackpropFilter", .in = {"input: T", "filter_sizes: int32", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS,
      "strides: list(int)", "use_cudnn_on_gpu: bool = true", PADDING, FORMAT_2D, DILATIONS_2D}, .shape = shape_from_1_2d,
      .later = EXPLICIT_PADDING },
    { .name = "Conv2DBackpropInput", .in = {"input_sizes: int32", "filter: T", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS,
      "strides: list(int)", "use_cudnn_on_gpu: bool = true", PADDING, FORMAT_2D, DILATIONS_2D}, .shape = shape_from_0_2d,
      .later = EXPLICIT_PADDING },
    { .name = "Conv3D", .in = {"input: T", "filter: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS, "strides: list(int) >= 5", PADDING,
      FORMAT_3D, DILATIONS_3D}, .shape = shape_conv3d },
    { .name = "Conv3DBackpropFilter", .in = {"input: T", "filter: T", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: {half, float, double}",
      "strides: list(int) >= 5", PADDING, DILATIONS_3D}, .shape = shape_as_1_3d, .deprecated_since = 10, .deprecation = "Use Conv3DBackpropFilterV2" },
    { .name = "Conv3DBackpropFilterV2", .in = {"input: T", "filter_sizes: int32", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS,
      "strides: list(int) >= 5", PADDING, FORMAT_3D, DILATIONS_3D}, .shape = shape_from_1_3d },
    { .name = "Conv3DBackpropInput", .in = {"input: T", "filter: T", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: {half, float, double}",
      "strides: list(int) >= 5", PADDING, DILATIONS_3D}, .shape = shape_as_0_3d, .deprecated_since = 10, .deprecation = "Use Conv3DBackpropInputV2" },
    { .name = "Conv3DBackpropInputV2", .in = {"input_sizes: Tshape", "filter: T", "out_backprop: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS,
      "strides: list(int) >= 5", PADDING, FORMAT_3D, DILATIONS_3D, "Tshape: " INDEX " = DT_INT32"}, .shape = shape_from_0_3d },
    { .name = "DepthwiseConv2dNative", .in = {"input: T", "filter: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS, "strides: list(int)", PADDING,
      FORMAT_2D, DILATIONS_2D}, .shape = shape_depthwise,
      .later = EXPLICIT_PADDING },
    { .name = "DepthwiseConv2dNativeBackpropFilter", .in = {"input: T", "filter_sizes: int32", "out_backprop: T"}, .out = {"output: T"},
      .attr = {"T: " FLOATS, "strides: list(int)", PADDING, FORMAT_2D, DILATIONS_2D}, .shape = shape_from_1_2d,
      .later = EXPLICIT_PADDING },
    { .name = "DepthwiseConv2dNativeBackpropInput", .in = {"input_sizes: int32", "filter: T", "out_backprop: T"}, .out = {"output: T"},
      .attr = {"T: " FLOATS, "strides: list(int)", PADDING, FORMAT_2D, DILATIONS_2D}, .shape = shape_from_0_2d,
      .later = EXPLICIT_PADDING },
};
const int tfg_n_ops_nn_conv = sizeof tfg_ops_nn_conv / sizeof *tfg_ops_nn_conv;
