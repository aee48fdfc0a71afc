"""Gradients of Fourier transforms."""
import numpy as np

import pytfgraph as tf

from gradcheck import Row, check_row, parametrize

X = np.random.RandomState(3).uniform(-1, 1, (2, 4, 5, 6))


def parts(z):
    """Real numbers that tell of all of a complex tensor."""
    return tf.stack([tf.real(z), 2 * tf.imag(z)])


def transform(f):
    return lambda re, im: parts(f(tf.complex(re, im)))


ROWS = [Row(f.__name__, transform(f), X, -X ** 2, levels=("known", "partial")) for f in (tf.fft, tf.ifft, tf.fft2d, tf.ifft2d, tf.fft3d, tf.ifft3d)]



def narrow(f, length=None):
    """A transform that is float32 alone; it is linear, so steps may be large."""
    return lambda x: tf.cast(parts(f(tf.to_float(x), length)), tf.float64)


def narrow_inverse(f, length):
    return lambda re, im: tf.cast(f(tf.complex(tf.to_float(re), tf.to_float(im)), length), tf.float64)


def linear(name, f, *inputs):
    return Row(name, f, *inputs, levels=("known", "partial"), h=0.5, tolerance=1e-5)


ROWS += [linear("rfft even", narrow(tf.spectral.rfft), X[0]), linear("rfft odd", narrow(tf.spectral.rfft), X[0, :, :, 1:]),
         linear("rfft vector", narrow(tf.spectral.rfft), X[0, 0, 0]), linear("rfft2d even", narrow(tf.spectral.rfft2d), X[0]),
         linear("rfft2d odd", narrow(tf.spectral.rfft2d), X[0, :, :, 1:]),
         linear("irfft even", narrow_inverse(tf.spectral.irfft, [10]), X[0], X[1]), linear("irfft odd", narrow_inverse(tf.spectral.irfft, [11]), X[0], X[1]),
         linear("irfft2d even", narrow_inverse(tf.spectral.irfft2d, [5, 10]), X[0], X[1]),
         linear("irfft2d odd", narrow_inverse(tf.spectral.irfft2d, [5, 11]), X[0], X[1])]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)
