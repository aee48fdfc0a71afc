/* NumPy's scalars among Python's numbers and arrays as before NumPy 2: np.float32(x) + 1.0 is a float64, np.uint8(9) + 1 an int64, and
 * an array of float32 times np.float64(2) one of float32.
 *
 * Since NumPy 2 a Python number takes the scalar's type; until then it counted as an int64, float64 or complex128.  And a scalar now
 * counts by its type beside an array, where only its kind did.  Programs of that time add fetched losses to a Python 0.0, compare them
 * with constants, take sizes from the largest label plus one, and scale arrays by np.sqrt(n).  So, for a process that asked for it, the
 * slots of NumPy's types are replaced by functions that make the one number what it counted as, and leave the rest to NumPy's own. */
#include "python/binding.h"

#include <float.h>
#include <math.h>

enum { N_TYPES = 15 };

static const int type_numbers[N_TYPES] = {NPY_BYTE, NPY_UBYTE, NPY_SHORT, NPY_USHORT, NPY_INT, NPY_UINT, NPY_LONG, NPY_ULONG,
                                          NPY_LONGLONG, NPY_ULONGLONG, NPY_HALF, NPY_FLOAT, NPY_DOUBLE, NPY_CFLOAT, NPY_CDOUBLE};

typedef struct Kept {           /* a type, with NumPy's own slots */
    PyTypeObject *type;
    PyNumberMethods number;
    richcmpfunc compare;
} Kept;

static Kept kept[N_TYPES];
static int n_kept;
static Kept array;              /* the type of arrays */

/* The type among those kept that an object is of, or NULL. */
static const Kept *kept_of(PyObject *o)
{
    for (int i = 0; i < n_kept; i++)
        if (PyObject_TypeCheck(o, kept[i].type))
            return &kept[i];
    return NULL;
}

/* A Python number as the scalar that it counted as; NULL without an error where it is none, or too large. */
static PyObject *as_scalar(PyObject *o)
{
    if (PyFloat_CheckExact(o)) {
        PyObject *scalar = PyArrayScalar_New(Double);
        if (scalar)
            PyArrayScalar_ASSIGN(scalar, Double, PyFloat_AS_DOUBLE(o));
        return scalar;
    }
    if (PyLong_CheckExact(o)) {
        int overflow;
        long value = PyLong_AsLongAndOverflow(o, &overflow);
        PyObject *scalar = overflow ? NULL : PyArrayScalar_New(Long);
        if (scalar)
            PyArrayScalar_ASSIGN(scalar, Long, value);
        return scalar;
    }
    if (!PyComplex_CheckExact(o))
        return NULL;
    PyObject *scalar = PyArrayScalar_New(CDouble);
    if (scalar) {
        double parts[2] = {PyComplex_RealAsDouble(o), PyComplex_ImagAsDouble(o)};
        memcpy(&PyArrayScalar_VAL(scalar, CDouble), parts, sizeof parts);
    }
    return scalar;
}

/* The two operands where one is a Python number; false, and nothing to give back, where NumPy's own function is to see them. */
static bool converted(PyObject *a, PyObject *b, PyObject **x, PyObject **y)
{
    PyObject *first = as_scalar(a), *second = first || PyErr_Occurred() ? NULL : as_scalar(b);
    if (!first && !second)
        return false;
    *x = first ? first : Py_NewRef(a);
    *y = second ? second : Py_NewRef(b);
    return true;
}

/* ---- beside an array ---- */

static bool holds(int bits, bool is_unsigned, long long value)
{
    if (is_unsigned)
        return value >= 0 && (bits == 64 || value >> bits == 0);
    return bits == 64 || (value >= -(1LL << (bits - 1)) && value < 1LL << (bits - 1));
}

/* An integer as the smallest NumPy scalar that holds it: what counted beside an array whose dtype does not. */
static PyObject *smallest(PyObject *integer, long long value)
{
    static const int unsigned_types[] = {NPY_UINT8, NPY_UINT16, NPY_UINT32, NPY_UINT64}, types[] = {NPY_INT8, NPY_INT16, NPY_INT32, NPY_INT64};
    int i = 0;
    while (!holds(8 << i, value >= 0, value))
        i++;
    PyArray_Descr *descr = PyArray_DescrFromType(value >= 0 ? unsigned_types[i] : types[i]);
    PyObject *made = descr ? PyArray_FromAny(integer, descr, 0, 0, 0, NULL) : NULL;
    return made ? PyArray_Return((PyArrayObject *)made) : NULL;
}

static PyObject *integer_beside(PyObject *o, PyArrayObject *a)
{
    PyObject *integer = PyNumber_Index(o);
    if (!integer || !PyArray_ISINTEGER(a))
        return integer;
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(integer, &overflow);
    PyObject *result = NULL;
    if (!overflow && holds((int)PyArray_ITEMSIZE(a) * 8, PyArray_ISUNSIGNED(a), value))
        result = Py_NewRef(integer);
    else if (!overflow)
        result = smallest(integer, value);
    Py_DECREF(integer);
    if (result && Py_TYPE(result) == Py_TYPE(o) && !PyLong_CheckExact(o))
        Py_CLEAR(result);       /* it is that already */
    return result;
}

static PyObject *real_beside(PyObject *o, PyArrayObject *a)
{
    double value = PyFloat_AsDouble(o);
    if (value == -1 && PyErr_Occurred())
        return NULL;
    int type = PyArray_TYPE(a);
    double largest = type == NPY_HALF ? 65504 : type == NPY_FLOAT || type == NPY_CFLOAT ? (double)FLT_MAX : DBL_MAX;
    return isfinite(value) && fabs(value) > largest ? NULL : PyFloat_FromDouble(value);
}

/* A NumPy scalar beside an array of the same kind of numbers, or a larger one, as a Python number, which takes the array's type: so did
 * scalars before NumPy 2, as long as the type could hold them; and an integer that it cannot hold as the smallest scalar that can.
 * NULL without an error where NumPy is to see the operand itself. */
static PyObject *as_number(PyObject *o, PyObject *other)
{
    if (!PyArray_CheckExact(other) || PyArray_NDIM((PyArrayObject *)other) == 0)
        return NULL;
    PyArrayObject *a = (PyArrayObject *)other;
    bool inexact = PyArray_ISFLOAT(a) || PyArray_ISCOMPLEX(a);
    if (PyArray_IsScalar(o, Timedelta))     /* one of NumPy's integers, too */
        return NULL;
    if (PyLong_CheckExact(o) ? PyArray_ISINTEGER(a) : PyArray_IsScalar(o, Integer) && (inexact || PyArray_ISINTEGER(a)))
        return integer_beside(o, a);
    return PyArray_IsScalar(o, Floating) && inexact ? real_beside(o, a) : NULL;
}

/* The two operands where one is an array and the other counts as another number beside it; otherwise false. */
static bool weakened(PyObject *a, PyObject *b, PyObject **x, PyObject **y)
{
    PyObject *second = as_number(b, a), *first = second || PyErr_Occurred() ? NULL : as_number(a, b);
    if (!first && !second)
        return false;
    *x = first ? first : Py_NewRef(a);
    *y = second ? second : Py_NewRef(b);
    return true;
}

/* ---- slots of scalars ---- */

/* What a slot does: NumPy's own function of the one operand's type, and then of the other's. */
#define ORIGINAL(slot, ...)                                                                                                 \
    const Kept *left = kept_of(a), *right = kept_of(b);                                                                     \
    PyObject *result = left && left->number.slot ? left->number.slot(__VA_ARGS__) : Py_NewRef(Py_NotImplemented);           \
    if (result != Py_NotImplemented || !right || right == left || !right->number.slot)                                      \
        return result;                                                                                                      \
    Py_DECREF(result);                                                                                                      \
    return right->number.slot(__VA_ARGS__)

#define BINARY(slot, operation)                                                                                             \
    static PyObject *scalar_##slot(PyObject *a, PyObject *b)                                                                \
    {                                                                                                                       \
        PyObject *x, *y;                                                                                                    \
        if (converted(a, b, &x, &y) || (!PyErr_Occurred() && weakened(a, b, &x, &y))) {                                     \
            PyObject *answer = operation(x, y);                                                                             \
            Py_DECREF(x);                                                                                                   \
            Py_DECREF(y);                                                                                                   \
            return answer;                                                                                                  \
        }                                                                                                                   \
        if (PyErr_Occurred())                                                                                               \
            return NULL;                                                                                                    \
        ORIGINAL(slot, a, b);                                                                                               \
    }

#define EACH_BINARY(X)                                                                                                      \
    X(nb_add, PyNumber_Add)                                                                                                 \
    X(nb_subtract, PyNumber_Subtract)                                                                                       \
    X(nb_multiply, PyNumber_Multiply)                                                                                       \
    X(nb_remainder, PyNumber_Remainder)                                                                                     \
    X(nb_divmod, PyNumber_Divmod)                                                                                           \
    X(nb_lshift, PyNumber_Lshift)                                                                                           \
    X(nb_rshift, PyNumber_Rshift)                                                                                           \
    X(nb_and, PyNumber_And)                                                                                                 \
    X(nb_xor, PyNumber_Xor)                                                                                                 \
    X(nb_or, PyNumber_Or)                                                                                                   \
    X(nb_floor_divide, PyNumber_FloorDivide)                                                                                \
    X(nb_true_divide, PyNumber_TrueDivide)

EACH_BINARY(BINARY)

static PyObject *scalar_nb_power(PyObject *a, PyObject *b, PyObject *modulus)
{
    PyObject *x, *y;
    if (modulus == Py_None && (converted(a, b, &x, &y) || (!PyErr_Occurred() && weakened(a, b, &x, &y)))) {
        PyObject *power = PyNumber_Power(x, y, modulus);
        Py_DECREF(x);
        Py_DECREF(y);
        return power;
    }
    if (PyErr_Occurred())
        return NULL;
    ORIGINAL(nb_power, a, b, modulus);
}

static PyObject *scalar_compare(PyObject *a, PyObject *b, int how)
{
    PyObject *y = as_scalar(b);
    if (y) {
        PyObject *answer = PyObject_RichCompare(a, y, how);
        Py_DECREF(y);
        return answer;
    }
    PyObject *x = PyErr_Occurred() ? NULL : as_number(a, b);
    if (x) {
        PyObject *answer = PyObject_RichCompare(x, b, how);
        Py_DECREF(x);
        return answer;
    }
    const Kept *own = PyErr_Occurred() ? NULL : kept_of(a);
    return own ? own->compare(a, b, how) : NULL;
}

/* ---- slots of arrays ---- */

#define OF_ARRAYS(slot, operation)                                                                                          \
    static PyObject *array_##slot(PyObject *a, PyObject *b)                                                                 \
    {                                                                                                                       \
        PyObject *x, *y;                                                                                                    \
        if (!weakened(a, b, &x, &y))                                                                                        \
            return PyErr_Occurred() ? NULL : array.number.slot(a, b);                                                       \
        PyObject *result = array.number.slot(x, y);                                                                         \
        Py_DECREF(x);                                                                                                       \
        Py_DECREF(y);                                                                                                       \
        return result;                                                                                                      \
    }

#define EACH_IN_PLACE(X)                                                                                                    \
    X(nb_inplace_add, )                                                                                                     \
    X(nb_inplace_subtract, )                                                                                                \
    X(nb_inplace_multiply, )                                                                                                \
    X(nb_inplace_remainder, )                                                                                               \
    X(nb_inplace_floor_divide, )                                                                                            \
    X(nb_inplace_true_divide, )

EACH_BINARY(OF_ARRAYS)
EACH_IN_PLACE(OF_ARRAYS)

static PyObject *array_nb_power(PyObject *a, PyObject *b, PyObject *modulus)
{
    PyObject *x, *y;
    if (!weakened(a, b, &x, &y))
        return PyErr_Occurred() ? NULL : array.number.nb_power(a, b, modulus);
    PyObject *result = array.number.nb_power(x, y, modulus);
    Py_DECREF(x);
    Py_DECREF(y);
    return result;
}

static PyObject *array_compare(PyObject *a, PyObject *b, int how)
{
    PyObject *y = as_number(b, a);
    if (!y)
        return PyErr_Occurred() ? NULL : array.compare(a, b, how);
    PyObject *answer = array.compare(a, y, how);
    Py_DECREF(y);
    return answer;
}

/* ---- putting them in place ---- */

static Kept kept_now(PyTypeObject *type)
{
    return (Kept){.type = type, .number = *type->tp_as_number, .compare = type->tp_richcompare};
}

#define REPLACE_BY(prefix, slot)                                                                                            \
    if (type->tp_as_number->slot)                                                                                           \
        type->tp_as_number->slot = prefix##_##slot;

static void replace_of_scalars(PyTypeObject *type)
{
#define REPLACE(slot, operation) REPLACE_BY(scalar, slot)
    EACH_BINARY(REPLACE)
#undef REPLACE
    REPLACE_BY(scalar, nb_power)
    type->tp_richcompare = scalar_compare;
}

static void replace_of_arrays(PyTypeObject *type)
{
#define REPLACE(slot, operation) REPLACE_BY(array, slot)
    EACH_BINARY(REPLACE)
    EACH_IN_PLACE(REPLACE)
#undef REPLACE
    REPLACE_BY(array, nb_power)
    type->tp_richcompare = array_compare;
}

static PyObject *count_numbers_as_before(Core *core, PyObject *self, PyObject **args)
{
    (void)core, (void)self, (void)args;
    for (; n_kept < N_TYPES; n_kept++) {
        PyTypeObject *type = (PyTypeObject *)PyArray_TypeObjectFromType(type_numbers[n_kept]);
        if (!type)
            return NULL;
        kept[n_kept] = kept_now(type);      /* the reference is kept, too */
        replace_of_scalars(type);
    }
    if (!array.type) {
        array = kept_now(&PyArray_Type);
        replace_of_arrays(&PyArray_Type);
    }
    Py_RETURN_NONE;
}

static const PyRow rows[] = {
    {"count_numbers_as_before", "()", count_numbers_as_before,
     "From now on numbers meet NumPy's scalars, and those meet arrays, as before NumPy 2.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_scalars_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
