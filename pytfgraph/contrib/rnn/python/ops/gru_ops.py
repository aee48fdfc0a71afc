"""GRUs whose step is one operation."""
from pytfgraph.layers import base as base_layer
from pytfgraph.ops import init_ops, raw, rnn_cell_impl
from pytfgraph.util.deprecation import warn_of_argument

LayerRNNCell = rnn_cell_impl.LayerRNNCell


class GRUBlockCell(LayerRNNCell):
    """A GRU cell whose step is one operation.

    Args:
      num_units: the size of state and output.
      cell_size: the older name of num_units.
      reuse: whether the variables exist already, or may.
      name: of the layer, and of its scope.

    Raises:
      ValueError: where not exactly one of num_units and cell_size is given.
    """

    _names = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(self, num_units=None, cell_size=None, reuse=None, name="gru_cell"):
        if cell_size is not None:
            warn_of_argument("GRUBlockCell.__init__", "tensorflow.contrib.rnn.python.ops.gru_ops", "cell_size",
                             "cell_size is deprecated, use num_units instead")
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size = cell_size if num_units is None else num_units
        self.input_spec = base_layer.InputSpec(ndim=2)

    @property
    def state_size(self):
        """The number of units."""
        return self._cell_size

    @property
    def output_size(self):
        """The number of units."""
        return self._cell_size

    def build(self, input_shape):
        """Makes kernel and bias of the gates and of the candidate."""
        if input_shape[1].value is None:
            raise ValueError("Expecting input_size to be set.")
        n, rows = self._cell_size, input_shape[1].value + self._cell_size
        self._gate_kernel = self.add_variable(self._names[0], [rows, n * 2])
        self._gate_bias = self.add_variable(self._names[1], [n * 2], initializer=init_ops.constant_initializer(1.0))
        self._candidate_kernel = self.add_variable(self._names[2], [rows, n])
        self._candidate_bias = self.add_variable(self._names[3], [n], initializer=init_ops.constant_initializer(0.0))
        self.built = True

    def call(self, inputs, h_prev):
        """(output, new state), which are the same.  ValueError for a state of another size."""
        cell_size = h_prev.get_shape().with_rank(2)[1]
        if cell_size != self._cell_size:
            raise ValueError("Shape of h_prev[1] incorrect: cell_size %i vs %s" % (self._cell_size, cell_size))
        _, _, _, h = raw.function("gru_block_cell")(
            x=inputs, h_prev=h_prev, w_ru=self._gate_kernel, w_c=self._candidate_kernel, b_ru=self._gate_bias, b_c=self._candidate_bias)
        return h, h


class GRUBlockCellV2(GRUBlockCell):
    """GRUBlockCell with the variables' names of GRUCell, so that both read the same checkpoints."""

    _names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
