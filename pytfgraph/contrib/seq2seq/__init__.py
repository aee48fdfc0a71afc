"""tf.contrib.seq2seq: losses of sequences."""
import importlib

_NAMES = {"sequence_loss": "loss"}


def __getattr__(name):
    if name not in _NAMES:
        raise AttributeError("module 'tensorflow.contrib.seq2seq' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)
    value = globals()[name] = getattr(importlib.import_module("pytfgraph.contrib.seq2seq.python.ops." + _NAMES[name]), name)
    return value


def __dir__():
    return sorted(_NAMES)
