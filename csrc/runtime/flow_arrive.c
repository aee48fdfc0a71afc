#include "runtime/flow_arrive.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/frame.h"

/* ---- The heap of ready instructions ------------------------------------------------------------------------------------------ */

int tfg_flow_push(TfgFlowRun *r, int32_t instr, TfgFlowIteration *iteration)
{
    if (tfg_grow((void **)&r->ready, &r->ready_capacity, r->n_ready + 1, sizeof *r->ready) < 0)
        return tfg_fail_memory(&r->status);
    TfgFlowReady item = {iteration->number << 32 | instr, instr, iteration};
    size_t i = r->n_ready++;
    for (; i > 0 && r->ready[(i - 1) / 2].key > item.key; i = (i - 1) / 2)
        r->ready[i] = r->ready[(i - 1) / 2];
    r->ready[i] = item;
    iteration->outstanding++;
    return 0;
}

TfgFlowReady tfg_flow_pop(TfgFlowRun *r)
{
    TfgFlowReady top = r->ready[0], last = r->ready[--r->n_ready];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < r->n_ready; i = child) {
        if (child + 1 < r->n_ready && r->ready[child + 1].key < r->ready[child].key)
            child++;
        if (r->ready[child].key >= last.key)
            break;
        r->ready[i] = r->ready[child];
    }
    if (r->n_ready)
        r->ready[i] = last;
    return top;
}

/* ---- Iterations -------------------------------------------------------------------------------------------------------------- */

void tfg_flow_entry_drop(TfgFlowEntry *e)
{
    if (e->value && e->value != &tfg_dead)
        tfg_tensor_unref(e->value);
    tfg_variable_unref(e->ref);
    *e = (TfgFlowEntry){0};
}

static TfgFlowEntry entry_copy(const TfgFlowEntry *e)
{
    TfgFlowEntry copy = *e;
    if (copy.value)
        tfg_tensor_ref(copy.value);
    if (copy.ref)
        tfg_variable_ref(copy.ref);
    return copy;
}

static TfgFlowIteration *iteration_new(TfgFlowRun *r, TfgFlowInstance *loop)
{
    const TfgFlowLoop *info = loop->info;
    size_t n = (size_t)info->n_nodes, n_entries = (size_t)info->n_entries;
    size_t bytes = sizeof(TfgFlowIteration) + n_entries * sizeof(TfgFlowEntry) + n * (3 * sizeof(int32_t) + sizeof(bool));
    TfgFlowIteration *it = tfg_alloc(bytes);
    if (!it) {
        tfg_fail_memory(&r->status);
        return NULL;
    }
    memset(it, 0, sizeof *it + n_entries * sizeof(TfgFlowEntry));
    it->entries = (TfgFlowEntry *)(it + 1);
    it->wait = (int32_t *)(it->entries + n_entries);
    it->dead = it->wait + n;
    it->taken = it->dead + n;
    it->queued = (bool *)(it->taken + n);
    it->loop = loop;
    it->number = loop->newest ? loop->newest->number + 1 : 0;
    for (size_t k = 0; k < n; k++) {
        it->wait[k] = r->flow->nodes[info->nodes[k]].n_wait;
        it->dead[k] = 0;
        it->taken[k] = -1;
        it->queued[k] = false;
    }
    *(loop->newest ? &loop->newest->next : &loop->oldest) = it;
    loop->newest = it;
    loop->n_iterations++;
    return it;
}

static void iteration_free(TfgFlowIteration *it)
{
    for (int32_t k = 0; k < it->loop->info->n_entries; k++)
        tfg_flow_entry_drop(&it->entries[k]);
    tfg_free(it);
}

TfgFlowInstance *tfg_flow_instance_new(TfgFlowRun *r, int32_t number, TfgFlowIteration *outer)
{
    TfgFlowInstance *loop = tfg_calloc(1, sizeof *loop);
    if (!loop) {
        tfg_fail_memory(&r->status);
        return NULL;
    }
    loop->info = &r->flow->loops[number];
    loop->number = number;
    loop->outer = outer;
    loop->enters_left = loop->info->n_enters;
    loop->held_end = &loop->held_back;
    loop->next = r->loops;
    r->loops = loop;
    if (outer)
        outer->outstanding++;
    if (!iteration_new(r, loop))
        return NULL;            /* freed with the run */
    return loop;
}

static void free_constants(TfgFlowConstant *c)
{
    for (TfgFlowConstant *next; c; c = next) {
        next = c->next;
        tfg_flow_entry_drop(&c->entry);
        tfg_free(c);
    }
}

void tfg_flow_instance_free(TfgFlowRun *r, TfgFlowInstance *loop)
{
    for (TfgFlowInstance **link = &r->loops; *link; link = &(*link)->next)
        if (*link == loop) {
            *link = loop->next;
            break;
        }
    for (TfgFlowIteration *it = loop->oldest, *next; it; it = next) {
        next = it->next;
        iteration_free(it);
    }
    free_constants(loop->constants);
    free_constants(loop->held_back);
    for (TfgFlowDeadExit *d = loop->dead_exits, *next; d; d = next) {
        next = d->next;
        tfg_free(d);
    }
    tfg_free(loop);
}

/* ---- Arrivals ---------------------------------------------------------------------------------------------------------------- */

/* A value, or a death, arrives at an input; the entry is taken. */
int tfg_flow_arrive_steal(TfgFlowRun *r, TfgFlowIteration *it, TfgFlowEdge edge, TfgFlowEntry e, bool from_enter)
{
    const TfgInstr *i = &r->plan->code[edge.to];
    const TfgFlowNode *n = &r->flow->nodes[edge.to];
    if (i->kind == TFG_INSTR_MERGE) {
        bool dead_all = false;
        if (edge.in < 0) {
            it->wait[n->local]--;
            tfg_flow_entry_drop(&e);
        } else if (e.dead) {
            tfg_flow_entry_drop(&e);
            it->dead[n->local]++;
        } else if (it->taken[n->local] < 0 && !it->queued[n->local]) {
            it->taken[n->local] = edge.in;
            it->entries[n->entry + edge.in] = e;
        } else {
            tfg_flow_entry_drop(&e);     /* a second value: the first counts */
        }
        dead_all = it->dead[n->local] >= (it->number == 0 ? n->n_first : n->n_again) || (from_enter && it->dead[n->local] > 0);
        if (it->wait[n->local] > 0 || it->queued[n->local] || !(it->taken[n->local] >= 0 || dead_all || n->always))
            return 0;
        it->queued[n->local] = true;
        return tfg_flow_push(r, edge.to, it);
    }
    const TfgFlowEntry *there = edge.in >= 0 ? &it->entries[n->entry + edge.in] : NULL;
    if (it->wait[n->local] <= 0 || (there && (there->value || there->ref))) {
        tfg_flow_entry_drop(&e);
        return tfg_fail(&r->status, TFG_INVALID_ARGUMENT, "The node '%s' gets an input twice in one iteration of its loop", i->name);
    }
    if (e.dead && edge.in != -2 && !n->outlives)
        it->dead[n->local]++;
    if (edge.in >= 0 && !e.dead)
        it->entries[n->entry + edge.in] = e;
    else
        tfg_flow_entry_drop(&e);
    return --it->wait[n->local] == 0 ? tfg_flow_push(r, edge.to, it) : 0;
}

static TfgFlowEntry entry_of(TfgTensor *value, TfgVariable *ref, bool dead)
{
    TfgFlowEntry e = {value == &tfg_dead ? NULL : value, ref, dead || value == &tfg_dead};
    return entry_copy(&e);
}

/* Sends what an instruction gave along all its edges, into iteration `it`. */
int tfg_flow_send(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    const TfgFlowNode *n = &r->flow->nodes[instr];
    bool from_enter = r->plan->code[instr].kind == TFG_INSTR_ENTER;
    for (int32_t k = n->edges; k < n->edges + n->n_edges; k++) {
        int32_t o = r->flow->edge_output[k];
        if (from_enter && r->flow->edges[k].in == -2)
            continue;           /* who waits for it is outside: send_soft */
        TfgFlowEntry e = o < 0 ? (TfgFlowEntry){.dead = dead} : entry_of(out[o], out_ref[o], dead);
        if (tfg_flow_arrive_steal(r, it, r->flow->edges[k], e, from_enter) < 0)
            return -1;
    }
    return 0;
}

static int keep_constant(TfgFlowConstant ***end, int32_t instr, TfgTensor *value, TfgVariable *ref, bool dead, TfgStatus *s)
{
    TfgFlowConstant *c = tfg_alloc(sizeof *c);
    if (!c)
        return tfg_fail_memory(s);
    *c = (TfgFlowConstant){instr, entry_of(value, ref, dead), NULL};
    **end = c;
    *end = &c->next;
    return 0;
}

static int send_entry(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgFlowEntry *e)
{
    return tfg_flow_send(r, instr, it, &e->value, &e->ref, e->dead);
}

static TfgFlowIteration *next_iteration(TfgFlowRun *r, TfgFlowInstance *loop)
{
    TfgFlowIteration *it = iteration_new(r, loop);
    for (TfgFlowConstant *c = loop->constants; c && it; c = c->next) {
        int32_t slot = r->plan->code[c->instr].out;
        if (r->plan->escapes[slot] && !c->entry.dead && tfg_fail_fetched_again(r->plan, slot, &r->status) < 0)
            return NULL;
        if (send_entry(r, c->instr, it, &c->entry) < 0)
            return NULL;
    }
    return it;
}

static int settle(TfgFlowRun *r, TfgFlowInstance *loop);
static int end_loop(TfgFlowRun *r, TfgFlowInstance *loop);

/* A value that every iteration sees: those that there are now, and those to come. */
static int enter_constant(TfgFlowRun *r, TfgFlowInstance *loop, int32_t instr, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    TfgFlowConstant **end = &loop->constants;
    while (*end)
        end = &(*end)->next;
    if (keep_constant(&end, instr, out[0], out_ref[0], dead, &r->status) < 0)
        return -1;
    for (TfgFlowIteration *k = loop->oldest; k; k = k->next)
        if (tfg_flow_send(r, instr, k, out, out_ref, dead) < 0)
            return -1;
    return 0;
}

/* An Enter has read its input: that matters where it is, not in the loop. */
static int send_soft(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, bool dead)
{
    const TfgFlowNode *n = &r->flow->nodes[instr];
    for (int32_t k = n->edges; k < n->edges + n->n_edges; k++)
        if (r->flow->edges[k].in == -2 && tfg_flow_arrive_steal(r, it, r->flow->edges[k], (TfgFlowEntry){.dead = dead}, false) < 0)
            return -1;
    return 0;
}

static int enter(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    TfgFlowInstance *loop = NULL;
    int32_t number = r->flow->nodes[instr].to_loop;
    for (TfgFlowInstance *l = r->loops; l && !loop; l = l->next)
        if (l->number == number && l->outer == it)
            loop = l;
    if (!loop && !(loop = tfg_flow_instance_new(r, number, it)))
        return -1;
    loop->enters_left--;
    int rc = r->plan->code[instr].is_constant_enter ? enter_constant(r, loop, instr, out, out_ref, dead)
                                                    : tfg_flow_send(r, instr, loop->oldest, out, out_ref, dead);
    if (rc == 0)
        rc = send_soft(r, instr, it, dead);
    if (rc < 0 || loop->enters_left > 0)
        return rc;
    rc = settle(r, loop);       /* the last value may come when all is done already */
    return rc > 0 ? end_loop(r, loop) : rc;
}
static int go_round(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    TfgFlowInstance *loop = it->loop;
    if (dead)
        return 0;               /* the loop ends here */
    TfgFlowIteration *next = it->next;
    if (!next && loop->n_iterations >= loop->info->parallel_iterations)
        return keep_constant(&loop->held_end, instr, out[0], out_ref[0], false, &r->status);
    if (!next && !(next = next_iteration(r, loop)))
        return -1;
    return tfg_flow_send(r, instr, next, out, out_ref, false);
}

static int leave(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    TfgFlowInstance *loop = it->loop;
    TfgFlowDeadExit *d = loop->dead_exits;
    while (d && d->instr != instr)
        d = d->next;
    if (!d) {
        if (!(d = tfg_alloc(sizeof *d)))
            return tfg_fail_memory(&r->status);
        *d = (TfgFlowDeadExit){instr, false, loop->dead_exits};
        loop->dead_exits = d;
    }
    if (dead)                   /* of an earlier iteration, maybe, that is only now at its end */
        return 0;
    d->left = true;
    return tfg_flow_send(r, instr, loop->outer, out, out_ref, false);
}

static int finish_one(TfgFlowRun *r, TfgFlowIteration *it);

/* Starts the iteration that was held back. */
static int release_held(TfgFlowRun *r, TfgFlowInstance *loop)
{
    TfgFlowIteration *next = next_iteration(r, loop);
    if (!next)
        return -1;
    TfgFlowConstant *held = loop->held_back;
    loop->held_back = NULL;
    loop->held_end = &loop->held_back;
    int rc = 0;
    for (TfgFlowConstant *c = held; c && rc == 0; c = c->next)
        rc = send_entry(r, c->instr, next, &c->entry);
    free_constants(held);
    return rc;
}

/* Frees iterations that are over, oldest first.  1 when the loop itself is over. */
static int settle(TfgFlowRun *r, TfgFlowInstance *loop)
{
    if (!loop->outer)
        return 0;               /* outside all loops everything stays until the run ends */
    while (loop->oldest && loop->oldest->outstanding == 0 && loop->enters_left == 0) {
        TfgFlowIteration *over = loop->oldest;
        if (!over->next && loop->held_back && release_held(r, loop) < 0)
            return -1;
        loop->oldest = over->next;
        loop->n_iterations--;
        iteration_free(over);
        if (loop->oldest && loop->held_back && loop->n_iterations < loop->info->parallel_iterations && release_held(r, loop) < 0)
            return -1;
    }
    return loop->oldest == NULL;
}

/* An exit that never saw a value is dead outside. */
static int end_loop(TfgFlowRun *r, TfgFlowInstance *loop)
{
    TfgTensor *none[1] = {NULL};
    TfgVariable *no_ref[1] = {NULL};
    loop->newest = NULL;
    for (TfgFlowDeadExit *d = loop->dead_exits; d; d = d->next) {
        int32_t slot = r->plan->code[d->instr].out;
        if (d->left)
            continue;
        if (loop->outer->loop->outer == NULL && r->plan->escapes[slot]) {
            r->frame->slots[slot] = &tfg_dead;
            r->fetched[slot] = true;
        }
        if (tfg_flow_send(r, d->instr, loop->outer, none, no_ref, true) < 0)
            return -1;
    }
    TfgFlowIteration *outer = loop->outer;
    tfg_flow_instance_free(r, loop);
    return finish_one(r, outer);
}

/* One less outstanding in an iteration: it may be over, then its loop, then the iteration around that.  Nests as deep as loops. */
static int finish_one(TfgFlowRun *r, TfgFlowIteration *it)
{
    if (--it->outstanding > 0)
        return 0;
    TfgFlowInstance *loop = it->loop;
    int over = settle(r, loop);
    return over > 0 ? end_loop(r, loop) : over;
}

/* A fetch takes a value that is alive.  Inside a loop, or behind one that is not well formed, a second one may come: that ends the
 * step. */
static int take_fetch(TfgFlowRun *r, int32_t slot, TfgTensor **value, TfgVariable **ref)
{
    if (r->fetched[slot])
        return tfg_fail_fetched_again(r->plan, slot, &r->status);
    r->frame->slots[slot] = *value;
    r->frame->refs[slot] = *ref;
    r->fetched[slot] = true;
    *value = NULL;
    *ref = NULL;
    return 0;
}

/* Everything an instruction gave goes where it belongs; the values are dropped here. */
int tfg_flow_propagate(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    const TfgInstr *i = &r->plan->code[instr];
    int rc;
    switch ((TfgInstrKind)i->kind) {
    case TFG_INSTR_ENTER: rc = enter(r, instr, it, out, out_ref, dead); break;
    case TFG_INSTR_NEXT: rc = go_round(r, instr, it, out, out_ref, dead); break;
    case TFG_INSTR_EXIT: rc = leave(r, instr, it, out, out_ref, dead); break;
    default: rc = tfg_flow_send(r, instr, it, out, out_ref, dead); break;
    }
    bool outside = r->flow->nodes[instr].to_loop == 0;
    for (int32_t k = 0; k < i->n_out; k++) {
        int32_t slot = i->out + k;
        bool alive = !dead && out[k] != &tfg_dead;
        if (r->plan->escapes[slot] && alive && (outside || out[k] || out_ref[k])) {
            if (rc == 0)
                rc = take_fetch(r, slot, &out[k], &out_ref[k]);
        } else if (r->plan->escapes[slot] && outside && !r->fetched[slot] && i->kind != TFG_INSTR_EXIT) {
            r->frame->slots[slot] = &tfg_dead;
            r->fetched[slot] = true;
        }
        if (out[k] && out[k] != &tfg_dead)
            tfg_tensor_unref(out[k]);
        tfg_variable_unref(out_ref[k]);
        out[k] = NULL;
        out_ref[k] = NULL;
    }
    return rc < 0 || finish_one(r, it) < 0 ? -1 : 0;
}
