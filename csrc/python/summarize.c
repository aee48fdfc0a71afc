/* summarize_node(bytes) and summarize_attr(bytes): messages in the words in which TensorFlow shows them. */
#include "base/status.h"
#include "io/attr_value.h"
#include "io/graph_def.h"
#include "python/binding.h"

static PyObject *summary(Core *core, TfgStr *text, TfgArena *arena, TfgStatus *s)
{
    PyObject *result = s->code != TFG_OK ? py_raise_build(core, s) : PyUnicode_DecodeUTF8(tfg_str_text(text), (Py_ssize_t)text->n, "replace");
    tfg_str_fini(text);
    tfg_arena_fini(arena);
    return result;
}

static bool bytes_of(PyObject *o, const void **data, size_t *n)
{
    if (!PyBytes_Check(o)) {
        PyErr_Format(PyExc_TypeError, "a serialised message is wanted, not %R", o);
        return false;
    }
    *data = PyBytes_AS_STRING(o);
    *n = (size_t)PyBytes_GET_SIZE(o);
    return true;
}

static PyObject *summarize_node(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const void *data;
    size_t n;
    if (!bytes_of(args[0], &data, &n))
        return NULL;
    TfgArena arena;
    tfg_arena_init(&arena);
    TfgStr text = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    TfgNodeDef node = {0};
    if (tfg_node_def_read(&node, data, n, &arena, &s) == 0)
        tfg_node_def_summarize(&node, &text);
    tfg_attrs_drop_tensors(&node.attrs);
    if (text.failed)
        tfg_fail_memory(&s);
    return summary(core, &text, &arena, &s);
}

static PyObject *summarize_attr(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const void *data;
    size_t n;
    if (!bytes_of(args[0], &data, &n))
        return NULL;
    TfgArena arena;
    tfg_arena_init(&arena);
    TfgStr text = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    TfgAttr value = {0};
    if (tfg_attr_read(&value, data, n, &arena, &s) == 0)
        tfg_attr_format(&value, &text);
    tfg_attr_drop_tensors(&value);
    if (text.failed)
        tfg_fail_memory(&s);
    return summary(core, &text, &arena, &s);
}

static const PyRow rows[] = {
    {"summarize_node", "(node_def)", summarize_node, "A serialised NodeDef as \"{{node a}} = Add[T=DT_FLOAT](x, y:1)\".", 0},
    {"summarize_attr", "(attr_value)", summarize_attr, "A serialised AttrValue as \"DT_FLOAT\" or \"[1, 2]\".", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_summarize_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
