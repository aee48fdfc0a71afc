/* Short ways to build graphs in tests. */
#ifndef TFG_GRAPH_TEST_H
#define TFG_GRAPH_TEST_H

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph.h"
#include "test.h"

static inline TfgOutput out(TfgOp *op, int i) { return (TfgOutput){op, i}; }

static inline TfgOutput float_const(TfgGraph *g, const char *name, float v, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new_scalar(TFG_FLOAT, &v, s);
    TfgOutput o = t ? tfg_graph_constant(g, t, name, s) : (TfgOutput){NULL, 0};
    tfg_tensor_unref(t);
    return o;
}

static inline TfgOutput int_const(TfgGraph *g, const char *name, int rank, const int32_t *values, int64_t n, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_INT32, rank, &n, s);
    if (!t)
        return (TfgOutput){NULL, 0};
    memcpy(tfg_tensor_data(t), values, (size_t)(rank ? n : 1) * sizeof *values);
    TfgOutput o = tfg_graph_constant(g, t, name, s);
    tfg_tensor_unref(t);
    return o;
}

/* shape: "" unknown, else sizes with -1 unknown, ended by -2. */
static inline TfgOutput placeholder(TfgGraph *g, const char *name, TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgArena arena;
    TfgShape shape;
    tfg_arena_init(&arena);
    tfg_shape_set(&shape, rank, dims);
    TfgNamedAttr attrs[] = {{"dtype", TFG_A_TYPE(dtype)}, {"shape", TFG_A_SHAPE(tfg_dims_new(&arena, &shape))}};
    TfgOp *op = tfg_graph_make(g, "Placeholder", name, NULL, 0, attrs, 2, s);
    tfg_arena_fini(&arena);
    return out(op, 0);
}

static inline TfgOp *make1(TfgGraph *g, const char *type, const char *name, TfgOutput a, TfgStatus *s)
{
    return tfg_graph_make(g, type, name, &a, 1, NULL, 0, s);
}

static inline TfgOp *make2(TfgGraph *g, const char *type, const char *name, TfgOutput a, TfgOutput b, TfgStatus *s)
{
    TfgOutput in[2] = {a, b};
    return tfg_graph_make(g, type, name, in, 2, NULL, 0, s);
}

static inline TfgOutput ref_variable(TfgGraph *g, const char *name, TfgStatus *s)
{
    static const TfgDims scalar = {.rank = 0};
    TfgNamedAttr attrs[] = {{"dtype", TFG_A_TYPE(TFG_FLOAT)}, {"shape", TFG_A_SHAPE(&scalar)}};
    return out(tfg_graph_make(g, "VariableV2", name, NULL, 0, attrs, 2, s), 0);
}

/* "name Type in0,in1:1,^control /device class", the lines of all ops. */
static inline char *graph_text(TfgGraph *g)
{
    TfgStr text = TFG_STR_INIT;
    for (int32_t i = 0; i < tfg_graph_n_ops(g); i++) {
        TfgOp *op = tfg_graph_op(g, i);
        tfg_str_printf(&text, "%s %s", op->name, op->def->name);
        for (int k = 0; k < op->n_inputs; k++) {
            tfg_str_printf(&text, "%s%s", k ? "," : " ", op->inputs[k].op->name);
            if (op->inputs[k].index)
                tfg_str_printf(&text, ":%d", op->inputs[k].index);
        }
        for (int k = 0; k < op->n_controls; k++)
            tfg_str_printf(&text, "%s^%s", k || op->n_inputs ? "," : " ", op->controls[k]->name);
        if (*op->device)
            tfg_str_printf(&text, " %s", op->device);
        const TfgAttr *class = tfg_attrs_find(&op->attrs, "_class");
        for (int k = 0; class && k < class->n; k++)
            tfg_str_printf(&text, " %.*s", (int)class->list_s[k].n, class->list_s[k].data);
        tfg_str_putc(&text, '\n');
    }
    char *result = tfg_strdup(tfg_str_text(&text));
    tfg_str_fini(&text);
    return result;
}

#define CHECK_GRAPH(g, wanted)                  \
    do {                                        \
        char *text_ = graph_text(g);            \
        CHECK_STREQ(text_, wanted);             \
        tfg_free(text_);                        \
        TfgStatus check_ = TFG_STATUS_INIT;     \
        CHECK_OK(tfg_graph_check(g, &check_) == 0, check_); \
    } while (0)

#define CHECK_FAILS(call, s, wanted_code, wanted_message)   \
    do {                                                    \
        CHECK(!(call));                                     \
        CHECK_STREQ((s).message, wanted_message);           \
        CHECK_EQ_INT((s).code, wanted_code);                \
        tfg_status_fini(&(s));                              \
    } while (0)

#endif
