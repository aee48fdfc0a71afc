"""LinearOperatorKronecker."""
from pytfgraph.framework import common_shapes, errors, tensor_shape
from pytfgraph.ops import array_ops, control_flow_ops, math_ops
from pytfgraph.ops.linalg import linalg_impl as linalg
from pytfgraph.ops.linalg import linear_operator_composition


def _vec(x):
    """The columns of matrices one below the other."""
    return array_ops.reshape(array_ops.matrix_transpose(x), array_ops.concat([array_ops.shape(x)[:-2], [-1]], axis=0))


def _unvec(y, columns):
    """Vectors as matrices of so many rows a column, the inverse of _vec."""
    return array_ops.matrix_transpose(array_ops.reshape(y, array_ops.concat([array_ops.shape(y)[:-1], [columns, -1]], axis=0)))


def _rotate(x, right):
    """The last dimension becomes the first, or the first the last."""
    ndims = array_ops.rank(x)
    if right:
        perm = array_ops.concat([[ndims - 1], math_ops.range(0, ndims - 1)], axis=0)
    else:
        perm = array_ops.concat([math_ops.range(1, ndims), [0]], axis=0)
    return array_ops.transpose(x, perm)


class LinearOperatorKronecker(linear_operator_composition.OperatorOfSeveral):
    """The Kronecker product of operators, which acts factor by factor.

    Args:
      operators: a list of LinearOperators of one dtype (TypeError), not empty (ValueError).
      is_non_singular, is_self_adjoint, is_positive_definite, is_square, name: as of every LinearOperator.
    """

    _WHAT, _JOIN, _EMPTY = "Kronecker product", "_x_", "Expected a list of >=1 operators. Found: %s"
    _KEPT = ("non-singular", "self-adjoint", "positive-definite")

    def _sizes(self):
        rows, columns = self.operators[0].range_dimension, self.operators[0].domain_dimension
        for operator in self.operators[1:]:
            rows, columns = rows * operator.range_dimension, columns * operator.domain_dimension
        return rows, columns

    def _shape(self):
        return self._static_batch().concatenate(tensor_shape.TensorShape(self._sizes()))

    def _shape_tensor(self):
        columns, rows = self.operators[0].domain_dimension_tensor(), self.operators[0].range_dimension_tensor()
        batch = self.operators[0].batch_shape_tensor()
        for operator in self.operators[1:]:
            columns *= operator.domain_dimension_tensor()
            rows *= operator.range_dimension_tensor()
            batch = array_ops.broadcast_dynamic_shape(batch, operator.batch_shape_tensor())
        return array_ops.concat((batch, [rows, columns]), 0)

    def _factor_by_factor(self, x, methods, adjoint, adjoint_arg):
        """Each factor acts on a matrix that the vectors are taken for; the vectors' own dimension stands first meanwhile."""
        if adjoint_arg:
            x = linalg.adjoint(x)
        ones = array_ops.concat([array_ops.ones_like(self.batch_shape_tensor()), [1, 1]], 0)
        x += array_ops.zeros(ones, dtype=x.dtype.base_dtype)
        out = _rotate(x, True)[array_ops.newaxis, ...]
        for operator in self.operators[:-1]:
            size = operator.range_dimension_tensor() if adjoint else operator.domain_dimension_tensor()
            out = array_ops.matrix_transpose(_unvec(out, size))
            out = array_ops.matrix_transpose(getattr(operator, methods[0])(out, adjoint=adjoint, adjoint_arg=False))
            out = _rotate(_vec(_rotate(out, False)), True)
        out = getattr(self.operators[-1], methods[1])(out, adjoint=adjoint)
        out = _rotate(_vec(_rotate(out, False)), False)
        if x.shape.is_fully_defined():
            batch = common_shapes.broadcast_shape(x.shape[:-2], self.batch_shape)
            out.set_shape(batch.concatenate([self.domain_dimension if adjoint else self.range_dimension, x.shape[-1]]))
        return out

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._factor_by_factor(x, ("matmul", "matvec"), adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._factor_by_factor(rhs, ("solve", "solvevec"), adjoint, adjoint_arg)

    def _power(self, operator, total):
        return math_ops.cast(total / operator.domain_dimension_tensor(), dtype=operator.dtype)

    def _determinant(self):
        total, result = self.domain_dimension_tensor(), 1.0
        for operator in self.operators:
            result *= operator.determinant() ** self._power(operator, total)
        return result

    def _log_abs_determinant(self):
        total, result = self.domain_dimension_tensor(), 0.0
        for operator in self.operators:
            result += operator.log_abs_determinant() * self._power(operator, total)
        return result

    def _trace(self):
        result = 1.0
        for operator in self.operators:
            result *= operator.trace()
        return result

    def _diag_part(self):
        result = self.operators[0].diag_part()
        for operator in self.operators[1:]:
            result = result[..., :, array_ops.newaxis] * operator.diag_part()[..., array_ops.newaxis, :]
            result = array_ops.reshape(result, shape=array_ops.concat([array_ops.shape(result)[:-2], [-1]], axis=0))
        least = self.domain_dimension if self.range_dimension > self.domain_dimension else self.range_dimension
        result.set_shape(self.batch_shape.concatenate(least))
        return result

    def _to_dense(self):
        product = self.operators[0].to_dense()
        for operator in self.operators[1:]:
            product = product[..., :, array_ops.newaxis, :, array_ops.newaxis]
            product *= operator.to_dense()[..., array_ops.newaxis, :, array_ops.newaxis, :]
            sizes = array_ops.shape(product)
            product = array_ops.reshape(product, shape=array_ops.concat([sizes[:-4], [sizes[-4] * sizes[-3], sizes[-2] * sizes[-1]]], axis=0))
        product.set_shape(self.shape)
        return product

    def _assert_of_all(self, method, what):
        if not all(operator.is_square for operator in self.operators):
            raise errors.InvalidArgumentError(node_def=None, op=None, message="All Kronecker factors must be square for the product to be %s." % what)
        return control_flow_ops.group([getattr(operator, method)() for operator in self.operators])

    def _assert_non_singular(self):
        return self._assert_of_all("assert_non_singular", "invertible")

    def _assert_self_adjoint(self):
        return self._assert_of_all("assert_self_adjoint", "self adjoint")
