/* Strided slices as NumPy writes them (a[1:, ::-1, ..., newaxis, 3]): from masks and sparse indices to one range per dimension.
 * The shape functions and the kernels of StridedSlice and its relatives share it. */
#ifndef TFG_GRAPH_SLICE_H
#define TFG_GRAPH_SLICE_H

#include "tensor/tensor.h"

typedef struct TfgSliceSpec {
    const TfgTensor *begin, *end, *strides;     /* int32 or int64; begin and end may be NULL: not known yet */
    int64_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} TfgSliceSpec;

typedef struct TfgSlice {
    int rank;                               /* of the input: a range for each of its dimensions */
    int64_t begin[TFG_MAX_RANK], end[TFG_MAX_RANK], stride[TFG_MAX_RANK];   /* in bounds; meaningless while not known */
    TfgShape processing;                    /* what the ranges give, shrunk axes as 1 */
    TfgShape final;                         /* without shrunk axes, with new ones */
    bool is_identity;                       /* every range is the whole dimension, in order */
} TfgSlice;

/* Words as TensorFlow's: "slice index 5 of dimension 0 out of bounds.", "strides[0] must be non-zero", ... */
int tfg_slice_resolve(const TfgSliceSpec *spec, const TfgShape *in, TfgSlice *out, TfgStatus *s);

#endif
