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
        for op in ("resize_bilinear", "resize_nearest_neighbor") for size in ([5, 7], [2, 2], [3, 4]) for corners in (False, True)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
