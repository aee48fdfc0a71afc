"""The sparse family, row by row; where TensorFlow 1.12.3 reads past the end; gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("sparse")
test_cross = make_tests("sparse_cross")
test_map = make_tests("sparse_map")

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


INDICES = [[0, 0], [0, 2], [1, 1]]


def sparse(values, indices=INDICES, shape=(2, 3)):
    return tf.SparseTensor(indices, values, list(shape))


def fill_rows(values, default):
    filled = tf.sparse_tensor_to_dense(tf.sparse_reorder(sparse(values, [[0, 1], [2, 0], [2, 1]], [4, 2])))
    return [raw("SparseFillEmptyRows", tf.constant([[0, 1], [2, 0], [2, 1]], tf.int64), values, tf.constant([4, 2], tf.int64), default)[1],
            tf.constant(0., tf.float64) * tf.reduce_sum(tf.stop_gradient(filled))]


def matmul(adjoint_a=False, adjoint_b=False):
    return lambda values, b: tf.sparse_tensor_dense_matmul(sparse(values), b, adjoint_a, adjoint_b)


def relu_between(a, b):
    """A gradient that comes out of a ReLU counts as sparse."""
    product = tf.matmul(tf.cast(a, tf.float32), tf.cast(b, tf.float32), a_is_sparse=True)
    return tf.cast(tf.nn.relu(product), tf.float64)


def sparse_product(**attributes):
    return lambda a, b: tf.cast(raw("SparseMatMul", tf.cast(a, tf.float32), tf.cast(b, tf.float32), **attributes), tf.float64)


def segments(f, n=None):
    return lambda x: f(x, [0, 2, 2, 1], [0, 0, 2, 2], num_segments=n)


V, TALL = [1., -2., 3.5], [[0.5, 2.], [1.5, -1.], [0.25, 3.]]
TIMES = dict(h=1e-2, tolerance=2e-3)
OTHERS = [
    Row("sparse_reorder", lambda v: tf.square(tf.sparse_reorder(sparse(v, [[1, 1], [0, 2], [0, 0]])).values), V),
    Row("sparse_reduce_sum", lambda v: tf.square(tf.sparse_reduce_sum(sparse(v), 1)), V),
    Row("sparse_reduce_sum-keep", lambda v: tf.square(tf.sparse_reduce_sum(sparse(v), [-2], keepdims=True)), V),
    Row("sparse_reduce_sum-all", lambda v: tf.square(tf.sparse_reduce_sum(sparse(v))), V),
    Row("sparse_slice", lambda v: tf.square(tf.sparse_slice(sparse(v), [0, 1], [2, 2]).values), V),
    Row("sparse_fill_empty_rows", fill_rows, V, 2.5),
    Row("sparse_tensor_dense_matmul", matmul(), V, TALL), Row("sparse_tensor_dense_matmul-a", matmul(True), V, TALL[:2]),
    Row("sparse_tensor_dense_matmul-b", matmul(False, True), V, np.transpose(TALL), levels=("known", "unknown")),
    Row("sparse_tensor_dense_matmul-ab", matmul(True, True), V, np.transpose(TALL[:2])),
    Row("sparse_dense_cwise_mul", lambda v, d: raw("SparseDenseCwiseMul", *sparse_parts(v), d), V, X),
    Row("sparse_dense_cwise_mul-row", lambda v, d: (sparse(v) * d).values, V, X[0], levels=("known",)),
    Row("sparse_dense_cwise_div", lambda v, d: (sparse(v) / d).values, V, X), Row("sparse_dense_cwise_div-column", lambda v, d: (sparse(v) / d).values, V, [[2.], [3.]]),
    Row("sparse_segment_sqrt_n", segments(tf.sparse_segment_sqrt_n), TALL), Row("sparse_segment_sqrt_n-n", segments(tf.sparse_segment_sqrt_n, 3), TALL),
    Row("sparse_segment_mean-n", segments(tf.sparse_segment_mean, 3), TALL), Row("sparse_segment_sum-n", segments(tf.sparse_segment_sum, 5), TALL),
    Row("sparse_softmax", lambda v: tf.sparse_softmax(sparse(v)).values, V),
    Row("sparse_mat_mul", relu_between, X, TALL, **TIMES),
    Row("sparse_mat_mul-ta", sparse_product(transpose_a=True), np.transpose(X), TALL, **TIMES), Row("sparse_mat_mul-tb", sparse_product(transpose_b=True), X, np.transpose(TALL), **TIMES),
    Row("sparse_mat_mul-both", sparse_product(transpose_a=True, transpose_b=True, b_is_sparse=True), np.transpose(X), np.transpose(TALL), **TIMES),
]


def sparse_parts(values):
    x = sparse(values)
    return x.indices, x.values, x.dense_shape


@parametrize(OTHERS)
def test_other_gradients(row):
    check_row(row)


@pytest.mark.parametrize("op", ["SparseDenseCwiseAdd", "SparseSparseMaximum", "SparseSparseMinimum"])
def test_gradients_that_tensorflow_lacks(op):
    with tf.Graph().as_default():
        v = tf.placeholder(tf.float32, [3])
        other = [tf.ones([2, 3])] if op.endswith("Add") else sparse_parts(v)
        y = raw(op, *sparse_parts(v), *other)
        with pytest.raises(NotImplementedError, match="^Gradient for %s is currently not implemented yet.$" % op):
            tf.gradients(y if op.endswith("Add") else y[1], v)


def test_complex_products_have_no_gradient():
    with tf.Graph().as_default():
        v = tf.placeholder(tf.complex64, [3])
        y = tf.sparse_tensor_dense_matmul(sparse(v), tf.ones([3, 1], tf.complex64))
        with pytest.raises(NotImplementedError, match="^SparseTensorDenseMatMul op does not support complex gradients.$"):
            tf.gradients(tf.real(y), v)


PAST_THE_END = [     # what 1.12.3 does not look at
    ("raw('SparseFillEmptyRows', [[0, 0], [1, 0]], tf.placeholder_with_default([1.], None), [2, 2], 0.)", "The length of `values`"),
    ("raw('SparseFillEmptyRows', np.zeros([1, 0]), [1.], np.zeros([0]), 0.)", "Dense shape cannot be empty|dense_shape must not be empty"),
    ("raw('SparseFillEmptyRowsGrad', [5], [1., 2.])", "Elements in reverse index"), ("raw('SparseFillEmptyRowsGrad', [-1], [1., 2.])", "Elements in reverse index"),
    ("raw('SparseReshape', [[0, 0]], [2, 3, 1], [6])", "do not fit a shape of 3 dimensions"), ("raw('SparseSplit', 1, [[0, 7]], [1.], [2, 3], num_split=2)[0]", "Index 7 on dimension 1"),
    ("raw('SparseSplit', 1, [[0, -1]], [1.], [2, 3], num_split=2)[0]", "Index -1 on dimension 1"), ("raw('SparseSplit', -1, [[0, 0]], [1.], [2, 3], num_split=2)[0]", "num_dim must be in"),
    ("raw('SparseSlice', [[0, 0]], [1.], [2, 3], [3, 0], [1, 1])", "Slice of size"), ("raw('SparseReduceSum', [[5, 5]], [1.], [2, 3], 0)", "Index 5 on dimension 1"),
    ("raw('SparseDenseCwiseDiv', [[0]], [1], [2], [0, 1])", "Integer division by zero"), ("raw('SparseReorder', [[0, 0]], [1.], [2, -3])", "Dimension -3 must be >= 0"),
    ("raw('SparseReshape', [[0, 0]], [2**40, 2**40], [-1])", "more than 2"),
]


@pytest.mark.parametrize("expression, message", PAST_THE_END)
def test_what_tensorflow_does_not_check(expression, message):
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises((tf.errors.InvalidArgumentError, ValueError), match=message):
            session.run(eval(expression, {"raw": raw, "np": np, "tf": tf}))


def lookup(weights, combiner, safe=False):
    ids = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([2, 0, -1 if safe else 1], tf.int64), [4 if safe else 3, 2])
    if safe:
        return tf.nn.safe_embedding_lookup_sparse([tf.constant(TALL)], ids, weights, combiner=combiner)
    return tf.nn.embedding_lookup_sparse(tf.constant(TALL), ids, weights, combiner=combiner)


@pytest.mark.parametrize("combiner, divisor", [("sum", 1.), ("mean", 3.), ("sqrtn", 5. ** .5)])
def test_embedding_lookup_sparse(combiner, divisor):
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1., 2., 4.], [3, 2])
        got = session.run(lookup(weights, combiner))
        np.testing.assert_allclose(got[0], (np.array(TALL[2]) + 2 * np.array(TALL[0])) / divisor, rtol=1e-6)
        got = session.run(lookup(None, "mean", safe=True))
        np.testing.assert_allclose(got, [(np.array(TALL[2]) + TALL[0]) / 2, [0, 0], [0, 0], [0, 0]], rtol=1e-6)


def test_embedding_errors():
    with tf.Graph().as_default():
        ids = tf.SparseTensor([[0, 0]], [1], [1, 1])
        with pytest.raises(ValueError, match="^combiner must be one of 'mean', 'sqrtn' or 'sum'$"):
            tf.nn.embedding_lookup_sparse(tf.ones([2, 2]), ids, None, combiner="max")
        with pytest.raises(TypeError, match="^sp_ids must be SparseTensor$"):
            tf.nn.embedding_lookup_sparse(tf.ones([2, 2]), [1], None, combiner="sum")
        with pytest.raises(ValueError, match="^Missing embedding_weights"):
            tf.nn.safe_embedding_lookup_sparse([], ids)


@pytest.mark.parametrize("dtype", [tf.float32, tf.int64, tf.string])
def test_sparse_tensors_as_strings(dtype):
    """There and back: one, the rows of one, and a stack."""
    values = tf.as_string(tf.constant([1, 2, 3])) if dtype == tf.string else tf.cast([1, 2, 3], dtype)
    x = tf.SparseTensor([[0, 0, 1], [2, 1, 0], [2, 1, 1]], values, [3, 2, 2])
    one = tf.serialize_sparse(x)
    rows = tf.serialize_many_sparse(x)
    from pytfgraph.ops import sparse_ops
    with tf.Session() as session:
        want = session.run(x)
        for got in (sparse_ops.deserialize_sparse(one, dtype, 3), tf.deserialize_many_sparse(rows, dtype, 3)):
            for a, b in zip(session.run(got), want):
                np.testing.assert_array_equal(a, b)
        stacked = session.run(sparse_ops.deserialize_sparse(tf.stack([one, one]), dtype, 4))
        np.testing.assert_array_equal(stacked.indices[3:], np.c_[[1, 1, 1], want.indices])
        np.testing.assert_array_equal(stacked.dense_shape, [2, 3, 2, 2])


@pytest.mark.parametrize("strings, message", [(["", "", ""], "Could not construct tensor|of type"), (["x", "y", "z"], "Could not parse serialized proto"),
                                              (["a"], "3 as the last dimension"), (np.zeros([0, 3], str), "have at least 1 serialized")])
def test_strings_that_are_none(strings, message):
    with tf.Graph().as_default(), tf.Session() as session:
        parts = raw("DeserializeSparse", tf.placeholder_with_default(tf.constant(strings, tf.string), None), dtype=tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(parts)


def cross(rows, shape, dense=()):
    return raw("SparseCross", [tf.constant(rows, tf.int64)], [tf.constant([1] * len(rows), tf.int64)], [tf.constant(shape, tf.int64)], list(dense),
               hashed_output=True, num_buckets=0, hash_key=1, out_type=tf.int64, internal_type=tf.int64)


@pytest.mark.parametrize("rows", [[[1, 0], [0, 0]], [[2, 0]], [[-1, 0]]])
def test_rows_that_cannot_be_crossed(rows):
    """Differs from 1.12.3, which reads and writes past the end."""
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="is out of order, or out of range"):
            session.run(cross(rows, [2, 3]))


def test_many_rows_of_which_few_are_there():
    with tf.Graph().as_default(), tf.Session() as session:
        indices, values, shape = session.run(cross([[2 ** 40, 0]], [2 ** 62, 3]))
        assert indices.tolist() == [[2 ** 40, 0]] and shape.tolist() == [2 ** 62, 1]


@pytest.mark.parametrize("many", [False, True])
def test_sparse_tensors_go_through_queues(many):
    """tf.train.batch keeps them in a map while their numbers wait."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.SparseTensor([[0, 1], [1, 0]], ["a", "b"], [2, 2])
        batch = tf.train.batch([x, tf.constant([[1.], [2.]])], 2, enqueue_many=many)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        sparse_value, _ = session.run(batch)
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=10)
    want = [[0, 1], [1, 0]] if many else [[0, 0, 1], [0, 1, 0], [1, 0, 1], [1, 1, 0]]
    assert sparse_value.indices.tolist() == want and sparse_value.dense_shape.tolist() == [2] * len(want[0])
    assert sparse_value.values.tolist() == [b"a", b"b"] * (1 if many else 2)
