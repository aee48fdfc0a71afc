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


def is_broadcast_compatible(shape_x, shape_y):
    """Whether two partly known shapes may broadcast to one."""
    try:
        broadcast_shape(shape_x, shape_y)
    except ValueError:
        return False
    return True


# Shape functions for tf.RegisterShape, which take an operation and return a list of shapes.

def no_outputs(unused_op):
    """That of an operation without outputs."""
    return []


def scalar_shape(unused_op):
    """That of an operation whose output is a scalar."""
    return [tensor_shape.scalar()]


def unknown_shape(op):
    """That of an operation of whose outputs nothing is known."""
    return [tensor_shape.unknown_shape() for _ in op.outputs]


def unchanged_shape(op):
    """That of an operation whose output is shaped as its first input."""
    return [op.inputs[0].get_shape()]


def unchanged_shape_with_rank(rank):
    """unchanged_shape, of inputs of a rank; ValueError at another."""
    return lambda op: [op.inputs[0].get_shape().with_rank(rank)]


def unchanged_shape_with_rank_at_least(rank):
    """unchanged_shape, of inputs of at least a rank; ValueError under it."""
    return lambda op: [op.inputs[0].get_shape().with_rank_at_least(rank)]


def unchanged_shape_with_rank_at_most(rank):
    """unchanged_shape, of inputs of at most a rank; ValueError over it."""
    return lambda op: [op.inputs[0].get_shape().with_rank_at_most(rank)]


def call_cpp_shape_fn(op, require_shape_fn=True):
    """The shapes that the core's shape function found for an operation's outputs."""
    return [output.get_shape() for output in op.outputs]
