/* What goes over a dataset's elements with a state: reduce, which gives the last state, and scan, which gives something for each
 * element.  Also the one element of a dataset of one. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset_function.h"
#include "kernels/dataset_state.h"

/* ---- Reduce ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Fold {
    TfgDatasetFn fn;
    TfgWalk *walk;
    int n_state;
    TfgTensor **args, **fresh;  /* state and element; the next state */
} Fold;

static int fold_begin(Fold *f, TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *state = tfg_attrs_find(c->attrs, "Tstate"), *gives = tfg_attrs_find(c->attrs, "output_types");
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    f->n_state = state->n;
    if (!input || tfg_dataset_fn_init(&f->fn, c, "f", state->n + input->n, 1 + state->n, c->n_in - 1 - state->n, s) < 0)
        return -1;
    if (f->fn.n_out != f->n_state || gives->n != f->n_state)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The reduce function gives %d components, but the state has %d and the output %d", f->fn.n_out,
                        f->n_state, gives->n);
    for (int i = 0; i < f->n_state; i++) {
        TfgDType given = tfg_dtype_base(tfg_callable_out_dtype(f->fn.f, i));
        if (given != tfg_dtype_base(state->list_type[i]) || given != tfg_dtype_base(gives->list_type[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Got wrong type for reduce_func return value %d (expected %s, got %s).", i,
                            tfg_dtype_signature_name(tfg_dtype_base(state->list_type[i])), tfg_dtype_signature_name(given));
    }
    f->args = tfg_calloc((size_t)(f->n_state + input->n) + 1, sizeof *f->args);
    f->fresh = tfg_calloc((size_t)f->n_state + 1, sizeof *f->fresh);
    if (!f->args || !f->fresh)
        return tfg_fail_memory(s);
    for (int i = 0; i < f->n_state; i++)
        if (!(f->args[i] = tfg_kernel_keep(c, 1 + i, s)))
            return -1;
    f->walk = tfg_walk_new(input, s);
    return f->walk ? 0 : -1;
}

static void fold_end(Fold *f)
{
    if (f->args)
        tfg_tensors_drop(f->args, f->n_state);
    tfg_free(f->args);
    tfg_free(f->fresh);
    tfg_walk_free(f->walk);
    tfg_dataset_fn_fini(&f->fn);
}

static int fold(Fold *f, TfgCancel *cancel, TfgStatus *s)
{
    int rc, n = f->n_state;
    while ((rc = tfg_walk_next(f->walk, f->args + n, cancel, s)) == 1) {
        rc = tfg_dataset_fn_next(&f->fn, f->args, f->fresh, cancel, s);         /* a function may end it, too */
        tfg_tensors_drop(f->args + n, f->walk->dataset->n);
        if (rc <= 0)
            return rc;
        tfg_tensors_drop(f->args, n);
        memcpy(f->args, f->fresh, (size_t)n * sizeof *f->args);
        memset(f->fresh, 0, (size_t)n * sizeof *f->fresh);
    }
    return rc;
}

static int run_reduce(TfgKernelCall *c, TfgStatus *s)
{
    Fold f = {0};
    int rc = fold_begin(&f, c, s) < 0 ? -1 : fold(&f, c->cancel, s);
    for (int i = 0; rc == 0 && i < f.n_state; i++) {
        c->out[i] = f.args[i];
        f.args[i] = NULL;
    }
    fold_end(&f);
    return rc;
}

/* ---- Scan ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Scan {
    TfgDataset base;
    TfgDatasetFn fn;
    int n_state;
    TfgTensor **initial;
} Scan;

typedef struct ScanWalk {
    TfgWalk base;
    TfgTensor **args, **given;  /* state and element; the next state and what is given out */
} ScanWalk;

static void scan_fini(TfgDataset *d)
{
    Scan *v = (Scan *)d;
    if (v->initial)
        tfg_tensors_drop(v->initial, v->n_state);
    tfg_dataset_fn_fini(&v->fn);
}

static int scan_begin(TfgWalk *walk, TfgStatus *s)
{
    ScanWalk *w = (ScanWalk *)walk;
    const Scan *d = (const Scan *)walk->dataset;
    w->args = tfg_calloc((size_t)(d->n_state + walk->dataset->input->n) + 1, sizeof *w->args);
    w->given = tfg_calloc((size_t)d->fn.n_out + 1, sizeof *w->given);
    if (!w->args || !w->given)
        return tfg_fail_memory(s);
    for (int i = 0; i < d->n_state; i++)
        w->args[i] = tfg_tensor_ref(d->initial[i]);
    return tfg_walk_open_input(walk, s);
}

static void scan_end(TfgWalk *walk)
{
    ScanWalk *w = (ScanWalk *)walk;
    if (w->args)
        tfg_tensors_drop(w->args, ((const Scan *)walk->dataset)->n_state);
    tfg_free(w->args);
    tfg_free(w->given);
}

static int check_given(const Scan *d, TfgTensor *const *given, TfgStatus *s)
{
    for (int i = 0; i < d->fn.n_out; i++) {
        TfgDType want = i < d->n_state ? d->initial[i]->dtype : i < d->n_state + d->base.n ? d->base.dtypes[i - d->n_state] : TFG_INVALID;
        if (given[i]->dtype != want)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Got wrong type for scan_func return value %d (expected %s, got %s).", i,
                            want == TFG_INVALID ? "INVALID" : tfg_dtype_signature_name(want), tfg_dtype_signature_name(given[i]->dtype));
    }
    return d->fn.n_out == d->n_state + d->base.n ? 0 :
           tfg_fail(s, TFG_INVALID_ARGUMENT, "scan_func gives %d values, but %d are expected", d->fn.n_out, d->n_state + d->base.n);
}

static int scan_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    ScanWalk *w = (ScanWalk *)walk;
    const Scan *d = (const Scan *)walk->dataset;
    int n = d->n_state, rc = tfg_walk_next(walk->input, w->args + n, cancel, s);
    if (rc != 1)
        return rc;
    rc = tfg_dataset_fn_next(&d->fn, w->args, w->given, cancel, s);
    tfg_tensors_drop(w->args + n, walk->dataset->input->n);
    if (rc != 1)
        return rc;
    if (check_given(d, w->given, s) < 0) {
        tfg_tensors_drop(w->given, d->fn.n_out);
        return -1;
    }
    tfg_tensors_drop(w->args, n);
    memcpy(w->args, w->given, (size_t)n * sizeof *w->args);
    memcpy(out, w->given + n, (size_t)d->base.n * sizeof *out);
    memset(w->given, 0, (size_t)d->fn.n_out * sizeof *w->given);
    return 1;
}

static int scan_state(TfgWalk *walk, TfgWalkState *t, TfgStatus *s)
{
    const Scan *d = (const Scan *)walk->dataset;
    return tfg_state_pass(walk, t, s) < 0 ? -1 : tfg_state_tensors(t, "state", ((ScanWalk *)walk)->args, d->n_state, NULL, s);
}

static const TfgDatasetKind scan_kind = {"Scan", sizeof(Scan), sizeof(ScanWalk), scan_fini, scan_begin, scan_next, scan_end, scan_state};

static int read_scan(Scan *d, TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *state = tfg_attrs_find(c->attrs, "Tstate");
    const TfgDataset *input = d->base.input;
    if (tfg_dataset_fn_init(&d->fn, c, "f", state->n + input->n, 1 + state->n, c->n_in - 1 - state->n, s) < 0 ||
        tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0)
        return -1;
    d->initial = tfg_arena_alloc(&d->base.arena, (size_t)state->n * sizeof(TfgTensor *));
    if (!d->initial)
        return tfg_fail_memory(s);
    d->n_state = state->n;
    for (int i = 0; i < state->n; i++)
        if (!(d->initial[i] = tfg_kernel_keep(c, 1 + i, s)))
            return -1;
    return 0;
}

static int run_scan(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    Scan *d = input ? tfg_dataset_new(&scan_kind, input, s) : NULL;
    if (!d || read_scan(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

/* ---- The one element -------------------------------------------------------------------------------------------------------------- */

static int run_single(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *d = tfg_dataset_of(c->in[0], s);
    if (!d)
        return -1;
    if (d->n != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.", c->n_out, d->n);
    for (int i = 0; i < d->n; i++)
        if (d->dtypes[i] != tfg_dtype_base(c->out_dtype[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", i,
                            tfg_dtype_signature_name(tfg_dtype_base(c->out_dtype[i])), tfg_dtype_signature_name(d->dtypes[i]));
    TfgTensor **second = tfg_calloc((size_t)d->n + 1, sizeof *second);
    if (!second)
        return tfg_fail_memory(s);
    TfgWalk *walk = tfg_walk_new(d, s);
    int rc = walk ? tfg_walk_next(walk, c->out, c->cancel, s) : -1;
    if (rc == 0)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Dataset was empty.");
    if (rc == 1)
        rc = tfg_walk_next(walk, second, c->cancel, s);
    if (rc == 1)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Dataset had more than one element.");
    tfg_tensors_drop(second, d->n);
    tfg_free(second);
    tfg_walk_free(walk);
    if (rc < 0)
        tfg_tensors_drop(c->out, c->n_out);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "ReduceDataset", .run = run_reduce, .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE},
    {.op = "DatasetToSingleElement", .run = run_single, .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE},
    {.op = "ScanDataset", .run = run_scan},
};

int tfg_register_datasets_fold(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
