"""Windows: the weights that a frame is multiplied by before it is transformed."""
import math

from pytfgraph.framework import constant_op, dtypes, ops, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, math_ops

_WINDOW = """A %s window: %s - %s cos(2 pi k / n).

    Args:
      window_length: int32 scalar.
      periodic: bool scalar: whether a window of even length is one period (n is the length), which transforms want, or
        symmetric (n is the length - 1), as a window of odd length always is.
      dtype: a floating type.
      name: of the operations.

    Returns:
      [window_length]; [1.] for a length of 1.

    Raises:
      ValueError: for a type that is not a floating one, or arguments that are not scalars.
    """


def hann_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    return _raised_cosine_window(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    return _raised_cosine_window(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


hann_window.__doc__ = _WINDOW % ("Hann", 0.5, 0.5)
hamming_window.__doc__ = _WINDOW % ("Hamming", 0.54, 0.46)


def _raised_cosine_window(name, default_name, window_length, periodic, dtype, a, b):
    """a - b cos(2 pi k / n)"""
    if not dtype.is_floating:
        raise ValueError("dtype must be a floating point type. Found %s" % dtype)

    def weights():
        return math_ops.cast(a - b * math_ops.cos(angles), dtype=dtype)

    with ops.name_scope(name, default_name, [window_length, periodic]):
        window_length = ops.convert_to_tensor(window_length, dtype=dtypes.int32, name="window_length")
        window_length.shape.assert_has_rank(0)
        known = tensor_util.constant_value(window_length)
        if known == 1:
            return array_ops.ones([1], dtype=dtype)
        periodic = math_ops.cast(ops.convert_to_tensor(periodic, dtype=dtypes.bool, name="periodic"), dtypes.int32)
        periodic.shape.assert_has_rank(0)
        is_even = 1 - math_ops.mod(window_length, 2)
        n = math_ops.cast(window_length + periodic * is_even - 1, dtype=dtype)
        k = math_ops.cast(math_ops.range(window_length), dtype)
        angles = constant_op.constant(2 * math.pi, dtype=dtype) * k / n
        if known is not None:
            return weights()
        return control_flow_ops.cond(math_ops.equal(window_length, 1), lambda: array_ops.ones([1], dtype=dtype), weights)
