"""Printing values while a graph runs, and ranges of quantised values frozen to what was printed."""
import math
import re

import numpy as np

from pytfgraph.framework import op_def_registry
from pytfgraph.tools.graph_transforms.parameters import refuse
from pytfgraph.tools.node_graph import attr_of, filtered, node_name_from_input, same_tensor, set_const

_FLOAT, _REF = 1, 100
_NOT_PRINTED = (20, 21)         # DT_RESOURCE, DT_VARIANT
_LINE = re.compile(r";([^;]+)__print__;__requant_min_max:\[([^\]\[]*)\]\[([^\]\[]*)\]")


def _output_types(node):
    """The DataTypes of a node's outputs; none for operations that nobody knows."""
    definition = op_def_registry.get_registered_ops().get(node.op)
    types = []
    for arg in definition.output_arg if definition else ():
        if arg.type_list_attr:
            types.extend(attr_of(node, arg.type_list_attr).list.type)
        else:
            one = (arg.type or attr_of(node, arg.type_attr).type) + (_REF if arg.is_ref else 0)
            types.extend([one] * (attr_of(node, arg.number_attr).i if arg.number_attr else 1))
    return types


def insert_logging(graph_def, context):
    """Puts a Print behind nodes that others read: insert_logging(op=Relu, prefix=layer1, message=m, show_name=true, show_op=true,
    first_n=-1, summarize=1024).  Without op and prefix behind all of them; with both, where both fit."""
    ops, prefixes = set(context.values("op")), tuple(context.values("prefix"))
    message, first_n, summarize = context.one("message", ""), context.integer("first_n", -1), context.integer("summarize", 1024)
    show_op, show_name = context.truth("show_op", False), context.truth("show_name", False)
    read = {same_tensor(i) for node in graph_def.node for i in node.input if not i.startswith("^")}
    result, come = filtered(graph_def, lambda node: True), []
    for node in graph_def.node:
        if ops and node.op not in ops or prefixes and not node.name.startswith(prefixes):
            continue
        types = _output_types(node)
        if not types or any(t > _REF or t in _NOT_PRINTED for t in types):
            continue
        if not any((node.name + (":%d" % i if i else "")) in read for i in range(len(types))):
            continue
        name = node.name + "__print__"
        come.append(name)
        new = result.node.add(name=name, op="Print", input=[node.name + ":0"] + ["%s:%d" % (node.name, i) for i in range(len(types))])
        new.attr["T"].type = types[0]
        new.attr["U"].list.type.extend(types)
        new.attr["message"].s = ((";%s;" % node.op if show_op else "") + (";%s;" % name if show_name else "") + message).encode()
        new.attr["first_n"].i, new.attr["summarize"].i = first_n, summarize
    added = set(come)
    for node in result.node:
        for i, source in enumerate(node.input):
            if node.name not in added and same_tensor(source) + "__print__" in added:
                node.input[i] = same_tensor(source) + "__print__:0"
    return result


def _printed_ranges(path):
    """{node: [(min, max), ...]} of the lines in a log that tell one."""
    from pytfgraph.lib.io import file_io
    ranges = {}
    for name, low, high in _LINE.findall(file_io.read_file_to_string(path)):
        try:
            ranges.setdefault(name, []).append((float(low), float(high)))
        except ValueError:
            continue
    if not ranges:
        raise refuse("No min/max range logs were found in the log file")
    return ranges


def _at_percentile(values, part):
    """Of sorted values the one that a part of them lies below; whole places by rounding half away from zero."""
    return values[min(max(math.floor(len(values) * part + 0.5), 0), len(values) - 1)]


def freeze_requantization_ranges(graph_def, context):
    """Replaces RequantizationRange by constants, from what runs printed of it behind the message "__requant_min_max:":
    freeze_requantization_ranges(min_max_log_file=FILE, min_percentile=5, max_percentile=5)."""
    path = context.one("min_max_log_file", "")
    low_part, high_part = (context.number(name, 5.0) / 100 for name in ("min_percentile", "max_percentile"))
    if not path:
        raise refuse("You must pass a file name to min_max_log_file")
    ranges = _printed_ranges(path)
    result = filtered(graph_def, lambda node: not (node.op == "RequantizationRange" and node.name in ranges))
    frozen = {node.name for node in graph_def.node} - {node.name for node in result.node}
    if frozen != set(ranges):
        raise refuse("Nodes were found in the log file that aren't present in the graph")
    for node in result.node:
        for i, source in enumerate(node.input):
            if node_name_from_input(source) in frozen and not source.startswith("^"):
                node.input[i] = "%s/frozen_%s:0" % (node_name_from_input(source), "max" if source.endswith(":1") else "min")
    for name in sorted(frozen):
        low = _at_percentile(sorted(r[0] for r in ranges[name]), low_part)
        high = _at_percentile(sorted(r[1] for r in ranges[name]), 1 - high_part)
        for end, value in (("min", low), ("max", high)):
            set_const(result.node.add(name="%s/frozen_%s" % (name, end)), np.array(value, np.float32), _FLOAT)
    return result


TRANSFORMS = {f.__name__: f for f in (insert_logging, freeze_requantization_ranges)}
