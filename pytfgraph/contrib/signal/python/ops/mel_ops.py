"""The mel scale."""
from pytfgraph.contrib.signal.python.ops import shape_ops
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, math_ops

# mel = 1127 ln(1 + hertz / 700)
_MEL_BREAK_FREQUENCY_HERTZ = 700.0
_MEL_HIGH_FREQUENCY_Q = 1127.0


def _mel_to_hertz(mel_values, name=None):
    with ops.name_scope(name, "mel_to_hertz", [mel_values]):
        mel_values = ops.convert_to_tensor(mel_values)
        return _MEL_BREAK_FREQUENCY_HERTZ * (math_ops.exp(mel_values / _MEL_HIGH_FREQUENCY_Q) - 1.0)


def _hertz_to_mel(frequencies_hertz, name=None):
    with ops.name_scope(name, "hertz_to_mel", [frequencies_hertz]):
        frequencies_hertz = ops.convert_to_tensor(frequencies_hertz)
        return _MEL_HIGH_FREQUENCY_Q * math_ops.log(1.0 + frequencies_hertz / _MEL_BREAK_FREQUENCY_HERTZ)


def _validate_arguments(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype):
    if num_mel_bins <= 0:
        raise ValueError("num_mel_bins must be positive. Got: %s" % num_mel_bins)
    if sample_rate <= 0.0:
        raise ValueError("sample_rate must be positive. Got: %s" % sample_rate)
    if lower_edge_hertz < 0.0:
        raise ValueError("lower_edge_hertz must be non-negative. Got: %s" % lower_edge_hertz)
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError("lower_edge_hertz %.1f >= upper_edge_hertz %.1f" % (lower_edge_hertz, upper_edge_hertz))
    if upper_edge_hertz > sample_rate / 2:
        raise ValueError("upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got: %s for sample_rate: %s"
                         % (upper_edge_hertz, sample_rate))
    if not dtype.is_floating:
        raise ValueError("dtype must be a floating point type. Got: %s" % dtype)


def linear_to_mel_weight_matrix(num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000, lower_edge_hertz=125.0,
                                upper_edge_hertz=3800.0, dtype=dtypes.float32, name=None):
    """The matrix that takes spectra of evenly spaced frequencies to bands that are evenly spaced on the mel scale.

    A band's weights are a triangle over frequencies in mel: 1 at its centre, 0 at the centres of its neighbours.

    Args:
      num_mel_bins: int, the bands.
      num_spectrogram_bins: int, the frequencies of a spectrum, from 0 to sample_rate / 2.
      sample_rate: number, samples in a second.
      lower_edge_hertz: number, where the first band begins.
      upper_edge_hertz: number, where the last band ends.
      dtype: a floating type.
      name: of the operation.

    Returns:
      [num_spectrogram_bins, num_mel_bins]

    Raises:
      ValueError: for fewer than one band; edges that are negative, not in order, or beyond sample_rate / 2; a rate that is not
        positive; a type that is not a floating one.
    """
    with ops.name_scope(name, "linear_to_mel_weight_matrix") as name:
        _validate_arguments(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype)
        sample_rate = ops.convert_to_tensor(sample_rate, dtype, name="sample_rate")
        lower_edge_hertz = ops.convert_to_tensor(lower_edge_hertz, dtype, name="lower_edge_hertz")
        upper_edge_hertz = ops.convert_to_tensor(upper_edge_hertz, dtype, name="upper_edge_hertz")
        zero = ops.convert_to_tensor(0.0, dtype)

        # The constant part of a spectrum is of no band, as in HTK: its row is put back at the end.
        frequencies = math_ops.linspace(zero, sample_rate / 2.0, num_spectrogram_bins)[1:]
        frequencies = array_ops.expand_dims(_hertz_to_mel(frequencies), 1)
        first, last = _hertz_to_mel(lower_edge_hertz), _hertz_to_mel(upper_edge_hertz)
        bands = shape_ops.frame(math_ops.linspace(first, last, num_mel_bins + 2), frame_length=3, frame_step=1)
        lower, center, upper = [array_ops.reshape(edge, [1, num_mel_bins]) for edge in array_ops.split(bands, 3, axis=1)]
        rising = (frequencies - lower) / (center - lower)
        falling = (upper - frequencies) / (upper - center)
        weights = math_ops.maximum(zero, math_ops.minimum(rising, falling))
        return array_ops.pad(weights, [[1, 0], [0, 0]], name=name)
