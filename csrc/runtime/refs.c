/* References.  A reference output is a name for a variable's buffer, not a value: whoever consumes it reads the buffer at its own
 * instruction, and fetching it gives the buffer at the end of the step.  Identity of a reference shares the buffer, so it is a name
 * too; it is taken out here, whatever rewrites are allowed.  Nodes that only stand for something that lives in the session
 * (VariableV2, VarHandleOp) become that thing. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

#define LEGACY_VARIABLE_TYPE "LegacyVar"

typedef struct VariableRequest { const char *name; TfgDType dtype; TfgShape shape; } VariableRequest;

static TfgHandle *make_variable(void *arg, TfgStatus *s)
{
    const VariableRequest *r = arg;
    TfgVariable *v = tfg_variable_new(r->name, r->dtype, s);
    if (!v)
        return NULL;
    v->base.type_name = LEGACY_VARIABLE_TYPE;
    if (tfg_shape_is_full(&r->shape) && tfg_variable_declare(v, &r->shape, s) < 0) {
        tfg_variable_unref(v);
        return NULL;
    }
    return &v->base;
}

/* Container and name of what a node holds in the session, in the maker's arena. */
static int resource_name(TfgPlanMaker *m, const TfgNode *n, char **container, char **name, TfgStatus *s)
{
    TfgBytes c = tfg_attrs_string(&n->attrs, "container"), shared = tfg_attrs_string(&n->attrs, "shared_name");
    *container = tfg_arena_strndup(&m->arena, c.n ? c.data : "localhost", c.n ? c.n : 9);
    *name = shared.n ? tfg_arena_strndup(&m->arena, shared.data, shared.n) : tfg_arena_strdup(&m->arena, n->name);
    return *container && *name ? 0 : tfg_fail_memory(s);
}

static int resolve_variable(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    char *container, *name;
    if (resource_name(m, n, &container, &name, s) < 0)
        return -1;
    VariableRequest r = {.name = name, .dtype = tfg_attrs_type(&n->attrs, "dtype")};
    tfg_attrs_shape(&n->attrs, "shape", &r.shape);
    if (r.shape.rank == 0 && strcmp(n->op->def->name, "Variable") == 0)
        tfg_shape_set_unknown(&r.shape);        /* the old Variable could not tell a scalar's shape from an unknown one */
    TfgHandle *h = tfg_resources_find_or_make(m->session->resources, container, name, LEGACY_VARIABLE_TYPE, make_variable, &r, s);
    if (!h || tfg_plan_keep_variable_steal(m->plan, (TfgVariable *)h, s) < 0)
        return -1;
    n->kind = TFG_NODE_VARIABLE;
    n->variable = (TfgVariable *)h;
    if (n->variable->dtype != tfg_dtype_base(r.dtype))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to share variable %s, but specified dtype %s and found dtype %s", name,
                        tfg_dtype_signature_name(tfg_dtype_base(r.dtype)), tfg_dtype_signature_name(n->variable->dtype));
    return 0;
}

static int resolve_handle(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    char *container, *name;
    if (resource_name(m, n, &container, &name, s) < 0)
        return -1;
    TfgTensor *t = tfg_tensor_new(TFG_RESOURCE, 0, NULL, s);
    if (!t)
        return -1;
    TfgResourceHandle *h = tfg_resource_handle_new(m->session->devices[n->device].name, container, name, TFG_VARIABLE_TYPE, s);
    if (!h) {
        tfg_tensor_unref(t);
        return -1;
    }
    *(TfgHandle **)t->data = &h->base;
    n->kind = TFG_NODE_CONST;
    n->constant = t;
    return tfg_plan_keep_tensor_steal(m->plan, t, s);
}

/* Const nodes: the attribute's tensor itself. */
static int resolve_const(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    const TfgAttr *value = tfg_attrs_find(&n->attrs, "value");
    if (!value || value->kind != TFG_ATTR_TENSOR || !value->tensor)
        return 0;
    n->kind = TFG_NODE_CONST;
    n->constant = value->tensor;
    return tfg_plan_keep_tensor_steal(m->plan, tfg_tensor_ref(value->tensor), s);
}

/* The variable behind each reference output, where every path gives the same one. */
static int name_outputs(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    bool any = n->kind == TFG_NODE_VARIABLE;
    for (int32_t i = 0; i < n->n_out && !any; i++)
        any = tfg_dtype_is_ref(n->out_dtype[i]);
    if (!any)
        return 0;
    n->out_variable = tfg_arena_alloc(&m->arena, (size_t)n->n_out * sizeof *n->out_variable);
    if (!n->out_variable)
        return tfg_fail_memory(s);
    TfgVariable *variable = n->variable;
    bool first = true, many = tfg_node_is(n, "RefMerge") || tfg_node_is(n, "RefSelect");
    for (int32_t i = 0; i < n->n_in && n->kind == TFG_NODE_OP; i++) {
        if (!tfg_dtype_is_ref(n->in_dtype[i]))
            continue;
        const TfgNode *from = &m->nodes[n->in[i].node];
        TfgVariable *v = from->out_variable && from < n ? from->out_variable[n->in[i].index] : NULL;
        variable = first || variable == v ? v : NULL;
        first = false;
        if (!many)
            break;
    }
    for (int32_t i = 0; i < n->n_out; i++)
        if (tfg_dtype_is_ref(n->out_dtype[i]))
            n->out_variable[i] = variable;
    return 0;
}

static bool is_reference(const TfgPlanMaker *m, TfgPort p)
{
    const TfgNode *n = &m->nodes[p.node];
    return n->kind != TFG_NODE_FEED && n->n_out > p.index && tfg_dtype_is_ref(n->out_dtype[p.index]);
}

/* ---- Identity of a reference ------------------------------------------------------------------------------------------------- */

static bool is_identity(const TfgNode *n)
{
    return n->kind == TFG_NODE_OP && n->n_in == 1 && (tfg_node_is(n, "Identity") || tfg_node_is(n, "StopGradient") || tfg_node_is(n, "PreventGradient"));
}

static int bypass_inputs(TfgPlanMaker *m, TfgNode *n, const bool *bypassed, TfgStatus *s)
{
    for (int32_t i = 0; i < n->n_in; i++) {
        int32_t from = n->in[i].node;
        if (!bypassed[from])
            continue;
        TfgNode *identity = &m->nodes[from];
        if (!n->via && !(n->via = tfg_arena_alloc(&m->arena, (size_t)n->n_in * sizeof *n->via)))
            return tfg_fail_memory(s);
        n->via[i] = identity->op;
        n->in[i] = identity->in[0];     /* itself already bypassed: it comes earlier */
        if (identity->kind != TFG_NODE_GONE) {
            if (tfg_node_add_control(m, n, from) < 0)
                return tfg_fail_memory(s);
            continue;
        }
        for (int32_t c = 0; c < identity->n_controls; c++)
            if (tfg_node_add_control(m, n, identity->controls[c]) < 0)
                return tfg_fail_memory(s);
    }
    return 0;
}

static int bypass_identities(TfgPlanMaker *m, TfgStatus *s)
{
    int rc = -1, found = 0;
    bool *bypassed = tfg_calloc((size_t)m->n_nodes, sizeof *bypassed), *needed = tfg_calloc((size_t)m->n_nodes, sizeof *needed);
    if (!bypassed || !needed) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];        /* an identity of such an identity is a name as well */
        bypassed[i] = is_identity(n) && (is_reference(m, n->in[0]) || (n->in[0].node < i && bypassed[n->in[0].node]));
        found += bypassed[i];
    }
    rc = 0;
    if (!found)
        goto done;
    /* One that others wait for, or that is asked for by itself, stays: it finds out whether the variable is initialised. */
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        for (int32_t c = 0; c < n->n_controls; c++)
            needed[n->controls[c]] = true;
    }
    for (int i = 0; i < m->n_targets; i++)
        for (int32_t k = 0; k < m->n_nodes; k++)
            if (bypassed[k] && m->nodes[k].op == m->targets[i])
                needed[k] = true;
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (bypassed[i] && !needed[i])
            m->nodes[i].kind = TFG_NODE_GONE;
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++)
        rc = bypass_inputs(m, &m->nodes[i], bypassed, s);
    for (int i = 0; i < m->n_fetches; i++) {
        TfgPort *p = &m->fetch_ports[i];
        if (bypassed[p->node]) {
            *p = m->nodes[p->node].in[0];
            m->nodes[p->node].wanted = m->nodes[p->node].fetched = true;
        }
    }
done:
    tfg_free(bypassed);
    tfg_free(needed);
    return rc;
}

/* ---- Values that a loop or an arm takes in ---------------------------------------------------------------------------------------- */

/* The variable whose value a node hands on as it is, NULL where it does not. */
static TfgVariable *passed_variable(const TfgPlanMaker *m, const TfgNode *n)
{
    if (n->kind != TFG_NODE_OP || n->n_in < 1 || !is_reference(m, n->in[0]))
        return NULL;
    if (!tfg_node_is(n, "Switch") && !(tfg_node_is(n, "Enter") && tfg_attrs_bool(&n->attrs, "is_constant")))
        return NULL;
    const TfgNode *from = &m->nodes[n->in[0].node];
    return from->out_variable ? from->out_variable[n->in[0].index] : NULL;
}

/* What an arm of a conditional, or each iteration of a loop, takes in of a variable shares its buffer: the Switch or constant Enter of
 * such a value is a name too, so that who reads it behind a writer sees what was written. */
static int name_passed(TfgPlanMaker *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        TfgVariable *v = passed_variable(m, n);
        if (!v)
            continue;
        if (!(n->out_variable = tfg_arena_alloc(&m->arena, (size_t)n->n_out * sizeof *n->out_variable)))
            return tfg_fail_memory(s);
        for (int32_t k = 0; k < n->n_out; k++) {
            n->out_variable[k] = v;
            n->out_dtype[k] = (TfgDType)(tfg_dtype_base(n->out_dtype[k]) + TFG_REF);
        }
    }
    return 0;
}

int tfg_plan_refs(TfgPlanMaker *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind != TFG_NODE_OP)
            continue;
        int rc = 0;
        if (tfg_node_is(n, "VariableV2") || tfg_node_is(n, "Variable"))
            rc = resolve_variable(m, n, s);
        else if (tfg_node_is(n, "VarHandleOp"))
            rc = resolve_handle(m, n, s);
        else if (tfg_node_is(n, "Const"))
            rc = resolve_const(m, n, s);
        if (rc < 0 || name_outputs(m, n, s) < 0) {
            s->op = s->op ? s->op : n->op;
            return -1;
        }
    }
    return bypass_identities(m, s) < 0 || name_passed(m, s) < 0 ? -1 : 0;
}
