/* Iterators over several devices: the elements of one dataset go to the devices in turn, each of which takes its own.  Nothing is computed
 * before somebody waits for an element; whoever comes then computes on, and leaves what belongs to others in their buffers. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/iterator.h"
#include "kernels/wait.h"

#define DEVICES_TYPE "MultiDeviceIterator"

typedef struct Given {          /* an element that waits to be taken, or its failure */
    struct Given *next;
    TfgStatus failure;
    TfgTensor *t[];
} Given;

typedef struct Shard {
    Given *first, **end;
    int64_t n, wanted;          /* elements; calls that wait for one */
} Shard;

typedef struct Devices {
    TfgWaitRoom room;
    pthread_cond_t idle;
    TfgArena arena;
    int n, n_shards;
    const TfgDType *dtypes;
    const TfgDims **shapes;
    Shard *shards;
    TfgWalk *walk;
    TfgCancel *cancel;          /* of the walk */
    int64_t incarnation, limit; /* limit: elements that may lie in a buffer nobody waits at */
    int next;                   /* the shard that the next element goes to */
    bool computing, over;
} Devices;

static void given_free(Given *g, int n)
{
    tfg_tensors_drop(g->t, n);
    tfg_status_fini(&g->failure);
    tfg_free(g);
}

static void clear(Devices *d)
{
    for (int i = 0; i < d->n_shards && d->shards; i++) {
        Shard *shard = &d->shards[i];
        for (Given *g = shard->first, *next; g; g = next) {
            next = g->next;
            given_free(g, d->n);
        }
        *shard = (Shard){.wanted = shard->wanted};
        shard->end = &shard->first;
    }
}

static void devices_free(TfgHandle *h)
{
    Devices *d = (Devices *)h;
    clear(d);
    tfg_walk_free(d->walk);
    if (d->cancel)
        tfg_cancel_unref(d->cancel);
    pthread_cond_destroy(&d->idle);
    tfg_arena_fini(&d->arena);
    tfg_wait_room_fini(&d->room);
    tfg_free(d);
}

static TfgHandle *devices_new(void *arg, TfgStatus *s)
{
    const TfgAttrs *attrs = arg;
    const TfgAttr *types = tfg_attrs_find(attrs, "output_types"), *shapes = tfg_attrs_find(attrs, "output_shapes");
    Devices *d = tfg_calloc(1, sizeof *d);
    if (!d) {
        tfg_fail_memory(s);
        return NULL;
    }
    tfg_wait_room_init(&d->room, DEVICES_TYPE, devices_free);
    pthread_cond_init(&d->idle, NULL);
    tfg_arena_init(&d->arena);
    d->n_shards = tfg_attrs_find(attrs, "devices")->n;
    d->shards = tfg_arena_alloc(&d->arena, (size_t)d->n_shards * sizeof *d->shards);
    d->dtypes = tfg_arena_memdup(&d->arena, types->list_type, (size_t)types->n * sizeof *d->dtypes);
    d->shapes = tfg_arena_alloc(&d->arena, (size_t)types->n * sizeof *d->shapes);
    bool failed = !d->shards || !d->dtypes || !d->shapes;
    d->n = failed ? 0 : types->n;
    for (int i = 0; i < d->n && !failed; i++) {
        const TfgDims *shape = shapes->list_shape[i];
        size_t size = shape ? sizeof *shape + (size_t)shape->rank * sizeof *shape->dims : 0;
        d->shapes[i] = shape ? tfg_arena_memdup(&d->arena, shape, size) : NULL;
        failed = shape && !d->shapes[i];
    }
    if (!failed) {
        clear(d);
        return &d->room.base;
    }
    d->shards = NULL;
    tfg_handle_unref(&d->room.base);
    tfg_fail_memory(s);
    return NULL;
}

static int check_attrs(const TfgHandle *h, const TfgAttrs *attrs, TfgStatus *s)
{
    const Devices *d = (const Devices *)h;
    const TfgAttr *types = tfg_attrs_find(attrs, "output_types"), *shapes = tfg_attrs_find(attrs, "output_shapes");
    if (types->n && tfg_check_component_types(types->n, types->list_type, d->n, d->dtypes, s) < 0)
        return -1;
    return shapes->n ? tfg_check_component_shapes(shapes->n, shapes->list_shape, d->n, d->shapes, s) : 0;
}

/* ---- Making ------------------------------------------------------------------------------------------------------------------------ */

static int run_devices(TfgKernelCall *c, TfgStatus *s)
{
    const TfgNamedIterator *n = c->state;
    TfgHandle *h = tfg_resources_find_or_make(c->resources, n->container, n->name, DEVICES_TYPE, devices_new, (void *)(uintptr_t)c->attrs, s);
    int rc = h ? check_attrs(h, c->attrs, s) : -1;
    if (h)
        tfg_handle_unref(h);
    c->out[0] = rc == 0 ? tfg_iterator_handle(n->device, n->container, n->name, DEVICES_TYPE, s) : NULL;
    return c->out[0] ? 0 : -1;
}

static Devices *find_devices(TfgKernelCall *c, int i, TfgStatus *s) { return (Devices *)tfg_resource_lookup(c->resources, c->in[i], DEVICES_TYPE, s); }

/* A new walk in place of the old one; who waits for elements of that hears that it is over. */
static int64_t begin_anew(Devices *d, TfgWalk *walk, TfgCancel *cancel, int64_t limit)
{
    tfg_wait_room_enter(&d->room);
    while (d->computing) {
        tfg_cancel(d->cancel);
        pthread_cond_wait(&d->idle, &d->room.lock);
    }
    clear(d);
    TfgWalk *before = d->walk;
    TfgCancel *cancel_before = d->cancel;
    d->walk = walk;
    d->cancel = cancel;
    d->limit = limit < 1 ? 1 : limit;
    d->next = 0;
    d->over = false;
    int64_t incarnation = ++d->incarnation;
    tfg_wait_room_leave(&d->room);
    tfg_walk_free(before);
    if (cancel_before)
        tfg_cancel_unref(cancel_before);
    return incarnation;
}

static int run_init(TfgKernelCall *c, TfgStatus *s)
{
    int64_t limit;
    TfgDataset *dataset = tfg_dataset_of(c->in[0], s);
    Devices *d = dataset && tfg_scalar_argument(c, 2, "max_buffer_size", &limit, s) == 0 ? find_devices(c, 1, s) : NULL;
    if (!d)
        return -1;
    TfgTensor *out = tfg_check_component_types(d->n, d->dtypes, dataset->n, dataset->dtypes, s) < 0 ||
                     tfg_check_component_shapes(d->n, d->shapes, dataset->n, dataset->shapes, s) < 0 ? NULL : tfg_kernel_output(c, 0, 0, NULL, s);
    TfgCancel *cancel = out ? tfg_cancel_new(s) : NULL;
    TfgWalk *walk = cancel ? tfg_walk_new(dataset, s) : NULL;
    if (walk)
        *(int64_t *)out->data = begin_anew(d, walk, cancel, limit);
    else if (cancel)
        tfg_cancel_unref(cancel);
    tfg_handle_unref(&d->room.base);
    return walk ? 0 : -1;
}

/* ---- Elements ---------------------------------------------------------------------------------------------------------------------- */

static bool somebody_waits(const Devices *d)
{
    for (int i = 0; i < d->n_shards; i++)
        if (d->shards[i].wanted > d->shards[i].n)
            return true;
    return false;
}

/* Computes elements as long as somebody waits for one and the next one's buffer has room.  One thread at a time; the others leave it to
 * that one. */
static void compute(Devices *d)
{
    tfg_wait_room_enter(&d->room);
    while (!d->computing && !d->over && d->walk && somebody_waits(d)) {
        Shard *shard = &d->shards[d->next];
        if (shard->n >= d->limit && shard->wanted <= shard->n)
            break;
        Given *g = tfg_calloc(1, sizeof *g + (size_t)d->n * sizeof *g->t);
        if (!g)
            break;
        d->computing = true;
        pthread_mutex_unlock(&d->room.lock);
        int rc = tfg_walk_next(d->walk, g->t, d->cancel, &g->failure);
        pthread_mutex_lock(&d->room.lock);
        d->computing = false;
        pthread_cond_broadcast(&d->idle);
        if (rc == 0) {
            d->over = true;
            tfg_free(g);
        } else {
            *shard->end = g;
            shard->end = &g->next;
            shard->n++;
            d->next = (d->next + 1) % d->n_shards;
        }
        tfg_wait_room_leave(&d->room);
        tfg_wait_room_enter(&d->room);
    }
    tfg_wait_room_leave(&d->room);
}

typedef struct Take {
    TfgWait wait;
    int shard;
    int64_t incarnation;
    bool counted;
    Given *got;
} Take;

static void stop_waiting(Take *take)
{
    Devices *d = (Devices *)take->wait.room;
    d->shards[take->shard].wanted -= take->counted;
    take->counted = false;
}

static bool attempt_take(TfgWait *w)
{
    Take *take = (Take *)w;
    Devices *d = (Devices *)w->room;
    Shard *shard = &d->shards[take->shard];
    if (take->incarnation != d->incarnation)
        tfg_fail(&w->status, take->counted ? TFG_CANCELLED : TFG_INVALID_ARGUMENT,
                 take->counted ? "Cancelled Multidevice iterator" : "Invalid incarnation id");
    else if (shard->first) {
        take->got = shard->first;
        shard->first = take->got->next;
        if (!shard->first)
            shard->end = &shard->first;
        shard->n--;
        tfg_status_move(&w->status, &take->got->failure);
    } else if (d->over)
        tfg_fail(&w->status, TFG_OUT_OF_RANGE, "End of sequence");
    else
        return false;
    stop_waiting(take);
    return true;
}

static void finish_take(TfgWait *w)
{
    Take *take = (Take *)w;
    for (int i = 0; i < w->call->n_out; i++) {
        w->call->out[i] = take->got->t[i];
        take->got->t[i] = NULL;
    }
}

static void drop_take(TfgWait *w)
{
    Take *take = (Take *)w;
    if (take->counted) {                /* cancelled while it waited */
        pthread_mutex_lock(&w->room->lock);
        stop_waiting(take);
        pthread_mutex_unlock(&w->room->lock);
    }
    if (take->got)
        given_free(take->got, ((Devices *)w->room)->n);
}

static const TfgWaitKind take_kind = {sizeof(Take), "Cancelled Multidevice iterator", attempt_take, finish_take, drop_take};

/* The shard and the incarnation that a call names. */
static int read_call(TfgKernelCall *c, const Devices *d, int64_t *shard, int64_t *incarnation, TfgStatus *s)
{
    const TfgAttr *types = tfg_attrs_find(c->attrs, "output_types");
    if (tfg_check_component_types(types->n, types->list_type, d->n, d->dtypes, s) < 0 || tfg_scalar_argument(c, 1, "shard_num", shard, s) < 0 ||
        tfg_scalar_argument(c, 2, "incarnation_id", incarnation, s) < 0)
        return -1;
    if (*shard < 0 || *shard >= d->n_shards)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shard_num must be in [0, %d), but is %lld", d->n_shards, (long long)*shard);
    return 0;
}

static void start_get_next(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    int64_t shard, incarnation;
    Devices *d = find_devices(c, 0, &status);
    Take *take = d && read_call(c, d, &shard, &incarnation, &status) == 0 ? (Take *)tfg_wait_new(&take_kind, &d->room, c, done) : NULL;
    if (!take) {
        if (d && status.code == TFG_OK)
            tfg_fail_memory(&status);
        done(c, &status);
        tfg_status_fini(&status);
    } else {
        take->shard = (int)shard;
        take->incarnation = incarnation;
        pthread_mutex_lock(&d->room.lock);
        take->counted = incarnation == d->incarnation;
        d->shards[shard].wanted += take->counted;
        pthread_mutex_unlock(&d->room.lock);
        compute(d);
        tfg_wait_begin(&take->wait);
        compute(d);
    }
    if (d)
        tfg_handle_unref(&d->room.base);
}

/* ---- Handles as texts -------------------------------------------------------------------------------------------------------------- */

static int run_to_string(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "resource_handle must be a scalar");
    return tfg_iterator_to_string(c, DEVICES_TYPE, s);
}

static int run_from_string(TfgKernelCall *c, TfgStatus *s) { return tfg_iterator_from_string(c, DEVICES_TYPE, check_attrs, s); }

/* Whoever computed was a thread of the parent. */
static void renew(TfgHandle *h)
{
    Devices *d = (Devices *)h;
    tfg_wait_room_after_fork(h);
    pthread_cond_init(&d->idle, NULL);
    d->computing = false;
    d->over = true;
}

static const TfgKernelRow rows[] = {
    {.op = "MultiDeviceIterator", .prepare = tfg_named_iterator_prepare, .release = tfg_named_iterator_release, .run = run_devices,
     .flags = TFG_KERNEL_KEEPS_STATE},
    {.op = "MultiDeviceIteratorInit", .run = run_init},
    {.op = "MultiDeviceIteratorGetNextFromShard", .start = start_get_next, .flags = TFG_KERNEL_MAY_BLOCK},
    {.op = "MultiDeviceIteratorToStringHandle", .run = run_to_string},
    {.op = "MultiDeviceIteratorFromStringHandle", .prepare = tfg_iterator_prepare_device, .release = tfg_free, .run = run_from_string},
};

int tfg_register_iterator_devices(TfgStatus *s)
{
    tfg_resource_on_fork(DEVICES_TYPE, renew);
    return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s);
}
