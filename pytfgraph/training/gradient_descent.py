"""Gradient descent."""
from pytfgraph.framework import ops
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import math_ops, raw
from pytfgraph.training import optimizer

gen = raw.module("gen_training_ops")


class GradientDescentOptimizer(optimizer.Optimizer):
    """var -= learning_rate * gradient.

    Args:
      learning_rate: a number, a Tensor, or a function that gives one.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
    """

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor = None

    def _prepare(self):
        self._learning_rate_tensor = ops.convert_to_tensor(self._call_if_callable(self._learning_rate), name="learning_rate")

    def _apply_dense(self, grad, var):
        lr = math_ops.cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return gen.apply_gradient_descent(var._ref(), lr, grad, use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad, handle):
        lr = math_ops.cast(self._learning_rate_tensor, grad.dtype.base_dtype)
        return gen.resource_apply_gradient_descent(handle.handle, lr, grad, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices):
        return gen.resource_scatter_add(handle.handle, indices, -grad * self._learning_rate)

    def _apply_sparse_duplicate_indices(self, grad, var):
        lr = math_ops.cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return var.scatter_sub(IndexedSlices(grad.values * lr, grad.indices, grad.dense_shape), use_locking=self._use_locking)
