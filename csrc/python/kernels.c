/* The registries as Python sees them.  load_op_library(path) adds to them; kernels_of('Add') gives what framework/kernels.py makes messages of. */
#include "python/binding.h"
#include "runtime/kernel.h"
#include "runtime/op_library.h"

#define MAX_ROWS 512

static PyObject *types_list(uint64_t types)
{
    PyObject *list = PyList_New(0);
    for (int d = 1; list && d < TFG_N_DTYPES; d++) {
        PyObject *number = types & TFG_BIT(d) ? PyLong_FromLong(d) : NULL;
        if ((types & TFG_BIT(d)) && (!number || PyList_Append(list, number) < 0))
            Py_CLEAR(list);
        Py_XDECREF(number);
    }
    return list;
}

/* (device, [(attribute, [dtype numbers])], label) */
static PyObject *describe(const TfgKernelRow *row)
{
    PyObject *constraints = PyList_New(0);
    for (size_t i = 0; constraints && i < sizeof row->types / sizeof *row->types && row->types[i].attr; i++) {
        PyObject *types = types_list(row->types[i].types);
        PyObject *pair = types ? Py_BuildValue("(sN)", row->types[i].attr, types) : NULL;
        if (!pair || PyList_Append(constraints, pair) < 0)
            Py_CLEAR(constraints);
        Py_XDECREF(pair);
    }
    return constraints ? Py_BuildValue("(sNs)", row->device ? row->device : "CPU", constraints, row->label ? row->label : "") : NULL;
}

static PyObject *kernels_of(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    const TfgKernelRow *rows[MAX_ROWS];
    const char *op = PyUnicode_AsUTF8(args[0]);
    PyObject *list = op ? PyList_New(0) : NULL;
    int n = op ? tfg_kernels_of(op, rows, MAX_ROWS) : 0;
    for (int i = 0; list && i < n && i < MAX_ROWS; i++) {
        PyObject *row = describe(rows[i]);
        if (!row || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

/* Registering takes the interpreter's lock nowhere, but a library's initialiser may take its time. */
static PyObject *load_op_library(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *path = NULL;
    if (!PyUnicode_FSConverter(args[0], &path))
        return NULL;
    TfgStatus s = TFG_STATUS_INIT;
    const TfgOpLibrary *library;
    Py_BEGIN_ALLOW_THREADS
    library = tfg_op_library_open(PyBytes_AS_STRING(path), &s);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    if (!library)
        return py_raise_run(core, NULL, &s);
    int n;
    const char *const *names = tfg_op_library_names(library, &n);
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < n; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

static const PyRow rows[] = {
    {"load_op_library", "(path)", load_op_library, "Opens a shared library of operations: the names of those it brings.", 0},
    {"kernels_of", "(op_type)", kernels_of, "The kernels of an op: (device, [(attribute, [dtype numbers])], label) each.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_kernels_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
