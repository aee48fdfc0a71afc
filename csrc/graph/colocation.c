/* colocate_with: ops that go where another op goes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

int tfg_graph_enter_colocation(TfgGraph *g, TfgOp *op, bool ignore_existing, TfgStatus *s)
{
    if (!op && !ignore_existing)
        return tfg_fail(s, TFG_VALUE_ERROR, "Trying to reset colocation (op is None) but ignore_existing is not True");
    tfg_graph_lock(g);
    int rc = tfg_grow((void **)&g->colocations, &g->colocations_capacity, g->n_colocations + 1, sizeof *g->colocations);
    if (rc == 0) {
        g->colocations[g->n_colocations] = (TfgColocationEntry){op, g->colocation_base, g->device_base};
        if (ignore_existing)
            g->colocation_base = g->n_colocations;
        g->device_base = g->n_devices;          /* a colocation resets the device blocks */
        g->n_colocations++;
    }
    tfg_graph_unlock(g);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

void tfg_graph_leave_colocation(TfgGraph *g)
{
    tfg_graph_lock(g);
    if (g->n_colocations > 0) {
        const TfgColocationEntry *e = &g->colocations[--g->n_colocations];
        g->colocation_base = e->base;
        g->device_base = e->device_base;
    }
    tfg_graph_unlock(g);
}

/* ---- Groups: "loc:@x" texts, sorted, each once ---- */

#define PREFIX "loc:@"
#define PREFIX_N (sizeof PREFIX - 1)

static bool is_group(TfgBytes b)
{
    return b.n >= PREFIX_N && memcmp(b.data, PREFIX, PREFIX_N) == 0;
}

static const TfgAttr *class_of(const TfgOp *op)
{
    const TfgAttr *v = tfg_attrs_find(&op->attrs, "_class");
    return v && v->kind == TFG_ATTR_STRING && v->is_list ? v : NULL;
}

static int compare_bytes(const void *a, const void *b)
{
    const TfgBytes *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n ? memcmp(x->data, y->data, n) : 0;
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

typedef struct Groups {
    TfgBytes *items;
    size_t n, capacity;
} Groups;

static int add_group(Groups *groups, TfgBytes b)
{
    if (tfg_grow((void **)&groups->items, &groups->capacity, groups->n + 1, sizeof b) < 0)
        return -1;
    groups->items[groups->n++] = b;
    return 0;
}

/* Those of its attribute, or else the one it leads itself. */
static int add_groups_of(TfgGraph *g, Groups *groups, const TfgOp *op)
{
    const TfgAttr *class = class_of(op);
    size_t before = groups->n;
    for (int i = 0; class && i < class->n; i++)
        if (is_group(class->list_s[i]) && add_group(groups, class->list_s[i]) < 0)
            return -1;
    if (groups->n > before)
        return 0;
    size_t n = strlen(op->name);
    char *text = tfg_arena_alloc(&g->arena, PREFIX_N + n + 1);
    if (!text)
        return -1;
    memcpy(text, PREFIX, PREFIX_N);
    memcpy(text + PREFIX_N, op->name, n);
    return add_group(groups, (TfgBytes){text, PREFIX_N + n});
}

static void sort_unique(Groups *groups)
{
    qsort(groups->items, groups->n, sizeof *groups->items, compare_bytes);
    size_t kept = 0;
    for (size_t i = 0; i < groups->n; i++)
        if (i == 0 || compare_bytes(&groups->items[i], &groups->items[kept - 1]) != 0)
            groups->items[kept++] = groups->items[i];
    groups->n = kept;
}

static int set_class(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    Groups groups = {NULL, 0, 0};
    int rc = -1;
    for (size_t i = g->colocation_base; i < g->n_colocations; i++)
        if (g->colocations[i].op && add_groups_of(g, &groups, g->colocations[i].op) < 0)
            goto done;
    if (groups.n == 0) {
        rc = 0;
        goto done;
    }
    sort_unique(&groups);
    TfgAttr v = {.kind = TFG_ATTR_STRING, .is_list = true, .n = (int32_t)groups.n, .list_s = groups.items};
    rc = tfg_op_set_attr(op, "_class", &v, s);
    tfg_free(groups.items);
    return rc;
done:
    tfg_free(groups.items);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

static bool same_device(const char *a, const char *b)
{
    TfgDeviceSpec x, y;
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr tx = TFG_STR_INIT, ty = TFG_STR_INIT;
    bool same = strcmp(a, b) == 0;
    if (!same && tfg_device_parse(a, &x, &s) == 0 && tfg_device_parse(b, &y, &s) == 0) {
        tfg_device_format(&x, &tx);
        tfg_device_format(&y, &ty);
        same = strcmp(tfg_str_text(&tx), tfg_str_text(&ty)) == 0;
    }
    tfg_str_fini(&tx);
    tfg_str_fini(&ty);
    tfg_status_fini(&s);
    return same;
}

/* The innermost colocation first.  The op takes its device; one that disagrees is told to the binding and changes nothing. */
int tfg_apply_colocation(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    if (g->n_colocations <= g->colocation_base)
        return 0;
    for (size_t i = g->n_colocations; i > g->colocation_base; i--) {
        TfgOp *with = g->colocations[i - 1].op;
        if (!with || !*with->device)
            continue;
        if (!*op->device || same_device(op->device, with->device))
            op->device = with->device;
        else if (g->hooks.colocation_conflict)
            g->hooks.colocation_conflict(op, with);
    }
    return set_class(g, op, s);
}

static bool is_own_group(TfgBytes group, const TfgOp *op)
{
    return group.n == PREFIX_N + strlen(op->name) && memcmp(group.data + PREFIX_N, op->name, group.n - PREFIX_N) == 0;
}

static bool is_colocated(const TfgOp *op)
{
    const TfgAttr *class = class_of(op);
    for (int i = 0; class && i < class->n; i++)
        if (is_group(class->list_s[i]) && !is_own_group(class->list_s[i], op))
            return true;
    return false;
}

static int make_canonical(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    TfgDeviceSpec spec;
    TfgStr text = TFG_STR_INIT;
    if (!*op->device)
        return 0;
    if (tfg_device_parse(op->device, &spec, s) < 0)
        return -1;
    tfg_device_format(&spec, &text);
    const char *device = tfg_graph_intern(g, tfg_str_text(&text), s);
    tfg_str_fini(&text);
    if (device)
        op->device = device;
    return device ? 0 : -1;
}

int tfg_graph_adopt_device(TfgGraph *g, TfgOp *op, bool *colocated, TfgStatus *s)
{
    tfg_graph_lock(g);
    int rc = 0;
    *colocated = is_colocated(op);
    if (*colocated)
        op->device = "";
    else
        rc = make_canonical(g, op, s) < 0 ? -1 : tfg_apply_devices(g, op, s);
    tfg_graph_unlock(g);
    return rc;
}
