"""SparseTensor: a tensor as the coordinates and values of its non-empty elements."""
import collections

from pytfgraph import _core
from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util

SparseTensorValue = collections.namedtuple("SparseTensorValue", ["indices", "values", "dense_shape"])


class SparseTensor(ops._TensorLike):
    """Values at given coordinates of a tensor, everything else being empty.

    Args:
      indices: int64 Tensor [n, rank].
      values: Tensor [n].
      dense_shape: int64 Tensor [rank].
    """

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """A SparseTensor from a SparseTensorValue (or itself); TypeError for anything else."""
        if not is_sparse(sparse_tensor_value):
            raise TypeError("Neither a SparseTensor nor SparseTensorValue: %s." % sparse_tensor_value)
        return cls(*(getattr(sparse_tensor_value, part) for part in SparseTensorValue._fields))

    def __init__(self, indices, values, dense_shape):
        with ops.name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            indices = ops.convert_to_tensor(indices, name="indices", dtype=dtypes.int64)
            values = ops.internal_convert_to_tensor(values, name="values", as_ref=True)
            dense_shape = ops.convert_to_tensor(dense_shape, name="dense_shape", dtype=dtypes.int64)
        self._indices = indices
        self._values = values
        self._dense_shape = dense_shape
        indices_shape = indices.shape.with_rank(2)
        values_shape = values.shape.with_rank(1)
        dense_shape_shape = dense_shape.shape.with_rank(1)
        indices_shape[0].merge_with(values_shape[0])
        indices_shape[1].merge_with(dense_shape_shape[0])

    def get_shape(self):
        """The dense shape as far as it is known, a TensorShape."""
        return tensor_util.constant_value_as_shape(self._dense_shape)

    @property
    def shape(self):
        return self.get_shape()

    @property
    def indices(self):
        return self._indices

    @property
    def values(self):
        return self._values

    @property
    def dense_shape(self):
        return self._dense_shape

    @property
    def op(self):
        return self.values.op

    @property
    def dtype(self):
        return self._values.dtype

    @property
    def graph(self):
        return self._indices.graph

    def consumers(self):
        """The operations that take one of its tensors, a list."""
        return list({op for part in (self._values, self._indices, self._dense_shape) for op in part.consumers()})

    def __mul__(self, y):
        """Elementwise product with a Tensor that is broadcast to it."""
        from pytfgraph.ops import sparse_ops
        return sparse_ops._operator(self, y, "mul", sparse_ops.gen_sparse_ops.sparse_dense_cwise_mul)

    def __div__(self, y):
        """Elementwise quotient; of integers too an integer."""
        from pytfgraph.ops import sparse_ops
        return sparse_ops._operator(self, y, "div", sparse_ops.gen_sparse_ops.sparse_dense_cwise_div)

    def __truediv__(self, y):
        """Elementwise quotient by a Tensor that is broadcast to it."""
        from pytfgraph.ops import sparse_ops
        return sparse_ops._operator(self, y, "truediv", sparse_ops._sparse_dense_truediv)

    def __str__(self):
        return "SparseTensor(indices=%s, values=%s, dense_shape=%s)" % (self._indices, self._values, self._dense_shape)

    def eval(self, feed_dict=None, session=None):
        """Runs it in a session; a SparseTensorValue."""
        if session is None:
            session = ops.get_default_session()
            if session is None:
                raise ValueError("Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
                                 "sess.as_default()` or pass an explicit session to `eval(session=sess)`")
        return SparseTensorValue(*session.run([self.indices, self.values, self.dense_shape], feed_dict))

    @staticmethod
    def _override_operator(operator, func):
        setattr(SparseTensor, operator, func)


def is_sparse(x):
    """Whether `x` is a SparseTensor or SparseTensorValue."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """`value` as a SparseTensor where it is a sparse one, else as a Tensor.

    Raises:
      RuntimeError: if its dtype does not fit `dtype`.
    """
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype and not dtype.is_compatible_with(value.dtype):
            raise RuntimeError("Sparse dtype: requested = %s, actual = %s" % (dtype.name, value.dtype.name))
        return value
    return ops.internal_convert_to_tensor(value, dtype=dtype, name=name)


_core._set_classes(SparseTensor=SparseTensor, SparseTensorValue=SparseTensorValue)
