/* Placement.  All devices of a session are in this process and share its memory, so a place is a name and an index; an op that asks
 * for a device that is not there fails, or goes to CPU:0 where soft placement is allowed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/functional.h"
#include "runtime/local.h"

int tfg_session_match_device(const TfgSession *session, const char *text)
{
    TfgDeviceSpec want;
    TfgStatus s = TFG_STATUS_INIT;
    if (!*text)
        return 0;
    if (tfg_device_parse(text, &want, &s) < 0) {
        tfg_status_fini(&s);
        return -1;
    }
    if ((want.has_job && strcmp(want.job, "localhost") != 0) || (want.has_replica && want.replica != 0) ||
        (want.has_task && want.task != 0))
        return -1;
    if (!want.has_type && !want.has_index)
        return 0;
    for (int i = 0; i < session->n_devices; i++)
        if ((!want.has_type || strcmp(want.type, session->devices[i].type) == 0) &&
            (!want.has_index || want.index == session->devices[i].index))
            return i;
    if (!session->options.allow_soft_placement)
        return -1;
    return 0;
}

static int fail_device(const TfgSession *session, TfgOp *op, const char *device, TfgStatus *s)
{
    TfgDeviceSpec spec;
    TfgStr list = TFG_STR_INIT, shown = TFG_STR_INIT;
    TfgStatus ignored = TFG_STATUS_INIT;
    for (int i = 0; i < session->n_devices; i++)
        tfg_str_printf(&list, "%s%s", i ? ", " : "", session->devices[i].name);
    if (tfg_device_parse(device, &spec, &ignored) == 0)
        tfg_device_format(&spec, &shown);
    tfg_status_fini(&ignored);
    tfg_fail(s, TFG_INVALID_ARGUMENT,
             "Cannot assign a device for operation %s: Operation was explicitly assigned to %s but available devices are [ %s ]. "
             "Make sure the device specification refers to a valid device.",
             op->name, shown.n ? tfg_str_text(&shown) : device, tfg_str_text(&list));
    s->op = op;
    tfg_append_node(s, shown.n ? tfg_str_text(&shown) : device);
    tfg_str_fini(&list);
    tfg_str_fini(&shown);
    return -1;
}

/* Nodes that only give one value follow their consumers, so TensorFlow places (and lists) them last. */
static bool is_generator(const TfgOp *op)
{
    return op->n_inputs == 0 && op->n_outputs == 1 && !tfg_dtype_is_ref(op->outputs[0].dtype);
}

static void log_op(const TfgSession *session, const TfgOp *op)
{
    int device = tfg_session_match_device(session, op->device);
    printf("%s: (%s): %s\n", op->name, op->def->name, session->devices[device < 0 ? 0 : device].name);
}

static void log_graph(const TfgSession *session, int32_t n)
{
    for (int second = 0; second < 2; second++)
        for (int32_t i = 0; i < n; i++) {
            const TfgOp *op = tfg_graph_op(session->graph, i);
            if (is_generator(op) == (second == 1))
                log_op(session, op);
        }
    fflush(stdout);
}

int tfg_session_place_graph(TfgSession *session, TfgStatus *s)
{
    int32_t n = tfg_graph_n_ops(session->graph), before = atomic_load(&session->n_placed);
    if (n == before || session->options.place_pruned)
        return 0;
    TfgOp *misplaced = NULL;
    const char *last = NULL;
    for (int32_t i = before; i < n && (!misplaced || is_generator(misplaced)); i++) {
        TfgOp *op = tfg_graph_op(session->graph, i);
        if (!*op->device || op->device == last || (misplaced && is_generator(op)))
            continue;
        if (tfg_session_match_device(session, op->device) < 0)
            misplaced = op;
        else
            last = op->device;
    }
    if (misplaced)
        return fail_device(session, misplaced, misplaced->device, s);
    if (atomic_compare_exchange_strong(&session->n_placed, &before, n) && session->options.log_device_placement)
        log_graph(session, n);
    return 0;
}

/* ---- Kernels ---------------------------------------------------------------------------------------------------------------- */

static void format_rules(const TfgKernelRow *row, TfgStr *out)
{
    tfg_str_printf(out, "  device='%s'", row->device ? row->device : "CPU");
    if (row->label)
        tfg_str_printf(out, "; label='%s'", row->label);
    for (int i = 0; i < 4 && row->types[i].attr; i++) {
        tfg_str_printf(out, "; %s in [", row->types[i].attr);
        const char *comma = "";
        for (int d = 1; d < TFG_N_DTYPES; d++)
            if (row->types[i].types & TFG_BIT(d)) {
                tfg_str_printf(out, "%s%s", comma, tfg_dtype_enum_name((TfgDType)d));
                comma = ", ";
            }
        tfg_str_puts(out, "]");
    }
    tfg_str_puts(out, "\n");
}

static int fail_kernel(const TfgNode *n, TfgStatus *s)
{
    const TfgKernelRow *rows[64];
    TfgStr list = TFG_STR_INIT;
    int count = tfg_kernels_of(n->def->name, rows, 64);
    for (int i = 0; i < count && i < 64; i++)
        format_rules(rows[i], &list);
    if (count == 0)
        tfg_str_puts(&list, "  <no registered kernels>\n");
    tfg_fail(s, TFG_INVALID_ARGUMENT,
             "No OpKernel was registered to support Op '%s' with these attrs.  Registered devices: [CPU], Registered kernels:\n%s",
             n->def->name, tfg_str_text(&list));
    s->op = n->op;
    tfg_append_node(s, *n->op->device ? n->op->device : NULL);
    tfg_str_fini(&list);
    return -1;
}

/* What a run of a session that places pruned graphs needs. */
static void log_plan(const TfgPlanMaker *m)
{
    for (int second = 0; second < 2; second++)
        for (int32_t i = 0; i < m->n_nodes; i++)
            if (m->nodes[i].kind == TFG_NODE_OP && is_generator(m->nodes[i].op) == (second == 1))
                log_op(m->session, m->nodes[i].op);
    fflush(stdout);
}

int tfg_plan_place(TfgPlanMaker *m, TfgStatus *s)
{
    const char *last_text = NULL;
    int last_device = 0;
    bool has_functions = tfg_graph_n_functions(m->session->graph) > 0;
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind != TFG_NODE_OP)
            continue;
        if (*n->device_name) {
            if (n->device_name != last_text) {
                last_device = tfg_session_match_device(m->session, n->device_name);
                last_text = n->device_name;
            }
            if (last_device < 0)
                return fail_device(m->session, n->op, n->device_name, s);
            n->device = last_device;
        } else if (n->n_in && tfg_dtype_is_ref(n->in_dtype[0]) && n->in[0].node < i) {
            n->device = m->nodes[n->in[0].node].device;         /* beside its variable */
        }
        n->row = has_functions && tfg_functional_is_call(n->def) ? &tfg_functional_call_row : tfg_find_kernel(n->def->name, "CPU", &n->attrs);
        if (!n->row)
            return fail_kernel(n, s);
    }
    if (m->session->options.place_pruned && m->session->options.log_device_placement)
        log_plan(m);
    return 0;
}
