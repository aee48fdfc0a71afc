#include "runtime/functional.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/body.h"
#include "runtime/call.h"
#include "runtime/frame.h"

typedef enum FunctionalKind { CALL, REMOTE_CALL, IF, CASE, WHILE, FOR, MAP } FunctionalKind;

/* A function that a node calls.  One that does not fit the node is told of only when it is called: the other arm may be taken. */
typedef struct Callee {
    TfgBody *body;
    const char *refused;        /* in the plan's arena; NULL: it fits */
    TfgCode code;
} Callee;

typedef struct Functional {
    FunctionalKind kind;
    int n_bodies;
    Callee bodies[];
} Functional;

typedef struct KindRow { const char *type, *attrs[2]; FunctionalKind kind; } KindRow;

static const KindRow kinds[] = {
    {"PartitionedCall", {"f", NULL}, CALL}, {"StatefulPartitionedCall", {"f", NULL}, CALL}, {"SymbolicGradient", {"f", NULL}, CALL},
    {"RemoteCall", {"f", NULL}, REMOTE_CALL}, {"If", {"then_branch", "else_branch"}, IF},
    {"StatelessIf", {"then_branch", "else_branch"}, IF}, {"Case", {"branches", NULL}, CASE}, {"StatelessCase", {"branches", NULL}, CASE},
    {"While", {"cond", "body"}, WHILE}, {"StatelessWhile", {"cond", "body"}, WHILE}, {"For", {"body", NULL}, FOR},
    {"MapDefun", {"f", NULL}, MAP},
};

static int run_outside(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_INTERNAL, "%s cannot run outside a session", c->type);
}

const TfgKernelRow tfg_functional_call_row = {.op = "", .flags = TFG_KERNEL_FUNCTIONAL, .run = run_outside};

bool tfg_functional_is_call(const TfgOpDef *def) { return tfg_find_op_def(def->name) == NULL; }

static const KindRow *find_kind(const char *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return NULL;
}

bool tfg_functional_callee(const TfgOpDef *def, const TfgAttrs *attrs, TfgFuncAttr *f, bool *gradient)
{
    *gradient = strcmp(def->name, "SymbolicGradient") == 0;
    if (tfg_functional_is_call(def)) {
        *f = (TfgFuncAttr){def->name, *attrs};
        return true;
    }
    const KindRow *kind = find_kind(def->name);
    const TfgAttr *a = kind && kind->kind == CALL ? tfg_attrs_find(attrs, kind->attrs[0]) : NULL;
    if (!a || a->kind != TFG_ATTR_FUNC || a->is_list)
        return false;
    *f = *a->func;
    return true;
}

/* ---- Preparing --------------------------------------------------------------------------------------------------------------- */

static const char *type_text(TfgDType dtype) { return tfg_dtype_signature_name(tfg_dtype_base(dtype)); }

static int fail_argument(int i, TfgDType want, TfgDType have, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expects arg[%d] to be %s but %s is provided", i, type_text(want), type_text(have));
}

/* Against the node's inputs behind the first `skip`; in a loop that counts, the index comes before them. */
static int check_arguments(const TfgNode *n, int skip, bool counts, const TfgBody *b, TfgStatus *s)
{
    int given = n->n_in - skip + counts;
    if (b->fn->n_args != given)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expects %d arguments, but %d is provided", b->fn->n_args, given);
    for (int i = 0; i < given; i++) {
        TfgDType want = b->fn->arg_types[i], have = counts && i == 0 ? TFG_INT32 : n->in_dtype[skip + i - counts];
        if (tfg_dtype_base(want) != tfg_dtype_base(have))
            return fail_argument(i, want, have, s);
    }
    return 0;
}

/* What a loop's body gives, the next iteration takes. */
static int check_loop_results(const TfgNode *n, bool counts, const TfgBody *b, TfgStatus *s)
{
    if (b->fn->n_rets != n->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s loop body returned %d arguments. Expected: %d", counts ? "For" : "While", b->fn->n_rets,
                        n->n_out);
    for (int i = 0; i < n->n_out; i++)
        if (tfg_dtype_base(b->fn->ret_types[i]) != tfg_dtype_base(n->out_dtype[i]))
            return fail_argument(i + counts, n->out_dtype[i], b->fn->ret_types[i], s);
    return 0;
}

static int check_results(const TfgNode *n, const TfgBody *b, TfgStatus *s)
{
    if (b->fn->n_rets != n->n_out && strcmp(n->def->name, "SymbolicGradient") == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "SymGrad expects to return %d tensor(s), but get %d tensor(s) instead.", n->n_out,
                        b->fn->n_rets);
    if (b->fn->n_rets != n->n_out)
        return tfg_fail(s, TFG_INTERNAL, "Expect to produce %d tensors, but only get %d", n->n_out, b->fn->n_rets);
    for (int i = 0; i < n->n_out; i++)
        if (tfg_dtype_base(b->fn->ret_types[i]) != tfg_dtype_base(n->out_dtype[i]))
            return tfg_fail(s, TFG_INTERNAL, "Expect %d-th output is of type %s but get %s", i, type_text(n->out_dtype[i]),
                            type_text(b->fn->ret_types[i]));
    return 0;
}

static int check_body(const TfgNode *n, FunctionalKind kind, int which, const TfgBody *b, TfgStatus *s)
{
    int skip = kind == FOR ? 3 : kind == IF || kind == CASE || kind == REMOTE_CALL ? 1 : 0;
    if (check_arguments(n, skip, kind == FOR, b, s) < 0)
        return -1;
    if (kind != WHILE || which > 0)
        return kind == WHILE || kind == FOR ? check_loop_results(n, kind == FOR, b, s) : check_results(n, b, s);
    return b->fn->n_rets == 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT,
                                             "Expected a single scalar return value from WhileOp cond, got %d tensors.", b->fn->n_rets);
}

static int add_body(TfgPlanMaker *m, const TfgNode *n, Functional *f, const TfgFuncAttr *func, bool gradient, TfgStatus *s)
{
    TfgBody *b = tfg_session_body(m->session, func, gradient, "", s);
    if (b && b->stateful && !m->body)           /* each call of the graph has random generators of its own, as if inlined */
        b = tfg_session_body(m->session, func, gradient, n->name, s);
    if (!b)
        return -1;
    Callee *callee = &f->bodies[f->n_bodies];
    *callee = (Callee){.body = b};
    TfgStatus why = TFG_STATUS_INIT;
    if (check_body(n, f->kind, f->n_bodies++, b, &why) == 0)
        return 0;
    callee->code = why.code;
    callee->refused = why.message ? tfg_arena_strdup(&m->plan->arena, why.message) : NULL;
    tfg_status_fini(&why);
    return callee->refused ? 0 : tfg_fail_memory(s);
}

static int add_bodies(TfgPlanMaker *m, const TfgNode *n, Functional *f, const KindRow *kind, TfgStatus *s)
{
    for (int i = 0; i < 2 && kind->attrs[i]; i++) {
        const TfgAttr *a = tfg_attrs_find(&n->attrs, kind->attrs[i]);
        if (!a || a->kind != TFG_ATTR_FUNC)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no function in attribute %s", n->def->name, kind->attrs[i]);
        for (int32_t k = 0; a->is_list && k < a->n; k++)
            if (add_body(m, n, f, a->list_func[k], false, s) < 0)
                return -1;
        if (!a->is_list && add_body(m, n, f, a->func, strcmp(n->def->name, "SymbolicGradient") == 0, s) < 0)
            return -1;
    }
    return f->n_bodies ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no functions to call", n->def->name);
}

int tfg_functional_prepare(TfgPlanMaker *m, const TfgNode *n, TfgInstr *in, TfgStatus *s)
{
    const KindRow *kind = find_kind(n->def->name);
    const TfgAttr *list = kind && kind->kind == CASE ? tfg_attrs_find(&n->attrs, "branches") : NULL;
    size_t room = list ? (size_t)list->n + 1 : 2;
    Functional *f = tfg_arena_alloc(&m->plan->arena, sizeof *f + room * sizeof *f->bodies);
    int rc;
    if (!f)
        return tfg_fail_memory(s);
    f->kind = kind ? kind->kind : CALL;
    if (kind) {
        rc = add_bodies(m, n, f, kind, s);
    } else {
        TfgFuncAttr func = {n->def->name, n->attrs};
        rc = add_body(m, n, f, &func, false, s);
    }
    in->state = f;
    if (rc < 0 && !s->op) {
        s->op = n->op;
        tfg_append_node(s, m->session->devices[n->device].name);
    }
    return rc;
}

/* ---- Running ----------------------------------------------------------------------------------------------------------------- */

static TfgFrame *enter(const TfgFrame *f, const Callee *callee, TfgStatus *s)
{
    if (callee->refused) {
        tfg_fail(s, callee->code, "%s", callee->refused);
        return NULL;
    }
    TfgBody *b = callee->body;
    TfgPlan *p = tfg_body_plan(f->plan->session, b, s);
    return p ? tfg_frame_enter(p, f, s) : NULL;
}

static int call(const TfgFrame *f, const Callee *b, TfgTensor *const *in, TfgTensor **out, TfgStatus *s)
{
    TfgFrame *inner = enter(f, b, s);
    if (!inner)
        return -1;
    int rc = tfg_frame_run(inner, in, out, s);
    tfg_frame_leave(inner);
    return rc;
}

/* Any scalar is a truth value, as in C; a text is true unless empty; so is any other tensor. */
static int truth(const TfgTensor *t, TfgStatus *s)
{
    if (t->rank > 0)
        return t->count > 0;
    if (t->dtype == TFG_STRING)
        return ((const TfgString *)t->data)->n > 0;
    if (!tfg_dtype_is_plain(t->dtype))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s cannot be converted to a boolean", tfg_dtype_signature_name(t->dtype));
    const unsigned char *p = t->data;
    size_t n = tfg_tensor_nbytes(t), last = n - 1;
    bool is_float = tfg_dtype_kind(t->dtype) == TFG_KIND_FLOAT;
    for (size_t k = 0; k < n; k++)      /* minus zero is zero */
        if (is_float && k == last ? p[k] & 0x7f : p[k])
            return 1;
    return 0;
}

static int run_if(const TfgFrame *f, const Functional *fn, TfgKernelCall *c, TfgStatus *s)
{
    int yes = truth(c->in[0], s);
    return yes < 0 ? -1 : call(f, &fn->bodies[yes ? 0 : 1], c->in + 1, c->out, s);
}

static int run_case(const TfgFrame *f, const Functional *fn, TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "branch_index must be a scalar");
    int32_t index = *(const int32_t *)c->in[0]->data;
    if (index < 0 || index >= fn->n_bodies)
        index = fn->n_bodies - 1;
    return call(f, &fn->bodies[index], c->in + 1, c->out, s);
}

/* ---- Loops ------------------------------------------------------------------------------------------------------------------- */

typedef struct Loop {           /* what an iteration takes and gives; the first n of `now` are owned once `owned` */
    int n;
    bool owned;
    TfgTensor **now, **next;
} Loop;

static int loop_init(Loop *l, TfgTensor *const *in, int n, TfgStatus *s)
{
    l->n = n;
    l->owned = false;
    l->now = tfg_calloc(2 * (size_t)n + 1, sizeof *l->now);
    l->next = l->now + n;
    if (!l->now)
        return tfg_fail_memory(s);
    memcpy(l->now, in, (size_t)n * sizeof *in);
    return 0;
}

static void drop(TfgTensor **t, int n)
{
    for (int i = 0; i < n; i++) {
        tfg_tensor_unref(t[i]);
        t[i] = NULL;
    }
}

/* The values that `body` gave become those of the next iteration, and it gets the memory of the last. */
static void loop_advance(Loop *l, TfgFrame *body)
{
    for (int i = 0; i < l->n && l->owned; i++)
        tfg_frame_reuse_steal(body, i, l->now[i]);
    l->owned = true;
    TfgTensor **given = l->now;
    l->now = l->next;
    l->next = given;
    memset(given, 0, (size_t)l->n * sizeof *given);
}

/* The last values become the outputs; the first `skip` inputs of the call are not loop variables. */
static int loop_finish(Loop *l, TfgKernelCall *c, int skip, TfgStatus *s)
{
    int rc = 0;
    for (int i = 0; i < l->n && rc == 0; i++) {
        if (l->owned) {
            c->out[i] = l->now[i];
            l->now[i] = NULL;
        } else {
            rc = tfg_kernel_forward(c, i + skip, i, s);
        }
    }
    return rc;
}

static void loop_fini(Loop *l)
{
    if (l->owned)
        drop(l->now, l->n);
    tfg_free(l->now < l->next ? l->now : l->next);
}

/* Asked at each end of an iteration: whether the step still goes on. */
static int check_step(const TfgFrame *f, int64_t count, TfgStatus *s)
{
    if (tfg_cancelled(f->cancel))
        return tfg_fail(s, TFG_CANCELLED, "Step was cancelled by an explicit call to `Session::Close()`.");
    if (f->watch && (f->watch->deadline || f->watch->interrupted) && (count & 15) == 15)
        return tfg_watch_check(f->watch, s);
    return 0;
}

static int run_while(const TfgFrame *f, const Functional *fn, TfgKernelCall *c, TfgStatus *s)
{
    Loop l;
    TfgFrame *cond = NULL, *body = NULL;
    int rc = -1;
    if (loop_init(&l, c->in, c->n_in, s) < 0)
        return -1;
    if (!(cond = enter(f, &fn->bodies[0], s)))
        goto done;
    for (int64_t count = 0;; count++) {
        TfgTensor *pred = NULL;
        if (tfg_frame_run(cond, l.now, &pred, s) < 0)
            goto done;
        int go_on = truth(pred, s);
        tfg_frame_reuse_steal(cond, 0, pred);
        if (go_on <= 0) {
            rc = go_on < 0 ? -1 : loop_finish(&l, c, 0, s);
            break;
        }
        if ((!body && !(body = enter(f, &fn->bodies[1], s))) || tfg_frame_run(body, l.now, l.next, s) < 0)
            goto done;
        loop_advance(&l, body);
        if (check_step(f, count, s) < 0)
            goto done;
    }
done:
    if (cond)
        tfg_frame_leave(cond);
    if (body)
        tfg_frame_leave(body);
    loop_fini(&l);
    return rc;
}

static int check_for(const TfgKernelCall *c, int32_t *start, int32_t *limit, int32_t *delta, TfgStatus *s)
{
    static const char *const names[] = {"start", "limit", "delta"};
    int32_t *values[] = {start, limit, delta};
    for (int i = 0; i < 3; i++) {
        if (c->in[i]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", names[i]);
        *values[i] = *(const int32_t *)c->in[i]->data;
    }
    if (*delta == 0 || (*delta > 0 && *start > *limit) || (*delta < 0 && *start < *limit))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid start/limit/delta: %d %d %d", *start, *limit, *delta);
    return 0;
}

static int run_for(const TfgFrame *f, const Functional *fn, TfgKernelCall *c, TfgStatus *s)
{
    int32_t start, limit, delta;
    int n = c->n_in - 3, rc = -1;
    Loop l;
    TfgFrame *body = NULL;
    if (check_for(c, &start, &limit, &delta, s) < 0 || loop_init(&l, c->in + 3, n, s) < 0)
        return -1;
    TfgTensor **args = tfg_calloc((size_t)n + 1, sizeof *args);
    if (!args) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int64_t i = start, count = 0; delta > 0 ? i < limit : i > limit; i += delta, count++) {
        if (!body && !(body = enter(f, &fn->bodies[0], s)))
            goto done;
        if (!(args[0] = tfg_tensor_new(TFG_INT32, 0, NULL, s)))
            goto done;
        *(int32_t *)args[0]->data = (int32_t)i;
        memcpy(args + 1, l.now, (size_t)n * sizeof *args);
        int ran = tfg_frame_run(body, args, l.next, s);
        tfg_tensor_unref(args[0]);
        if (ran < 0)
            goto done;
        loop_advance(&l, body);
        if (check_step(f, count, s) < 0)
            goto done;
    }
    rc = loop_finish(&l, c, 3, s);
done:
    if (body)
        tfg_frame_leave(body);
    tfg_free(args);
    loop_fini(&l);
    return rc;
}

/* ---- MapDefun: the function of each slice along the first dimension ----------------------------------------------------------- */

static int copy_elements(TfgTensor *to, int64_t at, const TfgTensor *from, int64_t begin, int64_t n, TfgStatus *s)
{
    size_t size = tfg_dtype_size(to->dtype);
    if (tfg_dtype_is_plain(to->dtype)) {
        memcpy((char *)to->data + (size_t)at * size, (const char *)from->data + (size_t)begin * size, (size_t)n * size);
        return 0;
    }
    if (to->dtype != TFG_STRING)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s cannot be cut into slices", tfg_dtype_signature_name(to->dtype));
    for (int64_t i = 0; i < n; i++) {
        const TfgString *e = (const TfgString *)from->data + begin + i;
        if (tfg_string_set((TfgString *)to->data + at + i, e->data, e->n) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

static TfgTensor *slice_of(TfgTensor *t, int64_t i, TfgStatus *s)
{
    TfgTensor *slice = tfg_tensor_new(t->dtype, t->rank - 1, t->dims + 1, s);
    if (slice && copy_elements(slice, 0, t, i * slice->count, slice->count, s) < 0) {
        tfg_tensor_unref(slice);
        slice = NULL;
    }
    return slice;
}

static int put_slice(TfgKernelCall *c, int k, int64_t i, int64_t n, const TfgTensor *slice, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    if (i == 0) {
        if (slice->rank + 1 > TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output %d has too many dimensions", k);
        dims[0] = n;
        memcpy(dims + 1, slice->dims, (size_t)slice->rank * sizeof *dims);
        if (!tfg_call_fresh(c, k, slice->rank + 1, dims, s))
            return -1;
    }
    TfgTensor *out = c->out[k];
    if (slice->rank != out->rank - 1 || memcmp(slice->dims, out->dims + 1, (size_t)slice->rank * sizeof *slice->dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output shapes of function %s differ between its calls", c->name);
    return copy_elements(out, i * slice->count, slice, 0, slice->count, s);
}

static int map_empty(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "output_shapes");
    for (int k = 0; k < c->n_out; k++) {
        TfgShape shape;
        int64_t dims[TFG_MAX_RANK] = {0};
        tfg_shape_from_dims(&shape, shapes && shapes->is_list && k < shapes->n ? shapes->list_shape[k] : NULL);
        int rank = shape.rank < 0 ? 0 : shape.rank;
        if (rank + 1 > TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Output %d has too many dimensions", k);
        for (int d = 0; d < rank; d++)
            dims[d + 1] = shape.dims[d] < 0 ? 0 : shape.dims[d];
        if (!tfg_call_fresh(c, k, rank + 1, dims, s))
            return -1;
    }
    return 0;
}

static int run_map(const TfgFrame *f, const Functional *fn, TfgKernelCall *c, TfgStatus *s)
{
    int64_t n = -1;
    for (int k = 0; k < c->n_in; k++) {
        if (c->in[k]->rank < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All inputs must have rank at least 1");
        if (n >= 0 && c->in[k]->dims[0] != n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All inputs must have the same dimension 0.");
        n = c->in[k]->dims[0];
    }
    if (n <= 0)
        return map_empty(c, s);
    TfgTensor **in = tfg_calloc((size_t)c->n_in + (size_t)c->n_out + 1, sizeof *in), **out = in + c->n_in;
    TfgFrame *body = in ? enter(f, &fn->bodies[0], s) : NULL;
    int rc = body ? 0 : in ? -1 : tfg_fail_memory(s);
    for (int64_t i = 0; i < n && rc == 0; i++) {
        for (int k = 0; k < c->n_in && rc == 0; k++)
            rc = (in[k] = slice_of(c->in[k], i, s)) ? 0 : -1;
        if (rc == 0)
            rc = tfg_frame_run(body, in, out, s);
        for (int k = 0; k < c->n_out && rc == 0; k++)
            rc = put_slice(c, k, i, n, out[k], s);
        drop(in, c->n_in);
        drop(out, c->n_out);
        if (rc == 0)
            rc = check_step(f, i, s);
    }
    if (body)
        tfg_frame_leave(body);
    tfg_free(in);
    return rc;
}

/* ---- All of them ------------------------------------------------------------------------------------------------------------- */

int tfg_functional_run(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    const Functional *fn = i->state;
    switch (fn->kind) {
    case CALL: return call(f, &fn->bodies[0], c->in, c->out, s);
    case REMOTE_CALL: return call(f, &fn->bodies[0], c->in + 1, c->out, s);      /* every device is here */
    case IF: return run_if(f, fn, c, s);
    case CASE: return run_case(f, fn, c, s);
    case WHILE: return run_while(f, fn, c, s);
    case FOR: return run_for(f, fn, c, s);
    case MAP: return run_map(f, fn, c, s);
    }
    return -1;
}
