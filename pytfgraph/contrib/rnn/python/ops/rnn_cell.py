"""Cells and wrappers that never left contrib: attention, highways, layer normalisation, update gates; the others by name."""
from pytfgraph.contrib.rnn.python.ops.concat_variables import _get_concat_variable, _get_sharded_variable  # noqa: F401
from pytfgraph.contrib.rnn.python.ops.conv_cells import (  # noqa: F401
    Conv1DLSTMCell, Conv2DLSTMCell, Conv3DLSTMCell, ConvLSTMCell)
from pytfgraph.contrib.rnn.python.ops.core_rnn_cell import _Around, _Linear
from pytfgraph.contrib.rnn.python.ops.grid_cells import BidirectionalGridLSTMCell, GridLSTMCell, TimeFreqLSTMCell  # noqa: F401
from pytfgraph.contrib.rnn.python.ops.lstm_variants import (  # noqa: F401
    CoupledInputForgetGateLSTMCell, GLSTMCell, LayerNormLSTMCell, PhasedLSTMCell, WeightNormLSTMCell, _normalized, _random_exp_initializer)
from pytfgraph.contrib.rnn.python.ops.small_cells import (  # noqa: F401
    CompiledWrapper, IndRNNCell, IndyGRUCell, IndyLSTMCell, IntersectionRNNCell, NASCell, SRUCell)
from pytfgraph.framework import dtypes
from pytfgraph.ops import array_ops, init_ops, math_ops, nn_ops, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops.rnn_cell_wrappers import _Wrapper
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest


class AttentionCellWrapper(_Around):
    """A cell that attends to its last outputs (Bahdanau et al., arXiv:1409.0473).

    Args:
      cell: the wrapped cell.
      attn_length: how many outputs it attends to.
      attn_size: the size of an attention vector, and of the output; the cell's output_size where not given.
      attn_vec_size: the number of features of an attention vector; attn_size where not given.
      input_size: the size to which inputs and attention are projected; that of the inputs where not given.
      state_is_tuple: whether the state is a tuple; else it is one tensor.
      reuse: whether the variables exist already, or may.

    Raises:
      TypeError: for a cell that is none.
      ValueError: for a length that is not above 0, or where the cell's state is a tuple and state_is_tuple is not set.
    """

    def __init__(self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None, state_is_tuple=True, reuse=None):
        super().__init__(_reuse=reuse)
        self._wrap(cell)
        if nest.is_sequence(cell.state_size) and not state_is_tuple:
            raise ValueError("Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: %s" % str(cell.state_size))
        if attn_length <= 0:
            raise ValueError("attn_length should be greater than zero, got %s" % str(attn_length))
        if not state_is_tuple:
            rnn_cell_impl._warn_of_concatenated_state(self)
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._attn_length = attn_length
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple
        self._linear1 = None
        self._linear2 = None
        self._linear3 = None

    @property
    def state_size(self):
        """(the cell's, attention, last outputs), or their sum."""
        size = self._cell.state_size, self._attn_size, self._attn_size * self._attn_length
        return size if self._state_is_tuple else sum(size)

    @property
    def output_size(self):
        """The size of an attention vector."""
        return self._attn_size

    zero_state = rnn_cell_impl.RNNCell.zero_state

    def _parts(self, state):
        if self._state_is_tuple:
            return state
        own, n = self._cell.state_size, self._attn_size
        return (array_ops.slice(state, [0, 0], [-1, own]), array_ops.slice(state, [0, own], [-1, n]),
                array_ops.slice(state, [0, own + n], [-1, n * self._attn_length]))

    def call(self, inputs, state):
        """(output, new state)."""
        state, attention, memory = self._parts(state)
        memory = array_ops.reshape(memory, [-1, self._attn_length, self._attn_size])
        input_size = inputs.get_shape().as_list()[1] if self._input_size is None else self._input_size
        if self._linear1 is None:
            self._linear1 = _Linear([inputs, attention], input_size, True)
        cell_output, new_state = self._cell(self._linear1([inputs, attention]), state)
        query = array_ops.concat(nest.flatten(new_state), 1) if self._state_is_tuple else new_state
        attention, memory = self._attention(query, memory)
        with vs.variable_scope("attn_output_projection"):
            if self._linear2 is None:
                self._linear2 = _Linear([cell_output, attention], self._attn_size, True)
            output = self._linear2([cell_output, attention])
        memory = array_ops.concat([memory, array_ops.expand_dims(output, 1)], 1)
        memory = array_ops.reshape(memory, [-1, self._attn_length * self._attn_size])
        new_state = (new_state, attention, memory)
        return output, new_state if self._state_is_tuple else array_ops.concat(list(new_state), 1)

    def _attention(self, query, memory):
        """(the attention, the memory without its oldest)."""
        with vs.variable_scope("attention"):
            k = vs.get_variable("attn_w", [1, 1, self._attn_size, self._attn_vec_size])
            v = vs.get_variable("attn_v", [self._attn_vec_size])
            hidden = array_ops.reshape(memory, [-1, self._attn_length, 1, self._attn_size])
            features = nn_ops.conv2d(hidden, k, [1, 1, 1, 1], "SAME")
            if self._linear3 is None:
                self._linear3 = _Linear(query, self._attn_vec_size, True)
            y = array_ops.reshape(self._linear3(query), [-1, 1, 1, self._attn_vec_size])
            weights = nn_ops.softmax(math_ops.reduce_sum(v * math_ops.tanh(features + y), [2, 3]))
            found = math_ops.reduce_sum(array_ops.reshape(weights, [-1, self._attn_length, 1, 1]) * hidden, [1, 2])
            return array_ops.reshape(found, [-1, self._attn_size]), array_ops.slice(memory, [0, 1, 0], [-1, -1, -1])


class HighwayWrapper(_Wrapper):
    """A cell with a highway from its inputs to its outputs (Srivastava et al., arXiv:1505.00387).

    Args:
      cell: the wrapped cell, whose outputs are of the size of its inputs.
      couple_carry_transform_gates: whether what is carried and what is transformed add up to 1.
      carry_bias_init: the initial bias of the carry gates.
    """

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        # It is no layer of its own: no name is made for it.
        self._cell = cell
        self._couple_carry_transform_gates = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def _gate(self, name, inputs, size, bias):
        weight = vs.get_variable(name + "_w", [size, size])
        bias = vs.get_variable(name + "_b", [size], initializer=init_ops.constant_initializer(bias))
        return math_ops.sigmoid(nn_ops.xw_plus_b(inputs, weight, bias))

    def _highway(self, inputs, outputs):
        size = inputs.get_shape().with_rank(2)[1].value
        carry = self._gate("carry", inputs, size, self._carry_bias_init)
        if self._couple_carry_transform_gates:
            transform = 1 - carry
        else:
            transform = self._gate("transform", inputs, size, -self._carry_bias_init)
        return inputs * carry + outputs * transform

    def __call__(self, inputs, state, scope=None):
        """One step.  TypeError, ValueError where inputs and outputs differ in structure or shape."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        nest.assert_same_structure(inputs, outputs)
        nest.map_structure(lambda i, o: i.get_shape().assert_is_compatible_with(o.get_shape()), inputs, outputs)
        return nest.map_structure(self._highway, inputs, outputs), new_state


class LayerNormBasicLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM with layer normalisation (Ba et al., arXiv:1607.06450) and recurrent dropout (Semeniuta et al., arXiv:1603.05118).

    Args:
      num_units: the size of the output, and of each part of the state.
      forget_bias: added to the forget gate.
      input_size: not used.
      activation: a function.
      layer_norm: whether there is layer normalisation; without it there are biases.
      norm_gain, norm_shift: initial values of the normalisation's factors and summands.
      dropout_keep_prob: what part of the new inputs is kept, a float or a scalar tensor; 1.0 drops nothing.
      dropout_prob_seed: of the random numbers.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, forget_bias=1.0, input_size=None, activation=math_ops.tanh, layer_norm=True, norm_gain=1.0,
                 norm_shift=0.0, dropout_keep_prob=1.0, dropout_prob_seed=None, reuse=None):
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warn("%s: The input_size parameter is deprecated.", self)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, num_units)."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def _norm(self, x, scope, dtype=dtypes.float32):
        shape = x.get_shape()[-1:]
        with vs.variable_scope(scope):
            vs.get_variable("gamma", shape=shape, initializer=init_ops.constant_initializer(self._norm_gain), dtype=dtype)
            vs.get_variable("beta", shape=shape, initializer=init_ops.constant_initializer(self._norm_shift), dtype=dtype)
        return _normalized(x, scope)

    def _linear(self, args):
        columns, dtype = 4 * self._num_units, args.dtype
        result = math_ops.matmul(args, vs.get_variable("kernel", [args.get_shape()[-1], columns], dtype=dtype))
        return result if self._layer_norm else nn_ops.bias_add(result, vs.get_variable("bias", [columns], dtype=dtype))

    def call(self, inputs, state):
        """(output, new state)."""
        c, h = state
        args = array_ops.concat([inputs, h], 1)
        dtype = args.dtype
        i, j, f, o = array_ops.split(value=self._linear(args), num_or_size_splits=4, axis=1)
        if self._layer_norm:
            i, j, f, o = [self._norm(x, scope, dtype) for x, scope in ((i, "input"), (j, "transform"), (f, "forget"), (o, "output"))]
        g = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            g = nn_ops.dropout(g, self._keep_prob, seed=self._seed)
        new_c = c * math_ops.sigmoid(f + self._forget_bias) + math_ops.sigmoid(i) * g
        if self._layer_norm:
            new_c = self._norm(new_c, "state", dtype)
        new_h = self._activation(new_c) * math_ops.sigmoid(o)
        return new_h, rnn_cell_impl.LSTMStateTuple(new_c, new_h)


class UGRNNCell(rnn_cell_impl.RNNCell):
    """A cell with one gate, which says how much of the state is kept (Collins et al., arXiv:1611.09913).

    Args:
      num_units: the size of state and output.
      initializer: of kernel and bias.
      forget_bias: added to the gate.
      activation: a function.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=math_ops.tanh, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear = None

    @property
    def state_size(self):
        """The number of units."""
        return self._num_units

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def call(self, inputs, state):
        """(output, new state), which are the same.  ValueError where the size of an input is not known."""
        if inputs.get_shape().with_rank(2)[1].value is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            both = array_ops.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = _Linear(both, 2 * self._num_units, True)
            gate, candidate = array_ops.split(axis=1, num_or_size_splits=2, value=self._linear(both))
            c = self._activation(candidate)
            g = math_ops.sigmoid(gate + self._forget_bias)
            new_state = g * state + (1.0 - g) * c
        return new_state, new_state
