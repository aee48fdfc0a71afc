/* Function bodies: a FunctionDef of a graph's library, with its attributes given, as a graph of its own. */
#ifndef TFG_IO_FUNCTION_BODY_H
#define TFG_IO_FUNCTION_BODY_H

#include "graph/graph.h"

typedef struct TfgFunctionBody {
    TfgGraph *graph;            /* one reference; it looks for functions in the library's graph */
    TfgOutput *args;            /* outputs of _Arg ops */
    TfgOutput *rets;
    TfgOp **controls;           /* what a call runs besides (control_ret); n_controls of them */
    int n_args, n_rets, n_controls;
    TfgDType *arg_types, *ret_types;    /* as the signature has them: references are values */
    bool noinline;              /* the function's attribute */
} TfgFunctionBody;

/* Makes the body of function `name` of `library`.  `attrs` gives the signature's attributes a value (may be NULL).  NOT_FOUND where
 * there is no such function, INVALID_ARGUMENT where its definition is not well formed. */
TfgFunctionBody *tfg_function_body_new(TfgGraph *library, const char *name, const TfgAttrs *attrs, TfgStatus *s);
void tfg_function_body_free(TfgFunctionBody *b);

/* The definition of the op that calls a function of the graph, or of those around it; NULL without a failure where there is none. */
const TfgOpDef *tfg_function_op_def(TfgGraph *g, const char *name, TfgStatus *s);

#endif
