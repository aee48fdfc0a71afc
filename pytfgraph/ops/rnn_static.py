"""Recurrent networks unrolled in the graph: as many copies of the cell's operations as there are steps."""
from pytfgraph.framework import ops, tensor_shape
from pytfgraph.ops import array_ops, math_ops, rnn, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs
from pytfgraph.util import nest

_concat = rnn_cell_impl._concat


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """Applies a cell to a list of inputs, one after the other.

    Args:
      cell: an RNNCell.
      inputs: a list with a tensor [batch_size, size] for each step, or a nested tuple of such.
      initial_state: of the structure and sizes of cell.state_size; zeros where not given.
      dtype: of the initial state; needed where there is none.
      sequence_length: how long each sequence is, an integer vector [batch_size]; outputs beyond are zero and the state stays.
      scope: a name or a VariableScope; "rnn" where not given.

    Returns:
      (outputs, state): a list of outputs, one for each step, and the state after the last.

    Raises:
      TypeError: for a cell that is none, or inputs that are no list.
      ValueError: for inputs that are empty, whose sizes are not known or batch sizes differ; with neither initial_state nor dtype.
    """
    rnn_cell_impl.assert_like_rnncell("cell", cell)
    _check_list(inputs)
    with vs.variable_scope(scope or "rnn") as varscope:
        rnn._cache_variables(varscope)
        batch_size, fixed_batch_size = _batch_size(inputs)
        if initial_state is not None:
            state = initial_state
        else:
            if not dtype:
                raise ValueError("If no initial_state is provided, dtype must be specified")
            state = rnn._initial_state(cell, batch_size, dtype)
        step = _stepper(cell, state, batch_size, fixed_batch_size, dtype, sequence_length)
        in_list = rnn._is_keras_rnn_cell(cell)
        if in_list and not nest.is_sequence(state):
            state = [state]
        outputs = []
        for time, x in enumerate(inputs):
            if time > 0:
                varscope.reuse_variables()
            output, state = step(time, x, state)
            outputs.append(output)
        if in_list and len(state) == 1:
            state = state[0]
        return outputs, state


def _check_list(inputs):
    if not nest.is_sequence(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")


def _batch_size(inputs):
    """(an int or a scalar tensor, the same as a Dimension); ValueError for inputs that do not go together."""
    first = inputs
    while nest.is_sequence(first):
        first = first[0]
    if first.get_shape().ndims == 1:  # numbers that the cell looks up
        fixed = first.get_shape().with_rank_at_least(1)[0]
    else:
        fixed = first.get_shape().with_rank_at_least(2)[0]
        for x in nest.flatten(inputs):
            shape = x.get_shape().with_rank_at_least(2)
            fixed.merge_with(shape[0])
            for i, size in enumerate(shape[1:]):
                if size.value is None:
                    raise ValueError("Input size (dimension %d of inputs) must be accessible via shape inference, but saw value None." % i)
    return fixed.value or array_ops.shape(first)[0], fixed


def _stepper(cell, state, batch_size, fixed_batch_size, dtype, sequence_length):
    """A function (time, input, state) that gives (output, new state)."""
    if sequence_length is None:
        return lambda time, x, state: cell(x, state)
    sequence_length = ops.convert_to_tensor(sequence_length, name="sequence_length")
    if sequence_length.get_shape().ndims not in (None, 1):
        raise ValueError("sequence_length must be a vector of length batch_size")

    def zeros(size):
        output = array_ops.zeros(array_ops.stack(_concat(batch_size, size)), rnn._infer_state_dtype(dtype, state))
        output.set_shape(tensor_shape.TensorShape(_concat(fixed_batch_size.value, size, static=True)))
        return output
    zero_output = nest.pack_sequence_as(structure=cell.output_size, flat_sequence=[zeros(size) for size in nest.flatten(cell.output_size)])
    sequence_length = math_ops.to_int32(sequence_length)
    shortest, longest = math_ops.reduce_min(sequence_length), math_ops.reduce_max(sequence_length)
    return lambda time, x, state: rnn._rnn_step(time, sequence_length, shortest, longest, zero_output, state, lambda: cell(x, state),
                                                cell.state_size)


def static_state_saving_rnn(cell, inputs, state_saver, state_name, sequence_length=None, scope=None):
    """static_rnn whose state comes from an object that keeps it, and goes back there.

    Args:
      cell: an RNNCell.
      inputs: a list with a tensor [batch_size, size] for each step.
      state_saver: an object with state(name), which gives a tensor, and save_state(name, value), which gives an operation.
      state_name: the state's name; a tuple of names where the state is a tuple.
      sequence_length: as for static_rnn.
      scope: a name or a VariableScope; "rnn" where not given.

    Returns:
      (outputs, state), as static_rnn; the last output and the state wait for the state to be saved.

    Raises:
      TypeError, ValueError: as static_rnn, and for names that do not fit the state.
    """
    state_size = cell.state_size
    is_tuple = nest.is_sequence(state_size)
    if is_tuple != nest.is_sequence(state_name):
        raise ValueError("state_name should be the same type as cell.state_size.  state_name: %s, cell.state_size: %s"
                         % (str(state_name), str(state_size)))
    names = nest.flatten(state_name)
    if is_tuple:
        sizes = nest.flatten(state_size)
        if len(names) != len(sizes):
            raise ValueError("#elems(state_name) != #elems(state_size): %d vs. %d" % (len(names), len(sizes)))
    initial_state = nest.pack_sequence_as(structure=state_size, flat_sequence=[state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, initial_state=initial_state, sequence_length=sequence_length, scope=scope)
    flat_state = nest.flatten(state)
    with ops.control_dependencies([state_saver.save_state(name, value) for name, value in zip(names, flat_state)]):
        last = outputs[-1]
        outputs[-1] = nest.pack_sequence_as(structure=last, flat_sequence=[array_ops.identity(x) for x in nest.flatten(last)])
        state = nest.pack_sequence_as(structure=state, flat_sequence=[array_ops.identity(s) for s in flat_state])
    return outputs, state


def _reverse_seq(input_seq, lengths):
    """A list of steps backwards; each row only up to its length, where lengths are given."""
    if lengths is None:
        return list(reversed(input_seq))
    columns = []
    for steps in zip(*[nest.flatten(x) for x in input_seq]):
        shape = tensor_shape.unknown_shape(ndims=steps[0].get_shape().ndims)
        for x in steps:
            shape.merge_with(x.get_shape())
            x.set_shape(shape)
        column = array_ops.unstack(array_ops.reverse_sequence(array_ops.stack(steps), lengths, 0, 1))
        for x in column:
            x.set_shape(shape)
        columns.append(column)
    return [nest.pack_sequence_as(structure=x, flat_sequence=flat) for x, flat in zip(input_seq, zip(*columns))]


def static_bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None, dtype=None, sequence_length=None,
                             scope=None):
    """Two static_rnns, of which one sees the steps backwards.

    Args:
      cell_fw, cell_bw: the cells of the two directions.
      inputs: a list with a tensor [batch_size, size] for each step, or a nested tuple of such.
      initial_state_fw, initial_state_bw: of the two directions; zeros where not given.
      dtype, sequence_length: as for static_rnn.
      scope: a name or a VariableScope; "bidirectional_rnn" where not given.

    Returns:
      (outputs, state_fw, state_bw): a list of outputs, those of both directions side by side, and the states after their last steps.

    Raises:
      TypeError, ValueError: as static_rnn.
    """
    rnn_cell_impl.assert_like_rnncell("cell_fw", cell_fw)
    rnn_cell_impl.assert_like_rnncell("cell_bw", cell_bw)
    _check_list(inputs)
    with vs.variable_scope(scope or "bidirectional_rnn"):
        with vs.variable_scope("fw") as fw_scope:
            output_fw, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=fw_scope)
        with vs.variable_scope("bw") as bw_scope:
            reversed_inputs = _reverse_seq(inputs, sequence_length)
            output_bw, state_bw = static_rnn(cell_bw, reversed_inputs, initial_state_bw, dtype, sequence_length, scope=bw_scope)
    output_bw = _reverse_seq(output_bw, sequence_length)
    flat = [array_ops.concat([fw, bw], 1) for fw, bw in zip(nest.flatten(output_fw), nest.flatten(output_bw))]
    return nest.pack_sequence_as(structure=output_fw, flat_sequence=flat), state_fw, state_bw
