/* Datasets that compute ahead of who reads them, on threads of their own: prefetch and parallel map.  Elements keep their order. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset_function.h"
#include "kernels/dataset_state.h"
#include "kernels/dataset_stats.h"

#define MOST_AHEAD 512          /* of a prefetch that finds its own size */
#define MOST_THREADS 256

typedef struct Entry Entry;
struct Entry {                  /* an element to be, in the order of the input */
    Entry *next;
    bool done;
    int rc;
    TfgStatus status;
    TfgTensor *t[];
};

typedef struct AheadWalk {
    TfgWalk base;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t *threads;
    int n_threads;
    pid_t process;              /* that has the threads */
    bool ended;                 /* who reads has been told the end; apart from what the lock guards */
    TfgCancel *cancel;          /* of what the threads run */
    Entry *first, **last;
    int64_t n, limit;           /* entries, and how many there may be */
    bool find_limit, was_full;
    bool reading, over, stop, paused, out_of_memory;
} AheadWalk;

static void entry_free(Entry *e, int n)
{
    tfg_tensors_drop(e->t, n);
    tfg_status_fini(&e->status);
    tfg_free(e);
}

static int ahead_begin(TfgWalk *w, TfgStatus *s)
{
    AheadWalk *a = (AheadWalk *)w;
    const TfgMapped *d = (const TfgMapped *)w->dataset;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    a->last = &a->first;
    a->find_limit = d->block < 0;
    a->limit = a->find_limit ? 1 : d->block;
    a->process = getpid();
    a->cancel = tfg_cancel_new(s);
    return a->cancel ? tfg_walk_open_input(w, s) : -1;
}

static void ahead_end(TfgWalk *w)
{
    AheadWalk *a = (AheadWalk *)w;
    bool mine = a->process == getpid();         /* a forked child has none of the threads, and the lock as it was then */
    if (mine && a->n_threads) {
        pthread_mutex_lock(&a->lock);
        a->stop = true;
        pthread_cond_broadcast(&a->changed);
        pthread_mutex_unlock(&a->lock);
        tfg_cancel(a->cancel);
        for (int i = 0; i < a->n_threads; i++)
            pthread_join(a->threads[i], NULL);
    }
    for (Entry *e = a->first, *next; e; e = next) {
        next = e->next;
        entry_free(e, w->dataset->n);
    }
    tfg_free(a->threads);
    if (mine) {
        tfg_cancel_unref(a->cancel);
        pthread_mutex_destroy(&a->lock);
        pthread_cond_destroy(&a->changed);
    }
}

/* With the lock held: a new entry at the end of the list. */
static Entry *add_entry(AheadWalk *a)
{
    Entry *e = tfg_calloc(1, sizeof *e + (size_t)a->base.dataset->n * sizeof *e->t);
    if (!e) {
        a->out_of_memory = a->over = true;
        pthread_cond_broadcast(&a->changed);
        return NULL;
    }
    *a->last = e;
    a->last = &e->next;
    a->n++;
    return e;
}

static int compute(AheadWalk *a, const TfgDatasetFn *fn, TfgTensor **element, Entry *e)
{
    int rc = tfg_dataset_fn_next(fn, element, e->t, a->cancel, &e->status);
    tfg_tensors_drop(element, a->base.dataset->input->n);
    return rc;
}

static void *work(void *arg)
{
    AheadWalk *a = arg;
    tfg_denormals_off();
    const TfgDatasetFn *fn = &((const TfgMapped *)a->base.dataset)->fn;
    TfgTensor **element = fn->f ? tfg_calloc((size_t)a->base.dataset->input->n + 1, sizeof *element) : NULL;
    pthread_mutex_lock(&a->lock);
    if (fn->f && !element)
        a->out_of_memory = a->over = true;
    for (;;) {
        while (!a->stop && !a->over && (a->paused || a->reading || a->n >= a->limit))
            pthread_cond_wait(&a->changed, &a->lock);
        Entry *e = a->stop || a->over ? NULL : add_entry(a);
        if (!e)
            break;
        a->was_full = a->was_full || a->n >= a->limit;
        a->reading = true;
        pthread_mutex_unlock(&a->lock);
        int rc = tfg_walk_next(a->base.input, fn->f ? element : e->t, a->cancel, &e->status);
        pthread_mutex_lock(&a->lock);
        a->reading = false;
        a->over = a->over || rc == 0;
        pthread_cond_broadcast(&a->changed);
        if (rc == 1 && fn->f) {
            pthread_mutex_unlock(&a->lock);
            rc = compute(a, fn, element, e);
            pthread_mutex_lock(&a->lock);
        }
        e->rc = rc;
        e->done = true;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    tfg_free(element);
    return NULL;
}

static int start_threads(AheadWalk *a, TfgStatus *s)
{
    int n = (int)((const TfgMapped *)a->base.dataset)->parallel;
    a->threads = tfg_calloc((size_t)n, sizeof *a->threads);
    if (!a->threads)
        return tfg_fail_memory(s);
    while (a->n_threads < n && pthread_create(&a->threads[a->n_threads], NULL, work, a) == 0)
        a->n_threads++;
    return a->n_threads ? 0 : tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "No thread could be started to compute elements ahead");
}

static void wake(void *arg)
{
    AheadWalk *a = arg;
    pthread_mutex_lock(&a->lock);
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

/* The first entry once it is done; NULL at the end, and when cancelled or without memory, which *failed tells. */
static Entry *take_entry(AheadWalk *a, TfgCancel *cancel, bool *failed)
{
    Entry *e = NULL;
    pthread_mutex_lock(&a->lock);
    if (a->find_limit && a->was_full && a->n == 0 && a->limit < MOST_AHEAD) {   /* emptied faster than it is filled */
        a->limit *= 2;
        a->was_full = false;
        pthread_cond_broadcast(&a->changed);
    }
    while (!(a->first && a->first->done) && !(!a->first && a->over) && !tfg_cancelled(cancel))
        pthread_cond_wait(&a->changed, &a->lock);
    if (a->first && a->first->done) {
        e = a->first;
        if (e->rc != 0 && !((const TfgMapped *)a->base.dataset)->fn.f && a->base.stats) {
            tfg_gauges_add(a->base.stats, "Prefetch::buffer_utilization", (double)((float)a->n / (float)a->limit));
            tfg_gauges_set(a->base.stats, "Prefetch::buffer_size", (float)a->n);
            tfg_gauges_set(a->base.stats, "Prefetch::buffer_capacity", (float)a->limit);
        }
        a->first = e->next;
        if (!a->first)
            a->last = &a->first;
        a->n--;
        pthread_cond_broadcast(&a->changed);
    }
    *failed = a->out_of_memory;
    pthread_mutex_unlock(&a->lock);
    return e;
}

static int ahead_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    AheadWalk *a = (AheadWalk *)w;
    if (a->ended)
        return 0;
    if (a->limit == 0) {
        tfg_gauges_set(w->stats, "Prefetch::buffer_size", 0);
        tfg_gauges_set(w->stats, "Prefetch::buffer_capacity", 0);
    }
    if (a->limit == 0)
        return tfg_walk_next(w->input, out, cancel, s);
    if (a->process != getpid())
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "An iterator that computes elements ahead cannot be used in a forked process");
    if (!a->n_threads && start_threads(a, s) < 0)
        return -1;
    int64_t id;
    bool failed = false;
    Entry *e = tfg_cancel_add(cancel, wake, a, &id) ? take_entry(a, cancel, &failed) : NULL;
    tfg_cancel_remove(cancel, id);
    if (!e && tfg_cancelled(cancel))
        return tfg_fail(s, TFG_CANCELLED, "Operation was cancelled");
    if (!e)
        return failed ? tfg_fail_memory(s) : 0;
    int rc = e->rc;
    a->ended = rc == 0;
    if (rc == 1) {
        memcpy(out, e->t, (size_t)w->dataset->n * sizeof *out);
        memset(e->t, 0, (size_t)w->dataset->n * sizeof *out);
    } else if (rc < 0) {
        tfg_status_move(s, &e->status);
    }
    entry_free(e, w->dataset->n);
    return rc;
}

/* ---- Where they stand -------------------------------------------------------------------------------------------------------------- */

static bool is_busy(const AheadWalk *a)
{
    bool busy = a->reading;
    for (const Entry *e = a->first; e && !busy; e = e->next)
        busy = !e->done;
    return busy;
}

/* Waits until no thread is at work, and keeps them from beginning until they may again. */
static void set_paused(AheadWalk *a, bool paused)
{
    pthread_mutex_lock(&a->lock);
    a->paused = paused;
    pthread_cond_broadcast(&a->changed);
    while (paused && is_busy(a))
        pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

static int entry_state(Entry *e, int64_t i, const TfgDataset *d, TfgWalkState *t, TfgStatus *s)
{
    char name[48];
    bool end = e->rc == 0;
    snprintf(name, sizeof name, "buffer[%lld].end_of_input", (long long)i);
    if (tfg_state_flag(t, name, &end, s) < 0)
        return -1;
    snprintf(name, sizeof name, "buffer[%lld]", (long long)i);
    if (end)
        return 0;
    if (tfg_state_status(t, name, &e->status, s) < 0)
        return -1;
    e->rc = e->status.code == TFG_OK ? 1 : -1;
    return e->rc < 0 ? 0 : tfg_state_tensors(t, name, e->t, d->n, d->dtypes, s);
}

static int entries_state(AheadWalk *a, TfgWalkState *t, TfgStatus *s)
{
    int64_t n = a->n;
    if (tfg_state_pass(&a->base, t, s) < 0 || tfg_state_flag(t, "ended", &a->ended, s) < 0 || tfg_state_flag(t, "over", &a->over, s) < 0 ||
        tfg_state_count(t, "buffer_size", &n, 0, (int64_t)t->table->n, s) < 0)
        return -1;
    Entry *e = a->first;
    for (int64_t i = 0; i < n; i++, e = e->next) {
        if (t->reads && !(e = add_entry(a)))
            return tfg_fail_memory(s);
        e->done = true;
        if (entry_state(e, i, a->base.dataset, t, s) < 0)
            return -1;
    }
    return 0;
}

static int ahead_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    AheadWalk *a = (AheadWalk *)w;
    if (a->process != getpid())
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "An iterator that computes elements ahead cannot be saved in a forked process");
    set_paused(a, true);
    int rc = entries_state(a, t, s);
    set_paused(a, false);
    return rc;
}

static const TfgDatasetKind prefetch_kind = {"Prefetch", sizeof(TfgMapped), sizeof(AheadWalk), tfg_mapped_fini, ahead_begin, ahead_next,
                                             ahead_end, ahead_state};
static const TfgDatasetKind parallel_map_kind = {"ParallelMap", sizeof(TfgMapped), sizeof(AheadWalk), tfg_mapped_fini, ahead_begin,
                                                 ahead_next, ahead_end, ahead_state};

TfgDataset *tfg_prefetch_new(TfgDataset *input, int64_t size, TfgStatus *s)
{
    TfgMapped *d = tfg_dataset_new(&prefetch_kind, input, s);
    if (!d || tfg_dataset_declare_like(&d->base, input, s) < 0) {
        tfg_dataset_unref(d);
        return NULL;
    }
    d->parallel = 1;
    d->block = size;
    return &d->base;
}

int tfg_prefetch_start(TfgWalk *w, TfgStatus *s)
{
    return ((AheadWalk *)w)->n_threads ? 0 : start_threads((AheadWalk *)w, s);
}

bool tfg_prefetch_has(TfgWalk *w)
{
    AheadWalk *a = (AheadWalk *)w;
    if (w->dataset->kind != &prefetch_kind)
        return false;
    pthread_mutex_lock(&a->lock);
    bool has = a->first && a->first->done;
    pthread_mutex_unlock(&a->lock);
    return has;
}

static int run_prefetch(TfgKernelCall *c, TfgStatus *s)
{
    int64_t size;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "buffer_size", &size, s) < 0)
        return -1;
    if (size < -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "buffer_size must be >= 0");
    TfgDataset *d = tfg_prefetch_new(input, size, s);
    return d ? tfg_dataset_give_steal(c, d, s) : -1;
}

static int run_parallel_map(TfgKernelCall *c, TfgStatus *s)
{
    int64_t parallel;
    if (tfg_scalar_argument(c, c->n_in - 1, "num_parallel_calls", &parallel, s) < 0)
        return -1;
    if (parallel <= 0 && parallel != -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_parallel_calls must be greater than zero.");
    TfgMapped *d = tfg_mapped_new(c, &parallel_map_kind, "f", 1, s);
    if (!d || tfg_dataset_fn_check_gives(&d->fn, &d->base, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->block = parallel < 0 ? 16 : parallel;
    d->parallel = d->block < MOST_THREADS ? d->block : MOST_THREADS;
    return tfg_dataset_give_steal(c, d, s);
}

/* Batches of what a function gives, several calls at once. */
static int give_map_and_batch(TfgKernelCall *c, int64_t size, int64_t parallel, bool drop, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s), *batch = NULL;
    TfgMapped *d = input ? tfg_dataset_new(&parallel_map_kind, input, s) : NULL;
    const TfgAttr *types = tfg_attrs_find(c->attrs, "output_types");
    if (d && tfg_dataset_fn_init(&d->fn, c, "f", input->n, 1, c->n_in - 4, s) == 0 &&
        tfg_dataset_declare(&d->base, types->n, types->list_type, s) == 0 && tfg_dataset_fn_check_gives(&d->fn, &d->base, s) == 0) {
        d->block = parallel < 0 ? 16 : parallel;
        d->parallel = d->block < MOST_THREADS ? d->block : MOST_THREADS;
        batch = tfg_batch_new(&d->base, size, drop, true, s);
    }
    tfg_dataset_unref(d);
    if (batch && tfg_dataset_declare_attrs(batch, c->attrs, "output_types", s) < 0) {
        tfg_dataset_unref(batch);
        batch = NULL;
    }
    return batch ? tfg_dataset_give_steal(c, batch, s) : -1;
}

static int run_map_and_batch(TfgKernelCall *c, TfgStatus *s)
{
    bool in_batches = strcmp(c->type, "MapAndBatchDataset") == 0;
    const char *name = in_batches ? "num_parallel_batches" : "num_parallel_calls";
    int64_t size, parallel, drop;
    if (tfg_scalar_argument(c, c->n_in - 3, "batch_size", &size, s) < 0)
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "batch_size must be greater than zero.");
    if (tfg_scalar_argument(c, c->n_in - 2, name, &parallel, s) < 0)
        return -1;
    if (parallel <= 0 && (in_batches || parallel != -1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be greater than zero.", name);
    if (tfg_scalar_argument(c, c->n_in - 1, "drop_remainder", &drop, s) < 0)
        return -1;
    if (in_batches && __builtin_mul_overflow(parallel, size, &parallel))
        parallel = INT64_MAX;
    return give_map_and_batch(c, size, parallel, drop != 0, s);
}

static const TfgKernelRow rows[] = {
    {.op = "PrefetchDataset", .run = run_prefetch}, {.op = "ParallelMapDataset", .run = run_parallel_map},
    {.op = "MapAndBatchDataset", .run = run_map_and_batch}, {.op = "MapAndBatchDatasetV2", .run = run_map_and_batch},
};

int tfg_register_datasets_ahead(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
