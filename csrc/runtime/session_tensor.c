#include "runtime/session_tensor.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"

#define STORE_TYPE "SessionTensors"
#define KEPT_TYPE "SessionTensor"

typedef struct Kept {           /* what a step keeps until it ends */
    TfgHandle base;
    TfgTensor *tensor;
} Kept;

typedef struct Item {
    TfgTensor *tensor;
    char handle[];
} Item;

typedef struct Store {
    TfgHandle base;
    pthread_mutex_t lock;
    int64_t next;               /* number of the next handle */
    TfgMap items;
} Store;

static void store_free(TfgHandle *h)
{
    Store *store = (Store *)h;
    size_t i = 0, n;
    const char *key;
    void *value;
    while (tfg_map_next(&store->items, &i, &key, &n, &value)) {
        tfg_tensor_unref(((Item *)value)->tensor);
        tfg_free(value);
    }
    tfg_map_fini(&store->items);
    pthread_mutex_destroy(&store->lock);
    tfg_free(store);
}

static TfgHandle *make_store(void *arg, TfgStatus *s)
{
    (void)arg;
    Store *store = tfg_calloc(1, sizeof *store);
    if (!store) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&store->base.refs, 1);
    store->base.free = store_free;
    store->base.type_name = STORE_TYPE;
    pthread_mutex_init(&store->lock, NULL);
    return &store->base;
}

static Store *find_store(TfgResources *r, TfgStatus *s)
{
    return (Store *)tfg_resources_find_or_make(r, TFG_SESSION_TENSOR_CONTAINER, "", STORE_TYPE, make_store, NULL, s);
}

static void renew(TfgHandle *h)
{
    pthread_mutex_init(&((Store *)h)->lock, NULL);
}

void tfg_session_tensors_init(void)
{
    tfg_resource_on_fork(STORE_TYPE, renew);
}

/* ---- While a step runs ---------------------------------------------------------------------------------------------------------------- */

static void kept_free(TfgHandle *h)
{
    tfg_tensor_unref(((Kept *)h)->tensor);
    tfg_free(h);
}

static int keep(TfgResources *r, int64_t step, const char *handle, TfgTensor *t, TfgStatus *s)
{
    Kept *kept = tfg_calloc(1, sizeof *kept);
    if (!kept)
        return tfg_fail_memory(s);
    atomic_init(&kept->base.refs, 1);
    kept->base.free = kept_free;
    kept->base.type_name = KEPT_TYPE;
    kept->tensor = tfg_tensor_ref(t);
    int rc = tfg_resources_keep_for_step(r, step, handle, &kept->base, s);
    tfg_handle_unref(&kept->base);
    return rc;
}

char *tfg_session_tensor_keep(TfgResources *r, int64_t step, const char *node, const char *device, TfgTensor *t, TfgStatus *s)
{
    Store *store = find_store(r, s);
    if (!store)
        return NULL;
    pthread_mutex_lock(&store->lock);
    long long number = store->next++;
    pthread_mutex_unlock(&store->lock);
    tfg_handle_unref(&store->base);
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "%s;%lld;%s", node, number, device);
    if (text.failed)
        tfg_fail_memory(s);
    else if (keep(r, step, tfg_str_text(&text), t, s) == 0)
        return tfg_str_steal(&text);
    tfg_str_fini(&text);
    return NULL;
}

/* ---- Beyond it -------------------------------------------------------------------------------------------------------------------------- */

static int put(TfgResources *r, const char *handle, TfgTensor *t, TfgStatus *s)
{
    Store *store = find_store(r, s);
    size_t n = strlen(handle);
    Item *item = store ? tfg_alloc(sizeof *item + n + 1) : NULL;
    int rc = -1;
    if (item) {
        memcpy(item->handle, handle, n + 1);
        pthread_mutex_lock(&store->lock);
        rc = tfg_map_has(&store->items, handle, n) ? 1 : tfg_map_put(&store->items, item->handle, n, item);
        if (rc == 0)
            item->tensor = tfg_tensor_ref(t);
        pthread_mutex_unlock(&store->lock);
    }
    if (rc != 0)
        tfg_free(item);
    if (store)
        tfg_handle_unref(&store->base);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

int tfg_session_tensor_adopt(TfgResources *r, int64_t step, const TfgOp *op, const TfgTensor *value, TfgStatus *s)
{
    if (strncmp(op->def->name, "GetSessionHandle", 16) != 0 || value->count != 1)
        return 0;
    char *handle = NULL;
    if (value->dtype == TFG_STRING) {
        const TfgString *e = value->data;
        handle = tfg_strndup(e->n ? e->data : "", e->n);
    } else {
        const TfgResourceHandle *h = tfg_tensor_resource_handle(value, s);
        handle = h ? tfg_strdup(h->name) : NULL;
    }
    if (!handle)
        return s->code == TFG_OK ? tfg_fail_memory(s) : -1;
    TfgHandle *kept = tfg_resources_find_of_step(r, step, handle);
    int rc = kept && strcmp(kept->type_name, KEPT_TYPE) == 0 ? put(r, handle, ((Kept *)kept)->tensor, s) : 0;
    tfg_handle_unref(kept);
    tfg_free(handle);
    return rc;
}

static int fail_absent(const char *words, const char *handle, size_t n, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s with handle '%.*s' %s the session store.", words, (int)(n < 4096 ? n : 4096), n ? handle : "",
                    *words == 'T' ? "is not in" : "in");
}

TfgTensor *tfg_session_tensor_find(TfgResources *r, const char *handle, size_t n, TfgStatus *s)
{
    Store *store = find_store(r, s);
    if (!store)
        return NULL;
    pthread_mutex_lock(&store->lock);
    Item *item = tfg_map_find(&store->items, handle, n);
    TfgTensor *t = item ? tfg_tensor_ref(item->tensor) : NULL;
    pthread_mutex_unlock(&store->lock);
    tfg_handle_unref(&store->base);
    if (!t)
        fail_absent("The tensor", handle, n, s);
    return t;
}

int tfg_session_tensor_delete(TfgResources *r, const char *handle, size_t n, TfgStatus *s)
{
    Store *store = find_store(r, s);
    if (!store)
        return -1;
    pthread_mutex_lock(&store->lock);
    Item *item = tfg_map_remove(&store->items, handle, n);
    pthread_mutex_unlock(&store->lock);
    tfg_handle_unref(&store->base);
    if (!item)
        return fail_absent("Failed to delete a tensor", handle, n, s);
    tfg_tensor_unref(item->tensor);
    tfg_free(item);
    return 0;
}
