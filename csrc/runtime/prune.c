#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

bool tfg_node_is(const TfgNode *n, const char *type)
{
    return n->def && strcmp(n->def->name, type) == 0;
}

static bool has_refs(const TfgNode *n)
{
    for (int32_t i = 0; i < n->n_in; i++)
        if (tfg_dtype_is_ref(n->in_dtype[i]))
            return true;
    for (int32_t i = 0; i < n->n_out; i++)
        if (tfg_dtype_is_ref(n->out_dtype[i]))
            return true;
    return false;
}

bool tfg_node_has_effects(const TfgNode *n)
{
    return (n->def && (n->def->flags & TFG_OP_STATEFUL)) || has_refs(n) ||
           (n->row && (n->row->flags & (TFG_KERNEL_WRITES_REF | TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_KEEPS_STATE)));
}

int tfg_node_add_control(TfgPlanMaker *m, TfgNode *n, int32_t control)
{
    for (int32_t i = 0; i < n->n_controls; i++)
        if (n->controls[i] == control)
            return 0;
    int32_t *more = tfg_arena_alloc(&m->arena, ((size_t)n->n_controls + 1) * sizeof *more);
    if (!more)
        return -1;
    if (n->n_controls)
        memcpy(more, n->controls, (size_t)n->n_controls * sizeof *more);
    more[n->n_controls++] = control;
    n->controls = more;
    return 0;
}

/* ---- What is needed --------------------------------------------------------------------------------------------------------- */

typedef struct Pruner {
    TfgPlanMaker *m;
    int32_t *number;            /* by op->index: 0 not needed, 1 needed, later 2 + the node's number */
    int32_t lowest, highest;    /* the range of those needed */
    TfgIdMap fed;               /* TfgOp * -> 1 + its first feed */
    int *next_fed;              /* 1 + the op's next feed, 0: none */
    TfgOp **ops;
    size_t n, capacity;         /* found; those from `done` on are not yet looked into */
} Pruner;

/* Number of the feed that stands for an output, -1: none. */
static int feed_of(const Pruner *p, TfgOutput o)
{
    uint64_t i;
    if (p->m->n_feeds == 0 || !tfg_idmap_get(&p->fed, (uint64_t)(uintptr_t)o.op, &i))
        return -1;
    for (; i; i = (uint64_t)p->next_fed[i - 1])
        if (p->m->feeds[i - 1].index == o.index)
            return (int)i - 1;
    return -1;
}

static int need(Pruner *p, TfgOp *op)
{
    if (p->number[op->index])
        return 0;
    if (tfg_grow((void **)&p->ops, &p->capacity, p->n + 1, sizeof *p->ops) < 0)
        return -1;
    p->number[op->index] = 1;
    p->lowest = op->index < p->lowest ? op->index : p->lowest;
    p->highest = op->index > p->highest ? op->index : p->highest;
    p->ops[p->n++] = op;
    return 0;
}

/* Feeding an op cuts its data edges; control edges keep it alive, but for placeholders, which have nothing to do then. */
static bool control_counts(const Pruner *p, TfgOp *op)
{
    return strncmp(op->def->name, "Placeholder", 11) != 0 || feed_of(p, (TfgOutput){op, 0}) < 0;
}

static int index_feeds(Pruner *p)
{
    for (int i = 0; i < p->m->n_feeds; i++) {
        uint64_t before = 0;
        tfg_idmap_get(&p->fed, (uint64_t)(uintptr_t)p->m->feeds[i].op, &before);
        p->next_fed[i] = (int)before;
        if (tfg_idmap_put(&p->fed, (uint64_t)(uintptr_t)p->m->feeds[i].op, (uint64_t)i + 1) < 0)
            return -1;
    }
    return 0;
}

/* An op as the session sees it.  Nobody mutates the body of a function. */
static const TfgFrozen *frozen_op(const Pruner *p, TfgOp *op, TfgFrozen *body, TfgStatus *s)
{
    if (p->m->graph == p->m->session->graph)
        return tfg_session_freeze(p->m->session, op, s);
    *body = (TfgFrozen){op->inputs, op->controls, op->n_controls, op->attrs, op->device ? op->device : ""};
    return body;
}

static int find_needed(Pruner *p, TfgStatus *s)
{
    TfgPlanMaker *m = p->m;
    for (int i = 0; i < m->n_fetches; i++)
        if (feed_of(p, m->fetches[i]) < 0 && need(p, m->fetches[i].op) < 0)
            return tfg_fail_memory(s);
    for (int i = 0; i < m->n_targets; i++)
        if (control_counts(p, m->targets[i]) && need(p, m->targets[i]) < 0)
            return tfg_fail_memory(s);
    for (size_t done = 0; done < p->n; done++) {
        TfgOp *op = p->ops[done];
        TfgFrozen body;
        const TfgFrozen *f = frozen_op(p, op, &body, s);
        if (!f)
            return -1;
        for (int32_t i = 0; i < op->n_inputs; i++)
            if (feed_of(p, f->inputs[i]) < 0 && need(p, f->inputs[i].op) < 0)
                return tfg_fail_memory(s);
        for (int32_t i = 0; i < f->n_controls; i++)
            if (control_counts(p, f->controls[i]) && need(p, f->controls[i]) < 0)
                return tfg_fail_memory(s);
    }
    return 0;
}

/* ---- Nodes ----------------------------------------------------------------------------------------------------------------- */

static int by_index(const void *a, const void *b)
{
    int32_t x = (*(TfgOp *const *)a)->index, y = (*(TfgOp *const *)b)->index;
    return (x > y) - (x < y);
}

/* In the order of creation.  Where most ops of a range are needed, walking the range is quicker than sorting. */
static void sort_ops(Pruner *p)
{
    if (p->n == 0)
        return;
    if ((size_t)(p->highest - p->lowest) > 8 * p->n) {
        qsort(p->ops, p->n, sizeof *p->ops, by_index);
        return;
    }
    size_t n = 0;
    for (int32_t i = p->lowest; i <= p->highest; i++)
        if (p->number[i])
            p->ops[n++] = tfg_graph_op(p->m->graph, i);
}

static int make_feed_node(TfgPlanMaker *m, int i, TfgStatus *s)
{
    TfgNode *n = &m->nodes[i];
    TfgDType *dtype = tfg_arena_alloc(&m->arena, sizeof *dtype);
    if (!dtype)
        return tfg_fail_memory(s);
    *dtype = tfg_dtype_base(m->feeds[i].op->outputs[m->feeds[i].index].dtype);
    n->kind = TFG_NODE_FEED;
    n->op = m->feeds[i].op;
    n->name = n->op->name;
    n->n_out = 1;
    n->out_dtype = dtype;
    n->wanted = true;
    return 0;
}

static TfgPort port_of(const Pruner *p, TfgOutput o)
{
    int feed = feed_of(p, o);
    if (feed >= 0)
        return (TfgPort){feed, 0};
    return (TfgPort){p->number[o.op->index] - 2, o.index};
}

static int make_op_node(Pruner *p, TfgNode *n, TfgOp *op, TfgStatus *s)
{
    TfgPlanMaker *m = p->m;
    TfgFrozen body;
    const TfgFrozen *f = frozen_op(p, op, &body, s);
    n->kind = TFG_NODE_OP;
    n->op = op;
    n->name = op->name;
    n->def = op->def;
    n->attrs = f->attrs;
    n->device_name = f->device;
    n->n_in = op->n_inputs;
    n->n_out = op->n_outputs;
    n->in = tfg_arena_alloc(&m->arena, (size_t)n->n_in * sizeof *n->in);
    n->in_dtype = tfg_arena_alloc(&m->arena, (size_t)n->n_in * sizeof *n->in_dtype);
    n->out_dtype = tfg_arena_alloc(&m->arena, (size_t)n->n_out * sizeof *n->out_dtype);
    n->controls = tfg_arena_alloc(&m->arena, (size_t)f->n_controls * sizeof *n->controls);
    if ((n->n_in && (!n->in || !n->in_dtype)) || (n->n_out && !n->out_dtype) || (f->n_controls && !n->controls))
        return tfg_fail_memory(s);
    int32_t k = 0;
    for (int i = 0; i < op->def->n_in; i++) {   /* by the definition: what the kernel expects, not what the source gives */
        int count = tfg_arg_count(&op->def->in[i], &f->attrs);
        for (int e = 0; e < count && k < n->n_in; e++, k++) {
            TfgDType base = tfg_dtype_base(tfg_arg_dtype(&op->def->in[i], e, &f->attrs));
            n->in_dtype[k] = op->def->in[i].is_ref ? (TfgDType)(base + TFG_REF) : base;
        }
    }
    for (int32_t i = 0; i < n->n_in; i++)
        n->in[i] = port_of(p, f->inputs[i]);
    for (int32_t i = 0; i < n->n_out; i++)
        n->out_dtype[i] = op->outputs[i].dtype;
    for (int32_t i = 0; i < f->n_controls; i++)
        if (control_counts(p, f->controls[i]))
            n->controls[n->n_controls++] = p->number[f->controls[i]->index] - 2;
    return 0;
}

static int make_nodes(Pruner *p, TfgStatus *s)
{
    TfgPlanMaker *m = p->m;
    size_t total = p->n + (size_t)m->n_feeds;
    if (total > INT32_MAX / 2)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "The graph has too many nodes to run");
    sort_ops(p);
    m->nodes_capacity = (int32_t)total;
    m->nodes = tfg_arena_alloc(&m->arena, (total ? total : 1) * sizeof *m->nodes);
    m->fetch_ports = tfg_arena_alloc(&m->arena, (size_t)(m->n_fetches ? m->n_fetches : 1) * sizeof *m->fetch_ports);
    if (!m->nodes || !m->fetch_ports)
        return tfg_fail_memory(s);
    m->n_nodes = (int32_t)total;
    for (int i = 0; i < m->n_feeds; i++)
        if (make_feed_node(m, i, s) < 0)
            return -1;
    for (size_t i = 0; i < p->n; i++)
        p->number[p->ops[i]->index] = (int32_t)i + m->n_feeds + 2;
    for (size_t i = 0; i < p->n; i++)
        if (make_op_node(p, &m->nodes[i + (size_t)m->n_feeds], p->ops[i], s) < 0)
            return -1;
    for (int i = 0; i < m->n_fetches; i++) {
        m->fetch_ports[i] = port_of(p, m->fetches[i]);
        m->nodes[m->fetch_ports[i].node].wanted = m->nodes[m->fetch_ports[i].node].fetched = true;
    }
    for (int i = 0; i < m->n_targets; i++)
        if (control_counts(p, m->targets[i]))
            m->nodes[port_of(p, (TfgOutput){m->targets[i], -1}).node].wanted = true;
    return 0;
}

int tfg_plan_prune(TfgPlanMaker *m, TfgStatus *s)
{
    Pruner p = {.m = m, .lowest = INT32_MAX};
    int rc = -1;
    tfg_graph_lock(m->graph);
    p.next_fed = tfg_calloc((size_t)m->n_feeds + 1, sizeof *p.next_fed);
    p.number = tfg_calloc((size_t)tfg_graph_n_ops(m->graph) + 1, sizeof *p.number);
    if (!p.next_fed || !p.number || index_feeds(&p) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    pthread_mutex_lock(&m->session->lock);
    rc = find_needed(&p, s) < 0 || make_nodes(&p, s) < 0 ? -1 : 0;
    pthread_mutex_unlock(&m->session->lock);
done:
    tfg_graph_unlock(m->graph);
    tfg_free(p.next_fed);
    tfg_free(p.ops);
    tfg_idmap_fini(&p.fed);
    tfg_free(p.number);
    return rc;
}
