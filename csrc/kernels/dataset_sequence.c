/* Datasets made of the elements of others, unchanged: repeated, taken, skipped, zipped, one behind the other. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"

/* ---- Repeat, Take, Skip: a count ---------------------------------------------------------------------------------------------- */

typedef struct Counted {
    TfgDataset base;
    int64_t count;              /* below 0: all, without end */
} Counted;

typedef struct CountedCursor {
    TfgWalk base;
    int64_t done;
    bool over;
} CountedCursor;

static int run_counted(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    int64_t count;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "count", &count, s) < 0)
        return -1;
    Counted *d = tfg_dataset_new(kind, input, s);
    if (!d || tfg_dataset_declare_like(&d->base, input, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    d->count = count;
    return tfg_dataset_give_steal(c, d, s);
}

/* Without end, a round that gives nothing ends it: so would all others. */
static int repeat_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    CountedCursor *cursor = (CountedCursor *)c;
    int64_t count = ((Counted *)c->dataset)->count;
    while (!cursor->over && (count < 0 || cursor->done < count)) {
        bool fresh = !c->input;
        if (fresh && tfg_walk_open_input(c, s) < 0)
            return -1;
        int rc = tfg_walk_next(c->input, out, cancel, s);
        if (rc != 0)
            return rc;
        cursor->over = fresh && count < 0;
        cursor->done++;
        tfg_walk_free(c->input);
        c->input = NULL;
    }
    return 0;
}

static int take_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    CountedCursor *cursor = (CountedCursor *)c;
    int64_t count = ((Counted *)c->dataset)->count;
    if (cursor->over || (count >= 0 && cursor->done >= count))
        return 0;
    if (!c->input && tfg_walk_open_input(c, s) < 0)
        return -1;
    int rc = tfg_walk_next(c->input, out, cancel, s);
    cursor->done += rc == 1;
    cursor->over = rc == 0;
    return rc;
}

static int skip_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    CountedCursor *cursor = (CountedCursor *)c;
    int64_t count = ((Counted *)c->dataset)->count;
    if (cursor->over || count < 0)              /* skips everything */
        return 0;
    if (!c->input && tfg_walk_open_input(c, s) < 0)
        return -1;
    int rc;
    while ((rc = tfg_walk_next(c->input, out, cancel, s)) == 1 && cursor->done < count) {
        tfg_tensors_drop(out, c->dataset->n);
        cursor->done++;
    }
    cursor->over = rc == 0;
    return rc;
}

static int counted_state(TfgWalk *c, TfgWalkState *t, TfgStatus *s)
{
    CountedCursor *cursor = (CountedCursor *)c;
    if (tfg_state_count(t, "i", &cursor->done, 0, INT64_MAX - 1, s) < 0 || tfg_state_flag(t, "over", &cursor->over, s) < 0)
        return -1;
    return tfg_state_input(t, c, s);
}

static const TfgDatasetKind repeat_kind = {"Repeat", sizeof(Counted), sizeof(CountedCursor), NULL, NULL, repeat_next, NULL, counted_state};
static const TfgDatasetKind take_kind = {"Take", sizeof(Counted), sizeof(CountedCursor), NULL, NULL, take_next, NULL, counted_state};
static const TfgDatasetKind skip_kind = {"Skip", sizeof(Counted), sizeof(CountedCursor), NULL, NULL, skip_next, NULL, counted_state};

static int run_repeat(TfgKernelCall *c, TfgStatus *s) { return run_counted(c, &repeat_kind, s); }
static int run_take(TfgKernelCall *c, TfgStatus *s) { return run_counted(c, &take_kind, s); }
static int run_skip(TfgKernelCall *c, TfgStatus *s) { return run_counted(c, &skip_kind, s); }

/* ---- Zip, Concatenate: several inputs ------------------------------------------------------------------------------------------ */

typedef struct Several {
    TfgDataset base;
    int n_inputs;
    TfgDataset **inputs;        /* counted */
} Several;

typedef struct SeveralCursor {
    TfgWalk base;
    TfgWalk **cursors;
    int at;                     /* the input at hand, or how many have ended */
    bool *ended;                /* inputs that a selector may still name */
    bool over;
} SeveralCursor;

static void several_fini(TfgDataset *d)
{
    Several *v = (Several *)d;
    for (int i = 0; v->inputs && i < v->n_inputs; i++)
        tfg_dataset_unref(v->inputs[i]);
}

static int several_begin(TfgWalk *c, TfgStatus *s)
{
    const Several *v = (const Several *)c->dataset;
    SeveralCursor *cursor = (SeveralCursor *)c;
    cursor->cursors = tfg_calloc((size_t)v->n_inputs, sizeof(TfgWalk *));
    return cursor->cursors ? 0 : tfg_fail_memory(s);
}

static void several_close(SeveralCursor *cursor)
{
    for (int i = 0; cursor->cursors && i < ((Several *)cursor->base.dataset)->n_inputs; i++) {
        tfg_walk_free(cursor->cursors[i]);
        cursor->cursors[i] = NULL;
    }
}

static void several_end(TfgWalk *c)
{
    several_close((SeveralCursor *)c);
    tfg_free(((SeveralCursor *)c)->cursors);
    tfg_free(((SeveralCursor *)c)->ended);
}

static int next_of(SeveralCursor *cursor, int i, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    const Several *v = (const Several *)cursor->base.dataset;
    if (!cursor->cursors[i] && !(cursor->cursors[i] = tfg_walk_new_inside(&cursor->base, v->inputs[i], s)))
        return -1;
    return tfg_walk_next(cursor->cursors[i], out, cancel, s);
}

/* A failure of one does not keep the others from moving on, so that what is zipped stays together. */
static int zip_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    SeveralCursor *cursor = (SeveralCursor *)c;
    const Several *v = (const Several *)c->dataset;
    int at = 0, rc = 1;
    for (int i = 0; i < v->n_inputs && !cursor->over; at += v->inputs[i]->n, i++) {
        TfgStatus mine = TFG_STATUS_INIT;
        int got = next_of(cursor, i, out + at, cancel, &mine);
        if (got < 0 && rc == 1) {
            tfg_status_move(s, &mine);
            rc = -1;
        }
        tfg_status_fini(&mine);
        cursor->over = got == 0;
    }
    if (cursor->over)
        several_close(cursor);
    return rc == 1 && cursor->over ? 0 : rc;
}

static int concatenate_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    SeveralCursor *cursor = (SeveralCursor *)c;
    for (; cursor->at < ((Several *)c->dataset)->n_inputs; cursor->at++) {
        int rc = next_of(cursor, cursor->at, out, cancel, s);
        if (rc != 0)
            return rc;
        tfg_walk_free(cursor->cursors[cursor->at]);
        cursor->cursors[cursor->at] = NULL;
    }
    return 0;
}

static int several_state(TfgWalk *c, TfgWalkState *t, TfgStatus *s)
{
    SeveralCursor *cursor = (SeveralCursor *)c;
    const Several *v = (const Several *)c->dataset;
    int64_t at = cursor->at;
    if (tfg_state_count(t, "i", &at, 0, v->n_inputs, s) < 0 || tfg_state_flag(t, "over", &cursor->over, s) < 0)
        return -1;
    cursor->at = (int)at;
    for (int i = 0; i < v->n_inputs; i++) {
        char name[24];
        snprintf(name, sizeof name, "input[%d]", i);
        if (tfg_state_walk(t, name, c, &cursor->cursors[i], v->inputs[i], s) < 0)
            return -1;
        snprintf(name, sizeof name, "ended[%d]", i);
        if (cursor->ended && tfg_state_flag(t, name, &cursor->ended[i], s) < 0)
            return -1;
    }
    return 0;
}

static const TfgDatasetKind zip_kind = {"Zip", sizeof(Several), sizeof(SeveralCursor), several_fini, several_begin, zip_next, several_end, several_state};
static const TfgDatasetKind concatenate_kind = {"Concatenate", sizeof(Several), sizeof(SeveralCursor), several_fini, several_begin,
                                                concatenate_next, several_end, several_state};

static Several *new_several(TfgKernelCall *c, const TfgDatasetKind *kind, TfgStatus *s)
{
    TfgDataset *deepest = NULL;
    for (int i = 0; i < c->n_in; i++) {
        TfgDataset *input = tfg_dataset_of(c->in[i], s);
        if (!input)
            return NULL;
        if (!deepest || input->depth > deepest->depth)
            deepest = input;
    }
    Several *d = tfg_dataset_new(kind, deepest, s);
    if (!d)
        return NULL;
    d->n_inputs = c->n_in;
    d->inputs = tfg_arena_alloc(&d->base.arena, (size_t)c->n_in * sizeof(TfgDataset *));
    if (!d->inputs) {
        tfg_fail_memory(s);
        tfg_dataset_unref(d);
        return NULL;
    }
    for (int i = 0; i < c->n_in; i++)
        d->inputs[i] = tfg_dataset_ref(tfg_dataset_of(c->in[i], s));
    return d;
}

static int declare_zipped(Several *d, TfgStatus *s)
{
    int n = 0, at = 0, rc = -1;
    for (int i = 0; i < d->n_inputs; i++)
        n += d->inputs[i]->n;
    TfgDType *dtypes = tfg_calloc((size_t)n + 1, sizeof *dtypes);
    if (!dtypes)
        return tfg_fail_memory(s);
    for (int i = 0; i < d->n_inputs; at += d->inputs[i]->n, i++)
        memcpy(dtypes + at, d->inputs[i]->dtypes, (size_t)d->inputs[i]->n * sizeof *dtypes);
    if (tfg_dataset_declare(&d->base, n, dtypes, s) < 0)
        goto done;
    at = 0;
    for (int i = 0; i < d->n_inputs; i++)
        for (int k = 0; k < d->inputs[i]->n; k++, at++) {
            const TfgDims *shape = d->inputs[i]->shapes[k];
            if (shape && tfg_dataset_set_shape(&d->base, at, shape->rank, shape->dims, s) < 0)
                goto done;
        }
    rc = 0;
done:
    tfg_free(dtypes);
    return rc;
}

static int run_zip(TfgKernelCall *c, TfgStatus *s)
{
    Several *d = new_several(c, &zip_kind, s);
    if (!d || declare_zipped(d, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* The most that two shapes have in common. */
static int set_common_shape(TfgDataset *d, int i, const TfgDims *a, const TfgDims *b, TfgStatus *s)
{
    if (!a || !b || a->rank != b->rank)
        return 0;
    int64_t dims[TFG_MAX_RANK];
    for (int k = 0; k < a->rank; k++)
        dims[k] = a->dims[k] == b->dims[k] ? a->dims[k] : -1;
    return tfg_dataset_set_shape(d, i, a->rank, dims, s);
}

static const char *dtypes_text(const TfgDataset *d, TfgStr *text)
{
    for (int i = 0; i < d->n; i++) {
        tfg_str_puts(text, i ? ", " : "");
        tfg_str_puts(text, tfg_dtype_signature_name(d->dtypes[i]));
    }
    return tfg_str_text(text);
}

/* The words of the failure are TensorFlow's, which forgot to fill them in. */
static int run_concatenate(TfgKernelCall *c, TfgStatus *s)
{
    Several *d = new_several(c, &concatenate_kind, s);
    if (!d)
        return -1;
    const TfgDataset *a = d->inputs[0], *b = d->inputs[1];
    if (a->n != b->n || memcmp(a->dtypes, b->dtypes, (size_t)a->n * sizeof *a->dtypes) != 0) {
        TfgStr text = TFG_STR_INIT;
        tfg_fail(s, TFG_INVALID_ARGUMENT, "input dataset and dataset to concatenate have different output_types %%s and %%s%s", dtypes_text(b, &text));
        tfg_str_fini(&text);
        goto failed;
    }
    if (tfg_dataset_declare(&d->base, a->n, a->dtypes, s) < 0)
        goto failed;
    for (int i = 0; i < a->n; i++)
        if (set_common_shape(&d->base, i, a->shapes[i], b->shapes[i], s) < 0)
            goto failed;
    return tfg_dataset_give_steal(c, d, s);
failed:
    tfg_dataset_unref(d);
    return -1;
}

/* ---- DirectedInterleave: the first input says from which of the others an element comes ------------------------------------------ */

static int directed_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    SeveralCursor *cursor = (SeveralCursor *)c;
    const Several *v = (const Several *)c->dataset;
    while (!cursor->over) {
        TfgTensor *selected = NULL;
        int rc = next_of(cursor, 0, &selected, cancel, s);
        if (rc <= 0) {
            cursor->over = rc == 0;
            return rc;
        }
        int64_t i = selected->rank == 0 ? tfg_tensor_int(selected, 0) : -1;
        tfg_tensor_unref(selected);
        if (i < 0 || i >= v->n_inputs - 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Selector index out of range: %lld >= %d", (long long)i, v->n_inputs - 1);
        if (cursor->ended[i + 1])
            continue;
        rc = next_of(cursor, (int)i + 1, out, cancel, s);
        if (rc != 0)
            return rc;
        tfg_walk_free(cursor->cursors[i + 1]);
        cursor->cursors[i + 1] = NULL;
        cursor->ended[i + 1] = true;
        cursor->over = ++cursor->at == v->n_inputs - 1;
    }
    return 0;
}

static int directed_begin(TfgWalk *c, TfgStatus *s)
{
    SeveralCursor *cursor = (SeveralCursor *)c;
    cursor->ended = tfg_calloc((size_t)((const Several *)c->dataset)->n_inputs, sizeof *cursor->ended);
    return cursor->ended ? several_begin(c, s) : tfg_fail_memory(s);
}

static const TfgDatasetKind directed_kind = {"DirectedInterleave", sizeof(Several), sizeof(SeveralCursor), several_fini, directed_begin,
                                             directed_next, several_end, several_state};

static int fail_unlike(const TfgDataset *a, const TfgDataset *b, int i, TfgStatus *s)
{
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "All inputs must have the same output_dtypes. First input has types %s, and input %d has types %s", dtypes_text(a, &x), i,
             dtypes_text(b, &y));
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    return -1;
}

static int check_directed(const Several *d, TfgStatus *s)
{
    const TfgDataset *selector = d->inputs[0], *a = d->inputs[1];
    if (selector->n != 1 || selector->dtypes[0] != TFG_INT64 || (selector->shapes[0] && selector->shapes[0]->rank != 0))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The selector input must be a dataset of scalar int64 elements.");
    for (int i = 2; i < d->n_inputs; i++)
        if (d->inputs[i]->n != a->n || memcmp(d->inputs[i]->dtypes, a->dtypes, (size_t)a->n * sizeof *a->dtypes) != 0)
            return fail_unlike(a, d->inputs[i], i - 1, s);
    return 0;
}

static int run_directed(TfgKernelCall *c, TfgStatus *s)
{
    Several *d = new_several(c, &directed_kind, s);
    if (!d || check_directed(d, s) < 0 || tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0)
        goto failed;
    if (d->base.n == d->inputs[1]->n && memcmp(d->base.dtypes, d->inputs[1]->dtypes, (size_t)d->base.n * sizeof *d->base.dtypes) == 0)
        return tfg_dataset_give_steal(c, d, s);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "The inputs have other output_types than are declared.");
failed:
    tfg_dataset_unref(d);
    return -1;
}

static const TfgKernelRow rows[] = {
    {.op = "RepeatDataset", .run = run_repeat}, {.op = "TakeDataset", .run = run_take}, {.op = "SkipDataset", .run = run_skip},
    {.op = "ZipDataset", .run = run_zip}, {.op = "ConcatenateDataset", .run = run_concatenate},
    {.op = "ExperimentalDirectedInterleaveDataset", .run = run_directed},
};

int tfg_register_datasets_sequence(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
