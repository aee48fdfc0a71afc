/* The walk: from the ys back to the xs, each op once all its consumers on the way have been dealt with.  Memory is linear in the
 * graph, nothing recurses, and the nodes appear in the order in which TensorFlow 1.12 makes them. */
#include "gradients/backprop.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/aggregate.h"
#include "gradients/build.h"
#include "gradients/graph_backend.h"
#include "gradients/loop_state.h"

typedef struct Cell {           /* one contribution to an output's gradient */
    TfgGrad grad;
    struct Cell *next;
} Cell;

typedef struct Received {       /* what one output has got so far */
    Cell *first, *last;
    int n;
    bool settled;               /* added up: a loop's Switch, which is visited again, then gets another one in its place */
} Received;

typedef struct Walk {
    TfgGraph *graph;
    const TfgBackpropCall *call;
    TfgGraphBackend backend;
    TfgGradCall outside;        /* for nodes that belong to no op's gradient */
    TfgArena arena;
    int32_t n_ids;              /* ids of the graph before the first gradient node */
    uint8_t *marks;             /* per id */
    int32_t *pending;           /* per id: inputs of ops on the way that lead here and have not been dealt with */
    Received **received;        /* per id, per output */
    TfgOp **queue;
    size_t head, tail, capacity;
    TfgLoopStates loops;
    TfgPartsList late;          /* exits that begin with zeros */
} Walk;

enum { REACHED = 1, BETWEEN = 2, QUEUED = 4, STOP = 8 };

static bool is_trainable(TfgDType d)
{
    d = tfg_dtype_base(d);
    return d == TFG_HALF || d == TFG_FLOAT || d == TFG_DOUBLE || d == TFG_COMPLEX64 || d == TFG_COMPLEX128 || d == TFG_RESOURCE;
}

static bool carries_gradient(TfgDType d)
{
    return is_trainable(d) || tfg_dtype_base(d) == TFG_BFLOAT16 || tfg_dtype_base(d) == TFG_VARIANT;
}

static int push(Walk *w, TfgOp *op, TfgStatus *s)
{
    void *queue = w->queue;
    if (tfg_grow(&queue, &w->capacity, w->tail + 1, sizeof *w->queue) < 0)
        return tfg_fail_memory(s);
    w->queue = queue;
    w->queue[w->tail++] = op;
    return 0;
}

static int walk_init(Walk *w, TfgGraph *g, const TfgBackpropCall *call, TfgStatus *s)
{
    *w = (Walk){.graph = g, .call = call, .backend = {.graph = g}, .n_ids = tfg_graph_version(g) + 1};
    w->outside = (TfgGradCall){.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &w->backend};
    tfg_arena_init(&w->arena);
    w->marks = tfg_calloc((size_t)w->n_ids, 1);
    w->pending = tfg_calloc((size_t)w->n_ids, sizeof *w->pending);
    w->received = tfg_calloc((size_t)w->n_ids, sizeof *w->received);
    return w->marks && w->pending && w->received ? 0 : tfg_fail_memory(s);
}

static void walk_fini(Walk *w)
{
    tfg_arena_fini(&w->arena);
    tfg_free(w->marks);
    tfg_free(w->pending);
    tfg_free(w->received);
    tfg_free(w->queue);
    tfg_free(w->late.items);
}

static int check_tensors(const Walk *w, const TfgOutput *t, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (!t[i].op || t[i].op->graph != w->graph)
            return tfg_fail(s, TFG_VALUE_ERROR, "Tensor %s:%d is not an element of this graph.", t[i].op ? t[i].op->name : "?", t[i].index);
    return 0;
}

static int enter_beside(Walk *w, TfgOp *op, TfgStatus *s)
{
    return w->call->colocate ? tfg_graph_enter_colocation(w->graph, op, false, s) : 0;
}

static void leave_beside(Walk *w)
{
    if (w->call->colocate)
        tfg_graph_leave_colocation(w->graph);
}

/* ---- what lies between ---- */

/* A loop of a function's body is closed: there nothing tells how its nodes belong together, and TensorFlow takes what leaves it for a
 * constant. */
static bool is_closed(const Walk *w, const TfgOp *op)
{
    return w->call->in_function && tfg_op_is_exit(op) && !tfg_context_loop(op->context);
}

static int mark_reached(Walk *w, TfgStatus *s)
{
    w->head = w->tail = 0;
    for (int i = 0; i < w->call->n_xs; i++) {
        TfgOp *op = w->call->xs[i].op;
        if (!(w->marks[op->id] & REACHED) && push(w, op, s) < 0)
            return -1;
        w->marks[op->id] |= REACHED;
    }
    while (w->head < w->tail) {
        const TfgOp *op = w->queue[w->head++];
        for (int i = 0; i < op->n_outputs; i++) {
            const TfgOutputInfo *out = &op->outputs[i];
            for (int j = 0; j < out->n_uses && carries_gradient(out->dtype); j++) {
                TfgOp *user = out->uses[j].op;
                if (user->id >= w->n_ids || w->marks[user->id] & REACHED || is_closed(w, user))
                    continue;
                w->marks[user->id] |= REACHED;
                if (push(w, user, s) < 0)
                    return -1;
            }
        }
    }
    return 0;
}

static int take_between(Walk *w, TfgOp *op, TfgStatus *s)
{
    uint8_t *mark = &w->marks[op->id];
    if (!(*mark & REACHED) || *mark & BETWEEN)
        return 0;
    *mark |= BETWEEN;
    return push(w, op, s);
}

/* A loop that is left on the way is differentiated as a whole: all of its exits are on the way. */
static int add_loop(Walk *w, TfgOp *exit, TfgStatus *s)
{
    TfgLoopState *l;
    if (enter_beside(w, exit, s) < 0)
        return -1;
    int rc = tfg_loop_states_add(&w->loops, w->graph, exit, &l, s);
    leave_beside(w);
    for (int i = 0; rc == 0 && l && i < l->exits.n; i++) {
        TfgOp *op = l->exits.items[i].values.op;
        if (op->id >= w->n_ids || w->marks[op->id] & BETWEEN)
            continue;
        w->marks[op->id] |= BETWEEN;
        rc = push(w, op, s);
    }
    return rc;
}

static int add_loops(Walk *w, TfgStatus *s)
{
    for (size_t i = 0; i < w->tail; i++)
        if (tfg_op_is_exit(w->queue[i]) && add_loop(w, w->queue[i], s) < 0)
            return -1;
    return 0;
}

/* Marks the ops on paths from xs to ys, and counts for each how many inputs of others on the way it feeds. */
static int mark_between(Walk *w, TfgStatus *s)
{
    w->head = w->tail = 0;
    for (int i = 0; i < w->call->n_ys; i++)
        if (take_between(w, w->call->ys[i].op, s) < 0)
            return -1;
    while (w->head < w->tail) {
        const TfgOp *op = w->queue[w->head++];
        for (int i = 0; i < op->n_inputs; i++)
            if (take_between(w, op->inputs[i].op, s) < 0)
                return -1;
    }
    if (add_loops(w, s) < 0)
        return -1;
    for (size_t i = 0; i < w->tail; i++)
        for (int j = 0; j < w->queue[i]->n_inputs; j++) {
            const TfgOp *from = w->queue[i]->inputs[j].op;
            if (w->marks[from->id] & BETWEEN)
                w->pending[from->id]++;
        }
    return 0;
}

/* xs that no other x feeds, and whatever the caller named: nothing is differentiated there. */
static void mark_stops(Walk *w)
{
    for (int i = 0; i < w->call->n_xs; i++) {
        const TfgOp *op = w->call->xs[i].op;
        bool stop = true;
        for (int j = 0; j < op->n_inputs && stop; j++)
            stop = w->pending[op->inputs[j].op->id] <= 0;
        if (stop)
            w->marks[op->id] |= STOP;
    }
    for (int i = 0; i < w->call->n_stop; i++)
        w->marks[w->call->stop[i].op->id] |= STOP;
}

/* ---- gradients received ---- */

static int receive(Walk *w, TfgOutput t, const TfgGrad *grad, TfgStatus *s)
{
    Received **all = &w->received[t.op->id];
    if (!*all && !(*all = tfg_arena_alloc(&w->arena, (size_t)t.op->n_outputs * sizeof **all)))
        return tfg_fail_memory(s);
    Cell *cell = tfg_arena_alloc(&w->arena, sizeof *cell);
    if (!cell)
        return tfg_fail_memory(s);
    Received *r = &(*all)[t.index];
    cell->grad = *grad;
    if (r->settled) {
        r->first = r->last = NULL;
        r->n = 0;
        r->settled = false;
    }
    if (r->last)
        r->last->next = cell;
    else
        r->first = cell;
    r->last = cell;
    r->n++;
    return 0;
}

/* Adds up what output i of op has received; its list then holds the sum alone.  The result is none where there was nothing. */
static int settle(Walk *w, const TfgOp *op, int i, TfgGrad *sum, TfgStatus *s)
{
    Received *all = w->received[op->id], *r = all ? &all[i] : NULL;
    *sum = (TfgGrad){TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
    if (r && tfg_op_is_switch(op))
        r->settled = true;
    if (!r || r->n == 0)
        return 0;
    if (r->n > 1) {
        TfgGrad *grads = tfg_arena_alloc(&w->arena, (size_t)r->n * sizeof *grads);
        if (!grads)
            return tfg_fail_memory(s);
        int n = 0;
        for (const Cell *c = r->first; c; c = c->next)
            grads[n++] = c->grad;
        if (tfg_aggregate_gradients(&w->outside, op->name, grads, n, w->call->aggregation, &r->first->grad, s) < 0)
            return -1;
        r->first->next = NULL;
        r->last = r->first;
        r->n = 1;
    }
    *sum = r->first->grad;
    return 0;
}

/* ---- the first gradients ---- */

static void format_python_shape(TfgOutput o, TfgStr *out)
{
    TfgShape shape;
    tfg_output_shape(o, &shape);
    tfg_shape_format_python(&shape, out);
}

/* Tensor("mul:0", shape=(2,), dtype=float32) */
static void format_python_tensor(TfgOutput o, TfgStr *out)
{
    TfgDType dtype = tfg_output_dtype(o);
    tfg_str_printf(out, "Tensor(\"%s:%d\"", o.op->name, o.index);
    TfgShape shape;
    tfg_output_shape(o, &shape);
    if (shape.rank >= 0) {
        tfg_str_puts(out, ", shape=");
        format_python_shape(o, out);
    }
    tfg_str_printf(out, ", dtype=%s)", tfg_dtype_name(dtype));
}

/* "Gradient type string generated for <which> tensor ... with type float32 must be <what>", as TensorFlow words it. */
static int fail_grad_y(TfgDType grad, const char *which, TfgOutput y, const char *what, TfgStatus *s)
{
    TfgStr tensor = TFG_STR_INIT;
    format_python_tensor(y, &tensor);
    const char *type = tfg_dtype_name(tfg_output_dtype(y));
    if (which)
        tfg_fail(s, TFG_TYPE_ERROR, "Gradient type %s generated for %s tensor %s with type %s must be %s", tfg_dtype_name(grad), which,
                 tfg_str_text(&tensor), type, what);
    else
        tfg_fail(s, TFG_TYPE_ERROR, "Tensor %s with type %s must be numeric to obtain a default gradient", tfg_str_text(&tensor), type);
    tfg_str_fini(&tensor);
    return -1;
}

static int check_grad_y(TfgDType y, TfgDType grad, TfgOutput at, TfgStatus *s)
{
    TfgKind ky = tfg_dtype_kind(y), kg = tfg_dtype_kind(grad);
    bool number = ky == TFG_KIND_FLOAT || ky == TFG_KIND_INT || ky == TFG_KIND_UINT;
    if (number && kg != TFG_KIND_FLOAT && kg != TFG_KIND_INT && kg != TFG_KIND_UINT)
        return fail_grad_y(grad, "real or integer-valued", at, "real or integer", s);
    if (ky == TFG_KIND_COMPLEX && kg != TFG_KIND_COMPLEX)
        return fail_grad_y(grad, "complex-valued", at, "real", s);
    if (y == TFG_VARIANT && grad != TFG_VARIANT)
        return fail_grad_y(grad, "variant", at, "variant", s);
    if (!number && ky != TFG_KIND_COMPLEX && y != TFG_VARIANT)
        return fail_grad_y(grad, NULL, at, NULL, s);
    return 0;
}

/* A given gradient passes through Identities named grad_ys_<i>, or with what part of slices it is behind. */
static TfgValue named_identity(TfgBuild *b, TfgOutput t, int i, const char *part)
{
    char name[40];
    if (!t.op)
        return TFG_NO_VALUE;
    snprintf(name, sizeof name, "grad_ys_%d%s", i, part);
    return B_NAMED(b, "Identity", name, tfg_value_from_output(t));
}

static int first_gradient(Walk *w, int i, TfgGrad *grad, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(&w->outside, s);
    TfgOutput y = w->call->ys[i];
    TfgDType dtype = tfg_dtype_base(tfg_output_dtype(y));
    const TfgSlices *given = w->call->grad_ys && w->call->grad_ys[i].values.op ? &w->call->grad_ys[i] : NULL;
    *grad = (TfgGrad){TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
    if (given) {
        if (check_grad_y(dtype, tfg_dtype_base(tfg_output_dtype(given->values)), y, s) < 0)
            return -1;
        bool slices = given->indices.op != NULL;
        if (slices)
            grad->indices = named_identity(&b, given->indices, i, "_indices");
        grad->value = named_identity(&b, given->values, i, slices ? "_values" : "");
        if (slices)
            grad->dense_shape = named_identity(&b, given->dense_shape, i, "_shape");
        return tfg_b_done(&b);
    }
    if (tfg_dtype_kind(dtype) == TFG_KIND_COMPLEX)
        return tfg_fail(s, TFG_TYPE_ERROR, "Gradients of complex tensors must set grad_ys (y.dtype = tf.%s)", tfg_dtype_name(dtype));
    char name[32];
    snprintf(name, sizeof name, "grad_ys_%d", i);
    TfgValue shape = tfg_b_shape(&b, tfg_value_from_output(y));
    if (dtype == TFG_BOOL || dtype == TFG_STRING)
        return tfg_fail(s, TFG_TYPE_ERROR, "Expected %s, got 1 of type 'int' instead.", tfg_dtype_name(dtype));
    TfgValue one = tfg_b_const(&b, name, dtype, 1);
    grad->value = B_OP(&b, "Fill", shape, one);
    return tfg_b_done(&b);
}

static int first_gradients(Walk *w, TfgStatus *s)
{
    int rc = 0;
    for (int i = 0; i < w->call->n_ys && rc == 0; i++) {
        TfgGrad grad;
        TfgOp *op = w->call->ys[i].op;
        if (enter_beside(w, op, s) < 0)
            return -1;
        rc = first_gradient(w, i, &grad, s);
        leave_beside(w);
        if (rc == 0)
            rc = receive(w, w->call->ys[i], &grad, s);
    }
    return rc;
}

/* ---- one op ---- */

/* A call of a function of the graph: the runtime differentiates its body when it runs. */
static int call_symbolic_gradient(TfgGradCall *g, TfgStatus *s)
{
    size_t n = (size_t)g->n_in + (size_t)g->n_out;
    TfgValue *values = tfg_calloc(2 * n + 1, sizeof *values), *out = values + n;
    TfgDType *types = tfg_calloc((size_t)g->n_in + 1, sizeof *types);
    int rc = values && types ? 0 : tfg_fail_memory(s);
    for (int i = 0; rc == 0 && i < g->n_in; i++) {
        values[i] = g->x[i];
        types[i] = tfg_grad_dtype(g, g->x[i]);
    }
    for (int i = 0; rc == 0 && i < g->n_out; i++)
        rc = tfg_grad_dense(g, i, &values[g->n_in + i], s);
    if (rc == 0) {
        TfgFuncAttr f = {g->op_type, *g->attrs};
        TfgNamedAttr attrs[] = {{"Tout", {.kind = TFG_ATTR_TYPE, .is_list = true, .n = g->n_in, .list_type = types}},
                                {"f", {.kind = TFG_ATTR_FUNC, .func = &f}}};
        rc = tfg_grad_call_n(g, "SymbolicGradient", NULL, values, (int)n, attrs, 2, out, g->n_in, s);
    }
    for (int i = 0; rc == 0 && i < g->n_in; i++)
        g->dx[i].value = out[i];
    tfg_free(values);
    tfg_free(types);
    return rc;
}

static const TfgGradRow function_row = {.op = "", .fn = call_symbolic_gradient, .uses = TFG_USES_X};

/* The gradient of a call of a function of the graph, or of one around it; NULL where the op is none. */
static const TfgGradRow *find_function_row(const TfgOp *op)
{
    for (const TfgGraph *g = op->graph; g; g = tfg_graph_outer(g)) {
        const char *given = tfg_graph_function_gradient(g, op->def->name);
        if (given)
            return tfg_find_gradient(given);
        if (tfg_graph_find_function(g, op->def->name, NULL, NULL, NULL))
            return &function_row;
    }
    return NULL;
}

/* The function for an op's gradient.  *row is NULL where there is none to call. */
static int find_row(const TfgOp *op, const TfgGradRow **row, TfgStatus *s)
{
    char label[256];
    const char *type = op->def->name;
    *row = NULL;
    if (op->n_inputs == 0)
        return 0;
    const TfgAttr *override = tfg_attrs_find(&op->attrs, "_gradient_op_type");
    if (override && override->kind == TFG_ATTR_STRING) {
        snprintf(label, sizeof label, "%.*s", (int)override->s.n, override->s.data);
        type = label;
    }
    *row = tfg_find_gradient(type);
    if (!*row)
        *row = find_function_row(op);
    if (!*row)
        return tfg_fail(s, TFG_LOOKUP_ERROR, "No gradient defined for operation '%s' (op type: %s)", op->name, op->def->name);
    if (!(*row)->fn)
        *row = NULL;
    return 0;
}

TfgDType tfg_dtype_behind(const TfgOutputInfo *resource)
{
    const TfgHandleInfo *info = resource->handle;
    return info && info->n > 0 && info->dtypes[0] != TFG_INVALID ? info->dtypes[0] : TFG_FLOAT;
}

/* Zeros for an output that the ys do not depend on.  Those of a conditional's arm come into being only where the arm is taken. */
int tfg_zeros_outside_loops(TfgGraph *g, const TfgOp *op, int i, TfgGrad *grad, TfgStatus *s)
{
    TfgGraphBackend backend = {.graph = g};
    TfgGradCall outside = {.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &backend};
    TfgBuild b = TFG_BUILD(&outside, s);
    TfgValue val = {(void *)(uintptr_t)op, i};
    TfgDType dtype = tfg_dtype_base(op->outputs[i].dtype);
    bool is_switch = strcmp(op->def->name, "Switch") == 0 || strcmp(op->def->name, "RefSwitch") == 0;
    const TfgOpContext *c = is_switch ? op->context : NULL;
    if (!c || !tfg_context_is_cond(c)) {
        if (dtype == TFG_RESOURCE) {
            TfgValue shape = B_OP(&b, "VariableShape", val);
            grad->value = tfg_b_zeros(&b, shape, tfg_dtype_behind(&op->outputs[i]));
        } else {
            grad->value = tfg_b_zeros_like(&b, val, false);
        }
        return tfg_b_done(&b);
    }
    TfgValue sides[2];
    tfg_b_op_n(&b, "Switch", NULL, B_LIST(tfg_value_from_output(op->inputs[0]), tfg_value_from_output(tfg_cond_pred(c))), NULL, 0, sides, 2);
    TfgValue side = sides[1 - tfg_cond_branch(c)], pivot = B_OP(&b, "Identity", side);
    TfgValue shape = dtype == TFG_RESOURCE ? TFG_NO_VALUE : B_OP(&b, "Shape", side);
    bool in = tfg_b_after(&b, pivot);
    if (dtype == TFG_RESOURCE)
        shape = B_OP(&b, "VariableShape", side);
    grad->value = tfg_b_zeros(&b, shape, dtype == TFG_RESOURCE ? tfg_dtype_behind(&op->outputs[i]) : dtype);
    tfg_b_leave_after(&b, in);
    return tfg_b_done(&b);
}

/* gate_gradients: every gradient of the op waits for all of them. */
static int gate(Walk *w, TfgGradCall *call, TfgStatus *s)
{
    int n = 0;
    for (int i = 0; i < call->n_in; i++)
        n += tfg_has_value(call->dx[i].value);
    if (w->call->gate == TFG_GATE_NONE || n < 2)
        return 0;
    if (tfg_graph_enter_device(w->graph, NULL, NULL, true, s) < 0)
        return -1;
    int rc = tfg_graph_enter_colocation(w->graph, NULL, true, s);
    if (rc == 0) {
        rc = tfg_gate_gradients(call, call->dx, call->n_in, s);
        tfg_graph_leave_colocation(w->graph);
    }
    tfg_graph_leave_device(w->graph);
    return rc;
}

/* The scope of a gradient that is compiled apart: "<the op's>_grad_<name scope of the gradients, as one word>". */
static int name_compiled(const Walk *w, TfgBytes scope, bool apart, TfgStr *name)
{
    tfg_str_append(name, scope.data, scope.n);
    if (apart) {
        tfg_str_puts(name, "_grad_");
        for (const char *c = tfg_graph_name_scope(w->graph); *c; c++)
            tfg_str_putc(name, *c == '/' ? '_' : *c);
    }
    return name->failed ? -1 : 0;
}

/* Gradients of ops that are marked to be compiled are marked, too.  1 where a scope of attributes was entered, else 0 or -1. */
static int enter_compiled(Walk *w, const TfgOp *op, TfgStatus *s)
{
    const TfgAttr *apart = tfg_attrs_find(&op->attrs, "_XlaSeparateCompiledGradients");
    if (!apart || !tfg_attrs_find(&op->attrs, "_XlaScope") || !tfg_attrs_bool(&op->attrs, "_XlaCompile"))
        return 0;
    TfgStr name = TFG_STR_INIT;
    int rc = -1;
    if (name_compiled(w, tfg_attrs_string(&op->attrs, "_XlaScope"), tfg_attrs_bool(&op->attrs, "_XlaSeparateCompiledGradients"), &name) < 0) {
        tfg_fail_memory(s);
    } else {
        TfgNamedAttr marks[] = {{"_XlaCompile", TFG_A_BOOL(true)}, {"_XlaScope", TFG_A_STRING(tfg_str_text(&name))}};
        rc = tfg_graph_enter_attrs(w->graph, marks, 2, s) < 0 ? -1 : 1;
    }
    tfg_str_fini(&name);
    return rc;
}

static int call_gradient(Walk *w, TfgOp *op, const TfgGradRow *row, TfgGrad *dy, TfgGrad *dx, TfgStatus *s)
{
    for (int i = 0; i < op->n_outputs; i++)
        if (!tfg_has_value(dy[i].value) && (row == &function_row || is_trainable(op->outputs[i].dtype)) &&
            tfg_loop_zeros(&w->loops, op, i, &dy[i], s) < 0)
            return -1;
    TfgValue *values = tfg_arena_alloc(&w->arena, (size_t)(op->n_inputs + op->n_outputs) * sizeof *values);
    TfgStr scope = TFG_STR_INIT;
    tfg_str_puts(&scope, op->name);
    tfg_str_puts(&scope, "_grad");
    const char *saved;
    int rc = -1;
    if (!values || scope.failed) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < op->n_inputs; i++)
        values[i] = tfg_value_from_output(op->inputs[i]);
    for (int i = 0; i < op->n_outputs; i++)
        values[op->n_inputs + i] = (TfgValue){op, i};
    TfgGradCall call = {.op_type = op->def->name, .op_name = op->name, .attrs = &op->attrs, .n_in = op->n_inputs, .n_out = op->n_outputs,
                        .x = values, .y = values + op->n_inputs, .dy = dy, .dx = dx, .backend = &tfg_graph_backend,
                        .context = &w->backend, .row = row};
    int compiled = enter_compiled(w, op, s);
    if (compiled < 0)
        goto done;
    if (!tfg_graph_enter_scope(w->graph, scope.data, &saved, s)) {
        if (compiled)
            tfg_graph_leave_attrs(w->graph);
        goto done;
    }
    w->backend.op = op;
    TfgOp *original = tfg_graph_set_original(w->graph, op);
    rc = row->fn(&call, s);
    if (rc == 0)
        rc = gate(w, &call, s);
    tfg_graph_set_original(w->graph, original);
    w->backend.op = NULL;
    tfg_graph_leave_scope(w->graph, saved);
    if (compiled)
        tfg_graph_leave_attrs(w->graph);
done:
    tfg_str_fini(&scope);
    return rc;
}

/* A gradient has its input's shape; where the two contradict, a gradient function is wrong. */
static int take_shape(const TfgOp *op, int i, TfgOutput grad, TfgStatus *s)
{
    TfgShape shape;
    TfgStatus why = TFG_STATUS_INIT;
    tfg_output_shape(op->inputs[i], &shape);
    if (shape.rank < 0 || tfg_output_set_shape(grad, &shape, &why) == 0)
        return 0;
    tfg_status_fini(&why);
    TfgStr x = TFG_STR_INIT, dx = TFG_STR_INIT;
    format_python_shape(op->inputs[i], &x);
    format_python_shape(grad, &dx);
    tfg_fail(s, TFG_VALUE_ERROR, "Incompatible shapes between op input and calculated input gradient.  Forward operation: %s.  Input "
             "index: %d. Original input shape: %s.  Calculated input gradient shape: %s", op->name, i, tfg_str_text(&x), tfg_str_text(&dx));
    tfg_str_fini(&x);
    tfg_str_fini(&dx);
    return -1;
}

static int hand_on(Walk *w, const TfgOp *op, const TfgGrad *dx, TfgStatus *s)
{
    for (int i = 0; i < op->n_inputs; i++) {
        if (!tfg_has_value(dx[i].value))
            continue;
        TfgOutput t = op->inputs[i];
        if (t.op->id >= w->n_ids)       /* a gradient function of Python's put a new tensor there */
            continue;
        bool dense = !tfg_has_value(dx[i].indices), resource = tfg_dtype_base(t.op->outputs[t.index].dtype) == TFG_RESOURCE;
        if (dense && !resource && take_shape(op, i, tfg_output_from_value(dx[i].value), s) < 0)
            return -1;
        if (receive(w, t, &dx[i], s) < 0)
            return -1;
    }
    return 0;
}

/* Gradients asked for inside a loop stop at its variables: what a variable was when the loop began is outside. */
static int fail_initial_value(Walk *w, TfgOp *from, TfgStatus *s)
{
    TfgIdMap seen = {NULL, 0, 0};
    TfgIdMap xs = {NULL, 0, 0};
    int rc = 0;
    const TfgOp *found = from;
    size_t head = w->head, tail = w->tail;      /* the queue's end serves as this walk's */
    for (int i = 0; i < w->call->n_xs && rc == 0; i++)
        rc = tfg_idmap_put(&xs, (uint64_t)w->call->xs[i].op->index, 1);
    size_t at = w->tail;
    rc = rc < 0 ? tfg_fail_memory(s) : push(w, from, s);
    while (rc == 0 && at < w->tail) {
        TfgOp *op = w->queue[at++];
        if (tfg_idmap_get(&seen, (uint64_t)op->index, NULL))
            continue;
        if (tfg_idmap_get(&xs, (uint64_t)op->index, NULL)) {
            found = op;
            break;
        }
        rc = tfg_idmap_put(&seen, (uint64_t)op->index, 1) < 0 ? tfg_fail_memory(s) : 0;
        for (int i = 0; i < op->n_inputs && rc == 0; i++)
            rc = push(w, op->inputs[i].op, s);
    }
    tfg_idmap_fini(&seen);
    tfg_idmap_fini(&xs);
    w->head = head;
    w->tail = tail;
    if (rc < 0)
        return -1;
    return tfg_fail(s, TFG_VALUE_ERROR, "Cannot compute gradient inside while loop with respect to op '%s'. We do not support taking the "
                    "gradient wrt or through the initial value of a loop variable. Gradients can be computed through loop invariants or "
                    "wrt the input parameters to the loop body.", found->name);
}

static int visit_inside(Walk *w, TfgOp *op, TfgGrad *dy, bool any, TfgStatus *s)
{
    const TfgGradRow *row = NULL;
    any = any && !(w->marks[op->id] & STOP);
    if (any && find_row(op, &row, s) < 0)
        return -1;
    if (op->context && tfg_op_is_switch(op) && tfg_context_is_while(op->context) && op->context == tfg_graph_context(w->graph))
        return fail_initial_value(w, op, s);
    TfgGrad *dx = dy + op->n_outputs;
    return row && (call_gradient(w, op, row, dy, dx, s) < 0 || hand_on(w, op, dx, s) < 0) ? -1 : 0;
}

static int visit(Walk *w, TfgOp *op, TfgStatus *s)
{
    TfgGrad *dy = tfg_arena_alloc(&w->arena, (size_t)(op->n_outputs + op->n_inputs + 1) * sizeof *dy);
    bool any = false;
    int rc = 0;
    if (!dy)
        return tfg_fail_memory(s);
    TfgOpContext *before = tfg_loop_enter(tfg_loop_states_find(&w->loops, op, true), w->graph);
    for (int i = 0; i < op->n_outputs && rc == 0; i++) {
        rc = settle(w, op, i, &dy[i], s);
        any = any || tfg_has_value(dy[i].value);
    }
    tfg_loop_leave(w->graph, before);
    if (rc < 0)
        return -1;
    tfg_loop_enter(tfg_loop_states_find(&w->loops, op, false), w->graph);
    rc = visit_inside(w, op, dy, any, s);
    tfg_loop_leave(w->graph, before);
    return rc;
}

/* ---- exits: a loop's gradient begins when all of them are there ---- */

static bool has_gradient(const Walk *w, const TfgOp *op)
{
    const Received *all = w->received[op->id];
    for (int i = 0; all && i < op->n_outputs; i++)
        for (const Cell *c = all[i].first; c; c = c->next)
            if (tfg_has_value(c->grad.value))
                return true;
    return false;
}

static int receive_zeros(Walk *w, const TfgParts *exit, TfgStatus *s)
{
    TfgGrad zeros;
    if (!is_trainable(tfg_output_dtype(exit->values)))
        return 0;
    return tfg_loop_zeros_for_exit(&w->loops, exit, &zeros, s) < 0 ? -1 : receive(w, exit->values, &zeros, s);
}

static int queue_exits(Walk *w, TfgLoopState *l, TfgStatus *s)
{
    bool any = false;
    for (int i = 0; i < l->deferred.n; i++) {
        const TfgParts *exit = &l->deferred.items[i];
        bool has = has_gradient(w, exit->values.op);
        any = any || has;
        if ((has ? push(w, exit->values.op, s) : tfg_parts_add(&l->unused, exit, s)) < 0)
            return -1;
    }
    for (int i = 0; i < l->unused.n; i++)
        if ((any && receive_zeros(w, &l->unused.items[i], s) < 0) || push(w, l->unused.items[i].values.op, s) < 0)
            return -1;
    return 0;
}

static int exit_ready(Walk *w, TfgOutput exit, TfgStatus *s)
{
    TfgLoopState *l = tfg_loop_states_find(&w->loops, exit.op, false);
    TfgParts parts = {.values = exit};
    if (!l)
        return push(w, exit.op, s);
    if (tfg_parts_add(&l->deferred, &parts, s) < 0)
        return -1;
    return --l->pending_exits == 0 ? queue_exits(w, l, s) : 0;
}

/* The exits that no y needs, once all of a loop's exits are accounted for. */
static int first_exits(Walk *w, TfgStatus *s)
{
    for (int i = 0; i < w->loops.n; i++) {
        TfgLoopState *l = w->loops.items[i];
        for (int k = 0; k < l->exits.n; k++) {
            const TfgParts *exit = &l->exits.items[k];
            const TfgOp *op = exit->values.op;
            if (op->id >= w->n_ids || w->pending[op->id] != 0)
                continue;
            l->pending_exits--;
            if (!(w->marks[op->id] & QUEUED) && tfg_parts_add(&l->unused, exit, s) < 0)
                return -1;
            for (int u = 0; l->pending_exits == 0 && u < l->unused.n; u++)
                if (is_trainable(tfg_output_dtype(l->unused.items[u].values)) && tfg_parts_add(&w->late, &l->unused.items[u], s) < 0)
                    return -1;
        }
        /* Enters are needed when the gradient is differentiated in turn. */
        for (int k = 0; k < tfg_while_n_enters(l->base.forward); k++) {
            const TfgOp *op = tfg_while_enter(l->base.forward, k)->values.op;
            if (op->id < w->n_ids && w->pending[op->id] == 0)
                w->pending[op->id] = 1;
        }
    }
    for (int i = 0; i < w->late.n; i++)
        if (receive_zeros(w, &w->late.items[i], s) < 0 || push(w, w->late.items[i].values.op, s) < 0)
            return -1;
    return 0;
}

/* ---- the queue ---- */

static int first_ops(Walk *w, TfgStatus *s)
{
    w->head = w->tail = 0;
    for (int i = 0; i < w->call->n_ys; i++) {
        TfgOp *op = w->call->ys[i].op;
        if (w->pending[op->id] != 0 || !(w->marks[op->id] & REACHED) || w->marks[op->id] & QUEUED)
            continue;
        w->marks[op->id] |= QUEUED;
        if (push(w, op, s) < 0)
            return -1;
    }
    return first_exits(w, s);
}

static int input_done(Walk *w, TfgOutput in, TfgStatus *s)
{
    TfgOp *op = in.op;
    if (op->id >= w->n_ids)
        return 0;
    int32_t left = --w->pending[op->id];
    if (left != 0 && !(left > 0 && w->loops.n && tfg_op_is_loop_switch(op)))
        return 0;
    return tfg_op_is_exit(op) ? exit_ready(w, in, s) : push(w, op, s);
}

static int run_queue(Walk *w, TfgStatus *s)
{
    while (w->head < w->tail) {
        TfgOp *op = w->queue[w->head++];
        if (enter_beside(w, op, s) < 0)
            return -1;
        int rc = visit(w, op, s);
        leave_beside(w);
        for (int i = 0; i < op->n_inputs && rc == 0; i++)
            rc = input_done(w, op->inputs[i], s);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* What TensorFlow makes at the end it makes outside of the gradients' scope. */
static int finish(Walk *w, TfgStatus *s)
{
    TfgStr outside = TFG_STR_INIT;
    const char *saved;
    if (w->loops.n == 0 || !w->call->outside)
        return tfg_loop_states_finish(&w->loops, s);
    tfg_str_puts(&outside, w->call->outside);
    if (*w->call->outside)
        tfg_str_putc(&outside, '/');
    int rc = outside.failed ? tfg_fail_memory(s) : tfg_graph_enter_scope(w->graph, tfg_str_text(&outside), &saved, s) ? 0 : -1;
    tfg_str_fini(&outside);
    if (rc < 0)
        return -1;
    rc = tfg_loop_states_finish(&w->loops, s);
    tfg_graph_leave_scope(w->graph, saved);
    return rc;
}

static int walk(Walk *w, TfgStatus *s)
{
    const char *saved;
    if (!tfg_graph_enter_scope(w->graph, w->call->name ? w->call->name : "gradients", &saved, s))
        return -1;
    int rc = -1;
    if (tfg_graph_unique_name(w->graph, "uid", true, s) && first_gradients(w, s) == 0 && mark_reached(w, s) == 0 &&
        mark_between(w, s) == 0 && first_ops(w, s) == 0) {
        mark_stops(w);
        rc = run_queue(w, s);
    }
    tfg_graph_leave_scope(w->graph, saved);
    return rc < 0 ? -1 : finish(w, s);
}

static int collect(Walk *w, TfgSlices *dx, TfgStatus *s)
{
    for (int i = 0; i < w->call->n_xs; i++) {
        TfgOutput x = w->call->xs[i];
        const Received *all = w->received[x.op->id];
        TfgGrad grad = {TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
        if (all && all[x.index].n > 0) {
            grad = all[x.index].first->grad;
        } else if (w->call->zero_unconnected) {
            TfgBuild b = TFG_BUILD(&w->outside, s);
            bool resource = tfg_dtype_base(tfg_output_dtype(x)) == TFG_RESOURCE;
            TfgValue v = tfg_value_from_output(x);
            grad.value = resource ? tfg_b_zeros(&b, B_OP(&b, "VariableShape", v), tfg_dtype_behind(&x.op->outputs[x.index])) :
                         tfg_b_zeros_like(&b, v, true);
            if (tfg_b_done(&b) < 0)
                return -1;
        }
        dx[i] = tfg_slices_from_grad(&grad);
    }
    return 0;
}

int tfg_backprop(TfgGraph *g, const TfgBackpropCall *call, TfgSlices *dx, TfgStatus *s)
{
    Walk w;
    tfg_graph_lock(g);
    int rc = walk_init(&w, g, call, s);
    if (rc == 0 && (check_tensors(&w, call->ys, call->n_ys, s) < 0 || check_tensors(&w, call->xs, call->n_xs, s) < 0 ||
                    check_tensors(&w, call->stop, call->n_stop, s) < 0 || walk(&w, s) < 0 || collect(&w, dx, s) < 0))
        rc = -1;
    tfg_loop_states_fini(&w.loops, rc < 0);
    walk_fini(&w);
    tfg_graph_unlock(g);
    return rc;
}

static int add_dense(TfgGraph *g, const TfgOutput *ys, int n_ys, const TfgOutput *xs, int n_xs, const TfgOutput *grad_ys, bool in_function,
                     TfgOutput *dx, TfgStatus *s)
{
    size_t n = (size_t)(n_ys + n_xs) + 1;
    TfgSlices *slices = tfg_calloc(n, sizeof *slices), *given = slices + n_xs;
    if (!slices)
        return tfg_fail_memory(s);
    for (int i = 0; grad_ys && i < n_ys; i++)
        given[i].values = grad_ys[i];
    TfgBackpropCall call = {.ys = ys, .n_ys = n_ys, .xs = xs, .n_xs = n_xs, .grad_ys = grad_ys ? given : NULL, .in_function = in_function};
    int rc = tfg_backprop(g, &call, slices, s);
    for (int i = 0; rc == 0 && i < n_xs; i++) {     /* this call knows dense tensors only */
        TfgGraphBackend backend = {.graph = g};
        TfgGrad grad = tfg_grad_from_slices(&slices[i]);
        TfgGradCall dense = {.op_type = "", .op_name = "", .backend = &tfg_graph_backend, .context = &backend, .n_out = 1, .dy = &grad};
        TfgValue v = TFG_NO_VALUE;
        rc = slices[i].values.op ? tfg_grad_dense(&dense, 0, &v, s) : 0;
        dx[i] = tfg_output_from_value(v);
    }
    tfg_free(slices);
    return rc;
}

int tfg_add_gradients(TfgGraph *g, const TfgOutput *ys, int n_ys, const TfgOutput *xs, int n_xs, const TfgOutput *grad_ys, TfgOutput *dx,
                      TfgStatus *s)
{
    return add_dense(g, ys, n_ys, xs, n_xs, grad_ys, false, dx, s);
}

int tfg_add_gradients_of_function(TfgGraph *body, const TfgOutput *ys, int n_ys, const TfgOutput *xs, int n_xs, const TfgOutput *grad_ys,
                                  TfgOutput *dx, TfgStatus *s)
{
    return add_dense(body, ys, n_ys, xs, n_xs, grad_ys, true, dx, s);
}
