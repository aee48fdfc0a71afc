"""What programs ask about functions that they are given."""
import functools

from pytfgraph.util import tf_decorator, tf_inspect


def _called(fn):
    """__call__ of an object that is not a function."""
    is_object = not tf_inspect.isfunction(fn) and not tf_inspect.ismethod(fn) and not tf_inspect.isclass(fn) and hasattr(fn, "__call__")
    return fn.__call__ if is_object else fn


def fn_args(fn):
    """The names of a function's arguments, without those that a functools.partial gives and without a method's self."""
    if isinstance(fn, functools.partial):
        return tuple(a for a in fn_args(fn.func)[len(fn.args):] if a not in (fn.keywords or ()))
    fn = _called(fn)
    args = list(tf_inspect.getfullargspec(fn).args)
    if tf_inspect.ismethod(fn):
        args.remove("self")
    return tuple(args)


def has_kwargs(fn):
    """Whether a function takes **kwargs; TypeError where it is none."""
    if isinstance(fn, functools.partial):
        fn = fn.func
    elif not callable(fn):
        raise TypeError("fn should be a function-like object, but is of type %s." % type(fn))
    return tf_inspect.getfullargspec(_called(fn)).varkw is not None


def get_func_name(func):
    """A function's name, "Class.method", or the class of a callable object; ValueError where it cannot be called."""
    func = tf_decorator.unwrap(func)[1]
    if not callable(func):
        raise ValueError("Argument must be callable")
    if tf_inspect.isfunction(func):
        return func.__name__
    if tf_inspect.ismethod(func):
        return "%s.%s" % (type(func.__self__).__name__, func.__func__.__name__)
    return str(type(func))


def get_func_code(func):
    """A function's code object, None where it has none; ValueError where it cannot be called."""
    func = tf_decorator.unwrap(func)[1]
    if not callable(func):
        raise ValueError("Argument must be callable")
    return getattr(_called(func), "__code__", None)
