"""Partitioners: functions from a variable's shape and dtype to the number of parts per axis."""
import math

from pytfgraph.framework import dtypes, tensor_shape
from pytfgraph.ops import variable_scope
from pytfgraph.platform import tf_logging as logging


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16, max_shards=None):
    """Parts along an axis that hold at most max_shard_bytes each; ValueError for sizes that are not positive."""
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("Both max_shard_bytes and bytes_per_string_element must be positive.")
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def _partitioner(shape, dtype):
        if not isinstance(shape, tensor_shape.TensorShape):
            raise ValueError("shape is not a TensorShape: %s" % shape)
        if not shape.is_fully_defined():
            raise ValueError("shape is not fully defined: %s" % shape)
        if not isinstance(dtype, dtypes.DType):
            raise ValueError("dtype is not a DType: %s" % dtype)
        element = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.size
        slice_bytes = 1.0 * (shape.num_elements() / shape[axis].value) * element
        per_shard = max(1, math.floor(max_shard_bytes / slice_bytes))
        shards = int(math.ceil(1.0 * shape[axis].value / per_shard))
        partitions = [1] * shape.ndims
        partitions[axis] = min(max_shards, shards) if max_shards else shards
        return partitions
    return _partitioner


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10, bytes_per_string_element=16):
    """At most max_partitions parts along an axis, of at least min_slice_size bytes."""
    def _partitioner(shape, dtype):
        if axis >= len(shape):
            raise ValueError("Can not partition variable along axis %d when shape is only %s" % (axis, shape))
        element = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.size
        wanted = int(math.ceil(shape.num_elements() * element / min_slice_size))
        partitions = [1] * len(shape)
        partitions[axis] = max(1, min(shape[axis].value, max_partitions, wanted))
        return partitions
    return _partitioner


def fixed_size_partitioner(num_shards, axis=0):
    """num_shards parts along an axis."""
    def _partitioner(shape, **unused_args):
        partitions = [1] * len(shape)
        partitions[axis] = min(num_shards, shape[axis].value)
        return partitions
    return _partitioner


def create_partitioned_variables(shape, slicing, initializer, dtype=dtypes.float32, trainable=True, collections=None, name=None,
                                 reuse=None):
    """The list of variables that are the slices of one; ValueError for a slicing that does not fit."""
    logging.warn("create_partitioned_variables is deprecated.  Use tf.get_variable with a partitioner set, or "
                 "tf.get_partitioned_variable_list, instead.")
    if len(shape) != len(slicing):
        raise ValueError("The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: %s, slicing: %s"
                         % (shape, slicing))
    if len(shape) < 1:
        raise ValueError("A partitioned Variable must have rank at least 1: shape: %s" % shape)
    with variable_scope.variable_scope(name, "PartitionedVariable", reuse=reuse):
        whole = variable_scope._get_partitioned_variable(name=None, shape=shape, dtype=dtype, initializer=initializer,
                                                         trainable=trainable, partitioner=lambda **unused: slicing,
                                                         collections=collections)
        return list(whole)
