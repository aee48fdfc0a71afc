/* Gradients: a gradient function sees a call, not a graph.  Behind TfgGradCall stands a backend: the graph builder
 * (gradients/backprop.c) or an eager tape.  gradients/<family>.c hold one row per op and never include graph/graph.h. */
#ifndef TFG_GRADIENTS_GRADIENT_H
#define TFG_GRADIENTS_GRADIENT_H

#include "graph/attr.h"
#include "tensor/tensor.h"
#include "tfgraph.h"

/* TfgValue, a tensor of the backend ({op, index} of a graph, {handle, 0} of an eager one), is public. */
#define TFG_NO_VALUE ((TfgValue){NULL, 0})
static inline bool tfg_has_value(TfgValue v) { return v.a != NULL; }

typedef struct TfgGrad {        /* a gradient: none, dense, or IndexedSlices */
    TfgValue value;             /* dense value, or the slices' values */
    TfgValue indices;           /* has a value exactly for IndexedSlices */
    TfgValue dense_shape;       /* may be absent */
} TfgGrad;

typedef struct TfgGradCall TfgGradCall;
typedef int (*TfgGradFn)(TfgGradCall *g, TfgStatus *s);

typedef struct TfgGradRow {
    const char *op;
    TfgGradFn fn;               /* NULL with TFG_NO_GRADIENT: declared not differentiable */
    uint32_t uses;              /* TFG_USES_*: what of the forward call is looked at, so that a tape may drop the rest */
    const char *label;          /* registered name where it differs from op (gradient_override_map); NULL: op */
} TfgGradRow;
enum { TFG_USES_X0 = 1, TFG_USES_X1 = 2, TFG_USES_X2 = 4, TFG_USES_X = 0xffff, TFG_USES_Y0 = 1 << 16, TFG_USES_Y = 0x7fff << 16 };
#define TFG_NO_GRADIENT NULL

struct TfgGradCall {            /* fields are for backends; gradient functions use the functions below */
    const char *op_type, *op_name;
    const TfgAttrs *attrs;
    int n_in, n_out;
    const TfgValue *x;          /* inputs, flattened */
    const TfgValue *y;          /* outputs */
    const TfgGrad *dy;          /* per output; floating outputs without gradient hold zeros, others none */
    TfgGrad *dx;                /* per input; starts none: the function's result */
    const struct TfgGradBackend *backend;
    void *context;
    const TfgGradRow *row;      /* being called */
};

typedef struct TfgGradBackend {
    /* Adds (or runs) op `type` named `name` in the current scope (NULL: its type; "/": the name of the current scope itself).
     * Inputs flattened, attrs that inputs do not give. */
    int (*call)(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in,
                const TfgNamedAttr *attrs, int n_attrs, TfgValue *out, int n_out, TfgStatus *s);
    TfgDType (*dtype)(TfgGradCall *g, TfgValue v);              /* base type */
    void (*shape)(TfgGradCall *g, TfgValue v, TfgShape *out);   /* as far as known */
    TfgTensor *(*constant)(TfgGradCall *g, TfgValue v);         /* new, or NULL: tensor_util.constant_value */
    int (*enter_scope)(TfgGradCall *g, const char *name, TfgStatus *s);         /* name scope, made unique */
    void (*leave_scope)(TfgGradCall *g);
    int (*enter_controls)(TfgGradCall *g, const TfgValue *values, int n, TfgStatus *s);     /* control_dependencies */
    void (*leave_controls)(TfgGradCall *g);
    int (*enter_colocation)(TfgGradCall *g, TfgValue with, bool alone /* ignore_existing */, TfgStatus *s);
    void (*leave_colocation)(TfgGradCall *g);
    int (*enter_device)(TfgGradCall *g, const char *device, TfgStatus *s);
    void (*leave_device)(TfgGradCall *g);
    /* The arm of a conditional in which input i's op (-1: the op itself) stands: its predicate and branch.  1; 0 outside one; -1. */
    int (*cond)(TfgGradCall *g, int i, TfgValue *pred, int *branch, TfgStatus *s);
    /* The gradient of an op that a loop is made of is the backend's affair: sets dx and *done where this is one.  May be NULL. */
    int (*loop)(TfgGradCall *g, bool *done, TfgStatus *s);
    int (*set_shape)(TfgGradCall *g, TfgValue v, const TfgShape *shape, TfgStatus *s);   /* what is known of v besides */
    bool (*same_context)(TfgGradCall *g, TfgValue a, TfgValue b);       /* of control flow: both are seen in the same arm or loop */
    const char *(*op_name)(TfgGradCall *g, TfgValue v);         /* of the op that made v; may be NULL where there are no names */
    const char *(*producer)(TfgGradCall *g, TfgValue v);        /* type of the op that made v; NULL where nobody knows */
    bool traces;                /* false: values are computed at once, and nothing has a name */
} TfgGradBackend;

/* ---- what a gradient function calls ---- */
TfgValue tfg_grad_input(const TfgGradCall *g, int i);
TfgValue tfg_grad_output(const TfgGradCall *g, int i);
/* dy[i] as a dense tensor: IndexedSlices are summed into one (UnsortedSegmentSum, as TensorFlow converts them). */
int tfg_grad_dense(TfgGradCall *g, int i, TfgValue *out, TfgStatus *s);
/* The same, the sum named `name` in the current scope (NULL: its type). */
int tfg_grad_dense_named(TfgGradCall *g, int i, const char *name, TfgValue *out, TfgStatus *s);
TfgValue tfg_grad_dy(const TfgGradCall *g, int i);              /* dy[i].value of a gradient known to be dense */
TfgDType tfg_grad_dtype(TfgGradCall *g, TfgValue v);
void tfg_grad_shape(TfgGradCall *g, TfgValue v, TfgShape *out);
TfgTensor *tfg_grad_constant_value(TfgGradCall *g, TfgValue v);
int tfg_grad_call(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in,
                  const TfgNamedAttr *attrs, int n_attrs, TfgValue *out, TfgStatus *s);         /* one output */
int tfg_grad_call_n(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in,
                    const TfgNamedAttr *attrs, int n_attrs, TfgValue *out, int n_out, TfgStatus *s);
/* Const nodes.  `value_steal` is taken. */
int tfg_grad_const(TfgGradCall *g, const char *name, TfgTensor *value_steal, TfgValue *out, TfgStatus *s);
int tfg_grad_const_int(TfgGradCall *g, const char *name, TfgDType dtype, int64_t value, TfgValue *out, TfgStatus *s);
int tfg_grad_const_float(TfgGradCall *g, const char *name, TfgDType dtype, double value, TfgValue *out, TfgStatus *s);
int tfg_grad_const_ints(TfgGradCall *g, const char *name, TfgDType dtype, const int64_t *values, int n, TfgValue *out, TfgStatus *s);
TfgTensor *tfg_tensor_filled(TfgDType dtype, int rank, const int64_t *dims, double value, TfgStatus *s);   /* new; numbers and bool */
/* An operator of Python with a scalar operand, named as there: ("Mul", "mul", x, y const) makes "mul/y" then "mul". */
int tfg_grad_binary_const(TfgGradCall *g, const char *type, const char *name, TfgValue x, double c, bool const_first, TfgValue *out, TfgStatus *s);

/* ---- registry: append-only; a later Python registration may add labels, or replace through gradient_override_map ---- */
int tfg_register_gradients(const TfgGradRow *rows, int n, TfgStatus *s);
const TfgGradRow *tfg_find_gradient(const char *label);         /* NULL: not registered */
const char **tfg_gradient_labels(int *n);                       /* sorted; array new */
/* A gradient given by the language binding (tf.RegisterGradient): fn gets `object` through g->context's row. */
typedef int (*TfgForeignGradFn)(void *object, TfgGradCall *g, TfgStatus *s);
int tfg_register_foreign_gradient(const char *label, TfgForeignGradFn fn, void *object /* NULL fn: NoGradient */, TfgStatus *s);

#endif
