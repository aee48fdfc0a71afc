/* Flow: what the DATAFLOW executor needs besides the instructions: who waits for whom, and the loops. */
#ifndef TFG_RUNTIME_FLOW_H
#define TFG_RUNTIME_FLOW_H

#include "runtime/plan.h"

typedef struct TfgWatch TfgWatch;

typedef struct TfgFlowLoop {    /* 0 is the graph outside all loops */
    const char *name;
    int32_t parent;
    int32_t parallel_iterations;
    int32_t n_enters;
    int32_t n_nodes, n_entries; /* instructions, and their inputs, that run in the loop */
    int32_t *nodes;             /* the instructions */
} TfgFlowLoop;

typedef struct TfgFlowEdge { int32_t to, in; } TfgFlowEdge;     /* input `in` of an instruction; -1: control, -2: soft */

typedef struct TfgFlowNode {
    int32_t edges, n_edges;     /* flow->edges[edges ..], by output */
    int32_t local, entry;       /* numbers in its loop: of the node, of its first input */
    int32_t n_wait;             /* arrivals before it may run (a Merge: controls alone) */
    int32_t n_first, n_again;   /* a Merge: data inputs that arrive in the first iteration, and in later ones */
    bool always;                /* a Merge: some input is a constant or a feed */
    bool outlives;              /* a ControlTrigger runs, whatever it waited for is dead */
    int32_t to_loop;            /* where its outputs go: its own loop, or for Enter and Exit another */
    uint64_t dies;
} TfgFlowNode;

struct TfgFlow {
    TfgFlowLoop *loops;
    int32_t n_loops;
    TfgFlowNode *nodes;
    TfgFlowEdge *edges;
    int32_t *edge_output;       /* per edge: the output it starts from, -1 for control and soft edges */
    int32_t *feed_edges;        /* feed i: edges feed_edges[i] .. feed_edges[i + 1]; for partial runs */
    int32_t *roots;             /* instructions that wait for nothing */
    int32_t n_roots;
    int32_t max_out;
    bool partial;
};

/* Makes plan->flow; instr_of maps the maker's nodes to instructions (-1: none). */
int tfg_flow_make(TfgPlanMaker *m, const int32_t *instr_of, TfgStatus *s);
int tfg_flow_run(TfgPlan *p, TfgFrame *f, TfgWatch *w, TfgStatus *s);

/* A run in pieces, for partial runs: begin, then advance as often as wanted, then end. */
typedef struct TfgFlowRun TfgFlowRun;
TfgFlowRun *tfg_flow_begin(TfgFrame *f, TfgStatus *s);
/* Gives a value to feed i. */
int tfg_flow_feed(TfgFlowRun *r, int i, TfgTensor *value, TfgStatus *s);
/* Runs until nothing is ready and nothing under way, or all of `fetches` (numbers, n of them) are there. */
int tfg_flow_advance(TfgFlowRun *r, const int *fetches, int n, TfgWatch *w, TfgStatus *s);
void tfg_flow_end(TfgFlowRun *r);

#endif
