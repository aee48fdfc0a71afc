"""What 1.14 to 2.x added to operations on images, row by row, and gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import imported, make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_image", loose={"Conv2D": 64, "Depthwise": 64, "ResizeBi": 64})
X = np.linspace(-1, 1, 2 * 4 * 5 * 2).reshape(2, 4, 5, 2)
W = np.cos(np.arange(3 * 2 * 2 * 3)).reshape(3, 2, 2, 3)
EXPLICIT = dict(strides=[1, 2, 1, 1], padding="EXPLICIT", explicit_paddings=[0, 0, 2, 1, 0, 3, 0, 0])


def resized(op):
    return lambda x: raw(op, x, [7, 3], half_pixel_centers=True)


@parametrize([Row("half-bilinear", resized("ResizeBilinear"), X, h=1e-2, tolerance=2e-3), Row("half-bicubic", resized("ResizeBicubic"), X, h=1e-2, tolerance=2e-3),
              Row("half-nearest", resized("ResizeNearestNeighbor"), X), Row("explicit-conv", lambda x, w: raw("Conv2D", x, w, **EXPLICIT), X, W),
              Row("explicit-depthwise", lambda x, w: raw("DepthwiseConv2dNative", x, w, **dict(EXPLICIT, strides=[1, 2, 2, 1])), X, W),
              Row("explicit-pool", lambda x: raw("MaxPool", x, ksize=[1, 3, 2, 1], **dict(EXPLICIT, explicit_paddings=[0, 0, 2, 1, 0, 1, 0, 0])), X)])
def test_gradient(row):
    check_row(row)


def test_graphs_keep_what_they_say():
    """Written as it was read; Python's own signatures are 1.12's."""
    with tf.Graph().as_default() as graph:
        y = raw("Conv2D", tf.constant(X, tf.float32), tf.constant(W, tf.float32), **EXPLICIT)
        assert y.shape.as_list() == [2, 3, 7, 3] and y.op.get_attr("explicit_paddings") == EXPLICIT["explicit_paddings"]
        node = [n for n in graph.as_graph_def().node if n.op == "Conv2D"][0]
        assert list(node.attr["explicit_paddings"].list.i) == EXPLICIT["explicit_paddings"] and node.attr["padding"].s == b"EXPLICIT"
        with pytest.raises(ValueError, match="not in: \"SAME\", \"VALID\""):
            tf.nn.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), [1, 1, 1, 1], "EXPLICIT")
        z = imported("ResizeBilinear", [tf.ones([1, 2, 2, 1]), [3, 3]], {"half_pixel_centers": False})
        assert "half_pixel_centers" not in z.op.node_def.attr


def test_windows_inside_the_padding():
    """Differs from later versions, which give the least number there is."""
    with tf.Graph().as_default(), tf.Session() as session:
        y = raw("MaxPool", tf.ones([1, 4, 4, 1]), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="EXPLICIT", explicit_paddings=[0, 0, 2, 0, 0, 0, 0, 0])
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be smaller than the window"):
            session.run(y)
