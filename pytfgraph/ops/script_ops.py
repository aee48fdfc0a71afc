"""tf.py_func: Python functions as operations."""
import threading
import traceback
import weakref

import numpy as np

from pytfgraph.framework import ops
from pytfgraph.ops import raw


class FuncRegistry:
    """Functions by token; a function lives as long as a graph (or the program) holds it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._next = 0
        self._functions = weakref.WeakValueDictionary()

    def insert(self, func):
        """A new token for a function."""
        with self._lock:
            token = "pyfunc_%d" % self._next
            self._next += 1
        self._functions[token] = func
        return token

    def remove(self, token):
        """Forgets a token."""
        self._functions.pop(token, None)

    def size(self):
        """How many functions there are."""
        return len(self._functions)

    def __call__(self, token, device, args):
        func = self._functions.get(token)
        if func is None:
            raise ValueError("callback %s is not found" % token)
        result = func.function(*args) if isinstance(func, _Held) else func(*args)
        if isinstance(result, bytes):
            result = [result]
        if isinstance(result, (tuple, list)):
            return [_as_array(x) for x in result]
        return None if result is None else _as_array(result)


class _Held:
    """Holds something that weak references cannot name (a bound or built-in method)."""

    def __init__(self, function):
        self.function = function


def _as_array(value):
    """A result as a C-contiguous array; texts and bytes as objects, so that trailing zero bytes stay."""
    result = np.asarray(value, order="C")
    if result.dtype.char == "U":
        return np.vectorize(lambda x: x.encode("utf8"), otypes=[object])(np.asarray(value, dtype=object))
    if result.dtype.char == "S" and result is not value:
        return np.asarray(value, order="C", dtype=object)
    return result


_py_funcs = FuncRegistry()


def _call(token, args):
    """What the operation calls when it runs."""
    return _py_funcs(token, None, args)


def _error_text(kind, value, trace):
    """An exception as the message of the operation's error."""
    head = "%s: %s" % (kind.__name__, value)
    return head + "\n" + "".join(traceback.format_exception(kind, value, trace)) if trace is not None else head


def py_func(func, inp, Tout, stateful=True, name=None):
    """An operation that calls a Python function.

    Args:
      func: takes NumPy arrays (scalars for rank 0) and returns one, or a list, with the dtypes of `Tout`.
      inp: a list of tensors.
      Tout: a dtype, or a list of them.
      stateful: whether it may give different results for the same input, and so is run each time.
      name: of the operation.

    Returns:
      A Tensor, or a list of them where `Tout` is a list.
    """
    many = isinstance(Tout, (list, tuple))
    try:
        weakref.ref(func)
        # A bound method dies with its last reference; the graph holds the function it was made from.
        held = func if not hasattr(func, "__self__") else _Held(func)
    except TypeError:
        held = _Held(func)
    token = _py_funcs.insert(held)
    graph = ops.get_default_graph()
    while getattr(graph, "_outer_graph", None) is not None:
        graph = graph._outer_graph
    if not hasattr(graph, "_py_funcs_used_in_graph"):
        graph._py_funcs_used_in_graph = []
    graph._py_funcs_used_in_graph.append(held)
    op = raw.function("py_func" if stateful else "py_func_stateless")
    result = op(input=inp, token=token, Tout=Tout if many else [Tout], name=name)
    return result if many else result[0] if isinstance(result, (list, tuple)) else result
