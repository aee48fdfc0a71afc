"""tf.contrib.learn: the data sets of the tutorials, and processors that turn documents into numbers."""
import importlib

_NAMES = ("datasets", "preprocessing")


def __getattr__(name):
    if name in _NAMES:
        return importlib.import_module("pytfgraph.contrib.learn.python.learn." + name)
    raise AttributeError("module 'tensorflow.contrib.learn' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)


def __dir__():
    return sorted(_NAMES)
