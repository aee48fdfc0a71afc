"""What is known of each node of a graph: types, shapes, parameters, float operations, and times and memory of recorded steps."""
import collections

from pytfgraph import protos

FIELDS = ("exec_micros", "accelerator_exec_micros", "cpu_exec_micros", "requested_bytes", "peak_bytes", "residual_bytes", "output_bytes",
          "parameters", "float_ops", "run_count", "definition_count")

# A call that made an operation: where it stands, and where the function begins in which it stands.
Trace = collections.namedtuple("Trace", "file line function text start_line")


class Node:
    """A node of the graph, or one that only a run has (of feeds and fetches)."""

    def __init__(self, name, op):
        self.name, self.types, self.devices = name, [op], []
        self.shape, self.inputs, self.input_shapes = None, [], {}
        self.float_ops, self.traces = 0, []
        self.steps = {}

    def parameters(self):
        """Elements of what has a shape of its own: variables and placeholders; 0 where it is not all known."""
        count = 1 if self.shape is not None else 0
        for d in self.shape or ():
            count *= max(d, 0)
        return count

    def own(self, step):
        """{field: value} of one step, or the average of all (-1)."""
        chosen = list(self.steps.values()) if step < 0 else [self.steps[step]] if step in self.steps else []
        result = {field: sum(s.get(field, 0) for s in chosen) // max(len(chosen), 1) for field in FIELDS}
        if step < 0 and chosen:
            result["run_count"] = sum(s["run_count"] for s in chosen)
        result.update(parameters=self.parameters(), float_ops=self.float_ops, definition_count=1)
        return result

    def add_run(self, step, device, stats):
        """One NodeExecStats of a device."""
        device = device.lower()
        if device not in self.devices:
            self.devices.append(device)
            self.types.insert(0, device)
        s = self.steps.setdefault(step, dict.fromkeys(FIELDS, 0))
        micros = max(stats.op_end_rel_micros, 1)
        on_accelerator = "stream:all" in device
        s["exec_micros"] += micros
        s["accelerator_exec_micros" if on_accelerator else "cpu_exec_micros"] += micros
        kept = stats.memory_stats.persistent_memory_size
        s["requested_bytes"] += sum(m.total_bytes for m in stats.memory) + kept
        s["peak_bytes"] += sum(m.peak_bytes for m in stats.memory) + kept
        s["residual_bytes"] += sum(m.live_bytes for m in stats.memory) + kept
        s["output_bytes"] += sum(max(o.tensor_description.allocation_description.allocated_bytes,
                                     o.tensor_description.allocation_description.requested_bytes) for o in stats.output)
        s["run_count"] += 1


def _dims(shape):
    """Sizes of a TensorShapeProto; a scalar counts as one of size 1; None where the rank is unknown."""
    return None if shape.unknown_rank else [d.size for d in shape.dim] or [1]


def _input_name(text):
    name, _, index = text.lstrip("^").partition(":")
    return name, int(index or 0)


def read_graph(graph):
    """{name: Node} of a Graph."""
    if not graph:
        return {}
    definition = graph.as_graph_def(add_shapes=True)
    nodes, shapes = {}, {}
    for d in definition.node:
        node = nodes[d.name] = Node(d.name, d.op)
        if d.device:
            node.devices.append(d.device.lower())
            node.types.insert(0, d.device.lower())
        if d.attr["shape"].HasField("shape"):
            node.shape = _dims(d.attr["shape"].shape)
        shapes[d.name] = [_dims(s) for s in d.attr["_output_shapes"].list.shape]
    for d in definition.node:
        for i, text in enumerate(d.input):
            name, index = _input_name(text)
            nodes[d.name].inputs.append(name)
            if text[0] != "^" and index < len(shapes.get(name, ())) and shapes[name][index] is not None:
                nodes[d.name].input_shapes[i] = shapes[name][index]
    return nodes


def add_log(nodes, op_log):
    """What an OpLogProto says."""
    for entry in op_log.log_entries:
        node = nodes.get(entry.name)
        if node is None:
            continue
        node.types.extend(t for t in entry.types if t not in node.types)
        node.float_ops = entry.float_ops or node.float_ops
        text = op_log.id_to_string
        if entry.code_def.traces:
            node.traces = [Trace(text.get(t.file_id, ""), t.lineno, text.get(t.function_id, ""), text.get(t.line_id, ""), t.func_start_line)
                           for t in entry.code_def.traces]


def add_step(nodes, step, run_meta):
    """What a RunMetadata says; a node that comes twice in it adds up."""
    for device in run_meta.step_stats.dev_stats:
        for stats in device.node_stats:
            name = stats.node_name.split(":")[0]
            if name not in ("_SOURCE", "_SINK"):
                nodes.setdefault(name, Node(name, name)).add_run(step, device.device, stats)


def message(name):
    """A message of the profiler's."""
    for module in ("tfprof_output_pb2", "tfprof_log_pb2", "tfprof_options_pb2"):
        found = getattr(protos.module("tensorflow.core.profiler." + module), name, None)
        if found is not None:
            return found
    raise AttributeError(name)
