/* tf.name_scope: a context for functions that make operations. */
#include "python/scope.h"

typedef struct PyNameScope {
    PyObject_HEAD
    Core *core;
    PyObject *name, *default_name, *values, *dict;
    PyGraph *graph;             /* while entered */
    const char *saved;
    bool has_name;
} PyNameScope;

static PyObject *name_scope_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"name", "default_name", "values", NULL};
    PyObject *name, *default_name = Py_None, *values = Py_None, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "O|OO:name_scope", (char **)(uintptr_t)names, &name, &default_name, &values))
        return NULL;
    PyNameScope *s = (PyNameScope *)type->tp_alloc(type, 0);
    if (!s)
        return NULL;
    s->core = PyModule_GetState(module);
    s->name = Py_NewRef(name == Py_None ? default_name : name);
    s->default_name = Py_NewRef(default_name);
    s->values = Py_NewRef(values);
    return (PyObject *)s;
}

static int name_scope_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyNameScope *s = (PyNameScope *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(s->values);
    Py_VISIT(s->graph);
    Py_VISIT(s->dict);
    return 0;
}

static int name_scope_clear(PyObject *self)
{
    PyNameScope *s = (PyNameScope *)self;
    Py_CLEAR(s->values);
    Py_CLEAR(s->dict);
    return 0;
}

static int name_scope_leave(PyNameScope *s);

static void name_scope_dealloc(PyObject *self)
{
    PyNameScope *s = (PyNameScope *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (s->graph) {
        PyObject *error, *value, *traceback;
        PyErr_Fetch(&error, &value, &traceback);
        if (name_scope_leave(s) < 0)
            PyErr_WriteUnraisable(NULL);
        PyErr_Restore(error, value, traceback);
    }
    name_scope_clear(self);
    Py_XDECREF(s->name);
    Py_XDECREF(s->default_name);
    Py_XDECREF(s->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *name_scope_enter(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyNameScope *s = (PyNameScope *)self;
    if (s->name == Py_None && s->values != Py_None)
        return PyErr_Format(PyExc_ValueError, "At least one of name (%S) and default_name (%S) must be provided.", s->name,
                            s->default_name);
    PyObject *values = s->values == Py_None ? PyTuple_New(0) : PySequence_Tuple(s->values), *result = NULL;
    if (!values)
        return NULL;
    PyGraph *g = py_graph_from_inputs(core, &PyTuple_GET_ITEM(values, 0), PyTuple_GET_SIZE(values), false);
    if (g && py_push_graph(core, g) == 0) {
        result = py_enter_name(g, s->name, &s->saved);
        if (result)
            Py_XSETREF(s->graph, (PyGraph *)Py_NewRef((PyObject *)g));
        else {
            PyObject *type, *value, *traceback;
            PyErr_Fetch(&type, &value, &traceback);
            py_pop_graph(core, g);
            PyErr_Restore(type, value, traceback);
        }
    }
    Py_DECREF(values);
    return result;
}

static int name_scope_leave(PyNameScope *s)
{
    PyGraph *g = s->graph;
    s->graph = NULL;
    py_leave_scope(g, s->saved);
    int rc = py_pop_graph(s->core, g);
    Py_DECREF(g);
    return rc;
}

static PyObject *name_scope_exit(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyNameScope *s = (PyNameScope *)self;
    if (!s->graph)
        return PyErr_Format(PyExc_RuntimeError, "name scope left that was not entered");
    if (name_scope_leave(s) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

static PyObject *name_scope_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(((PyNameScope *)self)->name);
}

static const PyRow name_scope_rows[] = {
    {"__enter__", "(self)", name_scope_enter, NULL, 0},
    {"__exit__", "(self, type_arg=None, value_arg=None, traceback_arg=None)", name_scope_exit, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyGetSetDef name_scope_getset[] = {
    {"name", name_scope_get_name, NULL, "The name given, or the default.", NULL},
    {"_name", name_scope_get_name, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const PyMemberDef name_scope_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyNameScope, dict), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot name_scope_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)name_scope_new},
    {Py_tp_dealloc, (void *)(uintptr_t)name_scope_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)name_scope_traverse},
    {Py_tp_clear, (void *)(uintptr_t)name_scope_clear},
    {Py_tp_getset, (void *)(uintptr_t)name_scope_getset},
    {Py_tp_members, (void *)(uintptr_t)name_scope_members},
    {Py_tp_doc, (void *)(uintptr_t)"name_scope(name, default_name=None, values=None)\n--\n\n"
                                   "A context for a function that makes operations: checks that `values` are of one graph, makes it the "
                                   "default, and enters a name scope."},
    {0, NULL},
};

static const PyType_Spec name_scope_spec = {
    .name = "tensorflow.python.framework.ops.name_scope",
    .basicsize = sizeof(PyNameScope),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)name_scope_slots,
};

int py_name_scope_init(Core *core)
{
    if (py_make_type(core, &name_scope_spec, NULL, NULL, &core->name_scope_type) < 0)
        return -1;
    return py_add_methods(core, core->name_scope_type, name_scope_rows);
}
