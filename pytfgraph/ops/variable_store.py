"""Where get_variable keeps variables: by full name, whole or in partitions."""
import enum
import inspect
import os
import traceback
from collections.abc import Sequence

from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.ops import variables
from pytfgraph.ops.variables import VariableAggregation, VariableSynchronization

default_use_resource = [False]  # what use_resource=None means
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


def trainable_value(synchronization, trainable):
    """`trainable` with its default; ValueError where a variable synchronised on read is to be trainable."""
    if synchronization == VariableSynchronization.ON_READ:
        if trainable:
            raise ValueError("Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable variables. "
                             "You have specified trainable=True and synchronization=VariableSynchronization.ON_READ.")
        return False
    return True if trainable is None else trainable


def _need_sequence(name, value):
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("`%s` must be a sequence (like tuple or list) instead of %s" % (name, type(value).__name__))


class _PartitionInfo:
    """Which part of a whole an initializer is to fill.

    Args:
      full_shape: shape of the whole.
      var_offset: where the part starts.
    """

    def __init__(self, full_shape, var_offset):
        _need_sequence("full_shape", full_shape)
        _need_sequence("var_offset", var_offset)
        if len(var_offset) != len(full_shape):
            raise ValueError("Expected equal length, but `var_offset` is of length {} while full_shape is of length {}.".format(
                len(var_offset), len(full_shape)))
        for offset, size in zip(var_offset, full_shape):
            if offset < 0 or offset >= size:
                raise ValueError("Expected 0 <= offset < shape but found offset={}, shape={} for var_offset={}, full_shape={}".format(
                    offset, size, var_offset, full_shape))
        self._full_shape = full_shape
        self._var_offset = var_offset

    @property
    def full_shape(self):
        return self._full_shape

    @property
    def var_offset(self):
        return self._var_offset

    def single_offset(self, shape):
        """The offset along the axis that is cut; 0 where none is."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape):
        """The axis along which a part of this shape is cut from the whole, or None; ValueError for several."""
        _need_sequence("shape", shape)
        if len(shape) != len(self.full_shape):
            raise ValueError("Expected equal length, but received shape={} of length {} while self.full_shape={} is of length {}.".format(
                shape, len(shape), self.full_shape, len(self.full_shape)))
        axis = None
        for i, (size, whole, offset) in enumerate(zip(shape, self.full_shape, self.var_offset)):
            if offset + size > whole:
                raise ValueError("With self.var_offset={}, a partition of shape={} would exceed self.full_shape={} in dimension {}.".format(
                    self.var_offset, shape, self.full_shape, i))
        for i, (size, whole) in enumerate(zip(shape, self.full_shape)):
            if size == whole:
                continue
            if axis is not None:
                raise ValueError("Cannot use single_slice_dim() with shape={} and self.full_shape={} since slice dim could be either "
                                 "dimension {} or {}.".format(shape, self.full_shape, i, axis))
            axis = i
        return axis


def _slice_axis_and_shape(full_shape, slicing):
    """The axis cut into several parts, and the smallest part's shape."""
    part, axis = [0] * len(full_shape), None
    for i, n in enumerate(slicing):
        size = full_shape[i]
        if n <= 0 or size < n:
            raise ValueError("Cannot create %d slices for size %d. shape: %s, slicing: %s" % (n, size, full_shape, slicing))
        if n == 1:
            part[i] = size
        elif axis is not None:
            raise ValueError("Can only slice a variable along one dimension: shape: %s, slicing: %s" % (full_shape, slicing))
        else:
            axis, part[i] = i, size // n
    return 0 if axis is None else axis, part


def _takes(function, name):
    parameters = inspect.signature(function).parameters.values()
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)


def _arguments(initializer):
    """Names of the arguments of an initializer function, with the `self` of a method or an object's __call__."""
    names = [p.name for p in inspect.signature(initializer).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    is_plain = inspect.isfunction(initializer) or inspect.isbuiltin(initializer)
    return names if is_plain else ["self"] + names


class _VariableStore:
    """Variables by full name."""

    def __init__(self):
        self._vars = {}
        self._partitioned_vars = {}
        self._store_eager_variables = False

    def get_variable(self, name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, reuse=None, trainable=None,
                     collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                     custom_getter=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                     aggregation=VariableAggregation.NONE):
        """Gets or makes a variable, through the custom getter where there is one; see variable_scope.get_variable."""
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError("Passed a custom_getter which is not callable: %s" % custom_getter)
        dtype = getattr(dtype, "base_dtype", dtype)
        arguments = dict(name=name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, reuse=reuse,
                         trainable=trainable_value(synchronization, trainable), collections=collections,
                         caching_device=caching_device, partitioner=partitioner, validate_shape=validate_shape,
                         use_resource=use_resource, synchronization=synchronization, aggregation=aggregation)
        if custom_getter is None or _takes(custom_getter, "constraint"):
            arguments["constraint"] = constraint
        if custom_getter is None:
            return self._true_getter(**arguments)
        return custom_getter(getter=self._true_getter, **arguments)

    def _true_getter(self, name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, reuse=None, trainable=None,
                     collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None, constraint=None,
                     synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        common = dict(name=name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, reuse=reuse,
                      trainable=trainable, collections=collections, caching_device=caching_device, validate_shape=validate_shape,
                      use_resource=use_resource, constraint=constraint)
        is_scalar = isinstance(shape, Sequence) and not shape
        if partitioner is not None and not is_scalar:
            if not callable(partitioner):
                raise ValueError("Partitioner must be callable, but received: %s" % partitioner)
            with ops.name_scope(None):
                return self._get_partitioned_variable(partitioner=partitioner, **common)
        if reuse is True and partitioner is None and name in self._partitioned_vars:
            return self._get_partitioned_variable(partitioner=None, **common)
        if "%s/part_0" % name in self._vars:
            raise ValueError("No partitioner was provided, but a partitioned version of the variable was found: %s/part_0. Perhaps a "
                             "variable of the same name was already created with partitioning?" % name)
        return self._get_single_variable(synchronization=synchronization, aggregation=aggregation, **common)

    # ---- whole variables ----

    def _get_single_variable(self, name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, partition_info=None,
                             reuse=None, trainable=None, collections=None, caching_device=None, validate_shape=True,
                             use_resource=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                             aggregation=VariableAggregation.NONE):
        is_value = initializer is not None and not callable(initializer)
        if shape is not None and is_value:
            raise ValueError("If initializer is a constant, do not specify shape.")
        dtype = dtypes.as_dtype(dtype)
        shape = tensor_shape.as_shape(shape)
        if name in self._vars:
            return self._found(name, shape, dtype, reuse)
        if reuse is True:
            raise ValueError("Variable %s does not exist, or was not created with tf.get_variable(). Did you mean to set "
                             "reuse=tf.AUTO_REUSE in VarScope?" % name)
        if initializer is None:
            initializer = self._get_default_initializer(name, shape, dtype)[0]
        with ops.init_scope():
            value = initializer if is_value else _initial_value(initializer, shape, dtype, partition_info)
        if use_resource is None:
            use_resource = default_use_resource[0]
        v = variables.VariableV1(initial_value=value, name=name, trainable=trainable, collections=collections,
                                 caching_device=caching_device, dtype=None if is_value else dtype.base_dtype,
                                 validate_shape=validate_shape, constraint=constraint, use_resource=use_resource,
                                 synchronization=synchronization, aggregation=aggregation)
        self._vars[name] = v
        if regularizer:
            self._add_regularization(name, v, regularizer)
        return v

    def _found(self, name, shape, dtype, reuse):
        found = self._vars[name]
        if reuse is False:
            frames = [f for f in found.op.traceback[::-1] if not f[0].startswith(_PACKAGE)][:3]
            raise ValueError("Variable %s already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? "
                             "Originally defined at:\n\n%s" % (name, "".join(traceback.format_list(frames))))
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError("Trying to share variable %s, but specified shape %s and found shape %s." % (name, shape, found.get_shape()))
        if not dtype.is_compatible_with(found.dtype):
            raise ValueError("Trying to share variable %s, but specified dtype %s and found dtype %s."
                             % (name, dtype.name, found.dtype.name))
        return found

    @staticmethod
    def _add_regularization(name, variable, regularizer):
        with ops.colocate_with(variable), ops.name_scope(name + "/Regularizer/"), ops.init_scope():
            loss = regularizer(variable)
        if loss is not None:
            ops.add_to_collection(ops.GraphKeys.REGULARIZATION_LOSSES, loss)

    @staticmethod
    def _get_default_initializer(name, shape=None, dtype=dtypes.float32):
        from pytfgraph.ops import init_ops
        if dtype.is_floating:
            return init_ops.glorot_uniform_initializer(), False
        if dtype.is_integer or dtype.is_unsigned or dtype.is_bool or dtype == dtypes.string:
            return init_ops.zeros_initializer(), False
        raise ValueError("An initializer for variable %s of %s is required" % (name, dtype.base_dtype))

    # ---- partitioned variables ----

    def _get_partitioned_variable(self, name, partitioner, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None,
                                  reuse=None, trainable=None, collections=None, caching_device=None, validate_shape=True,
                                  use_resource=None, constraint=None):
        if name in self._vars:
            raise ValueError("A partitioner was provided, but an unpartitioned version of the variable was found: %s.  Perhaps a variable "
                             "of the same name was already created without partitioning?" % name)
        shape = tensor_shape.as_shape(shape)
        if isinstance(initializer, ops.Tensor):
            shape = shape.merge_with(initializer.get_shape())
        dtype = dtypes.as_dtype(dtype)
        partitions = None if reuse and not partitioner else _partitions(name, partitioner, shape, dtype)
        if name in self._partitioned_vars:
            return self._found_partitioned(name, shape, dtype, reuse, partitions)
        if reuse is True:
            raise ValueError("PartitionedVariable %s does not exist, or was not created with tf.get_variable(). Did you mean to set "
                             "reuse=False or reuse=tf.AUTO_REUSE in VarScope?" % name)
        axis, smallest = _slice_axis_and_shape(shape.as_list(), partitions)
        self._check_slices(name, partitions[axis])
        parts, offset = [], [0] * shape.ndims
        for i in range(partitions[axis]):
            size = list(smallest)
            if i < shape[axis].value % partitions[axis]:
                size[axis] += 1
            info = _PartitionInfo(full_shape=shape.as_list(), var_offset=list(offset))
            part_name = "%s/part_%d" % (name, i)
            with ops.name_scope(part_name + "/PartitionedInitializer"):
                value, value_shape, dtype = self._slice_initializer(name, initializer, shape, dtype, list(offset), size)
            with ops.name_scope(None):
                part = self._get_single_variable(
                    name=part_name, shape=value_shape, dtype=dtype, initializer=value, partition_info=info, regularizer=regularizer,
                    reuse=reuse, trainable=trainable, collections=collections, caching_device=caching_device,
                    validate_shape=validate_shape, use_resource=use_resource, constraint=constraint)
            part._set_save_slice_info(variables.Variable.SaveSliceInfo(name, shape.as_list(), list(offset), size))
            parts.append(part)
            offset[axis] += size[axis]
        whole = variables.PartitionedVariable(name=name, shape=shape, dtype=dtype, variable_list=parts, partitions=partitions)
        self._partitioned_vars[name] = whole
        return whole

    def _found_partitioned(self, name, shape, dtype, reuse, partitions):
        found = self._partitioned_vars[name]
        if reuse is False:
            raise ValueError("Partitioned variable with name %s already exists. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
                             "VarScope?" % name)
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError("Trying to reuse partitioned variable %s, but specified shape %s and found shape %s."
                             % (name, shape, found.get_shape()))
        if not dtype.is_compatible_with(found.dtype):
            raise ValueError("Trying to reuse partitioned variable %s, but specified dtype %s and found dtype %s."
                             % (name, dtype.name, found.dtype.name))
        if partitions is not None and found._get_partitions() != partitions:
            raise ValueError("Trying to reuse partitioned variable %s, but specified partitions %s and found partitions %s."
                             % (name, partitions, found._get_partitions()))
        return found

    def _check_slices(self, name, n):
        """Slices that exist already (made whole, elsewhere) must be as many."""
        if "%s/part_0" % name not in self._vars:
            return
        what = "Partitioner returned a different partitioning than what was already found.  Partitioner returned %d shards, and shard " \
               "%s/part_0 was found, but " % (n, name)
        if "%s/part_%d" % (name, n - 1) not in self._vars:
            raise ValueError(what + "%s/part_%d was not." % (name, n - 1))
        if "%s/part_%d" % (name, n) in self._vars:
            raise ValueError(what + "so was the extra shard %s/part_%d." % (name, n))

    def _slice_initializer(self, name, initializer, shape, dtype, offset, size):
        """Initializer, shape and dtype of one slice."""
        from pytfgraph.ops import array_ops
        if initializer is None:
            initializer = self._get_default_initializer(name=name, shape=shape, dtype=dtype)[0]
        if callable(initializer):
            return initializer, size, dtype
        if isinstance(initializer, ops.Tensor):
            value = array_ops.slice(initializer, offset, size)
            return value, None, value.dtype.base_dtype
        return array_ops.slice(ops.convert_to_tensor(initializer, dtype=dtype), offset, size), None, dtype


def _initial_value(initializer, shape, dtype, partition_info):
    """A function without arguments that makes the initial value."""
    if inspect.isclass(initializer):
        initializer = initializer(dtype=dtype)
    if shape.is_fully_defined():
        return lambda: initializer(shape.as_list(), dtype=dtype, partition_info=partition_info)
    arguments = _arguments(initializer)
    if arguments:
        raise ValueError("You can only pass an initializer function that expects no arguments to its callable when the shape is not fully "
                         "defined. The given initializer function expects the following args %s" % arguments)
    return initializer


def _partitions(name, partitioner, shape, dtype):
    if not shape.is_fully_defined():
        raise ValueError("Shape of a new partitioned variable (%s) must be fully defined, but instead was %s." % (name, shape))
    if shape.ndims < 1:
        raise ValueError("A partitioned Variable must have rank at least 1, shape: %s" % shape)
    partitions = partitioner(shape=shape, dtype=dtype)
    if not isinstance(partitions, Sequence):
        raise ValueError("Partitioner must return a sequence, but saw: %s" % partitions)
    if len(partitions) != shape.ndims:
        raise ValueError("Partitioner returned a partition list that does not match the Variable's rank: %s vs. %s" % (partitions, shape))
    if any(p < 1 for p in partitions):
        raise ValueError("Partitioner returned zero partitions for some axes: %s" % partitions)
    return partitions
