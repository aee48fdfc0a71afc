"""RMSProp (Tieleman and Hinton, Coursera lecture 6.5, 2012)."""
from pytfgraph.ops import array_ops, init_ops
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class RMSPropOptimizer(AppliedOptimizer):
    """Steps divided by the root of a running mean of squared gradients.

    Args:
      learning_rate, decay, momentum, epsilon: numbers, Tensors or functions.
      use_locking: whether updates take the variables' locks.
      centered: whether the running mean of gradients is taken off first.
      name: of the operations.
    """

    parameters = {"learning_rate": "_learning_rate", "decay": "_decay", "momentum": "_momentum", "epsilon": "_epsilon"}
    arguments = ("learning_rate", "decay", "momentum", "epsilon", GRAD)

    def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, name="RMSProp"):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered
        self.op = "centered_rms_prop" if centered else "rms_prop"
        self.slots = ("mg", "rms", "momentum") if centered else ("rms", "momentum")

    def _create_slots(self, var_list):
        for v in var_list:
            if v.get_shape().is_fully_defined():
                init = init_ops.ones_initializer(dtype=v.dtype.base_dtype)
            else:
                init = array_ops.ones_like(v)
            self._get_or_make_slot_with_initializer(v, init, v.get_shape(), v.dtype.base_dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(v, "mg", self._name)
            self._zeros_slot(v, "momentum", self._name)
