"""Graphs cut down to what lies between some inputs and some outputs."""
from pytfgraph import protos
from pytfgraph.framework import graph_util
from pytfgraph.tools import command_line


def strip_unused(input_graph_def, input_node_names, output_node_names, placeholder_type_enum):
    """A GraphDef with what the outputs need, the inputs being placeholders.

    Args:
      input_graph_def: a GraphDef.
      input_node_names: names of the nodes that become placeholders.
      output_node_names: names of the nodes that matter.
      placeholder_type_enum: the DataType of the placeholders, a number, or a list with one for each input.

    Raises:
      ValueError: if a name is that of a tensor.
      KeyError: if an input is not there.
    """
    for name in input_node_names:
        if ":" in name:
            raise ValueError("Name '%s' appears to refer to a Tensor, not a Operation." % name)
    kinds = placeholder_type_enum
    if not isinstance(kinds, list):
        kinds = [kinds] * len(input_node_names)
    types = dict(zip(reversed(input_node_names), reversed(kinds)))      # of a name given twice the first counts
    graph_def = protos.message("tensorflow.GraphDef")()
    for node in protos.convert("tensorflow.GraphDef", input_graph_def).node:
        if node.name not in types:
            graph_def.node.add().CopyFrom(node)
            continue
        new = graph_def.node.add(name=node.name, op="Placeholder")
        new.attr["dtype"].type = types.pop(node.name)
        if "_output_shapes" in node.attr:
            new.attr["_output_shapes"].CopyFrom(node.attr["_output_shapes"])
    if types:
        raise KeyError("The following input nodes were not found: %s\n" % set(types))
    return graph_util.extract_sub_graph(graph_def, output_node_names)


def strip_unused_from_files(input_graph, input_binary, output_graph, output_binary, input_node_names, output_node_names,
                            placeholder_type_enum):
    """strip_unused from file to file; names are separated by commas.  -1, and a line that says why, where it cannot be."""
    from pytfgraph.platform import gfile
    if not gfile.Exists(input_graph):
        print("Input graph file '" + input_graph + "' does not exist!")
        return -1
    if not output_node_names:
        print("You need to supply the name of a node to --output_node_names.")
        return -1
    graph_def = command_line.read_message("tensorflow.GraphDef", input_graph, input_binary)
    stripped = strip_unused(graph_def, input_node_names.split(","), output_node_names.split(","), placeholder_type_enum)
    command_line.write_message(stripped, output_graph, output_binary)
    print("%d ops in the final graph." % len(stripped.node))
    return None
