"""Adagrad (Duchi et al., JMLR 12, 2011)."""
from pytfgraph.ops import array_ops, init_ops, math_ops, raw
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class AdagradOptimizer(AppliedOptimizer):
    """Steps divided by the root of the sum of squared gradients.

    Args:
      learning_rate: a number, Tensor or function.
      initial_accumulator_value: where the sums start, positive.
      use_locking: whether updates take the variables' locks.
      name: of the operations.

    Raises:
      ValueError: if initial_accumulator_value is not positive.
    """

    op = "adagrad"
    slots = ("accumulator",)
    parameters = {"learning_rate": "_learning_rate"}
    arguments = ("learning_rate", GRAD)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name="Adagrad"):
        if initial_accumulator_value <= 0.0:
            raise ValueError("initial_accumulator_value must be positive: %s" % initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list):
        for v in var_list:
            dtype = v.dtype.base_dtype
            if v.get_shape().is_fully_defined():
                init = init_ops.constant_initializer(self._initial_accumulator_value, dtype=dtype)
            else:
                init = self._filled_like(v, dtype)
            self._get_or_make_slot_with_initializer(v, init, v.get_shape(), dtype, "accumulator", self._name)

    def _filled_like(self, v, dtype):
        return lambda: math_ops.cast(raw.function("fill")(array_ops.shape(v), self._initial_accumulator_value), dtype)
