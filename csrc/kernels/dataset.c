#include "kernels/dataset.h"

#include "base/memory.h"
#include "base/status.h"

#define MAX_DEPTH 10000         /* datasets that read through each other; each costs stack when an element is asked for */

/* ---- Datasets ---------------------------------------------------------------------------------------------------------------- */

/* A long chain of inputs ends here one by one, not each inside the other's end. */
static void dataset_free(TfgHandle *h)
{
    TfgDataset *d = (TfgDataset *)h;
    while (d) {
        TfgDataset *input = d->input;
        if (d->kind->fini)
            d->kind->fini(d);
        for (int i = 0; i < d->origin.n && d->origin.in; i++)
            tfg_tensor_unref(d->origin.in[i]);
        for (int i = 0; i < d->origin.attrs.n; i++)
            tfg_attr_drop_tensors(&d->origin.attrs.items[i].value);
        tfg_arena_fini(&d->arena);
        tfg_free(d);
        d = input && atomic_fetch_sub_explicit(&input->base.refs, 1, memory_order_acq_rel) == 1 ? input : NULL;
    }
}

void *tfg_dataset_new(const TfgDatasetKind *kind, TfgDataset *input, TfgStatus *s)
{
    if (input && input->depth >= MAX_DEPTH) {
        tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "More than %d datasets read through each other", MAX_DEPTH);
        return NULL;
    }
    TfgDataset *d = tfg_calloc(1, kind->size);
    if (!d) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&d->base.refs, 1);
    d->base.free = dataset_free;
    d->base.type_name = TFG_DATASET_TYPE;
    d->kind = kind;
    tfg_arena_init(&d->arena);
    d->input = input ? tfg_dataset_ref(input) : NULL;
    d->depth = input ? input->depth + 1 : 0;
    return d;
}

int tfg_dataset_declare(TfgDataset *d, int n, const TfgDType *dtypes, TfgStatus *s)
{
    d->dtypes = tfg_arena_alloc(&d->arena, (size_t)n * sizeof *d->dtypes + 1);
    d->shapes = tfg_arena_alloc(&d->arena, (size_t)n * sizeof *d->shapes + 1);
    if (!d->dtypes || !d->shapes)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        d->dtypes[i] = tfg_dtype_base(dtypes[i]);
    d->n = n;
    return 0;
}

int tfg_dataset_set_shape(TfgDataset *d, int i, int rank, const int64_t *dims, TfgStatus *s)
{
    if (rank < 0)
        return 0;
    TfgDims *shape = tfg_arena_alloc(&d->arena, sizeof *shape + (size_t)rank * sizeof *dims);
    if (!shape)
        return tfg_fail_memory(s);
    shape->rank = rank;
    if (rank)
        memcpy(shape->dims, dims, (size_t)rank * sizeof *dims);
    d->shapes[i] = shape;
    return 0;
}

int tfg_dataset_declare_attrs(TfgDataset *d, const TfgAttrs *attrs, const char *types, TfgStatus *s)
{
    const TfgAttr *list = tfg_attrs_find(attrs, types), *shapes = tfg_attrs_find(attrs, "output_shapes");
    if (!list || !list->is_list || !shapes || !shapes->is_list || list->n != shapes->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`output_types` and `output_shapes` must have the same length, but got %d and %d",
                        list ? list->n : 0, shapes ? shapes->n : 0);
    if (tfg_dataset_declare(d, list->n, list->list_type, s) < 0)
        return -1;
    for (int i = 0; i < d->n; i++)
        if (shapes->list_shape[i] && tfg_dataset_set_shape(d, i, shapes->list_shape[i]->rank, shapes->list_shape[i]->dims, s) < 0)
            return -1;
    return 0;
}

int tfg_dataset_declare_like(TfgDataset *d, const TfgDataset *like, TfgStatus *s)
{
    if (tfg_dataset_declare(d, like->n, like->dtypes, s) < 0)
        return -1;
    for (int i = 0; i < d->n; i++)
        if (like->shapes[i] && tfg_dataset_set_shape(d, i, like->shapes[i]->rank, like->shapes[i]->dims, s) < 0)
            return -1;
    return 0;
}

/* ---- In and out of tensors --------------------------------------------------------------------------------------------------- */

TfgTensor *tfg_dataset_tensor_steal(void *dataset, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_VARIANT, 0, NULL, s);
    if (t)
        *(TfgHandle **)t->data = dataset;
    else
        tfg_dataset_unref(dataset);
    return t;
}

int tfg_dataset_take_inputs(TfgDataset *d, int n, TfgStatus *s)
{
    d->origin.in = tfg_arena_alloc(&d->arena, (size_t)n * sizeof *d->origin.in + 1);
    if (!d->origin.in)
        return tfg_fail_memory(s);
    d->origin.n = n;
    return 0;
}

int tfg_dataset_remember_seeds(TfgDataset *d, int at, uint64_t seed, uint64_t seed2, TfgStatus *s)
{
    d->origin.in[at] = tfg_tensor_new_scalar(TFG_INT64, &seed, s);
    d->origin.in[at + 1] = tfg_tensor_new_scalar(TFG_INT64, &seed2, s);
    return d->origin.in[at] && d->origin.in[at + 1] ? 0 : -1;
}

const TfgDataset *tfg_dataset_origin_input(const TfgDataset *d)
{
    const TfgDataset *input = d->input;
    return input && !input->origin.op && input->input ? input->input : input;
}

/* Whether a tensor holds what is counted as the input anyway: chains of datasets must not end inside each other's ends. */
static bool is_input(const TfgDataset *d, const TfgTensor *t)
{
    const TfgDataset *input = tfg_dataset_origin_input(d);
    return input && t->dtype == TFG_VARIANT && t->rank == 0 && *(TfgHandle *const *)t->data == &input->base;
}

static int remember(TfgDataset *d, TfgKernelCall *c, TfgStatus *s)
{
    TfgOrigin *o = &d->origin;
    if (!o->in && tfg_dataset_take_inputs(d, c->n_in, s) < 0)
        return -1;
    for (int i = 0; i < o->n; i++)
        if (!o->in[i] && !is_input(d, c->in[i]) && !(o->in[i] = tfg_kernel_keep(c, i, s)))
            return -1;
    o->attrs.items = tfg_arena_alloc(&d->arena, (size_t)c->attrs->n * sizeof *o->attrs.items + 1);
    o->op = tfg_arena_strdup(&d->arena, c->type);
    if (!o->attrs.items || !o->op)
        return tfg_fail_memory(s);
    for (int i = 0; i < c->attrs->n; i++) {
        const TfgNamedAttr *from = &c->attrs->items[i];
        TfgNamedAttr *to = &o->attrs.items[o->attrs.n];
        if (from->name[0] == '_')               /* about the node's place in its graph */
            continue;
        to->name = tfg_arena_strdup(&d->arena, from->name);
        if (!to->name || tfg_attr_copy(&to->value, &from->value, &d->arena) < 0)
            return tfg_fail_memory(s);
        o->attrs.n++;
    }
    return 0;
}

int tfg_dataset_give_steal(TfgKernelCall *c, void *dataset, TfgStatus *s)
{
    if (remember(dataset, c, s) < 0) {
        tfg_dataset_unref(dataset);
        return -1;
    }
    c->out[0] = tfg_dataset_tensor_steal(dataset, s);
    return c->out[0] ? 0 : -1;
}

TfgDataset *tfg_dataset_of(const TfgTensor *t, TfgStatus *s)
{
    if (t->dtype != TFG_VARIANT || t->rank != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Dataset tensor must be a scalar of dtype DT_VARIANT.");
        return NULL;
    }
    TfgHandle *h = *(TfgHandle *const *)t->data;
    if (!h || strcmp(h->type_name, TFG_DATASET_TYPE) != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor must be a Dataset object.");
        return NULL;
    }
    return (TfgDataset *)h;
}

int tfg_scalar_argument(const TfgKernelCall *c, int i, const char *name, int64_t *value, TfgStatus *s)
{
    const TfgTensor *t = c->in[i];
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", name);
    *value = t->dtype == TFG_BOOL ? *(const bool *)t->data : tfg_tensor_int(t, 0);
    return 0;
}

/* ---- Cursors ----------------------------------------------------------------------------------------------------------------- */

TfgWalk *tfg_walk_new(TfgDataset *d, TfgStatus *s) { return tfg_walk_new_inside(NULL, d, s); }

TfgWalk *tfg_walk_new_inside(const TfgWalk *around, TfgDataset *d, TfgStatus *s)
{
    TfgWalk *c = tfg_calloc(1, d->kind->cursor_size);
    if (!c) {
        tfg_fail_memory(s);
        return NULL;
    }
    c->dataset = tfg_dataset_ref(d);
    c->stats = around ? around->stats : NULL;
    if (d->kind->begin && d->kind->begin(c, s) < 0) {
        tfg_walk_free(c);
        return NULL;
    }
    return c;
}

void tfg_walk_free(TfgWalk *c)
{
    if (!c)
        return;
    if (c->dataset->kind->end)
        c->dataset->kind->end(c);
    tfg_walk_free(c->input);
    tfg_dataset_unref(c->dataset);
    tfg_free(c);
}

int tfg_walk_open_input(TfgWalk *c, TfgStatus *s)
{
    tfg_walk_free(c->input);
    c->input = tfg_walk_new_inside(c, c->dataset->input, s);
    return c->input ? 0 : -1;
}

static int check_element(const TfgDataset *d, TfgTensor **out, TfgStatus *s)
{
    for (int i = 0; i < d->n; i++)
        if (!out[i] || out[i]->dtype != d->dtypes[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Component %d of an element of %sDataset is of type %s, but %s was expected", i, d->kind->name,
                            out[i] ? tfg_dtype_signature_name(out[i]->dtype) : "nothing", tfg_dtype_signature_name(d->dtypes[i]));
    return 0;
}

int tfg_walk_next(TfgWalk *c, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    const TfgDataset *d = c->dataset;
    memset(out, 0, (size_t)d->n * sizeof *out);
    if (tfg_cancelled(cancel))
        return tfg_fail(s, TFG_CANCELLED, "Operation was cancelled");
    int rc = d->kind->next(c, out, cancel, s);
    if (rc == 1 && check_element(d, out, s) < 0)
        rc = -1;
    if (rc != 1)
        tfg_tensors_drop(out, d->n);
    return rc;
}

void tfg_tensors_drop(TfgTensor **t, int n)
{
    for (int i = 0; i < n; i++) {
        tfg_tensor_unref(t[i]);
        t[i] = NULL;
    }
}

TfgTensor *tfg_row_of(const TfgTensor *t, int64_t row, TfgStatus *s)
{
    TfgTensor *out = tfg_tensor_new(t->dtype, t->rank - 1, t->dims + 1, s);
    if (out && tfg_copy_elements(t->dtype, out->data, tfg_at(t, row * out->count), out->count, s) < 0) {
        tfg_tensor_unref(out);
        return NULL;
    }
    return out;
}

int tfg_register_kernels_dataset(TfgStatus *s);
int tfg_register_kernels_dataset(TfgStatus *s)
{
    return tfg_register_datasets_source(s) < 0 || tfg_register_datasets_sequence(s) < 0 || tfg_register_datasets_batch(s) < 0 ||
           tfg_register_datasets_map(s) < 0 || tfg_register_datasets_shuffle(s) < 0 || tfg_register_datasets_ahead(s) < 0 ||
           tfg_register_datasets_files(s) < 0 || tfg_register_datasets_cache(s) < 0 || tfg_register_datasets_window(s) < 0 ||
           tfg_register_datasets_fold(s) < 0 || tfg_register_optionals(s) < 0 || tfg_register_datasets_sparse(s) < 0 ||
           tfg_register_datasets_more(s) < 0 || tfg_register_datasets_parse(s) < 0 || tfg_register_datasets_csv(s) < 0 || 
           tfg_register_datasets_group(s) < 0 || tfg_register_datasets_graph(s) < 0 || tfg_register_iterators(s) < 0 ||
           tfg_register_iterator_states(s) < 0 || tfg_register_iterator_devices(s) < 0 || tfg_register_datasets_stats(s) < 0 ||
           tfg_register_datasets_queue(s) < 0 || tfg_register_datasets_sql(s) < 0 ? -1 : 0;
}
