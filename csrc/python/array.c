/* Tensors to and from NumPy. */
#include "python/binding.h"

/* ---- text ---- */

/* *holder keeps the bytes alive and is new. */
int py_as_bytes(PyObject *o, const char **data, Py_ssize_t *n, PyObject **holder)
{
    if (PyUnicode_Check(o)) {
        *data = PyUnicode_AsUTF8AndSize(o, n);
        if (!*data) {
            /* Lone surrogates come from surrogateescape'd file names and such: give their bytes back. */
            PyErr_Clear();
            PyObject *bytes = PyUnicode_AsEncodedString(o, "utf-8", "surrogateescape");
            if (!bytes)
                return -1;
            *data = PyBytes_AS_STRING(bytes);
            *n = PyBytes_GET_SIZE(bytes);
            *holder = bytes;
            return 0;
        }
    } else if (PyBytes_Check(o)) {
        *data = PyBytes_AS_STRING(o);
        *n = PyBytes_GET_SIZE(o);
    } else {
        py_raise_named(PyExc_TypeError, "Expected binary or unicode string, got %R", o);
        return -1;
    }
    *holder = Py_NewRef(o);
    return 0;
}

/* ---- out ---- */

typedef struct PyOwner { PyObject_HEAD TfgTensor *tensor; } PyOwner;     /* keeps a tensor's memory for arrays over it */

static void owner_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    tfg_tensor_unref(((PyOwner *)self)->tensor);
    PyObject_Free(self);
    Py_DECREF(type);
}

static const PyType_Slot owner_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)owner_dealloc},
    {0, NULL},
};

static const PyType_Spec owner_spec = {
    .name = "pytfgraph._core._Buffer",
    .basicsize = sizeof(PyOwner),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)owner_slots,
};

static void npy_dims(const TfgTensor *t, npy_intp *dims)
{
    for (int i = 0; i < t->rank; i++)
        dims[i] = (npy_intp)t->dims[i];
}

static PyObject *bytes_of(const TfgString *e) { return PyBytes_FromStringAndSize(e->data, (Py_ssize_t)e->n); }

static PyObject *string_array(Core *core, const TfgTensor *t)
{
    npy_intp dims[TFG_MAX_RANK];
    npy_dims(t, dims);
    Py_INCREF(core->descrs[TFG_STRING]);
    PyObject *a = PyArray_NewFromDescr(&PyArray_Type, core->descrs[TFG_STRING], t->rank, dims, NULL, NULL, 0, NULL);
    if (!a)
        return NULL;
    PyObject **items = PyArray_DATA((PyArrayObject *)a);
    for (int64_t i = 0; i < t->count; i++) {
        PyObject *b = bytes_of((const TfgString *)t->data + i);
        if (!b) {
            Py_DECREF(a);
            return NULL;
        }
        Py_XSETREF(items[i], b);
    }
    return a;
}

/* An array over the tensor's own memory when nobody else holds it; the array keeps the tensor.  Else a copy: what was fetched never
 * changes, and whoever changes it changes nothing else. */
static PyObject *plain_array_steal(Core *core, TfgTensor *t)
{
    npy_intp dims[TFG_MAX_RANK];
    PyArray_Descr *descr = core->descrs[t->dtype];
    npy_dims(t, dims);
    Py_INCREF(descr);
    if (!t->buffer || !tfg_tensor_is_exclusive(t)) {
        PyObject *a = PyArray_NewFromDescr(&PyArray_Type, descr, t->rank, dims, NULL, NULL, 0, NULL);
        if (a && t->count)
            memcpy(PyArray_DATA((PyArrayObject *)a), t->data, tfg_tensor_size(t->dtype, t->count));
        tfg_tensor_unref(t);
        return a;
    }
    PyOwner *owner = PyObject_New(PyOwner, core->owner_type);
    if (!owner) {
        Py_DECREF(descr);
        tfg_tensor_unref(t);
        return NULL;
    }
    owner->tensor = t;
    PyObject *a = PyArray_NewFromDescr(&PyArray_Type, descr, t->rank, dims, NULL, t->data, NPY_ARRAY_CARRAY, NULL);
    if (!a || PyArray_SetBaseObject((PyArrayObject *)a, (PyObject *)owner) < 0) {
        if (!a)
            Py_DECREF(owner);
        Py_XDECREF(a);
        return NULL;
    }
    return a;
}

/* A resource handle as TensorFlow gives it: the bytes of its message, elements of dtype [("resource", "u1")]. */
static PyObject *handle_array(Core *core, const TfgTensor *t)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr text = TFG_STR_INIT;
    if (t->rank != 0) {
        tfg_tensor_format_shape(t, &text);
        tfg_fail(&s, TFG_INVALID_ARGUMENT, "Unexpected non-scalar DT_RESOURCE tensor seen (shape: %s). Please file a bug at "
                 "https://github.com/tensorflow/tensorflow/issues/new, ideally with a short code snippet that reproduces this error.",
                 tfg_str_text(&text));
        tfg_str_fini(&text);
        return py_raise_run(core, NULL, &s);
    }
    const TfgResourceHandle *h = tfg_tensor_resource_handle(t, &s);
    if (!h)
        return py_raise_run(core, NULL, &s);
    tfg_resource_handle_write(h, &text);
    PyObject *fields = text.failed ? PyErr_NoMemory() : Py_BuildValue("[(ss)]", "resource", "u1"), *a = NULL;
    PyArray_Descr *descr = NULL;
    npy_intp n = (npy_intp)text.n;
    if (fields && PyArray_DescrConverter(fields, &descr) && (a = PyArray_SimpleNewFromDescr(1, &n, descr)) && n)
        memcpy(PyArray_DATA((PyArrayObject *)a), text.data, text.n);
    Py_XDECREF(fields);
    tfg_str_fini(&text);
    return a;
}

PyObject *py_tensor_to_array_steal(Core *core, TfgTensor *t)
{
    if (!t)
        return PyErr_Format(PyExc_RuntimeError, "no value");
    if (t->dtype == TFG_RESOURCE) {
        PyObject *a = handle_array(core, t);
        tfg_tensor_unref(t);
        return a;
    }
    if (t->dtype == TFG_STRING) {
        PyObject *a = string_array(core, t);
        tfg_tensor_unref(t);
        return a;
    }
    if (!core->descrs[t->dtype]) {
        const char *name = tfg_dtype_name(t->dtype);
        tfg_tensor_unref(t);
        return PyErr_Format(PyExc_TypeError, "Values of type %s are not convertible to numpy.", name);
    }
    return plain_array_steal(core, t);
}

static TfgDType number_of(TfgDType dtype)
{
    switch (dtype) {
    case TFG_QINT8: return TFG_INT8;
    case TFG_QUINT8: return TFG_UINT8;
    case TFG_QINT16: return TFG_INT16;
    case TFG_QUINT16: return TFG_UINT16;
    case TFG_QINT32: return TFG_INT32;
    default: return dtype;
    }
}

static PyObject *scalar_of(Core *core, const TfgTensor *t)
{
    PyObject *o;
    switch (t->dtype) {
    case TFG_STRING: return bytes_of(t->data);
    case TFG_FLOAT:
        if ((o = PyArrayScalar_New(Float)))
            PyArrayScalar_VAL(o, Float) = *(const float *)t->data;
        return o;
    case TFG_DOUBLE:
        if ((o = PyArrayScalar_New(Double)))
            PyArrayScalar_VAL(o, Double) = *(const double *)t->data;
        return o;
    case TFG_INT32:
        if ((o = PyArrayScalar_New(Int)))
            PyArrayScalar_VAL(o, Int) = *(const int32_t *)t->data;
        return o;
    case TFG_BOOL:
        if (*(const bool *)t->data)
            PyArrayScalar_RETURN_TRUE;
        PyArrayScalar_RETURN_FALSE;
    default: return PyArray_Scalar(t->data, core->descrs[number_of(t->dtype)], NULL);
    }
}

/* Values of quantised types are seen as the numbers they are kept in. */
static PyObject *as_numbers(Core *core, PyObject *array, TfgDType dtype)
{
    TfgDType number = number_of(dtype);
    if (!array || number == dtype)
        return array;
    Py_INCREF(core->descrs[number]);
    PyObject *view = PyArray_View((PyArrayObject *)array, core->descrs[number], NULL);
    Py_DECREF(array);
    return view;
}

PyObject *py_tensor_to_numpy_steal(Core *core, TfgTensor *t)
{
    if (!t || t->rank || (t->dtype != TFG_STRING && !core->descrs[t->dtype])) {
        TfgDType dtype = t ? t->dtype : TFG_INVALID;
        return as_numbers(core, py_tensor_to_array_steal(core, t), dtype);
    }
    PyObject *scalar = scalar_of(core, t);
    tfg_tensor_unref(t);
    return scalar;
}

/* ---- in ---- */

static int set_string(TfgString *e, PyObject *o)
{
    const char *data;
    Py_ssize_t n;
    PyObject *holder = NULL;
    if (py_as_bytes(o, &data, &n, &holder) < 0)
        return -1;
    int rc = tfg_string_set(e, data, (size_t)n);
    Py_DECREF(holder);
    if (rc < 0)
        PyErr_NoMemory();
    return rc;
}

/* Arrays of objects, of bytes (S) or of text (U). */
static TfgTensor *strings_from_array(Core *core, PyArrayObject *a)
{
    TfgStatus s = TFG_STATUS_INIT;
    int64_t dims[TFG_MAX_RANK];
    for (int i = 0; i < PyArray_NDIM(a); i++)
        dims[i] = PyArray_DIM(a, i);
    TfgTensor *t = tfg_tensor_new(TFG_STRING, PyArray_NDIM(a), dims, &s);
    if (!t) {
        py_raise_build(core, &s);
        return NULL;
    }
    PyObject *flat = PyArray_Ravel(a, NPY_CORDER);
    TfgString *e = t->data;
    if (t->count > 1)
        tfg_strings_begin(t->count);
    for (int64_t i = 0; flat && i < t->count; i++) {
        PyObject *item = PyArray_GETITEM((PyArrayObject *)flat, PyArray_GETPTR1((PyArrayObject *)flat, i));
        if (!item || set_string(&e[i], item) < 0)
            Py_CLEAR(flat);
        Py_XDECREF(item);
    }
    if (t->count > 1)
        tfg_strings_end();
    if (!flat) {
        tfg_tensor_unref(t);
        return NULL;
    }
    Py_DECREF(flat);
    return t;
}

TfgTensor *py_tensor_from_array(Core *core, PyArrayObject *a, TfgDType dtype, bool borrow)
{
    if (dtype == TFG_STRING)
        return strings_from_array(core, a);
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = NULL;
    int64_t dims[TFG_MAX_RANK];
    PyArrayObject *c = (PyArrayObject *)PyArray_FromArray(a, NULL, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED);
    if (!c)
        return NULL;
    for (int i = 0; i < PyArray_NDIM(c); i++)
        dims[i] = PyArray_DIM(c, i);
    if (borrow && c == a)
        t = tfg_tensor_wrap_steal(dtype, PyArray_NDIM(c), dims, PyArray_DATA(c), NULL, &s);
    else if ((t = tfg_tensor_new(dtype, PyArray_NDIM(c), dims, &s)) && t->count)
        memcpy(t->data, PyArray_DATA(c), tfg_tensor_size(dtype, t->count));
    Py_DECREF(c);
    if (!t)
        py_raise_build(core, &s);
    return t;
}

int py_array_init(Core *core)
{
    return py_make_type(core, &owner_spec, NULL, NULL, &core->owner_type);
}
