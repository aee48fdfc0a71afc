"""Linear algebra: recorded values, and laws that results keep, LAPACK's signs, batches, empty matrices, gradients, messages."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw
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


def of_definite(f):
    """f of x x^T + 3, x being square and of known rank."""
    return lambda x: f(tf.matmul(x, x, transpose_b=True) + tf.constant(3 * np.eye(3)))


def solve_ls(**flags):
    return lambda a, b: raw("MatrixSolveLs", a, b, tf.constant(0.3, tf.float64), **flags)


COMPLEX = [lambda re, im, f=f: f(tf.complex(re, im)) for f in (
    lambda z: [tf.real(w) for w in [tf.cholesky(tf.matmul(z, z, adjoint_b=True) + np.eye(3))]],
    lambda z: tf.real(raw('MatrixSquareRoot', z)), lambda z: tf.real(tf.matrix_inverse(z)), lambda z: tf.imag(tf.matrix_solve(z, z[:, :1])), lambda z: tf.real(tf.self_adjoint_eigvals(z)),
    lambda z: tf.real(tf.svd(z, compute_uv=False)))]


@parametrize([Row("qr", tf.qr, MATRIX, levels=["known"]), Row("qr-square", tf.qr, SQUARE, levels=["known"]),
              Row("qr-batch", tf.qr, BATCH, levels=["known", "partial"]),
              Row("qr-full", lambda x: tf.qr(x, full_matrices=True), SQUARE, levels=["known"])]
             + [Row("solve-%d%d" % (lower, on), solve(lower=lower, adjoint=on), SQUARE, MATRIX.T) for lower in (False, True) for on in (False, True)]
             + [Row("cholesky", of_definite(tf.cholesky), SQUARE, levels=["known", "partial"]), Row("cholesky-batch", of_definite(tf.cholesky), BATCH[:, :3], levels=["known", "partial"]),
                Row("inverse", tf.matrix_inverse, SQUARE, levels=["known", "partial"]), Row("inverse-batch", tf.matrix_inverse, BATCH[:, :3] + 3 * np.eye(3)),
                Row("square-root", lambda x: raw("MatrixSquareRoot", x), SQUARE), Row("square-root-batch", lambda x: raw("MatrixSquareRoot", x), BATCH[:, :3] + 5 * np.eye(3)),
                Row("determinant", tf.matrix_determinant, SQUARE), Row("determinant-batch", tf.matrix_determinant, BATCH[:, :3] + 3 * np.eye(3)),
                Row("slogdet", lambda x: tf.linalg.slogdet(x)[1], BATCH[:, :3] + 3 * np.eye(3)),
                Row("matrix-solve", tf.matrix_solve, SQUARE, MATRIX.T, levels=["known", "partial"]), Row("matrix-solve-batch", tf.matrix_solve, BATCH[:, :3] + 3 * np.eye(3), BATCH[:, 1:, :2]),
                Row("matrix-solve-adjoint", lambda a, b: tf.matrix_solve(a, b, adjoint=True), SQUARE, MATRIX.T, levels=["known", "partial"]),
                Row("least-squares-tall", solve_ls(), BATCH, BATCH[:, :, :2]), Row("least-squares-wide", solve_ls(), BATCH.swapaxes(1, 2), BATCH[:, 1:, :2]),
                Row("lstsq-tall", lambda a, b: tf.matrix_solve_ls(a, b, 0.3), BATCH, BATCH[:, :, :2]), Row("lstsq-wide", lambda a, b: tf.matrix_solve_ls(a, b, 0.3), MATRIX.T, MATRIX.T[:, :2], levels=["known"]),
                Row("eigenvalues", tf.self_adjoint_eigvals, SQUARE, levels=["known", "partial"]), Row("eigenvalues-batch", tf.self_adjoint_eigvals, BATCH[:, :3]),
                Row("eigenvectors", tf.self_adjoint_eig, SQUARE, levels=["known", "partial"]), Row("eigenvectors-batch", tf.self_adjoint_eig, BATCH[:, :3]),
                Row("singular-values", lambda x: tf.svd(x, compute_uv=False), MATRIX, levels=["known", "partial"]), Row("singular-values-batch", lambda x: tf.svd(x, compute_uv=False), BATCH)]
             + [Row("svd-%s-%d" % (np.shape(a), full), lambda x, full=full: tf.svd(x, full_matrices=full), a, levels=["known"], tolerance=1e-4)
                for a in (SQUARE, MATRIX, MATRIX.T, BATCH, BATCH.swapaxes(1, 2)) for full in (False, True)
                if not full or a is SQUARE]
             + [Row("complex-%d" % i, f, SQUARE, np.array([[0., 1., 2.], [-1., 0.5, 1.], [0.3, 0.2, 0.1]]), levels=["known"]) for i, f in enumerate(COMPLEX)]
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


# TensorFlow's own floats are some hundred ulps off where a matrix is not the best conditioned.
test_row = make_tests("linalg", {"Cholesky": 256, "Matrix": 4096, "LogMatrix": 512, "SelfAdjoint": 256, "Svd": 256})


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("dtype", sorted(EXACT))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_svd(shape, dtype, full):
    a = values(shape, dtype)
    m, n = shape[-2:]
    least = min(m, n)
    s, u, v = run(lambda x: tf.svd(x, full_matrices=full), a)
    assert s.shape == shape[:-2] + (least,) and u.shape == shape[:-1] + (m if full else least,) and v.shape == shape[:-2] + (n, n if full else least)
    assert not np.imag(s).any() and (np.diff(np.real(s)) <= 0).all()
    close(u[..., :least] * s[..., None, :] @ adjoint(v[..., :least]), a, dtype, 4 * max(m, n))
    for w in (u, v):
        if w.size:
            close(adjoint(w) @ w, np.broadcast_to(np.eye(w.shape[-1], dtype=dtype), shape[:-2] + (w.shape[-1],) * 2), dtype, 4 * max(m, n))
    np.testing.assert_array_equal(run(lambda x: tf.svd(x, compute_uv=False), a).shape, s.shape)


@pytest.mark.parametrize("dtype", sorted(EXACT))
@pytest.mark.parametrize("shape", [s for s in SHAPES if s[-1] == s[-2]], ids=str)
def test_self_adjoint_eig(shape, dtype):
    a = values(shape, dtype)
    lower = np.tril(a)
    whole = lower + adjoint(np.tril(a, -1))
    whole = whole - 1j * np.imag(whole) * np.eye(shape[-1]) if dtype.startswith("complex") else whole
    e, v = run(tf.self_adjoint_eig, a)
    assert not np.imag(e).any() and (np.diff(np.real(e)) >= 0).all()
    close(v * e[..., None, :] @ adjoint(v), whole.astype(dtype), dtype, 8 * shape[-1])
    close(adjoint(v) @ v, np.broadcast_to(np.eye(shape[-1], dtype=dtype), shape), dtype, 4 * shape[-1])
    close(run(tf.self_adjoint_eigvals, a), e, dtype, 8 * shape[-1])


def imported(nodes, producer):
    """Runs operations that newer graphs may not make: nodes by name, as an old graph has them."""
    g = tf.GraphDef()
    g.versions.producer = producer
    for name, op, dtype, inputs in nodes:
        node = g.node.add(name=name, op=op, input=inputs)
        node.attr["T"].type = tf.as_dtype(dtype).as_datatype_enum
    return g


OLD = [("BatchCholesky", 12), ("BatchMatrixDeterminant", 12), ("BatchMatrixInverse", 12), ("BatchSelfAdjointEig", 10), ("SelfAdjointEig", 10), ("BatchSelfAdjointEigV2", 12),
       ("BatchSvd", 12), ("MatrixExponential", 26)]


@pytest.mark.parametrize("op, producer", OLD)
def test_old_operations(op, producer):
    a = np.array([[[4., 1.], [1., 3.]], [[2., 0.5], [0.5, 1.]]])
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, name="x")
        g = imported([("y", op, tf.float64, ["x"])], producer)
        ys = tf.import_graph_def(g, {"x": x}, return_elements=["y"])[0].outputs
        got = session.run(list(ys), {x: a})
        e, v = np.linalg.eigh(a)
        if op == "BatchCholesky":
            np.testing.assert_allclose(got[0], np.linalg.cholesky(a))
        elif op == "BatchMatrixDeterminant":
            np.testing.assert_allclose(got[0], np.linalg.det(a))
        elif op == "BatchMatrixInverse":
            np.testing.assert_allclose(got[0], np.linalg.inv(a))
        elif op == "BatchSvd":
            np.testing.assert_allclose(got[0], e[:, ::-1])
        elif op == "MatrixExponential":
            np.testing.assert_allclose(got[0], v * np.exp(e)[:, None, :] @ np.swapaxes(v, 1, 2))
        else:
            np.testing.assert_allclose(got[0] if op.endswith("V2") else got[0][:, 0], e)
            vectors = got[1] if op.endswith("V2") else got[0][:, 1:]
            np.testing.assert_allclose(np.abs(vectors), np.abs(v))


@pytest.mark.parametrize("a", [np.diag([3., -1., 0.]), np.array([[0., 1.], [0., 0.]]), np.array([[0., -20.], [20., 0.]]), np.array([[1e-9, 0.], [0., 50.]])], ids=str)
def test_exponential(a):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.complex128, name="x")
        y = tf.import_graph_def(imported([("y", "MatrixExponential", tf.complex128, ["x"])], 26), {"x": x}, return_elements=["y"])[0].outputs[0]
        got = session.run(y, {x: a})
    e, v = np.linalg.eig(a)
    want = np.array([[1., 1.], [0., 1.]]) if a[0, 1] == 1 else v * np.exp(e) @ np.linalg.inv(v)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_logarithm_and_square_root(n):
    a = values((n, n), "complex128")
    with tf.Graph().as_default(), tf.Session() as session:
        root = session.run(raw("MatrixSquareRoot", a))
        log = session.run(tf.linalg.logm(a))
    np.testing.assert_allclose(root @ root, a, atol=1e-11 * n)
    half = log / 2 ** 12
    e = np.eye(n) + half + half @ half / 2 + half @ half @ half / 6
    for _ in range(12):
        e = e @ e
    np.testing.assert_allclose(e, a, atol=1e-8 * n)


@pytest.mark.parametrize("op", ["SelfAdjointEigV2", "Svd", "Cholesky", "MatrixInverse", "MatrixSolveLs"])
def test_bits_do_not_depend_on_threads(op):
    a = values((40, 9, 9), "float32")
    a = a @ np.swapaxes(a, 1, 2) + np.eye(9, dtype=np.float32)
    answers = []
    for threads in (1, 3):
        with tf.Graph().as_default(), tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as session:
            y = raw(op, a, a, np.float64(0), fast=False) if op == "MatrixSolveLs" else raw(op, a)
            answers.append(session.run(y))
    for one, other in zip(*[x if isinstance(x, (list, tuple)) else [x] for x in answers]):
        np.testing.assert_array_equal(one, other)


def test_values_alone_leave_empty_outputs():
    """Where TensorFlow gives scalars, against its own shapes."""
    with tf.Graph().as_default(), tf.Session() as session:
        s, u, v = session.run(raw("Svd", np.eye(2), compute_uv=False))
        assert u.shape == v.shape == (0,)
        assert session.run(raw("SelfAdjointEigV2", np.eye(2), compute_v=False)[1]).shape == (0,)


@pytest.mark.parametrize("axis", [(0, 1), (-1, 0), (2, 1)], ids=str)
def test_largest_singular_value(axis):
    a = values((2, 4, 3), "float64")
    with tf.Graph().as_default(), tf.Session() as session:
        for shape in (a.shape, None):
            x = tf.placeholder(tf.float64, shape)
            np.testing.assert_allclose(session.run(tf.norm(x, ord=2, axis=axis), {x: a}), np.linalg.norm(a, 2, axis))
            assert session.run(tf.norm(x, ord=2, axis=axis, keepdims=True), {x: a}).ndim == 3


@pytest.mark.parametrize("fast", [False, True])
def test_least_squares_without_rows(fast):
    with tf.Graph().as_default(), tf.Session() as session:
        x = session.run(raw("MatrixSolveLs", np.zeros((2, 0, 3)), np.zeros((2, 0, 2)), np.float64(0), fast=fast))
    np.testing.assert_array_equal(x, np.zeros((2, 3, 2)))
