"""LinearOperatorBlockDiag."""
from pytfgraph.framework import tensor_shape
from pytfgraph.ops import array_ops, control_flow_ops
from pytfgraph.ops.linalg import linear_operator_composition
from pytfgraph.ops.linalg import linear_operator_util as util


class LinearOperatorBlockDiag(linear_operator_composition.OperatorOfSeveral):
    """Square operators along the diagonal.

    Args:
      operators: a list of square LinearOperators of one dtype (TypeError), not empty (ValueError).
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    _WHAT, _JOIN, _KEPT = "direct sum", "_ds_", ("non-singular", "self-adjoint", "positive definite")

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, name=None):
        operators = list(operators) if isinstance(operators, (list, tuple)) else operators
        super().__init__(operators, is_non_singular, is_self_adjoint, is_positive_definite, True, name)
        if not (is_square and all(operator.is_square for operator in self.operators)):
            raise ValueError("Can only represent a block diagonal of square matrices.")

    def _shape(self):
        sizes = [self.operators[0].domain_dimension, self.operators[0].range_dimension]
        for operator in self.operators[1:]:
            sizes = [sizes[0] + operator.domain_dimension, sizes[1] + operator.range_dimension]
        return self._static_batch().concatenate(tensor_shape.TensorShape(sizes))

    def _shape_tensor(self):
        if self.shape.is_fully_defined():
            return self._known_shape_tensor()
        domain, range_ = self.operators[0].domain_dimension_tensor(), self.operators[0].range_dimension_tensor()
        for operator in self.operators[1:]:
            domain += operator.domain_dimension_tensor()
            range_ += operator.range_dimension_tensor()
        return self._dynamic_shape(domain, range_)

    def _by_blocks(self, x, method, adjoint, adjoint_arg):
        known = self.shape.is_fully_defined()
        sizes = [operator.domain_dimension.value if known else operator.domain_dimension_tensor() for operator in self.operators]
        parts = array_ops.split(x, sizes, axis=-1 if adjoint_arg else -2)
        results = [getattr(operator, method)(part, adjoint=adjoint, adjoint_arg=adjoint_arg) for operator, part in zip(self.operators, parts)]
        return array_ops.concat(util.broadcast_matrix_batch_dims(results), axis=-2)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._by_blocks(x, "matmul", adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._by_blocks(rhs, "solve", adjoint, adjoint_arg)

    def _diag_part(self):
        parts = util.broadcast_matrix_batch_dims([operator.diag_part()[..., array_ops.newaxis] for operator in self.operators])
        return array_ops.squeeze(array_ops.concat(parts, axis=-2), axis=-1)

    def _trace(self):
        result = self.operators[0].trace()
        for operator in self.operators[1:]:
            result += operator.trace()
        return result

    def _to_dense(self):
        blocks = util.broadcast_matrix_batch_dims([operator.to_dense() for operator in self.operators])
        rows, before = [], 0
        for block in blocks:
            outer = array_ops.shape(block)[:-1]
            left = array_ops.zeros(shape=array_ops.concat([outer, [before]], axis=-1), dtype=block.dtype)
            before += array_ops.shape(block)[-1]
            after = array_ops.concat([outer, [self.domain_dimension_tensor() - before]], axis=-1)
            right = array_ops.zeros(shape=after, dtype=block.dtype)
            rows.append(array_ops.concat([left, block, right], axis=-1))
        whole = array_ops.concat(rows, axis=-2)
        whole.set_shape(self.shape)
        return whole

    def _assert_non_singular(self):
        return control_flow_ops.group([operator.assert_non_singular() for operator in self.operators])

    def _assert_self_adjoint(self):
        return control_flow_ops.group([operator.assert_self_adjoint() for operator in self.operators])

    def _assert_positive_definite(self):
        return control_flow_ops.group([operator.assert_positive_definite() for operator in self.operators])
