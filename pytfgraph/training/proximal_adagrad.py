"""Proximal Adagrad (Duchi et al., JMLR 12, 2011)."""
from pytfgraph.framework import ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class ProximalAdagradOptimizer(AppliedOptimizer):
    """Adagrad with l1 and l2 regularisation applied by their proximal operators.

    Args:
      learning_rate: a number or Tensor.
      initial_accumulator_value: where the sums of squares start, positive.
      l1_regularization_strength, l2_regularization_strength: numbers or Tensors.
      use_locking: whether updates take the variables' locks.
      name: of the operations.

    Raises:
      ValueError: if the initial value is not positive.
    """

    op = "proximal_adagrad"
    slots = ("accumulator",)
    parameters = {"learning_rate": "_learning_rate", "l1_regularization_strength": "_l1", "l2_regularization_strength": "_l2"}
    arguments = ("learning_rate", "l1_regularization_strength", "l2_regularization_strength", GRAD)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name="ProximalAdagrad"):
        if initial_accumulator_value <= 0.0:
            raise ValueError("initial_accumulator_value must be positive: %s" % initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1 = l1_regularization_strength
        self._l2 = l2_regularization_strength

    def _create_slots(self, var_list):
        for v in var_list:
            with ops.colocate_with(v):
                value = constant(self._initial_accumulator_value, shape=v.get_shape(), dtype=v.dtype.base_dtype)
            self._get_or_make_slot(v, value, "accumulator", self._name)
