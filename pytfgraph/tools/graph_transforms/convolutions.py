"""Changes to convolutions with holes."""
import numpy as np

from pytfgraph.tools.node_graph import NodeGraph, const_value, copy_attr, filtered, set_const

_FLOAT = 1


def _with_holes(weights, rate):
    """The filter that sees every rate-th point, with zeros for those between."""
    h, w = ((n - 1) * r + 1 for n, r in zip(weights.shape[:2], rate))
    result = np.zeros((h, w) + weights.shape[2:], weights.dtype)
    result[::rate[0], ::rate[1]] = weights
    return result


def _padding(size, paddings, crops):
    """b"SAME" or b"VALID", if that is what the pieces' borders come to for a filter of `size`; else None."""
    start, end = paddings[:, 0] - crops[:, 0], paddings[:, 1] - crops[:, 1]
    before = (np.array(size) - 1) // 2
    if (start == before).all() and (end == np.array(size) - 1 - before).all():
        return b"SAME"
    return b"VALID" if not start.any() and not end.any() else None


def _flat(graph, back):
    """(convolution, filter with holes, padding, the image's name) for a BatchToSpaceND behind a convolution of pieces; else None."""
    try:
        conv = graph.input(back, 0)
        if conv.op not in ("Conv2D", "DepthwiseConv2dNative"):
            return None
        to = graph.input(conv, 0)
        if to.op != "SpaceToBatchND" or len(graph.consumers(to.name)) != 1 or len(graph.consumers(conv.name)) != 1:
            return None
        rate, paddings = const_value(graph.input(to, 1)), const_value(graph.input(to, 2))
        rate_back, crops = const_value(graph.input(back, 1)), const_value(graph.input(back, 2))
        weights = const_value(graph.input(conv, 1))
    except ValueError:
        return None
    if rate.shape != (2,) or (rate != rate_back).any() or weights.ndim != 4 or weights.dtype != np.float32 or (rate < 1).any():
        return None
    if conv.attr["padding"].s != b"VALID" or any(s != 1 for s in conv.attr["strides"].list.i):
        return None
    flat = _with_holes(weights, rate)
    padding = _padding(flat.shape[:2], paddings, crops)
    return padding and (conv, flat, padding, to.input[0])


def flatten_atrous_conv(graph_def, context):
    """A convolution of the pieces that SpaceToBatchND makes becomes one of the whole image, by a larger filter with zeros in it."""
    result = filtered(graph_def, lambda node: True)
    graph = NodeGraph(result)
    kept, gone = context.kept_names(), set()
    for back in [node for node in result.node if node.op == "BatchToSpaceND"]:
        found = _flat(graph, back)
        if not found or found[0].name in kept:
            continue
        conv, flat, padding, image = found
        gone |= {conv.name, graph.input(conv, 0).name} | {graph.input(back, i).name for i in (1, 2)} | \
            {graph.input(graph.input(conv, 0), i).name for i in (1, 2)}
        weights = graph.input(conv, 1)
        if len(graph.consumers(weights.name)) == 1:
            set_const(weights, flat, _FLOAT)
        else:
            weights = result.node.add(name=conv.name + "/weights_with_holes", device=weights.device)
            set_const(weights, flat, _FLOAT)
        back.op = conv.op
        back.attr.clear()
        for name in ("T", "strides", "data_format", "use_cudnn_on_gpu"):
            copy_attr(conv, name, back)
        back.attr["padding"].s = padding
        controls = [i for node in (back, conv) for i in node.input if i.startswith("^")]
        del back.input[:]
        back.input.extend([image, weights.name] + controls)
    # What only the pieces needed goes; constants that others read stay.
    read = {i.lstrip("^").split(":")[0] for node in result.node if node.name not in gone for i in node.input}
    return filtered(result, lambda node: node.name not in gone or node.name in read or node.name in kept)


TRANSFORMS = {flatten_atrous_conv.__name__: flatten_atrous_conv}
