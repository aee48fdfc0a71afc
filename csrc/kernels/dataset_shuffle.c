/* Shuffled datasets, in TensorFlow's own order for given seeds: a buffer from which a Philox stream picks. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"
#include "kernels/dataset_numbers.h"

typedef struct Shuffle {
    TfgDataset base;
    int64_t size, count;        /* of the buffer; how often the input is read, below 0: without end */
    uint64_t seed, seed2;
    bool reshuffle;             /* each walk gets seeds of its own from `seeds` */
    pthread_mutex_t lock;
    TfgNumbers seeds;
} Shuffle;

typedef struct Round { int64_t start, end; } Round;     /* elements of one reading of the input, counted over all rounds */

typedef struct ShuffleWalk {
    TfgWalk base;
    TfgNumbers numbers;
    uint64_t seed, seed2;       /* of `numbers` */
    TfgTensor **buffer;         /* at position i % size */
    size_t capacity;
    int64_t n;                  /* elements in it */
    int64_t epoch;
    Round *rounds;
    size_t n_rounds, rounds_capacity;
    bool over;
} ShuffleWalk;

static void shuffle_fini(TfgDataset *d) { pthread_mutex_destroy(&((Shuffle *)d)->lock); }

static int add_round(ShuffleWalk *w, int64_t at, TfgStatus *s)
{
    if (tfg_grow((void **)&w->rounds, &w->rounds_capacity, w->n_rounds + 1, sizeof *w->rounds) < 0)
        return tfg_fail_memory(s);
    w->rounds[w->n_rounds++] = (Round){at, at};
    return 0;
}

static int shuffle_begin(TfgWalk *walk, TfgStatus *s)
{
    ShuffleWalk *w = (ShuffleWalk *)walk;
    Shuffle *d = (Shuffle *)walk->dataset;
    uint64_t seed = d->seed, seed2 = d->seed2;
    if (d->reshuffle) {
        pthread_mutex_lock(&d->lock);
        seed = tfg_numbers_next(&d->seeds);
        seed2 = tfg_numbers_next(&d->seeds);
        pthread_mutex_unlock(&d->lock);
    }
    w->seed = seed;
    w->seed2 = seed2;
    tfg_numbers_init(&w->numbers, seed, seed2);
    return add_round(w, 0, s);
}

static void shuffle_end(TfgWalk *walk)
{
    ShuffleWalk *w = (ShuffleWalk *)walk;
    for (size_t i = 0; i < w->capacity; i++)
        tfg_tensor_unref(w->buffer[i]);
    tfg_free(w->buffer);
    tfg_free(w->rounds);
}

/* Room for the element at `at`, new places empty. */
static TfgTensor **place(ShuffleWalk *w, int64_t at, TfgStatus *s)
{
    size_t n = (size_t)w->base.dataset->n, need = ((size_t)(at % ((Shuffle *)w->base.dataset)->size) + 1) * n, had = w->capacity;
    if (need > SIZE_MAX / 2 / sizeof *w->buffer || tfg_grow((void **)&w->buffer, &w->capacity, need, sizeof *w->buffer) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    memset(w->buffer + had, 0, (w->capacity - had) * sizeof *w->buffer);
    return w->buffer + need - n;
}

/* The next element of this reading of the input or of the next one: 1, 0 where there are no more, -1. */
static int read_element(ShuffleWalk *w, TfgTensor **out, bool *first, TfgCancel *cancel, TfgStatus *s)
{
    int64_t count = ((Shuffle *)w->base.dataset)->count;
    while (count < 0 || w->epoch < count) {
        int rc = tfg_walk_next(w->base.input, out, cancel, s);
        if (rc != 0) {
            *first = false;
            return rc;
        }
        if (*first && count < 0)                /* an empty input, without end */
            return 0;
        w->epoch++;
        if (add_round(w, w->rounds[w->n_rounds - 1].end, s) < 0 || tfg_walk_open_input(&w->base, s) < 0)
            return -1;
    }
    return 0;
}

static int fill(ShuffleWalk *w, TfgCancel *cancel, TfgStatus *s)
{
    const Shuffle *d = (const Shuffle *)w->base.dataset;
    bool first = !w->over && !w->base.input && w->epoch == 0;
    if (first && tfg_walk_open_input(&w->base, s) < 0)
        return -1;
    while (w->base.input && w->n < d->size) {
        TfgTensor **at = place(w, w->rounds[w->n_rounds - 1].end, s);
        int rc = at ? read_element(w, at, &first, cancel, s) : -1;
        if (rc < 0)
            return -1;
        if (rc == 0) {
            tfg_walk_free(w->base.input);
            w->base.input = NULL;
            w->over = true;
        }
        w->n += rc;
        w->rounds[w->n_rounds - 1].end += rc;
    }
    return 0;
}

static int shuffle_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    ShuffleWalk *w = (ShuffleWalk *)walk;
    int n = walk->dataset->n;
    int64_t size = ((Shuffle *)walk->dataset)->size;
    if (fill(w, cancel, s) < 0)
        return -1;
    if (w->n == 0)
        return 0;
    size_t empty = 0;
    while (w->rounds[empty].start == w->rounds[empty].end)
        empty++;
    memmove(w->rounds, w->rounds + empty, (w->n_rounds - empty) * sizeof *w->rounds);
    w->n_rounds -= empty;
    Round *r = w->rounds;
    TfgTensor **picked = w->buffer + (r->start + tfg_numbers_next(&w->numbers) % (r->end - r->start)) % size * n;
    TfgTensor **first = w->buffer + r->start % size * n;
    for (int k = 0; k < n; k++) {
        out[k] = picked[k];
        picked[k] = first[k];
        first[k] = NULL;
    }
    r->start++;
    w->n--;
    return 1;
}

/* Walks of a dataset that gives each seeds of its own: how many it has given. */
static int seeds_state(Shuffle *d, TfgWalkState *t, TfgStatus *s)
{
    if (!d->reshuffle)
        return 0;
    pthread_mutex_lock(&d->lock);
    if (t->reads)
        tfg_numbers_init(&d->seeds, d->seed, d->seed2);
    int rc = tfg_state_numbers(t, "ds_num_random_samples", &d->seeds, s);
    pthread_mutex_unlock(&d->lock);
    return rc;
}

/* Rounds and what they hold are written one by one.  When they are read the first begins at 0, wherever it did: only what is held counts. */
static int round_state(ShuffleWalk *w, size_t i, int64_t *shift, TfgWalkState *t, TfgStatus *s)
{
    const Shuffle *d = (const Shuffle *)w->base.dataset;
    Round *r = &w->rounds[i];
    char start_name[40], end_name[40], name[40];
    int64_t least = i ? w->rounds[i - 1].end + *shift : 0, start = r->start, end = r->end;
    snprintf(start_name, sizeof start_name, "slices_start_%zu", i);
    snprintf(end_name, sizeof end_name, "slices_end_%zu", i);
    if (tfg_state_count(t, start_name, &start, least, i ? least : INT64_MAX / 2, s) < 0)
        return -1;
    if (t->reads && i == 0)
        *shift = start;
    int64_t room = d->size - w->n, most = start + (room < INT64_MAX / 4 ? room : INT64_MAX / 4);
    if (tfg_state_count(t, end_name, &end, start, t->reads ? most : INT64_MAX, s) < 0)
        return -1;
    if (t->reads)
        r->start = r->end = start - *shift;
    for (int64_t at = start; at < end; at++) {
        snprintf(name, sizeof name, "buffer_%lld", (long long)(at % d->size));
        TfgTensor **to = place(w, at - *shift, s);
        if (!to || tfg_state_tensors(t, name, to, d->base.n, d->base.dtypes, s) < 0)
            return -1;
        r->end += t->reads;
        w->n += t->reads;
    }
    return 0;
}

static int shuffle_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    ShuffleWalk *w = (ShuffleWalk *)walk;
    int64_t n = (int64_t)w->n_rounds, shift = 0;
    if (tfg_state_int(t, "seed", (int64_t *)&w->seed, s) < 0 || tfg_state_int(t, "seed2", (int64_t *)&w->seed2, s) < 0)
        return -1;
    if (t->reads)
        tfg_numbers_init(&w->numbers, w->seed, w->seed2);
    if (tfg_state_numbers(t, "num_random_samples", &w->numbers, s) < 0 || seeds_state((Shuffle *)walk->dataset, t, s) < 0 ||
        tfg_state_flag(t, "end_of_input_sequence", &w->over, s) < 0 || tfg_state_input(t, walk, s) < 0 ||
        tfg_state_count(t, "epoch", &w->epoch, 0, INT64_MAX - 1, s) < 0 || tfg_state_count(t, "slices_size", &n, 1, (int64_t)t->table->n + 1, s) < 0)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        if (i == (int64_t)w->n_rounds && add_round(w, 0, s) < 0)
            return -1;
        if (round_state(w, (size_t)i, &shift, t, s) < 0)
            return -1;
    }
    return 0;
}

static const TfgDatasetKind shuffle_kind = {"Shuffle", sizeof(Shuffle), sizeof(ShuffleWalk), shuffle_fini, shuffle_begin, shuffle_next,
                                            shuffle_end, shuffle_state};

static int give_shuffled(TfgKernelCall *c, bool reshuffle, bool one_seed, int64_t count, TfgStatus *s)
{
    int64_t size, seed, seed2;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "buffer_size", &size, s) < 0 || tfg_scalar_argument(c, 2, "seed", &seed, s) < 0 ||
        tfg_scalar_argument(c, 3, "seed2", &seed2, s) < 0)
        return -1;
    if (size <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "buffer_size must be greater than zero.");
    Shuffle *d = tfg_dataset_new(&shuffle_kind, input, s);
    if (!d)
        return -1;
    pthread_mutex_init(&d->lock, NULL);
    if (tfg_dataset_declare_like(&d->base, input, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->size = size;
    d->count = count;
    d->reshuffle = reshuffle;
    bool chosen = seed != 0 || seed2 != 0;
    d->seed = chosen ? (uint64_t)seed : tfg_random_device();
    d->seed2 = chosen ? (uint64_t)seed2 : tfg_random_device();
    if (one_seed)
        d->seed2 = d->seed;
    tfg_numbers_init(&d->seeds, d->seed, d->seed2);
    if (!chosen && (tfg_dataset_take_inputs(&d->base, c->n_in, s) < 0 || tfg_dataset_remember_seeds(&d->base, 2, d->seed, d->seed2, s) < 0)) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static int run_shuffle(TfgKernelCall *c, TfgStatus *s)
{
    bool reshuffle = tfg_attrs_bool(c->attrs, "reshuffle_each_iteration");
    return give_shuffled(c, reshuffle, !reshuffle, 1, s);      /* TensorFlow gives one in a fixed order its first seed twice */
}

static int run_shuffle_and_repeat(TfgKernelCall *c, TfgStatus *s)
{
    int64_t count;
    if (tfg_scalar_argument(c, 4, "count", &count, s) < 0)
        return -1;
    if (count != -1 && count < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "count must be greater than zero or equal to -1.");
    return give_shuffled(c, false, false, count, s);
}

static const TfgKernelRow rows[] = {
    {.op = "ShuffleDataset", .run = run_shuffle}, {.op = "ShuffleAndRepeatDataset", .run = run_shuffle_and_repeat},
};

int tfg_register_datasets_shuffle(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
