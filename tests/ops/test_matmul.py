"""MatMul and BatchMatMul: values, shapes, dtypes, gradients, messages."""
import itertools

import numpy as np
import pytest

import pytfgraph as tf

FLOATS = {"float16": 2e-3, "float32": 1e-5, "float64": 1e-12, "complex64": 1e-5, "complex128": 1e-12}
DTYPES = list(FLOATS) + ["int32"]


@pytest.fixture(autouse=True)
def empty_graph():
    with tf.Graph().as_default():
        yield


def values(shape, dtype, seed):
    r = np.random.RandomState(seed)
    if dtype.startswith("int"):
        return r.randint(-9, 10, shape).astype(dtype)
    x = r.randn(*shape)
    return (x + 1j * r.randn(*shape) if dtype.startswith("complex") else x).astype(dtype)


def close(got, want, dtype):
    assert got.dtype == dtype and got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=FLOATS.get(dtype, 0), atol=FLOATS.get(dtype, 0) * 20)


def wide(x):
    return x.astype({"float16": "float64", "int32": "int64"}.get(x.dtype.name, x.dtype))


def operand(m, k, transposed, dtype, seed):
    return values((k, m) if transposed else (m, k), dtype, seed)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("m, k, n", [(1, 1, 1), (3, 4, 5), (1, 70, 33), (65, 17, 1), (130, 60, 100), (3, 0, 2), (0, 3, 2), (2, 3, 0)])
def test_matmul(dtype, m, k, n):
    for ta, tb in itertools.product((False, True), repeat=2):
        a, b = operand(m, k, ta, dtype, 1), operand(k, n, tb, dtype, 2)
        with tf.Graph().as_default(), tf.Session() as s:
            got = s.run(tf.matmul(a, b, transpose_a=ta, transpose_b=tb))
        want = wide(a.T if ta else a) @ wide(b.T if tb else b)
        close(got, want.astype(dtype), dtype)


def test_bfloat16():
    a, b = values((5, 9), "float32", 1), values((9, 4), "float32", 2)
    with tf.Session() as s:
        x, y = tf.cast(a, tf.bfloat16), tf.cast(b, tf.bfloat16)
        got, fa, fb = s.run([tf.cast(tf.matmul(x, y), tf.float32), tf.cast(x, tf.float32), tf.cast(y, tf.float32)])
    np.testing.assert_allclose(got, fa @ fb, rtol=1e-2, atol=1e-2)


def test_int32_wraps():
    with tf.Session() as s:
        assert s.run(tf.matmul([[2 ** 30, 2 ** 30]], [[4], [3]])).tolist() == [[-1073741824]]


def test_adjoint():
    a, b = values((4, 3), "complex64", 1), values((5, 4), "complex64", 2)
    with tf.Session() as s:
        close(s.run(tf.matmul(a, b, adjoint_a=True, adjoint_b=True)), a.conj().T @ b.conj().T, "complex64")


@pytest.mark.parametrize("dtype", DTYPES)
def test_batch(dtype):
    for shape, (ta, tb) in itertools.product([(2,), (3, 2), (0,), (1, 1, 4)], itertools.product((False, True), repeat=2)):
        a = values(shape + ((5, 3) if ta else (3, 5)), dtype, 1)
        b = values(shape + ((4, 5) if tb else (5, 4)), dtype, 2)
        with tf.Graph().as_default(), tf.Session() as s:
            got = s.run(tf.matmul(a, b, adjoint_a=ta, adjoint_b=tb))
        x, y = wide(a), wide(b)
        x = x.conj().swapaxes(-1, -2) if ta else x
        y = y.conj().swapaxes(-1, -2) if tb else y
        close(got, np.matmul(x, y).astype(dtype), dtype)


def test_bits_do_not_depend_on_threads():
    a, b = values((300, 200), "float32", 1), values((200, 500), "float32", 2)
    product = tf.matmul(a, b)
    seen = set()
    for n in (1, 2, 3, 7):
        with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=n)) as s:
            seen.add(s.run(product).tobytes())
    assert len(seen) == 1


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_gradient(batch, dtype):
    """Along one direction: what the gradient says against the difference of two sums."""
    shape = (2,) if batch else ()
    for ta, tb in itertools.product((False, True), repeat=2):
        a = values(shape + ((4, 3) if ta else (3, 4)), dtype, 1)
        b = values(shape + ((2, 4) if tb else (4, 2)), dtype, 2)
        weights = values(shape + (3, 2), dtype, 3)
        with tf.Graph().as_default(), tf.Session() as s:
            x, y = tf.placeholder(dtype, a.shape), tf.placeholder(dtype, b.shape)
            loss = tf.reduce_sum(tf.real(tf.matmul(x, y, adjoint_a=ta, adjoint_b=tb) * weights))
            slopes = s.run(tf.gradients(loss, [x, y]), {x: a, y: b})
            for i, slope in enumerate(slopes):
                step = values(slope.shape, dtype, 4 + i) * 1e-4
                feeds = [{x: a + d * step, y: b} if i == 0 else {x: a, y: b + d * step} for d in (1, -1)]
                difference = s.run(loss, feeds[0]) - s.run(loss, feeds[1])
                np.testing.assert_allclose(difference, 2 * np.sum(slope.conj() * step).real, rtol=1e-7)


@pytest.mark.parametrize("a, b, batch, message", [
    ([1.], [[1.]], False, r"In\[0\] is not a matrix. Instead it has shape \[1\]"),
    ([[1.]], [1.], False, r"In\[1\] is not a matrix. Instead it has shape \[1\]"),
    ([[1., 2]], [[1.]], False, r"Matrix size-incompatible: In\[0\]: \[1,2\], In\[1\]: \[1,1\]"),
    (np.ones((2, 1, 1)), np.ones((3, 1, 1)), True, r"In\[0\].dim\(0\) and In\[1\].dim\(0\) must be the same: \[2,1,1\] vs \[3,1,1\]"),
    (np.ones((2, 1, 3)), np.ones((2, 2, 4)), True, r"In\[0\] mismatch In\[1\] shape: 3 vs. 2: \[2,1,3\] \[2,2,4\] 0 0"),
    (np.ones((1, 2, 2)), np.ones((2, 2)), True, r"In\[0\] and In\[1\] has different ndims: \[1,2,2\] vs. \[2,2\]"),
])
def test_errors(a, b, batch, message):
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    inputs = [x, y]
    if batch:
        product = tf.get_default_graph().create_op("BatchMatMul", inputs, [tf.float32]).outputs[0]
    else:
        product = tf.get_default_graph().create_op("MatMul", inputs, [tf.float32]).outputs[0]
    with tf.Session() as s, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        s.run(product, {x: a, y: b})


def test_static_shape_error():
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4 for 'MatMul' "
                       r"\(op: 'MatMul'\) with input shapes: \[2,3\], \[4,5\]."):
        tf.matmul(tf.zeros([2, 3]), tf.zeros([4, 5]))


def test_halves_round_once():
    """Sums of halves are kept in float and rounded at the end; TensorFlow 1.12.3 gives 1741 and 1736."""
    row = (np.arange(64).reshape(1, 64) / 7).astype(np.float16)
    exact = float((row.astype(np.float64) ** 2).sum())
    with tf.Session() as s:
        assert s.run(tf.matmul(row, row.T)) == np.float16(exact)
        wide = tf.cast(row.astype(np.float32), tf.bfloat16)
        product, values = s.run([tf.cast(tf.matmul(wide, wide, transpose_b=True), tf.float32), tf.cast(wide, tf.float32)])
    exact = float((values.astype(np.float64) ** 2).sum())
    assert product == np.float32(round(exact / 8) * 8)      # neighbours are 8 apart there
