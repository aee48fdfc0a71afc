/* Reading large files: read_file(fd, offset, n) gives bytes as os.pread does, in memory of large pages, which the system fills in a
 * fraction of the time that small ones take. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "python/binding.h"

#define HUGE_PAGE ((uintptr_t)2 << 20)
#define MOST_AT_ONCE ((size_t)1 << 30)      /* the system reads at most 2 GB at once */

static void want_large_pages(char *data, size_t n)
{
    uintptr_t first = ((uintptr_t)data + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1), last = ((uintptr_t)data + n) & ~(HUGE_PAGE - 1);
    if (first < last)
        madvise((void *)first, last - first, MADV_HUGEPAGE);
}

/* How many bytes came, or -1 with errno. */
static Py_ssize_t read_all(int fd, char *data, size_t n, off_t offset)
{
    size_t done = 0;
    while (done < n) {
        size_t part = n - done < MOST_AT_ONCE ? n - done : MOST_AT_ONCE;
        ssize_t got = pread(fd, data + done, part, offset + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (Py_ssize_t)done;
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

static const PyRow rows[] = {
    {"read_file", "(fd, offset, n)", read_file, "Up to n bytes of an open file, from an offset.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_file_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
