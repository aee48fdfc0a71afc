/* Datasets as graphs: the calls that made one, written as nodes with constants for their arguments, and the functions that they name. */
#include <stdio.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/attr_value.h"
#include "io/wire.h"
#include "graph/graph.h"
#include "kernels/dataset_state.h"

#define MAX_DEPTH 1000          /* of datasets in datasets: each costs stack */
#define PRODUCER 27             /* the version of graphs */

typedef struct Draft {
    TfgGraph *functions;
    TfgStr *out;
    TfgIdMap written;           /* number of a dataset's node, + 1 */
    TfgStr library;
    TfgMap named;               /* functions that the library has; names in the arena */
    TfgArena arena;
    int64_t n;                  /* nodes */
    int depth;
} Draft;

/* ---- Functions --------------------------------------------------------------------------------------------------------------------- */

static int add_function(Draft *d, const char *name, size_t n, TfgStatus *s);

/* The functions that an AttrValue names: {10 func {1 name}, 1 list {9 func}}. */
static int add_functions_of_attr(Draft *d, TfgWire w, TfgStatus *s)
{
    TfgField f, name;
    TfgWire inner;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.type != TFG_WIRE_BYTES || (f.number != 10 && f.number != 1 && f.number != 9))
            continue;
        if (tfg_wire_enter(&w, &f, &inner, s) < 0)
            return -1;
        if (f.number == 1) {
            if (add_functions_of_attr(d, inner, s) < 0)
                return -1;
            continue;
        }
        while ((more = tfg_wire_next(&inner, &name, s)) > 0)
            if (tfg_field_is(&name, 1, TFG_WIRE_BYTES) && add_function(d, (const char *)name.data, name.n, s) < 0)
                return -1;
        if (more < 0)
            return -1;
    }
    return more;
}

/* Operations with a state cannot be saved, but for datasets and what only tells something. */
static int check_stateless(const TfgField *node, const TfgField *op, const char *function, TfgStatus *s)
{
    static const char *const harmless[] = {"Assert", "Print", "PrintV2", "Timestamp", NULL};
    char name[128];
    if (op->n >= sizeof name)
        return 0;
    memcpy(name, op->data, op->n);
    name[op->n] = '\0';
    const TfgOpDef *def = tfg_load_op_def(name, s);
    if (!def) {                         /* a call of a function, which is looked at for itself */
        tfg_status_fini(s);
        return 0;
    }
    bool dataset = op->n >= 7 && strcmp(name + op->n - 7, "Dataset") == 0 && def->n_out == 1;
    for (int i = 0; harmless[i]; i++)
        dataset = dataset || strcmp(name, harmless[i]) == 0;
    if (dataset || !(def->flags & TFG_OP_STATEFUL))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Op[name: %.*s, type: %s] in function %s is stateful. Saving stateful functions is not supported yet.",
                    (int)node->n, node->data ? (const char *)node->data : "", name, function);
}

/* A NodeDef {1 name, 2 op, 5 attr {1 key, 2 value}} of a function's body. */
static int add_functions_of_node(Draft *d, TfgWire w, const char *function, TfgStatus *s)
{
    TfgField f, name = {0}, op = {0}, value;
    TfgWire look = w, entry, inner;
    int more;
    while ((more = tfg_wire_next(&look, &f, s)) > 0) {
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            name = f;
        if (tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            op = f;
    }
    if (more < 0 || check_stateless(&name, &op, function, s) < 0 || add_function(d, (const char *)op.data, op.n, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (!tfg_field_is(&f, 5, TFG_WIRE_BYTES))
            continue;
        if (tfg_wire_enter(&w, &f, &entry, s) < 0)
            return -1;
        while ((more = tfg_wire_next(&entry, &value, s)) > 0)
            if (tfg_field_is(&value, 2, TFG_WIRE_BYTES) &&
                (tfg_wire_enter(&entry, &value, &inner, s) < 0 || add_functions_of_attr(d, inner, s) < 0))
                return -1;
        if (more < 0)
            return -1;
    }
    return more;
}

/* Adds a function and those that it names, once; other names are passed over. */
static int add_function(Draft *d, const char *name, size_t n, TfgStatus *s)
{
    const void *def;
    const char *grad;
    size_t def_n;
    char *mine = tfg_arena_strndup(&d->arena, name ? name : "", n);
    if (!mine)
        return tfg_fail_memory(s);
    if (!d->functions || tfg_map_has(&d->named, mine, n) || !tfg_graph_find_function(d->functions, mine, &def, &def_n, &grad))
        return 0;
    if (tfg_map_put(&d->named, mine, n, d) < 0)
        return tfg_fail_memory(s);
    tfg_put_bytes(&d->library, 1, def, def_n);
    if (grad && *grad) {
        size_t mark = tfg_put_begin(&d->library, 2, 0);
        tfg_put_text(&d->library, 1, mine);
        tfg_put_text(&d->library, 2, grad);
        tfg_put_end(&d->library, mark);
        if (add_function(d, grad, strlen(grad), s) < 0)
            return -1;
    }
    TfgWire w, inner;
    TfgField f;
    int more;
    tfg_wire_init(&w, def, def_n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 3, TFG_WIRE_BYTES) && (tfg_wire_enter(&w, &f, &inner, s) < 0 || add_functions_of_node(d, inner, mine, s) < 0))
            return -1;
    return more;
}

/* ---- Nodes ------------------------------------------------------------------------------------------------------------------------- */

typedef struct NodeName { char text[160]; } NodeName;

static const char *node_name(NodeName *name, const char *op, int64_t number)
{
    snprintf(name->text, sizeof name->text, "%s/_%lld", op, (long long)number);
    return name->text;
}

static int write_constant(Draft *d, const TfgTensor *t, NodeName *name, TfgStatus *s)
{
    TfgNamedAttr items[] = {{"dtype", TFG_A_TYPE(t->dtype)}, {"value", TFG_A_TENSOR((TfgTensor *)(uintptr_t)t)}};
    TfgAttrs attrs = {2, items};
    size_t mark = tfg_put_begin(d->out, 1, tfg_tensor_proto_expect(t));
    tfg_put_text(d->out, 1, node_name(name, "Const", d->n++));
    tfg_put_text(d->out, 2, "Const");
    if (tfg_attrs_write(&attrs, NULL, 5, d->out, s) < 0)
        return -1;
    tfg_put_end(d->out, mark);
    return 0;
}

static int write_dataset(Draft *d, const TfgDataset *dataset, NodeName *name, TfgStatus *s);

static const TfgDataset *dataset_in(const TfgDataset *d, const TfgTensor *t)
{
    TfgStatus unheard = TFG_STATUS_INIT;
    const TfgDataset *found = t ? tfg_dataset_of(t, &unheard) : tfg_dataset_origin_input(d);
    tfg_status_fini(&unheard);
    return found;
}

static int write_call(Draft *d, const TfgDataset *dataset, NodeName *name, NodeName *inputs, TfgStatus *s)
{
    const TfgOrigin *o = &dataset->origin;
    for (int i = 0; i < o->attrs.n; i++) {
        const TfgAttr *a = &o->attrs.items[i].value;
        if (a->kind == TFG_ATTR_FUNC && !a->is_list && add_function(d, a->func->name, strlen(a->func->name), s) < 0)
            return -1;
    }
    for (int i = 0; i < o->n; i++) {
        const TfgDataset *from = dataset_in(dataset, o->in[i]);
        if ((from ? write_dataset(d, from, &inputs[i], s) : write_constant(d, o->in[i], &inputs[i], s)) < 0)
            return -1;
    }
    size_t mark = tfg_put_begin(d->out, 1, 0);
    int64_t number = d->n++;
    tfg_put_text(d->out, 1, node_name(name, o->op, number));
    tfg_put_text(d->out, 2, o->op);
    for (int i = 0; i < o->n; i++)
        tfg_put_text(d->out, 3, inputs[i].text);
    if (tfg_attrs_write(&o->attrs, NULL, 5, d->out, s) < 0)
        return -1;
    tfg_put_end(d->out, mark);
    return tfg_idmap_put(&d->written, (uint64_t)(uintptr_t)dataset, (uint64_t)number + 1) < 0 ? tfg_fail_memory(s) : 0;
}

static int write_dataset(Draft *d, const TfgDataset *dataset, NodeName *name, TfgStatus *s)
{
    uint64_t number;
    if (!dataset->origin.op || !dataset->kind->state)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%%s does not support serialization%sDatasetOp::Dataset", dataset->kind->name);
    if (tfg_idmap_get(&d->written, (uint64_t)(uintptr_t)dataset, &number)) {
        node_name(name, dataset->origin.op, (int64_t)number - 1);
        return 0;
    }
    if (d->depth >= MAX_DEPTH)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "More than %d datasets read through each other: they cannot be saved", MAX_DEPTH);
    NodeName *inputs = tfg_calloc((size_t)dataset->origin.n + 1, sizeof *inputs);
    if (!inputs)
        return tfg_fail_memory(s);
    d->depth++;
    int rc = write_call(d, dataset, name, inputs, s);
    d->depth--;
    tfg_free(inputs);
    return rc;
}

int tfg_dataset_graph(TfgGraph *functions, const TfgDataset *dataset, TfgStr *out, TfgStr *output, TfgStatus *s)
{
    Draft d = {.functions = functions, .out = out, .library = TFG_STR_INIT};
    NodeName name;
    tfg_arena_init(&d.arena);
    if (functions)
        tfg_graph_lock(functions);
    int rc = write_dataset(&d, dataset, &name, s);
    if (functions)
        tfg_graph_unlock(functions);
    if (rc == 0 && d.library.n)
        tfg_put_bytes(out, 2, d.library.data, d.library.n);
    if (rc == 0) {
        size_t mark = tfg_put_begin(out, 4, 0);
        tfg_put_int(out, 1, PRODUCER);
        tfg_put_end(out, mark);
        if (output)
            tfg_str_puts(output, name.text);
        if (out->failed || d.library.failed || (output && output->failed))
            rc = tfg_fail_memory(s);
    }
    tfg_str_fini(&d.library);
    tfg_map_fini(&d.named);
    tfg_idmap_fini(&d.written);
    tfg_arena_fini(&d.arena);
    return rc;
}

static int run_to_graph(TfgKernelCall *c, TfgStatus *s)
{
    TfgDataset *d = tfg_dataset_of(c->in[0], s);
    TfgStr graph = TFG_STR_INIT;
    int rc = d ? tfg_dataset_graph(tfg_call_graph(c), d, &graph, NULL, s) : -1;
    TfgTensor *t = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (t && tfg_string_set(t->data, graph.data, graph.n) < 0)
        rc = tfg_fail_memory(s);
    tfg_str_fini(&graph);
    return t ? rc : -1;
}

static const TfgKernelRow rows[] = {{.op = "DatasetToGraph", .run = run_to_graph}};

int tfg_register_datasets_graph(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
