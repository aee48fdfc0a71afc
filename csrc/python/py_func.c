/* py_func: the kernel of PyFunc, which calls a Python function of the registry in ops/script_ops.py under the interpreter lock. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "python/binding.h"
#include "runtime/kernel.h"

static Core *find_core(void)
{
    PyObject *module = PyImport_ImportModule("pytfgraph._core");
    if (!module)
        return NULL;
    Core *core = PyModule_GetState(module);
    Py_DECREF(module);      /* sys.modules keeps it, and it the state */
    return core;
}

/* ---- Errors of the function: TensorFlow's codes for Python's classes ---- */

static TfgCode code_of(PyObject *type)
{
    if (PyErr_GivenExceptionMatches(type, PyExc_ValueError) || PyErr_GivenExceptionMatches(type, PyExc_TypeError))
        return TFG_INVALID_ARGUMENT;
    if (PyErr_GivenExceptionMatches(type, PyExc_StopIteration))
        return TFG_OUT_OF_RANGE;
    if (PyErr_GivenExceptionMatches(type, PyExc_MemoryError))
        return TFG_RESOURCE_EXHAUSTED;
    if (PyErr_GivenExceptionMatches(type, PyExc_NotImplementedError))
        return TFG_UNIMPLEMENTED;
    return TFG_UNKNOWN;
}

/* "ValueError: text\nTraceback (most recent call last): ..." */
static PyObject *error_text(PyObject *type, PyObject *value, PyObject *trace)
{
    PyObject *module = PyImport_ImportModule("pytfgraph.ops.script_ops");
    PyObject *text = module ? PyObject_CallMethod(module, "_error_text", "OOO", type, value, trace ? trace : Py_None) : NULL;
    Py_XDECREF(module);
    return text;
}

static int fail_with_exception(TfgStatus *s)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    TfgCode code = code_of(type);
    PyObject *text = error_text(type, value, trace);
    const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
    tfg_fail(s, code, "%s", utf8 ? utf8 : "the function failed");
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    PyErr_Clear();
    return -1;
}

/* ---- Arguments and results ---- */

static PyObject *make_arguments(Core *core, TfgKernelCall *c)
{
    PyObject *args = PyList_New(c->n_in);
    for (int i = 0; args && i < c->n_in; i++) {
        TfgStatus s = TFG_STATUS_INIT;
        /* The function may keep or change its argument: it gets a copy. */
        TfgTensor *copy = tfg_tensor_copy(c->in[i], &s);
        PyObject *array = copy ? py_tensor_to_numpy_steal(core, copy) : PyErr_NoMemory();
        tfg_status_fini(&s);
        if (!array)
            Py_CLEAR(args);
        else
            PyList_SET_ITEM(args, i, array);
    }
    return args;
}

/* NumPy makes objects of what it does not know; only texts are elements. */
static int check_texts(PyArrayObject *array, TfgStatus *s)
{
    if (PyArray_TYPE(array) != NPY_OBJECT)
        return 0;
    PyObject **items = PyArray_DATA(array);
    for (npy_intp i = 0; i < PyArray_SIZE(array); i++)
        if (items[i] && !PyBytes_Check(items[i]) && !PyUnicode_Check(items[i]))
            return tfg_fail(s, TFG_UNIMPLEMENTED, "Unsupported object type %s", Py_TYPE(items[i])->tp_name);
    return 0;
}

static int take_result(Core *core, TfgKernelCall *c, int i, PyObject *value, const char *token, TfgStatus *s)
{
    PyObject *array = PyArray_FROM_OF(value, NPY_ARRAY_C_CONTIGUOUS);
    if (!array)
        return fail_with_exception(s);
    TfgDType want = tfg_dtype_base(c->out_dtype[i]), got = py_dtype_of_descr(core, PyArray_DESCR((PyArrayObject *)array));
    int rc = -1;
    if (got == TFG_INVALID) {
        PyErr_Clear();
        tfg_fail(s, TFG_UNIMPLEMENTED, "Unsupported numpy type %d", PyArray_TYPE((PyArrayObject *)array));
    } else if (check_texts((PyArrayObject *)array, s) < 0) {
        rc = -1;
    } else if (got != want) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "%d-th value returned by %s is %s, but expects %s", i, token, tfg_dtype_signature_name(got),
                 tfg_dtype_signature_name(want));
    } else {
        c->out[i] = py_tensor_from_array(core, (PyArrayObject *)array, want, false);
        rc = c->out[i] ? 0 : fail_with_exception(s);
    }
    Py_DECREF(array);
    return rc;
}

static int take_results(Core *core, TfgKernelCall *c, PyObject *result, const char *token, TfgStatus *s)
{
    bool many = PyList_Check(result) || PyTuple_Check(result);
    Py_ssize_t n = many ? PySequence_Fast_GET_SIZE(result) : 1;
    if (result == Py_None && c->n_out == 0)
        return 0;
    if (n != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s returns %zd values, but expects to see %d values.", token, n, c->n_out);
    for (int i = 0; i < c->n_out; i++)
        if (take_result(core, c, i, many ? PySequence_Fast_GET_ITEM(result, i) : result, token, s) < 0)
            return -1;
    return 0;
}

static int call(TfgKernelCall *c, TfgStatus *s)
{
    Core *core = find_core();
    PyObject *registry = core ? PyImport_ImportModule("pytfgraph.ops.script_ops") : NULL, *args = NULL, *result = NULL;
    TfgBytes bytes = tfg_attrs_string(c->attrs, "token");
    char token[64] = "";
    memcpy(token, bytes.data, bytes.n < sizeof token ? bytes.n : sizeof token - 1);
    int rc = -1;
    if (registry && (args = make_arguments(core, c)))
        result = PyObject_CallMethod(registry, "_call", "sO", token, args);
    if (!result)
        fail_with_exception(s);
    else
        rc = take_results(core, c, result, token, s);
    Py_XDECREF(registry);
    Py_XDECREF(args);
    Py_XDECREF(result);
    return rc;
}

static bool is_finalizing(void)
{
#if PY_VERSION_HEX >= 0x030d0000
    return Py_IsFinalizing();
#else
    return _Py_IsFinalizing();
#endif
}

static int run_py_func(TfgKernelCall *c, TfgStatus *s)
{
    /* Who asks for the interpreter while it ends, and is no thread of its own, never comes back. */
    if (!Py_IsInitialized() || (is_finalizing() && !PyGILState_GetThisThreadState()))
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "The Python interpreter is gone");
    PyGILState_STATE held = PyGILState_Ensure();
    int rc = call(c, s);
    PyGILState_Release(held);
    return rc;
}

typedef struct Started {
    TfgKernelCall *call;
    void (*done)(TfgKernelCall *c, TfgStatus *s);
} Started;

static void run_started(void *context)
{
    Started a = *(Started *)context;
    TfgStatus s = TFG_STATUS_INIT;
    tfg_free(context);
    run_py_func(a.call, &s);
    a.done(a.call, &s);
}

/* On a thread of its own, since what the function waits for may be what another one does. */
static void start_py_func(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s))
{
    TfgStatus s = TFG_STATUS_INIT;
    Started *a = tfg_alloc(sizeof *a);
    if (a) {
        *a = (Started){c, done};
        if (tfg_parallel_detach(run_started, a) == 0)
            return;
        tfg_free(a);
    }
    tfg_fail_memory(&s);
    done(c, &s);
}

static const TfgKernelRow rows[] = {
    {.op = "PyFunc", .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_py_func, .start = start_py_func},
    {.op = "PyFuncStateless", .flags = TFG_KERNEL_EXPENSIVE | TFG_KERNEL_VALUE_SHAPE, .run = run_py_func, .start = start_py_func},
};

int py_func_init(Core *core)
{
    /* The registry is the process's; a second interpreter's module finds the rows there. */
    TfgStatus s = TFG_STATUS_INIT;
    const TfgKernelRow *found;
    if (tfg_kernels_of("PyFunc", &found, 1) > 0 || tfg_register_kernels(rows, sizeof rows / sizeof *rows, &s) == 0)
        return 0;
    py_raise_build(core, &s);
    return -1;
}
