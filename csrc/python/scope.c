/* The context managers of a graph: name scopes, devices, control dependencies, colocation, containers, attributes, overrides.  What
 * they do happens when they are entered, as with the generators TensorFlow makes them from. */
#include "python/binding.h"

typedef enum ScopeKind {
    SCOPE_NAME, SCOPE_DEVICE, SCOPE_CONTROLS, SCOPE_COLOCATION, SCOPE_CONTAINER, SCOPE_ATTRS, SCOPE_GRADIENTS, SCOPE_KERNELS,
    SCOPE_ORIGINAL_OP, SCOPE_CREATOR
} ScopeKind;

typedef struct PyScope {
    PyObject_HEAD
    PyGraph *graph;
    ScopeKind kind;
    PyObject *value;            /* what the scope was given */
    PyObject *saved_object;     /* what leaving brings back */
    const char *saved;          /* the same for a name scope */
    TfgOp **ops;                /* of control dependencies */
    const TfgControlScope *control_scope;       /* what entering made of them */
    int n_ops, depth;
    bool clear;                 /* control_dependencies(None), device(None), ignore_existing */
} PyScope;

static PyScope *scope_new(PyGraph *g, ScopeKind kind, PyObject *value)
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
static PyObject *enter_name(PyGraph *g, PyObject *value, const char **saved)
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

static PyObject *creators(PyGraph *g)
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
    PyObject *before = creators(s->graph), *now = before ? PySequence_List(before) : NULL;
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
        result = enter_name(s->graph, s->value, &s->saved);
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
    PyObject *list = PyList_New(s->n_ops);
    for (int i = 0; list && i < s->n_ops; i++) {
        PyObject *op = py_wrap_op(s->graph, s->ops[i]);
        if (op)
            PyList_SET_ITEM(list, i, op);
        else
            Py_CLEAR(list);
    }
    return list;
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

/* ---- the methods of Graph that give them ---- */

static PyObject *plain_scope(PyObject *self, ScopeKind kind, PyObject *value)
{
    return (PyObject *)scope_new((PyGraph *)self, kind, value);
}

static PyObject *graph_name_scope(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return plain_scope(self, SCOPE_NAME, args[0]);
}

static PyObject *graph_device(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return plain_scope(self, SCOPE_DEVICE, args[0]);
}

static PyObject *graph_container(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return plain_scope(self, SCOPE_CONTAINER, args[0]);
}

static PyObject *graph_original_op(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return plain_scope(self, SCOPE_ORIGINAL_OP, args[0]);
}

static PyObject *graph_variable_creator_scope(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return plain_scope(self, SCOPE_CREATOR, args[0]);
}

static bool all_text(PyObject *dict, bool values)
{
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(dict, &pos, &key, &value))
        if (!PyUnicode_Check(key) || (values && !PyUnicode_Check(value)))
            return false;
    return true;
}

static PyObject *map_scope(PyObject *self, ScopeKind kind, PyObject *dict, bool text, const char *what)
{
    if (!PyDict_Check(dict) || !all_text(dict, text))
        return PyErr_Format(PyExc_TypeError, "%s", what);
    PyObject *copy = PyDict_Copy(dict);
    PyObject *scope = copy ? plain_scope(self, kind, copy) : NULL;
    Py_XDECREF(copy);
    return scope;
}

static PyObject *graph_gradient_override_map(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return map_scope(self, SCOPE_GRADIENTS, args[0], true, "op_type_map must be a dictionary mapping strings to strings");
}

static PyObject *graph_kernel_label_map(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return map_scope(self, SCOPE_KERNELS, args[0], true, "op_to_kernel_label_map must be a dictionary mapping strings to strings");
}

static PyObject *graph_attr_scope(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return map_scope(self, SCOPE_ATTRS, args[0], false, "attr_map must be a dictionary mapping strings to AttrValue protocol buffers");
}

/* The op of a Tensor, an Operation or something that converts; new reference to its wrapper. */
static PyObject *op_wrapper(PyGraph *g, PyObject *value)
{
    Core *core = g->core;
    if (py_is_operation(core, value))
        return Py_NewRef(value);
    if (core->indexed_slices && PyObject_IsInstance(value, core->indexed_slices) == 1)
        return PyObject_GetAttr(value, PY_STR(core, op));
    PyObject *t = py_is_tensor(core, value) ? Py_NewRef(value) : py_convert(core, value, TFG_INVALID, NULL, true, TFG_INVALID);
    PyObject *op = t ? py_wrap_op(((PyTensor *)t)->graph, ((PyTensor *)t)->op) : NULL;
    Py_XDECREF(t);
    return op;
}

static PyObject *graph_colocate_with(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = (PyGraph *)self;
    int ignore = args[1] ? PyObject_IsTrue(args[1]) : 0;
    if (ignore < 0)
        return NULL;
    if (args[0] == Py_None && !ignore) {
        PyErr_SetString(PyExc_ValueError, "Trying to reset colocation (op is None) but ignore_existing is not True");
        return NULL;
    }
    PyObject *op = args[0] == Py_None ? NULL : op_wrapper(g, args[0]);
    if (args[0] != Py_None && !op)
        return NULL;
    PyScope *s = scope_new(g, SCOPE_COLOCATION, op);
    if (s && op) {
        s->ops = PyMem_Malloc(sizeof *s->ops);
        if (s->ops) {
            s->ops[0] = ((PyOperation *)op)->op;
            s->n_ops = 1;
        } else {
            Py_CLEAR(s);
            PyErr_NoMemory();
        }
    }
    if (s)
        s->clear = ignore != 0;
    Py_XDECREF(op);
    return (PyObject *)s;
}

static PyObject *graph_colocate_for_gradient(Core *core, PyObject *self, PyObject **args)
{
    PyObject *pair[] = {args[0], args[2]};
    return graph_colocate_with(core, self, pair);
}

static PyObject *control_element(PyGraph *g, PyObject *value)
{
    Core *core = g->core;
    PyObject *op = NULL;
    if (core->indexed_slices && PyObject_IsInstance(value, core->indexed_slices) == 1) {
        op = PyObject_GetAttr(value, PY_STR(core, op));
        if (!op)
            return NULL;
        value = op;
    }
    PyObject *element = py_graph_element(g, value, true, true);
    Py_XDECREF(op);
    return element;
}

static bool has_op(TfgOp *const *ops, int n, const TfgOp *op)
{
    for (int i = 0; i < n; i++)
        if (ops[i] == op)
            return true;
    return false;
}

static PyObject *graph_control_dependencies(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = (PyGraph *)self;
    PyScope *s = scope_new(g, SCOPE_CONTROLS, NULL);
    if (!s || args[0] == Py_None) {
        if (s)
            s->clear = true;
        return (PyObject *)s;
    }
    PyObject *list = PySequence_List(args[0]);
    if (!list)
        goto fail;
    s->ops = PyMem_Calloc((size_t)PyList_GET_SIZE(list) + 1, sizeof(TfgOp *));
    if (!s->ops) {
        PyErr_NoMemory();
        goto fail;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *element = control_element(g, PyList_GET_ITEM(list, i));
        if (!element)
            goto fail;
        TfgOp *op = py_is_tensor(core, element) ? ((PyTensor *)element)->op : ((PyOperation *)element)->op;
        if (!has_op(s->ops, s->n_ops, op))
            s->ops[s->n_ops++] = op;
        Py_DECREF(element);
    }
    Py_DECREF(list);
    return (PyObject *)s;
fail:
    Py_XDECREF(list);
    Py_DECREF(s);
    return NULL;
}

static PyObject *op_list(PyGraph *g, TfgOp **ops, int n)
{
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *op = py_wrap_op(g, ops[i]);
        if (op)
            PyList_SET_ITEM(list, i, op);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *graph_current_control_dependencies(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyGraph *g = (PyGraph *)self;
    TfgStatus s = TFG_STATUS_INIT;
    int n = 0;
    py_graph_lock(g);
    TfgOp **ops = tfg_graph_current_controls(g->graph, &n, &s);
    py_graph_unlock(g);
    if (!ops && s.code)
        return py_raise_build(core, &s);
    PyObject *list = op_list(g, ops, n);
    tfg_free(ops);
    PyObject *set = list ? PySet_New(list) : NULL;
    Py_XDECREF(list);
    return set;
}

/* The control inputs that an operation with inputs from `input_ops` would get. */
static PyObject *graph_control_dependencies_for_inputs(Core *core, PyObject *self, PyObject **args)
{
    PyObject *given = PySequence_List(args[0]), *all = given ? graph_current_control_dependencies(core, self, NULL) : NULL;
    PyObject *inputs = all ? PySet_New(given) : NULL, *rest = inputs ? PyNumber_Subtract(all, inputs) : NULL;
    PyObject *list = rest ? PySequence_List(rest) : NULL;
    Py_XDECREF(given);
    Py_XDECREF(all);
    Py_XDECREF(inputs);
    Py_XDECREF(rest);
    return list;
}

static PyObject *graph_get_creator_stack(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return creators((PyGraph *)self);
}

static PyObject *graph_device_stack_is_empty(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyBool_FromLong(!tfg_graph_has_devices(((PyGraph *)self)->graph));
}

/* A device scope as a function of a NodeDef, as Graph.device takes it again; None for device(None). */
static PyObject *device_function(const TfgStr *spec, void *function, bool clear)
{
    if (function || clear)
        return Py_NewRef(function ? (PyObject *)function : Py_None);
    PyObject *module = PyImport_ImportModule("pytfgraph.framework.device");
    PyObject *made = module ? PyObject_CallMethod(module, "merge_device", "s", tfg_str_text(spec)) : NULL;
    Py_XDECREF(module);
    return made;
}

PyObject *py_graph_device_functions(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list; i++) {
        TfgStr spec = TFG_STR_INIT;
        void *function = NULL;
        bool clear = false, more = tfg_graph_device_scope(((PyGraph *)self)->graph, i, &spec, &function, &clear);
        PyObject *made = !more ? NULL : spec.failed ? PyErr_NoMemory() : device_function(&spec, function, clear);
        tfg_str_fini(&spec);
        if (!more)
            break;
        if (!made || PyList_Append(list, made) < 0)
            Py_CLEAR(list);
        Py_XDECREF(made);
    }
    return list;
}

const PyRow py_graph_scope_rows[] = {
    {"_device_stack_is_empty", "(self)", graph_device_stack_is_empty, NULL, 0},
    {"name_scope", "(self, name)", graph_name_scope, "A context that puts `name` before the names of new operations.", 0},
    {"device", "(self, device_name_or_function)", graph_device, "A context that gives new operations a device.", 0},
    {"control_dependencies", "(self, control_inputs)", graph_control_dependencies,
     "A context in which new operations wait for `control_inputs`; None clears what is in force.", 0},
    {"colocate_with", "(self, op, ignore_existing=False)", graph_colocate_with, "A context that places new operations with `op`.", 0},
    {"_colocate_with_for_gradient", "(self, op, gradient_uid, ignore_existing=False)", graph_colocate_for_gradient, NULL, 0},
    {"container", "(self, container_name)", graph_container, "A context that gives stateful operations a resource container.", 0},
    {"gradient_override_map", "(self, op_type_map)", graph_gradient_override_map,
     "A context that has operations of a type use the gradient registered for another name.", 0},
    {"_kernel_label_map", "(self, op_to_kernel_label_map)", graph_kernel_label_map, NULL, 0},
    {"_attr_scope", "(self, attr_map)", graph_attr_scope, NULL, 0},
    {"_original_op", "(self, op)", graph_original_op, NULL, 0},
    {"_variable_creator_scope", "(self, creator)", graph_variable_creator_scope, NULL, 0},
    {"_get_variable_creator_stack", "(self)", graph_get_creator_stack, NULL, 0},
    {"_control_dependencies_for_inputs", "(self, input_ops)", graph_control_dependencies_for_inputs, NULL, 0},
    {"_current_control_dependencies", "(self)", graph_current_control_dependencies, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ==== tf.name_scope ==== */

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
        result = enter_name(g, s->name, &s->saved);
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

/* ---- functions on the default graph ---- */

/* A subclass of Graph may have methods of its own. */
static PyObject *on_default(Core *core, PyBody body, const char *name, PyObject **args, int n)
{
    PyGraph *g = py_default_graph(core);
    if (!g)
        return NULL;
    if (Py_IS_TYPE(g, core->graph_type))
        return body(core, (PyObject *)g, args);
    return n > 1 && args[1] ? PyObject_CallMethod((PyObject *)g, name, "OO", args[0], args[1])
                            : PyObject_CallMethod((PyObject *)g, name, "(O)", args[0]);
}

#define ON_DEFAULT(name, n)                                                       \
    static PyObject *name(Core *core, PyObject *self, PyObject **args)            \
    {                                                                             \
        (void)self;                                                               \
        return on_default(core, graph_##name, #name, args, n);                    \
    }
ON_DEFAULT(device, 1)
ON_DEFAULT(container, 1)
ON_DEFAULT(control_dependencies, 1)
ON_DEFAULT(colocate_with, 2)

static const PyRow function_rows[] = {
    {"device", "(device_name_or_function)", device, "Graph.device() of the default graph.", 0},
    {"container", "(container_name)", container, "Graph.container() of the default graph.", 0},
    {"control_dependencies", "(control_inputs)", control_dependencies, "Graph.control_dependencies() of the default graph.", 0},
    {"colocate_with", "(op, ignore_existing=False)", colocate_with, "Graph.colocate_with() of the default graph.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_scope_init(Core *core)
{
    if (py_make_type(core, &scope_spec, NULL, NULL, &core->scope_type) < 0 ||
        py_make_type(core, &controls_spec, NULL, NULL, &core->controls_type) < 0 ||
        py_make_type(core, &name_scope_spec, NULL, NULL, &core->name_scope_type) < 0)
        return -1;
    if (py_add_methods(core, core->scope_type, scope_rows) < 0 || py_add_methods(core, core->controls_type, scope_rows) < 0 ||
        py_add_methods(core, core->name_scope_type, name_scope_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
