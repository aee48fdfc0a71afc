/* DATAFLOW: an instruction runs when what it waits for has arrived.  Loops have an instance per entry and iterations that overlap;
 * what a Switch does not take is dead, and death passes on.  The calling thread does everything but the waiting: a kernel that may
 * block is started, and its end is put into an inbox.  Among ready instructions the first in the plan's order runs, so that a graph
 * gives the same bits here as in FLAT. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/flow_arrive.h"
#include "runtime/frame.h"
#include "runtime/functional.h"
#include "runtime/region.h"
#include "runtime/stats.h"

/* ---- Running one ------------------------------------------------------------------------------------------------------------- */

/* Inputs of an instruction: constants and feeds from the frame, values from what arrived. */
static void gather(TfgFlowRun *r, const TfgInstr *i, const TfgFlowNode *n, TfgFlowIteration *it, TfgTensor **in, TfgVariable **refs)
{
    const int32_t *slots = r->plan->in_slots + i->in;
    int32_t taken = i->kind == TFG_INSTR_MERGE ? it->taken[n->local] : -1;
    for (int32_t k = 0; k < i->n_in; k++) {
        TfgFlowEntry *e = &it->entries[n->entry + k];
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

static void drop_entries(const TfgInstr *i, const TfgFlowNode *n, TfgFlowIteration *it)
{
    for (int32_t k = 0; k < i->n_in; k++)
        if (it->entries[n->entry + k].value || it->entries[n->entry + k].ref)
            tfg_flow_entry_drop(&it->entries[n->entry + k]);
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

static int run_here(TfgFlowRun *r, const TfgFlowReady *ready, TfgStatus *s)
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
    TfgFlowAsync *a = (TfgFlowAsync *)c;
    TfgFlowRun *r = a->run;
    pthread_mutex_lock(&r->lock);
    tfg_status_move(&a->status, s);
    a->next = r->ended;
    r->ended = a;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

static int start_async(TfgFlowRun *r, const TfgFlowReady *ready, TfgStatus *s)
{
    TfgPlan *p = r->plan;
    const TfgInstr *i = &p->code[ready->instr];
    size_t n_in = (size_t)i->n_in, n_out = (size_t)i->n_out;
    TfgFlowAsync *a = tfg_calloc(1, sizeof *a + (2 * n_in + 2 * n_out) * sizeof(void *));
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

static void finish_async(TfgFlowRun *r, TfgFlowAsync *a)
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
    } else if (tfg_flow_propagate(r, a->instr, a->iteration, a->out, a->out_ref, false) < 0) {
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
    TfgFlowAsync *ended = r->ended, *in_order = NULL;
    r->ended = NULL;
    pthread_mutex_unlock(&r->lock);
    for (TfgFlowAsync *next; ended; ended = next) {
        next = ended->next;
        ended->next = in_order;
        in_order = ended;
    }
    for (TfgFlowAsync *next; in_order; in_order = next) {
        next = in_order->next;
        finish_async(r, in_order);
    }
}

/* ---- All of it --------------------------------------------------------------------------------------------------------------- */

static void step(TfgFlowRun *r, TfgStatus *s)
{
    TfgFlowReady ready = tfg_flow_pop(r);
    const TfgInstr *i = &r->plan->code[ready.instr];
    const TfgFlowNode *n = &r->flow->nodes[ready.instr];
    TfgFlowIteration *it = ready.iteration;
    bool dead = i->kind == TFG_INSTR_MERGE ? it->taken[n->local] < 0 && !n->always : it->dead[n->local] > 0;
    memset(r->out, 0, (size_t)i->n_out * sizeof *r->out);
    memset(r->out_ref, 0, (size_t)i->n_out * sizeof *r->out_ref);
    if (dead) {
        drop_entries(i, n, it);
        if (tfg_flow_propagate(r, ready.instr, it, r->out, r->out_ref, true) < 0)
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
    if (tfg_flow_propagate(r, ready.instr, it, r->out, r->out_ref, false) < 0)
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
    if (!r->out || !r->out_ref || !r->entry_ref || !r->fetched || !(r->root = tfg_flow_instance_new(r, 0, NULL))) {
        tfg_fail_memory(s);
        tfg_flow_end(r);
        return NULL;
    }
    for (int32_t i = 0; i < p->flow->n_roots; i++) {
        r->root->oldest->queued[p->flow->nodes[p->flow->roots[i]].local] = true;
        if (tfg_flow_push(r, p->flow->roots[i], r->root->oldest) < 0) {
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
        if (tfg_flow_arrive_steal(r, r->root->oldest, r->flow->edges[k], (TfgFlowEntry){0}, false) < 0) {
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
        tfg_flow_instance_free(r, r->loops);
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
