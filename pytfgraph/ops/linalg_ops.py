"""Identity matrices, norms, solutions and factorisations."""
import numpy as np

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw
from pytfgraph.util.deprecation import deprecated_argument_lookup


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """Identity matrices [batch_shape..., num_rows, num_columns]; TypeError for sizes that are no integers."""
    with ops.name_scope(name, default_name="eye", values=[num_rows, num_columns, batch_shape]):
        square = num_columns is None
        batch_shape = [] if batch_shape is None else batch_shape
        num_columns = num_rows if square else num_columns
        if any(isinstance(x, ops.Tensor) for x in (num_rows, num_columns, batch_shape)):
            batch_shape = ops.convert_to_tensor(batch_shape, name="shape", dtype=dtypes.int32)
            diagonal_shape = array_ops.concat((batch_shape, [math_ops.minimum(num_rows, num_columns)]), 0)
            shape = None if square else array_ops.concat((batch_shape, [num_rows, num_columns]), 0)
        else:
            if not all(isinstance(n, (int, np.integer)) for n in (num_rows, num_columns)):
                raise TypeError("num_rows and num_columns must be positive integer values.")
            batch_shape = list(batch_shape)
            square = num_rows == num_columns
            diagonal_shape = batch_shape + [np.minimum(num_rows, num_columns)]
            shape = batch_shape + [num_rows, num_columns]
        ones = array_ops.ones(diagonal_shape, dtype=dtype)
        if square:
            return array_ops.matrix_diag(ones)
        return array_ops.matrix_set_diag(array_ops.zeros(shape, dtype=dtype), ones)


def _gramian_cholesky(matrix, l2_regularizer, tall):
    """The Cholesky factor of A^H A (or A A^H, of a wide matrix) with l2_regularizer added to its diagonal."""
    gramian = math_ops.matmul(matrix, matrix, adjoint_a=tall, adjoint_b=not tall)
    if isinstance(l2_regularizer, ops.Tensor) or l2_regularizer != 0:
        axis = -1 if tall else -2
        sizes = array_ops.shape(matrix)
        batch_shape = sizes[:-2]
        identity = eye(sizes[axis], batch_shape=batch_shape, dtype=matrix.dtype)
        identity.set_shape(matrix.shape[:-2].concatenate([matrix.shape[axis]] * 2))
        gramian += l2_regularizer * identity
    return raw.function("cholesky")(gramian)


def cholesky_solve(chol, rhs, name=None):
    """Solves A X = rhs, given the lower Cholesky factors of A.

    Args:
      chol: [..., M, M], as tf.cholesky gives them; only the lower triangle is read.
      rhs: [..., M, K], of the same dtype.
      name: of the operation.

    Returns:
      [..., M, K].
    """
    triangular_solve = raw.function("matrix_triangular_solve")
    with ops.name_scope(name, "cholesky_solve", [chol, rhs]):
        y = triangular_solve(chol, rhs, adjoint=False, lower=True)
        return triangular_solve(chol, y, adjoint=True, lower=True)


def _overdetermined(matrix, rhs, l2_regularizer):
    chol = _gramian_cholesky(matrix, l2_regularizer, True)
    return cholesky_solve(chol, math_ops.matmul(matrix, rhs, adjoint_a=True))


def _underdetermined(matrix, rhs, l2_regularizer):
    chol = _gramian_cholesky(matrix, l2_regularizer, False)
    return math_ops.matmul(matrix, cholesky_solve(chol, rhs), adjoint_a=True)


def _is_for_operation(matrix):
    """Many small matrices of known shape, beyond the cache, are better solved by one operation than by several."""
    shape = matrix.get_shape()
    if not shape.is_fully_defined():
        return False
    n_bytes = shape.num_elements() * matrix.dtype.size
    return n_bytes > 256000 and shape[:-2].num_elements() > np.min(shape[-2:].as_list())


def matrix_solve_ls(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """Least squares: the X that minimises |A X - rhs|^2 + l2_regularizer |X|^2.

    Where A has more columns than rows, the X of least norm that solves A X = rhs (for l2_regularizer 0).

    Args:
      matrix: A, [..., M, N].
      rhs: [..., M, K].
      l2_regularizer: a number that is not negative; not looked at where fast is False.
      fast: whether the normal equations are solved, by Cholesky factors: they need A to have full rank, and lose accuracy where
        its condition is bad.  Otherwise by an orthogonal decomposition.
      name: of the operation.

    Returns:
      [..., N, K].

    Raises:
      NotImplementedError: complex128 with an l2_regularizer that is not 0.
    """
    matrix = ops.convert_to_tensor(matrix, name="matrix")
    if matrix.dtype == dtypes.complex128 and l2_regularizer != 0:
        raise NotImplementedError("matrix_solve_ls is currently disabled for complex128 and l2_regularizer != 0 due to poor accuracy.")
    if fast is False or _is_for_operation(matrix):
        return raw.function("matrix_solve_ls")(matrix, rhs, l2_regularizer, fast=fast, name=name)
    with ops.name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        sizes = matrix.get_shape()[-2:]
        if sizes.is_fully_defined():
            return (_overdetermined if sizes[-2] >= sizes[-1] else _underdetermined)(matrix, rhs, l2_regularizer)
        sizes = array_ops.shape(matrix)[-2:]
        return control_flow_ops.cond(sizes[-2] >= sizes[-1], lambda: _overdetermined(matrix, rhs, l2_regularizer),
                                     lambda: _underdetermined(matrix, rhs, l2_regularizer))


def self_adjoint_eig(tensor, name=None):
    """Eigenvalues, in rising order, and eigenvectors of self-adjoint matrices.

    Args:
      tensor: [..., N, N]; only the lower triangle is read.
      name: of the operation.

    Returns:
      (e, v): [..., N] and [..., N, N], whose columns are the vectors.
    """
    e, v = raw.function("self_adjoint_eig_v2")(tensor, compute_v=True, name=name)
    return e, v


def self_adjoint_eigvals(tensor, name=None):
    """Eigenvalues alone, [..., N] in rising order, of self-adjoint matrices [..., N, N]."""
    e, _ = raw.function("self_adjoint_eig_v2")(tensor, compute_v=False, name=name)
    return e


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """Singular values, in falling order, and singular vectors: tensor = U diag(s) V^H.

    Args:
      tensor: [..., M, N].
      full_matrices: whether U and V are square.
      compute_uv: whether they are wanted.
      name: of the operation.

    Returns:
      (s, u, v), or s alone: [..., P], [..., M, P or M], [..., N, P or N], P being the lesser of M and N.  V is not V^H, unlike NumPy's.
    """
    s, u, v = raw.function("svd")(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    return (math_ops.real(s), u, v) if compute_uv else math_ops.real(s)


def _check_norm(ord, axis):
    """Checks the arguments of norm; whether it is a matrix norm, and the axes."""
    if isinstance(axis, (tuple, list)) and len(axis) == 2:
        axis = tuple(axis)
        if not isinstance(axis[0], int) or not isinstance(axis[1], int) or axis[0] == axis[1]:
            raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")
        known = ["euclidean", "fro", 1, 2, np.inf]
        if ord not in known:
            raise ValueError("'ord' must be a supported matrix norm in %s, got %s" % (known, ord))
        return True, axis
    if not (isinstance(axis, int) or axis is None):
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")
    if (not np.isreal(ord) or ord <= 0) and ord not in ("euclidean", 1, 2, np.inf):
        raise ValueError("'ord' must be a supported vector norm, got %s" % ord)
    return False, axis if axis is None else (axis,)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None, keep_dims=None):
    """A norm of vectors (one axis, or all elements) or matrices (two axes).

    Args:
      tensor: real or complex.
      ord: "euclidean", "fro", 1, 2, numpy.inf or another positive number; the 2-norm of matrices is the largest singular value.
      axis: None, an int, or a pair of ints.
      keepdims: whether reduced dimensions stay, with size 1.
      name: of the operation.
      keep_dims: older name of keepdims.

    Raises:
      ValueError: for other arguments.
    """
    keepdims = deprecated_argument_lookup("keepdims", keepdims, "keep_dims", keep_dims)
    is_matrix, axis = _check_norm(ord, axis)
    with ops.name_scope(name, "norm", [tensor]):
        tensor = ops.convert_to_tensor(tensor)
        if ord in ("fro", "euclidean", 2, 2.0):
            if is_matrix and ord in (2, 2.0):
                result = _largest_singular_value(tensor, axis)
            else:
                result = math_ops.sqrt(math_ops.reduce_sum(tensor * math_ops.conj(tensor), axis, keepdims=True))
        else:
            result = math_ops.abs(tensor)
            first = None if axis is None else axis[0]
            if ord == 1:
                result = math_ops.reduce_sum(result, first, keepdims=True)
                if is_matrix:
                    result = math_ops.reduce_max(result, axis[-1], keepdims=True)
            elif ord == np.inf:
                if is_matrix:
                    result = math_ops.reduce_sum(result, axis[1], keepdims=True)
                result = math_ops.reduce_max(result, first, keepdims=True)
            else:
                result = math_ops.pow(math_ops.reduce_sum(math_ops.pow(result, ord), axis, keepdims=True), 1.0 / ord)
        return result if keepdims else array_ops.squeeze(result, axis)


def _largest_singular_value(tensor, axis):
    """Over two axes, which stay with size 1."""
    ndims = tensor.get_shape().with_rank_at_least(2).ndims
    if ndims is None:
        rank = array_ops.rank(tensor)
        pair = raw.function("floor_mod")(ops.convert_to_tensor(axis), rank)
        perm = array_ops.concat([array_ops.setdiff1d(math_ops.range(rank), pair)[0], pair], axis=0)
        back = raw.function("invert_permutation")(perm)
    else:
        pair = [a % ndims for a in axis]
        perm = [i for i in range(ndims) if i not in pair] + pair
        back = [perm.index(i) for i in range(ndims)]
    singular = svd(array_ops.transpose(tensor, perm=perm), compute_uv=False)
    largest = array_ops.expand_dims(math_ops.reduce_max(singular, axis=-1, keepdims=True), axis=-1)
    return array_ops.transpose(largest, perm=back)
