"""tf.train.Checkpoint, also with what TensorFlow 1.12.3 wrote."""
import pathlib

import numpy as np
import pytest

import object_program
import pytfgraph as tf

GOLDEN = str(pathlib.Path(__file__).parent.parent / "golden/io/objects/ck-1")
TRAINED = [[0.9, 1.9], [2.9, 3.9]]


@pytest.fixture(params=["tensorflow", "ours"])
def path(request, tmp_path):
    if request.param == "tensorflow":
        return GOLDEN
    path, values = object_program.save(tf, str(tmp_path))
    np.testing.assert_allclose(values, TRAINED, rtol=1e-6)
    assert tf.train.latest_checkpoint(str(tmp_path)) == path == str(tmp_path / "ck-1")
    ours, theirs = tf.train.NewCheckpointReader(path), tf.train.NewCheckpointReader(GOLDEN)
    assert ours.get_variable_to_shape_map() == theirs.get_variable_to_shape_map()
    return path


def test_restore(path):
    with tf.Graph().as_default(), tf.Session() as sess:
        v, w, opt, _, checkpoint = object_program.build(tf, 5.)
        status = checkpoint.restore(path)
        status.assert_consumed()
        status.initialize_or_restore(sess)
        np.testing.assert_allclose(sess.run([v, w]), TRAINED, rtol=1e-6)
        assert sess.run(checkpoint.save_counter) == 1
        np.testing.assert_allclose(sess.run(opt.get_slot(v, "m")), [0.3, 0.4], rtol=1e-6)


def test_restore_by_name(path):
    with tf.Graph().as_default(), tf.Session() as sess:
        v, w, _, _, _ = object_program.build(tf, 5.)
        tf.train.Saver([v, w]).restore(sess, path)
        np.testing.assert_allclose(sess.run([v, w]), TRAINED, rtol=1e-6)


def test_objects_made_later(path):
    with tf.Graph().as_default(), tf.Session() as sess:
        checkpoint = tf.train.Checkpoint()
        status = checkpoint.restore(path)
        with pytest.raises(AssertionError, match="Unresolved object in checkpoint"):
            status.assert_consumed()
        checkpoint.v = tf.get_variable("other", [2], use_resource=True)
        checkpoint.more = tf.get_variable("more", [2], initializer=tf.ones_initializer())
        with pytest.raises(AssertionError, match="Object not assigned a value from checkpoint"):
            status.assert_existing_objects_matched()
        status.initialize_or_restore(sess)
        np.testing.assert_allclose(sess.run(checkpoint.v), TRAINED[0], rtol=1e-6)
        np.testing.assert_array_equal(sess.run(checkpoint.more), [1, 1])


def test_names(tmp_path):
    """From a checkpoint of tf.train.Saver, and from none."""
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
        sess.run(v.initializer)
        path = tf.train.Saver().save(sess, str(tmp_path / "m"))
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.get_variable("v", [2])
        checkpoint = tf.train.Checkpoint(x=v)
        status = tf.train.Checkpoint(x=v).restore(None)
        status.initialize_or_restore(sess)
        checkpoint._saver.restore(path).run_restore_ops(sess)
        np.testing.assert_array_equal(sess.run(v), [1, 1])


def test_what_has_no_state():
    with pytest.raises(ValueError, match="was expecting a checkpointable object"):
        tf.train.Checkpoint(x=3)


def test_manager(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=True)
        sess.run(v.initializer)
        checkpoint = tf.train.Checkpoint(v=v)
        manager = tf.contrib.checkpoint.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=2)
        assert manager.latest_checkpoint is None
        paths = [manager.save(session=sess) for _ in range(3)]
        assert [p[-6:] for p in paths] == ["ckpt-1", "ckpt-2", "ckpt-3"]
        assert manager.checkpoints == paths[1:] and manager.latest_checkpoint == tf.train.latest_checkpoint(str(tmp_path)) == paths[2]
        assert not tf.train.checkpoint_exists(paths[0])
        again = tf.contrib.checkpoint.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=1)
        assert again.checkpoints == paths[1:]
        assert len(tf.contrib.checkpoint.object_metadata(paths[2]).nodes) == 3
        with pytest.raises(ValueError, match="positive integer"):
            tf.contrib.checkpoint.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=0)
