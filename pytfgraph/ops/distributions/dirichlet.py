"""The Dirichlet distribution."""
import numpy as np

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, random_ops, special_math_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler


class VectorDistribution(distribution.Distribution):
    """One over vectors, as long as the last dimension of its `concentration`."""

    @property
    def concentration(self):
        """The exponents, and 1."""
        return self._concentration

    @property
    def total_concentration(self):
        """Their sum over the last dimension."""
        return self._total_concentration

    def _batch_shape_tensor(self):
        return array_ops.shape(self.total_concentration)

    def _batch_shape(self):
        return self.total_concentration.get_shape()

    def _event_shape_tensor(self):
        return array_ops.shape(self.concentration)[-1:]

    def _event_shape(self):
        return self.concentration.get_shape().with_rank_at_least(1)[-1:]

    def _covariance(self):
        x = self._variance_scale_term() * self._mean()
        outer = -math_ops.matmul(x[..., array_ops.newaxis], x[..., array_ops.newaxis, :])
        return array_ops.matrix_set_diag(outer, self._variance())


class Dirichlet(VectorDistribution):
    """The product of x[i]^(concentration[i] - 1), over vectors that sum to 1.

    Args:
      concentration: [..., K], above 0, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    def __init__(self, concentration, validate_args=False, allow_nan_stats=True, name="Dirichlet"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration]) as name:
            self._concentration = self._checked(ops.convert_to_tensor(concentration, name="concentration"), validate_args)
            self._total_concentration = math_ops.reduce_sum(self._concentration, -1)
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.FULLY_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._concentration, self._total_concentration], name=name)

    @staticmethod
    def _checked(concentration, validate_args):
        if not validate_args:
            return concentration
        return control_flow_ops.with_dependencies([
            check_ops.assert_positive(concentration, message="Concentration parameter must be positive."),
            check_ops.assert_rank_at_least(concentration, 1, message="Concentration parameter must have >=1 dimensions."),
            check_ops.assert_less(1, array_ops.shape(concentration)[-1], message="Concentration parameter must have event_size >= 2.")],
            concentration)

    def _sample_n(self, n, seed=None):
        gamma = random_ops.random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        return gamma / math_ops.reduce_sum(gamma, -1, keepdims=True)

    def _log_prob(self, x):
        x = self._checked_sample(x)
        unnormalized = math_ops.reduce_sum((self.concentration - 1.0) * math_ops.log(x), -1)
        return unnormalized - special_math_ops.lbeta(self.concentration)

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _entropy(self):
        k = math_ops.cast(self.event_shape_tensor()[0], self.dtype)
        result = special_math_ops.lbeta(self.concentration) + (self.total_concentration - k) * math_ops.digamma(self.total_concentration)
        return result - math_ops.reduce_sum((self.concentration - 1.0) * math_ops.digamma(self.concentration), axis=-1)

    def _mean(self):
        return self.concentration / self.total_concentration[..., array_ops.newaxis]

    def _variance(self):
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (scale - x)

    def _variance_scale_term(self):
        return math_ops.rsqrt(1.0 + self.total_concentration[..., array_ops.newaxis])

    def _mode(self):
        k = math_ops.cast(self.event_shape_tensor()[0], self.dtype)
        mode = (self.concentration - 1.0) / (self.total_concentration[..., array_ops.newaxis] - k)
        if self.allow_nan_stats:
            nan = array_ops.fill(array_ops.shape(mode), np.array(np.nan, dtype=self.dtype.as_numpy_dtype()), name="nan")
            return array_ops.where(math_ops.reduce_all(self.concentration > 1.0, axis=-1), mode, nan)
        return control_flow_ops.with_dependencies([check_ops.assert_less(
            array_ops.ones([], self.dtype), self.concentration, message="Mode undefined when any concentration <= 1")], mode)

    def _checked_sample(self, x):
        if not self.validate_args:
            return x
        return control_flow_ops.with_dependencies([
            check_ops.assert_positive(x, message="samples must be positive"),
            check_ops.assert_near(array_ops.ones([], dtype=self.dtype), math_ops.reduce_sum(x, -1), message="sample last-dimension must sum to `1`")], x)


@kullback_leibler.RegisterKL(Dirichlet, Dirichlet)
def _kl_dirichlet_dirichlet(d1, d2, name=None):
    a, b = d1.concentration, d2.concentration
    with ops.name_scope(name, "kl_dirichlet_dirichlet", values=[a, b]):
        of_sum = math_ops.digamma(math_ops.reduce_sum(a, axis=-1, keepdims=True))
        weights = math_ops.digamma(a) - of_sum
        difference = a - b
        return math_ops.reduce_sum(difference * weights, axis=-1) - special_math_ops.lbeta(a) + special_math_ops.lbeta(b)
