/* Compile: the ordered nodes become instructions over numbered slots.  A slot is one output of one instruction (or a feed, or a
 * constant); slots are numbered in the order in which they are set. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/body.h"
#include "runtime/flow.h"
#include "runtime/functional.h"
#include "runtime/local.h"

typedef struct Compiler {
    TfgPlanMaker *m;
    TfgPlan *p;
    int32_t *instr_of;          /* per node: its instruction, -1: none */
    int32_t *slot_of;           /* per node: the slot of output 0, -1: none */
    size_t n_in, n_drops, n_controls, n_variables;
} Compiler;

static bool is_instr(const Compiler *c, const TfgNode *n)
{
    if (n->kind == TFG_NODE_CONST)
        return n->runs;
    if (n->kind == TFG_NODE_REGION)
        return true;
    if (n->kind != TFG_NODE_OP && n->kind != TFG_NODE_FUSED)
        return false;
    if (c->p->uses_flow || n->may_be_dead)
        return true;
    return !tfg_node_is(n, "NoOp") && !tfg_node_is(n, "ControlTrigger");
}

/* ---- Death ----------------------------------------------------------------------------------------------------------------- */

/* A constant with control inputs may be dead.  Most consumers only need to be dead then too; a Merge has to see which input it is. */
static void find_running_constants(TfgPlanMaker *m)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_CONST && n->fetched && n->n_controls)
            n->runs = true;
        if (n->kind != TFG_NODE_OP || !(tfg_node_is(n, "Merge") || tfg_node_is(n, "RefMerge")))
            continue;
        for (int32_t k = 0; k < n->n_in; k++) {
            TfgNode *from = &m->nodes[n->in[k].node];
            from->runs |= from->kind == TFG_NODE_CONST && from->n_controls;
        }
    }
}

int tfg_plan_pass_controls(TfgPlanMaker *m, TfgStatus *s)
{
    find_running_constants(m);
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        int32_t n_controls = n->n_controls;
        for (int32_t k = 0; k < n->n_in + n_controls; k++) {
            const TfgNode *from = &m->nodes[k < n->n_in ? n->in[k].node : n->controls[k - n->n_in]];
            if (from->runs || (from->kind != TFG_NODE_CONST && from->kind != TFG_NODE_VARIABLE && from->kind != TFG_NODE_GONE))
                continue;
            for (int32_t c = 0; c < from->n_controls; c++)
                if (from->controls[c] != i && tfg_node_add_control(m, n, from->controls[c]) < 0)
                    return tfg_fail_memory(s);
        }
    }
    return 0;
}

/* ---- Counting and numbering -------------------------------------------------------------------------------------------------- */

static bool is_variable_input(const TfgPlanMaker *m, const TfgNode *n, int32_t k)
{
    const TfgNode *from = &m->nodes[n->in[k].node];
    return from->kind != TFG_NODE_FEED && from->kind != TFG_NODE_CONST && tfg_dtype_is_ref(from->out_dtype[n->in[k].index]);
}

static int number_all(Compiler *c, TfgStatus *s)
{
    TfgPlanMaker *m = c->m;
    TfgPlan *p = c->p;
    int32_t n_code = 0;
    int64_t n_slots = 0;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        c->instr_of[i] = c->slot_of[i] = -1;
        const TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_FEED || (n->kind == TFG_NODE_CONST && !n->runs) || n->kind == TFG_NODE_VARIABLE) {
            c->slot_of[i] = (int32_t)n_slots++;
            p->n_constants += n->kind == TFG_NODE_CONST;
        }
    }
    for (int32_t i = 0; i < m->n_order; i++) {
        const TfgNode *n = &m->nodes[m->order[i]];
        if (!is_instr(c, n))
            continue;
        c->instr_of[m->order[i]] = n_code++;
        c->slot_of[m->order[i]] = (int32_t)n_slots;
        n_slots += n->n_out;
        if (n->kind == TFG_NODE_CONST) {
            c->n_controls += (size_t)n->n_controls;
            continue;
        }
        c->n_in += (size_t)n->n_in;
        c->n_controls += (size_t)n->n_controls;
        if (n->n_in > p->max_in)
            p->max_in = n->n_in;
        for (int32_t k = 0; k < n->n_in; k++)
            c->n_variables += is_variable_input(m, n, k);
    }
    if (n_slots > INT32_MAX / 2)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "The graph has too many tensors to run");
    p->n_code = n_code;
    p->n_slots = (int32_t)n_slots;
    return 0;
}

static int allocate(Compiler *c, TfgStatus *s)
{
    TfgPlan *p = c->p;
    TfgArena *a = &p->arena;
    size_t n_slots = (size_t)p->n_slots + 1, n_feeds = (size_t)p->n_feeds + 1;
    p->code = tfg_arena_alloc(a, ((size_t)p->n_code + 1) * sizeof *p->code);
    p->in_slots = tfg_arena_alloc(a, (c->n_in + 1) * sizeof *p->in_slots);
    p->drops = tfg_arena_alloc(a, n_slots * sizeof *p->drops);
    p->controls = tfg_arena_alloc(a, (c->n_controls + 1) * sizeof *p->controls);
    p->variable_inputs = tfg_arena_alloc(a, (c->n_variables + 1) * sizeof *p->variable_inputs);
    p->feed_slots = tfg_arena_alloc(a, n_feeds * sizeof *p->feed_slots);
    p->constant_slots = tfg_arena_alloc(a, ((size_t)p->n_constants + 1) * sizeof *p->constant_slots);
    p->constants = tfg_arena_alloc(a, ((size_t)p->n_constants + 1) * sizeof(TfgTensor *));
    p->fetch = tfg_arena_alloc(a, ((size_t)p->n_fetches + 1) * sizeof *p->fetch);
    p->first = tfg_arena_alloc(a, n_slots * sizeof *p->first);
    p->last = tfg_arena_alloc(a, n_slots * sizeof *p->last);
    p->escapes = tfg_arena_alloc(a, n_slots * sizeof *p->escapes);
    if (!p->code || !p->in_slots || !p->drops || !p->controls || !p->variable_inputs || !p->feed_slots || !p->constant_slots ||
        !p->constants || !p->fetch || !p->first || !p->last || !p->escapes)
        return tfg_fail_memory(s);
    return 0;
}

/* ---- One instruction --------------------------------------------------------------------------------------------------------- */

static TfgInstrKind kind_of(const TfgPlan *p, const TfgNode *n)
{
    static const struct { const char *type; TfgInstrKind kind; } kinds[] = {
        {"NoOp", TFG_INSTR_NOTHING}, {"ControlTrigger", TFG_INSTR_NOTHING}, {"Switch", TFG_INSTR_SWITCH},
        {"RefSwitch", TFG_INSTR_SWITCH}, {"Merge", TFG_INSTR_MERGE}, {"RefMerge", TFG_INSTR_MERGE}, {"Enter", TFG_INSTR_ENTER},
        {"RefEnter", TFG_INSTR_ENTER}, {"Exit", TFG_INSTR_EXIT}, {"RefExit", TFG_INSTR_EXIT}, {"NextIteration", TFG_INSTR_NEXT},
        {"RefNextIteration", TFG_INSTR_NEXT}};
    if (n->kind == TFG_NODE_FUSED)
        return TFG_INSTR_FUSED;
    if (n->kind == TFG_NODE_CONST)
        return TFG_INSTR_CONSTANT;
    if (n->kind == TFG_NODE_REGION)
        return TFG_INSTR_REGION;
    if (n->row->flags & TFG_KERNEL_FUNCTIONAL)
        return TFG_INSTR_FUNCTIONAL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (tfg_node_is(n, kinds[i].type))
            return kinds[i].kind;
    return tfg_row_waits(n->row) || (n->row->start && p->uses_flow) ? TFG_INSTR_ASYNC : TFG_INSTR_KERNEL;
}

static int prepare_state(Compiler *c, TfgInstr *in, const TfgNode *n, TfgStatus *s)
{
    TfgSession *session = c->m->session;
    const TfgKernelRow *row = n->row;
    TfgStr key = TFG_STR_INIT;
    const char *state_name = n->name;
    if ((row->flags & TFG_KERNEL_KEEPS_STATE) && c->m->body) {      /* a node of a body may be called as one of the graph */
        tfg_str_printf(&key, "%s\n%s\n%s", c->m->body->name, c->m->body->site, n->name);
        state_name = key.failed ? NULL : tfg_arena_strdup(&c->m->arena, tfg_str_text(&key));
        tfg_str_fini(&key);
        if (!state_name)
            return tfg_fail_memory(s);
    }
    if (row->flags & TFG_KERNEL_KEEPS_STATE) {
        TfgState *kept = tfg_session_find_state(session, state_name);
        if (kept) {
            in->state = kept->state;
            return 0;
        }
    }
    if (!row->prepare)
        return 0;
    TfgPrepare p = {.name = n->name, .type = n->def->name, .attrs = in->attrs, .n_in = n->n_in, .n_out = n->n_out,
                    .in_dtype = n->in_dtype, .out_dtype = n->out_dtype, .device = session->devices[n->device].name,
                    .resources = session->resources};
    void *state = NULL;
    if (row->prepare(&p, &state, s) < 0)
        goto failed;
    if (row->flags & TFG_KERNEL_KEEPS_STATE) {
        in->state = tfg_session_add_state(session, state_name, row, state, s);
        return s->code == TFG_OK ? 0 : -1;
    }
    in->state = state;
    return state && row->release ? tfg_plan_keep_state(c->p, row, state, s) : 0;
failed:
    if (!s->op) {
        s->op = n->op;
        tfg_append_node(s, session->devices[n->device].name);
    }
    return -1;
}

/* Handles of stacks, queues and tables are references to strings; where the type of a reference is an attribute, it is a variable's. */
static bool takes_variable(const TfgNode *n, int32_t k)
{
    for (int i = 0; n->def && i < n->def->n_in; i++) {
        int count = tfg_arg_count(&n->def->in[i], &n->attrs);
        if (k < count)
            return n->def->in[i].type_attr != NULL;
        k -= count;
    }
    return false;
}

static void add_variable_input(Compiler *c, TfgInstr *in, const TfgNode *n, int32_t k)
{
    const TfgNode *from = &c->m->nodes[n->in[k].node];
    TfgVariableInput *v = &c->p->variable_inputs[c->n_variables++];
    v->in = k;
    v->variable = from->out_variable ? from->out_variable[n->in[k].index] : NULL;
    v->reader = n->via && n->via[k] ? n->via[k] : n->op;
    v->source = from->op->name;
    v->by_reference = tfg_dtype_is_ref(n->in_dtype[k]);
    v->must_be_variable = v->by_reference && (in->kind == TFG_INSTR_KERNEL || in->kind == TFG_INSTR_ASYNC) && takes_variable(n, k);
    v->may_be_uninitialized = (n->row && (n->row->flags & TFG_KERNEL_UNINITIALIZED_REF)) ||
                              (n->def && (n->def->flags & TFG_OP_ALLOWS_UNINITIALIZED)) ||
                              (v->by_reference && (in->kind == TFG_INSTR_SWITCH || in->kind == TFG_INSTR_MERGE ||
                                                   in->kind == TFG_INSTR_ENTER || in->kind == TFG_INSTR_EXIT || in->kind == TFG_INSTR_NEXT));
    in->n_variables++;
}

static int compile_node(Compiler *c, int32_t number, TfgStatus *s)
{
    TfgPlanMaker *m = c->m;
    TfgPlan *p = c->p;
    const TfgNode *n = &m->nodes[number];
    TfgInstr *in = &p->code[c->instr_of[number]];
    in->kind = (uint8_t)kind_of(c->p, n);
    in->may_be_dead = n->may_be_dead;
    in->row = n->row;
    in->op = n->op;
    in->name = n->inlined ? tfg_arena_strdup(&p->arena, n->name) : n->name;         /* else the graph's own */
    in->inlined = n->inlined;
    in->type = n->def ? n->def->name : n->kind == TFG_NODE_REGION ? "While" : "Fused";
    in->device = n->device;
    in->frame = n->frame;
    in->expensive = n->row && (n->row->flags & TFG_KERNEL_EXPENSIVE);
    p->any_expensive |= in->expensive;
    TfgAttrs *attrs = tfg_arena_memdup(&p->arena, &n->attrs, sizeof n->attrs);
    TfgDType *out_dtype = tfg_arena_alloc(&p->arena, (size_t)(n->n_out ? n->n_out : 1) * sizeof *out_dtype);
    if (!attrs || !out_dtype || !in->name)
        return tfg_fail_memory(s);
    in->attrs = attrs;
    for (int32_t i = 0; i < n->n_out; i++)
        out_dtype[i] = tfg_dtype_base(n->out_dtype[i]);
    in->out_dtype = out_dtype;
    in->in = (int32_t)c->n_in;
    in->n_in = n->kind == TFG_NODE_CONST ? 0 : n->n_in;
    in->out = c->slot_of[number];
    in->n_out = n->n_out;
    in->variable = (int32_t)c->n_variables;
    for (int32_t k = 0; k < in->n_in; k++) {
        int32_t base = c->slot_of[n->in[k].node];
        p->in_slots[c->n_in++] = m->nodes[n->in[k].node].kind == TFG_NODE_FEED ? base : base + n->in[k].index;
        if (is_variable_input(m, n, k))
            add_variable_input(c, in, n, k);
    }
    in->controls = (int32_t)c->n_controls;
    for (int32_t k = 0; k < n->n_controls; k++) {
        int32_t from = c->instr_of[n->controls[k]];
        if (from >= 0 && (p->uses_flow || (in->may_be_dead && m->nodes[n->controls[k]].may_be_dead))) {
            p->controls[c->n_controls++] = from;
            in->n_controls++;
        }
    }
    for (int32_t i = 0; i < n->n_out; i++) {
        in->has_refs |= tfg_dtype_is_ref(n->out_dtype[i]);
        p->first[in->out + i] = c->instr_of[number];
    }
    if (in->kind == TFG_INSTR_FUSED || in->kind == TFG_INSTR_CONSTANT) {
        in->state = n->kind == TFG_NODE_FUSED ? (void *)n->fused : (void *)n->constant;
        return 0;
    }
    if (in->kind == TFG_INSTR_REGION)
        in->state = n->region;
    if (in->kind == TFG_INSTR_FUNCTIONAL)
        return tfg_functional_prepare(m, n, in, s);
    if (in->kind == TFG_INSTR_KERNEL || in->kind == TFG_INSTR_ASYNC)
        return prepare_state(c, in, n, s);
    if (in->kind == TFG_INSTR_ENTER) {
        in->is_constant_enter = tfg_attrs_bool(&n->attrs, "is_constant");
    }
    return 0;
}

/* ---- Lives of slots ----------------------------------------------------------------------------------------------------------- */

static void find_last_uses(Compiler *c)
{
    TfgPlan *p = c->p;
    for (int32_t k = 0; k < p->n_slots; k++)
        p->last[k] = p->first[k];
    for (int32_t i = 0; i < p->n_code; i++)
        for (int32_t k = 0; k < p->code[i].n_in; k++) {
            int32_t slot = p->in_slots[p->code[i].in + k];
            if (p->first[slot] >= 0 && p->last[slot] < i)
                p->last[slot] = i;
        }
}

/* Which inputs an instruction may overwrite, as far as the order of instructions tells. */
static uint64_t dying_inputs(const TfgPlan *p, int32_t i)
{
    const TfgInstr *in = &p->code[i];
    uint64_t dies = 0;
    bool elementwise = in->kind == TFG_INSTR_FUSED || (in->row && in->row->block && !in->row->run);
    for (int32_t k = 0; k < in->n_in && k < 64; k++) {
        int32_t slot = p->in_slots[in->in + k];
        if (p->first[slot] < 0 || p->last[slot] != i || p->escapes[slot])
            continue;
        bool again = false;
        for (int32_t e = 0; e < in->n_in && !again && !elementwise; e++)
            again = e != k && p->in_slots[in->in + e] == slot;
        if (!again)
            dies |= 1ull << k;
    }
    return dies;
}

static int list_drops(Compiler *c, TfgStatus *s)
{
    TfgPlan *p = c->p;
    int32_t *head = tfg_alloc(((size_t)p->n_code + (size_t)p->n_slots + 2) * sizeof *head), *next = head + p->n_code + 1, n = 0;
    if (!head)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < p->n_code; i++)
        head[i] = -1;
    for (int32_t k = p->n_slots - 1; k >= 0; k--)
        if (p->first[k] >= 0 && !p->escapes[k]) {
            next[k] = head[p->last[k]];
            head[p->last[k]] = k;
        }
    for (int32_t i = 0; i < p->n_code; i++) {
        p->code[i].drop = n;
        for (int32_t k = head[i]; k >= 0; k = next[k])
            p->drops[n++] = k;
        p->code[i].n_drop = n - p->code[i].drop;
        p->code[i].dies = dying_inputs(p, i);
    }
    tfg_free(head);
    return 0;
}

static void compile_fetches(Compiler *c)
{
    TfgPlanMaker *m = c->m;
    TfgPlan *p = c->p;
    for (int i = 0; i < p->n_fetches; i++) {
        TfgPort port = m->fetch_ports[i];
        const TfgNode *n = &m->nodes[port.node];
        TfgFetch *f = &p->fetch[i];
        f->slot = f->feed = -1;
        f->op = p->fetches[i].op;
        f->index = p->fetches[i].index;
        if (n->kind == TFG_NODE_FEED) {
            f->feed = port.node;
            continue;
        }
        f->slot = c->slot_of[port.node] + port.index;
        if (tfg_dtype_is_ref(n->out_dtype[port.index])) {
            f->by_reference = true;
            f->variable = n->out_variable ? n->out_variable[port.index] : NULL;
            f->source = n->op->name;
        }
        if (c->instr_of[port.node] >= 0)
            p->escapes[f->slot] = true;
        f->last = true;
        for (int k = 0; k < i; k++)
            if (p->fetch[k].slot == f->slot)
                p->fetch[k].last = false;
    }
}

int tfg_plan_compile(TfgPlanMaker *m, TfgStatus *s)
{
    Compiler c = {.m = m, .p = m->plan};
    TfgPlan *p = m->plan;
    int rc = -1;
    size_t n = (size_t)m->n_nodes + 1;
    c.instr_of = tfg_alloc(n * sizeof *c.instr_of);
    c.slot_of = tfg_alloc(n * sizeof *c.slot_of);
    if (!c.instr_of || !c.slot_of) {
        tfg_fail_memory(s);
        goto done;
    }
    p->uses_flow = m->has_loops || m->may_block || m->partial || m->session->options.executor == TFG_EXECUTOR_DATAFLOW;
    p->has_dead = m->has_switches;
    if (tfg_plan_find_mortals(m, s) < 0)
        goto done;
    if (number_all(&c, s) < 0 || allocate(&c, s) < 0)
        goto done;
    for (int32_t k = 0; k < p->n_slots; k++)
        p->first[k] = -1;
    c.n_in = c.n_controls = c.n_variables = 0;
    for (int32_t i = 0, k = 0; i < m->n_nodes; i++) {
        if (m->nodes[i].kind == TFG_NODE_FEED)
            p->feed_slots[i] = c.slot_of[i];
        if (m->nodes[i].kind == TFG_NODE_CONST && !m->nodes[i].runs) {
            p->constants[k] = m->nodes[i].constant;
            p->constant_slots[k++] = c.slot_of[i];
        }
    }
    for (int32_t i = 0; i < m->n_order; i++)
        if (c.instr_of[m->order[i]] >= 0 && compile_node(&c, m->order[i], s) < 0)
            goto done;
    compile_fetches(&c);
    find_last_uses(&c);
    if (list_drops(&c, s) < 0)
        goto done;
    p->bytes = p->arena.total;
    rc = p->uses_flow ? tfg_flow_make(m, c.instr_of, s) : 0;
done:
    tfg_free(c.instr_of);
    tfg_free(c.slot_of);
    return rc;
}
