"""Variables: values that outlive a run.  RefVariable is TensorFlow 1's own kind; resource variables are in resource_variable_ops."""
import enum
import inspect

from pytfgraph import _core
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.constant_op import constant
from pytfgraph.framework.graph_keys import GraphKeys
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import raw
from pytfgraph.ops.variable_slices import PartitionedVariable, SaveSliceInfo
from pytfgraph.platform import tf_logging as logging

gen = raw.module("gen_state_ops")


class VariableSynchronization(enum.Enum):
    """When the copies of a distributed variable are brought together."""
    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How the copies of a distributed variable are brought together."""
    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3


def _chained(creator, previous):
    return lambda **kwargs: creator(previous, **kwargs)


class VariableMetaclass(type):
    """Makes Variable(...) go through the graph's variable creators, down to RefVariable or ResourceVariable."""

    def __call__(cls, *args, **kwargs):
        if cls in (VariableV1, Variable):
            return cls._make(*args, **kwargs)
        return super().__call__(*args, **kwargs)


class Variable(_core.VariableBase, metaclass=VariableMetaclass):
    """The base of all variables; see VariableV1 (tf.Variable) for the constructor."""

    SaveSliceInfo = SaveSliceInfo
    __array_priority__ = 100
    _computes_first = False     # of two variables, the one whose operator is asked first, wherever it stands

    @staticmethod
    def _make(initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None, variable_def=None, dtype=None,
              import_scope=None, constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        return VariableV1._make(initial_value, trainable, None, validate_shape, caching_device, name, variable_def, dtype, None,
                                import_scope, constraint, True, synchronization, aggregation)

    def __init__(self, initial_value=None, trainable=True, validate_shape=True, caching_device=None, name=None, variable_def=None,
                 dtype=None, import_scope=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                 aggregation=VariableAggregation.NONE):
        """See VariableV1; the kinds of variables have constructors of their own."""
        raise NotImplementedError

    # What every kind of variable has; here so that classes of a program may derive from it, and for the documentation.

    def set_shape(self, shape):
        """Adds knowledge about the shape."""
        raise NotImplementedError

    def value(self):
        """The last snapshot of the value, a Tensor."""
        raise NotImplementedError

    def read_value(self):
        """A Tensor of the value as it is when control dependencies in force have run."""
        raise NotImplementedError

    def eval(self, session=None):
        """The value in a session (the default one), a NumPy array."""
        raise NotImplementedError

    def initialized_value(self):
        """A Tensor of the value if it is initialised, else of the initial value."""
        raise NotImplementedError

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """A Tensor (an Operation, where read_value is False) that assigns `value` when it runs."""
        raise NotImplementedError

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds `delta` when it runs."""
        raise NotImplementedError

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts `delta` when it runs."""
        raise NotImplementedError

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """Subtracts IndexedSlices when it runs; ValueError for anything else."""
        raise NotImplementedError

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """Adds IndexedSlices when it runs; ValueError for anything else."""
        raise NotImplementedError

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices when it runs; ValueError for anything else."""
        raise NotImplementedError

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts updates at coordinates when it runs."""
        raise NotImplementedError

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds updates at coordinates when it runs."""
        raise NotImplementedError

    def scatter_nd_update(self, indices, updates, name=None):
        """Assigns updates at coordinates when it runs."""
        raise NotImplementedError

    def count_up_to(self, limit):
        """Increments when it runs; OutOfRangeError at the limit."""
        raise NotImplementedError

    def load(self, value, session=None):
        """Sets the value in a session (the default one), without adding nodes."""
        raise NotImplementedError

    def get_shape(self):
        """The shape, a TensorShape."""
        raise NotImplementedError

    def to_proto(self, export_scope=None):
        """A VariableDef, or None where the variable is not in `export_scope`."""
        raise NotImplementedError

    @property
    def name(self):
        """The name of the tensor that holds the value, "v:0"."""
        raise NotImplementedError

    @property
    def initializer(self):
        """The Operation that assigns the initial value."""
        raise NotImplementedError

    @property
    def initial_value(self):
        """The Tensor that it starts with."""
        raise NotImplementedError

    @property
    def trainable(self):
        """Whether optimizers look at it."""
        raise NotImplementedError

    @property
    def constraint(self):
        """The function that its new values go through, or None."""
        raise NotImplementedError

    @property
    def device(self):
        """The device it was put on."""
        raise NotImplementedError

    @property
    def dtype(self):
        """The DType of its elements."""
        raise NotImplementedError

    @property
    def op(self):
        """The Operation that is the variable."""
        raise NotImplementedError

    @property
    def graph(self):
        """The Graph it belongs to."""
        raise NotImplementedError

    @property
    def shape(self):
        """Its TensorShape."""
        raise NotImplementedError

    @staticmethod
    def from_proto(variable_def, import_scope=None):
        """A Variable for a VariableDef whose nodes are in the default graph."""
        if variable_def.is_resource:
            from pytfgraph.ops import resource_variable_ops
            return resource_variable_ops.ResourceVariable.from_proto(variable_def, import_scope)
        return RefVariable(variable_def=variable_def, import_scope=import_scope)

    def _set_save_slice_info(self, save_slice_info):
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self):
        return self._save_slice_info


class VariableV1(Variable):
    """A variable: a value that runs of a session may read and change.

    Args:
      initial_value: a Tensor, something convertible to one, or a function without arguments that gives one.
      trainable: whether it joins TRAINABLE_VARIABLES, which optimizers look at.
      collections: graph collections it joins; [GraphKeys.GLOBAL_VARIABLES] where not given.
      validate_shape: whether the shape is that of the initial value, for ever.
      caching_device: device on which reads are cached.
      name: of the variable; made unique.
      variable_def: a VariableDef to be made from, instead of an initial value.
      dtype: of the value; the initial value is converted.
      expected_shape: not used.
      import_scope: scope put in front of the names in `variable_def`.
      constraint: a function from the new value to the one to keep, called by optimizers.
      use_resource: whether to make a ResourceVariable.
      synchronization, aggregation: how copies on several devices behave.

    Raises:
      ValueError: if no initial value is given, or its shape is not known although `validate_shape` is True.
    """

    @staticmethod
    def _make(initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None, name=None,
              variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None, use_resource=None,
              synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        from pytfgraph.ops import variable_scope
        getter = lambda **kwargs: variable_scope.default_variable_creator(None, **kwargs)  # noqa: E731
        for creator in ops.get_default_graph()._get_variable_creator_stack():
            getter = _chained(creator, getter)
        return getter(initial_value=initial_value, trainable=trainable, collections=collections, validate_shape=validate_shape,
                      caching_device=caching_device, name=name, variable_def=variable_def, dtype=dtype, expected_shape=expected_shape,
                      import_scope=import_scope, constraint=constraint, use_resource=use_resource, synchronization=synchronization,
                      aggregation=VariableAggregation.NONE if aggregation is None else aggregation)

    def __init__(self, initial_value=None, trainable=True, collections=None, validate_shape=True, caching_device=None, name=None,
                 variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None, use_resource=None,
                 synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        """See the class, whose call makes a RefVariable or ResourceVariable; nothing is left for derived classes."""


VariableV1.__signature__ = inspect.signature(VariableV1._make)


class RefVariable(_core.RefVariableBase, VariableV1):
    """A variable made of a VariableV2 operation, whose output names its buffer."""

    def __init__(self, initial_value=None, trainable=True, collections=None, validate_shape=True, caching_device=None, name=None,
                 variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None):
        self._in_graph_mode = True
        if variable_def:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._init_from_proto(variable_def, import_scope)
        else:
            self._init_from_args(initial_value, trainable, collections, validate_shape, caching_device, name, dtype, constraint)

    def _init_from_args(self, initial_value, trainable, collections, validate_shape, caching_device, name, dtype, constraint):
        check_arguments(initial_value, collections, constraint)
        collections = joined_collections(collections, trainable)
        self._graph_key = getattr(ops.get_default_graph(), "_graph_key", None)
        self._trainable = trainable
        self._constraint = constraint
        self._caching_device = caching_device
        self._save_slice_info = None
        with ops.init_scope():
            with ops.name_scope(name, "Variable", [] if callable(initial_value) else [initial_value]) as name:
                self._make_nodes(initial_value, validate_shape, dtype, name)
                self._make_initializer(validate_shape)
                with ops.device(caching_device) if caching_device is not None else ops.colocate_with(self._variable.op):
                    self._snapshot = gen.identity(self._variable, name="read")
            ops.add_to_collections(collections, self)

    def _make_nodes(self, initial_value, validate_shape, dtype, scope):
        """The initial value and the VariableV2 node."""
        from pytfgraph.ops import state_ops

        def variable():
            shape = self._initial_value.get_shape() if validate_shape else tensor_shape.unknown_shape()
            return state_ops.variable_op_v2(shape, self._initial_value.dtype.base_dtype, name=scope)

        if callable(initial_value):
            true_name = scope[:-1] if scope.endswith("/") else scope
            with ops.get_default_graph()._attr_scope({"_class": [("loc:@%s" % true_name).encode()]}):
                with ops.name_scope("Initializer"), ops.device(None):
                    self._initial_value = ops.convert_to_tensor(initial_value(), name="initial_value", dtype=dtype)
                self._variable = variable()
            return
        self._initial_value = ops.convert_to_tensor(initial_value, name="initial_value", dtype=dtype)
        if self._initial_value.op._get_control_flow_context() is not None:
            raise ValueError("Initializer for variable %s is from inside a control-flow construct, such as a loop or conditional. "
                             "When creating a variable inside a loop or conditional, use a lambda as the initializer." % scope)
        self._variable = variable()

    def _make_initializer(self, validate_shape):
        from pytfgraph.ops import initial_values, state_ops
        if validate_shape and not self._initial_value.get_shape().is_fully_defined():
            raise ValueError("initial_value must have a shape specified: %s" % self._initial_value)
        value = initial_values.with_initialized_variables(self, self._initial_value)
        self._initializer_op = state_ops.assign(self._variable, value, validate_shape=validate_shape).op

    def _init_from_proto(self, variable_def, import_scope):
        from pytfgraph import protos

        def element(name):
            return g.as_graph_element(ops.prepend_name_scope(name, import_scope=import_scope))
        variable_def = protos.convert("tensorflow.VariableDef", variable_def)
        g = ops.get_default_graph()
        self._variable = element(variable_def.variable_name)
        self._initializer_op = element(variable_def.initializer_name)
        self._initial_value = element(variable_def.initial_value_name) if variable_def.initial_value_name else None
        self._trainable = variable_def.trainable
        self._snapshot = element(variable_def.snapshot_name)
        self._save_slice_info = None
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = SaveSliceInfo(save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope)
        self._caching_device = None
        self._constraint = None

    def initialized_value(self):
        """A Tensor of the value if it is initialised, else of the initial value."""
        from pytfgraph.ops import control_flow_ops
        with ops.init_scope():
            return control_flow_ops.cond(is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    @staticmethod
    def _TensorConversionFunction(v, dtype=None, name=None, as_ref=False):
        if dtype and not dtype.is_compatible_with(v.dtype):
            raise ValueError("Incompatible type conversion requested to type '%s' for variable of type '%s'" % (dtype.name, v.dtype.name))
        return v._ref() if as_ref else v.value()

    def to_proto(self, export_scope=None):
        """A VariableDef, or None where the variable is not in `export_scope`."""
        if export_scope is not None and not self._variable.name.startswith(export_scope):
            return None
        from pytfgraph import protos
        d = protos.message("tensorflow.VariableDef")()
        d.variable_name = ops.strip_name_scope(self._variable.name, export_scope)
        if self._initial_value is not None:
            d.initial_value_name = ops.strip_name_scope(self._initial_value.name, export_scope)
        d.trainable = self.trainable
        d.initializer_name = ops.strip_name_scope(self.initializer.name, export_scope)
        d.snapshot_name = ops.strip_name_scope(self._snapshot.name, export_scope)
        if self._save_slice_info:
            d.save_slice_info_def.MergeFrom(self._save_slice_info.to_proto(export_scope=export_scope))
        return d


def check_arguments(initial_value, collections, constraint):
    """The checks that all kinds of variables make first."""
    if initial_value is None:
        raise ValueError("initial_value must be specified.")
    if collections is not None and not isinstance(collections, (list, tuple, set)):
        raise ValueError("collections argument to Variable constructor must be a list, tuple, or set. Got %s of type %s"
                         % (collections, type(collections)))
    if constraint is not None and not callable(constraint):
        raise ValueError("The `constraint` argument must be a callable.")


def joined_collections(collections, trainable):
    """The collections a variable joins, TRAINABLE_VARIABLES with them where it is trainable."""
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in collections:
        collections = list(collections) + [GraphKeys.TRAINABLE_VARIABLES]
    return collections


# ---- operators that a program should not use ----

def _in_place(operator, advice):
    name = {"add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "realdiv": "/", "pow": "**"}[operator]
    binary = {"div": "truediv", "realdiv": "truediv"}.get(operator, operator)

    def f(self, other):
        logging.log_first_n(logging.WARN, "Variable %s= will be deprecated. Use %s if you want assignment to the variable value or "
                            "'x = x %s y' if you want a new python Tensor object." % (name, advice, name), 1)
        return getattr(self, "__%s__" % binary)(other)
    return f


for _operator, _advice in (("add", "variable.assign_add"), ("sub", "variable.assign_sub"), ("mul", "`var.assign(var * other)`"),
                           ("div", "`var.assign(var / other)`"), ("truediv", "`var.assign(var / other)`"),
                           ("realdiv", "`var.assign(var / other)`"), ("pow", "`var.assign(var ** other)`")):
    setattr(RefVariable, "__i%s__" % _operator, _in_place(_operator, _advice))

ops.register_tensor_conversion_function(RefVariable, RefVariable._TensorConversionFunction)
ops.register_dense_tensor_like_type(RefVariable)
ops.register_tensor_conversion_function(PartitionedVariable, PartitionedVariable._TensorConversionFunction)


# ---- lists of variables ----

def global_variables(scope=None):
    """The variables in GLOBAL_VARIABLES, those under `scope` where it is given."""
    return ops.get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def all_variables():
    """The name of global_variables before 0.12."""
    return global_variables()


def _all_saveable_objects(scope=None):
    return ops.get_collection(GraphKeys.GLOBAL_VARIABLES, scope) + ops.get_collection(GraphKeys.SAVEABLE_OBJECTS, scope)


def local_variables(scope=None):
    """The variables in LOCAL_VARIABLES."""
    return ops.get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope=None):
    """The variables in MODEL_VARIABLES."""
    return ops.get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope=None):
    """The variables in TRAINABLE_VARIABLES."""
    return ops.get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope=None):
    """The variables that keep moving averages."""
    return ops.get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


# ---- initialisation ----

def variables_initializer(var_list, name="init"):
    """An Operation that initialises the variables of a list."""
    from pytfgraph.ops import control_flow_ops
    if var_list:
        return control_flow_ops.group(*[v.initializer for v in var_list], name=name)
    return control_flow_ops.group(name=name)


def initialize_variables(var_list, name="init"):
    """The name of variables_initializer before 0.12."""
    return variables_initializer(var_list, name=name)


def global_variables_initializer():
    """An Operation that initialises all global variables."""
    return variables_initializer(global_variables())


def initialize_all_variables():
    """The name of global_variables_initializer before 0.12."""
    return global_variables_initializer()


def local_variables_initializer():
    """An Operation that initialises all local variables."""
    return variables_initializer(local_variables())


def initialize_local_variables():
    """The name of local_variables_initializer before 0.12."""
    return local_variables_initializer()


def is_variable_initialized(variable):
    """A boolean Tensor: whether a variable has a value."""
    from pytfgraph.ops import state_ops
    return state_ops.is_variable_initialized(variable)


def assert_variables_initialized(var_list=None):
    """An Operation that fails with FailedPreconditionError where a variable is not initialised; None without variables."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    if not var_list:
        var_list = [op.outputs[0] for op in ops.get_default_graph().get_operations()
                    if op.type in ("Variable", "VariableV2", "AutoReloadVariable")]
    if not var_list:
        return None
    from pytfgraph.ops import array_ops
    ranks = []
    for var in var_list:
        with ops.colocate_with(var.op):
            ranks.append(array_ops.rank_internal(var, optimize=False))
    return ranks[0] if len(ranks) == 1 else array_ops.stack(ranks)


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """A string vector Tensor with the names of the variables that are not initialised."""
    if var_list is None:
        var_list = global_variables() + local_variables()
        if not var_list:
            var_list = [op.outputs[0] for op in ops.get_default_graph().get_operations()
                        if op.type in ("Variable", "VariableV2", "AutoReloadVariable")]
    from pytfgraph.ops import array_ops, math_ops, state_ops
    with ops.name_scope(name):
        initialized = [state_ops.is_variable_initialized(v) for v in var_list]
        with ops.device("/cpu:0"):
            if not var_list:
                return constant([], dtype=dtypes.string)
            mask = math_ops.logical_not(array_ops.stack(initialized))
            names = constant([v.op.name for v in var_list])
            return array_ops.boolean_mask(names, mask)
