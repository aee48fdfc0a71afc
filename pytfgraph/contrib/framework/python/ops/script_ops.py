"""py_func with nested arguments and results."""
from pytfgraph.framework import tensor_shape
from pytfgraph.ops import script_ops
from pytfgraph.util import nest

__all__ = ["py_func"]


def py_func(func, args=(), kwargs=None, output_types=None, output_shapes=None, stateful=True, name=None):
    """Results of a Python function of tensors, called with arrays in the structure of the tensors.

    Args:
      func: the function.
      args: its arguments, a list or tuple that may be nested.
      kwargs: its arguments by name, a dict that may be nested.
      output_types: dtypes in the structure of its results, or a function of the arguments that gives them.
      output_shapes: shapes in the same structure, or a function of the arguments that gives them; None where they are not known.
      stateful: whether calls with the same arguments may differ.
      name: of the operation.

    Raises:
      TypeError: for arguments that are no list or no dict.
    """
    kwargs = {} if kwargs is None else kwargs
    if not isinstance(args, (list, tuple)):
        raise TypeError("args must be list and not {}. args: {}".format(type(args), args))
    if not isinstance(kwargs, dict):
        raise TypeError("kwargs must be dict and not {}. args: {}".format(type(kwargs), kwargs))
    if callable(output_types):
        output_types = output_types(*args, **kwargs)
    if callable(output_shapes):
        output_shapes = output_shapes(*args, **kwargs)
    given = (args, kwargs)

    def call(*arrays):
        positional, named = nest.pack_sequence_as(given, arrays)
        result = func(*positional, **named)
        nest.assert_shallow_structure(output_types, result)
        return nest.flatten(result)
    values = script_ops.py_func(call, nest.flatten(given), nest.flatten(output_types), stateful=stateful, name=name)
    if output_shapes is not None:
        shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
        for value, shape in zip(values, nest.flatten(shapes)):
            value.set_shape(shape)
    return nest.pack_sequence_as(output_types, values)
