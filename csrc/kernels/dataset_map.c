/* Datasets that call functions of the graph: map, filter, flat_map, interleave, generators. */
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset_function.h"
#include "kernels/dataset_state.h"
#include "kernels/dataset_stats.h"

/* ---- Functions --------------------------------------------------------------------------------------------------------------- */

void tfg_dataset_fn_fini(TfgDatasetFn *fn)
{
    if (fn->captured)
        tfg_tensors_drop(fn->captured, fn->n_captured);
    tfg_free(fn->captured);
    if (fn->f)
        tfg_callable_free(fn->f);
    *fn = (TfgDatasetFn){0};
}

int tfg_dataset_fn_init(TfgDatasetFn *fn, TfgKernelCall *c, const char *attr, int n_in, int first, int n, TfgStatus *s)
{
    const TfgAttr *f = tfg_attrs_find(c->attrs, attr);
    fn->f = tfg_callable_new(c, f->func, s);
    fn->captured = tfg_calloc((size_t)n + 1, sizeof *fn->captured);
    if (!fn->f || !fn->captured)
        return fn->f ? tfg_fail_memory(s) : -1;
    fn->n_in = n_in;
    fn->n_captured = n;
    fn->n_out = tfg_callable_n_out(fn->f);
    for (int i = 0; i < n; i++)
        if (!(fn->captured[i] = tfg_kernel_keep(c, first + i, s)))
            return -1;
    return 0;
}

int tfg_dataset_fn_check_gives(TfgDatasetFn *fn, const TfgDataset *d, TfgStatus *s)
{
    if (fn->n_out < d->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The function gives %d components, but %d are expected", fn->n_out, d->n);
    for (int i = 0; i < d->n; i++)
        if (tfg_dtype_base(tfg_callable_out_dtype(fn->f, i)) != d->dtypes[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", i,
                            tfg_dtype_signature_name(d->dtypes[i]), tfg_dtype_signature_name(tfg_dtype_base(tfg_callable_out_dtype(fn->f, i))));
    fn->n_out = d->n;
    return 0;
}

static int check_arguments(const TfgDatasetFn *fn, TfgTensor *const *args, TfgStatus *s)
{
    int n = fn->n_in + fn->n_captured, n_takes = tfg_callable_n_in(fn->f);
    for (int i = 0; i < n_takes && i < n; i++) {
        TfgDType want = tfg_dtype_base(tfg_callable_in_dtype(fn->f, i));
        if (args[i]->dtype != want)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Type mismatch: actual %s vs. expect %s", tfg_dtype_signature_name(args[i]->dtype),
                            tfg_dtype_signature_name(want));
    }
    return n_takes <= n ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument %d is out of range.", n);
}

/* Runs the function where it gives more than the caller wants. */
static int call_for_some(const TfgDatasetFn *fn, TfgTensor *const *args, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    int n = tfg_callable_n_out(fn->f);
    TfgTensor **all = tfg_calloc((size_t)n, sizeof *all);
    if (!all)
        return tfg_fail_memory(s);
    int rc = tfg_callable_run(fn->f, args, all, cancel, s);
    if (rc == 0)
        memcpy(out, all, (size_t)fn->n_out * sizeof *out);
    for (int i = fn->n_out; i < n && rc == 0; i++)
        tfg_tensor_unref(all[i]);
    tfg_free(all);
    return rc;
}

int tfg_dataset_fn_call(const TfgDatasetFn *fn, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    TfgTensor *few[16] = {0}, **args = few;
    int n = fn->n_in + fn->n_captured;
    if (n > 16 && !(args = tfg_alloc((size_t)n * sizeof *args)))
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        args[i] = i < fn->n_in ? in[i] : fn->captured[i - fn->n_in];
    int rc = check_arguments(fn, args, s);
    if (rc == 0)
        rc = fn->n_out < tfg_callable_n_out(fn->f) ? call_for_some(fn, args, out, cancel, s) : tfg_callable_run(fn->f, args, out, cancel, s);
    if (args != few)
        tfg_free(args);
    return rc;
}

int tfg_dataset_fn_next(const TfgDatasetFn *fn, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    if (tfg_dataset_fn_call(fn, in, out, cancel, s) == 0)
        return 1;
    if (s->code != TFG_OUT_OF_RANGE)
        return -1;
    tfg_status_fini(s);
    return 0;
}

void tfg_mapped_fini(TfgDataset *d) { tfg_dataset_fn_fini(&((TfgMapped *)d)->fn); }

TfgMapped *tfg_mapped_new(TfgKernelCall *c, const TfgDatasetKind *kind, const char *attr, int n_behind, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    TfgMapped *d = input ? tfg_dataset_new(kind, input, s) : NULL;
    if (!d)
        return NULL;
    d->parallel = 1;
    if (tfg_dataset_fn_init(&d->fn, c, attr, input->n, 1, c->n_in - 1 - n_behind, s) == 0 &&
        tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) == 0)
        return d;
    tfg_dataset_unref(d);
    return NULL;
}

/* ---- Elements of the input ------------------------------------------------------------------------------------------------------ */

typedef struct Place {          /* a dataset that an element became */
    TfgWalk *walk;
    TfgTensor **from;           /* the element, as long as there is a walk */
} Place;

typedef struct MapWalk {
    TfgWalk base;
    TfgTensor **element;        /* of the input */
    Place *open;                /* `cycle` of them */
    int64_t n_open, at, in_block;
    int64_t n_slots;            /* of `open` that are still used */
    int64_t n_passed, n_dropped;        /* by a filter */
    bool over, begun;
} MapWalk;

static int map_begin(TfgWalk *w, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    m->element = tfg_calloc((size_t)w->dataset->input->n + 1, sizeof *m->element);
    return m->element ? tfg_walk_open_input(w, s) : tfg_fail_memory(s);
}

static void close_walk(MapWalk *m, Place *p)
{
    tfg_walk_free(p->walk);
    if (p->from)
        tfg_tensors_drop(p->from, m->base.dataset->input->n);
    tfg_free(p->from);
    *p = (Place){0};
}

static void map_end(TfgWalk *w)
{
    MapWalk *m = (MapWalk *)w;
    for (int64_t i = 0; m->open && i < ((TfgMapped *)w->dataset)->cycle; i++)
        close_walk(m, &m->open[i]);
    tfg_free(m->open);
    if (m->element)
        tfg_tensors_drop(m->element, w->dataset->input->n);
    tfg_free(m->element);
}

static int read_input(MapWalk *m, TfgCancel *cancel, TfgStatus *s)
{
    tfg_tensors_drop(m->element, m->base.dataset->input->n);
    return m->over ? 0 : tfg_walk_next(m->base.input, m->element, cancel, s);
}

static int map_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    int rc = read_input(m, cancel, s);
    if (rc == 1)
        rc = tfg_dataset_fn_next(&((TfgMapped *)w->dataset)->fn, m->element, out, cancel, s);
    tfg_tensors_drop(m->element, w->dataset->input->n);
    return rc;
}

static const TfgDatasetKind map_kind = {"Map", sizeof(TfgMapped), sizeof(MapWalk), tfg_mapped_fini, map_begin, map_next, map_end, tfg_state_pass};

static int run_map(TfgKernelCall *c, TfgStatus *s)
{
    TfgMapped *d = tfg_mapped_new(c, &map_kind, "f", 0, s);
    if (!d || tfg_dataset_fn_check_gives(&d->fn, &d->base, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- Filter --------------------------------------------------------------------------------------------------------------------- */

static int filter_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    int rc;
    while ((rc = read_input(m, cancel, s)) == 1) {
        TfgTensor *answer = NULL;
        if (tfg_dataset_fn_call(&((TfgMapped *)w->dataset)->fn, m->element, &answer, cancel, s) < 0)
            return -1;
        bool fits = answer->dtype == TFG_BOOL && answer->count == 1, yes = fits && *(const bool *)answer->data;
        tfg_tensor_unref(answer);
        if (!fits)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Filter predicate `f` must return a scalar bool.");
        m->n_passed += yes;
        m->n_dropped += !yes;
        tfg_gauges_set(w->stats, yes ? "Filter::filtered_elements" : "Filter::dropped_elements", (float)(yes ? m->n_passed : m->n_dropped));
        if (yes) {
            memcpy(out, m->element, (size_t)w->dataset->n * sizeof *out);
            memset(m->element, 0, (size_t)w->dataset->n * sizeof *out);
            return 1;
        }
    }
    return rc;
}

static int filter_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    if (tfg_state_count(t, "filtered_elements", &m->n_passed, 0, INT64_MAX - 1, s) < 0 ||
        tfg_state_count(t, "dropped_elements", &m->n_dropped, 0, INT64_MAX - 1, s) < 0)
        return -1;
    return tfg_state_pass(w, t, s);
}

static const TfgDatasetKind filter_kind = {"Filter", sizeof(TfgMapped), sizeof(MapWalk), tfg_mapped_fini, map_begin, filter_next, map_end, filter_state};

static int run_filter(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    TfgMapped *d = input ? tfg_dataset_new(&filter_kind, input, s) : NULL;
    if (!d)
        return -1;
    if (tfg_dataset_fn_init(&d->fn, c, "predicate", input->n, 1, c->n_in - 1, s) < 0 ||
        tfg_dataset_declare_like(&d->base, input, s) < 0)
        goto failed;
    if (d->fn.n_out != 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "predicate function must have a single return value.");
        goto failed;
    }
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

/* ---- FlatMap, Interleave: elements that become datasets ---------------------------------------------------------------------------- */

static bool goes_ahead(const MapWalk *m)
{
    const TfgMapped *d = (const TfgMapped *)m->base.dataset;
    return d->ahead && m->at < d->parallel;
}

static TfgWalk *open_inner(const MapWalk *m, TfgDataset *inner, TfgStatus *s)
{
    if (!goes_ahead(m))
        return tfg_walk_new_inside(&m->base, inner, s);
    TfgDataset *ahead = tfg_prefetch_new(inner, ((const TfgMapped *)m->base.dataset)->ahead, s);
    TfgWalk *walk = ahead ? tfg_walk_new_inside(&m->base, ahead, s) : NULL;
    tfg_dataset_unref(ahead);
    return walk;
}

/* The walk over the dataset that the element became. */
static TfgWalk *open_element(MapWalk *m, TfgCancel *cancel, TfgStatus *s)
{
    const TfgMapped *d = (const TfgMapped *)m->base.dataset;
    TfgTensor *made = NULL;
    TfgWalk *walk = NULL;
    if (tfg_dataset_fn_call(&d->fn, m->element, &made, cancel, s) < 0)
        return NULL;
    if (!d->gives_dataset || made->rank != 0) {
        tfg_tensor_unref(made);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Function must return a single scalar of dtype DT_VARIANT.");
        return NULL;
    }
    TfgDataset *inner = tfg_dataset_of(made, s);
    if (inner && (inner->n != d->base.n || memcmp(inner->dtypes, d->base.dtypes, (size_t)inner->n * sizeof *inner->dtypes) != 0))
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The function gives a dataset whose elements have other types than it says");
    else if (inner)
        walk = open_inner(m, inner, s);
    tfg_tensor_unref(made);
    return walk;
}

/* The element at hand becomes a walk, which begins to compute where it does so ahead. */
static int open_place(MapWalk *m, Place *p, TfgCancel *cancel, TfgStatus *s)
{
    int n = m->base.dataset->input->n;
    p->from = tfg_calloc((size_t)n + 1, sizeof *p->from);
    p->walk = p->from ? open_element(m, cancel, s) : NULL;
    if (!p->from)
        tfg_fail_memory(s);
    if (!p->walk || (goes_ahead(m) && tfg_prefetch_start(p->walk, s) < 0)) {
        close_walk(m, p);
        return -1;
    }
    memcpy(p->from, m->element, (size_t)n * sizeof *p->from);
    memset(m->element, 0, (size_t)n * sizeof *m->element);
    return 0;
}

static int interleave_begin(TfgWalk *w, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    m->open = tfg_calloc((size_t)((TfgMapped *)w->dataset)->cycle, sizeof *m->open);
    return m->open ? map_begin(w, s) : tfg_fail_memory(s);
}

static void go_on(MapWalk *m)
{
    m->in_block = 0;
    m->at = (m->at + 1) % ((TfgMapped *)m->base.dataset)->cycle;
}

static int interleave_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    const TfgMapped *d = (const TfgMapped *)w->dataset;
    do {
        Place *here = &m->open[m->at];
        if (here->walk) {
            int rc = tfg_walk_next(here->walk, out, cancel, s);
            if (rc == 1 && ++m->in_block == d->block)
                go_on(m);
            if (rc != 0)
                return rc;
            close_walk(m, here);
            m->n_open--;
            go_on(m);
        } else if (!m->over) {
            int rc = read_input(m, cancel, s);
            if (rc < 0 || (rc == 1 && open_place(m, here, cancel, s) < 0))
                return -1;
            m->over = rc == 0;
            m->n_open += rc;
        } else {
            go_on(m);
        }
    } while (!m->over || m->n_open > 0);
    return 0;
}

/* ---- ParallelInterleave: datasets that are computed ahead -------------------------------------------------------------------------- */

static int parallel_begin(TfgWalk *w, TfgStatus *s)
{
    ((MapWalk *)w)->n_slots = ((TfgMapped *)w->dataset)->cycle;
    return interleave_begin(w, s);
}

/* A dataset for the place at hand: 1, 0 where there are no more, -1. */
static int open_next(MapWalk *m, TfgCancel *cancel, TfgStatus *s)
{
    int rc = read_input(m, cancel, s);
    m->over = m->over || rc == 0;
    if (rc == 1 && open_place(m, &m->open[m->at], cancel, s) < 0)
        return -1;
    return rc;
}

/* The place at hand stays empty: those behind it move up, and the block goes on with the next one. */
static void close_place(MapWalk *m)
{
    m->n_slots--;
    memmove(m->open + m->at, m->open + m->at + 1, (size_t)(m->n_slots - m->at) * sizeof *m->open);
    m->open[m->n_slots] = (Place){0};
    if (m->at >= m->n_slots)
        m->at = 0;
}

static void next_place(MapWalk *m)
{
    m->in_block = 0;
    m->at = m->at + 1 < m->n_slots ? m->at + 1 : 0;
}

/* All places are filled before the first element, so that all are computed.  A failure is told, and its place filled later. */
static int fill_places(MapWalk *m, TfgCancel *cancel, TfgStatus *s)
{
    int rc = 1;
    for (; rc == 1 && m->at < m->n_slots; m->at += rc == 1)
        rc = open_next(m, cancel, s);
    if (rc < 0)
        return -1;
    if (rc == 0)
        m->n_slots = m->at;
    m->at = 0;
    m->begun = true;
    return 0;
}

/* Where the order is free: a place that has an element, if one has. */
static void prefer_ready(MapWalk *m)
{
    for (int64_t i = 0, at = m->at; i < m->n_slots; i++, at = at + 1 < m->n_slots ? at + 1 : 0)
        if (m->open[at].walk && tfg_prefetch_has(m->open[at].walk)) {
            m->in_block = at == m->at ? m->in_block : 0;
            m->at = at;
            return;
        }
}

static int parallel_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)w;
    const TfgMapped *d = (const TfgMapped *)w->dataset;
    if (!m->begun && fill_places(m, cancel, s) < 0)
        return -1;
    while (m->n_slots > 0) {
        if (d->sloppy)
            prefer_ready(m);
        Place *here = &m->open[m->at];
        int rc = here->walk ? tfg_walk_next(here->walk, out, cancel, s) : 0;
        if (rc == 1 && ++m->in_block == d->block)
            next_place(m);
        if (rc != 0)
            return rc;
        close_walk(m, here);
        rc = open_next(m, cancel, s);
        if (rc < 0)
            return -1;
        if (rc == 1)
            next_place(m);
        else
            close_place(m);
    }
    return 0;
}

/* A place: the element, from which the dataset is made again, and where the walk over it stands. */
static int place_state(MapWalk *m, int64_t i, TfgWalkState *t, TfgStatus *s)
{
    const TfgDataset *input = m->base.dataset->input;
    Place *p = &m->open[i];
    bool open = p->walk != NULL;
    char name[48];
    snprintf(name, sizeof name, "current_elements[%lld]", (long long)i);
    if (tfg_state_flag(t, name, &open, s) < 0)
        return -1;
    if (!open)
        return 0;
    snprintf(name, sizeof name, "args_list[%lld]", (long long)i);
    if (t->reads && !p->from && !(p->from = tfg_calloc((size_t)input->n + 1, sizeof *p->from)))
        return tfg_fail_memory(s);
    if (tfg_state_tensors(t, name, p->from, input->n, input->dtypes, s) < 0)
        return -1;
    if (t->reads) {
        int64_t at = m->at;
        m->at = i;
        memcpy(m->element, p->from, (size_t)input->n * sizeof *p->from);
        p->walk = open_element(m, t->cancel, s);
        memset(m->element, 0, (size_t)input->n * sizeof *m->element);
        m->at = at;
        m->n_open += p->walk != NULL;
    }
    snprintf(name, sizeof name, "current_elements[%lld]", (long long)i);
    return p->walk ? tfg_state_inside(t, name, p->walk, s) : -1;
}

static int interleave_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    MapWalk *m = (MapWalk *)walk;
    const TfgMapped *d = (const TfgMapped *)walk->dataset;
    if (tfg_state_pass(walk, t, s) < 0 || tfg_state_flag(t, "end_of_input", &m->over, s) < 0 || tfg_state_flag(t, "begun", &m->begun, s) < 0 ||
        tfg_state_count(t, "num_slots", &m->n_slots, 0, d->cycle, s) < 0 ||
        tfg_state_count(t, "cycle_index", &m->at, 0, d->cycle - 1, s) < 0 || tfg_state_count(t, "block_index", &m->in_block, 0, d->block, s) < 0)
        return -1;
    if (m->n_slots > 0 && m->at >= m->n_slots)
        return tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator does not fit its dataset: it stands behind its last place");
    for (int64_t i = 0; i < d->cycle; i++)
        if (place_state(m, i, t, s) < 0)
            return -1;
    return 0;
}

static const TfgDatasetKind parallel_kind = {"ParallelInterleave", sizeof(TfgMapped), sizeof(MapWalk), tfg_mapped_fini, parallel_begin,
                                             parallel_next, map_end, interleave_state};
static const TfgDatasetKind flat_map_kind = {"FlatMap", sizeof(TfgMapped), sizeof(MapWalk), tfg_mapped_fini, interleave_begin,
                                             interleave_next, map_end, interleave_state};
static const TfgDatasetKind interleave_kind = {"Interleave", sizeof(TfgMapped), sizeof(MapWalk), tfg_mapped_fini, interleave_begin,
                                               interleave_next, map_end, interleave_state};

static int give_interleaved(TfgKernelCall *c, const TfgDatasetKind *kind, int n_behind, const TfgMapped *how, TfgStatus *s)
{
    TfgMapped *d = tfg_mapped_new(c, kind, "f", n_behind, s);
    if (!d)
        return -1;
    d->cycle = how->cycle;
    d->block = how->block;
    d->parallel = how->parallel;
    d->ahead = how->ahead;
    d->sloppy = how->sloppy;
    d->gives_dataset = d->fn.n_out == 1 && tfg_callable_out_dtype(d->fn.f, 0) == TFG_VARIANT;
    if (d->fn.n_out > 1)
        d->fn.n_out = 1;
    return tfg_dataset_give_steal(c, d, s);
}

/* Nothing is left of an element before the next one is read, so one at a time, each to its end. */
static int run_flat_map(TfgKernelCall *c, TfgStatus *s)
{
    TfgMapped how = {.cycle = 1, .block = INT64_MAX};
    return give_interleaved(c, &flat_map_kind, 0, &how, s);
}

static int run_interleave(TfgKernelCall *c, TfgStatus *s)
{
    TfgMapped how = {.cycle = 0};
    int n = c->n_in;
    for (int i = n - 2; i < n; i++)
        if (c->in[i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar.", i == n - 1 ? "block_length" : "cycle_length");
    how.cycle = tfg_tensor_int(c->in[n - 2], 0);
    how.block = tfg_tensor_int(c->in[n - 1], 0);
    if (how.cycle <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "cycle_length must be greater than zero.");
    if (how.block <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "block_length must be greater than zero.");
    return give_interleaved(c, &interleave_kind, 2, &how, s);
}

/* An argument of at least `least`, in words such as "`cycle_length` must be > 0". */
static int read_bound(const TfgKernelCall *c, int i, const char *name, int64_t least, int64_t *value, TfgStatus *s)
{
    if (tfg_scalar_argument(c, i, name, value, s) < 0)
        return -1;
    return *value >= least ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "`%s` must be %s 0", name, least ? ">" : ">=");
}

#define MOST_AHEAD 256          /* datasets that have a thread each */

static int run_parallel_interleave(TfgKernelCall *c, TfgStatus *s)
{
    TfgMapped how = {.parallel = MOST_AHEAD};
    int n = c->n_in;
    int64_t sloppy, prefetch;
    if (read_bound(c, n - 5, "cycle_length", 1, &how.cycle, s) < 0 || read_bound(c, n - 4, "block_length", 1, &how.block, s) < 0 ||
        tfg_scalar_argument(c, n - 3, "sloppy", &sloppy, s) < 0 || read_bound(c, n - 2, "buffer_output_elements", 1, &how.ahead, s) < 0 ||
        read_bound(c, n - 1, "prefetch_input_elements", 0, &prefetch, s) < 0)
        return -1;
    how.sloppy = sloppy != 0;
    return give_interleaved(c, &parallel_kind, 5, &how, s);
}

static int run_parallel_interleave_2(TfgKernelCall *c, TfgStatus *s)
{
    TfgMapped how = {.cycle = 0};
    int n = c->n_in;
    if (read_bound(c, n - 3, "cycle_length", 1, &how.cycle, s) < 0 || read_bound(c, n - 2, "block_length", 1, &how.block, s) < 0 ||
        tfg_scalar_argument(c, n - 1, "num_parallel_calls", &how.parallel, s) < 0)
        return -1;
    if (how.parallel <= 0 && how.parallel != -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_parallel_calls must be greater than zero.");
    if (how.parallel > how.cycle)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_parallel_calls must less than or equal to cycle_length.");
    if (how.parallel < 0 || how.parallel > MOST_AHEAD)
        how.parallel = how.cycle < MOST_AHEAD ? how.cycle : MOST_AHEAD;
    how.ahead = how.block < MOST_AHEAD ? how.block : MOST_AHEAD;
    return give_interleaved(c, &interleave_kind, 3, &how, s);
}

/* ---- Generator: a state, asked again and again --------------------------------------------------------------------------------------- */

typedef struct Generator {
    TfgDataset base;
    TfgDatasetFn init, next, finalize;
} Generator;

typedef struct GeneratorWalk {
    TfgWalk base;
    TfgTensor **state;
    pid_t process;              /* that began it */
    bool begun, over;
} GeneratorWalk;

static void generator_fini(TfgDataset *d)
{
    Generator *g = (Generator *)d;
    tfg_dataset_fn_fini(&g->init);
    tfg_dataset_fn_fini(&g->next);
    tfg_dataset_fn_fini(&g->finalize);
}

static int generator_begin(TfgWalk *w, TfgStatus *s)
{
    GeneratorWalk *g = (GeneratorWalk *)w;
    g->state = tfg_calloc((size_t)((Generator *)w->dataset)->init.n_out + 1, sizeof *g->state);
    return g->state ? 0 : tfg_fail_memory(s);
}

static int finalize(GeneratorWalk *g, TfgCancel *cancel, TfgStatus *s)
{
    const TfgDatasetFn *f = &((Generator *)g->base.dataset)->finalize;
    TfgTensor **out = tfg_calloc((size_t)f->n_out + 1, sizeof *out);
    g->over = true;
    int rc = out ? tfg_dataset_fn_call(f, g->state, out, cancel, s) : tfg_fail_memory(s);
    if (out)
        tfg_tensors_drop(out, f->n_out);
    tfg_free(out);
    return rc;
}

static int generator_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    GeneratorWalk *g = (GeneratorWalk *)w;
    const Generator *d = (const Generator *)w->dataset;
    if (g->over)
        return 0;
    if (!g->begun && tfg_dataset_fn_call(&d->init, NULL, g->state, cancel, s) < 0)
        return -1;
    g->begun = true;
    g->process = getpid();
    int rc = tfg_dataset_fn_next(&d->next, g->state, out, cancel, s);
    return rc == 0 && finalize(g, cancel, s) < 0 ? -1 : rc;
}

/* What was begun is finished, also when nobody asked for the end: but not in a forked child, where the state is the parent's, and a
 * thread that is no more may have stood inside it. */
static void generator_end(TfgWalk *w)
{
    GeneratorWalk *g = (GeneratorWalk *)w;
    if (g->begun && !g->over && g->process == getpid()) {
        TfgStatus unheard = TFG_STATUS_INIT;
        finalize(g, NULL, &unheard);
        tfg_status_fini(&unheard);
    }
    if (g->state)
        tfg_tensors_drop(g->state, ((Generator *)w->dataset)->init.n_out);
    tfg_free(g->state);
}

static const TfgDatasetKind generator_kind = {"Generator", sizeof(Generator), sizeof(GeneratorWalk), generator_fini, generator_begin,
                                              generator_next, generator_end};

static int read_generator(Generator *g, TfgKernelCall *c, TfgStatus *s)
{
    int n_init = tfg_attrs_find(c->attrs, "Tinit_func_args")->n, n_next = tfg_attrs_find(c->attrs, "Tnext_func_args")->n;
    if (tfg_dataset_fn_init(&g->init, c, "init_func", 0, 0, n_init, s) < 0)
        return -1;
    int n = g->init.n_out;
    if (tfg_dataset_fn_init(&g->next, c, "next_func", n, n_init, n_next, s) < 0 ||
        tfg_dataset_fn_init(&g->finalize, c, "finalize_func", n, n_init + n_next, c->n_in - n_init - n_next, s) < 0 ||
        tfg_dataset_declare_attrs(&g->base, c->attrs, "output_types", s) < 0)
        return -1;
    return tfg_dataset_fn_check_gives(&g->next, &g->base, s);
}

static int run_generator(TfgKernelCall *c, TfgStatus *s)
{
    Generator *g = tfg_dataset_new(&generator_kind, NULL, s);
    if (!g || read_generator(g, c, s) < 0) {
        tfg_dataset_unref(g);
        return -1;
    }
    return tfg_dataset_give_steal(c, g, s);
}

static const TfgKernelRow rows[] = {
    {.op = "MapDataset", .run = run_map}, {.op = "FilterDataset", .run = run_filter}, {.op = "FlatMapDataset", .run = run_flat_map},
    {.op = "InterleaveDataset", .run = run_interleave}, {.op = "ParallelInterleaveDataset", .run = run_parallel_interleave},
    {.op = "ParallelInterleaveDatasetV2", .run = run_parallel_interleave_2}, {.op = "GeneratorDataset", .run = run_generator},
};

int tfg_register_datasets_map(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
