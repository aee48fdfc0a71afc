"""Gradients of activations, biases, losses and rankings."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
WIDE = [[0.3, -1.2, 7.5], [1.9, -0.4, 2.2]]
LABELS = [[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]
IMAGE = np.random.RandomState(5).uniform(-1, 1, (2, 3, 2, 2))
KNOWN_RANK = ("known", "partial")
ELU_SECOND, SELU_SECOND = [-0.07152229, 2.0], [0.08078443, 2.10140197]       # recorded


def second(fn):
    return lambda x: tf.gradients(tf.reduce_sum(tf.square(fn(x))), x)[0]


ACTIVATIONS = [tf.nn.relu, tf.nn.relu6, tf.nn.elu, tf.nn.selu, tf.nn.softplus, tf.nn.softsign, tf.nn.softmax, tf.nn.log_softmax, tf.nn.leaky_relu]
ROWS = [Row(f.__name__, f, WIDE, levels=KNOWN_RANK) for f in ACTIVATIONS]
ROWS += [Row("second-" + f.__name__, second(f), WIDE, levels=KNOWN_RANK, tolerance=2e-4) for f in (tf.nn.relu, tf.nn.relu6, tf.nn.softplus)]
ROWS += [
    Row("l2_loss", tf.nn.l2_loss, X), Row("bias_add", tf.nn.bias_add, X, [1., 2., 3.], levels=KNOWN_RANK), Row("bias_add_v1", raw.function("bias_add_v1"), X, [1., 2., 3.]),
    Row("bias_add-image", tf.nn.bias_add, IMAGE, [1., 2.], levels=KNOWN_RANK),
    Row("bias_add-second", lambda x, b: tf.gradients(tf.reduce_sum(tf.square(tf.nn.bias_add(x, b)) * x), b)[0], X, [1., 2., 3.], levels=KNOWN_RANK, tolerance=2e-4),
    Row("softmax_cross_entropy", lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(labels=LABELS, logits=x), X, levels=KNOWN_RANK),
    Row("softmax_cross_entropy-labels", lambda x, y: raw.function("softmax_cross_entropy_with_logits")(x, y)[0], X, LABELS, levels=KNOWN_RANK),
    Row("softmax_cross_entropy-second", lambda x: tf.gradients(tf.nn.softmax_cross_entropy_with_logits_v2(labels=LABELS, logits=x), x)[0], X, levels=KNOWN_RANK, tolerance=2e-4),
    Row("sparse_softmax_cross_entropy", lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=x), X, levels=KNOWN_RANK),
    Row("sigmoid_cross_entropy", lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(LABELS, tf.float64), logits=x), X),
    Row("top_k", lambda x: tf.nn.top_k(x, 2)[0], X), Row("nth_element", lambda x: raw.function("nth_element")(x, 1), X),
    Row("xw_plus_b", tf.nn.xw_plus_b, X, np.ones((3, 2)), [1., 2.], levels=KNOWN_RANK),
    Row("l2_normalize", lambda x: tf.nn.l2_normalize(x, 1), X),
]


def test_second_derivatives_of_elu_are_those_of_1_12():
    """They are not the derivative: for the first argument TensorFlow 1.12.3 takes the wrong output."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([-1.0, 2.0], tf.float64)
        dx = tf.gradients(tf.square(tf.nn.elu(x)), x)[0]
        np.testing.assert_allclose(session.run(tf.gradients(dx, x)[0]), ELU_SECOND, rtol=1e-5)
        dx = tf.gradients(tf.square(tf.nn.selu(x)), x)[0]
        np.testing.assert_allclose(session.run(tf.gradients(dx, x)[0]), SELU_SECOND, rtol=1e-5)


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
