"""Normalisation: the rows of nn_norm."""
import numpy as np

import pytfgraph as tf
from family import make_tests

# Sums of halves are rounded once here; what cancels is as TensorFlow's to a share of the largest.
LOOSE = {"FusedBatchNormV2 float16": 16, "FusedBatchNorm": 64, "LRN": 16}

test_row = make_tests("nn_norm", LOOSE)


def test_what_older_graphs_hold():
    """BatchNormWithGlobalNormalization, which graphs of today may not have, and its gradient."""
    rng = np.random.RandomState(0)
    x, dy, m, v, beta, gamma = rng.rand(2, 3, 2, 4), rng.rand(2, 3, 2, 4), rng.rand(4), rng.rand(4) + 0.5, rng.rand(4), rng.rand(4)
    graph_def = tf.GraphDef()
    graph_def.versions.producer = 8
    for name in ("x", "m", "v", "beta", "gamma", "dy"):
        node = graph_def.node.add(name=name, op="Placeholder")
        node.attr["dtype"].type = tf.float64.as_datatype_enum
    for name, inputs in [("BatchNormWithGlobalNormalization", "x m v beta gamma"), ("BatchNormWithGlobalNormalizationGrad", "x m v gamma dy")]:
        node = graph_def.node.add(name=name, op=name, input=inputs.split())
        node.attr["T"].type = tf.float64.as_datatype_enum
        node.attr["variance_epsilon"].f = 0.125
        node.attr["scale_after_normalization"].b = True
    with tf.Graph().as_default() as graph, tf.Session() as s:
        tf.import_graph_def(graph_def, name="")
        feeds = {name + ":0": value for name, value in dict(x=x, m=m, v=v, beta=beta, gamma=gamma, dy=dy).items()}
        y, back = s.run(["BatchNormWithGlobalNormalization:0", graph.get_operation_by_name("BatchNormWithGlobalNormalizationGrad").outputs], feeds)
    r = 1 / np.sqrt(v + 0.125)
    np.testing.assert_allclose(y, (x - m) * r * gamma + beta)
    total, product = dy.sum((0, 1, 2)), (dy * (x - m)).sum((0, 1, 2))
    for got, want in zip(back, (dy * gamma * r, -total * gamma * r, -product * gamma * r ** 3 / 2, total, product * r)):
        np.testing.assert_allclose(got, want)


def test_inference_of_bfloat16():
    with tf.Graph().as_default(), tf.Session() as s:
        x = tf.cast(tf.constant(np.arange(12.).reshape(1, 2, 2, 3), tf.float32), tf.bfloat16)
        y = tf.nn.fused_batch_norm(x, tf.ones([3]), tf.zeros([3]), [1., 2., 3.], [4., 4., 4.], is_training=False)[0]
        np.testing.assert_allclose(s.run(tf.cast(y, tf.float32)), (np.arange(12.).reshape(1, 2, 2, 3) - [1, 2, 3]) / 2, rtol=1e-2)
