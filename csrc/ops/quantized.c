/* Arithmetic and networks of quantised integers: signatures and shapes.  Each result comes with the ends of its range. */
#include "ops/window.h"

#define QUANTIZED "{qint8, quint8, qint32, qint16, quint16}"
#define QINT32 QUANTIZED " = DT_QINT32"

/* Inputs [first, first + n) are ends of ranges; outputs 1 and 2, too. */
static int ranges(TfgShapeCall *c, int first, int n, TfgStatus *s)
{
    for (int i = first; i < first + n; i++)
        if (tfg_want_rank(&c->in[i], 0, NULL, s) < 0)
            return -1;
    for (int i = 1; i < c->n_out; i++)
        tfg_shape_set_scalar(&c->out[i]);
    return 0;
}

static int shape_matmul(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_matmul(c, s) < 0 ? -1 : ranges(c, 2, 4, s);
}

static int shape_add(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_broadcast(c, s) < 0 ? -1 : ranges(c, 2, 4, s);
}

/* Here nobody looks at the ranges' shapes. */
static int shape_mul(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_broadcast(c, s) < 0 ? -1 : ranges(c, 2, 0, s);
}

static int shape_bias_add(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_bias_add(c, s) < 0 ? -1 : ranges(c, 2, 4, s);
}

static int shape_relu(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_unchanged(c, s) < 0 ? -1 : ranges(c, c->n_in - 2, 2, s);
}

static int shape_reshape(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_reshape(c, s) < 0 ? -1 : ranges(c, 2, 2, s);
}

static int shape_concat(TfgShapeCall *c, TfgStatus *s)
{
    int n = (c->n_in - 1) / 3;
    if (tfg_shape_concat_first(c, n, s) < 0)
        return -1;
    return ranges(c, 1 + n, 2 * n, s);
}

static int shape_conv(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_conv2d(c, s) < 0 ? -1 : ranges(c, 2, 4, s);
}

static int shape_max_pool(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_max_pool(c, s) < 0 ? -1 : ranges(c, 1, 2, s);
}

static int shape_avg_pool(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_avg_pool(c, s) < 0 ? -1 : ranges(c, 1, 2, s);
}

static int shape_instance_norm(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[0], 4, NULL, s) < 0)
        return -1;
    return tfg_shape_unchanged(c, s) < 0 ? -1 : ranges(c, 1, 2, s);
}

static int shape_batch_norm(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in, vector;
    if (tfg_want_rank(&c->in[0], 4, &in, s) < 0)
        return -1;
    int64_t last = in.dims[3];
    for (int i = 3; i <= 12; i += 3)
        if (tfg_want_rank(&c->in[i], 1, &vector, s) < 0 || tfg_merge_dim(last, vector.dims[0], &last, s) < 0)
            return -1;
    in.dims[3] = last;
    tfg_shape_copy(&c->out[0], &in);
    for (int i = 0; i < 5; i++)
        if (ranges(c, 3 * i + 1, 2, s) < 0)
            return -1;
    return 0;
}

static int shape_resize(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_shape_resize(c, s) < 0 ? -1 : ranges(c, 2, 2, s);
}

#define PAIR(a, b) .in = {a ": T1", b ": T2", "min_" a ": float", "max_" a ": float", "min_" b ": float", "max_" b ": float"}
#define RELU .attr = {"Tinput: " QUANTIZED, "out_type: " QUANTIZED " = DT_QUINT8"}, .shape = shape_relu, \
             .out = {"activations: out_type", "min_activations: float", "max_activations: float"}
#define POOL .in = {"input: T", "min_input: float", "max_input: float"}, .out = {"output: T", "min_output: float", "max_output: float"}, \
             .attr = {"T: " QUANTIZED, "ksize: list(int)", "strides: list(int)", "padding: {'SAME', 'VALID'}"}
const TfgOpRow tfg_ops_quantized[] = {
    { .name = "QuantizedAdd", PAIR("x", "y"), .out = {"z: Toutput", "min_z: float", "max_z: float"},
      .attr = {"T1: " QUANTIZED, "T2: " QUANTIZED, "Toutput: " QINT32}, .shape = shape_add, .flags = TFG_OP_COMMUTATIVE },
    { .name = "QuantizedAvgPool", POOL, .shape = shape_avg_pool },
    { .name = "QuantizedBatchNormWithGlobalNormalization", .in = {"t: Tinput", "t_min: float", "t_max: float", "m: Tinput", "m_min: float",
      "m_max: float", "v: Tinput", "v_min: float", "v_max: float", "beta: Tinput", "beta_min: float", "beta_max: float", "gamma: Tinput",
      "gamma_min: float", "gamma_max: float"}, .out = {"result: out_type", "result_min: float", "result_max: float"},
      .attr = {"Tinput: " QUANTIZED, "out_type: " QUANTIZED, "variance_epsilon: float", "scale_after_normalization: bool"},
      .shape = shape_batch_norm },
    { .name = "QuantizedBiasAdd", PAIR("input", "bias"), .out = {"output: out_type", "min_out: float", "max_out: float"},
      .attr = {"T1: " QUANTIZED, "T2: " QUANTIZED, "out_type: " QUANTIZED}, .shape = shape_bias_add },
    { .name = "QuantizedConcat", .in = {"concat_dim: int32", "values: N * T", "input_mins: N * float", "input_maxes: N * float"},
      .out = {"output: T", "output_min: float", "output_max: float"}, .attr = {"N: int >= 2", "T: type"}, .shape = shape_concat },
    { .name = "QuantizedConv2D", .in = {"input: Tinput", "filter: Tfilter", "min_input: float", "max_input: float", "min_filter: float",
      "max_filter: float"}, .out = {"output: out_type", "min_output: float", "max_output: float"},
      .attr = {"Tinput: " QUANTIZED, "Tfilter: " QUANTIZED, "out_type: " QINT32, "strides: list(int)", "padding: {'SAME', 'VALID'}",
      "dilations: list(int) = [1, 1, 1, 1]"}, .shape = shape_conv },
    { .name = "QuantizedInstanceNorm", .in = {"x: T", "x_min: float", "x_max: float"}, .out = {"y: T", "y_min: float", "y_max: float"},
      .attr = {"T: " QUANTIZED, "output_range_given: bool = false", "given_y_min: float = 0", "given_y_max: float = 0",
      "variance_epsilon: float = 1e-05", "min_separation: float = 0.001"}, .shape = shape_instance_norm },
    { .name = "QuantizedMatMul", PAIR("a", "b"), .out = {"out: Toutput", "min_out: float", "max_out: float"},
      .attr = {"T1: " QUANTIZED, "T2: " QUANTIZED, "Toutput: " QINT32, "transpose_a: bool = false", "transpose_b: bool = false",
      "Tactivation: " QUANTIZED " = DT_QUINT8"}, .shape = shape_matmul },
    { .name = "QuantizedMaxPool", POOL, .shape = shape_max_pool },
    { .name = "QuantizedMul", PAIR("x", "y"), .out = {"z: Toutput", "min_z: float", "max_z: float"},
      .attr = {"T1: " QUANTIZED, "T2: " QUANTIZED, "Toutput: " QINT32}, .shape = shape_mul, .flags = TFG_OP_COMMUTATIVE },
    { .name = "QuantizedRelu", .in = {"features: Tinput", "min_features: float", "max_features: float"}, RELU },
    { .name = "QuantizedRelu6", .in = {"features: Tinput", "min_features: float", "max_features: float"}, RELU },
    { .name = "QuantizedReluX", .in = {"features: Tinput", "max_value: float", "min_features: float", "max_features: float"}, RELU },
    { .name = "QuantizedReshape", .in = {"tensor: T", "shape: Tshape", "input_min: float", "input_max: float"},
      .out = {"output: T", "output_min: float", "output_max: float"}, .attr = {"T: type", "Tshape: " INDEX " = DT_INT32"},
      .shape = shape_reshape },
    { .name = "QuantizedResizeBilinear", .in = {"images: T", "size: int32", "min: float", "max: float"},
      .out = {"resized_images: T", "out_min: float", "out_max: float"}, .attr = {"T: {quint8, qint32, float}", "align_corners: bool = false"},
      .shape = shape_resize },
};
const int tfg_n_ops_quantized = sizeof tfg_ops_quantized / sizeof *tfg_ops_quantized;
