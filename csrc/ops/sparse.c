/* Sparse tensors: signatures and shapes. */
#include "ops/common.h"

static int shape_dense_add(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[3]);
    return 0;
}

static int shape_add(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    int64_t unknown = -1;
    if (tfg_want_rank(&c->in[2], 1, &shape, s) < 0)
        return -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){unknown, shape.dims[0]});
    tfg_shape_set(&c->out[1], 1, &unknown);
    tfg_shape_copy(&c->out[2], &shape);
    return 0;
}

static int shape_add_grad(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape indices;
    for (int i = 0; i < 2; i++) {
        if (tfg_want_rank(&c->in[i + 1], 2, &indices, s) < 0)
            return -1;
        tfg_shape_set(&c->out[i], 1, &indices.dims[0]);
    }
    return 0;
}


/* Ranks of inputs from `first` on, a digit each; '-' for any. */
static int want_ranks(const TfgShapeCall *c, int first, const char *ranks, TfgStatus *s)
{
    for (int i = 0; ranks[i]; i++)
        if (ranks[i] != '-' && tfg_want_rank(&c->in[first + i], ranks[i] - '0', NULL, s) < 0)
            return -1;
    return 0;
}

static void set_vector(TfgShape *out, int64_t n) { tfg_shape_set(out, 1, &n); }
static void set_matrix(TfgShape *out, int64_t rows, int64_t columns) { tfg_shape_set(out, 2, (int64_t[]){rows, columns}); }

/* Indices, values and shape of a sparse tensor of which only the rank is known, or -1. */
static void set_sparse(TfgShape *out, int64_t rank)
{
    set_matrix(&out[0], -1, rank);
    set_vector(&out[1], -1);
    set_vector(&out[2], rank);
}

static int64_t count_of(const TfgShape *shape)
{
    int64_t n = tfg_shape_count(shape);
    return n < 0 ? -1 : n;
}

static int shape_reorder(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211", s) < 0)
        return -1;
    tfg_want_rank(&c->in[0], 2, &c->out[0], s);
    return tfg_want_rank(&c->in[1], 1, &c->out[1], s);
}

static int shape_reshape(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211", s) < 0)
        return -1;
    set_matrix(&c->out[0], tfg_dim(&c->in[0], 0), tfg_dim(&c->in[2], 0));
    return tfg_want_rank(&c->in[2], 1, &c->out[1], s);
}

static int shape_concat(TfgShapeCall *c, TfgStatus *s)
{
    int n = c->n_in / 3;
    int64_t rows = 0, columns = -1;
    TfgShape shape;
    tfg_shape_set_unknown(&shape);
    for (int i = 0; i < n; i++) {
        int64_t here;
        TfgShape part, merged;
        if (tfg_want_rank(&c->in[i], 2, NULL, s) < 0 || tfg_want_rank(&c->in[i + n], 1, NULL, s) < 0
            || tfg_want_rank(&c->in[i + 2 * n], 1, &part, s) < 0
            || tfg_merge_dim(tfg_dim(&c->in[i], 0), tfg_dim(&c->in[i + n], 0), &here, s) < 0)
            return -1;
        rows = tfg_add_dim(rows, here);
        if (tfg_merge_dim(columns, tfg_dim(&c->in[i], 1), &columns, s) < 0 || tfg_merge_shape(&shape, &part, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&shape, &merged);
    }
    set_matrix(&c->out[0], rows, columns);
    set_vector(&c->out[1], rows);
    tfg_shape_copy(&c->out[2], &shape);
    return 0;
}

/* Parts have as many dimensions as the whole, and nothing else is known of them. */
static int shape_parts(TfgShapeCall *c, int shape_at, int n)
{
    const TfgShape *shape = &c->in[shape_at];
    for (int i = 0; i < n; i++) {
        set_matrix(&c->out[i], -1, count_of(shape));
        set_vector(&c->out[i + n], -1);
        tfg_shape_copy(&c->out[i + 2 * n], shape);
    }
    return 0;
}

static int shape_split(TfgShapeCall *c, TfgStatus *s) { (void)s; return shape_parts(c, 3, c->n_out / 3); }
static int shape_slice(TfgShapeCall *c, TfgStatus *s) { (void)s; return shape_parts(c, 2, 1); }

static int shape_slice_grad(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 1, "2", s) < 0)
        return -1;
    set_vector(&c->out[0], tfg_dim(&c->in[1], 0));
    return 0;
}

static int shape_fill_empty_rows(TfgShapeCall *c, TfgStatus *s)
{
    int64_t n, rank;
    TfgShape shape;
    if (want_ranks(c, 0, "2110", s) < 0 || tfg_merge_dim(tfg_dim(&c->in[0], 0), tfg_dim(&c->in[1], 0), &n, s) < 0
        || tfg_merge_dim(tfg_dim(&c->in[0], 1), tfg_dim(&c->in[2], 0), &rank, s) < 0 || c->constant_shape(c, 2, &shape, s) < 0)
        return -1;
    if (shape.rank == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shape must not be empty");
    set_matrix(&c->out[0], -1, rank);
    set_vector(&c->out[1], -1);
    set_vector(&c->out[2], shape.rank > 0 ? shape.dims[0] : -1);
    set_vector(&c->out[3], n);
    return 0;
}

static int shape_fill_empty_rows_grad(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "11", s) < 0)
        return -1;
    tfg_shape_set_scalar(&c->out[1]);
    return tfg_want_rank(&c->in[0], 1, &c->out[0], s);
}

static int shape_min_max(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211211", s) < 0)
        return -1;
    set_matrix(&c->out[0], -1, -1);
    set_vector(&c->out[1], -1);
    return 0;
}

static int shape_cwise(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "2", s) < 0)
        return -1;
    set_vector(&c->out[0], tfg_dim(&c->in[0], 0));
    return 0;
}

static int shape_softmax(TfgShapeCall *c, TfgStatus *s)
{
    return want_ranks(c, 0, "211", s) < 0 ? -1 : tfg_want_rank(&c->in[1], 1, &c->out[0], s);
}

static int shape_to_dense(TfgShapeCall *c, TfgStatus *s) { return c->constant_shape(c, 1, &c->out[0], s); }

static int shape_dense_mat_mul(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape known, a, b;
    int64_t inner;
    bool adjoint_a = tfg_attrs_bool(c->attrs, "adjoint_a"), adjoint_b = tfg_attrs_bool(c->attrs, "adjoint_b");
    if (want_ranks(c, 0, "21", s) < 0 || c->constant_shape(c, 2, &known, s) < 0 || tfg_want_rank(&known, 2, &a, s) < 0
        || tfg_want_rank(&c->in[3], 2, &b, s) < 0 || tfg_merge_dim(a.dims[adjoint_a ? 0 : 1], b.dims[adjoint_b ? 1 : 0], &inner, s) < 0)
        return -1;
    set_matrix(&c->out[0], a.dims[adjoint_a ? 1 : 0], b.dims[adjoint_b ? 0 : 1]);
    return 0;
}

static int shape_mat_mul(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b;
    int64_t inner;
    bool transpose_a = tfg_attrs_bool(c->attrs, "transpose_a"), transpose_b = tfg_attrs_bool(c->attrs, "transpose_b");
    if (tfg_want_rank(&c->in[0], 2, &a, s) < 0 || tfg_want_rank(&c->in[1], 2, &b, s) < 0
        || tfg_merge_dim(a.dims[transpose_a ? 0 : 1], b.dims[transpose_b ? 1 : 0], &inner, s) < 0)
        return -1;
    set_matrix(&c->out[0], a.dims[transpose_a ? 1 : 0], b.dims[transpose_b ? 0 : 1]);
    return 0;
}

static int shape_cross(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    set_sparse(c->out, 2);
    return 0;
}

/* ---- Out of the graph: serialised, or kept in a map ------------------------------------------------------------------------------- */

static int shape_serialize(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211", s) < 0)
        return -1;
    set_vector(&c->out[0], 3);
    return 0;
}

static int shape_serialize_many(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211", s) < 0)
        return -1;
    set_matrix(&c->out[0], -1, 3);
    return 0;
}

static int shape_deserialize(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_least(&c->in[0], 1, s) < 0 || tfg_want_dim(tfg_dim(&c->in[0], -1), 3, s) < 0)
        return -1;
    set_sparse(c->out, -1);
    return 0;
}

static int shape_deserialize_many(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "2", s) < 0 || tfg_want_dim(tfg_dim(&c->in[0], 1), 3, s) < 0)
        return -1;
    set_sparse(c->out, -1);
    return 0;
}

static int shape_add_to_map(TfgShapeCall *c, TfgStatus *s)
{
    return want_ranks(c, 0, "211", s) < 0 ? -1 : tfg_shape_scalar(c, s);
}

static int shape_add_many_to_map(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "211", s) < 0)
        return -1;
    set_vector(&c->out[0], -1);
    return 0;
}

static int shape_take_from_map(TfgShapeCall *c, TfgStatus *s)
{
    if (want_ranks(c, 0, "1", s) < 0)
        return -1;
    set_sparse(c->out, -1);
    return 0;
}

#define MAP_NAMES "container: string = ''", "shared_name: string = ''"
#define INDICES_OUT "output_indices: int64"
#define SPARSE_OUT {INDICES_OUT, "output_values: T", "output_shape: int64"}
#define TWO_SPARSE {"a_indices: int64", "a_values: T", "a_shape: int64", "b_indices: int64", "b_values: T", "b_shape: int64"}
#define TO_REDUCE {"input_indices: int64", "input_values: T", "input_shape: int64", "reduction_axes: int32"}
#define WITH_DENSE {"sp_indices: int64", "sp_values: T", "sp_shape: int64", "dense: T"}
#define SPARSE_IN {"sparse_indices: int64", "sparse_values: T", "sparse_shape: int64"}

const TfgOpRow tfg_ops_sparse[] = {
    { .name = "AddManySparseToTensorsMap", .in = SPARSE_IN, .out = {"sparse_handles: int64"}, .attr = {"T: type", MAP_NAMES},
      .shape = shape_add_many_to_map, .flags = TFG_OP_STATEFUL },
    { .name = "AddSparseToTensorsMap", .in = SPARSE_IN, .out = {"sparse_handle: int64"}, .attr = {"T: type", MAP_NAMES},
      .shape = shape_add_to_map, .flags = TFG_OP_STATEFUL },
    { .name = "DeserializeManySparse", .in = {"serialized_sparse: string"}, .out = {"sparse_indices: int64", "sparse_values: dtype",
      "sparse_shape: int64"}, .attr = {"dtype: type"}, .shape = shape_deserialize_many },
    { .name = "DeserializeSparse", .in = {"serialized_sparse: Tserialized"}, .out = {"sparse_indices: int64", "sparse_values: dtype",
      "sparse_shape: int64"}, .attr = {"dtype: type", "Tserialized: {string, variant} = DT_STRING"}, .shape = shape_deserialize },
    { .name = "SerializeManySparse", .in = SPARSE_IN, .out = {"serialized_sparse: out_type"},
      .attr = {"T: type", "out_type: {string, variant} = DT_STRING"}, .shape = shape_serialize_many },
    { .name = "SerializeSparse", .in = SPARSE_IN, .out = {"serialized_sparse: out_type"},
      .attr = {"T: type", "out_type: {string, variant} = DT_STRING"}, .shape = shape_serialize },
    { .name = "SparseAdd", .in = {"a_indices: int64", "a_values: T", "a_shape: int64", "b_indices: int64", "b_values: T", "b_shape: int64",
      "thresh: Treal"}, .out = {"sum_indices: int64", "sum_values: T", "sum_shape: int64"}, .attr = {"T: " NUMBERS, "Treal: " REALS},
      .shape = shape_add },
    { .name = "SparseAddGrad", .in = {"backprop_val_grad: T", "a_indices: int64", "b_indices: int64", "sum_indices: int64"},
      .out = {"a_val_grad: T", "b_val_grad: T"}, .attr = {"T: " NUMBERS}, .shape = shape_add_grad },
    { .name = "SparseConcat", .in = {"indices: N * int64", "values: N * T", "shapes: N * int64"}, .out = SPARSE_OUT,
      .attr = {"concat_dim: int", "N: int >= 2", "T: type"}, .shape = shape_concat },
    { .name = "SparseCross", .in = {"indices: N * int64", "values: sparse_types", "shapes: N * int64", "dense_inputs: dense_types"},
      .out = {INDICES_OUT, "output_values: out_type", "output_shape: int64"},
      .attr = {"N: int >= 0", "hashed_output: bool", "num_buckets: int >= 0", "hash_key: int", "sparse_types: list({int64, string}) >= 0",
      "dense_types: list({int64, string}) >= 0", "out_type: {int64, string}", "internal_type: {int64, string}"}, .shape = shape_cross },
    { .name = "SparseDenseCwiseAdd", .in = WITH_DENSE, .out = {"output: T"}, .attr = {"T: " NUMBERS}, .shape = shape_cwise },
    { .name = "SparseDenseCwiseDiv", .in = WITH_DENSE, .out = {"output: T"}, .attr = {"T: " NUMBERS}, .shape = shape_cwise },
    { .name = "SparseDenseCwiseMul", .in = WITH_DENSE, .out = {"output: T"}, .attr = {"T: " NUMBERS}, .shape = shape_cwise },
    { .name = "SparseFillEmptyRows", .in = {"indices: int64", "values: T", "dense_shape: int64", "default_value: T"},
      .out = {INDICES_OUT, "output_values: T", "empty_row_indicator: bool", "reverse_index_map: int64"}, .attr = {"T: type"},
      .shape = shape_fill_empty_rows },
    { .name = "SparseFillEmptyRowsGrad", .in = {"reverse_index_map: int64", "grad_values: T"}, .out = {"d_values: T", "d_default_value: T"},
      .attr = {"T: type"}, .shape = shape_fill_empty_rows_grad },
    { .name = "SparseMatMul", .in = {"a: Ta", "b: Tb"}, .out = {"product: float"}, .attr = {"transpose_a: bool = false",
      "transpose_b: bool = false", "a_is_sparse: bool = false", "b_is_sparse: bool = false", "Ta: {float, bfloat16} = DT_FLOAT",
      "Tb: {float, bfloat16} = DT_FLOAT"}, .shape = shape_mat_mul },
    { .name = "SparseReduceMax", .in = TO_REDUCE, .out = {"output: T"}, .attr = {"keep_dims: bool = false", "T: " REALS},
      .shape = tfg_shape_unknown },
    { .name = "SparseReduceMaxSparse", .in = TO_REDUCE, .out = SPARSE_OUT, .attr = {"keep_dims: bool = false", "T: " REALS},
      .shape = tfg_shape_unknown },
    { .name = "SparseReduceSum", .in = TO_REDUCE, .out = {"output: T"}, .attr = {"keep_dims: bool = false", "T: " NUMBERS},
      .shape = tfg_shape_unknown },
    { .name = "SparseReduceSumSparse", .in = TO_REDUCE, .out = SPARSE_OUT, .attr = {"keep_dims: bool = false", "T: " NUMBERS},
      .shape = tfg_shape_unknown },
    { .name = "SparseReorder", .in = {"input_indices: int64", "input_values: T", "input_shape: int64"},
      .out = {INDICES_OUT, "output_values: T"}, .attr = {"T: type"}, .shape = shape_reorder },
    { .name = "SparseReshape", .in = {"input_indices: int64", "input_shape: int64", "new_shape: int64"},
      .out = {INDICES_OUT, "output_shape: int64"}, .shape = shape_reshape },
    { .name = "SparseSlice", .in = {"indices: int64", "values: T", "shape: int64", "start: int64", "size: int64"}, .out = SPARSE_OUT,
      .attr = {"T: type"}, .shape = shape_slice },
    { .name = "SparseSliceGrad", .in = {"backprop_val_grad: T", "input_indices: int64", "input_start: int64", "output_indices: int64"},
      .out = {"val_grad: T"}, .attr = {"T: " NUMBERS}, .shape = shape_slice_grad },
    { .name = "SparseSoftmax", .in = {"sp_indices: int64", "sp_values: T", "sp_shape: int64"}, .out = {"output: T"},
      .attr = {"T: {float, double}"}, .shape = shape_softmax },
    { .name = "SparseSparseMaximum", .in = TWO_SPARSE, .out = {INDICES_OUT, "output_values: T"}, .attr = {"T: " REALS},
      .shape = shape_min_max },
    { .name = "SparseSparseMinimum", .in = TWO_SPARSE, .out = {INDICES_OUT, "output_values: T"}, .attr = {"T: " NUMBERS},
      .shape = shape_min_max },
    { .name = "SparseSplit", .in = {"split_dim: int64", "indices: int64", "values: T", "shape: int64"},
      .out = {"output_indices: num_split * int64", "output_values: num_split * T", "output_shape: num_split * int64"},
      .attr = {"num_split: int >= 1", "T: type"}, .shape = shape_split },
    { .name = "SparseTensorDenseAdd", .in = {"a_indices: Tindices", "a_values: T", "a_shape: Tindices", "b: T"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX}, .shape = shape_dense_add },
    { .name = "SparseTensorDenseMatMul", .in = {"a_indices: Tindices", "a_values: T", "a_shape: int64", "b: T"}, .out = {"product: T"},
      .attr = {"T: type", "Tindices: " INDEX " = DT_INT64", "adjoint_a: bool = false", "adjoint_b: bool = false"},
      .shape = shape_dense_mat_mul },
    { .name = "SparseToDense", .in = {"sparse_indices: Tindices", "output_shape: Tindices", "sparse_values: T", "default_value: T"},
      .out = {"dense: T"}, .attr = {"validate_indices: bool = true", "T: type", "Tindices: " INDEX}, .shape = shape_to_dense },
    { .name = "TakeManySparseFromTensorsMap", .in = {"sparse_handles: int64"}, .out = {"sparse_indices: int64", "sparse_values: dtype",
      "sparse_shape: int64"}, .attr = {"dtype: type", MAP_NAMES}, .shape = shape_take_from_map, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_sparse = sizeof tfg_ops_sparse / sizeof *tfg_ops_sparse;
