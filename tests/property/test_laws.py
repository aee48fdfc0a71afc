"""Laws that hold for every input: broadcasting and slicing are NumPy's, names are unique, pruning changes nothing."""
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import pytfgraph as tf

SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
OPERATORS = {
    "add": (np.add, lambda a, b: a + b), "sub": (np.subtract, lambda a, b: a - b), "mul": (np.multiply, lambda a, b: a * b),
    "maximum": (np.maximum, lambda a, b: tf.maximum(a, b)), "less": (np.less, lambda a, b: a < b),
    "equal": (np.equal, lambda a, b: tf.equal(a, b)),
}


@st.composite
def broadcastable(draw):
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=5, min_side=0)).input_shapes
    elements = st.integers(-50, 50)
    return [draw(hnp.arrays(np.int32, shape, elements=elements)).astype(np.float32) for shape in shapes]


@pytest.fixture(scope="module")
def binary():
    """One graph of all operators on inputs of unknown shape, and its session."""
    with tf.Graph().as_default():
        a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        outputs = {name: ours(a, b) for name, (_, ours) in OPERATORS.items()}
        with tf.Session() as session:
            yield session, a, b, outputs


@SETTINGS
@given(arrays=broadcastable())
def test_broadcasting_is_numpys(binary, arrays):
    session, a, b, outputs = binary
    values = session.run(outputs, {a: arrays[0], b: arrays[1]})
    for name, (theirs, _) in OPERATORS.items():
        want = theirs(*arrays)
        assert values[name].shape == want.shape, name
        np.testing.assert_array_equal(values[name], want)


@SETTINGS
@given(arrays=broadcastable())
def test_inferred_shapes_are_the_real_ones(arrays):
    with tf.Graph().as_default():
        a, b = (tf.placeholder(tf.float32, x.shape) for x in arrays)
        assert tuple((a + b).shape.as_list()) == np.broadcast_shapes(*(x.shape for x in arrays))
        partial = [tf.placeholder(tf.float32, [None if i % 2 else n for i, n in enumerate(x.shape)]) for x in arrays]
        real = np.broadcast_shapes(*(x.shape for x in arrays))
        assert (partial[0] + partial[1]).shape.is_compatible_with(real)


@SETTINGS
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4))
def test_gradients_have_the_shapes_of_the_inputs(shapes):
    x, y = (np.arange(1, 1 + int(np.prod(s)), dtype=np.float32).reshape(s) for s in shapes.input_shapes)
    with tf.Graph().as_default(), tf.Session() as session:
        a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        da, db = session.run(tf.gradients(a * b, [a, b]), {a: x, b: y})
    assert (da.shape, db.shape) == (x.shape, y.shape)
    ones = np.ones(shapes.result_shape, np.float32)
    np.testing.assert_allclose(da, reduce_to(ones * y, x))
    np.testing.assert_allclose(db, reduce_to(ones * x, y))


def reduce_to(g, like):
    """g summed over what was broadcast from the shape of `like`."""
    g = g.sum(axis=tuple(range(g.ndim - like.ndim)))
    for i, n in enumerate(like.shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


@SETTINGS
@given(shape=hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), data=st.data())
def test_slicing_is_numpys(shape, data):
    x = np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape)
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    want = x[index]
    with tf.Graph().as_default(), tf.Session() as session:
        known = tf.constant(x)[index]
        assert known.shape.as_list() == list(np.shape(want))
        unknown = tf.placeholder(tf.int32)
        if not isinstance(index, tuple):
            index = (index,)
        got, again = session.run([known, unknown[index] if index else tf.identity(unknown)], {unknown: x})
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(again, want)


NAMES = st.text("abAB/_.1", min_size=1, max_size=6)


@SETTINGS
@given(wishes=st.lists(st.tuples(st.sampled_from(["op", "enter", "leave", "unique"]), NAMES), max_size=30))
def test_names_are_unique_and_valid(wishes):
    graph = tf.Graph()
    scopes = []
    with graph.as_default():
        for kind, name in wishes:
            try:
                if kind == "op":
                    tf.no_op(name=name)
                elif kind == "enter":
                    scope = tf.name_scope(name)
                    scope.__enter__()
                    scopes.append(scope)
                elif kind == "leave" and scopes:
                    scopes.pop().__exit__(None, None, None)
                elif kind == "unique":
                    graph.unique_name(name)
            except ValueError:
                pass
        while scopes:
            scopes.pop().__exit__(None, None, None)
    names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.match(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$", name), name
        assert graph.get_operation_by_name(name).name == name


STEPS = st.lists(st.tuples(st.sampled_from(["add", "mul", "neg", "relu", "sum", "identity", "const"]),
                           st.integers(0, 10 ** 6), st.integers(0, 10 ** 6)), min_size=1, max_size=25)


@SETTINGS
@given(steps=STEPS, picks=st.lists(st.integers(0, 10 ** 6), min_size=1, max_size=4))
def test_pruning_and_rewriting_change_nothing(steps, picks):
    """Any part of a random graph gives what the whole gives, fetched alone, together, and with rewrites off."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3])
        nodes = [x, tf.Variable([1.0, -2.0, 0.5]).initialized_value()]
        for kind, i, j in steps:
            a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
            nodes.append({"add": lambda: a + b, "mul": lambda: a * b * 0.25, "neg": lambda: -a, "relu": lambda: tf.nn.relu(a),
                          "sum": lambda: a + tf.reduce_sum(b) * 0.125, "identity": lambda: tf.identity(a),
                          "const": lambda: tf.constant([0.5, 1.5, -1.0]) + a}[kind]())
        feed = {x: [1.0, -1.0, 2.0]}
        off = tf.ConfigProto()
        off.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
        with tf.Session() as session, tf.Session(config=off) as plain:
            everything = session.run(nodes, feed)
            for pick in picks:
                k = pick % len(nodes)
                np.testing.assert_array_equal(session.run(nodes[k], feed), everything[k])
                np.testing.assert_array_equal(plain.run(nodes[k], feed), everything[k])
