/* The functions of a graph: serialised FunctionDefs by name. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

static TfgFunction *find(const TfgGraph *g, const char *name)
{
    return tfg_map_find(&g->functions_by_name, name, strlen(name));
}

static bool is_same(const TfgFunction *f, const void *def, size_t n)
{
    return f->n == n && (n == 0 || memcmp(f->def, def, n) == 0);
}

static int set_gradient(TfgGraph *g, TfgFunction *f, const char *grad, TfgStatus *s)
{
    if (!grad || !*grad)
        return 0;
    if (f->grad && strcmp(f->grad, grad) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "Cannot assign gradient function '%s' to '%s' because it already has gradient function '%s'", grad, f->name,
                        f->grad);
    return (f->grad = tfg_graph_intern(g, grad, s)) ? 0 : -1;
}

static TfgFunction *make(TfgGraph *g, const char *name, const void *def, size_t n)
{
    TfgFunction *f = tfg_arena_alloc(&g->arena, sizeof *f);
    if (!f || tfg_grow((void **)&g->functions, &g->functions_capacity, g->n_functions + 1, sizeof f) < 0)
        return NULL;
    f->name = tfg_arena_strdup(&g->arena, name);
    f->def = tfg_arena_memdup(&g->arena, def, n);
    f->n = n;
    if (!f->name || !f->def || tfg_map_put(&g->functions_by_name, f->name, strlen(f->name), f) < 0)
        return NULL;
    g->functions[g->n_functions++] = f;
    return f;
}

int tfg_graph_add_function(TfgGraph *g, const char *name, const void *def, size_t n, const char *grad, TfgStatus *s)
{
    int rc = -1;
    if (tfg_find_op_def(name))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot add function '%s' because an op with the same name already exists.", name);
    tfg_graph_lock(g);
    TfgFunction *f = find(g, name);
    if (f && !is_same(f, def, n)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT,
                 "Cannot add function '%s' because a different function with the same name already exists.", name);
        goto done;
    }
    if (!f && !(f = make(g, name, def, n))) {
        tfg_fail_memory(s);
        goto done;
    }
    rc = set_gradient(g, f, grad, s);
done:
    tfg_graph_unlock(g);
    return rc;
}

bool tfg_graph_find_function(const TfgGraph *g, const char *name, const void **def, size_t *n, const char **grad)
{
    tfg_graph_lock((TfgGraph *)(uintptr_t)g);
    const TfgFunction *f = find(g, name);
    tfg_graph_unlock((TfgGraph *)(uintptr_t)g);
    if (!f)
        return false;
    if (def)
        *def = f->def;
    if (n)
        *n = f->n;
    if (grad)
        *grad = f->grad;
    return true;
}

const TfgOpDef *tfg_graph_function_op_def(const TfgGraph *g, const char *name)
{
    tfg_graph_lock((TfgGraph *)(uintptr_t)g);
    const TfgFunction *f = find(g, name);
    const TfgOpDef *def = f ? f->op_def : NULL;
    tfg_graph_unlock((TfgGraph *)(uintptr_t)g);
    return def;
}

void tfg_graph_set_function_op_def(TfgGraph *g, const char *name, const TfgOpDef *def)
{
    tfg_graph_lock(g);
    TfgFunction *f = find(g, name);
    if (f && !f->op_def)
        f->op_def = def;
    tfg_graph_unlock(g);
}

const char *tfg_graph_function_gradient(const TfgGraph *g, const char *name)
{
    tfg_graph_lock((TfgGraph *)(uintptr_t)g);
    const TfgFunction *f = find(g, name);
    const char *label = f ? f->gradient_label : NULL;
    tfg_graph_unlock((TfgGraph *)(uintptr_t)g);
    return label;
}

int tfg_graph_set_function_gradient(TfgGraph *g, const char *name, const char *label, TfgStatus *s)
{
    tfg_graph_lock(g);
    TfgFunction *f = find(g, name);
    const char *kept = f ? tfg_graph_intern(g, label, s) : NULL;
    if (f && kept)
        f->gradient_label = kept;
    tfg_graph_unlock(g);
    return f && !kept ? -1 : 0;
}

int tfg_graph_n_functions(const TfgGraph *g) { return (int)g->n_functions; }
const char *tfg_graph_function_name(const TfgGraph *g, int i) { return g->functions[i]->name; }
