/* Values and shapes known while the graph is built, for graph/ itself. */
#ifndef TFG_GRAPH_CONST_VALUE_H
#define TFG_GRAPH_CONST_VALUE_H

#include "graph/graph_internal.h"

bool tfg_op_is(const TfgOp *op, const char *type);
void tfg_constants_forget(TfgGraph *g, int32_t first_index);    /* ops from this index on are gone */

TfgTensor *tfg_value_for_shapes(TfgGraph *g, TfgOutput o);      /* what shape functions get to see; new, or NULL */
/* `t` (NULL: not known, a vector of shape `shape`) as a shape. */
int tfg_shape_from_tensor(const TfgTensor *t, const TfgShape *shape, TfgShape *out, TfgStatus *s);
/* `o`, a vector of sizes, as a shape, followed through the ops that usually make such vectors. */
int tfg_constant_partial_shape(TfgGraph *g, TfgOutput o, int depth, TfgShape *out, TfgStatus *s);

#endif
