"""Computing in eight bits: each float operation that has a quantised form between a quantisation of its inputs and a Dequantize."""
import collections

import numpy as np

from pytfgraph.tools.graph_transforms.parameters import refuse
from pytfgraph.tools.graph_transforms.pruning import merge_duplicate_nodes
from pytfgraph.tools.node_graph import NodeGraph, attr_of, copy_attr, filtered, node_name_from_input, same_tensor, set_const

_FLOAT, _INT32, _QUINT8, _QINT32 = 1, 3, 12, 13

# op: the quantised operation; types: its attributes that are quint8; wide: the one that is qint32, if its result has 32 bits; kept:
# attributes that it has in common; plain: inputs that stay as they are.
Form = collections.namedtuple("Form", "op types wide kept plain")
_FORMS = {
    "Add": Form("QuantizedAdd", ("T1", "T2"), "Toutput", (), ()),
    "AvgPool": Form("QuantizedAvgPool", ("T",), None, ("ksize", "strides", "padding"), ()),
    "BiasAdd": Form("QuantizedBiasAdd", ("T1", "T2"), "out_type", (), ()),
    "Concat": Form("QuantizedConcat", ("T",), None, ("N",), (0,)),
    "Conv2D": Form("QuantizedConv2D", ("Tinput", "Tfilter"), "out_type", ("strides", "padding"), ()),
    "MatMul": Form("QuantizedMatMul", ("T1", "T2"), "Toutput", ("transpose_a", "transpose_b"), ()),
    "MaxPool": Form("QuantizedMaxPool", ("T",), None, ("ksize", "strides", "padding"), ()),
    "Mul": Form("QuantizedMul", ("T1", "T2"), "Toutput", (), ()),
    "Relu": Form("QuantizedRelu", ("Tinput",), None, (), ()),
    "Relu6": Form("QuantizedRelu6", ("Tinput",), None, (), ()),
    "Reshape": Form("QuantizedReshape", ("T",), None, (), (1,)),
}


def _can_be_quantized(node):
    """Layouts, dilations and the like that the quantised operation does not have leave a node as it is."""
    return node.op in _FORMS and attr_of(node, "T").type == _FLOAT and attr_of(node, "data_format").s in (b"", b"NHWC") and \
        all(d == 1 for d in attr_of(node, "dilations").list.i)


def _dequantize(node, tensors):
    """Makes a node the Dequantize of (values, minimum, maximum)."""
    node.op = "Dequantize"
    node.attr.clear()
    node.attr["T"].type, node.attr["mode"].s = _QUINT8, b"MIN_FIRST"
    del node.input[:]
    node.input.extend(tensors)


def _const(result, name, value, dtype, controls=()):
    node = result.node.add(name=name)
    set_const(node, np.array(value, np.float32 if dtype == _FLOAT else np.int32), dtype)
    node.input.extend(controls)
    return name


def _quantized_input(result, prefix, source):
    """Adds nodes that quantise a tensor by its least and greatest element; the name of the last."""
    index = source.partition(":")[2]
    prefix += "/" + node_name_from_input(source) + ("__port__" + index if index not in ("", "0") else "")
    waits = ["^" + node_name_from_input(source)]
    dims = _const(result, prefix + "/reshape_dims", [-1], _INT32, waits)
    axes = _const(result, prefix + "/reduction_dims", [0], _INT32, waits)
    result.node.add(name=prefix + "/reshape", op="Reshape", input=[source, dims]).attr["T"].type = _FLOAT
    for name, op in (("/min", "Min"), ("/max", "Max")):
        node = result.node.add(name=prefix + name, op=op, input=[prefix + "/reshape", axes])
        node.attr["T"].type, node.attr["keep_dims"].b = _FLOAT, False
    node = result.node.add(name=prefix + "/quantize", op="QuantizeV2", input=[source, prefix + "/min", prefix + "/max"])
    node.attr["T"].type, node.attr["mode"].s = _QUINT8, b"MIN_FIRST"
    return node.name


def _requantized(result, name, fallback):
    """Adds the way from 32 bits to eight: to the range that the values have, or to the one that is given."""
    wide = ["%s:%d" % (name, i) for i in range(3)]
    if fallback:
        bounds = [_const(result, "%s/fallback_%s" % (name, end), value, _FLOAT) for end, value in zip(("min", "max"), fallback)]
    else:
        result.node.add(name=name + "/requant_range", op="RequantizationRange", input=wide).attr["Tinput"].type = _QINT32
        bounds = [name + "/requant_range:0", name + "/requant_range:1"]
    node = result.node.add(name=name + "/requantize", op="Requantize", input=wide + bounds)
    node.attr["Tinput"].type, node.attr["out_type"].type = _QINT32, _QUINT8
    return node.name


def _known_ranges(graph_def, context):
    """{name of a node whose quantised result has 32 bits: the FakeQuantWithMinMaxVars that alone reads it, and says the range}."""
    graph = NodeGraph(graph_def)
    found = {}
    for node in graph_def.node:
        if node.op != "FakeQuantWithMinMaxVars" or attr_of(node, "num_bits").i not in (0, 8) or len(node.input) != 3:
            continue
        source = graph.nodes.get(node.input[0])
        if source is not None and _can_be_quantized(source) and _FORMS[source.op].wide and len(graph.consumers(source.name)) == 1 and \
                source.name not in context.kept_names() and all(graph.find(i).op == "Const" for i in node.input[1:]):
            found[source.name] = node
    return found


def _cut_to_range(result, name, known):
    """Adds the way from 32 bits to eight, to the range that the FakeQuantWithMinMaxVars `known` says, and makes that the Dequantize."""
    new = result.node.add(name=known.name + "_eightbit/requantize", op="Requantize",
                          input=["%s:%d" % (name, i) for i in range(3)] + list(known.input)[1:])
    new.attr["Tinput"].type, new.attr["out_type"].type = _QINT32, _QUINT8
    _dequantize(known, ["%s:%d" % (new.name, i) for i in range(3)])


def _quantize(result, node, fallback, known):
    """Makes a node, or the one that says its range, the Dequantize behind its quantised form."""
    form, name = _FORMS[node.op], node.name + "/eightbit"
    data = [i for i in node.input if not i.startswith("^")]
    made, values, ranges = {}, [], []
    for i, source in enumerate(data):
        if i in form.plain:
            values.append(source)
            continue
        key = same_tensor(source)
        if key not in made:
            made[key] = _quantized_input(result, node.name + "_eightbit", source)
        values.append(made[key] + ":0")
        ranges.append([made[key] + ":1", made[key] + ":2"])
    # A concatenation has all minima before all maxima.
    bounds = [r[k] for k in (0, 1) for r in ranges] if node.op == "Concat" else [b for r in ranges for b in r]
    new = result.node.add(name=name, op=form.op, device=node.device, input=values + bounds + [i for i in node.input if i.startswith("^")])
    for attr in form.types:
        new.attr[attr].type = _QUINT8
    for attr in form.kept:
        copy_attr(node, attr, new)
    if form.wide:
        new.attr[form.wide].type = _QINT32
        if known is not None:
            _cut_to_range(result, name, known)
            return
        name = _requantized(result, name, fallback)
    _dequantize(node, ["%s:%d" % (name, i) for i in range(3)])


def _quantize_inputs(result, context, bounds):
    """Placeholders of floats that are inputs become ones of eight bits, whose range is known."""
    names = {node_name_from_input(n) for n in context.inputs}
    found = [n for n in result.node if n.name in names and n.op == "Placeholder" and attr_of(n, "dtype").type == _FLOAT]
    for placeholder in found:
        prefix = placeholder.name + "_eightbit/"
        for node in result.node:
            for i, source in enumerate(node.input):
                if same_tensor(source) == placeholder.name:
                    node.input[i] = prefix + "dequantize"
        placeholder.attr["dtype"].type = _QUINT8
        ends = [_const(result, prefix + end, value, _FLOAT) for end, value in zip(("min", "max"), bounds)]
        _dequantize(result.node.add(name=prefix + "dequantize"), [placeholder.name] + ends)


def _skip_redundant(result):
    """What is dequantised and quantised again is read before that; what nobody reads then stays, for strip_unused_nodes."""
    by_name = {node.name: node for node in result.node}
    before = {}
    for node in result.node:
        source = by_name.get(node_name_from_input(node.input[0])) if node.op == "QuantizeV2" and node.name.endswith("/quantize") else None
        if source is not None and source.op == "Dequantize" and source.attr["T"].type == _QUINT8 and source.attr["mode"].s == b"MIN_FIRST":
            before.update({"%s:%d" % (node.name, k): source.input[k] for k in range(3)})
    for node in result.node:
        for i, source in enumerate(node.input):
            if source in before:
                node.input[i] = before[source]


def _pair(context, name):
    """(minimum, maximum) of two parameters that belong together, or None."""
    given = [n for n in (name + "_min", name + "_max") if context.values(n)]
    if len(given) == 1:
        raise refuse("You must pass both %s_min and %s_max into quantize_nodes" % (name, name))
    return [context.number(n, 0.0) for n in given] or None


def quantize_nodes(graph_def, context):
    """Computes in eight bits where there are operations for it: quantize_nodes(input_min=, input_max=, fallback_min=, fallback_max=).

    With input_min and input_max the inputs are fed as quint8 of that range; with fallback_min and fallback_max results of 32 bits are cut
    to that range, and not to the one that they have.  A FakeQuantWithMinMaxVars right behind such a result says its range; others stay."""
    inputs, fallback = _pair(context, "input"), _pair(context, "fallback")
    result = filtered(graph_def, lambda node: True)
    if inputs:
        _quantize_inputs(result, context, inputs)
    known = _known_ranges(result, context)
    for node in [n for n in result.node if _can_be_quantized(n)]:
        _quantize(result, node, fallback, known.get(node.name))
    result = filtered(result, lambda node: node.name not in known)
    _skip_redundant(result)
    return merge_duplicate_nodes(result, context)


TRANSFORMS = {quantize_nodes.__name__: quantize_nodes}
