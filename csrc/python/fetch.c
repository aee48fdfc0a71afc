/* What Session.run is asked for: tensors, operations, names, and lists, tuples, dicts and registered classes of such, nested.  It is
 * taken apart into distinct tensors and operations, and what comes back is put together the same way. */
#include "python/binding.h"

void py_fetch_init(PyFetchTree *t)
{
    t->nodes = t->nodes_inline;
    t->slots = t->slots_inline;
    t->outputs = t->outputs_inline;
    t->targets = t->targets_inline;
    t->n_nodes = t->n_slots = t->n_outputs = t->n_targets = 0;
    t->nodes_capacity = t->slots_capacity = t->outputs_capacity = t->targets_capacity = PY_FETCH_INLINE;
    t->seen = (TfgIdMap){0};
}

void py_fetch_fini(PyFetchTree *t)
{
    for (int i = 0; i < t->n_nodes; i++)
        Py_XDECREF(t->nodes[i].object);
    if (t->nodes != t->nodes_inline)
        PyMem_Free(t->nodes);
    if (t->slots != t->slots_inline)
        PyMem_Free(t->slots);
    if (t->outputs != t->outputs_inline)
        PyMem_Free(t->outputs);
    if (t->targets != t->targets_inline)
        PyMem_Free(t->targets);
    tfg_idmap_fini(&t->seen);
}

/* Makes room for one more of `n` items that began in the array `at_first`. */
static int room(void **items, const void *at_first, size_t *capacity, int n, size_t size)
{
    if ((size_t)n < *capacity)
        return 0;
    void *more = PyMem_Malloc(*capacity * 2 * size);
    if (!more) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(more, *items, *capacity * size);
    if (*items != at_first)
        PyMem_Free(*items);
    *items = more;
    *capacity *= 2;
    return 0;
}

static int add_node(PyFetchTree *t, int kind, int first, int n, PyObject *object)
{
    if (room((void **)&t->nodes, t->nodes_inline, &t->nodes_capacity, t->n_nodes, sizeof *t->nodes) < 0)
        return -1;
    t->nodes[t->n_nodes] = (PyFetchNode){kind, n, first, Py_XNewRef(object)};
    return t->n_nodes++;
}

/* ---- leaves ---- */

static int find_output(PyFetchTree *t, TfgOutput o)
{
    if (t->n_outputs <= PY_FETCH_INLINE) {
        for (int i = 0; i < t->n_outputs; i++)
            if (t->outputs[i].op == o.op && t->outputs[i].index == o.index)
                return i;
        return -1;
    }
    uint64_t i;
    return tfg_idmap_get(&t->seen, tfg_output_key(o), &i) ? (int)i : -1;
}

static int add_output(PyFetchTree *t, TfgOutput o)
{
    int i = find_output(t, o);
    if (i >= 0)
        return i;
    if (room((void **)&t->outputs, t->outputs_inline, &t->outputs_capacity, t->n_outputs, sizeof *t->outputs) < 0)
        return -1;
    t->outputs[t->n_outputs++] = o;
    int from = t->n_outputs == PY_FETCH_INLINE + 1 ? 0 : t->n_outputs > PY_FETCH_INLINE ? t->n_outputs - 1 : t->n_outputs;
    for (int k = from; k < t->n_outputs; k++)
        if (tfg_idmap_put(&t->seen, tfg_output_key(t->outputs[k]), (uint64_t)k) < 0) {
            PyErr_NoMemory();
            return -1;
        }
    return t->n_outputs - 1;
}

static int add_target(PyFetchTree *t, TfgOp *op)
{
    for (int i = 0; i < t->n_targets && i < 64; i++)
        if (t->targets[i] == op)
            return 0;
    if (room((void **)&t->targets, t->targets_inline, &t->targets_capacity, t->n_targets, sizeof *t->targets) < 0)
        return -1;
    t->targets[t->n_targets++] = op;
    return 0;
}

/* Puts the tensor or operation in a slot of its own. */
static int add_slot(PyFetchTree *t, PyGraph *g, PyObject *element)
{
    if (room((void **)&t->slots, t->slots_inline, &t->slots_capacity, t->n_slots, sizeof *t->slots) < 0)
        return -1;
    PyFetchSlot slot = {NULL, -1, -1};
    if (py_is_tensor(g->core, element)) {
        slot.op = ((PyTensor *)element)->op;
        slot.index = ((PyTensor *)element)->index;
    } else
        slot.op = ((PyOperation *)element)->op;
    if (slot.op->unfetchable) {
        PyErr_Format(PyExc_ValueError, "Operation '%s' has been marked as not fetchable.", slot.op->name);
        return -1;
    }
    if (slot.index >= 0)
        slot.value = add_output(t, (TfgOutput){slot.op, slot.index});
    if (slot.index >= 0 ? slot.value < 0 : add_target(t, slot.op) < 0)
        return -1;
    t->slots[t->n_slots++] = slot;
    return 0;
}

/* as_graph_element's errors in the words for fetches. */
static PyObject *element_of(PyGraph *g, PyObject *fetch)
{
    PyObject *element = py_graph_element(g, fetch, true, true);
    if (element)
        return element;
    bool type_error = PyErr_ExceptionMatches(PyExc_TypeError);
    if (!type_error && !PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_KeyError))
        return NULL;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *repr = py_plain_repr(fetch);
    if (repr && type_error)
        py_raise_named(PyExc_TypeError, "Fetch argument %U has invalid type %R, must be a string or Tensor. (%S)", repr,
                       (PyObject *)Py_TYPE(fetch), value);
    else if (repr)
        PyErr_Format(PyExc_ValueError, "Fetch argument %U cannot be interpreted as a Tensor. (%S)", repr, value);
    Py_XDECREF(repr);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return NULL;
}

static int add_leaf(PyFetchTree *t, PyGraph *g, PyObject *fetch)
{
    PyObject *element = element_of(g, fetch);
    if (!element)
        return -1;
    bool is_tensor = py_is_tensor(g->core, element);
    int first = t->n_slots, rc = add_slot(t, g, element);
    Py_DECREF(element);
    if (rc == 0)
        rc = add_node(t, is_tensor ? PY_FETCH_TENSOR : PY_FETCH_OPERATION, first, 1, NULL) < 0 ? -1 : 0;
    return rc;
}

/* ---- registered classes ---- */

/* fetch_function(fetch) gives ([elements], function that makes the result of their values). */
static int add_expansion(PyFetchTree *t, PyGraph *g, PyObject *fetch, PyObject *function)
{
    PyObject *pair = PyObject_CallOneArg(function, fetch), *list = NULL;
    if (!pair)
        return -1;
    int rc = -1, first = t->n_slots;
    PyObject *elements, *contraction;
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
        PyErr_Format(PyExc_TypeError, "a fetch function must return (fetches, function), not %R", pair);
        goto done;
    }
    elements = PyTuple_GET_ITEM(pair, 0);
    contraction = PyTuple_GET_ITEM(pair, 1);
    list = PySequence_List(elements);
    if (!list)
        goto done;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *element = element_of(g, PyList_GET_ITEM(list, i));
        int added = element ? add_slot(t, g, element) : -1;
        Py_XDECREF(element);
        if (added < 0)
            goto done;
    }
    rc = add_node(t, PY_FETCH_EXPANSION, first, t->n_slots - first, contraction) < 0 ? -1 : 0;
done:
    Py_XDECREF(list);
    Py_DECREF(pair);
    return rc;
}

/* The registered fetch function for a value; borrowed, NULL where it is an element itself. */
static PyObject *expansion_of(Core *core, PyObject *fetch)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(core->expansions); i++) {
        PyObject *entry = PyList_GET_ITEM(core->expansions, i);
        int yes = PyObject_IsInstance(fetch, PyTuple_GET_ITEM(entry, 0));
        if (yes < 0)
            return NULL;
        if (yes)
            return PyTuple_GET_ITEM(entry, 1);
    }
    return NULL;
}

/* SparseTensor and IndexedSlices come back as values of classes of their own. */
static int add_parts_steal(PyFetchTree *t, PyGraph *g, PyObject *parts, PyObject *value_class)
{
    int first = t->n_slots, rc = 0;
    for (Py_ssize_t i = 0; rc == 0 && i < PyTuple_GET_SIZE(parts); i++) {
        PyObject *part = PyTuple_GET_ITEM(parts, i), *element = part == Py_None ? NULL : element_of(g, part);
        if (part == Py_None) {
            rc = room((void **)&t->slots, t->slots_inline, &t->slots_capacity, t->n_slots, sizeof *t->slots);
            if (rc == 0)
                t->slots[t->n_slots++] = (PyFetchSlot){NULL, -1, -1};
        } else
            rc = element ? add_slot(t, g, element) : -1;
        Py_XDECREF(element);
    }
    Py_DECREF(parts);
    if (rc == 0 && !value_class) {
        PyErr_SetString(PyExc_RuntimeError, "the class of the value is not known yet");
        rc = -1;
    }
    return rc < 0 || add_node(t, PY_FETCH_VALUES, first, t->n_slots - first, value_class) < 0 ? -1 : 0;
}

/* ---- containers ---- */

static int add_fetch(PyFetchTree *t, PyGraph *g, PyObject *fetch);

static int add_items(PyFetchTree *t, PyGraph *g, PyObject *items, int kind, PyObject *object)
{
    int n = (int)PySequence_Fast_GET_SIZE(items);
    if (add_node(t, kind, 0, n, object) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        if (add_fetch(t, g, PySequence_Fast_GET_ITEM(items, i)) < 0)
            return -1;
    return 0;
}

static int add_sequence(PyFetchTree *t, PyGraph *g, PyObject *fetch)
{
    int kind = PyList_Check(fetch) ? PY_FETCH_LIST : PyTuple_CheckExact(fetch) ? PY_FETCH_TUPLE : PY_FETCH_NAMED;
    PyObject *items = PySequence_Tuple(fetch);
    if (!items)
        return -1;
    int rc = add_items(t, g, items, kind, kind == PY_FETCH_NAMED ? (PyObject *)Py_TYPE(fetch) : NULL);
    Py_DECREF(items);
    return rc;
}

/* The node keeps (type, keys). */
static int add_mapping(PyFetchTree *t, PyGraph *g, PyObject *fetch)
{
    PyObject *keys = PyMapping_Keys(fetch), *values = keys ? PyMapping_Values(fetch) : NULL;
    PyObject *pair = values ? PyTuple_Pack(2, (PyObject *)Py_TYPE(fetch), keys) : NULL;
    PyObject *list = pair ? PySequence_Tuple(values) : NULL;
    int rc = list ? add_items(t, g, list, PY_FETCH_DICT, pair) : -1;
    Py_XDECREF(keys);
    Py_XDECREF(values);
    Py_XDECREF(pair);
    Py_XDECREF(list);
    return rc;
}

static int is_mapping(Core *core, PyObject *o)
{
    if (PyDict_Check(o))
        return 1;
    if (!core->mapping) {
        PyObject *abc = PyImport_ImportModule("collections.abc");
        core->mapping = abc ? PyObject_GetAttrString(abc, "Mapping") : NULL;
        Py_XDECREF(abc);
        if (!core->mapping)
            return -1;
    }
    return PyObject_IsInstance(o, core->mapping);
}

/* The values of an instance of an attrs class, as a list; NULL without an error where it is none. */
static PyObject *attrs_values(Core *core, PyObject *o)
{
    PyObject *fields = PyObject_GetAttr((PyObject *)Py_TYPE(o), PY_STR(core, __attrs_attrs__));
    if (!fields) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *list = PySequence_List(fields);
    Py_DECREF(fields);
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list); i++) {
        PyObject *name = PyObject_GetAttr(PyList_GET_ITEM(list, i), PY_STR(core, name));
        PyObject *value = name ? PyObject_GetAttr(o, name) : NULL;
        Py_XDECREF(name);
        if (!value || PyList_SetItem(list, i, value) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static int add_unusual(PyFetchTree *t, PyGraph *g, PyObject *fetch)
{
    Core *core = g->core;
    int mapping = is_mapping(core, fetch);
    if (mapping)
        return mapping < 0 ? -1 : add_mapping(t, g, fetch);
    PyObject *values = attrs_values(core, fetch);
    if (values) {
        int rc = add_items(t, g, values, PY_FETCH_NAMED, (PyObject *)Py_TYPE(fetch));
        Py_DECREF(values);
        return rc;
    }
    PyObject *function = PyErr_Occurred() ? NULL : expansion_of(core, fetch);
    if (PyErr_Occurred())
        return -1;
    if (function)
        return add_expansion(t, g, fetch, function);
    PyObject *value_class, *parts = py_parts(core, fetch, &value_class);
    if (!parts && PyErr_Occurred())
        return -1;
    return parts ? add_parts_steal(t, g, parts, value_class) : add_leaf(t, g, fetch);
}

static int add_fetch(PyFetchTree *t, PyGraph *g, PyObject *fetch)
{
    Core *core = g->core;
    bool plain = Py_IS_TYPE(fetch, core->tensor_type) || Py_IS_TYPE(fetch, core->operation_type) || PyUnicode_CheckExact(fetch);
    if (plain && !core->expansions_overridden)
        return add_leaf(t, g, fetch);
    if (fetch == Py_None) {
        py_raise_named(PyExc_TypeError, "Fetch argument %R has invalid type %R", fetch, (PyObject *)Py_TYPE(fetch));
        return -1;
    }
    if (Py_EnterRecursiveCall(" while taking fetches apart"))
        return -1;
    int rc = PyList_Check(fetch) || PyTuple_Check(fetch) ? add_sequence(t, g, fetch) : add_unusual(t, g, fetch);
    Py_LeaveRecursiveCall();
    return rc;
}

int py_fetch_add(PyFetchTree *t, PyGraph *g, PyObject *fetches) { return add_fetch(t, g, fetches); }

/* ---- putting together ---- */

static PyObject *build(PyFetchTree *t, PyObject *const *values, int *at);

static PyObject *slot_value(const PyFetchTree *t, PyObject *const *values, int i)
{
    return Py_NewRef(t->slots[i].value < 0 ? Py_None : values[t->slots[i].value]);
}

static PyObject *build_list(PyFetchTree *t, PyObject *const *values, int n, int *at)
{
    PyObject *list = PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *item = build(t, values, at);
        if (item)
            PyList_SET_ITEM(list, i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *build_dict(PyFetchTree *t, PyObject *const *values, const PyFetchNode *node, int *at)
{
    PyObject *type = PyTuple_GET_ITEM(node->object, 0), *keys = PyTuple_GET_ITEM(node->object, 1);
    PyObject *result = PyObject_CallNoArgs(type);
    for (int i = 0; result && i < node->n; i++) {
        PyObject *item = build(t, values, at);
        if (!item || PyObject_SetItem(result, PyList_GET_ITEM(keys, i), item) < 0)
            Py_CLEAR(result);
        Py_XDECREF(item);
    }
    return result;
}

static PyObject *build_expansion(PyFetchTree *t, PyObject *const *values, const PyFetchNode *node)
{
    if (!node->n)
        Py_RETURN_NONE;
    PyObject *list = PyList_New(node->n);
    for (int i = 0; list && i < node->n; i++)
        PyList_SET_ITEM(list, i, slot_value(t, values, node->first + i));
    PyObject *result = list ? PyObject_CallOneArg(node->object, list) : NULL;
    Py_XDECREF(list);
    return result;
}

static PyObject *build_values(PyFetchTree *t, PyObject *const *values, const PyFetchNode *node)
{
    PyObject *tuple = PyTuple_New(node->n);
    for (int i = 0; tuple && i < node->n; i++)
        PyTuple_SET_ITEM(tuple, i, slot_value(t, values, node->first + i));
    PyObject *result = tuple ? PyObject_CallObject(node->object, tuple) : NULL;
    Py_XDECREF(tuple);
    return result;
}

static PyObject *build(PyFetchTree *t, PyObject *const *values, int *at)
{
    const PyFetchNode *node = &t->nodes[(*at)++];
    PyObject *list, *tuple, *result;
    switch (node->kind) {
    case PY_FETCH_LIST: return build_list(t, values, node->n, at);
    case PY_FETCH_DICT: return build_dict(t, values, node, at);
    case PY_FETCH_EXPANSION: return build_expansion(t, values, node);
    case PY_FETCH_VALUES: return build_values(t, values, node);
    case PY_FETCH_TUPLE:
    case PY_FETCH_NAMED:
        list = build_list(t, values, node->n, at);
        tuple = list ? PyList_AsTuple(list) : NULL;
        Py_XDECREF(list);
        if (node->kind == PY_FETCH_TUPLE || !tuple)
            return tuple;
        result = PyObject_CallObject(node->object, tuple);
        Py_DECREF(tuple);
        return result;
    default: return slot_value(t, values, node->first);
    }
}

PyObject *py_fetch_build(PyFetchTree *t, PyObject *const *values)
{
    int at = 0;
    return build(t, values, &at);
}
