/* tf.Tensor: one output of an operation. */
#include "python/binding.h"

static PyTensor *self_tensor(PyObject *self) { return (PyTensor *)self; }

/* ---- life ---- */

/* Tensor(op, value_index, dtype): the one wrapper of that output. */
static PyObject *tensor_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"op", "value_index", "dtype", NULL};
    PyObject *op, *dtype = NULL, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    int index;
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "Oi|O:Tensor", (char **)(uintptr_t)names, &op, &index, &dtype))
        return NULL;
    Core *core = PyModule_GetState(module);
    if (!py_is_operation(core, op))
        return PyErr_Format(PyExc_TypeError, "op needs to be an Operation: %S", op);
    PyOperation *o = (PyOperation *)op;
    if (index < 0 || index >= o->op->n_outputs)
        return PyErr_Format(PyExc_IndexError, "list index out of range");
    if (type == core->tensor_type)
        return py_wrap_output(o->graph, (TfgOutput){o->op, index});
    PyTensor *t = (PyTensor *)type->tp_alloc(type, 0);
    if (!t)
        return NULL;
    t->graph = (PyGraph *)Py_NewRef((PyObject *)o->graph);
    t->op = o->op;
    t->index = index;
    return (PyObject *)t;
}

static int tensor_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTensor *t = self_tensor(self);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(t->graph);
    Py_VISIT(t->dict);
    return 0;
}

static int tensor_clear(PyObject *self)
{
    Py_CLEAR(self_tensor(self)->dict);
    return 0;
}

static void tensor_dealloc(PyObject *self)
{
    PyTensor *t = self_tensor(self);
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (t->weak)
        PyObject_ClearWeakRefs(self);
    TfgOutputInfo *info = &t->op->outputs[t->index];
    if (info->binding == self)
        info->binding = NULL;
    Py_CLEAR(t->dict);
    Py_DECREF(t->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

/* A subclass has a dealloc of its own; plain values have no heap type, and are answered at once. */
PyTensor *py_as_tensor(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_dealloc == tensor_dealloc)
        return (PyTensor *)o;
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        return NULL;
    PyObject *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module) {
        PyErr_Clear();
        return NULL;
    }
    Core *core = PyModule_GetState(module);
    return PyObject_TypeCheck(o, core->tensor_type) ? (PyTensor *)o : NULL;
}

static int tensor_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyTensor *t = self_tensor(self);
    if (PyObject_GenericSetAttr(self, name, value) < 0)
        return -1;
    return t->dict && t->op->outputs[t->index].binding == self ? py_graph_keep(t->graph, self, &t->kept) : 0;
}

/* ---- getters ---- */

static PyObject *tensor_get_op(PyObject *self, void *closure)
{
    (void)closure;
    return py_wrap_op(self_tensor(self)->graph, self_tensor(self)->op);
}

static PyObject *tensor_get_graph(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef((PyObject *)self_tensor(self)->graph);
}

static PyObject *tensor_get_name(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    return PyUnicode_FromFormat("%s:%d", t->op->name, t->index);
}

static PyObject *tensor_get_dtype(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    return Py_XNewRef(py_dtype(t->graph->core, py_tensor_dtype(t)));
}

static PyObject *tensor_get_device(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(self_tensor(self)->op->device);
}

static PyObject *tensor_get_value_index(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(self_tensor(self)->index);
}

static PyObject *tensor_get_shape(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    const TfgDims *dims = t->op->outputs[t->index].shape;
    return dims ? py_shape_from(t->graph->core, dims->rank, dims->dims) : py_shape_from(t->graph->core, -1, NULL);
}

static int tensor_set_private_shape(PyObject *self, PyObject *value, void *closure)
{
    (void)self;
    (void)value;
    (void)closure;
    PyErr_SetString(PyExc_ValueError, "Tensor._shape cannot be assigned, use Tensor.set_shape instead.");
    return -1;
}

static PyObject *tensor_get_id(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    return PyLong_FromUnsignedLongLong(tfg_output_key(py_output(t)));
}

static PyObject *tensor_get_dict(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    if (!t->dict && !(t->dict = PyDict_New()))
        return NULL;
    if (t->op->outputs[t->index].binding == self && py_graph_keep(t->graph, self, &t->kept) < 0)
        return NULL;
    return Py_NewRef(t->dict);
}

/* Resource handles know shapes and types of what they point at: [(TensorShape, DType), ...] or None. */
static PyObject *tensor_get_handle_data(PyObject *self, void *closure)
{
    (void)closure;
    PyTensor *t = self_tensor(self);
    Core *core = t->graph->core;
    const TfgHandleInfo *h = t->op->outputs[t->index].handle;
    if (!h)
        Py_RETURN_NONE;
    PyObject *list = PyList_New(h->n);
    for (int i = 0; list && i < h->n; i++) {
        const TfgDims *dims = h->shapes[i];
        PyObject *shape = py_shape_from(core, dims ? dims->rank : -1, dims ? dims->dims : NULL);
        PyObject *pair = shape ? Py_BuildValue("(NO)", shape, py_dtype(core, h->dtypes[i])) : NULL;
        if (pair)
            PyList_SET_ITEM(list, i, pair);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* `assign` is there for slices alone: a variable's hangs on the slice itself, any other one's says that it cannot. */
static PyObject *tensor_get_assign(PyObject *self, void *closure)
{
    PyTensor *t = self_tensor(self);
    PyObject *found = t->dict ? PyDict_GetItemString(t->dict, closure) : NULL;
    if (found)
        return Py_NewRef(found);
    if (strcmp(tfg_op_type(t->op), "StridedSlice") == 0)
        return py_slice_refusal(t->graph->core);
    return PyErr_Format(PyExc_AttributeError, "'Tensor' object has no attribute 'assign'");
}

static int tensor_set_assign(PyObject *self, PyObject *value, void *closure)
{
    PyTensor *t = self_tensor(self);
    if (!t->dict && !(t->dict = PyDict_New()))
        return -1;
    return value ? PyDict_SetItemString(t->dict, closure, value) : PyDict_DelItemString(t->dict, closure);
}

static const PyGetSetDef tensor_getset[] = {
    {"assign", tensor_get_assign, tensor_set_assign, "Of a slice of a variable: assigns to that slice when it runs.", "assign"},
    {"op", tensor_get_op, NULL, "The Operation whose output this is.", NULL},
    {"_op", tensor_get_op, NULL, NULL, NULL},
    {"graph", tensor_get_graph, NULL, "The Graph it belongs to.", NULL},
    {"name", tensor_get_name, NULL, "The operation's name and the output's number: \"add:0\".", NULL},
    {"dtype", tensor_get_dtype, NULL, "The DType of its elements.", NULL},
    {"_dtype", tensor_get_dtype, NULL, NULL, NULL},
    {"device", tensor_get_device, NULL, "The device asked for, or an empty string.", NULL},
    {"value_index", tensor_get_value_index, NULL, "Which output of its operation it is.", NULL},
    {"_value_index", tensor_get_value_index, NULL, NULL, NULL},
    {"shape", tensor_get_shape, NULL, "What is known of its shape, a TensorShape.", NULL},
    {"_shape", tensor_get_shape, tensor_set_private_shape, NULL, NULL},
    {"_shape_val", tensor_get_shape, NULL, NULL, NULL},
    {"_id", tensor_get_id, NULL, NULL, NULL},
    {"_handle_data", tensor_get_handle_data, NULL, NULL, NULL},
    {"__dict__", tensor_get_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods ---- */

static PyObject *tensor_get_shape_method(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    if (Py_IS_TYPE(self, core->tensor_type))
        return tensor_get_shape(self, NULL);
    return PyObject_GetAttr(self, PY_STR(core, shape));
}

static PyObject *tensor_set_shape(Core *core, PyObject *self, PyObject **args)
{
    PyTensor *t = self_tensor(self);
    TfgShape shape;
    TfgStatus s = TFG_STATUS_INIT;
    if (py_as_shape(core, args[0], &shape) < 0)
        return NULL;
    py_graph_lock(t->graph);
    int rc = tfg_output_set_shape(py_output(t), &shape, &s);
    py_graph_unlock(t->graph);
    return rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
}

/* TensorFlow logs results that nobody used, unless told so; here nothing is logged. */
static PyObject *tensor_mark_used(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static PyObject *tensor_consumers(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyTensor *t = self_tensor(self);
    const TfgOutputInfo *info = &t->op->outputs[t->index];
    PyObject *list = PyList_New(info->n_uses);
    for (int i = 0; list && i < info->n_uses; i++) {
        PyObject *op = py_wrap_op(t->graph, info->uses[i].op);
        if (op)
            PyList_SET_ITEM(list, i, op);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *shape_tuple(PyObject *self, bool tuple)
{
    PyTensor *t = self_tensor(self);
    const TfgDims *dims = t->op->outputs[t->index].shape;
    if (!dims)
        Py_RETURN_NONE;
    PyObject *result = tuple ? PyTuple_New(dims->rank) : PyList_New(dims->rank);
    for (int i = 0; result && i < dims->rank; i++) {
        PyObject *n = dims->dims[i] < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(dims->dims[i]);
        if (!n)
            Py_CLEAR(result);
        else if (tuple)
            PyTuple_SET_ITEM(result, i, n);
        else
            PyList_SET_ITEM(result, i, n);
    }
    return result;
}

static PyObject *tensor_shape_as_list(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return shape_tuple(self, false);
}

static PyObject *tensor_shape_tuple(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return shape_tuple(self, true);
}

static PyObject *tensor_rank(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    const TfgDims *dims = self_tensor(self)->op->outputs[self_tensor(self)->index].shape;
    return dims ? PyLong_FromLong(dims->rank) : Py_NewRef(Py_None);
}

/* The session a method without one uses, checked: borrowed.  `what` words the errors. */
static PyObject *session_for(Core *core, PyGraph *graph, PyObject *given, bool is_op)
{
    PyObject *session = given && given != Py_None ? given : py_default_session(core);
    bool chosen = session == given;
    if (!session)
        return PyErr_Occurred() ? NULL
               : PyErr_Format(PyExc_ValueError, is_op ? "Cannot execute operation using `run()`: No default session is registered. Use "
                                                        "`with sess.as_default():` or pass an explicit session to `run(session=sess)`"
                                                      : "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
                                                        "sess.as_default()` or pass an explicit session to `eval(session=sess)`");
    PyObject *g = PyObject_GetAttr(session, PY_STR(core, graph));
    if (!g)
        return NULL;
    Py_DECREF(g);
    if (g == (PyObject *)graph)
        return session;
    if (is_op)
        return chosen ? PyErr_Format(PyExc_ValueError, "Cannot use the given session to execute operation: the operation's graph is "
                                                       "different from the session's graph.")
                      : PyErr_Format(PyExc_ValueError, "Cannot use the default session to execute operation: the operation's graph is "
                                                       "different from the session's graph. Pass an explicit session to "
                                                       "run(session=sess).");
    return chosen ? PyErr_Format(PyExc_ValueError, "Cannot use the given session to evaluate tensor: the tensor's graph is different "
                                                   "from the session's graph.")
                  : PyErr_Format(PyExc_ValueError, "Cannot use the default session to evaluate tensor: the tensor's graph is different "
                                                   "from the session's graph. Pass an explicit session to `eval(session=sess)`.");
}

PyObject *py_run_in_session(Core *core, PyObject *fetch, PyGraph *graph, PyObject *feed_dict, PyObject *session, bool is_op)
{
    session = session_for(core, graph, session, is_op);
    if (!session)
        return NULL;
    Py_INCREF(session);
    PyObject *stack[] = {NULL, session, fetch, feed_dict ? feed_dict : Py_None};
    PyObject *result = PyObject_VectorcallMethod(PY_STR(core, run), stack + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(session);
    return result;
}

static PyObject *tensor_eval(Core *core, PyObject *self, PyObject **args)
{
    return py_run_in_session(core, self, self_tensor(self)->graph, args[0], args[1], false);
}

/* A copy is a Tensor of its own with the same attributes; as in TensorFlow, it stands for the same output. */
static PyObject *tensor_copy(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyTensor *t = self_tensor(self);
    PyTypeObject *type = Py_TYPE(self);
    PyTensor *copy = (PyTensor *)type->tp_alloc(type, 0);
    if (!copy)
        return NULL;
    copy->graph = (PyGraph *)Py_NewRef((PyObject *)t->graph);
    copy->op = t->op;
    copy->index = t->index;
    if (t->dict && !(copy->dict = PyDict_Copy(t->dict))) {
        Py_DECREF(copy);
        return NULL;
    }
    return (PyObject *)copy;
}

static PyObject *tensor_as_node_def_input(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyTensor *t = self_tensor(self);
    return t->index ? PyUnicode_FromFormat("%s:%d", t->op->name, t->index) : PyUnicode_FromString(t->op->name);
}

#define NOT_ITERABLE "Tensor objects are only iterable when eager execution is enabled. To iterate over this tensor use tf.map_fn."
#define NOT_A_BOOL                                                                                                          \
    "Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` instead of `if t:` to test if a "        \
    "tensor is defined, and use TensorFlow ops such as tf.cond to execute subgraphs conditioned on the value of a tensor."

static PyObject *tensor_nonzero(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    return PyErr_Format(PyExc_TypeError, "%s", NOT_A_BOOL);
}

/* Operators are what they are: the table is full, and nothing else may be overridden. */
static PyObject *tensor_override_operator(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%s'", Py_TYPE(args[0])->tp_name);
    int overloadable = PySet_Contains(core->overloadable, args[0]);
    PyObject *existing = PyObject_GetAttr((PyObject *)core->tensor_type, args[0]);
    if (overloadable < 0)
        return NULL;
    if (!existing)
        PyErr_Clear();
    bool slot = existing && Py_IS_TYPE(existing, &PyWrapperDescr_Type) && !overloadable;
    bool set = existing && existing != Py_None && !slot;
    Py_XDECREF(existing);
    if (set)
        return PyErr_Format(PyExc_ValueError, "operator %U cannot be overwritten again on class %R.", args[0],
                            (PyObject *)core->tensor_type);
    if (!overloadable)
        return PyErr_Format(PyExc_ValueError, "Overriding %U is disallowed", args[0]);
    if (PyObject_SetAttr((PyObject *)core->tensor_type, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* set_shape of what a resource handle points at: [(shape, dtype), ...]. */
static PyObject *tensor_set_handle_data(Core *core, PyObject *self, PyObject **args)
{
    PyTensor *t = self_tensor(self);
    PyObject *list = PySequence_List(args[0]);
    if (!list)
        return NULL;
    int n = (int)PyList_GET_SIZE(list);
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *result = NULL;
    py_graph_lock(t->graph);
    TfgArena *arena = tfg_graph_arena(t->graph->graph);
    const TfgDims **shapes = tfg_arena_alloc(arena, ((size_t)n + 1) * sizeof *shapes);
    TfgDType *dtypes = tfg_arena_alloc(arena, ((size_t)n + 1) * sizeof *dtypes);
    if (!shapes || !dtypes) {
        PyErr_NoMemory();
        goto done;
    }
    for (int i = 0; i < n; i++) {
        PyObject *shape, *dtype;
        TfgShape parsed;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(list, i), "OO", &shape, &dtype) || py_as_shape(core, shape, &parsed) < 0 ||
            (dtypes[i] = py_as_dtype(core, dtype)) == TFG_INVALID)
            goto done;
        shapes[i] = tfg_dims_new(arena, &parsed);
        if (!shapes[i] && parsed.rank >= 0) {
            PyErr_NoMemory();
            goto done;
        }
    }
    if (tfg_output_set_handle(py_output(t), &(TfgHandleInfo){.n = n, .shapes = shapes, .dtypes = dtypes}, &s) < 0)
        py_raise_build(core, &s);
    else
        result = Py_NewRef(Py_None);
done:
    py_graph_unlock(t->graph);
    Py_DECREF(list);
    return result;
}

static const PyRow tensor_rows[] = {
    {"eval", "(self, feed_dict=None, session=None)", tensor_eval, "The value of this tensor, run in `session` or the default one.", 0},
    {"get_shape", "(self)", tensor_get_shape_method, "The same as `shape`.", 0},
    {"set_shape", "(self, shape)", tensor_set_shape, "Adds to what is known of the shape.", 0},
    {"mark_used", "(self)", tensor_mark_used, "Nothing: results that nobody used are not logged here.", 0},
    {"consumers", "(self)", tensor_consumers, "The operations that take this tensor.", 0},
    {"_shape_as_list", "(self)", tensor_shape_as_list, NULL, 0},
    {"_shape_tuple", "(self)", tensor_shape_tuple, NULL, 0},
    {"_rank", "(self)", tensor_rank, NULL, 0},
    {"_as_node_def_input", "(self)", tensor_as_node_def_input, NULL, 0},
    {"_set_handle_data", "(self, shapes_and_types)", tensor_set_handle_data, NULL, 0},
    {"__copy__", "(self)", tensor_copy, NULL, 0},
    {"__nonzero__", "(self)", tensor_nonzero, NULL, 0},
    {"_override_operator", "(operator, func)", tensor_override_operator, NULL, PY_STATIC},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- slots ---- */

static PyObject *tensor_repr(PyObject *self)
{
    PyTensor *t = self_tensor(self);
    PyObject *shape = tensor_get_shape(self, NULL);
    if (!shape)
        return NULL;
    PyObject *text = PyUnicode_FromFormat("<tf.Tensor '%s:%d' shape=%S dtype=%s>", t->op->name, t->index, shape,
                                          tfg_dtype_name(py_tensor_dtype(t)));
    Py_DECREF(shape);
    return text;
}

static PyObject *tensor_str(PyObject *self)
{
    PyTensor *t = self_tensor(self);
    const char *dtype = tfg_dtype_name(py_tensor_dtype(t)), *device = t->op->device, *before = *device ? ", device=" : "";
    if (!t->op->outputs[t->index].shape)
        return PyUnicode_FromFormat("Tensor(\"%s:%d\", dtype=%s%s%s)", t->op->name, t->index, dtype, before, device);
    PyObject *shape = tensor_get_shape(self, NULL);
    if (!shape)
        return NULL;
    PyObject *text = PyUnicode_FromFormat("Tensor(\"%s:%d\", shape=%S, dtype=%s%s%s)", t->op->name, t->index, shape, dtype, before,
                                          device);
    Py_DECREF(shape);
    return text;
}

/* A wrapper may die and be made again at another address, so a tensor's hash is that of the node behind it. */
static Py_hash_t tensor_hash(PyObject *self)
{
    const TfgOutputInfo *info = &self_tensor(self)->op->outputs[self_tensor(self)->index];
    uintptr_t p = (uintptr_t)(info->binding == self ? (const void *)info : (const void *)self);
    return (Py_hash_t)(p >> 4 | p << (8 * sizeof p - 4));
}

static int tensor_bool(PyObject *self)
{
    (void)self;
    PyErr_SetString(PyExc_TypeError, NOT_A_BOOL);
    return -1;
}

/* ---- __iter__: a generator in TensorFlow, so its error comes with the first step ---- */

static PyObject *iterator_next(PyObject *self)
{
    (void)self;
    return PyErr_Format(PyExc_TypeError, "%s", NOT_ITERABLE);
}

static PyObject *iterator_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<generator object Tensor.__iter__ at %p>", (void *)self);
}

static void iterator_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *tensor_iter(PyObject *self)
{
    return (PyObject *)PyObject_New(PyObject, self_tensor(self)->graph->core->tensor_iterator_type);
}

static const PyType_Slot iterator_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)iterator_dealloc},
    {Py_tp_iter, (void *)(uintptr_t)PyObject_SelfIter},
    {Py_tp_iternext, (void *)(uintptr_t)iterator_next},
    {Py_tp_repr, (void *)(uintptr_t)iterator_repr},
    {0, NULL},
};

static const PyType_Spec iterator_spec = {
    .name = "pytfgraph._core._TensorIterator",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)iterator_slots,
};

static const PyMemberDef tensor_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyTensor, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyTensor, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot tensor_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)tensor_new},
    {Py_tp_dealloc, (void *)(uintptr_t)tensor_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)tensor_traverse},
    {Py_tp_clear, (void *)(uintptr_t)tensor_clear},
    {Py_tp_getset, (void *)(uintptr_t)tensor_getset},
    {Py_tp_members, (void *)(uintptr_t)tensor_members},
    {Py_tp_setattro, (void *)(uintptr_t)tensor_setattro},
    {Py_tp_repr, (void *)(uintptr_t)tensor_repr},
    {Py_tp_str, (void *)(uintptr_t)tensor_str},
    {Py_tp_hash, (void *)(uintptr_t)tensor_hash},
    {Py_tp_iter, (void *)(uintptr_t)tensor_iter},
    {Py_nb_bool, (void *)(uintptr_t)tensor_bool},
    {Py_tp_richcompare, (void *)(uintptr_t)py_tensor_richcompare},
    {Py_mp_subscript, (void *)(uintptr_t)py_tensor_subscript},
    {Py_nb_add, (void *)(uintptr_t)py_tensor_add},
    {Py_nb_subtract, (void *)(uintptr_t)py_tensor_sub},
    {Py_nb_multiply, (void *)(uintptr_t)py_tensor_mul},
    {Py_nb_true_divide, (void *)(uintptr_t)py_tensor_truediv},
    {Py_nb_floor_divide, (void *)(uintptr_t)py_tensor_floordiv},
    {Py_nb_remainder, (void *)(uintptr_t)py_tensor_mod},
    {Py_nb_power, (void *)(uintptr_t)py_tensor_pow},
    {Py_nb_matrix_multiply, (void *)(uintptr_t)py_tensor_matmul},
    {Py_nb_and, (void *)(uintptr_t)py_tensor_and},
    {Py_nb_or, (void *)(uintptr_t)py_tensor_or},
    {Py_nb_xor, (void *)(uintptr_t)py_tensor_xor},
    {Py_nb_negative, (void *)(uintptr_t)py_tensor_neg},
    {Py_nb_absolute, (void *)(uintptr_t)py_tensor_abs},
    {Py_nb_invert, (void *)(uintptr_t)py_tensor_invert},
    {Py_tp_doc, (void *)(uintptr_t)"Tensor(op, value_index, dtype=None)\n--\n\nOne of the outputs of an Operation: a symbolic handle, whose value Session.run computes."},
    {0, NULL},
};

static const PyType_Spec tensor_spec = {
    .name = "tensorflow.python.framework.ops.Tensor",
    .basicsize = sizeof(PyTensor),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)tensor_slots,
};

static const PyType_Slot no_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)"What Tensor, SparseTensor and IndexedSlices have in common, for isinstance."},
    {0, NULL},
};

static const PyType_Spec tensor_like_spec = {
    .name = "tensorflow.python.framework.ops._TensorLike",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = (PyType_Slot *)(uintptr_t)no_slots,
};

static const char *const overloadable[] = {
    "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__div__", "__rdiv__", "__truediv__", "__rtruediv__",
    "__floordiv__", "__rfloordiv__", "__mod__", "__rmod__", "__lt__", "__le__", "__gt__", "__ge__", "__and__", "__rand__", "__or__",
    "__ror__", "__xor__", "__rxor__", "__getitem__", "__pow__", "__rpow__", "__invert__", "__neg__", "__abs__", "__matmul__",
    "__rmatmul__",
};

int py_tensor_init(Core *core)
{
    if (py_make_type(core, &tensor_like_spec, NULL, NULL, &core->tensor_like_type) < 0 ||
        py_make_type(core, &iterator_spec, NULL, NULL, &core->tensor_iterator_type) < 0 ||
        py_make_type(core, &tensor_spec, core->tensor_like_type, NULL, &core->tensor_type) < 0 ||
        py_add_methods(core, core->tensor_type, tensor_rows) < 0 ||
        py_add_methods(core, core->tensor_type, py_operator_rows) < 0)
        return -1;
    core->overloadable = PySet_New(NULL);
    for (size_t i = 0; core->overloadable && i < sizeof overloadable / sizeof *overloadable; i++) {
        PyObject *name = PyUnicode_InternFromString(overloadable[i]);
        if (!name || PySet_Add(core->overloadable, name) < 0)
            Py_CLEAR(core->overloadable);
        Py_XDECREF(name);
    }
    /* With a priority above an array's, `array + tensor` comes to Tensor.__radd__. */
    PyObject *priority = PyLong_FromLong(100);
    int rc = core->overloadable && priority ? 0 : -1;
    if (rc == 0)
        rc = PyObject_SetAttrString((PyObject *)core->tensor_type, "OVERLOADABLE_OPERATORS", core->overloadable);
    if (rc == 0)
        rc = PyObject_SetAttrString((PyObject *)core->tensor_type, "__array_priority__", priority);
    Py_XDECREF(priority);
    return rc;
}
