/* Rows and places of tensors: rolled, written in place, counted into buckets, compared; distances between sequences. */
#include "ops/common.h"

static int shape_roll(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape both;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_rank_at_most(&c->in[1], 1, s) < 0 || tfg_want_rank_at_most(&c->in[2], 1, s) < 0 ||
        tfg_merge_shape(&c->in[1], &c->in[2], &both, s) < 0)
        return -1;
    return tfg_shape_unchanged(c, s);
}

static int shape_ensure(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    return tfg_merge_shape(&shape, &c->in[0], &c->out[0], s);
}

static int shape_bitpack(TfgShapeCall *c, TfgStatus *s)
{
    int64_t bytes;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_rank(&c->in[1], 0, NULL, s) < 0)
        return -1;
    if (c->in[0].rank < 0)
        return 0;
    if (tfg_divide_dim(tfg_dim(&c->in[0], -1), 8, true, &bytes, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &c->in[0]);
    c->out[0].dims[c->out[0].rank - 1] = bytes;
    return 0;
}

/* Known where both shapes are constants: the larger of each size but the last. */
static int shape_edit_distance(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_sparse(c->in, s) < 0 || tfg_want_sparse(c->in + 3, s) < 0)
        return -1;
    const TfgTensor *a = c->constant(c, 2), *b = c->constant(c, 5);
    if (!a || !b)
        return 0;
    if (a->count != b->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Num elements of hypothesis_shape does not match truth_shape: %lld vs. %lld",
                        (long long)a->count, (long long)b->count);
    if (a->count < 1 || a->count > TFG_MAX_RANK)
        return 0;
    tfg_shape_set_rank(&c->out[0], (int)a->count - 1);
    for (int d = 0; d < c->out[0].rank; d++) {
        int64_t x = tfg_tensor_int(a, d), y = tfg_tensor_int(b, d);
        c->out[0].dims[d] = x > y ? x : y;
    }
    return 0;
}

#define SEQUENCES {"hypothesis_indices: int64", "hypothesis_values: T", "hypothesis_shape: int64", "truth_indices: int64", "truth_values: T", \
                   "truth_shape: int64"}
const TfgOpRow tfg_ops_manip[] = {
    { .name = "Bucketize", .in = {"input: T"}, .out = {"output: int32"}, .attr = {"T: {int32, int64, float, double}",
      "boundaries: list(float)"}, .shape = tfg_shape_unchanged },
    { .name = "CompareAndBitpack", .in = {"input: T", "threshold: T"}, .out = {"output: uint8"},
      .attr = {"T: {bool, half, float, double, int8, int16, int32, int64}"}, .shape = shape_bitpack },
    { .name = "EditDistance", .in = SEQUENCES, .out = {"output: float"}, .attr = {"normalize: bool = true", "T: type"},
      .shape = shape_edit_distance },
    { .name = "Empty", .in = {"shape: int32"}, .out = {"output: dtype"}, .attr = {"dtype: type", "init: bool = false"},
      .shape = tfg_shape_from_input0, .flags = TFG_OP_STATEFUL },
    { .name = "EnsureShape", .in = {"input: T"}, .out = {"output: T"}, .attr = {"shape: shape", "T: type"}, .shape = shape_ensure },
    { .name = "InplaceAdd", .in = {"x: T", "i: int32", "v: T"}, .out = {"y: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "InplaceSub", .in = {"x: T", "i: int32", "v: T"}, .out = {"y: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "InplaceUpdate", .in = {"x: T", "i: int32", "v: T"}, .out = {"y: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "PopulationCount", .in = {"x: T"}, .out = {"y: uint8"}, .attr = {"T: " INTS}, .shape = tfg_shape_unchanged },
    { .name = "Roll", .in = {"input: T", "shift: Tshift", "axis: Taxis"}, .out = {"output: T"}, .attr = {"T: type", "Tshift: " INDEX,
      "Taxis: " INDEX}, .shape = shape_roll },
};
const int tfg_n_ops_manip = sizeof tfg_ops_manip / sizeof *tfg_ops_manip;
