"""tf.profiler: reports as TensorFlow's, profiles of runs, logs."""
import importlib
import json
import os

import profile_cases
import pytest

import pytfgraph as tf
from pytfgraph import protos

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "io", "profile.txt")
BUILD = tf.profiler.ProfileOptionBuilder


def sections(text):
    """{title: lines}, without what is said about progress, and where.  Lines of one count come in an order of their own there."""
    result, title = {}, None
    for line in text.split("\n"):
        if line.startswith("# "):
            title = line
        if not line.startswith(("Parsing Inputs", "Incomplete shape", "Run pprof")):
            result.setdefault(title, []).append(line)
    return result


def test_reports(capsys):
    tf.install_as_tensorflow()
    profile_cases.main(tf)
    got = sections(capsys.readouterr().out)
    with open(GOLDEN, encoding="utf-8") as f:
        want = sections(f.read())
    assert list(got) == list(want)
    for title in want:
        if title == "# counted":
            assert sorted(got[title]) == sorted(want[title])
        else:
            assert got[title] == want[title], title


def run_model():
    loss = profile_cases.model(tf)
    meta = tf.RunMetadata()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(loss, {"x:0": [[1.] * 8] * 4}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=meta)
    return meta


def check_timelines(graph, meta, folder):
    """Trees in rows by depth; for the graph view what ran; names end in the step."""
    profiler = tf.profiler.Profiler(graph)
    for step in (3, 7):
        profiler.add_step(step, meta)
    options = BUILD(BUILD.time_and_memory()).with_timeline_output(str(folder / "t"))
    profiler.profile_name_scope(options.build())
    profiler.profile_graph(options.build())
    profiler.profile_operations(options.build())
    assert sorted(f for f in os.listdir(str(folder)) if f[:2] == "t_") == ["t_-1", "t_3", "t_7"]
    lines = profiler.profile_python(options.with_step(3).build())
    for name, total in (("t_-1", None), ("t_3", lines.total_exec_micros)):
        events = json.loads((folder / name).read_text())["traceEvents"]
        assert events[0] == {"args": {"name": "Scope:0"}, "name": "process_name", "ph": "M", "pid": 0}
        regions = [e for e in events if e["ph"] == "X"]
        assert regions[0]["name"] == "_TFProfRoot" and total in (None, regions[0]["dur"])
        assert all(e["ts"] + e["dur"] <= regions[0]["dur"] for e in regions)
    assert "MatMul" in (folder / "t_7").read_text()


def test_times(capsys, tmp_path):
    with tf.Graph().as_default() as graph:
        meta = run_model()
        by_type = tf.profiler.profile(graph, run_meta=meta, cmd="op", options=BUILD.time_and_memory(min_bytes=0))
        assert by_type.total_exec_micros > 0 and by_type.children[0].exec_micros >= by_type.children[0].children[0].exec_micros
        by_scope = tf.profiler.profile(graph, run_meta=meta, options=BUILD(BUILD.time_and_memory()).with_file_output(str(tmp_path / "report")).build())
        assert by_scope.total_requested_bytes > 0
        assert "node name | requested bytes | total execution time" in (tmp_path / "report").read_text()
        check_timelines(graph, meta, tmp_path)
    out = capsys.readouterr().out
    assert "Conv2D" in out and "_TFProfRoot (--" not in out and "Timeline file is written to " in out


def test_profiler_of_steps(capsys):
    with tf.Graph().as_default() as graph:
        meta = run_model()
        profiler = tf.profiler.Profiler(graph)
        for step in (0, 100):
            profiler.add_step(step, meta)
        quiet = BUILD(BUILD.time_and_memory(min_bytes=0)).with_empty_output()
        average = profiler.profile_operations(quiet.build())
        one = profiler.profile_operations(quiet.with_step(100).build())
        assert average.total_exec_micros == one.total_exec_micros and profiler.profile_graph(quiet.with_step(5).build()).total_exec_micros == 0
        assert profiler.profile_name_scope(BUILD.trainable_variables_parameter()).total_parameters == 486
        lines = profiler.profile_python(BUILD().with_empty_output().build())
        assert lines.total_parameters == 519 and lines.children
        assert "top 1 operation type: " in profiler.advise({"ExpensiveOperationChecker": {}}).checkers["ExpensiveOperationChecker"].reports[0]
        assert "ExpensiveOperationChecker" in tf.profiler.advise(graph, meta).checkers
    assert "layer1/w (8x16, 128/128 params)" in capsys.readouterr().out


def test_log(tmp_path):
    with tf.Graph().as_default() as graph:
        profile_cases.model(tf)
        given = tf.profiler.OpLogProto()
        given.log_entries.add(name="conv", types=["mine"])
        tf.profiler.write_op_log(graph, str(tmp_path), given)
        read = tf.profiler.OpLogProto.FromString((tmp_path / "tfprof_log").read_bytes())
        entries = {e.name: e for e in read.log_entries}
        assert entries["conv"].float_ops == 46656 and list(entries["conv"].types) == ["mine"]
        assert list(entries["kernel"].types) == ["_trainable_variables"] and entries["kernel"].code_def.traces
        mine = BUILD(BUILD.float_operation()).with_accounted_types(["mine"]).with_empty_output().build()
        assert tf.profiler.profile(graph, op_log=given, options=mine).total_float_ops == 46656


def test_errors():
    with tf.Graph().as_default() as graph:
        with pytest.raises(tf.errors.InvalidArgumentError, match="unknown cmd: foo"):
            tf.profiler.profile(graph, cmd="foo")
        with pytest.raises(tf.errors.InvalidArgumentError, match="Unknown output option: paper"):
            tf.profiler.profile(graph, options=dict(BUILD().build(), output="paper"))
        with pytest.raises(tf.errors.InvalidArgumentError, match="wants outfile"):
            tf.profiler.profile(graph, options=dict(BUILD().build(), output="file"))


def test_no_profile_for_pprof(capsys, tmp_path):
    """One line says why, and what comes back is empty."""
    with tf.Graph().as_default() as graph:
        tf.ones([2])
        for cmd, select, words in (("scope", ["params"], "Only 'code' view supports pprof output now."), ("op", ["params"], "Only 'code' view"),
                                   ("code", ["params", "micros"], "Can only select 1 attribute for pprof output."), ("code", [], "Can only select 1"),
                                   ("code", ["occurrence"], "pprof doesn't support -select=occurrence")):
            result = tf.profiler.profile(graph, cmd=cmd, options=BUILD().select(select).with_pprof_output(str(tmp_path / "p")).build())
            assert str(result) == 'name: "_TFProfRoot"\n' and words in capsys.readouterr().err
    assert not os.listdir(str(tmp_path))


def test_modules():
    for name in ("model_analyzer", "option_builder", "tfprof_logger"):
        assert importlib.import_module("pytfgraph.profiler." + name)
    assert protos.module("tensorflow.core.profiler.tfprof_output_pb2").AdviceProto is tf.profiler.AdviceProto


def test_serialized_profile():
    """As 1.12.3 numbers and fills it."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [4, 8], name="x")
        w = tf.get_variable("w", [8, 16], initializer=tf.zeros_initializer())
        z = tf.reduce_sum(tf.matmul(x, w, name="y"), name="z")
        session.run(w.initializer)
        profiler = tf.profiler.Profiler(graph)
        for step in (0, 3):
            meta = tf.RunMetadata()
            session.run(z, {x: [[1.] * 8] * 4}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), meta)
            profiler.add_step(step, meta)
    profile = protos.module("tensorflow.core.profiler.tfprof_log_pb2").ProfileProto.FromString(profiler.serialize_to_string())
    assert list(profile.steps) == [0, 3] and profile.has_trace and profile.id_to_string
    by_name = {n.name: (k, n) for k, n in profile.nodes.items()}
    y, z, w = by_name["y"][1], by_name["z"][1], by_name["w"][1]
    device = "/job:localhost/replica:0/task:0/device:cpu:0"
    assert dict(y.inputs) == {0: by_name["x"][0], 1: by_name["w/read"][0]} and set(y.src_output_index.values()) == {0}
    assert list(y.output_shapes[0].int64_values) == [4, 16] and y.float_ops == 1024 and list(y.op_types) == [device, "MatMul"]
    assert y.canonical_device == y.host_device == device and y.op == "MatMul" and list(w.shape) == [8, 16] and "_trainable_variables" in w.op_types
    assert z.execs[3].run_count == 1 and list(z.execs[3].devices) == [device] and len(z.execs[3].cpu_execs[device].times[0].int64_values) == 2
    assert z.execs[3].memory_execs[0].output_bytes == 4 and y.trace.traces and "_arg_x_0_0" in by_name and "_SOURCE" not in by_name


def test_advice(capsys):
    with tf.Graph().as_default() as graph:
        tf.constant(1.)
        advice = tf.profiler.advise(graph)
    assert sorted(advice.checkers) == ["AcceleratorUtilizationChecker", "ExpensiveOperationChecker", "OperationChecker"]
    assert "\nOperationChecker:\n" in capsys.readouterr().out
