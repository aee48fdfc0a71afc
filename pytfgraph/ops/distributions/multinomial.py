"""The multinomial distribution."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, check_ops, control_flow_ops, functional_ops, math_ops, nn_ops, random_ops
from pytfgraph.ops.distributions import distribution, util


class Multinomial(distribution.Distribution):
    """Counts of total_count draws from K kinds.

    Args:
      total_count: [...], of the dtype of logits or probs.
      logits: [..., K], logarithms of probabilities up to a constant; or
      probs: [..., K].
      validate_args, allow_nan_stats, name: as of every Distribution.

    Raises:
      ValueError: both, or neither, of logits and probs.
    """

    def __init__(self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="Multinomial"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, logits, probs]) as name:
            self._total_count = ops.convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = util.embed_check_nonnegative_integer_form(self._total_count)
            self._logits, self._probs = util.get_logits_and_probs(logits=logits, probs=probs, multidimensional=True,
                                                                  validate_args=validate_args, name=name)
            self._mean_val = self._total_count[..., array_ops.newaxis] * self._probs
        super().__init__(dtype=self._probs.dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._total_count, self._logits, self._probs],
                         name=name)

    @property
    def total_count(self):
        """The number of draws."""
        return self._total_count

    @property
    def logits(self):
        """Logarithms of probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self):
        """Probabilities."""
        return self._probs

    def _batch_shape_tensor(self):
        return array_ops.shape(self._mean_val)[:-1]

    def _batch_shape(self):
        return self._mean_val.get_shape().with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self._mean_val)[-1:]

    def _event_shape(self):
        return self._mean_val.get_shape().with_rank_at_least(1)[-1:]

    def _sample_n(self, n, seed=None):
        n_draws = math_ops.cast(self.total_count, dtype=dtypes.int32)
        k = self.event_shape_tensor()[0]
        n_draws = array_ops.ones_like(self.logits[..., 0], dtype=n_draws.dtype) * n_draws
        logits = array_ops.ones_like(n_draws[..., array_ops.newaxis], dtype=self.logits.dtype) * self.logits
        flat_logits = array_ops.reshape(logits, [-1, k])
        flat_draws = n * array_ops.reshape(n_draws, [-1])

        def one(args):
            """The n counts of one member of the batch."""
            draws = random_ops.multinomial(args[0][array_ops.newaxis, ...], args[1], seed)
            draws = array_ops.reshape(draws, shape=[n, -1])
            return math_ops.reduce_sum(array_ops.one_hot(draws, depth=k), axis=-2)

        x = functional_ops.map_fn(one, [flat_logits, flat_draws], dtype=self.dtype)
        x = array_ops.transpose(x, perm=[1, 0, 2])
        return array_ops.reshape(x, array_ops.concat([[n], self.batch_shape_tensor(), [k]], 0))

    def _log_prob(self, counts):
        checked = self._checked_sample(counts)
        unnormalized = math_ops.reduce_sum(checked * nn_ops.log_softmax(self.logits), -1)
        return unnormalized - -util.log_combinations(self.total_count, self._checked_sample(counts))

    def _mean(self):
        return array_ops.identity(self._mean_val)

    def _broadcast_probs(self):
        return self.probs * array_ops.ones_like(self.total_count)[..., array_ops.newaxis]

    def _covariance(self):
        p = self._broadcast_probs()
        outer = -math_ops.matmul(self._mean_val[..., array_ops.newaxis], p[..., array_ops.newaxis, :])
        return array_ops.matrix_set_diag(outer, self._variance())

    def _variance(self):
        p = self._broadcast_probs()
        return self._mean_val - self._mean_val * p

    def _checked_sample(self, counts):
        if not self.validate_args:
            return counts
        counts = util.embed_check_nonnegative_integer_form(counts)
        return control_flow_ops.with_dependencies([check_ops.assert_equal(
            self.total_count, math_ops.reduce_sum(counts, -1), message="counts must sum to `self.total_count`")], counts)
