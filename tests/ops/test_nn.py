"""The nn family, row by row."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests

# TensorFlow computes halves in half, its softmax over other approximations of exp().
LOOSE = {"Softmax float16": 16, "LogSoftmax float16": 16, "SoftmaxCross": 16, "SparseSoftmaxCross": 16, "Softmax": 8, "LogSoftmax": 8, "Selu": 32, "Elu": 32,
         "Softplus": 16, "Softsign": 8, "L2Loss": 8}

test_row = make_tests("nn", LOOSE)


def biased(value, bias, **more):
    """bias_add in the middle of a group of elementwise ops."""
    with tf.Graph().as_default(), tf.Session() as s:
        x, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        return s.run(tf.nn.relu(tf.nn.bias_add(x * 2, b, **more)) + 1, {x: value, b: bias})


def test_bias_among_others():
    x, b = np.arange(-6., 6.).reshape(2, 2, 3), np.array([1., -2., 3.])
    np.testing.assert_array_equal(biased(x, b), np.maximum(x * 2 + b, 0) + 1)
    x = np.arange(-12., 12.).reshape(2, 3, 2, 2)
    np.testing.assert_array_equal(biased(x, b, data_format="NCHW"), np.maximum(x * 2 + b[:, None, None], 0) + 1)


@pytest.mark.parametrize("value, bias, message", [
    ([1., 2.], [1., 2.], "Input tensor must be at least 2D: [2]"), ([[1., 2.]], [1.], "Must provide as many biases as the last dimension of the input "
                                                                                      "tensor: [1] vs. [1,2]"),
    ([[1., 2.]], [[1., 2.]], "Biases must be 1D: [1,2]"), ([[1., 2.]], 1., "Biases must be 1D: []")])
def test_bias_among_others_checks(value, bias, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as e:
        biased(value, bias)
    assert message in e.value.message
