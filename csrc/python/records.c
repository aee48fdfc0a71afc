/* Record and event files as Python sees them: handles, and functions over them.  The classes are the package's. */
#include <time.h>

#include "io/events.h"
#include "io/records.h"
#include "python/binding.h"

#define READER "pytfgraph.record_reader"
#define WRITER "pytfgraph.record_writer"
#define EVENTS "pytfgraph.events"

static PyObject *raise_io(Core *core, TfgStatus *s)
{
    return py_raise_run(core, NULL, s);
}

/* Text or bytes of a path or an option; NULL with an exception. */
static const char *text_of(PyObject *o, PyObject **holder)
{
    const char *data;
    Py_ssize_t n;
    if (py_as_bytes(o, &data, &n, holder) < 0)
        return NULL;
    if (strlen(data) == (size_t)n)
        return data;
    Py_CLEAR(*holder);
    PyErr_SetString(PyExc_ValueError, "embedded null byte");
    return NULL;
}

/* ---- reading ---- */

static void reader_free(PyObject *capsule)
{
    TfgRecordReader *r = PyCapsule_GetPointer(capsule, READER);
    if (r)
        tfg_record_reader_fini(r);
    tfg_free(r);
}

static PyObject *record_reader(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *path_holder = NULL, *kind_holder = NULL, *capsule = NULL;
    const char *path = text_of(args[0], &path_holder), *kind = path ? text_of(args[2], &kind_holder) : NULL;
    long long offset = kind ? PyLong_AsLongLong(args[1]) : -1;
    TfgStatus s = TFG_STATUS_INIT;
    if (!PyErr_Occurred()) {
        TfgRecordReader *r = tfg_calloc(1, sizeof *r);
        TfgSource *in = r ? tfg_record_source_new(path, kind, &s) : NULL;
        if (!r)
            PyErr_NoMemory();
        else if (!in || tfg_record_reader_init_steal(r, in, (uint64_t)(offset < 0 ? 0 : offset), &s) < 0)
            raise_io(core, &s);
        else
            capsule = PyCapsule_New(r, READER, reader_free);
        if (r && !capsule) {
            tfg_record_reader_fini(r);
            tfg_free(r);
        }
    }
    Py_XDECREF(path_holder);
    Py_XDECREF(kind_holder);
    return capsule;
}

static PyObject *record_next(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgRecordReader *r = PyCapsule_GetPointer(args[0], READER);
    TfgStatus s = TFG_STATUS_INIT;
    if (!r)
        return NULL;
    int more = tfg_record_read(r, &s);
    if (more < 0)
        return raise_io(core, &s);
    if (more == 0)
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize(r->record.data, (Py_ssize_t)r->record.n);
}

static PyObject *record_offset(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    TfgRecordReader *r = PyCapsule_GetPointer(args[0], READER);
    return r ? PyLong_FromUnsignedLongLong(r->offset) : NULL;
}

/* ---- writing ---- */

static void writer_free(PyObject *capsule)
{
    TfgSink *w = PyCapsule_GetPointer(capsule, WRITER);
    tfg_sink_free(w);
}

/* (level, method, window_bits, mem_level, strategy, flush_mode, input_buffer, output_buffer) */
static int zlib_options(PyObject *o, TfgZlibOptions *out)
{
    Py_ssize_t in_buffer, out_buffer;
    if (!PyArg_ParseTuple(o, "iiiiiinn", &out->level, &out->method, &out->window_bits, &out->mem_level, &out->strategy, &out->flush_mode,
                          &in_buffer, &out_buffer))
        return -1;
    out->input_buffer = in_buffer < 0 ? 0 : (size_t)in_buffer;
    out->output_buffer = out_buffer < 0 ? 0 : (size_t)out_buffer;
    return 0;
}

static PyObject *record_writer(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *path_holder = NULL, *kind_holder = NULL, *capsule = NULL;
    const char *path = text_of(args[0], &path_holder), *kind = path ? text_of(args[1], &kind_holder) : NULL;
    TfgZlibOptions options;
    TfgStatus s = TFG_STATUS_INIT;
    bool given = args[2] && args[2] != Py_None;
    if (kind && (!given || zlib_options(args[2], &options) == 0)) {
        TfgSink *w = tfg_record_sink_new(path, kind, given ? &options : NULL, &s);
        if (!w)
            raise_io(core, &s);
        else if (!(capsule = PyCapsule_New(w, WRITER, writer_free)))
            tfg_sink_free(w);
    }
    Py_XDECREF(path_holder);
    Py_XDECREF(kind_holder);
    return capsule;
}

static PyObject *record_write(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgSink *w = PyCapsule_GetPointer(args[0], WRITER);
    PyObject *holder = NULL;
    const char *data;
    Py_ssize_t n;
    TfgStatus s = TFG_STATUS_INIT;
    if (!w || py_as_bytes(args[1], &data, &n, &holder) < 0)
        return NULL;
    int rc = tfg_record_write(w, data, (size_t)n, &s);
    Py_XDECREF(holder);
    return rc < 0 ? raise_io(core, &s) : Py_NewRef(Py_None);
}

static PyObject *record_flush(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgSink *w = PyCapsule_GetPointer(args[0], WRITER);
    TfgStatus s = TFG_STATUS_INIT;
    return !w ? NULL : w->flush(w, &s) < 0 ? raise_io(core, &s) : Py_NewRef(Py_None);
}

static PyObject *record_close(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgSink *w = PyCapsule_GetPointer(args[0], WRITER);
    TfgStatus s = TFG_STATUS_INIT;
    return !w ? NULL : w->close(w, &s) < 0 ? raise_io(core, &s) : Py_NewRef(Py_None);
}

/* ---- events ---- */

static void events_free(PyObject *capsule)
{
    tfg_events_free(PyCapsule_GetPointer(capsule, EVENTS));
}

static PyObject *events_new(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    PyObject *holder = NULL, *capsule = NULL;
    const char *prefix = text_of(args[0], &holder);
    TfgStatus s = TFG_STATUS_INIT;
    if (prefix) {
        TfgEvents *e = tfg_events_new(prefix, &s);
        if (!e)
            raise_io(core, &s);
        else if (!(capsule = PyCapsule_New(e, EVENTS, events_free)))
            tfg_events_free(e);
    }
    Py_XDECREF(holder);
    return capsule;
}

static PyObject *events_set_suffix(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgEvents *e = PyCapsule_GetPointer(args[0], EVENTS);
    PyObject *holder = NULL;
    const char *suffix = e ? text_of(args[1], &holder) : NULL;
    TfgStatus s = TFG_STATUS_INIT;
    if (!suffix)
        return NULL;
    int rc = tfg_events_set_suffix(e, suffix, &s);
    Py_XDECREF(holder);
    return rc < 0 ? raise_io(core, &s) : Py_NewRef(Py_None);
}

static PyObject *events_name(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgEvents *e = PyCapsule_GetPointer(args[0], EVENTS);
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr name = TFG_STR_INIT;
    if (!e)
        return NULL;
    PyObject *text = tfg_events_name(e, &name, &s) < 0 ? raise_io(core, &s) : PyUnicode_DecodeFSDefault(tfg_str_text(&name));
    tfg_str_fini(&name);
    return text;
}

static PyObject *events_add(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgEvents *e = PyCapsule_GetPointer(args[0], EVENTS);
    TfgStatus s = TFG_STATUS_INIT;
    char *data;
    Py_ssize_t n;
    if (!e || PyBytes_AsStringAndSize(args[1], &data, &n) < 0)
        return NULL;
    int64_t pending = tfg_events_add(e, data, (size_t)n, &s);
    return pending < 0 ? raise_io(core, &s) : PyLong_FromLongLong(pending);
}

/* What int() makes of a step. */
static int step_of(PyObject *o, int64_t *step)
{
    *step = 0;
    if (o == Py_None)
        return 0;
    PyObject *number = PyNumber_Long(o);
    if (number)
        *step = PyLong_AsLongLong(number);
    Py_XDECREF(number);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *events_add_summary(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    TfgEvents *e = PyCapsule_GetPointer(args[0], EVENTS);
    TfgStatus s = TFG_STATUS_INIT;
    struct timespec now;
    char *data;
    Py_ssize_t n;
    int64_t step;
    if (!e || PyBytes_AsStringAndSize(args[1], &data, &n) < 0 || step_of(args[2], &step) < 0)
        return NULL;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t pending = tfg_events_add_summary(e, data, (size_t)n, (double)now.tv_sec + (double)now.tv_nsec * 1e-9, step, &s);
    return pending < 0 ? raise_io(core, &s) : PyLong_FromLongLong(pending);
}

static PyObject *without_interpreter(Core *core, PyObject *capsule, int (*call)(TfgEvents *e, TfgStatus *s))
{
    TfgEvents *e = PyCapsule_GetPointer(capsule, EVENTS);
    TfgStatus s = TFG_STATUS_INIT;
    int rc;
    if (!e)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    rc = call(e, &s);
    Py_END_ALLOW_THREADS
    return rc < 0 ? raise_io(core, &s) : Py_NewRef(Py_None);
}

static PyObject *events_write(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return without_interpreter(core, args[0], tfg_events_write);
}

static PyObject *events_close(Core *core, PyObject *self, PyObject **args)
{
    (void)self;
    return without_interpreter(core, args[0], tfg_events_close);
}

static PyObject *events_after_fork(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)self;
    TfgEvents *e = PyCapsule_GetPointer(args[0], EVENTS);
    if (!e)
        return NULL;
    tfg_events_after_fork(e);
    Py_RETURN_NONE;
}

static const PyRow rows[] = {
    {"record_reader", "(path, offset, compression)", record_reader, "A handle that reads records from a file.", 0},
    {"record_next", "(reader)", record_next, "The next record, or None at the end.", 0},
    {"record_offset", "(reader)", record_offset, "Where the next record begins, in the uncompressed stream.", 0},
    {"record_writer", "(path, compression, options=None)", record_writer, "A handle that writes records to a file.", 0},
    {"record_write", "(writer, record)", record_write, "Writes a record.", 0},
    {"record_flush", "(writer)", record_flush, "Hands all that was written to the file.", 0},
    {"record_close", "(writer)", record_close, "Ends the file; a second time does nothing.", 0},
    {"events_new", "(prefix)", events_new, "A handle that writes an event file.", 0},
    {"events_set_suffix", "(events, suffix)", events_set_suffix, "What the file's name ends in.", 0},
    {"events_name", "(events)", events_name, "The path of the file, which is made where it is not there yet.", 0},
    {"events_add", "(events, event)", events_add, "Adds a serialised Event; returns how many bytes are not yet written.", 0},
    {"events_add_summary", "(events, summary, step)", events_add_summary, "Adds an Event of a serialised Summary, of now.", 0},
    {"events_write", "(events)", events_write, "Writes what was added.", 0},
    {"events_close", "(events)", events_close, "Writes and closes the file.", 0},
    {"events_after_fork", "(events)", events_after_fork, "To be called in a forked child.", 0},
    {NULL, NULL, NULL, NULL, 0},
};

int py_records_init(Core *core)
{
    return py_add_functions(core, core->module, rows);
}
