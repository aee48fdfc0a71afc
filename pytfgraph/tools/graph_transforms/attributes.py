"""Changes to what nodes are called, and to their attributes and devices."""
from pytfgraph.framework import op_def_registry
from pytfgraph.tools.graph_transforms.parameters import refuse
from pytfgraph.tools.node_graph import NodeGraph, node_name_from_input


def _each(graph_def, change):
    for node in graph_def.node:
        change(node)
    return graph_def


def _wanted(context, node):
    return context.one("op_name", "*") in ("*", node.op)


def remove_device(graph_def, context):
    """Leaves out devices."""
    del context

    def change(node):
        node.device = ""
    return _each(graph_def, change)


def set_device(graph_def, context):
    """Sets devices: set_device(device="/CPU:0", if_default=true)."""
    device, if_default = context.one("device", ""), context.truth("if_default", False)

    def change(node):
        if not if_default or not node.device:
            node.device = device
    return _each(graph_def, change)


def remove_attribute(graph_def, context):
    """Leaves out an attribute: remove_attribute(attribute_name=_output_shapes, op_name=MatMul)."""
    name = context.one("attribute_name")

    def change(node):
        if _wanted(context, node) and name in node.attr:
            del node.attr[name]
    return _each(graph_def, change)


def rename_attribute(graph_def, context):
    """Renames an attribute: rename_attribute(old_attribute_name=a, new_attribute_name=b, op_name=MatMul)."""
    old, new = context.one("old_attribute_name"), context.one("new_attribute_name")

    def change(node):
        if _wanted(context, node) and old in node.attr and old != new:
            node.attr[new].CopyFrom(node.attr[old])
            del node.attr[old]
    return _each(graph_def, change)


def rename_op(graph_def, context):
    """Renames a type of nodes: rename_op(old_op_name=a, new_op_name=b)."""
    old, new = context.one("old_op_name"), context.one("new_op_name")

    def change(node):
        if node.op == old:
            node.op = new
    return _each(graph_def, change)


def _rename_nodes(graph_def, names):
    """Gives nodes other names, where they are made and where they are read."""
    def change(node):
        node.name = names.get(node.name, node.name)
        for i, name in enumerate(node.input):
            before = node_name_from_input(name)
            if before in names:
                mark = "^" if name.startswith("^") else ""
                node.input[i] = mark + names[before] + name[len(mark) + len(before):]
    return _each(graph_def, change)


def rename_node(graph_def, context):
    """Renames a node: rename_node(old_node_name=a, new_node_name=b)."""
    old, new = context.one("old_node_name"), context.one("new_node_name")
    if old != new and new in NodeGraph(graph_def).nodes:
        raise refuse("A node is already named '%s'" % new)
    return _rename_nodes(graph_def, {old: new})


_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _short_names(taken):
    """Names as short as can be, in a fixed order."""
    length = 1
    while True:
        for number in range(len(_LETTERS) ** length):
            name = ""
            for _ in range(length):
                number, letter = divmod(number, len(_LETTERS))
                name = _LETTERS[letter] + name
            if name not in taken:
                yield name
        length += 1


def obfuscate_names(graph_def, context):
    """Gives all nodes but inputs and outputs short names that tell nothing."""
    kept = context.kept_names()
    names = _short_names(kept)
    return _rename_nodes(graph_def, {node.name: next(names) for node in graph_def.node if node.name not in kept})


def remove_control_dependencies(graph_def, context):
    """Leaves out control inputs."""
    del context

    def change(node):
        kept = [name for name in node.input if not name.startswith("^")]
        del node.input[:]
        node.input.extend(kept)
    return _each(graph_def, change)


def add_default_attributes(graph_def, context):
    """Adds attributes that are missing and have a default."""
    del context
    registered = op_def_registry.get_registered_ops()
    functions = {f.signature.name for f in graph_def.library.function}

    def change(node):
        if node.op not in registered:
            if node.op not in functions:
                raise refuse("Op type not registered '%s'" % node.op)
            return
        for attr in registered[node.op].attr:
            if attr.HasField("default_value") and attr.name not in node.attr:
                node.attr[attr.name].CopyFrom(attr.default_value)
    return _each(graph_def, change)


TRANSFORMS = {f.__name__: f for f in (remove_device, set_device, remove_attribute, rename_attribute, rename_op, rename_node,
                                      obfuscate_names, remove_control_dependencies, add_default_attributes)}
