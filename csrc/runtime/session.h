/* Sessions: run parts of a graph.  A session is a table of functions (TfgSessionType), so that a remote one can stand behind the
 * same calls; local.c is the one here, over plans (plan.h). */
#ifndef TFG_RUNTIME_SESSION_H
#define TFG_RUNTIME_SESSION_H

#include "graph/graph.h"
#include "runtime/cancel.h"
#include "runtime/resource.h"
#include "tfgraph.h"

typedef struct TfgPlan TfgPlan;

typedef enum TfgExecutorKind { TFG_EXECUTOR_AUTO, TFG_EXECUTOR_FLAT, TFG_EXECUTOR_DATAFLOW } TfgExecutorKind;

typedef struct TfgSessionOptions {      /* ConfigProto, as far as it matters; zero-initialised is the default */
    int intra_op_threads, inter_op_threads;
    int n_cpu_devices;                  /* device_count["CPU"]; 0: one */
    bool log_device_placement, allow_soft_placement;
    bool place_pruned;                  /* GraphOptions.place_pruned_graph: only what a run needs must find its device */
    int64_t operation_timeout_ms;       /* 0: none */
    TfgExecutorKind executor;           /* tests force one */
    int64_t build_cost_model, build_cost_model_after;   /* GraphOptions: after every so many steps of a plan, the first ones not counted */
    int optimizer_level;                /* OptimizerOptions: -1 (L0) switches rewrites off, 0 default */
    uint32_t rewrites_off;              /* bit per rewrite, for tests: plan.h */
} TfgSessionOptions;

typedef struct TfgRunOptions {
    int64_t timeout_ms;                 /* 0: the session's */
    int trace_level;                    /* RunOptions.TraceLevel: 3 FULL_TRACE */
    bool output_partition_graphs;
    /* Asked about every 20 ms while waiting and at loop back-edges; nonzero ends the step as CANCELLED (Ctrl-C). */
    int (*interrupted)(void *arg);
    void *interrupted_arg;
    TfgStr *metadata;                   /* serialised RunMetadata is appended; NULL: not wanted */
} TfgRunOptions;

/* Session on a graph, from options (tfg_session_new of tfgraph.h parses a ConfigProto into them and honours `target`). */
TfgSession *tfg_session_open(TfgGraph *g, const char *target, const TfgSessionOptions *options, TfgStatus *s);
TfgSession *tfg_session_ref(TfgSession *session);
TfgGraph *tfg_session_graph(const TfgSession *session);
TfgResources *tfg_session_resources(TfgSession *session);
/* Drops the resources of one kind of all open sessions. */
void tfg_sessions_end_kind(const char *type_name);
int tfg_session_n_devices(const TfgSession *session);
void tfg_session_device(const TfgSession *session, int i, const char **name, const char **type, int64_t *memory_limit, uint64_t *incarnation);

/* A prepared run: fetches, targets and feed keys, resolved once.  The plan is cached in the session; both handles count it. */
TfgPlan *tfg_session_plan(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                          TfgOp *const *targets, int n_targets, TfgStatus *s);
TfgPlan *tfg_plan_ref(TfgPlan *p);
void tfg_plan_unref(TfgPlan *p);
/* feed_values[i] may be a tensor without a buffer (borrowed memory): it is read during this call only, and copied by whatever
 * keeps or returns it.  values[i] is new on success.  options may be NULL. */
int tfg_plan_run(TfgPlan *p, TfgTensor *const *feed_values, TfgTensor **values, const TfgRunOptions *options, TfgStatus *s);

/* Partial runs: setup returns a handle (new text, tfg_free); run feeds and fetches in any order, each once. */
char *tfg_session_partial_setup(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                                TfgOp *const *targets, int n_targets, TfgStatus *s);
int tfg_session_partial_run(TfgSession *session, const char *handle, const TfgOutput *feeds, TfgTensor *const *values, int n_feeds,
                            const TfgOutput *fetches, TfgTensor **out, int n_fetches, const TfgRunOptions *options, TfgStatus *s);
int tfg_session_reset(const char *target, const char *const *containers, int n, const TfgSessionOptions *options, TfgStatus *s);

#endif
