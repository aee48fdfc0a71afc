"""Gradients of resizing and cropping."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

IMAGE = np.random.RandomState(7).uniform(-1, 1, (2, 3, 4, 2))


def resized(op, size, corners=False):
    """As float64: what comes out of a resizing is float32."""
    return lambda x: tf.to_double(raw.function(op)(x, size, align_corners=corners))


ROWS = [Row("%s-%s-%s" % (op, size, corners), resized(op, size, corners), IMAGE, levels=("known", "partial"), h=1e-2, tolerance=1e-4)
        for op in ("resize_bilinear", "resize_nearest_neighbor", "resize_bicubic") for size in ([5, 7], [2, 2], [3, 4]) for corners in (False, True)]
BOXES = np.array([[0.1, 0.2, 0.8, 0.7], [0.9, 0.85, 0.13, 0.21], [-0.2, 0.3, 1.1, 0.6]])


def cropped(image, boxes, size=(4, 5)):
    return tf.to_double(tf.image.crop_and_resize(image, tf.to_float(boxes), [0, 1, 1], size))


ROWS += [Row("crop_and_resize-image", lambda x: cropped(x, BOXES), IMAGE, h=1e-2, tolerance=1e-3), Row("crop_and_resize-one", lambda x: cropped(x, BOXES, (1, 1)), IMAGE, h=1e-2,
                                                                                                        tolerance=1e-3),
         Row("crop_and_resize-nearest", lambda x: tf.to_double(tf.image.crop_and_resize(x, tf.constant(BOXES, tf.float32), [0, 1, 1], [3, 3], method="nearest")), IMAGE, h=1e-2,
             tolerance=1e-3),
         Row("crop_and_resize-boxes", lambda b: cropped(tf.constant(IMAGE), b), BOXES, h=1e-3, tolerance=2e-2)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
