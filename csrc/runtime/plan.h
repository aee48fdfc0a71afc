/* Plan: what a session runs for one set of fetches, targets and feeds.  It is made in steps, each in a file of its own:
 *   prune    the nodes that are needed, as the session froze them            prune.c
 *   inline   calls of functions become the nodes of their bodies             inline.c
 *   place    a device for each                                               place.c
 *   refs     variables resolved, Identity of a reference taken out           refs.c
 *   regions  loops become nodes with plans of their own                      region.c
 *   rewrite  constant folding, common subexpressions, identities, fusion     rewrite_*.c
 *   order    one order that keeps readers of a variable before its writers   order.c
 *   mortals  which nodes may be dead                                         mortal.c
 *   compile  a flat array of instructions over numbered slots                compile.c
 * and then it never changes; a running step keeps its values in a frame (frame.h). */
#ifndef TFG_RUNTIME_PLAN_H
#define TFG_RUNTIME_PLAN_H

#include "base/arena.h"
#include "graph/graph.h"
#include "runtime/elementwise.h"
#include "runtime/kernel.h"
#include "runtime/session.h"

enum {                          /* bits of TfgSessionOptions.rewrites_off */
    TFG_REWRITE_FOLD = 1, TFG_REWRITE_CSE = 2, TFG_REWRITE_IDENTITY = 4, TFG_REWRITE_FUSE = 8, TFG_REWRITE_LAYOUT = 16,
    TFG_REWRITE_UNUSED = 32, TFG_REWRITE_INLINE = 64, TFG_REWRITE_REGION = 128, TFG_REWRITE_SHAPE = 256,
    TFG_REWRITE_ALL = 511
};

/* ---- While it is made ------------------------------------------------------------------------------------------------------- */

typedef enum TfgNodeKind {
    TFG_NODE_OP,
    TFG_NODE_FEED,              /* the value fed for one output of `op` */
    TFG_NODE_CONST,             /* `constant` */
    TFG_NODE_VARIABLE,          /* a reference variable: `variable` */
    TFG_NODE_FUSED,             /* `fused`: several elementwise ops in one */
    TFG_NODE_REGION,            /* `region`: a loop with plans of its own */
    TFG_NODE_GONE               /* taken out by a rewrite */
} TfgNodeKind;

typedef struct TfgPort { int32_t node, index; } TfgPort;        /* output `index` of a node of the plan */

typedef struct TfgInlined {     /* a call that was replaced by the nodes of the function's body */
    const TfgOp *call;
    const struct TfgInlined *outer;
} TfgInlined;

typedef struct TfgNode {
    TfgNodeKind kind;
    TfgOp *op;                  /* where it comes from, for names and errors */
    const char *name;           /* in the session: the op's, behind the calls that it was inlined from */
    const TfgInlined *inlined;  /* those calls; NULL: none */
    const TfgOpDef *def;
    TfgAttrs attrs;
    const char *device_name;    /* as asked for */
    int32_t device;             /* of the session's */
    int32_t n_in, n_out, n_controls;
    TfgPort *in;
    TfgOp **via;                /* per input: the Identity of a reference that was taken out in between; NULL: none at all */
    int32_t *controls;          /* nodes */
    TfgDType *in_dtype, *out_dtype;     /* of this node; references keep TFG_REF */
    TfgVariable **out_variable; /* per output: the variable that a reference names, where that is always the same; NULL: no refs */
    const TfgKernelRow *row;
    TfgTensor *constant;        /* counted by the plan's list of tensors */
    TfgVariable *variable;
    TfgFused *fused;
    struct TfgRegion *region;
    bool wanted;                /* fetched, a target, or with effects: no rewrite takes it out or moves it */
    bool fetched;               /* some output is fetched */
    bool runs;                  /* a constant that may be dead, where that matters: a Merge or a fetch reads it */
    bool may_be_dead;           /* behind a Switch and before the Merge */
    int32_t frame;              /* 0: not in a loop; else a number per loop */
    int32_t enters;             /* the loop that an Enter leads into */
} TfgNode;

typedef struct TfgPlanMaker {
    TfgSession *session;
    TfgGraph *graph;            /* the session's, or that of a function's body, which nobody mutates */
    const struct TfgBody *body; /* NULL: not of a function */
    TfgArena arena;             /* everything here lives until the plan is made */
    TfgNode *nodes;
    int32_t n_nodes, nodes_capacity;
    const TfgOutput *feeds;
    int n_feeds;
    const TfgOutput *fetches;
    int n_fetches;
    TfgOp *const *targets;
    int n_targets;
    TfgPort *fetch_ports;
    int32_t *order;             /* nodes in the order of execution */
    int32_t n_order;
    struct TfgFlowLoop *loops;
    int32_t n_loops;
    size_t loops_capacity;
    int32_t *soft;              /* pairs (before, after) that the order chose among unordered nodes */
    size_t n_soft, soft_capacity;
    bool has_loops, has_switches, may_block, partial;
    bool has_regions, no_regions;
    struct TfgPlan *plan;
} TfgPlanMaker;

int tfg_plan_prune(TfgPlanMaker *m, TfgStatus *s);
/* Calls of functions become the nodes of their bodies, where that changes nothing (inline.c). */
int tfg_plan_inline(TfgPlanMaker *m, TfgStatus *s);
int tfg_plan_place(TfgPlanMaker *m, TfgStatus *s);
int tfg_plan_refs(TfgPlanMaker *m, TfgStatus *s);
int tfg_plan_order(TfgPlanMaker *m, TfgStatus *s);
/* Numbers the loops: node.frame, in flow.c. */
int tfg_plan_frames(TfgPlanMaker *m, TfgStatus *s);
/* Says which nodes may be dead: mortal.c. */
int tfg_plan_find_mortals(TfgPlanMaker *m, TfgStatus *s);
int tfg_plan_compile(TfgPlanMaker *m, TfgStatus *s);
/* Constants run nothing, so who reads them waits for what they would have waited for. */
int tfg_plan_pass_controls(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_fold(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_cse(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_identity(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_shape(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_unused(TfgPlanMaker *m, TfgStatus *s);
int tfg_rewrite_fuse(TfgPlanMaker *m, TfgStatus *s);

/* A topological order of all nodes that are not gone, back edges of loops left out; in the maker's arena. */
int32_t *tfg_plan_topological(TfgPlanMaker *m, int32_t *n, TfgStatus *s);
bool tfg_node_is(const TfgNode *n, const char *type);
bool tfg_node_has_effects(const TfgNode *n);    /* stateful, or touches a reference */
/* Adds a control input unless it is there; 0 / -1 without memory. */
int tfg_node_add_control(TfgPlanMaker *m, TfgNode *n, int32_t control);

/* ---- Made ------------------------------------------------------------------------------------------------------------------- */

typedef enum TfgInstrKind {
    TFG_INSTR_KERNEL, TFG_INSTR_FUSED, TFG_INSTR_NOTHING,
    TFG_INSTR_CONSTANT, TFG_INSTR_SWITCH, TFG_INSTR_MERGE, TFG_INSTR_ASYNC, TFG_INSTR_ENTER, TFG_INSTR_EXIT, TFG_INSTR_NEXT,
    TFG_INSTR_FUNCTIONAL,       /* calls functions: functional.h */
    TFG_INSTR_REGION            /* a loop: region.h */
} TfgInstrKind;

typedef struct TfgVariableInput {       /* an input that is a variable */
    int32_t in;
    TfgVariable *variable;      /* NULL: the one that the source's slot names in this step */
    const TfgOp *reader;        /* who is blamed when it is uninitialised */
    const char *source;         /* name of the node that gave the reference */
    bool by_reference;          /* the kernel takes the variable itself; else its present value is read */
    bool must_be_variable;      /* the kernel knows no other references, such as old handles of stacks and queues */
    bool may_be_uninitialized;
} TfgVariableInput;

typedef struct TfgInstr {
    uint8_t kind;
    bool may_be_dead, has_refs, expensive, is_constant_enter;
    const TfgKernelRow *row;
    void *state;
    const TfgOp *op;
    const TfgInlined *inlined;  /* see TfgNode */
    const char *name, *type;
    const TfgAttrs *attrs;
    const TfgDType *out_dtype;
    int32_t in, n_in;           /* plan->in_slots[in ..] */
    int32_t out, n_out;         /* slots out .. */
    int32_t drop, n_drop;       /* plan->drops[drop ..]: slots whose last use this is */
    int32_t variable, n_variables;      /* plan->variable_inputs[variable ..] */
    int32_t controls, n_controls;       /* plan->controls[controls ..]: instructions to wait for, whose death kills this one */
    int32_t device;
    uint64_t dies;              /* see TfgCallSite */
    int32_t frame;
} TfgInstr;

typedef struct TfgState { const TfgKernelRow *row; void *state; } TfgState;

typedef struct TfgFetch {
    int32_t slot;               /* -1: a feed */
    bool by_reference;          /* a variable is read at the end of the step: `variable`, or the one that the slot names */
    TfgVariable *variable;
    const char *source;         /* node that gave the reference */
    int32_t feed;               /* number of the feed that is fetched, else -1 */
    bool last;                  /* no later fetch takes the same slot */
    const TfgOp *op;
    int index;
} TfgFetch;

typedef struct TfgFrame TfgFrame;
typedef struct TfgFlow TfgFlow;         /* what the DATAFLOW executor needs besides (flow.h) */

struct TfgPlan {
    _Atomic int64_t refs;
    TfgSession *session;        /* counted by every handle but the cache's */
    TfgArena arena;
    uint64_t hash;              /* of the key */
    TfgOutput *feeds, *fetches;
    TfgOp **targets;
    int n_feeds, n_fetches, n_targets;
    TfgDType *feed_dtypes;

    TfgInstr *code;
    int32_t n_code;
    int32_t *in_slots, *drops, *controls;
    TfgVariableInput *variable_inputs;
    int32_t n_slots, max_in;
    int32_t *feed_slots;        /* -1: fed, but nobody reads it */
    int32_t *constant_slots;
    TfgTensor **constants;      /* values of constant_slots */
    int32_t n_constants;
    TfgFetch *fetch;
    int32_t *first, *last;      /* per slot: see tfg_layout_make */
    bool *escapes;              /* per slot: fetched */
    bool has_dead, any_expensive, has_effects;
    bool uses_flow;             /* the DATAFLOW executor runs it */
    TfgFlow *flow;

    TfgTensor **tensors;        /* everything counted that the plan keeps */
    size_t n_tensors, tensors_capacity;
    TfgVariable **variables;
    size_t n_variables, variables_capacity;
    TfgPlan **parts;            /* of regions */
    size_t n_parts, parts_capacity;
    TfgState *states;
    size_t n_states, states_capacity;

    _Atomic int64_t steps;      /* that were run with metadata */
    TfgFrame *frames;           /* at rest; under the session's lock */
    size_t bytes;               /* of the plan itself, for the cache */
};

TfgPlan *tfg_plan_make(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                       TfgOp *const *targets, int n_targets, bool partial, TfgStatus *s);

/* The plan of a function's body: fed its arguments, it fetches its results and runs what has effects. */
TfgPlan *tfg_plan_make_body(TfgSession *session, const struct TfgBody *body, TfgStatus *s);

/* The plan of a part of a plan: nodes that are placed and whose references are resolved.  NULL, also without a failure, where a fetch
 * or the node `gate` (-1: none) may be dead.  The session is not counted. */
TfgPlan *tfg_plan_make_part(TfgPlanMaker *part, int32_t gate, TfgStatus *s);
int tfg_plan_keep_part_steal(TfgPlan *p, TfgPlan *part, TfgStatus *s);

/* As tfg_plan_ref and tfg_plan_unref without the session: for the session's own cache. */
TfgPlan *tfg_plan_retain(TfgPlan *p);
void tfg_plan_release(TfgPlan *p);
/* Keep something as long as the plan lives; takes the reference, also on failure. */
int tfg_plan_keep_tensor_steal(TfgPlan *p, TfgTensor *t, TfgStatus *s);
int tfg_plan_keep_variable_steal(TfgPlan *p, TfgVariable *v, TfgStatus *s);
int tfg_plan_keep_state(TfgPlan *p, const TfgKernelRow *row, void *state, TfgStatus *s);

#endif
