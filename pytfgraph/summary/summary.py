"""tf.summary: operations whose results a FileWriter writes for TensorBoard."""
from pytfgraph import protos
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import raw, summary_op_util
from pytfgraph.ops.summary_ops import tensor_summary  # noqa: F401
from pytfgraph.summary.text_summary import text_summary as text  # noqa: F401
from pytfgraph.summary.writer.writer import FileWriter  # noqa: F401
from pytfgraph.summary.writer.writer_cache import FileWriterCache  # noqa: F401
from pytfgraph.util import compat


def _summary(op, name, tensor, collections, family, **arguments):
    with summary_op_util.summary_scope(name, family, values=[tensor]) as (tag, scope):
        prepare = arguments.pop("prepare", None)
        if prepare:
            arguments.update(prepare())
        val = raw.function(op)(tag, tensor, name=scope, **arguments)
        summary_op_util.collect(val, collections, [ops.GraphKeys.SUMMARIES])
    return val


def scalar(name, tensor, collections=None, family=None):
    """A summary of one number.

    Args:
      name: of the node, and of the series in TensorBoard.
      tensor: a real numeric scalar.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.
      family: what the tag begins with, which TensorBoard groups by.

    Returns:
      A scalar string Tensor: a serialised Summary.

    Raises:
      ValueError: if the name, or the tensor, is unsuitable.
    """
    return _summary("scalar_summary", name, tensor, collections, family)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """A summary of images, one value each ("name/image/0", ...; "name/image" if there can be but one).

    Bytes are shown as they are; floating-point images are scaled so that the largest magnitude is the brightest, with 0 in the middle
    where there are negative numbers.

    Args:
      name: of the node, and of the series in TensorBoard.
      tensor: uint8 or floating point, [batch, height, width, channels] with 1, 3 or 4 channels.
      max_outputs: how many of the batch.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.
      family: what the tag begins with.

    Returns:
      A scalar string Tensor: a serialised Summary.
    """
    return _summary("image_summary", name, tensor, collections, family, max_images=max_outputs)


def histogram(name, values, collections=None, family=None):
    """A summary of how values are distributed.

    Args:
      name: of the node, and of the series in TensorBoard.
      values: a real numeric tensor of any shape; NaN and infinity are an InvalidArgumentError when it runs.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.
      family: what the tag begins with.

    Returns:
      A scalar string Tensor: a serialised Summary.
    """
    return _summary("histogram_summary", name, values, collections, family)


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """A summary of audio, one value each ("name/audio/0", ...; "name/audio" if there can be but one).

    Args:
      name: of the node, and of the series in TensorBoard.
      tensor: float32 in -1 to 1, [batch, frames, channels] or [batch, frames].
      sample_rate: frames per second, a scalar float32.
      max_outputs: how many of the batch.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.
      family: what the tag begins with.

    Returns:
      A scalar string Tensor: a serialised Summary.
    """
    def rate():
        return {"sample_rate": ops.convert_to_tensor(sample_rate, dtype=dtypes.float32, name="sample_rate")}
    return _summary("audio_summary_v2", name, tensor, collections, family, max_outputs=max_outputs, prepare=rate)


def merge(inputs, collections=None, name=None):
    """The values of several summaries as one.

    Args:
      inputs: string Tensors, serialised Summaries; equal tags are an InvalidArgumentError when it runs.
      collections: names of collections it is added to; none where not given.
      name: of the operation.

    Returns:
      A scalar string Tensor: a serialised Summary.
    """
    name = summary_op_util.clean_tag(name)
    with ops.name_scope(name, "Merge", inputs):
        val = raw.function("merge_summary")(inputs=inputs, name=name)
        summary_op_util.collect(val, collections, [])
    return val


def merge_all(key=ops.GraphKeys.SUMMARIES, scope=None, name=None):
    """The values of all summaries of the default graph as one; None where there are none.

    Args:
      key: the collection they are in.
      scope: a regular expression that their names begin with.
      name: of the operation.
    """
    found = ops.get_collection(key, scope=scope)
    return merge(found, name=name) if found else None


def get_summary_description(node_def):
    """The SummaryDescription message of a TensorSummary node.

    Args:
      node_def: a NodeDef.

    Raises:
      ValueError: if it is another operation's.
    """
    from google.protobuf import json_format
    if node_def.op != "TensorSummary":
        raise ValueError("Can't get_summary_description on %s" % node_def.op)
    description = protos.message("tensorflow.SummaryDescription")()
    json_format.Parse(compat.as_str_any(node_def.attr["description"].s), description)
    return description
