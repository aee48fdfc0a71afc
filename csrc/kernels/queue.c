#include "kernels/queue.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"

typedef enum AttemptKind { ENQUEUE, DEQUEUE, CLOSE } AttemptKind;

struct TfgQueueAttempt {
    AttemptKind kind;
    TfgQueue *queue;            /* counted */
    TfgQueueAttempt *next;
    bool waiting;               /* in a list of the queue, under its lock */
    TfgTensor **tuples;
    int64_t room;               /* of a dequeue's tuples, which grow with what comes */
    int64_t n, done_n;          /* tuples in all, and those already moved */
    bool up_to;
    int64_t *taken;
    TfgTensor ***taken_tuples;
    TfgCancel *cancel;
    int64_t cancel_id;
    TfgQueueDone done;
    void *arg;
    TfgStatus status;
};

typedef struct List { TfgQueueAttempt *first, **end; } List;

struct TfgQueue {
    TfgHandle base;
    pthread_mutex_t lock;
    TfgQueueSpec spec;
    TfgQueueStore store;
    bool closed;
    List enqueues, dequeues;    /* waiting; closing waits among the enqueues */
};

/* ---- Life ------------------------------------------------------------------------------------------------------------------- */

static void queue_free(TfgHandle *h)
{
    TfgQueue *q = (TfgQueue *)h;
    tfg_queue_store_fini(&q->store);
    pthread_mutex_destroy(&q->lock);
    tfg_free((void *)(uintptr_t)q->spec.name);
    tfg_free((void *)(uintptr_t)q->spec.dtypes);
    tfg_free((void *)(uintptr_t)q->spec.shapes);
    tfg_free(q);
}

TfgQueue *tfg_queue_new(const TfgQueueSpec *spec, TfgStatus *s)
{
    TfgQueue *q = tfg_calloc(1, sizeof *q);
    size_t n = (size_t)spec->n;
    if (!q) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&q->base.refs, 1);
    q->base.free = queue_free;
    q->base.type_name = TFG_QUEUE_TYPE;
    pthread_mutex_init(&q->lock, NULL);
    q->enqueues.end = &q->enqueues.first;
    q->dequeues.end = &q->dequeues.first;
    tfg_queue_store_init(&q->store, spec->order, spec->n, (uint64_t)spec->seed, (uint64_t)spec->seed2);
    q->spec = *spec;
    q->spec.name = tfg_strdup(spec->name);
    TfgDType *dtypes = tfg_alloc((n + 1) * sizeof *dtypes);
    TfgShape *shapes = spec->shapes ? tfg_alloc((n + 1) * sizeof *shapes) : NULL;
    q->spec.dtypes = dtypes;
    q->spec.shapes = shapes;
    if (!q->spec.name || !dtypes || (spec->shapes && !shapes)) {
        tfg_handle_unref(&q->base);
        tfg_fail_memory(s);
        return NULL;
    }
    memcpy(dtypes, spec->dtypes, n * sizeof *dtypes);
    for (size_t i = 0; i < n && shapes; i++)
        tfg_shape_copy(&shapes[i], &spec->shapes[i]);
    return q;
}

const TfgQueueSpec *tfg_queue_spec(const TfgQueue *q)
{
    return &q->spec;
}

static void format_dtypes(const TfgQueueSpec *spec, TfgStr *out)
{
    for (int i = 0; i < spec->n; i++)
        tfg_str_printf(out, "%s%s", i ? ", " : "", tfg_dtype_signature_name(spec->dtypes[i]));
}

static void format_shapes(const TfgQueueSpec *spec, TfgStr *out)
{
    tfg_str_puts(out, "[");
    for (int i = 0; i < spec->n && spec->shapes; i++) {
        tfg_str_puts(out, i ? ", " : "");
        tfg_shape_format(&spec->shapes[i], out);
    }
    tfg_str_puts(out, "]");
}

static int check_numbers(const TfgQueueSpec *have, const TfgQueueSpec *want, TfgStatus *s)
{
    long long a = have->capacity < 0 ? INT32_MAX : have->capacity, b = want->capacity < 0 ? INT32_MAX : want->capacity;
    if (a != b)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has capacity %lld but requested capacity was %lld", have->name, a, b);
    if (have->min_after_dequeue != want->min_after_dequeue)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has min_after_dequeue %lld but requested min_after_dequeue was %lld.",
                        have->name, (long long)have->min_after_dequeue, (long long)want->min_after_dequeue);
    bool asks = want->seed != 0 || want->seed2 != 0;
    if (asks && (have->seed != want->seed || have->seed2 != want->seed2))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has random seeds (%lld, %lld) but requested seeds are (%lld, %lld).",
                        have->name, (long long)have->seed, (long long)have->seed2, (long long)want->seed, (long long)want->seed2);
    return 0;
}

/* Sizes that are not known, which only queues that pad have, fit any. */
static bool same_shapes(const TfgQueueSpec *a, const TfgQueueSpec *b)
{
    if (!a->shapes || !b->shapes)
        return !a->shapes && !b->shapes;
    for (int i = 0; i < a->n; i++) {
        if (a->shapes[i].rank != b->shapes[i].rank)
            return false;
        for (int d = 0; d < a->shapes[i].rank; d++) {
            int64_t p = a->shapes[i].dims[d], q = b->shapes[i].dims[d];
            if (p != q && p >= 0 && q >= 0)
                return false;
        }
    }
    return true;
}

int tfg_queue_check_same(const TfgQueue *q, const TfgQueueSpec *want, const char *op_type, TfgStatus *s)
{
    const TfgQueueSpec *have = &q->spec;
    if (strcmp(have->kind, want->kind) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %s, found %s", have->kind, op_type);
    if (check_numbers(have, want, s) < 0)
        return -1;
    TfgStr a = TFG_STR_INIT, b = TFG_STR_INIT;
    int rc = 0;
    format_dtypes(have, &a);
    format_dtypes(want, &b);
    if (a.failed || b.failed)
        rc = tfg_fail_memory(s);
    else if (strcmp(tfg_str_text(&a), tfg_str_text(&b)) != 0)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has component types %s but requested component types were %s", have->name,
                      tfg_str_text(&a), tfg_str_text(&b));
    tfg_str_clear(&a);
    tfg_str_clear(&b);
    format_shapes(have, &a);
    format_shapes(want, &b);
    if (rc == 0 && (a.failed || b.failed))
        rc = tfg_fail_memory(s);
    if (rc == 0 && !same_shapes(have, want))
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has component shapes %s but requested component shapes were %s",
                      have->name, tfg_str_text(&a), tfg_str_text(&b));
    tfg_str_fini(&a);
    tfg_str_fini(&b);
    return rc;
}

int64_t tfg_queue_size(TfgQueue *q)
{
    pthread_mutex_lock(&q->lock);
    int64_t n = q->store.n;
    pthread_mutex_unlock(&q->lock);
    return n;
}

bool tfg_queue_is_closed(TfgQueue *q)
{
    pthread_mutex_lock(&q->lock);
    bool closed = q->closed;
    pthread_mutex_unlock(&q->lock);
    return closed;
}

void tfg_queue_after_fork(TfgHandle *h)
{
    TfgQueue *q = (TfgQueue *)h;
    pthread_mutex_init(&q->lock, NULL);
    q->enqueues = (List){NULL, &q->enqueues.first};
    q->dequeues = (List){NULL, &q->dequeues.first};
}

/* ---- Attempts, under the lock ---------------------------------------------------------------------------------------------------- */

static void append(List *l, TfgQueueAttempt *a)
{
    a->next = NULL;
    *l->end = a;
    l->end = &a->next;
}

static void take_first(List *l)
{
    TfgQueueAttempt *a = l->first;
    l->first = a->next;
    if (!l->first)
        l->end = &l->first;
}

static void take_out(List *l, TfgQueueAttempt *a)
{
    TfgQueueAttempt **link = &l->first;
    while (*link && *link != a)
        link = &(*link)->next;
    if (!*link)
        return;
    *link = a->next;
    if (l->end == &a->next)
        l->end = link;
}

/* Each gives true when the attempt has ended; *progress tells that something moved. */
static bool try_enqueue(TfgQueue *q, TfgQueueAttempt *a, bool *progress)
{
    if (q->closed) {
        tfg_fail(&a->status, TFG_CANCELLED, "%s '%s' is closed.", q->spec.kind, q->spec.name);
        return true;
    }
    while (a->done_n < a->n && (q->spec.capacity < 0 || q->store.n < q->spec.capacity)) {
        if (tfg_queue_store_put(&q->store, a->tuples + a->done_n * q->spec.n) < 0) {
            tfg_fail_memory(&a->status);
            return true;
        }
        a->done_n++;
        *progress = true;
    }
    return a->done_n == a->n;
}

static bool try_close(TfgQueue *q, TfgQueueAttempt *a)
{
    if (q->closed)
        tfg_fail(&a->status, TFG_CANCELLED, "Queue '%s' is already closed.", q->spec.name);
    q->closed = true;
    return true;
}

static void put_back(TfgQueue *q, TfgQueueAttempt *a)
{
    while (a->done_n > 0) {
        TfgTensor **tuple = a->tuples + (a->done_n - 1) * q->spec.n;
        if (tfg_queue_store_put_back(&q->store, tuple) < 0)
            for (int k = 0; k < q->spec.n; k++)
                tfg_tensor_unref(tuple[k]);
        a->done_n--;
    }
}

/* Tuples that may leave now. */
static int64_t available(const TfgQueue *q)
{
    return q->store.n - (q->closed ? 0 : q->spec.min_after_dequeue);
}

static int make_room(TfgQueueAttempt *a)
{
    if (a->done_n < a->room)
        return 0;
    int64_t room = a->room * 2 > a->n || a->n < 64 ? a->n : a->room ? a->room * 2 : 64;
    TfgTensor **tuples = tfg_realloc(a->tuples, (size_t)room * (size_t)a->queue->spec.n * sizeof *tuples);
    if (!tuples)
        return -1;
    a->tuples = tuples;
    a->room = room;
    return 0;
}

static bool try_dequeue(TfgQueue *q, TfgQueueAttempt *a, bool *progress)
{
    int64_t have = q->store.n, wanted = a->n - a->done_n;
    if (q->closed && have < wanted) {
        put_back(q, a);
        if (!a->up_to || q->store.n == 0) {
            tfg_fail(&a->status, TFG_OUT_OF_RANGE, "%s '%s' is closed and has insufficient elements (requested %lld, current size %lld)",
                     q->spec.kind, q->spec.name, (long long)wanted, (long long)have);
            return true;
        }
        a->n = q->store.n;
    }
    if (q->spec.order == TFG_QUEUE_PRIORITY && q->store.n < a->n)
        return false;           /* taken one by one as they come they would not be in order */
    while (a->done_n < a->n && available(q) > 0) {
        if (make_room(a) < 0) {
            put_back(q, a);
            tfg_fail_memory(&a->status);
            return true;
        }
        tfg_queue_store_take(&q->store, a->tuples + a->done_n * q->spec.n);
        a->done_n++;
        *progress = true;
    }
    return a->done_n == a->n;
}

static void end_first(List *l, List *ended)
{
    TfgQueueAttempt *a = l->first;
    take_first(l);
    a->waiting = false;
    append(ended, a);
}

/* Lets the first of each list go on while anything moves; collects those that ended. */
static void flush(TfgQueue *q, List *ended)
{
    for (bool progress = true; progress;) {
        progress = false;
        while (q->enqueues.first) {
            TfgQueueAttempt *a = q->enqueues.first;
            if (!(a->kind == CLOSE ? try_close(q, a) : try_enqueue(q, a, &progress)))
                break;
            end_first(&q->enqueues, ended);
            progress = true;
        }
        while (q->dequeues.first && try_dequeue(q, q->dequeues.first, &progress)) {
            end_first(&q->dequeues, ended);
            progress = true;
        }
    }
}

/* ---- Ending, without the lock -------------------------------------------------------------------------------------------------- */

static void attempt_free(TfgQueueAttempt *a)
{
    int n = a->queue->spec.n;
    if (a->kind == ENQUEUE) {
        for (int64_t i = a->done_n; i < a->n; i++)
            for (int k = 0; k < n; k++)
                tfg_tensor_unref(a->tuples[i * n + k]);
    }
    tfg_free(a->tuples);
    tfg_status_fini(&a->status);
    tfg_handle_unref(&a->queue->base);
    tfg_cancel_unref(a->cancel);
    tfg_free(a);
}

static void finish(List *ended)
{
    for (TfgQueueAttempt *a = ended->first, *next; a; a = next) {
        next = a->next;
        tfg_cancel_remove(a->cancel, a->cancel_id);
        if (a->kind == DEQUEUE) {
            *a->taken = a->done_n;
            *a->taken_tuples = a->tuples;
            a->tuples = NULL;
        }
        a->done(a->arg, &a->status);
        attempt_free(a);
    }
}

static void on_cancel(void *arg)
{
    TfgQueueAttempt *a = arg;
    TfgQueue *q = a->queue;
    List ended = {NULL, &ended.first};
    tfg_handle_ref(&q->base);
    pthread_mutex_lock(&q->lock);
    if (a->waiting) {
        take_out(a->kind == DEQUEUE ? &q->dequeues : &q->enqueues, a);
        a->waiting = false;
        if (a->kind == DEQUEUE)
            put_back(q, a);
        tfg_fail(&a->status, TFG_CANCELLED, "%s operation was cancelled",
                 a->kind == DEQUEUE ? "Dequeue" : a->kind == ENQUEUE ? "Enqueue" : "Close");
        append(&ended, a);
        flush(q, &ended);
    }
    pthread_mutex_unlock(&q->lock);
    finish(&ended);
    tfg_handle_unref(&q->base);
}

/* ---- Beginning ------------------------------------------------------------------------------------------------------------------ */

static TfgQueueAttempt *attempt_new(TfgQueue *q, AttemptKind kind, TfgTensor **tuples, int64_t n, TfgCancel *cancel, TfgQueueDone done, void *arg)
{
    TfgQueueAttempt *a = tfg_calloc(1, sizeof *a);
    if (!a)
        return NULL;
    tfg_handle_ref(&q->base);
    *a = (TfgQueueAttempt){.kind = kind, .queue = q, .tuples = tuples, .n = n, .cancel = cancel ? tfg_cancel_ref(cancel) : NULL,
                           .done = done, .arg = arg};
    return a;
}

static void begin(TfgQueueAttempt *a)
{
    TfgQueue *q = a->queue;
    List ended = {NULL, &ended.first};
    tfg_handle_ref(&q->base);   /* the attempt may be gone before the lock is let go */
    pthread_mutex_lock(&q->lock);
    append(a->kind == DEQUEUE ? &q->dequeues : &q->enqueues, a);
    a->waiting = true;
    flush(q, &ended);
    bool waits = a->waiting;
    /* Cancelling calls back with the queue's lock wanted, so the callback is added while nobody can end the attempt. */
    if (waits && !tfg_cancel_add(a->cancel, on_cancel, a, &a->cancel_id)) {
        take_out(a->kind == DEQUEUE ? &q->dequeues : &q->enqueues, a);
        a->waiting = false;
        if (a->kind == DEQUEUE)
            put_back(q, a);
        tfg_fail(&a->status, TFG_CANCELLED, "%s operation was cancelled", a->kind == DEQUEUE ? "Dequeue" : "Enqueue");
        append(&ended, a);
    }
    pthread_mutex_unlock(&q->lock);
    finish(&ended);
    tfg_handle_unref(&q->base);
}

static void fail_at_once(TfgQueueDone done, void *arg)
{
    TfgStatus s = TFG_STATUS_INIT;
    tfg_fail_memory(&s);
    done(arg, &s);
    tfg_status_fini(&s);
}

void tfg_queue_enqueue_steal(TfgQueue *q, TfgTensor **tuples, int64_t n_tuples, TfgCancel *cancel, TfgQueueDone done, void *arg)
{
    TfgQueueAttempt *a = attempt_new(q, ENQUEUE, tuples, n_tuples, cancel, done, arg);
    if (a) {
        begin(a);
        return;
    }
    for (int64_t i = 0; i < n_tuples * q->spec.n; i++)
        tfg_tensor_unref(tuples[i]);
    tfg_free(tuples);
    fail_at_once(done, arg);
}

void tfg_queue_dequeue(TfgQueue *q, TfgTensor ***tuples, int64_t n, bool up_to, int64_t *taken, TfgCancel *cancel, TfgQueueDone done, void *arg)
{
    TfgQueueAttempt *a = attempt_new(q, DEQUEUE, NULL, n, cancel, done, arg);
    if (!a) {
        fail_at_once(done, arg);
        return;
    }
    a->up_to = up_to;
    a->taken = taken;
    a->taken_tuples = tuples;
    begin(a);
}

/* Enqueues that wait come before the close, unless it cancels them. */
void tfg_queue_close(TfgQueue *q, bool cancel_pending, TfgCancel *cancel, TfgQueueDone done, void *arg)
{
    TfgQueueAttempt *a = attempt_new(q, CLOSE, NULL, 0, cancel, done, arg);
    List ended = {NULL, &ended.first};
    if (!a) {
        fail_at_once(done, arg);
        return;
    }
    if (cancel_pending) {
        pthread_mutex_lock(&q->lock);
        while (q->enqueues.first) {
            tfg_fail(&q->enqueues.first->status, TFG_CANCELLED, "Enqueue operation was cancelled");
            end_first(&q->enqueues, &ended);
        }
        pthread_mutex_unlock(&q->lock);
    }
    begin(a);
    finish(&ended);
}
