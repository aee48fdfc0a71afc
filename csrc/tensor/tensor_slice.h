/* Slices of tensors in checkpoints: which part of a whole a partitioned variable's piece is, as text ("8 2 0,3:-": the whole's shape,
 * then start,length of each dimension, "-" for all of it).  io/slice_key.h has its form in files. */
#ifndef TFG_TENSOR_TENSOR_SLICE_H
#define TFG_TENSOR_TENSOR_SLICE_H

#include "base/str.h"
#include "tensor/tensor.h"

typedef struct TfgTensorSlice {
    int rank;
    int64_t start[TFG_MAX_RANK], length[TFG_MAX_RANK];  /* length TFG_SLICE_FULL: all of the dimension */
} TfgTensorSlice;
#define TFG_SLICE_FULL (-1)

void tfg_tensor_slice_set_full(TfgTensorSlice *slice, int rank);
/* "8 2 0,3:-".  INVALID_ARGUMENT or INTERNAL with TensorFlow's words; `part` is the slice's own shape. */
int tfg_shape_and_slice_parse(const char *text, size_t n, TfgShape *whole, TfgTensorSlice *slice, TfgShape *part, TfgStatus *s);
/* The shape of a slice of `whole`; INTERNAL where it does not lie in it. */
int tfg_tensor_slice_shape(const TfgTensorSlice *slice, const TfgShape *whole, TfgShape *part, TfgStatus *s);
bool tfg_tensor_slice_is_full(const TfgTensorSlice *slice, const TfgShape *whole);
/* Lengths in place of "all"; the slice lies in `whole`. */
void tfg_tensor_slice_resolve(TfgTensorSlice *slice, const TfgShape *whole);
void tfg_tensor_slice_format(const TfgTensorSlice *slice, TfgStr *out);        /* "0,3:-" */

/* What two slices (resolved, of the same rank) have in common; false where it is nothing. */
bool tfg_tensor_slice_cut(const TfgTensorSlice *a, const TfgTensorSlice *b, TfgTensorSlice *common);
/* Copies `common` from data that holds slice `a` to data that holds slice `b`.  -1 without memory (strings). */
int tfg_tensor_slice_copy(TfgDType dtype, const TfgTensorSlice *common, const void *from, const TfgTensorSlice *a, void *to,
                          const TfgTensorSlice *b);

#endif
