"""gen_*_ops modules: one function per registered op, made when first asked for."""
import functools
import keyword
import re
import types

from pytfgraph import _core

_EXCEPTIONS = {}  # op name -> function name, where the rule below does not give TensorFlow's
# Functions that TensorFlow's modules have with an underscore, since their own functions of the plain name stand before them.
_HIDDEN = ("abs all any assert batch_norm_with_global_normalization clip_by_value complex exit for fused_batch_norm "
           "histogram_fixed_width if max min pow print range slice stack sum while").split()


def snake_case(op_name):
    """The function name of an op: 'MatMul' -> 'mat_mul', 'LogSoftmax' -> 'log_softmax', 'Conv2D' -> 'conv2d'."""
    if op_name in _EXCEPTIONS:
        return _EXCEPTIONS[op_name]
    if op_name.startswith("_"):
        return "_" + snake_case(op_name[1:])
    s = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", op_name)
    s = re.sub(r"([a-z])([A-Z])", r"\1_\2", s)
    s = re.sub(r"([0-9])([A-Z][a-z])", r"\1_\2", s)
    s = s.lower()
    return "_" + s if keyword.iskeyword(s) else s


@functools.lru_cache(None)
def _by_function_name():
    names = {snake_case(name): name for name in _core.op_names()}
    names.update({name[1:]: op for name, op in names.items() if keyword.iskeyword(name[1:])})      # for getattr
    names.update({"_" + name: names[name] for name in _HIDDEN if name in names})
    return names


@functools.lru_cache(None)
def function(name):
    """The function of an op by its function name; KeyError where no op is registered under it."""
    return _core.raw_op(_by_function_name()[name])


def refresh():
    """Looks at the registry again, which a library has added to."""
    _by_function_name.cache_clear()


class RawModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            value = function(name)
        except KeyError:
            raise AttributeError("module '%s' has no attribute '%s'" % (self.__name__, name), name=name, obj=self) from None
        self.__dict__[name] = value
        return value

    def __dir__(self):
        return sorted(_by_function_name())


@functools.lru_cache(None)
def module(name):
    """The module gen_math_ops, gen_array_ops, ...: all of them know all ops."""
    return RawModule("tensorflow.python.ops." + name.split(".")[-1])
