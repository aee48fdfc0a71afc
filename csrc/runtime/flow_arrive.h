/* Flow_arrive: a run of the DATAFLOW executor, and what has arrived in it: values and deaths at the inputs of instructions, in which
 * iteration of which loop, and the instructions that are ready because of it.  Whoever runs them stands in dataflow.c. */
#ifndef TFG_RUNTIME_FLOW_ARRIVE_H
#define TFG_RUNTIME_FLOW_ARRIVE_H

#include <pthread.h>

#include "base/status.h"
#include "runtime/call.h"
#include "runtime/flow.h"

typedef struct TfgFlowEntry {   /* what has arrived at an input */
    TfgTensor *value;
    TfgVariable *ref;
    bool dead;
} TfgFlowEntry;

typedef struct TfgFlowInstance TfgFlowInstance;

typedef struct TfgFlowIteration {
    TfgFlowInstance *loop;
    int64_t number;
    int32_t outstanding;        /* ready or running instructions, and inner loops */
    int32_t *wait;              /* per node: arrivals still missing */
    int32_t *dead;              /* per node: dead arrivals */
    int32_t *taken;             /* per node: a Merge's live input, -1 none yet */
    bool *queued;               /* per node: a Merge that runs, or has run */
    TfgFlowEntry *entries;
    struct TfgFlowIteration *next;      /* the following iteration */
} TfgFlowIteration;

typedef struct TfgFlowConstant { int32_t instr; TfgFlowEntry entry; struct TfgFlowConstant *next; } TfgFlowConstant;
/* An Exit that ran; `left`: alive, in some iteration. */
typedef struct TfgFlowDeadExit { int32_t instr; bool left; struct TfgFlowDeadExit *next; } TfgFlowDeadExit;

struct TfgFlowInstance {        /* an instance of a loop */
    const TfgFlowLoop *info;
    int32_t number;
    TfgFlowInstance *next;      /* all instances of the run */
    TfgFlowIteration *outer;    /* where it was entered; NULL outside all loops */
    TfgFlowIteration *oldest, *newest;
    int32_t n_iterations;       /* alive */
    int32_t enters_left;
    TfgFlowConstant *constants, *held_back;     /* held_back: values for an iteration that may not start yet */
    TfgFlowConstant **held_end;
    TfgFlowDeadExit *dead_exits;
};

typedef struct TfgFlowReady { int64_t key; int32_t instr; TfgFlowIteration *iteration; } TfgFlowReady;

typedef struct TfgFlowAsync {   /* a kernel under way */
    TfgKernelCall call;         /* first: done() gets its address */
    TfgCallSite site;
    TfgFlowRun *run;
    TfgFlowIteration *iteration;
    int32_t instr;
    TfgStatus status;
    int64_t start_ns;
    struct TfgFlowAsync *next;
    TfgTensor **in, **out;
    TfgVariable **in_ref, **out_ref;
} TfgFlowAsync;

struct TfgFlowRun {
    TfgFrame *frame;
    TfgPlan *plan;
    const TfgFlow *flow;
    TfgFlowInstance *loops;
    TfgFlowInstance *root;
    TfgFlowReady *ready;
    size_t n_ready, ready_capacity;
    TfgTensor **out;
    TfgVariable **out_ref, **entry_ref;
    bool *fetched;              /* per slot that is fetched: it has come */
    bool failed;
    TfgStatus status;
    int32_t n_async;
    pthread_mutex_t lock;       /* guards `ended` */
    pthread_cond_t changed;
    TfgFlowAsync *ended;
};

/* An instruction is ready; or the one that runs next is taken. */
int tfg_flow_push(TfgFlowRun *r, int32_t instr, TfgFlowIteration *iteration);
TfgFlowReady tfg_flow_pop(TfgFlowRun *r);
void tfg_flow_entry_drop(TfgFlowEntry *e);
/* A loop is entered from an iteration of the one around it; NULL outside all loops. */
TfgFlowInstance *tfg_flow_instance_new(TfgFlowRun *r, int32_t number, TfgFlowIteration *outer);
void tfg_flow_instance_free(TfgFlowRun *r, TfgFlowInstance *loop);
/* A value, or a death, arrives at an input; also over edges of control. */
int tfg_flow_arrive_steal(TfgFlowRun *r, TfgFlowIteration *it, TfgFlowEdge edge, TfgFlowEntry e, bool from_enter);
/* What an instruction gave goes to those who wait for it in the same iteration. */
int tfg_flow_send(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead);
/* The same wherever it belongs, into and out of loops and to fetches; the values are dropped, and the instruction is over. */
int tfg_flow_propagate(TfgFlowRun *r, int32_t instr, TfgFlowIteration *it, TfgTensor **out, TfgVariable **out_ref, bool dead);

#endif
