/* Backprop: tf.gradients over a graph, node for node as TensorFlow 1.12 builds it. */
#ifndef TFG_GRADIENTS_BACKPROP_H
#define TFG_GRADIENTS_BACKPROP_H

#include "gradients/gradient.h"
#include "graph/graph.h"

typedef enum TfgGateGradients { TFG_GATE_NONE = 0, TFG_GATE_OP = 1 } TfgGateGradients;
typedef enum TfgAggregation { TFG_AGGREGATE_ADD_N = 0, TFG_AGGREGATE_TREE = 1, TFG_AGGREGATE_ACCUMULATE_N = 2 } TfgAggregation;

typedef struct TfgSlices {      /* result: dense (indices.op NULL), IndexedSlices, or none (values.op NULL) */
    TfgOutput values, indices, dense_shape;
} TfgSlices;

typedef struct TfgBackpropCall {
    const TfgOutput *ys; int n_ys;
    const TfgOutput *xs; int n_xs;              /* resource variables' handles, ref variables' outputs and plain tensors */
    const TfgSlices *grad_ys;                   /* per y: none is ones; NULL: all none */
    const TfgOutput *stop; int n_stop;          /* stop_gradients */
    const char *name;                           /* scope, NULL: "gradients"; "": the root */
    const char *outside;                        /* the scope that name was entered in, where it is current now; NULL: it is not */
    bool colocate, zero_unconnected;            /* unconnected_gradients: zeros instead of none */
    bool in_function;                           /* the graph is a function's body: loops there are not differentiated */
    TfgGateGradients gate;                      /* gate_gradients=True, per op */
    TfgAggregation aggregation;
} TfgBackpropCall;

/* For gradients that the language binding gives: the op whose gradient is asked for, and tensors as the call's values.  Such a
 * function sets g->dx[i] for each input, to any tensors of the graph. */
const TfgOp *tfg_backprop_op(const TfgGradCall *g);
static inline TfgValue tfg_value_from_output(TfgOutput o) { return (TfgValue){o.op, o.index}; }
static inline TfgOutput tfg_output_from_value(TfgValue v) { return (TfgOutput){v.a, (int)v.b}; }
static inline TfgSlices tfg_slices_from_grad(const TfgGrad *g)
{
    return (TfgSlices){tfg_output_from_value(g->value), tfg_output_from_value(g->indices), tfg_output_from_value(g->dense_shape)};
}
static inline TfgGrad tfg_grad_from_slices(const TfgSlices *s)
{
    return (TfgGrad){tfg_value_from_output(s->values), tfg_value_from_output(s->indices), tfg_value_from_output(s->dense_shape)};
}

/* dx[i] for each x.  LOOKUP_ERROR: "No gradient defined for operation 'x' (op type: Y)". */
int tfg_backprop(TfgGraph *g, const TfgBackpropCall *call, TfgSlices *dx, TfgStatus *s);
/* tfg_add_gradients for the body of a function. */
int tfg_add_gradients_of_function(TfgGraph *body, const TfgOutput *ys, int n_ys, const TfgOutput *xs, int n_xs, const TfgOutput *grad_ys,
                                  TfgOutput *dx, TfgStatus *s);

#endif
