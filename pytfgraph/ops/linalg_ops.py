"""Identity matrices and norms."""
import numpy as np

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, math_ops
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
    from pytfgraph.ops import raw
    ndims = tensor.get_shape().with_rank_at_least(2).ndims
    if ndims is None:
        raise ValueError("The 2-norm of matrices needs a tensor of known rank.")
    pair = [a % ndims for a in axis]
    perm = [i for i in range(ndims) if i not in pair] + pair
    singular = raw.function("svd")(array_ops.transpose(tensor, perm=perm), compute_uv=False)[0]
    largest = array_ops.expand_dims(math_ops.reduce_max(singular, axis=-1, keepdims=True), axis=-1)
    return array_ops.transpose(largest, perm=[perm.index(i) for i in range(ndims)])
