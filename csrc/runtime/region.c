/* Recognising loops.  What tf.while_loop makes has one LoopCond, and per variable an Enter, a Merge, a Switch, a NextIteration and
 * mostly an Exit; constant Enters bring in what does not change.  Between the Merges and the LoopCond is the condition, behind the
 * Switches the body.  Then all variables turn together, and the loop is a while statement.  Whatever looks otherwise stays a loop
 * for the DATAFLOW executor.  Inner loops are replaced first. */
#include "runtime/region.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/flow.h"
#include "runtime/local.h"

typedef enum Role { OUTSIDE, ENTER, CONSTANT_ENTER, MERGE, SWITCH, LOOP_COND, NEXT, EXIT, COND, BODY } Role;

typedef struct Recognizer {
    TfgPlanMaker *m;
    int32_t *first, *next;      /* nodes of each loop: a list */
    int32_t *first_enter;       /* Enters into each loop: a list through `next` too */
    int32_t *next_enter;
    uint8_t *role;              /* per node, in the loop at hand */
    int32_t *var;               /* per node: the loop variable or invariant that it belongs to */
    int32_t *copy, *copied_for; /* per node: its copy in a plan, and which: the epoch-th */
    int32_t epoch;
    TfgPort *now;               /* per node: what a replaced Exit became; node -1: itself */
    bool *done;                 /* per loop */
    bool any;
} Recognizer;

typedef struct Shape {          /* of the loop at hand */
    int32_t loop, loop_cond;
    int32_t n_members, *members;
    int32_t n_vars, *enter, *merge, *next, *exit;       /* per variable; -1: none */
    int32_t n_constants, *constant;                     /* Enters */
    int32_t n_fed, *fed;        /* per constant Enter: its feed behind the variables', -1: it is copied */
} Shape;

static TfgPort resolve(const Recognizer *k, TfgPort p)
{
    while (k->now[p.node].node >= 0)
        p = k->now[p.node];
    return p;
}

static bool has_copy(const Recognizer *k, int32_t i) { return k->copied_for[i] == k->epoch; }

static void set_copy(Recognizer *k, int32_t i, int32_t copy)
{
    k->copied_for[i] = k->epoch;
    k->copy[i] = copy;
}

static bool one_of(const TfgNode *n, const char *a, const char *b) { return tfg_node_is(n, a) || tfg_node_is(n, b); }

/* ---- Roles ------------------------------------------------------------------------------------------------------------------- */

static bool is_source(const TfgNode *n) { return (n->kind == TFG_NODE_CONST && !n->runs) || n->kind == TFG_NODE_VARIABLE; }

/* Where what a constant Enter brings in comes from, through the Enters of loops around it. */
static TfgPort origin(const Recognizer *k, int32_t enter)
{
    const TfgNode *n = &k->m->nodes[enter];
    for (;;) {
        TfgPort from = resolve(k, n->in[0]);
        const TfgNode *outer = &k->m->nodes[from.node];
        if (outer->kind != TFG_NODE_OP || outer->def != n->def || !tfg_attrs_bool(&outer->attrs, "is_constant"))
            return from;
        n = outer;
    }
}

/* What enters is a name for a variable's buffer, and not its value (refs.c). */
static bool enters_name(const TfgNode *enter) { return tfg_dtype_is_ref(enter->out_dtype[0]); }

/* A constant is itself inside, too; a variable is, where its name enters. */
static bool is_copied(const Recognizer *k, int32_t enter)
{
    const TfgNode *from = &k->m->nodes[origin(k, enter).node];
    return is_source(from) && from->n_controls == 0 && enters_name(&k->m->nodes[enter]) == (from->kind == TFG_NODE_VARIABLE);
}

static bool sort_enters(Recognizer *k, Shape *l)
{
    TfgPlanMaker *m = k->m;
    for (int32_t i = k->first_enter[l->loop]; i >= 0; i = k->next_enter[i]) {
        TfgNode *n = &m->nodes[i];
        bool is_ref = enters_name(n);
        if (n->wanted || n->n_in != 1)
            return false;
        if (tfg_attrs_bool(&n->attrs, "is_constant")) {
            if (is_ref && !is_copied(k, i))
                return false;
            k->role[i] = CONSTANT_ENTER;
            k->var[i] = l->n_constants;
            l->constant[l->n_constants++] = i;
        } else {
            if (is_ref)
                return false;
            k->role[i] = ENTER;
            k->var[i] = l->n_vars;
            l->enter[l->n_vars++] = i;
        }
    }
    return true;
}

/* The Merge at the head of a variable. */
static bool take_merge(Recognizer *k, Shape *l, int32_t i)
{
    const TfgNode *n = &k->m->nodes[i];
    bool turns = false;
    for (int32_t e = 0; e < n->n_in; e++)
        turns |= one_of(&k->m->nodes[n->in[e].node], "NextIteration", "RefNextIteration") || k->role[n->in[e].node] == ENTER;
    if (!turns)
        return true;            /* the end of a conditional */
    if (!tfg_node_is(n, "Merge") || n->n_in != 2 || k->role[n->in[0].node] != ENTER || !tfg_node_is(&k->m->nodes[n->in[1].node], "NextIteration"))
        return false;
    int32_t v = k->var[n->in[0].node], next = n->in[1].node;
    if (l->merge[v] >= 0 || k->role[next] != OUTSIDE)
        return false;
    k->role[i] = MERGE;
    k->role[next] = NEXT;
    k->var[i] = k->var[next] = v;
    l->merge[v] = i;
    l->next[v] = next;
    return n->n_controls == 0;
}

static bool take_special(Recognizer *k, Shape *l, int32_t i)
{
    const TfgNode *n = &k->m->nodes[i];
    if (tfg_node_is(n, "LoopCond")) {
        if (l->loop_cond >= 0)
            return false;
        l->loop_cond = i;
        k->role[i] = LOOP_COND;
    } else if (one_of(n, "Merge", "RefMerge")) {
        return take_merge(k, l, i);
    }
    return !one_of(n, "RefExit", "RefNextIteration");
}

/* Switches of the loop's variables, and the Exits behind them. */
static bool take_switches(Recognizer *k, Shape *l)
{
    TfgPlanMaker *m = k->m;
    for (int32_t e = 0; e < l->n_members; e++) {
        int32_t i = l->members[e];
        const TfgNode *n = &m->nodes[i];
        if (!one_of(n, "Switch", "RefSwitch") || n->in[1].node != l->loop_cond)
            continue;
        if (tfg_node_is(n, "RefSwitch") || k->role[n->in[0].node] != MERGE || n->in[0].index != 0 || n->n_controls)
            return false;
        k->role[i] = SWITCH;
        k->var[i] = k->var[n->in[0].node];
    }
    for (int32_t e = 0; e < l->n_members; e++) {
        int32_t i = l->members[e];
        const TfgNode *n = &m->nodes[i];
        if (tfg_node_is(n, "NextIteration") && k->role[i] != NEXT)
            return false;
        if (!tfg_node_is(n, "Exit"))
            continue;
        if (k->role[n->in[0].node] != SWITCH || n->in[0].index != 0 || n->n_controls)
            return false;
        k->role[i] = EXIT;
        k->var[i] = k->var[n->in[0].node];
    }
    return true;
}

/* Everything behind a Switch is the body, the rest the condition. */
static bool split(Recognizer *k, Shape *l)
{
    TfgPlanMaker *m = k->m;
    bool changed = true;
    for (int pass = 0; changed; pass++) {
        if (pass == 20)
            return false;       /* nodes stand in an order nobody makes */
        changed = false;
        for (int32_t e = 0; e < l->n_members; e++) {
            int32_t i = l->members[e];
            const TfgNode *n = &m->nodes[i];
            if (k->role[i] != OUTSIDE)
                continue;
            bool body = false;
            for (int32_t c = 0; c < n->n_in + n->n_controls && !body; c++) {
                int32_t from = c < n->n_in ? resolve(k, n->in[c]).node : resolve(k, (TfgPort){n->controls[c - n->n_in], 0}).node;
                body = k->role[from] == BODY || (k->role[from] == SWITCH && c < n->n_in);
            }
            if (body) {
                k->role[i] = BODY;
                changed = true;
            }
        }
    }
    for (int32_t e = 0; e < l->n_members; e++)
        if (k->role[l->members[e]] == OUTSIDE)
            k->role[l->members[e]] = COND;
    return true;
}

/* A function's body wants what has effects, and gets it from the region too. */
static bool is_ordinary(const TfgPlanMaker *m, const TfgNode *n)
{
    bool wanted = n->wanted && n->kind != TFG_NODE_REGION && !(m->body && !n->fetched && tfg_node_has_effects(n));
    return !wanted && !n->fetched && (n->kind != TFG_NODE_OP || !tfg_row_waits(n->row));
}

static bool find_roles(Recognizer *k, Shape *l)
{
    if (!sort_enters(k, l))
        return false;
    for (int32_t e = 0; e < l->n_members; e++)
        if (!take_special(k, l, l->members[e]))
            return false;
    if (l->loop_cond < 0 || !take_switches(k, l) || !split(k, l))
        return false;
    bool exits = false;
    for (int32_t e = 0; e < l->n_members; e++) {
        int32_t i = l->members[e];
        if (k->role[i] == EXIT) {
            exits = true;
            l->exit[k->var[i]] = i;
        } else if (!is_ordinary(k->m, &k->m->nodes[i])) {
            return false;
        }
    }
    for (int32_t v = 0; v < l->n_vars; v++)
        if (l->merge[v] < 0)
            return false;
    return exits;
}

/* ---- The plans of a loop ----------------------------------------------------------------------------------------------------- */

typedef struct Builder {
    Recognizer *k;
    const Shape *l;
    TfgPlanMaker sub;
    bool round;                 /* the plan of an iteration; else of the first condition */
    bool failed;                /* the loop is not what it seemed; a status says more where memory ran out */
    TfgStatus *s;
} Builder;

static int32_t add_node(Builder *b, const TfgNode *n)
{
    if (b->sub.n_nodes == b->sub.nodes_capacity) {
        b->failed = true;
        return 0;
    }
    b->sub.nodes[b->sub.n_nodes] = *n;
    return b->sub.n_nodes++;
}

/* A constant or a variable: there is one wherever it is used. */
static TfgPort copy_source(Builder *b, TfgPort p)
{
    Recognizer *k = b->k;
    if (!has_copy(k, p.node)) {
        TfgNode n = k->m->nodes[p.node];
        n.n_controls = 0;
        n.wanted = n.fetched = false;
        set_copy(k, p.node, add_node(b, &n));
    }
    return (TfgPort){k->copy[p.node], p.index};
}

static TfgPort map(Builder *b, TfgPort p, bool in_body);

static TfgPort fail_port(Builder *b)
{
    b->failed = true;
    return (TfgPort){0, 0};
}

/* What a value of the loop is in the plan.  The condition of an iteration sees the variables as the iteration leaves them. */
static TfgPort map(Builder *b, TfgPort p, bool in_body)
{
    Recognizer *k = b->k;
    const Shape *l = b->l;
    p = resolve(k, p);
    const TfgNode *n = &k->m->nodes[p.node];
    int32_t v = k->var[p.node];
    switch ((Role)k->role[p.node]) {
    case CONSTANT_ENTER:
        return l->fed[v] >= 0 ? (TfgPort){l->n_vars + l->fed[v], 0} : copy_source(b, origin(k, p.node));
    case MERGE:
        if (p.index != 0)
            return fail_port(b);
        return in_body || !b->round ? (TfgPort){v, 0} : map(b, k->m->nodes[l->next[v]].in[0], true);
    case SWITCH: return p.index == 1 && in_body ? (TfgPort){v, 0} : fail_port(b);
    case BODY: case COND:
        if ((k->role[p.node] == BODY) != in_body)
            return fail_port(b);
        return has_copy(k, p.node) ? (TfgPort){k->copy[p.node], p.index} : fail_port(b);
    case OUTSIDE: return is_source(n) ? copy_source(b, p) : fail_port(b);
    default: return fail_port(b);
    }
}

static bool touches(const TfgPlanMaker *m, const TfgNode *n)
{
    if (n->kind == TFG_NODE_REGION || tfg_node_has_effects(n))
        return true;
    for (int32_t e = 0; e < n->n_in; e++) {
        const TfgNode *from = &m->nodes[n->in[e].node];
        if (n->in_dtype[e] == TFG_RESOURCE || (from->kind == TFG_NODE_VARIABLE))
            return true;
    }
    return false;
}

static void connect(Builder *b, int32_t i, bool in_body)
{
    Recognizer *k = b->k;
    TfgArena *a = &b->sub.arena;
    int32_t at = k->copy[i];
    const TfgNode *was = &k->m->nodes[i];
    TfgPort *in = tfg_arena_alloc(a, ((size_t)was->n_in + 1) * sizeof *in);
    int32_t *controls = tfg_arena_alloc(a, ((size_t)was->n_controls + 1) * sizeof *controls), n_controls = 0;
    if (!in || !controls) {
        b->failed = true;
        return;
    }
    for (int32_t e = 0; e < was->n_in; e++)
        in[e] = map(b, was->in[e], in_body);
    for (int32_t e = 0; e < was->n_controls; e++) {
        int32_t from = resolve(k, (TfgPort){was->controls[e], 0}).node;
        Role role = (Role)k->role[from];
        if (role == ENTER || role == NEXT || role == EXIT || (role == SWITCH && !in_body) || (role == OUTSIDE && !is_source(&k->m->nodes[from])))
            b->failed = true;
        else if ((role == BODY || role == COND) && (role == BODY) == in_body && has_copy(k, from))
            controls[n_controls++] = k->copy[from];
    }
    TfgNode *n = &b->sub.nodes[at];     /* map() may have added nodes, but the list does not move */
    n->in = in;
    n->controls = controls;
    n->n_controls = n_controls;
    n->frame = n->enters = 0;
}

static void copy_part(Builder *b, Role part)
{
    Recognizer *k = b->k;
    for (int32_t e = 0; e < b->l->n_members; e++)
        if (k->role[b->l->members[e]] == part)
            set_copy(k, b->l->members[e], add_node(b, &k->m->nodes[b->l->members[e]]));
    for (int32_t e = 0; e < b->l->n_members && !b->failed; e++)
        if (k->role[b->l->members[e]] == part)
            connect(b, b->l->members[e], part == BODY);
}

/* What the condition does to variables comes behind what the body did. */
static void order_parts(Builder *b)
{
    Recognizer *k = b->k;
    for (int32_t e = 0; e < b->l->n_members; e++) {
        int32_t i = b->l->members[e];
        TfgNode *n = k->role[i] == COND ? &b->sub.nodes[k->copy[i]] : NULL;
        if (!n || !touches(&b->sub, n))
            continue;
        for (int32_t f = 0; f < b->l->n_members; f++) {
            int32_t from = b->l->members[f];
            if (k->role[from] == BODY && touches(&b->sub, &b->sub.nodes[k->copy[from]]) &&
                tfg_node_add_control(&b->sub, n, k->copy[from]) < 0)
                b->failed = true;
        }
    }
}

static int add_feeds(Builder *b, TfgOutput *outputs)
{
    TfgPlanMaker *m = b->k->m;
    int32_t n = 0;
    for (int32_t i = 0; i < b->l->n_vars + b->l->n_constants; i++) {
        int32_t c = i - b->l->n_vars;
        if (c >= 0 && b->l->fed[c] < 0)
            continue;
        const TfgNode *enter = &m->nodes[c < 0 ? b->l->enter[i] : b->l->constant[c]];
        TfgDType *dtype = tfg_arena_alloc(&b->sub.arena, sizeof *dtype);
        if (!dtype)
            return -1;
        *dtype = tfg_dtype_base(enter->out_dtype[0]);
        TfgNode feed = {.kind = TFG_NODE_FEED, .op = enter->op, .name = enter->name, .n_out = 1, .out_dtype = dtype, .wanted = true};
        outputs[n++] = (TfgOutput){enter->op, 0};
        add_node(b, &feed);
    }
    return n;
}

static int fetch_all(Builder *b, TfgOutput *outputs)
{
    TfgPlanMaker *m = b->k->m;
    const Shape *l = b->l;
    int n = 0;
    b->sub.fetch_ports = tfg_arena_alloc(&b->sub.arena, ((size_t)l->n_vars + 1) * sizeof *b->sub.fetch_ports);
    if (!b->sub.fetch_ports)
        return -1;
    for (int32_t v = 0; v < l->n_vars && b->round; v++) {
        b->sub.fetch_ports[n] = map(b, m->nodes[l->next[v]].in[0], true);
        outputs[n++] = (TfgOutput){m->nodes[l->next[v]].op, 0};
    }
    b->sub.fetch_ports[n] = map(b, m->nodes[l->loop_cond].in[0], false);
    outputs[n++] = (TfgOutput){m->nodes[l->loop_cond].op, 0};
    for (int i = 0; i < n && !b->failed; i++) {
        TfgNode *from = &b->sub.nodes[b->sub.fetch_ports[i].node];
        from->wanted = from->fetched = true;
        if (from->kind == TFG_NODE_VARIABLE || tfg_dtype_is_ref(from->out_dtype[b->sub.fetch_ports[i].index]))
            b->failed = true;   /* a name for a buffer that changes */
    }
    return n;
}

/* What the ends of an iteration wait for must not die, or the loop would end there: a NoOp that waits for it all tells. */
static int add_gate(Builder *b, int32_t *gate)
{
    Recognizer *k = b->k;
    const Shape *l = b->l;
    const TfgNode *cond = &k->m->nodes[l->loop_cond];
    TfgNode n = {.kind = TFG_NODE_OP, .op = cond->op, .name = cond->name, .inlined = cond->inlined, .device = cond->device,
                 .device_name = cond->device_name, .def = tfg_load_op_def("NoOp", b->s), .wanted = true};
    n.row = n.def ? tfg_find_kernel("NoOp", "CPU", &n.attrs) : NULL;
    *gate = -1;
    for (int32_t v = -1; v < (b->round ? l->n_vars : 0); v++) {
        const TfgNode *end = &k->m->nodes[v < 0 ? l->loop_cond : l->next[v]];
        for (int32_t e = 0; e < end->n_controls; e++) {
            int32_t from = resolve(k, (TfgPort){end->controls[e], 0}).node;
            Role role = (Role)k->role[from];
            if (role == CONSTANT_ENTER || role == MERGE || (role == SWITCH && v >= 0) || role == LOOP_COND)
                continue;
            if (role != (v < 0 ? COND : BODY) || !has_copy(k, from))
                b->failed = true;
            else if (tfg_node_add_control(&b->sub, &n, k->copy[from]) < 0)
                return tfg_fail_memory(b->s);
        }
    }
    if (n.n_controls && n.row)
        *gate = add_node(b, &n);
    return n.row ? 0 : -1;
}

/* Nobody fetches what has effects, but it must run. */
static void keep_effects(Builder *b)
{
    for (int32_t i = 0; i < b->sub.n_nodes; i++)
        if (b->sub.nodes[i].kind == TFG_NODE_OP && tfg_node_has_effects(&b->sub.nodes[i]))
            b->sub.nodes[i].wanted = true;
}

static TfgPlan *build(Recognizer *k, const Shape *l, bool round, TfgAccess **accesses, size_t *n_accesses, TfgStatus *s)
{
    Builder b = {.k = k, .l = l, .round = round, .s = s};
    TfgPlanMaker *m = k->m;
    size_t room = 2 * (size_t)l->n_members + (size_t)l->n_vars + 2 * (size_t)l->n_constants + 16;
    TfgPlan *p = NULL;
    for (int32_t e = 0; e < l->n_members; e++)
        room += (size_t)m->nodes[l->members[e]].n_in;
    b.sub = (TfgPlanMaker){.session = m->session, .graph = m->graph, .body = m->body, .nodes_capacity = (int32_t)room};
    tfg_arena_init(&b.sub.arena);
    b.sub.nodes = tfg_arena_alloc(&b.sub.arena, room * sizeof *b.sub.nodes);
    TfgOutput *feeds = tfg_arena_alloc(&b.sub.arena, ((size_t)l->n_vars + (size_t)l->n_constants + 1) * sizeof *feeds);
    TfgOutput *fetches = tfg_arena_alloc(&b.sub.arena, ((size_t)l->n_vars + 1) * sizeof *fetches);
    k->epoch++;
    if (!b.sub.nodes || !feeds || !fetches || (b.sub.n_feeds = add_feeds(&b, feeds)) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    b.sub.feeds = feeds;
    b.sub.fetches = fetches;
    if (round)
        copy_part(&b, BODY);
    if (!b.failed)
        copy_part(&b, COND);
    if (!b.failed && round)
        order_parts(&b);
    if (b.failed || (b.sub.n_fetches = fetch_all(&b, fetches)) < 0 || b.failed)
        goto done;
    int32_t gate;
    if (add_gate(&b, &gate) < 0 || b.failed)
        goto done;
    keep_effects(&b);
    if (tfg_plan_accesses(&b.sub, accesses, n_accesses, s) == 0) {
        TfgAccess *kept = tfg_arena_memdup(&m->plan->arena, *accesses, *n_accesses * sizeof **accesses);
        if (!kept && *n_accesses)
            tfg_fail_memory(s);
        else
            p = tfg_plan_make_part(&b.sub, gate, s);
        *accesses = kept;
    }
done:
    tfg_arena_fini(&b.sub.arena);
    return p;
}

/* ---- One loop ---------------------------------------------------------------------------------------------------------------- */

/* The node that stands for the loop, in the place of its LoopCond. */
static int put_region(Recognizer *k, const Shape *l, TfgRegion *r, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    TfgArena *a = &m->arena;
    int32_t at = l->loop_cond;
    bool wanted = r->first->has_effects || r->round->has_effects, fetched = false;
    int32_t blamed = at;        /* the Switch that a condition which is no scalar fails in */
    for (int32_t e = l->n_members - 1; e >= 0; e--)
        blamed = k->role[l->members[e]] == SWITCH ? l->members[e] : blamed;
    TfgNode n = {.kind = TFG_NODE_REGION, .op = m->nodes[blamed].op, .name = m->nodes[blamed].name,
                 .inlined = m->nodes[blamed].inlined, .device = m->nodes[blamed].device, .device_name = m->nodes[blamed].device_name, .n_in = r->n_in, .n_out = r->n_out, .region = r,
                 .frame = m->loops[l->loop].parent};
    n.in = tfg_arena_alloc(a, ((size_t)n.n_in + 1) * sizeof *n.in);
    n.in_dtype = tfg_arena_alloc(a, ((size_t)n.n_in + 1) * sizeof *n.in_dtype);
    n.out_dtype = tfg_arena_alloc(a, ((size_t)n.n_out + 1) * sizeof *n.out_dtype);
    n.via = tfg_arena_alloc(a, ((size_t)n.n_in + 1) * sizeof *n.via);
    if (!n.in || !n.in_dtype || !n.out_dtype || !n.via)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < l->n_vars + l->n_constants; i++) {
        int32_t c = i - l->n_vars, enter = c < 0 ? l->enter[i] : l->constant[c];
        const TfgNode *e = &m->nodes[enter];
        for (int32_t d = 0; d < e->n_controls; d++)
            if (tfg_node_add_control(m, &n, resolve(k, (TfgPort){e->controls[d], 0}).node) < 0)
                return tfg_fail_memory(s);
        if (c >= 0 && l->fed[c] < 0)
            continue;
        int32_t to = c < 0 ? i : l->n_vars + l->fed[c];
        n.in[to] = e->in[0];
        n.in_dtype[to] = tfg_dtype_base(e->in_dtype[0]);
        n.via[to] = e->via ? e->via[0] : NULL;
    }
    for (int32_t i = 0; i < r->n_out; i++)
        n.out_dtype[i] = tfg_dtype_base(m->nodes[l->enter[r->out_var[i]]].out_dtype[0]);
    for (int32_t i = 0, o = 0; i < l->n_members; i++) {
        int32_t node = l->members[i];
        if (k->role[node] != EXIT)
            continue;
        wanted |= m->nodes[node].wanted;
        fetched |= m->nodes[node].fetched;
        for (o = 0; r->out_var[o] != k->var[node];)
            o++;
        k->now[node] = (TfgPort){at, o};
    }
    for (int32_t e = 0; e < l->n_members; e++)
        m->nodes[l->members[e]].kind = TFG_NODE_GONE;
    for (int32_t i = k->first_enter[l->loop]; i >= 0; i = k->next_enter[i])
        m->nodes[i].kind = TFG_NODE_GONE;
    n.wanted = wanted;
    n.fetched = fetched;
    m->nodes[at] = n;
    k->next[at] = k->first[n.frame];
    k->first[n.frame] = at;
    return 0;
}

static int make_region(Recognizer *k, Shape *l, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    TfgRegion *r = tfg_arena_alloc(&m->plan->arena, sizeof *r);
    if (!r)
        return tfg_fail_memory(s);
    for (int32_t c = 0; c < l->n_constants; c++)
        l->fed[c] = is_copied(k, l->constant[c]) ? -1 : l->n_fed++;
    r->n_vars = l->n_vars;
    r->n_in = l->n_vars + l->n_fed;
    r->out_var = tfg_arena_alloc(&m->plan->arena, ((size_t)l->n_vars + 1) * sizeof *r->out_var);
    if (!r->out_var)
        return tfg_fail_memory(s);
    for (int32_t v = 0; v < l->n_vars; v++)
        if (l->exit[v] >= 0)
            r->out_var[r->n_out++] = v;
    TfgAccess *ignored;
    size_t n_ignored;
    r->first = build(k, l, false, &ignored, &n_ignored, s);
    if (r->first && tfg_plan_keep_part_steal(m->plan, r->first, s) < 0)
        return -1;
    r->round = r->first ? build(k, l, true, &r->accesses, &r->n_accesses, s) : NULL;
    if (r->round && tfg_plan_keep_part_steal(m->plan, r->round, s) < 0)
        return -1;
    if (!r->round)
        return 0;
    if (put_region(k, l, r, s) < 0)
        return -1;
    k->done[l->loop] = k->any = true;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int try_loop(Recognizer *k, int32_t loop, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    Shape l = {.loop = loop, .loop_cond = -1};
    int32_t n_enters = 0;
    for (int32_t i = loop + 1; i < m->n_loops; i++)
        if (m->loops[i].parent == loop && !k->done[i])
            return 0;
    for (int32_t i = k->first[loop]; i >= 0; i = k->next[i])
        l.n_members += m->nodes[i].kind != TFG_NODE_GONE;
    for (int32_t i = k->first_enter[loop]; i >= 0; i = k->next_enter[i])
        n_enters++;
    size_t n = (size_t)l.n_members + (size_t)n_enters + 2;
    int32_t *lists = tfg_arena_alloc(&m->arena, 7 * n * sizeof *lists);
    if (!lists)
        return tfg_fail_memory(s);
    l.members = lists;
    l.enter = lists + n;
    l.merge = lists + 2 * n;
    l.next = lists + 3 * n;
    l.exit = lists + 4 * n;
    l.constant = lists + 5 * n;
    l.fed = lists + 6 * n;
    memset(l.merge, 0xff, 3 * n * sizeof *lists);       /* and next, and exit */
    int32_t at = l.n_members;
    for (int32_t i = k->first[loop]; i >= 0; i = k->next[i])
        if (m->nodes[i].kind != TFG_NODE_GONE)
            l.members[--at] = i;
    qsort(l.members, (size_t)l.n_members, sizeof *l.members, by_number);
    TfgStatus why = TFG_STATUS_INIT;
    if (find_roles(k, &l))
        make_region(k, &l, &why);
    tfg_status_fini(&why);      /* what goes wrong with a region goes wrong with the loop, too, which then says so */
    for (int32_t i = 0; i < l.n_members; i++)
        k->role[l.members[i]] = OUTSIDE;
    for (int32_t i = k->first_enter[loop]; i >= 0; i = k->next_enter[i])
        k->role[i] = OUTSIDE;
    return 0;
}

/* ---- All loops --------------------------------------------------------------------------------------------------------------- */

static int list_members(Recognizer *k, TfgStatus *s)
{
    TfgPlanMaker *m = k->m;
    size_t n = (size_t)m->n_nodes + 1, loops = (size_t)m->n_loops + 1;
    TfgArena *a = &m->arena;
    k->first = tfg_arena_alloc(a, loops * sizeof *k->first);
    k->first_enter = tfg_arena_alloc(a, loops * sizeof *k->first_enter);
    k->done = tfg_arena_alloc(a, loops * sizeof *k->done);
    k->next = tfg_arena_alloc(a, n * sizeof *k->next);
    k->next_enter = tfg_arena_alloc(a, n * sizeof *k->next_enter);
    k->role = tfg_arena_alloc(a, n);
    k->var = tfg_arena_alloc(a, n * sizeof *k->var);
    k->copy = tfg_arena_alloc(a, n * sizeof *k->copy);
    k->copied_for = tfg_arena_alloc(a, n * sizeof *k->copied_for);
    k->now = tfg_arena_alloc(a, n * sizeof *k->now);
    if (!k->first || !k->first_enter || !k->done || !k->next || !k->next_enter || !k->role || !k->var || !k->copy || !k->copied_for || !k->now)
        return tfg_fail_memory(s);
    memset(k->first, 0xff, loops * sizeof *k->first);
    memset(k->first_enter, 0xff, loops * sizeof *k->first_enter);
    memset(k->now, 0xff, n * sizeof *k->now);
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *node = &m->nodes[i];
        bool runs = node->kind == TFG_NODE_OP || (node->kind == TFG_NODE_CONST && node->runs);
        if (!runs)
            continue;
        k->next[i] = k->first[node->frame];
        k->first[node->frame] = i;
        if (node->enters) {
            k->next_enter[i] = k->first_enter[node->enters];
            k->first_enter[node->enters] = i;
        }
    }
    return 0;
}

static void redirect(Recognizer *k)
{
    TfgPlanMaker *m = k->m;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        for (int32_t e = 0; e < n->n_in; e++)
            n->in[e] = resolve(k, n->in[e]);
        for (int32_t e = 0; e < n->n_controls; e++)
            n->controls[e] = resolve(k, (TfgPort){n->controls[e], 0}).node;
    }
    for (int i = 0; i < m->n_fetches; i++)
        m->fetch_ports[i] = resolve(k, m->fetch_ports[i]);
}

int tfg_plan_regions(TfgPlanMaker *m, TfgStatus *s)
{
    Recognizer k = {.m = m};
    TfgStatus why = TFG_STATUS_INIT;
    if (tfg_plan_pass_controls(m, s) < 0)
        return -1;
    bool well_formed = tfg_plan_frames(m, &why) == 0;       /* rewrites may yet make it so */
    tfg_status_fini(&why);
    if (well_formed && list_members(&k, s) < 0)
        return -1;
    for (int32_t loop = m->n_loops - 1; well_formed && loop > 0; loop--)
        if (try_loop(&k, loop, s) < 0)
            return -1;
    if (k.any)
        redirect(&k);
    m->has_regions = k.any;
    for (int32_t i = 0; i < m->n_nodes; i++)    /* numbered again when all is rewritten */
        if (m->nodes[i].kind != TFG_NODE_GONE)
            m->nodes[i].frame = m->nodes[i].enters = 0;
    m->n_loops = 0;
    return 0;
}
