"""The image family, row by row."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import _core

from family import make_tests

# TensorFlow sums a mean in another order, and mixes colors in another one.
LOOSE = {"AdjustContrast": 16, "AdjustSaturation": 16, "ResizeArea": 8, "ResizeBicubic": 8}

test_row = make_tests("image", LOOSE)


def run(op, *inputs, **attributes):
    with tf.Graph().as_default(), tf.Session() as s:
        return s.run(_core.raw_op(op)(*inputs, **attributes))


def test_images_without_pixels():
    with pytest.raises(tf.errors.InternalError, match="PNG encoding failed"):
        run("EncodePng", np.zeros((0, 2, 3), np.uint8))
    with pytest.raises(tf.errors.InvalidArgumentError, match="original_image must be of non-zero size"):
        run("ResizeBilinearGrad", np.ones((1, 2, 2, 1), np.float32), np.ones((1, 0, 2, 1), np.float32))


def test_suppression_of_less_than_nothing():
    with pytest.raises(tf.errors.InvalidArgumentError, match="max_output_size must be non-negative"):
        run("NonMaxSuppression", np.array([[0, 0, 1, 1]], np.float32), np.array([1], np.float32), -1)


def test_suppression_by_overlaps():
    with tf.Graph().as_default(), tf.Session() as s:
        overlaps = [[1.0, 0.8, 0.1], [0.8, 1.0, 0.2], [0.1, 0.2, 1.0]]
        assert s.run(tf.image.non_max_suppression_overlaps(overlaps, [0.5, 0.9, 0.1], 3)).tolist() == [1, 2]


def test_windows_of_jpeg_without_fancy_upscaling():
    x = np.random.RandomState(3).randint(0, 255, (32, 48, 3)).astype(np.uint8)
    with tf.Graph().as_default(), tf.Session() as s:
        file = tf.image.encode_jpeg(x)
        whole = tf.image.decode_jpeg(file, fancy_upscaling=False)
        part = tf.image.decode_and_crop_jpeg(file, [3, 4, 5, 6], fancy_upscaling=False)
        whole, part = s.run([whole, part])
    np.testing.assert_array_equal(whole[3:8, 4:10], part)


def test_old_operations():
    """What only graphs of the first versions may hold."""
    with tf.Graph().as_default():
        with pytest.raises(Exception, match="It has been removed in version 8"):
            _core.raw_op("RandomCrop")(np.zeros((3, 3, 1), np.float32), [2, 2])
