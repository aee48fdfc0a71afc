/* tensor[...]: one StridedSlice, whose begin, end and strides are constants or packed from tensors. */
#include "python/binding.h"

typedef struct Slice {
    PyObject *begin, *end, *strides;            /* lists */
    int begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} Slice;

/* ---- `v[1:3].assign(value)` ---- */

typedef struct PySliceAssign {
    PyObject_HEAD
    PyObject *var, *name, *begin, *end, *strides;       /* var NULL: the slice of what is no variable */
    int masks[5];
} PySliceAssign;

static PyObject *assign_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"val", "name", NULL};
    PyObject *val, *name = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:assign", (char **)(uintptr_t)names, &val, &name))
        return NULL;
    PySliceAssign *a = (PySliceAssign *)self;
    if (!a->var)
        return PyErr_Format(PyExc_ValueError, "Sliced assignment is only supported for variables");
    name = name == Py_None ? PyUnicode_FromFormat("%U_assign", a->name) : Py_NewRef(name);
    PyObject *method = name ? PyObject_GetAttrString(a->var, "_strided_slice_assign") : NULL, *none = method ? PyTuple_New(0) : NULL;
    PyObject *named = none ? Py_BuildValue("{sOsOsOsOsOsisisisisi}", "begin", a->begin, "end", a->end, "strides", a->strides, "value", val,
                                           "name", name, "begin_mask", a->masks[0], "end_mask", a->masks[1], "ellipsis_mask",
                                           a->masks[2], "new_axis_mask", a->masks[3], "shrink_axis_mask", a->masks[4]) : NULL;
    PyObject *result = named ? PyObject_Call(method, none, named) : NULL;
    Py_XDECREF(method);
    Py_XDECREF(none);
    Py_XDECREF(named);
    Py_XDECREF(name);
    return result;
}

static int assign_traverse(PyObject *self, visitproc visit, void *arg)
{
    PySliceAssign *a = (PySliceAssign *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(a->var);
    Py_VISIT(a->begin);
    Py_VISIT(a->end);
    Py_VISIT(a->strides);
    return 0;
}

static int assign_clear(PyObject *self)
{
    PySliceAssign *a = (PySliceAssign *)self;
    Py_CLEAR(a->var);
    Py_CLEAR(a->begin);
    Py_CLEAR(a->end);
    Py_CLEAR(a->strides);
    return 0;
}

static void assign_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    assign_clear(self);
    Py_XDECREF(((PySliceAssign *)self)->name);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static const PyType_Slot assign_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)assign_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)assign_traverse},
    {Py_tp_clear, (void *)(uintptr_t)assign_clear},
    {Py_tp_call, (void *)(uintptr_t)assign_call},
    {0, NULL},
};

static const PyType_Spec assign_spec = {
    .name = "pytfgraph._core._SliceAssign",
    .basicsize = sizeof(PySliceAssign),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)assign_slots,
};

int py_slice_init(Core *core)
{
    return py_make_type(core, &assign_spec, NULL, NULL, &core->slice_assign_type);
}

PyObject *py_slice_refusal(Core *core)
{
    PySliceAssign *a = PyObject_GC_New(PySliceAssign, core->slice_assign_type);
    if (!a)
        return NULL;
    a->var = a->name = a->begin = a->end = a->strides = NULL;
    PyObject_GC_Track((PyObject *)a);
    return (PyObject *)a;
}

static int hang_assign(Core *core, PyObject *result, PyObject *var, const char *name, const Slice *s, PyObject *const packed[3])
{
    PySliceAssign *a = PyObject_GC_New(PySliceAssign, core->slice_assign_type);
    if (!a)
        return -1;
    a->var = Py_NewRef(var);
    a->name = PyUnicode_FromString(name);
    a->begin = Py_NewRef(packed[0]);
    a->end = Py_NewRef(packed[1]);
    a->strides = Py_NewRef(packed[2]);
    const int masks[5] = {s->begin_mask, s->end_mask, s->ellipsis_mask, s->new_axis_mask, s->shrink_axis_mask};
    memcpy(a->masks, masks, sizeof masks);
    PyObject_GC_Track((PyObject *)a);
    int rc = a->name ? PyObject_SetAttrString(result, "assign", (PyObject *)a) : -1;
    Py_DECREF(a);
    return rc;
}

/* ---- taking the index apart ---- */

static int add_number(PyObject *list, long n)
{
    PyObject *o = PyLong_FromLong(n);
    int rc = o ? PyList_Append(list, o) : -1;
    Py_XDECREF(o);
    return rc;
}

static bool is_maxsize(PyObject *o)
{
    if (!PyLong_CheckExact(o))
        return false;
    Py_ssize_t n = PyLong_AsSsize_t(o);
    if (n == -1 && PyErr_Occurred())
        PyErr_Clear();
    return n == PY_SSIZE_T_MAX;
}

static int add_range(Slice *s, PyObject *o, int bit)
{
    PySliceObject *range = (PySliceObject *)o;
    bool from = range->start != Py_None && !is_maxsize(range->start), to = range->stop != Py_None && !is_maxsize(range->stop);
    if (!from)
        s->begin_mask |= bit;
    if (!to)
        s->end_mask |= bit;
    if ((from ? PyList_Append(s->begin, range->start) : add_number(s->begin, 0)) < 0 ||
        (to ? PyList_Append(s->end, range->stop) : add_number(s->end, 0)) < 0)
        return -1;
    return range->step != Py_None ? PyList_Append(s->strides, range->step) : add_number(s->strides, 1);
}

static int add_index(Slice *s, PyObject *o, int bit)
{
    PyObject *one = PyLong_FromLong(1), *next = one ? PyNumber_Add(o, one) : NULL;
    Py_XDECREF(one);
    int rc = next ? PyList_Append(s->begin, o) : -1;
    if (rc == 0)
        rc = PyList_Append(s->end, next);
    Py_XDECREF(next);
    s->shrink_axis_mask |= bit;
    return rc < 0 ? -1 : add_number(s->strides, 1);
}

static int add_item(Slice *s, PyObject *o, int bit)
{
    if (PySlice_Check(o))
        return add_range(s, o, bit);
    if (o != Py_Ellipsis && o != Py_None)
        return add_index(s, o, bit);
    if (o == Py_Ellipsis)
        s->ellipsis_mask |= bit;
    else
        s->new_axis_mask |= bit;
    return add_number(s->begin, 0) < 0 || add_number(s->end, 0) < 0 ? -1 : add_number(s->strides, 1);
}

static int take_apart(Slice *s, PyObject *spec)
{
    s->begin = PyList_New(0);
    s->end = PyList_New(0);
    s->strides = PyList_New(0);
    if (!s->begin || !s->end || !s->strides)
        return -1;
    if (!PyList_Check(spec) && !PyTuple_Check(spec))
        return add_item(s, spec, 1);
    Py_ssize_t n = PySequence_Fast_GET_SIZE(spec);
    for (Py_ssize_t i = 0; i < n && i < PySequence_Fast_GET_SIZE(spec); i++) {
        if (i >= 31) {
            PyErr_SetString(PyExc_ValueError, "too many indices");
            return -1;
        }
        if (add_item(s, PySequence_Fast_GET_ITEM(spec, i), 1 << i) < 0)
            return -1;
    }
    return 0;
}

/* ---- making the operation ---- */

/* tf.stack along axis 0, named "stack": a constant where no tensor is among the values. */
static PyObject *stacked(Core *core, PyObject *list)
{
    PyObject *t = py_convert(core, list, TFG_INVALID, "stack", false, TFG_INVALID);
    if (t || !(PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError)))
        return t;
    PyErr_Clear();
    PyObject *first = py_convert(core, PyList_GET_ITEM(list, 0), TFG_INVALID, "stack", false, TFG_INVALID);
    if (!first)
        return NULL;
    Py_DECREF(first);
    PyApply call = {.def = tfg_find_op_def("Pack"), .name = "stack", .inputs = {list}};
    return py_apply_tensor(core, &call);
}

static TfgDType dtype_of(PyObject *t) { return tfg_dtype_base(py_tensor_dtype((PyTensor *)t)); }

static int widen(Core *core, PyObject **t)
{
    if (dtype_of(*t) == TFG_INT64)
        return 0;
    PyApply call = {.def = tfg_find_op_def("Cast"), .inputs = {*t}};
    for (int i = 0; i < call.def->n_attr; i++)
        if (strcmp(call.def->attr[i].name, "DstT") == 0)
            call.attrs[i] = core->dtypes[TFG_INT64];
    PyObject *wide = py_apply_tensor(core, &call);
    if (!wide)
        return -1;
    Py_SETREF(*t, wide);
    return 0;
}

/* The three vectors; int64 as soon as one of them is. */
static int pack(Core *core, PyGraph *g, const Slice *s, PyObject *packed[3])
{
    PyObject *const lists[3] = {s->begin, s->end, s->strides};
    if (!PyList_GET_SIZE(s->begin)) {
        packed[0] = py_constant(core, g, s->begin, TFG_INT32, NULL, NULL, false);
        if (!packed[0])
            return -1;
        packed[1] = Py_NewRef(packed[0]);
        packed[2] = Py_NewRef(packed[0]);
        return 0;
    }
    for (int i = 0; i < 3; i++)
        if (!(packed[i] = stacked(core, lists[i])))
            return -1;
    bool wide = dtype_of(packed[0]) == TFG_INT64 || dtype_of(packed[1]) == TFG_INT64 || dtype_of(packed[2]) == TFG_INT64;
    for (int i = 0; wide && i < 3; i++)
        if (widen(core, &packed[i]) < 0)
            return -1;
    return 0;
}

static PyObject *make(Core *core, PyObject *tensor, const Slice *s, PyObject *const packed[3], const char *name)
{
    static const char *const names[] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"};
    const int values[] = {s->begin_mask, s->end_mask, s->ellipsis_mask, s->new_axis_mask, s->shrink_axis_mask};
    PyApply call = {.def = tfg_find_op_def("StridedSlice"), .name = name, .inputs = {tensor, packed[0], packed[1], packed[2]}};
    PyObject *numbers[5] = {NULL}, *result = NULL;
    bool failed = !call.def;
    for (int k = 0; k < 5 && !failed; k++) {
        numbers[k] = PyLong_FromLong(values[k]);
        failed = !numbers[k];
        for (int i = 0; i < call.def->n_attr; i++)
            if (strcmp(call.def->attr[i].name, names[k]) == 0)
                call.attrs[i] = numbers[k];
    }
    if (!failed)
        result = py_apply_tensor(core, &call);
    for (int k = 0; k < 5; k++)
        Py_XDECREF(numbers[k]);
    return result;
}

/* The graph of the tensor and of everything in the index. */
static PyGraph *graph_of(Core *core, PyObject *tensor, const Slice *s)
{
    PyObject *values[1 + 3 * 31];
    Py_ssize_t n = 0;
    values[n++] = tensor;
    PyObject *const lists[3] = {s->begin, s->end, s->strides};
    for (int k = 0; k < 3; k++)
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lists[k]); i++)
            values[n++] = PyList_GET_ITEM(lists[k], i);
    return py_graph_from_inputs(core, values, n, false);
}

static PyObject *in_scope(Core *core, PyGraph *g, PyObject *tensor, const Slice *s, PyObject *var)
{
    const char *saved, *name = py_enter_scope(g, "strided_slice", &saved);
    if (!name)
        return NULL;
    PyObject *packed[3] = {NULL}, *result = NULL;
    if (pack(core, g, s, packed) == 0)
        result = make(core, tensor, s, packed, name);
    if (result && var && hang_assign(core, result, var, name, s, packed) < 0)
        Py_CLEAR(result);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(packed[i]);
    py_leave_scope(g, saved);
    return result;
}

PyObject *py_slice(Core *core, PyObject *tensor, PyObject *spec, PyObject *var)
{
    Slice s = {0};
    PyObject *result = NULL;
    if (take_apart(&s, spec) == 0) {
        PyGraph *g = graph_of(core, tensor, &s), *current = g ? py_default_graph(core) : NULL;
        bool push = g && g != current;
        if (g && current && (!push || py_push_graph(core, g) == 0)) {
            Py_INCREF(g);
            result = in_scope(core, g, tensor, &s, var);
            if (push && py_pop_graph(core, g) < 0)
                Py_CLEAR(result);
            Py_DECREF(g);
        }
    }
    Py_XDECREF(s.begin);
    Py_XDECREF(s.end);
    Py_XDECREF(s.strides);
    return result;
}
