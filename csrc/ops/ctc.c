/* Connectionist temporal classification: signatures and shapes. */
#include "ops/common.h"

/* inputs [time, batch, classes] and sequence_length [batch] -> the batch size. */
static int batch_of(TfgShapeCall *c, int lengths, TfgShape *inputs, int64_t *batch, TfgStatus *s)
{
    TfgShape length;
    if (tfg_want_rank(&c->in[0], 3, inputs, s) < 0 || tfg_want_rank(&c->in[lengths], 1, &length, s) < 0)
        return -1;
    return tfg_merge_dim(inputs->dims[1], length.dims[0], batch, s);
}

static int shape_loss(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape inputs, indices, values, length;
    int64_t batch, unused;
    if (tfg_want_rank(&c->in[0], 3, &inputs, s) < 0 || tfg_want_rank(&c->in[1], 2, &indices, s) < 0 ||
        tfg_want_rank(&c->in[2], 1, &values, s) < 0 || tfg_want_rank(&c->in[3], 1, &length, s) < 0 ||
        tfg_merge_dim(indices.dims[0], values.dims[0], &unused, s) < 0 || tfg_merge_dim(inputs.dims[1], length.dims[0], &batch, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 1, &batch);
    tfg_shape_copy(&c->out[1], &inputs);
    c->out[1].dims[1] = batch;
    return 0;
}

static void set_decoded(TfgShapeCall *c, int paths)
{
    int64_t pair = 2, two[2] = {-1, 2}, one = -1;
    for (int i = 0; i < paths; i++) {
        tfg_shape_set(&c->out[i], 2, two);
        tfg_shape_set(&c->out[paths + i], 1, &one);
        tfg_shape_set(&c->out[2 * paths + i], 1, &pair);
    }
}

static int shape_greedy(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape inputs;
    int64_t batch;
    if (batch_of(c, 1, &inputs, &batch, s) < 0)
        return -1;
    set_decoded(c, 1);
    tfg_shape_set(&c->out[3], 2, (int64_t[]){batch, 1});
    return 0;
}

static int shape_beam_search(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape inputs;
    int64_t batch, paths = tfg_attrs_int(c->attrs, "top_paths");
    if (batch_of(c, 1, &inputs, &batch, s) < 0)
        return -1;
    set_decoded(c, (c->n_out - 1) / 3);
    tfg_shape_set(&c->out[c->n_out - 1], 2, (int64_t[]){batch, paths});
    return 0;
}

const TfgOpRow tfg_ops_ctc[] = {
    { .name = "CTCBeamSearchDecoder", .in = {"inputs: float", "sequence_length: int32"}, .out = {"decoded_indices: top_paths * int64",
      "decoded_values: top_paths * int64", "decoded_shape: top_paths * int64", "log_probability: float"}, .attr = {"beam_width: int >= 1",
      "top_paths: int >= 1", "merge_repeated: bool = true"}, .shape = shape_beam_search },
    { .name = "CTCGreedyDecoder", .in = {"inputs: float", "sequence_length: int32"}, .out = {"decoded_indices: int64", "decoded_values: int64",
      "decoded_shape: int64", "log_probability: float"}, .attr = {"merge_repeated: bool = false"}, .shape = shape_greedy },
    { .name = "CTCLoss", .in = {"inputs: float", "labels_indices: int64", "labels_values: int32", "sequence_length: int32"}, .out = {"loss: float",
      "gradient: float"}, .attr = {"preprocess_collapse_repeated: bool = false", "ctc_merge_repeated: bool = true",
      "ignore_longer_outputs_than_inputs: bool = false"}, .shape = shape_loss },
};
const int tfg_n_ops_ctc = sizeof tfg_ops_ctc / sizeof *tfg_ops_ctc;
