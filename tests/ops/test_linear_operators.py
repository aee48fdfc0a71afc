"""tf.linalg.LinearOperator and its family against their dense matrices."""
import numpy as np
import pytest

import pytfgraph as tf

L = tf.linalg
R = np.random.RandomState(3)
A, B = R.randn(3, 3) + 4 * np.eye(3), R.randn(2, 3, 3) + 4 * np.eye(3)
U, V = R.randn(3, 2), R.randn(3, 2)
D = np.array([1.5, 2.0, 3.0])


def dense_blocks(a, b):
    out = np.zeros(a.shape[:-2] + (a.shape[-1] + b.shape[-1],) * 2)
    out[..., :3, :3], out[..., 3:, 3:] = a, b
    return out


CASES = {
    "full": (lambda: L.LinearOperatorFullMatrix(A), A), "full-batch": (lambda: L.LinearOperatorFullMatrix(B), B),
    "full-definite": (lambda: L.LinearOperatorFullMatrix(A @ A.T, is_self_adjoint=True, is_positive_definite=True), A @ A.T),
    "diag": (lambda: L.LinearOperatorDiag(D), np.diag(D)), "lower": (lambda: L.LinearOperatorLowerTriangular(A), np.tril(A)),
    "identity": (lambda: L.LinearOperatorIdentity(3, dtype=tf.float64), np.eye(3)),
    "identity-batch": (lambda: L.LinearOperatorIdentity(3, [2], dtype=tf.float64, assert_proper_shapes=True), np.broadcast_to(np.eye(3), (2, 3, 3))),
    "scaled": (lambda: L.LinearOperatorScaledIdentity(3, np.array([2., -3.])), np.array([2., -3.])[:, None, None] * np.eye(3)),
    "composition": (lambda: L.LinearOperatorComposition([L.LinearOperatorFullMatrix(A), L.LinearOperatorFullMatrix(B)]), A @ B),
    "blocks": (lambda: L.LinearOperatorBlockDiag([L.LinearOperatorFullMatrix(A), L.LinearOperatorDiag(D)]), dense_blocks(A, np.diag(D))),
    "kronecker": (lambda: L.LinearOperatorKronecker([L.LinearOperatorFullMatrix(A), L.LinearOperatorLowerTriangular(A), L.LinearOperatorDiag(D[:2])]),
                  np.kron(np.kron(A, np.tril(A)), np.diag(D[:2]))),
    "update": (lambda: L.LinearOperatorLowRankUpdate(L.LinearOperatorFullMatrix(A), U, np.array([1., 2.]), V), A + U @ np.diag([1., 2.]) @ V.T),
    "update-definite": (lambda: L.LinearOperatorLowRankUpdate(L.LinearOperatorDiag(D, is_positive_definite=True), U), np.diag(D) + U @ U.T),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_operator(name):
    make, dense = CASES[name]
    n = dense.shape[-1]
    x = np.random.RandomState(1).randn(n, 2)
    with tf.Graph().as_default(), tf.Session() as s:
        op = make()
        assert op.shape.as_list() == list(dense.shape) and op.is_square and op.dtype == tf.float64
        np.testing.assert_array_equal(s.run(op.shape_tensor()), dense.shape)
        np.testing.assert_array_equal(s.run(op.batch_shape_tensor()), dense.shape[:-2])
        assert s.run([op.tensor_rank_tensor(), op.domain_dimension_tensor(), op.range_dimension_tensor()]) == [dense.ndim, n, n]
        batch = np.broadcast_to(x, dense.shape[:-2] + x.shape)
        want = {op.to_dense(): dense, op.matmul(batch): dense @ x, op.matmul(batch, adjoint=True): np.swapaxes(dense, -1, -2) @ x,
                op.matmul(np.swapaxes(batch, -1, -2), adjoint_arg=True): dense @ x, op.matvec(batch[..., 0]): (dense @ x)[..., 0],
                op.solve(batch): np.linalg.solve(dense, batch), op.solve(batch, adjoint=True): np.linalg.solve(np.swapaxes(dense, -1, -2), batch),
                op.solvevec(batch[..., 0]): np.linalg.solve(dense, batch)[..., 0], op.determinant(): np.linalg.det(dense),
                op.log_abs_determinant(): np.log(np.abs(np.linalg.det(dense))), op.diag_part(): np.diagonal(dense, axis1=-2, axis2=-1),
                op.trace(): np.trace(dense, axis1=-2, axis2=-1), op.add_to_tensor(dense + 1): 2 * dense + 1}
        for tensor, value in want.items():
            np.testing.assert_allclose(s.run(tensor), value, rtol=1e-9, atol=1e-9, err_msg=tensor.name)
        s.run(op.assert_non_singular())


@pytest.mark.parametrize("shape, make", [((4,), L.LinearOperatorCirculant), ((2, 3), L.LinearOperatorCirculant2D), ((2, 3, 2), L.LinearOperatorCirculant3D)])
def test_circulant(shape, make):
    rng = np.random.RandomState(2)
    spectrum = (rng.randn(*shape) + 1j * rng.randn(*shape) + 3).astype(np.complex64)
    n, axes = spectrum.size, tuple(range(1, 1 + len(shape)))
    dense = np.fft.ifftn(spectrum * np.fft.fftn(np.eye(n).reshape((n,) + shape), axes=axes), axes=axes).reshape(n, n).T
    x = (rng.randn(n, 2) + 1j * rng.randn(n, 2)).astype(np.complex64)
    with tf.Graph().as_default(), tf.Session() as s:
        op = make(spectrum)
        assert op.shape.as_list() == [n, n] and op.block_shape.as_list() == list(shape) and op.block_depth == len(shape)
        want = {op.to_dense(): dense, op.matmul(x): dense @ x, op.matmul(x, adjoint=True): dense.conj().T @ x, op.solve(x): np.linalg.solve(dense, x),
                op.matmul(x.conj().T, adjoint_arg=True): dense @ x, op.solve(x, adjoint=True): np.linalg.solve(dense.conj().T, x), op.trace(): np.trace(dense),
                op.diag_part(): np.diagonal(dense), op.determinant(): np.linalg.det(dense), op.log_abs_determinant(): np.log(np.abs(np.linalg.det(dense))),
                op.convolution_kernel(): np.fft.ifftn(spectrum), op.shape_tensor(): [n, n], op.block_shape_tensor(): shape}
        for tensor, value in want.items():
            np.testing.assert_allclose(s.run(tensor), value, rtol=2e-4, atol=2e-4, err_msg=tensor.name)
        s.run(op.assert_non_singular())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Spectrum was not Hermitian"):
            s.run(op.assert_hermitian_spectrum())
        real = make(np.abs(spectrum), input_output_dtype=tf.complex64)
        assert real.is_self_adjoint
        s.run([real.assert_self_adjoint(), real.assert_positive_definite()])


def test_zeros():
    with tf.Graph().as_default(), tf.Session() as s:
        op = L.LinearOperatorZeros(2, 3, batch_shape=[2], is_square=False, is_self_adjoint=False)
        assert op.shape.as_list() == [2, 2, 3]
        np.testing.assert_array_equal(s.run(op.matmul(tf.ones([2, 3, 4]))), np.zeros((2, 2, 4)))
        np.testing.assert_array_equal(s.run(op.matmul(tf.ones([2, 4, 3]), adjoint_arg=True)), np.zeros((2, 2, 4)))
        np.testing.assert_array_equal(s.run(op.diag_part()), np.zeros((2, 2)))
        with pytest.raises(NotImplementedError, match="to be singular"):
            op.solve(tf.ones([2, 2, 1]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="always non-invertible"):
            op.assert_non_singular()


@pytest.mark.parametrize("make, error, message", [
    (lambda: L.LinearOperatorFullMatrix([1.]), ValueError, "Argument matrix must have at least 2 dimensions.  Found: "),
    (lambda: L.LinearOperatorFullMatrix([[1]]), TypeError, "Argument matrix must have dtype in"),
    (lambda: L.LinearOperatorFullMatrix([[1.]], is_positive_definite=True, is_non_singular=False), ValueError, "A positive definite matrix is always non-singular."),
    (lambda: L.LinearOperatorDiag(1.), ValueError, "Argument diag must have at least 1 dimension.  Found: "),
    (lambda: L.LinearOperatorDiag([1.], is_self_adjoint=False), ValueError, "A real diagonal operator is always self adjoint."),
    (lambda: L.LinearOperatorLowerTriangular([[1.]], is_square=False), ValueError, "Only square lower triangular operators supported at this time."),
    (lambda: L.LinearOperatorIdentity(-1), ValueError, "Argument num_rows must be non-negative.  Found: -1"),
    (lambda: L.LinearOperatorIdentity(1.5), TypeError, "Argument num_rows must be integer type.  Found: "),
    (lambda: L.LinearOperatorIdentity(2, is_square=False), ValueError, "An identity operator is always square."),
    (lambda: L.LinearOperatorZeros(2, 3), ValueError, "LinearOperatorZeros initialized as is_square=True, but got num_rows(2) != num_columns(3)"),
    (lambda: L.LinearOperatorComposition([]), ValueError, "Expected a non-empty list of operators. Found: []"),
    (lambda: L.LinearOperatorComposition([L.LinearOperatorIdentity(2)], is_non_singular=False), ValueError,
     "The composition of non-singular operators is always non-singular."),
    (lambda: L.LinearOperatorBlockDiag([L.LinearOperatorIdentity(2)], is_self_adjoint=False), ValueError,
     "The direct sum of self-adjoint operators is always self-adjoint."),
    (lambda: L.LinearOperatorIdentity(2).matmul(tf.ones([2, 1], tf.float64)), TypeError, "Expected argument to have dtype <dtype: 'float32'>.  Found: <dtype: 'float64'>"),
    (lambda: L.LinearOperatorFullMatrix(tf.ones([2, 3])).solve(tf.ones([2, 1])), NotImplementedError, "Exact solve not implemented for an operator that is expected to not be square."),
])
def test_messages(make, error, message):
    with tf.Graph().as_default(), pytest.raises(error) as e:
        make()
    assert str(e.value).startswith(message)


def test_unknown_shapes():
    with tf.Graph().as_default(), tf.Session() as s:
        m, d = tf.placeholder(tf.float64), tf.placeholder(tf.float64)
        feed = {m: B, d: D}
        op = L.LinearOperatorComposition([L.LinearOperatorFullMatrix(m), L.LinearOperatorDiag(d)])
        np.testing.assert_allclose(s.run(op.to_dense(), feed), B * D)
        np.testing.assert_array_equal(s.run(L.LinearOperatorFullMatrix(m).shape_tensor(), feed), B.shape)
        np.testing.assert_allclose(s.run(op.determinant(), feed), np.linalg.det(B * D))
