/* Gradients of conditionals and loops, and of ops that run for what they do.  A Switch becomes a Merge of what both arms give back; a Merge
 * becomes a Switch by the same predicate. */
#include "gradients/rows.h"

static const TfgGrad NO_GRAD = {{NULL, 0}, {NULL, 0}, {NULL, 0}};

/* One of two gradients, whichever arm was taken; slices where either is. */
static TfgGrad merge(TfgBuild *b, const char *name, const TfgGrad *two)
{
    if (!tfg_has_value(two[0].indices) && !tfg_has_value(two[1].indices))
        return (TfgGrad){.value = B_NAMED(b, "Merge", name, two[0].value, two[1].value)};
    TfgGrad sides[2];
    bool in = tfg_b_enter(b, name);
    for (int i = 0; i < 2; i++) {
        sides[i] = two[i];
        if (tfg_has_value(two[i].indices))
            continue;
        TfgValue shape = B_OP(b, "Shape", two[i].value), rows = tfg_b_item(b, shape, 0);
        sides[i] = (TfgGrad){two[i].value, tfg_b_range(b, TFG_NO_VALUE, rows, TFG_NO_VALUE), shape};
    }
    bool wide = tfg_b_dtype(b, sides[0].indices) != tfg_b_dtype(b, sides[1].indices);
    for (int i = 0; i < 2 && wide; i++)
        sides[i].indices = tfg_b_cast(b, sides[i].indices, TFG_INT64, NULL);
    TfgGrad out = NO_GRAD;
    out.value = B_NAMED(b, "Merge", "/", sides[0].value, sides[1].value);
    out.indices = B_NAMED(b, "Merge", "indices", sides[0].indices, sides[1].indices);
    if (tfg_has_value(sides[0].dense_shape) && tfg_has_value(sides[1].dense_shape))
        out.dense_shape = B_NAMED(b, "Merge", "dense_shape", sides[0].dense_shape, sides[1].dense_shape);
    else if (tfg_has_value(sides[0].dense_shape) || tfg_has_value(sides[1].dense_shape))
        tfg_b_fail(b, TFG_VALUE_ERROR, "Either all merged IndexedSlices must have a dense_shape, or none must have a dense_shape.");
    tfg_b_leave(b, in);
    return out;
}

/* The gradient on both ways out of a switch. */
static void switch_both(TfgBuild *b, const char *name, TfgGrad grad, TfgValue pred, TfgGrad *two)
{
    TfgValue v[2], i[2], d[2] = {TFG_NO_VALUE, TFG_NO_VALUE};
    if (!tfg_has_value(grad.indices)) {
        tfg_b_op_n(b, "Switch", name, B_LIST(grad.value, pred), NULL, 0, v, 2);
        two[0] = (TfgGrad){.value = v[0]};
        two[1] = (TfgGrad){.value = v[1]};
        return;
    }
    bool in = tfg_b_enter(b, name);
    tfg_b_op_n(b, "Switch", "/", B_LIST(grad.value, pred), NULL, 0, v, 2);
    tfg_b_op_n(b, "Switch", "indices", B_LIST(grad.indices, pred), NULL, 0, i, 2);
    if (tfg_has_value(grad.dense_shape))
        tfg_b_op_n(b, "Switch", "dense_shape", B_LIST(grad.dense_shape, pred), NULL, 0, d, 2);
    tfg_b_leave(b, in);
    for (int k = 0; k < 2; k++)
        two[k] = (TfgGrad){v[k], i[k], d[k]};
}

static void give(TfgBuild *b, int i, TfgGrad grad)
{
    if (!b->failed)
        b->g->dx[i] = grad;
}

/* Ops of loops are the backend's; *done says that this was one. */
static int loop(TfgGradCall *g, bool *done, TfgStatus *s)
{
    *done = false;
    return g->backend->loop ? g->backend->loop(g, done, s) : 0;
}

static int cond_of(TfgGradCall *g, int i, TfgValue *pred, int *branch, TfgStatus *s)
{
    return g->backend->cond ? g->backend->cond(g, i, pred, branch, s) : 0;
}

static int grad_switch(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue pred;
    int branch;
    bool done;
    if (loop(g, &done, s) < 0 || done)
        return s->code ? -1 : 0;
    if (!cond_of(g, -1, &pred, &branch, s)) {
        TfgGrad no[2], yes[2];
        pred = tfg_b_x(b, 1);
        switch_both(b, "Switch", g->dy[0], pred, no);
        switch_both(b, "Switch", g->dy[1], pred, yes);
        give(b, 0, merge(b, "Merge", (TfgGrad[]){no[0], yes[1]}));
        return tfg_b_done(b);
    }
    const TfgGrad *taken = &g->dy[branch], *other = &g->dy[1 - branch];
    if (tfg_has_value(other->value))
        give(b, 0, merge(b, "cond_grad", g->dy));
    else if (tfg_b_dtype(b, tfg_b_x(b, 0)) == TFG_RESOURCE)
        give(b, 0, merge(b, "cond_resource_grad", (TfgGrad[]){*taken, *taken}));
    return tfg_b_done(b);
}

/* Switches beside the gradient itself, whatever the op being differentiated is colocated with. */
static void switch_beside(TfgBuild *b, const char *name, TfgGrad grad, TfgValue pred, TfgGrad *two)
{
    bool beside = tfg_b_beside(b, grad.value, true);
    switch_both(b, name, grad, pred, two);
    tfg_b_leave_beside(b, beside);
}

static int grad_merge(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue pred;
    TfgGrad two[2];
    int branch;
    bool done;
    if (loop(g, &done, s) < 0 || done)
        return s->code ? -1 : 0;
    int in_cond = cond_of(g, 0, &pred, &branch, s);
    if (in_cond < 0)
        return -1;
    if (in_cond) {
        switch_beside(b, "cond_grad", g->dy[0], pred, two);
        for (int i = 0; i < g->n_in && i < 2; i++)
            give(b, i, two[i]);
        return tfg_b_done(b);
    }
    TfgValue index = tfg_b_y(b, 1);
    TfgGrad none = NO_GRAD;
    for (int i = 0; i < g->n_in && !b->failed; i++)     /* first which one came, as in TensorFlow */
        g->dx[i] = (TfgGrad){.value = tfg_b_op_const(b, "Equal", "Equal", index, i)};
    for (int i = 0; i < g->n_in && !b->failed; i++) {
        switch_beside(b, "Switch", g->dy[0], g->dx[i].value, two);
        g->dx[i] = none;
        give(b, i, two[1]);
    }
    return tfg_b_done(b);
}

static int grad_enter(TfgGradCall *g, TfgStatus *s)
{
    bool done;
    if (loop(g, &done, s) < 0)
        return -1;
    return done ? 0 : tfg_grad_pass(g, s);
}

static int grad_exit(TfgGradCall *g, TfgStatus *s)
{
    bool done;
    if (loop(g, &done, s) < 0)
        return -1;
    return done ? 0 : tfg_fail(s, TFG_UNIMPLEMENTED, "Gradients through a while loop need a graph (operation '%s')", g->op_name);
}

static int grad_print(TfgGradCall *g, TfgStatus *s) { return tfg_grad_pass(g, s); }

const TfgGradRow tfg_gradients_control_flow[] = {
    GRAD("Enter", grad_enter, 0),
    GRAD("Exit", grad_exit, 0),
    GRAD("LoopCond", tfg_grad_none, 0),
    GRAD("Merge", grad_merge, TFG_USES_X | TFG_USES_Y),
    GRAD("NextIteration", tfg_grad_pass, 0),
    GRAD("Print", grad_print, 0),
    NONE("PyFunc"),
    NONE("PyFuncStateless"),
    GRAD("RefEnter", grad_enter, 0),
    GRAD("RefExit", grad_exit, 0),
    GRAD("RefIdentity", tfg_grad_pass, 0),
    GRAD("RefMerge", grad_merge, TFG_USES_X | TFG_USES_Y),
    GRAD("RefNextIteration", tfg_grad_pass, 0),
    GRAD("RefSwitch", grad_switch, TFG_USES_X),
    GRAD("Switch", grad_switch, TFG_USES_X),
};
const int tfg_n_gradients_control_flow = sizeof tfg_gradients_control_flow / sizeof *tfg_gradients_control_flow;
