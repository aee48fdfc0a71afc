"""Cells of recurrent networks: layers that make an output and a new state of an input and a state."""
import collections

from pytfgraph.framework import dtypes, ops, tensor_shape, tensor_util
from pytfgraph.framework.constant_op import constant
from pytfgraph.layers import base as base_layer
from pytfgraph.layers import by_name
from pytfgraph.layers.engine import shape_type_conversion
from pytfgraph.ops import array_ops, clip_ops, init_ops, math_ops, nn_ops, partitioned_variables
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops import variables as tf_variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest
from pytfgraph.util.deprecation import deprecated

_BIAS_VARIABLE_NAME = "bias"
_WEIGHTS_VARIABLE_NAME = "kernel"

ASSERT_LIKE_RNNCELL_ERROR_REGEXP = "is not an RNNCell"

_WRAPPERS = ("DeviceWrapper", "DropoutWrapper", "MultiRNNCell", "ResidualWrapper", "_default_dropout_state_filter_visitor",
             "_enumerated_map_structure_up_to")


def __getattr__(name):
    if name in _WRAPPERS:
        from pytfgraph.ops import rnn_cell_wrappers
        value = globals()[name] = getattr(rnn_cell_wrappers, name)
        return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name), name=name)


def assert_like_rnncell(cell_name, cell):
    """Raises TypeError where an object has not what a cell has; `cell_name` is the argument it came in."""
    lacks = ((hasattr(cell, "output_size"), "'output_size' property is missing"),
             (hasattr(cell, "state_size"), "'state_size' property is missing"),
             (hasattr(cell, "get_initial_state") or hasattr(cell, "zero_state"),
              "either 'zero_state' or 'get_initial_state' method is required"),
             (callable(cell), "is not callable"))
    errors = [text for is_there, text in lacks if not is_there]
    if errors:
        raise TypeError("The argument {!r} ({}) is not an RNNCell: {}.".format(cell_name, cell, ", ".join(errors)))


# ---- sizes ----

def _as_vector(part, what):
    """(1-D tensor or None, static dims or None) of a size: an int, a shape or a tensor."""
    if not isinstance(part, ops.Tensor):
        shape = tensor_shape.as_shape(part)
        dims = shape.as_list() if shape.ndims is not None else None
        return constant(dims, dtype=dtypes.int32) if shape.is_fully_defined() else None, dims
    static = tensor_util.constant_value(part)
    if part.shape.ndims == 0:
        part = array_ops.expand_dims(part, 0)
    elif part.shape.ndims != 1:
        raise ValueError("%s tensor must be either a scalar or vector, but saw tensor: %s" % (what, part))
    return part, static


def _concat(prefix, suffix, static=False):
    """A batch size (perhaps with a time before it) and a size as one shape: a tensor, or, if static, a list with None for unknown.

    Raises:
      ValueError: for tensors that are no scalar or vector, and for a tensor of what is not known.
    """
    p, p_static = _as_vector(prefix, "prefix")
    s, s_static = _as_vector(suffix, "suffix")
    if static:
        shape = tensor_shape.as_shape(p_static).concatenate(s_static)
        return shape.as_list() if shape.ndims is not None else None
    if p is None or s is None:
        raise ValueError("Provided a prefix or suffix of None: %s and %s" % (prefix, suffix))
    return array_ops.concat((p, s), 0)


def _zero_state_tensors(state_size, batch_size, dtype):
    """Zeros for a structure of sizes."""
    def zeros(s):
        state = array_ops.zeros(_concat(batch_size, s), dtype=dtype)
        state.set_shape(_concat(batch_size, s, static=True))
        return state
    return nest.map_structure(zeros, state_size)


# ---- what all cells have ----

class RNNCell(base_layer.Layer):
    """The base of all cells.

    A class of cells has the properties state_size and output_size (an int or a TensorShape; the state's may be a nested tuple of them)
    and call(inputs, state), which gives (output, new state).  Variables that call() gets by tf.get_variable become the cell's.
    """

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs, state, scope=None):
        """One step: (output, new state).

        Args:
          inputs: a tensor [batch_size, input_size], or what else the cell takes.
          state: tensors of the structure of state_size, [batch_size, size] each.
          scope: the variables' scope.
        """
        if scope is not None:
            with vs.variable_scope(scope, custom_getter=self._rnn_get_variable) as scope:
                return super().__call__(inputs, state, scope=scope)
        scope = getattr(self, "rnncell_scope", None)
        if scope is None:
            scope = self.rnncell_scope = vs.variable_scope(vs.get_variable_scope(), custom_getter=self._rnn_get_variable)
        with scope:
            return super().__call__(inputs, state)

    def _rnn_get_variable(self, getter, *args, **kwargs):
        variable = getter(*args, **kwargs)
        trainable = tf_variables.trainable_variables()
        is_trainable = variable in trainable or isinstance(variable, tf_variables.PartitionedVariable) and list(variable)[0] in trainable
        known = self._trainable_weights if is_trainable else self._non_trainable_weights
        if variable not in known:
            known.append(variable)
        return variable

    @property
    def state_size(self):
        """The size of the state, an int or a TensorShape without the batch, or a nested tuple of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self):
        """The size of the output, an int or a TensorShape without the batch."""
        raise NotImplementedError("Abstract method")

    def build(self, _):
        """Nothing: call() makes the variables."""

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """zero_state for the batch size and dtype that are given, or those of inputs [batch_size, ...].

        Raises:
          ValueError: where they contradict the inputs, or are not given.
        """
        if inputs is not None:
            inputs = ops.convert_to_tensor(inputs, name="inputs")
            batch_size, dtype = self._of_inputs(inputs, batch_size, dtype)
        if batch_size is None or dtype is None:
            raise ValueError("batch_size and dtype cannot be None while constructing initial state: batch_size={}, dtype={}"
                             .format(batch_size, dtype))
        return self.zero_state(batch_size, dtype)

    @staticmethod
    def _of_inputs(inputs, batch_size, dtype):
        static = inputs.shape[0].value
        if batch_size is not None:
            given = tensor_util.constant_value(batch_size) if isinstance(batch_size, ops.Tensor) else batch_size
            if static != given:
                raise ValueError("batch size from input tensor is different from the input param. Input tensor batch: {}, batch_size: {}"
                                 .format(static, batch_size))
        if dtype is not None and inputs.dtype != dtype:
            raise ValueError("dtype from input tensor is different from the input param. Input tensor dtype: {}, dtype: {}"
                             .format(inputs.dtype, dtype))
        return static or array_ops.shape(inputs)[0], inputs.dtype

    def zero_state(self, batch_size, dtype):
        """Zeros of the structure of state_size: [batch_size, size] each.

        Args:
          batch_size: an int or a scalar tensor.
          dtype: of the state.
        """
        with ops.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return _zero_state_tensors(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
    """The base of cells that make their variables in build(), once, as other layers do."""

    def __call__(self, inputs, state, scope=None, *args, **kwargs):
        """One step: (output, new state); see RNNCell."""
        return base_layer.Layer.__call__(self, inputs, state, scope=scope, *args, **kwargs)


class _SimpleCell(LayerRNNCell):
    """What the cells of this file have in common: a number of units, an activation, inputs that are matrices."""

    def _set_units(self, num_units, activation):
        self.input_spec = base_layer.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = by_name.activation(activation) if activation else math_ops.tanh

    @property
    def state_size(self):
        """The number of units."""
        return self._num_units

    @property
    def output_size(self):
        """The number of units."""
        return self._num_units

    def _config(self, **own):
        return dict(super().get_config(), num_units=self._num_units, **own, activation=by_name.activation_name(self._activation),
                    reuse=self._reuse)


def _input_depth(shape):
    if shape[-1] is None:
        raise ValueError("Expected inputs.shape[-1] to be known, saw shape: %s" % str(shape))
    return shape[-1]


class BasicRNNCell(_SimpleCell):
    """The plainest cell: output = new state = activation(W [input, state] + b).

    Args:
      num_units: the size of state and output.
      activation: a function, or the name of one; tanh where not given.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    @deprecated(None, "This class is equivalent as tf.keras.layers.SimpleRNNCell, and will be replaced by that in Tensorflow 2.0.")
    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None, **kwargs):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._set_units(num_units, activation)

    @shape_type_conversion
    def build(self, inputs_shape):
        """Makes kernel and bias."""
        depth = _input_depth(inputs_shape)
        self._kernel = self.add_variable(_WEIGHTS_VARIABLE_NAME, shape=[depth + self._num_units, self._num_units])
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[self._num_units],
                                       initializer=init_ops.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state), which are the same."""
        gates = nn_ops.bias_add(math_ops.matmul(array_ops.concat([inputs, state], 1), self._kernel), self._bias)
        output = self._activation(gates)
        return output, output

    def get_config(self):
        """The arguments that make this cell again."""
        return self._config()


class GRUCell(_SimpleCell):
    """A gated recurrent unit (Cho et al., arXiv:1406.1078).

    Args:
      num_units: the size of state and output.
      activation: a function, or the name of one; tanh where not given.
      reuse: whether the variables exist already, or may.
      kernel_initializer: of the matrices.
      bias_initializer: of the biases; ones for the gates and zeros for the candidate where not given.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None, dtype=None,
                 **kwargs):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._set_units(num_units, activation)
        self._kernel_initializer = by_name.initializer(kernel_initializer)
        self._bias_initializer = by_name.initializer(bias_initializer)

    @shape_type_conversion
    def build(self, inputs_shape):
        """Makes kernel and bias of the gates and of the candidate."""
        rows = _input_depth(inputs_shape) + self._num_units

        def pair(scope, columns, bias_initializer):
            kernel = self.add_variable("%s/%s" % (scope, _WEIGHTS_VARIABLE_NAME), shape=[rows, columns], initializer=self._kernel_initializer)
            bias = self.add_variable("%s/%s" % (scope, _BIAS_VARIABLE_NAME), shape=[columns],
                                     initializer=bias_initializer if self._bias_initializer is None else self._bias_initializer)
            return kernel, bias
        self._gate_kernel, self._gate_bias = pair("gates", 2 * self._num_units, init_ops.constant_initializer(1.0, dtype=self.dtype))
        self._candidate_kernel, self._candidate_bias = pair("candidate", self._num_units, init_ops.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state), which are the same."""
        gates = nn_ops.bias_add(math_ops.matmul(array_ops.concat([inputs, state], 1), self._gate_kernel), self._gate_bias)
        r, u = array_ops.split(value=math_ops.sigmoid(gates), num_or_size_splits=2, axis=1)
        r_state = r * state
        candidate = nn_ops.bias_add(math_ops.matmul(array_ops.concat([inputs, r_state], 1), self._candidate_kernel), self._candidate_bias)
        c = self._activation(candidate)
        new_h = u * state + (1 - u) * c
        return new_h, new_h

    def get_config(self):
        """The arguments that make this cell again."""
        return self._config(kernel_initializer=by_name.initializer_config(self._kernel_initializer),
                            bias_initializer=by_name.initializer_config(self._bias_initializer))


# ---- long short-term memory ----

class LSTMStateTuple(collections.namedtuple("LSTMStateTuple", ("c", "h"))):
    """The state of an LSTM cell: c is the memory, h the last output."""

    __slots__ = ()

    @property
    def dtype(self):
        """The dtype of both; TypeError where they differ."""
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError("Inconsistent internal state: %s vs %s" % (str(c.dtype), str(h.dtype)))
        return c.dtype


def _warn_of_concatenated_state(cell):
    logging.warn("%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.", cell)


class BasicLSTMCell(_SimpleCell):
    """The basic LSTM (Zaremba et al., arXiv:1409.2329): no peepholes, no clipping, no projection.

    Args:
      num_units: the size of the output, and of each part of the state.
      forget_bias: added to the forget gate.
      state_is_tuple: whether the state is an LSTMStateTuple; else c and h are one tensor [batch_size, 2 * num_units].
      activation: a function, or the name of one; tanh where not given.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    @deprecated(None, "This class is deprecated, please use tf.nn.rnn_cell.LSTMCell, which supports all the feature this cell currently "
                "has. Please replace the existing code with tf.nn.rnn_cell.LSTMCell(name='basic_lstm_cell').")
    def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None, dtype=None, **kwargs):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        if not state_is_tuple:
            _warn_of_concatenated_state(self)
        self._set_units(num_units, activation)
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, num_units), or twice num_units."""
        return LSTMStateTuple(self._num_units, self._num_units) if self._state_is_tuple else 2 * self._num_units

    @shape_type_conversion
    def build(self, inputs_shape):
        """Makes kernel and bias of all four gates."""
        depth = _input_depth(inputs_shape)
        self._kernel = self.add_variable(_WEIGHTS_VARIABLE_NAME, shape=[depth + self._num_units, 4 * self._num_units])
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[4 * self._num_units],
                                       initializer=init_ops.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        sigmoid, add, multiply = math_ops.sigmoid, math_ops.add, math_ops.multiply
        one = constant(1, dtype=dtypes.int32)
        c, h = state if self._state_is_tuple else array_ops.split(value=state, num_or_size_splits=2, axis=one)
        gates = nn_ops.bias_add(math_ops.matmul(array_ops.concat([inputs, h], 1), self._kernel), self._bias)
        # The columns are those of the input gate, the new input, the forget gate, the output gate.
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=f.dtype)
        new_c = add(multiply(c, sigmoid(add(f, forget_bias))), multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        return new_h, LSTMStateTuple(new_c, new_h) if self._state_is_tuple else array_ops.concat([new_c, new_h], 1)

    def get_config(self):
        """The arguments that make this cell again."""
        return self._config(forget_bias=self._forget_bias, state_is_tuple=self._state_is_tuple)


class LSTMCell(_SimpleCell):
    """An LSTM with what has been added to it: peepholes, clipping, a projection of the output (Sak et al., Interspeech 2014).

    Args:
      num_units: the size of the memory.
      use_peepholes: whether the gates see the memory, through diagonal matrices.
      cell_clip: bound of the memory's elements, or None.
      initializer: of kernel, peepholes and projection.
      num_proj: the size of the output, which is then a projection; None for none.
      proj_clip: bound of the projection's elements, or None.
      num_unit_shards, num_proj_shards: numbers of parts of the kernels; partitioners of scopes are there for this now.
      forget_bias: added to the forget gate.
      state_is_tuple: whether the state is an LSTMStateTuple; else c and h are one tensor.
      activation: a function, or the name of one; tanh where not given.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.
      dtype: of the variables; that of the first input where not given.
    """

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None,
                 num_unit_shards=None, num_proj_shards=None, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None,
                 dtype=None, **kwargs):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        if not state_is_tuple:
            _warn_of_concatenated_state(self)
        if num_unit_shards is not None or num_proj_shards is not None:
            logging.warn("%s: The num_unit_shards and proj_unit_shards parameters are deprecated and will be removed in Jan 2017.  "
                         "Use a variable scope with a partitioner instead.", self)
        self._set_units(num_units, activation)
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = by_name.initializer(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._output_size = num_proj or num_units
        self._state_size = LSTMStateTuple(num_units, self._output_size) if state_is_tuple else num_units + self._output_size

    @property
    def state_size(self):
        """LSTMStateTuple(num_units, output_size), or their sum."""
        return self._state_size

    @property
    def output_size(self):
        """num_proj where there is a projection, else num_units."""
        return self._output_size

    @shape_type_conversion
    def build(self, inputs_shape):
        """Makes kernel and bias of all four gates, the peepholes' diagonals, the projection's kernel."""
        depth = _input_depth(inputs_shape)
        h_depth = self._num_units if self._num_proj is None else self._num_proj

        def parts(n):
            return partitioned_variables.fixed_size_partitioner(n) if n is not None else None
        self._kernel = self.add_variable(_WEIGHTS_VARIABLE_NAME, shape=[depth + h_depth, 4 * self._num_units],
                                         initializer=self._initializer, partitioner=parts(self._num_unit_shards))
        zeros = init_ops.zeros_initializer if self.dtype is None else init_ops.zeros_initializer(dtype=self.dtype)
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[4 * self._num_units], initializer=zeros)
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = [
                self.add_variable("w_%s_diag" % gate, shape=[self._num_units], initializer=self._initializer) for gate in "fio"]
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable("projection/%s" % _WEIGHTS_VARIABLE_NAME, shape=[self._num_units, self._num_proj],
                                                  initializer=self._initializer, partitioner=parts(self._num_proj_shards))
        self.built = True

    def _parts(self, state):
        if self._state_is_tuple:
            c, h = state
            return c, h
        n = self._num_units if self._num_proj is None else self._num_proj
        c = array_ops.slice(state, [0, 0], [-1, self._num_units])
        return c, array_ops.slice(state, [0, self._num_units], [-1, n])

    def call(self, inputs, state):
        """(output, new state).  ValueError where the size of an input is not known."""
        sigmoid = math_ops.sigmoid
        c_prev, m_prev = self._parts(state)
        if inputs.get_shape().with_rank(2)[1].value is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        gates = nn_ops.bias_add(math_ops.matmul(array_ops.concat([inputs, m_prev], 1), self._kernel), self._bias)
        # The columns are those of the input gate, the new input, the forget gate, the output gate.
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
        if self._use_peepholes:
            c = (sigmoid(f + self._forget_bias + self._w_f_diag * c_prev) * c_prev +
                 sigmoid(i + self._w_i_diag * c_prev) * self._activation(j))
        else:
            c = sigmoid(f + self._forget_bias) * c_prev + sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = clip_ops.clip_by_value(c, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            m = sigmoid(o + self._w_o_diag * c) * self._activation(c)
        else:
            m = sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            m = math_ops.matmul(m, self._proj_kernel)
            if self._proj_clip is not None:
                m = clip_ops.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else array_ops.concat([c, m], 1)

    def get_config(self):
        """The arguments that make this cell again."""
        return self._config(
            use_peepholes=self._use_peepholes, cell_clip=self._cell_clip, initializer=by_name.initializer_config(self._initializer),
            num_proj=self._num_proj, proj_clip=self._proj_clip, num_unit_shards=self._num_unit_shards,
            num_proj_shards=self._num_proj_shards, forget_bias=self._forget_bias, state_is_tuple=self._state_is_tuple)
