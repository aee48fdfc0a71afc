"""Timeline: the times of a traced step as a file that Chrome's trace viewer (chrome://tracing) shows."""
import collections
import json
import re

StepStatsAnalysis = collections.namedtuple("StepStatsAnalysis", ("chrome_trace", "allocator_maximums"))
AllocationMaximum = collections.namedtuple("AllocationMaximum", ("timestamp", "num_bytes", "tensors"))

_LABEL = re.compile(r"(.*) = (.*)\((.*)\)")


class _Trace:
    """The events of a trace file: those that name processes, then those that happened."""

    def __init__(self):
        self.processes, self.events = [], []

    def process(self, name):
        """A process for a row of the viewer; its number."""
        pid = len(self.processes)
        self.processes.append({"name": "process_name", "ph": "M", "pid": pid, "args": {"name": name}})
        return pid

    def add(self, ph, category, name, pid, tid, ts, **more):
        self.events.append(dict({"ph": ph, "cat": category, "name": name, "pid": pid, "tid": tid, "ts": ts}, **more))

    def format_to_string(self, pretty=False):
        """The trace as JSON; `pretty`: for people."""
        trace = {"traceEvents": self.processes + self.events}
        return json.dumps(trace, indent=4, separators=(",", ": ")) if pretty else json.dumps(trace, separators=(",", ":"))


class _Tensor:
    """An output while it lives: from when its operation begins until its last reader ends."""

    def __init__(self, number, created, freed, pid, allocation):
        self.number, self.created, self.freed, self.pid = number, created, freed, pid
        self.allocator, self.num_bytes = allocation.allocator_name, allocation.requested_bytes


def _times(node):
    """When an operation began, and when it ended."""
    return node.all_start_micros, node.all_start_micros + node.all_end_rel_micros


def _parts(label):
    """(type, input names) from "name = Type(input, input)"."""
    match = _LABEL.match(label)
    if match is None:
        return "unknown", []
    inputs = match.group(3)
    return match.group(2), inputs.split(", ") if inputs else []


class Timeline:
    """The times of one step.

    It shows for each device what ran when, on rows so that nothing overlaps, how tensors went from one operation to another, and how
    much memory they took.
    """

    def __init__(self, step_stats, graph=None):
        """
        Args:
          step_stats: RunMetadata's StepStats message of a run with RunOptions(trace_level=RunOptions.FULL_TRACE).
          graph: the Graph that ran; not used.
        """
        self._step_stats, self._graph = step_stats, graph
        self._begin()

    def _begin(self):
        self._trace = _Trace()
        self._tensors, self._sources, self._flows = collections.OrderedDict(), {}, 0
        self._maximums = {}

    def _devices(self):
        """(stats of a device, its process, the process of its tensors) each."""
        return [(d, self._compute[d.device], self._memory[d.device]) for d in self._step_stats.dev_stats]

    def _make_processes(self):
        self._allocators = self._trace.process("Allocators")
        self._compute, self._memory = {}, {}
        for device in self._step_stats.dev_stats:
            self._compute[device.device] = self._trace.process(device.device + " Compute")
            self._memory[device.device] = self._trace.process(device.device + " Tensors")

    def _assign_lanes(self):
        """Operations that overlap get rows of their own."""
        for device in self._step_stats.dev_stats:
            free_from = [0]
            for node in device.node_stats:
                begin, end = _times(node)
                lane = next((i for i, t in enumerate(free_from) if begin > t), len(free_from))
                free_from[lane:lane + 1] = [end]
                node.thread_id = lane

    def _add_tensors(self, show_memory):
        for device, compute, memory in self._devices():
            for node in device.node_stats:
                begin, end = _times(node)
                for i, output in enumerate(node.output):
                    name = "%s:%d" % (node.node_name, i) if i else node.node_name
                    number = len(self._tensors)
                    self._tensors[name] = _Tensor(number, begin, end, memory, output.tensor_description.allocation_description)
                    self._sources[name] = end, compute, node.thread_id
                    if show_memory:
                        text = str(output.tensor_description).replace('"', "")
                        self._trace.add("N", "Tensor", name, memory, node.thread_id, begin, id=number)
                        self._trace.add("O", "Tensor", name, memory, node.thread_id, end - 1, id=number,
                                        args={"snapshot": {"tensor_description": text}})

    def _add_operation(self, node, pid, is_gpu):
        name, op, inputs = node.node_name, "RecvTensor", []
        if is_gpu:
            name, op = (name.split(":") + ["unknown"])[:2]
        elif name != "RecvTensor":
            op, inputs = _parts(node.timeline_label)
        args = {"name": name, "op": op}
        args.update(("input%d" % i, each) for i, each in enumerate(inputs))
        self._trace.add("X", "Op", op, pid, node.thread_id, node.all_start_micros, dur=node.all_end_rel_micros, args=args)
        return inputs

    def _add_flow(self, name, begin, pid, tid):
        """An arrow from where a tensor was made to where it is read, if that is another row."""
        made, from_pid, from_tid = self._sources[name]
        if (from_pid, from_tid) == (pid, tid):
            return
        self._trace.add("s", "DataFlow", name, from_pid, from_tid, made, id=self._flows)
        self._trace.add("t", "DataFlow", name, pid, tid, begin, id=self._flows)
        self._flows += 1

    def _add_operations(self, show_dataflow):
        for device, compute, _ in self._devices():
            is_gpu = "/stream:" in device.device or "/memcpy" in device.device
            for node in device.node_stats:
                begin, end = _times(node)
                for name in self._add_operation(node, compute, is_gpu):
                    if name not in self._tensors and name.rfind("/_") > 0:
                        name = name[:name.rfind("/_")]          # what a copy between devices was made of
                    if name in self._tensors:
                        self._tensors[name].freed = max(self._tensors[name].freed, end - 1)
                        if show_dataflow:
                            self._add_flow(name, begin, compute, node.thread_id)

    def _add_memory(self):
        changes = collections.OrderedDict()
        for name, t in self._tensors.items():
            self._trace.add("D", "Tensor", name, t.pid, 0, t.freed, id=t.number)
            changes.setdefault(t.allocator, []).extend([(t.created, t.num_bytes, name), (t.freed, -t.num_bytes, name)])
        for allocator, list_ in changes.items():
            total, live, most = 0, set(), AllocationMaximum(timestamp=0, num_bytes=0, tensors=set())
            for time, num_bytes, name in sorted(list_):
                total += num_bytes
                (live.discard if num_bytes < 0 else live.add)(name)
                if total > most.num_bytes:
                    most = AllocationMaximum(timestamp=time, num_bytes=total, tensors=set(live))
                self._trace.add("C", "Memory", allocator, self._allocators, 0, time, args={allocator: total})
            self._maximums[allocator] = most

    def analyze_step_stats(self, show_dataflow=True, show_memory=True):
        """What the trace is made of.

        Args:
          show_dataflow: arrows from where tensors are made to where they are read.
          show_memory: tensors as they live, and the sum of their bytes.

        Returns:
          StepStatsAnalysis(chrome_trace, allocator_maximums): the latter is {allocator: AllocationMaximum}.
        """
        self._begin()
        self._make_processes()
        self._assign_lanes()
        self._add_tensors(show_memory)
        self._add_operations(show_dataflow)
        if show_memory:
            self._add_memory()
        return StepStatsAnalysis(chrome_trace=self._trace, allocator_maximums=self._maximums)

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False):
        """The trace as JSON text, to be saved in a file that chrome://tracing opens.

        Args:
          show_dataflow: arrows from where tensors are made to where they are read.
          show_memory: tensors as they live, and the sum of their bytes.
        """
        return self.analyze_step_stats(show_dataflow=show_dataflow, show_memory=show_memory).chrome_trace.format_to_string(pretty=True)
