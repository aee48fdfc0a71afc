"""Gradient descent with momentum."""
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class MomentumOptimizer(AppliedOptimizer):
    """accumulation = momentum * accumulation + gradient; var -= learning_rate * accumulation.

    Args:
      learning_rate, momentum: numbers, Tensors, or functions that give them.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
      use_nesterov: whether to use Nesterov's form (Sutskever et al., ICML 2013).
    """

    op = "momentum"
    slots = ("momentum",)
    parameters = {"learning_rate": "_learning_rate", "momentum": "_momentum"}
    arguments = ("learning_rate", GRAD, "momentum")

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list):
        for v in var_list:
            self._zeros_slot(v, "momentum", self._name)

    def _flags(self):
        return {"use_locking": self._use_locking, "use_nesterov": self._use_nesterov}
