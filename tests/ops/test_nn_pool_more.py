"""Pooling in three dimensions and with indices."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

# Averages are sums of other orders.
test_row = make_tests("nn_pool_more", {"AvgPool3D": 8, "AvgPool3DGrad": 8})

X = np.random.RandomState(1).permutation(96).reshape(2, 3, 4, 4) / 8.
COARSE = dict(levels=("known", "partial"), h=1e-2, tolerance=1e-2)


def narrow(fn):
    """A function of float32 tensors, tried in float64."""
    return lambda x: tf.cast(fn(tf.cast(x, tf.float32)), tf.float64)


def second(fn):
    return lambda x: tf.gradients(tf.reduce_sum(tf.square(fn(x))), x)[0]


def max3d(x):
    return tf.nn.max_pool3d(tf.expand_dims(x, 4), [1, 2, 2, 3, 1], [1, 1, 2, 2, 1], "SAME")


def avg3d(x):
    return tf.nn.avg_pool3d(tf.expand_dims(x, 1), [1, 1, 2, 2, 3], [1, 1, 1, 2, 2], "SAME", data_format="NCDHW")


ROWS = [
    Row("max_pool_with_argmax", lambda x: tf.nn.max_pool_with_argmax(x, [1, 2, 3, 1], [1, 1, 2, 1], "SAME")[0], X, levels=("known", "partial")),
    Row("max_pool3d", narrow(max3d), X, **COARSE), Row("max_pool3d-second", narrow(second(max3d)), X, **COARSE), Row("avg_pool3d", narrow(avg3d), X, **COARSE),
    Row("avg_pool3d-second", narrow(second(avg3d)), X, **COARSE), Row("max_pool3d-third", narrow(second(second(lambda x: max3d(x) * max3d(x)))), X[:1, :2, :2, :3], levels=("known",), h=1e-2, tolerance=5e-2),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_an_index_outside():
    with tf.Graph().as_default(), tf.Session() as s:
        for at in (-1, 90):
            dx = raw("MaxPoolGradWithArgmax", np.ones((1, 5, 6, 3), np.float32), np.ones((1, 3, 3, 3), np.float32), np.full((1, 3, 3, 3), at, np.int64),
                     ksize=[1, 2, 3, 1], strides=[1, 2, 2, 1], padding="SAME")
            with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid input backprop index: %d, 90" % at):
                s.run(dx)
