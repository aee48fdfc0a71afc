/* Iterators: resources that hold a walk over a dataset. */
#ifndef TFG_KERNELS_ITERATOR_H
#define TFG_KERNELS_ITERATOR_H

#include "kernels/dataset_state.h"

typedef struct TfgIterator {
    TfgHandle base;
    pthread_mutex_t lock;       /* held while an element is computed */
    TfgArena arena;
    int n;                      /* what its handle promises; 0: whatever it is given */
    const TfgDType *dtypes;
    const TfgDims **shapes;
    TfgWalk *cursor;            /* NULL while uninitialised */
    TfgWalkHome *home;          /* of a restored walk */
    bool made;                  /* a one-shot iterator has had its one shot: `failure` or a cursor */
    TfgStatus failure;
} TfgIterator;

/* Input i of a call as an iterator; a new reference. */
TfgIterator *tfg_iterator_find(TfgKernelCall *c, int i, TfgStatus *s);
/* The walk is over a dataset that the iterator may have; it and its home (may be NULL) are taken, also on failure. */
int tfg_iterator_set_steal(TfgIterator *it, TfgWalk *w, TfgWalkHome *home, TfgStatus *s);
/* Where it stands, a new table; `functions` is the graph of datasets that were not restored. */
TfgIteratorState *tfg_iterator_save(TfgIterator *it, TfgGraph *functions, TfgStatus *s);

#endif
