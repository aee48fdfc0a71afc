/* Session tensors: values that stay in their session between steps, found by a handle, "name;number;device".  A step's handle is good
 * when the step has given it out. */
#ifndef TFG_RUNTIME_SESSION_TENSOR_H
#define TFG_RUNTIME_SESSION_TENSOR_H

#include "graph/graph.h"
#include "runtime/resource.h"

#define TFG_SESSION_TENSOR_CONTAINER "TensorHandle"     /* of resource handles for such tensors */

void tfg_session_tensors_init(void);
/* Makes a handle for t, which the step keeps.  New text. */
char *tfg_session_tensor_keep(TfgResources *r, int64_t step, const char *node, const char *device, TfgTensor *t, TfgStatus *s);
/* The step is at its end, and `value` is what it gives for `op`: where that is a handle, its tensor outlives the step. */
int tfg_session_tensor_adopt(TfgResources *r, int64_t step, const TfgOp *op, const TfgTensor *value, TfgStatus *s);
/* A new reference; INVALID_ARGUMENT where there is none. */
TfgTensor *tfg_session_tensor_find(TfgResources *r, const char *handle, size_t n, TfgStatus *s);
int tfg_session_tensor_delete(TfgResources *r, const char *handle, size_t n, TfgStatus *s);

#endif
