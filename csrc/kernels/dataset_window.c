/* Datasets whose elements come from runs of their input's elements: windows, as datasets or stacked, and rows taken apart. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

/* ---- Rows: a dataset of elements at hand ------------------------------------------------------------------------------------------- */

typedef struct Rows {
    TfgDataset base;
    TfgTensor **t;              /* of n elements, one behind the other */
    int64_t n;
} Rows;

typedef struct RowsWalk {
    TfgWalk base;
    int64_t next;
} RowsWalk;

static void rows_fini(TfgDataset *d)
{
    Rows *r = (Rows *)d;
    for (int64_t i = 0; r->t && i < r->n * d->n; i++)
        tfg_tensor_unref(r->t[i]);
    tfg_free(r->t);
}

static int rows_next(TfgWalk *w, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    (void)cancel, (void)s;
    const Rows *r = (const Rows *)w->dataset;
    int64_t i = ((RowsWalk *)w)->next;
    if (i >= r->n)
        return 0;
    for (int k = 0; k < r->base.n; k++)
        out[k] = tfg_tensor_ref(r->t[i * r->base.n + k]);
    ((RowsWalk *)w)->next++;
    return 1;
}

static int rows_state(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    return tfg_state_count(t, "i", &((RowsWalk *)w)->next, 0, INT64_MAX - 1, s);
}

static const TfgDatasetKind rows_kind = {"Window", sizeof(Rows), sizeof(RowsWalk), rows_fini, NULL, rows_next, NULL, rows_state};

TfgTensor *tfg_rows_steal(const TfgDataset *like, TfgTensor **t, int64_t n, TfgStatus *s)
{
    Rows *r = tfg_dataset_new(&rows_kind, NULL, s);
    if (!r || tfg_dataset_declare_like(&r->base, like, s) < 0) {
        for (int64_t i = 0; i < n * like->n; i++)
            tfg_tensor_unref(t[i]);
        tfg_free(t);
        tfg_dataset_unref(r);
        return NULL;
    }
    r->t = t;
    r->n = n;
    return tfg_dataset_tensor_steal(r, s);
}

/* ---- Windows ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Window {
    TfgDataset base;
    int64_t size, shift, stride, span;  /* span: from the first to the last element of a window */
    bool drop_remainder;
} Window;

typedef struct Held {           /* an element that was read, or its failure */
    TfgTensor **t;
    TfgStatus failure;
} Held;

typedef struct WindowWalk {
    TfgWalk base;
    Held *held;
    size_t capacity;
    int64_t n;
    bool over;
} WindowWalk;

static int window_begin(TfgWalk *w, TfgStatus *s) { return tfg_walk_open_input(w, s); }

static void drop_held(WindowWalk *w, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (w->held[i].t)
            tfg_tensors_drop(w->held[i].t, w->base.dataset->input->n);
        tfg_free(w->held[i].t);
        tfg_status_fini(&w->held[i].failure);
    }
    if (w->n > n)
        memmove(w->held, w->held + n, (size_t)(w->n - n) * sizeof *w->held);
    w->n -= n;
}

static void window_end(TfgWalk *walk)
{
    WindowWalk *w = (WindowWalk *)walk;
    drop_held(w, w->n);
    tfg_free(w->held);
}

/* Reads until `span` elements are held or there are no more.  Failures are held, too, where `keep_failures`. */
static int fill(WindowWalk *w, bool keep_failures, TfgCancel *cancel, TfgStatus *s)
{
    const Window *d = (const Window *)w->base.dataset;
    while (!w->over && w->n < d->span) {
        if (tfg_grow((void **)&w->held, &w->capacity, (size_t)w->n + 1, sizeof *w->held) < 0)
            return tfg_fail_memory(s);
        Held *h = &w->held[w->n];
        *h = (Held){tfg_calloc((size_t)d->base.input->n + 1, sizeof *h->t), TFG_STATUS_INIT};
        if (!h->t)
            return tfg_fail_memory(s);
        int rc = tfg_walk_next(w->base.input, h->t, cancel, &h->failure);
        w->n++;
        if (rc == 0) {
            w->over = true;
            drop_held(w, 0);
            tfg_free(h->t);
            w->n--;
        } else if (rc < 0 && (!keep_failures || tfg_cancelled(cancel))) {
            tfg_status_move(s, &h->failure);
            tfg_free(h->t);
            w->n--;
            return -1;
        }
    }
    return 0;
}

/* Lets go of `shift` elements, also of such that were not read yet; their failures go unheard. */
static void move_on(WindowWalk *w, TfgCancel *cancel)
{
    const Window *d = (const Window *)w->base.dataset;
    int64_t beyond = d->shift - w->n;
    drop_held(w, d->shift < w->n ? d->shift : w->n);
    TfgTensor **t = beyond > 0 && !w->over ? tfg_calloc((size_t)d->base.input->n + 1, sizeof *t) : NULL;
    while (t && beyond-- > 0 && !w->over && !tfg_cancelled(cancel)) {
        TfgStatus unheard = TFG_STATUS_INIT;
        w->over = tfg_walk_next(w->base.input, t, cancel, &unheard) == 0;
        tfg_tensors_drop(t, d->base.input->n);
        tfg_status_fini(&unheard);
    }
    tfg_free(t);
}

static TfgTensor *component_dataset(const WindowWalk *w, int k, int64_t n, TfgStatus *s)
{
    const Window *d = (const Window *)w->base.dataset;
    const TfgDataset *input = d->base.input;
    Rows *r = tfg_dataset_new(&rows_kind, NULL, s);
    if (!r)
        return NULL;
    if (tfg_dataset_declare(&r->base, 1, &input->dtypes[k], s) < 0 ||
        (input->shapes[k] && tfg_dataset_set_shape(&r->base, 0, input->shapes[k]->rank, input->shapes[k]->dims, s) < 0))
        goto failed;
    r->t = tfg_calloc((size_t)n, sizeof *r->t);
    if (!r->t) {
        tfg_fail_memory(s);
        goto failed;
    }
    r->n = n;
    for (int64_t i = 0; i < n; i++)
        r->t[i] = tfg_tensor_ref(w->held[i * d->stride].t[k]);
    return tfg_dataset_tensor_steal(r, s);
failed:
    tfg_dataset_unref(r);
    return NULL;
}

static int window_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    WindowWalk *w = (WindowWalk *)walk;
    const Window *d = (const Window *)walk->dataset;
    if (fill(w, true, cancel, s) < 0)
        return -1;
    if (w->n == 0 || (d->drop_remainder && w->n < d->span))
        return 0;
    int64_t n = 1 + (w->n - 1) / d->stride;
    int rc = 1;
    for (int64_t i = 0; i < n && rc == 1; i++)
        if (w->held[i * d->stride].failure.code != TFG_OK) {
            tfg_status_copy(s, &w->held[i * d->stride].failure);
            rc = -1;
        }
    for (int k = 0; k < d->base.n && rc == 1; k++)
        if (!(out[k] = component_dataset(w, k, n, s)))
            rc = -1;
    move_on(w, cancel);
    return rc;
}

/* Stacked windows, all of them whole. */
static int slide_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    WindowWalk *w = (WindowWalk *)walk;
    const Window *d = (const Window *)walk->dataset;
    if (fill(w, false, cancel, s) < 0)
        return -1;
    if (w->n < d->span)
        return 0;
    TfgTensor **column = tfg_calloc((size_t)d->size, sizeof *column);
    int rc = column ? 1 : tfg_fail_memory(s);
    for (int k = 0; k < d->base.n && rc == 1; k++) {
        for (int64_t i = 0; i < d->size; i++)
            column[i] = w->held[i * d->stride].t[k];
        if (!(out[k] = tfg_dataset_stack(column, d->size, 1, k, s)))
            rc = -1;
    }
    tfg_free(column);
    move_on(w, cancel);
    return rc;
}

static int held_state(WindowWalk *w, int64_t i, TfgWalkState *t, TfgStatus *s)
{
    const TfgDataset *input = w->base.dataset->input;
    char name[40];
    Held *h = &w->held[i];
    snprintf(name, sizeof name, "buffer[%lld]", (long long)i);
    if (tfg_state_status(t, name, &h->failure, s) < 0)
        return -1;
    return h->failure.code != TFG_OK ? 0 : tfg_state_tensors(t, name, h->t, input->n, input->dtypes, s);
}

static int window_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    WindowWalk *w = (WindowWalk *)walk;
    int64_t n = w->n, most = ((const Window *)walk->dataset)->span;
    if (tfg_state_pass(walk, t, s) < 0 || tfg_state_flag(t, "over", &w->over, s) < 0 ||
        tfg_state_count(t, "buffer_size", &n, 0, most < (int64_t)t->table->n ? most : (int64_t)t->table->n, s) < 0)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        if (i == w->n) {
            if (tfg_grow((void **)&w->held, &w->capacity, (size_t)i + 1, sizeof *w->held) < 0)
                return tfg_fail_memory(s);
            w->held[i] = (Held){tfg_calloc((size_t)walk->dataset->input->n + 1, sizeof(TfgTensor *)), TFG_STATUS_INIT};
            w->n++;
            if (!w->held[i].t)
                return tfg_fail_memory(s);
        }
        if (held_state(w, i, t, s) < 0)
            return -1;
    }
    return 0;
}

static const TfgDatasetKind window_kind = {"Window", sizeof(Window), sizeof(WindowWalk), NULL, window_begin, window_next, window_end, window_state};
static const TfgDatasetKind slide_kind = {"Slide", sizeof(Window), sizeof(WindowWalk), NULL, window_begin, slide_next, window_end, window_state};

static Window *window_new(TfgKernelCall *c, const TfgDatasetKind *kind, const char *const names[3], const char *const said[3], TfgStatus *s)
{
    int64_t args[3], span;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input)
        return NULL;
    for (int i = 0; i < 3; i++) {
        if (tfg_scalar_argument(c, 1 + i, names[i], &args[i], s) < 0)
            return NULL;
        if (args[i] <= 0) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be greater than zero.", said[i]);
            return NULL;
        }
    }
    if (__builtin_mul_overflow(args[0] - 1, args[2], &span) || __builtin_add_overflow(span, 1, &span)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "A window of %lld elements with a stride of %lld is too long", (long long)args[0], (long long)args[2]);
        return NULL;
    }
    Window *d = tfg_dataset_new(kind, input, s);
    if (!d)
        return NULL;
    d->size = args[0];
    d->shift = args[1];
    d->stride = args[2];
    d->span = span;
    return d;
}

static int run_window(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"size", "shift", "stride"}, *const said[] = {"Window size", "Window shift", "Window stride"};
    int64_t drop;
    Window *d = window_new(c, &window_kind, names, said, s);
    if (!d)
        return -1;
    int n = d->base.input->n, rc = tfg_scalar_argument(c, 4, "drop_remainder", &drop, s);
    TfgDType *dtypes = rc == 0 ? tfg_calloc((size_t)n, sizeof *dtypes) : NULL;
    for (int i = 0; dtypes && i < n; i++)
        dtypes[i] = TFG_VARIANT;
    rc = rc < 0 ? -1 : !dtypes ? tfg_fail_memory(s) : tfg_dataset_declare(&d->base, n, dtypes, s);
    tfg_free(dtypes);
    for (int i = 0; i < n && rc == 0; i++)
        rc = tfg_dataset_set_shape(&d->base, i, 0, NULL, s);
    if (rc < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->drop_remainder = drop != 0;
    return tfg_dataset_give_steal(c, d, s);
}

static int run_slide(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"window_size", "window_shift", "window_stride"}, *const said[] = {"Window size", "Window shift", "window_stride"};
    Window *d = window_new(c, &slide_kind, names, said, s);
    if (!d || tfg_dataset_declare_batched(&d->base, -1, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- Unbatch ---------------------------------------------------------------------------------------------------------------------- */

typedef struct UnbatchWalk {
    TfgWalk base;
    TfgTensor **element;        /* NULLs, or what rows are taken from */
    int64_t at, n;
} UnbatchWalk;

static int unbatch_begin(TfgWalk *w, TfgStatus *s)
{
    ((UnbatchWalk *)w)->element = tfg_calloc((size_t)w->dataset->n + 1, sizeof(TfgTensor *));
    return ((UnbatchWalk *)w)->element ? tfg_walk_open_input(w, s) : tfg_fail_memory(s);
}

static void unbatch_end(TfgWalk *w)
{
    TfgTensor **element = ((UnbatchWalk *)w)->element;
    if (element)
        tfg_tensors_drop(element, w->dataset->n);
    tfg_free(element);
}

static int check_rows(const UnbatchWalk *w, TfgStatus *s)
{
    for (int i = 0; i < w->base.dataset->n; i++) {
        if (w->element[i]->rank == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input element must have a non-scalar value in each component.");
        if (w->element[i]->dims[0] != w->element[0]->dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input element must have the same batch size in each component. Component 0 had size %lld but "
                            "component %d had size, %lld.", (long long)w->element[0]->dims[0], i, (long long)w->element[i]->dims[0]);
    }
    return 0;
}

static int unbatch_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    UnbatchWalk *w = (UnbatchWalk *)walk;
    while (w->at == w->n) {
        tfg_tensors_drop(w->element, walk->dataset->n);
        w->at = w->n = 0;
        int rc = walk->input ? tfg_walk_next(walk->input, w->element, cancel, s) : 0;
        if (rc == 0) {
            tfg_walk_free(walk->input);
            walk->input = NULL;
        }
        if (rc <= 0 || check_rows(w, s) < 0)
            return rc == 0 ? 0 : -1;
        w->n = w->element[0]->dims[0];
    }
    for (int i = 0; i < walk->dataset->n; i++)
        if (!(out[i] = tfg_row_of(w->element[i], w->at, s)))
            return -1;
    w->at++;
    return 1;
}

static int unbatch_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    UnbatchWalk *w = (UnbatchWalk *)walk;
    const TfgDataset *input = walk->dataset->input;
    if (tfg_state_input(t, walk, s) < 0 || tfg_state_count(t, "n", &w->n, 0, INT64_MAX, s) < 0 ||
        tfg_state_count(t, "current_index", &w->at, 0, w->n, s) < 0)
        return -1;
    if (w->at == w->n)
        return 0;
    if (tfg_state_tensors(t, "tensors", w->element, input->n, input->dtypes, s) < 0 || check_rows(w, s) < 0)
        return -1;
    return w->element[0]->dims[0] == w->n ? 0 : tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator does not fit its dataset: Unbatch");
}

static const TfgDatasetKind unbatch_kind = {"Unbatch", sizeof(TfgDataset), sizeof(UnbatchWalk), NULL, unbatch_begin, unbatch_next, unbatch_end, unbatch_state};

static int run_unbatch(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s), *d = input ? tfg_dataset_new(&unbatch_kind, input, s) : NULL;
    if (!d || tfg_dataset_declare(d, input->n, input->dtypes, s) < 0)
        goto failed;
    for (int i = 0; i < d->n; i++) {
        const TfgDims *shape = input->shapes[i];
        if (shape && shape->rank > 0 && tfg_dataset_set_shape(d, i, shape->rank - 1, shape->dims + 1, s) < 0)
            goto failed;
    }
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

static const TfgKernelRow rows[] = {
    {.op = "WindowDataset", .run = run_window}, {.op = "SlideDataset", .run = run_slide}, {.op = "UnbatchDataset", .run = run_unbatch},
};

int tfg_register_datasets_window(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
