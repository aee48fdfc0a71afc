/* The context managers of a graph: name scopes, devices, control dependencies, colocation, containers, attributes, overrides.  What
 * they do happens when they are entered, as with the generators TensorFlow makes them from. */
#include "python/scope.h"

PyScope *py_scope_new(PyGraph *g, ScopeKind kind, PyObject *value)
{
    PyScope *s = PyObject_GC_New(PyScope, kind == SCOPE_CONTROLS ? g->core->controls_type : g->core->scope_type);
    if (!s)
        return NULL;
    s->graph = (PyGraph *)Py_NewRef((PyObject *)g);
    s->kind = kind;
    s->value = Py_XNewRef(value);
    s->saved_object = NULL;
    s->saved = NULL;
    s->ops = NULL;
    s->control_scope = NULL;
    s->n_ops = s->depth = 0;
    s->clear = false;
    PyObject_GC_Track((PyObject *)s);
    return s;
}

static int scope_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyScope *s = (PyScope *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(s->graph);
    Py_VISIT(s->value);
    Py_VISIT(s->saved_object);
    return 0;
}

static int scope_clear(PyObject *self)
{
    PyScope *s = (PyScope *)self;
    Py_CLEAR(s->value);
    Py_CLEAR(s->saved_object);
    return 0;
}

static void leave_graph_scope(PyScope *s);
static int leave_python_scope(PyScope *s);

/* A scope that was entered and that nobody keeps ends here, as the generators do that TensorFlow makes scopes of. */
static void leave_forgotten(PyScope *s)
{
    if (!s->depth || s->kind == SCOPE_CONTROLS)
        return;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    py_graph_lock(s->graph);
    leave_graph_scope(s);
    py_graph_unlock(s->graph);
    if (leave_python_scope(s) < 0)
        PyErr_WriteUnraisable(NULL);
    PyErr_Restore(type, value, traceback);
}

static void scope_dealloc(PyObject *self)
{
    PyScope *s = (PyScope *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    leave_forgotten(s);
    scope_clear(self);
    PyMem_Free(s->ops);
    Py_DECREF(s->graph);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* ---- entering ---- */

/* [A-Za-z0-9.][A-Za-z0-9_.\-/]*, without the first letter's rule inside another scope. */
static bool valid_scope(const char *name, bool inside)
{
    for (const char *p = name; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '.';
        bool later = *p == '_' || *p == '-' || *p == '/';
        if (!plain && (!later || (p == name && !inside)))
            return false;
    }
    return true;
}

/* The scope's name with its "/", new; *saved goes to leaving. */
PyObject *py_enter_name(PyGraph *g, PyObject *value, const char **saved)
{
    const char *name = NULL;
    Py_ssize_t n = 0;
    PyObject *holder = NULL;
    if (value && value != Py_None) {
        if (PyUnicode_Check(value) || PyBytes_Check(value)) {
            if (py_as_bytes(value, &name, &n, &holder) < 0)
                return NULL;
        } else {
            int yes = PyObject_IsTrue(value);
            if (yes < 0 || yes > 0)
                return yes < 0 ? NULL : PyErr_Format(PyExc_TypeError, "expected string or bytes-like object");
        }
    }
    PyObject *result = NULL;
    if (name && n && !valid_scope(name, *tfg_graph_name_scope(g->graph) != '\0'))
        PyErr_Format(PyExc_ValueError, "'%s' is not a valid scope name", name);
    else {
        const char *scope = py_enter_scope(g, name, saved);
        result = scope ? PyUnicode_FromString(scope) : NULL;
    }
    Py_XDECREF(holder);
    return result;
}

/* Text, a DeviceSpec, a function of the operation, or None. */
static int enter_device(PyScope *s, TfgStatus *status)
{
    PyObject *value = s->value;
    TfgGraph *g = s->graph->graph;
    if (!value || value == Py_None)
        return tfg_graph_enter_device(g, NULL, NULL, true, status);
    if (!PyUnicode_Check(value) && !PyBytes_Check(value) && PyCallable_Check(value))
        return tfg_graph_enter_device(g, NULL, value, false, status);
    PyObject *text = PyUnicode_Check(value) || PyBytes_Check(value) ? Py_NewRef(value) : PyObject_CallMethod(value, "to_string", NULL);
    const char *data;
    Py_ssize_t n;
    PyObject *holder = NULL;
    int rc = text && py_as_bytes(text, &data, &n, &holder) == 0 ? tfg_graph_enter_device(g, data, NULL, false, status)
                                                                : py_status_from_exception(status);
    Py_XDECREF(holder);
    Py_XDECREF(text);
    return rc;
}

/* {type: text} as two arrays; strings live in the dict's keys and values. */
static int enter_map(PyScope *s, TfgStatus *status)
{
    Py_ssize_t n = PyDict_GET_SIZE(s->value), pos = 0;
    const char **keys = PyMem_Calloc((size_t)n + 1, sizeof *keys), **values = PyMem_Calloc((size_t)n + 1, sizeof *values);
    int rc = keys && values ? 0 : tfg_fail(status, TFG_RESOURCE_EXHAUSTED, "out of memory"), i = 0;
    PyObject *key, *value;
    while (rc == 0 && i < n && PyDict_Next(s->value, &pos, &key, &value)) {
        keys[i] = PyUnicode_AsUTF8(key);
        values[i] = PyUnicode_AsUTF8(value);
        if (!keys[i] || !values[i])
            rc = py_status_from_exception(status);
        i++;
    }
    if (rc == 0 && s->kind == SCOPE_GRADIENTS)
        rc = tfg_graph_enter_gradient_override(s->graph->graph, keys, values, i, status);
    else if (rc == 0)
        rc = tfg_graph_enter_kernel_label(s->graph->graph, keys, values, i, status);
    PyMem_Free(keys);
    PyMem_Free(values);
    return rc;
}

/* Attributes that are functions of the NodeDef are asked when an op is made from Python (graph.c). */
static int enter_attrs(PyScope *s, TfgStatus *status)
{
    Py_ssize_t n = PyDict_GET_SIZE(s->value), pos = 0;
    TfgNamedAttr *attrs = PyMem_Calloc((size_t)n + 1, sizeof *attrs);
    TfgArena arena;
    tfg_arena_init(&arena);
    int rc = attrs ? 0 : tfg_fail(status, TFG_RESOURCE_EXHAUSTED, "out of memory"), i = 0;
    PyObject *key, *value;
    while (rc == 0 && PyDict_Next(s->value, &pos, &key, &value)) {
        TfgNamedAttr *a = &attrs[i++];
        a->name = PyUnicode_AsUTF8(key);
        a->value.kind = TFG_ATTR_NONE;
        if (a->name && PyCallable_Check(value))
            i--;
        else if (!a->name || (value != Py_None && py_attr_from_message(s->graph->core, value, &arena, &a->value) < 0))
            rc = py_status_from_exception(status);
    }
    if (rc == 0)
        rc = tfg_graph_enter_attrs(s->graph->graph, attrs, i, status);
    for (int j = 0; j < i; j++)
        tfg_attr_drop_tensors(&attrs[j].value);
    tfg_arena_fini(&arena);
    PyMem_Free(attrs);
    return rc;
}

/* The functions of the scope go before those of the scopes around it: (name, function), which graph_build.c asks. */
static int enter_attr_functions(PyScope *s)
{
    PyGraph *g = s->graph;
    PyObject *key, *value, *list = PyList_New(0);
    Py_ssize_t pos = 0;
    while (list && PyDict_Next(s->value, &pos, &key, &value)) {
        PyObject *pair = PyTuple_Pack(2, key, value);
        if (PyCallable_Check(value) && (!pair || PyList_Append(list, pair) < 0))
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    if (list && !PyList_GET_SIZE(list)) {
        Py_DECREF(list);
        return 0;
    }
    PyObject *all = list && g->attr_functions ? PySequence_Concat(list, g->attr_functions) : Py_XNewRef(list);
    Py_XDECREF(list);
    if (!all)
        return -1;
    Py_XSETREF(s->saved_object, g->attr_functions ? Py_NewRef(g->attr_functions) : PyList_New(0));
    Py_XSETREF(g->attr_functions, all);
    return s->saved_object ? 0 : -1;
}

static int enter_container(PyScope *s, TfgStatus *status)
{
    PyGraph *g = s->graph;
    const char *name = PyUnicode_AsUTF8(s->value);
    if (!name || !tfg_graph_set_container(g->graph, name, status))
        return status->code ? -1 : py_status_from_exception(status);
    Py_XSETREF(s->saved_object, g->container ? Py_NewRef(g->container) : PyUnicode_FromString(""));
    Py_XSETREF(g->container, Py_NewRef(s->value));
    return 0;
}

/* The creators of variables are the Python layer's: a list in the graph's dict under this name. */
#define CREATORS "_variable_creator_list"

PyObject *py_variable_creators(PyGraph *g)
{
    PyObject *dict = PyObject_GetAttr((PyObject *)g, PY_STR(g->core, __dict__));
    PyObject *list = dict ? PyDict_GetItemString(dict, CREATORS) : NULL;
    list = list ? PySequence_List(list) : dict ? PyList_New(0) : NULL;
    Py_XDECREF(dict);
    return list;
}

static int set_creators(PyGraph *g, PyObject *list)
{
    return PyObject_SetAttrString((PyObject *)g, CREATORS, list);
}

static int enter_creator(PyScope *s)
{
    PyObject *before = py_variable_creators(s->graph), *now = before ? PySequence_List(before) : NULL;
    int rc = now && PyList_Append(now, s->value) == 0 ? set_creators(s->graph, now) : -1;
    Py_XDECREF(now);
    Py_XSETREF(s->saved_object, before);
    return rc;
}

static int enter_graph_scope(PyScope *s, TfgStatus *status)
{
    TfgGraph *g = s->graph->graph;
    switch (s->kind) {
    case SCOPE_DEVICE: return enter_device(s, status);
    case SCOPE_CONTROLS:
        return s->clear ? tfg_graph_enter_controls(g, NULL, 0, true, status) :
            tfg_graph_enter_controls_again(g, &s->control_scope, s->ops, s->n_ops, status);
    case SCOPE_COLOCATION: return tfg_graph_enter_colocation(g, s->n_ops ? s->ops[0] : NULL, s->clear, status);
    case SCOPE_CONTAINER: return enter_container(s, status);
    case SCOPE_ATTRS: return enter_attrs(s, status);
    case SCOPE_GRADIENTS:
    case SCOPE_KERNELS: return enter_map(s, status);
    default: return 0;
    }
}

static PyObject *scope_enter(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyScope *s = (PyScope *)self;
    PyObject *result = Py_None;
    if (s->kind == SCOPE_NAME) {
        result = py_enter_name(s->graph, s->value, &s->saved);
        if (result)
            s->depth++;
        return result;
    }
    if (s->kind == SCOPE_ORIGINAL_OP) {
        Py_XSETREF(s->saved_object, s->graph->original_op);
        s->graph->original_op = Py_NewRef(s->value);
    } else if (s->kind == SCOPE_CREATOR) {
        if (enter_creator(s) < 0)
            return NULL;
    } else {
        TfgStatus status = TFG_STATUS_INIT;
        py_graph_lock(s->graph);
        int rc = enter_graph_scope(s, &status);
        py_graph_unlock(s->graph);
        if (rc < 0)
            return py_raise_build(core, &status);
        if (s->kind == SCOPE_ATTRS && enter_attr_functions(s) < 0) {
            py_graph_lock(s->graph);
            tfg_graph_leave_attrs(s->graph->graph);
            py_graph_unlock(s->graph);
            return NULL;
        }
        if (s->kind == SCOPE_CONTAINER)
            result = s->value;
    }
    s->depth++;
    return Py_NewRef(result);
}

/* ---- leaving ---- */

static void leave_container(PyScope *s)
{
    TfgStatus status = TFG_STATUS_INIT;
    const char *name = PyUnicode_AsUTF8(s->saved_object);
    tfg_graph_set_container(s->graph->graph, name ? name : "", &status);
    tfg_status_fini(&status);
    Py_XSETREF(s->graph->container, s->saved_object);
    s->saved_object = NULL;
}

static void leave_graph_scope(PyScope *s)
{
    TfgGraph *g = s->graph->graph;
    switch (s->kind) {
    case SCOPE_NAME: tfg_graph_leave_scope(g, s->saved); break;
    case SCOPE_DEVICE: tfg_graph_leave_device(g); break;
    case SCOPE_CONTROLS: tfg_graph_leave_controls(g); break;
    case SCOPE_COLOCATION: tfg_graph_leave_colocation(g); break;
    case SCOPE_CONTAINER: leave_container(s); break;
    case SCOPE_ATTRS: tfg_graph_leave_attrs(g); break;
    case SCOPE_GRADIENTS: tfg_graph_leave_gradient_override(g); break;
    case SCOPE_KERNELS: tfg_graph_leave_kernel_label(g); break;
    case SCOPE_ORIGINAL_OP:
    case SCOPE_CREATOR: break;
    }
}

static int leave_python_scope(PyScope *s)
{
    if (s->kind == SCOPE_ORIGINAL_OP) {
        Py_XSETREF(s->graph->original_op, s->saved_object);
        s->saved_object = NULL;
    }
    if (s->kind == SCOPE_ATTRS && s->saved_object) {
        Py_XSETREF(s->graph->attr_functions, PyList_GET_SIZE(s->saved_object) ? Py_NewRef(s->saved_object) : NULL);
        Py_CLEAR(s->saved_object);
    }
    return s->kind == SCOPE_CREATOR && s->saved_object ? set_creators(s->graph, s->saved_object) : 0;
}

static PyObject *scope_exit(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyScope *s = (PyScope *)self;
    if (!s->depth)
        return PyErr_Format(PyExc_RuntimeError, "scope left that was not entered");
    s->depth--;
    py_graph_lock(s->graph);
    leave_graph_scope(s);
    py_graph_unlock(s->graph);
    if (leave_python_scope(s) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

static PyObject *scope_get_control_inputs(PyObject *self, void *closure)
{
    (void)closure;
    PyScope *s = (PyScope *)self;
    return py_op_list(s->graph, s->ops, s->n_ops);
}

static const PyRow scope_rows[] = {
    {"__enter__", "(self)", scope_enter, NULL, 0},
    {"__exit__", "(self, type=None, value=None, traceback=None)", scope_exit, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyGetSetDef controls_getset[] = {
    {"control_inputs", scope_get_control_inputs, NULL, "The operations that come first.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const PyType_Slot scope_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)scope_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)scope_traverse},
    {Py_tp_clear, (void *)(uintptr_t)scope_clear},
    {0, NULL},
};

static const PyType_Slot controls_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)scope_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)scope_traverse},
    {Py_tp_clear, (void *)(uintptr_t)scope_clear},
    {Py_tp_getset, (void *)(uintptr_t)controls_getset},
    {0, NULL},
};

static const PyType_Spec scope_spec = {
    .name = "pytfgraph._core._Scope",
    .basicsize = sizeof(PyScope),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)scope_slots,
};

static const PyType_Spec controls_spec = {
    .name = "tensorflow.python.framework.ops._ControlDependenciesController",
    .basicsize = sizeof(PyScope),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)controls_slots,
};

int py_scope_init(Core *core)
{
    if (py_make_type(core, &scope_spec, NULL, NULL, &core->scope_type) < 0 ||
        py_make_type(core, &controls_spec, NULL, NULL, &core->controls_type) < 0)
        return -1;
    return py_add_methods(core, core->scope_type, scope_rows) < 0 ? -1 : py_add_methods(core, core->controls_type, scope_rows);
}
