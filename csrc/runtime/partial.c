#include "runtime/partial.h"

#include <stdio.h>
#include <string.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"
#include "runtime/flow.h"
#include "runtime/frame.h"
#include "runtime/session_tensor.h"

struct TfgPartial {
    TfgPartial *next;
    char *handle;
    TfgPlan *plan;              /* counted, with the session where somebody outside holds it: see below */
    TfgFrame *frame;
    TfgFlowRun *run;
    TfgTensor **fed;            /* per feed: the value, a copy of our own; NULL: to come */
    bool *fetched;
    pthread_mutex_t lock;       /* one call at a time */
    int users;                  /* calls under way; under the session's lock */
    bool over;
};

static void partial_free(TfgPartial *t)
{
    TfgPlan *p = t->plan;
    if (t->run)
        tfg_flow_end(t->run);
    if (t->frame) {
        for (int32_t k = 0; k < p->n_slots; k++)
            if (p->first[k] >= 0) {
                if (t->frame->slots[k] && t->frame->slots[k] != &tfg_dead)
                    tfg_tensor_unref(t->frame->slots[k]);
                tfg_variable_unref(t->frame->refs[k]);
            }
        tfg_frame_free(t->frame);
    }
    for (int i = 0; t->fed && i < p->n_feeds; i++)
        tfg_tensor_unref(t->fed[i]);
    if (p)
        tfg_plan_release(p);
    pthread_mutex_destroy(&t->lock);
    tfg_free(t->fed);
    tfg_free(t->fetched);
    tfg_free(t->handle);
    tfg_free(t);
}

static void unlink_partial(TfgSession *session, TfgPartial *t)
{
    for (TfgPartial **link = &session->partials; *link; link = &(*link)->next)
        if (*link == t) {
            *link = t->next;
            return;
        }
}

/* A call ends; the last one out of a run that is over frees it. */
static void let_go(TfgSession *session, TfgPartial *t, bool over)
{
    pthread_mutex_lock(&session->lock);
    if (over && !t->over) {
        t->over = true;
        unlink_partial(session, t);
    }
    bool last = --t->users == 0 && t->over;
    pthread_mutex_unlock(&session->lock);
    if (last)
        partial_free(t);
}

void tfg_partial_cancel_all(TfgSession *session)
{
    for (;;) {
        pthread_mutex_lock(&session->lock);
        TfgPartial *t = session->partials;
        if (t) {
            t->users++;
            t->over = true;
            unlink_partial(session, t);
        }
        pthread_mutex_unlock(&session->lock);
        if (!t)
            return;
        tfg_cancel(t->frame->cancel);
        let_go(session, t, true);
    }
}

char *tfg_session_partial_setup(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                                TfgOp *const *targets, int n_targets, TfgStatus *s)
{
    if (session->type != &tfg_local_session) {
        tfg_fail(s, TFG_UNAVAILABLE, "No server answers at %s: sessions on servers are not part of this version", session->target);
        return NULL;
    }
    if (atomic_load(&session->closed)) {
        tfg_fail(s, TFG_CANCELLED, "Session has been closed.");
        return NULL;
    }
    TfgPartial *t = tfg_calloc(1, sizeof *t);
    char *handle = NULL;
    if (!t) {
        tfg_fail_memory(s);
        return NULL;
    }
    pthread_mutex_init(&t->lock, NULL);
    t->plan = tfg_plan_make(session, feeds, n_feeds, fetches, n_fetches, targets, n_targets, true, s);
    if (!t->plan)
        goto failed;
    tfg_session_unref(session);         /* the session owns the run, so the run does not count the session */
    t->fed = tfg_calloc((size_t)n_feeds + 1, sizeof *t->fed);
    t->fetched = tfg_calloc((size_t)n_fetches + 1, sizeof *t->fetched);
    t->handle = tfg_alloc(48);
    if (!t->fed || !t->fetched || !t->handle) {
        tfg_fail_memory(s);
        goto failed;
    }
    if (!(t->frame = tfg_frame_new(t->plan, s)) || !(t->run = tfg_flow_begin(t->frame, s)))
        goto failed;
    pthread_mutex_lock(&session->lock);
    snprintf(t->handle, 48, "partial_run;%lld", (long long)session->next_partial++);
    t->next = session->partials;
    session->partials = t;
    handle = tfg_strdup(t->handle);
    pthread_mutex_unlock(&session->lock);
    if (!handle)
        tfg_fail_memory(s);
    return handle;
failed:
    partial_free(t);
    return NULL;
}

/* ---- One call --------------------------------------------------------------------------------------------------------------- */

static int number_of(const TfgOutput *list, int n, TfgOutput o)
{
    for (int i = 0; i < n; i++)
        if (list[i].op == o.op && list[i].index == o.index)
            return i;
    return -1;
}

static int check_feeds(const TfgPartial *t, const TfgOutput *feeds, TfgTensor *const *values, int n, int *numbers, TfgStatus *s)
{
    const TfgPlan *p = t->plan;
    for (int i = 0; i < n; i++) {
        numbers[i] = number_of(p->feeds, p->n_feeds, feeds[i]);
        if (numbers[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The feed %s:%d was not specified in partial_run_setup.", feeds[i].op->name, feeds[i].index);
        if (t->fed[numbers[i]])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The feed %s:%d has already been fed.", feeds[i].op->name, feeds[i].index);
        if (!values[i] || values[i]->dtype != p->feed_dtypes[numbers[i]])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s:%d was fed a tensor of another type", feeds[i].op->name, feeds[i].index);
    }
    return 0;
}

static int check_fetches(const TfgPartial *t, const TfgOutput *fetches, int n, int *numbers, TfgStatus *s)
{
    const TfgPlan *p = t->plan;
    for (int i = 0; i < n; i++) {
        numbers[i] = number_of(p->fetches, p->n_fetches, fetches[i]);
        if (numbers[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The fetch %s:%d was not specified in partial_run_setup.", fetches[i].op->name,
                            fetches[i].index);
        if (t->fetched[numbers[i]])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The fetch %s:%d has already been fetched.", fetches[i].op->name, fetches[i].index);
    }
    return 0;
}

/* Finds a feed that a fetch needs and that neither was nor is now fed.  Walks back over the instructions. */
static int check_computable(const TfgPartial *t, const int *fetches, int n_fetches, const bool *fed_now, TfgStatus *s)
{
    const TfgPlan *p = t->plan;
    int rc = 0;
    bool *slot_needed = tfg_calloc((size_t)p->n_slots + 1, sizeof *slot_needed), *instr_needed = tfg_calloc((size_t)p->n_code + 1, 1);
    int32_t *stack = tfg_alloc(((size_t)p->n_code + 1) * sizeof *stack), n = 0;
    if (!slot_needed || !instr_needed || !stack) {
        rc = tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < n_fetches; i++) {
        const TfgFetch *f = &p->fetch[fetches[i]];
        if (f->feed >= 0)
            slot_needed[p->feed_slots[f->feed]] = true;
        else if (p->first[f->slot] >= 0 && !instr_needed[p->first[f->slot]]) {
            instr_needed[p->first[f->slot]] = true;
            stack[n++] = p->first[f->slot];
        }
    }
    while (n > 0) {
        const TfgInstr *i = &p->code[stack[--n]];
        for (int32_t k = 0; k < i->n_in + i->n_controls; k++) {
            int32_t from = k < i->n_in ? p->first[p->in_slots[i->in + k]] : p->controls[i->controls + k - i->n_in];
            if (k < i->n_in)
                slot_needed[p->in_slots[i->in + k]] = true;
            if (from >= 0 && !instr_needed[from]) {
                instr_needed[from] = true;
                stack[n++] = from;
            }
        }
    }
    for (int i = 0; i < p->n_feeds && rc == 0; i++)
        if (!t->fed[i] && !fed_now[i] && slot_needed[p->feed_slots[i]])
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Fetch %s:%d can't be computed from the feeds that have been fed so far.",
                          p->feeds[i].op->name, p->feeds[i].index);
done:
    tfg_free(slot_needed);
    tfg_free(instr_needed);
    tfg_free(stack);
    return rc;
}

static int take_one(TfgPartial *t, int number, TfgTensor **out, TfgStatus *s)
{
    const TfgFetch *f = &t->plan->fetch[number];
    TfgTensor *value = f->feed >= 0 ? t->fed[f->feed] : t->frame->slots[f->slot];
    if (f->feed < 0 && value == &tfg_dead)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Retval[%d] does not have value", number);
    TfgVariable *v = f->by_reference && f->feed < 0 ? f->variable ? f->variable : t->frame->refs[f->slot] : NULL;
    if (f->by_reference && (v || !value)) {
        *out = v ? tfg_variable_value(v) : NULL;
        if (!*out) {
            s->op = NULL;
            tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", f->source);
            s->op = f->op;
            return -1;
        }
        return 0;
    }
    if (!value)
        return tfg_fail(s, TFG_INTERNAL, "%s:%d was not computed", f->op->name, f->index);
    *out = value->buffer && !value->buffer->owner ? tfg_tensor_ref(value) : tfg_tensor_copy(value, s);
    return *out ? 0 : -1;
}

static int run_piece(TfgPartial *t, const int *feeds, TfgTensor *const *values, int n_feeds, const int *fetches, TfgTensor **out,
                     int n_fetches, const TfgRunOptions *options, TfgStatus *s)
{
    TfgWatch watch;
    tfg_watch_init(&watch, t->plan->session, options);
    for (int i = 0; i < n_feeds; i++) {
        TfgTensor *copy = tfg_tensor_copy(values[i], s);
        if (!copy)
            return -1;
        t->fed[feeds[i]] = copy;
        if (tfg_flow_feed(t->run, feeds[i], copy, s) < 0)
            return -1;
    }
    if (tfg_flow_advance(t->run, fetches, n_fetches, &watch, s) < 0)
        return -1;
    for (int i = 0; i < n_fetches; i++) {
        const TfgFetch *f = &t->plan->fetch[fetches[i]];
        if (take_one(t, fetches[i], &out[i], s) < 0)
            return -1;
        if (f->feed < 0 && tfg_session_tensor_adopt(t->plan->session->resources, t->frame->step_id, f->op, out[i], s) < 0)
            return -1;
        t->fetched[fetches[i]] = true;
    }
    return 0;
}

static bool is_complete(const TfgPartial *t)
{
    for (int i = 0; i < t->plan->n_feeds; i++)
        if (!t->fed[i])
            return false;
    for (int i = 0; i < t->plan->n_fetches; i++)
        if (!t->fetched[i])
            return false;
    return true;
}

static TfgPartial *take_partial(TfgSession *session, const char *handle)
{
    pthread_mutex_lock(&session->lock);
    TfgPartial *t = session->partials;
    while (t && strcmp(t->handle, handle) != 0)
        t = t->next;
    if (t)
        t->users++;
    pthread_mutex_unlock(&session->lock);
    return t;
}

int tfg_session_partial_run(TfgSession *session, const char *handle, const TfgOutput *feeds, TfgTensor *const *values, int n_feeds,
                            const TfgOutput *fetches, TfgTensor **out, int n_fetches, const TfgRunOptions *options, TfgStatus *s)
{
    if (atomic_load(&session->closed))
        return tfg_fail(s, TFG_CANCELLED, "Session has been closed.");
    TfgPartial *t = take_partial(session, handle);
    if (!t)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must run 'setup' before performing partial runs!");
    int rc = -1;
    bool over = false;
    for (int i = 0; i < n_fetches; i++)
        out[i] = NULL;
    int *numbers = tfg_alloc(((size_t)n_feeds + (size_t)n_fetches + 1) * sizeof *numbers);
    bool *fed_now = tfg_calloc((size_t)t->plan->n_feeds + 1, sizeof *fed_now);
    pthread_mutex_lock(&t->lock);
    if (!numbers || !fed_now) {
        tfg_fail_memory(s);
        goto done;
    }
    if (check_feeds(t, feeds, values, n_feeds, numbers, s) < 0 || check_fetches(t, fetches, n_fetches, numbers + n_feeds, s) < 0)
        goto done;
    for (int i = 0; i < n_feeds; i++)
        fed_now[numbers[i]] = true;
    if (check_computable(t, numbers + n_feeds, n_fetches, fed_now, s) < 0)
        goto done;
    uint64_t denormals = tfg_denormals_off();
    rc = run_piece(t, numbers, values, n_feeds, numbers + n_feeds, out, n_fetches, options, s);
    tfg_denormals_restore(denormals);
    over = rc < 0 || is_complete(t);
done:
    pthread_mutex_unlock(&t->lock);
    for (int i = 0; i < n_fetches && rc < 0; i++) {
        tfg_tensor_unref(out[i]);
        out[i] = NULL;
    }
    tfg_free(numbers);
    tfg_free(fed_now);
    let_go(session, t, over);
    return rc;
}
