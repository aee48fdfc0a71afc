"""Mel-frequency cepstral coefficients."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, math_ops, spectral_ops


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """The cepstral coefficients: the cosine transform of type II of the logarithms, scaled by 1 / sqrt(2 bins) as HTK does.

    Args:
      log_mel_spectrograms: float32 [..., num_mel_bins], logarithms of magnitudes on the mel scale.
      name: of the operations.

    Returns:
      float32 of the same shape.

    Raises:
      ValueError: when there are known to be no bins.
    """
    with ops.name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        x = ops.convert_to_tensor(log_mel_spectrograms, dtype=dtypes.float32)
        bins = x.shape[-1].value if x.shape.ndims else None
        if bins == 0:
            raise ValueError("num_mel_bins must be positive. Got: %s" % x)
        if bins is None:
            bins = array_ops.shape(x)[-1]
        return spectral_ops.dct(x) * math_ops.rsqrt(math_ops.to_float(bins) * 2.0)
