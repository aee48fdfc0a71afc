"""LinearOperatorDiag."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, math_ops
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator
from pytfgraph.ops.linalg import linear_operator_util as util


class LinearOperatorDiag(linear_operator.LinearOperator):
    """Diagonal matrices.

    Args:
      diag: [batch..., N], of a floating or complex dtype (TypeError).
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.

    Raises:
      ValueError: a scalar diag, or a promise that no diagonal matrix keeps.
    """

    def __init__(self, diag, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorDiag"):
        with ops.name_scope(name, values=[diag]):
            self._diag = ops.convert_to_tensor(diag, name="diag")
            util.check_argument(self._diag, "diag", 1)
            if not self._diag.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError("A real diagonal operator is always self adjoint.")
                is_self_adjoint = True
            if is_square is False:
                raise ValueError("Only square diagonal operators currently supported.")
            super().__init__(dtype=self._diag.dtype, graph_parents=[self._diag], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True, name=name)

    @property
    def diag(self):
        """The diagonals."""
        return self._diag

    def _shape(self):
        shape = self._diag.get_shape()
        return shape.concatenate(shape[-1:])

    def _shape_tensor(self):
        shape = array_ops.shape(self._diag)
        return array_ops.concat((shape, [shape[-1]]), 0)

    def _assert_non_singular(self):
        return util.assert_no_entries_with_modulus_zero(self._diag, message="Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self):
        kind = "Diagonal operator had diagonal entries with non-positive real part" if self.dtype.is_complex else (
            "Real diagonal operator had non-positive diagonal entries")
        return check_ops.assert_positive(math_ops.real(self._diag), message=kind + ", thus was not positive definite.")

    def _assert_self_adjoint(self):
        return util.assert_zero_imag_part(self._diag, message=(
            "This diagonal operator contained non-zero imaginary values.   Thus it was not self-adjoint."))

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        diag = math_ops.conj(self._diag) if adjoint else self._diag
        x = linalg.adjoint(x) if adjoint_arg else x
        return array_ops.expand_dims(diag, -1) * x

    def _determinant(self):
        return math_ops.reduce_prod(self._diag, reduction_indices=[-1])

    def _log_abs_determinant(self):
        result = math_ops.reduce_sum(math_ops.log(math_ops.abs(self._diag)), reduction_indices=[-1])
        return math_ops.cast(result, dtype=self.dtype) if self.dtype.is_complex else result

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        diag = math_ops.conj(self._diag) if adjoint else self._diag
        rhs = linalg.adjoint(rhs) if adjoint_arg else rhs
        return rhs * array_ops.expand_dims(1.0 / diag, -1)

    def _to_dense(self):
        return array_ops.matrix_diag(self._diag)

    def _diag_part(self):
        return self.diag

    def _add_to_tensor(self, x):
        return array_ops.matrix_set_diag(x, self._diag + array_ops.matrix_diag_part(x))
