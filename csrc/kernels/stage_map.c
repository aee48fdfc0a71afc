/* Staging areas whose elements have keys.  An element may come in by parts, and leave by parts: it can be taken when every part has come,
 * and is gone when every part has left. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/stage.h"
#include "kernels/util.h"

#define MAP_TYPE "StagingMap"
#define ORDERED_TYPE "OrderedStagingMap"

typedef struct Entry {
    int64_t key;
    struct Entry *newer, *older;        /* of the complete ones */
    int n;                              /* parts that are here */
    TfgTensor *parts[];                 /* as many as the area has; NULL: not here */
} Entry;

typedef struct Index {          /* entries by key */
    Entry **sorted;
    size_t n, capacity;
} Index;

typedef struct Map {
    TfgWaitRoom room;
    TfgStageLimits limits;
    bool ordered;               /* without a key the least leaves first, otherwise the latest that came */
    int n_parts;
    int64_t bytes;
    Index complete, incomplete;
    Entry *newest;
} Map;

/* ---- Entries -------------------------------------------------------------------------------------------------------------------------- */

static void entry_free(Entry *e, int n_parts)
{
    for (int i = 0; e && i < n_parts; i++)
        tfg_tensor_unref(e->parts[i]);
    tfg_free(e);
}

static void index_fini(Index *index, int n_parts)
{
    for (size_t i = 0; i < index->n; i++)
        entry_free(index->sorted[i], n_parts);
    tfg_free(index->sorted);
}

/* Where the key is, or would be. */
static size_t place_of(const Index *index, int64_t key)
{
    size_t low = 0, high = index->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->sorted[middle]->key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Entry *find(const Index *index, int64_t key)
{
    size_t i = place_of(index, key);
    return i < index->n && index->sorted[i]->key == key ? index->sorted[i] : NULL;
}

static int put_entry(Index *index, Entry *e)
{
    if (tfg_grow((void **)&index->sorted, &index->capacity, index->n + 1, sizeof *index->sorted) < 0)
        return -1;
    size_t i = place_of(index, e->key);
    memmove(index->sorted + i + 1, index->sorted + i, (index->n - i) * sizeof *index->sorted);
    index->sorted[i] = e;
    index->n++;
    return 0;
}

static void take_entry(Index *index, const Entry *e)
{
    size_t i = place_of(index, e->key);
    index->n--;
    memmove(index->sorted + i, index->sorted + i + 1, (index->n - i) * sizeof *index->sorted);
}

/* ---- The area ---------------------------------------------------------------------------------------------------------------------------- */

static void map_free(TfgHandle *h)
{
    Map *m = (Map *)h;
    index_fini(&m->complete, m->n_parts);
    index_fini(&m->incomplete, m->n_parts);
    tfg_wait_room_fini(&m->room);
    tfg_free(m);
}

static bool is_ordered(const TfgKernelCall *c)
{
    return strncmp(c->type, "Ordered", 7) == 0;
}

static TfgHandle *make_map(void *arg, TfgStatus *s)
{
    const TfgKernelCall *c = arg;
    const TfgAttr *dtypes = tfg_attrs_find(c->attrs, "dtypes");
    Map *m = tfg_calloc(1, sizeof *m);
    if (!m) {
        tfg_fail_memory(s);
        return NULL;
    }
    m->ordered = is_ordered(c);
    tfg_wait_room_init(&m->room, m->ordered ? ORDERED_TYPE : MAP_TYPE, map_free);
    m->limits = tfg_stage_limits(c->attrs);
    m->n_parts = dtypes && dtypes->is_list ? dtypes->n : 0;
    return &m->room.base;
}

static Map *find_map(TfgKernelCall *c, TfgStatus *s)
{
    return (Map *)tfg_stage_find(c, is_ordered(c) ? ORDERED_TYPE : MAP_TYPE, make_map, s);
}

static Entry *entry_new(const Map *m, int64_t key, TfgStatus *s)
{
    Entry *e = tfg_calloc(1, sizeof *e + (size_t)m->n_parts * sizeof *e->parts);
    if (!e) {
        tfg_fail_memory(s);
        return NULL;
    }
    e->key = key;
    return e;
}

static void link_newest(Map *m, Entry *e)
{
    e->older = m->newest;
    e->newer = NULL;
    if (m->newest)
        m->newest->newer = e;
    m->newest = e;
}

static void unlink_entry(Map *m, Entry *e)
{
    if (e->newer)
        e->newer->older = e->older;
    else
        m->newest = e->older;
    if (e->older)
        e->older->newer = e->newer;
}

/* The least key, or the latest that came. */
static Entry *first_entry(const Map *m)
{
    return m->ordered ? m->complete.n ? m->complete.sorted[0] : NULL : m->newest;
}

/* A key that is there already stays as it is: the new one counts for nothing, and is left in *e. */
static int complete_entry(Map *m, Entry **e)
{
    if (find(&m->complete, (*e)->key)) {
        m->bytes -= tfg_stage_bytes((*e)->parts, m->n_parts);
        return 0;
    }
    if (put_entry(&m->complete, *e) < 0)
        return -1;
    link_newest(m, *e);
    *e = NULL;
    return 0;
}

/* ---- Indices ------------------------------------------------------------------------------------------------------------------------------ */

static int check_order(const int32_t *indices, int n, TfgStatus *s)
{
    for (int i = 0; i + 1 < n; i++)
        if (indices[i] >= indices[i + 1])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Indices are not strictly ordered");
    return 0;
}

static int check_range(const Map *m, int64_t key, int32_t index, TfgStatus *s)
{
    if (index >= 0 && index < m->n_parts)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index '%llu' for key '%lld' was out of bounds '%d'.", (unsigned long long)(int64_t)index,
                    (long long)key, m->n_parts);
}

/* ---- Waits -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Move {           /* parts on their way in or out */
    TfgWait wait;
    int64_t key, bytes;
    bool any_key;
    int n;
    int32_t *indices;
    TfgTensor **parts;
    Entry *spare, *left;        /* made before it may be needed; to be freed */
} Move;

/* The parts go into e, whose parts of these indices are not here. */
static void move_in(Map *m, Entry *e, Move *move, const int32_t *indices)
{
    for (int i = 0; i < move->n; i++) {
        e->parts[indices ? indices[i] : i] = move->parts[i];
        move->parts[i] = NULL;
    }
    e->n += move->n;
    m->bytes += move->bytes;
}

static bool would_exceed(const Map *m, int64_t bytes)
{
    return m->limits.memory > 0 && m->bytes + bytes > m->limits.memory;
}

static bool try_put_whole(Map *m, Move *move, TfgStatus *s)
{
    if (would_exceed(m, move->bytes) || (m->limits.capacity > 0 && (int64_t)m->complete.n >= m->limits.capacity))
        return false;
    move_in(m, move->spare, move, NULL);
    if (complete_entry(m, &move->spare) < 0) {
        m->bytes -= move->bytes;
        tfg_fail_memory(s);
    }
    return true;
}

static int check_absent(const Map *m, const Entry *e, const Move *move, TfgStatus *s)
{
    for (int i = 0; i < move->n; i++)
        if (e->parts[move->indices[i]])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The tensor for index '%d' for key '%lld' was already initialized '%d'.",
                            (int)move->indices[i], (long long)move->key, m->n_parts);
    return 0;
}

/* Parts do not count against the capacity, also where they complete an element. */
static bool try_put_parts(Map *m, Move *move, TfgStatus *s)
{
    if (would_exceed(m, move->bytes))
        return false;
    Entry *e = find(&m->incomplete, move->key);
    if (!e) {
        e = move->spare;
        if (put_entry(&m->incomplete, e) < 0) {
            tfg_fail_memory(s);
            return true;
        }
        move->spare = NULL;
        move_in(m, e, move, move->indices);
        return true;
    }
    if (check_absent(m, e, move, s) < 0)
        return true;
    /* The list must have room before anything moves. */
    if (tfg_grow((void **)&m->complete.sorted, &m->complete.capacity, m->complete.n + 1, sizeof *m->complete.sorted) < 0) {
        tfg_fail_memory(s);
        return true;
    }
    move_in(m, e, move, move->indices);
    if (e->n == m->n_parts) {
        take_entry(&m->incomplete, e);
        complete_entry(m, &e);
        if (e)
            move->left = e;
    }
    return true;
}

static bool try_put(TfgWait *w)
{
    Map *m = (Map *)w->room;
    Move *move = (Move *)w;
    return move->n == m->n_parts ? try_put_whole(m, move, &w->status) : try_put_parts(m, move, &w->status);
}

static int check_present(const Map *m, const Entry *e, const Move *move, TfgStatus *s)
{
    for (int i = 0; i < move->n; i++) {
        if (check_range(m, e->key, move->indices[i], s) < 0)
            return -1;
        if (!e->parts[move->indices[i]])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tensor at index '%d' for key '%lld' has already been removed.", (int)move->indices[i],
                            (long long)e->key);
    }
    return 0;
}

static bool try_take(TfgWait *w, bool keeps)
{
    Map *m = (Map *)w->room;
    Move *move = (Move *)w;
    Entry *e = move->any_key ? first_entry(m) : find(&m->complete, move->key);
    if (!e)
        return false;
    if (check_present(m, e, move, &w->status) < 0)
        return true;
    move->key = e->key;
    for (int i = 0; i < move->n; i++) {
        TfgTensor **part = &e->parts[move->indices[i]];
        move->parts[i] = keeps ? tfg_tensor_ref(*part) : *part;
        if (!keeps)
            *part = NULL;
    }
    if (keeps)
        return true;
    m->bytes -= tfg_stage_bytes(move->parts, move->n);
    e->n -= move->n;
    if (e->n == 0) {
        take_entry(&m->complete, e);
        unlink_entry(m, e);
        move->left = e;
    }
    return true;
}

static bool try_get(TfgWait *w)
{
    return try_take(w, false);
}

static bool try_peek(TfgWait *w)
{
    return try_take(w, true);
}

static void finish_take(TfgWait *w)
{
    Move *move = (Move *)w;
    TfgKernelCall *c = w->call;
    if (tfg_stage_give(c, move->any_key, move->parts, move->n, &w->status) < 0 || !move->any_key)
        return;
    TfgTensor *key = tfg_kernel_output(c, 0, 0, NULL, &w->status);
    if (key)
        *(int64_t *)key->data = move->key;
}

static void drop_move(TfgWait *w)
{
    Move *move = (Move *)w;
    entry_free(move->spare, ((Map *)w->room)->n_parts);
    entry_free(move->left, ((Map *)w->room)->n_parts);
    tfg_stage_drop(move->parts, move->n);
    tfg_free(move->indices);
}

static const TfgWaitKind put = {sizeof(Move), "MapStage operation was cancelled", try_put, NULL, drop_move};
static const TfgWaitKind get = {sizeof(Move), "MapUnstage operation was cancelled", try_get, finish_take, drop_move};
static const TfgWaitKind peek = {sizeof(Move), "MapPeek operation was cancelled", try_peek, finish_take, drop_move};

/* ---- Beginning ------------------------------------------------------------------------------------------------------------------------------ */

static int read_key(const TfgTensor *t, int64_t *key, TfgStatus *s)
{
    if (t->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "key must be a scalar");
    *key = *(const int64_t *)t->data;
    return 0;
}

static int read_indices(Move *move, const TfgTensor *t, int n, TfgStatus *s)
{
    if (t->count != n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "output/input size mismatch: %d vs. %lld", n, (long long)t->count);
    move->indices = tfg_alloc((size_t)n * sizeof *move->indices + 1);
    if (!move->indices)
        return tfg_fail_memory(s);
    memcpy(move->indices, t->data, (size_t)n * sizeof *move->indices);
    return check_order(move->indices, n, s);
}

static void begin(const TfgWaitKind *kind, TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s),
                  int (*read)(Move *move, TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    Map *m = find_map(c, &status);
    TfgWait *w = m ? tfg_wait_new(kind, &m->room, c, done) : NULL;
    if (m && !w)
        tfg_fail_memory(&status);
    if (m)
        tfg_handle_unref(&m->room.base);
    if (!w) {
        done(c, &status);
        tfg_status_fini(&status);
    } else if (read((Move *)w, c, &w->status) == 0) {
        tfg_wait_begin(w);
    } else {
        tfg_wait_give_up(w);
    }
}

static int read_put(Move *move, TfgKernelCall *c, TfgStatus *s)
{
    Map *m = (Map *)move->wait.room;
    int n = c->n_in - 2;
    if (read_key(c->in[0], &move->key, s) < 0 || read_indices(move, c->in[1], n, s) < 0)
        return -1;
    move->parts = tfg_stage_keep(c, 2, s);
    if (!move->parts)
        return -1;
    move->n = n;
    for (int i = 0; i < n && n != m->n_parts; i++)
        if (check_range(m, move->key, move->indices[i], s) < 0)
            return -1;
    move->bytes = tfg_stage_bytes(move->parts, n);
    if (tfg_stage_check_memory(move->bytes, m->limits, s) < 0)
        return -1;
    move->spare = entry_new(m, move->key, s);
    return move->spare ? 0 : -1;
}

static int read_take_parts(Move *move, TfgKernelCall *c, int input, int n, TfgStatus *s)
{
    if (read_indices(move, c->in[input], n, s) < 0)
        return -1;
    move->parts = tfg_calloc((size_t)n + 1, sizeof *move->parts);
    if (!move->parts)
        return tfg_fail_memory(s);
    move->n = n;
    return 0;
}

static int read_take(Move *move, TfgKernelCall *c, TfgStatus *s)
{
    return read_key(c->in[0], &move->key, s) < 0 ? -1 : read_take_parts(move, c, 1, c->n_out, s);
}

static int read_take_any(Move *move, TfgKernelCall *c, TfgStatus *s)
{
    move->any_key = true;
    return read_take_parts(move, c, 0, c->n_out - 1, s);
}

static void start_put(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    begin(&put, c, done, read_put);
}

static void start_get(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    begin(&get, c, done, read_take);
}

static void start_get_any(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    begin(&get, c, done, read_take_any);
}

static void start_peek(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    begin(&peek, c, done, read_take);
}

/* ---- What does not wait ------------------------------------------------------------------------------------------------------------------------ */

static int give_size(TfgKernelCall *c, bool complete, TfgStatus *s)
{
    Map *m = find_map(c, s);
    TfgTensor *out = m ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out) {
        pthread_mutex_lock(&m->room.lock);
        *(int32_t *)out->data = (int32_t)(complete ? m->complete.n : m->incomplete.n);
        pthread_mutex_unlock(&m->room.lock);
    }
    if (m)
        tfg_handle_unref(&m->room.base);
    return out ? 0 : -1;
}

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    return give_size(c, true, s);
}

static int run_incomplete_size(TfgKernelCall *c, TfgStatus *s)
{
    return give_size(c, false, s);
}

static int run_clear(TfgKernelCall *c, TfgStatus *s)
{
    Map *m = find_map(c, s);
    if (!m)
        return -1;
    tfg_wait_room_enter(&m->room);
    Index complete = m->complete, incomplete = m->incomplete;
    m->complete = m->incomplete = (Index){0};
    m->newest = NULL;
    m->bytes = 0;
    tfg_wait_room_leave(&m->room);
    index_fini(&complete, m->n_parts);          /* without the lock: what is dropped may wake others */
    index_fini(&incomplete, m->n_parts);
    tfg_handle_unref(&m->room.base);
    return 0;
}

#define PLACE .prepare = tfg_stage_prepare, .release = tfg_stage_release
#define WAIT(name, fn) {.op = name, PLACE, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_VALUE_SHAPE}
#define MAP(kind) \
    WAIT(kind "Stage", start_put), WAIT(kind "Unstage", start_get), WAIT(kind "UnstageNoKey", start_get_any), WAIT(kind "Peek", start_peek), \
    {.op = kind "Size", PLACE, .run = run_size}, {.op = kind "IncompleteSize", PLACE, .run = run_incomplete_size}, \
    {.op = kind "Clear", PLACE, .run = run_clear}
static const TfgKernelRow rows[] = { MAP("Map"), MAP("OrderedMap") };

int tfg_register_stage_map(TfgStatus *s)
{
    tfg_resource_on_fork(MAP_TYPE, tfg_wait_room_after_fork);
    tfg_resource_on_fork(ORDERED_TYPE, tfg_wait_room_after_fork);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
