"""tf.train.Saver: what is saved comes back."""
import os

import numpy as np
import pytest

import pytfgraph as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("sharded", [False, True])
@pytest.mark.parametrize("version", [1, 2])
def test_round_trip(tmp_path, sharded, version):
    a = tf.Variable([[1., 2.], [3., 4.]], name="a")
    b = tf.Variable([b"x", b"", b"yz"], name="b")
    c = tf.get_variable("c", [6, 2], partitioner=tf.fixed_size_partitioner(3))
    r = tf.get_variable("r", initializer=np.int64(7), use_resource=True)
    saver = tf.train.Saver(sharded=sharded, write_version=version)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before = sess.run([a, b, c.as_tensor(), r])
        path = saver.save(sess, str(tmp_path / "m"), global_step=3)
        assert tf.train.latest_checkpoint(str(tmp_path)) == path
    with tf.Session() as sess:
        saver.restore(sess, path)
        for x, y in zip(before, sess.run([a, b, c.as_tensor(), r])):
            np.testing.assert_array_equal(x, y)


def test_all_dtypes(tmp_path):
    names = "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 complex64 complex128 bool".split()
    variables = {n: tf.Variable(tf.cast([0, 1, 5], getattr(tf, n)), name=n) for n in names}
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before = sess.run(variables)
        path = saver.save(sess, str(tmp_path / "m"))
    with tf.Session() as sess:
        saver.restore(sess, path)
        for n, value in sess.run(variables).items():
            assert value.dtype == before[n].dtype and value.tobytes() == before[n].tobytes()


def test_errors(tmp_path):
    tf.get_variable("w", [2])
    saver = tf.train.Saver()
    with tf.Session() as sess:
        with pytest.raises(ValueError, match="The passed save_path is not a valid checkpoint"):
            saver.restore(sess, str(tmp_path / "none"))
        with pytest.raises(tf.errors.NotFoundError, match="no/where; No such file or directory"):
            saver.restore(sess, str(tmp_path / "no" / "where" / "m"))
        with pytest.raises(ValueError, match="Parent directory of .* doesn't exist, can't save."):
            sess.run(tf.global_variables_initializer())
            saver.save(sess, str(tmp_path / "no" / "where" / "m"))
        path = saver.save(sess, str(tmp_path / "m"))
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable("u", [2])
        with pytest.raises(tf.errors.NotFoundError, match="Key u not found in checkpoint"):
            tf.train.Saver().restore(sess, path)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable("w", [3])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Assign requires shapes of both tensors to match"):
            tf.train.Saver().restore(sess, path)


def test_old_checkpoints_go(tmp_path):
    tf.get_variable("w", [2])
    saver = tf.train.Saver(max_to_keep=2)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(4):
            saver.save(sess, str(tmp_path / "m"), global_step=i)
    assert saver.last_checkpoints == [str(tmp_path / "m-2"), str(tmp_path / "m-3")]
    assert {n.split(".")[0] for n in os.listdir(tmp_path)} == {"checkpoint", "m-2", "m-3"}
    assert list(tf.train.get_checkpoint_state(str(tmp_path)).all_model_checkpoint_paths) == saver.last_checkpoints


def test_path_without_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tf.get_variable("w", [2], initializer=tf.ones_initializer())
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert saver.save(sess, "m") == "m"
        assert tf.train.latest_checkpoint("") == "m" and tf.train.latest_checkpoint(".") == "./m"
        saver.restore(sess, "m")


def test_path_that_looks_like_a_pattern(tmp_path):
    folder = tmp_path / "run[1]*"
    folder.mkdir()
    tf.get_variable("w", [2], initializer=tf.ones_initializer())
    for version in (1, 2):
        saver = tf.train.Saver(write_version=version, max_to_keep=1)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for i in range(3):
                path = saver.save(sess, str(folder / ("m%d" % version)), global_step=i, write_meta_graph=False)
            assert tf.train.latest_checkpoint(str(folder)) == path
            saver.restore(sess, path)
    assert sorted(os.listdir(folder)) == ["checkpoint", "m1-2", "m2-2.data-00000-of-00001", "m2-2.index"]


def test_files_are_read_again(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"one")
    read, found = tf.read_file(str(path)), tf.matching_files(str(tmp_path / "*"))
    with tf.Session() as sess:
        assert sess.run([read, tf.size(found)]) == [b"one", 1]
        path.write_bytes(b"two")
        (tmp_path / "y").write_bytes(b"")
        assert sess.run(read) == b"two" and len(sess.run(found)) == 2


@pytest.mark.parametrize("op, inputs", [
    ("save_v2", ("m", [""], [""], [[1.]])), ("save_v2", (["a", "b"], ["x"], [""], [[1.]])), ("save_v2", ("m", ["x", "x"], ["", ""], [[1.], [2.]])),
    ("save", (["a", "b"], ["x"], [[1.]])), ("save_slices", ("m", ["x"], ["", ""], [[1.]])), ("save_v2", ("m", ["x"], ["3 0,2"], [[1.]])),
    ("save_v2", ("m\0", ["x"], [""], [[1.]])), ("save_v2", ("m", ["x"], ["-3 -"], [[1.]]))])
def test_inputs_that_do_not_fit(tmp_path, monkeypatch, op, inputs):
    from pytfgraph.ops import raw
    monkeypatch.chdir(tmp_path)
    fed = [tf.placeholder(tf.string) for _ in inputs[:-1]]
    save = getattr(raw.module("gen_io_ops"), op)(*fed, inputs[-1])
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError):
        sess.run(save, dict(zip(fed, inputs)))
    assert os.listdir(tmp_path) == []
