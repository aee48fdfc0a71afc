"""Pooling with sizes as inputs, and with fractional sizes."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("nn_pool_sized", {"FractionalAvgPool": 8})

X = np.random.RandomState(1).permutation(96).reshape(2, 4, 4, 3) / 8.
SIZES = np.array([1, 2, 3, 1], np.int32), np.array([1, 2, 1, 1], np.int32)


def second(fn):
    return lambda x: tf.gradients(tf.reduce_sum(tf.square(fn(x))), x)[0]


def sized(x):
    return raw("MaxPoolV2", x, *SIZES, padding="SAME")


def fractional(op):
    return lambda x: raw(op, x, pooling_ratio=[1., 1.5, 1.3, 1.], overlapping=True, deterministic=True, seed=3, seed2=5)[0]


ROWS = [
    Row("max_pool_v2", sized, X, levels=("known", "partial")), Row("max_pool_v2-second", second(sized), X, levels=("known", "partial")),
    Row("max_pool_v2-third", second(second(lambda x: sized(x) * sized(x))), X[:1, :2, :2], levels=("known",), h=1e-3, tolerance=1e-2),
    Row("fractional_max_pool", fractional("FractionalMaxPool"), X, levels=("known", "partial")),
    Row("fractional_avg_pool", fractional("FractionalAvgPool"), X, levels=("known",)),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_borders_are_drawn_anew_unless_they_are_to_stay():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.zeros([1, 100, 100, 1])
        free = raw("FractionalMaxPool", x, pooling_ratio=[1., 1.4, 1.4, 1.])[1]
        assert len({tuple(s.run(free)) for _ in range(5)}) > 1
        fixed = raw("FractionalMaxPool", x, pooling_ratio=[1., 1.4, 1.4, 1.], deterministic=True)[1]
        assert len({tuple(s.run(fixed)) for _ in range(5)}) == 1


@pytest.mark.parametrize("rows", [[0, 3, 5, 11], [-1, 3, 5, 10], [0, 6, 5, 10], [0, 3, 5]])
def test_borders_outside(rows):
    dy = np.ones((2, 3, 4, 2), np.float32)
    with tf.Graph().as_default(), tf.Session() as s:
        rows, columns = np.array(rows, np.int64), np.array([0, 4, 8, 11, 13], np.int64)
        for dx in (raw("FractionalAvgPoolGrad", np.array([2, 10, 13, 2], np.int64), dy, rows, columns),
                   raw("FractionalMaxPoolGrad", np.ones((2, 10, 13, 2), np.float32), dy, dy, rows, columns)):
            with pytest.raises(tf.errors.InvalidArgumentError, match="row_pooling_sequence"):
                s.run(dx)


def test_borders_are_one_more_than_windows():
    with tf.Graph().as_default():
        y, rows, columns = raw("FractionalAvgPool", tf.placeholder(tf.float32, [2, None, 13, 2]), pooling_ratio=[1., 1.5, 1.73, 1.])
        assert [t.shape.as_list() for t in (y, rows, columns)] == [[2, None, 7, 2], [None], [8]]
