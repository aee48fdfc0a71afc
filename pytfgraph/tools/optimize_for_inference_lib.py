"""Graphs made smaller and faster for inference: training's nodes go, batch normalisation goes into convolutions."""
import numpy as np

from pytfgraph.framework import graph_util
from pytfgraph.platform import tf_logging as logging
from pytfgraph.tools import strip_unused_lib
from pytfgraph.tools.node_graph import (  # noqa: F401
    NodeGraph, attr_of, const_value, copy_attr, filtered, new_graph_def, node_name_from_input, set_const)

# Where each operation has its inputs, and its epsilon.
_INPUTS = {"BatchNormWithGlobalNormalization": ("conv", "mean", "var", "beta", "gamma"),
           "FusedBatchNorm": ("conv", "gamma", "beta", "mean", "var")}
_EPSILON = {"BatchNormWithGlobalNormalization": "variance_epsilon", "FusedBatchNorm": "epsilon"}
_PARTS = ("mean", "var", "beta", "gamma")
_INT32 = 3

values_from_const = const_value


def optimize_for_inference(input_graph_def, input_node_names, output_node_names, placeholder_type_enum, toco_compatible=False):
    """A GraphDef for inference alone.

    Args:
      input_graph_def: a frozen GraphDef.
      input_node_names: names of the nodes that are fed.
      output_node_names: names of the nodes that matter.
      placeholder_type_enum: the DataType of the inputs, a number, or a list with one for each.
      toco_compatible: leave out what the converter for mobile devices does not read.

    Raises:
      ValueError: if names are doubled, or inputs not there.
    """
    ensure_graph_is_valid(input_graph_def)
    graph_def = strip_unused_lib.strip_unused(input_graph_def, input_node_names, output_node_names, placeholder_type_enum)
    graph_def = graph_util.remove_training_nodes(graph_def, output_node_names)
    graph_def = fold_batch_norms(graph_def)
    if not toco_compatible:
        graph_def = fuse_resize_and_conv(graph_def, output_node_names)
    ensure_graph_is_valid(graph_def)
    return graph_def


def ensure_graph_is_valid(graph_def):
    """ValueError where two nodes have one name, or an input is not there."""
    graph = NodeGraph(graph_def)
    for node in graph_def.node:
        for name in node.input:
            if node_name_from_input(name) not in graph.nodes:
                raise ValueError("Input for ", node.name, " not found: ", name)


def node_from_map(node_map, name):
    """The node that an input string names, in a dict of nodes by name; ValueError where there is none."""
    stripped = node_name_from_input(name)
    if stripped not in node_map:
        raise ValueError("No node named '%s' found in map." % name)
    return node_map[stripped]


def scale_after_normalization(node):
    """Whether a batch normalisation multiplies with gamma."""
    return attr_of(node, "scale_after_normalization").b if node.op == "BatchNormWithGlobalNormalization" else True


# ---- batch normalisation ----

def _parameters(graph, node, channels):
    """{"mean": node, ...} of a batch normalisation, or None where one is no constant, or not of the right shape."""
    found = {}
    for part in _PARTS:
        const = graph.input(node, _INPUTS[node.op].index(part))
        if const.op != "Const":
            logging.warning("Didn't find expected %s Constant input to '%s', found %s instead. Maybe because freeze_graph wasn't run "
                            "first?", part, node.name, const)
            return None
        shape = const_value(const).shape
        if shape != (channels,):
            logging.warning("Incorrect shape for %s, found %s, expected %s, for node %s", part, shape, (channels,), node.name)
            return None
        found[part] = const
    return found


def _scale_and_offset(node, parts):
    """What a batch normalisation multiplies with and adds, in double precision."""
    mean, var, beta, gamma = (const_value(parts[p]).astype(np.float64) for p in _PARTS)
    scale = 1.0 / np.sqrt(var + attr_of(node, _EPSILON[node.op]).f)
    if scale_after_normalization(node):
        scale = scale * gamma
    return scale, beta - mean * scale


def _folded(graph, node):
    """(nodes that go, nodes that come) where a batch normalisation goes into the convolution before it; None where it cannot."""
    conv = graph.input(node, _INPUTS[node.op].index("conv"))
    if conv.op != "Conv2D":
        logging.warning("Didn't find expected Conv2D input to '%s'", node.name)
        return None
    weights_node = graph.input(conv, 1)
    if weights_node.op != "Const":
        logging.warning("Didn't find expected conv Constant input to '%s', found %s instead. Maybe because freeze_graph wasn't run first?",
                        conv.name, weights_node)
        return None
    weights = const_value(weights_node)
    parts = _parameters(graph, node, weights.shape[3] if weights.ndim == 4 else -1)
    if parts is None:
        return None
    if len(graph.consumers(conv.name)) > 1 or len(graph.consumers(weights_node.name)) > 1:
        logging.warning("The convolution before '%s', or its weights, has other uses: it stays as it is.", node.name)
        return None
    scale, offset = _scale_and_offset(node, parts)
    new = new_graph_def()
    new_weights = new.node.add(name=weights_node.name)
    set_const(new_weights, (weights * scale).astype(weights.dtype), weights_node.attr["dtype"].type)
    new.node.add().CopyFrom(conv)
    new_offset = new.node.add(name=conv.name + "_bn_offset")
    set_const(new_offset, offset.astype(const_value(parts["mean"]).dtype), parts["mean"].attr["dtype"].type)
    add = new.node.add(name=node.name, op="BiasAdd", input=[conv.name, new_offset.name])
    copy_attr(conv, "T", add)
    copy_attr(conv, "data_format", add)
    gone = {node.name, conv.name, weights_node.name}
    gone.update(p.name for p in parts.values() if all(c.name == node.name for c in graph.consumers(p.name)))
    return gone, new.node


def fold_batch_norms(input_graph_def):
    """A GraphDef in which batch normalisations of frozen graphs became part of the convolutions before them.

    Those by BatchNormWithGlobalNormalization and FusedBatchNorm are seen; where one cannot be folded it stays, and a warning
    tells why.

    Raises:
      ValueError: if two nodes have one name, or an input is not there.
    """
    graph = NodeGraph(input_graph_def)
    gone, come = set(), new_graph_def()
    for node in input_graph_def.node:
        folded = _folded(graph, node) if node.op in _INPUTS else None
        if folded is not None:
            gone |= folded[0]
            come.node.extend(folded[1])
    result = filtered(input_graph_def, lambda node: node.name not in gone)
    result.node.extend(come.node)
    return result


# ---- resizing and padding ----

def _fused(node, pad, resize, new):
    """Adds the convolution that does the resizing and padding before it, too, to a GraphDef of new nodes."""
    if pad is not None:
        paddings, mode = pad.input[1], attr_of(pad, "mode").s
    else:
        const = new.node.add(name=node.name + "_dummy_paddings")
        set_const(const, np.zeros([4, 2], np.int32), _INT32)
        paddings, mode = const.name, b"REFLECT"
    fused = new.node.add(name=node.name, op="FusedResizeAndPadConv2D" if resize is not None else "FusedPadConv2D")
    if resize is not None:
        fused.input.extend([resize.input[0], resize.input[1], paddings, node.input[1]])
        fused.attr["resize_align_corners"].b = attr_of(resize, "align_corners").b
    else:
        fused.input.extend([pad.input[0], paddings, node.input[1]])
    for name in ("T", "strides", "padding"):
        copy_attr(node, name, fused)
    fused.attr["mode"].s = mode


def fuse_resize_and_conv(input_graph_def, output_node_names):
    """A GraphDef in which ResizeBilinear and MirrorPad before a Conv2D became one operation with it.

    Args:
      input_graph_def: a GraphDef.
      output_node_names: names of the nodes that matter.

    Raises:
      ValueError: if two nodes have one name, or an input is not there.
    """
    graph = NodeGraph(input_graph_def)
    uses = {name: len(graph.consumers(name)) + list(output_node_names).count(name) for name in graph.nodes}
    new = new_graph_def()
    for node in input_graph_def.node:
        if node.op != "Conv2D":
            continue
        before = graph.input(node, 0)
        pad = before if before.op == "MirrorPad" else None
        resize = graph.input(pad, 0) if pad is not None else before
        resize = resize if resize.op == "ResizeBilinear" else None
        if pad is None and resize is None:
            continue
        uses[node.name] = 0
        if pad is not None:
            uses[pad.name] -= 1
        if resize is not None and (pad is None or uses[pad.name] == 0):
            uses[resize.name] -= 1
        _fused(node, pad, resize, new)
    result = filtered(input_graph_def, lambda node: uses[node.name] > 0)
    result.node.extend(new.node)
    return result
