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


def add_sparse(a, b):
    first, second = tf.SparseTensor([[0, 0], [0, 2]], a, [2, 3]), tf.SparseTensor([[0, 1], [0, 2], [1, 0]], b, [2, 3])
    return tf.sparse_add(first, second, thresh=0.5).values


@parametrize([Row("sparse_add-both", add_sparse, [1., 2.], [3., 4., 5.]), Row("sparse_add-left-out", add_sparse, [1., 2.], [3., -2.25, 5.])])
def test_gradient_of_sparse_sum(row):
    check_row(row)


def test_sum_of_sparse_tensors():
    """A known shape is written down as a constant, and the sum is sparse; SparseTensorValues will do."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        a = tf.SparseTensor([[0, 0], [0, 2]], [1., 2.], [2, 3])
        total = tf.sparse_add(a, tf.SparseTensorValue([[0, 1], [0, 2]], [3., -2.], [2, 3]), thresh=0.1)
        assert [op.name for op in graph.get_operations()][-3:] == ["thresh", "SparseAdd", "SparseTensor_2/dense_shape"]
        assert total.indices.shape.as_list() == [None, 2] and total.shape == [2, 3]
        value = session.run(total)
    np.testing.assert_array_equal(value.indices, [[0, 0], [0, 1]])
    np.testing.assert_array_equal(value.values, [1, 3])
    np.testing.assert_array_equal(value.dense_shape, [2, 3])


@pytest.mark.parametrize("indices", [[[0]], [[0, 0, 0]]])
def test_indices_that_do_not_fit(indices):
    with tf.Graph().as_default(), tf.Session() as session:
        parts = [tf.constant(indices, tf.int64), tf.constant([1.]), tf.constant([2, 2], tf.int64)]
        with pytest.raises(tf.errors.InvalidArgumentError, match="do not fit shapes of 2 dimensions"):
            session.run(raw("SparseAdd", *parts, *parts, 0.))
