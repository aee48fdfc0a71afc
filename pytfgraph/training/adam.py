"""Adam (Kingma and Ba, arXiv:1412.6980)."""
from pytfgraph.framework import ops
from pytfgraph.ops import control_flow_ops, math_ops, state_ops
from pytfgraph.training.applied import GRAD, AppliedOptimizer, gen


class AdamOptimizer(AppliedOptimizer):
    """Steps scaled by running means of the gradient and its square, corrected for their start at zero.

    Args:
      learning_rate, beta1, beta2, epsilon: numbers, Tensors, or functions that give them.
      use_locking: whether updates take the variables' locks.
      name: of the operations.
    """

    op = "adam"
    slots = ("m", "v")
    parameters = {"learning_rate": "_lr", "beta1": "_beta1", "beta2": "_beta2", "epsilon": "_epsilon"}
    arguments = ("beta1_power", "beta2_power", "learning_rate", "beta1", "beta2", "epsilon", GRAD)

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="Adam"):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _get_beta_accumulators(self):
        with ops.init_scope():
            graph = ops.get_default_graph()
            return self._get_non_slot_variable("beta1_power", graph=graph), self._get_non_slot_variable("beta2_power", graph=graph)

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda v: v.name)  # the same one, in whatever order the variables come
        self._create_non_slot_variable(initial_value=self._beta1, name="beta1_power", colocate_with=first)
        self._create_non_slot_variable(initial_value=self._beta2, name="beta2_power", colocate_with=first)
        for v in var_list:
            self._zeros_slot(v, "m", self._name)
            self._zeros_slot(v, "v", self._name)

    def _parameter(self, name, dtype, var):
        if name.endswith("_power"):
            return math_ops.cast(self._get_beta_accumulators()[name == "beta2_power"], dtype)
        return math_ops.cast(self._tensors[name], dtype)

    def _apply_sparse_shared(self, grad, var, indices, scatter_add):
        dtype = var.dtype.base_dtype
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = (self._parameter(a, dtype, var) for a in self.arguments if a is not GRAD)
        lr = lr * math_ops.sqrt(1 - beta2_power) / (1 - beta1_power)
        m_t = self._moving(self.get_slot(var, "m"), beta1, lambda: grad * (1 - beta1), indices, scatter_add)
        v_t = self._moving(self.get_slot(var, "v"), beta2, lambda: (grad * grad) * (1 - beta2), indices, scatter_add)
        v_sqrt = math_ops.sqrt(v_t)
        update = state_ops.assign_sub(var, lr * m_t / (v_sqrt + epsilon), use_locking=self._use_locking)
        return control_flow_ops.group(*[update, m_t, v_t])

    def _moving(self, slot, beta, scaled, indices, scatter_add):
        """slot = slot * beta + scaled rows."""
        rows = scaled()
        decayed = state_ops.assign(slot, slot * beta, use_locking=self._use_locking)
        with ops.control_dependencies([decayed]):
            return scatter_add(slot, indices, rows)

    def _apply_sparse(self, grad, var):
        return self._apply_sparse_shared(grad.values, var, grad.indices,
                                         lambda x, i, v: state_ops.scatter_add(x, i, v, use_locking=self._use_locking))

    def _resource_scatter_add(self, x, i, v):
        with ops.control_dependencies([gen.resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _resource_apply_sparse(self, grad, var, indices):
        return self._apply_sparse_shared(grad, var, indices, self._resource_scatter_add)

    def _finish(self, update_ops, name_scope):
        with ops.control_dependencies(update_ops):
            beta1_power, beta2_power = self._get_beta_accumulators()
            with ops.colocate_with(beta1_power):
                updates = [power.assign(power * beta, use_locking=self._use_locking)
                           for power, beta in ((beta1_power, self._tensors["beta1"]), (beta2_power, self._tensors["beta2"]))]
        return control_flow_ops.group(*update_ops + updates, name=name_scope)
