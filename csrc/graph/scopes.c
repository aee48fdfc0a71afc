/* Control-dependency blocks, attribute scopes, gradient overrides, kernel labels, containers. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

/* ---- Control dependencies ---- */

const TfgControlScope *tfg_control_scope(const TfgGraph *g)
{
    return g->n_controls ? g->controls[g->n_controls - 1].scope : NULL;
}

static bool scope_has(const TfgControlScope *c, const TfgOp *op)
{
    for (; c; c = c->outer)
        for (int i = 0; i < c->n; i++)
            if (c->ops[i] == op)
                return true;
    return false;
}

static bool list_has(TfgOp *const *ops, size_t n, const TfgOp *op)
{
    for (size_t i = 0; i < n; i++)
        if (ops[i] == op)
            return true;
    return false;
}

/* The block with those of `ops` that no block around it has. */
static const TfgControlScope *make_control_scope(TfgGraph *g, const TfgControlScope *outer, TfgOp *const *ops, int n)
{
    TfgControlScope *c = tfg_arena_alloc(&g->arena, sizeof *c);
    TfgOp **kept = tfg_arena_alloc(&g->arena, (size_t)n * sizeof(TfgOp *));
    if (!c || !kept)
        return NULL;
    c->outer = outer;
    c->depth = outer ? outer->depth + 1 : 0;
    c->ops = kept;
    TfgIdMap seen = {NULL, 0, 0};           /* only worth it for long lists */
    for (int i = 0; i < n; i++) {
        bool known = n > 16 ? tfg_idmap_get(&seen, (uint64_t)(uintptr_t)ops[i], NULL) : list_has(kept, (size_t)c->n, ops[i]);
        if (known || scope_has(outer, ops[i]))
            continue;
        if (n > 16 && tfg_idmap_put(&seen, (uint64_t)(uintptr_t)ops[i], 1) < 0) {
            tfg_idmap_fini(&seen);
            return NULL;
        }
        kept[c->n++] = ops[i];
    }
    tfg_idmap_fini(&seen);
    return c;
}

static int check_same_graph(const TfgGraph *g, TfgOp *const *ops, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (ops[i]->graph != g)
            return tfg_fail(s, TFG_VALUE_ERROR, "Operation '%s' is not an element of this graph.", ops[i]->name);
    return 0;
}

int tfg_graph_enter_controls(TfgGraph *g, TfgOp *const *ops, int n, bool clear, TfgStatus *s)
{
    if (check_same_graph(g, ops, n, s) < 0)
        return -1;
    tfg_graph_lock(g);
    int rc = -1;
    TfgControlEntry e = {.cleared = clear, .context = g->context};
    if (!clear)
        e.scope = make_control_scope(g, tfg_control_scope(g), ops, n);
    if ((clear || e.scope) && tfg_grow((void **)&g->controls, &g->controls_capacity, g->n_controls + 1, sizeof *g->controls) == 0) {
        g->controls[g->n_controls++] = e;
        if (clear)
            g->context = NULL;
        rc = 0;
    }
    tfg_graph_unlock(g);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

int tfg_graph_enter_controls_again(TfgGraph *g, const TfgControlScope **scope, TfgOp *const *ops, int n, TfgStatus *s)
{
    int rc = 0;
    tfg_graph_lock(g);
    if (!*scope || (*scope)->outer != tfg_control_scope(g))
        rc = tfg_graph_enter_controls(g, ops, n, false, s);
    else if (tfg_grow((void **)&g->controls, &g->controls_capacity, g->n_controls + 1, sizeof *g->controls) < 0)
        rc = tfg_fail_memory(s);
    else
        g->controls[g->n_controls++] = (TfgControlEntry){.scope = *scope, .context = g->context};
    if (rc == 0)
        *scope = tfg_control_scope(g);
    tfg_graph_unlock(g);
    return rc;
}

void tfg_graph_leave_controls(TfgGraph *g)
{
    tfg_graph_lock(g);
    if (g->n_controls > 0 && g->controls[--g->n_controls].cleared)
        g->context = g->controls[g->n_controls].context;
    tfg_graph_unlock(g);
}

static bool is_inside(const TfgControlScope *outer, const TfgControlScope *c)
{
    while (c && c->depth > outer->depth)
        c = c->outer;
    return c == outer;
}

/* An input made inside the block waits for the block's ops already. */
static bool is_dominated(const TfgControlScope *c, const TfgOutput *inputs, int n)
{
    for (int i = 0; i < n; i++)
        if (inputs[i].op->control_scope && is_inside(c, inputs[i].op->control_scope))
            return true;
    return false;
}

static bool is_input(const TfgOp *op, const TfgOutput *inputs, int n)
{
    for (int i = 0; i < n; i++)
        if (inputs[i].op == op)
            return true;
    return false;
}

/* From the outermost block in. */
static int add_controls_of(const TfgControlScope *c, const TfgOutput *inputs, int n_inputs, TfgOp ***out, size_t *n, size_t *capacity)
{
    if (c->outer && add_controls_of(c->outer, inputs, n_inputs, out, n, capacity) < 0)
        return -1;
    if (is_dominated(c, inputs, n_inputs))
        return 0;
    for (int i = 0; i < c->n; i++) {
        if (is_input(c->ops[i], inputs, n_inputs))
            continue;
        if (tfg_grow((void **)out, capacity, *n + 1, sizeof **out) < 0)
            return -1;
        (*out)[(*n)++] = c->ops[i];
    }
    return 0;
}

int tfg_control_inputs(TfgGraph *g, const TfgOutput *inputs, int n_inputs, TfgOp ***out, size_t *n, size_t *capacity)
{
    const TfgControlScope *c = tfg_control_scope(g);
    return c ? add_controls_of(c, inputs, n_inputs, out, n, capacity) : 0;
}

TfgOp **tfg_graph_current_controls(TfgGraph *g, int *n, TfgStatus *s)
{
    TfgOp **out = NULL;
    size_t count = 0, capacity = 0;
    tfg_graph_lock(g);
    int rc = tfg_control_inputs(g, NULL, 0, &out, &count, &capacity);
    tfg_graph_unlock(g);
    if (rc == 0 && !out)
        out = tfg_alloc(sizeof *out);
    if (rc < 0 || !out) {
        tfg_free(out);
        tfg_fail_memory(s);
        return NULL;
    }
    *n = (int)count;
    return out;
}

/* ---- Attribute scopes ---- */

static TfgAttr *scoped_attr(TfgGraph *g, const char *name)
{
    return (TfgAttr *)(uintptr_t)tfg_attrs_find(&g->attr_scope, name);
}

/* kind NONE takes the name out of use; its place stays. */
static int set_scoped_attr(TfgGraph *g, const char *name, const TfgAttr *value)
{
    TfgAttr *there = scoped_attr(g, name);
    if (there) {
        *there = *value;
        return 0;
    }
    if (g->attr_scope.n == g->attr_scope_capacity) {
        int32_t capacity = g->attr_scope_capacity ? 2 * g->attr_scope_capacity : 8;
        TfgNamedAttr *items = tfg_realloc(g->attr_scope.items, (size_t)capacity * sizeof *items);
        if (!items)
            return -1;
        g->attr_scope.items = items;
        g->attr_scope_capacity = capacity;
    }
    g->attr_scope.items[g->attr_scope.n++] = (TfgNamedAttr){name, *value};
    return 0;
}

static void restore_attrs(TfgGraph *g, const TfgAttrsEntry *e)
{
    for (int i = e->n; i-- > 0;)
        set_scoped_attr(g, e->names[i], &e->before[i]);         /* the name has its place */
}

static int enter_attr(TfgGraph *g, TfgAttrsEntry *e, const TfgNamedAttr *attr, TfgStatus *s)
{
    static const TfgAttr none = {.kind = TFG_ATTR_NONE};
    const char *name = tfg_graph_intern(g, attr->name, s);
    if (!name)
        return -1;
    const TfgAttr *before = scoped_attr(g, name);
    if (attr->value.kind == TFG_ATTR_NONE && !attr->value.is_list && (!before || before->kind == TFG_ATTR_NONE))
        return tfg_fail(s, TFG_KEY_ERROR, "%s", name);        /* as deleting a missing key does */
    e->names[e->n] = name;
    e->before[e->n] = before ? *before : none;
    TfgAttr copy;
    if (tfg_attr_copy(&copy, &attr->value, &g->arena) < 0)
        return tfg_fail_memory(s);
    if (tfg_retire_tensors(g, &copy) < 0 || set_scoped_attr(g, name, &copy) < 0)
        return tfg_fail_memory(s);
    e->n++;
    return 0;
}

int tfg_graph_enter_attrs(TfgGraph *g, const TfgNamedAttr *attrs, int n, TfgStatus *s)
{
    int rc = -1;
    tfg_graph_lock(g);
    TfgAttrsEntry e = {.names = tfg_arena_alloc(&g->arena, (size_t)n * sizeof(char *)),
                       .before = tfg_arena_alloc(&g->arena, (size_t)n * sizeof(TfgAttr))};
    if (!e.names || !e.before ||
        tfg_grow((void **)&g->attr_entries, &g->attr_entries_capacity, g->n_attr_entries + 1, sizeof e) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < n; i++)
        if (enter_attr(g, &e, &attrs[i], s) < 0) {
            restore_attrs(g, &e);
            goto done;
        }
    g->attr_entries[g->n_attr_entries++] = e;
    rc = 0;
done:
    tfg_graph_unlock(g);
    return rc;
}

void tfg_graph_leave_attrs(TfgGraph *g)
{
    tfg_graph_lock(g);
    if (g->n_attr_entries > 0)
        restore_attrs(g, &g->attr_entries[--g->n_attr_entries]);
    tfg_graph_unlock(g);
}

/* ---- Maps from op type to a text ---- */

typedef struct TfgLabelChange {
    const char *type, *before;      /* NULL type: a block begins */
} TfgLabelChange;

const char *tfg_label_find(const TfgLabelMap *m, const char *type)
{
    return m->now.n ? tfg_map_find(&m->now, type, strlen(type)) : NULL;
}

void tfg_label_map_fini(TfgLabelMap *m)
{
    tfg_map_fini(&m->now);
    tfg_free(m->changes);
}

static void leave_labels(TfgLabelMap *m)
{
    while (m->n > 0) {
        TfgLabelChange c = m->changes[--m->n];
        if (!c.type)
            return;
        if (c.before)
            tfg_map_put(&m->now, c.type, strlen(c.type), (void *)(uintptr_t)c.before);     /* the key is there */
        else
            tfg_map_remove(&m->now, c.type, strlen(c.type));
    }
}

static int enter_label(TfgGraph *g, TfgLabelMap *m, const char *type, const char *text, TfgStatus *s)
{
    type = tfg_graph_intern(g, type, s);
    text = type ? tfg_graph_intern(g, text, s) : NULL;
    if (!text)
        return -1;
    const char *before = tfg_label_find(m, type);
    if (tfg_map_put(&m->now, type, strlen(type), (void *)(uintptr_t)text) < 0)
        return tfg_fail_memory(s);
    m->changes[m->n++] = (TfgLabelChange){type, before};
    return 0;
}

static int enter_labels(TfgGraph *g, TfgLabelMap *m, const char *const *types, const char *const *texts, int n, TfgStatus *s)
{
    int rc = 0;
    tfg_graph_lock(g);
    if (tfg_grow((void **)&m->changes, &m->capacity, m->n + (size_t)n + 1, sizeof *m->changes) < 0) {
        rc = tfg_fail_memory(s);
    } else {
        m->changes[m->n++] = (TfgLabelChange){NULL, NULL};
        for (int i = 0; i < n && rc == 0; i++)
            rc = enter_label(g, m, types[i], texts[i], s);
        if (rc < 0)
            leave_labels(m);
    }
    tfg_graph_unlock(g);
    return rc;
}

int tfg_graph_enter_gradient_override(TfgGraph *g, const char *const *types, const char *const *grads, int n, TfgStatus *s)
{
    return enter_labels(g, &g->gradients, types, grads, n, s);
}

void tfg_graph_leave_gradient_override(TfgGraph *g)
{
    tfg_graph_lock(g);
    leave_labels(&g->gradients);
    tfg_graph_unlock(g);
}

int tfg_graph_enter_kernel_label(TfgGraph *g, const char *const *types, const char *const *labels, int n, TfgStatus *s)
{
    return enter_labels(g, &g->kernels, types, labels, n, s);
}

void tfg_graph_leave_kernel_label(TfgGraph *g)
{
    tfg_graph_lock(g);
    leave_labels(&g->kernels);
    tfg_graph_unlock(g);
}

/* ---- What they give a new op ---- */

static int set_text_attr(TfgOp *op, const char *name, const char *text, TfgStatus *s)
{
    TfgAttr v = TFG_A_STRING(text);
    return tfg_op_set_attr(op, name, &v, s);
}

/* A stateful op that was not told its container gets the graph's. */
static int apply_container(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    if (!*g->container || !(op->def->flags & TFG_OP_STATEFUL))
        return 0;
    const TfgAttr *there = tfg_attrs_find(&op->attrs, "container");
    if (!there || there->kind != TFG_ATTR_STRING || there->is_list || there->s.n > 0)
        return 0;
    return set_text_attr(op, "container", g->container, s);
}

int tfg_apply_attr_scopes(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    for (int i = 0; i < g->attr_scope.n; i++) {
        const TfgNamedAttr *a = &g->attr_scope.items[i];
        if (a->value.kind != TFG_ATTR_NONE && !tfg_attrs_find(&op->attrs, a->name) && tfg_op_set_attr(op, a->name, &a->value, s) < 0)
            return -1;
    }
    const char *label = tfg_label_find(&g->kernels, op->def->name), *gradient = tfg_label_find(&g->gradients, op->def->name);
    if ((label && set_text_attr(op, "_kernel", label, s) < 0) || (gradient && set_text_attr(op, "_gradient_op_type", gradient, s) < 0))
        return -1;
    return apply_container(g, op, s);
}

/* ---- Container ---- */

const char *tfg_graph_container(const TfgGraph *g)
{
    return g->container;
}

const char *tfg_graph_set_container(TfgGraph *g, const char *container, TfgStatus *s)
{
    tfg_graph_lock(g);
    const char *before = NULL, *kept = tfg_graph_intern(g, container ? container : "", s);
    if (kept) {
        before = g->container;
        g->container = kept;
    }
    tfg_graph_unlock(g);
    return before;
}
