/* WhileContext: the binding of tf.while_loop's context.  Variables of a loop are Tensors, IndexedSlices and SparseTensors. */
#include "python/binding.h"

static PyObject *failed(Core *core, TfgStatus *s) { return s->code ? py_raise_build(core, s) : PyErr_NoMemory(); }

/* ---- variables, taken apart and put together ---- */

static int take_part(Core *core, PyGraph *g, PyObject *o, TfgOutput *out)
{
    if (o == Py_None)
        return 0;
    if (!py_is_tensor(core, o)) {
        PyErr_Format(PyExc_TypeError, "a Tensor is wanted, not %R", o);
        return -1;
    }
    if (((PyTensor *)o)->graph != g) {
        PyErr_Format(PyExc_ValueError, "%S must be from the same graph as the loop.", o);
        return -1;
    }
    *out = py_output((PyTensor *)o);
    return 0;
}

static int take_parts(Core *core, PyGraph *g, PyObject *o, TfgParts *out)
{
    *out = (TfgParts){{NULL, 0}, {NULL, 0}, {NULL, 0}, false};
    if (py_is_tensor(core, o))
        return take_part(core, g, o, &out->values);
    PyObject *tuple = py_parts(core, o, NULL);
    if (!tuple) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "Type %S not supported", (PyObject *)Py_TYPE(o));
        return -1;
    }
    out->sparse = PyObject_IsInstance(o, core->sparse_tensor) == 1;
    TfgOutput *first = out->sparse ? &out->indices : &out->values, *second = out->sparse ? &out->values : &out->indices;
    int rc = take_part(core, g, PyTuple_GET_ITEM(tuple, 0), first) < 0 || take_part(core, g, PyTuple_GET_ITEM(tuple, 1), second) < 0 ||
             take_part(core, g, PyTuple_GET_ITEM(tuple, 2), &out->dense_shape) < 0 ? -1 : 0;
    Py_DECREF(tuple);
    return rc;
}

static PyObject *give_parts(PyGraph *g, const TfgParts *p)
{
    if (!p->indices.op)
        return py_wrap_output(g, p->values);
    PyObject *v = py_wrap_output(g, p->values), *i = v ? py_wrap_output(g, p->indices) : NULL, *d = i ? py_wrap_output(g, p->dense_shape) : NULL;
    PyObject *o = !d ? NULL : p->sparse ? PyObject_CallFunctionObjArgs(g->core->sparse_tensor, i, v, d, NULL)
                                        : PyObject_CallFunctionObjArgs(g->core->indexed_slices, v, i, d, NULL);
    Py_XDECREF(v);
    Py_XDECREF(i);
    Py_XDECREF(d);
    return o;
}

static PyObject *give_all(PyGraph *g, const TfgParts *parts, int n)
{
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *o = give_parts(g, &parts[i]);
        if (o)
            PyList_SET_ITEM(list, i, o);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* ---- building ---- */

/* (vars, keep_shapes): the Enters of the variables. */
static PyObject *while_begin(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    PyObject *vars = PySequence_Fast(args[0], "a list of variables is wanted"), *result = NULL;
    if (!vars)
        return NULL;
    int n = (int)PySequence_Fast_GET_SIZE(vars), keep = PyObject_IsTrue(args[1]), rc = keep < 0 ? -1 : 0;
    TfgParts *parts = tfg_calloc(2 * (size_t)n + 1, sizeof *parts);
    TfgStatus s = TFG_STATUS_INIT;
    for (int i = 0; parts && i < n && rc == 0; i++)
        rc = take_parts(core, c->graph, PySequence_Fast_GET_ITEM(vars, i), &parts[i]);
    Py_DECREF(vars);
    if (parts && rc == 0) {
        py_graph_lock(c->graph);
        rc = tfg_while_begin(c->context, parts, n, keep, parts + n, &s);
        py_graph_unlock(c->graph);
        result = rc < 0 ? failed(core, &s) : give_all(c->graph, parts + n, n);
    } else if (!parts) {
        PyErr_NoMemory();
    }
    tfg_free(parts);
    return result;
}

typedef int (*StepFn)(TfgOpContext *c, TfgOutput in, TfgParts *out, TfgStatus *s);

/* One step of building, which gives something for each variable. */
static PyObject *step(Core *core, PyOpContext *c, StepFn fn, TfgOutput in)
{
    int n = tfg_while_n_enters(c->context);
    TfgParts *parts = tfg_calloc((size_t)n + 1, sizeof *parts);
    TfgStatus s = TFG_STATUS_INIT;
    if (!parts)
        return PyErr_NoMemory();
    py_graph_lock(c->graph);
    int rc = fn(c->context, in, parts, &s);
    py_graph_unlock(c->graph);
    PyObject *result = rc < 0 ? failed(core, &s) : give_all(c->graph, parts, n);
    tfg_free(parts);
    return result;
}

static int merge_step(TfgOpContext *c, TfgOutput in, TfgParts *out, TfgStatus *s)
{
    (void)in;
    return tfg_while_merge(c, out, s);
}

static int end_step(TfgOpContext *c, TfgOutput in, TfgParts *out, TfgStatus *s)
{
    (void)in;
    return tfg_while_end(c, out, s);
}

static PyObject *while_merge(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return step(core, py_self_context(self), merge_step, (TfgOutput){NULL, 0});
}

static PyObject *while_test(Core *core, PyObject *self, PyObject **args)
{
    TfgOutput pred = {NULL, 0};
    if (args[0] == Py_None || take_part(core, py_self_context(self)->graph, args[0], &pred) < 0)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "a Tensor is wanted, not None");
    return step(core, py_self_context(self), tfg_while_test, pred);
}

static PyObject *while_end(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return step(core, py_self_context(self), end_step, (TfgOutput){NULL, 0});
}

/* (i, value): what variable i is after an iteration. */
static PyObject *while_next(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    TfgParts value;
    long i = PyLong_AsLong(args[0]);
    if ((i == -1 && PyErr_Occurred()) || take_parts(core, c->graph, args[1], &value) < 0)
        return NULL;
    if (i < 0 || i >= tfg_while_n_enters(c->context))
        return PyErr_Format(PyExc_IndexError, "the loop has no variable %ld", i);
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(c->graph);
    int rc = tfg_while_next(c->context, (int)i, &value, &s);
    py_graph_unlock(c->graph);
    return rc < 0 ? failed(core, &s) : Py_NewRef(Py_None);
}

/* For contexts read from a file: ("pivot", "pivot_for_pred", "pivot_for_body") and lists of exits and enters. */
static PyObject *while_restore(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    TfgOutput pivots[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    for (int i = 0; i < 3; i++)
        if (take_part(core, c->graph, args[i], &pivots[i]) < 0)
            return NULL;
    tfg_while_set_pivots(c->context, pivots[0], pivots[1], pivots[2]);
    for (int k = 3; k < 5; k++) {
        PyObject *list = PySequence_Fast(args[k], "a list of Tensors is wanted");
        TfgStatus s = TFG_STATUS_INIT;
        int rc = list ? 0 : -1;
        for (Py_ssize_t i = 0; rc == 0 && i < PySequence_Fast_GET_SIZE(list); i++) {
            TfgParts parts;
            rc = take_parts(core, c->graph, PySequence_Fast_GET_ITEM(list, i), &parts);
            if (rc == 0)
                rc = k == 3 ? tfg_while_add_exit(c->context, &parts, &s) : tfg_while_add_enter(c->context, &parts, &s);
        }
        Py_XDECREF(list);
        if (rc < 0)
            return PyErr_Occurred() ? NULL : failed(core, &s);
    }
    Py_RETURN_NONE;
}

static const PyRow while_rows[] = {
    {"_begin", "(self, vars, keep_shapes)", while_begin, NULL, 0},
    {"_merge", "(self)", while_merge, NULL, 0},
    {"_test", "(self, pred)", while_test, NULL, 0},
    {"_next", "(self, i, value)", while_next, NULL, 0},
    {"_end", "(self)", while_end, NULL, 0},
    {"_restore", "(self, pivot, pivot_for_pred, pivot_for_body, exits, enters)", while_restore, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- getters ---- */

static PyObject *output_or_none(PyObject *self, TfgOutput o)
{
    return o.op ? py_wrap_output(py_self_context(self)->graph, o) : Py_NewRef(Py_None);
}

#define PIVOT_GETTER(name)                                                                  \
    static PyObject *while_get_##name(PyObject *self, void *closure)                        \
    {                                                                                       \
        (void)closure;                                                                      \
        return output_or_none(self, tfg_while_##name(py_self_context(self)->context));      \
    }
PIVOT_GETTER(pivot)
PIVOT_GETTER(pivot_for_pred)
PIVOT_GETTER(pivot_for_body)

static PyObject *while_get_maximum_iterations(PyObject *self, void *closure)
{
    (void)closure;
    return output_or_none(self, tfg_while_args(py_self_context(self)->context)->maximum_iterations);
}

static PyObject *while_get_parallel_iterations(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLongLong(tfg_while_args(py_self_context(self)->context)->parallel_iterations);
}

static PyObject *while_get_swap_memory(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(tfg_while_args(py_self_context(self)->context)->swap_memory);
}

static PyObject *while_get_loop_enters(PyObject *self, void *closure)
{
    (void)closure;
    PyOpContext *c = py_self_context(self);
    int n = tfg_while_n_enters(c->context);
    return give_all(c->graph, n ? tfg_while_enter(c->context, 0) : NULL, n);
}

static PyObject *while_get_loop_exits(PyObject *self, void *closure)
{
    (void)closure;
    PyOpContext *c = py_self_context(self);
    int n = tfg_while_n_exits(c->context);
    return give_all(c->graph, n ? tfg_while_exit(c->context, 0) : NULL, n);
}

static const PyGetSetDef while_getset[] = {
    {"pivot", while_get_pivot, NULL, NULL, NULL},
    {"_pivot", while_get_pivot, NULL, NULL, NULL},
    {"_pivot_for_pred", while_get_pivot_for_pred, NULL, NULL, NULL},
    {"_pivot_for_body", while_get_pivot_for_body, NULL, NULL, NULL},
    {"maximum_iterations", while_get_maximum_iterations, NULL, NULL, NULL},
    {"_maximum_iterations", while_get_maximum_iterations, NULL, NULL, NULL},
    {"parallel_iterations", while_get_parallel_iterations, NULL, NULL, NULL},
    {"_parallel_iterations", while_get_parallel_iterations, NULL, NULL, NULL},
    {"swap_memory", while_get_swap_memory, NULL, NULL, NULL},
    {"_swap_memory", while_get_swap_memory, NULL, NULL, NULL},
    {"loop_enters", while_get_loop_enters, NULL, NULL, NULL},
    {"_loop_enters", while_get_loop_enters, NULL, NULL, NULL},
    {"loop_exits", while_get_loop_exits, NULL, NULL, NULL},
    {"_loop_exits", while_get_loop_exits, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- the type ---- */

static const PyType_Slot while_slots[] = {
    {Py_tp_getset, (void *)(uintptr_t)while_getset},
    {Py_tp_doc, (void *)(uintptr_t)"The context of a loop."},
    {0, NULL},
};

static const PyType_Spec while_spec = {
    .name = "tensorflow.python.ops.control_flow_ops.WhileContext",
    .basicsize = sizeof(PyOpContext),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)while_slots,
};

/* (maximum_iterations, parallel_iterations, back_prop, swap_memory, name, restored) in the default graph. */
static PyObject *while_context(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyGraph *g = py_default_graph(core);
    TfgWhileArgs a = {.maximum_iterations = {NULL, 0}};
    if (!g || take_part(core, g, args[0], &a.maximum_iterations) < 0)
        return NULL;
    if (!PyLong_Check(args[1]))
        return PyErr_Format(PyExc_ValueError, "`parallel_iterations` must be a positive integer: %S", args[1]);
    int back_prop = PyObject_IsTrue(args[2]), swap_memory = PyObject_IsTrue(args[3]), restored = args[5] ? PyObject_IsTrue(args[5]) : 0;
    const char *name = args[4] ? PyUnicode_AsUTF8(args[4]) : "while_context";
    a.parallel_iterations = PyLong_AsLongLong(args[1]);
    if (!name || back_prop < 0 || swap_memory < 0 || restored < 0 || (a.parallel_iterations == -1 && PyErr_Occurred()))
        return NULL;
    a.back_prop = back_prop;
    a.swap_memory = swap_memory;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    TfgOpContext *c = restored ? tfg_while_context_restore(g->graph, name, &a, &s) : tfg_while_context_new(g->graph, name, &a, &s);
    py_graph_unlock(g);
    return c ? py_context_wrap(g, c) : failed(core, &s);
}

static const PyRow function_rows[] = {
    {"_while_context", "(maximum_iterations, parallel_iterations, back_prop, swap_memory, name='while_context', restored=False)",
     while_context, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_while_init(Core *core)
{
    if (py_make_type(core, &while_spec, core->context_type, NULL, &core->while_type) < 0 ||
        py_add_methods(core, core->while_type, while_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
