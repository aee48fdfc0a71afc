"""Matrices of which parts matter: symmetric, triangular and tridiagonal ones, and their diagonals."""
import numpy as np

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops
from pytfgraph.ops.distributions.static_values import prefer_static_rank


def assert_symmetric(matrix):
    """The matrix, once it is found to be symmetric."""
    transposed = array_ops.matrix_transpose(matrix)
    return control_flow_ops.with_dependencies([check_ops.assert_equal(matrix, transposed)], matrix)


def matrix_diag_transform(matrix, transform=None, name=None):
    """Matrices [..., N, N] with a function applied to their diagonals [..., N]; without a function as they are."""
    with ops.name_scope(name, "matrix_diag_transform", [matrix]):
        matrix = ops.convert_to_tensor(matrix, name="matrix")
        if transform is None:
            return matrix
        diagonal = transform(array_ops.matrix_diag_part(matrix))
        return array_ops.matrix_set_diag(matrix, diagonal)


def fill_triangular(x, upper=False, name=None):
    """Triangular matrices [..., n, n] of vectors [..., n * (n + 1) / 2], in an order that one concatenation makes: the vector's tail,
    and the vector reversed (upper: the vector, and its reversed tail), row by row.

    Raises:
      ValueError: for vectors whose length is no such number.
    """
    with ops.name_scope(name, "fill_triangular", values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        known = x.shape.with_rank_at_least(1)[-1].value
        if known is not None:
            n = np.sqrt(0.25 + 2. * known) - 0.5
            if n != np.floor(n):
                raise ValueError("Input right-most shape ({}) does not correspond to a triangular matrix.".format(known))
            n = np.int32(n)
            static_shape = x.shape[:-1].concatenate([n, n])
        else:
            m = array_ops.shape(x)[-1]
            n = math_ops.cast(math_ops.sqrt(0.25 + math_ops.cast(2 * m, dtype=dtypes.float32)), dtype=dtypes.int32)
            static_shape = x.shape.with_rank_at_least(1)[:-1].concatenate([None, None])
        ndims = prefer_static_rank(x)
        if upper:
            parts = [x, array_ops.reverse(x[..., n:], axis=[ndims - 1])]
        else:
            parts = [x[..., n:], array_ops.reverse(x, axis=[ndims - 1])]
        if static_shape.is_fully_defined():
            shape = static_shape.as_list()
        else:
            shape = array_ops.concat([array_ops.shape(x)[:-1], [n, n]], axis=0)
        x = array_ops.reshape(array_ops.concat(parts, axis=-1), shape)
        x = array_ops.matrix_band_part(x, num_lower=0 if upper else -1, num_upper=-1 if upper else 0)
        x.set_shape(static_shape)
        return x


def fill_triangular_inverse(x, upper=False, name=None):
    """The vectors of which fill_triangular makes these matrices [..., n, n]."""
    with ops.name_scope(name, "fill_triangular_inverse", values=[x]):
        x = ops.convert_to_tensor(x, name="x")
        known = x.shape.with_rank_at_least(2)[-1].value
        if known is not None:
            n = np.int32(known)
            m = np.int32(n * (n + 1) // 2)
            static_shape = x.shape[:-2].concatenate([m])
        else:
            n = array_ops.shape(x)[-1]
            m = n * (n + 1) // 2
            static_shape = x.shape.with_rank_at_least(2)[:-2].concatenate([None])
        ndims = prefer_static_rank(x)
        if upper:
            first, rest = x[..., 0, :], x[..., 1:, :]
        else:
            first, rest = array_ops.reverse(x[..., -1, :], axis=[ndims - 2]), x[..., :-1, :]
        rotated = array_ops.reverse(array_ops.reverse(rest, axis=[ndims - 1]), axis=[ndims - 2])
        both = rest + rotated
        shape = array_ops.concat([array_ops.shape(x)[:-2], [n * (n - 1)]], axis=0)
        y = array_ops.concat([first, array_ops.reshape(both, shape)[..., :m - n]], axis=-1)
        y.set_shape(static_shape)
        return y


def _off_diagonal(x, name):
    """Matrices with x [..., N - 1] around a diagonal that is too long by one at either end."""
    x = ops.convert_to_tensor(x, name=name)
    zero = array_ops.zeros(array_ops.concat([array_ops.shape(x)[:-1], [1]], axis=0), dtype=x.dtype)
    return array_ops.matrix_diag(array_ops.concat([zero, x, zero], axis=-1))


def tridiag(below=None, diag=None, above=None, name=None):
    """Matrices [..., N, N] of the elements below [..., N - 1], on [..., N] and above [..., N - 1] the diagonal.

    Raises:
      ValueError: where none of them is given.
    """
    with ops.name_scope(name, "tridiag", [below, diag, above]):
        parts = []
        if below is not None:
            parts.append(_off_diagonal(below, "below")[..., :-1, 1:])
        if diag is not None:
            parts.append(array_ops.matrix_diag(ops.convert_to_tensor(diag, name="diag")))
        if above is not None:
            parts.append(_off_diagonal(above, "above")[..., 1:, :-1])
        if not parts:
            raise ValueError("Must specify at least one of `below`, `diag`, `above`.")
        total = parts[0]
        for part in parts[1:]:
            total += part
        return total
