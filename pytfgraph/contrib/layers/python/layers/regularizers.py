"""Regularizers: functions of a variable that give a loss, for the `regularizer` of tf.get_variable."""
import numbers

from pytfgraph.framework import constant_op, ops
from pytfgraph.ops import math_ops, nn
from pytfgraph.platform import tf_logging as logging

__all__ = ["l1_regularizer", "l2_regularizer", "l1_l2_regularizer", "sum_regularizer", "apply_regularization"]


def l1_regularizer(scale, scope=None):
    """scale * sum(abs(weights)).

    Args:
      scale: a float, or a scalar tensor; with 0.0 there is no loss.
      scope: the name of the operations.

    Raises:
      ValueError: scale is an integer, or below 0.
    """
    return _scaled(scale, scope, "l1_regularizer", lambda weights: math_ops.reduce_sum(math_ops.abs(weights)), "")


def l2_regularizer(scale, scope=None):
    """scale * sum(weights ** 2) / 2; see l1_regularizer."""
    return _scaled(scale, scope, "l2_regularizer", lambda weights: nn.l2_loss(weights), ".")


def _scaled(scale, scope, default_scope, penalty, full_stop):
    if isinstance(scale, numbers.Integral):
        raise ValueError("scale cannot be an integer: %s" % (scale,))
    if isinstance(scale, numbers.Real):
        if scale < 0.0:
            raise ValueError("Setting a scale less than 0 on a regularizer: %g%s" % (scale, full_stop))
        if scale == 0.0:
            logging.info("Scale of 0 disables regularizer.")
            return lambda _: None

    def regularizer(weights, name=None):
        with ops.name_scope(scope, default_scope, [weights]) as name:
            factor = ops.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return math_ops.multiply(factor, penalty(weights), name=name)

    return regularizer


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of l1_regularizer(scale_l1) and l2_regularizer(scale_l2).

    Raises:
      ValueError: a scale is an integer, or below 0.
    """
    for name, scale in (("scale_l1", scale_l1), ("scale_l2", scale_l2)):
        if isinstance(scale, numbers.Integral):
            raise ValueError("%s cannot be an integer: %s" % (name, scale))
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(regularizer_list, scope=None):
    """The sum of regularizers; those that are None are left out, and without any the result is None."""
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]
    if not regularizers:
        return None

    def sum_reg(weights):
        with ops.name_scope(scope, "sum_regularizer", [weights]) as name:
            return math_ops.add_n([regularizer(weights) for regularizer in regularizers], name=name)

    return sum_reg


def apply_regularization(regularizer, weights_list=None):
    """The sum of what a regularizer gives for several variables, also added to the collection REGULARIZATION_LOSSES.

    Args:
      regularizer: a function of a tensor; None as its result counts as 0.
      weights_list: tensors or variables; the collection WEIGHTS if None.

    Raises:
      ValueError: there are no weights, or the regularizer's result is no scalar.
    """
    weights_list = weights_list or ops.get_collection(ops.GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with ops.name_scope("get_regularization_penalty", values=weights_list) as scope:
        penalties = [regularizer(weights) for weights in weights_list]
        penalties = [constant_op.constant(0.0) if p is None else p for p in penalties]
        for p in penalties:
            if p.get_shape().ndims != 0:
                raise ValueError("regularizer must return a scalar Tensor instead of a Tensor with rank %d." % p.get_shape().ndims)
        total = math_ops.add_n(penalties, name=scope)
        ops.add_to_collection(ops.GraphKeys.REGULARIZATION_LOSSES, total)
        return total
