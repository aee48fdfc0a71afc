"""The profiler's view by line of the program: a tree of calls, the outermost first, with the operations that each line made.

Operations of a gradient stand where the operation stands whose gradient they are part of, in branches of their own."""
import os
import sys

from pytfgraph.profiler import views

GRADIENT = " (gradient)"


class Line(views.Entry):
    """A line of the program, in one chain of calls."""

    def __init__(self, trace, suffix):
        function = trace.function if len(trace.function) < 20 else trace.function[:17] + "..."
        super().__init__("%s:%d:%s%s" % (os.path.basename(trace.file), trace.line, function, suffix))
        self.trace, self.suffix = trace, suffix
        self.own["definition_count"] = 0
        self.made, self.below = [], {}         # operations; lines by name

    def all_children(self):
        """The lines called from here, whether or not they count."""
        return list(self.below.values())


def forward_of(name):
    """The operation whose gradient an operation's name says it is part of; None for others."""
    start, end = name.find("gradients/"), name.find("_grad/")
    start += len("gradients/")
    return name[start:end] if start >= len("gradients/") and end > start else None


def _insert(below, node, traces, suffix):
    line = None
    for trace in traces:
        made = Line(trace, suffix)
        line = below.setdefault(made.name, made)
        below = line.below
    line.made.append(node)


def _lines(nodes):
    """The outermost lines, by name."""
    forward, backward, top = {}, {}, {}
    for name in sorted(nodes):
        node = nodes[name]
        if node.traces and forward_of(name) is not None:
            backward.setdefault(forward_of(name), []).append(node)
        elif node.traces:
            forward[name] = node
            _insert(top, node, node.traces, "")
    homeless = 0
    for name, group in sorted(backward.items()):
        homeless += name not in forward
        for node in group if name in forward else ():
            _insert(top, node, forward[name].traces, GRADIENT)
    if homeless:
        sys.stderr.write("%d gradient nodes not accounted\n" % homeless)
    return top


def _account(line, options):
    """The line's own numbers; whether it counts."""
    types = list(options.get("account_type_regexes", ()))
    line.nodes = sorted((n for n in line.made if views.is_accounted(n, options)), key=lambda n: n.name)
    line.types = sorted({t for n in line.nodes for t in n.types})
    for node in line.nodes:
        for field, value in node.own(options.get("step", -1)).items():
            line.own[field] += value
    line.accounted = bool(line.nodes) or types == [".*"]
    line.children = [child for child in line.all_children() if child.accounted or child.children]


def _walk(lines):
    order, stack = [], list(lines)
    while stack:
        line = stack.pop()
        order.append(line)
        stack.extend(line.all_children())
    return reversed(order)


def _is_shown(line, options, depth):
    least = dict(views.MIN_TOTALS, min_params="parameters", min_float_ops="float_ops")
    return depth <= options.get("max_depth", 10) and all(line.total[field] >= options.get(name, 0) for name, field in least.items()) and \
        views.matches(line.name, options.get("show_name_regexes", ())) and not views.matches(line.name, options.get("hide_name_regexes", ()))


def _show(root, roots, options):
    """Fills in what is shown below each line: what is hidden leaves what it calls to its caller; what is trimmed leaves nothing."""
    found, stack = {}, [(line, 2, False) for line in roots]
    while stack:
        line, depth, done = stack.pop()
        if done:
            shown = [e for child in line.children for e in found.pop(id(child), ())]
            found[id(line)] = shown
            if _is_shown(line, options, depth):
                line.shown = views.sort(shown, options)
                found[id(line)] = [line]
        elif depth <= options.get("max_depth", 10) and not views.matches(line.name, options.get("trim_name_regexes", ())):
            stack.append((line, depth, True))
            stack.extend((child, depth + 1, False) for child in line.children)
    root.shown = views.sort([e for line in roots for e in found.get(id(line), ())], options)


def build(nodes, options):
    """The root of the view."""
    if options.get("account_displayed_op_only"):
        sys.stderr.write("Note: code view ignores account_displayed_op_only\n")
    root = views.Entry(views.ROOT, types=["_TFCodeParent"])
    top = list(_lines(nodes).values())
    for line in _walk(top):
        _account(line, options)
    root.children = [line for line in top if line.accounted or line.children]
    views.add_up(root)
    starts = list(options.get("start_name_regexes", ()))
    _show(root, root.children if starts == [".*"] else views.starts(root, options), options)
    return root


def nodes_below(line):
    """Operations that count, made by a line that is not shown further down, or by what it calls."""
    return [n for below in _walk([line]) for n in below.nodes]
