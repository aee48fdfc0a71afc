/* Attributes to and from Python, and protocol messages as bytes. */
#include "base/heap.h"
#include "io/graph_def.h"
#include "python/binding.h"

/* ---- messages ---- */

/* The class of pytfgraph.protos for a full name; borrowed. */
static PyObject *message_class(Core *core, const char *full_name)
{
    PyObject *cls = PyDict_GetItemString(core->messages, full_name);
    if (cls)
        return cls;
    if (!core->protos && !(core->protos = PyImport_ImportModule("pytfgraph.protos")))
        return NULL;
    cls = PyObject_CallMethod(core->protos, "message", "s", full_name);
    if (!cls)
        return NULL;
    int rc = PyDict_SetItemString(core->messages, full_name, cls);
    Py_DECREF(cls);
    return rc < 0 ? NULL : cls;
}

PyObject *py_message(Core *core, const char *full_name, const void *data, size_t n)
{
    PyObject *cls = message_class(core, full_name);
    PyObject *bytes = cls ? PyBytes_FromStringAndSize(n ? data : NULL, (Py_ssize_t)n) : NULL;
    TfgHeap *heap = bytes ? tfg_heap_begin(n) : NULL;
    PyObject *message = bytes ? PyObject_CallMethodOneArg(cls, PY_STR(core, FromString), bytes) : NULL;
    tfg_heap_end(heap);
    Py_XDECREF(bytes);
    return message;
}

bool py_is_message(Core *core, PyObject *o, const char *full_name)
{
    (void)core;
    if (PyLong_Check(o) || PyFloat_Check(o) || PyUnicode_Check(o) || PyList_Check(o) || PyTuple_Check(o) || PyArray_Check(o) ||
        PyArray_CheckScalar(o) || o == Py_None || PyType_Check(o))
        return false;
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)Py_TYPE(o), "DESCRIPTOR"), *name = NULL;
    bool same = false;
    if (descriptor) {
        name = PyObject_GetAttrString(descriptor, "full_name");
        same = name && PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, full_name) == 0;
    }
    PyErr_Clear();
    Py_XDECREF(name);
    Py_XDECREF(descriptor);
    return same;
}

PyObject *py_message_bytes(Core *core, PyObject *message)
{
    PyObject *bytes = PyObject_CallMethodNoArgs(message, PY_STR(core, SerializeToString));
    if (bytes && !PyBytes_Check(bytes)) {
        PyErr_Format(PyExc_TypeError, "SerializeToString of %R did not return bytes", message);
        Py_CLEAR(bytes);
    }
    return bytes;
}

PyObject *py_node_def(PyGraph *g, TfgOp *op)
{
    TfgStr bytes = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    int rc = tfg_node_def_write(op, 0, &bytes, &s);
    py_graph_unlock(g);
    PyObject *message = rc < 0 ? py_raise_build(g->core, &s) : py_message(g->core, "tensorflow.NodeDef", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    return message;
}

/* A list of bytes as a list of strings. */
static int attr_from_bytes_list(PyObject *list, TfgArena *arena, TfgAttr *out)
{
    Py_ssize_t n = PyList_GET_SIZE(list);
    TfgBytes *strings = tfg_arena_alloc(arena, (size_t)n * sizeof *strings);
    for (Py_ssize_t i = 0; strings && i < n; i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (!PyBytes_Check(item)) {
            PyErr_Format(PyExc_TypeError, "bytes are wanted, not %R", item);
            return -1;
        }
        strings[i].n = (size_t)PyBytes_GET_SIZE(item);
        strings[i].data = tfg_arena_strndup(arena, PyBytes_AS_STRING(item), strings[i].n);
        if (!strings[i].data)
            strings = NULL;
    }
    if (!strings) {
        PyErr_NoMemory();
        return -1;
    }
    *out = (TfgAttr){.kind = TFG_ATTR_STRING, .is_list = true, .n = (int32_t)n, .list_s = strings};
    return 0;
}

int py_attr_from_message(Core *core, PyObject *message, TfgArena *arena, TfgAttr *out)
{
    out->kind = TFG_ATTR_NONE;
    if (PyList_CheckExact(message))
        return attr_from_bytes_list(message, arena, out);
    if (!py_is_message(core, message, "tensorflow.AttrValue")) {
        PyErr_Format(PyExc_TypeError, "an AttrValue is wanted, not %R", message);
        return -1;
    }
    PyObject *bytes = py_message_bytes(core, message);
    if (!bytes)
        return -1;
    TfgStatus s = TFG_STATUS_INIT;
    int rc = tfg_attr_read(out, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), arena, &s);
    if (rc < 0)
        py_raise_build(core, &s);
    Py_DECREF(bytes);
    return rc;
}

/* ---- to Python ---- */

static PyObject *element(Core *core, const TfgAttr *a, int i)
{
    bool list = a->is_list;
    TfgBytes b;
    switch (a->kind) {
    case TFG_ATTR_STRING:
        b = list ? a->list_s[i] : a->s;
        return PyBytes_FromStringAndSize(b.data, (Py_ssize_t)b.n);
    case TFG_ATTR_INT: return PyLong_FromLongLong(list ? a->list_i[i] : a->i);
    case TFG_ATTR_FLOAT: return PyFloat_FromDouble((double)(list ? a->list_f[i] : a->f));
    case TFG_ATTR_BOOL: return PyBool_FromLong(list ? a->list_b[i] : a->b);
    case TFG_ATTR_TYPE: return Py_XNewRef(py_dtype(core, list ? a->list_type[i] : a->type));
    default: return NULL;
    }
}

/* Shapes, tensors and functions are messages: those of the AttrValue that holds them. */
static PyObject *message_attr(Core *core, const TfgAttr *a)
{
    static const char *const fields[] = {[TFG_ATTR_SHAPE] = "shape", [TFG_ATTR_TENSOR] = "tensor", [TFG_ATTR_FUNC] = "func",
                                         [TFG_ATTR_PLACEHOLDER] = "placeholder"};
    TfgStr bytes = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *message = NULL, *value = NULL;
    if (tfg_attr_write(a, &bytes, &s) < 0)
        py_raise_build(core, &s);
    else
        message = py_message(core, "tensorflow.AttrValue", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    if (message && a->is_list) {
        PyObject *list = PyObject_GetAttrString(message, "list");
        PyObject *items = list ? PyObject_GetAttrString(list, fields[a->kind]) : NULL;
        value = items ? PySequence_List(items) : NULL;
        Py_XDECREF(items);
        Py_XDECREF(list);
    } else if (message)
        value = PyObject_GetAttrString(message, fields[a->kind]);
    Py_XDECREF(message);
    return value;
}

PyObject *py_attr_to_python(PyGraph *g, const TfgAttr *a)
{
    Core *core = g->core;
    if (a->kind == TFG_ATTR_NONE || (a->is_list && a->n == 0))
        return PyList_New(0);
    if (a->kind > TFG_ATTR_TYPE)
        return message_attr(core, a);
    if (!a->is_list)
        return element(core, a, 0);
    PyObject *list = PyList_New(a->n);
    for (int i = 0; list && i < a->n; i++) {
        PyObject *e = element(core, a, i);
        if (e)
            PyList_SET_ITEM(list, i, e);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* ---- from Python: op_def_library's rules and words ---- */

static int fail_kind(const char *wanted, const char *arg, PyObject *value)
{
    py_raise_named(PyExc_TypeError, "Expected %s for argument '%s' not %R.", wanted, arg, value);
    return -1;
}

static int make_float(PyObject *v, const char *arg, float *out)
{
    if (!PyFloat_Check(v) && !PyLong_Check(v) && !PyArray_IsScalar(v, Integer) && !PyArray_IsScalar(v, Floating) && !PyIndex_Check(v))
        return fail_kind("float", arg, v);
    double d = PyFloat_AsDouble(v);
    if (d == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();
        return fail_kind("float", arg, v);
    }
    *out = (float)d;
    return 0;
}

static int make_int(PyObject *v, const char *arg, int64_t *out)
{
    if (PyUnicode_Check(v) || PyBytes_Check(v))
        return fail_kind("int", arg, v);
    PyObject *n = PyNumber_Long(v);
    if (!n) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_ValueError))
            return -1;
        PyErr_Clear();
        return fail_kind("int", arg, v);
    }
    long long value = PyLong_AsLongLong(n);
    if (value == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError, "Value out of range: %S", n);
        Py_DECREF(n);
        return -1;
    }
    Py_DECREF(n);
    *out = value;
    return 0;
}

static int make_string(PyObject *v, const char *arg, TfgArena *arena, TfgBytes *out)
{
    const char *data;
    Py_ssize_t n;
    PyObject *holder = NULL;
    if (!PyUnicode_Check(v) && !PyBytes_Check(v))
        return fail_kind("string", arg, v);
    if (py_as_bytes(v, &data, &n, &holder) < 0)
        return -1;
    char *copy = tfg_arena_strndup(arena, data, (size_t)n);
    Py_DECREF(holder);
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, data, (size_t)n);
    *out = (TfgBytes){copy, (size_t)n};
    return 0;
}

PyObject *py_dtype_error_list(Core *core, const TfgAttrDef *def)
{
    (void)core;
    TfgStr text = TFG_STR_INIT;
    for (int i = 0; i < def->n_allowed_types; i++)
        tfg_str_printf(&text, "%s%s", i ? ", " : "", tfg_dtype_name(def->allowed_order[i]));
    PyObject *result = PyUnicode_FromString(tfg_str_text(&text));
    tfg_str_fini(&text);
    return result;
}

int py_check_allowed(Core *core, TfgDType dtype, const TfgAttrDef *def, const char *param)
{
    TfgDType base = tfg_dtype_base(dtype);
    if (!def->allowed_types || (def->allowed_types >> base & 1))
        return 0;
    PyObject *list = py_dtype_error_list(core, def);
    if (list)
        PyErr_Format(PyExc_TypeError, "Value passed to parameter '%s' has DataType %s not in list of allowed values: %U", param,
                     tfg_dtype_name(dtype), list);
    Py_XDECREF(list);
    return -1;
}

static int make_type(Core *core, PyObject *v, const TfgAttrDef *def, TfgDType *out)
{
    TfgDType dtype = py_try_dtype(core, v);
    if (dtype == TFG_INVALID) {
        if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError))
            return -1;
        PyErr_Clear();
        return fail_kind("DataType", def->name, v);
    }
    *out = tfg_dtype_base(dtype);
    return py_check_allowed(core, *out, def, def->name);
}

static int make_shape(Core *core, PyObject *v, const char *arg, TfgArena *arena, const TfgDims **out)
{
    TfgShape shape;
    if (py_as_shape(core, v, &shape) == 0) {
        *out = tfg_dims_new(arena, &shape);
        if (*out || shape.rank < 0)
            return 0;
        PyErr_NoMemory();
        return -1;
    }
    if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        PyErr_Format(type, "Error converting %s to a TensorShape: %S.", arg, value);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    }
    return -1;
}

static int make_tensor(Core *core, PyObject *v, const char *arg, TfgAttr *out)
{
    if (!py_is_message(core, v, "tensorflow.TensorProto")) {
        py_raise_named(PyExc_TypeError, "Don't know how to convert %R to a TensorProto for argument '%s'", v, arg);
        return -1;
    }
    int form = 0;
    out->tensor = py_tensor_from_message(core, v, &form);
    out->n = form;
    return out->tensor ? 0 : -1;
}

TfgTensor *py_tensor_from_message(Core *core, PyObject *message, int *form)
{
    PyObject *bytes = py_message_bytes(core, message);
    if (!bytes)
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    TfgProtoReader reader = TFG_PROTO_READER(NULL);
    TfgTensor *t = NULL;
    TfgWire w;
    tfg_wire_init(&w, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    if (tfg_tensor_proto_read(&reader, w, &t, form, &s) < 0)
        py_raise_build(core, &s);
    Py_DECREF(bytes);
    return t;
}

/* A NameAttrList, a name, or a function object that adds itself to the graph and has a name. */
static int make_func(Core *core, PyObject *v, TfgArena *arena, const TfgFuncAttr **out)
{
    if (py_is_message(core, v, "tensorflow.NameAttrList")) {
        PyObject *cls = message_class(core, "tensorflow.AttrValue"), *attr = cls ? PyObject_CallNoArgs(cls) : NULL;
        PyObject *func = attr ? PyObject_GetAttrString(attr, "func") : NULL, *bytes = func ? py_message_bytes(core, v) : NULL;
        PyObject *done = bytes ? PyObject_CallMethod(func, "MergeFromString", "O", bytes) : NULL;
        TfgAttr value = {0};
        int rc = done ? py_attr_from_message(core, attr, arena, &value) : -1;
        if (rc == 0)
            *out = value.func;
        Py_XDECREF(done);
        Py_XDECREF(bytes);
        Py_XDECREF(func);
        Py_XDECREF(attr);
        return rc;
    }
    PyObject *name = PyUnicode_Check(v) || PyBytes_Check(v) ? Py_NewRef(v) : NULL;
    if (!name) {
        PyObject *added = PyObject_CallMethodOneArg(v, PY_STR(core, add_to_graph), (PyObject *)py_default_graph(core));
        name = added ? PyObject_GetAttr(v, PY_STR(core, name)) : NULL;
        Py_XDECREF(added);
        if (!name)
            return -1;
    }
    TfgBytes text;
    int rc = make_string(name, "func", arena, &text);
    Py_DECREF(name);
    TfgFuncAttr *f = rc == 0 ? tfg_arena_alloc(arena, sizeof *f) : NULL;
    if (!f)
        return -1;
    f->name = text.data;
    *out = f;
    return 0;
}

static bool has_text(const TfgBytes *list, int n, TfgBytes b)
{
    for (int i = 0; i < n; i++)
        if (list[i].n == b.n && memcmp(list[i].data, b.data, b.n) == 0)
            return true;
    return false;
}

static int check_string(const TfgOpDef *op, const TfgAttrDef *def, TfgBytes b)
{
    if (!def->n_allowed_strings || has_text(def->allowed_strings, def->n_allowed_strings, b))
        return 0;
    TfgStr list = TFG_STR_INIT;
    for (int i = 0; i < def->n_allowed_strings; i++)
        tfg_str_printf(&list, "%s%.*s", i ? "\", \"" : "", (int)def->allowed_strings[i].n, def->allowed_strings[i].data);
    PyErr_Format(PyExc_ValueError, "Attr '%s' of '%s' Op passed string '%s' not in: \"%s\".", def->name, op->name, b.data,
                 tfg_str_text(&list));
    tfg_str_fini(&list);
    return -1;
}

/* One element, into a non-list attribute. */
static int make_element(Core *core, const TfgOpDef *op, const TfgAttrDef *def, PyObject *v, TfgArena *arena, TfgAttr *out)
{
    out->kind = (uint8_t)def->kind;
    switch (def->kind) {
    case TFG_ATTR_STRING: return make_string(v, def->name, arena, &out->s) < 0 ? -1 : check_string(op, def, out->s);
    case TFG_ATTR_INT: return make_int(v, def->name, &out->i);
    case TFG_ATTR_FLOAT: return make_float(v, def->name, &out->f);
    case TFG_ATTR_BOOL:
        if (!PyBool_Check(v))
            return fail_kind("bool", def->name, v);
        out->b = v == Py_True;
        return 0;
    case TFG_ATTR_TYPE: return make_type(core, v, def, &out->type);
    case TFG_ATTR_SHAPE: return make_shape(core, v, def->name, arena, &out->shape);
    case TFG_ATTR_TENSOR: return make_tensor(core, v, def->name, out);
    case TFG_ATTR_FUNC: return make_func(core, v, arena, &out->func);
    default:
        PyErr_Format(PyExc_TypeError, "Unrecognized Attr type %s", def->type);
        return -1;
    }
}

static size_t element_size(TfgAttrKind kind)
{
    switch (kind) {
    case TFG_ATTR_STRING: return sizeof(TfgBytes);
    case TFG_ATTR_INT: return sizeof(int64_t);
    case TFG_ATTR_FLOAT: return sizeof(float);
    case TFG_ATTR_BOOL: return sizeof(bool);
    case TFG_ATTR_TYPE: return sizeof(TfgDType);
    default: return sizeof(void *);
    }
}

/* A list's elements lie in an array of the arena, which is what each member of the union points at. */
static int make_list(Core *core, const TfgOpDef *op, const TfgAttrDef *def, PyObject *v, TfgArena *arena, TfgAttr *out)
{
    if (!PyList_Check(v) && !PyTuple_Check(v)) {
        PyErr_Format(PyExc_TypeError, "Expected list for attr %s", def->name);
        return -1;
    }
    PyObject *items = PySequence_Tuple(v);
    if (!items)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(items);
    int rc = 0;
    if (def->has_minimum && n < def->minimum) {
        PyErr_Format(PyExc_ValueError, "Attr '%s' of '%s' Op passed list of length %zd less than minimum %lld.", def->name, op->name, n,
                     (long long)def->minimum);
        rc = -1;
    }
    size_t size = element_size(def->kind);
    char *array = rc == 0 ? tfg_arena_alloc(arena, (size_t)n * size + 1) : NULL;
    if (rc == 0 && !array) {
        PyErr_NoMemory();
        rc = -1;
    }
    out->kind = (uint8_t)def->kind;
    out->is_list = true;
    out->list_i = (const int64_t *)(const void *)array;
    for (Py_ssize_t i = 0; rc == 0 && i < n; i++) {
        TfgAttr one = {0};
        rc = make_element(core, op, def, PyTuple_GET_ITEM(items, i), arena, &one);
        if (rc == 0) {
            memcpy(array + (size_t)i * size, &one.i, size);
            out->n = (int32_t)(i + 1);
        }
    }
    Py_DECREF(items);
    return rc;
}

int py_attr_from_python(Core *core, const TfgOpDef *op, const TfgAttrDef *def, PyObject *value, TfgArena *arena, TfgAttr *out)
{
    *out = (TfgAttr){.kind = TFG_ATTR_NONE};
    if (def->is_list)
        return make_list(core, op, def, value, arena, out);
    if (make_element(core, op, def, value, arena, out) < 0)
        return -1;
    if (def->kind == TFG_ATTR_INT && def->has_minimum && out->i < def->minimum) {
        PyErr_Format(PyExc_ValueError, "Attr '%s' of '%s' Op passed %lld less than minimum %lld.", def->name, op->name,
                     (long long)out->i, (long long)def->minimum);
        return -1;
    }
    return 0;
}
