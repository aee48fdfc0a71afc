"""Changes to constants: fewer bits, or fewer different values."""
import numpy as np

from pytfgraph.tools.graph_transforms.parameters import refuse
from pytfgraph.tools.node_graph import attr_of, const_value, filtered, set_const

_FLOAT, _QUINT8 = 1, 12
_STEPS = 256


def _weights(graph_def, context):
    """(node, its value) of each constant of floats that is large enough."""
    least = context.integer("minimum_size", 1024)
    for node in graph_def.node:
        if node.op == "Const" and attr_of(node, "dtype").type == _FLOAT:
            value = const_value(node)
            if value.size >= max(least, 1):
                yield node, value


def _range(value):
    """The least and greatest value, apart from each other, with 0 between them."""
    low, high = min(0.0, float(value.min())), max(0.0, float(value.max()))
    if not np.isfinite(low) or not np.isfinite(high):
        raise refuse("a constant holds values that are not finite")
    return np.float32(low), np.float32(high if high > low else low + 1)


def quantize_weights(graph_def, context):
    """Stores large constants in eight bits, with a Dequantize behind each: quantize_weights(minimum_size=1024)."""
    result = filtered(graph_def, lambda node: True)
    for node, value in _weights(result, context):
        low, high = _range(value)
        # As QuantizeV2 in the mode MIN_FIRST, so that Dequantize gives back what is nearest: the least value lies on the grid, too.
        scale = (_STEPS - 1) / (np.float64(high) - np.float64(low))
        codes = np.floor(value.astype(np.float64) * scale + 0.5) - np.floor(np.float64(low) * scale + 0.5)
        codes = np.clip(codes, 0, _STEPS - 1).astype(np.uint8)
        names = [node.name + end for end in ("_quantized_const", "_quantized_min", "_quantized_max")]
        quantized = result.node.add(name=names[0], device=node.device)
        set_const(quantized, codes, 4)
        quantized.attr["dtype"].type = quantized.attr["value"].tensor.dtype = _QUINT8
        for name, bound in ((names[1], low), (names[2], high)):
            set_const(result.node.add(name=name, device=node.device), np.array(bound, np.float32), _FLOAT)
        node.op = "Dequantize"
        node.attr.clear()
        node.attr["T"].type = _QUINT8
        node.attr["mode"].s = b"MIN_FIRST"
        controls = list(node.input)
        del node.input[:]
        node.input.extend(names + controls)
    return result


def round_weights(graph_def, context):
    """Rounds large constants to a few different values, so that they compress well: round_weights(num_steps=256)."""
    steps = context.integer("num_steps", _STEPS)
    if steps < 2:
        raise refuse("num_steps must be 2 or more, not %d" % steps)
    result = filtered(graph_def, lambda node: True)
    for node, value in _weights(result, context):
        low, high = float(value.min()), float(value.max())
        if not np.isfinite(low) or not np.isfinite(high):
            raise refuse("a constant holds values that are not finite")
        if low == high:
            if high > 0 and low > 0:
                low = 0.0
            elif high == 0:
                continue
            else:
                high = 0.0
        bucket = (high - low) / steps
        index = np.clip(np.floor((value.astype(np.float64) - low) / bucket), 0, steps - 1)
        controls = list(node.input)
        set_const(node, (low + bucket * (index + 0.5)).astype(np.float32), _FLOAT)
        node.input.extend(controls)
    return result


TRANSFORMS = {f.__name__: f for f in (quantize_weights, round_weights)}
