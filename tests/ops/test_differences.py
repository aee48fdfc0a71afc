"""Where ops answer otherwise than 1.12.3 did, on purpose: docs/differences.md."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core


def run(op, *inputs, **attributes):
    with tf.Graph().as_default(), tf.Session() as s:
        feeds = {}
        for x in inputs:
            feeds[tf.placeholder(np.asarray(x).dtype)] = x
        return s.run(_core.raw_op(op)(*feeds, **attributes), feeds)


def test_smallest_integer_over_minus_one_wraps():
    low = np.array([-2 ** 31], np.int32)
    for op in ["Div", "FloorDiv", "TruncateDiv"]:
        assert run(op, low, np.array([-1], np.int32)).tolist() == [-2 ** 31]
    for op in ["Mod", "FloorMod", "TruncateMod"]:
        assert run(op, low, np.array([-1], np.int32)).tolist() == [0]
    assert run("FloorDiv", np.array([-2 ** 63]), np.array([-1])).tolist() == [-2 ** 63]


def test_where_of_a_scalar_and_of_halves():
    assert run("Where", np.array(True)).shape == (1, 0)
    assert run("Where", np.array(False)).shape == (0, 0)
    assert run("Where", np.array([0, 2, 0, -1], np.float16)).tolist() == [[1], [3]]


def test_bounds_want_matrices():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Leading dim_size"):
        run("UpperBound", np.array([1., 2.]), np.array([[2.]]))


def test_tile_of_every_type():
    for dtype in [np.int8, np.uint16]:
        assert run("Tile", np.array([1, 2], dtype), np.array([2], np.int32)).tolist() == [1, 2, 1, 2]


def test_rows_that_no_index_names_are_zero():
    with tf.Graph().as_default(), tf.Session() as s:
        assert s.run(tf.dynamic_stitch([[2, 0]], [[[1., 2.], [3., 4.]]])).tolist() == [[3, 4], [0, 0], [1, 2]]


def test_sizes_that_killed_the_process():
    with pytest.raises(tf.errors.InvalidArgumentError):
        run("Reshape", np.zeros(1, np.float32), np.array([2 ** 40, 2 ** 40]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Split size at index 0"):
        run("SplitV", np.zeros((3, 2), np.float32), np.array([-2, 5]), np.array(0, np.int32), num_split=2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be positive"):
        run("UnravelIndex", np.array([5], np.int32), np.array([0, 6], np.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="weights must have the shape"):
        run("Bincount", np.array([1, 1, 2], np.int32), np.array(3, np.int32), np.array([2.], np.float32))


def test_operations_in_place_make_new_tensors():
    with tf.Graph().as_default(), tf.Session() as s:
        v = tf.get_variable("v", initializer=[[1., 2.], [3., 4.]])
        s.run(v.initializer)
        changed = s.run(_core.raw_op("InplaceAdd")(v, [0], [[10., 10.]]))
        assert changed.tolist() == [[11., 12.], [3., 4.]] and s.run(v).tolist() == [[1., 2.], [3., 4.]]


def test_a_coordinator_told_of_an_exception_that_is_over():
    coordinator = tf.train.Coordinator()
    coordinator.request_stop(KeyError("k"))
    with pytest.raises(ValueError, match="ex must be a tuple or sys.exc_info must return the current exception"):
        coordinator.join([])
