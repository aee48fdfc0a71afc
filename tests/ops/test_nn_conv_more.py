"""The rows of nn_conv_more."""
import numpy as np

import pytfgraph as tf
from family import make_tests, raw

# TensorFlow adds halves in half.
LOOSE = {"Conv3DBackprop": 64, "Conv3D": 64, "DepthwiseConv2dNative": 64}

test_row = make_tests("nn_conv_more", LOOSE)


def test_dilated_depthwise():
    rng = np.random.RandomState(0)
    x, w = rng.rand(2, 7, 6, 3), rng.rand(3, 2, 3, 2)
    with tf.Graph().as_default(), tf.Session() as s:
        dilated = raw("DepthwiseConv2dNative", tf.constant(x), tf.constant(w), strides=[1, 1, 1, 1], padding="VALID", dilations=[1, 2, 3, 1])
        holes = np.zeros((5, 4, 3, 2))
        holes[::2, ::3] = w
        got, want = s.run([dilated, tf.nn.depthwise_conv2d(tf.constant(x), holes, [1, 1, 1, 1], "VALID")])
        assert dilated.shape.as_list() == list(got.shape)
        np.testing.assert_allclose(got, want)
