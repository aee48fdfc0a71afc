"""LSTMs with other gates, norms or weights than tf.nn's."""
from pytfgraph.contrib.rnn.python.ops.concat_variables import _get_concat_variable
from pytfgraph.contrib.rnn.python.ops.core_rnn_cell import _bias, _Linear, _matrices
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, clip_ops, init_ops, math_ops, nn_impl, nn_ops, random_ops, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs

LSTMStateTuple = rnn_cell_impl.LSTMStateTuple


def _norm(g, b, inp, scope):
    """Layer normalisation (Ba et al., arXiv:1607.06450) of matrices, whose factors begin as g and summands as b."""
    shape = inp.get_shape()[-1:]
    with vs.variable_scope(scope):
        vs.get_variable("gamma", shape=shape, initializer=init_ops.constant_initializer(g))
        vs.get_variable("beta", shape=shape, initializer=init_ops.constant_initializer(b))
    return _normalized(inp, scope)


def _normalized(x, scope):
    """The same with factors and summands that are there."""
    shape, dtype = x.get_shape()[-1:], x.dtype.base_dtype
    with vs.variable_scope(scope, "LayerNorm", [x], reuse=True):
        beta, gamma = [vs.get_variable(name, shape=shape, dtype=dtype) for name in ("beta", "gamma")]
        mean, variance = nn_impl.moments(x, [1], keep_dims=True)
        result = nn_impl.batch_normalization(x, mean, variance, offset=beta, scale=gamma, variance_epsilon=1e-12)
        result.set_shape(x.get_shape())
        return result


def _check_columns(inputs):
    if inputs.get_shape().with_rank(2)[1].value is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")


def _clip(x, limit):
    return x if limit is None else clip_ops.clip_by_value(x, -limit, limit)


class _LSTM(rnn_cell_impl.RNNCell):
    """What these cells have in common: their sizes."""

    def _set_sizes(self, num_units, num_proj):
        self._num_units = num_units
        self._num_proj = num_proj
        self._state_size = LSTMStateTuple(num_units, num_proj or num_units)
        self._output_size = num_proj or num_units

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, output_size)."""
        return self._state_size

    @property
    def output_size(self):
        """num_proj where there is a projection, else num_units."""
        return self._output_size

    def _diagonals(self, names, dtype):
        return [vs.get_variable(name, shape=[self._num_units], dtype=dtype) for name in names]


class CoupledInputForgetGateLSTMCell(_LSTM):
    """An LSTM whose input gate is 1 less the forget gate (Greff et al., arXiv:1503.04069).

    Args:
      num_units: the size of the memory.
      use_peepholes: whether the gates see the memory, through diagonal matrices.
      initializer: not used.
      num_proj: the size of the output, which is then a projection; None for none.
      proj_clip: bound of the projection's elements, or None.
      num_unit_shards, num_proj_shards: numbers of parts of the kernels.
      forget_bias: added to the forget gate.
      state_is_tuple: whether the state is an LSTMStateTuple; else c and h are one tensor.
      activation: a function.
      reuse: whether the variables exist already, or may.
      layer_norm: whether there is layer normalisation.
      norm_gain, norm_shift: initial values of its factors and summands.
    """

    def __init__(self, num_units, use_peepholes=False, initializer=None, num_proj=None, proj_clip=None, num_unit_shards=1,
                 num_proj_shards=1, forget_bias=1.0, state_is_tuple=True, activation=math_ops.tanh, reuse=None, layer_norm=False,
                 norm_gain=1.0, norm_shift=0.0):
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            rnn_cell_impl._warn_of_concatenated_state(self)
        self._set_sizes(num_units, num_proj)
        if not state_is_tuple:
            self._state_size = sum(self._state_size)
        self._use_peepholes = use_peepholes
        self._initializer = initializer
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    def _normed(self, x, scope):
        return _norm(self._norm_gain, self._norm_shift, x, scope) if self._layer_norm else x

    def call(self, inputs, state):
        """(output, new state); ValueError where the size of an input is not known."""
        n, sigmoid, dtype = self._num_units, math_ops.sigmoid, inputs.dtype
        n_proj = n if self._num_proj is None else self._num_proj
        if self._state_is_tuple:
            c_prev, m_prev = state
        else:
            c_prev = array_ops.slice(state, [0, 0], [-1, n])
            m_prev = array_ops.slice(state, [0, n], [-1, n_proj])
        _check_columns(inputs)
        columns = inputs.get_shape()[1].value
        kernel = _get_concat_variable("W", [columns + n_proj, 3 * n], dtype, self._num_unit_shards)
        bias = vs.get_variable("B", shape=[3 * n], initializer=init_ops.zeros_initializer(), dtype=dtype)
        gates = math_ops.matmul(array_ops.concat([inputs, m_prev], 1), kernel)
        if not self._layer_norm:
            gates = nn_ops.bias_add(gates, bias)
        j, f, o = array_ops.split(value=gates, num_or_size_splits=3, axis=1)
        j, f, o = [self._normed(x, scope) for x, scope in ((j, "transform"), (f, "forget"), (o, "output"))]
        if self._use_peepholes:
            w_f, w_o = self._diagonals(["W_F_diag", "W_O_diag"], dtype)
        f = sigmoid(f + self._forget_bias + w_f * c_prev if self._use_peepholes else f + self._forget_bias)
        c = f * c_prev + (1 - f) * self._activation(j)
        c = self._normed(c, "state")
        m = sigmoid(o + w_o * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = math_ops.matmul(m, _get_concat_variable("W_P", [n, self._num_proj], dtype, self._num_proj_shards))
            m = _clip(m, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else array_ops.concat([c, m], 1)


class GLSTMCell(_LSTM):
    """An LSTM whose inputs and outputs are cut into groups that do not see each other (Kuchaiev and Ginsburg, arXiv:1703.10722).

    Args:
      num_units: the size of the memory.
      initializer: of kernels and biases.
      num_proj: the size of the output, which is then a projection; None for none.
      number_of_groups: how many groups there are.
      forget_bias: added to the forget gate.
      activation: a function of the memory.
      reuse: whether the variables exist already, or may.

    Raises:
      ValueError: where the sizes cannot be cut into so many groups.
    """

    def __init__(self, num_units, initializer=None, num_proj=None, number_of_groups=1, forget_bias=1.0, activation=math_ops.tanh,
                 reuse=None):
        super().__init__(_reuse=reuse)
        self._set_sizes(num_units, num_proj)
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._number_of_groups = number_of_groups
        if num_units % number_of_groups != 0:
            raise ValueError("num_units must be divisible by number_of_groups")
        if num_proj and num_proj % number_of_groups != 0:
            raise ValueError("num_proj must be divisible by number_of_groups")
        self._group_shape = [self._output_size // number_of_groups, num_units // number_of_groups]
        self._linear1 = [None] * number_of_groups
        self._linear2 = None

    def _get_input_for_group(self, inputs, group_id, group_size):
        """The columns of a group."""
        return array_ops.slice(input_=inputs, begin=[0, group_id * group_size], size=[self._batch_size, group_size],
                               name="GLSTM_group%d_input_generation" % group_id)

    def _group(self, k, inputs, columns, m_prev):
        """The gates of a group."""
        with vs.variable_scope("group%d" % k):
            x = array_ops.concat([self._get_input_for_group(inputs, k, columns),
                                  self._get_input_for_group(m_prev, k, self._group_shape[0])], axis=1)
            if self._linear1[k] is None:
                self._linear1[k] = _Linear(x, 4 * self._group_shape[1], False)
            return array_ops.split(self._linear1[k](x), 4, 1)

    def call(self, inputs, state):
        """(output, new state); ValueError where the inputs cannot be cut into groups."""
        c_prev, m_prev = state
        self._batch_size = inputs.shape[0].value or array_ops.shape(inputs)[0]
        columns, n_groups = inputs.shape[1].value, self._number_of_groups
        if columns is None:
            raise ValueError("input size must be statically known")
        if columns % n_groups != 0:
            raise ValueError("input size (%d) must be divisible by number_of_groups (%d)" % (columns, n_groups))
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            groups = [self._group(k, inputs, columns // n_groups, m_prev) for k in range(n_groups)]
            biases = [vs.get_variable(name="bias_" + gate, shape=[self._num_units], dtype=inputs.dtype,
                                      initializer=init_ops.constant_initializer(0.0, dtype=inputs.dtype)) for gate in "ijfo"]
            i, j, f, o = [nn_ops.bias_add(array_ops.concat(parts, axis=1), bias) for parts, bias in zip(zip(*groups), biases)]
        c = math_ops.sigmoid(f + self._forget_bias) * c_prev + math_ops.sigmoid(i) * math_ops.tanh(j)
        m = math_ops.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with vs.variable_scope("projection"):
                if self._linear2 is None:
                    self._linear2 = _Linear(m, self._num_proj, False)
                m = self._linear2(m)
        return m, LSTMStateTuple(c, m)


class LayerNormLSTMCell(_LSTM):
    """An LSTM with layer normalisation of the gates and of the memory (Ba et al., arXiv:1607.06450).

    Args:
      num_units: the size of the memory.
      use_peepholes: whether the gates see the memory, through diagonal matrices.
      cell_clip: bound of the memory's elements, or None.
      initializer: of kernels and peepholes.
      num_proj: the size of the output, which is then a projection; None for none.
      proj_clip: bound of the projection's elements, or None.
      forget_bias: added to the forget gate.
      activation: a function; tanh where not given.
      layer_norm: whether there is layer normalisation.
      norm_gain, norm_shift: initial values of its factors and summands.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None, forget_bias=1.0,
                 activation=None, layer_norm=False, norm_gain=1.0, norm_shift=0.0, reuse=None):
        super().__init__(_reuse=reuse)
        self._set_sizes(num_units, num_proj)
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._proj_clip = proj_clip
        self._forget_bias = forget_bias
        self._activation = activation or math_ops.tanh
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    def _linear(self, args, output_size, bias, bias_initializer=None, kernel_initializer=None, layer_norm=False):
        """The sum of args[i] * W[i]; a bias is made, and added where there is no normalisation instead."""
        args, columns, dtype = _matrices(args)
        with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
            kernel = vs.get_variable("kernel", [columns, output_size], dtype=dtype, initializer=kernel_initializer)
            result = math_ops.matmul(args[0] if len(args) == 1 else array_ops.concat(args, 1), kernel)
            if not bias:
                return result
            bias = _bias(outer_scope, output_size, dtype, bias_initializer)
        return result if layer_norm else nn_ops.bias_add(result, bias)

    def _normed(self, x, scope):
        return _norm(self._norm_gain, self._norm_shift, x, scope) if self._layer_norm else x

    def call(self, inputs, state):
        """(output, new state); ValueError where the size of an input is not known."""
        sigmoid = math_ops.sigmoid
        c_prev, m_prev = state
        _check_columns(inputs)
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer) as unit_scope:
            gates = self._linear([inputs, m_prev], 4 * self._num_units, bias=True, layer_norm=self._layer_norm)
            i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
            i, j, f, o = [self._normed(x, scope) for x, scope in ((i, "input"), (j, "transform"), (f, "forget"), (o, "output"))]
            if self._use_peepholes:
                with vs.variable_scope(unit_scope):
                    w_f, w_i, w_o = self._diagonals(["w_f_diag", "w_i_diag", "w_o_diag"], inputs.dtype)
                c = sigmoid(f + self._forget_bias + w_f * c_prev) * c_prev + sigmoid(i + w_i * c_prev) * self._activation(j)
            else:
                c = sigmoid(f + self._forget_bias) * c_prev + sigmoid(i) * self._activation(j)
            c = _clip(self._normed(c, "state"), self._cell_clip)
            m = sigmoid(o + w_o * c if self._use_peepholes else o) * self._activation(c)
            if self._num_proj is not None:
                with vs.variable_scope("projection"):
                    m = self._linear(m, self._num_proj, bias=False)
                m = _clip(m, self._proj_clip)
        return m, LSTMStateTuple(c, m)


class WeightNormLSTMCell(_LSTM):
    """An LSTM whose weights are directions times lengths (Salimans and Kingma, arXiv:1602.07868).

    Args:
      num_units: the size of the memory.
      norm: whether the weights are normalised.
      use_peepholes: whether the gates see the memory, through diagonal matrices.
      cell_clip: bound of the memory's elements, or None.
      initializer: of all variables.
      num_proj: the size of the output, which is then a projection; None for none.
      proj_clip: bound of the projection's elements, or None.
      forget_bias: added to the forget gate.
      activation: a function; tanh where not given.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, norm=True, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None,
                 forget_bias=1, activation=None, reuse=None):
        super().__init__(_reuse=reuse)
        self._scope = "wn_lstm_cell"
        self._set_sizes(num_units, num_proj)
        self._norm = norm
        self._initializer = initializer
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._proj_clip = proj_clip
        self._activation = activation or math_ops.tanh
        self._forget_bias = forget_bias

    def _normalize(self, weight, name):
        """Columns of length 1, times lengths that are a variable."""
        g = vs.get_variable(name, [weight.get_shape().as_list()[1]], dtype=weight.dtype)
        return nn_impl.l2_normalize(weight, axis=0) * g

    def _normalized_rows(self, kernel, args):
        """The rows for each argument normalised by themselves."""
        parts, begin = [], 0
        with ops.control_dependencies(None):
            for k, a in enumerate(args):
                end = begin + a.get_shape()[1].value
                parts.append(self._normalize(kernel[begin:end, :], name="norm_{}".format(k)))
                begin = end
            return array_ops.concat(parts, axis=0)

    def _linear(self, args, output_size, norm, bias, bias_initializer=None, kernel_initializer=None):
        """The sum of args[i] * W[i], and a bias."""
        args, columns, dtype = _matrices(args)
        with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
            kernel = vs.get_variable("kernel", [columns, output_size], dtype=dtype, initializer=kernel_initializer)
            if norm:
                kernel = self._normalized_rows(kernel, args)
            result = math_ops.matmul(args[0] if len(args) == 1 else array_ops.concat(args, 1), kernel)
            return nn_ops.bias_add(result, _bias(outer_scope, output_size, dtype, bias_initializer)) if bias else result

    def call(self, inputs, state):
        """(output, new state); ValueError where the size of an input is not known."""
        sigmoid = math_ops.sigmoid
        c, h = state
        _check_columns(inputs)
        with vs.variable_scope(self._scope, initializer=self._initializer):
            gates = self._linear([inputs, h], 4 * self._num_units, norm=self._norm, bias=True)
            i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                w_f, w_i, w_o = self._diagonals(["w_f_diag", "w_i_diag", "w_o_diag"], inputs.dtype)
                new_c = c * sigmoid(f + self._forget_bias + w_f * c) + sigmoid(i + w_i * c) * self._activation(j)
            else:
                new_c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * self._activation(j)
            new_c = _clip(new_c, self._cell_clip)
            new_h = sigmoid(o + w_o * new_c if self._use_peepholes else o) * self._activation(new_c)
            if self._num_proj is not None:
                with vs.variable_scope("projection"):
                    new_h = self._linear(new_h, self._num_proj, norm=self._norm, bias=False)
                new_h = _clip(new_h, self._proj_clip)
            return new_h, LSTMStateTuple(new_c, new_h)


def _random_exp_initializer(minval, maxval, seed=None, dtype=dtypes.float32):
    """Numbers whose logarithms are uniform."""
    def initializer(shape, dtype=dtype, partition_info=None):
        del partition_info
        return math_ops.exp(random_ops.random_uniform(shape, math_ops.log(minval), math_ops.log(maxval), dtype, seed=seed))
    return initializer


class PhasedLSTMCell(_LSTM):
    """An LSTM whose units are open for a part of a period of their own only (Neil et al., arXiv:1610.09513).

    Args:
      num_units: the size of output and memory.
      use_peepholes: whether the gates see the memory.
      leak: what goes through while a unit is closed.
      ratio_on: the part of its period for which a unit is open.
      trainable_ratio_on: whether that is trained.
      period_init_min, period_init_max: the range of the initial periods.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, use_peepholes=False, leak=0.001, ratio_on=0.1, trainable_ratio_on=True, period_init_min=1.0,
                 period_init_max=1000.0, reuse=None):
        super().__init__(_reuse=reuse)
        self._set_sizes(num_units, None)
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_init_min = period_init_min
        self._period_init_max = period_init_max
        self._linears = {}

    def _mod(self, x, y):
        """x modulo y, whose gradient is that of x."""
        return array_ops.stop_gradient(math_ops.mod(x, y) - x) + x

    def _get_cycle_ratio(self, time, phase, period):
        """Where in its period each unit is, from 0 to 1, float32."""
        phase, period = [math_ops.cast(x, dtype=time.dtype) for x in (phase, period)]
        return math_ops.cast(self._mod(time - phase, period) / period, dtype=dtypes.float32)

    def _linear(self, scope, args, size):
        if scope not in self._linears:
            self._linears[scope] = _Linear(args, size, True)
        return self._linears[scope](args)

    def _openness(self, time):
        """How open each unit is."""
        n = [self._num_units]
        period = vs.get_variable("period", n, initializer=_random_exp_initializer(self._period_init_min, self._period_init_max))
        phase = vs.get_variable("phase", n, initializer=init_ops.random_uniform_initializer(0.0, period.initial_value))
        ratio_on = vs.get_variable("ratio_on", n, initializer=init_ops.constant_initializer(self._ratio_on),
                                   trainable=self._trainable_ratio_on)
        where_in_cycle = self._get_cycle_ratio(time, phase, period)
        up = 2 * where_in_cycle / ratio_on
        down = 2 - up
        closed = self._leak * where_in_cycle
        k = array_ops.where(where_in_cycle < ratio_on, down, closed)
        return array_ops.where(where_in_cycle < 0.5 * ratio_on, up, k)

    def call(self, inputs, state):
        """(output, new state) of a tuple of inputs: times [batch, 1], and values [batch, size]."""
        c_prev, h_prev = state
        time, x = inputs
        more = [c_prev] if self._use_peepholes else []
        with vs.variable_scope("mask_gates"):
            gates = math_ops.sigmoid(self._linear("mask_gates", [x, h_prev] + more, 2 * self._num_units))
            i, f = array_ops.split(axis=1, num_or_size_splits=2, value=gates)
        with vs.variable_scope("new_input"):
            new_input = math_ops.tanh(self._linear("new_input", [x, h_prev], self._num_units))
        new_c = c_prev * f + i * new_input
        more = [new_c] if self._use_peepholes else []
        with vs.variable_scope("output_gate"):
            o = math_ops.sigmoid(self._linear("output_gate", [x, h_prev] + more, self._num_units))
        new_h = math_ops.tanh(new_c) * o
        k = self._openness(time)
        new_c = k * new_c + (1 - k) * c_prev
        new_h = k * new_h + (1 - k) * h_prev
        return new_h, LSTMStateTuple(new_c, new_h)
