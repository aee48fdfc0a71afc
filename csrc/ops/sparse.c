/* Sparse tensors: signatures and shapes. */
#include "ops/common.h"

static int shape_dense_add(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[3]);
    return 0;
}

const TfgOpRow tfg_ops_sparse[] = {
    { .name = "SparseTensorDenseAdd", .in = {"a_indices: Tindices", "a_values: T", "a_shape: Tindices", "b: T"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX}, .shape = shape_dense_add },
};
const int tfg_n_ops_sparse = sizeof tfg_ops_sparse / sizeof *tfg_ops_sparse;
