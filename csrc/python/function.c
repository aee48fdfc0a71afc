/* Functions and methods of the module.  They look and behave like functions written in Python: they bind ("<bound method
 * Tensor.eval of ...>"), take every argument by name, and have a signature; their bodies are C. */
#include "python/binding.h"

#define MAX_PARAMS 24

typedef struct PyFunction {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Core *core;
    const PyRow *row;
    PyTypeObject *owner;        /* NULL for a function of the module */
    PyObject *name, *qualname, *module;
    PyObject *params;           /* tuple of interned names, without self, *args and **kwargs */
    PyObject *dict, *weak;
    int n_required;
    bool takes_self, has_args, has_kwargs;
} PyFunction;

/* ---- calls ---- */

static PyObject *bad_count(const PyFunction *f, Py_ssize_t given)
{
    Py_ssize_t most = PyTuple_GET_SIZE(f->params), extra = f->takes_self ? 1 : 0;
    if (f->n_required == most)
        return PyErr_Format(PyExc_TypeError, "%U() takes %zd positional argument%s but %zd %s given", f->name, most + extra,
                            most + extra == 1 ? "" : "s", given + extra, given + extra == 1 ? "was" : "were");
    return PyErr_Format(PyExc_TypeError, "%U() takes from %zd to %zd positional arguments but %zd %s given", f->name,
                        f->n_required + extra, most + extra, given + extra, given + extra == 1 ? "was" : "were");
}

static PyObject *missing(const PyFunction *f, PyObject *const *argv)
{
    PyObject *names = PyList_New(0);
    if (!names)
        return NULL;
    for (int i = 0; i < f->n_required; i++) {
        if (argv[i])
            continue;
        PyObject *text = PyUnicode_FromFormat("'%U'", PyTuple_GET_ITEM(f->params, i));
        if (!text || PyList_Append(names, text) < 0) {
            Py_XDECREF(text);
            Py_DECREF(names);
            return NULL;
        }
        Py_DECREF(text);
    }
    Py_ssize_t n = PyList_GET_SIZE(names);
    PyObject *joined = NULL;
    if (n == 1)
        joined = Py_NewRef(PyList_GET_ITEM(names, 0));
    else if (n == 2)
        joined = PyUnicode_FromFormat("%U and %U", PyList_GET_ITEM(names, 0), PyList_GET_ITEM(names, 1));
    else {
        PyObject *comma = PyUnicode_FromString(", "), *head = PyList_GetSlice(names, 0, n - 1);
        PyObject *first = comma && head ? PyUnicode_Join(comma, head) : NULL;
        if (first)
            joined = PyUnicode_FromFormat("%U, and %U", first, PyList_GET_ITEM(names, n - 1));
        Py_XDECREF(comma);
        Py_XDECREF(head);
        Py_XDECREF(first);
    }
    if (joined)
        PyErr_Format(PyExc_TypeError, "%U() missing %zd required positional argument%s: %U", f->name, n, n == 1 ? "" : "s", joined);
    Py_XDECREF(joined);
    Py_DECREF(names);
    return NULL;
}

/* The place of a keyword among the parameters, -1 where there is none.  Names are interned, so most are found by identity. */
static Py_ssize_t find_param(const PyFunction *f, PyObject *name)
{
    Py_ssize_t n = PyTuple_GET_SIZE(f->params);
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyTuple_GET_ITEM(f->params, i) == name)
            return i;
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(f->params, i), name) == 0)
            return i;
    return -1;
}

static int bind_keywords(const PyFunction *f, PyObject *const *values, PyObject *kwnames, PyObject **argv, PyObject **extra)
{
    Py_ssize_t n = PyTuple_GET_SIZE(kwnames);
    for (Py_ssize_t k = 0; k < n; k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        Py_ssize_t i = find_param(f, name);
        if (i < 0) {
            if (!f->has_kwargs) {
                PyErr_Format(PyExc_TypeError, "%U() got an unexpected keyword argument '%U'", f->name, name);
                return -1;
            }
            if (!*extra && !(*extra = PyDict_New()))
                return -1;
            if (PyDict_SetItem(*extra, name, values[k]) < 0)
                return -1;
        } else if (argv[i]) {
            PyErr_Format(PyExc_TypeError, "%U() got multiple values for argument '%U'", f->name, name);
            return -1;
        } else
            argv[i] = values[k];
    }
    return 0;
}

static PyObject *call_body(const PyFunction *f, PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    PyObject *argv[MAX_PARAMS + 2] = {NULL}, *rest = NULL, *extra = NULL, *result = NULL;
    Py_ssize_t params = PyTuple_GET_SIZE(f->params), taken = n < params ? n : params;
    if (n > params && !f->has_args)
        return bad_count(f, n);
    for (Py_ssize_t i = 0; i < taken; i++)
        argv[i] = args[i];
    if (f->has_args) {
        rest = PyTuple_New(n - taken);
        if (!rest)
            return NULL;
        for (Py_ssize_t i = taken; i < n; i++)
            PyTuple_SET_ITEM(rest, i - taken, Py_NewRef(args[i]));
        argv[params] = rest;
    }
    if (kwnames && bind_keywords(f, args + n, kwnames, argv, &extra) < 0)
        goto done;
    if (f->has_kwargs)
        argv[params + (f->has_args ? 1 : 0)] = extra;
    for (int i = 0; i < f->n_required; i++)
        if (!argv[i]) {
            missing(f, argv);
            goto done;
        }
    result = f->row->body(f->core, self, argv);
done:
    Py_XDECREF(rest);
    Py_XDECREF(extra);
    return result;
}

static PyObject *function_vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    const PyFunction *f = (const PyFunction *)callable;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!f->takes_self)
        return call_body(f, NULL, args, n, kwnames);
    if (n < 1)
        return PyErr_Format(PyExc_TypeError, "%U() missing 1 required positional argument: 'self'", f->name);
    if (!PyObject_TypeCheck(args[0], f->owner))
        return PyErr_Format(PyExc_TypeError, "descriptor '%U' for '%s' objects doesn't apply to a '%s' object", f->name,
                            f->owner->tp_name, Py_TYPE(args[0])->tp_name);
    return call_body(f, args[0], args + 1, n - 1, kwnames);
}

/* ---- life ---- */

static int function_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyFunction *f = (PyFunction *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(f->owner);
    Py_VISIT(f->dict);
    return 0;
}

static int function_clear(PyObject *self)
{
    PyFunction *f = (PyFunction *)self;
    Py_CLEAR(f->owner);
    Py_CLEAR(f->dict);
    return 0;
}

static void function_dealloc(PyObject *self)
{
    PyFunction *f = (PyFunction *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (f->weak)
        PyObject_ClearWeakRefs(self);
    function_clear(self);
    Py_XDECREF(f->name);
    Py_XDECREF(f->qualname);
    Py_XDECREF(f->module);
    Py_XDECREF(f->params);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyObject *function_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    (void)type;
    if (!obj || obj == Py_None || !((PyFunction *)self)->takes_self)
        return Py_NewRef(self);
    return PyMethod_New(self, obj);
}

static PyObject *function_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<function %U at %p>", ((PyFunction *)self)->qualname, (void *)self);
}

/* ---- attributes that inspect and functools look for ---- */

static PyObject *function_get_signature(PyObject *self, void *closure)
{
    (void)closure;
    PyFunction *f = (PyFunction *)self;
    /* The parentheses of the signature's text have no place in a lambda. */
    Py_ssize_t n = (Py_ssize_t)strlen(f->row->signature) - 2;
    PyObject *result = NULL, *source = NULL, *globals = PyDict_New(), *code = NULL, *function = NULL, *inspect = NULL;
    PyObject *arguments = PyUnicode_FromStringAndSize(f->row->signature + 1, n);
    if (!arguments || !globals)
        goto done;
    source = PyUnicode_FromFormat("lambda %U: None", arguments);
    if (!source || PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) < 0)
        goto done;
    code = Py_CompileString(PyUnicode_AsUTF8(source), "<signature>", Py_eval_input);
    function = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    inspect = function ? PyImport_ImportModule("inspect") : NULL;
    result = inspect ? PyObject_CallMethod(inspect, "signature", "O", function) : NULL;
done:
    Py_XDECREF(arguments);
    Py_XDECREF(source);
    Py_XDECREF(globals);
    Py_XDECREF(code);
    Py_XDECREF(function);
    Py_XDECREF(inspect);
    return result;
}

static PyObject *function_get_doc(PyObject *self, void *closure)
{
    (void)closure;
    const char *doc = ((PyFunction *)self)->row->doc;
    if (!doc)
        Py_RETURN_NONE;
    return PyUnicode_FromString(doc);
}

static PyObject *function_get_dict(PyObject *self, void *closure)
{
    (void)closure;
    PyFunction *f = (PyFunction *)self;
    if (!f->dict && !(f->dict = PyDict_New()))
        return NULL;
    return Py_NewRef(f->dict);
}

static PyObject *function_get_annotations(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyDict_New();
}

static PyObject *function_get_objclass(PyObject *self, void *closure)
{
    (void)closure;
    PyTypeObject *owner = ((PyFunction *)self)->owner;
    if (!owner) {
        PyErr_SetString(PyExc_AttributeError, "__objclass__");
        return NULL;
    }
    return Py_NewRef(owner);
}

static PyObject *function_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(((PyFunction *)self)->qualname);       /* pickle: by name */
}

static const PyMethodDef function_methods[] = {
    {"__reduce__", function_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static const PyGetSetDef function_getset[] = {
    {"__signature__", function_get_signature, NULL, NULL, NULL},
    {"__doc__", function_get_doc, NULL, NULL, NULL},
    {"__dict__", function_get_dict, NULL, NULL, NULL},
    {"__annotations__", function_get_annotations, NULL, NULL, NULL},
    {"__objclass__", function_get_objclass, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const PyMemberDef function_members[] = {
    {"__name__", T_OBJECT, offsetof(PyFunction, name), READONLY, NULL},
    {"__qualname__", T_OBJECT, offsetof(PyFunction, qualname), READONLY, NULL},
    {"__module__", T_OBJECT, offsetof(PyFunction, module), 0, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(PyFunction, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PyFunction, weak), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PyFunction, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot function_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)function_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)function_traverse},
    {Py_tp_clear, (void *)(uintptr_t)function_clear},
    {Py_tp_call, (void *)(uintptr_t)PyVectorcall_Call},
    {Py_tp_descr_get, (void *)(uintptr_t)function_descr_get},
    {Py_tp_repr, (void *)(uintptr_t)function_repr},
    {Py_tp_methods, (void *)(uintptr_t)function_methods},
    {Py_tp_getset, (void *)(uintptr_t)function_getset},
    {Py_tp_members, (void *)(uintptr_t)function_members},
    {0, NULL},
};

static const PyType_Spec function_spec = {
    .name = "pytfgraph._core.function",
    .basicsize = sizeof(PyFunction),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)function_slots,
};

/* A function without a self must not be bound by LOAD_METHOD, so it is of a type without METHOD_DESCRIPTOR. */
static const PyType_Spec plain_spec = {
    .name = "pytfgraph._core.plain_function",
    .basicsize = sizeof(PyFunction),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)function_slots,
};

/* ---- signatures ---- */

/* One parameter of a signature's text: "name", "name=default", "*name", "**name", "self". */
static int add_param(PyFunction *f, PyObject *params, const char *text, Py_ssize_t n)
{
    while (n && *text == ' ')
        text++, n--;
    if (!n)
        return 0;
    if (n > 2 && text[0] == '*' && text[1] == '*') {
        f->has_kwargs = true;
        return 0;
    }
    if (text[0] == '*') {
        f->has_args = true;
        return 0;
    }
    if (f->takes_self && n == 4 && memcmp(text, "self", 4) == 0)
        return 0;
    const char *equals = memchr(text, '=', (size_t)n);
    PyObject *name = PyUnicode_FromStringAndSize(text, equals ? equals - text : n);
    if (!name)
        return -1;
    PyUnicode_InternInPlace(&name);
    if (!equals)
        f->n_required = (int)PyList_GET_SIZE(params) + 1;
    int rc = PyList_Append(params, name);
    Py_DECREF(name);
    return rc;
}

static int parse_signature(PyFunction *f)
{
    PyObject *params = PyList_New(0);
    if (!params)
        return -1;
    int depth = 0;
    char quote = 0;
    const char *begin = f->row->signature + 1, *p = begin;
    for (;; p++) {
        bool end = !quote && depth == 0 && (*p == ',' || *p == ')');
        if (end) {
            if (add_param(f, params, begin, p - begin) < 0) {
                Py_DECREF(params);
                return -1;
            }
            if (*p == ')')
                break;
            begin = p + 1;
        } else if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '\'')
            quote = *p;
        else if (*p == '(' || *p == '[')
            depth++;
        else if (*p == ')' || *p == ']')
            depth--;
    }
    f->params = PyList_AsTuple(params);
    Py_DECREF(params);
    return f->params && PyTuple_GET_SIZE(f->params) <= MAX_PARAMS ? 0 : -1;
}

static PyObject *function_new(Core *core, PyTypeObject *owner, const PyRow *row)
{
    bool takes_self = owner && !(row->flags & PY_STATIC);
    PyTypeObject *type = takes_self ? core->function_type : core->plain_function_type;
    PyFunction *f = PyObject_GC_New(PyFunction, type);
    if (!f)
        return NULL;
    f->vectorcall = function_vectorcall;
    f->core = core;
    f->row = row;
    f->owner = (PyTypeObject *)Py_XNewRef(owner);
    f->name = f->qualname = f->module = f->params = f->dict = f->weak = NULL;
    f->n_required = 0;
    f->takes_self = takes_self;
    f->has_args = f->has_kwargs = false;
    f->name = PyUnicode_InternFromString(row->name);
    if (owner) {
        const char *dot = strrchr(owner->tp_name, '.');
        f->qualname = PyUnicode_FromFormat("%s.%s", dot ? dot + 1 : owner->tp_name, row->name);
    } else
        f->qualname = Py_XNewRef(f->name);
    f->module = PyObject_GetAttrString(owner ? (PyObject *)owner : core->module, owner ? "__module__" : "__name__");
    if (!f->name || !f->qualname || !f->module || parse_signature(f) < 0) {
        Py_DECREF(f);
        return NULL;
    }
    PyObject_GC_Track((PyObject *)f);
    return (PyObject *)f;
}

int py_add_functions(Core *core, PyObject *module, const PyRow *rows)
{
    for (; rows->name; rows++) {
        PyObject *f = function_new(core, NULL, rows);
        if (!f || PyModule_AddObjectRef(module, rows->name, f) < 0) {
            Py_XDECREF(f);
            return -1;
        }
        Py_DECREF(f);
    }
    return 0;
}

int py_add_methods(Core *core, PyTypeObject *type, const PyRow *rows)
{
    for (; rows->name; rows++) {
        PyObject *f = function_new(core, type, rows);
        if (f && (rows->flags & PY_STATIC))
            Py_SETREF(f, PyStaticMethod_New(f));
        if (!f || PyObject_SetAttrString((PyObject *)type, rows->name, f) < 0) {
            Py_XDECREF(f);
            return -1;
        }
        Py_DECREF(f);
    }
    return 0;
}

int py_function_init(Core *core)
{
    if (py_make_type(core, &function_spec, NULL, "_function", &core->function_type) < 0 ||
        py_make_type(core, &plain_spec, NULL, "_plain_function", &core->plain_function_type) < 0)
        return -1;
    return 0;
}
