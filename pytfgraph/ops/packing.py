"""Lists with tensors in them as one tensor."""
import numpy as np

from pytfgraph.framework import constant_op, ops
from pytfgraph.ops import raw


def convert(value, dtype, name, as_ref):
    """The conversion function of lists and tuples: a Pack where a tensor is inside, else NotImplemented."""
    if as_ref:
        return NotImplemented
    inferred = next((t.dtype.base_dtype for t in _leaves(value) if ops.is_dense_tensor_like(t)), None)
    if inferred is None:
        return NotImplemented
    if dtype is None:
        dtype = inferred
    elif dtype != inferred:
        value = _cast(value, dtype)
    return _pack(value, dtype, name or "packed")


def _leaves(value):
    for v in value:
        if isinstance(v, (list, tuple)):
            yield from _leaves(v)
        else:
            yield v


def _cast(value, dtype):
    """The same nested lists with every tensor cast."""
    from pytfgraph.ops import math_ops
    if isinstance(value, (list, tuple)):
        return [_cast(v, dtype) for v in value]
    if ops.is_dense_tensor_like(value) and value.dtype.base_dtype != dtype.base_dtype:
        return math_ops.cast(value, dtype)
    return value


def _pack(values, dtype, name):
    """A Pack of nested lists, or the lists themselves where no tensor is inside."""
    parts, found = [], False
    with ops.name_scope(name) as scope:
        for i, v in enumerate(values):
            if ops.is_dense_tensor_like(v):
                if dtype is not None and v.dtype.base_dtype != dtype:
                    raise TypeError("Cannot convert a list containing a tensor of dtype %s to %s (Tensor is: %r)" % (v.dtype, dtype, v))
                found = True
            elif isinstance(v, (list, tuple)):
                v = _pack(v, dtype, str(i))
                found = found or ops.is_dense_tensor_like(v)
            parts.append(v)
        if not found:
            return parts
        tensors = [v if ops.is_dense_tensor_like(v) else constant_op.constant(v, dtype=dtype, name=str(i)) for i, v in enumerate(parts)]
        return raw.function("pack")(tensors, name=scope)
