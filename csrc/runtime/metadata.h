/* Metadata: what a run tells about itself besides times (stats.h): the graph that it needed, as a GraphDef (partition_graphs) and with
 * costs (cost_graph).  Both show the nodes that the fetches and targets need, as TensorFlow does before its rewrites, with arguments in
 * place of what was fed (_arg_x_0_0) and results behind what was fetched (_retval_y_0_0), and not the instructions that ran. */
#ifndef TFG_RUNTIME_METADATA_H
#define TFG_RUNTIME_METADATA_H

#include "base/map.h"
#include "runtime/plan.h"

typedef struct TfgNeededEnd {   /* an argument or a result */
    const char *name;
    TfgOutput at;               /* what is fed or fetched */
    int index;
} TfgNeededEnd;

typedef struct TfgNeeded {
    const TfgPlan *plan;
    TfgArena arena;
    const TfgOp **ops;          /* in order of creation */
    size_t n, capacity;
    TfgIdMap number;            /* op -> 1 + its place in `ops` */
    TfgNeededEnd *args, *results;
    int n_args, n_results;
} TfgNeeded;

/* The graph's lock held.  tfg_needed_fini also after a failure. */
int tfg_needed_init(TfgNeeded *n, const TfgPlan *p, TfgStatus *s);
void tfg_needed_fini(TfgNeeded *n);
int tfg_needed_device(const TfgNeeded *n, const TfgOp *op);             /* of the session's */
/* "a", "a:1" or "_arg_a_0_0": input k of an op. */
void tfg_needed_input(const TfgNeeded *n, const TfgOp *op, int32_t k, TfgStr *out);

struct TfgStepStats;
/* Fields of RunMetadata. */
int tfg_metadata_write_graph(const TfgNeeded *n, TfgStr *out, TfgStatus *s);
void tfg_metadata_write_costs(const TfgNeeded *n, const struct TfgStepStats *stats, TfgStr *out);

#endif
