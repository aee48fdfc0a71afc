"""LinearOperatorZeros."""
from pytfgraph.framework import dtypes, errors, ops
from pytfgraph.ops import array_ops, control_flow_ops
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator_identity


class LinearOperatorZeros(linear_operator_identity.SizedOperator):
    """Matrices of zeros.

    Args:
      num_rows, num_columns: integers; columns as many as rows where None.
      batch_shape: of the batch; None: one matrix, that broadcasts.
      dtype: float32 where it is None.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: must be what zeros are (ValueError).
      assert_proper_shapes: whether sizes are also checked when a step runs.
      name: scope of the operations.
    """

    def __init__(self, num_rows, num_columns=None, batch_shape=None, dtype=None, is_non_singular=False, is_self_adjoint=True,
                 is_positive_definite=False, is_square=True, assert_proper_shapes=False, name="LinearOperatorZeros"):
        self._assert_proper_shapes = assert_proper_shapes
        with ops.name_scope(name):
            for wrong, kind in ((not is_self_adjoint and is_square, "self adjoint"), (is_non_singular, "singular"),
                                (is_positive_definite, "not positive-definite")):
                if wrong:
                    raise ValueError("A zero operator is always %s." % kind)
            super().__init__(dtype=dtypes.as_dtype(dtype or dtypes.float32), is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            self._num_rows, rows = self._size(num_rows, "num_rows", 0, "0-D")
            self._num_columns, columns = self._size(num_rows if num_columns is None else num_columns, "num_columns", 0, "0-D")
            self._known = rows, columns
            if is_square and rows is not None and columns is not None and rows != columns:
                raise ValueError("LinearOperatorZeros initialized as is_square=True, but got num_rows({}) != num_columns({})".format(rows, columns))
            self._set_batch(batch_shape)

    def _shape(self):
        return self._shape_of(*self._known)

    def _shape_tensor(self):
        return self._shape_tensor_of(self._num_rows, self._num_columns)

    def _assert_non_singular(self):
        raise errors.InvalidArgumentError(node_def=None, op=None, message="Zero operators are always non-invertible.")

    def _assert_positive_definite(self):
        raise errors.InvalidArgumentError(node_def=None, op=None, message="Zero operators are always non-positive definite.")

    def _assert_self_adjoint(self):
        return control_flow_ops.no_op("assert_self_adjoint")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        if adjoint_arg:
            x = linalg.adjoint(x)
        x = self._checked_argument(x)
        shape = array_ops.shape(x)
        if not self.is_square:
            rows = self._num_columns if adjoint else self._num_rows
            shape = array_ops.concat([shape[:-2], [rows, shape[-1]]], axis=0)
        return self._with_batch(array_ops.zeros(shape=shape, dtype=x.dtype))

    def _determinant(self):
        return array_ops.zeros(shape=self._known_batch(), dtype=self.dtype)

    def _trace(self):
        return self._determinant()

    def _diag_part(self):
        return self._diagonal_of(array_ops.zeros)

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """mat, broadcast to the batch."""
        return self._with_batch(mat)
