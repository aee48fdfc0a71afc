signal = tf.contrib.signal
x = tf.placeholder(tf.float32, [2, 100], name="x")
with tf.name_scope("known"):
    spectra = signal.stft(x, 24, 10)
    back = signal.inverse_stft(spectra, 24, 10, window_fn=signal.inverse_stft_window_fn(10))
    signal.stft(x, frame_length=16, frame_step=8, fft_length=20, window_fn=signal.hamming_window, pad_end=True, name="padded")
    signal.inverse_stft(spectra, frame_length=40, frame_step=10, fft_length=32, window_fn=None, name="longer")
    signal.inverse_stft(spectra, frame_length=20, frame_step=20, fft_length=32, name="apart")
with tf.name_scope("unknown"):
    u = tf.placeholder(tf.float32, name="u")
    length, step = tf.placeholder(tf.int32, [], name="length"), tf.placeholder(tf.int32, [], name="step")
    spectra_u = signal.stft(u, length, step, pad_end=True)
    signal.inverse_stft(spectra_u, length, step, window_fn=signal.inverse_stft_window_fn(step))
with tf.name_scope("frames"):
    signal.frame(x, 12, 8, axis=0)
    signal.frame(tf.placeholder(tf.int64, [3, None, 4]), 4, 2, pad_end=True, pad_value=-1, axis=1, name="named")
    signal.overlap_and_add(tf.ones([2, 5, 6]), 4)
    signal.overlap_and_add(tf.placeholder(tf.float64, [None, 5, 6], name="f"), 6)
with tf.name_scope("windows"):
    signal.hann_window(10)
    signal.hann_window(1)
    signal.hamming_window(tf.placeholder(tf.int32, []), periodic=False, dtype=tf.float64, name="h")
with tf.name_scope("mel"):
    mel = signal.linear_to_mel_weight_matrix(10, 17, 8000, 100., 3900.)
    logs = tf.log(tf.tensordot(tf.abs(spectra), mel, 1) + 1e-6)
    coefficients = signal.mfccs_from_log_mel_spectrograms(logs)
    signal.mfccs_from_log_mel_spectrograms(u)
tf.gradients([back, coefficients], x)
