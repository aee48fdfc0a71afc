"""Shapes that may be known in part."""
from pytfgraph._core import Dimension, TensorShape


def as_dimension(value):
    """`value` as a Dimension (itself, if it is one)."""
    return value if isinstance(value, Dimension) else Dimension(value)


def as_shape(shape):
    """`shape` as a TensorShape (itself, if it is one)."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(ndims=None):
    """A shape of unknown rank, or of `ndims` unknown dimensions."""
    return TensorShape(None) if ndims is None else TensorShape([Dimension(None)] * ndims)


def scalar():
    """The shape of a scalar."""
    return TensorShape([])


def vector(length):
    """The shape of a vector."""
    return TensorShape([length])


def matrix(rows, cols):
    """The shape of a matrix."""
    return TensorShape([rows, cols])


def dimension_value(dimension):
    """The size that a Dimension (or int, or None) stands for."""
    return dimension.value if isinstance(dimension, Dimension) else dimension


_SCALAR_SHAPE = TensorShape([])
