"""tf.contrib.signal: frames, transforms, windows, the mel scale."""
import numpy as np
signal = tf.contrib.signal
x = tf.constant(np.random.RandomState(1).uniform(-1, 1, (2, 50)).astype(np.float32))
def near(t, digits=4):
    v = np.asarray(ev(t))
    print(v.dtype, v.shape, (np.round(v, digits) + 0).ravel().tolist()[:24])
def static(t): return t.dtype, t.get_shape(), t.name
def raises(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0])

#: names
sorted(n for n in dir(signal) if not n.startswith("_"))
from tensorflow.contrib.signal.python.ops import mel_ops, mfcc_ops, reconstruction_ops, shape_ops, spectral_ops, util_ops, window_ops
spectral_ops.stft is signal.stft, shape_ops.frame is signal.frame

#: frames
near(signal.frame(tf.range(10), 4, 2))
near(signal.frame(tf.range(10), 4, 3, pad_end=True, pad_value=-1))
near(signal.frame(tf.range(10), 4, 5)), near(signal.frame(tf.range(10), 3, 5, pad_end=True)), near(signal.frame(tf.range(3), 4, 2))
near(signal.frame(tf.range(24, dtype=tf.int64) + tf.zeros([2, 1], tf.int64), 4, 2, axis=0, pad_end=True, pad_value=tf.constant(7, tf.int64)))
near(signal.frame(tf.reshape(tf.range(24), [2, 6, 2]), 3, 2, axis=1, name="n")), near(signal.frame(tf.reshape(tf.range(24), [2, 6, 2]), 3, 2, axis=-2))
ev(signal.frame(tf.constant(["a", "b", "c", "d", "e"]), 2, 1))
ev(signal.frame(tf.constant([True, False, True]), 2, 1, pad_end=True, pad_value=True))
near(signal.frame(tf.zeros([2, 0]), 4, 2, pad_end=True)), near(signal.frame(tf.zeros([0, 8]), 4, 2))
near(signal.frame(tf.range(10), tf.constant(4, tf.int32), np.int32(2)))

#: shapes of frames
p = tf.placeholder(tf.float32, [None, 12]); q = tf.placeholder(tf.float32, [3, None]); u = tf.placeholder(tf.float32); k = tf.placeholder(tf.int32, [])
[static(signal.frame(s, 4, 2, pad_end=e)) for s in (p, q, u) for e in (False, True)]
[static(signal.frame(p, *a, pad_end=e)) for a in ((k, 2), (4, k), (k, k)) for e in (False, True)]
static(signal.frame(p, 4, 2, axis=k)), static(signal.frame(p, 4, 2, axis=0))
ev(signal.frame(u, k, 2, axis=0), {u: [[1, 2], [3, 4], [5, 6]], k: 2}).tolist()

#: what frame refuses
raises(signal.frame, tf.constant(1.), 2, 1), raises(signal.frame, p, [2], 1), raises(signal.frame, p, 2, [1]), raises(signal.frame, p, 2, 1, axis=[0])
raises(signal.frame, p, 2, 1, axis=5), raises(signal.frame, p, 2., 1), raises(signal.frame, p, 2, 1, pad_end=True, pad_value=[1., 2.])
raises(signal.frame, p, 2, 1, pad_end=True, pad_value="a"), raises(signal.frame, p, tf.constant(2, tf.int64), 1), raises(signal.frame, None, 2, 1)
raises(lambda: near(signal.frame(tf.range(10), 2, 0)))
raises(lambda: near(signal.frame(tf.range(10), 2, -1)))
raises(lambda: near(signal.frame(tf.range(10), 0, 1)))
raises(lambda: near(signal.frame(tf.range(10), k, 3)))

#: overlap and add
near(signal.overlap_and_add(tf.ones([3, 4]), 2)), near(signal.overlap_and_add(tf.ones([3, 4]), 4)), near(signal.overlap_and_add(tf.ones([3, 4]), 3))
near(signal.overlap_and_add(tf.reshape(tf.range(24), [2, 3, 4]), 1)), near(signal.overlap_and_add(tf.reshape(tf.range(24), [2, 3, 4]), tf.constant(2, tf.int32), name="o"))
near(signal.overlap_and_add(tf.ones([0, 3, 4]), 2)), near(signal.overlap_and_add(tf.complex(tf.ones([2, 3], tf.float64), 1.), 2))
[static(signal.overlap_and_add(s, 2)) for s in (tf.ones([3, 4]), tf.placeholder(tf.float32, [2, None, 6]), tf.placeholder(tf.float64, [None, 3, 2]), u)]
raises(signal.overlap_and_add, tf.ones([3]), 1), raises(signal.overlap_and_add, tf.ones([3, 2]), 3), raises(signal.overlap_and_add, tf.ones([3, 2]), 1.)
raises(signal.overlap_and_add, tf.ones([3, 2]), [1])
ev(signal.overlap_and_add(u, k), {u: [[1, 2, 3], [4, 5, 6]], k: 2}).tolist()
raises(lambda: ev(signal.overlap_and_add(u, k), {u: [[1, 2, 3], [4, 5, 6]], k: 5}).tolist())

#: windows
near(signal.hann_window(8)), near(signal.hann_window(7)), near(signal.hann_window(8, periodic=False)), near(signal.hann_window(1)), near(signal.hann_window(0))
near(signal.hamming_window(8)), near(signal.hamming_window(5, False, tf.float64)), near(signal.hamming_window(1, dtype=tf.float16)), near(signal.hamming_window(6, dtype=tf.float16), 2)
near(signal.hann_window(tf.placeholder_with_default(1, []))), near(signal.hann_window(tf.placeholder_with_default(6, []), tf.placeholder_with_default(False, [])))
static(signal.hann_window(8)), static(signal.hann_window(k)), static(signal.hann_window(1, name="one"))
raises(signal.hann_window, 8, dtype=tf.int32), raises(signal.hann_window, [8]), raises(signal.hann_window, 8, [True]), raises(signal.hann_window, 8., True), raises(signal.hann_window, 8, 3)

#: transforms
s = signal.stft(x, 16, 8)
static(s)
near(tf.real(s), 3), near(tf.imag(s), 3)
near(tf.abs(signal.stft(x, 15, 4, fft_length=20, window_fn=signal.hamming_window, pad_end=True)), 3)
near(tf.abs(signal.stft(x, 12, 6, window_fn=None)), 3), near(tf.abs(signal.stft(x, 20, 6, fft_length=16)), 3)
[static(signal.stft(t, 16, 8)) for t in (p, q, u)], static(signal.stft(p, k, 4)), static(signal.stft(p, 4, 2, fft_length=k))
ev(tf.shape(signal.stft(u, k, 4)), {u: np.ones([3, 30]), k: 10})
raises(signal.stft, tf.constant(1.), 4, 2), raises(signal.stft, p, [4], 2), raises(signal.stft, p, 4, [2]), raises(signal.stft, tf.constant([1, 2, 3]), 2, 1), raises(signal.stft, p, 4., 2)
raises(signal.stft, tf.ones([8], tf.float64), 4, 2)
static(signal.stft([1., 2., 3., 4.], 2, 1))

#: and back
for length, step in ((16, 8), (16, 4), (15, 5), (16, 16), (12, 5)):
    s = signal.stft(x, length, step)
    back = signal.inverse_stft(s, length, step, window_fn=signal.inverse_stft_window_fn(step))
    a, b = ev([x, back])
    print(length, step, b.shape, static(back), np.abs(a[:, step:b.shape[1] - length] - b[:, step:-length]).max() < 1e-5)
s = signal.stft(x, 16, 8, fft_length=20)
near(signal.inverse_stft(s, 16, 8, fft_length=20), 3), near(signal.inverse_stft(s, 24, 8, fft_length=20), 3), near(signal.inverse_stft(s, 16, 8, fft_length=20, window_fn=None), 3)
near(signal.inverse_stft(s, 30, 8), 3)
static(signal.inverse_stft(tf.placeholder(tf.complex64), 16, 8)), static(signal.inverse_stft(tf.placeholder(tf.complex64, [None, 3, 9]), k, 8)), static(signal.inverse_stft(tf.placeholder(tf.complex64, [None, None, 9]), 16, k))
raises(signal.inverse_stft, tf.ones([3], tf.complex64), 4, 2), raises(signal.inverse_stft, tf.ones([3, 3], tf.complex64), [4], 2), raises(signal.inverse_stft, tf.ones([3, 3], tf.complex64), 4, [2])
raises(signal.inverse_stft, tf.ones([3, 3], tf.complex64), 4, 2, fft_length=[4]), raises(signal.inverse_stft, tf.ones([3, 3]), 4, 2), raises(signal.inverse_stft, tf.ones([3, 3], tf.complex64), 4, 5)
near(signal.inverse_stft_window_fn(3)(8, tf.float32)), near(signal.inverse_stft_window_fn(4, signal.hamming_window)(8, tf.float64)), raises(signal.inverse_stft_window_fn, [3])
static(signal.inverse_stft_window_fn(3)(k, tf.float32)), static(signal.inverse_stft_window_fn(k, name="w")(8, tf.float32))

#: the mel scale
m = signal.linear_to_mel_weight_matrix()
static(m), near(m)
near(signal.linear_to_mel_weight_matrix(4, 9, 8000, 100., 4000., tf.float64, "mel"))
near(tf.reduce_sum(signal.linear_to_mel_weight_matrix(40, 257, 16000, 20., 8000), 0), 3)
for a in (dict(num_mel_bins=0), dict(sample_rate=0.), dict(lower_edge_hertz=-1.), dict(lower_edge_hertz=100, upper_edge_hertz=10), dict(upper_edge_hertz=5000), dict(dtype=tf.int32), dict(sample_rate=1000)): raises(signal.linear_to_mel_weight_matrix, **a)
near(mel_ops._mel_to_hertz(1000.), 2), near(mel_ops._hertz_to_mel(1000.), 2)
near(signal.mfccs_from_log_mel_spectrograms(tf.reshape(tf.range(12.) ** 1.5, [2, 6])))
static(signal.mfccs_from_log_mel_spectrograms(p)), static(signal.mfccs_from_log_mel_spectrograms(u)), ev(tf.shape(signal.mfccs_from_log_mel_spectrograms(u)), {u: np.ones([2, 5])})
raises(signal.mfccs_from_log_mel_spectrograms, tf.zeros([3, 0])), raises(signal.mfccs_from_log_mel_spectrograms, tf.zeros([3], tf.float64)), raises(signal.mfccs_from_log_mel_spectrograms, 1.)

#: gradients
near(tf.gradients(signal.stft(x, 16, 8), x, tf.ones([2, 5, 9], tf.complex64))[0], 3)
s = signal.stft(x, 16, 8)
g = tf.gradients(signal.inverse_stft(s, 16, 8), s)[0]
near(tf.real(g), 3), near(tf.imag(g), 3)
near(tf.gradients(tf.square(signal.frame(x, 10, 4, pad_end=True)), x)[0], 3), near(tf.gradients(tf.square(signal.overlap_and_add(tf.reshape(x, [2, 5, 10]), 4)), x)[0], 3)
near(tf.gradients(signal.mfccs_from_log_mel_spectrograms(tf.log(tf.square(x) + 1)), x)[0], 3)

#: the greatest common divisor
for a, b in ((12, 8), (8, 12), (7, 3), (5, 0), (0, 5), (0, 0), (-4, 6), (4, -6)): print(a, b, ev(util_ops.gcd(a, b)), ev(util_ops.gcd(tf.placeholder_with_default(a, []), b)))
static(util_ops.gcd(tf.constant(4, tf.int64), tf.constant(6, tf.int64))), static(util_ops.gcd(k, 4)), raises(util_ops.gcd, 4., 2), raises(util_ops.gcd, 4, 2.), raises(util_ops.gcd, [4], 2)
