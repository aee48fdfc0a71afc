/* tf.Dimension and tf.TensorShape. */
#include "python/binding.h"

/* What pickle calls: a function of the module, which can be imported whatever the types' modules are called; for a subclass, it. */
static PyObject *reduced(Core *core, PyObject *self, const char *function, PyObject *arg_steal)
{
    bool own = Py_IS_TYPE(self, core->shape_type) || Py_IS_TYPE(self, core->dimension_type);
    PyObject *callable = own ? PyObject_GetAttrString(core->module, function) : Py_NewRef((PyObject *)Py_TYPE(self));
    if (callable && arg_steal)
        return Py_BuildValue("N(N)", callable, arg_steal);
    Py_XDECREF(callable);
    Py_XDECREF(arg_steal);
    return NULL;
}

/* ==== Dimension ==== */

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
static bool is_shape(const Core *core, PyObject *o) { return PyObject_TypeCheck(o, core->shape_type); }

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

static PyObject *size_object(int64_t n)
{
    if (n < 0)
        Py_RETURN_NONE;
    return PyLong_FromLongLong(n);
}

static PyObject *dimension_get_value(PyObject *self, void *closure)
{
    (void)closure;
    return size_object(((PyDimension *)self)->value);
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
    return reduced(((PyDimension *)self)->core, self, "as_dimension", dimension_get_value(self, NULL));
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

/* ==== TensorShape ==== */

/* The sizes are kept in C; once somebody has asked for `dims`, that list (which may be changed) is the truth. */

PyObject *py_shape_from(Core *core, int rank, const int64_t *sizes)
{
    PyShape *s = PyObject_GC_New(PyShape, core->shape_type);
    if (!s)
        return NULL;
    s->core = core;
    s->rank = rank;
    s->dims = NULL;
    s->sizes = NULL;
    if (rank > 0) {
        s->sizes = PyMem_Malloc((size_t)rank * sizeof *s->sizes);
        if (!s->sizes) {
            s->rank = 0;
            Py_DECREF(s);
            return PyErr_NoMemory();
        }
        memcpy(s->sizes, sizes, (size_t)rank * sizeof *sizes);
    }
    return (PyObject *)s;
}

PyObject *py_shape_new(Core *core, const TfgShape *shape)
{
    return py_shape_from(core, shape->rank, shape->dims);
}

/* Reads the list of dims back, for somebody may have changed it. */
static int refresh(PyShape *s)
{
    if (!s->dims)
        return 0;
    Py_ssize_t n = PyList_GET_SIZE(s->dims);
    if (n > TFG_MAX_RANK) {
        PyErr_Format(PyExc_ValueError, "Too many dimensions: %zd, at most %d are possible", n, TFG_MAX_RANK);
        return -1;
    }
    int64_t sizes[TFG_MAX_RANK];
    for (Py_ssize_t i = 0; i < n; i++)
        if (py_as_dimension(s->core, PyList_GET_ITEM(s->dims, i), &sizes[i]) < 0)
            return -1;
    int64_t *copy = PyMem_Malloc((size_t)(n ? n : 1) * sizeof *copy);
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, sizes, (size_t)n * sizeof *copy);
    PyMem_Free(s->sizes);
    s->sizes = copy;
    s->rank = (int)n;
    return 0;
}

static int shape_from_sequence(Core *core, PyObject *value, TfgShape *out)
{
    PyObject *it = PyObject_GetIter(value);
    if (!it) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return -1;
        PyErr_Clear();
        out->rank = 1;
        return py_as_dimension(core, value, &out->dims[0]);
    }
    int n = 0;
    PyObject *item;
    while ((item = PyIter_Next(it))) {
        int rc = -1;
        if (n == TFG_MAX_RANK)
            PyErr_Format(PyExc_ValueError, "Too many dimensions: at most %d are possible", TFG_MAX_RANK);
        else
            rc = py_as_dimension(core, item, &out->dims[n++]);
        Py_DECREF(item);
        if (rc < 0)
            break;
    }
    Py_DECREF(it);
    out->rank = n;
    return PyErr_Occurred() ? -1 : 0;
}

/* A TensorShapeProto of any descriptor pool. */
static int shape_from_message(Core *core, PyObject *message, TfgShape *out)
{
    PyObject *unknown = PyObject_GetAttr(message, PY_STR(core, unknown_rank));
    int yes = unknown ? PyObject_IsTrue(unknown) : -1;
    Py_XDECREF(unknown);
    out->rank = -1;
    if (yes)
        return yes < 0 ? -1 : 0;
    PyObject *dims = PyObject_GetAttr(message, PY_STR(core, dim));
    PyObject *fast = dims ? PySequence_List(dims) : NULL;
    Py_XDECREF(dims);
    if (!fast)
        return -1;
    Py_ssize_t n = PyList_GET_SIZE(fast);
    int rc = n > TFG_MAX_RANK ? -1 : 0;
    if (rc < 0)
        PyErr_Format(PyExc_ValueError, "Too many dimensions: at most %d are possible", TFG_MAX_RANK);
    for (Py_ssize_t i = 0; i < n && rc == 0; i++) {
        PyObject *size = PyObject_GetAttr(PyList_GET_ITEM(fast, i), PY_STR(core, size));
        long long v = size ? PyLong_AsLongLong(size) : -1;
        Py_XDECREF(size);
        if (v == -1 && PyErr_Occurred())
            rc = -1;
        else if (v < -1) {
            PyErr_Format(PyExc_ValueError, "Dimension %lld must be >= 0", v);
            rc = -1;
        } else
            out->dims[i] = v;
    }
    out->rank = (int)n;
    Py_DECREF(fast);
    return rc;
}

int py_as_shape(Core *core, PyObject *value, TfgShape *out)
{
    if (is_shape(core, value)) {
        PyShape *s = (PyShape *)value;
        if (refresh(s) < 0)
            return -1;
        out->rank = s->rank;
        if (s->rank > 0)
            memcpy(out->dims, s->sizes, (size_t)s->rank * sizeof *s->sizes);
        return 0;
    }
    if (value == Py_None) {
        out->rank = -1;
        return 0;
    }
    if (PyUnicode_Check(value) || PyBytes_Check(value)) {
        PyErr_Format(PyExc_TypeError, "A string has ambiguous TensorShape, please wrap in a list or convert to an int: %S", value);
        return -1;
    }
    if (py_is_message(core, value, "tensorflow.TensorShapeProto"))
        return shape_from_message(core, value, out);
    return shape_from_sequence(core, value, out);
}

/* ---- life ---- */

static PyObject *shape_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"dims", NULL};
    PyObject *value, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "O:TensorShape", (char **)(uintptr_t)names, &value))
        return NULL;
    Core *core = PyModule_GetState(module);
    TfgShape shape;
    if (py_as_shape(core, value, &shape) < 0)
        return NULL;
    if (type == core->shape_type)
        return py_shape_new(core, &shape);
    PyShape *s = (PyShape *)type->tp_alloc(type, 0);
    if (!s)
        return NULL;
    s->core = core;
    s->rank = shape.rank;
    if (shape.rank > 0) {
        s->sizes = PyMem_Malloc((size_t)shape.rank * sizeof *s->sizes);
        if (!s->sizes) {
            s->rank = 0;
            Py_DECREF(s);
            return PyErr_NoMemory();
        }
        memcpy(s->sizes, shape.dims, (size_t)shape.rank * sizeof *s->sizes);
    }
    return (PyObject *)s;
}

static int shape_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((PyShape *)self)->dims);
    return 0;
}

static int shape_clear(PyObject *self)
{
    Py_CLEAR(((PyShape *)self)->dims);
    return 0;
}

static void shape_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_GC_IsTracked(self))
        PyObject_GC_UnTrack(self);
    shape_clear(self);
    PyMem_Free(((PyShape *)self)->sizes);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- getters ---- */

/* The list of Dimension objects, made when first looked at; new reference, None for an unknown rank. */
static PyObject *dims_list(PyShape *s)
{
    if (s->dims)
        return Py_NewRef(s->dims);
    if (s->rank < 0)
        Py_RETURN_NONE;
    PyObject *list = PyList_New(s->rank);
    for (int i = 0; list && i < s->rank; i++) {
        PyObject *d = py_dimension_new(s->core, s->sizes[i]);
        if (d)
            PyList_SET_ITEM(list, i, d);
        else
            Py_CLEAR(list);
    }
    if (!list)
        return NULL;
    s->dims = list;
    if (!PyObject_GC_IsTracked((PyObject *)s))
        PyObject_GC_Track((PyObject *)s);
    return Py_NewRef(list);
}

static PyObject *shape_get_dims(PyObject *self, void *closure)
{
    (void)closure;
    return dims_list((PyShape *)self);
}

static int shape_set_dims(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    PyShape *s = (PyShape *)self;
    if (!value || value == Py_None) {
        Py_CLEAR(s->dims);
        s->rank = -1;
        return 0;
    }
    PyObject *list = PySequence_List(value);
    if (!list)
        return -1;
    Py_XSETREF(s->dims, list);
    if (!PyObject_GC_IsTracked(self))
        PyObject_GC_Track(self);
    return refresh(s);
}

static int known_rank(PyShape *s)
{
    return s->dims ? (int)PyList_GET_SIZE(s->dims) : s->rank;
}

static PyObject *shape_get_ndims(PyObject *self, void *closure)
{
    (void)closure;
    return size_object(known_rank((PyShape *)self));
}

static const PyGetSetDef shape_getset[] = {
    {"dims", shape_get_dims, shape_set_dims, "The Dimensions in a list, or None.", NULL},
    {"_dims", shape_get_dims, shape_set_dims, NULL, NULL},
    {"ndims", shape_get_ndims, NULL, "The rank, or None.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- text ---- */

static PyObject *shape_repr(PyObject *self)
{
    PyObject *dims = dims_list((PyShape *)self);
    if (!dims)
        return NULL;
    PyObject *text = PyUnicode_FromFormat("TensorShape(%R)", dims);
    Py_DECREF(dims);
    return text;
}

static PyObject *shape_text(const TfgShape *s)
{
    if (s->rank < 0)
        return PyUnicode_FromString("<unknown>");
    TfgStr text = TFG_STR_INIT;
    tfg_str_putc(&text, '(');
    for (int i = 0; i < s->rank; i++) {
        if (i)
            tfg_str_puts(&text, ", ");
        if (s->dims[i] < 0)
            tfg_str_putc(&text, '?');
        else
            tfg_str_printf(&text, "%lld", (long long)s->dims[i]);
    }
    tfg_str_puts(&text, s->rank == 1 ? ",)" : ")");
    PyObject *result = text.failed ? PyErr_NoMemory() : PyUnicode_FromString(tfg_str_text(&text));
    tfg_str_fini(&text);
    return result;
}

static PyObject *shape_str(PyObject *self)
{
    TfgShape s;
    return py_as_shape(((PyShape *)self)->core, self, &s) < 0 ? NULL : shape_text(&s);
}

/* ---- as a sequence ---- */

static Py_ssize_t shape_len(PyObject *self)
{
    int rank = known_rank((PyShape *)self);
    if (rank < 0) {
        PyErr_SetString(PyExc_ValueError, "Cannot take the length of Shape with unknown rank.");
        return -1;
    }
    return rank;
}

static int shape_bool(PyObject *self) { return known_rank((PyShape *)self) >= 0; }

static PyObject *shape_iter(PyObject *self)
{
    PyShape *s = (PyShape *)self;
    if (known_rank(s) < 0) {
        PyErr_SetString(PyExc_ValueError, "Cannot iterate over a shape with unknown rank.");
        return NULL;
    }
    PyObject *dims = dims_list(s);
    PyObject *it = dims ? PyObject_GetIter(dims) : NULL;
    Py_XDECREF(dims);
    return it;
}

/* A slice of a shape of unknown rank has as many unknown dimensions as can be told. */
static PyObject *slice_of_unknown(Core *core, PyObject *key)
{
    PySliceObject *slice = (PySliceObject *)key;
    if (slice->step != Py_None) {
        PyErr_SetString(PyExc_ValueError, "Steps are not yet handled");
        return NULL;
    }
    long start = slice->start == Py_None ? 0 : PyLong_AsLong(slice->start);
    long stop = slice->stop == Py_None ? -1 : PyLong_AsLong(slice->stop);
    if (PyErr_Occurred())
        return NULL;
    int64_t sizes[TFG_MAX_RANK];
    for (int i = 0; i < TFG_MAX_RANK; i++)
        sizes[i] = -1;
    if (start < 0 || stop < 0)
        return py_shape_from(core, -1, NULL);
    long n = stop > start ? stop - start : 0;
    return py_shape_from(core, n > TFG_MAX_RANK ? -1 : (int)n, sizes);
}

static PyObject *shape_getitem(PyObject *self, PyObject *key)
{
    PyShape *s = (PyShape *)self;
    if (known_rank(s) < 0)
        return PySlice_Check(key) ? slice_of_unknown(s->core, key) : py_dimension_new(s->core, -1);
    if (PyLong_CheckExact(key) && !s->dims) {
        Py_ssize_t i = PyLong_AsSsize_t(key);
        i += i < 0 ? s->rank : 0;
        if (i >= 0 && i < s->rank)
            return py_dimension_new(s->core, s->sizes[i]);
        PyErr_Clear();
    }
    PyObject *dims = dims_list(s);
    PyObject *found = dims ? PyObject_GetItem(dims, key) : NULL;
    Py_XDECREF(dims);
    if (found && PySlice_Check(key)) {
        PyObject *shape = PyObject_CallOneArg((PyObject *)s->core->shape_type, found);
        Py_DECREF(found);
        return shape;
    }
    return found;
}

/* ---- comparison ---- */

/* Unknown sizes are not equal to anything (Dimension's == gives None), but for the very same Dimension object in both lists. */
static int shapes_equal(const TfgShape *a, const TfgShape *b)
{
    if (a->rank != b->rank)
        return 0;
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] != b->dims[i] || a->dims[i] < 0)
            return 0;
    return 1;
}

static PyObject *shape_richcompare(PyObject *self, PyObject *other, int op)
{
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    TfgShape a, b;
    PyShape *s = (PyShape *)self;
    if (py_as_shape(s->core, self, &a) < 0)
        return NULL;
    if (py_as_shape(s->core, other, &b) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return NULL;
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (op == Py_EQ)
        return PyBool_FromLong(self == other || shapes_equal(&a, &b));
    if (a.rank < 0 || b.rank < 0) {
        PyErr_SetString(PyExc_ValueError, "The inequality of unknown TensorShapes is undefined.");
        return NULL;
    }
    return PyBool_FromLong(!(self == other || shapes_equal(&a, &b)));
}

/* ---- methods ---- */

static int two_shapes(Core *core, PyObject *self, PyObject *other, TfgShape *a, TfgShape *b)
{
    return py_as_shape(core, self, a) < 0 || py_as_shape(core, other, b) < 0 ? -1 : 0;
}

/* "Shapes (2, 3) and [3, 3] are incompatible": the other shape is shown as a shape or as it was given. */
static PyObject *fail_shapes(const char *format, PyObject *a, PyObject *b)
{
    return PyErr_Format(PyExc_ValueError, format, a, b);
}

static PyObject *as_shape_object(Core *core, PyObject *value)
{
    TfgShape s;
    if (is_shape(core, value))
        return Py_NewRef(value);
    return py_as_shape(core, value, &s) < 0 ? NULL : py_shape_new(core, &s);
}

static PyObject *shape_num_elements(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgShape s;
    if (py_as_shape(core, self, &s) < 0)
        return NULL;
    if (!tfg_shape_is_full(&s))
        Py_RETURN_NONE;
    PyObject *n = PyLong_FromLong(1);
    for (int i = 0; n && i < s.rank; i++) {
        PyObject *size = PyLong_FromLongLong(s.dims[i]);
        Py_SETREF(n, size ? PyNumber_Multiply(n, size) : NULL);
        Py_XDECREF(size);
    }
    return n;
}

static PyObject *shape_merge_with(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    PyObject *other = as_shape_object(core, args[0]);
    if (!other || two_shapes(core, self, other, &a, &b) < 0) {
        Py_XDECREF(other);
        return NULL;
    }
    if (a.rank < 0)
        return other;
    PyObject *result = NULL;
    if (tfg_shape_merge(&a, &b) < 0)
        fail_shapes("Shapes %S and %S are not compatible", self, other);
    else
        result = py_shape_new(core, &a);
    Py_DECREF(other);
    return result;
}

static PyObject *shape_concatenate(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    if (two_shapes(core, self, args[0], &a, &b) < 0)
        return NULL;
    if (a.rank < 0 || b.rank < 0)
        return py_shape_from(core, -1, NULL);
    if (a.rank + b.rank > TFG_MAX_RANK)
        return PyErr_Format(PyExc_ValueError, "Too many dimensions: at most %d are possible", TFG_MAX_RANK);
    memcpy(a.dims + a.rank, b.dims, (size_t)b.rank * sizeof *b.dims);
    a.rank += b.rank;
    return py_shape_new(core, &a);
}

static PyObject *shape_assert_same_rank(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    PyObject *other = as_shape_object(core, args[0]);
    if (!other || two_shapes(core, self, other, &a, &b) < 0) {
        Py_XDECREF(other);
        return NULL;
    }
    bool same = a.rank < 0 || b.rank < 0 || a.rank == b.rank;
    if (!same)
        fail_shapes("Shapes %S and %S must have the same rank", self, other);
    Py_DECREF(other);
    return same ? Py_NewRef(Py_None) : NULL;
}

static int rank_argument(PyObject *value, long *rank)
{
    *rank = PyLong_AsLong(value);
    return *rank == -1 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *fail_rank(PyObject *self, const char *how, PyObject *rank)
{
    return PyErr_Format(PyExc_ValueError, "Shape %S must have rank %s%S", self, how, rank);
}

static PyObject *shape_assert_has_rank(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    int rank = known_rank((PyShape *)self);
    long wanted;
    if (rank < 0)
        Py_RETURN_NONE;
    if (rank_argument(args[0], &wanted) < 0)
        return NULL;
    if (rank != wanted)
        return fail_rank(self, "", args[0]);
    Py_RETURN_NONE;
}

static PyObject *shape_with_rank(Core *core, PyObject *self, PyObject **args)
{
    int rank = known_rank((PyShape *)self);
    long wanted;
    if (args[0] == Py_None)
        return Py_NewRef(self);
    if (rank_argument(args[0], &wanted) < 0)
        return NULL;
    int64_t sizes[TFG_MAX_RANK];
    for (int i = 0; i < TFG_MAX_RANK; i++)
        sizes[i] = -1;
    if (rank < 0 && wanted >= 0 && wanted <= TFG_MAX_RANK)
        return py_shape_from(core, (int)wanted, sizes);
    if (rank != wanted)
        return fail_rank(self, "", args[0]);
    TfgShape s;
    return py_as_shape(core, self, &s) < 0 ? NULL : py_shape_new(core, &s);
}

static PyObject *shape_with_rank_at_least(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    int rank = known_rank((PyShape *)self);
    long wanted;
    if (rank_argument(args[0], &wanted) < 0)
        return NULL;
    if (rank >= 0 && rank < wanted)
        return fail_rank(self, "at least ", args[0]);
    return Py_NewRef(self);
}

static PyObject *shape_with_rank_at_most(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    int rank = known_rank((PyShape *)self);
    long wanted;
    if (rank_argument(args[0], &wanted) < 0)
        return NULL;
    if (rank >= 0 && rank > wanted)
        return fail_rank(self, "at most ", args[0]);
    return Py_NewRef(self);
}

static PyObject *shape_is_compatible_with(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    if (two_shapes(core, self, args[0], &a, &b) < 0)
        return NULL;
    return PyBool_FromLong(tfg_shape_compatible(&a, &b));
}

static PyObject *shape_assert_is_compatible_with(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    if (two_shapes(core, self, args[0], &a, &b) < 0)
        return NULL;
    if (!tfg_shape_compatible(&a, &b))
        return fail_shapes("Shapes %S and %S are incompatible", self, args[0]);
    Py_RETURN_NONE;
}

static PyObject *shape_most_specific(Core *core, PyObject *self, PyObject **args)
{
    TfgShape a, b;
    if (two_shapes(core, self, args[0], &a, &b) < 0)
        return NULL;
    if (a.rank < 0 || b.rank < 0 || a.rank != b.rank)
        return py_shape_from(core, -1, NULL);
    for (int i = 0; i < a.rank; i++)
        if (a.dims[i] != b.dims[i])
            a.dims[i] = -1;
    return py_shape_new(core, &a);
}

static PyObject *shape_is_fully_defined(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgShape s;
    return py_as_shape(core, self, &s) < 0 ? NULL : PyBool_FromLong(tfg_shape_is_full(&s));
}

static PyObject *shape_assert_is_fully_defined(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgShape s;
    if (py_as_shape(core, self, &s) < 0)
        return NULL;
    if (!tfg_shape_is_full(&s))
        return PyErr_Format(PyExc_ValueError, "Shape %S is not fully defined", self);
    Py_RETURN_NONE;
}

static PyObject *shape_as_list(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgShape s;
    if (py_as_shape(core, self, &s) < 0)
        return NULL;
    if (s.rank < 0) {
        PyErr_SetString(PyExc_ValueError, "as_list() is not defined on an unknown TensorShape.");
        return NULL;
    }
    PyObject *list = PyList_New(s.rank);
    for (int i = 0; list && i < s.rank; i++) {
        PyObject *n = size_object(s.dims[i]);
        if (n)
            PyList_SET_ITEM(list, i, n);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *shape_as_proto(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgShape s;
    if (py_as_shape(core, self, &s) < 0)
        return NULL;
    /* TensorShapeProto {dim {size} = 2, unknown_rank = 3}, by hand: three fields. */
    uint8_t bytes[TFG_MAX_RANK * 14 + 4];
    size_t n = 0;
    if (s.rank < 0) {
        bytes[n++] = 0x18;
        bytes[n++] = 1;
    }
    for (int i = 0; i < s.rank; i++) {
        uint8_t value[12];
        size_t k = 0;
        uint64_t v = (uint64_t)s.dims[i];
        if (v) {
            value[k++] = 0x08;
            for (; v >= 0x80; v >>= 7)
                value[k++] = (uint8_t)(v | 0x80);
            value[k++] = (uint8_t)v;
        }
        bytes[n++] = 0x12;
        bytes[n++] = (uint8_t)k;
        memcpy(bytes + n, value, k);
        n += k;
    }
    return py_message(core, "tensorflow.TensorShapeProto", bytes, n);
}

static PyObject *shape_reduce(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyObject *dims = dims_list((PyShape *)self);
    return dims ? reduced(((PyShape *)self)->core, self, "as_shape", dims) : NULL;
}

static PyObject *shape_nonzero(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyBool_FromLong(shape_bool(self));
}

/* Only to have a signature: __new__ has done it. */
static PyObject *shape_init(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static const PyRow shape_rows[] = {
    {"__init__", "(self, dims)", shape_init, NULL, 0},
    {"num_elements", "(self)", shape_num_elements, "The product of the sizes, None where one is unknown.", 0},
    {"merge_with", "(self, other)", shape_merge_with, "What is known of either.", 0},
    {"concatenate", "(self, other)", shape_concatenate, "The dimensions of both, one after the other.", 0},
    {"assert_same_rank", "(self, other)", shape_assert_same_rank, NULL, 0},
    {"assert_has_rank", "(self, rank)", shape_assert_has_rank, NULL, 0},
    {"with_rank", "(self, rank)", shape_with_rank, "This shape with `rank` known, or an error.", 0},
    {"with_rank_at_least", "(self, rank)", shape_with_rank_at_least, NULL, 0},
    {"with_rank_at_most", "(self, rank)", shape_with_rank_at_most, NULL, 0},
    {"is_compatible_with", "(self, other)", shape_is_compatible_with, "True where one shape may be both.", 0},
    {"assert_is_compatible_with", "(self, other)", shape_assert_is_compatible_with, NULL, 0},
    {"most_specific_compatible_shape", "(self, other)", shape_most_specific, "The narrowest shape that takes both.", 0},
    {"is_fully_defined", "(self)", shape_is_fully_defined, "True where every size is known.", 0},
    {"assert_is_fully_defined", "(self)", shape_assert_is_fully_defined, NULL, 0},
    {"as_list", "(self)", shape_as_list, "The sizes as integers and None.", 0},
    {"as_proto", "(self)", shape_as_proto, "A TensorShapeProto.", 0},
    {"__nonzero__", "(self)", shape_nonzero, NULL, 0},
    {"__reduce__", "(self)", shape_reduce, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyType_Slot shape_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)shape_tp_new},
    {Py_tp_dealloc, (void *)(uintptr_t)shape_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)shape_traverse},
    {Py_tp_clear, (void *)(uintptr_t)shape_clear},
    {Py_tp_getset, (void *)(uintptr_t)shape_getset},
    {Py_tp_repr, (void *)(uintptr_t)shape_repr},
    {Py_tp_str, (void *)(uintptr_t)shape_str},
    {Py_tp_iter, (void *)(uintptr_t)shape_iter},
    {Py_tp_richcompare, (void *)(uintptr_t)shape_richcompare},
    {Py_tp_hash, (void *)(uintptr_t)PyObject_HashNotImplemented},
    {Py_nb_bool, (void *)(uintptr_t)shape_bool},
    {Py_mp_length, (void *)(uintptr_t)shape_len},
    {Py_sq_length, (void *)(uintptr_t)shape_len},
    {Py_mp_subscript, (void *)(uintptr_t)shape_getitem},
    {Py_tp_doc, (void *)(uintptr_t)"TensorShape(dims)\n--\n\nWhat is known of the shape of a tensor: its rank and its sizes."},
    {0, NULL},
};

static const PyType_Spec shape_spec = {
    .name = "tensorflow.python.framework.tensor_shape.TensorShape",
    .basicsize = sizeof(PyShape),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)shape_slots,
};

/* ==== functions ==== */

static PyObject *as_shape(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return as_shape_object(core, args[0]);
}

static PyObject *as_dimension(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    int64_t n;
    if (is_dimension(core, args[0]))
        return Py_NewRef(args[0]);
    return py_as_dimension(core, args[0], &n) < 0 ? NULL : py_dimension_new(core, n);
}

static PyObject *unknown_shape(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!args[0] || args[0] == Py_None)
        return py_shape_from(core, -1, NULL);
    PyObject *unknown = py_shape_from(core, -1, NULL);
    PyObject *shape = unknown ? shape_with_rank(core, unknown, args) : NULL;
    Py_XDECREF(unknown);
    return shape;
}

static PyObject *scalar(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    return py_shape_from(core, 0, NULL);
}

static PyObject *vector(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    int64_t n;
    return py_as_dimension(core, args[0], &n) < 0 ? NULL : py_shape_from(core, 1, &n);
}

static PyObject *matrix(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    int64_t n[2];
    if (py_as_dimension(core, args[0], &n[0]) < 0 || py_as_dimension(core, args[1], &n[1]) < 0)
        return NULL;
    return py_shape_from(core, 2, n);
}

static const PyRow function_rows[] = {
    {"as_shape", "(shape)", as_shape, "A TensorShape of what describes one.", 0},
    {"as_dimension", "(value)", as_dimension, "A Dimension of a number or None.", 0},
    {"unknown_shape", "(ndims=None)", unknown_shape, NULL, 0},
    {"scalar", "()", scalar, NULL, 0},
    {"vector", "(length)", vector, NULL, 0},
    {"matrix", "(rows, cols)", matrix, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_shape_init(Core *core)
{
    if (py_make_type(core, &dimension_spec, NULL, NULL, &core->dimension_type) < 0 ||
        py_add_methods(core, core->dimension_type, dimension_rows) < 0)
        return -1;
    if (py_make_type(core, &shape_spec, NULL, NULL, &core->shape_type) < 0 ||
        py_add_methods(core, core->shape_type, shape_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
