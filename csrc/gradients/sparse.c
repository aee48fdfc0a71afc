/* Gradients of sparse tensors' operations. */
#include <string.h>

#include "gradients/rows.h"

/* Of the values alone; what the threshold left out of the sum has 0. */
static int grad_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue out[2];
    tfg_b_op_n(b, "SparseAddGrad", NULL, B_LIST(tfg_b_dy_of(b, 1), tfg_b_x(b, 0), tfg_b_x(b, 3), tfg_b_y(b, 0)), NULL, 0, out, 2);
    for (int i = 0; i < 2; i++)
        tfg_b_dx(b, 1 + 3 * i, out[i]);
    return tfg_b_done(b);
}

/* The indices and the shape have none; the values take theirs from where they were added. */
static int grad_dense_add(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 1, B_OP(b, "GatherNd", dy, tfg_b_x(b, 0)));
    tfg_b_dx(b, 3, dy);
    return tfg_b_done(b);
}

/* The scope that a SparseTensor enters when it is made of tensors: nothing is made in it. */
static void sparse_tensor_scope(TfgBuild *b) { tfg_b_leave(b, tfg_b_enter(b, "SparseTensor")); }

/* The dense shape of what sparse_reorder gives, which nothing uses: a constant where it is known. */
static void sorted_shape(TfgBuild *b, TfgValue shape)
{
    TfgTensor *known = b->failed ? NULL : b->g->backend->constant(b->g, shape);
    if (known) {
        TfgShape sizes;
        tfg_shape_set_unknown(&sizes);
        if (known->count <= TFG_MAX_RANK) {
            sizes.rank = (int32_t)known->count;
            for (int d = 0; d < sizes.rank; d++)
                sizes.dims[d] = tfg_tensor_int(known, d);
        }
        bool in = tfg_b_enter(b, "SparseTensor");
        if (sizes.rank >= 0)
            tfg_b_dims(b, "dense_shape", &sizes, TFG_INT64);
        tfg_b_leave(b, in);
        tfg_tensor_unref(known);
        return;
    }
    B_OP(b, "Identity", shape);
    sparse_tensor_scope(b);
}

static int grad_reorder(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 0), n = tfg_b_item(b, tfg_b_shape(b, indices), 0), sorted[2];
    TfgValue entries = tfg_b_range(b, TFG_NO_VALUE, n, TFG_NO_VALUE);
    sparse_tensor_scope(b);
    tfg_b_op_n(b, "SparseReorder", NULL, B_LIST(indices, entries, tfg_b_x(b, 2)), NULL, 0, sorted, 2);
    sorted_shape(b, tfg_b_x(b, 2));
    TfgValue back = B_OP(b, "InvertPermutation", sorted[1]);
    tfg_b_dx(b, 1, tfg_b_gather(b, tfg_b_dy_of(b, 1), back));
    return tfg_b_done(b);
}

static int grad_reduce_sum(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 0), shape = tfg_b_x(b, 2);
    TfgValue kept = tfg_b_reduced_shape(b, tfg_b_cast(b, shape, TFG_INT32, "ToInt32"), tfg_b_x(b, 3));
    TfgValue dy = tfg_b_reshape(b, tfg_b_dy(b), kept);
    TfgValue scale = B_NAMED(b, "FloorDiv", "floordiv", shape, tfg_b_cast(b, kept, TFG_INT64, "ToInt64"));
    tfg_b_dx(b, 1, B_OP(b, "GatherNd", dy, B_NAMED(b, "FloorDiv", "floordiv", indices, scale)));
    return tfg_b_done(b);
}

static int grad_slice(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 1, B_OP(b, "SparseSliceGrad", tfg_b_dy_of(b, 1), tfg_b_x(b, 0), tfg_b_x(b, 3), tfg_b_y(b, 0)));
    return tfg_b_done(b);
}

static int grad_fill_empty_rows(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue out[2];
    tfg_b_op_n(b, "SparseFillEmptyRowsGrad", NULL, B_LIST(tfg_b_y(b, 3), tfg_b_dy_of(b, 1)), NULL, 0, out, 2);
    tfg_b_dx(b, 1, out[0]);
    tfg_b_dx(b, 3, out[1]);
    return tfg_b_done(b);
}

/* indices[:, column] */
static TfgValue index_column(TfgBuild *b, TfgValue indices, int64_t column)
{
    bool in = tfg_b_enter(b, "strided_slice");
    TfgValue begin = tfg_b_ints(b, "stack", (int64_t[]){0, column}, 2), end = tfg_b_ints(b, "stack_1", (int64_t[]){0, column + 1}, 2);
    TfgValue step = tfg_b_ints(b, "stack_2", (int64_t[]){1, 1}, 2);
    TfgValue out = tfg_b_op(b, "StridedSlice", "/", B_LIST(indices, begin, end, step), B_ATTRS({"begin_mask", TFG_A_INT(1)}, {"end_mask",
                            TFG_A_INT(1)}, {"shrink_axis_mask", TFG_A_INT(2)}));
    tfg_b_leave(b, in);
    return out;
}

/* tf.transpose without a permutation. */
static TfgValue transposed(TfgBuild *b, TfgValue x)
{
    bool in = tfg_b_enter(b, "transpose");
    TfgValue rank = B_OP(b, "Rank", x), last = tfg_b_op_const(b, "Sub", "sub", rank, 1);
    bool inner = tfg_b_enter(b, "Range");
    TfgValue start = tfg_b_const(b, "start", TFG_INT32, 0), delta = tfg_b_const(b, "delta", TFG_INT32, 1);
    TfgValue range = B_NAMED(b, "Range", "/", start, rank, delta);
    tfg_b_leave(b, inner);
    TfgValue perm = tfg_b_sub(b, last, range);
    TfgValue out = B_NAMED(b, "Transpose", "/", x, perm);
    tfg_b_leave(b, in);
    return out;
}

/* sum(x, reduction_indices=1) */
static TfgValue sum_rows(TfgBuild *b, TfgValue x)
{
    bool in = tfg_b_enter(b, "Sum");
    TfgValue out = B_NAMED(b, "Sum", "/", x, tfg_b_const(b, "reduction_indices", TFG_INT32, 1));
    tfg_b_leave(b, in);
    return out;
}

static int grad_tensor_dense_mat_mul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool adjoint_a = tfg_attrs_bool(g->attrs, "adjoint_a"), adjoint_b = tfg_attrs_bool(g->attrs, "adjoint_b");
    TfgValue indices = tfg_b_x(b, 0), matrix = tfg_b_x(b, 3), dy = tfg_b_dy(b);
    if (tfg_b_is_complex(b, matrix))
        return tfg_b_fail(b, TFG_UNIMPLEMENTED, "SparseTensorDenseMatMul op does not support complex gradients.");
    TfgValue d_matrix = tfg_b_op(b, "SparseTensorDenseMatMul", NULL, B_LIST(indices, tfg_b_x(b, 1), tfg_b_x(b, 2), dy),
                                 B_ATTRS({"adjoint_a", TFG_A_BOOL(!adjoint_a)}));
    if (adjoint_b)
        d_matrix = transposed(b, d_matrix);
    TfgValue rows = index_column(b, indices, 0), columns = index_column(b, indices, 1);
    TfgValue from_dy = tfg_b_gather(b, dy, adjoint_a ? columns : rows);
    TfgValue from_matrix = tfg_b_gather(b, adjoint_b ? transposed(b, matrix) : matrix, adjoint_a ? rows : columns);
    tfg_b_dx(b, 1, sum_rows(b, tfg_b_mul(b, from_dy, from_matrix)));
    tfg_b_dx(b, 3, d_matrix);
    return tfg_b_done(b);
}

/* The dense operand's elements beside each value: what it was divided by (or multiplied with), and where in it they are. */
static TfgValue dense_values(TfgBuild *b, TfgValue *y_shape, TfgValue *places)
{
    TfgValue indices = tfg_b_x(b, 0), shape = tfg_b_x(b, 2), y = tfg_b_x(b, 3);
    *y_shape = tfg_b_cast(b, tfg_b_shape(b, y), TFG_INT64, "ToInt64");
    TfgValue size = tfg_b_size(b, shape), added = tfg_b_expand_dims(b, tfg_b_sub(b, size, tfg_b_size(b, *y_shape)), 0);
    bool in = tfg_b_enter(b, "ones");
    TfgValue one = tfg_b_const(b, "Const", TFG_INT64, 1), ones = B_NAMED(b, "Fill", "/", added, one);
    tfg_b_leave(b, in);
    TfgValue augmented = tfg_b_concat(b, (TfgValue[]){ones, *y_shape}, 2, 0);
    TfgValue scaling = B_NAMED(b, "FloorDiv", "floordiv", shape, augmented), scaled = B_NAMED(b, "FloorDiv", "floordiv", indices, scaling);
    TfgValue begin = tfg_b_concat_with(b, (TfgValue[]){TFG_NO_VALUE, added}, 2, 0, 0);
    in = tfg_b_enter(b, "Slice");
    *places = B_NAMED(b, "Slice", "/", scaled, begin, tfg_b_ints(b, "size", (int64_t[]){-1, -1}, 2));
    tfg_b_leave(b, in);
    return B_OP(b, "GatherNd", y, *places);
}

static int cwise(TfgGradCall *g, bool divides, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue y_shape, places, dy = tfg_b_dy(b), dense = dense_values(b, &y_shape, &places), dx, d_dense;
    if (divides) {
        dx = tfg_b_quotient(b, dy, dense);
        TfgValue minus = tfg_b_neg(b, tfg_b_x(b, 1));
        d_dense = tfg_b_mul(b, dy, tfg_b_quotient(b, minus, B_OP(b, "Square", dense)));
    } else {
        dx = tfg_b_mul(b, dy, dense);
        d_dense = tfg_b_mul(b, dy, tfg_b_x(b, 1));
    }
    TfgValue zeros = tfg_b_zeros_like(b, tfg_b_x(b, 3), true);
    sparse_tensor_scope(b);
    tfg_b_dx(b, 1, dx);
    tfg_b_dx(b, 3, B_OP(b, "SparseTensorDenseAdd", places, d_dense, y_shape, zeros));       /* places may repeat */
    return tfg_b_done(b);
}
static int grad_cwise_mul(TfgGradCall *g, TfgStatus *s) { return cwise(g, false, s); }
static int grad_cwise_div(TfgGradCall *g, TfgStatus *s) { return cwise(g, true, s); }

static int grad_not_there(TfgGradCall *g, TfgStatus *s)
{
    return tfg_fail(s, TFG_UNIMPLEMENTED, "Gradient for %s is currently not implemented yet.", g->op_type);
}

static int grad_softmax(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue indices = tfg_b_x(b, 0), shape = tfg_b_x(b, 2), y = tfg_b_y(b, 0), dy = tfg_b_dy(b);
    sparse_tensor_scope(b);
    sparse_tensor_scope(b);
    TfgValue product = tfg_b_mul(b, y, dy);
    sparse_tensor_scope(b);
    bool in = tfg_b_enter(b, "SparseReduceSum");
    TfgValue axes = tfg_b_ints(b, "reduction_axes", (int64_t[]){-1}, 1);
    TfgValue sum = tfg_b_op(b, "SparseReduceSum", "/", B_LIST(indices, product, shape, axes), B_ATTRS({"keep_dims", TFG_A_BOOL(true)}));
    tfg_b_leave(b, in);
    TfgValue total = B_OP(b, "SparseDenseCwiseAdd", indices, dy, shape, tfg_b_neg(b, sum));
    sparse_tensor_scope(b);
    tfg_b_dx(b, 1, tfg_b_mul(b, total, y));
    return tfg_b_done(b);
}

/* ---- SparseMatMul ----------------------------------------------------------------------------------------------------------------- */

typedef struct Factor { TfgValue v; bool sparse; } Factor;

/* tf.matmul with hints; the result in `dtype`. */
static TfgValue matmul(TfgBuild *b, Factor x, Factor y, bool transpose_x, bool transpose_y, TfgDType dtype)
{
    if (transpose_y)
        y.v = transposed(b, y.v);
    TfgDType tx = tfg_b_dtype(b, x.v), ty = tfg_b_dtype(b, y.v);
    bool in = tfg_b_enter(b, "MatMul");
    TfgValue out;
    if (x.sparse || y.sparse || tx != ty)
        out = tfg_b_op(b, "SparseMatMul", "/", B_LIST(x.v, y.v), B_ATTRS({"transpose_a", TFG_A_BOOL(transpose_x)}, {"a_is_sparse",
                       TFG_A_BOOL(x.sparse)}, {"b_is_sparse", TFG_A_BOOL(y.sparse)}));
    else
        out = tfg_b_op(b, "MatMul", "/", B_LIST(x.v, y.v), B_ATTRS({"transpose_a", TFG_A_BOOL(transpose_x)}));
    if (tx == TFG_BFLOAT16 && ty == TFG_BFLOAT16)
        out = tfg_b_cast(b, out, TFG_BFLOAT16, NULL);
    tfg_b_leave(b, in);
    return tfg_b_cast(b, out, dtype, NULL);
}

static int grad_mat_mul(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    bool ta = tfg_attrs_bool(g->attrs, "transpose_a"), tb = tfg_attrs_bool(g->attrs, "transpose_b");
    Factor x = {tfg_b_x(b, 0), tfg_attrs_bool(g->attrs, "a_is_sparse")}, y = {tfg_b_x(b, 1), tfg_attrs_bool(g->attrs, "b_is_sparse")};
    Factor dy = {tfg_b_dy(b), false};
    const char *producer = b->failed || !g->backend->producer ? NULL : g->backend->producer(g, dy.v);
    dy.sparse = producer && strcmp(producer, "ReluGrad") == 0;
    if (x.v.a == y.v.a && x.v.b == y.v.b)       /* TensorFlow keeps the hints by tensor */
        x.sparse = y.sparse;
    TfgDType dx = tfg_b_dtype(b, x.v), d_y = tfg_b_dtype(b, y.v);
    tfg_b_dx(b, 0, ta ? matmul(b, y, dy, tb, true, dx) : matmul(b, dy, y, false, !tb, dx));
    tfg_b_dx(b, 1, tb ? matmul(b, dy, x, true, ta, d_y) : matmul(b, x, dy, !ta, false, d_y));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_sparse[] = {
    GRAD("SparseAdd", grad_add, TFG_USES_X | TFG_USES_Y0),
    NONE("SparseAddGrad"),
    NONE("SparseConcat"),
    GRAD("SparseDenseCwiseAdd", grad_not_there, 0),
    GRAD("SparseDenseCwiseDiv", grad_cwise_div, TFG_USES_X),
    GRAD("SparseDenseCwiseMul", grad_cwise_mul, TFG_USES_X),
    GRAD("SparseFillEmptyRows", grad_fill_empty_rows, TFG_USES_Y),
    GRAD("SparseMatMul", grad_mat_mul, TFG_USES_X),
    GRAD("SparseReduceSum", grad_reduce_sum, TFG_USES_X),
    GRAD("SparseReorder", grad_reorder, TFG_USES_X),
    GRAD("SparseSlice", grad_slice, TFG_USES_X | TFG_USES_Y0),
    GRAD("SparseSoftmax", grad_softmax, TFG_USES_X | TFG_USES_Y0),
    GRAD("SparseSparseMaximum", grad_not_there, 0),
    GRAD("SparseSparseMinimum", grad_not_there, 0),
    GRAD("SparseTensorDenseAdd", grad_dense_add, TFG_USES_X),
    GRAD("SparseTensorDenseMatMul", grad_tensor_dense_mat_mul, TFG_USES_X),
    NONE("SparseToDense"),
};
const int tfg_n_gradients_sparse = sizeof tfg_gradients_sparse / sizeof *tfg_gradients_sparse;
