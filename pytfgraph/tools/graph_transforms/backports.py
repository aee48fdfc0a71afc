"""Changes for consumers that are older than the graph: operations in the form that they had before."""
import numpy as np

from pytfgraph.tools.node_graph import filtered, node_name_from_input, set_const

_FLOAT = 1


def backport_concatv2(graph_def, context):
    """ConcatV2 becomes Concat, whose first input is the axis."""
    result = filtered(graph_def, lambda node: True)
    for node in result.node:
        if node.op == "ConcatV2":
            data = [i for i in node.input if not i.startswith("^")]
            controls = list(node.input)[len(data):]
            node.op = "Concat"
            del node.input[:]
            node.input.extend(data[-1:] + data[:-1] + controls)
            if "Tidx" in node.attr:
                del node.attr["Tidx"]
    return result


def backport_tensor_array_v3(graph_def, context):
    """The TensorArray operations of version 3 become those of version 2, where a new array has no second output: a constant takes
    the place of that flow."""
    result = filtered(graph_def, lambda node: True)
    arrays = {}
    for node in result.node:
        if node.op.startswith("TensorArray") and node.op.endswith("V3"):
            node.op = node.op[:-1] + "2"
            if node.op == "TensorArrayV2":
                arrays[node.name] = node.name + "/replacement_flow_node"
                if "identical_element_shapes" in node.attr:     # a promise that version 2 does not know
                    del node.attr["identical_element_shapes"]
    for node in result.node:
        for i, source in enumerate(node.input):
            if source.endswith(":1") and node_name_from_input(source) in arrays:
                node.input[i] = arrays[node_name_from_input(source)]
    for flow in arrays.values():
        set_const(result.node.add(name=flow), np.array(1, np.float32), _FLOAT)
    return result


TRANSFORMS = {f.__name__: f for f in (backport_concatv2, backport_tensor_array_v3)}
