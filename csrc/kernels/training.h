/* Training: one formula per optimizer, over contiguous pieces of a variable and its slots; the runs that find variables (by
 * reference or resource), check shapes, and apply the formula to everything or to rows. */
#ifndef TFG_KERNELS_TRAINING_H
#define TFG_KERNELS_TRAINING_H

#include "runtime/kernel.h"

#define TFG_MAX_SLOTS 4             /* the variable and its slots */
#define TFG_MAX_SCALARS 6

typedef struct TfgUpdate {
    void *slot[TFG_MAX_SLOTS];      /* the variable first */
    const void *grad;
    int64_t n;
    const void *scalar;             /* of the compute type, in order of inputs */
    bool flag;                      /* use_nesterov, or update_slots */
} TfgUpdate;
typedef void (*TfgUpdateFn)(const TfgUpdate *u);

/* layout: one letter per input.  v variable or slot, s scalar, g gradient, i indices.  */
typedef struct TfgOptimizer {
    const char *layout;
    const char *flag;               /* attribute, or NULL */
    TfgUpdateFn fn;                 /* compute type float, also for halves; or double */
} TfgOptimizer;

int tfg_training_run(TfgKernelCall *c, TfgStatus *s);

#endif
