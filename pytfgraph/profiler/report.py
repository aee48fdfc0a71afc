"""The profiler's report, as text."""
_OPTIONS = ("max_depth", "min_bytes", "min_peak_bytes", "min_residual_bytes", "min_output_bytes", "min_micros", "min_accelerator_micros",
            "min_cpu_micros", "min_params", "min_float_ops", "min_occurrence", "step", "order_by", "account_type_regexes", "start_name_regexes",
            "trim_name_regexes", "show_name_regexes", "hide_name_regexes", "account_displayed_op_only", "select")
_DEFAULTS = {"max_depth": 10, "step": -1, "order_by": "name", "account_displayed_op_only": False}
_LISTS = ("account_type_regexes", "start_name_regexes", "trim_name_regexes", "show_name_regexes", "hide_name_regexes", "select")
_VIEWS = {
    "scope": "scope: The nodes in the model graph are organized by their names, which is hierarchical like filesystem.",
    "graph": "scope: The nodes in the model graph are organized by their names, which is hierarchical like filesystem.",
    "code": "code: The nodes are python lines.",
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


def _columns(select):
    """(field, title, formatter, word behind it) of the numbers, in the report's order."""
    micros = "micros" in select
    for wanted, field, title, text, tree_word, list_word in (
            ("params" in select, "parameters", "# parameters", number_text, " params", " params"),
            ("float_ops" in select, "float_ops", "# float_ops", number_text, " flops", " float_ops"),
            ("bytes" in select, "requested_bytes", "requested bytes", bytes_text, "", ""),
            ("peak_bytes" in select, "peak_bytes", "peak bytes", bytes_text, "", ""),
            ("residual_bytes" in select, "residual_bytes", "residual bytes", bytes_text, "", ""),
            ("output_bytes" in select, "output_bytes", "output bytes", bytes_text, "", ""),
            (micros, "exec_micros", "total execution time", time_text, "", ""),
            (micros or "accelerator_micros" in select, "accelerator_exec_micros", "accelerator execution time", time_text, "", ""),
            (micros or "cpu_micros" in select, "cpu_exec_micros", "cpu execution time", time_text, "", "")):
        if wanted:
            yield field, title, text, tree_word, list_word


def _titles(cmd, select):
    titles = [c[1] for c in _columns(select)]
    more = (("device", "assigned devices"), ("op_types", "op types"),
            ("occurrence", "op occurrence (run|defined)" if cmd in ("op", "code") else "op count (run|defined)"), ("input_shapes", "input shapes"))
    return "node name | " + " | ".join(titles + [title for name, title in more if name in select])


def _dims_text(dims):
    return "x".join(map(str, dims))


def _tree_fields(entry, select):
    shape = entry.nodes[0].shape if entry.nodes else None

    def own(field, text):
        return text(entry.own[field]) if entry.accounted else "--"
    if "params" in select and shape is not None:
        yield _dims_text(shape)
    for field, _, text, word, _ in _columns(select):
        yield "%s/%s%s" % (own(field, text), text(entry.total[field]), word)
    if "device" in select and entry.devices():
        yield "|".join(entry.devices())
    if "op_types" in select:
        yield "|".join(sorted(set(entry.types)))
    if "occurrence" in select:
        yield "%s/%d|%s/%d" % (own("run_count", str), entry.total["run_count"], own("definition_count", str), entry.total["definition_count"])
    if "input_shapes" in select:
        yield "|".join("%d:%s" % (i, _dims_text(dims)) for node in entry.nodes for i, dims in sorted(node.input_shapes.items()))


def _tree_lines(root, select):
    stack = [(root, 0)]
    while stack:
        entry, depth = stack.pop()
        yield "%s%s (%s)\n" % ("  " * depth, entry.name, ", ".join(_tree_fields(entry, select)))
        stack.extend((e, depth + 1) for e in reversed(entry.shown))


def _percent(part, whole):
    return 100. * part / whole if whole else 0.


def _list_fields(entry, root, select):
    for field, _, text, _, word in _columns(select):
        whole = root.total[field]
        yield "%30s" % ("%s%s (%.2f%%, %.2f%%)" % (text(entry.own[field]), word, _percent(entry.total[field], whole), _percent(entry.own[field], whole)))
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
    lines = _list_lines(root, options) if cmd == "op" else _tree_lines(root, select)
    return "\nDoc:\n%s\n%s\n\nProfile:\n%s\n%s" % (_VIEWS[cmd], "\n".join(docs), _titles(cmd, select), "".join(lines))
