/* Death: which nodes may be dead when the step runs in order.  A node lives under conditions: the sides of the Switches that it hangs
 * on.  A Merge of both sides of one condition lives under what both sides have in common, so what follows a whole conditional is
 * not mortal.  Where conditions do not nest, the node counts as mortal and its own state is asked at run time. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

#define ALWAYS 0                /* numbers of conditions */
#define UNKNOWN 1

typedef struct Condition {
    int32_t outer;
    TfgPort pred;
    int32_t side, depth;
} Condition;

typedef struct Analyst {
    TfgPlanMaker *m;
    Condition *conditions;
    size_t n, capacity;
    TfgIdMap numbers;
    int32_t *of;                /* per node; of a Switch, that of its inputs */
    bool failed;
} Analyst;

static bool is_switch(const TfgNode *n) { return tfg_node_is(n, "Switch") || tfg_node_is(n, "RefSwitch"); }

/* `outer` and one side of a predicate. */
static int32_t add_condition(Analyst *a, int32_t outer, TfgPort pred, int32_t side)
{
    if (outer == UNKNOWN)
        return UNKNOWN;
    uint64_t key = tfg_hash_mix((uint64_t)(uint32_t)pred.node << 32 | (uint32_t)pred.index, (uint64_t)(uint32_t)outer << 1 | (uint64_t)side);
    uint64_t found;
    if (tfg_idmap_get(&a->numbers, key, &found)) {
        const Condition *c = &a->conditions[found];
        if (c->outer == outer && c->pred.node == pred.node && c->pred.index == pred.index && c->side == side)
            return (int32_t)found;
        return UNKNOWN;
    }
    if (a->n > INT32_MAX / 2 || tfg_grow((void **)&a->conditions, &a->capacity, a->n + 1, sizeof *a->conditions) < 0 ||
        tfg_idmap_put(&a->numbers, key, a->n) < 0) {
        a->failed = true;
        return UNKNOWN;
    }
    a->conditions[a->n] = (Condition){outer, pred, side, a->conditions[outer].depth + 1};
    return (int32_t)a->n++;
}

static bool implies(const Analyst *a, int32_t inner, int32_t outer)
{
    while (a->conditions[inner].depth > a->conditions[outer].depth)
        inner = a->conditions[inner].outer;
    return inner == outer;
}

/* Both hold. */
static int32_t both(const Analyst *a, int32_t x, int32_t y)
{
    if (x == UNKNOWN || y == UNKNOWN)
        return UNKNOWN;
    return implies(a, x, y) ? x : implies(a, y, x) ? y : UNKNOWN;
}

/* One of them holds. */
static int32_t either(const Analyst *a, int32_t x, int32_t y)
{
    if (x == ALWAYS || y == ALWAYS)
        return ALWAYS;
    if (x == UNKNOWN || y == UNKNOWN)
        return UNKNOWN;
    const Condition *p = &a->conditions[x], *q = &a->conditions[y];
    if (x == y)
        return x;
    bool opposite = p->outer == q->outer && p->pred.node == q->pred.node && p->pred.index == q->pred.index && p->side != q->side;
    return opposite ? p->outer : UNKNOWN;
}

static int32_t of_port(Analyst *a, TfgPort p)
{
    const TfgNode *n = &a->m->nodes[p.node];
    return is_switch(n) ? add_condition(a, a->of[p.node], n->in[1], p.index) : a->of[p.node];
}

static int32_t of_node(Analyst *a, const TfgNode *n)
{
    int32_t c = ALWAYS;
    if (tfg_node_is(n, "ControlTrigger"))
        return ALWAYS;          /* runs, whatever it waited for is dead */
    if (tfg_node_is(n, "Merge") || tfg_node_is(n, "RefMerge")) {
        c = n->n_in ? of_port(a, n->in[0]) : UNKNOWN;
        for (int32_t k = 1; k < n->n_in; k++)
            c = either(a, c, of_port(a, n->in[k]));
    } else {
        for (int32_t k = 0; k < n->n_in; k++)
            c = both(a, c, of_port(a, n->in[k]));
    }
    for (int32_t k = 0; k < n->n_controls; k++)
        c = both(a, c, a->of[n->controls[k]]);
    return c;
}

int tfg_plan_find_mortals(TfgPlanMaker *m, TfgStatus *s)
{
    if (!m->has_switches)
        return 0;
    Analyst a = {.m = m, .of = tfg_calloc((size_t)m->n_nodes + 1, sizeof *a.of)};
    int rc = a.of && tfg_grow((void **)&a.conditions, &a.capacity, 2, sizeof *a.conditions) == 0 ? 0 : tfg_fail_memory(s);
    if (rc == 0) {
        memset(a.conditions, 0, 2 * sizeof *a.conditions);
        a.n = 2;
    }
    for (int32_t i = 0; i < m->n_order && rc == 0; i++) {
        TfgNode *n = &m->nodes[m->order[i]];
        a.of[m->order[i]] = of_node(&a, n);
        n->may_be_dead = a.of[m->order[i]] != ALWAYS;
        if (a.failed)
            rc = tfg_fail_memory(s);
    }
    tfg_idmap_fini(&a.numbers);
    tfg_free(a.conditions);
    tfg_free(a.of);
    return rc;
}
