/* Graph and Operation.  Nodes, names and attributes live in the graph's arena and never move; a node is published whole or not at
 * all, under the graph's lock.  Fields are read by graph/, gradients/, io/ and runtime/, and written by graph/ alone. */
#ifndef TFG_GRAPH_GRAPH_H
#define TFG_GRAPH_GRAPH_H

#include <stdatomic.h>

#include "base/map.h"
#include "graph/infer.h"
#include "graph/opdef.h"

#define TFG_GRAPH_DEF_PRODUCER 27       /* GraphDef versions of TensorFlow 1.12 */
#define TFG_GRAPH_DEF_MIN_CONSUMER 0

typedef struct TfgOpContext TfgOpContext;

typedef struct TfgControlScope TfgControlScope;

typedef struct TfgUse { TfgOp *op; int index; } TfgUse;         /* input `index` of `op` */

typedef struct TfgOutputInfo {
    TfgDType dtype;             /* with TFG_REF where it is a reference */
    const TfgDims *shape;       /* NULL: unknown rank */
    const TfgHandleInfo *handle;    /* for resources; NULL: nothing known */
    TfgUse *uses;               /* consumers in the order they came */
    int32_t n_uses, uses_capacity;
    void *binding;              /* the language binding's wrapper of this tensor; the core never reads it */
    bool unfeedable;            /* Graph.prevent_feeding */
} TfgOutputInfo;

struct TfgOp {
    TfgGraph *graph;
    const TfgOpDef *def;
    const char *name;
    int32_t id;                 /* 1, 2, 3 ... in order of creation: Operation._id.  Has gaps where an id went to no op */
    int32_t index;              /* 0, 1, 2 ... without gaps: tfg_graph_op(g, index) is this op */
    int32_t n_inputs, n_controls, n_outputs;
    TfgOutput *inputs;
    TfgOp **controls;
    TfgOutputInfo *outputs;
    TfgAttrs attrs;             /* all of the definition's, then private ones ("_class", "_gradient_op_type", ...) */
    const char *device;         /* as asked for: "" or a canonical device string */
    TfgOpContext *context;      /* control-flow context it was made in, or NULL */
    TfgOp **control_uses;       /* ops that wait for this one */
    int32_t n_control_uses, control_uses_capacity;
    int32_t version;            /* changes with every mutation (update_input, set_attr, add_control_input) */
    bool unfetchable;           /* Graph.prevent_fetching */
    const TfgControlScope *control_scope;   /* innermost control_dependencies it was made in, or NULL */
    TfgOp *original;            /* the op whose gradient it was made for, or NULL */
    void *stack;                /* where the user made it: the binding's, hash-consed */
    void *binding;              /* the binding's wrapper */
};

/* What the language binding hooks in.  Every hook may be NULL. */
typedef struct TfgGraphHooks {
    void *(*capture_stack)(TfgGraph *g);
    /* A device function on the device stack: gives the device for `op` into `out`. */
    int (*device_function)(void *function, TfgOp *op, TfgStr *out, TfgStatus *s);
    /* Anything held as void * in scopes and contexts. */
    void (*object_ref)(void *object);
    void (*object_unref)(void *object);
    /* `op` was made in a colocation with `with`, whose device is another: TensorFlow logs a warning and leaves op's device. */
    void (*colocation_conflict)(TfgOp *op, TfgOp *with);
    /* Called with a new op before contexts see it and it is returned (a Graph subclass that overrides create_op). */
    int (*op_created)(TfgOp *op, TfgStatus *s);
} TfgGraphHooks;

/* Control-flow (or capture) contexts, DESIGN.md 3.2.  add_op may rewire the new op's inputs and add control inputs. */
typedef struct TfgOpContextType {
    const char *name;           /* "CondContext" */
    int (*add_op)(TfgOpContext *c, TfgOp *op, TfgStatus *s);
    int (*add_value)(TfgOpContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s);  /* `in` as seen from inside */
    bool (*back_prop)(const TfgOpContext *c);
    TfgOutput (*pivot)(const TfgOpContext *c);      /* what ops that depend on nothing inside wait for; may be NULL */
    void (*free)(TfgOpContext *c);          /* what it holds beyond TfgOpContext; may be NULL */
    void (*add_inner_op)(TfgOpContext *c, TfgOp *op);       /* an op was added to a context inside this one; may be NULL */
} TfgOpContextType;

struct TfgOpContext {
    const TfgOpContextType *type;
    TfgGraph *graph;
    TfgOpContext *outer;
    const char *name;
    void *binding;
    TfgOpContext *next_owned;   /* all contexts die with their graph */
    TfgIdMap values;            /* tensors seen inside (their keys, tfg_output_key) */
    TfgOutput *external_from, *external_to;     /* tensors from outside and what stands for them inside, in the order they came */
    int32_t n_external;
    size_t external_capacity, external_to_capacity;
    TfgIdMap external;          /* key of external_from[i] -> i */
};

/* ---- life, lock ---- */
/* tfg_graph_new/ref/unref are public. */
void tfg_graph_set_hooks(TfgGraph *g, const TfgGraphHooks *hooks);
void tfg_graph_set_binding(TfgGraph *g, void *binding);
void *tfg_graph_binding(const TfgGraph *g);
void tfg_graph_lock(TfgGraph *g);               /* recursive */
bool tfg_graph_trylock(TfgGraph *g);            /* for callers that must first let go of an interpreter lock */
void tfg_graph_unlock(TfgGraph *g);
void tfg_graph_after_fork(TfgGraph *g);         /* in a forked child: whoever held the lock is no more */
TfgArena *tfg_graph_arena(TfgGraph *g);         /* use with the lock held */

/* ---- nodes ---- */
int32_t tfg_graph_n_ops(const TfgGraph *g);                     /* published so far; safe without the lock */
TfgOp *tfg_graph_op(const TfgGraph *g, int32_t i);              /* i-th in order of creation */
int32_t tfg_graph_version(const TfgGraph *g);                   /* largest id of an op: Graph.version */
int64_t tfg_graph_next_id(TfgGraph *g);                         /* takes an id without an op: Graph._next_id */

typedef struct TfgOpSpec {      /* everything tfg_graph_add_op wants; all borrowed */
    const TfgOpDef *def;
    const char *name;           /* NULL: the type.  Ending in "/": exactly this, without the slash; else made unique in the scope */
    const TfgOutput *inputs;    /* flattened */
    int n_inputs;
    TfgOp *const *controls;     /* besides those of the control-dependency stack */
    int n_controls;
    const TfgNamedAttr *attrs;  /* those not given by inputs or defaults; any order */
    int n_attrs;
    const char *device;         /* NULL: from the device stack */
    bool exact;                 /* as a file has it: no scopes, stacks, contexts or colocation apply */
    bool direct;                /* made by Graph.create_op itself, as Const is: no name scope of its own */
} TfgOpSpec;

/* The one place where an op is added.  Infers attributes that inputs give, fills defaults, checks, applies the name, control,
 * device, colocation and attribute scopes, infers shapes, publishes, then hands it to the current context. */
TfgOp *tfg_graph_add_op(TfgGraph *g, const TfgOpSpec *spec, TfgStatus *s);
/* Short form for C code: name may be NULL. Single-output convenience returns via out[]. */
TfgOp *tfg_graph_make(TfgGraph *g, const char *type, const char *name, const TfgOutput *in, int n_in,
                      const TfgNamedAttr *attrs, int n_attrs, TfgStatus *s);
TfgOutput tfg_graph_constant(TfgGraph *g, TfgTensor *value, const char *name, TfgStatus *s);    /* .op NULL on failure */

const TfgTensor *tfg_output_constant(TfgOutput o);              /* a Const's tensor (through nothing), or NULL */
/* Evaluates `o` when all it depends on is constant and small; new reference or NULL (no status: not an error). */
TfgTensor *tfg_graph_evaluate_constant(TfgGraph *g, TfgOutput o);
/* tensor_util.constant_value: the same, but followed only through the ops that TensorFlow's Python follows, since what it finds
 * decides which ops are made.  What is found cannot be fed any more. */
TfgTensor *tfg_graph_constant_value(TfgGraph *g, TfgOutput o);
/* The runtime installs how a stateless op with known inputs is computed; without it only Const and shapes are followed. */
typedef int (*TfgEvaluateFn)(const TfgOp *op, TfgTensor *const *in, TfgTensor **out);
void tfg_graph_set_evaluator(TfgEvaluateFn fn);

/* The rest of tfg_graph_add_op for ops that were added exactly (import_graph_def): each joins the graph's context, and then control
 * scopes, the context, attribute scopes and colocation do with it what they do with others. */
void tfg_graph_join_context(TfgGraph *g, TfgOp *op);
int tfg_graph_adopt_op(TfgGraph *g, TfgOp *op, TfgStatus *s);
/* Then, for all of them, what the device blocks say.  An op that is colocated with others loses the device it had: it will be
 * theirs. */
int tfg_graph_adopt_device(TfgGraph *g, TfgOp *op, bool *colocated, TfgStatus *s);
/* Several additions that are seen together or, with keep false, never were.  Nests; the lock is held from begin to end. */
int32_t tfg_graph_begin(TfgGraph *g);           /* the index of the first op to come */
void tfg_graph_end(TfgGraph *g, int32_t first, bool keep);
/* "name:index", as Tensor.name; appended. */
void tfg_output_format(TfgOutput o, TfgStr *out);
static inline uint64_t tfg_output_key(TfgOutput o) { return (uint64_t)(uint32_t)o.op->index << 32 | (uint32_t)o.index; }
/* Debug and test builds: uses lists, ids, names and contexts agree.  -1 with INTERNAL says where they do not. */
int tfg_graph_check(TfgGraph *g, TfgStatus *s);

/* ---- mutations (private names of Operation) ---- */
int tfg_op_update_input(TfgOp *op, int i, TfgOutput to, TfgStatus *s);
/* A Merge made before the NextIteration that feeds it: its input i is now that one.  What an iteration changes about a shape is the
 * loop's affair, so shapes are not compared; dtypes are the caller's to check. */
int tfg_merge_close_loop(TfgOp *merge, int i, TfgOutput next, TfgStatus *s);
void tfg_output_forget_shape(TfgOutput o);      /* nothing is known about it any more */
int tfg_op_add_controls(TfgOp *op, TfgOp *const *controls, int n, TfgStatus *s);
int tfg_op_remove_controls(TfgOp *op, TfgStatus *s);
int tfg_op_set_attr(TfgOp *op, const char *name, const TfgAttr *value, TfgStatus *s);   /* value is copied */
int tfg_op_set_device_name(TfgOp *op, const char *device, TfgStatus *s);
int tfg_output_set_shape(TfgOutput o, const TfgShape *shape, TfgStatus *s);    /* merges; VALUE-worded INVALID_ARGUMENT where it contradicts */
int tfg_output_set_handle(TfgOutput o, const TfgHandleInfo *info, TfgStatus *s);

/* ---- names and scopes (names.c) ---- */
/* Makes a name unique ("a", "a_1", ...; case-insensitively) under the current scope; arena text. */
const char *tfg_graph_unique_name(TfgGraph *g, const char *name, bool mark_as_used, TfgStatus *s);
/* Names in use, in the order they came: the i-th from *i on, lower case, with how often it was asked for; false at the end.  A borrow.
 * Under the graph's lock. */
bool tfg_graph_next_name(const TfgGraph *g, size_t *i, const char **name, size_t *n, uint32_t *used);
const char *tfg_graph_name_scope(const TfgGraph *g);            /* current scope without trailing slash: "a/b", or "" */
/* Enters scope `name` by TensorFlow's rules ("" or NULL: the root; trailing "/": exactly that; else unique under the current).
 * Returns the scope with a trailing "/" ("" for the root), arena text; *saved goes to tfg_graph_leave_scope. */
const char *tfg_graph_enter_scope(TfgGraph *g, const char *name, const char **saved, TfgStatus *s);
void tfg_graph_leave_scope(TfgGraph *g, const char *saved);

/* ---- control dependencies, devices, colocation, attributes (scopes.c); each enter has its leave, in stack order ---- */
int tfg_graph_enter_controls(TfgGraph *g, TfgOp *const *ops, int n, bool clear /* control_dependencies(None) */, TfgStatus *s);
/* The same for a block that may be entered more than once: *scope (NULL at first) is what it was.  Ops made inside it before are
 * then inside it still, so what uses them waits for nothing more. */
int tfg_graph_enter_controls_again(TfgGraph *g, const TfgControlScope **scope, TfgOp *const *ops, int n, TfgStatus *s);
void tfg_graph_leave_controls(TfgGraph *g);
/* The control inputs a new op with these inputs would get; new array (tfg_free), *n of them. */
TfgOp **tfg_graph_current_controls(TfgGraph *g, int *n, TfgStatus *s);
int tfg_graph_enter_device(TfgGraph *g, const char *spec, void *function, bool clear /* device(None) */, TfgStatus *s);
void tfg_graph_leave_device(TfgGraph *g);
bool tfg_graph_has_devices(TfgGraph *g);                /* whether some device scope is in force */
/* The i-th device scope from outside: its function (borrowed), or device(None), or else what it says.  False where there is none. */
bool tfg_graph_device_scope(TfgGraph *g, size_t i, TfgStr *spec, void **function, bool *clear);
int tfg_graph_enter_colocation(TfgGraph *g, TfgOp *op /* NULL: clear */, bool ignore_existing, TfgStatus *s);
void tfg_graph_leave_colocation(TfgGraph *g);
int tfg_graph_enter_attrs(TfgGraph *g, const TfgNamedAttr *attrs, int n, TfgStatus *s);     /* Graph._attr_scope; kind NONE removes */
void tfg_graph_leave_attrs(TfgGraph *g);
int tfg_graph_enter_gradient_override(TfgGraph *g, const char *const *types, const char *const *grads, int n, TfgStatus *s);
void tfg_graph_leave_gradient_override(TfgGraph *g);
int tfg_graph_enter_kernel_label(TfgGraph *g, const char *const *types, const char *const *labels, int n, TfgStatus *s);
void tfg_graph_leave_kernel_label(TfgGraph *g);
const char *tfg_graph_container(const TfgGraph *g);
const char *tfg_graph_set_container(TfgGraph *g, const char *container, TfgStatus *s);      /* the previous one */

/* ---- contexts (context.c, cond.c, while.c) ---- */
TfgOpContext *tfg_graph_context(const TfgGraph *g);
TfgOp *tfg_graph_original(const TfgGraph *g);
/* What ops made from now on are made for the gradient of, NULL for nothing (TfgOp.original); returns what it was. */
TfgOp *tfg_graph_set_original(TfgGraph *g, TfgOp *op);
/* Fills in the base of a context: graph, outer (the current context), a unique name, and has the graph own it. */
int tfg_context_init(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g, const char *name, TfgStatus *s);
int tfg_context_add_value(TfgOpContext *c, TfgOutput o);                        /* AddName: seen inside.  -1 without memory */
int tfg_context_set_external(TfgOpContext *c, TfgOutput from, TfgOutput to);    /* the same */
bool tfg_context_find_external(const TfgOpContext *c, TfgOutput from, TfgOutput *to);
bool tfg_context_has_value(const TfgOpContext *c, TfgOutput o);
bool tfg_context_contains(const TfgOpContext *outer, const TfgOpContext *c);    /* c is outer or inside it */
bool tfg_context_next_value(const TfgOpContext *c, size_t *i, TfgOutput *o);    /* walks values in any order; *i starts at 0 */
/* The loop around c (c itself, if it is one), or NULL. */
TfgOpContext *tfg_context_loop(const TfgOpContext *c);
/* Where op's outputs are: an Exit's are outside of the loop it belongs to. */
TfgOpContext *tfg_op_output_context(const TfgOp *op);
bool tfg_op_is_exit(const TfgOp *op);
bool tfg_op_is_constant_enter(const TfgOp *op);
bool tfg_op_is_switch(const TfgOp *op);
/* A Switch of a loop variable, not one that a cond inside the loop made. */
bool tfg_op_is_loop_switch(const TfgOp *op);
/* Makes `op` a member of c: Operation._set_control_flow_context. */
void tfg_op_set_context(TfgOp *op, TfgOpContext *c);
void tfg_graph_set_context(TfgGraph *g, TfgOpContext *c);
TfgOpContext *tfg_graph_newest_context(const TfgGraph *g);      /* of all that there are: those before it follow by next_owned */
/* A context of one arm of a cond, as TensorFlow 1.12's CondContext: values from outside enter through Switch ops. */
TfgOpContext *tfg_cond_context_new(TfgGraph *g, const char *name, TfgOutput pred, TfgOutput pivot, int branch, TfgStatus *s);
bool tfg_context_is_cond(const TfgOpContext *c);
TfgOutput tfg_cond_pred(const TfgOpContext *c);
TfgOutput tfg_cond_pivot(const TfgOpContext *c);
int tfg_cond_branch(const TfgOpContext *c);
/* Adds a value of the arm to the context's result (BuildCondBranch's tail): Identity for tensors from outside, see 1.12.3. */
int tfg_cond_add_result(TfgOpContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s);
/* The same for a result that is an operation: the pivot, after that operation. */
int tfg_cond_add_op_result(TfgOpContext *c, TfgOp *op, TfgOutput *out, TfgStatus *s);
/* ControlFlowContext.ExitResult: the context around c has seen `out`. */
int tfg_context_exit_result(TfgOpContext *c, TfgOutput out, TfgStatus *s);
/* A context as a file describes it (CondContextDef): no name is made up and no values are added but those given afterwards. */
TfgOpContext *tfg_cond_context_restore(TfgGraph *g, const char *name, TfgOutput pred, TfgOutput pivot, int branch, TfgStatus *s);

/* ---- loops (flow.c, while.c): node for node as WhileContext of TensorFlow 1.12 ---- */
/* A tensor (indices.op NULL), or IndexedSlices or a SparseTensor taken apart; dense_shape of slices may be missing. */
typedef struct TfgParts {
    TfgOutput values, indices, dense_shape;
    bool sparse;                /* a SparseTensor, not slices */
} TfgParts;
typedef struct TfgEnterArgs { const char *frame; int64_t parallel_iterations; bool is_constant, keep_shape; } TfgEnterArgs;
/* Each makes an op per part, the reference form for references; name NULL: the type. */
int tfg_flow_enter(TfgGraph *g, const TfgParts *in, const TfgEnterArgs *args, const char *name, TfgParts *out, TfgStatus *s);
int tfg_flow_exit(TfgGraph *g, const TfgParts *in, const char *name, TfgParts *out, TfgStatus *s);
int tfg_flow_next_iteration(TfgGraph *g, const TfgParts *in, TfgParts *out, TfgStatus *s);
int tfg_flow_identity(TfgGraph *g, const TfgParts *in, TfgParts *out, TfgStatus *s);
int tfg_flow_merge(TfgGraph *g, const TfgParts *a, const TfgParts *b, const char *name, TfgParts *out, TfgStatus *s);
/* Beside its data, whatever else is colocated: _SwitchRefOrTensor.  out: where pred is false, and where it is true. */
int tfg_flow_switch(TfgGraph *g, const TfgParts *in, TfgOutput pred, const char *name, TfgParts out[2], TfgStatus *s);

/* What the gradient of a loop has to do with the loop it is of: given to the context of the loop in which gradients are computed. */
typedef struct TfgLoopGrad TfgLoopGrad;
struct TfgLoopGrad {
    TfgOpContext *forward;      /* the loop that is differentiated */
    /* A value of the forward loop as the gradient loop gets it: popped from a stack where it changes. */
    int (*real_value)(TfgLoopGrad *grad, TfgOutput value, TfgOutput *out, TfgStatus *s);
    void (*free)(TfgLoopGrad *grad);
};

typedef struct TfgWhileArgs {
    TfgOutput maximum_iterations;       /* .op NULL: none */
    int64_t parallel_iterations;
    bool back_prop, swap_memory;
} TfgWhileArgs;
TfgOpContext *tfg_while_context_new(TfgGraph *g, const char *name, const TfgWhileArgs *args, TfgStatus *s);
bool tfg_context_is_while(const TfgOpContext *c);
const TfgWhileArgs *tfg_while_args(const TfgOpContext *c);
TfgLoopGrad *tfg_while_grad(const TfgOpContext *c);             /* NULL: not the loop of a gradient */
void tfg_while_set_grad(TfgOpContext *c, TfgLoopGrad *grad);    /* the context owns it */
/* The condition; what ops of the condition and of the body wait for that would not wait for the loop otherwise. .op NULL: not yet. */
TfgOutput tfg_while_pivot(const TfgOpContext *c);
TfgOutput tfg_while_pivot_for_pred(const TfgOpContext *c);
TfgOutput tfg_while_pivot_for_body(const TfgOpContext *c);
void tfg_while_set_pivots(TfgOpContext *c, TfgOutput pivot, TfgOutput for_pred, TfgOutput for_body);
int tfg_while_n_enters(const TfgOpContext *c);
int tfg_while_n_exits(const TfgOpContext *c);
const TfgParts *tfg_while_enter(const TfgOpContext *c, int i);
const TfgParts *tfg_while_exit(const TfgOpContext *c, int i);
int tfg_while_add_enter(TfgOpContext *c, const TfgParts *enter, TfgStatus *s);
int tfg_while_add_exit(TfgOpContext *c, const TfgParts *exit, TfgStatus *s);

/* A loop is built in this order, all with c as the current context.  First its variables enter, with their shapes if keep_shapes. */
int tfg_while_begin(TfgOpContext *c, const TfgParts *vars, int n, bool keep_shapes, TfgParts *enters, TfgStatus *s);
/* The variables as the condition sees them, once the shapes of the enters are what they will be. */
int tfg_while_merge(TfgOpContext *c, TfgParts *merges, TfgStatus *s);
/* The variables as the body sees them. */
int tfg_while_test(TfgOpContext *c, TfgOutput pred, TfgParts *vars, TfgStatus *s);
/* Variable i after one iteration. VALUE_ERROR where its shape is not what it was. */
int tfg_while_next(TfgOpContext *c, int i, const TfgParts *value, TfgStatus *s);
int tfg_while_end(TfgOpContext *c, TfgParts *exits, TfgStatus *s);
/* A context as a file describes it (WhileContextDef): as tfg_cond_context_restore. */
TfgOpContext *tfg_while_context_restore(TfgGraph *g, const char *name, const TfgWhileArgs *args, TfgStatus *s);

/* ---- finalize, versions, functions ---- */
/* GraphDef versions: those of the oldest producer of what was imported, and of the newest consumer that it needs. */
int32_t tfg_graph_producer(const TfgGraph *g);
int32_t tfg_graph_min_consumer(const TfgGraph *g);
void tfg_graph_set_versions(TfgGraph *g, int32_t producer, int32_t min_consumer);
void tfg_graph_finalize(TfgGraph *g, bool finalized);           /* false: Graph._unsafe_unfinalize */
bool tfg_graph_is_finalized(const TfgGraph *g);
int64_t tfg_graph_seed_taken(TfgGraph *g);                      /* ids given out so far: Graph._last_id, which seeds are made of */
/* Function library: serialised FunctionDef by name (and the name of its gradient function, may be NULL). */
int tfg_graph_add_function(TfgGraph *g, const char *name, const void *def, size_t n, const char *grad, TfgStatus *s);
bool tfg_graph_find_function(const TfgGraph *g, const char *name, const void **def, size_t *n, const char **grad);
/* The definition of the op that calls a function, kept with the function: NULL before somebody has set it (io/import.h). */
const TfgOpDef *tfg_graph_function_op_def(const TfgGraph *g, const char *name);
void tfg_graph_set_function_op_def(TfgGraph *g, const char *name, const TfgOpDef *def);        /* of the graph's arena */
/* The registered gradient (gradients/gradient.h) that calls of a function have instead of that of its body; NULL: none. */
const char *tfg_graph_function_gradient(const TfgGraph *g, const char *name);
int tfg_graph_set_function_gradient(TfgGraph *g, const char *name, const char *label, TfgStatus *s);
int tfg_graph_n_functions(const TfgGraph *g);
const char *tfg_graph_function_name(const TfgGraph *g, int i);
TfgGraph *tfg_graph_outer(const TfgGraph *g);                   /* of a function's graph; NULL else */
void tfg_graph_set_outer(TfgGraph *g, TfgGraph *outer);

/* ---- devices (device.c): "/job:localhost/replica:0/task:0/device:GPU:0" ---- */
typedef struct TfgDeviceSpec {
    bool has_job, has_replica, has_task, has_type, has_index;
    char job[128], type[64];
    int replica, task, index;
} TfgDeviceSpec;
int tfg_device_parse(const char *text, TfgDeviceSpec *out, TfgStatus *s);        /* also "/cpu:0", "/device:CPU:*" */
void tfg_device_merge(TfgDeviceSpec *into, const TfgDeviceSpec *from);           /* from's fields win */
void tfg_device_format(const TfgDeviceSpec *d, TfgStr *out);                     /* canonical: "/device:GPU:0" */

#endif
