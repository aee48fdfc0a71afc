/* tf.Operation: a node of a graph. */
#include "python/binding.h"

static PyOperation *self_op(PyObject *self) { return (PyOperation *)self; }

/* ---- life ---- */

/* Operation(node_def, g, inputs, output_types, control_inputs, ...): adds the node that the NodeDef describes. */
static PyObject *operation_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"node_def", "g", "inputs", "output_types", "control_inputs", "input_types", "original_op",
                                        "op_def", NULL};
    PyObject *node_def, *g, *inputs = Py_None, *output_types = Py_None, *controls = Py_None, *input_types = Py_None, *original = Py_None,
             *op_def = Py_None, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "OO|OOOOOO:Operation", (char **)(uintptr_t)names, &node_def, &g, &inputs,
                                                &output_types, &controls, &input_types, &original, &op_def))
        return NULL;
    Core *core = PyModule_GetState(module);
    if (!py_is_message(core, node_def, "tensorflow.NodeDef"))
        return PyErr_Format(PyExc_TypeError, "node_def needs to be a NodeDef: %S", node_def);
    if (!py_is_graph(core, g))
        return PyErr_Format(PyExc_TypeError, "g needs to be a Graph: %S", g);
    if (inputs != Py_None && !PyList_Check(inputs))
        return PyErr_Format(PyExc_TypeError, "inputs needs to be a list of Tensors: %S", inputs);
    PyObject *op_type = PyObject_GetAttr(node_def, PY_STR(core, op)), *attr = PyObject_GetAttrString(node_def, "attr");
    PyObject *name = PyObject_GetAttr(node_def, PY_STR(core, name)), *result = NULL;
    PyObject *attrs = attr ? PyObject_CallOneArg((PyObject *)&PyDict_Type, attr) : NULL;
    PyObject *scoped = name ? PyUnicode_FromFormat("%U/", name) : NULL, *list = inputs == Py_None ? PyList_New(0) : Py_NewRef(inputs);
    PyObject *scope = list ? PyObject_CallMethod(g, "control_dependencies", "(O)", controls == Py_None ? list : controls) : NULL;
    if (op_type && attrs && scoped && scope) {
        bool wait = controls != Py_None;
        PyObject *entered = wait ? PyObject_CallMethodNoArgs(scope, PY_STR(core, __enter__)) : Py_NewRef(Py_None);
        if (entered)
            result = PyObject_CallMethod(g, "create_op", "OOOOOO", op_type, list, Py_None, Py_None, scoped, attrs);
        Py_XDECREF(entered);
        if (entered && wait) {
            PyObject *left = result ? PyObject_CallMethod(scope, "__exit__", NULL) : NULL;
            if (!left)
                Py_CLEAR(result);
            Py_XDECREF(left);
        }
    }
    Py_XDECREF(op_type);
    Py_XDECREF(attr);
    Py_XDECREF(attrs);
    Py_XDECREF(name);
    Py_XDECREF(scoped);
    Py_XDECREF(scope);
    Py_XDECREF(list);
    return result;
}

static int operation_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self_op(self)->graph);
    Py_VISIT(self_op(self)->dict);
    return 0;
}

static int operation_clear(PyObject *self)
{
    Py_CLEAR(self_op(self)->dict);
    return 0;
}

static void operation_dealloc(PyObject *self)
{
    PyOperation *o = self_op(self);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (o->weak)
        PyObject_ClearWeakRefs(self);
    if (o->op->binding == self)
        o->op->binding = NULL;
    Py_CLEAR(o->dict);
    Py_DECREF(o->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

static int operation_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyOperation *o = self_op(self);
    if (PyObject_GenericSetAttr(self, name, value) < 0)
        return -1;
    return o->dict && o->op->binding == self ? py_graph_keep(o->graph, self, &o->kept) : 0;
}

/* ---- _InputList ---- */

typedef struct PyInputList { PyObject_HEAD PyObject *items; } PyInputList;

static PyObject *input_list_new(Core *core, PyObject *items_steal)
{
    PyInputList *l = items_steal ? PyObject_GC_New(PyInputList, core->input_list_type) : NULL;
    if (!l) {
        Py_XDECREF(items_steal);
        return NULL;
    }
    l->items = items_steal;
    PyObject_GC_Track((PyObject *)l);
    return (PyObject *)l;
}

static int input_list_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((PyInputList *)self)->items);
    return 0;
}

static int input_list_clear(PyObject *self)
{
    Py_CLEAR(((PyInputList *)self)->items);
    return 0;
}

static void input_list_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    input_list_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static Py_ssize_t input_list_len(PyObject *self) { return PyList_GET_SIZE(((PyInputList *)self)->items); }
static PyObject *input_list_iter(PyObject *self) { return PyObject_GetIter(((PyInputList *)self)->items); }
static PyObject *input_list_get(PyObject *self, PyObject *key) { return PyObject_GetItem(((PyInputList *)self)->items, key); }
static PyObject *input_list_item(PyObject *self, Py_ssize_t i) { return PySequence_GetItem(((PyInputList *)self)->items, i); }

static const PyMemberDef input_list_members[] = {
    {"_inputs", T_OBJECT, offsetof(PyInputList, items), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot input_list_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)input_list_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)input_list_traverse},
    {Py_tp_clear, (void *)(uintptr_t)input_list_clear},
    {Py_tp_iter, (void *)(uintptr_t)input_list_iter},
    {Py_mp_length, (void *)(uintptr_t)input_list_len},
    {Py_mp_subscript, (void *)(uintptr_t)input_list_get},
    {Py_sq_length, (void *)(uintptr_t)input_list_len},
    {Py_sq_item, (void *)(uintptr_t)input_list_item},
    {Py_tp_members, (void *)(uintptr_t)input_list_members},
    {0, NULL},
};

static const PyType_Spec input_list_spec = {
    .name = "tensorflow.python.framework.ops._InputList",
    .basicsize = sizeof(PyInputList),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)input_list_slots,
};

/* ---- getters ---- */

static PyObject *operation_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(self_op(self)->op->name);
}

static PyObject *operation_get_type(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(self_op(self)->op->def->name);
}

static PyObject *operation_get_graph(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef((PyObject *)self_op(self)->graph);
}

static PyObject *operation_get_device(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(self_op(self)->op->device);
}

static PyObject *operation_get_id(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(self_op(self)->op->id);
}

static PyObject *operation_get_outputs(PyObject *self, void *closure)
{
    (void)closure;
    return py_wrap_outputs(self_op(self)->graph, self_op(self)->op);
}

static PyObject *input_tensors(PyObject *self)
{
    PyOperation *o = self_op(self);
    PyObject *list = PyList_New(o->op->n_inputs);
    for (int i = 0; list && i < o->op->n_inputs; i++) {
        PyObject *t = py_wrap_output(o->graph, o->op->inputs[i]);
        if (t)
            PyList_SET_ITEM(list, i, t);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *operation_get_inputs(PyObject *self, void *closure)
{
    (void)closure;
    return input_list_new(self_op(self)->graph->core, input_tensors(self));
}

static int no_set_inputs(PyObject *self, PyObject *value, void *closure)
{
    (void)self;
    (void)value;
    PyErr_Format(PyExc_ValueError, "Cannot assign %s", (const char *)closure);
    return -1;
}

PyObject *py_op_list(PyGraph *g, TfgOp *const *ops, int n)
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

static PyObject *operation_get_control_inputs(PyObject *self, void *closure)
{
    (void)closure;
    TfgOp *op = self_op(self)->op;
    return py_op_list(self_op(self)->graph, op->controls, op->n_controls);
}

static PyObject *operation_get_control_outputs(PyObject *self, void *closure)
{
    (void)closure;
    TfgOp *op = self_op(self)->op;
    return py_op_list(self_op(self)->graph, op->control_uses, op->n_control_uses);
}

static int add_controls(PyObject *self, PyObject *ops);

static int operation_set_control_inputs(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    PyObject *copy = value ? PySequence_List(value) : PyList_New(0);
    TfgStatus s = TFG_STATUS_INIT;
    if (!copy)
        return -1;
    PyGraph *g = self_op(self)->graph;
    py_graph_lock(g);
    int rc = tfg_op_remove_controls(self_op(self)->op, &s);
    py_graph_unlock(g);
    if (rc < 0)
        py_raise_build(g->core, &s);
    else
        rc = add_controls(self, copy);
    Py_DECREF(copy);
    return rc;
}

static PyObject *operation_get_node_def(PyObject *self, void *closure)
{
    (void)closure;
    return py_node_def(self_op(self)->graph, self_op(self)->op);
}

static PyObject *operation_get_op_def(PyObject *self, void *closure)
{
    (void)closure;
    return py_op_def_message(self_op(self)->graph->core, self_op(self)->op->def);
}

static PyObject *operation_get_traceback(PyObject *self, void *closure)
{
    (void)closure;
    return py_stack_list(self_op(self)->op->stack, false);
}

static PyObject *operation_get_traceback_with_start_lines(PyObject *self, void *closure)
{
    (void)closure;
    return py_stack_list(self_op(self)->op->stack, true);
}

static PyObject *operation_get_output_types(PyObject *self, void *closure)
{
    (void)closure;
    TfgOp *op = self_op(self)->op;
    PyObject *list = PyList_New(op->n_outputs);
    for (int i = 0; list && i < op->n_outputs; i++) {
        PyObject *n = PyLong_FromLong((long)op->outputs[i].dtype);
        if (n)
            PyList_SET_ITEM(list, i, n);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *operation_get_input_types(PyObject *self, void *closure)
{
    (void)closure;
    TfgOp *op = self_op(self)->op;
    PyObject *list = PyList_New(op->n_inputs);
    int i = 0;
    for (int a = 0; list && a < op->def->n_in; a++) {
        int n = tfg_arg_count(&op->def->in[a], &op->attrs);
        for (int k = 0; list && k < n && i < op->n_inputs; k++, i++) {
            TfgDType dtype = tfg_arg_dtype(&op->def->in[a], k, &op->attrs);
            PyObject *d = py_dtype(self_op(self)->graph->core, dtype);
            if (d)
                PyList_SET_ITEM(list, i, Py_NewRef(d));
            else
                Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *operation_get_dict(PyObject *self, void *closure)
{
    (void)closure;
    PyOperation *o = self_op(self);
    if (!o->dict && !(o->dict = PyDict_New()))
        return NULL;
    if (o->op->binding == self && py_graph_keep(o->graph, self, &o->kept) < 0)
        return NULL;
    return Py_NewRef(o->dict);
}

static PyObject *from_dict(PyObject *self, const char *key)
{
    PyObject *value = self_op(self)->dict ? PyDict_GetItemString(self_op(self)->dict, key) : NULL;
    return Py_NewRef(value ? value : Py_None);
}

static int to_dict(PyObject *self, const char *key, PyObject *value)
{
    PyObject *dict = operation_get_dict(self, NULL);
    int rc = dict ? PyDict_SetItemString(dict, key, value ? value : Py_None) : -1;
    Py_XDECREF(dict);
    return rc;
}

static PyObject *operation_get_original_op(PyObject *self, void *closure)
{
    (void)closure;
    PyOperation *o = self_op(self);
    if (o->op->original && !(o->dict && PyDict_GetItemString(o->dict, "_original_op")))
        return py_wrap_op(o->graph, o->op->original);
    return from_dict(self, "_original_op");
}

static int operation_set_original_op(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return to_dict(self, "_original_op", value);
}

static PyObject *operation_get_context(PyObject *self, void *closure)
{
    (void)closure;
    return py_context_wrap(self_op(self)->graph, self_op(self)->op->context);
}

static int operation_set_context(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    TfgOpContext *c;
    if (py_context_from(self_op(self)->graph, value ? value : Py_None, &c) < 0)
        return -1;
    py_graph_lock(self_op(self)->graph);
    tfg_op_set_context(self_op(self)->op, c);
    py_graph_unlock(self_op(self)->graph);
    return 0;
}

static PyObject *empty_list(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyList_New(0);
}

static PyObject *empty_dict(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyDict_New();
}

static const PyGetSetDef operation_getset[] = {
    {"name", operation_get_name, NULL, "The full name.", NULL},
    {"type", operation_get_type, NULL, "The type of operation: \"MatMul\".", NULL},
    {"graph", operation_get_graph, NULL, "The Graph it belongs to.", NULL},
    {"_graph", operation_get_graph, NULL, NULL, NULL},
    {"device", operation_get_device, NULL, "The device asked for, or an empty string.", NULL},
    {"_id", operation_get_id, NULL, NULL, NULL},
    {"_id_value", operation_get_id, NULL, NULL, NULL},
    {"outputs", operation_get_outputs, NULL, "The tensors it gives.", NULL},
    {"_outputs", operation_get_outputs, NULL, NULL, NULL},
    {"inputs", operation_get_inputs, NULL, "The tensors it takes.", NULL},
    {"_inputs", operation_get_inputs, no_set_inputs, NULL, (void *)(uintptr_t)"_inputs"},
    {"control_inputs", operation_get_control_inputs, NULL, "The operations it waits for.", NULL},
    {"_control_inputs", operation_get_control_inputs, operation_set_control_inputs, NULL, NULL},
    {"_control_outputs", operation_get_control_outputs, NULL, NULL, NULL},
    {"node_def", operation_get_node_def, NULL, "Its NodeDef.", NULL},
    {"_node_def", operation_get_node_def, NULL, NULL, NULL},
    {"op_def", operation_get_op_def, NULL, "The OpDef of its type.", NULL},
    {"_op_def", operation_get_op_def, NULL, NULL, NULL},
    {"traceback", operation_get_traceback, NULL, "The stack of calls it was made in: (file, line, function, text), outermost first.",
     NULL},
    {"_traceback", operation_get_traceback, NULL, NULL, NULL},
    {"traceback_with_start_lines", operation_get_traceback_with_start_lines, NULL,
     "The same, with the line where each function begins.", NULL},
    {"_output_types", operation_get_output_types, NULL, NULL, NULL},
    {"_input_types", operation_get_input_types, no_set_inputs, NULL, (void *)(uintptr_t)"_input_types"},
    {"_original_op", operation_get_original_op, operation_set_original_op, NULL, NULL},
    {"_control_flow_context", operation_get_context, operation_set_context, NULL, NULL},
    {"_device_assignments", empty_list, NULL, NULL, NULL},
    {"_colocation_dict", empty_dict, NULL, NULL, NULL},
    {"__dict__", operation_get_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods ---- */

static PyObject *operation_values(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyObject *list = operation_get_outputs(self, NULL), *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
}

static PyObject *operation_get_attr(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    const char *name = PyUnicode_AsUTF8(args[0]);
    if (!name)
        return NULL;
    const TfgAttr *a = tfg_attrs_find(&self_op(self)->op->attrs, name);
    if (!a)
        return PyErr_Format(PyExc_ValueError, "Operation '%s' has no attr named '%s'.", self_op(self)->op->name, name);
    return py_attr_to_python(self_op(self)->graph, a);
}

static PyObject *operation_set_attr(Core *core, PyObject *self, PyObject **args)
{
    PyOperation *o = self_op(self);
    const char *name = PyUnicode_AsUTF8(args[0]);
    if (!name)
        return NULL;
    TfgArena arena;
    TfgAttr value;
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *result = NULL;
    tfg_arena_init(&arena);
    if (py_attr_from_message(core, args[1], &arena, &value) == 0) {
        py_graph_lock(o->graph);
        int rc = tfg_op_set_attr(o->op, name, &value, &s);
        py_graph_unlock(o->graph);
        result = rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
        tfg_attr_drop_tensors(&value);
    }
    tfg_arena_fini(&arena);
    return result;
}

static PyObject *operation_colocation_groups(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    TfgOp *op = self_op(self)->op;
    const TfgAttr *a = tfg_attrs_find(&op->attrs, "_class");
    PyObject *list = PyList_New(0);
    for (int i = 0; list && a && a->is_list && a->kind == TFG_ATTR_STRING && i < a->n; i++) {
        TfgBytes b = a->list_s[i];
        if (b.n < 5 || memcmp(b.data, "loc:@", 5) != 0)
            continue;
        PyObject *group = PyBytes_FromStringAndSize(b.data, (Py_ssize_t)b.n);
        if (!group || PyList_Append(list, group) < 0)
            Py_CLEAR(list);
        Py_XDECREF(group);
    }
    if (list && !PyList_GET_SIZE(list)) {
        PyObject *group = PyBytes_FromFormat("loc:@%s", op->name);
        if (!group || PyList_Append(list, group) < 0)
            Py_CLEAR(list);
        Py_XDECREF(group);
    }
    return list;
}

static PyObject *operation_run(Core *core, PyObject *self, PyObject **args)
{
    PyObject *result = py_run_in_session(core, self, self_op(self)->graph, args[0], args[1], true);
    Py_XDECREF(result);
    return result ? Py_NewRef(Py_None) : NULL;
}

static PyObject *operation_set_device(Core *core, PyObject *self, PyObject **args)
{
    PyOperation *o = self_op(self);
    PyObject *text = PyUnicode_Check(args[0]) ? Py_NewRef(args[0]) : args[0] == Py_None ? PyUnicode_FromString("")
                                                                                        : PyObject_CallMethod(args[0], "to_string", NULL);
    const char *name = text && PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;
    PyObject *result = NULL;
    if (name) {
        TfgStatus s = TFG_STATUS_INIT;
        py_graph_lock(o->graph);
        int rc = tfg_op_set_device_name(o->op, name, &s);
        py_graph_unlock(o->graph);
        result = rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
    } else if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "a device is a string, not %R", args[0]);
    Py_XDECREF(text);
    return result;
}

static int add_controls(PyObject *self, PyObject *ops)
{
    PyOperation *o = self_op(self);
    PyObject *list = PySequence_List(ops);
    if (!list)
        return -1;
    Py_ssize_t n = PyList_GET_SIZE(list);
    TfgOp **array = PyMem_Calloc((size_t)n + 1, sizeof *array);
    int rc = array ? 0 : -1;
    for (Py_ssize_t i = 0; rc == 0 && i < n; i++) {
        PyObject *op = PyList_GET_ITEM(list, i);
        if (py_is_operation(o->graph->core, op))
            array[i] = ((PyOperation *)op)->op;
        else {
            PyErr_Format(PyExc_TypeError, "op must be an Operation: %S", op);
            rc = -1;
        }
    }
    if (rc == 0) {
        TfgStatus s = TFG_STATUS_INIT;
        py_graph_lock(o->graph);
        rc = tfg_op_add_controls(o->op, array, (int)n, &s);
        py_graph_unlock(o->graph);
        if (rc < 0)
            py_raise_build(o->graph->core, &s);
    } else if (!PyErr_Occurred())
        PyErr_NoMemory();
    PyMem_Free(array);
    Py_DECREF(list);
    return rc;
}

static PyObject *operation_add_control_inputs(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return add_controls(self, args[0]) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *operation_add_control_input(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyObject *one = PyTuple_Pack(1, args[0]);
    int rc = one ? add_controls(self, one) : -1;
    Py_XDECREF(one);
    return rc < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *operation_remove_all_control_inputs(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyOperation *o = self_op(self);
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(o->graph);
    int rc = tfg_op_remove_controls(o->op, &s);
    py_graph_unlock(o->graph);
    return rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
}

/* TensorFlow logs results that nobody used, unless told so; here nothing is logged. */
static PyObject *operation_mark_used(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static PyObject *operation_update_input(Core *core, PyObject *self, PyObject **args)
{
    PyOperation *o = self_op(self);
    long index = PyLong_AsLong(args[0]);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (!py_is_tensor(core, args[1]))
        return PyErr_Format(PyExc_TypeError, "tensor must be a Tensor: %S", args[1]);
    PyTensor *t = (PyTensor *)args[1];
    if (t->graph != o->graph)
        return PyErr_Format(PyExc_ValueError, "%S must be from the same graph as %S.", args[1], self);
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(o->graph);
    int rc = tfg_op_update_input(o->op, (int)index, py_output(t), &s);
    py_graph_unlock(o->graph);
    return rc < 0 ? py_raise_run(core, o->graph, &s) : Py_NewRef(Py_None);
}

static PyObject *operation_get_control_flow_context(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return operation_get_context(self, NULL);
}

static PyObject *operation_set_control_flow_context(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return operation_set_context(self, args[0], NULL) < 0 ? NULL : Py_NewRef(Py_None);
}

static const PyRow operation_rows[] = {
    {"get_attr", "(self, name)", operation_get_attr, "The value of an attribute; ValueError where there is none of that name.", 0},
    {"_set_attr", "(self, attr_name, attr_value)", operation_set_attr, NULL, 0},
    {"run", "(self, feed_dict=None, session=None)", operation_run, "Runs this operation in `session` or the default one.", 0},
    {"values", "(self)", operation_values, "The outputs, as a tuple.", 0},
    {"colocation_groups", "(self)", operation_colocation_groups, "The groups of operations it is placed with.", 0},
    {"_set_device", "(self, device)", operation_set_device, NULL, 0},
    {"_add_control_input", "(self, op)", operation_add_control_input, NULL, 0},
    {"_add_control_inputs", "(self, ops)", operation_add_control_inputs, NULL, 0},
    {"_remove_all_control_inputs", "(self)", operation_remove_all_control_inputs, NULL, 0},
    {"mark_used", "(self)", operation_mark_used, "Nothing: results that nobody used are not logged here.", 0},
    {"_update_input", "(self, index, tensor)", operation_update_input, NULL, 0},
    {"_get_control_flow_context", "(self)", operation_get_control_flow_context, NULL, 0},
    {"_set_control_flow_context", "(self, ctx)", operation_set_control_flow_context, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- slots ---- */

static PyObject *operation_repr(PyObject *self)
{
    const TfgOp *op = self_op(self)->op;
    return PyUnicode_FromFormat("<tf.Operation '%s' type=%s>", op->name, op->def->name);
}

static PyObject *operation_str(PyObject *self)
{
    PyObject *def = operation_get_node_def(self, NULL), *text = def ? PyObject_Str(def) : NULL;
    Py_XDECREF(def);
    return text;
}

static const PyMemberDef operation_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyOperation, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyOperation, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot operation_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)operation_new},
    {Py_tp_dealloc, (void *)(uintptr_t)operation_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)operation_traverse},
    {Py_tp_clear, (void *)(uintptr_t)operation_clear},
    {Py_tp_getset, (void *)(uintptr_t)operation_getset},
    {Py_tp_members, (void *)(uintptr_t)operation_members},
    {Py_tp_setattro, (void *)(uintptr_t)operation_setattro},
    {Py_tp_repr, (void *)(uintptr_t)operation_repr},
    {Py_tp_str, (void *)(uintptr_t)operation_str},
    {Py_tp_doc, (void *)(uintptr_t)"Operation(node_def, g, inputs=None, output_types=None, control_inputs=None, input_types=None, "
     "original_op=None, op_def=None)\n--\n\nA node of a graph: takes tensors, and gives tensors."},
    {0, NULL},
};

static const PyType_Spec operation_spec = {
    .name = "tensorflow.python.framework.ops.Operation",
    .basicsize = sizeof(PyOperation),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)operation_slots,
};

int py_operation_init(Core *core)
{
    PyObject *qualname = PyUnicode_FromString("Operation._InputList");
    int rc = qualname && py_make_type(core, &input_list_spec, NULL, NULL, &core->input_list_type) == 0
                 ? PyObject_SetAttrString((PyObject *)core->input_list_type, "__qualname__", qualname) : -1;
    Py_XDECREF(qualname);
    if (rc < 0 ||
        py_make_type(core, &operation_spec, NULL, NULL, &core->operation_type) < 0)
        return -1;
    return py_add_methods(core, core->operation_type, operation_rows);
}
