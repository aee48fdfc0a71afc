/* Inlining: a call of a function becomes the nodes of its body, so that it costs nothing and rewrites see through it.  A call stays
 * one where the function asks for that, calls itself, has loops (their frames must not meet), or where its nodes would not die, or
 * not be in a loop, as the call is.  The nodes of a call stand where the call stood, so the order of creation goes on to hold. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/body.h"
#include "runtime/functional.h"
#include "runtime/local.h"

#define MAX_INLINED 200000      /* nodes that calls may become; functions of functions grow without bound */
#define MAX_NESTING 64

typedef struct Scope {          /* the graph itself, or one call */
    struct Scope *outer;
    int32_t call;               /* the node of `outer` that this replaces */
    TfgNode *nodes;             /* the feeds first: a call's arguments */
    int32_t n_nodes;
    TfgPort *rets;
    const TfgBody *body;
    const char *prefix;         /* of names */
    TfgInlined *inlined;        /* of the plan; NULL for the graph itself */
    int depth;
    size_t *first_output;       /* per node: its outputs in `used` */
    bool *used, *waited;
    int32_t *place;             /* per node: its number afterwards, -1: none */
    struct Scope **inner;       /* per node: what replaces it */
    bool has_end;               /* the call's node stays, as a NoOp that others wait for */
} Scope;

typedef struct Inliner {
    TfgPlanMaker *m;
    bool strict;                /* the graph has Switches or loops: what a call makes must die, and turn, with it */
    int64_t n_inlined;
    TfgNode *out;
    Scope **scope_of;           /* per node of out: where it comes from, and its number there */
    int32_t *local_of;
    int32_t n_out;
    bool any;
} Inliner;

/* ---- What may be inlined ----------------------------------------------------------------------------------------------------- */

static bool has_ops(const TfgGraph *g, const char *const *types)
{
    int32_t n = tfg_graph_n_ops(g);
    for (int32_t i = 0; i < n; i++)
        for (const char *const *t = types; *t; t++)
            if (strcmp(tfg_graph_op(g, i)->def->name, *t) == 0)
                return true;
    return false;
}

static bool is_strict(const TfgPlanMaker *m)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_OP && (tfg_node_is(n, "Switch") || tfg_node_is(n, "RefSwitch") || tfg_node_is(n, "Enter") ||
                                       tfg_node_is(n, "RefEnter")))
            return true;
    }
    return false;
}

static bool types_fit(const TfgNode *n, const TfgFunctionBody *f)
{
    if (n->n_in != f->n_args || n->n_out != f->n_rets)
        return false;
    for (int i = 0; i < f->n_args; i++)
        if (tfg_dtype_base(n->in_dtype[i]) != f->arg_types[i])
            return false;
    for (int i = 0; i < f->n_rets; i++)
        if (tfg_dtype_base(n->out_dtype[i]) != f->ret_types[i])
            return false;
    return true;
}

/* The body of a call that may be inlined, NULL: it may not. */
static const TfgBody *inlinable(Inliner *k, const Scope *scope, const TfgNode *n, TfgStatus *s)
{
    static const char *const loops[] = {"Enter", "RefEnter", NULL};
    TfgFuncAttr f;
    bool gradient;
    if (n->kind != TFG_NODE_OP || !tfg_functional_callee(n->def, &n->attrs, &f, &gradient) || tfg_attrs_bool(&n->attrs, "_noinline") ||
        scope->depth >= MAX_NESTING)
        return NULL;
    const TfgBody *b = tfg_session_body(k->m->session, &f, gradient, "", s);
    if (!b) {
        if (!s->op)
            s->op = n->op->graph == k->m->session->graph ? n->op : NULL;
        return NULL;
    }
    if (b->noinline || !types_fit(n, b->fn) || has_ops(b->fn->graph, loops) || k->n_inlined + tfg_graph_n_ops(b->fn->graph) > MAX_INLINED)
        return NULL;
    for (; scope; scope = scope->outer)
        if (scope->body == b)
            return NULL;
    return b;
}

/* Whether every node of a call hangs on its arguments, so that it dies, and is in a loop, with them. */
static bool hangs_on_arguments(const Scope *c, int n_rets)
{
    for (int32_t i = 0; i < c->n_nodes; i++) {
        const TfgNode *n = &c->nodes[i];
        if (n->kind == TFG_NODE_OP && n->n_in == 0 && n->n_controls == 0 && !tfg_node_is(n, "Const"))
            return false;
    }
    for (int i = 0; i < n_rets; i++) {
        const TfgNode *n = c->rets[i].index >= 0 ? &c->nodes[c->rets[i].node] : NULL;
        if (n && n->kind == TFG_NODE_OP && n->n_in == 0)
            return false;
    }
    /* A node of constants alone is one as well; so is what waits for nothing else. */
    for (int32_t i = 0; i < c->n_nodes; i++) {
        const TfgNode *n = &c->nodes[i];
        bool hangs = n->kind != TFG_NODE_OP || n->n_in == 0;
        for (int32_t e = 0; e < n->n_in && !hangs; e++) {
            const TfgNode *from = &c->nodes[n->in[e].node];
            hangs = from->kind == TFG_NODE_FEED || from->n_in > 0;
        }
        if (!hangs)
            return false;
    }
    return true;
}

/* ---- One call ---------------------------------------------------------------------------------------------------------------- */

/* Tables of a scope whose nodes are known: which outputs somebody looks at, which nodes somebody waits for. */
static int fill_tables(Inliner *k, Scope *c, const TfgPort *rets, int n_rets, TfgStatus *s)
{
    size_t n = (size_t)c->n_nodes + 1;
    TfgArena *a = &k->m->arena;
    c->place = tfg_arena_alloc(a, n * sizeof *c->place);
    c->inner = tfg_arena_alloc(a, n * sizeof(Scope *));
    c->first_output = tfg_arena_alloc(a, n * sizeof *c->first_output);
    c->waited = tfg_arena_alloc(a, n * sizeof *c->waited);
    if (!c->place || !c->inner || !c->first_output || !c->waited)
        return tfg_fail_memory(s);
    memset(c->place, 0xff, n * sizeof *c->place);
    size_t total = 0;
    for (int32_t i = 0; i < c->n_nodes; i++) {
        c->first_output[i] = total;
        total += (size_t)c->nodes[i].n_out;
    }
    c->used = tfg_arena_alloc(a, (total + 1) * sizeof *c->used);
    if (!c->used)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < c->n_nodes; i++) {
        const TfgNode *node = &c->nodes[i];
        for (int32_t e = 0; e < node->n_in; e++)
            c->used[c->first_output[node->in[e].node] + (size_t)node->in[e].index] = true;
        for (int32_t e = 0; e < node->n_controls; e++)
            c->waited[node->controls[e]] = true;
        c->waited[i] |= node->wanted && !node->fetched;
    }
    for (int i = 0; i < n_rets; i++)
        if (rets[i].index >= 0)
            c->used[c->first_output[rets[i].node] + (size_t)rets[i].index] = true;
    return 0;
}

/* Takes what is needed of the body: the results that are used, or with `all` everything that a call does. */
static int fill_nodes(Inliner *k, Scope *c, const bool *used, bool all, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    const TfgFunctionBody *f = c->body->fn;
    TfgOutput *rets = tfg_arena_alloc(&m->arena, ((size_t)f->n_rets + 1) * sizeof *rets);
    c->rets = tfg_arena_alloc(&m->arena, ((size_t)f->n_rets + 1) * sizeof *c->rets);
    if (!rets || !c->rets)
        return tfg_fail_memory(s);
    int n = 0;
    for (int i = 0; i < f->n_rets; i++)
        if (used[i] || all)
            rets[n++] = f->rets[i];
    TfgPlanMaker sub = {.session = m->session, .graph = f->graph, .arena = m->arena, .feeds = f->args, .n_feeds = f->n_args,
                        .fetches = rets, .n_fetches = n, .targets = c->body->effects, .n_targets = all ? c->body->n_effects : 0};
    int rc = tfg_plan_prune(&sub, s);
    m->arena = sub.arena;
    if (rc < 0)
        return -1;
    c->nodes = sub.nodes;
    c->n_nodes = sub.n_nodes;
    n = 0;
    for (int i = 0; i < f->n_rets; i++)
        c->rets[i] = used[i] || all ? sub.fetch_ports[n++] : (TfgPort){0, -1};
    for (int32_t i = 0; i < c->n_nodes; i++) {
        TfgNode *node = &c->nodes[i];
        bool effect = false;
        for (int e = 0; e < sub.n_targets && node->wanted && !effect; e++)
            effect = node->kind == TFG_NODE_OP && sub.targets[e] == node->op;
        node->wanted = effect;
        node->fetched = false;
    }
    return 0;
}

static int expand(Inliner *k, Scope *c, TfgStatus *s);

/* Replaces node `i` of `outer`.  Leaves it alone where that cannot be. */
static int open_call(Inliner *k, Scope *outer, int32_t i, const TfgBody *b, TfgStatus *s)
{
    TfgNode *n = &outer->nodes[i];
    bool calls_by_name = tfg_functional_is_call(n->def);
    Scope *c = tfg_arena_alloc(&k->m->arena, sizeof *c);
    TfgInlined *inlined = tfg_arena_alloc(&k->m->plan->arena, sizeof *inlined);
    if (!c || !inlined)
        return tfg_fail_memory(s);
    *inlined = (TfgInlined){n->op, outer->inlined};
    *c = (Scope){.outer = outer, .call = i, .body = b, .depth = outer->depth + 1, .has_end = outer->waited[i],
                 .inlined = inlined};
    /* What nothing hangs on is not run in a function called by name; TensorFlow prunes behind inlining too. */
    bool all = c->has_end || !calls_by_name;
    if (fill_nodes(k, c, outer->used + outer->first_output[i], all, s) < 0 || fill_tables(k, c, c->rets, b->fn->n_rets, s) < 0)
        return -1;
    if (k->strict && !hangs_on_arguments(c, b->fn->n_rets))
        return 0;
    size_t length = strlen(n->name);
    char *prefix = tfg_arena_alloc(&k->m->arena, length + 2);
    if (!prefix)
        return tfg_fail_memory(s);
    memcpy(prefix, n->name, length);
    prefix[length] = '/';
    c->prefix = prefix;
    k->n_inlined += c->n_nodes;
    k->any = true;
    outer->inner[i] = c;
    return expand(k, c, s);
}

static const char *join(Inliner *k, const char *prefix, const char *name)
{
    size_t n = strlen(prefix), m = strlen(name);
    char *text = tfg_arena_alloc(&k->m->arena, n + m + 1);
    if (text) {
        memcpy(text, prefix, n);
        memcpy(text + n, name, m + 1);
    }
    return text;
}

static int expand(Inliner *k, Scope *c, TfgStatus *s)
{
    for (int32_t i = 0; i < c->n_nodes; i++) {
        TfgNode *n = &c->nodes[i];
        if (c->outer && n->kind == TFG_NODE_OP) {
            n->inlined = c->inlined;
            n->name = join(k, c->prefix, n->name);
            if (!n->name)
                return tfg_fail_memory(s);
            if (!*n->device_name)
                n->device_name = c->outer->nodes[c->call].device_name;
        }
        const TfgBody *b = inlinable(k, c, n, s);
        if ((!b && s->code != TFG_OK) || (b && open_call(k, c, i, b, s) < 0))
            return -1;
    }
    return 0;
}

/* ---- All nodes in one list --------------------------------------------------------------------------------------------------- */

static int64_t count_nodes(const Scope *c)
{
    int64_t n = 0;
    for (int32_t i = 0; i < c->n_nodes; i++)
        if (c->inner[i])
            n += count_nodes(c->inner[i]) + 1;
        else
            n += !c->outer || c->nodes[i].kind == TFG_NODE_OP;
    return n;
}

static void put(Inliner *k, Scope *c, int32_t i)
{
    c->place[i] = k->n_out;
    k->scope_of[k->n_out] = c;
    k->local_of[k->n_out] = i;
    k->out[k->n_out++] = c->nodes[i];
}

static void list_nodes(Inliner *k, Scope *c)
{
    for (int32_t i = 0; i < c->n_nodes; i++) {
        if (c->outer && c->nodes[i].kind != TFG_NODE_OP)
            continue;           /* an argument */
        if (c->inner[i])
            list_nodes(k, c->inner[i]);
        if (!c->inner[i] || c->inner[i]->has_end)
            put(k, c, i);
    }
}

/* Where a value of a scope is in the list. */
static TfgPort resolve(const Scope *c, TfgPort p)
{
    for (;;) {
        const TfgNode *n = &c->nodes[p.node];
        if (c->outer && n->kind != TFG_NODE_OP) {
            p = c->outer->nodes[c->call].in[p.node];
            c = c->outer;
        } else if (c->inner[p.node]) {
            c = c->inner[p.node];
            p = c->rets[p.index];
        } else {
            return (TfgPort){c->place[p.node], p.index};
        }
    }
}

/* The node to wait for in place of node i; -1: an argument, which is there already. */
static int32_t resolve_control(const Scope *c, int32_t i)
{
    return c->outer && c->nodes[i].kind != TFG_NODE_OP ? -1 : c->place[i];
}

static int add_controls(Inliner *k, TfgNode *n, const Scope *c, const int32_t *controls, int32_t n_controls, TfgStatus *s)
{
    for (int32_t e = 0; e < n_controls; e++) {
        int32_t to = resolve_control(c, controls[e]);
        if (to >= 0 && tfg_node_add_control(k->m, n, to) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

/* What a call waits for, the nodes at the beginning of its body wait for. */
static int wait_as_calls(Inliner *k, TfgNode *n, const TfgNode *was, const Scope *c, TfgStatus *s)
{
    bool begins = was->n_in == 0 && was->n_controls == 0 && !tfg_node_is(was, "Const");
    for (; c->outer; c = c->outer) {
        for (int32_t e = 0; e < was->n_in && !begins; e++)
            begins = c->nodes[was->in[e].node].kind != TFG_NODE_OP;
        if (!begins)
            return 0;
        was = &c->outer->nodes[c->call];
        if (add_controls(k, n, c->outer, was->controls, was->n_controls, s) < 0)
            return -1;
    }
    return 0;
}

/* The end of a call: all that it runs is done. */
static int make_end(Inliner *k, TfgNode *n, const Scope *c, TfgStatus *s)
{
    n->def = tfg_load_op_def("NoOp", s);
    if (!n->def)
        return -1;
    n->attrs = (TfgAttrs){0, NULL};
    n->n_in = n->n_out = n->n_controls = 0;
    n->fetched = false;
    for (int i = 0; i < c->body->fn->n_rets; i++) {
        int32_t to = c->rets[i].index < 0 ? -1 : resolve(c, c->rets[i]).node;
        if (to >= 0 && k->out[to].kind == TFG_NODE_OP && tfg_node_add_control(k->m, n, to) < 0)
            return tfg_fail_memory(s);
    }
    for (int32_t i = 0; i < c->n_nodes; i++)
        if (c->nodes[i].wanted && c->place[i] >= 0 && tfg_node_add_control(k->m, n, c->place[i]) < 0)
            return tfg_fail_memory(s);
    const TfgNode *call = &c->outer->nodes[c->call];
    return add_controls(k, n, c->outer, call->controls, call->n_controls, s);
}

static int connect(Inliner *k, int32_t i, TfgStatus *s)
{
    TfgNode *n = &k->out[i];
    const Scope *c = k->scope_of[i];
    int32_t local = k->local_of[i];
    if (n->kind != TFG_NODE_OP)
        return 0;
    const TfgNode *was = &c->nodes[local];
    if (c->inner[local])
        return make_end(k, n, c->inner[local], s);
    n->in = n->n_in ? tfg_arena_alloc(&k->m->arena, (size_t)n->n_in * sizeof *n->in) : NULL;
    if (n->n_in && !n->in)
        return tfg_fail_memory(s);
    for (int32_t e = 0; e < n->n_in; e++)
        n->in[e] = resolve(c, was->in[e]);
    n->n_controls = 0;
    n->controls = NULL;
    return add_controls(k, n, c, was->controls, was->n_controls, s) < 0 || wait_as_calls(k, n, was, c, s) < 0 ? -1 : 0;
}

static int rebuild(Inliner *k, Scope *root, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    int64_t n = count_nodes(root);
    if (n > INT32_MAX / 2)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "The graph has too many nodes to run");
    k->out = tfg_arena_alloc(&m->arena, ((size_t)n + 1) * sizeof *k->out);
    k->scope_of = tfg_arena_alloc(&m->arena, ((size_t)n + 1) * sizeof(Scope *));
    k->local_of = tfg_arena_alloc(&m->arena, ((size_t)n + 1) * sizeof *k->local_of);
    if (!k->out || !k->scope_of || !k->local_of)
        return tfg_fail_memory(s);
    list_nodes(k, root);
    for (int32_t i = 0; i < k->n_out; i++)
        if (connect(k, i, s) < 0)
            return -1;
    m->nodes = k->out;
    m->n_nodes = m->nodes_capacity = k->n_out;
    for (int i = 0; i < m->n_fetches; i++) {
        m->fetch_ports[i] = resolve(root, m->fetch_ports[i]);
        m->nodes[m->fetch_ports[i].node].wanted = m->nodes[m->fetch_ports[i].node].fetched = true;
    }
    return 0;
}

int tfg_plan_inline(TfgPlanMaker *m, TfgStatus *s)
{
    if (tfg_graph_n_functions(m->session->graph) == 0 || (m->session->options.rewrites_off & TFG_REWRITE_INLINE))
        return 0;
    Inliner k = {.m = m, .strict = is_strict(m)};
    Scope root = {.nodes = m->nodes, .n_nodes = m->n_nodes, .body = m->body, .prefix = ""};
    if (fill_tables(&k, &root, m->fetch_ports, m->n_fetches, s) < 0 || expand(&k, &root, s) < 0)
        return -1;
    return k.any ? rebuild(&k, &root, s) : 0;
}
