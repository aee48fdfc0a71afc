/* The session that runs here: devices, frozen nodes, kernel state, the cache of plans. */
#include "runtime/local.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/philox.h"
#include "base/status.h"
#include "base/system.h"
#include "runtime/body.h"
#include "runtime/frame.h"
#include "runtime/partial.h"

struct TfgPlanEntry {
    TfgPlan *plan;              /* counted */
    TfgPlanEntry *newer, *older, *next_same_hash;
    size_t bytes;
};

#define PLAN_BYTES_MIN ((size_t)64 << 20)

/* The environment may force an executor (TFG_EXECUTOR=dataflow) where the options leave it open, so that tests run any program
 * both ways. */
static TfgExecutorKind chosen_executor(TfgExecutorKind wanted)
{
    const char *forced = getenv("TFG_EXECUTOR");
    return wanted == TFG_EXECUTOR_AUTO && forced && strcmp(forced, "dataflow") == 0 ? TFG_EXECUTOR_DATAFLOW : wanted;
}

int tfg_local_init(TfgSession *session, TfgStatus *s)
{
    session->options.executor = chosen_executor(session->options.executor);
    int n = session->options.n_cpu_devices > 0 ? session->options.n_cpu_devices : 1;
    if (n > 4096)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%d CPU devices are too many", n);
    session->resources = tfg_resources_new(s);
    session->devices = tfg_calloc((size_t)n, sizeof *session->devices);
    if (!session->resources || !session->devices)
        return tfg_fail_memory(s);
    session->n_devices = n;
    for (int i = 0; i < n; i++) {
        TfgDeviceEntry *d = &session->devices[i];
        snprintf(d->name, sizeof d->name, "/job:localhost/replica:0/task:0/device:CPU:%d", i);
        snprintf(d->type, sizeof d->type, "CPU");
        d->index = i;
        d->incarnation = tfg_random_device();
    }
    session->next_step = 1;
    tfg_fork_watch(session);
    session->plan_budget = (size_t)(tfg_system_memory() / 4);
    if (session->plan_budget < PLAN_BYTES_MIN)
        session->plan_budget = PLAN_BYTES_MIN;
    if (session->options.intra_op_threads > 0)
        tfg_parallel_set_size(session->options.intra_op_threads);
    if (session->options.log_device_placement) {
        printf("Device mapping: no known devices.\n");
        fflush(stdout);
    }
    return 0;
}

static int make_room(TfgSession *session, size_t n)
{
    size_t room = (size_t)tfg_graph_n_ops(session->graph);
    room = room > n ? room : n;
    room = room > 2 * session->n_frozen ? room : 2 * session->n_frozen;
    TfgFrozen **bigger = tfg_calloc(room, sizeof *bigger);
    if (!bigger)
        return -1;
    if (session->n_frozen)
        memcpy(bigger, session->frozen, session->n_frozen * sizeof *bigger);
    tfg_free(session->frozen);
    session->frozen = bigger;
    session->n_frozen = room;
    return 0;
}

const TfgFrozen *tfg_session_freeze(TfgSession *session, TfgOp *op, TfgStatus *s)
{
    size_t i = (size_t)op->index;
    if (i < session->n_frozen && session->frozen[i])
        return session->frozen[i];
    TfgFrozen *f = tfg_arena_alloc(&session->arena, sizeof *f);
    if (!f || (i >= session->n_frozen && make_room(session, i + 1) < 0)) {
        tfg_fail_memory(s);
        return NULL;
    }
    *f = (TfgFrozen){op->inputs, op->controls, op->n_controls, op->attrs, op->device ? op->device : ""};
    return session->frozen[i] = f;
}

/* ---- Kernel state ------------------------------------------------------------------------------------------------------------ */

static TfgState *find_state(TfgSession *session, const char *name)
{
    return tfg_map_find(&session->states, name, strlen(name));
}

TfgState *tfg_session_find_state(TfgSession *session, const char *name)
{
    pthread_mutex_lock(&session->lock);
    TfgState *found = find_state(session, name);
    pthread_mutex_unlock(&session->lock);
    return found;
}

void *tfg_session_add_state(TfgSession *session, const char *name, const TfgKernelRow *row, void *state, TfgStatus *s)
{
    pthread_mutex_lock(&session->lock);
    TfgState *found = find_state(session, name), *fresh = NULL;
    if (!found) {
        fresh = tfg_alloc(sizeof *fresh);
        const char *key = tfg_arena_strdup(&session->arena, name);
        if (fresh && key && tfg_map_put(&session->states, key, strlen(key), fresh) == 0) {
            *fresh = (TfgState){row, state};
        } else {
            tfg_free(fresh);
            fresh = NULL;
            tfg_fail_memory(s);
        }
    }
    pthread_mutex_unlock(&session->lock);
    if (!fresh && state && row->release)
        row->release(state);
    return found ? found->state : fresh ? fresh->state : NULL;
}

static void free_states(TfgSession *session)
{
    size_t i = 0, n;
    const char *name;
    void *value;
    while (tfg_map_next(&session->states, &i, &name, &n, &value)) {
        TfgState *state = value;
        if (state->row->release)
            state->row->release(state->state);
        tfg_free(state);
    }
    tfg_map_fini(&session->states);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------------------ */

static void link_step(TfgSession *session, TfgFrame *f)
{
    f->prev_running = NULL;
    f->next_running = session->running;
    if (session->running)
        session->running->prev_running = f;
    session->running = f;
}

TfgFrame *tfg_session_begin_step(TfgSession *session, TfgPlan *p, TfgStatus *s)
{
    pthread_mutex_lock(&session->lock);
    TfgFrame *f = p->frames, *fresh = NULL;
    if (!f) {
        pthread_mutex_unlock(&session->lock);
        f = fresh = tfg_frame_new(p, s);
        if (!f)
            return NULL;
        pthread_mutex_lock(&session->lock);
    }
    bool closed = atomic_load_explicit(&session->closed, memory_order_relaxed);
    if (!closed) {
        if (!fresh)
            p->frames = f->next_free;
        link_step(session, f);
    }
    pthread_mutex_unlock(&session->lock);
    if (closed) {
        if (fresh)
            tfg_frame_free(fresh);
        tfg_fail(s, TFG_CANCELLED, "Session has been closed.");
        return NULL;
    }
    f->step_id = atomic_fetch_add_explicit(&session->next_step, 1, memory_order_relaxed);
    return f;
}

void tfg_session_end_step(TfgSession *session, TfgFrame *f)
{
    TfgCancel *used = NULL, *fresh = NULL;
    tfg_resources_end_step(session->resources, f->step_id);
    if (tfg_cancelled(f->cancel)) {
        TfgStatus ignored = TFG_STATUS_INIT;
        fresh = tfg_cancel_new(&ignored);
        tfg_status_fini(&ignored);
    }
    pthread_mutex_lock(&session->lock);
    *(f->prev_running ? &f->prev_running->next_running : &session->running) = f->next_running;
    if (f->next_running)
        f->next_running->prev_running = f->prev_running;
    bool spoiled = tfg_cancelled(f->cancel) && !fresh;
    if (fresh) {
        used = f->cancel;
        f->cancel = fresh;
    }
    if (!spoiled) {
        f->next_free = f->plan->frames;
        f->plan->frames = f;
    }
    bool last = !session->running && atomic_load_explicit(&session->closed, memory_order_relaxed);
    pthread_mutex_unlock(&session->lock);
    tfg_cancel_unref(used);
    if (spoiled)
        tfg_frame_free(f);
    if (last)
        tfg_resources_clear(session->resources, NULL);
}

/* Cancels steps one at a time: callbacks run without the session's lock, and may end the step. */
static void cancel_running(TfgSession *session)
{
    for (;;) {
        TfgCancel *c = NULL;
        pthread_mutex_lock(&session->lock);
        for (TfgFrame *f = session->running; f && !c; f = f->next_running)
            if (!tfg_cancelled(f->cancel))
                c = tfg_cancel_ref(f->cancel);
        pthread_mutex_unlock(&session->lock);
        if (!c)
            return;
        tfg_cancel(c);
        tfg_cancel_unref(c);
    }
}

/* ---- Plans ------------------------------------------------------------------------------------------------------------------ */

static uint64_t hash_key(const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches, TfgOp *const *targets, int n_targets)
{
    uint64_t h = tfg_hash_mix((uint64_t)n_feeds << 32 | (uint32_t)n_fetches, (uint64_t)n_targets);
    for (int i = 0; i < n_feeds; i++)
        h = tfg_hash_mix(h, (uint64_t)(uintptr_t)feeds[i].op + (uint64_t)feeds[i].index);
    for (int i = 0; i < n_fetches; i++)
        h = tfg_hash_mix(h, (uint64_t)(uintptr_t)fetches[i].op + (uint64_t)fetches[i].index);
    for (int i = 0; i < n_targets; i++)
        h = tfg_hash_mix(h, (uint64_t)(uintptr_t)targets[i]);
    return h;
}

static bool same_outputs(const TfgOutput *a, const TfgOutput *b, int n)
{
    for (int i = 0; i < n; i++)
        if (a[i].op != b[i].op || a[i].index != b[i].index)
            return false;
    return true;
}

static bool is_plan_for(const TfgPlan *p, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                        TfgOp *const *targets, int n_targets)
{
    if (p->n_feeds != n_feeds || p->n_fetches != n_fetches || p->n_targets != n_targets)
        return false;
    for (int i = 0; i < n_targets; i++)
        if (p->targets[i] != targets[i])
            return false;
    return same_outputs(p->feeds, feeds, n_feeds) && same_outputs(p->fetches, fetches, n_fetches);
}

static void unlink_entry(TfgSession *session, TfgPlanEntry *e)
{
    *(e->newer ? &e->newer->older : &session->newest) = e->older;
    *(e->older ? &e->older->newer : &session->oldest) = e->newer;
}

static void link_newest(TfgSession *session, TfgPlanEntry *e)
{
    e->newer = NULL;
    e->older = session->newest;
    *(session->newest ? &session->newest->newer : &session->oldest) = e;
    session->newest = e;
}

static TfgPlanEntry *first_of_hash(const TfgSession *session, uint64_t hash)
{
    uint64_t found;
    return tfg_idmap_get(&session->plans, hash, &found) ? (TfgPlanEntry *)(uintptr_t)found : NULL;
}

/* Takes an entry out of the cache; its plan's reference is the caller's. */
static TfgPlan *remove_entry(TfgSession *session, TfgPlanEntry *e)
{
    TfgPlanEntry *first = first_of_hash(session, e->plan->hash);
    if (first == e) {
        if (e->next_same_hash)
            tfg_idmap_put(&session->plans, e->plan->hash, (uint64_t)(uintptr_t)e->next_same_hash);
        else
            tfg_idmap_remove(&session->plans, e->plan->hash);
    } else {
        while (first->next_same_hash != e)
            first = first->next_same_hash;
        first->next_same_hash = e->next_same_hash;
    }
    unlink_entry(session, e);
    session->plan_bytes -= e->bytes;
    TfgPlan *p = e->plan;
    tfg_free(e);
    return p;
}

/* Drops the plans used longest ago while all together are too big; the newest stays. */
static void evict(TfgSession *session)
{
    for (;;) {
        TfgPlan *p = NULL;
        pthread_mutex_lock(&session->lock);
        if (session->plan_bytes > session->plan_budget && session->oldest && session->oldest != session->newest)
            p = remove_entry(session, session->oldest);
        pthread_mutex_unlock(&session->lock);
        if (!p)
            return;
        tfg_plan_release(p);
    }
}

void tfg_session_note_bytes(TfgSession *session, TfgPlan *p, int64_t change)
{
    bool over;
    pthread_mutex_lock(&session->lock);
    for (TfgPlanEntry *e = first_of_hash(session, p->hash); e; e = e->next_same_hash)
        if (e->plan == p) {
            e->bytes = (size_t)((int64_t)e->bytes + change);
            session->plan_bytes = (size_t)((int64_t)session->plan_bytes + change);
        }
    over = session->plan_bytes > session->plan_budget;
    pthread_mutex_unlock(&session->lock);
    if (over)
        evict(session);
}

static TfgPlan *cached_plan(TfgSession *session, uint64_t hash, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                            TfgOp *const *targets, int n_targets)
{
    TfgPlan *p = NULL;
    pthread_mutex_lock(&session->lock);
    for (TfgPlanEntry *e = first_of_hash(session, hash); e && !p; e = e->next_same_hash)
        if (is_plan_for(e->plan, feeds, n_feeds, fetches, n_fetches, targets, n_targets)) {
            p = tfg_plan_ref(e->plan);
            if (e != session->newest) {
                unlink_entry(session, e);
                link_newest(session, e);
            }
        }
    pthread_mutex_unlock(&session->lock);
    return p;
}

static void cache_plan(TfgSession *session, TfgPlan *p)
{
    TfgPlanEntry *e = tfg_calloc(1, sizeof *e);
    if (!e)
        return;                 /* it runs, and is made again next time */
    pthread_mutex_lock(&session->lock);
    e->next_same_hash = first_of_hash(session, p->hash);
    if (!atomic_load(&session->closed) && tfg_idmap_put(&session->plans, p->hash, (uint64_t)(uintptr_t)e) == 0) {
        e->plan = tfg_plan_retain(p);
        e->bytes = p->bytes;
        session->plan_bytes += e->bytes;
        link_newest(session, e);
        e = NULL;
    }
    pthread_mutex_unlock(&session->lock);
    tfg_free(e);
    evict(session);
}

static TfgPlan *local_plan(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                           TfgOp *const *targets, int n_targets, TfgStatus *s)
{
    if (atomic_load(&session->closed)) {
        tfg_fail(s, TFG_CANCELLED, "Session has been closed.");
        return NULL;
    }
    uint64_t hash = hash_key(feeds, n_feeds, fetches, n_fetches, targets, n_targets);
    TfgPlan *p = cached_plan(session, hash, feeds, n_feeds, fetches, n_fetches, targets, n_targets);
    /* A cached plan stays good, but ops that were added since may ask for devices that are not there. */
    if (p && tfg_graph_n_ops(session->graph) != atomic_load_explicit(&session->n_placed, memory_order_relaxed) &&
        tfg_session_place_graph(session, s) < 0) {
        tfg_plan_unref(p);
        return NULL;
    }
    if (p)
        return p;
    p = tfg_plan_make(session, feeds, n_feeds, fetches, n_fetches, targets, n_targets, false, s);
    if (!p)
        return NULL;
    p->hash = hash;
    cache_plan(session, p);
    return p;
}

static void drop_plans(TfgSession *session)
{
    for (;;) {
        TfgPlan *p = NULL;
        pthread_mutex_lock(&session->lock);
        if (session->oldest)
            p = remove_entry(session, session->oldest);
        pthread_mutex_unlock(&session->lock);
        if (!p)
            return;
        tfg_plan_release(p);
    }
}

static int local_close(TfgSession *session, TfgStatus *s)
{
    (void)s;
    atomic_store(&session->closed, true);
    tfg_partial_cancel_all(session);
    cancel_running(session);
    pthread_mutex_lock(&session->lock);
    bool idle = !session->running;
    pthread_mutex_unlock(&session->lock);
    if (idle)                   /* else the last step does it: until then it may ask for them */
        tfg_resources_clear(session->resources, NULL);
    drop_plans(session);
    return 0;
}

void tfg_sessions_end_kind(const char *type_name)
{
    TfgSession *session = NULL;
    for (int i = 0; (session = tfg_session_nth_open(i)); i++) {
        tfg_resources_clear_kind(session->resources, type_name);
        tfg_session_unref(session);
    }
}

static void local_free(TfgSession *session)
{
    tfg_fork_forget(session);
    if (session->resources)
        tfg_resources_clear(session->resources, NULL);  /* iterators may run functions, and stop when they end */
    tfg_resources_unref(session->resources);
    session->resources = NULL;
    drop_plans(session);
    tfg_session_free_bodies(session);
    free_states(session);
    tfg_free(session->frozen);
    tfg_idmap_fini(&session->plans);
}

const TfgSessionType tfg_local_session = {"DIRECT_SESSION", local_plan, local_close, local_free};
