/* tf.DType: one object per element type, and one per reference type. */
#include "python/binding.h"

/* ---- what NumPy calls them ---- */

static const struct { int number; int type_num; } plain_types[] = {
    {TFG_FLOAT, NPY_FLOAT32}, {TFG_DOUBLE, NPY_FLOAT64}, {TFG_INT32, NPY_INT32}, {TFG_UINT8, NPY_UINT8}, {TFG_INT16, NPY_INT16},
    {TFG_INT8, NPY_INT8}, {TFG_STRING, NPY_OBJECT}, {TFG_COMPLEX64, NPY_COMPLEX64}, {TFG_INT64, NPY_INT64}, {TFG_BOOL, NPY_BOOL},
    {TFG_UINT16, NPY_UINT16}, {TFG_COMPLEX128, NPY_COMPLEX128}, {TFG_HALF, NPY_FLOAT16}, {TFG_UINT32, NPY_UINT32},
    {TFG_UINT64, NPY_UINT64},
};
/* Quantized elements are structures of one field. */
static const struct { int number; int type_num; const char *field; } field_types[] = {
    {TFG_QINT8, NPY_INT8, "qint8"}, {TFG_QUINT8, NPY_UINT8, "quint8"}, {TFG_QINT32, NPY_INT32, "qint32"},
    {TFG_QINT16, NPY_INT16, "qint16"}, {TFG_QUINT16, NPY_UINT16, "quint16"},
};

static PyArray_Descr *field_descr(const char *field, int type_num)
{
    PyArray_Descr *element = PyArray_DescrFromType(type_num), *descr = NULL;
    PyObject *spec = element ? Py_BuildValue("[(sO)]", field, element) : NULL;
    if (spec && !PyArray_DescrConverter(spec, &descr))
        descr = NULL;
    Py_XDECREF(element);
    Py_XDECREF(spec);
    return descr;
}

static int make_numpy_types(Core *core)
{
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++) {
        int number = plain_types[i].number;
        PyArray_Descr *d = core->descrs[number] = PyArray_DescrFromType(plain_types[i].type_num);
        if (!d)
            return -1;
        /* np.bool and np.object were Python's own bool and object. */
        PyObject *type = (PyObject *)d->typeobj;
        if (number == TFG_STRING)
            type = (PyObject *)&PyBaseObject_Type;
        else if (number == TFG_BOOL)
            type = (PyObject *)&PyBool_Type;
        core->numpy_types[number] = Py_NewRef(type);
    }
    for (size_t i = 0; i < sizeof field_types / sizeof *field_types; i++) {
        int number = field_types[i].number;
        core->descrs[number] = field_descr(field_types[i].field, field_types[i].type_num);
        if (!core->descrs[number])
            return -1;
        core->numpy_types[number] = Py_NewRef((PyObject *)core->descrs[number]);
    }
    return py_bfloat16_init(core);
}

PyObject *py_numpy_type(Core *core, TfgDType dtype)
{
    int base = tfg_dtype_base(dtype);
    return base > 0 && base < TFG_N_DTYPES ? core->numpy_types[base] : NULL;
}

TfgDType py_dtype_of_descr(Core *core, PyArray_Descr *descr)
{
    int type_num = descr->type_num;
    if (PyTypeNum_ISSTRING(type_num))
        return TFG_STRING;
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++) {
        if (plain_types[i].type_num == type_num)
            return (TfgDType)plain_types[i].number;
    }
    /* long and long long are two types of one size. */
    if (PyTypeNum_ISINTEGER(type_num)) {
        bool is_signed = PyTypeNum_ISSIGNED(type_num) != 0;
        switch (PyDataType_ELSIZE(descr)) {
        case 4: return is_signed ? TFG_INT32 : TFG_UINT32;
        case 8: return is_signed ? TFG_INT64 : TFG_UINT64;
        default: return TFG_INVALID;
        }
    }
    /* Also the bfloat16 of other libraries: the bits are the same. */
    if (type_num >= NPY_USERDEF && PyDataType_ELSIZE(descr) == 2 && strcmp(descr->typeobj->tp_name, "bfloat16") == 0)
        return TFG_BFLOAT16;
    if (PyDataType_HASFIELDS(descr)) {
        for (size_t i = 0; i < sizeof field_types / sizeof *field_types; i++)
            if (PyArray_EquivTypes(descr, core->descrs[field_types[i].number]))
                return (TfgDType)field_types[i].number;
    }
    return TFG_INVALID;
}

/* ---- finding one ---- */

PyObject *py_dtype(Core *core, TfgDType dtype)
{
    int number = dtype, base = tfg_dtype_base(dtype);
    PyObject *found = NULL;
    if (base > 0 && base < TFG_N_DTYPES)
        found = number >= TFG_REF ? core->ref_dtypes[base] : core->dtypes[base];
    if (!found)
        PyErr_Format(PyExc_TypeError, "type_enum is not a valid types_pb2.DataType: %d", number);
    return found;
}

static TfgDType dtype_of_numpy(Core *core, PyObject *value)
{
    if (PyType_Check(value)) {
        if (value == (PyObject *)&PyFloat_Type)
            return TFG_FLOAT;
        if (value == (PyObject *)&PyBool_Type)
            return TFG_BOOL;
        if (value == (PyObject *)&PyBaseObject_Type)
            return TFG_STRING;
        if (!PyType_IsSubtype((PyTypeObject *)value, &PyGenericArrType_Type))
            return TFG_INVALID;
        PyArray_Descr *d = PyArray_DescrFromTypeObject(value);
        if (!d)
            return TFG_INVALID;
        TfgDType found = PyTypeNum_ISSTRING(d->type_num) ? TFG_INVALID : py_dtype_of_descr(core, d);
        Py_DECREF(d);
        return found;
    }
    if (PyArray_DescrCheck(value))
        return py_dtype_of_descr(core, (PyArray_Descr *)value);
    return TFG_INVALID;
}

TfgDType py_try_dtype(Core *core, PyObject *value)
{
    if (PyObject_TypeCheck(value, core->dtype_type))
        return (TfgDType)((PyDType *)value)->number;
    if (PyLong_Check(value)) {
        long number = PyLong_AsLong(value);
        if (number == -1 && PyErr_Occurred())
            PyErr_Clear();
        int base = (int)(number >= TFG_REF ? number - TFG_REF : number);
        return number > 0 && base < TFG_N_DTYPES && number < 2 * TFG_REF && core->dtypes[base] ? (TfgDType)number : TFG_INVALID;
    }
    if (PyUnicode_Check(value)) {
        PyObject *found = PyDict_GetItemWithError(core->dtype_by_name, value);
        return found ? (TfgDType)((PyDType *)found)->number : TFG_INVALID;
    }
    return dtype_of_numpy(core, value);
}

TfgDType py_as_dtype(Core *core, PyObject *value)
{
    TfgDType found = py_try_dtype(core, value);
    if (found == TFG_INVALID && !PyErr_Occurred() && PyObject_Hash(value) != -1)     /* the tables are dicts: lists have no hash */
        py_raise_named(PyExc_TypeError, "Cannot convert value %R to a TensorFlow DType.", value);
    return found;
}

/* ---- life ---- */

static PyObject *dtype_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"type_enum", NULL};
    PyObject *number;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:DType", (char **)(uintptr_t)names, &number))
        return NULL;
    PyObject *module = PyType_GetModule(type);
    if (!module)
        return NULL;
    Core *core = PyModule_GetState(module);
    PyObject *as_int = PyNumber_Long(number);
    if (!as_int)
        return NULL;
    TfgDType found = py_try_dtype(core, as_int);
    if (found == TFG_INVALID)
        PyErr_Format(PyExc_TypeError, "type_enum is not a valid types_pb2.DataType: %S", as_int);
    Py_DECREF(as_int);
    return found == TFG_INVALID ? NULL : Py_XNewRef(py_dtype(core, found));
}

static void dtype_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *make_dtype(Core *core, int number)
{
    PyDType *d = PyObject_New(PyDType, core->dtype_type);
    if (!d)
        return NULL;
    d->core = core;
    d->number = number;
    return (PyObject *)d;
}

/* ---- getters ---- */

static int number_of(PyObject *self) { return ((PyDType *)self)->number; }
static TfgDType base_of(PyObject *self) { return tfg_dtype_base((TfgDType)number_of(self)); }
static TfgKind kind_of(PyObject *self) { return tfg_dtype_kind((TfgDType)number_of(self)); }

static PyObject *dtype_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(tfg_dtype_name((TfgDType)number_of(self)));
}

static PyObject *dtype_get_enum(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(number_of(self));
}

static PyObject *dtype_get_base(PyObject *self, void *closure)
{
    (void)closure;
    return Py_XNewRef(py_dtype(((PyDType *)self)->core, base_of(self)));
}

static PyObject *dtype_get_as_ref(PyObject *self, void *closure)
{
    (void)closure;
    return Py_XNewRef(py_dtype(((PyDType *)self)->core, (TfgDType)(base_of(self) + TFG_REF)));
}

static PyObject *dtype_get_is_ref(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(number_of(self) > TFG_REF);
}

static PyObject *dtype_get_real(PyObject *self, void *closure)
{
    (void)closure;
    Core *core = ((PyDType *)self)->core;
    TfgDType base = base_of(self);
    if (base == TFG_COMPLEX64)
        return Py_NewRef(core->dtypes[TFG_FLOAT]);
    if (base == TFG_COMPLEX128)
        return Py_NewRef(core->dtypes[TFG_DOUBLE]);
    return Py_NewRef(self);
}

static PyObject *dtype_get_numpy_compatible(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(kind_of(self) != TFG_KIND_HANDLE);
}

static PyObject *dtype_get_numpy(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *type = py_numpy_type(((PyDType *)self)->core, (TfgDType)number_of(self));
    if (!type) {
        PyErr_SetObject(PyExc_KeyError, PyLong_FromLong(number_of(self)));
        return NULL;
    }
    return Py_NewRef(type);
}

#define KIND_GETTER(name, test)                                 \
    static PyObject *dtype_get_##name(PyObject *self, void *closure) \
    {                                                           \
        (void)closure;                                          \
        TfgKind kind = kind_of(self);                           \
        return PyBool_FromLong(test);                           \
    }
KIND_GETTER(is_bool, kind == TFG_KIND_BOOL)
KIND_GETTER(is_integer, kind == TFG_KIND_INT || kind == TFG_KIND_UINT)
KIND_GETTER(is_floating, kind == TFG_KIND_FLOAT)
KIND_GETTER(is_complex, kind == TFG_KIND_COMPLEX)
KIND_GETTER(is_quantized, kind == TFG_KIND_QUANTIZED)

/* "min == 0", which for NumPy's floating types is NumPy's False. */
static PyObject *dtype_get_is_unsigned(PyObject *self, void *closure)
{
    (void)closure;
    if (kind_of(self) == TFG_KIND_FLOAT && base_of(self) != TFG_BFLOAT16)
        PyArrayScalar_RETURN_FALSE;
    return PyBool_FromLong(kind_of(self) == TFG_KIND_UINT);
}

/* np.finfo or np.iinfo of the type, which do not know bfloat16. */
static PyObject *limit(PyObject *self, const char *which)
{
    Core *core = ((PyDType *)self)->core;
    TfgKind kind = kind_of(self);
    PyObject *numpy = NULL, *info = NULL, *result = NULL;
    if (base_of(self) == TFG_BFLOAT16)
        return PyObject_CallFunction(core->numpy_types[TFG_BFLOAT16], "d", which[1] == 'i' ? -0x1.FEp127 : 0x1.FEp127);
    if (kind == TFG_KIND_FLOAT || kind == TFG_KIND_INT || kind == TFG_KIND_UINT) {
        numpy = PyImport_ImportModule("numpy");
        info = numpy ? PyObject_CallMethod(numpy, kind == TFG_KIND_FLOAT ? "finfo" : "iinfo", "O",
                                           core->numpy_types[base_of(self)]) : NULL;
        result = info ? PyObject_GetAttrString(info, which) : NULL;
        Py_XDECREF(numpy);
        Py_XDECREF(info);
        return result;
    }
    return PyErr_Format(PyExc_TypeError, "Cannot find %s value of %S.", which[1] == 'i' ? "minimum" : "maximum", self);
}

static PyObject *dtype_get_min(PyObject *self, void *closure)
{
    (void)closure;
    return limit(self, "min");
}

static PyObject *dtype_get_max(PyObject *self, void *closure)
{
    (void)closure;
    return limit(self, "max");
}

/* The range of image values, with 0 below: dtype.limits has no way to ask for the negative half. */
static PyObject *dtype_get_limits(PyObject *self, void *closure)
{
    (void)closure;
    TfgKind kind = kind_of(self);
    if (base_of(self) == TFG_FLOAT || base_of(self) == TFG_DOUBLE)
        return Py_BuildValue("(ii)", 0, 1);
    if (kind == TFG_KIND_INT || kind == TFG_KIND_UINT) {
        PyObject *max = limit(self, "max");
        return max ? Py_BuildValue("(iN)", 0, max) : NULL;
    }
    PyObject *type = dtype_get_numpy(self, NULL);
    if (type) {
        PyErr_SetObject(PyExc_KeyError, type);
        Py_DECREF(type);
    }
    return NULL;
}

static PyObject *dtype_get_size(PyObject *self, void *closure)
{
    (void)closure;
    TfgKind kind = kind_of(self);
    if (kind == TFG_KIND_HANDLE)
        return PyLong_FromLong(1);
    if (kind == TFG_KIND_STRING)
        return PyLong_FromLong((long)sizeof(void *));       /* of an object array's element */
    return PyLong_FromSize_t(tfg_dtype_size((TfgDType)number_of(self)));
}

static const PyGetSetDef dtype_getset[] = {
    {"name", dtype_get_name, NULL, "The name: 'float32', 'float32_ref'.", NULL},
    {"as_datatype_enum", dtype_get_enum, NULL, "The number of the type in DataType.", NULL},
    {"_type_enum", dtype_get_enum, NULL, NULL, NULL},
    {"as_numpy_dtype", dtype_get_numpy, NULL, "NumPy's type for the elements.", NULL},
    {"base_dtype", dtype_get_base, NULL, "The type itself, or what a reference type refers to.", NULL},
    {"_as_ref", dtype_get_as_ref, NULL, NULL, NULL},
    {"_is_ref_dtype", dtype_get_is_ref, NULL, NULL, NULL},
    {"real_dtype", dtype_get_real, NULL, "The type of a complex type's parts; other types give themselves.", NULL},
    {"is_numpy_compatible", dtype_get_numpy_compatible, NULL, NULL, NULL},
    {"is_bool", dtype_get_is_bool, NULL, NULL, NULL},
    {"is_integer", dtype_get_is_integer, NULL, "True for integers that are not quantized.", NULL},
    {"is_floating", dtype_get_is_floating, NULL, NULL, NULL},
    {"is_complex", dtype_get_is_complex, NULL, NULL, NULL},
    {"is_quantized", dtype_get_is_quantized, NULL, NULL, NULL},
    {"is_unsigned", dtype_get_is_unsigned, NULL, NULL, NULL},
    {"min", dtype_get_min, NULL, "The least finite value.", NULL},
    {"max", dtype_get_max, NULL, "The greatest finite value.", NULL},
    {"limits", dtype_get_limits, NULL, "The range of intensities of an image of this type.", NULL},
    {"size", dtype_get_size, NULL, "Bytes of an element.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods and slots ---- */

static PyObject *dtype_is_compatible_with(Core *core, PyObject *self, PyObject **args)
{
    TfgDType other = py_as_dtype(core, args[0]);
    if (other == TFG_INVALID)
        return NULL;
    int number = number_of(self);
    return PyBool_FromLong(number == (int)other || number == (int)tfg_dtype_base(other));
}

static PyObject *dtype_reduce(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyObject *as_dtype = PyObject_GetAttrString(core->module, "as_dtype");
    return as_dtype ? Py_BuildValue("N(N)", as_dtype, dtype_get_name(self, NULL)) : NULL;
}

static const PyRow dtype_rows[] = {
    {"is_compatible_with", "(self, other)", dtype_is_compatible_with,
     "True where a tensor of `other` can stand where this type is wanted.", 0},
    {"__reduce__", "(self)", dtype_reduce, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static PyObject *dtype_richcompare(PyObject *self, PyObject *other, int op)
{
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    bool equal = self == other;
    if (!equal && other != Py_None) {
        TfgDType number = py_try_dtype(((PyDType *)self)->core, other);
        if (number == TFG_INVALID && PyErr_Occurred())
            return NULL;
        equal = (int)number == number_of(self);
    }
    return PyBool_FromLong(op == Py_EQ ? equal : !equal);
}

static Py_hash_t dtype_hash(PyObject *self) { return number_of(self); }
static PyObject *dtype_int(PyObject *self) { return PyLong_FromLong(number_of(self)); }

static PyObject *dtype_repr(PyObject *self)
{
    return PyUnicode_FromFormat("tf.%s", tfg_dtype_name((TfgDType)number_of(self)));
}

static PyObject *dtype_str(PyObject *self)
{
    return PyUnicode_FromFormat("<dtype: '%s'>", tfg_dtype_name((TfgDType)number_of(self)));
}

static const PyType_Slot dtype_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)dtype_new},
    {Py_tp_dealloc, (void *)(uintptr_t)dtype_dealloc},
    {Py_tp_getset, (void *)(uintptr_t)dtype_getset},
    {Py_tp_richcompare, (void *)(uintptr_t)dtype_richcompare},
    {Py_tp_hash, (void *)(uintptr_t)dtype_hash},
    {Py_tp_repr, (void *)(uintptr_t)dtype_repr},
    {Py_tp_str, (void *)(uintptr_t)dtype_str},
    {Py_nb_int, (void *)(uintptr_t)dtype_int},
    {Py_tp_doc, (void *)(uintptr_t)"DType(type_enum)\n--\n\nThe type of the elements of a tensor."},
    {0, NULL},
};

static const PyType_Spec dtype_spec = {
    .name = "tensorflow.python.framework.dtypes.DType",
    .basicsize = sizeof(PyDType),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = (PyType_Slot *)(uintptr_t)dtype_slots,
};

/* ---- functions ---- */

static PyObject *as_dtype(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgDType number = py_as_dtype(core, args[0]);
    return number == TFG_INVALID ? NULL : Py_XNewRef(py_dtype(core, number));
}

static const PyRow function_rows[] = {
    {"as_dtype", "(type_value)", as_dtype, "The DType that a number, a name or a type of NumPy stands for.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

static int add_name(Core *core, const char *name, PyObject *dtype)
{
    return PyDict_SetItemString(core->dtype_by_name, name, dtype);
}

static int add_dtype(Core *core, int number, PyObject **slot)
{
    const char *name = tfg_dtype_name((TfgDType)number);
    *slot = make_dtype(core, number);
    if (!*slot || add_name(core, name, *slot) < 0 || PyModule_AddObjectRef(core->module, name, *slot) < 0)
        return -1;
    /* The other spellings that as_dtype takes: half, float, double. */
    static const struct { int base; const char *name, *ref; } more[] = {
        {TFG_HALF, "half", "half_ref"}, {TFG_FLOAT, "float", "float_ref"}, {TFG_DOUBLE, "double", "double_ref"},
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if ((int)tfg_dtype_base((TfgDType)number) == more[i].base &&
            add_name(core, number >= TFG_REF ? more[i].ref : more[i].name, *slot) < 0)
            return -1;
    return 0;
}

int py_dtype_init(Core *core)
{
    if (py_make_type(core, &dtype_spec, NULL, NULL, &core->dtype_type) < 0 ||
        py_add_methods(core, core->dtype_type, dtype_rows) < 0 || !(core->dtype_by_name = PyDict_New()))
        return -1;
    for (int i = 1; i < TFG_N_DTYPES; i++)
        if (tfg_dtype_is_valid(i) &&
            (add_dtype(core, i, &core->dtypes[i]) < 0 || add_dtype(core, i + TFG_REF, &core->ref_dtypes[i]) < 0))
            return -1;
    if (make_numpy_types(core) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
