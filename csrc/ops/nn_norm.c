/* Normalisation: signatures and shapes. */
#include "ops/window.h"

#define FORMAT "data_format: {'NHWC', 'NCHW'} = 'NHWC'"
#define FORMATS_V3 "data_format: {'NHWC', 'NCHW', 'NDHWC', 'NCDHW'} = 'NHWC'"
#define T_HALVES "T: {half, bfloat16, float}"

/* Of x: its rank, and 5 where the format says so. */
static int format_rank(const TfgShapeCall *c)
{
    return tfg_attrs_string(c->attrs, "data_format").n == 5 ? 5 : 4;
}

/* Inputs [first, end) are vectors as long as there are channels. */
static int merge_vectors(TfgShapeCall *c, int first, int end, int64_t *channels, TfgStatus *s)
{
    for (int i = first; i < end; i++) {
        TfgShape vector;
        if (tfg_want_rank(&c->in[i], 1, &vector, s) < 0 || tfg_merge_dim(*channels, vector.dims[0], channels, s) < 0)
            return -1;
    }
    return 0;
}

static int shape_fused(TfgShapeCall *c, TfgStatus *s)
{
    int rank = format_rank(c);
    TfgFormat f = tfg_format(c, rank);
    TfgShape x;
    if (tfg_want_rank(&c->in[0], rank, &x, s) < 0)
        return -1;
    int64_t channels = x.dims[f.channel];
    if (merge_vectors(c, 1, tfg_attrs_bool(c->attrs, "is_training") ? 3 : 5, &channels, s) < 0)
        return -1;
    x.dims[f.channel] = channels;
    tfg_shape_copy(&c->out[0], &x);
    for (int i = 1; i < 5; i++)
        tfg_shape_set(&c->out[i], 1, &channels);
    return 0;
}

static int shape_fused_grad(TfgShapeCall *c, TfgStatus *s)
{
    int rank = format_rank(c);
    TfgFormat f = tfg_format(c, rank);
    TfgShape dy, x;
    int64_t channels;
    if (tfg_want_rank(&c->in[0], rank, &dy, s) < 0 || tfg_want_rank(&c->in[1], rank, &x, s) < 0 ||
        tfg_merge_dim(dy.dims[f.channel], x.dims[f.channel], &channels, s) < 0 || merge_vectors(c, 2, 5, &channels, s) < 0)
        return -1;
    dy.dims[f.channel] = channels;
    tfg_shape_copy(&c->out[0], &dy);
    bool training = tfg_attrs_bool(c->attrs, "is_training");
    for (int i = 1; i < 5; i++)
        tfg_shape_set(&c->out[i], 1, i > 2 && training ? (int64_t[]){0} : &channels);
    return 0;
}

static int shape_lrn(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 4, &c->out[0], s); }

static int shape_lrn_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b;
    return tfg_want_rank(&c->in[0], 4, &a, s) < 0 || tfg_merge_shape(&a, &c->in[1], &b, s) < 0 ||
           tfg_merge_shape(&b, &c->in[2], &c->out[0], s) < 0 ? -1 : 0;
}

/* The last dim of t agrees with every vector; dims of it where t is known. */
static int global_channels(TfgShapeCall *c, const TfgShape *t, int n_vectors, int64_t *channels, TfgStatus *s)
{
    *channels = t->dims[3];
    return merge_vectors(c, 1, 1 + n_vectors, channels, s);
}

static int shape_global(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape t;
    int64_t channels;
    if (tfg_want_rank(&c->in[0], 4, &t, s) < 0 || global_channels(c, &t, 4, &channels, s) < 0)
        return -1;
    t.dims[3] = channels;
    tfg_shape_copy(&c->out[0], &t);
    return 0;
}

static int shape_global_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape t, both;
    int64_t channels;
    if (tfg_want_rank(&c->in[0], 4, &t, s) < 0 || tfg_merge_shape(&t, &c->in[4], &both, s) < 0 || global_channels(c, &both, 3, &channels, s) < 0)
        return -1;
    both.dims[3] = channels;
    tfg_shape_copy(&c->out[0], &both);
    for (int i = 1; i < 5; i++)
        tfg_shape_set(&c->out[i], 1, &channels);
    return 0;
}

#define REMOVED .deprecated_since = 9, .deprecation = "Use tf.nn.batch_normalization()"

const TfgOpRow tfg_ops_nn_norm[] = {
    { .name = "BatchNormWithGlobalNormalization", .in = {"t: T", "m: T", "v: T", "beta: T", "gamma: T"}, .out = {"result: T"},
      .attr = {"T: " NUMBERS, "variance_epsilon: float", "scale_after_normalization: bool"}, .shape = shape_global, REMOVED },
    { .name = "BatchNormWithGlobalNormalizationGrad", .in = {"t: T", "m: T", "v: T", "gamma: T", "backprop: T"},
      .out = {"dx: T", "dm: T", "dv: T", "db: T", "dg: T"}, .attr = {"T: " NUMBERS, "variance_epsilon: float", "scale_after_normalization: bool"},
      .shape = shape_global_grad, REMOVED },
    { .name = "FusedBatchNorm", .in = {"x: T", "scale: T", "offset: T", "mean: T", "variance: T"},
      .out = {"y: T", "batch_mean: T", "batch_variance: T", "reserve_space_1: T", "reserve_space_2: T"},
      .attr = {"T: {float}", "epsilon: float = 0.0001", FORMAT, "is_training: bool = true"}, .shape = shape_fused },
    { .name = "FusedBatchNormGrad", .in = {"y_backprop: T", "x: T", "scale: T", "reserve_space_1: T", "reserve_space_2: T"},
      .out = {"x_backprop: T", "scale_backprop: T", "offset_backprop: T", "reserve_space_3: T", "reserve_space_4: T"},
      .attr = {"T: {float}", "epsilon: float = 0.0001", FORMAT, "is_training: bool = true"}, .shape = shape_fused_grad },
    { .name = "FusedBatchNormGradV2", .in = {"y_backprop: T", "x: T", "scale: float", "reserve_space_1: U", "reserve_space_2: U"},
      .out = {"x_backprop: T", "scale_backprop: U", "offset_backprop: U", "reserve_space_3: U", "reserve_space_4: U"},
      .attr = {T_HALVES, "U: {float}", "epsilon: float = 0.0001", FORMAT, "is_training: bool = true"}, .shape = shape_fused_grad },
    { .name = "FusedBatchNormGradV3", .in = {"y_backprop: T", "x: T", "scale: float", "reserve_space_1: U", "reserve_space_2: U",
      "reserve_space_3: U"}, .out = {"x_backprop: T", "scale_backprop: U", "offset_backprop: U", "reserve_space_4: U", "reserve_space_5: U"},
      .attr = {T_HALVES, "U: {float}", "epsilon: float = 0.0001", FORMATS_V3, "is_training: bool = true"}, .shape = shape_fused_grad },
    { .name = "FusedBatchNormV2", .in = {"x: T", "scale: U", "offset: U", "mean: U", "variance: U"},
      .out = {"y: T", "batch_mean: U", "batch_variance: U", "reserve_space_1: U", "reserve_space_2: U"},
      .attr = {T_HALVES, "U: {float}", "epsilon: float = 0.0001", FORMAT, "is_training: bool = true"}, .shape = shape_fused },
    { .name = "FusedBatchNormV3", .in = {"x: T", "scale: U", "offset: U", "mean: U", "variance: U"},
      .out = {"y: T", "batch_mean: U", "batch_variance: U", "reserve_space_1: U", "reserve_space_2: U", "reserve_space_3: U"},
      .attr = {T_HALVES, "U: {bfloat16, float}", "epsilon: float = 0.0001", "exponential_avg_factor: float = 1.0", FORMATS_V3,
      "is_training: bool = true"}, .shape = shape_fused },
    { .name = "LRN", .in = {"input: T"}, .out = {"output: T"}, .attr = {"depth_radius: int = 5", "bias: float = 1.0", "alpha: float = 1.0",
      "beta: float = 0.5", T_HALVES " = DT_FLOAT"}, .shape = shape_lrn },
    { .name = "LRNGrad", .in = {"input_grads: T", "input_image: T", "output_image: T"}, .out = {"output: T"}, .attr = {"depth_radius: int = 5",
      "bias: float = 1.0", "alpha: float = 1.0", "beta: float = 0.5", T_HALVES " = DT_FLOAT"}, .shape = shape_lrn_grad },
    { .name = "LeakyRelu", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"alpha: float = 0.2", "T: " FLOATS " = DT_FLOAT"},
      .shape = tfg_shape_unchanged },
    { .name = "LeakyReluGrad", .in = {"gradients: T", "features: T"}, .out = {"backprops: T"}, .attr = {"alpha: float = 0.2",
      "T: " FLOATS " = DT_FLOAT"}, .shape = tfg_shape_merge_both },
};
const int tfg_n_ops_nn_norm = sizeof tfg_ops_nn_norm / sizeof *tfg_ops_nn_norm;
