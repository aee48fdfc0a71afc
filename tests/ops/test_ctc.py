"""Connectionist temporal classification."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests
from gradcheck import Row, check_row, parametrize

test_row = make_tests("ctc", {"CTCLoss": 512, "CTCBeamSearchDecoder": 64})

X = np.random.RandomState(1).rand(5, 2, 4)


def ctc_loss(x, **more):
    labels = tf.SparseTensor(np.array([[0, 0], [0, 1], [1, 0]]), tf.constant([1, 1, 2]), [2, 2])
    return tf.cast(tf.nn.ctc_loss(labels, tf.cast(x, tf.float32), [5, 4], **more), tf.float64)


ROWS = [Row("ctc_loss", ctc_loss, X, levels=("known", "partial"), h=1e-2, tolerance=1e-2)]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_batch_major():
    with tf.Graph().as_default(), tf.Session() as s:
        a, b = s.run([ctc_loss(tf.constant(X)), ctc_loss(tf.constant(X.transpose(1, 0, 2)), time_major=False)])
        np.testing.assert_array_equal(a, b)


def test_labels_are_sparse():
    with pytest.raises(TypeError, match="Expected labels"):
        tf.nn.ctc_loss([[1]], np.ones((2, 1, 3), np.float32), [2])


def test_second_derivatives():
    with tf.Graph().as_default():
        x = tf.constant(X)
        with pytest.raises(LookupError, match="second  derivative of ctc_loss"):
            tf.gradients(tf.gradients(ctc_loss(x), x)[0], x)


def test_decoders():
    with tf.Graph().as_default(), tf.Session() as s:
        x = 5 * tf.one_hot([[0], [0], [3], [0], [2], [3]], 4)
        for decoded, _ in tf.nn.ctc_greedy_decoder(x, [6]), tf.nn.ctc_beam_search_decoder(x, [6], merge_repeated=False, top_paths=2):
            assert s.run(tf.sparse_tensor_to_dense(decoded[0])).tolist() == [[0, 0, 2]]


def test_labels_that_are_all_blank():
    x = np.random.RandomState(3).rand(5, 1, 4).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as s:
        loss = tf.nn.ctc_loss(tf.SparseTensor([[0, 0]], tf.constant([3]), [1, 1]), x, [5])
        np.testing.assert_allclose(s.run(loss), [-np.log(np.exp(x)[:, 0, 3] / np.exp(x).sum(2)[:, 0]).sum()], rtol=1e-5)
