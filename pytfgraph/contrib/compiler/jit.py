"""Scopes whose operations are marked to be compiled together."""
import contextlib

from pytfgraph import protos
from pytfgraph.framework import ops

_XLA_SCOPE_KEY = ("__xla_scope",)


class _XlaScope:
    """How many scopes a graph has had, and in how many it is now."""

    def __init__(self, count, depth):
        self.count = count
        self.depth = depth


@contextlib.contextmanager
def experimental_jit_scope(compile_ops=True, separate_compiled_gradients=False):
    """A context whose operations are marked for a compiler; scopes inside it have its number.

    Args:
      compile_ops: whether they are to be compiled: a bool, or a function from a NodeDef to one.
      separate_compiled_gradients: whether their gradients are to be compiled apart.
    """
    attr_value = protos.module("tensorflow.core.framework.attr_value_pb2").AttrValue
    if callable(compile_ops):
        def marked(node_def):
            return attr_value(b=compile_ops(node_def))
    else:
        marked = attr_value(b=compile_ops)
    attrs = {"_XlaCompile": marked, "_XlaSeparateCompiledGradients": attr_value(b=bool(separate_compiled_gradients))}
    known = ops.get_collection(_XLA_SCOPE_KEY)
    counter = known[0] if known else _XlaScope(0, 0)
    if not known:
        ops.add_to_collection(_XLA_SCOPE_KEY, counter)
    if counter.depth == 0:
        attrs["_XlaScope"] = attr_value(s=("jit_scope_%d" % counter.count).encode())
        counter.count += 1
    counter.depth += 1
    with ops.get_default_graph()._attr_scope(attrs):
        yield
    counter.depth -= 1
