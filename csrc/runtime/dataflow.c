/* DATAFLOW: an instruction runs when what it waits for has arrived.  Loops have an instance per entry and iterations that overlap;
 * what a Switch does not take is dead, and death passes on.  The calling thread does everything but the waiting: a kernel that may
 * block is started, and its end is put into an inbox.  Among ready instructions the first in the plan's order runs, so that a graph
 * gives the same bits here as in FLAT. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/flow.h"
#include "runtime/frame.h"
#include "runtime/functional.h"
#include "runtime/region.h"
#include "runtime/stats.h"

typedef struct Entry {          /* what has arrived at an input */
    TfgTensor *value;
    TfgVariable *ref;
    bool dead;
} Entry;

typedef struct Loop Loop;

typedef struct Iteration {
    Loop *loop;
    int64_t number;
    int32_t outstanding;        /* ready or running instructions, and inner loops */
    int32_t *wait;              /* per node: arrivals still missing */
    int32_t *dead;              /* per node: dead arrivals */
    int32_t *taken;             /* per node: a Merge's live input, -1 none yet */
    bool *queued;               /* per node: a Merge that runs, or has run */
    Entry *entries;
    struct Iteration *next;     /* the following iteration */
} Iteration;

typedef struct LoopConstant { int32_t instr; Entry entry; struct LoopConstant *next; } LoopConstant;
/* An Exit that ran; `left`: alive, in some iteration. */
typedef struct DeadExit { int32_t instr; bool left; struct DeadExit *next; } DeadExit;

struct Loop {                   /* an instance of a loop */
    const TfgFlowLoop *info;
    int32_t number;
    Loop *next;                 /* all instances of the run */
    Iteration *outer;           /* where it was entered; NULL outside all loops */
    Iteration *oldest, *newest;
    int32_t n_iterations;       /* alive */
    int32_t enters_left;
    LoopConstant *constants, *held_back;        /* held_back: values for an iteration that may not start yet */
    LoopConstant **held_end;
    DeadExit *dead_exits;
};

typedef struct Ready { int64_t key; int32_t instr; Iteration *iteration; } Ready;

typedef struct Async {          /* a kernel under way */
    TfgKernelCall call;         /* first: done() gets its address */
    TfgCallSite site;
    TfgFlowRun *run;
    Iteration *iteration;
    int32_t instr;
    TfgStatus status;
    int64_t start_ns;
    struct Async *next;
    TfgTensor **in, **out;
    TfgVariable **in_ref, **out_ref;
} Async;

struct TfgFlowRun {
    TfgFrame *frame;
    TfgPlan *plan;
    const TfgFlow *flow;
    Loop *loops;
    Loop *root;
    Ready *ready;
    size_t n_ready, ready_capacity;
    TfgTensor **out;
    TfgVariable **out_ref, **entry_ref;
    bool *fetched;              /* per slot that is fetched: it has come */
    bool failed;
    TfgStatus status;
    int32_t n_async;
    pthread_mutex_t lock;       /* guards `ended` */
    pthread_cond_t changed;
    Async *ended;
};

/* ---- The heap of ready instructions ------------------------------------------------------------------------------------------ */

static int push_ready(TfgFlowRun *r, int32_t instr, Iteration *iteration)
{
    if (tfg_grow((void **)&r->ready, &r->ready_capacity, r->n_ready + 1, sizeof *r->ready) < 0)
        return tfg_fail_memory(&r->status);
    Ready item = {iteration->number << 32 | instr, instr, iteration};
    size_t i = r->n_ready++;
    for (; i > 0 && r->ready[(i - 1) / 2].key > item.key; i = (i - 1) / 2)
        r->ready[i] = r->ready[(i - 1) / 2];
    r->ready[i] = item;
    iteration->outstanding++;
    return 0;
}

static Ready pop_ready(TfgFlowRun *r)
{
    Ready top = r->ready[0], last = r->ready[--r->n_ready];
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

static void entry_drop(Entry *e)
{
    if (e->value && e->value != &tfg_dead)
        tfg_tensor_unref(e->value);
    tfg_variable_unref(e->ref);
    *e = (Entry){0};
}

static Entry entry_copy(const Entry *e)
{
    Entry copy = *e;
    if (copy.value)
        tfg_tensor_ref(copy.value);
    if (copy.ref)
        tfg_variable_ref(copy.ref);
    return copy;
}

static Iteration *iteration_new(TfgFlowRun *r, Loop *loop)
{
    const TfgFlowLoop *info = loop->info;
    size_t n = (size_t)info->n_nodes, n_entries = (size_t)info->n_entries;
    size_t bytes = sizeof(Iteration) + n_entries * sizeof(Entry) + n * (3 * sizeof(int32_t) + sizeof(bool));
    Iteration *it = tfg_alloc(bytes);
    if (!it) {
        tfg_fail_memory(&r->status);
        return NULL;
    }
    memset(it, 0, sizeof *it + n_entries * sizeof(Entry));
    it->entries = (Entry *)(it + 1);
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

static void iteration_free(Iteration *it)
{
    for (int32_t k = 0; k < it->loop->info->n_entries; k++)
        entry_drop(&it->entries[k]);
    tfg_free(it);
}

static Loop *loop_new(TfgFlowRun *r, int32_t number, Iteration *outer)
{
    Loop *loop = tfg_calloc(1, sizeof *loop);
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

static void free_constants(LoopConstant *c)
{
    for (LoopConstant *next; c; c = next) {
        next = c->next;
        entry_drop(&c->entry);
        tfg_free(c);
    }
}

static void loop_free(TfgFlowRun *r, Loop *loop)
{
    for (Loop **link = &r->loops; *link; link = &(*link)->next)
        if (*link == loop) {
            *link = loop->next;
            break;
        }
    for (Iteration *it = loop->oldest, *next; it; it = next) {
        next = it->next;
        iteration_free(it);
    }
    free_constants(loop->constants);
    free_constants(loop->held_back);
    for (DeadExit *d = loop->dead_exits, *next; d; d = next) {
        next = d->next;
        tfg_free(d);
    }
    tfg_free(loop);
}

/* ---- Arrivals ---------------------------------------------------------------------------------------------------------------- */

/* A value, or a death, arrives at an input; the entry is taken. */
static int arrive_steal(TfgFlowRun *r, Iteration *it, TfgFlowEdge edge, Entry e, bool from_enter)
{
    const TfgInstr *i = &r->plan->code[edge.to];
    const TfgFlowNode *n = &r->flow->nodes[edge.to];
    if (i->kind == TFG_INSTR_MERGE) {
        bool dead_all = false;
        if (edge.in < 0) {
            it->wait[n->local]--;
            entry_drop(&e);
        } else if (e.dead) {
            entry_drop(&e);
            it->dead[n->local]++;
        } else if (it->taken[n->local] < 0 && !it->queued[n->local]) {
            it->taken[n->local] = edge.in;
            it->entries[n->entry + edge.in] = e;
        } else {
            entry_drop(&e);     /* a second value: the first counts */
        }
        dead_all = it->dead[n->local] >= (it->number == 0 ? n->n_first : n->n_again) || (from_enter && it->dead[n->local] > 0);
        if (it->wait[n->local] > 0 || it->queued[n->local] || !(it->taken[n->local] >= 0 || dead_all || n->always))
            return 0;
        it->queued[n->local] = true;
        return push_ready(r, edge.to, it);
    }
    const Entry *there = edge.in >= 0 ? &it->entries[n->entry + edge.in] : NULL;
    if (it->wait[n->local] <= 0 || (there && (there->value || there->ref))) {
        entry_drop(&e);
        return tfg_fail(&r->status, TFG_INVALID_ARGUMENT, "The node '%s' gets an input twice in one iteration of its loop", i->name);
    }
    if (e.dead && edge.in != -2 && !n->outlives)
        it->dead[n->local]++;
    if (edge.in >= 0 && !e.dead)
        it->entries[n->entry + edge.in] = e;
    else
        entry_drop(&e);
    return --it->wait[n->local] == 0 ? push_ready(r, edge.to, it) : 0;
}

static Entry entry_of(TfgTensor *value, TfgVariable *ref, bool dead)
{
    Entry e = {value == &tfg_dead ? NULL : value, ref, dead || value == &tfg_dead};
    return entry_copy(&e);
}

/* Sends what an instruction gave along all its edges, into iteration `it`. */
static int send(TfgFlowRun *r, int32_t instr, Iteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    const TfgFlowNode *n = &r->flow->nodes[instr];
    bool from_enter = r->plan->code[instr].kind == TFG_INSTR_ENTER;
    for (int32_t k = n->edges; k < n->edges + n->n_edges; k++) {
        int32_t o = r->flow->edge_output[k];
        if (from_enter && r->flow->edges[k].in == -2)
            continue;           /* who waits for it is outside: send_soft */
        Entry e = o < 0 ? (Entry){.dead = dead} : entry_of(out[o], out_ref[o], dead);
        if (arrive_steal(r, it, r->flow->edges[k], e, from_enter) < 0)
            return -1;
    }
    return 0;
}

static int keep_constant(LoopConstant ***end, int32_t instr, TfgTensor *value, TfgVariable *ref, bool dead, TfgStatus *s)
{
    LoopConstant *c = tfg_alloc(sizeof *c);
    if (!c)
        return tfg_fail_memory(s);
    *c = (LoopConstant){instr, entry_of(value, ref, dead), NULL};
    **end = c;
    *end = &c->next;
    return 0;
}

static int send_entry(TfgFlowRun *r, int32_t instr, Iteration *it, Entry *e)
{
    return send(r, instr, it, &e->value, &e->ref, e->dead);
}

static Iteration *next_iteration(TfgFlowRun *r, Loop *loop)
{
    Iteration *it = iteration_new(r, loop);
    for (LoopConstant *c = loop->constants; c && it; c = c->next) {
        int32_t slot = r->plan->code[c->instr].out;
        if (r->plan->escapes[slot] && !c->entry.dead && tfg_fail_fetched_again(r->plan, slot, &r->status) < 0)
            return NULL;
        if (send_entry(r, c->instr, it, &c->entry) < 0)
            return NULL;
    }
    return it;
}

static int settle(TfgFlowRun *r, Loop *loop);
static int end_loop(TfgFlowRun *r, Loop *loop);

/* A value that every iteration sees: those that there are now, and those to come. */
static int enter_constant(TfgFlowRun *r, Loop *loop, int32_t instr, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    LoopConstant **end = &loop->constants;
    while (*end)
        end = &(*end)->next;
    if (keep_constant(&end, instr, out[0], out_ref[0], dead, &r->status) < 0)
        return -1;
    for (Iteration *k = loop->oldest; k; k = k->next)
        if (send(r, instr, k, out, out_ref, dead) < 0)
            return -1;
    return 0;
}

/* An Enter has read its input: that matters where it is, not in the loop. */
static int send_soft(TfgFlowRun *r, int32_t instr, Iteration *it, bool dead)
{
    const TfgFlowNode *n = &r->flow->nodes[instr];
    for (int32_t k = n->edges; k < n->edges + n->n_edges; k++)
        if (r->flow->edges[k].in == -2 && arrive_steal(r, it, r->flow->edges[k], (Entry){.dead = dead}, false) < 0)
            return -1;
    return 0;
}

static int enter(TfgFlowRun *r, int32_t instr, Iteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    Loop *loop = NULL;
    int32_t number = r->flow->nodes[instr].to_loop;
    for (Loop *l = r->loops; l && !loop; l = l->next)
        if (l->number == number && l->outer == it)
            loop = l;
    if (!loop && !(loop = loop_new(r, number, it)))
        return -1;
    loop->enters_left--;
    int rc = r->plan->code[instr].is_constant_enter ? enter_constant(r, loop, instr, out, out_ref, dead)
                                                    : send(r, instr, loop->oldest, out, out_ref, dead);
    if (rc == 0)
        rc = send_soft(r, instr, it, dead);
    if (rc < 0 || loop->enters_left > 0)
        return rc;
    rc = settle(r, loop);       /* the last value may come when all is done already */
    return rc > 0 ? end_loop(r, loop) : rc;
}
static int go_round(TfgFlowRun *r, int32_t instr, Iteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    Loop *loop = it->loop;
    if (dead)
        return 0;               /* the loop ends here */
    Iteration *next = it->next;
    if (!next && loop->n_iterations >= loop->info->parallel_iterations)
        return keep_constant(&loop->held_end, instr, out[0], out_ref[0], false, &r->status);
    if (!next && !(next = next_iteration(r, loop)))
        return -1;
    return send(r, instr, next, out, out_ref, false);
}

static int leave(TfgFlowRun *r, int32_t instr, Iteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    Loop *loop = it->loop;
    DeadExit *d = loop->dead_exits;
    while (d && d->instr != instr)
        d = d->next;
    if (!d) {
        if (!(d = tfg_alloc(sizeof *d)))
            return tfg_fail_memory(&r->status);
        *d = (DeadExit){instr, false, loop->dead_exits};
        loop->dead_exits = d;
    }
    if (dead)                   /* of an earlier iteration, maybe, that is only now at its end */
        return 0;
    d->left = true;
    return send(r, instr, loop->outer, out, out_ref, false);
}

static int finish_one(TfgFlowRun *r, Iteration *it);

/* Starts the iteration that was held back. */
static int release_held(TfgFlowRun *r, Loop *loop)
{
    Iteration *next = next_iteration(r, loop);
    if (!next)
        return -1;
    LoopConstant *held = loop->held_back;
    loop->held_back = NULL;
    loop->held_end = &loop->held_back;
    int rc = 0;
    for (LoopConstant *c = held; c && rc == 0; c = c->next)
        rc = send_entry(r, c->instr, next, &c->entry);
    free_constants(held);
    return rc;
}

/* Frees iterations that are over, oldest first.  1 when the loop itself is over. */
static int settle(TfgFlowRun *r, Loop *loop)
{
    if (!loop->outer)
        return 0;               /* outside all loops everything stays until the run ends */
    while (loop->oldest && loop->oldest->outstanding == 0 && loop->enters_left == 0) {
        Iteration *over = loop->oldest;
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
static int end_loop(TfgFlowRun *r, Loop *loop)
{
    TfgTensor *none[1] = {NULL};
    TfgVariable *no_ref[1] = {NULL};
    loop->newest = NULL;
    for (DeadExit *d = loop->dead_exits; d; d = d->next) {
        int32_t slot = r->plan->code[d->instr].out;
        if (d->left)
            continue;
        if (loop->outer->loop->outer == NULL && r->plan->escapes[slot]) {
            r->frame->slots[slot] = &tfg_dead;
            r->fetched[slot] = true;
        }
        if (send(r, d->instr, loop->outer, none, no_ref, true) < 0)
            return -1;
    }
    Iteration *outer = loop->outer;
    loop_free(r, loop);
    return finish_one(r, outer);
}

/* One less outstanding in an iteration: it may be over, then its loop, then the iteration around that.  Nests as deep as loops. */
static int finish_one(TfgFlowRun *r, Iteration *it)
{
    if (--it->outstanding > 0)
        return 0;
    Loop *loop = it->loop;
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
static int propagate(TfgFlowRun *r, int32_t instr, Iteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead)
{
    const TfgInstr *i = &r->plan->code[instr];
    int rc;
    switch ((TfgInstrKind)i->kind) {
    case TFG_INSTR_ENTER: rc = enter(r, instr, it, out, out_ref, dead); break;
    case TFG_INSTR_NEXT: rc = go_round(r, instr, it, out, out_ref, dead); break;
    case TFG_INSTR_EXIT: rc = leave(r, instr, it, out, out_ref, dead); break;
    default: rc = send(r, instr, it, out, out_ref, dead); break;
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

/* ---- Running one ------------------------------------------------------------------------------------------------------------- */

/* Inputs of an instruction: constants and feeds from the frame, values from what arrived. */
static void gather(TfgFlowRun *r, const TfgInstr *i, const TfgFlowNode *n, Iteration *it, TfgTensor **in, TfgVariable **refs)
{
    const int32_t *slots = r->plan->in_slots + i->in;
    int32_t taken = i->kind == TFG_INSTR_MERGE ? it->taken[n->local] : -1;
    for (int32_t k = 0; k < i->n_in; k++) {
        Entry *e = &it->entries[n->entry + k];
        in[k] = taken >= 0 && k != taken ? &tfg_dead :
            e->value ? e->value : r->plan->first[slots[k]] < 0 ? r->frame->slots[slots[k]] : NULL;
        refs[k] = e->ref;
    }
}

/* Whether everything is there: graphs whose loops are not well formed may send one input twice and another never. */
static int check_inputs(const TfgFlowRun *r, const TfgInstr *i, TfgTensor *const *in, TfgStatus *s)
{
    const TfgVariableInput *v = &r->plan->variable_inputs[i->variable];
    int32_t n = 0;
    for (int32_t k = 0; k < i->n_in; k++) {
        if (n < i->n_variables && v[n].in == k)
            n++;
        else if (!in[k])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The node '%s' runs without its input %d: the loops of the graph are not well formed",
                            i->name, k);
    }
    return 0;
}

static void drop_entries(const TfgInstr *i, const TfgFlowNode *n, Iteration *it)
{
    for (int32_t k = 0; k < i->n_in; k++)
        if (it->entries[n->entry + k].value || it->entries[n->entry + k].ref)
            entry_drop(&it->entries[n->entry + k]);
}

static int run_switch(const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    int side = tfg_switch_side(c->in[1], s);
    if (side < 0)
        return -1;
    c->out[1 - side] = &tfg_dead;
    if (i->has_refs && c->ref && c->ref[0]) {
        c->ref_out[side] = tfg_variable_ref(c->ref[0]);
        return 0;
    }
    return tfg_kernel_forward(c, 0, side, s);
}

static int run_merge(TfgFlowRun *r, const TfgInstr *i, int32_t taken, TfgKernelCall *c, TfgStatus *s)
{
    if (taken < 0) {            /* none arrived by an edge: a constant or a feed is always there */
        for (int32_t k = 0; k < i->n_in && taken < 0; k++)
            taken = r->plan->first[r->plan->in_slots[i->in + k]] < 0 ? k : -1;
        if (taken < 0)
            return tfg_fail(s, TFG_INTERNAL, "%s has no input", i->name);
    }
    if (i->has_refs && c->ref && c->ref[taken])
        c->ref_out[0] = tfg_variable_ref(c->ref[taken]);
    else if (tfg_kernel_forward(c, taken, 0, s) < 0)
        return -1;
    TfgTensor *index = tfg_call_fresh(c, 1, 0, NULL, s);
    if (!index)
        return -1;
    *(int32_t *)index->data = taken;
    return 0;
}

static int run_kind(TfgFlowRun *r, const TfgInstr *i, int32_t taken, TfgKernelCall *c, TfgStatus *s)
{
    switch ((TfgInstrKind)i->kind) {
    case TFG_INSTR_KERNEL: return tfg_call_run(c, s);
    case TFG_INSTR_FUSED: return tfg_fused_run(i->state, c, s);
    case TFG_INSTR_NOTHING: return 0;
    case TFG_INSTR_CONSTANT: c->out[0] = tfg_tensor_ref(i->state); return 0;
    case TFG_INSTR_SWITCH: return run_switch(i, c, s);
    case TFG_INSTR_MERGE: return run_merge(r, i, taken, c, s);
    case TFG_INSTR_ENTER: case TFG_INSTR_EXIT: case TFG_INSTR_NEXT:
        if (i->has_refs && c->ref && c->ref[0]) {
            c->ref_out[0] = tfg_variable_ref(c->ref[0]);
            return 0;
        }
        return tfg_kernel_forward(c, 0, 0, s);
    case TFG_INSTR_REGION: return tfg_region_run(r->frame, i, c, s);
    case TFG_INSTR_FUNCTIONAL: return tfg_functional_run(r->frame, i, c, s);
    default: return tfg_fail(s, TFG_INTERNAL, "%s cannot run here", i->type);
    }
}

static TfgKernelCall call_of(TfgFlowRun *r, const TfgInstr *i, TfgTensor **in, TfgVariable **in_ref, TfgTensor **out, TfgVariable **out_ref,
                             TfgCallSite *site)
{
    return (TfgKernelCall){.row = i->row, .name = i->name, .type = i->type, .attrs = i->attrs, .state = i->state, .n_in = i->n_in,
                           .n_out = i->n_out, .in = in, .ref = i->n_variables ? in_ref : NULL, .out = out, .out_dtype = i->out_dtype,
                           .ref_out = out_ref, .cancel = r->frame->cancel, .resources = r->plan->session->resources,
                           .step_id = r->frame->step_id, .frame = r->frame, .runtime = site};
}

static void drop_outputs(const TfgInstr *i, TfgTensor **out, TfgVariable **out_ref)
{
    for (int32_t k = 0; k < i->n_out; k++) {
        if (out[k] && out[k] != &tfg_dead)
            tfg_tensor_unref(out[k]);
        tfg_variable_unref(out_ref[k]);
        out[k] = NULL;
        out_ref[k] = NULL;
    }
}

static int run_here(TfgFlowRun *r, const Ready *ready, TfgStatus *s)
{
    TfgPlan *p = r->plan;
    const TfgInstr *i = &p->code[ready->instr];
    const TfgFlowNode *n = &r->flow->nodes[ready->instr];
    TfgFrame *f = r->frame;
    TfgCallSite site = {.dies = n->dies};
    gather(r, i, n, ready->iteration, f->in, r->entry_ref);
    if (check_inputs(r, i, f->in, s) < 0)
        return -1;
    if (i->n_variables && tfg_read_variables(p, i, r->entry_ref, NULL, f->in, f->in_ref, s) < 0)
        return -1;
    TfgKernelCall c = call_of(r, i, f->in, f->in_ref, r->out, r->out_ref, &site);
    int64_t start = f->stats ? tfg_now_ns() : 0;
    int32_t taken = i->kind == TFG_INSTR_MERGE ? ready->iteration->taken[n->local] : -1;
    int rc = run_kind(r, i, taken, &c, s);
    tfg_call_free_scratch(&site);
    if (f->stats && rc == 0)
        tfg_stats_add(f->stats, i, start, tfg_now_ns(), r->out);
    if (i->n_variables)
        tfg_release_variables(p, i, f->in);
    drop_entries(i, n, ready->iteration);
    if (rc < 0) {
        tfg_blame(p, i, s);
        drop_outputs(i, r->out, r->out_ref);
    }
    return rc;
}

/* ---- Kernels that may block --------------------------------------------------------------------------------------------------- */

static void async_done(TfgKernelCall *c, TfgStatus *s)
{
    Async *a = (Async *)c;
    TfgFlowRun *r = a->run;
    pthread_mutex_lock(&r->lock);
    tfg_status_move(&a->status, s);
    a->next = r->ended;
    r->ended = a;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static int start_async(TfgFlowRun *r, const Ready *ready, TfgStatus *s)
{
    TfgPlan *p = r->plan;
    const TfgInstr *i = &p->code[ready->instr];
    size_t n_in = (size_t)i->n_in, n_out = (size_t)i->n_out;
    Async *a = tfg_calloc(1, sizeof *a + (2 * n_in + 2 * n_out) * sizeof(void *));
    if (!a)
        return tfg_fail_memory(s);
    a->in = (TfgTensor **)(a + 1);
    a->out = a->in + n_in;
    a->in_ref = (TfgVariable **)(a->out + n_out);
    a->out_ref = a->in_ref + n_in;
    a->run = r;
    a->iteration = ready->iteration;
    a->instr = ready->instr;
    gather(r, i, &r->flow->nodes[ready->instr], ready->iteration, a->in, r->entry_ref);
    if (check_inputs(r, i, a->in, s) < 0) {
        tfg_free(a);
        return -1;
    }
    if (i->n_variables && tfg_read_variables(p, i, r->entry_ref, NULL, a->in, a->in_ref, s) < 0) {
        tfg_free(a);
        return -1;
    }
    a->call = call_of(r, i, a->in, a->in_ref, a->out, a->out_ref, &a->site);
    a->start_ns = r->frame->stats ? tfg_now_ns() : 0;
    r->n_async++;
    i->row->start(&a->call, async_done);
    return 0;
}

static void fail_run(TfgFlowRun *r, TfgStatus *s)
{
    if (!r->failed) {
        if (&r->status != s)
            tfg_status_move(&r->status, s);
        r->failed = true;
        tfg_cancel(r->frame->cancel);
    } else if (&r->status != s) {
        tfg_status_fini(s);
    }
}

static void finish_async(TfgFlowRun *r, Async *a)
{
    TfgPlan *p = r->plan;
    const TfgInstr *i = &p->code[a->instr];
    r->n_async--;
    tfg_call_free_scratch(&a->site);
    if (r->frame->stats && a->status.code == TFG_OK)
        tfg_stats_add(r->frame->stats, i, a->start_ns, tfg_now_ns(), a->out);
    if (i->n_variables)
        tfg_release_variables(p, i, a->in);
    drop_entries(i, &r->flow->nodes[a->instr], a->iteration);
    if (a->status.code != TFG_OK) {
        tfg_blame(p, i, &a->status);
        drop_outputs(i, a->out, a->out_ref);
        fail_run(r, &a->status);
    } else if (r->failed) {
        drop_outputs(i, a->out, a->out_ref);
    } else if (propagate(r, a->instr, a->iteration, a->out, a->out_ref, false) < 0) {
        fail_run(r, &r->status);
    }
    tfg_status_fini(&a->status);
    tfg_free(a);
}

/* Takes what has ended; waits for something where `wait` says so. */
static void take_ended(TfgFlowRun *r, bool wait, TfgWatch *w)
{
    TfgStatus s = TFG_STATUS_INIT;
    pthread_mutex_lock(&r->lock);
    while (wait && !r->ended) {
        if (!w->deadline && !w->interrupted) {
            pthread_cond_wait(&r->changed, &r->lock);
            continue;
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 20000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        if (pthread_cond_timedwait(&r->changed, &r->lock, &until) == ETIMEDOUT && !r->failed) {
            pthread_mutex_unlock(&r->lock);
            if (tfg_watch_check(w, &s) < 0)
                fail_run(r, &s);
            pthread_mutex_lock(&r->lock);
        }
    }
    Async *ended = r->ended, *in_order = NULL;
    r->ended = NULL;
    pthread_mutex_unlock(&r->lock);
    for (Async *next; ended; ended = next) {
        next = ended->next;
        ended->next = in_order;
        in_order = ended;
    }
    for (Async *next; in_order; in_order = next) {
        next = in_order->next;
        finish_async(r, in_order);
    }
}

/* ---- All of it --------------------------------------------------------------------------------------------------------------- */

static void step(TfgFlowRun *r, TfgStatus *s)
{
    Ready ready = pop_ready(r);
    const TfgInstr *i = &r->plan->code[ready.instr];
    const TfgFlowNode *n = &r->flow->nodes[ready.instr];
    Iteration *it = ready.iteration;
    bool dead = i->kind == TFG_INSTR_MERGE ? it->taken[n->local] < 0 && !n->always : it->dead[n->local] > 0;
    memset(r->out, 0, (size_t)i->n_out * sizeof *r->out);
    memset(r->out_ref, 0, (size_t)i->n_out * sizeof *r->out_ref);
    if (dead) {
        drop_entries(i, n, it);
        if (propagate(r, ready.instr, it, r->out, r->out_ref, true) < 0)
            fail_run(r, &r->status);
        return;
    }
    if (i->kind == TFG_INSTR_ASYNC) {
        if (start_async(r, &ready, s) < 0)
            fail_run(r, s);
        return;
    }
    if (run_here(r, &ready, s) < 0) {
        fail_run(r, s);
        return;
    }
    if (propagate(r, ready.instr, it, r->out, r->out_ref, false) < 0)
        fail_run(r, &r->status);
}

static bool all_fetched(const TfgFlowRun *r, const int *fetches, int n)
{
    for (int i = 0; i < n; i++) {
        const TfgFetch *f = &r->plan->fetch[fetches[i]];
        if (f->slot >= 0 && r->plan->first[f->slot] >= 0 && !r->fetched[f->slot])
            return false;
    }
    return true;
}

int tfg_flow_advance(TfgFlowRun *r, const int *fetches, int n, TfgWatch *w, TfgStatus *s)
{
    bool watched = w->deadline || w->interrupted;
    for (int64_t count = 0;; count++) {
        TfgStatus failure = TFG_STATUS_INIT;
        if (r->failed) {
            if (r->n_async == 0)
                break;
            take_ended(r, true, w);
            continue;
        }
        if (r->n_async)
            take_ended(r, r->n_ready == 0 && !(n >= 0 && all_fetched(r, fetches, n)), w);
        if (r->failed)
            continue;
        if (tfg_cancelled(r->frame->cancel)) {
            if (r->n_async == 0) {
                tfg_fail(&failure, TFG_CANCELLED, "Step was cancelled by an explicit call to `Session::Close()`.");
                fail_run(r, &failure);
            }
            if (r->n_async) {
                take_ended(r, true, w);
                continue;
            }
        } else if (r->n_ready) {
            step(r, &failure);
        } else if (r->n_async == 0 || (n >= 0 && all_fetched(r, fetches, n))) {
            break;
        }
        if (watched && (count & 63) == 63 && !r->failed && tfg_watch_check(w, &failure) < 0)
            fail_run(r, &failure);
    }
    if (!r->failed)
        return 0;
    if (r->status.code == TFG_OK)
        return tfg_fail(s, TFG_CANCELLED, "The step has failed before");
    tfg_status_move(s, &r->status);
    return -1;
}

TfgFlowRun *tfg_flow_begin(TfgFrame *f, TfgStatus *s)
{
    TfgPlan *p = f->plan;
    TfgFlowRun *r = tfg_calloc(1, sizeof *r);
    pthread_condattr_t attributes;
    if (!r) {
        tfg_fail_memory(s);
        return NULL;
    }
    r->frame = f;
    r->plan = p;
    r->flow = p->flow;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&r->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    r->out = tfg_calloc((size_t)p->flow->max_out + 1, sizeof *r->out);
    r->out_ref = tfg_calloc((size_t)p->flow->max_out + 1, sizeof *r->out_ref);
    r->entry_ref = tfg_calloc((size_t)p->max_in + 1, sizeof *r->entry_ref);
    r->fetched = tfg_calloc((size_t)p->n_slots + 1, sizeof *r->fetched);
    if (!r->out || !r->out_ref || !r->entry_ref || !r->fetched || !(r->root = loop_new(r, 0, NULL))) {
        tfg_fail_memory(s);
        tfg_flow_end(r);
        return NULL;
    }
    for (int32_t i = 0; i < p->flow->n_roots; i++) {
        r->root->oldest->queued[p->flow->nodes[p->flow->roots[i]].local] = true;
        if (push_ready(r, p->flow->roots[i], r->root->oldest) < 0) {
            tfg_status_move(s, &r->status);
            tfg_flow_end(r);
            return NULL;
        }
    }
    return r;
}

int tfg_flow_feed(TfgFlowRun *r, int i, TfgTensor *value, TfgStatus *s)
{
    r->frame->slots[r->plan->feed_slots[i]] = value;
    for (int32_t k = r->flow->feed_edges[i]; k < r->flow->feed_edges[i + 1]; k++) {
        /* The value itself is read from the feed's slot, which outlives the consumers. */
        if (arrive_steal(r, r->root->oldest, r->flow->edges[k], (Entry){0}, false) < 0) {
            tfg_status_move(s, &r->status);
            r->failed = true;
            return -1;
        }
    }
    return 0;
}

void tfg_flow_end(TfgFlowRun *r)
{
    while (r->loops)
        loop_free(r, r->loops);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->changed);
    tfg_status_fini(&r->status);
    tfg_free(r->ready);
    tfg_free(r->out);
    tfg_free(r->out_ref);
    tfg_free(r->entry_ref);
    tfg_free(r->fetched);
    tfg_free(r);
}

int tfg_flow_run(TfgPlan *p, TfgFrame *f, TfgWatch *w, TfgStatus *s)
{
    (void)p;
    TfgFlowRun *r = tfg_flow_begin(f, s);
    if (!r)
        return -1;
    int rc = tfg_flow_advance(r, NULL, -1, w, s);
    tfg_flow_end(r);
    return rc;
}
