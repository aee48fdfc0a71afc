"""Printing while a graph runs."""
import pprint
import random
import sys

from pytfgraph.framework import dtypes, tensor_util
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw
from pytfgraph.platform import tf_logging
from pytfgraph.util import nest


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):
    """`input_`, with tensors printed to stderr when it runs.

    Args:
      input_: the Tensor that is passed on.
      data: a list of tensors to print.
      message: put in front.
      first_n: how often it prints; always where not given.
      summarize: how many elements of each are printed (3).
      name: of the operation.
    """
    return raw.function("print")(input_, data, message, first_n, summarize, name)


def _stream_name(stream):
    names = [("stdout", (sys.stdout,)), ("stderr", (sys.stderr,)), ("log(info)", (tf_logging.INFO, tf_logging.info)),
             ("log(warning)", (tf_logging.WARN, tf_logging.warning, tf_logging.warn)), ("log(error)", (tf_logging.ERROR, tf_logging.error))]
    for name, streams in names:
        if any(stream is s or (isinstance(s, int) and stream == s) for s in streams):
            return name
    raise ValueError("Unsupported output stream or logging level " + str(stream) + ". Supported streams are sys.stdout, sys.stderr, "
                     "tf.logging.info, tf.logging.warning, tf.logging.error")


def _unused_mark(text):
    """What stands for a tensor in a template: something that the template does not have otherwise."""
    mark, rng = "{}", random.Random(5)
    while mark in text:
        mark += str(rng.randint(0, 9))
    return mark


def _template(value, mark, tensors):
    """The text of one argument with a mark for each tensor in it, which goes into `tensors`."""
    marks = []
    for x in nest.flatten(value):
        if isinstance(x, SparseTensor):
            tensors.extend([x.indices, x.values, x.dense_shape])
            marks.append("SparseTensor(indices={0}, values={0}, shape={0})".format(mark))
        elif tensor_util.is_tensor(x):
            tensors.append(x)
            marks.append(mark)
        else:
            marks.append(x)
    return value if isinstance(value, str) else pprint.pformat(nest.pack_sequence_as(value, marks))


def print_v2(*inputs, **kwargs):
    """An Operation that prints its arguments, with tensors' values, when it runs.

    Args:
      *inputs: tensors, Python values, and nests of both; a string stands for itself.
      output_stream: sys.stderr, sys.stdout, or tf.logging.info, warning or error.
      summarize: how many elements of each axis' two ends are printed (3); all of them for -1.
      name: of the operation.

    Raises:
      ValueError: for other keyword arguments and streams.
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    name = kwargs.pop("name", None)
    summarize = kwargs.pop("summarize", 3)
    if kwargs:
        raise ValueError("Unrecognized keyword arguments for tf.print: %s" % kwargs)
    stream = _stream_name(stream)
    if (len(inputs) == 1 and tensor_util.is_tensor(inputs[0]) and not isinstance(inputs[0], SparseTensor) and inputs[0].shape
            and inputs[0].dtype == dtypes.string):
        text = inputs[0]
    else:
        from pytfgraph.ops import string_ops
        tensors = []
        without = nest.map_structure(lambda x: "" if tensor_util.is_tensor(x) else x, inputs)
        mark = _unused_mark(" ".join(pprint.pformat(x) for x in without))
        template = " ".join([_template(value, mark, tensors) for value in inputs])
        text = string_ops.string_format(inputs=tensors, template=template.replace("'" + mark + "'", mark), placeholder=mark, summarize=summarize,
                                        name=name + "_format" if name else None)
    return raw.function("print_v2")(text, output_stream=stream, name=name)
