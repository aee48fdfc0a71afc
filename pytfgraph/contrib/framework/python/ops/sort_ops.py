"""Sorting along an axis."""
import numpy as np

from pytfgraph.framework import constant_op, ops, tensor_util
from pytfgraph.ops import array_ops, math_ops, nn_ops


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """The values sorted along an axis.

    Args:
      values: a tensor of numbers, of at least one dimension.
      axis: a constant.
      direction: "ASCENDING" or "DESCENDING".
      name: of the scope.

    Raises:
      ValueError: if axis is no constant scalar, or direction another word.
    """
    with ops.name_scope(name, "sort"):
        return _sorted(values, axis, direction, False)


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The indices, int32, in whose order the values along an axis are sorted; arguments and errors as of sort.  It is always stable."""
    del stable
    with ops.name_scope(name, "argsort"):
        return _sorted(values, axis, direction, True)


def _sorted(values, axis, direction, indices):
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError("%s should be one of ASCENDING, DESCENDING" % direction)
    axis = ops.convert_to_tensor(axis, name="axis")
    static = tensor_util.constant_value(axis)
    if axis.shape.ndims != 0 or static is None:
        raise ValueError("axis must be a constant scalar")
    values = ops.convert_to_tensor(values, name="values")
    if direction == "DESCENDING":
        return _descending(values, int(static), indices)
    result = _descending(-values, int(static), indices)
    return result if indices else -result


def _descending(values, axis, indices):
    """By TopKV2, for which the axis changes places with the last one."""
    k, rank = array_ops.shape(values)[axis], array_ops.rank(values)
    known = values.shape.ndims
    if axis == -1 or axis + 1 == known:
        return nn_ops.top_k(values, k)[int(indices)]
    if axis < 0:
        axis += known or rank
    if known is not None:
        order = list(range(known))
        order[axis], order[-1] = order[-1], order[axis]
        exchange = constant_op.constant(np.array(order), name="transposition")
    else:
        exchange = array_ops.concat([math_ops.range(axis), [rank - 1], math_ops.range(axis + 1, rank - 1), [axis]], axis=0)
    return array_ops.transpose(nn_ops.top_k(array_ops.transpose(values, exchange), k)[int(indices)], exchange)
