"""The math family, row by row."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests

# TensorFlow's own functions are rational approximations, its halves rounded at each step, its sums in another order.
LOOSE = {"Sigmoid float16": 8, "Tanh": 8, "Sum": 8, "Mean": 8, "Expm1 complex": 16, "Igamma": 64, "Zeta": 64, "Digamma": 8}

test_row = make_tests("math", LOOSE)


def special(op, *args):
    with tf.Graph().as_default(), tf.Session() as s:
        return s.run(op(*[tf.constant(x, tf.float64) for x in args]))


@pytest.mark.parametrize("a, x, lower", [
    (1.01e8, 1.0101e8, 0.8401409918445483), (9.9e7, 9.901e7, 0.8425605982743347), (1e15, 1e15, 0.5000000042052208), (1e30, 1e30, 0.5),
    (1e300, 1e300, 0.5), (1e30, 1., 0.), (1e9, 1e12, 1.), (np.inf, 1., 0.), (np.inf, np.inf, 1.)])
def test_incomplete_gamma_far_out(a, x, lower):
    """Where the series would never end, it is the expansion for large arguments."""
    np.testing.assert_allclose(special(tf.igamma, a, x), lower, rtol=1e-13)
    np.testing.assert_allclose(special(tf.igammac, a, x), 1 - lower, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("x", [2., 3., 4.])
def test_zeta_far_below_zero(x):
    q = -1500.25
    want = special(tf.zeta, x, q + 2000) + np.sum((q + np.arange(2000.)) ** -x)
    np.testing.assert_allclose(special(tf.zeta, x, q), want, rtol=1e-12)
    assert np.isfinite(special(tf.zeta, x, -4e15 + 0.5))
