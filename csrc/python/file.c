/* Large files and messages.  read_file(fd, offset, n) gives bytes as os.pread does, in memory of large pages, which the system fills in
 * a fraction of the time that small ones take; in_large_pages(n, function, argument) calls a function that takes n bytes. */
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/parallel.h"
#include "python/binding.h"

#define HUGE_PAGE ((uintptr_t)2 << 20)
#define PART ((size_t)4 << 20)

static void want_large_pages(char *data, size_t n)
{
    uintptr_t first = ((uintptr_t)data + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1), last = ((uintptr_t)data + n) & ~(HUGE_PAGE - 1);
    if (first < last)
        madvise((void *)first, last - first, MADV_HUGEPAGE);
}

typedef struct Reading {
    int fd;
    char *data;
    size_t n;
    off_t offset;
    _Atomic int problem;        /* errno */
    _Atomic size_t end;         /* where the file ended */
} Reading;

/* One part of the file; the copy out of the system's cache is worth a thread of its own. */
static void read_part(void *context, int64_t i)
{
    Reading *r = context;
    size_t at = (size_t)i * PART, last = r->n - at < PART ? r->n : at + PART;
    while (at < last) {
        ssize_t got = pread(r->fd, r->data + at, last - at, r->offset + (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            atomic_store(&r->problem, errno);
        if (got <= 0)
            break;
        at += (size_t)got;
    }
    for (size_t end = atomic_load(&r->end); at < last && at < end && !atomic_compare_exchange_weak(&r->end, &end, at);)
        ;
}

/* How many bytes came, or -1 with errno. */
static Py_ssize_t read_all(int fd, char *data, size_t n, off_t offset)
{
    Reading r = {.fd = fd, .data = data, .n = n, .offset = offset, .end = n};
    tfg_parallel((int64_t)((n + PART - 1) / PART), 0, read_part, &r);
    errno = atomic_load(&r.problem);
    return errno ? -1 : (Py_ssize_t)atomic_load(&r.end);
}

static PyObject *read_file(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    long fd = PyLong_AsLong(args[0]);
    long long offset = PyLong_AsLongLong(args[1]);
    Py_ssize_t n = PyLong_AsSsize_t(args[2]), got;
    if (PyErr_Occurred())
        return NULL;
    if (fd < 0 || fd > INT_MAX || offset < 0 || n < 0)
        return PyErr_Format(PyExc_ValueError, "read_file: a number is out of range");
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (!bytes)
        return NULL;
    char *data = PyBytes_AS_STRING(bytes);
    int problem = 0;
    Py_BEGIN_ALLOW_THREADS
    want_large_pages(data, (size_t)n);
    got = read_all((int)fd, data, (size_t)n, (off_t)offset);
    problem = errno;
    Py_END_ALLOW_THREADS
    if (got < 0) {
        Py_DECREF(bytes);
        errno = problem;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    if (got < n && _PyBytes_Resize(&bytes, got) < 0)
        return NULL;
    return bytes;
}

static PyObject *in_large_pages(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    Py_ssize_t n = PyLong_AsSsize_t(args[0]);
    if (PyErr_Occurred())
        return NULL;
    TfgHeap *heap = n > 0 ? tfg_heap_begin((size_t)n) : NULL;
    PyObject *result = PyObject_CallOneArg(args[1], args[2]);
    tfg_heap_end(heap);
    return result;
}

static const PyRow rows[] = {
    {"read_file", "(fd, offset, n)", read_file, "Up to n bytes of an open file, from an offset.", 0},
    {"in_large_pages", "(n, function, argument)", in_large_pages, "function(argument), whose memory, some n bytes, lies in large pages.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_file_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
