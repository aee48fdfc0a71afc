"""Resource variables: named by a handle; a read is a value of its own, ordered by control dependencies."""
import contextlib

from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import raw, variables
from pytfgraph.ops.variable_slices import SaveSliceInfo

gen_resource_variable_ops = gen = raw.module("gen_resource_variable_ops")


def is_resource_variable(var):
    """Whether `var` is a ResourceVariable (or behaves as one)."""
    return isinstance(var, ResourceVariable) or hasattr(var, "_should_act_as_resource_variable")


def assign_variable_op(resource, value, name=None):
    """The operation that sets the variable a handle names."""
    return gen.assign_variable_op(resource, value, name=name)


def shape_safe_assign_variable_handle(handle, shape, value, name=None):
    """assign_variable_op for a value whose shape fits; ValueError where it does not."""
    value = ops.convert_to_tensor(value)
    shape.assert_is_compatible_with(value.shape)
    return gen.assign_variable_op(handle, value, name=name)


def _graph_of(handle):
    """A context of the handle's graph, unless the program has chosen a default one."""
    return contextlib.nullcontext() if ops.has_default_graph() else handle.graph.as_default()


class ResourceVariable(variables.VariableV1):
    """A variable made of a VarHandleOp; see tf.Variable for the arguments.

    Raises:
      ValueError: if no initial value is given, or the initial value is from inside a control-flow construct.
    """

    _computes_first = True

    def __init__(self, initial_value=None, trainable=True, collections=None, validate_shape=True, caching_device=None, name=None,
                 dtype=None, variable_def=None, import_scope=None, constraint=None):
        self._in_graph_mode = True
        if variable_def:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._init_from_proto(variable_def, import_scope=import_scope)
        else:
            self._init_from_args(initial_value, trainable, collections, caching_device, name, dtype, constraint)

    def _init_from_args(self, initial_value, trainable, collections, caching_device, name, dtype, constraint):
        variables.check_arguments(initial_value, collections, constraint)
        if isinstance(initial_value, ops.Tensor) and getattr(initial_value.graph, "building_function", False):
            raise ValueError("Tensor-typed variable initializers must either be wrapped in an init_scope or callable (e.g., "
                             "`tf.Variable(lambda : tf.truncated_normal([10, 40]))`) when building functions. Please file a feature "
                             "request if this restriction inconveniences you.")
        collections = variables.joined_collections(collections, trainable)
        self._trainable = trainable
        self._save_slice_info = None
        self._graph_key = getattr(ops.get_default_graph(), "_graph_key", None)
        with ops.init_scope():
            with ops.name_scope(name, "Variable", [] if callable(initial_value) else [initial_value]) as name:
                true_name = name[:-1] if name.endswith("/") else name
                self._make_handle(initial_value, dtype, name, true_name)
                self._make_initializer()
                self._make_reads(caching_device)
            self._constraint = constraint
            ops.add_to_collections(collections, self)

    def _make_handle(self, initial_value, dtype, scope, true_name):
        graph = ops.get_default_graph()
        with graph._attr_scope({"_class": [("loc:@%s" % true_name).encode()]}):
            with ops.name_scope("Initializer"), ops.device(None):
                value = ops.convert_to_tensor(initial_value() if callable(initial_value) else initial_value, name="initial_value",
                                              dtype=dtype)
            if value.op._get_control_flow_context() is not None:
                raise ValueError("Initializer for variable %s is from inside a control-flow construct, such as a loop or conditional. "
                                 "When creating a variable inside a loop or conditional, use a lambda as the initializer." % scope)
            self._handle = gen.var_handle_op(shape=value.get_shape(), dtype=value.dtype.base_dtype, shared_name=true_name, name=scope,
                                             container=getattr(graph, "_container", None) or "")
        self._initial_value = value
        self._unique_id = true_name
        self._handle_name = true_name + ":0"
        self._dtype = value.dtype.base_dtype
        self._shape = value.shape

    def _make_initializer(self):
        from pytfgraph.ops import initial_values
        with ops.name_scope("IsInitialized"):
            self._is_initialized_op = gen.var_is_initialized_op(self._handle)
        with ops.name_scope("Assign") as n, ops.colocate_with(self._handle):
            value = initial_values.with_initialized_variables(self, self._initial_value)
            self._initializer_op = gen.assign_variable_op(self._handle, value, name=n)

    def _make_reads(self, caching_device):
        with ops.name_scope("Read"), ops.colocate_with(self._handle):
            with ops.device(self._handle.device):
                self._graph_element = self._read_variable_op()
            self._cached_value = None
            if caching_device is not None:
                with ops.colocate_with(None, ignore_existing=True), ops.device(caching_device):
                    self._cached_value = gen.identity(self._graph_element)

    def _init_from_proto(self, variable_def, import_scope=None):
        def element(name):
            return g.as_graph_element(ops.prepend_name_scope(name, import_scope=import_scope))
        from pytfgraph import protos
        variable_def = protos.convert("tensorflow.VariableDef", variable_def)
        if not variable_def.is_resource:
            raise ValueError("Trying to restore Variable as ResourceVariable.")
        g = ops.get_default_graph()
        self._handle = element(variable_def.variable_name)
        self._shape = tensor_shape.TensorShape(self._handle.op.get_attr("shape"))
        self._handle_name = self._handle.name
        self._unique_id = self._handle_name
        self._initializer_op = element(variable_def.initializer_name)
        self._initial_value = element(variable_def.initial_value_name) if variable_def.initial_value_name else None
        self._trainable = variable_def.trainable
        self._cached_value = None
        if variable_def.snapshot_name:
            self._cached_value = element(variable_def.snapshot_name)
            self._graph_element = _read_behind(self._cached_value)
        else:       # written before 1.8
            self._graph_element = g.get_tensor_by_name(self._handle.op.name + "/Read/ReadVariableOp:0")
        self._save_slice_info = None
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = SaveSliceInfo(save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope)
        self._is_initialized_op = None
        self._dtype = dtypes.as_dtype(self._handle.op.get_attr("dtype"))
        self._constraint = None

    @staticmethod
    def from_proto(variable_def, import_scope=None):
        """A ResourceVariable for a VariableDef whose nodes are in the default graph."""
        return ResourceVariable(variable_def=variable_def, import_scope=import_scope)

    def __repr__(self):
        return "<tf.Variable '%s' shape=%s dtype=%s>" % (self.name, self.get_shape(), self.dtype.name)

    def __nonzero__(self):
        return self.__bool__()

    def __bool__(self):
        return bool(self.read_value())

    # ---- reading ----

    def _read_variable_op(self):
        return gen.read_variable_op(self._handle, self._dtype)

    def value(self):
        """A Tensor of the value: a read of its own, or the cached one."""
        if self._cached_value is not None:
            return self._cached_value
        with ops.colocate_with(None, ignore_existing=True), ops.device(self._handle.device):
            return self._read_variable_op()

    def read_value(self):
        """A Tensor of the value as it is when control dependencies in force have run."""
        with ops.name_scope("Read"), ops.device(self._handle.device):
            value = self._read_variable_op()
        return gen.identity(value)

    def sparse_read(self, indices, name=None):
        """Rows of the value, without reading all of it."""
        with ops.name_scope("Gather" if name is None else name) as name:
            value = gen.resource_gather(self._handle, indices, dtype=self._dtype, name=name)
        return gen.identity(value)

    def initialized_value(self):
        """A Tensor of the value if it is initialised, else of the initial value."""
        from pytfgraph.ops import control_flow_ops
        with ops.init_scope():
            return control_flow_ops.cond(variables.is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    def is_initialized(self, name=None):
        """A boolean Tensor: whether the variable has a value."""
        return gen.var_is_initialized_op(self.handle, name)

    def eval(self, session=None):
        """The value in a session (the default one), a NumPy array."""
        return self._graph_element.eval(session=session)

    def __deepcopy__(self, memo):
        raise NotImplementedError("__deepcopy__() is only available when eager execution is enabled.")

    def _as_graph_element(self):
        return self._graph_element

    def _AsTensor(self):
        return self.value()

    def _ref(self):
        return self.handle

    def _dense_var_to_tensor(self, dtype=None, name=None, as_ref=False):
        if dtype is not None and not dtype.is_compatible_with(self.dtype):
            raise ValueError("Incompatible type conversion requested to type '%s' for variable of type '%s'" % (dtype.name, self.dtype.name))
        return self.read_value().op.inputs[0] if as_ref else self.value()

    # ---- changes ----

    def _lazy_read(self, op):
        return _UnreadVariable(handle=self._handle, dtype=self.dtype, shape=self._shape, parent_op=op, unique_id=self._unique_id)

    def _changed(self, op, read_value):
        return self._lazy_read(op) if read_value else op

    def assign(self, value, use_locking=None, name=None, read_value=True):
        """Assigns when it runs; the result reads the variable afterwards. ValueError for a shape that does not fit."""
        with _graph_of(self.handle):
            value = ops.convert_to_tensor(value, dtype=self.dtype)
            self._shape.assert_is_compatible_with(value.shape)
            return self._changed(gen.assign_variable_op(self.handle, value, name=name), read_value)

    def assign_add(self, delta, use_locking=None, name=None, read_value=True):
        """Adds when it runs."""
        with _graph_of(self.handle):
            delta = ops.convert_to_tensor(delta, dtype=self.dtype)
            return self._changed(gen.assign_add_variable_op(self.handle, delta, name=name), read_value)

    def assign_sub(self, delta, use_locking=None, name=None, read_value=True):
        """Subtracts when it runs."""
        with _graph_of(self.handle):
            delta = ops.convert_to_tensor(delta, dtype=self.dtype)
            return self._changed(gen.assign_sub_variable_op(self.handle, delta, name=name), read_value)

    def _scatter(self, op_name, sparse_delta, name):
        if not isinstance(sparse_delta, IndexedSlices):
            raise ValueError("sparse_delta is not IndexedSlices: %s" % sparse_delta)
        return self._lazy_read(getattr(gen, op_name)(self.handle, sparse_delta.indices,
                                                     ops.convert_to_tensor(sparse_delta.values, self.dtype), name=name))

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """Subtracts IndexedSlices when it runs."""
        return self._scatter("resource_scatter_sub", sparse_delta, name)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """Adds IndexedSlices when it runs."""
        return self._scatter("resource_scatter_add", sparse_delta, name)

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices when it runs."""
        return self._scatter("resource_scatter_update", sparse_delta, name)

    def _strided_slice_assign(self, begin, end, strides, value, name, begin_mask, end_mask, ellipsis_mask, new_axis_mask,
                              shrink_axis_mask):
        op = gen.resource_strided_slice_assign(
            ref=self.handle, begin=begin, end=end, strides=strides, value=ops.convert_to_tensor(value, dtype=self.dtype), name=name,
            begin_mask=begin_mask, end_mask=end_mask, ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask,
            shrink_axis_mask=shrink_axis_mask)
        return self._lazy_read(op)

    def count_up_to(self, limit):
        """Increments when it runs; OutOfRangeError at the limit."""
        return gen.resource_count_up_to(self.handle, limit=limit, T=self.dtype)

    def load(self, value, session=None):
        """Sets the value in a session (the default one), without adding nodes; ValueError without a session."""
        session = session or ops.get_default_session()
        if session is None:
            raise ValueError("Either session argument should be provided or default session should be established")
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    # ---- properties ----

    @property
    def handle(self):
        return self._handle

    @property
    def name(self):
        return self._handle_name

    @property
    def _shared_name(self):
        return self.name[:-2]

    @property
    def dtype(self):
        return self._dtype

    @property
    def device(self):
        return self._handle.device

    @property
    def graph(self):
        return self._handle.graph

    @property
    def op(self):
        return self._handle.op

    @property
    def shape(self):
        return self._shape

    def get_shape(self):
        """The shape, a TensorShape."""
        return self._shape

    @property
    def trainable(self):
        return self._trainable

    @property
    def constraint(self):
        return self._constraint

    @property
    def initializer(self):
        return self._initializer_op

    @property
    def create(self):
        return self._initializer_op

    @property
    def initial_value(self):
        return self._initial_value

    def to_proto(self, export_scope=None):
        """A VariableDef, or None where the variable is not in `export_scope`."""
        if export_scope is not None and not self.handle.name.startswith(export_scope):
            return None
        from pytfgraph import protos
        d = protos.message("tensorflow.VariableDef")()
        d.variable_name = ops.strip_name_scope(self.handle.name, export_scope)
        if self._initial_value is not None:
            d.initial_value_name = ops.strip_name_scope(self._initial_value.name, export_scope)
        d.initializer_name = ops.strip_name_scope(self.initializer.name, export_scope)
        source = self._cached_value if self._cached_value is not None else self._graph_element
        d.snapshot_name = ops.strip_name_scope(source.name, export_scope)
        d.is_resource = True
        d.trainable = self.trainable
        if self._save_slice_info:
            d.save_slice_info_def.MergeFrom(self._save_slice_info.to_proto(export_scope=export_scope))
        return d


def _read_behind(snapshot):
    """The ReadVariableOp's output that a snapshot (itself, or copies of it) comes from."""
    tensor, seen = snapshot, set()
    while tensor.op.type != "ReadVariableOp":
        seen.add(tensor.op.name)
        if not tensor.op.inputs or tensor.op.inputs[0].op.name in seen:
            raise ValueError("No ReadVariableOp leads to the snapshot %s of a variable." % snapshot.name)
        tensor = tensor.op.inputs[0]
    return tensor


def _refusal(sign, advice):
    def refuse(self, unused_other):
        raise RuntimeError("Variable %s= value not supported. Use %s to get a new Tensor object." % (sign, advice))
    return refuse


for _name, _sign, _advice in (
        ("iadd", "+", "variable.assign_add(value) to modify the variable value and variable = variable + value"),
        ("isub", "-", "variable.assign_sub(value) to modify the variable value and variable = variable - value"),
        ("imul", "*", "`var.assign(var * value)` to modify the variable or `var = var * value`"),
        ("idiv", "/", "`var.assign(var / value)` to modify the variable or `var = var / value`"),
        ("itruediv", "/", "`var.assign(var / value)` to modify the variable or `var = var / value`"),
        ("irealdiv", "/", "`var.assign(var / value)` to modify the variable or `var = var / value`"),
        ("ipow", "**", "`var.assign(var ** value)` to modify the variable or `var = var ** value`")):
    setattr(ResourceVariable, "__%s__" % _name, _refusal(_sign, _advice))


class _UnreadVariable(ResourceVariable):
    """What an assignment gives: the variable, whose reads wait for the assignment."""

    def __init__(self, handle, dtype, shape, parent_op, unique_id):
        self._in_graph_mode = True
        self._trainable = False
        self._save_slice_info = None
        self._graph_key = getattr(ops.get_default_graph(), "_graph_key", None)
        self._handle = handle
        self._handle_name = handle.name
        self._shape = shape
        self._dtype = dtype
        self._unique_id = unique_id
        self._initial_value = self._constraint = self._cached_value = self._is_initialized_op = self._initializer_op = None
        self._parent_op = parent_op
        self._graph_element = self.read_value()

    @property
    def name(self):
        return self._parent_op.name

    def value(self):
        return self._read_variable_op()

    def read_value(self):
        return self._read_variable_op()

    def _read_variable_op(self):
        with ops.control_dependencies([self._parent_op]):
            return gen.read_variable_op(self._handle, self._dtype)

    @property
    def op(self):
        return self._parent_op


def _dense_resource_var_to_tensor(var, dtype=None, name=None, as_ref=False):
    return var._dense_var_to_tensor(dtype=dtype, name=name, as_ref=as_ref)


ops.register_tensor_conversion_function(ResourceVariable, _dense_resource_var_to_tensor)
ops.register_dense_tensor_like_type(ResourceVariable)
