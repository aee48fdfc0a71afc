"""The loss of sequences in one tensor."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops, nn_ops


def sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True, softmax_loss_function=None, name=None):
    """The weighted cross entropy of sequences, averaged as asked: a scalar, a vector or [batch_size, sequence_length].

    Args:
      logits: [batch_size, sequence_length, number of symbols].
      targets: the right symbols, [batch_size, sequence_length].
      weights: of the steps, [batch_size, sequence_length]; a mask where sequences end early.
      average_across_timesteps: whether to divide the sum over steps by the weights'.
      average_across_batch: whether to divide the sum over the batch by the weights'.
      softmax_loss_function: a function of labels and logits, in place of sparse_softmax_cross_entropy_with_logits.
      name: a name scope.

    Raises:
      ValueError: for tensors of other ranks.
    """
    for value, rank, text in ((logits, 3, "Logits must be a [batch_size x sequence_length x logits] tensor"),
                              (targets, 2, "Targets must be a [batch_size x sequence_length] tensor"),
                              (weights, 2, "Weights must be a [batch_size x sequence_length] tensor")):
        if len(value.get_shape()) != rank:
            raise ValueError(text)

    def mean(losses, axis=None):
        total = math_ops.reduce_sum(losses, axis=axis)
        size = math_ops.reduce_sum(weights, axis=axis)
        size += 1e-12  # weights may all be zero
        return total / size
    with ops.name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat = array_ops.reshape(logits, [-1, array_ops.shape(logits)[2]])
        targets = array_ops.reshape(targets, [-1])
        losses = (softmax_loss_function or nn_ops.sparse_softmax_cross_entropy_with_logits)(labels=targets, logits=flat)
        losses *= array_ops.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return mean(losses)
        losses = array_ops.reshape(losses, [array_ops.shape(logits)[0], array_ops.shape(logits)[1]])
        if average_across_timesteps:
            return mean(losses, [1])
        return mean(losses, [0]) if average_across_batch else losses
