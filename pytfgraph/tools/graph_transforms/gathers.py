"""Gathers from sparse columns of weights, as lookups in a table that holds what is not zero."""
import collections

import numpy as np

from pytfgraph.framework import errors_impl as errors
from pytfgraph.tools.node_graph import NodeGraph, attr_of, const_value, filtered, node_name_from_input, set_const

_FLOAT, _INT32, _INT64 = 1, 3, 9
_LEAST = 1e-5                   # weights nearer to zero are zero
_VARIABLES = ("Variable", "VariableV2")
_NOTHING_ALONE = ("Assign", "Reshape", "Equal", "Mean", "ScalarSummary")    # mean nothing with one input


# ---- weights ----

def _key(name):
    """The name that a variable, or the variable of which it is a part, has in a checkpoint."""
    head, _, last = name.rpartition("/")
    return head if head and last.startswith("part_") else name


def _slice_of(graph, variable):
    """What a saver's RestoreV2 says about which part of the saved tensor a variable is."""
    restored = ""
    for node in graph.graph_def.node:
        parts = node.name.split("/")
        if len(parts) == 2 and parts[0].startswith("save") and parts[1].startswith("Assign") and len(node.input) > 1 \
                and node.input[0] == variable:
            restored = node.input[1]
            break
    restore = graph.nodes.get(node_name_from_input(restored))
    if restore is not None and restore.op == "RestoreV2":
        names, slices = (const_value(graph.input(restore, i)).ravel() for i in (1, 2))
        i = int(restored.partition(":")[2] or 0)
        if i < min(len(names), len(slices)) and names[i].decode() == _key(variable):
            return slices[i].decode()
    raise errors.InternalError(None, None, "Unable to find RestoreV2 entry for variable: " + variable)


class _Weights:
    """The values of constants, and of variables in a checkpoint."""

    def __init__(self, graph_def, context):
        self._checkpoint = (context.values("input_checkpoint") or [None])[0]
        if self._checkpoint is not None:
            from pytfgraph.training import checkpoint_reader
            checkpoint_reader.NewCheckpointReader(self._checkpoint)     # says what is wrong with it
        graph = NodeGraph(graph_def)
        self._slices = {node.name: _slice_of(graph, node.name) for node in graph_def.node if node.op in _VARIABLES}

    def value(self, node):
        dtype = attr_of(node, "dtype").type
        if dtype != _FLOAT:
            raise errors.FailedPreconditionError(
                None, None, "Transform only applicable to subgraph with 'Const','Variable', or 'VariableV2' of dtype 'DT_FLOAT'. Found '%s' "
                "with name '%s' and dtype '%d'." % (node.op, node.name, dtype))
        value = const_value(node) if node.op == "Const" else self._restored(node.name)
        if value.ndim != 2 or value.shape[1] != 1:
            raise errors.FailedPreconditionError(
                None, None, "Transform only applicable to subgraph with 'Const' with tensor of shape [N, 1]. But instead get shape [%s]."
                % ",".join(map(str, value.shape)))
        return value[:, 0]

    def _restored(self, name):
        if self._checkpoint is None:
            raise errors.InternalError(None, None, "Checkpoint reader was not initialized. ")
        from pytfgraph.client.session import Session
        from pytfgraph.framework import dtypes, ops
        from pytfgraph.ops import raw
        with ops.Graph().as_default() as graph:
            tensor, = raw.function("restore_v2")(self._checkpoint, [_key(name)], [self._slices[name]], [dtypes.float32])
            with Session(graph=graph) as sess:
                return sess.run(tensor)


# ---- replacing ----

def _axis_is_zero(node):
    axis = const_value(node)
    if axis.dtype not in (np.int32, np.int64):
        raise errors.FailedPreconditionError(None, None, "Gather axis was not int32 or int64.")
    if axis.ravel()[0] != 0:
        raise errors.FailedPreconditionError(
            None, None, "Transform only applicable to subgraph with GatherV2 over axis 0. Found axis %d." % axis.ravel()[0])


def _data(node):
    return [i for i in node.input if not i.startswith("^")]


def _column_of(graph, node, op):
    """The Identity and the weights that a gather reads; None for other nodes."""
    inputs = _data(node)
    if node.op != op or len(inputs) != (2 if op == "Gather" else 3):
        return None
    read = graph.find(inputs[0])
    if read.op != "Identity" or len(_data(read)) != 1 or op == "GatherV2" and graph.find(inputs[2]).op != "Const":
        return None
    weights = graph.find(_data(read)[0])
    return (read, weights) if weights.op == "Const" or weights.op in _VARIABLES else None


def _new_node(graph_def, name, op, inputs, **types):
    node = graph_def.node.add(name=name, op=op, input=inputs)
    for key, value in types.items():
        node.attr[key].type = value
    return node


def _add_table(graph_def, name, column):
    """A table of what is not zero in a column; the name of the node that fills it."""
    indices = np.flatnonzero(np.abs(column) >= _LEAST)
    values = column[indices]
    if not len(indices):                # no table is filled with nothing
        indices, values = np.zeros(1, np.int64), np.zeros(1, np.float32)
    set_const(graph_def.node.add(name=name + "/indices"), indices.astype(np.int64), _INT64)
    set_const(graph_def.node.add(name=name + "/values"), values.astype(np.float32), _FLOAT)
    _new_node(graph_def, name + "/HashTable", "HashTable", [], key_dtype=_INT64, value_dtype=_FLOAT)
    return _new_node(graph_def, name + "/InitializeTable", "InitializeTable", [name + "/HashTable", name + "/indices", name + "/values"],
                     Tkey=_INT64, Tval=_FLOAT).name


def _add_lookup(graph_def, gather, table):
    """Puts a lookup under the name of a gather, which has to be gone."""
    name, ids = gather.name, _data(gather)[1]
    if attr_of(gather, "Tindices").type == _INT32:
        ids = _new_node(graph_def, name + "/Cast", "Cast", [ids], SrcT=_INT32, DstT=_INT64).name
    set_const(graph_def.node.add(name=name + "/Const"), np.array(0, np.float32), _FLOAT)
    set_const(graph_def.node.add(name=name + "/ExpandDims/Const"), np.array(-1, np.int32), _INT32)
    _new_node(graph_def, name + "/LookupTableFind", "LookupTableFind", [table, ids, name + "/Const"], Tin=_INT64, Tout=_FLOAT)
    _new_node(graph_def, name, "ExpandDims", [name + "/LookupTableFind", name + "/ExpandDims/Const"], T=_FLOAT)


def _add_to_group(graph_def, name, filled):
    for node in graph_def.node:
        if node.name == name and node.op == "NoOp":
            break
    else:
        node = graph_def.node.add(name=name, op="NoOp")
    node.input.extend("^" + n for n in filled)


# ---- what is left over ----

def _needed(graph_def, context):
    """The names of the nodes that the outputs need."""
    nodes = {node.name: node for node in graph_def.node}
    needed, todo = set(), [node_name_from_input(n) for n in context.outputs]
    while todo:
        name = todo.pop()
        if name in nodes and name not in needed:
            needed.add(name)
            todo.extend(node_name_from_input(i) for i in nodes[name].input)
    return needed


class _Removal:
    """Takes nodes away, with what then has no reader, and what then reads nothing."""

    def __init__(self, graph_def, kept):
        self._nodes = {node.name: node for node in graph_def.node}
        self._kept = kept
        self._readers = collections.defaultdict(collections.Counter)
        for node in graph_def.node:
            self._readers_change(node, 1)
        self._todo = []

    def _readers_change(self, node, by):
        for i in node.input:
            readers = self._readers[node_name_from_input(i)]
            readers[node.name] += by
            if readers[node.name] <= 0:
                del readers[node.name]

    def run(self, names):
        """The names that go."""
        self._todo, gone = list(names), set()
        while self._todo:
            name = self._todo.pop()
            node = self._nodes.get(name)
            if node is None or name in gone or name in self._kept or node.op == "RestoreV2":
                continue
            gone.add(name)
            self._forget(node)
            for reader in list(self._readers[name]):
                self._without(self._nodes[reader], name)
        return gone

    def _forget(self, node):
        self._readers_change(node, -1)
        self._todo.extend(n for n in map(node_name_from_input, node.input) if not self._readers[n])

    def _without(self, reader, name):
        left = [i for i in reader.input if node_name_from_input(i) != name]
        self._readers_change(reader, -1)
        del reader.input[:]
        reader.input.extend(left)
        if reader.op == "ConcatV2" and len(left) < 2:
            raise errors.InternalError(None, None, "ConcatV2 should have at least two elements")
        if reader.op == "ConcatV2" and len(left) > 2:
            reader.attr["N"].i = len(left) - 1
        elif reader.op == "ConcatV2" and len(left) == 2:
            del reader.input[1:]
            del reader.attr["N"], reader.attr["Tidx"]
            reader.op = "Identity"
            if not self._readers[node_name_from_input(left[1])]:
                self._todo.append(node_name_from_input(left[1]))
        self._readers_change(reader, 1)
        if not left or reader.op in _NOTHING_ALONE and len(left) == 1:
            self._todo.append(reader.name)


def _without_gathers(graph_def, op, weights, context):
    """The graph with one kind of gathers replaced."""
    graph = NodeGraph(graph_def)
    columns = {node.name: _column_of(graph, node, op) for node in graph_def.node}
    columns = {name: column for name, column in columns.items() if column}
    result, filled, idle = filtered(graph_def, lambda node: node.name not in columns), {}, []
    for name, (read, column) in columns.items():
        gather = graph.nodes[name]
        if op == "GatherV2":
            _axis_is_zero(graph.find(_data(gather)[2]))
            idle.append(node_name_from_input(_data(gather)[2]))
        if column.name not in filled:
            filled[column.name] = _add_table(result, column.name, weights.value(column))
        _add_lookup(result, gather, column.name + "/HashTable")
        idle += [read.name, column.name]
    _add_to_group(result, (context.values("group_init_node") or ["group_deps"])[0], filled.values())
    read = {node_name_from_input(i) for node in result.node for i in node.input}
    needed = _needed(result, context) | context.kept_names()
    axes = {node_name_from_input(_data(graph.nodes[n])[2]) for n in columns} if op == "GatherV2" else set()
    gone = _Removal(result, needed).run([n for n in idle if n not in axes or n not in read])
    return filtered(result, lambda node: node.name not in gone)


def sparsify_gather(graph_def, context):
    """Replaces gathers from columns of mostly zeros by lookups in tables, which group_deps fills:
    sparsify_gather(group_init_node=group_deps, input_checkpoint=prefix)."""
    result = filtered(graph_def, lambda node: True)
    for node in result.node:
        if "_output_shapes" in node.attr:
            del node.attr["_output_shapes"]
    weights = _Weights(result, context)
    for op in ("Gather", "GatherV2"):
        result = _without_gathers(result, op, weights, context)
    return result


TRANSFORMS = {"sparsify_gather": sparsify_gather}
