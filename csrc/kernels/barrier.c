/* Barriers: elements by key whose components come one by one.  A complete element goes into a queue of priorities, where the order is
 * that in which keys were first seen; taking waits at that queue. */
#include <pthread.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/named.h"
#include "kernels/queue.h"
#include "kernels/util.h"

#define BARRIER_TYPE "Barrier"
#define FIRST 2                 /* components of the queue before the barrier's: index and key */

typedef struct Element {
    int64_t index;
    int n;                      /* components that are here */
    char *key;
    size_t key_n;
    TfgTensor *components[];
} Element;

typedef struct Barrier {
    TfgHandle base;
    pthread_mutex_t lock;
    char *name;
    int n;
    TfgDType *dtypes;           /* of the queue: FIRST + n */
    TfgShape *shapes;
    bool closed, cancelled;
    int64_t next_index;
    TfgMap incomplete;
    TfgQueue *ready;
} Barrier;

/* ---- Life --------------------------------------------------------------------------------------------------------------------------------- */

static void element_free(Element *e, int n)
{
    for (int i = 0; e && i < n; i++)
        tfg_tensor_unref(e->components[i]);
    if (e)
        tfg_free(e->key);
    tfg_free(e);
}

static void drop_incomplete(TfgMap *map, int n)
{
    size_t i = 0, key_n;
    const char *key;
    void *value;
    while (tfg_map_next(map, &i, &key, &key_n, &value))
        element_free(value, n);
    tfg_map_fini(map);
    *map = (TfgMap){0};
}

static void barrier_free(TfgHandle *h)
{
    Barrier *b = (Barrier *)h;
    drop_incomplete(&b->incomplete, b->n);
    tfg_handle_unref((TfgHandle *)b->ready);
    pthread_mutex_destroy(&b->lock);
    tfg_free(b->name);
    tfg_free(b->dtypes);
    tfg_free(b->shapes);
    tfg_free(b);
}

static void renew(TfgHandle *h)
{
    pthread_mutex_init(&((Barrier *)h)->lock, NULL);
    tfg_queue_after_fork((TfgHandle *)((Barrier *)h)->ready);
}

typedef struct Wanted {
    int n;
    TfgDType *dtypes;
    TfgShape *shapes;
} Wanted;

static void wanted_fini(Wanted *w)
{
    tfg_free(w->dtypes);
    tfg_free(w->shapes);
}

/* A shape of unknown rank is a scalar's, as TensorFlow reads it. */
static int read_wanted(const TfgPrepare *p, Wanted *w, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(p->attrs, "component_types"), *shapes = tfg_attrs_find(p->attrs, "shapes");
    if (tfg_attrs_int(p->attrs, "capacity") != -1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "Barrier only accepts capacity=-1.  Feed the inputs to your Barrier through a queue to enforce a limited capacity.");
    if (!types || !types->is_list || !shapes || shapes->n != types->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "All of the component shapes must be specified");
    w->n = types->n;
    w->dtypes = tfg_alloc((size_t)(FIRST + w->n) * sizeof *w->dtypes);
    w->shapes = tfg_alloc((size_t)(FIRST + w->n) * sizeof *w->shapes);
    if (!w->dtypes || !w->shapes)
        return tfg_fail_memory(s);
    w->dtypes[0] = TFG_INT64;
    w->dtypes[1] = TFG_STRING;
    memcpy(w->dtypes + FIRST, types->list_type, (size_t)w->n * sizeof *w->dtypes);
    for (int i = 0; i < FIRST + w->n; i++) {
        tfg_shape_set(&w->shapes[i], 0, NULL);
        if (i >= FIRST && shapes->list_shape[i - FIRST])
            tfg_shape_from_dims(&w->shapes[i], shapes->list_shape[i - FIRST]);
        if (w->shapes[i].rank >= 0 && !tfg_shape_is_full(&w->shapes[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All of the component shapes must be specified");
        if (w->shapes[i].rank < 0)
            tfg_shape_set(&w->shapes[i], 0, NULL);
    }
    return 0;
}

static TfgQueue *ready_queue_new(const Barrier *b, TfgStatus *s)
{
    TfgStr name = TFG_STR_INIT;
    tfg_str_printf(&name, "%s_queue", b->name);
    TfgQueueSpec spec = {.kind = "PriorityQueue", .name = tfg_str_text(&name), .capacity = -1, .n = FIRST + b->n, .dtypes = b->dtypes,
                         .shapes = b->shapes, .order = TFG_QUEUE_PRIORITY};
    TfgQueue *q = name.failed ? NULL : tfg_queue_new(&spec, s);
    if (name.failed)
        tfg_fail_memory(s);
    tfg_str_fini(&name);
    return q;
}

static TfgHandle *make_barrier(const TfgPrepare *p, const char *name, void *arg, TfgStatus *s)
{
    (void)p;
    Wanted *w = arg;
    Barrier *b = tfg_calloc(1, sizeof *b);
    if (!b) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&b->base.refs, 1);
    b->base.free = barrier_free;
    b->base.type_name = BARRIER_TYPE;
    pthread_mutex_init(&b->lock, NULL);
    b->next_index = INT64_MIN;
    b->n = w->n;
    size_t all = (size_t)(FIRST + w->n);
    b->dtypes = tfg_alloc(all * sizeof *b->dtypes);
    b->shapes = tfg_alloc(all * sizeof *b->shapes);
    b->name = tfg_strdup(name);
    if (b->dtypes && b->shapes && b->name) {
        memcpy(b->dtypes, w->dtypes, all * sizeof *b->dtypes);
        for (size_t i = 0; i < all; i++)
            tfg_shape_copy(&b->shapes[i], &w->shapes[i]);
        b->ready = ready_queue_new(b, s);
    } else {
        tfg_fail_memory(s);
    }
    if (!b->ready) {
        barrier_free(&b->base);
        return NULL;
    }
    return &b->base;
}

static void format_types(const TfgDType *dtypes, int n, TfgStr *out)
{
    for (int i = 0; i < n; i++)
        tfg_str_printf(out, "%s%s", i ? ", " : "", tfg_dtype_signature_name(dtypes[FIRST + i]));
}

static void format_shapes(const TfgShape *shapes, int n, TfgStr *out)
{
    tfg_str_puts(out, "[");
    for (int i = 0; i < n; i++) {
        tfg_str_puts(out, i ? ", " : "");
        tfg_shape_format(&shapes[FIRST + i], out);
    }
    tfg_str_puts(out, "]");
}

static int check_same(const Barrier *b, const Wanted *w, TfgStatus *s)
{
    TfgStr have = TFG_STR_INIT, want = TFG_STR_INIT;
    const char *what = "types";
    format_types(b->dtypes, b->n, &have);
    format_types(w->dtypes, w->n, &want);
    if (strcmp(tfg_str_text(&have), tfg_str_text(&want)) == 0) {
        what = "shapes";
        tfg_str_clear(&have);
        tfg_str_clear(&want);
        format_shapes(b->shapes, b->n, &have);
        format_shapes(w->shapes, w->n, &want);
    }
    int rc = 0;
    const char *name = b->name;
    if (have.failed || want.failed)
        rc = tfg_fail_memory(s);
    else if (strcmp(tfg_str_text(&have), tfg_str_text(&want)) != 0)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared barrier '%s' has component %s %s but requested component %s were %s", name, what,
                      tfg_str_text(&have), what, tfg_str_text(&want));
    tfg_str_fini(&have);
    tfg_str_fini(&want);
    return rc;
}

static int prepare_barrier(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Wanted w = {0};
    TfgNamed *named = NULL;
    int rc = read_wanted(p, &w, s);
    if (rc == 0)
        rc = tfg_named_prepare(p, BARRIER_TYPE, make_barrier, &w, &named, NULL, s);
    if (rc == 0 && (rc = check_same((Barrier *)named->object, &w, s)) < 0)
        tfg_named_release(named);
    if (rc == 0)
        *state = named;
    wanted_fini(&w);
    return rc;
}

static Barrier *find(TfgKernelCall *c, TfgStatus *s)
{
    return (Barrier *)tfg_named_find(c, 0, BARRIER_TYPE, s);
}

/* ---- Inserting ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct Insertion {
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    Barrier *barrier;
    int component;
    bool new_keys;
    TfgTensor **ready;          /* tuples for the queue */
    int64_t n_ready;
    TfgStatus status;           /* of the insertion itself; what was complete before it failed is taken all the same */
} Insertion;

static void end_insertion(void *arg, TfgStatus *s)
{
    Insertion *in = arg;
    in->done(in->call, in->status.code != TFG_OK ? &in->status : s);
    tfg_handle_unref(&in->barrier->base);
    tfg_status_fini(&in->status);
    tfg_free(in);
}

static Element *add_element(Barrier *b, const TfgString *key, TfgStatus *s)
{
    Element *e = tfg_calloc(1, sizeof *e + (size_t)b->n * sizeof *e->components);
    if (e) {
        e->key = tfg_strndup(key->n ? key->data : "", key->n);
        e->key_n = key->n;
        e->index = b->next_index;
    }
    if (!e || !e->key || tfg_map_put(&b->incomplete, e->key, e->key_n, e) < 0) {
        element_free(e, 0);
        tfg_fail_memory(s);
        return NULL;
    }
    return e;
}

static TfgTensor *copy_row(const TfgTensor *values, int64_t row, TfgStatus *s)
{
    int skip = values->rank > 0;
    TfgTensor *t = tfg_tensor_new(values->dtype, values->rank - skip, values->dims + skip, s);
    if (t && tfg_copy_elements(t->dtype, t->data, tfg_at(values, row * t->count), t->count, s) < 0) {
        tfg_tensor_unref(t);
        return NULL;
    }
    return t;
}

static int check_shapes(const Barrier *b, const Element *e, TfgStatus *s)
{
    for (int i = 0; i < b->n; i++) {
        TfgShape have;
        tfg_tensor_shape(e->components[i], &have);
        if (tfg_shape_equal(&have, &b->shapes[FIRST + i]))
            continue;
        TfgStr want = TFG_STR_INIT;
        TfgShapeText text;
        tfg_shape_format(&b->shapes[FIRST + i], &want);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch in tuple component %d. Expected %s, got %s", FIRST + i, tfg_str_text(&want),
                 tfg_shape_text(e->components[i], &text));
        tfg_str_fini(&want);
        return -1;
    }
    return 0;
}

/* A complete element leaves the map and becomes a tuple, unless it does not fit; then it is lost, as in TensorFlow. */
static int move_ready(Insertion *in, Element *e, TfgStatus *s)
{
    Barrier *b = in->barrier;
    TfgTensor **tuple = in->ready + in->n_ready * (FIRST + b->n);
    tfg_map_remove(&b->incomplete, e->key, e->key_n);
    int rc = check_shapes(b, e, s);
    if (rc == 0) {
        tuple[0] = tfg_tensor_new_scalar(TFG_INT64, &e->index, s);
        tuple[1] = tuple[0] ? tfg_tensor_new(TFG_STRING, 0, NULL, s) : NULL;
        if (!tuple[1] || tfg_string_set(tuple[1]->data, e->key, e->key_n) < 0) {
            tfg_tensor_unref(tuple[0]);
            tfg_tensor_unref(tuple[1]);
            tuple[0] = tuple[1] = NULL;
            rc = s->code == TFG_OK ? tfg_fail_memory(s) : -1;
        }
    }
    for (int i = 0; i < b->n && rc == 0; i++) {
        tuple[FIRST + i] = e->components[i];
        e->components[i] = NULL;
    }
    in->n_ready += rc == 0;
    element_free(e, b->n);
    return rc;
}

static int insert_one(Insertion *in, const TfgString *key, const TfgTensor *values, int64_t i, TfgStatus *s)
{
    Barrier *b = in->barrier;
    Element *e = tfg_map_find(&b->incomplete, key->n ? key->data : "", key->n);
    int shown = (int)(key->n < 4096 ? key->n : 4096);
    if (!e && b->closed)
        return tfg_fail(s, TFG_CANCELLED, "Barrier %s is closed, but attempted to insert a brand new key: %.*s.  Pending enqueues cancelled: %d."
                        "  Insertion index: %lld.  Number of incomplete keys: %zu.", b->name, shown, key->n ? key->data : "", b->cancelled,
                        (long long)i, b->incomplete.n);
    if (!e && !(e = add_element(b, key, s)))
        return -1;
    in->new_keys |= e->n == 0;
    if (e->components[in->component])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Key %.*s already has a value for component %d in barrier %s", shown,
                        key->n ? key->data : "", in->component, b->name);
    e->components[in->component] = copy_row(values, i, s);
    if (!e->components[in->component])
        return -1;
    e->n++;
    return e->n == b->n ? move_ready(in, e, s) : 0;
}

/* With the lock. */
static int insert_all(Insertion *in, const TfgTensor *keys, const TfgTensor *values, TfgStatus *s)
{
    Barrier *b = in->barrier;
    if (b->closed && (b->cancelled || (keys->count > 0 && b->incomplete.n == 0)))
        return tfg_fail(s, TFG_CANCELLED, "Barrier %s is closed.  Pending enqueues cancelled: %d.  Number of new insertions: %lld.  Number of "
                        "incomplete keys: %zu.", b->name, b->cancelled, (long long)keys->count, b->incomplete.n);
    for (int64_t i = 0; i < keys->count; i++)
        if (insert_one(in, (const TfgString *)keys->data + i, values, i, s) < 0)
            return -1;
    b->next_index += in->new_keys;
    return 0;
}

static int fail_signature(const TfgKernelCall *c, TfgDType want, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: string_ref, string, %s-> expected: string_ref, string, %s->",
                    tfg_dtype_signature_name(c->in[2]->dtype), tfg_dtype_signature_name(want));
}

static int check_insertion(TfgKernelCall *c, const Barrier *b, int64_t component, TfgStatus *s)
{
    const TfgTensor *keys = c->in[1], *values = c->in[2];
    TfgShapeText text;
    if (component < 0 || component >= b->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The component ID is out of range %lld > num_components (= %d)", (long long)component, b->n);
    if (values->dtype != tfg_dtype_base(b->dtypes[FIRST + component]))
        return fail_signature(c, b->dtypes[FIRST + component], s);
    if (keys->count > 0 && values->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensors with no elements are not supported %s: received shape %s", b->name,
                        tfg_shape_text(values, &text));
    if (keys->count > 0 && (values->rank > 0 ? values->dims[0] : 1) != keys->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Barrier %s got %lld keys, but values of shape %s", b->name, (long long)keys->count,
                        tfg_shape_text(values, &text));
    return 0;
}

static void start_insert(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    Barrier *b = find(c, &status);
    int64_t component = tfg_attrs_int(c->attrs, "component_index");
    Insertion *in = b && check_insertion(c, b, component, &status) == 0 ? tfg_calloc(1, sizeof *in) : NULL;
    int64_t n = c->in[1]->count;
    TfgTensor **ready = in ? tfg_calloc((size_t)n * (size_t)(FIRST + b->n) + 1, sizeof *ready) : NULL;
    if (!ready) {
        if (b && status.code == TFG_OK)
            tfg_fail_memory(&status);
        tfg_free(in);
        if (b)
            tfg_handle_unref(&b->base);
        done(c, &status);
        tfg_status_fini(&status);
        return;
    }
    *in = (Insertion){.call = c, .done = done, .barrier = b, .component = (int)component, .ready = ready, .status = TFG_STATUS_INIT};
    pthread_mutex_lock(&b->lock);
    insert_all(in, c->in[1], c->in[2], &in->status);
    pthread_mutex_unlock(&b->lock);
    if (in->n_ready > 0) {
        tfg_queue_enqueue_steal(b->ready, ready, in->n_ready, c->cancel, end_insertion, in);
        return;
    }
    tfg_free(ready);
    end_insertion(in, &status);
}

/* ---- Taking --------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Taking {
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    Barrier *barrier;
    TfgTensor **tuples;
    int64_t taken;
} Taking;

static int stack(Taking *t, int k, TfgStatus *s)
{
    const Barrier *b = t->barrier;
    const TfgShape *shape = &b->shapes[k];
    int64_t dims[TFG_MAX_RANK + 1] = {t->taken};
    memcpy(dims + 1, shape->dims, (size_t)shape->rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(t->call, k, shape->rank + 1, dims, s);
    for (int64_t i = 0; i < t->taken && out; i++) {
        const TfgTensor *each = t->tuples[i * (FIRST + b->n) + k];
        if (tfg_copy_elements(each->dtype, tfg_at_mut(out, i * each->count), each->data, each->count, s) < 0)
            return -1;
    }
    return out ? 0 : -1;
}

static void end_taking(void *arg, TfgStatus *s)
{
    Taking *t = arg;
    int all = FIRST + t->barrier->n;
    TfgStatus mine = TFG_STATUS_INIT;
    for (int k = 0; k < all && s->code == TFG_OK && mine.code == TFG_OK; k++)
        stack(t, k, &mine);
    for (int64_t i = 0; i < t->taken * all; i++)
        tfg_tensor_unref(t->tuples[i]);
    tfg_free(t->tuples);
    t->done(t->call, s->code != TFG_OK ? s : &mine);
    tfg_status_fini(&mine);
    tfg_handle_unref(&t->barrier->base);
    tfg_free(t);
}

static int check_outputs(const TfgKernelCall *c, const Barrier *b, TfgStatus *s)
{
    bool same = c->n_out == FIRST + b->n;
    for (int k = 0; k < c->n_out && same; k++)
        same = tfg_dtype_base(c->out_dtype[k]) == tfg_dtype_base(b->dtypes[k]);
    if (same)
        return 0;
    TfgStr have = TFG_STR_INIT, want = TFG_STR_INIT;
    for (int k = 0; k < c->n_out; k++)
        tfg_str_printf(&have, "%s%s", k ? ", " : "", tfg_dtype_signature_name(c->out_dtype[k]));
    for (int k = 0; k < FIRST + b->n; k++)
        tfg_str_printf(&want, "%s%s", k ? ", " : "", tfg_dtype_signature_name(b->dtypes[k]));
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: string_ref, int32->%s expected: string_ref, int32->%s", tfg_str_text(&have),
             tfg_str_text(&want));
    tfg_str_fini(&have);
    tfg_str_fini(&want);
    return -1;
}

/* How many to take: of a closed barrier no more than there are, and one that there is not where there is none. */
static int read_number(TfgKernelCall *c, Barrier *b, bool small, int64_t *n, TfgStatus *s)
{
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_elements must be a scalar.");
    if (check_outputs(c, b, s) < 0)
        return -1;
    int64_t wanted = *(const int32_t *)c->in[1]->data;
    if (wanted < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_elements must be >= 0, but is %lld", (long long)wanted);
    pthread_mutex_lock(&b->lock);
    bool closed = b->closed;
    int64_t ready = tfg_queue_size(b->ready), total = ready + (small ? 0 : (int64_t)b->incomplete.n);
    pthread_mutex_unlock(&b->lock);
    if (closed && small && ready < wanted)
        wanted = ready;
    *n = wanted;
    if (!closed || total >= (wanted > 1 ? wanted : 1))
        return 0;
    return tfg_fail(s, TFG_OUT_OF_RANGE, "Barrier '%s' is closed and has insufficient elements (requested %lld, total size %lld)", b->name,
                    (long long)wanted, (long long)total);
}

static void start_take(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    Barrier *b = find(c, &status);
    int64_t n = 0;
    bool small = tfg_attrs_bool(c->attrs, "allow_small_batch");
    Taking *t = b && read_number(c, b, small, &n, &status) == 0 ? tfg_calloc(1, sizeof *t) : NULL;
    if (!t) {
        if (b && status.code == TFG_OK)
            tfg_fail_memory(&status);
        if (b)
            tfg_handle_unref(&b->base);
        done(c, &status);
        tfg_status_fini(&status);
        return;
    }
    *t = (Taking){.call = c, .done = done, .barrier = b};
    if (n == 0)
        end_taking(t, &status);
    else
        tfg_queue_dequeue(b->ready, &t->tuples, n, small, &t->taken, c->cancel, end_taking, t);
}

static int prepare_take(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    return tfg_attrs_int(p->attrs, "timeout_ms") == -1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Timeout not supported yet.");
}

/* ---- Closing, sizes --------------------------------------------------------------------------------------------------------------------------- */

typedef struct Closing {
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    Barrier *barrier;
} Closing;

static void end_closing(void *arg, TfgStatus *s)
{
    Closing *closing = arg;
    closing->done(closing->call, s);
    tfg_handle_unref(&closing->barrier->base);
    tfg_free(closing);
}

/* Whether the queue is to be closed now: not while elements may still become complete. */
static int close_barrier(Barrier *b, bool cancel, bool *closes_queue, TfgMap *dropped, TfgStatus *s)
{
    int rc = 0;
    pthread_mutex_lock(&b->lock);
    if (b->closed && (b->cancelled || !cancel)) {
        rc = tfg_fail(s, TFG_CANCELLED, "Barrier '%s' is already closed.", b->name);
    } else {
        b->cancelled = cancel;
        b->closed = true;
        *closes_queue = (cancel || b->incomplete.n == 0) && !tfg_queue_is_closed(b->ready);
        if (cancel) {
            *dropped = b->incomplete;
            b->incomplete = (TfgMap){0};
        }
    }
    pthread_mutex_unlock(&b->lock);
    return rc;
}

static void start_close(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    Barrier *b = find(c, &status);
    Closing *closing = b ? tfg_alloc(sizeof *closing) : NULL;
    if (!closing) {
        if (b) {
            tfg_fail_memory(&status);
            tfg_handle_unref(&b->base);
        }
        done(c, &status);
        tfg_status_fini(&status);
        return;
    }
    *closing = (Closing){c, done, b};
    bool cancel = tfg_attrs_bool(c->attrs, "cancel_pending_enqueues"), closes_queue = false;
    TfgMap dropped = {0};
    close_barrier(b, cancel, &closes_queue, &dropped, &status);
    drop_incomplete(&dropped, b->n);
    if (closes_queue)
        tfg_queue_close(b->ready, cancel, c->cancel, end_closing, closing);
    else
        end_closing(closing, &status);
    tfg_status_fini(&status);
}

static int give_size(TfgKernelCall *c, bool ready, TfgStatus *s)
{
    Barrier *b = find(c, s);
    TfgTensor *out = b ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out) {
        pthread_mutex_lock(&b->lock);
        *(int32_t *)out->data = (int32_t)(ready ? tfg_queue_size(b->ready) : (int64_t)b->incomplete.n);
        pthread_mutex_unlock(&b->lock);
    }
    if (b)
        tfg_handle_unref(&b->base);
    return out ? 0 : -1;
}

static int run_ready_size(TfgKernelCall *c, TfgStatus *s)
{
    return give_size(c, true, s);
}

static int run_incomplete_size(TfgKernelCall *c, TfgStatus *s)
{
    return give_size(c, false, s);
}

#define ALL (TFG_TYPES_NUMBERS | TFG_B(BOOL) | TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))
#define WAIT(fn) .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF | TFG_KERNEL_VALUE_SHAPE
static const TfgKernelRow rows[] = {
    {.op = "Barrier", .prepare = prepare_barrier, .release = tfg_named_release, .run = tfg_named_run, .flags = TFG_KERNEL_KEEPS_STATE},
    {.op = "BarrierInsertMany", .types = {{"T", ALL}}, WAIT(start_insert)},
    {.op = "BarrierTakeMany", .prepare = prepare_take, WAIT(start_take)},
    {.op = "BarrierClose", WAIT(start_close)},
    {.op = "BarrierReadySize", .run = run_ready_size, .flags = TFG_KERNEL_READS_REF},
    {.op = "BarrierIncompleteSize", .run = run_incomplete_size, .flags = TFG_KERNEL_READS_REF},
};

int tfg_register_kernels_barrier(TfgStatus *s);
int tfg_register_kernels_barrier(TfgStatus *s)
{
    tfg_resource_on_fork(BARRIER_TYPE, renew);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
