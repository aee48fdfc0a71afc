"""A mark of functions that may change."""
import functools

from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import decorator_utils


def experimental(func):
    """The function with a warning at each call, and a notice in its doc string; ValueError for what cannot be called."""
    decorator_utils.validate_callable(func, "experimental")

    @functools.wraps(func)
    def warning(*args, **kwargs):
        logging.warning("%s (from %s) is experimental and may change or be removed at any time, and without warning.",
                        decorator_utils.get_qualified_name(func), func.__module__)
        return func(*args, **kwargs)
    warning.__doc__ = decorator_utils.add_notice_to_docstring(
        func.__doc__, "", "EXPERIMENTAL FUNCTION", "(experimental)",
        ["THIS FUNCTION IS EXPERIMENTAL. It may change or be removed at any time, and without warning."])
    return warning
