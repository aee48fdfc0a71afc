"""tf.contrib.signal: frames of a signal, short-time Fourier transforms, windows, the mel scale."""
from pytfgraph.contrib.signal.python.ops.mel_ops import linear_to_mel_weight_matrix  # noqa: F401
from pytfgraph.contrib.signal.python.ops.mfcc_ops import mfccs_from_log_mel_spectrograms  # noqa: F401
from pytfgraph.contrib.signal.python.ops.reconstruction_ops import overlap_and_add  # noqa: F401
from pytfgraph.contrib.signal.python.ops.shape_ops import frame  # noqa: F401
from pytfgraph.contrib.signal.python.ops.spectral_ops import inverse_stft, inverse_stft_window_fn, stft  # noqa: F401
from pytfgraph.contrib.signal.python.ops.window_ops import hamming_window, hann_window  # noqa: F401


def __dir__():
    return ["frame", "hamming_window", "hann_window", "inverse_stft", "inverse_stft_window_fn", "linear_to_mel_weight_matrix",
            "mfccs_from_log_mel_spectrograms", "overlap_and_add", "stft"]
