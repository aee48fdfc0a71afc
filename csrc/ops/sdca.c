/* Stochastic dual coordinate ascent for linear models. */
#include "ops/common.h"

/* The state of the examples, and one change for each matrix of weights. */
static int shape_optimizer(TfgShapeCall *c, TfgStatus *s)
{
    const int64_t sparse = tfg_attrs_int(c->attrs, "num_sparse_features"), valued = tfg_attrs_int(c->attrs, "num_sparse_features_with_values");
    const int64_t dense = tfg_attrs_int(c->attrs, "num_dense_features");
    const int first = (int)(3 * sparse + valued + dense) + 2;       /* of the weights: behind features, example weights, labels and indices */
    (void)s;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){-1, 4});
    for (int i = 1; i < c->n_out; i++)
        tfg_shape_copy(&c->out[i], &c->in[first + i - 1]);
    return 0;
}

static int shape_fprint(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape in;
    if (tfg_want_rank(&c->in[0], 1, &in, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){in.dims[0], 2});
    return 0;
}

const TfgOpRow tfg_ops_sdca[] = {
    { .name = "SdcaFprint", .in = {"input: string"}, .out = {"output: int64"}, .shape = shape_fprint },
    { .name = "SdcaOptimizer",
      .in = {"sparse_example_indices: num_sparse_features * int64", "sparse_feature_indices: num_sparse_features * int64",
             "sparse_feature_values: num_sparse_features_with_values * float", "dense_features: num_dense_features * float",
             "example_weights: float", "example_labels: float", "sparse_indices: num_sparse_features * int64",
             "sparse_weights: num_sparse_features * float", "dense_weights: num_dense_features * float", "example_state_data: float"},
      .out = {"out_example_state_data: float", "out_delta_sparse_weights: num_sparse_features * float",
              "out_delta_dense_weights: num_dense_features * float"},
      .attr = {"loss_type: {'logistic_loss', 'squared_loss', 'hinge_loss', 'smooth_hinge_loss', 'poisson_loss'}", "adaptative: bool = false",
               "num_sparse_features: int >= 0", "num_sparse_features_with_values: int >= 0", "num_dense_features: int >= 0", "l1: float", "l2: float",
               "num_loss_partitions: int >= 1", "num_inner_iterations: int >= 1"}, .shape = shape_optimizer },
    { .name = "SdcaShrinkL1", .in = {"weights: Ref(num_features * float)"}, .attr = {"num_features: int >= 0", "l1: float", "l2: float"},
      .shape = tfg_shape_unknown },
};
const int tfg_n_ops_sdca = sizeof tfg_ops_sdca / sizeof *tfg_ops_sdca;
