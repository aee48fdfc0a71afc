/* WhileContext: a loop.  Values from outside enter through an Enter of their own, made when they are first used; in a gradient's
 * loop, values of the loop that is differentiated come from what that one has kept of them. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

typedef struct PartsList {
    TfgParts *items;
    int n;
    size_t capacity;
} PartsList;

typedef struct WhileContext {
    TfgOpContext base;
    TfgWhileArgs args;
    TfgOutput pivot, pivot_for_pred, pivot_for_body;
    PartsList enters, exits;
    PartsList merges, switches_out;     /* while it is built: the Merges, and the Switches' way out */
    TfgLoopGrad *grad;
} WhileContext;

static int while_add_op(TfgOpContext *c, TfgOp *op, TfgStatus *s);
static int while_add_value(TfgOpContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s);
static bool while_back_prop(const TfgOpContext *c);
static TfgOutput while_control_pivot(const TfgOpContext *c);
static void while_free(TfgOpContext *c);
static void while_add_inner_op(TfgOpContext *c, TfgOp *op);

static const TfgOpContextType while_type = {
    .name = "WhileContext", .add_op = while_add_op, .add_value = while_add_value, .back_prop = while_back_prop,
    .pivot = while_control_pivot, .free = while_free, .add_inner_op = while_add_inner_op,
};

/* ---- Life, and what is known of it ---- */

static WhileContext *self(TfgOpContext *c) { return (WhileContext *)c; }
static const WhileContext *read(const TfgOpContext *c) { return (const WhileContext *)c; }

bool tfg_context_is_while(const TfgOpContext *c) { return c && c->type == &while_type; }
const TfgWhileArgs *tfg_while_args(const TfgOpContext *c) { return &read(c)->args; }
TfgLoopGrad *tfg_while_grad(const TfgOpContext *c) { return read(c)->grad; }
TfgOutput tfg_while_pivot(const TfgOpContext *c) { return read(c)->pivot; }
TfgOutput tfg_while_pivot_for_pred(const TfgOpContext *c) { return read(c)->pivot_for_pred; }
TfgOutput tfg_while_pivot_for_body(const TfgOpContext *c) { return read(c)->pivot_for_body; }
int tfg_while_n_enters(const TfgOpContext *c) { return read(c)->enters.n; }
int tfg_while_n_exits(const TfgOpContext *c) { return read(c)->exits.n; }
const TfgParts *tfg_while_enter(const TfgOpContext *c, int i) { return &read(c)->enters.items[i]; }
const TfgParts *tfg_while_exit(const TfgOpContext *c, int i) { return &read(c)->exits.items[i]; }
static bool while_back_prop(const TfgOpContext *c) { return read(c)->args.back_prop; }

void tfg_while_set_grad(TfgOpContext *c, TfgLoopGrad *grad) { self(c)->grad = grad; }

void tfg_while_set_pivots(TfgOpContext *c, TfgOutput pivot, TfgOutput for_pred, TfgOutput for_body)
{
    self(c)->pivot = pivot;
    self(c)->pivot_for_pred = for_pred;
    self(c)->pivot_for_body = for_body;
}

static TfgOutput while_control_pivot(const TfgOpContext *c)
{
    return read(c)->pivot_for_body.op ? read(c)->pivot_for_body : read(c)->pivot_for_pred;
}

static WhileContext *new_while(const TfgWhileArgs *args, TfgStatus *s)
{
    WhileContext *c = tfg_calloc(1, sizeof *c);
    if (c)
        c->args = *args;
    else
        tfg_fail_memory(s);
    return c;
}

static int check_args(const TfgWhileArgs *args, TfgStatus *s)
{
    if (args->parallel_iterations > 0 && args->parallel_iterations <= INT32_MAX)
        return 0;
    return tfg_fail(s, TFG_VALUE_ERROR, "`parallel_iterations` must be a positive integer: %lld", (long long)args->parallel_iterations);
}

TfgOpContext *tfg_while_context_new(TfgGraph *g, const char *name, const TfgWhileArgs *args, TfgStatus *s)
{
    WhileContext *c = check_args(args, s) < 0 ? NULL : new_while(args, s);
    if (!c || tfg_context_init(&c->base, &while_type, g, name ? name : "while_context", s) == 0)
        return c ? &c->base : NULL;
    tfg_context_free(&c->base);
    return NULL;
}

TfgOpContext *tfg_while_context_restore(TfgGraph *g, const char *name, const TfgWhileArgs *args, TfgStatus *s)
{
    WhileContext *c = check_args(args, s) < 0 ? NULL : new_while(args, s);
    if (!c || tfg_context_init_named(&c->base, &while_type, g, name, s) == 0)
        return c ? &c->base : NULL;
    tfg_context_free(&c->base);
    return NULL;
}

static void while_free(TfgOpContext *base)
{
    WhileContext *c = self(base);
    tfg_free(c->enters.items);
    tfg_free(c->exits.items);
    tfg_free(c->merges.items);
    tfg_free(c->switches_out.items);
    if (c->grad)
        c->grad->free(c->grad);
}

static int add_parts(PartsList *list, const TfgParts *parts, TfgStatus *s)
{
    if (tfg_grow((void **)&list->items, &list->capacity, (size_t)list->n + 1, sizeof *list->items) < 0)
        return tfg_fail_memory(s);
    list->items[list->n++] = *parts;
    return 0;
}

int tfg_while_add_enter(TfgOpContext *c, const TfgParts *enter, TfgStatus *s) { return add_parts(&self(c)->enters, enter, s); }
int tfg_while_add_exit(TfgOpContext *c, const TfgParts *exit, TfgStatus *s) { return add_parts(&self(c)->exits, exit, s); }

static void while_add_inner_op(TfgOpContext *c, TfgOp *op)
{
    if (c->outer && c->outer->type->add_inner_op)
        c->outer->type->add_inner_op(c->outer, op);
}

/* ---- Enter ---- */

static bool is_outside(const TfgOpContext *c, const TfgOp *op)
{
    const TfgOpContext *of = tfg_op_output_context(op), *outer = c->outer;
    while (outer != of) {
        if (!outer)
            return false;
        outer = outer->outer;
    }
    return true;
}

/* An Enter is made without control inputs and stands outside; of those that its input would have, it gets the ones from outside. */
static int fix_enter(TfgOpContext *c, TfgOutput enter, TfgStatus *s)
{
    if (!enter.op)
        return 0;
    TfgGraph *g = c->graph;
    TfgOp **controls = NULL;
    size_t n = 0, capacity = 0;
    int kept = 0;
    TfgOutput in = {enter.op->inputs[0].op, 0};
    if (tfg_control_inputs(g, &in, 1, &controls, &n, &capacity) < 0) {
        tfg_free(controls);
        return tfg_fail_memory(s);
    }
    for (size_t i = 0; i < n; i++)
        if (is_outside(c, controls[i]))
            controls[kept++] = controls[i];
    tfg_op_set_context(enter.op, c);
    int rc = kept ? tfg_op_add_controls(enter.op, controls, kept, s) : 0;
    enter.op->control_scope = tfg_control_scope(g);
    tfg_free(controls);
    return rc;
}

static int fix_enters(TfgOpContext *c, const TfgParts *enter, TfgStatus *s)
{
    return fix_enter(c, enter->values, s) < 0 || fix_enter(c, enter->indices, s) < 0 || fix_enter(c, enter->dense_shape, s) < 0 ? -1 : 0;
}

static void hide_enter(TfgOpContext *c, TfgOutput enter)
{
    if (!enter.op)
        return;
    enter.op->outputs[0].unfeedable = true;
    while_add_inner_op(c, enter.op);
}

/* The Enter of something that the loop does not change. */
static int enter_constant(WhileContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    TfgEnterArgs args = {.frame = c->base.name, .parallel_iterations = c->args.parallel_iterations, .is_constant = true, .keep_shape = true};
    TfgParts from = {.values = in}, enter;
    if (tfg_graph_enter_controls(c->base.graph, NULL, 0, true, s) < 0)
        return -1;
    int rc = tfg_flow_enter(c->base.graph, &from, &args, NULL, &enter, s);
    if (rc == 0)
        hide_enter(&c->base, enter.values);
    tfg_graph_leave_controls(c->base.graph);
    *out = enter.values;
    return rc < 0 ? -1 : fix_enter(&c->base, enter.values, s);
}

/* The gradient whose loop is being built, where `in` is of the loop that it is the gradient of. */
static TfgLoopGrad *grad_of_value(const WhileContext *c, TfgOutput in)
{
    const TfgOpContext *loop = tfg_context_loop(c->base.graph->context), *forward = tfg_context_loop(in.op->context);
    TfgLoopGrad *grad = loop ? read(loop)->grad : NULL;
    if (!grad)
        return NULL;
    if (forward && tfg_op_is_exit(in.op))
        forward = tfg_context_loop(forward->outer);
    return forward == grad->forward ? grad : NULL;
}

static int add_new_value(WhileContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    TfgOpContext *base = &c->base, *outer = base->outer;
    TfgLoopGrad *grad = grad_of_value(c, in);
    TfgOutput seen = in;
    if (tfg_context_add_value(base, in) < 0)
        return tfg_fail_memory(s);
    if (grad) {
        if (grad->real_value(grad, in, out, s) < 0)
            return -1;
    } else {
        if ((outer && outer->type->add_value(outer, in, &seen, s) < 0) || enter_constant(c, seen, out, s) < 0)
            return -1;
        if (tfg_context_add_value(base, *out) < 0)
            return tfg_fail_memory(s);
    }
    return tfg_context_set_external(base, in, *out) < 0 ? tfg_fail_memory(s) : 0;
}

static int while_add_value(TfgOpContext *base, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    /* A file's loop inside this one: the edge from behind is of an op that is a member, though not seen yet. */
    if (!tfg_context_has_value(base, in) && in.op->context != base)
        return add_new_value(self(base), in, out, s);
    if (!tfg_context_find_external(base, in, out))
        *out = in;
    return 0;
}

/* ---- Ops ---- */

static int wait_for_pivot(TfgOpContext *c, TfgOp *op, TfgStatus *s)
{
    TfgOutput pivot = while_control_pivot(c);
    return pivot.op ? tfg_op_add_controls(op, &pivot.op, 1, s) : 0;
}

/* Whatever uses only what the loop does not change would run in each iteration, also in the last, which has no body. */
static bool is_free(const TfgOp *op)
{
    if (op->n_controls > 0)
        return false;
    if (tfg_op_calls_function(op))
        return true;
    for (int i = 0; i < op->n_inputs; i++)
        if (!tfg_op_is_constant_enter(op->inputs[i].op))
            return false;
    return true;
}

static int bring_in_inputs(TfgOpContext *c, TfgOp *op, TfgStatus *s)
{
    for (int i = 0; i < op->n_inputs; i++) {
        TfgOutput in = op->inputs[i], real = in;
        if (while_add_value(c, in, &real, s) < 0)
            return -1;
        if ((real.op != in.op || real.index != in.index) && tfg_op_update_input(op, i, real, s) < 0)
            return -1;
    }
    return 0;
}

/* What a control input from outside waits for comes in as data: the Identity's Enter. */
static int wait_for_external(TfgOpContext *c, TfgOp *op, TfgOp **external, int n, TfgStatus *s)
{
    TfgGraph *g = c->graph;
    int n_inside = 0, rc = 0;
    if (n == 0)
        return 0;
    if (tfg_graph_enter_controls(g, NULL, 0, true, s) < 0)
        return -1;
    tfg_graph_set_context(g, c);
    for (int i = 0; i < n && rc == 0; i++) {
        if (external[i]->n_outputs == 0)
            continue;
        TfgOutput out = {external[i], 0};
        TfgOp *inside = tfg_graph_make(g, "Identity", NULL, &out, 1, NULL, 0, s);
        if (inside)
            external[n_inside++] = inside;
        else
            rc = -1;
    }
    tfg_graph_leave_controls(g);
    return rc < 0 || n_inside == 0 ? rc : tfg_op_add_controls(op, external, n_inside, s);
}

static void hide(TfgOp *op)
{
    op->unfetchable = true;
    for (int i = 0; i < op->n_outputs; i++)
        op->outputs[i].unfeedable = true;
}

static int add_member(TfgOpContext *c, TfgOp *op, TfgStatus *s)
{
    TfgOp **external = NULL;
    int n_internal = 0, n_external = 0;
    if (bring_in_inputs(c, op, s) < 0 || tfg_context_drop_external_controls(c, op, &n_internal, &external, &n_external, s) < 0)
        return -1;
    bool waits = op->n_inputs == 0 ? n_internal == 0 : is_free(op);
    int rc = waits ? wait_for_pivot(c, op, s) : 0;
    for (int i = 0; i < op->n_outputs && rc == 0; i++)
        if (tfg_context_add_value(c, (TfgOutput){op, i}) < 0)
            rc = tfg_fail_memory(s);
    if (rc == 0)
        rc = wait_for_external(c, op, external, n_external, s);
    tfg_free(external);
    if (rc < 0)
        return -1;
    if (c->outer || !tfg_op_is_exit(op))
        hide(op);
    while_add_inner_op(c, op);
    return 0;
}

/* Where the gradient's loop needs only the shape of a forward value, the shape is taken, and kept, in the forward loop. */
static TfgOpContext *moves_to(const TfgOpContext *c, const TfgOp *op)
{
    if (op->n_inputs == 0 || (strcmp(op->def->name, "Shape") != 0 && strcmp(op->def->name, "Size") != 0 && strcmp(op->def->name, "Rank") != 0))
        return NULL;
    const TfgOpContext *loop = tfg_context_loop(c->graph->context);
    const TfgLoopGrad *grad = loop ? read(loop)->grad : NULL;
    TfgOpContext *of = op->inputs[0].op->context;
    return grad && of && tfg_context_loop(of) == grad->forward ? of : NULL;
}

static int while_add_op(TfgOpContext *c, TfgOp *op, TfgStatus *s)
{
    TfgOpContext *forward = moves_to(c, op);
    if (!forward)
        return add_member(c, op, s);
    tfg_op_set_context(op, forward);
    return tfg_context_is_while(forward) ? add_member(forward, op, s) : forward->type->add_op(forward, op, s);
}

/* ---- Building ---- */

static int see_parts(TfgOpContext *c, const TfgParts *p)
{
    return tfg_context_add_value(c, p->values) < 0 || (p->indices.op && tfg_context_add_value(c, p->indices) < 0) ||
           (p->dense_shape.op && tfg_context_add_value(c, p->dense_shape) < 0) ? -1 : 0;
}

/* Nothing else is known inside. */
static int see_only(TfgOpContext *c, const TfgParts *parts, int n, TfgStatus *s)
{
    tfg_idmap_fini(&c->values);
    c->values = (TfgIdMap){NULL, 0, 0};
    for (int i = 0; i < n; i++)
        if (see_parts(c, &parts[i]) < 0)
            return tfg_fail_memory(s);
    return 0;
}

static int see_outside(TfgOpContext *outer, TfgOutput *o, TfgStatus *s)
{
    return o->op ? outer->type->add_value(outer, *o, o, s) : 0;
}

static int make_enters(WhileContext *c, const TfgParts *vars, int n, bool keep_shapes, TfgStatus *s)
{
    TfgEnterArgs args = {.frame = c->base.name, .parallel_iterations = c->args.parallel_iterations, .keep_shape = keep_shapes};
    TfgGraph *g = c->base.graph;
    if (tfg_graph_enter_controls(g, NULL, 0, true, s) < 0)
        return -1;
    int rc = 0;
    for (int i = 0; i < n && rc == 0; i++) {
        TfgParts enter;
        rc = tfg_flow_enter(g, &vars[i], &args, NULL, &enter, s);
        if (rc == 0)
            rc = add_parts(&c->enters, &enter, s);
    }
    for (int i = 0; i < c->enters.n && rc == 0; i++) {
        hide_enter(&c->base, c->enters.items[i].values);
        hide_enter(&c->base, c->enters.items[i].indices);
        hide_enter(&c->base, c->enters.items[i].dense_shape);
    }
    tfg_graph_leave_controls(g);
    return rc;
}

/* A variable that starts with something constant in the loop around must not start before that loop's body does. */
static int hold_back_constants(WhileContext *c, TfgStatus *s)
{
    TfgOutput pivot = {NULL, 0};
    for (const TfgOpContext *o = c->base.outer; o && !pivot.op; o = o->outer)
        if (o->type->pivot)
            pivot = o->type->pivot(o);
    for (int i = 0; i < c->enters.n && pivot.op; i++) {
        TfgOp *enter = c->enters.items[i].values.op;
        if (tfg_op_is_constant_enter(enter->inputs[0].op) && tfg_op_add_controls(enter, &pivot.op, 1, s) < 0)
            return -1;
    }
    return 0;
}

int tfg_while_begin(TfgOpContext *base, const TfgParts *vars, int n, bool keep_shapes, TfgParts *enters, TfgStatus *s)
{
    WhileContext *c = self(base);
    if (n < 1)
        return tfg_fail(s, TFG_VALUE_ERROR, "No loop variables provided");
    if (see_only(base, vars, n, s) < 0)
        return -1;
    TfgParts *real = tfg_alloc((size_t)n * sizeof *real);
    if (!real)
        return tfg_fail_memory(s);
    memcpy(real, vars, (size_t)n * sizeof *real);
    int rc = 0;
    for (int i = 0; i < n && base->outer && rc == 0; i++)
        if (see_outside(base->outer, &real[i].values, s) < 0 || see_outside(base->outer, &real[i].indices, s) < 0 ||
            see_outside(base->outer, &real[i].dense_shape, s) < 0)
            rc = -1;
    c->enters.n = 0;
    if (rc == 0 && (make_enters(c, real, n, keep_shapes, s) < 0 || hold_back_constants(c, s) < 0))
        rc = -1;
    if (rc == 0)
        memcpy(enters, c->enters.items, (size_t)n * sizeof *enters);
    tfg_free(real);
    return rc;
}

int tfg_while_merge(TfgOpContext *base, TfgParts *merges, TfgStatus *s)
{
    WhileContext *c = self(base);
    for (int i = 0; i < c->enters.n; i++)
        if (fix_enters(base, &c->enters.items[i], s) < 0)
            return -1;
    if (see_only(base, c->enters.items, c->enters.n, s) < 0)
        return -1;
    c->merges.n = 0;
    for (int i = 0; i < c->enters.n; i++)
        if (tfg_flow_merge(base->graph, &c->enters.items[i], &c->enters.items[i], NULL, &merges[i], s) < 0 ||
            add_parts(&c->merges, &merges[i], s) < 0)
            return -1;
    c->pivot_for_pred = merges[0].values;
    return 0;
}

int tfg_while_test(TfgOpContext *base, TfgOutput pred, TfgParts *vars, TfgStatus *s)
{
    WhileContext *c = self(base);
    TfgOp *test = tfg_graph_make(base->graph, "LoopCond", "LoopCond", &pred, 1, NULL, 0, s);
    if (!test)
        return -1;
    c->pivot = (TfgOutput){test, 0};
    c->switches_out.n = 0;
    for (int i = 0; i < c->merges.n; i++) {
        TfgParts ways[2];
        if (tfg_flow_switch(base->graph, &c->merges.items[i], c->pivot, NULL, ways, s) < 0 || add_parts(&c->switches_out, &ways[0], s) < 0)
            return -1;
        vars[i] = ways[1];
    }
    for (int i = 0; i < c->merges.n; i++)
        if (tfg_flow_identity(base->graph, &vars[i], &vars[i], s) < 0)
            return -1;
    c->pivot_for_body = vars[0].values;
    return 0;
}

/* What comes round must fit what the loop was told to expect: as specific, or more. */
static bool fits(const TfgShape *next, const TfgShape *invariant)
{
    if (invariant->rank < 0)
        return true;
    if (next->rank != invariant->rank)
        return false;
    for (int i = 0; i < next->rank; i++)
        if (invariant->dims[i] >= 0 && next->dims[i] != invariant->dims[i])
            return false;
    return true;
}

static int check_shape(TfgOutput merge, TfgOutput next, TfgStatus *s)
{
    TfgShape invariant, shape;
    tfg_output_shape(merge, &invariant);
    tfg_output_shape(next, &shape);
    if (fits(&shape, &invariant))
        return 0;
    TfgOutput in = merge.op->inputs[0].op->inputs[0];
    TfgShape first;
    TfgStr before = TFG_STR_INIT, after = TFG_STR_INIT;
    tfg_output_shape(in, &first);
    tfg_shape_format_python(&first, &before);
    tfg_shape_format_python(&shape, &after);
    tfg_fail(s, TFG_VALUE_ERROR, "Input tensor '%s:%d' enters the loop with shape %s, but has shape %s after one iteration. To allow the "
             "shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.",
             in.op->name, in.index, tfg_str_text(&before), tfg_str_text(&after));
    tfg_str_fini(&before);
    tfg_str_fini(&after);
    return -1;
}

static int close_part(TfgOutput merge, TfgOutput next, TfgStatus *s)
{
    return merge.op ? tfg_op_update_input(merge.op, 1, next, s) : 0;
}

int tfg_while_next(TfgOpContext *base, int i, const TfgParts *value, TfgStatus *s)
{
    WhileContext *c = self(base);
    const TfgParts *merge = &c->merges.items[i];
    TfgParts next;
    if (tfg_flow_next_iteration(base->graph, value, &next, s) < 0)
        return -1;
    if (!merge->indices.op && check_shape(merge->values, next.values, s) < 0)
        return -1;
    return close_part(merge->values, next.values, s) < 0 || close_part(merge->indices, next.indices, s) < 0 ||
           close_part(merge->dense_shape, next.dense_shape, s) < 0 ? -1 : 0;
}

static int exit_parts(TfgOpContext *c, const TfgParts *p, TfgStatus *s)
{
    if (tfg_context_exit_result(c, p->values, s) < 0)
        return -1;
    return (p->indices.op && tfg_context_exit_result(c, p->indices, s) < 0) ||
           (p->dense_shape.op && tfg_context_exit_result(c, p->dense_shape, s) < 0) ? -1 : 0;
}

int tfg_while_end(TfgOpContext *base, TfgParts *exits, TfgStatus *s)
{
    WhileContext *c = self(base);
    c->exits.n = 0;
    for (int i = 0; i < c->switches_out.n; i++)
        if (tfg_flow_exit(base->graph, &c->switches_out.items[i], NULL, &exits[i], s) < 0 || add_parts(&c->exits, &exits[i], s) < 0)
            return -1;
    for (int i = 0; i < c->exits.n; i++)
        if (exit_parts(base, &exits[i], s) < 0)
            return -1;
    return 0;
}
