"""The profiler's report, as text."""
_OPTIONS = ("max_depth", "min_bytes", "min_peak_bytes", "min_residual_bytes", "min_output_bytes", "min_micros", "min_accelerator_micros",
            "min_cpu_micros", "min_params", "min_float_ops", "min_occurrence", "step", "order_by", "account_type_regexes", "start_name_regexes",
            "trim_name_regexes", "show_name_regexes", "hide_name_regexes", "account_displayed_op_only", "select")
_DEFAULTS = {"max_depth": 10, "step": -1, "order_by": "name", "account_displayed_op_only": False}
_LISTS = ("account_type_regexes", "start_name_regexes", "trim_name_regexes", "show_name_regexes", "hide_name_regexes", "select")
_VIEWS = {
    "scope": "scope: The nodes in the model graph are organized by their names, which is hierarchical like filesystem.",
    "graph": "scope: The nodes in the model graph are organized by their names, which is hierarchical like filesystem.",
    "code": "code: When python trace is available, the nodes are python lines and their are organized by the python call stack.",
    "op": "op: The nodes are operation kernel type, such as MatMul, Conv2D. Graph nodes belonging to the same type are aggregated together."}
_CPU = ("cpu execution time: The time from the start to the end of the operation. It's the sum of actual cpu run time plus the time that it spends "
        "waiting if part of computation is launched asynchronously.")
_ACCELERATOR = "accelerator execution time: Time spent executing on the accelerator. This is normally measured by the actual hardware library."
_DOCS = {
    "bytes": "requested bytes: The memory requested by the operation, accumulatively.",
    "peak_bytes": "peak bytes: The peak amount of memory that the operation is holding at some point.",
    "residual_bytes": "residual bytes: The memory not de-allocated after the operation finishes.",
    "output_bytes": "output bytes: The memory that is output from the operation (not necessarilty allocated by the operation)",
    "micros": "total execution time: Sum of accelerator execution time and cpu execution time.\n" + _CPU + "\n" + _ACCELERATOR,
    "accelerator_micros": _ACCELERATOR, "cpu_micros": _CPU,
    "params": "param: Number of parameters (in the Variable).",
    "float_ops": "flops: Number of float operations. Note: Please read the implementation for the math behind it.",
    "occurrence": "occurrence: The number of times it occurs",
    "device": "device: which device is placed on.",
    "op_types": "op_types: The attributes of the operation, includes the Kernel name device placed on and user-defined strings.",
    "input_shapes": "input shape: The shape of input tensors"}


def _scaled(n, units, first):
    for limit, divisor, unit in units:
        if n < limit:
            return "%d%s" % (n, first) if divisor == 1 else "%.2f%s" % (n / divisor, unit)
    return "%.2f%s" % (n / units[-1][1], units[-1][2])


def number_text(n):
    return _scaled(n, ((1e3, 1, ""), (1e6, 1e3, "k"), (1e9, 1e6, "m"), (float("inf"), 1e9, "b")), "")


def bytes_text(n):
    return _scaled(n, ((1e3, 1, ""), (1e6, 1e3, "KB"), (1e9, 1e6, "MB"), (float("inf"), 1e9, "GB")), "B")


def time_text(n):
    return _scaled(n, ((1e3, 1, ""), (1e6, 1e3, "ms"), (float("inf"), 1e6, "sec")), "us")


_COUNTS = (("params", "parameters", "# parameters", number_text, " params", " params"),
           ("float_ops", "float_ops", "# float_ops", number_text, " flops", " float_ops"))
_MEMORY = (("bytes", "requested_bytes", "requested bytes", bytes_text, "", ""),
           ("peak_bytes", "peak_bytes", "peak bytes", bytes_text, "", ""),
           ("residual_bytes", "residual_bytes", "residual bytes", bytes_text, "", ""),
           ("output_bytes", "output_bytes", "output bytes", bytes_text, "", ""))
_TIMES = (("micros", "exec_micros", "total execution time", time_text, "", ""),
          ("accelerator_micros", "accelerator_exec_micros", "accelerator execution time", time_text, "", ""),
          ("cpu_micros", "cpu_exec_micros", "cpu execution time", time_text, "", ""))


def _columns(cmd, select):
    """(field, title, formatter, word behind it in a tree, and in a list) of the numbers, in the report's order."""
    several = cmd in ("op", "code")
    for row in _MEMORY + _TIMES + _COUNTS if several else _COUNTS + _MEMORY + _TIMES:
        if row[0] in select or row in _TIMES and "micros" in select:
            yield row[1:]


def _titles(cmd, select):
    titles = [c[1] for c in _columns(cmd, select)]
    more = (("device", "assigned devices"), ("op_types", "op types"),
            ("occurrence", "op occurrence (run|defined)" if cmd in ("op", "code") else "op count (run|defined)"), ("input_shapes", "input shapes"))
    return "node name | " + " | ".join(titles + [title for name, title in more if name in select])


def _dims_text(dims):
    return "x".join(map(str, dims))


def _tree_numbers(cmd, entry, select):
    for field, _, text, word, _ in _columns(cmd, select):
        yield "%s/%s%s" % (_own(entry, field, text), text(entry.total[field]), word)


def _own(entry, field, text):
    return text(entry.own[field]) if entry.accounted else "--"


def _tree_fields(entry, select):
    shape = entry.nodes[0].shape if entry.nodes else None
    if "params" in select and shape is not None:
        yield _dims_text(shape)
    yield from _tree_numbers("scope", entry, select)
    if "device" in select and entry.devices():
        yield "|".join(entry.devices())
    if "op_types" in select:
        yield "|".join(sorted(set(entry.types)))
    if "occurrence" in select:
        yield "%s/%d|%s/%d" % (_own(entry, "run_count", str), entry.total["run_count"], _own(entry, "definition_count", str),
                               entry.total["definition_count"])
    if "input_shapes" in select:
        yield "|".join("%d:%s" % (i, _dims_text(dims)) for node in entry.nodes for i, dims in sorted(node.input_shapes.items()))


def _code_fields(entry, select):
    yield from _tree_numbers("code", entry, select)
    if "device" in select and entry.devices():
        yield "|".join(entry.devices())
    if "op_types" in select:
        yield "|".join(t for t in entry.types if t != "_TFCodeParent")
    for name in ("occurrence", "input_shapes"):
        if name in select:
            yield name + " N/A in code view"


def _tree_lines(root, select, fields):
    stack = [(root, 0)]
    while stack:
        entry, depth = stack.pop()
        yield "%s%s (%s)\n" % ("  " * depth, entry.name, ", ".join(fields(entry, select)))
        stack.extend((e, depth + 1) for e in reversed(entry.shown))


def _percent(part, whole):
    return 100. * part / whole if whole else 0.


def _list_fields(entry, root, select):
    for field, _, text, _, word in _columns("op", select):
        whole, own = root.total[field], entry.own[field]
        total = entry.total[field] if own or not field.endswith("_bytes") else 0
        yield "%30s" % ("%s%s (%.2f%%, %.2f%%)" % (text(own), word, _percent(total, whole), _percent(own, whole)))
    if "device" in select:
        yield "|".join(([""] if any(not n.devices for n in entry.nodes) and entry.devices() else []) + entry.devices())
    if "op_types" in select:
        yield "|".join(sorted(set(entry.types)))
    if "occurrence" in select:
        yield "%10s" % ("%d|%d" % (entry.own["run_count"], entry.own["definition_count"]))


def _shape_lines(entry, step):
    """For each combination of input shapes: how often it ran and is defined, and its time; the slowest first."""
    groups = {}
    for node in entry.nodes:
        own = node.own(step)
        key = ",\t".join("%d:%s" % (i, _dims_text(dims)) for i, dims in sorted(node.input_shapes.items()))
        run, defined, micros = groups.get(key, (0, 0, 0))
        groups[key] = run + own["run_count"], defined + 1, micros + own["exec_micros"]
    lines = ["input_type: %s\t(run*%d|defined*%d)\texec_time: %s\n" % (key, run, defined, time_text(micros))
             for key, (run, defined, micros) in sorted(groups.items(), key=lambda item: (-item[1][2], item[0]))]
    return "\n" + "".join(lines) + "\n"


def _list_lines(root, options):
    select = options.get("select", ())
    for entry in root.shown:
        yield "%-25s%s\n" % (entry.name, ", ".join(_list_fields(entry, root, select)))
        if "input_shapes" in select:
            yield _shape_lines(entry, options.get("step", -1))


def options_text(options, output):
    """The options, a line each."""
    lines = []
    for name in _OPTIONS:
        value = options.get(name, _DEFAULTS.get(name, () if name in _LISTS else 0))
        if name in _LISTS:
            value = ",".join(sorted(value) if name == "select" else value)
        lines.append("%-28s%s\n" % ("-" + name, str(value).lower() if isinstance(value, bool) else value))
    return "".join(lines) + "%-28s%s\n" % ("-output", output)


def profile_text(cmd, root, options):
    """The documentation of what is selected, and the view."""
    select = options.get("select", ())
    docs = [_DOCS.get(name, "Unknown select: " + name) for name in sorted(set(select))]
    lines = _list_lines(root, options) if cmd == "op" else _tree_lines(root, select, _code_fields if cmd == "code" else _tree_fields)
    return "\nDoc:\n%s\n%s\n\nProfile:\n%s\n%s" % (_VIEWS[cmd], "\n".join(docs), _titles(cmd, select), "".join(lines))
