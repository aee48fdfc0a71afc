"""Views of the profiler for chrome://tracing."""
import json
import sys

from pytfgraph.client import timeline
from pytfgraph.platform import gfile


def _tree_events(root):
    """A row for each level; what is below a node stands one after the other, as long as each took."""
    events, seen, stack = [], set(), [(root, 0, 0)]
    while stack:
        entry, start, depth = stack.pop()
        if depth not in seen:
            seen.add(depth)
            events.append({"args": {"name": "Scope:%d" % depth}, "name": "process_name", "ph": "M", "pid": depth})
        events.append({"args": {"name": entry.name, "op": entry.name}, "cat": "Op", "dur": entry.total["exec_micros"], "name": entry.name,
                       "ph": "X", "pid": depth, "tid": 0, "ts": start})
        below = []
        for child in entry.shown:
            if child.total["exec_micros"] > 0:
                below.append((child, start, depth + 1))
                start += child.total["exec_micros"]
        stack.extend(reversed(below))
    return events


def _write(path, step, text):
    name = "%s_%d" % (path, step)
    with gfile.GFile(name, "w") as f:
        f.write(text)
    line = "*" * 54
    sys.stdout.write("\n%s\nTimeline file is written to %s.\nOpen a Chrome browser, enter URL chrome://tracing and load the timeline file.\n%s\n"
                     % (line, name, line))
    sys.stdout.flush()


def write(path, cmd, root, steps, step):
    """Writes `path`_<step>: of the scope and code views the tree, of the graph view what ran in each step.

    Args:
      path: what the files' names begin with.
      cmd: the view.
      root: of the view.
      steps: {number: list of RunMetadata}.
      step: the one that is wanted; -1 for all.
    """
    if cmd in ("scope", "code"):
        _write(path, step, json.dumps({"traceEvents": _tree_events(root)}, separators=(",", ":"), sort_keys=True) + "\n")
    elif cmd == "op":
        sys.stderr.write("op view doesn't support timeline yet. Consider graph/scope/code view.\n")
    else:
        for number in sorted(steps) if step < 0 else [s for s in steps if s == step]:
            sys.stdout.write("generating trace file.\n")
            _write(path, number, timeline.Timeline(steps[number][-1].step_stats).generate_chrome_trace_format())
