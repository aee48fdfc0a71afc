/* Bodies: the functions of a session's graph as they are called, each made into a graph once per session and set of attributes, and
 * into a plan when it first runs. */
#ifndef TFG_RUNTIME_BODY_H
#define TFG_RUNTIME_BODY_H

#include "io/function_body.h"
#include "runtime/plan.h"

typedef struct TfgBody {
    const char *key, *name;     /* the name alone is the function's */
    const char *site;           /* the call that has it for its own; "": several share it */
    TfgFunctionBody *fn;
    TfgOp **effects;            /* what a call runs for its effects, whether or not its outputs need it */
    int n_effects;
    bool stateful;              /* some op has effects */
    bool noinline;              /* a call of it is never replaced by its ops */
    TfgPlan *plan;              /* NULL: it never ran; under the session's lock */
} TfgBody;

/* The body of a function, or of its gradient: a function from its arguments and the gradients of its results to those of its
 * arguments.  Calls with one `site` ("": none) share what state it has.  The session's. */
TfgBody *tfg_session_body(TfgSession *session, const TfgFuncAttr *f, bool gradient, const char *site, TfgStatus *s);
/* The plan that runs it, made when first asked for; the body's. */
TfgPlan *tfg_body_plan(TfgSession *session, TfgBody *b, TfgStatus *s);
void tfg_session_free_bodies(TfgSession *session);

#endif
