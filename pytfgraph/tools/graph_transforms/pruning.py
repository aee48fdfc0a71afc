"""Changes that leave out nodes, or put them in another order."""
import collections

from pytfgraph.framework import op_def_registry
from pytfgraph.tools.graph_transforms.parameters import data_type, refuse
from pytfgraph.tools.node_graph import NodeGraph, filtered, node_name_from_input, same_tensor


def _placeholder_types(context):
    default = data_type(context.one("type", "float"))
    names, types = context.values("name"), context.values("type_for_name")
    if types and len(names) != len(types):
        raise refuse("You must pass a 'type_for_name' arg for every 'name', i.e. strip_unused_nodes(name=foo, type_for_name=float, "
                     "name=bar, type_for_name=quint8)")
    given = {n: data_type(t) for n, t in zip(names, types)}
    return lambda name: given.get(name, default)


def _placeholder_shapes(context):
    def shape(text):
        try:
            return [int(d) for d in text.split(",") if d.strip()]
        except ValueError:
            raise refuse("Couldn't interpret shape argument '%s'" % text) from None
    default = shape(context.one("shape", ""))
    names, shapes = context.values("name"), context.values("shape_for_name")
    if shapes and len(names) != len(shapes):
        raise refuse("You must pass a 'shape_for_name' arg for every 'name', i.e. strip_unused_nodes(name=foo, shape_for_name=\"2,2,1\", "
                     "name=bar, shape_for_name=\"1\")")
    given = {n: shape(s) for n, s in zip(names, shapes)}
    return lambda name: given.get(name, default)


def strip_unused_nodes(graph_def, context):
    """Leaves out what the outputs do not need; inputs become placeholders: strip_unused_nodes(type=float, shape="1,299,299,3")."""
    graph = NodeGraph(graph_def)
    inputs = {node_name_from_input(n) for n in context.inputs}
    required, todo = set(inputs), [node_name_from_input(n) for n in context.outputs]
    while todo:
        name = todo.pop()
        if name not in graph.nodes:
            raise refuse("Input node %s not found in graph" % name)
        if name not in required:
            required.add(name)
            todo.extend(node_name_from_input(i) for i in graph.nodes[name].input)
    type_of, shape_of = _placeholder_types(context), _placeholder_shapes(context)
    result = filtered(graph_def, lambda node: node.name in required)
    for node in result.node:
        if node.name in inputs and node.op not in ("Placeholder", "Const"):
            node.op = "Placeholder"
            del node.input[:]
            node.attr.clear()
            node.attr["dtype"].type = type_of(node.name)
            node.attr["shape"].shape.SetInParent()
            for size in shape_of(node.name):
                node.attr["shape"].shape.dim.add(size=size)
    return result


def redirect(graph_def, to):
    """Lets nodes read other tensors: {input string without ":0": another}; chains are followed.  Control inputs follow the node."""
    def end(name):
        seen = set()
        while name in to and name not in seen:
            seen.add(name)
            name = to[name]
        return name
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if name.startswith("^"):
                node.input[i] = "^" + node_name_from_input(end(name[1:]))
            elif same_tensor(name) in to:
                node.input[i] = end(same_tensor(name))
    return graph_def


def remove_nodes(graph_def, context):
    """Leaves out nodes of some types, whose consumers then read their first input: remove_nodes(op=Identity, op=CheckNumerics)."""
    ops = context.values("op")
    if not ops:
        raise refuse("remove_nodes expects at least one 'op'argument, e.g. remove_nodes(op=Identity)")
    max_inputs, kept, to = context.integer("max_inputs", 1), context.kept_names(), {}
    for node in graph_def.node:
        data = [i for i in node.input if not i.startswith("^")]
        others = {node_name_from_input(i) for i in node.input if i.startswith("^")}
        if node.op in ops and node.name not in kept and 1 <= len(data) <= max_inputs and others <= {node_name_from_input(data[0])}:
            to[node.name] = same_tensor(data[0])
    return redirect(filtered(graph_def, lambda node: node.name not in to), to)


# ---- duplicates ----

def _key(node):
    attrs = tuple((name, node.attr[name].SerializeToString(deterministic=True)) for name in sorted(node.attr))
    return node.op, node.device, tuple(same_tensor(i) for i in node.input), attrs


def merge_duplicate_nodes(graph_def, context):
    """Leaves one of each set of nodes that compute the same; what has state stays."""
    registered, kept = op_def_registry.get_registered_ops(), context.kept_names()
    merges = {}

    def may_merge(node):
        if node.op not in merges:
            merges[node.op] = node.op in registered and not registered[node.op].is_stateful
        return merges[node.op] and node.name not in kept
    while True:
        first, to = {}, {}
        for node in graph_def.node:
            if may_merge(node):
                other = first.setdefault(_key(node), node)
                if other is not node:
                    to[node.name] = other.name
        if not to:
            return graph_def
        gone = frozenset(to)
        graph_def = filtered(graph_def, lambda node, gone=gone: node.name not in gone)
        for node in graph_def.node:
            for i, name in enumerate(node.input):
                before = node_name_from_input(name)
                if before in to:
                    mark = "^" if name.startswith("^") else ""
                    node.input[i] = mark + to[before] + name[len(mark) + len(before):]


# ---- order ----

def sort_by_execution_order(graph_def, context):
    """Puts each node behind those it reads."""
    del context
    graph = NodeGraph(graph_def)
    wait, ready = {}, collections.deque()
    for node in graph_def.node:
        inputs = [graph.find(i) for i in node.input]
        # A loop's way back does not hold up its Merge.
        wait[node.name] = sum(1 for i in inputs if not (node.op in ("Merge", "RefMerge") and i.op in ("NextIteration", "RefNextIteration")))
        if wait[node.name] == 0:
            ready.append(node)
    order = []
    while ready:
        node = ready.popleft()
        order.append(node)
        back = node.op in ("NextIteration", "RefNextIteration")
        for consumer in graph.consumers(node.name):
            if back and consumer.op in ("Merge", "RefMerge"):
                continue
            wait[consumer.name] -= 1
            if wait[consumer.name] == 0:
                ready.append(consumer)
    if len(order) < len(graph_def.node):
        raise refuse("%d nodes in a cycle" % (len(graph_def.node) - len(order)))
    result = filtered(graph_def, lambda node: False)
    result.node.extend(order)
    return result


TRANSFORMS = {f.__name__: f for f in (strip_unused_nodes, remove_nodes, merge_duplicate_nodes, sort_by_execution_order)}
