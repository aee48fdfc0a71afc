#include "kernels/dataset_stats.h"

#include <math.h>
#include <time.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/summary.h"
#include "kernels/dataset_state.h"
#include "kernels/named.h"

#define STATS_TYPE "StatsAggregator"

/* ---- Aggregators ------------------------------------------------------------------------------------------------------------------- */

typedef struct Statistic {
    char *tag;
    TfgHistogram *histogram;    /* NULL: a number */
    float number;
} Statistic;

struct TfgGauges {
    TfgHandle base;
    pthread_mutex_t lock;
    Statistic *at;
    size_t n, capacity;
};

static void stats_free(TfgHandle *h)
{
    TfgGauges *a = (TfgGauges *)h;
    for (size_t i = 0; i < a->n; i++) {
        tfg_free(a->at[i].tag);
        tfg_histogram_free(a->at[i].histogram);
    }
    tfg_free(a->at);
    pthread_mutex_destroy(&a->lock);
    tfg_free(a);
}

static void stats_after_fork(TfgHandle *h) { pthread_mutex_init(&((TfgGauges *)h)->lock, NULL); }

static TfgHandle *stats_new(const TfgPrepare *p, const char *name, void *arg, TfgStatus *s)
{
    (void)p, (void)name, (void)arg;
    TfgGauges *a = tfg_calloc(1, sizeof *a);
    if (!a) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&a->base.refs, 1);
    a->base.free = stats_free;
    a->base.type_name = STATS_TYPE;
    pthread_mutex_init(&a->lock, NULL);
    return &a->base;
}

/* With the lock held.  A histogram and a number may have one tag. */
static Statistic *find(TfgGauges *a, const char *tag, bool histogram)
{
    for (size_t i = 0; i < a->n; i++)
        if ((a->at[i].histogram != NULL) == histogram && strcmp(a->at[i].tag, tag) == 0)
            return &a->at[i];
    TfgStatus unheard = TFG_STATUS_INIT;
    Statistic made = {.tag = tfg_strdup(tag), .histogram = histogram ? tfg_histogram_new(&unheard) : NULL};
    tfg_status_fini(&unheard);
    if (!made.tag || (histogram && !made.histogram) || tfg_grow((void **)&a->at, &a->capacity, a->n + 1, sizeof *a->at) < 0) {
        tfg_free(made.tag);
        tfg_histogram_free(made.histogram);
        return NULL;
    }
    a->at[a->n] = made;
    return &a->at[a->n++];
}

void tfg_gauges_add(TfgGauges *a, const char *tag, double value)
{
    if (!a || !isfinite(value))
        return;
    pthread_mutex_lock(&a->lock);
    Statistic *found = find(a, tag, true);
    if (found)
        tfg_histogram_add(found->histogram, value);
    pthread_mutex_unlock(&a->lock);
}

void tfg_gauges_set(TfgGauges *a, const char *tag, float value)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    Statistic *found = find(a, tag, false);
    if (found)
        found->number = value;
    pthread_mutex_unlock(&a->lock);
}

/* Histograms, then numbers. */
static int write_summary(TfgGauges *a, TfgStr *out, TfgStatus *s)
{
    int rc = 0;
    pthread_mutex_lock(&a->lock);
    for (size_t i = 0; i < 2 * a->n && rc == 0; i++) {
        const Statistic *v = &a->at[i % a->n];
        TfgBytes tag = {v->tag, strlen(v->tag)};
        if (i < a->n && v->histogram)
            rc = tfg_histogram_put(out, tag, v->histogram, s);
        else if (i >= a->n && !v->histogram)
            tfg_summary_put_scalar(out, tag, v->number);
    }
    pthread_mutex_unlock(&a->lock);
    return rc < 0 ? -1 : out->failed ? tfg_fail_memory(s) : 0;
}

static int prepare_handle(const TfgPrepare *p, void **state, TfgStatus *s)
{
    return tfg_named_prepare(p, STATS_TYPE, stats_new, NULL, (TfgNamed **)state, NULL, s);
}

static TfgGauges *find_stats(TfgKernelCall *c, int i, TfgStatus *s) { return (TfgGauges *)tfg_resource_lookup(c->resources, c->in[i], STATS_TYPE, s); }

static int run_summary(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "resource_handle must be a scalar");
    TfgGauges *a = find_stats(c, 0, s);
    if (!a)
        return -1;
    TfgStr text = TFG_STR_INIT;
    int rc = write_summary(a, &text, s);
    tfg_handle_unref(&a->base);
    TfgTensor *t = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (t && tfg_string_set(t->data, tfg_str_text(&text), text.n) < 0)
        rc = tfg_fail_memory(s);
    tfg_str_fini(&text);
    return t ? rc : -1;
}

/* ---- SetStatsAggregator ------------------------------------------------------------------------------------------------------------ */

typedef struct Set {
    TfgDataset base;
    TfgGauges *stats;
} Set;

static void set_fini(TfgDataset *d)
{
    if (((Set *)d)->stats)
        tfg_handle_unref(&((Set *)d)->stats->base);
}

static int set_begin(TfgWalk *w, TfgStatus *s)
{
    w->stats = ((const Set *)w->dataset)->stats;
    return tfg_walk_open_input(w, s);
}

static int pass_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s) { return tfg_walk_next(w->input, out, cancel, s); }

static int set_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    (void)t;
    return tfg_fail(s, TFG_UNIMPLEMENTED, "%sDatasetOp::Dataset does not support checkpointing", w->dataset->kind->name);
}

static const TfgDatasetKind set_kind = {"SetStatsAggregator", sizeof(Set), sizeof(TfgWalk), set_fini, set_begin, pass_next, NULL, set_state};

static int run_set(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    TfgGauges *a = input ? find_stats(c, 1, s) : NULL;
    Set *d = a ? tfg_dataset_new(&set_kind, input, s) : NULL;
    if (d)
        d->stats = a;
    else if (a)
        tfg_handle_unref(&a->base);
    if (!d || tfg_dataset_declare_like(&d->base, input, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- Latency, BytesProduced -------------------------------------------------------------------------------------------------------- */

typedef struct Tagged {
    TfgDataset base;
    char *tag;
} Tagged;

static void tagged_fini(TfgDataset *d) { tfg_free(((Tagged *)d)->tag); }
static int tagged_begin(TfgWalk *w, TfgStatus *s) { return tfg_walk_open_input(w, s); }

static double now_microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return floor((double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3);
}

static int latency_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    double begin = now_microseconds();
    int rc = tfg_walk_next(w->input, out, cancel, s);
    if (rc != 0)
        tfg_gauges_add(w->stats, ((const Tagged *)w->dataset)->tag, now_microseconds() - begin);
    return rc;
}

static double bytes_of(const TfgTensor *t)
{
    double bytes = (double)tfg_tensor_size(t->dtype, t->count);
    if (t->dtype == TFG_STRING) {
        bytes = 8.0 * (double)t->count;         /* what a pointer to each takes in TensorFlow's tensors */
        for (int64_t i = 0; i < t->count; i++)
            bytes += (double)((const TfgString *)t->data)[i].n;
    }
    return bytes;
}

static int bytes_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    double bytes = 0;
    int rc = tfg_walk_next(w->input, out, cancel, s);
    for (int i = 0; i < w->dataset->n && rc == 1; i++)
        bytes += bytes_of(out[i]);
    if (rc == 1)
        tfg_gauges_add(w->stats, ((const Tagged *)w->dataset)->tag, bytes);
    return rc;
}

static const TfgDatasetKind latency_kind = {"LatencyStats", sizeof(Tagged), sizeof(TfgWalk), tagged_fini, tagged_begin, latency_next, NULL, tfg_state_pass};
static const TfgDatasetKind bytes_kind = {"BytesProducedStats", sizeof(Tagged), sizeof(TfgWalk), tagged_fini, tagged_begin, bytes_next, NULL, tfg_state_pass};

static int run_tagged(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (input && c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tag must be a scalar");
    Tagged *d = input ? tfg_dataset_new(kind, input, s) : NULL;
    const TfgString *tag = c->in[1]->data;
    if (d && !(d->tag = tfg_strndup(tag->data ? tag->data : "", tag->n)))
        tfg_fail_memory(s);
    if (!d || !d->tag || tfg_dataset_declare_like(&d->base, input, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static int run_latency(TfgKernelCall *c, TfgStatus *s) { return run_tagged(c, &latency_kind, s); }
static int run_bytes(TfgKernelCall *c, TfgStatus *s) { return run_tagged(c, &bytes_kind, s); }

static const TfgKernelRow rows[] = {
    {.op = "StatsAggregatorHandle", .prepare = prepare_handle, .release = tfg_named_release, .run = tfg_named_run, .flags = TFG_KERNEL_KEEPS_STATE},
    {.op = "StatsAggregatorSummary", .run = run_summary}, {.op = "SetStatsAggregatorDataset", .run = run_set},
    {.op = "LatencyStatsDataset", .run = run_latency}, {.op = "BytesProducedStatsDataset", .run = run_bytes},
};

int tfg_register_datasets_stats(TfgStatus *s)
{
    tfg_resource_on_fork(STATS_TYPE, stats_after_fork);
    return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s);
}
