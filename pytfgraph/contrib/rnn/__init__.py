"""tf.contrib.rnn: cells, wrappers of cells, and functions that apply them, beyond those of tf.nn."""
import importlib

_HERE = "pytfgraph.contrib.rnn.python.ops."
_NAMES = {name: module for module, names in {
    "pytfgraph.ops.rnn": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
    "pytfgraph.ops.rnn_cell": """BasicLSTMCell BasicRNNCell DeviceWrapper DropoutWrapper GRUCell LayerRNNCell LSTMCell LSTMStateTuple
        MultiRNNCell ResidualWrapper RNNCell""",
    _HERE + "core_rnn_cell": "EmbeddingWrapper InputProjectionWrapper OutputProjectionWrapper",
    _HERE + "fused_rnn_cell": "FusedRNNCell FusedRNNCellAdaptor TimeReversedFusedRNN",
    _HERE + "gru_ops": "GRUBlockCell GRUBlockCellV2",
    _HERE + "lstm_ops": "LSTMBlockCell LSTMBlockFusedCell LSTMBlockWrapper",
    _HERE + "rnn": "stack_bidirectional_dynamic_rnn stack_bidirectional_rnn",
    _HERE + "rnn_cell": """AttentionCellWrapper BidirectionalGridLSTMCell CompiledWrapper Conv1DLSTMCell Conv2DLSTMCell Conv3DLSTMCell
        ConvLSTMCell CoupledInputForgetGateLSTMCell GLSTMCell GridLSTMCell HighwayWrapper IndRNNCell IndyGRUCell IndyLSTMCell
        IntersectionRNNCell LayerNormBasicLSTMCell NASCell PhasedLSTMCell SRUCell TimeFreqLSTMCell UGRNNCell""",
}.items() for name in names.split()}
_RENAMED = {"best_effort_input_batch_size": "_best_effort_input_batch_size", "transpose_batch_time": "_transpose_batch_time"}


def __getattr__(name):
    if name in _RENAMED:
        value = getattr(importlib.import_module("pytfgraph.ops.rnn"), _RENAMED[name])
    elif name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
    else:
        raise AttributeError("module 'tensorflow.contrib.rnn' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(list(_NAMES) + list(_RENAMED))
