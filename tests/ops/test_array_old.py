"""Operations of older graphs, row by row, and those that no graph since version 14 may hold; scatters at the ends of integers."""
import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph.ops import raw

from family import make_tests
from gradcheck import Row, check_row, parametrize

test_row = make_tests("array_old")

SPACE = np.arange(16.).reshape(1, 4, 2, 2)
BATCH = np.arange(16.).reshape(4, 1, 2, 2)
KNOWN_RANK = ("known", "partial")


@parametrize([Row("space_to_batch-old", lambda x: raw.function("space_to_batch")(x, [[0, 0], [1, 1]], 2), SPACE, levels=KNOWN_RANK),
              Row("batch_to_space-old", lambda x: raw.function("batch_to_space")(x, [[0, 1], [0, 0]], 2), BATCH, levels=KNOWN_RANK)])
def test_gradient(row):
    check_row(row)


X = np.float32([[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("op, inputs, want", [
    ("BatchMatrixDiag", [X[0]], np.diag(X[0])), ("BatchMatrixDiagPart", [X], [1, 4]), ("BatchMatrixSetDiag", [X, np.float32([7, 8])], [[7, 2], [3, 8], [5, 6]]),
    ("BatchMatrixBandPart", [X, np.int64(0), np.int64(-1)], [[1, 2], [0, 4], [0, 0]])])
def test_graphs_of_before_version_14(op, inputs, want):
    graph = tf.GraphDef()
    graph.versions.producer = 13
    for i, x in enumerate(inputs):
        node = graph.node.add(name="x%d" % i, op="Const")
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(x))
        node.attr["dtype"].type = node.attr["value"].tensor.dtype
    graph.node.add(name="y", op=op, input=["x%d" % i for i in range(len(inputs))]).attr["T"].type = tf.float32.as_datatype_enum
    with tf.Graph().as_default(), tf.Session() as session:
        y, = tf.import_graph_def(graph, return_elements=["y:0"])
        np.testing.assert_array_equal(session.run(y), want)


@pytest.mark.parametrize("resource", [False, True])
def test_scatters_by_a_vector_of_row_numbers(resource):
    """Differs from 1.12.3, which takes the first of them alone."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=X, use_resource=resource)
        at = tf.placeholder(tf.int32)
        session.run(v.initializer)
        session.run(raw.function("resource_scatter_nd_update")(v.handle, at, [[7., 8.], [9., 10.]]) if resource
                    else raw.function("scatter_nd_update")(v._ref(), at, [[7., 8.], [9., 10.]]), {at: [2, 0]})
        assert session.run(v).tolist() == [[9, 10], [3, 4], [7, 8]]


def test_scatter_div_of_the_smallest_integer():
    for dtype in (tf.int32, tf.int64):
        with tf.Graph().as_default(), tf.Session() as session:
            v = tf.Variable(tf.constant([dtype.min, 7], dtype))
            session.run(v.initializer)
            assert session.run(tf.scatter_div(v, [0, 1], tf.constant([-1, 0], dtype))).tolist() == [dtype.min, 0]
