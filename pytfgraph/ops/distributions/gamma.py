"""The gamma distribution."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, nn, random_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler


class Gamma(distribution.ScalarDistribution):
    """rate^a x^(a - 1) exp(-rate x) / gamma(a), a being the concentration.

    Args:
      concentration, rate: above 0, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    _BROADCAST = ("concentration", "rate")

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name="Gamma"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            checks = [check_ops.assert_positive(concentration), check_ops.assert_positive(rate)] if validate_args else []
            with ops.control_dependencies(checks):
                self._concentration = array_ops.identity(concentration, name="concentration")
                self._rate = array_ops.identity(rate, name="rate")
                check_ops.assert_same_float_dtype([self._concentration, self._rate])
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.FULLY_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._concentration, self._rate], name=name)

    @property
    def concentration(self):
        """The shape parameter, a."""
        return self._concentration

    @property
    def rate(self):
        """The inverse of the scale."""
        return self._rate

    def _sample_n(self, n, seed=None):
        return random_ops.random_gamma(shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        x = self._maybe_assert_valid_sample(x)
        unnormalized = (self.concentration - 1.0) * math_ops.log(x) - self.rate * x
        return unnormalized - (math_ops.lgamma(self.concentration) - self.concentration * math_ops.log(self.rate))

    def _cdf(self, x):
        x = self._maybe_assert_valid_sample(x)
        return math_ops.igamma(self.concentration, self.rate * x)

    def _entropy(self):
        a = self.concentration
        return a - math_ops.log(self.rate) + math_ops.lgamma(a) + (1.0 - a) * math_ops.digamma(a)

    def _mean(self):
        return self.concentration / self.rate

    def _variance(self):
        return self.concentration / math_ops.square(self.rate)

    def _stddev(self):
        return math_ops.sqrt(self.concentration) / self.rate

    def _mode(self):
        mode = (self.concentration - 1.0) / self.rate
        if self.allow_nan_stats:
            nan = self._nan(self.batch_shape_tensor())
            return array_ops.where(self.concentration > 1.0, mode, nan)
        return control_flow_ops.with_dependencies([check_ops.assert_less(array_ops.ones([], self.dtype), self.concentration,
                                                   message="mode not defined when any concentration <= 1")], mode)

    def _maybe_assert_valid_sample(self, x):
        check_ops.assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return control_flow_ops.with_dependencies([check_ops.assert_positive(x)], x) if self.validate_args else x


class GammaWithSoftplusConcentrationRate(Gamma):
    """Gamma(softplus(concentration), softplus(rate))."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name="GammaWithSoftplusConcentrationRate"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            super().__init__(concentration=nn.softplus(concentration, name="softplus_concentration"), rate=nn.softplus(rate, name="softplus_rate"),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Gamma, Gamma)
def _kl_gamma_gamma(g0, g1, name=None):
    a, b = g0.concentration, g1.concentration
    with ops.name_scope(name, "kl_gamma_gamma", values=[a, g0.rate, b, g1.rate]):
        return ((a - b) * math_ops.digamma(a) + math_ops.lgamma(b) - math_ops.lgamma(a) + b * math_ops.log(g0.rate)
                - b * math_ops.log(g1.rate) + a * (g1.rate / g0.rate - 1.0))
