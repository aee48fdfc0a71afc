#include "runtime/body.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/backprop.h"
#include "io/attr_value.h"
#include "runtime/local.h"

/* ---- Gradients --------------------------------------------------------------------------------------------------------------- */

static bool carries_gradient(TfgDType d)
{
    return tfg_dtype_kind(d) == TFG_KIND_FLOAT || tfg_dtype_kind(d) == TFG_KIND_COMPLEX;
}

static int add_arg(TfgFunctionBody *b, int i, TfgDType type, TfgStatus *s)
{
    TfgNamedAttr attrs[] = {{"T", TFG_A_TYPE(type)}, {"index", TFG_A_INT(i)}};
    TfgOp *op = tfg_graph_make(b->graph, "_Arg", "grad_ys", NULL, 0, attrs, 2, s);
    b->args[i] = (TfgOutput){op, 0};
    b->arg_types[i] = type;
    return op ? 0 : -1;
}

/* The gradients of the results come in as further arguments, those of the arguments go out.  What cannot carry one gets zeros. */
static int differentiate(TfgFunctionBody *b, TfgStatus *s)
{
    int n_args = b->n_args, n_rets = b->n_rets, n_ys = 0, n_xs = 0, rc = -1;
    size_t n = (size_t)n_args + (size_t)n_rets + 1;
    TfgOutput *args = tfg_calloc(n, sizeof *args), *dx = tfg_calloc(n, sizeof *dx), *ys = tfg_calloc(3 * n, sizeof *ys);
    TfgDType *types = tfg_calloc(n, sizeof *types), *dx_types = tfg_calloc(n, sizeof *dx_types);
    int *which = tfg_calloc(n, sizeof *which);
    if (!args || !dx || !ys || !types || !dx_types || !which) {
        tfg_fail_memory(s);
        goto done;
    }
    TfgOutput *dys = ys + n, *xs = dys + n;
    memcpy(args, b->args, (size_t)n_args * sizeof *args);
    memcpy(types, b->arg_types, (size_t)n_args * sizeof *types);
    memcpy(dx_types, b->arg_types, (size_t)n_args * sizeof *dx_types);
    tfg_free(b->args);
    tfg_free(b->arg_types);
    b->args = args;
    b->arg_types = types;
    args = NULL;
    types = NULL;
    for (int i = 0; i < n_rets; i++) {
        if (add_arg(b, n_args + i, b->ret_types[i], s) < 0)
            goto done;
        if (carries_gradient(b->ret_types[i])) {
            ys[n_ys] = b->rets[i];
            dys[n_ys++] = b->args[n_args + i];
        }
    }
    b->n_args = n_args + n_rets;
    for (int i = 0; i < n_args; i++)
        if (carries_gradient(b->arg_types[i])) {
            which[n_xs] = i;
            xs[n_xs++] = b->args[i];
        }
    TfgOutput *found = dx + n_args - n_xs;      /* moved to its places below, from the front */
    if (n_xs && n_ys && tfg_add_gradients_of_function(b->graph, ys, n_ys, xs, n_xs, dys, found, s) < 0)
        goto done;
    for (int i = 0, k = 0; i < n_args; i++) {
        TfgOutput got = k < n_xs && which[k] == i ? found[k++] : (TfgOutput){NULL, 0};
        if (!got.op && (!tfg_dtype_is_plain(b->arg_types[i]))) {
            got = b->args[i];   /* nobody looks at it */
        } else if (!got.op) {
            TfgOp *zeros = tfg_graph_make(b->graph, "ZerosLike", NULL, &b->args[i], 1, NULL, 0, s);
            if (!zeros)
                goto done;
            got = (TfgOutput){zeros, 0};
        }
        dx[i] = got;
    }
    tfg_free(b->rets);
    tfg_free(b->ret_types);
    b->rets = dx;
    b->ret_types = dx_types;
    b->n_rets = n_args;
    dx = NULL;
    dx_types = NULL;
    rc = 0;
done:
    tfg_free(args);
    tfg_free(types);
    tfg_free(dx);
    tfg_free(dx_types);
    tfg_free(ys);
    tfg_free(which);
    if (rc < 0) {
        s->op = NULL;
        if (s->code > TFG_UNAUTHENTICATED && s->code != TFG_PYTHON_ERROR)
            s->code = TFG_INVALID_ARGUMENT;
    }
    return rc;
}

static TfgFunctionBody *make_body(TfgGraph *library, const TfgFuncAttr *f, bool gradient, TfgStatus *s);

/* A gradient may itself be differentiated: what it is the gradient of is then the function SymbolicGradient, with an attribute. */
static TfgFunctionBody *make_gradient(TfgGraph *library, const TfgFuncAttr *f, TfgStatus *s)
{
    const char *grad = NULL;
    if (tfg_graph_find_function(library, f->name, NULL, NULL, &grad) && grad && *grad)
        return tfg_function_body_new(library, grad, &f->attrs, s);
    TfgFunctionBody *b = make_body(library, f, false, s);
    if (b && differentiate(b, s) < 0) {
        tfg_function_body_free(b);
        return NULL;
    }
    return b;
}

/* ---- One body ---------------------------------------------------------------------------------------------------------------- */

/* Handles and arguments are found, not made: needing them has no effect. */
static bool has_effect(const TfgOp *op)
{
    if (!(op->def->flags & TFG_OP_STATEFUL) || strcmp(op->def->name, "_Arg") == 0)
        return false;
    TfgDType out = op->n_outputs == 1 ? op->outputs[0].dtype : TFG_INVALID;
    return !(op->n_inputs == 0 && (tfg_dtype_is_ref(out) || out == TFG_RESOURCE));
}

static int list_effects(TfgBody *b, TfgStatus *s)
{
    int32_t n = tfg_graph_n_ops(b->fn->graph);
    b->effects = tfg_alloc(((size_t)n + (size_t)b->fn->n_controls + 1) * sizeof *b->effects);
    if (!b->effects)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < n; i++)
        if (has_effect(tfg_graph_op(b->fn->graph, i)))
            b->effects[b->n_effects++] = tfg_graph_op(b->fn->graph, i);
    b->stateful = b->n_effects > 0;
    for (int i = 0; i < b->fn->n_controls; i++) {
        bool there = false;
        for (int k = 0; k < b->n_effects && !there; k++)
            there = b->effects[k] == b->fn->controls[i];
        if (!there)
            b->effects[b->n_effects++] = b->fn->controls[i];
    }
    return 0;
}

static void body_free(TfgBody *b)
{
    if (!b)
        return;
    if (b->plan)
        tfg_plan_release(b->plan);
    tfg_function_body_free(b->fn);
    tfg_free(b->effects);
    tfg_free(b);
}

static TfgFunctionBody *make_body(TfgGraph *library, const TfgFuncAttr *f, bool gradient, TfgStatus *s)
{
    const TfgAttr *of = strcmp(f->name, "SymbolicGradient") == 0 ? tfg_attrs_find(&f->attrs, "f") : NULL;
    if (of && of->kind == TFG_ATTR_FUNC && !of->is_list)
        return make_gradient(library, of->func, s);
    return gradient ? make_gradient(library, f, s) : tfg_function_body_new(library, f->name, &f->attrs, s);
}

static TfgBody *body_new(TfgSession *session, const TfgFuncAttr *f, bool gradient, TfgStatus *s)
{
    TfgBody *b = tfg_calloc(1, sizeof *b);
    if (!b) {
        tfg_fail_memory(s);
        return NULL;
    }
    b->fn = make_body(session->graph, f, gradient, s);
    if (!b->fn || list_effects(b, s) < 0) {
        body_free(b);
        return NULL;
    }
    b->noinline = b->fn->noinline;
    return b;
}

static int write_key(const TfgFuncAttr *f, bool gradient, const char *site, TfgStr *key, TfgStatus *s)
{
    TfgNamedAttr items[64];
    TfgAttrs kept = {0, items};
    for (int32_t i = 0; i < f->attrs.n; i++)
        if (f->attrs.items[i].name[0] != '_' && kept.n < 64)
            items[kept.n++] = f->attrs.items[i];
    tfg_str_puts(key, f->name);
    tfg_str_putc(key, gradient ? '\2' : '\1');
    if (kept.n && tfg_attrs_write(&kept, NULL, 1, key, s) < 0)
        return -1;
    tfg_str_putc(key, '\3');
    tfg_str_puts(key, site);
    return key->failed ? tfg_fail_memory(s) : 0;
}

static TfgBody *find_body(TfgSession *session, const TfgStr *key)
{
    pthread_mutex_lock(&session->lock);
    TfgBody *b = tfg_map_find(&session->bodies, key->data, key->n);
    pthread_mutex_unlock(&session->lock);
    return b;
}

/* The one that is there when another thread was faster. */
static TfgBody *keep_body(TfgSession *session, TfgBody *b, const TfgFuncAttr *f, const char *site, const TfgStr *key, TfgStatus *s)
{
    pthread_mutex_lock(&session->lock);
    TfgBody *kept = tfg_map_find(&session->bodies, key->data, key->n);
    if (!kept) {
        b->key = tfg_arena_strndup(&session->arena, key->data, key->n);
        b->name = tfg_arena_strdup(&session->arena, f->name);
        b->site = tfg_arena_strdup(&session->arena, site);
        if (b->key && b->name && b->site && tfg_map_put(&session->bodies, b->key, key->n, b) == 0)
            kept = b;
        else
            tfg_fail_memory(s);
    }
    pthread_mutex_unlock(&session->lock);
    if (kept != b)
        body_free(b);
    return kept;
}

TfgBody *tfg_session_body(TfgSession *session, const TfgFuncAttr *f, bool gradient, const char *site, TfgStatus *s)
{
    TfgStr key = TFG_STR_INIT;
    TfgBody *b = write_key(f, gradient, site, &key, s) < 0 ? NULL : find_body(session, &key);
    if (!b && s->code == TFG_OK && (b = body_new(session, f, gradient, s)))
        b = keep_body(session, b, f, site, &key, s);
    tfg_str_fini(&key);
    return b;
}

TfgPlan *tfg_body_plan(TfgSession *session, TfgBody *b, TfgStatus *s)
{
    pthread_mutex_lock(&session->lock);
    TfgPlan *p = b->plan;
    pthread_mutex_unlock(&session->lock);
    if (p)
        return p;
    p = tfg_plan_make_body(session, b, s);
    if (!p)
        return NULL;
    TfgPlan *mine = p;
    pthread_mutex_lock(&session->lock);
    if (!b->plan)
        b->plan = tfg_plan_retain(mine);
    p = b->plan;
    pthread_mutex_unlock(&session->lock);
    tfg_plan_unref(mine);       /* the body's handle does not count the session */
    return p;
}

void tfg_session_free_bodies(TfgSession *session)
{
    size_t i = 0, n;
    const char *key;
    void *value;
    /* A plan of one body may hold instructions of another: all plans go first. */
    while (tfg_map_next(&session->bodies, &i, &key, &n, &value)) {
        TfgBody *b = value;
        if (b->plan)
            tfg_plan_release(b->plan);
        b->plan = NULL;
    }
    for (i = 0; tfg_map_next(&session->bodies, &i, &key, &n, &value);)
        body_free(value);
    tfg_map_fini(&session->bodies);
}
