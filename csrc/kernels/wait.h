/* Wait: calls that cannot go on yet.  What they wait at - a staging area, an accumulator, a batch - is a room with a lock; an attempt that
 * cannot end now stays in the room's list, no thread held up, and whoever changes the room tries the waiting ones again.  Cancelling the
 * step ends its waits. */
#ifndef TFG_KERNELS_WAIT_H
#define TFG_KERNELS_WAIT_H

#include <pthread.h>

#include "runtime/kernel.h"

typedef struct TfgWait TfgWait;

typedef struct TfgWaitRoom {    /* the first member of a resource */
    TfgHandle base;
    pthread_mutex_t lock;
    TfgWait *first, **end;      /* those that wait, in order of arrival */
} TfgWaitRoom;

typedef struct TfgWaitKind {
    size_t size;                /* of the struct that begins with a TfgWait */
    const char *cancelled;      /* what a cancelled one says */
    bool (*attempt)(TfgWait *w);        /* under the lock: true when it has ended, well or with w->status */
    void (*finish)(TfgWait *w);         /* after it has ended well, without the lock: the outputs; may set w->status.  NULL: none */
    void (*drop)(TfgWait *w);           /* without the lock: frees what is its own.  NULL: nothing */
} TfgWaitKind;

struct TfgWait {
    const TfgWaitKind *kind;
    TfgWaitRoom *room;          /* counted */
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
    TfgStatus status;
    TfgWait *next;
    bool waiting;               /* in the room's list, under its lock */
    int64_t cancel_id;
};

void tfg_wait_room_init(TfgWaitRoom *room, const char *type_name, void (*free)(TfgHandle *h));
void tfg_wait_room_fini(TfgWaitRoom *room);
void tfg_wait_room_after_fork(TfgHandle *h);     /* whoever waited was another thread's; the child has none */
/* For those who change a room without waiting at it; leaving lets the others try.  The room must be counted meanwhile. */
void tfg_wait_room_enter(TfgWaitRoom *room);
void tfg_wait_room_leave(TfgWaitRoom *room);

/* A wait of a call, zeros behind the common part.  NULL without memory. */
TfgWait *tfg_wait_new(const TfgWaitKind *kind, TfgWaitRoom *room, TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s));
/* Tries it, and leaves it waiting where it cannot end.  done is called once, perhaps before this returns. */
void tfg_wait_begin(TfgWait *w);
/* Ends a wait that has not begun, with what its status says. */
void tfg_wait_give_up(TfgWait *w);

#endif
