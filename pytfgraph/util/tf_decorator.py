"""Decorators that say what they decorate."""
import functools
import sys


class TFDecorator:
    """What make_decorator notes of a decoration: the target, the decorator's name, its documentation and its signature, if it has one."""

    def __init__(self, decorator_name, target, decorator_doc="", decorator_argspec=None):
        self._decorated_target = target
        self._decorator_name = decorator_name
        self._decorator_doc = decorator_doc
        self._decorator_argspec = decorator_argspec
        if hasattr(target, "__name__"):
            self.__name__ = target.__name__
        self.__doc__ = decorator_doc or getattr(target, "__doc__", None) or ""

    def __get__(self, obj, objtype):
        return functools.partial(self.__call__, obj)

    def __call__(self, *args, **kwargs):
        return self._decorated_target(*args, **kwargs)

    decorated_target = property(lambda self: self._decorated_target)
    decorator_name = property(lambda self: self._decorator_name)
    decorator_doc = property(lambda self: self._decorator_doc)
    decorator_argspec = property(lambda self: self._decorator_argspec)


def make_decorator(target, decorator_func, decorator_name=None, decorator_doc="", decorator_argspec=None):
    """decorator_func with the name, module and documentation of the function that it wraps.

    Args:
      target: the function that is wrapped.
      decorator_func: the wrapper, which is returned.
      decorator_name: of the decorator; the calling function's name if None.
      decorator_doc: documentation instead of the target's.
      decorator_argspec: the signature, where it is not the target's.
    """
    name = sys._getframe(1).f_code.co_name if decorator_name is None else decorator_name
    decorator = TFDecorator(name, target, decorator_doc, decorator_argspec)
    decorator_func._tf_decorator = decorator
    for attribute in ("__name__", "__module__"):
        if hasattr(target, attribute):
            setattr(decorator_func, attribute, getattr(target, attribute))
    if hasattr(target, "__doc__"):
        decorator_func.__doc__ = decorator.__doc__
    decorator_func.__wrapped__ = target
    return decorator_func


def unwrap(maybe_tf_decorator):
    """(the TFDecorators around a function, the outermost first, and the function itself)."""
    decorators, target = [], maybe_tf_decorator
    while isinstance(target, TFDecorator) or hasattr(target, "_tf_decorator"):
        decorators.append(target if isinstance(target, TFDecorator) else target._tf_decorator)
        target = decorators[-1].decorated_target
    return decorators, target
