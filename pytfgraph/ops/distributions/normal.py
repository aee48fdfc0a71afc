"""The normal distribution."""
import math

from pytfgraph.framework import constant_op, ops
from pytfgraph.ops import array_ops, math_ops, nn, random_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler, special_math


class Normal(distribution.LocationScaleDistribution):
    """exp(-((x - loc) / scale)^2 / 2) / (scale sqrt(2 pi)).

    Args:
      loc: mean, of a floating dtype.
      scale: standard deviation, above 0.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Normal"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale]) as name:
            self._locate(loc, scale, validate_args)
        super().__init__(dtype=self._scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._loc, self._scale], name=name)

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        standard = random_ops.random_normal(shape=shape, mean=0.0, stddev=1.0, dtype=self.loc.dtype, seed=seed)
        return standard * self.scale + self.loc

    def _log_prob(self, x):
        unnormalized = -0.5 * math_ops.square(self._z(x))
        return unnormalized - self._log_normalization()

    def _log_normalization(self):
        return 0.5 * math.log(2.0 * math.pi) + math_ops.log(self.scale)

    def _log_cdf(self, x):
        return special_math.log_ndtr(self._z(x))

    def _cdf(self, x):
        return special_math.ndtr(self._z(x))

    def _log_survival_function(self, x):
        return special_math.log_ndtr(-self._z(x))

    def _survival_function(self, x):
        return special_math.ndtr(-self._z(x))

    def _entropy(self):
        scale = self.scale * array_ops.ones_like(self.loc)
        return 0.5 * math.log(2.0 * math.pi * math.e) + math_ops.log(scale)

    def _mean(self):
        return self.loc * array_ops.ones_like(self.scale)

    def _quantile(self, p):
        z = special_math.ndtri(p)
        with ops.name_scope("reconstruct", values=[z]):
            return z * self.scale + self.loc

    def _stddev(self):
        return self.scale * array_ops.ones_like(self.loc)

    def _mode(self):
        return self._mean()

    def _z(self, x):
        with ops.name_scope("standardize", values=[x]):
            return (x - self.loc) / self.scale


class NormalWithSoftplusScale(Normal):
    """Normal(loc, softplus(scale))."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="NormalWithSoftplusScale"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale]) as name:
            super().__init__(loc=loc, scale=nn.softplus(scale, name="softplus_scale"), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Normal, Normal)
def _kl_normal_normal(n_a, n_b, name=None):
    with ops.name_scope(name, "kl_normal_normal", [n_a.loc, n_b.loc]):
        one, two, half = [constant_op.constant(c, dtype=n_a.dtype) for c in (1, 2, 0.5)]
        square_a, square_b = math_ops.square(n_a.scale), math_ops.square(n_b.scale)
        ratio = square_a / square_b
        return math_ops.square(n_a.loc - n_b.loc) / (two * square_b) + half * (ratio - one - math_ops.log(ratio))
