/* Functional: instructions that call functions of the graph.  Each body has a plan of its own, which runs in a frame inside that of
 * the caller; an argument is borrowed for the call, a result is owned. */
#ifndef TFG_RUNTIME_FUNCTIONAL_H
#define TFG_RUNTIME_FUNCTIONAL_H

#include "runtime/kernel.h"
#include "runtime/plan.h"

/* A call whose op type is the name of a function. */
bool tfg_functional_is_call(const TfgOpDef *def);
extern const TfgKernelRow tfg_functional_call_row;
/* The function that an op calls, where it calls exactly one, once, with its own inputs; false otherwise. */
bool tfg_functional_callee(const TfgOpDef *def, const TfgAttrs *attrs, TfgFuncAttr *f, bool *gradient);

/* Finds the functions and checks that arguments and results fit. */
int tfg_functional_prepare(TfgPlanMaker *m, const TfgNode *n, TfgInstr *in, TfgStatus *s);
int tfg_functional_run(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s);

#endif
