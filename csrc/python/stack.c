/* Where operations were made: the stack of Python calls, as a chain of (code object, instruction) from the outermost call inwards.
 * Chains are hash-consed in their graph, so an op costs one pointer, and lines are looked up when somebody asks for them.  No frame
 * and no local variable is kept alive. */
#define Py_BUILD_CORE 1
#include "python/binding.h"

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030E0000 && !defined(Py_GIL_DISABLED)
#define WALK_FRAMES 1           /* the interpreter's own frames: no frame objects are made */
#include <internal/pycore_frame.h>
#else
#define WALK_FRAMES 0
#include <frameobject.h>
#endif

#define MAX_DEPTH 128

struct PyStackNode {
    PyStackNode *parent;
    PyCodeObject *code;         /* counted */
    int lasti;                  /* bytes into the code */
    uint32_t hash;
};

typedef struct Call { PyCodeObject *code; int lasti; } Call;

/* ---- walking ---- */

#if WALK_FRAMES
static int walk(Call *calls)
{
    PyThreadState *thread = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030D0000
    struct _PyInterpreterFrame *f = thread->current_frame;
#else
    struct _PyInterpreterFrame *f = thread->cframe->current_frame;
#endif
    int n = 0;
    for (; f && n < MAX_DEPTH; f = f->previous) {
        if (_PyFrame_IsIncomplete(f))
            continue;
#if PY_VERSION_HEX >= 0x030D0000
        calls[n].code = _PyFrame_GetCode(f);
#else
        calls[n].code = f->f_code;
#endif
        calls[n++].lasti = _PyInterpreterFrame_LASTI(f) * (int)sizeof(_Py_CODEUNIT);
    }
    return n;
}
#else
static int walk(Call *calls)
{
    PyFrameObject *f = PyThreadState_GetFrame(PyThreadState_Get());
    int n = 0;
    while (f && n < MAX_DEPTH) {
        PyCodeObject *code = PyFrame_GetCode(f);
        calls[n].code = code;
        Py_DECREF(code);        /* the frame keeps it */
#if PY_VERSION_HEX >= 0x030B0000
        calls[n++].lasti = PyFrame_GetLasti(f);
#else
        calls[n++].lasti = f->f_lasti * 2;
#endif
        PyFrameObject *back = PyFrame_GetBack(f);
        Py_DECREF(f);
        f = back;
    }
    Py_XDECREF(f);
    return n;
}
#endif

/* ---- the table ---- */

static uint32_t hash_call(const PyStackNode *parent, const Call *c)
{
    uint64_t h = (uint64_t)(uintptr_t)parent * 0x9E3779B97F4A7C15u;
    h ^= (uint64_t)(uintptr_t)c->code;
    h *= 0xC2B2AE3D27D4EB4Fu;
    h ^= h >> 29;
    h += (uint64_t)(uint32_t)c->lasti;
    h *= 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 32);
}

static int grow(PyStackTable *t)
{
    size_t capacity = t->capacity ? t->capacity * 2 : 64;
    PyStackNode **slots = PyMem_Calloc(capacity, sizeof(PyStackNode *));
    if (!slots)
        return -1;
    for (size_t i = 0; i < t->capacity; i++) {
        PyStackNode *node = t->slots[i];
        if (!node)
            continue;
        size_t k = node->hash & (capacity - 1);
        while (slots[k])
            k = (k + 1) & (capacity - 1);
        slots[k] = node;
    }
    PyMem_Free(t->slots);
    t->slots = slots;
    t->capacity = capacity;
    return 0;
}

static PyStackNode *find_or_add(PyStackTable *t, PyStackNode *parent, const Call *c)
{
    if (2 * (t->n + 1) > t->capacity && grow(t) < 0)
        return NULL;
    uint32_t hash = hash_call(parent, c);
    size_t k = hash & (t->capacity - 1);
    for (; t->slots[k]; k = (k + 1) & (t->capacity - 1)) {
        PyStackNode *node = t->slots[k];
        if (node->hash == hash && node->parent == parent && node->code == c->code && node->lasti == c->lasti)
            return node;
    }
    PyStackNode *node = PyMem_Malloc(sizeof *node);
    if (!node)
        return NULL;
    *node = (PyStackNode){parent, (PyCodeObject *)Py_NewRef((PyObject *)c->code), c->lasti, hash};
    t->slots[k] = node;
    t->n++;
    return node;
}

/* Most captures share the outer calls with the one before, so those are compared rather than looked up. */
void *py_stack_capture(TfgGraph *g)
{
    PyGraph *graph = py_graph_of(g);
    if (!graph)
        return NULL;
    PyStackTable *t = &graph->stacks;
    Call calls[MAX_DEPTH];
    int n = walk(calls), i = 0;
    while (i < n && i < t->depth && t->chain[i]->code == calls[n - 1 - i].code && t->chain[i]->lasti == calls[n - 1 - i].lasti)
        i++;
    PyStackNode *node = i ? t->chain[i - 1] : NULL;
    for (; i < n; i++) {
        node = find_or_add(t, node, &calls[n - 1 - i]);
        if (!node) {
            t->depth = i;
            return NULL;
        }
        t->chain[i] = node;
    }
    t->depth = n;
    return node;
}

void py_stack_fini(PyStackTable *t)
{
    for (size_t i = 0; i < t->capacity; i++)
        if (t->slots[i]) {
            Py_DECREF(t->slots[i]->code);
            PyMem_Free(t->slots[i]);
        }
    PyMem_Free(t->slots);
    *t = (PyStackTable){0};
}

/* ---- looking it up ---- */

/* linecache's text of a line, None where there is none. */
static PyObject *line_text(PyObject *linecache, PyObject *file, int line)
{
    PyObject *text = PyObject_CallMethod(linecache, "getline", "Oi", file, line);
    PyObject *stripped = text ? PyObject_CallMethod(text, "strip", NULL) : NULL;
    Py_XDECREF(text);
    if (stripped && PyUnicode_GET_LENGTH(stripped) == 0)
        Py_SETREF(stripped, Py_NewRef(Py_None));
    return stripped;
}

static PyObject *entry(PyObject *linecache, const PyStackNode *node, bool with_start_lines)
{
    PyCodeObject *code = node->code;
    int line = PyCode_Addr2Line(code, node->lasti);
    PyObject *text = line_text(linecache, code->co_filename, line);
    if (!text)
        return NULL;
    if (with_start_lines)
        return Py_BuildValue("(OiONi)", code->co_filename, line, code->co_name, text, code->co_firstlineno);
    return Py_BuildValue("(OiON)", code->co_filename, line, code->co_name, text);
}

const char *py_stack_user_line(const void *stack, const char *package, int *line)
{
    size_t n = strlen(package);
    const PyStackNode *found = stack;
    for (const PyStackNode *node = stack; node; node = node->parent) {
        const char *file = PyUnicode_AsUTF8(node->code->co_filename);
        if (!file) {
            PyErr_Clear();
            continue;
        }
        found = node;
        if (!n || strncmp(file, package, n) != 0 || file[n] != '/')
            break;
    }
    if (!found)
        return NULL;
    *line = PyCode_Addr2Line(found->code, found->lasti);
    const char *file = PyUnicode_AsUTF8(found->code->co_filename);
    if (!file)
        PyErr_Clear();
    return file;
}

PyObject *py_stack_list(const void *stack, bool with_start_lines)
{
    Py_ssize_t n = 0;
    for (const PyStackNode *node = stack; node; node = node->parent)
        n++;
    PyObject *linecache = PyImport_ImportModule("linecache"), *list = linecache ? PyList_New(n) : NULL;
    for (const PyStackNode *node = stack; list && node; node = node->parent) {
        PyObject *e = entry(linecache, node, with_start_lines);
        if (e)
            PyList_SET_ITEM(list, --n, e);
        else
            Py_CLEAR(list);
    }
    Py_XDECREF(linecache);
    return list;
}
