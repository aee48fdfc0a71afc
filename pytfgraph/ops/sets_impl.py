"""tf.sets: operations on the sets that the last dimension of a tensor holds."""
from pytfgraph.framework import dtypes, sparse_tensor
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw

gen_set_ops = raw.module("gen_set_ops")
_TYPES = {dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string}


def set_size(a, validate_indices=True):
    """Number of different elements of each set of a SparseTensor, an int32 Tensor of one dimension less.

    Raises:
      TypeError: if `a` is not sparse, or not of integers or strings.
    """
    a = sparse_tensor.convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(a, SparseTensor):
        raise TypeError("Expected `SparseTensor`, got %s." % a)
    if a.values.dtype.base_dtype not in _TYPES:
        raise TypeError("Invalid dtype %s." % a.values.dtype)
    return gen_set_ops.set_size(a.indices, a.values, a.dense_shape, validate_indices)


def _converted(a, b):
    """Both as tensors, a dense one before a sparse one, and whether that exchanged them."""
    a = sparse_tensor.convert_to_tensor_or_sparse_tensor(a, name="a")
    if a.dtype.base_dtype not in _TYPES:
        raise TypeError("'a' invalid dtype %s." % a.dtype)
    b = sparse_tensor.convert_to_tensor_or_sparse_tensor(b, name="b")
    if b.dtype.base_dtype != a.dtype.base_dtype:
        raise TypeError("Types don't match, %s vs %s." % (a.dtype, b.dtype))
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        return b, a, True
    return a, b, False


def _combine(a, b, operation, validate_indices):
    parts = [(t.indices, t.values, t.dense_shape) if isinstance(t, SparseTensor) else (t,) for t in (a, b)]
    kinds = ["sparse" if len(p) == 3 else "dense" for p in parts]
    function = getattr(gen_set_ops, "%s_to_%s_set_operation" % tuple(kinds))
    return SparseTensor(*function(*parts[0], *parts[1], operation, validate_indices))


def set_intersection(a, b, validate_indices=True):
    """What is in both of each pair of sets, a SparseTensor.

    Args:
      a, b: Tensors or SparseTensors of one integer type or of strings, equal in all dimensions but the last.
      validate_indices: whether indices must be in ascending order.

    Raises:
      TypeError: for other types.
    """
    a, b, _ = _converted(a, b)
    return _combine(a, b, "intersection", validate_indices)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """What is in the set of `a` and not in that of `b` (the other way round where `aminusb` is false); as set_intersection."""
    a, b, exchanged = _converted(a, b)
    return _combine(a, b, "a-b" if aminusb != exchanged else "b-a", validate_indices)


def set_union(a, b, validate_indices=True):
    """What is in either of each pair of sets; as set_intersection."""
    a, b, _ = _converted(a, b)
    return _combine(a, b, "union", validate_indices)
