"""Gradients of loops against finite differences: variables, invariants, conds inside and around, loops in loops, slices."""

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph import protos
from pytfgraph.ops import raw

from gradcheck import Row, check_row, parametrize

X = [[0.3, -1.2, 0.7], [1.9, -0.4, 2.2]]
W = [[0.1, 0.5, -0.2], [0.3, -0.7, 0.4], [-0.6, 0.2, 0.9]]


def loop(step, n, *start, **options):
    """start after n iterations of step(i, *variables)."""
    def body(i, *v):
        result = step(i, *v)
        return (i + 1,) + (result if isinstance(result, tuple) else (result,))
    return tf.while_loop(lambda i, *v: i < n, body, (0,) + start, **options)[1:]


def inner(v, x):
    return lambda i: loop(lambda j, t: t * v + x, i, v)[0]


ROWS = [
    Row("power", lambda x: loop(lambda i, v: v * x, 3, x), X), Row("none", lambda x: loop(lambda i, v: v * x, 0, x), X),
    Row("matmul", lambda x, w: loop(lambda i, v: tf.tanh(tf.matmul(v, w) + x), 4, x), X, W),
    Row("one-at-a-time", lambda x, w: loop(lambda i, v: tf.tanh(tf.matmul(v, w)), 4, x, parallel_iterations=1), X, W),
    Row("swap", lambda x, w: loop(lambda i, v: tf.tanh(tf.matmul(v, w)), 4, x, swap_memory=True, parallel_iterations=32), X, W),
    Row("maximum", lambda x: tf.while_loop(lambda i, v: i < 9, lambda i, v: (i + 1, v * x), (0, x), maximum_iterations=3)[1], X),
    Row("two", lambda x: loop(lambda i, v, z: (v + tf.sin(z), z * v), 3, x, x * 2.), X),
    Row("two-one-used", lambda x: loop(lambda i, v, z: (v + tf.sin(z), z * v), 3, x, x * 2.)[0], X),
    Row("not-from-before", lambda x: loop(lambda i, v, z: (z * 2., z), 3, x, x)[0], X), Row("forgotten", lambda x: loop(lambda i, v: x * x, 3, x), X),
    Row("index", lambda x: loop(lambda i, v: v * tf.cast(i + 1, tf.float64) + x[0, 0], 4, x), X),
    Row("cond-inside", lambda x: loop(lambda i, v: tf.cond(i > 1, lambda: v * v, lambda: tf.sin(v) + x), 4, x), X),
    Row("cond-on-value", lambda x: loop(lambda i, v: tf.cond(tf.reduce_sum(v) > 3.7, lambda: v * x, lambda: v + x * x), 4, x), X),
    Row("cond-in-cond", lambda x: loop(lambda i, v: tf.cond(i > 0, lambda: tf.cond(i > 1, lambda: v * x, lambda: tf.sin(v)), lambda: v * 2.), 4, x), X),
    Row("cond-dead-arm", lambda x: loop(lambda i, v: tf.cond(i > 1, lambda: (v, v * 2.), lambda: (v, v))[0], 3, x), X),
    Row("in-cond", lambda x: tf.cond(x[0, 0] > 0., lambda: loop(lambda i, v: v * x, 3, x)[0], lambda: x), X),
    Row("in-other-arm", lambda x: tf.cond(x[0, 0] < 0., lambda: loop(lambda i, v: v * x, 3, x)[0], lambda: tf.sin(x)), X),
    Row("nested", lambda x: loop(lambda i, v: inner(v, x)(i), 3, x), X),
    Row("nested-twice", lambda x: loop(lambda i, v: loop(lambda j, t: loop(lambda k, u: u * t * 0.5 + v, j, t)[0], i, v)[0], 3, x), X),
    Row("nested-cond", lambda x: loop(lambda i, v: tf.cond(i > 1, lambda: inner(v, x)(i), lambda: v + x), 3, x), X),
    Row("nested-invariant", lambda x, w: loop(lambda i, v: loop(lambda j, t: tf.matmul(t, w) + v, 2, v)[0], 2, x), X, W),
    Row("split", lambda x: loop(lambda i, v: tf.split(v, 3, 1)[0] * v, 3, x), X, levels=("known", "partial")),
    Row("mean", lambda x: loop(lambda i, v: tf.reduce_mean(v, 0, keepdims=True) * v, 3, x), X),
    Row("gather", lambda x: loop(lambda i, v: v + tf.gather(x, [i, 0]), 2, tf.zeros([2, 3], tf.float64)), X, levels=("known", "partial")),
    Row("gather-variable", lambda x: loop(lambda i, v: tf.gather(v, [1, 0]) * x, 3, x), X),
    Row("grows", lambda x: tf.while_loop(lambda i, v: i < 2, lambda i, v: (i + 1, tf.concat([v, v * v], 0)), (0, x), shape_invariants=(
        tf.TensorShape([]), tf.TensorShape([None, 3])))[1], X, levels=("known", "partial")),
    Row("after-each-other", lambda x: loop(lambda i, v: v * x, 2, loop(lambda i, v: tf.sin(v) + x, 2, x)[0]), X),
]


def array(size, **options):
    return tf.TensorArray(tf.float64, size, **options)


def in_both_arms(x):
    rows = array(2).unstack(x)
    return tf.cond(x[0, 0] > 0., lambda: rows.read(0) * rows.read(1), lambda: rows.read(1))


ROWS += [
    Row("unstack-stack", lambda x: array(2).unstack(x).stack(), X), Row("read", lambda x: array(2).unstack(x).read(1), X),
    Row("gather", lambda x: array(2).unstack(x).gather([1]), X), Row("scatter", lambda x: array(3).scatter([2, 0], x).gather([0, 2]), X),
    Row("write", lambda x: array(2).write(1, x * x).write(0, x).stack(), X), Row("split-concat", lambda x: array(2).split(x, [1, 1]).concat(), X),
    Row("split-read", lambda x: array(2, infer_shape=False).split(tf.concat([x, x * x], 0), [1, 3]).read(1), X),
    Row("read-twice", lambda x: (lambda a: a.read(0) * a.read(0) + a.read(1))(array(2, clear_after_read=False).unstack(x)), X),
    Row("slices-of-stack", lambda x: tf.gather(array(2).unstack(x).stack(), [1, 1]), X), Row("dynamic", lambda x: array(0, dynamic_size=True).unstack(x).stack(), X),
    Row("array-loop", lambda x: tf.while_loop(lambda i, t: i < 2, lambda i, t: (i + 1, t.write(i, x * tf.cast(i + 2, tf.float64))), (0, array(2)))[1].stack(), X),
    Row("map", lambda x: tf.map_fn(lambda r: r * tf.reduce_sum(r), x), X), Row("map-two", lambda x, y: tf.map_fn(lambda r: (r[0] * r[1], tf.sin(r[0])), (x, y)), X, X[::-1]),
    Row("map-closure", lambda x, w: tf.map_fn(lambda r: tf.tensordot(r, w, [[0], [0]]), x), X, W, levels=("known",)),
    Row("map-map", lambda x: tf.map_fn(lambda r: tf.map_fn(lambda e: e * e * r[0], r), x), X), Row("foldl", lambda x: tf.foldl(lambda a, r: a * r + a, x), X),
    Row("foldl-initializer", lambda x: tf.foldl(lambda a, r: a * tf.reduce_sum(r), x, initializer=tf.constant(2., tf.float64)), X, levels=("known", "partial")), Row("foldr", lambda x: tf.foldr(lambda a, r: a * r + r, x), X),
    Row("scan", lambda x: tf.scan(lambda a, r: a * r + r, x), X), Row("scan-reverse", lambda x: tf.scan(lambda a, r: a * r, x, reverse=True, initializer=tf.constant([1., 2., 3.], tf.float64)), X, levels=("known", "partial")),
    Row("scan-two", lambda x, y: tf.scan(lambda a, r: (a[0] * r[1], a[1] + r[0]), (x, y)), X, X[::-1]), Row("array-cond", in_both_arms, X),
]


def lists(x):
    return raw.module("gen_list_ops").tensor_list_from_tensor(x, tf.constant([3]))


def popped(x):
    gen = raw.module("gen_list_ops")
    rest, last = gen.tensor_list_pop_back(lists(x), tf.float64)
    return gen.tensor_list_stack(gen.tensor_list_push_back(rest, last * last), tf.float64), last


def pushed_in_loop(x):
    gen = raw.module("gen_list_ops")
    start = gen.empty_tensor_list(tf.constant([2, 3]), element_dtype=tf.float64)
    return gen.tensor_list_stack(tf.while_loop(lambda i, l, v: i < 3, lambda i, l, v: (i + 1, gen.tensor_list_push_back(l, v), v * x), (0, start, x))[1], tf.float64)


ROWS += [
    Row("list", lambda x: raw.module("gen_list_ops").tensor_list_stack(lists(x), tf.float64), X, levels=("known", "partial")), Row("list-pop", popped, X, levels=("known",)),
    Row("list-set", lambda x: raw.module("gen_list_ops").tensor_list_stack(raw.module("gen_list_ops").tensor_list_set_item(lists(x), 1, x[0] * x[0]), tf.float64), X, levels=("known",)),
    Row("list-gather", lambda x: raw.module("gen_list_ops").tensor_list_gather(lists(x), [1, 0], tf.float64), X, levels=("known",)),
    Row("list-loop", pushed_in_loop, X, levels=("known",)),
]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


@pytest.mark.parametrize("use_resource", [False, True])
def test_variables(use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=np.array(X), use_resource=use_resource)
        dense, = tf.gradients(loop(lambda i, y: y * v, 3, tf.ones([2, 3], tf.float64)), v)
        sliced, = tf.gradients(loop(lambda i, y: y + tf.reduce_sum(tf.square(tf.gather(v, [i, 1]))), 2, tf.zeros([], tf.float64)), v)
        assert isinstance(sliced, tf.IndexedSlices)
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(dense), 3 * np.array(X) ** 2)
        np.testing.assert_allclose(session.run(tf.convert_to_tensor(sliced)), 2 * np.array(X) * [[1], [3]])


def test_gradients_inside_a_loop():
    with tf.Graph().as_default(), tf.Session() as session:
        y = loop(lambda i, v: v - 0.25 * tf.gradients(tf.reduce_sum(v * v), v)[0], 10, tf.constant(X))[0]
        np.testing.assert_allclose(session.run(y), np.array(X, np.float32) / 1024, rtol=1e-6)


def test_linear_in_iterations():
    """What the gradient through n iterations runs and holds grows as n does."""
    config = protos.module("tensorflow.core.protobuf.config_pb2")
    with tf.Graph().as_default(), tf.Session() as session:
        x, n = tf.placeholder(tf.float32, [100]), tf.placeholder(tf.int32, [])
        dx, = tf.gradients(loop(lambda i, v: tf.sin(v) * x, n, x)[0], x)
        nodes, held = {}, {}
        for count in (500, 4000):
            metadata = config.RunMetadata()
            session.run(dx, {x: np.ones(100, np.float32), n: count}, config.RunOptions(trace_level=config.RunOptions.FULL_TRACE), metadata)
            stats = [node for device in metadata.step_stats.dev_stats for node in device.node_stats]
            nodes[count] = len(stats)
            held[count] = sum(memory.total_bytes for node in stats for memory in node.memory)
        assert nodes[500] > 500 and nodes[4000] < 8.1 * nodes[500]
        assert held[4000] < 8.1 * held[500]


def steps_of_variables(v, w, x):
    """Loops with conditionals that read both variables, or one of them, or hand one's handle round."""
    maybe = tf.cond
    yield loop(lambda i, a: maybe(tf.equal(i, 1), lambda: a * v, lambda: a + w), 3, x)[0]
    yield loop(lambda i, a: maybe(tf.equal(i, 1), lambda: a * v, lambda: a + v * w + v), 3, x)[0]
    yield loop(lambda i, a: maybe(i < 2, lambda: maybe(i < 1, lambda: a * v, lambda: a + w), lambda: a * w * v), 3, x)[0]
    yield loop(lambda i, a: loop(lambda j, b: maybe(j < i, lambda: b * v, lambda: b + w * a), 2, a)[0], 3, x)[0]
    yield loop(lambda i, a: maybe(tf.equal(i, 1), lambda: loop(lambda j, b: b * v, 2, a)[0], lambda: a * w), 3, x)[0]
    yield maybe(tf.reduce_sum(v) > 0., lambda: loop(lambda i, a: a * v, 3, x)[0], lambda: loop(lambda i, a: a * w, 3, x)[0])
    yield loop(lambda i, a: maybe(i < 1, lambda: a * v, lambda: a + w), 3, tf.placeholder_with_default(x, None))[0]


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
@pytest.mark.parametrize("case", range(7))
def test_resource_variables_in_conditionals(case, dtype):
    """What a loop does to a resource variable is what it does to the other kind, and both are trained."""
    got = []
    for use_resource in (False, True):
        with tf.Graph().as_default(), tf.Session() as s:
            v = tf.get_variable("v", [2], dtype, tf.constant_initializer([1.5, 2.]), use_resource=use_resource)
            w = tf.get_variable("w", [2], dtype, tf.constant_initializer([.5, 3.]), use_resource=use_resource)
            y = list(steps_of_variables(v, w, tf.constant([1., 1.5], dtype)))[case]
            dx = tf.gradients(y, [v, w])
            s.run(tf.global_variables_initializer())
            got.append(s.run(dx))
            before = s.run([v, w])
            s.run(tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y)))
            np.testing.assert_allclose(s.run([v, w]), np.array(before) - 0.1 * np.array(got[-1]), rtol=1e-5)
    np.testing.assert_array_equal(*got)


def test_handles_as_loop_variables():
    with tf.Graph().as_default(), tf.Session() as s:
        v = tf.get_variable("v", [2], initializer=tf.constant_initializer([1.5, 2.]), use_resource=True)
        w = tf.get_variable("w", [2], initializer=tf.constant_initializer([.5, 3.]), use_resource=True)
        y = loop(lambda i, a, h: (a * w + 1., h), 3, v + 0., v.handle)[0]
        dx = tf.gradients(y, [v, w])
        s.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(s.run(dx), [[0.125, 27.], [3.125, 61.]])
