"""Projective maps and resizing by kernels, row by row, and gradients."""
import numpy as np

import pytest

import pytfgraph as tf

from family import imported, make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_warp", loose={"ScaleAndTranslate": 64, "ImageProjective": 64})
X = np.linspace(-1, 1, 2 * 4 * 5 * 2).reshape(2, 4, 5, 2)


def scaled(**attributes):
    """It is float32 alone; and linear, so that steps may be large."""
    return lambda x: tf.cast(raw("ScaleAndTranslate", tf.to_float(x), [6, 3], [1.5, .6], [.25, -.5], **attributes), tf.float64)


def moved(op, *more):
    """By whole pixels, for which the inverse map gives back exactly what came."""
    return lambda x: raw(op, x, [[1., 0, 2, 0, 1, -1, 0, 0]], [4, 5], *more, interpolation="NEAREST")


@parametrize([Row("scale", scaled(), X, h=.5, tolerance=1e-5), Row("scale-box", scaled(kernel_type="box", antialias=False), X, h=.5, tolerance=1e-5),
              Row("warp-2", moved("ImageProjectiveTransformV2"), X), Row("warp-3", moved("ImageProjectiveTransformV3", 3.), X)])
def test_gradient(row):
    check_row(row)


def test_unknown_modes():
    """Differs from 1.12, whose process ends, and from later versions, which take another mode."""
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid interpolation CUBIC. Supported types: NEAREST, BILINEAR"):
            session.run(raw("ImageProjectiveTransformV2", X, np.ones([1, 8], np.float32), [3, 3], interpolation="CUBIC"))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid mode MIRROR. Supported types: REFLECT, WRAP, CONSTANT, NEAREST"):
            session.run(raw("ImageProjectiveTransformV2", X, np.ones([1, 8], np.float32), [3, 3], interpolation="NEAREST", fill_mode="MIRROR"))


def test_graphs_of_later_versions():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(X, tf.float32)
        y = imported("ImageProjectiveTransformV2", [x, tf.constant([[1., 0, 2, 0, 1, 0, 0, 0]]), [4, 5]],
                     {"interpolation": "NEAREST", "fill_mode": "NEAREST"})
        x, y = session.run([x, y])
        np.testing.assert_array_equal(y, x[:, :, [2, 3, 4, 4, 4]])
