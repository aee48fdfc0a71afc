/* Dense tensors made of ragged ones: how their rows are told, and the shape that comes out.  The shape function and the kernel ask. */
#ifndef TFG_GRAPH_INFER_RAGGED_H
#define TFG_GRAPH_INFER_RAGGED_H

#include "graph/infer.h"

typedef enum TfgRowPartition { TFG_FIRST_DIM_SIZE, TFG_VALUE_ROWIDS, TFG_ROW_SPLITS } TfgRowPartition;

/* Element i of attribute row_partition_types, which has been checked. */
TfgRowPartition tfg_row_partition(const TfgAttrs *attrs, int i);
/* Of RaggedTensorToTensor: `shape` is what input 0 says, in[] the shapes of all inputs.  Checks attributes and shapes. */
int tfg_ragged_dense_shape(const TfgAttrs *attrs, const TfgShape *shape, const TfgShape *in, int n_in, TfgShape *out, TfgStatus *s);

#endif
