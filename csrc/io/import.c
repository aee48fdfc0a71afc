/* Importing a GraphDef.  In steps, each over all nodes: read; index by name; connect; order, so that inputs come first; resolve
 * (definition, defaults, types); add.  Only the last step touches the graph.
 *
 * A loop's NextIteration feeds the Merge that it depends on.  Such a Merge is ready with one of its data inputs; until the
 * NextIteration is there, its place holds that input, which has the same dtype. */
#include "io/function_body.h"
#include "io/import.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"

/* ---- names ---- */

static int note_prefixes(TfgImport *m, TfgStatus *s)
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

static bool is_taken(const TfgImport *m, const char *name)
{
    return tfg_graph_find_op(m->g, name) || tfg_map_has(&m->taken_prefixes, name, strlen(name));
}

static const char *new_name(TfgImport *m, const char *name, TfgStatus *s)
{
    const char *prefix = m->o->prefix ? m->o->prefix : "";
    TfgStr text = TFG_STR_INIT;
    if (!*prefix && !is_taken(m, name))
        return name;
    tfg_str_append(&text, prefix, strlen(prefix));
    if (*prefix)
        tfg_str_putc(&text, '/');
    tfg_str_append(&text, name, strlen(name));
    size_t base = text.n;
    for (int count = 0; is_taken(m, tfg_str_text(&text)) || (count > 0 && tfg_import_find(m, tfg_str_text(&text), text.n) >= 0);) {
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

static int name_nodes(TfgImport *m, TfgStatus *s)
{
    if (note_prefixes(m, s) < 0)
        return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (!(m->nodes[i].new_name = new_name(m, m->nodes[i].def.name, s)))
            return -1;
    return 0;
}

/* ---- resolve ---- */

static const TfgOpDef *look_up(TfgImport *m, const char *op, TfgStatus *s)
{
    const TfgOpDef *def = tfg_find_op_def(op);
    char host[256] = "";
    if (def || (def = tfg_function_op_def(m->g, op, s)) || s->code != TFG_OK)
        return def;
    gethostname(host, sizeof host - 1);
    tfg_fail(s, TFG_NOT_FOUND,
             "Op type not registered '%s' in binary running on %s. Make sure the Op and Kernel are registered in the binary running "
             "in this process. Note that if you are loading a saved graph which used ops from tf.contrib, accessing (e.g.) "
             "`tf.contrib.resampler` should be done before importing the graph, as contrib ops are lazily registered when the "
             "module is first accessed.", op, host);
    return NULL;
}

/* "a", "a:1" or "^a". */
static const char *input_text(TfgImport *m, const char *name, int index)
{
    if (index == 0)
        return name;
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, index < 0 ? "^%s" : "%s:%d", name, index);
    const char *made = text.failed ? NULL : tfg_arena_strndup(&m->arena, tfg_str_text(&text), text.n);
    tfg_str_fini(&text);
    return made;
}

/* Names in `node` as they will be, since error messages show them so. */
static int rename_inputs(TfgImport *m, TfgImportNode *node, TfgStatus *s)
{
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        const TfgImportEdge *e = &node->edges[k];
        TfgOutput to = e->map >= 0 ? m->o->map[e->map].to : (TfgOutput){NULL, 0};
        const char *name = to.op ? to.op->name : m->nodes[e->from].new_name;
        int index = e->index < 0 || !to.op ? e->index : to.index;
        if (!(node->def.inputs[k] = input_text(m, name, index)))
            return tfg_fail_memory(s);
        if (e->map >= 0)
            m->map_used[e->map] = true;
    }
    node->def.name = node->new_name;
    return 0;
}

/* "loc:@a" becomes "loc:@import/a". */
static int rename_colocation(TfgImport *m, TfgImportNode *node, TfgStatus *s)
{
    TfgAttr *a = (TfgAttr *)(uintptr_t)tfg_attrs_find(&node->def.attrs, "_class");
    if (!a || !a->is_list || a->kind != TFG_ATTR_STRING || a->n == 0)
        return 0;
    TfgBytes *list = tfg_import_take(m, (size_t)a->n, sizeof *list, s);
    if (!list)
        return -1;
    for (int32_t i = 0; i < a->n; i++) {
        list[i] = a->list_s[i];
        if (!tfg_is_loc(list[i]))
            continue;
        const char *name = m->nodes[tfg_import_find(m, list[i].data + 5, list[i].n - 5)].new_name;
        char *text = tfg_import_take(m, strlen(name) + 5, 1, s);
        if (!text)
            return -1;
        memcpy(text, "loc:@", 5);
        memcpy(text + 5, name, strlen(name) + 1);
        list[i] = (TfgBytes){text, strlen(text)};
    }
    a->list_s = list;
    return 0;
}

static int check_outputs(const TfgImport *m, const TfgImportNode *node, TfgStatus *s)
{
    for (int32_t k = 0; k < node->def.n_inputs; k++) {
        const TfgImportEdge *e = &node->edges[k];
        if (e->map >= 0 || e->index < 0)
            continue;
        const TfgImportNode *from = &m->nodes[e->from];
        bool known = from->op != NULL;          /* a loop's NextIteration is not, and has one output */
        int32_t n = known ? from->out.n : 1;
        if (e->index >= n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s': Connecting to invalid output %d of source node %s which has %d outputs",
                            node->old_name, e->index, from->old_name, n);
    }
    return 0;
}

static int check_types(const TfgImport *m, const TfgImportNode *node, TfgStatus *s)
{
    for (int32_t k = 0; k < node->in.n; k++) {
        const TfgImportEdge *e = &node->edges[k];
        TfgDType want = node->in.types[k], have;
        const char *name;
        int index = e->index;
        if (e->map >= 0) {
            TfgOutput to = m->o->map[e->map].to;
            have = to.op->outputs[to.index].dtype;
            name = to.op->name;
            index = to.index;
        } else {
            const TfgImportNode *from = &m->nodes[e->from];
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
static void detach_shapes(TfgImportNode *node)
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

static bool is_colocated(const TfgImportNode *node)
{
    const TfgAttr *a = tfg_attrs_find(&node->def.attrs, "_class");
    for (int32_t i = 0; a && a->is_list && a->kind == TFG_ATTR_STRING && i < a->n; i++)
        if (tfg_is_loc(a->list_s[i]) && strcmp(a->list_s[i].data + 5, node->new_name) != 0)
            return true;
    return false;
}

/* The device in the spelling the graph keeps. */
static int normalize_device(TfgImport *m, TfgImportNode *node, TfgStatus *s)
{
    TfgDeviceSpec spec;
    TfgStr text = TFG_STR_INIT;
    if (!*node->def.device)
        return 0;
    if (is_colocated(node)) {
        node->def.device = "";
        return 0;
    }
    if (tfg_device_parse(node->def.device, &spec, s) < 0)
        return -1;
    tfg_device_format(&spec, &text);
    node->def.device = text.failed ? NULL : tfg_arena_strndup(&m->arena, tfg_str_text(&text), text.n);
    tfg_str_fini(&text);
    return node->def.device ? 0 : tfg_fail_memory(s);
}

static int resolve(TfgImport *m, TfgImportNode *node, TfgStatus *s)
{
    const TfgOpDef *def = look_up(m, node->def.op, s);
    if (!def || check_outputs(m, node, s) < 0)
        return -1;
    def = tfg_op_def_for_inputs(def, tfg_node_def_n_data(&node->def));
    if (rename_inputs(m, node, s) < 0 || rename_colocation(m, node, s) < 0)
        return -1;
    if (def->deprecated_since > 0 && m->producer >= def->deprecated_since)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Op %s is not available in GraphDef version %d. It has been removed in version %d. %s.",
                        def->name, m->producer, def->deprecated_since, def->deprecation ? def->deprecation : "");
    if (tfg_node_def_add_defaults(&node->def, def, &m->arena, s) < 0
        || tfg_node_def_check(&node->def, def, &m->arena, &node->in, &node->out, s) < 0 || check_types(m, node, s) < 0)
        return -1;
    detach_shapes(node);
    if (normalize_device(m, node, s) < 0)
        return -1;
    if (node->shapes && node->shapes->n < node->out.n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT,
                        "Node '%s' has an _output_shapes attribute inconsistent with the GraphDef for output #%d", node->new_name,
                        node->shapes->n);
    node->op = def;
    return 0;
}

/* ---- add ---- */

static TfgOutput input_of(const TfgImport *m, const TfgImportNode *node, int32_t k)
{
    const TfgImportEdge *e = &node->edges[k];
    return e->map >= 0 ? m->o->map[e->map].to : (TfgOutput){m->nodes[e->from].made, e->index};
}

static int collect_inputs(const TfgImport *m, const TfgImportNode *node, TfgOutput *in, TfgStatus *s)
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

/* Control inputs, each once; their number.  A loop's Merge may be reached by way of its inputs alone. */
static int collect_controls(const TfgImport *m, const TfgImportNode *node, TfgOp **controls, TfgStatus *s)
{
    int n = 0;
    for (int32_t k = node->in.n; k < node->def.n_inputs; k++) {
        TfgOp *op = input_of(m, node, k).op;
        if (!op)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Node '%s' was reached before its control inputs", node->new_name);
        bool seen = false;
        for (int i = 0; i < n; i++)
            seen |= controls[i] == op;
        if (!seen)
            controls[n++] = op;
    }
    return n;
}

static int set_shapes(const TfgImportNode *node, TfgStatus *s)
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

static int add_node(TfgImport *m, TfgImportNode *node, TfgStatus *s)
{
    TfgOutput *in = tfg_import_take(m, (size_t)node->in.n, sizeof *in, s);
    TfgOp **controls = tfg_import_take(m, (size_t)(node->def.n_inputs - node->in.n), sizeof *controls, s);
    if (!in || !controls || collect_inputs(m, node, in, s) < 0)
        return -1;
    int n_controls = collect_controls(m, node, controls, s);
    if (n_controls < 0)
        return -1;
    TfgOpSpec spec = {
        .def = node->op, .name = node->new_name, .inputs = in, .n_inputs = node->in.n, .controls = controls,
        .n_controls = n_controls, .attrs = node->def.attrs.items, .n_attrs = node->def.attrs.n,
        .device = node->def.device, .exact = true,
    };
    node->made = tfg_graph_add_op(m->g, &spec, s);
    if (!node->made)
        return -1;
    if (node->is_loop_merge)            /* what comes round the loop may have another shape */
        tfg_output_forget_shape((TfgOutput){node->made, 0});
    return set_shapes(node, s);
}

/* The inputs that were not there when a loop's Merge was added. */
static int close_loops(TfgImport *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++) {
        TfgImportNode *node = &m->nodes[i];
        for (int32_t k = 0; node->is_loop_merge && k < node->in.n; k++) {
            TfgOutput to = input_of(m, node, k);
            if (to.op == node->made->inputs[k].op && to.index == node->made->inputs[k].index)
                continue;
            if (check_types(m, node, s) < 0 || tfg_merge_close_loop(node->made, k, to, s) < 0)
                return -1;
        }
    }
    return 0;
}

/* The device of the first op it is colocated with that has one. */
static int take_device(TfgImport *m, TfgOp *op, TfgStatus *s)
{
    const TfgAttr *a = tfg_attrs_find(&op->attrs, "_class");
    for (int32_t k = 0; a && k < a->n; k++) {
        TfgOp *with = tfg_is_loc(a->list_s[k]) ? tfg_graph_find_op(m->g, a->list_s[k].data + 5) : NULL;
        if (with && with != op && *with->device)
            return tfg_op_set_device_name(op, with->device, s);
    }
    return 0;
}

/* Graph scopes reach the new nodes as they reach those that Python makes, but for one that is colocated with others, be it by the
 * file or by a block around the import: it takes their device, whatever the file said. */
static int adopt_nodes(TfgImport *m, TfgStatus *s)
{
    bool *colocated = tfg_arena_alloc(&m->arena, (size_t)m->n * sizeof *colocated);
    if (!colocated)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < m->n; i++)          /* all at once: what goes round a loop is a member before its turn comes */
        tfg_graph_join_context(m->g, m->nodes[i].made);
    for (int32_t i = 0; i < m->n; i++)
        if (tfg_graph_adopt_op(m->g, m->nodes[m->order[i]].made, s) < 0)
            return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (tfg_graph_adopt_device(m->g, m->nodes[m->order[i]].made, &colocated[i], s) < 0)
            return -1;
    for (int32_t i = 0; i < m->n; i++)
        if (colocated[i] && take_device(m, m->nodes[m->order[i]].made, s) < 0)
            return -1;
    return 0;
}

/* ---- results ---- */

static int find_result(TfgImport *m, const TfgImportWant *want, TfgOutput *out, TfgStatus *s)
{
    size_t n = strlen(want->name);
    int32_t i = tfg_import_find(m, want->name, n);
    if (want->index < 0) {
        if (i < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested return node '%s' not found in graph def", want->name);
        *out = (TfgOutput){m->nodes[i].made, -1};
        return 0;
    }
    int32_t map = tfg_import_find_mapped(m, want->name, n, want->index);
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

static int check_map(const TfgImport *m, TfgStatus *s)
{
    TfgStr missing = TFG_STR_INIT;
    for (int i = 0; i < m->o->n_map; i++) {
        const TfgImportMap *e = &m->o->map[i];
        int32_t k = tfg_import_find(m, e->name, strlen(e->name));
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

/* What needs no node of the graph to be there.  Functions it adds stay, as they do in TensorFlow. */
static int prepare(TfgImport *m, const void *data, size_t n, TfgStatus *s)
{
    TfgWire w;
    tfg_wire_init(&w, data, n);
    if (tfg_import_read(m, w, s) < 0 || name_nodes(m, s) < 0)
        return -1;
    if (m->has_library && tfg_import_add_functions(m, s) < 0)
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

static int commit(TfgImport *m, TfgOutput *want, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n; i++)
        if (add_node(m, &m->nodes[m->order[i]], s) < 0)
            return -1;
    if (close_loops(m, s) < 0 || adopt_nodes(m, s) < 0)
        return -1;
    for (int k = 0; k < m->o->n_want; k++)
        if (find_result(m, &m->o->want[k], &want[k], s) < 0)
            return -1;
    return 0;
}

int tfg_graph_def_import(TfgGraph *g, const void *data, size_t n, const TfgImportOptions *options, TfgOutput *want,
                         int32_t *first, int32_t *n_new, TfgStatus *s)
{
    TfgImport m = {.g = g, .o = options};
    int32_t before;
    tfg_arena_init(&m.arena);
    m.reader = (TfgProtoReader)TFG_PROTO_READER(&m.arena);
    before = tfg_graph_begin(g);
    int32_t producer = tfg_graph_producer(g), min_consumer = tfg_graph_min_consumer(g);
    int rc = prepare(&m, data, n, s);
    if (rc == 0) {
        tfg_graph_set_versions(g, m.producer < producer ? m.producer : producer, m.min_consumer > min_consumer ? m.min_consumer : min_consumer);
        rc = commit(&m, want, s);
    }
    if (rc < 0)
        tfg_graph_set_versions(g, producer, min_consumer);
    tfg_graph_end(g, before, rc == 0);
    if (rc == 0)
        rc = check_map(&m, s);
    tfg_import_fini(&m);
    if (first)
        *first = before;
    if (n_new)
        *n_new = tfg_graph_n_ops(g) - before;
    if (rc < 0 && s->code == TFG_INVALID_ARGUMENT)
        s->code = TFG_VALUE_ERROR;
    return rc;
}
