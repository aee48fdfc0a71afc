/* Graph, its elements: tensors and operations by name, or by what stands for them. */
#include "python/binding.h"

static PyGraph *self_graph(PyObject *self) { return (PyGraph *)self; }

/* The tensor that "op:0" names.  New reference. */
static PyObject *element_tensor(PyGraph *g, const char *name, PyObject *text)
{
    const char *colon = strchr(name, ':');
    char *end = NULL;
    long index = strtol(colon + 1, &end, 10);
    if (strchr(colon + 1, ':') || end == colon + 1 || *end)
        return PyErr_Format(PyExc_ValueError, "The name %R looks a like a Tensor name, but is not a valid one. Tensor names must be of "
                                              "the form \"<op_name>:<output_index>\".", text);
    PyObject *op_text = PyUnicode_FromStringAndSize(name, colon - name);
    if (!op_text)
        return NULL;
    PyObject *result = NULL;
    TfgOp *op = py_find_op(g, PyUnicode_AsUTF8(op_text));
    if (!op)
        PyErr_Format(PyExc_KeyError, "The name %R refers to a Tensor which does not exist. The operation, %R, does not exist in the "
                                     "graph.", text, op_text);
    else {
        if (index < 0)
            index += op->n_outputs;
        if (index < 0 || index >= op->n_outputs)
            PyErr_Format(PyExc_KeyError, "The name %R refers to a Tensor which does not exist. The operation, %R, exists but only has "
                                         "%d outputs.", text, op_text, (int)op->n_outputs);
        else
            result = py_wrap_output(g, (TfgOutput){op, (int)index});
    }
    Py_DECREF(op_text);
    return result;
}

static const char *types_text(bool allow_tensor, bool allow_operation)
{
    return allow_tensor && allow_operation ? "Tensor or Operation" : allow_tensor ? "Tensor" : "Operation";
}

static PyObject *element_by_name(PyGraph *g, PyObject *text, bool allow_tensor, bool allow_operation)
{
    const char *name = PyUnicode_AsUTF8(text);
    if (!name)
        return NULL;
    bool is_tensor = strchr(name, ':') != NULL;
    if (is_tensor)
        return allow_tensor ? element_tensor(g, name, text)
                            : PyErr_Format(PyExc_ValueError, "Name %R appears to refer to a Tensor, not a %s.", text,
                                           types_text(allow_tensor, allow_operation));
    TfgOp *op = py_find_op(g, name);
    if (!allow_operation)
        return PyErr_Format(PyExc_ValueError, "The name %R %s, not a %s. Tensor names must be of the form \"<op_name>:<output_index>\".",
                            text, op ? "refers to an Operation" : "looks like an (invalid) Operation name",
                            types_text(allow_tensor, allow_operation));
    if (!op)
        return PyErr_Format(PyExc_KeyError, "The name %R refers to an Operation not in the graph.", text);
    return py_wrap_op(g, op);
}

static PyObject *element_of_object(PyGraph *g, PyObject *obj, bool allow_tensor, bool allow_operation)
{
    Core *core = g->core;
    if (PyUnicode_Check(obj))
        return element_by_name(g, obj, allow_tensor, allow_operation);
    if (PyBytes_Check(obj)) {
        PyObject *text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(obj), PyBytes_GET_SIZE(obj), NULL);
        PyObject *found = text ? element_by_name(g, text, allow_tensor, allow_operation) : NULL;
        Py_XDECREF(text);
        return found;
    }
    if (allow_tensor && py_is_tensor(core, obj))
        return ((PyTensor *)obj)->graph == g ? Py_NewRef(obj)
                                             : PyErr_Format(PyExc_ValueError, "Tensor %S is not an element of this graph.", obj);
    if (allow_operation && py_is_operation(core, obj))
        return ((PyOperation *)obj)->graph == g ? Py_NewRef(obj)
                                                : PyErr_Format(PyExc_ValueError, "Operation %S is not an element of this graph.", obj);
    const char *type = strrchr(Py_TYPE(obj)->tp_name, '.');
    return PyErr_Format(PyExc_TypeError, "Can not convert a %s into a %s.", type ? type + 1 : Py_TYPE(obj)->tp_name,
                        types_text(allow_tensor, allow_operation));
}

PyObject *py_graph_element(PyGraph *g, PyObject *obj, bool allow_tensor, bool allow_operation)
{
    Core *core = g->core;
    if (Py_IS_TYPE(obj, core->tensor_type) || Py_IS_TYPE(obj, core->operation_type) || PyUnicode_CheckExact(obj))
        return element_of_object(g, obj, allow_tensor, allow_operation);
    PyObject *method = PyObject_GetAttr(obj, PY_STR(core, _as_graph_element)), *element = NULL;
    if (!method)
        PyErr_Clear();
    else if (PyCallable_Check(method)) {
        element = PyObject_CallNoArgs(method);
        if (!element) {
            Py_DECREF(method);
            return NULL;
        }
    }
    Py_XDECREF(method);
    PyObject *found = element_of_object(g, element && element != Py_None ? element : obj, allow_tensor, allow_operation);
    Py_XDECREF(element);
    return found;
}

static bool flag(PyObject *value, bool missing)
{
    return value ? PyObject_IsTrue(value) == 1 : missing;
}

static PyObject *graph_as_graph_element(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    bool allow_tensor = flag(args[1], true), allow_operation = flag(args[2], true);
    if (!allow_tensor && !allow_operation) {
        PyErr_SetString(PyExc_ValueError, "allow_tensor and allow_operation can't both be False.");
        return NULL;
    }
    return py_graph_element(self_graph(self), args[0], allow_tensor, allow_operation);
}

static PyObject *graph_get_tensor_by_name(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    if (!PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "Tensor names are strings (or similar), not %s.", Py_TYPE(args[0])->tp_name);
    return py_graph_element(self_graph(self), args[0], true, false);
}

static PyObject *graph_get_operation_by_name(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    if (!PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "Operation names are strings (or similar), not %s.", Py_TYPE(args[0])->tp_name);
    return py_graph_element(self_graph(self), args[0], false, true);
}

static PyObject *graph_get_operation_by_name_unsafe(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    const char *name = PyUnicode_AsUTF8(args[0]);
    TfgOp *op = name ? py_find_op(self_graph(self), name) : NULL;
    if (name && !op)
        PyErr_SetObject(PyExc_KeyError, args[0]);
    return op ? py_wrap_op(self_graph(self), op) : NULL;
}

static PyObject *graph_get_operations(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyGraph *g = self_graph(self);
    int32_t n = tfg_graph_n_ops(g->graph);
    PyObject *list = PyList_New(n);
    for (int32_t i = 0; list && i < n; i++) {
        PyObject *op = py_wrap_op(g, tfg_graph_op(g->graph, i));
        if (op)
            PyList_SET_ITEM(list, i, op);
        else
            Py_CLEAR(list);
    }
    return list;
}

const PyRow py_graph_element_rows[] = {
    {"as_graph_element", "(self, obj, allow_tensor=True, allow_operation=True)", graph_as_graph_element,
     "The Tensor or Operation of this graph that `obj` names or stands for.", 0},
    {"_as_graph_element_locked", "(self, obj, allow_tensor=True, allow_operation=True)", graph_as_graph_element, NULL, 0},
    {"get_tensor_by_name", "(self, name)", graph_get_tensor_by_name, "The tensor of that name.", 0},
    {"get_operation_by_name", "(self, name)", graph_get_operation_by_name, "The operation of that name.", 0},
    {"_get_operation_by_name_unsafe", "(self, name)", graph_get_operation_by_name_unsafe, NULL, 0},
    {"get_operations", "(self)", graph_get_operations, "All operations, in the order in which they were made.", 0},
    {NULL, NULL, NULL, NULL, 0},
};
