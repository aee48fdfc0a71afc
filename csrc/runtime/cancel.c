#include "runtime/cancel.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "base/status.h"

typedef struct Callback Callback;
struct Callback {
    Callback *next;
    void (*fn)(void *arg);
    void *arg;
    int64_t id;
};

struct TfgCancel {
    _Atomic int64_t refs;
    atomic_bool cancelled;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Callback *callbacks;
    int64_t next_id;
    int64_t running;            /* id of the callback that runs now; 0: none */
    pthread_t runner;
};

TfgCancel *tfg_cancel_new(TfgStatus *s)
{
    TfgCancel *c = tfg_calloc(1, sizeof *c);
    if (!c) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&c->refs, 1);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    c->next_id = 1;
    return c;
}

TfgCancel *tfg_cancel_ref(TfgCancel *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void tfg_cancel_unref(TfgCancel *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (Callback *b = c->callbacks, *next; b; b = next) {
        next = b->next;
        tfg_free(b);
    }
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
    tfg_free(c);
}

bool tfg_cancelled(const TfgCancel *c)
{
    return c && atomic_load_explicit(&c->cancelled, memory_order_acquire);
}

void tfg_cancel(TfgCancel *c)
{
    pthread_mutex_lock(&c->lock);
    if (atomic_load_explicit(&c->cancelled, memory_order_relaxed)) {
        pthread_mutex_unlock(&c->lock);
        return;
    }
    tfg_cancel_ref(c);          /* a callback may drop the last reference */
    atomic_store_explicit(&c->cancelled, true, memory_order_release);
    c->runner = pthread_self();
    for (Callback *b; (b = c->callbacks) != NULL;) {
        c->callbacks = b->next;
        c->running = b->id;
        pthread_mutex_unlock(&c->lock);
        b->fn(b->arg);
        tfg_free(b);
        pthread_mutex_lock(&c->lock);
        c->running = 0;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    tfg_cancel_unref(c);
}

bool tfg_cancel_add(TfgCancel *c, void (*fn)(void *arg), void *arg, int64_t *id)
{
    *id = 0;
    if (!c)
        return true;
    Callback *b = tfg_alloc(sizeof *b);
    if (!b)
        return true;            /* without memory the wait can only be ended by what it waits for */
    pthread_mutex_lock(&c->lock);
    bool fits = !atomic_load_explicit(&c->cancelled, memory_order_relaxed);
    if (fits) {
        *b = (Callback){c->callbacks, fn, arg, c->next_id++};
        c->callbacks = b;
        *id = b->id;
    }
    pthread_mutex_unlock(&c->lock);
    if (!fits)
        tfg_free(b);
    return fits;
}

bool tfg_cancel_remove(TfgCancel *c, int64_t id)
{
    if (!c || id == 0)
        return false;
    Callback *found = NULL;
    pthread_mutex_lock(&c->lock);
    for (Callback **link = &c->callbacks; *link; link = &(*link)->next)
        if ((*link)->id == id) {
            found = *link;
            *link = found->next;
            break;
        }
    if (!found)                 /* the callback may itself lead here; it cannot wait for its own end */
        while (c->running == id && !pthread_equal(c->runner, pthread_self()))
            pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
    tfg_free(found);
    return found != NULL;
}
