"""The spectral family, row by row."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests, raw

# Rounding errors of a transform grow with its largest element, and TensorFlow's are those of float.
LOOSE = dict.fromkeys(["FFT", "IFFT", "RFFT", "IRFFT", "tf.spectral", "dct", "idct"], 512)

test_row = make_tests("spectral", LOOSE)


@pytest.mark.parametrize("n", list(range(1, 70)) + [97, 128, 210, 256, 509, 1000, 1021, 4096, 5040])
def test_every_length(n):
    rng = np.random.RandomState(n)
    x = rng.randn(3, n) + 1j * rng.randn(3, n)
    with tf.Graph().as_default(), tf.Session() as s:
        y = tf.constant(x, tf.complex128)
        forward, inverse = s.run([raw("FFT", y), raw("IFFT", y)])
    np.testing.assert_allclose(forward, np.fft.fft(x), rtol=0, atol=1e-14 * n * np.log2(n + 1))
    np.testing.assert_allclose(inverse, np.fft.ifft(x), rtol=0, atol=1e-14 * np.log2(n + 1))


@pytest.mark.parametrize("shape", [(5, 6), (4, 7), (2, 3, 8), (1, 1), (6, 1)])
def test_real_transforms_come_back(shape):
    x = np.random.RandomState(1).randn(*shape).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as s:
        there = tf.spectral.rfft2d(x)
        back = s.run(tf.spectral.irfft2d(there, shape[-2:]))
        np.testing.assert_allclose(s.run(there), np.fft.rfft2(x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(back, x, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("op, rank", [("RFFT", 1), ("IRFFT2D", 2)])
def test_negative_lengths(op, rank):
    """1.12.3 takes them for huge ones."""
    with tf.Graph().as_default(), tf.Session() as s:
        length = tf.placeholder(tf.int32)
        y = raw(op, tf.zeros([4, 4], tf.complex64 if op[0] == "I" else tf.float32), length)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must >= 0, but got: -1"):
            s.run(y, {length: [-1] * rank})
