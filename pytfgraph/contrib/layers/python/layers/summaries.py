"""Summaries of tensors under names made from their own."""
import functools
import re

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import math_ops
from pytfgraph.summary import summary

__all__ = ["summarize_tensor", "summarize_activation", "summarize_tensors", "summarize_collection", "summarize_variables",
           "summarize_weights", "summarize_biases", "summarize_activations"]


def summarize_activation(op):
    """A histogram of a layer's result; for a Relu, Relu6 or Softplus also a scalar, the part of its inputs below 0 (and above 6).

    Returns:
      The histogram summary.
    """
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        _part(op, math_ops.less, 0.0, "zeros")
    if op.op.type == "Relu6":
        _part(op, math_ops.greater, 6.0, "sixes")
    return summary.histogram("%s/activation" % op.op.name, op)


def _part(op, compare, bound, tag):
    x = op.op.inputs[0]
    part = math_ops.reduce_mean(math_ops.to_float(compare(x, math_ops.cast(bound, x.dtype))))
    part.get_shape().assert_has_rank(0)
    summary.scalar("%s/%s" % (op.op.name, tag), part)


def summarize_tensor(tensor, tag=None):
    """A scalar summary of a scalar, a histogram of other tensors, None for strings and booleans.

    Args:
      tensor: what to summarize.
      tag: the summary's name; that of the tensor's operation with "_summary" if None.
    """
    if tensor.dtype.is_compatible_with(dtypes.string) or tensor.dtype.base_dtype == dtypes.bool:
        return None
    tag = tag or "%s_summary" % tensor.op.name
    return summary.scalar(tag, tensor) if tensor.get_shape().ndims == 0 else summary.histogram(tag, tensor)


def summarize_tensors(tensors, summarizer=summarize_tensor):
    """A list with the summary of each tensor."""
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(collection, name_filter=None, summarizer=summarize_tensor):
    """Summaries of what a collection of the default graph has, where the operation's name begins as the pattern says."""
    return summarize_tensors([tensor for tensor in ops.get_collection(collection)
                              if name_filter is None or re.match(name_filter, tensor.op.name)], summarizer)


summarize_variables = functools.partial(summarize_collection, ops.GraphKeys.GLOBAL_VARIABLES)
summarize_weights = functools.partial(summarize_collection, ops.GraphKeys.WEIGHTS)
summarize_biases = functools.partial(summarize_collection, ops.GraphKeys.BIASES)


def summarize_activations(name_filter=None, summarizer=summarize_activation):
    """Summaries of the collection ACTIVATIONS."""
    return summarize_collection(ops.GraphKeys.ACTIVATIONS, name_filter, summarizer)
