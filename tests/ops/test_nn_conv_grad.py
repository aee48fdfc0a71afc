"""Gradients of convolutions and pooling, and theirs."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

RNG = np.random.RandomState(3)
X, W = RNG.uniform(-1, 1, (2, 4, 5, 2)), RNG.uniform(-1, 1, (3, 2, 2, 3))
KNOWN_RANK = ("known", "partial")


def second(fn):
    """The gradient of a gradient: of each argument of fn."""
    def both(*xs):
        dxs = tf.gradients(tf.reduce_sum(tf.square(fn(*xs))), list(xs))
        return [d for d in dxs if d is not None]
    return both


def conv(strides=(1, 1), padding="SAME", dilations=(1, 1), data_format="NHWC"):
    def spread(pair):
        return [1, 1] + list(pair) if data_format == "NCHW" else [1] + list(pair) + [1]
    return lambda x, w: tf.nn.conv2d(x, w, spread(strides), padding, data_format=data_format, dilations=spread(dilations))


def distinct(*shape):
    """Values far from each other, so that no maximum is near another."""
    n = int(np.prod(shape))
    return np.random.RandomState(1).permutation(n).reshape(shape) / 8.


KSIZE, STRIDES = [1, 2, 3, 1], [1, 2, 2, 1]
max_pool = lambda x: tf.nn.max_pool(x, KSIZE, STRIDES, "SAME")      # noqa: E731
avg_pool = lambda x: tf.nn.avg_pool(x, KSIZE, STRIDES, "SAME")      # noqa: E731
ROWS = [
    Row("conv2d", conv(), X, W), Row("conv2d-valid", conv(padding="VALID"), X, W, levels=KNOWN_RANK), Row("conv2d-strides", conv((2, 3)), X, W, levels=KNOWN_RANK),
    Row("conv2d-dilated", conv(dilations=(2, 2)), X, W, levels=KNOWN_RANK), Row("conv2d-nchw", conv((2, 1), data_format="NCHW"), np.moveaxis(X, 3, 1), W, levels=KNOWN_RANK),
    Row("conv2d-second", second(conv((2, 1))), X, W, levels=KNOWN_RANK, tolerance=2e-4), Row("conv2d-point", conv(padding="VALID"), X, W[:1, :1], levels=KNOWN_RANK),
    Row("max_pool", max_pool, distinct(2, 4, 5, 2)), Row("max_pool-second", second(max_pool), distinct(2, 4, 5, 2), levels=KNOWN_RANK, tolerance=2e-4),
    Row("max_pool-third", second(second(lambda x: max_pool(x) * max_pool(x))), distinct(1, 4, 4, 1), levels=("known",), tolerance=2e-3),
    Row("max_pool-overlap", lambda x: tf.nn.max_pool(x, [1, 3, 3, 1], [1, 1, 1, 1], "VALID"), distinct(2, 5, 5, 2), levels=KNOWN_RANK),
    Row("max_pool-nchw", lambda x: tf.nn.max_pool(x, [1, 1, 2, 3], [1, 1, 2, 2], "SAME", data_format="NCHW"), distinct(2, 2, 4, 5), levels=KNOWN_RANK),
    Row("avg_pool", avg_pool, X), Row("avg_pool-second", second(avg_pool), X, levels=KNOWN_RANK, tolerance=2e-4),
    Row("avg_pool-larger", lambda x: tf.nn.avg_pool(x, [1, 9, 9, 1], [1, 1, 1, 1], "SAME"), X, levels=("known",)),
    Row("avg_pool-nchw", lambda x: tf.nn.avg_pool(x, [1, 1, 2, 3], [1, 1, 2, 2], "VALID", data_format="NCHW"), distinct(2, 2, 4, 5), levels=KNOWN_RANK),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
