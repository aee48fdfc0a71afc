"""Gradient descent."""
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import math_ops
from pytfgraph.training.applied import GRAD, AppliedOptimizer, gen


class GradientDescentOptimizer(AppliedOptimizer):
    """var -= learning_rate * gradient.

    Args:
      learning_rate: a number, a Tensor, or a function that gives one.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
    """

    op = "gradient_descent"
    parameters = {"learning_rate": "_learning_rate"}
    arguments = ("learning_rate", GRAD)

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices):
        return gen.resource_scatter_add(handle.handle, indices, -grad * self._learning_rate)

    def _apply_sparse_duplicate_indices(self, grad, var):
        lr = math_ops.cast(self._tensors["learning_rate"], var.dtype.base_dtype)
        return var.scatter_sub(IndexedSlices(grad.values * lr, grad.indices, grad.dense_shape), use_locking=self._use_locking)
