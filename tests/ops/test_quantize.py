"""The quantize family, row by row, and gradients through simulated quantisation."""
import numpy as np

import pytfgraph as tf

from family import make_tests, raw

test_row = make_tests("quantize")

X = [[-7., -3., 0.2], [1., 5., 8.]]


def gradients(f, *others):
    with tf.Graph().as_default(), tf.Session() as session:
        x, others = tf.constant(X), [tf.constant(o) for o in others]
        return session.run(tf.gradients(f(x, *others), [x] + others))


def test_what_is_inside_the_range_passes():
    inside = [[0, 1, 1], [1, 1, 0]]
    np.testing.assert_array_equal(gradients(tf.fake_quant_with_min_max_args)[0], inside)
    dx, low, high = gradients(tf.fake_quant_with_min_max_vars, -6., 6.)
    np.testing.assert_array_equal(dx, inside)
    assert (low, high) == (1, 1)
    dx, low, high = gradients(tf.fake_quant_with_min_max_vars_per_channel, [-6.] * 3, [6.] * 3)
    np.testing.assert_array_equal(dx, inside)
    assert low.tolist() == [1, 0, 0] and high.tolist() == [0, 0, 1]


def test_gradients_go_straight_through():
    for op, others in [("QuantizeAndDequantizeV2", [0., 0.]), ("QuantizeAndDequantizeV3", [-1., 1., 8])]:
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.constant(X)
            np.testing.assert_array_equal(session.run(tf.gradients(raw(op, x, *others), x)[0]), np.ones([2, 3]))


def test_there_and_back():
    with tf.Graph().as_default(), tf.Session() as session:
        for mode in ("MIN_COMBINED", "MIN_FIRST", "SCALED"):
            q, low, high = tf.quantize(X, -8., 8., tf.qint8, mode=mode)
            np.testing.assert_allclose(session.run(tf.dequantize(q, low, high, mode=mode)), X, atol=0.1)
