/* Python values as constants, by the rules of make_tensor_proto: which type a list of numbers gets, what may stand where a type is
 * asked for, and in which words the rest is refused. */
#include "io/tensor_proto.h"
#include "python/binding.h"
#include "tensor/half.h"

/* ==== plain nested lists, without NumPy ==== */

enum { LEAF_BOOL = 1, LEAF_INT = 2, LEAF_FLOAT = 4, LEAF_COMPLEX = 8, LEAF_STRING = 16, LEAF_OTHER = 32, LEAF_BIG = 64 };

typedef struct Nest {           /* what a nested list looks like */
    int rank;
    int64_t dims[TFG_MAX_RANK];
    int64_t count;
    int leaves;                 /* LEAF_* of the elements */
    bool ragged;
    int64_t min, max;           /* of the integers */
} Nest;

static bool is_list(PyObject *o) { return PyList_Check(o) || PyTuple_Check(o); }

static int leaf_kind(PyObject *o, Nest *nest)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type == &PyFloat_Type)
        return LEAF_FLOAT;
    if (type == &PyBool_Type)
        return LEAF_BOOL;
    if (type == &PyLong_Type) {
        int overflow;
        long long v = PyLong_AsLongLongAndOverflow(o, &overflow);
        if (overflow)
            return LEAF_BIG;
        nest->min = v < nest->min ? v : nest->min;
        nest->max = v > nest->max ? v : nest->max;
        return LEAF_INT;
    }
    if (type == &PyUnicode_Type || type == &PyBytes_Type)
        return LEAF_STRING;
    return type == &PyComplex_Type ? LEAF_COMPLEX : LEAF_OTHER;
}

/* The dimensions are those of the first elements all the way down; `ragged` tells that others differ. */
static int survey(PyObject *o, int depth, Nest *nest)
{
    if (!is_list(o)) {
        nest->ragged = nest->ragged || depth != nest->rank;
        nest->leaves |= leaf_kind(o, nest);
        nest->count++;
        return 0;
    }
    Py_ssize_t n = PySequence_Fast_GET_SIZE(o);
    if (depth >= nest->rank || nest->dims[depth] != n) {
        nest->ragged = true;
        if (depth >= nest->rank)
            return 0;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
        if (survey(PySequence_Fast_GET_ITEM(o, i), depth + 1, nest) < 0)
            return -1;
    return 0;
}

static int survey_value(PyObject *value, Nest *nest)
{
    *nest = (Nest){.min = 0, .max = 0};
    for (PyObject *o = value; is_list(o); o = PySequence_Fast_GET_ITEM(o, 0)) {
        if (nest->rank == TFG_MAX_RANK) {
            PyErr_SetString(PyExc_ValueError, "too many nested lists");
            return -1;
        }
        nest->dims[nest->rank++] = PySequence_Fast_GET_SIZE(o);
        if (!PySequence_Fast_GET_SIZE(o))
            break;
    }
    return survey(value, 0, nest);
}

/* The type NumPy gives the elements, as far as TensorFlow then keeps it. */
static TfgDType inferred_dtype(const Nest *nest)
{
    if (nest->leaves & (LEAF_OTHER | LEAF_BIG))
        return TFG_INVALID;
    if (nest->leaves == LEAF_STRING)
        return TFG_STRING;
    if (nest->leaves & LEAF_STRING)
        return TFG_INVALID;
    if (nest->leaves & LEAF_COMPLEX)
        return TFG_COMPLEX128;
    if (nest->leaves & LEAF_FLOAT)
        return TFG_FLOAT;
    if (nest->leaves & LEAF_INT)
        return nest->min < INT32_MIN || nest->max > INT32_MAX ? TFG_INT64 : TFG_INT32;
    return nest->leaves & LEAF_BOOL ? TFG_BOOL : TFG_FLOAT;     /* an empty list is of floats */
}

/* Can elements of these kinds go into `dtype` right here?  What cannot, NumPy does, or refuses. */
static bool fits_plainly(const Nest *nest, TfgDType dtype)
{
    int number = LEAF_BOOL | LEAF_INT;
    switch (tfg_dtype_kind(dtype)) {
    case TFG_KIND_BOOL: return !(nest->leaves & ~LEAF_BOOL);
    case TFG_KIND_INT:
    case TFG_KIND_UINT: return !(nest->leaves & ~number);
    case TFG_KIND_FLOAT: return (dtype == TFG_FLOAT || dtype == TFG_DOUBLE) && !(nest->leaves & ~(number | LEAF_FLOAT));
    case TFG_KIND_STRING: return !(nest->leaves & ~LEAF_STRING);
    default: return false;
    }
}

/* Integers wrap around as C's do, which is what NumPy did when TensorFlow 1.12 was made. */
static int store_leaf(PyObject *o, TfgDType dtype, char *at)
{
    if (dtype == TFG_STRING) {
        const char *data;
        Py_ssize_t n;
        PyObject *holder = NULL;
        if (py_as_bytes(o, &data, &n, &holder) < 0)
            return -1;
        int rc = tfg_string_set((TfgString *)(void *)at, data, (size_t)n);
        Py_DECREF(holder);
        if (rc < 0)
            PyErr_NoMemory();
        return rc;
    }
    if (dtype == TFG_FLOAT || dtype == TFG_DOUBLE) {
        double d = PyFloat_CheckExact(o) ? PyFloat_AS_DOUBLE(o) : PyFloat_AsDouble(o);
        if (d == -1.0 && PyErr_Occurred())
            return -1;
        if (dtype == TFG_FLOAT)
            *(float *)(void *)at = (float)d;
        else
            *(double *)(void *)at = d;
        return 0;
    }
    if (dtype == TFG_BOOL) {
        *at = o == Py_True;
        return 0;
    }
    int64_t v = PyLong_AsLongLong(o);
    if (v == -1 && PyErr_Occurred())
        return -1;
    switch (tfg_dtype_size(dtype)) {
    case 1: *(int8_t *)at = (int8_t)v; break;
    case 2: *(int16_t *)(void *)at = (int16_t)v; break;
    case 4: *(int32_t *)(void *)at = (int32_t)v; break;
    default: *(int64_t *)(void *)at = v; break;
    }
    return 0;
}

static int store(PyObject *o, TfgDType dtype, size_t size, char **at, const char *end)
{
    if (!is_list(o)) {
        if (*at + size > end) {
            PyErr_SetString(PyExc_RuntimeError, "list changed size while it was converted");
            return -1;
        }
        int rc = store_leaf(o, dtype, *at);
        *at += size;
        return rc;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
        if (store(PySequence_Fast_GET_ITEM(o, i), dtype, size, at, end) < 0)
            return -1;
    return 0;
}

static TfgTensor *plain_tensor(Core *core, PyObject *value, const Nest *nest, TfgDType dtype)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(dtype, nest->rank, nest->dims, &s);
    if (!t) {
        py_raise_build(core, &s);
        return NULL;
    }
    char *at = t->data;
    if (store(value, dtype, tfg_dtype_size(dtype), &at, (const char *)t->data + tfg_tensor_size(dtype, t->count)) < 0) {
        tfg_tensor_unref(t);
        return NULL;
    }
    return t;
}

/* ==== what is refused ==== */

/* numbers.Integral and its kin, imported when something unusual is asked about. */
static int is_number(PyObject *o, PyObject **abc, const char *name)
{
    if (!*abc) {
        PyObject *numbers = PyImport_ImportModule("numbers");
        *abc = numbers ? PyObject_GetAttrString(numbers, name) : NULL;
        Py_XDECREF(numbers);
        if (!*abc)
            return -1;
    }
    return PyObject_IsInstance(o, *abc);
}

static int leaf_fits(Core *core, PyObject *o, TfgDType dtype)
{
    switch (tfg_dtype_kind(dtype)) {
    case TFG_KIND_INT:
    case TFG_KIND_UINT:
    case TFG_KIND_QUANTIZED:
        if (dtype == TFG_UINT32 || dtype == TFG_UINT64)
            return !py_is_tensor(core, o);
        if (PyLong_Check(o) || PyArray_IsScalar(o, Integer) || PyObject_TypeCheck(o, core->dimension_type))
            return 1;
        return is_number(o, &core->integral, "Integral");
    case TFG_KIND_FLOAT:
        if (dtype == TFG_BFLOAT16)
            return !py_is_tensor(core, o);
        if (PyFloat_Check(o) || PyLong_Check(o) || PyArray_IsScalar(o, Integer) || PyArray_IsScalar(o, Floating))
            return 1;
        return is_number(o, &core->real, "Real");
    case TFG_KIND_COMPLEX:
        if (PyFloat_Check(o) || PyLong_Check(o) || PyComplex_Check(o) || PyArray_IsScalar(o, Number))
            return 1;
        return is_number(o, &core->complex_number, "Complex");
    case TFG_KIND_STRING: return PyUnicode_Check(o) || PyBytes_Check(o);
    case TFG_KIND_BOOL: return PyBool_Check(o);
    default: return !py_is_tensor(core, o);
    }
}

/* The first element that does not fit; borrowed, NULL where all do (or with an error set). */
static PyObject *misfit(Core *core, PyObject *o, TfgDType dtype)
{
    if (is_list(o)) {
        PyObject *found = NULL;
        if (Py_EnterRecursiveCall(" while looking at nested lists"))     /* a list may hold itself */
            return NULL;
        for (Py_ssize_t i = 0; !found && !PyErr_Occurred() && i < PySequence_Fast_GET_SIZE(o); i++)
            found = misfit(core, PySequence_Fast_GET_ITEM(o, i), dtype);
        Py_LeaveRecursiveCall();
        return found;
    }
    if (dtype == TFG_INVALID)
        return py_is_tensor(core, o) ? o : NULL;
    int fits = leaf_fits(core, o, dtype);
    return fits > 0 ? NULL : fits < 0 ? NULL : o;
}

/* Quantized values are given as tuples of one number. */
static PyObject *not_in_tuple(PyObject *o)
{
    if (!is_list(o))
        return o;
    bool nested = false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
        nested = nested || is_list(PySequence_Fast_GET_ITEM(o, i));
    if (!nested && PyTuple_Check(o))
        return NULL;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(o, i), *found = nested ? not_in_tuple(item) : item;
        if (found && found != Py_None)
            return found;
    }
    return NULL;
}

/* NumPy's scalars as they showed themselves before NumPy 2: 1.5, not np.float32(1.5). */
PyObject *py_plain_repr(PyObject *o)
{
    if (!PyArray_CheckScalar(o) || PyArray_IsScalar(o, Void))
        return PyObject_Repr(o);
    PyObject *item = PyArray_IsScalar(o, Character) ? PyObject_CallMethod(o, "item", NULL) : PyObject_Str(o);
    if (item && PyArray_IsScalar(o, Character))
        Py_SETREF(item, PyObject_Repr(item));
    return item;
}

static int check_fits(Core *core, PyObject *value, TfgDType dtype)
{
    PyObject *o = misfit(core, value, dtype);
    if (!o && !PyErr_Occurred() && tfg_dtype_kind(dtype) == TFG_KIND_QUANTIZED)
        o = not_in_tuple(value);
    if (!o)
        return PyErr_Occurred() ? -1 : 0;
    if (dtype == TFG_INVALID)
        PyErr_SetString(PyExc_TypeError, "List of Tensors when single Tensor expected");
    else if (py_is_tensor(core, o))
        PyErr_Format(PyExc_TypeError, "Expected %s, got list containing Tensors of type '_Message' instead.", tfg_dtype_name(dtype));
    else if (o == Py_None)
        PyErr_Format(PyExc_TypeError, "Expected %s, got None of type '_Message' instead.", tfg_dtype_name(dtype));
    else {
        const char *dot = strrchr(Py_TYPE(o)->tp_name, '.');
        PyObject *repr = py_plain_repr(o);
        if (repr)
            PyErr_Format(PyExc_TypeError, "Expected %s, got %U of type '%s' instead.", tfg_dtype_name(dtype), repr,
                         dot ? dot + 1 : Py_TYPE(o)->tp_name);
        Py_XDECREF(repr);
    }
    return -1;
}

/* The depth to which all lists agree in length: the shape that NumPy gave an array of unequal lists. */
static int agreeing(PyObject *o, int depth, int rank, const int64_t *dims)
{
    if (depth == rank)
        return rank;
    if (!is_list(o) || PySequence_Fast_GET_SIZE(o) != dims[depth])
        return depth;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++) {
        int r = agreeing(PySequence_Fast_GET_ITEM(o, i), depth + 1, rank, dims);
        rank = r < rank ? r : rank;
    }
    return rank;
}

static PyObject *replaced(PyObject *text, const char *from, const char *to)
{
    PyObject *result = text ? PyObject_CallMethod(text, "replace", "ss", from, to) : NULL;
    Py_XDECREF(text);
    return result;
}

void *py_raise_named(PyObject *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyObject *text = PyUnicode_FromFormatV(format, args);
    va_end(args);
    static const char *const openings[] = {"'", "<"};   /* <class 'pytfgraph...'>, <pytfgraph... object at 0x..> */
    for (int i = 0; i < 2; i++) {
        char from[24], to[24];
        snprintf(from, sizeof from, "%spytfgraph.contrib.", openings[i]);
        snprintf(to, sizeof to, "%stensorflow.contrib.", openings[i]);
        text = replaced(text, from, to);
        snprintf(from, sizeof from, "%spytfgraph.", openings[i]);
        snprintf(to, sizeof to, "%stensorflow.python.", openings[i]);
        text = replaced(text, from, to);
    }
    if (text)
        PyErr_SetObject(type, text);
    Py_XDECREF(text);
    return NULL;
}

static TfgTensor *fail_contents(PyObject *value)
{
    return py_raise_named(PyExc_TypeError, "Failed to convert object of type %R to Tensor. Contents: %S. Consider casting elements to a "
                                           "supported type.", (PyObject *)Py_TYPE(value), value);
}

static TfgTensor *fail_ragged(PyObject *value, const Nest *nest)
{
    TfgStr got = TFG_STR_INIT, wanted = TFG_STR_INIT;
    int depth = agreeing(value, 0, nest->rank, nest->dims);
    if (depth == nest->rank)            /* lists among the elements: an array of objects, of which no tensor can be made */
        return fail_contents(value);
    for (int i = 0; i < nest->rank; i++) {
        tfg_str_printf(&wanted, "%s%lld", i ? ", " : "", (long long)nest->dims[i]);
        if (i < depth)
            tfg_str_printf(&got, "%s%lld", i ? ", " : "", (long long)nest->dims[i]);
    }
    PyErr_Format(PyExc_ValueError, "Argument must be a dense tensor: %S - got shape [%s], but wanted [%s].", value, tfg_str_text(&got),
                 tfg_str_text(&wanted));
    tfg_str_fini(&got);
    tfg_str_fini(&wanted);
    return NULL;
}

/* ==== through NumPy ==== */

static PyArrayObject *numpy_array(Core *core, PyObject *value, TfgDType dtype)
{
    PyArray_Descr *descr = dtype != TFG_INVALID ? core->descrs[dtype] : NULL;
    Py_XINCREF(descr);
    return (PyArrayObject *)PyArray_FromAny(value, descr, 0, 0, NPY_ARRAY_FORCECAST | NPY_ARRAY_ENSUREARRAY, NULL);
}

/* float64 and int64 that come from Python numbers become float32 and, where nothing is lost, int32. */
static PyArrayObject *narrowed_steal(Core *core, PyArrayObject *a)
{
    int from = PyArray_TYPE(a);
    if (from == NPY_DOUBLE) {
        Py_INCREF(core->descrs[TFG_FLOAT]);
        PyArrayObject *b = (PyArrayObject *)PyArray_CastToType(a, core->descrs[TFG_FLOAT], 0);
        Py_DECREF(a);
        return b;
    }
    if (from != NPY_INT64 && from != NPY_LONGLONG)
        return a;
    Py_INCREF(core->descrs[TFG_INT32]);
    PyArrayObject *b = (PyArrayObject *)PyArray_CastToType(a, core->descrs[TFG_INT32], 0);
    PyObject *same = b ? PyObject_RichCompare((PyObject *)a, (PyObject *)b, Py_EQ) : NULL;
    PyObject *all = same ? PyObject_CallMethod(same, "all", NULL) : NULL;
    if (!same || (!all && !PyArray_Check(same)))
        PyErr_Clear();
    bool equal = all && PyObject_IsTrue(all) == 1;
    Py_XDECREF(same);
    Py_XDECREF(all);
    if (equal) {
        Py_DECREF(a);
        return b;
    }
    Py_XDECREF(b);
    return a;
}

/* Values that were text or objects become strings; elements of lists are taken as they are, lest NumPy trims NULs. */
static TfgTensor *string_tensor(Core *core, PyObject *value, PyArrayObject *a, const Nest *nest)
{
    if (PyArray_Check(value) || PyArray_CheckScalar(value) || !nest)
        return py_tensor_from_array(core, a, TFG_STRING, false);
    TfgTensor *t = plain_tensor(core, value, nest, TFG_STRING);
    if (!t && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        return fail_contents(value);
    }
    return t;
}

static bool quantized(TfgDType dtype) { return tfg_dtype_kind(dtype) == TFG_KIND_QUANTIZED; }

static TfgTensor *finish_array_steal(Core *core, PyObject *value, PyArrayObject *a, TfgDType dtype, const Nest *nest)
{
    TfgTensor *t = NULL;
    TfgDType found = quantized(dtype) ? dtype : py_dtype_of_descr(core, PyArray_DESCR(a));
    if (found == TFG_INVALID)
        PyErr_Format(PyExc_TypeError, "Cannot convert value %R to a TensorFlow DType.", (PyObject *)PyArray_DESCR(a));
    else if (dtype != TFG_INVALID && found != tfg_dtype_base(dtype))
        PyErr_Format(PyExc_TypeError, "Incompatible types: %S vs. %S. Value is %S", py_dtype(core, dtype), (PyObject *)PyArray_DESCR(a),
                     value);
    else if (found == TFG_STRING)
        t = string_tensor(core, value, a, nest);
    else
        t = py_tensor_from_array(core, a, found, false);
    Py_DECREF(a);
    return t;
}

/* Arrays and NumPy scalars: cast where a type is asked for, else as they are. */
static TfgTensor *tensor_of_array(Core *core, PyObject *value, TfgDType dtype)
{
    PyArrayObject *a = NULL;
    if (dtype == TFG_STRING && PyArray_Check(value) &&
        (PyTypeNum_ISSTRING(PyArray_TYPE((PyArrayObject *)value)) || PyArray_TYPE((PyArrayObject *)value) == NPY_OBJECT))
        a = (PyArrayObject *)Py_NewRef(value);
    else
        a = numpy_array(core, value, dtype);
    return a ? finish_array_steal(core, value, a, dtype, NULL) : NULL;
}

static bool has_array_protocol(Core *core, PyObject *value)
{
    PyObject *m = PyObject_GetAttr(value, PY_STR(core, __array__));
    bool yes = m && PyCallable_Check(m);
    Py_XDECREF(m);
    if (!yes) {
        PyErr_Clear();
        m = PyObject_GetAttr(value, PY_STR(core, __array_interface__));
        yes = m && PyDict_Check(m);
        Py_XDECREF(m);
    }
    PyErr_Clear();
    return yes;
}

/* Whether arrays stand among the elements; NumPy takes those like lists. */
static bool has_arrays(PyObject *o)
{
    if (!is_list(o))
        return PyArray_Check(o) && PyArray_NDIM((PyArrayObject *)o) > 0;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(o); i++)
        if (has_arrays(PySequence_Fast_GET_ITEM(o, i)))
            return true;
    return false;
}

/* The array of lists of unequal depths, where arrays make up for it; NULL without an error where they do not. */
static PyArrayObject *evened_array(Core *core, PyObject *value, TfgDType dtype)
{
    if (!has_arrays(value))
        return NULL;
    PyArrayObject *a = numpy_array(core, value, dtype);
    if (!a)
        PyErr_Clear();
    else if (PyArray_TYPE(a) == NPY_OBJECT)
        Py_CLEAR(a);
    return a;
}

/* Lists and scalars of anything but plain numbers and text. */
static TfgTensor *tensor_through_numpy(Core *core, PyObject *value, TfgDType dtype, const Nest *nest)
{
    if (check_fits(core, value, dtype) < 0)
        return NULL;
    PyArrayObject *a = NULL;
    if (nest->ragged && !quantized(dtype) && !(a = evened_array(core, value, dtype))) {
        if (dtype == TFG_INVALID || dtype == TFG_STRING)
            return fail_ragged(value, nest);
        PyErr_SetString(PyExc_ValueError, "setting an array element with a sequence.");
        return NULL;
    }
    if (!a && !(a = numpy_array(core, value, dtype))) {
        if (dtype == TFG_INVALID && (PyErr_ExceptionMatches(PyExc_ValueError) || PyErr_ExceptionMatches(PyExc_OverflowError))) {
            PyErr_Clear();
            return fail_contents(value);
        }
        return NULL;
    }
    if (dtype == TFG_INVALID && !(a = narrowed_steal(core, a)))
        return NULL;
    if (!quantized(dtype) && PyArray_TYPE(a) != NPY_OBJECT && PyArray_NDIM(a) != nest->rank) {
        /* Elements that are sequences themselves made the array deeper than the lists are. */
        TfgStr got = TFG_STR_INIT, wanted = TFG_STR_INIT;
        for (int i = 0; i < PyArray_NDIM(a); i++)
            tfg_str_printf(&got, "%s%lld", i ? ", " : "", (long long)PyArray_DIM(a, i));
        for (int i = 0; i < nest->rank; i++)
            tfg_str_printf(&wanted, "%s%lld", i ? ", " : "", (long long)nest->dims[i]);
        PyErr_Format(PyExc_ValueError, "Argument must be a dense tensor: %S - got shape [%s], but wanted [%s].", value,
                     tfg_str_text(&got), tfg_str_text(&wanted));
        tfg_str_fini(&got);
        tfg_str_fini(&wanted);
        Py_DECREF(a);
        return NULL;
    }
    return finish_array_steal(core, value, a, dtype, nest);
}

/* ==== shapes ==== */

/* The sizes given as `shape`: a sequence of integers or Dimensions, or a TensorShape.  -1 with an exception. */
static int shape_sizes(Core *core, PyObject *shape, int64_t *dims)
{
    if (PyObject_TypeCheck(shape, core->shape_type)) {
        TfgShape s;
        if (py_as_shape(core, shape, &s) < 0)
            return -1;
        if (!tfg_shape_is_full(&s)) {
            PyErr_Format(PyExc_TypeError, s.rank < 0 ? "'NoneType' object is not iterable" : "__int__ returned non-int (type NoneType)");
            return -1;
        }
        memcpy(dims, s.dims, (size_t)s.rank * sizeof *dims);
        return s.rank;
    }
    if (PyUnicode_Check(shape) || PyBytes_Check(shape)) {
        PyErr_SetString(PyExc_TypeError, "cannot perform reduce with flexible type");       /* np.prod's words */
        return -1;
    }
    PyObject *items = PyArray_Check(shape) ? PyObject_CallMethod(shape, "tolist", NULL) : Py_NewRef(shape);
    PyObject *fast = items ? PySequence_Fast(items, "shape must be a list of integers") : NULL;
    Py_XDECREF(items);
    if (!fast) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Clear();
            PyErr_Format(PyExc_TypeError, "'%s' object is not iterable", Py_TYPE(shape)->tp_name);
        }
        return -1;
    }
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    if (n > TFG_MAX_RANK) {
        PyErr_Format(PyExc_ValueError, "Too many dimensions: %zd", n);
        n = -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *number = PyNumber_Long(PySequence_Fast_GET_ITEM(fast, i));
        dims[i] = number ? PyLong_AsLongLong(number) : -1;
        Py_XDECREF(number);
        if (PyErr_Occurred())
            n = -1;
    }
    Py_DECREF(fast);
    return (int)n;
}

static void repeat_last(TfgTensor *t, int64_t have)
{
    size_t size = tfg_dtype_size(t->dtype);
    char *data = t->data;
    for (int64_t i = have; i < t->count; i++) {
        if (t->dtype == TFG_STRING) {
            const TfgString *last = (const TfgString *)t->data + have - 1;
            tfg_string_set((TfgString *)t->data + i, last->data, last->n);
        } else
            memcpy(data + (size_t)i * size, data + (size_t)(have - 1) * size, size);
    }
}

/* The value under another shape; the last element fills what is missing. */
static TfgTensor *reshaped_steal(Core *core, TfgTensor *t, PyObject *shape, bool verify)
{
    int64_t dims[TFG_MAX_RANK], count = 1;
    TfgTensor *out = NULL;
    TfgStatus s = TFG_STATUS_INIT;
    int rank = shape_sizes(core, shape, dims);
    if (rank < 0)
        goto done;
    for (int i = 0; i < rank; i++)
        if (__builtin_mul_overflow(count, dims[i], &count)) {
            PyErr_SetString(PyExc_ValueError, "Cannot create a tensor proto whose content is larger than 2GB.");
            goto done;
        }
    bool same = rank == t->rank && memcmp(dims, t->dims, (size_t)rank * sizeof *dims) == 0;
    if (verify && !same) {
        PyObject *wanted = py_shape_from(core, rank, dims), *got = py_shape_from(core, t->rank, t->dims);
        if (wanted && got)
            PyErr_Format(PyExc_TypeError, "Expected Tensor's shape: %S, got %S.", wanted, got);
        Py_XDECREF(wanted);
        Py_XDECREF(got);
        goto done;
    }
    if (t->count > count) {
        PyErr_Format(PyExc_ValueError, "Too many elements provided. Needed at most %lld, but received %lld", (long long)count,
                     (long long)t->count);
        goto done;
    }
    for (int i = 0; i < rank; i++)
        if (dims[i] < 0) {
            PyErr_Format(PyExc_ValueError, "Dimension %lld must be >= 0", (long long)dims[i]);
            goto done;
        }
    if (t->count == count)
        out = tfg_tensor_view(t, t->dtype, rank, dims, &s);
    else if ((out = tfg_tensor_new(t->dtype, rank, dims, &s))) {
        for (int64_t i = 0; i < t->count && t->dtype == TFG_STRING; i++)
            tfg_string_set((TfgString *)out->data + i, ((const TfgString *)t->data)[i].data, ((const TfgString *)t->data)[i].n);
        if (t->dtype != TFG_STRING)
            memcpy(out->data, t->data, tfg_tensor_size(t->dtype, t->count));
        if (t->count)
            repeat_last(out, t->count);
        else if (t->dtype != TFG_STRING)
            memset(out->data, 0, tfg_tensor_size(t->dtype, out->count));
    }
    if (!out)
        py_raise_build(core, &s);
done:
    tfg_tensor_unref(t);
    return out;
}

/* True where `shape` holds a 0, so that the values do not matter. */
static bool is_empty_shape(Core *core, PyObject *shape)
{
    int64_t dims[TFG_MAX_RANK];
    int rank = shape_sizes(core, shape, dims);
    if (rank < 0)
        PyErr_Clear();
    for (int i = 0; i < rank; i++)
        if (!dims[i])
            return true;
    return false;
}

/* ==== the whole ==== */

static TfgTensor *value_tensor(Core *core, PyObject *value, TfgDType dtype, PyObject *shape, int *form);

/* NumPy has no bfloat16, so what is not an array of its bits already goes through float32. */
static TfgTensor *bfloat16_tensor(Core *core, PyObject *value, PyObject *shape)
{
    PyObject *bad = PyArray_Check(value) || PyArray_CheckScalar(value) || value == Py_None ? NULL : misfit(core, value, TFG_FLOAT);
    if (bad) {
        PyErr_Format(PyExc_TypeError, "expected number, got %s", Py_TYPE(bad)->tp_name);
        return NULL;
    }
    TfgTensor *wide = value_tensor(core, value, TFG_FLOAT, shape, NULL), *t = NULL;
    TfgStatus s = TFG_STATUS_INIT;
    if (!wide)
        return NULL;
    t = tfg_tensor_new(TFG_BFLOAT16, wide->rank, wide->dims, &s);
    for (int64_t i = 0; t && i < t->count; i++)
        ((uint16_t *)t->data)[i] = tfg_float_to_bfloat16(((const float *)wide->data)[i]);
    tfg_tensor_unref(wide);
    if (!t)
        py_raise_build(core, &s);
    return t;
}

static bool holds_bfloat16(Core *core, PyObject *value)
{
    return PyArray_Check(value) && py_dtype_of_descr(core, PyArray_DESCR((PyArrayObject *)value)) == TFG_BFLOAT16;
}

static TfgTensor *value_tensor(Core *core, PyObject *value, TfgDType dtype, PyObject *shape, int *form)
{
    if (dtype == TFG_BFLOAT16 && !holds_bfloat16(core, value) && !py_is_message(core, value, "tensorflow.TensorProto"))
        return bfloat16_tensor(core, value, shape);
    if (PyArray_Check(value) || PyArray_CheckScalar(value))
        return tensor_of_array(core, value, dtype);
    if (py_is_message(core, value, "tensorflow.TensorProto"))
        return py_tensor_from_message(core, value, form);
    if (!is_list(value) && !PyFloat_Check(value) && !PyLong_Check(value) && !PyUnicode_Check(value) && !PyBytes_Check(value) &&
        has_array_protocol(core, value))
        return tensor_of_array(core, value, dtype);
    if (value == Py_None) {
        PyErr_SetString(PyExc_ValueError, "None values not supported.");
        return NULL;
    }
    if (shape && is_empty_shape(core, shape)) {
        int64_t none = 0;
        TfgStatus s = TFG_STATUS_INIT;
        TfgTensor *t = tfg_tensor_new(dtype != TFG_INVALID ? dtype : TFG_FLOAT, 1, &none, &s);
        if (!t)
            py_raise_build(core, &s);
        return t;
    }
    Nest nest;
    if (survey_value(value, &nest) < 0)
        return NULL;
    TfgDType wanted = dtype != TFG_INVALID ? dtype : inferred_dtype(&nest);
    if (!nest.ragged && wanted != TFG_INVALID && fits_plainly(&nest, wanted))
        return plain_tensor(core, value, &nest, wanted);
    return tensor_through_numpy(core, value, dtype, &nest);
}

TfgTensor *py_constant_value(Core *core, PyObject *value, TfgDType dtype, PyObject *shape, bool verify_shape, int *form)
{
    if (form)
        *form = TFG_TENSOR_FORM_DEFAULT;
    if (shape == Py_None)
        shape = NULL;
    dtype = tfg_dtype_base(dtype);
    TfgTensor *t = value_tensor(core, value, dtype, shape, form);
    if (t && shape && !py_is_message(core, value, "tensorflow.TensorProto")) {
        int64_t listed = t->count;
        t = reshaped_steal(core, t, shape, verify_shape);
        if (t && form && listed > 0 && listed < t->count && listed <= INT32_MAX)
            *form = (int)listed;                /* the last value stands for the rest */
    }
    if (t && t->dtype != TFG_STRING && tfg_tensor_size(t->dtype, t->count) >= (size_t)1 << 31) {
        PyErr_SetString(PyExc_ValueError, "Cannot create a tensor proto whose content is larger than 2GB.");
        tfg_tensor_unref(t);
        t = NULL;
    }
    return t;
}

PyObject *py_constant_of(PyGraph *g, TfgTensor *value, int form, const char *name)
{
    TfgNamedAttr attrs[] = {{"value", TFG_A_TENSOR(value)}, {"dtype", TFG_A_TYPE(value->dtype)}};
    attrs[0].value.n = form;
    const TfgOpDef *def = tfg_find_op_def("Const");
    if (!def)
        return PyErr_Format(PyExc_RuntimeError, "no operation Const");
    TfgOpSpec spec = {.def = def, .name = name ? name : "Const", .attrs = attrs, .n_attrs = 2, .direct = true};
    TfgOp *op = py_graph_add_op(g, &spec);
    return op ? py_wrap_output(g, (TfgOutput){op, 0}) : NULL;
}

PyObject *py_constant(Core *core, PyGraph *g, PyObject *value, TfgDType dtype, PyObject *shape, const char *name, bool verify)
{
    int form;
    TfgTensor *t = py_constant_value(core, value, dtype, shape, verify, &form);
    if (!t)
        return NULL;
    PyObject *result = py_constant_of(g, t, form, name);
    tfg_tensor_unref(t);
    return result;
}
