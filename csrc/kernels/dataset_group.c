/* Datasets that sort elements by a key: into windows, which become datasets, or into a state for each key. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset_function.h"
#include "kernels/dataset_state.h"

/* ---- Groups ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Group {
    int64_t key, size;          /* size: of its window */
    TfgTensor **t;              /* its elements, or its state */
    size_t capacity;
    int64_t n;                  /* elements */
} Group;

typedef struct Groups {         /* ascending by key, as they are gone through at the end */
    Group *at;
    size_t capacity;
    int64_t n;
} Groups;

/* The place of `key`, there or to be. */
static int64_t find_place(const Groups *g, int64_t key)
{
    int64_t lo = 0, hi = g->n;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (g->at[mid].key < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static Group *find_group(const Groups *g, int64_t key)
{
    int64_t i = find_place(g, key);
    return i < g->n && g->at[i].key == key ? &g->at[i] : NULL;
}

static Group *add_group(Groups *g, int64_t key, TfgStatus *s)
{
    int64_t i = find_place(g, key);
    if (tfg_grow((void **)&g->at, &g->capacity, (size_t)g->n + 1, sizeof *g->at) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    memmove(g->at + i + 1, g->at + i, (size_t)(g->n - i) * sizeof *g->at);
    g->n++;
    g->at[i] = (Group){.key = key};
    return &g->at[i];
}

static void remove_group(Groups *g, Group *group)
{
    int64_t i = group - g->at;
    memmove(g->at + i, g->at + i + 1, (size_t)(g->n - i - 1) * sizeof *g->at);
    g->n--;
}

static void group_fini(Group *g, int per_element)
{
    for (int64_t k = 0; k < g->n * per_element; k++)
        tfg_tensor_unref(g->t[k]);
    tfg_free(g->t);
    *g = (Group){0};
}

static void groups_fini(Groups *g, int per_element)
{
    for (int64_t i = 0; i < g->n; i++)
        group_fini(&g->at[i], per_element);
    tfg_free(g->at);
    *g = (Groups){0};
}

/* The one int64 that a function gives. */
static int call_number(const TfgDatasetFn *fn, TfgTensor *const *in, const char *name, int64_t *number, TfgCancel *cancel, TfgStatus *s)
{
    TfgTensor *out = NULL;
    if (tfg_dataset_fn_call(fn, in, &out, cancel, s) < 0)
        return -1;
    bool fits = out->dtype == TFG_INT64 && out->rank == 0;
    *number = fits ? *(const int64_t *)out->data : 0;
    tfg_tensor_unref(out);
    return fits ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "`%s` must return a scalar int64.", name);
}

static int check_gives_one(const TfgDatasetFn *fn, const char *name, TfgStatus *s)
{
    return fn->n_out == 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "`%s` must return a scalar int64.", name);
}

/* The function of `attr`, whose captured values follow those that were read so far. */
static int read_fn(TfgDatasetFn *fn, TfgKernelCall *c, const char *attr, int n_in, int *at, TfgStatus *s)
{
    char name[80];
    snprintf(name, sizeof name, "T%s_other_arguments", attr);
    int n = tfg_attrs_find(c->attrs, name)->n, first = *at;
    *at += n;
    return tfg_dataset_fn_init(fn, c, attr, n_in, first, n, s);
}

/* ---- GroupByWindow ---------------------------------------------------------------------------------------------------------------- */

typedef struct Windows {
    TfgDataset base;
    TfgDatasetFn key, reduce, size;
} Windows;

typedef struct WindowsWalk {
    TfgWalk base;
    TfgTensor **element;
    Groups groups;
    TfgWalk *window;            /* over the dataset that a group became */
    Group from;                 /* that group, as long as there is a walk */
    bool over;
} WindowsWalk;

static void windows_fini(TfgDataset *d)
{
    Windows *w = (Windows *)d;
    tfg_dataset_fn_fini(&w->key);
    tfg_dataset_fn_fini(&w->reduce);
    tfg_dataset_fn_fini(&w->size);
}

static int windows_begin(TfgWalk *walk, TfgStatus *s)
{
    WindowsWalk *w = (WindowsWalk *)walk;
    w->element = tfg_calloc((size_t)walk->dataset->input->n + 1, sizeof *w->element);
    return w->element ? tfg_walk_open_input(walk, s) : tfg_fail_memory(s);
}

static void windows_end(TfgWalk *walk)
{
    WindowsWalk *w = (WindowsWalk *)walk;
    int n = walk->dataset->input->n;
    groups_fini(&w->groups, n);
    tfg_walk_free(w->window);
    group_fini(&w->from, n);
    if (w->element)
        tfg_tensors_drop(w->element, n);
    tfg_free(w->element);
}

static void close_window(WindowsWalk *w)
{
    tfg_walk_free(w->window);
    w->window = NULL;
    group_fini(&w->from, w->base.dataset->input->n);
}

/* A dataset of the group's elements, which stay the group's. */
static TfgTensor *rows_of(const WindowsWalk *w, const Group *g, TfgStatus *s)
{
    const TfgDataset *input = w->base.dataset->input;
    size_t n = (size_t)g->n * (size_t)input->n;
    TfgTensor **t = tfg_calloc(n + 1, sizeof *t);
    if (!t) {
        tfg_fail_memory(s);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        t[i] = tfg_tensor_ref(g->t[i]);
    return tfg_rows_steal(input, t, g->n, s);
}

/* The group in `from` becomes a dataset, which is walked over from now on. */
static int open_window(WindowsWalk *w, TfgCancel *cancel, TfgStatus *s)
{
    const Windows *d = (const Windows *)w->base.dataset;
    TfgTensor *rows = rows_of(w, &w->from, s), *key = rows ? tfg_tensor_new_scalar(TFG_INT64, &w->from.key, s) : NULL, *made = NULL;
    TfgTensor *args[] = {key, rows};
    int rc = key ? tfg_dataset_fn_call(&d->reduce, args, &made, cancel, s) : -1;
    tfg_tensor_unref(key);
    tfg_tensor_unref(rows);
    TfgDataset *inner = rc == 0 ? tfg_dataset_of(made, s) : NULL;
    if (inner && (inner->n != d->base.n || memcmp(inner->dtypes, d->base.dtypes, (size_t)inner->n * sizeof *inner->dtypes) != 0))
        tfg_fail(s, TFG_INVALID_ARGUMENT, "`reduce_func` gives a dataset whose elements have other types than it says");
    else if (inner)
        w->window = tfg_walk_new_inside(&w->base, inner, s);
    tfg_tensor_unref(made);
    if (!w->window)
        group_fini(&w->from, w->base.dataset->input->n);
    return w->window ? 0 : -1;
}

static int flush(WindowsWalk *w, Group *group, TfgCancel *cancel, TfgStatus *s)
{
    w->from = *group;
    remove_group(&w->groups, group);
    return open_window(w, cancel, s);
}

/* The element at hand joins its group. */
static Group *place_element(WindowsWalk *w, TfgCancel *cancel, TfgStatus *s)
{
    const Windows *d = (const Windows *)w->base.dataset;
    int n = d->base.input->n;
    int64_t key, size;
    if (call_number(&d->key, w->element, "key_func", &key, cancel, s) < 0)
        return NULL;
    Group *g = find_group(&w->groups, key);
    if (!g) {
        TfgTensor *arg = tfg_tensor_new_scalar(TFG_INT64, &key, s);
        int rc = arg ? call_number(&d->size, &arg, "window_size_func", &size, cancel, s) : -1;
        tfg_tensor_unref(arg);
        if (rc == 0 && size <= 0)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Window size must be greater than zero, but got %lld.", (long long)size);
        if (rc < 0 || !(g = add_group(&w->groups, key, s)))
            return NULL;
        g->size = size;
    }
    if (tfg_grow((void **)&g->t, &g->capacity, (size_t)(g->n + 1) * (size_t)n, sizeof *g->t) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    memcpy(g->t + g->n * n, w->element, (size_t)n * sizeof *g->t);
    memset(w->element, 0, (size_t)n * sizeof *g->t);
    g->n++;
    return g;
}

static int windows_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    WindowsWalk *w = (WindowsWalk *)walk;
    for (;;) {
        int rc = w->window ? tfg_walk_next(w->window, out, cancel, s) : 0;
        if (rc != 0)
            return rc;
        close_window(w);
        Group *full = NULL;
        while (!w->over && !full) {
            tfg_tensors_drop(w->element, walk->dataset->input->n);
            rc = tfg_walk_next(walk->input, w->element, cancel, s);
            Group *g = rc == 1 ? place_element(w, cancel, s) : NULL;
            if (rc < 0 || (rc == 1 && !g))
                return -1;
            w->over = rc == 0;
            full = g && g->n == g->size ? g : NULL;
        }
        if (!full && w->groups.n == 0)
            return 0;
        if (flush(w, full ? full : w->groups.at, cancel, s) < 0)
            return -1;
    }
}

/* One group: its key, the size of its window, its elements. */
static int group_state(Group *g, const char *name, int width, const TfgDType *dtypes, TfgWalkState *t, TfgStatus *s)
{
    char part[64];
    snprintf(part, sizeof part, "%s->key", name);
    if (tfg_state_int(t, part, &g->key, s) < 0)
        return -1;
    snprintf(part, sizeof part, "%s->window_size", name);
    return tfg_state_int(t, part, &g->size, s) < 0 ? -1 : tfg_state_elements(t, name, &g->t, &g->capacity, &g->n, width, dtypes, s);
}

static int groups_state(Groups *g, int width, const TfgDType *dtypes, TfgWalkState *t, TfgStatus *s)
{
    int64_t n = g->n;
    if (tfg_state_count(t, "groups_size", &n, 0, (int64_t)t->table->n, s) < 0)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        Group read = {0}, *here = t->reads ? &read : &g->at[i];
        char name[40];
        snprintf(name, sizeof name, "groups[%lld]", (long long)i);
        if (group_state(here, name, width, dtypes, t, s) < 0 || (t->reads && find_group(g, read.key))) {
            if (t->reads)
                group_fini(&read, width);
            return s->code != TFG_OK ? -1 : tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator has a group twice");
        }
        Group *made = t->reads ? add_group(g, read.key, s) : here;
        if (!made) {
            group_fini(&read, width);
            return -1;
        }
        if (t->reads)
            *made = read;
    }
    return 0;
}

static int windows_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    WindowsWalk *w = (WindowsWalk *)walk;
    const TfgDataset *input = walk->dataset->input;
    bool open = w->window != NULL;
    if (tfg_state_pass(walk, t, s) < 0 || tfg_state_flag(t, "end_of_input", &w->over, s) < 0 ||
        groups_state(&w->groups, input->n, input->dtypes, t, s) < 0 || tfg_state_flag(t, "current_iterator", &open, s) < 0)
        return -1;
    if (!open)
        return 0;
    if (group_state(&w->from, "current", input->n, input->dtypes, t, s) < 0 || (t->reads && open_window(w, t->cancel, s) < 0))
        return -1;
    return tfg_state_inside(t, "current", w->window, s);
}

static const TfgDatasetKind windows_kind = {"GroupByWindow", sizeof(Windows), sizeof(WindowsWalk), windows_fini, windows_begin, windows_next,
                                            windows_end, windows_state};

static int read_windows(Windows *d, TfgKernelCall *c, TfgStatus *s)
{
    const TfgDataset *input = d->base.input;
    int at = 1;
    if (read_fn(&d->key, c, "key_func", input->n, &at, s) < 0 || check_gives_one(&d->key, "key_func", s) < 0 ||
        read_fn(&d->reduce, c, "reduce_func", 2, &at, s) < 0 ||
        read_fn(&d->size, c, "window_size_func", 1, &at, s) < 0 || check_gives_one(&d->size, "window_size_func", s) < 0)
        return -1;
    if (d->reduce.n_out != 1 || tfg_callable_out_dtype(d->reduce.f, 0) != TFG_VARIANT)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`reduce_func` must return a single scalar of dtype DT_VARIANT.");
    return tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s);
}

static int run_windows(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    Windows *d = input ? tfg_dataset_new(&windows_kind, input, s) : NULL;
    if (!d || read_windows(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- GroupByReducer --------------------------------------------------------------------------------------------------------------- */

typedef struct Reducers {
    TfgDataset base;
    TfgDatasetFn key, init, reduce, finalize;
} Reducers;

typedef struct ReducersWalk {
    TfgWalk base;
    TfgTensor **args, **fresh;  /* state and element; the next state */
    Groups groups;
    int64_t given;
    bool over;
} ReducersWalk;

static void reducers_fini(TfgDataset *d)
{
    Reducers *r = (Reducers *)d;
    tfg_dataset_fn_fini(&r->key);
    tfg_dataset_fn_fini(&r->init);
    tfg_dataset_fn_fini(&r->reduce);
    tfg_dataset_fn_fini(&r->finalize);
}

static int reducers_begin(TfgWalk *walk, TfgStatus *s)
{
    ReducersWalk *w = (ReducersWalk *)walk;
    int n = ((const Reducers *)walk->dataset)->init.n_out;
    w->args = tfg_calloc((size_t)(n + walk->dataset->input->n) + 1, sizeof *w->args);
    w->fresh = tfg_calloc((size_t)n + 1, sizeof *w->fresh);
    return w->args && w->fresh ? tfg_walk_open_input(walk, s) : tfg_fail_memory(s);
}

static void reducers_end(TfgWalk *walk)
{
    ReducersWalk *w = (ReducersWalk *)walk;
    groups_fini(&w->groups, ((const Reducers *)walk->dataset)->init.n_out);
    tfg_free(w->args);
    tfg_free(w->fresh);
}

static Group *new_state(ReducersWalk *w, int64_t key, TfgCancel *cancel, TfgStatus *s)
{
    const Reducers *d = (const Reducers *)w->base.dataset;
    int n = d->init.n_out;
    TfgTensor *arg = tfg_tensor_new_scalar(TFG_INT64, &key, s), **state = arg ? tfg_calloc((size_t)n + 1, sizeof *state) : NULL;
    if (arg && !state)
        tfg_fail_memory(s);
    int rc = state ? tfg_dataset_fn_call(&d->init, &arg, state, cancel, s) : -1;
    tfg_tensor_unref(arg);
    Group *g = rc == 0 ? add_group(&w->groups, key, s) : NULL;
    if (!g) {
        if (state)
            tfg_tensors_drop(state, n);
        tfg_free(state);
        return NULL;
    }
    g->t = state;
    g->n = 1;
    return g;
}

/* The element behind the place of the state in w->args goes into the state of its key. */
static int reduce_element(ReducersWalk *w, TfgCancel *cancel, TfgStatus *s)
{
    const Reducers *d = (const Reducers *)w->base.dataset;
    int n = d->init.n_out;
    int64_t key;
    if (call_number(&d->key, w->args + n, "key_func", &key, cancel, s) < 0)
        return -1;
    Group *g = find_group(&w->groups, key);
    if (!g && !(g = new_state(w, key, cancel, s)))
        return -1;
    memcpy(w->args, g->t, (size_t)n * sizeof *w->args);
    if (tfg_dataset_fn_call(&d->reduce, w->args, w->fresh, cancel, s) < 0)
        return -1;
    tfg_tensors_drop(g->t, n);
    memcpy(g->t, w->fresh, (size_t)n * sizeof *g->t);
    return 0;
}

static int reducers_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    ReducersWalk *w = (ReducersWalk *)walk;
    const Reducers *d = (const Reducers *)walk->dataset;
    int n = d->init.n_out;
    while (!w->over) {
        int rc = tfg_walk_next(walk->input, w->args + n, cancel, s);
        w->over = rc == 0;
        if (rc == 1)
            rc = reduce_element(w, cancel, s);
        tfg_tensors_drop(w->args + n, walk->dataset->input->n);
        if (rc < 0)
            return -1;
    }
    if (w->given == w->groups.n)
        return 0;
    return tfg_dataset_fn_call(&d->finalize, w->groups.at[w->given++].t, out, cancel, s) < 0 ? -1 : 1;
}

static int reducers_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    ReducersWalk *w = (ReducersWalk *)walk;
    const Reducers *d = (const Reducers *)walk->dataset;
    if (tfg_state_pass(walk, t, s) < 0 || tfg_state_flag(t, "end_of_input", &w->over, s) < 0 ||
        groups_state(&w->groups, d->init.n_out, NULL, t, s) < 0 || tfg_state_count(t, "keys_index", &w->given, 0, w->groups.n, s) < 0)
        return -1;
    for (int64_t i = 0; i < w->groups.n; i++)
        if (w->groups.at[i].n != 1)
            return tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator does not fit its dataset: GroupByReducer");
    return 0;
}

static const TfgDatasetKind reducers_kind = {"GroupByReducer", sizeof(Reducers), sizeof(ReducersWalk), reducers_fini, reducers_begin,
                                             reducers_next, reducers_end, reducers_state};

static int read_reducers(Reducers *d, TfgKernelCall *c, TfgStatus *s)
{
    const TfgDataset *input = d->base.input;
    int at = 1;
    if (read_fn(&d->key, c, "key_func", input->n, &at, s) < 0 || check_gives_one(&d->key, "key_func", s) < 0 ||
        read_fn(&d->init, c, "init_func", 1, &at, s) < 0)
        return -1;
    int n = d->init.n_out;
    if (read_fn(&d->reduce, c, "reduce_func", n + input->n, &at, s) < 0 || read_fn(&d->finalize, c, "finalize_func", n, &at, s) < 0)
        return -1;
    if (d->reduce.n_out < n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`reduce_func` gives %d values, but the state has %d", d->reduce.n_out, n);
    d->reduce.n_out = n;
    return tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0 ? -1 : tfg_dataset_fn_check_gives(&d->finalize, &d->base, s);
}

static int run_reducers(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    Reducers *d = input ? tfg_dataset_new(&reducers_kind, input, s) : NULL;
    if (!d || read_reducers(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {
    {.op = "GroupByWindowDataset", .run = run_windows}, {.op = "GroupByReducerDataset", .run = run_reducers},
};

int tfg_register_datasets_group(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
