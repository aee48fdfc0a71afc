/* Ragged tensors, as later versions have them: values, and for each ragged dimension the splits that tell where its rows begin. */
#include "graph/infer_ragged.h"
#include "ops/common.h"

static int shape_ragged_range(TfgShapeCall *c, TfgStatus *s)
{
    int64_t rows = -1;
    bool scalars = true;
    for (int i = 0; i < 3; i++)
        if (tfg_want_rank_at_most(&c->in[i], 1, s) < 0)
            return -1;
    for (int i = 0; i < 3; i++) {
        scalars = scalars && c->in[i].rank == 0;
        if (c->in[i].rank == 1 && tfg_merge_dim(c->in[i].dims[0], rows, &rows, s) < 0)
            return -1;
    }
    tfg_shape_set_rank(&c->out[0], 1);
    tfg_shape_set_rank(&c->out[1], 1);
    c->out[0].dims[0] = scalars ? 2 : tfg_add_dim(rows, 1);
    return 0;
}

static int want_vectors(const TfgShape *in, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (tfg_want_rank(&in[i], 1, NULL, s) < 0)
            return -1;
    return 0;
}

static int shape_ragged_gather(TfgShapeCall *c, TfgStatus *s)
{
    int n_in = c->n_in - 2, n_out = c->n_out - 1, rank = n_out - n_in + 1;
    const TfgShape *values = &c->in[n_in];
    TfgShape rows, inner;
    if (rank < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape must be rank %d but no tensor is: OUTPUT_RAGGED_RANK must be at least PARAMS_RAGGED_RANK - 1", rank);
    if (tfg_want_rank(&c->in[n_in + 1], rank, NULL, s) < 0 || want_vectors(c->in, n_in, s) < 0 || tfg_want_rank_at_least(values, 1, s) < 0)
        return -1;
    for (int i = 0; i < n_out; i++)
        tfg_shape_set_rank(&c->out[i], 1);
    if (values->rank < 0)
        return 0;
    tfg_shape_set_rank(&rows, 1);
    return tfg_sub_shape(values, 1, TFG_TO_END, &inner) < 0 ? -1 : tfg_concat_shape(&rows, &inner, &c->out[n_out]);
}

static int shape_ragged_to_sparse(TfgShapeCall *c, TfgStatus *s)
{
    int n = c->n_in - 1;
    const TfgShape *values = &c->in[n];
    int64_t count = values->rank < 0 ? -1 : 1;
    if (tfg_want_rank_at_least(values, 1, s) < 0 || want_vectors(c->in, n, s) < 0)
        return -1;
    for (int d = 0; d < values->rank; d++)
        count = tfg_multiply_dim(count, values->dims[d]);
    for (int i = 0; i < 3; i++)
        tfg_shape_set_rank(&c->out[i], i == 0 ? 2 : 1);
    c->out[0].dims[0] = c->out[1].dims[0] = count;
    c->out[0].dims[1] = c->out[2].dims[0] = values->rank < 0 ? -1 : values->rank + n;
    return 0;
}

static int shape_ragged_to_tensor(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    return c->constant_shape_or_any(c, 0, &shape, s) < 0 ? -1 : tfg_ragged_dense_shape(c->attrs, &shape, c->in, c->n_in, &c->out[0], s);
}

const TfgOpRow tfg_ops_ragged[] = {
    { .name = "RaggedGather", .in = {"params_nested_splits: PARAMS_RAGGED_RANK * Tsplits", "params_dense_values: Tvalues", "indices: Tindices"},
      .out = {"output_nested_splits: OUTPUT_RAGGED_RANK * Tsplits", "output_dense_values: Tvalues"}, .attr = {"Tvalues: type", "Tindices: " INDEX,
      "Tsplits: " INDEX " = DT_INT64", "PARAMS_RAGGED_RANK: int >= 1", "OUTPUT_RAGGED_RANK: int >= 0"}, .shape = shape_ragged_gather },
    { .name = "RaggedRange", .in = {"starts: T", "limits: T", "deltas: T"}, .out = {"rt_nested_splits: Tsplits", "rt_dense_values: T"},
      .attr = {"T: {bfloat16, float, double, int32, int64} = DT_INT32", "Tsplits: " INDEX " = DT_INT64"}, .shape = shape_ragged_range },
    { .name = "RaggedTensorToSparse", .in = {"rt_nested_splits: RAGGED_RANK * Tsplits", "rt_dense_values: T"}, .out = {"sparse_indices: int64",
      "sparse_values: T", "sparse_dense_shape: int64"}, .attr = {"RAGGED_RANK: int >= 1", "T: type", "Tsplits: " INDEX " = DT_INT64"},
      .shape = shape_ragged_to_sparse },
    { .name = "RaggedTensorToTensor", .in = {"shape: Tshape", "values: T", "default_value: T", "row_partition_tensors: num_row_partition_tensors * Tindex"},
      .out = {"result: T"}, .attr = {"T: type", "Tindex: {int64, int32}", "Tshape: {int64, int32}", "num_row_partition_tensors: int >= 1",
      "row_partition_types: list(string)"}, .shape = shape_ragged_to_tensor },
};
const int tfg_n_ops_ragged = sizeof tfg_ops_ragged / sizeof *tfg_ops_ragged;
