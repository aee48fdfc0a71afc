/* tf.gradients, and gradients that Python gives: tf.RegisterGradient. */
#include "gradients/graph_backend.h"
#include "python/binding.h"

static TfgOutput output_of(TfgValue v) { return (TfgOutput){v.a, (int)v.b}; }
static TfgValue value_of(TfgOutput o) { return (TfgValue){o.op, o.index}; }

/* ---- IndexedSlices ---- */

static bool is_slices(Core *core, PyObject *o)
{
    return core->indexed_slices && PyObject_IsInstance(o, core->indexed_slices) == 1;
}

static PyObject *make_slices(PyGraph *g, TfgOutput values, TfgOutput indices, TfgOutput dense_shape)
{
    Core *core = g->core;
    if (!core->indexed_slices)
        return PyErr_Format(PyExc_RuntimeError, "the class IndexedSlices is not known yet");
    PyObject *v = py_wrap_output(g, values), *i = v ? py_wrap_output(g, indices) : NULL, *d = i ? py_wrap_output(g, dense_shape) : NULL;
    PyObject *slices = d ? PyObject_CallFunctionObjArgs(core->indexed_slices, v, i, d, NULL) : NULL;
    Py_XDECREF(v);
    Py_XDECREF(i);
    Py_XDECREF(d);
    return slices;
}

/* An attribute of IndexedSlices as an output; .op NULL for None. */
static int part(Core *core, PyObject *slices, int name, TfgOutput *out)
{
    PyObject *o = PyObject_GetAttr(slices, core->names[name]);
    *out = (TfgOutput){NULL, 0};
    if (!o)
        return -1;
    PyObject *t = o == Py_None || py_is_tensor(core, o) ? Py_NewRef(o) : py_convert(core, o, TFG_INVALID, NULL, false, TFG_INVALID);
    Py_DECREF(o);
    if (!t)
        return -1;
    if (t != Py_None)
        *out = py_output((PyTensor *)t);
    Py_DECREF(t);               /* its graph keeps the node */
    return 0;
}

/* None, a Tensor, IndexedSlices, or what converts to a tensor. */
static int take_gradient(Core *core, PyObject *o, TfgSlices *out)
{
    *out = (TfgSlices){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (o == Py_None)
        return 0;
    if (is_slices(core, o))
        return part(core, o, PY_NAME_values, &out->values) < 0 || part(core, o, PY_NAME_indices, &out->indices) < 0 ||
               part(core, o, PY_NAME_dense_shape, &out->dense_shape) < 0 ? -1 : 0;
    PyObject *t = py_convert(core, o, TFG_INVALID, NULL, false, TFG_INVALID);
    if (!t)
        return -1;
    out->values = py_output((PyTensor *)t);
    Py_DECREF(t);
    return 0;
}

static PyObject *give_gradient(PyGraph *g, const TfgSlices *s)
{
    if (!s->values.op)
        Py_RETURN_NONE;
    return s->indices.op ? make_slices(g, s->values, s->indices, s->dense_shape) : py_wrap_output(g, s->values);
}

static TfgSlices slices_of(const TfgGrad *d)
{
    return (TfgSlices){output_of(d->value), output_of(d->indices), output_of(d->dense_shape)};
}

static TfgGrad grad_of(const TfgSlices *s)
{
    return (TfgGrad){value_of(s->values), value_of(s->indices), value_of(s->dense_shape)};
}

/* ---- gradients that Python gives ---- */

static PyObject *call_python(PyGraph *g, PyObject *function, TfgOp *op, const TfgGradCall *call)
{
    PyObject *args = PyTuple_New(1 + call->n_out);
    PyObject *wrapper = args ? py_wrap_op(g, op) : NULL;
    if (!wrapper) {
        Py_XDECREF(args);
        return NULL;
    }
    PyTuple_SET_ITEM(args, 0, wrapper);
    for (int i = 0; args && i < call->n_out; i++) {
        TfgSlices s = slices_of(&call->dy[i]);
        PyObject *grad = give_gradient(g, &s);
        if (grad)
            PyTuple_SET_ITEM(args, 1 + i, grad);
        else
            Py_CLEAR(args);
    }
    PyObject *result = args ? PyObject_CallObject(function, args) : NULL;
    Py_XDECREF(args);
    if (result && !PyList_Check(result) && !PyTuple_Check(result)) {
        PyObject *list = PyTuple_Pack(1, result);
        Py_SETREF(result, list);
    }
    return result;
}

static int take_results(PyGraph *g, PyObject *results, TfgOp *op, TfgGradCall *call)
{
    Py_ssize_t n = PySequence_Fast_GET_SIZE(results);
    if (n != call->n_in) {
        PyObject *node_def = py_node_def(g, op);
        if (node_def)
            PyErr_Format(PyExc_ValueError, "Num gradients %zd generated for op %S do not match num inputs %d", n, node_def, call->n_in);
        Py_XDECREF(node_def);
        return -1;
    }
    for (int i = 0; i < call->n_in && i < PySequence_Fast_GET_SIZE(results); i++) {
        TfgSlices s;
        if (take_gradient(g->core, PySequence_Fast_GET_ITEM(results, i), &s) < 0)
            return -1;
        call->dx[i] = grad_of(&s);
    }
    return 0;
}

static int foreign_gradient(void *object, TfgGradCall *call, TfgStatus *s)
{
    const TfgGraphBackend *b = call->context;
    TfgOp *op = (TfgOp *)(uintptr_t)b->op;
    PyGraph *g = py_graph_of(b->graph);
    if (!g || !op)
        return tfg_fail(s, TFG_INTERNAL, "a gradient of Python was called without its graph");
    PyObject *results = call_python(g, object, op, call);
    int rc = results ? take_results(g, results, op, call) : -1;
    Py_XDECREF(results);
    return rc < 0 ? py_status_from_exception(s) : 0;
}

/* What an error about a second registration says of the first: "function file:line". */
static PyObject *place_of(PyObject *function)
{
    PyObject *code = PyObject_GetAttrString(function, "__code__"), *text = NULL;
    if (code && PyCode_Check(code)) {
        PyCodeObject *c = (PyCodeObject *)code;
        text = PyUnicode_FromFormat("%U %U:%d", c->co_name, c->co_filename, c->co_firstlineno);
    }
    Py_XDECREF(code);
    if (text)
        return text;
    PyErr_Clear();
    return PyUnicode_FromString("the library");
}

static PyObject *register_one(Core *core, PyObject *type, PyObject *function)
{
    if (!PyUnicode_Check(type))
        return PyErr_Format(PyExc_TypeError, "op_type must be a string");
    const char *label = PyUnicode_AsUTF8(type);
    if (!label)
        return NULL;
    PyObject *before = PyDict_GetItemWithError(core->gradients, type);
    if (before || tfg_find_gradient(label)) {
        PyObject *place = place_of(before ? before : Py_None), *text = NULL;
        if (place)
            text = PyUnicode_FromFormat("Registering two gradient with name '%U' !(Previous registration was in %U)", type, place);
        if (text)
            PyErr_SetObject(PyExc_KeyError, text);
        Py_XDECREF(place);
        Py_XDECREF(text);
        return NULL;
    }
    /* The registry lives as long as the process, and so does the function. */
    TfgStatus s = TFG_STATUS_INIT;
    bool none = function == Py_None;
    if (tfg_register_foreign_gradient(label, none ? NULL : foreign_gradient, none ? NULL : Py_NewRef(function), &s) < 0)
        return py_raise_build(core, &s);
    return PyDict_SetItem(core->gradients, type, function) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *register_gradient(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return register_one(core, args[0], args[1]);
}

static PyObject *not_differentiable(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return register_one(core, args[0], Py_None);
}

static PyObject *gradient_registered(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    const char *label = PyUnicode_AsUTF8(args[0]);
    return label ? PyBool_FromLong(tfg_find_gradient(label) != NULL) : NULL;
}

/* ---- get_gradient_function ---- */

/* A gradient of the library as a function: (op, *grads) -> list. */
static PyObject *call_builtin(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const char *label = PyUnicode_AsUTF8(args[0]);
    const TfgGradRow *row = label ? tfg_find_gradient(label) : NULL;
    if (!row || !row->fn || !py_is_operation(core, args[1]))
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "gradient registry has no entry for: %S", args[0]);
    PyOperation *o = (PyOperation *)args[1];
    TfgOp *op = o->op;
    Py_ssize_t n = PyTuple_GET_SIZE(args[2]);
    if (n != op->n_outputs)
        return PyErr_Format(PyExc_ValueError, "%d gradients wanted, %zd given", (int)op->n_outputs, n);
    TfgValue *x = PyMem_Calloc((size_t)(op->n_inputs + op->n_outputs) + 1, sizeof *x), *y = x ? x + op->n_inputs : NULL;
    TfgGrad *dx = PyMem_Calloc((size_t)(op->n_inputs + op->n_outputs) + 1, sizeof *dx), *dy = dx ? dx + op->n_inputs : NULL;
    PyObject *list = NULL;
    if (!x || !dx) {
        PyErr_NoMemory();
        goto done;
    }
    for (int i = 0; i < op->n_inputs; i++)
        x[i] = value_of(op->inputs[i]);
    for (int i = 0; i < op->n_outputs; i++) {
        TfgSlices s;
        y[i] = (TfgValue){op, i};
        if (take_gradient(core, PyTuple_GET_ITEM(args[2], i), &s) < 0)
            goto done;
        dy[i] = grad_of(&s);
    }
    TfgGraphBackend backend = {.graph = o->graph->graph, .op = op};
    TfgGradCall call = {.op_type = op->def->name, .op_name = op->name, .attrs = &op->attrs, .n_in = op->n_inputs, .n_out = op->n_outputs,
                        .x = x, .y = y, .dy = dy, .dx = dx, .backend = &tfg_graph_backend, .context = &backend};
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(o->graph);
    int rc = row->fn(&call, &s);
    py_graph_unlock(o->graph);
    if (rc < 0) {
        py_raise_build(core, &s);
        goto done;
    }
    list = PyList_New(op->n_inputs);
    for (int i = 0; list && i < op->n_inputs; i++) {
        TfgSlices slices = slices_of(&dx[i]);
        PyObject *g = give_gradient(o->graph, &slices);
        if (g)
            PyList_SET_ITEM(list, i, g);
        else
            Py_CLEAR(list);
    }
done:
    PyMem_Free(x);
    PyMem_Free(dx);
    return list;
}

/* What is registered under a label: the program's function, the built-in one, or None where it is declared to have none. */
static PyObject *registered(Core *core, PyObject *label)
{
    PyObject *found = PyDict_GetItemWithError(core->gradients, label);
    if (found || PyErr_Occurred())
        return Py_XNewRef(found);
    const char *text = PyUnicode_AsUTF8(label);
    const TfgGradRow *row = text ? tfg_find_gradient(text) : NULL;
    if (!row)
        return text ? PyErr_Format(PyExc_LookupError, "gradient registry has no entry for: %U", label) : NULL;
    if (!row->fn)
        Py_RETURN_NONE;
    PyObject *functools = PyImport_ImportModule("functools"), *call = PyObject_GetAttrString(core->module, "_call_gradient");
    PyObject *result = functools && call ? PyObject_CallMethod(functools, "partial", "OO", call, label) : NULL;
    Py_XDECREF(functools);
    Py_XDECREF(call);
    return result;
}

static PyObject *lookup_gradient(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!PyUnicode_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "name must be a string, not %R", args[0]);
    return registered(core, args[0]);
}

static PyObject *gradient_names(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    int n = 0;
    const char **labels = tfg_gradient_labels(&n);
    if (!labels)
        return PyErr_NoMemory();
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *label = PyUnicode_FromString(labels[i]);
        if (label)
            PyList_SET_ITEM(list, i, label);
        else
            Py_CLEAR(list);
    }
    tfg_free((void *)(uintptr_t)labels);
    return list;
}

static PyObject *get_gradient_function(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!py_is_operation(core, args[0]))
        return PyErr_Format(PyExc_TypeError, "an Operation is wanted, not %R", args[0]);
    const TfgOp *op = ((PyOperation *)args[0])->op;
    if (!op->n_inputs)
        Py_RETURN_NONE;
    const TfgAttr *a = tfg_attrs_find(&op->attrs, "_gradient_op_type");
    PyObject *label = a && a->kind == TFG_ATTR_STRING ? PyUnicode_FromStringAndSize(a->s.data, (Py_ssize_t)a->s.n)
                                                      : PyUnicode_FromString(op->def->name);
    PyObject *result = label ? registered(core, label) : NULL;
    Py_XDECREF(label);
    return result;
}

/* ---- tf.gradients ---- */

typedef struct Arguments {      /* of one call, flat */
    TfgOutput *ys, *xs, *stop;
    TfgSlices *grad_ys, *dx;
    int n_ys, n_xs, n_stop;
    PyObject *kept;             /* list of the tensors, lest they die */
    PyGraph *graph;             /* where the gradients go */
    const char *scope, *saved, *outside;  /* the name scope of the call, while entered */
    bool pushed;
} Arguments;

static void arguments_fini(Arguments *a)
{
    PyMem_Free(a->ys);
    PyMem_Free(a->xs);
    PyMem_Free(a->stop);
    PyMem_Free(a->grad_ys);
    PyMem_Free(a->dx);
    Py_XDECREF(a->kept);
}

static PyObject *as_list(PyObject *o)
{
    if (!o || o == Py_None)
        return PyList_New(0);
    if (PyList_Check(o) || PyTuple_Check(o))
        return PySequence_List(o);
    PyObject *list = PyList_New(1);
    if (list)
        PyList_SET_ITEM(list, 0, Py_NewRef(o));
    return list;
}

/* The tensor that stands for a y, an x or a stop: a resource variable's handle, a reference where there is one, slices' values. */
static PyObject *tensor_for(Core *core, PyObject *o, const char *name, bool as_ref)
{
    if (py_is_tensor(core, o))
        return Py_NewRef(o);
    if (is_slices(core, o))
        return PyObject_GetAttr(o, PY_STR(core, values));
    PyObject *handle = as_ref ? PyObject_GetAttrString(o, "handle") : NULL;
    if (handle && py_is_tensor(core, handle))
        return handle;
    Py_XDECREF(handle);
    PyErr_Clear();
    return py_convert(core, o, TFG_INVALID, name, as_ref, TFG_INVALID);
}

static int take_outputs(Core *core, Arguments *a, PyObject *values, const char *prefix, bool as_ref, TfgOutput **out, int *n)
{
    PyObject *list = as_list(values);
    if (!list)
        return -1;
    Py_ssize_t count = PyList_GET_SIZE(list);
    *out = PyMem_Calloc((size_t)count + 1, sizeof **out);
    int rc = *out ? 0 : -1;
    char name[40];
    for (Py_ssize_t i = 0; rc == 0 && i < count; i++) {
        snprintf(name, sizeof name, "%s_%zd", prefix, i);
        PyObject *t = tensor_for(core, PyList_GET_ITEM(list, i), name, as_ref);
        if (!t || PyList_Append(a->kept, t) < 0)
            rc = -1;
        else {
            (*out)[i] = py_output((PyTensor *)t);
            if (a->graph != ((PyTensor *)t)->graph) {
                PyErr_Format(PyExc_ValueError, "%S must be from the same graph as %S.", t, PyList_GET_ITEM(a->kept, 0));
                rc = -1;
            }
        }
        Py_XDECREF(t);
    }
    *n = (int)count;
    Py_DECREF(list);
    if (rc < 0 && !PyErr_Occurred())
        PyErr_NoMemory();
    return rc;
}

static int take_grad_ys(Core *core, Arguments *a, PyObject *values)
{
    if (!values || values == Py_None)
        return 0;
    PyObject *list = as_list(values);
    if (!list)
        return -1;
    int rc = 0;
    if (PyList_GET_SIZE(list) != a->n_ys) {
        PyErr_Format(PyExc_ValueError, "Passed %zd grad_ys for %d ys", PyList_GET_SIZE(list), a->n_ys);
        rc = -1;
    } else if (!(a->grad_ys = PyMem_Calloc((size_t)a->n_ys + 1, sizeof *a->grad_ys))) {
        PyErr_NoMemory();
        rc = -1;
    }
    for (int i = 0; rc == 0 && i < a->n_ys; i++)
        rc = take_gradient(core, PyList_GET_ITEM(list, i), &a->grad_ys[i]);
    Py_DECREF(list);
    return rc;
}

static int truth(PyObject *o)
{
    return o ? PyObject_IsTrue(o) : 0;
}

/* 'zero' or UnconnectedGradients.ZERO. */
static int zero_unconnected(PyObject *o)
{
    if (!o || o == Py_None)
        return 0;
    PyObject *value = PyUnicode_Check(o) ? Py_NewRef(o) : PyObject_GetAttrString(o, "value");
    if (!value)
        return -1;
    int zero = PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, "zero") == 0;
    bool known = zero || (PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, "none") == 0);
    Py_DECREF(value);
    if (known)
        return zero;
    PyErr_Format(PyExc_ValueError, "Unknown value for unconnected_gradients: %R", o);
    return -1;
}

static int options(TfgBackpropCall *call, PyObject **args)
{
    int colocate = truth(args[4]), gate = truth(args[5]), zero = zero_unconnected(args[8]);
    long method = args[6] && args[6] != Py_None ? PyLong_AsLong(args[6]) : 0;
    if (colocate < 0 || gate < 0 || zero < 0 || (method == -1 && PyErr_Occurred()))
        return -1;
    if (method < 0 || method > 2) {
        PyErr_Format(PyExc_ValueError, "Invalid aggregation_method specified %S.", args[6]);
        return -1;
    }
    if (args[3] && args[3] != Py_None && !(call->name = PyUnicode_AsUTF8(args[3])))
        return -1;
    call->colocate = colocate != 0;
    call->zero_unconnected = zero != 0;
    call->gate = gate ? TFG_GATE_OP : TFG_GATE_NONE;
    call->aggregation = (TfgAggregation)method;
    return 0;
}

/* The graph of everything that was given becomes the default one, and a name scope is entered, before anything is converted. */
static int enter(Core *core, Arguments *a, const char *name, PyObject **args)
{
    PyObject *all = PyList_New(0);
    static const int places[] = {0, 1, 7, 2};
    for (int i = 0; all && i < 4; i++) {
        PyObject *list = as_list(args[places[i]]), *more = list ? PySequence_InPlaceConcat(all, list) : NULL;
        Py_XDECREF(list);
        Py_SETREF(all, more);
    }
    PyObject *values = all ? PyList_AsTuple(all) : NULL;
    Py_XDECREF(all);
    a->graph = values ? py_graph_from_inputs(core, &PyTuple_GET_ITEM(values, 0), PyTuple_GET_SIZE(values), false) : NULL;
    Py_XINCREF(a->graph);
    Py_XDECREF(values);
    if (!a->graph || py_push_graph(core, a->graph) < 0)
        return -1;
    a->pushed = true;
    a->outside = tfg_graph_name_scope(a->graph->graph);
    a->scope = py_enter_scope(a->graph, name ? name : "gradients", &a->saved);
    return a->scope ? 0 : -1;
}

static void leave(Core *core, Arguments *a)
{
    if (a->scope)
        py_leave_scope(a->graph, a->saved);
    if (a->pushed) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (py_pop_graph(core, a->graph) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
    }
    Py_CLEAR(a->graph);
}

static PyObject *gradients(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    Arguments a = {.kept = PyList_New(0)};
    TfgBackpropCall call = {0};
    PyObject *result = NULL;
    if (!a.kept || options(&call, args) < 0 || enter(core, &a, call.name, args) < 0)
        goto done;
    call.name = a.scope;
    call.outside = a.outside;
    if (take_outputs(core, &a, args[0], "y", false, &a.ys, &a.n_ys) < 0 ||
        take_outputs(core, &a, args[1], "x", true, &a.xs, &a.n_xs) < 0 ||
        take_outputs(core, &a, args[7], "stop_gradient", true, &a.stop, &a.n_stop) < 0 || take_grad_ys(core, &a, args[2]) < 0)
        goto done;
    if (!(a.dx = PyMem_Calloc((size_t)a.n_xs + 1, sizeof *a.dx)))
        goto done;
    call.ys = a.ys;
    call.n_ys = a.n_ys;
    call.xs = a.xs;
    call.n_xs = a.n_xs;
    call.grad_ys = a.grad_ys;
    call.stop = a.stop;
    call.n_stop = a.n_stop;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(a.graph);
    int rc = tfg_backprop(a.graph->graph, &call, a.dx, &s);
    py_graph_unlock(a.graph);
    if (rc < 0) {
        py_raise_build(core, &s);
        goto done;
    }
    result = PyList_New(a.n_xs);
    for (int i = 0; result && i < a.n_xs; i++) {
        PyObject *g = give_gradient(a.graph, &a.dx[i]);
        if (g)
            PyList_SET_ITEM(result, i, g);
        else
            Py_CLEAR(result);
    }
done:
    if (!result && !PyErr_Occurred())
        PyErr_NoMemory();
    leave(core, &a);
    arguments_fini(&a);
    return result;
}

static const PyRow gradient_rows[] = {
    {"gradients", "(ys, xs, grad_ys=None, name='gradients', colocate_gradients_with_ops=False, gate_gradients=False, "
                  "aggregation_method=None, stop_gradients=None, unconnected_gradients='none')", gradients,
     "Adds operations that compute the derivatives of sum(ys) with respect to each x.", 0},
    {"register_gradient", "(op_type, function)", register_gradient, "Gives operations of a type a gradient: function(op, *grads).", 0},
    {"not_differentiable", "(op_type)", not_differentiable, "Says that operations of a type have no gradient.", 0},
    {"gradient_registered", "(op_type)", gradient_registered, NULL, 0},
    {"gradient_names", "()", gradient_names, "The names under which gradients are registered, sorted.", 0},
    {"lookup_gradient", "(name)", lookup_gradient, "The gradient registered under a name; LookupError without one.", 0},
    {"get_gradient_function", "(op)", get_gradient_function, "The function that gives the gradients of `op`; None without one.", 0},
    {"_call_gradient", "(op_type, op, *grads)", call_builtin, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_gradient_init(Core *core)
{
    core->gradients = PyDict_New();
    return core->gradients ? py_add_functions(core, core->module, gradient_rows) : -1;
}
