"""Checks for NaN and infinity."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops


def verify_tensor_all_finite(t, msg, name=None):
    """`t`, with an InvalidArgumentError that says `msg` when it runs with a NaN or an infinity."""
    with ops.name_scope(name, "VerifyFinite", [t]) as name:
        t = ops.convert_to_tensor(t, name="t")
        with ops.colocate_with(t):
            check = array_ops.check_numerics(t, message=msg)
            return control_flow_ops.with_dependencies([check], t)


def add_check_numerics_ops():
    """An Operation that checks every floating Tensor of the default graph, in order.

    Raises:
      ValueError: if the graph has control flow.
    """
    checks = []
    for op in ops.get_default_graph().get_operations():
        for output in op.outputs:
            if output.dtype in (dtypes.float16, dtypes.float32, dtypes.float64):
                if op._get_control_flow_context() is not None:
                    raise ValueError("`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations such as "
                                     "`tf.cond()` or `tf.while_loop()`.")
                message = op.name + ":" + str(output.value_index)
                with ops.control_dependencies(checks):
                    checks = [array_ops.check_numerics(output, message=message)]
    return control_flow_ops.group(*checks)
