"""Cells that do a whole sequence in one, and such made of other cells."""
from pytfgraph.ops import array_ops, rnn


class FusedRNNCell:
    """The base of cells that do a whole sequence in one."""

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        """The outputs of all steps, and the state after the last.

        Args:
          inputs: [time, batch_size, input_size], or a list of as many matrices.
          initial_state: a tensor or a tuple of them, [batch_size, size] each; zeros where not given.
          dtype: of the initial state; needed where there is none.
          sequence_length: how long each sequence is, an integer vector [batch_size].
          scope: a name or a VariableScope.
        """
        raise NotImplementedError("Abstract method")


class FusedRNNCellAdaptor(FusedRNNCell):
    """A cell, applied to sequences by dynamic_rnn or by static_rnn.

    Args:
      cell: an RNNCell.
      use_dynamic_rnn: which of the two.
    """

    def __init__(self, cell, use_dynamic_rnn=False):
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        is_list = isinstance(inputs, list)
        arguments = dict(initial_state=initial_state, dtype=dtype, sequence_length=sequence_length, scope=scope)
        if self._use_dynamic_rnn:
            outputs, state = rnn.dynamic_rnn(self._cell, array_ops.stack(inputs) if is_list else inputs, time_major=True, **arguments)
            return array_ops.unstack(outputs) if is_list else outputs, state
        outputs, state = rnn.static_rnn(self._cell, inputs if is_list else array_ops.unstack(inputs), **arguments)
        return outputs if is_list else array_ops.stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """A fused cell that sees the sequences backwards; its outputs are in the order of the inputs.

    Args:
      cell: a FusedRNNCell.
    """

    def __init__(self, cell):
        self._cell = cell

    def _reverse(self, t, lengths):
        if isinstance(t, list):
            return list(reversed(t))
        if lengths is None:
            return array_ops.reverse_v2(t, [0])
        return array_ops.reverse_sequence(t, lengths, 0, 1)

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        outputs, state = self._cell(self._reverse(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
                                    sequence_length=sequence_length, scope=scope)
        return self._reverse(outputs, sequence_length), state
