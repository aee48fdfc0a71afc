/* Evaluate: stateless ops computed on the spot, for constant folding in the graph and in plans. */
#ifndef TFG_RUNTIME_EVALUATE_H
#define TFG_RUNTIME_EVALUATE_H

#include "graph/graph.h"

/* The graph's evaluator (tfg_graph_set_evaluator). */
int tfg_evaluate_op(const TfgOp *op, TfgTensor *const *in, TfgTensor **out);
/* Ops that must not be computed ahead of the step, whatever their inputs. */
struct TfgKernelRow;
bool tfg_evaluate_allowed_row(const TfgOpDef *def, const struct TfgKernelRow *row);

#endif
