/* What the context managers of a graph (scope.c), the methods of Graph that give them (graph_scopes.c) and tf.name_scope
 * (name_scope.c) share. */
#ifndef TFG_PYTHON_SCOPE_H
#define TFG_PYTHON_SCOPE_H
#include "python/binding.h"

typedef enum ScopeKind {
    SCOPE_NAME, SCOPE_DEVICE, SCOPE_CONTROLS, SCOPE_COLOCATION, SCOPE_CONTAINER, SCOPE_ATTRS, SCOPE_GRADIENTS, SCOPE_KERNELS,
    SCOPE_ORIGINAL_OP, SCOPE_CREATOR
} ScopeKind;

typedef struct PyScope {
    PyObject_HEAD
    PyGraph *graph;
    ScopeKind kind;
    PyObject *value;            /* what the scope was given */
    PyObject *saved_object;     /* what leaving brings back */
    const char *saved;          /* the same for a name scope */
    TfgOp **ops;                /* of control dependencies */
    const TfgControlScope *control_scope;       /* what entering made of them */
    int n_ops, depth;
    bool clear;                 /* control_dependencies(None), device(None), ignore_existing */
} PyScope;

/* A scope of `g`, not entered yet; keeps `value`, which may be NULL. */
PyScope *py_scope_new(PyGraph *g, ScopeKind kind, PyObject *value);
/* Enters the name scope that `value` stands for (text, or None for the outermost) and gives its name with its "/", new; *saved is what
 * leaving brings back. */
PyObject *py_enter_name(PyGraph *g, PyObject *value, const char **saved);
/* The creators of variables in force, a new list. */
PyObject *py_variable_creators(PyGraph *g);

#endif
