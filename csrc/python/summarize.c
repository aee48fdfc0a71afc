/* summarize_node(bytes) and summarize_attr(bytes): messages in the words in which TensorFlow shows them.  murmur64: a hash of bytes. */
#include "base/fingerprint.h"
#include "base/status.h"
#include "io/attr_value.h"
#include "io/graph_def.h"
#include "python/binding.h"

typedef void (*Summarize)(const void *data, size_t n, TfgArena *arena, TfgStr *text, TfgStatus *s);

static void put_node(const void *data, size_t n, TfgArena *arena, TfgStr *text, TfgStatus *s)
{
    TfgNodeDef node = {0};
    if (tfg_node_def_read(&node, data, n, arena, s) == 0)
        tfg_node_def_summarize(&node, text);
    tfg_attrs_drop_tensors(&node.attrs);
}

static void put_attr(const void *data, size_t n, TfgArena *arena, TfgStr *text, TfgStatus *s)
{
    TfgAttr value = {0};
    if (tfg_attr_read(&value, data, n, arena, s) == 0)
        tfg_attr_format(&value, text);
    tfg_attr_drop_tensors(&value);
}

static PyObject *summarize(Core *core, PyObject *message, Summarize put)
{
    if (!PyBytes_Check(message))
        return PyErr_Format(PyExc_TypeError, "a serialised message is wanted, not %R", message);
    TfgArena arena;
    TfgStr text = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    tfg_arena_init(&arena);
    put(PyBytes_AS_STRING(message), (size_t)PyBytes_GET_SIZE(message), &arena, &text, &s);
    if (text.failed)
        tfg_fail_memory(&s);
    PyObject *result = s.code != TFG_OK ? py_raise_build(core, &s) : PyUnicode_DecodeUTF8(tfg_str_text(&text), (Py_ssize_t)text.n, "replace");
    tfg_str_fini(&text);
    tfg_arena_fini(&arena);
    return result;
}

static PyObject *summarize_node(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return summarize(core, args[0], put_node);
}

static PyObject *summarize_attr(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return summarize(core, args[0], put_attr);
}

static PyObject *murmur64(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    char *data;
    Py_ssize_t n;
    uint64_t seed = PyLong_AsUnsignedLongLongMask(args[1]);
    if (PyErr_Occurred() || PyBytes_AsStringAndSize(args[0], &data, &n) < 0)
        return NULL;
    return PyLong_FromUnsignedLongLong(tfg_murmur64(data, (size_t)n, seed));
}

static const PyRow rows[] = {
    {"murmur64", "(data, seed)", murmur64, "MurmurHash64A of bytes.", 0},
    {"summarize_node", "(node_def)", summarize_node, "A serialised NodeDef as \"{{node a}} = Add[T=DT_FLOAT](x, y:1)\".", 0},
    {"summarize_attr", "(attr_value)", summarize_attr, "A serialised AttrValue as \"DT_FLOAT\" or \"[1, 2]\".", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_summarize_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
