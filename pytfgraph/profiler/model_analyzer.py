"""tf.profiler.profile and Profiler: what a model costs, by scope, graph, operation type or line of the program."""
import sys

from pytfgraph.framework import errors_impl, ops
from pytfgraph.platform import gfile
from pytfgraph.profiler import code_view, option_builder, pprof, profile_proto, report, statistics, tfprof_logger, view_timeline, views

_DEFAULT_PROFILE_OPTIONS = 0
_DEFAULT_ADVISE_OPTIONS = 0
ALL_ADVICE = {"ExpensiveOperationChecker": {}, "AcceleratorUtilizationChecker": {}, "JobChecker": {}, "OperationChecker": {}}


def _parse_output(text):
    """("file", {"outfile": "x"}) of "file:outfile=x"."""
    kind, _, rest = text.partition(":")
    if kind not in ("timeline", "stdout", "file", "pprof", "none"):
        raise errors_impl.InvalidArgumentError(None, None, "Unknown output option: %s" % kind)
    pairs = dict(pair.partition("=")[::2] for pair in rest.split(",") if pair)
    if kind in ("timeline", "file", "pprof") and not pairs.get("outfile"):
        raise errors_impl.InvalidArgumentError(None, None, "output option %s wants outfile=<file>" % kind)
    return kind, pairs, rest


def _message(cmd, root, options):
    return views.multi_proto(cmd, root, options) if cmd in ("op", "code") else views.tree_proto(root)


def _run(cmd, nodes, options, steps):
    """The view as a message; prints or writes the report.  `steps` is {number: list of RunMetadata}."""
    if cmd not in ("op", "scope", "graph", "code"):
        raise errors_impl.InvalidArgumentError(None, None, "unknown cmd: %s\n" % cmd)
    kind, pairs, rest = _parse_output(options.get("output", "stdout"))
    refusal = pprof.refusal(cmd, options) if kind == "pprof" else None
    if refusal:
        sys.stderr.write(refusal + "\n")
        return _message(cmd, views.Entry(views.ROOT), options)
    root = code_view.build(nodes, options) if cmd == "code" else views.build(cmd, nodes, options)
    if kind == "stdout":
        sys.stdout.write("\n=========================Options=============================\n%s"
                         "\n==================Model Analysis Report======================\n%s"
                         "\n======================End of Report==========================\n"
                         % (report.options_text(options, "stdout:" + rest), report.profile_text(cmd, root, options)))
        sys.stdout.flush()
    elif kind == "file":
        with gfile.GFile(pairs["outfile"], "w") as f:
            f.write(report.profile_text(cmd, root, options))
    elif kind == "timeline":
        view_timeline.write(pairs["outfile"], cmd, root, steps, options.get("step", -1))
    elif kind == "pprof":
        pprof.write(pairs["outfile"], root, options)
    return _message(cmd, root, options)


def profile(graph=None, run_meta=None, op_log=None, cmd="scope", options=_DEFAULT_PROFILE_OPTIONS):
    """Counts parameters and float operations of a graph, and times and memory of a run, and prints them.

    Args:
      graph: a Graph; the default graph where None.
      run_meta: RunMetadata of a run with FULL_TRACE, for times and memory; or None.
      op_log: an OpLogProto with types and float operations of nodes, or None.
      cmd: "scope" (by name scope), "graph" (by use), "op" (by operation type) or "code" (by line of the program).
      options: a dictionary, as tf.profiler.ProfileOptionBuilder makes it; trainable_variables_parameter() where not given.

    Returns:
      A GraphNodeProto for "scope" and "graph", a MultiGraphNodeProto for "op" and "code"; its total_parameters, total_float_ops and so on
      are the sums.

    Raises:
      InvalidArgumentError: for a `cmd` or an output that does not exist.
    """
    graph = graph or ops.get_default_graph()
    if options == _DEFAULT_PROFILE_OPTIONS:
        options = option_builder.ProfileOptionBuilder.trainable_variables_parameter()
    log = tfprof_logger.merge_default_with_oplog(graph, op_log, run_meta, add_trace=cmd == "code")
    nodes = statistics.read_graph(graph)
    statistics.add_log(nodes, log)
    if run_meta:
        statistics.add_step(nodes, 0, run_meta)
    return _run(cmd, nodes, options, {0: [run_meta]} if run_meta else {})


def advise(graph=None, run_meta=None, options=_DEFAULT_ADVISE_OPTIONS):
    """Looks for what a program could do better, and prints it.

    Args:
      graph: a Graph; the default graph where None.
      run_meta: RunMetadata of a run with FULL_TRACE, or None.
      options: {checker: {}}; all checkers where not given.

    Returns:
      An AdviceProto.
    """
    profiler = Profiler(graph or ops.get_default_graph())
    if run_meta:
        profiler.add_step(0, run_meta)
    return profiler.advise(ALL_ADVICE if options == _DEFAULT_ADVISE_OPTIONS else options)


class Profiler:
    """Collects several steps and profiles them."""

    def __init__(self, graph=None, op_log=None):
        """Profiles a Graph (the default graph where None), with types from an OpLogProto."""
        self._graph = graph or ops.get_default_graph()
        self._op_log = op_log
        self._steps = {}

    def add_step(self, step, run_meta):
        """Adds RunMetadata of a run with FULL_TRACE; several with one number make up one step."""
        self._steps.setdefault(step, []).append(run_meta)

    def _nodes(self, add_trace):
        log = tfprof_logger.merge_default_with_oplog(self._graph, self._op_log, self._steps[max(self._steps)][-1] if self._steps else None,
                                                     add_trace=add_trace)
        nodes = statistics.read_graph(self._graph)
        statistics.add_log(nodes, log)
        for step, run_metas in self._steps.items():
            for run_meta in run_metas:
                statistics.add_step(nodes, step, run_meta)
        return nodes

    def _profile(self, cmd, options):
        return _run(cmd, self._nodes(cmd == "code"), options, self._steps)

    def profile_python(self, options):
        """By line of the program: a MultiGraphNodeProto."""
        return self._profile("code", options)

    def profile_operations(self, options):
        """By operation type: a MultiGraphNodeProto."""
        return self._profile("op", options)

    def profile_name_scope(self, options):
        """By name scope: a GraphNodeProto."""
        return self._profile("scope", options)

    def profile_graph(self, options):
        """By use: a GraphNodeProto."""
        return self._profile("graph", options)

    def serialize_to_string(self):
        """All that was collected, as a serialised ProfileProto."""
        return profile_proto.build(self._graph, self._nodes(True), self._steps).SerializeToString()

    def _write_profile(self, filename):
        """Writes what serialize_to_string gives to a file."""
        with gfile.GFile(filename, "wb") as f:
            f.write(self.serialize_to_string())

    def advise(self, options):
        """An AdviceProto: for each checker asked for, what it found; JobChecker finds nothing on one machine, and is not in it."""
        result = statistics.message("AdviceProto")()
        for checker in sorted(options):
            if checker not in ALL_ADVICE:
                raise errors_impl.InvalidArgumentError(None, None, "unknown checker: %s" % checker)
            if checker == "JobChecker":
                continue
            found = _expensive(self) if checker == "ExpensiveOperationChecker" else []
            result.checkers[checker].reports.extend(found)
            sys.stdout.write("\n%s:\n%s" % (checker, "".join(words + "\n" for words in found)))
        sys.stdout.flush()
        return result


def _expensive(profiler):
    """The three operation types that take the most time; of lines of the program, which a profile with traces would name, none."""
    if not profiler._steps:
        return ["Missing run_meta for ExpensiveOperationChecker"]
    options = option_builder.ProfileOptionBuilder(option_builder.ProfileOptionBuilder.time_and_memory(min_bytes=0)).with_empty_output().build()
    node, found = profiler.profile_operations(options), []
    while node.children and len(found) < 3:
        total, node = node.total_exec_micros, node.children[0]
        whole = total if not found else whole
        found.append("top %d operation type: %s, cpu: %s, accelerator: %s, total: %s (%.2f%%)" % (
            len(found) + 1, node.name, report.time_text(node.cpu_exec_micros), report.time_text(node.accelerator_exec_micros),
            report.time_text(node.exec_micros), 100. * node.exec_micros / whole if whole else 0.))
    return ["\n".join(found), ""]
