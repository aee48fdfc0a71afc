"""LSTMs that walk along the frequencies of their inputs, and along time (Sainath and Li, Interspeech 2016)."""
import collections

from pytfgraph.contrib.rnn.python.ops.concat_variables import _get_concat_variable
from pytfgraph.framework import dtypes
from pytfgraph.ops import array_ops, clip_ops, init_ops, math_ops, nn_ops, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs


def _input_size(inputs):
    size = inputs.get_shape().with_rank(2)[-1].value
    if size is None:
        raise ValueError("Cannot infer input_size from static shape inference.")
    return size


def _clip(c, limit):
    return c if limit is None else clip_ops.clip_by_value(c, -limit, limit)


def _bias(name, size, dtype):
    return vs.get_variable(name, shape=[size], initializer=init_ops.zeros_initializer(), dtype=dtype)


class TimeFreqLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM that is applied to one window of frequencies after the other, each of which has a state of its own.

    Args:
      num_units: the size of the memory for each window.
      use_peepholes: whether the gates see the memory, through diagonal matrices.
      cell_clip: bound of the memory's elements, or None.
      initializer: not used.
      num_unit_shards: number of parts of the kernel.
      forget_bias: added to the forget gate.
      feature_size: the size of a window.
      frequency_skip: how far windows are apart.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_unit_shards=1, forget_bias=1.0,
                 feature_size=None, frequency_skip=1, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    @property
    def state_size(self):
        """Twice the number of units."""
        return 2 * self._num_units

    def call(self, inputs, state):
        """(output, new state) of inputs [batch, size]; ValueError where their size is not known."""
        n, sigmoid, tanh = self._num_units, math_ops.sigmoid, math_ops.tanh
        windows = self._make_tf_features(inputs)
        dtype = inputs.dtype
        kernel = _get_concat_variable("W", [windows[0].get_shape().as_list()[1] + 2 * n, 4 * n], dtype, self._num_unit_shards)
        bias = _bias("B", 4 * n, dtype)
        if self._use_peepholes:
            w_f, w_i, w_o = [vs.get_variable("W_%s_diag" % gate, shape=[n], dtype=dtype) for gate in "FIO"]
        below = array_ops.zeros([inputs.shape[0].value or inputs.get_shape()[0], n], dtype)
        for k, window in enumerate(windows):
            c_prev = array_ops.slice(state, [0, 2 * k * n], [-1, n])
            m_prev = array_ops.slice(state, [0, (2 * k + 1) * n], [-1, n])
            gates = nn_ops.bias_add(math_ops.matmul(array_ops.concat([window, m_prev, below], 1), kernel), bias)
            i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                c = sigmoid(f + self._forget_bias + w_f * c_prev) * c_prev + sigmoid(i + w_i * c_prev) * tanh(j)
            else:
                c = sigmoid(f + self._forget_bias) * c_prev + sigmoid(i) * tanh(j)
            c = _clip(c, self._cell_clip)
            m = (sigmoid(o + w_o * c) if self._use_peepholes else sigmoid(o)) * tanh(c)
            below = m
            new_state = array_ops.concat([c, m] if k == 0 else [new_state, c, m], 1)
            output = m if k == 0 else array_ops.concat([output, m], 1)
        return output, new_state

    def _make_tf_features(self, input_feat):
        """The windows of the inputs."""
        n = int((_input_size(input_feat) - self._feature_size) / self._frequency_skip) + 1
        return [array_ops.slice(input_feat, [0, k * self._frequency_skip], [-1, self._feature_size]) for k in range(n)]


class GridLSTMCell(rnn_cell_impl.RNNCell):
    """A pair of LSTMs for each window of frequencies: one that goes on in time, one along the frequencies (Kalchbrenner et al.,
    arXiv:1507.01526; Li et al., ICASSP 2016).

    Args:
      num_units: the size of each memory.
      use_peepholes: whether the gates see the memories, through diagonal matrices.
      share_time_frequency_weights: whether both LSTMs have the same weights.
      cell_clip: bound of the memories' elements, or None.
      initializer: not used.
      num_unit_shards: number of parts of the kernels.
      forget_bias: added to the forget gates.
      feature_size: the size of a window.
      frequency_skip: how far windows are apart.
      num_frequency_blocks: how many windows each block has, a list; required.
      start_freqindex_list, end_freqindex_list: where the blocks begin and end; without them there is one.
      couple_input_forget_gates: whether the forget gate is 1 less the input gate.
      state_is_tuple: whether the state is a named tuple of all memories and outputs; else they are one tensor.
      reuse: whether the variables exist already, or may.

    Raises:
      ValueError: without num_frequency_blocks.
    """

    _tuple_name = "GridLSTMStateTuple"
    _prefixes = ("state",)

    def __init__(self, num_units, use_peepholes=False, share_time_frequency_weights=False, cell_clip=None, initializer=None,
                 num_unit_shards=1, forget_bias=1.0, feature_size=None, frequency_skip=None, num_frequency_blocks=None,
                 start_freqindex_list=None, end_freqindex_list=None, couple_input_forget_gates=False, state_is_tuple=True, reuse=None):
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            rnn_cell_impl._warn_of_concatenated_state(self)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._share_time_frequency_weights = share_time_frequency_weights
        self._couple_input_forget_gates = couple_input_forget_gates
        self._state_is_tuple = state_is_tuple
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip
        self._start_freqindex_list = start_freqindex_list
        self._end_freqindex_list = end_freqindex_list
        self._num_frequency_blocks = num_frequency_blocks
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._total_blocks = sum(int(n) for n in num_frequency_blocks)
        self._output_size = 2 * num_units * self._total_blocks * len(self._prefixes)
        self._state_tuple_type = None
        self._state_size = 2 * num_units * self._total_blocks
        if state_is_tuple:
            names = ["%s_f%02d_b%02d_%s" % (prefix, k, block, part) for prefix in self._prefixes
                     for block, n in enumerate(num_frequency_blocks) for k in range(n) for part in "cm"]
            self._state_tuple_type = collections.namedtuple(self._tuple_name, names)
            self._state_size = self._state_tuple_type(*[num_units] * len(names))

    @property
    def output_size(self):
        """Memory and output of all windows."""
        return self._output_size

    @property
    def state_size(self):
        """A state_tuple_type of sizes, or their sum."""
        return self._state_size

    @property
    def state_tuple_type(self):
        """The class of the state; None where it is one tensor."""
        return self._state_tuple_type

    def _walk(self, blocks, state, batch_size, prefix="state", state_is_tuple=True):
        """(outputs, new states) of all blocks."""
        outputs, states = [], []
        for number, windows in enumerate(blocks):
            m, new = self._compute(windows, number, state, batch_size, state_prefix=prefix, state_is_tuple=state_is_tuple)
            outputs.extend(m)
            states.extend(new)
        return outputs, states

    def call(self, inputs, state):
        """(output, new state) of inputs [batch, size]; ValueError where they do not fit the windows."""
        batch_size = inputs.shape[0].value or array_ops.shape(inputs)[0]
        outputs, states = self._walk(self._make_tf_features(inputs), state, batch_size, state_is_tuple=self._state_is_tuple)
        new_state = self._state_tuple_type(*states) if self._state_is_tuple else array_ops.concat(states, 1)
        return array_ops.concat(outputs, 1), new_state

    def _weights(self, axis, columns, block, dtype):
        size = self._n_gates * self._num_units
        kernel = _get_concat_variable("W_%s_%d" % (axis, block), [columns + 2 * self._num_units, size], dtype, self._num_unit_shards)
        return kernel, _bias("B_%s_%d" % (axis, block), size, dtype)

    def _diagonals(self, axis, block, dtype):
        """{gate: (weights of the memory along the frequencies, of that in time)} of one of the LSTMs."""
        return {gate: [vs.get_variable("W_%s_diag_%s%s_%d" % (gate, axis, of, block), shape=[self._num_units], dtype=dtype) for of in "ft"]
                for gate in ("IO" if self._couple_input_forget_gates else "FIO")}

    @property
    def _n_gates(self):
        return 3 if self._couple_input_forget_gates else 4

    def _gates(self, inputs, weights):
        """(input gate, new input, forget gate or None, output gate) before their functions."""
        kernel, bias = weights
        gates = nn_ops.bias_add(math_ops.matmul(inputs, kernel), bias)
        parts = array_ops.split(value=gates, num_or_size_splits=self._n_gates, axis=1)
        return parts if len(parts) == 4 else [parts[0], parts[1], None, parts[2]]

    def _seen(self, gate, x, diagonals, c_freq, c_time):
        """A gate that sees the memories, if there are peepholes."""
        if self._use_peepholes:
            of_freq, of_time = diagonals[gate]
            x = x + of_freq * c_freq + of_time * c_time
        return math_ops.sigmoid(x)

    def _new_memory(self, gates, diagonals, c_freq, c_time, c_prev):
        i, j, f, _ = gates
        i = self._seen("I", i, diagonals, c_freq, c_time)
        if self._couple_input_forget_gates:
            f = 1.0 - i
        else:
            f = self._seen("F", f + self._forget_bias, diagonals, c_freq, c_time)
        return _clip(f * c_prev + i * math_ops.tanh(j), self._cell_clip)

    def _compute(self, freq_inputs, block, state, batch_size, state_prefix="state", state_is_tuple=True):
        """(outputs, new states) of one block, window by window."""
        n, dtype, share = self._num_units, freq_inputs[0].dtype, self._share_time_frequency_weights
        columns = freq_inputs[0].get_shape().as_list()[1]
        freq_weights = self._weights("f", columns, block, dtype)
        time_weights = freq_weights if share else self._weights("t", columns, block, dtype)
        freq = time = None
        if self._use_peepholes:
            freq = self._diagonals("freq", block, dtype)
            time = freq if share else self._diagonals("time", block, dtype)
        m_freq, c_freq = array_ops.zeros([batch_size, n], dtype), array_ops.zeros([batch_size, n], dtype)
        outputs, states = [], []
        for k, window in enumerate(freq_inputs):
            if state_is_tuple:
                c_time, m_time = [getattr(state, "%s_f%02d_b%02d_%s" % (state_prefix, k, block, part)) for part in "cm"]
            else:
                c_time, m_time = [array_ops.slice(state, [0, at * n], [-1, n]) for at in (2 * k, 2 * k + 1)]
            inputs = array_ops.concat([window, m_time, m_freq], 1)
            freq_gates = self._gates(inputs, freq_weights)
            time_gates = freq_gates if share else self._gates(inputs, time_weights)
            new_c_freq = self._new_memory(freq_gates, freq, c_freq, c_time, c_freq)
            c_time = self._new_memory(time_gates, time, c_freq, c_time, c_time)
            c_freq = new_c_freq
            m_freq = self._seen("O", freq_gates[3], freq, c_freq, c_time) * math_ops.tanh(c_freq)
            m_time = self._seen("O", time_gates[3], time, c_freq, c_time) * math_ops.tanh(c_time)
            states += [c_time, m_time]
            outputs += [m_time, m_freq]
        return outputs, states

    def _blocks(self, input_size):
        """[(where a block begins, how many windows fit in it)]; ValueError where lists differ in length."""
        counts, starts, ends = self._num_frequency_blocks, self._start_freqindex_list, self._end_freqindex_list
        if not starts:
            if len(counts) != 1:
                raise ValueError("Length of num_frequency_blocks is not 1, but instead is %d", len(counts))
            return [(None, input_size)]
        if len(starts) != len(ends):
            raise ValueError("Length of start and end freqindex_list does not match %d %d", len(starts), len(ends))
        if len(counts) != len(starts):
            raise ValueError("Length of num_frequency_blocks is not equal to start_freqindex_list %d %d", len(counts), len(starts))
        return [(start, end - start) for start, end in zip(starts, ends)]

    def _make_tf_features(self, input_feat, slice_offset=0):
        """The windows of each block; with an offset the inputs are moved by as much, and zeros come after them."""
        input_size = _input_size(input_feat)
        inputs = input_feat
        if slice_offset:
            padding = [0, 0, 0, slice_offset] if slice_offset > 0 else [0, 0, -slice_offset, 0]
            inputs = array_ops.pad(input_feat, array_ops.constant(padding, shape=[2, 2], dtype=dtypes.int32), "CONSTANT")
            slice_offset = max(slice_offset, 0)
        result = []
        for count, (start, size) in zip(self._num_frequency_blocks, self._blocks(input_size)):
            n = int((size - self._feature_size) / self._frequency_skip) + 1
            if n != count:
                raise ValueError("Invalid num_frequency_blocks, requires %d but gets %d, please check the input size and filter config are "
                                 "correct." % (count, n))
            first = (start or 0) + slice_offset
            result.append([array_ops.slice(inputs, [0, first + k * self._frequency_skip], [-1, self._feature_size]) for k in range(n)])
        return result


class BidirectionalGridLSTMCell(GridLSTMCell):
    """A GridLSTMCell that walks along the frequencies both ways, with weights of its own for each.

    Args:
      backward_slice_offset: how far the windows of the way back are moved.
      The others are those of GridLSTMCell; the state always is a tuple.
    """

    _tuple_name = "BidirectionalGridLSTMStateTuple"
    _prefixes = ("fwd_state", "bwd_state")

    def __init__(self, num_units, use_peepholes=False, share_time_frequency_weights=False, cell_clip=None, initializer=None,
                 num_unit_shards=1, forget_bias=1.0, feature_size=None, frequency_skip=None, num_frequency_blocks=None,
                 start_freqindex_list=None, end_freqindex_list=None, couple_input_forget_gates=False, backward_slice_offset=0, reuse=None):
        super().__init__(num_units, use_peepholes, share_time_frequency_weights, cell_clip, initializer, num_unit_shards, forget_bias,
                         feature_size, frequency_skip, num_frequency_blocks, start_freqindex_list, end_freqindex_list,
                         couple_input_forget_gates, True, reuse)
        self._backward_slice_offset = int(backward_slice_offset)

    def call(self, inputs, state):
        """(output, new state) of inputs [batch, size]; ValueError where they do not fit the windows."""
        batch_size = inputs.shape[0].value or array_ops.shape(inputs)[0]
        forward = self._make_tf_features(inputs)
        offset = self._backward_slice_offset
        backward = self._make_tf_features(inputs, offset) if offset else forward
        with vs.variable_scope("fwd"):
            outputs, states = self._walk(forward, state, batch_size, "fwd_state")
        with vs.variable_scope("bwd"):
            more_outputs, more_states = self._walk([block[::-1] for block in backward], state, batch_size, "bwd_state")
        return array_ops.concat(outputs + more_outputs, 1), self._state_tuple_type(*states + more_states)
