"""Modules that are imported when they are first used."""
import importlib
import types


class LazyLoader(types.ModuleType):
    """Stands for a module in the globals of another, and puts the module there at the first use."""

    def __init__(self, local_name, parent_module_globals, name):
        """
        Args:
          local_name: the name in the globals.
          parent_module_globals: the other module's globals().
          name: the module's full name.
        """
        self._local_name = local_name
        self._parent_module_globals = parent_module_globals
        super().__init__(name)

    def _load(self):
        module = importlib.import_module(self.__name__)
        self._parent_module_globals[self._local_name] = module
        self.__dict__.update(module.__dict__)
        return module

    def __getattr__(self, item):
        return getattr(self._load(), item)

    def __dir__(self):
        return dir(self._load())
