"""The categorical distribution."""
from pytfgraph.framework import constant_op, dtypes, ops, tensor_shape
from pytfgraph.ops import array_ops, math_ops, nn_ops, random_ops
from pytfgraph.ops.distributions import distribution, kullback_leibler, util


def _broadcast(event, params, base_dtype):
    """Events and the logits (or probabilities) of each, which have one dimension more."""
    if event.dtype.is_floating:
        event = math_ops.cast(event, dtype=dtypes.int32)
    elif not event.dtype.is_integer:
        raise TypeError("`value` should have integer `dtype` or `self.dtype` ({})".format(base_dtype))
    known = params.shape.ndims is not None and params.shape[:-1].is_fully_defined() and event.shape.is_fully_defined()
    if not known or params.shape[:-1] != event.shape:
        params *= array_ops.ones_like(event[..., array_ops.newaxis], dtype=params.dtype)
        shape = array_ops.shape(params)[:-1]
        event *= array_ops.ones(shape, dtype=event.dtype)
        if params.shape.ndims is not None:
            event.set_shape(tensor_shape.TensorShape(params.shape[:-1]))
    return event, params


class Categorical(distribution.Distribution):
    """k with a probability in proportion to exp(logits[..., k]).

    Args:
      logits: [..., K]; or
      probs: [..., K].
      dtype: of samples.
      validate_args, allow_nan_stats, name: as of every Distribution.

    Raises:
      ValueError: both, or neither, of logits and probs.
    """

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True, name="Categorical"):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = util.get_logits_and_probs(logits=logits, probs=probs, validate_args=validate_args,
                                                                  multidimensional=True, name=name)
            if validate_args:
                self._logits = util.embed_check_categorical_event_shape(self._logits)
            self._find_sizes()
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, parameters=parameters, graph_parents=[self._logits, self._probs], name=name)

    def _find_sizes(self):
        """Rank and shape of the batch, and the number of events: constants where they are known."""
        known = self._logits.get_shape().with_rank_at_least(1)
        if known.ndims is not None:
            self._batch_rank = ops.convert_to_tensor(known.ndims - 1, dtype=dtypes.int32, name="batch_rank")
        else:
            with ops.name_scope(name="batch_rank"):
                self._batch_rank = array_ops.rank(self._logits) - 1
        shape = array_ops.shape(self._logits, name="logits_shape")
        if known[-1].value is not None:
            self._event_size = ops.convert_to_tensor(known[-1].value, dtype=dtypes.int32, name="event_size")
        else:
            with ops.name_scope(name="event_size"):
                self._event_size = shape[self._batch_rank]
        if known[:-1].is_fully_defined():
            self._batch_shape_val = constant_op.constant(known[:-1].as_list(), dtype=dtypes.int32, name="batch_shape")
        else:
            with ops.name_scope(name="batch_shape"):
                self._batch_shape_val = shape[:-1]

    @property
    def event_size(self):
        """K, int32."""
        return self._event_size

    @property
    def logits(self):
        """Logarithms of probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self):
        """Probabilities."""
        return self._probs

    def _batch_shape_tensor(self):
        return array_ops.identity(self._batch_shape_val)

    def _batch_shape(self):
        return self.logits.get_shape()[:-1]

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.scalar()

    def _sample_n(self, n, seed=None):
        logits = self.logits
        if logits.get_shape().ndims != 2:
            logits = array_ops.reshape(logits, [-1, self.event_size])
        draws = random_ops.multinomial(logits, n, seed=seed, output_dtype=dtypes.int64 if self.dtype.size > 4 else dtypes.int32)
        draws = array_ops.reshape(array_ops.transpose(draws), array_ops.concat([[n], self.batch_shape_tensor()], 0))
        return math_ops.cast(draws, self.dtype)

    def _checked(self, k):
        k = ops.convert_to_tensor(k, name="k")
        return util.embed_check_integer_casting_closed(k, target_dtype=dtypes.int32) if self.validate_args else k

    def _cdf(self, k):
        k, probs = _broadcast(self._checked(k), self.probs, base_dtype=self.dtype.base_dtype)
        flat_probs = array_ops.reshape(probs, (-1, self._event_size))
        flat_k = array_ops.reshape(k, [-1])
        below = array_ops.where(array_ops.sequence_mask(flat_k, self._event_size), flat_probs, array_ops.zeros_like(flat_probs))
        return array_ops.reshape(math_ops.reduce_sum(below, axis=-1), array_ops.shape(k))

    def _log_prob(self, k):
        k, logits = _broadcast(self._checked(k), self.logits, base_dtype=self.dtype.base_dtype)
        return -nn_ops.sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _entropy(self):
        return -math_ops.reduce_sum(nn_ops.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        mode = math_ops.cast(math_ops.argmax(self.logits, axis=self._batch_rank), self.dtype)
        mode.set_shape(self.batch_shape)
        return mode


@kullback_leibler.RegisterKL(Categorical, Categorical)
def _kl_categorical_categorical(a, b, name=None):
    with ops.name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        difference = nn_ops.log_softmax(a.logits) - nn_ops.log_softmax(b.logits)
        return math_ops.reduce_sum(nn_ops.softmax(a.logits) * difference, axis=-1)
