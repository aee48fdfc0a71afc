/* Maps of sparse tensors: they wait in one under a number, while the number goes through queues, until they are taken out. */
#include <pthread.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/named.h"
#include "kernels/sparse.h"

#define MAP_TYPE "SparseTensorsMap"

typedef struct Item { TfgTensor *parts[3]; } Item;

typedef struct Map {
    TfgHandle base;
    pthread_mutex_t lock;
    TfgIdMap items;             /* number -> Item * */
    int64_t next;
} Map;

typedef struct State {
    Map *map;
    char *name;
} State;

static void item_free(Item *item)
{
    for (int i = 0; item && i < 3; i++)
        tfg_tensor_unref(item->parts[i]);
    tfg_free(item);
}

static void map_free(TfgHandle *h)
{
    Map *m = (Map *)h;
    size_t i = 0;
    uint64_t key, item;
    while (tfg_idmap_next(&m->items, &i, &key, &item))
        item_free((Item *)(uintptr_t)item);
    tfg_idmap_fini(&m->items);
    pthread_mutex_destroy(&m->lock);
    tfg_free(m);
}

static void renew(TfgHandle *h) { pthread_mutex_init(&((Map *)h)->lock, NULL); }

static TfgHandle *make_map(void *arg, TfgStatus *s)
{
    (void)arg;
    Map *m = tfg_calloc(1, sizeof *m);
    if (!m) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&m->base.refs, 1);
    m->base.free = map_free;
    m->base.type_name = MAP_TYPE;
    pthread_mutex_init(&m->lock, NULL);
    return &m->base;
}

static void release(void *state)
{
    State *state_ = state;
    if (!state_)
        return;
    if (state_->map)
        tfg_handle_unref(&state_->map->base);
    tfg_free(state_->name);
    tfg_free(state_);
}

/* Whoever adds names the map after itself; whoever takes has to say which one. */
static int prepare(const TfgPrepare *p, void **out, TfgStatus *s)
{
    char *container, *name;
    if (tfg_named_place(p, p->n_in == 3, &container, &name, s) < 0)
        return -1;
    State *state = tfg_calloc(1, sizeof *state);
    if (!state) {
        tfg_free(name);
        tfg_fail_memory(s);
    } else {
        state->name = name;
        state->map = (Map *)tfg_resources_find_or_make(p->resources, container, name, MAP_TYPE, make_map, NULL, s);
    }
    tfg_free(container);
    if (!state || !state->map) {
        release(state);
        return -1;
    }
    *out = state;
    return 0;
}

/* ---- In --------------------------------------------------------------------------------------------------------------------------- */

static int add(Map *m, TfgTensor *const parts[3], int64_t *number, TfgStatus *s)
{
    Item *item = tfg_calloc(1, sizeof *item);
    if (!item)
        return tfg_fail_memory(s);
    for (int i = 0; i < 3; i++)
        item->parts[i] = tfg_tensor_ref(parts[i]);
    pthread_mutex_lock(&m->lock);
    *number = m->next;
    int rc = tfg_idmap_put(&m->items, (uint64_t)m->next, (uintptr_t)item);
    m->next += rc == 0;
    pthread_mutex_unlock(&m->lock);
    if (rc == 0)
        return 0;
    item_free(item);
    return tfg_fail_memory(s);
}

static int run_add(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText text;
    if (tfg_sparse_check(c->in[0], c->in[1], c->in[2], s) < 0)
        return -1;
    if (c->in[2]->count < TFG_MAX_RANK && tfg_dims_count((int)c->in[2]->count, c->in[2]->data) < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s would have more than 2**63 - 1 elements",
                        tfg_dims_text((int)c->in[2]->count, c->in[2]->data, &text));
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s), *parts[3] = {NULL};
    int rc = out ? 0 : -1;
    for (int i = 0; rc == 0 && i < 3; i++)
        rc = (parts[i] = tfg_kernel_keep(c, i, s)) ? 0 : -1;
    if (rc == 0)
        rc = add(((State *)c->state)->map, parts, out->data, s);
    for (int i = 0; i < 3; i++)
        tfg_tensor_unref(parts[i]);
    return rc;
}

typedef struct Adding { Map *map; int64_t *numbers; } Adding;

static int add_row(void *context, int64_t row, TfgTensor *const parts[3], TfgStatus *s)
{
    Adding *a = context;
    return add(a->map, parts, a->numbers + row, s);
}

static int run_add_many(TfgKernelCall *c, TfgStatus *s)
{
    if (tfg_sparse_check_rows(c->in[0], c->in[1], c->in[2], s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, c->in[2]->data, s);
    Adding a = {((State *)c->state)->map, out ? out->data : NULL};
    return out ? tfg_sparse_each_row(c->in[0], c->in[1], c->in[2], add_row, &a, s) : -1;
}

/* ---- Out -------------------------------------------------------------------------------------------------------------------------- */

static Item *take(Map *m, int64_t number)
{
    uint64_t item = 0;
    pthread_mutex_lock(&m->lock);
    if (tfg_idmap_get(&m->items, (uint64_t)number, &item))
        tfg_idmap_remove(&m->items, (uint64_t)number);
    pthread_mutex_unlock(&m->lock);
    return (Item *)(uintptr_t)item;
}

/* All that are asked for are taken, even if then they do not fit each other. */
static int take_all(const State *state, const TfgTensor *numbers, TfgSparseParts *p, TfgStatus *s)
{
    for (int64_t i = 0; i < numbers->count; i++) {
        int64_t number = tfg_tensor_int(numbers, i);
        Item *item = take(state->map, number);
        if (!item)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unable to find SparseTensor: %lld in map: %s", (long long)number, state->name);
        memcpy(p->t + 3 * i, item->parts, sizeof item->parts);
        tfg_free(item);
    }
    return 0;
}

static int check_parts(TfgSparseParts *p, TfgDType dtype, TfgStatus *s)
{
    p->rank = p->t[2]->count;
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor *const *t = p->t + 3 * i;
        if (t[1]->dtype != dtype)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested SparseTensor of type %s but SparseTensor[%lld].values.dtype() == %s",
                            tfg_dtype_signature_name(dtype), (long long)i, tfg_dtype_signature_name(t[1]->dtype));
        if (t[2]->count != p->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inconsistent rank across SparseTensors: rank prior to SparseTensor[%lld] was: %lld but rank of "
                            "SparseTensor[%lld] is: %lld", (long long)i, (long long)p->rank + 1, (long long)i, (long long)t[2]->count + 1);
        p->total += t[1]->count;
    }
    return 0;
}

static int run_take(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *numbers = c->in[0];
    TfgShapeText text;
    if (numbers->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sparse_handles should be a vector but received shape %s", tfg_shape_text(numbers, &text));
    if (numbers->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have at least 1 serialized SparseTensor, but input matrix has 0 rows");
    TfgSparseParts p = {.n = numbers->count};
    p.t = tfg_calloc((size_t)p.n, 3 * sizeof *p.t);
    int rc = !p.t ? tfg_fail_memory(s) : take_all(c->state, numbers, &p, s) < 0 || check_parts(&p, c->out_dtype[1], s) < 0 ? -1
             : tfg_sparse_write_joined(c, 1, numbers->dims, &p, s);
    for (int64_t i = 0; p.t && i < 3 * p.n; i++)
        tfg_tensor_unref(p.t[i]);
    tfg_free(p.t);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "AddSparseToTensorsMap", .flags = TFG_KERNEL_KEEPS_STATE, .prepare = prepare, .release = release, .run = run_add},
    {.op = "AddManySparseToTensorsMap", .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_VALUE_SHAPE, .prepare = prepare, .release = release,
     .run = run_add_many},
    {.op = "TakeManySparseFromTensorsMap", .flags = TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_VALUE_SHAPE, .prepare = prepare, .release = release,
     .run = run_take},
};

int tfg_register_kernels_sparse_map(TfgStatus *s);
int tfg_register_kernels_sparse_map(TfgStatus *s)
{
    tfg_resource_on_fork(MAP_TYPE, renew);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
