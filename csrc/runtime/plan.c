#include "runtime/plan.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/body.h"
#include "runtime/frame.h"
#include "runtime/region.h"

/* Every handle outside counts the plan and the session; the session's cache counts the plan alone. */
TfgPlan *tfg_plan_ref(TfgPlan *p)
{
    tfg_session_ref(p->session);
    return tfg_plan_retain(p);
}

TfgPlan *tfg_plan_retain(TfgPlan *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

static void release_kept(TfgPlan *p)
{
    for (size_t i = 0; i < p->n_parts; i++)
        tfg_plan_release(p->parts[i]);
    tfg_free(p->parts);
    for (size_t i = 0; i < p->n_states; i++)
        p->states[i].row->release(p->states[i].state);
    for (size_t i = 0; i < p->n_tensors; i++)
        tfg_tensor_unref(p->tensors[i]);
    for (size_t i = 0; i < p->n_variables; i++)
        tfg_variable_unref(p->variables[i]);
    tfg_free(p->states);
    tfg_free(p->tensors);
    tfg_free(p->variables);
}

static void plan_free(TfgPlan *p)
{
    for (TfgFrame *f = p->frames, *next; f; f = next) {
        next = f->next_free;
        tfg_frame_free(f);
    }
    release_kept(p);
    tfg_arena_fini(&p->arena);
    tfg_free(p);
}

void tfg_plan_release(TfgPlan *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1)
        plan_free(p);
}

void tfg_plan_unref(TfgPlan *p)
{
    if (!p)
        return;
    TfgSession *session = p->session;
    tfg_plan_release(p);
    tfg_session_unref(session);
}

int tfg_plan_keep_tensor_steal(TfgPlan *p, TfgTensor *t, TfgStatus *s)
{
    if (tfg_grow((void **)&p->tensors, &p->tensors_capacity, p->n_tensors + 1, sizeof *p->tensors) < 0) {
        tfg_tensor_unref(t);
        return tfg_fail_memory(s);
    }
    p->tensors[p->n_tensors++] = t;
    return 0;
}

int tfg_plan_keep_variable_steal(TfgPlan *p, TfgVariable *v, TfgStatus *s)
{
    if (tfg_grow((void **)&p->variables, &p->variables_capacity, p->n_variables + 1, sizeof *p->variables) < 0) {
        tfg_variable_unref(v);
        return tfg_fail_memory(s);
    }
    p->variables[p->n_variables++] = v;
    return 0;
}

int tfg_plan_keep_state(TfgPlan *p, const TfgKernelRow *row, void *state, TfgStatus *s)
{
    if (tfg_grow((void **)&p->states, &p->states_capacity, p->n_states + 1, sizeof *p->states) < 0) {
        row->release(state);
        return tfg_fail_memory(s);
    }
    p->states[p->n_states++] = (TfgState){row, state};
    return 0;
}

int tfg_plan_keep_part_steal(TfgPlan *p, TfgPlan *part, TfgStatus *s)
{
    if (tfg_grow((void **)&p->parts, &p->parts_capacity, p->n_parts + 1, sizeof(TfgPlan *)) < 0) {
        tfg_plan_release(part);
        return tfg_fail_memory(s);
    }
    p->parts[p->n_parts++] = part;
    return 0;
}

/* ---- Making ---------------------------------------------------------------------------------------------------------------- */

static TfgPlan *plan_new(const TfgPlanMaker *m, TfgStatus *s)
{
    TfgPlan *p = tfg_calloc(1, sizeof *p);
    if (!p) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&p->refs, 1);
    tfg_arena_init(&p->arena);
    p->session = tfg_session_ref(m->session);
    p->n_feeds = m->n_feeds;
    p->n_fetches = m->n_fetches;
    p->n_targets = m->n_targets;
    p->feeds = tfg_arena_memdup(&p->arena, m->feeds, (size_t)m->n_feeds * sizeof *p->feeds);
    p->fetches = tfg_arena_memdup(&p->arena, m->fetches, (size_t)m->n_fetches * sizeof *p->fetches);
    p->targets = tfg_arena_memdup(&p->arena, m->targets, (size_t)m->n_targets * sizeof *p->targets);
    p->feed_dtypes = tfg_arena_alloc(&p->arena, ((size_t)m->n_feeds + 1) * sizeof *p->feed_dtypes);
    if ((m->n_feeds && !p->feeds) || (m->n_fetches && !p->fetches) || (m->n_targets && !p->targets) || !p->feed_dtypes) {
        tfg_plan_unref(p);
        tfg_fail_memory(s);
        return NULL;
    }
    for (int i = 0; i < p->n_feeds; i++)
        p->feed_dtypes[i] = tfg_dtype_base(p->feeds[i].op->outputs[p->feeds[i].index].dtype);
    return p;
}

static int check_outputs(const TfgGraph *graph, const TfgOutput *outputs, int n, const char *what, TfgStatus *s)
{
    for (int i = 0; i < n; i++) {
        if (!outputs[i].op || outputs[i].op->graph != graph)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s %d is not of this session's graph", what, i);
        if (outputs[i].index < 0 || outputs[i].index >= outputs[i].op->n_outputs)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s %s:%d does not exist", what, outputs[i].op->name, outputs[i].index);
    }
    return 0;
}

static int check_request(const TfgPlanMaker *m, TfgStatus *s)
{
    if (check_outputs(m->graph, m->feeds, m->n_feeds, "Feed", s) < 0 || check_outputs(m->graph, m->fetches, m->n_fetches, "Fetch", s) < 0)
        return -1;
    for (int i = 0; i < m->n_targets; i++)
        if (!m->targets[i] || m->targets[i]->graph != m->graph)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Target %d is not of this session's graph", i);
    for (int i = 0; i < m->n_feeds; i++)
        for (int k = 0; k < i && m->n_feeds < 256; k++)
            if (m->feeds[i].op == m->feeds[k].op && m->feeds[i].index == m->feeds[k].index)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s:%d fed more than once", m->feeds[i].op->name, m->feeds[i].index);
    return 0;
}

static void look_for_control_flow(TfgPlanMaker *m)
{
    m->has_loops = m->has_switches = m->may_block = false;
    int n_either = 0;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        const TfgNode *n = &m->nodes[i];
        if (n->kind != TFG_NODE_OP)
            continue;
        switch (n->def->name[0]) {
        case 'S': case 'R':
            m->has_switches |= tfg_node_is(n, "Switch") || tfg_node_is(n, "RefSwitch");
            m->has_loops |= tfg_node_is(n, "RefEnter") || tfg_node_is(n, "RefExit") || tfg_node_is(n, "RefNextIteration");
            break;
        case 'E': m->has_loops |= tfg_node_is(n, "Enter") || tfg_node_is(n, "Exit"); break;
        case 'N': m->has_loops |= tfg_node_is(n, "NextIteration"); break;
        default: break;
        }
        m->may_block |= tfg_row_waits(n->row);
        n_either += n->row->start && n->row->run;
    }
    m->may_block |= n_either > 1;       /* one may wait for what another does */
}

static int rewrite(TfgPlanMaker *m, TfgStatus *s)
{
    uint32_t off = m->session->options.rewrites_off;
    if (m->session->options.optimizer_level < 0)
        off |= TFG_REWRITE_FOLD | TFG_REWRITE_CSE | TFG_REWRITE_FUSE | TFG_REWRITE_UNUSED | TFG_REWRITE_SHAPE;
    if (!(off & TFG_REWRITE_FOLD) && tfg_rewrite_fold(m, s) < 0)
        return -1;
    if (!(off & TFG_REWRITE_CSE) && tfg_rewrite_cse(m, s) < 0)
        return -1;
    if (!(off & TFG_REWRITE_IDENTITY) && tfg_rewrite_identity(m, s) < 0)
        return -1;
    if (!(off & TFG_REWRITE_SHAPE) && tfg_rewrite_shape(m, s) < 0)
        return -1;
    if (!(off & TFG_REWRITE_UNUSED) && tfg_rewrite_unused(m, s) < 0)
        return -1;
    if (tfg_plan_pass_controls(m, s) < 0)
        return -1;
    if (!(off & TFG_REWRITE_FUSE) && tfg_rewrite_fuse(m, s) < 0)
        return -1;
    return 0;
}

/* Loops become regions where the options let them, and where the step may run in order. */
static int find_regions(TfgPlanMaker *m, TfgStatus *s)
{
    const TfgSessionOptions *o = &m->session->options;
    if (!m->has_loops || m->partial || m->no_regions || o->executor == TFG_EXECUTOR_DATAFLOW || (o->rewrites_off & TFG_REWRITE_REGION))
        return 0;
    if (tfg_plan_regions(m, s) < 0)
        return -1;
    look_for_control_flow(m);
    return 0;
}

static int finish(TfgPlanMaker *m, TfgStatus *s)
{
    return rewrite(m, s) < 0 || tfg_plan_frames(m, s) < 0 || tfg_plan_order(m, s) < 0 || tfg_plan_compile(m, s) < 0 ? -1 : 0;
}

/* The caller's reference is the only one. */
static void disown(TfgPlan *p)
{
    tfg_plan_retain(p);
    tfg_plan_unref(p);
}

static void maker_fini(TfgPlanMaker *m)
{
    tfg_free(m->soft);
    tfg_free(m->loops);
    tfg_arena_fini(&m->arena);
}

TfgPlan *tfg_plan_make_part(TfgPlanMaker *m, int32_t gate, TfgStatus *s)
{
    m->plan = plan_new(m, s);
    if (!m->plan)
        return NULL;
    look_for_control_flow(m);
    int rc = finish(m, s);
    for (int i = 0; i < m->plan->n_fetches && rc == 0; i++)     /* a value that may be dead ends a loop, but a region needs one */
        rc = m->nodes[m->fetch_ports[i].node].may_be_dead ? -1 : 0;
    if (rc == 0 && gate >= 0 && m->nodes[gate].may_be_dead)
        rc = -1;
    for (int32_t i = 0; i < m->n_nodes; i++)
        m->plan->has_effects |= m->nodes[i].wanted && m->nodes[i].kind != TFG_NODE_FEED && !m->nodes[i].fetched;
    for (int32_t i = 0; i < m->n_nodes; i++)
        m->plan->has_effects |= m->nodes[i].kind == TFG_NODE_OP && tfg_node_has_effects(&m->nodes[i]);
    tfg_free(m->soft);
    tfg_free(m->loops);
    m->soft = NULL;
    m->loops = NULL;
    if (rc < 0) {
        tfg_plan_unref(m->plan);
        return NULL;
    }
    disown(m->plan);
    return m->plan;
}

static TfgPlan *make(TfgPlanMaker *m, TfgStatus *s)
{
    int rc = -1;
    tfg_arena_init(&m->arena);
    if (check_request(m, s) < 0 || tfg_session_place_graph(m->session, s) < 0 || !(m->plan = plan_new(m, s)) ||
        tfg_plan_prune(m, s) < 0 || tfg_plan_inline(m, s) < 0 || tfg_plan_place(m, s) < 0)
        goto done;
    look_for_control_flow(m);
    if (tfg_plan_refs(m, s) < 0 || find_regions(m, s) < 0 || finish(m, s) < 0)
        goto done;
    rc = 0;
done:
    maker_fini(m);
    if (rc < 0 && m->plan) {
        tfg_plan_unref(m->plan);
        m->plan = NULL;
    }
    return m->plan;
}

/* Where a graph does not work with its loops as regions, because what enters one hangs on what leaves it, it has them as loops. */
static TfgPlan *make_either_way(const TfgPlanMaker *request, TfgStatus *s)
{
    TfgPlanMaker m = *request;
    TfgPlan *p = make(&m, s);
    if (p || !m.has_regions)
        return p;
    tfg_status_fini(s);
    m = *request;
    m.no_regions = true;
    return make(&m, s);
}

TfgPlan *tfg_plan_make(TfgSession *session, const TfgOutput *feeds, int n_feeds, const TfgOutput *fetches, int n_fetches,
                       TfgOp *const *targets, int n_targets, bool partial, TfgStatus *s)
{
    TfgPlanMaker m = {.session = session, .graph = session->graph, .feeds = feeds, .n_feeds = n_feeds, .fetches = fetches,
                      .n_fetches = n_fetches, .targets = targets, .n_targets = n_targets, .partial = partial};
    return make_either_way(&m, s);
}

TfgPlan *tfg_plan_make_body(TfgSession *session, const TfgBody *body, TfgStatus *s)
{
    const TfgFunctionBody *f = body->fn;
    TfgPlanMaker m = {.session = session, .graph = f->graph, .body = body, .feeds = f->args, .n_feeds = f->n_args, .fetches = f->rets,
                      .n_fetches = f->n_rets, .targets = body->effects, .n_targets = body->n_effects};
    TfgPlan *p = make_either_way(&m, s);
    if (!p)
        s->op = NULL;           /* of the body: the caller names its own */
    return p;
}
