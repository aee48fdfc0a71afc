"""LSTMs that are one operation: a step, or a whole sequence."""
import abc

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.layers import base as base_layer
from pytfgraph.ops import array_ops, init_ops, math_ops, raw, rnn_cell_impl

LayerRNNCell = rnn_cell_impl.LayerRNNCell


def _lstm_block_cell(x, cs_prev, h_prev, w, b, wci=None, wcf=None, wco=None, forget_bias=None, cell_clip=None, use_peephole=None,
                     name=None):
    """One step: (i, cs, f, o, ci, co, h), the gates, the memory before and behind its tanh, the output.

    Args:
      x: [batch_size, input_size].
      cs_prev, h_prev: memory and output of the step before, [batch_size, cell_size].
      w, b: kernel [input_size + cell_size, 4 * cell_size] and bias of all gates.
      wci, wcf, wco: peepholes, [cell_size]; zeros where not given.
      forget_bias: added to the forget gate, 1 where not given.
      cell_clip: bound of the memory; none where not given, or not above 0.
      use_peephole: whether there are peepholes.
      name: of the operation.

    Raises:
      ValueError: where peepholes are not given and the size of cs_prev is not known.
    """
    if wci is None:
        cell_size = cs_prev.get_shape().with_rank(2)[1].value
        if cell_size is None:
            raise ValueError("cell_size from `cs_prev` should not be None.")
        wci = wcf = wco = constant(0, dtype=dtypes.float32, shape=[cell_size])
    return raw.function("lstm_block_cell")(
        x=x, cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b, forget_bias=forget_bias,
        cell_clip=-1 if cell_clip is None else cell_clip, use_peephole=use_peephole, name=name)


def _block_lstm(seq_len_max, x, w, b, cs_prev=None, h_prev=None, wci=None, wcf=None, wco=None, forget_bias=None, cell_clip=None,
                use_peephole=None, name=None):
    """A sequence: lists of (i, cs, f, o, ci, co, h), one of each for each step.

    Args:
      seq_len_max: how many steps are done, an int64; the others are zero.
      x: a list with an input [batch_size, input_size] for each step.
      w, b, wci, wcf, wco, forget_bias, cell_clip, use_peephole: as for a step.
      cs_prev, h_prev: memory and output before the first step; zeros where not given.
      name: of the operation.

    Raises:
      ValueError: where the size of `b` is not known.
    """
    batch_size = x[0].get_shape().with_rank(2)[0].value
    size = b.get_shape().with_rank(1)[0].value
    if size is None:
        raise ValueError("`b` shape must not be None.")
    cell_size = size // 4
    if cs_prev is None or h_prev is None:
        zeros = constant(0, dtype=dtypes.float32, shape=[batch_size, cell_size])
        cs_prev = zeros if cs_prev is None else cs_prev
        h_prev = zeros if h_prev is None else h_prev
    if wci is None:
        wci = wcf = wco = constant(0, dtype=dtypes.float32, shape=[cell_size])
    outputs = raw.function("block_lstm")(
        seq_len_max=seq_len_max, x=array_ops.stack(x), cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b,
        forget_bias=forget_bias, cell_clip=-1 if cell_clip is None else cell_clip, name=name, use_peephole=use_peephole)
    return tuple(array_ops.unstack(t) for t in outputs)


class _Variables:
    """Kernel, bias and peepholes, under the names that LSTMCell gives them."""

    def _add_variables(self, input_size):
        n = self._num_units
        self._kernel = self.add_variable("kernel", [input_size + n, n * 4])
        self._bias = self.add_variable("bias", [n * 4], initializer=init_ops.constant_initializer(0.0))
        if self._use_peephole:
            self._w_i_diag, self._w_f_diag, self._w_o_diag = [self.add_variable("w_%s_diag" % gate, [n]) for gate in "ifo"]
        self.built = True

    def _peepholes(self, **zeros):
        if self._use_peephole:
            return dict(wci=self._w_i_diag, wcf=self._w_f_diag, wco=self._w_o_diag)
        return dict.fromkeys(("wci", "wcf", "wco"), array_ops.zeros([self._num_units], **zeros))


class LSTMBlockCell(_Variables, LayerRNNCell):
    """An LSTM cell whose step is one operation.

    Args:
      num_units: the size of the output, and of each part of the state.
      forget_bias: added to the forget gate.
      cell_clip: bound of the memory's elements, or None.
      use_peephole: whether the gates see the memory.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope; that of LSTMCell, so that both read the same checkpoints.
    """

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, reuse=None, name="lstm_cell"):
        super().__init__(_reuse=reuse, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self.input_spec = base_layer.InputSpec(ndim=2)

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, num_units)."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape):
        """Makes kernel, bias and peepholes."""
        if not inputs_shape[1].value:
            raise ValueError("Expecting inputs_shape[1] to be set: %s" % str(inputs_shape))
        self._add_variables(inputs_shape[1].value)

    def call(self, inputs, state):
        """(output, new state)."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        peepholes = self._peepholes()
        cs_prev, h_prev = state
        _, cs, _, _, _, _, h = _lstm_block_cell(
            inputs, cs_prev, h_prev, self._kernel, self._bias, forget_bias=self._forget_bias, cell_clip=self._cell_clip,
            use_peephole=self._use_peephole, **peepholes)
        return h, rnn_cell_impl.LSTMStateTuple(cs, h)


class LSTMBlockWrapper(base_layer.Layer):
    """What a layer needs that does a whole sequence in one: initial states, lengths.

    A class of them has the property num_units and _call_cell(inputs, initial_cell_state, initial_output, dtype, sequence_length), which
    gives (memories, outputs), [time, batch_size, num_units] each.
    """

    @property
    @abc.abstractmethod
    def num_units(self):
        """The size of the output."""

    @abc.abstractmethod
    def _call_cell(self, inputs, initial_cell_state, initial_output, dtype, sequence_length):
        """(memories, outputs) of all steps."""

    def call(self, inputs, initial_state=None, dtype=None, sequence_length=None):
        """The outputs of all steps, and the state after the last.

        Args:
          inputs: [time, batch_size, input_size], or a list of as many matrices.
          initial_state: a pair (memory, output), [batch_size, num_units] each; zeros where not given.
          dtype: of the initial state; needed where there is none.
          sequence_length: how long each sequence is, an integer vector [batch_size]; outputs beyond are zero.

        Returns:
          (outputs, LSTMStateTuple): outputs [time, batch_size, num_units], or a list where the inputs are one.

        Raises:
          ValueError: for shapes that do not fit, and with neither initial_state nor dtype.
        """
        is_list = isinstance(inputs, list)
        if is_list:
            inputs = array_ops.stack(inputs)
        shape = inputs.get_shape().with_rank(3)
        if not shape[2]:
            raise ValueError("Expecting inputs_shape[2] to be set: %s" % shape)
        batch_size = array_ops.shape(inputs)[1] if shape[1].value is None else shape[1].value
        time_len = array_ops.shape(inputs)[0] if shape[0].value is None else shape[0].value
        initial_state, dtype = self._initial_state(initial_state, dtype, batch_size)
        if sequence_length is not None:
            sequence_length = ops.convert_to_tensor(sequence_length)
        memories, outputs = self._call_cell(inputs, initial_state[0], initial_state[1], dtype, sequence_length)
        if sequence_length is None:
            final_state = memories[-1], outputs[-1]
        else:
            mask = array_ops.transpose(array_ops.sequence_mask(sequence_length, time_len, dtype=dtype), [1, 0])
            outputs *= array_ops.tile(array_ops.expand_dims(mask, [-1]), [1, 1, self.num_units])
            # With the initial state in front, the last valid one stands at the sequence's length.
            memories = array_ops.concat([array_ops.expand_dims(initial_state[0], [0]), memories], 0)
            all_outputs = array_ops.concat([array_ops.expand_dims(initial_state[1], [0]), outputs], 0)
            final_state = (self._gather_states(memories, sequence_length, batch_size),
                           self._gather_states(all_outputs, sequence_length, batch_size))
        if is_list:
            outputs = array_ops.unstack(outputs)
        return outputs, rnn_cell_impl.LSTMStateTuple(*final_state)

    def _initial_state(self, initial_state, dtype, batch_size):
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = array_ops.zeros(array_ops.stack([batch_size, self.num_units]), dtype=dtype)
            return (zeros, zeros), dtype
        if len(initial_state) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        return initial_state, initial_state[0].dtype if dtype is None else dtype

    def _gather_states(self, data, indices, batch_size):
        """data[indices[i], i] for each i."""
        return array_ops.gather_nd(data, array_ops.stack([indices, math_ops.range(batch_size)], axis=1))


class LSTMBlockFusedCell(_Variables, LSTMBlockWrapper):
    """An LSTM whose whole sequence is one operation.

    Args:
      num_units: the size of the output.
      forget_bias: added to the forget gate.
      cell_clip: bound of the memory's elements, or None.
      use_peephole: whether the gates see the memory.
      reuse: whether the variables exist already, or may.
      dtype: of the variables; that of the first input where not given.
      name: of the layer, and of its scope.
    """

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, reuse=None, dtype=None, name="lstm_fused_cell"):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole
        self.input_spec = base_layer.InputSpec(ndim=3)

    @property
    def num_units(self):
        """The size of the output."""
        return self._num_units

    def build(self, input_shape):
        """Makes kernel, bias and peepholes."""
        self._add_variables(input_shape[2].value)

    def _call_cell(self, inputs, initial_cell_state=None, initial_output=None, dtype=None, sequence_length=None):
        time_len = inputs.get_shape().with_rank(3)[0].value
        if time_len is None:
            time_len = array_ops.shape(inputs)[0]
        peepholes = self._peepholes(dtype=dtype)
        longest = math_ops.to_int64(time_len if sequence_length is None else math_ops.reduce_max(sequence_length))
        _, cs, _, _, _, _, h = raw.function("block_lstm")(
            seq_len_max=longest, x=inputs, cs_prev=initial_cell_state, h_prev=initial_output, w=self._kernel, b=self._bias,
            forget_bias=self._forget_bias, cell_clip=self._cell_clip, use_peephole=self._use_peephole, **peepholes)
        return cs, h
