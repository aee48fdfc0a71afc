"""Moving averages of variables and tensors."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.graph_keys import GraphKeys
from pytfgraph.ops import control_flow_ops, init_ops, math_ops, state_ops, variable_scope, variables
from pytfgraph.training import slot_creator

_FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)


def assign_moving_average(variable, value, decay, zero_debias=True, name=None):
    """Moves a variable towards a value: variable -= (1 - decay) * (variable - value).

    Args:
      variable: the average.
      value: a Tensor of its shape.
      decay: the part of the old average that stays, a float or float Tensor.
      zero_debias: whether to correct for the average having begun at 0 (Kingma and Ba, "Adam", section 3).
      name: of the operation.

    Returns:
      The reference to `variable` after the change.
    """
    with ops.name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope, ops.colocate_with(variable):
        decay = ops.convert_to_tensor(1.0 - decay, name="decay")
        if decay.dtype != variable.dtype.base_dtype:
            decay = math_ops.cast(decay, variable.dtype.base_dtype)
        delta = _corrected_delta(variable, value, decay) if zero_debias else (variable - value) * decay
        return state_ops.assign_sub(variable, delta, name=scope)


def _free_name(name):
    """`name`, with a number where the current variable scope has it already."""
    scope = variable_scope.get_variable_scope()
    if scope.reuse:
        return name
    taken, candidate, i = {v.op.name for v in scope.global_variables()}, name, 0
    while scope.name + "/" + candidate in taken:
        i += 1
        candidate = "%s_%d" % (name, i)
    return candidate


def _corrected_delta(unbiased, value, decay):
    """What to subtract from `unbiased` so that it is the biased average over 1 - (1 - decay)^steps; both are kept in variables."""
    with variable_scope.variable_scope(unbiased.op.name, values=[unbiased, value, decay]) as scope, ops.colocate_with(unbiased):
        with ops.init_scope():
            zeros = init_ops.zeros_initializer(dtype=unbiased.dtype)(unbiased.get_shape())
            zero = init_ops.zeros_initializer()
        biased = variable_scope.get_variable(_free_name("biased"), initializer=zeros, trainable=False)
        steps = variable_scope.get_variable(_free_name("local_step"), shape=[], dtype=unbiased.dtype, initializer=zero, trainable=False)
        moved = state_ops.assign_sub(biased, (biased - value) * decay, name=scope.name)
        counted = steps.assign_add(1)
        with ops.control_dependencies([moved, counted]):
            return unbiased - biased.read_value() / (1 - math_ops.pow(1.0 - decay, steps.read_value()))


def weighted_moving_average(value, decay, weight, truediv=True, collections=None, name=None):
    """The moving average of value * weight over that of weight.

    Args:
      value: a float Tensor.
      decay: the part of the old averages that stays.
      weight: a float Tensor that `value` can be multiplied with.
      truediv: whether integers divide into floats.
      collections: of the two variables; GLOBAL_VARIABLES where None.
      name: of the variable scope.
    """
    collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections

    def average(what, tensor):
        return variable_scope.get_variable(what, shape=tensor.get_shape(), dtype=tensor.dtype, initializer=init_ops.zeros_initializer(), trainable=False,
                                           collections=collections)
    with variable_scope.variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:
        products, weights = average("value_x_weight", value), average("weight", weight)
        numerator = assign_moving_average(products, value * weight, decay, zero_debias=False)
        denominator = assign_moving_average(weights, weight, decay, zero_debias=False)
        return (math_ops.truediv if truediv else math_ops.div)(numerator, denominator, name=scope.name)


class ExponentialMovingAverage:
    """Averages of variables, which often do better than the last values of training.

    Args:
      decay: the part of the old average that stays, near 1.
      num_updates: a step number; early steps then move faster: decay is at most (1 + num_updates) / (10 + num_updates).
      zero_debias: whether averages of tensors are corrected for having begun at 0.
      name: added to the names of the averages.
    """

    def __init__(self, decay, num_updates=None, zero_debias=False, name="ExponentialMovingAverage"):
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages = {}

    @property
    def name(self):
        """Added to the names of the averages."""
        return self._name

    def _make_average(self, var):
        """(the average, whether it is corrected)"""
        with ops.init_scope():
            if isinstance(var, variables.Variable):
                average = slot_creator.create_slot(var, var.initialized_value(), self.name, colocate_with_primary=True)
                ops.add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
                return average, False
            beside = var.op.type in ("Variable", "VariableV2", "VarHandleOp")
            return slot_creator.create_zeros_slot(var, self.name, colocate_with_primary=beside), self._zero_debias

    def apply(self, var_list=None):
        """An Operation that moves the average of each variable or tensor, and makes those that are not there yet.

        Args:
          var_list: what to average; the trainable variables where None.

        Raises:
          TypeError: for something that is not floating.
        """
        var_list = variables.trainable_variables() if var_list is None else var_list
        corrected = set()
        for var in var_list:
            if var.dtype.base_dtype not in _FLOATS:
                raise TypeError("The variables must be half, float, or double: %s" % var.name)
            if var not in self._averages:
                average, correct = self._make_average(var)
                if correct:
                    corrected.add(average)
                self._averages[var] = average
        with ops.name_scope(self.name) as scope:
            decay = ops.convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                n = math_ops.cast(self._num_updates, dtypes.float32, name="num_updates")
                decay = math_ops.minimum(decay, (1.0 + n) / (10.0 + n))
            updates = [assign_moving_average(self._averages[var], var, decay, zero_debias=self._averages[var] in corrected) for var in var_list]
            return control_flow_ops.group(*updates, name=scope)

    def average(self, var):
        """The Variable that holds the average of `var`; None where there is none."""
        return self._averages.get(var, None)

    def average_name(self, var):
        """The name that the average of `var` has or will have."""
        if var in self._averages:
            return self._averages[var].op.name
        return ops.get_default_graph().unique_name(var.op.name + "/" + self.name, mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables=None):
        """A dict for Saver that puts saved averages in place of the variables: names to variables.

        Args:
          moving_avg_variables: those that have averages; trainable ones and those of `apply` where None.
        """
        if moving_avg_variables is None:
            moving_avg_variables = variables.trainable_variables() + variables.moving_average_variables()
        averaged = set(moving_avg_variables)
        names = {self.average_name(v): v for v in averaged}
        taken = {v.name for v in averaged}
        for v in set(variables.global_variables()):
            if v.name not in taken and v.op.name not in names:
                names[v.op.name] = v
        return names
