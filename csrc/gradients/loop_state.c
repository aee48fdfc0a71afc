#include "gradients/loop_state.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"

/* ---- ops, short ---- */

TfgOutput tfg_loop_op(TfgGraph *g, const char *type, const char *name, const TfgOutput *in, int n_in, const TfgNamedAttr *attrs, int n_attrs,
                      TfgStatus *s)
{
    return (TfgOutput){tfg_graph_make(g, type, name, in, n_in, attrs, n_attrs, s), 0};
}

TfgOutput tfg_loop_const(TfgGraph *g, const char *name, TfgDType dtype, int64_t value, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_filled(dtype, 0, NULL, (double)value, s);
    TfgOutput out = t ? tfg_graph_constant(g, t, name, s) : (TfgOutput){NULL, 0};
    tfg_tensor_unref(t);
    return out;
}

int tfg_loop_variable(TfgOpContext *c, TfgOutput start, const char *name, const char *merge_name, bool keep_shape, TfgOutput *merge,
                      TfgStatus *s)
{
    TfgEnterArgs args = {.frame = c->name, .parallel_iterations = tfg_while_args(c)->parallel_iterations, .keep_shape = keep_shape};
    TfgParts from = {.values = start}, enter, merged;
    if (tfg_flow_enter(c->graph, &from, &args, name, &enter, s) < 0 || tfg_while_add_enter(c, &enter, s) < 0 ||
        tfg_flow_merge(c->graph, &enter, &enter, merge_name, &merged, s) < 0)
        return -1;
    *merge = merged.values;
    return 0;
}

int tfg_loop_switch(TfgOpContext *c, TfgOutput merge, TfgOutput *out, TfgOutput *in, TfgStatus *s)
{
    TfgOutput sides[2] = {merge, tfg_while_pivot(c)};
    *out = tfg_loop_op(c->graph, "Switch", NULL, sides, 2, NULL, 0, s);
    *in = (TfgOutput){out->op, 1};
    return out->op ? 0 : -1;
}

int tfg_loop_close(TfgOutput merge, TfgOutput next, TfgOutput *iteration, TfgStatus *s)
{
    *iteration = tfg_loop_op(merge.op->graph, "NextIteration", NULL, &next, 1, NULL, 0, s);
    return iteration->op ? tfg_op_update_input(merge.op, 1, *iteration, s) : -1;
}

int tfg_loop_exit(TfgOpContext *c, TfgOutput value, const char *name, TfgOutput *exit, TfgStatus *s)
{
    TfgParts from = {.values = value}, out;
    if (tfg_flow_exit(c->graph, &from, name, &out, s) < 0 || tfg_while_add_exit(c, &out, s) < 0)
        return -1;
    *exit = out.values;
    return 0;
}

int tfg_parts_add(TfgPartsList *list, const TfgParts *parts, TfgStatus *s)
{
    if (tfg_grow((void **)&list->items, &list->capacity, (size_t)list->n + 1, sizeof *list->items) < 0)
        return tfg_fail_memory(s);
    list->items[list->n++] = *parts;
    return 0;
}

static int add_control(TfgOp *op, TfgOp *control, TfgStatus *s) { return tfg_op_add_controls(op, &control, 1, s); }

/* ---- life ---- */

static int real_value(TfgLoopGrad *base, TfgOutput value, TfgOutput *out, TfgStatus *s)
{
    return tfg_loop_real_value((TfgLoopState *)base, value, out, s);
}

static void state_free(TfgLoopGrad *base)
{
    TfgLoopState *l = (TfgLoopState *)base;
    tfg_idmap_fini(&l->history);
    tfg_idmap_fini(&l->switch_of);
    tfg_free(l->real);
    tfg_free(l->switches);
    tfg_free(l->exits.items);
    tfg_free(l->unused.items);
    tfg_free(l->deferred.items);
    tfg_free(l);
}

TfgOpContext *tfg_loop_enter(TfgLoopState *l, TfgGraph *g)
{
    TfgOpContext *before = tfg_graph_context(g);
    if (l) {
        l->caller = before;
        tfg_graph_set_context(g, l->context);
    }
    return before;
}

void tfg_loop_leave(TfgGraph *g, TfgOpContext *before) { tfg_graph_set_context(g, before); }

/* ---- counters ---- */

/* The op that counts the forward loop's iterations up. */
static TfgOp *forward_add(const TfgLoopState *l) { return l->forward_index.op->inputs[0].op; }

static TfgOutput add_one(TfgGraph *g, TfgOutput x, TfgStatus *s)
{
    const char *saved, *scope = tfg_graph_enter_scope(g, "Add", &saved, s);
    if (!scope)
        return (TfgOutput){NULL, 0};
    TfgOutput in[2] = {x, tfg_loop_const(g, "y", TFG_INT32, 1, s)}, out = {NULL, 0};
    if (in[1].op)
        out = tfg_loop_op(g, "Add", scope, in, 2, NULL, 0, s);
    tfg_graph_leave_scope(g, saved);
    return out;
}

/* n = 0; while (condition) n++, in the forward loop.  Called in the context around it. */
static int count_forward(TfgLoopState *l, TfgOutput *total, TfgStatus *s)
{
    TfgGraph *g = l->graph;
    TfgOpContext *c = l->base.forward, *before = tfg_graph_context(g);
    TfgOutput n = tfg_loop_const(g, "f_count", TFG_INT32, 0, s), merge, out, in;
    /* What the i-th run of an inner loop pushes comes before what the next one does. */
    if (!n.op || (l->outer && add_control(n.op, forward_add(l->outer), s) < 0))
        return -1;
    tfg_graph_set_context(g, c);
    int rc = tfg_context_add_value(c, n) < 0 ? tfg_fail_memory(s) : 0;
    if (rc == 0 && (tfg_loop_variable(c, n, "f_count", NULL, true, &merge, s) < 0 || tfg_loop_switch(c, merge, &out, &in, s) < 0))
        rc = -1;
    TfgOutput index = rc == 0 ? add_one(g, in, s) : (TfgOutput){NULL, 0};
    if (!index.op || tfg_loop_close(merge, index, &l->forward_index, s) < 0 || tfg_loop_exit(c, out, "f_count", total, s) < 0 ||
        tfg_context_exit_result(c, *total, s) < 0)
        rc = -1;
    tfg_graph_set_context(g, before);
    return rc;
}

static TfgOp *backward_sync(TfgLoopState *l, TfgStatus *s);

static int count_backward_inside(TfgLoopState *l, TfgOutput count, TfgOutput one, TfgStatus *s)
{
    TfgOpContext *c = l->context;
    TfgGraph *g = l->graph;
    TfgOutput merge, out, in, none = {NULL, 0}, last;
    if (tfg_context_add_value(c, count) < 0)
        return tfg_fail_memory(s);
    if (tfg_loop_variable(c, count, "b_count", NULL, true, &merge, s) < 0)
        return -1;
    tfg_while_set_pivots(c, none, merge, none);
    TfgOutput compared[2] = {merge, one};
    TfgOutput more = tfg_loop_op(g, "GreaterEqual", NULL, compared, 2, NULL, 0, s);
    TfgOutput pivot = more.op ? tfg_loop_op(g, "LoopCond", "b_count", &more, 1, NULL, 0, s) : none;
    if (!pivot.op)
        return -1;
    tfg_while_set_pivots(c, pivot, merge, none);
    if (tfg_loop_switch(c, merge, &out, &in, s) < 0)
        return -1;
    TfgOutput difference[2] = {in, one}, index = tfg_loop_op(g, "Sub", NULL, difference, 2, NULL, 0, s);
    if (!index.op)
        return -1;
    tfg_while_set_pivots(c, pivot, merge, index);
    if (tfg_loop_close(merge, index, &l->index, s) < 0 || tfg_loop_exit(c, out, "b_count", &last, s) < 0)
        return -1;
    if (l->outer) {
        TfgOp *sync = backward_sync(l->outer, s);
        if (!sync || add_control(sync, last.op, s) < 0)
            return -1;
    }
    return tfg_context_exit_result(c, last, s);
}

/* n = count; while (n >= 1) n--: the gradient's loop.  Called in the context around it. */
static int count_backward(TfgLoopState *l, TfgOutput count, TfgStatus *s)
{
    TfgOutput one = tfg_loop_const(l->graph, "b_count", TFG_INT32, 1, s);
    if (!one.op)
        return -1;
    TfgOpContext *before = tfg_graph_context(l->graph);
    tfg_graph_set_context(l->graph, l->context);
    int rc = count_backward_inside(l, count, one, s);
    tfg_graph_set_context(l->graph, before);
    return rc;
}

/* ---- a state ---- */

static int copy_exits(TfgLoopState *l, TfgStatus *s)
{
    const TfgOpContext *c = l->base.forward;
    for (int i = 0; i < tfg_while_n_exits(c); i++)
        if (tfg_parts_add(&l->exits, tfg_while_exit(c, i), s) < 0)
            return -1;
    l->pending_exits = l->exits.n;
    return 0;
}

/* The gradient's context, which owns the state from here on. */
static int make_context(TfgLoopState *l, TfgStatus *s)
{
    const TfgOpContext *forward = l->base.forward;
    l->context = tfg_while_context_new(l->graph, forward->name, tfg_while_args(forward), s);
    if (!l->context)
        return -1;
    tfg_while_set_grad(l->context, &l->base);
    return 0;
}

static int count_in_outer(TfgLoopState *l, TfgOutput total, TfgOpContext *around, TfgStatus *s)
{
    TfgGraph *g = l->graph;
    TfgOutput stack, real;
    if (!l->outer) {
        TfgOpContext *before = tfg_graph_context(g);
        if (around)
            tfg_graph_set_context(g, around);
        int rc = make_context(l, s) < 0 ? -1 : count_backward(l, total, s);
        tfg_graph_set_context(g, before);
        return rc;
    }
    /* How often this loop runs differs from one iteration of the loop around to the next. */
    if (tfg_context_add_value(around, total) < 0)
        return tfg_fail_memory(s);
    if (tfg_loop_push(l->outer, total, false, &stack, s) < 0)
        return -1;
    TfgOpContext *before = tfg_loop_enter(l->outer, g);
    int rc = make_context(l, s) < 0 || tfg_loop_pop(l->outer, stack, total, false, &real, s) < 0 || count_backward(l, real, s) < 0 ? -1 : 0;
    tfg_loop_leave(g, before);
    return rc;
}

static int make_counters(TfgLoopState *l, TfgStatus *s)
{
    TfgGraph *g = l->graph;
    TfgOpContext *around = l->outer ? l->outer->base.forward : l->base.forward->outer, *before = tfg_graph_context(g);
    TfgOutput total;
    if (around)
        tfg_graph_set_context(g, around);
    int rc = count_forward(l, &total, s);
    tfg_graph_set_context(g, before);
    return rc < 0 ? -1 : count_in_outer(l, total, around, s);
}

static TfgLoopState *state_new(TfgGraph *g, TfgOpContext *forward, TfgLoopState *outer, TfgStatus *s)
{
    TfgLoopState *l = tfg_calloc(1, sizeof *l);
    if (!l) {
        tfg_fail_memory(s);
        return NULL;
    }
    l->base = (TfgLoopGrad){.forward = forward, .real_value = real_value, .free = state_free};
    l->graph = g;
    l->outer = outer;
    l->caller = tfg_graph_context(g);
    if (copy_exits(l, s) == 0 && make_counters(l, s) == 0)
        return l;
    l->broken = true;
    if (!l->context)
        state_free(&l->base);
    return NULL;
}

/* ---- the states of a call ---- */

TfgLoopState *tfg_loop_states_of(const TfgLoopStates *all, const TfgOpContext *loop)
{
    uint64_t i;
    return loop && tfg_idmap_get(&all->by_context, (uint64_t)(uintptr_t)loop, &i) ? all->items[i] : NULL;
}

TfgLoopState *tfg_loop_states_find(const TfgLoopStates *all, const TfgOp *op, bool before)
{
    const TfgOpContext *c = op->context;
    if (all->n == 0 || !c)
        return NULL;
    if (before && tfg_op_is_exit(op))
        c = c->outer;
    return tfg_loop_states_of(all, tfg_context_loop(c));
}

int tfg_loop_states_add(TfgLoopStates *all, TfgGraph *g, const TfgOp *exit, TfgLoopState **state, TfgStatus *s)
{
    TfgOpContext *forward = tfg_context_loop(exit->context);
    *state = NULL;
    if (!forward)
        return tfg_fail(s, TFG_VALUE_ERROR, "Failed to call gradients on a while loop withoutproperly serializing graph via MetaGraphDef");
    if (tfg_loop_states_of(all, forward))
        return 0;
    if (tfg_grow((void **)&all->items, &all->capacity, (size_t)all->n + 1, sizeof(TfgLoopState *)) < 0)
        return tfg_fail_memory(s);
    TfgLoopState *l = state_new(g, forward, tfg_loop_states_of(all, tfg_context_loop(forward->outer)), s);
    if (!l)
        return -1;
    if (tfg_idmap_put(&all->by_context, (uint64_t)(uintptr_t)forward, (uint64_t)all->n) < 0) {
        l->broken = true;
        return tfg_fail_memory(s);
    }
    all->items[all->n++] = *state = l;
    return 0;
}

void tfg_loop_states_fini(TfgLoopStates *all, bool failed)
{
    for (int i = 0; i < all->n && failed; i++)
        all->items[i]->broken = true;
    tfg_idmap_fini(&all->by_context);
    tfg_free(all->items);
}

/* ---- order of pushes and pops ---- */

static TfgOp *trigger(TfgLoopState *l, const char *name, TfgOpContext *c, TfgOp *index, TfgStatus *s)
{
    if (tfg_graph_enter_controls(l->graph, NULL, 0, true, s) < 0)
        return NULL;
    TfgOp *op = tfg_graph_make(l->graph, "ControlTrigger", name, NULL, 0, NULL, 0, s);
    tfg_graph_leave_controls(l->graph);
    if (!op)
        return NULL;
    tfg_op_set_context(op, c);
    return add_control(index, op, s) < 0 ? NULL : op;
}

static TfgOp *forward_sync(TfgLoopState *l, TfgStatus *s)
{
    if (!l->forward_sync)
        l->forward_sync = trigger(l, "f_sync", l->base.forward, l->forward_index.op, s);
    return l->forward_sync;
}

static TfgOp *backward_sync(TfgLoopState *l, TfgStatus *s)
{
    if (!l->sync && (l->sync = trigger(l, "b_sync", l->context, l->index.op, s))) {
        TfgOpContext *outer = l->context->outer;
        if (outer && outer->type->add_inner_op)
            outer->type->add_inner_op(outer, l->sync);
    }
    return l->sync;
}

/* ---- stacks ---- */

/* A stack where gradients were asked for, beside the value. */
static TfgOutput make_stack(TfgLoopState *l, TfgOutput value, TfgOpContext *caller, TfgStatus *s)
{
    TfgOutput stack = {NULL, 0}, size;
    TfgNamedAttr attr = {"elem_type", TFG_A_TYPE(tfg_dtype_base(tfg_output_dtype(value)))};
    tfg_graph_set_context(l->graph, caller);
    if (tfg_graph_enter_colocation(l->graph, value.op, false, s) == 0) {
        size = tfg_loop_const(l->graph, "Const", TFG_INT32, -1, s);
        if (size.op)
            stack = tfg_loop_op(l->graph, "StackV2", "f_acc", &size, 1, &attr, 1, s);
        tfg_graph_leave_colocation(l->graph);
    }
    tfg_graph_set_context(l->graph, NULL);
    return stack;
}

static int push_where_it_is(TfgLoopState *l, TfgOutput stack, TfgOutput value, bool dead_branch, TfgOp **push, TfgStatus *s)
{
    TfgOpContext *forward = l->base.forward, *of = tfg_op_output_context(value.op);
    TfgNamedAttr attr = {"swap_memory", TFG_A_BOOL(tfg_while_args(forward)->swap_memory)};
    TfgOutput in[2] = {stack, value};
    if (of != forward && !tfg_context_is_cond(of))
        return tfg_fail(s, TFG_TYPE_ERROR, "value_ctxt is not a CondContext: %s", of ? of->name : "None");
    tfg_graph_set_context(l->graph, dead_branch && of != forward ? of->outer : of);
    *push = tfg_graph_make(l->graph, "StackPushV2", NULL, in, 2, &attr, 1, s);
    tfg_graph_set_context(l->graph, NULL);
    if (!*push)
        return -1;
    if (dead_branch && of != forward)
        tfg_op_set_context(*push, of);
    /* The push ends before the next iteration begins. */
    TfgOp *next = of == forward ? l->forward_index.op : forward_sync(l, s);
    return next ? add_control(next, *push, s) : -1;
}

int tfg_loop_push(TfgLoopState *l, TfgOutput value, bool dead_branch, TfgOutput *stack, TfgStatus *s)
{
    TfgOpContext *caller = tfg_graph_context(l->graph), *forward = l->base.forward;
    TfgOutput entered;
    TfgOp *push = NULL;
    if (tfg_graph_enter_controls(l->graph, NULL, 0, true, s) < 0)
        return -1;
    *stack = make_stack(l, value, caller, s);
    int rc = stack->op && forward->type->add_value(forward, *stack, &entered, s) == 0 &&
             push_where_it_is(l, entered, value, dead_branch, &push, s) == 0 ? add_control(push, forward_add(l), s) : -1;
    tfg_graph_leave_controls(l->graph);
    return rc;
}

/* The innermost cond that value is in, within the loop that its stack is outside of. */
static const TfgOpContext *guarding_cond(TfgOutput stack, TfgOutput value)
{
    for (const TfgOpContext *c = value.op->context; c && c != stack.op->context; c = c->outer)
        if (tfg_context_is_cond(c))
            return c;
    return NULL;
}

/* The pop happens only where the push did. */
static int guard(TfgLoopState *l, const TfgOpContext *cond, bool dead_branch, TfgOutput *stack, TfgStatus *s)
{
    TfgOutput pred = tfg_cond_pred(cond);
    TfgParts in = {.values = *stack}, ways[2];
    for (const TfgLoopState *o = l; o; o = o->outer)
        if (tfg_loop_known(o, tfg_cond_pred(cond), &pred))
            break;
    if (tfg_flow_switch(l->graph, &in, pred, NULL, ways, s) < 0)
        return -1;
    *stack = ways[dead_branch ? 1 - tfg_cond_branch(cond) : tfg_cond_branch(cond)].values;
    return 0;
}

static int pop(TfgLoopState *l, TfgOutput stack, TfgOutput value, bool dead_branch, TfgOutput *out, TfgStatus *s)
{
    const TfgOpContext *cond = guarding_cond(stack, value);
    TfgNamedAttr attr = {"elem_type", TFG_A_TYPE(tfg_dtype_base(tfg_output_dtype(value)))};
    TfgShape shape;
    if (cond && guard(l, cond, dead_branch, &stack, s) < 0)
        return -1;
    *out = tfg_loop_op(l->graph, "StackPopV2", NULL, &stack, 1, &attr, 1, s);
    if (!out->op)
        return -1;
    tfg_output_shape(value, &shape);
    return tfg_output_set_shape(*out, &shape, s);
}

int tfg_loop_pop(TfgLoopState *l, TfgOutput stack, TfgOutput value, bool dead_branch, TfgOutput *out, TfgStatus *s)
{
    if (tfg_graph_enter_controls(l->graph, NULL, 0, true, s) < 0)
        return -1;
    tfg_graph_set_context(l->graph, l->context);
    int rc = pop(l, stack, value, dead_branch, out, s);
    tfg_graph_leave_controls(l->graph);
    if (rc < 0 || tfg_while_args(l->context)->parallel_iterations <= 1)
        return rc;
    TfgOp *sync = backward_sync(l, s);
    return sync ? add_control(sync, out->op, s) : -1;
}

/* ---- forward values in the gradient's loop ---- */

bool tfg_loop_known(const TfgLoopState *l, TfgOutput value, TfgOutput *out)
{
    uint64_t i;
    if (!tfg_idmap_get(&l->history, tfg_output_key(value), &i))
        return false;
    *out = l->real[i];
    return true;
}

static int remember(TfgLoopState *l, TfgOutput value, TfgOutput real, TfgStatus *s)
{
    if (tfg_grow((void **)&l->real, &l->real_capacity, l->n_real + 1, sizeof real) < 0 ||
        tfg_idmap_put(&l->history, tfg_output_key(value), l->n_real) < 0)
        return tfg_fail_memory(s);
    l->real[l->n_real++] = real;
    return 0;
}

/* Follows what passes its input on to the Enter of something that the loop does not change; NULL where there is none. */
static const TfgOp *constant_enter(TfgOutput value)
{
    const TfgOp *op = value.op;
    for (int32_t n = tfg_graph_n_ops(op->graph); n >= 0; n--) {
        bool passes = tfg_op_is_switch(op) || strcmp(op->def->name, "Identity") == 0 || strcmp(op->def->name, "RefIdentity") == 0;
        if (!passes)
            break;
        op = op->inputs[0].op;
    }
    return tfg_op_is_constant_enter(op) ? op : NULL;
}

static int clone_constant(TfgLoopState *l, TfgOutput value, TfgOutput *out, TfgStatus *s)
{
    TfgTensor *t = tfg_graph_constant_value(l->graph, value);
    if (!t)
        return tfg_fail(s, TFG_INTERNAL, "the constant %s has no value", value.op->name);
    *out = tfg_graph_constant(l->graph, t, "Const", s);
    tfg_tensor_unref(t);
    return out->op ? 0 : -1;
}

/* `value` is of the loop of `from`, which is l or around it. */
static int keep_history(TfgLoopState *l, TfgLoopState *from, TfgOutput value, TfgOutput *out, TfgStatus *s)
{
    TfgOpContext *inside = tfg_graph_context(l->graph);
    TfgOutput stack;
    tfg_graph_set_context(l->graph, l->caller);
    int rc = tfg_loop_push(from, value, false, &stack, s);
    tfg_graph_set_context(l->graph, inside);
    if (rc < 0 || tfg_loop_pop(from, stack, value, false, out, s) < 0)
        return -1;
    return from == l ? 0 : l->context->type->add_value(l->context, *out, out, s);
}

static int find_real_value(TfgLoopState *l, TfgOutput value, TfgOutput *out, TfgStatus *s)
{
    TfgLoopState *from = l;
    for (const TfgOp *enter; (enter = constant_enter(value));) {
        value = enter->inputs[0];
        from = from->outer;
        if (!from)              /* outside of all loops: it comes into this one as it came into the forward one */
            return l->context->type->add_value(l->context, value, out, s);
    }
    if (strcmp(value.op->def->name, "Const") == 0)
        return clone_constant(l, value, out, s);
    return keep_history(l, from, value, out, s);
}

int tfg_loop_real_value(TfgLoopState *l, TfgOutput value, TfgOutput *out, TfgStatus *s)
{
    if (l->broken)
        return tfg_fail(s, TFG_RUNTIME_ERROR, "The gradient of loop '%s' could not be built", l->base.forward->name);
    if (tfg_loop_known(l, value, out))
        return 0;
    if (find_real_value(l, value, out, s) == 0 && remember(l, value, *out, s) == 0)
        return 0;
    l->broken = true;
    return -1;
}

int tfg_loop_real_pred(TfgLoopState *l, TfgOutput pred, TfgOutput *out, TfgStatus *s)
{
    TfgOutput stack;
    if (tfg_loop_known(l, pred, out))
        return 0;
    TfgOpContext *inside = tfg_graph_context(l->graph);
    tfg_graph_set_context(l->graph, l->caller);
    int rc = tfg_loop_push(l, pred, false, &stack, s);
    tfg_graph_set_context(l->graph, inside);
    return rc < 0 || tfg_loop_pop(l, stack, pred, false, out, s) < 0 ? -1 : remember(l, pred, *out, s);
}
