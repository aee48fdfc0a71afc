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

typedef struct TfgStepStats TfgStepStats;
TfgStepStats *tfg_stats_new(void);              /* NULL without memory: then nothing is noted */
void tfg_stats_free(TfgStepStats *t);
void tfg_stats_add(TfgStepStats *t, const TfgInstr *i, int64_t start_ns, int64_t end_ns, TfgTensor *const *out);
/* Appends a serialised RunMetadata; t may be NULL. */
void tfg_stats_write(const TfgStepStats *t, const TfgPlan *p, const TfgRunOptions *options, TfgStr *out);

#endif
