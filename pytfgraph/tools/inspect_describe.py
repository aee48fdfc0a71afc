"""Graphs, MetaGraphs, SavedModels and checkpoints in words: each function gives the lines about one."""
import collections
import os

import numpy as np

from pytfgraph.tools.inspect_file import size_text
from pytfgraph.tools.node_graph import attr_of, node_name_from_input

_MOST = 20          # of a list, so many are shown
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable")
_NO_OUTPUTS = frozenset(("NoOp", "Const", "Assert", "Assign", "AssignVariableOp", "SaveV2", "MergeV2Checkpoints") + _VARIABLES)


def dtype_text(number):
    """The name of a DataType."""
    from pytfgraph.framework import dtypes
    try:
        return dtypes.as_dtype(number).name
    except TypeError:
        return "dtype %d" % number


def shape_text(shape):
    """A TensorShapeProto as [2, ?]."""
    if shape.unknown_rank:
        return "of any shape"
    return "[" + ", ".join("?" if d.size < 0 else str(d.size) for d in shape.dim) + "]"


def shortened(items, show=str):
    """The first of a list, and how many more there are."""
    items = list(items)
    text = ", ".join(show(i) for i in items[:_MOST])
    return text + (", and %d more" % (len(items) - _MOST) if len(items) > _MOST else "")


# ---- graphs ----

def _count(shape):
    n = 1
    for d in shape.dim:
        n *= max(d.size, 0)
    return n


def _constants(graph_def):
    """(how many constants of numbers, their elements, their bytes)."""
    from pytfgraph.framework import dtypes
    n = elements = size = 0
    for node in graph_def.node:
        if node.op == "Const":
            tensor = attr_of(node, "value").tensor
            try:
                width = dtypes.as_dtype(tensor.dtype).size
            except TypeError:
                continue
            if dtypes.as_dtype(tensor.dtype) != dtypes.string:
                n, elements, size = n + 1, elements + _count(tensor.tensor_shape), size + _count(tensor.tensor_shape) * width
    return n, elements, size


def _node_text(node):
    dtype = attr_of(node, "dtype").type or attr_of(node, "T").type
    shape = " " + shape_text(attr_of(node, "shape").shape) if "shape" in node.attr else ""
    return "%s (%s%s%s)" % (node.name, node.op, " " + dtype_text(dtype) if dtype else "", shape)


def graph_lines(graph_def):
    """What is in a graph."""
    nodes = graph_def.node
    names = {n.name for n in nodes}
    read = {node_name_from_input(i) for n in nodes for i in n.input}
    versions = graph_def.versions
    yield "  nodes: %d; producer %d%s" % (len(nodes), versions.producer,
                                         ", min_consumer %d" % versions.min_consumer if versions.min_consumer else "")
    kinds = collections.Counter(n.op for n in nodes)
    yield "  operations: " + ", ".join("%s %d" % (op, n) for op, n in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    inputs = [n for n in nodes if n.op in ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault")]
    is_input = {n.name for n in inputs}
    outputs = [n for n in nodes if n.name not in read and n.op not in _NO_OUTPUTS and n.name not in is_input]
    for word, found in (("inputs", inputs), ("outputs", outputs)):
        yield "  %s: %s" % (word, shortened(found, _node_text) if found else "none")
    n, elements, size = _constants(graph_def)
    yield "  parameters: %s elements in %d constants, %s" % ("{:,}".format(elements), n, size_text(size))
    variables = [n for n in nodes if n.op in _VARIABLES]
    if variables:
        yield "  variables: %d: %s" % (len(variables), shortened(variables, _node_text))
    if graph_def.library.function:
        yield "  functions: %d: %s" % (len(graph_def.library.function), shortened(f.signature.name for f in graph_def.library.function))
    devices = sorted({n.device for n in nodes if n.device})
    if devices:
        yield "  devices: " + shortened(devices)
    from pytfgraph import _core
    functions = {f.signature.name for f in graph_def.library.function}
    unknown = sorted(op for op in kinds if op not in functions and not _core.has_op(op))
    if unknown:
        yield "  operations that are not there in this library: " + shortened(unknown)
    lacking = sorted(read - names)
    if lacking:
        yield ValueError("%d inputs are of nodes that are not in the graph (%s): it is part of a graph, or cut off"
                         % (len(lacking), shortened(lacking)))


def graph(argument):
    """Lines about a file with a GraphDef."""
    path, graph_def = argument
    yield "%s: GraphDef, %s" % (path, size_text(os.path.getsize(path)))
    yield from graph_lines(graph_def)


def _collection_text(item):
    key, col_def = item
    kind = col_def.WhichOneof("kind")
    return "%s %d" % (key, len(getattr(col_def, kind).value) if kind else 0)


def _meta_graph_lines(meta_graph_def):
    info = meta_graph_def.meta_info_def
    if info.tags:
        yield "  tags: " + ", ".join(info.tags)
    if info.tensorflow_version:
        yield "  written by: TensorFlow %s (%s)" % (info.tensorflow_version, info.tensorflow_git_version)
    yield from graph_lines(meta_graph_def.graph_def)
    if meta_graph_def.collection_def:
        yield "  collections: " + shortened(sorted(meta_graph_def.collection_def.items()), _collection_text)
    if meta_graph_def.HasField("saver_def"):
        saver = meta_graph_def.saver_def
        yield "  saver: %s, %s, format %d" % (saver.save_tensor_name, saver.restore_op_name, saver.version)
    for name, signature in sorted(meta_graph_def.signature_def.items()):
        yield "  signature %s (%s)" % (name, signature.method_name)
        for word, infos in (("input", signature.inputs), ("output", signature.outputs)):
            for key, tensor in sorted(infos.items()):
                yield "    %s %s: %s %s %s" % (word, key, tensor.name or "sparse", dtype_text(tensor.dtype), shape_text(tensor.tensor_shape))
    if meta_graph_def.asset_file_def:
        yield "  assets: " + shortened(a.filename for a in meta_graph_def.asset_file_def)


def meta_graph(argument):
    """Lines about a file with a MetaGraphDef."""
    path, meta_graph_def = argument
    yield "%s: MetaGraphDef, %s" % (path, size_text(os.path.getsize(path)))
    yield from _meta_graph_lines(meta_graph_def)


def saved_model(argument):
    """Lines about a SavedModel: its folder, or the file in it."""
    path, message = argument
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    yield "%s: SavedModel, schema version %d, %d MetaGraph%s" % (path, message.saved_model_schema_version, len(message.meta_graphs),
                                                               "s" if len(message.meta_graphs) != 1 else "")
    for i, meta_graph_def in enumerate(message.meta_graphs):
        yield "MetaGraph %d:" % i
        yield from _meta_graph_lines(meta_graph_def)
    assets = os.path.join(folder, "assets")
    if os.path.isdir(assets):
        yield "assets: " + shortened(sorted(os.listdir(assets)))
    prefix = os.path.join(folder, "variables", "variables")
    if os.path.isfile(prefix + ".index"):
        yield from checkpoint(prefix)


# ---- checkpoints ----

def checkpoint_state(argument):
    """Lines about the file `checkpoint` of a folder."""
    path, state = argument
    yield "%s: CheckpointState" % path
    yield "  latest: " + state.model_checkpoint_path
    for name in state.all_model_checkpoint_paths:
        yield "  kept: " + name


def _range_text(value):
    value = np.asarray(value, dtype=object if isinstance(value, bytes) else None)
    if value.size == 0:
        return "empty"
    if value.dtype.kind in "iufb" or value.dtype.name == "bfloat16":
        value = value.astype(np.float64) if value.dtype.kind not in "iub" else value
        finite = value[np.isfinite(value)] if value.dtype.kind == "f" else value
        bad = value.size - finite.size
        text = "%.6g .. %.6g" % (finite.min(), finite.max()) if finite.size else "no finite values"
        return text + (", %d not finite" % bad if bad and finite.size else "")
    if value.dtype.kind == "O":
        return "%d bytes of text" % sum(len(v) for v in value.ravel())
    return ""


def checkpoint(prefix):
    """Lines about a checkpoint."""
    from pytfgraph.framework import dtypes, errors
    from pytfgraph.training.checkpoint_reader import NewCheckpointReader
    reader = NewCheckpointReader(prefix)
    shapes, kinds = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    folder = os.path.dirname(prefix) or "."
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)
               if f == os.path.basename(prefix) or f.startswith((os.path.basename(prefix) + ".data-", os.path.basename(prefix) + ".index")))
    elements = sum(int(np.prod(s, dtype=object)) if s else 1 for s in shapes.values())
    yield "%s: checkpoint, %d tensors, %s elements, %s" % (prefix, len(shapes), "{:,}".format(elements), size_text(size))
    for name in sorted(shapes):
        try:
            told = _range_text(reader.get_tensor(name))
        except errors.OpError as e:
            told = ""
            yield e
        yield "  %s  %s %s  %s" % (name, dtypes.as_dtype(kinds[name]).name, list(shapes[name]), told)
