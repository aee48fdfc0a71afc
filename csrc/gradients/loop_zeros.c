/* Zeros in the gradients of loops: for outputs that the result does not depend on. */
#include "base/status.h"
#include "gradients/loop_state.h"

typedef struct Room {           /* for building where no gradient function is called */
    TfgGraphBackend backend;
    TfgGradCall call;
    TfgBuild b;
} Room;

static TfgBuild *room(Room *r, TfgGraph *g, TfgStatus *s)
{
    r->backend = (TfgGraphBackend){.graph = g};
    r->call = (TfgGradCall){.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &r->backend};
    r->b = (TfgBuild)TFG_BUILD(&r->call, s);
    return &r->b;
}

TfgValue tfg_loop_shape_of(TfgBuild *b, TfgOutput t)
{
    bool resource = tfg_dtype_base(tfg_output_dtype(t)) == TFG_RESOURCE;
    return resource ? B_OP(b, "VariableShape", tfg_value_from_output(t)) : B_OP(b, "Shape", tfg_value_from_output(t));
}

/* ---- an exit that nothing depends on, though the loop is differentiated ---- */

static TfgValue zeros_of_exit(TfgBuild *b, TfgLoopState *outer, const TfgOp *exit, TfgOutput v, TfgDType dtype)
{
    TfgGraph *g = v.op->graph;
    TfgOpContext *before = tfg_graph_context(g);
    TfgOutput stack, real;
    TfgValue zeros = TFG_NO_VALUE;
    tfg_graph_set_context(g, exit->context->outer);
    TfgValue shape = tfg_loop_shape_of(b, v);
    tfg_graph_set_context(g, before);
    if (tfg_b_done(b) < 0 || tfg_loop_push(outer, tfg_output_from_value(shape), false, &stack, b->s) < 0)
        goto fail;
    tfg_loop_enter(outer, g);
    if (tfg_loop_pop(outer, stack, tfg_output_from_value(shape), false, &real, b->s) < 0)
        goto fail;
    zeros = tfg_b_zeros(b, tfg_value_from_output(real), dtype);
    tfg_loop_leave(g, before);
    return zeros;
fail:
    tfg_loop_leave(g, before);
    b->failed = true;
    return TFG_NO_VALUE;
}

int tfg_loop_zeros_for_exit(const TfgLoopStates *all, const TfgParts *exit, TfgGrad *grad, TfgStatus *s)
{
    TfgOutput v = exit->values;
    Room r;
    TfgBuild *b = room(&r, v.op->graph, s);
    TfgShape shape;
    TfgDType dtype = tfg_dtype_base(tfg_output_dtype(v));
    TfgLoopState *outer = v.op->context ? tfg_loop_states_of(all, tfg_context_loop(v.op->context->outer)) : NULL;
    *grad = (TfgGrad){TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
    bool resource = dtype == TFG_RESOURCE;
    if (resource)
        dtype = tfg_dtype_behind(&v.op->outputs[v.index]);
    tfg_output_shape(v, &shape);
    if (tfg_shape_is_full(&shape) && !resource) {
        TfgOpContext *before = tfg_loop_enter(outer, v.op->graph);
        grad->value = tfg_b_zeros_of(b, "zeros", &shape, dtype);
        tfg_loop_leave(v.op->graph, before);
    } else {
        grad->value = outer ? zeros_of_exit(b, outer, v.op, v, dtype) : resource ? tfg_b_zeros(b, tfg_loop_shape_of(b, v), dtype) :
                      tfg_b_zeros_like(b, tfg_value_from_output(v), false);
    }
    return tfg_b_done(b);
}

/* ---- an output of an op inside ---- */

static int zeros_of_known(TfgBuild *b, const TfgLoopState *l, const TfgOp *op, const TfgShape *shape, TfgDType dtype, TfgGrad *grad)
{
    TfgStatus *s = b->s;
    TfgTensor *t = tfg_tensor_filled(dtype, shape->rank, shape->dims, 0, s);
    TfgParts zeros = {.values = {NULL, 0}}, ways[2];
    if (t)
        zeros.values = tfg_graph_constant(l->graph, t, "Const", s);
    tfg_tensor_unref(t);
    if (!zeros.values.op)
        return -1;
    if (tfg_op_is_switch(op) && tfg_context_is_cond(op->context)) {     /* only where the arm was not taken */
        TfgOutput pred;
        if (!tfg_loop_known(l, tfg_cond_pred(op->context), &pred))
            return tfg_fail(s, TFG_VALUE_ERROR, "The predicate of '%s' is not known in the gradient's loop", op->name);
        if (tfg_flow_switch(l->graph, &zeros, pred, NULL, ways, s) < 0)
            return -1;
        zeros = ways[1 - tfg_cond_branch(op->context)];
    }
    grad->value = tfg_value_from_output(zeros.values);
    return 0;
}

/* The shape is taken in the forward loop; for the arm of a cond that was not taken, from what went into its Switch. */
static int forward_shape(TfgBuild *b, TfgGraph *g, const TfgOp *op, TfgOutput val, bool dead, TfgValue *shape)
{
    TfgOpContext *before = tfg_graph_context(g), *c = op->context;
    int rc = 0;
    if (dead) {
        TfgParts in = {.values = op->inputs[0]}, ways[2];
        tfg_graph_set_context(g, c->outer);
        rc = tfg_flow_switch(g, &in, tfg_cond_pred(c), NULL, ways, b->s);
        if (rc == 0) {
            TfgParts way = ways[1 - tfg_cond_branch(c)];
            *shape = tfg_loop_shape_of(b, way.values);
            rc = tfg_b_done(b);
        }
        tfg_graph_set_context(g, before);
        if (rc == 0) {
            tfg_op_set_context(ways[0].values.op, c);
            tfg_op_set_context(tfg_output_from_value(*shape).op, c);
        }
        return rc;
    }
    tfg_graph_set_context(g, c);
    *shape = tfg_loop_shape_of(b, val);
    tfg_graph_set_context(g, before);
    return tfg_b_done(b);
}

static int zeros_of_history(TfgBuild *b, TfgLoopState *l, const TfgOp *op, TfgOutput val, TfgDType dtype, TfgGrad *grad)
{
    bool dead = tfg_op_is_switch(op) && tfg_context_is_cond(op->context);
    TfgGraph *g = l->graph;
    TfgValue shape = TFG_NO_VALUE;
    TfgOutput stack, real;
    if (forward_shape(b, g, op, val, dead, &shape) < 0)
        return -1;
    TfgOutput of = tfg_output_from_value(shape);
    TfgOpContext *inside = tfg_graph_context(g);
    tfg_graph_set_context(g, l->caller);
    int rc = tfg_loop_push(l, of, dead, &stack, b->s);
    tfg_graph_set_context(g, inside);
    if (rc < 0 || tfg_loop_pop(l, stack, of, dead, &real, b->s) < 0)
        return -1;
    grad->value = tfg_b_zeros(b, tfg_value_from_output(real), dtype);
    return tfg_b_done(b);
}

int tfg_loop_zeros(const TfgLoopStates *all, const TfgOp *op, int i, TfgGrad *grad, TfgStatus *s)
{
    TfgLoopState *l;
    TfgShape shape;
    Room r;
    TfgOutput val = {(TfgOp *)(uintptr_t)op, i};
    TfgDType dtype = tfg_dtype_base(op->outputs[i].dtype);
    *grad = (TfgGrad){TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
    if (tfg_op_is_loop_switch(op))
        return 0;
    l = tfg_loop_states_of(all, tfg_context_loop(op->context));
    if (!l)
        return tfg_zeros_outside_loops(op->graph, op, i, grad, s);
    tfg_output_shape(val, &shape);
    if (dtype == TFG_RESOURCE)      /* a handle's own shape says nothing about its variable's */
        return zeros_of_history(room(&r, op->graph, s), l, op, val, tfg_dtype_behind(&op->outputs[i]), grad);
    if (tfg_shape_is_full(&shape))
        return zeros_of_known(room(&r, op->graph, s), l, op, &shape, dtype, grad);
    return zeros_of_history(room(&r, op->graph, s), l, op, val, dtype, grad);
}

/* ---- at the end ---- */

static TfgOutput zeros_inside(TfgLoopState *l, TfgOutput merge, const TfgShape *shape, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_filled(tfg_dtype_base(tfg_output_dtype(merge)), shape->rank, shape->dims, 0, s);
    TfgOutput out = {NULL, 0};
    if (t)
        out = tfg_graph_constant(l->graph, t, "Const", s);
    tfg_tensor_unref(t);
    return out;
}

static TfgOutput zeros_around(TfgLoopState *l, TfgOutput merge, TfgStatus *s)
{
    Room r;
    TfgBuild *b = room(&r, l->graph, s);
    TfgOpContext *before = tfg_graph_context(l->graph);
    if (l->context->outer)
        tfg_graph_set_context(l->graph, l->context->outer);
    TfgOutput entered = merge.op->inputs[0].op->inputs[0];
    TfgValue shape = tfg_loop_shape_of(b, entered);
    TfgValue zeros = tfg_b_zeros(b, shape, tfg_dtype_base(tfg_output_dtype(merge)));
    tfg_graph_set_context(l->graph, before);
    return tfg_b_done(b) < 0 ? (TfgOutput){NULL, 0} : tfg_output_from_value(zeros);
}

static int finish_merge(TfgLoopState *l, TfgOutput merge, TfgStatus *s)
{
    TfgShape shape;
    TfgOutput first = merge.op->inputs[0], next, round = {NULL, 0};
    tfg_output_shape(first, &shape);
    bool known = tfg_shape_is_full(&shape);
    if (!known && !(next = zeros_around(l, merge, s)).op)
        return -1;
    TfgOpContext *before = tfg_loop_enter(l, l->graph);
    if (known)
        next = zeros_inside(l, first, &shape, s);
    if (next.op)
        round = tfg_loop_op(l->graph, "NextIteration", NULL, &next, 1, NULL, 0, s);
    tfg_loop_leave(l->graph, before);
    return round.op ? tfg_op_update_input(merge.op, 1, round, s) : -1;
}

int tfg_loop_states_finish(const TfgLoopStates *all, TfgStatus *s)
{
    for (int i = 0; i < all->n; i++) {
        TfgLoopState *l = all->items[i];
        for (int k = 0; k < l->n_switches; k++) {
            TfgOutput merge = l->switches[k].merge.values, a = merge.op->inputs[0], b = merge.op->inputs[1];
            if (a.op == b.op && a.index == b.index && finish_merge(l, merge, s) < 0)
                return -1;
        }
    }
    return 0;
}
