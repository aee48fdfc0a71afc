"""Functions of strings whose arguments are not the operation's."""
import numpy as np

from pytfgraph.compat import compat as horizon
from pytfgraph.framework import dtypes, ops, sparse_tensor
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import raw
from pytfgraph.util import compat, deprecation

gen_string_ops = raw.module("gen_string_ops")


def __getattr__(name):
    if not name.startswith("__"):
        try:
            return getattr(gen_string_ops, name)
        except AttributeError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def regex_replace(source, pattern, rewrite, replace_global=True):
    """`source` with what matches `pattern` replaced; a pattern and a rewrite that are texts are compiled once.

    Args:
      source: strings.
      pattern: a regular expression, a text or a scalar tensor.
      rewrite: a text or a scalar tensor, with \\1 to \\9 for groups.
      replace_global: whether each match is replaced, not just the first of a string.
    """
    static = isinstance(pattern, compat.bytes_or_text_types) and isinstance(rewrite, compat.bytes_or_text_types)
    function = gen_string_ops.static_regex_replace if static else gen_string_ops.regex_replace
    return function(input=source, pattern=pattern, rewrite=rewrite, replace_global=replace_global)


def regex_full_match(input, pattern, name=None):
    """Whether all of each string matches a pattern, a text or a scalar tensor; for readers of late 2018 a text is compiled once."""
    static = isinstance(pattern, compat.bytes_or_text_types) and horizon.forward_compatible(2018, 11, 10)
    function = gen_string_ops.static_regex_full_match if static else gen_string_ops.regex_full_match
    return function(input=input, pattern=pattern, name=name)


def string_format(template, inputs, placeholder="{}", summarize=3, name=None):
    """A scalar string: `template` with each placeholder replaced by a tensor written out, its outer elements only where it is long.

    Args:
      template: the text.
      inputs: a tensor or list of tensors, one for each placeholder.
      placeholder: what marks a place.
      summarize: elements shown at either end of each dimension; -1 for all.
      name: of the operation.

    Raises:
      ValueError: where there are not as many tensors as placeholders.
    """
    if isinstance(inputs, (ops.Tensor, np.ndarray)) or not isinstance(inputs, (list, tuple)):
        inputs = [inputs]
    places = template.count(placeholder)
    if places != len(inputs):
        raise ValueError("%s placeholder(s) in template does not match %s tensor(s) provided as input" % (places, len(inputs)))
    return gen_string_ops.string_format(inputs, template=template, placeholder=placeholder, summarize=summarize, name=name)


def _sparse(parts):
    indices, values, shape = parts
    indices.set_shape([None, 2])
    values.set_shape([None])
    shape.set_shape([2])
    return sparse_tensor.SparseTensor(indices, values, shape)


def string_split(source, delimiter=" ", skip_empty=True):
    """The pieces of each string of a vector, a SparseTensor [strings, most pieces].

    Args:
      source: a string vector.
      delimiter: each of its bytes separates; "" cuts between all bytes.
      skip_empty: whether to leave empty pieces out.
    """
    delimiter = ops.convert_to_tensor(delimiter, dtype=dtypes.string)
    source = ops.convert_to_tensor(source, dtype=dtypes.string)
    return _sparse(gen_string_ops.string_split(source, delimiter=delimiter, skip_empty=skip_empty))


def string_split_v2(source, sep=None, maxsplit=-1):
    """The pieces of each string of a vector, as str.split cuts them, a SparseTensor [strings, most pieces].

    Args:
      source: a string vector.
      sep: what separates; None or "" for any run of white space.
      maxsplit: most cuts of a string; -1 for no limit.
    """
    sep = ops.convert_to_tensor("" if sep is None else sep, dtype=dtypes.string)
    source = ops.convert_to_tensor(source, dtype=dtypes.string)
    return _sparse(gen_string_ops.string_split_v2(source, sep=sep, maxsplit=maxsplit))


def _axes(inputs, axis):
    """The dimensions to join, the last one first where none are given."""
    if axis is not None:
        return axis
    inputs = ops.convert_to_tensor(inputs)
    if inputs.get_shape().ndims is not None:
        return constant(np.arange(inputs.get_shape().ndims - 1, -1, -1), dtype=dtypes.int32)
    from pytfgraph.ops import array_ops, math_ops
    return math_ops.range(array_ops.rank(inputs) - 1, -1, -1)


def reduce_join(inputs, axis=None, keep_dims=False, separator="", name=None, reduction_indices=None):
    """Strings joined along dimensions, in the order in which these are listed.

    Args:
      inputs: strings of any shape.
      axis: an int or list of ints; None for all dimensions, as they lie.
      keep_dims: whether joined dimensions stay, with size 1.
      separator: put between.
      name: of the operation.
      reduction_indices: the older name of `axis`.
    """
    axis = deprecation.deprecated_argument_lookup("axis", axis, "reduction_indices", reduction_indices)
    return gen_string_ops.reduce_join(inputs=inputs, reduction_indices=_axes(ops.convert_to_tensor(inputs), axis), keep_dims=keep_dims,
                                      separator=separator, name=name)


def string_length(input, name=None, unit="BYTE"):
    """int32 lengths of strings, in bytes or (unit="UTF8_CHAR") in characters."""
    return gen_string_ops.string_length(input, unit=unit, name=name)
