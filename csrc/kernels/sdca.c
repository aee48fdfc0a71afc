/* SdcaOptimizer, SdcaShrinkL1 and SdcaFprint: linear models trained by stochastic dual coordinate ascent (Shalev-Shwartz and Zhang,
 * arXiv:1309.2375).  Examples are taken one after the other by one thread, so that a run's result depends on nothing else. */
#include "kernels/sdca.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/state.h"
#include "kernels/util.h"

/* Of one group of sparse features: the entries of example i are those from start[i] to start[i + 1]. */
typedef struct Sparse {
    int64_t *start, *id;        /* id: where an entry's weight stands */
    const float *values;        /* NULL: each counts 1 */
    const float *weights;
    float *deltas;
} Sparse;
typedef struct Dense { const float *rows, *weights; float *deltas; int64_t width; } Dense;

typedef struct Sdca {
    const TfgSdcaLoss *loss;
    int64_t n_sparse, n_valued, n_dense, n;     /* n: examples */
    double shrinkage, partitions;
    float l2;
    Sparse *sparse;
    Dense *dense;
    const float *costs, *labels;                /* example weights */
    double *norms;                              /* squared */
    float *state;                               /* [n, 4]: dual, primal loss, dual loss, weight */
    int64_t *order;
} Sdca;

/* ---- reading ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Place { int64_t index, id; } Place;

static int compare_places(const void *a, const void *b)
{
    const Place *x = a, *y = b;
    return x->index != y->index ? (x->index < y->index ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

/* Where the weight of a feature stands: the last of equal indices counts; -1 where there is none. */
static int64_t find_place(const Place *places, int64_t n, int64_t index)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (places[middle].index <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && places[low - 1].index == index ? places[low - 1].id : -1;
}

/* Entries stand in the order of their examples; what breaks the order, and all behind it, is left out. */
static int read_entries(TfgKernelCall *c, const Sdca *k, const TfgTensor *examples, const TfgTensor *features, const Place *places, int64_t n_places,
                        Sparse *out, TfgStatus *s)
{
    const int64_t *example = examples->data, *feature = features->data;
    int64_t at = 0, *seen = tfg_kernel_scratch(c, (size_t)(n_places + 1) * sizeof *seen, s);
    if (!seen)
        return -1;
    for (int64_t i = 0; i < n_places; i++)
        seen[i] = -1;
    for (int64_t i = 0; i < k->n; i++) {
        out->start[i] = at;
        for (; at < examples->count && example[at] == i; at++) {
            const int64_t id = out->id[at] = find_place(places, n_places, feature[at]);
            if (id < 0)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Found sparse feature indices out of valid range: %lld", (long long)feature[at]);
            if (seen[id] == i)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate index in sparse vector.");
            seen[id] = i;
        }
    }
    out->start[k->n] = at;
    return 0;
}

/* Inputs from `first`: groups of example indices, feature indices and values; from `weights`: indices and weights. */
static int read_sparse(TfgKernelCall *c, Sdca *k, int64_t i, int64_t weights, TfgStatus *s)
{
    const TfgTensor *examples = c->in[i], *features = c->in[k->n_sparse + i], *values = i < k->n_valued ? c->in[2 * k->n_sparse + i] : NULL;
    const TfgTensor *indices = c->in[weights + i], *nominal = c->in[weights + k->n_sparse + i];
    Sparse *out = &k->sparse[i];
    if (features->count < examples->count || (values && values->count < examples->count))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sparse features must have as many indices and values as examples, got %lld of %lld",
                        (long long)(features->count < examples->count ? features->count : values->count), (long long)examples->count);
    if (nominal->count < indices->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sparse features must have a weight for each index, got %lld of %lld", (long long)nominal->count,
                        (long long)indices->count);
    Place *places = tfg_kernel_scratch(c, (size_t)(indices->count + 1) * sizeof *places, s);
    out->start = places ? tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *out->start, s) : NULL;
    out->id = out->start ? tfg_kernel_scratch(c, (size_t)(examples->count + 1) * sizeof *out->id, s) : NULL;
    if (!out->id)
        return -1;
    for (int64_t j = 0; j < indices->count; j++)
        places[j] = (Place){((const int64_t *)indices->data)[j], j};
    qsort(places, (size_t)indices->count, sizeof *places, compare_places);
    out->values = values ? values->data : NULL;
    out->weights = nominal->data;
    return read_entries(c, k, examples, features, places, indices->count, out, s);
}

static int read_dense(TfgKernelCall *c, const Sdca *k, int64_t i, int64_t weights, Dense *out, TfgStatus *s)
{
    const TfgTensor *rows = c->in[2 * k->n_sparse + k->n_valued + i], *nominal = c->in[weights + 2 * k->n_sparse + i];
    if (rows->rank != 2 || rows->dims[0] < k->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dense features must be a matrix with a row for each of %lld examples", (long long)k->n);
    if (rows->dims[1] < 1 || rows->dims[1] > nominal->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "More dense features than we have parameters for: %lld", (long long)rows->dims[1]);
    out->rows = rows->data;
    out->weights = nominal->data;
    out->width = rows->dims[1];
    return 0;
}

/* Output i as zeros, like an input. */
static float *zeros_like(TfgKernelCall *c, int64_t i, const TfgTensor *like, TfgStatus *s)
{
    TfgTensor *t = tfg_kernel_output_like(c, (int)i, like, s);
    if (t)
        memset(t->data, 0, (size_t)t->count * sizeof(float));
    return t ? t->data : NULL;
}

static void measure(const Sdca *k)
{
    for (int64_t i = 0; i < k->n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < k->n_sparse; j++)
            for (int64_t e = k->sparse[j].start[i]; e < k->sparse[j].start[i + 1]; e++)
                sum += k->sparse[j].values ? (double)k->sparse[j].values[e] * (double)k->sparse[j].values[e] : 1;
        for (int64_t j = 0; j < k->n_dense; j++) {
            const float *row = k->dense[j].rows + i * k->dense[j].width;
            float part = 0;
            for (int64_t e = 0; e < k->dense[j].width; e++)
                part += row[e] * row[e];
            sum += (double)part;
        }
        k->norms[i] = sum;
    }
}

static int read_features(TfgKernelCall *c, Sdca *k, TfgStatus *s)
{
    const int64_t of_costs = 2 * k->n_sparse + k->n_valued + k->n_dense, weights = of_costs + 2;
    const TfgTensor *costs = c->in[of_costs], *labels = c->in[of_costs + 1];
    if (costs->count >= INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many examples in a mini-batch: %lld > %d", (long long)costs->count, INT32_MAX);
    if (labels->count < costs->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "There must be a label for each of %lld examples, got %lld", (long long)costs->count,
                        (long long)labels->count);
    k->n = costs->count;
    k->costs = costs->data;
    k->labels = labels->data;
    k->sparse = tfg_kernel_scratch(c, (size_t)(k->n_sparse + 1) * sizeof *k->sparse, s);
    k->dense = k->sparse ? tfg_kernel_scratch(c, (size_t)(k->n_dense + 1) * sizeof *k->dense, s) : NULL;
    k->norms = k->dense ? tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *k->norms, s) : NULL;
    k->order = k->norms ? tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *k->order, s) : NULL;
    if (!k->order)
        return -1;
    for (int64_t i = 0; i < k->n_sparse; i++)
        if (!(k->sparse[i].deltas = zeros_like(c, 1 + i, c->in[weights + k->n_sparse + i], s)))
            return -1;
    for (int64_t i = 0; i < k->n_dense; i++)
        if (!(k->dense[i].deltas = zeros_like(c, 1 + k->n_sparse + i, c->in[weights + 2 * k->n_sparse + i], s)))
            return -1;
    for (int64_t i = 0; i < k->n_sparse; i++)
        if (read_sparse(c, k, i, weights, s) < 0)
            return -1;
    for (int64_t i = 0; i < k->n_dense; i++)
        if (read_dense(c, k, i, weights, &k->dense[i], s) < 0)
            return -1;
    measure(k);
    return 0;
}

static int read_state(TfgKernelCall *c, Sdca *k, TfgStatus *s)
{
    const TfgTensor *in = c->in[c->n_in - 1];
    TfgShapeText text;
    if (in->rank != 2 || in->dims[0] != k->n || in->dims[1] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected shape [%lld,4] for example_state_data, got %s", (long long)k->n, tfg_shape_text(in, &text));
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out)
        return -1;
    if (out->data != in->data)
        memcpy(out->data, in->data, (size_t)in->count * sizeof(float));
    k->state = out->data;
    return 0;
}

/* ---- one example ----------------------------------------------------------------------------------------------------------------------------- */

static double shrink(const Sdca *k, double w)
{
    const double rest = fmax(fabs(w) - k->shrinkage, 0);
    return rest > 0 ? copysign(rest, w) : 0;
}

static float shrink_float(float w, float by)
{
    const float rest = fmaxf(fabsf(w) - by, 0);
    return w > 0 ? rest : w < 0 ? -rest : w == 0 ? 0 : w;
}

/* What the model says of example i: *before with the weights given, *now with what was learned since. */
static void predict(const Sdca *k, int64_t i, double *before, double *now)
{
    const float by = (float)k->shrinkage, parts = (float)k->partitions;
    *before = *now = 0;
    for (int64_t j = 0; j < k->n_sparse; j++) {
        const Sparse *p = &k->sparse[j];
        for (int64_t e = p->start[i]; e < p->start[i + 1]; e++) {
            const double x = p->values ? (double)p->values[e] : 1;
            *before += x * shrink(k, (double)p->weights[p->id[e]]);
            *now += x * shrink(k, (double)(p->weights[p->id[e]] + p->deltas[p->id[e]] * parts));
        }
    }
    for (int64_t j = 0; j < k->n_dense; j++) {
        const Dense *p = &k->dense[j];
        const float *x = p->rows + i * p->width;
        float sum = 0, sum_now = 0;
        for (int64_t e = 0; e < p->width; e++) {
            sum += x[e] * shrink_float(p->weights[e], by);
            sum_now += x[e] * shrink_float(p->weights[e] + p->deltas[e] * parts, by);
        }
        *before += (double)sum;
        *now += (double)sum_now;
    }
}

static void learn(const Sdca *k, int64_t i, double step)
{
    for (int64_t j = 0; j < k->n_sparse; j++) {
        const Sparse *p = &k->sparse[j];
        for (int64_t e = p->start[i]; e < p->start[i + 1]; e++) {
            float *delta = &p->deltas[p->id[e]];
            *delta = (float)((double)*delta + (p->values ? (double)p->values[e] : 1) * step);
        }
    }
    for (int64_t j = 0; j < k->n_dense; j++)
        for (int64_t e = 0; e < k->dense[j].width; e++)
            k->dense[j].deltas[e] += k->dense[j].rows[i * k->dense[j].width + e] * (float)step;
}

static int train(const Sdca *k, int64_t i, TfgStatus *s)
{
    const TfgSdcaLoss *loss = k->loss;
    float *state = k->state + 4 * i, label = k->labels[i];
    double before, now;
    if (loss->label(&label, s) < 0)
        return -1;
    const double y = (double)label, cost = (double)k->costs[i], dual = (double)state[0], l2 = (double)k->l2;
    predict(k, i, &before, &now);
    const double next = loss->dual(k->partitions, y, cost, dual, now, k->norms[i] / l2);
    learn(k, i, (next - dual) * cost / l2);
    state[0] = (float)next;
    state[1] = (float)loss->primal_loss(before, y, cost);
    state[2] = (float)loss->dual_loss(dual, y, cost);
    state[3] = k->costs[i];
    return 0;
}

/* ---- their order ------------------------------------------------------------------------------------------------------------------------------- */

/* Splitmix64: TensorFlow asks the system for numbers here, so any will do. */
static uint64_t draw(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static double draw_unit(uint64_t *state) { return (double)(draw(state) >> 11) * 0x1p-53; }

static void shuffle(const Sdca *k, uint64_t seed)
{
    for (int64_t i = 0; i < k->n; i++) {
        const int64_t j = (int64_t)(draw(&seed) % (uint64_t)(i + 1));
        k->order[i] = k->order[j];
        k->order[j] = i;
    }
}

/* How far an example is from its optimum, and how much it can move. */
static double worth(const Sdca *k, int64_t i)
{
    float label = k->labels[i];
    double before, now;
    TfgStatus ignored = TFG_STATUS_INIT;        /* a wrong label is told when its turn comes */
    k->loss->label(&label, &ignored);
    tfg_status_fini(&ignored);
    predict(k, i, &before, &now);
    const double w = (double)k->costs[i] * sqrt(k->norms[i] + (double)k->l2 * k->loss->smoothness)
                     * fabs((double)k->state[4 * i] + k->loss->slope(now, (double)label));
    return w > 0 && isfinite(w) ? w : 0;
}

typedef struct Unseen { int64_t i; double worth; } Unseen;

static int compare_unseen(const void *a, const void *b)
{
    const Unseen *x = a, *y = b;
    return x->worth != y->worth ? (x->worth > y->worth ? -1 : 1) : x->i < y->i ? -1 : x->i > y->i;
}

static int64_t pick(const double *sums, int64_t n, double at)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (sums[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Examples are drawn by their worth, one already drawn k times with a chance of 1 in 10^k; those not drawn follow, the worthiest first. */
static int sample(TfgKernelCall *c, const Sdca *k, uint64_t seed, TfgStatus *s)
{
    double *sums = tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *sums, s);
    int32_t *times = sums ? tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *times, s) : NULL;
    Unseen *unseen = times ? tfg_kernel_scratch(c, (size_t)(k->n + 1) * sizeof *unseen, s) : NULL;
    int64_t n = 0, left = 0;
    if (!unseen)
        return -1;
    for (int64_t i = 0; i < k->n; i++) {
        sums[i] = (i ? sums[i - 1] : 0) + worth(k, i);
        times[i] = 0;
    }
    for (int64_t refused = 0; n < k->n && refused < k->n && sums[k->n - 1] > 0;) {
        const int64_t i = pick(sums, k->n, draw_unit(&seed) * sums[k->n - 1]);
        if (draw_unit(&seed) > pow(0.1, times[i])) {
            refused++;
            continue;
        }
        times[i]++;
        k->order[n++] = i;
    }
    for (int64_t i = 0; i < k->n; i++)
        if (times[i] == 0)
            unseen[left++] = (Unseen){i, sums[i] - (i ? sums[i - 1] : 0)};
    qsort(unseen, (size_t)left, sizeof *unseen, compare_unseen);
    for (int64_t i = 0; n < k->n && i < left; i++)
        k->order[n++] = unseen[i].i;
    for (int64_t i = 0; n < k->n; i++)
        k->order[n++] = i;
    return 0;
}

/* ---- kernels ----------------------------------------------------------------------------------------------------------------------------------- */

static int prepare_optimizer(const TfgPrepare *p, void **state, TfgStatus *s)
{
    const int64_t features = tfg_attrs_int(p->attrs, "num_sparse_features") + tfg_attrs_int(p->attrs, "num_dense_features");
    if (!tfg_sdca_loss(p->attrs))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unsupported loss type");
    if (features <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requires at least one feature to train.");
    if (tfg_attrs_int(p->attrs, "num_sparse_features_with_values") > tfg_attrs_int(p->attrs, "num_sparse_features"))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "More sparse features have values than there are");
    *state = tfg_alloc(sizeof(_Atomic uint64_t));
    if (!*state)
        return tfg_fail_memory(s);
    atomic_init((_Atomic uint64_t *)*state, 0);
    return 0;
}

static int run_optimizer(TfgKernelCall *c, TfgStatus *s)
{
    Sdca k = {.loss = tfg_sdca_loss(c->attrs), .n_sparse = tfg_attrs_int(c->attrs, "num_sparse_features"),
              .n_valued = tfg_attrs_int(c->attrs, "num_sparse_features_with_values"), .n_dense = tfg_attrs_int(c->attrs, "num_dense_features"),
              .partitions = (double)tfg_attrs_int(c->attrs, "num_loss_partitions"), .l2 = tfg_attrs_float(c->attrs, "l2")};
    k.shrinkage = (double)(tfg_attrs_float(c->attrs, "l1") / k.l2);
    if (read_features(c, &k, s) < 0 || read_state(c, &k, s) < 0)
        return -1;
    const uint64_t seed = atomic_fetch_add((_Atomic uint64_t *)c->state, 1) << 32;
    if (tfg_attrs_bool(c->attrs, "adaptative")) {
        if (k.n > 0 && sample(c, &k, seed, s) < 0)
            return -1;
    } else
        shuffle(&k, seed);
    for (int64_t i = 0; i < k.n; i++)
        if (train(&k, k.order[i], s) < 0)
            return -1;
    return 0;
}

static int run_shrink(TfgKernelCall *c, TfgStatus *s)
{
    const float by = tfg_attrs_float(c->attrs, "l1") / tfg_attrs_float(c->attrs, "l2");
    int rc = 0;
    for (int i = 0; i < c->n_in && rc == 0; i++) {
        TfgVariable *v = tfg_kernel_variable(c, i, s);
        if (!v)
            return -1;
        pthread_mutex_lock(&v->lock);
        if (!v->value)
            rc = tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->name);
        else if ((rc = tfg_variable_make_exclusive(v, s)) == 0) {
            float *w = v->value->data;
            for (int64_t j = 0; j < v->value->count; j++)
                w[j] = shrink_float(w[j], by);
            v->version++;
        }
        pthread_mutex_unlock(&v->lock);
        tfg_variable_unref(v);
    }
    return rc;
}

static int run_fprint(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must be a vector, got shape %s", tfg_shape_text(in, &text));
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){in->count, 2}, s);
    for (int64_t i = 0; out && i < in->count; i++) {
        const TfgString *text_i = (const TfgString *)in->data + i;
        uint64_t print[2];
        tfg_fingerprint128(text_i->data, text_i->n, print);
        print[0] -= print[0] < 2 ? 2 : 0;       /* 0 and 1 are left to tables, as keys that nothing has */
        memcpy((int64_t *)out->data + 2 * i, print, sizeof print);
    }
    return out ? 0 : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "SdcaFprint", .run = run_fprint},
    {.op = "SdcaOptimizer", .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_EXPENSIVE, .prepare = prepare_optimizer, .release = tfg_free, .run = run_optimizer},
    {.op = "SdcaShrinkL1", .flags = TFG_KERNEL_WRITES_REF, .run = run_shrink},
};

int tfg_register_kernels_sdca(TfgStatus *s);
int tfg_register_kernels_sdca(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
