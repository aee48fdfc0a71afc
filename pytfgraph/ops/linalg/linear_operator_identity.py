"""LinearOperatorIdentity and LinearOperatorScaledIdentity."""
import numpy as np

from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator
from pytfgraph.ops.linalg import linear_operator_util as util


class SizedOperator(linear_operator.LinearOperator):
    """One that is made of sizes rather than of a tensor."""

    def _size(self, size, name, rank, rank_text):
        """A size, or a batch shape, checked: the tensor, and its value where it is known."""
        tensor = util.shape_tensor(size, name=name if rank == 0 else name + "_arg")
        value = tensor_util.constant_value(tensor)
        if self._assert_proper_shapes:
            tensor = control_flow_ops.with_dependencies([
                check_ops.assert_rank(tensor, rank, message="Argument %s must be a %s Tensor." % (name, rank_text)),
                check_ops.assert_non_negative(tensor, message="Argument %s must be non-negative." % name)], tensor)
        if not tensor.dtype.is_integer:
            raise TypeError("Argument %s must be integer type.  Found: %s" % (name, tensor))
        if value is not None and value.ndim != rank:
            raise ValueError("Argument %s must be a %s Tensor.  Found: %s" % (name, rank_text, value))
        if value is not None and np.any(value < 0):
            raise ValueError("Argument %s must be non-negative.  Found:%s%s" % (name, " " if rank == 0 else "", value))
        return tensor, value

    def _set_batch(self, batch_shape):
        self._batch_shape_arg = None
        if batch_shape is not None:
            self._batch_shape_arg, self._batch_shape_static = self._size(batch_shape, "batch_shape", 1, "1-D")

    def _shape_of(self, rows, columns):
        matrix = tensor_shape.TensorShape((rows, columns))
        return matrix if self._batch_shape_arg is None else tensor_shape.TensorShape(self._batch_shape_static).concatenate(matrix)

    def _shape_tensor_of(self, rows, columns):
        matrix = array_ops.stack((rows, columns), axis=0)
        return matrix if self._batch_shape_arg is None else array_ops.concat((self._batch_shape_arg, matrix), 0)

    def _with_batch(self, x):
        """x broadcast to the batch."""
        if self._batch_shape_arg is None:
            return x
        shape = self.batch_shape.concatenate([1, 1])
        whole = array_ops.broadcast_static_shape(x.get_shape(), shape)
        if shape.is_fully_defined():
            if whole == x.get_shape():
                return x
        else:
            shape = array_ops.concat((self.batch_shape_tensor(), [1, 1]), 0)
        return x + array_ops.zeros(shape=shape, dtype=self.dtype)

    def _checked_argument(self, x):
        if not self._assert_proper_shapes:
            return x
        return control_flow_ops.with_dependencies([util.assert_compatible_matrix_dimensions(self, x)], x)

    def _known_batch(self):
        return self.batch_shape if self.batch_shape.is_fully_defined() else self.batch_shape_tensor()

    def _least(self):
        """The lesser of the two sizes where both are known."""
        sizes = self.domain_dimension.value, self.range_dimension.value
        return None if None in sizes else min(sizes)

    def _least_tensor(self):
        return math_ops.reduce_min(self.shape_tensor()[-2:])

    def _diagonal_of(self, fill):
        if self.shape.is_fully_defined():
            return fill(shape=self.batch_shape.concatenate([self._least()]), dtype=self.dtype)
        return fill(shape=array_ops.concat([self.batch_shape_tensor(), [self._least_tensor()]], axis=0), dtype=self.dtype)


class LinearOperatorIdentity(SizedOperator):
    """Identity matrices.

    Args:
      num_rows: N, an integer.
      batch_shape: of the batch; None: one matrix, that broadcasts.
      dtype: float32 where it is None.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: must be true (ValueError).
      assert_proper_shapes: whether sizes are also checked when a step runs.
      name: scope of the operations.
    """

    def __init__(self, num_rows, batch_shape=None, dtype=None, is_non_singular=True, is_self_adjoint=True, is_positive_definite=True,
                 is_square=True, assert_proper_shapes=False, name="LinearOperatorIdentity"):
        self._assert_proper_shapes = assert_proper_shapes
        with ops.name_scope(name):
            for promise, kind in ((is_self_adjoint, "self adjoint"), (is_non_singular, "non-singular"),
                                  (is_positive_definite, "positive-definite"), (is_square, "square")):
                if not promise:
                    raise ValueError("An identity operator is always %s." % kind)
            super().__init__(dtype=dtypes.as_dtype(dtype or dtypes.float32), is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            self._num_rows, self._num_rows_static = self._size(num_rows, "num_rows", 0, "0-D")
            self._set_batch(batch_shape)

    def _shape(self):
        return self._shape_of(self._num_rows_static, self._num_rows_static)

    def _shape_tensor(self):
        return self._shape_tensor_of(self._num_rows, self._num_rows)

    def _assert_non_singular(self):
        return control_flow_ops.no_op("assert_non_singular")

    def _assert_positive_definite(self):
        return control_flow_ops.no_op("assert_positive_definite")

    def _assert_self_adjoint(self):
        return control_flow_ops.no_op("assert_self_adjoint")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._with_batch(self._checked_argument(linalg.adjoint(x) if adjoint_arg else x))

    def _determinant(self):
        return array_ops.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self):
        return array_ops.zeros(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _trace(self):
        ones = array_ops.ones(shape=self._known_batch(), dtype=self.dtype)
        n = self._least()
        return n * ones if n is not None else math_ops.cast(self._least_tensor(), self.dtype) * ones

    def _diag_part(self):
        return self._diagonal_of(array_ops.ones)

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """1 + mat."""
        with self._name_scope(name, values=[mat]):
            mat = ops.convert_to_tensor(mat, name="mat")
            return array_ops.matrix_set_diag(mat, 1 + array_ops.matrix_diag_part(mat))


class LinearOperatorScaledIdentity(SizedOperator):
    """Multiples of identity matrices.

    Args:
      num_rows: N, an integer.
      multiplier: [batch...].
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
      assert_proper_shapes: whether sizes are also checked when a step runs.
    """

    def __init__(self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True,
                 assert_proper_shapes=False, name="LinearOperatorScaledIdentity"):
        self._assert_proper_shapes = assert_proper_shapes
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        with ops.name_scope(name, values=[multiplier, num_rows]):
            self._multiplier = ops.convert_to_tensor(multiplier, name="multiplier")
            super().__init__(dtype=self._multiplier.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            self._matrix = array_ops.expand_dims(array_ops.expand_dims(self.multiplier, -1), -1)
            self._matrix_conj = math_ops.conj(self._matrix)
            self._abs_multiplier = math_ops.abs(self.multiplier)
            self._num_rows, self._num_rows_static = self._size(num_rows, "num_rows", 0, "0-D")
            self._rows_of_dtype = math_ops.cast(self._num_rows, self.dtype)
            self._rows_of_real_dtype = math_ops.cast(self._num_rows, self.dtype.real_dtype)

    @property
    def multiplier(self):
        """What the identity is multiplied by."""
        return self._multiplier

    def _shape(self):
        return self.multiplier.get_shape().concatenate(tensor_shape.TensorShape((self._num_rows_static, self._num_rows_static)))

    def _shape_tensor(self):
        matrix = array_ops.stack((self._num_rows, self._num_rows), axis=0)
        return array_ops.concat((array_ops.shape(self.multiplier), matrix), 0)

    def _assert_non_singular(self):
        return check_ops.assert_positive(math_ops.abs(self.multiplier), message="LinearOperator was singular")

    def _assert_positive_definite(self):
        return check_ops.assert_positive(math_ops.real(self.multiplier), message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self):
        part = math_ops.imag(self.multiplier)
        return check_ops.assert_equal(array_ops.zeros_like(part), part, message="LinearOperator was not self-adjoint")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg.adjoint(x) if adjoint_arg else x
        return self._checked_argument(x) * (self._matrix_conj if adjoint else self._matrix)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = linalg.adjoint(rhs) if adjoint_arg else rhs
        return self._checked_argument(rhs) / (self._matrix_conj if adjoint else self._matrix)

    def _determinant(self):
        return self.multiplier ** self._rows_of_dtype

    def _log_abs_determinant(self):
        return self._rows_of_real_dtype * math_ops.log(self._abs_multiplier)

    def _trace(self):
        ones = array_ops.ones(shape=self._known_batch(), dtype=self.dtype)
        n = self._least()
        return self.multiplier * (n if n is not None else math_ops.cast(self._least_tensor(), self.dtype)) * ones

    def _diag_part(self):
        return self._diagonal_of(array_ops.ones) * self.multiplier[..., array_ops.newaxis]

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """multiplier + mat."""
        with self._name_scope(name, values=[mat]):
            multiplier = array_ops.expand_dims(self.multiplier, -1)
            mat = ops.convert_to_tensor(mat, name="mat")
            return array_ops.matrix_set_diag(mat, multiplier + array_ops.matrix_diag_part(mat))
