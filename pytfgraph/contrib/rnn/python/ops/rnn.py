"""Layers of bidirectional networks, each of which sees both directions of the one below."""
from pytfgraph.ops import array_ops, rnn
from pytfgraph.ops import variable_scope as vs


def _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw):
    for cells, name in ((cells_fw, "fw"), (cells_bw, "bw")):
        if not cells:
            raise ValueError("Must specify at least one %s cell for BidirectionalRNN." % name)
    for cells, name in ((cells_fw, "fw"), (cells_bw, "bw")):
        if not isinstance(cells, list):
            raise ValueError("cells_%s must be a list of RNNCells (one per layer)." % name)
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for states, name in ((initial_states_fw, "fw"), (initial_states_bw, "bw")):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells_fw)):
            raise ValueError("initial_states_%s must be a list of state tensors (one per layer)." % name)


def _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw):
    """(cells and initial states of both directions) for each layer."""
    nothing = [None] * len(cells_fw)
    return zip(cells_fw, cells_bw, initial_states_fw or nothing, initial_states_bw or nothing)


def stack_bidirectional_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None, sequence_length=None,
                            scope=None):
    """static_bidirectional_rnn in layers.

    Args:
      cells_fw, cells_bw: lists of cells, one for each layer.
      inputs: a list with a tensor [batch_size, size] for each step.
      initial_states_fw, initial_states_bw: lists of initial states, one for each layer; zeros where not given.
      dtype: of the initial states; needed where there are none.
      sequence_length: how long each sequence is, an integer vector [batch_size].
      scope: a name or a VariableScope; "stack_bidirectional_rnn" where not given.

    Returns:
      (outputs of the highest layer, states of all layers forward, backward).

    Raises:
      ValueError: for lists that do not fit.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with vs.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw, initial_fw, initial_bw) in enumerate(_layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with vs.variable_scope("cell_%d" % i) as cell_scope:
                inputs, state_fw, state_bw = rnn.static_bidirectional_rnn(
                    fw, bw, inputs, initial_state_fw=initial_fw, initial_state_bw=initial_bw, sequence_length=sequence_length, dtype=dtype,
                    scope=cell_scope)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None,
                                    sequence_length=None, parallel_iterations=None, time_major=False, scope=None):
    """bidirectional_dynamic_rnn in layers.

    Args:
      inputs: [batch_size, max_time, size].
      parallel_iterations, time_major: as for dynamic_rnn.
      cells_fw, cells_bw, initial_states_fw, initial_states_bw, dtype, sequence_length, scope: as for stack_bidirectional_rnn.

    Returns:
      (outputs of the highest layer, both directions side by side; states of all layers forward, backward).

    Raises:
      ValueError: for lists that do not fit.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with vs.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw, initial_fw, initial_bw) in enumerate(_layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)):
            with vs.variable_scope("cell_%d" % i):
                outputs, (state_fw, state_bw) = rnn.bidirectional_dynamic_rnn(
                    fw, bw, inputs, initial_state_fw=initial_fw, initial_state_bw=initial_bw, sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations, dtype=dtype, time_major=time_major)
                inputs = array_ops.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)
