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

/* ---- What iterators of several kinds share ---- */

/* INVALID_ARGUMENT where components are not of the types, or cannot be of the shapes, that are wanted. */
int tfg_check_component_types(int n_want, const TfgDType *want, int n, const TfgDType *have, TfgStatus *s);
int tfg_check_component_shapes(int n_want, const TfgDims *const *want, int n, const TfgDims *const *have, TfgStatus *s);

typedef struct TfgNamedIterator {       /* the state of a node that makes an iterator */
    char *container, *name, *device;
} TfgNamedIterator;
int tfg_named_iterator_prepare(const TfgPrepare *p, void **state, TfgStatus *s);
void tfg_named_iterator_release(void *state);
TfgTensor *tfg_iterator_handle(const char *device, const char *container, const char *name, const char *type_name, TfgStatus *s);

/* Handles as texts and back, for resources of any kind; the state of the second is the device's name. */
int tfg_iterator_to_string(TfgKernelCall *c, const char *type_name, TfgStatus *s);
int tfg_iterator_prepare_device(const TfgPrepare *p, void **state, TfgStatus *s);
int tfg_iterator_from_string(TfgKernelCall *c, const char *type_name, int (*check)(const TfgHandle *h, const TfgAttrs *attrs, TfgStatus *s), TfgStatus *s);

#endif
