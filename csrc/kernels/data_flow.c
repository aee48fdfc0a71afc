/* Kernels of queues. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/named.h"
#include "kernels/queue.h"
#include "kernels/stage.h"
#include "kernels/util.h"

/* ---- Making and finding ---------------------------------------------------------------------------------------------------------- */

static TfgHandle *make_queue(const TfgPrepare *p, const char *name, void *arg, TfgStatus *s)
{
    TfgQueueSpec spec = *(const TfgQueueSpec *)arg;
    (void)p;
    spec.name = name;
    return (TfgHandle *)tfg_queue_new(&spec, s);
}

static int fail_component_count(const TfgAttr *types, const TfgAttr *shapes, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    for (int i = 0; i < types->n; i++)
        tfg_str_printf(&text, "%s%s", i ? ", " : "", tfg_dtype_signature_name(types->list_type[i]));
    tfg_str_puts(&text, ", Shapes: [");
    for (int i = 0; i < shapes->n; i++) {
        TfgShape shape;
        tfg_shape_from_dims(&shape, shapes->list_shape[i]);
        tfg_str_puts(&text, i ? ", " : "");
        tfg_shape_format(&shape, &text);
    }
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Different number of component types.  Types: %s]", tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int fail_partial_shape(const TfgShape *shape, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_shape_format(shape, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s is not fully defined", tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

/* A queue's kind tells what its node describes beyond components and capacity. */
static int read_kind(const TfgPrepare *p, TfgQueueSpec *spec, TfgStatus *s)
{
    size_t n = strlen(p->type);
    bool second = n > 2 && strcmp(p->type + n - 2, "V2") == 0;
    static const char *const kinds[] = {"FIFOQueue", "RandomShuffleQueue", "PaddingFIFOQueue", "PriorityQueue"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i]) == n - (second ? 2 : 0) && strncmp(p->type, kinds[i], strlen(kinds[i])) == 0)
            spec->kind = kinds[i];
    spec->capacity = tfg_attrs_int(p->attrs, "capacity");
    spec->pads = strcmp(spec->kind, "PaddingFIFOQueue") == 0;
    if (strcmp(spec->kind, "PriorityQueue") == 0)
        spec->order = TFG_QUEUE_PRIORITY;
    if (strcmp(spec->kind, "RandomShuffleQueue") != 0)
        return 0;
    spec->order = TFG_QUEUE_SHUFFLE;
    spec->min_after_dequeue = tfg_attrs_int(p->attrs, "min_after_dequeue");
    spec->seed = tfg_attrs_int(p->attrs, "seed");
    spec->seed2 = tfg_attrs_int(p->attrs, "seed2");
    if (spec->min_after_dequeue < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "min_after_dequeue %lld must be >= 0", (long long)spec->min_after_dequeue);
    if (spec->capacity >= 0 && spec->min_after_dequeue >= spec->capacity)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "min_after_dequeue %lld must be < capacity %lld", (long long)spec->min_after_dequeue,
                        (long long)spec->capacity);
    return 0;
}

/* Component types and shapes, into arrays of the caller's; a priority comes before the others. */
static int read_components(const TfgAttr *types, const TfgAttr *list, TfgQueueSpec *spec, TfgDType *dtypes, TfgShape *shapes, TfgStatus *s)
{
    int first = spec->order == TFG_QUEUE_PRIORITY;
    spec->n = types->n + first;
    spec->dtypes = dtypes;
    dtypes[0] = TFG_INT64;
    if (types->n)
        memcpy(dtypes + first, types->list_type, (size_t)types->n * sizeof *dtypes);
    bool said = list && (list->n > 0 || (first && types->n == 0));
    if (!said && !spec->pads)
        return 0;
    if (!list || list->n != types->n)
        return list ? fail_component_count(types, list, s) : tfg_fail(s, TFG_INVALID_ARGUMENT, "A queue needs shapes");
    tfg_shape_set(&shapes[0], 0, NULL);
    for (int i = 0; i < list->n; i++) {
        TfgShape *shape = &shapes[i + first];
        tfg_shape_from_dims(shape, list->list_shape[i]);
        if (!spec->pads && !tfg_shape_is_full(shape))
            return fail_partial_shape(shape, s);
        if (shape->rank < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "shapes must have known rank for PaddingFIFOQueue");
    }
    spec->shapes = shapes;
    return 0;
}

static int prepare_queue(const TfgPrepare *p, void **state, TfgStatus *s)
{
    TfgQueueSpec spec = {0};
    const TfgAttr *types = tfg_attrs_find(p->attrs, "component_types"), *list = tfg_attrs_find(p->attrs, "shapes");
    if (!types || !types->is_list)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A queue needs component types");
    TfgDType *dtypes = tfg_alloc((size_t)(types->n + 1) * sizeof *dtypes);
    TfgShape *shapes = tfg_alloc((size_t)(types->n + 1) * sizeof *shapes);
    TfgNamed *named = NULL;
    int rc = -1;
    if (!dtypes || !shapes)
        tfg_fail_memory(s);
    else if (read_kind(p, &spec, s) == 0 && read_components(types, list, &spec, dtypes, shapes, s) == 0 &&
             tfg_named_prepare(p, TFG_QUEUE_TYPE, make_queue, &spec, &named, NULL, s) == 0) {
        rc = tfg_queue_check_same((TfgQueue *)named->object, &spec, p->type, s);
        /* A queue of priorities must say its shapes: TensorFlow finds one that does not unlike itself. */
        if (rc == 0 && spec.order == TFG_QUEUE_PRIORITY && !spec.shapes)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Shared queue '%s' has component shapes [] but requested component shapes were [[]]",
                          tfg_queue_spec((TfgQueue *)named->object)->name);
    }
    tfg_free(dtypes);
    tfg_free(shapes);
    if (rc < 0)
        tfg_named_release(named);
    else
        *state = named;
    return rc;
}

static TfgQueue *find_queue(TfgKernelCall *c, TfgStatus *s)
{
    return (TfgQueue *)tfg_named_find(c, 0, TFG_QUEUE_TYPE, s);
}

/* An old handle for a queue that a resource names. */
static int run_fake_queue(TfgKernelCall *c, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[0], s);
    TfgTensor *t = h ? tfg_named_strings(h->container, h->name, s) : NULL;
    int rc = t ? tfg_named_give_ref(c, t, s) : -1;
    tfg_tensor_unref(t);
    return rc;
}

static int prepare_wait(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    return tfg_attrs_int(p->attrs, "timeout_ms") == -1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Timeout not supported yet.");
}

/* The types that the node has must be those that the queue asks for. */
static int check_signature(const TfgKernelCall *c, const TfgQueueSpec *spec, bool enqueues, TfgStatus *s)
{
    int n = enqueues ? c->n_in - 1 : c->n_out;
    bool same = n == spec->n;
    for (int k = 0; k < n && same; k++)
        same = (enqueues ? c->in[k + 1]->dtype : tfg_dtype_base(c->out_dtype[k])) == tfg_dtype_base(spec->dtypes[k]);
    if (same)
        return 0;
    TfgStr have = TFG_STR_INIT, want = TFG_STR_INIT;
    for (int k = 0; k < n; k++)
        tfg_str_printf(&have, "%s%s", enqueues || k ? ", " : "", tfg_dtype_signature_name(enqueues ? c->in[k + 1]->dtype : c->out_dtype[k]));
    for (int k = 0; k < spec->n; k++)
        tfg_str_printf(&want, "%s%s", enqueues || k ? ", " : "", tfg_dtype_signature_name(spec->dtypes[k]));
    const char *handle = c->ref && c->ref[0] ? "string_ref" : "resource", *count = strstr(c->type, "Many") || strstr(c->type, "UpTo") ? ", int32" : "";
    if (enqueues)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: %s%s-> expected: %s%s->", handle, tfg_str_text(&have), handle,
                 tfg_str_text(&want));
    else
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Signature mismatch, have: %s%s->%s expected: %s%s->%s", handle, count, tfg_str_text(&have),
                 handle, count, tfg_str_text(&want));
    tfg_str_fini(&have);
    tfg_str_fini(&want);
    return -1;
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

/* A component against what the queue expects, with `rows` in front where that is not negative. */
static int check_component(const TfgQueueSpec *spec, const TfgTensor *t, int i, int64_t rows, TfgStatus *s)
{
    int extra = rows >= 0;
    if (t->rank < extra)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input tensor must have rank of at least 1, but got a scalar in tuple component %d", i);
    TfgShape want, each;
    tfg_shape_set(&want, t->rank, t->dims);
    if (spec->shapes) {
        tfg_shape_copy(&each, &spec->shapes[i]);
        if (each.rank + extra > TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tuple component %d", i);
        want.rank = each.rank + extra;
        if (extra)
            want.dims[0] = rows;
        memcpy(want.dims + extra, each.dims, (size_t)each.rank * sizeof *want.dims);
    } else if (extra) {
        want.dims[0] = rows;
    }
    bool same = t->rank == want.rank;
    for (int d = 0; d < want.rank && same; d++)
        same = want.dims[d] < 0 || want.dims[d] == t->dims[d];
    if (same)
        return 0;
    TfgStr text = TFG_STR_INIT;
    TfgShapeText b;
    tfg_shape_format(&want, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch in tuple component %d. Expected %s, got %s", i, tfg_str_text(&text),
             tfg_shape_text(t, &b));
    tfg_str_fini(&text);
    return -1;
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
    if (check_signature(c, spec, true, &s) < 0)
        goto failed;
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

/* The dims of component k of all tuples together: where the queue pads, the largest of each that it does not know. */
static int stacked_dims(const Waiter *w, int k, int64_t *dims)
{
    const TfgQueueSpec *spec = tfg_queue_spec(w->queue);
    const TfgShape *shape = &spec->shapes[k];
    dims[0] = w->taken;
    for (int d = 0; d < shape->rank; d++) {
        dims[d + 1] = shape->dims[d] < 0 ? 0 : shape->dims[d];
        for (int64_t i = 0; i < w->taken && shape->dims[d] < 0; i++)
            dims[d + 1] = w->tuples[i * spec->n + k]->dims[d] > dims[d + 1] ? w->tuples[i * spec->n + k]->dims[d] : dims[d + 1];
    }
    return shape->rank + 1;
}

/* Copies t into the corner of row `row`; the rest of the row is zeros, or empty strings, already. */
static int put_into_corner(TfgTensor *out, int64_t row, const TfgTensor *t, TfgStatus *s)
{
    int64_t each = tfg_dims_product(out->rank - 1, out->dims + 1), at[TFG_MAX_RANK] = {0};
    if (t->count == each)
        return tfg_copy_elements(t->dtype, tfg_at_mut(out, row * each), t->data, t->count, s);
    int64_t run = t->rank ? t->dims[t->rank - 1] : 1;
    for (int64_t from = 0; from < t->count; from += run) {
        int64_t to = 0;
        for (int d = 0; d < t->rank; d++)
            to = to * out->dims[d + 1] + at[d];
        if (tfg_copy_elements(t->dtype, tfg_at_mut(out, row * each + to), tfg_at(t, from), run, s) < 0)
            return -1;
        for (int d = t->rank - 2; d >= 0 && ++at[d] == t->dims[d]; d--)
            at[d] = 0;
    }
    return 0;
}

/* Component k of all tuples as one tensor with a leading dimension. */
static int stack(Waiter *w, int k, TfgStatus *s)
{
    const TfgQueueSpec *spec = tfg_queue_spec(w->queue);
    int64_t dims[TFG_MAX_RANK + 1];
    int rank = stacked_dims(w, k, dims);
    TfgTensor *out = tfg_kernel_output(w->call, k, rank, dims, s);
    if (!out)
        return -1;
    if (spec->pads && tfg_dtype_size(out->dtype) > 0 && out->dtype != TFG_STRING && out->dtype != TFG_RESOURCE && out->dtype != TFG_VARIANT)
        memset(out->data, 0, tfg_tensor_size(out->dtype, out->count));
    for (int64_t i = 0; i < w->taken; i++)
        if (put_into_corner(out, i, w->tuples[i * spec->n + k], s) < 0)
            return -1;
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
    bool counted = !many || c->in[1]->count > 0;
    int64_t n = many && counted ? tfg_tensor_int(c->in[1], 0) : 1;
    w->many = many;
    if (check_signature(c, spec, false, &s) < 0)
        n = 0;
    else if (!counted)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "%s needs a number of elements", up_to ? "DequeueUpToOp" : "DequeueManyOp");
    else if (many && n < 0)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "%s requested %lld < 0 elements", up_to ? "DequeueUpToOp" : "DequeueManyOp", (long long)n);
    else if (many && !spec->shapes)
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "%s's DequeueMany and DequeueUpTo require the components to have specified shapes.", spec->kind);
    if (s.code != TFG_OK) {
        waiter_end(w, &s);
        tfg_status_fini(&s);
    } else if (n == 0) {
        dequeued(w, &s);
    } else {
        tfg_queue_dequeue(w->queue, &w->tuples, n, up_to, &w->taken, c->cancel, dequeued, w);
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

#define QUEUE(name) {.op = name, .prepare = prepare_queue, .release = tfg_named_release, .run = tfg_named_run, .flags = TFG_KERNEL_KEEPS_STATE}
#define WAIT(name, fn) {.op = name, .prepare = prepare_wait, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF}
#define START(name, fn) {.op = name, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_READS_REF}
#define RUN(name, fn) {.op = name, .run = fn, .flags = TFG_KERNEL_READS_REF}
static const TfgKernelRow rows[] = {
    QUEUE("FIFOQueue"), QUEUE("FIFOQueueV2"), QUEUE("RandomShuffleQueue"), QUEUE("RandomShuffleQueueV2"),
    QUEUE("PaddingFIFOQueue"), QUEUE("PaddingFIFOQueueV2"), QUEUE("PriorityQueue"), QUEUE("PriorityQueueV2"),
    {.op = "FakeQueue", .run = run_fake_queue},
    WAIT("QueueEnqueue", start_enqueue), WAIT("QueueEnqueueV2", start_enqueue),
    WAIT("QueueEnqueueMany", start_enqueue_many), WAIT("QueueEnqueueManyV2", start_enqueue_many),
    WAIT("QueueDequeue", start_dequeue), WAIT("QueueDequeueV2", start_dequeue),
    WAIT("QueueDequeueMany", start_dequeue_many), WAIT("QueueDequeueManyV2", start_dequeue_many),
    WAIT("QueueDequeueUpTo", start_dequeue_up_to), WAIT("QueueDequeueUpToV2", start_dequeue_up_to),
    START("QueueClose", start_close), START("QueueCloseV2", start_close),
    RUN("QueueSize", run_size), RUN("QueueSizeV2", run_size),
    RUN("QueueIsClosed", run_is_closed), RUN("QueueIsClosedV2", run_is_closed),
};

int tfg_register_kernels_data_flow(TfgStatus *s);
int tfg_register_kernels_data_flow(TfgStatus *s)
{
    tfg_resource_on_fork(TFG_QUEUE_TYPE, tfg_queue_after_fork);
    if (tfg_register_stage(s) < 0 || tfg_register_stage_map(s) < 0)
        return -1;
    if (tfg_register_plain(tfg_kernels_data_partition, s) < 0)
        return -1;
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
