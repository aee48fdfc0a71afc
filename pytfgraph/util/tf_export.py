"""The decorators with which TensorFlow's sources say under which public names a thing is known; here api.txt does."""
import collections
import functools
import sys

from pytfgraph.util import tf_decorator

ESTIMATOR_API_NAME = "estimator"
TENSORFLOW_API_NAME = "tensorflow"

_Attributes = collections.namedtuple("ExportedApiAttributes", ["names", "constants"])
API_ATTRS = {TENSORFLOW_API_NAME: _Attributes("_tf_api_names", "_tf_api_constants"),
             ESTIMATOR_API_NAME: _Attributes("_estimator_api_names", "_estimator_api_constants")}
API_ATTRS_V1 = {api: _Attributes(*(attribute + "_v1" for attribute in attributes)) for api, attributes in API_ATTRS.items()}


class SymbolAlreadyExposedError(Exception):
    """A thing that has public names already was given others."""


def get_canonical_name_for_symbol(symbol, api_name=TENSORFLOW_API_NAME):
    """The first public name that api_export noted of a function or class and that is not deprecated; None where there is none."""
    noted = getattr(tf_decorator.unwrap(symbol)[1], "__dict__", {})
    return get_canonical_name(noted.get(API_ATTRS[api_name].names, ()), noted.get("_tf_deprecated_api_names", ()))


def get_canonical_name(api_names, deprecated_api_names):
    """The first of the names that is not deprecated, or None."""
    return next((name for name in api_names if name not in deprecated_api_names), None)


class api_export:
    """Notes the public names of a function, class or constant, the first of which is the one to use.

    Args:
      *args: the names.
      **kwargs: v1 (other names for version 1), api_name ("tensorflow" or "estimator"), overrides (things that lose their names to this
        one), allow_multiple_exports (whether names may be noted again).
    """

    def __init__(self, *args, **kwargs):
        self._names = args
        self._names_v1 = kwargs.get("v1", args)
        self._api_name = kwargs.get("api_name", TENSORFLOW_API_NAME)
        self._overrides = kwargs.get("overrides", [])
        self._allow_multiple_exports = kwargs.get("allow_multiple_exports", False)

    def _noted(self):
        return (API_ATTRS[self._api_name], self._names), (API_ATTRS_V1[self._api_name], self._names_v1)

    def __call__(self, func):
        for attributes, _ in self._noted():
            for overridden in self._overrides:
                delattr(tf_decorator.unwrap(overridden)[1], attributes.names)
        target = tf_decorator.unwrap(func)[1]
        for attributes, names in self._noted():
            self.set_attr(target, attributes.names, names)
        return func

    def set_attr(self, func, api_names_attr, names):
        """Notes names in an attribute; SymbolAlreadyExposedError where it has some."""
        if api_names_attr in func.__dict__ and not self._allow_multiple_exports:
            raise SymbolAlreadyExposedError("Symbol %s is already exposed as %s." % (func.__name__, getattr(func, api_names_attr)))
        setattr(func, api_names_attr, names)

    def export_constant(self, module_name, name):
        """Notes the names of the constant `name` of a module in that module."""
        module = sys.modules[module_name]
        for attributes, names in self._noted():
            if not hasattr(module, attributes.constants):
                setattr(module, attributes.constants, [])
            getattr(module, attributes.constants).append((names, name))


tf_export = functools.partial(api_export, api_name=TENSORFLOW_API_NAME)
estimator_export = functools.partial(api_export, api_name=ESTIMATOR_API_NAME, allow_multiple_exports=True)
