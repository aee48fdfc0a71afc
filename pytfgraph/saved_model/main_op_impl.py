"""The operation that makes a loaded graph ready."""
from pytfgraph.framework import ops


def main_op():
    """An Operation that initialises all variables, local variables and tables of the default graph."""
    from pytfgraph.ops import control_flow_ops, lookup_ops, variables
    return control_flow_ops.group(variables.global_variables_initializer(), variables.local_variables_initializer(),
                                  lookup_ops.tables_initializer())


def main_op_with_restore(restore_op_name):
    """main_op(), and after it another Operation.

    Args:
      restore_op_name: the Operation, or its name.
    """
    from pytfgraph.ops import control_flow_ops
    if isinstance(restore_op_name, str):
        restore_op_name = ops.get_default_graph().as_graph_element(restore_op_name)
    with ops.control_dependencies([main_op()]):
        return control_flow_ops.group(restore_op_name)
