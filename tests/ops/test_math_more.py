"""Rarer mathematics, and what came after 1.12, row by row; gradients; the ends of what the functions take."""
import math

import numpy as np
import pytest

import pytfgraph as tf
from pytfgraph.ops import raw

from family import make_tests
from gradcheck import Row, check_row, parametrize

test_row = make_tests("math_more", loose={"Bessel": 16})
test_later_row = make_tests("later_math", loose={"Erfinv": 128, "Ndtri": 16, "EuclideanNorm large": 16})       # rational approximations; ours are exact to the last places

F = raw.function
X = [[0.5, -1.25, 3.], [2., 0.75, -4.]]
POSITIVE = [[0.5, 1.25, 3.], [2., 0.75, 4.]]
UNIT = [0.1, -0.5, 0.9, 0.2]


@parametrize([
    Row("xdivy", tf.math.xdivy, X, POSITIVE), Row("xlogy", tf.math.xlogy, X, POSITIVE), Row("xlogy-rows", lambda x, y: tf.math.xlogy(x, y[0]), X, POSITIVE),
    Row("xlog1py", F("xlog1py"), X, POSITIVE), Row("mul_no_nan", F("mul_no_nan"), X, POSITIVE), Row("mul_no_nan-rows", lambda x, y: F("mul_no_nan")(x, y[0]), X, POSITIVE),
    Row("bessel_i0e", tf.math.bessel_i0e, X), Row("bessel_i1e", tf.math.bessel_i1e, X), Row("erfinv", F("erfinv"), UNIT), Row("ndtri", lambda x: F("ndtri")(tf.abs(x)), UNIT),
    Row("cumulative_logsumexp", lambda x: F("cumulative_logsumexp")(x, 1), X), Row("cumulative_logsumexp-back", lambda x: F("cumulative_logsumexp")(x, 1, reverse=True), X),
    Row("euclidean_norm", lambda x: F("euclidean_norm")(x, [1]), X), Row("euclidean_norm-kept", lambda x: F("euclidean_norm")(x, [0], keep_dims=True), X),
    Row("next_after", lambda x: F("next_after")(x, 0.), X),
])
def test_gradient(row):
    check_row(row)


def test_gradients_at_zero():
    """There the product is zero whatever the other factor is, and i1e's slope 0/0."""
    with tf.Graph().as_default(), tf.Session() as session:
        zero, x = tf.constant([0., 2.]), tf.constant([0., 4.])
        dx, dy = session.run(tf.gradients(tf.math.xlogy(zero, x), [zero, x]))
        np.testing.assert_allclose([dx, dy], [[0, math.log(4)], [0, 0.5]], rtol=1e-6)
        assert session.run(tf.gradients(tf.math.bessel_i1e(zero), zero))[0][0] == 0.5


@pytest.mark.parametrize("p", [1e-300, 1e-100, 1e-20, 1e-5, 0.1, 0.3, 0.5, 0.7, 0.999])
def test_ndtri_is_the_inverse(p):
    with tf.Graph().as_default(), tf.Session() as session:
        y = session.run(F("ndtri")(tf.constant(p, tf.float64)))
    assert abs(0.5 * math.erfc(-y / math.sqrt(2)) - p) <= 2e-13 * p
