"""inspect, for functions that may be decorated: it looks at what is decorated, or at the signature a decorator states."""
import collections
import functools
import inspect

from pytfgraph.util import tf_decorator

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
FullArgSpec = inspect.FullArgSpec
currentframe = inspect.currentframe
getframeinfo = inspect.getframeinfo
getmodule = inspect.getmodule
getmro = inspect.getmro
isbuiltin, ismodule, stack = inspect.isbuiltin, inspect.ismodule, inspect.stack


def _stated(obj):
    """(the signature that the outermost decorator states, or None; what is decorated)."""
    decorators, target = tf_decorator.unwrap(obj)
    return next((d.decorator_argspec for d in decorators if d.decorator_argspec is not None), None), target


def _simple(spec):
    """A FullArgSpec without what an ArgSpec cannot say; ValueError where it says more."""
    if spec.kwonlyargs:
        raise ValueError("Function has keyword-only parameters or annotations, use getfullargspec() API which can support them")
    return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def getfullargspec(obj):
    """The FullArgSpec of a function, class or callable object."""
    spec, target = _stated(obj)
    return inspect.getfullargspec(target) if spec is None else spec


def getargspec(obj):
    """The ArgSpec (args, varargs, keywords, defaults) of a function, class, callable object or functools.partial.

    Raises:
      ValueError: it cannot be said: a partial gives a default to an argument before one that has none.
    """
    if isinstance(obj, functools.partial):
        return _of_partial(obj)
    spec, target = _stated(obj)
    if spec is not None:
        return spec
    try:
        return _simple(inspect.getfullargspec(target))
    except TypeError:       # of some types written in C
        return _simple(inspect.getfullargspec(target.__init__ if inspect.isclass(target) else type(target).__call__))


def _of_partial(obj):
    args, varargs, keywords, defaults = getargspec(obj.func)
    args = args[len(obj.args):]
    values = [None] * len(args)
    if defaults:
        values[-len(defaults):] = defaults
    for name, value in (obj.keywords or {}).items():
        values[args.index(name)] = value
    first = next((i for i, value in enumerate(values) if value), None)
    if first is None:
        return ArgSpec(args, varargs, keywords, None)
    bare = [name for i, (name, value) in enumerate(zip(args, values)) if not value and i > first]
    if bare:
        raise ValueError("Some arguments %s do not have default value, but they are positioned after those with default values. "
                         "This can not be expressed with ArgSpec." % bare)
    return ArgSpec(args, varargs, keywords, tuple(values[first:]))


def getcallargs(func, *positional, **named):
    """{parameter: value} of a call."""
    spec = getfullargspec(func)
    if inspect.ismethod(func) and getattr(func, "__self__", None) is not None:
        positional = (func.__self__,) + positional
    values = dict(zip(spec.args, positional), **named)
    defaults = spec.defaults or ()
    for name, value in zip(spec.args[len(spec.args) - len(defaults):], defaults):
        values.setdefault(name, value)
    return values


def _of_target(ask):
    @functools.wraps(ask)
    def asked(object, *args, **kwargs):
        return ask(tf_decorator.unwrap(object)[1], *args, **kwargs)
    return asked


getfile, getsource, getsourcefile, getsourcelines = map(_of_target, (
    inspect.getfile, inspect.getsource, inspect.getsourcefile, inspect.getsourcelines))
isclass, isfunction, isgenerator, ismethod, isroutine = map(_of_target, (
    inspect.isclass, inspect.isfunction, inspect.isgenerator, inspect.ismethod, inspect.isroutine))
getdoc = inspect.getdoc
getmembers = inspect.getmembers
