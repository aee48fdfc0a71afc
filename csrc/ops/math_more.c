/* Mathematics that is rarer, or came after 1.12: signatures and shapes. */
#include "ops/common.h"

static int shape_dense_bincount(TfgShapeCall *c, TfgStatus *s)
{
    int64_t size;
    if (tfg_want_rank_at_most(&c->in[0], 2, s) < 0 || tfg_want_rank(&c->in[1], 0, NULL, s) < 0 || tfg_scalar_dim(c, 1, &size, s) < 0)
        return -1;
    if (c->in[0].rank < 0)
        return 0;
    tfg_shape_set_rank(&c->out[0], c->in[0].rank == 2 ? 2 : 1);
    if (c->in[0].rank == 2)
        c->out[0].dims[0] = c->in[0].dims[0];
    c->out[0].dims[c->out[0].rank - 1] = size;
    return 0;
}

static int shape_cumulative(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank_at_least(&c->in[0], 1, s) < 0 ? -1 : tfg_shape_unchanged(c, s);
}

static int shape_segment_sum_grad(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    TfgShape indices, merged, rest;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_rank(&c->in[1], 1, &indices, s) < 0 ||
        tfg_merge_shape(&c->in[2], &indices, &merged, s) < 0 || tfg_scalar_dim(c, 3, &n, s) < 0)
        return -1;
    if (c->in[0].rank < 0)
        return 0;
    tfg_sub_shape(&c->in[0], 1, TFG_TO_END, &rest);
    tfg_join_shapes(NULL, &n, &rest, &c->out[0]);
    return 0;
}

#define PAIR .in = {"x: T", "y: T"}, .out = {"z: T"}
#define ONE .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged
const TfgOpRow tfg_ops_math_more[] = {
    { .name = "BesselI0e", ONE },
    { .name = "BesselI1e", ONE },
    { .name = "CumulativeLogsumexp", .in = {"x: T", "axis: Tidx"}, .out = {"out: T"}, .attr = {"exclusive: bool = false",
      "reverse: bool = false", "T: " FLOATS_B, "Tidx: " INDEX " = DT_INT32"}, .shape = shape_cumulative },
    { .name = "DenseBincount", .in = {"input: Tidx", "size: Tidx", "weights: T"}, .out = {"output: T"}, .attr = {"Tidx: " INDEX,
      "T: {int32, int64, float, double}", "binary_output: bool = false"}, .shape = shape_dense_bincount },
    { .name = "Erfinv", ONE },
    { .name = "MulNoNan", PAIR, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_broadcast },
    { .name = "Ndtri", ONE },
    { .name = "NextAfter", .in = {"x1: T", "x2: T"}, .out = {"output: T"}, .attr = {"T: {double, float} = DT_FLOAT"},
      .shape = tfg_shape_broadcast },
    { .name = "SparseSegmentSumGrad", .in = {"grad: T", "indices: Tidx", "segment_ids: Tsegmentids", "output_dim0: int32"},
      .out = {"output: T"}, .attr = {"T: " FLOATS_B, "Tidx: " INDEX " = DT_INT32", "Tsegmentids: " INDEX " = DT_INT32"},
      .shape = shape_segment_sum_grad },
    { .name = "Xdivy", PAIR, .attr = {"T: {half, float, double, complex64, complex128}"}, .shape = tfg_shape_broadcast },
    { .name = "Xlog1py", PAIR, .attr = {"T: {half, bfloat16, float, double, complex64, complex128}"}, .shape = tfg_shape_broadcast },
    { .name = "Xlogy", PAIR, .attr = {"T: {half, float, double, complex64, complex128}"}, .shape = tfg_shape_broadcast },
};
const int tfg_n_ops_math_more = sizeof tfg_ops_math_more / sizeof *tfg_ops_math_more;
