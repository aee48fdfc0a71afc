"""Distribution, the class that all distributions derive from."""
import contextlib

import numpy as np

from pytfgraph.framework import constant_op, dtypes, ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, check_ops, math_ops
from pytfgraph.ops.distributions import kullback_leibler, util


class _BaseDistribution:
    """What Distribution derives from, so that a class can tell whether it is one."""


class ReparameterizationType:
    """How samples depend on a distribution's parameters; two are equal only where they are the same object."""

    def __init__(self, rep_type):
        self._rep_type = rep_type

    def __repr__(self):
        return "<Reparameteriation Type: %s>" % self._rep_type

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def _or(first, second):
    """first(), or, where it is not implemented, second(); the first one's error where neither is."""
    try:
        return first()
    except NotImplementedError as error:
        try:
            return second()
        except NotImplementedError:
            raise error from None


def _public(name, takes_value=False, other=None):
    """The public method over the private one, `_name`: in a scope of its own; other(self, *args): how else it is to be had."""
    def run(self, args, kwargs):
        private = getattr(self, "_" + name)
        if other is None:
            return private(*args, **kwargs)
        return _or(lambda: private(*args, **kwargs), lambda: other(self, *args, **kwargs))

    if takes_value:
        def call(self, value, scope, **kwargs):
            with self._name_scope(scope, values=[value]):
                return run(self, [ops.convert_to_tensor(value, name="value", preferred_dtype=self.dtype)], kwargs)
        return call

    def method(self, scope):
        with self._name_scope(scope):
            return run(self, [], {})
    return method


def _missing(name):
    """A private method that says that it is not implemented."""
    def method(self, *args, **kwargs):
        raise NotImplementedError("%s is not implemented: %s" % (name, type(self).__name__))
    return method


class Distribution(_BaseDistribution):
    """A batch of distributions of one kind.

    A subclass gives what it can of `_sample_n`, `_log_prob` or `_prob`, `_cdf` or `_log_cdf`, `_mean`, `_stddev` or `_variance`,
    `_mode`, `_entropy`, `_quantile`, `_covariance`, and the shapes `_batch_shape`, `_batch_shape_tensor`, `_event_shape`,
    `_event_shape_tensor`.  What it does not give, and what does not follow from it, raises NotImplementedError.

    Values have the shape sample_shape + batch_shape + event_shape.

    Args:
      dtype: of samples.
      reparameterization_type: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED.
      validate_args: whether arguments are checked when a step runs.
      allow_nan_stats: whether statistics that are not defined are NaN, rather than errors.
      parameters: the arguments that copy() starts from.
      graph_parents: tensors that the distribution is made of.
      name: scope of its operations.
    """

    def __init__(self, dtype, reparameterization_type, validate_args, allow_nan_stats, parameters=None, graph_parents=None, name=None):
        graph_parents = [] if graph_parents is None else graph_parents
        for i, t in enumerate(graph_parents):
            if t is None or not tensor_util.is_tensor(t):
                raise ValueError("Graph parent item %d is not a Tensor; %s." % (i, t))
        if not name or name[-1] != "/":
            with ops.name_scope(name or type(self).__name__) as name:
                pass
        self._dtype = dtype
        self._reparameterization_type = reparameterization_type
        self._allow_nan_stats = allow_nan_stats
        self._validate_args = validate_args
        self._parameters = parameters or {}
        self._graph_parents = graph_parents
        self._name = name

    @classmethod
    def param_shapes(cls, sample_shape, name="DistributionParamShapes"):
        """{parameter: shape} that parameters must have for one sample of sample_shape, as int32 tensors."""
        with ops.name_scope(name, values=[sample_shape]):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape):
        """The same as TensorShapes; ValueError where sample_shape is not fully known."""
        if isinstance(sample_shape, tensor_shape.TensorShape):
            if not sample_shape.is_fully_defined():
                raise ValueError("TensorShape sample_shape must be fully defined")
            sample_shape = sample_shape.as_list()
        shapes = {}
        for name, shape in cls.param_shapes(sample_shape).items():
            value = tensor_util.constant_value(shape)
            if value is None:
                raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
            shapes[name] = tensor_shape.TensorShape(value)
        return shapes

    @staticmethod
    def _param_shapes(sample_shape):
        raise NotImplementedError("_param_shapes not implemented")

    @property
    def name(self):
        """Scope of the distribution's operations."""
        return self._name

    @property
    def dtype(self):
        """DType of samples."""
        return self._dtype

    @property
    def parameters(self):
        """{argument: value} that the distribution was made with."""
        return {k: v for k, v in self._parameters.items() if not k.startswith("__") and k != "self"}

    @property
    def reparameterization_type(self):
        """How samples depend on the parameters: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self):
        """Whether statistics that are not defined are NaN, rather than errors."""
        return self._allow_nan_stats

    @property
    def validate_args(self):
        """Whether arguments are checked when a step runs."""
        return self._validate_args

    def copy(self, **override_parameters_kwargs):
        """The same kind of distribution with some arguments replaced."""
        return type(self)(**dict(self.parameters, **override_parameters_kwargs))

    def _batch_shape(self):
        return tensor_shape.TensorShape(None)

    def _event_shape(self):
        return tensor_shape.TensorShape(None)

    @property
    def batch_shape(self):
        """TensorShape of the batch, as far as it is known."""
        return tensor_shape.as_shape(self._batch_shape())

    @property
    def event_shape(self):
        """TensorShape of one event, as far as it is known."""
        return tensor_shape.as_shape(self._event_shape())

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The batch's shape, int32."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                return ops.convert_to_tensor(self.batch_shape.as_list(), dtype=dtypes.int32, name="batch_shape")
            return self._batch_shape_tensor()

    def event_shape_tensor(self, name="event_shape_tensor"):
        """An event's shape, int32."""
        with self._name_scope(name):
            if self.event_shape.is_fully_defined():
                return ops.convert_to_tensor(self.event_shape.as_list(), dtype=dtypes.int32, name="event_shape")
            return self._event_shape_tensor()

    def is_scalar_event(self, name="is_scalar_event"):
        """Whether event_shape is []: a bool tensor."""
        with self._name_scope(name):
            return ops.convert_to_tensor(self._is_scalar_helper(self.event_shape, self.event_shape_tensor), name="is_scalar_event")

    def is_scalar_batch(self, name="is_scalar_batch"):
        """Whether batch_shape is []: a bool tensor."""
        with self._name_scope(name):
            return ops.convert_to_tensor(self._is_scalar_helper(self.batch_shape, self.batch_shape_tensor), name="is_scalar_batch")

    @staticmethod
    def _is_scalar_helper(static_shape, dynamic_shape_fn):
        if static_shape.ndims is not None:
            return static_shape.ndims == 0
        shape = dynamic_shape_fn()
        if shape.get_shape().ndims is not None and shape.get_shape()[0].value is not None:
            return shape.get_shape().as_list() == [0]
        return math_ops.equal(array_ops.shape(shape)[0], 0)

    def _call_sample_n(self, sample_shape, seed, name, **kwargs):
        with self._name_scope(name, values=[sample_shape]):
            sample_shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
            sample_shape, n = self._expand_sample_shape_to_vector(sample_shape, "sample_shape")
            samples = self._sample_n(n, seed, **kwargs)
            rest = array_ops.shape(samples)[1:]
            samples = array_ops.reshape(samples, array_ops.concat([sample_shape, rest], 0))
            return self._set_sample_static_shape(samples, sample_shape)

    def sample(self, sample_shape=(), seed=None, name="sample"):
        """Draws samples.

        Args:
          sample_shape: how many: a scalar or a vector, int32.
          seed: of the generator.
          name: of the operation.

        Returns:
          sample_shape + batch_shape + event_shape.
        """
        return self._call_sample_n(sample_shape, seed, name)

    _call_log_prob = _public("log_prob", True, lambda self, v, **k: math_ops.log(self._prob(v, **k)))
    _call_prob = _public("prob", True, lambda self, v, **k: math_ops.exp(self._log_prob(v, **k)))
    _call_log_cdf = _public("log_cdf", True, lambda self, v, **k: math_ops.log(self._cdf(v, **k)))
    _call_cdf = _public("cdf", True, lambda self, v, **k: math_ops.exp(self._log_cdf(v, **k)))
    _call_log_survival_function = _public("log_survival_function", True, lambda self, v, **k: math_ops.log1p(-self.cdf(v, **k)))
    _call_survival_function = _public("survival_function", True, lambda self, v, **k: 1.0 - self.cdf(v, **k))
    _call_quantile = _public("quantile", True)
    _in_scope_entropy, _in_scope_mean, _in_scope_mode = _public("entropy"), _public("mean"), _public("mode")
    _in_scope_covariance = _public("covariance")
    _in_scope_variance = _public("variance", other=lambda self: math_ops.square(self._stddev()))
    _in_scope_stddev = _public("stddev", other=lambda self: math_ops.sqrt(self._variance()))

    _sample_n, _batch_shape_tensor, _event_shape_tensor = _missing("sample_n"), _missing("batch_shape_tensor"), _missing("event_shape_tensor")
    _log_prob, _prob, _log_cdf, _cdf = _missing("log_prob"), _missing("prob"), _missing("log_cdf"), _missing("cdf")
    _log_survival_function, _survival_function = _missing("log_survival_function"), _missing("survival_function")
    _entropy, _mean, _quantile, _variance = _missing("entropy"), _missing("mean"), _missing("quantile"), _missing("variance")
    _stddev, _covariance, _mode = _missing("stddev"), _missing("covariance"), _missing("mode")

    def log_prob(self, value, name="log_prob"):
        """The logarithm of the density, or mass, at value."""
        return self._call_log_prob(value, name)

    def prob(self, value, name="prob"):
        """The density, or mass, at value."""
        return self._call_prob(value, name)

    def log_cdf(self, value, name="log_cdf"):
        """The logarithm of the probability of at most value."""
        return self._call_log_cdf(value, name)

    def cdf(self, value, name="cdf"):
        """The probability of at most value."""
        return self._call_cdf(value, name)

    def log_survival_function(self, value, name="log_survival_function"):
        """The logarithm of the probability of more than value."""
        return self._call_log_survival_function(value, name)

    def survival_function(self, value, name="survival_function"):
        """The probability of more than value."""
        return self._call_survival_function(value, name)

    def entropy(self, name="entropy"):
        """Shannon's entropy in nats, batch_shape."""
        return self._in_scope_entropy(name)

    def mean(self, name="mean"):
        """The mean, batch_shape + event_shape."""
        return self._in_scope_mean(name)

    def quantile(self, value, name="quantile"):
        """The inverse of cdf."""
        return self._call_quantile(value, name)

    def variance(self, name="variance"):
        """The variance of each element, batch_shape + event_shape."""
        return self._in_scope_variance(name)

    def stddev(self, name="stddev"):
        """The standard deviation of each element, batch_shape + event_shape."""
        return self._in_scope_stddev(name)

    def covariance(self, name="covariance"):
        """The covariance matrix of an event that is a vector, batch_shape + [n, n]."""
        return self._in_scope_covariance(name)

    def mode(self, name="mode"):
        """The most probable value, batch_shape + event_shape."""
        return self._in_scope_mode(name)

    def _cross_entropy(self, other):
        return kullback_leibler.cross_entropy(self, other, allow_nan_stats=self.allow_nan_stats)

    def cross_entropy(self, other, name="cross_entropy"):
        """The mean of -other.log_prob under this one."""
        with self._name_scope(name):
            return self._cross_entropy(other)

    def _kl_divergence(self, other):
        return kullback_leibler.kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    def kl_divergence(self, other, name="kl_divergence"):
        """KL(self || other); NotImplementedError where none is registered."""
        with self._name_scope(name):
            return self._kl_divergence(other)

    def __str__(self):
        shapes = [", %s=%s" % (what, shape) for what, shape in (("batch_shape", self.batch_shape), ("event_shape", self.event_shape))
                  if shape.ndims is not None]
        return 'tfp.distributions.%s("%s"%s, dtype=%s)' % (type(self).__name__, self.name, "".join(shapes), self.dtype.name)

    def __repr__(self):
        return "<tfp.distributions.%s '%s' batch_shape=%s event_shape=%s dtype=%s>" % (
            type(self).__name__, self.name, self.batch_shape, self.event_shape, self.dtype.name)

    @contextlib.contextmanager
    def _name_scope(self, name=None, values=None):
        with ops.name_scope(self.name):
            with ops.name_scope(name, values=([] if values is None else values) + self._graph_parents) as scope:
                yield scope

    def _expand_sample_shape_to_vector(self, x, name):
        """x as a vector, and its product."""
        value = tensor_util.constant_value(x)
        total = math_ops.reduce_prod(x) if value is None else np.prod(value, dtype=x.dtype.as_numpy_dtype())
        ndims = x.get_shape().ndims
        if ndims is None:
            is_scalar = math_ops.equal(array_ops.rank(x), 0)
            x = array_ops.reshape(x, util.pick_vector(is_scalar, np.array([1], dtype=np.int32), array_ops.shape(x)))
        elif ndims == 0:
            if value is not None:
                x = ops.convert_to_tensor(np.array([value], dtype=x.dtype.as_numpy_dtype()), name=name)
            else:
                x = array_ops.reshape(x, [1])
        elif ndims != 1:
            raise ValueError("Input is neither scalar nor vector.")
        return x, total

    def _set_sample_static_shape(self, x, sample_shape):
        """Tells x's shape from those of its three parts, as far as they are known."""
        parts = [tensor_shape.TensorShape(tensor_util.constant_value(sample_shape)), self.batch_shape, self.event_shape]
        ranks = [part.ndims for part in parts]
        total = x.get_shape().ndims
        if total is None and None not in ranks:
            total = sum(ranks)
            x.set_shape([None] * total)
        if total is None:
            return x
        if ranks.count(None) == 1:
            at = ranks.index(None)
            ranks[at] = total - sum(rank for rank in ranks if rank is not None)
            parts[at] = tensor_shape.TensorShape([None] * ranks[at])
        if None not in ranks:
            shape = parts[0].concatenate(parts[1]).concatenate(parts[2])
            x.set_shape(x.get_shape().merge_with(shape))
            return x
        if ranks[0] is not None:
            x.set_shape(x.get_shape().merge_with(parts[0].concatenate([None] * (total - ranks[0]))))
        if ranks[2] is not None:
            x.set_shape(x.get_shape().merge_with(tensor_shape.TensorShape([None] * (total - ranks[2])).concatenate(parts[2])))
        return x


class ScalarDistribution(Distribution):
    """One whose events are scalars, and whose batch is the broadcast of some parameters, named in their order."""

    _BROADCAST = ()

    @classmethod
    def _param_shapes(cls, sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return dict.fromkeys(cls._BROADCAST, shape)

    def _batch_shape_tensor(self):
        *rest, shape = [array_ops.shape(getattr(self, name)) for name in self._BROADCAST]
        for other in reversed(rest):
            shape = array_ops.broadcast_dynamic_shape(other, shape)
        return shape

    def _batch_shape(self):
        first, *rest = [getattr(self, name).get_shape() for name in self._BROADCAST]
        for other in rest:
            first = array_ops.broadcast_static_shape(first, other)
        return first

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.scalar()

    def _nan(self, shape, value=np.nan, name="nan"):
        return array_ops.fill(shape, np.array(value, dtype=self.dtype.as_numpy_dtype()), name=name)


class LocationScaleDistribution(ScalarDistribution):
    """One of (x - loc) / scale alone, with `loc` and `scale` above 0 of one floating dtype."""

    _BROADCAST = ("loc", "scale")

    def _locate(self, loc, scale, validate_args):
        with ops.control_dependencies([check_ops.assert_positive(scale)] if validate_args else []):
            self._loc = array_ops.identity(loc, name="loc")
            self._scale = array_ops.identity(scale, name="scale")
            check_ops.assert_same_float_dtype([self._loc, self._scale])

    @property
    def loc(self):
        """The middle, which is the mean."""
        return self._loc

    @property
    def scale(self):
        """How far from the middle values lie: the standard deviation of a Normal, the mean distance of a Laplace."""
        return self._scale
