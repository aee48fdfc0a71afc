/* pytfgraph._core: what it offers to the Python package.
 *
 * Types (reprs, methods and errors as TensorFlow 1.12.3's):
 *   DType Dimension TensorShape _TensorLike Tensor Operation _InputList Graph name_scope CondContext
 *   SessionInterface BaseSession Session InteractiveSession
 *
 * Dtypes: float32 ... variant, and float32_ref ...; as_dtype(x)
 * Shapes: as_shape as_dimension unknown_shape(ndims=None) scalar() vector(n) matrix(rows, cols)
 *
 * Graphs:
 *   get_default_graph() reset_default_graph() has_default_graph()
 *   default_session(session)        context manager; get_default_session()
 *   name_scope(name, default_name=None, values=None)
 *   _get_graph_from_inputs(op_input_list, graph=None)   _assert_same_graph(a, b)
 *   uid()                           a number nobody else has in this process
 *   _cond_context(pred, pivot, branch, name='cond_text', restored=False) -> CondContext: Enter() Exit() AddValue(t)
 *                                   AddResult(t) ExitResult(list), name pred pivot branch graph outer_context back_prop
 *
 * Values and ops:
 *   convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None)
 *   internal_convert_to_tensor(value, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None)
 *   convert_n_to_tensor, internal_convert_n_to_tensor, convert_to_tensor_or_indexed_slices,
 *   internal_convert_to_tensor_or_indexed_slices, convert_n_to_tensor_or_indexed_slices
 *   register_tensor_conversion_function(base_type, conversion_func, priority=100)
 *   is_dense_tensor_like(t) register_dense_tensor_like_type(type)
 *   constant(value, dtype=None, shape=None, name='Const', verify_shape=False)
 *   make_tensor_proto(values, dtype=None, shape=None, verify_shape=False) -> message   make_ndarray(tensor_proto)
 *   constant_value(tensor) -> ndarray or None       constant_value_as_shape is the package's
 *   apply_op(op_type_name, name=None, **inputs_and_attrs) -> tensors as op_def_library's apply_op gives them
 *   apply_op_helper(op_type_name, name=None, **inputs_and_attrs) -> Operation
 *   raw_op('MatMul') -> callable(a, b, transpose_a=False, transpose_b=False, name=None), as gen_*_ops
 *   op_names() -> sorted list of the registered ops    op_def('MatMul') -> OpDef message    has_op('MatMul')
 *   slice_helper(tensor, slice_spec, var=None)  Tensor.__getitem__; var has _strided_slice_assign
 *   Tensor's operators as functions of two: Tensor.__add__ and so on
 *
 * Gradients:
 *   gradients(ys, xs, grad_ys=None, name='gradients', colocate_gradients_with_ops=False, gate_gradients=False,
 *             aggregation_method=None, stop_gradients=None, unconnected_gradients='none') -> list, flat; xs and ys are
 *             tensors (a variable's handle or ref), results Tensor, IndexedSlices or None
 *   register_gradient(op_type, function)    not_differentiable(op_type)   gradient_registered(op_type)
 *   get_gradient_function(op)
 *
 * Sessions: Session and its kin; register_session_run_conversion_functions(tensor_type, fetch_function,
 *   feed_function=None, feed_function_for_partial_run=None)
 *
 * Files: CheckpointReader(filepattern)
 *
 * What the package gives: _set_classes(IndexedSlices=..., SparseTensor=..., IndexedSlicesValue=..., SparseTensorValue=...,
 *   TensorHandle=...); pytfgraph.protos for messages; pytfgraph.framework.errors_impl with exception_type_from_error_code(code), whose
 *   classes take (node_def, op, message).
 */
#define TFG_IMPORT_NUMPY
#include "python/binding.h"

static int import_numpy(void)
{
    import_array1(-1);
    return 0;
}

static int make_names(Core *core)
{
    static const char *const texts[] = {
#define X(name) #name,
        PY_NAMES(X)
#undef X
    };
    for (int i = 0; i < PY_N_NAMES; i++)
        if (!(core->names[i] = PyUnicode_InternFromString(texts[i])))
            return -1;
    return 0;
}

static int make_containers(Core *core)
{
    core->empty_tuple = PyTuple_New(0);
    core->classes = PyDict_New();
    core->messages = PyDict_New();
    core->raw_ops = PyDict_New();
    core->expansions = PyList_New(0);
    core->stacks_key = PyUnicode_FromFormat("pytfgraph stacks %p", (void *)core);
    return core->empty_tuple && core->classes && core->messages && core->raw_ops && core->expansions && core->stacks_key ? 0 : -1;
}

static int init_library(Core *core)
{
    TfgStatus s = TFG_STATUS_INIT;
    if (tfg_init(&s) == 0)
        return 0;
    py_raise_build(core, &s);
    return -1;
}

static int module_exec(PyObject *module)
{
    Core *core = PyModule_GetState(module);
    core->module = module;
    if (import_numpy() < 0 || make_names(core) < 0 || make_containers(core) < 0)
        return -1;
    if (init_library(core) < 0)
        return -1;
    if (py_function_init(core) < 0 || py_dtype_init(core) < 0 || py_dimension_init(core) < 0 || py_shape_init(core) < 0 ||
        py_array_init(core) < 0 || py_stacks_init(core) < 0 || py_scope_init(core) < 0 || py_graph_scopes_init(core) < 0 ||
        py_name_scope_init(core) < 0 || py_graph_init(core) < 0 || py_tensor_init(core) < 0 ||
        py_slice_init(core) < 0 || py_variable_init(core) < 0 || py_operation_init(core) < 0 || py_context_init(core) < 0 || py_convert_init(core) < 0 || py_apply_init(core) < 0 ||
        py_gradient_init(core) < 0 || py_session_init(core) < 0 || py_func_init(core) < 0 ||
        py_kernels_init(core) < 0 || py_records_init(core) < 0 || py_checkpoint_init(core) < 0 || py_file_init(core) < 0 ||
        py_summarize_init(core) < 0 || py_scalars_init(core) < 0)
        return -1;
    return 0;
}

int py_make_type(Core *core, const PyType_Spec *spec, PyTypeObject *base, const char *as, PyTypeObject **out)
{
    PyObject *type = PyType_FromModuleAndSpec(core->module, (PyType_Spec *)(uintptr_t)spec, (PyObject *)base);
    if (!type)
        return -1;
    *out = (PyTypeObject *)type;
    const char *name = as;
    if (!name) {
        const char *dot = strrchr(spec->name, '.');
        name = dot ? dot + 1 : spec->name;
    }
    /* CPython shows the last part of a name in its own errors only where that is the type's name. */
    const char *dot = strrchr(spec->name, '.');
    PyObject *last = PyUnicode_FromString(dot ? dot + 1 : spec->name);
    int rc = last ? PyObject_SetAttrString(type, "__name__", last) : -1;
    Py_XDECREF(last);
    return rc < 0 ? -1 : PyModule_AddObjectRef(core->module, name, type);
}

/* Everything in the state that may be part of a cycle, or simply is counted. */
#define EACH_OBJECT(core, DO)                                                                                             \
    do {                                                                                                                  \
        PyTypeObject **types[] = {&core->function_type, &core->dtype_type, &core->dimension_type, &core->shape_type,      \
            &core->tensor_like_type, &core->tensor_type, &core->operation_type, &core->input_list_type, &core->graph_type, \
            &core->scope_type, &core->name_scope_type, &core->controls_type, &core->raw_op_type, &core->stacks_type,      \
            &core->owner_type, &core->context_type, &core->cond_type, &core->while_type, &core->session_interface_type, &core->base_session_type,              \
            &core->session_type, &core->interactive_session_type, &core->callable_type, &core->default_type, &core->tensor_iterator_type, &core->slice_assign_type,             \
            &core->plain_function_type, &core->device_attributes_type, &core->variable_type};                                                          \
        for (size_t i_ = 0; i_ < sizeof types / sizeof *types; i_++)                                                      \
            DO(*types[i_]);                                                                                               \
        for (int i_ = 0; i_ < PY_N_NAMES; i_++)                                                                           \
            DO(core->names[i_]);                                                                                          \
        for (int i_ = 0; i_ < TFG_N_DTYPES; i_++) {                                                                       \
            DO(core->dtypes[i_]);                                                                                         \
            DO(core->ref_dtypes[i_]);                                                                                     \
            DO(core->numpy_types[i_]);                                                                                    \
            DO(core->descrs[i_]);                                                                                         \
        }                                                                                                                 \
        PyObject **objects[] = {&core->dtype_by_name, &core->stacks_key, &core->conversions, &core->conversion_cache,     \
            &core->tensor_like, &core->expansions, &core->raw_ops, &core->classes, &core->protos, &core->messages,        \
            &core->errors, &core->empty_tuple, &core->overloadable, &core->gradients, &core->integral, &core->real,   \
            &core->complex_number, &core->mapping};                                                                       \
        for (size_t i_ = 0; i_ < sizeof objects / sizeof *objects; i_++)                                                  \
            DO(*objects[i_]);                                                                                             \
    } while (0)

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    Core *core = PyModule_GetState(module);
    if (core)
        EACH_OBJECT(core, Py_VISIT);
    return 0;
}

static int module_clear(PyObject *module)
{
    Core *core = PyModule_GetState(module);
    if (core) {
        core->indexed_slices = core->sparse_tensor = core->tensor_handle = NULL;
        EACH_OBJECT(core, Py_CLEAR);
    }
    return 0;
}

static void module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)(uintptr_t)module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

PyModuleDef tfg_core_module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "pytfgraph._core",
    .m_doc = "Graphs, operations, tensors and sessions.",
    .m_size = sizeof(Core),
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&tfg_core_module);
}
