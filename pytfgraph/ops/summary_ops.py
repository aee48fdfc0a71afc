"""tf.summary.tensor_summary."""
from pytfgraph import protos
from pytfgraph.framework import ops
from pytfgraph.ops import raw, summary_op_util


def tensor_summary(name, tensor, summary_description=None, collections=None, summary_metadata=None, family=None, display_name=None):
    """A summary that holds a whole tensor.

    Args:
      name: of the node, and of the series in TensorBoard where no `display_name` is given.
      tensor: of any dtype and shape.
      summary_description: text that describes the summary.
      collections: names of collections it is added to; GraphKeys.SUMMARIES where not given.
      summary_metadata: a SummaryMetadata message, which says what plugin it is for.
      family: what the tag begins with.
      display_name: what TensorBoard shows.

    Returns:
      A scalar string Tensor: a serialised Summary.
    """
    metadata = protos.message("tensorflow.SummaryMetadata")() if summary_metadata is None else summary_metadata
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    with summary_op_util.summary_scope(name, family, values=[tensor]) as (tag, scope):
        val = raw.function("tensor_summary_v2")(tensor=tensor, tag=tag, name=scope, serialized_summary_metadata=metadata.SerializeToString())
        summary_op_util.collect(val, collections, [ops.GraphKeys.SUMMARIES])
    return val
