/* CheckpointReader: a look into a checkpoint without a graph. */
#include <pthread.h>

#include "io/checkpoint.h"
#include "python/binding.h"

typedef struct PyReader {
    PyObject_HEAD
    Core *core;
    TfgCheckpoint *checkpoint;
    pthread_mutex_t lock;       /* a checkpoint is one thread's at a time; held without the interpreter lock only */
} PyReader;

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const char *const names[] = {"filepattern", NULL};
    PyObject *given, *holder = NULL, *module = PyType_GetModuleByDef(type, &tfg_core_module);
    const char *data;
    Py_ssize_t n;
    if (!module || !PyArg_ParseTupleAndKeywords(args, kwargs, "O", (char **)(uintptr_t)names, &given) || py_as_bytes(given, &data, &n, &holder) < 0)
        return NULL;
    Core *core = PyModule_GetState(module);
    TfgStatus s = TFG_STATUS_INIT;
    TfgCheckpoint *checkpoint = NULL;
    char *path = strlen(data) == (size_t)n ? tfg_strndup(data, (size_t)n) : NULL;
    if (!path && strlen(data) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
    } else if (!path) {
        PyErr_NoMemory();
    } else {
        Py_BEGIN_ALLOW_THREADS
        checkpoint = tfg_checkpoint_open(path, &s);
        Py_END_ALLOW_THREADS
        if (!checkpoint)
            py_raise_run(core, NULL, &s);
    }
    tfg_free(path);
    Py_XDECREF(holder);
    PyReader *self = checkpoint ? (PyReader *)type->tp_alloc(type, 0) : NULL;
    if (!self) {
        tfg_checkpoint_close(checkpoint);
        return NULL;
    }
    self->core = core;
    self->checkpoint = checkpoint;
    pthread_mutex_init(&self->lock, NULL);
    return (PyObject *)self;
}

static void reader_dealloc(PyObject *o)
{
    PyReader *self = (PyReader *)o;
    PyTypeObject *type = Py_TYPE(o);
    if (self->checkpoint) {
        tfg_checkpoint_close(self->checkpoint);
        pthread_mutex_destroy(&self->lock);
    }
    type->tp_free(o);
    Py_DECREF(type);
}

/* ---- questions, each asked without the interpreter lock ---- */

typedef int (*Question)(TfgCheckpoint *c, void *context, TfgStatus *s);

static int ask(PyReader *self, Question question, void *context, TfgStatus *s)
{
    int rc;
    Py_BEGIN_ALLOW_THREADS
    pthread_mutex_lock(&self->lock);
    rc = question(self->checkpoint, context, s);
    pthread_mutex_unlock(&self->lock);
    Py_END_ALLOW_THREADS
    return rc;
}

typedef struct Wanted { const char *name; size_t n; TfgTensor *tensor; } Wanted;

static int find_question(TfgCheckpoint *c, void *context, TfgStatus *s)
{
    const Wanted *w = context;
    return tfg_checkpoint_find(c, w->name, w->n, NULL, NULL, s);
}

static int read_question(TfgCheckpoint *c, void *context, TfgStatus *s)
{
    Wanted *w = context;
    return tfg_checkpoint_read(c, w->name, w->n, &w->tensor, s);
}

static int describe_question(TfgCheckpoint *c, void *context, TfgStatus *s)
{
    return tfg_checkpoint_describe(c, context, s);
}

typedef struct Listed { char *name; size_t n; TfgDType dtype; TfgShape shape; } Listed;
typedef struct List { Listed *items; size_t n, capacity; } List;

static int list_one(void *context, const char *name, size_t n, TfgDType dtype, const TfgShape *shape, TfgStatus *s)
{
    List *list = context;
    char *copy = tfg_strndup(name, n);
    if (!copy || tfg_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items) < 0) {
        tfg_free(copy);
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "out of memory");
    }
    Listed *l = &list->items[list->n++];
    l->name = copy;
    l->n = n;
    l->dtype = dtype;
    tfg_shape_copy(&l->shape, shape);
    return 0;
}

static int list_question(TfgCheckpoint *c, void *context, TfgStatus *s)
{
    return tfg_checkpoint_each(c, list_one, context, s);
}

/* ---- methods ---- */

static int wanted_name(PyObject *given, Wanted *w, PyObject **holder)
{
    Py_ssize_t n;
    if (py_as_bytes(given, &w->name, &n, holder) < 0)
        return -1;
    w->n = (size_t)n;
    return 0;
}

static PyObject *reader_has_tensor(Core *core, PyObject *self, PyObject **args)
{
    Wanted w = {0};
    PyObject *holder = NULL;
    TfgStatus s = TFG_STATUS_INIT;
    if (wanted_name(args[0], &w, &holder) < 0)
        return NULL;
    int rc = ask((PyReader *)self, find_question, &w, &s);
    Py_XDECREF(holder);
    if (rc < 0 && s.code != TFG_NOT_FOUND)
        return py_raise_run(core, NULL, &s);
    tfg_status_fini(&s);
    return PyBool_FromLong(rc == 0);
}

static PyObject *reader_get_tensor(Core *core, PyObject *self, PyObject **args)
{
    Wanted w = {0};
    PyObject *holder = NULL;
    TfgStatus s = TFG_STATUS_INIT;
    if (wanted_name(args[0], &w, &holder) < 0)
        return NULL;
    int rc = ask((PyReader *)self, read_question, &w, &s);
    Py_XDECREF(holder);
    return rc < 0 ? py_raise_run(core, NULL, &s) : py_tensor_to_numpy_steal(core, w.tensor);
}

static PyObject *shape_list(const TfgShape *shape)
{
    PyObject *list = PyList_New(shape->rank);
    for (int i = 0; list && i < shape->rank; i++) {
        PyObject *dim = PyLong_FromLongLong(shape->dims[i]);
        if (!dim)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, dim);
    }
    return list;
}

/* {name: value(entry)} */
static PyObject *map_of(Core *core, PyObject *self, PyObject *(*value)(Core *core, const Listed *l))
{
    List list = {NULL, 0, 0};
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *map = NULL;
    if (ask((PyReader *)self, list_question, &list, &s) < 0)
        py_raise_run(core, NULL, &s);
    else
        map = PyDict_New();
    for (size_t i = 0; i < list.n; i++) {
        const Listed *l = &list.items[i];
        PyObject *name = map ? PyUnicode_DecodeUTF8(l->name, (Py_ssize_t)l->n, "surrogateescape") : NULL;
        PyObject *item = name ? value(core, l) : NULL;
        if (map && (!item || PyDict_SetItem(map, name, item) < 0))
            Py_CLEAR(map);
        Py_XDECREF(name);
        Py_XDECREF(item);
        tfg_free(list.items[i].name);
    }
    tfg_free(list.items);
    return map;
}

static PyObject *shape_value(Core *core, const Listed *l)
{
    (void)core;
    return shape_list(&l->shape);
}

static PyObject *dtype_value(Core *core, const Listed *l) { return Py_XNewRef(py_dtype(core, l->dtype)); }

static PyObject *reader_shapes(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return map_of(core, self, shape_value);
}

static PyObject *reader_dtypes(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    return map_of(core, self, dtype_value);
}

static PyObject *reader_debug_string(Core *core, PyObject *self, PyObject **args)
{
    (void)args;
    TfgStr text = TFG_STR_INIT;
    TfgStatus s = TFG_STATUS_INIT;
    PyObject *bytes = NULL;
    if (ask((PyReader *)self, describe_question, &text, &s) < 0)
        py_raise_run(core, NULL, &s);
    else
        bytes = PyBytes_FromStringAndSize(tfg_str_text(&text), (Py_ssize_t)text.n);
    tfg_str_fini(&text);
    return bytes;
}

static const PyRow rows[] = {
    {"has_tensor", "(self, tensor_str)", reader_has_tensor, "Whether the checkpoint holds a tensor of that name.", 0},
    {"get_tensor", "(self, tensor_str)", reader_get_tensor,
     "The tensor of that name as a NumPy array, put together where it is saved in slices.\n\nRaises:\n  NotFoundError: if there is none.\n"
     "  DataLossError: if the files are damaged.", 0},
    {"get_variable_to_shape_map", "(self)", reader_shapes, "{name: shape as a list}.", 0},
    {"get_variable_to_dtype_map", "(self)", reader_dtypes, "{name: DType}.", 0},
    {"debug_string", "(self)", reader_debug_string, "Names, types and shapes, a line each, as bytes.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

static const PyType_Slot slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)"Reads tensors from a checkpoint.\n\nArgs:\n  filepattern: what its files' names begin with; for the format before "
                                   "TensorFlow 0.12 the file, or a pattern for its files.\n\nRaises:\n  NotFoundError: if there is none.\n"
                                   "  DataLossError: if the files are damaged."},
    {Py_tp_new, (void *)(uintptr_t)reader_new},
    {Py_tp_dealloc, (void *)(uintptr_t)reader_dealloc},
    {0, NULL},
};

static const PyType_Spec spec = {
    "pytfgraph._core.CheckpointReader", sizeof(PyReader), 0, Py_TPFLAGS_DEFAULT, (PyType_Slot *)(uintptr_t)slots,
};

int py_checkpoint_init(Core *core)
{
    PyTypeObject *type = NULL;
    int rc = py_make_type(core, &spec, NULL, NULL, &type) < 0 ? -1 : py_add_methods(core, type, rows);
    Py_XDECREF(type);           /* the module keeps it */
    return rc;
}
