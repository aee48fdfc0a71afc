"""tf.contrib.distributions, as far as it is tf.distributions."""
from pytfgraph import _public

_face = _public.Face("distributions")


def __getattr__(name):
    if name.startswith("__") or name not in _face.names():
        raise AttributeError("module 'tensorflow.contrib.distributions' has no attribute '%s' (pytfgraph does not provide it yet)" % name,
                             name=name)
    return _face.find(globals(), name)


def __dir__():
    return sorted(_face.names())
