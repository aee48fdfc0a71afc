"""Ragged tensors as later versions have them, row by row, and their gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_ragged")

X = np.cos(np.arange(12.)).reshape(6, 2)
OUTER, INNER = [0, 2, 2, 4], [0, 1, 3, 3, 6]


def splits(*all_):
    return [tf.constant(s, tf.int64) for s in all_]


ROWS = [
    Row("gather", lambda x: tf.square(raw("RaggedGather", splits([0, 2, 2, 6]), x, tf.constant([2, 0, 2]), OUTPUT_RAGGED_RANK=1)[1]), X),
    Row("gather of two", lambda x: tf.square(raw("RaggedGather", splits(OUTER, INNER), x, tf.constant([[2], [0]]), OUTPUT_RAGGED_RANK=3)[1]), X),
    Row("to sparse", lambda x: tf.square(raw("RaggedTensorToSparse", splits(OUTER, INNER), x)[1]), X),
    Row("to tensor", lambda x, d: tf.square(raw("RaggedTensorToTensor", tf.constant([-1, 2, 2, 2]), x, d, splits(OUTER, INNER), row_partition_types=["ROW_SPLITS"] * 2)), X, [0.5, -2.]),
    Row("to tensor, by ids", lambda x, d: tf.square(raw("RaggedTensorToTensor", tf.constant(-1), x, d, splits(4, [0, 0, 1, 3, 3, 3]), row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"])), X, 0.5),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_ranges_are_not_differentiable():
    with tf.Graph().as_default():
        x = tf.constant([1., 2.])
        assert tf.gradients(raw("RaggedRange", x, x + 2., tf.constant(1.))[1], x) == [None]


@pytest.mark.parametrize("op, inputs, attributes", [
    ("RaggedGather", ([[[0, 1]]], [1., 2.], 0), {"OUTPUT_RAGGED_RANK": 0}), ("RaggedGather", ([[0, 1]], 1., 0), {"OUTPUT_RAGGED_RANK": 0}),
    ("RaggedGather", ([[0, 1]], [1.], [0]), {"OUTPUT_RAGGED_RANK": 3}), ("RaggedGather", ([[0, 2], [0, 1]], [1.], [0]), {"OUTPUT_RAGGED_RANK": 2}),
    ("RaggedTensorToSparse", ([3], [1.]), {}), ("RaggedTensorToSparse", ([[0, 1]], 1.), {}), ("RaggedRange", ([0.], [2. ** 62], [2. ** -3]), {}),
])
def test_malformed(op, inputs, attributes):
    """What only the run can see, with shapes that the graph does not know."""
    def fed(x):
        return tf.placeholder_with_default(np.array(x, np.int64 if np.asarray(x).dtype.kind == "i" else np.float32), None)

    with tf.Graph().as_default(), tf.Session() as s:
        given = [[fed(v) for v in x] if op != "RaggedRange" and i == 0 else fed(x) for i, x in enumerate(inputs)]
        with pytest.raises(tf.errors.InvalidArgumentError):
            s.run(raw(op, *given, **attributes)[-1])


SPLITS, SIZED = ["ROW_SPLITS"], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]


@pytest.mark.parametrize("shape, values, default, partitions, types", [
    (-1, [1., 2.], 0., [[0, 1, 3]], SPLITS), (-1, [1.], 0., [-1, [0]], SIZED), (-1, [1., 2.], 0., [3, [1, 0]], SIZED),
    (-1, [1.], 0., [3, [-1]], SIZED), (-1, [1.], 0., [[]], SPLITS), (-1, [1.], 0., [3], SPLITS), (-1, [1.], 0., [[0, 1], [[0, 1]]], SPLITS * 2), (-1, 1., 0., [[0, 1]], SPLITS),
    (-2, [1.], 0., [[0, 1]], SPLITS), ([-5, 1], [1.], 0., [[0, 1]], SPLITS), ([1], [1.], 0., [[0, 1]], SPLITS), ([1] * 300, [1.], 0., [[0, 1]], SPLITS), ([-1, -1, 3], [[1., 2.]], 0., [[0, 1]], SPLITS),
    (-1, [[1., 2.]], [1., 2., 3.], [[0, 1]], SPLITS), (-1, [1.], [0.], [[0, 1]], SPLITS), (-1, [1.], 0., [[0, 2 ** 62], [0, 1, 1]], SPLITS * 2), (-1, np.zeros([1, 2, 3]), [5., 6.], [[0, 1]], SPLITS),
])
def test_malformed_rows(shape, values, default, partitions, types):
    """Later versions read past the values here, or crash, or say so."""
    def fed(x, dtype):
        return tf.placeholder_with_default(np.array(x, dtype), None)

    with tf.Graph().as_default(), tf.Session() as s:
        given = [fed(p, np.int64) for p in partitions]
        dense = raw("RaggedTensorToTensor", fed(shape, np.int64), fed(values, np.float32), fed(default, np.float32), given, row_partition_types=types)
        with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.ResourceExhaustedError)):
            s.run(dense)


def test_many_rows_of_which_few_are_asked_for():
    with tf.Graph().as_default(), tf.Session() as s:
        rows = splits(2 ** 60, [0, 2 ** 59])
        assert s.run(raw("RaggedTensorToTensor", tf.constant([1, 2]), tf.constant([7., 8.]), tf.constant(0.), rows, row_partition_types=SIZED)).tolist() == [[7., 0.]]
