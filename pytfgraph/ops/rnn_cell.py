"""tensorflow.python.ops.rnn_cell, the older path of tf.nn.rnn_cell."""
from pytfgraph.ops.rnn_cell_impl import (  # noqa: F401
    BasicLSTMCell, BasicRNNCell, GRUCell, LayerRNNCell, LSTMCell, LSTMStateTuple, RNNCell)
from pytfgraph.ops.rnn_cell_wrappers import DeviceWrapper, DropoutWrapper, MultiRNNCell, ResidualWrapper  # noqa: F401
