/* Making any operation from Python values: inputs are converted to what the definition asks for, attributes are inferred from them
 * or taken from the call, and what does not fit is refused in op_def_library's words. */
#include "python/binding.h"

#define MAX_ATTRS 24
#define INLINE_INPUTS 8

typedef struct Inference {      /* one call while its inputs are taken in */
    Core *core;
    PyApply *call;
    const TfgOpDef *def;
    PyGraph *graph;
    PyObject **tensors;         /* owned */
    TfgOutput *inputs;
    int n_inputs;
    size_t capacity;
    PyObject *tensors_inline[INLINE_INPUTS];
    TfgOutput inputs_inline[INLINE_INPUTS];
    /* Per attribute of the definition: what the inputs say it is, and which input said so first. */
    TfgDType type[MAX_ATTRS];
    int64_t number[MAX_ATTRS];
    bool known[MAX_ATTRS];
    const char *from[MAX_ATTRS];
    int list_first[MAX_ATTRS], list_n[MAX_ATTRS];       /* of a list(type): which inputs */
} Inference;

static int attr_index(const TfgOpDef *def, const char *name)
{
    for (int i = 0; i < def->n_attr; i++)
        if (def->attr[i].name == name || strcmp(def->attr[i].name, name) == 0)
            return i;
    return -1;
}

static int push_steal(Inference *in, PyObject *tensor)
{
    size_t need = (size_t)in->n_inputs + 1;
    if (need > in->capacity) {
        size_t capacity = in->capacity * 2;
        PyObject **tensors = PyMem_Malloc(capacity * sizeof *tensors);
        TfgOutput *inputs = PyMem_Malloc(capacity * sizeof *inputs);
        if (!tensors || !inputs) {
            PyMem_Free(tensors);
            PyMem_Free(inputs);
            Py_DECREF(tensor);
            PyErr_NoMemory();
            return -1;
        }
        memcpy(tensors, in->tensors, (size_t)in->n_inputs * sizeof *tensors);
        memcpy(inputs, in->inputs, (size_t)in->n_inputs * sizeof *inputs);
        if (in->tensors != in->tensors_inline) {
            PyMem_Free(in->tensors);
            PyMem_Free(in->inputs);
        }
        in->tensors = tensors;
        in->inputs = inputs;
        in->capacity = capacity;
    }
    in->tensors[in->n_inputs] = tensor;
    in->inputs[in->n_inputs++] = py_output((PyTensor *)tensor);
    return 0;
}

static TfgDType type_of_input(const Inference *in, int i) { return py_tensor_dtype((PyTensor *)in->tensors[i]); }

/* ---- words ---- */

static const char *type_name(PyObject *o)
{
    const char *dot = strrchr(Py_TYPE(o)->tp_name, '.');
    return dot ? dot + 1 : Py_TYPE(o)->tp_name;
}

/* After a ValueError of the conversion: the value is a tensor, of another type than the one wanted. */
static int fail_mismatch(Inference *in, const TfgArgDef *arg, PyObject *value, int attr, TfgDType fallback)
{
    PyErr_Clear();
    PyObject *t = py_convert(in->core, value, TFG_INVALID, NULL, arg->is_ref, TFG_INVALID);
    if (!t) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return -1;
        PyObject *type, *error, *traceback;
        PyErr_Fetch(&type, &error, &traceback);
        PyErr_NormalizeException(&type, &error, &traceback);
        PyErr_Format(PyExc_ValueError, "Tried to convert '%s' to a tensor and failed. Error: %S", arg->name, error);
        Py_XDECREF(type);
        Py_XDECREF(error);
        Py_XDECREF(traceback);
        return -1;
    }
    const char *observed = tfg_dtype_name(py_tensor_dtype((PyTensor *)t));
    if (attr < 0)
        PyErr_Format(PyExc_TypeError, "Input '%s' of '%s' Op has type %s that does not match expected type of %s.", arg->name,
                     in->def->name, observed, tfg_dtype_name(arg->type));
    else
        PyErr_Format(PyExc_TypeError, "Input '%s' of '%s' Op has type %s that does not match type %s of argument '%s'.", arg->name,
                     in->def->name, observed, tfg_dtype_name(in->known[attr] ? in->type[attr] : fallback),
                     in->known[attr] ? in->from[attr] : "Default in OpDef");
    Py_DECREF(t);
    return -1;
}

/* What types the elements of a list have, for the error about them. */
static PyObject *observed_types(Inference *in, const TfgArgDef *arg, PyObject *values)
{
    TfgStr text = TFG_STR_INIT;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); i++) {
        PyObject *t = py_convert(in->core, PyTuple_GET_ITEM(values, i), TFG_INVALID, NULL, arg->is_ref, TFG_INVALID);
        if (!t)
            PyErr_Clear();
        tfg_str_printf(&text, "%s%s", i ? ", " : "", t ? tfg_dtype_name(tfg_dtype_base(py_tensor_dtype((PyTensor *)t)))
                                                      : "<NOT CONVERTIBLE TO TENSOR>");
        Py_XDECREF(t);
    }
    PyObject *result = PyUnicode_FromString(tfg_str_text(&text));
    tfg_str_fini(&text);
    return result;
}

static int fail_list(Inference *in, const TfgArgDef *arg, PyObject *values, TfgDType wanted)
{
    PyErr_Clear();
    PyObject *observed = observed_types(in, arg, values);
    if (!observed)
        return -1;
    PyObject *prefix = PyUnicode_FromFormat("Tensors in list passed to '%s' of '%s' Op have types [%U]", arg->name, in->def->name, observed);
    int attr = arg->type_attr ? attr_index(in->def, arg->type_attr) : -1;
    if (prefix && !arg->number_attr)
        PyErr_Format(PyExc_TypeError, "%U that are invalid.", prefix);
    else if (prefix && arg->type != TFG_INVALID)
        PyErr_Format(PyExc_TypeError, "%U that do not match expected type %s.", prefix, tfg_dtype_name(wanted));
    else if (prefix && attr >= 0 && in->known[attr])
        PyErr_Format(PyExc_TypeError, "%U that do not match type %s inferred from earlier arguments.", prefix, tfg_dtype_name(wanted));
    else if (prefix)
        PyErr_Format(PyExc_TypeError, "%U that don't all match.", prefix);
    Py_XDECREF(prefix);
    Py_DECREF(observed);
    return -1;
}

/* ---- what inputs say about attributes ---- */

static int set_type(Inference *in, int attr, TfgDType dtype, const char *from)
{
    if (py_check_allowed(in->core, dtype, &in->def->attr[attr], from) < 0)
        return -1;
    in->type[attr] = dtype;
    in->known[attr] = true;
    in->from[attr] = from;
    return 0;
}

static int set_number(Inference *in, int attr, int64_t n, const TfgArgDef *arg)
{
    const TfgAttrDef *def = &in->def->attr[attr];
    if (in->known[attr] && in->number[attr] != n) {
        PyErr_Format(PyExc_ValueError, "List argument '%s' to '%s' Op with length %lld must match length %lld of argument '%s'.", arg->name,
                     in->def->name, (long long)n, (long long)in->number[attr], in->from[attr]);
        return -1;
    }
    if (!in->known[attr] && def->has_minimum && n < def->minimum) {
        PyErr_Format(PyExc_ValueError, "List argument '%s' to '%s' Op with length %lld shorter than minimum length %lld.", arg->name,
                     in->def->name, (long long)n, (long long)def->minimum);
        return -1;
    }
    in->number[attr] = n;
    in->known[attr] = true;
    if (!in->from[attr])
        in->from[attr] = arg->name;
    return 0;
}

static int set_type_list(Inference *in, int attr, int first, int n, const char *from)
{
    if (in->known[attr]) {
        bool same = in->list_n[attr] == n;
        TfgStr have = TFG_STR_INIT, want = TFG_STR_INIT;
        for (int i = 0; i < n; i++) {
            TfgDType d = tfg_dtype_base(type_of_input(in, first + i));
            same = same && d == tfg_dtype_base(type_of_input(in, in->list_first[attr] + i));
            tfg_str_printf(&have, "%s%s", i ? ", " : "", tfg_dtype_name(d));
        }
        for (int i = 0; i < in->list_n[attr]; i++)
            tfg_str_printf(&want, "%s%s", i ? ", " : "", tfg_dtype_name(tfg_dtype_base(type_of_input(in, in->list_first[attr] + i))));
        if (!same)
            PyErr_Format(PyExc_TypeError, "Input '%s' of '%s' Op has type list of %s that does not match type list %s of argument '%s'.",
                         from, in->def->name, tfg_str_text(&have), tfg_str_text(&want), in->from[attr]);
        tfg_str_fini(&have);
        tfg_str_fini(&want);
        return same ? 0 : -1;
    }
    for (int i = 0; i < n; i++)
        if (py_check_allowed(in->core, tfg_dtype_base(type_of_input(in, first + i)), &in->def->attr[attr], from) < 0)
            return -1;
    in->known[attr] = true;
    in->from[attr] = from;
    in->list_first[attr] = first;
    in->list_n[attr] = n;
    return 0;
}

static int check_ref(Inference *in, const TfgArgDef *arg, int first, int n)
{
    for (int i = first; arg->is_ref && i < first + n; i++)
        if (!tfg_dtype_is_ref(type_of_input(in, i))) {
            PyErr_Format(PyExc_TypeError, "'%s' Op requires that input '%s' be a mutable tensor (e.g.: a tf.Variable)", in->def->name,
                         arg->name);
            return -1;
        }
    return 0;
}

/* ---- one input ---- */

static int take_single(Inference *in, const TfgArgDef *arg, PyObject *value)
{
    int attr = arg->type == TFG_INVALID && arg->type_attr ? attr_index(in->def, arg->type_attr) : -1;
    TfgDType wanted = arg->type, preferred = TFG_INVALID;
    if (attr >= 0 && in->known[attr])
        wanted = in->type[attr];
    else if (attr >= 0 && in->def->attr[attr].has_default)
        preferred = in->def->attr[attr].default_value.type;
    PyObject *t = py_convert(in->core, value, wanted, arg->name, arg->is_ref, preferred);
    if (!t) {
        if (PyErr_ExceptionMatches(PyExc_TypeError) && wanted != TFG_INVALID) {
            PyErr_Clear();
            py_raise_named(PyExc_TypeError, "Expected %s passed to parameter '%s' of op '%s', got %R of type '%s' instead.",
                         tfg_dtype_name(wanted), arg->name, in->def->name, value, type_name(value));
            return -1;
        }
        /* Without a type wanted the words are about a conversion of the plain value. */
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return -1;
        return fail_mismatch(in, arg, value, attr, preferred);
    }
    if (push_steal(in, t) < 0)
        return -1;
    int i = in->n_inputs - 1;
    if (attr >= 0 && !in->known[attr] && set_type(in, attr, tfg_dtype_base(type_of_input(in, i)), arg->name) < 0)
        return -1;
    return check_ref(in, arg, i, 1);
}

/* The type that elements which are no tensors should get: the one known, or that of the first tensor. */
static TfgDType wanted_in_list(Inference *in, const TfgArgDef *arg, int attr, PyObject *values, TfgDType *preferred)
{
    *preferred = TFG_INVALID;
    if (arg->type != TFG_INVALID)
        return arg->type;
    if (!arg->number_attr || attr < 0)
        return TFG_INVALID;
    if (in->known[attr])
        return in->type[attr];
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); i++)
        if (py_is_tensor(in->core, PyTuple_GET_ITEM(values, i))) {
            TfgDType d = py_tensor_dtype((PyTensor *)PyTuple_GET_ITEM(values, i));
            return arg->is_ref ? d : tfg_dtype_base(d);
        }
    if (in->def->attr[attr].has_default)
        *preferred = in->def->attr[attr].default_value.type;
    return TFG_INVALID;
}

static int convert_list(Inference *in, const TfgArgDef *arg, PyObject *values, TfgDType wanted, TfgDType preferred)
{
    char name[80];
    int first = in->n_inputs;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); i++) {
        snprintf(name, sizeof name, "%s_%zd", arg->name, i);
        PyObject *t = py_convert(in->core, PyTuple_GET_ITEM(values, i), wanted, name, arg->is_ref, preferred);
        if (!t || push_steal(in, t) < 0)
            return -1;
        if (arg->number_attr && tfg_dtype_base(type_of_input(in, in->n_inputs - 1)) != tfg_dtype_base(type_of_input(in, first))) {
            PyErr_SetNone(PyExc_TypeError);
            return -1;
        }
    }
    return 0;
}

static int take_list(Inference *in, const TfgArgDef *arg, PyObject *value)
{
    if (!PyList_Check(value) && !PyTuple_Check(value)) {
        PyErr_Format(PyExc_TypeError, "Expected list for '%s' argument to '%s' Op, not %S.", arg->name, in->def->name, value);
        return -1;
    }
    PyObject *values = PySequence_Tuple(value);
    if (!values)
        return -1;
    int attr = arg->type_attr ? attr_index(in->def, arg->type_attr) : -1, first = in->n_inputs, rc = 0;
    TfgDType preferred, wanted = wanted_in_list(in, arg, attr, values, &preferred);
    if (convert_list(in, arg, values, wanted, preferred) < 0) {
        bool ours = PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_ValueError);
        rc = ours ? fail_list(in, arg, values, wanted) : -1;
    }
    Py_DECREF(values);
    if (rc < 0)
        return -1;
    int n = in->n_inputs - first;
    if (arg->number_attr) {
        if (set_number(in, attr_index(in->def, arg->number_attr), n, arg) < 0)
            return -1;
        if (attr >= 0 && !in->known[attr]) {
            if (!n) {
                PyErr_Format(PyExc_TypeError, "Don't know how to infer type variable from empty input list passed to input '%s' of '%s' Op.",
                             arg->name, in->def->name);
                return -1;
            }
            if (set_type(in, attr, tfg_dtype_base(type_of_input(in, first)), arg->name) < 0)
                return -1;
        }
    } else if (set_type_list(in, attr_index(in->def, arg->type_list_attr), first, n, arg->name) < 0)
        return -1;
    return check_ref(in, arg, first, n);
}

static int take_inputs(Inference *in)
{
    for (int i = 0; i < in->def->n_in; i++) {
        const TfgArgDef *arg = &in->def->in[i];
        PyObject *value = in->call->inputs[i];
        if (!value) {
            PyErr_Format(PyExc_TypeError, "No argument for input %s", arg->name);
            return -1;
        }
        bool list = arg->number_attr || arg->type_list_attr;
        if ((list ? take_list(in, arg, value) : take_single(in, arg, value)) < 0)
            return -1;
    }
    return 0;
}

/* ---- attributes ---- */

/* Whether the inputs are several lists, so that their number alone does not tell how long each is. */
static bool has_several_lists(const TfgOpDef *def)
{
    const char *first = NULL;
    for (int i = 0; i < def->n_in; i++) {
        const char *length = def->in[i].number_attr ? def->in[i].number_attr : def->in[i].type_list_attr;
        if (length && first && strcmp(first, length) != 0)
            return true;
        first = length ? length : first;
    }
    return false;
}

static int give_types(const Inference *in, int i, TfgArena *arena, TfgNamedAttr *a)
{
    int n = in->list_n[i];
    TfgDType *types = tfg_arena_alloc(arena, (size_t)n * sizeof *types + 1);
    if (!types) {
        PyErr_NoMemory();
        return -1;
    }
    for (int k = 0; k < n; k++)
        types[k] = tfg_dtype_base(type_of_input(in, in->list_first[i] + k));
    *a = (TfgNamedAttr){in->def->attr[i].name, {.kind = TFG_ATTR_TYPE, .is_list = true, .n = n, .list_type = types}};
    return 0;
}

static int take_attrs(Inference *in, TfgArena *arena, TfgNamedAttr *attrs, int *n)
{
    bool several = has_several_lists(in->def);
    *n = 0;
    for (int i = 0; i < in->def->n_attr; i++) {
        const TfgAttrDef *def = &in->def->attr[i];
        PyObject *value = in->call->attrs[i];
        if (in->known[i]) {
            if (value && value != Py_None) {
                PyErr_Format(PyExc_TypeError, "Should not specify value for inferred attr '%s'.", def->name);
                return -1;
            }
            if (several && def->kind == TFG_ATTR_INT && !def->is_list)
                attrs[(*n)++] = (TfgNamedAttr){def->name, TFG_A_INT(in->number[i])};
            else if (several && def->kind == TFG_ATTR_TYPE && def->is_list && give_types(in, i, arena, &attrs[(*n)++]) < 0)
                return -1;
            continue;
        }
        if (!value && !def->has_default) {
            PyErr_Format(PyExc_TypeError, "No argument for attr %s", def->name);
            return -1;
        }
        if (!value || (value == Py_None && def->has_default))
            continue;
        TfgNamedAttr *a = &attrs[*n];
        a->name = def->name;
        if (py_attr_from_python(in->core, in->def, def, value, arena, &a->value) < 0) {
            tfg_attr_drop_tensors(&a->value);
            return -1;
        }
        ++*n;
    }
    return 0;
}

/* ---- the whole ---- */

/* Colocates the op with the references it takes; *entered of them, to be left again. */
static int enter_references(Inference *in, int *entered)
{
    TfgStatus s = TFG_STATUS_INIT;
    int rc = 0;
    py_graph_lock(in->graph);
    for (int i = 0; rc == 0 && i < in->def->n_in && i < in->n_inputs; i++)
        if (in->def->in[i].is_ref) {
            rc = tfg_graph_enter_colocation(in->graph->graph, in->inputs[i].op, false, &s);
            *entered += rc == 0;
        }
    py_graph_unlock(in->graph);
    if (rc < 0)
        py_raise_build(in->core, &s);
    return rc;
}

static TfgOp *add(Inference *in, const char *scope, const TfgNamedAttr *attrs, int n_attrs)
{
    TfgOpSpec spec = {.def = in->def, .name = scope, .inputs = in->inputs, .n_inputs = in->n_inputs, .attrs = attrs, .n_attrs = n_attrs,
                      .direct = true};
    bool references = false;
    for (int i = 0; i < in->def->n_in; i++)
        references = references || in->def->in[i].is_ref;
    if (!references)
        return py_graph_add_op(in->graph, &spec);
    int entered = 0;
    TfgOp *op = enter_references(in, &entered) == 0 ? py_graph_add_op(in->graph, &spec) : NULL;
    py_graph_lock(in->graph);
    while (entered--)
        tfg_graph_leave_colocation(in->graph->graph);
    py_graph_unlock(in->graph);
    return op;
}

static TfgOp *apply_in_scope(Inference *in, const char *scope)
{
    TfgNamedAttr attrs[MAX_ATTRS] = {{0}};
    TfgArena arena;
    int n_attrs = 0;
    TfgOp *op = NULL;
    tfg_arena_init(&arena);
    if (take_inputs(in) == 0 && take_attrs(in, &arena, attrs, &n_attrs) == 0)
        op = add(in, scope, attrs, n_attrs);
    for (int i = 0; i < n_attrs; i++)
        tfg_attr_drop_tensors(&attrs[i].value);
    tfg_arena_fini(&arena);
    return op;
}

static int check_deprecated(const TfgGraph *g, const TfgOpDef *def)
{
    int producer = (int)tfg_graph_producer(g);
    if (!def->deprecated_since || producer < def->deprecated_since)
        return 0;
    PyErr_Format(PyExc_NotImplementedError, "Op %s is not available in GraphDef version %d. It has been removed in version %d. %s.",
                 def->name, producer, def->deprecated_since, def->deprecation);
    return -1;
}

TfgOp *py_apply(Core *core, PyApply *call, PyGraph **graph)
{
    const TfgOpDef *def = call->def;
    PyObject *values[16 + MAX_ATTRS];
    Py_ssize_t n = 0;
    for (int i = 0; i < def->n_in; i++)
        values[n++] = call->inputs[i];
    PyGraph *g = py_graph_from_inputs(core, values, n, true), *current = g ? py_default_graph(core) : NULL;
    if (!g || !current || check_deprecated(g->graph, def) < 0)
        return NULL;
    const char *saved, *scope = NULL;
    Py_INCREF(g);
    TfgOp *op = NULL;
    bool push = g != current;
    if (push && py_push_graph(core, g) < 0)
        goto done;
    scope = py_enter_scope(g, call->name ? call->name : def->name, &saved);
    if (scope) {
        Inference in = {.core = core, .call = call, .def = def, .graph = g, .capacity = INLINE_INPUTS};
        in.tensors = in.tensors_inline;
        in.inputs = in.inputs_inline;
        op = apply_in_scope(&in, scope);
        for (int i = 0; i < in.n_inputs; i++)
            Py_DECREF(in.tensors[i]);
        if (in.tensors != in.tensors_inline) {
            PyMem_Free(in.tensors);
            PyMem_Free(in.inputs);
        }
        py_leave_scope(g, saved);
    }
    if (push) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (py_pop_graph(core, g) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
    }
done:
    *graph = g;
    Py_DECREF(g);               /* an op's graph is kept by whoever entered it or gave its inputs */
    return op;
}

PyObject *py_apply_tensor(Core *core, PyApply *call)
{
    PyGraph *g;
    TfgOp *op = py_apply(core, call, &g);
    return op ? py_wrap_output(g, (TfgOutput){op, 0}) : NULL;
}
