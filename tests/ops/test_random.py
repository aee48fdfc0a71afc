"""Random ops give TensorFlow 1.12.3's numbers, bit for bit, run after run."""
import json
import pathlib

import numpy as np
import pytest

import pytfgraph as tf
from ops import random_cases


@pytest.fixture(autouse=True)
def empty_graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture(scope="module")
def golden():
    return json.loads((pathlib.Path(__file__).parent.parent / "golden" / "ops" / "random.json").read_text())


@pytest.mark.parametrize("group", random_cases.GROUPS, ids=lambda g: g.__name__)
def test_numbers_are_tensorflows(group, golden):
    got = random_cases.run(tf, group)
    wrong = [name for name in got if got[name] != golden[name]]
    assert not wrong, "%d of %d differ: %s" % (len(wrong), len(got), wrong[:10])


def test_no_seed_differs():
    x = tf.random_uniform([100])
    with tf.Session() as a, tf.Session() as b:
        values = [tuple(s.run(x)) for s in (a, a, b)]
    assert len(set(values)) == 3


def test_sessions_start_over():
    x = tf.random_normal([10], seed=3)
    with tf.Session() as a, tf.Session() as b:
        first, second = a.run(x), a.run(x)
        np.testing.assert_array_equal(b.run(x), first)
        assert (first != second).any()


def test_generator_outlives_plans():
    """Other fetches of the same op go on where the last ones stopped."""
    x = tf.random_uniform([4], seed=3)
    y = x * 2
    with tf.Session() as s:
        together = [s.run(x), s.run(x)]
    with tf.Session() as s:
        np.testing.assert_array_equal(s.run(x), together[0])
        np.testing.assert_array_equal(s.run(y), together[1] * 2)


@pytest.mark.parametrize("build, message", [
    (lambda p: tf.random_uniform(p(3, tf.int32)), r"shape must be a vector of {int32,int64}, got shape \[\]"),
    (lambda p: tf.random_uniform(p([-1], tf.int32)), "Dimension -1 must be >= 0"),
    (lambda p: tf.random_uniform([3], p(5, tf.int32), p(5, tf.int32), tf.int32), "Need minval < maxval, got 5 >= 5"),
    (lambda p: tf.multinomial(p([1.], tf.float32), 3), r"logits should be a matrix, got shape \[1\]"),
    (lambda p: tf.multinomial(p([[1.]], tf.float32), p(-3, tf.int32)), "num_samples should be nonnegative, got -3"),
    (lambda p: tf.multinomial(p(np.zeros((2, 0)), tf.float32), 3), "num_classes should be positive, got 0"),
    (lambda p: tf.get_default_graph().create_op("StatelessRandomUniform", [tf.constant([3]), p([1, 2, 3], tf.int64)],
                                                [tf.float32]).outputs[0], r"seed must have shape \[2\], not \[3\]"),
])
def test_errors(build, message):
    feeds = {}

    def placeholder(value, dtype):
        p = tf.placeholder(dtype)
        feeds[p] = value
        return p

    x = build(placeholder)
    with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        s.run(x, feeds)


def test_moments():
    """The distributions are what they are called."""
    with tf.Session() as s:
        normal, uniform, gamma, poisson = s.run([
            tf.random_normal([200000], 3, 2, seed=1), tf.random_uniform([200000], -1, 5, seed=1),
            tf.random_gamma([200000], 3., 2., seed=1), tf.random_poisson(4.5, [200000], seed=1)])
    for x, mean, deviation in ((normal, 3, 2), (uniform, 2, 6 / 12 ** .5), (gamma, 1.5, .75 ** .5), (poisson, 4.5, 4.5 ** .5)):
        assert abs(x.mean() - mean) < .03 and abs(x.std() - deviation) < .03


def test_gamma_gradient():
    """The derivative of a sample against the difference of samples drawn with nearby parameters from the same stream."""
    alpha = tf.placeholder(tf.float64, [2])
    x = tf.random_gamma([5], alpha, seed=1, dtype=tf.float64)
    dx, = tf.gradients(x, alpha)
    a = np.array([2.5, 7.])
    with tf.Session() as s:
        value, slope = s.run([x, dx], {alpha: a})
    assert slope.shape == (2,)
    # d sample / d alpha is positive, and for large alpha near 1 + z / (2 sqrt alpha).
    z = (value - a) / np.sqrt(a)
    np.testing.assert_allclose(slope, (1 + z / (2 * np.sqrt(a))).sum(0), rtol=.1)


def test_picks_do_not_depend_on_threads():
    x = random_cases.raw(tf, "Multinomial", [random_cases.logits("float32", 512, 50), np.int32(40)], "int64",
                         T=random_cases.dtype_attr(tf, "float32"))
    seen = set()
    for n in (1, 2, 5):
        with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=n)) as s:
            seen.add(s.run(x).tobytes())
    assert len(seen) == 1


def test_impossible_parameters():
    """They give NaN, also Poisson's, where TensorFlow 1.12.3 never returns; and an empty shape is refused, where it reads beyond it."""
    with tf.Session() as s:
        gamma, poisson = s.run([
            random_cases.raw(tf, "RandomGamma", [[2], np.float32([np.nan, -1, 1])], "float32", S=random_cases.dtype_attr(tf, "int32"),
                             T=random_cases.dtype_attr(tf, "float32")),
            tf.random_poisson([np.nan, np.inf, 1.], [2], tf.float64)])
        assert np.isnan(gamma[:, :2]).all() and np.isfinite(gamma[:, 2]).all()
        assert np.isnan(poisson[:, :2]).all() and np.isfinite(poisson[:, 2]).all()
        attrs = {"dtype": random_cases.dtype_attr(tf, "float32"), "T": random_cases.dtype_attr(tf, "int32")}
        x = random_cases.raw(tf, "ParameterizedTruncatedNormal", [np.zeros(0, np.int32)] + [np.float32(v) for v in (0, 1, 0, 1)],
                             "float32", **attrs)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must not be empty"):
            s.run(x)
