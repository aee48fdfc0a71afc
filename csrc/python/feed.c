/* What Session.run is given: values for tensors.  Arrays of the right type and layout are used where they lie, for the step. */
#include "python/binding.h"
#include "runtime/session_tensor.h"
#include "tensor/half.h"

void py_feeds_init(PyFeeds *f)
{
    f->items = f->inline_items;
    f->n = 0;
    f->capacity = sizeof f->inline_items / sizeof *f->inline_items;
}

void py_feeds_fini(PyFeeds *f)
{
    for (int i = 0; i < f->n; i++) {
        tfg_tensor_unref(f->items[i].value);
        Py_XDECREF(f->items[i].array);
    }
    if (f->items != f->inline_items)
        PyMem_Free(f->items);
}

static PyFeedItem *new_item(PyFeeds *f, TfgOutput to)
{
    for (int i = 0; i < f->n; i++)
        if (f->items[i].to.op == to.op && f->items[i].to.index == to.index) {
            /* Fed twice, by two names of one tensor: the later value counts. */
            tfg_tensor_unref(f->items[i].value);
            Py_CLEAR(f->items[i].array);
            f->items[i].value = NULL;
            return &f->items[i];
        }
    if ((size_t)f->n == f->capacity) {
        PyFeedItem *more = PyMem_Malloc(2 * f->capacity * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            return NULL;
        }
        memcpy(more, f->items, f->capacity * sizeof *more);
        if (f->items != f->inline_items)
            PyMem_Free(f->items);
        f->items = more;
        f->capacity *= 2;
    }
    f->items[f->n] = (PyFeedItem){to, NULL, NULL};
    return &f->items[f->n++];
}

/* ---- values ---- */

static TfgTensor *scalar(Core *core, TfgDType dtype, const void *value)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new_scalar(dtype, value, &s);
    if (!t)
        py_raise_build(core, &s);
    return t;
}

/* Plain Python numbers for the common types; NULL without an error for what takes the long way. */
static TfgTensor *quick_scalar(Core *core, PyObject *value, TfgDType dtype)
{
    if (PyFloat_CheckExact(value)) {
        double d = PyFloat_AS_DOUBLE(value);
        float f = (float)d;
        return dtype == TFG_FLOAT ? scalar(core, dtype, &f) : dtype == TFG_DOUBLE ? scalar(core, dtype, &d) : NULL;
    }
    if (PyBool_Check(value)) {
        bool b = value == Py_True;
        return dtype == TFG_BOOL ? scalar(core, dtype, &b) : NULL;
    }
    if (!PyLong_CheckExact(value))
        return NULL;
    int overflow;
    long long v = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow)
        return NULL;
    float f = (float)v;
    double d = (double)v;
    int32_t i = (int32_t)v;
    int64_t l = v;
    switch (dtype) {
    case TFG_FLOAT: return v > -(1 << 24) && v < 1 << 24 ? scalar(core, dtype, &f) : NULL;
    case TFG_DOUBLE: return v > -((int64_t)1 << 53) && v < (int64_t)1 << 53 ? scalar(core, dtype, &d) : NULL;
    case TFG_INT32: return i == v ? scalar(core, dtype, &i) : NULL;
    case TFG_INT64: return scalar(core, dtype, &l);
    default: return NULL;
    }
}

/* An int must come out of the tensor's type as it went in. */
static int check_int(Core *core, PyObject *value, TfgDType dtype)
{
    PyObject *type = py_numpy_type(core, dtype);
    if (!PyLong_Check(value) || !type || PyArray_DescrCheck(type))
        return 0;
    PyObject *same = dtype == TFG_STRING ? PyObject_Str(value) : PyObject_CallOneArg(type, value);
    /* As Python's number, since NumPy would round the int before comparing. */
    if (same && PyArray_CheckScalar(same))
        Py_SETREF(same, PyObject_CallMethod(same, "item", NULL));
    int equal = same ? PyObject_RichCompareBool(same, value, Py_EQ) : 0;
    if (!same && PyErr_ExceptionMatches(PyExc_OverflowError))
        PyErr_Clear();
    Py_XDECREF(same);
    if (equal < 0 || (!equal && PyErr_Occurred()))
        return -1;
    if (equal)
        return 0;
    PyErr_Format(PyExc_TypeError, "Type of feed value %S with type %S is not compatible with Tensor type %S. Try explicitly setting the "
                                  "type of the feed tensor to a larger type (e.g. int64).", value, (PyObject *)Py_TYPE(value), type);
    return -1;
}

static int fail_shape(PyArrayObject *a, TfgOutput to, Core *core)
{
    PyObject *got = PyObject_GetAttr((PyObject *)a, PY_STR(core, shape));
    const TfgDims *dims = to.op->outputs[to.index].shape;
    PyObject *want = py_shape_from(core, dims->rank, dims->dims), *text = want ? PyObject_Str(want) : NULL;
    PyObject *name = PyUnicode_FromFormat("%s:%d", to.op->name, to.index);
    if (got && text && name)
        PyErr_Format(PyExc_ValueError, "Cannot feed value of shape %R for Tensor %R, which has shape %R", got, name, text);
    Py_XDECREF(got);
    Py_XDECREF(want);
    Py_XDECREF(text);
    Py_XDECREF(name);
    return -1;
}

static int check_shape(Core *core, TfgOutput to, PyArrayObject *a)
{
    const TfgDims *dims = to.op->outputs[to.index].shape;
    if (!dims)
        return 0;
    if (dims->rank != PyArray_NDIM(a))
        return fail_shape(a, to, core);
    for (int i = 0; i < dims->rank; i++)
        if (dims->dims[i] >= 0 && dims->dims[i] != PyArray_DIM(a, i))
            return fail_shape(a, to, core);
    return 0;
}

/* NumPy says more than it did about lists of unequal length; the first words are what programs look for. */
static PyArrayObject *fail_array(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    static const char words[] = "setting an array element with a sequence.";
    const char *message = text ? PyUnicode_AsUTF8(text) : NULL;
    if (type == PyExc_ValueError && message && strncmp(message, words, sizeof words - 1) == 0) {
        PyErr_SetString(PyExc_ValueError, words);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    } else
        PyErr_Restore(type, value, traceback);
    Py_XDECREF(text);
    return NULL;
}

static PyArrayObject *as_array(Core *core, PyObject *value, TfgDType dtype)
{
    PyArray_Descr *descr = core->descrs[dtype];
    if (!descr) {
        PyObject *number = PyLong_FromLong((long)dtype);
        if (number)
            PyErr_SetObject(PyExc_KeyError, number);
        Py_XDECREF(number);
        return NULL;
    }
    if (PyArray_CheckExact(value) && PyArray_DESCR((PyArrayObject *)value) == descr)
        return (PyArrayObject *)Py_NewRef(value);
    Py_INCREF(descr);
    PyArrayObject *a = (PyArrayObject *)PyArray_FromAny(value, descr, 0, 0, NPY_ARRAY_FORCECAST | NPY_ARRAY_ENSUREARRAY, NULL);
    return a ? a : fail_array();
}

/* NumPy cannot make bfloat16 of numbers, so numbers go through float32. */
static TfgTensor *bfloat16_value(Core *core, PyObject *value, PyArrayObject **array)
{
    TfgTensor *t = py_constant_value(core, value, TFG_BFLOAT16, NULL, false, NULL);
    if (!t)
        return NULL;
    *array = (PyArrayObject *)py_tensor_to_array_steal(core, tfg_tensor_ref(t));
    if (!*array) {
        tfg_tensor_unref(t);
        return NULL;
    }
    return t;
}

static int set_value(PyFeedItem *item, Core *core, PyObject *value)
{
    TfgOutput to = item->to;
    TfgDType dtype = tfg_dtype_base(to.op->outputs[to.index].dtype);
    const TfgDims *dims = to.op->outputs[to.index].shape;
    if (!dims || dims->rank == 0) {
        item->value = quick_scalar(core, value, dtype);
        if (item->value || PyErr_Occurred())
            return item->value ? 0 : -1;
    }
    if (check_int(core, value, dtype) < 0)
        return -1;
    PyArrayObject *a = NULL;
    if (core->tensor_handle && PyObject_IsInstance(value, core->tensor_handle) == 1) {
        item->array = Py_NewRef(value);         /* py_feeds_resolve puts the tensor there */
        return 0;
    }
    if (dtype == TFG_BFLOAT16 && !PyArray_Check(value)) {
        item->value = bfloat16_value(core, value, &a);
        if (!item->value)
            return -1;
    } else
        a = as_array(core, value, dtype);
    if (!a)
        return -1;
    item->array = (PyObject *)a;
    if (!PyArray_Check((PyObject *)a)) {
        PyErr_Format(PyExc_TypeError, "no array: %R", (PyObject *)a);
        return -1;
    }
    if (check_shape(core, to, a) < 0)
        return -1;
    if (!item->value)
        item->value = py_tensor_from_array(core, a, dtype, true);
    if (!item->value && dtype == TFG_STRING && PyErr_ExceptionMatches(PyExc_TypeError)) {
        TfgStatus s = TFG_STATUS_INIT;
        PyErr_Clear();
        tfg_fail(&s, TFG_INTERNAL, "Unable to get element as bytes.");
        py_raise_run(core, NULL, &s);
    }
    return item->value ? 0 : -1;
}

static int fail_tensor_value(PyObject *feed, PyObject *value)
{
    PyErr_Format(PyExc_TypeError, "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, "
                                  "lists, numpy ndarrays, or TensorHandles.For reference, the tensor object was %S which was passed to the "
                                  "feed with key %S.", value, feed);
    return -1;
}

int py_feeds_add_value(PyFeeds *f, PyGraph *g, PyObject *feed, TfgOutput to, PyObject *value)
{
    Core *core = g->core;
    if (py_is_tensor(core, value))
        return fail_tensor_value(feed, value);
    PyFeedItem *item = new_item(f, to);
    if (!item || set_value(item, core, value) < 0)
        return -1;
    if (to.op->outputs[to.index].unfeedable) {
        PyObject *t = py_wrap_output(g, to);
        if (t)
            PyErr_Format(PyExc_ValueError, "Tensor %S may not be fed.", t);
        Py_XDECREF(t);
        return -1;
    }
    return 0;
}

/* ---- handles ---- */

static int resolve(PySession *s, PyFeedItem *item, int number)
{
    PyObject *text = PyObject_Str(item->array);
    Py_ssize_t n;
    const char *handle = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
    if (!handle) {
        Py_XDECREF(text);
        return -1;
    }
    TfgStatus status = TFG_STATUS_INIT;
    TfgDType want = tfg_dtype_base(item->to.op->outputs[item->to.index].dtype);
    TfgTensor *t = tfg_session_tensor_find(tfg_session_resources(s->session), handle, (size_t)n, &status);
    Py_DECREF(text);
    if (t && t->dtype != want) {
        tfg_fail(&status, TFG_INVALID_ARGUMENT, "Expects arg[%d] to be %s but %s is provided", number, tfg_dtype_signature_name(want),
                 tfg_dtype_signature_name(t->dtype));
        tfg_tensor_unref(t);
        t = NULL;
    }
    if (!t) {
        py_raise_run(s->core, s->graph, &status);
        return -1;
    }
    item->value = t;
    Py_SETREF(item->array, py_tensor_to_numpy_steal(s->core, tfg_tensor_ref(t)));
    return item->array ? 0 : -1;
}

int py_feeds_resolve(PyFeeds *f, PySession *s)
{
    for (int i = 0; i < f->n; i++)
        if (!f->items[i].value && resolve(s, &f->items[i], i) < 0)
            return -1;
    return 0;
}

/* The handle that was fed: the object, or the text in its tensor; NULL without an error where it is neither. */
static PyObject *fed_handle(const PyFeedItem *item)
{
    if (!item->value)
        return Py_NewRef(item->array);
    if (item->value->dtype != TFG_STRING || item->value->count != 1)
        return NULL;
    const TfgString *e = item->value->data;
    return PyUnicode_DecodeUTF8(e->n ? e->data : "", (Py_ssize_t)e->n, "replace");
}

/* [(index, tensor, handle), ...] of feeds that are known to take handles. */
static PyObject *list_handles(const PyFeeds *f, PyGraph *g, PyObject *feeders)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < f->n; i++) {
        PyObject *name = PyUnicode_FromString(f->items[i].to.op->name);
        int known = name ? PyDict_Contains(feeders, name) : -1;
        Py_XDECREF(name);
        PyObject *handle = known > 0 ? fed_handle(&f->items[i]) : NULL;
        PyObject *tensor = handle ? py_wrap_output(g, f->items[i].to) : NULL;
        PyObject *entry = tensor ? Py_BuildValue("iOO", i, tensor, handle) : NULL;
        if ((entry && PyList_Append(list, entry) < 0) || (!entry && PyErr_Occurred()))
            Py_CLEAR(list);
        Py_XDECREF(handle);
        Py_XDECREF(tensor);
        Py_XDECREF(entry);
    }
    return list;
}

static int feed_moved(PyFeeds *f, Core *core, PyObject *moved)
{
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(moved); k++) {
        PyObject *number = PyTuple_GetItem(PyList_GET_ITEM(moved, k), 0), *handle = number ? PyTuple_GetItem(PyList_GET_ITEM(moved, k), 1) : NULL;
        PyObject *text = handle ? PyObject_Str(handle) : NULL;
        long i = text ? PyLong_AsLong(number) : -1;
        TfgTensor *t = i >= 0 && i < f->n ? py_constant_value(core, text, TFG_STRING, NULL, false, NULL) : NULL;
        Py_XDECREF(text);
        if (!t) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "no such feed");
            return -1;
        }
        tfg_tensor_unref(f->items[i].value);
        f->items[i].value = t;
        Py_CLEAR(f->items[i].array);
    }
    return 0;
}

int py_feeds_move(PyFeeds *f, PySession *s, PyObject **kept)
{
    PyObject *feeders = f->n && s->graph->dict ? PyDict_GetItemString(s->graph->dict, "_handle_feeders") : NULL;
    *kept = NULL;
    if (!feeders || !PyDict_Check(feeders) || PyDict_GET_SIZE(feeders) == 0)
        return 0;
    PyObject *list = list_handles(f, s->graph, feeders), *module = NULL;
    if (list && PyList_GET_SIZE(list) > 0 && (module = PyImport_ImportModule("pytfgraph.ops.session_ops")) != NULL)
        *kept = PyObject_CallMethod(module, "_moved", "OO", (PyObject *)s, list);
    int rc = list && (PyList_GET_SIZE(list) == 0 || *kept) ? 0 : -1;
    if (*kept && PyList_Check(*kept))
        rc = feed_moved(f, s->core, *kept);
    Py_XDECREF(module);
    Py_XDECREF(list);
    return rc;
}

PyObject *py_feed_array(Core *core, PyFeedItem *item)
{
    if (!item->array)
        item->array = py_tensor_to_array_steal(core, tfg_tensor_ref(item->value));
    return Py_XNewRef(item->array);
}

/* ---- keys ---- */

static int fail_key(void)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return -1;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *args = value ? PyObject_GetAttrString(value, "args") : NULL;
    PyObject *first = args && PyTuple_Check(args) && PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : value;
    PyErr_Clear();
    PyErr_Format(PyExc_TypeError, "Cannot interpret feed_dict key as Tensor: %S", first);
    Py_XDECREF(args);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return -1;
}

static int add_element(PyFeeds *f, PyGraph *g, PyObject *key, PyObject *value, PyObject *whole_key, PyObject *whole_value)
{
    PyObject *t = py_graph_element(g, key, true, false);
    if (!t)
        return fail_key();
    int rc = py_is_tensor(g->core, value) ? fail_tensor_value(whole_key, whole_value)
                                          : py_feeds_add_value(f, g, whole_key, py_output((PyTensor *)t), value);
    Py_DECREF(t);
    return rc;
}

/* feed_function(feed, value) gives [(element, value), ...]. */
static int add_expansion(PyFeeds *f, PyGraph *g, PyObject *entry, PyObject *key, PyObject *value)
{
    PyObject *function = PyTuple_GET_ITEM(entry, 2);
    if (function == Py_None) {
        PyErr_Format(PyExc_TypeError, "'NoneType' object is not callable");
        return -1;
    }
    PyObject *made = PyObject_CallFunctionObjArgs(function, key, value, NULL), *list = made ? PySequence_List(made) : NULL;
    Py_XDECREF(made);
    int rc = list ? 0 : -1;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(list); i++) {
        PyObject *element, *part;
        PyObject *pair = PySequence_Tuple(PyList_GET_ITEM(list, i));
        rc = pair && PyArg_ParseTuple(pair, "OO", &element, &part) ? add_element(f, g, element, part, key, value) : -1;
        Py_XDECREF(pair);
    }
    Py_XDECREF(list);
    return rc;
}

/* A SparseTensor or IndexedSlices is fed with as many values as it has tensors. */
static int add_parts_steal(PyFeeds *f, PyGraph *g, PyObject *parts, PyObject *key, PyObject *value)
{
    PyObject *values = PySequence_Tuple(value);
    int rc = values ? 0 : -1;
    if (!values && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_SetString(PyExc_TypeError, "zip argument #2 must support iteration");
    for (Py_ssize_t i = 0; rc == 0 && i < PyTuple_GET_SIZE(parts) && i < PyTuple_GET_SIZE(values); i++)
        if (PyTuple_GET_ITEM(parts, i) != Py_None)
            rc = add_element(f, g, PyTuple_GET_ITEM(parts, i), PyTuple_GET_ITEM(values, i), key, value);
    Py_DECREF(parts);
    Py_XDECREF(values);
    return rc;
}

static int add_pair(PyFeeds *f, PyGraph *g, PyObject *key, PyObject *value)
{
    Core *core = g->core;
    if (Py_IS_TYPE(key, core->tensor_type) && !core->expansions_overridden && ((PyTensor *)key)->graph == g)
        return py_feeds_add_value(f, g, key, py_output((PyTensor *)key), value);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(core->expansions); i++) {
        PyObject *entry = PyList_GET_ITEM(core->expansions, i);
        int yes = PyObject_IsInstance(key, PyTuple_GET_ITEM(entry, 0));
        if (yes)
            return yes < 0 ? -1 : add_expansion(f, g, entry, key, value);
    }
    PyObject *parts = py_parts(core, key, NULL);
    if (parts || PyErr_Occurred())
        return parts ? add_parts_steal(f, g, parts, key, value) : -1;
    return add_element(f, g, key, value, key, value);
}

/* A tuple of keys has a tuple of values, both however nested. */
static int add_nested(PyFeeds *f, PyGraph *g, PyObject *key, PyObject *value)
{
    PyObject *nest = PyImport_ImportModule("pytfgraph.util.nest"), *keys = NULL, *values = NULL;
    int rc = -1;
    keys = nest ? PyObject_CallMethod(nest, "flatten", "(O)", key) : NULL;
    values = keys ? PyObject_CallMethod(nest, "flatten", "(O)", value) : NULL;
    if (values && PyList_Check(keys) && PyList_Check(values)) {
        if (PyList_GET_SIZE(keys) != PyList_GET_SIZE(values))
            PyErr_Format(PyExc_ValueError, "Could not flatten dictionary. Key had %zd elements, but value had %zd elements. Key: %S, value: "
                                           "%S.", PyList_GET_SIZE(keys), PyList_GET_SIZE(values), keys, values);
        else
            rc = 0;
    }
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(keys); i++)
        rc = add_pair(f, g, PyList_GET_ITEM(keys, i), PyList_GET_ITEM(values, i));
    Py_XDECREF(keys);
    Py_XDECREF(values);
    Py_XDECREF(nest);
    return rc;
}

static int add_key(PyFeeds *f, PyGraph *g, PyObject *key, PyObject *value)
{
    return PyTuple_Check(key) ? add_nested(f, g, key, value) : add_pair(f, g, key, value);
}

int py_feeds_add_dict(PyFeeds *f, PyGraph *g, PyObject *feed_dict)
{
    if (PyDict_CheckExact(feed_dict)) {
        /* Conversions may run Python code that changes the dict; PyDict_Next then ends or goes on, but what it gave is held. */
        PyObject *key, *value;
        Py_ssize_t pos = 0, n = PyDict_GET_SIZE(feed_dict);
        while (PyDict_Next(feed_dict, &pos, &key, &value)) {
            Py_INCREF(key);
            Py_INCREF(value);
            int rc = add_key(f, g, key, value);
            Py_DECREF(key);
            Py_DECREF(value);
            if (rc < 0)
                return -1;
            if (PyDict_GET_SIZE(feed_dict) != n) {
                PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
                return -1;
            }
        }
        return 0;
    }
    PyObject *items = PyMapping_Check(feed_dict) && !PySequence_Check(feed_dict) ? PyMapping_Items(feed_dict) : NULL;
    if (!items && PyDict_Check(feed_dict))
        items = PyMapping_Items(feed_dict);
    if (!items) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "input must be a dictionary");
        return -1;
    }
    int rc = 0;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PyList_GET_ITEM(items, i);
        rc = add_key(f, g, PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1));
    }
    Py_DECREF(items);
    return rc;
}
