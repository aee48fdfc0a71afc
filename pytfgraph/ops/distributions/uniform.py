"""The uniform distribution."""
import math

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, math_ops, random_ops
from pytfgraph.ops.distributions import distribution


class Uniform(distribution.ScalarDistribution):
    """1 / (high - low) from low on and below high.

    Args:
      low, high: ends, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    _BROADCAST = ("low", "high")

    def __init__(self, low=0.0, high=1.0, validate_args=False, allow_nan_stats=True, name="Uniform"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[low, high]) as name:
            checks = [check_ops.assert_less(low, high, message="uniform not defined when low >= high.")] if validate_args else []
            with ops.control_dependencies(checks):
                self._low = array_ops.identity(low, name="low")
                self._high = array_ops.identity(high, name="high")
                check_ops.assert_same_float_dtype([self._low, self._high])
        super().__init__(dtype=self._low.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._low, self._high], name=name)

    @property
    def low(self):
        """The lower end."""
        return self._low

    @property
    def high(self):
        """The upper end."""
        return self._high

    def range(self, name="range"):
        """high - low."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        samples = random_ops.random_uniform(shape=shape, dtype=self.dtype, seed=seed)
        return self.low + self.range() * samples

    def _prob(self, x):
        x = x * array_ops.ones(self.batch_shape_tensor(), dtype=x.dtype)
        is_nan = math_ops.is_nan(x)
        outside = math_ops.logical_or(x < self.low, x >= self.high)
        inside = array_ops.where(outside, array_ops.zeros_like(x), array_ops.ones_like(x) / self.range())
        return array_ops.where(is_nan, x, inside)

    def _cdf(self, x):
        shape = array_ops.broadcast_dynamic_shape(array_ops.shape(x), self.batch_shape_tensor())
        zeros = array_ops.zeros(shape, dtype=self.dtype)
        ones = array_ops.ones(shape, dtype=self.dtype)
        broadcast = x * ones
        below_high = array_ops.where(x < self.low, zeros, (broadcast - self.low) / self.range())
        return array_ops.where(x >= self.high, ones, below_high)

    def _entropy(self):
        return math_ops.log(self.range())

    def _mean(self):
        return (self.low + self.high) / 2.0

    def _variance(self):
        return math_ops.square(self.range()) / 12.0

    def _stddev(self):
        return self.range() / math.sqrt(12.0)
