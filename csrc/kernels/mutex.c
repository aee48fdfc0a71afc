/* Locks as resources.  A MutexLock that finds the lock taken waits in a list, no thread of its own held up; the lock goes to the next
 * when ConsumeMutexLock has run, or when the tensor that holds it is no more. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/named.h"
#include "kernels/util.h"

#define MUTEX_TYPE "Mutex"
#define LOCK_TYPE "MutexLock"

typedef struct Mutex Mutex;

typedef struct Waiter {
    struct Waiter *next;
    Mutex *mutex;
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    int64_t cancel_id;
} Waiter;

struct Mutex {
    TfgHandle base;
    pthread_mutex_t lock;
    bool held;
    Waiter *first, **end;
};

typedef struct Lock {           /* what the variant holds */
    TfgHandle base;
    Mutex *mutex;
    atomic_bool released;
} Lock;

static void mutex_free(TfgHandle *h)
{
    pthread_mutex_destroy(&((Mutex *)h)->lock);
    tfg_free(h);
}

static TfgHandle *make_mutex(void *arg, TfgStatus *s)
{
    (void)arg;
    Mutex *m = tfg_calloc(1, sizeof *m);
    if (!m) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&m->base.refs, 1);
    m->base.free = mutex_free;
    m->base.type_name = MUTEX_TYPE;
    m->end = &m->first;
    pthread_mutex_init(&m->lock, NULL);
    return &m->base;
}

/* In a forked child whoever held or waited for the lock was another thread of the parent. */
static void renew(TfgHandle *h)
{
    Mutex *m = (Mutex *)h;
    pthread_mutex_init(&m->lock, NULL);
    m->held = false;
    m->first = NULL;
    m->end = &m->first;
}

/* ---- Making --------------------------------------------------------------------------------------------------------------------------- */

static void release_handle(void *state)
{
    tfg_tensor_unref(state);
}

static int prepare_mutex(const TfgPrepare *p, void **state, TfgStatus *s)
{
    char *place, *name;
    if (tfg_named_place(p, false, &place, &name, s) < 0)
        return -1;
    int rc = -1;
    TfgHandle *mutex = tfg_resources_find_or_make(p->resources, place, name, MUTEX_TYPE, make_mutex, NULL, s);
    TfgResourceHandle *handle = mutex ? tfg_resource_handle_new(p->device, place, name, MUTEX_TYPE, s) : NULL;
    TfgTensor *t = handle ? tfg_tensor_new(TFG_RESOURCE, 0, NULL, s) : NULL;
    if (t) {
        *(TfgHandle **)t->data = &handle->base;
        handle = NULL;
        *state = t;
        rc = 0;
    }
    if (handle)
        tfg_handle_unref(&handle->base);
    if (mutex)
        tfg_handle_unref(mutex);
    tfg_free(place);
    tfg_free(name);
    return rc;
}

static int run_mutex(TfgKernelCall *c, TfgStatus *s)
{
    (void)s;
    c->out[0] = tfg_tensor_ref(c->state);
    return 0;
}

/* ---- Taking and giving ---------------------------------------------------------------------------------------------------------------- */

static void lock_free(TfgHandle *h);

/* Output 0 becomes a lock on m, which the caller has taken. */
static int give_lock(TfgKernelCall *c, Mutex *m, TfgStatus *s)
{
    Lock *lock = tfg_calloc(1, sizeof *lock);
    TfgTensor *out = lock ? tfg_tensor_new(TFG_VARIANT, 0, NULL, s) : NULL;
    if (!out) {
        tfg_free(lock);
        return lock ? -1 : tfg_fail_memory(s);
    }
    atomic_init(&lock->base.refs, 1);
    lock->base.free = lock_free;
    lock->base.type_name = LOCK_TYPE;
    lock->mutex = (Mutex *)tfg_handle_ref(&m->base);
    *(TfgHandle **)out->data = &lock->base;
    tfg_tensor_unref(c->out[0]);
    c->out[0] = out;
    return 0;
}

static void pass_on(Mutex *m);

static void finish(TfgKernelCall *c, void (*done)(TfgKernelCall *, TfgStatus *), Mutex *m)
{
    TfgStatus status = TFG_STATUS_INIT;
    if (give_lock(c, m, &status) < 0)
        pass_on(m);
    tfg_handle_unref(&m->base);
    done(c, &status);
    tfg_status_fini(&status);
}

static void pass_on(Mutex *m)
{
    pthread_mutex_lock(&m->lock);
    Waiter *w = m->first;
    if (w) {
        m->first = w->next;
        if (!m->first)
            m->end = &m->first;
    }
    m->held = w != NULL;
    pthread_mutex_unlock(&m->lock);
    if (!w)
        return;
    tfg_cancel_remove(w->call->cancel, w->cancel_id);
    TfgKernelCall *c = w->call;
    void (*done)(TfgKernelCall *, TfgStatus *) = w->done;
    tfg_free(w);
    finish(c, done, m);
}

static void give_back(Lock *lock)
{
    if (!atomic_exchange(&lock->released, true))
        pass_on(lock->mutex);
}

static void lock_free(TfgHandle *h)
{
    Lock *lock = (Lock *)h;
    give_back(lock);
    tfg_handle_unref(&lock->mutex->base);
    tfg_free(lock);
}

/* Takes the waiter out, unless the lock is just being passed to it. */
static void on_cancel(void *arg)
{
    Waiter *w = arg;
    Mutex *m = w->mutex;
    bool waits = false;
    pthread_mutex_lock(&m->lock);
    for (Waiter **p = &m->first; *p; p = &(*p)->next)
        if (*p == w) {
            *p = w->next;
            if (!*p)
                m->end = p;
            waits = true;
            break;
        }
    pthread_mutex_unlock(&m->lock);
    if (!waits)
        return;
    TfgStatus status = TFG_STATUS_INIT;
    tfg_fail(&status, TFG_CANCELLED, "Lock acquisition cancelled.");
    w->done(w->call, &status);
    tfg_status_fini(&status);
    tfg_free(w);
    tfg_handle_unref(&m->base);
}

static void fail_now(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s), TfgStatus *status)
{
    done(c, status);
    tfg_status_fini(status);
}

static void start_lock(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus status = TFG_STATUS_INIT;
    Mutex *m = (Mutex *)tfg_resource_lookup(c->resources, c->in[0], MUTEX_TYPE, &status);
    Waiter *w = m ? tfg_calloc(1, sizeof *w) : NULL;
    if (!w) {
        if (m) {
            tfg_handle_unref(&m->base);
            tfg_fail_memory(&status);
        }
        fail_now(c, done, &status);
        return;
    }
    *w = (Waiter){.mutex = m, .call = c, .done = done};
    pthread_mutex_lock(&m->lock);
    bool mine = !m->held, waits = false;
    m->held = true;
    if (!mine && (waits = tfg_cancel_add(c->cancel, on_cancel, w, &w->cancel_id))) {
        *m->end = w;
        m->end = &w->next;
    }
    pthread_mutex_unlock(&m->lock);
    if (waits)
        return;
    tfg_free(w);
    if (mine) {
        finish(c, done, m);
        return;
    }
    tfg_handle_unref(&m->base);
    tfg_fail(&status, TFG_CANCELLED, "Lock acquisition cancelled.");
    fail_now(c, done, &status);
}

static int run_consume(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *t = c->in[0];
    TfgHandle *h = t->count == 1 ? *(TfgHandle **)t->data : NULL;
    if (!h || strcmp(h->type_name, LOCK_TYPE) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected input to contain a MutexLock object, but saw variant: '%s'", h ? h->type_name : "");
    if (atomic_load(&((Lock *)h)->released))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The mutex lock was consumed already");
    give_back((Lock *)h);
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "MutexV2", .flags = TFG_KERNEL_KEEPS_STATE, .prepare = prepare_mutex, .release = release_handle, .run = run_mutex},
    {.op = "MutexLock", .flags = TFG_KERNEL_MAY_BLOCK, .start = start_lock},
    {.op = "ConsumeMutexLock", .run = run_consume},
};

int tfg_register_kernels_mutex(TfgStatus *s);
int tfg_register_kernels_mutex(TfgStatus *s)
{
    tfg_resource_on_fork(MUTEX_TYPE, renew);
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
