/* Strings: signatures and shapes. */
#include "ops/common.h"

/* Scalars go with anything; what is of unknown rank may be a scalar or have the shape of the others. */
static int shape_join(TfgShapeCall *c, TfgStatus *s)
{
    bool all_scalar = true;
    TfgShape shape;
    tfg_shape_set_unknown(&shape);
    for (int i = 0; i < c->n_in; i++) {
        all_scalar = all_scalar && c->in[i].rank == 0;
        if (c->in[i].rank > 0 && tfg_merge_shape(&shape, &c->in[i], &shape, s) < 0)
            return -1;
    }
    if (all_scalar)
        tfg_shape_set_scalar(&shape);
    tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

const TfgOpRow tfg_ops_string[] = {
    { .name = "StringJoin", .in = {"inputs: N * string"}, .out = {"output: string"}, .attr = {"N: int >= 1", "separator: string = ''"},
      .shape = shape_join },
};
const int tfg_n_ops_string = sizeof tfg_ops_string / sizeof *tfg_ops_string;
