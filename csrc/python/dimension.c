/* tf.Dimension. */
#include "python/binding.h"

/* What pickle calls: a function of the module, which can be imported whatever the types' modules are called; for a subclass, it. */
PyObject *py_shape_reduced(Core *core, PyObject *self, const char *function, PyObject *arg_steal)
{
    bool own = Py_IS_TYPE(self, core->shape_type) || Py_IS_TYPE(self, core->dimension_type);
    PyObject *callable = own ? PyObject_GetAttrString(core->module, function) : Py_NewRef((PyObject *)Py_TYPE(self));
    if (callable && arg_steal)
        return Py_BuildValue("N(N)", callable, arg_steal);
    Py_XDECREF(callable);
    Py_XDECREF(arg_steal);
    return NULL;
}

PyObject *py_dimension_new(Core *core, int64_t value)
{
    PyDimension *d = PyObject_New(PyDimension, core->dimension_type);
    if (!d)
        return NULL;
    d->core = core;
    d->value = value;
    return (PyObject *)d;
}

static bool is_dimension(const Core *core, PyObject *o) { return PyObject_TypeCheck(o, core->dimension_type); }

/* What Dimension(value) accepts: anything int() takes that does not lose by it. */
static int dimension_value(Core *core, PyObject *value, int64_t *out)
{
    if (value == Py_None) {
        *out = -1;
        return 0;
    }
    if (PyObject_TypeCheck(value, core->dtype_type)) {
        PyErr_Format(PyExc_TypeError, "Cannot convert %S to Dimension", value);
        return -1;
    }
    PyObject *number = PyNumber_Long(value);
    if (!number)
        return -1;
    int rc = -1;
    if (!PyUnicode_Check(value) && !PyBytes_Check(value)) {
        int equal = PyObject_RichCompareBool(number, value, Py_EQ);
        if (equal < 0)
            goto done;
        if (!equal) {
            PyErr_Format(PyExc_ValueError, "Ambiguous dimension: %S", value);
            goto done;
        }
    }
    int overflow;
    long long n = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (n == -1 && PyErr_Occurred())
        goto done;
    if (overflow > 0) {
        PyErr_Format(PyExc_ValueError, "Dimension %S does not fit into 64 bits", number);
        goto done;
    }
    if (overflow < 0 || n < 0) {
        PyErr_Format(PyExc_ValueError, "Dimension %S must be >= 0", number);
        goto done;
    }
    *out = n;
    rc = 0;
done:
    Py_DECREF(number);
    return rc;
}

int py_as_dimension(Core *core, PyObject *value, int64_t *out)
{
    if (PyLong_CheckExact(value)) {
        long long n = PyLong_AsLongLong(value);
        if (n >= 0) {
            *out = n;
            return 0;
        }
        PyErr_Clear();
    } else if (is_dimension(core, value)) {
        *out = ((PyDimension *)value)->value;
        return 0;
    }
    return dimension_value(core, value, out);
}

static PyObject *dimension_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"value", NULL};
    PyObject *value, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "O:Dimension", (char **)(uintptr_t)names, &value))
        return NULL;
    Core *core = PyModule_GetState(module);
    int64_t n;
    if (is_dimension(core, value))
        n = ((PyDimension *)value)->value;
    else if (dimension_value(core, value, &n) < 0)
        return NULL;
    PyDimension *d = (PyDimension *)type->tp_alloc(type, 0);
    if (!d)
        return NULL;
    d->core = core;
    d->value = n;
    return (PyObject *)d;
}

static void simple_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject *py_size_object(int64_t n)
{
    if (n < 0)
        Py_RETURN_NONE;
    return PyLong_FromLongLong(n);
}

static PyObject *dimension_get_value(PyObject *self, void *closure)
{
    (void)closure;
    return py_size_object(((PyDimension *)self)->value);
}

static const PyGetSetDef dimension_getset[] = {
    {"value", dimension_get_value, NULL, "The size, or None.", NULL},
    {"_value", dimension_get_value, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *dimension_repr(PyObject *self)
{
    int64_t n = ((PyDimension *)self)->value;
    return n < 0 ? PyUnicode_FromString("Dimension(None)") : PyUnicode_FromFormat("Dimension(%lld)", (long long)n);
}

static PyObject *dimension_str(PyObject *self)
{
    int64_t n = ((PyDimension *)self)->value;
    return n < 0 ? PyUnicode_FromString("?") : PyUnicode_FromFormat("%lld", (long long)n);
}

static PyObject *dimension_int(PyObject *self)
{
    int64_t n = ((PyDimension *)self)->value;
    if (n < 0)
        return PyErr_Format(PyExc_TypeError, "__int__ returned non-int (type NoneType)");
    return PyLong_FromLongLong(n);
}

static PyObject *dimension_index(PyObject *self)
{
    int64_t n = ((PyDimension *)self)->value;
    if (n < 0)
        return PyErr_Format(PyExc_TypeError, "__index__ returned non-int (type NoneType)");
    return PyLong_FromLongLong(n);
}

/* Comparing with something unknown gives None.  For == and !=, what is no dimension at all is NotImplemented. */
static PyObject *dimension_richcompare(PyObject *self, PyObject *other, int op)
{
    int64_t a = ((PyDimension *)self)->value, b;
    if (py_as_dimension(((PyDimension *)self)->core, other, &b) < 0) {
        bool quiet = PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError);
        if ((op != Py_EQ && op != Py_NE) || !quiet)
            return NULL;
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (a < 0 || b < 0)
        Py_RETURN_NONE;
    Py_RETURN_RICHCOMPARE(a, b, op);
}

static Core *core_of_pair(PyObject *a, PyObject *b)
{
    /* One of the two is a Dimension: the slot belongs to its type. */
    PyTypeObject *type = Py_TYPE(a);
    PyObject *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (module && is_dimension(PyModule_GetState(module), a))
        return PyModule_GetState(module);
    PyErr_Clear();
    module = PyType_GetModuleByDef(Py_TYPE(b), &tfg_core_module);
    return module ? PyModule_GetState(module) : NULL;
}

typedef enum { DIM_ADD, DIM_SUB, DIM_MUL, DIM_DIV, DIM_MOD } DimOp;

static PyObject *dimension_apply(Core *core, int64_t a, int64_t b, DimOp op)
{
    int64_t r = 0;
    if (a < 0 || b < 0)
        return py_dimension_new(core, -1);
    if ((op == DIM_DIV || op == DIM_MOD) && b == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "integer division or modulo by zero");
        return NULL;
    }
    bool overflow = false;
    switch (op) {
    case DIM_ADD: overflow = __builtin_add_overflow(a, b, &r); break;
    case DIM_SUB: r = a - b; break;
    case DIM_MUL: overflow = __builtin_mul_overflow(a, b, &r); break;
    case DIM_DIV: r = a / b; break;
    case DIM_MOD: r = a % b; break;
    }
    if (overflow)
        return PyErr_Format(PyExc_ValueError, "Dimension does not fit into 64 bits");
    if (r < 0)
        return PyErr_Format(PyExc_ValueError, "Dimension %lld must be >= 0", (long long)r);
    return py_dimension_new(core, r);
}

/* `lenient`: an operand that is no dimension makes NotImplemented rather than an error. */
static PyObject *dimension_binary(PyObject *x, PyObject *y, DimOp op, bool lenient)
{
    Core *core = core_of_pair(x, y);
    int64_t a, b;
    if (!core)
        return NULL;
    if (py_as_dimension(core, x, &a) < 0 || py_as_dimension(core, y, &b) < 0) {
        if (!lenient || !(PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)))
            return NULL;
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    return dimension_apply(core, a, b, op);
}

static PyObject *dimension_add(PyObject *x, PyObject *y) { return dimension_binary(x, y, DIM_ADD, false); }
static PyObject *dimension_sub(PyObject *x, PyObject *y) { return dimension_binary(x, y, DIM_SUB, false); }
static PyObject *dimension_mul(PyObject *x, PyObject *y) { return dimension_binary(x, y, DIM_MUL, true); }
static PyObject *dimension_floordiv(PyObject *x, PyObject *y) { return dimension_binary(x, y, DIM_DIV, true); }
static PyObject *dimension_mod(PyObject *x, PyObject *y) { return dimension_binary(x, y, DIM_MOD, true); }

static int assert_dimensions(int64_t a, int64_t b)
{
    if (a < 0 || b < 0 || a == b)
        return 0;
    PyErr_Format(PyExc_ValueError, "Dimensions %lld and %lld are not compatible", (long long)a, (long long)b);
    return -1;
}

static PyObject *dimension_is_compatible_with(Core *core, PyObject *self, PyObject **args)
{
    int64_t a = ((PyDimension *)self)->value, b;
    if (py_as_dimension(core, args[0], &b) < 0)
        return NULL;
    return PyBool_FromLong(a < 0 || b < 0 || a == b);
}

static PyObject *dimension_assert_is_compatible_with(Core *core, PyObject *self, PyObject **args)
{
    int64_t a = ((PyDimension *)self)->value, b;
    if (py_as_dimension(core, args[0], &b) < 0 || assert_dimensions(a, b) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *dimension_merge_with(Core *core, PyObject *self, PyObject **args)
{
    int64_t a = ((PyDimension *)self)->value, b;
    if (py_as_dimension(core, args[0], &b) < 0 || assert_dimensions(a, b) < 0)
        return NULL;
    return py_dimension_new(core, a < 0 ? b : a);
}

static PyObject *dimension_div(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return dimension_floordiv(self, args[0]);
}

static PyObject *dimension_long(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return dimension_get_value(self, NULL);
}

static PyObject *dimension_reduce(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return py_shape_reduced(((PyDimension *)self)->core, self, "as_dimension", dimension_get_value(self, NULL));
}

static const PyRow dimension_rows[] = {
    {"is_compatible_with", "(self, other)", dimension_is_compatible_with, "True where both sizes may be the same.", 0},
    {"assert_is_compatible_with", "(self, other)", dimension_assert_is_compatible_with, NULL, 0},
    {"merge_with", "(self, other)", dimension_merge_with, "What is known of either.", 0},
    {"__div__", "(self, other)", dimension_div, NULL, 0},
    {"__long__", "(self)", dimension_long, NULL, 0},
    {"__reduce__", "(self)", dimension_reduce, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyType_Slot dimension_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)dimension_tp_new},
    {Py_tp_dealloc, (void *)(uintptr_t)simple_dealloc},
    {Py_tp_getset, (void *)(uintptr_t)dimension_getset},
    {Py_tp_repr, (void *)(uintptr_t)dimension_repr},
    {Py_tp_str, (void *)(uintptr_t)dimension_str},
    {Py_tp_richcompare, (void *)(uintptr_t)dimension_richcompare},
    {Py_tp_hash, (void *)(uintptr_t)PyObject_HashNotImplemented},
    {Py_nb_int, (void *)(uintptr_t)dimension_int},
    {Py_nb_index, (void *)(uintptr_t)dimension_index},
    {Py_nb_add, (void *)(uintptr_t)dimension_add},
    {Py_nb_subtract, (void *)(uintptr_t)dimension_sub},
    {Py_nb_multiply, (void *)(uintptr_t)dimension_mul},
    {Py_nb_floor_divide, (void *)(uintptr_t)dimension_floordiv},
    {Py_nb_remainder, (void *)(uintptr_t)dimension_mod},
    {Py_tp_doc, (void *)(uintptr_t)"Dimension(value)\n--\n\nOne size of a shape, which may be unknown."},
    {0, NULL},
};

static const PyType_Spec dimension_spec = {
    .name = "tensorflow.python.framework.tensor_shape.Dimension",
    .basicsize = sizeof(PyDimension),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = (PyType_Slot *)(uintptr_t)dimension_slots,
};

static PyObject *as_dimension(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    int64_t n;
    if (is_dimension(core, args[0]))
        return Py_NewRef(args[0]);
    return py_as_dimension(core, args[0], &n) < 0 ? NULL : py_dimension_new(core, n);
}

static const PyRow function_rows[] = {
    {"as_dimension", "(value)", as_dimension, "A Dimension of a number or None.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_dimension_init(Core *core)
{
    if (py_make_type(core, &dimension_spec, NULL, NULL, &core->dimension_type) < 0 ||
        py_add_methods(core, core->dimension_type, dimension_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
