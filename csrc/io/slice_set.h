/* A set of slices of one tensor, as a checkpoint holds them, and putting a tensor together from them. */
#ifndef TFG_IO_SLICE_SET_H
#define TFG_IO_SLICE_SET_H

#include "io/slice_key.h"

typedef struct TfgSliceSet {    /* zero-initialised is empty */
    int rank;
    size_t n, capacity;
    int64_t *extents;           /* start and length of every dimension of every slice, as they were given */
} TfgSliceSet;

void tfg_slice_set_fini(TfgSliceSet *set);
int tfg_slice_set_add(TfgSliceSet *set, const TfgTensorSlice *slice, TfgStatus *s);     /* all of one rank */
void tfg_slice_set_at(const TfgSliceSet *set, size_t i, TfgTensorSlice *slice);

/* Reads slice i: a new tensor of its shape. */
typedef TfgTensor *(*TfgSliceReadFn)(void *context, size_t i, const TfgTensorSlice *slice, TfgStatus *s);
/* Whether the set's slices cover `target` and overlap nowhere in it: 1, 0, or -1 where there are too many to tell. */
int tfg_slice_set_covers(const TfgSliceSet *set, const TfgShape *whole, const TfgTensorSlice *target, TfgStatus *s);
/* Fills `out`, which has the shape of `target`; the set covers it. */
int tfg_slice_set_read(const TfgSliceSet *set, const TfgShape *whole, const TfgTensorSlice *target, TfgSliceReadFn read, void *context,
                       TfgTensor *out, TfgStatus *s);

#endif
