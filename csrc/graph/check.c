/* The graph checker of debug and test builds. */
#include <string.h>

#include "base/status.h"
#include "graph/graph_internal.h"

static int count_uses(const TfgOutputInfo *o, const TfgOp *op, int index)
{
    int n = 0;
    for (int i = 0; i < o->n_uses; i++)
        n += o->uses[i].op == op && o->uses[i].index == index;
    return n;
}

static int count_control_uses(const TfgOp *from, const TfgOp *to)
{
    int n = 0;
    for (int i = 0; i < from->n_control_uses; i++)
        n += from->control_uses[i] == to;
    return n;
}

static int check_edges(const TfgOp *op, TfgStatus *s)
{
    for (int i = 0; i < op->n_inputs; i++) {
        TfgOutput in = op->inputs[i];
        if (in.op->graph != op->graph || in.index < 0 || in.index >= in.op->n_outputs)
            return tfg_fail(s, TFG_INTERNAL, "%s: input %d is not of this graph", op->name, i);
        if (count_uses(&in.op->outputs[in.index], op, i) != 1)
            return tfg_fail(s, TFG_INTERNAL, "%s: input %d is not in the uses of %s:%d once", op->name, i, in.op->name, in.index);
    }
    for (int i = 0; i < op->n_controls; i++)
        if (count_control_uses(op->controls[i], op) != 1)
            return tfg_fail(s, TFG_INTERNAL, "%s: not in the control uses of %s once", op->name, op->controls[i]->name);
    return 0;
}

static int check_uses(const TfgOp *op, TfgStatus *s)
{
    for (int k = 0; k < op->n_outputs; k++)
        for (int i = 0; i < op->outputs[k].n_uses; i++) {
            TfgUse u = op->outputs[k].uses[i];
            if (u.index >= u.op->n_inputs || u.op->inputs[u.index].op != op || u.op->inputs[u.index].index != k)
                return tfg_fail(s, TFG_INTERNAL, "%s:%d: a use that does not use it", op->name, k);
        }
    for (int i = 0; i < op->n_control_uses; i++) {
        const TfgOp *to = op->control_uses[i];
        int n = 0;
        for (int k = 0; k < to->n_controls; k++)
            n += to->controls[k] == op;
        if (n != 1)
            return tfg_fail(s, TFG_INTERNAL, "%s: a control use that does not wait for it", op->name);
    }
    return 0;
}

static int check_op(TfgGraph *g, int32_t i, int32_t *last_id, TfgStatus *s)
{
    const TfgOp *op = tfg_graph_op(g, i);
    if (op->index != i || op->graph != g || op->id <= *last_id)
        return tfg_fail(s, TFG_INTERNAL, "%s: index %d id %d at place %d", op->name, (int)op->index, (int)op->id, (int)i);
    *last_id = op->id;
    if (tfg_graph_find_op(g, op->name) != op)
        return tfg_fail(s, TFG_INTERNAL, "%s: another op, or none, has the name", op->name);
    if (op->attrs.n < op->def->n_attr)
        return tfg_fail(s, TFG_INTERNAL, "%s: attributes are missing", op->name);
    return check_edges(op, s) < 0 ? -1 : check_uses(op, s);
}

int tfg_graph_check(TfgGraph *g, TfgStatus *s)
{
    int rc = 0;
    int32_t last_id = 0;
    tfg_graph_lock(g);
    if (g->names.n_ops != (size_t)g->n_ops)
        rc = tfg_fail(s, TFG_INTERNAL, "%zu names for %d ops", g->names.n_ops, (int)g->n_ops);
    for (int32_t i = 0; i < g->n_ops && rc == 0; i++)
        rc = check_op(g, i, &last_id, s);
    if (rc == 0 && (g->version != last_id || g->next_id < last_id))
        rc = tfg_fail(s, TFG_INTERNAL, "version %d, last id %d", (int)g->version, (int)last_id);
    tfg_graph_unlock(g);
    return rc;
}
