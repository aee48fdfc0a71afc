/* Stats: when each instruction of a traced step ran, written as RunMetadata. */
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
