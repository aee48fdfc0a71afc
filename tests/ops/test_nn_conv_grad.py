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

# What is of float32 alone: differences are coarse.
COARSE = dict(levels=KNOWN_RANK, h=1e-2, tolerance=5e-3)


def narrow(fn):
    """A function of float32 tensors, tried in float64."""
    def both(*xs):
        return tf.cast(fn(*[tf.cast(x, tf.float32) for x in xs]), tf.float64)
    return both


def fused(version, training=True, data_format="NHWC"):
    def fn(x, scale, offset):
        n = 3
        mean, variance = ([], []) if training else (tf.linspace(0.1, 0.3, n), tf.linspace(0.5, 1.5, n))
        return raw.function("fused_batch_norm" + version)(x, scale, offset, mean, variance, epsilon=0.1, is_training=training, data_format=data_format)[0]
    return fn


def fused_second(version, training=True, data_format="NHWC"):
    """All three gradients, weighed so that each flows into the second ones."""
    def fn(x, scale, offset):
        y = fused(version, training, data_format)(x, scale, offset)
        return tf.concat([tf.reshape(d, [-1]) for d in tf.gradients(tf.sin(y * 2), [x, scale, offset])], 0)
    return fn


B, S3, O3 = RNG.uniform(-1, 1, (2, 3, 2, 3)), [0.5, 1., 1.5], [0.1, -0.2, 0.3]
X3, W3 = RNG.uniform(-1, 1, (1, 3, 3, 4, 2)), RNG.uniform(-1, 1, (2, 2, 1, 2, 3))
conv3d = lambda x, w: tf.nn.conv3d(x, w, [1, 2, 1, 1, 1], "SAME")       # noqa: E731
depthwise = lambda x, w: tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "SAME")     # noqa: E731
leaky = raw.function("leaky_relu")
ROWS += [
    Row("conv3d", conv3d, X3, W3, levels=KNOWN_RANK), Row("conv3d-second", second(conv3d), X3, W3, levels=KNOWN_RANK, tolerance=2e-4),
    Row("depthwise", depthwise, X, RNG.uniform(-1, 1, (3, 2, 2, 2)), levels=KNOWN_RANK), Row("depthwise-one", depthwise, X, RNG.uniform(-1, 1, (3, 2, 2, 1)), levels=KNOWN_RANK),
    Row("depthwise-rate", lambda x, w: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME", rate=[2, 2]), X, RNG.uniform(-1, 1, (3, 2, 2, 1)), levels=("known",)),
    Row("separable", lambda x, d, p: tf.nn.separable_conv2d(x, d, p, [1, 1, 1, 1], "VALID"), X, RNG.uniform(-1, 1, (2, 2, 2, 2)), RNG.uniform(-1, 1, (1, 1, 4, 2)), levels=("known",)),
    Row("conv2d_transpose", lambda x, w: tf.nn.conv2d_transpose(x, w, [2, 8, 9, 2], [1, 2, 2, 1]), RNG.uniform(-1, 1, (2, 4, 5, 3)), W, levels=("known",)),
    Row("conv1d", lambda x, w: tf.nn.conv1d(x, w, 2, "SAME"), X[:, 0], W[0], levels=KNOWN_RANK),
    Row("leaky_relu", leaky, X), Row("leaky_relu-second", second(lambda x: leaky(x, alpha=0.3) * x), X, levels=KNOWN_RANK, tolerance=2e-4),
    Row("lrn", narrow(lambda x: tf.nn.lrn(x, 2, bias=1., alpha=0.5, beta=0.75)), RNG.uniform(-1, 1, (2, 2, 2, 7)), **COARSE),
]
for version in "", "_v2", "_v3":
    for training in True, False:
        name = "fused%s-%s" % (version, training)
        ROWS += [Row(name, narrow(fused(version, training)), B, S3, O3, **COARSE), Row(name + "-second", narrow(fused_second(version, training)), B, S3, O3, levels=("known",), h=1e-2, tolerance=2e-2)]
        ROWS += [Row(name + "-nchw", narrow(fused(version, training, "NCHW")), np.moveaxis(B, 3, 1), S3, O3, levels=("known",), h=1e-2, tolerance=5e-3)]
ROWS += [Row("fused-nchw-second", narrow(fused_second("", True, "NCHW")), np.moveaxis(B, 3, 1), S3, O3, levels=("known",), h=1e-2, tolerance=2e-2),
         Row("fused-3d", narrow(fused("_v3", True, "NCDHW")), np.moveaxis(B[..., None, :], 4, 1), S3, O3, levels=("known",), h=1e-2, tolerance=5e-3)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
