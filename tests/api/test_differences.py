"""Where docs/differences.md says that this is not as 1.12.3: each row that belongs to the API."""
import numpy as np
import pytest

import pytfgraph as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_as_graph_def_from_version(graph):
    a = tf.constant(1.0, name="a")
    version = graph.version
    tf.add(a, 2.0, name="b")
    assert [n.name for n in graph.as_graph_def(from_version=version).node] == ["b/y", "b"]
    assert [n.name for n in graph.as_graph_def(from_version=graph.version).node] == []
    assert len(graph.as_graph_def().node) == 3


def test_unconnected_gradients(graph):
    x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
    assert tf.gradients(y * 2.0, [x]) == [None]
    zero, two = tf.gradients(y * 2.0, [x, y], unconnected_gradients="zero")
    with tf.Session() as s:
        np.testing.assert_array_equal(s.run(zero), [0.0, 0.0])
        assert s.run(two) == 2.0
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'some'"):
        tf.gradients(y, x, unconnected_gradients="some")
