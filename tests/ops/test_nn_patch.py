"""Patches, morphological dilation, data formats, and convolutions that pad first."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

# TensorFlow adds halves in half.
test_row = make_tests("nn_patch", {"FusedPadConv2D": 64, "FusedResizeAndPadConv2D": 64})

X = np.random.RandomState(1).permutation(96).reshape(2, 4, 4, 3) / 8.
W = np.random.RandomState(2).permutation(18).reshape(3, 2, 3) / 4.

ROWS = [
    Row("extract_image_patches", lambda x: tf.extract_image_patches(x, [1, 3, 2, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME"), X, levels=("known",)),
    Row("dilation2d", lambda x, w: tf.nn.dilation2d(x, w, [1, 1, 2, 1], [1, 1, 1, 1], "SAME"), X, W, levels=("known", "partial")),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_patches_of_an_unknown_size_have_no_gradient():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, None, 4, 1])
        y = tf.extract_image_patches(x, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
        with pytest.raises(Exception, match="height and width"):
            tf.gradients(y, x)


def test_rates_below_zero_are_refused():
    with tf.Graph().as_default(), tf.Session() as s:
        y = raw("Dilation2D", np.ones((1, 3, 3, 1), np.float32), np.ones((2, 2, 1), np.float32), strides=[1, 1, 1, 1], rates=[1, -1, 1, 1], padding="SAME")
        with pytest.raises(tf.errors.InvalidArgumentError, match="larger than 0"):
            s.run(y)


@pytest.mark.parametrize("dtype, tolerance", [("float16", 0.2), ("float32", 1e-4), ("float64", 1e-4)])
def test_every_image_is_padded_on_its_own(dtype, tolerance):
    x, w = (np.arange(120.) * 5 % 13 - 6).reshape(2, 4, 5, 3), (np.arange(72.) * 5 % 13 - 6).reshape(3, 2, 3, 4)
    x, w, paddings = x.astype(dtype), w.astype(dtype), [[0, 0], [2, 1], [1, 3], [0, 0]]
    with tf.Graph().as_default(), tf.Session() as s:
        fused = raw("FusedPadConv2D", x, tf.constant(paddings), w, mode="REFLECT", strides=[1, 1, 1, 1], padding="VALID")
        apart = tf.nn.conv2d(tf.pad(x, paddings, "REFLECT"), w, [1, 1, 1, 1], "VALID")
        np.testing.assert_allclose(*s.run([fused, apart]), atol=tolerance)
        for align in False, True:
            fused = raw("FusedResizeAndPadConv2D", x, tf.constant([7, 8]), tf.constant(paddings), w, mode="SYMMETRIC", strides=[1, 1, 1, 1], padding="VALID",
                        resize_align_corners=align)
            apart = tf.nn.conv2d(tf.pad(tf.image.resize_bilinear(x, [7, 8], align), paddings, "SYMMETRIC"), tf.cast(w, tf.float32), [1, 1, 1, 1], "VALID")
            np.testing.assert_allclose(*s.run([tf.cast(fused, tf.float32), apart]), atol=max(tolerance, 1e-4))


def test_patches_of_a_volume_have_five_dims():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, None, 4, 3, 2])
        assert tf.extract_volume_patches(x, [1, 2, 3, 2, 1], [1, 1, 2, 1, 1], "SAME").shape.as_list() == [None, None, None, None, 24]
