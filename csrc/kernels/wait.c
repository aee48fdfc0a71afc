#include "kernels/wait.h"

#include "base/memory.h"
#include "base/status.h"

void tfg_wait_room_init(TfgWaitRoom *room, const char *type_name, void (*free)(TfgHandle *h))
{
    atomic_init(&room->base.refs, 1);
    room->base.free = free;
    room->base.type_name = type_name;
    pthread_mutex_init(&room->lock, NULL);
    room->first = NULL;
    room->end = &room->first;
}

void tfg_wait_room_fini(TfgWaitRoom *room)
{
    pthread_mutex_destroy(&room->lock);
}

void tfg_wait_room_after_fork(TfgHandle *h)
{
    TfgWaitRoom *room = (TfgWaitRoom *)h;
    pthread_mutex_init(&room->lock, NULL);
    room->first = NULL;
    room->end = &room->first;
}

/* ---- Under the lock ------------------------------------------------------------------------------------------------------------- */

static void append(TfgWaitRoom *room, TfgWait *w)
{
    w->next = NULL;
    w->waiting = true;
    *room->end = w;
    room->end = &w->next;
}

static void take_out(TfgWaitRoom *room, TfgWait *w)
{
    TfgWait **link = &room->first;
    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    if (room->end == &w->next)
        room->end = link;
    w->waiting = false;
}

static void move_to(TfgWaitRoom *room, TfgWait *w, TfgWait **ended)
{
    take_out(room, w);
    while (*ended)
        ended = &(*ended)->next;
    w->next = NULL;
    *ended = w;
}

/* Each that ends may have changed what the others wait for, those before it too. */
static void flush(TfgWaitRoom *room, TfgWait **ended)
{
    for (TfgWait *w = room->first; w;) {
        TfgWait *next = w->next;
        if (w->kind->attempt(w)) {
            move_to(room, w, ended);
            next = room->first;
        }
        w = next;
    }
}

/* ---- Without the lock ------------------------------------------------------------------------------------------------------------ */

static void wait_free(TfgWait *w)
{
    if (w->kind->drop)
        w->kind->drop(w);
    tfg_status_fini(&w->status);
    tfg_handle_unref(&w->room->base);
    tfg_free(w);
}

static void finish(TfgWait *ended)
{
    for (TfgWait *w = ended, *next; w; w = next) {
        next = w->next;
        tfg_cancel_remove(w->call->cancel, w->cancel_id);
        if (w->status.code == TFG_OK && w->kind->finish)
            w->kind->finish(w);
        w->done(w->call, &w->status);
        wait_free(w);
    }
}

static void on_cancel(void *arg)
{
    TfgWait *w = arg, *ended = NULL;
    TfgWaitRoom *room = w->room;
    tfg_handle_ref(&room->base);
    pthread_mutex_lock(&room->lock);
    if (w->waiting) {
        tfg_fail(&w->status, TFG_CANCELLED, "%s", w->kind->cancelled);
        move_to(room, w, &ended);
        flush(room, &ended);
    }
    pthread_mutex_unlock(&room->lock);
    finish(ended);
    tfg_handle_unref(&room->base);
}

void tfg_wait_room_enter(TfgWaitRoom *room)
{
    pthread_mutex_lock(&room->lock);
}

void tfg_wait_room_leave(TfgWaitRoom *room)
{
    TfgWait *ended = NULL;
    flush(room, &ended);
    pthread_mutex_unlock(&room->lock);
    finish(ended);
}

TfgWait *tfg_wait_new(const TfgWaitKind *kind, TfgWaitRoom *room, TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgWait *w = tfg_calloc(1, kind->size);
    if (!w)
        return NULL;
    w->kind = kind;
    w->room = room;
    w->call = c;
    w->done = done;
    tfg_handle_ref(&room->base);
    return w;
}

void tfg_wait_begin(TfgWait *w)
{
    TfgWaitRoom *room = w->room;
    TfgWait *ended = NULL;
    tfg_handle_ref(&room->base);        /* the wait may be gone before the lock is let go */
    pthread_mutex_lock(&room->lock);
    append(room, w);
    if (w->kind->attempt(w)) {
        move_to(room, w, &ended);
        flush(room, &ended);
    } else if (!tfg_cancel_add(w->call->cancel, on_cancel, w, &w->cancel_id)) {
        /* Cancelling calls back with the lock wanted, so the callback is added while nobody can end the wait. */
        tfg_fail(&w->status, TFG_CANCELLED, "%s", w->kind->cancelled);
        move_to(room, w, &ended);
    }
    pthread_mutex_unlock(&room->lock);
    finish(ended);
    tfg_handle_unref(&room->base);
}

void tfg_wait_give_up(TfgWait *w)
{
    w->done(w->call, &w->status);
    wait_free(w);
}
