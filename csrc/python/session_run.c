/* Session.run: feeds in, the plan's step without the interpreter lock, fetches out.  Plans are kept by what they fetch and feed, so a
 * call that was made before costs a look-up. */
#include <pthread.h>

#include "python/binding.h"

/* ---- plans ---- */

typedef struct PyPlanSlot {     /* key: feeds, fetches, then targets as outputs with index -1 */
    uint64_t hash;
    TfgPlan *plan;              /* counted */
    int n_feeds, n_fetches, n_targets;
    TfgOutput key[];
} PyPlanSlot;

enum { MAX_PLANS = 1024 };      /* beyond that many, all are forgotten: the C session keeps its own, within a budget */

typedef struct RunKey {
    const PyFeeds *feeds;
    const TfgOutput *fetches;
    TfgOp *const *targets;
    int n_fetches, n_targets;
} RunKey;

static uint64_t mix(uint64_t h, TfgOutput o)
{
    h ^= (uint64_t)(uintptr_t)o.op + (uint64_t)(uint32_t)o.index;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
}

static uint64_t hash_key(const RunKey *k)
{
    uint64_t h = (uint64_t)k->feeds->n * 31 + (uint64_t)k->n_fetches;
    for (int i = 0; i < k->feeds->n; i++)
        h = mix(h, k->feeds->items[i].to);
    for (int i = 0; i < k->n_fetches; i++)
        h = mix(h, k->fetches[i]);
    for (int i = 0; i < k->n_targets; i++)
        h = mix(h, (TfgOutput){k->targets[i], -1});
    return h;
}

static bool same(TfgOutput a, TfgOutput b) { return a.op == b.op && a.index == b.index; }

static bool matches(const PyPlanSlot *s, const RunKey *k)
{
    if (s->n_feeds != k->feeds->n || s->n_fetches != k->n_fetches || s->n_targets != k->n_targets)
        return false;
    const TfgOutput *key = s->key;
    for (int i = 0; i < k->feeds->n; i++)
        if (!same(*key++, k->feeds->items[i].to))
            return false;
    for (int i = 0; i < k->n_fetches; i++)
        if (!same(*key++, k->fetches[i]))
            return false;
    for (int i = 0; i < k->n_targets; i++)
        if ((key++)->op != k->targets[i])
            return false;
    return true;
}

void py_session_drop_plans(PySession *s)
{
    for (size_t i = 0; i < s->plans_capacity; i++)
        if (s->plans[i]) {
            tfg_plan_unref(s->plans[i]->plan);
            PyMem_Free(s->plans[i]);
        }
    PyMem_Free(s->plans);
    s->plans = NULL;
    s->n_plans = s->plans_capacity = 0;
}

static int grow_plans(PySession *s)
{
    size_t capacity = s->plans_capacity ? 2 * s->plans_capacity : 16;
    PyPlanSlot **slots = PyMem_Calloc(capacity, sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < s->plans_capacity; i++) {
        PyPlanSlot *p = s->plans[i];
        size_t k = p ? p->hash & (capacity - 1) : 0;
        while (p && slots[k])
            k = (k + 1) & (capacity - 1);
        if (p)
            slots[k] = p;
    }
    PyMem_Free(s->plans);
    s->plans = slots;
    s->plans_capacity = capacity;
    return 0;
}

static PyPlanSlot *new_slot(PySession *s, const RunKey *k, uint64_t hash)
{
    size_t n = (size_t)k->feeds->n + (size_t)k->n_fetches + (size_t)k->n_targets;
    PyPlanSlot *p = PyMem_Malloc(sizeof *p + n * sizeof(TfgOutput));
    if (!p) {
        PyErr_NoMemory();
        return NULL;
    }
    *p = (PyPlanSlot){.hash = hash, .n_feeds = k->feeds->n, .n_fetches = k->n_fetches, .n_targets = k->n_targets};
    TfgOutput *key = p->key;
    for (int i = 0; i < k->feeds->n; i++)
        *key++ = k->feeds->items[i].to;
    for (int i = 0; i < k->n_fetches; i++)
        *key++ = k->fetches[i];
    for (int i = 0; i < k->n_targets; i++)
        *key++ = (TfgOutput){k->targets[i], -1};
    TfgStatus status = TFG_STATUS_INIT;
    TfgSession *session = s->session;
    Py_BEGIN_ALLOW_THREADS
    p->plan = tfg_session_plan(session, p->key, p->n_feeds, p->key + p->n_feeds, p->n_fetches, k->targets, k->n_targets, &status);
    Py_END_ALLOW_THREADS
    if (!p->plan) {
        PyMem_Free(p);
        py_raise_run(s->core, s->graph, &status);
        return NULL;
    }
    return p;
}

static PyPlanSlot *find_slot(PySession *s, const RunKey *key, uint64_t hash, size_t *at)
{
    size_t k = hash & (s->plans_capacity - 1);
    for (; s->plans_capacity && s->plans[k]; k = (k + 1) & (s->plans_capacity - 1))
        if (s->plans[k]->hash == hash && matches(s->plans[k], key))
            break;
    *at = k;
    return s->plans_capacity ? s->plans[k] : NULL;
}

/* Borrowed from the session's table: good until the session forgets its plans, so callers count it while they run it. */
static TfgPlan *plan_for(PySession *s, const RunKey *key)
{
    uint64_t hash = hash_key(key);
    size_t at;
    PyPlanSlot *p = find_slot(s, key, hash, &at);
    if (p)
        return p->plan;
    p = new_slot(s, key, hash);         /* lets other threads run: the table may be another one now */
    if (!p)
        return NULL;
    if (s->n_plans >= MAX_PLANS)
        py_session_drop_plans(s);
    if (2 * (s->n_plans + 1) > s->plans_capacity && grow_plans(s) < 0) {
        tfg_plan_unref(p->plan);
        PyMem_Free(p);
        return NULL;
    }
    PyPlanSlot *other = find_slot(s, key, hash, &at);
    if (other) {
        tfg_plan_unref(p->plan);
        PyMem_Free(p);
        return other->plan;
    }
    s->plans[at] = p;
    s->n_plans++;
    return p->plan;
}

/* ---- options ---- */

typedef struct Interrupt { pthread_t caller; bool raised; } Interrupt;

/* Ctrl-C while a step runs: the signal's handler raises in the thread that called run. */
static int interrupted(void *arg)
{
    Interrupt *i = arg;
    if (i->raised)
        return 1;
    if (!pthread_equal(pthread_self(), i->caller) || !Py_IsInitialized())
        return 0;
    PyGILState_STATE state = PyGILState_Ensure();
    i->raised = PyErr_CheckSignals() < 0;
    PyGILState_Release(state);
    return i->raised;
}

static int64_t field(PyObject *message, const char *name)
{
    PyObject *o = PyObject_GetAttrString(message, name);
    int64_t v = o ? PyLong_AsLongLong(o) : -1;
    Py_XDECREF(o);
    return v;
}

static int read_options(Core *core, PyObject *message, TfgRunOptions *out)
{
    if (!message || message == Py_None)
        return 0;
    if (!py_is_message(core, message, "tensorflow.RunOptions")) {
        PyObject *bytes = py_message_bytes(core, message);      /* words of Python about what it lacks */
        if (bytes)
            py_raise_named(PyExc_TypeError, "options must be a tf.RunOptions, but got %R", (PyObject *)Py_TYPE(message));
        Py_XDECREF(bytes);
        return -1;
    }
    out->timeout_ms = field(message, "timeout_in_ms");
    out->trace_level = (int)field(message, "trace_level");
    out->output_partition_graphs = field(message, "output_partition_graphs") == 1;
    return PyErr_Occurred() ? -1 : 0;
}

static int write_metadata(Core *core, PyObject *message, const TfgStr *bytes)
{
    PyObject *data = PyBytes_FromStringAndSize(bytes->data, (Py_ssize_t)bytes->n);
    PyObject *done = data ? PyObject_CallMethodOneArg(message, PY_STR(core, ParseFromString), data) : NULL;
    Py_XDECREF(data);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* ---- a step ---- */

#define INLINE_VALUES 16

typedef struct Step {           /* feed and fetch arrays of one step */
    TfgTensor **fed, **values;
    TfgTensor *fed_inline[INLINE_VALUES], *values_inline[INLINE_VALUES];
} Step;

static int step_init(Step *s, int n_feeds, int n_fetches)
{
    s->fed = n_feeds <= INLINE_VALUES ? s->fed_inline : PyMem_Malloc((size_t)n_feeds * sizeof(TfgTensor *));
    s->values = n_fetches <= INLINE_VALUES ? s->values_inline : PyMem_Malloc((size_t)n_fetches * sizeof(TfgTensor *));
    if (s->fed && s->values) {
        for (int i = 0; i < n_fetches; i++)
            s->values[i] = NULL;
        return 0;
    }
    PyErr_NoMemory();
    return -1;
}

static void step_fini(Step *s)
{
    if (s->fed != s->fed_inline)
        PyMem_Free(s->fed);
    if (s->values != s->values_inline)
        PyMem_Free(s->values);
}

static void drop_values(Step *s, int n)
{
    for (int i = 0; i < n; i++) {
        tfg_tensor_unref(s->values[i]);
        s->values[i] = NULL;
    }
}

/* Runs the plan; s->values are n new references on success, and nothing on failure. */
static int run_plan(PySession *session, TfgPlan *plan, Step *s, int n_values, PyObject *options, PyObject *metadata)
{
    Interrupt interrupt = {pthread_self(), false};
    TfgStr bytes = TFG_STR_INIT;
    TfgRunOptions o = {.interrupted = interrupted, .interrupted_arg = &interrupt};
    bool wants = metadata && metadata != Py_None;
    if (read_options(session->core, options, &o) < 0)
        return -1;
    if (wants)
        o.metadata = &bytes;
    TfgStatus status = TFG_STATUS_INIT;
    int rc;
    tfg_plan_ref(plan);
    Py_BEGIN_ALLOW_THREADS
    rc = tfg_plan_run(plan, s->fed, s->values, &o, &status);
    tfg_plan_unref(plan);
    Py_END_ALLOW_THREADS
    if (interrupt.raised && PyErr_Occurred()) {
        tfg_status_fini(&status);
        drop_values(s, rc == 0 ? n_values : 0);
        rc = -1;
    } else if (rc < 0)
        py_raise_run(session->core, session->graph, &status);
    else if (wants && (rc = write_metadata(session->core, metadata, &bytes)) < 0)
        drop_values(s, n_values);
    tfg_str_fini(&bytes);
    return rc;
}

/* A fetched handle becomes an object that lets go of its tensor when it goes. */
static PyObject *wrap_handle_steal(PySession *session, TfgOutput o, PyObject *value)
{
    PyObject *module = value ? PyImport_ImportModule("pytfgraph.ops.session_ops") : NULL;
    PyObject *dtype = module ? py_dtype(session->core, tfg_dtype_base(o.op->inputs[0].op->outputs[o.op->inputs[0].index].dtype)) : NULL;
    PyObject *handle = dtype ? PyObject_CallMethod(module, "TensorHandle", "OOO", value, dtype, (PyObject *)session) : NULL;
    Py_XDECREF(value);
    Py_XDECREF(module);
    return handle;
}

static bool is_handle(TfgOutput o)
{
    return o.op->n_inputs == 1 && strncmp(o.op->def->name, "GetSessionHandle", 16) == 0;
}

/* values[i] for the i-th distinct tensor: what the step gave, or what was fed. */
static PyObject *build_results(PySession *session, PyFetchTree *tree, PyFeeds *feeds, TfgTensor **values, bool wraps)
{
    PyObject *inline_objects[PY_FETCH_INLINE] = {NULL}, **objects = inline_objects, *result = NULL;
    int n = tree->n_outputs, made = 0, next = 0;
    if (n > PY_FETCH_INLINE && !(objects = PyMem_Malloc((size_t)n * sizeof *objects)))
        PyErr_NoMemory();
    for (; objects && made < n; made++) {
        PyFeedItem *fed = NULL;
        for (int i = 0; i < feeds->n && !fed; i++)
            fed = same(feeds->items[i].to, tree->outputs[made]) ? &feeds->items[i] : NULL;
        if (fed)
            objects[made] = py_feed_array(session->core, fed);
        else {
            objects[made] = py_tensor_to_numpy_steal(session->core, values[next]);
            values[next++] = NULL;
        }
        if (wraps && is_handle(tree->outputs[made]))
            objects[made] = wrap_handle_steal(session, tree->outputs[made], objects[made]);
        if (!objects[made])
            break;
    }
    if (objects && made == n)
        result = py_fetch_build(tree, objects);
    for (int i = 0; objects && i < made; i++)
        Py_DECREF(objects[i]);
    if (objects != inline_objects)
        PyMem_Free(objects);
    return result;
}

/* The distinct tensors that are not fed themselves; *n of them, in `space` or new memory. */
static TfgOutput *unfed(const PyFetchTree *tree, const PyFeeds *feeds, TfgOutput *space, int *n)
{
    if (!feeds->n) {
        *n = tree->n_outputs;
        return tree->outputs;
    }
    TfgOutput *out = tree->n_outputs <= PY_FETCH_INLINE ? space : PyMem_Malloc((size_t)tree->n_outputs * sizeof *out);
    *n = 0;
    for (int i = 0; out && i < tree->n_outputs; i++) {
        bool fed = false;
        for (int k = 0; k < feeds->n && !fed; k++)
            fed = same(feeds->items[k].to, tree->outputs[i]);
        if (!fed)
            out[(*n)++] = tree->outputs[i];
    }
    if (!out)
        PyErr_NoMemory();
    return out;
}

static int run_partial(PySession *session, const char *handle, const RunKey *key, Step *step)
{
    if (key->n_targets) {
        PyErr_SetString(PyExc_RuntimeError, "partial_run() requires empty target_list.");
        return -1;
    }
    TfgOutput *to = PyMem_Malloc(((size_t)key->feeds->n + 1) * sizeof *to);
    if (!to) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < key->feeds->n; i++)
        to[i] = key->feeds->items[i].to;
    TfgStatus status = TFG_STATUS_INIT;
    Interrupt interrupt = {pthread_self(), false};
    TfgRunOptions o = {.interrupted = interrupted, .interrupted_arg = &interrupt};
    int rc;
    Py_BEGIN_ALLOW_THREADS
    rc = tfg_session_partial_run(session->session, handle, to, step->fed, key->feeds->n, key->fetches, step->values, key->n_fetches, &o,
                                 &status);
    Py_END_ALLOW_THREADS
    PyMem_Free(to);
    if (interrupt.raised && PyErr_Occurred()) {
        tfg_status_fini(&status);
        drop_values(step, rc == 0 ? key->n_fetches : 0);
        rc = -1;
    } else if (rc < 0)
        py_raise_run(session->core, session->graph, &status);
    return rc;
}

static PyObject *run_tree(PySession *session, const char *handle, PyFetchTree *tree, PyFeeds *feeds, PyObject *options, PyObject *metadata)
{
    TfgOutput space[PY_FETCH_INLINE];
    int n = 0, rc = 0;
    TfgOutput *fetches = unfed(tree, feeds, space, &n);
    if (!fetches)
        return NULL;
    PyObject *result = NULL;
    Step step;
    RunKey key = {feeds, fetches, tree->targets, n, tree->n_targets};
    if (step_init(&step, feeds->n, n) < 0)
        goto done;
    for (int i = 0; i < feeds->n; i++)
        step.fed[i] = feeds->items[i].value;
    if (handle && (n || tree->n_targets || feeds->n))
        rc = run_partial(session, handle, &key, &step);
    else if (n || tree->n_targets) {
        TfgPlan *plan = plan_for(session, &key);
        rc = plan ? run_plan(session, plan, &step, n, options, metadata) : -1;
    }
    if (rc == 0)
        result = build_results(session, tree, feeds, step.values, true);
    if (rc == 0)
        drop_values(&step, n);
done:
    step_fini(&step);
    if (fetches != space && fetches != tree->outputs)
        PyMem_Free(fetches);
    return result;
}

int py_session_check_open(PySession *s)
{
    if (s->closed || !s->session)
        PyErr_SetString(PyExc_RuntimeError, "Attempted to use a closed Session.");
    else if (tfg_graph_version(s->graph->graph) == 0)
        PyErr_SetString(PyExc_RuntimeError, "The Session graph is empty.  Add operations to the graph before calling run().");
    else
        return 0;
    return -1;
}

int py_session_check_cancelled(PySession *s)
{
    if (s->session && !s->closed)
        return 0;
    TfgStatus status = TFG_STATUS_INIT;
    tfg_fail(&status, TFG_CANCELLED, "Session has been closed.");
    py_raise_run(s->core, s->graph, &status);
    return -1;
}

/* Names among the fetches are looked up in the session's graph, which is the default one meanwhile. */
static int take_fetches(PySession *s, PyFetchTree *tree, PyObject *fetches)
{
    Core *core = s->core;
    if (Py_IS_TYPE(fetches, core->tensor_type) || Py_IS_TYPE(fetches, core->operation_type))
        return py_fetch_add(tree, s->graph, fetches);
    if (py_push_graph(core, s->graph) < 0)
        return -1;
    int rc = py_fetch_add(tree, s->graph, fetches);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (py_pop_graph(core, s->graph) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    return rc;
}

PyObject *py_session_run(PySession *s, PyObject *handle, PyObject *fetches, PyObject *feed_dict, PyObject *options, PyObject *metadata)
{
    if (py_session_check_open(s) < 0)
        return NULL;
    const char *handle_text = NULL;
    if (handle && !(handle_text = PyUnicode_Check(handle) ? PyUnicode_AsUTF8(handle) : PyBytes_AsString(handle)))
        return NULL;
    PyFeeds feeds;
    PyFetchTree tree;
    PyObject *result = NULL, *kept = NULL;
    int has_feeds = feed_dict && feed_dict != Py_None ? PyObject_IsTrue(feed_dict) : 0;
    py_feeds_init(&feeds);
    py_fetch_init(&tree);
    if (has_feeds >= 0 && (!has_feeds || py_feeds_add_dict(&feeds, s->graph, feed_dict) == 0) && take_fetches(s, &tree, fetches) == 0 &&
        py_feeds_move(&feeds, s, &kept) == 0 && py_feeds_resolve(&feeds, s) == 0)
        result = run_tree(s, handle_text, &tree, &feeds, options, metadata);
    Py_XDECREF(kept);
    py_fetch_fini(&tree);
    py_feeds_fini(&feeds);
    return result;
}

/* ---- methods of sessions ---- */

static PyObject *session_run(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return py_session_run((PySession *)self, NULL, args[0], args[1], args[2], args[3]);
}

static PyObject *session_partial_run(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    return py_session_run((PySession *)self, args[0], args[1], args[2], NULL, NULL);
}

/* One feed of partial_run_setup, which registered classes expand; appended to `list` as tensors. */
static int setup_feed(PySession *s, PyObject *feed, PyObject *list)
{
    Core *core = s->core;
    PyObject *parts = NULL;
    for (Py_ssize_t i = 0; !parts && i < PyList_GET_SIZE(core->expansions); i++) {
        PyObject *entry = PyList_GET_ITEM(core->expansions, i);
        int yes = PyObject_IsInstance(feed, PyTuple_GET_ITEM(entry, 0));
        if (yes < 0)
            return -1;
        if (yes)
            parts = PyObject_CallOneArg(PyTuple_GET_ITEM(entry, 3), feed);
    }
    if (!parts && !PyErr_Occurred())
        parts = py_parts(core, feed, NULL);
    if (!parts && PyErr_Occurred())
        return -1;
    PyObject *items = parts ? PySequence_List(parts) : PyList_New(0);
    if (items && !parts && PyList_Append(items, feed) < 0)
        Py_CLEAR(items);
    Py_XDECREF(parts);
    int rc = items ? 0 : -1;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(items); i++) {
        if (PyList_GET_ITEM(items, i) == Py_None)
            continue;
        PyObject *t = py_graph_element(s->graph, PyList_GET_ITEM(items, i), true, false);
        rc = t ? PyList_Append(list, t) : -1;
        Py_XDECREF(t);
    }
    Py_XDECREF(items);
    return rc;
}

static PyObject *setup(PySession *s, PyObject *tensors, const PyFetchTree *tree)
{
    Py_ssize_t n = PyList_GET_SIZE(tensors);
    if (!tree->n_outputs && !tree->n_targets) {
        TfgStatus none = TFG_STATUS_INIT;
        tfg_fail(&none, TFG_INVALID_ARGUMENT, "Must specify at least one target to fetch or execute.");
        return py_raise_run(s->core, s->graph, &none);
    }
    TfgOutput *feeds = PyMem_Malloc(((size_t)n + 1) * sizeof *feeds);
    if (!feeds)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n; i++)
        feeds[i] = py_output((PyTensor *)PyList_GET_ITEM(tensors, i));
    TfgStatus status = TFG_STATUS_INIT;
    char *handle;
    Py_BEGIN_ALLOW_THREADS
    handle = tfg_session_partial_setup(s->session, feeds, (int)n, tree->outputs, tree->n_outputs, tree->targets, tree->n_targets, &status);
    Py_END_ALLOW_THREADS
    PyMem_Free(feeds);
    if (!handle)
        return py_raise_run(s->core, s->graph, &status);
    PyObject *text = PyUnicode_FromString(handle);
    tfg_free(handle);
    return text;
}

static PyObject *session_partial_run_setup(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PySession *s = (PySession *)self;
    if (py_session_check_open(s) < 0)
        return NULL;
    PyObject *feeds = args[1] && args[1] != Py_None ? args[1] : NULL, *tensors = PyList_New(0), *result = NULL;
    PyObject *list = !feeds ? PyList_New(0) : PyList_Check(feeds) || PyTuple_Check(feeds) ? PySequence_List(feeds) : PyList_New(0);
    if (list && feeds && !PyList_Check(feeds) && !PyTuple_Check(feeds) && PyList_Append(list, feeds) < 0)
        Py_CLEAR(list);
    PyFetchTree tree;
    py_fetch_init(&tree);
    int rc = list && tensors ? 0 : -1;
    for (Py_ssize_t i = 0; rc == 0 && i < PyList_GET_SIZE(list); i++)
        rc = setup_feed(s, PyList_GET_ITEM(list, i), tensors);
    if (rc == 0 && take_fetches(s, &tree, args[0]) == 0)
        result = setup(s, tensors, &tree);
    py_fetch_fini(&tree);
    Py_XDECREF(list);
    Py_XDECREF(tensors);
    return result;
}

/* ==== callables ==== */

typedef struct PyCallable {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PySession *session;
    PyObject *fetches, *feeds;          /* feeds: tuple, or NULL: takes no values */
    PyObject *options;                  /* RunOptions of each call that gives none, or NULL */
    PyFetchTree tree;
    TfgOutput *to;                      /* outputs of `feeds`; NULL where one of them is no plain tensor */
    TfgPlan *plan;                      /* counted; made at the first call */
    int n_feeds;
    bool accepts_options, flat;         /* flat: gives a list whatever was asked (CallableOptions) */
} PyCallable;

static int keyword(PyObject *const *values, PyObject *kwnames, const char *name, PyObject **out, Py_ssize_t *used)
{
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, i), name) == 0) {
            *out = values[i];
            ++*used;
        }
    return 0;
}

/* The long way: as session.run(fetches, dict(zip(feeds, args))). */
static PyObject *call_generic(PyCallable *c, PyObject *const *args, Py_ssize_t n, PyObject *options, PyObject *metadata)
{
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && c->feeds && i < PyTuple_GET_SIZE(c->feeds) && i < n; i++)
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(c->feeds, i), args[i]) < 0)
            Py_CLEAR(dict);
    PyObject *result = dict ? py_session_run(c->session, NULL, c->fetches, dict, options, metadata) : NULL;
    Py_XDECREF(dict);
    return result;
}

static TfgPlan *callable_plan(PyCallable *c, const PyFeeds *feeds)
{
    if (!c->plan) {
        RunKey key = {feeds, c->tree.outputs, c->tree.targets, c->tree.n_outputs, c->tree.n_targets};
        TfgPlan *plan = plan_for(c->session, &key);     /* lets go of the interpreter: another call may have been faster */
        if (plan && !c->plan)
            c->plan = tfg_plan_ref(plan);
    }
    return c->plan;
}

static PyObject *call_planned(PyCallable *c, PyFeeds *feeds, PyObject *options, PyObject *metadata)
{
    Step step;
    PyObject *result = NULL;
    TfgPlan *plan = callable_plan(c, feeds);
    if (!plan || step_init(&step, feeds->n, c->tree.n_outputs) < 0)
        return NULL;
    for (int i = 0; i < feeds->n; i++)
        step.fed[i] = feeds->items[i].value;
    if (run_plan(c->session, plan, &step, c->tree.n_outputs, options, metadata) == 0) {
        PyFeeds none;
        py_feeds_init(&none);
        /* The callable of a single tensor gives what came, as in TensorFlow. */
        bool wraps = !c->flat && !Py_IS_TYPE(c->fetches, c->session->core->tensor_type);
        result = build_results(c->session, &c->tree, &none, step.values, wraps);
        drop_values(&step, c->tree.n_outputs);
        py_feeds_fini(&none);
    }
    step_fini(&step);
    return result;
}

static PyObject *callable_call(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyCallable *c = (PyCallable *)self;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), used = 0;
    PyObject *options = NULL, *metadata = NULL;
    if (kwnames && (c->accepts_options || c->feeds || c->flat)) {
        keyword(args + n, kwnames, "options", &options, &used);
        keyword(args + n, kwnames, "run_metadata", &metadata, &used);
    }
    if (kwnames && used != PyTuple_GET_SIZE(kwnames))
        return PyErr_Format(PyExc_TypeError, "got an unexpected keyword argument '%U'", PyTuple_GET_ITEM(kwnames, 0));
    if (!c->feeds && n > (c->accepts_options ? 2 : 0))
        return PyErr_Format(PyExc_TypeError, "takes %d positional arguments but %zd were given", c->accepts_options ? 2 : 0, n);
    if (!c->feeds && n > 0) {
        options = args[0];
        metadata = n > 1 ? args[1] : metadata;
        n = 0;
    }
    if (!options)
        options = c->options;
    if (c->flat && n != c->n_feeds)
        return PyErr_Format(PyExc_ValueError, "Expected %d feed values, got %zd", c->n_feeds, n);
    if (c->feeds && (n < c->n_feeds || !c->to))
        return call_generic(c, args, n, options, metadata);
    if (py_session_check_cancelled(c->session) < 0)
        return NULL;
    PyFeeds feeds;
    PyObject *result = NULL;
    int rc = 0;
    py_feeds_init(&feeds);
    for (int i = 0; rc == 0 && i < c->n_feeds; i++)
        rc = py_feeds_add_value(&feeds, c->session->graph, PyTuple_GET_ITEM(c->feeds, i), c->to[i], args[i]);
    if (rc == 0 && py_feeds_resolve(&feeds, c->session) == 0)
        result = call_planned(c, &feeds, options, metadata);
    py_feeds_fini(&feeds);
    return result;
}

/* A plan serves when all feeds are tensors, each fed once, and none of them is fetched. */
static int plain_feeds(PyCallable *c)
{
    int n = c->n_feeds = c->feeds ? (int)PyTuple_GET_SIZE(c->feeds) : 0;
    c->to = PyMem_Malloc(((size_t)n + 1) * sizeof *c->to);
    if (!c->to) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < n; i++) {
        PyObject *t = PyTuple_GET_ITEM(c->feeds, i);
        bool plain = Py_IS_TYPE(t, c->session->core->tensor_type) && ((PyTensor *)t)->graph == c->session->graph;
        if (plain)
            c->to[i] = py_output((PyTensor *)t);
        for (int k = 0; plain && k < i; k++)
            plain = !same(c->to[k], c->to[i]);
        for (int k = 0; plain && k < c->tree.n_outputs; k++)
            plain = !same(c->tree.outputs[k], c->to[i]);
        if (!plain) {
            PyMem_Free(c->to);
            c->to = NULL;
            return 0;
        }
    }
    return 0;
}

static PyObject *callable_new(PySession *s, PyObject *fetches, PyObject *feeds, bool accepts_options, bool flat)
{
    PyCallable *c = PyObject_GC_New(PyCallable, s->core->callable_type);
    if (!c)
        return NULL;
    c->vectorcall = callable_call;
    c->options = NULL;
    c->session = (PySession *)Py_NewRef((PyObject *)s);
    c->fetches = Py_NewRef(fetches);
    c->feeds = feeds ? PySequence_Tuple(feeds) : NULL;
    py_fetch_init(&c->tree);
    c->to = NULL;
    c->plan = NULL;
    c->n_feeds = 0;
    c->accepts_options = accepts_options;
    c->flat = flat;
    PyObject_GC_Track((PyObject *)c);
    if ((feeds && !c->feeds) || take_fetches(s, &c->tree, fetches) < 0 || plain_feeds(c) < 0)
        Py_CLEAR(c);
    return (PyObject *)c;
}

static int callable_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyCallable *c = (PyCallable *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(c->session);
    Py_VISIT(c->fetches);
    Py_VISIT(c->feeds);
    Py_VISIT(c->options);
    for (int i = 0; i < c->tree.n_nodes; i++)
        Py_VISIT(c->tree.nodes[i].object);
    return 0;
}

static int callable_clear(PyObject *self)
{
    PyCallable *c = (PyCallable *)self;
    Py_CLEAR(c->fetches);
    Py_CLEAR(c->feeds);
    Py_CLEAR(c->options);
    return 0;
}

static void callable_dealloc(PyObject *self)
{
    PyCallable *c = (PyCallable *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    callable_clear(self);
    py_fetch_fini(&c->tree);
    if (c->plan)
        tfg_plan_unref(c->plan);
    PyMem_Free(c->to);
    Py_DECREF(c->session);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static const PyMemberDef callable_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PyCallable, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const PyType_Slot callable_slots[] = {
    {Py_tp_dealloc, (void *)(uintptr_t)callable_dealloc},
    {Py_tp_traverse, (void *)(uintptr_t)callable_traverse},
    {Py_tp_clear, (void *)(uintptr_t)callable_clear},
    {Py_tp_call, (void *)(uintptr_t)PyVectorcall_Call},
    {Py_tp_members, (void *)(uintptr_t)callable_members},
    {0, NULL},
};

static const PyType_Spec callable_spec = {
    .name = "tensorflow.python.client.session._Callable",
    .basicsize = sizeof(PyCallable),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = (PyType_Slot *)(uintptr_t)callable_slots,
};

int py_callable_init(Core *core) { return py_make_type(core, &callable_spec, NULL, NULL, &core->callable_type); }

static PyObject *session_make_callable(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyObject *feeds = args[1] && args[1] != Py_None ? args[1] : NULL;
    if (!((PySession *)self)->graph)
        return PyErr_Format(PyExc_RuntimeError, "Attempted to use a closed Session.");
    if (feeds && !PyList_Check(feeds) && !PyTuple_Check(feeds))
        return PyErr_Format(PyExc_TypeError, "`feed_list` must be a list or tuple.");
    return callable_new((PySession *)self, args[0], feeds, args[2] && PyObject_IsTrue(args[2]) == 1, false);
}

/* Names of a repeated field as elements of the graph. */
static PyObject *named_elements(PyGraph *g, PyObject *message, const char *field_name, bool tensors)
{
    PyObject *names = PyObject_GetAttrString(message, field_name), *list = names ? PySequence_List(names) : NULL;
    Py_XDECREF(names);
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list); i++) {
        PyObject *name = PyList_GET_ITEM(list, i), *full = NULL;
        if (tensors && PyUnicode_Check(name) && PyUnicode_FindChar(name, ':', 0, PyUnicode_GET_LENGTH(name), 1) < 0)
            full = PyUnicode_FromFormat("%U:0", name);
        PyObject *element = py_graph_element(g, full ? full : name, tensors, !tensors);
        Py_XDECREF(full);
        if (!element || PyList_SetItem(list, i, element) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* The RunOptions in a CallableOptions, where it has some. */
static int take_options(PyCallable *c, PyObject *callable_options)
{
    PyObject *has = PyObject_CallMethod(callable_options, "HasField", "s", "run_options");
    if (has == Py_True)
        c->options = PyObject_GetAttrString(callable_options, "run_options");
    Py_XDECREF(has);
    return has && (has != Py_True || c->options) ? 0 : -1;
}

/* A callable of CallableOptions takes one value per feed, in order, and gives a list of the fetches. */
static PyObject *session_make_callable_from_options(Core *core, PyObject *self, PyObject **args)
{
    PySession *s = (PySession *)self;
    if (!s->graph)
        return PyErr_Format(PyExc_RuntimeError, "Attempted to use a closed Session.");
    if (!py_is_message(core, args[0], "tensorflow.CallableOptions"))
        return py_raise_named(PyExc_TypeError, "callable_options must be a CallableOptions, but got %R", (PyObject *)Py_TYPE(args[0]));
    PyObject *feeds = named_elements(s->graph, args[0], "feed", true), *fetches = feeds ? named_elements(s->graph, args[0], "fetch", true) : NULL;
    PyObject *targets = fetches ? named_elements(s->graph, args[0], "target", false) : NULL, *callable = NULL;
    if (targets) {
        callable = callable_new(s, fetches, feeds, true, true);
        PyCallable *c = (PyCallable *)callable;
        if (c && take_options(c, args[0]) < 0)
            Py_CLEAR(callable);
        c = (PyCallable *)callable;
        /* Operations run with the fetches, and nothing stands for them in the results. */
        PyFetchTree *t = c ? &c->tree : NULL;
        for (Py_ssize_t i = 0; t && i < PyList_GET_SIZE(targets); i++) {
            if ((size_t)t->n_targets == t->targets_capacity) {
                TfgOp **more = PyMem_Malloc(2 * t->targets_capacity * sizeof *more);
                if (!more) {
                    Py_CLEAR(callable);
                    PyErr_NoMemory();
                    break;
                }
                memcpy(more, t->targets, t->targets_capacity * sizeof *more);
                if (t->targets != t->targets_inline)
                    PyMem_Free(t->targets);
                t->targets = more;
                t->targets_capacity *= 2;
            }
            t->targets[t->n_targets++] = ((PyOperation *)PyList_GET_ITEM(targets, i))->op;
        }
    }
    Py_XDECREF(feeds);
    Py_XDECREF(fetches);
    Py_XDECREF(targets);
    return callable;
}

const PyRow py_session_run_rows[] = {
    {"run", "(self, fetches, feed_dict=None, options=None, run_metadata=None)", session_run,
     "Runs what `fetches` need and gives their values, in the same structure.", 0},
    {"partial_run", "(self, handle, fetches, feed_dict=None)", session_partial_run, "Goes on with the run that `handle` stands for.", 0},
    {"partial_run_setup", "(self, fetches, feeds=None)", session_partial_run_setup, "Begins a run that is fed and fetched in parts.", 0},
    {"make_callable", "(self, fetches, feed_list=None, accept_options=False)", session_make_callable,
     "A function that runs `fetches`; with `feed_list`, of the values to feed.", 0},
    {"_make_callable_from_options", "(self, callable_options)", session_make_callable_from_options, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
