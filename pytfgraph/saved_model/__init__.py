"""SavedModels.  Importing a module of this package puts the package where tf.saved_model was, so it answers for it."""
import sys
import types

from pytfgraph._public import Face

_face = Face("saved_model")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))
    return _face.find(globals(), name)


def __dir__():
    return sorted(_face.names())


class _Package(types.ModuleType):
    """The package, in which simple_save stays the function when the module of that name is imported."""

    @property
    def simple_save(self):
        from pytfgraph.saved_model.simple_save_impl import simple_save
        return simple_save

    @simple_save.setter
    def simple_save(self, module):
        pass


sys.modules[__name__].__class__ = _Package
