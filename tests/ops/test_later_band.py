"""Lu, matrices of three diagonals, and BatchMatMulV3, row by row, and gradients."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
from gradcheck import Row, check_row, parametrize

test_row = make_tests("later_band", loose={"Lu": 4096, "TridiagonalSolve": 1 << 14, "TridiagonalMatMul": 64, "BatchMatMulV3": 64})
R = np.random.RandomState(6)
DIAGONALS, RHS = R.uniform(.5, 1, (2, 3, 4)) + [[0], [2], [0]], R.uniform(-1, 1, (2, 4, 3))
ROW = R.uniform(-1, 1, (2, 1, 4))


def parts(z):
    return tf.stack([tf.real(z), 2 * tf.imag(z)])


@parametrize([Row("solve", lambda a, b: raw("TridiagonalSolve", a, b), DIAGONALS, RHS), Row("solve-sweep", lambda a, b: raw("TridiagonalSolve", a, b, partial_pivoting=False), DIAGONALS, RHS),
              Row("solve-complex", lambda a, b: parts(raw("TridiagonalSolve", tf.complex(a, a * a), tf.complex(b, 1 - b))), DIAGONALS, RHS), Row("solve-one", lambda a, b: raw("TridiagonalSolve", a, b), DIAGONALS[..., :1], RHS[:, :1]),
              Row("multiply", lambda a, b, c, x: raw("TridiagonalMatMul", a, b, c, x), ROW, ROW + 1, ROW * ROW, RHS),
              Row("multiply-complex", lambda a, x: parts(raw("TridiagonalMatMul", tf.complex(a, 1 - a), tf.complex(a, a * a), tf.complex(1 + a, a), tf.complex(x, x * x))), ROW, RHS),
              Row("batch-matmul-3", lambda x, y: raw("BatchMatMulV3", x, y, Tout=tf.float64, adj_y=True), RHS, RHS[0] + 1)])
def test_gradient(row):
    check_row(row)


def test_factors_multiply():
    a = R.uniform(-1, 1, (3, 6, 6))
    with tf.Graph().as_default(), tf.Session() as s:
        lu, p = s.run(list(raw("Lu", a)))
        for m, f, order in zip(a, lu, p):
            np.testing.assert_allclose((np.tril(f, -1) + np.eye(6)) @ np.triu(f), m[order], atol=1e-12)


def test_perturb_singular_is_not_of_the_cpu():
    with tf.Graph().as_default(), tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError, match="perturb_singular"):
        s.run(raw("TridiagonalSolve", np.ones((3, 2)), np.ones((2, 1)), perturb_singular=True))


@pytest.mark.parametrize("a, words", [
    ([[1., 2.], [2., 4.]], "Input is not invertible"), (np.zeros((2, 2)), "Input is not invertible"), ([np.eye(2), np.zeros((2, 2))], "Input is not invertible"),
    (np.ones((2, 3)), "Input matrix must be square"), ([1.], "must have rank >= 2, got 1"), (1., "must have rank >= 2, got 0")])
def test_factors_refused(a, words):
    with tf.Graph().as_default(), tf.Session() as s:
        fed = tf.placeholder(tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            s.run(raw("Lu", fed)[0], {fed: a})
