"""Objects that make their variables once and apply them as often as they are called.  Importing a module of this package puts the
package where tf.layers was, so it answers for it."""
from pytfgraph._public import Face

_face = Face("layers")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return _face.find(globals(), name)


def __dir__():
    return sorted(_face.names())
