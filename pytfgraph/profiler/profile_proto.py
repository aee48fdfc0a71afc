"""What a Profiler has collected, as a ProfileProto that the tools for such profiles read."""
from pytfgraph.profiler import statistics

_NOT_NODES = ("_SOURCE", "_SINK")


def _number_nodes(profile, nodes):
    """{name: id}: in the order of the graph, and behind it what only runs have."""
    ids = {}
    for name in nodes:
        if name not in _NOT_NODES:
            ids[name] = len(ids)
    for name, number in ids.items():
        entry, node = profile.nodes[number], nodes[name]
        entry.id, entry.name, entry.op = number, name, node.types[-1] if len(node.types) == 1 else _operation(node)
        entry.op_types.extend(node.types)
        entry.shape.extend(node.shape or ())
        entry.float_ops = node.float_ops
        if node.devices:
            entry.canonical_device = entry.host_device = node.devices[0]
    return ids


def _operation(node):
    return next((t for t in node.types if not t.startswith("/") and not t.startswith("_trainable")), node.types[0])


def _connect(profile, definition, ids):
    """Inputs, output shapes and attributes of the graph's nodes."""
    for d in definition.node:
        entry = profile.nodes[ids[d.name]]
        entry.trace.SetInParent()
        for key, value in d.attr.items():
            entry.attrs[key].CopyFrom(value)
        for index, shape in enumerate(d.attr["_output_shapes"].list.shape):
            if not shape.unknown_rank:
                entry.output_shapes[index].int64_values.extend([s.size for s in shape.dim] or [1])
        for index, text in enumerate(d.input):
            name, output = text.lstrip("^").partition(":")[::2]
            if name in ids:
                entry.inputs[index] = ids[name]
                entry.src_output_index[ids[name]] = int(output or 0)
                profile.nodes[ids[name]].outputs[int(output or 0)] = entry.id


def _add_run(entry, step, device, stats):
    """One NodeExecStats."""
    run = entry.execs[step]
    start, spent = stats.all_start_micros, max(stats.op_end_rel_micros, 1)
    run.run_count += 1
    run.all_start_micros = min(run.all_start_micros or start, start)
    run.latest_end_micros = max(run.latest_end_micros, start + spent)
    times = run.accelerator_execs if "stream:all" in device else run.cpu_execs
    times[device].times.add().int64_values.extend([start, spent])
    if device not in run.devices:
        run.devices.append(device)
    memory = run.memory_execs.add(memory_micros=start, requested_bytes=sum(m.total_bytes for m in stats.memory),
                                  peak_bytes=sum(m.peak_bytes for m in stats.memory), residual_bytes=sum(m.live_bytes for m in stats.memory))
    for output in stats.output:
        allocation = output.tensor_description.allocation_description
        taken = max(allocation.allocated_bytes, allocation.requested_bytes)
        memory.output_bytes += taken
        memory.output_memory[output.slot].bytes, memory.output_memory[output.slot].ptr = taken, allocation.ptr


def build(graph, nodes, steps):
    """A ProfileProto.

    Args:
      graph: the Graph.
      nodes: {name: statistics.Node}, with the runs added.
      steps: {number: list of RunMetadata}.
    """
    profile = statistics.message("ProfileProto")()
    ids = _number_nodes(profile, nodes)
    _connect(profile, graph.as_graph_def(add_shapes=True), ids)
    strings = {}
    for name, number in ids.items():
        for t in nodes[name].traces:
            trace = profile.nodes[number].trace.traces.add(lineno=t.line)
            trace.file_id, trace.function_id, trace.line_id = [strings.setdefault(s, len(strings) + 1) for s in (t.file, t.function, t.text)]
    profile.id_to_string.update({number: text for text, number in strings.items()})
    for step in sorted(steps):
        profile.steps.append(step)
        for run_meta in steps[step]:
            for device in run_meta.step_stats.dev_stats:
                for stats in device.node_stats:
                    name = stats.node_name.split(":")[0]
                    if name in ids:
                        _add_run(profile.nodes[ids[name]], step, device.device.lower(), stats)
    profile.has_trace = bool(strings)
    return profile
