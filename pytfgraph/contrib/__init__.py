"""tf.contrib: its parts load when they are first touched."""
import importlib


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError("module 'tensorflow.contrib' has no attribute '%s'" % name)
    try:
        return importlib.import_module("pytfgraph.contrib." + name)
    except ModuleNotFoundError as e:
        if e.name != "pytfgraph.contrib." + name:
            raise
        raise AttributeError("module 'tensorflow.contrib' has no attribute '%s' (pytfgraph does not provide it yet)" % name) from None
