/* The collections of a graph: a dict of lists, which the Python side may hold and change. */
#include "python/binding.h"

static PyObject *dict_of(PyObject *self) { return ((PyGraph *)self)->collections; }

static int add(PyGraph *g, PyObject *name, PyObject *value)
{
    PyObject *list = PyDict_GetItemWithError(g->collections, name);
    if (list)
        return PyList_Append(list, value);
    if (PyErr_Occurred() || !(list = PyList_New(0)))
        return -1;
    int rc = PyList_Append(list, value) < 0 ? -1 : PyDict_SetItem(g->collections, name, list);
    Py_DECREF(list);
    return rc;
}

static PyObject *graph_add_to_collection(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = (PyGraph *)self;
    if (py_check_not_finalized(g) < 0 || add(g, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* `names` is one name, or several of which each counts once. */
static PyObject *graph_add_to_collections(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = (PyGraph *)self;
    if (py_check_not_finalized(g) < 0)
        return NULL;
    if (PyUnicode_Check(args[0]))
        return add(g, args[0], args[1]) < 0 ? NULL : Py_NewRef(Py_None);
    PyObject *unique = PySet_New(args[0]), *it = unique ? PyObject_GetIter(unique) : NULL, *name;
    int rc = it ? 0 : -1;
    while (rc == 0 && (name = PyIter_Next(it))) {
        rc = add(g, name, args[1]);
        Py_DECREF(name);
    }
    Py_XDECREF(it);
    Py_XDECREF(unique);
    return rc < 0 || PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *graph_get_collection_ref(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyObject *list = PyDict_GetItemWithError(dict_of(self), args[0]);
    if (list || PyErr_Occurred())
        return Py_XNewRef(list);
    list = PyList_New(0);
    if (list && PyDict_SetItem(dict_of(self), args[0], list) < 0)
        Py_CLEAR(list);
    return list;
}

/* Items whose name matches the regular expression `scope` from its beginning. */
static PyObject *filtered(Core *core, PyObject *list, PyObject *scope)
{
    PyObject *re = PyImport_ImportModule("re"), *pattern = re ? PyObject_CallMethod(re, "compile", "(O)", scope) : NULL;
    PyObject *found = pattern ? PyList_New(0) : NULL, *items = found ? PySequence_Tuple(list) : NULL;
    for (Py_ssize_t i = 0; items && found && i < PyTuple_GET_SIZE(items); i++) {
        PyObject *name = PyObject_GetAttr(PyTuple_GET_ITEM(items, i), PY_STR(core, name));
        if (!name) {
            PyErr_Clear();
            continue;
        }
        PyObject *match = PyObject_CallMethodOneArg(pattern, PY_STR(core, match), name);
        Py_DECREF(name);
        if (!match || (match != Py_None && PyList_Append(found, PyTuple_GET_ITEM(items, i)) < 0))
            Py_CLEAR(found);
        Py_XDECREF(match);
    }
    if (!items)
        Py_CLEAR(found);
    Py_XDECREF(items);
    Py_XDECREF(pattern);
    Py_XDECREF(re);
    return found;
}

static PyObject *graph_get_collection(Core *core, PyObject *self, PyObject **args)
{
    PyObject *list = PyDict_GetItemWithError(dict_of(self), args[0]);
    if (!list)
        return PyErr_Occurred() ? NULL : PyList_New(0);
    return args[1] && args[1] != Py_None ? filtered(core, list, args[1]) : PySequence_List(list);
}

static PyObject *graph_get_all_collection_keys(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    (void)args;
    PyObject *keys = PyList_New(0), *key, *value;
    Py_ssize_t pos = 0;
    while (keys && PyDict_Next(dict_of(self), &pos, &key, &value))
        if (PyUnicode_Check(key) && PyList_Append(keys, key) < 0)
            Py_CLEAR(keys);
    return keys;
}

static PyObject *graph_clear_collection(Core *core, PyObject *self, PyObject **args)
{
    (void)core;
    PyGraph *g = (PyGraph *)self;
    if (py_check_not_finalized(g) < 0)
        return NULL;
    int has = PyDict_Contains(g->collections, args[0]);
    if (has < 0 || (has && PyDict_DelItem(g->collections, args[0]) < 0))
        return NULL;
    Py_RETURN_NONE;
}

const PyRow py_graph_collection_rows[] = {
    {"add_to_collection", "(self, name, value)", graph_add_to_collection, "Puts `value` behind the collection `name`.", 0},
    {"add_to_collections", "(self, names, value)", graph_add_to_collections, NULL, 0},
    {"get_collection_ref", "(self, name)", graph_get_collection_ref, "The collection's own list.", 0},
    {"get_collection", "(self, name, scope=None)", graph_get_collection,
     "A copy of the collection's list; with `scope`, of the items whose names match it.", 0},
    {"get_all_collection_keys", "(self)", graph_get_all_collection_keys, NULL, 0},
    {"clear_collection", "(self, name)", graph_clear_collection, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
