"""Printing while a graph runs, and summaries as before 1.0."""
import pprint
import random
import sys

from pytfgraph.framework import dtypes, ops, tensor_util
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import raw
from pytfgraph.platform import tf_logging
from pytfgraph.util import nest
from pytfgraph.util.deprecation import deprecated


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


# ---- summaries as before 1.0, under the tags that a program gives them ----

_NAMES = "This means that TensorFlow will automatically de-duplicate summary names based on the scope they are created in."


def _old_summary(kind, scope, function, collections, **kwargs):
    """The summary operation, in its scope and in collections (SUMMARIES where they are None)."""
    with ops.name_scope(scope, kind, [v for k, v in kwargs.items() if k != "max_images"]) as name:
        result = raw.function(function)(name=name, **kwargs)
    return _collect(result, [ops.GraphKeys.SUMMARIES] if collections is None else collections)


def _collect(summary, collections):
    for key in collections:
        ops.add_to_collection(key, summary)
    return summary


@deprecated("2016-11-30", "Please switch to tf.summary.histogram. Note that tf.summary.histogram uses the node name instead of the tag. " + _NAMES)
def histogram_summary(tag, values, collections=None, name=None):
    """A histogram of `values` under a tag, a string or a scalar string tensor; a scalar string tensor, also added to collections."""
    return _old_summary("HistogramSummary", name, "histogram_summary", collections, tag=tag, values=values)


@deprecated("2016-11-30", "Please switch to tf.summary.image. Note that tf.summary.image uses the node name instead of the tag. " + _NAMES
            + " Also, the max_images argument was renamed to max_outputs.")
def image_summary(tag, tensor, max_images=3, collections=None, name=None):
    """Up to max_images images, uint8 or float32 of shape [batch, height, width, 1, 3 or 4], under tag/image or tag/image/0, 1, ..."""
    return _old_summary("ImageSummary", name, "image_summary", collections, tag=tag, tensor=tensor, max_images=max_images)


@deprecated("2016-11-30", "Please switch to tf.summary.audio. Note that tf.summary.audio uses the node name instead of the tag. " + _NAMES)
def audio_summary(tag, tensor, sample_rate, max_outputs=3, collections=None, name=None):
    """Up to max_outputs clips, float32 of shape [batch, frames, channels] or [batch, frames], under tag/audio or tag/audio/0, 1, ..."""
    with ops.name_scope(name, "AudioSummary", [tag, tensor]) as scope:
        sample_rate = ops.convert_to_tensor(sample_rate, dtype=dtypes.float32, name="sample_rate")
        result = raw.function("audio_summary_v2")(tag=tag, tensor=tensor, max_outputs=max_outputs, sample_rate=sample_rate, name=scope)
    return _collect(result, [ops.GraphKeys.SUMMARIES] if collections is None else collections)


@deprecated("2016-11-30", "Please switch to tf.summary.merge.")
def merge_summary(inputs, collections=None, name=None):
    """All summaries of a list in one, which is only in the collections that are given."""
    with ops.name_scope(name, "MergeSummary", inputs):
        result = raw.function("merge_summary")(inputs=inputs, name=name)
    return _collect(result, collections or [])


@deprecated("2016-11-30", "Please switch to tf.summary.merge_all.")
def merge_all_summaries(key=ops.GraphKeys.SUMMARIES):
    """All summaries of a collection in one; None where there are none."""
    summaries = ops.get_collection(key)
    return merge_summary(summaries) if summaries else None


@deprecated("2016-11-30", "Please switch to tf.summary.scalar. Note that tf.summary.scalar uses the node name instead of the tag. " + _NAMES
            + " Also, passing a tensor or list of tags to a scalar summary op is no longer supported.")
def scalar_summary(tags, values, collections=None, name=None):
    """Numbers under tags of the same shape; a scalar string tensor, also added to collections."""
    return _old_summary("ScalarSummary", name, "scalar_summary", collections, tags=tags, values=values)
