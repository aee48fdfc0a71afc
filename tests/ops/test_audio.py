"""The audio family, row by row."""
import numpy as np

import pytfgraph as tf
from pytfgraph.ops import raw

from family import make_tests

# TensorFlow's own FFT and logarithms are off by more than the last bit.
LOOSE = {"AudioSpectrogram": 16, "Mfcc": 64}

test_row = make_tests("audio", LOOSE)


def test_spectrogram_of_several_channels():
    """TensorFlow 1.12.3 fails here: what one channel left over stands before the next."""
    x = np.sin(np.arange(40.)).reshape(20, 2)
    with tf.Graph().as_default(), tf.Session() as s:
        both = s.run(raw.function("audio_spectrogram")(x, window_size=8, stride=4))
        each = [s.run(raw.function("audio_spectrogram")(x[:, i:i + 1], window_size=8, stride=4)) for i in range(2)]
    np.testing.assert_array_equal(both, np.concatenate(each))


def test_audio_ops_of_contrib():
    from pytfgraph.contrib.framework.python.ops import audio_ops
    with tf.Graph().as_default(), tf.Session() as s:
        audio = tf.constant([[0.5], [-0.25], [0.0]])
        read = audio_ops.decode_wav(audio_ops.encode_wav(audio, 16000), desired_channels=1, desired_samples=4)
        values, rate = s.run([read.audio, read.sample_rate])
    assert values.ravel().tolist() == [0.5, -0.25, 0.0, 0.0] and rate == 16000
