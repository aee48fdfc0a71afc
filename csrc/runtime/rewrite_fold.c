/* Constant folding: a stateless op whose inputs are constants is computed once, while the plan is made.  It keeps its control
 * inputs, so it dies with its branch; where computing fails it stays, to fail when it runs, if it runs. */
#include <string.h>

#include "base/status.h"
#include "runtime/evaluate.h"
#include "runtime/local.h"

#define MAX_FOLDED_BYTES ((int64_t)10 << 20)
#define MAX_INPUTS 256

/* What the graph says of the result's size; a guess is enough to leave big ones alone. */
static bool looks_small(const TfgNode *n)
{
    TfgShape shape;
    tfg_shape_from_dims(&shape, n->op->outputs[0].shape);
    int64_t count = tfg_shape_count(&shape);
    return count < 0 ? count == -1 : count <= MAX_FOLDED_BYTES / (int64_t)tfg_dtype_size(n->out_dtype[0]);
}

/* Computes the node; NULL where it fails. */
static TfgTensor *compute(const TfgPlanMaker *m, const TfgNode *n)
{
    TfgTensor *in[MAX_INPUTS], *out = NULL;
    TfgStatus failure = TFG_STATUS_INIT;
    for (int32_t k = 0; k < n->n_in; k++)
        in[k] = m->nodes[n->in[k].node].constant;
    if (tfg_kernel_run_row(n->row, n->name, &n->attrs, in, n->in_dtype, n->n_in, &out, n->out_dtype, 1, &failure) < 0)
        out = NULL;
    tfg_status_fini(&failure);
    return out;
}

static bool may_fold(const TfgPlanMaker *m, const TfgNode *n)
{
    if (n->kind != TFG_NODE_OP || n->wanted || n->n_in < 1 || n->n_in > MAX_INPUTS || n->n_out != 1)
        return false;
    for (int32_t k = 0; k < n->n_in; k++)
        if (m->nodes[n->in[k].node].kind != TFG_NODE_CONST || m->nodes[n->in[k].node].constant->dtype == TFG_RESOURCE)
            return false;
    return tfg_dtype_kind(n->out_dtype[0]) != TFG_KIND_HANDLE && tfg_evaluate_allowed_row(n->def, n->row) && looks_small(n);
}

static int fold(TfgPlanMaker *m, TfgNode *n, TfgStatus *s)
{
    TfgTensor *out = compute(m, n);
    if (!out)
        return 0;
    if ((int64_t)tfg_tensor_nbytes(out) > MAX_FOLDED_BYTES) {
        tfg_tensor_unref(out);
        return 0;
    }
    if (tfg_plan_keep_tensor_steal(m->plan, out, s) < 0)
        return -1;
    for (int32_t k = 0; k < n->n_in; k++) {     /* constants with control inputs: the result waits, and dies, with them */
        const TfgNode *from = &m->nodes[n->in[k].node];
        for (int32_t c = 0; c < from->n_controls; c++)
            if (tfg_node_add_control(m, n, from->controls[c]) < 0)
                return tfg_fail_memory(s);
    }
    n->kind = TFG_NODE_CONST;
    n->constant = out;
    n->n_in = 0;
    return 0;
}

int tfg_rewrite_fold(TfgPlanMaker *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (may_fold(m, &m->nodes[i]) && fold(m, &m->nodes[i], s) < 0)
            return -1;
    return 0;
}
