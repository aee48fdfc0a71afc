"""Connectionist temporal classification: the loss and the decoders."""
from pytfgraph.framework.sparse_tensor import SparseTensor
from pytfgraph.ops import array_ops, raw

gen_ctc_ops = raw.module("gen_ctc_ops")


def ctc_loss(labels, inputs, sequence_length, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
             ignore_longer_outputs_than_inputs=False, time_major=True):
    """The negative log probability of each example's labels, over all ways to spread them over its steps (Graves et al., 2006).

    Args:
      labels: an int32 SparseTensor [batch, steps], labels of [0, num_classes - 1).
      inputs: logits [time, batch, num_classes], or [batch, time, num_classes] where not `time_major`; the last class is the blank.
      sequence_length: int32 [batch]: steps of each example.
      preprocess_collapse_repeated: whether labels that repeat are made one first.
      ctc_merge_repeated: whether classes that repeat between blanks are one label.
      ignore_longer_outputs_than_inputs: whether examples of more labels than steps give no loss, rather than an error.
      time_major: the layout of `inputs`.

    Returns:
      float32 [batch].

    Raises:
      TypeError: if labels is not a SparseTensor.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    if not time_major:
        inputs = array_ops.transpose(inputs, [1, 0, 2])
    loss, _ = gen_ctc_ops.ctc_loss(inputs, labels.indices, labels.values, sequence_length, preprocess_collapse_repeated=preprocess_collapse_repeated,
                                   ctc_merge_repeated=ctc_merge_repeated, ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs)
    return loss


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True):
    """The most likely class of each step, without blanks and, where `merge_repeated`, without repetitions.

    Returns:
      A list of one int64 SparseTensor [batch, longest], and float32 [batch, 1]: the negative sum of the logits taken.
    """
    indices, values, shape, log_probability = gen_ctc_ops.ctc_greedy_decoder(inputs, sequence_length, merge_repeated=merge_repeated)
    return [SparseTensor(indices, values, shape)], log_probability


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """The most likely label sequences, found by keeping `beam_width` prefixes from step to step.

    Returns:
      A list of `top_paths` int64 SparseTensors [batch, longest], most likely first, and float32 [batch, top_paths]: their log probabilities.

    Raises:
      InvalidArgumentError: when run, if more paths are asked for than were kept.
    """
    indices, values, shapes, log_probability = gen_ctc_ops.ctc_beam_search_decoder(inputs, sequence_length, beam_width=beam_width, top_paths=top_paths,
                                                                                   merge_repeated=merge_repeated)
    return [SparseTensor(*parts) for parts in zip(indices, values, shapes)], log_probability
