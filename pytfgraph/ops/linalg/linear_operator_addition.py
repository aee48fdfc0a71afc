"""Sums of linear operators, made of operators that are as cheap as can be."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops
from pytfgraph.ops.linalg import linear_operator, linear_operator_diag, linear_operator_full_matrix
from pytfgraph.ops.linalg import linear_operator_identity, linear_operator_lower_triangular

__all__ = []


def add_operators(operators, operator_name=None, addition_tiers=None, name=None):
    """As few operators as can be whose sum is that of the given ones.

    The operators are added pairwise, first those whose sums are cheapest.

    Args:
      operators: linear operators of the same size, whose batches broadcast.
      operator_name: of the sums; made of the operators' names where not given.
      addition_tiers: lists of adders, the cheapest first.  An adder has can_add(op1, op2) and add(op1, op2, operator_name).  The usual
        ones add everything up to one operator: identities, diagonals, triangular matrices, any.
      name: of the scope.

    Returns:
      A list of operators.

    Raises:
      ValueError: without operators, and where their sizes differ.
      TypeError: for what is no linear operator.
    """
    tiers = _DEFAULT_ADDITION_TIERS if addition_tiers is None else addition_tiers
    check_ops.assert_proper_iterable(operators)
    operators = list(reversed(operators))
    if len(operators) < 1:
        raise ValueError("Argument 'operators' must contain at least one operator.  Found: %s" % operators)
    if not all(isinstance(op, linear_operator.LinearOperator) for op in operators):
        raise TypeError("Argument 'operators' must contain only LinearOperator instances.  Found: %s" % operators)
    _check_sizes(operators)
    parents = [parent for op in operators for parent in op.graph_parents]
    with ops.name_scope(name or "add_operators", values=parents):
        for tier in tiers:
            left, operators = operators, []
            while left:
                op1 = left.pop()
                op2, adder = _pop_match(op1, left, tier)
                if op2 is None:
                    operators.append(op1)
                else:
                    left.append(adder.add(op1, op2, operator_name))
        return operators


def _pop_match(op1, operators, tier):
    """(the last operator that an adder of the tier adds to op1, the adder), or two Nones."""
    for i in range(len(operators) - 1, -1, -1):
        for adder in tier:
            if adder.can_add(op1, operators[i]):
                return operators.pop(i), adder
    return None, None


def _check_sizes(operators):
    if len(operators) < 2:
        return
    for what in ("domain", "range"):
        sizes = [(op.name, getattr(op, what + "_dimension").value) for op in operators]
        sizes = [(name, size) for name, size in sizes if size is not None]
        if len({size for _, size in sizes}) > 1:
            raise ValueError("Operators must have the same %s dimension. Found: %s" % (what, sizes))
    batch_shape = operators[0].batch_shape
    for op in operators[1:]:
        batch_shape = array_ops.broadcast_static_shape(batch_shape, op.batch_shape)


class _Hints:
    """What is known of an operator: None for nothing."""

    def __init__(self, is_non_singular=None, is_positive_definite=None, is_self_adjoint=None):
        self.is_non_singular = is_non_singular
        self.is_positive_definite = is_positive_definite
        self.is_self_adjoint = is_self_adjoint

    def arguments(self):
        return dict(vars(self))


def _hints_of_sum(op1, op2, hints):
    """What follows for a sum, where `hints` do not say otherwise."""
    hints = hints or _Hints()
    self_adjoint, definite, non_singular = hints.is_self_adjoint, hints.is_positive_definite, hints.is_non_singular
    if self_adjoint is None:
        self_adjoint = op1.is_self_adjoint and op2.is_self_adjoint
    if definite is None:
        definite = op1.is_positive_definite and op2.is_positive_definite
        if definite:
            non_singular = True
    return _Hints(non_singular, definite, self_adjoint)


class _Adder:
    """The base of adders of two operators."""

    @property
    def name(self):
        """The name of the class."""
        return type(self).__name__

    def can_add(self, op1, op2):
        """Whether this adder adds two operators."""
        raise NotImplementedError

    def _add(self, op1, op2, operator_name, hints):
        raise NotImplementedError

    def add(self, op1, op2, operator_name, hints=None):
        """The sum of two operators."""
        hints = _hints_of_sum(op1, op2, hints)
        if operator_name is None:
            operator_name = "Add/" + op1.name + "__" + op2.name + "/"
        scope = self.name[1:] if self.name.startswith("_") else self.name
        with ops.name_scope(scope, values=op1.graph_parents + op2.graph_parents):
            return self._add(op1, op2, operator_name, hints)


_IDENTITY, _SCALED_IDENTITY, _DIAG, _TRIL, _MATRIX = "identity", "scaled_identity", "diag", "tril", "matrix"
_IDENTITIES = {_IDENTITY, _SCALED_IDENTITY}
_DIAGONALS = {_DIAG} | _IDENTITIES


def _type(operator):
    for cls, kind in ((linear_operator_diag.LinearOperatorDiag, _DIAG),
                      (linear_operator_lower_triangular.LinearOperatorLowerTriangular, _TRIL),
                      (linear_operator_full_matrix.LinearOperatorFullMatrix, _MATRIX),
                      (linear_operator_identity.LinearOperatorIdentity, _IDENTITY),
                      (linear_operator_identity.LinearOperatorScaledIdentity, _SCALED_IDENTITY)):
        if isinstance(operator, cls):
            return kind
    raise TypeError("Operator type unknown: %s" % operator)


def _both_in(op1, op2, kinds):
    return {_type(op1), _type(op2)} <= kinds


def _dense_sum(op1, op2):
    """The sum as matrices; what has only a diagonal is cheap to add to others."""
    cheap, other = (op1, op2) if _type(op1) in _DIAGONALS else (op2, op1)
    return cheap.add_to_tensor(other.to_dense())


class _AddAndReturnScaledIdentity(_Adder):
    """Identities, scaled or not."""

    def can_add(self, op1, op2):
        return _both_in(op1, op2, _IDENTITIES)

    def _add(self, op1, op2, operator_name, hints):
        first, second = [op.multiplier if _type(op) == _SCALED_IDENTITY else array_ops.ones(op.batch_shape_tensor(), dtype=op.dtype)
                         for op in (op1, op2)]
        return linear_operator_identity.LinearOperatorScaledIdentity(
            num_rows=op1.range_dimension_tensor(), multiplier=first + second, name=operator_name, **hints.arguments())


class _AddAndReturnDiag(_Adder):
    """Diagonals and identities."""

    def can_add(self, op1, op2):
        return _both_in(op1, op2, _DIAGONALS)

    def _add(self, op1, op2, operator_name, hints):
        return linear_operator_diag.LinearOperatorDiag(diag=op1.diag_part() + op2.diag_part(), name=operator_name, **hints.arguments())


class _AddAndReturnTriL(_Adder):
    """Lower triangles, diagonals and identities."""

    def can_add(self, op1, op2):
        return _both_in(op1, op2, _DIAGONALS | {_TRIL})

    def _add(self, op1, op2, operator_name, hints):
        return linear_operator_lower_triangular.LinearOperatorLowerTriangular(tril=_dense_sum(op1, op2), name=operator_name, **hints.arguments())


class _AddAndReturnMatrix(_Adder):
    """All operators."""

    def can_add(self, op1, op2):
        return isinstance(op1, linear_operator.LinearOperator) and isinstance(op2, linear_operator.LinearOperator)

    def _add(self, op1, op2, operator_name, hints):
        return linear_operator_full_matrix.LinearOperatorFullMatrix(matrix=_dense_sum(op1, op2), name=operator_name, **hints.arguments())


_DEFAULT_ADDITION_TIERS = [[_AddAndReturnScaledIdentity()], [_AddAndReturnDiag()], [_AddAndReturnTriL()], [_AddAndReturnMatrix()]]
