"""Tensors as messages, and their values where those are known while the graph is built."""
import numpy as np

from pytfgraph import _core
from pytfgraph.framework import ops, tensor_shape

make_tensor_proto = _core.make_tensor_proto
MakeNdarray = _core.make_ndarray


def constant_value(tensor, partial=False):
    """The value of a Tensor as a NumPy array where it can be computed from constants, else None.

    Args:
      tensor: a Tensor.
      partial: of a Pack with unknown parts, give an object array with None in their places.
    """
    value = _core.constant_value(tensor)
    if value is None and partial and tensor.op.type == "Pack" and tensor.op.inputs and tensor.op.get_attr("axis") == 0:
        parts = [constant_value(x, partial) for x in tensor.op.inputs]
        if any(p is not None for p in parts):
            return np.array(parts, dtype=object)
    return value


def constant_value_as_shape(tensor):
    """The TensorShape that an integer vector Tensor stands for, as far as it is known: follows Shape, Pack, ConcatV2 and slices.

    Raises:
      ValueError: if the tensor is a scalar other than -1.
    """
    if tensor.get_shape().ndims == 0:
        value = constant_value(tensor)
        if value is None:
            raise ValueError("Received a scalar with unknown value as shape; require a statically known scalar with value '-1' to "
                             "describe an unknown shape.")
        if value != -1:
            raise ValueError("Received a scalar value '%s' as shape; require a statically known scalar with value '-1' to describe "
                             "an unknown shape." % value)
        return tensor_shape.unknown_shape()
    known = tensor.get_shape().with_rank(1)
    if known == [0]:
        return tensor_shape.scalar()
    follow = _SHAPE_OF.get(tensor.op.type)
    result = follow(tensor) if follow else None
    if result is None:
        result = tensor_shape.unknown_shape(known[0].value)
        value = constant_value(tensor)
        if value is not None:
            result = result.merge_with(tensor_shape.TensorShape([d if d >= 0 else None for d in value]))
    return result


def _shape_of_pack(tensor):
    result = tensor_shape.scalar()
    assert tensor.op.get_attr("axis") == 0  # elements of a vector
    for part in tensor.op.inputs:
        value = constant_value(part)
        result = result.concatenate([None if value is None or value < 0 else value])
    return result


def _shape_of_concat(tensor):
    assert constant_value(tensor.op.inputs[-1]) == 0
    result = tensor_shape.scalar()
    for part in tensor.op.inputs[:-1]:
        result = result.concatenate(constant_value_as_shape(part))
    return result


def _shape_of_slice(tensor):
    op = tensor.op
    begin, end, strides = (constant_value(op.inputs[i]) for i in (1, 2, 3))
    masks = {m: op.get_attr(m + "_mask") for m in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    if begin is None or end is None or strides is None:
        return None
    if masks["ellipsis"] or masks["new_axis"] or masks["shrink_axis"] or masks["begin"] not in (0, 1) or masks["end"] not in (0, 1):
        return None
    try:
        before = constant_value_as_shape(op.inputs[0])
        return tensor_shape.TensorShape(before[None if masks["begin"] else begin[0]:None if masks["end"] else end[0]:strides[0]])
    except (TypeError, ValueError):
        return None


_SHAPE_OF = {"Shape": lambda tensor: tensor.op.inputs[0].get_shape(), "Pack": _shape_of_pack, "ConcatV2": _shape_of_concat,
             "StridedSlice": _shape_of_slice}


def is_tensor(x):
    """Whether `x` is something the library treats as a tensor: Tensor, SparseTensor, IndexedSlices, Variable."""
    return isinstance(x, ops._TensorLike) or ops.is_dense_tensor_like(x) or getattr(x, "is_tensor_like", False)


def shape_tensor(shape):
    """`shape` as a Tensor; an empty list is int32."""
    dtype = None
    if isinstance(shape, (tuple, list)):
        if not shape:
            dtype = _core.as_dtype("int32")
        else:
            shape = tuple(tensor_shape.dimension_value(d) for d in shape)
    return ops.convert_to_tensor(shape, dtype=dtype, name="shape")


def ShapeEquals(tensor_proto, shape):
    """Whether a TensorProto has a shape (a TensorShapeProto or list)."""
    dims = [d.size for d in shape.dim] if hasattr(shape, "dim") else list(shape)
    return [d.size for d in tensor_proto.tensor_shape.dim] == dims
