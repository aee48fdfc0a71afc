/* The backend of gradient calls that builds a graph. */
#ifndef TFG_GRADIENTS_GRAPH_BACKEND_H
#define TFG_GRADIENTS_GRAPH_BACKEND_H

#include "gradients/backprop.h"

enum { TFG_MAX_GRADIENT_SCOPES = 16 };      /* name scopes that one gradient function may have open */

typedef struct TfgGraphBackend {
    TfgGraph *graph;
    const TfgOp *op;                        /* whose gradient is built; NULL between ops */
    const char *saved[TFG_MAX_GRADIENT_SCOPES];
    int n_saved;
} TfgGraphBackend;

extern const TfgGradBackend tfg_graph_backend;

#endif
