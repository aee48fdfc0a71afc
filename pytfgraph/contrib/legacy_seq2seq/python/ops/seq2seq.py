"""Decoders over lists of steps, and the losses of what they give."""
import copy

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, embedding_ops, math_ops, nn_ops, rnn
from pytfgraph.ops import variable_scope as vs


def _extract_argmax_and_embed(embedding, output_projection=None, update_embedding=True):
    """A loop function that looks up the likeliest symbol of an output.

    Args:
      embedding: of the symbols.
      output_projection: a pair (kernel, bias) applied to the output first, or None.
      update_embedding: whether gradients go into the embedding.
    """
    def loop_function(prev, _):
        if output_projection is not None:
            prev = nn_ops.xw_plus_b(prev, output_projection[0], output_projection[1])
        embedded = embedding_ops.embedding_lookup(embedding, math_ops.argmax(prev, 1))
        return embedded if update_embedding else array_ops.stop_gradient(embedded)
    return loop_function


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """Applies a cell step by step, to a list of inputs or to what a function makes of its outputs.

    Args:
      decoder_inputs: a list of inputs [batch_size, input_size]; with a loop_function only the first is used.
      initial_state: of the cell.
      cell: an RNNCell.
      loop_function: a function (output, step) that gives the input of a step from the output of the one before.
      scope: a name or a VariableScope; "rnn_decoder" where not given.

    Returns:
      (outputs, state): a list of outputs, one for each step, and the state after the last.
    """
    with vs.variable_scope(scope or "rnn_decoder"):
        state, outputs = initial_state, []
        for i, x in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with vs.variable_scope("loop_function", reuse=True):
                    x = loop_function(outputs[-1], i)
            if i > 0:
                vs.get_variable_scope().reuse_variables()
            output, state = cell(x, state)
            outputs.append(output)
    return outputs, state


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype=dtypes.float32, scope=None):
    """A decoder that begins with the state in which a copy of its cell ends over other inputs.

    Args:
      encoder_inputs, decoder_inputs: lists of inputs [batch_size, input_size].
      cell: an RNNCell.
      dtype: of the initial state.
      scope: a name or a VariableScope; "basic_rnn_seq2seq" where not given.

    Returns:
      (outputs, state), as rnn_decoder.
    """
    with vs.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = rnn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, loop_function=None, dtype=dtypes.float32, scope=None):
    """basic_rnn_seq2seq with one cell, and its variables, for both parts.

    Args:
      encoder_inputs, decoder_inputs: lists of inputs [batch_size, input_size].
      cell: an RNNCell.
      loop_function: as for rnn_decoder.
      dtype: of the initial state.
      scope: a name or a VariableScope; "tied_rnn_seq2seq" where not given.

    Returns:
      (outputs, state), as rnn_decoder.
    """
    with vs.variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = rnn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        vs.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def sequence_loss_by_example(logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None, name=None):
    """The weighted cross entropy of each sequence: a vector [batch_size].

    Args:
      logits: a list with [batch_size, number of symbols] for each step.
      targets: a list with a vector of symbols for each step.
      weights: a list with a vector of weights for each step.
      average_across_timesteps: whether the sum is divided by that of the weights.
      softmax_loss_function: a function of labels and logits, in place of sparse_softmax_cross_entropy_with_logits.
      name: a name scope.

    Raises:
      ValueError: for lists of different lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError("Lengths of logits, weights, and targets must be the same %d, %d, %d." % (len(logits), len(weights), len(targets)))
    with ops.name_scope(name, "sequence_loss_by_example", logits + targets + weights):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                target = array_ops.reshape(target, [-1])
                loss = nn_ops.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = math_ops.add_n(losses)
        if average_across_timesteps:
            size = math_ops.add_n(weights)
            size += 1e-12  # weights may all be zero
            total /= size
    return total


def sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True, softmax_loss_function=None, name=None):
    """The sum, or the mean, of sequence_loss_by_example over the batch: a scalar.

    Args:
      logits, targets, weights, average_across_timesteps, softmax_loss_function: as for sequence_loss_by_example.
      average_across_batch: whether the sum is divided by the batch size.
      name: a name scope.

    Raises:
      ValueError: for lists of different lengths.
    """
    with ops.name_scope(name, "sequence_loss", logits + targets + weights):
        cost = math_ops.reduce_sum(sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps=average_across_timesteps, softmax_loss_function=softmax_loss_function))
        if not average_across_batch:
            return cost
        batch_size = array_ops.shape(targets[0])[0]
        return cost / math_ops.cast(batch_size, cost.dtype)


def __getattr__(name):
    # The functions over symbols stand on those here, in a module of their own.
    if name in ("attention_decoder", "embedding_attention_decoder", "embedding_attention_seq2seq", "embedding_rnn_decoder",
                "embedding_rnn_seq2seq", "embedding_tied_rnn_seq2seq", "model_with_buckets", "one2many_rnn_seq2seq"):
        from pytfgraph.contrib.legacy_seq2seq.python.ops import embedded
        return getattr(embedded, name)
    raise AttributeError("module 'tensorflow.contrib.legacy_seq2seq.python.ops.seq2seq' has no attribute '%s'" % name)
