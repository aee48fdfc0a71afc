"""Gradient descent with momentum."""
from pytfgraph.framework import ops
from pytfgraph.ops import math_ops, raw
from pytfgraph.training import optimizer

gen = raw.module("gen_training_ops")


class MomentumOptimizer(optimizer.Optimizer):
    """accumulation = momentum * accumulation + gradient; var -= learning_rate * accumulation.

    Args:
      learning_rate, momentum: numbers, Tensors, or functions that give them.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
      use_nesterov: whether to use Nesterov's form (Sutskever et al., ICML 2013).
    """

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list):
        for v in var_list:
            self._zeros_slot(v, "momentum", self._name)

    def _prepare(self):
        self._learning_rate_tensor = ops.convert_to_tensor(self._call_if_callable(self._learning_rate), name="learning_rate")
        self._momentum_tensor = ops.convert_to_tensor(self._call_if_callable(self._momentum), name="momentum")

    def _parameters(self, dtype):
        return math_ops.cast(self._learning_rate_tensor, dtype), math_ops.cast(self._momentum_tensor, dtype)

    def _flags(self):
        return {"use_locking": self._use_locking, "use_nesterov": self._use_nesterov}

    def _apply_dense(self, grad, var):
        lr, momentum = self._parameters(var.dtype.base_dtype)
        return gen.apply_momentum(var._ref(), self.get_slot(var, "momentum")._ref(), lr, grad, momentum, **self._flags()).op

    def _resource_apply_dense(self, grad, var):
        lr, momentum = self._parameters(grad.dtype.base_dtype)
        return gen.resource_apply_momentum(var.handle, self.get_slot(var, "momentum").handle, lr, grad, momentum, **self._flags())

    def _apply_sparse(self, grad, var):
        lr, momentum = self._parameters(var.dtype.base_dtype)
        return gen.sparse_apply_momentum(var._ref(), self.get_slot(var, "momentum")._ref(), lr, grad.values, grad.indices, momentum,
                                         **self._flags()).op

    def _resource_apply_sparse(self, grad, var, indices):
        lr, momentum = self._parameters(grad.dtype)
        return gen.resource_sparse_apply_momentum(var.handle, self.get_slot(var, "momentum").handle, lr, grad, indices, momentum,
                                                  **self._flags())
