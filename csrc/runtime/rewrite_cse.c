/* Common subexpressions: two stateless nodes of the same op, with the same attributes, inputs, control inputs and device, become
 * one.  Constants with the same bytes become one too. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

#define MAX_CONSTANT_BYTES 256  /* larger ones are hardly equal, and comparing them costs */

static bool matters(const TfgNamedAttr *a)
{
    return a->name[0] != '_' || strcmp(a->name, "_kernel") == 0;
}

static bool same_attrs(const TfgAttrs *a, const TfgAttrs *b)
{
    int n = 0;
    for (int32_t i = 0; i < b->n; i++)
        n += matters(&b->items[i]);
    for (int32_t i = 0; i < a->n; i++) {
        if (!matters(&a->items[i]))
            continue;
        const TfgAttr *other = tfg_attrs_find(b, a->items[i].name);
        if (!other || !tfg_attr_equal(&a->items[i].value, other))
            return false;
        n--;
    }
    return n == 0;
}

static bool same_controls(const TfgNode *a, const TfgNode *b)
{
    if (a->n_controls != b->n_controls)
        return false;
    for (int32_t i = 0; i < a->n_controls; i++) {
        bool found = false;
        for (int32_t k = 0; k < b->n_controls && !found; k++)
            found = a->controls[i] == b->controls[k];
        if (!found)
            return false;
    }
    return true;
}

static bool same(const TfgNode *a, const TfgNode *b)
{
    if (a->kind != b->kind || !same_controls(a, b))
        return false;
    if (a->kind == TFG_NODE_CONST)
        return tfg_tensor_equal(a->constant, b->constant);
    if (a->def != b->def || a->row != b->row || a->n_in != b->n_in || a->n_out != b->n_out || a->device != b->device)
        return false;
    for (int32_t i = 0; i < a->n_in; i++)
        if (a->in[i].node != b->in[i].node || a->in[i].index != b->in[i].index)
            return false;
    return same_attrs(&a->attrs, &b->attrs);
}

static uint64_t hash(const TfgNode *n)
{
    uint64_t h = tfg_hash_mix((uint64_t)(uintptr_t)n->row, (uint64_t)n->n_controls);
    if (n->kind == TFG_NODE_CONST)
        return tfg_hash_mix(tfg_hash_mix((uint64_t)n->constant->dtype, (uint64_t)n->constant->count),
                            tfg_hash_bytes(n->constant->data, tfg_tensor_nbytes(n->constant)));
    for (int32_t i = 0; i < n->n_in; i++)
        h = tfg_hash_mix(h, (uint64_t)(uint32_t)n->in[i].node << 32 | (uint32_t)n->in[i].index);
    return h;
}

static bool may_merge(const TfgPlanMaker *m, const TfgNode *n)
{
    if (n->wanted)
        return false;
    if (n->kind == TFG_NODE_CONST)
        return n->n_controls == 0 && tfg_dtype_is_plain(n->constant->dtype) && tfg_tensor_nbytes(n->constant) <= MAX_CONSTANT_BYTES;
    if (n->kind != TFG_NODE_OP || n->n_in == 0 || tfg_node_has_effects(n) || strncmp(n->def->name, "Placeholder", 11) == 0)
        return false;
    static const char *const control[] = {"Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", NULL};
    for (const char *const *c = control; *c; c++)
        if (strcmp(*c, n->def->name) == 0)
            return false;
    for (int32_t i = 0; i < n->n_in; i++) {     /* a variable is read at the node's own instruction */
        const TfgNode *from = &m->nodes[n->in[i].node];
        if (from->kind != TFG_NODE_FEED && tfg_dtype_is_ref(from->out_dtype[n->in[i].index]))
            return false;
    }
    return true;
}

static void redirect(TfgNode *n, const int32_t *to)
{
    for (int32_t i = 0; i < n->n_in; i++)
        n->in[i].node = to[n->in[i].node];
    for (int32_t i = 0; i < n->n_controls; i++)
        n->controls[i] = to[n->controls[i]];
}

int tfg_rewrite_cse(TfgPlanMaker *m, TfgStatus *s)
{
    size_t n = (size_t)m->n_nodes + 1, room = 16;
    while (room < n)
        room *= 2;
    int32_t *seen = tfg_calloc(room, sizeof *seen);         /* by hash: 1 + the last node, chained through `next` */
    int32_t *to = tfg_alloc(3 * n * sizeof *to), *next = to + n, *hashes = to + 2 * n;
    int rc = to && seen ? 0 : tfg_fail_memory(s);
    bool merged = false;
    for (int32_t i = 0; i < m->n_nodes && rc == 0; i++) {
        TfgNode *node = &m->nodes[i];
        to[i] = i;
        next[i] = 0;
        if (node->kind == TFG_NODE_GONE)
            continue;
        if (merged)
            for (int32_t k = 0; k < node->n_in; k++)
                if (node->in[k].node < i)
                    node->in[k].node = to[node->in[k].node];
        if (!may_merge(m, node))
            continue;
        uint64_t h = hash(node);
        size_t slot = (size_t)h & (room - 1);
        int32_t twin = seen[slot] - 1;
        hashes[i] = (int32_t)(h >> 32);         /* tells most others apart without a look at a node far away in memory */
        while (twin >= 0 && (hashes[twin] != hashes[i] || !same(&m->nodes[twin], node)))
            twin = next[twin] - 1;
        if (twin >= 0) {
            to[i] = twin;
            node->kind = TFG_NODE_GONE;
            merged = true;
            continue;
        }
        next[i] = seen[slot];
        seen[slot] = i + 1;
    }
    for (int32_t i = 0; i < m->n_nodes && rc == 0 && merged; i++)
        redirect(&m->nodes[i], to);
    tfg_free(seen);
    tfg_free(to);
    return rc;
}
