/* The stacks of a thread: which graph and which session are the default ones there.  They hang in the thread state's dict, so they
 * end with the thread. */
#include "python/binding.h"

struct PyStacks {
    PyObject_HEAD
    Core *core;
    PyObject *graphs, *sessions;        /* lists, the innermost last */
    PyObject *global_graph;             /* the thread's own default graph, made when first needed */
};

static int stacks_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyStacks *t = (PyStacks *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(t->graphs);
    Py_VISIT(t->sessions);
    Py_VISIT(t->global_graph);
    return 0;
}

static int stacks_clear(PyObject *self)
{
    PyStacks *t = (PyStacks *)self;
    Py_CLEAR(t->graphs);
    Py_CLEAR(t->sessions);
    Py_CLEAR(t->global_graph);
    return 0;
}

static void stacks_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((PyStacks *)self)->core->stacks == (PyStacks *)self)
        ((PyStacks *)self)->core->stacks = NULL;
    stacks_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static const PyType_Slot stacks_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)stacks_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)stacks_traverse},
    {Py_tp_clear, (void *)(uintptr_t)stacks_clear},
    {0, NULL},
};

static const PyType_Spec stacks_spec = {
    .name = "pytfgraph._core._Stacks",
    .basicsize = sizeof(PyStacks),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)stacks_slots,
};

static PyStacks *find_stacks(Core *core)
{
    PyObject *dict = PyThreadState_GetDict();
    if (!dict) {
        PyErr_SetString(PyExc_RuntimeError, "no thread state");
        return NULL;
    }
    PyObject *found = PyDict_GetItemWithError(dict, core->stacks_key);
    if (found || PyErr_Occurred())
        return (PyStacks *)found;
    PyStacks *t = PyObject_GC_New(PyStacks, core->stacks_type);
    if (!t)
        return NULL;
    t->core = core;
    t->global_graph = NULL;
    t->graphs = PyList_New(0);
    t->sessions = PyList_New(0);
    PyObject_GC_Track((PyObject *)t);
    int rc = t->graphs && t->sessions ? PyDict_SetItem(dict, core->stacks_key, (PyObject *)t) : -1;
    Py_DECREF(t);
    return rc < 0 ? NULL : t;
}

/* Borrowed from the thread state's dict. */
static PyStacks *stacks_of_thread(Core *core)
{
    uint64_t thread = PyThreadState_GetID(PyThreadState_Get());
    if (core->stacks && core->stacks_thread == thread)
        return core->stacks;
    core->stacks = find_stacks(core);
    core->stacks_thread = thread;
    return core->stacks;
}

static PyObject *top(PyObject *list)
{
    Py_ssize_t n = PyList_GET_SIZE(list);
    return n ? PyList_GET_ITEM(list, n - 1) : NULL;
}

PyGraph *py_default_graph(Core *core)
{
    PyStacks *t = stacks_of_thread(core);
    if (!t)
        return NULL;
    PyObject *g = top(t->graphs);
    if (g)
        return (PyGraph *)g;
    if (!t->global_graph)
        t->global_graph = PyObject_CallNoArgs((PyObject *)core->graph_type);
    return (PyGraph *)t->global_graph;
}

PyObject *py_default_session(Core *core)
{
    PyStacks *t = stacks_of_thread(core);
    return t ? top(t->sessions) : NULL;
}

/* The stack may be empty where reset_default_graph was called inside. */
static int pop(PyObject *list, PyObject *object, bool enforce_nesting)
{
    Py_ssize_t n = PyList_GET_SIZE(list);
    if (!n)
        return 0;
    if (PyList_GET_ITEM(list, n - 1) == object)
        return PyList_SetSlice(list, n - 1, n, NULL);
    if (enforce_nesting) {
        PyErr_Format(PyExc_AssertionError, "Nesting violated for default stack of %R objects", (PyObject *)Py_TYPE(object));
        return -1;
    }
    for (Py_ssize_t i = n - 1; i >= 0; i--)
        if (PyList_GET_ITEM(list, i) == object)
            return PyList_SetSlice(list, i, i + 1, NULL);
    PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
    return -1;
}

int py_push_graph(Core *core, PyGraph *g)
{
    PyStacks *t = stacks_of_thread(core);
    return t ? PyList_Append(t->graphs, (PyObject *)g) : -1;
}

int py_pop_graph(Core *core, PyGraph *g)
{
    PyStacks *t = stacks_of_thread(core);
    return t ? pop(t->graphs, (PyObject *)g, true) : -1;
}

/* ---- the context managers ---- */

typedef struct PyDefault {      /* `with graph.as_default()`, `with session.as_default()` */
    PyObject_HEAD
    Core *core;
    PyObject *object;
    int entered;
    bool enforce_nesting, is_session;
} PyDefault;

static PyObject *default_new(Core *core, PyObject *object, bool is_session, bool enforce_nesting)
{
    PyDefault *d = PyObject_GC_New(PyDefault, core->default_type);
    if (!d)
        return NULL;
    d->core = core;
    d->object = Py_NewRef(object);
    d->entered = 0;
    d->enforce_nesting = enforce_nesting;
    d->is_session = is_session;
    PyObject_GC_Track((PyObject *)d);
    return (PyObject *)d;
}

PyObject *py_default_graph_scope(Core *core, PyObject *graph, bool enforce_nesting)
{
    return default_new(core, graph, false, enforce_nesting);
}

PyObject *py_default_session_scope(Core *core, PyObject *session, bool enforce_nesting)
{
    return default_new(core, session, true, enforce_nesting);
}

static PyObject *default_enter(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyDefault *d = (PyDefault *)self;
    PyStacks *t = stacks_of_thread(core);
    if (!t || PyList_Append(d->is_session ? t->sessions : t->graphs, d->object) < 0)
        return NULL;
    d->entered++;
    return Py_NewRef(d->object);
}

static PyObject *default_exit(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PyDefault *d = (PyDefault *)self;
    PyStacks *t = stacks_of_thread(core);
    if (!t || pop(d->is_session ? t->sessions : t->graphs, d->object, d->enforce_nesting) < 0)
        return NULL;
    d->entered--;
    Py_RETURN_FALSE;
}

static const PyRow default_rows[] = {
    {"__enter__", "(self)", default_enter, NULL, 0},
    {"__exit__", "(self, type=None, value=None, traceback=None)", default_exit, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

static int default_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((PyDefault *)self)->object);
    return 0;
}

static int default_clear(PyObject *self)
{
    Py_CLEAR(((PyDefault *)self)->object);
    return 0;
}

/* `graph.as_default().__enter__()` with nobody keeping the context: its end ends it, as a generator's would. */
static void default_dealloc(PyObject *self)
{
    PyDefault *d = (PyDefault *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (d->entered > 0 && d->object) {
        PyObject *error, *value, *traceback;
        PyErr_Fetch(&error, &value, &traceback);
        PyStacks *t = stacks_of_thread(d->core);
        if (!t || pop(d->is_session ? t->sessions : t->graphs, d->object, d->enforce_nesting) < 0)
            PyErr_WriteUnraisable(NULL);
        PyErr_Restore(error, value, traceback);
    }
    default_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static const PyMemberDef default_members[] = {
    {"enforce_nesting", T_BOOL, offsetof(PyDefault, enforce_nesting), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot default_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)default_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)default_traverse},
    {Py_tp_clear, (void *)(uintptr_t)default_clear},
    {Py_tp_members, (void *)(uintptr_t)default_members},
    {0, NULL},
};

static const PyType_Spec default_spec = {
    .name = "pytfgraph._core._Default",
    .basicsize = sizeof(PyDefault),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)default_slots,
};

/* ---- choosing a graph from inputs ---- */

/* The graph element that a value stands for: itself when it is a Tensor, an Operation or tensor-like, or what its
 * _as_graph_element gives.  New reference; NULL without an error where there is none. */
static PyObject *element_of(Core *core, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    if (type == core->tensor_type || type == core->operation_type)
        return Py_NewRef(value);
    if (type == &PyFloat_Type || type == &PyLong_Type || type == &PyUnicode_Type || type == &PyBytes_Type || type == &PyBool_Type ||
        value == Py_None || PyArray_Check(value) || type == &PyList_Type || type == &PyTuple_Type)
        return NULL;
    if (PyObject_TypeCheck(value, core->tensor_like_type) && !PyObject_TypeCheck(value, core->tensor_type))
        return Py_NewRef(value);
    if (PyObject_TypeCheck(value, core->operation_type))
        return Py_NewRef(value);
    PyObject *method = PyObject_GetAttr(value, PY_STR(core, _as_graph_element));
    if (!method) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *element = PyCallable_Check(method) ? PyObject_CallNoArgs(method) : NULL;
    Py_DECREF(method);
    if (element == Py_None)
        Py_CLEAR(element);
    return element;
}

static PyGraph *graph_of_element(Core *core, PyObject *element)
{
    if (py_is_tensor(core, element))
        return ((PyTensor *)element)->graph;
    if (py_is_operation(core, element))
        return ((PyOperation *)element)->graph;
    PyObject *g = PyObject_GetAttr(element, PY_STR(core, graph));
    if (!g)
        return NULL;
    Py_DECREF(g);               /* the element keeps it */
    if (!py_is_graph(core, g)) {
        PyErr_Format(PyExc_TypeError, "Input graph needs to be a Graph: %S", g);
        return NULL;
    }
    return (PyGraph *)g;
}

typedef struct Choice { Core *core; PyGraph *graph; PyObject *first; bool given; } Choice;

static int consider(Choice *c, PyObject *value)
{
    PyObject *element = element_of(c->core, value);
    if (!element)
        return PyErr_Occurred() ? -1 : 0;
    PyGraph *g = graph_of_element(c->core, element);
    int rc = g ? 0 : -1;
    if (g && !c->graph) {
        c->graph = g;
        c->first = Py_NewRef(element);
    } else if (g && g != c->graph) {
        if (c->given)
            PyErr_Format(PyExc_ValueError, "%S is not from the passed-in graph.", element);
        else
            PyErr_Format(PyExc_ValueError, "%S must be from the same graph as %S.", element, c->first);
        rc = -1;
    }
    Py_DECREF(element);
    return rc;
}

static int consider_all(Choice *c, PyObject *const *values, Py_ssize_t n, bool flatten)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *v = values[i];
        if (!v)
            continue;
        if (flatten && (PyList_Check(v) || PyTuple_Check(v))) {
            /* The list may change under a Python _as_graph_element, so its items are held. */
            PyObject *items = PySequence_Tuple(v);
            int rc = items ? consider_all(c, &PyTuple_GET_ITEM(items, 0), PyTuple_GET_SIZE(items), false) : -1;
            Py_XDECREF(items);
            if (rc < 0)
                return -1;
        } else if (consider(c, v) < 0)
            return -1;
    }
    return 0;
}

static PyGraph *choose(Core *core, PyObject *const *values, Py_ssize_t n, bool flatten, PyGraph *given)
{
    PyGraph *current = py_default_graph(core);
    if (!current || current->building_function)
        return current;
    Choice c = {core, given, NULL, given != NULL};
    int rc = consider_all(&c, values, n, flatten);
    Py_XDECREF(c.first);
    return rc < 0 ? NULL : c.graph ? c.graph : current;
}

PyGraph *py_graph_from_inputs(Core *core, PyObject *const *values, Py_ssize_t n, bool flatten)
{
    return choose(core, values, n, flatten, NULL);
}

/* ---- functions ---- */

static PyObject *get_default_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    return Py_XNewRef((PyObject *)py_default_graph(core));
}

static PyObject *has_default_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    PyStacks *t = stacks_of_thread(core);
    return t ? PyBool_FromLong(PyList_GET_SIZE(t->graphs) >= 1) : NULL;
}

static PyObject *reset_default_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    PyStacks *t = stacks_of_thread(core);
    if (!t)
        return NULL;
    if (PyList_GET_SIZE(t->graphs)) {
        PyErr_SetString(PyExc_AssertionError, "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
                                              "graph, exit the nesting and create a new graph.");
        return NULL;
    }
    Py_CLEAR(t->global_graph);
    Py_RETURN_NONE;
}

static PyObject *global_default_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    PyStacks *t = stacks_of_thread(core);
    if (t && !t->global_graph)
        t->global_graph = PyObject_CallNoArgs((PyObject *)core->graph_type);
    return t ? Py_XNewRef(t->global_graph) : NULL;
}

static PyObject *stack_of(Core *core, PyObject *name)
{
    PyStacks *t = stacks_of_thread(core);
    return !t ? NULL : PyUnicode_CompareWithASCIIString(name, "graph") == 0 ? t->graphs : t->sessions;
}

static PyObject *default_stack(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *stack = stack_of(core, args[0]);
    return stack ? PySequence_List(stack) : NULL;
}

static PyObject *reset_default_stack(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *stack = stack_of(core, args[0]);
    if (!stack || PyList_SetSlice(stack, 0, PY_SSIZE_T_MAX, NULL) < 0)
        return NULL;
    PyStacks *t = stacks_of_thread(core);
    if (stack == t->graphs)
        Py_CLEAR(t->global_graph);
    Py_RETURN_NONE;
}

static PyObject *get_default_session(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    PyObject *session = py_default_session(core);
    if (!session && PyErr_Occurred())
        return NULL;
    return Py_NewRef(session ? session : Py_None);
}

static PyObject *default_session(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return py_default_session_scope(core, args[0], true);
}

static PyObject *get_graph_from_inputs(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyGraph *given = NULL;
    if (args[1] && args[1] != Py_None) {
        if (!py_is_graph(core, args[1]))
            return PyErr_Format(PyExc_TypeError, "Input graph needs to be a Graph: %S", args[1]);
        given = (PyGraph *)args[1];
    }
    PyObject *values = PySequence_Tuple(args[0]);
    if (!values)
        return NULL;
    PyGraph *g = choose(core, &PyTuple_GET_ITEM(values, 0), PyTuple_GET_SIZE(values), false, given);
    Py_XINCREF(g);
    Py_DECREF(values);
    return (PyObject *)g;
}

static PyObject *assert_same_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyGraph *a = graph_of_element(core, args[0]), *b = a ? graph_of_element(core, args[1]) : NULL;
    if (!a || !b)
        return NULL;
    if (a != b)
        return PyErr_Format(PyExc_ValueError, "%S must be from the same graph as %S.", args[1], args[0]);
    Py_RETURN_NONE;
}

static PyObject *uid(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    (void)args;
    return PyLong_FromLongLong(core->next_uid++);
}

static const PyRow function_rows[] = {
    {"get_default_graph", "()", get_default_graph, "The innermost graph entered in this thread, or the thread's own.", 0},
    {"has_default_graph", "()", has_default_graph, NULL, 0},
    {"reset_default_graph", "()", reset_default_graph, "Gives this thread a new default graph.", 0},
    {"_global_default_graph", "()", global_default_graph, NULL, 0},
    {"_default_stack", "(name)", default_stack, NULL, 0},
    {"_reset_default_stack", "(name)", reset_default_stack, NULL, 0},
    {"get_default_session", "()", get_default_session, "The innermost session entered in this thread, or None.", 0},
    {"default_session", "(session)", default_session, "A context in which `session` is the default.", 0},
    {"_get_graph_from_inputs", "(op_input_list, graph=None)", get_graph_from_inputs, NULL, 0},
    {"_assert_same_graph", "(original_item, item)", assert_same_graph, NULL, 0},
    {"uid", "()", uid, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_stacks_init(Core *core)
{
    if (py_make_type(core, &stacks_spec, NULL, NULL, &core->stacks_type) < 0 ||
        py_make_type(core, &default_spec, NULL, NULL, &core->default_type) < 0 ||
        py_add_methods(core, core->default_type, default_rows) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows);
}
