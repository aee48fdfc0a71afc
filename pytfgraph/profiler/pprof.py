"""The code view as a profile that pprof reads: each operation a sample, with the chain of calls that made it."""
import gzip
import os
import sys

from pytfgraph import protos
from pytfgraph.platform import gfile
from pytfgraph.profiler import code_view

# {what may be selected: (unit, comment, field)}
KINDS = {"bytes": ("bytes", "Sum of operation total memory requests, excluding deallocations.", "requested_bytes"),
         "micros": ("microseconds", "Sum of accelerator execution time and cpu execution time.", "exec_micros"),
         "params": ("count", "Model parameters.", "parameters"),
         "float_ops": ("count", "Model float operations (Only available if defined).", "float_ops"),
         "accelerator_micros": ("microseconds", "Accelerator execution time.", "accelerator_exec_micros"),
         "cpu_micros": ("microseconds", "CPU execution time.", "cpu_exec_micros"),
         "peak_bytes": ("bytes", "Sum of operation peak memory usage.", "peak_bytes"),
         "residual_bytes": ("bytes", "Sum of operation allocated memory after finish.", "residual_bytes"),
         "output_bytes": ("bytes", "Sum of operation output size.", "output_bytes")}


class _Profile:
    """A Profile message that grows; strings, functions and locations are numbered as they come."""

    def __init__(self, kind, step):
        self._kind, self._step = kind, step
        self._strings, self._functions, self._places, self._samples = {"": 0}, {}, {}, {}
        self._message = protos.module("tensorflow.core.profiler.profile_pb2").Profile

    def _string(self, text):
        return self._strings.setdefault(text, len(self._strings))

    def _function(self, line):
        name = line.trace.function + line.suffix
        key = line.trace.file, name, line.trace.start_line
        if key not in self._functions:
            module = os.path.basename(line.trace.file).rpartition(".")[0] or os.path.basename(line.trace.file)
            self._functions[key] = dict(id=len(self._functions) + 1, name=self._string(module + ":" + name),
                                        filename=self._string(line.trace.file), start_line=line.trace.start_line)
        return self._functions[key]["id"]

    def location(self, caller, callee):
        """The number of a call."""
        key = caller.trace.file, callee.trace.function + callee.suffix, caller.trace.line
        if key not in self._places:
            number = len(self._places) + 1
            self._places[key] = dict(id=number, line=[dict(function_id=self._function(callee), line=caller.trace.line)])
        return self._places[key]["id"]

    def add(self, node, calls):
        """A sample; `calls` are numbers, the innermost first."""
        name = node.name
        while name in self._samples:
            name += "@"
        self._samples[name] = dict(location_id=calls, label=[dict(key=self._string("graph node:"), str=self._string(node.name))],
                                   value=[1, node.own(self._step)[KINDS[self._kind][2]]])

    def message(self):
        unit, comment, _ = KINDS[self._kind]
        kinds = [dict(type=self._string(t), unit=self._string(u)) for t, u in (("count", "count"), (self._kind, unit))]
        comments = [self._string(comment)]
        return self._message(sample_type=kinds, comment=comments, string_table=list(self._strings),
                             sample=[s for _, s in sorted(self._samples.items())], function=[f for _, f in sorted(self._functions.items())],
                             location=[p for _, p in sorted(self._places.items())])


def _fill(profile, root):
    stack = [(line, ()) for line in reversed(root.shown)]
    while stack:
        line, calls = stack.pop()
        for node in line.nodes if line.shown else code_view.nodes_below(line):
            profile.add(node, list(calls))
        stack.extend((callee, (profile.location(line, callee),) + calls) for callee in reversed(line.shown))


def refusal(cmd, options):
    """Why there can be no such profile; None where there can."""
    select = list(options.get("select", ()))
    if cmd != "code":
        return "Only 'code' view supports pprof output now."
    if len(select) != 1:
        return "Can only select 1 attribute for pprof output."
    return None if select[0] in KINDS else "pprof doesn't support -select=%s" % select[0]


def write(path, root, options):
    """Writes the code view to a file, and prints how to look at it."""
    profile = _Profile(options["select"][0], options.get("step", -1))
    _fill(profile, root)
    with gfile.GFile(path, "wb") as f:
        f.write(gzip.compress(profile.message().SerializeToString(), mtime=0))
    sys.stdout.write("\nRun pprof -png --nodecount=100 --sample_index=1 <%s>\n" % path)
    sys.stdout.flush()
