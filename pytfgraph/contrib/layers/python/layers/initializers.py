"""Initializers whose variance follows from how many inputs and outputs a layer has."""
import math

from pytfgraph.framework import dtypes
from pytfgraph.ops import random_ops

__all__ = ["xavier_initializer", "xavier_initializer_conv2d", "variance_scaling_initializer"]

# What a normal distribution cut off at two deviations has less of variance is made up for by this factor.
_CUT_OFF = 1.3


def xavier_initializer(uniform=True, seed=None, dtype=dtypes.float32):
    """An initializer after Glorot and Bengio: the variance is 2 / (inputs + outputs).

    Args:
      uniform: draw from a uniform distribution, else from a normal one that is cut off.
      seed: of the generator.
      dtype: of floating point.

    Raises:
      TypeError: another dtype.
    """
    return variance_scaling_initializer(factor=1.0, mode="FAN_AVG", uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None, dtype=dtypes.float32):
    """An initializer of variance factor / n.

    Args:
      factor: a number.
      mode: what n is: "FAN_IN", inputs; "FAN_OUT", outputs; "FAN_AVG", their mean.  The last two dimensions of the shape are inputs and
        outputs, those before them a window that multiplies both.
      uniform: draw from a uniform distribution, else from a normal one that is cut off at two deviations.
      seed: of the generator.
      dtype: of floating point.

    Returns:
      A function of a shape, and optionally a dtype and partition_info.

    Raises:
      TypeError: another dtype or mode.
    """
    _check_floating(dtype)
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]", mode)

    def _initializer(shape, dtype=dtype, partition_info=None):
        _check_floating(dtype)
        n = _fan(shape, mode)
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_ops.random_uniform(shape, -limit, limit, dtype, seed=seed)
        return random_ops.truncated_normal(shape, 0.0, math.sqrt(_CUT_OFF * factor / n), dtype, seed=seed)

    return _initializer


def _check_floating(dtype):
    if not dtype.is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")


def _fan(shape, mode):
    """Inputs, outputs or their mean, of a layer whose weights have this shape."""
    fan_in = fan_out = 1.0
    if shape:
        fan_in, fan_out = float(shape[-2] if len(shape) > 1 else shape[-1]), float(shape[-1])
    for size in shape[:-2]:
        fan_in *= float(size)
        fan_out *= float(size)
    return {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2.0}[mode]
