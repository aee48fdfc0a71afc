"""import tensorflow: an importer that answers for `tensorflow` and everything under it."""
import importlib
import importlib.abc
import importlib.machinery
import sys

_ROOT = "tensorflow"

# A module whose name is that of a public function of its package is kept under another name.
_ELSEWHERE = {"saved_model.simple_save": "saved_model.simple_save_impl"}
# 1.13 moved modules of tf.contrib.signal; here they are where 1.12 had them.
_ELSEWHERE.update(("ops.signal." + m, "contrib.signal.python.ops." + m) for m in (
    "mel_ops", "mfcc_ops", "reconstruction_ops", "shape_ops", "spectral_ops", "util_ops", "window_ops"))


# Modules that programs import so that gradients are registered; here the core has them all.
_GRADIENTS = {"python.ops.%s_grad" % family for family in (
    "array", "control_flow", "cudnn_rnn", "data_flow", "image", "linalg", "manip", "math", "nn", "optional", "random", "sparse", "spectral",
    "state", "tensor_array")}


# Modules of TensorFlow's that have the generated functions of their operations besides their own.
_WITH_GENERATED = {"ops.%s_ops" % family for family in (
    "array", "bitwise", "control_flow", "data_flow", "image", "io", "linalg", "list", "logging", "lookup", "math", "nn", "parsing", "random",
    "resource_variable", "sdca", "sparse", "state", "string", "summary")}

# Modules of TensorFlow's that only gather the names of others: of implementing modules, or of public ones ("tf.image").
_GATHERED = {"ops.image_ops": ("ops.image_ops_impl", "tf.image"), "ops.gradients": ("ops.gradients_impl", "ops.custom_gradient"),
             "ops.linalg.linalg": ("tf.linalg", "ops.linalg.linalg_impl"), "ops.standard_ops": ("tf",), "ops.sets": ("ops.sets_impl",),
             "ops.bitwise_ops": (), "ops.list_ops": (), "ops.sdca_ops": (), "training.training": ("tf.train",),
             "framework.framework_lib": ("tf",), "client.client_lib": ("tf",)}


def install():
    """Makes `import tensorflow` give this library; ImportError where the real one was imported already."""
    loaded = sys.modules.get(_ROOT)
    if loaded is not None and not getattr(loaded, "_is_pytfgraph", False):
        raise ImportError("install_as_tensorflow: the real TensorFlow was imported already")
    if not any(isinstance(f, _Finder) for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name != _ROOT and not name.startswith(_ROOT + "."):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _module(spec.name)

    def exec_module(self, module):
        pass  # it is complete


def _module(name):
    """The module that an import of `name` gives."""
    from pytfgraph import _public
    if name == _ROOT:
        return _root()
    path = name[len(_ROOT) + 1:]
    if path in ("compat.v1", "_api.v1"):
        return _root()
    if path.startswith("compat.v1."):
        return importlib.import_module(_ROOT + path[len("compat.v1"):])
    if path.startswith("_api.v1."):
        return importlib.import_module(_ROOT + path[len("_api.v1"):])
    if path.startswith("core.") and path.endswith("_pb2"):
        from pytfgraph import protos
        try:
            return protos.module(name)
        except KeyError:
            raise _missing(name) from None
    if path in ("core", "python", "python.ops", "python.framework", "examples", "examples.tutorials") or path in _GRADIENTS:
        return _Namespace(name)
    if path.startswith("core."):
        from pytfgraph import protos
        if any(module.startswith(name + ".") for module in protos.modules()):
            return _Namespace(name)
    if path.startswith("python."):
        return _implementation(name, path[len("python."):])
    if path in _public.table() or any(p.startswith(path + ".") for p in _public.table()):
        return _public.public_module(path)
    where = _public.table()[""].get(path)
    if where is not None and where[0] == "modules":
        return _implementation(name, where[1][len("tensorflow.python."):])
    if path.split(".")[0] in ("contrib", "keras", "examples", "tools"):
        return _implementation(name, path)
    raise _missing(name)


def _implementation(name, path):
    from pytfgraph import _public
    if path.split(".")[-1].startswith("gen_"):
        return _public.implementation(path)
    path = _ELSEWHERE.get(path, path)
    if path in _GATHERED:
        return _Gathered(name, path)
    try:
        module = importlib.import_module("pytfgraph." + path)
        if path in _WITH_GENERATED:
            module.__class__ = _WithGenerated
        elif hasattr(module, "__path__") and type(module) is type(sys):     # those with a class of their own know their names
            module.__class__ = _Package
        return module
    except ModuleNotFoundError as e:
        if not ("pytfgraph." + path + ".").startswith((e.name or "") + "."):
            raise
        raise _missing(name) from None


def _generated(module, name):
    """The generated function of an operation; AttributeError where there is none, or where the module should have its own."""
    from pytfgraph import _public
    from pytfgraph.ops import raw
    path = module.replace("pytfgraph.", "", 1).replace("tensorflow.python.", "", 1)
    own = any(where == (path, name) for names in _public.table().values() for where in names.values())
    if not own and not name.startswith("__") and path in _WITH_GENERATED:
        try:
            return raw.function(name)
        except KeyError:
            pass
    raise AttributeError("module '%s' has no attribute '%s'" % (module, name))


class _WithGenerated(type(sys)):
    """A module of this package that also gives the generated functions."""

    def __getattr__(self, attr):
        return _generated(self.__name__, attr)


class _Package(type(sys)):
    """A package of this library, with the modules that TensorFlow's has under it."""

    def __getattr__(self, attr):
        if not attr.startswith("__"):
            try:
                return importlib.import_module("%s.python.%s.%s" % (_ROOT, self.__name__.split(".", 1)[1], attr))
            except ModuleNotFoundError:
                pass
        # A package of tf.contrib that knows what is missing said so already, but was not heard.
        known = self.__name__.replace("pytfgraph", _ROOT, 1)
        yet = " (pytfgraph does not provide it yet)" if known.startswith(_ROOT + ".contrib") else ""
        raise AttributeError("module '%s' has no attribute '%s'%s" % (known, attr, yet), name=attr, obj=self)


class _Gathered(type(sys)):
    """A module that gives the names of others; see _GATHERED."""

    def __init__(self, name, path):
        super().__init__(name)
        self.__path__ = []
        self._parts = _GATHERED[path]

    def __getattr__(self, attr):
        if attr.startswith("__"):
            raise AttributeError("module '%s' has no attribute '%s'" % (self.__name__, attr))
        for part in self._parts:
            module = importlib.import_module(_ROOT + (part[len("tf"):] if part.split(".")[0] == "tf" else ".python." + part))
            if hasattr(module, attr):
                return getattr(module, attr)
        return _generated(self.__name__, attr)


def _missing(name):
    return ModuleNotFoundError("No module named '%s': pytfgraph does not provide it (yet)" % name, name=name)


class _Namespace(type(sys)):
    """A package of TensorFlow's that has no names of its own."""

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, attr):
        if attr.startswith("__"):
            raise AttributeError("module '%s' has no attribute '%s'" % (self.__name__, attr))
        try:
            return importlib.import_module(self.__name__ + "." + attr)
        except ModuleNotFoundError:
            raise AttributeError("module '%s' has no attribute '%s' (pytfgraph does not provide it yet)" % (self.__name__, attr)) from None


class _Root(type(sys)):
    """The module `tensorflow`: the public names, and the packages under it."""

    _is_pytfgraph = True

    def __init__(self):
        super().__init__(_ROOT, "pytfgraph, as tensorflow")
        self.__path__ = []
        self.__version__ = "1.12.3"

    def __getattr__(self, name):
        import pytfgraph
        if name in ("python", "core", "examples"):
            return importlib.import_module(_ROOT + "." + name)
        if name.startswith("__"):
            raise AttributeError("module 'tensorflow' has no attribute '%s'" % name)
        value = getattr(pytfgraph, name)
        self.__dict__[name] = value
        return value

    def __dir__(self):
        import pytfgraph
        return dir(pytfgraph)


_the_root = []


def _root():
    if not _the_root:
        _the_root.append(_Root())
    return _the_root[0]
