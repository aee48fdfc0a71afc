/* Stacks: what a loop pushes in its iterations and its gradient pops.  Signatures and shapes. */
#include "ops/common.h"

/* Handles are vectors of two to a shape function, whatever they are to a kernel. */
static int shape_handle(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

static int want_handle(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_rank(&c->in[0], 1, NULL, s) < 0 ? -1 : tfg_want_dim(tfg_dim(&c->in[0], 0), 2, s);
}

static int shape_push(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

static int shape_close(TfgShapeCall *c, TfgStatus *s) { return want_handle(c, s); }

const TfgOpRow tfg_ops_stack[] = {
    { .name = "Stack", .out = {"handle: Ref(string)"}, .attr = {"elem_type: type", "stack_name: string = ''"}, .shape =
      shape_handle, .flags = TFG_OP_STATEFUL },
    { .name = "StackClose", .in = {"handle: Ref(string)"}, .shape = shape_close },
    { .name = "StackCloseV2", .in = {"handle: resource"}, .shape = shape_close, .flags = TFG_OP_STATEFUL },
    { .name = "StackPop", .in = {"handle: Ref(string)"}, .out = {"elem: elem_type"}, .attr = {"elem_type: type"}, .shape =
      tfg_shape_unknown },
    { .name = "StackPopV2", .in = {"handle: resource"}, .out = {"elem: elem_type"}, .attr = {"elem_type: type"}, .shape =
      tfg_shape_unknown, .flags = TFG_OP_STATEFUL },
    { .name = "StackPush", .in = {"handle: Ref(string)", "elem: T"}, .out = {"output: T"}, .attr = {"T: type",
      "swap_memory: bool = false"}, .shape = shape_push },
    { .name = "StackPushV2", .in = {"handle: resource", "elem: T"}, .out = {"output: T"}, .attr = {"T: type",
      "swap_memory: bool = false"}, .shape = shape_push, .flags = TFG_OP_STATEFUL },
    { .name = "StackV2", .in = {"max_size: int32"}, .out = {"handle: resource"}, .attr = {"elem_type: type",
      "stack_name: string = ''"}, .shape = shape_handle, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_stack = sizeof tfg_ops_stack / sizeof *tfg_ops_stack;
