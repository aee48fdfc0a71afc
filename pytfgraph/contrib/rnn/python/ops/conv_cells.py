"""LSTMs whose gates are convolutions (Shi et al., arXiv:1506.04214)."""
from pytfgraph.framework import tensor_shape
from pytfgraph.ops import array_ops, init_ops, math_ops, nn_ops, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs


def _conv(args, filter_size, num_features, bias, bias_start=0.0):
    """The convolution of tensors side by side; ValueError where they are not of 3, 4 or 5 dimensions, all the same."""
    shapes = [a.get_shape().as_list() for a in args]
    rank = len(shapes[0])
    for shape in shapes:
        if len(shape) not in (3, 4, 5):
            raise ValueError("Conv Linear expects 3D, 4D or 5D arguments: %s" % str(shapes))
        if len(shape) != rank:
            raise ValueError("Conv Linear expects all args to be of same Dimension: %s" % str(shapes))
    dtype = args[0].dtype
    conv = {3: nn_ops.conv1d, 4: nn_ops.conv2d, 5: nn_ops.conv3d}[rank]
    kernel = vs.get_variable("kernel", filter_size + [sum(shape[-1] for shape in shapes), num_features], dtype=dtype)
    inputs = args[0] if len(args) == 1 else array_ops.concat(axis=rank - 1, values=args)
    result = conv(inputs, kernel, 1 if rank == 3 else rank * [1], padding="SAME")
    if not bias:
        return result
    return result + vs.get_variable("biases", [num_features], dtype=dtype,
                                    initializer=init_ops.constant_initializer(bias_start, dtype=dtype))


class ConvLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM whose inputs and states are images, or the like.

    Args:
      conv_ndims: how many dimensions the images have, 1 to 3.
      input_shape: of an image with its channels, a list.
      output_channels: how many channels memory and output have.
      kernel_shape: of the convolution, a list of conv_ndims.
      use_bias: whether there is a bias.
      skip_connection: whether the inputs are put behind the outputs' channels.
      forget_bias: added to the forget gate.
      initializers: not used.
      name: of the layer.

    Raises:
      ValueError: where the shape does not have that many dimensions.
    """

    def __init__(self, conv_ndims, input_shape, output_channels, kernel_shape, use_bias=True, skip_connection=False, forget_bias=1.0,
                 initializers=None, name="conv_lstm_cell"):
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError("Invalid input_shape {} for conv_ndims={}.".format(input_shape, conv_ndims))
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = kernel_shape
        self._use_bias = use_bias
        self._forget_bias = forget_bias
        self._skip_connection = skip_connection
        state = tensor_shape.TensorShape(input_shape[:-1] + [output_channels])
        self._state_size = rnn_cell_impl.LSTMStateTuple(state, state)
        self._output_size = tensor_shape.TensorShape(input_shape[:-1] + [output_channels + (input_shape[-1] if skip_connection else 0)])

    @property
    def output_size(self):
        """The shape of an image with its channels."""
        return self._output_size

    @property
    def state_size(self):
        """LSTMStateTuple of two shapes."""
        return self._state_size

    def call(self, inputs, state, scope=None):
        """(output, new state)."""
        c, h = state
        gates = _conv([inputs, h], self._kernel_shape, 4 * self._output_channels, self._use_bias)
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=self._conv_ndims + 1)
        kept = math_ops.sigmoid(f + self._forget_bias) * c
        new_c = kept + math_ops.sigmoid(i) * math_ops.tanh(j)
        output = math_ops.tanh(new_c) * math_ops.sigmoid(o)
        if self._skip_connection:
            output = array_ops.concat([output, inputs], axis=-1)
        return output, rnn_cell_impl.LSTMStateTuple(new_c, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell of rows; arguments as there, but for conv_ndims."""

    def __init__(self, name="conv_1d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell of images; arguments as there, but for conv_ndims."""

    def __init__(self, name="conv_2d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell of volumes; arguments as there, but for conv_ndims."""

    def __init__(self, name="conv_3d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=3, name=name, **kwargs)
