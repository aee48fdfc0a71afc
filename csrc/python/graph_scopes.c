/* The methods of Graph that give its context managers (scope.c), and the functions that call them on the default graph. */
#include "python/scope.h"

static PyObject *plain_scope(PyObject *self, ScopeKind kind, PyObject *value)
{
    return (PyObject *)py_scope_new((PyGraph *)self, kind, value);
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
    PyScope *s = py_scope_new(g, SCOPE_COLOCATION, op);
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
    PyScope *s = py_scope_new(g, SCOPE_CONTROLS, NULL);
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
    PyObject *list = py_op_list(g, ops, n);
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
    return py_variable_creators((PyGraph *)self);
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

int py_graph_scopes_init(Core *core)
{
    return py_add_functions(core, core->module, function_rows);
}
