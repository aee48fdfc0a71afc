"""Recurrent networks: a cell applied to the steps of sequences, in a loop.  rnn_static has those that are unrolled in the graph."""
from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.layers import base as base_layer
from pytfgraph.ops import array_ops, control_flow_ops, control_flow_util, math_ops, rnn_cell_impl, tensor_array_ops
from pytfgraph.ops import variable_scope as vs
from pytfgraph.util import nest

_concat = rnn_cell_impl._concat

_STATIC = ("static_rnn", "static_state_saving_rnn", "static_bidirectional_rnn", "_reverse_seq")


def __getattr__(name):
    if name in _STATIC:
        from pytfgraph.ops import rnn_static
        value = globals()[name] = getattr(rnn_static, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


# ---- what both kinds need ----

def _transpose_batch_time(x):
    """`x` with its first two axes exchanged; vectors and scalars as they are."""
    shape = x.get_shape()
    if shape.ndims is not None and shape.ndims < 2:
        return x
    rank = array_ops.rank(x)
    result = array_ops.transpose(x, array_ops.concat(([1, 0], math_ops.range(2, rank)), axis=0))
    result.set_shape(tensor_shape.TensorShape([shape[1].value, shape[0].value]).concatenate(shape[2:]))
    return result


def _best_effort_input_batch_size(flat_input):
    """The batch size of inputs [time, batch, ...], an int where one of them knows it; ValueError for vectors and scalars."""
    for x in flat_input:
        shape = x.shape
        if shape.ndims is None:
            continue
        if shape.ndims < 2:
            raise ValueError("Expected input tensor %s to have rank at least 2" % x)
        if shape[1].value is not None:
            return shape[1].value
    return array_ops.shape(flat_input[0])[1]


def _infer_state_dtype(explicit_dtype, state):
    """The dtype that was given, or that all of the state has; ValueError where there is no such."""
    if explicit_dtype is not None:
        return explicit_dtype
    if not nest.is_sequence(state):
        return state.dtype
    found = [x.dtype for x in nest.flatten(state)]
    if not found:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(d != found[0] for d in found):
        raise ValueError("State has tensors of different inferred_dtypes. Unable to infer a single representative dtype.")
    return found[0]


def _maybe_tensor_shape_from_tensor(shape):
    return tensor_shape.as_shape(tensor_util.constant_value(shape)) if isinstance(shape, ops.Tensor) else shape


def _should_cache():
    """Whether variables are read once for all steps: not inside of a loop, whose iterations may change them."""
    context = ops.get_default_graph()._get_control_flow_context()
    return control_flow_util.GetContainingWhileContext(context) is None


def _cache_variables(scope):
    if _should_cache() and scope.caching_device is None:
        scope.set_caching_device(lambda op: op.device)


def _is_keras_rnn_cell(cell):
    """Whether the state goes into the cell as a list, even if it is one tensor."""
    return (not isinstance(cell, rnn_cell_impl.RNNCell) and isinstance(cell, base_layer.engine.Layer)
            and getattr(cell, "zero_state", None) is None)


def _initial_state(cell, batch_size, dtype):
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def _select(condition, old, new):
    """Row by row: the old value where the condition holds; TensorArrays and scalars always go on."""
    if isinstance(old, tensor_array_ops.TensorArray) or old.shape.ndims == 0:
        return new
    with ops.colocate_with(new):
        return array_ops.where(condition, old, new)


def _rnn_step(time, sequence_length, min_sequence_length, max_sequence_length, zero_output, state, call_cell, state_size,
              skip_conditionals=False):
    """One step where sequences have lengths: rows that have ended give zeros and keep their state.

    Args:
      time: an int or a scalar tensor, the step.
      sequence_length: the lengths, a vector.
      min_sequence_length, max_sequence_length: the shortest and the longest.
      zero_output: zeros of the structure of the output.
      state: the state before the step.
      call_cell: a function without arguments that gives (output, new state).
      state_size: not used.
      skip_conditionals: whether the cell runs in any case; else it does not where all rows have ended, and nothing is selected
        where none has.

    Returns:
      (output, new state).
    """
    flat_state, flat_zero_output = nest.flatten(state), nest.flatten(zero_output)
    has_ended = time >= sequence_length

    def selected(output, new_state):
        return ([_select(has_ended, zero, new) for zero, new in zip(flat_zero_output, output)] +
                [_select(has_ended, old, new) for old, new in zip(flat_state, new_state)])

    def step():
        output, new_state = call_cell()
        nest.assert_same_structure(state, new_state)
        return nest.flatten(output), nest.flatten(new_state)

    def maybe_selected():
        new_state, new_output = step()[::-1]
        return control_flow_ops.cond(time < min_sequence_length, lambda: new_output + new_state, lambda: selected(new_output, new_state))
    if skip_conditionals:
        result = selected(*step())
    else:
        result = control_flow_ops.cond(time >= max_sequence_length, lambda: flat_zero_output + flat_state, maybe_selected)
    if len(result) != len(flat_zero_output) + len(flat_state):
        raise ValueError("Internal error: state and output were not concatenated correctly.")
    output, new_state = result[:len(flat_zero_output)], result[len(flat_zero_output):]
    for x, zero in zip(output, flat_zero_output):
        x.set_shape(zero.get_shape())
    for x, old in zip(new_state, flat_state):
        if not isinstance(x, tensor_array_ops.TensorArray):
            x.set_shape(old.get_shape())
    return nest.pack_sequence_as(zero_output, output), nest.pack_sequence_as(state, new_state)


# ---- dynamic_rnn ----

def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None, parallel_iterations=None, swap_memory=False,
                time_major=False, scope=None):
    """Applies a cell to sequences, step by step, in a loop that runs as long as the sequences are.

    Args:
      cell: an RNNCell.
      inputs: [batch_size, max_time, ...], or a nested tuple of such.
      sequence_length: how long each sequence is, an integer vector [batch_size]; outputs beyond are zero and the state stays.  All are
        max_time long where not given.
      initial_state: of the structure and sizes of cell.state_size; zeros where not given.
      dtype: of the initial state, needed where there is none, and of the outputs.
      parallel_iterations: how many steps may be under way at once; 32 where not given.
      swap_memory: accepted; values kept for gradients are in the host's memory in any case.
      time_major: whether inputs and outputs are [max_time, batch_size, ...].
      scope: a name or a VariableScope; "rnn" where not given.

    Returns:
      (outputs, state): outputs [batch_size, max_time, cell.output_size], of the structure of cell.output_size; the state after the
      last step.

    Raises:
      TypeError: for a cell that is none.
      ValueError: for inputs that are no sequences, differ in batch size or time, or whose sizes are not known; for sequence lengths
        that are no vector; with neither initial_state nor dtype.
    """
    rnn_cell_impl.assert_like_rnncell("cell", cell)
    with vs.variable_scope(scope or "rnn") as varscope:
        _cache_variables(varscope)
        flat_input = nest.flatten(inputs)
        if not time_major:
            flat_input = [ops.convert_to_tensor(x) for x in flat_input]
            flat_input = tuple(_transpose_batch_time(x) for x in flat_input)
        parallel_iterations = parallel_iterations or 32
        if sequence_length is not None:
            sequence_length = math_ops.to_int32(sequence_length)
            if sequence_length.get_shape().ndims not in (None, 1):
                raise ValueError("sequence_length must be a vector of length batch_size, but saw shape: %s" % sequence_length.get_shape())
            sequence_length = array_ops.identity(sequence_length, name="sequence_length")
        batch_size = _best_effort_input_batch_size(flat_input)
        if initial_state is not None:
            state = initial_state
        else:
            if not dtype:
                raise ValueError("If there is no initial_state, you must give a dtype.")
            state = _initial_state(cell, batch_size, dtype)
        if sequence_length is not None:
            with ops.control_dependencies([_assert_has_shape(sequence_length, [batch_size])]):
                sequence_length = array_ops.identity(sequence_length, name="CheckSeqLen")
        inputs = nest.pack_sequence_as(structure=inputs, flat_sequence=flat_input)
        outputs, final_state = _dynamic_rnn_loop(cell, inputs, state, parallel_iterations, swap_memory, sequence_length, dtype)
        if not time_major:
            outputs = nest.map_structure(_transpose_batch_time, outputs)
        return outputs, final_state


def _assert_has_shape(x, shape):
    found, wanted = array_ops.shape(x), array_ops.stack(shape)
    return control_flow_ops.Assert(math_ops.reduce_all(math_ops.equal(found, wanted)),
                                   ["Expected shape for Tensor %s is " % x.name, wanted, " but saw shape: ", found])


def _check_sequences(shapes):
    """(time, batch size) as far as they are known; ValueError where shapes of inputs do not go together."""
    time, batch_size = shapes[0].as_list()[:2]
    for shape in shapes:
        if not shape[2:].is_fully_defined():
            raise ValueError("Input size (depth of inputs) must be accessible via shape inference, but saw value None.")
        if time != shape[0].value:
            raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
        if batch_size != shape[1].value:
            raise ValueError("Batch_size is not the same for all the elements in the input.")
    return time, batch_size


def _dynamic_rnn_loop(cell, inputs, initial_state, parallel_iterations, swap_memory, sequence_length=None, dtype=None):
    """dynamic_rnn for inputs [time, batch_size, ...]."""
    state = initial_state
    assert isinstance(parallel_iterations, int), "parallel_iterations must be int"
    flat_input, flat_output_size = nest.flatten(inputs), nest.flatten(cell.output_size)
    time_steps = array_ops.shape(flat_input[0])[0]
    batch_size = _best_effort_input_batch_size(flat_input)
    shapes = tuple(x.get_shape().with_rank_at_least(3) for x in flat_input)
    const_time_steps, const_batch_size = _check_sequences(shapes)
    output_dtype = _infer_state_dtype(dtype, state)
    # Zeros are made even where no sequence ends early, as they are in old graphs.
    zero_output = nest.pack_sequence_as(cell.output_size, [array_ops.zeros(array_ops.stack(_concat(batch_size, size)), output_dtype)
                                                           for size in flat_output_size])
    shortest, longest = None, time_steps
    if sequence_length is not None:
        shortest, longest = math_ops.reduce_min(sequence_length), math_ops.reduce_max(sequence_length)
    time = constant(0, dtype=dtypes.int32, name="time")
    with ops.name_scope("dynamic_rnn") as base_name:
        pass

    def array(name, element_shape, element_dtype):
        return tensor_array_ops.TensorArray(dtype=element_dtype, size=time_steps, element_shape=element_shape,
                                            tensor_array_name=base_name + name)

    def output_shape(size):
        return tensor_shape.TensorShape([const_batch_size]).concatenate(_maybe_tensor_shape_from_tensor(size))
    output_ta = tuple(array("output_%d" % i, output_shape(size), output_dtype) for i, size in enumerate(flat_output_size))
    input_ta = tuple(array("input_%d" % i, x.shape[1:], x.dtype) for i, x in enumerate(flat_input))
    input_ta = tuple(ta.unstack(x) for ta, x in zip(input_ta, flat_input))

    def step(time, output_ta, state):
        input_t = tuple(ta.read(time) for ta in input_ta)
        for x, shape in zip(input_t, shapes):
            x.set_shape(shape[1:])
        input_t = nest.pack_sequence_as(structure=inputs, flat_sequence=input_t)
        in_list = _is_keras_rnn_cell(cell)
        if in_list and not nest.is_sequence(state):
            state = [state]
        if sequence_length is None:
            output, new_state = cell(input_t, state)
        else:
            output, new_state = _rnn_step(time, sequence_length, shortest, longest, zero_output, state, lambda: cell(input_t, state),
                                          cell.state_size, skip_conditionals=True)
        if in_list and len(new_state) == 1:
            new_state = new_state[0]
        output_ta = tuple(ta.write(time, x) for ta, x in zip(output_ta, nest.flatten(output)))
        return time + 1, output_ta, new_state
    # At least one step, so that the TensorArrays learn their elements' shapes.
    loop_bound = math_ops.minimum(time_steps, math_ops.maximum(1, longest))
    _, output_final_ta, final_state = control_flow_ops.while_loop(
        cond=lambda time, *_: time < loop_bound, body=step, loop_vars=(time, output_ta, state),
        parallel_iterations=parallel_iterations, maximum_iterations=time_steps, swap_memory=swap_memory)
    final_outputs = tuple(ta.stack() for ta in output_final_ta)
    for output, size in zip(final_outputs, flat_output_size):
        output.set_shape(_concat([const_time_steps, const_batch_size], size, static=True))
    return nest.pack_sequence_as(structure=cell.output_size, flat_sequence=final_outputs), final_state


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None, initial_state_fw=None, initial_state_bw=None, dtype=None,
                              parallel_iterations=None, swap_memory=False, time_major=False, scope=None):
    """Two dynamic_rnns, of which one sees the sequences backwards.

    Args:
      cell_fw, cell_bw: the cells of the two directions.
      inputs, sequence_length, dtype, parallel_iterations, swap_memory, time_major: as for dynamic_rnn.
      initial_state_fw, initial_state_bw: of the two directions; zeros where not given.
      scope: a name or a VariableScope; "bidirectional_rnn" where not given.

    Returns:
      ((output_fw, output_bw), (state_fw, state_bw)), the outputs both in the order of the inputs.

    Raises:
      TypeError, ValueError: as dynamic_rnn.
    """
    rnn_cell_impl.assert_like_rnncell("cell_fw", cell_fw)
    rnn_cell_impl.assert_like_rnncell("cell_bw", cell_bw)
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def backwards(x):
        if sequence_length is not None:
            return array_ops.reverse_sequence(input=x, seq_lengths=sequence_length, seq_axis=time_axis, batch_axis=batch_axis)
        return array_ops.reverse(x, axis=[time_axis])

    def one(cell, inputs, initial_state, scope):
        return dynamic_rnn(cell=cell, inputs=inputs, sequence_length=sequence_length, initial_state=initial_state, dtype=dtype,
                           parallel_iterations=parallel_iterations, swap_memory=swap_memory, time_major=time_major, scope=scope)
    with vs.variable_scope(scope or "bidirectional_rnn"):
        with vs.variable_scope("fw") as fw_scope:
            output_fw, state_fw = one(cell_fw, inputs, initial_state_fw, fw_scope)
        with vs.variable_scope("bw") as bw_scope:
            output_bw, state_bw = one(cell_bw, nest.map_structure(backwards, inputs), initial_state_bw, bw_scope)
    return (output_fw, backwards(output_bw)), (state_fw, state_bw)


# ---- raw_rnn ----

def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """Applies a cell in a loop whose inputs, end and outputs a function decides, step by step.

    Args:
      cell: an RNNCell.
      loop_fn: a function (time, cell_output, cell_state, loop_state) that gives (elements_finished, next_input, next_cell_state,
        emit_output, next_loop_state).  Its first call is with time 0 and None for the others: it gives the initial state, and, as
        emit_output, None or tensors of the shapes and dtypes of what later calls emit (without the batch).  elements_finished is a bool
        vector; the loop ends when all are.  loop_state is its own, anything that a loop's variable can be, or None.
      parallel_iterations: how many steps may be under way at once; 32 where not given.
      swap_memory: accepted.
      scope: a name or a VariableScope; "rnn" where not given.

    Returns:
      (emit_ta, final_state, final_loop_state): the outputs as TensorArrays, in the structure of what is emitted.

    Raises:
      TypeError: for a cell that is none, or a loop_fn that is not callable.
      ValueError: where structures or batch sizes do not go together.
    """
    rnn_cell_impl.assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with vs.variable_scope(scope or "rnn") as varscope:
        _cache_variables(varscope)
        time = constant(0, dtype=dtypes.int32)
        elements_finished, next_input, initial_state, emit_structure, init_loop_state = loop_fn(time, None, None, None)
        flat_input = nest.flatten(next_input)
        loop_state = constant(0, dtype=dtypes.int32) if init_loop_state is None else init_loop_state
        static_batch_size = _common_batch_size(flat_input)
        batch_size = array_ops.shape(flat_input[0])[0] if static_batch_size is None else static_batch_size
        nest.assert_same_structure(initial_state, cell.state_size)
        flat_state = [ops.convert_to_tensor(s) for s in nest.flatten(initial_state)]
        state = nest.pack_sequence_as(structure=initial_state, flat_sequence=flat_state)
        emit_structure, sizes, dtypes_ = _emitted(cell, emit_structure, flat_state)
        flat_emit_ta = [
            tensor_array_ops.TensorArray(
                dtype=dtype, dynamic_size=True, size=0, name="rnn_output_%d" % i,
                element_shape=tensor_shape.TensorShape([static_batch_size]).concatenate(_maybe_tensor_shape_from_tensor(size)))
            for i, (dtype, size) in enumerate(zip(dtypes_, sizes))]
        emit_ta = nest.pack_sequence_as(structure=emit_structure, flat_sequence=flat_emit_ta)
        zero_emit = nest.pack_sequence_as(
            structure=emit_structure, flat_sequence=[array_ops.zeros(_concat(batch_size, s), d) for s, d in zip(sizes, dtypes_)])
        returned = control_flow_ops.while_loop(
            lambda time, finished, *_: math_ops.logical_not(math_ops.reduce_all(finished)), _raw_body(cell, loop_fn, zero_emit),
            loop_vars=[time, elements_finished, next_input, emit_ta, state, loop_state],
            parallel_iterations=parallel_iterations or 32, swap_memory=swap_memory)
        emit_ta, final_state, final_loop_state = returned[-3:]
        return emit_ta, final_state, None if init_loop_state is None else final_loop_state


def _common_batch_size(flat_input):
    """The batch size of the first input; ValueError where another has another."""
    shapes = [x.get_shape() for x in flat_input]
    batch_size = shapes[0][0]
    for shape in shapes:
        batch_size.merge_with(shape[0])
    return batch_size.value


def _emitted(cell, emit_structure, flat_state):
    """(structure, sizes, dtypes) of what a step emits."""
    if emit_structure is None:
        sizes = nest.flatten(cell.output_size)
        return cell.output_size, sizes, [flat_state[0].dtype] * len(sizes)
    flat = nest.flatten(emit_structure)
    return emit_structure, [x.shape if x.shape.is_fully_defined() else array_ops.shape(x) for x in flat], [x.dtype for x in flat]


def _raw_body(cell, loop_fn, zero_emit):
    def body(time, elements_finished, current_input, emit_ta, state, loop_state):
        output, cell_state = cell(current_input, state)
        nest.assert_same_structure(state, cell_state)
        nest.assert_same_structure(cell.output_size, output)
        next_time = time + 1
        next_finished, next_input, next_state, emit_output, next_loop_state = loop_fn(next_time, output, cell_state, loop_state)
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(current_input, next_input)
        nest.assert_same_structure(emit_ta, emit_output)
        if next_loop_state is None:
            next_loop_state = loop_state

        def selected(old, new):
            return nest.map_structure(lambda o, n: _select(elements_finished, o, n), old, new)
        emit_output = selected(zero_emit, emit_output)
        next_state = selected(state, next_state)
        emit_ta = nest.map_structure(lambda ta, emit: ta.write(time, emit), emit_ta, emit_output)
        return (next_time, math_ops.logical_or(elements_finished, next_finished), next_input, emit_ta, next_state, next_loop_state)
    return body
