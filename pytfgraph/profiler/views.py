"""The views of the profiler: nodes under name scopes, under their users, or by operation type; what of them counts, and what is shown.
The view by line of the program is in code_view."""
import re

from pytfgraph.profiler import statistics

ROOT = "_TFProfRoot"
# Which totals the minima of the options look at, and which own values.
MIN_TOTALS = {"min_bytes": "requested_bytes", "min_peak_bytes": "peak_bytes", "min_residual_bytes": "residual_bytes",
               "min_output_bytes": "output_bytes", "min_micros": "exec_micros", "min_accelerator_micros": "accelerator_exec_micros",
               "min_cpu_micros": "cpu_exec_micros"}
_MIN_OWN = {"min_params": "parameters", "min_float_ops": "float_ops", "min_occurrence": "run_count"}
_ORDERS = {"micros": "exec_micros", "accelerator_micros": "accelerator_exec_micros", "cpu_micros": "cpu_exec_micros", "bytes": "requested_bytes",
           "peak_bytes": "peak_bytes", "residual_bytes": "residual_bytes", "output_bytes": "output_bytes", "params": "parameters",
           "float_ops": "float_ops", "occurrence": "run_count"}


def matches(name, expressions):
    """Whether one of the expressions describes the whole name."""
    return any(re.fullmatch(e, name) for e in expressions)


class Entry:
    """A line of a view: one node or several, their own values, and the totals with what is below."""

    def __init__(self, name, nodes=(), types=(), accounted=False):
        self.name, self.nodes, self.types, self.accounted = name, list(nodes), list(types), accounted
        self.own = dict.fromkeys(statistics.FIELDS, 0)
        self.own["definition_count"] = 1
        self.total = dict.fromkeys(statistics.FIELDS, 0)
        self.children, self.shown = [], []

    def add_own(self):
        for field, value in self.own.items():
            self.total[field] += value

    def add_total(self, other):
        for field, value in other.total.items():
            self.total[field] += value

    def reset(self):
        self.total = dict.fromkeys(statistics.FIELDS, 0)

    def devices(self):
        return sorted({d for n in self.nodes for d in n.devices})


def _entry(node, options):
    entry = Entry(node.name, [node], node.types, is_accounted(node, options))
    entry.own = node.own(options.get("step", -1))
    return entry


def is_accounted(node, options):
    return any(matches(t, options.get("account_type_regexes", ())) for t in node.types)


def walk(entry):
    """The entries below, children first; without recursion, because graphs are deep."""
    order, stack = [], [entry]
    while stack:
        e = stack.pop()
        order.append(e)
        stack.extend(e.children)
    return reversed(order)


# ---- The views


def scope_view(nodes, options):
    """A tree by name; what counts for nothing and holds nothing that counts is left out."""
    entries = {name: _entry(node, options) for name, node in nodes.items()}
    for name in list(entries):
        while "/" in name:
            name = name.rpartition("/")[0]
            entries.setdefault(name, Entry(name, types=["_kTFScopeParent"], accounted=matches("_kTFScopeParent", options.get("account_type_regexes", ()))))
    wanted = set()
    for name, entry in entries.items():
        while entry.accounted and name and name not in wanted:
            if not nodes.get(name) and name == entry.name:
                break
            wanted.add(name)
            name = name.rpartition("/")[0]
    root = Entry(ROOT, types=["_kTFScopeParent"])
    for name in sorted(wanted):
        parent = entries.get(name.rpartition("/")[0], root)
        parent.children.append(entries[name])
    add_up(root)
    return root


def graph_view(nodes, options):
    """A tree by use: under each node its inputs, each node once; what counts for nothing leaves its inputs to its user."""
    used = {name for node in nodes.values() for name in node.inputs}
    root = Entry(ROOT, types=["_TFGraphParent"])
    seen = set()
    stack = [(name, root) for name in sorted(nodes, reverse=True) if name not in used]
    rest = sorted(nodes)
    while stack or rest:
        name, parent = stack.pop() if stack else (rest.pop(0), root)
        if name in seen or name not in nodes:
            continue
        seen.add(name)
        entry = _entry(nodes[name], options)
        if entry.accounted:
            parent.children.append(entry)
        stack.extend((i, entry if entry.accounted else parent) for i in reversed(nodes[name].inputs))
    add_up(root)
    return root


def add_up(root):
    for entry in walk(root):
        entry.reset()
        if entry is not root:
            entry.add_own()
        for child in entry.children:
            entry.add_total(child)


def _group(entry, nodes, options):
    """An entry of several nodes."""
    entry.nodes = nodes
    entry.types = sorted({t for n in nodes for t in n.types})
    entry.own = dict.fromkeys(statistics.FIELDS, 0)
    for node in nodes:
        for field, value in node.own(options.get("step", -1)).items():
            entry.own[field] += value
    return entry


def op_view(nodes, options):
    """A list by operation type; the totals of a line are those of it and all lines below."""
    by_type = {}
    for name in sorted(nodes):
        node = nodes[name]
        if is_accounted(node, options):
            op = next(t for t in node.types if t not in node.devices)
            by_type.setdefault(op, []).append(node)
    root = Entry(ROOT)
    root.children = sort([_group(Entry(op, accounted=True), group, options) for op, group in sorted(by_type.items())], options, "own")
    _add_below(root, root.children)
    shown = [e for e in root.children if is_shown(e, options, 2)]
    if options.get("account_displayed_op_only"):
        _add_below(root, shown)
    root.shown = shown[:max(options.get("max_depth", 10), 0)]
    return root


def _add_below(root, entries):
    root.reset()
    below = None
    for entry in reversed(entries):
        entry.reset()
        entry.add_own()
        if below:
            entry.add_total(below)
        below = entry
    if below:
        root.add_total(below)


# ---- What is shown


def is_shown(entry, options, depth):
    if any(entry.total[field] < options.get(name, 0) for name, field in MIN_TOTALS.items()):
        return False
    if any(entry.own[field] < options.get(name, 0) for name, field in _MIN_OWN.items()) or depth > options.get("max_depth", 10):
        return False
    return matches(entry.name, options.get("show_name_regexes", ())) and not matches(entry.name, options.get("hide_name_regexes", ()))


def sort(entries, options, which="total"):
    order = options.get("order_by", "name")
    if order == "name" or order not in _ORDERS:
        return sorted(entries, key=lambda e: e.name)
    more = ("definition_count",) if order == "occurrence" else ()
    return sorted(entries, key=lambda e: [-getattr(e, which)[field] for field in (_ORDERS[order],) + more])


def starts(root, options):
    """The highest entries whose names the start expressions match."""
    result, stack = [], list(reversed(root.children))
    while stack:
        entry = stack.pop()
        if matches(entry.name, options.get("start_name_regexes", ())):
            result.append(entry)
        else:
            stack.extend(reversed(entry.children))
    return result


def show(root, options):
    """Fills in what is shown below each entry: what is hidden leaves its children to the one above."""
    found = {}
    stack = [(e, 2, False) for e in starts(root, options)]
    top = [e for e, _, _ in stack]
    while stack:
        entry, depth, below_done = stack.pop()
        if not below_done:
            stack.append((entry, depth, True))
            if not matches(entry.name, options.get("trim_name_regexes", ())) and depth <= options.get("max_depth", 10):
                stack.extend((child, depth + 1, False) for child in entry.children)
            continue
        shown = [e for child in entry.children for e in found.pop(id(child), ())]
        if not is_shown(entry, options, depth):
            found[id(entry)] = shown
            continue
        _set_shown(entry, shown, options)
        found[id(entry)] = [entry]
    _set_shown(root, [e for entry in top for e in found[id(entry)]], options)


def _set_shown(entry, shown, options):
    if options.get("account_displayed_op_only"):
        entry.reset()
        entry.add_own()
        for child in shown:
            entry.add_total(child)
    entry.shown = sort(shown, options)


def build(cmd, nodes, options):
    """The root of one of these views."""
    if cmd == "op":
        return op_view(nodes, options)
    root = (scope_view if cmd == "scope" else graph_view)(nodes, options)
    show(root, options)
    return root


# ---- Messages


def _fill(proto, entry):
    for field in statistics.FIELDS:
        for name, value in ((field, entry.own[field]), ("total_" + field, entry.total[field])):
            if value and name in proto.DESCRIPTOR.fields_by_name:
                setattr(proto, name, value)


def _fill_node(proto, entry):
    proto.name = entry.name
    _fill(proto, entry)
    for node in entry.nodes:
        proto.devices.extend(node.devices)
        for i, dims in node.input_shapes.items():
            for d in dims:
                proto.input_shapes[i].dim.add(size=d)


def tree_proto(root):
    """A GraphNodeProto."""
    result = statistics.message("GraphNodeProto")(name=ROOT)
    for field in statistics.FIELDS:
        if root.total[field]:
            setattr(result, "total_" + field, root.total[field])
    stack = [(e, result) for e in reversed(root.shown)]
    while stack:
        entry, parent = stack.pop()
        proto = parent.children.add()
        _fill_node(proto, entry)
        stack.extend((e, proto) for e in reversed(entry.shown))
    return result


def _graph_node(proto, node, options):
    entry = Entry(node.name, [node])
    entry.own = node.own(options.get("step", -1))
    entry.add_own()
    _fill_node(proto, entry)


def multi_proto(cmd, root, options):
    """A MultiGraphNodeProto: of the op view a chain, of the code view a tree."""
    result = statistics.message("MultiGraphNodeProto")(name=ROOT)
    for field in statistics.FIELDS:
        if root.total[field] and "total_" + field in result.DESCRIPTOR.fields_by_name:
            setattr(result, "total_" + field, root.total[field])
    stack = [(e, result) for e in reversed(root.shown[:1] if cmd == "op" else root.shown)]
    following = dict(zip(map(id, root.shown), root.shown[1:])) if cmd == "op" else {}
    while stack:
        entry, parent = stack.pop()
        proto = parent.children.add(name=entry.name)
        _fill(proto, entry)
        for node in entry.nodes:
            _graph_node(proto.graph_nodes.add(), node, options)
        below = [following[id(entry)]] if id(entry) in following else entry.shown
        stack.extend((e, proto) for e in reversed(below))
    return result
