/* Failures of the C library as Python exceptions. */
#include "base/status.h"
#include "python/binding.h"

int py_status_from_exception(TfgStatus *s)
{
    return tfg_fail(s, TFG_PYTHON_ERROR, "a Python exception is set");
}

/* pytfgraph.framework.errors_impl's class for a code; new reference. */
static PyObject *error_class(Core *core, TfgCode code)
{
    if (!core->errors && !(core->errors = PyImport_ImportModule("pytfgraph.framework.errors_impl")))
        return NULL;
    return PyObject_CallMethod(core->errors, "exception_type_from_error_code", "i", (int)code);
}

static void raise_class(Core *core, TfgCode code, const char *message, PyObject *node_def, PyObject *op)
{
    PyObject *cls = error_class(core, code);
    /* A message may show bytes of the user's that are no text. */
    PyObject *text = cls ? PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "surrogateescape") : NULL;
    PyObject *error = text ? PyObject_CallFunction(cls, "OOO", node_def, op, text) : NULL;
    Py_XDECREF(text);
    if (error)
        PyErr_SetObject(cls, error);
    Py_XDECREF(error);
    Py_XDECREF(cls);
}

PyObject *py_raise_build(Core *core, TfgStatus *s)
{
    const char *message = s->message ? s->message : "";
    PyObject *type = NULL;
    switch (s->code) {
    case TFG_PYTHON_ERROR: break;
    case TFG_INVALID_ARGUMENT:
    case TFG_VALUE_ERROR: type = PyExc_ValueError; break;
    case TFG_TYPE_ERROR: type = PyExc_TypeError; break;
    case TFG_KEY_ERROR: type = PyExc_KeyError; break;
    case TFG_RUNTIME_ERROR: type = PyExc_RuntimeError; break;
    case TFG_LOOKUP_ERROR: type = PyExc_LookupError; break;
    case TFG_RESOURCE_EXHAUSTED: type = PyExc_MemoryError; break;
    case TFG_UNIMPLEMENTED: type = PyExc_NotImplementedError; break;
    default: raise_class(core, s->code, message, Py_None, Py_None); break;
    }
    if (type)
        PyErr_SetString(type, message);
    if (s->code == TFG_PYTHON_ERROR && !PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "an exception was lost");
    tfg_status_fini(s);
    return NULL;
}

/* The folder of the package, whose own lines are not the user's; text that the caller frees. */
static char *package_folder(Core *core)
{
    PyObject *file = PyObject_GetAttrString(core->module, "__file__");
    const char *text = file && PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;
    const char *slash = text ? strrchr(text, '/') : NULL;
    char *folder = tfg_strndup(text ? text : "", slash ? (size_t)(slash - text) : 0);
    Py_XDECREF(file);
    PyErr_Clear();
    return folder;
}

/* "{{node a}}" becomes "node a (defined at FILE:LINE) ", the line of the user's program that made it. */
static void interpolate(Core *core, PyGraph *g, const char *message, TfgStr *out)
{
    char *folder = package_folder(core), name[512];
    for (const char *p = message, *begin; *p;) {
        begin = strstr(p, "{{node ");
        const char *end = begin ? strstr(begin, "}}") : NULL;
        size_t n = end ? (size_t)(end - begin - 7) : 0;
        if (!end || n >= sizeof name) {
            tfg_str_puts(out, p);
            break;
        }
        memcpy(name, begin + 7, n);
        name[n] = '\0';
        const TfgOp *op = g ? py_find_op(g, name) : NULL;
        int line = 0;
        const char *file = op && folder ? py_stack_user_line(op->stack, folder, &line) : NULL;
        tfg_str_append(out, p, (size_t)(begin - p));
        if (file)
            tfg_str_printf(out, "node %s (defined at %s:%d) ", name, file, line);
        else
            tfg_str_append(out, begin, n + 9);
        p = end + 2;
    }
    tfg_free(folder);
}

void py_op_defined_at(Core *core, const TfgOp *op, TfgStr *out)
{
    int line = 0;
    char *folder = package_folder(core);
    const char *file = folder ? py_stack_user_line(op->stack, folder, &line) : NULL;
    if (file)
        tfg_str_printf(out, " (defined at %s:%d)", file, line);
    tfg_free(folder);
}

PyObject *py_raise_run(Core *core, PyGraph *g, TfgStatus *s)
{
    if (s->code == TFG_PYTHON_ERROR || s->code > TFG_PYTHON_ERROR || (s->code >= TFG_TYPE_ERROR && s->code < TFG_PYTHON_ERROR))
        return py_raise_build(core, s);
    PyObject *op = NULL, *node_def = NULL;
    if (s->op && g && s->op->graph == g->graph) {
        op = py_wrap_op(g, (TfgOp *)(uintptr_t)s->op);
        node_def = op ? py_node_def(g, (TfgOp *)(uintptr_t)s->op) : NULL;
        if (!op || !node_def)
            PyErr_Clear();
    }
    TfgStr message = TFG_STR_INIT;
    interpolate(core, g, s->message ? s->message : "", &message);
    raise_class(core, s->code, tfg_str_text(&message), node_def ? node_def : Py_None, op ? op : Py_None);
    tfg_str_fini(&message);
    Py_XDECREF(op);
    Py_XDECREF(node_def);
    tfg_status_fini(s);
    return NULL;
}
