"""Adagrad with dual averaging (Duchi et al., JMLR 12, 2011)."""
from pytfgraph.framework import ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, math_ops
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class AdagradDAOptimizer(AppliedOptimizer):
    """Adagrad whose regularisation is applied to the whole history, which keeps many weights at exactly zero.

    Args:
      learning_rate: a number or Tensor.
      global_step: the integer Tensor or Variable that counts steps.
      initial_gradient_squared_accumulator_value: where the sums of squares start, positive.
      l1_regularization_strength, l2_regularization_strength: numbers.
      use_locking: whether updates take the variables' locks.
      name: of the operations.

    Raises:
      ValueError: if the initial value is not positive.
    """

    op = "adagrad_da"
    slots = ("gradient_accumulator", "gradient_squared_accumulator")
    arguments = (GRAD, "learning_rate", "l1", "l2", "global_step")

    def __init__(self, learning_rate, global_step, initial_gradient_squared_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name="AdagradDA"):
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError("initial_gradient_squared_accumulator_value must be positive: %s"
                             % initial_gradient_squared_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial = initial_gradient_squared_accumulator_value
        self._strengths = {"l1": l1_regularization_strength, "l2": l2_regularization_strength}
        self._global_step = global_step

    def _create_slots(self, var_list):
        for v in var_list:
            with ops.colocate_with(v):
                sums = constant(0.0, shape=v.get_shape(), dtype=v.dtype.base_dtype)
                squares = constant(self._initial, shape=v.get_shape(), dtype=v.dtype.base_dtype)
            self._get_or_make_slot(v, sums, "gradient_accumulator", self._name)
            self._get_or_make_slot(v, squares, "gradient_squared_accumulator", self._name)

    def _prepare(self):
        learning_rate = ops.convert_to_tensor(self._learning_rate, name="learning_rate")
        with ops.colocate_with(learning_rate):
            self._step = array_ops.identity(self._global_step) + 1
        self._tensors = {"learning_rate": learning_rate, **self._strengths}

    def _apply(self, prefix, handle, var, gradient, dtype):
        with ops.device(var.device):
            self._step_here = array_ops.identity(self._step)
        return super()._apply(prefix, handle, var, gradient, dtype)

    def _parameter(self, name, dtype, var):
        return self._step_here if name == "global_step" else math_ops.cast(self._tensors[name], dtype)
