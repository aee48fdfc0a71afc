"""The sparse family, row by row; where TensorFlow 1.12.3 reads past the end; gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("sparse")

X = [[0.5, -1.25, 3.], [2., 0.75, -4.]]


@pytest.mark.parametrize("indices, values, shape", [([[0, 0, 0]], [1], [2, 3]), ([[0]], [1], [2, 3]), ([[0, 0], [1, 1]], [1], [2, 3])])
def test_parts_that_do_not_fit(indices, values, shape):
    with tf.Graph().as_default(), tf.Session() as session:
        parts = [tf.constant(indices, tf.int64), tf.constant(values, tf.float32), tf.constant(shape, tf.int64), tf.constant(X)]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Input a_indices of shape .* does not fit"):
            session.run(raw("SparseTensorDenseAdd", *parts))


def test_more_dimensions_than_five():
    """Differs from 1.12.3, which stops at 5."""
    with tf.Graph().as_default(), tf.Session() as session:
        sparse = tf.SparseTensor([[0] * 6], [2.], [1] * 6)
        assert session.run(tf.sparse_add(sparse, np.ones([1] * 6, np.float32))).item() == 3


def add_at(values, dense):
    return tf.sparse_add(tf.SparseTensor([[0, 1], [1, 0], [1, 0]], values, [2, 3]), dense)


@parametrize([Row("sparse_add", add_at, [1., 2., 3.], X), Row("sparse_add-square", lambda v, d: tf.square(add_at(v, d)), [1., 2., 3.], X)])
def test_gradient(row):
    check_row(row)


def test_neither_is_sparse():
    with pytest.raises(TypeError, match=r"^At least one input should be SparseTensor; do you mean to use tf.add\(\)\?$"):
        tf.sparse_add([1.], [2.])
