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
    const char *name;                           /* scope, NULL: "gradients" */
    bool colocate, zero_unconnected;            /* unconnected_gradients: zeros instead of none */
    TfgGateGradients gate;                      /* gate_gradients=True, per op */
    TfgAggregation aggregation;
} TfgBackpropCall;

/* dx[i] for each x.  LOOKUP_ERROR: "No gradient defined for operation 'x' (op type: Y)". */
int tfg_backprop(TfgGraph *g, const TfgBackpropCall *call, TfgSlices *dx, TfgStatus *s);

#endif
