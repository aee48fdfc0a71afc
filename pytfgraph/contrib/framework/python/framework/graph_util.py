"""Looking into graphs, and replacing parts of them."""
from pytfgraph import protos
from pytfgraph.framework.graph_util_impl import _node_of


def get_placeholders(graph):
    """The outputs of all Placeholder operations of a graph, in the order of its operations."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def _check_lists(graph_def, input_nodes, output_nodes):
    try:
        graph_def = protos.convert("tensorflow.GraphDef", graph_def)
    except TypeError:
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.") from None
    if isinstance(input_nodes, str):
        raise TypeError("input_nodes must be a list.")
    if isinstance(output_nodes, str):
        raise TypeError("output_nodes must be a list.")
    return graph_def


def _needed_by(names, inputs):
    """These nodes, and all that they are computed from."""
    needed, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            todo += inputs[name]
    return needed


def _check_closed(name, inputs, above, input_nodes):
    """TypeError where a node to be fused reads past the inputs."""
    seen, todo = set(), [name]
    while todo:
        at = todo.pop(0)
        seen.add(at)
        if at in above and at not in input_nodes:
            raise TypeError("Node %s uses input %s not in input_nodes." % (name, at))
        if at not in input_nodes:
            todo += [i for i in inputs[at] if i not in seen]


def fuse_op(graph_def, input_nodes, output_nodes, output_dtypes, output_quantized, op_name, op_type):
    """A GraphDef with one operation in place of all that stand between some nodes and others.

    Args:
      graph_def: the graph.
      input_nodes: names of the nodes that the operation gets, a list; they stay.
      output_nodes: names of nodes with one input that come behind it, a list; they stay, and read its outputs in turn.
      output_dtypes: numbers of dtypes, for its attribute _output_types.
      output_quantized: for its attribute _output_quantized.
      op_name, op_type: its name and type.

    Raises:
      TypeError: for what is no GraphDef or no list, or where what is replaced needs other nodes than the inputs.
      AssertionError: for nodes that are not there, and for outputs with another number of inputs than 1.
    """
    graph_def = _check_lists(graph_def, input_nodes, output_nodes)
    nodes = {_node_of(node.name): node for node in graph_def.node}
    inputs = {name: [_node_of(i) for i in node.input] for name, node in nodes.items()}
    for name in list(input_nodes) + list(output_nodes):
        assert name in nodes, "%s is not in graph" % name
    above, before_output = _needed_by(input_nodes, inputs), _needed_by(output_nodes, inputs)
    for name in nodes:
        if name in before_output and name not in above and name not in output_nodes:
            _check_closed(name, inputs, above, input_nodes)
    result = type(graph_def)()
    result.node.extend(node for name, node in nodes.items() if name in above)
    fused = result.node.add()
    fused.input.extend(input_nodes)
    fused.attr["_output_types"].list.type[:] = output_dtypes
    fused.attr["_output_quantized"].b = output_quantized
    fused.op, fused.name = op_type, op_name
    for i, name in enumerate(output_nodes):
        assert len(nodes[name].input) == 1
        output = result.node.add()
        output.CopyFrom(nodes[name])
        output.input[:] = [op_name + (":%d" % i if i else "")]
    result.node.extend(node for name, node in nodes.items() if name not in above and name not in before_output)
    result.library.CopyFrom(graph_def.library)
    result.versions.CopyFrom(graph_def.versions)
    return result
