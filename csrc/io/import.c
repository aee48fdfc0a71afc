/* Importing a GraphDef.  In steps, each over all nodes: read; index by name; connect; order, so that inputs come first; resolve
 * (definition, defaults, types); add.  Only the last step touches the graph.
 *
 * A loop's NextIteration feeds the Merge that it depends on.  Such a Merge is ready with one of its data inputs; until the
 * NextIteration is there, its place holds that input, which has the same dtype. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/node_def.h"

typedef struct Edge {
    int32_t from;               /* index of the node, or -1 when mapped to something the file does not have */
    int32_t index;              /* of its output, -1 for a control input */
    int32_t map;                /* entry of the input map that replaces it, or -1 */
} Edge;

typedef struct Node {
    TfgNodeDef def;
    const TfgOpDef *op;
    TfgTypes in, out;
    Edge *edges;                /* one per input */
    int32_t pending, first_use; /* inputs that are not there yet; head of the list of uses */
    bool is_loop_merge;
    const char *new_name;
    TfgAttr *shapes;            /* its "_output_shapes", which the graph does not keep */
    TfgOp *made;
} Node;

typedef struct Use { int32_t node, next; } Use;

typedef struct Import {
    TfgGraph *g;
    const TfgImportOptions *o;
    TfgArena arena;
    TfgProtoReader reader;
    Node *nodes;
    int32_t n;
    TfgMap by_name;             /* to index + 1 */
    TfgMap map_names;           /* names that the input map has */
    TfgMap taken_prefixes;      /* "a" and "a/b" for an op "a/b/c" of the graph */
    TfgMap functions;           /* name to TfgOpDef */
    Use *uses;
    int32_t n_uses;
    int32_t *order;             /* heap of ready nodes, then their order */
    bool *map_used;
    int32_t producer, min_consumer;
    bool consumer_is_bad;
    TfgWire library;
    bool has_library;
} Import;

static void import_fini(Import *m)
{
    for (int32_t i = 0; i < m->n; i++)
        tfg_attrs_drop_tensors(&m->nodes[i].def.attrs);
    tfg_map_fini(&m->by_name);
    tfg_map_fini(&m->map_names);
    tfg_map_fini(&m->taken_prefixes);
    tfg_map_fini(&m->functions);
    tfg_arena_fini(&m->arena);
}

static void *take(Import *m, size_t count, size_t size, TfgStatus *s)
{
    size_t n;
    void *p = __builtin_mul_overflow(count + 1, size, &n) ? NULL : tfg_arena_alloc(&m->arena, n);
    if (!p)
        tfg_fail_memory(s);
    return p;
}

static int32_t find_node(const Import *m, const char *name, size_t n)
{
    return (int32_t)(intptr_t)tfg_map_find(&m->by_name, name, n) - 1;
}

/* ---- read ---- */

static int read_versions(Import *m, TfgWire w, TfgStatus *s)
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

static int read_graph(Import *m, TfgWire w, TfgStatus *s)
{
    TfgField f;
    TfgWire inner;
    size_t n;
    int more;
    if (count_nodes(w, &n, s) < 0 || !(m->nodes = take(m, n, sizeof *m->nodes, s)))
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.type != TFG_WIRE_BYTES || (f.number != 1 && f.number != 2 && f.number != 4))
            continue;
        if (tfg_wire_enter(&w, &f, &inner, s) < 0)
            return -1;
        if (f.number == 1) {
            if (tfg_node_def_read_wire(&m->reader, inner, &m->nodes[m->n].def, s) < 0)
                return -1;
            m->n++;
        } else if (f.number == 2) {
            m->library = inner;
            m->has_library = true;
        } else if (read_versions(m, inner, s) < 0) {
            return -1;
        }
    }
    return more;
}

static int check_versions(const Import *m, TfgStatus *s)
{
    if (m->min_consumer > TFG_GRAPH_DEF_PRODUCER)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "GraphDef min consumer version %d above current version %d for TensorFlow 1.12.3.  Please upgrade TensorFlow.",
                        m->min_consumer, TFG_GRAPH_DEF_PRODUCER);
    if (m->consumer_is_bad)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef disallows consumer version %d.  Please upgrade TensorFlow: this version is "
                        "likely buggy.", TFG_GRAPH_DEF_PRODUCER);
    return 0;
}

/* ---- functions ---- */

static int add_function(Import *m, const TfgField *function, const TfgMap *gradients, TfgStatus *s)
{
    TfgWire w;
    TfgField f, signature = {0};
    TfgOpDef *def;
    int more;
    tfg_wire_init(&w, function->data, function->n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            signature = f;
    if (more < 0 || tfg_op_def_read(signature.data, signature.n, &m->arena, &def, s) < 0)
        return -1;
    const char *grad = tfg_map_find(gradients, def->name, strlen(def->name));
    int rc = tfg_graph_add_function(m->g, def->name, function->data, function->n, grad, s);
    tfg_op_def_drop_tensors(def);
    return rc;
}

static int read_gradient(Import *m, TfgWire w, TfgMap *gradients, TfgStatus *s)
{
    TfgField f;
    int more;
    const char *text[3] = {NULL, "", ""};
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if ((f.number == 1 || f.number == 2) && tfg_field_is_text(&f)) {
            text[f.number] = tfg_arena_strndup(&m->arena, f.n ? (const char *)f.data : "", f.n);
            if (!text[f.number])
                return tfg_fail_memory(s);
        }
    if (more < 0)
        return -1;
    if (*text[1] && tfg_map_put(gradients, text[1], strlen(text[1]), (void *)(uintptr_t)text[2]) < 0)
        return tfg_fail_memory(s);
    return 0;
}

static int add_functions(Import *m, TfgStatus *s)
{
    TfgMap gradients = {0};
    TfgWire w = m->library, inner;
    TfgField f;
    int more, rc = 0;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0)
            rc = -1;
        else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            rc = tfg_wire_enter(&w, &f, &inner, s) < 0 ? -1 : read_gradient(m, inner, &gradients, s);
    }
    w = m->library;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0)
            rc = -1;
        else if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            rc = add_function(m, &f, &gradients, s);
    }
    tfg_map_fini(&gradients);
    return rc;
}

/* The definition of a call to a function of the graph or of this file; NULL without a failure where there is none. */
static const TfgOpDef *function_op_def(Import *m, const char *name, TfgStatus *s)
{
    const TfgOpDef *known = tfg_map_find(&m->functions, name, strlen(name));
    if (known)
        return known;
    const void *data = NULL;
    size_t n = 0;
    const char *grad;
    TfgWire w;
    TfgField f, signature = {0};
    TfgOpDef *def;
    int more;
    if (!tfg_graph_find_function(m->g, name, &data, &n, &grad))
        return NULL;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            signature = f;
    if (more < 0 || tfg_op_def_read(signature.data, signature.n, tfg_graph_arena(m->g), &def, s) < 0)
        return NULL;
    for (int i = 0; i < def->n_attr; i++)
        if (def->attr[i].kind == TFG_ATTR_TENSOR) {     /* nobody would end it with the graph, and no function has one */
            tfg_attr_drop_tensors(&def->attr[i].default_value);
            def->attr[i].has_default = false;
        }
    if (tfg_map_put(&m->functions, def->name, strlen(def->name), def) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    return def;
}

/* ---- index ---- */

static int index_nodes(Import *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++) {
        const TfgNodeDef *node = &m->nodes[i].def;
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
static int check_colocation(const Import *m, const Node *node, TfgStatus *s)
{
    const TfgAttr *a = tfg_attrs_find(&node->def.attrs, "_class");
    if (!a || !a->is_list || a->kind != TFG_ATTR_STRING)
        return 0;
    for (int32_t i = 0; i < a->n; i++) {
        TfgBytes b = a->list_s[i];
        if (b.n > 5 && memcmp(b.data, "loc:@", 5) == 0 && find_node(m, b.data + 5, b.n - 5) < 0)
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

static int32_t find_mapped(const Import *m, const char *name, size_t n, int32_t index)
{
    if (!tfg_map_has(&m->map_names, name, n))
        return -1;
    for (int i = 0; i < m->o->n_map; i++)
        if (m->o->map[i].index == index && strlen(m->o->map[i].name) == n && memcmp(m->o->map[i].name, name, n) == 0)
            return i;
    return -1;
}

static int index_map(Import *m, TfgStatus *s)
{
    if (!(m->map_used = take(m, (size_t)m->o->n_map, sizeof *m->map_used, s)))
        return -1;
    for (int i = 0; i < m->o->n_map; i++)
        if (tfg_map_put(&m->map_names, m->o->map[i].name, strlen(m->o->map[i].name), m) < 0)
            return tfg_fail_memory(s);
    return 0;
}

static bool is_merge(const Node *n)
{
    return strcmp(n->def.op, "Merge") == 0 || strcmp(n->def.op, "RefMerge") == 0;
}

static bool is_next_iteration(const Node *n)
{
    return strcmp(n->def.op, "NextIteration") == 0 || strcmp(n->def.op, "RefNextIteration") == 0;
}

static int connect_node(Import *m, int32_t i, TfgStatus *s)
{
    Node *node = &m->nodes[i];
    int32_t controls = 0;
    bool loops = false;
    if (!(node->edges = take(m, (size_t)node->def.n_inputs, sizeof *node->edges, s)))
        return -1;
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        Edge *e = &node->edges[k];
        const char *name;
        size_t n;
        parse_input(node->def.inputs[k], &name, &n, &e->index);
        e->from = find_node(m, name, n);
        e->map = find_mapped(m, name, n, e->index);
        if (e->from < 0 && e->map < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Unknown input node '%s'", node->def.name, node->def.inputs[k]);
        if (e->index >= 0 && controls > 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Control dependencies must come after regular dependencies",
                            node->def.name);
        controls += e->index < 0;
        if (e->from < 0)
            continue;
        loops |= is_merge(node) && is_next_iteration(&m->nodes[e->from]);
        m->uses[m->n_uses] = (Use){i, m->nodes[e->from].first_use};
        m->nodes[e->from].first_use = ++m->n_uses;      /* 0 ends the list */
        node->pending++;
    }
    node->is_loop_merge = loops;
    if (loops)
        node->pending = controls + 1;
    return check_colocation(m, node, s);
}

static int connect(Import *m, TfgStatus *s)
{
    size_t total = 0;
    for (int32_t i = 0; i < m->n; i++)
        total += (size_t)m->nodes[i].def.n_inputs;
    if (total > INT32_MAX - 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "GraphDef has too many edges");
    if (!(m->uses = take(m, total, sizeof *m->uses, s)))
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

static int order_nodes(Import *m, TfgStatus *s)
{
    int32_t ready = 0, done = 0;
    int32_t *heap = take(m, (size_t)m->n, sizeof *heap, s);
    if (!heap || !(m->order = take(m, (size_t)m->n, sizeof *m->order, s)))
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

/* ---- names ---- */

static int note_prefixes(Import *m, TfgStatus *s)
{
    int32_t n = tfg_graph_n_ops(m->g);
    for (int32_t i = 0; i < n; i++) {
        const char *name = tfg_graph_op(m->g, i)->name;
        for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
            if (tfg_map_put(&m->taken_prefixes, name, (size_t)(slash - name), m) < 0)
                return tfg_fail_memory(s);
    }
    return 0;
}

static bool is_taken(const Import *m, const char *name)
{
    return tfg_graph_find_op(m->g, name) || tfg_map_has(&m->taken_prefixes, name, strlen(name));
}

static const char *new_name(Import *m, const char *name, TfgStatus *s)
{
    const char *prefix = m->o->prefix ? m->o->prefix : "";
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "%s%s%s", prefix, *prefix ? "/" : "", name);
    size_t base = text.n;
    for (int count = 0; is_taken(m, tfg_str_text(&text)) || (count > 0 && find_node(m, tfg_str_text(&text), text.n) >= 0);) {
        text.n = base;
        tfg_str_printf(&text, "_%d", ++count);
        if (text.failed)
            break;
    }
    const char *made = text.failed ? NULL : tfg_arena_strndup(&m->arena, tfg_str_text(&text), text.n);
    tfg_str_fini(&text);
    if (!made)
        tfg_fail_memory(s);
    return made;
}

static int name_nodes(Import *m, TfgStatus *s)
{
    if (note_prefixes(m, s) < 0)
        return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (!(m->nodes[i].new_name = new_name(m, m->nodes[i].def.name, s)))
            return -1;
    return 0;
}

/* ---- resolve ---- */

static const TfgOpDef *look_up(Import *m, const char *op, TfgStatus *s)
{
    const TfgOpDef *def = tfg_find_op_def(op);
    char host[256] = "";
    if (def || (def = function_op_def(m, op, s)) || s->code != TFG_OK)
        return def;
    gethostname(host, sizeof host - 1);
    tfg_fail(s, TFG_NOT_FOUND,
             "Op type not registered '%s' in binary running on %s. Make sure the Op and Kernel are registered in the binary running "
             "in this process. Note that if you are loading a saved graph which used ops from tf.contrib, accessing (e.g.) "
             "`tf.contrib.resampler` should be done before importing the graph, as contrib ops are lazily registered when the "
             "module is first accessed.", op, host);
    return NULL;
}

/* Names in `node` as they will be, since error messages show them so. */
static int rename_inputs(Import *m, Node *node, TfgStatus *s)
{
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        const Edge *e = &node->edges[k];
        TfgOutput to = e->map >= 0 ? m->o->map[e->map].to : (TfgOutput){NULL, 0};
        const char *name = to.op ? to.op->name : m->nodes[e->from].new_name;
        int index = e->index < 0 || !to.op ? e->index : to.index;
        TfgStr text = TFG_STR_INIT;
        tfg_str_printf(&text, "%s%s", index < 0 ? "^" : "", name);
        if (index > 0)
            tfg_str_printf(&text, ":%d", index);
        node->def.inputs[k] = text.failed ? NULL : tfg_arena_strndup(&m->arena, tfg_str_text(&text), text.n);
        tfg_str_fini(&text);
        if (!node->def.inputs[k])
            return tfg_fail_memory(s);
        if (e->map >= 0)
            m->map_used[e->map] = true;
    }
    node->def.name = node->new_name;
    return 0;
}

/* "loc:@a" becomes "loc:@import/a". */
static int rename_colocation(Import *m, Node *node, TfgStatus *s)
{
    TfgAttr *a = (TfgAttr *)(uintptr_t)tfg_attrs_find(&node->def.attrs, "_class");
    if (!a || !a->is_list || a->kind != TFG_ATTR_STRING || a->n == 0)
        return 0;
    TfgBytes *list = take(m, (size_t)a->n, sizeof *list, s);
    if (!list)
        return -1;
    for (int32_t i = 0; i < a->n; i++) {
        list[i] = a->list_s[i];
        if (list[i].n <= 5 || memcmp(list[i].data, "loc:@", 5) != 0)
            continue;
        const char *name = m->nodes[find_node(m, list[i].data + 5, list[i].n - 5)].new_name;
        char *text = take(m, strlen(name) + 5, 1, s);
        if (!text)
            return -1;
        memcpy(text, "loc:@", 5);
        memcpy(text + 5, name, strlen(name) + 1);
        list[i] = (TfgBytes){text, strlen(text)};
    }
    a->list_s = list;
    return 0;
}

static int check_output(const Import *m, const Node *node, const char *name, TfgStatus *s)
{
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        const Edge *e = &node->edges[k];
        if (e->map >= 0 || e->index < 0)
            continue;
        const Node *from = &m->nodes[e->from];
        bool known = from->op != NULL;          /* a loop's NextIteration is not, and has one output */
        int32_t n = known ? from->out.n : 1;
        if (e->index >= n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Connecting to invalid output %d of source node %s which has %d outputs",
                            name, e->index, e->from == node - m->nodes ? name : from->def.name, n);
    }
    return 0;
}

static int check_types(const Import *m, const Node *node, TfgStatus *s)
{
    for (int32_t k = 0; k < node->in.n; k++) {
        const Edge *e = &node->edges[k];
        TfgDType want = node->in.types[k], have;
        const char *name;
        int index = e->index;
        if (e->map >= 0) {
            TfgOutput to = m->o->map[e->map].to;
            have = to.op->outputs[to.index].dtype;
            name = to.op->name;
            index = to.index;
        } else {
            const Node *from = &m->nodes[e->from];
            if (!from->op)
                continue;       /* checked when it is connected */
            have = from->out.types[e->index];
            name = from->new_name;
        }
        if (want == have || (!tfg_dtype_is_ref(want) && want == tfg_dtype_base(have)))
            continue;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %d of node %s was passed %s from %s:%d incompatible with expected %s.", k,
                        node->new_name, tfg_dtype_signature_name(have), name, index, tfg_dtype_signature_name(want));
    }
    return 0;
}

/* Takes "_output_shapes" out of the attributes. */
static void detach_shapes(Node *node)
{
    TfgAttrs *a = &node->def.attrs;
    for (int32_t i = 0; i < a->n; i++) {
        TfgAttr *v = &a->items[i].value;
        if (strcmp(a->items[i].name, "_output_shapes") != 0 || !v->is_list || (v->kind != TFG_ATTR_SHAPE && v->n > 0))
            continue;
        TfgNamedAttr mine = a->items[i];
        memmove(&a->items[i], &a->items[i + 1], (size_t)(a->n - i - 1) * sizeof mine);
        a->items[--a->n] = mine;
        node->shapes = &a->items[a->n].value;   /* holds no tensors, so it may stand behind the end */
        return;
    }
}

static int resolve(Import *m, Node *node, TfgStatus *s)
{
    const char *name = node->def.name;
    const TfgOpDef *def = look_up(m, node->def.op, s);
    if (!def || check_output(m, node, name, s) < 0)
        return -1;
    if (rename_inputs(m, node, s) < 0 || rename_colocation(m, node, s) < 0)
        return -1;
    if (def->deprecated_since > 0 && m->producer >= def->deprecated_since)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Op %s is not available in GraphDef version %d. It has been removed in version %d. %s.",
                        def->name, m->producer, def->deprecated_since, def->deprecation ? def->deprecation : "");
    if (tfg_node_def_add_defaults(&node->def, def, &m->arena, s) < 0
        || tfg_node_def_check(&node->def, def, &m->arena, &node->in, &node->out, s) < 0 || check_types(m, node, s) < 0)
        return -1;
    detach_shapes(node);
    if (node->shapes && node->shapes->n < node->out.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "Node '%s' has an _output_shapes attribute inconsistent with the GraphDef for output #%d", node->new_name,
                        node->shapes->n);
    node->op = def;
    return 0;
}

/* ---- add ---- */

static TfgOutput input_of(const Import *m, const Node *node, int32_t k)
{
    const Edge *e = &node->edges[k];
    return e->map >= 0 ? m->o->map[e->map].to : (TfgOutput){m->nodes[e->from].made, e->index};
}

static int collect_inputs(const Import *m, const Node *node, TfgOutput *in, TfgStatus *s)
{
    TfgOutput there = {NULL, 0};
    for (int32_t k = 0; k < node->in.n; k++) {
        in[k] = input_of(m, node, k);
        if (in[k].op && !there.op)
            there = in[k];
    }
    for (int32_t k = 0; k < node->in.n; k++) {
        if (in[k].op)
            continue;
        if (!there.op)
            return tfg_fail(s, TFG_INTERNAL, "Node '%s' was reached before its inputs", node->new_name);
        in[k] = there;
    }
    return 0;
}

/* Control inputs, each once. */
static int collect_controls(const Import *m, const Node *node, TfgOp **controls)
{
    int n = 0;
    for (int32_t k = node->in.n; k < node->def.n_inputs; k++) {
        TfgOp *op = input_of(m, node, k).op;
        bool seen = false;
        for (int i = 0; i < n; i++)
            seen |= controls[i] == op;
        if (!seen)
            controls[n++] = op;
    }
    return n;
}

static int set_shapes(const Node *node, TfgStatus *s)
{
    for (int32_t i = 0; node->shapes && i < node->out.n; i++) {
        TfgShape shape;
        TfgStatus why = TFG_STATUS_INIT;
        tfg_shape_from_dims(&shape, node->shapes->list_shape[i]);
        if (tfg_output_set_shape((TfgOutput){node->made, i}, &shape, &why) < 0) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s' has an _output_shapes attribute inconsistent with the GraphDef for output #%d: %s",
                     node->new_name, i, why.message ? why.message : "");
            tfg_status_fini(&why);
            return -1;
        }
    }
    return 0;
}

static int add_node(Import *m, Node *node, TfgStatus *s)
{
    TfgOutput *in = take(m, (size_t)node->in.n, sizeof *in, s);
    TfgOp **controls = take(m, (size_t)(node->def.n_inputs - node->in.n), sizeof *controls, s);
    if (!in || !controls || collect_inputs(m, node, in, s) < 0)
        return -1;
    TfgOpSpec spec = {
        .def = node->op, .name = node->new_name, .inputs = in, .n_inputs = node->in.n, .controls = controls,
        .n_controls = collect_controls(m, node, controls), .attrs = node->def.attrs.items, .n_attrs = node->def.attrs.n,
        .device = node->def.device, .exact = true,
    };
    node->made = tfg_graph_add_op(m->g, &spec, s);
    return node->made ? set_shapes(node, s) : -1;
}

/* The inputs that were not there when a loop's Merge was added. */
static int close_loops(Import *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++) {
        Node *node = &m->nodes[i];
        for (int32_t k = 0; node->is_loop_merge && k < node->in.n; k++) {
            TfgOutput to = input_of(m, node, k);
            if (to.op == node->made->inputs[k].op && to.index == node->made->inputs[k].index)
                continue;
            if (check_types(m, node, s) < 0 || tfg_op_update_input(node->made, k, to, s) < 0)
                return -1;
        }
    }
    return 0;
}

static int adopt_nodes(Import *m, int32_t first, TfgStatus *s)
{
    int32_t n = tfg_graph_n_ops(m->g);
    for (int32_t i = first; i < n; i++)
        if (tfg_graph_adopt_op(m->g, tfg_graph_op(m->g, i), true, s) < 0)
            return -1;
    return 0;
}

/* ---- results ---- */

static int find_result(Import *m, const TfgImportWant *want, TfgOutput *out, TfgStatus *s)
{
    size_t n = strlen(want->name);
    int32_t i = find_node(m, want->name, n);
    if (want->index < 0) {
        if (i < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested return node '%s' not found in graph def", want->name);
        *out = (TfgOutput){m->nodes[i].made, -1};
        return 0;
    }
    int32_t map = find_mapped(m, want->name, n, want->index);
    if (map >= 0) {
        m->map_used[map] = true;
        *out = m->o->map[map].to;
        return 0;
    }
    if (i < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested return tensor '%s:%d' not found in graph def", want->name, want->index);
    if (want->index >= m->nodes[i].out.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid return output %d of node '%s', which has %d output(s)", want->index,
                        want->name, m->nodes[i].out.n);
    *out = (TfgOutput){m->nodes[i].made, want->index};
    return 0;
}

static int check_map(const Import *m, TfgStatus *s)
{
    TfgStr missing = TFG_STR_INIT;
    for (int i = 0; i < m->o->n_map; i++) {
        const TfgImportMap *e = &m->o->map[i];
        int32_t k = find_node(m, e->name, strlen(e->name));
        if (m->map_used[i] || (k >= 0 && (e->index < 0 || e->index < m->nodes[k].out.n)))
            continue;
        tfg_str_printf(&missing, "%s%s%s", missing.n ? ", " : "", e->index < 0 ? "^" : "", e->name);
        if (e->index >= 0)
            tfg_str_printf(&missing, ":%d", e->index);
    }
    int rc = 0;
    if (missing.n > 0)
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Attempted to map inputs that were not found in graph_def: [%s]", tfg_str_text(&missing));
    tfg_str_fini(&missing);
    return rc;
}

/* What can fail without having touched the graph, but for the functions, which do not change what is there. */
static int prepare(Import *m, const void *data, size_t n, TfgStatus *s)
{
    TfgWire w;
    tfg_wire_init(&w, data, n);
    if (read_graph(m, w, s) < 0 || check_versions(m, s) < 0 || index_nodes(m, s) < 0 || index_map(m, s) < 0 || connect(m, s) < 0
        || order_nodes(m, s) < 0 || name_nodes(m, s) < 0)
        return -1;
    if (m->has_library && add_functions(m, s) < 0)
        return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (resolve(m, &m->nodes[m->order[i]], s) < 0)
            return -1;
    for (int k = 0; k < m->o->n_want; k++) {
        TfgOutput ignored;
        if (find_result(m, &m->o->want[k], &ignored, s) < 0)
            return -1;
    }
    return 0;
}

static int commit(Import *m, TfgOutput *want, int32_t first, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++)
        if (add_node(m, &m->nodes[m->order[i]], s) < 0)
            return -1;
    if (close_loops(m, s) < 0 || adopt_nodes(m, first, s) < 0)
        return -1;
    for (int k = 0; k < m->o->n_want; k++)
        if (find_result(m, &m->o->want[k], &want[k], s) < 0)
            return -1;
    return check_map(m, s);
}

int tfg_graph_def_import(TfgGraph *g, const void *data, size_t n, const TfgImportOptions *options, TfgOutput *want,
                         int32_t *first, int32_t *n_new, TfgStatus *s)
{
    Import m = {.g = g, .o = options};
    int32_t before = tfg_graph_n_ops(g);
    tfg_arena_init(&m.arena);
    m.reader = (TfgProtoReader)TFG_PROTO_READER(&m.arena);
    int rc = prepare(&m, data, n, s);
    if (rc == 0)
        rc = commit(&m, want, before, s);
    import_fini(&m);
    if (first)
        *first = before;
    if (n_new)
        *n_new = tfg_graph_n_ops(g) - before;
    if (rc < 0 && s->code == TFG_INVALID_ARGUMENT)
        s->code = TFG_VALUE_ERROR;
    return rc;
}
