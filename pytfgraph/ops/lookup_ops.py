"""Tables."""
from pytfgraph.framework import ops
from pytfgraph.ops import control_flow_ops


def tables_initializer(name="init_all_tables"):
    """An operation that initialises all tables of the graph (collection TABLE_INITIALIZERS); it does nothing where there are none.

    Args:
      name: of the operation.
    """
    initializers = ops.get_collection(ops.GraphKeys.TABLE_INITIALIZERS)
    if initializers:
        return control_flow_ops.group(*initializers, name=name)
    return control_flow_ops.no_op(name=name)
