"""Qr and MatrixTriangularSolve: laws that their results keep, LAPACK's signs, batches, empty matrices, gradients, messages."""
import numpy as np
import pytest

import pytfgraph as tf

from gradcheck import Row, check_row, parametrize

EXACT = {"float32": 2e-6, "float64": 4e-15, "complex64": 2e-6, "complex128": 4e-15}
SHAPES = [(1, 1), (3, 3), (5, 2), (2, 5), (64, 64), (70, 33), (33, 70), (4, 3, 2), (2, 3, 3, 4), (0, 3), (3, 0), (0, 0), (2, 0, 3), (0, 3, 2)]


def values(shape, dtype, seed=1):
    r = np.random.RandomState(seed)
    x = r.randn(*shape)
    return (x + 1j * r.randn(*shape) if dtype.startswith("complex") else x).astype(dtype)


def adjoint(x):
    return np.conj(np.swapaxes(x, -1, -2))


def close(got, want, dtype, size):
    assert got.dtype == dtype and got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=0, atol=EXACT[dtype] * (1 + size))


def run(fn, *feeds):
    """The result where shapes are known while the graph is built, which must be that where they are not."""
    answers = []
    for known in (True, False):
        with tf.Graph().as_default(), tf.Session() as session:
            xs = [tf.placeholder(f.dtype, f.shape if known else None) for f in feeds]
            ys = fn(*xs)
            answers.append(session.run(ys, dict(zip(xs, feeds))))
            for y, answer in zip(*([ys, answers[-1]] if isinstance(ys, (list, tuple)) else [[ys], answers[-1:]])):
                assert y.shape.is_compatible_with(answer.shape)
                assert not known or y.shape.is_fully_defined()
    for one, other in zip(*answers):
        np.testing.assert_array_equal(one, other)
    return answers[0]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("dtype", sorted(EXACT))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_qr(shape, dtype, full):
    a = values(shape, dtype)
    q, r = run(lambda x: tf.qr(x, full_matrices=full), a)
    m, n = shape[-2:]
    k = m if full else min(m, n)
    assert q.shape == shape[:-2] + (m, k) and r.shape == shape[:-2] + (k, n)
    close(q @ r, a, dtype, max(m, n))
    close(adjoint(q) @ q, np.broadcast_to(np.eye(k, dtype=dtype), shape[:-2] + (k, k)), dtype, max(m, n))
    assert not np.tril(r, -1).any()
    diagonal = np.diagonal(r, axis1=-2, axis2=-1)
    assert not diagonal.imag[..., :m - 1].any()
    for matrix, first in zip(a.reshape((-1, m, n)) if a.size else (), r.reshape((-1, k, n)) if r.size else ()):
        want = np.linalg.qr(matrix.astype("complex128" if dtype.startswith("complex") else "float64"), "complete" if full else "reduced")[1]
        np.testing.assert_array_equal(np.sign(np.diagonal(first).real), np.sign(np.diagonal(want).real))


def test_qr_of_special_columns():
    """A column that is zero below its head is not reflected, and keeps its sign."""
    q, r = run(tf.qr, np.array([[2., 1.], [0., 3.]]))
    np.testing.assert_array_equal(q, np.eye(2))
    np.testing.assert_array_equal(r, [[2., 1.], [0., 3.]])
    q, r = run(tf.qr, np.zeros((3, 2), np.float32))
    np.testing.assert_array_equal(q, np.eye(3, 2))
    assert not r.any()
    assert np.isnan(run(tf.qr, np.array([[np.nan, 1.], [2., 3.]]))[1]).any()
    q, r = run(tf.qr, np.array([[1e200, 1.], [1e200, 2.]]))
    np.testing.assert_allclose(r[0, 0], -np.sqrt(2) * 1e200)


@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
def test_qr_refuses(shape):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Input tensor 0 must have rank >= 2, got shape"):
            session.run(tf.qr(x), {x: np.zeros(shape)})


@pytest.mark.parametrize("threads", [1, 3])
def test_qr_bits_do_not_depend_on_threads(threads):
    a = values((50, 9, 7), "float32")
    with tf.Graph().as_default(), tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as session:
        whole = session.run(tf.qr(a))
        for i in (0, 17, 49):
            one = session.run(tf.qr(a[i]))
            np.testing.assert_array_equal(whole[0][i], one[0])
            np.testing.assert_array_equal(whole[1][i], one[1])


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("on_adjoint", [False, True])
@pytest.mark.parametrize("dtype", sorted(EXACT))
@pytest.mark.parametrize("shape, columns", [((1, 1), 1), ((4, 4), 3), ((65, 65), 1), ((3, 2, 2), 5), ((0, 0), 2), ((2, 2), 0), ((0, 2, 2), 1)], ids=str)
def test_triangular_solve(shape, columns, dtype, lower, on_adjoint):
    n = shape[-1]
    a, b = values(shape, dtype) / max(n, 1) + 2 * np.eye(n, dtype=dtype), values(shape[:-1] + (columns,), dtype, 2)
    x = run(lambda m, rhs: tf.matrix_triangular_solve(m, rhs, lower=lower, adjoint=on_adjoint), a, b)
    triangle = np.tril(a) if lower else np.triu(a)
    close((adjoint(triangle) if on_adjoint else triangle) @ x, b, dtype, 2 * n)


@pytest.mark.parametrize("a, b, message", [
    (np.zeros((2, 2)), np.ones((2, 1)), "Input matrix is not invertible."),
    (np.array([[1., 5.], [5., -0.]]), np.ones((2, 1)), "Input matrix is not invertible."),
    (np.ones((2, 3)), np.ones((2, 1)), "First input (lhs) must be a square matrix."),
    (np.ones((2, 2)), np.ones((3, 1)), "Input matrix and rhs are incompatible."),
    (np.ones((2, 2)), np.ones((1, 2, 1)), "All input tensors must have the same rank."),
    (np.ones((3, 2, 2)), np.ones((1, 2, 1)), "All input tensors must have the same outer dimensions."),
    (np.ones(3), np.ones(3), "Input tensor 0 must have rank >= 2, got shape [3]"),
])
def test_triangular_solve_refuses(a, b, message):
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = tf.placeholder(tf.float64), tf.placeholder(tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError) as error:
            session.run(tf.matrix_triangular_solve(x, y), {x: a, y: b})
        assert message in error.value.message


@pytest.mark.parametrize("a, b, message", [
    ([2, 3], [2, 1], "Dimensions must be equal, but are 2 and 3 for"), ([2, 2], [3, 1], "Dimensions must be equal, but are 2 and 3 for"),
    ([2, 2], [1, 2, 1], "Shapes must be equal rank, but are 0 and 1 for"),
    ([3, 2, 2], [1, 2, 1], "Dimension 0 in both shapes must be equal, but are 3 and 1. Shapes are [3] and [1]. for"),
])
def test_triangular_solve_shapes(a, b, message):
    with tf.Graph().as_default(), pytest.raises(ValueError) as error:
        tf.matrix_triangular_solve(tf.zeros(a), tf.zeros(b))
    assert str(error.value).startswith(message)


MATRIX = values((4, 3), "float64", 3)
SQUARE = values((3, 3), "float64", 4) + 3 * np.eye(3)
BATCH = values((2, 4, 3), "float64", 5)


def solve(**flags):
    return lambda a, b: tf.matrix_triangular_solve(a, b, **flags)


@parametrize([Row("qr", tf.qr, MATRIX, levels=["known"]), Row("qr-square", tf.qr, SQUARE, levels=["known"]),
              Row("qr-batch", tf.qr, BATCH, levels=["known", "partial"]),
              Row("qr-full", lambda x: tf.qr(x, full_matrices=True), SQUARE, levels=["known"])]
             + [Row("solve-%d%d" % (lower, on), solve(lower=lower, adjoint=on), SQUARE, MATRIX.T) for lower in (False, True) for on in (False, True)]
             + [Row("solve-batch", solve(), BATCH[:, :3] + 3 * np.eye(3), BATCH[:, 1:, :2])])
def test_gradient(row):
    check_row(row)


@pytest.mark.parametrize("shape, full, message", [
    ([2, 3], False, "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."),
    ([3, 2], True, "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."),
    ([None, 2], False, "QrGrad not implemented with dynamic shapes."), (None, False, "QrGrad not implemented with dynamic shapes."),
])
def test_gradients_that_qr_lacks(shape, full, message):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, shape)
        with pytest.raises(NotImplementedError) as error:
            tf.gradients(tf.qr(x, full_matrices=full), x)
    assert str(error.value) == message


def test_qr_has_no_complex_gradient():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.complex64, [3, 2])
        q = tf.qr(x)[0]
        with pytest.raises(NotImplementedError) as error:
            tf.gradients(q, x, grad_ys=[tf.ones_like(q)])
    assert str(error.value) == "QrGrad not implemented for dtype: <dtype: 'complex64'>"


def test_names_of_the_gradient():
    with tf.Graph().as_default() as g:
        x = tf.placeholder(tf.float32, [4, 3, 2])
        tf.gradients(tf.qr(x), x)
        grad = [(op.name[len("gradients/Qr_grad/"):], op.type) for op in g.get_operations() if "Qr_grad" in op.name]
    transposes = [("adjoint%s/matrix_transpose/transpose%s" % (i, part), kind) for i in ("", "_1", "_2", "_3", "_4", "_5")
                  for part, kind in (("/perm", "Const"), ("", "Transpose"))]
    assert [n for n in grad if n[0].startswith("adjoint")] == transposes
    assert [n for n in grad if not n[0].startswith("adjoint")] == [
        ("MatMul", "BatchMatMul"), ("sub", "Sub"), ("MatMul_1", "BatchMatMul"), ("sub_1", "Sub"), ("add", "Add"),
        ("MatrixBandPart/num_lower", "Const"), ("MatrixBandPart/num_upper", "Const"), ("MatrixBandPart", "MatrixBandPart"),
        ("MatrixTriangularSolve", "MatrixTriangularSolve"), ("add_1", "Add"), ("MatMul_2", "BatchMatMul"), ("MatMul_3", "BatchMatMul"),
        ("sub_2", "Sub"), ("MatrixTriangularSolve_1", "MatrixTriangularSolve"), ("add_2", "Add")]
