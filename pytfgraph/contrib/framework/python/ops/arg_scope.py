"""Default arguments by scope: with arg_scope([conv2d], padding="SAME"), each conv2d called inside pads so unless told otherwise."""
import functools
import inspect
import threading

from pytfgraph.util import tf_contextlib, tf_decorator

__all__ = ["arg_scope", "add_arg_scope", "current_arg_scope", "has_arg_scope", "arg_scoped_arguments", "arg_scope_func_key"]

_decorated = {}                 # a function's key -> names of its arguments with defaults
_scopes = threading.local()


def _stack():
    if not hasattr(_scopes, "stack"):
        _scopes.stack = [{}]
    return _scopes.stack


def current_arg_scope():
    """The scope in force: {a function's key: {argument: value}}."""
    return _stack()[-1]


def arg_scope_func_key(op):
    """What stands for a function in a scope."""
    return getattr(op, "_key_op", str(op))


def _inside(scope):
    _stack().append(scope)
    try:
        yield scope
    finally:
        _stack().pop()


@tf_contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """Gives functions default arguments while the with statement lasts.

    Args:
      list_ops_or_scope: functions that add_arg_scope decorated; or a scope as this one gave it, which is then in force again.
      **kwargs: the arguments; none with a scope.  What an outer scope set and these do not name stays.

    Yields:
      The scope, a dictionary.

    Raises:
      TypeError: if list_ops_or_scope is neither a list, a tuple nor a dictionary.
      ValueError: if a function is not decorated, or arguments come with a scope.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by suppling adictionary, kwargs must be empty.")
        yield from _inside(list_ops_or_scope.copy())
        return
    if not isinstance(list_ops_or_scope, (list, tuple)):
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    scope = current_arg_scope().copy()
    for op in list_ops_or_scope:
        if not has_arg_scope(op):
            raise ValueError("%s is not decorated with @add_arg_scope", (op.__module__, op.__name__))
        key = arg_scope_func_key(op)
        scope[key] = dict(scope.get(key, {}), **kwargs)
    yield from _inside(scope)


def add_arg_scope(func):
    """A decorator: the function takes default arguments from the arg_scope in force."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def with_scope(*args, **kwargs):
        return func(*args, **dict(current_arg_scope().get(key, {}), **kwargs))
    _decorated[key] = tuple(n for n, p in inspect.signature(func).parameters.items()
                            if p.default is not p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)
    with_scope._key_op = key
    return tf_decorator.make_decorator(func, with_scope)


def has_arg_scope(func):
    """Whether add_arg_scope decorated the function."""
    return arg_scope_func_key(func) in _decorated


def arg_scoped_arguments(func):
    """Names of the arguments that an arg_scope can set for a decorated function."""
    assert has_arg_scope(func)
    return _decorated[arg_scope_func_key(func)]
