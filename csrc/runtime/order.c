/* Order: one sequence of all nodes.  It follows creation, so values that are made together are used together, but for one rule:
 * among nodes that the graph leaves unordered, whoever computes with a variable comes before whoever writes it.  The choices are
 * kept as soft edges, which the DATAFLOW executor waits for without dying of them; so both executors give the same bits. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"
#include "runtime/region.h"

typedef struct Access { int32_t node, variable, next; bool writes; } Access;

typedef struct Scheduler {
    TfgPlanMaker *m;
    int32_t *n_waits;           /* inputs and controls not yet ordered */
    int32_t *use_start, *uses;  /* consumers of each node: uses[use_start[i] .. use_start[i + 1]] */
    int32_t *heap, n_heap;      /* ready nodes, the earliest made first */
    Access *accesses;
    size_t n_accesses, accesses_capacity;
    int32_t *access_of;         /* first access of a node, -1: none */
    int32_t *readers_left;      /* per variable */
    int32_t n_variables;
    int32_t *blocked, n_blocked;        /* ready writers whose variables still have readers */
    bool *late;                 /* views of a variable that are only fetched: names of its buffer, as it is in the end */
    int32_t *held_back, n_held_back;    /* late nodes that are ready */
    int32_t *mark, mark_value, *stack;
    int64_t search_left;        /* nodes that may still be visited to untangle blocked writers */
} Scheduler;

static bool is_back_edge(const TfgPlanMaker *m, int32_t from, const TfgNode *to)
{
    return m->has_loops && (tfg_node_is(to, "Merge") || tfg_node_is(to, "RefMerge")) &&
           (tfg_node_is(&m->nodes[from], "NextIteration") || tfg_node_is(&m->nodes[from], "RefNextIteration"));
}

/* ---- Who reads and who writes ------------------------------------------------------------------------------------------------ */

static bool one_of(const char *type, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(type, *names) == 0)
            return true;
    return false;
}

/* What a node does to the variable behind a reference argument. */
static bool ref_argument_is_read_only(const TfgNode *n)
{
    static const char *const readers[] = {"IsVariableInitialized", "DestroyTemporaryVariable", NULL};
    return n->row && !(n->row->flags & TFG_KERNEL_WRITES_REF) && ((n->row->flags & TFG_KERNEL_READS_REF) || one_of(n->def->name, readers));
}

static bool passes_reference(const TfgNode *n)
{
    return strncmp(n->def->name, "Ref", 3) == 0 || strncmp(n->def->name, "Queue", 5) == 0;
}

static bool resource_is_read_only(const char *type)
{
    static const char *const readers[] = {"ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp",
                                          "DisableCopyOnRead",
                                          NULL};
    return one_of(type, readers);
}

static bool passes_resource(const char *type)
{
    static const char *const passers[] = {"Identity", "Switch", "Merge", "Enter", "Exit", "NextIteration", "IdentityN", "Pack", "Select",
                                          NULL};
    return one_of(type, passers);
}

/* The handle that a resource input comes from, through ops that pass it on; NULL where that is not a variable's. */
static const TfgTensor *handle_behind(const TfgPlanMaker *m, TfgPort p)
{
    for (int depth = 0; depth < 16; depth++) {
        const TfgNode *n = &m->nodes[p.node];
        if (n->kind == TFG_NODE_CONST)
            return n->constant->dtype == TFG_RESOURCE ? n->constant : NULL;
        if (n->kind != TFG_NODE_OP || n->n_in < 1 || !passes_resource(n->def->name))
            return NULL;
        p = n->in[0];
    }
    return NULL;
}

static int add_access(Scheduler *q, TfgIdMap *numbers, uint64_t key, int32_t node, bool writes, TfgStatus *s)
{
    uint64_t number = 0;
    if (!tfg_idmap_get(numbers, key, &number)) {
        number = (uint64_t)q->n_variables++;
        if (tfg_idmap_put(numbers, key, number) < 0)
            return tfg_fail_memory(s);
    }
    if (tfg_grow((void **)&q->accesses, &q->accesses_capacity, q->n_accesses + 1, sizeof *q->accesses) < 0)
        return tfg_fail_memory(s);
    q->accesses[q->n_accesses] = (Access){node, (int32_t)number, q->access_of[node], writes};
    q->access_of[node] = (int32_t)q->n_accesses++;
    return 0;
}

static int find_accesses(Scheduler *q, TfgIdMap *numbers, TfgStatus *s)
{
    TfgPlanMaker *m = q->m;
    int rc = 0;
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++) {
        const TfgNode *n = &m->nodes[i];
        for (size_t a = 0; n->kind == TFG_NODE_REGION && a < n->region->n_accesses && rc == 0; a++)
            rc = add_access(q, numbers, n->region->accesses[a].variable, i, n->region->accesses[a].writes, s);
        if (n->kind != TFG_NODE_OP && n->kind != TFG_NODE_FUSED && n->kind != TFG_NODE_REGION)
            continue;
        for (int32_t k = 0; k < n->n_in && rc == 0; k++) {
            const TfgNode *from = &m->nodes[n->in[k].node];
            TfgVariable *v = from->out_variable ? from->out_variable[n->in[k].index] : NULL;
            if (v && !tfg_dtype_is_ref(n->in_dtype[k]))
                rc = add_access(q, numbers, (uint64_t)(uintptr_t)v, i, false, s);
            else if (v && !passes_reference(n))
                rc = add_access(q, numbers, (uint64_t)(uintptr_t)v, i, !ref_argument_is_read_only(n), s);
            else if (!v && n->def && n->in_dtype[k] == TFG_RESOURCE && !passes_resource(n->def->name)) {
                const TfgTensor *handle = handle_behind(m, n->in[k]);
                TfgStatus ignored = TFG_STATUS_INIT;
                const TfgResourceHandle *h = handle ? tfg_tensor_resource_handle(handle, &ignored) : NULL;
                tfg_status_fini(&ignored);
                if (h)
                    rc = add_access(q, numbers, tfg_hash_mix(tfg_hash_bytes(h->name, strlen(h->name)),
                                                              tfg_hash_bytes(h->container, strlen(h->container))) | 1,
                                    i, !resource_is_read_only(n->def->name), s);
            }
        }
    }
    return rc;
}

int tfg_plan_accesses(TfgPlanMaker *m, TfgAccess **accesses, size_t *n, TfgStatus *s)
{
    Scheduler q = {.m = m, .access_of = tfg_alloc(((size_t)m->n_nodes + 1) * sizeof *q.access_of)};
    TfgIdMap numbers = {0};
    int rc = -1;
    *accesses = NULL;
    *n = 0;
    if (!q.access_of) {
        tfg_fail_memory(s);
        goto done;
    }
    memset(q.access_of, 0xff, ((size_t)m->n_nodes + 1) * sizeof *q.access_of);
    if (find_accesses(&q, &numbers, s) < 0)
        goto done;
    *accesses = tfg_arena_alloc(&m->arena, (q.n_accesses + 1) * sizeof **accesses);
    uint64_t *keys = tfg_arena_alloc(&m->arena, ((size_t)q.n_variables + 1) * sizeof *keys), key, number;
    if (!*accesses || !keys) {
        tfg_fail_memory(s);
        goto done;
    }
    for (size_t i = 0; tfg_idmap_next(&numbers, &i, &key, &number);)
        keys[number] = key;
    for (; *n < q.n_accesses; (*n)++)
        (*accesses)[*n] = (TfgAccess){keys[q.accesses[*n].variable], q.accesses[*n].writes};
    rc = 0;
done:
    tfg_idmap_fini(&numbers);
    tfg_free(q.accesses);
    tfg_free(q.access_of);
    return rc;
}

/* ---- The order of creation -------------------------------------------------------------------------------------------------- */

static void push(Scheduler *q, int32_t node)
{
    int32_t i = q->n_heap++;
    for (; i > 0 && q->heap[(i - 1) / 2] > node; i = (i - 1) / 2)
        q->heap[i] = q->heap[(i - 1) / 2];
    q->heap[i] = node;
}

static int32_t pop(Scheduler *q)
{
    int32_t top = q->heap[0], last = q->heap[--q->n_heap], i = 0;
    for (int32_t child; (child = 2 * i + 1) < q->n_heap; i = child) {
        if (child + 1 < q->n_heap && q->heap[child + 1] < q->heap[child])
            child++;
        if (q->heap[child] >= last)
            break;
        q->heap[i] = q->heap[child];
    }
    q->heap[i] = last;
    return top;
}

static bool waits_for(const TfgPlanMaker *m, const TfgNode *n, int32_t from)
{
    return m->nodes[from].kind != TFG_NODE_GONE && !is_back_edge(m, from, n);
}

static int count_uses(Scheduler *q, TfgStatus *s)
{
    TfgPlanMaker *m = q->m;
    size_t n = (size_t)m->n_nodes, total = 0;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *node = &m->nodes[i];
        if (node->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < node->n_in + node->n_controls; k++) {
            int32_t from = k < node->n_in ? node->in[k].node : node->controls[k - node->n_in];
            if (!waits_for(m, node, from))
                continue;
            q->use_start[from + 1]++;
            q->n_waits[i]++;
            total++;
        }
    }
    q->uses = tfg_alloc((total + 1) * sizeof *q->uses);
    int32_t *at = tfg_alloc((n + 1) * sizeof *at);
    if (!q->uses || !at) {
        tfg_free(at);
        return tfg_fail_memory(s);
    }
    for (size_t i = 0; i < n; i++) {
        q->use_start[i + 1] += q->use_start[i];
        at[i] = q->use_start[i];
    }
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *node = &m->nodes[i];
        if (node->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < node->n_in + node->n_controls; k++) {
            int32_t from = k < node->n_in ? node->in[k].node : node->controls[k - node->n_in];
            if (waits_for(m, node, from))
                q->uses[at[from]++] = i;
        }
    }
    tfg_free(at);
    return 0;
}

/* ---- Writers wait ------------------------------------------------------------------------------------------------------------ */

/* Readers of a variable that are still to come, those of the node itself not counted. */
static int32_t readers_beside(const Scheduler *q, int32_t node, int32_t variable)
{
    int32_t n = q->readers_left[variable];
    for (int32_t a = q->access_of[node]; a >= 0; a = q->accesses[a].next)
        n -= q->accesses[a].variable == variable && !q->accesses[a].writes && !q->late[node];
    return n;
}

static bool must_wait(const Scheduler *q, int32_t node)
{
    for (int32_t a = q->access_of[node]; a >= 0; a = q->accesses[a].next)
        if (q->accesses[a].writes && readers_beside(q, node, q->accesses[a].variable) > 0)
            return true;
    return false;
}

/* Whether all readers that hold a writer back come after it anyway. */
static bool holds_itself(Scheduler *q, int32_t writer)
{
    int32_t n = 0, value = ++q->mark_value;
    q->stack[n++] = writer;
    q->mark[writer] = value;
    int32_t waits = 0;
    for (int32_t a = q->access_of[writer]; a >= 0; a = q->accesses[a].next)
        if (q->accesses[a].writes)
            waits += readers_beside(q, writer, q->accesses[a].variable);
    while (n > 0 && waits > 0 && q->search_left-- > 0) {
        int32_t node = q->stack[--n];
        for (int32_t u = q->use_start[node]; u < q->use_start[node + 1]; u++) {
            int32_t next = q->uses[u];
            if (q->mark[next] == value)
                continue;
            q->mark[next] = value;
            q->stack[n++] = next;
            for (int32_t a = q->access_of[next]; a >= 0; a = q->accesses[a].next)
                for (int32_t w = q->access_of[writer]; w >= 0; w = q->accesses[w].next)
                    waits -= !q->accesses[a].writes && !q->late[next] && q->accesses[w].writes && q->accesses[w].variable == q->accesses[a].variable;
        }
    }
    return waits <= 0;
}

/* Nothing else is ready: the writer that goes first.  Where it would close a cycle to wait, the graph's own order wins. */
static int32_t choose_blocked(Scheduler *q)
{
    int32_t chosen = -1, lowest = 0;
    for (int32_t i = 1; i < q->n_blocked; i++)
        if (q->blocked[i] < q->blocked[lowest])
            lowest = i;
    if (q->n_blocked == 1)
        chosen = 0;
    for (int32_t i = 0; i < q->n_blocked && chosen < 0; i++)
        if (holds_itself(q, q->blocked[i]))
            chosen = i;
    if (chosen < 0)
        chosen = lowest;
    int32_t node = q->blocked[chosen];
    memmove(q->blocked + chosen, q->blocked + chosen + 1, (size_t)(--q->n_blocked - chosen) * sizeof *q->blocked);
    return node;
}

static void unblock(Scheduler *q)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < q->n_blocked; i++)
        if (must_wait(q, q->blocked[i]))
            q->blocked[kept++] = q->blocked[i];
        else
            push(q, q->blocked[i]);
    q->n_blocked = kept;
}

static void schedule(Scheduler *q, int32_t *order, int32_t *n_order)
{
    TfgPlanMaker *m = q->m;
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].kind != TFG_NODE_GONE && q->n_waits[i] == 0)
            push(q, i);
    while (q->n_heap > 0 || q->n_blocked > 0 || q->n_held_back > 0) {
        int32_t node;
        if (q->n_heap == 0 && q->n_blocked == 0) {      /* all else is done */
            for (int32_t i = 0; i < q->n_held_back; i++)
                push(q, q->held_back[i]);
            q->n_held_back = -1;
        }
        if (q->n_heap > 0) {
            node = pop(q);
            if (q->n_accesses && q->late[node] && q->n_held_back >= 0) {
                q->held_back[q->n_held_back++] = node;
                continue;
            }
            if (q->n_accesses && must_wait(q, node)) {
                q->blocked[q->n_blocked++] = node;
                continue;
            }
        } else {
            node = choose_blocked(q);
        }
        order[(*n_order)++] = node;
        bool freed = false;
        for (int32_t a = q->n_accesses && !q->late[node] ? q->access_of[node] : -1; a >= 0; a = q->accesses[a].next)
            if (!q->accesses[a].writes && --q->readers_left[q->accesses[a].variable] == 0)
                freed = true;
            else if (!q->accesses[a].writes && q->readers_left[q->accesses[a].variable] == 1)
                freed = true;           /* the last reader may be the writer itself */
        if (freed && q->n_blocked)
            unblock(q);
        for (int32_t u = q->use_start[node]; u < q->use_start[node + 1]; u++)
            if (--q->n_waits[q->uses[u]] == 0)
                push(q, q->uses[u]);
    }
}

/* ---- Views ------------------------------------------------------------------------------------------------------------------- */

static bool is_view(const TfgNode *n)
{
    static const char *const views[] = {"Reshape", "ExpandDims", "Squeeze", "Identity", NULL};
    return n->kind == TFG_NODE_OP && n->n_in >= 1 && one_of(n->def->name, views);
}

/* Reshape and its like share the variable's buffer, so fetching one gives what the buffer holds at the end of the step; as long as
 * nothing computes with it, it can be made then. */
static void find_late(Scheduler *q)
{
    TfgPlanMaker *m = q->m;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (!is_view(n))
            continue;
        const TfgNode *from = &m->nodes[n->in[0].node];
        q->late[i] = (from->out_variable && from->out_variable[n->in[0].index]) || (n->in[0].node < i && q->late[n->in[0].node]);
    }
    for (int32_t i = m->n_nodes - 1; i >= 0; i--)
        for (int32_t u = q->use_start[i]; q->late[i] && u < q->use_start[i + 1]; u++) {
            const TfgNode *user = &m->nodes[q->uses[u]];
            q->late[i] = q->late[q->uses[u]] && user->in[0].node == i;
            for (int32_t c = 0; c < user->n_controls; c++)
                q->late[i] &= user->controls[c] != i;
        }
}

/* ---- Soft edges -------------------------------------------------------------------------------------------------------------- */

static int add_soft(TfgPlanMaker *m, int32_t before, int32_t after, TfgStatus *s)
{
    if (before == after || m->nodes[before].frame || m->nodes[after].frame)
        return 0;
    if (tfg_grow((void **)&m->soft, &m->soft_capacity, 2 * m->n_soft + 2, sizeof *m->soft) < 0)
        return tfg_fail_memory(s);
    m->soft[2 * m->n_soft] = before;
    m->soft[2 * m->n_soft + 1] = after;
    m->n_soft++;
    return 0;
}

/* Nodes that run while a lock is held, or later.  Which of several sections comes first, the lock decides: an edge between them could
 * let each wait for the other. */
static bool *find_locked(const TfgPlanMaker *m, TfgStatus *s)
{
    bool *locked = tfg_calloc((size_t)m->n_nodes + 1, sizeof *locked);
    if (!locked)
        tfg_fail_memory(s);
    for (int32_t i = 0; i < m->n_order && locked; i++) {
        const TfgNode *n = &m->nodes[m->order[i]];
        bool *here = &locked[m->order[i]];
        *here = tfg_node_is(n, "MutexLock");
        for (int k = 0; k < n->n_in && !*here; k++)
            *here = locked[n->in[k].node];
        for (int k = 0; k < n->n_controls && !*here; k++)
            *here = locked[n->controls[k]];
    }
    return locked;
}

/* Each writer after the readers since the writer before it; each reader after the last writer. */
static int keep_choices(Scheduler *q, TfgStatus *s)
{
    TfgPlanMaker *m = q->m;
    int32_t *writer = tfg_alloc((size_t)q->n_variables * 2 * sizeof *writer), *reader = writer ? writer + q->n_variables : NULL;
    int32_t *next_reader = tfg_alloc((q->n_accesses + 1) * sizeof *next_reader);
    bool *locked = find_locked(m, s);
    int rc = writer && next_reader && locked ? 0 : tfg_fail_memory(s);
    for (int32_t v = 0; v < q->n_variables && rc == 0; v++)
        writer[v] = reader[v] = -1;
    for (int32_t i = 0; i < m->n_order && rc == 0; i++) {
        int32_t node = m->order[i];
        for (int32_t a = q->access_of[node]; a >= 0 && rc == 0; a = q->accesses[a].next) {
            int32_t v = q->accesses[a].variable;
            if (writer[v] >= 0 && !locked[writer[v]])
                rc = add_soft(m, writer[v], node, s);
            if (!q->accesses[a].writes) {
                next_reader[a] = reader[v];
                reader[v] = a;
                continue;
            }
            for (int32_t r = reader[v]; r >= 0 && rc == 0; r = next_reader[r])
                if (!locked[q->accesses[r].node])
                    rc = add_soft(m, q->accesses[r].node, node, s);
            reader[v] = -1;
            writer[v] = node;
        }
    }
    tfg_free(writer);
    tfg_free(next_reader);
    tfg_free(locked);
    return rc;
}

/* ---- All of it --------------------------------------------------------------------------------------------------------------- */

static void scheduler_fini(Scheduler *q)
{
    tfg_free(q->n_waits);
    tfg_free(q->use_start);
    tfg_free(q->uses);
    tfg_free(q->heap);
    tfg_free(q->accesses);
    tfg_free(q->access_of);
    tfg_free(q->readers_left);
    tfg_free(q->blocked);
    tfg_free(q->mark);
    tfg_free(q->stack);
    tfg_free(q->late);
    tfg_free(q->held_back);
}

static int scheduler_init(Scheduler *q, TfgPlanMaker *m, TfgStatus *s)
{
    size_t n = (size_t)m->n_nodes + 1;
    *q = (Scheduler){.m = m, .search_left = 20000000};
    q->n_waits = tfg_calloc(n, sizeof *q->n_waits);
    q->use_start = tfg_calloc(n + 1, sizeof *q->use_start);
    q->heap = tfg_alloc(n * sizeof *q->heap);
    q->access_of = tfg_alloc(n * sizeof *q->access_of);
    if (!q->n_waits || !q->use_start || !q->heap || !q->access_of)
        return tfg_fail_memory(s);
    memset(q->access_of, 0xff, n * sizeof *q->access_of);
    return count_uses(q, s);
}

static int finish(Scheduler *q, int32_t *order, int32_t *n_order, TfgStatus *s)
{
    int32_t alive = 0;
    schedule(q, order, n_order);
    for (int32_t i = 0; i < q->m->n_nodes; i++)
        alive += q->m->nodes[i].kind != TFG_NODE_GONE;
    if (*n_order != alive)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Graph is invalid, contains a cycle with %d nodes", alive - *n_order);
    return 0;
}

int32_t *tfg_plan_topological(TfgPlanMaker *m, int32_t *n, TfgStatus *s)
{
    Scheduler q = {0};
    int32_t *order = tfg_arena_alloc(&m->arena, ((size_t)m->n_nodes + 1) * sizeof *order);
    *n = 0;
    if (!order)
        tfg_fail_memory(s);
    else if (scheduler_init(&q, m, s) < 0 || finish(&q, order, n, s) < 0)
        order = NULL;
    scheduler_fini(&q);
    return order;
}

int tfg_plan_order(TfgPlanMaker *m, TfgStatus *s)
{
    Scheduler q;
    int rc = -1;
    size_t n = (size_t)m->n_nodes + 1;
    m->n_order = 0;
    m->order = tfg_arena_alloc(&m->arena, n * sizeof *m->order);
    if (scheduler_init(&q, m, s) < 0)
        goto done;
    if (!m->order) {
        tfg_fail_memory(s);
        goto done;
    }
    TfgIdMap numbers = {0};
    int found = find_accesses(&q, &numbers, s);
    tfg_idmap_fini(&numbers);
    if (found < 0)
        goto done;
    bool writes = false;
    for (size_t a = 0; a < q.n_accesses; a++)
        writes |= q.accesses[a].writes;
    if (!writes)
        q.n_accesses = 0;
    q.readers_left = tfg_calloc((size_t)q.n_variables + 1, sizeof *q.readers_left);
    q.blocked = tfg_alloc(n * sizeof *q.blocked);
    q.mark = tfg_calloc(n, sizeof *q.mark);
    q.stack = tfg_alloc(n * sizeof *q.stack);
    q.late = tfg_calloc(n, sizeof *q.late);
    q.held_back = tfg_alloc(n * sizeof *q.held_back);
    if (!q.late || !q.held_back || !q.readers_left || !q.blocked || !q.mark || !q.stack) {
        tfg_fail_memory(s);
        goto done;
    }
    find_late(&q);
    for (size_t a = 0; a < q.n_accesses; a++)
        q.readers_left[q.accesses[a].variable] += !q.accesses[a].writes && !q.late[q.accesses[a].node];
    if (finish(&q, m->order, &m->n_order, s) < 0)
        goto done;
    rc = writes ? keep_choices(&q, s) : 0;
done:
    scheduler_fini(&q);
    return rc;
}
