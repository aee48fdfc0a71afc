/* TfgOpBuilder: tfg_graph_add_op for callers of the public API.  What goes wrong is kept until finish, and a builder
 * that could not be begun takes everything and gives nothing: a caller may check once, at the end. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

struct TfgOpBuilder {
    TfgGraph *graph;
    const TfgOpDef *def;
    const char *name, *device;
    TfgOutput *inputs;
    size_t n_inputs, inputs_capacity;
    TfgOp **controls;
    size_t n_controls, controls_capacity;
    TfgNamedAttr *attrs;
    size_t n_attrs, attrs_capacity;
    TfgArena arena;
    TfgStatus status;
};

TfgOpBuilder *tfg_op_begin(TfgGraph *g, const char *type, const char *name, TfgStatus *s)
{
    const TfgOpDef *def = tfg_load_op_def(type, s);
    TfgOpBuilder *b = def ? tfg_calloc(1, sizeof *b) : NULL;
    if (!b) {
        if (def)
            tfg_fail_memory(s);
        return NULL;
    }
    tfg_arena_init(&b->arena);
    b->graph = g;
    b->def = def;
    if (name && !(b->name = tfg_arena_strdup(&b->arena, name)))
        tfg_fail_memory(&b->status);
    return b;
}

void tfg_op_add_input(TfgOpBuilder *b, TfgOutput in)
{
    tfg_op_add_input_list(b, &in, 1);
}

void tfg_op_add_input_list(TfgOpBuilder *b, const TfgOutput *in, int n)
{
    if (!b)
        return;
    if (tfg_grow((void **)&b->inputs, &b->inputs_capacity, b->n_inputs + (size_t)n, sizeof *b->inputs) < 0) {
        tfg_fail_memory(&b->status);
        return;
    }
    for (int i = 0; i < n; i++)
        b->inputs[b->n_inputs++] = in[i];
}

void tfg_op_add_control_input(TfgOpBuilder *b, TfgOp *op)
{
    if (!b)
        return;
    if (tfg_grow((void **)&b->controls, &b->controls_capacity, b->n_controls + 1, sizeof *b->controls) < 0)
        tfg_fail_memory(&b->status);
    else
        b->controls[b->n_controls++] = op;
}

void tfg_op_set_device(TfgOpBuilder *b, const char *device)
{
    if (b && !(b->device = tfg_arena_strdup(&b->arena, device)))
        tfg_fail_memory(&b->status);
}

/* A copy of the value; the last one of a name counts. */
static void set_attr(TfgOpBuilder *b, const char *name, TfgAttr value)
{
    TfgAttr copy;
    if (!b)
        return;
    const char *kept = tfg_arena_strdup(&b->arena, name);
    if (!kept || tfg_grow((void **)&b->attrs, &b->attrs_capacity, b->n_attrs + 1, sizeof *b->attrs) < 0 ||
        tfg_attr_copy(&copy, &value, &b->arena) < 0)
        tfg_fail_memory(&b->status);
    else
        b->attrs[b->n_attrs++] = (TfgNamedAttr){kept, copy};
}

void tfg_op_set_attr_int(TfgOpBuilder *b, const char *name, int64_t value) { set_attr(b, name, TFG_A_INT(value)); }
void tfg_op_set_attr_float(TfgOpBuilder *b, const char *name, float value) { set_attr(b, name, TFG_A_FLOAT(value)); }
void tfg_op_set_attr_bool(TfgOpBuilder *b, const char *name, bool value) { set_attr(b, name, TFG_A_BOOL(value)); }
void tfg_op_set_attr_type(TfgOpBuilder *b, const char *name, TfgDType value) { set_attr(b, name, TFG_A_TYPE(value)); }
void tfg_op_set_attr_tensor(TfgOpBuilder *b, const char *name, TfgTensor *value) { set_attr(b, name, TFG_A_TENSOR(value)); }

void tfg_op_set_attr_string(TfgOpBuilder *b, const char *name, const char *value, size_t n)
{
    set_attr(b, name, (TfgAttr){.kind = TFG_ATTR_STRING, .s = {value, n}});
}

void tfg_op_set_attr_shape(TfgOpBuilder *b, const char *name, const TfgShape *value)
{
    if (!b)
        return;
    const TfgDims *dims = tfg_dims_new(&b->arena, value);
    if (!dims && value->rank >= 0)
        tfg_fail_memory(&b->status);
    else
        set_attr(b, name, TFG_A_SHAPE(dims));
}

void tfg_op_set_attr_int_list(TfgOpBuilder *b, const char *name, const int64_t *values, int n)
{
    set_attr(b, name, (TfgAttr){.kind = TFG_ATTR_INT, .is_list = true, .n = n, .list_i = values});
}

void tfg_op_set_attr_type_list(TfgOpBuilder *b, const char *name, const TfgDType *values, int n)
{
    set_attr(b, name, (TfgAttr){.kind = TFG_ATTR_TYPE, .is_list = true, .n = n, .list_type = values});
}

static void free_builder(TfgOpBuilder *b)
{
    for (size_t i = 0; i < b->n_attrs; i++)
        tfg_attr_drop_tensors(&b->attrs[i].value);
    tfg_free(b->inputs);
    tfg_free(b->controls);
    tfg_free(b->attrs);
    tfg_arena_fini(&b->arena);
    tfg_status_fini(&b->status);
    tfg_free(b);
}

TfgOp *tfg_op_finish(TfgOpBuilder *b, TfgStatus *s)
{
    TfgOp *op = NULL;
    if (!b)
        return NULL;
    if (b->status.code == TFG_OK) {
        TfgOpSpec spec = {
            .def = b->def, .name = b->name, .inputs = b->inputs, .n_inputs = (int)b->n_inputs, .controls = b->controls,
            .n_controls = (int)b->n_controls, .attrs = b->attrs, .n_attrs = (int)b->n_attrs, .device = b->device,
        };
        op = tfg_graph_add_op(b->graph, &spec, s);
    } else {
        tfg_status_move(s, &b->status);
    }
    free_builder(b);
    return op;
}
