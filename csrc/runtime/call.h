/* Call: what stands behind TfgKernelCall.runtime.  It decides where outputs live: in place of a dying input, in the step's arena,
 * or in memory of their own. */
#ifndef TFG_RUNTIME_CALL_H
#define TFG_RUNTIME_CALL_H

#include "runtime/kernel.h"
#include "runtime/layout.h"

typedef struct TfgScratch TfgScratch;

typedef struct TfgCallSite {
    TfgLayout *layout;          /* the frame's; NULL: every output gets memory of its own */
    const int32_t *in_slots;    /* with a layout: the slots of inputs and of the first output */
    int32_t out_slot;
    TfgTensor **spare;          /* per output: memory that it may have (frame.h), or NULL; NULL: there is none */
    uint64_t dies;              /* bit j: input j (of the first 64) is used here for the last time */
    TfgScratch *scratch;
} TfgCallSite;

void tfg_call_free_scratch(TfgCallSite *site);
/* Output i in place of input j where that is allowed, without a status; NULL where it is not. */
TfgTensor *tfg_call_reuse(TfgKernelCall *c, int j, int i, int rank, const int64_t *dims);
/* Output i anywhere but in place of an input. */
TfgTensor *tfg_call_fresh(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s);
/* Runs the kernel of a call: run, or the elementwise driver. */
int tfg_call_run(TfgKernelCall *c, TfgStatus *s);
/* Elementwise over broadcast inputs, by the row's block function (elementwise.c). */
int tfg_elementwise_run(TfgKernelCall *c, TfgStatus *s);

#endif
