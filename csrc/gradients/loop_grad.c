/* Gradients of the ops that loops are made of.  An Exit becomes an Enter, an Enter an Exit, a Switch a Merge and a Merge a Switch; what
 * a loop does not change gets the sum over all iterations. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/loop_state.h"

static TfgGraphBackend *backend_of(TfgGradCall *g) { return g->context; }

static TfgParts parts_of(const TfgGrad *d)
{
    return (TfgParts){tfg_output_from_value(d->value), tfg_output_from_value(d->indices), tfg_output_from_value(d->dense_shape), false};
}

static TfgGrad grad_of(const TfgParts *p)
{
    return (TfgGrad){tfg_value_from_output(p->values), tfg_value_from_output(p->indices), tfg_value_from_output(p->dense_shape)};
}

/* The gradient's loop that is being built; NULL outside of one. */
static TfgLoopState *current_state(const TfgGraph *g)
{
    const TfgOpContext *loop = tfg_graph_context(g);
    return loop && tfg_context_is_while(loop) ? (TfgLoopState *)tfg_while_grad(loop) : NULL;
}

static int see(TfgOpContext *c, TfgOutput o, TfgStatus *s)
{
    return o.op && tfg_context_add_value(c, o) < 0 ? tfg_fail_memory(s) : 0;
}

/* ---- Exit and Switch: loop variables ---- */

static int grad_exit(TfgGradCall *g, TfgLoopState *l, const TfgOp *op, TfgStatus *s)
{
    TfgOpContext *c = l->context;
    const TfgWhileArgs *args = tfg_while_args(c);
    TfgEnterArgs enter = {.frame = c->name, .parallel_iterations = args->parallel_iterations, .keep_shape = true};
    TfgParts in = parts_of(&g->dy[0]), out;
    if (!args->back_prop)
        return 0;
    if (op->context && tfg_context_loop(op->context) && tfg_while_grad(tfg_context_loop(op->context)))
        return tfg_fail(s, TFG_TYPE_ERROR, "Second-order gradient for while loops not supported.");
    if (see(c, in.values, s) < 0 || see(c, in.indices, s) < 0 || see(c, in.dense_shape, s) < 0 ||
        tfg_flow_enter(c->graph, &in, &enter, "b_exit", &out, s) < 0 || tfg_while_add_enter(c, &out, s) < 0)
        return -1;
    g->dx[0] = grad_of(&out);
    return 0;
}

/* What came for the variable behind the iteration goes into the next one (the one before it). */
static int close_merge(TfgLoopState *l, const TfgParts *merge, const TfgGrad *dy, TfgStatus *s)
{
    TfgParts value = parts_of(dy), next;
    TfgOutput pairs[3][2];
    if (merge->indices.op && !value.indices.op) {
        TfgGraphBackend backend = {.graph = l->graph};
        TfgGradCall call = {.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &backend};
        TfgBuild b = TFG_BUILD(&call, s);
        TfgValue shape = B_OP(&b, "Shape", dy->value), rows = tfg_b_item(&b, shape, 0);
        value.indices = tfg_output_from_value(tfg_b_range(&b, TFG_NO_VALUE, rows, TFG_NO_VALUE));
        value.dense_shape = tfg_output_from_value(shape);
        if (tfg_b_done(&b) < 0)
            return -1;
    }
    if (!merge->indices.op && value.indices.op) {
        TfgGraphBackend backend = {.graph = l->graph};
        TfgGradCall call = {.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &backend, .n_out = 1, .dy = dy};
        TfgValue dense;
        if (tfg_grad_dense(&call, 0, &dense, s) < 0)
            return -1;
        value = (TfgParts){.values = tfg_output_from_value(dense)};
    }
    if (tfg_flow_next_iteration(l->graph, &value, &next, s) < 0)
        return -1;
    memcpy(pairs, (TfgOutput[3][2]){{merge->values, next.values}, {merge->indices, next.indices}, {merge->dense_shape, next.dense_shape}},
           sizeof pairs);
    for (int i = 0; i < 3; i++) {
        if (!pairs[i][0].op)
            continue;
        if (!pairs[i][1].op)
            return tfg_fail(s, TFG_VALUE_ERROR, "Must have dense shape: %s:%d", value.values.op->name, value.values.index);
        if (tfg_op_update_input(pairs[i][0].op, 1, pairs[i][1], s) < 0)
            return -1;
    }
    return 0;
}

static int add_switch(TfgLoopState *l, const TfgOp *op, const TfgParts *merge, TfgStatus *s)
{
    if (tfg_grow((void **)&l->switches, &l->switches_capacity, (size_t)l->n_switches + 1, sizeof *l->switches) < 0 ||
        tfg_idmap_put(&l->switch_of, (uint64_t)op->index, (uint64_t)l->n_switches) < 0)
        return tfg_fail_memory(s);
    l->switches[l->n_switches++] = (TfgSwitchGrad){op, *merge};
    return 0;
}

/* A loop's Switch is visited from the Exit, where the gradient's loop begins, and then from the body, where it goes round. */
static int grad_switch(TfgGradCall *g, TfgLoopState *l, const TfgOp *op, TfgStatus *s)
{
    uint64_t i;
    TfgParts merge, in = parts_of(&g->dy[0]);
    if (tfg_idmap_get(&l->switch_of, (uint64_t)op->index, &i)) {
        merge = l->switches[i].merge;
        return tfg_has_value(g->dy[1].value) ? close_merge(l, &merge, &g->dy[1], s) : 0;
    }
    if (!in.values.op)
        return 0;
    if (tfg_flow_merge(l->graph, &in, &in, "b_switch", &merge, s) < 0 || add_switch(l, op, &merge, s) < 0)
        return -1;
    g->dx[0] = grad_of(&merge);
    return 0;
}

static int grad_merge(TfgGradCall *g, TfgLoopState *l, TfgStatus *s)
{
    TfgParts in = parts_of(&g->dy[0]), ways[2];
    if (tfg_flow_switch(l->graph, &in, tfg_while_pivot(l->context), NULL, ways, s) < 0)
        return -1;
    for (int i = 0; i < 2 && i < g->n_in; i++)
        g->dx[i] = grad_of(&ways[i]);
    return 0;
}

/* ---- Enter of something that the loop does not change: a sum over the iterations ---- */

/* Where the sum starts is made around the gradient's loop. */
typedef struct Around { TfgGraph *g; TfgOpContext *inside; } Around;

static Around go_around(TfgLoopState *l)
{
    Around a = {l->graph, tfg_graph_context(l->graph)};
    tfg_graph_set_context(l->graph, l->caller);
    return a;
}

static void come_back(Around a) { tfg_graph_set_context(a.g, a.inside); }

static void enter_outer(const TfgLoopState *l)
{
    if (l->context->outer)
        tfg_graph_set_context(l->graph, l->context->outer);
}

/* The shape of what entered the forward loop, as it is known around the gradient's. */
static int outer_shape(TfgLoopState *l, TfgBuild *b, TfgOutput value, TfgValue *shape)
{
    TfgOpContext *outer = l->context->outer;
    bool nested = l->outer && outer && tfg_context_is_while(outer) && tfg_while_grad(outer);
    if (!nested) {
        enter_outer(l);
        *shape = tfg_loop_shape_of(b, value);
        return tfg_b_done(b);
    }
    TfgOutput stack, real = {NULL, 0};
    tfg_graph_set_context(l->graph, l->base.forward->outer);
    TfgValue forward = tfg_loop_shape_of(b, value);
    tfg_graph_set_context(l->graph, l->caller);
    if (tfg_b_done(b) < 0 || tfg_loop_push(l->outer, tfg_output_from_value(forward), false, &stack, b->s) < 0)
        return -1;
    tfg_graph_set_context(l->graph, outer);
    if (tfg_loop_pop(l->outer, stack, tfg_output_from_value(forward), false, &real, b->s) < 0)
        return -1;
    *shape = tfg_value_from_output(real);
    return 0;
}

static TfgOutput start_of_sum(TfgLoopState *l, TfgBuild *b, TfgOutput entered, TfgOutput grad)
{
    TfgShape shape;
    TfgValue dims, zeros;
    TfgOutput none = {NULL, 0};
    TfgDType dtype = tfg_dtype_base(tfg_output_dtype(grad));
    tfg_output_shape(grad, &shape);
    if (tfg_shape_is_full(&shape)) {
        TfgTensor *t = tfg_tensor_filled(dtype, shape.rank, shape.dims, 0, b->s);
        enter_outer(l);
        TfgOutput out = t ? tfg_graph_constant(l->graph, t, "b_acc", b->s) : none;
        tfg_tensor_unref(t);
        return out;
    }
    if (outer_shape(l, b, entered, &dims) < 0)
        return none;
    zeros = tfg_b_zeros(b, dims, dtype);
    return tfg_b_done(b) < 0 ? none : tfg_output_from_value(zeros);
}

static int sum_over_iterations(TfgLoopState *l, TfgOutput start, TfgOutput grad, TfgOutput *sum, TfgStatus *s)
{
    TfgOpContext *c = l->context;
    TfgOutput merge, out, in, round;
    if (tfg_context_add_value(c, start) < 0)
        return tfg_fail_memory(s);
    if (tfg_loop_variable(c, start, "b_acc", "b_acc", true, &merge, s) < 0 || tfg_loop_switch(c, merge, &out, &in, s) < 0)
        return -1;
    TfgOutput both[2] = {in, grad}, added = tfg_loop_op(l->graph, "Add", NULL, both, 2, NULL, 0, s);
    if (!added.op || tfg_loop_close(merge, added, &round, s) < 0 || tfg_loop_exit(c, out, "b_acc", sum, s) < 0)
        return -1;
    return tfg_context_exit_result(c, *sum, s);
}

static int accumulate(TfgGradCall *g, TfgLoopState *l, const TfgOp *op, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgOutput grad = tfg_output_from_value(g->dy[0].value), sum;
    Around around = go_around(l);
    TfgOutput start = start_of_sum(l, &b, op->inputs[0], grad);
    come_back(around);
    if (!start.op || sum_over_iterations(l, start, grad, &sum, s) < 0)
        return -1;
    g->dx[0] = (TfgGrad){.value = tfg_value_from_output(sum)};
    return 0;
}

/* ---- the same for slices: they are strung together, behind one row of zeros ---- */

static TfgOutput filled(TfgGraph *g, const char *name, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_filled(dtype, shape->rank, shape->dims, 0, s);
    TfgOutput out = t ? tfg_graph_constant(g, t, name, s) : (TfgOutput){NULL, 0};
    tfg_tensor_unref(t);
    return out;
}

/* The shape that a variable's handle tells of; where it is a tensor, its Shape's output. */
static bool variable_shape(TfgOutput t, TfgShape *shape)
{
    if (tfg_dtype_base(tfg_output_dtype(t)) != TFG_RESOURCE)
        return false;
    const TfgOp *op = t.op;
    for (int32_t n = tfg_graph_n_ops(op->graph); op->n_inputs > 0 && n >= 0; n--)
        op = op->inputs[0].op;
    const TfgAttr *a = tfg_attrs_find(&op->attrs, "shape");
    tfg_shape_set_unknown(shape);
    if (a && a->kind == TFG_ATTR_SHAPE && !a->is_list)
        tfg_shape_from_dims(shape, a->shape);
    return true;
}

static TfgValue row_of_zeros(TfgBuild *b, TfgOutput entered, TfgDType dtype)
{
    TfgShape shape, rest, row;
    if (variable_shape(entered, &shape)) {
        tfg_sub_shape(&shape, 1, INT32_MAX, &rest);
        if (!tfg_shape_is_full(&rest)) {
            tfg_b_fail(b, TFG_VALUE_ERROR, "The shape of variable '%s' is not known, so no zeros can be made like its rows", entered.op->name);
            return TFG_NO_VALUE;
        }
        row = (TfgShape){.rank = rest.rank + 1};
        row.dims[0] = 1;
        for (int i = 0; i < rest.rank; i++)
            row.dims[i + 1] = rest.dims[i];
        bool in = tfg_b_enter(b, "concat");
        TfgValue parts[2] = {tfg_b_ints(b, "values_0", row.dims, 1), tfg_b_ints(b, "values_1", rest.dims, rest.rank)};
        TfgValue all = B_NAMED(b, "ConcatV2", "/", parts[0], parts[1], tfg_b_const(b, "axis", TFG_INT32, 0));
        tfg_b_leave(b, in);
        return tfg_b_zeros(b, all, dtype);
    }
    TfgValue dims = B_OP(b, "Shape", tfg_value_from_output(entered)), tail = tfg_b_slice(b, dims, B_AT(1), B_OPEN);
    bool in = tfg_b_enter(b, "concat");
    TfgValue one = tfg_b_ints(b, "values_0", (int64_t[]){1}, 1), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue all = B_NAMED(b, "ConcatV2", "/", one, tail, axis);
    tfg_b_leave(b, in);
    return tfg_b_zeros(b, all, dtype);
}

typedef struct SliceSums { TfgOutput start[3], grad[3], sum[3]; int n; } SliceSums;    /* indices, values, dense shape */

static int start_of_slices(TfgLoopState *l, TfgBuild *b, TfgOutput entered, SliceSums *a)
{
    TfgShape shape;
    TfgStatus *s = b->s;
    TfgDType values = tfg_dtype_base(tfg_output_dtype(a->grad[1])), indices = tfg_dtype_base(tfg_output_dtype(a->grad[0]));
    enter_outer(l);
    tfg_output_shape(a->grad[1], &shape);
    if (tfg_shape_is_full(&shape) && shape.rank > 0) {
        shape.dims[0] = 1;
        a->start[1] = filled(l->graph, "b_acc", values, &shape, s);
    } else {
        a->start[1] = tfg_output_from_value(row_of_zeros(b, entered, values));
    }
    if (tfg_b_done(b) < 0 || !a->start[1].op)
        return -1;
    shape = (TfgShape){.rank = 1, .dims = {1}};
    a->start[0] = filled(l->graph, "Const", indices, &shape, s);
    if (a->n == 3) {
        TfgDType dims = tfg_dtype_base(tfg_output_dtype(a->grad[2]));
        tfg_output_shape(a->grad[2], &shape);
        if (tfg_shape_is_full(&shape)) {
            a->start[2] = filled(l->graph, "Const", dims, &shape, s);
        } else {
            TfgValue of = tfg_value_from_output(entered);
            of = tfg_b_op(b, "Shape", NULL, &of, 1, B_ATTRS({"out_type", TFG_A_TYPE(dims)}));
            a->start[2] = tfg_output_from_value(tfg_b_zeros_like(b, of, false));
        }
    }
    return tfg_b_done(b) < 0 || !a->start[0].op || (a->n == 3 && !a->start[2].op) ? -1 : 0;
}

/* Rows come in any number. */
static int forget_rows(TfgOutput enter, TfgOutput start, TfgStatus *s)
{
    TfgShape shape;
    tfg_output_shape(start, &shape);
    if (shape.rank > 0)
        shape.dims[0] = -1;
    return tfg_output_set_shape(enter, &shape, s);
}

static int enter_slices(TfgLoopState *l, const SliceSums *a, TfgOutput *merges, TfgStatus *s)
{
    TfgOpContext *c = l->context;
    TfgEnterArgs args = {.frame = c->name, .parallel_iterations = tfg_while_args(c)->parallel_iterations};
    TfgParts enters[3], merged;
    for (int i = 0; i < a->n; i++) {
        TfgParts from = {.values = a->start[i]};
        if (tfg_context_add_value(c, a->start[i]) < 0)
            return tfg_fail_memory(s);
        if (tfg_flow_enter(c->graph, &from, &args, "b_acc", &enters[i], s) < 0)
            return -1;
    }
    for (int i = 0; i < 2; i++)
        if (forget_rows(enters[i].values, a->start[i], s) < 0)
            return -1;
    for (int i = 0; i < a->n; i++)
        if (tfg_while_add_enter(c, &enters[i], s) < 0)
            return -1;
    for (int i = 0; i < a->n; i++) {
        if (tfg_flow_merge(c->graph, &enters[i], &enters[i], "b_acc", &merged, s) < 0)
            return -1;
        merges[i] = merged.values;
    }
    return 0;
}

static TfgOutput append(TfgBuild *b, TfgOutput before, TfgOutput more)
{
    bool in = tfg_b_enter(b, "concat");
    TfgValue axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue all = B_NAMED(b, "ConcatV2", "/", tfg_value_from_output(before), tfg_value_from_output(more), axis);
    tfg_b_leave(b, in);
    return tfg_output_from_value(all);
}

static int string_slices(TfgLoopState *l, TfgBuild *b, SliceSums *a, TfgStatus *s)
{
    TfgOpContext *c = l->context;
    TfgOutput merges[3], out[3], in[3], next[3], round[3];
    if (enter_slices(l, a, merges, s) < 0)
        return -1;
    for (int i = 0; i < a->n; i++)
        if (tfg_loop_switch(c, merges[i], &out[i], &in[i], s) < 0)
            return -1;
    for (int i = 0; i < 2; i++)
        next[i] = append(b, in[i], a->grad[i]);
    if (tfg_b_done(b) < 0)
        return -1;
    if (a->n == 3) {
        TfgOutput both[2] = {a->grad[2], in[2]};
        next[2] = tfg_loop_op(c->graph, "Maximum", NULL, both, 2, NULL, 0, s);
        if (!next[2].op)
            return -1;
    }
    for (int i = 0; i < a->n; i++)
        if (!(round[i] = tfg_loop_op(c->graph, "NextIteration", NULL, &next[i], 1, NULL, 0, s)).op)
            return -1;
    for (int i = 0; i < a->n; i++)
        if (tfg_op_update_input(merges[i].op, 1, round[i], s) < 0)
            return -1;
    for (int i = 0; i < a->n; i++)
        if (tfg_loop_exit(c, out[i], "b_acc", &a->sum[i], s) < 0)
            return -1;
    for (int i = 0; i < a->n; i++)
        if (tfg_context_exit_result(c, a->sum[i], s) < 0)
            return -1;
    return 0;
}

static int accumulate_slices(TfgGradCall *g, TfgLoopState *l, const TfgOp *op, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgParts grad = parts_of(&g->dy[0]);
    SliceSums a = {.grad = {grad.indices, grad.values, grad.dense_shape}, .n = grad.dense_shape.op ? 3 : 2};
    Around around = go_around(l);
    int rc = start_of_slices(l, &b, op->inputs[0], &a);
    come_back(around);
    if (rc < 0 || string_slices(l, &b, &a, s) < 0)
        return -1;
    g->dx[0] = (TfgGrad){tfg_value_from_output(a.sum[1]), tfg_value_from_output(a.sum[0]), tfg_value_from_output(a.sum[2])};
    return 0;
}

static int grad_enter(TfgGradCall *g, TfgLoopState *l, const TfgOp *op, TfgStatus *s)
{
    TfgParts in = parts_of(&g->dy[0]), out;
    if (!l || !tfg_while_args(l->context)->back_prop) {
        g->dx[0] = g->dy[0];
        return 0;
    }
    if (tfg_op_is_constant_enter(op))
        return in.indices.op ? accumulate_slices(g, l, op, s) : accumulate(g, l, op, s);
    if (tfg_flow_exit(l->graph, &in, NULL, &out, s) < 0 || tfg_while_add_exit(l->context, &out, s) < 0 ||
        tfg_context_exit_result(l->context, out.values, s) < 0)
        return -1;
    g->dx[0] = grad_of(&out);
    return 0;
}

/* ---- which of them ---- */

static bool is(const TfgOp *op, const char *type, const char *ref_type)
{
    return strcmp(op->def->name, type) == 0 || strcmp(op->def->name, ref_type) == 0;
}

int tfg_loop_gradient(TfgGradCall *g, bool *done, TfgStatus *s)
{
    const TfgOp *op = backend_of(g)->op;
    TfgLoopState *l = current_state(backend_of(g)->graph);
    *done = true;
    if (is(op, "Enter", "RefEnter"))
        return grad_enter(g, l, op, s);
    bool of_loop = is(op, "Switch", "RefSwitch") ? tfg_context_is_while(op->context)
                   : is(op, "Merge", "RefMerge") ? tfg_context_is_while(tfg_op_output_context(op->inputs[0].op)) : tfg_op_is_exit(op);
    *done = of_loop;
    if (!of_loop)
        return 0;
    if (!l)
        return tfg_fail(s, TFG_VALUE_ERROR, "The gradient of '%s' is asked for where its loop is not differentiated", op->name);
    if (tfg_op_is_exit(op))
        return grad_exit(g, l, op, s);
    return tfg_op_is_switch(op) ? grad_switch(g, l, op, s) : grad_merge(g, l, s);
}
