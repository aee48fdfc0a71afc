/* Contexts: what every kind of them holds. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

TfgOpContext *tfg_graph_context(const TfgGraph *g) { return g->context; }

void tfg_graph_set_context(TfgGraph *g, TfgOpContext *c)
{
    tfg_graph_lock(g);
    g->context = c;
    tfg_graph_unlock(g);
}

int tfg_context_init(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g, const char *name, TfgStatus *s)
{
    c->name = tfg_graph_unique_name(g, name, true, s);
    if (!c->name)
        return -1;
    tfg_graph_lock(g);
    c->type = type;
    c->graph = g;
    c->outer = g->context;
    c->next_owned = g->contexts;
    g->contexts = c;
    tfg_graph_unlock(g);
    return 0;
}

void tfg_context_free(TfgOpContext *c)
{
    if (c->type && c->type->free)
        c->type->free(c);
    tfg_idmap_fini(&c->values);
    tfg_idmap_fini(&c->external);
    tfg_free(c->external_from);
    tfg_free(c->external_to);
    tfg_free(c);
}

int tfg_context_add_value(TfgOpContext *c, TfgOutput o)
{
    return tfg_idmap_put(&c->values, tfg_output_key(o), 1);
}

bool tfg_context_has_value(const TfgOpContext *c, TfgOutput o)
{
    return tfg_idmap_get(&c->values, tfg_output_key(o), NULL);
}

int tfg_context_set_external(TfgOpContext *c, TfgOutput from, TfgOutput to)
{
    uint64_t i;
    if (tfg_idmap_get(&c->external, tfg_output_key(from), &i)) {
        c->external_to[i] = to;
        return 0;
    }
    size_t n = (size_t)c->n_external;
    if (tfg_grow((void **)&c->external_from, &c->external_capacity, n + 1, sizeof from) < 0 ||
        tfg_grow((void **)&c->external_to, &c->external_to_capacity, n + 1, sizeof to) < 0 ||
        tfg_idmap_put(&c->external, tfg_output_key(from), n) < 0)
        return -1;
    c->external_from[n] = from;
    c->external_to[n] = to;
    c->n_external++;
    return 0;
}

bool tfg_context_find_external(const TfgOpContext *c, TfgOutput from, TfgOutput *to)
{
    uint64_t i;
    if (!tfg_idmap_get(&c->external, tfg_output_key(from), &i))
        return false;
    *to = c->external_to[i];
    return true;
}

bool tfg_context_contains(const TfgOpContext *outer, const TfgOpContext *c)
{
    while (c && c != outer)
        c = c->outer;
    return c == outer;
}

bool tfg_context_next_value(const TfgOpContext *c, size_t *i, TfgOutput *o)
{
    uint64_t key;
    if (!tfg_idmap_next(&c->values, i, &key, NULL))
        return false;
    *o = (TfgOutput){tfg_graph_op(c->graph, (int32_t)(key >> 32)), (int)(uint32_t)key};
    return true;
}

int tfg_context_exit_result(TfgOpContext *c, TfgOutput out, TfgStatus *s)
{
    return c->outer && tfg_context_add_value(c->outer, out) < 0 ? tfg_fail_memory(s) : 0;
}

/* ---- When an addition is taken back ---- */

static void forget_values(TfgOpContext *c, int32_t first_index)
{
    uint64_t key;
    for (size_t i = 0; tfg_idmap_next(&c->values, &i, &key, NULL);)
        if ((int32_t)(key >> 32) >= first_index) {
            tfg_idmap_remove(&c->values, key);
            i = 0;              /* a removal moves others */
        }
}

void tfg_context_forget(TfgOpContext *c, int32_t first_index)
{
    forget_values(c, first_index);
    int32_t kept = 0;
    for (int32_t i = 0; i < c->n_external; i++) {
        uint64_t key = tfg_output_key(c->external_from[i]);
        if (c->external_from[i].op->index >= first_index || c->external_to[i].op->index >= first_index) {
            tfg_idmap_remove(&c->external, key);
            if (c->external_from[i].op->index < first_index)        /* it was seen for the first time */
                tfg_idmap_remove(&c->values, key);
            continue;
        }
        c->external_from[kept] = c->external_from[i];
        c->external_to[kept] = c->external_to[i];
        tfg_idmap_put(&c->external, key, (uint64_t)kept++);         /* the key is there */
    }
    c->n_external = kept;
}
