"""The Dirichlet-multinomial distribution."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, math_ops, random_ops, special_math_ops
from pytfgraph.ops.distributions import dirichlet, distribution, util


class DirichletMultinomial(dirichlet.VectorDistribution):
    """Counts of total_count draws, from probabilities that are drawn from a Dirichlet distribution.

    Args:
      total_count: [...], of concentration's dtype.
      concentration: [..., K], above 0, of a floating dtype.
      validate_args, allow_nan_stats, name: as of every Distribution.
    """

    def __init__(self, total_count, concentration, validate_args=False, allow_nan_stats=True, name="DirichletMultinomial"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, concentration]) as name:
            self._total_count = ops.convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = util.embed_check_nonnegative_integer_form(self._total_count)
            self._concentration = self._checked(ops.convert_to_tensor(concentration, name="concentration"), validate_args)
            self._total_concentration = math_ops.reduce_sum(self._concentration, -1)
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.NOT_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._total_count, self._concentration], name=name)

    @staticmethod
    def _checked(concentration, validate_args):
        if not validate_args:
            return concentration
        concentration = util.embed_check_categorical_event_shape(concentration)
        return control_flow_ops.with_dependencies([check_ops.assert_positive(concentration, message="Concentration parameter must be positive.")],
                                                  concentration)

    @property
    def total_count(self):
        """The number of draws."""
        return self._total_count

    def _sample_n(self, n, seed=None):
        n_draws = math_ops.cast(self.total_count, dtype=dtypes.int32)
        k = self.event_shape_tensor()[0]
        gamma = random_ops.random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        logits = array_ops.reshape(math_ops.log(gamma), shape=[-1, k])
        draws = random_ops.multinomial(logits=logits, num_samples=n_draws, seed=util.gen_new_seed(seed, salt="dirichlet_multinomial"))
        counts = math_ops.reduce_sum(array_ops.one_hot(draws, depth=k), -2)
        counts = array_ops.reshape(counts, array_ops.concat([[n], self.batch_shape_tensor(), [k]], 0))
        return math_ops.cast(counts, self.dtype)

    def _log_prob(self, counts):
        counts = self._checked_sample(counts)
        ordered = special_math_ops.lbeta(self.concentration + counts) - special_math_ops.lbeta(self.concentration)
        return ordered + util.log_combinations(self.total_count, counts)

    def _prob(self, counts):
        return math_ops.exp(self._log_prob(counts))

    def _mean(self):
        return self.total_count * (self.concentration / self.total_concentration[..., array_ops.newaxis])

    def _variance(self):
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (self.total_count * scale - x)

    def _variance_scale_term(self):
        total = self.total_concentration[..., array_ops.newaxis]
        return math_ops.sqrt((1.0 + total / self.total_count) / (1.0 + total))

    def _checked_sample(self, counts):
        if not self.validate_args:
            return counts
        counts = util.embed_check_nonnegative_integer_form(counts)
        return control_flow_ops.with_dependencies([check_ops.assert_equal(
            self.total_count, math_ops.reduce_sum(counts, -1), message="counts last-dimension must sum to `self.total_count`")], counts)
