/* convert_to_tensor: the registry of conversions, and the conversions that come with the library. */
#include "io/tensor_proto.h"
#include "python/binding.h"

/* ---- what is a tensor already ---- */

bool py_is_tensor_like(Core *core, PyObject *o)
{
    if (Py_IS_TYPE(o, core->tensor_type))
        return true;
    if (PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyUnicode_CheckExact(o) || PyList_CheckExact(o) || PyTuple_CheckExact(o))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(core->tensor_like); i++) {
        int yes = PyObject_IsInstance(o, PyTuple_GET_ITEM(core->tensor_like, i));
        if (yes > 0)
            return true;
        if (yes < 0)
            PyErr_Clear();
    }
    return false;
}

static TfgDType dtype_of_like(Core *core, PyObject *o)
{
    if (py_is_tensor(core, o))
        return tfg_dtype_base(py_tensor_dtype((PyTensor *)o));
    PyObject *d = PyObject_GetAttr(o, PY_STR(core, dtype));
    TfgDType dtype = d ? py_as_dtype(core, d) : TFG_INVALID;
    Py_XDECREF(d);
    return tfg_dtype_base(dtype);
}

static bool compatible(TfgDType wanted, TfgDType have)
{
    return wanted == have || wanted == tfg_dtype_base(have);
}

static PyObject *convert_tensor(Core *core, PyObject *t, TfgDType dtype)
{
    TfgDType have = py_tensor_dtype((PyTensor *)t);
    if (dtype == TFG_INVALID || compatible(dtype, have))
        return Py_NewRef(t);
    PyObject *text = PyObject_Str(t);
    if (text)
        PyErr_Format(PyExc_ValueError, "Tensor conversion requested dtype %s for Tensor with dtype %s: %R", tfg_dtype_name(dtype),
                     tfg_dtype_name(have), text);
    Py_XDECREF(text);
    (void)core;
    return NULL;
}

/* ---- lists with tensors in them: Pack ---- */

/* The dtype of the first tensor in nested lists; TFG_INVALID where there is none. */
static TfgDType dtype_in_lists(Core *core, PyObject *list)
{
    TfgDType found = TFG_INVALID;
    if (Py_EnterRecursiveCall(" while looking for tensors in nested lists"))    /* a list may hold itself */
        return TFG_INVALID;
    for (Py_ssize_t i = 0; found == TFG_INVALID && !PyErr_Occurred() && i < PySequence_Fast_GET_SIZE(list); i++) {
        PyObject *o = PySequence_Fast_GET_ITEM(list, i);
        if (PyFloat_CheckExact(o) || PyLong_CheckExact(o))
            continue;
        if (PyList_Check(o) || PyTuple_Check(o))
            found = dtype_in_lists(core, o);
        else if (py_is_tensor_like(core, o)) {
            found = dtype_of_like(core, o);
            break;
        }
    }
    Py_LeaveRecursiveCall();
    return found;
}

/* An element as the tensor it stands for; cast where the whole is of another type and `cast` is set. */
static PyObject *packed_element(Core *core, PyObject *o, TfgDType dtype, bool cast)
{
    TfgDType have = dtype_of_like(core, o);
    if (have == TFG_INVALID)
        return NULL;
    if (have == dtype)
        return Py_NewRef(o);
    if (!cast)
        return PyErr_Format(PyExc_TypeError, "Cannot convert a list containing a tensor of dtype %S to %S (Tensor is: %R)",
                            py_dtype(core, have), py_dtype(core, dtype), o);
    PyApply call = {.def = tfg_find_op_def("Cast"), .inputs = {o}, .attrs = {NULL, py_dtype(core, dtype), Py_None}};
    for (int i = 0; i < call.def->n_attr; i++)
        call.attrs[i] = strcmp(call.def->attr[i].name, "DstT") == 0 ? py_dtype(core, dtype)
                        : call.def->attr[i].has_default             ? Py_None
                                                                    : NULL;
    return py_apply_tensor(core, &call);
}

/* The list with tensors cast to `dtype`: done before anything is packed, outside the scope. */
static PyObject *cast_lists(Core *core, PyObject *list, TfgDType dtype)
{
    if (Py_EnterRecursiveCall(" while casting nested lists"))
        return NULL;
    PyObject *items = PySequence_List(list);
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items); i++) {
        PyObject *o = PyList_GET_ITEM(items, i), *made = NULL;
        if (PyList_Check(o) || PyTuple_Check(o))
            made = cast_lists(core, o, dtype);
        else if (py_is_tensor_like(core, o))
            made = packed_element(core, o, dtype, true);
        else
            continue;
        if (!made || PyList_SetItem(items, i, made) < 0)
            Py_CLEAR(items);
    }
    Py_LeaveRecursiveCall();
    return items;
}

static PyObject *pack_lists(Core *core, PyGraph *g, PyObject *list, TfgDType dtype, const char *name);

/* Converts the elements of one level: constants are made last, in the order of the elements, as TensorFlow makes them. */
static int pack_elements(Core *core, PyGraph *g, PyObject *items, TfgDType dtype, bool *must_pack)
{
    char name[24];
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); i++) {
        PyObject *o = PyList_GET_ITEM(items, i), *made;
        if (py_is_tensor_like(core, o)) {
            made = packed_element(core, o, dtype, false);
            *must_pack = true;
        } else if (PyList_Check(o) || PyTuple_Check(o)) {
            snprintf(name, sizeof name, "%zd", i);
            made = pack_lists(core, g, o, dtype, name);
            *must_pack = *must_pack || (made && py_is_tensor_like(core, made));
        } else
            continue;
        if (!made || PyList_SetItem(items, i, made) < 0)
            return -1;
    }
    for (Py_ssize_t i = 0; *must_pack && i < PyList_GET_SIZE(items); i++) {
        PyObject *o = PyList_GET_ITEM(items, i);
        if (py_is_tensor_like(core, o))
            continue;
        snprintf(name, sizeof name, "%zd", i);
        PyObject *made = py_constant(core, g, o, dtype, NULL, name, false);
        if (!made || PyList_SetItem(items, i, made) < 0)
            return -1;
    }
    return 0;
}

/* A tensor, or the list itself where no tensor is in it. */
static PyObject *pack_lists(Core *core, PyGraph *g, PyObject *list, TfgDType dtype, const char *name)
{
    if (Py_EnterRecursiveCall(" while packing nested lists"))
        return NULL;
    const char *saved = NULL, *scope = py_enter_scope(g, name, &saved);
    if (!scope) {
        Py_LeaveRecursiveCall();
        return NULL;
    }
    PyObject *result = NULL, *items = PySequence_List(list);
    bool must_pack = false;
    if (items && pack_elements(core, g, items, dtype, &must_pack) == 0) {
        if (must_pack) {
            PyApply call = {.def = tfg_find_op_def("Pack"), .name = scope, .inputs = {items}};
            for (int i = 0; i < call.def->n_attr; i++)
                call.attrs[i] = call.def->attr[i].has_default ? Py_None : NULL;
            result = py_apply_tensor(core, &call);
        } else
            result = Py_NewRef(items);
    }
    Py_XDECREF(items);
    py_leave_scope(g, saved);
    Py_LeaveRecursiveCall();
    return result;
}

/* NotImplemented where no tensor is in the lists. */
static PyObject *convert_packing(Core *core, PyObject *value, TfgDType dtype, const char *name, bool as_ref)
{
    if (as_ref)
        Py_RETURN_NOTIMPLEMENTED;
    TfgDType found = dtype_in_lists(core, value);
    if (found == TFG_INVALID)
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_NotImplemented);
    PyObject *lists = NULL;
    if (dtype == TFG_INVALID)
        dtype = found;
    else if (dtype != found) {
        lists = cast_lists(core, value, dtype);
        if (!lists)
            return NULL;
    }
    PyGraph *g = py_default_graph(core);
    PyObject *result = g ? pack_lists(core, g, lists ? lists : value, dtype, name && *name ? name : "packed") : NULL;
    Py_XDECREF(lists);
    return result;
}

/* ---- the other conversions that come with the library ---- */

static PyObject *convert_constant(Core *core, PyObject *value, TfgDType dtype, const char *name)
{
    PyGraph *g = py_default_graph(core);
    return g ? py_constant(core, g, value, dtype, NULL, name, false) : NULL;
}

static PyObject *convert_shape(Core *core, PyObject *value, TfgDType dtype, const char *name)
{
    TfgShape shape;
    if (py_as_shape(core, value, &shape) < 0)
        return NULL;
    if (!tfg_shape_is_full(&shape))
        return PyErr_Format(PyExc_ValueError, "Cannot convert a partially known TensorShape to a Tensor: %S", value);
    int64_t big = 0;
    for (int i = 0; i < shape.rank && !big; i++)
        big = shape.dims[i] > INT32_MAX ? shape.dims[i] : 0;
    if (dtype != TFG_INVALID && dtype != TFG_INT32 && dtype != TFG_INT64)
        return PyErr_Format(PyExc_TypeError, "Cannot convert a TensorShape to dtype: %S", py_dtype(core, dtype));
    if (dtype == TFG_INT32 && big)
        return PyErr_Format(PyExc_ValueError, "Cannot convert a TensorShape to dtype int32; a dimension is too large (%lld)",
                            (long long)big);
    if (dtype == TFG_INVALID)
        dtype = big ? TFG_INT64 : TFG_INT32;
    PyGraph *g = py_default_graph(core);
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = g ? tfg_tensor_new(dtype, 1, &(int64_t){shape.rank}, &s) : NULL;
    if (!t)
        return g ? py_raise_build(core, &s) : NULL;
    for (int i = 0; i < shape.rank; i++) {
        if (dtype == TFG_INT32)
            ((int32_t *)t->data)[i] = (int32_t)shape.dims[i];
        else
            ((int64_t *)t->data)[i] = shape.dims[i];
    }
    PyObject *result = py_constant_of(g, t, TFG_TENSOR_FORM_DEFAULT, name ? name : "shape_as_tensor");
    tfg_tensor_unref(t);
    return result;
}

static PyObject *convert_dimension(Core *core, PyObject *value, TfgDType dtype, const char *name)
{
    int64_t n = ((PyDimension *)value)->value;
    if (n < 0)
        return PyErr_Format(PyExc_ValueError, "Cannot convert an unknown Dimension to a Tensor: %S", value);
    if (dtype != TFG_INVALID && dtype != TFG_INT32 && dtype != TFG_INT64)
        return PyErr_Format(PyExc_TypeError, "Cannot convert a TensorShape to dtype: %S", py_dtype(core, dtype));
    PyObject *number = PyLong_FromLongLong(n);
    PyObject *result = number ? convert_constant(core, number, dtype == TFG_INVALID ? TFG_INT32 : dtype,
                                                 name ? name : "shape_as_tensor") : NULL;
    Py_XDECREF(number);
    return result;
}

static PyObject *fail_operation(Core *core, PyObject *value, TfgDType dtype, const char *name, bool as_ref)
{
    PyObject *name_object = name ? PyUnicode_FromString(name) : Py_NewRef(Py_None);
    if (name_object)
        PyErr_Format(PyExc_TypeError, "Can't convert Operation '%s' to Tensor (target dtype=%R, name=%R, as_ref=%s)",
                     ((PyOperation *)value)->op->name, dtype == TFG_INVALID ? Py_None : py_dtype(core, dtype), name_object,
                     as_ref ? "True" : "False");
    Py_XDECREF(name_object);
    return NULL;
}

/* What the library itself makes of a value; every object is at last tried as a constant. */
static PyObject *convert_builtin(Core *core, PyObject *value, TfgDType dtype, const char *name, bool as_ref)
{
    if (py_is_tensor(core, value))
        return convert_tensor(core, value, dtype);
    if (PyList_Check(value) || PyTuple_Check(value)) {
        PyObject *packed = convert_packing(core, value, dtype, name, as_ref);
        if (packed != Py_NotImplemented)
            return packed;
        Py_DECREF(packed);
    }
    if (PyObject_TypeCheck(value, core->shape_type))
        return convert_shape(core, value, dtype, name);
    if (PyObject_TypeCheck(value, core->dimension_type))
        return convert_dimension(core, value, dtype, name);
    if (py_is_operation(core, value))
        return fail_operation(core, value, dtype, name, as_ref);
    return convert_constant(core, value, dtype, name);
}

/* ---- the registry ---- */

/* Entries are (priority, order, base, function), sorted.  The library's own conversions stand at priorities 0, 99, 100 and 200 under
 * function None; they are one function here, reached where the first of them would be. */

/* The functions for values of a type: a tuple of (base, function); borrowed from the cache. */
static PyObject *functions_for(Core *core, PyObject *value)
{
    PyObject *type = (PyObject *)Py_TYPE(value), *found = PyDict_GetItemWithError(core->conversion_cache, type);
    if (found || PyErr_Occurred())
        return found;
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(core->conversions); i++) {
        PyObject *entry = PyList_GET_ITEM(core->conversions, i), *base = PyTuple_GET_ITEM(entry, 2);
        int yes = PyObject_IsInstance(value, base);
        PyObject *pair = yes > 0 ? PyTuple_Pack(2, base, PyTuple_GET_ITEM(entry, 3)) : NULL;
        if (yes < 0 || (yes > 0 && (!pair || PyList_Append(list, pair) < 0)))
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    PyObject *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    int rc = tuple ? PyDict_SetItem(core->conversion_cache, type, tuple) : -1;
    Py_XDECREF(tuple);
    return rc < 0 ? NULL : tuple;
}

static PyObject *call_function(Core *core, PyObject *function, PyObject *value, TfgDType dtype, const char *name, bool as_ref)
{
    if (function == Py_None)
        return convert_builtin(core, value, dtype, name, as_ref);
    PyObject *d = dtype == TFG_INVALID ? Py_None : py_dtype(core, dtype), *n = name ? PyUnicode_FromString(name) : Py_NewRef(Py_None);
    PyObject *args = n ? PyTuple_Pack(1, value) : NULL;
    PyObject *kwargs = args ? Py_BuildValue("{sOsOsO}", "dtype", d, "name", n, "as_ref", as_ref ? Py_True : Py_False) : NULL;
    PyObject *result = kwargs ? PyObject_Call(function, args, kwargs) : NULL;
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    Py_XDECREF(n);
    return result;
}

/* Errors of a try with the preferred dtype that mean "then without it". */
static bool preference_failed(void)
{
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear();
        return true;
    }
    return false;
}

static PyObject *prefix_of(const char *name)
{
    return name ? PyUnicode_FromFormat("%s: ", name) : PyUnicode_FromString("");
}

static PyObject *fail_result(const char *name, PyObject *function, PyObject *base, PyObject *result)
{
    PyObject *prefix = prefix_of(name);
    if (prefix)
        PyErr_Format(PyExc_RuntimeError, "%UConversion function %R for type %S returned non-Tensor: %R", prefix, function, base, result);
    Py_XDECREF(prefix);
    return NULL;
}

static PyObject *check_result(Core *core, PyObject *result_steal, PyObject *pair, TfgDType dtype, const char *name)
{
    PyObject *base = PyTuple_GET_ITEM(pair, 0), *function = PyTuple_GET_ITEM(pair, 1);
    if (!py_is_tensor(core, result_steal)) {
        fail_result(name, function, base, result_steal);
        Py_DECREF(result_steal);
        return NULL;
    }
    TfgDType have = py_tensor_dtype((PyTensor *)result_steal);
    if (dtype == TFG_INVALID || compatible(dtype, have))
        return result_steal;
    PyObject *prefix = prefix_of(name);
    if (prefix)
        PyErr_Format(PyExc_RuntimeError, "%UConversion function %R for type %S returned incompatible dtype: requested = %s, actual = %s",
                     prefix, function, base, tfg_dtype_name(dtype), tfg_dtype_name(have));
    Py_XDECREF(prefix);
    Py_DECREF(result_steal);
    return NULL;
}

static PyObject *try_function(Core *core, PyObject *pair, PyObject *value, TfgDType dtype, const char *name, bool as_ref,
                              TfgDType preferred)
{
    PyObject *function = PyTuple_GET_ITEM(pair, 1), *result = NULL;
    if (dtype == TFG_INVALID && preferred != TFG_INVALID) {
        result = call_function(core, function, value, preferred, name, as_ref);
        if (!result && !preference_failed())
            return NULL;
        if (result == Py_None)
            Py_CLEAR(result);
        if (result && result != Py_NotImplemented && py_is_tensor(core, result) &&
            tfg_dtype_base(py_tensor_dtype((PyTensor *)result)) != tfg_dtype_base(preferred)) {
            PyErr_Format(PyExc_TypeError, "convert_to_tensor did not convert to the preferred dtype: %S vs %S ",
                         py_dtype(core, tfg_dtype_base(py_tensor_dtype((PyTensor *)result))), py_dtype(core, tfg_dtype_base(preferred)));
            Py_DECREF(result);
            return NULL;
        }
    }
    if (!result)
        result = call_function(core, function, value, dtype, name, as_ref);
    if (!result || result == Py_NotImplemented)
        return result;
    return check_result(core, result, pair, dtype, name);
}

static bool is_plain(PyObject *value)
{
    return PyFloat_CheckExact(value) || PyLong_CheckExact(value) || PyList_CheckExact(value) || PyTuple_CheckExact(value) ||
           PyUnicode_CheckExact(value) || PyBytes_CheckExact(value) || PyBool_Check(value) || PyArray_CheckExact(value);
}

PyObject *py_convert(Core *core, PyObject *value, TfgDType dtype, const char *name, bool as_ref, TfgDType preferred)
{
    if (Py_IS_TYPE(value, core->tensor_type) && (dtype != TFG_INVALID || preferred == TFG_INVALID))
        return convert_tensor(core, value, dtype);
    if (is_plain(value) && !core->conversions_overridden) {
        PyObject *result = NULL;
        if (dtype == TFG_INVALID && preferred != TFG_INVALID) {
            result = convert_builtin(core, value, preferred, name, as_ref);
            if (!result && !preference_failed())
                return NULL;
        }
        return result ? result : convert_builtin(core, value, dtype, name, as_ref);
    }
    PyObject *functions = functions_for(core, value);
    if (!functions)
        return NULL;
    Py_INCREF(functions);
    PyObject *result = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(functions); i++) {
        result = try_function(core, PyTuple_GET_ITEM(functions, i), value, dtype, name, as_ref, preferred);
        if (result != Py_NotImplemented) {
            Py_DECREF(functions);
            return result;
        }
        Py_DECREF(result);
    }
    Py_DECREF(functions);
    PyObject *prefix = prefix_of(name);
    if (prefix)
        py_raise_named(PyExc_TypeError, "%UCannot convert %R with type %R to Tensor: no conversion function registered.", prefix, value,
                     (PyObject *)Py_TYPE(value));
    Py_XDECREF(prefix);
    return NULL;
}

static int add_entry(Core *core, PyObject *priority, PyObject *base, PyObject *function)
{
    PyObject *order = PyLong_FromSsize_t(PyList_GET_SIZE(core->conversions));
    PyObject *entry = order ? PyTuple_Pack(4, priority, order, base, function) : NULL;
    Py_XDECREF(order);
    if (!entry)
        return -1;
    /* Behind everything of the same or a smaller priority. */
    Py_ssize_t i = PyList_GET_SIZE(core->conversions);
    int rc = 0;
    while (i > 0) {
        int less = PyObject_RichCompareBool(priority, PyTuple_GET_ITEM(PyList_GET_ITEM(core->conversions, i - 1), 0), Py_LT);
        if (less < 0)
            rc = -1;
        if (less <= 0)
            break;
        i--;
    }
    if (rc == 0)
        rc = PyList_Insert(core->conversions, i, entry);
    Py_DECREF(entry);
    PyDict_Clear(core->conversion_cache);
    return rc;
}

static bool takes_plain_values(PyObject *base)
{
    PyTypeObject *const plain[] = {&PyFloat_Type, &PyLong_Type, &PyBool_Type, &PyUnicode_Type, &PyBytes_Type, &PyList_Type, &PyTuple_Type,
                                   &PyArray_Type};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (PyObject_IsSubclass((PyObject *)plain[i], base) == 1)
            return true;
    PyErr_Clear();
    return false;
}

/* ---- functions ---- */

static bool all_types(PyObject *base)
{
    if (PyType_Check(base))
        return true;
    if (!PyTuple_Check(base))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(base); i++)
        if (!PyType_Check(PyTuple_GET_ITEM(base, i)))
            return false;
    return true;
}

static PyObject *register_tensor_conversion_function(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!all_types(args[0]))
        return PyErr_Format(PyExc_TypeError, "base_type must be a type or a tuple of types.");
    if (!PyCallable_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "conversion_func must be callable.");
    PyObject *priority = args[2] ? Py_NewRef(args[2]) : PyLong_FromLong(100);
    int rc = priority ? add_entry(core, priority, args[0], args[1]) : -1;
    Py_XDECREF(priority);
    if (rc < 0)
        return NULL;
    core->conversions_overridden = core->conversions_overridden || takes_plain_values(args[0]);
    Py_RETURN_NONE;
}

/* Optional arguments that stand for nothing when they are None. */
static int dtype_argument(Core *core, PyObject *o, TfgDType *out)
{
    *out = TFG_INVALID;
    if (!o || o == Py_None)
        return 0;
    *out = py_as_dtype(core, o);
    return *out == TFG_INVALID ? -1 : 0;
}

static int name_argument(PyObject *o, const char **out)
{
    *out = NULL;
    if (!o || o == Py_None)
        return 0;
    *out = PyUnicode_Check(o) ? PyUnicode_AsUTF8(o) : PyBytes_Check(o) ? PyBytes_AS_STRING(o) : NULL;
    if (!*out && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "a name is a string, not %R", o);
    return *out ? 0 : -1;
}

static PyObject *convert_with(Core *core, PyObject *value, PyObject *dtype, PyObject *name, PyObject *as_ref, PyObject *preferred)
{
    TfgDType d, p;
    const char *n;
    if (dtype_argument(core, dtype, &d) < 0 || dtype_argument(core, preferred, &p) < 0 || name_argument(name, &n) < 0)
        return NULL;
    return py_convert(core, value, d, n, as_ref && PyObject_IsTrue(as_ref) == 1, p);
}

static PyObject *convert_to_tensor(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_with(core, args[0], args[1], args[2], NULL, args[3]);
}

static PyObject *internal_convert_to_tensor(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_with(core, args[0], args[1], args[2], args[3], args[4]);
}

static bool is_slices(Core *core, PyObject *value)
{
    return (core->indexed_slices && PyObject_IsInstance(value, core->indexed_slices) == 1) ||
           (core->sparse_tensor && PyObject_IsInstance(value, core->sparse_tensor) == 1);
}

PyObject *py_parts(Core *core, PyObject *o, PyObject **value_class)
{
    static const int sparse[] = {PY_NAME_indices, PY_NAME_values, PY_NAME_dense_shape};
    static const int slices[] = {PY_NAME_values, PY_NAME_indices, PY_NAME_dense_shape};
    bool is_sparse = core->sparse_tensor && PyObject_IsInstance(o, core->sparse_tensor) == 1;
    if (!is_sparse && !(core->indexed_slices && PyObject_IsInstance(o, core->indexed_slices) == 1))
        return NULL;
    if (value_class)
        *value_class = PyDict_GetItemString(core->classes, is_sparse ? "SparseTensorValue" : "IndexedSlicesValue");
    PyObject *tuple = PyTuple_New(3);
    for (int i = 0; tuple && i < 3; i++) {
        PyObject *part = PyObject_GetAttr(o, core->names[is_sparse ? sparse[i] : slices[i]]);
        if (part)
            PyTuple_SET_ITEM(tuple, i, part);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}

/* IndexedSlices and SparseTensor stay as they are, if their type is right. */
static PyObject *convert_or_slices(Core *core, PyObject *value, PyObject *dtype, PyObject *name, PyObject *as_ref)
{
    if (!is_slices(core, value))
        return convert_with(core, value, dtype, name, as_ref, NULL);
    TfgDType d;
    if (dtype_argument(core, dtype, &d) < 0)
        return NULL;
    TfgDType have = d == TFG_INVALID ? TFG_INVALID : dtype_of_like(core, value);
    if (d != TFG_INVALID && !compatible(d, have)) {
        PyObject *text = PyObject_Str(value);
        if (text)
            PyErr_Format(PyExc_ValueError, "Tensor conversion requested dtype %s for Tensor with dtype %s: %R", tfg_dtype_name(d),
                         tfg_dtype_name(have), text);
        Py_XDECREF(text);
        return NULL;
    }
    return Py_NewRef(value);
}

static PyObject *convert_to_tensor_or_indexed_slices(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_or_slices(core, args[0], args[1], args[2], NULL);
}

static PyObject *internal_convert_to_tensor_or_indexed_slices(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_or_slices(core, args[0], args[1], args[2], args[3]);
}

/* Element i is named name_i. */
static PyObject *convert_n(Core *core, PyObject *values, PyObject *dtype, PyObject *name, PyObject *as_ref, PyObject *preferred,
                           bool or_slices)
{
    if (!PySequence_Check(values) || PyDict_Check(values))
        return PyErr_Format(PyExc_TypeError, or_slices ? "values must be a sequence." : "values must be a list.");
    PyObject *items = PySequence_Tuple(values), *list = items ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(items); i++) {
        PyObject *value = PyTuple_GET_ITEM(items, i), *made = NULL;
        PyObject *n = name && name != Py_None ? PyUnicode_FromFormat("%S_%zd", name, i) : Py_NewRef(Py_None);
        if (n && or_slices && value == Py_None)
            made = Py_NewRef(Py_None);
        else if (n)
            made = or_slices ? convert_or_slices(core, value, dtype, n, as_ref) : convert_with(core, value, dtype, n, as_ref, preferred);
        if (!made || PyList_Append(list, made) < 0)
            Py_CLEAR(list);
        Py_XDECREF(n);
        Py_XDECREF(made);
    }
    Py_XDECREF(items);
    return list;
}

static PyObject *convert_n_to_tensor(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_n(core, args[0], args[1], args[2], NULL, args[3], false);
}

static PyObject *internal_convert_n_to_tensor(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_n(core, args[0], args[1], args[2], args[3], args[4], false);
}

static PyObject *convert_n_to_tensor_or_indexed_slices(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_n(core, args[0], args[1], args[2], NULL, NULL, true);
}

static PyObject *internal_convert_n_or_slices(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return convert_n(core, args[0], args[1], args[2], args[3], NULL, true);
}

static PyObject *is_dense_tensor_like(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return PyBool_FromLong(py_is_tensor_like(core, args[0]));
}

static PyObject *register_dense_tensor_like_type(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    static const char *const wanted[] = {"name", "dtype"};
    for (int i = 0; i < 2; i++) {
        PyObject *p = PyObject_GetAttrString(args[0], wanted[i]);
        bool ok = p && (Py_IS_TYPE(p, &PyProperty_Type) || Py_IS_TYPE(p, &PyGetSetDescr_Type));
        Py_XDECREF(p);
        if (!ok) {
            PyErr_Clear();
            return PyErr_Format(PyExc_TypeError, "Type %s does not define a `%s` property",
                                PyType_Check(args[0]) ? ((PyTypeObject *)args[0])->tp_name : "?", wanted[i]);
        }
    }
    PyObject *one = PyTuple_Pack(1, args[0]), *all = one ? PySequence_Concat(core->tensor_like, one) : NULL;
    Py_XDECREF(one);
    if (!all)
        return NULL;
    Py_SETREF(core->tensor_like, all);
    Py_RETURN_NONE;
}

static PyObject *constant(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgDType dtype;
    const char *name;
    if (dtype_argument(core, args[1], &dtype) < 0 || name_argument(args[3], &name) < 0)
        return NULL;
    PyGraph *g = py_default_graph(core);
    if (!g)
        return NULL;
    return py_constant(core, g, args[0], dtype, args[2], name, args[4] && PyObject_IsTrue(args[4]) == 1);
}

static PyObject *make_tensor_proto(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgDType dtype;
    if (py_is_message(core, args[0], "tensorflow.TensorProto"))
        return Py_NewRef(args[0]);
    if (dtype_argument(core, args[1], &dtype) < 0)
        return NULL;
    int form;
    TfgTensor *t = py_constant_value(core, args[0], dtype, args[2], args[3] && PyObject_IsTrue(args[3]) == 1, &form);
    if (!t)
        return NULL;
    TfgStr bytes = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *message = NULL;
    if (tfg_tensor_proto_write(t, form, &bytes, &s) < 0)
        py_raise_build(core, &s);
    else
        message = py_message(core, "tensorflow.TensorProto", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    tfg_tensor_unref(t);
    return message;
}

static PyObject *make_ndarray(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!py_is_message(core, args[0], "tensorflow.TensorProto"))
        return PyErr_Format(PyExc_TypeError, "a TensorProto is wanted, not %R", args[0]);
    TfgTensor *t = py_tensor_from_message(core, args[0], NULL);
    return t ? py_tensor_to_array_steal(core, t) : NULL;
}

static const PyRow function_rows[] = {
    {"convert_to_tensor", "(value, dtype=None, name=None, preferred_dtype=None)", convert_to_tensor, "A Tensor of `value`.", 0},
    {"internal_convert_to_tensor", "(value, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None)",
     internal_convert_to_tensor, NULL, 0},
    {"convert_to_tensor_or_indexed_slices", "(value, dtype=None, name=None)", convert_to_tensor_or_indexed_slices, NULL, 0},
    {"internal_convert_to_tensor_or_indexed_slices", "(value, dtype=None, name=None, as_ref=False)",
     internal_convert_to_tensor_or_indexed_slices, NULL, 0},
    {"convert_n_to_tensor", "(values, dtype=None, name=None, preferred_dtype=None)", convert_n_to_tensor, NULL, 0},
    {"internal_convert_n_to_tensor", "(values, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None)",
     internal_convert_n_to_tensor, NULL, 0},
    {"convert_n_to_tensor_or_indexed_slices", "(values, dtype=None, name=None)", convert_n_to_tensor_or_indexed_slices, NULL, 0},
    {"internal_convert_n_to_tensor_or_indexed_slices", "(values, dtype=None, name=None, as_ref=False)", internal_convert_n_or_slices,
     NULL, 0},
    {"register_tensor_conversion_function", "(base_type, conversion_func, priority=100)", register_tensor_conversion_function,
     "Has convert_to_tensor call `conversion_func(value, dtype, name, as_ref)` for values of `base_type`.", 0},
    {"is_dense_tensor_like", "(t)", is_dense_tensor_like, NULL, 0},
    {"register_dense_tensor_like_type", "(tensor_type)", register_dense_tensor_like_type, NULL, 0},
    {"constant", "(value, dtype=None, shape=None, name='Const', verify_shape=False)", constant, "A tensor with this value.", 0},
    {"make_tensor_proto", "(values, dtype=None, shape=None, verify_shape=False)", make_tensor_proto, "A TensorProto of `values`.", 0},
    {"make_ndarray", "(tensor)", make_ndarray, "The array that a TensorProto describes.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_convert_init(Core *core)
{
    core->conversions = PyList_New(0);
    core->conversion_cache = PyDict_New();
    core->tensor_like = PyTuple_Pack(1, core->tensor_type);
    if (!core->conversions || !core->conversion_cache || !core->tensor_like)
        return -1;
    const struct { long priority; PyObject *base; } ours[] = {
        {0, (PyObject *)core->tensor_type}, {100, (PyObject *)core->shape_type}, {100, (PyObject *)core->dimension_type},
        {100, (PyObject *)core->operation_type}, {99, (PyObject *)&PyList_Type}, {99, (PyObject *)&PyTuple_Type},
        {100, (PyObject *)&PyArray_Type}, {100, (PyObject *)&PyGenericArrType_Type}, {200, (PyObject *)&PyBaseObject_Type},
    };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        PyObject *priority = PyLong_FromLong(ours[i].priority);
        int rc = priority ? add_entry(core, priority, ours[i].base, Py_None) : -1;
        Py_XDECREF(priority);
        if (rc < 0)
            return -1;
    }
    return py_add_functions(core, core->module, function_rows);
}
