"""Which programs read a graph made here, and text in either version of Python.  Importing a module of this package puts the package
where tf.compat was, so it answers for it."""
from pytfgraph._public import Face

_face = Face("compat")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return _face.find(globals(), name)


def __dir__():
    return sorted(_face.names())
