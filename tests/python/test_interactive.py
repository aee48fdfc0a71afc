"""InteractiveSession places what a run needs; Session places the whole graph, as TensorFlow 1.12 does."""
import pytest

import pytfgraph as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as g:
        with tf.device("/gpu:0"):
            tf.constant(1, name="elsewhere") + 1
        tf.constant(2, name="here")
        yield g


def test_interactive_session_leaves_the_rest_alone(graph):
    session = tf.InteractiveSession()
    try:
        assert graph.get_tensor_by_name("here:0").eval() == 2
        with pytest.raises(tf.errors.InvalidArgumentError, match="Cannot assign a device for operation elsewhere"):
            graph.get_tensor_by_name("elsewhere:0").eval()
    finally:
        session.close()


def test_session_places_all(graph):
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="Cannot assign a device for operation"):
        session.run("here:0")


def test_option(graph):
    config = tf.ConfigProto()
    config.graph_options.place_pruned_graph = True
    with tf.Session(config=config) as session:
        assert session.run("here:0") == 2
