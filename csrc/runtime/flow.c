#include "runtime/flow.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

/* ---- Loops ------------------------------------------------------------------------------------------------------------------ */

static bool is_enter(const TfgNode *n) { return tfg_node_is(n, "Enter") || tfg_node_is(n, "RefEnter"); }
static bool is_exit(const TfgNode *n) { return tfg_node_is(n, "Exit") || tfg_node_is(n, "RefExit"); }
static bool is_next(const TfgNode *n) { return tfg_node_is(n, "NextIteration") || tfg_node_is(n, "RefNextIteration"); }
static bool is_merge(const TfgNode *n) { return tfg_node_is(n, "Merge") || tfg_node_is(n, "RefMerge"); }

static bool runs(const TfgNode *n)
{
    return n->kind == TFG_NODE_OP || n->kind == TFG_NODE_FUSED || n->kind == TFG_NODE_REGION || (n->kind == TFG_NODE_CONST && n->runs);
}

/* The loop named by an Enter, seen from the loop it stands in; made when new. */
static int32_t loop_of_enter(TfgPlanMaker *m, const TfgNode *n, TfgStatus *s)
{
    TfgBytes name = tfg_attrs_string(&n->attrs, "frame_name");
    for (int32_t i = 1; i < m->n_loops; i++)
        if (m->loops[i].parent == n->frame && strlen(m->loops[i].name) == name.n && memcmp(m->loops[i].name, name.data, name.n) == 0)
            return i;
    if (tfg_grow((void **)&m->loops, &m->loops_capacity, (size_t)m->n_loops + 1, sizeof *m->loops) < 0) {
        tfg_fail_memory(s);
        return -1;
    }
    TfgFlowLoop *loop = &m->loops[m->n_loops];
    memset(loop, 0, sizeof *loop);
    loop->name = tfg_arena_strndup(&m->plan->arena, name.data ? name.data : "", name.n);
    loop->parent = n->frame;
    loop->parallel_iterations = (int32_t)tfg_attrs_int(&n->attrs, "parallel_iterations");
    if (loop->parallel_iterations < 1)
        loop->parallel_iterations = 1;
    if (!loop->name) {
        tfg_fail_memory(s);
        return -1;
    }
    return m->n_loops++;
}

static int32_t out_loop(const TfgPlanMaker *m, const TfgNode *n)
{
    if (is_enter(n))
        return n->enters;
    return is_exit(n) && n->frame > 0 ? m->loops[n->frame].parent : n->frame;
}

static int fail_frames(const TfgPlanMaker *m, const TfgNode *n, const TfgNode *a, int32_t loop_a, const TfgNode *b, int32_t loop_b, TfgStatus *s)
{
    tfg_fail(s, TFG_INVALID_ARGUMENT,
             "The node '%s' has inputs from different frames. The input '%s' is in frame '%s'. The input '%s' is in frame '%s'.", n->op->name,
             a->op->name, m->loops[loop_a].name, b->op->name, m->loops[loop_b].name);
    s->op = n->op;
    return -1;
}

/* What goes round a loop is in it. */
static int check_next(const TfgPlanMaker *m, const TfgNode *n, TfgStatus *s)
{
    for (int32_t k = 0; k < n->n_in && is_merge(n); k++) {
        const TfgNode *from = &m->nodes[n->in[k].node];
        if (is_next(from) && from->frame != n->frame)
            return fail_frames(m, n, from, from->frame, n, n->frame, s);
    }
    return 0;
}

static int find_loop(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    const TfgNode *first = NULL;
    for (int32_t k = 0; k < n->n_in + n->n_controls; k++) {
        const TfgNode *from = &m->nodes[k < n->n_in ? n->in[k].node : n->controls[k - n->n_in]];
        if (!runs(from) || (is_merge(n) && is_next(from)))
            continue;
        int32_t loop = out_loop(m, from);
        if (!first) {
            first = from;
            n->frame = loop;
        } else if (loop != n->frame) {
            return fail_frames(m, n, from, loop, first, n->frame, s);
        }
    }
    if ((is_exit(n) || is_next(n)) && n->frame == 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The node '%s' is outside of any loop, but its type is %s", n->op->name, n->def->name);
        s->op = n->op;
        return -1;
    }
    if (is_enter(n)) {
        n->enters = loop_of_enter(m, n, s);
        if (n->enters < 0)
            return -1;
        m->loops[n->enters].n_enters++;
    }
    return 0;
}

int tfg_plan_frames(TfgPlanMaker *m, TfgStatus *s)
{
    if (!m->has_loops)
        return 0;
    m->n_loops = 0;
    int32_t n, *order = tfg_plan_topological(m, &n, s);
    if (!order)
        return -1;
    if (tfg_grow((void **)&m->loops, &m->loops_capacity, 1, sizeof *m->loops) < 0)
        return tfg_fail_memory(s);
    m->loops[0] = (TfgFlowLoop){.name = "", .parent = -1, .parallel_iterations = 1};
    m->n_loops = 1;
    for (int32_t i = 0; i < n; i++)
        if (runs(&m->nodes[order[i]]) && find_loop(m, &m->nodes[order[i]], s) < 0)
            return -1;
    for (int32_t i = 0; i < n; i++)
        if (runs(&m->nodes[order[i]]) && check_next(m, &m->nodes[order[i]], s) < 0)
            return -1;
    return 0;
}

/* ---- Edges ------------------------------------------------------------------------------------------------------------------ */

typedef struct Maker {
    TfgPlanMaker *m;
    TfgPlan *p;
    TfgFlow *w;
    const int32_t *instr_of;
    int32_t *fill;              /* per source (instructions, then feeds): where its next edge goes */
} Maker;

/* Number of the source of an edge: an instruction, or behind those a feed of a partial run; -1: always there. */
static int32_t source_of(const Maker *k, int32_t node)
{
    const TfgNode *n = &k->m->nodes[node];
    if (n->kind == TFG_NODE_FEED)
        return k->w->partial ? k->p->n_code + node : -1;
    return k->instr_of[node];
}

typedef void (*EdgeFn)(Maker *k, int32_t source, int32_t output, int32_t to, int32_t in);

static void each_edge(Maker *k, EdgeFn fn)
{
    TfgPlanMaker *m = k->m;
    for (int32_t i = 0; i < m->n_order; i++) {
        int32_t number = m->order[i], to = k->instr_of[number];
        const TfgNode *n = &m->nodes[number];
        if (to < 0)
            continue;
        for (int32_t e = 0; e < n->n_in; e++) {
            int32_t source = source_of(k, n->in[e].node);
            if (source >= 0)
                fn(k, source, n->in[e].index, to, e);
        }
        for (int32_t e = 0; e < n->n_controls; e++)
            if (k->instr_of[n->controls[e]] >= 0)
                fn(k, k->instr_of[n->controls[e]], -1, to, -1);
    }
    for (size_t e = 0; e < m->n_soft; e++) {
        int32_t from = k->instr_of[m->soft[2 * e]], to = k->instr_of[m->soft[2 * e + 1]];
        if (from >= 0 && to >= 0)
            fn(k, from, -1, to, -2);
    }
}

static void count_edge(Maker *k, int32_t source, int32_t output, int32_t to, int32_t in)
{
    TfgFlowNode *n = &k->w->nodes[to];
    bool merge = k->p->code[to].kind == TFG_INSTR_MERGE;
    (void)output;
    k->fill[source]++;
    if (!merge || in < 0)
        n->n_wait++;
    else if (source < k->p->n_code && k->p->code[source].kind == TFG_INSTR_NEXT)
        n->n_again++;
    else
        n->n_first++;
    if (in >= 0 && in < 64 && source < k->p->n_code)
        n->dies |= 1ull << in;
}

static void put_edge(Maker *k, int32_t source, int32_t output, int32_t to, int32_t in)
{
    int32_t at = k->fill[source]++;
    k->w->edges[at] = (TfgFlowEdge){to, in};
    k->w->edge_output[at] = output;
}

static int make_edges(Maker *k, TfgStatus *s)
{
    TfgPlan *p = k->p;
    TfgFlow *w = k->w;
    int32_t n_sources = p->n_code + p->n_feeds, total = 0;
    each_edge(k, count_edge);
    w->feed_edges = tfg_arena_alloc(&p->arena, ((size_t)p->n_feeds + 1) * sizeof *w->feed_edges);
    if (!w->feed_edges)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < n_sources; i++) {
        int32_t n = k->fill[i];
        if (i < p->n_code) {
            w->nodes[i].edges = total;
            w->nodes[i].n_edges = n;
        } else {
            w->feed_edges[i - p->n_code] = total;
        }
        k->fill[i] = total;
        total += n;
    }
    w->feed_edges[p->n_feeds] = total;
    w->edges = tfg_arena_alloc(&p->arena, ((size_t)total + 1) * sizeof *w->edges);
    w->edge_output = tfg_arena_alloc(&p->arena, ((size_t)total + 1) * sizeof *w->edge_output);
    if (!w->edges || !w->edge_output)
        return tfg_fail_memory(s);
    each_edge(k, put_edge);
    return 0;
}

static int number_nodes(Maker *k, TfgStatus *s)
{
    TfgPlan *p = k->p;
    TfgFlow *w = k->w;
    for (int32_t i = 0; i < p->n_code; i++) {
        TfgFlowLoop *loop = &w->loops[p->code[i].frame];
        w->nodes[i].local = loop->n_nodes++;
        w->nodes[i].entry = loop->n_entries;
        loop->n_entries += p->code[i].n_in;
        w->nodes[i].to_loop = p->code[i].frame;
        w->max_out = p->code[i].n_out > w->max_out ? p->code[i].n_out : w->max_out;
    }
    for (int32_t i = 0; i < w->n_loops; i++) {
        w->loops[i].nodes = tfg_arena_alloc(&p->arena, ((size_t)w->loops[i].n_nodes + 1) * sizeof *w->loops[i].nodes);
        if (!w->loops[i].nodes)
            return tfg_fail_memory(s);
    }
    for (int32_t i = 0; i < p->n_code; i++)
        w->loops[p->code[i].frame].nodes[w->nodes[i].local] = i;
    for (int32_t i = 0; i < k->m->n_nodes; i++)
        if (k->instr_of[i] >= 0) {
            w->nodes[k->instr_of[i]].to_loop = out_loop(k->m, &k->m->nodes[i]);
            w->nodes[k->instr_of[i]].outlives = tfg_node_is(&k->m->nodes[i], "ControlTrigger");
        }
    return 0;
}

int tfg_flow_make(TfgPlanMaker *m, const int32_t *instr_of, TfgStatus *s)
{
    TfgPlan *p = m->plan;
    Maker k = {.m = m, .p = p, .instr_of = instr_of};
    int rc = -1;
    TfgFlow *w = k.w = tfg_arena_alloc(&p->arena, sizeof *w);
    k.fill = tfg_calloc((size_t)p->n_code + (size_t)p->n_feeds + 1, sizeof *k.fill);
    if (!w || !k.fill) {
        tfg_fail_memory(s);
        goto done;
    }
    p->flow = w;
    w->partial = m->partial;
    w->n_loops = m->n_loops ? m->n_loops : 1;
    w->loops = tfg_arena_alloc(&p->arena, (size_t)w->n_loops * sizeof *w->loops);
    w->nodes = tfg_arena_alloc(&p->arena, ((size_t)p->n_code + 1) * sizeof *w->nodes);
    w->roots = tfg_arena_alloc(&p->arena, ((size_t)p->n_code + 1) * sizeof *w->roots);
    if (!w->loops || !w->nodes || !w->roots) {
        tfg_fail_memory(s);
        goto done;
    }
    if (m->n_loops)
        memcpy(w->loops, m->loops, (size_t)m->n_loops * sizeof *w->loops);
    else
        w->loops[0] = (TfgFlowLoop){.name = "", .parent = -1, .parallel_iterations = 1};
    if (number_nodes(&k, s) < 0 || make_edges(&k, s) < 0)
        goto done;
    for (int32_t i = 0; i < p->n_code; i++) {
        bool merge = p->code[i].kind == TFG_INSTR_MERGE;
        w->nodes[i].always = merge && w->nodes[i].n_first + w->nodes[i].n_again < p->code[i].n_in;
        if (merge && w->nodes[i].n_again == 0)  /* the end of a cond, in whatever iteration */
            w->nodes[i].n_again = w->nodes[i].n_first;
        if (p->code[i].frame == 0 && w->nodes[i].n_wait == 0 && (!merge || w->nodes[i].always))
            w->roots[w->n_roots++] = i;
    }
    rc = 0;
done:
    tfg_free(k.fill);
    return rc;
}
