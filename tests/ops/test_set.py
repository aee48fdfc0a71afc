"""The set family, row by row, and tf.sets."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests

test_row = make_tests("set")


def run(sparse):
    with tf.Session() as session:
        return session.run(sparse)


def test_a_sparse_tensor_comes_second():
    """A dense operand goes first, whichever way round; a difference is turned with it."""
    with tf.Graph().as_default() as graph:
        a, b = tf.SparseTensor([[0, 0], [0, 1]], [3, 5], [1, 2]), [[5, 7]]
        result = run(tf.sets.set_difference(a, b))
        assert [op.type for op in graph.get_operations()][-1] == "DenseToSparseSetOperation"
    np.testing.assert_array_equal(result.values, [3])


def test_errors():
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="^Expected `SparseTensor`, got Tensor"):
            tf.sets.set_size([[1]])
        with pytest.raises(TypeError, match="^'a' invalid dtype <dtype: 'float32'>.$"):
            tf.sets.set_union([[1.]], [[1.]])
        with pytest.raises(TypeError, match="^Types don't match, <dtype: 'int32'> vs <dtype: 'string'>.$"):
            tf.sets.set_intersection([[1]], [["a"]])
