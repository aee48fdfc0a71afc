/* Iterators: resources that hold a cursor over a dataset. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/wire.h"
#include "kernels/iterator.h"
#include "kernels/variant.h"

static void iterator_free(TfgHandle *h)
{
    TfgIterator *it = (TfgIterator *)h;
    tfg_walk_free(it->cursor);
    tfg_walk_home_free(it->home);
    tfg_status_fini(&it->failure);
    pthread_mutex_destroy(&it->lock);
    tfg_arena_fini(&it->arena);
    tfg_free(it);
}

static void iterator_after_fork(TfgHandle *h) { pthread_mutex_init(&((TfgIterator *)h)->lock, NULL); }

static TfgHandle *iterator_new(void *attrs, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(attrs, "output_types"), *shapes = tfg_attrs_find(attrs, "output_shapes");
    TfgIterator *it = tfg_calloc(1, sizeof *it);
    if (!it) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&it->base.refs, 1);
    it->base.free = iterator_free;
    it->base.type_name = TFG_ITERATOR_TYPE;
    pthread_mutex_init(&it->lock, NULL);
    tfg_arena_init(&it->arena);
    it->n = types->n;
    it->dtypes = tfg_arena_memdup(&it->arena, types->list_type, (size_t)types->n * sizeof *it->dtypes);
    it->shapes = tfg_arena_alloc(&it->arena, (size_t)types->n * sizeof *it->shapes);
    bool failed = !it->dtypes || !it->shapes;
    for (int i = 0; i < it->n && !failed; i++) {
        const TfgDims *shape = shapes->list_shape[i];
        size_t size = shape ? sizeof *shape + (size_t)shape->rank * sizeof *shape->dims : 0;
        it->shapes[i] = shape ? tfg_arena_memdup(&it->arena, shape, size) : NULL;
        failed = shape && !it->shapes[i];
    }
    if (!failed)
        return &it->base;
    tfg_handle_unref(&it->base);
    tfg_fail_memory(s);
    return NULL;
}

/* ---- What fits together -------------------------------------------------------------------------------------------------------- */

int tfg_check_component_types(int n_want, const TfgDType *want, int n, const TfgDType *have, TfgStatus *s)
{
    if (n != n_want)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.", n_want, n);
    for (int i = 0; i < n; i++)
        if (tfg_dtype_base(want[i]) != tfg_dtype_base(have[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", i,
                            tfg_dtype_signature_name(tfg_dtype_base(want[i])), tfg_dtype_signature_name(tfg_dtype_base(have[i])));
    return 0;
}

int tfg_check_component_shapes(int n_want, const TfgDims *const *want, int n, const TfgDims *const *have, TfgStatus *s)
{
    if (n != n_want)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of components does not match: expected %d shapes but got %d.", n_want, n);
    for (int i = 0; i < n; i++) {
        TfgShape a, b;
        tfg_shape_from_dims(&a, want[i]);
        tfg_shape_from_dims(&b, have[i]);
        if (tfg_shape_compatible(&a, &b))
            continue;
        TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
        tfg_shape_format(&a, &x);
        tfg_shape_format(&b, &y);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes at component %d: expected %s but got %s.", i, tfg_str_text(&x), tfg_str_text(&y));
        tfg_str_fini(&x);
        tfg_str_fini(&y);
        return -1;
    }
    return 0;
}

/* An iterator against the attributes of a node that names it. */
static int check_attrs(const TfgIterator *it, const TfgAttrs *attrs, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(attrs, "output_types"), *shapes = tfg_attrs_find(attrs, "output_shapes");
    if (types->n && tfg_check_component_types(types->n, types->list_type, it->n, it->dtypes, s) < 0)
        return -1;
    return shapes->n ? tfg_check_component_shapes(shapes->n, shapes->list_shape, it->n, it->shapes, s) : 0;
}

static int check_dataset(const TfgIterator *it, const TfgDataset *d, TfgStatus *s)
{
    if (tfg_check_component_types(it->n, it->dtypes, d->n, d->dtypes, s) < 0)
        return -1;
    return tfg_check_component_shapes(it->n, it->shapes, d->n, d->shapes, s);
}

/* ---- Handles ------------------------------------------------------------------------------------------------------------------- */

void tfg_named_iterator_release(void *state)
{
    TfgNamedIterator *n = state;
    if (!n)
        return;
    tfg_free(n->container);
    tfg_free(n->name);
    tfg_free(n->device);
    tfg_free(n);
}

int tfg_named_iterator_prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(p->attrs, "output_types"), *shapes = tfg_attrs_find(p->attrs, "output_shapes");
    TfgBytes container = tfg_attrs_string(p->attrs, "container"), shared = tfg_attrs_string(p->attrs, "shared_name");
    if (types->n != shapes->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`output_types` and `output_shapes` must have the same length, but got %d and %d", types->n, shapes->n);
    if (!p->resources)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", p->type);
    TfgNamedIterator *n = tfg_calloc(1, sizeof *n);
    if (!n)
        return tfg_fail_memory(s);
    n->container = container.n ? tfg_strndup(container.data, container.n) : tfg_strdup("localhost");
    n->name = shared.n ? tfg_strndup(shared.data, shared.n) : tfg_resource_unnamed(p->name);
    n->device = tfg_strdup(p->device);
    if (n->container && n->name && n->device) {
        *state = n;
        return 0;
    }
    tfg_named_iterator_release(n);
    return tfg_fail_memory(s);
}

TfgTensor *tfg_iterator_handle(const char *device, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_RESOURCE, 0, NULL, s);
    TfgResourceHandle *h = t ? tfg_resource_handle_new(device, container, name, type_name, s) : NULL;
    if (!h) {
        tfg_tensor_unref(t);
        return NULL;
    }
    *(TfgHandle **)t->data = &h->base;
    return t;
}

static TfgIterator *find_named(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamedIterator *n = c->state;
    TfgIterator *it = (TfgIterator *)tfg_resources_find_or_make(c->resources, n->container, n->name, TFG_ITERATOR_TYPE, iterator_new,
                                                          (void *)(uintptr_t)c->attrs, s);
    if (it && check_attrs(it, c->attrs, s) < 0) {
        tfg_handle_unref(&it->base);
        return NULL;
    }
    return it;
}

static int run_iterator(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamedIterator *n = c->state;
    TfgIterator *it = find_named(c, s);
    if (!it)
        return -1;
    tfg_handle_unref(&it->base);
    c->out[0] = tfg_iterator_handle(n->device, n->container, n->name, TFG_ITERATOR_TYPE, s);
    return c->out[0] ? 0 : -1;
}

static int run_anonymous(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamedIterator *n = c->state;
    char name[40];
    snprintf(name, sizeof name, "AnonymousIterator%lld", (long long)tfg_resources_next_number(c->resources));
    TfgHandle *it = tfg_resources_find_or_make(c->resources, n->container, name, TFG_ITERATOR_TYPE, iterator_new, (void *)(uintptr_t)c->attrs, s);
    if (!it)
        return -1;
    tfg_handle_unref(it);
    c->out[0] = tfg_iterator_handle(n->device, n->container, name, TFG_ITERATOR_TYPE, s);
    return c->out[0] ? 0 : -1;
}

TfgIterator *tfg_iterator_find(TfgKernelCall *c, int i, TfgStatus *s)
{
    return (TfgIterator *)tfg_resource_lookup(c->resources, c->in[i], TFG_ITERATOR_TYPE, s);
}

/* ---- Making ---------------------------------------------------------------------------------------------------------------------- */

int tfg_iterator_set_steal(TfgIterator *it, TfgWalk *w, TfgWalkHome *home, TfgStatus *s)
{
    int rc = check_dataset(it, w->dataset, s);
    if (rc == 0) {
        pthread_mutex_lock(&it->lock);
        TfgWalk *walk_before = it->cursor;
        TfgWalkHome *home_before = it->home;
        it->cursor = w;
        it->home = home;
        pthread_mutex_unlock(&it->lock);
        w = walk_before;
        home = home_before;
    }
    tfg_walk_free(w);
    tfg_walk_home_free(home);
    return rc;
}

TfgIteratorState *tfg_iterator_save(TfgIterator *it, TfgGraph *functions, TfgStatus *s)
{
    TfgIteratorState *table = NULL;
    pthread_mutex_lock(&it->lock);
    if (it->cursor)
        table = tfg_walk_save(it->home ? tfg_walk_home_graph(it->home) : functions, it->cursor, s);
    else
        tfg_fail(s, TFG_FAILED_PRECONDITION, "Save() failed because the iterator has not been initialized. Ensure that you have run the initializer "
                 "operation for this iterator before saving it.");
    pthread_mutex_unlock(&it->lock);
    return table;
}

static int run_make_iterator(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *d = tfg_dataset_of(c->in[0], s);
    TfgIterator *it = d ? tfg_iterator_find(c, 1, s) : NULL;
    if (!it)
        return -1;
    TfgWalk *made = check_dataset(it, d, s) < 0 ? NULL : tfg_walk_new(d, s);
    int rc = made ? tfg_iterator_set_steal(it, made, NULL, s) : -1;
    tfg_handle_unref(&it->base);
    return rc;
}

/* Calls the factory; the dataset that it gives is walked over from then on. */
static TfgWalk *shoot(TfgKernelCall *c, const TfgIterator *it, TfgStatus *s)
{
    const TfgAttr *f = tfg_attrs_find(c->attrs, "dataset_factory");
    TfgCallable *factory = tfg_callable_new(c, f->func, s);
    TfgTensor *made = NULL;
    TfgWalk *cursor = NULL;
    if (!factory)
        return NULL;
    if (tfg_callable_n_in(factory) != 0)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expects %d arguments, but 0 is provided", tfg_callable_n_in(factory));
    else if (tfg_callable_n_out(factory) != 1 || tfg_callable_out_dtype(factory, 0) != TFG_VARIANT)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The `dataset_factory` function must return a single scalar of dtype DT_VARIANT.");
    else if (tfg_callable_run(factory, NULL, &made, c->cancel, s) == 0) {
        TfgDataset *d = tfg_dataset_of(made, s);
        if (d && check_dataset(it, d, s) == 0)
            cursor = tfg_walk_new(d, s);
    }
    tfg_tensor_unref(made);
    tfg_callable_free(factory);
    return cursor;
}

static int run_one_shot(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamedIterator *n = c->state;
    TfgIterator *it = find_named(c, s);
    if (!it)
        return -1;
    pthread_mutex_lock(&it->lock);
    if (!it->made) {
        it->cursor = shoot(c, it, &it->failure);
        it->made = it->cursor || it->failure.code != TFG_CANCELLED;
    }
    int rc = tfg_status_copy(s, &it->failure);
    if (!it->made)
        tfg_status_fini(&it->failure);
    pthread_mutex_unlock(&it->lock);
    tfg_handle_unref(&it->base);
    if (rc == 0)
        c->out[0] = tfg_iterator_handle(n->device, n->container, n->name, TFG_ITERATOR_TYPE, s);
    return rc == 0 && c->out[0] ? 0 : -1;
}

/* ---- Elements -------------------------------------------------------------------------------------------------------------------- */

static int next_element(TfgIterator *it, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    pthread_mutex_lock(&it->lock);
    int rc = it->cursor ? tfg_walk_next(it->cursor, out, cancel, s) :
             tfg_fail(s, TFG_FAILED_PRECONDITION, "GetNext() failed because the iterator has not been initialized. Ensure that you have run "
                      "the initializer operation for this iterator before getting the next element.");
    pthread_mutex_unlock(&it->lock);
    return rc;
}

static int run_get_next(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(c->attrs, "output_types");
    TfgIterator *it = tfg_kernel_check_cancel(c, s) < 0 ? NULL : tfg_iterator_find(c, 0, s);
    if (!it)
        return -1;
    int rc = tfg_check_component_types(types->n, types->list_type, it->n, it->dtypes, s);
    if (rc == 0)
        rc = next_element(it, c->out, c->cancel, s);
    else
        rc = -1;
    tfg_handle_unref(&it->base);
    if (rc == 0)
        return tfg_fail(s, TFG_OUT_OF_RANGE, "End of sequence");
    return rc < 0 ? -1 : 0;
}

static int run_get_next_as_optional(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(c->attrs, "output_types"), *shapes = tfg_attrs_find(c->attrs, "output_shapes");
    TfgIterator *it = tfg_kernel_check_cancel(c, s) < 0 ? NULL : tfg_iterator_find(c, 0, s);
    if (!it)
        return -1;
    TfgOptional *o = tfg_optional_new(it->n, true, s);
    int rc = o ? next_element(it, o->t, c->cancel, s) : -1;
    if (rc == 1)
        rc = tfg_optional_check(o, types, shapes, s);
    else if (rc == 0)
        o->has_value = false;
    if (rc == 0)
        c->out[0] = tfg_optional_tensor_steal(o, s);
    else if (o)
        tfg_handle_unref(&o->base);
    tfg_handle_unref(&it->base);
    return rc < 0 || !c->out[0] ? -1 : 0;
}

/* ---- Handles as texts ------------------------------------------------------------------------------------------------------------ */

int tfg_iterator_to_string(TfgKernelCall *c, const char *type_name, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    TfgHandle *it = h ? tfg_resource_lookup(c->resources, c->in[0], type_name, s) : NULL;
    if (!it)
        return -1;
    tfg_handle_unref(it);
    TfgStr text = TFG_STR_INIT;
    tfg_resource_handle_write(h, &text);
    TfgTensor *t = text.failed ? NULL : tfg_kernel_output(c, 0, 0, NULL, s);
    int rc = t && tfg_string_set(t->data, text.data ? text.data : "", text.n) == 0 ? 0 : tfg_fail_memory(s);
    tfg_str_fini(&text);
    return rc;
}

typedef struct HandleText { char *device, *container, *name; } HandleText;

static bool read_handle(const TfgString *text, HandleText *h)
{
    TfgStatus ignored = TFG_STATUS_INIT;
    TfgWire w;
    TfgField f;
    int more;
    char **texts[] = {&h->device, &h->container, &h->name};
    tfg_wire_init(&w, text->data, text->n);
    while ((more = tfg_wire_next(&w, &f, &ignored)) > 0)
        if (f.number >= 1 && f.number <= 3 && tfg_field_is_text(&f)) {
            tfg_free(*texts[f.number - 1]);
            *texts[f.number - 1] = tfg_strndup((const char *)f.data, f.n);
        }
    tfg_status_fini(&ignored);
    return more == 0;
}

static int run_to_string(TfgKernelCall *c, TfgStatus *s) { return tfg_iterator_to_string(c, TFG_ITERATOR_TYPE, s); }

int tfg_iterator_prepare_device(const TfgPrepare *p, void **state, TfgStatus *s)
{
    *state = tfg_strdup(p->device);
    return *state ? 0 : tfg_fail_memory(s);
}

int tfg_iterator_from_string(TfgKernelCall *c, const char *type_name, int (*check)(const TfgHandle *h, const TfgAttrs *attrs, TfgStatus *s), TfgStatus *s)
{
    HandleText h = {NULL, NULL, NULL};
    TfgHandle *it = NULL;
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "string_handle must be a scalar");
    if (!read_handle(c->in[0]->data, &h)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse string_handle as a valid ResourceHandle");
        goto done;
    }
    if (strcmp(h.device ? h.device : "", c->state) != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Attempted create an iterator on device \"%s\" from handle defined on device \"%s\"",
                 (const char *)c->state, h.device ? h.device : "");
        goto done;
    }
    c->out[0] = tfg_iterator_handle(h.device, h.container ? h.container : "", h.name ? h.name : "", type_name, s);
    it = c->out[0] ? tfg_resource_lookup(c->resources, c->out[0], type_name, s) : NULL;
    if (it && check(it, c->attrs, s) < 0) {
        tfg_handle_unref(it);
        it = NULL;
    }
done:
    tfg_free(h.device);
    tfg_free(h.container);
    tfg_free(h.name);
    if (it)
        tfg_handle_unref(it);
    return it ? 0 : -1;
}

static int check_handle(const TfgHandle *h, const TfgAttrs *attrs, TfgStatus *s) { return check_attrs((const TfgIterator *)h, attrs, s); }
static int run_from_string(TfgKernelCall *c, TfgStatus *s) { return tfg_iterator_from_string(c, TFG_ITERATOR_TYPE, check_handle, s); }

#define NAMED(name, run_) {.op = name, .prepare = tfg_named_iterator_prepare, .release = tfg_named_iterator_release, .run = run_, .flags = TFG_KERNEL_KEEPS_STATE}
#define FROM_STRING(name) {.op = name, .prepare = tfg_iterator_prepare_device, .release = tfg_free, .run = run_from_string}
static const TfgKernelRow rows[] = {
    NAMED("Iterator", run_iterator), NAMED("IteratorV2", run_iterator), NAMED("OneShotIterator", run_one_shot),
    NAMED("AnonymousIterator", run_anonymous), {.op = "MakeIterator", .run = run_make_iterator},
    {.op = "IteratorGetNext", .run = run_get_next, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "IteratorGetNextSync", .run = run_get_next, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "IteratorGetNextAsOptional", .run = run_get_next_as_optional, .flags = TFG_KERNEL_EXPENSIVE},
    {.op = "IteratorToStringHandle", .run = run_to_string}, FROM_STRING("IteratorFromStringHandle"),
    FROM_STRING("IteratorFromStringHandleV2"),
};

int tfg_register_iterators(TfgStatus *s)
{
    tfg_resource_on_fork(TFG_ITERATOR_TYPE, iterator_after_fork);
    return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s);
}
