/* Variables: what all kinds compute with (VariableBase: the operators, slices and identity of a variable), and the state and methods
 * of the kind that is named by a reference (RefVariableBase).  pytfgraph/ops/variables.py derives tf.Variable from them and holds how
 * one is made: scopes, initial values and collections. */
#include "python/binding.h"

/* ---- operators: a variable computes as the tensor of its value ---- */

/* The module's state through whichever operand is a variable, so one of them has to be. */
static Core *core_of(PyObject *x, PyObject *y)
{
    PyObject *module = PyType_GetModuleByDef(Py_TYPE(x), &tfg_core_module);
    if (!module && y) {
        PyErr_Clear();
        module = PyType_GetModuleByDef(Py_TYPE(y), &tfg_core_module);
    }
    return module ? PyModule_GetState(module) : NULL;
}

static bool is_variable(const Core *core, PyObject *o) { return PyObject_TypeCheck(o, core->variable_type); }
static PyObject *as_tensor(Core *core, PyObject *v) { return PyObject_CallMethodNoArgs(v, PY_STR(core, _AsTensor)); }

/* Of two variables, the one whose operator is asked first, wherever it stands: 1, 0, or -1 with an exception. */
static int computes_first(PyObject *v)
{
    PyObject *flag = PyObject_GetAttrString(v, "_computes_first");
    int first = flag ? PyObject_IsTrue(flag) : -1;
    Py_XDECREF(flag);
    return first;
}

static PyObject *compute(binaryfunc f, PyObject *x, PyObject *y)
{
    Core *core = core_of(x, y);
    if (!core)
        return NULL;
    int left = is_variable(core, x);
    if (left && is_variable(core, y)) {
        int a = computes_first(x), b = computes_first(y);
        if (a < 0 || b < 0)
            return NULL;
        left = a || !b;
    }
    PyObject *t = as_tensor(core, left ? x : y), *result = NULL;
    if (t)
        result = left ? f(t, y) : f(x, t);
    Py_XDECREF(t);
    return result;
}

#define BINARY_OPERATORS(X) X(add) X(sub) X(mul) X(truediv) X(floordiv) X(mod) X(matmul) X(and) X(or) X(xor)
#define BINARY(name) static PyObject *variable_##name(PyObject *x, PyObject *y) { return compute(py_tensor_##name, x, y); }
BINARY_OPERATORS(BINARY)

static PyObject *power(PyObject *x, PyObject *y) { return py_tensor_pow(x, y, Py_None); }

static PyObject *variable_pow(PyObject *x, PyObject *y, PyObject *modulus)
{
    if (modulus != Py_None)
        Py_RETURN_NOTIMPLEMENTED;
    return compute(power, x, y);
}

static PyObject *compute_one(unaryfunc f, PyObject *v)
{
    Core *core = core_of(v, NULL);
    PyObject *t = core ? as_tensor(core, v) : NULL, *result = t ? f(t) : NULL;
    Py_XDECREF(t);
    return result;
}

static PyObject *variable_neg(PyObject *v) { return compute_one(py_tensor_neg, v); }
static PyObject *variable_abs(PyObject *v) { return compute_one(py_tensor_abs, v); }
static PyObject *variable_invert(PyObject *v) { return compute_one(py_tensor_invert, v); }

/* Comparisons do not touch identity: variables are keys of dicts. */
static PyObject *variable_richcompare(PyObject *x, PyObject *y, int op)
{
    if (op == Py_EQ || op == Py_NE) {
        if (x != y)
            Py_RETURN_NOTIMPLEMENTED;
        return PyBool_FromLong(op == Py_EQ);
    }
    Core *core = core_of(x, NULL);
    PyObject *t = core ? as_tensor(core, x) : NULL, *result = t ? py_tensor_richcompare(t, y, op) : NULL;
    Py_XDECREF(t);
    return result;
}

static Py_hash_t variable_hash(PyObject *v)
{
    uintptr_t p = (uintptr_t)v;
    return (Py_hash_t)(p >> 4 | p << (8 * sizeof p - 4));
}

static PyObject *variable_subscript(PyObject *v, PyObject *key)
{
    Core *core = core_of(v, NULL);
    PyObject *t = core ? as_tensor(core, v) : NULL, *result = t ? py_slice(core, t, key, v) : NULL;
    Py_XDECREF(t);
    return result;
}

static PyObject *variable_iter(PyObject *v)
{
    (void)v;
    return PyErr_Format(PyExc_TypeError, "'Variable' object is not iterable.");
}

/* Python 2's division, under the names that it had. */
static PyObject *variable_div(Core *core, PyObject *self, PyObject **args)
{
    PyObject *t = as_tensor(core, self), *result = t ? PyObject_CallMethod(t, "__div__", "(O)", args[0]) : NULL;
    Py_XDECREF(t);
    return result;
}

static PyObject *variable_rdiv(Core *core, PyObject *self, PyObject **args)
{
    PyObject *t = as_tensor(core, self), *result = t ? PyObject_CallMethod(t, "__rdiv__", "(O)", args[0]) : NULL;
    Py_XDECREF(t);
    return result;
}

static const PyRow base_rows[] = {
    {"__div__", "(self, y)", variable_div, NULL, 0},
    {"__rdiv__", "(self, x)", variable_rdiv, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyType_Slot base_slots[] = {
    {Py_tp_richcompare, (void *)(uintptr_t)variable_richcompare},
    {Py_tp_hash, (void *)(uintptr_t)variable_hash},
    {Py_tp_iter, (void *)(uintptr_t)variable_iter},
    {Py_mp_subscript, (void *)(uintptr_t)variable_subscript},
    {Py_nb_add, (void *)(uintptr_t)variable_add},
    {Py_nb_subtract, (void *)(uintptr_t)variable_sub},
    {Py_nb_multiply, (void *)(uintptr_t)variable_mul},
    {Py_nb_true_divide, (void *)(uintptr_t)variable_truediv},
    {Py_nb_floor_divide, (void *)(uintptr_t)variable_floordiv},
    {Py_nb_remainder, (void *)(uintptr_t)variable_mod},
    {Py_nb_power, (void *)(uintptr_t)variable_pow},
    {Py_nb_matrix_multiply, (void *)(uintptr_t)variable_matmul},
    {Py_nb_and, (void *)(uintptr_t)variable_and},
    {Py_nb_or, (void *)(uintptr_t)variable_or},
    {Py_nb_xor, (void *)(uintptr_t)variable_xor},
    {Py_nb_negative, (void *)(uintptr_t)variable_neg},
    {Py_nb_absolute, (void *)(uintptr_t)variable_abs},
    {Py_nb_invert, (void *)(uintptr_t)variable_invert},
    {Py_tp_doc, (void *)(uintptr_t)"The operators of variables: each computes with the tensor of the value."},
    {0, NULL},
};

static const PyType_Spec base_spec = {
    .name = "tensorflow.python.ops.variables.Variable",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = (PyType_Slot *)(uintptr_t)base_slots,
};

/* ---- variables named by a reference ---- */

/* The fields have the names that programs know them by; NULL reads as None. */
#define FIELDS(X)                                                                                                       \
    X(variable)             /* the reference: output of a VariableV2 operation */                                       \
    X(snapshot)             /* Identity of it, which is what a variable converts to */                                  \
    X(initializer_op)       /* the Assign of the initial value */                                                       \
    X(initial_value)                                                                                                    \
    X(trainable) X(constraint) X(caching_device) X(save_slice_info) X(graph_key) X(in_graph_mode)

typedef struct PyRefVariable {
    PyObject_HEAD
#define X(name) PyObject *name;
    FIELDS(X)
#undef X
} PyRefVariable;

static PyRefVariable *self_variable(PyObject *self) { return (PyRefVariable *)self; }

static int ref_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyRefVariable *v = self_variable(self);
    Py_VISIT(Py_TYPE(self));
#define X(name) Py_VISIT(v->name);
    FIELDS(X)
#undef X
    return 0;
}

static int ref_clear(PyObject *self)
{
    PyRefVariable *v = self_variable(self);
#define X(name) Py_CLEAR(v->name);
    FIELDS(X)
#undef X
    return 0;
}

static void ref_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    ref_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* copy.copy: a second object for the same nodes. */
static PyObject *ref_copy(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyObject *copy = Py_TYPE(self)->tp_alloc(Py_TYPE(self), 0);
    if (!copy)
        return NULL;
#define X(name) Py_XINCREF(self_variable(self)->name); self_variable(copy)->name = self_variable(self)->name;
    FIELDS(X)
#undef X
    PyObject *from = PyObject_GetAttrString(self, "__dict__"), *to = from ? PyObject_GetAttrString(copy, "__dict__") : NULL;
    if (!to || PyDict_Update(to, from) < 0)
        Py_CLEAR(copy);
    Py_XDECREF(from);
    Py_XDECREF(to);
    return copy;
}

static PyObject *reference(PyObject *self)
{
    PyObject *variable = self_variable(self)->variable;
    if (!variable)
        PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute '_variable'", Py_TYPE(self)->tp_name);
    return variable;
}

static PyObject *or_none(PyObject *o) { return Py_NewRef(o ? o : Py_None); }

/* ---- operations on the buffer ---- */

/* raw_op(ref, more..., **attributes), both taken. */
static PyObject *call_steal(Core *core, const char *type, PyObject *inputs, PyObject *attributes)
{
    PyObject *op = inputs && attributes ? py_raw_op(core, type) : NULL, *result = op ? PyObject_Call(op, inputs, attributes) : NULL;
    Py_XDECREF(inputs);
    Py_XDECREF(attributes);
    return result;
}

static PyObject *given(PyObject *o, PyObject *otherwise) { return o ? o : otherwise; }

/* assign, assign_add, assign_sub: (value, use_locking, name, read_value). */
static PyObject *change(Core *core, const char *type, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    int read = ref && args[3] ? PyObject_IsTrue(args[3]) : 1, locking = ref && args[1] ? PyObject_IsTrue(args[1]) : 0;
    if (!ref || read < 0 || locking < 0)
        return NULL;
    PyObject *result = call_steal(core, type, PyTuple_Pack(2, ref, args[0]),
                                  Py_BuildValue("{s:O,s:O}", "use_locking", locking ? Py_True : Py_False, "name", given(args[2], Py_None)));
    if (result && !read)
        Py_SETREF(result, PyObject_GetAttr(result, PY_STR(core, op)));
    return result;
}

static PyObject *ref_assign(Core *core, PyObject *self, PyObject **args) { return change(core, "Assign", self, args); }
static PyObject *ref_assign_add(Core *core, PyObject *self, PyObject **args) { return change(core, "AssignAdd", self, args); }
static PyObject *ref_assign_sub(Core *core, PyObject *self, PyObject **args) { return change(core, "AssignSub", self, args); }

/* scatter_*: (IndexedSlices, use_locking, name). */
static PyObject *scatter(Core *core, const char *type, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    int is_slices = ref && core->indexed_slices ? PyObject_IsInstance(args[0], core->indexed_slices) : ref ? 0 : -1;
    if (is_slices < 0)
        return NULL;
    if (!is_slices)
        return PyErr_Format(PyExc_ValueError, "sparse_delta is not IndexedSlices: %S", args[0]);
    PyObject *indices = PyObject_GetAttr(args[0], PY_STR(core, indices)), *values = indices ? PyObject_GetAttr(args[0], PY_STR(core, values)) : NULL;
    PyObject *result = NULL;
    if (values)
        result = call_steal(core, type, PyTuple_Pack(3, ref, indices, values),
                            Py_BuildValue("{s:O,s:O}", "use_locking", given(args[1], Py_False), "name", given(args[2], Py_None)));
    Py_XDECREF(indices);
    Py_XDECREF(values);
    return result;
}

static PyObject *ref_scatter_add(Core *core, PyObject *self, PyObject **args) { return scatter(core, "ScatterAdd", self, args); }
static PyObject *ref_scatter_sub(Core *core, PyObject *self, PyObject **args) { return scatter(core, "ScatterSub", self, args); }
static PyObject *ref_scatter_update(Core *core, PyObject *self, PyObject **args) { return scatter(core, "ScatterUpdate", self, args); }

/* scatter_nd_*: (indices, updates, name). */
static PyObject *scatter_nd(Core *core, const char *type, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    if (!ref)
        return NULL;
    return call_steal(core, type, PyTuple_Pack(3, ref, args[0], args[1]),
                      Py_BuildValue("{s:O,s:O}", "use_locking", Py_True, "name", given(args[2], Py_None)));
}

static PyObject *ref_scatter_nd_add(Core *core, PyObject *self, PyObject **args) { return scatter_nd(core, "ScatterNdAdd", self, args); }
static PyObject *ref_scatter_nd_sub(Core *core, PyObject *self, PyObject **args) { return scatter_nd(core, "ScatterNdSub", self, args); }
static PyObject *ref_scatter_nd_update(Core *core, PyObject *self, PyObject **args) { return scatter_nd(core, "ScatterNdUpdate", self, args); }

/* What v[...].assign calls. */
static PyObject *ref_slice_assign(Core *core, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    if (!ref)
        return NULL;
    return call_steal(core, "StridedSliceAssign", PyTuple_Pack(5, ref, args[0], args[1], args[2], args[3]),
                      Py_BuildValue("{s:O,s:O,s:O,s:O,s:O,s:O}", "name", args[4], "begin_mask", args[5], "end_mask", args[6], "ellipsis_mask",
                                    args[7], "new_axis_mask", args[8], "shrink_axis_mask", args[9]));
}

static PyObject *ref_count_up_to(Core *core, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    return ref ? call_steal(core, "CountUpTo", PyTuple_Pack(1, ref), Py_BuildValue("{s:O}", "limit", args[0])) : NULL;
}

/* ---- values ---- */

static PyObject *ref_value(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return or_none(self_variable(self)->snapshot);
}

static PyObject *ref_reference(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return Py_XNewRef(reference(self));
}

static PyObject *ref_read_value(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyObject *ref = reference(self);
    return ref ? call_steal(core, "Identity", PyTuple_Pack(1, ref), Py_BuildValue("{s:s}", "name", "read")) : NULL;
}

static PyObject *ref_set_shape(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyObject *ref = reference(self), *value = ref ? PyObject_CallMethod(self, "value", NULL) : NULL;
    PyObject *done = value ? PyObject_CallMethod(ref, "set_shape", "(O)", args[0]) : NULL;
    if (done)
        Py_SETREF(done, PyObject_CallMethod(value, "set_shape", "(O)", args[0]));
    Py_XDECREF(value);
    return done;
}

static PyObject *ref_eval(Core *core, PyObject *self, PyObject **args)
{
    PyObject *ref = reference(self);
    return ref ? PyObject_CallMethod(ref, "eval", "OO", Py_None, given(args[0], Py_None)) : NULL;
    (void)core;
}

/* Runs the Assign of the initial value with another value fed, so that no node is added. */
static PyObject *ref_load(Core *core, PyObject *self, PyObject **args)
{
    PyObject *session = given(args[1], Py_None), *initializer = self_variable(self)->initializer_op;
    int is_set = PyObject_IsTrue(session);
    if (is_set == 0)
        session = py_default_session(core);
    if (is_set < 0 || (!session && PyErr_Occurred()))
        return NULL;
    if (!session || session == Py_None)
        return PyErr_Format(PyExc_ValueError, "Either session argument should be provided or default session should be established");
    PyObject *inputs = PyObject_GetAttrString(initializer ? initializer : Py_None, "inputs"), *result = NULL;
    PyObject *to = inputs ? PySequence_GetItem(inputs, 1) : NULL, *feeds = to ? PyDict_New() : NULL;
    if (feeds && PyDict_SetItem(feeds, to, args[0]) == 0)
        result = PyObject_CallMethodObjArgs(session, PY_STR(core, run), initializer, feeds, NULL);
    Py_XDECREF(inputs);
    Py_XDECREF(to);
    Py_XDECREF(feeds);
    if (!result)
        return NULL;
    Py_DECREF(result);
    Py_RETURN_NONE;
}

static PyObject *ref_get_shape_method(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return PyObject_GetAttr(self, PY_STR(core, shape));
}

static const PyRow ref_rows[] = {
    {"value", "(self)", ref_value, "The last snapshot of the value, a Tensor.", 0},
    {"_AsTensor", "(self)", ref_value, NULL, 0},
    {"_ref", "(self)", ref_reference, NULL, 0},
    {"_as_graph_element", "(self)", ref_reference, NULL, 0},
    {"read_value", "(self)", ref_read_value, "A Tensor of the value as it is when control dependencies in force have run.", 0},
    {"set_shape", "(self, shape)", ref_set_shape, "Adds knowledge about the shape.", 0},
    {"get_shape", "(self)", ref_get_shape_method, "The shape, a TensorShape.", 0},
    {"eval", "(self, session=None)", ref_eval, "The value in a session (the default one), a NumPy array.", 0},
    {"load", "(self, value, session=None)", ref_load,
     "Sets the value in a session (the default one), without adding nodes; ValueError without a session.", 0},
    {"assign", "(self, value, use_locking=False, name=None, read_value=True)", ref_assign,
     "A Tensor (an Operation, where read_value is False) that assigns `value` when it runs.", 0},
    {"assign_add", "(self, delta, use_locking=False, name=None, read_value=True)", ref_assign_add, "Adds `delta` when it runs.", 0},
    {"assign_sub", "(self, delta, use_locking=False, name=None, read_value=True)", ref_assign_sub, "Subtracts `delta` when it runs.", 0},
    {"scatter_sub", "(self, sparse_delta, use_locking=False, name=None)", ref_scatter_sub,
     "Subtracts IndexedSlices when it runs; ValueError for anything else.", 0},
    {"scatter_add", "(self, sparse_delta, use_locking=False, name=None)", ref_scatter_add,
     "Adds IndexedSlices when it runs; ValueError for anything else.", 0},
    {"scatter_update", "(self, sparse_delta, use_locking=False, name=None)", ref_scatter_update,
     "Assigns IndexedSlices when it runs; ValueError for anything else.", 0},
    {"scatter_nd_sub", "(self, indices, updates, name=None)", ref_scatter_nd_sub, "Subtracts updates at coordinates when it runs.", 0},
    {"scatter_nd_add", "(self, indices, updates, name=None)", ref_scatter_nd_add, "Adds updates at coordinates when it runs.", 0},
    {"scatter_nd_update", "(self, indices, updates, name=None)", ref_scatter_nd_update, "Assigns updates at coordinates when it runs.", 0},
    {"count_up_to", "(self, limit)", ref_count_up_to, "Increments when it runs; OutOfRangeError at the limit.", 0},
    {"_strided_slice_assign", "(self, begin, end, strides, value, name, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)",
     ref_slice_assign, NULL, 0},
    {"__copy__", "(self)", ref_copy, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- properties ---- */

static PyObject *ref_get_initializer(PyObject *self, void *closure) { (void)closure; return or_none(self_variable(self)->initializer_op); }
static PyObject *ref_get_initial_value(PyObject *self, void *closure) { (void)closure; return or_none(self_variable(self)->initial_value); }
static PyObject *ref_get_trainable(PyObject *self, void *closure) { (void)closure; return or_none(self_variable(self)->trainable); }
static PyObject *ref_get_constraint(PyObject *self, void *closure) { (void)closure; return or_none(self_variable(self)->constraint); }

/* Properties that are the reference's own: `closure` is the name. */
static PyObject *ref_get_of_reference(PyObject *self, void *closure)
{
    PyObject *ref = reference(self);
    return ref ? PyObject_GetAttrString(ref, closure) : NULL;
}

/* The name without ":0". */
static PyObject *ref_get_shared_name(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *name = PyObject_GetAttrString(self, "name"), *result = NULL;
    if (name)
        result = PySequence_GetSlice(name, 0, PyObject_Length(name) < 2 ? 0 : PyObject_Length(name) - 2);
    Py_XDECREF(name);
    return result;
}

static const PyGetSetDef ref_getset[] = {
    {"name", ref_get_of_reference, NULL, "The name of the tensor that holds the value, \"v:0\".", "name"},
    {"device", ref_get_of_reference, NULL, "The device it was put on.", "device"},
    {"dtype", ref_get_of_reference, NULL, "The DType of its elements, a reference type.", "dtype"},
    {"op", ref_get_of_reference, NULL, "The Operation that is the variable.", "op"},
    {"graph", ref_get_of_reference, NULL, "The Graph it belongs to.", "graph"},
    {"shape", ref_get_of_reference, NULL, "Its TensorShape.", "shape"},
    {"_shared_name", ref_get_shared_name, NULL, NULL, NULL},
    {"initializer", ref_get_initializer, NULL, "The Operation that assigns the initial value.", NULL},
    {"initial_value", ref_get_initial_value, NULL, "The Tensor that it starts with.", NULL},
    {"trainable", ref_get_trainable, NULL, "Whether optimizers look at it.", NULL},
    {"constraint", ref_get_constraint, NULL, "The function that its new values go through, or None.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *ref_repr(PyObject *self)
{
    PyObject *name = PyObject_GetAttrString(self, "name"), *shape = name ? PyObject_CallMethod(self, "get_shape", NULL) : NULL;
    PyObject *dtype = shape ? PyObject_GetAttrString(self, "dtype") : NULL, *dtype_name = dtype ? PyObject_GetAttrString(dtype, "name") : NULL;
    PyObject *text = dtype_name ? PyUnicode_FromFormat("<tf.Variable '%S' shape=%S dtype=%S>", name, shape, dtype_name) : NULL;
    Py_XDECREF(name);
    Py_XDECREF(shape);
    Py_XDECREF(dtype);
    Py_XDECREF(dtype_name);
    return text;
}

static const PyMemberDef ref_members[] = {
#define X(name) {"_" #name, T_OBJECT, offsetof(PyRefVariable, name), 0, NULL},
    FIELDS(X)
#undef X
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot ref_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)ref_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)ref_traverse},
    {Py_tp_clear, (void *)(uintptr_t)ref_clear},
    {Py_tp_members, (void *)(uintptr_t)ref_members},
    {Py_tp_getset, (void *)(uintptr_t)ref_getset},
    {Py_tp_repr, (void *)(uintptr_t)ref_repr},
    {Py_tp_doc, (void *)(uintptr_t)"State and methods of a variable that is named by a reference."},
    {0, NULL},
};

static const PyType_Spec ref_spec = {
    .name = "tensorflow.python.ops.variables.RefVariable",
    .basicsize = sizeof(PyRefVariable),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)ref_slots,
};

int py_variable_init(Core *core)
{
    PyTypeObject *ref = NULL;
    int rc = -1;
    if (py_make_type(core, &base_spec, NULL, "VariableBase", &core->variable_type) == 0 && py_add_methods(core, core->variable_type, base_rows) == 0 &&
        py_make_type(core, &ref_spec, core->variable_type, "RefVariableBase", &ref) == 0)
        rc = py_add_methods(core, ref, ref_rows);
    Py_XDECREF(ref);
    return rc;
}
