#include "gradients/graph_backend.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/loop_state.h"

static TfgGraphBackend *self(TfgGradCall *g) { return g->context; }

const TfgOp *tfg_backprop_op(const TfgGradCall *g) { return ((const TfgGraphBackend *)g->context)->op; }

static TfgOp *call_under(TfgGradCall *g, const char *type, const char *name, const TfgOutput *in, int n_in, const TfgNamedAttr *attrs,
                         int n_attrs, TfgStatus *s)
{
    TfgGraph *graph = self(g)->graph;
    if (!name || strcmp(name, "/") != 0)
        return tfg_graph_make(graph, type, name, in, n_in, attrs, n_attrs, s);
    TfgStr scope = TFG_STR_INIT;
    tfg_str_puts(&scope, tfg_graph_name_scope(graph));
    tfg_str_putc(&scope, '/');
    TfgOp *op = scope.failed ? NULL : tfg_graph_make(graph, type, scope.data, in, n_in, attrs, n_attrs, s);
    if (scope.failed)
        tfg_fail_memory(s);
    tfg_str_fini(&scope);
    return op;
}

static int call(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, const TfgNamedAttr *attrs,
                int n_attrs, TfgValue *out, int n_out, TfgStatus *s)
{
    TfgOutput few[8], *inputs = few;
    int rc = -1;
    if (n_in > 8 && !(inputs = tfg_alloc((size_t)n_in * sizeof *inputs)))
        return tfg_fail_memory(s);
    for (int i = 0; i < n_in; i++)
        inputs[i] = tfg_output_from_value(in[i]);
    TfgOp *op = call_under(g, type, name, inputs, n_in, attrs, n_attrs, s);
    if (!op)
        goto done;
    if (op->n_outputs < n_out) {
        tfg_fail(s, TFG_INTERNAL, "Gradient of %s: op %s has %d outputs, not %d", g->op_type, type, op->n_outputs, n_out);
        goto done;
    }
    for (int i = 0; i < n_out; i++)
        out[i] = (TfgValue){op, i};
    rc = 0;
done:
    if (inputs != few)
        tfg_free(inputs);
    return rc;
}

static TfgDType dtype(TfgGradCall *g, TfgValue v)
{
    (void)g;
    return tfg_dtype_base(tfg_output_dtype(tfg_output_from_value(v)));
}

static void shape(TfgGradCall *g, TfgValue v, TfgShape *out)
{
    (void)g;
    tfg_output_shape(tfg_output_from_value(v), out);
}

static TfgTensor *constant(TfgGradCall *g, TfgValue v)
{
    return tfg_graph_constant_value(self(g)->graph, tfg_output_from_value(v));
}

static int enter_scope(TfgGradCall *g, const char *name, TfgStatus *s)
{
    TfgGraphBackend *b = self(g);
    if (b->n_saved == TFG_MAX_GRADIENT_SCOPES)
        return tfg_fail(s, TFG_INTERNAL, "Gradient of %s opens too many name scopes", g->op_type);
    if (!tfg_graph_enter_scope(b->graph, name, &b->saved[b->n_saved], s))
        return -1;
    b->n_saved++;
    return 0;
}

static void leave_scope(TfgGradCall *g)
{
    TfgGraphBackend *b = self(g);
    tfg_graph_leave_scope(b->graph, b->saved[--b->n_saved]);
}

static int enter_controls(TfgGradCall *g, const TfgValue *values, int n, TfgStatus *s)
{
    TfgOp *few[8] = {NULL}, **ops = few;
    if (n > 8 && !(ops = tfg_alloc((size_t)n * sizeof(TfgOp *))))
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        ops[i] = values[i].a;
    int rc = tfg_graph_enter_controls(self(g)->graph, ops, n, false, s);
    if (ops != few)
        tfg_free(ops);
    return rc;
}

static void leave_controls(TfgGradCall *g) { tfg_graph_leave_controls(self(g)->graph); }

static int enter_colocation(TfgGradCall *g, TfgValue with, bool alone, TfgStatus *s)
{
    return tfg_graph_enter_colocation(self(g)->graph, with.a, alone, s);
}

static void leave_colocation(TfgGradCall *g) { tfg_graph_leave_colocation(self(g)->graph); }

static int enter_device(TfgGradCall *g, const char *device, TfgStatus *s)
{
    return tfg_graph_enter_device(self(g)->graph, device, NULL, false, s);
}

static void leave_device(TfgGradCall *g) { tfg_graph_leave_device(self(g)->graph); }

/* Inside a loop, the predicate is what it was in the iteration whose gradient is computed. */
static int cond(TfgGradCall *g, int i, TfgValue *pred, int *branch, TfgStatus *s)
{
    const TfgOp *op = self(g)->op;
    const TfgOpContext *c = i < 0 ? op->context : tfg_op_output_context(op->inputs[i].op);
    if (!c || !tfg_context_is_cond(c))
        return 0;
    TfgOutput p = tfg_cond_pred(c);
    const TfgOpContext *loop = i < 0 ? NULL : tfg_context_loop(tfg_graph_context(self(g)->graph));
    if (loop && tfg_while_grad(loop) && tfg_loop_real_pred((TfgLoopState *)tfg_while_grad(loop), p, &p, s) < 0)
        return -1;
    *pred = tfg_value_from_output(p);
    *branch = tfg_cond_branch(c);
    return 1;
}

static int set_shape(TfgGradCall *g, TfgValue v, const TfgShape *known, TfgStatus *s)
{
    (void)g;
    return tfg_output_set_shape(tfg_output_from_value(v), known, s);
}

static bool same_context(TfgGradCall *g, TfgValue a, TfgValue b)
{
    (void)g;
    return tfg_op_output_context((const TfgOp *)a.a) == tfg_op_output_context((const TfgOp *)b.a);
}

static const char *op_name(TfgGradCall *g, TfgValue v)
{
    (void)g;
    return ((const TfgOp *)v.a)->name;
}

static const char *producer(TfgGradCall *g, TfgValue v)
{
    (void)g;
    return ((const TfgOp *)v.a)->def->name;
}

const TfgGradBackend tfg_graph_backend = {
    .call = call, .dtype = dtype, .shape = shape, .constant = constant, .enter_scope = enter_scope, .leave_scope = leave_scope,
    .enter_controls = enter_controls, .leave_controls = leave_controls, .enter_colocation = enter_colocation,
    .leave_colocation = leave_colocation, .enter_device = enter_device, .leave_device = leave_device, .cond = cond, .loop = tfg_loop_gradient,
    .set_shape = set_shape,
    .same_context = same_context, .producer = producer, .op_name = op_name, .traces = true,
};
