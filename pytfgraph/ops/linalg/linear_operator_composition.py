"""LinearOperatorComposition, and what all operators made of several share."""
from pytfgraph.framework import common_shapes, dtypes, ops, tensor_shape
from pytfgraph.ops import array_ops, check_ops
from pytfgraph.ops.linalg import linear_operator


class OperatorOfSeveral(linear_operator.LinearOperator):
    """One made of others of one dtype.  _WHAT names it in messages, _JOIN stands between the others' names in its own, _EMPTY and
    _KEPT say what there is to say of an empty list, and which properties it has where all others have them."""

    _WHAT, _JOIN, _EMPTY, _KEPT = "", "", "Expected a non-empty list of operators. Found: %s", ("non-singular",)

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None):
        check_ops.assert_proper_iterable(operators)
        self._operators = operators = list(operators)
        if not operators:
            raise ValueError(self._EMPTY % operators)
        if any(operator.dtype != operators[0].dtype for operator in operators):
            raise TypeError("Expected all operators to have the same dtype.  Found %s" % "   ".join(str((o.name, o.dtype)) for o in operators))
        hints = {"non-singular": is_non_singular, "self-adjoint": is_self_adjoint, "positive definite": is_positive_definite,
                 "positive-definite": is_positive_definite}
        for kind in self._KEPT:
            if all(getattr(operator, "is_" + kind.replace("-", "_").replace(" ", "_")) for operator in operators):
                if hints[kind] is False:
                    raise ValueError("The %s of %s operators is always %s." % (self._WHAT, kind, kind))
                hints[kind] = True
        graph_parents = [parent for operator in operators for parent in operator.graph_parents]
        name = name or self._JOIN.join(operator.name for operator in operators)
        with ops.name_scope(name, values=graph_parents):
            super().__init__(dtype=operators[0].dtype, graph_parents=graph_parents, is_non_singular=hints["non-singular"],
                             is_self_adjoint=hints["self-adjoint"],
                             is_positive_definite=hints["positive definite"] or hints["positive-definite"], is_square=is_square, name=name)

    @property
    def operators(self):
        """The operators that this one is made of."""
        return self._operators

    def _static_batch(self):
        shape = self.operators[0].batch_shape
        for operator in self.operators[1:]:
            shape = common_shapes.broadcast_shape(shape, operator.batch_shape)
        return shape

    def _dynamic_shape(self, rows, columns):
        matrix = array_ops.stack([rows, columns])
        zeros = array_ops.zeros(shape=self.operators[0].batch_shape_tensor())
        for operator in self.operators[1:]:
            zeros += array_ops.zeros(shape=operator.batch_shape_tensor())
        return array_ops.concat((array_ops.shape(zeros), matrix), 0)

    def _known_shape_tensor(self):
        return ops.convert_to_tensor(self.shape.as_list(), dtype=dtypes.int32, name="shape")

    def _determinant(self):
        result = self.operators[0].determinant()
        for operator in self.operators[1:]:
            result *= operator.determinant()
        return result

    def _log_abs_determinant(self):
        result = self.operators[0].log_abs_determinant()
        for operator in self.operators[1:]:
            result += operator.log_abs_determinant()
        return result


class LinearOperatorComposition(OperatorOfSeveral):
    """The product of operators: the last acts first.

    Args:
      operators: a list of LinearOperators of one dtype (TypeError) whose sizes fit, not empty (ValueError).
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    _WHAT, _JOIN = "composition", "_o_"

    def _shape(self):
        domain = self.operators[0].domain_dimension
        for operator in self.operators[1:]:
            domain.assert_is_compatible_with(operator.range_dimension)
            domain = operator.domain_dimension
        return self._static_batch().concatenate(tensor_shape.TensorShape([self.operators[0].range_dimension, domain]))

    def _shape_tensor(self):
        if self.shape.is_fully_defined():
            return self._known_shape_tensor()
        return self._dynamic_shape(self.operators[0].range_dimension_tensor(), self.operators[-1].domain_dimension_tensor())

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        first, *rest = self.operators if adjoint else self.operators[::-1]
        x = first.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in rest:
            x = operator.matmul(x, adjoint=adjoint)
        return x

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        first, *rest = self.operators[::-1] if adjoint else self.operators
        rhs = first.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in rest:
            rhs = operator.solve(rhs, adjoint=adjoint)
        return rhs
