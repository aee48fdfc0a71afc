/* Graph as a GraphDef, and the library of functions that goes with it. */
#include "io/function_body.h"
#include "io/graph_def.h"
#include "python/binding.h"

static PyGraph *self_graph(PyObject *self) { return (PyGraph *)self; }

static PyObject *graph_as_graph_def(Core *core, PyObject *self, PyObject **args);

static PyObject *graph_as_graph_def_and_version(Core *core, PyObject *self, PyObject **args)
{
    int32_t version = tfg_graph_version(self_graph(self)->graph);
    PyObject *def = graph_as_graph_def(core, self, args);
    return def ? Py_BuildValue("Ni", def, (int)version) : NULL;
}

/* Drops the nodes that were there at version `from`.  A GraphDef's nodes are field 1. */
static PyObject *nodes_since(PyGraph *g, PyObject *def, long from)
{
    Py_ssize_t n = 0;
    for (int32_t i = 0; i < tfg_graph_n_ops(g->graph) && tfg_graph_op(g->graph, i)->id <= from; i++)
        n++;
    PyObject *node = PyObject_GetAttrString(def, "node");
    if (!node || PySequence_DelSlice(node, 0, n) < 0)
        Py_CLEAR(def);
    Py_XDECREF(node);
    return def;
}

static PyObject *graph_as_graph_def(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = self_graph(self);
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr bytes = TFG_STR_INIT;
    PyObject *def = NULL;
    long from = args[0] && args[0] != Py_None ? PyLong_AsLong(args[0]) : 0;
    if (from == -1 && PyErr_Occurred())
        return NULL;
    py_graph_lock(g);
    int rc = tfg_graph_def_write(g->graph, args[1] && PyObject_IsTrue(args[1]) == 1, &bytes, &s);
    py_graph_unlock(g);
    if (rc < 0)
        py_raise_build(core, &s);
    else
        def = py_message(core, "tensorflow.GraphDef", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    return def && from > 0 ? nodes_since(g, def, from) : def;
}

/* The functions of the graph, for the Python layer that makes them: FunctionDef's bytes go to the C graph's library. */
static PyObject *graph_add_function_def(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = self_graph(self);
    const char *name = PyUnicode_AsUTF8(args[0]), *grad = NULL, *label = NULL;
    char *data;
    Py_ssize_t n;
    if (!name || PyBytes_AsStringAndSize(args[1], &data, &n) < 0)
        return NULL;
    if (args[2] && args[2] != Py_None && !(grad = PyUnicode_AsUTF8(args[2])))
        return NULL;
    if (args[3] && args[3] != Py_None && !(label = PyUnicode_AsUTF8(args[3])))
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    int rc = tfg_graph_add_function(g->graph, name, data, (size_t)n, grad, &s);
    if (rc == 0 && label)
        rc = tfg_graph_set_function_gradient(g->graph, name, label, &s);
    py_graph_unlock(g);
    return rc < 0 ? py_raise_run(core, g, &s) : Py_NewRef(Py_None);
}

/* The Python layer knows what a function is. */
static PyObject *call_function_module(const char *name, PyObject *self, PyObject *arg)
{
    PyObject *module = PyImport_ImportModule("pytfgraph.framework.function");
    PyObject *result = module ? PyObject_CallMethod(module, name, "OO", self, arg) : NULL;
    Py_XDECREF(module);
    return result;
}

static PyObject *graph_add_function(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return call_function_module("_add_function", self, args[0]);
}

static PyObject *graph_get_function(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return call_function_module("_get_function", self, args[0]);
}

/* The bytes of a FunctionDef and the name of the gradient function; None where there is no such function. */
static PyObject *graph_function_def(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    const char *name = PyUnicode_AsUTF8(args[0]), *grad = NULL;
    const void *def;
    size_t n;
    if (!name)
        return NULL;
    py_graph_lock(self_graph(self));
    bool found = tfg_graph_find_function(self_graph(self)->graph, name, &def, &n, &grad);
    py_graph_unlock(self_graph(self));
    return found ? Py_BuildValue("(y#z)", def, (Py_ssize_t)n, grad) : Py_NewRef(Py_None);
}

static PyObject *graph_is_function(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    const char *name = PyUnicode_Check(args[0]) ? PyUnicode_AsUTF8(args[0]) : PyBytes_Check(args[0]) ? PyBytes_AS_STRING(args[0]) : NULL;
    const void *def;
    size_t n;
    const char *grad;
    if (!name)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_False);
    py_graph_lock(self_graph(self));
    bool found = tfg_graph_find_function(self_graph(self)->graph, name, &def, &n, &grad);
    py_graph_unlock(self_graph(self));
    return PyBool_FromLong(found);
}

const PyRow py_graph_def_rows[] = {
    {"as_graph_def", "(self, from_version=None, add_shapes=False)", graph_as_graph_def, "A GraphDef of the graph.", 0},
    {"_as_graph_def", "(self, from_version=None, add_shapes=False)", graph_as_graph_def_and_version, NULL, 0},
    {"_add_function", "(self, function)", graph_add_function, NULL, 0},
    {"_get_function", "(self, name)", graph_get_function, NULL, 0},
    {"_function_def", "(self, name)", graph_function_def, NULL, 0},
    {"_add_function_def", "(self, name, definition, grad_func_name=None, gradient_label=None)", graph_add_function_def, NULL, 0},
    {"_is_function", "(self, name)", graph_is_function, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
