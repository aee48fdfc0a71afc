"""The base of optimizers whose step is one Apply operation per variable."""
from pytfgraph.framework import ops
from pytfgraph.ops import math_ops, raw
from pytfgraph.training import optimizer

gen = raw.module("gen_training_ops")
GRAD = object()  # stands for the gradient in `arguments`


class AppliedOptimizer(optimizer.Optimizer):
    """An optimizer given by a table.

    A subclass sets `op` (the operation's name in snake case, without "apply_" and its prefixes), `slots` (slot names in the
    operation's order), `parameters` ({name of the tensor: field of self, a number, Tensor or function}) and `arguments` (names of
    parameters, and GRAD, in the operation's order behind the variable and its slots).
    """

    op = None
    slots = ()
    parameters = {}
    arguments = ()

    def _prepare(self):
        self._tensors = {name: ops.convert_to_tensor(self._call_if_callable(getattr(self, field)), name=name)
                         for name, field in self.parameters.items()}

    def _flags(self):
        return {"use_locking": self._use_locking}

    def _parameter(self, name, dtype, var):
        return math_ops.cast(self._tensors[name], dtype)

    def _apply(self, prefix, handle, var, gradient, dtype):
        """Adds the operation; `handle` gives the tensor that names a variable, `gradient` is [dense] or [values, indices]."""
        targets = [handle(var)] + [handle(self.get_slot(var, s)) for s in self.slots]
        arguments = []
        for a in self.arguments:
            arguments += gradient if a is GRAD else [self._parameter(a, dtype, var)]
        return getattr(gen, prefix + self.op)(*targets, *arguments, **self._flags())

    def _apply_dense(self, grad, var):
        return self._apply("apply_", _ref, var, [grad], var.dtype.base_dtype).op

    def _apply_sparse(self, grad, var):
        return self._apply("sparse_apply_", _ref, var, [grad.values, grad.indices], var.dtype.base_dtype).op

    def _resource_apply_dense(self, grad, var):
        return self._apply("resource_apply_", _handle, var, [grad], grad.dtype.base_dtype)

    def _resource_apply_sparse(self, grad, var, indices):
        return self._apply("resource_sparse_apply_", _handle, var, [grad, indices], grad.dtype)


def _ref(var):
    return var._ref()


def _handle(var):
    return var.handle
