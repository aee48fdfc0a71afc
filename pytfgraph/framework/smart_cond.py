"""Conditionals that are decided while the graph is built, where that is known."""
from pytfgraph import _core
from pytfgraph.framework import ops
from pytfgraph.ops import control_flow_ops


def smart_constant_value(pred):
    """The value of a predicate as a bool (or a NumPy scalar), None where it is known only when it runs.

    Raises:
      TypeError: it is neither a Tensor nor a bool, 0 or 1.
    """
    if isinstance(pred, ops.Tensor):
        return _core.evaluate_constant(pred)
    if isinstance(pred, (bool, int)) and pred in (0, 1):
        return bool(pred)
    raise TypeError("`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: %s" % (pred,))


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """What true_fn or false_fn returns: the function is called where the predicate is known, else tf.cond has both.

    Args:
      pred: a scalar boolean Tensor, a bool, 0 or 1.
      true_fn, false_fn: functions without arguments.
      name: of tf.cond.

    Raises:
      TypeError: a function cannot be called.
    """
    if not callable(true_fn):
        raise TypeError("`true_fn` must be callable.")
    if not callable(false_fn):
        raise TypeError("`false_fn` must be callable.")
    value = smart_constant_value(pred)
    if value is None:
        return control_flow_ops.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if value else false_fn()


def smart_case(pred_fn_pairs, default=None, exclusive=False, name="smart_case"):
    """tf.case whose predicates may also be bools, and which decides those that are known while the graph is built."""
    return control_flow_ops._case_helper(smart_cond, pred_fn_pairs, default, exclusive, name, allow_python_preds=True)
