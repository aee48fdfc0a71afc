#include "kernels/queue_store.h"

#include <string.h>

#include "base/memory.h"

void tfg_queue_store_init(TfgQueueStore *store, TfgQueueOrder order, int components, uint64_t seed, uint64_t seed2)
{
    *store = (TfgQueueStore){.order = order, .components = components, .room = 1, .drawn = 4};
    if (seed == 0 && seed2 == 0) {
        seed = tfg_random_device();
        seed2 = tfg_random_device();
    }
    tfg_philox_init(&store->random, seed, seed2);
}

static TfgTensor **tuple_at(const TfgQueueStore *store, int64_t i)
{
    return store->ring + (store->head + i) % store->room * store->components;
}

void tfg_queue_store_fini(TfgQueueStore *store)
{
    for (int64_t i = 0; i < store->n; i++)
        for (int k = 0; k < store->components; k++)
            tfg_tensor_unref(tuple_at(store, i)[k]);
    tfg_free(store->ring);
}

static size_t tuple_size(const TfgQueueStore *store)
{
    return (size_t)store->components * sizeof(TfgTensor *);
}

static int make_room(TfgQueueStore *store)
{
    if (store->n < store->room && store->ring)
        return 0;
    int64_t room = store->ring ? store->room * 2 : 8;
    TfgTensor **ring = tfg_alloc((size_t)room * tuple_size(store));
    if (!ring)
        return -1;
    for (int64_t i = 0; i < store->n; i++)
        memcpy(ring + i * store->components, tuple_at(store, i), tuple_size(store));
    tfg_free(store->ring);
    store->ring = ring;
    store->room = room;
    store->head = 0;
    return 0;
}

/* ---- A binary heap, with the steps of the C++ library's, so that equal priorities leave in TensorFlow's order ---------------------- */

static int64_t priority(TfgTensor *const *tuple)
{
    return *(const int64_t *)tuple[0]->data;
}

static void move_tuple(TfgQueueStore *store, int64_t to, int64_t from)
{
    memcpy(tuple_at(store, to), tuple_at(store, from), tuple_size(store));
}

/* Puts `tuple` at the hole `i` or above it. */
static void rise(TfgQueueStore *store, int64_t i, TfgTensor *const *tuple)
{
    while (i > 0 && priority(tuple_at(store, (i - 1) / 2)) > priority(tuple)) {
        move_tuple(store, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
    memcpy(tuple_at(store, i), tuple, tuple_size(store));
}

/* The hole at the top sinks to the bottom of the `n` tuples that stay; the last one rises from there. */
static void heap_take(TfgQueueStore *store, TfgTensor **tuple)
{
    int64_t n = --store->n, hole = 0, child = 0;
    memcpy(tuple, tuple_at(store, 0), tuple_size(store));
    if (n == 0)
        return;
    while (child < (n - 1) / 2) {
        child = 2 * (child + 1);
        if (priority(tuple_at(store, child)) > priority(tuple_at(store, child - 1)))
            child--;
        move_tuple(store, hole, child);
        hole = child;
    }
    if ((n & 1) == 0 && child == (n - 2) / 2) {
        child = 2 * (child + 1);
        move_tuple(store, hole, child - 1);
        hole = child - 1;
    }
    /* The last tuple stands behind those that stay, so nothing has moved over it. */
    rise(store, hole, tuple_at(store, n));
}

/* ---- Any order -------------------------------------------------------------------------------------------------------------------- */

static uint32_t draw(TfgQueueStore *store)
{
    if (store->drawn == 4) {
        tfg_philox_next(&store->random, store->block);
        store->drawn = 0;
    }
    return store->block[store->drawn++];
}

int tfg_queue_store_put(TfgQueueStore *store, TfgTensor **tuple)
{
    if (make_room(store) < 0)
        return -1;
    int64_t end = store->n++;
    if (store->order == TFG_QUEUE_PRIORITY)
        rise(store, end, tuple);
    else
        memcpy(tuple_at(store, end), tuple, tuple_size(store));
    return 0;
}

int tfg_queue_store_put_back(TfgQueueStore *store, TfgTensor **tuple)
{
    if (store->order != TFG_QUEUE_FIFO)
        return tfg_queue_store_put(store, tuple);
    if (make_room(store) < 0)
        return -1;
    store->head = (store->head + store->room - 1) % store->room;
    store->n++;
    memcpy(tuple_at(store, 0), tuple, tuple_size(store));
    return 0;
}

void tfg_queue_store_take(TfgQueueStore *store, TfgTensor **tuple)
{
    if (store->order == TFG_QUEUE_PRIORITY) {
        heap_take(store, tuple);
    } else if (store->order == TFG_QUEUE_SHUFFLE) {
        int64_t i = (int64_t)(draw(store) % (uint64_t)store->n);
        memcpy(tuple, tuple_at(store, i), tuple_size(store));
        store->n--;
        if (i < store->n)
            move_tuple(store, i, store->n);
    } else {
        memcpy(tuple, tuple_at(store, 0), tuple_size(store));
        store->head = (store->head + 1) % store->room;
        store->n--;
    }
}
