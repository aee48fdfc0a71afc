/* Callables: functions of the graph for kernels, within a step or as long as the session lives (what iterators map over their
 * elements).  Made from a call that runs in a session; the function may then be run by any thread, also by several at once. */
#ifndef TFG_RUNTIME_CALLABLE_H
#define TFG_RUNTIME_CALLABLE_H

#include "runtime/kernel.h"

typedef struct TfgCallable TfgCallable;

/* The graph whose functions a call may name; borrowed, NULL outside a session. */
TfgGraph *tfg_call_graph(const TfgKernelCall *c);
/* The function of an attribute.  INVALID_ARGUMENT outside a session, NOT_FOUND where the graph has no such function.  It does not
 * count the session: a resource that holds it dies with the session, and everything that runs it must have ended then. */
TfgCallable *tfg_callable_new(const TfgKernelCall *c, const TfgFuncAttr *f, TfgStatus *s);
void tfg_callable_free(TfgCallable *f);
int tfg_callable_n_in(const TfgCallable *f);
int tfg_callable_n_out(const TfgCallable *f);
TfgDType tfg_callable_in_dtype(const TfgCallable *f, int i);
TfgDType tfg_callable_out_dtype(const TfgCallable *f, int i);
bool tfg_callable_is_stateful(const TfgCallable *f);
/* One run.  Arguments are borrowed for the call; out[i] is new on success, and none is set otherwise.  `cancel` (may be NULL) ends
 * it early.  The words of a failure name the node in the function's body. */
int tfg_callable_run(TfgCallable *f, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s);

#endif
