"""Graphs and name scopes, asked."""
from pytfgraph.framework import ops


def get_graph_from_inputs(op_input_list, graph=None):
    """The graph that all inputs belong to.

    Args:
      op_input_list: a list of tensors, operations and whatever may become one.
      graph: the graph that they must belong to; None takes that of the first one, or the default graph.

    Raises:
      TypeError: if `graph` is no Graph.
      ValueError: if they belong to different graphs, or another than `graph`.
    """
    return ops._get_graph_from_inputs(op_input_list, graph)


def get_name_scope():
    """The name scope of the default graph, without the slash at its end."""
    return ops.get_default_graph().get_name_scope()
