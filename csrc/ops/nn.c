/* Activations, biases, losses and rankings: signatures and shapes. */
#include "ops/common.h"

int tfg_shape_bias_add(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    bool nchw = tfg_attrs_string_is(c->attrs, "data_format", "NCHW");
    TfgShape bias;
    if (tfg_want_rank_at_least(in, nchw ? 3 : 2, s) < 0 || tfg_want_rank(&c->in[1], 1, &bias, s) < 0)
        return -1;
    if (in->rank < 0)
        return 0;
    int at = in->rank - (nchw ? 3 : 1);
    int64_t merged;
    if (tfg_merge_dim(in->dims[at], bias.dims[0], &merged, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], in);
    c->out[0].dims[at] = merged;
    return 0;
}

static int shape_bias_add_grad(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    bool nchw = tfg_attrs_string_is(c->attrs, "data_format", "NCHW");
    if (tfg_want_rank_at_least(in, nchw ? 4 : 2, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){tfg_dim(in, nchw ? -3 : -1)});
    return 0;
}

/* A vector as long as the batch that input 0 (a matrix) and input 1 (a vector) share. */
static int batch_of_both(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b;
    int64_t n;
    if (tfg_want_rank(&c->in[0], 2, &a, s) < 0 || tfg_want_rank(&c->in[1], 1, &b, s) < 0 ||
        tfg_merge_dim(a.dims[0], b.dims[0], &n, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &n);
    return 0;
}

static int shape_in_top_k(TfgShapeCall *c, TfgStatus *s) { return batch_of_both(c, s); }

static int shape_softmax(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank_at_least(&c->in[0], 1, s) < 0 ? -1 : tfg_shape_unchanged(c, s);
}

static int shape_nth_element(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n, last;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_scalar_dim(c, 1, &n, s) < 0)
        return -1;
    last = tfg_dim(&c->in[0], -1);
    if (n >= 0 && last >= 0 && last <= n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must have last dimension > n = %lld but is %lld", (long long)n, (long long)last);
    tfg_sub_shape(&c->in[0], 0, -1, &c->out[0]);
    return 0;
}

/* Logits and labels agree, or broadcast to a matrix. */
static int shape_softmax_xent(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape logits, both;
    TfgStatus ignored = TFG_STATUS_INIT;
    bool same = tfg_want_rank(&c->in[0], 2, &logits, &ignored) == 0 && tfg_merge_shape(&logits, &c->in[1], &both, &ignored) == 0;
    tfg_status_fini(&ignored);
    if (!same) {
        if (tfg_broadcast_shape(&c->in[0], &c->in[1], &both, s) < 0)
            return -1;
        if (both.rank < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be broadcasted with rank 2, but is rank is unknown.");
        if (both.rank != 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be broadcasted with rank 2, but is rank %d", (int)both.rank);
    }
    tfg_shape_set(&c->out[0], 1, &both.dims[0]);
    tfg_shape_copy(&c->out[1], &both);
    return 0;
}

static int shape_sparse_softmax_xent(TfgShapeCall *c, TfgStatus *s)
{
    if (batch_of_both(c, s) < 0 || tfg_want_rank(&c->in[0], 2, &c->out[1], s) < 0)
        return -1;
    c->out[1].dims[0] = c->out[0].dims[0];
    return 0;
}

static int shape_top_k(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    int64_t k, last;
    TfgShape batch;
    if (tfg_want_rank_at_least(in, 1, s) < 0)
        return -1;
    if (c->n_in < 2)
        k = tfg_attrs_int(c->attrs, "k");
    else if (tfg_scalar_dim(c, 1, &k, s) < 0)
        return -1;
    last = tfg_dim(in, -1);
    if (last >= 0 && k >= 0 && last < k)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must have last dimension >= k = %lld but is %lld", (long long)k, (long long)last);
    tfg_sub_shape(in, 0, -1, &batch);
    tfg_join_shapes(&batch, &k, NULL, &c->out[0]);
    tfg_shape_copy(&c->out[1], &c->out[0]);
    return 0;
}

const TfgOpRow tfg_ops_nn[] = {
    { .name = "BiasAdd", .in = {"value: T", "bias: T"}, .out = {"output: T"}, .attr = {"T: " NUMBERS,
      "data_format: {'NHWC', 'NCHW'} = 'NHWC'"}, .shape = tfg_shape_bias_add },
    { .name = "BiasAddGrad", .in = {"out_backprop: T"}, .out = {"output: T"}, .attr = {"T: " NUMBERS,
      "data_format: {'NHWC', 'NCHW'} = 'NHWC'"}, .shape = shape_bias_add_grad },
    { .name = "BiasAddV1", .in = {"value: T", "bias: T"}, .out = {"output: T"}, .attr = {"T: " NUMBERS}, .shape = tfg_shape_bias_add },
    { .name = "Elu", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"T: " FLOATS}, .shape = tfg_shape_unchanged },
    { .name = "EluGrad", .in = {"gradients: T", "outputs: T"}, .out = {"backprops: T"}, .attr = {"T: " FLOATS},
      .shape = tfg_shape_merge_both },
    { .name = "InTopK", .in = {"predictions: float", "targets: T"}, .out = {"precision: bool"}, .attr = {"k: int",
      "T: " INDEX " = DT_INT32"}, .shape = shape_in_top_k },
    { .name = "InTopKV2", .in = {"predictions: float", "targets: T", "k: T"}, .out = {"precision: bool"},
      .attr = {"T: " INDEX " = DT_INT32"}, .shape = shape_in_top_k },
    { .name = "L2Loss", .in = {"t: T"}, .out = {"output: T"}, .attr = {"T: " FLOATS}, .shape = tfg_shape_scalar },
    { .name = "LogSoftmax", .in = {"logits: T"}, .out = {"logsoftmax: T"}, .attr = {"T: " FLOATS}, .shape = shape_softmax },
    { .name = "NthElement", .in = {"input: T", "n: int32"}, .out = {"values: T"}, .attr = {"reverse: bool = false", "T: " REALS},
      .shape = shape_nth_element },
    { .name = "Relu", .in = {"features: T"}, .out = {"activations: T"},
      .attr = {"T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64, qint8}"},
      .shape = tfg_shape_unchanged },
    { .name = "Relu6", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"T: " REALS}, .shape = tfg_shape_unchanged },
    { .name = "Relu6Grad", .in = {"gradients: T", "features: T"}, .out = {"backprops: T"}, .attr = {"T: " REALS},
      .shape = tfg_shape_merge_both },
    { .name = "ReluGrad", .in = {"gradients: T", "features: T"}, .out = {"backprops: T"}, .attr = {"T: " REALS},
      .shape = tfg_shape_merge_both },
    { .name = "Selu", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"T: " FLOATS}, .shape = tfg_shape_unchanged },
    { .name = "SeluGrad", .in = {"gradients: T", "outputs: T"}, .out = {"backprops: T"}, .attr = {"T: " FLOATS},
      .shape = tfg_shape_merge_both },
    { .name = "Softmax", .in = {"logits: T"}, .out = {"softmax: T"}, .attr = {"T: " FLOATS}, .shape = shape_softmax },
    { .name = "SoftmaxCrossEntropyWithLogits", .in = {"features: T", "labels: T"}, .out = {"loss: T", "backprop: T"},
      .attr = {"T: " FLOATS}, .shape = shape_softmax_xent },
    { .name = "Softplus", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"T: " FLOATS}, .shape = tfg_shape_unchanged },
    { .name = "SoftplusGrad", .in = {"gradients: T", "features: T"}, .out = {"backprops: T"}, .attr = {"T: " FLOATS},
      .shape = tfg_shape_merge_both },
    { .name = "Softsign", .in = {"features: T"}, .out = {"activations: T"}, .attr = {"T: " FLOATS}, .shape = tfg_shape_unchanged },
    { .name = "SoftsignGrad", .in = {"gradients: T", "features: T"}, .out = {"backprops: T"}, .attr = {"T: " FLOATS},
      .shape = tfg_shape_merge_both },
    { .name = "SparseSoftmaxCrossEntropyWithLogits", .in = {"features: T", "labels: Tlabels"}, .out = {"loss: T", "backprop: T"},
      .attr = {"T: " FLOATS, "Tlabels: " INDEX " = DT_INT64"}, .shape = shape_sparse_softmax_xent },
    { .name = "TopK", .in = {"input: T"}, .out = {"values: T", "indices: int32"}, .attr = {"k: int >= 0", "sorted: bool = true",
      "T: " REALS}, .shape = shape_top_k, .deprecated_since = 7, .deprecation = "Use TopKV2 instead" },
    { .name = "TopKV2", .in = {"input: T", "k: int32"}, .out = {"values: T", "indices: int32"}, .attr = {"sorted: bool = true",
      "T: " REALS}, .shape = shape_top_k },
};
const int tfg_n_ops_nn = sizeof tfg_ops_nn / sizeof *tfg_ops_nn;
