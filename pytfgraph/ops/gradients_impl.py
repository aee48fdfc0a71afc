"""tf.gradients: the walk itself is the core's (csrc/gradients/backprop.c)."""
from pytfgraph import _core


class AggregationMethod:
    """How the gradients that reach a tensor on several ways are added."""
    ADD_N = 0                        # one AddN of all
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1            # pairwise sums
    EXPERIMENTAL_ACCUMULATE_N = 2    # AccumulateNV2, which needs memory for one


def gradients(ys, xs, grad_ys=None, name="gradients", colocate_gradients_with_ops=False, gate_gradients=False,
              aggregation_method=None, stop_gradients=None, unconnected_gradients="none"):
    """Derivatives of sum(ys) with respect to each x: a list of Tensors, IndexedSlices or None.

    Args:
      ys: a Tensor or a list of them.
      xs: a Tensor or Variable, or a list of them.
      grad_ys: gradients of the ys; ones where None.
      name: a name scope.
      colocate_gradients_with_ops: whether gradients are placed with their operations.
      gate_gradients: whether an operation's gradients are all computed before one is used.
      aggregation_method: one of AggregationMethod.
      stop_gradients: tensors taken as constants.
      unconnected_gradients: "none" or "zero": what an x gets on which no y depends.

    Raises:
      LookupError: for an operation on the way without a registered gradient.
      ValueError: for arguments that do not fit.
    """
    return _core.gradients(ys, xs, grad_ys=grad_ys, name=name, colocate_gradients_with_ops=colocate_gradients_with_ops,
                           gate_gradients=gate_gradients, aggregation_method=aggregation_method, stop_gradients=stop_gradients,
                           unconnected_gradients=unconnected_gradients)
