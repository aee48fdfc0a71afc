"""LinearOperator, the class of everything that acts as a matrix."""
import contextlib

import numpy as np

from pytfgraph.framework import ops, tensor_util
from pytfgraph.ops import array_ops, check_ops, linalg_ops, math_ops, raw
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator_util as util
from pytfgraph.platform import tf_logging as logging


def _warn(what, cost="  Requires conversion to a dense matrix and O(N^3) operations."):
    logging.warn("Using (possibly slow) default implementation of %s.%s", what, cost)


class LinearOperator:
    """A batch of M x N matrices, known by what they do.

    A subclass gives `_shape`, `_shape_tensor` and `_matmul`, and whatever it can do better than by its dense matrix: `_solve`,
    `_determinant`, `_log_abs_determinant`, `_to_dense`, `_diag_part`, `_trace`, `_add_to_tensor`, `_assert_...`.

    Args:
      dtype: of the matrices.
      graph_parents: tensors that they are made of.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: what the program promises; None: nothing.
      name: scope of the operations.

    Raises:
      ValueError: promises that contradict each other.
    """

    def __init__(self, dtype, graph_parents=None, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError("A positive definite matrix is always non-singular.")
            is_non_singular = True
        for implied, kind in ((is_non_singular, "non-singular"), (is_self_adjoint, "self-adjoint")):
            if implied:
                if is_square is False:
                    raise ValueError("A %s matrix is always square." % kind)
                is_square = True
        graph_parents = [] if graph_parents is None else graph_parents
        for i, t in enumerate(graph_parents):
            if t is None or not tensor_util.is_tensor(t):
                raise ValueError("Graph parent item %d is not a Tensor; %s." % (i, t))
        self._is_square_set_or_implied_by_hints = is_square
        self._dtype = dtype
        self._graph_parents = graph_parents
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._name = name or type(self).__name__

    @contextlib.contextmanager
    def _name_scope(self, name=None, values=None):
        with ops.name_scope(self.name):
            with ops.name_scope(name, values=(values or []) + self._graph_parents) as scope:
                yield scope

    @property
    def dtype(self):
        """DType of the matrices."""
        return self._dtype

    @property
    def name(self):
        """Scope of the operations."""
        return self._name

    @property
    def graph_parents(self):
        """Tensors that the matrices are made of."""
        return self._graph_parents

    @property
    def is_non_singular(self):
        """True, False, or None where nothing is promised."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self):
        """True, False, or None where nothing is promised."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self):
        """True, False, or None where nothing is promised: whether the real part of x^H A x is above 0 for every x but 0."""
        return self._is_positive_definite

    @property
    def is_square(self):
        """Whether the matrices are square: as promised, or as their shape tells."""
        equal = self.domain_dimension == self.range_dimension
        if self._is_square_set_or_implied_by_hints is False and equal:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return equal if self._is_square_set_or_implied_by_hints is None else self._is_square_set_or_implied_by_hints

    def _shape(self):
        raise NotImplementedError("_shape is not implemented.")

    def _shape_tensor(self):
        raise NotImplementedError("_shape_tensor is not implemented.")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        raise NotImplementedError("_matmul is not implemented.")

    @property
    def shape(self):
        """TensorShape [batch..., M, N], as far as it is known."""
        return self._shape()

    def shape_tensor(self, name="shape_tensor"):
        """[batch..., M, N] as a tensor."""
        with self._name_scope(name):
            return util.shape_tensor(self.shape.as_list()) if self.shape.is_fully_defined() else self._shape_tensor()

    @property
    def batch_shape(self):
        """TensorShape of the batch."""
        return self.shape[:-2]

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The batch's shape as a tensor."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                return util.shape_tensor(self.batch_shape.as_list(), name="batch_shape")
            return self.shape_tensor()[:-2]

    @property
    def tensor_rank(self, name="tensor_rank"):
        """Number of dimensions, None where it is not known."""
        with self._name_scope(name):
            return self.shape.ndims

    def tensor_rank_tensor(self, name="tensor_rank_tensor"):
        """Number of dimensions as a tensor."""
        with self._name_scope(name):
            return ops.convert_to_tensor(self.tensor_rank) if self.tensor_rank is not None else array_ops.size(self.shape_tensor())

    @property
    def domain_dimension(self):
        """Dimension N of the vectors that the matrices take."""
        return self.shape[-1]

    def domain_dimension_tensor(self, name="domain_dimension_tensor"):
        """N as a tensor."""
        with self._name_scope(name):
            n = self.domain_dimension.value
            return ops.convert_to_tensor(n) if n is not None else self.shape_tensor()[-1]

    @property
    def range_dimension(self):
        """Dimension M of the vectors that come out."""
        return self.shape[-2]

    def range_dimension_tensor(self, name="range_dimension_tensor"):
        """M as a tensor."""
        with self._name_scope(name):
            m = self.range_dimension.value
            return ops.convert_to_tensor(m) if m is not None else self.shape_tensor()[-2]

    # ---- Assertions ----

    def _assert_non_singular(self):
        _warn("assert_non_singular")
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        values = linalg_ops.svd(self.to_dense(), compute_uv=False)
        condition = math_ops.reduce_max(values, axis=-1) / math_ops.reduce_min(values, axis=-1)
        return check_ops.assert_less(condition, self._max_condition_number_to_be_non_singular(),
                                     message="Singular matrix up to precision epsilon.")

    def _max_condition_number_to_be_non_singular(self):
        with ops.name_scope("max_nonsingular_condition_number"):
            epsilon = np.finfo(self.dtype.as_numpy_dtype).eps
            sizes = [100.0, math_ops.cast(self.range_dimension_tensor(), self.dtype), math_ops.cast(self.domain_dimension_tensor(), self.dtype)]
            return 1.0 / (math_ops.cast(math_ops.reduce_max(sizes), self.dtype) * epsilon)

    def assert_non_singular(self, name="assert_non_singular"):
        """An operation that fails where a matrix has no inverse."""
        with self._name_scope(name):
            return self._assert_non_singular()

    def _assert_positive_definite(self):
        _warn("assert_positive_definite")
        if self.is_self_adjoint:
            return check_ops.assert_positive(array_ops.matrix_diag_part(raw.function("cholesky")(self.to_dense())),
                                             message="Matrix was not positive definite.")
        raise NotImplementedError("assert_positive_definite is not implemented.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """An operation that fails where a matrix is not positive definite."""
        with self._name_scope(name):
            return self._assert_positive_definite()

    def _assert_self_adjoint(self):
        dense = self.to_dense()
        _warn("assert_self_adjoint", "  Requires conversion to a dense matrix.")
        return check_ops.assert_equal(dense, linalg.adjoint(dense), message="Matrix was not equal to its adjoint.")

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """An operation that fails where a matrix is not its adjoint."""
        with self._name_scope(name):
            return self._assert_self_adjoint()

    # ---- Products and solutions ----

    def _check_input_dtype(self, arg):
        if arg.dtype != self.dtype:
            raise TypeError("Expected argument to have dtype %s.  Found: %s in tensor %s" % (self.dtype, arg.dtype, arg))

    def _argument(self, x, name, own_dim, arg_dim):
        """x as a tensor, checked to fit the dimension of these matrices."""
        x = ops.convert_to_tensor(x, name=name)
        self._check_input_dtype(x)
        self.shape[own_dim].assert_is_compatible_with(x.get_shape()[arg_dim])
        return x

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """A x, or with the adjoints of either.

        Args:
          x: [batch..., N, R] of these matrices' dtype (adjoint: M in N's place; adjoint_arg: the last two exchanged).
          adjoint, adjoint_arg: whether A, or x, is taken as its adjoint.
          name: of the operation.

        Raises:
          TypeError, ValueError: dtype or sizes do not fit.
        """
        with self._name_scope(name, values=[x]):
            x = self._argument(x, "x", -2 if adjoint else -1, -1 if adjoint_arg else -2)
            return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x, adjoint=False):
        return array_ops.squeeze(self.matmul(array_ops.expand_dims(x, axis=-1), adjoint=adjoint), axis=-1)

    def matvec(self, x, adjoint=False, name="matvec"):
        """A x for vectors [batch..., N]."""
        with self._name_scope(name, values=[x]):
            return self._matvec(self._argument(x, "x", -2 if adjoint else -1, -1), adjoint=adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.is_square is False:
            raise NotImplementedError("Solve is not yet implemented for non-square operators.")
        _warn("solve")
        rhs = linalg.adjoint(rhs) if adjoint_arg else rhs
        if self._can_use_cholesky():
            return util.cholesky_solve_with_broadcast(raw.function("cholesky")(self.to_dense()), rhs)
        return util.matrix_solve_with_broadcast(self.to_dense(), rhs, adjoint=adjoint)

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """The X of A X = rhs, or with the adjoints of either.

        Raises:
          NotImplementedError: the matrices are said to be singular, or not square.
        """
        for promise, kind in ((self.is_non_singular, "be singular"), (self.is_square, "not be square")):
            if promise is False:
                raise NotImplementedError("Exact solve not implemented for an operator that is expected to %s." % kind)
        with self._name_scope(name, values=[rhs]):
            rhs = self._argument(rhs, "rhs", -1 if adjoint else -2, -1 if adjoint_arg else -2)
            return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs, adjoint=False):
        return array_ops.squeeze(self.solve(array_ops.expand_dims(rhs, axis=-1), adjoint=adjoint), axis=-1)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """The x of A x = rhs for vectors [batch..., M]."""
        with self._name_scope(name, values=[rhs]):
            return self._solvevec(self._argument(rhs, "rhs", -1 if adjoint else -2, -1), adjoint=adjoint)

    # ---- Numbers ----

    def _check_square(self):
        if self.is_square is False:
            raise NotImplementedError("Determinant not implemented for an operator that is expected to not be square.")

    def _determinant(self):
        _warn("determinant")
        if self._can_use_cholesky():
            return math_ops.exp(self.log_abs_determinant())
        return raw.function("matrix_determinant")(self.to_dense())

    def determinant(self, name="det"):
        """Determinants; NotImplementedError where the matrices are said not to be square."""
        self._check_square()
        with self._name_scope(name):
            return self._determinant()

    def _log_abs_determinant(self):
        _warn("determinant")
        if self._can_use_cholesky():
            diagonal = array_ops.matrix_diag_part(raw.function("cholesky")(self.to_dense()))
            return 2 * math_ops.reduce_sum(math_ops.log(diagonal), reduction_indices=[-1])
        return raw.function("log_matrix_determinant")(self.to_dense())[1]

    def log_abs_determinant(self, name="log_abs_det"):
        """Logarithms of the determinants' sizes."""
        self._check_square()
        with self._name_scope(name):
            return self._log_abs_determinant()

    def _to_dense(self):
        _warn("to_dense", "  Converts by self.matmul(identity).")
        batch = self.batch_shape if self.batch_shape.is_fully_defined() else self.batch_shape_tensor()
        n = self.domain_dimension.value
        n = self.domain_dimension_tensor() if n is None else n
        return self.matmul(linalg_ops.eye(num_rows=n, batch_shape=batch, dtype=self.dtype))

    def to_dense(self, name="to_dense"):
        """The matrices, [batch..., M, N]."""
        with self._name_scope(name):
            return self._to_dense()

    def _diag_part(self):
        return array_ops.matrix_diag_part(self.to_dense())

    def diag_part(self, name="diag_part"):
        """The diagonals, [batch..., min(M, N)]."""
        with self._name_scope(name):
            return self._diag_part()

    def _trace(self):
        return math_ops.reduce_sum(self.diag_part(), axis=-1)

    def trace(self, name="trace"):
        """The sums of the diagonals."""
        with self._name_scope(name):
            return self._trace()

    def _add_to_tensor(self, x):
        return self.to_dense() + x

    def add_to_tensor(self, x, name="add_to_tensor"):
        """A + x."""
        with self._name_scope(name, values=[x]):
            x = ops.convert_to_tensor(x, name="x")
            self._check_input_dtype(x)
            return self._add_to_tensor(x)

    def _can_use_cholesky(self):
        return not self.dtype.is_complex and self.is_self_adjoint and self.is_positive_definite
