"""Big kernels: a fused elementwise expression and matrix products, beside the memory and the BLAS libraries themselves."""
import ctypes
import ctypes.util
import time

from benchmarks.stepping import timed

N = 1 << 24


def variable_16m(tf, np):
    x = tf.Variable(np.zeros(1, np.float32), validate_shape=False, trainable=False)
    value = tf.placeholder(tf.float32, [N])
    load = tf.assign(x, value, validate_shape=False)
    s = tf.Session()
    s.run(load.op, {value: np.linspace(-2, 2, N, dtype=np.float32)})
    return tf.identity(x), s


def fused_16m(tf, np):
    """mean(square(maximum(1.5x+0.25, 0.1x)-0.5)) over 16M floats"""
    x, s = variable_16m(tf, np)
    y = tf.reduce_mean(tf.square(tf.maximum(1.5 * x + 0.25, 0.1 * x) - 0.5))
    return timed(lambda: s.run(y), 5)


def max_16m(tf, np):
    """  the maximum of 16M floats: hardly more than reading them"""
    x, s = variable_16m(tf, np)
    y = tf.reduce_max(x)
    return timed(lambda: s.run(y), 5)


def read_16m(np):
    """reading those 16M floats once (the best of numpy's sum and max)"""
    x = np.linspace(-2, 2, N, dtype=np.float32)

    def run():
        start = time.perf_counter()
        x.max()
        return time.perf_counter() - start
    return run


def products(tf, np, m, k, n, count):
    """`count` products m x k x n in one step, each of another left matrix."""
    rng = np.random.RandomState(0)
    b = tf.Variable(rng.rand(k, n).astype(np.float32))
    left = [tf.Variable(rng.rand(m, k).astype(np.float32)) for _ in range(count)]
    # One element of each is fetched: a product that nothing uses would not be computed.
    step = tf.add_n([tf.matmul(a, b)[0, 0] for a in left])
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    call = s.make_callable(step)
    run = timed(call, max(1, int(2e9 / (2.0 * m * k * n * count))))
    return lambda: run() / count


def matmul_2048(tf, np):
    """float32 matmul 2048x2048x2048"""
    return products(tf, np, 2048, 2048, 2048, 1)


def matmul_128(tf, np):
    """float32 matmul 128x784x256"""
    return products(tf, np, 128, 784, 256, 8)


def matmul_32(tf, np):
    """float32 matmul 32x156x512"""
    return products(tf, np, 32, 156, 512, 32)


def decode_photo(tf, np):
    """decode_jpeg of a 640x427 picture"""
    y, x = np.mgrid[0:427, 0:640]
    noise = np.random.RandomState(0).randint(0, 40, (427, 640, 3))
    picture = (np.stack([x // 3, y // 2, (x + y) // 5], axis=-1) + noise).astype(np.uint8)
    s = tf.Session()
    contents = tf.placeholder(tf.string, [])
    image = tf.image.decode_jpeg(contents)
    file = s.run(tf.image.encode_jpeg(picture))
    return timed(lambda: s.run(image, {contents: file}), 10)


def resize(tf, np):
    """resize_bilinear of 8x256x256x3 to 512x512"""
    x = tf.Variable(np.random.RandomState(0).rand(8, 256, 256, 3).astype(np.float32))
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    step = tf.reduce_max(tf.image.resize_bilinear(x, [512, 512]))
    return timed(lambda: s.run(step), 5)


def convolution(tf, np, x_shape, w_shape, depthwise=False):
    """Forward and both gradients of a convolution with SAME padding."""
    rng = np.random.RandomState(0)
    x, w = (tf.Variable(rng.rand(*shape).astype(np.float32)) for shape in (x_shape, w_shape))
    y = (tf.nn.depthwise_conv2d_native if depthwise else tf.nn.conv2d)(x, w, [1, 1, 1, 1], "SAME")
    dx, dw = tf.gradients(y, [x, w])
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    return timed(s.make_callable([y[0, 0, 0, 0], dx[0, 0, 0, 0], dw[0, 0, 0, 0]]), 3)


def conv_28(tf, np):
    """convolution 32x28x28x1 with 5x5x32, forward and backward"""
    return convolution(tf, np, (32, 28, 28, 1), (5, 5, 1, 32))


def conv_56(tf, np):
    """convolution 32x56x56x64 with 3x3x64, forward and backward"""
    return convolution(tf, np, (32, 56, 56, 64), (3, 3, 64, 64))


def conv_depthwise(tf, np):
    """depthwise convolution 8x56x56x128 with 3x3, forward and backward"""
    return convolution(tf, np, (8, 56, 56, 128), (3, 3, 128, 1), True)


def lenet(tf, np):
    """a training step of LeNet on 64 images of 28x28"""
    rng = np.random.RandomState(0)

    def variable(*shape):
        return tf.Variable((rng.randn(*shape) * 0.1).astype(np.float32))
    x, labels = tf.constant(rng.rand(64, 28, 28, 1).astype(np.float32)), tf.constant(rng.randint(0, 10, 64))
    h = x
    for channels, outs in (1, 32), (32, 64):
        h = tf.nn.relu(tf.nn.conv2d(h, variable(5, 5, channels, outs), [1, 1, 1, 1], "SAME") + variable(outs))
        h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    h = tf.nn.relu(tf.matmul(tf.reshape(h, [64, 7 * 7 * 64]), variable(7 * 7 * 64, 512)) + variable(512))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=tf.matmul(h, variable(512, 10)) + variable(10), labels=labels))
    train = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    return timed(s.make_callable(train), 3)


def definite(np, *shape):
    """Symmetric positive definite matrices."""
    a = np.random.RandomState(0).randn(*shape).astype(np.float32)
    return np.matmul(a, np.swapaxes(a, -1, -2)) + shape[-1] * np.eye(shape[-1], dtype=np.float32)


def of_matrices(tf, np, fn, *shape):
    x = tf.Variable(definite(np, *shape))
    y = tf.reduce_sum(fn(tf.identity(x)))
    s = tf.Session()
    s.run(tf.global_variables_initializer())
    return timed(s.make_callable(y), 2)


def cholesky_512(tf, np):
    """Cholesky factors of a 512x512 matrix"""
    return of_matrices(tf, np, tf.linalg.cholesky, 512, 512)


def solve_512(tf, np):
    """solving a 512x512 system for 512 right sides"""
    return of_matrices(tf, np, lambda x: tf.linalg.solve(x, x), 512, 512)


def svd_512(tf, np):
    """singular values and vectors of a 512x512 matrix"""
    return of_matrices(tf, np, lambda x: tf.linalg.svd(x)[1], 512, 512)


def cholesky_small(tf, np):
    """Cholesky factors of 1000 matrices of 8x8"""
    return of_matrices(tf, np, tf.linalg.cholesky, 1000, 8, 8)


def solve_small(tf, np):
    """solving 1000 systems of 8x8"""
    return of_matrices(tf, np, lambda x: tf.linalg.solve(x, x), 1000, 8, 8)


def svd_small(tf, np):
    """singular values and vectors of 1000 matrices of 8x8"""
    return of_matrices(tf, np, lambda x: tf.linalg.svd(x)[1], 1000, 8, 8)


def library(name):
    path = ctypes.util.find_library(name)
    return ctypes.CDLL(path) if path else None


def core_name():
    """What OpenBLAS chose for this machine."""
    blas = library("openblas")
    if blas is None:
        return "no OpenBLAS"
    blas.openblas_get_corename.restype = ctypes.c_char_p
    return blas.openblas_get_corename().decode()


def library_product(np, which, m, k, n):
    """Seconds of one product by the library alone, with its own threads."""
    a, b = np.random.rand(m, k).astype(np.float32), np.random.rand(k, n).astype(np.float32)
    c = np.zeros((m, n), np.float32)
    pa, pb, pc = (x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c))
    if which == "OpenBLAS":
        f = library("openblas").cblas_sgemm
        f.argtypes = [ctypes.c_int] * 6 + [ctypes.c_float, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
                                           ctypes.c_float, ctypes.c_void_p, ctypes.c_int]
        call = lambda: f(101, 111, 111, m, n, k, 1.0, pa, k, pb, n, 0.0, pc, n)
    else:
        f = library("dnnl").dnnl_sgemm
        i64 = ctypes.c_int64
        f.argtypes = [ctypes.c_char, ctypes.c_char, i64, i64, i64, ctypes.c_float, ctypes.c_void_p, i64, ctypes.c_void_p, i64,
                      ctypes.c_float, ctypes.c_void_p, i64]
        call = lambda: f(b"N", b"N", m, n, k, 1.0, pa, k, pb, n, 0.0, pc, n)
    call()
    assert abs(c[0, 0] - a[0].dot(b[:, 0])) < 1e-2 * k
    return timed(call, max(1, int(2e9 / (2.0 * m * k * n))))


LIBRARY_PRODUCTS = {"matmul_2048": (2048, 2048, 2048), "matmul_128": (128, 784, 256), "matmul_32": (32, 156, 512)}
WORKLOADS = [(fused_16m, "ms", 5), (max_16m, "ms", 5), (matmul_2048, "ms", 5), (matmul_128, "us", 10), (matmul_32, "us", 10), (decode_photo, "ms", 5), (resize, "ms", 5),
             (conv_28, "ms", 5), (conv_56, "ms", 3), (conv_depthwise, "ms", 5), (lenet, "ms", 5),
             (cholesky_512, "ms", 5), (solve_512, "ms", 5), (svd_512, "ms", 3), (cholesky_small, "ms", 5), (solve_small, "ms", 5),
             (svd_small, "ms", 5)]
