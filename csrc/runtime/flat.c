/* FLAT: instructions one after the other, by the calling thread.  Switches work here too: what they do not take is dead, and what is
 * computed from something dead is skipped. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/frame.h"
#include "runtime/functional.h"
#include "runtime/region.h"
#include "runtime/stats.h"

TfgTensor tfg_dead = {.refs = 1};

#define MAX_BLAME 2048         /* bytes of a message before calls are no longer named: functions may recurse */

void tfg_blame(const TfgPlan *p, const TfgInstr *i, TfgStatus *s)
{
    if (s->code == TFG_PYTHON_ERROR)
        return;
    /* The node of a body says nothing of the place and the arguments of this call. */
    bool in_body = i->op && i->op->graph != p->session->graph;
    const char *device = p->session->devices[i->device].name;
    bool named = strstr(s->message ? s->message : "", "[[{{node ") != NULL;
    bool called = named && !s->op;              /* a kernel ran a function that failed (callable.h) */
    if (!named || ((called || i->kind == TFG_INSTR_FUNCTIONAL) && (strlen(s->message) < MAX_BLAME || !in_body))) {
        if (!s->op || i->kind == TFG_INSTR_FUNCTIONAL)
            s->op = i->op;
        tfg_append_node_of(s, in_body ? NULL : device, in_body ? NULL : p);
    }
    for (const TfgInlined *call = i->inlined; call && strlen(s->message) < MAX_BLAME; call = call->outer) {
        s->op = call->call;
        in_body = call->call->graph != p->session->graph;
        tfg_append_node_of(s, in_body ? NULL : device, in_body ? NULL : p);
    }
}

static int fail_uninitialized(const TfgPlan *p, const TfgInstr *i, const TfgVariableInput *v, TfgStatus *s)
{
    tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", v->source);
    s->op = v->reader;
    tfg_append_node_of(s, p->session->devices[i->device].name, p);
    return -1;
}

static int fail_no_variable(const TfgPlan *p, const TfgInstr *i, const TfgVariableInput *v, TfgStatus *s)
{
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is a handle, not a reference to a variable", v->source);
    s->op = i->op;
    tfg_append_node_of(s, p->session->devices[i->device].name, p);
    return -1;
}

/* Values that were read for the first n variable inputs. */
static void let_go(const TfgVariableInput *v, int32_t n, TfgTensor *const *in)
{
    for (int32_t k = 0; k < n; k++)
        if (!v[k].by_reference && in[v[k].in] != &tfg_dead)
            tfg_tensor_unref(in[v[k].in]);
}

int tfg_read_variables(const TfgPlan *p, const TfgInstr *i, TfgVariable *const *slot_refs, const int32_t *in_slots, TfgTensor **in,
                       TfgVariable **in_ref, TfgStatus *s)
{
    const TfgVariableInput *v = &p->variable_inputs[i->variable];
    memset(in_ref, 0, (size_t)i->n_in * sizeof *in_ref);
    for (int32_t k = 0; k < i->n_variables; k++, v++) {
        if (in[v->in] == &tfg_dead)
            continue;           /* of a Merge: what it does not take need not be initialised */
        TfgVariable *variable = v->variable ? v->variable : slot_refs[in_slots ? in_slots[v->in] : v->in];
        if (!variable && v->must_be_variable) {
            let_go(v - k, k, in);
            return fail_no_variable(p, i, v, s);
        }
        if (!variable)
            continue;
        in_ref[v->in] = variable;
        bool empty;
        if (v->by_reference) {
            pthread_mutex_lock(&variable->lock);
            in[v->in] = variable->value;        /* looked at under the variable's lock only */
            empty = !variable->value;
            pthread_mutex_unlock(&variable->lock);
        } else {
            in[v->in] = tfg_variable_value(variable);
            empty = !in[v->in];
        }
        if (empty && !v->may_be_uninitialized) {
            let_go(v - k, k, in);
            return fail_uninitialized(p, i, v, s);
        }
    }
    return 0;
}

void tfg_release_variables(const TfgPlan *p, const TfgInstr *i, TfgTensor **in)
{
    let_go(&p->variable_inputs[i->variable], i->n_variables, in);
}

int tfg_switch_side(const TfgTensor *pred, TfgStatus *s)
{
    if (pred->rank != 0) {
        TfgStr shape = TFG_STR_INIT;
        tfg_tensor_format_shape(pred, &shape);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "The second input must be a scalar, but it has shape %s", tfg_str_text(&shape));
        tfg_str_fini(&shape);
        return -1;
    }
    return *(const bool *)pred->data;
}

/* ---- One instruction --------------------------------------------------------------------------------------------------------- */

static inline void drop(TfgFrame *f, int32_t slot)
{
    TfgTensor *t = f->slots[slot];
    f->slots[slot] = NULL;
    if (t && t != &tfg_dead)
        tfg_tensor_unref(t);
    if (f->refs[slot]) {
        tfg_variable_unref(f->refs[slot]);
        f->refs[slot] = NULL;
    }
}

static bool is_dead(const TfgFrame *f, const TfgInstr *i)
{
    const TfgPlan *p = f->plan;
    int32_t n_dead = 0;
    for (int32_t k = 0; k < i->n_in; k++)
        n_dead += f->slots[p->in_slots[i->in + k]] == &tfg_dead;
    if (i->kind == TFG_INSTR_MERGE)
        return n_dead == i->n_in;
    for (int32_t k = 0; k < i->n_controls && !n_dead; k++)
        n_dead += f->dead[p->controls[i->controls + k]];
    return n_dead > 0;
}

static void kill(TfgFrame *f, const TfgInstr *i)
{
    f->dead[i - f->plan->code] = true;
    for (int32_t k = 0; k < i->n_out; k++)
        f->slots[i->out + k] = &tfg_dead;
}

static int run_switch(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    int side = tfg_switch_side(c->in[1], s);
    if (side < 0)
        return -1;
    f->slots[i->out + 1 - side] = &tfg_dead;
    if (c->ref && c->ref[0]) {
        if (i->has_refs) {
            f->refs[i->out + side] = tfg_variable_ref(c->ref[0]);
            return 0;
        }
    }
    return tfg_kernel_forward(c, 0, side, s);
}

static int run_merge(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    int32_t taken = -1;
    for (int32_t k = 0; k < i->n_in && taken < 0; k++)
        if (c->in[k] != &tfg_dead && f->slots[f->plan->in_slots[i->in + k]] != &tfg_dead)
            taken = k;
    if (c->ref && c->ref[taken] && i->has_refs)
        f->refs[i->out] = tfg_variable_ref(c->ref[taken]);
    else if (tfg_kernel_forward(c, taken, 0, s) < 0)
        return -1;
    TfgTensor *index = tfg_call_fresh(c, 1, 0, NULL, s);
    if (!index)
        return -1;
    *(int32_t *)index->data = taken;
    return 0;
}

static int run_kind(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgStatus *s)
{
    switch ((TfgInstrKind)i->kind) {
    case TFG_INSTR_KERNEL: return tfg_call_run(c, s);
    case TFG_INSTR_FUSED: return tfg_fused_run(i->state, c, s);
    case TFG_INSTR_NOTHING: return 0;
    case TFG_INSTR_CONSTANT: c->out[0] = tfg_tensor_ref(i->state); return 0;
    case TFG_INSTR_SWITCH: return run_switch(f, i, c, s);
    case TFG_INSTR_MERGE: return run_merge(f, i, c, s);
    case TFG_INSTR_REGION: return tfg_region_run(f, i, c, s);
    case TFG_INSTR_FUNCTIONAL: return tfg_functional_run(f, i, c, s);
    default: return tfg_fail(s, TFG_INTERNAL, "%s cannot run in order", i->type);
    }
}

static void finish_refs(TfgFrame *f, const TfgInstr *i)
{
    /* A reference output is known by name; a kernel that also gave the value gave too much. */
    for (int32_t k = 0; k < i->n_out; k++)
        if (f->refs[i->out + k] && f->slots[i->out + k] && f->slots[i->out + k] != &tfg_dead) {
            tfg_tensor_unref(f->slots[i->out + k]);
            f->slots[i->out + k] = NULL;
        }
}

static int run_instr(TfgFrame *f, const TfgInstr *i, TfgKernelCall *c, TfgCallSite *site, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    const int32_t *in_slots = p->in_slots + i->in;
    for (int32_t k = 0; k < i->n_in; k++)
        f->in[k] = f->slots[in_slots[k]];
    c->ref = NULL;
    if (i->n_variables) {
        if (tfg_read_variables(p, i, f->refs, in_slots, f->in, f->in_ref, s) < 0)
            return -1;
        c->ref = f->in_ref;
    }
    c->row = i->row;
    c->name = i->name;
    c->type = i->type;
    c->attrs = i->attrs;
    c->state = i->state;
    c->n_in = i->n_in;
    c->n_out = i->n_out;
    c->out = f->slots + i->out;
    c->ref_out = f->refs + i->out;
    c->out_dtype = i->out_dtype;
    site->in_slots = in_slots;
    site->out_slot = i->out;
    site->spare = f->spare ? f->spare + i->out : NULL;
    site->dies = i->dies;
    int rc = run_kind(f, i, c, s);
    if (site->scratch)
        tfg_call_free_scratch(site);
    if (i->n_variables)
        tfg_release_variables(p, i, f->in);
    if (i->has_refs)
        finish_refs(f, i);
    return rc;
}

int tfg_flat_run(TfgFrame *f, TfgWatch *w, TfgStatus *s)
{
    const TfgPlan *p = f->plan;
    TfgCallSite site = {.layout = f->layout_used};
    TfgKernelCall c = {.in = f->in, .cancel = f->cancel, .resources = p->session->resources, .step_id = f->step_id, .frame = f, .runtime = &site};
    bool watched = w->deadline || w->interrupted;
    if (p->has_dead)
        memset(f->dead, 0, (size_t)p->n_code);
    for (int32_t n = 0; n < p->n_code; n++) {
        const TfgInstr *i = &p->code[n];
        if (i->may_be_dead && is_dead(f, i)) {
            kill(f, i);
        } else {
            int64_t start = f->stats ? tfg_now_ns() : 0;
            if (run_instr(f, i, &c, &site, s) < 0) {
                tfg_blame(p, i, s);
                return -1;
            }
            if (f->stats)
                tfg_stats_add(f->stats, i, start, tfg_now_ns(), f->slots + i->out);
        }
        const int32_t *drops = p->drops + i->drop;
        for (int32_t k = 0; k < i->n_drop; k++)
            drop(f, drops[k]);
        if (watched && (i->expensive || (n & 63) == 63) && tfg_watch_check(w, s) < 0)
            return -1;
        if (i->expensive && tfg_cancelled(f->cancel))
            return tfg_fail(s, TFG_CANCELLED, "Session was closed.");
    }
    return 0;
}
