"""LinearOperatorFullMatrix."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops
from pytfgraph.ops.linalg import linear_operator
from pytfgraph.ops.linalg import linear_operator_util as util


class LinearOperatorFullMatrix(linear_operator.LinearOperator):
    """The matrices of a tensor [batch..., M, N].

    Args:
      matrix: of a floating or complex dtype (TypeError), with two dimensions or more (ValueError).
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    def __init__(self, matrix, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorFullMatrix"):
        with ops.name_scope(name, values=[matrix]):
            self._matrix = ops.convert_to_tensor(matrix, name="matrix")
            util.check_argument(self._matrix, "matrix", 2)
            super().__init__(dtype=self._matrix.dtype, graph_parents=[self._matrix], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=is_square, name=name)

    def _shape(self):
        return self._matrix.get_shape()

    def _shape_tensor(self):
        return array_ops.shape(self._matrix)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return util.matmul_with_broadcast(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self):
        return self._matrix
