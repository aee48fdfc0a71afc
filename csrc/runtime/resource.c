#include "runtime/resource.h"

#include <stdatomic.h>
#include <string.h>

#include "base/fingerprint.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/wire.h"

static void variable_free(TfgHandle *h);

/* One name in a container.  An entry never leaves its TfgResources while that lives, so a handle may keep a pointer to it; what it
 * names comes and goes. */
typedef struct Entry {
    TfgHandle base;
    pthread_mutex_t lock;
    TfgHandle *value;           /* NULL: nothing has this name now */
    char *container, *name;
    size_t key_n;
    char key[];                 /* container, NUL, kind, NUL, name: kinds have names of their own, as in TensorFlow */
} Entry;

struct TfgResources {
    _Atomic int64_t refs;
    pthread_mutex_t lock;       /* guards the map; taken before an entry's */
    TfgMap entries;
    struct StepObject *step_objects;    /* guarded by `lock` */
    _Atomic int64_t n_step_objects, next_number;
};

typedef struct StepObject {
    struct StepObject *next;
    int64_t step;
    TfgHandle *value;
    char name[];
} StepObject;

static void entry_free(TfgHandle *h)
{
    Entry *e = (Entry *)h;
    tfg_handle_unref(e->value);
    pthread_mutex_destroy(&e->lock);
    tfg_free(e);
}

static Entry *entry_new(const char *key, size_t n, TfgStatus *s)
{
    Entry *e = tfg_calloc(1, sizeof *e + n + 1);
    if (!e) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&e->base.refs, 1);
    e->base.free = entry_free;
    e->base.type_name = "resource entry";
    pthread_mutex_init(&e->lock, NULL);
    memcpy(e->key, key, n);
    e->key_n = n;
    e->container = e->key;
    const char *kind = e->key + strlen(e->key) + 1;
    e->name = e->key + (kind - e->key) + strlen(kind) + 1;
    return e;
}

static const char *container_or_default(const char *container)
{
    return container && *container ? container : "localhost";
}

TfgResources *tfg_resources_new(TfgStatus *s)
{
    TfgResources *r = tfg_calloc(1, sizeof *r);
    if (!r) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&r->refs, 1);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

TfgResources *tfg_resources_ref(TfgResources *r)
{
    atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
    return r;
}

void tfg_resources_unref(TfgResources *r)
{
    if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
        return;
    size_t i = 0, n;
    const char *key;
    void *value;
    while (tfg_map_next(&r->entries, &i, &key, &n, &value))
        tfg_handle_unref(value);
    for (StepObject *o = r->step_objects, *next; o; o = next) {
        next = o->next;
        tfg_handle_unref(o->value);
        tfg_free(o);
    }
    tfg_map_fini(&r->entries);
    pthread_mutex_destroy(&r->lock);
    tfg_free(r);
}

/* The entry of a name, made when `add`; a borrow.  NULL where absent, or without memory (then with a status). */
static Entry *find_entry(TfgResources *r, const char *container, const char *name, const char *type_name, bool add, TfgStatus *s)
{
    TfgStr key = TFG_STR_INIT;
    Entry *e = NULL;
    tfg_str_append(&key, container, strlen(container) + 1);
    tfg_str_append(&key, type_name, strlen(type_name) + 1);
    tfg_str_puts(&key, name);
    if (key.failed) {
        tfg_fail_memory(s);
        goto done;
    }
    pthread_mutex_lock(&r->lock);
    e = tfg_map_find(&r->entries, key.data, key.n);
    if (!e && add && (e = entry_new(key.data, key.n, s)) != NULL && tfg_map_put(&r->entries, e->key, e->key_n, e) < 0) {
        tfg_handle_unref(&e->base);
        e = NULL;
        tfg_fail_memory(s);
    }
    pthread_mutex_unlock(&r->lock);
done:
    tfg_str_fini(&key);
    return e;
}

static bool container_exists(TfgResources *r, const char *container)
{
    bool found = false;
    size_t i = 0, n;
    const char *key;
    void *value;
    pthread_mutex_lock(&r->lock);
    while (!found && tfg_map_next(&r->entries, &i, &key, &n, &value)) {
        Entry *e = value;
        pthread_mutex_lock(&e->lock);
        found = e->value && strcmp(e->container, container) == 0;
        pthread_mutex_unlock(&e->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}

/* How TensorFlow's messages and handles spell a kind of resource - the mangled name of its class - and back. */
static const char *translate(const char *text, int from)
{
    static const char *const names[][2] = {
        {"Var", "N10tensorflow3VarE"}, {"Queue", "N10tensorflow14QueueInterfaceE"}, {"Table", "N10tensorflow6lookup15LookupInterfaceE"},
        {"Iterator", "N10tensorflow4data16IteratorResourceE"},
        {"StatsAggregator", "N10tensorflow4data23StatsAggregatorResourceE"},
        {"MultiDeviceIterator", "N10tensorflow4data12_GLOBAL__N_119MultiDeviceIteratorE"}, {"SparseTensorsMap", "N10tensorflow16SparseTensorsMapE"},
        {"Barrier", "N10tensorflow7barrier7BarrierE"}, {"Accumulator", "N10tensorflow26ConditionalAccumulatorBaseE"},
        {"TmpVar", "N10tensorflow19TemporaryVariableOp6TmpVarE"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i][from], text) == 0)
            return names[i][1 - from];
    return text;
}

static const char *spelled(const char *type_name) { return translate(type_name, 0); }

const char *tfg_resource_kind(const TfgResourceHandle *h) { return translate(h->maybe_type_name, 1); }

static int fail_missing(TfgResources *r, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    if (!container_exists(r, container))
        return tfg_fail(s, TFG_NOT_FOUND, "Container %s does not exist. (Could not find resource: %s/%s)", container, container, name);
    return tfg_fail(s, TFG_NOT_FOUND, "Resource %s/%s/%s does not exist.", container, name, spelled(type_name));
}

static int fail_wrong_type(const char *found, const char *wanted, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to access resource using the wrong type. Expected %s got %s", spelled(found),
                    spelled(wanted));
}

/* What the entry names, a new reference; NULL with a status unless there is nothing (then without one). */
static TfgHandle *entry_value(Entry *e, const char *type_name, TfgStatus *s)
{
    pthread_mutex_lock(&e->lock);
    TfgHandle *h = e->value;
    if (h && type_name && h->type_name != type_name && strcmp(h->type_name, type_name) != 0) {
        fail_wrong_type(h->type_name, type_name, s);
        h = NULL;
    } else if (h) {
        tfg_handle_ref(h);
    }
    pthread_mutex_unlock(&e->lock);
    return h;
}

TfgHandle *tfg_resources_find_or_make(TfgResources *r, const char *container, const char *name, const char *type_name,
                                      TfgHandle *(*make)(void *arg, TfgStatus *s), void *arg, TfgStatus *s)
{
    Entry *e = find_entry(r, container_or_default(container), name, type_name, true, s);
    if (!e)
        return NULL;
    TfgHandle *h = NULL;
    pthread_mutex_lock(&e->lock);
    if (!e->value)
        e->value = make(arg, s);
    if (e->value && strcmp(e->value->type_name, type_name) != 0)
        fail_wrong_type(e->value->type_name, type_name, s);
    else if (e->value)
        h = tfg_handle_ref(e->value);
    pthread_mutex_unlock(&e->lock);
    return h;
}

TfgHandle *tfg_resources_find(TfgResources *r, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    container = container_or_default(container);
    Entry *e = find_entry(r, container, name, type_name, false, s);
    if (!e && s->code != TFG_OK)
        return NULL;
    TfgHandle *h = e ? entry_value(e, type_name, s) : NULL;
    if (!h && s->code == TFG_OK)
        fail_missing(r, container, name, type_name, s);
    return h;
}

int tfg_resources_remove(TfgResources *r, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    TfgHandle *found = tfg_resources_find(r, container, name, type_name, s);
    if (!found)
        return -1;
    Entry *e = find_entry(r, container_or_default(container), name, type_name, false, s);
    TfgHandle *dropped = NULL;
    if (!e) {
        tfg_handle_unref(found);
        return -1;
    }
    pthread_mutex_lock(&e->lock);
    if (e->value == found) {
        dropped = e->value;
        e->value = NULL;
    }
    pthread_mutex_unlock(&e->lock);
    tfg_handle_unref(dropped);
    tfg_handle_unref(found);
    return 0;
}

static void clear(TfgResources *r, const char *container, const char *type_name)
{
    size_t i = 0, n;
    const char *key;
    void *value;
    pthread_mutex_lock(&r->lock);
    while (tfg_map_next(&r->entries, &i, &key, &n, &value)) {
        Entry *e = value;
        if (container && strcmp(e->container, container_or_default(container)) != 0)
            continue;
        pthread_mutex_lock(&e->lock);
        TfgHandle *dropped = NULL;
        if (e->value && (!type_name || strcmp(e->value->type_name, type_name) == 0)) {
            dropped = e->value;
            e->value = NULL;
        }
        pthread_mutex_unlock(&e->lock);
        pthread_mutex_unlock(&r->lock);
        tfg_handle_unref(dropped);      /* which may run functions, with resources of their own */
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
}

void tfg_resources_clear(TfgResources *r, const char *container) { clear(r, container, NULL); }
void tfg_resources_clear_kind(TfgResources *r, const char *type_name) { clear(r, NULL, type_name); }

/* ---- Objects of a step ------------------------------------------------------------------------------------------------------- */

int tfg_resources_keep_for_step(TfgResources *r, int64_t step, const char *name, TfgHandle *h, TfgStatus *s)
{
    size_t n = strlen(name) + 1;
    StepObject *o = tfg_alloc(sizeof *o + n);
    if (!o)
        return tfg_fail_memory(s);
    o->step = step;
    o->value = tfg_handle_ref(h);
    memcpy(o->name, name, n);
    pthread_mutex_lock(&r->lock);
    o->next = r->step_objects;
    r->step_objects = o;
    pthread_mutex_unlock(&r->lock);
    atomic_fetch_add(&r->n_step_objects, 1);
    return 0;
}

TfgHandle *tfg_resources_find_of_step(TfgResources *r, int64_t step, const char *name)
{
    TfgHandle *found = NULL;
    pthread_mutex_lock(&r->lock);
    for (StepObject *o = r->step_objects; o && !found; o = o->next)
        if (o->step == step && strcmp(o->name, name) == 0)
            found = tfg_handle_ref(o->value);
    pthread_mutex_unlock(&r->lock);
    return found;
}

int64_t tfg_resources_next_number(TfgResources *r) { return atomic_fetch_add_explicit(&r->next_number, 1, memory_order_relaxed); }

void tfg_resources_end_step(TfgResources *r, int64_t step)
{
    if (atomic_load_explicit(&r->n_step_objects, memory_order_relaxed) == 0)
        return;
    StepObject *ended = NULL;
    pthread_mutex_lock(&r->lock);
    for (StepObject **at = &r->step_objects, *o; (o = *at);) {
        if (o->step != step) {
            at = &o->next;
            continue;
        }
        *at = o->next;
        o->next = ended;
        ended = o;
    }
    pthread_mutex_unlock(&r->lock);
    for (StepObject *o; (o = ended);) {         /* outside the lock: what they hold may be resources, too */
        ended = o->next;
        tfg_handle_unref(o->value);
        tfg_free(o);
        atomic_fetch_sub(&r->n_step_objects, 1);
    }
}

/* ---- fork() ------------------------------------------------------------------------------------------------------------------ */

#define MAX_KINDS 64
static struct { const char *type_name; void (*renew)(TfgHandle *h); } kinds[MAX_KINDS];

void tfg_resource_on_fork(const char *type_name, void (*renew)(TfgHandle *h))
{
    for (int i = 0; i < MAX_KINDS; i++)
        if (!kinds[i].type_name || strcmp(kinds[i].type_name, type_name) == 0) {
            kinds[i].type_name = type_name;
            kinds[i].renew = renew;
            return;
        }
}

void tfg_resources_hold(TfgResources *r)
{
    pthread_mutex_lock(&r->lock);
}

void tfg_resources_let_go(TfgResources *r)
{
    pthread_mutex_unlock(&r->lock);
}

static void renew_value(TfgHandle *h)
{
    if (h->free == variable_free)
        pthread_mutex_init(&((TfgVariable *)h)->lock, NULL);
    for (int i = 0; i < MAX_KINDS && kinds[i].type_name; i++)
        if (strcmp(kinds[i].type_name, h->type_name) == 0)
            kinds[i].renew(h);
}

void tfg_resources_after_fork(TfgResources *r)
{
    size_t i = 0, n;
    const char *key;
    void *value;
    pthread_mutex_init(&r->lock, NULL);
    while (tfg_map_next(&r->entries, &i, &key, &n, &value)) {
        Entry *e = value;
        pthread_mutex_init(&e->lock, NULL);
        if (e->value)
            renew_value(e->value);
    }
}

char *tfg_resource_unnamed(const char *name)
{
    static _Atomic int64_t unnamed;
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "_%lld_%s", (long long)atomic_fetch_add(&unnamed, 1), name);
    if (text.failed) {
        tfg_str_fini(&text);
        return NULL;
    }
    return tfg_str_steal(&text);
}

/* ---- Handles --------------------------------------------------------------------------------------------------------------- */

static void resource_handle_free(TfgHandle *base)
{
    TfgResourceHandle *h = (TfgResourceHandle *)base;
    tfg_handle_unref(atomic_load(&h->resolved));
    tfg_free(h->device);
    tfg_free(h->container);
    tfg_free(h->name);
    tfg_free(h->maybe_type_name);
    tfg_free(h);
}

TfgResourceHandle *tfg_resource_handle_new(const char *device, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    TfgResourceHandle *h = tfg_calloc(1, sizeof *h);
    if (!h) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&h->base.refs, 1);
    h->base.free = resource_handle_free;
    h->base.type_name = "ResourceHandle";
    h->device = tfg_strdup(device);
    h->container = tfg_strdup(container_or_default(container));
    h->name = tfg_strdup(name);
    h->maybe_type_name = tfg_strdup(spelled(type_name));
    if (h->maybe_type_name)     /* as C++'s std::type_info::hash_code of libstdc++ */
        h->hash_code = tfg_murmur64(h->maybe_type_name, strlen(h->maybe_type_name), 0xc70f6907u);
    if (!h->device || !h->container || !h->name || !h->maybe_type_name) {
        tfg_handle_unref(&h->base);
        tfg_fail_memory(s);
        return NULL;
    }
    return h;
}

void tfg_resource_handle_write(const TfgResourceHandle *h, TfgStr *out)
{
    tfg_put_text_unless_empty(out, 1, h->device);
    tfg_put_text_unless_empty(out, 2, h->container);
    tfg_put_text_unless_empty(out, 3, h->name);
    tfg_put_int_unless_zero(out, 4, (int64_t)h->hash_code);
    tfg_put_text_unless_empty(out, 5, h->maybe_type_name);
}

/* The resource handle in a scalar resource tensor; a borrow. */
static TfgResourceHandle *handle_of(const TfgTensor *t, TfgStatus *s)
{
    if (!t || t->dtype != TFG_RESOURCE || t->count < 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "A resource handle is needed, and the tensor has none");
        return NULL;
    }
    TfgHandle *h = *(TfgHandle **)t->data;
    if (!h || strcmp(h->type_name, "ResourceHandle") != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The resource handle is empty");
        return NULL;
    }
    return (TfgResourceHandle *)h;
}

/* The entry that a handle names, kept in the handle once found.  The first session to look decides; a handle does not travel
 * between sessions but as bytes. */
static Entry *resolve(TfgResources *r, TfgResourceHandle *h, const char *type_name, TfgStatus *s)
{
    TfgHandle *known = atomic_load_explicit(&h->resolved, memory_order_acquire);
    if (known)
        return (Entry *)known;
    Entry *e = find_entry(r, h->container, h->name, type_name, false, s);
    if (!e)
        return NULL;
    TfgHandle *none = NULL;
    if (atomic_compare_exchange_strong(&h->resolved, &none, &e->base))
        tfg_handle_ref(&e->base);
    return e;
}

TfgHandle *tfg_resource_lookup(TfgResources *r, const TfgTensor *handle, const char *type_name, TfgStatus *s)
{
    TfgResourceHandle *h = handle_of(handle, s);
    if (!h)
        return NULL;
    if (strcmp(h->maybe_type_name, spelled(type_name)) != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to access resource using the wrong type. Expected %s got %s", h->maybe_type_name,
                 spelled(type_name));
        return NULL;
    }
    Entry *e = resolve(r, h, type_name, s);
    if (!e && s->code != TFG_OK)
        return NULL;
    TfgHandle *found = e ? entry_value(e, type_name, s) : NULL;
    if (!found && s->code == TFG_OK)
        fail_missing(r, h->container, h->name, type_name, s);
    return found;
}

TfgHandle *tfg_resource_lookup_or_make(TfgResources *r, const TfgTensor *handle, const char *type_name,
                                       TfgHandle *(*make)(void *arg, TfgStatus *s), void *arg, TfgStatus *s)
{
    TfgResourceHandle *h = handle_of(handle, s);
    if (!h)
        return NULL;
    return tfg_resources_find_or_make(r, h->container, h->name, type_name, make, arg, s);
}

const TfgResourceHandle *tfg_tensor_resource_handle(const TfgTensor *t, TfgStatus *s)
{
    return handle_of(t, s);
}

/* ---- Variables ------------------------------------------------------------------------------------------------------------- */

static void variable_free(TfgHandle *h)
{
    TfgVariable *v = (TfgVariable *)h;
    tfg_tensor_unref(v->value);
    pthread_mutex_destroy(&v->lock);
    tfg_free(v->declared);
    tfg_free(v->name);
    tfg_free(v);
}

TfgVariable *tfg_variable_new(const char *name, TfgDType dtype, TfgStatus *s)
{
    TfgVariable *v = tfg_calloc(1, sizeof *v);
    char *copy = tfg_strdup(name);
    if (!v || !copy) {
        tfg_free(v);
        tfg_free(copy);
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&v->base.refs, 1);
    v->base.free = variable_free;
    v->base.type_name = TFG_VARIABLE_TYPE;
    pthread_mutex_init(&v->lock, NULL);
    v->dtype = tfg_dtype_base(dtype);
    v->name = copy;
    return v;
}

int tfg_variable_declare(TfgVariable *v, const TfgShape *shape, TfgStatus *s)
{
    v->declared = tfg_alloc((size_t)shape->rank * sizeof *v->declared);
    if (!v->declared)
        return tfg_fail_memory(s);
    memcpy(v->declared, shape->dims, (size_t)shape->rank * sizeof *v->declared);
    v->declared_rank = shape->rank;
    return 0;
}

TfgTensor *tfg_variable_value(TfgVariable *v)
{
    pthread_mutex_lock(&v->lock);
    TfgTensor *t = v->value ? tfg_tensor_ref(v->value) : NULL;
    pthread_mutex_unlock(&v->lock);
    return t;
}

void tfg_variable_assign_steal(TfgVariable *v, TfgTensor *value)
{
    pthread_mutex_lock(&v->lock);
    TfgTensor *old = v->value;
    v->value = value;
    v->version++;
    pthread_mutex_unlock(&v->lock);
    tfg_tensor_unref(old);
}

int tfg_variable_make_exclusive(TfgVariable *v, TfgStatus *s)
{
    if (!v->value || tfg_tensor_is_exclusive(v->value))
        return 0;
    TfgTensor *copy = tfg_tensor_copy(v->value, s);
    if (!copy)
        return -1;
    tfg_tensor_unref(v->value);
    v->value = copy;
    return 0;
}
