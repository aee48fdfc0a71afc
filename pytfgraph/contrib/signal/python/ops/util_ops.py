"""What several of the signal functions use."""
from pytfgraph.framework import ops, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, math_ops


def gcd(a, b, name=None):
    """The greatest common divisor of two integers, by Euclid's algorithm.

    Args:
      a: integer scalar.
      b: integer scalar.
      name: of the operations.

    Returns:
      A scalar of their type: a constant where both are known when the graph is built, else what a loop finds.

    Raises:
      ValueError: for something that is not a scalar, or not of an integer type.
    """
    with ops.name_scope(name, "gcd", [a, b]):
        a, b = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
        a.shape.assert_has_rank(0)
        b.shape.assert_has_rank(0)
        for which, x in (("a", a), ("b", b)):
            if not x.dtype.is_integer:
                raise ValueError("%s must be an integer type. Got: %s" % (which, x.dtype))
        known, divisor = tensor_util.constant_value(a), tensor_util.constant_value(b)
        if known is not None and divisor is not None:
            while divisor:
                known, divisor = divisor, known % divisor
            return ops.convert_to_tensor(known)
        return control_flow_ops.while_loop(lambda _, y: math_ops.greater(y, array_ops.zeros_like(y)),
                                           lambda x, y: [y, math_ops.mod(x, y)], [a, b], back_prop=False)[0]
