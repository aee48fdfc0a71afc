/* The candidate samplers, and ComputeAccidentalHits. */
#include "kernels/candidate_sampling.h"

#include <float.h>
#include <math.h>
#include <pthread.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/random.h"
#include "kernels/util.h"

typedef struct State {
    void *generator;
    TfgSampler sampler;
    pthread_mutex_t lock;       /* over a sampler that learns */
} State;

static void release(void *state)
{
    State *st = state;
    tfg_generator_release(st->generator);
    tfg_sampler_fini(&st->sampler);
    pthread_mutex_destroy(&st->lock);
    tfg_free(st);
}

static int prepare(const TfgPrepare *p, TfgSamplerKind kind, void **state, TfgStatus *s)
{
    State *st = tfg_calloc(1, sizeof *st);
    if (!st)
        return tfg_fail_memory(s);
    pthread_mutex_init(&st->lock, NULL);
    if (tfg_generator_prepare(p, &st->generator, s) < 0 || tfg_sampler_init(&st->sampler, kind, p, s) < 0) {
        release(st);
        return -1;
    }
    *state = st;
    return 0;
}

static int prepare_all(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare(p, TFG_SAMPLER_ALL, state, s); }
static int prepare_uniform(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare(p, TFG_SAMPLER_UNIFORM, state, s); }
static int prepare_log_uniform(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare(p, TFG_SAMPLER_LOG_UNIFORM, state, s); }
static int prepare_learned(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare(p, TFG_SAMPLER_LEARNED, state, s); }
static int prepare_fixed(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare(p, TFG_SAMPLER_FIXED, state, s); }

/* ---- Sets of numbers: where each was put last, in an open table. ---- */

typedef struct Places {
    int64_t *keys;
    int32_t *at;                /* -1: free */
    uint64_t mask;
} Places;

static int init_places(TfgKernelCall *c, Places *p, int64_t n, TfgStatus *s)
{
    uint64_t size = 16;
    while (size < 2 * (uint64_t)n)
        size *= 2;
    p->mask = size - 1;
    p->keys = tfg_kernel_scratch(c, size * sizeof *p->keys, s);
    p->at = p->keys ? tfg_kernel_scratch(c, size * sizeof *p->at, s) : NULL;
    if (!p->at)
        return -1;
    memset(p->at, 0xff, size * sizeof *p->at);
    return 0;
}

static uint64_t slot(const Places *p, int64_t key)
{
    uint64_t i = ((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & p->mask;
    while (p->at[i] >= 0 && p->keys[i] != key)
        i = (i + 1) & p->mask;
    return i;
}

/* ---- Samplers ---- */

/* Of `tries` draws (n of them kept), how many are expected to give a class of probability p. */
static float expected(float p, int64_t n, int64_t tries)
{
    return tries == n ? p * (float)n : -expm1f((float)tries * log1pf(-p));
}

/* n classes into `out`, each once; the number of draws it took, or -1. */
static int64_t draw_unique(TfgKernelCall *c, const TfgSampler *d, TfgSamples *r, int64_t *out, int64_t n, TfgStatus *s)
{
    Places used;
    if (init_places(c, &used, n, s) < 0)
        return -1;
    int64_t tries = 0;
    for (int64_t i = 0; i < n;) {
        if (++tries == INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%d draws gave fewer than %lld different classes", INT32_MAX, (long long)n);
        if (tries % 65536 == 0 && tfg_kernel_check_cancel(c, s) < 0)
            return -1;
        int64_t value = tfg_sampler_draw(d, r);
        uint64_t at = slot(&used, value);
        if (used.at[at] >= 0)
            continue;
        used.keys[at] = value;
        used.at[at] = 0;
        out[i++] = value;
    }
    return tries;
}

static int draw(TfgKernelCall *c, State *st, TfgTensor *const *out, int64_t n, TfgStatus *s)
{
    const TfgTensor *classes = c->in[0];
    TfgSampler *d = &st->sampler;
    const int64_t *shown = classes->data;
    int64_t *drawn = out[0]->data, tries = n;
    float *of_true = out[1]->data, *of_drawn = out[2]->data;
    TfgSamples r = {tfg_generator_take(st->generator, 512 * (uint64_t)n), {0}, 4};
    if (tfg_attrs_bool(c->attrs, "unique")) {
        if ((tries = draw_unique(c, d, &r, drawn, n, s)) < 0)
            return -1;
    } else
        for (int64_t i = 0; i < n; i++)
            drawn[i] = tfg_sampler_draw(d, &r);
    for (int64_t i = 0; i < n; i++)
        of_drawn[i] = expected(tfg_sampler_probability(d, drawn[i]), n, tries);
    for (int64_t i = 0; i < classes->count; i++)
        of_true[i] = expected(tfg_sampler_probability(d, shown[i]), n, tries);
    for (int64_t i = 0; d->kind == TFG_SAMPLER_LEARNED && i < classes->count; i++)
        tfg_sampler_learn(d, shown[i]);
    return 0;
}

static void take_all(TfgTensor *const *out)
{
    for (int64_t i = 0; i < out[0]->count; i++)
        ((int64_t *)out[0]->data)[i] = i;
    for (int k = 1; k < 3; k++)
        for (int64_t i = 0; i < out[k]->count; i++)
            ((float *)out[k]->data)[i] = 1;
}

static int run(TfgKernelCall *c, TfgStatus *s)
{
    State *st = c->state;
    const TfgTensor *classes = c->in[0];
    int64_t n = tfg_attrs_int(c->attrs, "num_sampled"), num_true = tfg_attrs_int(c->attrs, "num_true");
    if (classes->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "true_classes must be a matrix");
    if (classes->dims[1] != num_true)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "true_classes must have num_true columns, expected: %lld was: %lld", (long long)classes->dims[1],
                        (long long)num_true);
    if (tfg_attrs_bool(c->attrs, "unique") && n > st->sampler.possible)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sampler's range is too small.");
    if (n < 1 || n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_sampled is out of range: %lld", (long long)n);
    for (int64_t i = 0; st->sampler.kind == TFG_SAMPLER_LEARNED && i < classes->count; i++) {
        int64_t value = ((const int64_t *)classes->data)[i];
        if (value < 0 || value >= st->sampler.range)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "true_classes has %lld, which is not in [0, %lld)", (long long)value, (long long)st->sampler.range);
    }
    TfgTensor *out[3];
    if (!(out[0] = tfg_kernel_output(c, 0, 1, &n, s)) || !(out[1] = tfg_kernel_output(c, 1, 2, classes->dims, s)) ||
        !(out[2] = tfg_kernel_output(c, 2, 1, &n, s)))
        return -1;
    if (st->sampler.kind == TFG_SAMPLER_ALL) {
        take_all(out);
        return 0;
    }
    bool learns = st->sampler.kind == TFG_SAMPLER_LEARNED;
    if (learns)
        pthread_mutex_lock(&st->lock);
    int rc = draw(c, st, out, n, s);
    if (learns)
        pthread_mutex_unlock(&st->lock);
    return rc;
}

/* ---- Hits: candidates that are among the true classes. ---- */

static int run_hits(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *classes = c->in[0], *candidates = c->in[1];
    int64_t num_true = tfg_attrs_int(c->attrs, "num_true"), hits = 0;
    Places places;
    if (classes->rank != 2 || classes->dims[1] != num_true)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "true_candidates must be a batch_size * num_true matrix");
    if (candidates->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sampled_candidates must be a vector, which is typically an output from CandidateSampler");
    if (candidates->count > INT32_MAX || classes->dims[0] > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "there are too many candidates or classes");
    if (init_places(c, &places, candidates->count, s) < 0)
        return -1;
    const int64_t *shown = classes->data, *drawn = candidates->data;
    for (int64_t i = 0; i < candidates->count; i++) {
        uint64_t at = slot(&places, drawn[i]);
        places.keys[at] = drawn[i];
        places.at[at] = (int32_t)i;
    }
    for (int64_t i = 0; i < classes->count; i++)
        hits += places.at[slot(&places, shown[i])] >= 0;
    TfgTensor *indices = tfg_kernel_output(c, 0, 1, &hits, s), *ids = indices ? tfg_kernel_output(c, 1, 1, &hits, s) : NULL;
    TfgTensor *weights = ids ? tfg_kernel_output(c, 2, 1, &hits, s) : NULL;
    if (!weights)
        return -1;
    for (int64_t i = 0, k = 0; i < classes->count; i++) {
        int32_t at = places.at[slot(&places, shown[i])];
        if (at < 0)
            continue;
        ((int32_t *)indices->data)[k] = (int32_t)(i / num_true);
        ((int64_t *)ids->data)[k] = at;
        ((float *)weights->data)[k++] = -FLT_MAX;
    }
    return 0;
}

#define SAMPLER(op_, prepare_) \
    {.op = op_, .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_EXPENSIVE, .prepare = prepare_, .release = release, .run = run}

static const TfgKernelRow rows[] = {
    SAMPLER("AllCandidateSampler", prepare_all),
    SAMPLER("FixedUnigramCandidateSampler", prepare_fixed),
    SAMPLER("LearnedUnigramCandidateSampler", prepare_learned),
    SAMPLER("LogUniformCandidateSampler", prepare_log_uniform),
    SAMPLER("ThreadUnsafeUnigramCandidateSampler", prepare_learned),
    SAMPLER("UniformCandidateSampler", prepare_uniform),
    {.op = "ComputeAccidentalHits", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_hits},
};

int tfg_register_kernels_candidate_sampling(TfgStatus *s);
int tfg_register_kernels_candidate_sampling(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
