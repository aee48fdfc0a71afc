"""Rules about shapes that several modules share."""
from pytfgraph.framework import tensor_shape


def broadcast_shape(shape_x, shape_y):
    """The shape two partly known shapes broadcast to; ValueError where they do not."""
    if shape_x.ndims is None or shape_y.ndims is None:
        return tensor_shape.unknown_shape()
    x, y = list(reversed(shape_x.dims)), list(reversed(shape_y.dims))
    one = tensor_shape.Dimension(1)
    n = max(len(x), len(y))
    x += [one] * (n - len(x))
    y += [one] * (n - len(y))
    return tensor_shape.TensorShape([_broadcast_dimension(a, b, shape_x, shape_y) for a, b in zip(reversed(x), reversed(y))])


def _broadcast_dimension(a, b, shape_x, shape_y):
    if a.value is None or b.value is None:
        if a.value is not None and a.value > 1:
            return a
        if b.value is not None and b.value > 1:
            return b
        return tensor_shape.Dimension(None)
    if a.value == 1:
        return b
    if b.value == 1 or a.value == b.value:
        return a
    raise ValueError("Incompatible shapes for broadcasting: %s and %s" % (shape_x, shape_y))


def has_fully_defined_shape(tensor):
    """Whether a tensor's whole shape is known."""
    return tensor.get_shape().is_fully_defined()


def rank(tensor):
    """A tensor's rank, or None."""
    return tensor.get_shape().ndims
