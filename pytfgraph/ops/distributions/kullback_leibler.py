"""Kullback-Leibler divergences: which function serves two classes of distributions."""
from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, control_flow_ops, math_ops

_DIVERGENCES = {}


def _registered_kl(type_a, type_b):
    """The function registered for the nearest ancestors; the first of those that are equally near."""
    found = [(i + j, i, j) for i, a in enumerate(type_a.__mro__) for j, b in enumerate(type_b.__mro__) if (a, b) in _DIVERGENCES]
    if not found:
        return None
    _, i, j = min(found)
    return _DIVERGENCES[type_a.__mro__[i], type_b.__mro__[j]]


def kl_divergence(distribution_a, distribution_b, allow_nan_stats=True, name=None):
    """KL(a || b), the mean of log(a / b) under a.

    Args:
      distribution_a, distribution_b: distributions, for whose classes a function is registered.
      allow_nan_stats: whether NaN may come out; otherwise it is an error when the step runs.
      name: of the operation.

    Returns:
      A tensor of the two's broadcast batch shape.

    Raises:
      NotImplementedError: no function is registered.
    """
    fn = _registered_kl(type(distribution_a), type(distribution_b))
    if fn is None:
        raise NotImplementedError("No KL(distribution_a || distribution_b) registered for distribution_a type %s and distribution_b type %s"
                                  % (type(distribution_a).__name__, type(distribution_b).__name__))
    with ops.name_scope("KullbackLeibler"):
        result = fn(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return result
        result = array_ops.identity(result, name="kl")
        fine = math_ops.logical_not(math_ops.reduce_any(math_ops.is_nan(result)))
        words = ("KL calculation between %s and %s returned NaN values (and was called with allow_nan_stats=False). Values:"
                 % (distribution_a.name, distribution_b.name))
        with ops.control_dependencies([control_flow_ops.Assert(fine, [words, result])]):
            return array_ops.identity(result, name="checked_kl")


def cross_entropy(ref, other, allow_nan_stats=True, name=None):
    """The mean of -log(other) under ref: ref's entropy and KL(ref || other)."""
    with ops.name_scope(name, "cross_entropy"):
        return ref.entropy() + kl_divergence(ref, other, allow_nan_stats=allow_nan_stats)


class RegisterKL:
    """Decorator of a function(a, b, name=None) that gives KL(a || b) for two classes of distributions.

    Raises:
      TypeError: for what cannot be called.
      ValueError: the two classes have one already.
    """

    def __init__(self, dist_cls_a, dist_cls_b):
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn):
        if not callable(kl_fn):
            raise TypeError("kl_fn must be callable, received: %s" % kl_fn)
        if self._key in _DIVERGENCES:
            raise ValueError("KL(%s || %s) has already been registered to: %s"
                             % (self._key[0].__name__, self._key[1].__name__, _DIVERGENCES[self._key]))
        _DIVERGENCES[self._key] = kl_fn
        return kl_fn
