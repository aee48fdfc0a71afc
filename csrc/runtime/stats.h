/* Stats: when each instruction of a traced step ran, written as RunMetadata.
 *
 * Where to hook in.  tfg_plan_run makes the stats of a step whose options ask for them (trace_level > 0) and writes them when it has
 * succeeded; frames inside (functions, regions) share them by TfgFrame.stats.  Both executors call tfg_stats_add once per instruction
 * that ran, with its times and outputs: an instruction in a loop comes once per iteration, a fused group once for all its members
 * (TfgInstr.op is the last; the others are in TfgFused), a region after everything inside it, an inlined node with TfgInstr.name, its
 * name behind the calls it came from, and TfgInstr.inlined, those calls.  Kernels that may block are noted from their start to their
 * end.  What did not run because it was dead is not noted. */
#ifndef TFG_RUNTIME_STATS_H
#define TFG_RUNTIME_STATS_H

#include "runtime/plan.h"

typedef struct TfgOutputStats { int slot; TfgDType dtype; int32_t rank; int64_t dims[8]; int64_t bytes; const void *data; bool shared; } TfgOutputStats;

typedef struct TfgStepStats TfgStepStats;
TfgStepStats *tfg_stats_new(void);              /* NULL without memory: then nothing is noted */
void tfg_stats_free(TfgStepStats *t);
void tfg_stats_add(TfgStepStats *t, const TfgInstr *i, int64_t start_ns, int64_t end_ns, TfgTensor *const *out);
/* What is known of an op's last execution; t may be NULL.  0, NULL: nothing, since it did not run by itself. */
int64_t tfg_stats_spent(const TfgStepStats *t, const TfgOp *op);
const TfgOutputStats *tfg_stats_output(const TfgStepStats *t, const TfgOp *op, int slot);
/* Appends a serialised RunMetadata; t may be NULL.  costs: also the cost_graph. */
int tfg_stats_write(const TfgStepStats *t, const TfgPlan *p, const TfgRunOptions *options, bool costs, TfgStr *out, TfgStatus *s);

#endif
