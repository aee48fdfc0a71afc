/* Kernels of queues.  A queue without a shared name belongs to its node in its session; it still gets a name, by which its handle
 * finds it. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/queue.h"
#include "kernels/util.h"

/* ---- Making and finding ---------------------------------------------------------------------------------------------------------- */

typedef struct QueueState {
    TfgTensor *handle;          /* a resource, or for the old ops the container and the name as strings */
    TfgQueue *queue;
} QueueState;

static void release_queue(void *state)
{
    QueueState *q = state;
    if (!q)
        return;
    tfg_tensor_unref(q->handle);
    if (q->queue)
        tfg_handle_unref((TfgHandle *)q->queue);
    tfg_free(q);
}

static TfgHandle *make_queue(void *arg, TfgStatus *s)
{
    return (TfgHandle *)tfg_queue_new(arg, s);
}

static int read_spec(const TfgAttrs *attrs, TfgQueueSpec *spec, TfgShape **shapes, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(attrs, "component_types"), *list = tfg_attrs_find(attrs, "shapes");
    if (!types || !types->is_list || types->n < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A queue needs component types");
    spec->kind = "FIFOQueue";
    spec->capacity = tfg_attrs_int(attrs, "capacity");
    spec->n = types->n;
    spec->dtypes = types->list_type;
    if (!list || list->n == 0)
        return 0;
    if (list->n != types->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Different number of component types.  Types: %d, Shapes: %d", types->n, list->n);
    *shapes = tfg_alloc((size_t)list->n * sizeof **shapes);
    if (!*shapes)
        return tfg_fail_memory(s);
    for (int i = 0; i < list->n; i++) {
        tfg_shape_from_dims(&(*shapes)[i], list->list_shape[i]);
        if (!tfg_shape_is_full(&(*shapes)[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The shapes of a queue's components must be known");
    }
    spec->shapes = *shapes;
    return 0;
}

static TfgTensor *handle_tensor(const TfgPrepare *p, const char *container, const char *name, TfgStatus *s)
{
    int64_t two = 2;
    bool resource = p->out_dtype[0] == TFG_RESOURCE;
    TfgTensor *t = tfg_tensor_new(resource ? TFG_RESOURCE : TFG_STRING, resource ? 0 : 1, &two, s);
    if (!t)
        return NULL;
    if (resource) {
        TfgResourceHandle *h = tfg_resource_handle_new(p->device, container, name, TFG_QUEUE_TYPE, s);
        if (h) {
            *(TfgHandle **)t->data = &h->base;
            return t;
        }
    } else if (tfg_string_set(t->data, container, strlen(container)) == 0 &&
               tfg_string_set((TfgString *)t->data + 1, name, strlen(name)) == 0) {
        return t;
    } else {
        tfg_fail_memory(s);
    }
    tfg_tensor_unref(t);
    return NULL;
}

static int prepare_queue(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgQueueSpec spec = {0};
    TfgShape *shapes = NULL;
    int rc = -1;
    TfgBytes container = tfg_attrs_string(p->attrs, "container"), shared = tfg_attrs_string(p->attrs, "shared_name");
    char *place = tfg_strndup(container.n ? container.data : "localhost", container.n ? container.n : 9);
    char *name = shared.n ? tfg_strndup(shared.data, shared.n) : tfg_resource_unnamed(p->name);
    QueueState *q = tfg_calloc(1, sizeof *q);
    if (!place || !name || !q) {
        tfg_fail_memory(s);
        goto done;
    }
    if (!p->resources) {
        tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", p->type);
        goto done;
    }
    if (read_spec(p->attrs, &spec, &shapes, s) < 0)
        goto done;
    spec.name = name;
    q->queue = (TfgQueue *)tfg_resources_find_or_make(p->resources, place, name, TFG_QUEUE_TYPE, make_queue, &spec, s);
    if (!q->queue || tfg_queue_check_same(q->queue, &spec, s) < 0)
        goto done;
    q->handle = handle_tensor(p, place, name, s);
    if (!q->handle)
        goto done;
    *state = q;
    q = NULL;
    rc = 0;
done:
    release_queue(q);
    tfg_free(shapes);
    tfg_free(place);
    tfg_free(name);
    return rc;
}

static int run_queue(TfgKernelCall *c, TfgStatus *s)
{
    QueueState *q = c->state;
    if (c->out_dtype[0] == TFG_RESOURCE) {
        c->out[0] = tfg_tensor_ref(q->handle);
        return 0;
    }
    TfgVariable *v = tfg_variable_new(c->name, TFG_STRING, s);
    if (!v)
        return -1;
    v->value = tfg_tensor_ref(q->handle);
    c->ref_out[0] = v;
    return 0;
}

static TfgQueue *find_by_strings(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *t = tfg_variable_value(c->ref[0]);
    TfgQueue *q = NULL;
    if (!t || t->dtype != TFG_STRING || t->count != 2) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Queue handle must have two elements");
    } else {
        const TfgString *e = t->data;
        char *container = tfg_strndup(e[0].n ? e[0].data : "", e[0].n), *name = tfg_strndup(e[1].n ? e[1].data : "", e[1].n);
        if (container && name)
            q = (TfgQueue *)tfg_resources_find(c->resources, container, name, TFG_QUEUE_TYPE, s);
        else
            tfg_fail_memory(s);
        tfg_free(container);
        tfg_free(name);
    }
    tfg_tensor_unref(t);
    return q;
}

static TfgQueue *find_queue(TfgKernelCall *c, TfgStatus *s)
{
    if (c->ref && c->ref[0])
        return find_by_strings(c, s);
    return (TfgQueue *)tfg_resource_lookup(c->resources, c->in[0], TFG_QUEUE_TYPE, s);
}

/* ---- What waits ------------------------------------------------------------------------------------------------------------------ */

typedef struct Waiter {         /* a call whose end is still to come */
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    TfgQueue *queue;
    TfgTensor **tuples;         /* of a dequeue */
    int64_t taken;
    bool many;
} Waiter;

static void waiter_end(Waiter *w, TfgStatus *s)
{
    TfgKernelCall *c = w->call;
    void (*done)(TfgKernelCall *, TfgStatus *) = w->done;
    if (w->queue)
        tfg_handle_unref((TfgHandle *)w->queue);
    tfg_free(w->tuples);
    tfg_free(w);
    done(c, s);
}

static Waiter *waiter_new(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s), TfgStatus *s)
{
    Waiter *w = tfg_calloc(1, sizeof *w);
    if (!w) {
        tfg_fail_memory(s);
        return NULL;
    }
    w->call = c;
    w->done = done;
    w->queue = find_queue(c, s);
    if (!w->queue) {
        tfg_free(w);
        return NULL;
    }
    return w;
}

static void simply_done(void *arg, TfgStatus *s)
{
    waiter_end(arg, s);
}

/* ---- Enqueue ------------------------------------------------------------------------------------------------------------------- */

/* dims [first ..] of a component against what the queue expects, with `rows` in front where that is not negative. */
static int check_component(const TfgQueueSpec *spec, const TfgTensor *t, int i, int64_t rows, TfgStatus *s)
{
    if (t->dtype != tfg_dtype_base(spec->dtypes[i]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Type mismatch in tuple component %d. Expected %s, got %s", i,
                        tfg_dtype_signature_name(spec->dtypes[i]), tfg_dtype_signature_name(t->dtype));
    int extra = rows >= 0;
    int64_t want[TFG_MAX_RANK + 1];
    int rank = spec->shapes ? spec->shapes[i].rank : t->rank - extra;
    if (rank < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must have rank of at least 1, but got a scalar in tuple component %d", i);
    if (extra)
        want[0] = rows;
    for (int d = 0; d < rank; d++)
        want[d + extra] = spec->shapes ? spec->shapes[i].dims[d] : t->dims[d + extra];
    if (t->rank == rank + extra && memcmp(t->dims, want, (size_t)t->rank * sizeof *want) == 0)
        return 0;
    TfgShapeText a, b;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch in tuple component %d. Expected %s, got %s", i,
                    tfg_dims_text(rank + extra, want, &a), tfg_shape_text(t, &b));
}

static TfgTensor *slice(const TfgTensor *t, int64_t row, TfgStatus *s)
{
    TfgTensor *out = tfg_tensor_new(t->dtype, t->rank - 1, t->dims + 1, s);
    if (out && tfg_copy_elements(t->dtype, out->data, tfg_at(t, row * out->count), out->count, s) < 0) {
        tfg_tensor_unref(out);
        return NULL;
    }
    return out;
}

static TfgTensor **read_tuples(TfgKernelCall *c, const TfgQueueSpec *spec, int64_t rows, TfgStatus *s)
{
    int64_t n_tuples = rows < 0 ? 1 : rows, n = n_tuples * spec->n, filled = 0;
    TfgTensor **tuples = tfg_calloc((size_t)n + 1, sizeof *tuples);
    if (!tuples) {
        tfg_fail_memory(s);
        return NULL;
    }
    for (; filled < n; filled++) {
        int k = (int)(filled % spec->n);
        tuples[filled] = rows < 0 ? tfg_kernel_keep(c, k + 1, s) : slice(c->in[k + 1], filled / spec->n, s);
        if (!tuples[filled])
            break;
    }
    if (filled == n)
        return tuples;
    for (int64_t i = 0; i < filled; i++)
        tfg_tensor_unref(tuples[i]);
    tfg_free(tuples);
    return NULL;
}

static void enqueue(TfgKernelCall *c, bool many, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    Waiter *w = waiter_new(c, done, &s);
    if (!w) {
        done(c, &s);
        tfg_status_fini(&s);
        return;
    }
    const TfgQueueSpec *spec = tfg_queue_spec(w->queue);
    TfgTensor **tuples = NULL;
    int64_t rows = -1;
    if (c->n_in - 1 != spec->n) {
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "Wrong number of components in tuple. Expected %d, got %d", spec->n, c->n_in - 1);
        goto failed;
    }
    if (many) {
        if (c->in[1]->rank < 1) {
            tfg_fail(&s, TFG_INVALID_ARGUMENT, "Input tensor must have rank of at least 1, but got a scalar in tuple component 0");
            goto failed;
        }
        rows = c->in[1]->dims[0];
    }
    for (int i = 0; i < spec->n; i++)
        if (check_component(spec, c->in[i + 1], i, rows, &s) < 0)
            goto failed;
    if (rows == 0) {
        waiter_end(w, &s);
        return;
    }
    tuples = read_tuples(c, spec, rows, &s);
    if (!tuples)
        goto failed;
    tfg_queue_enqueue_steal(w->queue, tuples, rows < 0 ? 1 : rows, c->cancel, simply_done, w);
    return;
failed:
    waiter_end(w, &s);
    tfg_status_fini(&s);
}

static void start_enqueue(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    enqueue(c, false, done);
}

static void start_enqueue_many(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    enqueue(c, true, done);
}

/* ---- Dequeue ------------------------------------------------------------------------------------------------------------------- */

/* Component k of all tuples as one tensor with a leading dimension. */
static int stack(Waiter *w, int k, TfgStatus *s)
{
    const TfgQueueSpec *spec = tfg_queue_spec(w->queue);
    int64_t dims[TFG_MAX_RANK + 1] = {w->taken};
    const TfgShape *shape = &spec->shapes[k];
    memcpy(dims + 1, shape->dims, (size_t)shape->rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(w->call, k, shape->rank + 1, dims, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < w->taken; i++) {
        const TfgTensor *t = w->tuples[i * spec->n + k];
        if (tfg_copy_elements(t->dtype, tfg_at_mut(out, i * t->count), t->data, t->count, s) < 0)
            return -1;
    }
    return 0;
}

static void dequeued(void *arg, TfgStatus *s)
{
    Waiter *w = arg;
    int n = tfg_queue_spec(w->queue)->n;
    TfgStatus mine = TFG_STATUS_INIT;
    if (s->code == TFG_OK && !w->many) {
        for (int k = 0; k < n; k++)
            w->call->out[k] = w->tuples[k];
    } else if (s->code == TFG_OK) {
        for (int k = 0; k < n && s->code == TFG_OK; k++)
            if (stack(w, k, &mine) < 0)
                s = &mine;
        for (int64_t i = 0; i < w->taken * n; i++)
            tfg_tensor_unref(w->tuples[i]);
    }
    waiter_end(w, s);
    tfg_status_fini(&mine);
}

static void dequeue(TfgKernelCall *c, bool many, bool up_to, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    Waiter *w = waiter_new(c, done, &s);
    if (!w) {
        done(c, &s);
        tfg_status_fini(&s);
        return;
    }
    const TfgQueueSpec *spec = tfg_queue_spec(w->queue);
    int64_t n = many ? tfg_tensor_int(c->in[1], 0) : 1;
    bool same = c->n_out == spec->n;
    for (int k = 0; k < c->n_out && same; k++)
        same = c->out_dtype[k] == tfg_dtype_base(spec->dtypes[k]);
    w->many = many;
    if (!same)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "Expected the component types of %s '%s'", spec->kind, spec->name);
    else if (many && n < 0)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "%s requested %lld < 0 elements", up_to ? "DequeueUpToOp" : "DequeueManyOp", (long long)n);
    else if (many && !spec->shapes)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "%s's DequeueMany and DequeueUpTo require the components to have specified shapes.", spec->kind);
    else if (n > (int64_t)(SIZE_MAX / 2 / sizeof *w->tuples) / spec->n ||
             !(w->tuples = tfg_calloc((size_t)(n * spec->n) + 1, sizeof *w->tuples)))
        tfg_fail_memory(&s);
    if (s.code != TFG_OK) {
        waiter_end(w, &s);
        tfg_status_fini(&s);
    } else if (n == 0) {
        dequeued(w, &s);
    } else {
        tfg_queue_dequeue(w->queue, w->tuples, n, up_to, &w->taken, c->cancel, dequeued, w);
    }
}

static void start_dequeue(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    dequeue(c, false, false, done);
}

static void start_dequeue_many(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    dequeue(c, true, false, done);
}

static void start_dequeue_up_to(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    dequeue(c, true, true, done);
}

/* ---- Close, size -------------------------------------------------------------------------------------------------------------- */

static void start_close(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    Waiter *w = waiter_new(c, done, &s);
    if (w)
        tfg_queue_close(w->queue, tfg_attrs_bool(c->attrs, "cancel_pending_enqueues"), c->cancel, simply_done, w);
    else
        done(c, &s);
    tfg_status_fini(&s);
}

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    TfgQueue *q = find_queue(c, s);
    TfgTensor *out = q ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out)
        *(int32_t *)out->data = (int32_t)tfg_queue_size(q);
    if (q)
        tfg_handle_unref((TfgHandle *)q);
    return out ? 0 : -1;
}

static int run_is_closed(TfgKernelCall *c, TfgStatus *s)
{
    TfgQueue *q = find_queue(c, s);
    TfgTensor *out = q ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out)
        *(bool *)out->data = tfg_queue_is_closed(q);
    if (q)
        tfg_handle_unref((TfgHandle *)q);
    return out ? 0 : -1;
}

#define QUEUE(name) {.op = name, .prepare = prepare_queue, .release = release_queue, .run = run_queue, .flags = TFG_KERNEL_KEEPS_STATE}
#define START(name, fn) {.op = name, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF}
#define RUN(name, fn) {.op = name, .run = fn, .flags = TFG_KERNEL_READS_REF}
static const TfgKernelRow rows[] = {
    QUEUE("FIFOQueue"), QUEUE("FIFOQueueV2"),
    START("QueueEnqueue", start_enqueue), START("QueueEnqueueV2", start_enqueue),
    START("QueueEnqueueMany", start_enqueue_many), START("QueueEnqueueManyV2", start_enqueue_many),
    START("QueueDequeue", start_dequeue), START("QueueDequeueV2", start_dequeue),
    START("QueueDequeueMany", start_dequeue_many), START("QueueDequeueManyV2", start_dequeue_many),
    START("QueueDequeueUpTo", start_dequeue_up_to), START("QueueDequeueUpToV2", start_dequeue_up_to),
    START("QueueClose", start_close), START("QueueCloseV2", start_close),
    RUN("QueueSize", run_size), RUN("QueueSizeV2", run_size),
    RUN("QueueIsClosed", run_is_closed), RUN("QueueIsClosedV2", run_is_closed),
};

int tfg_register_kernels_data_flow(TfgStatus *s);
int tfg_register_kernels_data_flow(TfgStatus *s)
{
    tfg_resource_on_fork(TFG_QUEUE_TYPE, tfg_queue_after_fork);
    if (tfg_register_plain(tfg_kernels_data_partition, s) < 0)
        return -1;
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
