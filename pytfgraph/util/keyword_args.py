"""Functions that are called with keywords only."""
import functools

from pytfgraph.util import tf_decorator


def keyword_args_only(func):
    """A decorator: ValueError where the function is called with a positional argument."""
    @functools.wraps(func)
    def new_func(*args, **kwargs):
        if args:
            raise ValueError("Must use keyword args to call %s." % func.__name__)
        return func(**kwargs)
    return tf_decorator.make_decorator(func, new_func, "keyword_args_only")
