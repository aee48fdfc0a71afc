/* Unused values: an op without effects that is only waited for is taken out, because nothing can tell whether it ran.  tf.tuple, and
 * so every gradient, waits for the gradients of all inputs of an op, also of those that nobody asked for; that of a matrix product
 * by its data is as dear as the product.  An op may still be there for the error it raises, so only plain arithmetic goes, and only
 * where a NoOp that was not itself asked for does the waiting. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

static bool is_arithmetic(const TfgNode *n)
{
    static const char *const names[] = {"MatMul", "BatchMatMul", "BatchMatMulV2", "Conv2DBackpropInput", "Conv2DBackpropFilter",
        "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter", "Sum", "Reshape", "Transpose", "BiasAddGrad",
        "Identity", "ReluGrad", "Tile", "Fill", "Cast", "Shape", "BroadcastGradientArgs", "Pad", "Slice", "StridedSliceGrad",
        "UnsortedSegmentSum", "ZerosLike", "OnesLike", NULL};
    if (n->kind != TFG_NODE_OP || n->wanted || tfg_node_has_effects(n))
        return false;
    if (n->row->block && !n->row->run)
        return true;
    for (const char *const *name = names; *name; name++)
        if (strcmp(*name, n->def->name) == 0)
            return true;
    return false;
}

typedef struct Uses { int32_t data, first; } Uses;     /* first: the consumers that wait, a list through `next` */

/* All that wait for `n` are NoOps that nobody asked for. */
static bool only_waited_for(const TfgPlanMaker *m, const Uses *u, const int32_t *waiter, const int32_t *next)
{
    if (u->data > 0)
        return false;
    for (int32_t e = u->first; e >= 0; e = next[e]) {
        const TfgNode *n = &m->nodes[waiter[e]];
        if (n->kind != TFG_NODE_GONE && (!tfg_node_is(n, "NoOp") || n->wanted))
            return false;
    }
    return true;
}

/* Whoever waited for `i` now waits for what `i` needed. */
static int pass_on(TfgPlanMaker *m, int32_t i, Uses *uses, int32_t *waiter, int32_t *next, int32_t *n_edges, int32_t room, TfgStatus *s)
{
    const TfgNode *gone = &m->nodes[i];
    for (int32_t e = uses[i].first; e >= 0; e = next[e]) {
        TfgNode *n = &m->nodes[waiter[e]];
        int32_t kept = 0;
        for (int32_t k = 0; k < n->n_controls; k++)
            if (n->controls[k] != i)
                n->controls[kept++] = n->controls[k];
        n->n_controls = kept;
        for (int32_t k = 0; k < gone->n_in + gone->n_controls; k++) {
            int32_t from = k < gone->n_in ? gone->in[k].node : gone->controls[k - gone->n_in];
            if (m->nodes[from].kind == TFG_NODE_FEED || m->nodes[from].kind == TFG_NODE_VARIABLE)
                continue;
            if (tfg_node_add_control(m, n, from) < 0)
                return tfg_fail_memory(s);
            if (*n_edges == room)
                return 1;       /* no room to follow this one further: it stays waited for, which is never wrong */
            waiter[*n_edges] = waiter[e];
            next[*n_edges] = uses[from].first;
            uses[from].first = (*n_edges)++;
        }
    }
    return 0;
}

int tfg_rewrite_unused(TfgPlanMaker *m, TfgStatus *s)
{
    size_t n = (size_t)m->n_nodes, total = 0;
    for (size_t i = 0; i < n; i++)
        total += m->nodes[i].kind == TFG_NODE_GONE ? 0 : (size_t)m->nodes[i].n_controls;
    size_t room = 4 * total + 64;
    if (total == 0 || m->has_switches || m->has_loops || room > INT32_MAX)
        return 0;               /* what waits for something dead dies: there the waiting itself means something */
    Uses *uses = tfg_calloc(n + 1, sizeof *uses);
    int32_t *waiter = tfg_alloc(2 * room * sizeof *waiter), *next = waiter + room, n_edges = 0;
    int rc = uses && waiter ? 0 : tfg_fail_memory(s);
    for (size_t i = 0; i < n && rc == 0; i++)
        uses[i].first = -1;
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++) {
        const TfgNode *node = &m->nodes[i];
        if (node->kind == TFG_NODE_GONE)
            continue;
        for (int32_t k = 0; k < node->n_in; k++)
            uses[node->in[k].node].data++;
        for (int32_t k = 0; k < node->n_controls; k++) {
            waiter[n_edges] = i;
            next[n_edges] = uses[node->controls[k]].first;
            uses[node->controls[k]].first = n_edges++;
        }
    }
    for (int32_t i = m->n_nodes - 1; i >= 0 && rc == 0; i--) {
        TfgNode *node = &m->nodes[i];
        if (!is_arithmetic(node) || uses[i].first < 0 || !only_waited_for(m, &uses[i], waiter, next))
            continue;
        rc = pass_on(m, i, uses, waiter, next, &n_edges, (int32_t)room, s);
        if (rc != 0)
            break;
        node->kind = TFG_NODE_GONE;
        for (int32_t k = 0; k < node->n_in; k++)
            uses[node->in[k].node].data--;
    }
    tfg_free(uses);
    tfg_free(waiter);
    return rc < 0 ? -1 : 0;
}
