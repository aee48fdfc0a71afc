/* Regions: loops of the graph as one node each, with plans of their own, so that an iteration costs what its instructions cost. */
#ifndef TFG_RUNTIME_REGION_H
#define TFG_RUNTIME_REGION_H

#include "runtime/kernel.h"
#include "runtime/plan.h"

typedef struct TfgAccess { uint64_t variable; bool writes; } TfgAccess;

typedef struct TfgRegion {
    TfgPlan *first;             /* the condition of the first iteration, from what the loop was entered with */
    TfgPlan *round;             /* an iteration: from its values to the next ones, and the condition of the next iteration */
    int32_t n_vars, n_in;       /* the loop's variables come first among the inputs; the rest never changes */
    int32_t n_out;
    int32_t *out_var;           /* per output: the variable whose last value it is */
    TfgAccess *accesses;        /* what the loop does to variables */
    size_t n_accesses;
} TfgRegion;

/* Replaces loops by regions wherever it is certain that nothing changes; the others are left alone.  -1 without memory, or where
 * the graph's loops are not well formed. */
int tfg_plan_regions(TfgPlanMaker *m, TfgStatus *s);
/* What the nodes of a plan do to variables, in the maker's arena. */
int tfg_plan_accesses(TfgPlanMaker *m, TfgAccess **accesses, size_t *n, TfgStatus *s);
int tfg_region_run(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s);

#endif
