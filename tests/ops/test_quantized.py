"""Arithmetic and networks of quantised integers, row by row; a small network against its floats."""
import numpy as np

import pytfgraph as tf

from family import make_tests, raw

test_row = make_tests("quantized", loose={"QuantizedInstanceNorm": 8})


def test_a_column_beside_a_matrix():
    """Differs from 1.12.3, which takes the column's elements in turn."""
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = (tf.bitcast(tf.constant(v, tf.uint8), tf.quint8) for v in ([[1, 2, 3], [4, 5, 6]], [[10], [100]]))
        z = session.run(tf.bitcast(raw("QuantizedMul", x, y, 0., 255., 0., 255.)[0], tf.int32))
    assert z.tolist() == [[10, 20, 30], [400, 500, 600]]


def test_wide_integers_are_resized_exactly():
    """Differs from 1.12.3, which does so in fixed point."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.bitcast(tf.constant([[[[-2 ** 30], [2 ** 30 + 2]]]], tf.int32), tf.qint32)
        y = session.run(tf.bitcast(raw("QuantizedResizeBilinear", x, [1, 4], -1., 1.)[0], tf.int32))
    assert y.ravel().tolist() == [-2 ** 30, 1, 2 ** 30 + 2, 2 ** 30 + 2]


def test_a_network_of_quantised_integers():
    """As published graphs have it: quantised, convolved, biased in floats, cut to 8 bits, activated, pooled, multiplied."""
    rng = np.random.RandomState(5)
    x, w, m = rng.uniform(-1, 1, (1, 8, 8, 3)), rng.uniform(-1, 1, (3, 3, 3, 4)), rng.uniform(-1, 1, (64, 5))
    with tf.Graph().as_default(), tf.Session() as session:
        def narrow(wide):
            low, high = raw("RequantizationRange", *wide)
            return raw("Requantize", *wide, low, high, out_type=tf.quint8)

        def quantised(value):
            return tf.quantize(tf.constant(value, tf.float32), -1., 1., tf.quint8)

        (qx, x0, x1), (qw, w0, w1), (qm, m0, m1) = quantised(x), quantised(w), quantised(m)
        y = narrow(tf.nn.quantized_conv2d(qx, qw, x0, x1, w0, w1, [1, 1, 1, 1], "SAME"))
        y = raw("QuantizedRelu", *y, out_type=tf.quint8)
        y = tf.nn.quantized_max_pool(*y, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        q, low, high = raw("QuantizedReshape", y[0], [1, 64], y[1], y[2])
        z = narrow(raw("QuantizedMatMul", q, qm, low, high, m0, m1))
        got = session.run(tf.dequantize(*z))
        plain = tf.nn.relu(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"))
        want = session.run(tf.matmul(tf.reshape(tf.nn.max_pool(plain, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), [1, 64]), m))
    np.testing.assert_allclose(got, want, atol=0.05 * np.abs(want).max())
