/* Reductions, products of matrices, segments and ranges: signatures and shapes. */
#include <math.h>

#include "ops/common.h"

static int shape_arg_extreme(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *in = &c->in[0];
    if (tfg_want_scalar(c, 1, s) < 0)
        return -1;
    if (in->rank < 0)
        return 0;
    if (in->rank <= 1) {
        tfg_shape_set_scalar(&c->out[0]);
        return 0;
    }
    const TfgTensor *t = c->constant(c, 1);
    if (!t) {
        tfg_shape_set_rank(&c->out[0], in->rank - 1);
        return 0;
    }
    int64_t value = tfg_tensor_int(t, 0), axis = value < 0 ? value + in->rank : value;
    if (axis < 0 || axis >= in->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension (%lld) must be in the range [%d, %d), where %d is the number of dimensions "
                        "in the input.", (long long)value, -in->rank, (int)in->rank, (int)in->rank);
    TfgShape before, after;
    tfg_sub_shape(in, 0, (int)axis, &before);
    tfg_sub_shape(in, (int)axis + 1, in->rank, &after);
    tfg_join_shapes(&before, NULL, &after, &c->out[0]);
    return 0;
}

int tfg_shape_matmul(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b;
    int64_t inner;
    if (tfg_want_rank(&c->in[0], 2, &a, s) < 0 || tfg_want_rank(&c->in[1], 2, &b, s) < 0)
        return -1;
    bool ta = tfg_attrs_bool(c->attrs, "transpose_a"), tb = tfg_attrs_bool(c->attrs, "transpose_b");
    if (tfg_merge_dim(a.dims[ta ? 0 : 1], b.dims[tb ? 1 : 0], &inner, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){a.dims[ta ? 1 : 0], b.dims[tb ? 0 : 1]});
    return 0;
}

static int batch_matmul(TfgShapeCall *c, bool broadcasts, TfgStatus *s)
{
    const TfgShape *a = &c->in[0], *b = &c->in[1];
    if (tfg_want_rank_at_least(a, 2, s) < 0 || tfg_want_rank_at_least(b, 2, s) < 0)
        return -1;
    bool adj_x = tfg_attrs_bool(c->attrs, "adj_x"), adj_y = tfg_attrs_bool(c->attrs, "adj_y");
    TfgShape batch_a, batch_b, batch, matrix;
    int64_t inner;
    tfg_sub_shape(a, 0, -2, &batch_a);
    tfg_sub_shape(b, 0, -2, &batch_b);
    if (broadcasts) {
        if (tfg_merge_dim(tfg_dim(a, adj_x ? -2 : -1), tfg_dim(b, adj_y ? -1 : -2), &inner, s) < 0 ||
            tfg_broadcast_shape(&batch_a, &batch_b, &batch, s) < 0)
            return -1;
    } else if (tfg_merge_shape(&batch_a, &batch_b, &batch, s) < 0 ||
               tfg_merge_dim(tfg_dim(a, adj_x ? -2 : -1), tfg_dim(b, adj_y ? -1 : -2), &inner, s) < 0) {
        return -1;
    }
    tfg_shape_set(&matrix, 2, (int64_t[]){tfg_dim(a, adj_x ? -1 : -2), tfg_dim(b, adj_y ? -2 : -1)});
    tfg_join_shapes(&batch, NULL, &matrix, &c->out[0]);
    return 0;
}

static int shape_batch_matmul(TfgShapeCall *c, TfgStatus *s) { return batch_matmul(c, false, s); }
static int shape_batch_matmul_v2(TfgShapeCall *c, TfgStatus *s) { return batch_matmul(c, true, s); }

static int shape_vector_of_unknown_length(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set_rank(&c->out[0], 1);
    return 0;
}

static int shape_histogram(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank(&c->in[1], 1, NULL, s) < 0 || tfg_want_dim(tfg_dim(&c->in[1], 0), 2, s) < 0 || tfg_want_scalar(c, 2, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    const TfgTensor *nbins = c->constant(c, 2);
    if (!nbins)
        return 0;
    int64_t n = tfg_tensor_int(nbins, 0);
    if (n <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires nbins > 0: %lld", (long long)n);
    c->out[0].dims[0] = n;
    return 0;
}

static int shape_cross(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 0; i < 2; i++)
        if (tfg_want_rank_at_least(&c->in[i], 1, s) < 0)
            return -1;
    if (tfg_merge_shape(&c->in[0], &c->in[1], &c->out[0], s) < 0)
        return -1;
    return c->out[0].rank > 0 ? tfg_want_dim(tfg_dim(&c->out[0], -1), 3, s) : 0;
}

static int want_named_scalars(TfgShapeCall *c, const char *const *names, TfgStatus *s)
{
    for (int i = 0; names[i]; i++)
        if (tfg_want_scalar(c, i, s) < 0)
            return tfg_status_append(s, "\n\t for '%s'", names[i]);
    return 0;
}

static int shape_lin_space(TfgShapeCall *c, TfgStatus *s)
{
    static const char *const names[] = {"start", "stop", "num", NULL};
    if (want_named_scalars(c, names, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    const TfgTensor *num = c->constant(c, 2);
    if (!num)
        return 0;
    int64_t n = tfg_tensor_int(num, 0);
    if (n <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires num > 0: %lld", (long long)n);
    c->out[0].dims[0] = n;
    return 0;
}

static int check_range(double start, double limit, double delta, bool whole, TfgStatus *s)
{
    const char *which = start > limit && delta > 0 ? "start <= limit when delta > 0" :
                        start < limit && delta < 0 ? "start >= limit when delta < 0" : NULL;
    if (which && whole)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires %s: %lld/%lld", which, (long long)start, (long long)limit);
    if (which)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires %s: %g/%g", which, start, limit);
    return delta == 0 ? tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires delta != 0") : 0;
}

static int shape_range(TfgShapeCall *c, TfgStatus *s)
{
    static const char *const names[] = {"start", "limit", "delta", NULL};
    if (want_named_scalars(c, names, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    const TfgTensor *t[3];
    for (int i = 0; i < 3; i++)
        if (!(t[i] = c->constant(c, i)))
            return 0;
    if (t[0]->dtype == TFG_INT32 || t[0]->dtype == TFG_INT64) {
        int64_t start = tfg_tensor_int(t[0], 0), limit = tfg_tensor_int(t[1], 0), delta = tfg_tensor_int(t[2], 0);
        if (check_range((double)start, (double)limit, (double)delta, true, s) < 0)
            return -1;
        uint64_t span = start > limit ? (uint64_t)start - (uint64_t)limit : (uint64_t)limit - (uint64_t)start;
        uint64_t step = delta < 0 ? 0 - (uint64_t)delta : (uint64_t)delta;
        c->out[0].dims[0] = (int64_t)(span / step + (span % step != 0));
        return 0;
    }
    double start = tfg_tensor_double(t[0], 0), limit = tfg_tensor_double(t[1], 0), delta = tfg_tensor_double(t[2], 0);
    if (check_range(start, limit, delta, false, s) < 0)
        return -1;
    double n = ceil(fabs((limit - start) / delta));
    if (n < 9.2e18)
        c->out[0].dims[0] = (int64_t)n;
    return 0;
}

/* [n] + the dims of input 0 behind the first. */
static int rows_of_data(TfgShapeCall *c, int64_t n, TfgStatus *s)
{
    TfgShape rest;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0)
        return -1;
    tfg_sub_shape(&c->in[0], 1, TFG_TO_END, &rest);
    tfg_join_shapes(NULL, &n, &rest, &c->out[0]);
    return 0;
}

static int shape_segment(TfgShapeCall *c, TfgStatus *s)
{
    return rows_of_data(c, -1, s) < 0 ? -1 : tfg_want_rank(&c->in[1], 1, NULL, s);
}

static int want_indices_and_segments(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape indices, segments, merged;
    if (tfg_want_rank(&c->in[1], 1, &indices, s) < 0 || tfg_want_rank(&c->in[2], 1, &segments, s) < 0)
        return -1;
    return tfg_merge_shape(&indices, &segments, &merged, s);
}

static int shape_sparse_segment(TfgShapeCall *c, TfgStatus *s)
{
    return rows_of_data(c, -1, s) < 0 ? -1 : want_indices_and_segments(c, s);
}

static int shape_sparse_segment_grad(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    TfgShape indices, merged;
    if (rows_of_data(c, -1, s) < 0 || tfg_want_rank(&c->in[1], 1, &indices, s) < 0 ||
        tfg_merge_shape(&c->in[2], &indices, &merged, s) < 0 || tfg_scalar_dim(c, 3, &n, s) < 0)
        return -1;
    return rows_of_data(c, n, s);
}

static int shape_sparse_segment_count(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    TfgShape indices, merged;
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_rank(&c->in[1], 1, &indices, s) < 0
        || tfg_want_rank(&c->in[2], 1, NULL, s) < 0 || tfg_want_scalar(c, 3, s) < 0 || tfg_merge_shape(&c->in[2], &indices, &merged, s) < 0
        || tfg_scalar_count(c, 3, "num_segments", &n, s) < 0)
        return -1;
    return rows_of_data(c, n, s);
}

static int shape_unsorted_segment(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n;
    TfgShape data, rest;
    if (tfg_want_scalar(c, 2, s) < 0 || tfg_scalar_dim(c, 2, &n, s) < 0)
        return -1;
    if (c->in[1].rank < 0)
        return 0;
    tfg_shape_copy(&data, &c->in[0]);
    if (tfg_merge_prefix(&data, &c->in[1], s) < 0)
        return -1;
    tfg_sub_shape(&data, c->in[1].rank, TFG_TO_END, &rest);
    tfg_join_shapes(NULL, &n, &rest, &c->out[0]);
    return 0;
}

const TfgOpRow tfg_ops_math_reduce[] = {
    { .name = "All", .in = {"input: bool", "reduction_indices: Tidx"}, .out = {"output: bool"}, .attr = {"keep_dims: bool = false",
      "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "Any", .in = {"input: bool", "reduction_indices: Tidx"}, .out = {"output: bool"}, .attr = {"keep_dims: bool = false",
      "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "ArgMax", .in = {"input: T", "dimension: Tidx"}, .out = {"output: output_type"}, .attr = {"T: " NUMBERS,
      "Tidx: " INDEX " = DT_INT32", "output_type: " INDEX " = DT_INT64"}, .shape = shape_arg_extreme },
    { .name = "ArgMin", .in = {"input: T", "dimension: Tidx"}, .out = {"output: output_type"}, .attr = {"T: " NUMBERS,
      "Tidx: " INDEX " = DT_INT32", "output_type: " INDEX " = DT_INT64"}, .shape = shape_arg_extreme },
    { .name = "BatchMatMul", .in = {"x: T", "y: T"}, .out = {"output: T"},
      .attr = {"T: {bfloat16, half, float, double, int32, complex64, complex128}", "adj_x: bool = false", "adj_y: bool = false"},
      .shape = shape_batch_matmul },
    { .name = "BatchMatMulV2", .in = {"x: T", "y: T"}, .out = {"output: T"},
      .attr = {"T: {bfloat16, half, float, double, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128}",
      "adj_x: bool = false", "adj_y: bool = false", "grad_x: bool = false", "grad_y: bool = false"},
      .shape = shape_batch_matmul_v2 },
    { .name = "BatchMatMulV3", .in = {"x: Ta", "y: Tb"}, .out = {"output: Tout"},
      .attr = {"Ta: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}",
      "Tb: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}",
      "Tout: {bfloat16, half, float, double, int16, int32, int64, complex64, complex128}",
      "adj_x: bool = false", "adj_y: bool = false", "grad_x: bool = false", "grad_y: bool = false"},
      .shape = shape_batch_matmul_v2 },
    { .name = "Bincount", .in = {"arr: int32", "size: int32", "weights: T"}, .out = {"bins: T"},
      .attr = {"T: {int32, int64, float, double}"}, .shape = shape_vector_of_unknown_length },
    { .name = "Cross", .in = {"a: T", "b: T"}, .out = {"product: T"}, .attr = {"T: " REALS}, .shape = shape_cross },
    { .name = "Cumprod", .in = {"x: T", "axis: Tidx"}, .out = {"out: T"}, .attr = {"exclusive: bool = false",
      "reverse: bool = false", "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_unchanged },
    { .name = "Cumsum", .in = {"x: T", "axis: Tidx"}, .out = {"out: T"}, .attr = {"exclusive: bool = false",
      "reverse: bool = false", "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_unchanged },
    { .name = "EuclideanNorm", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "HistogramFixedWidth", .in = {"values: T", "value_range: T", "nbins: int32"}, .out = {"out: dtype"},
      .attr = {"T: {int32, int64, float, double}", "dtype: " INDEX " = DT_INT32"}, .shape = shape_histogram },
    { .name = "LinSpace", .in = {"start: T", "stop: T", "num: Tidx"}, .out = {"output: T"}, .attr = {"T: {bfloat16, float, double}",
      "Tidx: " INDEX " = DT_INT32"}, .shape = shape_lin_space },
    { .name = "MatMul", .in = {"a: T", "b: T"}, .out = {"product: T"}, .attr = {"transpose_a: bool = false",
      "transpose_b: bool = false", "T: {bfloat16, half, float, double, int32, complex64, complex128}"}, .shape = tfg_shape_matmul },
    { .name = "Max", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "Mean", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "Min", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "Prod", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "Range", .in = {"start: Tidx", "limit: Tidx", "delta: Tidx"}, .out = {"output: Tidx"},
      .attr = {"Tidx: {bfloat16, float, double, int32, int64} = DT_INT32"}, .shape = shape_range },
    { .name = "SegmentMax", .in = {"data: T", "segment_ids: Tindices"}, .out = {"output: T"}, .attr = {"T: " REALS,
      "Tindices: " INDEX}, .shape = shape_segment },
    { .name = "SegmentMean", .in = {"data: T", "segment_ids: Tindices"}, .out = {"output: T"}, .attr = {"T: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_segment },
    { .name = "SegmentMin", .in = {"data: T", "segment_ids: Tindices"}, .out = {"output: T"}, .attr = {"T: " REALS,
      "Tindices: " INDEX}, .shape = shape_segment },
    { .name = "SegmentProd", .in = {"data: T", "segment_ids: Tindices"}, .out = {"output: T"}, .attr = {"T: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_segment },
    { .name = "SegmentSum", .in = {"data: T", "segment_ids: Tindices"}, .out = {"output: T"}, .attr = {"T: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_segment },
    { .name = "SparseSegmentMean", .in = {"data: T", "indices: Tidx", "segment_ids: int32"}, .out = {"output: T"},
      .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32"}, .shape = shape_sparse_segment },
    { .name = "SparseSegmentMeanGrad", .in = {"grad: T", "indices: Tidx", "segment_ids: int32", "output_dim0: int32"},
      .out = {"output: T"}, .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32"}, .shape = shape_sparse_segment_grad },
    { .name = "SparseSegmentMeanWithNumSegments", .in = {"data: T", "indices: Tidx", "segment_ids: int32", "num_segments: Tnumsegments"},
      .out = {"output: T"}, .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32", "Tnumsegments: " INDEX " = DT_INT32"},
      .shape = shape_sparse_segment_count },
    { .name = "SparseSegmentSqrtN", .in = {"data: T", "indices: Tidx", "segment_ids: int32"}, .out = {"output: T"},
      .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32"}, .shape = shape_sparse_segment },
    { .name = "SparseSegmentSqrtNGrad", .in = {"grad: T", "indices: Tidx", "segment_ids: int32", "output_dim0: int32"},
      .out = {"output: T"}, .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32"}, .shape = shape_sparse_segment_grad },
    { .name = "SparseSegmentSqrtNWithNumSegments", .in = {"data: T", "indices: Tidx", "segment_ids: int32", "num_segments: Tnumsegments"},
      .out = {"output: T"}, .attr = {"T: {float, double}", "Tidx: " INDEX " = DT_INT32", "Tnumsegments: " INDEX " = DT_INT32"},
      .shape = shape_sparse_segment_count },
    { .name = "SparseSegmentSum", .in = {"data: T", "indices: Tidx", "segment_ids: int32"}, .out = {"output: T"},
      .attr = {"T: " REALS, "Tidx: " INDEX " = DT_INT32"}, .shape = shape_sparse_segment },
    { .name = "SparseSegmentSumWithNumSegments", .in = {"data: T", "indices: Tidx", "segment_ids: int32", "num_segments: Tnumsegments"},
      .out = {"output: T"}, .attr = {"T: " REALS, "Tidx: " INDEX " = DT_INT32", "Tnumsegments: " INDEX " = DT_INT32"},
      .shape = shape_sparse_segment_count },
    { .name = "Sum", .in = {"input: T", "reduction_indices: Tidx"}, .out = {"output: T"}, .attr = {"keep_dims: bool = false",
      "T: " NUMBERS, "Tidx: " INDEX " = DT_INT32"}, .shape = tfg_shape_reduce },
    { .name = "UnsortedSegmentMax", .in = {"data: T", "segment_ids: Tindices", "num_segments: Tnumsegments"}, .out = {"output: T"},
      .attr = {"T: " REALS, "Tindices: " INDEX, "Tnumsegments: " INDEX " = DT_INT32"}, .shape = shape_unsorted_segment },
    { .name = "UnsortedSegmentMin", .in = {"data: T", "segment_ids: Tindices", "num_segments: Tnumsegments"}, .out = {"output: T"},
      .attr = {"T: " REALS, "Tindices: " INDEX, "Tnumsegments: " INDEX " = DT_INT32"}, .shape = shape_unsorted_segment },
    { .name = "UnsortedSegmentProd", .in = {"data: T", "segment_ids: Tindices", "num_segments: Tnumsegments"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "Tnumsegments: " INDEX " = DT_INT32"}, .shape = shape_unsorted_segment },
    { .name = "UnsortedSegmentSum", .in = {"data: T", "segment_ids: Tindices", "num_segments: Tnumsegments"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "Tnumsegments: " INDEX " = DT_INT32"}, .shape = shape_unsorted_segment },
};
const int tfg_n_ops_math_reduce = sizeof tfg_ops_math_reduce / sizeof *tfg_ops_math_reduce;
