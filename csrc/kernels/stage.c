/* Staging areas whose elements stand in a row: first in, first out. */
#include "kernels/stage.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/named.h"
#include "kernels/util.h"

#define STAGE_TYPE "Stage"

/* ---- Common ---------------------------------------------------------------------------------------------------------------------- */

TfgStageLimits tfg_stage_limits(const TfgAttrs *attrs)
{
    return (TfgStageLimits){tfg_attrs_int(attrs, "capacity"), tfg_attrs_int(attrs, "memory_limit")};
}

/* A string counts as its length and a pointer, as it did in the strings that TensorFlow's packages had. */
static int64_t tensor_bytes(const TfgTensor *t)
{
    int64_t bytes = 0;
    if (t->dtype != TFG_STRING)
        return (int64_t)tfg_tensor_size(t->dtype, t->count);
    for (int64_t i = 0; i < t->count; i++)
        bytes += 8 + (int64_t)((const TfgString *)t->data)[i].n;
    return bytes;
}

int64_t tfg_stage_bytes(TfgTensor *const *tensors, int n)
{
    int64_t bytes = 0;
    for (int i = 0; i < n; i++)
        bytes += tensors[i] ? tensor_bytes(tensors[i]) : 0;
    return bytes;
}

int tfg_stage_check_memory(int64_t bytes, TfgStageLimits limits, TfgStatus *s)
{
    if (limits.memory <= 0 || bytes <= limits.memory)
        return 0;
    return tfg_fail(s, TFG_RESOURCE_EXHAUSTED,
                    "Attempted to insert tensors with combined size of '%lld' bytes into Staging Area with a memory limit of '%lld'.",
                    (long long)bytes, (long long)limits.memory);
}

typedef struct Place {
    char *container, *name;
} Place;

int tfg_stage_prepare(const TfgPrepare *p, void **state, TfgStatus *s)
{
    Place *place = tfg_calloc(1, sizeof *place);
    if (!place)
        return tfg_fail_memory(s);
    if (tfg_named_place(p, true, &place->container, &place->name, s) < 0) {
        tfg_free(place);
        return -1;
    }
    *state = place;
    return 0;
}

void tfg_stage_release(void *state)
{
    Place *place = state;
    if (!place)
        return;
    tfg_free(place->container);
    tfg_free(place->name);
    tfg_free(place);
}

TfgWaitRoom *tfg_stage_find(TfgKernelCall *c, const char *type_name, TfgHandle *(*make)(void *call, TfgStatus *s), TfgStatus *s)
{
    const Place *place = c->state;
    return (TfgWaitRoom *)tfg_resources_find_or_make(c->resources, place->container, place->name, type_name, make, c, s);
}

void tfg_stage_drop(TfgTensor **tensors, int n)
{
    for (int i = 0; i < n && tensors; i++)
        tfg_tensor_unref(tensors[i]);
    tfg_free(tensors);
}

TfgTensor **tfg_stage_keep(TfgKernelCall *c, int first, TfgStatus *s)
{
    int n = c->n_in - first;
    TfgTensor **kept = tfg_calloc((size_t)n + 1, sizeof *kept);
    if (!kept) {
        tfg_fail_memory(s);
        return NULL;
    }
    for (int i = 0; i < n; i++)
        if (!(kept[i] = tfg_kernel_keep(c, first + i, s))) {
            tfg_stage_drop(kept, n);
            return NULL;
        }
    return kept;
}

int tfg_stage_give(TfgKernelCall *c, int first, TfgTensor **tensors, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (tensors[i]->dtype != tfg_dtype_base(c->out_dtype[first + i]))
            return tfg_fail(s, TFG_INTERNAL, "Output %d of type %s does not match declared output type %s", first + i,
                            tfg_dtype_signature_name(tensors[i]->dtype), tfg_dtype_signature_name(c->out_dtype[first + i]));
    for (int i = 0; i < n; i++) {
        c->out[first + i] = tensors[i];
        tensors[i] = NULL;
    }
    return 0;
}

/* ---- The row ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Element {
    TfgTensor **tensors;
    int n;
    int64_t bytes;
} Element;

typedef struct Row {
    Element *ring;
    size_t head, n, capacity;
} Row;

typedef struct Stage {
    TfgWaitRoom room;
    TfgStageLimits limits;
    Row row;
    int64_t bytes;
} Stage;

static Element *element_at(const Row *row, size_t i)
{
    return &row->ring[(row->head + i) % row->capacity];
}

static void row_fini(Row *row)
{
    for (size_t i = 0; i < row->n; i++)
        tfg_stage_drop(element_at(row, i)->tensors, element_at(row, i)->n);
    tfg_free(row->ring);
}

static void stage_free(TfgHandle *h)
{
    Stage *stage = (Stage *)h;
    row_fini(&stage->row);
    tfg_wait_room_fini(&stage->room);
    tfg_free(stage);
}

static TfgHandle *make_stage(void *call, TfgStatus *s)
{
    Stage *stage = tfg_calloc(1, sizeof *stage);
    if (!stage) {
        tfg_fail_memory(s);
        return NULL;
    }
    tfg_wait_room_init(&stage->room, STAGE_TYPE, stage_free);
    stage->limits = tfg_stage_limits(((TfgKernelCall *)call)->attrs);
    return &stage->room.base;
}

static bool has_room(const Stage *stage, int64_t bytes)
{
    TfgStageLimits limits = stage->limits;
    return (limits.capacity <= 0 || (int64_t)stage->row.n < limits.capacity) && (limits.memory <= 0 || stage->bytes + bytes <= limits.memory);
}

static int make_place(Row *row)
{
    if (row->n < row->capacity)
        return 0;
    size_t capacity = row->capacity ? row->capacity * 2 : 8;
    Element *ring = tfg_alloc(capacity * sizeof *ring);
    if (!ring)
        return -1;
    for (size_t i = 0; i < row->n; i++)
        ring[i] = *element_at(row, i);
    tfg_free(row->ring);
    row->ring = ring;
    row->head = 0;
    row->capacity = capacity;
    return 0;
}

/* ---- Waits --------------------------------------------------------------------------------------------------------------------------- */

typedef struct Move {           /* an element on its way in or out */
    TfgWait wait;
    Element element;
    int32_t index;              /* of a peek */
} Move;

static bool try_put(TfgWait *w)
{
    Stage *stage = (Stage *)w->room;
    Move *move = (Move *)w;
    if (!has_room(stage, move->element.bytes))
        return false;
    if (make_place(&stage->row) < 0) {
        tfg_fail_memory(&w->status);
        return true;
    }
    stage->row.n++;
    *element_at(&stage->row, stage->row.n - 1) = move->element;
    stage->bytes += move->element.bytes;
    move->element = (Element){0};
    return true;
}

static bool try_get(TfgWait *w)
{
    Stage *stage = (Stage *)w->room;
    Move *move = (Move *)w;
    Row *row = &stage->row;
    if (row->n == 0)
        return false;
    move->element = *element_at(row, 0);
    row->head = (row->head + 1) % row->capacity;
    row->n--;
    stage->bytes -= move->element.bytes;
    return true;
}

static bool try_peek(TfgWait *w)
{
    Stage *stage = (Stage *)w->room;
    Move *move = (Move *)w;
    if ((size_t)move->index >= stage->row.n)
        return false;
    const Element *e = element_at(&stage->row, (size_t)move->index);
    TfgTensor **copy = tfg_alloc(((size_t)e->n + 1) * sizeof *copy);
    if (!copy) {
        tfg_fail_memory(&w->status);
        return true;
    }
    for (int i = 0; i < e->n; i++)
        copy[i] = tfg_tensor_ref(e->tensors[i]);
    move->element = (Element){copy, e->n, 0};
    return true;
}

static void finish_get(TfgWait *w)
{
    Element *e = &((Move *)w)->element;
    if (e->n != w->call->n_out)
        tfg_fail(&w->status, TFG_INVALID_ARGUMENT, "Mismatch stage/unstage: %d vs. %d", e->n, w->call->n_out);
    else
        tfg_stage_give(w->call, 0, e->tensors, e->n, &w->status);
}

static void drop_move(TfgWait *w)
{
    tfg_stage_drop(((Move *)w)->element.tensors, ((Move *)w)->element.n);
}

static const TfgWaitKind put = {sizeof(Move), "Stage operation was cancelled", try_put, NULL, drop_move};
static const TfgWaitKind get = {sizeof(Move), "Unstage operation was cancelled", try_get, finish_get, drop_move};
static const TfgWaitKind peek = {sizeof(Move), "StagePeek operation was cancelled", try_peek, finish_get, drop_move};

static Move *move_new(const TfgWaitKind *kind, TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    TfgWaitRoom *room = tfg_stage_find(c, STAGE_TYPE, make_stage, &status);
    TfgWait *w = room ? tfg_wait_new(kind, room, c, done) : NULL;
    if (room && !w)
        tfg_fail_memory(&status);
    if (room)
        tfg_handle_unref(&room->base);
    if (!w) {
        done(c, &status);
        tfg_status_fini(&status);
    }
    return (Move *)w;
}

static void start_put(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    Move *move = move_new(&put, c, done);
    if (!move)
        return;
    TfgTensor **kept = tfg_stage_keep(c, 0, &move->wait.status);
    int64_t bytes = kept ? tfg_stage_bytes(kept, c->n_in) : 0;
    move->element = (Element){kept, c->n_in, bytes};
    if (kept && tfg_stage_check_memory(bytes, ((Stage *)move->wait.room)->limits, &move->wait.status) == 0)
        tfg_wait_begin(&move->wait);
    else
        tfg_wait_give_up(&move->wait);
}

static void start_get(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    Move *move = move_new(&get, c, done);
    if (move)
        tfg_wait_begin(&move->wait);
}

static void start_peek(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    Move *move = move_new(&peek, c, done);
    if (!move)
        return;
    move->index = c->in[0]->count == 1 ? *(const int32_t *)c->in[0]->data : -1;
    if (c->in[0]->count != 1)
        tfg_fail(&move->wait.status, TFG_INVALID_ARGUMENT, "index must be a scalar");
    else if (move->index < 0)
        tfg_fail(&move->wait.status, TFG_INVALID_ARGUMENT, "index %d must be >= 0", (int)move->index);
    if (move->wait.status.code == TFG_OK)
        tfg_wait_begin(&move->wait);
    else
        tfg_wait_give_up(&move->wait);
}

/* ---- What does not wait ----------------------------------------------------------------------------------------------------------------- */

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    Stage *stage = (Stage *)tfg_stage_find(c, STAGE_TYPE, make_stage, s);
    TfgTensor *out = stage ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (out) {
        pthread_mutex_lock(&stage->room.lock);
        *(int32_t *)out->data = (int32_t)stage->row.n;
        pthread_mutex_unlock(&stage->room.lock);
    }
    if (stage)
        tfg_handle_unref(&stage->room.base);
    return out ? 0 : -1;
}

static int run_clear(TfgKernelCall *c, TfgStatus *s)
{
    Stage *stage = (Stage *)tfg_stage_find(c, STAGE_TYPE, make_stage, s);
    if (!stage)
        return -1;
    tfg_wait_room_enter(&stage->room);
    Row row = stage->row;
    stage->row = (Row){0};
    stage->bytes = 0;
    tfg_wait_room_leave(&stage->room);
    row_fini(&row);             /* without the lock: what is dropped may wake others */
    tfg_handle_unref(&stage->room.base);
    return 0;
}

#define PLACE .prepare = tfg_stage_prepare, .release = tfg_stage_release
#define WAIT(name, fn) {.op = name, PLACE, .start = fn, .flags = TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_VALUE_SHAPE}
static const TfgKernelRow rows[] = {
    WAIT("Stage", start_put), WAIT("Unstage", start_get), WAIT("StagePeek", start_peek),
    {.op = "StageSize", PLACE, .run = run_size}, {.op = "StageClear", PLACE, .run = run_clear},
};

int tfg_register_stage(TfgStatus *s)
{
    tfg_resource_on_fork(STAGE_TYPE, tfg_wait_room_after_fork);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
