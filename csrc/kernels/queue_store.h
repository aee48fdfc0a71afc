/* Queue store: the tuples that a queue holds, and in which order they leave it.  The queue's lock guards it. */
#ifndef TFG_KERNELS_QUEUE_STORE_H
#define TFG_KERNELS_QUEUE_STORE_H

#include "base/philox.h"
#include "tensor/tensor.h"

typedef enum TfgQueueOrder {
    TFG_QUEUE_FIFO,
    TFG_QUEUE_SHUFFLE,          /* any of those that are there */
    TFG_QUEUE_PRIORITY          /* the least first component, a scalar int64 */
} TfgQueueOrder;

typedef struct TfgQueueStore {
    TfgQueueOrder order;
    int components;
    TfgTensor **ring;           /* tuples, from `head` (0 but for FIFO) */
    int64_t head, n, room;      /* in tuples */
    TfgPhilox random;
    uint32_t block[4];          /* numbers drawn, of which `drawn` are used */
    int drawn;
} TfgQueueStore;

void tfg_queue_store_init(TfgQueueStore *store, TfgQueueOrder order, int components, uint64_t seed, uint64_t seed2);
void tfg_queue_store_fini(TfgQueueStore *store);
/* Takes the references; -1 without memory, and then not. */
int tfg_queue_store_put(TfgQueueStore *store, TfgTensor **tuple);
/* Gives back a tuple that was taken: where it stood, as far as the order has such a place. */
int tfg_queue_store_put_back(TfgQueueStore *store, TfgTensor **tuple);
void tfg_queue_store_take(TfgQueueStore *store, TfgTensor **tuple);      /* there is one */

#endif
