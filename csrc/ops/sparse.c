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

const TfgOpRow tfg_ops_sparse[] = {
    { .name = "SparseAdd", .in = {"a_indices: int64", "a_values: T", "a_shape: int64", "b_indices: int64", "b_values: T", "b_shape: int64",
      "thresh: Treal"}, .out = {"sum_indices: int64", "sum_values: T", "sum_shape: int64"}, .attr = {"T: " NUMBERS, "Treal: " REALS},
      .shape = shape_add },
    { .name = "SparseAddGrad", .in = {"backprop_val_grad: T", "a_indices: int64", "b_indices: int64", "sum_indices: int64"},
      .out = {"a_val_grad: T", "b_val_grad: T"}, .attr = {"T: " NUMBERS}, .shape = shape_add_grad },
    { .name = "SparseTensorDenseAdd", .in = {"a_indices: Tindices", "a_values: T", "a_shape: Tindices", "b: T"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX}, .shape = shape_dense_add },
};
const int tfg_n_ops_sparse = sizeof tfg_ops_sparse / sizeof *tfg_ops_sparse;
