"""tensorflow.python.ops.nn: the functions of tf.nn."""
from pytfgraph import _public

_face = _public.Face("nn")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return _face.find(globals(), name)


def __dir__():
    return sorted(_face.names())
