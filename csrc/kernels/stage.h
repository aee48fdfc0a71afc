/* Stage: what the two kinds of staging areas, those in a row (stage.c) and those by key (stage_map.c), have in common. */
#ifndef TFG_KERNELS_STAGE_H
#define TFG_KERNELS_STAGE_H

#include "kernels/wait.h"

typedef struct TfgStageLimits {         /* 0: none */
    int64_t capacity, memory;
} TfgStageLimits;

TfgStageLimits tfg_stage_limits(const TfgAttrs *attrs);
/* Bytes of n tensors, NULLs among them, as TensorFlow counts them against a limit. */
int64_t tfg_stage_bytes(TfgTensor *const *tensors, int n);
/* What is larger than the limit would wait for ever. */
int tfg_stage_check_memory(int64_t bytes, TfgStageLimits limits, TfgStatus *s);
/* Prepare and release of the operations: which area the node names, by its shared name or else by its own. */
int tfg_stage_prepare(const TfgPrepare *p, void **state, TfgStatus *s);
void tfg_stage_release(void *state);
/* That area, made where there is none.  A new reference. */
TfgWaitRoom *tfg_stage_find(TfgKernelCall *c, const char *type_name, TfgHandle *(*make)(void *call, TfgStatus *s), TfgStatus *s);
/* Inputs from `first` on, kept; new references in a new array (tfg_alloc). */
TfgTensor **tfg_stage_keep(TfgKernelCall *c, int first, TfgStatus *s);
/* Tensors become the outputs from `first` on, which take the references; what does not fit is INTERNAL, as in TensorFlow. */
int tfg_stage_give(TfgKernelCall *c, int first, TfgTensor **tensors, int n, TfgStatus *s);
void tfg_stage_drop(TfgTensor **tensors, int n);         /* with the array */

int tfg_register_stage(TfgStatus *s);
int tfg_register_stage_map(TfgStatus *s);

#endif
