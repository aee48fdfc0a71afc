"""A linear-chain conditional random field over the tags of a sequence.

A sequence of tags scores the sum of `inputs` at its tags (unary) and of `transition_params` at its pairs of neighbouring tags (binary);
its probability is exp(score), over the sum of that of all sequences.  Shapes, here and below: inputs [batch, length, tags], tag_indices
[batch, length] of integers, sequence_lengths [batch] of integers, transition_params [tags, tags].
"""
import numpy as np

from pytfgraph.framework import constant_op, dtypes, smart_cond
from pytfgraph.ops import array_ops, math_ops, raw, rnn, rnn_cell
from pytfgraph.ops import variable_scope as vs

__all__ = ["crf_sequence_score", "crf_log_norm", "crf_log_likelihood", "crf_unary_score", "crf_binary_score", "CrfForwardRnnCell",
           "viterbi_decode", "crf_decode", "CrfDecodeForwardRnnCell", "CrfDecodeBackwardRnnCell", "crf_multitag_sequence_score"]


def _of_one_or_more(inputs, one, more):
    """What `one` gives for sequences of length 1, `more` for others: tf.cond where the length is not known yet."""
    is_one = math_ops.equal(inputs.shape[1].value or array_ops.shape(inputs)[1], 1)
    return smart_cond.smart_cond(is_one, one, more)


def _zero_where_empty(values, sequence_lengths):
    return array_ops.where(math_ops.less_equal(sequence_lengths, 0), array_ops.zeros_like(values), values)


def _one_less(sequence_lengths):
    return math_ops.maximum(constant_op.constant(0, dtype=sequence_lengths.dtype), sequence_lengths - 1)


def crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params):
    """The scores of sequences of tags, [batch]."""
    def one():
        batch = array_ops.shape(inputs, out_type=tag_indices.dtype)[0]
        rows = array_ops.reshape(math_ops.range(batch, dtype=tag_indices.dtype), [-1, 1])
        scores = array_ops.gather_nd(array_ops.squeeze(inputs, [1]), array_ops.concat([rows, tag_indices], axis=1))
        return _zero_where_empty(scores, sequence_lengths)

    def more():
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return _of_one_or_more(inputs, one, more)


def crf_multitag_sequence_score(inputs, tag_bitmap, sequence_lengths, transition_params):
    """The log of the sum of exp(score) of all sequences whose tags tag_bitmap, booleans [batch, length, tags], allows; [batch]."""
    def allowed():
        return array_ops.where(tag_bitmap, inputs, array_ops.fill(array_ops.shape(inputs), float("-inf")))

    return _of_one_or_more(inputs, lambda: math_ops.reduce_logsumexp(allowed(), axis=[1, 2], keepdims=False),
                           lambda: crf_log_norm(allowed(), sequence_lengths, transition_params))


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """The log of the sum of exp(score) of all sequences of tags, [batch]."""
    first = array_ops.squeeze(array_ops.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def one():
        return _zero_where_empty(math_ops.reduce_logsumexp(first, [1]), sequence_lengths)

    def more():
        rest = array_ops.slice(inputs, [0, 1, 0], [-1, -1, -1])
        cell = CrfForwardRnnCell(transition_params)
        _, alphas = rnn.dynamic_rnn(cell=cell, inputs=rest, sequence_length=_one_less(sequence_lengths), initial_state=first,
                                    dtype=dtypes.float32)
        return _zero_where_empty(math_ops.reduce_logsumexp(alphas, [1]), sequence_lengths)

    return _of_one_or_more(inputs, one, more)


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """The log-likelihoods of sequences of tags, [batch], and transition_params: a variable `transitions` where they are not given."""
    tags = inputs.get_shape()[2].value
    if transition_params is None:
        transition_params = vs.get_variable("transitions", [tags, tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """The sum of the inputs at the tags, [batch]."""
    batch, length, tags = array_ops.shape(inputs)[0], array_ops.shape(inputs)[1], array_ops.shape(inputs)[2]
    flat = array_ops.reshape(inputs, [-1])
    offsets = array_ops.expand_dims(math_ops.range(batch) * length * tags, 1)
    offsets += array_ops.expand_dims(math_ops.range(length) * tags, 0)
    if tag_indices.dtype == dtypes.int64:
        offsets = math_ops.to_int64(offsets)
    places = array_ops.reshape(offsets + tag_indices, [-1])
    scores = array_ops.reshape(array_ops.gather(flat, places), [batch, length])
    masks = array_ops.sequence_mask(sequence_lengths, maxlen=array_ops.shape(tag_indices)[1], dtype=dtypes.float32)
    return math_ops.reduce_sum(scores * masks, 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """The sum of the transitions between neighbouring tags, [batch]."""
    tags = transition_params.get_shape()[0]
    n = array_ops.shape(tag_indices)[1] - 1
    start = array_ops.slice(tag_indices, [0, 0], [-1, n])
    end = array_ops.slice(tag_indices, [0, 1], [-1, n])
    places = start * tags + end
    scores = array_ops.gather(array_ops.reshape(transition_params, [-1]), places)
    masks = array_ops.sequence_mask(sequence_lengths, maxlen=array_ops.shape(tag_indices)[1], dtype=dtypes.float32)
    return math_ops.reduce_sum(scores * array_ops.slice(masks, [0, 1], [-1, -1]), 1)


class _TransitionsCell(rnn_cell.RNNCell):
    """A cell whose state has a number for each tag."""

    def __init__(self, transition_params):
        """transition_params: [tags, tags]."""
        self._transition_params = array_ops.expand_dims(transition_params, 0)
        self._num_tags = transition_params.get_shape()[0].value

    @property
    def state_size(self):
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self):
        """The number of tags."""
        return self._num_tags

    def _all_pairs(self, state):
        return array_ops.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_TransitionsCell):
    """A step of the forward algorithm: from the log of the sum of exp(score) of all beginnings that end in each tag to the next."""

    def __call__(self, inputs, state, scope=None):
        """The new state, twice; inputs and state are of shape [batch, tags]."""
        alphas = inputs + math_ops.reduce_logsumexp(self._all_pairs(state), [1])
        return alphas, alphas


class CrfDecodeForwardRnnCell(_TransitionsCell):
    """A step of the Viterbi algorithm: from the best score of a beginning that ends in each tag to the next."""

    def __call__(self, inputs, state, scope=None):
        """Which tag came before, int32, and the new state, each [batch, tags]."""
        scores = self._all_pairs(state)
        new_state = inputs + math_ops.reduce_max(scores, [1])
        return math_ops.cast(math_ops.argmax(scores, 1), dtype=dtypes.int32), new_state


class CrfDecodeBackwardRnnCell(rnn_cell.RNNCell):
    """A step back along the tags that came before: the state is a tag, [batch, 1]."""

    def __init__(self, num_tags):
        """num_tags: how many tags there are."""
        self._num_tags = num_tags

    @property
    def state_size(self):
        """1."""
        return 1

    @property
    def output_size(self):
        """1."""
        return 1

    def __call__(self, inputs, state, scope=None):
        """The tag before, twice; inputs of shape [batch, tags] say which it is for each tag."""
        state = array_ops.squeeze(state, axis=[1])
        places = array_ops.stack([math_ops.range(array_ops.shape(inputs)[0]), state], axis=1)
        tags = array_ops.expand_dims(raw.function("gather_nd")(inputs, places), axis=-1)
        return tags, tags


def viterbi_decode(score, transition_params):
    """The best sequence of tags of one sequence, computed by NumPy.

    Args:
      score: an array [length, tags].
      transition_params: an array [tags, tags].

    Returns:
      The tags, a list, and their score.
    """
    best = np.zeros_like(score)
    before = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for t in range(1, score.shape[0]):
        pairs = np.expand_dims(best[t - 1], 1) + transition_params
        best[t] = score[t] + np.max(pairs, 0)
        before[t] = np.argmax(pairs, 0)
    tags = [np.argmax(best[-1])]
    for step in reversed(before[1:]):
        tags.append(step[tags[-1]])
    tags.reverse()
    return tags, np.max(best[-1])


def crf_decode(potentials, transition_params, sequence_length):
    """The best sequences of tags.

    Args:
      potentials: [batch, length, tags], the inputs.
      transition_params: [tags, tags].
      sequence_length: [batch].

    Returns:
      The tags, int32 [batch, length], and their scores [batch].
    """
    def one():
        scores = array_ops.squeeze(potentials, [1])
        tags = array_ops.expand_dims(math_ops.argmax(scores, axis=1), 1)
        best = math_ops.reduce_max(scores, axis=1)
        return math_ops.cast(tags, dtype=dtypes.int32), best

    def more():
        reverse, n = raw.function("reverse_sequence"), potentials.get_shape()[2].value
        forward = CrfDecodeForwardRnnCell(transition_params)
        first = array_ops.squeeze(array_ops.slice(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
        rest = array_ops.slice(potentials, [0, 1, 0], [-1, -1, -1])
        steps = _one_less(sequence_length)
        before, last = rnn.dynamic_rnn(forward, inputs=rest, sequence_length=steps, initial_state=first, time_major=False,
                                       dtype=dtypes.int32)
        before = reverse(before, steps, seq_dim=1)
        end = array_ops.expand_dims(math_ops.cast(math_ops.argmax(last, axis=1), dtype=dtypes.int32), axis=-1)
        tags, _ = rnn.dynamic_rnn(CrfDecodeBackwardRnnCell(n), inputs=before, sequence_length=steps, initial_state=end, time_major=False,
                                  dtype=dtypes.int32)
        tags = array_ops.concat([end, array_ops.squeeze(tags, axis=[2])], axis=1)
        return reverse(tags, sequence_length, seq_dim=1), math_ops.reduce_max(last, axis=1)

    return _of_one_or_more(potentials, one, more)
