/* tf.TensorShape. */
#include "python/binding.h"

static bool is_shape(const Core *core, PyObject *o) { return PyObject_TypeCheck(o, core->shape_type); }

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
    return py_size_object(known_rank((PyShape *)self));
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

/* For those who look for a sequence, as NumPy does. */
static PyObject *shape_item(PyObject *self, Py_ssize_t i)
{
    PyObject *key = PyLong_FromSsize_t(i);
    PyObject *item = key ? shape_getitem(self, key) : NULL;
    Py_XDECREF(key);
    return item;
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
        PyObject *n = py_size_object(s.dims[i]);
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
    return dims ? py_shape_reduced(((PyShape *)self)->core, self, "as_shape", dims) : NULL;
}

static PyObject *shape_nonzero(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyBool_FromLong(shape_bool(self));
}

static PyObject *shape_reversed(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyObject *dims = shape_len(self) < 0 ? NULL : dims_list((PyShape *)self);
    PyObject *it = dims ? PyObject_CallOneArg((PyObject *)&PyReversed_Type, dims) : NULL;
    Py_XDECREF(dims);
    return it;
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
    {"__reversed__", "(self)", shape_reversed, NULL, 0},
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
    {Py_sq_item, (void *)(uintptr_t)shape_item},
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
    {"unknown_shape", "(ndims=None)", unknown_shape, NULL, 0},
    {"scalar", "()", scalar, NULL, 0},
    {"vector", "(length)", vector, NULL, 0},
    {"matrix", "(rows, cols)", matrix, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_shape_init(Core *core)
{
    if (py_make_type(core, &shape_spec, NULL, NULL, &core->shape_type) < 0 ||
        py_add_methods(core, core->shape_type, shape_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
