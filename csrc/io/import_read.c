/* The first steps of importing a GraphDef: from bytes to nodes that know each other, in an order in which they can be added. */
#include "io/import.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"

void tfg_import_fini(TfgImport *m)
{
    for (int32_t i = 0; i < m->n; i++)
        tfg_attrs_drop_tensors(&m->nodes[i].def.attrs);
    tfg_map_fini(&m->by_name);
    tfg_map_fini(&m->map_names);
    tfg_map_fini(&m->taken_prefixes);
    tfg_arena_fini(&m->arena);
}

void *tfg_import_take(TfgImport *m, size_t count, size_t size, TfgStatus *s)
{
    size_t n;
    void *p = __builtin_mul_overflow(count + 1, size, &n) ? NULL : tfg_arena_alloc(&m->arena, n);
    if (!p)
        tfg_fail_memory(s);
    return p;
}

int32_t tfg_import_find(const TfgImport *m, const char *name, size_t n)
{
    return (int32_t)(intptr_t)tfg_map_find(&m->by_name, name, n) - 1;
}

/* ---- read ---- */

static int read_versions(TfgImport *m, TfgWire w, TfgStatus *s)
{
    TfgField f;
    TfgPacked k;
    uint64_t v;
    int more, got;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, 1, TFG_WIRE_VARINT))
            m->producer = (int32_t)f.value;
        else if (tfg_field_is(&f, 2, TFG_WIRE_VARINT))
            m->min_consumer = (int32_t)f.value;
        else if (f.number == 3 && tfg_packed_init(&k, &f, TFG_WIRE_VARINT)) {
            while ((got = tfg_packed_next(&k, &v, s)) > 0)
                m->consumer_is_bad |= v == TFG_GRAPH_DEF_PRODUCER;
            if (got < 0)
                return -1;
        }
    }
    return more;
}

static int count_nodes(TfgWire w, size_t *n, TfgStatus *s)
{
    TfgField f;
    int more;
    *n = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        *n += tfg_field_is(&f, 1, TFG_WIRE_BYTES);
    return more;
}

/* TensorFlow finds a bad shape when it infers those of a node, and says so. */
static int add_node_context(const TfgImport *m, const TfgNodeDef *node, TfgStatus *s)
{
    const char *prefix = m->o->prefix ? m->o->prefix : "";
    if (s->code == TFG_INVALID_ARGUMENT && node->n_inputs == 0)
        tfg_status_append(s, " for '%s%s%s' (op: '%s') with input shapes: .", prefix, *prefix ? "/" : "", node->name, node->op);
    return -1;
}

static int read_source(TfgImport *m, TfgStatus *s)
{
    TfgNodeSource *source = m->o->source;
    for (size_t i = 0; source && i < source->n; i++) {
        TfgBytes node = {0};
        TfgWire w;
        m->reader.aside = (TfgBytes){0};
        if (source->next(source, &node, &m->reader.aside, s) < 0)
            return -1;
        tfg_wire_init(&w, node.data, node.n);
        int rc = tfg_node_def_read_wire(&m->reader, w, &m->nodes[m->n].def, s);
        m->reader.aside = (TfgBytes){0};
        if (rc < 0)
            return add_node_context(m, &m->nodes[m->n].def, s);
        m->n++;
    }
    return 0;
}

static int read_graph(TfgImport *m, TfgWire w, TfgStatus *s)
{
    TfgField f;
    TfgWire inner;
    size_t n, behind = m->o->source ? m->o->source->n : 0;
    int more;
    if (count_nodes(w, &n, s) < 0)
        return -1;
    if (n + behind > INT32_MAX - 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef has too many nodes");
    n += behind;
    if (!(m->nodes = tfg_import_take(m, n, sizeof *m->nodes, s)))
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.type != TFG_WIRE_BYTES || (f.number != 1 && f.number != 2 && f.number != 4))
            continue;
        if (tfg_wire_enter(&w, &f, &inner, s) < 0)
            return -1;
        if (f.number == 1) {
            if (tfg_node_def_read_wire(&m->reader, inner, &m->nodes[m->n].def, s) < 0)
                return add_node_context(m, &m->nodes[m->n].def, s);
            m->n++;
        } else if (f.number == 2) {
            m->library = inner;
            m->has_library = true;
        } else if (read_versions(m, inner, s) < 0) {
            return -1;
        }
    }
    return more < 0 ? -1 : read_source(m, s);
}

static int check_versions(const TfgImport *m, TfgStatus *s)
{
    if (m->producer < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef producer version %d below min producer 0 supported by TensorFlow 1.12.3.  Please "
                        "regenerate your graph.", m->producer);
    if (m->min_consumer > TFG_GRAPH_DEF_PRODUCER)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "GraphDef min consumer version %d above current version %d for TensorFlow 1.12.3.  Please upgrade TensorFlow.",
                        m->min_consumer, TFG_GRAPH_DEF_PRODUCER);
    if (m->consumer_is_bad)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef disallows consumer version %d.  Please upgrade TensorFlow: this version is "
                        "likely buggy.", TFG_GRAPH_DEF_PRODUCER);
    return 0;
}

/* ---- index ---- */

static int index_nodes(TfgImport *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++) {
        const TfgNodeDef *node = &m->nodes[i].def;
        m->nodes[i].old_name = node->name;
        size_t n = strlen(node->name);
        if (!tfg_node_name_is_valid(node->name))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Node name contains invalid characters", node->name);
        if (tfg_map_has(&m->by_name, node->name, n))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s' is not unique", node->name);
        if (!*node->op)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s' does not specify an operation", node->name);
        if (tfg_map_put(&m->by_name, node->name, n, (void *)(intptr_t)(i + 1)) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

/* Every node that "_class" wants beside it must be in the file. */
static int check_colocation(const TfgImport *m, const TfgImportNode *node, TfgStatus *s)
{
    const TfgAttr *a = tfg_attrs_find(&node->def.attrs, "_class");
    if (!a || !a->is_list || a->kind != TFG_ATTR_STRING)
        return 0;
    for (int32_t i = 0; i < a->n; i++) {
        TfgBytes b = a->list_s[i];
        if (tfg_is_loc(b) && tfg_import_find(m, b.data + 5, b.n - 5) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s' expects to be colocated with unknown node '%s'", node->def.name,
                            b.data + 5);
    }
    return 0;
}

/* ---- connect ---- */

/* "a", "a:1" or "^a" in parts.  What does not look like any of them is a name. */
static void parse_input(const char *text, const char **name, size_t *n, int32_t *index)
{
    size_t end = strlen(text), digits = end;
    int64_t value = 0, scale = 1;
    *name = text;
    *n = end;
    *index = 0;
    while (digits > 0 && text[digits - 1] >= '0' && text[digits - 1] <= '9' && scale <= 1000000000) {
        value += (text[--digits] - '0') * scale;
        scale *= 10;
    }
    if (digits > 1 && digits < end && text[digits - 1] == ':') {
        *n = digits - 1;
        *index = value > INT32_MAX ? INT32_MAX : (int32_t)value;
    } else if (text[0] == '^') {
        *name = text + 1;
        *n = end - 1;
        *index = -1;
    }
}

int32_t tfg_import_find_mapped(const TfgImport *m, const char *name, size_t n, int32_t index)
{
    if (!tfg_map_has(&m->map_names, name, n))
        return -1;
    for (int i = 0; i < m->o->n_map; i++)
        if (m->o->map[i].index == index && strlen(m->o->map[i].name) == n && memcmp(m->o->map[i].name, name, n) == 0)
            return i;
    return -1;
}

static int index_map(TfgImport *m, TfgStatus *s)
{
    if (!(m->map_used = tfg_import_take(m, (size_t)m->o->n_map, sizeof *m->map_used, s)))
        return -1;
    for (int i = 0; i < m->o->n_map; i++)
        if (tfg_map_put(&m->map_names, m->o->map[i].name, strlen(m->o->map[i].name), m) < 0)
            return tfg_fail_memory(s);
    return 0;
}

static bool is_merge(const TfgImportNode *n)
{
    return strcmp(n->def.op, "Merge") == 0 || strcmp(n->def.op, "RefMerge") == 0;
}

static bool is_next_iteration(const TfgImportNode *n)
{
    return strcmp(n->def.op, "NextIteration") == 0 || strcmp(n->def.op, "RefNextIteration") == 0;
}

static int connect_node(TfgImport *m, int32_t i, TfgStatus *s)
{
    TfgImportNode *node = &m->nodes[i];
    int32_t controls = 0;
    bool loops = false;
    if (!(node->edges = tfg_import_take(m, (size_t)node->def.n_inputs, sizeof *node->edges, s)))
        return -1;
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        TfgImportEdge *e = &node->edges[k];
        const char *name;
        size_t n;
        parse_input(node->def.inputs[k], &name, &n, &e->index);
        e->from = tfg_import_find(m, name, n);
        e->map = tfg_import_find_mapped(m, name, n, e->index);
        if (e->from < 0 && e->map < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Unknown input node '%s'", node->def.name, node->def.inputs[k]);
        if (e->index >= 0 && controls > 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Control dependencies must come after regular dependencies",
                            node->def.name);
        controls += e->index < 0;
        if (e->from < 0)
            continue;
        loops |= is_merge(node) && is_next_iteration(&m->nodes[e->from]);
        m->uses[m->n_uses] = (TfgImportUse){i, m->nodes[e->from].first_use};
        m->nodes[e->from].first_use = ++m->n_uses;      /* 0 ends the list */
        node->pending++;
    }
    node->is_loop_merge = loops;
    if (loops)
        node->pending = controls + 1;
    return check_colocation(m, node, s);
}

static int connect(TfgImport *m, TfgStatus *s)
{
    size_t total = 0;
    for (int32_t i = 0; i < m->n; i++)
        total += (size_t)m->nodes[i].def.n_inputs;
    if (total > INT32_MAX - 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef has too many edges");
    if (!(m->uses = tfg_import_take(m, total, sizeof *m->uses, s)))
        return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (connect_node(m, i, s) < 0)
            return -1;
    return 0;
}

/* ---- order: of the ready nodes, the first in the file ---- */

static void heap_push(int32_t *heap, int32_t n, int32_t value)
{
    int32_t i = n;
    for (; i > 0 && heap[(i - 1) / 2] > value; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = value;
}

static int32_t heap_pop(int32_t *heap, int32_t n)
{
    int32_t top = heap[0], last = heap[n - 1], i = 0;
    for (n--;;) {
        int32_t child = 2 * i + 1;
        if (child >= n)
            break;
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

static int order_nodes(TfgImport *m, TfgStatus *s)
{
    int32_t ready = 0, done = 0;
    int32_t *heap = tfg_import_take(m, (size_t)m->n, sizeof *heap, s);
    if (!heap || !(m->order = tfg_import_take(m, (size_t)m->n, sizeof *m->order, s)))
        return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (m->nodes[i].pending == 0)
            heap_push(heap, ready++, i);
    while (ready > 0) {
        int32_t i = heap_pop(heap, ready--);
        m->order[done++] = i;
        for (int32_t u = m->nodes[i].first_use; u > 0; u = m->uses[u - 1].next)
            if (--m->nodes[m->uses[u - 1].node].pending == 0)
                heap_push(heap, ready++, m->uses[u - 1].node);
    }
    return done == m->n ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%d nodes in a cycle", m->n - done);
}

int tfg_import_read(TfgImport *m, TfgWire w, TfgStatus *s)
{
    if (read_graph(m, w, s) < 0 || check_versions(m, s) < 0 || index_nodes(m, s) < 0 || index_map(m, s) < 0)
        return -1;
    return connect(m, s) < 0 ? -1 : order_nodes(m, s);
}
