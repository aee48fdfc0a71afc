/* Several gradients into one, and several that wait for each other. */
#ifndef TFG_GRADIENTS_AGGREGATE_H
#define TFG_GRADIENTS_AGGREGATE_H

#include "gradients/backprop.h"

/* Adds up grads[0..n), n >= 2, for an output of the op called `op_name`. */
int tfg_aggregate_gradients(TfgGradCall *g, const char *op_name, const TfgGrad *grads, int n, TfgAggregation how, TfgGrad *sum,
                            TfgStatus *s);
/* tuple(): replaces each gradient that is there by an Identity which waits for all of them. */
int tfg_gate_gradients(TfgGradCall *g, TfgGrad *grads, int n, TfgStatus *s);
/* Concatenates IndexedSlices; dense ones among them are taken as slices of all their rows. */
int tfg_join_slices(TfgGradCall *g, const TfgGrad *grads, int n, TfgGrad *sum, TfgStatus *s);

#endif
