/* One callable per registered operation, as TensorFlow generates them: raw_op('MatMul')(a, b, transpose_b=True, name='c').  And the
 * functions that make operations by the name of their type. */
#include "io/attr_value.h"
#include "python/binding.h"

#define MAX_PARAMS 44

typedef struct PyRawOp {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Core *core;
    const TfgOpDef *def;
    PyObject *name;             /* snake_case */
    PyObject *params;           /* tuple of names, in order of the call; "name" last */
    PyObject *result_type;      /* a namedtuple, where several outputs come back; made when first needed */
    PyObject *dict;
    int8_t slot[MAX_PARAMS];    /* i >= 0: input i; i < 0: attribute -1 - i */
    int n_params, n_required;
} PyRawOp;

/* ---- names ---- */

static bool is_keyword(const char *name)
{
    static const char *const words[] = {"and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
                                        "except", "exec", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
                                        "nonlocal", "not", "or", "pass", "print", "raise", "return", "try", "while", "with", "yield",
                                        "None", "True", "False"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/* "MatMul" -> "mat_mul", "LRNGrad" -> "lrn_grad", "Conv2DBackpropInput" -> "conv2d_backprop_input". */
static PyObject *snake_case(const char *name)
{
    char text[200];
    size_t n = 0;
    for (const char *p = name; *p && n + 2 < sizeof text; p++) {
        bool starts_word = is_upper(*p) && p > name && p[-1] != '_' &&
                           (!is_upper(p[-1]) ? !(p[-1] >= '0' && p[-1] <= '9' && (p[1] == '\0' || is_upper(p[1])))
                                             : p[1] >= 'a' && p[1] <= 'z');
        if (starts_word)
            text[n++] = '_';
        text[n++] = is_upper(*p) ? (char)(*p - 'A' + 'a') : *p;
    }
    return PyUnicode_FromStringAndSize(text, (Py_ssize_t)n);
}

static PyObject *param_name(const char *name)
{
    PyObject *o = is_keyword(name) ? PyUnicode_FromFormat("%s_", name) : PyUnicode_FromString(name);
    if (o)
        PyUnicode_InternInPlace(&o);
    return o;
}

/* Arguments whose name in TensorFlow's Python is another than the op's (its api_def files). */
static const char *api_name(const char *op, const char *arg)
{
    static const struct { const char *op, *arg, *name; } renamed[] = {
        {"All", "reduction_indices", "axis"}, {"Any", "reduction_indices", "axis"}, {"Max", "reduction_indices", "axis"},
        {"Mean", "reduction_indices", "axis"}, {"Min", "reduction_indices", "axis"}, {"Prod", "reduction_indices", "axis"},
        {"Sum", "reduction_indices", "axis"}, {"ExpandDims", "dim", "axis"}, {"Select", "t", "x"}, {"Select", "e", "y"},
        {"Split", "split_dim", "axis"}, {"SplitV", "split_dim", "axis"}, {"Squeeze", "squeeze_dims", "axis"}, {"Where", "input", "condition"},
    };
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(renamed[i].op, op) == 0 && strcmp(renamed[i].arg, arg) == 0)
            return renamed[i].name;
    return arg;
}

/* ---- calls ---- */

static PyObject *flat_result(PyGraph *g, TfgOp *op, int first, int n)
{
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *t = py_wrap_output(g, (TfgOutput){op, first + i});
        if (t)
            PyList_SET_ITEM(list, i, t);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* The outputs of one argument of the definition: a tensor, or a list of them. */
static PyObject *argument_result(PyGraph *g, TfgOp *op, int arg, int *first)
{
    const TfgArgDef *a = &op->def->out[arg];
    int n = tfg_arg_count(a, &op->attrs);
    PyObject *r = a->number_attr || a->type_list_attr ? flat_result(g, op, *first, n) : py_wrap_output(g, (TfgOutput){op, *first});
    *first += n;
    return r;
}

/* The tuple that several outputs come back in, with the outputs' names. */
static PyObject *named_type(PyRawOp *raw)
{
    if (raw->result_type)
        return raw->result_type;
    PyObject *collections = PyImport_ImportModule("collections"), *fields = PyList_New(0);
    for (int i = 0; fields && i < raw->def->n_out; i++) {
        PyObject *name = param_name(raw->def->out[i].name);
        if (!name || PyList_Append(fields, name) < 0)
            Py_CLEAR(fields);
        Py_XDECREF(name);
    }
    if (collections && fields)
        raw->result_type = PyObject_CallMethod(collections, "namedtuple", "sO", raw->def->name, fields);
    Py_XDECREF(collections);
    Py_XDECREF(fields);
    return raw->result_type;
}

/* Nothing: the operation.  One output: the tensor, or list.  Several: a tuple, with names where `raw` is given. */
static PyObject *op_result(Core *core, PyGraph *g, TfgOp *op, PyRawOp *raw)
{
    (void)core;
    int first = 0, n = op->def->n_out;
    if (n == 0)
        return py_wrap_op(g, op);
    if (n == 1) {
        PyObject *r = argument_result(g, op, 0, &first);
        if (r && PyList_CheckExact(r) && !PyList_GET_SIZE(r) && (op->def->flags & TFG_OP_STATEFUL))
            Py_SETREF(r, py_wrap_op(g, op));
        return r;
    }
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        PyObject *r = argument_result(g, op, i, &first);
        if (r)
            PyTuple_SET_ITEM(tuple, i, r);
        else
            Py_CLEAR(tuple);
    }
    if (!tuple || !raw)
        return tuple;
    PyObject *type = named_type(raw), *named = type ? PyObject_CallMethod(type, "_make", "(O)", tuple) : NULL;
    Py_DECREF(tuple);
    return named;
}

static int set_param(const PyRawOp *raw, PyApply *call, Py_ssize_t i, PyObject *value)
{
    if (i == raw->n_params) {   /* name */
        if (value == Py_None)
            return 0;
        const char *name = PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : PyBytes_Check(value) ? PyBytes_AS_STRING(value) : NULL;
        if (!name && !PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "expected string or bytes-like object");
        call->name = name;
        return name ? 0 : -1;
    }
    int slot = raw->slot[i];
    PyObject **at = slot >= 0 ? &call->inputs[slot] : &call->attrs[-1 - slot];
    if (*at) {
        PyErr_Format(PyExc_TypeError, "%U() got multiple values for argument '%U'", raw->name, PyTuple_GET_ITEM(raw->params, i));
        return -1;
    }
    *at = value;
    return 0;
}

static Py_ssize_t find_param(const PyRawOp *raw, PyObject *name)
{
    for (Py_ssize_t i = 0; i <= raw->n_params; i++)
        if (PyTuple_GET_ITEM(raw->params, i) == name)
            return i;
    for (Py_ssize_t i = 0; i <= raw->n_params; i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(raw->params, i), name) == 0)
            return i;
    /* op_def_library takes the op's own names, too: keywords of Python without the underscore, arguments that the API renames. */
    for (int i = 0; i < raw->n_params; i++) {
        int slot = raw->slot[i];
        const char *plain = slot >= 0 ? raw->def->in[slot].name : raw->def->attr[-1 - slot].name;
        if (PyUnicode_CompareWithASCIIString(name, plain) == 0)
            return i;
    }
    return -1;
}

static PyObject *raw_op_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyRawOp *raw = (PyRawOp *)self;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    PyApply call = {.def = raw->def};
    if (n > raw->n_params + 1)
        return PyErr_Format(PyExc_TypeError, "%U() takes from %d to %d positional arguments but %zd were given", raw->name,
                            raw->n_required, raw->n_params + 1, n);
    for (Py_ssize_t i = 0; i < n; i++)
        if (set_param(raw, &call, i, args[i]) < 0)
            return NULL;
    for (Py_ssize_t k = 0; kwnames && k < PyTuple_GET_SIZE(kwnames); k++) {
        Py_ssize_t i = find_param(raw, PyTuple_GET_ITEM(kwnames, k));
        if (i < 0)
            return PyErr_Format(PyExc_TypeError, "%U() got an unexpected keyword argument '%U'", raw->name, PyTuple_GET_ITEM(kwnames, k));
        if (set_param(raw, &call, i, args[n + k]) < 0)
            return NULL;
    }
    for (int i = 0; i < raw->n_required; i++) {
        int slot = raw->slot[i];
        if (!(slot >= 0 ? call.inputs[slot] : call.attrs[-1 - slot]))
            return PyErr_Format(PyExc_TypeError, "%U() missing 1 required positional argument: '%U'", raw->name,
                                PyTuple_GET_ITEM(raw->params, i));
    }
    PyGraph *g;
    TfgOp *op = py_apply(raw->core, &call, &g);
    return op ? op_result(raw->core, g, op, raw) : NULL;
}

/* ---- life ---- */

static bool is_inferred(const TfgOpDef *def, const TfgAttrDef *attr)
{
    for (int i = 0; i < def->n_in; i++) {
        const TfgArgDef *a = &def->in[i];
        if ((a->type_attr && strcmp(a->type_attr, attr->name) == 0) || (a->number_attr && strcmp(a->number_attr, attr->name) == 0) ||
            (a->type_list_attr && strcmp(a->type_list_attr, attr->name) == 0))
            return true;
    }
    return false;
}

static int add_param(PyRawOp *raw, PyObject *list, const char *name, int slot)
{
    if (raw->n_params == MAX_PARAMS) {
        PyErr_Format(PyExc_RuntimeError, "%s has too many parameters", raw->def->name);
        return -1;
    }
    PyObject *o = param_name(api_name(raw->def->name, name));
    int rc = o ? PyList_Append(list, o) : -1;
    Py_XDECREF(o);
    raw->slot[raw->n_params++] = (int8_t)slot;
    return rc;
}

/* Inputs, then attributes without a default, then those with one, then `name`. */
static int make_params(PyRawOp *raw)
{
    const TfgOpDef *def = raw->def;
    PyObject *list = PyList_New(0), *name = PyUnicode_InternFromString("name");
    int rc = list && name ? 0 : -1;
    for (int i = 0; rc == 0 && i < def->n_in; i++)
        rc = add_param(raw, list, def->in[i].name, i);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; rc == 0 && i < def->n_attr; i++)
            if (def->attr[i].has_default == (pass == 1) && !is_inferred(def, &def->attr[i]))
                rc = add_param(raw, list, def->attr[i].name, -1 - i);
        if (pass == 0)
            raw->n_required = raw->n_params;
    }
    if (rc == 0)
        rc = PyList_Append(list, name);
    if (rc == 0)
        raw->params = PyList_AsTuple(list);
    Py_XDECREF(list);
    Py_XDECREF(name);
    return raw->params ? 0 : -1;
}

static PyObject *raw_op_new(Core *core, const TfgOpDef *def)
{
    PyRawOp *raw = PyObject_GC_New(PyRawOp, core->raw_op_type);
    if (!raw)
        return NULL;
    raw->vectorcall = raw_op_call;
    raw->core = core;
    raw->def = def;
    raw->params = raw->result_type = raw->dict = NULL;
    raw->n_params = raw->n_required = 0;
    raw->name = snake_case(def->name);
    if (!raw->name || make_params(raw) < 0) {
        Py_DECREF(raw);
        return NULL;
    }
    PyObject_GC_Track((PyObject *)raw);
    return (PyObject *)raw;
}

static int raw_op_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyRawOp *raw = (PyRawOp *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(raw->result_type);
    Py_VISIT(raw->dict);
    return 0;
}

static int raw_op_clear(PyObject *self)
{
    Py_CLEAR(((PyRawOp *)self)->result_type);
    Py_CLEAR(((PyRawOp *)self)->dict);
    return 0;
}

static void raw_op_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_GC_IsTracked(self))
        PyObject_GC_UnTrack(self);
    raw_op_clear(self);
    Py_XDECREF(((PyRawOp *)self)->name);
    Py_XDECREF(((PyRawOp *)self)->params);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

PyObject *py_raw_op(Core *core, const char *type)
{
    PyObject *found = PyDict_GetItemString(core->raw_ops, type);
    if (found)
        return found;
    const TfgOpDef *def = tfg_find_op_def(type);
    if (!def)
        return PyErr_Format(PyExc_RuntimeError, "Unrecognized Op name %s", type);
    found = raw_op_new(core, def);
    if (!found)
        return NULL;
    int rc = PyDict_SetItemString(core->raw_ops, type, found);
    Py_DECREF(found);
    return rc < 0 ? NULL : found;
}

/* ---- what inspect and help show ---- */

static PyObject *default_text(PyGraph *g, const TfgAttr *a)
{
    PyObject *value = py_attr_to_python(g, a), *text = NULL;
    if (value && PyBytes_Check(value))
        Py_SETREF(value, PyUnicode_DecodeUTF8(PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value), "backslashreplace"));
    if (value && (PyBool_Check(value) || PyLong_Check(value) || PyFloat_Check(value) || PyUnicode_Check(value) || PyList_Check(value)))
        text = PyObject_Repr(value);
    else if (value && PyObject_TypeCheck(value, g->core->dtype_type))
        text = PyUnicode_FromFormat("_%s", tfg_dtype_name((TfgDType)((PyDType *)value)->number));     /* a global of the text */
    else if (value)
        text = PyUnicode_FromString("None");
    Py_XDECREF(value);
    return text;
}

static PyObject *signature_text(PyRawOp *raw)
{
    PyGraph *g = py_default_graph(raw->core);
    PyObject *text = g ? PyUnicode_FromString("lambda ") : NULL;
    for (int i = 0; text && i < raw->n_params; i++) {
        PyObject *value = NULL;
        if (i >= raw->n_required) {
            value = default_text(g, &raw->def->attr[-1 - raw->slot[i]].default_value);
            if (!value)
                Py_CLEAR(text);
        }
        if (text)
            Py_SETREF(text, value ? PyUnicode_FromFormat("%U%U=%U, ", text, PyTuple_GET_ITEM(raw->params, i), value)
                                  : PyUnicode_FromFormat("%U%U, ", text, PyTuple_GET_ITEM(raw->params, i)));
        Py_XDECREF(value);
    }
    if (text)
        Py_SETREF(text, PyUnicode_FromFormat("%Uname=None: None", text));
    return text;
}

/* The dtypes by the names that signature_text gives them. */
static PyObject *signature_globals(Core *core)
{
    PyObject *globals = PyDict_New();
    for (int d = 1; globals && d < TFG_N_DTYPES; d++) {
        char name[32];
        snprintf(name, sizeof name, "_%s", tfg_dtype_name((TfgDType)d));
        if (PyDict_SetItemString(globals, name, core->dtypes[d]) < 0)
            Py_CLEAR(globals);
    }
    return globals;
}

static PyObject *raw_op_get_signature(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *text = signature_text((PyRawOp *)self), *globals = text ? signature_globals(((PyRawOp *)self)->core) : NULL;
    PyObject *code = globals ? Py_CompileString(PyUnicode_AsUTF8(text), "<signature>", Py_eval_input) : NULL;
    PyObject *function = code ? PyEval_EvalCode(code, globals, globals) : NULL, *inspect = function ? PyImport_ImportModule("inspect") : NULL;
    PyObject *signature = inspect ? PyObject_CallMethod(inspect, "signature", "O", function) : NULL;
    Py_XDECREF(text);
    Py_XDECREF(globals);
    Py_XDECREF(code);
    Py_XDECREF(function);
    Py_XDECREF(inspect);
    return signature;
}

static void describe_arg(TfgStr *out, const TfgArgDef *a)
{
    const char *type = a->type_attr ? a->type_attr : a->type_list_attr ? a->type_list_attr : tfg_dtype_name(a->type);
    tfg_str_printf(out, "  %s: a %s%s%s%s of type `%s`.\n", a->name, a->is_ref ? "mutable " : "",
                   a->number_attr ? "list of `" : a->type_list_attr ? "list of tensors" : "Tensor", a->number_attr ? a->number_attr : "",
                   a->number_attr ? "` tensors" : "", type);
}

static PyObject *raw_op_get_doc(PyObject *self, void *closure)
{
    (void)closure;
    const TfgOpDef *def = ((PyRawOp *)self)->def;
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, "Adds an operation of type %s.\n\nArgs:\n", def->name);
    for (int i = 0; i < def->n_in; i++)
        describe_arg(&text, &def->in[i]);
    for (int i = 0; i < def->n_attr; i++)
        if (!is_inferred(def, &def->attr[i]))
            tfg_str_printf(&text, "  %s: `%s`%s.\n", def->attr[i].name, def->attr[i].type, def->attr[i].has_default ? " (optional)" : "");
    tfg_str_puts(&text, "  name: the operation's name (optional).\n\nReturns:\n");
    for (int i = 0; i < def->n_out; i++)
        describe_arg(&text, &def->out[i]);
    if (!def->n_out)
        tfg_str_puts(&text, "  The Operation.\n");
    PyObject *doc = PyUnicode_FromString(tfg_str_text(&text));
    tfg_str_fini(&text);
    return doc;
}

static PyObject *raw_op_get_name(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(((PyRawOp *)self)->name);
}

static PyObject *raw_op_get_op_type(PyObject *self, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(((PyRawOp *)self)->def->name);
}

static PyObject *raw_op_get_module(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyUnicode_FromString("pytfgraph.raw_ops");
}

static PyObject *raw_op_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<function %U at %p>", ((PyRawOp *)self)->name, (void *)self);
}

static const PyGetSetDef raw_op_getset[] = {
    {"__signature__", raw_op_get_signature, NULL, NULL, NULL},
    {"__doc__", raw_op_get_doc, NULL, NULL, NULL},
    {"__name__", raw_op_get_name, NULL, NULL, NULL},
    {"__qualname__", raw_op_get_name, NULL, NULL, NULL},
    {"__module__", raw_op_get_module, NULL, NULL, NULL},
    {"op_type", raw_op_get_op_type, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const PyMemberDef raw_op_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PyRawOp, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(PyRawOp, dict), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot raw_op_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)raw_op_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)raw_op_traverse},
    {Py_tp_clear, (void *)(uintptr_t)raw_op_clear},
    {Py_tp_call, (void *)(uintptr_t)PyVectorcall_Call},
    {Py_tp_repr, (void *)(uintptr_t)raw_op_repr},
    {Py_tp_getset, (void *)(uintptr_t)raw_op_getset},
    {Py_tp_members, (void *)(uintptr_t)raw_op_members},
    {0, NULL},
};

static const PyType_Spec raw_op_spec = {
    .name = "pytfgraph._core.RawOp",
    .basicsize = sizeof(PyRawOp),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)raw_op_slots,
};

/* ---- functions ---- */

static PyObject *raw_op(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const char *type = PyUnicode_AsUTF8(args[0]);
    return type ? Py_XNewRef(py_raw_op(core, type)) : NULL;
}

/* op_def_library's apply_op: everything by keyword, no attribute with a default may be missing there; here it may. */
static TfgOp *apply_keywords(Core *core, PyObject **args, PyGraph **g)
{
    const char *type = PyUnicode_AsUTF8(args[0]);
    PyRawOp *raw = type ? (PyRawOp *)py_raw_op(core, type) : NULL;
    if (!raw)
        return NULL;
    PyApply call = {.def = raw->def};
    PyObject *key, *value, *unknown = NULL;
    Py_ssize_t pos = 0;
    if (args[1] && set_param(raw, &call, raw->n_params, args[1]) < 0)
        return NULL;
    while (args[2] && PyDict_Next(args[2], &pos, &key, &value)) {
        Py_ssize_t i = find_param(raw, key);
        if (i >= 0) {
            if (set_param(raw, &call, i, value) < 0)
                return NULL;
            continue;
        }
        const char *name = PyUnicode_AsUTF8(key);
        int a = 0;
        while (name && a < raw->def->n_attr && strcmp(raw->def->attr[a].name, name) != 0)
            a++;
        if (a < raw->def->n_attr)
            call.attrs[a] = value;      /* an inferred one: refused when its value is known */
        else
            unknown = key;
    }
    if (unknown) {
        PyErr_Format(PyExc_TypeError, "apply_op() got unexpected keyword arguments: %U", unknown);
        return NULL;
    }
    return py_apply(core, &call, g);
}

static PyObject *apply_op(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyGraph *g;
    TfgOp *op = apply_keywords(core, args, &g);
    return op ? op_result(core, g, op, NULL) : NULL;
}

static PyObject *apply_op_helper(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyGraph *g;
    TfgOp *op = apply_keywords(core, args, &g);
    return op ? py_wrap_op(g, op) : NULL;
}

static PyObject *op_names(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    (void)args;
    int n;
    const char **names = tfg_op_def_names(&n);
    PyObject *list = names ? PyList_New(n) : PyErr_NoMemory();
    for (int i = 0; list && i < n; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        if (name)
            PyList_SET_ITEM(list, i, name);
        else
            Py_CLEAR(list);
    }
    tfg_free(names);
    return list;
}

static PyObject *has_op(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    const char *type = PyUnicode_AsUTF8(args[0]);
    return type ? PyBool_FromLong(tfg_find_op_def(type) != NULL) : NULL;
}

static PyObject *op_def(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    const char *type = PyUnicode_Check(args[0]) ? PyUnicode_AsUTF8(args[0]) : PyBytes_Check(args[0]) ? PyBytes_AS_STRING(args[0]) : NULL;
    if (!type)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "the name of an operation is a string, not %R", args[0]);
    const TfgOpDef *def = tfg_find_op_def(type);
    if (!def)
        return PyErr_Format(PyExc_ValueError, "Op type not registered '%s' in binary running on this machine.", type);
    return py_op_def_message(core, def);
}

PyObject *py_op_def_message(Core *core, const TfgOpDef *def)
{
    TfgStr bytes = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *message = NULL;
    if (tfg_op_def_write(def, &bytes, &s) < 0)
        py_raise_build(core, &s);
    else
        message = py_message(core, "tensorflow.OpDef", bytes.data, bytes.n);
    tfg_str_fini(&bytes);
    return message;
}

/* The value of a tensor that can be computed now, as an array; else None. */
static PyObject *evaluate_constant(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!py_is_tensor(core, args[0]))
        Py_RETURN_NONE;
    PyTensor *t = (PyTensor *)args[0];
    py_graph_lock(t->graph);
    TfgTensor *value = tfg_graph_evaluate_constant(t->graph->graph, py_output(t));
    py_graph_unlock(t->graph);
    if (!value)
        Py_RETURN_NONE;
    return py_tensor_to_array_steal(core, value);
}

static PyObject *constant_value(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (!py_is_tensor(core, args[0]))
        Py_RETURN_NONE;
    PyTensor *t = (PyTensor *)args[0];
    py_graph_lock(t->graph);
    TfgTensor *value = tfg_graph_constant_value(t->graph->graph, py_output(t));
    py_graph_unlock(t->graph);
    if (!value)
        Py_RETURN_NONE;
    /* np.equal of two scalars gives a scalar. */
    bool scalar = strcmp(t->op->def->name, "Equal") == 0 || strcmp(t->op->def->name, "NotEqual") == 0;
    return scalar ? py_tensor_to_numpy_steal(core, value) : py_tensor_to_array_steal(core, value);
}

/* What the Python layer brings: classes that values of a session or gradients are made of. */
static PyObject *set_classes(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    if (args[0] && PyDict_Update(core->classes, args[0]) < 0)
        return NULL;
    core->indexed_slices = PyDict_GetItemString(core->classes, "IndexedSlices");
    core->sparse_tensor = PyDict_GetItemString(core->classes, "SparseTensor");
    core->tensor_handle = PyDict_GetItemString(core->classes, "TensorHandle");
    Py_RETURN_NONE;
}

static PyObject *slice_helper(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return py_slice(core, args[0], args[1], args[2] && args[2] != Py_None ? args[2] : NULL);
}

static const PyRow apply_rows[] = {
    {"raw_op", "(op_type_name)", raw_op, "The function that makes operations of a type from its inputs and attributes.", 0},
    {"apply_op", "(op_type_name, name=None, **keywords)", apply_op, "Makes an operation; gives its outputs.", 0},
    {"apply_op_helper", "(op_type_name, name=None, **keywords)", apply_op_helper, "Makes an operation; gives it.", 0},
    {"op_names", "()", op_names, "The types of all registered operations, sorted.", 0},
    {"has_op", "(op_type_name)", has_op, NULL, 0},
    {"op_def", "(op_type_name)", op_def, "The OpDef of a registered operation.", 0},
    {"evaluate_constant", "(tensor)", evaluate_constant, "The value of `tensor` where stateless operations make it of constants, else None.", 0},
    {"constant_value", "(tensor)", constant_value, "The value of `tensor` where it is known already, else None.", 0},
    {"slice_helper", "(tensor, slice_spec, var=None)", slice_helper, "tensor[slice_spec], for the value of a variable `var`.", 0},
    {"_set_classes", "(**classes)", set_classes, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_apply_init(Core *core)
{
    if (py_make_type(core, &raw_op_spec, NULL, NULL, &core->raw_op_type) < 0)
        return -1;
    return py_add_functions(core, core->module, apply_rows);
}
