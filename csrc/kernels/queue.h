/* Queue: tuples of tensors in one of the orders of queue_store.h, with waiting enqueues and dequeues.  Nothing here blocks a thread: an attempt that
 * cannot go on waits in a list, and whoever makes room, brings elements, closes or cancels ends it. */
#ifndef TFG_KERNELS_QUEUE_H
#define TFG_KERNELS_QUEUE_H

#include "kernels/queue_store.h"
#include "runtime/kernel.h"

#define TFG_QUEUE_TYPE "Queue"

typedef struct TfgQueue TfgQueue;
typedef struct TfgQueueAttempt TfgQueueAttempt;

typedef struct TfgQueueSpec {
    const char *kind;           /* "FIFOQueue": how messages name it */
    const char *name;           /* "_0_q" */
    int64_t capacity;           /* below 0: no limit */
    int n;                      /* components */
    const TfgDType *dtypes;
    const TfgShape *shapes;     /* NULL: not said; partly known ones only in a queue that pads */
    bool pads;                  /* dequeueing many fills up to the largest */
    TfgQueueOrder order;
    int64_t min_after_dequeue;
    int64_t seed, seed2;
} TfgQueueSpec;

TfgQueue *tfg_queue_new(const TfgQueueSpec *spec, TfgStatus *s);
/* A queue found under a shared name must be the one that the node describes. */
int tfg_queue_check_same(const TfgQueue *q, const TfgQueueSpec *spec, const char *op_type, TfgStatus *s);
const TfgQueueSpec *tfg_queue_spec(const TfgQueue *q);
int64_t tfg_queue_size(TfgQueue *q);
bool tfg_queue_is_closed(TfgQueue *q);

void tfg_queue_after_fork(TfgHandle *h);         /* waiting attempts were other threads'; the child has none */

/* Each calls done(arg, status) exactly once, perhaps before it returns.  `cancel` may be NULL.  The queue is counted while they wait. */
typedef void (*TfgQueueDone)(void *arg, TfgStatus *s);
/* tuples: n_tuples * components tensors, taken with the array (tfg_alloc), also on failure. */
void tfg_queue_enqueue_steal(TfgQueue *q, TfgTensor **tuples, int64_t n_tuples, TfgCancel *cancel, TfgQueueDone done, void *arg);
/* Takes n tuples; *taken may stay below n only with `up_to`.  *tuples becomes an array (tfg_free) of *taken * components tensors. */
void tfg_queue_dequeue(TfgQueue *q, TfgTensor ***tuples, int64_t n, bool up_to, int64_t *taken, TfgCancel *cancel, TfgQueueDone done, void *arg);
void tfg_queue_close(TfgQueue *q, bool cancel_pending, TfgCancel *cancel, TfgQueueDone done, void *arg);

#endif
