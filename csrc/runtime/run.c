/* Running a plan: a frame, the feeds, one of the executors, the fetches. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"
#include "runtime/flow.h"
#include "runtime/frame.h"
#include "runtime/session_tensor.h"
#include "runtime/stats.h"

int64_t tfg_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#define LOOK_NS 20000000        /* how often `interrupted` is asked */

void tfg_watch_init(TfgWatch *w, const TfgSession *session, const TfgRunOptions *options)
{
    memset(w, 0, sizeof *w);
    int64_t ms = options && options->timeout_ms > 0 ? options->timeout_ms : session->options.operation_timeout_ms;
    if (ms > 0)
        w->deadline = tfg_now_ns() + (ms < INT64_MAX / 2000000 ? ms * 1000000 : INT64_MAX / 2);
    if (options && options->interrupted) {
        w->interrupted = options->interrupted;
        w->arg = options->interrupted_arg;
    }
}

int tfg_watch_check(TfgWatch *w, TfgStatus *s)
{
    int64_t now = tfg_now_ns();
    if (w->deadline && now >= w->deadline)
        return tfg_fail(s, TFG_DEADLINE_EXCEEDED, "Timed out waiting for notification");
    if (w->interrupted && now >= w->next_look) {
        bool first = w->next_look == 0;
        w->next_look = now + LOOK_NS;
        if (!first && w->interrupted(w->arg))
            return tfg_fail(s, TFG_CANCELLED, "Step was interrupted");
    }
    return 0;
}

/* ---- Frames ---------------------------------------------------------------------------------------------------------------- */

TfgFrame *tfg_frame_new(TfgPlan *p, TfgStatus *s)
{
    TfgFrame *f = tfg_calloc(1, sizeof *f);
    if (!f) {
        tfg_fail_memory(s);
        return NULL;
    }
    size_t n = (size_t)p->n_slots + 1;
    f->plan = p;
    f->slots = tfg_calloc(n, sizeof *f->slots);
    f->refs = tfg_calloc(n, sizeof *f->refs);
    f->in = tfg_calloc((size_t)p->max_in + 1, sizeof *f->in);
    f->in_ref = tfg_calloc((size_t)p->max_in + 1, sizeof *f->in_ref);
    f->dead = p->has_dead ? tfg_calloc((size_t)p->n_code + 1, sizeof *f->dead) : NULL;
    f->cancel = tfg_cancel_new(s);
    if (!f->slots || !f->refs || !f->in || !f->in_ref || (p->has_dead && !f->dead) || !f->cancel) {
        tfg_fail_memory(s);
        tfg_frame_free(f);
        return NULL;
    }
    bool laid_out = !p->uses_flow && !(p->session->options.rewrites_off & TFG_REWRITE_LAYOUT);
    if (laid_out && tfg_layout_init(&f->layout, p->n_slots, s) < 0) {
        tfg_frame_free(f);
        return NULL;
    }
    if (laid_out) {
        f->layout_used = &f->layout;
        f->layout.limit = p->session->plan_budget;
        for (int32_t k = 0; k < p->n_slots; k++)
            f->layout.slots[k].escapes = p->escapes[k];
    }
    for (int32_t k = 0; k < p->n_constants; k++)
        f->slots[p->constant_slots[k]] = p->constants[k];
    return f;
}

void tfg_frame_free(TfgFrame *f)
{
    tfg_layout_fini(&f->layout);
    tfg_cancel_unref(f->cancel);
    tfg_free(f->slots);
    tfg_free(f->refs);
    tfg_free(f->in);
    tfg_free(f->in_ref);
    tfg_free(f->dead);
    tfg_free(f->spare);
    tfg_free(f);
}

/* After a failure values may be anywhere. */
static void clear(TfgFrame *f)
{
    const TfgPlan *p = f->plan;
    for (int32_t k = 0; k < p->n_slots; k++) {
        if (p->first[k] < 0)
            continue;
        if (f->slots[k] && f->slots[k] != &tfg_dead)
            tfg_tensor_unref(f->slots[k]);
        f->slots[k] = NULL;
        tfg_variable_unref(f->refs[k]);
        f->refs[k] = NULL;
    }
}

/* ---- Frames inside frames --------------------------------------------------------------------------------------------------- */

#define MAX_DEPTH 1000          /* calls inside calls: each takes some of the thread's stack */

TfgFrame *tfg_frame_enter(TfgPlan *p, const TfgFrame *outer, TfgStatus *s)
{
    if (outer->depth >= MAX_DEPTH) {
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "Functions call each other more than %d deep", MAX_DEPTH);
        return NULL;
    }
    pthread_mutex_lock(&p->session->lock);
    TfgFrame *f = p->frames;
    if (f)
        p->frames = f->next_free;
    pthread_mutex_unlock(&p->session->lock);
    if (!f && !(f = tfg_frame_new(p, s)))
        return NULL;
    f->own_cancel = f->cancel;
    f->cancel = outer->cancel;
    f->watch = outer->watch;
    f->depth = outer->depth + 1;
    f->step_id = outer->step_id;
    f->stats = outer->stats;
    return f;
}

void tfg_frame_reuse_steal(TfgFrame *f, int i, TfgTensor *t)
{
    const TfgPlan *p = f->plan;
    int32_t slot = p->fetch[i].slot;
    bool made_here = slot >= 0 && p->first[slot] >= 0 && !p->uses_flow;
    if (made_here && !f->spare)
        f->spare = tfg_calloc((size_t)p->n_slots + 1, sizeof *f->spare);
    if (!made_here || !f->spare) {
        tfg_tensor_unref(t);
        return;
    }
    tfg_tensor_unref(f->spare[slot]);
    f->spare[slot] = t;
}

static void drop_spares(TfgFrame *f)
{
    for (int i = 0; f->spare && i < f->plan->n_fetches; i++) {
        int32_t slot = f->plan->fetch[i].slot;
        if (slot < 0)
            continue;
        tfg_tensor_unref(f->spare[slot]);
        f->spare[slot] = NULL;
    }
}

void tfg_frame_leave(TfgFrame *f)
{
    TfgPlan *p = f->plan;
    drop_spares(f);
    f->cancel = f->own_cancel;
    f->watch = NULL;
    f->stats = NULL;
    f->depth = 0;
    pthread_mutex_lock(&p->session->lock);
    f->next_free = p->frames;
    p->frames = f;
    pthread_mutex_unlock(&p->session->lock);
}

/* ---- Feeds and fetches ------------------------------------------------------------------------------------------------------ */

static int set_feeds(TfgFrame *f, TfgTensor *const *values, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    for (int i = 0; i < p->n_feeds; i++) {
        if (!values[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Nothing was fed for %s:%d", p->feeds[i].op->name, p->feeds[i].index);
        if (values[i]->dtype != p->feed_dtypes[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s:%d was fed a tensor of type %s, but it is %s", p->feeds[i].op->name,
                            p->feeds[i].index, tfg_dtype_signature_name(values[i]->dtype), tfg_dtype_signature_name(p->feed_dtypes[i]));
        f->slots[p->feed_slots[i]] = values[i];
    }
    return 0;
}

/* Whether "name:index" of the one comes before the other's. */
static bool sorts_before(const TfgFetch *a, const TfgFetch *b)
{
    const char *x = a->op->name, *y = b->op->name;
    for (; *x && *x == *y; x++)
        y++;
    if (*x || *y)
        return (unsigned char)(*x ? *x : ':') < (unsigned char)(*y ? *y : ':');
    char i[16], k[16];
    snprintf(i, sizeof i, "%d", a->index);
    snprintf(k, sizeof k, "%d", b->index);
    return strcmp(i, k) < 0;
}

/* The number that errors give fetch `i`: TensorFlow sorts what a step fetches by name, but not what a function returns. */
static int retval_number(const TfgPlan *p, int i)
{
    int number = 0;
    if (p->fetch[i].op->graph != p->session->graph)
        return i;
    for (int k = 0; k < p->n_fetches; k++)
        number += p->fetch[k].feed < 0 && sorts_before(&p->fetch[k], &p->fetch[i]);
    return number;
}

/* Fetch `i` as the node that TensorFlow makes of it. */
static void append_retval(const TfgPlan *p, int i, TfgStatus *s)
{
    const TfgFetch *fetch = &p->fetch[i];
    int number = retval_number(p, i);
    char suffix[16] = "";
    if (fetch->index > 0)
        snprintf(suffix, sizeof suffix, ":%d", fetch->index);
    tfg_status_append(s, "\n\t [[{{node _retval_%s_%d_%d}} = _Retval[T=%s, index=%d, _device=\"%s\"](%s%s)]]", fetch->op->name,
                      fetch->index, number, tfg_dtype_enum_name(tfg_dtype_base(fetch->op->outputs[fetch->index].dtype)), number,
                      p->session->devices[0].name, fetch->op->name, suffix);
}

int tfg_fail_fetched_again(const TfgPlan *p, int32_t slot, TfgStatus *s)
{
    int i = 0;
    while (p->fetch[i].slot != slot)
        i++;
    tfg_fail(s, TFG_INTERNAL, "Retval[%d] has already been set.", retval_number(p, i));
    append_retval(p, i, s);
    return -1;
}

static int fail_fetch_uninitialized(const TfgPlan *p, int i, TfgStatus *s)
{
    const TfgFetch *fetch = &p->fetch[i];
    const char *device = p->session->devices[0].name;
    tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", fetch->source);
    s->op = fetch->op;
    if (strcmp(fetch->op->name, fetch->source) != 0)
        tfg_append_node(s, device);
    else
        append_retval(p, i, s);
    return -1;
}

/* Of all fetches from `i` on that nothing alive came to, the error names the one with the lowest number. */
static int fail_dead(const TfgFrame *f, int i, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    int lowest = retval_number(p, i);
    for (int k = i + 1; k < p->n_fetches; k++) {
        const TfgFetch *fetch = &p->fetch[k];
        const TfgTensor *t = fetch->feed < 0 ? f->slots[fetch->slot] : NULL;
        int number = fetch->feed < 0 && (t == &tfg_dead || (!t && !fetch->by_reference)) ? retval_number(p, k) : lowest;
        lowest = number < lowest ? number : lowest;
    }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Retval[%d] does not have value", lowest);
}

/* A value that may leave the step; `owned` says that one reference to it is ours to give. */
static TfgTensor *leave_step(TfgTensor *t, bool owned, TfgStatus *s)
{
    if (t->buffer && !t->buffer->owner)
        return owned ? t : tfg_tensor_ref(t);
    TfgTensor *copy = tfg_tensor_copy(t, s);
    if (owned)
        tfg_tensor_unref(t);
    return copy;
}

static int take_fetch(TfgFrame *f, int i, TfgTensor *const *feeds, TfgTensor **value, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    const TfgFetch *fetch = &p->fetch[i];
    if (fetch->feed >= 0) {
        *value = leave_step(feeds[fetch->feed], false, s);
        return *value ? 0 : -1;
    }
    TfgTensor *t = f->slots[fetch->slot];
    if (t == &tfg_dead)
        return fail_dead(f, i, s);
    TfgVariable *v = fetch->variable ? fetch->variable : f->refs[fetch->slot];
    if (fetch->by_reference && (v || !t)) {         /* old handles of stacks are no variables, though references */
        *value = v ? tfg_variable_value(v) : NULL;
        return *value ? 0 : fail_fetch_uninitialized(p, i, s);
    }
    if (!t)                     /* nothing alive ever came to it, inside a loop */
        return fail_dead(f, i, s);
    bool owned = fetch->last && p->first[fetch->slot] >= 0;
    if (owned)
        f->slots[fetch->slot] = NULL;
    *value = leave_step(t, owned, s);
    return *value ? 0 : -1;
}

static void drop_fetched(TfgFrame *f)
{
    const TfgPlan *p = f->plan;
    for (int i = 0; i < p->n_fetches; i++) {
        int32_t slot = p->fetch[i].slot;
        if (slot < 0 || p->first[slot] < 0)
            continue;
        if (f->slots[slot] && f->slots[slot] != &tfg_dead)
            tfg_tensor_unref(f->slots[slot]);
        f->slots[slot] = NULL;
        tfg_variable_unref(f->refs[slot]);
        f->refs[slot] = NULL;
    }
}

static void improve_layout(TfgFrame *f)
{
    if (!f->layout_used || !f->layout.dirty || f->layout.remade >= 16)
        return;
    for (int32_t k = 0; k < f->layout.n; k++)   /* somebody may have kept a tensor against the rules: then nothing moves */
        if (f->layout.slots[k].header && atomic_load(&f->layout.slots[k].header->refs) != 1)
            return;
    size_t before = f->layout.arena_n;
    tfg_layout_make(&f->layout, f->plan->first, f->plan->last);
    if (f->layout.arena_n != before)
        tfg_session_note_bytes(f->plan->session, f->plan, (int64_t)f->layout.arena_n - (int64_t)before);
}

int tfg_frame_run(TfgFrame *f, TfgTensor *const *feed_values, TfgTensor **values, TfgStatus *s)
{
    TfgPlan *p = f->plan;
    int rc = -1, n = 0;
    if (set_feeds(f, feed_values, s) < 0)
        return -1;
    uint64_t denormals = tfg_denormals_off();
    int ran = p->uses_flow ? tfg_flow_run(p, f, f->watch, s) : tfg_flat_run(f, f->watch, s);
    tfg_denormals_restore(denormals);
    if (ran < 0)
        goto failed;
    for (; n < p->n_fetches; n++)
        if (take_fetch(f, n, feed_values, &values[n], s) < 0)
            goto failed;
    drop_fetched(f);
    improve_layout(f);
    rc = 0;
failed:
    if (rc < 0) {
        for (int i = 0; i < n; i++) {
            tfg_tensor_unref(values[i]);
            values[i] = NULL;
        }
        clear(f);
    }
    return rc;
}

/* Tensors whose handles the step gives out stay in the session. */
static int adopt_tensors(TfgFrame *f, TfgTensor **values, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    for (int i = 0; i < p->n_fetches; i++)
        if (p->fetch[i].feed < 0 && tfg_session_tensor_adopt(p->session->resources, f->step_id, p->fetch[i].op, values[i], s) < 0)
            return -1;
    return 0;
}

static bool wants_costs(TfgPlan *p)
{
    const TfgSessionOptions *o = &p->session->options;
    int64_t step = atomic_fetch_add_explicit(&p->steps, 1, memory_order_relaxed);
    return o->build_cost_model > 0 && step >= o->build_cost_model_after &&
           (step - o->build_cost_model_after + 1) % o->build_cost_model == 0;
}

int tfg_plan_run(TfgPlan *p, TfgTensor *const *feed_values, TfgTensor **values, const TfgRunOptions *options, TfgStatus *s)
{
    for (int i = 0; i < p->n_fetches; i++)
        values[i] = NULL;
    TfgFrame *f = tfg_session_begin_step(p->session, p, s);
    if (!f)
        return -1;
    bool traced = options && options->metadata;
    bool costs = traced && wants_costs(p);
    if (traced && (options->trace_level > 0 || costs))
        f->stats = tfg_stats_new();
    TfgWatch watch;
    tfg_watch_init(&watch, p->session, options);
    f->watch = &watch;
    int rc = tfg_frame_run(f, feed_values, values, s);
    f->watch = NULL;
    if (rc == 0)
        rc = adopt_tensors(f, values, s);
    if (traced && rc == 0 && (f->stats || options->output_partition_graphs))
        rc = tfg_stats_write(f->stats, p, options, costs, options->metadata, s);
    for (int i = 0; i < p->n_fetches && rc < 0; i++) {
        tfg_tensor_unref(values[i]);
        values[i] = NULL;
    }
    tfg_stats_free(f->stats);
    f->stats = NULL;
    tfg_session_end_step(p->session, f);
    return rc;
}
