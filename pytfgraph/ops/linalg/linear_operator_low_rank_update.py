"""LinearOperatorLowRankUpdate."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops, raw
from pytfgraph.ops.linalg import linear_operator, linear_operator_diag, linear_operator_identity
from pytfgraph.ops.linalg import linear_operator_util as util
from pytfgraph.platform import tf_logging as logging


class LinearOperatorLowRankUpdate(linear_operator.LinearOperator):
    """L + U D V^H for a LinearOperator L and thin matrices U and V; solved by Woodbury's identity.

    Args:
      base_operator: L, N x N.
      u: U, [batch..., N, K].
      diag_update: D's diagonal, [batch..., K]; None: ones.
      v: V; None: U.
      is_diag_update_positive: whether D's diagonal is above 0.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.

    Raises:
      ValueError: promises that contradict each other, or sizes that do not fit.
    """

    def __init__(self, base_operator, u, diag_update=None, v=None, is_diag_update_positive=None, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name="LinearOperatorLowRankUpdate"):
        dtype = base_operator.dtype
        if diag_update is not None and is_diag_update_positive and dtype.is_complex:
            logging.warn("Note: setting is_diag_update_positive with a complex dtype means that diagonal is real and positive.")
        if diag_update is None:
            if is_diag_update_positive is False:
                raise ValueError("Default diagonal is the identity, which is positive.  However, user set 'is_diag_update_positive' to False.")
            is_diag_update_positive = True
        self._use_cholesky = (base_operator.is_positive_definite and base_operator.is_self_adjoint and is_diag_update_positive and v is None)
        if base_operator.is_self_adjoint and v is None and not dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, this must be a "
                                 "self-adjoint operator.")
            is_self_adjoint = True
        if self._use_cholesky:
            if False in (is_positive_definite, is_self_adjoint, is_non_singular):
                raise ValueError("Arguments imply this is self-adjoint positive-definite operator.")
            is_positive_definite = is_self_adjoint = True
        with ops.name_scope(name, values=base_operator.graph_parents + [u, diag_update, v]):
            self._base_operator = base_operator
            self._u = ops.convert_to_tensor(u, name="u")
            self._v = self._u if v is None else ops.convert_to_tensor(v, name="v")
            self._diag_update = None if diag_update is None else ops.convert_to_tensor(diag_update, name="diag_update")
            parents = base_operator.graph_parents + [p for p in (self._u, self._diag_update, self._v) if p is not None]
            super().__init__(dtype=dtype, graph_parents=parents, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            self._is_diag_update_positive = is_diag_update_positive
            self._set_diag_operators()
            self._check_shapes()
            within = util.matmul_with_broadcast(self.v, base_operator.solve(self.u), adjoint_a=True)
            self._capacitance = self._diag_inv_operator.add_to_tensor(within)
            if self._use_cholesky:
                self._chol_capacitance = raw.function("cholesky")(self._capacitance)

    def _set_diag_operators(self):
        if self._diag_update is not None:
            positive = self._is_diag_update_positive
            self._diag_operator = linear_operator_diag.LinearOperatorDiag(self._diag_update, is_positive_definite=positive)
            self._diag_inv_operator = linear_operator_diag.LinearOperatorDiag(1.0 / self._diag_update, is_positive_definite=positive)
            return
        rank = self.u.get_shape()[-1].value
        rank = array_ops.shape(self.u)[-1] if rank is None else rank
        self._diag_operator = self._diag_inv_operator = linear_operator_identity.LinearOperatorIdentity(num_rows=rank, dtype=self.dtype)

    def _check_shapes(self):
        both = array_ops.broadcast_static_shape(self.u.get_shape(), self.v.get_shape())
        batch = array_ops.broadcast_static_shape(self.base_operator.batch_shape, both[:-2])
        self.base_operator.domain_dimension.assert_is_compatible_with(both[-2])
        if self._diag_update is not None:
            both[-1].assert_is_compatible_with(self._diag_update.get_shape()[-1])
            array_ops.broadcast_static_shape(batch, self._diag_update.get_shape()[:-1])

    @property
    def u(self):
        """U."""
        return self._u

    @property
    def v(self):
        """V."""
        return self._v

    @property
    def is_diag_update_positive(self):
        """Whether D's diagonal is above 0."""
        return self._is_diag_update_positive

    @property
    def diag_update(self):
        """D's diagonal, or None."""
        return self._diag_update

    @property
    def diag_operator(self):
        """D as a LinearOperator."""
        return self._diag_operator

    @property
    def base_operator(self):
        """L."""
        return self._base_operator

    def _shape(self):
        batch = array_ops.broadcast_static_shape(self.base_operator.batch_shape, self.u.get_shape()[:-2])
        return batch.concatenate(self.base_operator.shape[-2:])

    def _shape_tensor(self):
        batch = array_ops.broadcast_dynamic_shape(self.base_operator.batch_shape_tensor(), array_ops.shape(self.u)[:-2])
        return array_ops.concat([batch, self.base_operator.shape_tensor()[-2:]], axis=0)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        u, v = (self.v, self.u) if adjoint else (self.u, self.v)
        leading = self.base_operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = util.matmul_with_broadcast(v, x, adjoint_a=True, adjoint_b=adjoint_arg)
        return leading + util.matmul_with_broadcast(u, self.diag_operator.matmul(inner, adjoint=adjoint))

    def _determinant(self):
        if self.is_positive_definite:
            return math_ops.exp(self.log_abs_determinant())
        of_capacitance = raw.function("matrix_determinant")(self._capacitance)
        of_diag = self.diag_operator.determinant()
        return of_capacitance * of_diag * self.base_operator.determinant()

    def _log_abs_determinant(self):
        of_diag = self.diag_operator.log_abs_determinant()
        of_base = self.base_operator.log_abs_determinant()
        if self._use_cholesky:
            diagonal = array_ops.matrix_diag_part(self._chol_capacitance)
            of_capacitance = 2 * math_ops.reduce_sum(math_ops.log(diagonal), reduction_indices=[-1])
        else:
            of_capacitance = math_ops.log(math_ops.abs(raw.function("matrix_determinant")(self._capacitance)))
            if self.dtype.is_complex:
                of_capacitance = math_ops.cast(of_capacitance, dtype=self.dtype)
        return of_capacitance + of_diag + of_base

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.base_operator.is_non_singular is False:
            raise ValueError("Solve not implemented unless this is a perturbation of a non-singular LinearOperator.")
        u, v = (self.v, self.u) if adjoint else (self.u, self.v)
        base = self.base_operator.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = util.matmul_with_broadcast(v, base, adjoint_a=True)
        if self._use_cholesky:
            inner = util.cholesky_solve_with_broadcast(self._chol_capacitance, inner)
        else:
            inner = util.matrix_solve_with_broadcast(self._capacitance, inner, adjoint=adjoint)
        return base - self.base_operator.solve(util.matmul_with_broadcast(u, inner), adjoint=adjoint)
