/* Quantisation: numbers that are integers times a scale, simulated in floating point or held as such. */
#include "ops/common.h"

#define QUANTIZED "{qint8, quint8, qint32, qint16, quint16}"
#define MODE "mode: {'MIN_COMBINED', 'MIN_FIRST', 'SCALED'} = 'MIN_COMBINED'"
#define RANGE "num_bits: int = 8", "narrow_range: bool = false"

static int shape_one_range(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 1; i < c->n_in; i++)
        if (tfg_want_rank(&c->in[i], 0, NULL, s) < 0)
            return -1;
    for (int i = 1; i < c->n_out; i++)
        tfg_shape_set_scalar(&c->out[i]);
    return tfg_shape_unchanged(c, s);
}

static int shape_range_only(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 1; i < c->n_in; i++)
        if (tfg_want_rank(&c->in[i], 0, NULL, s) < 0)
            return -1;
    return tfg_shape_scalar(c, s);
}

/* Gradients: what came back has the inputs' shape. */
static int shape_args_grad(TfgShapeCall *c, TfgStatus *s) { return tfg_merge_shape(&c->in[0], &c->in[1], &c->out[0], s); }

static int shape_vars_grad(TfgShapeCall *c, TfgStatus *s)
{
    if (shape_args_grad(c, s) < 0 || tfg_want_rank(&c->in[2], 0, NULL, s) < 0 || tfg_want_rank(&c->in[3], 0, NULL, s) < 0)
        return -1;
    tfg_shape_set_scalar(&c->out[1]);
    tfg_shape_set_scalar(&c->out[2]);
    return 0;
}

/* Channels of the input and of both ends of the range; -1 where none is known. */
static int merge_channels(const TfgShape *input, const TfgShape *low, const TfgShape *high, int64_t *n, TfgStatus *s)
{
    *n = input->rank < 0 ? -1 : tfg_dim(input, -1);
    if (tfg_want_rank(low, 1, NULL, s) < 0 || tfg_merge_dim(*n, tfg_dim(low, 0), n, s) < 0 || tfg_want_rank(high, 1, NULL, s) < 0)
        return -1;
    return tfg_merge_dim(*n, tfg_dim(high, 0), n, s);
}

static int shape_channels(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || merge_channels(&c->in[0], &c->in[1], &c->in[2], &n, s) < 0)
        return -1;
    return tfg_shape_unchanged(c, s);
}

static int shape_channels_grad(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    TfgShape merged;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_merge_shape(&c->in[0], &c->in[1], &merged, s) < 0
        || merge_channels(&merged, &c->in[2], &c->in[3], &n, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &merged);
    tfg_shape_set(&c->out[1], 1, &n);
    tfg_shape_set(&c->out[2], 1, &n);
    return 0;
}

const TfgOpRow tfg_ops_quantize[] = {
    { .name = "Dequantize", .in = {"input: T", "min_range: float", "max_range: float"}, .out = {"output: float"},
      .attr = {"T: " QUANTIZED, MODE}, .shape = shape_one_range },
    { .name = "FakeQuantWithMinMaxArgs", .in = {"inputs: float"}, .out = {"outputs: float"}, .attr = {"min: float = -6.0",
      "max: float = 6.0", RANGE}, .shape = tfg_shape_unchanged },
    { .name = "FakeQuantWithMinMaxArgsGradient", .in = {"gradients: float", "inputs: float"}, .out = {"backprops: float"},
      .attr = {"min: float = -6.0", "max: float = 6.0", RANGE}, .shape = tfg_shape_unchanged },
    { .name = "FakeQuantWithMinMaxVars", .in = {"inputs: float", "min: float", "max: float"}, .out = {"outputs: float"}, .attr = {RANGE},
      .shape = shape_one_range },
    { .name = "FakeQuantWithMinMaxVarsGradient", .in = {"gradients: float", "inputs: float", "min: float", "max: float"},
      .out = {"backprops_wrt_input: float", "backprop_wrt_min: float", "backprop_wrt_max: float"}, .attr = {RANGE},
      .shape = shape_vars_grad },
    { .name = "FakeQuantWithMinMaxVarsPerChannel", .in = {"inputs: float", "min: float", "max: float"}, .out = {"outputs: float"},
      .attr = {RANGE}, .shape = shape_channels },
    { .name = "FakeQuantWithMinMaxVarsPerChannelGradient", .in = {"gradients: float", "inputs: float", "min: float", "max: float"},
      .out = {"backprops_wrt_input: float", "backprop_wrt_min: float", "backprop_wrt_max: float"}, .attr = {RANGE},
      .shape = shape_channels_grad },
    { .name = "QuantizeAndDequantize", .in = {"input: T"}, .out = {"output: T"}, .attr = {"signed_input: bool = true", "num_bits: int = 8",
      "range_given: bool = false", "input_min: float = 0.0", "input_max: float = 0.0", "T: " FLOATS_B}, .shape = tfg_shape_unchanged,
      .deprecated_since = 22, .deprecation = "Replaced by QuantizeAndDequantizeV2" },
    { .name = "QuantizeAndDequantizeV2", .in = {"input: T", "input_min: T", "input_max: T"}, .out = {"output: T"},
      .attr = {"signed_input: bool = true", "num_bits: int = 8", "range_given: bool = false", "T: " FLOATS_B}, .shape = shape_one_range },
    { .name = "QuantizeAndDequantizeV3", .in = {"input: T", "input_min: T", "input_max: T", "num_bits: int32"}, .out = {"output: T"},
      .attr = {"signed_input: bool = true", "range_given: bool = true", "T: " FLOATS_B}, .shape = shape_one_range },
    { .name = "QuantizeDownAndShrinkRange", .in = {"input: Tinput", "input_min: float", "input_max: float"},
      .out = {"output: out_type", "output_min: float", "output_max: float"}, .attr = {"Tinput: " QUANTIZED, "out_type: " QUANTIZED},
      .shape = shape_one_range },
    { .name = "QuantizeV2", .in = {"input: float", "min_range: float", "max_range: float"}, .out = {"output: T", "output_min: float",
      "output_max: float"}, .attr = {"T: " QUANTIZED, MODE,
      "round_mode: {'HALF_AWAY_FROM_ZERO', 'HALF_TO_EVEN'} = 'HALF_AWAY_FROM_ZERO'"}, .shape = shape_one_range },
    { .name = "Requantize", .in = {"input: Tinput", "input_min: float", "input_max: float", "requested_output_min: float",
      "requested_output_max: float"}, .out = {"output: out_type", "output_min: float", "output_max: float"},
      .attr = {"Tinput: " QUANTIZED, "out_type: " QUANTIZED}, .shape = shape_one_range },
    { .name = "RequantizationRange", .in = {"input: Tinput", "input_min: float", "input_max: float"}, .out = {"output_min: float",
      "output_max: float"}, .attr = {"Tinput: " QUANTIZED}, .shape = shape_range_only },
};
const int tfg_n_ops_quantize = sizeof tfg_ops_quantize / sizeof *tfg_ops_quantize;
