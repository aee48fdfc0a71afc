/* tf.Graph: its life, what it knows of itself, and what may be done with it. */
#include "io/function_body.h"
#include "io/graph_def.h"
#include "python/binding.h"

/* ---- hooks ---- */

static void object_ref(void *object) { Py_XINCREF((PyObject *)object); }
static void object_unref(void *object) { Py_XDECREF((PyObject *)object); }

/* What a device function gives: text, or a DeviceSpec. */
static int device_text(PyObject *value, TfgStr *out)
{
    PyObject *text = NULL;
    if (PyObject_HasAttrString(value, "to_string"))
        text = PyObject_CallMethod(value, "to_string", NULL);
    else
        text = Py_NewRef(value);
    int rc = -1;
    const char *data;
    Py_ssize_t n;
    PyObject *holder = NULL;
    if (text && py_as_bytes(text, &data, &n, &holder) == 0) {
        tfg_str_append(out, data, (size_t)n);
        rc = 0;
    }
    Py_XDECREF(holder);
    Py_XDECREF(text);
    return rc;
}

static int call_device_function(void *function, TfgOp *op, TfgStr *out, TfgStatus *s)
{
    PyObject *wrapper = py_wrap_op(py_graph_of(op->graph), op);
    PyObject *value = wrapper ? PyObject_CallOneArg(function, wrapper) : NULL;
    int rc = value ? device_text(value, out) : -1;
    Py_XDECREF(wrapper);
    Py_XDECREF(value);
    return rc < 0 ? py_status_from_exception(s) : 0;
}

/* TensorFlow logs this and leaves the op where it is. */
static void warn_of_colocation(TfgOp *op, TfgOp *with)
{
    Core *core = py_graph_of(op->graph)->core;
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "Tried to colocate op '%s'", op->name);
    py_op_defined_at(core, op, &text);
    tfg_str_printf(&text, " having device '%s' with op '%s'", op->device, with->name);
    py_op_defined_at(core, with, &text);
    tfg_str_printf(&text, " which had an incompatible device '%s'.", with->device);
    PyObject *logging = PyImport_ImportModule("pytfgraph.platform.tf_logging");
    PyObject *done = logging ? PyObject_CallMethod(logging, "warning", "ss", "%s", tfg_str_text(&text)) : NULL;
    if (!done)
        PyErr_WriteUnraisable(NULL);
    Py_XDECREF(done);
    Py_XDECREF(logging);
    tfg_str_fini(&text);
}

/* ---- life ---- */

/* True where type, or a class between it and Graph, brings a create_op of its own. */
static bool overrides_create_op(Core *core, PyTypeObject *type)
{
    if (type == core->graph_type)
        return false;
    PyObject *theirs = PyObject_GetAttr((PyObject *)type, PY_STR(core, create_op));
    PyObject *ours = PyObject_GetAttr((PyObject *)core->graph_type, PY_STR(core, create_op));
    bool differs = theirs && ours && theirs != ours;
    Py_XDECREF(theirs);
    Py_XDECREF(ours);
    PyErr_Clear();
    return differs;
}

static int init_attributes(PyGraph *g)
{
    static const char *const dicts[] = {"_functions", "_handle_feeders", "_handle_readers", "_handle_movers", "_handle_deleters"};
    g->dict = PyDict_New();
    if (!g->dict)
        return -1;
    for (size_t i = 0; i < sizeof dicts / sizeof *dicts; i++) {
        PyObject *d = PyDict_New();
        int rc = d ? PyDict_SetItemString(g->dict, dicts[i], d) : -1;
        Py_XDECREF(d);
        if (rc < 0)
            return -1;
    }
    PyObject *key = PyUnicode_FromFormat("grap-key-%lld/", (long long)g->core->next_uid++);
    int rc = key ? PyDict_SetItemString(g->dict, "_graph_key", key) : -1;
    Py_XDECREF(key);
    if (rc < 0 || PyDict_SetItemString(g->dict, "_last_loss_reduction", Py_None) < 0)
        return -1;
    return 0;
}

static PyObject *graph_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    static const TfgGraphHooks hooks = {
        .capture_stack = py_stack_capture, .device_function = call_device_function, .object_ref = object_ref, .object_unref = object_unref,
        .colocation_conflict = warn_of_colocation,
    };
    PyObject *module = PyType_GetModuleByDef(type, &tfg_core_module);
    if (!module)
        return NULL;
    Core *core = PyModule_GetState(module);
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *graph = tfg_graph_new(&s);
    if (!graph)
        return py_raise_build(core, &s);
    PyGraph *g = (PyGraph *)type->tp_alloc(type, 0);
    if (!g) {
        tfg_graph_unref(graph);
        return NULL;
    }
    g->core = core;
    g->graph = graph;
    tfg_graph_set_hooks(graph, &hooks);
    tfg_graph_set_binding(graph, g);
    g->overrides_create_op = overrides_create_op(core, type);
    g->collections = PyDict_New();
    if (!g->collections || init_attributes(g) < 0) {
        Py_DECREF(g);
        return NULL;
    }
    return (PyObject *)g;
}

static int graph_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    if (PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs))) {
        PyErr_Format(PyExc_TypeError, "__init__() takes 1 positional argument but %zd were given", PyTuple_GET_SIZE(args) + 1);
        return -1;
    }
    return 0;
}

static int graph_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyGraph *g = (PyGraph *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(g->dict);
    Py_VISIT(g->collections);
    Py_VISIT(g->kept);
    Py_VISIT(g->seed);
    Py_VISIT(g->original_op);
    Py_VISIT(g->container);
    Py_VISIT(g->attr_functions);
    Py_VISIT(g->contexts);
    return 0;
}

static int graph_clear(PyObject *self)
{
    PyGraph *g = (PyGraph *)self;
    Py_CLEAR(g->dict);
    Py_CLEAR(g->collections);
    Py_CLEAR(g->kept);
    Py_CLEAR(g->seed);
    Py_CLEAR(g->original_op);
    Py_CLEAR(g->container);
    Py_CLEAR(g->attr_functions);
    Py_CLEAR(g->contexts);
    return 0;
}

static void graph_dealloc(PyObject *self)
{
    PyGraph *g = (PyGraph *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (g->weak)
        PyObject_ClearWeakRefs(self);
    graph_clear(self);
    if (g->graph) {
        /* Sessions may keep the C graph: from here on nobody asks it for wrappers or stacks. */
        tfg_graph_set_hooks(g->graph, &(TfgGraphHooks){.object_ref = object_ref, .object_unref = object_unref});
        tfg_graph_set_binding(g->graph, NULL);
        tfg_graph_unref(g->graph);
    }
    py_stack_fini(&g->stacks);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- getters ---- */

static PyGraph *self_graph(PyObject *self) { return (PyGraph *)self; }

static PyObject *graph_get_version(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(tfg_graph_version(self_graph(self)->graph));
}

/* Ids given out, also to operations that then failed. */
static PyObject *graph_get_last_id(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_graph(self);
    py_graph_lock(g);
    int64_t id = tfg_graph_seed_taken(g->graph);
    py_graph_unlock(g);
    return PyLong_FromLongLong(id);
}

static PyObject *graph_get_finalized(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(tfg_graph_is_finalized(self_graph(self)->graph));
}

static PyObject *graph_get_seed(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *seed = self_graph(self)->seed;
    return Py_NewRef(seed ? seed : Py_None);
}

static int graph_set_seed(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    Py_XSETREF(self_graph(self)->seed, Py_XNewRef(value));
    return 0;
}

static PyObject *graph_get_building_function(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(self_graph(self)->building_function);
}

static int graph_set_building_function(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    int yes = value ? PyObject_IsTrue(value) : 0;
    if (yes < 0)
        return -1;
    self_graph(self)->building_function = yes != 0;
    return 0;
}

static PyObject *graph_get_versions(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_graph(self);
    TfgStr bytes = TFG_STR_INIT;        /* VersionDef {producer = 1, min_consumer = 2} */
    tfg_put_int_unless_zero(&bytes, 1, tfg_graph_producer(g->graph));
    tfg_put_int_unless_zero(&bytes, 2, tfg_graph_min_consumer(g->graph));
    PyObject *message = bytes.failed ? PyErr_NoMemory() : py_message(g->core, "tensorflow.VersionDef", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    return message;
}

static PyObject *graph_get_collections(PyObject *self, void *closure)
{
    (void)closure;
    return PyDict_Keys(self_graph(self)->collections);
}

static PyObject *graph_get_collection_dict(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(self_graph(self)->collections);
}

static int graph_set_collection_dict(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (!value || !PyDict_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "_collections must be a dict");
        return -1;
    }
    Py_XSETREF(self_graph(self)->collections, Py_NewRef(value));
    return 0;
}

static PyObject *graph_get_container(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *container = self_graph(self)->container;
    return container ? Py_NewRef(container) : PyUnicode_FromString("");
}

static PyObject *graph_get_original_op(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_graph(self);
    TfgOp *op = g->original_op ? NULL : tfg_graph_original(g->graph);
    return op ? py_wrap_op(g, op) : Py_NewRef(g->original_op ? g->original_op : Py_None);
}

static PyObject *graph_get_name_stack(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(tfg_graph_name_scope(self_graph(self)->graph));
}

/* {lower-case name: how often it was asked for}, a copy. */
static PyObject *graph_get_names_in_use(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_graph(self);
    PyObject *names = PyDict_New();
    const char *name;
    size_t i = 0, n;
    uint32_t used;
    bool fine = names != NULL;
    py_graph_lock(g);
    while (fine && tfg_graph_next_name(g->graph, &i, &name, &n, &used)) {
        PyObject *key = PyUnicode_DecodeUTF8(name, (Py_ssize_t)n, "replace"), *count = key ? PyLong_FromUnsignedLong(used) : NULL;
        fine = count && PyDict_SetItem(names, key, count) == 0;
        Py_XDECREF(key);
        Py_XDECREF(count);
    }
    py_graph_unlock(g);
    if (!fine)
        Py_CLEAR(names);
    return names;
}

static PyObject *graph_get_dict(PyObject *self, void *closure)
{
    (void)closure;
    PyGraph *g = self_graph(self);
    if (!g->dict && !(g->dict = PyDict_New()))
        return NULL;
    return Py_NewRef(g->dict);
}

/* The nodes in dicts, as the private names of old had them: copies, for reading. */
static PyObject *nodes_dict(PyObject *self, bool by_name)
{
    PyGraph *g = self_graph(self);
    PyObject *dict = PyDict_New();
    int32_t n = tfg_graph_n_ops(g->graph);
    for (int32_t i = 0; dict && i < n; i++) {
        TfgOp *op = tfg_graph_op(g->graph, i);
        PyObject *key = by_name ? PyUnicode_FromString(op->name) : PyLong_FromLong(op->id), *value = py_wrap_op(g, op);
        if (!key || !value || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *graph_get_nodes_by_name(PyObject *self, void *closure)
{
    (void)closure;
    return nodes_dict(self, true);
}

static PyObject *graph_get_nodes_by_id(PyObject *self, void *closure)
{
    (void)closure;
    return nodes_dict(self, false);
}

/* A lock of Python's for programs that take the graph's; the C graph has its own. */
static PyObject *graph_get_lock(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *dict = graph_get_dict(self, NULL), *lock = dict ? PyDict_GetItemString(dict, "_lock") : NULL;
    if (lock) {
        Py_DECREF(dict);
        return Py_NewRef(lock);
    }
    PyObject *threading = dict ? PyImport_ImportModule("threading") : NULL;
    lock = threading ? PyObject_CallMethod(threading, "RLock", NULL) : NULL;
    if (lock && PyDict_SetItemString(dict, "_lock", lock) < 0)
        Py_CLEAR(lock);
    Py_XDECREF(threading);
    Py_XDECREF(dict);
    return lock;
}

static const PyGetSetDef graph_getset[] = {
    {"_lock", graph_get_lock, NULL, NULL, NULL},
    {"version", graph_get_version, NULL, "Changes whenever an operation is added.", NULL},
    {"_version", graph_get_version, NULL, NULL, NULL},
    {"_last_id", graph_get_last_id, NULL, NULL, NULL},
    {"_next_id_counter", graph_get_last_id, NULL, NULL, NULL},
    {"finalized", graph_get_finalized, NULL, "True once nothing may be added.", NULL},
    {"_finalized", graph_get_finalized, NULL, NULL, NULL},
    {"seed", graph_get_seed, graph_set_seed, "The graph-level seed of random operations.", NULL},
    {"_seed", graph_get_seed, graph_set_seed, NULL, NULL},
    {"building_function", graph_get_building_function, NULL, "True for the graph of a function.", NULL},
    {"_building_function", graph_get_building_function, graph_set_building_function, NULL, NULL},
    {"graph_def_versions", graph_get_versions, NULL, "A VersionDef.", NULL},
    {"_graph_def_versions", graph_get_versions, NULL, NULL, NULL},
    {"_device_functions_outer_to_inner", py_graph_device_functions, NULL, NULL, NULL},
    {"collections", graph_get_collections, NULL, "The names of the collections.", NULL},
    {"_collections", graph_get_collection_dict, graph_set_collection_dict, NULL, NULL},
    {"_container", graph_get_container, NULL, NULL, NULL},
    {"_default_original_op", graph_get_original_op, NULL, NULL, NULL},
    {"_name_stack", graph_get_name_stack, NULL, NULL, NULL},
    {"_names_in_use", graph_get_names_in_use, NULL, NULL, NULL},
    {"_nodes_by_name", graph_get_nodes_by_name, NULL, NULL, NULL},
    {"_nodes_by_id", graph_get_nodes_by_id, NULL, NULL, NULL},
    {"__dict__", graph_get_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- the rest ---- */

static PyObject *graph_as_default(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return py_default_graph_scope(core, self, true);
}

static PyObject *set_finalized(PyGraph *g, bool finalized)
{
    py_graph_lock(g);
    tfg_graph_finalize(g->graph, finalized);
    py_graph_unlock(g);
    Py_RETURN_NONE;
}

static PyObject *graph_finalize(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return set_finalized(self_graph(self), true);
}

static PyObject *graph_unfinalize(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return set_finalized(self_graph(self), false);
}

static PyObject *graph_check_not_finalized(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return py_check_not_finalized(self_graph(self)) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *graph_next_id(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyGraph *g = self_graph(self);
    if (py_check_not_finalized(g) < 0)
        return NULL;
    py_graph_lock(g);
    int64_t id = tfg_graph_next_id(g->graph);
    py_graph_unlock(g);
    return PyLong_FromLongLong(id);
}

static PyObject *graph_get_op_def(Core *core, PyObject *self, PyObject **args)
{
    const char *type = PyUnicode_Check(args[0]) ? PyUnicode_AsUTF8(args[0]) : NULL;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(self_graph(self));
    const TfgOpDef *of_function = type && !tfg_find_op_def(type) ? tfg_function_op_def(self_graph(self)->graph, type, &s) : NULL;
    py_graph_unlock(self_graph(self));
    tfg_status_fini(&s);
    if (of_function)
        return py_op_def_message(core, of_function);
    PyObject *function = PyObject_GetAttrString(core->module, "op_def");
    PyObject *def = function ? PyObject_CallOneArg(function, args[0]) : NULL;
    Py_XDECREF(function);
    return def;
}

static PyObject *graph_prevent_feeding(Core *core, PyObject *self, PyObject **args)
{
    PyObject *t = py_is_tensor(core, args[0]) ? Py_NewRef(args[0]) : py_graph_element(self_graph(self), args[0], true, false);
    if (!t)
        return NULL;
    TfgOutput out = py_output((PyTensor *)t);
    out.op->outputs[out.index].unfeedable = true;
    Py_DECREF(t);
    Py_RETURN_NONE;
}

static PyObject *graph_is_feedable(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!py_is_tensor(core, args[0]))
        Py_RETURN_TRUE;
    TfgOutput out = py_output((PyTensor *)args[0]);
    return PyBool_FromLong(!out.op->outputs[out.index].unfeedable);
}

static TfgOp *op_of(Core *core, PyObject *o)
{
    if (py_is_operation(core, o))
        return ((PyOperation *)o)->op;
    return py_is_tensor(core, o) ? ((PyTensor *)o)->op : NULL;
}

static PyObject *graph_prevent_fetching(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgOp *op = op_of(core, args[0]);
    if (op)
        op->unfetchable = true;
    Py_RETURN_NONE;
}

static PyObject *graph_is_fetchable(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgOp *op = op_of(core, args[0]);
    return PyBool_FromLong(!op || !op->unfetchable);
}

/* Name, device, control and colocation stacks of the C graph belong to the thread that uses them already. */
static PyObject *graph_switch_to_thread_local(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static const PyRow graph_rows[] = {
    {"as_default", "(self)", graph_as_default, "A context in which this is the default graph of the thread.", 0},
    {"finalize", "(self)", graph_finalize, "From here on, adding to the graph is an error.", 0},
    {"_unsafe_unfinalize", "(self)", graph_unfinalize, NULL, 0},
    {"_check_not_finalized", "(self)", graph_check_not_finalized, NULL, 0},
    {"_next_id", "(self)", graph_next_id, NULL, 0},
    {"_get_op_def", "(self, type)", graph_get_op_def, NULL, 0},
    {"prevent_feeding", "(self, tensor)", graph_prevent_feeding, "From here on, feeding `tensor` is an error.", 0},
    {"is_feedable", "(self, tensor)", graph_is_feedable, NULL, 0},
    {"prevent_fetching", "(self, op)", graph_prevent_fetching, "From here on, fetching `op` is an error.", 0},
    {"is_fetchable", "(self, tensor_or_op)", graph_is_fetchable, NULL, 0},
    {"switch_to_thread_local", "(self)", graph_switch_to_thread_local, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};


static const PyMemberDef graph_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(PyGraph, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyGraph, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot graph_slots[] = {
    {Py_tp_new, (void *)(uintptr_t)graph_new},
    {Py_tp_init, (void *)(uintptr_t)graph_init},
    {Py_tp_dealloc, (void *)(uintptr_t)graph_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)graph_traverse},
    {Py_tp_clear, (void *)(uintptr_t)graph_clear},
    {Py_tp_getset, (void *)(uintptr_t)graph_getset},
    {Py_tp_members, (void *)(uintptr_t)graph_members},
    {Py_tp_doc, (void *)(uintptr_t)"Graph()\n--\n\nA dataflow graph: operations, and the tensors that flow between them."},
    {0, NULL},
};

static const PyType_Spec graph_spec = {
    .name = "tensorflow.python.framework.ops.Graph",
    .basicsize = sizeof(PyGraph),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = (PyType_Slot *)(uintptr_t)graph_slots,
};

int py_graph_init(Core *core)
{
    if (py_make_type(core, &graph_spec, NULL, NULL, &core->graph_type) < 0)
        return -1;
    const PyRow *const tables[] = {graph_rows, py_graph_element_rows, py_graph_def_rows, py_graph_build_rows, py_graph_scope_rows,
                                   py_graph_collection_rows};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (py_add_methods(core, core->graph_type, tables[i]) < 0)
            return -1;
    return 0;
}
