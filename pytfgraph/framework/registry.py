"""Names for objects, each given once."""
import traceback

from pytfgraph.util import compat


class Registry:
    """Objects by name."""

    def __init__(self, name):
        """
        Args:
          name: what the objects are, for error messages.
        """
        self._name = name
        self._registry = {}

    def register(self, candidate, name=None):
        """Enters an object under a name, its __name__ if None; KeyError where the name is taken."""
        name = name or candidate.__name__
        if name in self._registry:
            where = self._registry[name][1]
            raise KeyError("Registering two %s with name '%s' !(Previous registration was in %s %s:%d)" % (
                self._name, name, where.name, where.filename, where.lineno))
        self._registry[name] = candidate, traceback.extract_stack(limit=3)[0]

    def list(self):
        """The names."""
        return self._registry.keys()

    def lookup(self, name):
        """The object under a name; LookupError where there is none."""
        name = compat.as_str(name)
        if name not in self._registry:
            raise LookupError("%s registry has no entry for: %s" % (self._name, name))
        return self._registry[name][0]
