"""The Bernoulli distribution."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, math_ops, nn, nn_impl, random_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler, util


class Bernoulli(distribution.ScalarDistribution):
    """1 with probability probs, else 0.

    Args:
      logits: log(probs / (1 - probs)); or
      probs: probabilities of 1.
      dtype: of samples.
      validate_args, allow_nan_stats, name: as of every Distribution.

    Raises:
      ValueError: both, or neither, of logits and probs.
    """

    _BROADCAST = ("logits",)

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True, name="Bernoulli"):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            self._logits, self._probs = util.get_logits_and_probs(logits=logits, probs=probs, validate_args=validate_args, name=name)
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._logits, self._probs], name=name)

    @property
    def logits(self):
        """log(probs / (1 - probs))."""
        return self._logits

    @property
    def probs(self):
        """Probabilities of 1."""
        return self._probs

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        uniform = random_ops.random_uniform(shape, seed=seed, dtype=self.probs.dtype)
        return math_ops.cast(math_ops.less(uniform, self.probs), self.dtype)

    def _log_prob(self, event):
        if self.validate_args:
            event = util.embed_check_integer_casting_closed(event, target_dtype=dtypes.bool)
        logits = self.logits
        event = math_ops.cast(event, logits.dtype)
        shape = event.get_shape()
        if not (shape.is_fully_defined() and logits.get_shape().is_fully_defined() and shape == logits.get_shape()):
            logits, event = array_ops.ones_like(event) * logits, array_ops.ones_like(logits) * event
        return -nn_impl.sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self):
        return -self.logits * (math_ops.sigmoid(self.logits) - 1) + nn.softplus(-self.logits)

    def _mean(self):
        return array_ops.identity(self.probs)

    def _variance(self):
        return self._mean() * (1.0 - self.probs)

    def _mode(self):
        return math_ops.cast(self.probs > 0.5, self.dtype)


@kullback_leibler.RegisterKL(Bernoulli, Bernoulli)
def _kl_bernoulli_bernoulli(a, b, name=None):
    with ops.name_scope(name, "kl_bernoulli_bernoulli", values=[a.logits, b.logits]):
        of_zero = nn.softplus(-b.logits) - nn.softplus(-a.logits)
        of_one = nn.softplus(b.logits) - nn.softplus(a.logits)
        return math_ops.sigmoid(a.logits) * of_zero + math_ops.sigmoid(-a.logits) * of_one
