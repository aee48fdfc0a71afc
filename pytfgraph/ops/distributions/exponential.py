"""The exponential distribution."""
import numpy as np

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, math_ops, nn, random_ops
from pytfgraph.ops.distributions import gamma


class Exponential(gamma.Gamma):
    """rate exp(-rate x): Gamma(1, rate).

    Args:
      rate: above 0, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="Exponential"):
        parameters = dict(locals())
        # The scope's name goes on to Gamma, whose operations stand in it too.
        with ops.name_scope(name, values=[rate]) as name:
            self._rate = ops.convert_to_tensor(rate, name="rate")
        super().__init__(concentration=array_ops.ones([], dtype=self._rate.dtype), rate=self._rate, allow_nan_stats=allow_nan_stats,
                         validate_args=validate_args, name=name)
        self._parameters = parameters
        self._graph_parents += [self._rate]

    @classmethod
    def _param_shapes(cls, sample_shape):
        return {"rate": super()._param_shapes(sample_shape)["rate"]}

    @property
    def rate(self):
        """The inverse of the mean."""
        return self._rate

    def _log_survival_function(self, value):
        return self._log_prob(value) - math_ops.log(self._rate)

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], array_ops.shape(self._rate)], 0)
        least = np.finfo(self.dtype.as_numpy_dtype).tiny        # 0 would give an infinity
        uniform = random_ops.random_uniform(shape, minval=least, maxval=1.0, seed=seed, dtype=self.dtype)
        return -math_ops.log(uniform) / self._rate


class ExponentialWithSoftplusRate(Exponential):
    """Exponential(softplus(rate))."""

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="ExponentialWithSoftplusRate"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[rate]) as name:
            super().__init__(rate=nn.softplus(rate, name="softplus_rate"), validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters
