"""tf.summary.text."""
from pytfgraph import protos
from pytfgraph.framework import dtypes
from pytfgraph.ops import summary_ops

PLUGIN_NAME = "text"


def text_summary(name, tensor, collections=None):
    """A summary of text: a string tensor, which TensorBoard shows as Markdown.

    Args:
      name: of the node, and of the series in TensorBoard.
      tensor: strings; a matrix becomes a table.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.

    Returns:
      A scalar string Tensor: a serialised Summary.

    Raises:
      ValueError: if the tensor is of another type.
    """
    if tensor.dtype != dtypes.string:
        raise ValueError("Expected tensor %s to have dtype string, got %s" % (tensor.name, tensor.dtype))
    metadata = protos.message("tensorflow.SummaryMetadata")()
    metadata.plugin_data.plugin_name = PLUGIN_NAME
    return summary_ops.tensor_summary(name=name, tensor=tensor, summary_metadata=metadata, collections=collections)
