"""Proximal gradient descent (Duchi and Singer, NIPS 2009)."""
from pytfgraph.training.applied import GRAD, AppliedOptimizer


class ProximalGradientDescentOptimizer(AppliedOptimizer):
    """Gradient descent with l1 and l2 regularisation applied by their proximal operators.

    Args:
      learning_rate, l1_regularization_strength, l2_regularization_strength: numbers or Tensors.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
    """

    op = "proximal_gradient_descent"
    parameters = {"learning_rate": "_learning_rate", "l1_regularization_strength": "_l1", "l2_regularization_strength": "_l2"}
    arguments = ("learning_rate", "l1_regularization_strength", "l2_regularization_strength", GRAD)

    def __init__(self, learning_rate, l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False,
                 name="ProximalGradientDescent"):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1 = l1_regularization_strength
        self._l2 = l2_regularization_strength
