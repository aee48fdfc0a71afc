/* Fusion: elementwise ops whose results only other elementwise ops of the group read become one instruction, which goes through
 * its data block by block; a reduction at the end may join.  Shapes need not be known: the instruction looks at them when it runs.
 * Because nobody outside reads an inner result, no path leaves the group and comes back. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

#define MAX_MEMBERS 1024

typedef struct Fuser {
    TfgPlanMaker *m;
    int32_t *uses;              /* data inputs that read a node */
    bool *held;                 /* a control source */
    int32_t *seen, *stamp;      /* uses found in the group at hand; which group that was */
    int32_t *group_of;          /* 1 + root, 0: none */
    int32_t *members, n_members;
    TfgIdMap writers;           /* TfgVariable * -> the first node that takes a reference to it */
    bool in_order;              /* every node comes after what it needs */
} Fuser;

static bool reads_variable(const TfgPlanMaker *m, const TfgNode *n)
{
    for (int32_t k = 0; k < n->n_in; k++) {
        const TfgNode *from = &m->nodes[n->in[k].node];
        if (from->kind != TFG_NODE_FEED && tfg_dtype_is_ref(from->out_dtype[n->in[k].index]))
            return true;
    }
    return false;
}

/* The first node that writes a variable which `n` reads; INT32_MAX: none does; -1: not known.  An op that joins a group reads its
 * variables later than by itself.  Where every node comes after what it needs, a writer behind the group's end cannot be meant to
 * come first. */
static int32_t first_write(const Fuser *u, const TfgNode *n)
{
    const TfgPlanMaker *m = u->m;
    int32_t first = INT32_MAX;
    for (int32_t k = 0; k < n->n_in; k++) {
        const TfgNode *from = &m->nodes[n->in[k].node];
        if (from->kind == TFG_NODE_FEED || !tfg_dtype_is_ref(from->out_dtype[n->in[k].index]))
            continue;
        uint64_t writer;
        const TfgVariable *v = from->out_variable ? from->out_variable[n->in[k].index] : NULL;
        if (!v || !u->in_order)
            return -1;
        if (tfg_idmap_get(&u->writers, (uint64_t)(uintptr_t)v, &writer) && (int32_t)writer < first)
            first = (int32_t)writer;
    }
    return first;
}

static int find_writers(Fuser *u)
{
    const TfgPlanMaker *m = u->m;
    u->in_order = !m->has_loops;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < n->n_in; k++) {
            const TfgNode *from = &m->nodes[n->in[k].node];
            const TfgVariable *v = from->out_variable ? from->out_variable[n->in[k].index] : NULL;
            uint64_t before;
            u->in_order &= n->in[k].node < i;
            if (!tfg_dtype_is_ref(n->in_dtype[k]))
                continue;
            if (!v)
                u->in_order = false;            /* any variable may be written here */
            else if (!tfg_idmap_get(&u->writers, (uint64_t)(uintptr_t)v, &before) &&
                     tfg_idmap_put(&u->writers, (uint64_t)(uintptr_t)v, (uint64_t)i) < 0)
                return -1;
        }
        for (int32_t k = 0; k < n->n_controls; k++)
            u->in_order &= n->controls[k] < i;
    }
    return 0;
}

static bool is_plain_op(const TfgNode *n)
{
    return n->kind == TFG_NODE_OP && n->n_out == 1 && !tfg_node_has_effects(n) && tfg_dtype_is_plain(n->out_dtype[0]);
}

static bool is_elementwise(const TfgNode *n)
{
    if (!is_plain_op(n) || !n->row->block || n->n_in < 1 || n->n_in > 4)
        return false;
    for (int32_t k = 0; k < n->n_in; k++)
        if (!tfg_dtype_is_plain(n->in_dtype[k]))
            return false;
    return true;
}

/* Axes that are not constant are looked at when the instruction runs; a Range is mostly 0 .. rank, and so all of them. */
static bool is_reduction(const TfgPlanMaker *m, const TfgNode *n)
{
    if (!is_plain_op(n) || !n->row->reduce || n->n_in != 2 || reads_variable(m, n))
        return false;
    const TfgNode *axes = &m->nodes[n->in[1].node];
    return (axes->kind == TFG_NODE_CONST || tfg_node_is(axes, "Range")) && tfg_dtype_is_plain(n->in_dtype[0]);
}

static bool same_controls(const TfgNode *a, const TfgNode *b)
{
    if (a->n_controls == 0)
        return true;
    if (a->n_controls != b->n_controls)
        return false;
    for (int32_t i = 0; i < a->n_controls; i++)
        if (a->controls[i] != b->controls[i])
            return false;
    return true;
}

static bool may_join(const Fuser *u, int32_t p, int32_t consumer, int32_t root_number)
{
    const TfgNode *n = &u->m->nodes[p], *root = &u->m->nodes[root_number];
    return p < consumer && !u->group_of[p] && !n->wanted && !u->held[p] && n->device == root->device && same_controls(n, root) &&
           is_elementwise(n) && first_write(u, n) > root_number;
}

/* Members of the group that ends in `root`, unsorted. */
static void gather(Fuser *u, int32_t root)
{
    TfgPlanMaker *m = u->m;
    bool reduces = m->nodes[root].row->reduce != NULL;
    u->members[0] = root;
    u->n_members = 1;
    for (int32_t next = 0; next < u->n_members; next++) {
        const TfgNode *n = &m->nodes[u->members[next]];
        int32_t n_in = next == 0 && reduces ? 1 : n->n_in;
        for (int32_t k = 0; k < n_in; k++) {
            int32_t p = n->in[k].node;
            if (u->stamp[p] != root + 1) {
                u->stamp[p] = root + 1;
                u->seen[p] = 0;
            }
            if (++u->seen[p] == u->uses[p] && u->n_members < MAX_MEMBERS && may_join(u, p, u->members[next], root))
                u->members[u->n_members++] = p;
        }
    }
}

static void sort(int32_t *a, int32_t n)         /* shell sort: groups are small and mostly in reverse order */
{
    for (int32_t i = 0, k = n - 1; i < k; i++, k--) {
        int32_t t = a[i];
        a[i] = a[k];
        a[k] = t;
    }
    for (int32_t gap = n / 2; gap > 0; gap /= 2)
        for (int32_t i = gap; i < n; i++) {
            int32_t v = a[i], k = i;
            for (; k >= gap && a[k - gap] > v; k -= gap)
                a[k] = a[k - gap];
            a[k] = v;
        }
}

/* ---- Building the instruction ------------------------------------------------------------------------------------------------- */

typedef struct Builder {
    Fuser *u;
    TfgFused *f;
    TfgPort *external;
    TfgDType *dtype;
    TfgOp **via;                /* who reads an external input that is a variable */
    TfgIdMap operand;           /* node and output -> 1 + operand */
} Builder;

static uint64_t port_key(TfgPort p)
{
    return ((uint64_t)(uint32_t)p.node << 32 | (uint32_t)p.index) + 1;
}

static int add_external(Builder *b, const TfgNode *reader, int32_t k, int32_t *operand, TfgStatus *s)
{
    TfgPort p = reader->in[k];
    uint64_t found;
    if (tfg_idmap_get(&b->operand, port_key(p), &found)) {
        *operand = (int32_t)found;
        return 0;
    }
    *operand = b->f->n_external++;
    b->external[*operand] = p;
    b->dtype[*operand] = reader->in_dtype[k];
    b->via[*operand] = reader->via && reader->via[k] ? reader->via[k] : reader->op;
    return tfg_idmap_put(&b->operand, port_key(p), (uint64_t)*operand) < 0 ? tfg_fail_memory(s) : 0;
}

static int prepare_member(Builder *b, TfgFusedMember *member, const TfgNode *n, TfgStatus *s)
{
    TfgPlanMaker *m = b->u->m;
    const TfgSession *session = m->session;
    TfgAttrs *attrs = tfg_arena_memdup(&m->plan->arena, &n->attrs, sizeof n->attrs);
    if (!attrs)
        return tfg_fail_memory(s);
    *member = (TfgFusedMember){.row = n->row, .op = n->op, .name = n->name, .attrs = attrs, .dtype = tfg_dtype_base(n->out_dtype[0]),
                               .n_in = n->n_in};
    if (!n->row->prepare)
        return 0;
    TfgPrepare p = {.name = n->name, .type = n->def->name, .attrs = attrs, .n_in = n->n_in, .n_out = n->n_out, .in_dtype = n->in_dtype,
                    .out_dtype = n->out_dtype, .device = session->devices[n->device].name, .resources = session->resources};
    if (n->row->prepare(&p, &member->state, s) < 0)
        return -1;
    return member->state && n->row->release ? tfg_plan_keep_state(m->plan, n->row, member->state, s) : 0;
}

/* Externals first, then members: operands of members are known once all externals are counted. */
static int fill_fused(Builder *b, const int32_t *members, int32_t n, bool reduces, TfgStatus *s)
{
    TfgPlanMaker *m = b->u->m;
    TfgFused *f = b->f;
    int32_t n_blocks = reduces ? n - 1 : n, axes = -1;
    for (int32_t i = 0; i < n; i++) {
        const TfgNode *node = &m->nodes[members[i]];
        for (int32_t k = 0, ignored; k < node->n_in; k++) {
            bool inside = b->u->group_of[node->in[k].node] == members[n - 1] + 1;
            if (!inside && add_external(b, node, k, i == n_blocks ? &axes : &ignored, s) < 0)
                return -1;
        }
    }
    for (int32_t i = 0; i < n; i++) {
        const TfgNode *node = &m->nodes[members[i]];
        TfgFusedMember *member = i < n_blocks ? &f->members[i] : f->reduction;
        if (prepare_member(b, member, node, s) < 0)
            return -1;
        for (int32_t k = 0; k < node->n_in; k++) {
            uint64_t operand = 0;
            if (b->u->group_of[node->in[k].node] == members[n - 1] + 1) {
                int32_t at = 0;
                for (int32_t low = 0, high = n - 1; low <= high;) {
                    at = (low + high) / 2;
                    if (members[at] == node->in[k].node)
                        break;
                    if (members[at] < node->in[k].node)
                        low = at + 1;
                    else
                        high = at - 1;
                }
                operand = (uint64_t)(f->n_external + at);
            } else {
                tfg_idmap_get(&b->operand, port_key(node->in[k]), &operand);
            }
            member->in[k] = (int32_t)operand;
        }
    }
    f->axes = axes;
    f->n_members = n_blocks;
    return tfg_fused_assign(f, s);
}

/* 0 where the group was built, 1 where it stays apart (a kernel refuses its attributes: the op itself shall say so), -1. */
static int build(Fuser *u, int32_t root, TfgStatus *s)
{
    TfgPlanMaker *m = u->m;
    int32_t n = u->n_members, n_in = 0;
    bool reduces = m->nodes[root].row->reduce != NULL;
    int rc = -1;
    sort(u->members, n);
    for (int32_t i = 0; i < n; i++)
        n_in += m->nodes[u->members[i]].n_in;
    Builder b = {.u = u};
    b.f = tfg_arena_alloc(&m->plan->arena, sizeof *b.f);
    TfgFusedMember *members = tfg_arena_alloc(&m->plan->arena, (size_t)(n + 1) * sizeof *members);
    b.external = tfg_arena_alloc(&m->arena, (size_t)n_in * sizeof *b.external);
    b.dtype = tfg_arena_alloc(&m->arena, (size_t)n_in * sizeof *b.dtype);
    b.via = tfg_arena_alloc(&m->arena, (size_t)n_in * sizeof *b.via);
    if (!b.f || !members || !b.external || !b.dtype || !b.via) {
        tfg_fail_memory(s);
        goto done;
    }
    b.f->members = members;
    b.f->reduction = reduces ? &members[n] : NULL;
    for (int32_t i = 0; i < n; i++)
        u->group_of[u->members[i]] = root + 1;
    if (fill_fused(&b, u->members, n, reduces, s) < 0) {
        if (s->code == TFG_RESOURCE_EXHAUSTED)
            goto done;
        tfg_status_fini(s);
        rc = 1;
        goto done;
    }
    for (int32_t i = 0; i + 1 < n; i++)
        m->nodes[u->members[i]].kind = TFG_NODE_GONE;
    TfgNode *node = &m->nodes[root];
    node->kind = TFG_NODE_FUSED;
    node->fused = b.f;
    node->in = b.external;
    node->in_dtype = b.dtype;
    node->via = b.via;
    node->n_in = b.f->n_external;
    rc = 0;
done:
    tfg_idmap_fini(&b.operand);
    return rc;
}

static void count_uses(Fuser *u)
{
    TfgPlanMaker *m = u->m;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < n->n_in; k++)
            u->uses[n->in[k].node]++;
        for (int32_t k = 0; k < n->n_controls; k++)
            u->held[n->controls[k]] = true;
    }
}

int tfg_rewrite_fuse(TfgPlanMaker *m, TfgStatus *s)
{
    size_t n = (size_t)m->n_nodes + 1;
    Fuser u = {.m = m};
    int32_t *numbers = tfg_calloc(4 * n, sizeof *numbers);
    u.held = tfg_calloc(n, sizeof *u.held);
    u.members = tfg_alloc((MAX_MEMBERS + 1) * sizeof *u.members);
    int rc = numbers && u.held && u.members && find_writers(&u) == 0 ? 0 : tfg_fail_memory(s);
    if (rc == 0) {
        u.uses = numbers;
        u.seen = numbers + n;
        u.stamp = numbers + 2 * n;
        u.group_of = numbers + 3 * n;
        count_uses(&u);
    }
    for (int32_t i = m->n_nodes - 1; i >= 0 && rc >= 0; i--) {
        const TfgNode *node = &m->nodes[i];
        if (node->kind != TFG_NODE_OP || u.group_of[i] || !(is_elementwise(node) || is_reduction(m, node)))
            continue;
        gather(&u, i);
        if (u.n_members > 1)
            rc = build(&u, i, s);
    }
    tfg_free(numbers);
    tfg_free(u.held);
    tfg_free(u.members);
    tfg_idmap_fini(&u.writers);
    return rc < 0 ? -1 : 0;
}
