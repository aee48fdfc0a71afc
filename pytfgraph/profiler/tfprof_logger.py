"""What the profiler is told about the operations of a graph: types, float operations, where they were made."""
import os
import sys

from pytfgraph import protos
from pytfgraph.framework import graph_keys, ops, tensor_shape
from pytfgraph.platform import gfile
from pytfgraph.profiler.internal import flops_registry  # noqa: F401

TRAINABLE_VARIABLES = "_trainable_variables"
REGISTERED_FLOP_STATS = "flops"


def _messages():
    return protos.module("tensorflow.core.profiler.tfprof_log_pb2")


def _fill_missing_shapes(graph, run_meta):
    """Shapes the graph does not know, from tensors of a run."""
    for device in run_meta.step_stats.dev_stats:
        for stats in device.node_stats:
            try:
                op = graph.get_operation_by_name(stats.node_name)
            except (KeyError, ValueError):
                continue
            if len(stats.output) != len(op.outputs):
                continue
            for tensor, output in zip(op.outputs, stats.output):
                seen = tensor_shape.TensorShape([d.size for d in output.tensor_description.shape.dim])
                if not tensor.get_shape().is_fully_defined():
                    try:
                        tensor.set_shape(tensor.get_shape().merge_with(seen))
                    except ValueError as e:
                        sys.stderr.write("Node %s incompatible shapes: %s.\n" % (stats.node_name, e))


def _add_traces(op, entry, ids):
    def number(text):
        return ids.setdefault(text, len(ids)) if text else 0
    for frame in op.traceback_with_start_lines:
        entry.code_def.traces.add(file_id=number(frame[0]), lineno=frame[1] or -1, function_id=number(frame[2]), line_id=number(frame[3]),
                                  func_start_line=frame[4] or -1)


def _logged(graph, run_meta, add_trace, add_trainable_var):
    """{operation's name: OpLogEntry} and {text: id}."""
    if run_meta:
        _fill_missing_shapes(graph, run_meta)
    entries, ids, unknown = {}, {"none": 0}, 0
    for op in graph.get_operations():
        entry = _messages().OpLogEntry(name=op.name)
        try:
            entry.float_ops = int(ops.get_stats_for_node_def(graph, op.node_def, REGISTERED_FLOP_STATS).value or 0)
        except ValueError:
            unknown += 1
        if add_trace:
            _add_traces(op, entry, ids)
        if add_trace or entry.float_ops:
            entries[op.name] = entry
    for v in graph.get_collection(graph_keys.GraphKeys.TRAINABLE_VARIABLES) if add_trainable_var else ():
        entries.setdefault(v.op.name, _messages().OpLogEntry(name=v.op.name)).types.append(TRAINABLE_VARIABLES)
    if unknown and not run_meta:
        sys.stderr.write("%d ops no flops stats due to incomplete shapes.\n" % unknown)
    return entries, ids


def merge_default_with_oplog(graph, op_log=None, run_meta=None, add_trace=True, add_trainable_var=True):
    """An OpLogProto of what the caller says of a graph's operations and what the graph says itself."""
    graph = graph or ops.get_default_graph()
    entries, ids = _logged(graph, run_meta, add_trace, add_trainable_var)
    merged = {}
    for entry in op_log.log_entries if op_log else ():
        merged[entry.name] = _messages().OpLogEntry()
        merged[entry.name].CopyFrom(entry)
    for name, entry in entries.items():
        known = merged.setdefault(name, entry)
        if known is not entry:
            known.types.extend(entry.types)
            known.float_ops = known.float_ops or entry.float_ops
            if not known.code_def.traces:
                known.code_def.MergeFrom(entry.code_def)
    result = _messages().OpLogProto(log_entries=list(merged.values()))
    for text, number in ids.items():
        result.id_to_string[number] = text
    return result


def write_op_log(graph, log_dir, op_log=None, run_meta=None, add_trace=True):
    """Writes `log_dir`/tfprof_log: an OpLogProto with types, float operations and tracebacks of a graph's operations.

    Args:
      graph: a Graph; the default graph where None.
      log_dir: an existing folder.
      op_log: an OpLogProto with more types, or None.
      run_meta: RunMetadata of a full trace, whose shapes complete the graph's; or None.
      add_trace: whether tracebacks are written.
    """
    data = merge_default_with_oplog(graph, op_log, run_meta, add_trace).SerializeToString()
    with gfile.GFile(os.path.join(log_dir, "tfprof_log"), "wb") as f:
        f.write(data)
