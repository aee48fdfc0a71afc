"""Sparse tensors in elements: each travels as one variant tensor."""
from pytfgraph.data.util import nest
from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import sparse_ops


def any_sparse(classes):
    """Whether some component is sparse."""
    return any(c is SparseTensor for c in nest.flatten(classes))


def _each(like, f, *structures):
    return nest.pack_sequence_as(like, [f(*leaves) for leaves in zip(*map(nest.flatten, structures))])


def as_dense_shapes(shapes, classes):
    """The shapes of what travels."""
    return _each(shapes, lambda shape, c: tensor_shape.unknown_shape() if c is SparseTensor else shape, shapes, classes)


def as_dense_types(types, classes):
    """The dtypes of what travels."""
    return _each(types, lambda dtype, c: dtypes.variant if c is SparseTensor else dtype, types, classes)


def get_classes(tensors):
    """tf.Tensor or tf.SparseTensor for each component."""
    return _each(tensors, lambda t: SparseTensor if isinstance(t, SparseTensor) else ops.Tensor, tensors)


def serialize_sparse_tensors(tensors):
    """What travels in place of the components."""
    return _each(tensors, lambda t: sparse_ops.serialize_sparse(t, out_type=dtypes.variant) if isinstance(t, SparseTensor) else t, tensors)


def serialize_many_sparse_tensors(tensors):
    """The same for the rows of sparse tensors."""
    return _each(tensors, lambda t: sparse_ops.serialize_many_sparse(t, out_type=dtypes.variant) if isinstance(t, SparseTensor) else t,
                 tensors)


def deserialize_sparse_tensors(tensors, types, shapes, classes):
    """The components from what travelled."""
    return _each(types, lambda t, dtype, shape, c: sparse_ops.deserialize_sparse(t, dtype=dtype, rank=shape.ndims) if c is SparseTensor
                 else t, tensors, types, shapes, classes)
