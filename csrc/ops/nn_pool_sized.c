/* Pooling with sizes as inputs, and with fractional sizes: signatures and shapes. */
#include <math.h>

#include "ops/window.h"

#define PADDING "padding: {'SAME', 'VALID'}"
#define FORMAT_2D "data_format: {'NHWC', 'NCHW'} = 'NHWC'"
#define FORMAT_VECT "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'"
#define MAX_TYPES "{half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = DT_FLOAT"

static int want_four(const TfgShapeCall *c, int i, TfgStatus *s)
{
    TfgShape size;
    return tfg_want_rank(&c->in[i], 1, &size, s) < 0 ? -1 : tfg_want_dim(size.dims[0], 4, s);
}

/* Inputs first and first + 1 are the windows' sizes and strides. */
static int sized_pool(TfgShapeCall *c, int first, TfgStatus *s)
{
    TfgShape in;
    bool vect = tfg_attrs_string_is(c->attrs, "data_format", "NCHW_VECT_C");
    if (tfg_want_rank(&c->in[0], vect ? 5 : 4, &in, s) < 0 || want_four(c, first, s) < 0 || want_four(c, first + 1, s) < 0)
        return -1;
    const TfgTensor *size = c->constant(c, first), *strides = size ? c->constant(c, first + 1) : NULL;
    if (!strides || size->count != 4 || strides->count != 4) {
        tfg_shape_set_unknown(&c->out[0]);
        return 0;
    }
    TfgFormat f = tfg_format(c, 4);
    tfg_shape_copy(&c->out[0], &in);
    for (int i = 1; i < 4; i++) {
        int at = i == 3 ? f.channel : f.space + i - 1;
        if (vect && i == 3)
            break;
        if (tfg_window_dim(in.dims[at], tfg_tensor_int(size, at), 1, tfg_tensor_int(strides, at), tfg_pad_of_name(c), at, &c->out[0].dims[at], s) < 0)
            return -1;
    }
    return 0;
}

static int shape_max_pool(TfgShapeCall *c, TfgStatus *s) { return sized_pool(c, 1, s); }
static int shape_as_input(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 4, &c->out[0], s); }

static int shape_again(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape unused;
    return sized_pool(c, 3, s) < 0 ? -1 : tfg_merge_shape(&c->in[0], &c->in[2], &unused, s);
}

static int shape_fractional(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    const TfgAttr *ratio = tfg_attrs_find(c->attrs, "pooling_ratio");
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0)
        return -1;
    if (!ratio || ratio->n != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "pooling_ratio field must specify 4 dimensions");
    tfg_shape_set_rank(&c->out[0], 4);
    for (int i = 0; i < 4; i++) {
        double size = floor((double)((float)in.dims[i] / ratio->list_f[i]));
        if (in.dims[i] < 0)
            continue;
        if (!(size >= 0 && size < 0x1p62))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size computed for dim %d is negative: %.0f", i, size);
        c->out[0].dims[i] = (int64_t)size;
    }
    for (int i = 1; i < 3; i++) {      /* borders: one more than windows */
        int64_t n = tfg_add_dim(c->out[0].dims[i], 1);
        tfg_shape_set(&c->out[i], 1, &n);
    }
    return 0;
}

static int shape_fractional_max_grad(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 4, &c->out[0], s); }

static int shape_fractional_avg_grad(TfgShapeCall *c, TfgStatus *s)
{
    const TfgTensor *sizes = c->constant(c, 0);
    tfg_shape_set_rank(&c->out[0], 4);
    return sizes ? c->constant_shape(c, 0, &c->out[0], s) : 0;
}

#define RATIO "pooling_ratio: list(float) >= 4", "pseudo_random: bool = false", "overlapping: bool = false", "deterministic: bool = false", \
    "seed: int = 0", "seed2: int = 0", "T: {float, double, int32, int64}"
#define FRACTIONAL_OUT {"output: T", "row_pooling_sequence: int64", "col_pooling_sequence: int64"}

const TfgOpRow tfg_ops_nn_pool_sized[] = {
    { .name = "FractionalAvgPool", .in = {"value: T"}, .out = FRACTIONAL_OUT, .attr = {RATIO}, .shape = shape_fractional },
    { .name = "FractionalAvgPoolGrad", .in = {"orig_input_tensor_shape: int64", "out_backprop: T", "row_pooling_sequence: int64",
      "col_pooling_sequence: int64"}, .out = {"output: T"}, .attr = {"overlapping: bool = false", "T: {float, double, int32, int64}"},
      .shape = shape_fractional_avg_grad },
    { .name = "FractionalMaxPool", .in = {"value: T"}, .out = FRACTIONAL_OUT, .attr = {RATIO}, .shape = shape_fractional },
    { .name = "FractionalMaxPoolGrad", .in = {"orig_input: T", "orig_output: T", "out_backprop: T", "row_pooling_sequence: int64",
      "col_pooling_sequence: int64"}, .out = {"output: T"}, .attr = {"overlapping: bool = false", "T: {float, double, int32, int64}"},
      .shape = shape_fractional_max_grad },
    { .name = "MaxPoolGradGradV2", .in = {"orig_input: T", "orig_output: T", "grad: T", "ksize: int32", "strides: int32"}, .out = {"output: T"},
      .attr = {PADDING, FORMAT_2D, "T: " REALS}, .shape = shape_again },
    { .name = "MaxPoolGradV2", .in = {"orig_input: T", "orig_output: T", "grad: T", "ksize: int32", "strides: int32"}, .out = {"output: T"},
      .attr = {PADDING, FORMAT_2D, "T: " REALS " = DT_FLOAT"}, .shape = shape_as_input },
    { .name = "MaxPoolV2", .in = {"input: T", "ksize: int32", "strides: int32"}, .out = {"output: T"}, .attr = {"T: " MAX_TYPES, PADDING,
      FORMAT_VECT}, .shape = shape_max_pool },
};
const int tfg_n_ops_nn_pool_sized = sizeof tfg_ops_nn_pool_sized / sizeof *tfg_ops_nn_pool_sized;
