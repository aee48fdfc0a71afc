"""Dense tensors as sparse ones."""
import numpy as np

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, math_ops

__all__ = ["dense_to_sparse_tensor"]


def _left_out(dtype, value):
    """The value that is left out, as a tensor: 0 or "" where none is given."""
    if value is None:
        value = "" if dtype == dtypes.string else dtype.as_numpy_dtype()
    return math_ops.cast(value, dtype, name="ignore_value")


def dense_to_sparse_tensor(dense_tensor, ignore_value=None):
    """The elements of a tensor that are not `ignore_value`.

    Args:
      dense_tensor: a tensor.
      ignore_value: an element; "" for strings and 0 otherwise where none is given.

    Returns:
      A SparseTensor of the tensor's shape.
    """
    with ops.name_scope("DenseToSparseTensor"):
        dense_tensor = ops.convert_to_tensor(dense_tensor)
        indices = array_ops.where(math_ops.not_equal(dense_tensor, _left_out(dense_tensor.dtype, ignore_value)), name="indices")
        return SparseTensor(indices, array_ops.gather_nd(dense_tensor, indices, name="values"),
                            array_ops.shape(dense_tensor, out_type=dtypes.int64, name="dense_shape"))
