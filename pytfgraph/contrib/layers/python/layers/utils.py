"""Small helpers of layers: outputs by name in collections, decisions taken while the graph is built, checked sizes."""
import collections as _collections

from pytfgraph.framework import ops, tensor_shape, tensor_util
from pytfgraph.ops import control_flow_ops, variables

__all__ = ["collect_named_outputs", "constant_value", "static_cond", "smart_cond", "get_variable_collections", "two_element_tuple",
           "n_positive_integers", "channel_dimension", "last_dimension"]

NamedOutputs = _collections.namedtuple("NamedOutputs", ["name", "outputs"])


def collect_named_outputs(collections, alias, outputs):
    """Adds a tensor to collections, if there are any, and the name to its `aliases`.  Returns the tensor."""
    if collections:
        append_tensor_alias(outputs, alias)
        ops.add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor, alias):
    """Adds a name, without a slash at its end, to the tensor's list `aliases`.  Returns the tensor."""
    alias = alias[:-1] if alias[-1] == "/" else alias
    if hasattr(tensor, "aliases"):
        tensor.aliases.append(alias)
    else:
        tensor.aliases = [alias]
    return tensor


def gather_tensors_aliases(tensors):
    """The names of all tensors, one behind the other."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def get_tensor_aliases(tensor):
    """The names that a tensor got; its own where there are none."""
    if hasattr(tensor, "aliases"):
        return tensor.aliases
    return [tensor.op.name if tensor.name[-2:] == ":0" else tensor.name]


def convert_collection_to_dict(collection, clear_collection=False):
    """An OrderedDict from each name to its tensor, of what a collection of the default graph has."""
    result = _collections.OrderedDict((alias, tensor) for tensor in ops.get_collection(collection) for alias in get_tensor_aliases(tensor))
    if clear_collection:
        ops.get_default_graph().clear_collection(collection)
    return result


def constant_value(value_or_tensor_or_var, dtype=None):
    """The value where it is known while the graph is built, else None.

    Raises:
      ValueError: for None, or a tensor or variable of another dtype.
    """
    value = value_or_tensor_or_var
    if value is None:
        raise ValueError("value_or_tensor_or_var cannot be None")
    if not isinstance(value, (ops.Tensor, variables.Variable)):
        return value
    if dtype and value.dtype != dtype:
        raise ValueError("It has the wrong type %s instead of %s" % (value.dtype, dtype))
    return None if isinstance(value, variables.Variable) else tensor_util.constant_value(value)


def static_cond(pred, fn1, fn2):
    """fn1() if pred, else fn2().

    Raises:
      TypeError: a function cannot be called.
    """
    if not callable(fn1):
        raise TypeError("fn1 must be callable.")
    if not callable(fn2):
        raise TypeError("fn2 must be callable.")
    return fn1() if pred else fn2()


def smart_cond(pred, fn1, fn2, name=None):
    """static_cond where the predicate is known while the graph is built, tf.cond otherwise."""
    value = constant_value(pred)
    if value is not None:
        return static_cond(value, fn1, fn2)
    return control_flow_ops.cond(pred, fn1, fn2, name)


def get_variable_collections(variables_collections, name):
    """The collections of the variable of that name: all, or those that a dictionary has for it."""
    return variables_collections.get(name, None) if isinstance(variables_collections, dict) else variables_collections


def _dimension(shape, dim, min_rank):
    if shape.dims is None:
        raise ValueError("dims of shape must be known but is None")
    if len(shape.dims) < min_rank:
        raise ValueError("rank of shape must be at least %d not: %d" % (min_rank, len(shape.dims)))
    value = shape.dims[dim].value
    if value is None:
        raise ValueError("dimension %d of shape must be known but is None: %s" % (dim, shape))
    return value


def channel_dimension(shape, data_format, min_rank=1):
    """The number of channels; ValueError where it, or a rank of at least min_rank, is not known."""
    return _dimension(shape, 1 if data_format == "channels_first" else -1, min_rank)


def last_dimension(shape, min_rank=1):
    """The size of the last dimension; ValueError where it, or a rank of at least min_rank, is not known."""
    return _dimension(shape, -1, min_rank)


def two_element_tuple(int_or_tuple):
    """An int twice, or the two elements of a list, tuple or shape; ValueError for anything else."""
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError("Must be a list with 2 elements: %s" % int_or_tuple)
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int(int_or_tuple), int(int_or_tuple)
    if isinstance(int_or_tuple, tensor_shape.TensorShape) and len(int_or_tuple) == 2:
        return int_or_tuple[0], int_or_tuple[1]
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


def n_positive_integers(n, value):
    """A tuple of n positive integers: one value n times, or n values.

    Raises:
      TypeError: n is no number.
      ValueError: n or a value is not positive, or there are not n values.
    """
    if int(n) != n or n < 1:
        raise ValueError("n must be a positive integer")
    n = int(n)
    try:
        values = (int(value),) * n
    except (TypeError, ValueError):
        wrong = "Expected sequence of %d positive integers, but received %r" % (n, value)
        if len(value) != n:
            raise ValueError(wrong) from None
        try:
            values = tuple(int(x) for x in value)
        except (TypeError, ValueError):
            raise ValueError(wrong) from None
    for x in values:
        if x < 1:
            raise ValueError("expected positive integer, but received %d" % x)
    return values
