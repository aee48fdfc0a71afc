/* Control flow, and ops that run for what they do: signatures and shapes. */
#include "ops/common.h"

static void pass_handle(TfgShapeCall *c, int out)
{
    if (c->in_handle && c->in_handle[0])
        c->out_handle[out] = c->in_handle[0];
}

static int shape_switch(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_scalar(c, 1, s) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        tfg_shape_copy(&c->out[i], &c->in[0]);
        pass_handle(c, i);
    }
    return 0;
}

/* What all inputs have in common. */
static int shape_merge(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    TfgShape *out = &c->out[0];
    tfg_shape_copy(out, &c->in[0]);
    for (int i = 1; i < c->n_in && out->rank >= 0; i++) {
        if (c->in[i].rank != out->rank) {
            tfg_shape_set_unknown(out);
            break;
        }
        for (int d = 0; d < out->rank; d++)
            if (c->in[i].dims[d] != out->dims[d])
                out->dims[d] = -1;
    }
    tfg_shape_set_scalar(&c->out[1]);
    return 0;
}

/* Only what a loop never changes keeps its shape. */
static int shape_enter(TfgShapeCall *c, TfgStatus *s)
{
    pass_handle(c, 0);
    return tfg_attrs_bool(c->attrs, "is_constant") ? tfg_shape_unchanged(c, s) : 0;
}

static int shape_loop_cond(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 0, &c->out[0], s); }

/* Known only where all that may be selected are known and agree. */
static int shape_ref_select(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_scalar(c, 0, s) < 0)
        return -1;
    for (int i = 1; i < c->n_in; i++)
        if (!tfg_shape_is_full(&c->in[i]) || !tfg_shape_equal(&c->in[1], &c->in[i]))
            return 0;
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

static int shape_print_v2(TfgShapeCall *c, TfgStatus *s)
{
    return c->in[0].rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be a scalar, but has rank: %d", c->in[0].rank);
}

const TfgOpRow tfg_ops_control_flow[] = {
    { .name = "Abort", .attr = {"error_msg: string = ''", "exit_without_error: bool = false"}, .shape = tfg_shape_none },
    { .name = "Assert", .in = {"condition: bool", "data: T"}, .attr = {"T: list(type) >= 1", "summarize: int = 3"},
      .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "ControlTrigger", .shape = tfg_shape_none },
    { .name = "Enter", .in = {"data: T"}, .out = {"output: T"}, .attr = {"T: type", "frame_name: string",
      "is_constant: bool = false", "parallel_iterations: int = 10"}, .shape = shape_enter },
    { .name = "Exit", .in = {"data: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "LoopCond", .in = {"input: bool"}, .out = {"output: bool"}, .shape = shape_loop_cond },
    { .name = "Merge", .in = {"inputs: N * T"}, .out = {"output: T", "value_index: int32"}, .attr = {"T: type", "N: int >= 1"},
      .shape = shape_merge },
    { .name = "NextIteration", .in = {"data: T"}, .out = {"output: T"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "NoOp", .shape = tfg_shape_none },
    { .name = "Print", .in = {"input: T", "data: U"}, .out = {"output: T"}, .attr = {"T: type", "U: list(type) >= 0",
      "message: string = ''", "first_n: int = -1", "summarize: int = 3"}, .shape = tfg_shape_unchanged, .flags = TFG_OP_STATEFUL },
    { .name = "PrintV2", .in = {"input: string"}, .attr = {"output_stream: {'stdout', 'stderr', 'log(info)', 'log(warning)', "
      "'log(error)'} = 'stderr'"}, .later = {"end: string"}, .shape = shape_print_v2, .flags = TFG_OP_STATEFUL },
    { .name = "PyFunc", .in = {"input: Tin"}, .out = {"output: Tout"}, .attr = {"token: string", "Tin: list(type) >= 0",
      "Tout: list(type) >= 0"}, .shape = tfg_shape_unknown, .flags = TFG_OP_STATEFUL },
    { .name = "PyFuncStateless", .in = {"input: Tin"}, .out = {"output: Tout"}, .attr = {"token: string", "Tin: list(type) >= 0",
      "Tout: list(type) >= 0"}, .shape = tfg_shape_unknown },
    { .name = "RefEnter", .in = {"data: Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type", "frame_name: string",
      "is_constant: bool = false", "parallel_iterations: int = 10"}, .shape = tfg_shape_unchanged },
    { .name = "RefExit", .in = {"data: Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged },
    { .name = "RefIdentity", .in = {"input: Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type"}, .shape = tfg_shape_unchanged,
      .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "RefMerge", .in = {"inputs: N * Ref(T)"}, .out = {"output: Ref(T)", "value_index: int32"}, .attr = {"T: type",
      "N: int >= 1"}, .shape = shape_merge },
    { .name = "RefNextIteration", .in = {"data: Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type"},
      .shape = tfg_shape_unchanged },
    { .name = "RefSelect", .in = {"index: int32", "inputs: N * Ref(T)"}, .out = {"output: Ref(T)"}, .attr = {"T: type",
      "N: int >= 1"}, .shape = shape_ref_select },
    { .name = "RefSwitch", .in = {"data: Ref(T)", "pred: bool"}, .out = {"output_false: Ref(T)", "output_true: Ref(T)"},
      .attr = {"T: type"}, .shape = shape_switch, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "Switch", .in = {"data: T", "pred: bool"}, .out = {"output_false: T", "output_true: T"}, .attr = {"T: type"},
      .shape = shape_switch },
};
const int tfg_n_ops_control_flow = sizeof tfg_ops_control_flow / sizeof *tfg_ops_control_flow;
