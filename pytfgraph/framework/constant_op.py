"""tf.constant: see the type's own documentation."""
from pytfgraph._core import constant  # noqa: F401
from pytfgraph.framework import ops  # noqa: F401 (conversions are registered there)


def is_constant(tensor_or_op):
    """Whether a Tensor's operation (or an Operation) is a Const."""
    op = getattr(tensor_or_op, "op", tensor_or_op)
    return op.type == "Const"
