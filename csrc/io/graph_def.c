/* Writing graphs.  Layout: GraphDef is 1 node, 2 library, 4 versions; NodeDef 1 name, 2 op, 3 input, 4 device, 5 attr;
 * FunctionDefLibrary 1 function, 2 gradient { 1 function_name, 2 gradient_func }; VersionDef 1 producer, 2 min_consumer. */
#include "io/graph_def.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

static void write_input(TfgOutput in, TfgStr *out)
{
    char suffix[16] = "";
    if (in.index > 0)
        snprintf(suffix, sizeof suffix, ":%d", in.index);
    size_t n = strlen(in.op->name), m = strlen(suffix);
    tfg_put_tag(out, 3, TFG_WIRE_BYTES);
    tfg_put_varint(out, n + m);
    tfg_str_append(out, in.op->name, n);
    tfg_str_append(out, suffix, m);
}

static int by_op_name(const void *a, const void *b)
{
    TfgOp *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int write_controls(const TfgOp *op, bool sort, TfgStr *out, TfgStatus *s)
{
    TfgOp **order = op->controls;
    size_t n = (size_t)op->n_controls;
    if (sort && n > 1) {
        if (!(order = tfg_alloc(n * sizeof *order)))
            return tfg_fail_memory(s);
        memcpy(order, op->controls, n * sizeof *order);
        qsort(order, n, sizeof *order, by_op_name);
    }
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(order[i]->name);
        tfg_put_tag(out, 3, TFG_WIRE_BYTES);
        tfg_put_varint(out, length + 1);
        tfg_str_putc(out, '^');
        tfg_str_append(out, order[i]->name, length);
    }
    if (order != op->controls)
        tfg_free(order);
    return 0;
}

static int write_attrs(const TfgOp *op, bool add_shapes, TfgStr *out, TfgStatus *s)
{
    if (!add_shapes || op->n_outputs == 0)
        return tfg_attrs_write(&op->attrs, NULL, 5, out, s);
    const TfgDims **shapes = tfg_alloc((size_t)op->n_outputs * sizeof *shapes);
    if (!shapes)
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < op->n_outputs; i++)
        shapes[i] = op->outputs[i].shape;
    TfgNamedAttr extra = {.name = "_output_shapes",
                          .value = {.kind = TFG_ATTR_SHAPE, .is_list = true, .n = op->n_outputs, .list_shape = shapes}};
    int rc = tfg_attrs_write(&op->attrs, &extra, 5, out, s);
    tfg_free(shapes);
    return rc;
}

int tfg_node_def_write(const TfgOp *op, int flags, TfgStr *out, TfgStatus *s)
{
    tfg_put_text_unless_empty(out, 1, op->name);
    tfg_put_text_unless_empty(out, 2, op->def->name);
    for (int32_t i = 0; i < op->n_inputs; i++)
        write_input(op->inputs[i], out);
    if (write_controls(op, flags & TFG_NODE_DEF_SORT_CONTROLS, out, s) < 0)
        return -1;
    tfg_put_text_unless_empty(out, 4, op->device);
    if (write_attrs(op, flags & TFG_NODE_DEF_ADD_SHAPES, out, s) < 0)
        return -1;
    return out->failed ? tfg_fail_memory(s) : 0;
}

/* How long a node's body will about be: exact to a few bytes for one with big constants, 0 for the rest. */
static size_t node_expect(const TfgOp *op)
{
    size_t n = 0;
    for (int32_t i = 0; i < op->attrs.n; i++) {
        const TfgAttr *a = &op->attrs.items[i].value;
        if (a->kind == TFG_ATTR_TENSOR && !a->is_list)
            n += tfg_tensor_proto_expect(a->tensor) + 64;
    }
    return n < 4096 ? 128 : n + strlen(op->name);
}

int tfg_function_library_write(const TfgGraph *g, TfgStr *out, TfgStatus *s)
{
    int n = tfg_graph_n_functions(g);
    const void *def;
    size_t size;
    const char *grad;
    for (int i = 0; i < n; i++)
        if (tfg_graph_find_function(g, tfg_graph_function_name(g, i), &def, &size, &grad))
            tfg_put_bytes(out, 1, def, size);
    for (int i = 0; i < n; i++) {
        const char *name = tfg_graph_function_name(g, i);
        if (!tfg_graph_find_function(g, name, &def, &size, &grad) || !grad || !*grad)
            continue;
        size_t mark = tfg_put_begin(out, 2, 0);
        tfg_put_text(out, 1, name);
        tfg_put_text(out, 2, grad);
        tfg_put_end(out, mark);
    }
    return out->failed ? tfg_fail_memory(s) : 0;
}

static int check_size(const TfgStr *out, size_t start, TfgStatus *s)
{
    if (out->failed)
        return tfg_fail_memory(s);
    if (out->n - start > TFG_WIRE_MAX_BYTES)
        return tfg_fail(s, TFG_VALUE_ERROR, "GraphDef cannot be larger than 2GB.");
    return 0;
}

/* What the constants alone come to, counted before anything is written: a graph that is far too large is refused at once. */
static int check_constants(const TfgGraph *g, TfgStatus *s)
{
    size_t left = TFG_WIRE_MAX_BYTES;
    for (int32_t i = 0, n = tfg_graph_n_ops(g); i < n; i++) {
        const TfgAttrs *attrs = &tfg_graph_op(g, i)->attrs;
        for (int32_t k = 0; k < attrs->n; k++) {
            const TfgAttr *a = &attrs->items[k].value;
            size_t least = a->kind == TFG_ATTR_TENSOR && !a->is_list ? tfg_tensor_proto_least(a->tensor, a->n) : 0;
            if (least > left)
                return tfg_fail(s, TFG_VALUE_ERROR, "GraphDef cannot be larger than 2GB.");
            left -= least;
        }
    }
    return 0;
}

int tfg_graph_def_write(const TfgGraph *g, bool add_shapes, TfgStr *out, TfgStatus *s)
{
    int flags = TFG_NODE_DEF_SORT_CONTROLS | (add_shapes ? TFG_NODE_DEF_ADD_SHAPES : 0);
    int32_t n = tfg_graph_n_ops(g);
    size_t start = out->n, mark;
    if (check_constants(g, s) < 0)
        return -1;
    for (int32_t i = 0; i < n; i++) {
        const TfgOp *op = tfg_graph_op(g, i);
        mark = tfg_put_begin(out, 1, node_expect(op));
        if (tfg_node_def_write(op, flags, out, s) < 0)
            return -1;
        tfg_put_end(out, mark);
        if (check_size(out, start, s) < 0)
            return -1;
    }
    if (tfg_graph_n_functions(g) > 0) {
        mark = tfg_put_begin(out, 2, 0);
        if (tfg_function_library_write(g, out, s) < 0)
            return -1;
        tfg_put_end(out, mark);
    }
    mark = tfg_put_begin(out, 4, 0);
    tfg_put_int_unless_zero(out, 1, tfg_graph_producer(g));
    tfg_put_int_unless_zero(out, 2, tfg_graph_min_consumer(g));
    tfg_put_end(out, mark);
    return check_size(out, start, s);
}
