"""Operations on sparse tensors."""
from pytfgraph.framework import ops, sparse_tensor
from pytfgraph.ops import array_ops, raw


def _to_sparse(value):
    """`value` as a SparseTensor; TypeError where it is not sparse."""
    if isinstance(value, sparse_tensor.SparseTensorValue):
        return sparse_tensor.SparseTensor.from_value(value)
    if not isinstance(value, sparse_tensor.SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def sparse_add(a, b, thresh=0):
    """The sum of two tensors of one shape, at least one of which is sparse; it is dense unless both are sparse.

    Args:
      a, b: SparseTensor, SparseTensorValue or Tensor; indices are in row-major order.
      thresh: elements of a sparse sum whose magnitude is below are left out.

    Raises:
      TypeError: if neither is sparse.
    """
    sparse = [sparse_tensor.is_sparse(x) for x in (a, b)]
    if not any(sparse):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not all(sparse):
        a, b = (a, b) if sparse[0] else (b, a)
        return raw.function("sparse_tensor_dense_add")(a.indices, a.values, a.dense_shape, b)
    a, b = _to_sparse(a), _to_sparse(b)
    thresh = ops.convert_to_tensor(thresh, dtype=a.values.dtype.real_dtype.base_dtype, name="thresh")
    indices, values, shape = raw.function("sparse_add")(a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, thresh)
    a.get_shape().assert_is_compatible_with(b.get_shape())
    static = array_ops.broadcast_static_shape(a.get_shape(), b.get_shape())
    return sparse_tensor.SparseTensor(indices, values, static.as_list() if static.is_fully_defined() else shape)
