/* Sets in the last dimension of tensors: signatures and shapes. */
#include "ops/common.h"

static void set_result(TfgShapeCall *c, int64_t rank)
{
    int64_t unknown = -1;
    tfg_shape_set(&c->out[0], 2, (int64_t[]){unknown, rank});
    tfg_shape_set(&c->out[1], 1, &unknown);
    tfg_shape_set(&c->out[2], 1, &rank);
}

static int shape_dense(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape a, b, merged;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0)
        return -1;
    if (c->in[0].rank < 0) {
        if (tfg_want_rank_at_least(&c->in[1], 2, s) < 0)
            return -1;
        set_result(c, c->in[1].rank < 0 ? -1 : c->in[1].rank);
        return 0;
    }
    if (tfg_want_rank(&c->in[1], c->in[0].rank, NULL, s) < 0)
        return -1;
    if (c->in[1].rank >= 0) {
        tfg_sub_shape(&c->in[0], 0, c->in[0].rank - 1, &a);
        tfg_sub_shape(&c->in[1], 0, c->in[1].rank - 1, &b);
        if (tfg_merge_shape(&a, &b, &merged, s) < 0)
            return -1;
    }
    set_result(c, c->in[0].rank);
    return 0;
}

/* The rank that a sparse operand's shape tells. */
static int64_t rank_of(const TfgShape *shape) { return tfg_dim(shape, 0); }

static int shape_dense_sparse(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_sparse(c->in + 1, s) < 0)
        return -1;
    int64_t rank = rank_of(&c->in[3]);
    if (rank >= 0) {
        if (rank < 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input rank (%lld) must be >= 2.", (long long)rank);
        if (tfg_want_rank(&c->in[0], (int)(rank < TFG_MAX_RANK ? rank : TFG_MAX_RANK), NULL, s) < 0)
            return -1;
    } else {
        if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0)
            return -1;
        rank = c->in[0].rank < 0 ? -1 : c->in[0].rank;
    }
    set_result(c, rank);
    return 0;
}

static int shape_sparse(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_sparse(c->in, s) < 0 || tfg_want_sparse(c->in + 3, s) < 0)
        return -1;
    int64_t a = rank_of(&c->in[2]), b = rank_of(&c->in[5]), rank = a >= 0 ? a : b;
    if (rank >= 0 && rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input rank (%lld) must be >= 2.", (long long)rank);
    if (a >= 0 && b >= 0 && a != b)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ranks do not match: input 0 %lld, input 1 %lld.", (long long)a, (long long)b);
    set_result(c, rank);
    return 0;
}

#define ATTRS {"set_operation: string", "validate_indices: bool = true", "T: " TYPES}
#define TYPES "{int8, int16, int32, int64, uint8, uint16, string}"
#define RESULT {"result_indices: int64", "result_values: T", "result_shape: int64"}
const TfgOpRow tfg_ops_set[] = {
    { .name = "DenseToDenseSetOperation", .in = {"set1: T", "set2: T"}, .out = RESULT, .attr = ATTRS, .shape = shape_dense },
    { .name = "DenseToSparseSetOperation", .in = {"set1: T", "set2_indices: int64", "set2_values: T", "set2_shape: int64"}, .out = RESULT,
      .attr = ATTRS, .shape = shape_dense_sparse },
    { .name = "SetSize", .in = {"set_indices: int64", "set_values: T", "set_shape: int64"}, .out = {"size: int32"},
      .attr = {"validate_indices: bool = true", "T: " TYPES}, .shape = tfg_shape_unknown },
    { .name = "SparseToSparseSetOperation", .in = {"set1_indices: int64", "set1_values: T", "set1_shape: int64", "set2_indices: int64",
      "set2_values: T", "set2_shape: int64"}, .out = RESULT, .attr = ATTRS, .shape = shape_sparse },
};
const int tfg_n_ops_set = sizeof tfg_ops_set / sizeof *tfg_ops_set;
