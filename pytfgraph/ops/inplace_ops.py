"""Rows of a tensor that are changed: of the tensor itself (alias_...), or of a copy of it."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops, raw

gen_array_ops = raw.module("gen_array_ops")


def _change(op, x, i, v):
    """op of the rows `i` of x, of all of x where i is None."""
    x = ops.convert_to_tensor(x)
    v = ops.convert_to_tensor(v, x.dtype)
    if i is None:
        changed = op(array_ops.reshape(x, [1, -1]), [0], array_ops.reshape(v, [1, -1]))
        return array_ops.reshape(changed, array_ops.shape(x))
    i = math_ops.to_int32(i)
    if i.get_shape().ndims == 0:
        return op(x, array_ops.reshape(i, [1]), array_ops.expand_dims(v, 0))
    return op(x, i, v)


def alias_inplace_update(x, i, v):
    """x with x[i, :] = v.

    Args:
      x: a tensor [N, ...].
      i: None for all of x (v is of its shape), a scalar (v [...]) or a vector [K] of rows (v [K, ...]).
      v: the new values, of x's dtype.
    """
    return _change(gen_array_ops.inplace_update, x, i, v)


def alias_inplace_add(x, i, v):
    """x with x[i, :] += v; arguments as alias_inplace_update's."""
    return _change(gen_array_ops.inplace_add, x, i, v)


def alias_inplace_sub(x, i, v):
    """x with x[i, :] -= v; arguments as alias_inplace_update's."""
    return _change(gen_array_ops.inplace_sub, x, i, v)


def inplace_update(x, i, v):
    """A copy of x with x[i, :] = v; arguments as alias_inplace_update's."""
    return alias_inplace_update(gen_array_ops.deep_copy(x), i, v)


def inplace_add(x, i, v):
    """A copy of x with x[i, :] += v; arguments as alias_inplace_update's."""
    return alias_inplace_add(gen_array_ops.deep_copy(x), i, v)


def inplace_sub(x, i, v):
    """A copy of x with x[i, :] -= v; arguments as alias_inplace_update's."""
    return alias_inplace_sub(gen_array_ops.deep_copy(x), i, v)


def empty_like(x, init=None):
    """A tensor of x's shape and dtype, of zeros if `init`, else of no defined values."""
    x = ops.convert_to_tensor(x)
    return gen_array_ops.empty(array_ops.shape(x), x.dtype, init=init)


empty = gen_array_ops.empty
