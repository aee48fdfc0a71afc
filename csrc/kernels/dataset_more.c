/* Datasets that pass elements on: all of them, those that do not fail, those whose last component is true, each value once.  And random
 * numbers. */
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"
#include "kernels/dataset_numbers.h"

static int pass_begin(TfgWalk *w, TfgStatus *s) { return tfg_walk_open_input(w, s); }

static int give_like(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s), *d = input ? tfg_dataset_new(kind, input, s) : NULL;
    if (!d || tfg_dataset_declare_like(d, input, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- Optimize, Model: what rewrites and tuning leave as it is ---------------------------------------------------------------------- */

static int pass_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s) { return tfg_walk_next(w->input, out, cancel, s); }

static const TfgDatasetKind optimize_kind = {"Optimize", sizeof(TfgDataset), sizeof(TfgWalk), NULL, pass_begin, pass_next, NULL, tfg_state_pass};
static const TfgDatasetKind model_kind = {"Model", sizeof(TfgDataset), sizeof(TfgWalk), NULL, pass_begin, pass_next, NULL, tfg_state_pass};

static int run_optimize(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "optimizations must be a vector");
    return give_like(c, &optimize_kind, s);
}

static int run_model(TfgKernelCall *c, TfgStatus *s) { return give_like(c, &model_kind, s); }

/* ---- IgnoreErrors ------------------------------------------------------------------------------------------------------------------- */

static int ignore_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    int rc;
    while ((rc = tfg_walk_next(w->input, out, cancel, s)) < 0 && !tfg_cancelled(cancel))
        tfg_status_fini(s);
    return rc;
}

static const TfgDatasetKind ignore_kind = {"IgnoreErrors", sizeof(TfgDataset), sizeof(TfgWalk), NULL, pass_begin, ignore_next, NULL, tfg_state_pass};

static int run_ignore(TfgKernelCall *c, TfgStatus *s) { return give_like(c, &ignore_kind, s); }

/* ---- FilterByLastComponent ---------------------------------------------------------------------------------------------------------- */

typedef struct LastWalk {
    TfgWalk base;
    TfgTensor **element;
} LastWalk;

static int last_begin(TfgWalk *w, TfgStatus *s)
{
    ((LastWalk *)w)->element = tfg_calloc((size_t)w->dataset->input->n + 1, sizeof(TfgTensor *));
    return ((LastWalk *)w)->element ? tfg_walk_open_input(w, s) : tfg_fail_memory(s);
}

static void last_end(TfgWalk *w) { tfg_free(((LastWalk *)w)->element); }

static int last_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    TfgTensor **element = ((LastWalk *)w)->element;
    int n = w->dataset->n, rc;
    while ((rc = tfg_walk_next(w->input, element, cancel, s)) == 1) {
        bool fits = element[n]->dtype == TFG_BOOL && element[n]->rank == 0, yes = fits && *(const bool *)element[n]->data;
        if (yes) {
            memcpy(out, element, (size_t)n * sizeof *out);
            tfg_tensor_unref(element[n]);
            return 1;
        }
        tfg_tensors_drop(element, n + 1);
        if (!fits)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Last component must be a bool scalar.");
    }
    return rc;
}

static const TfgDatasetKind last_kind = {"FilterByLastComponent", sizeof(TfgDataset), sizeof(LastWalk), NULL, last_begin, last_next, last_end, tfg_state_pass};

static int run_last(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (input && input->n < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements must have a component besides the last one.");
    TfgDataset *d = input ? tfg_dataset_new(&last_kind, input, s) : NULL;
    if (!d || tfg_dataset_declare(d, input->n - 1, input->dtypes, s) < 0)
        goto failed;
    for (int i = 0; i < d->n; i++)
        if (input->shapes[i] && tfg_dataset_set_shape(d, i, input->shapes[i]->rank, input->shapes[i]->dims, s) < 0)
            goto failed;
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

/* ---- Unique ------------------------------------------------------------------------------------------------------------------------- */

typedef struct UniqueWalk {
    TfgWalk base;
    TfgMap seen;                /* shapes and bytes of values; keys in the arena */
    TfgArena arena;
} UniqueWalk;

static int unique_begin(TfgWalk *w, TfgStatus *s)
{
    tfg_arena_init(&((UniqueWalk *)w)->arena);
    return tfg_walk_open_input(w, s);
}

static void unique_end(TfgWalk *w)
{
    tfg_map_fini(&((UniqueWalk *)w)->seen);
    tfg_arena_fini(&((UniqueWalk *)w)->arena);
}

/* 1 where the value is new. */
static int note_bytes(UniqueWalk *w, const void *key, size_t n, TfgStatus *s)
{
    if (tfg_map_find(&w->seen, key, n))
        return 0;
    char *kept = tfg_arena_alloc(&w->arena, n + 1);
    if (!kept)
        return tfg_fail_memory(s);
    memcpy(kept, key, n);
    return tfg_map_put(&w->seen, kept, n, w) < 0 ? tfg_fail_memory(s) : 1;
}

static int note(UniqueWalk *w, const TfgTensor *t, TfgStatus *s)
{
    TfgStr key = TFG_STR_INIT;
    tfg_str_putc(&key, (char)t->rank);
    tfg_str_append(&key, t->dims, (size_t)t->rank * sizeof *t->dims);
    for (int64_t i = 0; i < t->count && t->dtype == TFG_STRING; i++) {
        const TfgString *text = (const TfgString *)t->data + i;
        tfg_str_append(&key, &text->n, sizeof text->n);
        tfg_str_append(&key, text->data, text->n);
    }
    if (t->dtype != TFG_STRING)
        tfg_str_append(&key, t->data, tfg_tensor_nbytes(t));
    int rc = key.failed ? tfg_fail_memory(s) : note_bytes(w, key.data, key.n, s);
    tfg_str_fini(&key);
    return rc;
}

static int unique_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    int rc;
    while ((rc = tfg_walk_next(w->input, out, cancel, s)) == 1) {
        rc = note((UniqueWalk *)w, out[0], s);
        if (rc != 0)
            return rc;
        tfg_tensors_drop(out, 1);
    }
    return rc;
}

/* The bytes of values seen, in any order. */
static TfgTensor *seen_tensor(const UniqueWalk *w, TfgStatus *s)
{
    int64_t n = (int64_t)w->seen.n, at = 0;
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 1, &n, s);
    size_t i = 0, key_n;
    const char *key;
    void *value;
    while (t && tfg_map_next(&w->seen, &i, &key, &key_n, &value))
        if (tfg_string_set((TfgString *)t->data + at++, key, key_n) < 0) {
            tfg_tensor_unref(t);
            t = NULL;
            tfg_fail_memory(s);
        }
    return t;
}

static int unique_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    static const TfgDType dtype = TFG_STRING;
    UniqueWalk *w = (UniqueWalk *)walk;
    TfgTensor *seen = t->reads ? NULL : seen_tensor(w, s);
    int rc = !t->reads && !seen ? -1 : tfg_state_tensors(t, "unique_elements", &seen, 1, &dtype, s);
    for (int64_t i = 0; t->reads && rc == 0 && i < seen->count; i++) {
        const TfgString *text = (const TfgString *)seen->data + i;
        rc = note_bytes(w, text->data ? text->data : "", text->n, s) < 0 ? -1 : 0;
    }
    tfg_tensor_unref(seen);
    return rc < 0 ? -1 : tfg_state_pass(walk, t, s);
}

static const TfgDatasetKind unique_kind = {"Unique", sizeof(TfgDataset), sizeof(UniqueWalk), NULL, unique_begin, unique_next, unique_end, unique_state};

static int run_unique(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input)
        return -1;
    if (input->n != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "UniqueDataset only supports inputs with a single component.");
    if (input->dtypes[0] != TFG_INT32 && input->dtypes[0] != TFG_INT64 && input->dtypes[0] != TFG_STRING)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "UniqueDataset only supports inputs with a single `tf.int32`, `tf.int64`, or `tf.string` component.");
    return give_like(c, &unique_kind, s);
}

/* ---- Random ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Random {
    TfgDataset base;
    uint64_t seed, seed2;
} Random;

typedef struct RandomWalk {
    TfgWalk base;
    TfgNumbers numbers;
} RandomWalk;

static int random_begin(TfgWalk *w, TfgStatus *s)
{
    (void)s;
    const Random *d = (const Random *)w->dataset;
    tfg_numbers_init(&((RandomWalk *)w)->numbers, d->seed, d->seed2);
    return 0;
}

static int random_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel;
    int64_t number = tfg_numbers_next(&((RandomWalk *)w)->numbers);
    out[0] = tfg_tensor_new_scalar(TFG_INT64, &number, s);
    return out[0] ? 1 : -1;
}

static int random_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    return tfg_state_numbers(t, "num_random_samples", &((RandomWalk *)w)->numbers, s);
}

static const TfgDatasetKind random_kind = {"Random", sizeof(Random), sizeof(RandomWalk), NULL, random_begin, random_next, NULL, random_state};

static int run_random(TfgKernelCall *c, TfgStatus *s)
{
    static const TfgDType dtype = TFG_INT64;
    int64_t seed, seed2;
    if (tfg_scalar_argument(c, 0, "seed", &seed, s) < 0 || tfg_scalar_argument(c, 1, "seed2", &seed2, s) < 0)
        return -1;
    Random *d = tfg_dataset_new(&random_kind, NULL, s);
    if (!d || tfg_dataset_declare(&d->base, 1, &dtype, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    bool chosen = seed != 0 || seed2 != 0;
    d->seed = chosen ? (uint64_t)seed : tfg_random_device();
    d->seed2 = chosen ? (uint64_t)seed2 : tfg_random_device();
    if (tfg_dataset_take_inputs(&d->base, 2, s) < 0 || tfg_dataset_remember_seeds(&d->base, 0, d->seed, d->seed2, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {
    {.op = "OptimizeDataset", .run = run_optimize}, {.op = "ModelDataset", .run = run_model},
    {.op = "ExperimentalIgnoreErrorsDataset", .run = run_ignore}, {.op = "FilterByLastComponentDataset", .run = run_last},
    {.op = "ExperimentalUniqueDataset", .run = run_unique}, {.op = "RandomDataset", .run = run_random},
};

int tfg_register_datasets_more(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
