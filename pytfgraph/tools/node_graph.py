"""A GraphDef's nodes by name, and the small things that passes over them need."""
import collections
import re

from pytfgraph import protos
from pytfgraph.framework import tensor_util


def new_graph_def():
    """An empty GraphDef."""
    return protos.message("tensorflow.GraphDef")()


def node_name_from_input(node_name):
    """The name of the node that an input string names: without "^" and ":0"."""
    return re.sub(r":\d+$", "", node_name[1:] if node_name.startswith("^") else node_name)


def same_tensor(name):
    """An input string in its one canonical form: "a:0" becomes "a"."""
    return name[:-2] if name.endswith(":0") else name


class NodeGraph:
    """The nodes of a GraphDef by name.

    Raises:
      ValueError: if two have one name.
    """

    def __init__(self, graph_def):
        self.graph_def = graph_def
        self.nodes = {}
        for node in graph_def.node:
            if node.name in self.nodes:
                raise ValueError("Duplicate node names detected for ", node.name)
            self.nodes[node.name] = node
        self._consumers = None

    def find(self, name):
        """The node that an input string names; ValueError where there is none."""
        found = self.nodes.get(node_name_from_input(name))
        if found is None:
            raise ValueError("No node named '%s' found in map." % name)
        return found

    def input(self, node, i):
        """The node that input `i` of a node comes from."""
        if i >= len(node.input):
            raise ValueError("Node '%s' (%s) has %d inputs, and needs one more." % (node.name, node.op, len(node.input)))
        return self.find(node.input[i])

    def consumers(self, name):
        """The nodes that read a node, one for each input that does; control inputs count."""
        if self._consumers is None:
            self._consumers = collections.defaultdict(list)
            for node in self.graph_def.node:
                for i in node.input:
                    self._consumers[node_name_from_input(i)].append(node)
        return self._consumers[name]


def attr_of(node, name):
    """An attribute's value, an empty AttrValue where the node has none: asking node.attr itself would add it."""
    return node.attr[name] if name in node.attr else protos.message("tensorflow.AttrValue")()


def copy_attr(node, name, to):
    """Gives another node an attribute, if the node has it."""
    if name in node.attr:
        to.attr[name].CopyFrom(node.attr[name])


def const_value(node):
    """The value of a Const as an array; ValueError for another node."""
    if node.op != "Const":
        raise ValueError("Node named '%s' should be a Const op for values_from_const." % node.name)
    return tensor_util.MakeNdarray(attr_of(node, "value").tensor)


def set_const(node, array, dtype):
    """Makes a node a Const with a value.

    Args:
      node: the node; what it was before is gone, but for its name and device.
      array: the value.
      dtype: its DataType, a number.
    """
    node.op = "Const"
    del node.input[:]
    node.attr.clear()
    node.attr["dtype"].type = dtype
    tensor = tensor_util.make_tensor_proto(array, dtype=dtype, shape=array.shape)
    node.attr["value"].tensor.CopyFrom(protos.convert("tensorflow.TensorProto", tensor))


def filtered(graph_def, keep):
    """A GraphDef with the nodes for which keep(node) holds, and the rest of the graph as it was."""
    result = new_graph_def()
    result.CopyFrom(graph_def)
    del result.node[:]
    result.node.extend(node for node in graph_def.node if keep(node))
    return result
