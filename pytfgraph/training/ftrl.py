"""FTRL-proximal (McMahan et al., KDD 2013)."""
from pytfgraph.framework import ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class FtrlOptimizer(AppliedOptimizer):
    """Follow the regularised leader.

    Args:
      learning_rate: a number or Tensor.
      learning_rate_power: zero or negative.
      initial_accumulator_value: zero or positive.
      l1_regularization_strength, l2_regularization_strength, l2_shrinkage_regularization_strength: zero or positive.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
      accum_name, linear_name: of the slots, where not `name`.

    Raises:
      ValueError: for values out of these ranges.
    """

    slots = ("accum", "linear")
    parameters = {"learning_rate": "_learning_rate", "l1_regularization_strength": "_l1", "l2_regularization_strength": "_l2",
                  "l2_shrinkage_regularization_strength": "_shrinkage", "learning_rate_power": "_learning_rate_power"}

    def __init__(self, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name="Ftrl", accum_name=None, linear_name=None,
                 l2_shrinkage_regularization_strength=0.0):
        super().__init__(use_locking, name)
        if learning_rate_power > 0.0:
            raise ValueError("learning_rate_power %f needs to be negative or zero" % learning_rate_power)
        for label, value in (("initial_accumulator_value", initial_accumulator_value),
                             ("l1_regularization_strength", l1_regularization_strength),
                             ("l2_regularization_strength", l2_regularization_strength),
                             ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)):
            if value < 0.0:
                raise ValueError("%s %f needs to be positive or zero" % (label, value))
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1 = l1_regularization_strength
        self._l2 = l2_regularization_strength
        self._shrinkage = l2_shrinkage_regularization_strength
        self._accum_name = accum_name or name
        self._linear_name = linear_name or name
        self.op = "ftrl_v2" if self._shrinkage > 0.0 else "ftrl"
        strengths = ["l1_regularization_strength", "l2_regularization_strength"]
        if self._shrinkage > 0.0:
            strengths.append("l2_shrinkage_regularization_strength")
        self.arguments = (GRAD, "learning_rate", *strengths, "learning_rate_power")

    def _create_slots(self, var_list):
        for v in var_list:
            with ops.colocate_with(v):
                value = constant(self._initial_accumulator_value, dtype=v.dtype.base_dtype, shape=v.get_shape())
                self._get_or_make_slot(v, value, "accum", self._accum_name)
                self._zeros_slot(v, "linear", self._linear_name)
