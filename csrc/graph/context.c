/* Contexts: what every kind of them holds. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

TfgOpContext *tfg_graph_context(const TfgGraph *g) { return g->context; }

TfgOpContext *tfg_graph_newest_context(const TfgGraph *g) { return g->contexts; }

void tfg_graph_set_context(TfgGraph *g, TfgOpContext *c)
{
    tfg_graph_lock(g);
    g->context = c;
    tfg_graph_unlock(g);
}

TfgOp *tfg_graph_original(const TfgGraph *g) { return g->original; }

TfgOp *tfg_graph_set_original(TfgGraph *g, TfgOp *op)
{
    tfg_graph_lock(g);
    TfgOp *before = g->original;
    g->original = op;
    tfg_graph_unlock(g);
    return before;
}

static void own(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g)
{
    c->type = type;
    c->graph = g;
    c->outer = g->context;
    c->next_owned = g->contexts;
    g->contexts = c;
}

int tfg_context_init(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g, const char *name, TfgStatus *s)
{
    c->name = tfg_graph_unique_name(g, name, true, s);
    if (!c->name)
        return -1;
    tfg_graph_lock(g);
    own(c, type, g);
    tfg_graph_unlock(g);
    return 0;
}

int tfg_context_init_named(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g, const char *name, TfgStatus *s)
{
    tfg_graph_lock(g);
    c->name = tfg_arena_strdup(&g->arena, name);
    if (c->name)
        own(c, type, g);
    tfg_graph_unlock(g);
    return c->name ? 0 : tfg_fail_memory(s);
}

void tfg_context_free(TfgOpContext *c)
{
    if (c->type && c->type->free)
        c->type->free(c);
    tfg_idmap_fini(&c->values);
    tfg_idmap_fini(&c->external);
    tfg_free(c->external_from);
    tfg_free(c->external_to);
    tfg_free(c);
}

int tfg_context_add_value(TfgOpContext *c, TfgOutput o)
{
    return tfg_idmap_put(&c->values, tfg_output_key(o), 1);
}

bool tfg_context_has_value(const TfgOpContext *c, TfgOutput o)
{
    return tfg_idmap_get(&c->values, tfg_output_key(o), NULL);
}

int tfg_context_set_external(TfgOpContext *c, TfgOutput from, TfgOutput to)
{
    uint64_t i;
    if (tfg_idmap_get(&c->external, tfg_output_key(from), &i)) {
        c->external_to[i] = to;
        return 0;
    }
    size_t n = (size_t)c->n_external;
    if (tfg_grow((void **)&c->external_from, &c->external_capacity, n + 1, sizeof from) < 0 ||
        tfg_grow((void **)&c->external_to, &c->external_to_capacity, n + 1, sizeof to) < 0 ||
        tfg_idmap_put(&c->external, tfg_output_key(from), n) < 0)
        return -1;
    c->external_from[n] = from;
    c->external_to[n] = to;
    c->n_external++;
    return 0;
}

bool tfg_context_find_external(const TfgOpContext *c, TfgOutput from, TfgOutput *to)
{
    uint64_t i;
    if (!tfg_idmap_get(&c->external, tfg_output_key(from), &i))
        return false;
    *to = c->external_to[i];
    return true;
}

bool tfg_context_contains(const TfgOpContext *outer, const TfgOpContext *c)
{
    while (c && c != outer)
        c = c->outer;
    return c == outer;
}

bool tfg_context_next_value(const TfgOpContext *c, size_t *i, TfgOutput *o)
{
    uint64_t key;
    if (!tfg_idmap_next(&c->values, i, &key, NULL))
        return false;
    *o = (TfgOutput){tfg_graph_op(c->graph, (int32_t)(key >> 32)), (int)(uint32_t)key};
    return true;
}

int tfg_context_exit_result(TfgOpContext *c, TfgOutput out, TfgStatus *s)
{
    return c->outer && tfg_context_add_value(c->outer, out) < 0 ? tfg_fail_memory(s) : 0;
}

/* ---- Which loop ---- */

TfgOpContext *tfg_context_loop(const TfgOpContext *c)
{
    while (c && !tfg_context_is_while(c))
        c = c->outer;
    return (TfgOpContext *)(uintptr_t)c;
}

static bool is_type(const TfgOp *op, const char *type, const char *ref_type)
{
    return strcmp(op->def->name, type) == 0 || strcmp(op->def->name, ref_type) == 0;
}

static bool is_enter(const TfgOp *op) { return is_type(op, "Enter", "RefEnter"); }
bool tfg_op_is_exit(const TfgOp *op) { return is_type(op, "Exit", "RefExit"); }
bool tfg_op_is_switch(const TfgOp *op) { return is_type(op, "Switch", "RefSwitch"); }
bool tfg_op_is_constant_enter(const TfgOp *op) { return is_enter(op) && tfg_attrs_bool(&op->attrs, "is_constant"); }

TfgOpContext *tfg_op_output_context(const TfgOp *op)
{
    return op->context && tfg_op_is_exit(op) ? op->context->outer : op->context;
}

/* A cond's Switch stands in the context around the cond, too: what uses it tells. */
static bool only_conds_use(const TfgOp *op)
{
    for (int i = 0; i < op->n_outputs; i++)
        for (int k = 0; k < op->outputs[i].n_uses; k++) {
            const TfgOp *user = op->outputs[i].uses[k].op;
            const TfgOpContext *c = user->context;
            if (c && is_enter(user))
                c = c->outer;
            if (!c || !tfg_context_is_cond(c))
                return false;
        }
    return true;
}

bool tfg_op_is_loop_switch(const TfgOp *op)
{
    return op->context && tfg_op_is_switch(op) && tfg_context_is_while(op->context) && !only_conds_use(op);
}

bool tfg_op_calls_function(const TfgOp *op)
{
    return strcmp(op->def->name, "SymbolicGradient") == 0 || tfg_graph_find_function(op->graph, op->def->name, NULL, NULL, NULL);
}

/* ---- Inputs from other loops ---- */

static const TfgLoopGrad *grad_of(const TfgOpContext *loop) { return loop ? tfg_while_grad(loop) : NULL; }

/* `op` is in `loop`, what it uses in `other`, which is not around it: allowed between a loop and its gradients. */
static bool is_of_gradient(const TfgOpContext *loop, const TfgOpContext *other)
{
    const TfgLoopGrad *mine = grad_of(loop), *its = grad_of(other);
    if (mine && (tfg_context_contains(other, mine->forward) || mine->forward == other->outer))
        return true;
    if (!its)
        return false;
    const TfgLoopGrad *second = grad_of(its->forward);
    return its->forward == loop || (second && second->forward == loop);
}

static bool may_use(const TfgOp *op, const TfgOpContext *from)
{
    const TfgOpContext *loop = tfg_context_loop(op->context), *other = tfg_context_loop(from);
    if (!other || (loop && tfg_context_contains(other, loop)))
        return true;
    return loop ? is_of_gradient(loop, other) : is_enter(op) || tfg_op_is_switch(op);
}

int tfg_context_check_inputs(const TfgOp *op, TfgStatus *s)
{
    for (int i = 0; i < op->n_inputs; i++) {
        const TfgOp *in = op->inputs[i].op;
        const TfgOpContext *from = tfg_op_output_context(in);
        if (!from || from == op->context || may_use(op, from))
            continue;
        if (tfg_context_loop(op->context))
            return tfg_fail(s, TFG_VALUE_ERROR, "Cannot use '%s' as input to '%s' because they are in different while loops. See info "
                            "log for more details.", op->name, in->name);
        return tfg_fail(s, TFG_VALUE_ERROR, "Cannot use '%s' as input to '%s' because '%s' is in a while loop. See info log for more "
                        "details.", in->name, op->name, in->name);
    }
    return 0;
}

int tfg_context_drop_external_controls(TfgOpContext *c, TfgOp *op, int *n_internal, TfgOp ***external, int *n_external, TfgStatus *s)
{
    const TfgOpContext *loop = tfg_context_loop(c);
    *external = NULL;
    *n_external = 0;
    *n_internal = op->n_controls;
    if (!loop || op->n_controls == 0)
        return 0;
    TfgOp **kept = tfg_alloc(2 * (size_t)op->n_controls * sizeof(TfgOp *)), **dropped = kept + op->n_controls;
    if (!kept)
        return tfg_fail_memory(s);
    int n_kept = 0, n_dropped = 0;
    for (int i = 0; i < op->n_controls; i++) {
        const TfgOpContext *of = tfg_op_output_context(op->controls[i]);
        if (of && tfg_context_loop(of) == loop)
            kept[n_kept++] = op->controls[i];
        else
            dropped[n_dropped++] = op->controls[i];
    }
    int rc = 0;
    if (n_dropped) {
        rc = tfg_op_remove_controls(op, s) < 0 ? -1 : tfg_op_add_controls(op, kept, n_kept, s);
        memmove(kept, dropped, (size_t)n_dropped * sizeof(TfgOp *));
    }
    *n_internal = n_kept;
    *n_external = n_dropped;
    *external = kept;
    if (rc < 0 || n_dropped == 0) {
        tfg_free(kept);
        *external = NULL;
    }
    return rc;
}

/* ---- When an addition is taken back ---- */

static void forget_values(TfgOpContext *c, int32_t first_index)
{
    uint64_t key;
    for (size_t i = 0; tfg_idmap_next(&c->values, &i, &key, NULL);)
        if ((int32_t)(key >> 32) >= first_index) {
            tfg_idmap_remove(&c->values, key);
            i = 0;              /* a removal moves others */
        }
}

void tfg_context_forget(TfgOpContext *c, int32_t first_index)
{
    forget_values(c, first_index);
    int32_t kept = 0;
    for (int32_t i = 0; i < c->n_external; i++) {
        uint64_t key = tfg_output_key(c->external_from[i]);
        if (c->external_from[i].op->index >= first_index || c->external_to[i].op->index >= first_index) {
            tfg_idmap_remove(&c->external, key);
            if (c->external_from[i].op->index < first_index)        /* it was seen for the first time */
                tfg_idmap_remove(&c->values, key);
            continue;
        }
        c->external_from[kept] = c->external_from[i];
        c->external_to[kept] = c->external_to[i];
        tfg_idmap_put(&c->external, key, (uint64_t)kept++);         /* the key is there */
    }
    c->n_external = kept;
}
