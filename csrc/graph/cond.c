/* CondContext: one arm of a cond.  Values from outside enter through a Switch of their own, made when they are first used. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

typedef struct CondContext {
    TfgOpContext base;
    TfgOutput pred, pivot;
    int branch;
} CondContext;

static int cond_add_op(TfgOpContext *c, TfgOp *op, TfgStatus *s);
static int cond_add_value(TfgOpContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s);
static bool cond_back_prop(const TfgOpContext *c);
static TfgOutput cond_pivot(const TfgOpContext *c) { return tfg_cond_pivot(c); }
static void cond_add_inner_op(TfgOpContext *c, TfgOp *op);

static const TfgOpContextType cond_type = {
    .name = "CondContext", .add_op = cond_add_op, .add_value = cond_add_value, .back_prop = cond_back_prop,
    .pivot = cond_pivot, .add_inner_op = cond_add_inner_op,
};

bool tfg_context_is_cond(const TfgOpContext *c) { return c && c->type == &cond_type; }
TfgOutput tfg_cond_pred(const TfgOpContext *c) { return ((const CondContext *)c)->pred; }
TfgOutput tfg_cond_pivot(const TfgOpContext *c) { return ((const CondContext *)c)->pivot; }
int tfg_cond_branch(const TfgOpContext *c) { return ((const CondContext *)c)->branch; }

static CondContext *new_cond(TfgOutput pred, TfgOutput pivot, int branch, TfgStatus *s)
{
    CondContext *c = tfg_calloc(1, sizeof *c);
    if (!c) {
        tfg_fail_memory(s);
        return NULL;
    }
    c->pred = pred;
    c->pivot = pivot;
    c->branch = branch;
    return c;
}

TfgOpContext *tfg_cond_context_new(TfgGraph *g, const char *name, TfgOutput pred, TfgOutput pivot, int branch, TfgStatus *s)
{
    CondContext *c = new_cond(pred, pivot, branch, s);
    if (!c)
        return NULL;
    if (tfg_context_add_value(&c->base, pred) < 0 || tfg_context_set_external(&c->base, pred, pred) < 0 ||
        tfg_context_add_value(&c->base, pivot) < 0) {
        tfg_fail_memory(s);
        goto fail;
    }
    if (tfg_context_init(&c->base, &cond_type, g, name ? name : "cond_text", s) < 0)
        goto fail;
    tfg_op_set_context(pivot.op, &c->base);
    return &c->base;
fail:
    tfg_context_free(&c->base);
    return NULL;
}

TfgOpContext *tfg_cond_context_restore(TfgGraph *g, const char *name, TfgOutput pred, TfgOutput pivot, int branch, TfgStatus *s)
{
    CondContext *c = new_cond(pred, pivot, branch, s);
    if (!c)
        return NULL;
    if (tfg_context_init_named(&c->base, &cond_type, g, name, s) == 0)
        return &c->base;
    tfg_context_free(&c->base);
    return NULL;
}

static bool cond_back_prop(const TfgOpContext *c)
{
    for (c = c->outer; c; c = c->outer)         /* a loop around it decides */
        if (c->type != &cond_type)
            return c->type->back_prop && c->type->back_prop(c);
    return false;
}

static void cond_add_inner_op(TfgOpContext *c, TfgOp *op)
{
    if (c->outer && c->outer->type->add_inner_op)
        c->outer->type->add_inner_op(c->outer, op);
}

/* ---- Switches ---- */

/* A Switch of `in` on the arm's predicate, where `in` lives; *out is the side of this arm. */
static int make_switch(CondContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    TfgGraph *g = c->base.graph;
    TfgOutput inputs[2] = {in, c->pred};
    bool is_ref = tfg_dtype_is_ref(tfg_output_dtype(in));
    if (tfg_graph_enter_colocation(g, in.op, true, s) < 0)
        return -1;
    TfgOp *op = tfg_graph_make(g, is_ref ? "RefSwitch" : "Switch", "Switch", inputs, 2, NULL, 0, s);
    tfg_graph_leave_colocation(g);
    if (!op)
        return -1;
    *out = (TfgOutput){op, c->branch};
    return 0;
}

static int add_outside_value(CondContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    TfgOpContext *outer = c->base.outer;
    TfgOutput seen = in;
    if (outer) {
        if (outer->type->add_value(outer, in, &seen, s) < 0)
            return -1;
        if (tfg_context_add_value(&c->base, seen) < 0 || tfg_context_set_external(&c->base, seen, seen) < 0)
            return tfg_fail_memory(s);
    }
    if (tfg_graph_enter_controls(c->base.graph, NULL, 0, true, s) < 0)
        return -1;
    int rc = make_switch(c, seen, out, s);
    if (rc == 0)
        cond_add_inner_op(&c->base, out->op);
    tfg_graph_leave_controls(c->base.graph);
    if (rc < 0)
        return -1;
    out->op->unfetchable = true;
    tfg_op_set_context(out->op, &c->base);
    if (tfg_context_add_value(&c->base, *out) < 0 || tfg_context_set_external(&c->base, in, *out) < 0 ||
        tfg_context_add_value(&c->base, in) < 0)
        return tfg_fail_memory(s);
    return 0;
}

static int cond_add_value(TfgOpContext *base, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    if (!tfg_context_has_value(base, in))
        return add_outside_value((CondContext *)base, in, out, s);
    if (!tfg_context_find_external(base, in, out))
        *out = in;
    return 0;
}

/* ---- Ops ---- */

static bool is_type(const TfgOp *op, const char *type)
{
    return strcmp(op->def->name, type) == 0;
}

static int drop_external_controls(CondContext *c, TfgOp *op, TfgStatus *s)
{
    TfgOp **external;
    int n_internal, n_external;
    if (tfg_context_drop_external_controls(&c->base, op, &n_internal, &external, &n_external, s) < 0)
        return -1;
    tfg_free(external);
    return 0;
}

/* An op without inputs must still run in this arm only: it waits for the pivot, unless for something inside already. */
static int hold_back(CondContext *c, TfgOp *op, TfgStatus *s)
{
    if (drop_external_controls(c, op, s) < 0)
        return -1;
    for (int i = 0; i < op->n_controls; i++)
        if (tfg_context_contains(&c->base, op->controls[i]->context))
            return 0;
    return tfg_op_add_controls(op, &c->pivot.op, 1, s);
}

static int bring_in_inputs(CondContext *c, TfgOp *op, TfgStatus *s)
{
    for (int i = 0; i < op->n_inputs; i++) {
        TfgOutput in = op->inputs[i], real = in;
        /* A file's loop inside the arm: the back edge becomes a member when its own turn comes. */
        if (is_type(op, "Merge") && is_type(in.op, "NextIteration"))
            continue;
        if (cond_add_value(&c->base, in, &real, s) < 0)
            return -1;
        if ((real.op != in.op || real.index != in.index) && tfg_op_update_input(op, i, real, s) < 0)
            return -1;
    }
    if (drop_external_controls(c, op, s) < 0)
        return -1;
    return tfg_op_calls_function(op) ? tfg_op_add_controls(op, &c->pivot.op, 1, s) : 0;
}

static int see_outputs(TfgOpContext *c, TfgOp *op)
{
    for (; c; c = c->outer)
        for (int i = 0; i < op->n_outputs; i++)
            if (tfg_context_add_value(c, (TfgOutput){op, i}) < 0)
                return -1;
    return 0;
}

static int cond_add_op(TfgOpContext *base, TfgOp *op, TfgStatus *s)
{
    CondContext *c = (CondContext *)base;
    if ((op->n_inputs == 0 ? hold_back(c, op, s) : bring_in_inputs(c, op, s)) < 0)
        return -1;
    if (see_outputs(base, op) < 0)
        return tfg_fail_memory(s);
    if (base->outer || !(is_type(op, "Exit") || is_type(op, "RefExit")))
        op->unfetchable = true;
    cond_add_inner_op(base, op);
    return 0;
}

/* ---- Results ---- */

int tfg_cond_add_result(TfgOpContext *base, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    CondContext *c = (CondContext *)base;
    *out = in;
    if (tfg_context_has_value(base, in)) {
        tfg_context_find_external(base, in, out);
        return 0;
    }
    /* An arm that gives back something from outside.  The Switch is made inside the arm. */
    TfgOutput seen = in;
    if (tfg_context_add_value(base, in) < 0)
        return tfg_fail_memory(s);
    if (base->outer) {
        if (base->outer->type->add_value(base->outer, in, &seen, s) < 0)
            return -1;
        if (tfg_context_add_value(base, seen) < 0 || tfg_context_set_external(base, seen, seen) < 0)
            return tfg_fail_memory(s);
    }
    if (make_switch(c, seen, out, s) < 0)
        return -1;
    return tfg_context_set_external(base, in, *out) < 0 ? tfg_fail_memory(s) : 0;
}

int tfg_cond_add_op_result(TfgOpContext *base, TfgOp *op, TfgOutput *out, TfgStatus *s)
{
    TfgOutput pivot = ((CondContext *)base)->pivot;
    TfgGraph *g = base->graph;
    TfgOp *result = NULL;
    if (tfg_graph_enter_colocation(g, pivot.op, false, s) < 0)
        return -1;
    if (tfg_graph_enter_controls(g, &op, 1, false, s) == 0) {
        result = tfg_graph_make(g, "Identity", "control_dependency", &pivot, 1, NULL, 0, s);
        tfg_graph_leave_controls(g);
    }
    tfg_graph_leave_colocation(g);
    *out = (TfgOutput){result, 0};
    return result ? 0 : -1;
}
