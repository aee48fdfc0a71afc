/* TensorArray: tensors by index, each written once and read, in a step.  A gradient's TensorArray adds up what is written to an index,
 * and begins with zeros of the shapes that were written to the array it is of. */
#ifndef TFG_KERNELS_TENSOR_ARRAY_H
#define TFG_KERNELS_TENSOR_ARRAY_H

#include "runtime/kernel.h"

#define TFG_TENSOR_ARRAY_TYPE "TensorArray"
#define TFG_TENSOR_ARRAY_CLASS "N10tensorflow11TensorArrayE"

typedef struct TfgTensorArray TfgTensorArray;

typedef struct TfgTensorArraySpec {
    const char *name;           /* as messages give it: "x_0" */
    TfgDType dtype;
    int64_t size;
    TfgShape element_shape;
    bool dynamic_size, clear_after_read, identical_element_shapes;
} TfgTensorArraySpec;

TfgTensorArray *tfg_tensor_array_new(const TfgTensorArraySpec *spec, TfgStatus *s);
TfgHandle *tfg_tensor_array_handle(TfgTensorArray *a);          /* it is one */
/* The gradient's array of source `source`, made at the first call; a new reference.  Elements have `prepend` (rank 0 for none) before
 * their shape.  From then on the array does not grow. */
TfgTensorArray *tfg_tensor_array_grad(TfgTensorArray *a, const char *source, const TfgShape *prepend, TfgStatus *s);
const char *tfg_tensor_array_name(const TfgTensorArray *a);

TfgDType tfg_tensor_array_dtype(const TfgTensorArray *a);
int64_t tfg_tensor_array_size(TfgTensorArray *a);
bool tfg_tensor_array_is_dynamic(TfgTensorArray *a);
/* How many elements Concat takes: all; of a gradient's array as many as the last Split wrote to the array it is of. */
int64_t tfg_tensor_array_concat_size(TfgTensorArray *a);
void tfg_tensor_array_mark_size(TfgTensorArray *a, int64_t size);
int tfg_tensor_array_merge_shape(TfgTensorArray *a, const TfgShape *shape, TfgStatus *s);
int tfg_tensor_array_write_steal(TfgTensorArray *a, int64_t i, TfgTensor *value, TfgStatus *s);
TfgTensor *tfg_tensor_array_read(TfgTensorArray *a, int64_t i, TfgStatus *s);       /* a new reference */
void tfg_tensor_array_close(TfgTensorArray *a);

#endif
