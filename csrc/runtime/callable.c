#include "runtime/callable.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/body.h"
#include "runtime/frame.h"

struct TfgCallable {
    TfgSession *session;        /* not counted */
    TfgBody *body;              /* the session's */
};

TfgGraph *tfg_call_graph(const TfgKernelCall *c) { return c->frame ? c->frame->plan->session->graph : NULL; }

TfgCallable *tfg_callable_new(const TfgKernelCall *c, const TfgFuncAttr *f, TfgStatus *s)
{
    if (!c->frame) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Function %s cannot be called outside a session", f->name);
        return NULL;
    }
    TfgSession *session = c->frame->plan->session;
    TfgBody *body = tfg_session_body(session, f, false, "", s);
    if (body && body->stateful)         /* random generators of its own */
        body = tfg_session_body(session, f, false, c->name, s);
    TfgCallable *made = body ? tfg_alloc(sizeof *made) : NULL;
    if (body && !made)
        tfg_fail_memory(s);
    if (made)
        *made = (TfgCallable){session, body};
    return made;
}

void tfg_callable_free(TfgCallable *f) { tfg_free(f); }
int tfg_callable_n_in(const TfgCallable *f) { return f->body->fn->n_args; }
int tfg_callable_n_out(const TfgCallable *f) { return f->body->fn->n_rets; }
TfgDType tfg_callable_in_dtype(const TfgCallable *f, int i) { return f->body->fn->arg_types[i]; }
TfgDType tfg_callable_out_dtype(const TfgCallable *f, int i) { return f->body->fn->ret_types[i]; }
bool tfg_callable_is_stateful(const TfgCallable *f) { return f->body->stateful; }

static void cancel_inner(void *arg) { tfg_cancel(arg); }

int tfg_callable_run(TfgCallable *f, TfgTensor *const *in, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    memset(out, 0, (size_t)f->body->fn->n_rets * sizeof *out);
    TfgPlan *p = tfg_body_plan(f->session, f->body, s);
    TfgCancel *mine = p ? tfg_cancel_new(s) : NULL;     /* a failure ends what this call began, not the caller */
    int64_t id;
    if (!mine)
        return -1;
    if (!tfg_cancel_add(cancel, cancel_inner, mine, &id))
        tfg_cancel(mine);
    TfgWatch watch = {0};
    TfgFrame outer = {.cancel = mine, .watch = &watch,
                      .step_id = atomic_fetch_add_explicit(&f->session->next_step, 1, memory_order_relaxed)};
    TfgFrame *inner = tfg_frame_enter(p, &outer, s);
    int rc = inner ? tfg_frame_run(inner, in, out, s) : -1;
    if (inner)
        tfg_frame_leave(inner);
    tfg_resources_end_step(f->session->resources, outer.step_id);
    tfg_cancel_remove(cancel, id);
    tfg_cancel_unref(mine);
    if (rc < 0)
        s->op = NULL;           /* of a body, which the program did not make */
    return rc;
}
