"""Recurrent cells of few gates, or of many; and a wrapper that marks a cell's operations."""
from pytfgraph.contrib.compiler import jit
from pytfgraph.contrib.rnn.python.ops.core_rnn_cell import _Linear
from pytfgraph.framework import dtypes, op_def_registry
from pytfgraph.framework.constant_op import constant
from pytfgraph.layers import base as base_layer
from pytfgraph.ops import array_ops, init_ops, math_ops, nn_ops, raw, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops.rnn_cell_wrappers import _Wrapper

_KERNEL = rnn_cell_impl._WEIGHTS_VARIABLE_NAME
_BIAS = rnn_cell_impl._BIAS_VARIABLE_NAME


def _known_columns(inputs):
    size = inputs.get_shape().with_rank(2)[1].value
    if size is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return size


class NASCell(rnn_cell_impl.RNNCell):
    """The cell that neural architecture search found (Zoph and Le, arXiv:1611.01578).

    Args:
      num_units: the size of the memory.
      num_proj: the size of the output, which is then a projection; None for none.
      use_biases: whether the recurrent part has a bias.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, num_proj=None, use_biases=False, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_biases = use_biases
        self._output_size = num_units if num_proj is None else num_proj

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, output_size)."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._output_size)

    @property
    def output_size(self):
        """num_proj where there is a projection, else num_units."""
        return self._output_size

    def call(self, inputs, state):
        """(output, new state); ValueError where the size of an input is not known."""
        sigmoid, tanh, relu = math_ops.sigmoid, math_ops.tanh, nn_ops.relu
        c_prev, m_prev = state
        n, columns, dtype = self._num_units, _known_columns(inputs), inputs.dtype
        recurrent = vs.get_variable("recurrent_kernel", [self._output_size, 8 * n], dtype)
        kernel = vs.get_variable("kernel", [columns, 8 * n], dtype)
        m = math_ops.matmul(m_prev, recurrent)
        x = math_ops.matmul(inputs, kernel)
        if self._use_biases:
            m = nn_ops.bias_add(m, vs.get_variable("bias", shape=[8 * n], initializer=init_ops.zeros_initializer(), dtype=dtype))
        ms = array_ops.split(axis=1, num_or_size_splits=8, value=m)
        xs = array_ops.split(axis=1, num_or_size_splits=8, value=x)
        functions = (sigmoid, relu, sigmoid, relu, tanh, sigmoid, tanh, sigmoid)
        first = [f(xs[k] * ms[k] if k == 3 else xs[k] + ms[k]) for k, f in enumerate(functions)]
        a = tanh(first[0] * first[1])
        b = tanh(first[2] + first[3])
        c = tanh(first[4] * first[5])
        d = sigmoid(first[6] + first[7])
        new_c = tanh(a + c_prev) * b
        new_m = tanh(new_c * tanh(c + d))
        if self._num_proj is not None:
            new_m = math_ops.matmul(new_m, vs.get_variable("projection_weights", [n, self._num_proj], dtype))
        return new_m, rnn_cell_impl.LSTMStateTuple(new_c, new_m)


class IntersectionRNNCell(rnn_cell_impl.RNNCell):
    """A cell with a gate for what goes on in time and one for what goes up (Collins et al., arXiv:1611.09913).

    Args:
      num_units: the size of state and output.
      num_in_proj: the size of a projection of inputs that are of another size; it has to be num_units.
      initializer: of kernels and biases.
      forget_bias: added to both gates.
      y_activation: a function of what goes up.
      reuse: whether the variables exist already, or may.
    """

    def __init__(self, num_units, num_in_proj=None, initializer=None, forget_bias=1.0, y_activation=nn_ops.relu, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._num_input_proj = num_in_proj
        self._y_activation = y_activation
        self._linear1 = None
        self._linear2 = None

    @property
    def state_size(self):
        """The number of units."""
        return self._num_units

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def _projected(self, inputs):
        if not self._num_input_proj:
            raise ValueError("Must have input size == output size for Intersection RNN. To fix, num_in_proj should be set to num_units at "
                             "cell init.")
        with vs.variable_scope("in_projection"):
            if self._linear1 is None:
                self._linear1 = _Linear(inputs, self._num_units, True)
            return self._linear1(inputs)

    def call(self, inputs, state):
        """(output, new state); ValueError where the size of an input is not known, or is another."""
        n, columns = self._num_units, _known_columns(inputs)
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            if columns != n:
                inputs = self._projected(inputs)
            both = array_ops.concat([inputs, state], 1)
            if self._linear2 is None:
                self._linear2 = _Linear(both, 4 * n, True)
            parts = self._linear2(both)
            gh, h, gy, y = parts[:, :n], parts[:, n:2 * n], parts[:, 2 * n:3 * n], parts[:, 3 * n:4 * n]
            h = math_ops.tanh(h)
            y = self._y_activation(y)
            gh = math_ops.sigmoid(gh + self._forget_bias)
            gy = math_ops.sigmoid(gy + self._forget_bias)
            new_state = gh * state + (1.0 - gh) * h
            return gy * inputs + (1.0 - gy) * y, new_state


class _LayerCell(rnn_cell_impl.LayerRNNCell):
    """What the cells below have in common: a number of units, an activation, inputs that are matrices."""

    def __init__(self, num_units, activation, reuse, name, dtype=None):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = base_layer.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation or math_ops.tanh

    @property
    def state_size(self):
        """The number of units."""
        return self._num_units

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    @staticmethod
    def _depth(inputs_shape):
        if inputs_shape[1].value is None:
            raise ValueError("Expected inputs.shape[-1] to be known, saw shape: %s" % inputs_shape)
        return inputs_shape[1].value

    def _diagonal(self, name, size):
        """Recurrent weights of which each unit sees only its own state."""
        return self.add_variable(name, shape=[1, size], initializer=init_ops.random_uniform_initializer(minval=-1, maxval=1, dtype=self.dtype))


class SRUCell(_LayerCell):
    """A simple recurrent unit (Lei et al., arXiv:1709.02755).

    Args:
      num_units: the size of state and output.
      activation: a function; tanh where not given.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.
    """

    def __init__(self, num_units, activation=None, reuse=None, name=None):
        super().__init__(num_units, activation, reuse, name)

    def build(self, inputs_shape):
        """Makes kernel and bias."""
        depth = self._depth(inputs_shape)
        self._kernel = self.add_variable(_KERNEL, shape=[depth, 4 * self._num_units])
        self._bias = self.add_variable(_BIAS, shape=[2 * self._num_units], initializer=init_ops.constant_initializer(0.0, dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        x_bar, f, r, x = array_ops.split(value=math_ops.matmul(inputs, self._kernel), num_or_size_splits=4, axis=1)
        gates = math_ops.sigmoid(nn_ops.bias_add(array_ops.concat([f, r], 1), self._bias))
        f, r = array_ops.split(value=gates, num_or_size_splits=2, axis=1)
        c = f * state + (1.0 - f) * x_bar
        return r * self._activation(c) + (1.0 - r) * x, c


class IndRNNCell(_LayerCell):
    """The plainest cell, with recurrent weights for each unit alone (Li et al., arXiv:1803.04831).

    Args:
      num_units: the size of state and output.
      activation: a function; tanh where not given.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)

    def build(self, inputs_shape):
        """Makes kernels and bias."""
        depth = self._depth(inputs_shape)
        self._kernel_w = self.add_variable("%s_w" % _KERNEL, shape=[depth, self._num_units])
        self._kernel_u = self._diagonal("%s_u" % _KERNEL, self._num_units)
        self._bias = self.add_variable(_BIAS, shape=[self._num_units], initializer=init_ops.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state), which are the same."""
        gates = math_ops.matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(nn_ops.bias_add(gates, self._bias))
        return output, output


class IndyGRUCell(_LayerCell):
    """A gated recurrent unit with recurrent weights for each unit alone (after Li et al., arXiv:1803.04831).

    Args:
      num_units: the size of state and output.
      activation: a function; tanh where not given.
      reuse: whether the variables exist already, or may.
      kernel_initializer: of the inputs' matrices.
      bias_initializer: of the biases; ones for the gates and zeros for the candidate where not given.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    def _part(self, depth, w, u, bias, columns, bias_initializer):
        return (self.add_variable(w, shape=[depth, columns], initializer=self._kernel_initializer), self._diagonal(u, columns),
                self.add_variable(bias, shape=[columns],
                                  initializer=bias_initializer if self._bias_initializer is None else self._bias_initializer))

    def build(self, inputs_shape):
        """Makes kernels and biases of the gates and of the candidate."""
        depth = self._depth(inputs_shape)
        self._gate_kernel_w, self._gate_kernel_u, self._gate_bias = self._part(
            depth, "gates/%s_w" % _KERNEL, "gates/%s_u" % _KERNEL, "gates/%s" % _BIAS, 2 * self._num_units,
            init_ops.constant_initializer(1.0, dtype=self.dtype))
        self._candidate_kernel_w, self._candidate_kernel_u, self._candidate_bias = self._part(
            depth, "candidate/%s" % _KERNEL, "candidate/%s_u" % _KERNEL, "candidate/%s" % _BIAS, self._num_units,
            init_ops.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state), which are the same."""
        gates = math_ops.matmul(inputs, self._gate_kernel_w) + raw.function("tile")(state, [1, 2]) * self._gate_kernel_u
        gates = math_ops.sigmoid(nn_ops.bias_add(gates, self._gate_bias))
        r, u = array_ops.split(value=gates, num_or_size_splits=2, axis=1)
        r_state = r * state
        candidate = math_ops.matmul(inputs, self._candidate_kernel_w) + r_state * self._candidate_kernel_u
        c = self._activation(nn_ops.bias_add(candidate, self._candidate_bias))
        new_h = u * state + (1 - u) * c
        return new_h, new_h


class IndyLSTMCell(_LayerCell):
    """An LSTM with recurrent weights for each unit alone (Gonnet and Deselaers, arXiv:1903.08023).

    Args:
      num_units: the size of output and memory.
      forget_bias: added to the forget gate.
      activation: a function; tanh where not given.
      reuse: whether the variables exist already, or may.
      kernel_initializer: of the inputs' matrix.
      bias_initializer: of the bias; zeros where not given.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    def __init__(self, num_units, forget_bias=1.0, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None,
                 dtype=None):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._forget_bias = forget_bias
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, num_units)."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    def build(self, inputs_shape):
        """Makes kernels and bias of all four gates."""
        columns = 4 * self._num_units
        self._kernel_w = self.add_variable("%s_w" % _KERNEL, shape=[self._depth(inputs_shape), columns], initializer=self._kernel_initializer)
        self._kernel_u = self._diagonal("%s_u" % _KERNEL, columns)
        zeros = init_ops.zeros_initializer(dtype=self.dtype)
        self._bias = self.add_variable(_BIAS, shape=[columns], initializer=zeros if self._bias_initializer is None else self._bias_initializer)
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        add, multiply, sigmoid = math_ops.add, math_ops.multiply, math_ops.sigmoid
        one = constant(1, dtype=dtypes.int32)
        c, h = state
        gates = math_ops.matmul(inputs, self._kernel_w)
        gates += raw.function("tile")(h, [1, 4]) * self._kernel_u
        i, j, f, o = array_ops.split(value=nn_ops.bias_add(gates, self._bias), num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=f.dtype)
        new_c = add(multiply(c, sigmoid(add(f, forget_bias))), multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        return new_h, rnn_cell_impl.LSTMStateTuple(new_c, new_h)


def _is_stateless(node_def):
    return not op_def_registry.get_registered_ops()[node_def.op].is_stateful


class CompiledWrapper(_Wrapper):
    """A cell whose operations are marked to be compiled together; here they run as others do.

    Args:
      cell: the wrapped cell.
      compile_stateful: whether operations with a state are marked, too.
    """

    def __init__(self, cell, compile_stateful=False):
        # It is no layer of its own: no name is made for it.
        self._cell = cell
        self._compile_stateful = compile_stateful

    def __call__(self, inputs, state, scope=None):
        """One step of the wrapped cell."""
        with jit.experimental_jit_scope(compile_ops=True if self._compile_stateful else _is_stateless):
            return self._cell(inputs, state, scope=scope)
