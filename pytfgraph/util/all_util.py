"""Which names a module shows."""
import re
import sys

from pytfgraph.util import tf_inspect

_hidden = {}


def make_all(module_name, doc_string_modules=None):
    """The names for __all__: those that a module's documentation names as @@name."""
    modules = doc_string_modules if doc_string_modules is not None else [sys.modules[module_name]]
    named = {name for module in modules if module.__doc__ for name in re.findall(r"^@@(\w+)$", module.__doc__, re.MULTILINE)}
    here = {name for name, value in tf_inspect.getmembers(sys.modules[module_name]) if not name.startswith("_") and not tf_inspect.ismodule(value)}
    return sorted(named & here)


def reveal_undocumented(symbol_name, target_module=None):
    """Puts back what remove_undocumented took away; LookupError where it did not."""
    if symbol_name not in _hidden:
        raise LookupError("Symbol %s is not a hidden symbol" % symbol_name)
    module, value = _hidden[symbol_name]
    setattr(target_module or module, symbol_name.split(".")[-1], value)


def remove_undocumented(module_name, allowed_exception_list=None, doc_string_modules=None):
    """Takes away a module's names that neither its documentation names as @@name nor the list does."""
    module = sys.modules[module_name]
    keep = set(make_all(module_name, doc_string_modules)) | set(allowed_exception_list or [])
    for name, value in tf_inspect.getmembers(module):
        if not name.startswith("_") and name not in keep:
            _hidden["%s.%s" % (module_name, name)] = (module, value)
            delattr(module, name)
