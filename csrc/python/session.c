/* tf.Session and its kin: their life, the default session, devices. */
#include "kernels/dataset.h"
#include "python/binding.h"

static PySession *self_session(PyObject *self) { return (PySession *)self; }

/* ---- life ---- */

static PyObject *session_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    PyObject *module = PyType_GetModuleByDef(type, &tfg_core_module);
    PySession *s = module ? (PySession *)type->tp_alloc(type, 0) : NULL;
    if (s)
        s->core = PyModule_GetState(module);
    return (PyObject *)s;
}

/* Text or bytes as bytes; None stays None. */
static PyObject *target_bytes(PyObject *target)
{
    if (target == Py_None || PyBytes_Check(target))
        return Py_NewRef(target);
    if (PyUnicode_Check(target))
        return PyUnicode_AsUTF8String(target);
    return py_raise_named(PyExc_TypeError, "target must be a string, but got %R", (PyObject *)Py_TYPE(target));
}

static int open_session(PySession *s)
{
    PyObject *bytes = s->config != Py_None ? py_message_bytes(s->core, s->config) : NULL;
    if (s->config != Py_None && !bytes)
        return -1;
    /* ConfigProto.graph_options (10) with place_pruned_graph (6) set, as InteractiveSession's default has it */
    static const char place_pruned_config[] = {0x52, 2, 0x30, 1};
    const char *config = bytes ? PyBytes_AS_STRING(bytes) : s->place_pruned ? place_pruned_config : NULL;
    size_t n = bytes ? (size_t)PyBytes_GET_SIZE(bytes) : s->place_pruned ? sizeof place_pruned_config : 0;
    TfgStatus status = TFG_STATUS_INIT;
    s->session = tfg_session_new(s->graph->graph, s->target != Py_None ? PyBytes_AS_STRING(s->target) : "", config, n, &status);
    Py_XDECREF(bytes);
    if (s->session)
        return 0;
    py_raise_run(s->core, s->graph, &status);
    return -1;
}

static int init_session(PySession *s, PyObject *target, PyObject *graph, PyObject *config)
{
    Core *core = s->core;
    if (graph == Py_None && !(graph = (PyObject *)py_default_graph(core)))
        return -1;
    if (!py_is_graph(core, graph)) {
        py_raise_named(PyExc_TypeError, "graph must be a tf.Graph, but got %R", (PyObject *)Py_TYPE(graph));
        return -1;
    }
    if (s->session) {
        PyErr_SetString(PyExc_RuntimeError, "the session is open already");
        return -1;
    }
    Py_XSETREF(s->graph, (PyGraph *)Py_NewRef(graph));
    Py_XSETREF(s->target, target_bytes(target));
    if (!s->target)
        return -1;
    if (config != Py_None && !py_is_message(core, config, "tensorflow.ConfigProto")) {
        py_raise_named(PyExc_TypeError, "config must be a tf.ConfigProto, but got %R", (PyObject *)Py_TYPE(config));
        return -1;
    }
    Py_XSETREF(s->config, Py_NewRef(config));
    return open_session(s);
}

static int open_with(PySession *s, PyObject *const *args)
{
    PyObject *target = args[0] ? Py_NewRef(args[0]) : PyUnicode_FromString("");
    int rc = target ? init_session(s, target, args[1] ? args[1] : Py_None, args[2] ? args[2] : Py_None) : -1;
    Py_XDECREF(target);
    return rc;
}

static PyObject *session_init(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return open_with(self_session(self), args) < 0 ? NULL : Py_NewRef(Py_None);
}

static int session_traverse(PyObject *self, visitproc visit, void *arg)
{
    PySession *s = self_session(self);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(s->graph);
    Py_VISIT(s->dict);
    Py_VISIT(s->config);
    Py_VISIT(s->graph_scope);
    Py_VISIT(s->session_scope);
    Py_VISIT(s->handles);
    return 0;
}

/* The graph goes last: it is what the session's plans are of. */
static int session_clear(PyObject *self)
{
    PySession *s = self_session(self);
    Py_CLEAR(s->dict);
    Py_CLEAR(s->config);
    Py_CLEAR(s->graph_scope);
    Py_CLEAR(s->session_scope);
    Py_CLEAR(s->handles);
    return 0;
}

/* Ends what runs and frees variables.  Other threads may need the interpreter to finish their steps. */
static int close_session(PySession *s)
{
    if (!s->session || s->closed)
        return 0;
    s->closed = true;
    TfgStatus status = TFG_STATUS_INIT;
    TfgSession *session = s->session;
    int rc;
    Py_BEGIN_ALLOW_THREADS
    rc = tfg_session_close(session, &status);
    Py_END_ALLOW_THREADS
    if (rc < 0)
        py_raise_run(s->core, s->graph, &status);
    return rc;
}

static void session_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (close_session(self_session(self)) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
}

static void session_dealloc(PyObject *self)
{
    PySession *s = self_session(self);
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    if (s->weak)
        PyObject_ClearWeakRefs(self);
    session_clear(self);
    py_session_drop_plans(s);
    Py_BEGIN_ALLOW_THREADS      /* iterators end threads that may wait for the interpreter */
    tfg_session_unref(s->session);
    Py_END_ALLOW_THREADS
    Py_XDECREF(s->target);
    Py_XDECREF(s->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- getters ---- */

static PyObject *session_get_graph(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_session(self)->graph;
    if (!g) {
        PyErr_SetString(PyExc_AttributeError, "_graph");
        return NULL;
    }
    return Py_NewRef((PyObject *)g);
}

static PyObject *session_get_graph_def(PyObject *self, void *closure)
{
    (void)closure;
    PySession *s = self_session(self);
    int add_shapes = 0;
    if (!s->graph)
        return PyErr_Format(PyExc_RuntimeError, "Attempted to use a closed Session.");
    if (s->config && s->config != Py_None) {
        PyObject *options = PyObject_GetAttrString(s->config, "graph_options");
        PyObject *infer = options ? PyObject_GetAttrString(options, "infer_shapes") : NULL;
        add_shapes = infer ? PyObject_IsTrue(infer) : -1;
        Py_XDECREF(options);
        Py_XDECREF(infer);
        if (add_shapes < 0)
            return NULL;
    }
    return PyObject_CallMethod((PyObject *)s->graph, "as_graph_def", "OO", Py_None, add_shapes ? Py_True : Py_False);
}

static PyObject *session_get_target(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *target = self_session(self)->target;
    return Py_NewRef(target ? target : Py_None);
}

static PyObject *session_get_config(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *config = self_session(self)->config;
    return Py_NewRef(config ? config : Py_None);
}

static PyObject *session_get_closed(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(self_session(self)->closed);
}

/* What the private name `_session` was looked at for: whether there is one. */
static PyObject *session_get_session(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(self_session(self)->session != NULL);
}

static const PyGetSetDef session_getset[] = {
    {"graph", session_get_graph, NULL, "The graph that is run.", NULL},
    {"_graph", session_get_graph, NULL, NULL, NULL},
    {"graph_def", session_get_graph_def, NULL, "A GraphDef of the graph.", NULL},
    {"sess_str", session_get_target, NULL, "Where it runs: empty for this process.", NULL},
    {"_target", session_get_target, NULL, NULL, NULL},
    {"_config", session_get_config, NULL, NULL, NULL},
    {"_closed", session_get_closed, NULL, NULL, NULL},
    {"_session", session_get_session, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods ---- */

static PyObject *session_close(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return close_session(self_session(self)) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *session_as_default(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return py_default_session_scope(core, self, true);
}

/* ---- devices ---- */

typedef struct PyDevice { PyObject_HEAD PyObject *name, *type; long long memory; unsigned long long incarnation; } PyDevice;

static void device_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((PyDevice *)self)->name);
    Py_XDECREF(((PyDevice *)self)->type);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *device_repr(PyObject *self)
{
    const PyDevice *d = (const PyDevice *)self;
    return PyUnicode_FromFormat("_DeviceAttributes(%U, %U, %lld, %llu)", d->name, d->type, d->memory, d->incarnation);
}

static PyObject *device_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"name", "device_type", "memory_limit_bytes", "incarnation", NULL};
    PyObject *name, *kind;
    long long memory;
    unsigned long long incarnation;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OULK", (char **)(uintptr_t)names, &name, &kind, &memory, &incarnation))
        return NULL;
    PyObject *module = PyImport_ImportModule("pytfgraph.framework.device");
    PyObject *canonical = module ? PyObject_CallMethod(module, "canonical_name", "O", name) : NULL;
    PyDevice *d = canonical ? PyObject_New(PyDevice, type) : NULL;
    Py_XDECREF(module);
    if (!d) {
        Py_XDECREF(canonical);
        return NULL;
    }
    *d = (PyDevice){d->ob_base, canonical, Py_NewRef(kind), memory, incarnation};
    return (PyObject *)d;
}

static const PyMemberDef device_members[] = {
    {"name", T_OBJECT, offsetof(PyDevice, name), READONLY, NULL},
    {"device_type", T_OBJECT, offsetof(PyDevice, type), READONLY, NULL},
    {"memory_limit_bytes", T_LONGLONG, offsetof(PyDevice, memory), READONLY, NULL},
    {"incarnation", T_ULONGLONG, offsetof(PyDevice, incarnation), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot device_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)device_new},
    {Py_tp_dealloc, (void *)(uintptr_t)device_dealloc},
    {Py_tp_repr, (void *)(uintptr_t)device_repr},
    {Py_tp_members, (void *)(uintptr_t)device_members},
    {0, NULL},
};

static const PyType_Spec device_spec = {
    .name = "tensorflow.python.client.session._DeviceAttributes",
    .basicsize = sizeof(PyDevice),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = (PyType_Slot *)(uintptr_t)device_slots,
};

static PyObject *device_object(Core *core, const TfgSession *session, int i)
{
    const char *name, *type;
    int64_t memory;
    uint64_t incarnation;
    tfg_session_device(session, i, &name, &type, &memory, &incarnation);
    PyDevice *d = PyObject_New(PyDevice, core->device_attributes_type);
    if (!d)
        return NULL;
    d->name = PyUnicode_FromString(name);
    d->type = PyUnicode_FromString(type);
    d->memory = memory;
    d->incarnation = incarnation;
    if (!d->name || !d->type)
        Py_CLEAR(d);
    return (PyObject *)d;
}

static PyObject *session_list_devices(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PySession *s = self_session(self);
    if (py_session_check_cancelled(s) < 0)
        return NULL;
    int n = tfg_session_n_devices(s->session);
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *d = device_object(core, s->session, i);
        if (d)
            PyList_SET_ITEM(list, i, d);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* Nothing to do: a plan is made from the graph as it is when it is first run. */
static PyObject *session_extend_graph(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

/* Their tensors are dropped by so many at a time. */
#define DEAD_HANDLES 10

static PyObject *session_register_dead_handle(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PySession *s = self_session(self);
    if (!s->handles && !(s->handles = PyList_New(0)))
        return NULL;
    if (PyList_Append(s->handles, args[0]) < 0)
        return NULL;
    if (PyList_GET_SIZE(s->handles) < DEAD_HANDLES || s->closed)
        return Py_NewRef(Py_None);
    PyObject *dead = s->handles, *module = PyImport_ImportModule("pytfgraph.ops.session_ops");
    s->handles = NULL;
    PyObject *result = module ? PyObject_CallMethod(module, "_delete_dead", "OO", self, dead) : NULL;
    Py_XDECREF(module);
    Py_DECREF(dead);
    return result;
}

static const PyRow base_rows[] = {
    {"__init__", "(self, target='', graph=None, config=None)", session_init, NULL, 0},
    {"close", "(self)", session_close, "Ends the session and frees what it holds.", 0},
    {"as_default", "(self)", session_as_default, "A context in which this is the default session of the thread.", 0},
    {"list_devices", "(self)", session_list_devices, "The devices that operations can run on.", 0},
    {"_extend_graph", "(self)", session_extend_graph, NULL, 0},
    {"_register_dead_handle", "(self, handle)", session_register_dead_handle, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- Session: a context manager ---- */

static PyObject *session_enter(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PySession *s = self_session(self);
    if (!s->graph)
        return PyErr_Format(PyExc_RuntimeError, "Attempted to use a closed Session.");
    if (s->graph_scope) {
        PyErr_SetString(PyExc_RuntimeError, "Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter "
                                            "a session multiple times.");
        return NULL;
    }
    PyObject *graph_scope = py_default_graph_scope(core, (PyObject *)s->graph, true);
    PyObject *session_scope = graph_scope ? py_default_session_scope(core, self, true) : NULL;
    PyObject *graph = session_scope ? PyObject_CallMethodNoArgs(graph_scope, PY_STR(core, __enter__)) : NULL;
    PyObject *session = graph ? PyObject_CallMethodNoArgs(session_scope, PY_STR(core, __enter__)) : NULL;
    Py_XDECREF(graph);
    if (session) {
        s->graph_scope = graph_scope;
        s->session_scope = session_scope;
    } else {
        Py_XDECREF(graph_scope);
        Py_XDECREF(session_scope);
    }
    return session;
}

static PyObject *session_exit(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PySession *s = self_session(self);
    PyObject *graph_scope = s->graph_scope, *session_scope = s->session_scope;
    if (!graph_scope || !session_scope)
        return PyErr_Format(PyExc_RuntimeError, "session left that was not entered");
    PyObject *a = PyObject_CallMethod(session_scope, "__exit__", NULL);
    PyObject *b = a ? PyObject_CallMethod(graph_scope, "__exit__", NULL) : NULL;
    Py_XDECREF(a);
    if (!b)
        return NULL;
    Py_DECREF(b);
    s->graph_scope = s->session_scope = NULL;
    Py_DECREF(graph_scope);
    Py_DECREF(session_scope);
    return PyObject_CallMethodNoArgs(self, PY_STR(s->core, close));
}

static PyObject *session_reset(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *target = target_bytes(args[0]), *list = NULL, *result = NULL;
    const char **names = NULL;
    Py_ssize_t n = 0;
    TfgStatus s = TFG_STATUS_INIT;
    if (!target)
        return NULL;
    list = args[1] && args[1] != Py_None ? PySequence_List(args[1]) : PyList_New(0);
    names = list ? PyMem_Calloc((size_t)PyList_GET_SIZE(list) + 1, sizeof *names) : NULL;
    for (; names && n < PyList_GET_SIZE(list); n++) {
        PyObject *o = PyList_GET_ITEM(list, n);
        names[n] = PyUnicode_Check(o) ? PyUnicode_AsUTF8(o) : PyBytes_Check(o) ? PyBytes_AS_STRING(o) : NULL;
        if (!names[n]) {
            if (!PyErr_Occurred())
                py_raise_named(PyExc_TypeError, "Expected binary or unicode string, got %R", o);
            goto done;
        }
    }
    if (!names)
        goto done;
    if (tfg_session_reset(target != Py_None ? PyBytes_AS_STRING(target) : "", names, (int)n, NULL, &s) < 0)
        py_raise_run(core, NULL, &s);
    else
        result = Py_NewRef(Py_None);
done:
    PyMem_Free(names);
    Py_XDECREF(list);
    Py_DECREF(target);
    return result;
}

static const PyRow session_rows[] = {
    {"__enter__", "(self)", session_enter, NULL, 0},
    {"__exit__", "(self, exec_type=None, exec_value=None, exec_tb=None)", session_exit, NULL, 0},
    {"reset", "(target, containers=None, config=None)", session_reset, "Closes every session of this process, or clears containers of a server.", PY_STATIC},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- InteractiveSession: the default from the beginning ---- */

/* The number of open ones is an attribute of the class, which programs set to 0. */
static long active_count(Core *core)
{
    PyObject *count = PyObject_GetAttrString((PyObject *)core->interactive_session_type, "_active_session_count");
    long n = count ? PyLong_AsLong(count) : 0;
    Py_XDECREF(count);
    PyErr_Clear();
    return n;
}

static int set_active_count(Core *core, long n)
{
    PyObject *count = PyLong_FromLong(n);
    int rc = count ? PyObject_SetAttrString((PyObject *)core->interactive_session_type, "_active_session_count", count) : -1;
    Py_XDECREF(count);
    return rc;
}

static int warn_active(void)
{
    return PyErr_WarnEx(PyExc_UserWarning, "An interactive session is already active. This can cause out-of-memory errors in some cases. You "
                                           "must explicitly call `InteractiveSession.close()` to release resources held by the other "
                                           "session(s).", 1);
}

static int place_pruned(PyObject *config)
{
    if (config == Py_None)
        return 0;
    PyObject *options = PyObject_GetAttrString(config, "graph_options");
    int rc = options ? PyObject_SetAttrString(options, "place_pruned_graph", Py_True) : -1;
    Py_XDECREF(options);
    if (rc < 0)
        PyErr_Clear();          /* what is no ConfigProto is refused with words of its own */
    return 0;
}

static int enter_scope(PyObject **slot, PyObject *scope)
{
    PyObject *entered = scope ? PyObject_CallMethod(scope, "__enter__", NULL) : NULL;
    if (!entered) {
        Py_XDECREF(scope);
        return -1;
    }
    Py_DECREF(entered);
    *slot = scope;
    return 0;
}

/* The stacks hold the session until it is closed, as TensorFlow's do. */
static PyObject *interactive_init(Core *core, PyObject *self, PyObject **args)
{
    PySession *s = self_session(self);
    PyObject *graph = args[1] ? args[1] : Py_None;
    place_pruned(args[2] ? args[2] : Py_None);
    s->place_pruned = true;
    if (open_with(s, args) < 0 || (active_count(core) > 0 && warn_active() < 0) || set_active_count(core, active_count(core) + 1) < 0)
        return NULL;
    s->interactive_counted = true;
    if (enter_scope(&s->session_scope, py_default_session_scope(core, self, true)) < 0)
        return NULL;
    if (graph != Py_None && enter_scope(&s->graph_scope, py_default_graph_scope(core, graph, true)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static int leave_scope(PyObject **slot)
{
    PyObject *scope = *slot;
    *slot = NULL;
    PyObject *left = scope ? PyObject_CallMethod(scope, "__exit__", NULL) : Py_NewRef(Py_None);
    Py_XDECREF(scope);
    Py_XDECREF(left);
    return left ? 0 : -1;
}

static PyObject *interactive_close(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    PySession *s = self_session(self);
    if (close_session(s) < 0)
        return NULL;
    if (!s->interactive_counted)
        Py_RETURN_NONE;
    s->interactive_counted = false;
    if (set_active_count(core, active_count(core) - 1) < 0)
        return NULL;
    if (leave_scope(&s->graph_scope) < 0 || leave_scope(&s->session_scope) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static const PyRow interactive_rows[] = {
    {"__init__", "(self, target='', graph=None, config=None)", interactive_init, NULL, 0},
    {"close", "(self)", interactive_close, "Ends the session; it is no longer the default.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- specs ---- */

static const PyMemberDef session_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PySession, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PySession, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot base_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)session_new},
    {Py_tp_dealloc, (void *)(uintptr_t)session_dealloc},
    {Py_tp_finalize, (void *)(uintptr_t)session_finalize},
    {Py_tp_traverse, (void *)(uintptr_t)session_traverse},
    {Py_tp_clear, (void *)(uintptr_t)session_clear},
    {Py_tp_getset, (void *)(uintptr_t)session_getset},
    {Py_tp_members, (void *)(uintptr_t)session_members},
    {Py_tp_doc, (void *)(uintptr_t)"Runs parts of a graph."},
    {0, NULL},
};

static const PyType_Slot session_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)"Runs parts of a graph, and holds the state of its variables."},
    {0, NULL},
};

static const PyType_Slot interactive_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)"A session that is the default one from when it is made until it is closed."},
    {0, NULL},
};

static const PyType_Slot interface_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)"What sessions have in common, for isinstance."},
    {0, NULL},
};

#define SESSION_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC)
#define SUBCLASS_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)      /* with traverse and clear of the base, and its GC flag */

static const PyType_Spec interface_spec = {
    .name = "tensorflow.python.client.session.SessionInterface", .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = (PyType_Slot *)(uintptr_t)interface_slots,
};
static const PyType_Spec base_spec = {
    .name = "tensorflow.python.client.session.BaseSession", .basicsize = sizeof(PySession), .flags = SESSION_FLAGS,
    .slots = (PyType_Slot *)(uintptr_t)base_slots,
};
static const PyType_Spec session_spec = {
    .name = "tensorflow.python.client.session.Session", .basicsize = sizeof(PySession), .flags = SUBCLASS_FLAGS,
    .slots = (PyType_Slot *)(uintptr_t)session_slots,
};
static const PyType_Spec interactive_spec = {
    .name = "tensorflow.python.client.session.InteractiveSession", .basicsize = sizeof(PySession), .flags = SUBCLASS_FLAGS,
    .slots = (PyType_Slot *)(uintptr_t)interactive_slots,
};

/* ---- functions ---- */

static PyObject *register_conversions(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!PyType_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "issubclass() arg 2 must be a class");
    for (Py_ssize_t i = -1; i < PyList_GET_SIZE(core->expansions); i++) {
        PyObject *known = i < 0 ? (PyObject *)&PyBaseObject_Type : PyTuple_GET_ITEM(PyList_GET_ITEM(core->expansions, i), 0);
        int sub = PyObject_IsSubclass(known, args[0]);
        if (sub)
            return sub < 0 ? NULL : PyErr_Format(PyExc_ValueError, "%S has already been registered so ignore it.", args[0]);
    }
    PyObject *entry = PyTuple_Pack(4, args[0], args[1], args[2] ? args[2] : Py_None, args[3] ? args[3] : Py_None);
    int rc = entry ? PyList_Insert(core->expansions, 0, entry) : -1;
    Py_XDECREF(entry);
    int tensors = PyObject_IsSubclass((PyObject *)core->tensor_type, args[0]);
    int ops = PyObject_IsSubclass((PyObject *)core->operation_type, args[0]);
    core->expansions_overridden = core->expansions_overridden || tensors > 0 || ops > 0;
    return rc < 0 ? NULL : Py_NewRef(Py_None);
}

/* At the interpreter's exit, while threads may still have it: those that compute elements ahead call Python's functions, and one that
 * the interpreter's end strands would be waited for without end. */
static PyObject *end_iterators(Core *core, PyObject *self, PyObject **args)
{
    (void)core, (void)self, (void)args;
    Py_BEGIN_ALLOW_THREADS
    tfg_sessions_end_kind(TFG_ITERATOR_TYPE);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static int register_exit(Core *core)
{
    PyObject *module = PyImport_ImportModule("atexit"), *function = PyObject_GetAttrString(core->module, "end_iterators");
    PyObject *done = module && function ? PyObject_CallMethod(module, "register", "O", function) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(function);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static const PyRow function_rows[] = {
    {"end_iterators", "()", end_iterators, "Ends the iterators of all open sessions, and their threads.", 0},
    {"register_session_run_conversion_functions",
     "(tensor_type, fetch_function, feed_function=None, feed_function_for_partial_run=None)", register_conversions,
     "Has Session.run take and give values of a class that stands for several tensors.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_session_init(Core *core)
{
    if (py_make_type(core, &interface_spec, NULL, NULL, &core->session_interface_type) < 0 ||
        py_make_type(core, &device_spec, NULL, NULL, &core->device_attributes_type) < 0 || py_callable_init(core) < 0 ||
        py_make_type(core, &base_spec, core->session_interface_type, NULL, &core->base_session_type) < 0 ||
        py_make_type(core, &session_spec, core->base_session_type, NULL, &core->session_type) < 0 ||
        py_make_type(core, &interactive_spec, core->base_session_type, NULL, &core->interactive_session_type) < 0)
        return -1;
    if (py_add_methods(core, core->base_session_type, base_rows) < 0 ||
        py_add_methods(core, core->base_session_type, py_session_run_rows) < 0 ||
        py_add_methods(core, core->session_type, session_rows) < 0 ||
        py_add_methods(core, core->interactive_session_type, interactive_rows) < 0 || set_active_count(core, 0) < 0)
        return -1;
    return py_add_functions(core, core->module, function_rows) < 0 ? -1 : register_exit(core);
}
