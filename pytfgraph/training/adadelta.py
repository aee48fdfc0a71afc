"""Adadelta (Zeiler, arXiv:1212.5701)."""
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class AdadeltaOptimizer(AppliedOptimizer):
    """Steps scaled by the ratio of running means of squared updates and squared gradients.

    Args:
      learning_rate, rho, epsilon: numbers, Tensors or functions.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
    """

    op = "adadelta"
    slots = ("accum", "accum_update")
    parameters = {"lr": "_lr", "rho": "_rho", "epsilon": "_epsilon"}
    arguments = ("lr", "rho", "epsilon", GRAD)

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-8, use_locking=False, name="Adadelta"):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list):
        for v in var_list:
            self._zeros_slot(v, "accum", self._name)
            self._zeros_slot(v, "accum_update", self._name)
