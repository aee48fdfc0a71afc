"""Public modules made from api.txt: a name is resolved when a program first touches it."""
import functools
import importlib
import importlib.util
import os
import types


@functools.lru_cache(None)
def table():
    """{public module: {public name: (implementing module, private name)}}."""
    with open(os.path.join(os.path.dirname(__file__), "api.txt"), encoding="utf-8") as f:
        lines = f.read().split("\n")
    result, names, module = {}, None, None
    for line in lines:
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            names = result.setdefault(line[1:-1][3:], {})
            continue
        if line[0] != " ":
            module, line = line.split(":", 1)
        for word in line.split():
            public, _, private = word.partition("=")
            names[public] = (module, private or public)
    return result


def implementation(module):
    """Imports the implementing module that api.txt names."""
    if module.startswith("ops.gen_"):
        from pytfgraph.ops import raw
        return raw.module(module[len("ops."):])
    if module.startswith("tensorflow.core."):
        from pytfgraph import protos
        return protos.module(module)
    return importlib.import_module("pytfgraph." + module)


class Face:
    """The names of one public module ('' is tf itself, 'nn' is tf.nn)."""

    def __init__(self, path):
        self.path = path

    def names(self):
        own = set(table().get(self.path, ()))
        prefix = self.path + "." if self.path else ""
        own.update(p[len(prefix):].split(".")[0] for p in table() if p and p.startswith(prefix) and p != self.path)
        return own

    def find(self, namespace, name):
        """Finds a public name, keeps it in `namespace` and returns it; AttributeError where there is none."""
        value = self._find(name)
        namespace[name] = value
        return value

    def _find(self, name):
        full = self.path + "." + name if self.path else name
        if full in table() and name not in table().get(self.path, ()):
            return public_module(full)
        if not self.path and name in ("contrib", "keras"):
            return _subpackage(name)
        where = table().get(self.path, {}).get(name)
        label = "tensorflow" + ("." + self.path if self.path else "")
        if where is None:
            return self._of_module(name, label)
        try:
            if where[0] == "modules":
                return importlib.import_module(where[1].replace("tensorflow.python", "pytfgraph"))
            return getattr(implementation(where[0]), where[1])
        except (ImportError, AttributeError) as e:
            if not _is_absent(e, where):
                raise
            raise AttributeError("module '%s' has no attribute '%s': TensorFlow 1.12 has it, pytfgraph does not provide it yet"
                                 % (label, name)) from None


    def _of_module(self, name, label):
        """What only the implementing module has: `from tensorflow.python.saved_model import loader` may give tf.saved_model.loader."""
        module = None
        if "." in self.path and importlib.util.find_spec("pytfgraph." + self.path.split(".")[0]):
            try:
                module = importlib.import_module("pytfgraph." + self.path)
            except ModuleNotFoundError:
                pass
        if name not in getattr(module, "__dict__", ()):
            raise AttributeError("module '%s' has no attribute '%s'" % (label, name))
        return module.__dict__[name]


def _is_absent(error, where):
    """Whether the error says that the implementing module, or its name, does not exist (and nothing else went wrong)."""
    if isinstance(error, AttributeError):
        return getattr(error, "name", None) == where[1]
    wanted = where[1].replace("tensorflow.python", "pytfgraph") if where[0] == "modules" else "pytfgraph." + where[0]
    return isinstance(error, ModuleNotFoundError) and (wanted + ".").startswith((error.name or "") + ".")


def _subpackage(name):
    try:
        return importlib.import_module("pytfgraph." + name)
    except ModuleNotFoundError as e:
        if e.name != "pytfgraph." + name:
            raise
        raise AttributeError("module 'tensorflow' has no attribute '%s': TensorFlow 1.12 has it, pytfgraph does not provide it yet"
                             % name) from None


class PublicModule(types.ModuleType):
    """A public module such as tf.nn."""

    def __init__(self, path):
        super().__init__("tensorflow." + path if path else "tensorflow")
        self.__path__ = []
        self._face = Face(path)

    def __getattr__(self, name):
        if name.startswith("__") or name == "_face":
            raise AttributeError("module '%s' has no attribute '%s'" % (self.__name__, name))
        return self._face.find(self.__dict__, name)

    def __dir__(self):
        return sorted(self._face.names())


@functools.lru_cache(None)
def public_module(path):
    return PublicModule(path)
