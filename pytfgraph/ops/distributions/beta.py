"""The beta distribution."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, nn, random_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler, util


class Beta(distribution.ScalarDistribution):
    """x^(a - 1) (1 - x)^(b - 1) / B(a, b) over [0, 1], a and b being concentration1 and concentration0.

    Args:
      concentration1, concentration0: above 0, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    _BROADCAST = ("total_concentration",)

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name="Beta"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            self._concentration1 = self._checked(ops.convert_to_tensor(concentration1, name="concentration1"), validate_args)
            self._concentration0 = self._checked(ops.convert_to_tensor(concentration0, name="concentration0"), validate_args)
            check_ops.assert_same_float_dtype([self._concentration1, self._concentration0])
            self._total_concentration = self._concentration1 + self._concentration0
        super().__init__(dtype=self._total_concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.FULLY_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._concentration1, self._concentration0, self._total_concentration], name=name)

    @staticmethod
    def _checked(concentration, validate_args):
        if not validate_args:
            return concentration
        return control_flow_ops.with_dependencies([check_ops.assert_positive(concentration, message="Concentration parameter must be positive.")],
                                                  concentration)

    @classmethod
    def _param_shapes(cls, sample_shape):
        shape = super()._param_shapes(sample_shape)["total_concentration"]
        return {"concentration1": shape, "concentration0": shape}

    @property
    def concentration1(self):
        """The exponent of x, and 1."""
        return self._concentration1

    @property
    def concentration0(self):
        """The exponent of 1 - x, and 1."""
        return self._concentration0

    @property
    def total_concentration(self):
        """The sum of both."""
        return self._total_concentration

    def _sample_n(self, n, seed=None):
        broadcast = [array_ops.ones_like(self.total_concentration, dtype=self.dtype) * c for c in (self.concentration1, self.concentration0)]
        first = random_ops.random_gamma(shape=[n], alpha=broadcast[0], dtype=self.dtype, seed=seed)
        second = random_ops.random_gamma(shape=[n], alpha=broadcast[1], dtype=self.dtype, seed=util.gen_new_seed(seed, "beta"))
        return first / (first + second)

    def _log_prob(self, x):
        x = self._checked_sample(x)
        unnormalized = (self.concentration1 - 1.0) * math_ops.log(x) + (self.concentration0 - 1.0) * math_ops.log1p(-x)
        return unnormalized - self._log_normalization()

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _log_cdf(self, x):
        return math_ops.log(self._cdf(x))

    def _cdf(self, x):
        return math_ops.betainc(self.concentration1, self.concentration0, x)

    def _log_normalization(self):
        return math_ops.lgamma(self.concentration1) + math_ops.lgamma(self.concentration0) - math_ops.lgamma(self.total_concentration)

    def _entropy(self):
        result = self._log_normalization()
        for c in (self.concentration1, self.concentration0):
            result = result - (c - 1.0) * math_ops.digamma(c)
        return result + (self.total_concentration - 2.0) * math_ops.digamma(self.total_concentration)

    def _mean(self):
        return self._concentration1 / self._total_concentration

    def _variance(self):
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _mode(self):
        mode = (self.concentration1 - 1.0) / (self.total_concentration - 2.0)
        if self.allow_nan_stats:
            nan = self._nan(self.batch_shape_tensor())
            is_defined = math_ops.logical_and(self.concentration1 > 1.0, self.concentration0 > 1.0)
            return array_ops.where(is_defined, mode, nan)
        checks = [check_ops.assert_less(array_ops.ones([], dtype=self.dtype), getattr(self, which), message="Mode undefined for %s <= 1." % which)
                  for which in ("concentration1", "concentration0")]
        return control_flow_ops.with_dependencies(checks, mode)

    def _checked_sample(self, x):
        if not self.validate_args:
            return x
        return control_flow_ops.with_dependencies([
            check_ops.assert_positive(x, message="sample must be positive"),
            check_ops.assert_less(x, array_ops.ones([], self.dtype), message="sample must be less than `1`.")], x)


class BetaWithSoftplusConcentration(Beta):
    """Beta(softplus(concentration1), softplus(concentration0))."""

    def __init__(self, concentration1, concentration0, validate_args=False, allow_nan_stats=True, name="BetaWithSoftplusConcentration"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            super().__init__(concentration1=nn.softplus(concentration1, name="softplus_concentration1"),
                             concentration0=nn.softplus(concentration0, name="softplus_concentration0"), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Beta, Beta)
def _kl_beta_beta(d1, d2, name=None):
    names = ("concentration1", "concentration0", "total_concentration")
    with ops.name_scope(name, "kl_beta_beta", values=[getattr(d, which) for d in (d1, d2) for which in names]):
        result = d2._log_normalization() - d1._log_normalization()
        for which in names:
            weight = math_ops.digamma(getattr(d1, which))
            term = weight * (getattr(d2, which) - getattr(d1, which))
            result = result + term if which == "total_concentration" else result - term
        return result
