/* Graph, its wrappers: one Python object at most for a node, and the locks and scopes that Python code takes. */
#include "python/binding.h"

/* A wrapper dies with its last user, until a program hangs attributes on it.  The collector tracks it from the start: collections
 * and variables hold wrappers, wrappers hold the graph, and nothing else could see that cycle end. */
PyObject *py_wrap_op(PyGraph *g, TfgOp *op)
{
    if (op->binding)
        return Py_NewRef((PyObject *)op->binding);
    PyOperation *o = PyObject_GC_New(PyOperation, g->core->operation_type);
    if (!o)
        return NULL;
    o->graph = (PyGraph *)Py_NewRef((PyObject *)g);
    o->op = op;
    o->dict = o->weak = NULL;
    o->kept = false;
    op->binding = o;
    PyObject_GC_Track((PyObject *)o);
    return (PyObject *)o;
}

PyObject *py_wrap_output(PyGraph *g, TfgOutput out)
{
    if (!out.op)
        Py_RETURN_NONE;
    TfgOutputInfo *info = &out.op->outputs[out.index];
    if (info->binding)
        return Py_NewRef((PyObject *)info->binding);
    PyTensor *t = PyObject_GC_New(PyTensor, g->core->tensor_type);
    if (!t)
        return NULL;
    t->graph = (PyGraph *)Py_NewRef((PyObject *)g);
    t->op = out.op;
    t->index = out.index;
    t->dict = t->weak = NULL;
    t->kept = false;
    info->binding = t;
    PyObject_GC_Track((PyObject *)t);
    return (PyObject *)t;
}

PyObject *py_wrap_outputs(PyGraph *g, TfgOp *op)
{
    PyObject *list = PyList_New(op->n_outputs);
    for (int i = 0; list && i < op->n_outputs; i++) {
        PyObject *t = py_wrap_output(g, (TfgOutput){op, i});
        if (t)
            PyList_SET_ITEM(list, i, t);
        else
            Py_CLEAR(list);
    }
    return list;
}

int py_graph_keep(PyGraph *g, PyObject *wrapper, bool *kept)
{
    if (*kept)
        return 0;
    if (!g->kept && !(g->kept = PyList_New(0)))
        return -1;
    if (PyList_Append(g->kept, wrapper) < 0)
        return -1;
    *kept = true;
    return 0;
}

void py_graph_lock(PyGraph *g)
{
    if (tfg_graph_trylock(g->graph))
        return;
    Py_BEGIN_ALLOW_THREADS
    tfg_graph_lock(g->graph);
    Py_END_ALLOW_THREADS
}

void py_graph_unlock(PyGraph *g) { tfg_graph_unlock(g->graph); }

const char *py_enter_scope(PyGraph *g, const char *name, const char **saved)
{
    TfgStatus s = TFG_STATUS_INIT;
    py_graph_lock(g);
    const char *scope = tfg_graph_enter_scope(g->graph, name, saved, &s);
    py_graph_unlock(g);
    if (!scope)
        py_raise_build(g->core, &s);
    return scope;
}

void py_leave_scope(PyGraph *g, const char *saved)
{
    py_graph_lock(g);
    tfg_graph_leave_scope(g->graph, saved);
    py_graph_unlock(g);
}

TfgOp *py_find_op(PyGraph *g, const char *name)
{
    py_graph_lock(g);
    TfgOp *op = tfg_graph_find_op(g->graph, name);
    py_graph_unlock(g);
    return op;
}

void py_set_context(PyGraph *g, TfgOpContext *c)
{
    py_graph_lock(g);
    tfg_graph_set_context(g->graph, c);
    py_graph_unlock(g);
}

int py_check_not_finalized(PyGraph *g)
{
    if (!tfg_graph_is_finalized(g->graph))
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "Graph is finalized and cannot be modified.");
    return -1;
}
