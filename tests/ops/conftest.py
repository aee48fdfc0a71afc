"""Every test of ops starts in an empty default graph."""
import pytest


@pytest.fixture(autouse=True)
def fresh_graph():
    import pytfgraph as tf
    with tf.Graph().as_default():
        yield
