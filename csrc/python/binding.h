/* The binding: what the files of python/ share.  One struct (Core) is the state of the module; every object that needs it holds a
 * pointer to it, since an object keeps its type, and the type its module.  The binding converts, calls and converts back. */
#ifndef TFG_PYTHON_BINDING_H
#define TFG_PYTHON_BINDING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#define PY_ARRAY_UNIQUE_SYMBOL tfg_numpy_api
#ifndef TFG_IMPORT_NUMPY
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

#if PY_VERSION_HEX < 0x030B0000
#define PyType_GetModuleByDef _PyType_GetModuleByDef
#endif

#include "base/memory.h"
#include "graph/graph.h"
#include "runtime/session.h"
#include "tensor/tensor.h"

typedef struct Core Core;
typedef struct PyGraph PyGraph;

/* ---- functions and methods (function.c) ---- */

/* A function of the module or a method of one of its types.  `signature` is what inspect.signature shows and what calls are parsed
 * by: "(self, fetches, feed_dict=None)".  args[i] is the i-th parameter after self, NULL where the caller left it out.  With
 * "*args, **kwargs" in it, args are two objects: a tuple and a dict (or NULL). */
typedef PyObject *(*PyBody)(Core *core, PyObject *self, PyObject **args);
typedef struct PyRow {
    const char *name, *signature;
    PyBody body;
    const char *doc;
    int flags;                  /* PY_STATIC */
} PyRow;
enum { PY_STATIC = 1 };

int py_add_functions(Core *core, PyObject *module, const PyRow *rows);      /* rows end at a NULL name */
int py_add_methods(Core *core, PyTypeObject *type, const PyRow *rows);

/* ---- the module's state ---- */
#define PY_NAMES(X)                                                                                                        \
    X(__array__) X(__array_interface__) X(__dict__) X(__signature__) X(_AsTensor) X(_as_graph_element) X(AddOp)            \
    X(SerializeToString) X(FromString) X(ParseFromString) X(as_list) X(create_op) X(dense_shape) X(device_name) X(dtype)   \
    X(feed_dict) X(flatten_dict_items) X(graph) X(indices) X(keys) X(items) X(match) X(name) X(op) X(run) X(to_string)     \
    X(to_numpy_array) X(type) X(values) X(value) X(add_to_graph) X(_fields) X(__attrs_attrs__) X(unknown_rank) X(dim)      \
    X(size) X(building_function) X(_building_function) X(outer_context) X(grad_state) X(close) X(_shape_tuple) X(shape)    \
    X(session) X(__enter__) X(__exit__) X(capture) X(eval)
enum {
#define X(name) PY_NAME_##name,
    PY_NAMES(X)
#undef X
    PY_N_NAMES
};
#define PY_STR(core, id) ((core)->names[PY_NAME_##id])

typedef struct PyStacks PyStacks;

struct Core {
    PyObject *module;           /* borrowed: the state lives in it */
    PyTypeObject *function_type, *plain_function_type, *dtype_type, *dimension_type, *shape_type, *tensor_like_type, *tensor_type, *operation_type,
        *input_list_type, *graph_type, *scope_type, *name_scope_type, *controls_type, *raw_op_type, *stacks_type, *owner_type, *context_type, *cond_type, *while_type,
        *session_interface_type, *base_session_type, *session_type, *interactive_session_type, *callable_type, *default_type, *tensor_iterator_type, *slice_assign_type,
        *device_attributes_type, *variable_type;
    PyObject *names[PY_N_NAMES];
    PyObject *dtypes[TFG_N_DTYPES], *ref_dtypes[TFG_N_DTYPES];
    PyObject *numpy_types[TFG_N_DTYPES];    /* as_numpy_dtype: a type, or a numpy.dtype; NULL where there is none */
    PyArray_Descr *descrs[TFG_N_DTYPES];    /* the same as descriptors */
    PyObject *dtype_by_name;    /* dict of text */
    PyObject *stacks_key;       /* of this thread's stacks in the thread state's dict */
    PyObject *conversions;      /* list of (priority, base types, function), sorted */
    PyObject *conversion_cache; /* dict: type -> tuple of (base, function) */
    PyObject *tensor_like;      /* tuple of the dense tensor-like types */
    PyObject *expansions;       /* list of (type, fetch, feed, partial feed): session.register_session_run_conversion_functions */
    PyObject *raw_ops;          /* dict: op type -> RawOp */
    PyObject *classes;          /* dict of what the Python layer gave: _set_classes(IndexedSlices=...) */
    PyObject *indexed_slices, *sparse_tensor, *tensor_handle;   /* of these, borrowed from `classes`; NULL until given */
    PyObject *protos;           /* pytfgraph.protos; NULL until needed */
    PyObject *messages;         /* dict: full name -> class */
    PyObject *errors;           /* pytfgraph.framework.errors_impl; NULL until needed */
    PyObject *empty_tuple, *overloadable;
    PyObject *gradients;        /* dict: label -> the function Python registered, or None */
    PyObject *integral, *real, *complex_number, *mapping;       /* numbers.* and collections.abc.Mapping; NULL until needed */
    PyStacks *stacks;           /* of the thread that asked last, borrowed, and that thread's id, which is never given again */
    uint64_t stacks_thread;
    int64_t next_uid;
    bool conversions_overridden;    /* somebody registered a conversion for plain Python or NumPy values */
    bool expansions_overridden;     /* or an expansion that might take tensors and operations */
};

extern PyModuleDef tfg_core_module;

/* ---- types: each file makes its own (called once by module.c), 0 / -1 ---- */
int py_function_init(Core *core);
int py_dtype_init(Core *core);
int py_bfloat16_init(Core *core);      /* NumPy's side of bfloat16, into descrs and numpy_types */
int py_dimension_init(Core *core);
int py_shape_init(Core *core);
int py_tensor_init(Core *core);
int py_slice_init(Core *core);
int py_variable_init(Core *core);
int py_operation_init(Core *core);
int py_graph_init(Core *core);
int py_scope_init(Core *core);
int py_graph_scopes_init(Core *core);
int py_name_scope_init(Core *core);
int py_stacks_init(Core *core);
int py_convert_init(Core *core);
int py_array_init(Core *core);
int py_apply_init(Core *core);
int py_session_init(Core *core);
int py_context_init(Core *core);
int py_gradient_init(Core *core);
int py_func_init(Core *core);
int py_kernels_init(Core *core);
int py_file_init(Core *core);
int py_summarize_init(Core *core);
int py_scalars_init(Core *core);
int py_records_init(Core *core);
int py_checkpoint_init(Core *core);
/* Makes the heap type `spec` (its name is its dotted path) under `base` (NULL: object) and adds it to the module under its last
 * part, or under `as` where given.  A new reference kept in *out. */
int py_make_type(Core *core, const PyType_Spec *spec, PyTypeObject *base, const char *as, PyTypeObject **out);

/* ---- dtypes ---- */
typedef struct PyDType { PyObject_HEAD Core *core; int number; } PyDType;
PyObject *py_dtype(Core *core, TfgDType dtype);                     /* borrowed; NULL with TypeError for a number that is none */
/* What tf.as_dtype accepts.  TFG_INVALID with a TypeError set. */
TfgDType py_as_dtype(Core *core, PyObject *value);
/* The same without an error set: TFG_INVALID where it is none (PyErr_Occurred tells of real failures). */
TfgDType py_try_dtype(Core *core, PyObject *value);
TfgDType py_dtype_of_descr(Core *core, PyArray_Descr *descr);       /* TFG_INVALID where there is none */

/* ---- shapes ---- */
typedef struct PyShape { PyObject_HEAD Core *core; int rank; int64_t *sizes; PyObject *dims; } PyShape;
typedef struct PyDimension { PyObject_HEAD Core *core; int64_t value; } PyDimension;    /* -1: unknown */
PyObject *py_shape_new(Core *core, const TfgShape *shape);
PyObject *py_shape_from(Core *core, int rank, const int64_t *sizes);
/* tensor_shape.as_shape: a TensorShape, a message, None, a number or an iterable.  0 / -1 */
int py_as_shape(Core *core, PyObject *value, TfgShape *out);
PyObject *py_dimension_new(Core *core, int64_t value);
PyObject *py_size_object(int64_t n); /* the number, None where it is unknown */
PyObject *py_shape_reduced(Core *core, PyObject *self, const char *function, PyObject *arg_steal); /* __reduce__ of either type */
/* as_dimension; *out -1 for None. */
int py_as_dimension(Core *core, PyObject *value, int64_t *out);

/* ---- graph, operation, tensor ---- */
typedef struct PyStackNode PyStackNode;
typedef struct PyStackTable {   /* hash-consed call chains of one graph (stack.c) */
    PyStackNode **slots;
    size_t n, capacity;
    PyStackNode *chain[128];    /* the chain captured last, outermost first, and its keys: most captures share its beginning */
    int depth;
} PyStackTable;

struct PyGraph {
    PyObject_HEAD
    Core *core;
    TfgGraph *graph;
    PyObject *dict, *weak;
    PyObject *collections;      /* dict: key -> list */
    PyObject *kept;             /* list of wrappers that carry attributes and therefore live as long as the graph */

    PyObject *seed;
    PyObject *original_op;      /* NULL: none */
    PyObject *container;        /* text; NULL: "" */
    PyObject *attr_functions;   /* list of (attribute, function of the NodeDef) of Graph._attr_scope; NULL: none */
    PyObject *contexts;         /* dict: control-flow contexts that Python has seen (context.c) */
    PyStackTable stacks;
    bool building_function;
    bool overrides_create_op;   /* a subclass has a create_op of its own */
    bool in_create_op;
};

typedef struct PyOperation {
    PyObject_HEAD
    PyGraph *graph;
    TfgOp *op;
    PyObject *dict, *weak;
    bool kept;
} PyOperation;

typedef struct PyTensor {
    PyObject_HEAD
    PyGraph *graph;
    TfgOp *op;
    PyObject *dict, *weak;
    int index;
    bool kept;
} PyTensor;

static inline bool py_is_tensor(const Core *c, PyObject *o) { return Py_IS_TYPE(o, c->tensor_type) || PyObject_TypeCheck(o, c->tensor_type); }
static inline bool py_is_operation(const Core *c, PyObject *o) { return Py_IS_TYPE(o, c->operation_type) || PyObject_TypeCheck(o, c->operation_type); }
static inline bool py_is_graph(const Core *c, PyObject *o) { return PyObject_TypeCheck(o, c->graph_type); }
PyTensor *py_as_tensor(PyObject *o);    /* o, if it is a Tensor of this or any module; else NULL, without an error */
static inline TfgOutput py_output(const PyTensor *t) { return (TfgOutput){t->op, t->index}; }
static inline TfgDType py_tensor_dtype(const PyTensor *t) { return t->op->outputs[t->index].dtype; }
static inline PyGraph *py_graph_of(const TfgGraph *g) { return tfg_graph_binding(g); }

PyObject *py_wrap_op(PyGraph *g, TfgOp *op);                        /* new reference to the one wrapper of `op` */
PyObject *py_op_list(PyGraph *g, TfgOp *const *ops, int n);         /* new list of the wrappers of `n` operations */
PyObject *py_wrap_output(PyGraph *g, TfgOutput o);                  /* the same for a tensor; None for .op NULL */
PyObject *py_wrap_outputs(PyGraph *g, TfgOp *op);                   /* list */
/* Keeps a wrapper with attributes alive with its graph; `kept` is the wrapper's flag. */
int py_graph_keep(PyGraph *g, PyObject *wrapper, bool *kept);
void py_graph_lock(PyGraph *g);                                     /* lets go of the interpreter lock where it must wait */
void py_graph_unlock(PyGraph *g);
/* What takes the graph's lock inside must be called with it, or wait for it without the interpreter lock; so the binding calls these. */
const char *py_enter_scope(PyGraph *g, const char *name, const char **saved);       /* NULL with an exception set */
void py_leave_scope(PyGraph *g, const char *saved);
TfgOp *py_find_op(PyGraph *g, const char *name);
void py_set_context(PyGraph *g, TfgOpContext *c);
/* The one way from Python to tfg_graph_add_op.  Calls a subclass's create_op where there is one. */
TfgOp *py_graph_add_op(PyGraph *g, const TfgOpSpec *spec);          /* NULL with an exception set */
int py_check_not_finalized(PyGraph *g);
/* as_graph_element: new reference. */
PyObject *py_graph_element(PyGraph *g, PyObject *obj, bool allow_tensor, bool allow_operation);
extern const PyRow py_graph_build_rows[], py_graph_scope_rows[], py_graph_collection_rows[], py_graph_element_rows[], py_graph_def_rows[];
PyObject *py_graph_device_functions(PyObject *self, void *closure);
/* Turns an Operation, Tensor, IndexedSlices or text into an op of the graph (control_dependencies, colocate_with). */

/* ---- default graph and session of the thread (stacks.c) ---- */
PyGraph *py_default_graph(Core *core);                              /* borrowed from the thread's stack */
int py_push_graph(Core *core, PyGraph *g);
int py_pop_graph(Core *core, PyGraph *g);                           /* AssertionError where the nesting is wrong */
PyObject *py_default_session(Core *core);                           /* borrowed; NULL without an error where there is none */
PyObject *py_default_graph_scope(Core *core, PyObject *graph, bool enforce_nesting);
PyObject *py_default_session_scope(Core *core, PyObject *session, bool enforce_nesting);
/* ops._get_graph_from_inputs for values in an array; borrowed.  Lists among them are looked into when `flatten`. */
PyGraph *py_graph_from_inputs(Core *core, PyObject *const *values, Py_ssize_t n, bool flatten);

/* ---- values in and out (array.c, constant.c) ---- */
/* NumPy array (scalar for rank 0) of a tensor whose reference is taken. */
PyObject *py_tensor_to_numpy_steal(Core *core, TfgTensor *t);
PyObject *py_tensor_to_array_steal(Core *core, TfgTensor *t);       /* an array for rank 0, too */
/* A tensor over an array's memory where its layout allows and `borrow`; else a copy.  NULL with an exception. */
TfgTensor *py_tensor_from_array(Core *core, PyArrayObject *a, TfgDType dtype, bool borrow);
/* make_tensor_proto's rules.  dtype TFG_INVALID: inferred; shape NULL or None: the value's own. */
/* *form (may be NULL): how its message lists the elements, io/tensor_proto.h. */
TfgTensor *py_constant_value(Core *core, PyObject *value, TfgDType dtype, PyObject *shape, bool verify_shape, int *form);
PyObject *py_constant(Core *core, PyGraph *g, PyObject *value, TfgDType dtype, PyObject *shape, const char *name, bool verify);
PyObject *py_constant_of(PyGraph *g, TfgTensor *value, int form, const char *name);     /* the tensor of a new Const */
/* Raises with words in which our modules have TensorFlow's names: tensorflow.python.ops.x where pytfgraph.ops.x is meant.  NULL. */
void *py_raise_named(PyObject *type, const char *format, ...);
PyObject *py_plain_repr(PyObject *o);               /* repr as before NumPy 2 put the types of scalars into it */
/* Text or bytes as bytes; -1 with TypeError "Expected binary or unicode string, got ...". */
int py_as_bytes(PyObject *o, const char **data, Py_ssize_t *n, PyObject **holder);
PyObject *py_numpy_type(Core *core, TfgDType dtype);                /* borrowed; NULL without an error where there is none */

/* ---- conversion (convert.c) ---- */
/* ops.internal_convert_to_tensor; a new PyTensor. */
PyObject *py_convert(Core *core, PyObject *value, TfgDType dtype, const char *name, bool as_ref, TfgDType preferred);
/* The tensors a SparseTensor or IndexedSlices is made of, in the order of its value class, as a new tuple, with None for a dense_shape
 * that is missing; *value_class (may be NULL) is borrowed.  NULL without an error for anything else. */
PyObject *py_parts(Core *core, PyObject *o, PyObject **value_class);
bool py_is_tensor_like(Core *core, PyObject *o);                    /* ops.is_dense_tensor_like */

/* ---- attributes (attr.c) ---- */
PyObject *py_attr_to_python(PyGraph *g, const TfgAttr *a);          /* Operation.get_attr */
/* The value of attribute `def` of op `op_type` from Python, by op_def_library's rules; everything it needs is in the arena. */
int py_attr_from_python(Core *core, const TfgOpDef *op, const TfgAttrDef *def, PyObject *value, TfgArena *arena, TfgAttr *out);
int py_attr_from_message(Core *core, PyObject *message, TfgArena *arena, TfgAttr *out);     /* an AttrValue, or a list of bytes */
PyObject *py_message(Core *core, const char *full_name, const void *data, size_t n);        /* parsed from bytes */
PyObject *py_op_def_message(Core *core, const TfgOpDef *def);      /* an OpDef; new reference */
bool py_is_message(Core *core, PyObject *o, const char *full_name);     /* of any descriptor pool */
PyObject *py_message_bytes(Core *core, PyObject *message);
PyObject *py_node_def(PyGraph *g, TfgOp *op);
TfgTensor *py_tensor_from_message(Core *core, PyObject *message, int *form);    /* a TensorProto; new */
/* "Value passed to parameter 'x' has DataType string not in list of allowed values: ..." */
int py_check_allowed(Core *core, TfgDType dtype, const TfgAttrDef *def, const char *param);
PyObject *py_dtype_error_list(Core *core, const TfgAttrDef *def);   /* "float32, int32": text */

/* ---- op making (apply.c, raw_op.c) ---- */
#define PY_MAX_ARGS 48
typedef struct PyApply {        /* one call: everything borrowed */
    const TfgOpDef *def;
    const char *name;           /* NULL: the type */
    PyObject *inputs[TFG_OP_MAX_IN];
    PyObject *attrs[TFG_OP_MAX_ATTR];        /* NULL: not given (inferred, or an error); None: the default */
} PyApply;
TfgOp *py_apply(Core *core, PyApply *call, PyGraph **graph);        /* NULL with an exception; *graph is borrowed */
PyObject *py_apply_tensor(Core *core, PyApply *call);               /* its first output */
PyObject *py_raw_op(Core *core, const char *type);                  /* borrowed RawOp; NULL with an exception */
extern const PyRow py_apply_rows[];

/* ---- operators (operators.c, slice.c) ---- */
PyObject *py_tensor_add(PyObject *x, PyObject *y);
PyObject *py_tensor_sub(PyObject *x, PyObject *y);
PyObject *py_tensor_mul(PyObject *x, PyObject *y);
PyObject *py_tensor_truediv(PyObject *x, PyObject *y);
PyObject *py_tensor_floordiv(PyObject *x, PyObject *y);
PyObject *py_tensor_mod(PyObject *x, PyObject *y);
PyObject *py_tensor_pow(PyObject *x, PyObject *y, PyObject *modulus);
PyObject *py_tensor_matmul(PyObject *x, PyObject *y);
PyObject *py_tensor_and(PyObject *x, PyObject *y);
PyObject *py_tensor_or(PyObject *x, PyObject *y);
PyObject *py_tensor_xor(PyObject *x, PyObject *y);
PyObject *py_tensor_neg(PyObject *x);
PyObject *py_tensor_abs(PyObject *x);
PyObject *py_tensor_invert(PyObject *x);
PyObject *py_tensor_richcompare(PyObject *x, PyObject *y, int op);
PyObject *py_tensor_subscript(PyObject *tensor, PyObject *key);
extern const PyRow py_operator_rows[];
PyObject *py_slice(Core *core, PyObject *tensor, PyObject *spec, PyObject *var);
PyObject *py_slice_refusal(Core *core);         /* the `assign` of a slice of what is no variable: it raises ValueError */

/* ---- stacks of calls (stack.c) ---- */
void *py_stack_capture(TfgGraph *g);
void py_stack_fini(PyStackTable *t);
PyObject *py_stack_list(const void *stack, bool with_start_lines);  /* [(file, line, function, text), ...], outermost first */

/* The innermost call outside the folder `package`: its file, borrowed, and line.  NULL where nothing is known. */
const char *py_stack_user_line(const void *stack, const char *package, int *line);

/* ---- errors (error.c) ---- */
/* Raises what a failed build says (ValueError, TypeError ...), and ends the status.  Returns NULL. */
PyObject *py_raise_build(Core *core, TfgStatus *s);
/* Raises the tf.errors class of a failed run, with the operation that failed. */
PyObject *py_raise_run(Core *core, PyGraph *g, TfgStatus *s);
void py_op_defined_at(Core *core, const TfgOp *op, TfgStr *out);         /* " (defined at FILE:LINE)", where that is known */
/* Moves the exception that is set into a status (TFG_PYTHON_ERROR: it stays set).  Returns -1. */
int py_status_from_exception(TfgStatus *s);

/* ---- contexts (context.c) ---- */
typedef struct PyOpContext {
    PyObject_HEAD
    PyGraph *graph;
    TfgOpContext *context;
    PyObject *dict, *weak;
    PyObject *entered;          /* (context to go back to, the pair before) of each Enter without its Exit; NULL: none */
} PyOpContext;
PyObject *py_context_wrap(PyGraph *g, TfgOpContext *c);             /* new reference; None for NULL */
int py_context_from(PyGraph *g, PyObject *o, TfgOpContext **out);   /* a wrapper, None, or any object with AddOp */
static inline PyOpContext *py_self_context(PyObject *self) { return (PyOpContext *)self; }
int py_while_init(Core *core);                                      /* the type of loops (while.c) */

/* ---- gradients (gradient.c) ---- */
extern const PyRow py_gradient_rows[];

/* ---- session (session.c, fetch.c, feed.c) ---- */
typedef struct PySession {
    PyObject_HEAD
    Core *core;
    PyGraph *graph;
    TfgSession *session;
    PyObject *dict, *weak, *target, *config;
    PyObject *graph_scope, *session_scope;      /* of `with session:` or an InteractiveSession; NULL else */
    PyObject *handles;          /* list of dead handles */
    struct PyPlanSlot **plans;  /* hash table of plans by what they fetch and feed (session_run.c) */
    size_t n_plans, plans_capacity;
    bool closed, interactive_counted;
    bool place_pruned;          /* an InteractiveSession: operations that no run needs may have devices that are not there */
} PySession;
extern const PyRow py_session_run_rows[];
void py_session_drop_plans(PySession *s);
int py_callable_init(Core *core);
PyObject *py_session_run(PySession *s, PyObject *handle, PyObject *fetches, PyObject *feed_dict, PyObject *options, PyObject *metadata);
int py_session_check_open(PySession *s);
int py_session_check_cancelled(PySession *s);     /* CancelledError for a closed session */
/* Tensor.eval and Operation.run. */
PyObject *py_run_in_session(Core *core, PyObject *fetch, PyGraph *graph, PyObject *feed_dict, PyObject *session, bool is_op);

/* One fetch argument taken apart: which tensors and operations, and how the results go together. */
typedef struct PyFetchNode {
    int kind;                   /* PY_FETCH_* */
    int n;                      /* children, or values of an expansion */
    int first;                  /* index in `slots` of the first value (leaf, expansion) */
    PyObject *object;           /* owned: the container (for its type and keys), or the contraction function */
} PyFetchNode;
enum { PY_FETCH_TENSOR, PY_FETCH_OPERATION, PY_FETCH_EXPANSION, PY_FETCH_VALUES /* of the class `object`, None for slots without op */, PY_FETCH_LIST, PY_FETCH_TUPLE, PY_FETCH_NAMED, PY_FETCH_DICT };
typedef struct PyFetchSlot { TfgOp *op; int index; /* -1: an operation */ int value; /* its place among the unique tensors */ } PyFetchSlot;
#define PY_FETCH_INLINE 16
typedef struct PyFetchTree {
    PyFetchNode *nodes;
    PyFetchSlot *slots;
    TfgOutput *outputs;         /* each tensor once */
    TfgOp **targets;            /* each operation once */
    int n_nodes, n_slots, n_outputs, n_targets;
    size_t nodes_capacity, slots_capacity, outputs_capacity, targets_capacity;
    TfgIdMap seen;              /* places of outputs, once there are many */
    PyFetchNode nodes_inline[PY_FETCH_INLINE];
    PyFetchSlot slots_inline[PY_FETCH_INLINE];
    TfgOutput outputs_inline[PY_FETCH_INLINE];
    TfgOp *targets_inline[PY_FETCH_INLINE];
} PyFetchTree;
void py_fetch_init(PyFetchTree *t);
void py_fetch_fini(PyFetchTree *t);
int py_fetch_add(PyFetchTree *t, PyGraph *g, PyObject *fetches);    /* takes `fetches` apart; 0 / -1 */
/* Puts the results together; values[i] belongs to outputs[i]. New reference. */
PyObject *py_fetch_build(PyFetchTree *t, PyObject *const *values);

typedef struct PyFeedItem { TfgOutput to; TfgTensor *value; PyObject *array; /* what keeps value's memory, or NULL */ } PyFeedItem;
typedef struct PyFeeds { PyFeedItem *items; int n; size_t capacity; PyFeedItem inline_items[16]; } PyFeeds;
void py_feeds_init(PyFeeds *f);
void py_feeds_fini(PyFeeds *f);
int py_feeds_add_dict(PyFeeds *f, PyGraph *g, PyObject *feed_dict);
int py_feeds_add_value(PyFeeds *f, PyGraph *g, PyObject *feed, TfgOutput to, PyObject *value);
/* The fed value as run() hands it back when the fed tensor is fetched. */
PyObject *py_feed_array(Core *core, PyFeedItem *item);
/* Tensors behind fed handles, before a step runs.  Moving brings those that are on other devices to where they are fed; *kept (new, or
 * NULL) keeps what that made for the step. */
int py_feeds_resolve(PyFeeds *f, PySession *s);
int py_feeds_move(PyFeeds *f, PySession *s, PyObject **kept);

#endif
