"""Weights of values: whether their shapes fit, and weights of the values' shape."""
from pytfgraph.framework import ops, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, sets_impl

_ASSERT_BROADCASTABLE_ERROR_PREFIX = "weights can not be broadcast to values."


def _dims_fit(weights_shape, values_shape):
    """A bool scalar: whether each of the weights' dimensions is 1 or the values' one.

    A dimension is an element of a set per row; the set difference leaves those that are neither.
    """
    with ops.name_scope(None, "has_invalid_dims", (weights_shape, values_shape)) as scope:
        rows = array_ops.expand_dims(values_shape, -1)
        valid = array_ops.concat((rows, array_ops.ones_like(rows)), axis=1)
        invalid = sets_impl.set_difference(array_ops.expand_dims(weights_shape, -1), valid)
        count = array_ops.size(invalid.values, name="num_invalid_dims")
        return math_ops.equal(0, count, name=scope)


def _ranks_and_dims_fit(weights_rank, weights_shape, values_rank, values_shape):
    with ops.name_scope(None, "has_valid_nonscalar_shape", (weights_rank, weights_shape, values_rank, values_shape)) as scope:
        same_rank = math_ops.equal(values_rank, weights_rank, name="is_same_rank")
        return control_flow_ops.cond(same_rank, lambda: _dims_fit(weights_shape, values_shape), lambda: same_rank, name=scope)


def _with_shape(x, name):
    """(tensor, shape, rank, static rank or None)."""
    with ops.name_scope(None, name, (x,)) as scope:
        x = ops.convert_to_tensor(x, name=scope)
        shape = array_ops.shape(x, name="shape")
        rank = array_ops.rank(x, name="rank")
    return x, shape, rank, tensor_util.constant_value(rank)


def _known_to_fit(weights, weights_shape, weights_rank, values, values_shape, values_rank):
    """The name of the check that succeeded, or None where only running can tell; ValueError where shapes do not fit."""
    if weights_rank is None or values_rank is None:
        return None
    if weights_rank == 0:
        return "static_scalar_check_success"
    if weights_rank != values_rank:
        raise ValueError("%s values.rank=%s. weights.rank=%s. values.shape=%s. weights.shape=%s." % (
            _ASSERT_BROADCASTABLE_ERROR_PREFIX, values_rank, weights_rank, values.shape, weights.shape))
    w, v = tensor_util.constant_value(weights_shape), tensor_util.constant_value(values_shape)
    if w is None or v is None:
        return None
    for i, (a, b) in enumerate(zip(w, v)):
        if a not in (1, b):
            raise ValueError("%s Mismatch at dim %s. values.shape=%s weights.shape=%s." % (_ASSERT_BROADCASTABLE_ERROR_PREFIX, i, v, w))
    return "static_dims_check_success"


def assert_broadcastable(weights, values):
    """An Operation that fails where weights do not fit values: they are a scalar, or of the same rank with dimensions equal or 1.

    Raises:
      ValueError: where their shapes are known not to fit; InvalidArgumentError when running, where that shows only then.
    """
    with ops.name_scope(None, "assert_broadcastable", (weights, values)) as scope:
        weights, weights_shape, weights_rank, known_weights_rank = _with_shape(weights, "weights")
        values, values_shape, values_rank, known_values_rank = _with_shape(values, "values")
        success = _known_to_fit(weights, weights_shape, known_weights_rank, values, values_shape, known_values_rank)
        if success is not None:
            return control_flow_ops.no_op(name=success)
        is_scalar = math_ops.equal(0, weights_rank, name="is_scalar")
        data = (_ASSERT_BROADCASTABLE_ERROR_PREFIX, "weights.shape=", weights.name, weights_shape, "values.shape=", values.name, values_shape,
                "is_scalar=", is_scalar)
        fits = control_flow_ops.cond(
            is_scalar, lambda: is_scalar, lambda: _ranks_and_dims_fit(weights_rank, weights_shape, values_rank, values_shape),
            name="is_valid_shape")
        return control_flow_ops.Assert(fits, data, name=scope)


def broadcast_weights(weights, values):
    """The weights in the values' shape and dtype; errors as of assert_broadcastable."""
    with ops.name_scope(None, "broadcast_weights", (weights, values)) as scope:
        values = ops.convert_to_tensor(values, name="values")
        weights = ops.convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        w, v = weights.get_shape(), values.get_shape()
        if w.is_fully_defined() and v.is_fully_defined() and w.is_compatible_with(v):
            return weights
        with ops.control_dependencies((assert_broadcastable(weights, values),)):
            return math_ops.multiply(weights, array_ops.ones_like(values), name=scope)
