/* Identities: ops that give their input unchanged are taken out; their consumers read the input itself, and wait for what the
 * identity waited for.  One that others wait for stays: it may be dead where what it reads is only sometimes there. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

static bool is_identity(const TfgPlanMaker *m, const TfgNode *n)
{
    static const char *const names[] = {"Identity", "StopGradient", "PreventGradient", "Snapshot", "GuaranteeConst", NULL};
    if (n->kind != TFG_NODE_OP || n->wanted || n->n_in != 1 || n->n_out != 1)
        return false;
    const TfgNode *from = &m->nodes[n->in[0].node];
    if (from->kind != TFG_NODE_FEED && tfg_dtype_is_ref(from->out_dtype[n->in[0].index]))
        return false;
    for (const char *const *name = names; *name; name++)
        if (strcmp(*name, n->def->name) == 0)
            return true;
    return false;
}

static bool is_merge(const TfgNode *n)
{
    return tfg_node_is(n, "Merge") || tfg_node_is(n, "RefMerge");
}

int tfg_rewrite_identity(TfgPlanMaker *m, TfgStatus *s)
{
    int rc = 0;
    bool *out = tfg_calloc((size_t)m->n_nodes + 1, sizeof *out), any = false;
    if (!out)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < m->n_nodes; i++)
        any |= out[i] = is_identity(m, &m->nodes[i]);
    for (int32_t i = 0; i < m->n_nodes && any; i++) {
        const TfgNode *n = &m->nodes[i];
        for (int32_t k = 0; k < n->n_controls; k++)
            out[n->controls[k]] = false;
        /* A Merge must not wait for more than its inputs; a constant has to be told from one that is dead. */
        for (int32_t k = 0; k < n->n_in && is_merge(n); k++)
            if (out[n->in[k].node] && (m->nodes[n->in[k].node].n_controls || m->nodes[m->nodes[n->in[k].node].in[0].node].kind != TFG_NODE_OP))
                out[n->in[k].node] = false;
    }
    for (int32_t i = 0; i < m->n_nodes && any && rc == 0; i++) {
        TfgNode *n = &m->nodes[i];
        if (n->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < n->n_in && rc == 0; k++) {
            /* Chains resolve at once, since an identity's own input was redirected before. */
            for (int hops = 0; out[n->in[k].node] && hops < 1000000 && rc == 0; hops++) {
                const TfgNode *identity = &m->nodes[n->in[k].node];
                for (int32_t c = 0; c < identity->n_controls && rc == 0; c++)
                    if (tfg_node_add_control(m, n, identity->controls[c]) < 0)
                        rc = tfg_fail_memory(s);
                n->in[k] = identity->in[0];
            }
        }
    }
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++)
        if (out[i])
            m->nodes[i].kind = TFG_NODE_GONE;
    tfg_free(out);
    return rc;
}
