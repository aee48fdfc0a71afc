/* What the gradients of loops share.  For each loop that is differentiated there is a loop that runs backwards as often; values of
 * the forward loop that it needs are pushed onto stacks there, one stack per value, and popped here.  As in TensorFlow 1.12. */
#ifndef TFG_GRADIENTS_LOOP_STATE_H
#define TFG_GRADIENTS_LOOP_STATE_H

#include "gradients/build.h"
#include "gradients/graph_backend.h"

typedef struct TfgLoopState TfgLoopState;

typedef struct TfgPartsList { TfgParts *items; int n; size_t capacity; } TfgPartsList;
typedef struct TfgSwitchGrad { const TfgOp *op; TfgParts merge; } TfgSwitchGrad;        /* a loop's Switch, and the Merge made for it */

struct TfgLoopState {
    TfgLoopGrad base;           /* first: the context of the gradient's loop has its address */
    TfgGraph *graph;
    TfgLoopState *outer;        /* of the loop around, where that is differentiated, too */
    TfgOpContext *context;      /* of the gradient's loop */
    TfgOpContext *caller;       /* where gradients were asked for */
    TfgOutput forward_index, index;     /* counters: of the forward loop for the next iteration, of this one for the present */
    TfgOp *forward_sync, *sync; /* made when first needed: pushes, and pops, happen in the order of the iterations */
    TfgIdMap history;           /* key of a forward value -> place in `real` */
    TfgOutput *real;
    size_t n_real, real_capacity;
    TfgSwitchGrad *switches;
    int n_switches;
    size_t switches_capacity;
    TfgIdMap switch_of;         /* index of a Switch -> place in `switches` */
    TfgPartsList exits;         /* of the forward loop, when its gradient was asked for */
    TfgPartsList unused, deferred;
    int pending_exits;
    bool broken;                /* building failed: of no use any more */
};

typedef struct TfgLoopStates {  /* of one call of gradients, in the order in which loops are met */
    TfgLoopState **items;
    int n;
    size_t capacity;
    TfgIdMap by_context;        /* address of a forward context -> its place */
} TfgLoopStates;
void tfg_loop_states_fini(TfgLoopStates *all, bool failed);     /* the states themselves belong to their contexts */

/* The state for the loop that `exit` leaves.  *state is new, or NULL where it was there. */
int tfg_loop_states_add(TfgLoopStates *all, TfgGraph *g, const TfgOp *exit, TfgLoopState **state, TfgStatus *s);
/* The state of the loop that op is in; NULL where it is in none that is differentiated.  before: an Exit counts as outside. */
TfgLoopState *tfg_loop_states_find(const TfgLoopStates *all, const TfgOp *op, bool before);
TfgLoopState *tfg_loop_states_of(const TfgLoopStates *all, const TfgOpContext *loop);

/* Makes the state's loop the current context (NULL state: nothing changes) and gives back what it was. */
TfgOpContext *tfg_loop_enter(TfgLoopState *l, TfgGraph *g);
void tfg_loop_leave(TfgGraph *g, TfgOpContext *before);

/* A stack of all that `value` is in the forward loop, and, in the gradient's loop, the one that belongs to the iteration. */
int tfg_loop_push(TfgLoopState *l, TfgOutput value, bool dead_branch, TfgOutput *stack, TfgStatus *s);
int tfg_loop_pop(TfgLoopState *l, TfgOutput stack, TfgOutput value, bool dead_branch, TfgOutput *out, TfgStatus *s);
/* Called in the gradient's loop: `value` of the forward loop as it was in the iteration. */
int tfg_loop_real_value(TfgLoopState *l, TfgOutput value, TfgOutput *out, TfgStatus *s);
/* The predicate of a cond inside the forward loop, in the gradient's. */
int tfg_loop_real_pred(TfgLoopState *l, TfgOutput pred, TfgOutput *out, TfgStatus *s);
bool tfg_loop_known(const TfgLoopState *l, TfgOutput value, TfgOutput *out);

int tfg_parts_add(TfgPartsList *list, const TfgParts *parts, TfgStatus *s);

/* Short forms for one op with one output in the current context. */
TfgOutput tfg_loop_op(TfgGraph *g, const char *type, const char *name, const TfgOutput *in, int n_in, const TfgNamedAttr *attrs, int n_attrs,
                      TfgStatus *s);
TfgOutput tfg_loop_const(TfgGraph *g, const char *name, TfgDType dtype, int64_t value, TfgStatus *s);
/* Enter, Merge, Switch of one more variable of the loop c.  *merge is still to be closed; *out leaves, *in stays. */
int tfg_loop_variable(TfgOpContext *c, TfgOutput start, const char *name, const char *merge_name, bool keep_shape, TfgOutput *merge,
                      TfgStatus *s);
int tfg_loop_switch(TfgOpContext *c, TfgOutput merge, TfgOutput *out, TfgOutput *in, TfgStatus *s);
int tfg_loop_close(TfgOutput merge, TfgOutput next, TfgOutput *iteration, TfgStatus *s);
int tfg_loop_exit(TfgOpContext *c, TfgOutput value, const char *name, TfgOutput *exit, TfgStatus *s);

/* ---- gradients of the ops that loops are made of (loop_grad.c): the graph backend's `flow` ---- */
int tfg_loop_gradient(TfgGradCall *g, bool *done, TfgStatus *s);
/* Zeros for an output without gradient, and for an exit that nothing depends on (loop_zeros.c). */
int tfg_loop_zeros(const TfgLoopStates *all, const TfgOp *op, int i, TfgGrad *grad, TfgStatus *s);
int tfg_loop_zeros_for_exit(const TfgLoopStates *all, const TfgParts *exit, TfgGrad *grad, TfgStatus *s);
/* At the end: variables that an iteration does not depend on have no gradient in the iterations before. */
int tfg_loop_states_finish(const TfgLoopStates *all, TfgStatus *s);
/* Zeros outside of loops, backprop.c. */
int tfg_zeros_outside_loops(TfgGraph *g, const TfgOp *op, int i, TfgGrad *grad, TfgStatus *s);
/* The shape of a tensor, or of the variable that a handle stands for. */
TfgValue tfg_loop_shape_of(TfgBuild *b, TfgOutput t);
/* dtype of the variable behind a resource, for zeros in its place; TensorFlow takes it for float. */
TfgDType tfg_dtype_behind(const TfgOutputInfo *resource);

#endif
