/* The operators of Tensor: + - * / // % ** @ & | ^ ~ < <= > >= abs and [], with the names of nodes that TensorFlow gives them. */
#include "python/binding.h"

typedef enum BinaryKind { ADD, SUB, MUL, DIV, TRUEDIV, FLOORDIV, MOD, POW, MATMUL, AND, OR, XOR } BinaryKind;

static const struct { const char *scope, *right, *type; } binary_ops[] = {
    [ADD] = {"add", "__radd__", "Add"}, [SUB] = {"sub", "__rsub__", "Sub"}, [MUL] = {"mul", "__rmul__", "Mul"},
    [DIV] = {"div", "__rdiv__", NULL}, [TRUEDIV] = {"truediv", "__rtruediv__", "RealDiv"},
    [FLOORDIV] = {"floordiv", "__rfloordiv__", "FloorDiv"}, [MOD] = {"mod", "__rmod__", "FloorMod"}, [POW] = {"pow", "__rpow__", "Pow"},
    [MATMUL] = {"matmul", "__rmatmul__", "MatMul"}, [AND] = {"and", "__rand__", "LogicalAnd"}, [OR] = {"or", "__ror__", "LogicalOr"},
    [XOR] = {"xor", "__rxor__", NULL},
};

/* ---- single operations ---- */

/* The tensor of an op with these inputs, default attributes but for one type, and a name. */
static PyObject *make(Core *core, const char *type, PyObject *x, PyObject *y, const char *attr, TfgDType dtype, const char *name)
{
    PyApply call = {.def = tfg_find_op_def(type), .name = name, .inputs = {x, y}};
    if (!call.def)
        return PyErr_Format(PyExc_RuntimeError, "Unrecognized Op name %s", type);
    for (int i = 0; attr && i < call.def->n_attr; i++)
        if (strcmp(call.def->attr[i].name, attr) == 0)
            call.attrs[i] = py_dtype(core, dtype);
    return py_apply_tensor(core, &call);
}

static TfgDType base_dtype(PyObject *t) { return tfg_dtype_base(py_tensor_dtype((PyTensor *)t)); }

/* tf.cast inside the scope of an operator: "truediv/Cast". */
static PyObject *cast_steal(Core *core, PyObject *x, TfgDType to)
{
    if (!x || base_dtype(x) == to)
        return x;
    PyObject *y = make(core, "Cast", x, NULL, "DstT", to, NULL);
    Py_DECREF(x);
    return y;
}

/* ---- what each binary operator makes of two tensors, in its scope ---- */

static bool same_dtypes(Core *core, PyObject *x, PyObject *y)
{
    TfgDType a = base_dtype(x), b = base_dtype(y);
    if (a != b)
        PyErr_Format(PyExc_TypeError, "x and y must have the same dtype, got %R != %R", py_dtype(core, a), py_dtype(core, b));
    return a == b;
}

static PyObject *make_truediv(Core *core, PyObject *x, PyObject *y, const char *name)
{
    if (!same_dtypes(core, x, y))
        return NULL;
    TfgDType to = base_dtype(x);
    switch (to) {
    case TFG_UINT8: case TFG_INT8: case TFG_UINT16: case TFG_INT16: to = TFG_FLOAT; break;
    case TFG_INT32: case TFG_INT64: to = TFG_DOUBLE; break;
    case TFG_BFLOAT16: case TFG_HALF: case TFG_FLOAT: case TFG_DOUBLE: case TFG_COMPLEX64: case TFG_COMPLEX128: break;
    default: return PyErr_Format(PyExc_TypeError, "Invalid dtype %R in __truediv__", py_dtype(core, to));
    }
    PyObject *a = cast_steal(core, Py_NewRef(x), to), *b = a ? cast_steal(core, Py_NewRef(y), to) : NULL;
    PyObject *result = b ? make(core, "RealDiv", a, b, NULL, TFG_INVALID, name) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static PyObject *make_div(Core *core, PyObject *x, PyObject *y, const char *name)
{
    if (!same_dtypes(core, x, y))
        return NULL;
    TfgKind kind = tfg_dtype_kind(base_dtype(x));
    return make(core, kind == TFG_KIND_FLOAT || kind == TFG_KIND_COMPLEX ? "RealDiv" : "FloorDiv", x, y, NULL, TFG_INVALID, name);
}

/* x ^ y = (x | y) & ~(x & y) */
static PyObject *make_xor(Core *core, PyObject *x, PyObject *y, const char *name)
{
    PyObject *either = make(core, "LogicalOr", x, y, NULL, TFG_INVALID, NULL), *result = NULL;
    PyObject *both = either ? make(core, "LogicalAnd", x, y, NULL, TFG_INVALID, NULL) : NULL;
    PyObject *not_both = both ? make(core, "LogicalNot", both, NULL, NULL, TFG_INVALID, NULL) : NULL;
    if (not_both)
        result = make(core, "LogicalAnd", either, not_both, NULL, TFG_INVALID, name);
    Py_XDECREF(either);
    Py_XDECREF(both);
    Py_XDECREF(not_both);
    return result;
}

static bool may_be_batch(PyObject *t)
{
    const TfgDims *dims = ((PyTensor *)t)->op->outputs[((PyTensor *)t)->index].shape;
    return !dims || dims->rank > 2;
}

static PyObject *make_matmul(Core *core, PyObject *x, PyObject *y, const char *name)
{
    const char *type = "MatMul";
    if (may_be_batch(x) && may_be_batch(y))
        type = "BatchMatMul";
    else if ((base_dtype(x) == TFG_BFLOAT16 || base_dtype(y) == TFG_BFLOAT16) && base_dtype(x) != base_dtype(y))
        type = "SparseMatMul";
    return make(core, type, x, y, NULL, TFG_INVALID, name);
}

static PyObject *make_binary(Core *core, BinaryKind kind, PyObject *x, PyObject *y, const char *name)
{
    switch (kind) {
    case TRUEDIV: return make_truediv(core, x, y, name);
    case DIV: return make_div(core, x, y, name);
    case XOR: return make_xor(core, x, y, name);
    case MATMUL: return make_matmul(core, x, y, name);
    default: return make(core, binary_ops[kind].type, x, y, NULL, TFG_INVALID, name);
    }
}

/* ---- a binary operator ---- */

typedef struct Scope { PyGraph *graph; const char *name, *saved; bool pushed; } Scope;

/* The scope of an operator in the graph of its operands. */
static int enter_scope(Core *core, Scope *s, const char *name, PyObject *x, PyObject *y)
{
    PyGraph *current = py_default_graph(core);
    s->pushed = false;
    if (!current)
        return -1;
    PyObject *values[] = {x, y};
    s->graph = py_graph_from_inputs(core, values, 2, false);
    if (!s->graph)
        return -1;
    Py_INCREF(s->graph);
    if (s->graph != current) {
        if (py_push_graph(core, s->graph) < 0)
            goto fail;
        s->pushed = true;
    }
    s->name = py_enter_scope(s->graph, name, &s->saved);
    if (s->name)
        return 0;
fail:
    if (s->pushed)
        py_pop_graph(core, s->graph);
    Py_DECREF(s->graph);
    return -1;
}

static void leave_scope(Core *core, Scope *s)
{
    py_leave_scope(s->graph, s->saved);
    if (s->pushed) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (py_pop_graph(core, s->graph) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
    }
    Py_DECREF(s->graph);
}

/* tensor * sparse: SparseTensor's own function of the values (its class brings __rmul__). */
static bool is_sparse(Core *core, PyObject *y)
{
    return core->sparse_tensor && Py_TYPE(y) == (PyTypeObject *)core->sparse_tensor;
}

static bool has_reflected(PyObject *y, const char *right)
{
    PyObject *m = PyObject_GetAttrString((PyObject *)Py_TYPE(y), right);
    Py_XDECREF(m);
    if (!m)
        PyErr_Clear();
    return m != NULL;
}

static PyObject *mul_sparse(Core *core, PyObject *x, PyObject *y, const char *name)
{
    PyObject *indices = PyObject_GetAttr(y, PY_STR(core, indices)), *values = indices ? PyObject_GetAttr(y, PY_STR(core, values)) : NULL;
    PyObject *shape = values ? PyObject_GetAttr(y, PY_STR(core, dense_shape)) : NULL, *result = NULL, *product = NULL;
    if (shape) {
        PyApply call = {.def = tfg_find_op_def("SparseDenseCwiseMul"), .name = name, .inputs = {indices, values, shape, x}};
        if (!call.def)
            PyErr_SetString(PyExc_RuntimeError, "Unrecognized Op name SparseDenseCwiseMul");
        else
            product = py_apply_tensor(core, &call);
        if (product)
            result = PyObject_CallFunctionObjArgs(core->sparse_tensor, indices, product, shape, NULL);
    }
    Py_XDECREF(product);
    Py_XDECREF(indices);
    Py_XDECREF(values);
    Py_XDECREF(shape);
    return result;
}

static PyObject *forward(Core *core, BinaryKind kind, PyObject *x, PyObject *y)
{
    Scope s;
    if (enter_scope(core, &s, binary_ops[kind].scope, x, y) < 0)
        return NULL;
    PyObject *result = NULL, *converted = NULL;
    if (py_is_tensor(core, y))
        converted = Py_NewRef(y);
    else if (kind == MUL && is_sparse(core, y)) {
        result = mul_sparse(core, x, y, s.name);
        goto done;
    } else {
        converted = py_convert(core, y, base_dtype(x), "y", false, TFG_INVALID);
        if (!converted && PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyObject *type, *value, *traceback;
            PyErr_Fetch(&type, &value, &traceback);
            if (has_reflected(y, binary_ops[kind].right)) {
                Py_XDECREF(type);
                Py_XDECREF(value);
                Py_XDECREF(traceback);
                result = Py_NewRef(Py_NotImplemented);
            } else
                PyErr_Restore(type, value, traceback);
        }
    }
    if (converted)
        result = make_binary(core, kind, x, converted, s.name);
    Py_XDECREF(converted);
done:
    leave_scope(core, &s);
    return result;
}

static PyObject *reflected(Core *core, BinaryKind kind, PyObject *x, PyObject *y)
{
    Scope s;
    if (enter_scope(core, &s, binary_ops[kind].scope, x, y) < 0)
        return NULL;
    PyObject *converted = py_convert(core, x, base_dtype(y), "x", false, TFG_INVALID);
    PyObject *result = converted ? make_binary(core, kind, converted, y, s.name) : NULL;
    Py_XDECREF(converted);
    leave_scope(core, &s);
    return result;
}

static PyObject *binary(BinaryKind kind, PyObject *x, PyObject *y)
{
    PyTensor *a = py_as_tensor(x), *b = a ? NULL : py_as_tensor(y);
    if (a)
        return forward(a->graph->core, kind, x, y);
    return b ? reflected(b->graph->core, kind, x, y) : PyErr_Format(PyExc_TypeError, "no tensor among the operands");
}

PyObject *py_tensor_add(PyObject *x, PyObject *y) { return binary(ADD, x, y); }
PyObject *py_tensor_sub(PyObject *x, PyObject *y) { return binary(SUB, x, y); }
PyObject *py_tensor_mul(PyObject *x, PyObject *y) { return binary(MUL, x, y); }
PyObject *py_tensor_truediv(PyObject *x, PyObject *y) { return binary(TRUEDIV, x, y); }
PyObject *py_tensor_floordiv(PyObject *x, PyObject *y) { return binary(FLOORDIV, x, y); }
PyObject *py_tensor_mod(PyObject *x, PyObject *y) { return binary(MOD, x, y); }
PyObject *py_tensor_matmul(PyObject *x, PyObject *y) { return binary(MATMUL, x, y); }
PyObject *py_tensor_and(PyObject *x, PyObject *y) { return binary(AND, x, y); }
PyObject *py_tensor_or(PyObject *x, PyObject *y) { return binary(OR, x, y); }
PyObject *py_tensor_xor(PyObject *x, PyObject *y) { return binary(XOR, x, y); }

PyObject *py_tensor_pow(PyObject *x, PyObject *y, PyObject *modulus)
{
    if (modulus != Py_None)
        Py_RETURN_NOTIMPLEMENTED;
    return binary(POW, x, y);
}

static PyObject *tensor_div(Core *core, PyObject *self, PyObject **args) { return forward(core, DIV, self, args[0]); }
static PyObject *tensor_rdiv(Core *core, PyObject *self, PyObject **args) { return reflected(core, DIV, args[0], self); }

const PyRow py_operator_rows[] = {
    {"__div__", "(self, y)", tensor_div, NULL, 0},
    {"__rdiv__", "(self, x)", tensor_rdiv, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};

/* ---- unary operators and comparisons ---- */

static Core *core_of(PyObject *x) { return ((PyTensor *)x)->graph->core; }

PyObject *py_tensor_neg(PyObject *x) { return make(core_of(x), "Neg", x, NULL, NULL, TFG_INVALID, NULL); }
PyObject *py_tensor_invert(PyObject *x) { return make(core_of(x), "LogicalNot", x, NULL, NULL, TFG_INVALID, NULL); }

PyObject *py_tensor_abs(PyObject *x)
{
    Core *core = core_of(x);
    TfgDType dtype = base_dtype(x);
    if (tfg_dtype_kind(dtype) == TFG_KIND_COMPLEX)
        return make(core, "ComplexAbs", x, NULL, "Tout", dtype == TFG_COMPLEX64 ? TFG_FLOAT : TFG_DOUBLE, "Abs");
    return make(core, "Abs", x, NULL, NULL, TFG_INVALID, NULL);
}

/* == and != compare identity; the others make operations. */
PyObject *py_tensor_richcompare(PyObject *x, PyObject *y, int op)
{
    static const char *const types[] = {[Py_LT] = "Less", [Py_LE] = "LessEqual", [Py_GT] = "Greater", [Py_GE] = "GreaterEqual"};
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong((x == y) == (op == Py_EQ));
    return make(core_of(x), types[op], x, y, NULL, TFG_INVALID, NULL);
}

PyObject *py_tensor_subscript(PyObject *tensor, PyObject *key)
{
    return py_slice(core_of(tensor), tensor, key, NULL);
}
