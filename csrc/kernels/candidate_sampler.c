/* The distributions that candidates are drawn from.  Each draws as TensorFlow does, sample by sample. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/str.h"
#include "io/file.h"
#include "kernels/candidate_sampling.h"

/* ---- Samples ---- */

uint32_t tfg_sample_32(TfgSamples *r)
{
    if (r->used == 4) {
        tfg_philox_next(&r->stream, r->block);
        r->used = 0;
    }
    return r->block[r->used++];
}

uint64_t tfg_sample_64(TfgSamples *r)
{
    uint64_t low = tfg_sample_32(r);
    return low | (uint64_t)tfg_sample_32(r) << 32;
}

float tfg_sample_float(TfgSamples *r)
{
    uint32_t bits = 127u << 23 | (tfg_sample_32(r) & 0x7fffffu);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x - 1;
}

double tfg_sample_double(TfgSamples *r)
{
    uint32_t high = tfg_sample_32(r), low = tfg_sample_32(r);
    uint64_t bits = (uint64_t)1023 << 52 | (uint64_t)(high & 0xfffffu) << 32 | low;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x - 1;
}

/* ---- Learned: class i weighs 1 + how often it was seen. ---- */

static int init_learned(TfgSampler *d, TfgStatus *s)
{
    if (d->range >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "range_max must be below %d, but is %lld", INT32_MAX, (long long)d->range);
    d->seen = tfg_calloc((size_t)d->range + 1, sizeof *d->seen);
    d->total = d->range;
    return d->seen ? 0 : tfg_fail_memory(s);
}

static int64_t seen_before(const TfgSampler *d, int64_t end)
{
    int64_t sum = 0;
    for (int64_t i = end; i > 0; i -= i & -i)
        sum += d->seen[i];
    return sum;
}

void tfg_sampler_learn(TfgSampler *d, int64_t value)
{
    if (d->total == INT32_MAX)
        return;
    d->total++;
    for (int64_t i = value + 1; i <= d->range; i += i & -i)
        d->seen[i]++;
}

/* The class whose share of [0, total) holds `at`. */
static int64_t pick_learned(const TfgSampler *d, int64_t at)
{
    int64_t step = 1, from = 0;
    while (step <= d->range / 2)
        step *= 2;
    for (; step; step /= 2)
        if (from + step <= d->range && step + d->seen[from + step] <= at) {
            from += step;
            at -= step + d->seen[from];
        }
    return from;
}

/* ---- Fixed: weights from a file or a list, drawn by Walker's alias method. ---- */

typedef struct Weights {
    int64_t shards, shard, n, room, word;       /* word: number of the next one, of all shards */
    double distortion;
    float *at;
} Weights;

static int add_weight(Weights *w, float weight, TfgStatus *s)
{
    if (w->word++ % w->shards != w->shard)
        return 0;
    if (!(weight >= 0) || isinf(weight))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The weight of a class must be finite and not below zero, but is %g", (double)weight);
    if (w->n == w->room) {
        int64_t room = w->room ? 2 * w->room : 1024;
        float *at = tfg_realloc(w->at, (size_t)room * sizeof *at);
        if (!at)
            return tfg_fail_memory(s);
        w->at = at;
        w->room = room;
    }
    w->at[w->n++] = weight;
    return 0;
}

static int add_line(Weights *w, const char *line, size_t n, TfgStatus *s)
{
    char text[64];
    size_t begin = n;
    while (begin > 0 && line[begin - 1] != ',')
        begin--;
    size_t length = n - begin;
    if (w->word % w->shards != w->shard) {
        w->word++;
        return 0;
    }
    char *end = text;
    float weight = 0;
    if (length > 0 && length < sizeof text) {
        memcpy(text, line + begin, length);
        text[length] = 0;
        weight = strtof(text, &end);
        while (*end == ' ' || *end == '\t' || *end == '\r')
            end++;
    }
    if (end == text || *end)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Wrong vocabulary format at line: %.*s", (int)(n < 200 ? n : 200), line);
    return add_weight(w, (float)pow((double)weight, w->distortion), s);
}

static int add_file(Weights *w, TfgBytes path, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    char *name = tfg_alloc(path.n + 1);
    if (!name)
        return tfg_fail_memory(s);
    memcpy(name, path.data, path.n);
    name[path.n] = 0;
    int rc = strlen(name) == path.n ? tfg_file_read(name, UINT64_C(1) << 32, &text, s)
                                    : tfg_fail(s, TFG_INVALID_ARGUMENT, "vocab_file holds a NUL byte");
    for (size_t at = 0; rc == 0 && at < text.n;) {
        const char *end = memchr(text.data + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - text.data) - at : text.n - at;
        rc = n ? add_line(w, text.data + at, n, s) : 0;
        at += n + 1;
    }
    tfg_str_fini(&text);
    tfg_free(name);
    return rc;
}

static int read_weights(Weights *w, int64_t range, const TfgAttrs *attrs, TfgStatus *s)
{
    TfgBytes file = tfg_attrs_string(attrs, "vocab_file");
    const TfgAttr *unigrams = tfg_attrs_find(attrs, "unigrams");
    int64_t reserved = tfg_attrs_int(attrs, "num_reserved_ids");
    int n = unigrams ? unigrams->n : 0;
    if (!file.n && !n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must provide either vocab_file or unigrams.");
    if (file.n && n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must only provide one of vocab_file and unigrams.");
    if (w->shards < 1 || w->shard < 0 || w->shard >= w->shards)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shard must be in [0, %lld), but is %lld", (long long)w->shards, (long long)w->shard);
    if (reserved > 0 && reserved / w->shards > range)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_reserved_ids is %lld, and range_max %lld", (long long)reserved, (long long)range);
    for (int64_t i = 0; i < reserved; i++)
        if (add_weight(w, 0, s) < 0)
            return -1;
    w->word = w->n;             /* TensorFlow counts on from the reserved classes of this shard */
    if (file.n)
        return add_file(w, file, s);
    for (int i = 0; i < n; i++)
        if (add_weight(w, (float)pow((double)unigrams->list_f[i], w->distortion), s) < 0)
            return -1;
    return 0;
}

/* Pairs classes of less than their share with classes of more. */
static int pair_classes(TfgSampler *d, TfgStatus *s)
{
    int64_t n = d->range, n_low = 0, n_high = 0;
    double sum = 0, *share = tfg_alloc((size_t)n * sizeof *share);
    int32_t *low = tfg_alloc((size_t)n * sizeof *low), *high = tfg_alloc((size_t)n * sizeof *high);
    int rc = share && low && high ? 0 : tfg_fail_memory(s);
    for (int64_t i = 0; rc == 0 && i < n; i++)
        sum += (double)d->weights[i];
    for (int64_t i = 0; rc == 0 && i < n; i++) {
        share[i] = (double)(d->weights[i] * (float)n) / sum;
        d->other[i] = (int32_t)i;
        if (share[i] < 1)
            low[n_low++] = (int32_t)i;
        else
            high[n_high++] = (int32_t)i;
    }
    while (n_low && n_high) {
        int32_t l = low[--n_low], h = high[--n_high];
        d->other[l] = h;
        share[h] -= 1 - share[l];
        if (share[h] < 1)
            low[n_low++] = h;
        else
            high[n_high++] = h;
    }
    for (int64_t i = 0; rc == 0 && i < n; i++)
        d->keep[i] = (float)share[i];
    while (n_high)              /* what rounding left over */
        d->keep[high[--n_high]] = 1;
    while (n_low)
        d->keep[low[--n_low]] = 1;
    tfg_free(share);
    tfg_free(low);
    tfg_free(high);
    return rc;
}

static int init_fixed(TfgSampler *d, const TfgAttrs *attrs, TfgStatus *s)
{
    Weights w = {.shards = tfg_attrs_int(attrs, "num_shards"), .shard = tfg_attrs_int(attrs, "shard"),
                 .distortion = (double)tfg_attrs_float(attrs, "distortion")};
    int rc = read_weights(&w, d->range, attrs, s);
    d->weights = w.at;
    if (rc < 0)
        return -1;
    if (w.n != d->range || w.n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "range_max is %lld, but there are %lld classes", (long long)d->range, (long long)w.n);
    for (int64_t i = 0; i < w.n; i++) {
        d->sum += d->weights[i];
        d->possible += d->weights[i] > 0;
    }
    if (!(d->sum > 0) || isinf(d->sum))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The weights of the classes must have a sum above zero, but it is %g", (double)d->sum);
    d->keep = tfg_alloc((size_t)w.n * sizeof *d->keep);
    d->other = tfg_alloc((size_t)w.n * sizeof *d->other);
    return d->keep && d->other ? pair_classes(d, s) : tfg_fail_memory(s);
}

/* ---- All ---- */

int tfg_sampler_init(TfgSampler *d, TfgSamplerKind kind, const TfgPrepare *p, TfgStatus *s)
{
    *d = (TfgSampler){.kind = kind, .range = tfg_attrs_int(p->attrs, kind == TFG_SAMPLER_ALL ? "num_sampled" : "range_max")};
    d->possible = d->range;
    if (d->range < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "range_max must be at least 1, but is %lld", (long long)d->range);
    d->inverse = (float)(1.0 / (double)d->range);
    d->log_range = log((double)d->range + 1);
    if (kind == TFG_SAMPLER_FIXED)
        d->possible = 0;
    return kind == TFG_SAMPLER_LEARNED ? init_learned(d, s) : kind == TFG_SAMPLER_FIXED ? init_fixed(d, p->attrs, s) : 0;
}

void tfg_sampler_fini(TfgSampler *d)
{
    tfg_free(d->seen);
    tfg_free(d->weights);
    tfg_free(d->keep);
    tfg_free(d->other);
}

int64_t tfg_sampler_draw(const TfgSampler *d, TfgSamples *r)
{
    if (d->kind == TFG_SAMPLER_UNIFORM)
        return (int64_t)(tfg_sample_64(r) % (uint64_t)d->range);
    if (d->kind == TFG_SAMPLER_LOG_UNIFORM)     /* rounding may give range itself */
        return ((int64_t)exp(tfg_sample_double(r) * d->log_range) - 1) % d->range;
    if (d->kind == TFG_SAMPLER_LEARNED)
        return pick_learned(d, tfg_sample_32(r) % (uint32_t)d->total);
    float chance = tfg_sample_float(r);
    int64_t i = tfg_sample_32(r) % (uint32_t)d->range;
    return chance < d->keep[i] ? i : d->other[i];
}

float tfg_sampler_probability(const TfgSampler *d, int64_t value)
{
    if (d->kind == TFG_SAMPLER_UNIFORM)
        return d->inverse;
    if (d->kind == TFG_SAMPLER_LOG_UNIFORM)
        return (float)(log(((double)value + 2.0) / ((double)value + 1.0)) / d->log_range);
    if (value < 0 || value >= d->range)
        return 0;
    if (d->kind == TFG_SAMPLER_LEARNED)
        return (float)(1 + seen_before(d, value + 1) - seen_before(d, value)) / (float)d->total;
    return d->weights[value] / d->sum;
}
