"""Where docs/differences.md says that this is not as 1.12.3: each row that belongs to the API."""
import numpy as np
import pytest

import pytfgraph as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_as_graph_def_from_version(graph):
    a = tf.constant(1.0, name="a")
    version = graph.version
    tf.add(a, 2.0, name="b")
    assert [n.name for n in graph.as_graph_def(from_version=version).node] == ["b/y", "b"]
    assert [n.name for n in graph.as_graph_def(from_version=graph.version).node] == []
    assert len(graph.as_graph_def().node) == 3


def test_unconnected_gradients(graph):
    x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
    assert tf.gradients(y * 2.0, [x]) == [None]
    zero, two = tf.gradients(y * 2.0, [x, y], unconnected_gradients="zero")
    with tf.Session() as s:
        np.testing.assert_array_equal(s.run(zero), [0.0, 0.0])
        assert s.run(two) == 2.0
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'some'"):
        tf.gradients(y, x, unconnected_gradients="some")


def test_signal():
    from pytfgraph import compat_modules
    moved = compat_modules._implementation("tensorflow.python.ops.signal.shape_ops", "ops.signal.shape_ops")
    assert tf.signal.frame is tf.contrib.signal.frame is moved.frame
    assert tf.signal.rfft is tf.spectral.rfft and tf.signal.fft2d is tf.fft2d
    x = np.random.RandomState(1).uniform(-1, 1, (3, 7)).astype(np.float32)
    unknown = tf.placeholder(tf.float32)
    with tf.Session() as s:
        for n in (None, 5, 7, 10):
            full = np.zeros((3, n or 7), np.float32)
            full[:, :min(n or 7, 7)] = x[:, :n or 7]
            k, m = np.arange(full.shape[1])[:, None], np.arange(full.shape[1])[None]
            size = full.shape[1]
            edge = np.where((m == 0) | (m == size - 1), .5, 1)
            exact = {1: full @ (2 * edge * np.cos(np.pi * k * m / (size - 1))).T, 2: full @ (2 * np.cos(np.pi * k * (2 * m + 1) / (2 * size))).T,
                     3: full @ (np.where(m == 0, 1, 2) * np.cos(np.pi * m * (2 * k + 1) / (2 * size))).T,
                     4: full @ (2 * np.cos(np.pi * (2 * k + 1) * (2 * m + 1) / (4 * size))).T}
            for kind, want in exact.items():
                y = tf.signal.dct(x, kind, n)
                assert y.shape == (3, size)
                np.testing.assert_allclose(s.run(y), want, atol=1e-5)
                np.testing.assert_allclose(s.run(tf.signal.dct(unknown, kind, n), {unknown: x}), want, atol=1e-5)
                factor = 2 * (size - 1 if kind == 1 else size)
                np.testing.assert_allclose(s.run(tf.signal.idct(tf.to_float(want), kind)) / factor, full, atol=1e-5)
                if kind != 1:
                    np.testing.assert_allclose(s.run(tf.signal.idct(tf.signal.dct(x, kind, n, norm="ortho"), kind, norm="ortho")), full, atol=1e-5)
        for axes in (None, 0, -1, [0, 1], [-1], (1,)):
            np.testing.assert_array_equal(s.run(tf.signal.fftshift(x, axes)), np.fft.fftshift(x, axes))
            np.testing.assert_array_equal(s.run(tf.signal.ifftshift(x, axes)), np.fft.ifftshift(x, axes))
    with pytest.raises(ValueError, match="needs axes"):
        tf.signal.fftshift(unknown)
    for message, arguments in (("n should be a positive", (2, 0)), ("Types I, II, III and IV", (5,)), ("Unknown normalization", (2, None, -1, "a")),
                               ("not supported for the Type-I", (1, None, -1, "ortho"))):
        with pytest.raises(ValueError, match=message):
            tf.signal.dct(x, *arguments)
    with pytest.raises(ValueError, match="greater than one"):
        tf.signal.dct([[1.0]], 1)
    with pytest.raises(NotImplementedError, match="axis must be -1"):
        tf.signal.dct(x, axis=0)


def test_at_most_64_dimensions():
    assert tf.placeholder(tf.float32, [1] * 64).shape.ndims == 64
    with pytest.raises(ValueError, match="at most 64"):
        tf.placeholder(tf.float32, [1] * 65)
    assert tf.zeros([1] * 65).shape.ndims is None


def test_names_do_not_end_in_a_newline():
    with pytest.raises(ValueError, match="is not a valid node name"):
        tf.constant(1, name="a\n")
    with pytest.raises(ValueError, match="is not a valid scope name"):
        tf.no_op(name="a\n")


def test_warning_of_a_colocated_op_with_another_device(graph, monkeypatch):
    said = []
    monkeypatch.setattr("pytfgraph.platform.tf_logging.warning", lambda msg, *args: said.append(msg % args))
    with tf.device("/gpu:0"):
        a = tf.constant(1.0, name="a")
    with graph.colocate_with(a), tf.device("/cpu:0"):
        b = tf.constant(1.0, name="b")
    assert b.device == "/device:CPU:0" and b.op.get_attr("_class") == [b"loc:@a"]
    assert len(said) == 1
    assert said[0].startswith("Tried to colocate op 'b' (defined at %s:" % __file__)
    assert said[0].endswith(" which had an incompatible device '/device:GPU:0'.")


def test_arguments_that_an_arg_scope_can_set():
    names = tf.contrib.framework.arg_scoped_arguments(tf.contrib.framework.variable)
    assert names[:2] == ("shape", "dtype") and names[-1] == "aggregation"


def test_there_are_no_servers():
    with pytest.raises(tf.errors.UnimplementedError, match="pytfgraph has no servers: job 'a', task 0 cannot be started"):
        tf.train.Server({"a": ["x:1"]})
    with pytest.raises(tf.errors.UnimplementedError, match="pytfgraph has no servers"):
        tf.train.Server.create_local_server()


def test_data_sets_by_name():
    for name in ("iris", "boston", "dbpedia"):
        with pytest.raises(ValueError, match="Name of dataset is not found: %s" % name):
            tf.contrib.learn.datasets.load_dataset(name)


def test_errors_of_the_graph_editor():
    editor = tf.contrib.graph_editor
    a = tf.constant(1.0, name="scope/a")
    b = tf.negative(a, name="scope/b")
    view = editor.sgv(b.op)
    with pytest.raises(ValueError, match="Can't find scope/b:0 in inputs of subgraph"):
        view.input_index(b)
    with pytest.raises(ValueError, match="Can't find scope/a:0 in outputs of subgraph"):
        view.output_index(a)
    with pytest.raises(TypeError, match="Expected a util.ControlOutputs, got: <class 'int'>"):
        editor.detach_control_outputs(view, 3)
    with pytest.raises(TypeError, match="Expected a tf.Operation, got: <class 'int'>"):
        editor.add_control_inputs(3, [])
    with pytest.raises(TypeError, match="Expected a tf.Operation, got: <class 'int'>"):
        editor.remove_control_inputs(3, [])
    assert editor.util.find_corresponding([b], b.graph, src_scope="scope", dst_scope="scope") == [b]
    with pytest.raises(ValueError, match="scope/b:0 does not start with other/"):
        editor.util.find_corresponding_elem(b, b.graph, src_scope="other")


def test_order_of_the_graph_editor_walks():
    a = tf.constant(1.0, name="a")
    b = tf.negative(a, name="b")
    tf.square(b, name="c")
    tf.exp(a, name="d")
    assert [op.name for op in tf.contrib.graph_editor.get_forward_walk_ops(a.op)] == ["a", "b", "d", "c"]


def test_paths_of_checkpoints_stay_the_callers(tmp_path):
    paths = ["model-2"]
    tf.train.update_checkpoint_state(str(tmp_path), "model-0", all_model_checkpoint_paths=paths)
    assert paths == ["model-2"]
    assert list(tf.train.get_checkpoint_state(str(tmp_path)).all_model_checkpoint_paths) == [
        str(tmp_path / "model-2"), str(tmp_path / "model-0")]


def test_stateless_py_func_of_constants_runs_each_time():
    with tf.Graph().as_default(), tf.Session() as session:
        numbers = iter(range(3))
        x = tf.py_func(lambda: next(numbers), [], tf.int64, stateful=False)
        assert [session.run(x), session.run(x)] == [0, 1]


def test_temporary_variables_of_one_name():
    from pytfgraph.ops import raw
    gen = raw.module("gen_state_ops")
    with tf.Graph().as_default(), tf.Session() as session:
        a, b = [tf.assign(gen.temporary_variable([], tf.float32, var_name="t"), v) for v in (1., 2.)]
        assert session.run(a + b) == 3
