/* NumPy's scalars among Python's numbers as before NumPy 2: np.float32(x) + 1.0 is a float64, np.uint8(9) + 1 an int64.
 *
 * Since NumPy 2 the Python number takes the scalar's type; until then it counted as an int64, float64 or complex128.  Programs of that
 * time add fetched losses to a Python 0.0, compare them with constants, and take sizes from the largest label plus one.  So, for a
 * process that asked for it, the slots of NumPy's scalar types are replaced by functions that make the Python number such a scalar
 * first, and leave everything else to NumPy's own. */
#include "python/binding.h"

enum { N_TYPES = 11 };

static const int type_numbers[N_TYPES] = {NPY_BYTE, NPY_UBYTE, NPY_SHORT, NPY_USHORT, NPY_INT, NPY_UINT, NPY_ULONG, NPY_ULONGLONG,
                                          NPY_HALF, NPY_FLOAT, NPY_CFLOAT};

typedef struct Kept {           /* a type, with NumPy's own slots */
    PyTypeObject *type;
    PyNumberMethods number;
    richcmpfunc compare;
} Kept;

static Kept kept[N_TYPES];
static int n_kept;

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
        if (converted(a, b, &x, &y)) {                                                                                      \
            PyObject *sum = operation(x, y);                                                                                \
            Py_DECREF(x);                                                                                                   \
            Py_DECREF(y);                                                                                                   \
            return sum;                                                                                                     \
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
    if (modulus == Py_None && converted(a, b, &x, &y)) {
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
    const Kept *own = PyErr_Occurred() ? NULL : kept_of(a);
    return own ? own->compare(a, b, how) : NULL;
}

static PyObject *count_python_numbers_as_before(Core *core, PyObject *self, PyObject **args)
{
    (void)core, (void)self, (void)args;
    for (; n_kept < N_TYPES; n_kept++) {
        PyTypeObject *type = (PyTypeObject *)PyArray_TypeObjectFromType(type_numbers[n_kept]);
        if (!type)
            return NULL;
        Kept *k = &kept[n_kept];
        *k = (Kept){.type = type, .number = *type->tp_as_number, .compare = type->tp_richcompare};     /* the reference is kept, too */
#define REPLACE(slot, operation)                                                                                            \
        if (k->number.slot)                                                                                                 \
            type->tp_as_number->slot = scalar_##slot;
        EACH_BINARY(REPLACE)
#undef REPLACE
        if (k->number.nb_power)
            type->tp_as_number->nb_power = scalar_nb_power;
        type->tp_richcompare = scalar_compare;
    }
    Py_RETURN_NONE;
}

static const PyRow rows[] = {
    {"count_python_numbers_as_before", "()", count_python_numbers_as_before,
     "From now on a Python number beside a NumPy scalar counts as an int64, float64 or complex128, as before NumPy 2.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_scalars_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
