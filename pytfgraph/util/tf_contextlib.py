"""contextlib.contextmanager, noted as a decorator."""
import contextlib

from pytfgraph.util import tf_decorator


def contextmanager(target):
    """A function for with statements from a generator function."""
    return tf_decorator.make_decorator(target, contextlib.contextmanager(target), "contextmanager")
