"""LinearOperatorLowerTriangular."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator
from pytfgraph.ops.linalg import linear_operator_util as util


class LinearOperatorLowerTriangular(linear_operator.LinearOperator):
    """Lower triangular matrices.

    Args:
      tril: [batch..., N, N] of a floating or complex dtype (TypeError); what is above the diagonals counts as zero.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    def __init__(self, tril, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorLowerTriangular"):
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        with ops.name_scope(name, values=[tril]):
            self._tril = ops.convert_to_tensor(tril, name="tril")
            util.check_argument(self._tril, "tril", 2)
            self._tril = array_ops.matrix_band_part(tril, -1, 0)
            self._diag = array_ops.matrix_diag_part(self._tril)
            super().__init__(dtype=self._tril.dtype, graph_parents=[self._tril], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True, name=name)

    def _shape(self):
        return self._tril.get_shape()

    def _shape_tensor(self):
        return array_ops.shape(self._tril)

    def _assert_non_singular(self):
        return util.assert_no_entries_with_modulus_zero(self._diag, message="Singular operator:  Diagonal contained zero values.")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return util.matmul_with_broadcast(self._tril, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _determinant(self):
        return math_ops.reduce_prod(self._diag, reduction_indices=[-1])

    def _log_abs_determinant(self):
        return math_ops.reduce_sum(math_ops.log(math_ops.abs(self._diag)), reduction_indices=[-1])

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = linalg.adjoint(rhs) if adjoint_arg else rhs
        return util.matrix_triangular_solve_with_broadcast(self._tril, rhs, lower=True, adjoint=adjoint)

    def _to_dense(self):
        return self._tril

    def _add_to_tensor(self, x):
        return self._tril + x
