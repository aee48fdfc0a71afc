/* Pooling: signatures and shapes. */
#include <string.h>

#include "ops/window.h"

#define PADDING "padding: {'SAME', 'VALID'}"
#define SIZES_2D "ksize: list(int) >= 4", "strides: list(int) >= 4"
#define FORMAT_2D "data_format: {'NHWC', 'NCHW'} = 'NHWC'"
#define SIZES_3D "ksize: list(int) >= 5", "strides: list(int) >= 5"
#define FORMAT_3D "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'"
#define FORMAT_VECT "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'"
#define MAX_TYPES "{half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = DT_FLOAT"

/* Attribute `name` of n values of 32 bits; what: how the message calls it. */
static const int64_t *want_ints(TfgShapeCall *c, const char *op, const char *name, const char *what, int want, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_window_ints(c, name, &n, s);
    if (values && n != want) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "%s %s the %s attribute to contain %d values, but got: %d", op,
                 strchr(op, ' ') ? "require" : "requires", what, want, n);
        return NULL;
    }
    return values;
}

/* Windows of `size` in every dim of space; of channels, too, where `channels` says so. */
static int pooled(TfgShapeCall *c, const TfgFormat *f, const int64_t *size, const int64_t *strides, bool channels, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], f->rank, &in, s) < 0)
        return -1;
    TfgShape *out = &c->out[0];
    tfg_shape_copy(out, &in);
    TfgPad pad;
    if (tfg_window_pad(c, f->rank, &pad, s) < 0)
        return -1;
    for (int i = 0; i < f->rank - 2; i++) {
        int at = f->space + i;
        if (tfg_window_dim(in.dims[at], size[at], 1, strides[at], pad, at, &out->dims[at], s) < 0)
            return -1;
    }
    return channels ? tfg_window_dim(in.dims[f->channel], size[f->channel], 1, strides[f->channel], pad, f->channel, &out->dims[f->channel], s) : 0;
}

static int shape_pool(TfgShapeCall *c, const char *op, int rank, bool channels, TfgStatus *s)
{
    TfgFormat f = tfg_format(c, rank);
    const int64_t *strides = want_ints(c, op, "strides", "stride", rank, s), *size = strides ? want_ints(c, op, "ksize", "ksize", rank, s) : NULL;
    return size ? pooled(c, &f, size, strides, channels, s) : -1;
}

int tfg_shape_avg_pool(TfgShapeCall *c, TfgStatus *s) { return shape_pool(c, "AvgPool", 4, false, s); }

/* int8 in vectors of four channels: [batch, channels / 4, rows, columns, 4]. */
static int shape_max_pool_vect(TfgShapeCall *c, TfgStatus *s)
{
    const int64_t *strides = want_ints(c, "MaxPool", "strides", "stride", 4, s), *size = strides ? want_ints(c, "MaxPool", "ksize", "ksize", 4, s) : NULL;
    TfgShape in;
    if (!size || tfg_want_rank(&c->in[0], 5, &in, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &in);
    for (int i = 2; i < 4; i++)
        if (tfg_window_dim(in.dims[i], size[i], 1, strides[i], tfg_pad_of_name(c), i, &c->out[0].dims[i], s) < 0)
            return -1;
    return 0;
}

int tfg_shape_max_pool(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_attrs_string_is(c->attrs, "data_format", "NCHW_VECT_C"))
        return shape_max_pool_vect(c, s);
    return shape_pool(c, "MaxPool", 4, true, s);
}

static int shape_avg_pool_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_shape_set_unknown(&shape);
    return c->constant_shape(c, 0, &shape, s) < 0 ? -1 : tfg_want_rank(&shape, 4, &c->out[0], s);
}

static int shape_pool3d(TfgShapeCall *c, TfgStatus *s)
{
    TfgFormat f = tfg_format(c, 5);
    const int64_t *strides = want_ints(c, "Pool3D ops", "strides", "stride", 5, s), *size = strides ? want_ints(c, "Pool3D", "ksize", "ksize", 5, s) : NULL;
    return size ? pooled(c, &f, size, strides, true, s) : -1;
}

static int shape_avg_pool3d_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_shape_set_unknown(&shape);
    return c->constant_shape(c, 0, &shape, s) < 0 ? -1 : tfg_want_rank(&shape, 5, &c->out[0], s);
}

static int shape_as_input_3d(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 5, &c->out[0], s); }

/* Of the gradient's gradient: as the pooled tensor, once the others fit. */
static int shape_pool3d_again(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape unused;
    if (shape_pool3d(c, s) < 0 || tfg_merge_shape(&c->in[0], &c->in[2], &unused, s) < 0)
        return -1;
    return 0;
}

static int shape_argmax(TfgShapeCall *c, TfgStatus *s)
{
    if (shape_pool(c, "MaxPool", 4, true, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[1], &c->out[0]);
    return 0;
}

static int shape_as_input_2d(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 4, &c->out[0], s); }

/* As output 0 of the op that is differentiated. */
static int shape_as_pooled_2d(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape unused;
    return tfg_want_rank(&c->in[0], 4, &unused, s) < 0 || tfg_merge_shape(&c->in[0], &c->in[2], &unused, s) < 0 ? -1
        : tfg_want_rank(&c->in[1], 4, &c->out[0], s);
}

const TfgOpRow tfg_ops_nn_pool[] = {
    { .name = "AvgPool", .in = {"value: T"}, .out = {"output: T"}, .attr = {SIZES_2D, PADDING, FORMAT_2D, "T: " FLOATS},
      .shape = tfg_shape_avg_pool },
    { .name = "AvgPool3D", .in = {"input: T"}, .out = {"output: T"}, .attr = {SIZES_3D, PADDING, FORMAT_3D, "T: " FLOATS}, .shape = shape_pool3d },
    { .name = "AvgPool3DGrad", .in = {"orig_input_shape: int32", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_3D, PADDING, FORMAT_3D,
      "T: " FLOATS}, .shape = shape_avg_pool3d_grad },
    { .name = "AvgPoolGrad", .in = {"orig_input_shape: int32", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_2D, PADDING, FORMAT_2D,
      "T: " FLOATS}, .shape = shape_avg_pool_grad },
    { .name = "MaxPool", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: " MAX_TYPES, SIZES_2D, PADDING, FORMAT_VECT},
      .shape = tfg_shape_max_pool,
      .later = EXPLICIT_PADDING },
    { .name = "MaxPool3D", .in = {"input: T"}, .out = {"output: T"}, .attr = {SIZES_3D, PADDING, FORMAT_3D, "T: {half, bfloat16, float}"},
      .shape = shape_pool3d },
    { .name = "MaxPool3DGrad", .in = {"orig_input: TInput", "orig_output: TInput", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_3D, PADDING,
      FORMAT_3D, "T: {half, bfloat16, float} = DT_FLOAT", "TInput: {half, bfloat16, float} = DT_FLOAT"}, .shape = shape_as_input_3d },
    { .name = "MaxPool3DGradGrad", .in = {"orig_input: T", "orig_output: T", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_3D, PADDING, FORMAT_3D,
      "T: " REALS}, .shape = shape_pool3d_again },
    { .name = "MaxPoolGrad", .in = {"orig_input: T", "orig_output: T", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_2D, PADDING, FORMAT_2D,
      "T: " REALS " = DT_FLOAT"}, .shape = shape_as_input_2d,
      .later = EXPLICIT_PADDING },
    { .name = "MaxPoolGradGrad", .in = {"orig_input: T", "orig_output: T", "grad: T"}, .out = {"output: T"}, .attr = {SIZES_2D, PADDING, FORMAT_2D,
      "T: " REALS}, .shape = shape_as_pooled_2d,
      .later = EXPLICIT_PADDING },
    { .name = "MaxPoolGradWithArgmax", .in = {"input: T", "grad: T", "argmax: Targmax"}, .out = {"output: T"}, .attr = {SIZES_2D, PADDING,
      "Targmax: " INDEX, "T: " REALS}, .shape = shape_as_input_2d },
    { .name = "MaxPoolWithArgmax", .in = {"input: T"}, .out = {"output: T", "argmax: Targmax"}, .attr = {SIZES_2D, "Targmax: " INDEX " = DT_INT64",
      PADDING, "T: " REALS}, .shape = shape_argmax },
};
const int tfg_n_ops_nn_pool = sizeof tfg_ops_nn_pool / sizeof *tfg_ops_nn_pool;
