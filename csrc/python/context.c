/* Control-flow contexts: tf.cond's, whose work is done by the C graph, and objects of Python with the same methods, which are called
 * for every operation made inside them. */
#include "python/binding.h"

/* ---- contexts that are Python objects ---- */

typedef struct ForeignContext {
    TfgOpContext base;
    PyObject *object;           /* kept by the graph's `contexts` */
} ForeignContext;

static PyObject *object_of(const TfgOpContext *c) { return ((const ForeignContext *)(const void *)c)->object; }

static int foreign_add_op(TfgOpContext *c, TfgOp *op, TfgStatus *s)
{
    PyGraph *g = py_graph_of(c->graph);
    PyObject *wrapper = g ? py_wrap_op(g, op) : NULL;
    PyObject *done = wrapper ? PyObject_CallMethodOneArg(object_of(c), PY_STR(g->core, AddOp), wrapper) : NULL;
    Py_XDECREF(wrapper);
    Py_XDECREF(done);
    return done ? 0 : py_status_from_exception(s);
}

static int foreign_add_value(TfgOpContext *c, TfgOutput in, TfgOutput *out, TfgStatus *s)
{
    PyGraph *g = py_graph_of(c->graph);
    PyObject *t = g ? py_wrap_output(g, in) : NULL, *made = t ? PyObject_CallMethod(object_of(c), "AddValue", "O", t) : NULL;
    Py_XDECREF(t);
    if (made && !py_is_tensor(g->core, made)) {
        PyErr_Format(PyExc_TypeError, "AddValue of %R did not return a Tensor", object_of(c));
        Py_CLEAR(made);
    }
    if (!made)
        return py_status_from_exception(s);
    *out = py_output((PyTensor *)made);
    Py_DECREF(made);
    return 0;
}

static bool foreign_back_prop(const TfgOpContext *c)
{
    PyObject *yes = PyObject_GetAttrString(object_of(c), "back_prop");
    bool back_prop = !yes || PyObject_IsTrue(yes) == 1;
    Py_XDECREF(yes);
    PyErr_Clear();
    return back_prop;
}

static const TfgOpContextType foreign_type = {
    .name = "PythonContext", .add_op = foreign_add_op, .add_value = foreign_add_value, .back_prop = foreign_back_prop,
};

/* {id(object): (object, capsule of the C context)}: each object has one context, and lives as long as the graph. */
static TfgOpContext *find_foreign(PyGraph *g, PyObject *key)
{
    PyObject *pair = g->contexts ? PyDict_GetItemWithError(g->contexts, key) : NULL;
    return pair ? PyCapsule_GetPointer(PyTuple_GET_ITEM(pair, 1), NULL) : NULL;
}

static int remember(PyGraph *g, PyObject *key, PyObject *object, TfgOpContext *c)
{
    if (!g->contexts && !(g->contexts = PyDict_New()))
        return -1;
    PyObject *capsule = PyCapsule_New(c, NULL, NULL), *pair = capsule ? PyTuple_Pack(2, object, capsule) : NULL;
    int rc = pair ? PyDict_SetItem(g->contexts, key, pair) : -1;
    Py_XDECREF(capsule);
    Py_XDECREF(pair);
    return rc;
}

static TfgOpContext *foreign_context(PyGraph *g, PyObject *object)
{
    PyObject *key = PyLong_FromVoidPtr(object);
    TfgOpContext *found = key ? find_foreign(g, key) : NULL;
    if (!key || found || PyErr_Occurred()) {
        Py_XDECREF(key);
        return found;
    }
    TfgStatus s = TFG_STATUS_INIT;
    ForeignContext *c = tfg_calloc(1, sizeof *c);
    PyObject *name = PyObject_GetAttr(object, PY_STR(g->core, name)), *outer = PyObject_GetAttr(object, PY_STR(g->core, outer_context));
    PyErr_Clear();
    if (!c || tfg_context_init(&c->base, &foreign_type, g->graph, "python_context", &s) < 0) {
        tfg_free(c);
        if (s.code)
            py_raise_build(g->core, &s);
        else
            PyErr_NoMemory();
        c = NULL;
    } else {
        c->object = object;
        c->base.binding = object;
        c->base.outer = NULL;
        if (outer && py_context_from(g, outer, &c->base.outer) < 0)
            c = NULL;
        const char *text = c && name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
        const char *copy = text ? tfg_arena_strdup(tfg_graph_arena(g->graph), text) : NULL;
        if (copy)
            c->base.name = copy;
        if (c && remember(g, key, object, &c->base) < 0)
            c = NULL;
    }
    Py_XDECREF(name);
    Py_XDECREF(outer);
    Py_DECREF(key);
    return c ? &c->base : NULL;
}

int py_context_from(PyGraph *g, PyObject *o, TfgOpContext **out)
{
    *out = NULL;
    if (o == Py_None)
        return 0;
    if (PyObject_TypeCheck(o, g->core->context_type)) {
        PyOpContext *c = (PyOpContext *)o;
        if (c->graph != g) {
            PyErr_SetString(PyExc_ValueError, "the control-flow context is of another graph");
            return -1;
        }
        *out = c->context;
        return 0;
    }
    *out = foreign_context(g, o);
    return *out ? 0 : -1;
}

/* ---- wrappers ---- */

static PyObject *context_object(PyGraph *g, TfgOpContext *c)
{
    PyOpContext *o = PyObject_GC_New(PyOpContext, tfg_context_is_while(c) ? g->core->while_type : g->core->cond_type);
    if (!o)
        return NULL;
    o->graph = (PyGraph *)Py_NewRef((PyObject *)g);
    o->context = c;
    o->dict = o->weak = o->entered = NULL;
    PyObject_GC_Track((PyObject *)o);
    return (PyObject *)o;
}

PyObject *py_context_wrap(PyGraph *g, TfgOpContext *c)
{
    if (!c)
        Py_RETURN_NONE;
    if (c->binding)
        return Py_NewRef((PyObject *)c->binding);
    PyObject *o = context_object(g, c), *key = o ? PyLong_FromVoidPtr(o) : NULL;
    if (!key || remember(g, key, o, c) < 0)
        Py_CLEAR(o);
    Py_XDECREF(key);
    if (o)
        c->binding = o;
    return o;
}

static int context_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(py_self_context(self)->graph);
    Py_VISIT(py_self_context(self)->dict);
    Py_VISIT(py_self_context(self)->entered);
    return 0;
}

static int context_clear(PyObject *self)
{
    Py_CLEAR(py_self_context(self)->dict);
    Py_CLEAR(py_self_context(self)->entered);
    return 0;
}

static void context_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyOpContext *c = py_self_context(self);
    PyObject_GC_UnTrack(self);
    if (c->weak)
        PyObject_ClearWeakRefs(self);
    if (c->context->binding == self)
        c->context->binding = NULL;
    context_clear(self);
    Py_DECREF(c->graph);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* ---- getters ---- */

static PyObject *context_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(py_self_context(self)->context->name);
}

static PyObject *context_get_graph(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef((PyObject *)py_self_context(self)->graph);
}

static PyObject *context_get_outer(PyObject *self, void *closure)
{
    (void)closure;
    return py_context_wrap(py_self_context(self)->graph, py_self_context(self)->context->outer);
}

static int context_set_outer(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return py_context_from(py_self_context(self)->graph, value ? value : Py_None, &py_self_context(self)->context->outer);
}

/* Truth alone: what a loop's gradient remembers is the core's. */
static PyObject *context_get_grad_state(PyObject *self, void *closure)
{
    (void)closure;
    const TfgOpContext *loop = tfg_context_loop(py_self_context(self)->context);
    const TfgLoopGrad *grad = loop ? tfg_while_grad(loop) : NULL;
    return grad ? py_context_wrap(py_self_context(self)->graph, grad->forward) : Py_NewRef(Py_None);
}

static PyObject *context_get_back_prop(PyObject *self, void *closure)
{
    (void)closure;
    const TfgOpContext *c = py_self_context(self)->context;
    return PyBool_FromLong(c->type->back_prop && c->type->back_prop(c));
}

/* Contexts made inside this one, in the order in which they were. */
static PyObject *context_get_nested(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = py_self_context(self)->graph;
    PyObject *list = PyList_New(0);
    for (TfgOpContext *c = tfg_graph_newest_context(g->graph); c && list; c = c->next_owned) {
        PyObject *o = c->outer == py_self_context(self)->context ? py_context_wrap(g, c) : NULL;
        if (c->outer == py_self_context(self)->context && (!o || PyList_Append(list, o) < 0))
            Py_CLEAR(list);
        Py_XDECREF(o);
    }
    if (list && PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *output_name(TfgOutput o)
{
    return PyUnicode_FromFormat("%s:%d", o.op->name, o.index);
}

static PyObject *context_get_values(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *set = PySet_New(NULL);
    size_t i = 0;
    TfgOutput o;
    while (set && tfg_context_next_value(py_self_context(self)->context, &i, &o)) {
        PyObject *name = output_name(o);
        if (!name || PySet_Add(set, name) < 0)
            Py_CLEAR(set);
        Py_XDECREF(name);
    }
    return set;
}

static PyObject *context_get_external_values(PyObject *self, void *closure)
{
    (void)closure;
    const TfgOpContext *c = py_self_context(self)->context;
    PyObject *dict = PyDict_New();
    for (int32_t i = 0; dict && i < c->n_external; i++) {
        PyObject *name = output_name(c->external_from[i]), *t = py_wrap_output(py_self_context(self)->graph, c->external_to[i]);
        if (!name || !t || PyDict_SetItem(dict, name, t) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(name);
        Py_XDECREF(t);
    }
    return dict;
}

static const PyGetSetDef context_getset[] = {
    {"name", context_get_name, NULL, NULL, NULL},
    {"_name", context_get_name, NULL, NULL, NULL},
    {"graph", context_get_graph, NULL, NULL, NULL},
    {"outer_context", context_get_outer, NULL, NULL, NULL},
    {"_outer_context", context_get_outer, context_set_outer, NULL, NULL},
    {"grad_state", context_get_grad_state, NULL, NULL, NULL},
    {"back_prop", context_get_back_prop, NULL, NULL, NULL},
    {"_nested_contexts", context_get_nested, NULL, NULL, NULL},
    {"_values", context_get_values, NULL, NULL, NULL},
    {"values", context_get_values, NULL, NULL, NULL},
    {"_external_values", context_get_external_values, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods ---- */

static PyObject *context_enter(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyOpContext *c = py_self_context(self);
    PyObject *outer = py_context_wrap(c->graph, tfg_graph_context(c->graph->graph));
    if (!outer)
        return NULL;
    /* What Exit brings back: contexts are entered again, also inside themselves. */
    PyObject *pair = PyTuple_Pack(2, outer, c->entered ? c->entered : Py_None);
    Py_DECREF(outer);
    if (!pair)
        return NULL;
    Py_XSETREF(c->entered, pair);
    py_set_context(c->graph, c->context);
    Py_RETURN_NONE;
}

static PyObject *context_exit(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyOpContext *c = py_self_context(self);
    TfgOpContext *outer = NULL;
    if (!c->entered)
        return PyErr_Format(PyExc_RuntimeError, "context left that was not entered");
    PyObject *pair = c->entered, *next = PyTuple_GET_ITEM(pair, 1);
    int rc = py_context_from(c->graph, PyTuple_GET_ITEM(pair, 0), &outer);
    c->entered = next == Py_None ? NULL : Py_NewRef(next);
    Py_DECREF(pair);
    if (rc < 0)
        return NULL;
    py_set_context(c->graph, outer);
    Py_RETURN_NONE;
}

static PyObject *context_add_value(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    if (!py_is_tensor(core, args[0]))
        return PyErr_Format(PyExc_TypeError, "a Tensor is wanted, not %R", args[0]);
    TfgOutput out = {NULL, 0};
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(c->graph);
    int rc = c->context->type->add_value(c->context, py_output((PyTensor *)args[0]), &out, &s);
    py_graph_unlock(c->graph);
    return rc < 0 ? py_raise_build(core, &s) : py_wrap_output(c->graph, out);
}

static PyObject *context_add_op(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    if (!py_is_operation(core, args[0]))
        return PyErr_Format(PyExc_TypeError, "an Operation is wanted, not %R", args[0]);
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(c->graph);
    int rc = c->context->type->add_op(c->context, ((PyOperation *)args[0])->op, &s);
    py_graph_unlock(c->graph);
    return rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
}

static PyObject *context_exit_result(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    PyObject *list = PyList_Check(args[0]) || PyTuple_Check(args[0]) ? PySequence_List(args[0]) : PyList_New(0);
    if (list && !PyList_Check(args[0]) && !PyTuple_Check(args[0]) && PyList_Append(list, args[0]) < 0)
        Py_CLEAR(list);
    if (!list)
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    int rc = 0;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(list); i++)
        if (py_is_tensor(core, PyList_GET_ITEM(list, i)))
            rc = tfg_context_exit_result(c->context, py_output((PyTensor *)PyList_GET_ITEM(list, i)), &s);
    Py_DECREF(list);
    return rc < 0 ? py_raise_build(core, &s) : Py_NewRef(Py_None);
}

/* For contexts read from a file: `tensor` is seen inside; from outside it is `external`, where given. */
static PyObject *context_restore_value(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    if (!py_is_tensor(core, args[0]) || (args[1] && args[1] != Py_None && !py_is_tensor(core, args[1])))
        return PyErr_Format(PyExc_TypeError, "Tensors are wanted");
    TfgOutput o = py_output((PyTensor *)args[0]);
    int rc = args[1] && args[1] != Py_None ? tfg_context_set_external(c->context, py_output((PyTensor *)args[1]), o)
                                           : tfg_context_add_value(c->context, o);
    return rc < 0 ? PyErr_NoMemory() : Py_NewRef(Py_None);
}

static PyObject *context_is_while(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyBool_FromLong(tfg_context_is_while(py_self_context(self)->context));
}

static PyObject *context_is_cond(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyBool_FromLong(tfg_context_is_cond(py_self_context(self)->context));
}

static PyObject *context_is_xla(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_FALSE;
}

static PyObject *context_get_while(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return py_context_wrap(py_self_context(self)->graph, tfg_context_loop(py_self_context(self)->context));
}

static PyObject *context_get_control_pivot(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    const TfgOpContext *c = py_self_context(self)->context;
    TfgOutput pivot = c->type->pivot ? c->type->pivot(c) : (TfgOutput){NULL, 0};
    return py_wrap_output(py_self_context(self)->graph, pivot);
}

/* A name as in _values; names of tensors that the graph does not have say nothing. */
static PyObject *context_add_name(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = py_self_context(self)->graph;
    PyObject *t = py_graph_element(g, args[0], true, false);
    if (!t)
        return NULL;
    int rc = tfg_context_add_value(py_self_context(self)->context, py_output((PyTensor *)t));
    Py_DECREF(t);
    return rc < 0 ? PyErr_NoMemory() : Py_NewRef(Py_None);
}

static PyObject *context_add_inner_op(Core *core, PyObject *self, PyObject **args)
{
    TfgOpContext *c = py_self_context(self)->context;
    if (!py_is_operation(core, args[0]))
        return PyErr_Format(PyExc_TypeError, "an Operation is wanted, not %R", args[0]);
    if (c->type->add_inner_op)
        c->type->add_inner_op(c, ((PyOperation *)args[0])->op);
    Py_RETURN_NONE;
}

static PyObject *context_str(PyObject *self) { return context_get_name(self, NULL); }

static const PyRow context_rows[] = {
    {"Enter", "(self)", context_enter, "Operations made from here on belong to this context.", 0},
    {"Exit", "(self)", context_exit, "Goes back to the context around.", 0},
    {"AddValue", "(self, val)", context_add_value, "`val` as it is seen inside.", 0},
    {"AddOp", "(self, op)", context_add_op, NULL, 0},
    {"AddName", "(self, name)", context_add_name, NULL, 0},
    {"AddInnerOp", "(self, op)", context_add_inner_op, NULL, 0},
    {"ExitResult", "(self, result)", context_exit_result, NULL, 0},
    {"_restore_value", "(self, tensor, external=None)", context_restore_value, NULL, 0},
    {"IsWhileContext", "(self)", context_is_while, NULL, 0},
    {"IsCondContext", "(self)", context_is_cond, NULL, 0},
    {"IsXLAContext", "(self)", context_is_xla, NULL, 0},
    {"GetWhileContext", "(self)", context_get_while, NULL, 0},
    {"GetControlPivot", "(self)", context_get_control_pivot, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyMemberDef context_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyOpContext, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyOpContext, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot context_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)context_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)context_traverse},
    {Py_tp_clear, (void *)(uintptr_t)context_clear},
    {Py_tp_getset, (void *)(uintptr_t)context_getset},
    {Py_tp_members, (void *)(uintptr_t)context_members},
    {Py_tp_str, (void *)(uintptr_t)context_str},
    {Py_tp_doc, (void *)(uintptr_t)"A control-flow context: an arm of a cond, or a loop."},
    {0, NULL},
};

static const PyType_Spec context_spec = {
    .name = "tensorflow.python.ops.control_flow_ops._GraphContext",
    .basicsize = sizeof(PyOpContext),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)context_slots,
};

/* ---- CondContext ---- */

static int text_argument(PyObject *o, const char *missing, const char **out)
{
    *out = o && o != Py_None ? PyUnicode_AsUTF8(o) : missing;
    return *out ? 0 : -1;
}

/* (pred, pivot, branch, name, restored): `restored` keeps the name as it is. */
static PyObject *cond_context(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const char *name;
    if (!py_is_tensor(core, args[0]) || !py_is_tensor(core, args[1]))
        return PyErr_Format(PyExc_TypeError, "pred and pivot must be Tensors");
    PyTensor *pred = (PyTensor *)args[0], *pivot = (PyTensor *)args[1];
    long branch = PyLong_AsLong(args[2]);
    if ((branch == -1 && PyErr_Occurred()) || text_argument(args[3], "cond_text", &name) < 0)
        return NULL;
    PyGraph *g = pred->graph;
    if (pivot->graph != g)
        return PyErr_Format(PyExc_ValueError, "%S must be from the same graph as %S.", args[1], args[0]);
    bool restored = args[4] && PyObject_IsTrue(args[4]) == 1;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    TfgOpContext *c = restored ? tfg_cond_context_restore(g->graph, name, py_output(pred), py_output(pivot), (int)branch, &s)
                               : tfg_cond_context_new(g->graph, name, py_output(pred), py_output(pivot), (int)branch, &s);
    py_graph_unlock(g);
    return c ? py_context_wrap(g, c) : py_raise_build(core, &s);
}

static PyObject *cond_get_pred(PyObject *self, void *closure)
{
    (void)closure;
    return py_wrap_output(py_self_context(self)->graph, tfg_cond_pred(py_self_context(self)->context));
}

static PyObject *cond_get_pivot(PyObject *self, void *closure)
{
    (void)closure;
    return py_wrap_output(py_self_context(self)->graph, tfg_cond_pivot(py_self_context(self)->context));
}

static PyObject *cond_get_branch(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(tfg_cond_branch(py_self_context(self)->context));
}

/* A result of the branch, a Tensor or an Operation, as the tensor that goes to the Merge. */
static PyObject *cond_add_result(Core *core, PyObject *self, PyObject **args)
{
    PyOpContext *c = py_self_context(self);
    TfgOutput out = {NULL, 0};
    TfgStatus s = TFG_STATUS_INIT;
    int rc;
    if (!py_is_tensor(core, args[0]) && !py_is_operation(core, args[0]))
        return PyErr_Format(PyExc_TypeError, "a Tensor or an Operation is wanted, not %R", args[0]);
    py_graph_lock(c->graph);
    if (py_is_tensor(core, args[0]))
        rc = tfg_cond_add_result(c->context, py_output((PyTensor *)args[0]), &out, &s);
    else
        rc = tfg_cond_add_op_result(c->context, ((PyOperation *)args[0])->op, &out, &s);
    py_graph_unlock(c->graph);
    return rc < 0 ? py_raise_build(core, &s) : py_wrap_output(c->graph, out);
}

static const PyGetSetDef cond_getset[] = {
    {"pred", cond_get_pred, NULL, NULL, NULL},
    {"_pred", cond_get_pred, NULL, NULL, NULL},
    {"pivot", cond_get_pivot, NULL, NULL, NULL},
    {"_pivot", cond_get_pivot, NULL, NULL, NULL},
    {"branch", cond_get_branch, NULL, NULL, NULL},
    {"_branch", cond_get_branch, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const PyRow cond_rows[] = {
    {"AddResult", "(self, result)", cond_add_result, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyType_Slot cond_slots[] = {
    {Py_tp_getset, (void *)(uintptr_t)cond_getset},
    {Py_tp_doc, (void *)(uintptr_t)"The context of one arm of a cond."},
    {0, NULL},
};

static const PyType_Spec cond_spec = {
    .name = "tensorflow.python.ops.control_flow_ops.CondContext",
    .basicsize = sizeof(PyOpContext),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)cond_slots,
};

static const PyRow function_rows[] = {
    {"_cond_context", "(pred, pivot, branch, name='cond_text', restored=False)", cond_context, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_context_init(Core *core)
{
    if (py_make_type(core, &context_spec, NULL, NULL, &core->context_type) < 0 ||
        py_add_methods(core, core->context_type, context_rows) < 0 ||
        py_make_type(core, &cond_spec, core->context_type, NULL, &core->cond_type) < 0 ||
        py_add_methods(core, core->cond_type, cond_rows) < 0)
        return -1;
    return py_while_init(core) < 0 ? -1 : py_add_functions(core, core->module, function_rows);
}
