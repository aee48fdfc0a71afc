"""Values, shapes and ranks that are NumPy's where they are known before anything runs, and tensors where they are not."""
import numpy as np

from pytfgraph.framework import constant_op, dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, math_ops


def same_dynamic_shape(a, b):
    """A bool scalar: whether two tensors have the same shape when running."""
    a = ops.convert_to_tensor(a, name="a")
    b = ops.convert_to_tensor(b, name="b")

    def all_equal():
        # Shapes of different length cannot be compared, but both orders of them can.
        return math_ops.reduce_all(math_ops.equal(array_ops.concat([array_ops.shape(a), array_ops.shape(b)], 0),
                                                  array_ops.concat([array_ops.shape(b), array_ops.shape(a)], 0)))
    return control_flow_ops.cond(math_ops.equal(array_ops.rank(a), array_ops.rank(b)), all_equal, lambda: constant_op.constant(False))


def maybe_get_static_value(x, dtype=None):
    """The value of x, as an array of the dtype where one is given; None where it is not known.  What is no tensor is its own value."""
    if x is None:
        return x
    value = tensor_util.constant_value(x) if tensor_util.is_tensor(x) else x
    return value if value is None or dtype is None else np.array(value, dtype)


def prefer_static_value(x):
    """The tensor's value where it is known, else the tensor."""
    value = tensor_util.constant_value(x)
    return x if value is None else value


def prefer_static_rank(x):
    """The rank where it is known, else a tensor."""
    return prefer_static_value(array_ops.rank(x))


def prefer_static_shape(x):
    """The shape where all of it is known, else a tensor."""
    return prefer_static_value(array_ops.shape(x))


def dimension_size(x, axis):
    """The size along an axis where it is known, else a tensor."""
    size = x.shape.with_rank_at_least(np.abs(axis))[axis].value
    return array_ops.shape(x)[axis] if size is None else size


def _as_shape_tensor(x):
    return ops.convert_to_tensor(x, name="shape", dtype=dtypes.int32)


def _known_shape(s):
    if isinstance(s, tensor_shape.TensorShape):
        return s
    value = tensor_util.constant_value(_as_shape_tensor(s))
    return None if value is None else tensor_shape.TensorShape(value)


def _shape_tensor(s):
    if not isinstance(s, tensor_shape.TensorShape):
        return _as_shape_tensor(s)
    if not s.is_fully_defined():
        raise ValueError("Cannot broadcast from partially defined `TensorShape`.")
    return _as_shape_tensor(s.as_list())


def prefer_static_broadcast_shape(shape1, shape2, name="prefer_static_broadcast_shape"):
    """The shape that two shapes (TensorShapes, tensors or lists) broadcast to: a TensorShape where both are known, else a tensor.

    Raises:
      ValueError: where they do not broadcast, or one is a partly known TensorShape and the other is not known.
    """
    with ops.name_scope(name, values=[shape1, shape2]):
        known1, known2 = _known_shape(shape1), _known_shape(shape2)
        if known1 is not None and known2 is not None:
            return array_ops.broadcast_static_shape(known1, known2)
        return array_ops.broadcast_dynamic_shape(_shape_tensor(shape1), _shape_tensor(shape2))


def _padded_shape(x, axis, count, sides):
    """The shape behind pad(), as far as it is known."""
    middle = tensor_shape.TensorShape(None if count is None else x.shape[axis] + count * sides)
    return x.shape[:axis].concatenate(middle.concatenate(x.shape[axis + 1:]))


def pad(x, axis, front=False, back=False, value=0, count=1, name=None):
    """x with `count` more elements of a value before or behind an axis.

    Args:
      x: a tensor.
      axis: an int or an int scalar.
      front, back: where; at least one of them.
      value: a scalar, of x's dtype.
      count: an int scalar.
      name: of the scope.

    Raises:
      ValueError: without a side.
      TypeError: for a count that is no integer.
    """
    with ops.name_scope(name, "pad", [x, value, count]):
        x = ops.convert_to_tensor(x, name="x")
        value = ops.convert_to_tensor(value, dtype=x.dtype, name="value")
        count = ops.convert_to_tensor(count, name="count")
        if not count.dtype.is_integer:
            raise TypeError("`count.dtype` (`{}`) must be `int`-like.".format(count.dtype.name))
        if not front and not back:
            raise ValueError("At least one of `front`, `back` must be `True`.")
        ndims = array_ops.rank(x, name="ndims") if x.shape.ndims is None else x.shape.ndims
        axis = ops.convert_to_tensor(axis, name="axis")
        known = tensor_util.constant_value(axis)
        final_shape = None
        if known is None:
            axis = array_ops.where(axis < 0, ndims + axis, axis)
        else:
            axis = known if known >= 0 else ndims + known
            if known >= 0 or x.shape.ndims is not None:
                final_shape = _padded_shape(x, axis, tensor_util.constant_value(count), front + back)
        sides = array_ops.stack([axis if front else -1, axis if back else -1])
        paddings = array_ops.one_hot(indices=sides, depth=ndims, axis=0, on_value=count, dtype=dtypes.int32)
        x = array_ops.pad(x, paddings=paddings, constant_values=value)
        if final_shape is not None:
            x.set_shape(final_shape)
        return x
