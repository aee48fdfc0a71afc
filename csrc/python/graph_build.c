/* Adding to a graph: create_op, the contexts new operations join, and GraphDefs that are imported. */
#include <unistd.h>

#include "io/function_body.h"
#include "io/graph_def.h"
#include "python/binding.h"

/* ---- from C ---- */

/* A subclass that overrides create_op sees every op that is made from Python, with its attributes as messages. */
static TfgOp *add_through_python(PyGraph *g, const TfgOpSpec *spec);

/* Attributes that functions give, for those the op does not have. */
static int apply_attr_functions(PyGraph *g, TfgOp *op)
{
    PyObject *list = Py_NewRef(g->attr_functions), *node_def = py_node_def(g, op);
    int rc = node_def ? 0 : -1;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(list); i++) {
        PyObject *pair = PyList_GET_ITEM(list, i);
        const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(pair, 0));
        if (name && tfg_attrs_find(&op->attrs, name))
            continue;
        PyObject *value = name ? PyObject_CallOneArg(PyTuple_GET_ITEM(pair, 1), node_def) : NULL;
        if (value && value != Py_None && !py_is_message(g->core, value, "tensorflow.AttrValue")) {
            PyErr_Format(PyExc_TypeError, "Callable for scope map key '%s' must return either None or an AttrValue protocol buffer; but it "
                                          "returned: %S", name, value);
            Py_CLEAR(value);
        }
        PyObject *done = value && value != Py_None ? NULL : Py_XNewRef(value);
        if (value && !done) {
            PyObject *wrapper = py_wrap_op(g, op);
            done = wrapper ? PyObject_CallMethod(wrapper, "_set_attr", "sO", name, value) : NULL;
            Py_XDECREF(wrapper);
        }
        rc = done ? 0 : -1;
        Py_XDECREF(done);
        Py_XDECREF(value);
    }
    Py_XDECREF(node_def);
    Py_DECREF(list);
    return rc;
}

/* An operation that was removed is an UnimplementedError to those who add nodes; the functions that make one say NotImplementedError. */
static PyObject *raise_add(Core *core, TfgStatus *s)
{
    return s->code == TFG_UNIMPLEMENTED ? py_raise_run(core, NULL, s) : py_raise_build(core, s);
}

TfgOp *py_graph_add_op(PyGraph *g, const TfgOpSpec *spec)
{
    if (g->overrides_create_op && !g->in_create_op)
        return add_through_python(g, spec);
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    TfgOp *op = tfg_graph_add_op(g->graph, spec, &s);
    py_graph_unlock(g);
    if (!op) {
        raise_add(g->core, &s);
        return NULL;
    }
    if (g->attr_functions && apply_attr_functions(g, op) < 0)
        return NULL;
    if (g->original_op) {
        PyObject *wrapper = py_wrap_op(g, op);
        int rc = wrapper ? PyObject_SetAttrString(wrapper, "_original_op", g->original_op) : -1;
        Py_XDECREF(wrapper);
        if (rc < 0)
            return NULL;
    }
    return op;
}

/* {name: AttrValue} of what a spec gives and of what its inputs and defaults give besides. */
static PyObject *attr_messages(Core *core, const TfgOpSpec *spec)
{
    PyObject *dict = PyDict_New();
    for (int i = 0; dict && i < spec->n_attrs; i++) {
        TfgStr bytes = TFG_STR_INIT;
        TfgStatus s = TFG_STATUS_INIT;
        PyObject *message = NULL;
        if (tfg_attr_write(&spec->attrs[i].value, &bytes, &s) < 0)
            py_raise_build(core, &s);
        else
            message = py_message(core, "tensorflow.AttrValue", bytes.data, bytes.n);
        tfg_str_fini(&bytes);
        if (!message || PyDict_SetItemString(dict, spec->attrs[i].name, message) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(message);
    }
    return dict;
}

static TfgOp *add_through_python(PyGraph *g, const TfgOpSpec *spec)
{
    Core *core = g->core;
    PyObject *inputs = PyList_New(spec->n_inputs), *attrs = NULL, *types = NULL, *kwargs = NULL, *args = NULL, *result = NULL, *method = NULL;
    TfgOp *op = NULL;
    for (int i = 0; inputs && i < spec->n_inputs; i++) {
        PyObject *t = py_wrap_output(py_graph_of(spec->inputs[i].op->graph), spec->inputs[i]);
        if (t)
            PyList_SET_ITEM(inputs, i, t);
        else
            Py_CLEAR(inputs);
    }
    attrs = inputs ? attr_messages(core, spec) : NULL;
    types = PyList_New(0);
    kwargs = attrs ? Py_BuildValue("{sssO}", "name", spec->name ? spec->name : spec->def->name, "attrs", attrs) : NULL;
    args = kwargs ? Py_BuildValue("(sOO)", spec->def->name, inputs, types) : NULL;
    method = args ? PyObject_GetAttr((PyObject *)g, PY_STR(core, create_op)) : NULL;
    result = method ? PyObject_Call(method, args, kwargs) : NULL;
    if (result && py_is_operation(core, result))
        op = ((PyOperation *)result)->op;
    else if (result)
        PyErr_Format(PyExc_TypeError, "create_op of %s did not return an Operation: %R", Py_TYPE(g)->tp_name, result);
    Py_XDECREF(method);
    Py_XDECREF(result);
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    Py_XDECREF(types);
    Py_XDECREF(attrs);
    Py_XDECREF(inputs);
    return op;
}

/* ---- Graph.create_op ---- */

typedef struct Creation {       /* what create_op was given, taken apart */
    TfgOutput *inputs;
    TfgNamedAttr *attrs;
    TfgArena arena;
    int n_inputs, n_attrs;
} Creation;

static void creation_fini(Creation *c)
{
    for (int i = 0; i < c->n_attrs; i++)
        tfg_attr_drop_tensors(&c->attrs[i].value);
    PyMem_Free(c->inputs);
    PyMem_Free(c->attrs);
    tfg_arena_fini(&c->arena);
}

static int take_inputs(PyGraph *g, PyObject *inputs, Creation *c)
{
    PyObject *fast = PySequence_Fast(inputs, "inputs needs to be a list of Tensors");
    if (!fast)
        return -1;
    int rc = 0;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(fast);
    c->inputs = PyMem_Calloc((size_t)n + 1, sizeof *c->inputs);
    for (Py_ssize_t i = 0; c->inputs && i < n && rc == 0; i++) {
        PyObject *t = PySequence_Fast_GET_ITEM(fast, i);
        if (py_is_tensor(g->core, t))
            c->inputs[c->n_inputs++] = py_output((PyTensor *)t);
        else {
            PyErr_Format(PyExc_TypeError, "Input #%zd is not a tensor: %S", i, t);
            rc = -1;
        }
    }
    if (!c->inputs) {
        PyErr_NoMemory();
        rc = -1;
    }
    Py_DECREF(fast);
    return rc;
}

static int take_attrs(Core *core, PyObject *attrs, Creation *c)
{
    if (!attrs || attrs == Py_None)
        return 0;
    if (!PyDict_Check(attrs)) {
        PyErr_Format(PyExc_TypeError, "attrs needs to be a dict: %S", attrs);
        return -1;
    }
    c->attrs = PyMem_Calloc((size_t)PyDict_GET_SIZE(attrs) + 1, sizeof *c->attrs);
    if (!c->attrs) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t pos = 0;
    PyObject *key, *value;
    while (PyDict_Next(attrs, &pos, &key, &value)) {
        const char *name = PyUnicode_AsUTF8(key);
        char *copy = name ? tfg_arena_strdup(&c->arena, name) : NULL;
        if (!copy || py_attr_from_message(core, value, &c->arena, &c->attrs[c->n_attrs].value) < 0) {
            if (!PyErr_Occurred())
                PyErr_NoMemory();
            return -1;
        }
        c->attrs[c->n_attrs++].name = copy;
    }
    return 0;
}

static PyObject *fail_unknown(Core *core, const char *type)
{
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    TfgStatus s = TFG_STATUS_INIT;
    tfg_fail(&s, TFG_NOT_FOUND, "Op type not registered '%s' in binary running on %s. Make sure the Op and Kernel are registered in the "
             "binary running in this process. Note that if you are loading a saved graph which used ops from tf.contrib, accessing (e.g.) "
             "`tf.contrib.resampler` should be done before importing the graph, as contrib ops are lazily registered when the module is "
             "first accessed.", type, host);
    return py_raise_run(core, NULL, &s);
}

/* The name create_op uses: as it stands when it ends in "/", else unique under the current scope. */
static PyObject *graph_create_op(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = (PyGraph *)self;
    const char *type = PyUnicode_Check(args[0]) ? PyUnicode_AsUTF8(args[0]) : NULL, *name = NULL;
    if (!type)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "op_type must be a string, not %R", args[0]);
    if (args[4] && args[4] != Py_None && !(name = PyUnicode_AsUTF8(args[4])))
        return NULL;
    if (py_check_not_finalized(g) < 0)
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    const TfgOpDef *def = tfg_find_op_def(type);
    if (!def) {
        py_graph_lock(g);
        def = tfg_function_op_def(g->graph, type, &s);
        py_graph_unlock(g);
    }
    if (!def)
        return s.code != TFG_OK ? py_raise_build(core, &s) : fail_unknown(core, type);
    Creation c = {0};
    tfg_arena_init(&c.arena);
    PyObject *result = NULL;
    if (take_inputs(g, args[1], &c) == 0 && take_attrs(core, args[5], &c) == 0) {
        TfgOpSpec spec = {.def = def, .name = name, .inputs = c.inputs, .n_inputs = c.n_inputs, .attrs = c.attrs,
                          .n_attrs = c.n_attrs, .direct = true};
        bool before = g->in_create_op;
        g->in_create_op = true;         /* reached through super().create_op: do not go back to the subclass */
        TfgOp *op = py_graph_add_op(g, &spec);
        g->in_create_op = before;
        result = op ? py_wrap_op(g, op) : NULL;
    }
    creation_fini(&c);
    return result;
}

/* What create_op does to an operation after making it; here the C graph has done it when the operation was added. */
static PyObject *graph_create_op_helper(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static PyObject *graph_unique_name(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = (PyGraph *)self;
    const char *data;
    Py_ssize_t n;
    PyObject *holder = NULL, *result = NULL;
    int mark = args[1] ? PyObject_IsTrue(args[1]) : 1;
    if (mark < 0 || py_as_bytes(args[0], &data, &n, &holder) < 0)
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    const char *name = tfg_graph_unique_name(g->graph, data, mark != 0, &s);
    py_graph_unlock(g);
    result = name ? PyUnicode_FromString(name) : py_raise_build(core, &s);
    Py_DECREF(holder);
    return result;
}

static PyObject *graph_get_name_scope(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    return PyUnicode_FromString(tfg_graph_name_scope(((PyGraph *)self)->graph));
}

/* ---- control-flow contexts ---- */

static PyObject *graph_get_control_flow_context(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyGraph *g = (PyGraph *)self;
    return py_context_wrap(g, tfg_graph_context(g->graph));
}

static PyObject *graph_set_control_flow_context(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = (PyGraph *)self;
    TfgOpContext *c;
    if (py_context_from(g, args[0], &c) < 0)
        return NULL;
    py_set_context(g, c);
    Py_RETURN_NONE;
}

/* ---- import_graph_def ---- */

typedef struct Import {         /* arrays of an import call */
    TfgImportMap *map;
    TfgImportWant *want;
    TfgOutput *results;
    int n_map, n_want;
} Import;

/* [(name, index, Tensor or Operation)] */
static int take_map(Core *core, PyObject *list, Import *im)
{
    Py_ssize_t n = PyList_GET_SIZE(list);
    im->map = PyMem_Calloc((size_t)n + 1, sizeof *im->map);
    if (!im->map) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        TfgImportMap *m = &im->map[im->n_map++];
        PyObject *to;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(list, i), "siO", &m->name, &m->index, &to))
            return -1;
        if (py_is_tensor(core, to))
            m->to = py_output((PyTensor *)to);
        else if (py_is_operation(core, to))
            m->to = (TfgOutput){((PyOperation *)to)->op, -1};
        else {
            PyErr_Format(PyExc_TypeError, "input_map values must be tensors, not %R", to);
            return -1;
        }
    }
    return 0;
}

/* [(name, index)] */
static int take_want(PyObject *list, Import *im)
{
    Py_ssize_t n = PyList_GET_SIZE(list);
    im->want = PyMem_Calloc((size_t)n + 1, sizeof *im->want);
    im->results = PyMem_Calloc((size_t)n + 1, sizeof *im->results);
    if (!im->want || !im->results) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++, im->n_want++)
        if (!PyArg_ParseTuple(PyList_GET_ITEM(list, i), "si", &im->want[i].name, &im->want[i].index))
            return -1;
    return 0;
}

/* NodeDef messages, each serialised when it is wanted; for a constant a tuple (bytes without tensor_content, TensorProto, NodeDef),
 * so that its elements are copied twice, out of the message and into the tensor, and not three times. */
typedef struct MessageSource {
    TfgNodeSource source;
    PyObject *list, *bytes, *content;
    Py_ssize_t next;
} MessageSource;

static int bytes_of(PyObject *bytes, TfgBytes *out, TfgStatus *s)
{
    char *data;
    Py_ssize_t n;
    if (!bytes || PyBytes_AsStringAndSize(bytes, &data, &n) < 0)
        return tfg_fail(s, TFG_INTERNAL, "A NodeDef cannot be serialised");
    *out = (TfgBytes){data, (size_t)n};
    return 0;
}

static int next_message(TfgNodeSource *source, TfgBytes *node, TfgBytes *content, TfgStatus *s)
{
    MessageSource *m = (MessageSource *)source;
    PyObject *message = PyList_GET_ITEM(m->list, m->next++);
    Py_CLEAR(m->bytes);
    Py_CLEAR(m->content);
    if (PyTuple_Check(message)) {
        m->content = PyObject_GetAttrString(PyTuple_GET_ITEM(message, 1), "tensor_content");
        if (bytes_of(m->content, content, s) < 0)
            return -1;
        if (content->n > 0)
            return bytes_of(PyTuple_GET_ITEM(message, 0), node, s);
        message = PyTuple_GET_ITEM(message, 2);         /* its elements stand in another field */
    }
    m->bytes = PyObject_CallMethod(message, "SerializeToString", NULL);
    return bytes_of(m->bytes, node, s);
}

static PyObject *import_results(PyGraph *g, const Import *im)
{
    PyObject *results = PyList_New(im->n_want);
    for (int i = 0; results && i < im->n_want; i++) {
        TfgOutput o = im->results[i];
        PyObject *r = im->want[i].index < 0 ? py_wrap_op(g, o.op) : py_wrap_output(g, o);
        if (r)
            PyList_SET_ITEM(results, i, r);
        else
            Py_CLEAR(results);
    }
    return results;
}

/* _import_graph_def(bytes, prefix, [(name, index, to)], [(name, index)], [NodeDef or (bytes, TensorProto, NodeDef)] or None) ->
 * results.  The nodes come behind those in the bytes; they are messages of our own pool, whose serialisation runs no Python code. */
static PyObject *graph_import(Core *core, PyObject *self, PyObject **args)
{
    PyGraph *g = (PyGraph *)self;
    char *data;
    Py_ssize_t n;
    const char *prefix = PyUnicode_AsUTF8(args[1]);
    if (!prefix || PyBytes_AsStringAndSize(args[0], &data, &n) < 0 || py_check_not_finalized(g) < 0)
        return NULL;
    bool has_nodes = args[4] && args[4] != Py_None;
    if (!PyList_Check(args[2]) || !PyList_Check(args[3]) || (has_nodes && !PyList_Check(args[4]))) {
        PyErr_SetString(PyExc_TypeError, "lists wanted");
        return NULL;
    }
    Import im = {0};
    PyObject *result = NULL;
    MessageSource nodes = {.source = {.next = next_message}, .list = has_nodes ? args[4] : NULL};
    if (has_nodes)
        nodes.source.n = (size_t)PyList_GET_SIZE(args[4]);
    if (take_map(core, args[2], &im) == 0 && take_want(args[3], &im) == 0) {
        TfgImportOptions options = {.prefix = prefix, .source = &nodes.source, .map = im.map, .n_map = im.n_map, .want = im.want, .n_want = im.n_want};
        TfgStatus s = TFG_STATUS_INIT;
        py_graph_lock(g);
        int rc = tfg_graph_def_import(g->graph, data, (size_t)n, &options, im.results, NULL, NULL, &s);
        py_graph_unlock(g);
        if (rc < 0 && PyErr_Occurred())
            tfg_status_fini(&s);
        else
            result = rc < 0 ? raise_add(core, &s) : import_results(g, &im);
        Py_CLEAR(nodes.bytes);
        Py_CLEAR(nodes.content);
    }
    PyMem_Free(im.map);
    PyMem_Free(im.want);
    PyMem_Free(im.results);
    return result;
}

const PyRow py_graph_build_rows[] = {
    {"create_op", "(self, op_type, inputs, dtypes, input_types=None, name=None, attrs=None, op_def=None, compute_shapes=True, "
                  "compute_device=True)", graph_create_op, "Adds an operation.  attrs are AttrValue messages.", 0},
    {"_create_op_helper", "(self, op, compute_device=True)", graph_create_op_helper, NULL, 0},
    {"unique_name", "(self, name, mark_as_used=True)", graph_unique_name, "A name nobody has yet, under the current scope.", 0},
    {"get_name_scope", "(self)", graph_get_name_scope, "The current name scope.", 0},
    {"_get_control_flow_context", "(self)", graph_get_control_flow_context, NULL, 0},
    {"_set_control_flow_context", "(self, ctx)", graph_set_control_flow_context, NULL, 0},
    {"_import_graph_def", "(self, serialized, prefix, input_map, return_elements, nodes=None)", graph_import, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
