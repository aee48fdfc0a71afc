/* bfloat16 as a type of NumPy: a scalar type and a dtype, with casts to and from the numbers that NumPy has. */
#include <math.h>

#include "python/binding.h"
#include "tensor/half.h"

typedef struct PyBfloat16 { PyObject_HEAD uint16_t bits; } PyBfloat16;

/* ---- the scalar ---- */

static float value_of(PyObject *o) { return tfg_bfloat16_to_float(((PyBfloat16 *)o)->bits); }

static PyObject *make(PyTypeObject *type, float value)
{
    PyBfloat16 *o = (PyBfloat16 *)type->tp_alloc(type, 0);
    if (o)
        o->bits = tfg_float_to_bfloat16(value);
    return (PyObject *)o;
}

/* The scalar type among two operands, NULL where neither is one. */
static bool is_scalar(PyObject *o)
{
    return PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_HEAPTYPE) && Py_TYPE(o)->tp_basicsize == sizeof(PyBfloat16) &&
           strcmp(Py_TYPE(o)->tp_name, "bfloat16") == 0;
}

/* A Python number, or one of NumPy's, as a float.  -1 with TypeError where it is none. */
static int number(PyObject *o, float *out)
{
    if (is_scalar(o)) {
        *out = value_of(o);
        return 0;
    }
    if (!PyFloat_Check(o) && !PyLong_Check(o) && !PyArray_IsScalar(o, Number) && !PyArray_IsScalar(o, Bool) && !PyArray_IsZeroDim(o)) {
        PyErr_Format(PyExc_TypeError, "expected number, got %s", Py_TYPE(o)->tp_name);
        return -1;
    }
    double d = PyFloat_AsDouble(o);
    if (d == -1.0 && PyErr_Occurred())
        return -1;
    *out = (float)d;
    return 0;
}

static PyObject *scalar_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *value;
    float f;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "constructor takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O:bfloat16", &value) || number(value, &f) < 0)
        return NULL;
    return make(type, f);
}

static void scalar_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *float_text(PyObject *self, const char *format)
{
    char text[40];
    snprintf(text, sizeof text, "%.9g", (double)value_of(self));
    for (int digits = 1; digits < 9; digits++) {        /* the shortest that reads back the same */
        char shorter[40];
        snprintf(shorter, sizeof shorter, "%.*g", digits, (double)value_of(self));
        if (strtof(shorter, NULL) == value_of(self)) {
            memcpy(text, shorter, sizeof text);
            break;
        }
    }
    return PyUnicode_FromFormat(format, text);
}

static PyObject *scalar_repr(PyObject *self) { return float_text(self, "bfloat16(%s)"); }
static PyObject *scalar_str(PyObject *self) { return float_text(self, "%s"); }
static PyObject *scalar_float(PyObject *self) { return PyFloat_FromDouble((double)value_of(self)); }
static PyObject *scalar_int(PyObject *self) { return PyLong_FromDouble((double)value_of(self)); }
static int scalar_bool(PyObject *self) { return value_of(self) != 0.0f; }
static PyObject *scalar_negative(PyObject *self) { return make(Py_TYPE(self), -value_of(self)); }

static Py_hash_t scalar_hash(PyObject *self)
{
    PyObject *f = scalar_float(self);
    Py_hash_t h = f ? PyObject_Hash(f) : -1;
    Py_XDECREF(f);
    return h;
}

static PyObject *scalar_richcompare(PyObject *self, PyObject *other, int op)
{
    float a = value_of(self), b;
    if (PyArray_Check(other) || number(other, &b) < 0) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_RICHCOMPARE(a, b, op);
}

/* With Python's numbers and with each other they stay bfloat16; arrays decide for themselves. */
#define OPERATOR(name, expression)                                              \
    static PyObject *scalar_##name(PyObject *x, PyObject *y)                    \
    {                                                                           \
        float a, b;                                                             \
        if (PyArray_Check(x) || PyArray_Check(y) || number(x, &a) < 0 || number(y, &b) < 0) { \
            PyErr_Clear();                                                      \
            Py_RETURN_NOTIMPLEMENTED;                                           \
        }                                                                       \
        return make(is_scalar(x) ? Py_TYPE(x) : Py_TYPE(y), (expression));      \
    }
OPERATOR(add, a + b)
OPERATOR(subtract, a - b)
OPERATOR(multiply, a * b)
OPERATOR(divide, a / b)

static const PyType_Slot scalar_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)scalar_new},
    {Py_tp_dealloc, (void *)(uintptr_t)scalar_dealloc},
    {Py_tp_repr, (void *)(uintptr_t)scalar_repr},
    {Py_tp_str, (void *)(uintptr_t)scalar_str},
    {Py_tp_hash, (void *)(uintptr_t)scalar_hash},
    {Py_tp_richcompare, (void *)(uintptr_t)scalar_richcompare},
    {Py_nb_add, (void *)(uintptr_t)scalar_add},
    {Py_nb_subtract, (void *)(uintptr_t)scalar_subtract},
    {Py_nb_multiply, (void *)(uintptr_t)scalar_multiply},
    {Py_nb_true_divide, (void *)(uintptr_t)scalar_divide},
    {Py_nb_negative, (void *)(uintptr_t)scalar_negative},
    {Py_nb_float, (void *)(uintptr_t)scalar_float},
    {Py_nb_int, (void *)(uintptr_t)scalar_int},
    {Py_nb_bool, (void *)(uintptr_t)scalar_bool},
    {Py_tp_doc, (void *)(uintptr_t)"A floating number of 16 bits with the range of float32."},
    {0, NULL},
};

/* The name of a type of "builtins" is shown without its module, as TensorFlow's type shows itself. */
static const PyType_Spec scalar_spec = {
    .name = "builtins.bfloat16",
    .basicsize = sizeof(PyBfloat16),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = (PyType_Slot *)(uintptr_t)scalar_slots,
};

/* ---- what NumPy calls for elements ---- */

static uint16_t load(const void *p)
{
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return bits;
}

static void swap_bytes(char *p)
{
    char first = p[0];
    p[0] = p[1];
    p[1] = first;
}

static PyObject *element_get(void *data, void *array)
{
    if (!array) {
        PyErr_SetString(PyExc_RuntimeError, "an element of bfloat16 without its array");
        return NULL;
    }
    PyTypeObject *type = PyArray_DESCR((PyArrayObject *)array)->typeobj;
    uint16_t bits = load(data);
    if (PyArray_ISBYTESWAPPED((PyArrayObject *)array))
        bits = (uint16_t)(bits >> 8 | bits << 8);
    PyBfloat16 *o = (PyBfloat16 *)type->tp_alloc(type, 0);
    if (o)
        o->bits = bits;
    return (PyObject *)o;
}

static int element_set(PyObject *item, void *data, void *array)
{
    float f;
    if (number(item, &f) < 0)
        return -1;
    uint16_t bits = tfg_float_to_bfloat16(f);
    memcpy(data, &bits, sizeof bits);
    if (array && PyArray_ISBYTESWAPPED((PyArrayObject *)array))
        swap_bytes(data);
    return 0;
}

static void copy_swap_n(void *to, npy_intp to_stride, void *from, npy_intp from_stride, npy_intp n, int swap, void *array)
{
    (void)array;
    for (npy_intp i = 0; i < n; i++) {
        char *out = (char *)to + i * to_stride;
        if (from)
            memcpy(out, (const char *)from + i * from_stride, 2);
        if (swap)
            swap_bytes(out);
    }
}

static void copy_swap(void *to, void *from, int swap, void *array) { copy_swap_n(to, 0, from, 0, 1, swap, array); }

static npy_bool is_nonzero(void *data, void *array)
{
    (void)array;
    return (load(data) & 0x7fffu) != 0;
}

/* NaN is above everything, where sorting leaves it. */
static int compare(const void *x, const void *y, void *array)
{
    (void)array;
    float a = tfg_bfloat16_to_float(load(x)), b = tfg_bfloat16_to_float(load(y));
    if (a < b || (b != b && a == a))
        return -1;
    return a > b || (a != a && b == b);
}

static int arg_best(void *data, npy_intp n, npy_intp *best, float sign)
{
    const uint16_t *x = data;
    *best = 0;
    for (npy_intp i = 0; i < n; i++) {
        float v = sign * tfg_bfloat16_to_float(x[i]);
        if (v != v) {
            *best = i;
            break;
        }
        if (v > sign * tfg_bfloat16_to_float(x[*best]))
            *best = i;
    }
    return 0;
}

static int arg_max(void *data, npy_intp n, npy_intp *best, void *array)
{
    (void)array;
    return arg_best(data, n, best, 1.0f);
}

static int arg_min(void *data, npy_intp n, npy_intp *best, void *array)
{
    (void)array;
    return arg_best(data, n, best, -1.0f);
}

/* arange: the first two are given. */
static int fill(void *data, npy_intp n, void *array)
{
    (void)array;
    uint16_t *x = data;
    float start = tfg_bfloat16_to_float(x[0]), delta = tfg_bfloat16_to_float(x[1]) - start;
    for (npy_intp i = 2; i < n; i++)
        x[i] = tfg_float_to_bfloat16(start + (float)i * delta);
    return 0;
}

/* ---- casts ---- */

#define CASTS(X)                                                                                                          \
    X(BYTE, npy_byte) X(UBYTE, npy_ubyte) X(SHORT, npy_short) X(USHORT, npy_ushort) X(INT, npy_int) X(UINT, npy_uint)      \
    X(LONG, npy_long) X(ULONG, npy_ulong) X(LONGLONG, npy_longlong) X(ULONGLONG, npy_ulonglong) X(FLOAT, npy_float)        \
    X(DOUBLE, npy_double)

#define CAST(num, type)                                                                                      \
    static void to_##num(void *from, void *to, npy_intp n, void *a, void *b)                                 \
    {                                                                                                        \
        (void)a;                                                                                             \
        (void)b;                                                                                             \
        for (npy_intp i = 0; i < n; i++)                                                                     \
            ((type *)to)[i] = (type)tfg_bfloat16_to_float(((const uint16_t *)from)[i]);                      \
    }                                                                                                        \
    static void from_##num(void *from, void *to, npy_intp n, void *a, void *b)                               \
    {                                                                                                        \
        (void)a;                                                                                             \
        (void)b;                                                                                             \
        for (npy_intp i = 0; i < n; i++)                                                                     \
            ((uint16_t *)to)[i] = tfg_float_to_bfloat16((float)((const type *)from)[i]);                     \
    }
CASTS(CAST)

static void to_bool(void *from, void *to, npy_intp n, void *a, void *b)
{
    (void)a;
    (void)b;
    for (npy_intp i = 0; i < n; i++)
        ((npy_bool *)to)[i] = (((const uint16_t *)from)[i] & 0x7fffu) != 0;
}

static void from_bool(void *from, void *to, npy_intp n, void *a, void *b)
{
    (void)a;
    (void)b;
    for (npy_intp i = 0; i < n; i++)
        ((uint16_t *)to)[i] = tfg_float_to_bfloat16(((const npy_bool *)from)[i] ? 1.0f : 0.0f);
}

static void to_half(void *from, void *to, npy_intp n, void *a, void *b)
{
    (void)a;
    (void)b;
    for (npy_intp i = 0; i < n; i++)
        ((uint16_t *)to)[i] = tfg_float_to_half(tfg_bfloat16_to_float(((const uint16_t *)from)[i]));
}

static void from_half(void *from, void *to, npy_intp n, void *a, void *b)
{
    (void)a;
    (void)b;
    for (npy_intp i = 0; i < n; i++)
        ((uint16_t *)to)[i] = tfg_float_to_bfloat16(tfg_half_to_float(((const uint16_t *)from)[i]));
}

static int register_cast(PyArray_Descr *ours, int num, PyArray_VectorUnaryFunc *to, PyArray_VectorUnaryFunc *from)
{
    PyArray_Descr *other = PyArray_DescrFromType(num);
    int rc = other && PyArray_RegisterCastFunc(ours, num, to) == 0 && PyArray_RegisterCastFunc(other, ours->type_num, from) == 0 ? 0 : -1;
    Py_XDECREF(other);
    return rc;
}

static int register_casts(PyArray_Descr *d)
{
#define REGISTER(num, type)                                     \
    if (register_cast(d, NPY_##num, to_##num, from_##num) < 0)  \
        return -1;
    CASTS(REGISTER)
    if (register_cast(d, NPY_BOOL, to_bool, from_bool) < 0 || register_cast(d, NPY_HALF, to_half, from_half) < 0)
        return -1;
    /* Nothing is lost on the way to float32 and float64. */
    return PyArray_RegisterCanCast(d, NPY_FLOAT, NPY_NOSCALAR) < 0 || PyArray_RegisterCanCast(d, NPY_DOUBLE, NPY_NOSCALAR) < 0 ? -1 : 0;
}

/* ---- the dtype ---- */

typedef struct Registered { PyArray_ArrFuncs functions; PyArray_DescrProto proto; } Registered;

/* NumPy keeps what it is given for ever, so that is never freed. */
static int register_dtype(PyObject *type)
{
    Registered *r = PyMem_RawCalloc(1, sizeof *r);
    if (!r) {
        PyErr_NoMemory();
        return -1;
    }
    PyArray_InitArrFuncs(&r->functions);
    r->functions.getitem = element_get;
    r->functions.setitem = element_set;
    r->functions.copyswapn = copy_swap_n;
    r->functions.copyswap = copy_swap;
    r->functions.nonzero = is_nonzero;
    r->functions.compare = compare;
    r->functions.argmax = arg_max;
    r->functions.argmin = arg_min;
    r->functions.fill = fill;
    Py_SET_TYPE(&r->proto, &PyArrayDescr_Type);
    Py_SET_REFCNT(&r->proto, 1);
    r->proto.typeobj = (PyTypeObject *)Py_NewRef(type);
    r->proto.kind = 'V';
    r->proto.type = 'E';
    r->proto.byteorder = '=';
    r->proto.flags = NPY_NEEDS_PYAPI | NPY_USE_SETITEM;         /* scalars are made by copying the bits, without an array at hand */
    r->proto.elsize = 2;
    r->proto.alignment = 2;
    r->proto.f = &r->functions;
    r->proto.hash = -1;
    return PyArray_RegisterDataType(&r->proto);
}

int py_bfloat16_init(Core *core)
{
    PyObject *type = PyType_FromSpecWithBases((PyType_Spec *)(uintptr_t)&scalar_spec, (PyObject *)&PyGenericArrType_Type);
    PyObject *name = type ? PyUnicode_FromString("bfloat16") : NULL;
    bool named = name && PyObject_SetAttrString(type, "__name__", name) == 0;
    Py_XDECREF(name);
    int num = named ? register_dtype(type) : -1;
    PyArray_Descr *d = num >= 0 ? PyArray_DescrFromType(num) : NULL;
    if (!d || PyObject_SetAttrString(type, "dtype", (PyObject *)d) < 0 || register_casts(d) < 0) {
        Py_XDECREF(d);
        Py_XDECREF(type);
        return -1;
    }
    core->descrs[TFG_BFLOAT16] = d;
    core->numpy_types[TFG_BFLOAT16] = type;
    return 0;
}
