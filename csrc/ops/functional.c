/* Ops that call functions of the graph: signatures and shapes. */
#include "ops/common.h"

/* Each output has the shape of its input: of a loop's variables, and of what is differentiated. */
static int shape_as_inputs(TfgShapeCall *c, TfgStatus *s)
{
    if (c->n_out > c->n_in)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%d outputs cannot have the shapes of %d inputs", c->n_out, c->n_in);
    for (int i = 0; i < c->n_out; i++) {
        tfg_shape_copy(&c->out[i], &c->in[i]);
        if (c->in_handle && c->in_handle[i])
            c->out_handle[i] = c->in_handle[i];
    }
    return 0;
}

/* What output_shapes says of each result; each has one more dimension, the number of calls. */
static int shape_map_defun(TfgShapeCall *c, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "output_shapes");
    int64_t n = -1;
    for (int i = 0; i < c->n_in; i++) {
        if (c->in[i].rank == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Arguments must have rank at least 1. Got rank of 0.");
        if (c->in[i].rank > 0 && tfg_merge_dim(n, c->in[i].dims[0], &n, s) < 0)
            return -1;
    }
    if (!shapes || !shapes->is_list || shapes->n != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`output_shapes` must be the same length as `output_types` (%d vs. %d)",
                        shapes ? shapes->n : 0, c->n_out);
    for (int i = 0; i < c->n_out; i++) {
        TfgShape shape;
        tfg_shape_from_dims(&shape, shapes->list_shape[i]);
        if (shape.rank < 0 || shape.rank >= TFG_MAX_RANK)
            continue;
        c->out[i].rank = shape.rank + 1;
        c->out[i].dims[0] = n;
        for (int d = 0; d < shape.rank; d++)
            c->out[i].dims[d + 1] = shape.dims[d];
    }
    return 0;
}

static int shape_case(TfgShapeCall *c, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "output_shapes");
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    for (int i = 0; shapes && shapes->is_list && shapes->n == c->n_out && i < c->n_out; i++)
        tfg_shape_from_dims(&c->out[i], shapes->list_shape[i]);
    return 0;
}

#define IF_SIGNATURE .in = {"cond: Tcond", "input: Tin"}, .out = {"output: Tout"}, \
    .attr = {"Tcond: type", "Tin: list(type) >= 0", "Tout: list(type) >= 0", "then_branch: func", "else_branch: func"}
#define CASE_SIGNATURE .in = {"branch_index: int32", "input: Tin"}, .out = {"output: Tout"}, \
    .attr = {"Tin: list(type) >= 0", "Tout: list(type) >= 0", "branches: list(func) >= 1", "output_shapes: list(shape) = []"}
#define WHILE_SIGNATURE .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: list(type) >= 0", "cond: func", "body: func"}
#define CALL_SIGNATURE .in = {"args: Tin"}, .out = {"output: Tout"}, .attr = {"Tin: list(type) >= 0", "Tout: list(type) >= 0", "f: func"}

const TfgOpRow tfg_ops_functional[] = {
    { .name = "SymbolicGradient", .in = {"input: Tin"}, .out = {"output: Tout"},
      .attr = {"Tin: list(type) >= 1", "Tout: list(type) >= 1", "f: func"}, .shape = shape_as_inputs },
    { .name = "RemoteCall", .in = {"target: string", "args: Tin"}, .out = {"output: Tout"},
      .attr = {"Tin: list(type) >= 1", "Tout: list(type) >= 1", "f: func"}, .flags = TFG_OP_STATEFUL },
    { .name = "PartitionedCall", CALL_SIGNATURE },
    { .name = "StatefulPartitionedCall", CALL_SIGNATURE, .flags = TFG_OP_STATEFUL },
    { .name = "If", IF_SIGNATURE, .flags = TFG_OP_STATEFUL },
    { .name = "StatelessIf", IF_SIGNATURE },
    { .name = "Case", CASE_SIGNATURE, .shape = shape_case, .flags = TFG_OP_STATEFUL },
    { .name = "StatelessCase", CASE_SIGNATURE, .shape = shape_case },
    { .name = "While", WHILE_SIGNATURE, .shape = shape_as_inputs, .flags = TFG_OP_STATEFUL },
    { .name = "StatelessWhile", WHILE_SIGNATURE, .shape = shape_as_inputs },
    { .name = "For", .in = {"start: int32", "limit: int32", "delta: int32", "input: T"}, .out = {"output: T"},
      .attr = {"T: list(type) >= 0", "body: func"} },
    { .name = "MapDefun", .in = {"arguments: Targuments"}, .out = {"output: output_types"},
      .attr = {"Targuments: list(type) >= 1", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "f: func"},
      .shape = shape_map_defun },
    { .name = "FakeParam", .out = {"output: dtype"}, .attr = {"dtype: type", "shape: shape"}, .shape = tfg_shape_from_attr },
};
const int tfg_n_ops_functional = sizeof tfg_ops_functional / sizeof *tfg_ops_functional;
